//! Fields made by hand, sorted into variables.

use super::*;
use crate::cubes::grids::{GridInfo, GridKind};
use crate::grids::{NioGrid, Value};
use crate::product::*;
use crate::tables::UserTables;
use crate::time::DateTime;

fn day(day: u8, hour: u8) -> DateTime {
    DateTime { year: 2024, month: 3, day, hour, minute: 0, second: 0 }
}

fn blank(edition: u8, parameter: Parameter, vertical: Vertical) -> Product {
    Product {
        edition,
        origin: Origin { centre: 7, tables_version: 2, ..Origin::default() },
        parameter,
        time: Time {
            reference: day(1, 0),
            unit: 1,
            start: 0,
            edition1: None,
            end: None,
            missing_count: 0,
            intervals: Vec::new(),
        },
        vertical,
        ensemble: None,
        derived_forecast: None,
        probability: None,
        percentile: None,
        model_version_date: None,
        bands: Vec::new(),
        vertical_coordinates: Vec::new(),
        octets: Vec::new(),
        local_use: Vec::new(),
        grid_template: 0,
        grid_in_reference: 0,
    }
}

/// GRIB1: a parameter of NCEP's table 2 at a pressure, P1 hours after its initial time.
fn old(number: u8, pressure: u16, p1: u16) -> Product {
    let octets = pressure.to_be_bytes();
    let mut product =
        blank(1, Parameter::Edition1 { number }, Vertical::Edition1 { kind: 100, octets });
    product.time.start = p1.into();
    product.time.edition1 = Some(TimeRange { p1, p2: 0, indicator: 0, averaged: 0, missing: 0 });
    product
}

fn old_interval(number: u8, p1: u16, p2: u8, indicator: u8) -> Product {
    let mut product = old(number, 0, p1);
    product.vertical = Vertical::Edition1 { kind: 1, octets: [0, 0] };
    product.time.edition1 = Some(TimeRange { p1, p2, indicator, averaged: 0, missing: 0 });
    product
}

/// GRIB2: temperature at a height above ground, so many hours after its initial time.
fn new(template: u16, lead: i64) -> Product {
    let surface = Surface { kind: 103, scale: Some(0), value: Some(2) };
    let none = Surface { kind: 255, scale: None, value: None };
    let parameter = Parameter::Edition2 { discipline: 0, category: 0, number: 0, template };
    let mut product = blank(2, parameter, Vertical::Edition2(Some([surface, none])));
    product.origin.production_status = Some(0);
    product.time.start = lead;
    product
}

fn new_interval(lead: i64, length: u32, process: u8) -> Product {
    let mut product = new(8, lead);
    let interval =
        Interval { process, increment_type: 2, unit: 1, length, increment_unit: 255, increment: 0 };
    product.time.intervals = vec![interval];
    product.time.end =
        Some(product.time.reference.plus(lead + i64::from(length), crate::time::TimeUnit::Hour));
    product
}

fn grid(edition: u8) -> GridInfo {
    let value = ("units", Value::Text("degrees_north".into()));
    let nio = NioGrid {
        number: 0,
        catalogue: None,
        abbreviation: (edition == 2).then_some("LL"),
        one_dimensional: true,
        latitude: vec![value.clone()],
        longitude: vec![value],
        rotation: Vec::new(),
        grid_type: String::new(),
        data: Vec::new(),
    };
    GridInfo {
        edition,
        kind: GridKind::Axes,
        nio,
        shape: vec![3, 4],
        has_coordinates: true,
        on_velocity_points: false,
    }
}

fn built(products: &[Product], singles: SingleElements) -> Cubes {
    let mut groups = Groups::default();
    for (number, product) in (0..).zip(products) {
        groups.add(number, product, 0);
    }
    let info = grid(products[0].edition);
    let (user, ncep) = (UserTables::default(), NcepTable::default());
    Cubes::build(groups, |_| Some(&info), singles, &Vocabulary { user: &user, ncep })
}

/// `NAME(dimension=length, ...) field field ...` of every variable.
fn shown(products: &[Product]) -> Vec<String> {
    let cubes = built(products, SingleElements::default());
    let dimension = |at: &usize| {
        let dimension = &cubes.dimensions[*at];
        format!("{}={}", dimension.name, dimension.length)
    };
    let show = |cube: &Cube| {
        let grid = &cubes.grids[&cube.grid].dimensions;
        let dimensions: Vec<_> = cube.leading.iter().chain(grid).map(dimension).collect();
        let fields: Vec<_> = cube.places.iter().map(|place| place.field.to_string()).collect();
        format!("{}({}) {}", cube.name, dimensions.join(", "), fields.join(" "))
    };
    cubes.cubes.iter().map(show).collect()
}

#[test]
fn grib1_counts_all_dimensions_together_and_shares_them() {
    let products = [
        old(11, 850, 6),
        old(11, 500, 6),
        old(11, 850, 0),
        old(11, 500, 0),
        old(33, 500, 0),
        old(33, 850, 0),
        old(33, 850, 12),
    ];
    let dimensions = "forecast_time0=2, lv_ISBL1=2, g0_lat_2=3, g0_lon_3=4";
    assert_eq!(
        shown(&products),
        [
            format!("TMP_GDS0_ISBL({dimensions}) 3 2 1 0"),
            // A hole at 12 hours and 500 hPa.
            "U_GRD_GDS0_ISBL(forecast_time4=2, lv_ISBL1=2, g0_lat_2=3, g0_lon_3=4) 4 5 6".into(),
        ]
    );
}

#[test]
fn grib2_counts_each_kind_of_dimension_for_itself() {
    let mut products: Vec<Product> = vec![new(0, 0), new(0, 3)];
    for (lead, kelvin) in [(0, 1), (6, 1)] {
        let mut product = new(0, lead);
        product.parameter =
            Parameter::Edition2 { discipline: 0, category: kelvin, number: 1, template: 0 };
        products.push(product);
    }
    assert_eq!(
        shown(&products),
        [
            "TMP_P0_L103_GLL0(forecast_time0=2, lat_0=3, lon_0=4) 0 1",
            "RH_P0_L103_GLL0(forecast_time1=2, lat_0=3, lon_0=4) 2 3",
        ]
    );
}

#[test]
fn dimensions_of_one_element_are_kept_when_asked_for() {
    let cubes = built(&[new(0, 3)], SingleElements::ALL);
    let names: Vec<_> = cubes.dimensions.iter().map(|d| d.name.as_str()).collect();
    // There is no ensemble.
    assert_eq!(names, ["initial_time0", "forecast_time0", "lv_HTGL0", "lat_0", "lon_0"]);
}

#[test]
fn fields_nothing_tells_apart_are_variables_of_their_own() {
    let grid = "(lat_0=3, lon_0=4)";
    assert_eq!(
        shown(&[new(0, 0), new(0, 0), new(0, 0)]),
        [
            format!("TMP_P0_L103_GLL0{grid} 2"),
            format!("TMP_P0_L103_GLL0_1{grid} 0"),
            format!("TMP_P0_L103_GLL0_2{grid} 1"),
        ]
    );
    let many = vec![new(0, 0); 11];
    assert_eq!(
        shown(&many),
        [
            format!("TMP_P0_L103_GLL0{grid} 10"),
            "TMP_P0_L103_GLL0_1(copy0=10, lat_0=3, lon_0=4) 0 1 2 3 4 5 6 7 8 9".into(),
        ]
    );
}

#[test]
fn intervals_of_different_lengths_are_different_variables() {
    let products = [new_interval(0, 12, 1), new_interval(11, 1, 1), new_interval(10, 1, 1)];
    assert_eq!(
        shown(&products),
        [
            "TMP_P8_L103_GLL0_acc12h(lat_0=3, lon_0=4) 0",
            "TMP_P8_L103_GLL0_acc1h(forecast_time0=2, lat_0=3, lon_0=4) 2 1",
        ]
    );
}

#[test]
fn a_sum_that_grows_from_the_initial_time_is_one_variable() {
    let products = [new_interval(0, 6, 1), new_interval(0, 12, 1)];
    let forecast = "forecast_time0=2";
    assert_eq!(
        shown(&products),
        [format!("TMP_P8_L103_GLL0_acc({forecast}, lat_0=3, lon_0=4) 0 1")]
    );
    // An unknown process has its length alone.
    let unknown = shown(&[new_interval(6, 6, 255)]);
    assert_eq!(unknown, ["TMP_P8_L103_GLL0_6h(lat_0=3, lon_0=4) 0"]);
    let average = shown(&[new_interval(1, 35_064, 0)]);
    assert_eq!(average, ["TMP_P8_L103_GLL0_avg35064h(lat_0=3, lon_0=4) 0"]);
}

#[test]
fn grib1_intervals_are_named_by_kind_and_length() {
    let products = [
        old_interval(61, 0, 6, 4),
        old_interval(61, 6, 12, 4),
        old_interval(61, 0, 12, 4),
        old_interval(61, 0, 0, 4),
        old_interval(61, 24, 24, 113),
        old_interval(61, 0, 0, 123),
        old_interval(61, 0, 3, 3),
        old_interval(61, 0, 3, 99),
    ];
    let names: Vec<String> =
        shown(&products).iter().map(|v| v.split('(').next().unwrap().into()).collect();
    assert_eq!(
        names,
        [
            "A_PCP_GDS0_SFC_ave3h",
            "A_PCP_GDS0_SFC_acc",
            "A_PCP_GDS0_SFC_acc6h",
            "A_PCP_GDS0_SFC_acc12h",
            "A_PCP_GDS0_SFC_99",
            "A_PCP_GDS0_SFC_S113",
            "A_PCP_GDS0_SFC_S123",
        ]
    );
}

#[test]
fn members_and_thresholds_come_before_times() {
    let member = |number: u16, lead: i64| {
        let mut product = new(1, lead);
        product.ensemble = Some(Ensemble { kind: 3, number, size: 2 });
        product
    };
    assert_eq!(
        shown(&[member(2, 0), member(1, 0), member(1, 6), member(2, 6)]),
        ["TMP_P1_L103_GLL0(ensemble0=2, forecast_time0=2, lat_0=3, lon_0=4) 1 2 0 3"]
    );
    let threshold = |upper: f64| {
        let mut product = new(5, 0);
        let limits = (Some(0.0), Some(upper));
        let (lower, upper) = limits;
        product.probability = Some(Probability { kind: 1, number: 0, total: 2, lower, upper });
        product
    };
    assert_eq!(
        shown(&[threshold(32.9), threshold(17.5)]),
        ["TMP_P5_L103_GLL0(TMP_probability0=2, lat_0=3, lon_0=4) 1 0"]
    );
    let percentile = |percentile: u8| Product { percentile: Some(percentile), ..new(6, 0) };
    assert_eq!(
        shown(&[percentile(90), percentile(10)]),
        ["TMP_P6_L103_GLL0(percentile0=2, lat_0=3, lon_0=4) 1 0"]
    );
}

#[test]
fn members_that_nio_does_not_see_are_shown_beside_its_variable() {
    let member = |number: u16| {
        let mut product = old(11, 500, 0);
        product.ensemble = Some(Ensemble { kind: 0, number, size: 3 });
        product.origin.centre = 74;
        product
    };
    assert_eq!(
        shown(&[member(0), member(1), member(2)]),
        [
            "TMP_GDS0_ISBL(g0_lat_0=3, g0_lon_1=4) 2",
            "TMP_GDS0_ISBL_1(ensemble2=3, g0_lat_0=3, g0_lon_1=4) 0 1 2",
        ]
    );
}

#[test]
fn layers_of_two_kinds_of_surface_name_both() {
    let layer = |second: u8| {
        let mut product = new(0, 0);
        let surface = |kind: u8| Surface { kind, scale: Some(2), value: Some(10) };
        product.vertical = Vertical::Edition2(Some([surface(106), surface(second)]));
        product
    };
    let names = shown(&[layer(106), layer(1)]);
    assert_eq!(names[0], "TMP_P0_2L106_1_GLL0(lat_0=3, lon_0=4) 1");
    assert_eq!(names[1], "TMP_P0_2L106_GLL0(lat_0=3, lon_0=4) 0");
}

#[test]
fn mean_and_spread_of_an_ensemble_are_not_one_variable() {
    let derived = |derived: u8| Product { derived_forecast: Some(derived), ..new(2, 0) };
    assert_eq!(
        shown(&[derived(0), derived(2)]),
        ["TMP_P2_L103_GLL0(lat_0=3, lon_0=4) 0", "TMP_P2_L103_GLL0_1(lat_0=3, lon_0=4) 1"]
    );
}

#[test]
fn hybrid_levels_of_ecmwf_have_a_dimension_of_interfaces_behind_theirs() {
    let level = |level: u16| {
        let mut product = old(130, level, 0);
        product.origin.centre = 98;
        product.origin.tables_version = 128;
        let octets = level.to_be_bytes();
        product.vertical = Vertical::Edition1 { kind: 109, octets };
        product.vertical_coordinates = vec![0.0; 8];
        product
    };
    let cubes = built(&[level(1), level(2), level(3)], SingleElements::default());
    let names: Vec<_> = cubes.dimensions.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["lv_HYBL0", "lv_HYBL_i1", "ncl_scalar", "g0_lat_3", "g0_lon_4"]);
    assert_eq!(cubes.dimensions[1].length, 4);
}
