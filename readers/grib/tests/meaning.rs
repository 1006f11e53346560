//! What CF is told about fields: intervals, wave spectra, hybrid levels, layers, members,
//! standard names.

use std::sync::Arc;

use hyperslab_core::{Array, Buffer, MemorySource, ReadContext};
use hyperslab_grib::FORMAT;
use hyperslab_testkit::contract::{self, Opened};
use hyperslab_testkit::grib::{Grib2, grib1, grib2};

fn open(bytes: Vec<u8>) -> Opened {
    let source = Arc::new(MemorySource::new(bytes));
    Opened::new(&FORMAT, source, &ReadContext::default()).expect("it opens")
}

fn values(file: &Opened, name: &str) -> Vec<f64> {
    let Array { values, .. } = file.read_all(name, &ReadContext::default()).unwrap();
    values.to_f64().unwrap().to_vec()
}

fn text(file: &Opened, name: &str, attribute: &str) -> String {
    let id = file.dataset.find_variable(name).unwrap_or_else(|| panic!("no {name}"));
    file.variable(id).text(attribute).unwrap_or_default().to_string()
}

fn dimensions(file: &Opened, name: &str) -> Vec<String> {
    let id = file.dataset.find_variable(name).unwrap_or_else(|| panic!("no {name}"));
    let axes = &file.variable(id).axes;
    axes.iter().map(|axis| file.dataset.dimension_name(axis).unwrap().to_owned()).collect()
}

fn data_names(file: &Opened) -> Vec<String> {
    let is_data = |name: &&String| name.contains("_G");
    let names: Vec<String> = file.dataset.variables.iter().map(|v| v.name.clone()).collect();
    names.iter().filter(is_data).cloned().collect()
}

/// Template 4.8: precipitation over `length` hours from `start` hours after 12 UTC.
fn precipitation(start: u8, length: u8) -> Vec<u8> {
    let end_hour = 12 + u32::from(start) + u32::from(length);
    let (day, hour) = match end_hour {
        0..24 => (29, end_hour),
        _ => (30, end_hour - 24),
    };
    // The day after 29 February.
    let (month, day) = if day == 30 { (3, 1) } else { (2, 29) };
    let mut octets = vec![1, 8, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, start];
    octets.extend([1, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]);
    octets.extend([7, 0xE4, month, day, hour as u8, 0, 0, 1, 0, 0, 0, 0]);
    octets.extend([1, 2, 1, 0, 0, 0, length, 255, 0, 0, 0, 0]);
    grib2().lat_lon(3, 2).template(8, &octets).values(&[length; 6]).bytes()
}

#[test]
fn a_sum_that_grows_has_bounds_that_begin_together() {
    let bytes = [precipitation(0, 6), precipitation(0, 12), precipitation(0, 18)].concat();
    contract::check(&FORMAT, &bytes);
    let file = open(bytes);
    let names = data_names(&file);
    assert_eq!(names, ["APCP_P8_L1_GLL0_acc"]);
    assert_eq!(dimensions(&file, &names[0]), ["forecast_time0", "lat_0", "lon_0"]);
    assert_eq!(values(&file, "forecast_time0"), [6., 12., 18.]);
    assert_eq!(text(&file, "forecast_time0", "units"), "hours");
    assert_eq!(text(&file, "forecast_time0", "bounds"), "forecast_time0_bounds");
    assert_eq!(values(&file, "forecast_time0_bounds"), [0., 6., 0., 12., 0., 18.]);
    assert_eq!(text(&file, &names[0], "cell_methods"), "forecast_time0: sum");
    assert_eq!(text(&file, &names[0], "standard_name"), "precipitation_amount");
    let times = values(&file, "time0_bounds");
    assert_eq!((times[0], times[1] - times[0], times[5] - times[4]), (times[4], 21_600., 64_800.));
}

#[test]
fn sums_over_other_lengths_are_variables_with_bounds_of_their_own() {
    let fields = [(0, 12), (11, 1), (10, 1), (9, 1)];
    let file =
        open(fields.iter().flat_map(|&(start, length)| precipitation(start, length)).collect());
    assert_eq!(data_names(&file), ["APCP_P8_L1_GLL0_acc12h", "APCP_P8_L1_GLL0_acc1h"]);
    // The time alone stands for the only one of twelve hours.
    assert_eq!(text(&file, "APCP_P8_L1_GLL0_acc12h", "cell_methods"), "time0: sum");
    let whole = values(&file, "time0_bounds");
    assert_eq!(whole[1] - whole[0], 12. * 3600.);
    assert_eq!(text(&file, "APCP_P8_L1_GLL0_acc1h", "cell_methods"), "forecast_time0: sum");
    assert_eq!(values(&file, "forecast_time0_bounds"), [9., 10., 10., 11., 11., 12.]);
}

/// Type 203 of 3 by 3 mass points about 50 N 107 W.
fn staggered(parameter: u8) -> Vec<u8> {
    let signed = |value: i32| -> Vec<u8> {
        let sign = if value < 0 { 0x80_0000 } else { 0 };
        (value.unsigned_abs() | sign).to_be_bytes()[1..].to_vec()
    };
    let mut section = vec![0, 0, 0, 0, 255, 203, 0, 3, 0, 3];
    section.extend([signed(48_000), signed(-110_000)].concat());
    section.push(0x88);
    section.extend([signed(50_000), signed(-107_000)].concat());
    section.extend([3, 232, 3, 232, 0x40, 0, 0, 0, 0]);
    grib1().parameter(parameter).section2(section).values(&[parameter; 9]).bytes()
}

#[test]
fn velocity_points_of_an_arakawa_e_grid_lie_between_its_mass_points() {
    let bytes = [staggered(11), staggered(33)].concat();
    contract::check(&FORMAT, &bytes);
    let file = open(bytes);
    let names = data_names(&file);
    assert_eq!(names, ["TMP_GDS203_HTGL", "U_GRD_GDS203_HTGL"]);
    assert_eq!(dimensions(&file, &names[0]), ["g203m_x_0", "g203m_y_1"]);
    assert_eq!(dimensions(&file, &names[1]), ["g203v_x_2", "g203v_y_3"]);
    let longitudes = [values(&file, "g203m_lon_1"), values(&file, "g203v_lon_3")];
    let steps = [longitudes[1][0] - longitudes[0][0], longitudes[0][1] - longitudes[0][0]];
    assert!((steps[0] - steps[1] / 2.0).abs() < 0.1, "{longitudes:?}");
    assert_eq!(text(&file, &names[1], "coordinates"), "g203v_lat_2 g203v_lon_3 time0");
    assert_eq!(text(&file, &names[1], "standard_name"), "x_wind");
}

/// Template 4.99: two directions and two frequencies, of which the field is one each.
fn spectrum(direction: u8, frequency: u8) -> Vec<u8> {
    let mut octets = vec![0, 1, 0, direction, 0, 2, 0, frequency, 0, 2, 2, 0, 0, 0, 0, 0];
    octets.extend([1, 0, 0, 0, 0]);
    octets.extend([0, 0, 0, 0, 90, 0, 0, 1, 14]);
    octets.extend([4, 0, 0, 1, 89, 0, 0, 1, 123]);
    let value = direction * 10 + frequency;
    grib2().discipline(10).lat_lon(3, 2).template(99, &octets).values(&[value; 6]).bytes()
}

#[test]
fn a_wave_spectrum_is_one_variable_over_direction_and_frequency() {
    let bytes = [(1, 1), (1, 2), (2, 1), (2, 2)].iter().flat_map(|&(d, f)| spectrum(d, f));
    let bytes: Vec<u8> = bytes.collect();
    contract::check(&FORMAT, &bytes);
    let file = open(bytes);
    let names = data_names(&file);
    assert_eq!(names.len(), 2, "{names:?}");
    // NIO shows the last one.
    assert_eq!(dimensions(&file, &names[0]), ["lat_0", "lon_0"]);
    assert_eq!(values(&file, &names[0])[0], 22.);
    assert_eq!(names[1], format!("{}_spectrum", names[0]));
    assert_eq!(dimensions(&file, &names[1]), ["direction0", "frequency0", "lat_0", "lon_0"]);
    let firsts: Vec<f64> = values(&file, &names[1]).into_iter().step_by(6).collect();
    assert_eq!(firsts, [11., 12., 21., 22.]);
    assert_eq!(values(&file, "direction0"), [90., 270.]);
    let frequencies = values(&file, "frequency0");
    assert!((frequencies[0] - 0.0345).abs() < 1e-6 && (frequencies[1] - 0.0379).abs() < 1e-6);
    assert_eq!(text(&file, "frequency0", "units"), "s-1");
    assert_eq!(text(&file, "direction0", "units"), "degree");
}

/// Template 4.0 on a hybrid level with six coordinate values: three half levels.
#[test]
fn a_matrix_at_each_point_has_axes_of_its_own() {
    // Six points, each with 2 directions by 3 frequencies (code tables 11 to 13), without
    // bitmaps: 8 bits each, directions from 15 by 30 degrees, frequencies 0.5, 1 and 2.
    let mut section4 = vec![0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0x40, 0, 2, 0, 3];
    section4.extend([1, 2, 11, 2, 1, 2]);
    for float in [0x41F0_0000u32, 0x421E_0000, 0x4080_0000, 0x4120_0000] {
        section4.extend(float.to_be_bytes());
    }
    section4.extend(0..36);
    let bytes = grib1().lat_lon(3, 2).section4(section4).bytes();
    contract::check(&FORMAT, &bytes);
    let file = open(bytes);
    let [name] = data_names(&file).try_into().unwrap_or_else(|names| panic!("{names:?}"));
    let matrix = ["direction_m0", "frequency_m1"];
    assert_eq!(dimensions(&file, &name)[2..], matrix);
    assert_eq!(values(&file, &name), (0..36).map(f64::from).collect::<Vec<_>>());
    assert_eq!(values(&file, matrix[0]), [15.0, 45.0]);
    assert_eq!(values(&file, matrix[1]), [0.5, 1.0, 2.0]);
    assert_eq!(text(&file, matrix[1], "units"), "s-1");
}

fn hybrid(level: u8) -> Vec<u8> {
    let mut octets = vec![0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    octets.extend([105, 0, 0, 0, 0, level, 255, 255, 255, 255, 255, 255]);
    let coefficients = [0f32, 2000., 1000., 0., 0.25, 1.];
    octets.extend(coefficients.iter().flat_map(|value| value.to_be_bytes()));
    let message = grib2().lat_lon(3, 2).template(0, &octets).octets(4, 6, &[0, 6]);
    message.values(&[level; 6]).bytes()
}

#[test]
fn hybrid_levels_of_grib2_have_their_coefficients_as_cf_wants_them() {
    let pressure = grib2().lat_lon(3, 2).product(3, 0).values(&[1; 6]).bytes();
    let bytes = [hybrid(1), hybrid(2), pressure].concat();
    contract::check(&FORMAT, &bytes);
    let file = open(bytes);
    let terms = "a: lv_HYBL0_a b: lv_HYBL0_b ps: PRES_P0_L1_GLL0 p0: P0";
    assert_eq!(text(&file, "lv_HYBL0", "formula_terms"), terms);
    let standard_name = "atmosphere_hybrid_sigma_pressure_coordinate";
    assert_eq!(text(&file, "lv_HYBL0", "standard_name"), standard_name);
    assert_eq!(text(&file, "lv_HYBL0", "positive"), "down");
    // Pressures over the reference pressure, in the middle of half levels.
    let near = |found: Vec<f64>, wanted: [f64; 2]| {
        found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-7)
    };
    assert!(near(values(&file, "lv_HYBL0_a"), [0.01, 0.015]));
    assert!(near(values(&file, "lv_HYBL0_b"), [0.125, 0.625]));
    assert_eq!(values(&file, "P0"), [100_000.]);
    assert_eq!(text(&file, "P0", "units"), "Pa");
    assert_eq!(text(&file, "lv_HYBL0_a", "units"), "1");
}

fn soil(top: u8, bottom: u8) -> Grib2 {
    let surface = |value: u8| [106, 2, 0, 0, 0, value];
    grib2().lat_lon(3, 2).product(0, 0).octets(4, 23, &surface(top)).octets(4, 29, &surface(bottom))
}

#[test]
fn layers_have_a_coordinate_in_their_middle() {
    let layers = [(0, 10), (10, 40)].map(|(top, bottom)| soil(top, bottom).values(&[1; 6]).bytes());
    let file = open(layers.concat());
    let name = &data_names(&file)[0];
    let dimension = dimensions(&file, name)[0].clone();
    let near = |found: Vec<f64>, wanted: &[f64]| {
        found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6)
    };
    assert!(near(values(&file, &dimension), &[0.05, 0.25]));
    assert!(near(values(&file, &format!("{dimension}_bounds")), &[0., 0.1, 0.1, 0.4]));
    assert_eq!(text(&file, &dimension, "positive"), "down");
    assert_eq!(text(&file, &dimension, "standard_name"), "depth");
    assert_eq!(text(&file, &dimension, "units"), "m");
    let coordinates = text(&file, name, "coordinates");
    assert!(coordinates.contains(&format!("{dimension}_l0 {dimension}_l1")), "{coordinates}");
}

#[test]
fn members_have_labels_and_a_description() {
    let member = |kind: u8, number: u8| {
        let mut octets = vec![0, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        octets.extend([103, 0, 0, 0, 0, 2, 255, 255, 255, 255, 255, 255, kind, number, 3]);
        grib2().lat_lon(3, 2).template(1, &octets).values(&[number; 6]).bytes()
    };
    let file = open([member(3, 2), member(1, 0), member(3, 1)].concat());
    let name = &data_names(&file)[0];
    assert_eq!(dimensions(&file, name)[0], "ensemble0");
    assert_eq!(text(&file, "ensemble0", "flag_meanings"), "control 1 2");
    assert_eq!(text(&file, "ensemble0", "standard_name"), "realization");
    assert!(text(&file, name, "coordinates").contains("ensemble0_info"));
    let firsts: Vec<f64> = values(&file, name).into_iter().step_by(6).collect();
    assert_eq!(firsts, [0., 1., 2.]);
}

#[test]
fn initial_times_in_other_forms_serve_the_data() {
    let at = |hour: u8| grib1().lat_lon(3, 2).date(2020, 2, 29, hour).values(&[hour; 6]).bytes();
    let file = open([at(0), at(6)].concat());
    let name = &data_names(&file)[0];
    let ancillary = text(&file, name, "ancillary_variables");
    assert_eq!(ancillary, "initial_time0_encoded initial_time0");
    assert_eq!(text(&file, name, "standard_name"), "air_temperature");
    let hours = file.read_all("initial_time0_hours", &ReadContext::default()).unwrap();
    assert!(matches!(hours.values, Buffer::F64(_)));
}
