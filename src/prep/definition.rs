//! A type as lines to read: fields with their types, members of enums with their numbers.

use hyperslab_core::Dtype;
use hyperslab_core::dtype::Field;

/// One field, member or part of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionLine {
    pub depth: usize,
    pub name: String,
    /// For people: `float64`, `int16[3]`; a member's number.
    pub what: String,
    /// As scripts spell the type; it tells the byte order and the size. Empty for members.
    pub code: String,
}

/// Types nested deeper than this, and more lines, are left out.
const DEPTH_MAX: usize = 16;
const LINES_MAX: usize = 100_000;

/// What the type is made of; nothing for plain types.
pub fn definition(dtype: &Dtype) -> Vec<DefinitionLine> {
    let mut lines = Vec::new();
    push_parts(dtype, 0, &mut lines);
    lines
}

/// `compound of 3 fields`, `enum of int8, 4 members`.
pub fn summary(dtype: &Dtype) -> String {
    match dtype {
        Dtype::Compound(t) => format!("compound of {}", counted(t.fields.len(), "field")),
        Dtype::Enum(t) => {
            let members = counted(t.members.len(), "member");
            format!("enum of {} ({}), {members}", t.base.plain_name(), t.base)
        }
        other => format!("{} ({other})", other.plain_name()),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn push_parts(dtype: &Dtype, depth: usize, lines: &mut Vec<DefinitionLine>) {
    if depth > DEPTH_MAX || lines.len() > LINES_MAX {
        return;
    }
    match dtype {
        Dtype::Compound(t) => {
            for field in &t.fields {
                lines.push(DefinitionLine {
                    depth,
                    name: field.name.clone(),
                    what: field_type(field),
                    code: field.dtype.to_string(),
                });
                push_parts(&field.dtype, depth + 1, lines);
            }
        }
        Dtype::Enum(t) => lines.extend(t.members.iter().map(|(name, value)| DefinitionLine {
            depth,
            name: name.clone(),
            what: format!("= {value}"),
            code: String::new(),
        })),
        Dtype::VarLen(element) => push_parts(element, depth, lines),
        Dtype::Array(t) => push_parts(&t.element, depth, lines),
        _ => {}
    }
}

/// `float32`, `float32[2 × 3]`.
pub fn field_type(field: &Field) -> String {
    let name = field.dtype.plain_name();
    let lengths: Vec<String> = field.shape.iter().map(u64::to_string).collect();
    if lengths.is_empty() { name } else { format!("{name}[{}]", lengths.join(" × ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_testkit::kinds;

    #[test]
    fn a_compound_is_told_field_by_field_with_the_members_of_its_enums() {
        assert_eq!(summary(&kinds::station_type()), "compound of 5 fields");
        let text: Vec<String> = definition(&kinds::station_type())
            .iter()
            .map(|l| format!("{}{} {} {}", "  ".repeat(l.depth), l.name, l.what, l.code))
            .collect();
        assert_eq!(
            text,
            [
                "id int32 <i4",
                "pos compound compound",
                "  x float64 <f8",
                "  y float64 <f8",
                "name text(4) S4",
                "sky sky_t enum(<u1)",
                "  clear = 0 ",
                "  cloudy = 1 ",
                "  fog = 7 ",
                "track float32[2] <f4",
            ]
        );
        assert_eq!(summary(&kinds::sky_type()), "enum of uint8 (<u1), 3 members");
        assert_eq!(
            (summary(&Dtype::Text), definition(&Dtype::Text)),
            ("text (str)".into(), vec![])
        );
    }
}
