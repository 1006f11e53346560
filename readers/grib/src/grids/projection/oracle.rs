//! Positions of points of real grids, as ecCodes 2.50 gives them; grids named after who uses them.

use super::*;

const TOLERANCE: f64 = 2e-5;

/// A grid without scanning quirks: rows from the south, points from the west.
fn check(grid: &PlaneGrid, points: &[(u64, f64, f64)]) {
    for &(index, latitude, longitude) in points {
        let (lat, lon) = grid.position(index % grid.columns, index / grid.columns);
        let east = longitude_180(lon - longitude).abs();
        assert!(
            (lat - latitude).abs() < TOLERANCE && east < TOLERANCE,
            "{index}: {lat} {lon}, not {latitude} {longitude}"
        );
    }
}

fn sphere(radius: f64) -> Earth {
    Earth::Sphere { radius }
}

#[test]
fn lambert_tangent_cones_of_hirlam_and_hrrr() {
    let map = LambertConformal::new(Earth::WMO_SPHERE, [54.0; 2], 54.0, 3.0);
    let grid = PlaneGrid::from_first_point(map, (48.379, -5.002), (2500.0, 2500.0), (475, 475));
    check(
        &grid,
        &[
            (0, 48.379, 354.998),
            (45_124, 50.472_132, 11.385_989),
            (135_374, 54.711_029, 12.259_962),
            (225_624, 58.938_156, 13.335_853),
        ],
    );
    let map = LambertConformal::new(sphere(6_371_229.0), [38.5; 2], 38.5, 262.5);
    let first = (21.138_123, 237.280_472);
    let grid = PlaneGrid::from_first_point(map, first, (3000.0, 3000.0), (1799, 1059));
    check(
        &grid,
        &[
            (381_028, 28.660_182, 278.950_737),
            (1_143_084, 41.185_418, 256.043_009),
            (1_905_140, 47.842_195, 299.082_807),
        ],
    );
}

#[test]
fn lambert_secant_cone_of_japan() {
    let map = LambertConformal::new(sphere(6_371_000.0), [60.0, 30.0], 30.0, 140.0);
    let first = (44.130_086, 107.463_955);
    let grid = PlaneGrid::from_first_point(map, first, (5000.0, 5000.0), (721, 577));
    check(
        &grid,
        &[
            (83_203, 53.238_467, 124.483_532),
            (249_609, 61.344_891, 106.961_238),
            (416_016, 72.273_009, 171.543_884),
        ],
    );
}

#[test]
fn mercator_of_puerto_rico() {
    let map = Mercator::new(sphere(6_371_200.0), 20.0, 291.804_687);
    let first = (16.828_685, 291.804_687);
    let grid = PlaneGrid::from_first_point(map, first, (2500.0, 2500.0), (177, 129));
    check(
        &grid,
        &[
            (4566, 17.400_326, 295.178_14),
            (13_699, 18.583_574, 293.479_451),
            (22_832, 19.736_145, 296.015_522),
        ],
    );
}

#[test]
fn polar_stereographic_of_the_nested_grid_model() {
    let map = PolarStereographic::new(sphere(6_371_229.0), Pole::North, 60.0, 255.0);
    let steps = (190_500.0, 190_500.0);
    let grid = PlaneGrid::from_first_point(map, (7.647, 226.557), steps, (53, 45));
    check(
        &grid,
        &[
            (476, 15.208_866, 288.023_624),
            (1430, 32.754_198, 304.763_298),
            (2384, 44.288_441, 336.253_489),
        ],
    );
}

#[test]
fn lambert_azimuthal_on_the_ellipsoid() {
    let earth = Earth::from_code(5, None, None, None).unwrap();
    let map = LambertAzimuthal::new(earth, 33.5, 243.0);
    let first = (33.891_819, 242.358_349);
    let grid = PlaneGrid::from_first_point(map, first, (60.021, 60.021), (20, 20));
    check(
        &grid,
        &[
            (79, 33.893_505, 242.370_665),
            (239, 33.897_834, 242.370_634),
            (399, 33.902_163, 242.370_602),
        ],
    );
}

#[test]
fn space_view_of_a_simulated_satellite_image() {
    let earth = Earth::Ellipsoid { major: 6_378_168.8, minor: 6_356_584.0 };
    let grid = SpaceView::new(earth, 0.0, 0.0, 6.610_674).image(&Image {
        columns: 390,
        rows: 227,
        diameter: (3622.0, 3610.0),
        centre: (1856.0, 1856.0),
        origin: (1733.0, 3320.0),
        scanning_mode: 192,
    });
    check(
        &grid,
        &[
            (0, 61.954_201, 343.053_217),
            (17_705, 57.992_835, 353.883_416),
            (53_117, 52.239_84, 351.078_62),
            (88_529, 47.381_109, 5.177_337),
        ],
    );
}

#[test]
fn rotated_latitudes_of_canada_and_germany() {
    let map = RotatedPole::new(-36.088_52, 245.305_142, 0.0);
    let grid = PlaneGrid {
        map: map.into(),
        x0: 345.178_78,
        y0: -12.302_501,
        dx: 0.0225,
        dy: 0.0225,
        columns: 2540,
        rows: 1290,
    };
    check(
        &grid,
        &[
            (0, 39.626_032, -133.629_52),
            (655_319, 31.795_688, -62.805_924),
            (3_276_599, 47.876_456, -40.708_56),
        ],
    );
    let map = RotatedPole::new(-40.0, 10.0, 0.0);
    let (latitude, longitude) = map.inverse(5.498_184, -4.996_185);
    assert!(
        (latitude - 44.720_008).abs() < TOLERANCE && (longitude - 17.719_998).abs() < TOLERANCE
    );
}

/// Rotations that NIO gives: its `gridrot` and `g3_rot` variables.
#[test]
fn vectors_turn_as_nio_turns_them() {
    let hrrr = LambertConformal::new(sphere(6_371_229.0), [38.5; 2], 38.5, 262.5);
    let hirlam = LambertConformal::new(Earth::WMO_SPHERE, [54.0; 2], 54.0, 3.0);
    let ngm = PolarStereographic::new(sphere(6_371_229.0), Pole::North, 60.0, 255.0);
    let cases: [(&dyn Projection, f64, f64, f64); 4] = [
        (&hrrr, 21.138_123, -122.719_528, -0.274_008_393),
        (&hrrr, 47.842_195, -60.917_194, 0.397_469_610),
        (&hirlam, 48.379, -5.002, -0.112_988_323),
        (&ngm, 7.647, -133.442_993, -0.496_423_870),
    ];
    for (map, latitude, longitude, rotation) in cases {
        assert!((map.vector_rotation(latitude, longitude) - rotation).abs() < 1e-6);
    }
}

/// Messages made for this: steps of some 100 km, 31 columns, southern hemisphere.
#[test]
fn southern_cones_and_planes() {
    let earth = sphere(6_371_229.0);
    let lambert = LambertConformal::new(earth, [-30.0, -60.0], -45.0, 20.0);
    check(
        &PlaneGrid::from_first_point(lambert, (-60.0, 350.0), (100e3, 120e3), (31, 21)),
        &[
            (30, -60.789_294, 45.584_366),
            (333, -51.463_082, 29.999_767),
            (650, -39.377_97, 36.535_621),
        ],
    );
    let first = (-45.0, 300.0);
    let south = PolarStereographic::new(earth, Pole::South, -71.0, 30.0);
    check(
        &PlaneGrid::from_first_point(south, first, (250e3, 240e3), (31, 21)),
        &[(30, -68.389_815, 120.0), (333, -67.392_187, 44.388_017), (650, -43.298_471, 56.236_385)],
    );
    let tangent = PolarStereographic::new(earth, Pole::South, -90.0, 30.0);
    check(
        &PlaneGrid::from_first_point(tangent, first, (250e3, 240e3), (31, 21)),
        &[(333, -68.268_136, 41.123_901), (650, -44.913_94, 54.839_232)],
    );
    let azimuthal = LambertAzimuthal::new(earth, -52.0, 10.0);
    check(
        &PlaneGrid::from_first_point(azimuthal, (-60.0, 340.0), (100e3, 120e3), (31, 21)),
        &[
            (30, -60.796_18, 36.183_096),
            (333, -51.922_389, 20.047_082),
            (650, -40.180_962, 26.376_867),
        ],
    );
}
