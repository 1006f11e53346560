//! Every projection, there and back, at random; and Snyder's numerical examples.

use proptest::prelude::*;

use super::*;

const SPHERE: Earth = Earth::Sphere { radius: 6_371_229.0 };
const CLARKE_1866: Earth = Earth::Ellipsoid { major: 6_378_206.4, minor: 6_356_583.8 };
const INTERNATIONAL: Earth = Earth::Ellipsoid { major: 6_378_388.0, minor: 6_356_911.946 };

fn near(found: (f64, f64), expected: (f64, f64), tolerance: f64) {
    let close = |a: f64, b: f64| (a - b).abs() <= tolerance;
    let is_near = close(found.0, expected.0) && close(found.1, expected.1);
    assert!(is_near, "{found:?} is not {expected:?}");
}

/// Snyder's numerical examples, pages 266 to 337, to the digits he prints.
mod snyder {
    use super::*;

    /// Page 266: the sphere of radius 1, 35 N, 75 W, central meridian 180.
    #[test]
    fn mercator_of_the_sphere() {
        let map = Mercator::new(Earth::Sphere { radius: 1.0 }, 0.0, -180.0);
        near(map.forward(35.0, -75.0), (1.832_595_7, 0.652_836_6), 1e-7);
    }

    /// Page 267.
    #[test]
    fn mercator_of_the_ellipsoid() {
        let map = Mercator::new(CLARKE_1866, 0.0, -180.0);
        near(map.forward(35.0, -75.0), (11_688_673.7, 4_139_145.6), 0.1);
    }

    /// Page 295: parallels 33 and 45, origin 23 N 96 W, the point 35 N 75 W.
    #[test]
    fn lambert_conformal_of_the_sphere() {
        let map = LambertConformal::new(Earth::Sphere { radius: 1.0 }, [33.0, 45.0], 23.0, -96.0);
        near(map.forward(35.0, -75.0), (0.296_678_5, 0.246_211_2), 1e-7);
    }

    /// Page 296.
    #[test]
    fn lambert_conformal_of_the_ellipsoid() {
        let map = LambertConformal::new(CLARKE_1866, [33.0, 45.0], 23.0, -96.0);
        near(map.forward(35.0, -75.0), (1_894_410.9, 1_564_649.5), 0.1);
    }

    /// Page 291: parallels 29.5 and 45.5.
    #[test]
    fn albers_of_the_sphere() {
        let map = Albers::new(Earth::Sphere { radius: 1.0 }, [29.5, 45.5], 23.0, -96.0);
        near(map.forward(35.0, -75.0), (0.295_272_0, 0.241_677_4), 1e-7);
    }

    /// Page 292.
    #[test]
    fn albers_of_the_ellipsoid() {
        let map = Albers::new(CLARKE_1866, [29.5, 45.5], 23.0, -96.0);
        near(map.forward(35.0, -75.0), (1_885_472.7, 1_535_925.0), 0.1);
    }

    /// Page 315: south pole, true at 71 S, 100 W parallel to y, the point 75 S 150 E.
    #[test]
    fn polar_stereographic_of_the_ellipsoid() {
        let map = PolarStereographic::new(INTERNATIONAL, Pole::South, -71.0, -100.0);
        near(map.forward(-75.0, 150.0), (-1_540_033.6, -560_526.4), 0.1);
    }

    /// Page 332: sphere of radius 3, centre 40 N 100 W, the point 20 S 100 E.
    #[test]
    fn lambert_azimuthal_of_the_sphere() {
        let map = LambertAzimuthal::new(Earth::Sphere { radius: 3.0 }, 40.0, -100.0);
        near(map.forward(-20.0, 100.0), (-4.233_930_3, 4.025_777_5), 1e-6);
    }

    /// Page 333: centre 40 N 100 W, the point 30 N 110 W.
    #[test]
    fn lambert_azimuthal_of_the_ellipsoid() {
        let map = LambertAzimuthal::new(CLARKE_1866, 40.0, -100.0);
        near(map.forward(30.0, -110.0), (-965_932.1, -1_056_814.9), 0.1);
    }

    /// Page 337: sphere of radius 3, centre 40 N 100 W, the point 20 S 100 E.
    #[test]
    fn azimuthal_equidistant_of_the_sphere() {
        let map = AzimuthalEquidistant::new(Earth::Sphere { radius: 3.0 }, 40.0, -100.0);
        near(map.forward(-20.0, 100.0), (-5.831_139_8, 5.544_463_4), 1e-6);
    }

    /// Page 269: UTM of Clarke 1866, the point 40.5 N 73.5 W from 75 W, scale 0.9996.
    #[test]
    fn transverse_mercator_of_the_ellipsoid() {
        let map = TransverseMercator::new(
            CLARKE_1866,
            Reference {
                latitude: 0.0,
                longitude: -75.0,
                scale: 0.9996,
                false_easting: 0.0,
                false_northing: 0.0,
            },
        );
        near(map.forward(40.5, -73.5), (127_106.5, 4_484_124.4), 0.1);
    }
}

/// Corners of images and of the earth.
#[test]
fn the_camera_sees_its_own_point_in_the_middle_and_nothing_behind_the_horizon() {
    let map = SpaceView::new(Earth::from_code(5, None, None, None).unwrap(), 0.0, 9.5, 6.610_71);
    near(map.inverse(0.0, 0.0), (0.0, 9.5), 1e-9);
    assert!(map.inverse(0.2, 0.0).0.is_nan());
    assert!(map.forward(0.0, 180.0).0.is_nan());
    let (x, y) = map.forward(10.0, 20.0);
    assert!(x > 0.0 && y > 0.0);
}

#[test]
fn nothing_absurd_panics() {
    let absurd = [f64::NAN, f64::INFINITY, -0.0, 90.0, -90.0, 1e300, -1e-300, 45.0];
    let earths = [
        Earth::Sphere { radius: 0.0 },
        Earth::Sphere { radius: f64::NAN },
        Earth::Ellipsoid { major: 1.0, minor: 2.0 },
        Earth::Ellipsoid { major: 0.0, minor: 0.0 },
        SPHERE,
    ];
    for earth in earths {
        for a in absurd {
            for b in absurd {
                let reference = Reference {
                    latitude: a,
                    longitude: b,
                    scale: b,
                    false_easting: a,
                    false_northing: b,
                };
                let maps: [Map; 10] = [
                    Mercator::new(earth, a, b).into(),
                    LambertConformal::new(earth, [a, b], a, b).into(),
                    Albers::new(earth, [a, b], b, a).into(),
                    PolarStereographic::new(earth, Pole::South, a, b).into(),
                    LambertAzimuthal::new(earth, a, b).into(),
                    AzimuthalEquidistant::new(earth, a, b).into(),
                    TransverseMercator::new(earth, reference).into(),
                    SpaceView::new(earth, a, b, a).into(),
                    SpaceView::new(earth, a, b, 6.6).into(),
                    RotatedPole::new(a, b, a).into(),
                ];
                for map in maps {
                    for x in absurd {
                        let (lat, lon) = map.inverse(x, b);
                        assert_eq!(lat.is_nan(), lon.is_nan(), "{map:?}");
                        map.forward(x, b);
                        map.vector_rotation(a, x);
                    }
                    map.grid_mapping();
                }
            }
        }
    }
}

fn earths() -> impl Strategy<Value = Earth> {
    prop_oneof![
        (1.0e6..1.0e7).prop_map(|radius| Earth::Sphere { radius }),
        Just(CLARKE_1866),
        Just(Earth::IAU_1965),
        (6.0e6..7.0e6, 0.98..1.0)
            .prop_map(|(major, ratio)| Earth::Ellipsoid { major, minor: major * ratio }),
    ]
}

/// Forward and inverse lead back to the same place, and the rotation is that of the meridian.
fn leads_back(map: &Map, latitude: f64, longitude: f64) -> Result<(), TestCaseError> {
    let (x, y) = map.forward(latitude, longitude);
    let (lat, lon) = map.inverse(x, y);
    let east = longitude_180(lon - longitude) * latitude.to_radians().cos();
    prop_assert!((lat - latitude).abs() < 1e-7, "{map:?}: {lat} from {latitude}");
    prop_assert!(east.abs() < 1e-7, "{map:?}: {lon} from {longitude}");
    Ok(())
}

/// The rotation is the angle of the meridian on the map.
fn turns_with_the_meridian(map: &Map, latitude: f64, longitude: f64) -> Result<(), TestCaseError> {
    let (x0, y0) = map.forward(latitude - 5e-5, longitude);
    let (x1, y1) = map.forward(latitude + 5e-5, longitude);
    let expected = (x0 - x1).atan2(y1 - y0);
    let difference = map.vector_rotation(latitude, longitude) - expected;
    prop_assert!(difference.sin().abs() < 1e-5 && difference.cos() > 0.0, "{map:?}: {difference}");
    Ok(())
}

proptest! {
    #[test]
    fn cylinders_and_cones_lead_back(
        earth in earths(),
        first in 5.0..80.0f64,
        second in 5.0..80.0f64,
        is_south: bool,
        central in -180.0..360.0f64,
        latitude in -80.0..80.0f64,
        east in -179.0..179.0f64,
    ) {
        let side = if is_south { -1.0 } else { 1.0 };
        let parallels = [side * first, side * second];
        let longitude = central + east;
        let maps: [Map; 3] = [
            Mercator::new(earth, first, central).into(),
            LambertConformal::new(earth, parallels, first, central).into(),
            LambertConformal::new(earth, [side * first; 2], first, central).into(),
        ];
        for map in &maps {
            leads_back(map, latitude, longitude)?;
            turns_with_the_meridian(map, latitude, longitude)?;
        }
        let albers = Albers::new(earth, parallels, side * second, central).into();
        // Towards the other pole the map of equal area ends.
        let latitude = side * (latitude + 80.0) / 2.0;
        leads_back(&albers, latitude, longitude)?;
        turns_with_the_meridian(&albers, latitude, longitude)?;
    }

    #[test]
    fn azimuthal_maps_lead_back(
        earth in earths(),
        centre_latitude in -90.0..90.0f64,
        centre_longitude in -180.0..360.0f64,
        latitude in -85.0..85.0f64,
        east in -89.0..89.0f64,
    ) {
        let longitude = centre_longitude + east;
        let maps: [Map; 5] = [
            LambertAzimuthal::new(earth, centre_latitude, centre_longitude).into(),
            AzimuthalEquidistant::new(earth, centre_latitude, centre_longitude).into(),
            PolarStereographic::new(earth, Pole::North, 60.0, centre_longitude).into(),
            PolarStereographic::new(earth, Pole::South, centre_latitude, centre_longitude).into(),
            RotatedPole::new(centre_latitude, centre_longitude, east).into(),
        ];
        for map in &maps {
            leads_back(map, latitude, longitude)?;
        }
        for map in &maps[2..4] {
            turns_with_the_meridian(map, latitude, longitude)?;
        }
    }

    #[test]
    fn transverse_mercator_leads_back(
        earth in prop_oneof![Just(CLARKE_1866), Just(Earth::IAU_1965), Just(SPHERE)],
        reference in -80.0..80.0f64,
        central in -180.0..360.0f64,
        latitude in -85.0..85.0f64,
        east in -35.0..35.0f64,
    ) {
        let map = TransverseMercator::new(earth, Reference {
            latitude: reference,
            longitude: central,
            scale: 0.9996,
            false_easting: 4e5,
            false_northing: -1e5,
        }).into();
        leads_back(&map, latitude, central + east)?;
    }

    #[test]
    fn the_visible_disc_leads_back(
        earth in prop_oneof![Just(CLARKE_1866), Just(Earth::IAU_1965), Just(SPHERE)],
        below in -10.0..10.0f64,
        longitude in -180.0..360.0f64,
        latitude in -60.0..60.0f64,
        east in -50.0..50.0f64,
    ) {
        let map = SpaceView::new(earth, below, longitude, 6.6107).into();
        leads_back(&map, latitude, longitude + east)?;
    }

    /// Directions, not lengths: a degree of rotated longitude is shorter than one of latitude.
    #[test]
    fn a_rotated_grid_turns_with_its_meridian(
        pole_latitude in -90.0..90.0f64,
        pole_longitude in -180.0..360.0f64,
        angle in -180.0..180.0f64,
        latitude in -85.0..85.0f64,
        longitude in -180.0..360.0f64,
    ) {
        let map = RotatedPole::new(pole_latitude, pole_longitude, angle);
        let (x, y) = map.forward(latitude, longitude);
        prop_assume!(y.abs() < 89.0);
        let (x0, y0) = map.forward(latitude - 5e-5, longitude);
        let (x1, y1) = map.forward(latitude + 5e-5, longitude);
        let expected = (longitude_180(x0 - x1) * y.to_radians().cos()).atan2(y1 - y0);
        let difference = map.vector_rotation(latitude, longitude) - expected;
        prop_assert!(difference.sin().abs() < 1e-4 && difference.cos() > 0.0, "{x} {y} {difference}");
    }
}
