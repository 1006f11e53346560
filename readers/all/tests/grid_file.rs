//! Coordinates of an unstructured grid in a NetCDF file beside the messages.

use hyperslab_all::FORMATS;
use hyperslab_core::{Formats, ReadContext};
use hyperslab_grib::grids::unstructured::{Beside, GridReference, find_mesh};
use hyperslab_testkit::bytes::{F64, cdf1};

const UUID: &str = "96865750-1dce-11b2-9969-d72c2fa229cf";

/// An ICON grid file of two cells, in radians.
fn grid_file(uuid: &str) -> Vec<u8> {
    let coordinate = |file: hyperslab_testkit::bytes::CdfBuilder, name: &str, values: [f64; 2]| {
        file.var(name, F64, &["cell"]).attr("units", "radian").values(values)
    };
    let file = cdf1().dim("cell", 2).dim("nv", 3).attr("uuidOfHGrid", uuid);
    let file = coordinate(file, "clon", [0.5, 1.0]);
    let file = coordinate(file, "clat", [-0.25, 0.75]);
    let corners = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    file.var("clat_vertices", F64, &["cell", "nv"])
        .attr("units", "radian")
        .values(corners)
        .var("clon_vertices", F64, &["cell", "nv"])
        .attr("units", "radian")
        .values(corners)
        .bytes()
}

#[test]
fn the_grid_file_beside_the_messages_is_found_by_its_uuid() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("data.grib2", b"GRIB");
    write("a_grid.nc", &grid_file("00000000-1dce-11b2-9969-d72c2fa229cf"));
    write("b_grid.nc", b"not what its name says");
    write("icon_grid_0012_R02B04_G.nc", &grid_file(UUID));

    let cx = ReadContext::default();
    let source = hyperslab_sources::open_local(&folder.path().join("data.grib2"), &cx).unwrap();
    let beside = Beside { source, formats: Formats::new(FORMATS) };
    let uuid = u128::from_str_radix(&UUID.replace('-', ""), 16).unwrap().to_be_bytes();
    let grid = GridReference { points: 2, number_used: 12, in_reference: 1, uuid: Some(uuid) };
    let mesh = find_mesh(&[&beside], &grid, &cx).unwrap().unwrap();

    assert_eq!(mesh.source, "icon_grid_0012_R02B04_G.nc");
    assert_eq!(mesh.latitude, [(-0.25f64).to_degrees(), 0.75f64.to_degrees()]);
    assert_eq!(mesh.longitude, [0.5f64.to_degrees(), 1f64.to_degrees()]);
    let vertices = mesh.vertices.unwrap();
    assert_eq!((vertices.count, vertices.latitude.len(), vertices.longitude.len()), (3, 6, 6));

    let other = GridReference { uuid: Some([9; 16]), ..grid };
    assert_eq!(find_mesh(&[&beside], &other, &cx).unwrap(), None);
}
