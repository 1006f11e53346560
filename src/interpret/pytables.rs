//! PyTables (file format version 2.1): tables are compounds, which show as they are; indexes and
//! what keeps the books of them are hidden.

use super::tree::Attributes;
use super::{Interpretation, Place, Tree};

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    tree.root()?.get("PYTABLES_FORMAT_VERSION")?;
    let mut found = Interpretation::named("PyTables");
    for (id, group) in tree.groups() {
        // `_i_` holds the indexes of a table, `_p_` what a program put aside.
        let is_private = group.name.starts_with("_i_") || group.name.starts_with("_p_");
        let class = group.text_of("CLASS").unwrap_or_default();
        if is_private || class == "TINDEX" {
            found.hidden.insert(Place::Group(id));
        } else if let Some(title) = group.text_of("TITLE").filter(|_| group.parent.is_some()) {
            found.of_group(id).note = title;
        }
    }
    for (id, variable) in tree.variables() {
        let hints = found.of(id);
        hints.title = variable.text_of("TITLE");
        if variable.is("PSEUDOATOM", "object") {
            hints.note = "Python objects".into();
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn titles_are_taken_over_and_indexes_are_hidden() {
        let file = File::new()
            .attribute("/", "PYTABLES_FORMAT_VERSION", text("2.1"))
            .group("/run", &[("CLASS", text("GROUP")), ("TITLE", text("First run"))])
            .group("/run/_i_table", &[("CLASS", text("TINDEX"))])
            .variable("/run/table", float(&[3]), &[("TITLE", text("Events"))]);
        let found = file.interpret();
        assert_eq!(found.names, ["PyTables"]);
        assert_eq!(found.variables[&file.id("/run/table")].title.as_deref(), Some("Events"));
        assert!(found.is_hidden(Place::Group(file.group_id("/run/_i_table"))));
        assert_eq!(found.groups[&file.group_id("/run")].note, "First run");
    }
}
