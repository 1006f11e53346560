use hyperslab_testkit::bytes::{CdfBuilder, F32, F64, I32, cdf1};

use super::super::companions::site_in;
use super::super::testing::opened;
use super::*;

fn of(file: &CdfBuilder, name: &str, ranges: &[Range]) -> Result<Located> {
    let opened = Arc::new(opened(file));
    let id = opened.dataset.find_variable(name).unwrap();
    let site = site_in(&opened, id).unwrap();
    let cx = ReadContext::default();
    located(&opened, id, &site, &Section::new(ranges.to_vec()), &cx)
}

fn all(length: u64) -> Range {
    Range::new(0, length)
}

#[test]
fn a_thinned_value_stands_for_a_block_of_cells() {
    let file = cdf1()
        .dim("lat", 4)
        .dim("lon", 6)
        .var("lat", F32, &["lat"])
        .attr("units", "degrees_north")
        .values([90.0f32, 60.0, 30.0, 0.0])
        .var("lon", F32, &["lon"])
        .attr("units", "degrees_east")
        .values([170.0f32, 175.0, 180.0, -175.0, -170.0, -165.0])
        .var("t", F32, &["lat", "lon"]);
    let found = of(&file, "t", &[all(4), Range::strided(0, 3, 2)]).unwrap();
    let lat_edges = vec![90.0, 75.0, 45.0, 15.0, -15.0];
    let lon_edges = vec![167.5, 177.5, 187.5, 197.5];
    assert_eq!(found.geometry, Geometry::Rectilinear { lat_edges, lon_edges });
    assert_eq!((found.is_transposed, found.source.as_str()), (false, "lat, lon"));
}

/// Latitudes and longitudes of 2 x 3 cells, x before y.
fn lattice_by_columns() -> CdfBuilder {
    cdf1()
        .dim("x", 3)
        .dim("y", 2)
        .var("la", F32, &["x", "y"])
        .attr("units", "degrees_north")
        .values([10.0f32, 11.0, 10.0, 11.0, 10.0, 11.0])
        .var("lo", F32, &["x", "y"])
        .attr("units", "degrees_east")
        .values([20.0f32, 20.0, 21.0, 21.0, 22.0, 22.0])
        .var("t", F32, &["x", "y"])
        .attr("coordinates", "la lo")
}

#[test]
fn rows_are_y_however_values_are_stored() {
    let found = of(&lattice_by_columns(), "t", &[all(3), all(2)]).unwrap();
    assert!(found.is_transposed);
    let Geometry::Curvilinear { ny, nx, lat, lon, .. } = found.geometry else { panic!() };
    assert_eq!((ny, nx), (2, 3));
    assert_eq!(lat, [10.0, 10.0, 10.0, 11.0, 11.0, 11.0]);
    assert_eq!(lon, [20.0, 21.0, 22.0, 20.0, 21.0, 22.0]);
}

/// Two by two cells of a polar grid, whose latitudes the file tells, too.
fn projected(latitude: f32) -> CdfBuilder {
    cdf1()
        .dim("y", 2)
        .dim("x", 2)
        .var("y", F64, &["y"])
        .attr("units", "km")
        .attr("standard_name", "projection_y_coordinate")
        .values([-5.0, -15.0])
        .var("x", F64, &["x"])
        .attr("units", "km")
        .attr("standard_name", "projection_x_coordinate")
        .values([-5.0, 5.0])
        .var("la", F32, &["y", "x"])
        .attr("units", "degrees_north")
        .values([latitude; 4])
        .var("lo", F32, &["y", "x"])
        .attr("units", "degrees_east")
        .values([-45.0f32, 45.0, -18.435, 18.435])
        .var("crs", I32, &[])
        .attr("grid_mapping_name", "polar_stereographic")
        .attr("straight_vertical_longitude_from_pole", [0.0f64])
        .attr("latitude_of_projection_origin", [90.0f64])
        .attr("standard_parallel", [70.0f64])
        .var("t", F32, &["y", "x"])
        .attr("coordinates", "la lo")
        .attr("grid_mapping", "crs")
}

#[test]
fn a_projection_is_believed_where_latitudes_agree() {
    let found = of(&projected(89.9), "t", &[all(2), all(2)]).unwrap();
    let Geometry::Projected { x_edges, y_edges, crs } = &found.geometry else {
        panic!("{:?}", found.geometry)
    };
    assert_eq!(
        (x_edges.as_slice(), y_edges.as_slice()),
        (&[-10.0, 0.0, 10.0][..], &[0.0, -10.0, -20.0][..])
    );
    assert!(crs.proj().contains("+to_meter=1000"), "{}", crs.proj());
    assert!((found.geometry.center(0).unwrap().1 + 45.0).abs() < 1e-6);
    let elsewhere = of(&projected(70.0), "t", &[all(2), all(2)]).unwrap();
    assert!(matches!(elsewhere.geometry, Geometry::Curvilinear { .. }));
    assert_eq!(elsewhere.source, found.source);
}

#[test]
fn cells_with_bounds_keep_their_corners_unless_they_are_thinned() {
    let file = cdf1()
        .dim("y", 2)
        .dim("x", 2)
        .dim("nv", 4)
        .var("la", F32, &["y", "x"])
        .attr("units", "degrees_north")
        .attr("bounds", "la_b")
        .values([0.5f32, 0.5, 1.5, 1.5])
        .var("lo", F32, &["y", "x"])
        .attr("units", "degrees_east")
        .attr("bounds", "lo_b")
        .values([0.5f32, 1.5, 0.5, 1.5])
        .var("la_b", F32, &["y", "x", "nv"])
        .values([0.0f32, 0., 1., 1., 0., 0., 1., 1., 1., 1., 2., 2., 1., 1., 2., 2.])
        .var("lo_b", F32, &["y", "x", "nv"])
        .values([0.0f32, 1., 1., 0., 1., 2., 2., 1., 0., 1., 1., 0., 1., 2., 2., 1.])
        .var("t", F32, &["y", "x"])
        .attr("coordinates", "la lo");
    let found = of(&file, "t", &[all(2), all(2)]).unwrap();
    assert_eq!(found.geometry.outline(3), [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)]);
    assert!(matches!(found.geometry, Geometry::Cells { vertices: 4, .. }));
    let thinned = of(&file, "t", &[all(2), Range::strided(0, 1, 2)]).unwrap();
    assert!(matches!(thinned.geometry, Geometry::Points { .. }));
}

#[test]
fn triangles_of_radians_are_cells_in_degrees() {
    let (a, b) = (0.1f64, 0.2f64);
    let file = cdf1()
        .dim("cell", 1)
        .dim("nv", 3)
        .var("clat", F64, &["cell"])
        .attr("units", "radian")
        .attr("bounds", "clat_vertices")
        .values([a])
        .var("clon", F64, &["cell"])
        .attr("units", "radian")
        .attr("bounds", "clon_vertices")
        .values([b])
        .var("clat_vertices", F64, &["cell", "nv"])
        .attr("units", "radian")
        .values([0.0, 0.2, 0.1])
        .var("clon_vertices", F64, &["cell", "nv"])
        .attr("units", "radian")
        .values([0.1, 0.2, 0.3])
        .var("t", F32, &["cell"])
        .attr("coordinates", "clat clon");
    let found = of(&file, "t", &[all(1)]).unwrap();
    let (lat, lon) = found.geometry.center(0).unwrap();
    assert!((lat - a.to_degrees()).abs() < 1e-5 && (lon - b.to_degrees()).abs() < 1e-5);
    assert!((found.geometry.outline(0)[2].0 - 0.3f64.to_degrees()).abs() < 1e-5);
}

#[test]
fn longitudes_in_no_order_are_still_places() {
    let file = cdf1()
        .dim("lat", 2)
        .dim("lon", 3)
        .var("lat", F32, &["lat"])
        .attr("units", "degrees_north")
        .values([0.0f32, 1.0])
        .var("lon", F32, &["lon"])
        .attr("units", "degrees_east")
        .values([5.0f32, 90.0, 7.0])
        .var("t", F32, &["lat", "lon"]);
    let found = of(&file, "t", &[all(2), all(3)]).unwrap();
    assert_eq!(found.geometry.center(4), Some((1.0, 90.0)));
}

#[test]
fn a_step_in_time_finds_the_places_that_are_there() {
    let opened = Arc::new(opened(&lattice_by_columns()));
    let site = site_in(&opened, opened.dataset.find_variable("t").unwrap()).unwrap();
    let place = &site.geolocation.place;
    let section = |time: u64| Section::new([all(3), all(2), Range::one(time)]);
    assert_eq!(relevant(&section(1), place), relevant(&section(7), place));
}

#[test]
fn places_are_written_as_people_say_them() {
    assert_eq!(place_words(48.25, 371.5), "48.25°N 11.5°E");
    assert_eq!(place_words(-0.5, -180.0), "0.5°S 180°W");
    assert_eq!(place_words(0.0, -0.25), "0° 0.25°W");
}
