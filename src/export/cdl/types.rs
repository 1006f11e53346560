//! Types in CDL: their names, and the declarations of those that are a file's own.

use std::sync::Arc;

use hyperslab_core::dtype::{CompoundType, EnumType, Field, ReferenceType};
use hyperslab_core::{Attribute, Dataset, Dtype, GroupId};

use super::values::escaped_name;
use super::{Cdl, DEPTH_MAX};

impl Cdl<'_> {
    /// Those declared in a group.
    pub(super) fn types(&mut self, group: GroupId) {
        let own = self.types.all.iter().filter(|declared| declared.group == group);
        let own: Vec<Declared> = own.cloned().collect();
        if own.is_empty() {
            return;
        }
        self.line("types:\n");
        self.indent += 2;
        for Declared { name, dtype, .. } in own {
            let escaped = escaped_name(&name);
            match &dtype {
                Dtype::Enum(members) => self.enum_type(&name, members),
                Dtype::Compound(compound) => self.compound_type(&name, compound),
                Dtype::Complex(part) => self.compound_type(&name, &pair(part)),
                Dtype::VarLen(element) => {
                    let element = escaped_name(&self.type_name(element));
                    self.line(&format!("{element}(*) {escaped} ;\n"));
                }
                Dtype::Opaque { len, .. } => self.line(&format!("opaque({len}) {escaped} ;\n")),
                // CDL gives no names to arrays and plain types.
                Dtype::Array(t) => {
                    let (element, shape) = flattened(&t.element, &t.shape);
                    let element = escaped_name(&self.type_name(element));
                    self.line(&format!("// {element}{} {escaped} ;\n", lengths(&shape)));
                }
                plain => {
                    let plain = self.plain_type_name(plain);
                    self.line(&format!("// {} {escaped} ;\n", escaped_name(&plain)));
                }
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
            let (element, shape) = flattened(&field.dtype, &field.shape);
            let dtype = escaped_name(&self.type_name(element));
            self.line(&format!("  {dtype} {}{} ;\n", escaped_name(&field.name), lengths(&shape)));
        }
        self.line(&format!("}}; // {name}\n"));
    }

    pub(super) fn type_name(&self, dtype: &Dtype) -> String {
        self.types.find(dtype).map_or_else(|| self.plain_type_name(dtype), str::to_owned)
    }

    fn plain_type_name(&self, dtype: &Dtype) -> String {
        let int = |bytes: u8, signed: bool| match (bytes, signed) {
            (1, true) => "byte",
            (1, false) => "ubyte",
            (2, true) => "short",
            (2, false) => "ushort",
            (3..=4, true) => "int",
            (3..=4, false) => "uint",
            (5..=8, true) => "int64",
            (5..=8, false) => "uint64",
            (_, true) => "int128",
            (_, false) => "uint128",
        };
        match dtype {
            Dtype::Int { bytes, signed, .. } => int(*bytes, *signed).into(),
            Dtype::Bitfield { bytes, .. } => int(*bytes, false).into(),
            Dtype::Time { bytes, .. } => int(*bytes, true).into(),
            Dtype::Float { bytes: 8, .. } => "double".into(),
            Dtype::OtherFloat(t) if t.is_held_as_f64 => "double".into(),
            Dtype::Float { .. } | Dtype::OtherFloat(_) => "float".into(),
            Dtype::Char | Dtype::FixedText { len: 1 } => "char".into(),
            Dtype::FixedText { .. } | Dtype::Text => "string".into(),
            Dtype::Reference(ReferenceType::Object) => "reference".into(),
            Dtype::Reference(ReferenceType::Region) => "region_reference".into(),
            Dtype::Reference(ReferenceType::Standard) => "standard_reference".into(),
            own => own.plain_name(),
        }
    }
}

/// What a CDL type does not tell of the stored one.
pub(super) fn remark(dtype: &Dtype) -> Option<String> {
    match dtype {
        Dtype::Bitfield { .. } | Dtype::Time { .. } | Dtype::OtherFloat(_) => {
            Some(dtype.plain_name())
        }
        Dtype::Float { bytes: 2, .. } => Some(dtype.plain_name()),
        Dtype::Int { bytes, .. } if !bytes.is_power_of_two() => Some(dtype.plain_name()),
        _ => None,
    }
}

/// As netCDF users write complex numbers.
fn pair(part: &Dtype) -> CompoundType {
    let field = |name: &str| Field { name: name.into(), dtype: part.clone(), shape: Vec::new() };
    CompoundType { name: None, fields: vec![field("r"), field("i")] }
}

/// The elements of arrays in arrays, and all their axes.
fn flattened<'a>(dtype: &'a Dtype, shape: &[u64]) -> (&'a Dtype, Vec<u64>) {
    let (mut dtype, mut shape) = (dtype, shape.to_vec());
    while let Dtype::Array(t) = dtype {
        dtype = &t.element;
        shape.extend(&t.shape);
    }
    (dtype, shape)
}

fn lengths(shape: &[u64]) -> String {
    let lengths: Vec<String> = shape.iter().map(u64::to_string).collect();
    if lengths.is_empty() { String::new() } else { format!("({})", lengths.join(", ")) }
}

/// The types a file declares, each after those it is made of.
pub(super) struct Types {
    all: Vec<Declared>,
}

#[derive(Clone)]
struct Declared {
    group: GroupId,
    name: String,
    dtype: Dtype,
}

impl Types {
    /// Those that the file names, in their groups, and in the root those it uses without.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let mut types = Self { all: Vec::new() };
        for (id, group) in (0..).map(GroupId).zip(&dataset.groups) {
            for named in group.types.iter().filter(|named| named.alias_of.is_none()) {
                types.add(&named.dtype, Some(&named.name), id, 0);
            }
        }
        let mut add = |dtype: &Dtype| types.add(dtype, None, GroupId::ROOT, 0);
        let attributes = |attributes: &[Attribute], add: &mut dyn FnMut(&Dtype)| {
            // The format's own books are not printed.
            let shown = attributes.iter().filter(|attribute| !attribute.is_internal);
            shown.for_each(|attribute| add(&attribute.dtype));
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

    fn add(&mut self, dtype: &Dtype, name: Option<&str>, group: GroupId, depth: u32) {
        let is_known = match name {
            None => self.find(dtype).is_some(),
            // It may have been declared for a type that is made of it.
            Some(name) => self.all.iter().any(|t| t.group == group && t.name == name),
        };
        if depth > DEPTH_MAX || is_known {
            return;
        }
        let mut inner = |dtype: &Dtype| self.add(dtype, None, group, depth + 1);
        let (given, plain) = match dtype {
            Dtype::Enum(t) => (t.name.clone(), "enum_t".to_owned()),
            Dtype::Compound(t) => {
                t.fields.iter().for_each(|field| inner(flattened(&field.dtype, &[]).0));
                (t.name.clone(), "compound_t".to_owned())
            }
            Dtype::VarLen(element) => {
                inner(element);
                (None, "vlen_t".to_owned())
            }
            Dtype::Array(t) => {
                inner(flattened(&t.element, &[]).0);
                (None, "array_t".to_owned())
            }
            Dtype::Complex(_) => (None, "complex_t".to_owned()),
            Dtype::Opaque { len, .. } => (None, format!("opaque_{len}_t")),
            _ if name.is_none() => return,
            _ => (None, String::new()),
        };
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.unused(given.as_deref(), &plain),
        };
        self.all.push(Declared { group, name, dtype: dtype.clone() });
    }

    /// The name given, or a number behind the plain one where there is such a type already.
    fn unused(&self, given: Option<&str>, plain: &str) -> String {
        let mut name = given.unwrap_or(plain).to_owned();
        let mut number = 1;
        while self.all.iter().any(|other| other.name == name) {
            number += 1;
            name = format!("{plain}{number}");
        }
        name
    }

    /// Types that every file has are not the file's own, whatever it calls them.
    fn find(&self, dtype: &Dtype) -> Option<&str> {
        let is_same = |declared: &&Declared| match (&declared.dtype, dtype) {
            (Dtype::Enum(a), Dtype::Enum(b)) => Arc::ptr_eq(a, b) || a == b,
            (Dtype::Compound(a), Dtype::Compound(b)) => Arc::ptr_eq(a, b) || a == b,
            (a @ (Dtype::VarLen(_) | Dtype::Array(_) | Dtype::Complex(_)), b) => a == b,
            (a @ Dtype::Opaque { .. }, b) => a == b,
            _ => false,
        };
        let given = match dtype {
            Dtype::Enum(t) => t.name.as_deref(),
            Dtype::Compound(t) => t.name.as_deref(),
            _ => None,
        };
        // Of several that are built alike the one of the same name.
        let mut found = self.all.iter().filter(is_same).map(|declared| declared.name.as_str());
        let first = found.clone().next();
        found.find(|name| Some(*name) == given).or(first)
    }
}
