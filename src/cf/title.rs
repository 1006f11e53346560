//! Names for people (CF 3.2, 3.3): `long_name`, or `standard_name` with blanks, or the name.

use hyperslab_core::Variable;

use super::{attributes, units};

/// What a variable is called in titles and legends.
pub fn title(variable: &Variable) -> String {
    // WRF has `description`, HDF-EOS5 (Aura) `Title`.
    let text = attributes::text(variable, "long_name")
        .map(|text| if is_joined(&text) { text.replace('_', " ") } else { text })
        .or_else(|| standard_name_text(variable))
        .or_else(|| attributes::first_text(variable, &["description", "Title", "Description"]))
        .filter(|text| text.chars().count() <= MAX_CHARS);
    text.map_or_else(|| variable.name.clone(), |text| capitalised(&one_line(&text)))
}

/// `Near-surface air temperature [°C]`; without brackets where there is no unit.
pub fn title_with_units(variable: &Variable) -> String {
    with_units(title(variable), attributes::units(variable))
}

/// The same with a title found elsewhere.
pub(super) fn with_units(title: String, units: Option<String>) -> String {
    let shown = units.map(|units| units::pretty(&units));
    match shown.filter(|units| !units.is_empty() && !units::is_time(units)) {
        Some(units) => format!("{title} [{units}]"),
        None => title,
    }
}

/// Longer texts are descriptions, not names.
const MAX_CHARS: usize = 120;

fn standard_name_text(variable: &Variable) -> Option<String> {
    attributes::text(variable, "standard_name").map(|name| name.replace('_', " "))
}

/// Words joined as in a standard name: `convective_precipitation_rate`.
fn is_joined(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn one_line(text: &str) -> String {
    attributes::split_words(text).join(" ")
}

/// With a capital, unless the first word is a symbol: `near-surface wind`, but `pH`, `u-wind`.
fn capitalised(text: &str) -> String {
    let word = text.split([' ', '-']).next().unwrap_or_default();
    let is_word = word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase());
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if is_word => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn the_best_name_there_is_becomes_the_title() {
        let bare = float("tas", &[]);
        assert_eq!(title(&bare), "tas");
        let standard = bare.with("standard_name", "air_temperature");
        assert_eq!(title(&standard), "Air temperature");
        let long = standard.with("long_name", " near-surface air\n temperature\0");
        assert_eq!(title(&long), "Near-surface air temperature");
        assert_eq!(title(&float("T2", &[]).with("description", "TEMP at 2 M")), "TEMP at 2 M");
        let joined = float("p", &[]).with("long_name", "pressure_level");
        assert_eq!(title(&joined), "Pressure level");
        for symbol in ["T_max", "pH of sea water", "u-wind", "NO2 column"] {
            assert_eq!(title(&float("p", &[]).with("long_name", symbol)), symbol);
        }
        assert_eq!(title(&float("v", &[]).with("long_name", &"x".repeat(121))), "v");
    }

    #[test]
    fn units_follow_in_brackets_where_there_are_some() {
        let v = float("t", &[]).with("long_name", "surface temperature");
        assert_eq!(title_with_units(&v.clone().with("units", "degC")), "Surface temperature [°C]");
        assert_eq!(title_with_units(&v.clone().with("units", "1")), "Surface temperature");
        assert_eq!(title_with_units(&v), "Surface temperature");
        let time = float("time", &[]).with("units", "days since 2000-01-01");
        assert_eq!(title_with_units(&time), "time");
    }
}
