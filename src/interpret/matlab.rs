//! MATLAB's files of version 7.3: HDF5 with `MATLAB_class` on everything. Axes are in the reverse
//! order, text is in UTF-16 units, cells and structs refer to objects in `#refs#`.

use hyperslab_core::{Array, Buffer, Dataset, Dtype, Group, GroupId, Variable, VariableId};

use super::tree::Attributes;
use super::{AxisHint, Column, ColumnValues, Interpretation, Place, Shown, Table, TextForm, Tree};

const CLASS: &str = "MATLAB_class";

/// Elements of a cell that are written out: more of them are `3 × 40 double`.
const SHOWN_MAX: u64 = 8;

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let root = tree.root()?;
    let has_class = |place: Place| match place {
        Place::Group(id) => tree.group(id).is_some_and(|group| group.get(CLASS).is_some()),
        Place::Variable(id) => tree.variable(id).is_some_and(|v| v.get(CLASS).is_some()),
        _ => false,
    };
    let variables = root.variables.iter().map(|&id| Place::Variable(id));
    let mut children = variables.chain(root.groups.iter().map(|&id| Place::Group(id)));
    children.find(|&place| has_class(place))?;
    let mut found = Interpretation::named("MATLAB 7.3");
    for name in ["#refs#", "#subsystem#"] {
        found.hidden.extend(tree.find(GroupId::ROOT, name));
    }
    for (id, variable) in tree.variables() {
        let hints = found.of(id);
        hints.note = note(variable);
        hints.is_logical = variable.is(CLASS, "logical");
        if variable.rank() >= 2 {
            hints.is_reversed = true;
            hints.axes = axes(variable.rank());
        }
        match class(variable).as_deref() {
            Some("char") if is_text(variable) => {
                hints.text = Some(TextForm::Utf16Columns);
                hints.view = Some(Shown::Text);
            }
            // The numbers only say which object of `#subsystem#` is meant.
            _ if variable.get("MATLAB_object_decode").is_some() => {
                hints.view = Some(Shown::Table);
            }
            // Fields of an array of structs have no class.
            Some("cell") | None if matches!(variable.dtype, Dtype::Reference(_)) => {
                hints.holds_others = true;
                hints.view = Some(Shown::Table);
            }
            _ => {}
        }
    }
    for (id, group) in tree.groups() {
        let hints = found.of_group(id);
        if let Some(columns) = group.number_of("MATLAB_sparse") {
            hints.note = format!("sparse, {columns} rows");
            hints.table = sparse(tree, id);
        } else if let Some(class) = group.text_of(CLASS) {
            hints.note = class;
            let fields = fields(group).into_iter().filter_map(|name| tree.find(id, &name));
            hints.order = fields.collect();
        }
    }
    Some(found)
}

/// The last axis is MATLAB's first dimension.
fn axes(rank: usize) -> Vec<AxisHint> {
    let names = (1..=rank).rev().map(|dimension| match dimension {
        1 => "row".to_owned(),
        2 => "column".to_owned(),
        _ => format!("dimension {dimension}"),
    });
    names.map(|name| AxisHint { name: Some(name), ..AxisHint::default() }).collect()
}

fn class(variable: &Variable) -> Option<String> {
    variable.text_of(CLASS)
}

fn is_empty(variable: &Variable) -> bool {
    variable.number_of("MATLAB_empty").is_some_and(|empty| empty != 0.0)
}

fn is_text(variable: &Variable) -> bool {
    !is_empty(variable) && matches!(variable.dtype, Dtype::Int { signed: false, bytes: 1..=4, .. })
}

/// `char 1 × 6`: rows by columns, as MATLAB counts them.
fn note(variable: &Variable) -> String {
    let class = class(variable).unwrap_or_default();
    match class.as_str() {
        "" => String::new(),
        "canonical empty" => "empty".into(),
        _ if is_empty(variable) => format!("empty {class}"),
        // Held by the program in a part of the file of its own.
        _ if variable.get("MATLAB_object_decode").is_some() => format!("{class} object"),
        _ => format!("{class} {}", size(variable)),
    }
}

fn size(variable: &Variable) -> String {
    let lengths = variable.axes.iter().rev().map(|axis| axis.length.to_string());
    lengths.collect::<Vec<_>>().join(" × ")
}

/// Names of a struct's fields in their order: sequences of single characters.
fn fields(group: &Group) -> Vec<String> {
    let Some(attribute) = group.get("MATLAB_fields") else { return Vec::new() };
    let Buffer::VarLen { ends, values } = &attribute.value.values else { return Vec::new() };
    let bytes: &[u8] = match &**values {
        Buffer::Char(bytes) | Buffer::FixedText { len: 1, bytes } => bytes,
        _ => return Vec::new(),
    };
    let mut start = 0;
    let each = ends.iter().map(|&end| {
        let name = bytes.get(start..end).unwrap_or_default();
        start = end;
        String::from_utf8_lossy(name).into_owned()
    });
    each.collect()
}

/// Compressed columns: `jc` begins them, `ir` are the rows.
fn sparse(tree: &Tree<'_>, id: GroupId) -> Option<Table> {
    let [data, rows, pointers] = ["data", "ir", "jc"].map(|name| tree.find_variable(id, name));
    let (data, rows, pointers) = (data?, rows?, pointers?);
    let columns = vec![
        Column::new("row", ColumnValues::Variable(rows)),
        Column::new("column", ColumnValues::Between { pointers }),
        Column::new("value", ColumnValues::Variable(data)),
    ];
    let rows = tree.variable(data)?.axes.first()?.length;
    Some(Table { rows, columns, index_columns: 2, order: None })
}

/// The rows of a char array, from its UTF-16 units (or bytes) as stored.
pub fn lines(array: &Array) -> Vec<String> {
    let units: Option<Vec<u16>> = (0..array.len())
        .map(|index| match array.values.number(index) {
            Some(hyperslab_core::array::Number::Int(unit)) => u16::try_from(unit).ok(),
            _ => None,
        })
        .collect();
    let Some(units) = units else { return Vec::new() };
    let len = |axis: Option<usize>| {
        let len = axis.and_then(|axis| array.shape.get(axis)).copied().unwrap_or(1);
        usize::try_from(len).unwrap_or(usize::MAX)
    };
    // Pages of columns of rows, the rows fastest.
    let rank = array.shape.len();
    let (rows, columns) = match rank {
        0 | 1 => (1, units.len()),
        _ => (len(rank.checked_sub(1)), len(rank.checked_sub(2))),
    };
    let page = rows.saturating_mul(columns);
    if page == 0 {
        return Vec::new();
    }
    let pages = units.chunks_exact(page);
    let lines = pages.flat_map(|page| {
        (0..rows).map(|row| {
            let units: Vec<u16> = page.iter().skip(row).step_by(rows).copied().collect();
            String::from_utf16_lossy(&units)
        })
    });
    lines.collect()
}

/// What an element of a cell holds in a few words: `'abc'`, `[1 2 3]`, `3 × 40 double`. `read`
/// gives the values of a variable.
pub fn contents(
    dataset: &Dataset,
    place: Option<Place>,
    mut read: impl FnMut(VariableId) -> Option<Array>,
) -> String {
    let id = match place {
        Some(Place::Variable(id)) => id,
        Some(Place::Group(id)) => return group_words(dataset.group(id)),
        _ => return "nothing".into(),
    };
    let Some(variable) = dataset.variable(id) else { return String::new() };
    let class = class(variable).unwrap_or_default();
    if is_empty(variable) {
        return match class.as_str() {
            "char" => "''".into(),
            "cell" => "{}".into(),
            _ => "[]".into(),
        };
    }
    if class == "char" && is_text(variable) {
        let long = variable.element_count() > 4096;
        return match read(id).filter(|_| !long).map(|array| lines(&array)) {
            Some(lines) => format!("'{}'", lines.join("' '")),
            None => format!("{} char", size(variable)),
        };
    }
    if variable.dtype.is_numeric()
        && variable.element_count() <= SHOWN_MAX
        && let Some(array) = read(id)
    {
        return numbers(&array, class == "logical");
    }
    format!("{} {class}", size(variable))
}

fn group_words(group: Option<&Group>) -> String {
    let Some(group) = group else { return String::new() };
    let class = group.text_of(CLASS).unwrap_or_else(|| "group".into());
    let fields = fields(group);
    if fields.is_empty() { class } else { format!("{class}: {}", fields.join(", ")) }
}

fn numbers(array: &Array, is_logical: bool) -> String {
    let text = |index: usize| {
        let number = array.values.number(index).map_or(f64::NAN, |number| number.as_f64());
        match (is_logical, number == 0.0) {
            (true, true) => "false".to_owned(),
            (true, false) => "true".to_owned(),
            _ => number.to_string(),
        }
    };
    match array.len() {
        1 => text(0),
        count => format!("[{}]", (0..count).map(text).collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use hyperslab_core::Reference;
    use hyperslab_core::dtype::ReferenceType;

    fn file() -> File {
        let cell = (Dtype::Reference(ReferenceType::Object), vec![4, 1]);
        File::new()
            .group("/#refs#", &[])
            .variable(
                "/#refs#/a",
                uint(8, &[2]),
                &[(CLASS, text("double")), ("MATLAB_empty", number(1))],
            )
            .variable("/#refs#/b", float(&[1, 1]), &[(CLASS, text("double"))])
            .variable("/#refs#/d", uint(2, &[6, 1]), &[(CLASS, text("char"))])
            .variable("/#refs#/e", float(&[40, 3]), &[(CLASS, text("double"))])
            .variable("/c", cell, &[(CLASS, text("cell"))])
            .variable("/name", uint(2, &[6, 1]), &[(CLASS, text("char"))])
    }

    #[test]
    fn classes_sizes_and_what_is_hidden() {
        let file = file();
        let found = file.interpret();
        assert!(found.is_hidden(Place::Group(file.group_id("/#refs#"))));
        let hints = |path: &str| &found.variables[&file.id(path)];
        assert_eq!(hints("/name").note, "char 1 × 6");
        assert_eq!(hints("/name").view, Some(Shown::Text));
        assert!(hints("/c").holds_others);
        assert_eq!(hints("/#refs#/a").note, "empty double");
    }

    #[test]
    fn a_char_array_is_read_by_rows_and_pages() {
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let word = Array { shape: vec![5, 1], values: units("Größe").into() };
        assert_eq!(lines(&word), ["Größe"]);
        // Rows "ab" and "cd" are stored column by column.
        let rows = Array { shape: vec![2, 2], values: units("acbd").into() };
        assert_eq!(lines(&rows), ["ab", "cd"]);
        let pages = Array { shape: vec![2, 2, 2], values: units("acbdegfh").into() };
        assert_eq!(lines(&pages), ["ab", "cd", "ef", "gh"]);
        let empty = Array { shape: vec![0, 0], values: units("").into() };
        assert_eq!(lines(&empty), Vec::<String>::new());
    }

    #[test]
    fn fields_of_a_struct_come_in_their_order() {
        let names = Buffer::VarLen {
            ends: vec![1, 4],
            values: Box::new(Buffer::FixedText { len: 1, bytes: b"zabc".to_vec() }),
        };
        let file = File::new()
            .group("/s", &[(CLASS, text("struct")), ("MATLAB_fields", Array::vector(names))])
            .variable("/s/abc", float(&[1]), &[(CLASS, text("double"))])
            .variable("/s/z", float(&[1]), &[(CLASS, text("double"))]);
        let order = &file.interpret().groups[&file.group_id("/s")].order;
        assert_eq!(order[0], Place::Variable(file.id("/s/z")));
        let words = contents(&file.0, Some(Place::Group(file.group_id("/s"))), |_| None);
        assert_eq!(words, "struct: z, abc");
    }

    #[test]
    fn what_a_cell_holds_is_said_in_few_words() {
        let file = file();
        let words = |path: &str, array: Option<Array>| {
            let place = Tree::of(&file.0).find(GroupId::ROOT, &Reference::to(path).path);
            contents(&file.0, place, |_| array.clone())
        };
        assert_eq!(words("/#refs#/a", None), "[]");
        let three = Array { shape: vec![1, 1], values: vec![3f64].into() };
        assert_eq!(words("/#refs#/b", Some(three)), "3");
        let units: Vec<u16> = "string".encode_utf16().collect();
        let text = Array { shape: vec![6, 1], values: units.into() };
        assert_eq!(words("/#refs#/d", Some(text)), "'string'");
        assert_eq!(words("/#refs#/e", None), "3 × 40 double");
        assert_eq!(words("/c", None), "1 × 4 cell");
        assert_eq!(words("/gone", None), "nothing");
    }
}
