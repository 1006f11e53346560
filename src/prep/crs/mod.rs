//! Coordinate reference systems: from the coordinates of a projection to longitude and latitude
//! and back.
//!
//! A system is told by a definition as PROJ writes it (`+proj=stere +lat_0=90 …`). What is
//! evaluated by `proj4rs` keeps to its formulas (Snyder, "Map Projections: A Working Manual",
//! USGS Professional Paper 1395); the rotated pole is here. Ellipsoids count, datums do not:
//! shifts of some hundred metres at most cannot be seen on a map of data.
//!
//! A point costs some hundred nanoseconds.

mod definition;
mod rotated_pole;

use std::fmt;
use std::sync::Arc;

use proj4rs::Proj;
use proj4rs::transform::transform;

use self::definition::Definition;
use self::rotated_pole::RotatedPole;

/// A system that can be evaluated both ways. Cheap to clone; equal where the definitions are.
#[derive(Clone)]
pub struct Crs(Arc<Known>);

struct Known {
    definition: String,
    kind: Kind,
}

enum Kind {
    /// `x` and `y` are longitude and latitude.
    Geographic,
    Rotated(RotatedPole),
    Projected {
        plane: Box<Proj>,
        globe: Box<Proj>,
        hides_far_side: bool,
    },
}

/// How far a point of the plane may come back from where it was, of the radius of the Earth:
/// those on the far side of the globe come back from the near one.
const FAR_SIDE: f64 = 1e-6;

impl Crs {
    /// # Errors
    /// Which part of the definition is not understood.
    pub fn from_proj(text: &str) -> Result<Self, String> {
        let definition = Definition::parse(text)?;
        let kind = match definition.get("proj") {
            Some("longlat" | "latlong" | "lonlat" | "latlon") => Kind::Geographic,
            Some("ob_tran") => Kind::Rotated(RotatedPole::of(&definition)?),
            Some(name) => {
                let hides_far_side = matches!(name, "geos" | "ortho" | "tpers" | "nsper" | "gnom");
                let proj = |text: &str| {
                    Proj::from_proj_string(text).map_err(|error| format!("{text}: {error}"))
                };
                let plane = Box::new(proj(&definition.text())?);
                if !plane.has_inverse() || !plane.has_forward() {
                    return Err(format!("the projection {name} does not go both ways"));
                }
                let globe = Box::new(proj(&definition.globe())?);
                Kind::Projected { plane, globe, hides_far_side }
            }
            None => return Err("no +proj".into()),
        };
        Ok(Self(Arc::new(Known { definition: definition.text(), kind })))
    }

    /// As PROJ writes it; without what does not count here.
    pub fn proj(&self) -> &str {
        &self.0.definition
    }

    /// Longitude (-180 to 180) and latitude in degrees of a point in the units of the definition;
    /// degrees where the pole is rotated. `None` where there is no Earth.
    pub fn lon_lat(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (lon, lat) = match &self.0.kind {
            Kind::Geographic => (x, y),
            Kind::Rotated(pole) => pole.lon_lat(x, y),
            Kind::Projected { plane, globe, .. } => {
                let (lon, lat) = through(plane, globe, (x, y))?;
                (lon.to_degrees(), lat.to_degrees())
            }
        };
        let is_on_earth = lon.is_finite() && lat.abs() <= 90.0 + 1e-9;
        is_on_earth.then(|| (wrapped(lon, 0.0), lat.clamp(-90.0, 90.0)))
    }

    /// The way back. `None` where the plane does not show the point, as the far side of the Earth
    /// is not seen from a satellite.
    pub fn xy(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        if !lon.is_finite() || lat.is_nan() || lat.abs() > 90.0 {
            return None;
        }
        match &self.0.kind {
            Kind::Geographic => Some((lon, lat)),
            Kind::Rotated(pole) => Some(pole.xy(lon, lat)),
            Kind::Projected { plane, globe, hides_far_side } => {
                let angles = (wrapped(lon, 0.0).to_radians(), lat.to_radians());
                let at = through(globe, plane, angles)?;
                if *hides_far_side {
                    let back = through(plane, globe, at)?;
                    if apart(angles, back) > FAR_SIDE {
                        return None;
                    }
                }
                Some(at)
            }
        }
    }
}

/// The square of the chord between two points of the unit sphere; angles in radians.
fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    let unit = |(lon, lat): (f64, f64)| {
        let ((sin, cos), (up, out)) = (lon.sin_cos(), lat.sin_cos());
        [out * cos, out * sin, up]
    };
    unit(a).iter().zip(unit(b)).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn through(from: &Proj, to: &Proj, mut point: (f64, f64)) -> Option<(f64, f64)> {
    if !point.0.is_finite() || !point.1.is_finite() {
        return None;
    }
    transform(from, to, &mut point).ok()?;
    (point.0.is_finite() && point.1.is_finite()).then_some(point)
}

/// An angle in degrees turned to within 180 of `center`.
fn wrapped(angle: f64, center: f64) -> f64 {
    let off = angle - center;
    if (-180.0..=180.0).contains(&off) {
        angle
    } else {
        center + (off + 180.0).rem_euclid(360.0) - 180.0
    }
}

impl PartialEq for Crs {
    fn eq(&self, other: &Self) -> bool {
        self.0.definition == other.0.definition
    }
}

impl fmt::Debug for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crs({})", self.0.definition)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(definition: &str, (x, y): (f64, f64), (lon, lat): (f64, f64), tolerance: f64) {
        let crs = Crs::from_proj(definition).unwrap();
        let (found_lon, found_lat) = crs.lon_lat(x, y).unwrap();
        let off = (found_lon - lon).abs().max((found_lat - lat).abs());
        assert!(off <= tolerance, "{definition}: {found_lon}, {found_lat}");
        let (back_x, back_y) = crs.xy(lon, lat).unwrap();
        let scale = (1e-5 + tolerance / 50.0) * (1.0 + x.abs() + y.abs());
        assert!((back_x - x).abs() <= scale && (back_y - y).abs() <= scale, "{back_x}, {back_y}");
    }

    #[test]
    fn known_places_lie_where_the_textbook_says() {
        // Snyder, PP 1395, numerical examples (Clarke 1866): pages 296, 291, 274 and 269.
        let clarke = "+a=6378206.4 +es=0.00676866";
        let lcc = format!("+proj=lcc +lat_1=33 +lat_2=45 +lat_0=23 +lon_0=-96 {clarke}");
        check(&lcc, (1_894_410.9, 1_564_649.5), (-75.0, 35.0), 1e-6);
        let aea = format!("+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 {clarke}");
        check(&aea, (1_885_472.7, 1_535_925.0), (-75.0, 35.0), 1e-6);
        let tmerc = format!("+proj=tmerc +lat_0=0 +lon_0=-75 +k_0=0.9996 {clarke}");
        check(&tmerc, (127_106.5, 4_484_124.4), (-73.5, 40.5), 1e-6);
        let merc = format!("+proj=merc +lon_0=-180 {clarke}");
        check(&merc, (11_688_673.7, 4_139_145.6), (-75.0, 35.0), 1e-6);
    }

    #[test]
    fn the_corner_of_the_sea_ice_grid_is_where_its_guide_says() {
        // NSIDC, polar stereographic north, upper left: 30.98 N, 168.35 E.
        let ice = "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +a=6378273 +rf=298.279411123061";
        check(ice, (-3_850_000.0, 5_850_000.0), (168.35, 30.98), 0.01);
    }

    #[test]
    fn a_scan_angle_of_goes_is_where_the_product_guide_says() {
        // GOES-R Product Definition and Users' Guide, volume 5, 4.2.8: 33.846162, -84.690932.
        let h = 35_786_023.0;
        let goes = format!(
            "+proj=geos +h={h} +lon_0=-75 +sweep=x +a=6378137 +b=6356752.31414 +to_meter={h}"
        );
        check(&goes, (-0.024052, 0.095340), (-84.690_932, 33.846_162), 1e-5);
        let crs = Crs::from_proj(&goes).unwrap();
        // Into space, and the far side.
        assert_eq!(crs.lon_lat(0.16, 0.0), None);
        assert_eq!(crs.xy(105.0, 0.0), None);
        let sphere = Crs::from_proj(&format!("+proj=geos +h={h} +lon_0=0 +R=6371000")).unwrap();
        assert_eq!(sphere.xy(180.0, 0.0), None);
        assert!(sphere.xy(60.0, 10.0).is_some());
    }

    #[test]
    fn a_rotated_grid_has_its_origin_opposite_its_pole() {
        let cosmo = "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18";
        check(cosmo, (0.0, 0.0), (18.0, 50.75), 1e-9);
        check(cosmo, (0.0, 39.25), (18.0, 90.0), 1e-6);
        // East is where the longitudes rise.
        let crs = Crs::from_proj(cosmo).unwrap();
        assert!(crs.lon_lat(1.0, 0.0).unwrap().0 > 18.0);
        let wrapped = Crs::from_proj(&format!("{cosmo} +lon_wrap=355")).unwrap();
        assert!((wrapped.xy(17.0, 50.75).unwrap().0 - 359.37).abs() < 0.01);
    }

    #[test]
    fn definitions_that_make_no_sense_are_refused() {
        for text in [
            "",
            "+proj",
            "+proj=nothing",
            "+lat_0=3",
            "+proj=geos +lon_0=0",
            "+proj=merc +lon_0=nan",
            "+proj=lcc +lat_1=30 +lat_2=-30",
            "+proj=ob_tran +o_proj=moll +o_lat_p=3",
            "+proj=merc +R=-5",
        ] {
            assert!(Crs::from_proj(text).is_err(), "{text}");
        }
    }

    const DEFINITIONS: [&str; 19] = [
        "+proj=lcc +lat_1=25 +lat_2=60 +lat_0=40 +lon_0=10 +ellps=WGS84",
        "+proj=lcc +lat_1=30 +lat_0=30 +lon_0=140 +R=6371229",
        "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +a=6378273 +b=6356889.449",
        "+proj=stere +lat_0=52 +lon_0=19 +R=6371229",
        "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=37.5 +lon_0=10 +ellps=GRS80",
        "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80",
        "+proj=laea +lat_0=90 +lon_0=0 +R=6371228",
        "+proj=aeqd +lat_0=50 +lon_0=10 +R=6371000",
        "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy",
        "+proj=utm +zone=32 +ellps=WGS84",
        "+proj=merc +lon_0=0 +lat_ts=20 +ellps=WGS84",
        "+proj=cea +lon_0=0 +lat_ts=30 +ellps=WGS84",
        "+proj=sinu +lon_0=0 +R=6371007.181",
        "+proj=ortho +lat_0=40 +lon_0=10 +R=6371000",
        "+proj=geos +h=35785831 +lon_0=9.5 +sweep=y +ellps=WGS84",
        "+proj=tpers +h=35785831 +lat_0=0 +lon_0=10 +R=6371000",
        "+proj=omerc +lat_0=40 +lonc=10 +alpha=45 +k_0=1 +gamma=45 +ellps=WGS84",
        "+proj=eqc +lat_ts=20 +lon_0=5 +R=6371000",
        "+proj=ob_tran +o_proj=longlat +o_lat_p=37.5 +o_lon_p=10 +lon_0=357.5",
    ];

    proptest! {
        #[test]
        fn every_projection_comes_back(
            which in 0..DEFINITIONS.len(),
            lon in -25.0f64..45.0,
            lat in 10.0f64..70.0,
        ) {
            let crs = Crs::from_proj(DEFINITIONS[which]).unwrap();
            let offset = if DEFINITIONS[which].contains("lon_0=140") { 130.0 } else { 0.0 };
            let (x, y) = crs.xy(lon + offset, lat).unwrap();
            let (back_lon, back_lat) = crs.lon_lat(x, y).unwrap();
            prop_assert!((back_lat - lat).abs() < 1e-6, "{}: {lat} {back_lat}", crs.proj());
            let off = wrapped(back_lon - lon - offset, 0.0).abs();
            prop_assert!(off < 1e-6, "{}: {lon} {back_lon}", crs.proj());
        }

        #[test]
        fn no_point_is_too_far_away(
            which in 0..DEFINITIONS.len(),
            a in prop::num::f64::ANY,
            b in prop::num::f64::ANY,
        ) {
            let crs = Crs::from_proj(DEFINITIONS[which]).unwrap();
            let _ = crs.xy(a, b);
            if let Some((lon, lat)) = crs.lon_lat(a, b) {
                prop_assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0);
            }
        }

        #[test]
        fn no_definition_makes_it_panic(
            proj in "(lcc|stere|aea|utm|geos|omerc|merc|tmerc|ob_tran|cea|krovak|somerc)",
            parts in prop::collection::vec(
                (
                    "(lat_0|lon_0|lat_1|lat_2|lat_ts|h|zone|R|a|b|rf|k_0|to_meter|alpha|o_lat_p|es)",
                    prop::num::f64::ANY,
                ),
                0..6,
            ),
        ) {
            let parts: Vec<String> =
                parts.iter().map(|(name, value)| format!("+{name}={value}")).collect();
            let text = format!("+proj={proj} {} +o_proj=longlat", parts.join(" "));
            if let Ok(crs) = Crs::from_proj(&text) {
                let _ = (crs.lon_lat(1e5, -2e6), crs.xy(3.0, 88.0), crs.xy(-170.0, -90.0));
            }
        }
    }
}
