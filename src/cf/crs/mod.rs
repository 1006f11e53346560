//! The coordinate reference system of a variable, as a definition in the words of PROJ.
//!
//! In this order: the attributes of the grid mapping (CF 5.6, appendix F), a text in WKT
//! (`crs_wkt`, GDAL's `spatial_ref`), a PROJ definition (`proj4` and its other names), an EPSG
//! code of a common kind. Nothing here evaluates a projection.

mod epsg;
mod grid_mapping;
mod wkt;

use hyperslab_core::Variable;

use super::{attributes, units};

pub use wkt::find as wkt_in;

/// What the coordinates along the axes are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coordinates {
    /// Longitude and latitude themselves.
    Geographic,
    /// Longitude and latitude about another pole.
    Rotated,
    /// Lengths on a plane, or angles seen from so many metres above the Earth.
    Plane { height_m: Option<f64> },
}

/// A system without the unit of its axes.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    /// Lengths in metres, unless the text says otherwise.
    pub proj: String,
    pub coordinates: Coordinates,
}

const WKT: [&str; 5] = ["crs_wkt", "spatial_ref", "esri_pe_string", "wkt", "WKT"];
const PROJ: [&str; 7] =
    ["proj4", "proj4text", "proj4_string", "proj4_params", "proj4_parameters", "projdef", "proj"];
const EPSG: [&str; 4] = ["epsg_code", "EPSG_code", "epsg", "EPSG"];

/// `unit_m` is how many metres one of the axes' own units has: false eastings are in those.
pub(super) fn of_grid_mapping(mapping: &Variable, unit_m: f64) -> Option<System> {
    let text = |names: &[&str]| attributes::first_text(mapping, names);
    grid_mapping::system(mapping, unit_m)
        .or_else(|| of_text(&text(&WKT)?))
        .or_else(|| of_text(&text(&PROJ)?))
        .or_else(|| {
            let number = attributes::number(mapping, EPSG[0])
                .or_else(|| EPSG.iter().find_map(|name| attributes::number(mapping, name)));
            match number {
                Some(code) => epsg::system(code as u32),
                None => of_text(&text(&EPSG)?),
            }
        })
}

/// WKT, a PROJ definition or an EPSG code.
pub fn of_text(text: &str) -> Option<System> {
    let text = text.trim();
    if let Some((_, code)) = text.split_once("EPSG:").filter(|(before, _)| before.len() < 24) {
        let digits = code.trim_start_matches([':', ' ']);
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next()?;
        return epsg::system(digits.parse().ok()?);
    }
    if text.contains("+proj=") || text.contains("+init=") {
        return Some(of_proj(text));
    }
    if let Ok(code) = text.parse() {
        return epsg::system(code);
    }
    wkt::system(text)
}

/// Whoever evaluates it says whether it makes sense.
fn of_proj(text: &str) -> System {
    let value = |name: &str| {
        let mut parts = text.split_ascii_whitespace().map(|part| part.trim_start_matches('+'));
        parts.find_map(|part| part.split_once('=').filter(|(n, _)| *n == name).map(|(_, v)| v))
    };
    let coordinates = match value("proj") {
        Some("longlat" | "latlong" | "lonlat" | "latlon") => Coordinates::Geographic,
        Some("ob_tran") => Coordinates::Rotated,
        _ => Coordinates::Plane { height_m: value("h").and_then(|h| h.parse().ok()) },
    };
    System { proj: text.to_owned(), coordinates }
}

impl System {
    fn plane(proj: String) -> Self {
        Self { proj, coordinates: Coordinates::Plane { height_m: None } }
    }

    /// The definition for axes with these units; as it is where they have none.
    pub(super) fn with_units(&self, units: Option<&str>) -> String {
        let Coordinates::Plane { height_m } = self.coordinates else { return self.proj.clone() };
        let factor = units.and_then(|units| match (length_m(units), units::radians(units)) {
            (Some(metres), _) => Some(metres),
            (None, Some(radians)) => height_m.map(|height| height * radians),
            _ => None,
        });
        match factor {
            Some(1.0) if !self.has_unit() => self.proj.clone(),
            Some(factor) => {
                let is_unit = |part: &&str| {
                    let part = part.trim_start_matches('+');
                    part.starts_with("units=") || part.starts_with("to_meter=")
                };
                let parts = self.proj.split_ascii_whitespace().filter(|part| !is_unit(part));
                let parts: Vec<&str> = parts.collect();
                format!("{} +to_meter={factor}", parts.join(" "))
            }
            None => self.proj.clone(),
        }
    }

    fn has_unit(&self) -> bool {
        self.proj.contains("+units=") || self.proj.contains("+to_meter=")
    }
}

/// How many metres there are in a unit of length.
pub(super) fn length_m(units: &str) -> Option<f64> {
    Some(match units.trim().to_ascii_lowercase().as_str() {
        "m" | "meter" | "meters" | "metre" | "metres" => 1.0,
        "km" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => 1000.0,
        "cm" => 0.01,
        "100 km" => 100_000.0,
        "ft" | "foot" | "feet" => 0.3048,
        "us-ft" | "us_survey_foot" | "us_survey_feet" => 1200.0 / 3937.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn scan_angles_are_lengths_at_the_height_of_the_satellite() {
        let goes = int("goes", 4, &[])
            .with("grid_mapping_name", "geostationary")
            .with_numbers("perspective_point_height", vec![35_786_023.0])
            .with_numbers("semi_major_axis", vec![6_378_137.0])
            .with_numbers("semi_minor_axis", vec![6_356_752.314_14])
            .with_numbers("longitude_of_projection_origin", vec![-89.5])
            .with("sweep_angle_axis", "x");
        let system = of_grid_mapping(&goes, 1.0).unwrap();
        assert_eq!(
            system.with_units(Some("rad")),
            "+proj=geos +lon_0=-89.5 +h=35786023 +sweep=x +a=6378137 +b=6356752.31414 \
             +to_meter=35786023"
        );
        assert!(system.with_units(Some("microradian")).ends_with("+to_meter=35.786023"));
        assert!(system.with_units(Some("km")).ends_with("+to_meter=1000"));
        assert_eq!(system.with_units(None), system.proj);
    }

    #[test]
    fn a_system_is_found_wherever_it_is_written() {
        let mapping = |name: &str, text: &str| int("crs", 4, &[]).with(name, text);
        let proj = |v: &Variable| of_grid_mapping(v, 1.0).map(|system| system.proj);
        let utm = "+proj=utm +zone=33 +datum=WGS84 +units=m +no_defs";
        assert_eq!(proj(&mapping("proj4text", utm)), Some(utm.into()));
        let code = proj(&mapping("epsg_code", "EPSG:3413")).unwrap();
        assert!(code.starts_with("+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45"), "{code}");
        let number = int("crs", 4, &[]).with_numbers("epsg", vec![32633i32]);
        assert_eq!(proj(&number).unwrap(), "+proj=utm +zone=33 +ellps=WGS84");
        assert_eq!(proj(&mapping("crs_wkt", "nothing of the kind")), None);
        assert_eq!(proj(&mapping("comment", utm)), None);
        let km = of_text("+proj=utm +zone=33 +units=m").unwrap().with_units(Some("km"));
        assert_eq!(km, "+proj=utm +zone=33 +to_meter=1000");
        assert_eq!(
            of_text("urn:ogc:def:crs:EPSG::4326").unwrap().coordinates,
            Coordinates::Geographic
        );
    }
}
