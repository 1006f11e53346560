//! What a coordinate stands for: time, height, latitude, longitude or a plane's y and x (CF 4).
//!
//! The attributes decide, in the order of how sure they are: directional degrees,
//! `standard_name`, `axis`, a reference date, `positive` and units of pressure. Names only
//! count where no attribute speaks against them.

use hyperslab_core::Variable;

use super::{attributes, units};

/// The role of an axis or of the coordinate along it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AxisRole {
    Time,
    Vertical,
    Latitude,
    Longitude,
    /// Northing of a projection or of a rotated grid, or the rows of a curvilinear one.
    Y,
    /// Easting of a projection or of a rotated grid, or the columns of a curvilinear one.
    X,
    #[default]
    Other,
}

impl AxisRole {
    pub fn is_x(self) -> bool {
        matches!(self, Self::X | Self::Longitude)
    }

    pub fn is_y(self) -> bool {
        matches!(self, Self::Y | Self::Latitude)
    }

    pub fn is_horizontal(self) -> bool {
        self.is_x() || self.is_y()
    }
}

/// The role of a variable, given that it is a coordinate: pressure as data is no height.
pub fn role_of(variable: &Variable) -> AxisRole {
    let units = attributes::units(variable);
    let standard_name = attributes::standard_name(variable);
    from_units_of_direction(units.as_deref())
        .or_else(|| from_standard_name(standard_name.as_deref()?))
        .or_else(|| from_axis(&attributes::text(variable, "axis")?))
        .or_else(|| units.as_deref().is_some_and(units::is_time).then_some(AxisRole::Time))
        .or_else(|| is_vertical(variable, units.as_deref()).then_some(AxisRole::Vertical))
        .or_else(|| from_name_and_units(&variable.name, units.as_deref()))
        .unwrap_or_default()
}

/// The role of a dimension that has no coordinate, by its name alone.
pub fn role_of_name(name: &str) -> AxisRole {
    from_name(name).unwrap_or_default()
}

/// Whether larger values lie lower (CF 4.3): `positive`, or else pressure and depth.
pub fn points_down(variable: &Variable) -> bool {
    match attributes::text(variable, "positive").map(|p| p.to_ascii_lowercase()).as_deref() {
        Some("down") => return true,
        Some("up") => return false,
        _ => {}
    }
    if attributes::units(variable).is_some_and(|units| units::is_pressure(&units)) {
        return true;
    }
    match attributes::standard_name(variable) {
        Some(name) => {
            name.starts_with("depth")
                || name == "air_pressure"
                || name.starts_with("atmosphere_sigma_coordinate")
                || name.starts_with("atmosphere_hybrid_sigma_pressure")
        }
        None => variable.name.to_ascii_lowercase().starts_with("depth"),
    }
}

fn from_units_of_direction(units: Option<&str>) -> Option<AxisRole> {
    let units = units?;
    if units::is_latitude(units) {
        Some(AxisRole::Latitude)
    } else if units::is_longitude(units) {
        Some(AxisRole::Longitude)
    } else {
        None
    }
}

fn from_standard_name(name: &str) -> Option<AxisRole> {
    Some(match name {
        "latitude" => AxisRole::Latitude,
        "longitude" => AxisRole::Longitude,
        "time" | "forecast_reference_time" | "forecast_period" => AxisRole::Time,
        "grid_latitude" | "projection_y_coordinate" | "projection_y_angular_coordinate" => {
            AxisRole::Y
        }
        "grid_longitude" | "projection_x_coordinate" | "projection_x_angular_coordinate" => {
            AxisRole::X
        }
        "altitude"
        | "height"
        | "depth"
        | "air_pressure"
        | "model_level_number"
        | "geopotential_height"
        | "sea_water_pressure" => AxisRole::Vertical,
        _ if is_parametric(name) => AxisRole::Vertical,
        _ if ["height_above_", "depth_below_", "altitude_at_"]
            .iter()
            .any(|s| name.starts_with(s)) =>
        {
            AxisRole::Vertical
        }
        _ => return None,
    })
}

/// CF appendix D: `atmosphere_hybrid_height_coordinate`, `ocean_s_coordinate_g1`.
fn is_parametric(name: &str) -> bool {
    (name.starts_with("atmosphere_") || name.starts_with("ocean_")) && name.contains("_coordinate")
}

fn from_axis(axis: &str) -> Option<AxisRole> {
    Some(match axis {
        "X" | "x" => AxisRole::X,
        "Y" | "y" => AxisRole::Y,
        "Z" | "z" => AxisRole::Vertical,
        "T" | "t" => AxisRole::Time,
        _ => return None,
    })
}

fn is_vertical(variable: &Variable, units: Option<&str>) -> bool {
    let positive = attributes::text(variable, "positive").map(|p| p.to_ascii_lowercase());
    let units = units.unwrap_or_default();
    matches!(positive.as_deref(), Some("up" | "down"))
        || units::is_pressure(units)
        || matches!(units, "level" | "layer" | "sigma_level")
}

/// A name counts where its units may belong to it.
fn from_name_and_units(name: &str, units: Option<&str>) -> Option<AxisRole> {
    let role = from_name(name)?;
    let units = units.unwrap_or_default();
    let is_angle = units::is_degrees(units) || units.starts_with("rad");
    let fits = units::is_dimensionless(units)
        || match role {
            AxisRole::Latitude | AxisRole::Longitude => is_angle,
            AxisRole::Y | AxisRole::X => is_angle || units::is_length(units),
            AxisRole::Vertical => units::is_length(units) || units.contains("level"),
            AxisRole::Time => units::is_duration(units),
            AxisRole::Other => false,
        };
    fits.then_some(role)
}

fn from_name(name: &str) -> Option<AxisRole> {
    Some(match plain(name).as_str() {
        "lat" | "lats" | "latitude" | "latitudes" | "nav_lat" | "xlat" | "clat" | "vlat"
        | "latcell" | "latvertex" | "gphit" => AxisRole::Latitude,
        "lon" | "lons" | "long" | "longitude" | "longitudes" | "nav_lon" | "xlong" | "clon"
        | "vlon" | "loncell" | "lonvertex" | "glamt" => AxisRole::Longitude,
        "time" | "times" | "date" | "datetime" | "valid_time" | "time_counter" | "step" => {
            AxisRole::Time
        }
        "lev" | "level" | "levels" | "depth" | "height" | "altitude" | "alt" | "plev"
        | "pressure" | "isobaric" | "z" | "zlev" | "zdim" | "bottom_top" | "soil_layers"
        | "hybrid" | "sigma" | "deptht" | "depthu" | "depthv" | "depthw" | "lv" | "nlev" => {
            AxisRole::Vertical
        }
        "y" | "yc" | "ydim" | "rlat" | "nlat" | "south_north" | "northing" | "y_image" | "ny"
        | "grid_latitude" => AxisRole::Y,
        "x" | "xc" | "xdim" | "rlon" | "nlon" | "west_east" | "easting" | "x_image" | "nx"
        | "grid_longitude" => AxisRole::X,
        _ => return None,
    })
}

/// Lower case, without what other conventions hang on to a name: `YDim:Grid1` (HDF-EOS),
/// `lat_0`, `lv_ISBL1` (NCL), `west_east_stag` (WRF).
fn plain(name: &str) -> String {
    let name = name.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if name.starts_with("lv_") {
        return "lv".into();
    }
    let name = name.strip_suffix("_stag").unwrap_or(&name);
    name.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('_').unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn role(name: &str, attributes: &[(&str, &str)]) -> AxisRole {
        let v = attributes.iter().fold(float(name, &[3]), |v, (name, text)| v.with(name, text));
        role_of(&v)
    }

    #[test]
    fn directional_degrees_are_latitude_and_longitude() {
        assert_eq!(role("a", &[("units", "degree_N")]), AxisRole::Latitude);
        assert_eq!(role("a", &[("units", "degrees_east")]), AxisRole::Longitude);
        // Even where axis calls them Y and X.
        assert_eq!(role("a", &[("units", "degrees_north"), ("axis", "Y")]), AxisRole::Latitude);
    }

    #[test]
    fn a_rotated_grid_has_y_and_x_and_no_latitude() {
        let rlat = [("units", "degrees"), ("standard_name", "grid_latitude")];
        assert_eq!(role("rlat", &rlat), AxisRole::Y);
        assert_eq!(role("x", &[("standard_name", "projection_x_coordinate")]), AxisRole::X);
        assert_eq!(role("rlon", &[("units", "degrees"), ("axis", "X")]), AxisRole::X);
    }

    #[test]
    fn time_is_told_by_its_reference() {
        assert_eq!(role("t", &[("units", "days since 2000-01-01")]), AxisRole::Time);
        assert_eq!(role("t", &[("units", "days since the beginning")]), AxisRole::Time);
        assert_eq!(role("t", &[("axis", "T"), ("units", "months")]), AxisRole::Time);
        assert_eq!(role("time", &[("units", "hours")]), AxisRole::Time);
        assert_eq!(role("YEAR", &[("units", "year")]), AxisRole::Other);
        assert_eq!(role("time", &[("units", "wibble")]), AxisRole::Other);
    }

    #[test]
    fn height_is_told_by_positive_and_by_pressure() {
        assert_eq!(role("a", &[("positive", "Down")]), AxisRole::Vertical);
        assert_eq!(role("a", &[("units", "millibars")]), AxisRole::Vertical);
        assert_eq!(role("a", &[("units", "sigma_level")]), AxisRole::Vertical);
        let hybrid = [("standard_name", "atmosphere_hybrid_height_coordinate"), ("units", "m")];
        assert_eq!(role("a", &hybrid), AxisRole::Vertical);
        assert_eq!(role("a", &[("units", "m")]), AxisRole::Other);
    }

    #[test]
    fn a_name_counts_only_where_units_do_not_speak_against_it() {
        assert_eq!(role("Latitude", &[]), AxisRole::Latitude);
        assert_eq!(role("lon", &[("units", "deg")]), AxisRole::Longitude);
        assert_eq!(role("x", &[("units", "km")]), AxisRole::X);
        assert_eq!(role("x", &[("units", "K")]), AxisRole::Other);
        assert_eq!(role("height", &[("units", "K")]), AxisRole::Other);
        assert_eq!(role("station", &[]), AxisRole::Other);
    }

    #[test]
    fn dimension_names_of_other_conventions_are_known() {
        for (name, role) in [
            ("XDim:GridName", AxisRole::X),
            ("south_north_stag", AxisRole::Y),
            ("lat_0", AxisRole::Latitude),
            ("lv_ISBL0", AxisRole::Vertical),
            ("Time", AxisRole::Time),
            ("nlat", AxisRole::Y),
            ("phony_dim_0", AxisRole::Other),
            ("", AxisRole::Other),
        ] {
            assert_eq!(role_of_name(name), role, "{name}");
        }
    }

    #[test]
    fn pressure_and_depth_point_down_unless_positive_says_up() {
        let down = |name: &str, attributes: &[(&str, &str)]| {
            points_down(&attributes.iter().fold(float(name, &[]), |v, (n, t)| v.with(n, t)))
        };
        assert!(down("plev", &[("units", "Pa")]));
        assert!(!down("plev", &[("units", "Pa"), ("positive", "up")]));
        assert!(down("lev", &[("positive", "DOWN")]));
        assert!(down("z", &[("standard_name", "depth")]) && down("depth", &[]));
        assert!(!down("height", &[("units", "m")]));
        assert!(!down("depth", &[("positive", "up")]));
    }
}
