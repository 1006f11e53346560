//! Whether data want a colour map that diverges from zero.
//!
//! Names and units say what the quantity is; the range says whether zero is within it. A
//! temperature in °C passes through zero by accident, a wind component does not.

use hyperslab_core::Variable;

use super::{attributes, units};

/// What the metadata say about zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// It parts two directions: anomalies, wind components, fluxes.
    IsMiddle,
    /// It is an accident of the units, or an end.
    IsNothing,
    Unknown,
}

/// From names, titles and units.
pub fn zero_of(variable: &Variable) -> Zero {
    let texts = [
        attributes::standard_name(variable),
        attributes::text(variable, "long_name"),
        attributes::text(variable, "description"),
        Some(variable.name.clone()),
    ];
    let words: Vec<String> = texts
        .iter()
        .flatten()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if has(DIFFERENCES) {
        return Zero::IsMiddle;
    }
    let units = attributes::units(variable).unwrap_or_default();
    if has(AMOUNTS) || units::is_temperature(&units) || units == "%" || units == "percent" {
        return Zero::IsNothing;
    }
    if has(DIRECTED) || is_wind_component(&variable.name, &units) {
        return Zero::IsMiddle;
    }
    Zero::Unknown
}

/// Whether values from `min` to `max` of a variable are best shown diverging from zero.
pub fn is_diverging(variable: &Variable, min: f64, max: f64) -> bool {
    match zero_of(variable) {
        Zero::IsMiddle => balance(min, max) > 0.05,
        Zero::IsNothing => false,
        Zero::Unknown => balance(min, max) > 0.5,
    }
}

/// 1 where zero is in the middle, 0 where it is an end or outside.
fn balance(min: f64, max: f64) -> f64 {
    if !min.is_finite() || !max.is_finite() || min >= 0.0 || max <= 0.0 {
        return 0.0;
    }
    (-min).min(max) / (-min).max(max)
}

const DIFFERENCES: &[&str] = &[
    "anomaly",
    "anomalies",
    "anom",
    "difference",
    "diff",
    "bias",
    "tendency",
    "trend",
    "change",
    "increment",
    "correlation",
    "residual",
    "departure",
    "gradient",
];

/// Never negative, or angles, or places.
const AMOUNTS: &[&str] = &[
    "speed",
    "magnitude",
    "gust",
    "direction",
    "angle",
    "zenith",
    "azimuth",
    "latitude",
    "longitude",
    "altitude",
    "elevation",
    "topography",
    "orography",
    "bathymetry",
    "depth",
    "temperature",
    "probability",
    "fraction",
];

const DIRECTED: &[&str] = &[
    "velocity",
    "wind",
    "winds",
    "eastward",
    "northward",
    "westward",
    "southward",
    "upward",
    "zonal",
    "meridional",
    "vorticity",
    "divergence",
    "omega",
    "stress",
    "current",
    "advection",
    "flux",
    "streamfunction",
    "curl",
];

/// `u`, `v10`, `wa`, `U10M` in units of speed.
fn is_wind_component(name: &str, unit_text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = name.trim_end_matches('m').trim_end_matches(|c: char| c.is_ascii_digit());
    let is_speed =
        matches!(units::pretty(unit_text).as_str(), "m s⁻¹" | "m/s" | "cm s⁻¹" | "Pa s⁻¹");
    is_speed && matches!(stem, "u" | "v" | "w" | "ua" | "va" | "wa" | "uo" | "vo" | "uas" | "vas")
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn anomalies_and_wind_components_diverge_where_they_pass_zero() {
        let anomaly = float("t", &[]).with("long_name", "Temperature anomaly").with("units", "K");
        assert!(is_diverging(&anomaly, -1.0, 3.0));
        assert!(!is_diverging(&anomaly, 1.0, 3.0));
        let u = float("u10", &[]).with("units", "m s**-1");
        assert!(is_diverging(&u, -20.0, 60.0));
        let wind = float("u", &[]).with("standard_name", "eastward_wind");
        assert!(is_diverging(&wind, -20.0, 60.0));
    }

    #[test]
    fn temperatures_and_speeds_do_not() {
        let celsius = float("t", &[]).with("units", "degC");
        assert!(!is_diverging(&celsius, -30.0, 30.0));
        let speed = float("ws", &[]).with("standard_name", "wind_speed");
        assert!(!is_diverging(&speed, -0.001, 30.0));
        let orography = float("topo", &[]).with("long_name", "topography").with("units", "m");
        assert!(!is_diverging(&orography, -9000.0, 8000.0));
    }

    #[test]
    fn unknown_data_diverge_where_their_range_is_balanced() {
        let v = float("a", &[]);
        assert!(is_diverging(&v, -1.0, 1.2));
        assert!(!is_diverging(&v, -1.0, 10.0) && !is_diverging(&v, 0.0, 10.0));
        for bad in [f64::NAN, f64::INFINITY] {
            assert!(!is_diverging(&v, bad, 1.0) && !is_diverging(&v, -1.0, bad));
        }
    }
}
