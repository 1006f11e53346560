use super::super::CfDataset;
use super::super::testing::*;
use super::*;

fn located(dataset: &Dataset, name: &str) -> Option<Geolocation> {
    let cf = CfDataset::of(dataset);
    let id = dataset.find_variable(name).unwrap();
    cf.variable(dataset, id).unwrap().geolocation()
}

fn over(id: u32, axes: &[usize]) -> Over {
    Over { id: VariableId(id), axes: axes.to_vec() }
}

fn lat(name: &str) -> Variable {
    float(name, &[]).with("units", "degrees_north")
}

fn lon(name: &str) -> Variable {
    float(name, &[]).with("units", "degrees_east")
}

#[test]
fn latitudes_along_an_axis_give_way_to_those_of_cells_that_are_named() {
    let build = |coordinates: &str| {
        Build::default()
            .dim("yt", 3)
            .dim("xt", 4)
            .var(lat("yt"), &["yt"])
            .var(lon("xt"), &["xt"])
            .var(lat("geolat"), &["yt", "xt"])
            .var(lon("geolon"), &["yt", "xt"])
            .var(float("t", &[]).with("coordinates", coordinates), &["yt", "xt"])
            .dataset()
    };
    let nominal = located(&build(""), "t").unwrap();
    assert_eq!(nominal.place, Place::Rectilinear { y: 0, x: 1, placed: Placed::Axes });
    assert_eq!(nominal.source, "yt, xt");
    let named = located(&build("geolon geolat"), "t").unwrap();
    assert!(matches!(named.place, Place::Lattice { y: 0, x: 1, .. }), "{named:?}");
    assert_eq!(named.source, "coordinates geolat, geolon");
}

#[test]
fn places_that_move_with_time_are_read_along_it() {
    let dataset = Build::default()
        .dim("Time", 2)
        .dim("south_north", 3)
        .dim("west_east", 4)
        .var(lat("XLAT"), &["Time", "south_north", "west_east"])
        .var(lon("XLONG"), &["Time", "south_north", "west_east"])
        .var(
            float("T2", &[]).with("coordinates", "XLONG XLAT"),
            &["Time", "south_north", "west_east"],
        )
        .dataset();
    let place = Place::Lattice {
        y: 1,
        x: 2,
        latitude: over(0, &[0, 1, 2]),
        longitude: over(1, &[0, 1, 2]),
        corners: Corners::Unknown,
    };
    assert_eq!(located(&dataset, "T2").unwrap().place, place);
}

#[test]
fn corners_are_bounds_or_a_lattice_one_larger() {
    let build = || {
        Build::default()
            .dim("y", 3)
            .dim("x", 4)
            .dim("yc", 4)
            .dim("xc", 5)
            .dim("nv", 4)
            .var(float("t", &[]).with("coordinates", "la lo"), &["y", "x"])
    };
    let bounds = build()
        .var(lat("la").with("bounds", "la_b"), &["y", "x"])
        .var(lon("lo"), &["y", "x"])
        .var(float("la_b", &[]), &["y", "x", "nv"])
        .var(float("lo_vertices", &[]), &["y", "x", "nv"])
        .dataset();
    let corners = |dataset: &Dataset| match located(dataset, "t").unwrap().place {
        Place::Lattice { corners, .. } => corners,
        other => panic!("{other:?}"),
    };
    assert_eq!(corners(&bounds), Corners::OfCells([VariableId(3), VariableId(4)]));
    let lattice = build()
        .var(lat("la"), &["y", "x"])
        .var(lon("lo"), &["y", "x"])
        .var(lat("la_c"), &["yc", "xc"])
        .var(lon("lo_c"), &["yc", "xc"])
        .dataset();
    assert_eq!(corners(&lattice), Corners::OfLattice([VariableId(3), VariableId(4)]));
}

#[test]
fn axes_of_a_projection_need_a_reference_system() {
    let build = |mapping: Variable| {
        Build::default()
            .dim("y", 3)
            .dim("x", 4)
            .var(float("y", &[]).with("units", "km"), &["y"])
            .var(float("x", &[]).with("units", "km"), &["x"])
            .var(mapping, &[])
            .var(float("t", &[]), &["y", "x"])
            .dataset()
    };
    let crs = || int("crs", 4, &[]);
    assert_eq!(located(&build(crs()), "t"), None);
    let polar = crs().with("spatial_ref", "EPSG:3413");
    let found = located(&build(polar), "t").unwrap();
    assert_eq!(found.source, "y, x and guessed: crs");
    let Place::Projected { crs: Crs::Proj(proj), .. } = found.place else { panic!() };
    assert!(proj.ends_with("+to_meter=1000"), "{proj}");
    // Kilometres are no degrees.
    let globe = crs().with("grid_mapping_name", "latitude_longitude");
    assert_eq!(located(&build(globe), "t"), None);
}

#[test]
fn a_transform_stands_for_coordinates_that_are_not_there() {
    let dataset = Build::default()
        .dim("y", 3)
        .dim("x", 4)
        .var(
            int("spatial_ref", 4, &[])
                .with("spatial_ref", "EPSG:32633")
                .with("GeoTransform", "500000.0 10.0 0.0 5000000.0 0.0 -10.0"),
            &[],
        )
        .var(float("band", &[]).with("grid_mapping", "spatial_ref"), &["y", "x"])
        .dataset();
    let found = located(&dataset, "band").unwrap();
    let even = Placed::Even { y: (5_000_000.0, -10.0), x: (500_000.0, 10.0) };
    assert!(matches!(found.place, Place::Projected { placed, .. } if placed == even), "{found:?}");
}

#[test]
fn a_mesh_has_faces_and_its_nodes_are_points() {
    let field = |location: &str, name: &str| {
        float(name, &[]).with("mesh", "mesh").with("location", location)
    };
    let dataset = Build::default()
        .dim("node", 9)
        .dim("face", 4)
        .dim("three", 3)
        .dim("time", 2)
        .var(
            int("mesh", 4, &[])
                .with("cf_role", "mesh_topology")
                .with("node_coordinates", "node_lon node_lat")
                .with("face_node_connectivity", "tri"),
            &[],
        )
        .var(int("tri", 4, &[]).with_numbers("start_index", vec![1i32]), &["three", "face"])
        .var(lat("node_lat"), &["node"])
        .var(lon("node_lon"), &["node"])
        .var(field("face", "t"), &["time", "face"])
        .var(field("node", "h"), &["node"])
        .dataset();
    let outlines = Outlines::Mesh {
        faces: VariableId(1),
        start: 1,
        is_transposed: true,
        nodes: [VariableId(2), VariableId(3)],
    };
    let found = located(&dataset, "t").unwrap();
    assert_eq!(found.place, Place::Cells { axis: 1, middles: None, outlines });
    assert_eq!(found.source, "mesh mesh, faces");
    let (latitude, longitude) = (over(2, &[0]), over(3, &[0]));
    assert_eq!(
        located(&dataset, "h").unwrap().place,
        Place::Points { axis: 0, latitude, longitude }
    );
}

#[test]
fn icon_cells_have_vertices_in_radians() {
    let dataset = Build::default()
        .dim("cell", 8)
        .dim("nv", 3)
        .var(
            float("clat", &[])
                .with("standard_name", "latitude")
                .with("units", "radian")
                .with("bounds", "clat_vertices"),
            &["cell"],
        )
        .var(
            float("clon", &[])
                .with("standard_name", "longitude")
                .with("units", "radian")
                .with("bounds", "clon_vertices"),
            &["cell"],
        )
        .var(float("clat_vertices", &[]), &["cell", "nv"])
        .var(float("clon_vertices", &[]), &["cell", "nv"])
        .var(float("t", &[]).with("coordinates", "clat clon"), &["cell"])
        .dataset();
    let outlines = Outlines::Bounds([VariableId(2), VariableId(3)]);
    let middles = Some([over(0, &[0]), over(1, &[0])]);
    assert_eq!(located(&dataset, "t").unwrap().place, Place::Cells { axis: 0, middles, outlines });
    let factor = degrees(dataset.variable(VariableId(0)).unwrap());
    assert!((factor - 57.295_779_513).abs() < 1e-9);
}

#[test]
fn another_file_lends_its_cells_by_their_number() {
    let field = Build::default()
        .dim("time", 3)
        .dim("points_0", 20_480)
        .var(float("t", &[]), &["time", "points_0"])
        .dataset();
    let grid = Build::default()
        .dim("cell", 20_480)
        .dim("vertex", 10_242)
        .var(float("clat", &[]).with("units", "radian"), &["cell"])
        .var(float("clon", &[]).with("units", "radian"), &["cell"])
        .var(float("vlat", &[]).with("units", "radian"), &["vertex"])
        .var(float("vlon", &[]).with("units", "radian"), &["vertex"])
        .dataset();
    let (cf, grid_cf) = (CfDataset::of(&field), CfDataset::of(&grid));
    let view = cf.variable(&field, VariableId(0)).unwrap();
    assert_eq!(view.geolocation(), None);
    assert!(may_be_lent(&view));
    let found = lent(&view, &grid_cf, &grid).unwrap();
    let (latitude, longitude) = (over(0, &[1]), over(1, &[1]));
    assert_eq!(found.place, Place::Points { axis: 1, latitude, longitude });
    assert_eq!(found.source, "clat, clon");
    // A table of two numbers is not on the Earth.
    let table =
        Build::default().dim("a", 2).dim("b", 3).var(float("m", &[]), &["a", "b"]).dataset();
    let table_cf = CfDataset::of(&table);
    let view = table_cf.variable(&table, VariableId(0)).unwrap();
    assert_eq!((view.geolocation(), lent(&view, &grid_cf, &grid)), (None, None));
}

#[test]
fn grids_of_one_size_are_told_apart_by_their_identifiers() {
    let with_uuid = |build: Build, uuid: &str| {
        let mut dataset = build.dataset();
        let value = hyperslab_core::Array::text(uuid);
        let dtype = hyperslab_core::Dtype::Char;
        dataset.groups[0].attributes =
            vec![hyperslab_core::Attribute::new("uuidOfHGrid", dtype, value)];
        dataset
    };
    let field = Build::default().dim("ncells", 99).var(float("t", &[]), &["ncells"]);
    let field = with_uuid(field, "0f1a-ab");
    let found = |uuid: &str| {
        let grid = Build::default()
            .dim("cell", 99)
            .var(lat("clat"), &["cell"])
            .var(lon("clon"), &["cell"]);
        let grid = with_uuid(grid, uuid);
        let (cf, grid_cf) = (CfDataset::of(&field), CfDataset::of(&grid));
        let view = cf.variable(&field, VariableId(0)).unwrap();
        lent(&view, &grid_cf, &grid).is_some()
    };
    assert!(found("0F1AAB") && !found("0F1AAC"));
}

#[test]
fn a_swath_whose_groups_share_no_dimensions_is_found_by_its_lengths() {
    let mut dataset = Dataset::default();
    let root = Build::default()
        .dim("lines", 30)
        .dim("pixels", 20)
        .dim("points", 20)
        .group("data")
        .group("geo");
    let groups = dataset.graft(GroupId::ROOT, root.listing()).unwrap();
    let axis = |dimension: u32, length| hyperslab_core::Axis {
        length,
        dimension: Some(hyperslab_core::DimensionId(dimension)),
    };
    let within = |group, variables: Vec<Variable>, last: u32| hyperslab_core::Listing {
        variables: variables
            .into_iter()
            .map(|v| Variable { group, axes: vec![axis(0, 30), axis(last, 20)], ..v })
            .collect(),
        ..hyperslab_core::Listing::default()
    };
    dataset.graft(groups[0], within(groups[0], vec![float("aot", &[])], 1)).unwrap();
    let places = vec![lat("latitude"), lon("longitude")];
    dataset.graft(groups[1], within(groups[1], places, 2)).unwrap();
    let found = located(&dataset, "/data/aot").unwrap();
    assert_eq!(found.source, "guessed: /geo/latitude, /geo/longitude");
    assert!(matches!(found.place, Place::Lattice { y: 0, x: 1, .. }));
}
