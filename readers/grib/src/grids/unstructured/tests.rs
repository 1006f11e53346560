//! Grid files beside the data, without any real format: readers and folders made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Axis, Blob, Buffer, ByteOrder, Confidence, Dtype, Format, Formats, GroupId,
    Listing, MemorySource, ReadContext, ReadError, Reader, Result, Section, Source, Variable,
    VariableId,
};

use super::*;

const F64: Dtype = Dtype::float(8, ByteOrder::Little);

/// A file whose bytes are the uuid it is of: two points, in radians, with corners.
static GRID: Format = Format {
    id: "grid",
    name: "grid",
    extensions: &[],
    mime: &[],
    codecs: &[],
    choices: &[],
    probe: |_, _| Ok(Confidence::Certain),
    open: |source, cx| {
        let uuid = String::from_utf8_lossy(&source.read_at(0, source.len(), cx)?).into_owned();
        if uuid == "broken" {
            return Err(ReadError::malformed("broken"));
        }
        Ok(Box::new(GridReader { uuid }))
    },
};

struct GridReader {
    uuid: String,
}

const VARIABLES: [(&str, &[u64]); 5] = [
    ("other", &[2]),
    ("clat", &[2]),
    ("clon", &[2]),
    ("clat_vertices", &[2, 3]),
    ("clon_vertices", &[2, 3]),
];

impl Reader for GridReader {
    fn format_name(&self) -> &str {
        "grid"
    }

    fn list(&self, group: GroupId, _: &ReadContext) -> Result<Listing> {
        let text = |name: &str, value: &str| {
            let dtype = Dtype::Char;
            Attribute::new(name, dtype, Array::text(value))
        };
        let variables = VARIABLES.map(|(name, shape)| {
            let mut variable = Variable::new(name, group, F64);
            let axis = |&length: &u64| Axis { length, dimension: None };
            variable.axes = shape.iter().map(axis).collect();
            variable.attributes.push(text("units", "radian"));
            variable
        });
        let attributes = vec![text("uuidOfHGrid", &self.uuid)];
        Ok(Listing { attributes, variables: variables.into(), ..Listing::default() })
    }

    fn read(&self, id: VariableId, section: &Section, _: &ReadContext) -> Result<Array> {
        let first = f64::from(id.0);
        let count = section.element_count() as usize;
        let values = (0..count).map(|k| (first + k as f64 / 8.0).to_radians()).collect();
        Ok(Array { shape: section.shape(), values: Buffer::F64(values) })
    }
}

#[derive(Clone, Default)]
struct Folder(Arc<BTreeMap<&'static str, &'static str>>);

impl Source for Folder {
    fn len(&self) -> u64 {
        0
    }

    fn read_at(&self, _: u64, _: u64, _: &ReadContext) -> Result<Blob> {
        Err(ReadError::truncated("empty"))
    }

    fn neighbours(&self, _: &ReadContext) -> Result<Vec<String>> {
        Ok(self.0.keys().map(|&name| name.to_owned()).collect())
    }

    fn sibling(&self, path: &str, _: &ReadContext) -> Result<Arc<dyn Source>> {
        let bytes = self.0.get(path).ok_or_else(|| ReadError::request("not there"))?;
        Ok(Arc::new(MemorySource::new(bytes.as_bytes())))
    }
}

const ONES: &str = "01010101-0101-0101-0101-010101010101";
const TWOS: &str = "02020202-0202-0202-0202-020202020202";

fn find<const N: usize>(
    files: [(&'static str, &'static str); N],
    grid: GridReference,
) -> Option<Mesh> {
    let source = Arc::new(Folder(Arc::new(files.into())));
    let beside = Beside { source, formats: Formats::new(&[&GRID]) };
    find_mesh(&[&beside], &grid, &ReadContext::default()).unwrap()
}

const WANTED: GridReference =
    GridReference { points: 2, number_used: 26, in_reference: 1, uuid: Some([1; 16]) };

#[test]
fn the_grid_file_with_the_same_uuid_gives_positions_and_corners_in_degrees() {
    let files = [("a_grid.nc", TWOS), ("b_grid.nc", "broken"), ("c_grid.nc", ONES)];
    let mesh = find(files, WANTED).unwrap();
    assert_eq!(mesh.source, "c_grid.nc");
    let rounded =
        |values: &[f64]| values.iter().map(|v| (v * 1e6).round() / 1e6).collect::<Vec<_>>();
    assert_eq!(rounded(&mesh.latitude), [1.0, 1.125]);
    assert_eq!(rounded(&mesh.longitude), [2.0, 2.125]);
    let vertices = mesh.vertices.unwrap();
    assert_eq!((vertices.count, vertices.latitude.len()), (3, 6));
    assert_eq!(rounded(&vertices.longitude[..1]), [4.0]);
}

#[test]
fn another_uuid_another_size_or_another_kind_of_point_is_not_the_grid() {
    assert_eq!(find([("grid.nc", TWOS)], WANTED), None);
    assert_eq!(find([("grid.nc", ONES)], GridReference { points: 3, ..WANTED }), None);
    assert_eq!(find([("grid.nc", ONES)], GridReference { in_reference: 3, ..WANTED }), None);
    assert_eq!(find([], WANTED), None);
}

#[test]
fn without_a_uuid_the_size_decides() {
    assert!(find([("grid.nc", "")], WANTED).is_some());
    assert!(find([("grid.nc", TWOS)], GridReference { uuid: None, ..WANTED }).is_some());
}

#[test]
fn a_cancelled_search_is_an_error() {
    let files = [("grid.nc", ONES)];
    let source = Arc::new(Folder(Arc::new(files.into())));
    let beside = Beside { source, formats: Formats::new(&[&GRID]) };
    let cx = ReadContext::default();
    cx.cancel.cancel();
    assert!(beside.find(&WANTED, &cx).unwrap_err().is_cancelled());
}
