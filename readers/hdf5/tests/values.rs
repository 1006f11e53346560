//! Everything in every fixture as h5py and netCDF-C find it (`tests/fixtures/hdf5/expected.json`).

mod json;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Buffer, Dtype, ErrorKind, GroupId, LinkTarget, ReadContext, Section,
    Variable, VariableId,
};
use hyperslab_hdf5::FORMAT;
use hyperslab_sources::open_local;
use hyperslab_testkit::contract::Opened;
use json::{fields_of, is_same, is_same_dtype, of_array, of_element};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// They keep the books of netCDF-C and of dimension scales; what they mean is compared instead.
const BOOKS: [&str; 4] =
    ["DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates"];

/// No decoder for these is at hand: metadata show, values are `Unsupported`.
const LACKING: [&str; 3] = ["fcidecomp", "sz", "sz3"];

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/hdf5")
}

fn expected() -> Vec<Value> {
    let text = std::fs::read_to_string(fixtures().join("expected.json")).unwrap();
    let rows: Value = serde_json::from_str(&text).unwrap();
    rows.as_array().unwrap().clone()
}

#[test]
fn every_fixture_holds_what_h5py_and_netcdf_c_find_in_it() {
    let mut differences = Vec::new();
    let (rows, mut files) = (expected(), 0);
    for row in &rows {
        for name in row["files"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let cx = ReadContext::default();
            let source = open_local(&fixtures().join(name), &cx).unwrap();
            let mut found = Comparison { name, differences: &mut differences };
            match Opened::new(&FORMAT, source, &cx) {
                Ok(file) => found.file(row, &file),
                Err(error) => found.differ("", "it opens", error.to_string()),
            }
            files += 1;
        }
    }
    assert!(files >= 140, "{files} files");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

struct Comparison<'a> {
    name: &'a str,
    differences: &'a mut Vec<String>,
}

/// An object of the file as the reader lists it.
enum Node<'a> {
    Group(GroupId),
    Variable(VariableId),
    Type(&'a hyperslab_core::NamedType),
    Link(&'a hyperslab_core::Link),
}

impl Comparison<'_> {
    fn differ(&mut self, at: &str, want: impl ToString, got: impl ToString) {
        let line = format!("{}{at}: want {}, got {}", self.name, want.to_string(), got.to_string());
        self.differences.push(line.chars().take(400).collect());
    }

    fn same(&mut self, at: &str, want: &Value, got: Value) {
        if !is_same(want, &got) {
            self.differ(at, want, got);
        }
    }

    fn file(&mut self, row: &Value, file: &Opened) {
        self.same(" format", &row["format"], file.reader.format_name().into());
        self.same(" model", &row["model"], json!(file.reader.model()));
        let nodes = nodes(file);
        let wanted = row["nodes"].as_array().unwrap();
        self.aliases(wanted, &nodes, file);
        for want in wanted {
            let path = want["path"].as_str().unwrap();
            let dims_only = is_dimension_only(want);
            match nodes.get(path).or_else(|| nodes.get(&path.replace("_nc4_non_coord_", ""))) {
                Some(node) if !dims_only => self.node(path, want, node, file),
                None if !dims_only => self.differ(path, "it is listed", "nothing"),
                _ => {}
            }
        }
        self.nothing_else(wanted, &nodes);
        self.dimensions(row, file);
    }

    /// Below an alias the same objects may be listed again; a link may stand where it would run
    /// in a circle.
    fn nothing_else(&mut self, wanted: &[Value], nodes: &BTreeMap<String, Node>) {
        let named = |path: &str| {
            wanted.iter().any(|n| {
                let want = n["path"].as_str().unwrap();
                let is_below = n["alias_of"].is_string() && path.starts_with(&format!("{want}/"));
                want == path || want.replace("_nc4_non_coord_", "") == path || is_below
            })
        };
        for (path, node) in nodes {
            let is_circle =
                matches!(node, Node::Link(link) if matches!(link.target, LinkTarget::Hard { .. }));
            if !named(path) && !is_circle {
                self.differ(path, "nothing of that name", "an object");
            }
        }
    }

    /// Of the paths of an object h5py meets one first, depth first, and the reader another, level
    /// by level; the others are aliases of it.
    fn aliases(&mut self, wanted: &[Value], nodes: &BTreeMap<String, Node>, file: &Opened) {
        let first = |path: &str| {
            let alias_of = match nodes.get(path) {
                Some(Node::Group(id)) => file.dataset.group(*id).unwrap().alias_of.clone(),
                Some(Node::Variable(id)) => file.variable(*id).alias_of.clone(),
                Some(Node::Type(named)) => named.alias_of.clone(),
                _ => None,
            };
            alias_of.unwrap_or_else(|| path.to_owned())
        };
        for want in wanted {
            let path = want["path"].as_str().unwrap();
            let Some(alias_of) = want["alias_of"].as_str() else { continue };
            if first(path) != first(alias_of) {
                self.differ(&format!("{path} alias"), first(alias_of), first(path));
            }
        }
    }

    fn node(&mut self, path: &str, want: &Value, node: &Node, file: &Opened) {
        match node {
            Node::Group(id) => {
                let group = file.dataset.group(*id).unwrap();
                self.kind(path, want, "group", &group.error);
                self.attributes(path, want, &group.attributes);
            }
            Node::Variable(id) => {
                let variable = file.variable(*id);
                self.kind(path, want, "variable", &variable.error);
                if want["alias_of"].is_null() {
                    self.variable(path, want, variable, file);
                    self.attributes(path, want, &variable.attributes);
                    self.values(path, want, *id, variable, file);
                }
            }
            Node::Type(named) => {
                self.kind(path, want, "type", &None);
                if want["alias_of"].is_null() {
                    self.dtype(path, want, &named.dtype);
                    self.attributes(path, want, &named.attributes);
                }
            }
            Node::Link(link) => {
                self.kind(path, want, "link", &None);
                let got = match &link.target {
                    LinkTarget::Soft { path } => json!({"type": "soft", "target": path}),
                    LinkTarget::External { file, path } => {
                        json!({"type": "external", "file": file, "target": path})
                    }
                    LinkTarget::UserDefined { class } => {
                        json!({"type": "user-defined", "class": class})
                    }
                    LinkTarget::Hard { path } => json!({"type": "hard", "target": path}),
                };
                self.same(path, &want["link"], got);
            }
        }
    }

    fn kind(
        &mut self,
        path: &str,
        want: &Value,
        kind: &str,
        error: &Option<hyperslab_core::ReadError>,
    ) {
        self.same(path, &want["kind"], kind.into());
        if let Some(error) = error {
            self.differ(path, "no error", error);
        }
    }

    fn dtype(&mut self, path: &str, want: &Value, dtype: &Dtype) {
        let code = want["dtype"].as_str().unwrap();
        if !is_same_dtype(code, dtype) {
            self.differ(&format!("{path} dtype"), code, dtype);
        }
        if let Some(fields) = want["fields"].as_array() {
            let got = fields_of(dtype);
            let same = fields.len() == got.len()
                && fields.iter().zip(&got).all(|(want, got)| {
                    want[0] == got.0 && json::is_same_code(want[1].as_str().unwrap(), &got.1)
                });
            if !same {
                self.differ(&format!("{path} fields"), &want["fields"], format!("{got:?}"));
            }
        }
    }

    fn variable(&mut self, path: &str, want: &Value, variable: &Variable, file: &Opened) {
        self.dtype(path, want, &variable.dtype);
        let shape = if variable.is_null { Value::Null } else { json!(variable.shape()) };
        // A variable of a netCDF file is as long as its unlimited dimension.
        let wanted = if want["nc_shape"].is_null() { &want["shape"] } else { &want["nc_shape"] };
        self.same(&format!("{path} shape"), wanted, shape);
        let storage = &variable.storage;
        if !want["maxshape"].is_null() {
            self.same(&format!("{path} maxshape"), &want["maxshape"], json!(storage.max_shape));
        }
        self.same(&format!("{path} chunks"), &want["chunks"], json!(storage.chunks));
        let filters = json!(storage.filters);
        self.same(&format!("{path} filters"), want.get("filters").unwrap_or(&json!([])), filters);
        if !storage.layout.starts_with(want["layout"].as_str().unwrap()) {
            self.differ(&format!("{path} layout"), &want["layout"], &storage.layout);
        }
        if !want["fill"].is_null() {
            let fill =
                variable.fill.as_ref().map(|fill| of_element(&variable.dtype, &fill.values, 0));
            self.same(&format!("{path} fill"), &want["fill"], json!(fill));
        }
        if !want["dims"].is_null() {
            let dims: Vec<_> =
                variable.axes.iter().map(|axis| file.dataset.dimension_name(axis)).collect();
            self.same(&format!("{path} dims"), &want["dims"], json!(dims));
        }
    }

    fn attributes(&mut self, path: &str, want: &Value, found: &[Attribute]) {
        let Some(wanted) = want["attributes"].as_array() else { return };
        for want in wanted {
            let name = want["name"].as_str().unwrap();
            let at = format!("{path}@{name}");
            let Some(got) = found.iter().find(|attribute| attribute.name == name) else {
                if !BOOKS.contains(&name) && !["CLASS", "NAME"].contains(&name) {
                    self.differ(&at, "an attribute", "none");
                }
                continue;
            };
            self.dtype(&at, want, &got.dtype);
            let shape = if got.is_null { Value::Null } else { json!(got.value.shape) };
            self.same(&format!("{at} shape"), &want["shape"], shape);
            if BOOKS.contains(&name) || got.is_null {
                continue;
            }
            let value = of_array(&got.dtype, &got.value);
            if want["begins"].is_null() {
                self.same(&at, &want["value"], value);
            } else {
                let first = want["begins"].as_array().unwrap().len();
                let begins = value.as_array().map(|all| all.iter().take(first).cloned().collect());
                self.same(&at, &want["begins"], begins.unwrap_or(Value::Null));
            }
        }
        for got in found {
            if !wanted.iter().any(|want| want["name"] == got.name) {
                self.differ(path, "no such attribute", &got.name);
            }
        }
    }

    fn values(
        &mut self,
        path: &str,
        want: &Value,
        id: VariableId,
        variable: &Variable,
        file: &Opened,
    ) {
        if variable.is_null {
            return;
        }
        let shape = variable.shape();
        let read = file.reader.read(id, &Section::all(&shape), &ReadContext::default());
        let is_lacking =
            LACKING.iter().any(|&filter| variable.storage.filters.contains(&filter.to_owned()));
        let unread = if is_lacking { Some("unsupported") } else { want["unread"].as_str() };
        let array = match (read, unread) {
            (Ok(array), None) => array,
            (Ok(_), Some("unspecified")) => return,
            (Err(error), Some("unsupported")) if error.kind() == ErrorKind::Unsupported => return,
            (Ok(_), Some(reason)) => return self.differ(path, reason, "values"),
            (Err(error), _) => return self.differ(path, "values", error),
        };
        if shape != array.shape || !want["nc_shape"].is_null() {
            return;
        }
        let element = |at: usize| of_element(&variable.dtype, &array.values, at);
        if want["count"] != array.len() {
            return self.differ(&format!("{path} count"), &want["count"], array.len());
        }
        for (at, wanted) in want["values"].as_array().into_iter().flatten().enumerate() {
            self.same(&format!("{path}[{at}]"), wanted, element(at));
        }
        for sample in want["samples"].as_array().into_iter().flatten() {
            let at = sample[0].as_u64().unwrap() as usize;
            self.same(&format!("{path}[{at}]"), &sample[1], element(at));
        }
        if let Some(hash) = want["sha256"].as_str() {
            let got = sha256(&variable.dtype, &array);
            if got.as_deref() != Some(hash) {
                self.differ(&format!("{path} sha256"), hash, got.unwrap_or_default());
            }
        }
    }

    fn dimensions(&mut self, row: &Value, file: &Opened) {
        let dimensions = &file.dataset.dimensions;
        for want in row["dimensions"].as_array().into_iter().flatten() {
            let found = dimensions.iter().find(|dimension| {
                want["name"] == dimension.name
                    && want["path"] == file.dataset.group_path(dimension.group)
            });
            let got = found.map(|d| json!([d.length, d.is_unlimited]));
            let at = format!(" dimension {} of {}", want["name"], want["path"]);
            self.same(&at, &json!([want["size"], want["unlimited"]]), json!(got));
        }
        let wanted = row["dimensions"].as_array().map_or(0, Vec::len);
        if !row["dimensions"].is_null() && dimensions.len() != wanted {
            self.differ(" dimensions", wanted, format!("{dimensions:?}"));
        }
    }
}

/// A dataset that only stands for a netCDF dimension; the window does not show it.
fn is_dimension_only(want: &Value) -> bool {
    want["attributes"].as_array().into_iter().flatten().any(|attribute| {
        let value = attribute["value"].as_str().unwrap_or_default();
        value.starts_with("This is a netCDF dimension but not a netCDF variable")
    })
}

fn nodes(file: &Opened) -> BTreeMap<String, Node<'_>> {
    let mut found = BTreeMap::new();
    for (k, group) in file.dataset.groups.iter().enumerate() {
        let id = GroupId(k as u32);
        let path = file.dataset.group_path(id);
        let below = |name: &str| format!("{}/{name}", path.trim_end_matches('/'));
        found.extend(group.types.iter().map(|named| (below(&named.name), Node::Type(named))));
        found.extend(group.links.iter().map(|link| (below(&link.name), Node::Link(link))));
        found.insert(path, Node::Group(id));
    }
    for k in 0..file.dataset.variables.len() {
        let id = VariableId(k as u32);
        found.insert(file.dataset.variable_path(id), Node::Variable(id));
    }
    found
}

/// Of the elements in C order, little-endian.
fn sha256(dtype: &Dtype, array: &Array) -> Option<String> {
    macro_rules! bytes {
        ($v:expr) => {
            $v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()
        };
    }
    let bytes = match (&array.values, dtype) {
        (Buffer::F32(_), Dtype::Float { bytes: 2, .. }) => return None,
        (Buffer::I8(v), _) => bytes!(v),
        (Buffer::U8(v), _) => v.clone(),
        (Buffer::I16(v), _) => bytes!(v),
        (Buffer::U16(v), _) => bytes!(v),
        (Buffer::I32(v), _) => bytes!(v),
        (Buffer::U32(v), _) => bytes!(v),
        (Buffer::I64(v), _) => bytes!(v),
        (Buffer::U64(v), _) => bytes!(v),
        (Buffer::F32(v), _) => bytes!(v),
        (Buffer::F64(v), _) => bytes!(v),
        (Buffer::FixedText { bytes, .. } | Buffer::Char(bytes), _) => bytes.clone(),
        _ => return None,
    };
    Some(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whatever a program may ask of a file at once, from several threads.
#[test]
fn one_reader_gives_the_same_values_to_many_threads() {
    let cx = ReadContext::default();
    let name = fixtures().join("filter_all_three_latest.h5");
    let file = Arc::new(Opened::new(&FORMAT, open_local(&name, &cx).unwrap(), &cx).unwrap());
    let read = |file: &Opened| {
        let all = file.variables().map(|(id, variable)| {
            file.reader.read(id, &Section::all(&variable.shape()), &ReadContext::default()).unwrap()
        });
        all.collect::<Vec<_>>()
    };
    let once = read(&file);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(read(&file), once)));
        }
    });
}

#[test]
fn pages_and_free_space_that_is_kept_are_noted_and_read() {
    let notes = |name: &str| {
        let cx = ReadContext::default();
        let source = open_local(&fixtures().join(name), &cx).unwrap();
        Opened::new(&FORMAT, source, &cx).unwrap().dataset.notes
    };
    assert_eq!(notes("free_space_kept.h5"), ["free space kept in the file"]);
    assert_eq!(notes("paged.h5").len(), 1);
    assert!(notes("paged.h5")[0].starts_with("paged file space (pages of "));
    assert!(notes("free_space_none.h5").is_empty());
    assert!(notes("strings_latest.h5").is_empty());
}
