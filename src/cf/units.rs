//! Units of measure: what kind they are, and how they are shown (CF 3.1, 4.1 to 4.4).
//!
//! No conversion: the strings are recognised, not computed with.

/// CF 4.1: `degrees_north` and its five other spellings, here in any case and with blanks.
pub fn is_latitude(units: &str) -> bool {
    matches!(
        squeezed(units).as_str(),
        "degreesnorth" | "degreenorth" | "degreesn" | "degreen" | "degnorth" | "°n" | "°north"
    )
}

/// CF 4.2: `degrees_east` and its five other spellings, here in any case and with blanks.
pub fn is_longitude(units: &str) -> bool {
    matches!(
        squeezed(units).as_str(),
        "degreeseast" | "degreeeast" | "degreese" | "degreee" | "degeast" | "°e" | "°east"
    )
}

/// Plain degrees, as on a rotated grid, or for an angle.
pub fn is_degrees(units: &str) -> bool {
    matches!(
        squeezed(units).as_str(),
        "degrees" | "degree" | "deg" | "degs" | "°" | "arcdegree" | "arcdeg" | "angulardegree"
    )
}

/// How many radians there are in a unit of angle.
pub fn radians(units: &str) -> Option<f64> {
    match squeezed(units).as_str() {
        "rad" | "radian" | "radians" => Some(1.0),
        "microradian" | "microradians" | "urad" => Some(1e-6),
        "milliradian" | "milliradians" | "mrad" => Some(1e-3),
        _ => (is_degrees(units) || is_latitude(units) || is_longitude(units))
            .then_some(std::f64::consts::PI / 180.0),
    }
}

/// Units of pressure, which make a coordinate a vertical one that points down (CF 4.3).
pub fn is_pressure(units: &str) -> bool {
    matches!(
        squeezed(units).as_str(),
        "pa" | "hpa"
            | "kpa"
            | "pascal"
            | "pascals"
            | "hectopascal"
            | "hectopascals"
            | "kilopascal"
            | "kilopascals"
            | "bar"
            | "bars"
            | "mb"
            | "mbar"
            | "mbars"
            | "millibar"
            | "millibars"
            | "dbar"
            | "dbars"
            | "decibar"
            | "decibars"
            | "atm"
            | "atmosphere"
            | "atmospheres"
            | "torr"
            | "mmhg"
            | "inhg"
            | "psi"
    )
}

pub fn is_pascal(units: &str) -> bool {
    matches!(squeezed(units).as_str(), "pa" | "pascal" | "pascals")
}

/// Of pressure, those in which that of the sea is given: about a metre of water each.
pub fn is_decibar(units: &str) -> bool {
    matches!(squeezed(units).as_str(), "dbar" | "dbars" | "decibar" | "decibars")
}

/// Elapsed time from a reference instant (CF 4.4): a unit, `since` or one of the words that
/// UDUNITS takes for it, and a date.
pub fn is_time(units: &str) -> bool {
    super::time_units::split_reference(units).is_some() || super::time_units::is_absolute(units)
}

/// A length of time without a reference: `hours`, `s`.
pub fn is_duration(units: &str) -> bool {
    super::time_units::Unit::parse(units).is_some()
}

pub(super) fn is_length(units: &str) -> bool {
    matches!(
        squeezed(units).as_str(),
        "m" | "km"
            | "cm"
            | "mm"
            | "meter"
            | "meters"
            | "metre"
            | "metres"
            | "kilometer"
            | "kilometers"
            | "kilometre"
            | "kilometres"
            | "centimeter"
            | "centimeters"
            | "gpm"
            | "ft"
            | "foot"
            | "feet"
    )
}

/// No units, or units that say there are none.
pub(super) fn is_dimensionless(units: &str) -> bool {
    matches!(
        squeezed(units).as_str(),
        "" | "1"
            | "unitless"
            | "dimensionless"
            | "none"
            | "non-dim"
            | "nounits"
            | "nounit"
            | "na"
            | "n/a"
    )
}

pub(super) fn is_temperature(units: &str) -> bool {
    matches!(pretty(units).as_str(), "K" | "°C" | "°F") || squeezed(units) == "kelvin"
}

/// As people write them: `m s-1` is shown as `m s⁻¹`, `degrees_north` as `°N`, `1` as nothing.
pub fn pretty(units: &str) -> String {
    let units = units.trim_matches(super::attributes::is_padding);
    if is_dimensionless(units) {
        return String::new();
    }
    if let Some(whole) = whole_unit(units) {
        return whole.into();
    }
    if is_time(units) {
        return units.into();
    }
    let mut shown = String::with_capacity(units.len());
    let mut rest = units;
    while let Some(start) = rest.find(is_symbol) {
        let (between, from) = rest.split_at(start);
        shown.push_str(between);
        let end = from.find(|c| !is_symbol(c)).unwrap_or(from.len());
        let (symbol, after) = from.split_at(end);
        shown.push_str(word_unit(symbol).unwrap_or(symbol));
        // The e of 1e-3 is no symbol.
        let is_number = symbol.len() == 1 && between.ends_with(|c: char| c.is_ascii_digit());
        rest = match exponent(symbol, after).filter(|_| !is_number) {
            Some((power, after)) => {
                shown.extend(power.chars().filter_map(superscript));
                after
            }
            None => digits_as_they_are(after, &mut shown),
        };
    }
    shown.push_str(rest);
    shown
}

/// Units that are one thing although they have more than one word.
fn whole_unit(units: &str) -> Option<&'static str> {
    if is_latitude(units) {
        return Some("°N");
    }
    if is_longitude(units) {
        return Some("°E");
    }
    match squeezed(units).as_str() {
        "degc" | "celsius" | "degcelsius" | "degreescelsius" | "degreecelsius" | "degreesc"
        | "degreec" | "°c" => Some("°C"),
        "degf" | "fahrenheit" | "degreesfahrenheit" | "degreef" | "degreesf" | "°f" => Some("°F"),
        "degk" | "degreesk" | "degreek" | "kelvin" | "degreeskelvin" => Some("K"),
        "millibars" | "millibar" => Some("mbar"),
        "gpm" => Some("gpm"),
        _ => None,
    }
}

/// Single words that have a shorter sign.
fn word_unit(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "degrees" | "degree" | "deg" | "Degrees" => "°",
        "percent" | "Percent" | "pct" => "%",
        "um" | "micron" | "microns" | "micrometer" | "micrometers" | "micrometre" => "µm",
        "ug" => "µg",
        "us" => "µs",
        "meter" | "meters" | "metre" | "metres" | "Meters" => "m",
        "kilometers" | "kilometer" | "kilometres" => "km",
        "centimeter" | "centimeters" => "cm",
        "kelvin" | "Kelvin" => "K",
        "watt" | "watts" => "W",
        "gram" | "grams" => "g",
        "kilogram" | "kilograms" => "kg",
        _ => return None,
    })
}

/// Symbols whose following digit is a power: not `CO2`, not `H2O`.
fn takes_power(symbol: &str) -> bool {
    matches!(
        symbol,
        "m" | "cm"
            | "mm"
            | "km"
            | "um"
            | "nm"
            | "dm"
            | "meter"
            | "meters"
            | "s"
            | "sec"
            | "second"
            | "seconds"
            | "min"
            | "h"
            | "hr"
            | "hour"
            | "d"
            | "day"
            | "kg"
            | "g"
            | "mg"
            | "ug"
            | "ng"
            | "K"
            | "Pa"
            | "hPa"
            | "kPa"
            | "W"
            | "J"
            | "N"
            | "V"
            | "A"
            | "T"
            | "Hz"
            | "mol"
            | "kmol"
            | "mmol"
            | "rad"
            | "sr"
            | "L"
            | "l"
            | "deg"
            | "degree"
            | "degrees"
            | "degC"
    )
}

/// The power that follows a symbol, and what follows the power: `-1`, `2`, `^2`, `**-1`.
fn exponent<'a>(symbol: &str, after: &'a str) -> Option<(&'a str, &'a str)> {
    let is_marked = after.starts_with("**") || after.starts_with('^');
    let power = after.trim_start_matches("**").trim_start_matches('^');
    let digits = power.strip_prefix(['-', '+']).unwrap_or(power);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let end = power.len() - digits.len() + count;
    let (value, rest) = (power.get(..end)?, power.get(end..)?);
    let is_plain = rest.chars().next().is_none_or(|c| !is_symbol(c) && c != '.');
    let allowed = is_marked || takes_power(symbol) || digits.len() < power.len();
    (count > 0 && count < 4 && is_plain && allowed).then_some((value, rest))
}

/// Copies leading digits, so that `10` or the 2 of `CO2` is left alone.
fn digits_as_they_are<'a>(after: &'a str, shown: &mut String) -> &'a str {
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (digits, rest) = after.split_at(end);
    shown.push_str(digits);
    rest
}

fn is_symbol(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '%' | '°' | 'µ')
}

fn superscript(c: char) -> Option<char> {
    Some(match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => return None,
    })
}

/// Lower case, without blanks, underscores, hyphens and padding.
fn squeezed(units: &str) -> String {
    units
        .chars()
        .filter(|&c| !super::attributes::is_padding(c) && c != '_' && c != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_degrees_north_and_east_is_known() {
        for units in ["degrees_north", "degree_north", "degree_N", "degrees_N", "degreeN"] {
            assert!(is_latitude(units), "{units}");
            let east = units.replace("north", "east").replace('N', "E");
            assert!(is_longitude(&east), "{east}");
        }
        // nc4_withgroup.nc writes a blank.
        assert!(is_latitude("degrees north") && is_longitude("degrees east"));
        assert!(!is_latitude("degrees") && !is_longitude("degrees"));
        assert!(is_degrees("degrees") && !is_degrees("degC"));
    }

    #[test]
    fn pressure_is_not_any_unit_that_contains_pa() {
        for units in ["Pa", "hPa", "millibars", "mb", "dbar", "decibar", "atm"] {
            assert!(is_pressure(units), "{units}");
        }
        for units in ["Pa s-1", "m", "", "1", "parts"] {
            assert!(!is_pressure(units), "{units}");
        }
    }

    #[test]
    fn time_needs_a_reference_and_a_duration_must_not_have_one() {
        assert!(is_time("days since 2000-01-01") && is_time("day as %Y%m%d.%f"));
        assert!(!is_time("days") && !is_time("the day since"));
        assert!(is_duration("hours") && is_duration("s") && !is_duration("m"));
    }

    #[test]
    fn units_are_shown_as_people_write_them() {
        for (units, shown) in [
            ("degrees_north", "°N"),
            ("degrees_east", "°E"),
            ("degrees", "°"),
            ("K", "K"),
            ("degC", "°C"),
            ("degC\0", "°C"),
            ("Celsius", "°C"),
            ("1", ""),
            ("", ""),
            ("unitless", ""),
            ("NoUnits", ""),
            ("percent", "%"),
            ("m s-1", "m s⁻¹"),
            ("m s**-1", "m s⁻¹"),
            ("m s^-1", "m s⁻¹"),
            ("m/s", "m/s"),
            ("kg m-2 s-1", "kg m⁻² s⁻¹"),
            ("W/m2", "W/m²"),
            ("W m^-2", "W m⁻²"),
            ("m2 s-2", "m² s⁻²"),
            ("cm-3", "cm⁻³"),
            ("meters", "m"),
            ("millibars", "mbar"),
            ("mol CO2 m-2", "mol CO2 m⁻²"),
            ("10^6 m3 s-1", "10^6 m³ s⁻¹"),
            ("1e-3 kg", "1e-3 kg"),
            ("um", "µm"),
            ("deg/s", "°/s"),
            ("hours since 1900-01-01", "hours since 1900-01-01"),
            ("(vertical integral)", "(vertical integral)"),
            ("°C", "°C"),
            ("m·s⁻¹", "m·s⁻¹"),
        ] {
            assert_eq!(pretty(units), shown, "{units}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange_to_show(units in "\\PC{0,30}") {
            let _ = pretty(&units);
            let _ = is_time(&units);
        }
    }
}
