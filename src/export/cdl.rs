//! CDL text of a file's structure, as `ncdump -h` writes it (netCDF User's Guide, "CDL
//! notation"; ncdump 4.9.0). Byte for byte the same for classic files.
//!
//! What netCDF has no word for is given one: axes without a dimension are `phony_dim_N` as in
//! netCDF-C, types without a name are named after what they are.

use std::io::Write;
use std::sync::Arc;

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::dtype::{CompoundType, EnumType};
use hyperslab_core::{Attribute, Buffer, Dataset, DimensionId, Dtype, Group, GroupId, Variable};

/// How ncdump prints texts with line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CdlModel {
    /// netCDF-3 and the classic model of netCDF-4: one piece a line.
    Classic,
    /// With groups and types: in one piece, since pieces would be an array of texts.
    Enhanced,
}

/// The header of `dataset`. Bytes: text in a file need not be UTF-8. `file_name` may be a path;
/// its directories and extension are left out.
pub fn header(dataset: &Dataset, file_name: &str, model: CdlModel) -> Vec<u8> {
    let base = file_name.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or_default();
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let mut cdl = Cdl {
        dataset,
        model,
        types: Types::of(dataset),
        phony: dataset.dimensions.len(),
        out: Vec::new(),
        indent: 0,
        line_len: 0,
    };
    cdl.put("netcdf ");
    cdl.name(stem);
    cdl.put(" {\n");
    cdl.group(GroupId::ROOT, 0);
    cdl.put("}\n");
    cdl.out
}

/// Groups nested deeper are left out; no reader lists any.
const DEPTH_MAX: u32 = 256;
/// ncdump breaks lists longer than this, less 2.
const LINE_MAX: usize = 80 - 2;
/// Written by the library into every file; ncdump hides it.
const HIDDEN: &str = "_NCProperties";

struct Cdl<'a> {
    dataset: &'a Dataset,
    model: CdlModel,
    types: Types,
    /// Number of the next axis without a dimension.
    phony: usize,
    out: Vec<u8>,
    indent: usize,
    /// What ncdump believes to be the length of the line (`linep`), which it only counts in lists.
    line_len: usize,
}

/// The axes of a group's variables that have no dimension: one name per length.
type Phony = Vec<(u64, String)>;

impl Cdl<'_> {
    fn group(&mut self, id: GroupId, depth: u32) {
        let Some(group) = self.dataset.group(id).filter(|_| depth < DEPTH_MAX) else { return };
        if depth == 0 && !self.types.all.is_empty() {
            self.types();
        }
        let phony = self.phony_dimensions(group);
        self.dimensions(group, &phony);
        if !group.variables.is_empty() {
            self.line("variables:\n");
        }
        for &id in &group.variables {
            if let Some(variable) = self.dataset.variable(id) {
                self.variable(variable, &phony);
            }
        }
        self.group_attributes(group, depth);
        for &child in &group.groups {
            let Some(name) = self.dataset.group(child).map(|child| child.name.as_str()) else {
                continue;
            };
            self.put("\n");
            self.line("group: ");
            self.name(name);
            self.put(" {\n");
            self.indent += 2;
            self.group(child, depth + 1);
            self.line("} // group ");
            self.name(name);
            self.put("\n");
            self.indent -= 2;
        }
    }

    fn types(&mut self) {
        self.line("types:\n");
        self.indent += 2;
        for (name, dtype) in self.types.all.clone() {
            match &dtype {
                Dtype::Enum(members) => self.enum_type(&name, members),
                Dtype::Compound(compound) => self.compound_type(&name, compound),
                Dtype::VarLen(element) => {
                    let element = self.type_name(element);
                    self.line(&format!(
                        "{}(*) {} ;\n",
                        escaped_name(&element),
                        escaped_name(&name)
                    ));
                }
                Dtype::Opaque { len, .. } => {
                    self.line(&format!("opaque({len}) {} ;\n", escaped_name(&name)));
                }
                _ => {}
            }
        }
        self.indent -= 2;
    }

    fn enum_type(&mut self, name: &str, members: &EnumType) {
        self.line("");
        let base = self.type_name(&members.base);
        self.piece(&format!("{base} enum {} {{", escaped_name(name)));
        let last = members.members.len().saturating_sub(1);
        for (i, (member, value)) in members.members.iter().enumerate() {
            let end = if i == last { "} ;\n" } else { ", " };
            self.piece(&format!("{} = {value}{end}", escaped_name(member)));
        }
        if members.members.is_empty() {
            self.piece("} ;\n");
        }
    }

    fn compound_type(&mut self, name: &str, compound: &CompoundType) {
        let name = escaped_name(name);
        self.line(&format!("compound {name} {{\n"));
        for field in &compound.fields {
            let dtype = escaped_name(&self.type_name(&field.dtype));
            let lengths: Vec<String> = field.shape.iter().map(u64::to_string).collect();
            let shape = match lengths.as_slice() {
                [] => String::new(),
                lengths => format!("({})", lengths.join(", ")),
            };
            self.line(&format!("  {dtype} {}{shape} ;\n", escaped_name(&field.name)));
        }
        self.line(&format!("}}; // {name}\n"));
    }

    fn phony_dimensions(&mut self, group: &Group) -> Phony {
        let mut phony = Phony::new();
        let variables = group.variables.iter().filter_map(|&id| self.dataset.variable(id));
        for axis in variables.flat_map(|variable| &variable.axes) {
            let is_known = phony.iter().any(|(len, _)| *len == axis.length);
            if axis.dimension.and_then(|id| self.dataset.dimension(id)).is_none() && !is_known {
                phony.push((axis.length, format!("phony_dim_{}", self.phony)));
                self.phony += 1;
            }
        }
        phony
    }

    fn dimensions(&mut self, group: &Group, phony: &Phony) {
        if !group.dimensions.is_empty() || !phony.is_empty() {
            self.line("dimensions:\n");
        }
        for dimension in group.dimensions.iter().filter_map(|&id| self.dataset.dimension(id)) {
            let (name, len) = (escaped_name(&dimension.name), dimension.length);
            self.line(&match dimension.is_unlimited {
                true => format!("\t{name} = UNLIMITED ; // ({len} currently)\n"),
                false => format!("\t{name} = {len} ;\n"),
            });
        }
        for (len, name) in phony {
            self.line(&format!("\t{name} = {len} ;\n"));
        }
    }

    fn variable(&mut self, variable: &Variable, phony: &Phony) {
        let dtype = escaped_name(&self.type_name(&variable.dtype));
        self.line(&format!("\t{dtype} {}", escaped_name(&variable.name)));
        let names: Vec<String> = variable
            .axes
            .iter()
            .map(|axis| match axis.dimension {
                Some(id) if self.dataset.dimension(id).is_some() => {
                    self.dimension_name(variable.group, id)
                }
                _ => {
                    let found = phony.iter().find(|(len, _)| *len == axis.length);
                    found.map(|(_, name)| name.clone()).unwrap_or_default()
                }
            })
            .collect();
        if !names.is_empty() {
            self.put(&format!("({})", names.join(", ")));
        }
        self.put(" ;\n");
        for attribute in &variable.attributes {
            self.attribute(&variable.name, attribute);
        }
    }

    /// With the path of its group where the name alone would mean another dimension, or none.
    fn dimension_name(&self, from: GroupId, id: DimensionId) -> String {
        let Some(dimension) = self.dataset.dimension(id) else { return String::new() };
        let name = escaped_name(&dimension.name);
        let mut at = Some(from);
        for _ in 0..=DEPTH_MAX {
            let Some(group) = at.and_then(|id| self.dataset.group(id)) else { break };
            if group.dimensions.contains(&id) {
                return name;
            }
            let has_name = |&id: &DimensionId| {
                self.dataset.dimension(id).is_some_and(|other| other.name == dimension.name)
            };
            if group.dimensions.iter().any(has_name) {
                break;
            }
            at = group.parent;
        }
        match self.dataset.group_path(dimension.group).as_str() {
            "/" => format!("/{name}"),
            path => format!("{}/{name}", escaped_name(path)),
        }
    }

    fn group_attributes(&mut self, group: &Group, depth: u32) {
        let is_shown = |attribute: &&Attribute| depth > 0 || attribute.name != HIDDEN;
        let attributes: Vec<&Attribute> = group.attributes.iter().filter(is_shown).collect();
        if attributes.is_empty() {
            return;
        }
        self.put("\n");
        self.line(match depth {
            0 => "// global attributes:\n",
            _ => "// group attributes:\n",
        });
        for attribute in attributes {
            self.attribute("", attribute);
        }
    }

    fn attribute(&mut self, variable: &str, attribute: &Attribute) {
        let values = &attribute.value.values;
        self.line("\t\t");
        if let Some(dtype) = self.declared_type(attribute) {
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
            (Buffer::Compound { .. } | Buffer::VarLen { .. }, dtype) => {
                self.composite_values(values, dtype);
            }
            (values, dtype) => self.plain_values(values, dtype),
        }
        self.put(" ;\n");
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

    fn type_name(&self, dtype: &Dtype) -> String {
        match dtype {
            Dtype::Int { bytes, signed, .. } => match (bytes, signed) {
                (1, true) => "byte",
                (1, false) => "ubyte",
                (2, true) => "short",
                (2, false) => "ushort",
                (4, true) => "int",
                (4, false) => "uint",
                (_, true) => "int64",
                (_, false) => "uint64",
            }
            .into(),
            Dtype::Float { bytes: 8, .. } => "double".into(),
            Dtype::Float { .. } => "float".into(),
            Dtype::Char | Dtype::FixedText { len: 1 } => "char".into(),
            Dtype::FixedText { .. } | Dtype::Text => "string".into(),
            own => self.types.name(own),
        }
    }

    /// The indentation and `text`.
    fn line(&mut self, text: &str) {
        self.out.extend(std::iter::repeat_n(b' ', self.indent));
        self.put(text);
    }

    fn put(&mut self, text: &str) {
        self.out.extend(text.as_bytes());
    }

    fn name(&mut self, name: &str) {
        self.put(&escaped_name(name));
    }

    fn piece(&mut self, text: &str) {
        self.piece_bytes(text.as_bytes());
    }

    /// A piece of a list, on a new line where this one is full (ncdump's `lput`).
    fn piece_bytes(&mut self, text: &[u8]) {
        if text.len() + self.line_len > LINE_MAX && text.len() > 2 {
            self.put("\n");
            self.line("    ");
            self.line_len = 4 + self.indent;
        }
        self.out.extend(text);
        match text.last() {
            Some(b'\n') => self.line_len = self.indent,
            _ => self.line_len += text.len(),
        }
    }
}

/// The types a file declares, each after those it is made of, by name.
struct Types {
    all: Vec<(String, Dtype)>,
}

impl Types {
    fn of(dataset: &Dataset) -> Self {
        let mut types = Self { all: Vec::new() };
        let mut add = |dtype: &Dtype| types.add(dtype, 0);
        let attributes = |attributes: &[Attribute], add: &mut dyn FnMut(&Dtype)| {
            attributes.iter().for_each(|attribute| add(&attribute.dtype));
        };
        for variable in &dataset.variables {
            add(&variable.dtype);
            attributes(&variable.attributes, &mut add);
        }
        for group in &dataset.groups {
            attributes(&group.attributes, &mut add);
        }
        types
    }

    fn add(&mut self, dtype: &Dtype, depth: u32) {
        if depth > DEPTH_MAX || self.find(dtype).is_some() {
            return;
        }
        let (given, plain) = match dtype {
            Dtype::Enum(t) => (t.name.clone(), "enum_t".to_owned()),
            Dtype::Compound(t) => {
                t.fields.iter().for_each(|field| self.add(&field.dtype, depth + 1));
                (t.name.clone(), "compound_t".to_owned())
            }
            Dtype::VarLen(element) => {
                self.add(element, depth + 1);
                (None, "vlen_t".to_owned())
            }
            Dtype::Opaque { len, .. } => (None, format!("opaque_{len}_t")),
            _ => return,
        };
        let mut name = given.unwrap_or_else(|| plain.clone());
        let mut number = 1;
        while self.all.iter().any(|(other, _)| *other == name) {
            number += 1;
            name = format!("{plain}{number}");
        }
        self.all.push((name, dtype.clone()));
    }

    fn find(&self, dtype: &Dtype) -> Option<&str> {
        let is_same = |(_, other): &&(String, Dtype)| match (other, dtype) {
            (Dtype::Enum(a), Dtype::Enum(b)) => Arc::ptr_eq(a, b) || a == b,
            (Dtype::Compound(a), Dtype::Compound(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a == b,
        };
        self.all.iter().find(is_same).map(|(name, _)| name.as_str())
    }

    fn name(&self, dtype: &Dtype) -> String {
        self.find(dtype).map_or_else(|| dtype.plain_name(), str::to_owned)
    }
}

/// A name with what means something in CDL escaped (ncdump's `escaped_name`).
fn escaped_name(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (i, c) in name.chars().enumerate() {
        match c {
            '0'..='9' if i == 0 => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_ascii_control() => escaped.push_str(&format!("\\%{:02x}", u32::from(c))),
            ' ' | '!' | '"' | '#' | '$' | '&' | '\'' | '(' | ')' | '*' | ',' | ':' | ';' | '<'
            | '=' | '>' | '?' | '[' | ']' | '\\' | '^' | '`' | '{' | '|' | '}' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        0x08 => out.extend(b"\\b"),
        0x0c => out.extend(b"\\f"),
        b'\n' => out.extend(b"\\n"),
        b'\r' => out.extend(b"\\r"),
        b'\t' => out.extend(b"\\t"),
        0x0b => out.extend(b"\\v"),
        b'\\' | b'\'' | b'"' => out.extend([b'\\', byte]),
        byte if byte.is_ascii_control() => _ = write!(out, "\\{byte:03o}"),
        byte => out.push(byte),
    }
}

fn text_of(values: &Buffer, index: usize) -> Option<&[u8]> {
    match values {
        Buffer::Text(texts) => texts.get(index).map(AsRef::as_ref),
        Buffer::FixedText { len, bytes } => bytes.get(index * len..(index + 1) * len),
        _ => None,
    }
}

/// A number with the suffix of its type, a member's name, or opaque bytes.
fn attribute_value(values: &Buffer, index: usize, dtype: &Dtype) -> String {
    let number = values.number(index);
    match (values, number) {
        (Buffer::Opaque { .. }, _) => opaque(values, index),
        (_, Some(Number::Int(value))) if matches!(dtype, Dtype::Enum(_)) => member(dtype, value),
        (_, Some(Number::Int(value))) => format!("{value}{}", suffix(values)),
        (_, Some(Number::F32(value))) => attribute_float(f64::from(value), 7, "f"),
        (_, Some(Number::F64(value))) => attribute_float(value, 15, ""),
        _ => String::new(),
    }
}

fn suffix(values: &Buffer) -> &'static str {
    match values {
        Buffer::I8(_) => "b",
        Buffer::U8(_) => "UB",
        Buffer::I16(_) => "s",
        Buffer::U16(_) => "US",
        Buffer::U32(_) => "U",
        Buffer::I64(_) => "LL",
        Buffer::U64(_) => "ULL",
        _ => "",
    }
}

fn member(dtype: &Dtype, value: i128) -> String {
    let Dtype::Enum(members) = dtype else { return value.to_string() };
    let found = members.members.iter().find(|member| member.1 == value);
    found.map_or_else(|| value.to_string(), |(name, _)| escaped_name(name))
}

fn opaque(values: &Buffer, index: usize) -> String {
    let Buffer::Opaque { len, bytes } = values else { return String::new() };
    let bytes = bytes.get(index * len..(index + 1) * len).unwrap_or_default();
    bytes.iter().fold("0X".to_owned(), |text, byte| format!("{text}{byte:02X}"))
}

/// C's `%#.{digits}g` without trailing zeros, but with the point (ncdump's `tztrim`).
fn attribute_float(value: f64, digits: usize, suffix: &str) -> String {
    match special(value) {
        Some(special) => format!("{special}{suffix}"),
        None => {
            let (mantissa, exponent) = general(value, digits);
            let point = if mantissa.contains('.') { "" } else { "." };
            format!("{mantissa}{point}{exponent}{suffix}")
        }
    }
}

/// C's `%.{digits}g`.
fn plain_float(value: f64, digits: usize, suffix: &str) -> String {
    match special(value) {
        Some(special) => format!("{special}{suffix}"),
        None => {
            let (mantissa, exponent) = general(value, digits);
            format!("{}{exponent}", mantissa.trim_end_matches('.'))
        }
    }
}

fn special(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// The parts of C's `%#.{digits}g`, the zeros behind the point left out: `1.5` and `e+20`.
fn general(value: f64, digits: usize) -> (String, String) {
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').to_owned(),
        false => text.to_owned(),
    };
    if power < -4 || power >= digits as i32 {
        let sign = if power < 0 { '-' } else { '+' };
        return (trim(mantissa), format!("e{sign}{:02}", power.abs()));
    }
    let decimals = (digits as i32 - 1 - power).max(0) as usize;
    (trim(&format!("{value:.decimals$}")), String::new())
}

/// A value inside a compound or a sequence, which has no suffixes (ncdump's `*_typ_tostring`).
fn push_value(out: &mut Vec<u8>, values: &Buffer, index: usize, dtype: &Dtype, depth: u32) {
    if depth > DEPTH_MAX {
        return;
    }
    if let Some(bytes) = text_of(values, index) {
        push_quoted(out, bytes);
        return;
    }
    match (values, dtype) {
        (Buffer::Compound { count, fields }, Dtype::Compound(compound)) => {
            out.push(b'{');
            for (k, ((_, values), field)) in fields.iter().zip(&compound.fields).enumerate() {
                if k > 0 {
                    out.extend(b", ");
                }
                let each = values.len().checked_div(*count).unwrap_or(0);
                let elements = index * each..(index + 1) * each;
                match (field.shape.last(), values) {
                    (None, Buffer::Char(bytes)) => {
                        push_quoted(out, bytes.get(elements).unwrap_or_default());
                    }
                    (None, _) => {
                        push_value(out, values, elements.start, &field.dtype, depth + 1);
                    }
                    // Rows of characters are texts.
                    (Some(&len), Buffer::Char(bytes)) => {
                        let row = usize::try_from(len).unwrap_or(usize::MAX).max(1);
                        let rows = bytes.get(elements).unwrap_or_default().chunks(row);
                        push_list(out, rows, push_quoted);
                    }
                    (Some(_), _) => push_list(out, elements, |out, element| {
                        push_value(out, values, element, &field.dtype, depth + 1);
                    }),
                }
            }
            out.push(b'}');
        }
        (Buffer::VarLen { ends, values }, Dtype::VarLen(inner)) => {
            let start = index.checked_sub(1).and_then(|i| ends.get(i)).copied().unwrap_or(0);
            let end = ends.get(index).copied().unwrap_or(start).min(values.len());
            push_list(out, start..end, |out, element| {
                push_value(out, values, element, inner, depth + 1);
            });
        }
        (Buffer::Opaque { .. }, _) => out.extend(opaque(values, index).as_bytes()),
        (Buffer::Char(bytes), _) => push_quoted(out, bytes.get(index..=index).unwrap_or_default()),
        _ => {
            let text = match values.number(index) {
                Some(Number::Int(value)) => member(dtype, value),
                Some(Number::F32(value)) => plain_float(f64::from(value), 7, "f"),
                Some(Number::F64(value)) => plain_float(value, 15, ""),
                None => String::new(),
            };
            out.extend(text.as_bytes());
        }
    }
}

fn push_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'{');
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.extend(b", ");
        }
        push(out, item);
    }
    out.push(b'}');
}

fn push_quoted(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    trim_nul(bytes).iter().for_each(|&byte| push_escaped(out, byte));
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::dtype::Field;
    use hyperslab_core::{Array, Axis, ByteOrder, Dimension, Listing};

    const LITTLE: ByteOrder = ByteOrder::Little;

    fn attribute(name: &str, dtype: Dtype, values: impl Into<Buffer>) -> Attribute {
        Attribute::new(name, dtype, Array::vector(values.into()))
    }

    fn text(name: &str, text: &[u8]) -> Attribute {
        attribute(name, Dtype::Char, Buffer::Char(text.into()))
    }

    fn variable(
        name: &str,
        dtype: Dtype,
        axes: &[(u64, Option<u32>)],
        attributes: Vec<Attribute>,
    ) -> Variable {
        let axis =
            |&(length, id): &(u64, Option<u32>)| Axis { length, dimension: id.map(DimensionId) };
        Variable {
            axes: axes.iter().map(axis).collect(),
            attributes,
            ..Variable::new(name, GroupId::ROOT, dtype)
        }
    }

    fn dimension(name: &str, group: u32, length: u64, is_unlimited: bool) -> Dimension {
        Dimension { name: name.into(), group: GroupId(group), length, is_unlimited }
    }

    fn printed(dataset: &Dataset, file: &str, model: CdlModel) -> String {
        String::from_utf8_lossy(&header(dataset, file, model)).into_owned()
    }

    fn dataset(root: Listing) -> Dataset {
        let mut dataset = Dataset::default();
        dataset.graft(GroupId::ROOT, root).unwrap();
        dataset
    }

    #[test]
    fn a_classic_file_is_printed_as_ncdump_prints_it() {
        let int = |bytes| Dtype::int(bytes, ByteOrder::Big);
        let float = |bytes| Dtype::float(bytes, ByteOrder::Big);
        let tas = vec![
            text("units", b"K\0"),
            text("comment", b"say \"no\"\tor\nsecond\\line\x1b"),
            attribute("missing_value", float(4), vec![1e20f32, 0.1, f32::NAN, -2.0]),
            attribute("range", float(8), vec![-1e-5, f64::NEG_INFINITY, 123_456.0, 1e15]),
            attribute("flags", int(1), vec![-1i8, 2]),
            attribute("levels", int(2), vec![850i16, 500]),
            attribute("count", int(4), vec![7i32]),
            attribute("big", Dtype::uint(8, ByteOrder::Big), vec![u64::MAX]),
            attribute("empty", int(4), Vec::<i32>::new()),
        ];
        let root = Listing {
            dimensions: vec![dimension("time", 0, 12, true), dimension("my x", 0, 3, false)],
            variables: vec![
                variable("tas", float(4), &[(12, Some(0)), (3, Some(1))], tas),
                variable("data", Dtype::Char, &[], vec![text("2nd", b"caf\xe9")]),
            ],
            attributes: vec![text("title", b"line 1\nline 2\n")],
            ..Listing::default()
        };
        let want = "netcdf a.b {
dimensions:
\ttime = UNLIMITED ; // (12 currently)
\tmy\\ x = 3 ;
variables:
\tfloat tas(time, my\\ x) ;
\t\ttas:units = \"K\" ;
\t\ttas:comment = \"say \\\"no\\\"\\tor\\n\",
\t\t\t\"second\\\\line\\033\" ;
\t\ttas:missing_value = 1.e+20f, 0.1f, NaNf, -2.f ;
\t\ttas:range = -1.e-05, -Infinity, 123456., 1.e+15 ;
\t\ttas:flags = -1b, 2b ;
\t\ttas:levels = 850s, 500s ;
\t\ttas:count = 7 ;
\t\ttas:big = 18446744073709551615ULL ;
\t\ttas:empty = \"\" ;
\tchar data ;
\t\tdata :\\2nd = \"caf\u{fffd}\" ;

// global attributes:
\t\t:title = \"line 1\\n\",
\t\t\t\"line 2\\n\",
\t\t\t\"\" ;
}
";
        assert_eq!(printed(&dataset(root), "/some/where/a.b.nc", CdlModel::Classic), want);
    }

    fn cloud_types() -> Dtype {
        let names = ["Clear", "Cumulonimbus", "Stratus", "Stratocumulus", "Cumulus", "Missing"];
        let values = [0, 1, 2, 3, 4, 255];
        Dtype::Enum(Arc::new(EnumType {
            name: Some("cloud_class_t".into()),
            base: Dtype::uint(1, LITTLE),
            members: names.map(str::to_owned).into_iter().zip(values).collect(),
        }))
    }

    fn compound(name: &str, fields: &[(&str, Dtype, &[u64])]) -> Dtype {
        let field = |(name, dtype, shape): &(&str, Dtype, &[u64])| Field {
            name: (*name).into(),
            dtype: dtype.clone(),
            shape: (*shape).into(),
        };
        let fields = fields.iter().map(field).collect();
        Dtype::Compound(Arc::new(CompoundType { name: Some(name.into()), fields }))
    }

    /// The expected text is that of ncdump 4.9.0, but for the names of types without one.
    #[test]
    fn types_and_their_values_are_printed_as_ncdump_prints_them() {
        let tagged =
            compound("cmp1", &[("i", Dtype::int(2, LITTLE), &[]), ("tag", Dtype::Char, &[4])]);
        let mixed = compound(
            "cmp2",
            &[
                ("xx", tagged.clone(), &[]),
                ("y", Dtype::float(8, LITTLE), &[3, 2]),
                ("f", Dtype::float(4, LITTLE), &[]),
                ("k", cloud_types(), &[]),
            ],
        );
        let sequence = Dtype::VarLen(Arc::new(Dtype::int(4, LITTLE)));
        let inner = Buffer::Compound {
            count: 1,
            fields: vec![
                ("i".into(), Buffer::I16(vec![7])),
                ("tag".into(), Buffer::Char(b"ab\0\0".to_vec())),
            ],
        };
        let value = Buffer::Compound {
            count: 1,
            fields: vec![
                ("xx".into(), inner),
                ("y".into(), vec![1.5, 2.0, 3.0, 4.0, 5.0, 1e20].into()),
                ("f".into(), vec![0.1f32].into()),
                ("k".into(), vec![2u8].into()),
            ],
        };
        let lists =
            Buffer::VarLen { ends: vec![3, 3, 4], values: Box::new(vec![1i32, 2, 3, 4].into()) };
        let texts = Buffer::Text(vec![b"one\ntwo"[..].into(), b"thr\"ee"[..].into()]);
        let bytes = Buffer::Opaque { len: 3, bytes: vec![0xca, 0xfe, 1, 0, 0xff, 0x10] };
        let opaque = Dtype::Opaque { len: 3, tag: None };
        let root = Listing {
            dimensions: vec![dimension("time", 0, 0, true), dimension("x", 0, 2, false)],
            variables: vec![
                variable(
                    "sky",
                    cloud_types(),
                    &[(0, Some(0))],
                    vec![attribute("_FillValue", cloud_types(), vec![255u8])],
                ),
                variable(
                    "raw",
                    opaque.clone(),
                    &[(2, Some(1))],
                    vec![attribute("a", opaque, bytes)],
                ),
                variable(
                    "name",
                    Dtype::Text,
                    &[(2, Some(1))],
                    vec![attribute("s", Dtype::Text, texts), text("t", b"one\ntwo")],
                ),
            ],
            attributes: vec![
                text("_NCProperties", b"version=2"),
                attribute("v", sequence, lists),
                attribute("c", mixed, value),
            ],
            ..Listing::default()
        };
        let want = "netcdf e {
types:
  ubyte enum cloud_class_t {Clear = 0, Cumulonimbus = 1, Stratus = 2, \n      \
            Stratocumulus = 3, Cumulus = 4, Missing = 255} ;
  opaque(3) opaque_3_t ;
  int(*) vlen_t ;
  compound cmp1 {
    short i ;
    char tag(4) ;
  }; // cmp1
  compound cmp2 {
    cmp1 xx ;
    double y(3, 2) ;
    float f ;
    cloud_class_t k ;
  }; // cmp2
dimensions:
\ttime = UNLIMITED ; // (0 currently)
\tx = 2 ;
variables:
\tcloud_class_t sky(time) ;
\t\tcloud_class_t sky:_FillValue = Missing ;
\topaque_3_t raw(x) ;
\t\topaque_3_t raw:a = 0XCAFE01, 0X00FF10 ;
\tstring name(x) ;
\t\tstring name:s = \"one\\ntwo\", \"thr\\\"ee\" ;
\t\tname:t = \"one\\ntwo\" ;

// global attributes:
\t\tvlen_t :v = {1, 2, 3}, {}, {4} ;
\t\tcmp2 :c = {{7, {\"ab\"}}, {1.5, 2, 3, 4, 5, 1e+20}, 0.1, Stratus} ;
}
";
        assert_eq!(printed(&dataset(root), "e.nc", CdlModel::Enhanced), want);
    }

    #[test]
    fn groups_are_nested_and_hidden_dimensions_have_their_path() {
        let mut dataset = dataset(Listing {
            dimensions: vec![dimension("time", 0, 0, true), dimension("x", 0, 2, false)],
            groups: vec!["inner".into()],
            ..Listing::default()
        });
        let int = Dtype::int(4, LITTLE);
        let axes = [(5, Some(2)), (2, Some(1)), (0, Some(0)), (7, None)];
        let mut a = variable("a", int, &axes, vec![]);
        a.group = GroupId(1);
        let listing = Listing {
            dimensions: vec![dimension("x", 1, 5, false)],
            variables: vec![a],
            attributes: vec![text("note", b"g")],
            groups: vec!["deep".into()],
            ..Listing::default()
        };
        dataset.graft(GroupId(1), listing).unwrap();
        let want = "netcdf e {
dimensions:
\ttime = UNLIMITED ; // (0 currently)
\tx = 2 ;

group: inner {
  dimensions:
  \tx = 5 ;
  \tphony_dim_3 = 7 ;
  variables:
  \tint a(x, /x, time, phony_dim_3) ;

  // group attributes:
  \t\t:note = \"g\" ;

  group: deep {
    } // group deep
  } // group inner
}
";
        assert_eq!(printed(&dataset, "e.nc", CdlModel::Enhanced), want);
    }

    #[test]
    fn a_dataset_that_contradicts_itself_is_still_printed() {
        let lame = Buffer::Compound { count: 5, fields: vec![("a".into(), Buffer::I8(vec![1]))] };
        let wild = Buffer::VarLen { ends: vec![9, 2, 100], values: Box::new(Buffer::Char(vec![])) };
        let pair = compound("p", &[("a", Dtype::Char, &[0]), ("b", Dtype::Text, &[])]);
        let endless = Dtype::VarLen(Arc::new(pair.clone()));
        let mut dataset = dataset(Listing {
            variables: vec![variable("v", pair.clone(), &[(3, Some(99))], vec![])],
            attributes: vec![
                attribute("a", pair, lame),
                attribute("b", endless, wild),
                attribute("c", cloud_types(), vec![7.5f32]),
                attribute("d", Dtype::FixedText { len: 4 }, vec![1u8]),
            ],
            ..Listing::default()
        });
        dataset.groups[0].groups = vec![GroupId(0), GroupId(7)];
        assert!(printed(&dataset, "", CdlModel::Enhanced).starts_with("netcdf  {\n"));
    }
}
