//! Attributes in CDL, with their values.

use hyperslab_core::array::trim_nul;
use hyperslab_core::{Attribute, Buffer, Dtype};

use super::values::{attribute_value, escaped_name, push_escaped, push_value, text_of};
use super::{Cdl, CdlModel};

impl Cdl<'_> {
    pub(super) fn attribute(&mut self, variable: &str, attribute: &Attribute) {
        let values = &attribute.value.values;
        self.line("\t\t");
        if let Some(dtype) = self.declared_type(attribute).filter(|_| !attribute.is_null) {
            self.put(&format!("{} ", escaped_name(&dtype)));
        }
        self.name(variable);
        // A variable of such a name and its colon would read as the heading of a section.
        if ["variables", "dimensions", "data", "group", "types"].contains(&variable) {
            self.put(" ");
        }
        self.put(":");
        self.name(&attribute.name);
        self.put(" = ");
        match (values, &attribute.dtype) {
            _ if values.is_empty() => self.put("\"\""),
            (Buffer::Char(bytes), _) => self.text(bytes),
            (Buffer::Compound { .. } | Buffer::VarLen { .. } | Buffer::Array { .. }, dtype) => {
                self.composite_values(values, dtype);
            }
            (values, dtype) => self.plain_values(values, dtype),
        }
        self.put(if attribute.is_null { " ; // null\n" } else { " ;\n" });
    }

    /// Only texts and types of the file's own have theirs told; others show by a suffix.
    fn declared_type(&self, attribute: &Attribute) -> Option<String> {
        match &attribute.dtype {
            _ if matches!(attribute.value.values, Buffer::Char(_)) => None,
            Dtype::Text => Some("string".into()),
            Dtype::FixedText { .. } if attribute.value.len() != 1 => Some("string".into()),
            Dtype::Enum(_) | Dtype::Compound(_) | Dtype::VarLen(_) | Dtype::Opaque { .. } => {
                Some(self.type_name(&attribute.dtype))
            }
            Dtype::Complex(_) | Dtype::Array(_) | Dtype::Reference(_) => {
                Some(self.type_name(&attribute.dtype))
            }
            _ => None,
        }
    }

    fn plain_values(&mut self, values: &Buffer, dtype: &Dtype) {
        for index in 0..values.len() {
            if index > 0 {
                self.put(", ");
            }
            match text_of(values, index) {
                Some(bytes) => self.text(bytes),
                None => {
                    let text = attribute_value(values, index, dtype);
                    self.put(&text);
                }
            }
        }
    }

    fn composite_values(&mut self, values: &Buffer, dtype: &Dtype) {
        let count = values.len();
        for index in 0..count {
            let mut text = Vec::new();
            push_value(&mut text, values, index, dtype, 0);
            if index + 1 < count {
                text.extend(b", ");
            }
            self.piece_bytes(&text);
        }
    }

    /// A quoted text without its trailing NULs (ncdump's `pr_att_string`).
    fn text(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        for &byte in trim_nul(bytes) {
            match byte {
                b'\n' if self.model == CdlModel::Classic => self.put("\\n\",\n\t\t\t\""),
                byte => push_escaped(&mut self.out, byte),
            }
        }
        self.out.push(b'"');
    }
}
