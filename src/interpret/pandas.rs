//! What pandas' `HDFStore` writes: frames and series, "fixed" (index and blocks of columns of one
//! type, in variables) and "table" (one compound, whose fields are blocks).

use std::collections::HashMap;

use hyperslab_core::{Dtype, Group, GroupId, Variable, VariableId};

use super::pickle::{self, Value};
use super::tree::Attributes;
use super::{Column, ColumnKind, ColumnName, ColumnValues, Interpretation, Place, Table, Tree};

/// More columns than anybody scrolls through, in a table and in all of them; the rest is in the
/// variables.
const COLUMNS_MAX: u64 = 1 << 14;
const COLUMNS_OF_ALL_MAX: usize = 1 << 18;

/// Of an index.
const LEVELS_MAX: usize = 64;

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let is_stored = |group: &Group| group.get("pandas_type").is_some();
    tree.groups().find(|(_, group)| is_stored(group))?;
    let mut found = Interpretation::named("pandas");
    let mut all_columns = 0;
    for (id, group) in tree.groups().filter(|(_, group)| is_stored(group)) {
        let kind = group.text_of("pandas_type").unwrap_or_default();
        // Categories of a column are stored as a series of their own.
        if is_inside_meta(tree, group) {
            continue;
        }
        let table = match kind.as_str() {
            "frame" => fixed_frame(tree, id, group),
            "series" => fixed_series(tree, id, group),
            _ => stored_table(tree, id, group),
        };
        let Some(table) = table else { continue };
        all_columns += table.columns.len();
        if all_columns > COLUMNS_OF_ALL_MAX {
            break;
        }
        let columns = table.columns.len() - table.index_columns;
        let hints = found.of_group(id);
        hints.note = format!("{} rows × {columns}", super::tree::grouped(table.rows));
        let pickled = pickled_columns(tree, id, group);
        if pickled > 0 {
            hints.note.push_str(&format!(", {pickled} of Python objects not shown"));
        }
        hints.table = Some(table);
        found.first = found.first.or(Some(Place::Group(id)));
        if let Some(meta) = tree.find_group(id, "meta") {
            found.hidden.insert(Place::Group(meta));
        }
    }
    Some(found)
}

fn is_inside_meta(tree: &Tree<'_>, group: &Group) -> bool {
    let parent = group.parent.and_then(|id| tree.group(id));
    group.name == "meta" || parent.is_some_and(|parent| parent.name == "meta")
}

/// `axis0` are the columns, `axis1` the index, `block0_items` and `block0_values` the first block.
fn fixed_frame(tree: &Tree<'_>, id: GroupId, group: &Group) -> Option<Table> {
    let mut columns = index_columns(tree, id, group, "axis1")?;
    let index_columns = columns.len();
    let mut rows = None;
    for block in 0..group.number_of("nblocks").unwrap_or(0.0).clamp(0.0, 10_000.0) as u32 {
        let Some(values) = tree.find_variable(id, &format!("block{block}_values")) else {
            continue;
        };
        let items = tree.find_variable(id, &format!("block{block}_items"));
        let variable = tree.variable(values)?;
        let [along, across] = variable.axes.as_slice() else { continue };
        rows = rows.or(Some(along.length));
        let room = COLUMNS_MAX.saturating_sub(columns.len() as u64);
        for column in 0..across.length.min(room) {
            let name = match items {
                Some(variable) => ColumnName::In { variable, index: column },
                None => ColumnName::Known(format!("{block}.{column}")),
            };
            let values = ColumnValues::Plane { variable: values, column };
            columns.push(Column { name, values, kind: kind_of(variable, "value_type", "") });
        }
    }
    let rows = rows.or_else(|| length(tree, columns.first()?.variable()?))?;
    let order = tree.find_variable(id, "axis0");
    Some(Table { rows, columns, index_columns, order })
}

/// Columns of a fixed frame that only Python can read.
fn pickled_columns(tree: &Tree<'_>, id: GroupId, group: &Group) -> u64 {
    let blocks = group.number_of("nblocks").unwrap_or(0.0).clamp(0.0, 10_000.0) as u32;
    let pickled = |block: &u32| {
        let values = tree.find_variable(id, &format!("block{block}_values"));
        let values = values.and_then(|id| tree.variable(id));
        values.is_some_and(|values| values.get("PSEUDOATOM").is_some())
    };
    let items = |block: u32| length(tree, tree.find_variable(id, &format!("block{block}_items"))?);
    (0..blocks).filter(pickled).filter_map(items).sum()
}

fn fixed_series(tree: &Tree<'_>, id: GroupId, group: &Group) -> Option<Table> {
    let mut columns = index_columns(tree, id, group, "index")?;
    let index_columns = columns.len();
    let values = tree.find_variable(id, "values")?;
    let name = group.text_of("name").map(|name| unpickled_name(&name, "values"));
    let kind = kind_of(tree.variable(values)?, "value_type", "");
    let name = name.unwrap_or_else(|| "values".into());
    columns.push(Column::new(name, ColumnValues::Variable(values)).shown_as(kind));
    Some(Table { rows: length(tree, values)?, columns, index_columns, order: None })
}

fn unpickled_name(text: &str, otherwise: &str) -> String {
    match pickle::parse(text).map(|value| value.names()).as_deref() {
        Some([name]) => name.clone(),
        Some(_) => otherwise.to_owned(),
        None => text.to_owned(),
    }
}

/// One column, or one for each level: codes into a list of names.
fn index_columns(tree: &Tree<'_>, id: GroupId, group: &Group, key: &str) -> Option<Vec<Column>> {
    if !group.is(&format!("{key}_variety"), "multi") {
        let index = tree.find_variable(id, key)?;
        let variable = tree.variable(index)?;
        let name = variable.text_of("name").map(|name| unpickled_name(&name, "index"));
        let kind = kind_of(variable, "kind", "");
        let name = name.unwrap_or_else(|| "index".into());
        return Some(vec![Column::new(name, ColumnValues::Variable(index)).shown_as(kind)]);
    }
    let levels = group.number_of(&format!("{key}_nlevels"))?.clamp(0.0, LEVELS_MAX as f64) as u32;
    let level = |k: u32| {
        let names = tree.find_variable(id, &format!("{key}_level{k}"))?;
        let codes = tree.find_variable(id, &format!("{key}_label{k}"))?;
        let name = tree.variable(names)?.text_of("name");
        let name = name.map(|name| unpickled_name(&name, &format!("level {k}")));
        let kind = ColumnKind::Named {
            names: Box::new(ColumnValues::Variable(names)),
            kind: Box::new(kind_of(tree.variable(names)?, "kind", "")),
        };
        let name = name.unwrap_or_else(|| format!("level {k}"));
        Some(Column::new(name, ColumnValues::Variable(codes)).shown_as(kind))
    };
    (0..levels).map(level).collect()
}

fn length(tree: &Tree<'_>, id: VariableId) -> Option<u64> {
    Some(tree.variable(id)?.axes.first()?.length)
}

/// A compound whose fields are the index, blocks, and columns that can be searched.
fn stored_table(tree: &Tree<'_>, id: GroupId, group: &Group) -> Option<Table> {
    let variable = tree.find_variable(id, "table")?;
    let stored = tree.variable(variable)?;
    let Dtype::Compound(compound) = &stored.dtype else { return None };
    let levels = group.text_of("levels").and_then(|text| pickle::parse(&text));
    let mut levels = levels.map(|levels| levels.names()).unwrap_or_default();
    levels.truncate(LEVELS_MAX);
    let mut index = Vec::new();
    let mut columns = Vec::new();
    for (field, of) in compound.fields.iter().enumerate() {
        let items = of.shape.iter().fold(1u64, |n, &len| n.saturating_mul(len)).min(COLUMNS_MAX);
        let names = stored.text_of(&format!("{}_kind", of.name));
        let names = names.and_then(|text| pickle::parse(&text)).map(|names| names.names());
        let room = COLUMNS_MAX.saturating_sub((columns.len() + index.len()) as u64);
        for item in 0..items.min(room) as usize {
            let name = names.as_ref().and_then(|names| names.get(item)).cloned();
            let name = name.unwrap_or_else(|| match items {
                1 => of.name.clone(),
                _ => format!("{}[{item}]", of.name),
            });
            let is_index = of.name == "index" || levels.contains(&name);
            let kind = if of.name == "index" {
                kind_of(stored, "index_kind", "index")
            } else {
                column_kind(tree, id, stored, &of.name, &of.dtype)
            };
            let values = ColumnValues::Field { variable, field, item };
            let column = Column::new(name, values).shown_as(kind);
            if is_index { index.push(column) } else { columns.push(column) }
        }
    }
    // Where levels are the index, the running number says nothing.
    if index.len() > 1 && !levels.is_empty() {
        index.retain(|column| column.name != ColumnName::Known("index".into()));
        let positions = positions(&levels);
        index.sort_by_key(|column| position(&positions, column));
    }
    let order = group.text_of("non_index_axes").and_then(|text| pickle::parse(&text));
    let order = order.map(|order| names_of_axes(&order)).unwrap_or_default();
    let positions = positions(&order);
    columns.sort_by_key(|column| position(&positions, column));
    let index_columns = index.len();
    index.extend(columns);
    Some(Table { rows: stored.axes.first()?.length, columns: index, index_columns, order: None })
}

fn positions(names: &[String]) -> HashMap<&str, usize> {
    names.iter().map(String::as_str).zip(0..).collect()
}

fn position(positions: &HashMap<&str, usize>, column: &Column) -> usize {
    let place = match &column.name {
        ColumnName::Known(name) => positions.get(name.as_str()),
        ColumnName::In { .. } => None,
    };
    place.copied().unwrap_or(usize::MAX)
}

/// Of `[(1, ['temp', 'wind'])]` the names.
fn names_of_axes(value: &Value) -> Vec<String> {
    match value {
        Value::List(axes) => match axes.first() {
            Some(Value::List(axis)) => axis.get(1).map(Value::names).unwrap_or_default(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn column_kind(
    tree: &Tree<'_>,
    id: GroupId,
    stored: &Variable,
    field: &str,
    dtype: &Dtype,
) -> ColumnKind {
    if stored.is(&format!("{field}_meta"), "category")
        && let Some(names) = tree.find_variable(id, &format!("meta/{field}/meta/table"))
        && let Some(Dtype::Compound(compound)) = tree.variable(names).map(|v| &v.dtype)
        && let Some(values) = compound.fields.iter().position(|field| field.name == "values")
    {
        let names = ColumnValues::Field { variable: names, field: values, item: 0 };
        return ColumnKind::Named { names: Box::new(names), kind: Box::default() };
    }
    match kind_of(stored, &format!("{field}_dtype"), "") {
        ColumnKind::Plain if matches!(dtype, Dtype::Bitfield { bytes: 1, .. }) => ColumnKind::Bool,
        kind => kind,
    }
}

/// By what pandas says of a type: `datetime64[ns]`, `datetime64`, `bool`.
fn kind_of(variable: &Variable, attribute: &str, field: &str) -> ColumnKind {
    let text = variable.text_of(attribute).unwrap_or_default();
    let per = match text.strip_prefix("datetime64") {
        Some("") => Some(1),
        Some(unit) => match unit.trim_matches(['[', ']']).split(',').next() {
            Some("s") => Some(1_000_000_000),
            Some("ms") => Some(1_000_000),
            Some("us") => Some(1000),
            _ => Some(1),
        },
        None => None,
    };
    match per {
        Some(nanoseconds_per_unit) => ColumnKind::Time { nanoseconds_per_unit },
        None if text == "bool" => ColumnKind::Bool,
        None if field.is_empty() && matches!(variable.dtype, Dtype::Bitfield { bytes: 1, .. }) => {
            ColumnKind::Bool
        }
        None => ColumnKind::Plain,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyperslab_core::ByteOrder;
    use hyperslab_core::dtype::{CompoundType, Field};

    use super::super::testing::*;
    use super::*;

    fn names(table: &Table) -> Vec<String> {
        let name = |column: &Column| match &column.name {
            ColumnName::Known(name) => name.clone(),
            ColumnName::In { index, .. } => format!("@{index}"),
        };
        table.columns.iter().map(name).collect()
    }

    fn compound(fields: &[(&str, Dtype, u64)]) -> Dtype {
        let field = |(name, dtype, items): &(&str, Dtype, u64)| Field {
            name: (*name).into(),
            dtype: dtype.clone(),
            shape: if *items == 0 { vec![] } else { vec![*items] },
        };
        let fields = fields.iter().map(field).collect();
        Dtype::Compound(Arc::new(CompoundType { name: None, fields }))
    }

    #[test]
    fn a_fixed_frame_is_its_index_and_the_columns_of_its_blocks() {
        let file = File::new()
            .group("/df", &[("pandas_type", text("frame")), ("nblocks", number(2))])
            .variable("/df/axis0", string(&[3]), &[])
            .variable(
                "/df/axis1",
                int(&[200]),
                &[("kind", text("datetime64[us]")), ("name", text("N."))],
            )
            .variable("/df/block0_items", string(&[2]), &[])
            .variable("/df/block0_values", float(&[200, 2]), &[])
            .variable("/df/block1_items", string(&[1]), &[])
            .variable("/df/block1_values", int(&[200, 1]), &[]);
        let found = file.interpret();
        let id = file.group_id("/df");
        assert_eq!(found.first, Some(Place::Group(id)));
        let table = found.table(id).unwrap();
        assert_eq!((table.rows, table.index_columns), (200, 1));
        assert_eq!(table.order, Some(file.id("/df/axis0")));
        assert_eq!(names(table), ["index", "@0", "@1", "@0"]);
        assert_eq!(table.columns[0].kind, ColumnKind::Time { nanoseconds_per_unit: 1000 });
    }

    #[test]
    fn the_blocks_of_a_stored_table_become_columns_in_the_order_of_the_frame() {
        let (int, float) = (Dtype::int(8, ByteOrder::Little), Dtype::float(8, ByteOrder::Little));
        let byte = Dtype::int(1, ByteOrder::Little);
        let dtype = compound(&[
            ("index", int.clone(), 0),
            ("values_block_0", float, 2),
            ("values_block_1", byte, 1),
            ("count", int.clone(), 0),
        ]);
        let file = File::new()
            .group(
                "/t",
                &[
                    ("pandas_type", text("frame_table")),
                    (
                        "non_index_axes",
                        text("(lp0\n(I1\n(lp1\nVtemp\np2\naVcount\np3\naVcat\np4\naVwind\np5\natp6\na."),
                    ),
                ],
            )
            .group("/t/meta", &[])
            .group("/t/meta/values_block_1", &[])
            .group("/t/meta/values_block_1/meta", &[("pandas_type", text("series_table"))])
            .variable(
                "/t/meta/values_block_1/meta/table",
                (compound(&[("index", int, 0), ("values", Dtype::FixedText { len: 1 }, 0)]), vec![3]),
                &[],
            )
            .variable(
                "/t/table",
                (dtype, vec![50]),
                &[
                    ("index_kind", text("datetime64[ns]")),
                    ("values_block_0_kind", text("(lp0\nVtemp\np1\naVwind\np2\na.")),
                    ("values_block_1_kind", text("(lp0\nVcat\np1\na.")),
                    ("values_block_1_meta", text("category")),
                    ("count_kind", text("(lp0\nVcount\np1\na.")),
                ],
            );
        let found = file.interpret();
        assert_eq!(found.groups.iter().filter(|(_, hints)| hints.table.is_some()).count(), 1);
        let table = found.table(file.group_id("/t")).unwrap();
        assert_eq!(names(table), ["index", "temp", "count", "cat", "wind"]);
        assert_eq!((table.rows, table.index_columns), (50, 1));
        assert!(matches!(table.columns[3].kind, ColumnKind::Named { .. }));
        let variable = file.id("/t/table");
        let wind = ColumnValues::Field { variable, field: 1, item: 1 };
        assert_eq!(table.columns[4].values, wind);
        assert!(found.is_hidden(Place::Group(file.group_id("/t/meta"))));
    }

    #[test]
    fn levels_of_an_index_come_first_and_a_series_keeps_its_name() {
        let file = File::new()
            .group(
                "/s",
                &[
                    ("pandas_type", text("series")),
                    ("name", text("Vtemp\np0\n.")),
                    ("index_variety", text("multi")),
                    ("index_nlevels", number(2)),
                ],
            )
            .variable("/s/index_level0", string(&[3]), &[("name", text("c"))])
            .variable("/s/index_label0", int(&[9]), &[])
            .variable("/s/index_level1", int(&[9]), &[])
            .variable("/s/index_label1", int(&[9]), &[])
            .variable("/s/values", float(&[9]), &[]);
        let found = file.interpret();
        let table = found.table(file.group_id("/s")).unwrap();
        assert_eq!(names(table), ["c", "level 1", "temp"]);
        assert_eq!(table.index_columns, 2);
    }
}
