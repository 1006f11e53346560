//! AnnData's encoding (0.1.0 and 0.2.0 of each element; also of older files where it is alike):
//! data frames, categories, compressed matrices, wherever they stand.

use hyperslab_core::{Buffer, Dtype, Group, GroupId, VariableId};

use super::tree::{Attributes, grouped};
use super::{
    Along, AxisHint, Column, ColumnKind, ColumnValues, Interpretation, Place, Table, Tree,
};

/// In this order at the top, as the program shows them.
const ORDER: [&str; 10] =
    ["X", "obs", "var", "layers", "obsm", "varm", "obsp", "varp", "uns", "raw"];

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let root = GroupId::ROOT;
    let is_declared = tree.groups().any(|(_, group)| {
        let encoding = group.text_of("encoding-type");
        encoding.is_some_and(|text| text == "anndata" || text == "dataframe" || text == "MuData")
    });
    // Before 0.7 nothing was declared.
    let is_alike = || ["X", "obs", "var"].iter().all(|name| tree.find(root, name).is_some());
    (is_declared || is_alike()).then_some(())?;
    let mut found = Interpretation::named("AnnData");
    for (id, group) in tree.groups() {
        match encoding(group).as_deref() {
            Some("dataframe") => {
                if let Some(table) = frame(tree, id, group) {
                    found.of_group(id).note = format!("{} rows", grouped(table.rows));
                    found.of_group(id).table = Some(table);
                }
                // Where categories stood before they stood with their codes.
                found.hidden.extend(tree.find(id, "__categories"));
            }
            Some(encoding @ ("csr_matrix" | "csc_matrix" | "csr" | "csc")) => {
                matrix(tree, id, group, encoding.starts_with("csr"), &mut found);
            }
            Some("categorical") => found.of_group(id).note = "categories".into(),
            Some("anndata") => annotated(tree, id, &mut found),
            _ => {}
        }
    }
    annotated(tree, root, &mut found);
    let first = ["X", "obs", "var"].iter().find_map(|name| tree.find(root, name));
    found.first = first.filter(|place| match place {
        Place::Group(id) => found.table(*id).is_some(),
        Place::Variable(id) => tree.variable(*id).is_some_and(|v| !v.dtype.is_text()),
        _ => false,
    });
    Some(found)
}

fn encoding(group: &Group) -> Option<String> {
    group.text_of("encoding-type").or_else(|| group.text_of("h5sparse_format"))
}

/// Order and coordinates within one annotated matrix.
fn annotated(tree: &Tree<'_>, id: GroupId, found: &mut Interpretation) {
    let order = ORDER.iter().filter_map(|name| tree.find(id, name)).collect();
    found.of_group(id).order = order;
    let [obs, var] = ["obs", "var"].map(|name| axis(tree, id, name));
    let members = |name: &str| {
        let group = tree.find_group(id, name).and_then(|id| tree.group(id));
        group.map(|group| group.variables.clone()).unwrap_or_default()
    };
    let matrix = tree.find_variable(id, "X").into_iter().chain(members("layers"));
    for variable in matrix {
        found.of(variable).axes = vec![obs.clone(), var.clone()];
    }
    for (name, axis) in [("obsm", &obs), ("varm", &var), ("obs", &obs), ("var", &var)] {
        let is_index = |id: &VariableId| axis.coordinate == Along::Variable(*id);
        for variable in members(name).into_iter().filter(|id| !is_index(id)) {
            found.of(variable).axes = vec![axis.clone()];
        }
    }
}

/// The names of observations or variables along an axis.
fn axis(tree: &Tree<'_>, id: GroupId, name: &str) -> AxisHint {
    let coordinate = index(tree, id, name).map_or(Along::Unknown, Along::Variable);
    AxisHint { name: Some(name.to_owned()), coordinate, way: None }
}

fn index(tree: &Tree<'_>, id: GroupId, name: &str) -> Option<VariableId> {
    let frame = tree.find_group(id, name)?;
    let index = tree.group(frame)?.text_of("_index").unwrap_or_else(|| "_index".into());
    tree.find_variable(frame, &index)
}

/// A data frame: a group of columns, the index first.
fn frame(tree: &Tree<'_>, id: GroupId, group: &Group) -> Option<Table> {
    let index = group.text_of("_index").unwrap_or_else(|| "_index".into());
    let order = match group.texts_of("column-order") {
        Some(names) => names,
        None => {
            let variables = group.variables.iter().filter_map(|&id| tree.variable(id));
            variables.map(|v| v.name.clone()).filter(|name| *name != index).collect()
        }
    };
    let first = column(tree, id, &index)?;
    let rows = tree.variable(first.variable()?)?.axes.first()?.length;
    let mut columns = vec![first];
    let others = order.iter().filter(|name| !name.is_empty());
    columns.extend(others.filter_map(|name| column(tree, id, name)));
    let title = if index == "_index" { "" } else { &index };
    if let Some(first) = columns.first_mut() {
        first.name = super::ColumnName::Known(title.to_owned());
    }
    Some(Table { rows, columns, index_columns: 1, order: None })
}

fn column(tree: &Tree<'_>, frame: GroupId, name: &str) -> Option<Column> {
    match tree.find(frame, name)? {
        Place::Variable(id) => {
            let variable = tree.variable(id)?;
            let column = Column::new(name, ColumnValues::Variable(id));
            // Categories of 0.1.0: codes here, names elsewhere.
            let names = variable.get("categories").and_then(|attribute| {
                let Buffer::Reference(references) = &attribute.value.values else { return None };
                tree.find_variable(GroupId::ROOT, &references.first()?.as_ref()?.path)
            });
            let is_bool = matches!(&variable.dtype, Dtype::Bitfield { bytes: 1, .. });
            Some(match names {
                Some(names) => column.shown_as(named(names)),
                None if is_bool => column.shown_as(ColumnKind::Bool),
                None => column,
            })
        }
        Place::Group(id) => {
            let part = |name: &str| tree.find_variable(id, name);
            if let (Some(codes), Some(names)) = (part("codes"), part("categories")) {
                return Some(
                    Column::new(name, ColumnValues::Variable(codes)).shown_as(named(names)),
                );
            }
            let (values, mask) = (part("values")?, part("mask")?);
            let kind = ColumnKind::Masked { mask };
            Some(Column::new(name, ColumnValues::Variable(values)).shown_as(kind))
        }
        _ => None,
    }
}

fn named(names: VariableId) -> ColumnKind {
    let names = Box::new(ColumnValues::Variable(names));
    ColumnKind::Named { names, kind: Box::default() }
}

/// Row, column and value of what is stored of a matrix.
fn matrix(
    tree: &Tree<'_>,
    id: GroupId,
    group: &Group,
    is_by_rows: bool,
    found: &mut Interpretation,
) {
    let part = |name: &str| tree.find_variable(id, name);
    let (Some(data), Some(indices), Some(pointers)) =
        (part("data"), part("indices"), part("indptr"))
    else {
        return;
    };
    let Some(stored) = tree.variable(data).and_then(|v| v.axes.first()).map(|a| a.length) else {
        return;
    };
    let shape = group.numbers_of("shape").or_else(|| group.numbers_of("h5sparse_shape"));
    if let Some([rows, columns]) = shape.as_deref() {
        let share = 100.0 * stored as f64 / (rows * columns).max(1.0);
        found.of_group(id).note =
            format!("{rows} × {columns}, {} stored ({share:.1} %)", grouped(stored));
    }
    let [rows, columns] = names_of(tree, id, group);
    let (major, minor) = if is_by_rows { (rows, columns) } else { (columns, rows) };
    let kind = |names: &Option<(String, VariableId)>| {
        names.as_ref().map_or(ColumnKind::Plain, |(_, names)| named(*names))
    };
    let name = |names: &Option<(String, VariableId)>, otherwise: &str| {
        names.as_ref().map_or_else(|| otherwise.to_owned(), |(name, _)| name.clone())
    };
    let titles = if is_by_rows { ("row", "column") } else { ("column", "row") };
    let along = Column::new(name(&major, titles.0), ColumnValues::Between { pointers });
    let across = Column::new(name(&minor, titles.1), ColumnValues::Variable(indices));
    let mut columns = vec![along.shown_as(kind(&major)), across.shown_as(kind(&minor))];
    if !is_by_rows {
        columns.swap(0, 1);
    }
    columns.push(Column::new("value", ColumnValues::Variable(data)));
    let table = Table { rows: stored, columns, index_columns: 2, order: None };
    found.of_group(id).table = Some(table);
}

/// What rows and columns of a matrix are called, by where it stands.
fn names_of(tree: &Tree<'_>, id: GroupId, group: &Group) -> [Option<(String, VariableId)>; 2] {
    let nothing = [None, None];
    let Some(parent) = group.parent else { return nothing };
    let Some(place) = tree.group(parent) else { return nothing };
    let names = |root: GroupId, name: &str| Some((name.to_owned(), index(tree, root, name)?));
    let above = place.parent.unwrap_or(parent);
    match (group.name.as_str(), place.name.as_str()) {
        // `raw` has variables of its own and the observations of all.
        ("X", "raw") => [names(above, "obs"), names(parent, "var")],
        ("X", _) => [names(parent, "obs"), names(parent, "var")],
        (_, "layers") => [names(above, "obs"), names(above, "var")],
        (_, "obsp") => [names(above, "obs"), names(above, "obs")],
        (_, "varp") => [names(above, "var"), names(above, "var")],
        (_, "obsm") => [names(above, "obs"), None],
        (_, "varm") => [names(above, "var"), None],
        _ => nothing,
    }
    .map(|found| found.filter(|_| id != GroupId::ROOT))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn frames() -> File {
        File::new()
            .attribute("/", "encoding-type", text("anndata"))
            .group(
                "/obs",
                &[
                    ("encoding-type", text("dataframe")),
                    ("_index", text("_index")),
                    ("column-order", texts(&["type", "ok", "n", "old"])),
                ],
            )
            .variable("/obs/_index", string(&[300]), &[])
            .variable("/obs/n", int(&[300]), &[])
            .group("/obs/__categories", &[])
            .variable("/obs/__categories/old", string(&[2]), &[])
            .variable(
                "/obs/old",
                int(&[300]),
                &[("categories", reference("/obs/__categories/old"))],
            )
            .group("/obs/type", &[("encoding-type", text("categorical"))])
            .variable("/obs/type/codes", int(&[300]), &[])
            .variable("/obs/type/categories", string(&[3]), &[])
            .group("/obs/ok", &[("encoding-type", text("nullable-boolean"))])
            .variable("/obs/ok/values", int(&[300]), &[])
            .variable("/obs/ok/mask", int(&[300]), &[])
            .group("/var", &[("encoding-type", text("dataframe")), ("_index", text("gene"))])
            .variable("/var/gene", string(&[80]), &[])
    }

    #[test]
    fn a_frame_is_a_table_in_its_order_with_categories_and_masks() {
        let file = frames();
        let found = file.interpret();
        let table = found.table(file.group_id("/obs")).unwrap();
        assert_eq!((table.rows, table.index_columns), (300, 1));
        let kinds: Vec<_> = table.columns.iter().map(|column| &column.kind).collect();
        assert_eq!(*kinds[1], named(file.id("/obs/type/categories")));
        assert_eq!(*kinds[2], ColumnKind::Masked { mask: file.id("/obs/ok/mask") });
        assert_eq!(*kinds[4], named(file.id("/obs/__categories/old")));
        assert_eq!(found.first, Some(Place::Group(file.group_id("/obs"))));
    }

    #[test]
    fn a_compressed_matrix_is_a_table_of_row_column_and_value() {
        let matrix = |encoding: &str| {
            let file = frames()
                .group(
                    "/X",
                    &[
                        ("encoding-type", text(encoding)),
                        ("shape", hyperslab_core::Array::vector(vec![300i64, 80].into())),
                    ],
                )
                .variable("/X/data", float(&[2400]), &[])
                .variable("/X/indices", int(&[2400]), &[])
                .variable("/X/indptr", int(&[301]), &[]);
            let found = file.interpret();
            let id = file.group_id("/X");
            assert_eq!(found.first, Some(Place::Group(id)));
            assert_eq!(found.groups[&id].note, "300 × 80, 2\u{202f}400 stored (10.0 %)");
            (found.table(id).unwrap().clone(), file)
        };
        let (rows, file) = matrix("csr_matrix");
        assert_eq!(rows.rows, 2400);
        let pointers = ColumnValues::Between { pointers: file.id("/X/indptr") };
        assert_eq!(rows.columns[0].values, pointers);
        assert_eq!(rows.columns[0].kind, named(file.id("/obs/_index")));
        assert_eq!(rows.columns[1].kind, named(file.id("/var/gene")));
        let (columns, file) = matrix("csc_matrix");
        assert_eq!(columns.columns[1].values, pointers);
        assert_eq!(columns.columns[1].kind, named(file.id("/var/gene")));
        assert_eq!(columns.columns[0].kind, named(file.id("/obs/_index")));
    }

    #[test]
    fn a_dense_matrix_has_the_names_of_cells_and_genes_along_its_axes() {
        let file = frames().variable("/X", float(&[300, 80]), &[]);
        let found = file.interpret();
        assert_eq!(found.first, Some(Place::Variable(file.id("/X"))));
        let axes = &found.variables[&file.id("/X")].axes;
        assert_eq!(axes[1].coordinate, Along::Variable(file.id("/var/gene")));
    }
}
