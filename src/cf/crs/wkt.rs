//! Well-known text (OGC 01-009 and ISO 19162): what it says of a projection.
//!
//! `NAME["text", 1.5, OTHER[…]]`, brackets round or square. Only the first horizontal system is
//! looked at; names of methods and parameters are compared without case, blanks and underscores.

use super::{Coordinates, System};

/// Nested deeper than any system is.
const DEPTH_MAX: usize = 32;
/// Longer than any system is written.
const LENGTH_MAX: usize = 1 << 16;

#[derive(Debug, Default)]
struct Node {
    name: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

/// Where a system begins in a longer text, as metadata in XML are.
pub fn find(text: &str) -> Option<&str> {
    const NAMES: [&str; 6] =
        ["PROJCRS[", "PROJCS[", "GEOGCRS[", "GEODCRS[", "GEOGCS[", "BOUNDCRS["];
    let start = NAMES.iter().filter_map(|name| text.find(name)).min()?;
    text.get(start..)
}

pub(super) fn system(text: &str) -> Option<System> {
    let text = text.get(..LENGTH_MAX).unwrap_or(text);
    let mut cursor = Cursor { rest: text.trim_start() };
    let root = cursor.node(0)?;
    let crs =
        root.first(&["PROJCS", "PROJCRS", "GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS"])?;
    match crs.name.as_str() {
        "PROJCS" | "PROJCRS" => projected(crs),
        _ => geographic(crs),
    }
}

fn geographic(crs: &Node) -> Option<System> {
    let globe = globe(crs);
    crs.first(&["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF"])?;
    if let Some(conversion) = crs.first(&["DERIVINGCONVERSION"]) {
        let parameters = Parameters::of(conversion, 1.0);
        let pole = |names: &[&str]| parameters.get(names);
        let latitude = pole(&["olatp", "gridnorthpolelatitude"])?;
        let turned = pole(&["olonp", "northpolegridlongitude"]).unwrap_or(0.0);
        let opposite = pole(&["lon0"])
            .or_else(|| pole(&["gridnorthpolelongitude"]).map(|longitude| longitude + 180.0))
            .unwrap_or(0.0);
        let proj = format!(
            "+proj=ob_tran +o_proj=longlat +o_lat_p={latitude} +o_lon_p={turned} +lon_0={opposite}"
        );
        return Some(System { proj, coordinates: Coordinates::Rotated });
    }
    Some(System { proj: format!("+proj=longlat{globe}"), coordinates: Coordinates::Geographic })
}

fn projected(crs: &Node) -> Option<System> {
    let extension = crs.children.iter().find(|child| child.name == "EXTENSION");
    if let Some([kind, definition]) = extension.map(|child| child.texts.as_slice())
        && kind.eq_ignore_ascii_case("PROJ4")
    {
        return Some(super::of_proj(definition));
    }
    let method = crs.first(&["PROJECTION", "METHOD"])?;
    let method_name = plain(method.texts.first()?);
    // The unit of the system, not that of its base or of a parameter.
    let own_unit =
        crs.children.iter().find(|child| matches!(child.name.as_str(), "UNIT" | "LENGTHUNIT"));
    let axis_unit = || {
        let axis = crs.children.iter().find(|child| child.name == "AXIS")?;
        axis.first(&["LENGTHUNIT", "UNIT"])
    };
    let unit_m = own_unit.or_else(axis_unit).and_then(|unit| unit.numbers.first().copied());
    let unit_m = unit_m.filter(|&unit| unit > 0.0 && unit.is_finite()).unwrap_or(1.0);
    let parameters = Parameters::of(crs, unit_m);
    let (proj, height_m) = parameters.projection(&method_name)?;
    let unit = if unit_m == 1.0 { String::new() } else { format!(" +to_meter={unit_m}") };
    let globe = globe(crs);
    let proj = format!("{proj}{}{globe}{unit}", parameters.false_origin());
    Some(System { proj, coordinates: Coordinates::Plane { height_m } })
}

/// The ellipsoid, and the meridian that longitudes are counted from.
fn globe(crs: &Node) -> String {
    let ellipsoid = crs.first(&["SPHEROID", "ELLIPSOID"]);
    let size = match ellipsoid.map(|node| node.numbers.as_slice()) {
        Some(&[major, inverse, ..]) if major > 1.0 && inverse > 1.0 => {
            format!(" +a={major} +rf={inverse}")
        }
        Some(&[radius, ..]) if radius > 1.0 => format!(" +R={radius}"),
        _ => String::new(),
    };
    let meridian = crs.first(&["PRIMEM"]).and_then(|node| node.numbers.first().copied());
    match meridian.filter(|&meridian| meridian != 0.0) {
        Some(meridian) => format!("{size} +pm={meridian}"),
        None => size,
    }
}

/// Values by name: angles in degrees, lengths in metres.
struct Parameters(Vec<(String, f64)>);

impl Parameters {
    fn of(crs: &Node, unit_m: f64) -> Self {
        let mut nodes = Vec::new();
        crs.collect("PARAMETER", &mut nodes);
        let values = nodes.into_iter().filter_map(|node| {
            let name = plain(node.texts.first()?);
            let value = *node.numbers.first()?;
            let own = node.children.iter().find(|child| child.name.ends_with("UNIT"));
            let factor = own.and_then(|unit| Some((unit.name.as_str(), *unit.numbers.first()?)));
            let value = match factor {
                Some(("ANGLEUNIT", radians)) => value * radians.to_degrees(),
                Some(("LENGTHUNIT", metres)) => value * metres,
                None if name.starts_with("false") || name.contains("height") => value * unit_m,
                _ => value,
            };
            Some((name, value))
        });
        Self(values.filter(|(_, value)| value.is_finite()).collect())
    }

    fn get(&self, names: &[&str]) -> Option<f64> {
        let by = |name: &&str| self.0.iter().find(|(known, _)| known.starts_with(*name));
        names.iter().find_map(by).map(|(_, value)| *value)
    }

    fn part(&self, name: &str, names: &[&str]) -> String {
        // 9.000000000000002 is what becomes of 9 in radians and back.
        let rounded = |value: f64| (value * 1e10).round() / 1e10;
        self.get(names).map_or_else(String::new, |value| format!(" +{name}={}", rounded(value)))
    }

    fn false_origin(&self) -> String {
        let part = |name: &str, names: &[&str]| match self.get(names) {
            Some(value) if value != 0.0 => format!(" +{name}={value}"),
            _ => String::new(),
        };
        part("x_0", &["falseeasting", "eastingatfalseorigin", "eastingatprojectioncentre"])
            + &part(
                "y_0",
                &["falsenorthing", "northingatfalseorigin", "northingatprojectioncentre"],
            )
    }

    /// The definition without its size of the Earth, and the height of a satellite.
    fn projection(&self, method: &str) -> Option<(String, Option<f64>)> {
        let lat_0 = self.part(
            "lat_0",
            &[
                "latitudeofnaturalorigin",
                "latitudeoforigin",
                "latitudeoffalseorigin",
                "latitudeofcenter",
                "latitudeofcentre",
                "latitudeofprojectioncentre",
                "latitudeoftopocentricorigin",
                "standardparallel1",
            ],
        );
        let meridian = [
            "longitudeofnaturalorigin",
            "centralmeridian",
            "longitudeoffalseorigin",
            "longitudeofcenter",
            "longitudeofcentre",
            "longitudeoforigin",
            "straightverticallongitudefrompole",
            "longitudeofprojectioncentre",
            "longitudeoftopocentricorigin",
        ];
        let lon_0 = self.part("lon_0", &meridian);
        let scale = self.part("k_0", &["scalefactor"]);
        let parallels = || {
            let first = ["standardparallel1", "latitudeof1ststandardparallel"];
            let second = ["standardparallel2", "latitudeof2ndstandardparallel"];
            self.part("lat_1", &first) + &self.part("lat_2", &second)
        };
        let true_parallel = || {
            let names = [
                "standardparallel1",
                "latitudeof1ststandardparallel",
                "latitudeofstandardparallel",
            ];
            self.part("lat_ts", &names)
        };
        let is = |start: &str| method.starts_with(start);
        let plane = |name: &str, parts: String| Some((format!("+proj={name}{parts}"), None));
        if is("transversemercator") || is("gausskruger") {
            plane("tmerc", lat_0 + &lon_0 + &scale)
        } else if is("lambertconformalconic") || is("lambertconicconformal") {
            let parallels = parallels();
            // One parallel: it is the origin's.
            let parallels = if parallels.is_empty() {
                lat_0.replace("lat_0", "lat_1") + &scale
            } else {
                parallels
            };
            plane("lcc", parallels + &lat_0 + &lon_0)
        } else if is("albers") {
            plane("aea", parallels() + &lat_0 + &lon_0)
        } else if is("polarstereographic")
            || is("stereographicnorthpole")
            || is("stereographicsouthpole")
        {
            Some((format!("+proj=stere{}{lon_0}", self.polar(method, &scale)), None))
        } else if is("obliquestereographic") || is("doublestereographic") {
            plane("sterea", lat_0 + &lon_0 + &scale)
        } else if is("stereographic") {
            plane("stere", lat_0 + &lon_0 + &scale)
        } else if is("lambertazimuthalequalarea") {
            plane("laea", lat_0 + &lon_0)
        } else if is("azimuthalequidistant") {
            plane("aeqd", lat_0 + &lon_0)
        } else if is("orthographic") {
            plane("ortho", lat_0 + &lon_0)
        } else if is("gnomonic") {
            plane("gnom", lat_0 + &lon_0)
        } else if is("popularvisualisationpseudomercator") || is("mercatorauxiliarysphere") {
            // Latitudes of the ellipsoid are taken for those of a sphere of its major axis.
            plane("merc", format!("{lon_0} +R=6378137"))
        } else if is("mercator") {
            let parallel = true_parallel();
            plane("merc", lon_0 + if parallel.is_empty() { &scale } else { &parallel })
        } else if is("cylindricalequalarea") || is("lambertcylindricalequalarea") {
            plane("cea", lon_0 + &true_parallel())
        } else if is("equirectangular") || is("equidistantcylindrical") || is("platecarree") {
            plane("eqc", lon_0 + &true_parallel())
        } else if is("sinusoidal") {
            plane("sinu", lon_0)
        } else if is("mollweide") {
            plane("moll", lon_0)
        } else if is("robinson") {
            plane("robin", lon_0)
        } else if is("hotineobliquemercator") || is("obliquemercator") {
            let lonc = self.part("lonc", &meridian);
            let alpha = self.part("alpha", &["azimuth"]);
            let gamma = self.part("gamma", &["anglefromrectified", "rectifiedgridangle"]);
            plane("omerc", lat_0 + &lonc + &alpha + &gamma + &scale)
        } else if is("swissobliquecylindrical") || is("swissobliquemercator") {
            plane("somerc", lat_0 + &lon_0 + &scale)
        } else if is("geostationarysatellite") {
            let height = self.get(&["satelliteheight", "viewpointheight"]).filter(|&h| h > 0.0)?;
            let sweep = if method.contains("sweepx") { "x" } else { "y" };
            Some((format!("+proj=geos{lon_0} +h={height} +sweep={sweep}"), Some(height)))
        } else {
            None
        }
    }

    /// The pole, and where the scale is true.
    fn polar(&self, method: &str, scale: &str) -> String {
        let parallel = self.get(&["latitudeofstandardparallel", "standardparallel1"]);
        let origin = self.get(&["latitudeoforigin", "latitudeofnaturalorigin"]);
        let latitude = parallel.or(origin).unwrap_or(90.0);
        let is_south = latitude < 0.0 || method.contains("southpole");
        let pole = if is_south { -90.0 } else { 90.0 };
        let is_true = |latitude: &f64| latitude.abs() < 89.999;
        match parallel.or(origin).filter(is_true) {
            Some(latitude) => format!(" +lat_0={pole} +lat_ts={latitude}"),
            None => format!(" +lat_0={pole}{scale}"),
        }
    }
}

/// Without case, and without what is no letter or digit.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

impl Node {
    /// The first of these names, itself included, before those below.
    fn first(&self, names: &[&str]) -> Option<&Self> {
        if names.contains(&self.name.as_str()) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.first(names))
    }

    fn collect<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.collect(name, found);
        }
    }
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, wanted: &[char]) -> bool {
        self.skip_blanks();
        let is_there = self.rest.starts_with(wanted);
        if is_there {
            let mut chars = self.rest.chars();
            chars.next();
            self.rest = chars.as_str();
        }
        is_there
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }

    fn node(&mut self, depth: usize) -> Option<Node> {
        self.skip_blanks();
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_').to_ascii_uppercase();
        if name.is_empty() || depth > DEPTH_MAX {
            return None;
        }
        let mut node = Node { name, ..Node::default() };
        if !self.eat(&['[', '(']) {
            return Some(node);
        }
        loop {
            self.skip_blanks();
            match self.rest.chars().next()? {
                ']' | ')' => {
                    self.eat(&[']', ')']);
                    return Some(node);
                }
                ',' => _ = self.eat(&[',']),
                '"' => node.texts.push(self.text()?),
                c if c.is_ascii_digit() || matches!(c, '+' | '-' | '.') => {
                    let is_part =
                        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
                    node.numbers.push(self.take_while(is_part).parse().ok()?);
                }
                _ => node.children.push(self.node(depth + 1)?),
            }
        }
    }

    /// A quote within is doubled.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        self.rest = self.rest.strip_prefix('"')?;
        loop {
            let (part, rest) = self.rest.split_once('"')?;
            text.push_str(part);
            self.rest = rest;
            match rest.strip_prefix('"') {
                Some(more) => {
                    text.push('"');
                    self.rest = more;
                }
                None => return Some(text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proj(text: &str) -> Option<String> {
        system(text).map(|system| system.proj)
    }

    const GEOGCS: &str = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#;

    #[test]
    fn both_editions_of_utm_are_read() {
        let old = format!(
            r#"PROJCS["WGS 84 / UTM zone 33N",{GEOGCS},PROJECTION["Transverse_Mercator"],
            PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],
            PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],
            PARAMETER["false_northing",0],UNIT["metre",1],AUTHORITY["EPSG","32633"]]"#
        );
        let expected = "+proj=tmerc +lat_0=0 +lon_0=15 +k_0=0.9996 +x_0=500000 +a=6378137 \
                        +rf=298.257223563";
        assert_eq!(proj(&old).as_deref(), Some(expected));
        let new = r#"PROJCRS["WGS 84 / UTM zone 33N",BASEGEOGCRS["WGS 84",
            DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],
            PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],
            CONVERSION["UTM zone 33N",METHOD["Transverse Mercator",ID["EPSG",9807]],
            PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8801]],
            PARAMETER["Longitude of natural origin",15,ANGLEUNIT["degree",0.0174532925199433]],
            PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity",1]],
            PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],
            PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],
            CS[Cartesian,2],AXIS["(E)",east,ORDER[1],LENGTHUNIT["metre",1]],ID["EPSG",32633]]"#;
        assert_eq!(proj(new).as_deref(), Some(expected));
    }

    #[test]
    fn poles_feet_and_a_definition_within_are_understood() {
        let polar = format!(
            r#"PROJCS["NSIDC",{GEOGCS},PROJECTION["Polar_Stereographic"],
            PARAMETER["latitude_of_origin",-70],PARAMETER["central_meridian",0],
            PARAMETER["scale_factor",1],UNIT["metre",1]]"#
        );
        assert!(proj(&polar).unwrap().starts_with("+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0"));
        let feet = format!(
            r#"PROJCS["x",{GEOGCS},PROJECTION["Lambert_Conformal_Conic_2SP"],
            PARAMETER["standard_parallel_1",40],PARAMETER["standard_parallel_2",42],
            PARAMETER["latitude_of_origin",39],PARAMETER["central_meridian",-100],
            PARAMETER["false_easting",1000],UNIT["foot",0.3048]]"#
        );
        let feet = proj(&feet).unwrap();
        assert!(feet.contains("+lat_1=40 +lat_2=42 +lat_0=39 +lon_0=-100 +x_0=304.8"), "{feet}");
        assert!(feet.ends_with("+to_meter=0.3048"), "{feet}");
        let extension = format!(
            r#"PROJCS["g",{GEOGCS},PROJECTION["custom"],EXTENSION["PROJ4","+proj=geos +h=35785831 +lon_0=0"]]"#
        );
        let found = system(&extension).unwrap();
        assert_eq!(found.coordinates, Coordinates::Plane { height_m: Some(35_785_831.0) });
        assert_eq!(system(GEOGCS).unwrap().coordinates, Coordinates::Geographic);
    }

    #[test]
    fn a_system_is_found_in_a_longer_text() {
        let xml = format!("<code>{GEOGCS}</code>");
        assert!(proj(find(&xml).unwrap()).is_some());
        assert_eq!(find("<code>EPSG</code>"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(PROJCS|GEOGCS|PARAMETER|UNIT|[\\[\\](),\"a-z0-9.é-]){0,60}") {
            system(&text);
            find(&text);
        }

        #[test]
        fn no_cut_makes_it_panic(cut in 0usize..GEOGCS.len()) {
            prop_assert_eq!(system(&GEOGCS[..cut]), None);
        }
    }
}
