//! Sections built octet by octet, and what is made of them.

use hyperslab_core::Range;
use proptest::prelude::*;

use super::*;

/// Writes numbers where a template has them, octets counted from 1.
struct Section(Vec<u8>);

impl Section {
    /// Section 3 with so many octets and points.
    fn grib2(template: u16, len: usize, points: u32) -> Self {
        let mut section = Self(vec![0; len]);
        section.put(1, 4, len as i64);
        section.put(5, 1, 3);
        section.put(7, 4, i64::from(points));
        section.put(13, 2, i64::from(template));
        section.put(15, 1, 6);
        section
    }

    /// Section 2 of GRIB1.
    fn grib1(kind: u8, len: usize) -> Self {
        let mut section = Self(vec![0; len]);
        section.put(1, 3, len as i64);
        section.put(5, 1, 255);
        section.put(6, 1, i64::from(kind));
        section
    }

    /// Sign and magnitude.
    fn put(&mut self, octet: usize, width: usize, value: i64) -> &mut Self {
        let sign = if value < 0 { 1u64 << (8 * width - 1) } else { 0 };
        let coded = (value.unsigned_abs() | sign).to_be_bytes();
        self.0[octet - 1..octet - 1 + width].copy_from_slice(&coded[8 - width..]);
        self
    }

    fn missing(&mut self, octet: usize, width: usize) -> &mut Self {
        self.0[octet - 1..octet - 1 + width].fill(0xff);
        self
    }

    /// Template 3.0: size, first and last latitude and longitude in millionths, scanning mode.
    fn latlon(ni: u32, nj: u32, first: (i64, i64), last: (i64, i64), mode: u8) -> Self {
        let mut section = Self::grib2(0, 72, ni * nj);
        section.put(31, 4, i64::from(ni)).put(35, 4, i64::from(nj));
        section.missing(43, 4);
        section.put(47, 4, first.0).put(51, 4, first.1).put(55, 1, 0x30);
        section.put(56, 4, last.0).put(60, 4, last.1).put(72, 1, i64::from(mode));
        section
    }

    fn grid2(&self) -> Grid {
        Grid::parse2(&self.0).unwrap()
    }

    fn grid1(&self) -> Grid {
        Grid::parse1(None, Some(&self.0)).unwrap()
    }
}

fn close(found: (f64, f64), expected: (f64, f64)) -> bool {
    let across = (found.1 - expected.1 + 540.0).rem_euclid(360.0) - 180.0;
    (found.0 - expected.0).abs() < 1e-4 && across.abs() < 1e-4
}

fn all(grid: &Grid) -> Coordinates {
    grid.coordinates(&grid.whole()).unwrap()
}

fn position(grid: &Grid, point: u64) -> (f64, f64) {
    grid.positions(&[point]).unwrap().unwrap()[0]
}

#[test]
fn latitude_longitude_grid_of_grib2_has_axes() {
    let grid =
        Section::latlon(5, 4, (40_000_000, 350_000_000), (10_000_000, 10_000_000), 0).grid2();
    assert_eq!((grid.eccodes_name(), grid.ni(), grid.nj()), (Some("regular_ll"), Some(5), Some(4)));
    assert_eq!((grid.points(), grid.shape()), (20, vec![4, 5]));
    let axes = all(&grid);
    let latitude = vec![40.0, 30.0, 20.0, 10.0];
    let longitude = vec![350.0, 355.0, 360.0, 365.0, 370.0];
    assert_eq!(axes, Coordinates::Axes { latitude, longitude });
    assert!(close(position(&grid, 7), (30.0, 0.0)));
    let nio = grid.nio();
    assert_eq!((nio.abbreviation, nio.one_dimensional), (Some("LL"), true));
    assert!(nio.latitude.contains(&("Di", Value::Number(5.0))));
}

#[test]
fn basic_angle_and_subdivisions_make_the_unit() {
    // Thirds of a degree.
    let mut section = Section::latlon(4, 2, (3, 0), (0, 9), 0);
    section.put(39, 4, 1).put(43, 4, 3);
    let Coordinates::Axes { latitude, longitude } = all(&section.grid2()) else { panic!("axes") };
    assert_eq!((latitude, longitude), (vec![1.0, 0.0], vec![0.0, 1.0, 2.0, 3.0]));
}

#[test]
fn rows_may_be_staggered_by_half_a_step() {
    let section = Section::latlon(3, 3, (2_000_000, 0), (0, 2_000_000), 0x04);
    let Coordinates::Plane { latitude, longitude } = all(&section.grid2()) else {
        panic!("staggered points have no axes")
    };
    assert_eq!(longitude, [0.0, 1.0, 2.0, 0.5, 1.5, 2.5, 0.0, 1.0, 2.0]);
    assert_eq!(latitude[4], 1.0);
}

#[test]
fn numbers_that_contradict_each_other_leave_a_list_of_points() {
    let mut section = Section::latlon(3, 3, (2_000_000, 0), (0, 2_000_000), 0);
    section.put(7, 4, 8);
    let grid = section.grid2();
    assert_eq!((grid.shape(), all(&grid)), (vec![8], Coordinates::None));
    assert_eq!(grid.positions(&[0]).unwrap(), None);
}

#[test]
fn rotated_grid_has_latitudes_and_longitudes_of_the_globe() {
    // Southern pole at 40 S, 10 E: rotated (0, 0) lies at 50 N, 10 E.
    let mut section = Section::latlon(3, 3, (1_000_000, 359_000_000), (-1_000_000, 1_000_000), 0);
    section.0.resize(84, 0);
    section.put(13, 2, 1).put(73, 4, -40_000_000).put(77, 4, 10_000_000).put(55, 1, 0x38);
    let grid = section.grid2();
    assert_eq!(grid.eccodes_name(), Some("rotated_ll"));
    assert!(close(position(&grid, 4), (50.0, 10.0)));
    assert!(close(position(&grid, 1), (51.0, 10.0)));
    assert!(grid.uv_relative_to_grid());
    let mapping = grid.grid_mapping().unwrap();
    assert_eq!(mapping.axes.unwrap().x_standard_name, "grid_longitude");
    assert_eq!(grid.mapping_x(Range::new(0, 3)).unwrap(), [359.0, 360.0, 361.0]);
    let named =
        |name: &str| mapping.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
    assert_eq!(named("grid_north_pole_latitude"), Some(Value::Number(40.0)));
    let angles = grid.rotation(&grid.whole()).unwrap().unwrap();
    assert!(angles[4].abs() < 1e-6 && angles[3] * angles[5] < 0.0);
}

#[test]
fn rotation_turns_the_grids_x_to_where_the_next_column_lies() {
    let mut section =
        Section::latlon(40, 40, (-13_250_000, 5_750_000), (26_650_000, 30_450_000), 0x40);
    section.0.resize(84, 0);
    section.put(13, 2, 1).put(73, 4, -22_000_000).put(77, 4, 320_000_000).put(55, 1, 0x38);
    let grid = section.grid2();
    let angles = grid.rotation(&grid.whole()).unwrap().unwrap();
    for point in [0, 17, 405, 1598] {
        let (here, next) = (position(&grid, point), position(&grid, point + 1));
        let east =
            ((next.1 - here.1 + 540.0).rem_euclid(360.0) - 180.0) * here.0.to_radians().cos();
        // A unit vector along x has u = cos and v = -sin by NIO's formulas.
        let expected = -(next.0 - here.0).atan2(east);
        let found = f64::from(angles[point as usize]);
        assert!((found - expected).abs() < 0.02, "{point}: {found} not {expected}");
    }
}

#[test]
fn gaussian_sub_area_of_whole_circle_rows_counts_what_lies_inside() {
    // N32, four rows of 128 whole points, of which 0 to 39.375 degrees are coded.
    let mut section = Section::grib2(40, 72 + 8, 60);
    section.put(11, 1, 2).put(12, 1, 1);
    section.missing(31, 4).put(35, 4, 4).missing(43, 4);
    section.put(47, 4, 26_510_768).put(51, 4, 0).put(56, 4, 18_138_971).put(60, 4, 39_375_000);
    section.missing(64, 4).put(68, 4, 32);
    for row in 0..4 {
        section.put(73 + 2 * row, 2, 128);
    }
    let grid = section.grid2();
    assert_eq!((grid.eccodes_name(), grid.points()), (Some("reduced_gg"), 60));
    assert_eq!((grid.rows(), grid.shape(), grid.ni()), (vec![15; 4], vec![4, 15], None));
    assert!(close(position(&grid, 16), (23.720_259, 2.8125)));
    let rows = grid.native_rows().unwrap();
    assert_eq!((rows[1].first_point, rows[1].count, rows[1].step), (15, 15, 2.8125));
}

#[test]
fn thinned_rows_of_a_globe_are_spread_over_the_longest() {
    // Two rows of 4 and 8 points round the globe: GRIB1, list PL in octets 33 to 36.
    let mut section = Section::grib1(0, 36);
    section.put(5, 1, 33).missing(7, 2).put(9, 2, 2);
    section.put(11, 3, 30_000).put(18, 3, 0).put(21, 3, 315_000).missing(24, 2);
    section.put(33, 2, 4).put(35, 2, 8);
    let grid = section.grid1();
    assert_eq!((grid.points(), grid.shape()), (12, vec![2, 8]));
    let coded: Vec<f32> = vec![0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let linear = grid.present(coded.clone(), Interpolation::Linear, false).unwrap();
    assert_eq!(linear[..8], [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 1.5]);
    assert_eq!(linear[8..], coded[4..]);
    let nearest = grid.present(coded, Interpolation::Nearest, false).unwrap();
    assert!(nearest[..8].iter().all(|value| value.fract() == 0.0));
}

#[test]
fn a_bitmap_forbids_cubic_interpolation() {
    let mut section = Section::grib1(0, 36);
    section.put(5, 1, 33).missing(7, 2).put(9, 2, 2);
    section.put(11, 3, 30_000).put(18, 3, 0).put(21, 3, 315_000).missing(24, 2);
    section.put(33, 2, 4).put(35, 2, 8);
    let grid = section.grid1();
    let coded: Vec<f64> = (0..12).map(|i| f64::from(i * i)).collect();
    let linear = grid.present(coded.clone(), Interpolation::Linear, false).unwrap();
    let cubic = grid.present(coded.clone(), Interpolation::Cubic, false).unwrap();
    assert_ne!(linear, cubic);
    assert_eq!(linear, grid.present(coded, Interpolation::Cubic, true).unwrap());
}

#[test]
fn columns_may_be_thinned_instead_of_rows() {
    // Nj missing: two columns of 2 and 3 points from 0 to 20 N.
    let mut section = Section::grib1(0, 36);
    section.put(5, 1, 33).put(7, 2, 2).missing(9, 2);
    section.put(14, 3, 10_000).put(18, 3, 20_000).put(21, 3, 20_000).put(28, 1, 0x60);
    section.put(33, 2, 2).put(35, 2, 3);
    let grid = section.grid1();
    assert_eq!((grid.points(), grid.shape()), (5, vec![3, 2]));
    let shown =
        grid.present(vec![0.0f64, 20.0, 5.0, 6.0, 7.0], Interpolation::Linear, false).unwrap();
    assert_eq!(shown, [0.0, 5.0, 10.0, 6.0, 20.0, 7.0]);
    assert!(close(position(&grid, 1), (20.0, 10.0)) && close(position(&grid, 3), (10.0, 20.0)));
}

#[test]
fn latitudes_of_rows_may_be_listed() {
    // Code table 3.11 entry 3.
    let mut section = Section::latlon(2, 3, (50_000_000, 0), (10_000_000, 1_000_000), 0);
    section.0.resize(84, 0);
    section.put(11, 1, 4).put(12, 1, 3);
    for (row, latitude) in [50_000_000, 30_000_000, -10_000_000].into_iter().enumerate() {
        section.put(73 + 4 * row, 4, latitude);
    }
    let latitude = vec![50.0, 30.0, -10.0];
    let expected = Coordinates::Axes { latitude, longitude: vec![0.0, 1.0] };
    assert_eq!(all(&section.grid2()), expected);
}

#[test]
fn variable_resolution_lists_both_axes() {
    let mut section = Section::grib2(4, 48 + 5 * 4, 6);
    section.put(31, 4, 3).put(35, 4, 2).missing(43, 4);
    for (k, angle) in [1, 3, 7, 60, 50].into_iter().enumerate() {
        section.put(49 + 4 * k, 4, angle * 1_000_000);
    }
    let expected = Coordinates::Axes { latitude: vec![60.0, 50.0], longitude: vec![1.0, 3.0, 7.0] };
    assert_eq!(all(&section.grid2()), expected);
}

#[test]
fn lambert_conformal_grid_starts_where_the_message_says() {
    // The grid of NCEP's HRRR model.
    let mut section = Section::grib2(30, 81, 1799 * 1059);
    section.put(31, 4, 1799).put(35, 4, 1059).put(39, 4, 21_138_123).put(43, 4, 237_280_472);
    section.put(47, 1, 8).put(48, 4, 38_500_000).put(52, 4, 262_500_000);
    section.put(56, 4, 3_000_000).put(60, 4, 3_000_000).put(65, 1, 0x40);
    section.put(66, 4, 38_500_000).put(70, 4, 38_500_000);
    let grid = section.grid2();
    assert_eq!(grid.eccodes_name(), Some("lambert"));
    assert!(close(position(&grid, 0), (21.138_123, 237.280_472)));
    let nio = grid.nio();
    assert!(!nio.one_dimensional && nio.latitude.iter().any(|(name, _)| *name == "corners"));
    let mapping = grid.grid_mapping().unwrap();
    assert_eq!(mapping.axes.unwrap().units, "m");
    let (x, y) =
        (grid.mapping_x(Range::new(0, 2)).unwrap(), grid.mapping_y(Range::new(7, 2)).unwrap());
    assert!((x[1] - x[0] - 3000.0).abs() < 1e-6 && (y[1] - y[0] - 3000.0).abs() < 1e-6);
}

#[test]
fn mercator_grid_has_axes() {
    let mut section = Section::grib2(10, 72, 6);
    section.put(31, 4, 3).put(35, 4, 2).put(39, 4, 10_000_000).put(43, 4, 359_000_000);
    section.put(48, 4, 20_000_000).put(56, 4, 1_000_000).put(60, 1, 0x40);
    section.put(65, 4, 104_492_000).put(69, 4, 104_492_000);
    let Coordinates::Axes { latitude, longitude } = all(&section.grid2()) else { panic!("axes") };
    assert!((latitude[0] - 10.0).abs() < 1e-6 && latitude[1] > 10.0);
    assert!((longitude[2] - 361.0).abs() < 1e-3, "{longitude:?}");
}

#[test]
fn mercator_axes_end_at_the_last_point_though_steps_fall_short() {
    // The first and last points of a forecast for Puerto Rico, whose steps are 0.4 % too short.
    let mut section = Section::grib2(10, 72, 177 * 129);
    section.put(31, 4, 177).put(35, 4, 129).put(39, 4, 16_828_685).put(43, 4, 291_804_687);
    section.put(15, 1, 1).put(17, 4, 6_371_200).put(48, 4, 20_000_000);
    section.put(52, 4, 19_747_399).put(56, 4, 296_027_600);
    section.put(60, 1, 0x50).put(65, 4, 2_500_000).put(69, 4, 2_500_000);
    let grid = section.grid2();
    let Coordinates::Axes { latitude, longitude } = all(&grid) else { panic!("axes") };
    assert!((latitude[128] - 19.747_399).abs() < 1e-6, "{}", latitude[128]);
    assert!((latitude[69] - 18.408_171).abs() < 1e-5, "{}", latitude[69]);
    assert!((longitude[176] - 296.027_6).abs() < 1e-6, "{}", longitude[176]);
    // Points as ecCodes has them.
    assert!(close(position(&grid, 177 * 129 - 1), (19.736_145, 296.015_522)));
}

#[test]
fn a_part_has_the_coordinates_and_angles_it_has_in_the_whole() {
    let mut rotated =
        Section::latlon(7, 5, (10_000_000, 350_000_000), (-10_000_000, 20_000_000), 0);
    rotated.0.resize(84, 0);
    rotated.put(13, 2, 1).put(73, 4, -40_000_000).put(77, 4, 10_000_000).put(55, 1, 0x38);
    let mut lambert = Section::grib2(30, 81, 35);
    lambert.put(31, 4, 7).put(35, 4, 5).put(39, 4, 21_138_123).put(43, 4, 237_280_472);
    lambert.put(47, 1, 8).put(48, 4, 38_500_000).put(52, 4, 262_500_000);
    lambert.put(56, 4, 300_000_000).put(60, 4, 300_000_000).put(65, 1, 0x40);
    lambert.put(66, 4, 38_500_000).put(70, 4, 38_500_000);
    let part = [Range::strided(1, 2, 2), Range::strided(2, 3, 2)];
    let of_part = [9, 11, 13, 23, 25, 27];
    for grid in [rotated.grid2(), lambert.grid2()] {
        let (
            Coordinates::Plane { latitude, longitude },
            Coordinates::Plane { latitude: a, longitude: o },
        ) = (all(&grid), grid.coordinates(&part).unwrap())
        else {
            panic!("planes")
        };
        assert_eq!(
            (a, o),
            (of_part.map(|k| latitude[k]).to_vec(), of_part.map(|k| longitude[k]).to_vec())
        );
        let angles = grid.rotation(&grid.whole()).unwrap().unwrap();
        assert_eq!(grid.rotation(&part).unwrap().unwrap(), of_part.map(|k| angles[k]));
        assert!(grid.coordinates(&part[..1]).is_err());
    }
}

#[test]
fn spectral_fields_have_coefficients_and_no_positions() {
    let mut section = Section::grib1(50, 32);
    section.put(7, 2, 63).put(9, 2, 63).put(11, 2, 63);
    let grid = section.grid1();
    assert_eq!((grid.eccodes_name(), grid.truncation()), (Some("sh"), Some([63, 63, 63])));
    assert_eq!((grid.points(), grid.shape(), grid.nj()), (4160, vec![2, 64, 64], Some(0)));
    assert_eq!(grid.positions(&[0]).unwrap(), None);
}

#[test]
fn unstructured_points_are_a_list() {
    let section = Section::grib2(101, 35, 20);
    let grid = section.grid2();
    assert_eq!((grid.eccodes_name(), grid.shape()), (Some("unstructured_grid"), vec![20]));
}

#[test]
fn healpix_pixels_have_positions() {
    let mut section = Section::grib2(150, 42, 12);
    section.put(32, 4, 1).put(36, 4, 45_000_000);
    let grid = section.grid2();
    assert!(close(position(&grid, 0), (41.810_315, 45.0)));
    assert!(matches!(all(&grid), Coordinates::Points { .. }));
}

#[test]
fn icosahedral_grid_of_grib1_counts_its_diamonds() {
    let mut section = Section::grib1(192, 32);
    section.put(9, 2, 1).put(11, 3, 10).put(14, 3, 3).put(18, 4, 90_000);
    let grid = section.grid1();
    assert_eq!((grid.points(), grid.nj()), (160, Some(10)));
    let Coordinates::Points { latitude, .. } = all(&grid) else {
        panic!("triangles' vertices are points")
    };
    let poles = latitude.iter().filter(|latitude| latitude.abs() > 89.999).count();
    assert_eq!((latitude.len(), poles), (160, 10));
    assert!(grid.has_positions());
    let places = grid.positions(&[0, 159]).unwrap().unwrap();
    assert_eq!((places[0].0, places[1].0), (latitude[0], latitude[159]));
}

#[test]
fn list_of_points_has_the_positions_it_lists() {
    let mut section = Section::grib2(130, 30 + 16, 2);
    section
        .put(31, 4, 1_500_000)
        .put(35, 4, 2_500_000)
        .put(39, 4, -3_000_000)
        .put(43, 4, 4_000_000);
    let places = section.grid2().positions(&[0, 1, 2]).unwrap().unwrap();
    assert_eq!(places[..2], [(1.5, 2.5), (-3.0, 4.0)]);
    assert!(places[2].0.is_nan());
}

#[test]
fn claims_beyond_the_section_are_errors_before_any_allocation() {
    let mut section = Section::grib2(40, 72, u32::MAX);
    section.put(11, 1, 4).missing(31, 4).put(35, 4, 0x7fff_ffff).put(68, 4, 32);
    assert!(Grid::parse2(&section.0).is_err());
    let mut huge = Section::latlon(60_000, 60_000, (1, 1), (0, 0), 0);
    huge.put(7, 4, 3_600_000_000);
    let grid = huge.grid2();
    assert_eq!(grid.shape(), [60_000, 60_000]);
    assert!(grid.coordinates(&grid.whole()).is_ok(), "axes are short");
    huge.0.resize(84, 0);
    huge.put(13, 2, 1);
    let grid = huge.grid2();
    let error = grid.coordinates(&grid.whole()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn a_short_list_cannot_blow_up_into_a_huge_rectangle() {
    // One row of 65535 points and 3000 of one point.
    let mut section = Section::grib1(0, 32 + 2 * 3001);
    section.put(5, 1, 33).missing(7, 2).put(9, 2, 3001).put(21, 3, 359_000);
    section.missing(33, 2);
    for row in 1..3001 {
        section.put(33 + 2 * row, 2, 1);
    }
    let grid = section.grid1();
    let coded = vec![0.0f32; usize::try_from(grid.points()).unwrap()];
    let error = grid.present(coded, Interpolation::Linear, false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

/// Walks the points of a regular grid as flag table 3.4 tells to: row and column of each in turn.
fn walk(mode: u8, ni: usize, nj: usize) -> Vec<(usize, usize)> {
    let (lines, len) = if mode & 0x20 == 0 { (nj, ni) } else { (ni, nj) };
    let mut places = Vec::new();
    for line in 0..lines {
        for along in 0..len {
            let turned = mode & 0x10 != 0 && line % 2 == 1;
            let along = if turned { len - 1 - along } else { along };
            places.push(if mode & 0x20 == 0 { (line, along) } else { (along, line) });
        }
    }
    places
}

proptest! {
    #[test]
    fn values_are_presented_where_their_coordinates_are(
        mode in 0u8..16, ni in 2u32..12, nj in 2u32..12
    ) {
        let mode = mode << 4;
        let (south, north) = (10_000_000, 10_000_000 + 1_000_000 * (i64::from(nj) - 1));
        let (west, east) = (5_000_000, 5_000_000 + 2_000_000 * (i64::from(ni) - 1));
        let (la1, la2) = if mode & 0x40 == 0 { (north, south) } else { (south, north) };
        let (lo1, lo2) = if mode & 0x80 == 0 { (west, east) } else { (east, west) };
        let grid = Section::latlon(ni, nj, (la1, lo1), (la2, lo2), mode).grid2();
        let Coordinates::Axes { latitude, longitude } = all(&grid) else {
            return Err(TestCaseError::fail("axes"));
        };
        let value = |latitude: f64, longitude: f64| latitude * 1000.0 + longitude;
        let coded: Vec<f64> = walk(mode, ni as usize, nj as usize)
            .into_iter()
            .map(|(row, column)| {
                let up = if mode & 0x40 == 0 { nj as usize - 1 - row } else { row };
                let right = if mode & 0x80 == 0 { column } else { ni as usize - 1 - column };
                value(10.0 + up as f64, 5.0 + 2.0 * right as f64)
            })
            .collect();
        let shown = grid.present(coded.clone(), Interpolation::Linear, false).unwrap();
        for (row, latitude) in latitude.iter().enumerate() {
            for (column, longitude) in longitude.iter().enumerate() {
                let found = shown[row * ni as usize + column];
                prop_assert!((found - value(*latitude, *longitude)).abs() < 1e-6);
            }
        }
        if mode & 0x10 == 0 {
            let all: Vec<u64> = (0..grid.points()).collect();
            for (place, value_there) in grid.positions(&all).unwrap().unwrap().into_iter().zip(coded) {
                prop_assert!((value(place.0, place.1) - value_there).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn no_octets_make_a_grid_panic(
        mut octets in proptest::collection::vec(any::<u8>(), 0..200), template in 0usize..40
    ) {
        const TEMPLATES: [u16; 27] = [
            0, 1, 2, 3, 4, 5, 10, 12, 13, 20, 30, 31, 40, 41, 42, 43, 50, 90, 100, 101, 110, 120,
            130,
            140, 150, 1000, 32769,
        ];
        if let (Some(place), Some(template)) = (octets.get_mut(12..14), TEMPLATES.get(template)) {
            place.copy_from_slice(&template.to_be_bytes());
        }
        if let Some(source) = octets.get_mut(5) {
            *source = 0;
        }
        if let Ok(grid) = Grid::parse2(&octets) {
            use_all(&grid);
        }
        if let Some(kind) = octets.get_mut(5) {
            *kind = [0, 1, 3, 4, 5, 8, 10, 14, 20, 24, 30, 34, 50, 90, 192, 201, 202, 203, 205, 7]
                [template % 20];
        }
        if let Ok(grid) = Grid::parse1(Some(5), Some(&octets)) {
            use_all(&grid);
        }
    }
}

fn use_all(grid: &Grid) {
    let last = grid.points().saturating_sub(1);
    let known = grid.positions(&[0]);
    assert!(known.is_err() || known.is_ok_and(|known| known.is_some() == grid.has_positions()));
    let _ = grid.positions(&[0, last / 2, last, u64::MAX]);
    let _ = (grid.nio(), grid.shape(), grid.eccodes_name(), grid.native_rows().is_ok());
    let (columns, rows) = grid.columns_and_rows();
    if grid.points() < 10_000 && columns.saturating_mul(rows) < 10_000 {
        let _ =
            (grid.coordinates(&grid.whole()), grid.rotation(&grid.whole()), grid.grid_mapping());
        let coded = vec![1.0f32; grid.points() as usize];
        let _ = grid.present(coded, Interpolation::Cubic, false);
    }
}
