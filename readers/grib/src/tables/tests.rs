//! Golden names, and the rules by which they are found.

use super::testing::{Grib1, Grib2};
use super::*;

fn nio(product: &Product) -> NioParameter {
    nio_parameter(product, &UserTables::default(), NcepTable::default())
}

#[test]
fn temperature_is_named_by_its_level() {
    let above_ground = Grib2::new(0, 0, 0).surface(103, 0, 2).product();
    let names_above = names(&above_ground);
    assert_eq!((names_above.short_name, names_above.units, names_above.param_id), ("2t", "K", 167));
    assert_eq!(names_above.name, "2 metre temperature");
    assert_eq!(cf_var_name(&above_ground), "t2m");
    assert_eq!(type_of_level(&above_ground), "heightAboveGround");
    let isobaric = Grib2::new(0, 0, 0).surface(100, 0, 50_000).product();
    assert_eq!(names(&isobaric).short_name, "t");
    assert_eq!(type_of_level(&isobaric), "isobaricInhPa");
}

#[test]
fn pressures_under_one_hectopascal_are_told_in_pascals() {
    let level = |value| type_of_level(&Grib2::new(0, 0, 0).surface(100, 0, value).product());
    assert_eq!([level(99), level(100)], ["isobaricInPa", "isobaricInhPa"]);
}

#[test]
fn precipitation_is_named_by_its_process_and_by_its_centre() {
    let total = Grib2::new(0, 1, 8).template(8).interval(1).surface(1, 0, 0);
    assert_eq!(names(&total.clone().centre(7).product()).short_name, "tp");
    let parameter = nio(&total.clone().centre(7).product());
    assert_eq!((&*parameter.name, &*parameter.units), ("APCP", "kg m-2"));
    // ecCodes has it for NCEP alone.
    assert_eq!(names(&total.centre(78).product()).short_name, "unknown");
}

#[test]
fn a_parameter_nobody_knows_is_unknown_to_ecmwf_and_numbered_by_nio() {
    let product = Grib2::new(0, 222, 7).product();
    let names = names(&product);
    assert_eq!((names.short_name, names.param_id), ("unknown", 0));
    assert_eq!(nio(&product).name, "VAR_0_222_7");
    assert!(!nio(&product).is_from_table);
}

#[test]
fn the_innermost_of_two_processes_names_unless_an_entry_asks_for_both() {
    let names_of = |processes: [u8; 2]| {
        let [outer, inner] = processes;
        let field = Grib2::new(0, 0, 0).template(8).interval(outer).interval(inner);
        names(&field.surface(103, 0, 2).product()).short_name
    };
    assert_eq!(names_of([1, 2]), names_of([3, 2]));
    assert_ne!(names_of([1, 2]), names_of([1, 3]));
}

#[test]
fn nio_takes_the_table_of_the_centre_and_version() {
    let name = |centre, version, number| {
        nio(&Grib1::new(centre, version, number).product()).name.into_owned()
    };
    assert_eq!(name(7, 2, 33), "U_GRD");
    assert_eq!(name(7, 2, 52), "R_H");
    assert_eq!(name(7, 2, 51), "SPF_H");
    assert_eq!(name(98, 128, 167), "2T");
    assert_eq!(name(98, 0, 167), "2T");
    // A table nobody has: NCEP's operational one.
    assert_eq!(name(98, 77, 11), "TMP");
    assert_eq!(name(7, 2, 255), "VAR_255");
}

#[test]
fn a_row_without_an_abbreviation_is_numbered() {
    // DWD for ECMWF, whose table 172 has texts alone for it.
    let parameter = nio(&Grib1::new(78, 172, 228).sub_centre(98).product());
    assert_eq!((&*parameter.name, &*parameter.long_name), ("VAR_228", "Total precipitation"));
    assert!(parameter.is_from_table);
}

#[test]
fn users_tables_go_before_ours() {
    let user = UserTables::parse("-1 : 7 : -1 : 2\n33 : WIND_U : m/s : wind to the east").unwrap();
    let parameter = |number| {
        let product = Grib1::new(7, 2, number).product();
        nio_parameter(&product, &user, NcepTable::default()).name.into_owned()
    };
    assert_eq!(parameter(33), "WIND_U");
    // The user's table replaces the whole of ours.
    assert_eq!(parameter(34), "VAR_34");
}

#[test]
fn only_the_user_knows_which_table_the_early_models_of_ncep_used() {
    let product = Grib1::new(7, 2, 210).process(80).product();
    let names = [NcepTable::Operational, NcepTable::Reanalysis]
        .map(|ncep| nio_parameter(&product, &UserTables::default(), ncep).name);
    assert_ne!(names[0], names[1]);
}

#[test]
fn tigge_names_are_of_parameter_process_and_surface() {
    let field = Grib2::new(0, 0, 0).status(4);
    let name = |field: Grib2| nio(&field.product()).name.into_owned();
    assert_eq!(name(field.clone().surface(103, 0, 2)), "2t");
    assert_eq!(name(field.clone().surface(100, 0, 50_000)), "t");
    let maximum = field.template(11).interval(2).surface(103, 0, 2);
    assert_eq!(name(maximum), "mx2t6");
}

#[test]
fn a_probability_is_in_percent_of_a_quantity_with_units() {
    let parameter = nio(&Grib2::new(0, 2, 1).template(9).interval(1).probability().product());
    assert_eq!((&*parameter.name, &*parameter.units), ("WIND", "percent"));
    assert_eq!(parameter.long_name, "Wind speed probability");
    assert_eq!(parameter.quantity_units.as_deref(), Some("m s-1"));
}

#[test]
fn levels_have_abbreviations_units_and_texts() {
    let level = nio_level(&Grib2::new(0, 0, 0).surface(103, 0, 2).product());
    assert_eq!((level.abbreviation, level.units), ("HTGL", "m"));
    assert_eq!(level.level_type, "Specified height level above ground (m)");
    let level = nio_level(&Grib1::new(7, 2, 11).level(100, [1, 244]).product());
    assert_eq!((level.abbreviation, level.units), ("ISBL", "hPa"));
    // ECMWF's own kind of level.
    let pascals = |centre| nio_level(&Grib1::new(centre, 128, 130).level(210, [0, 5]).product());
    assert_ne!(pascals(98).abbreviation, pascals(7).abbreviation);
}

#[test]
fn a_second_surface_of_type_zero_is_none() {
    let field = Grib2::new(0, 5, 6).surface(150, 0, 1).second_surface(0).product();
    assert_eq!(nio_surfaces(&field), [150, 255]);
    assert_eq!(nio_level(&field).second_level_type, None);
}

#[test]
fn a_process_over_an_area_names_like_one_over_time() {
    let field = Grib2::new(0, 19, 20).template(15).octet(35, 2).product();
    assert_eq!(nio_process(&field).and_then(|process| nio_statistic(2, process)), Some("max"));
}

#[test]
fn gribs_editions_write_averages_and_seconds_differently() {
    assert_eq!([nio_statistic(1, 3), nio_statistic(2, 0)], [Some("ave"), Some("avg")]);
    assert_eq!([nio_time_unit(1, 13), nio_time_unit(2, 13)], [Some((15, "min")), Some((1, "sec"))]);
    assert_eq!(nio_duration(1, 6, 1), "6 hours");
    assert_eq!(nio_duration(2, 2, 12), "24 hours");
}
