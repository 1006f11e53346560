//! Grid mappings by their attributes (CF appendix F).

use hyperslab_core::Variable;

use super::super::attributes;
use super::{Coordinates, System};

/// `None` where the name is none of the appendix, or what it needs is not there.
pub(super) fn system(mapping: &Variable, unit_m: f64) -> Option<System> {
    let name = attributes::text(mapping, "grid_mapping_name")?.to_ascii_lowercase();
    let of = Mapping { mapping, unit_m };
    let globe = of.globe();
    let with = |name: &str, parts: String| {
        System::plane(format!("+proj={name}{parts}{}{globe}", of.origin()))
    };
    let central =
        of.part("lon_0", &["longitude_of_central_meridian", "longitude_of_projection_origin"]);
    let origin =
        of.part("lon_0", &["longitude_of_projection_origin", "longitude_of_central_meridian"]);
    let latitude = of.part("lat_0", &["latitude_of_projection_origin"]);
    let scale = |names: &[&str]| of.part("k_0", names);
    let scale_at_origin = || scale(&["scale_factor_at_projection_origin"]);
    let system = match name.as_str() {
        "latitude_longitude" => {
            System { proj: format!("+proj=longlat{globe}"), coordinates: Coordinates::Geographic }
        }
        "rotated_latitude_longitude" | "rotated_latlon" => {
            System { proj: of.rotated()?, coordinates: Coordinates::Rotated }
        }
        "albers_conical_equal_area" => with("aea", of.parallels()? + &latitude + &central),
        "lambert_conformal_conic" => with("lcc", of.parallels()? + &latitude + &central),
        "azimuthal_equidistant" => with("aeqd", latitude + &origin),
        "lambert_azimuthal_equal_area" => with("laea", latitude + &origin),
        "orthographic" => with("ortho", latitude + &origin),
        "gnomonic" => with("gnom", latitude + &origin),
        "stereographic" => with("stere", latitude + &origin + &scale_at_origin()),
        "polar_stereographic" => with("stere", of.polar()),
        "lambert_cylindrical_equal_area" => with("cea", of.true_parallel() + &central),
        "mercator" => with("merc", of.true_parallel() + &origin),
        "transverse_mercator" => {
            let scale = scale(&["scale_factor_at_central_meridian"]);
            with("tmerc", latitude + &central + &scale)
        }
        "universal_transverse_mercator" | "utm" => {
            let zone = of.number(&["utm_zone_number", "zone"])?;
            let south = if zone < 0.0 { " +south" } else { "" };
            System::plane(format!("+proj=utm +zone={}{south}{globe}", zone.abs()))
        }
        "oblique_mercator" => {
            let azimuth = of.number(&["azimuth_of_central_line"])?;
            let lonc = of.part("lonc", &["longitude_of_projection_origin"]);
            let angle = format!(" +alpha={azimuth} +gamma={azimuth}");
            with("omerc", latitude + &lonc + &angle + &scale_at_origin())
        }
        "sinusoidal" => with("sinu", origin),
        "geostationary" | "vertical_perspective" => {
            let height = of.number(&["perspective_point_height"]).filter(|&h| h > 0.0)?;
            let h = format!(" +h={height}");
            let system = match name.as_str() {
                "geostationary" => with("geos", origin + &h + of.sweep()),
                _ => with("nsper", latitude + &origin + &h),
            };
            System { coordinates: Coordinates::Plane { height_m: Some(height) }, ..system }
        }
        _ => return None,
    };
    Some(system)
}

struct Mapping<'a> {
    mapping: &'a Variable,
    unit_m: f64,
}

impl Mapping<'_> {
    fn number(&self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| attributes::number(self.mapping, name))
    }

    /// ` +lat_0=45`, or nothing where no attribute says so.
    fn part(&self, name: &str, attributes: &[&str]) -> String {
        self.number(attributes).map_or_else(String::new, |value| format!(" +{name}={value}"))
    }

    fn standard_parallels(&self) -> Vec<f64> {
        let attribute = self.mapping.attribute("standard_parallel");
        let numbers = attribute.and_then(|attribute| attributes::numbers(&attribute.value));
        let numbers = numbers.unwrap_or_default();
        numbers.into_iter().map(|number| number.as_f64()).filter(|n| n.is_finite()).collect()
    }

    fn parallels(&self) -> Option<String> {
        match self.standard_parallels().as_slice() {
            [only] => Some(format!(" +lat_1={only}")),
            [first, second, ..] if first == second => Some(format!(" +lat_1={first}")),
            [first, second, ..] => Some(format!(" +lat_1={first} +lat_2={second}")),
            [] => None,
        }
    }

    /// Where the scale is true: at a parallel, or by a factor at the origin.
    fn true_parallel(&self) -> String {
        match self.standard_parallels().first() {
            Some(parallel) => format!(" +lat_ts={parallel}"),
            None => self.part("k_0", &["scale_factor_at_projection_origin"]),
        }
    }

    fn polar(&self) -> String {
        let parallel = self.standard_parallels().first().copied();
        let latitude = self.number(&["latitude_of_projection_origin"]).or(parallel).unwrap_or(90.0);
        let pole = if latitude < 0.0 { -90.0 } else { 90.0 };
        let meridian = [
            "straight_vertical_longitude_from_pole",
            "longitude_of_projection_origin",
            "longitude_of_central_meridian",
        ];
        format!(" +lat_0={pole}{}{}", self.true_parallel(), self.part("lon_0", &meridian))
    }

    /// False easting and northing, in the units of the axes.
    fn origin(&self) -> String {
        let part = |name: &str, attribute: &str| {
            let value = self.number(&[attribute]).filter(|&value| value != 0.0);
            value.map_or_else(String::new, |value| format!(" +{name}={}", value * self.unit_m))
        };
        part("x_0", "false_easting") + &part("y_0", "false_northing")
    }

    /// CF: north and south are scanned by the outer gimbal unless attributes say otherwise.
    fn sweep(&self) -> &'static str {
        let is = |name: &str, axis: &str| {
            attributes::text(self.mapping, name).is_some_and(|text| text.eq_ignore_ascii_case(axis))
        };
        let is_x = is("sweep_angle_axis", "x") || is("fixed_angle_axis", "y");
        if is_x { " +sweep=x" } else { " +sweep=y" }
    }

    fn rotated(&self) -> Option<String> {
        let latitude = self.number(&["grid_north_pole_latitude"])?;
        let longitude = self.number(&["grid_north_pole_longitude"])?;
        let turned = self.number(&["north_pole_grid_longitude"]).unwrap_or(0.0);
        Some(format!(
            "+proj=ob_tran +o_proj=longlat +o_lat_p={latitude} +o_lon_p={turned} +lon_0={}",
            longitude + 180.0
        ))
    }

    /// The figure of the Earth; WGS 84 is nothing worth saying.
    fn globe(&self) -> String {
        let major = self.number(&["semi_major_axis"]).or_else(|| self.number(&["earth_radius"]));
        let Some(major) = major.filter(|&radius| radius > 1.0) else { return String::new() };
        let minor = self.number(&["semi_minor_axis"]).filter(|&radius| radius > 1.0);
        let inverse = self.number(&["inverse_flattening"]).filter(|&inverse| inverse > 1.0);
        match (minor, inverse) {
            (Some(minor), _) if minor != major => format!(" +a={major} +b={minor}"),
            (None, Some(inverse)) => format!(" +a={major} +rf={inverse}"),
            _ => format!(" +R={major}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::*;
    use super::*;

    fn proj(name: &str, numbers: &[(&str, &[f64])]) -> Option<String> {
        let mapping = int("crs", 4, &[]).with("grid_mapping_name", name);
        let mapping =
            numbers.iter().fold(mapping, |v, (name, values)| v.with_numbers(name, values.to_vec()));
        system(&mapping, 1000.0).map(|system| system.proj)
    }

    #[test]
    fn the_mappings_of_the_appendix_have_their_parameters() {
        for (name, numbers, expected) in [
            (
                "lambert_conformal_conic",
                &[
                    ("standard_parallel", &[25.0, 60.0][..]),
                    ("longitude_of_central_meridian", &[265.0]),
                    ("latitude_of_projection_origin", &[25.0]),
                    ("false_easting", &[5.0]),
                    ("earth_radius", &[6_371_229.0]),
                ][..],
                "+proj=lcc +lat_1=25 +lat_2=60 +lat_0=25 +lon_0=265 +x_0=5000 +R=6371229",
            ),
            (
                "polar_stereographic",
                &[
                    ("standard_parallel", &[-70.0]),
                    ("straight_vertical_longitude_from_pole", &[0.0]),
                    ("semi_major_axis", &[6_378_273.0]),
                    ("inverse_flattening", &[298.279411123061]),
                ],
                "+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0 +a=6378273 +rf=298.279411123061",
            ),
            (
                "mercator",
                &[("standard_parallel", &[20.0]), ("longitude_of_projection_origin", &[0.0])],
                "+proj=merc +lat_ts=20 +lon_0=0",
            ),
            (
                "rotated_latitude_longitude",
                &[("grid_north_pole_latitude", &[37.5]), ("grid_north_pole_longitude", &[177.5])],
                "+proj=ob_tran +o_proj=longlat +o_lat_p=37.5 +o_lon_p=0 +lon_0=357.5",
            ),
        ] {
            assert_eq!(proj(name, numbers).as_deref(), Some(expected));
        }
        assert_eq!(proj("lambert_conformal_conic", &[]), None);
        assert_eq!(proj("geostationary", &[]), None);
        assert_eq!(proj("something_else", &[]), None);
    }
}
