//! CDL text of a file's structure, as `ncdump -h` writes it (netCDF User's Guide, "CDL
//! notation"; ncdump 4.9.0). Byte for byte the same for classic files.
//!
//! What netCDF has no word for is given one: axes without a dimension are `phony_dim_N` as in
//! netCDF-C, types without a name are named after what they are. What CDL cannot say at all
//! (links, null dataspaces, errors) stands in comments.

mod attributes;
mod types;
mod values;

use hyperslab_core::{Attribute, Dataset, DimensionId, Group, GroupId, Link, LinkTarget, Variable};

use crate::prep::table::escaped;
use types::Types;
use values::escaped_name;

/// How ncdump prints texts with line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CdlModel {
    /// netCDF-3 and the classic model of netCDF-4: one piece a line.
    Classic,
    /// With groups and types: in one piece, since pieces would be an array of texts.
    Enhanced,
}

impl CdlModel {
    /// That of a file, by what it says it is.
    pub fn of(format_name: &str, model: Option<&str>) -> Self {
        match format_name.starts_with("CDF-") || model == Some("classic") {
            true => Self::Classic,
            false => Self::Enhanced,
        }
    }
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

/// `ncdump` hides the format's own books, too.
fn is_shown(attribute: &Attribute) -> bool {
    !attribute.is_internal && !attribute.name.is_empty()
}

/// What CDL has no word for.
fn remarks(variable: &Variable) -> Vec<String> {
    let mut remarks: Vec<String> = types::remark(&variable.dtype).into_iter().collect();
    if variable.is_null {
        remarks.push("null dataspace".into());
    }
    if let Some(path) = &variable.alias_of {
        remarks.push(format!("same as {path}"));
    }
    if let Some(error) = &variable.error {
        remarks.push(format!("error: {}", error.what()));
    }
    remarks
}

/// The axes of a group's variables that have no dimension: one name per length.
type Phony = Vec<(u64, String)>;

impl Cdl<'_> {
    fn group(&mut self, id: GroupId, depth: u32) {
        let Some(group) = self.dataset.group(id).filter(|_| depth < DEPTH_MAX) else { return };
        if let Some(error) = &group.error {
            self.comment(&format!("error: {}", error.what()));
        }
        self.types(id);
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
        self.links(&group.links);
        for &child in &group.groups {
            let Some((name, alias_of)) =
                self.dataset.group(child).map(|child| (child.name.as_str(), &child.alias_of))
            else {
                continue;
            };
            self.put("\n");
            self.line("group: ");
            self.name(name);
            self.put(" {");
            if let Some(path) = alias_of {
                self.put(&format!(" // same as {}", escaped(path.as_bytes())));
            }
            self.put("\n");
            self.indent += 2;
            self.group(child, depth + 1);
            self.line("} // group ");
            self.name(name);
            self.put("\n");
            self.indent -= 2;
        }
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
        self.put(" ;");
        let remarks = remarks(variable);
        if !remarks.is_empty() {
            self.put(&format!(" // {}", escaped(remarks.join(", ").as_bytes())));
        }
        self.put("\n");
        for attribute in variable.attributes.iter().filter(|a| is_shown(a)) {
            self.attribute(&variable.name, attribute);
        }
    }

    /// They are not part of netCDF.
    fn links(&mut self, links: &[Link]) {
        if links.is_empty() {
            return;
        }
        self.put("\n");
        for link in links {
            let leads = match &link.target {
                LinkTarget::Soft { path } => format!("-> {path}"),
                LinkTarget::External { file, path } => format!("-> {file}:{path}"),
                LinkTarget::UserDefined { class } => format!("(user-defined, class {class})"),
                LinkTarget::Hard { path } if path.is_empty() => "(hard link)".into(),
                LinkTarget::Hard { path } => format!("-> {path} (hard link)"),
            };
            let error = link.error.as_ref().map(|error| format!(": {}", error.what()));
            let name = escaped_name(&link.name);
            self.comment(&format!("link: {name} {leads}{}", error.unwrap_or_default()));
        }
    }

    fn comment(&mut self, text: &str) {
        self.line(&format!("// {}\n", escaped(text.as_bytes())));
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
        let is_shown = |a: &&Attribute| is_shown(a) && (depth > 0 || a.name != HIDDEN);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyperslab_core::dtype::{CompoundType, EnumType, Field};
    use hyperslab_core::{Array, Axis, Buffer, ByteOrder, Dimension, Dtype, Listing, ReadContext};
    use hyperslab_testkit::{contract, kinds};

    use super::*;

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
    fn what_netcdf_has_no_word_for_is_said_in_comments_or_given_one() {
        let dataset = contract::list_all(&kinds::dataset(), &ReadContext::default()).unwrap();
        let text = printed(&dataset, "a.kinds", CdlModel::Enhanced);
        for line in [
            "\tstation_t table(phony_dim_2) ;\n",
            "\tcomplex_t z(phony_dim_4) ;\n",
            "  compound complex_t {\n    double r ;\n    double i ;\n  }; // complex_t\n",
            "\treference to(phony_dim_4) ;\n",
            "\tregion_reference regions(phony_dim_3) ;\n",
            "  // int(2, 2) array_t ;\n",
            "\tarray_t blocks(phony_dim_3) ;\n",
            "\tubyte bits(phony_dim_4) ; // 8 bits\n",
            "\tint when(phony_dim_3) ; // time32\n",
            "\tfloat half(phony_dim_5) ; // float16\n",
            "\tfloat odd(phony_dim_3) ; // bfloat16\n",
            "\tint128 wide(phony_dim_3) ;\n",
            "\tfloat nothing ; // null dataspace\n",
            "\tcomplex_t again(phony_dim_4) ; // same as /z\n",
            "\tint lost(two) ; // error: not supported: filter 32123 (unheard of)\n",
            "\t\treference :main = \"/z\" ;\n",
            "\t\t:void = \"\" ; // null\n",
            "// link: short -> /deep/inner\n",
            "// link: elsewhere -> other.kinds:/z\n",
            "// link: own (user-defined, class 187): not supported: user-defined links",
            "group: deep {\n  types:\n    compound compound_t {\n      double x ;\n",
            "      float track(2) ;\n    }; // station_t\n",
            "  // link: up -> / (hard link)\n",
            "group: broken {\n  // error: malformed: a link message of version 9",
        ] {
            assert!(text.contains(line), "{line:?}: not in {text}");
        }
        assert!(!text.contains("_Book"));
        assert_eq!(text.matches("enum sky_t").count(), 1);
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
