//! Times that are stored as text: WRF's `Times`, ISO 8601 strings.

use super::date_time::{self, DateTime};
use super::time::TimeAxis;

/// The date in a text like `2005-08-28_00:00:00` or `2011-05-20T10:54:16Z`, at UTC.
///
/// Only texts with a separated date: `12` or `200012` may be anything.
pub fn date_of_text(text: &str) -> Option<DateTime> {
    let text = text.trim_matches(super::attributes::is_padding);
    let is_date = text.len() >= 8
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().filter(|&b| b == b'-' || b == b'/').count() >= 2;
    if !is_date {
        return None;
    }
    let written = date_time::parse(text).ok()?;
    let axis = TimeAxis::unix();
    axis.date_at(axis.instant_us(&written)?)
}

/// Texts as numbers on [`TimeAxis::unix`], so that they can be drawn along an axis; empty
/// texts are NaN. `None` unless every other text is a date.
pub fn values_of_texts<T: AsRef<str>>(texts: &[T]) -> Option<Vec<f64>> {
    let axis = TimeAxis::unix();
    let mut found = false;
    let each = texts.iter().map(|text| {
        let text = text.as_ref().trim_matches(super::attributes::is_padding);
        if text.is_empty() {
            return Some(f64::NAN);
        }
        found = true;
        axis.value(&date_of_text(text)?)
    });
    let values: Option<Vec<f64>> = each.collect();
    values.filter(|_| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_wrf_and_iso_are_dates() {
        let shown = |text| date_of_text(text).map(|date| date.to_string());
        assert_eq!(shown("2005-08-28_06:00:00").unwrap(), "2005-08-28 06:00");
        assert_eq!(shown("2008-06-27_00_30_00\0").unwrap(), "2008-06-27 00:30");
        assert_eq!(shown("2011-05-20T10:54:16+02:00").unwrap(), "2011-05-20 08:54:16");
        assert_eq!(shown("2000-02-30"), None);
        for text in ["", "12", "20001231", "station-1-a", "a-b-cdefg", "1234-5678"] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn texts_become_numbers_only_when_all_are_dates() {
        let values = values_of_texts(&["1970-01-01_00:01:00", "", "1970-01-02_00:00:00"]).unwrap();
        assert_eq!((values[0], values[2]), (60.0, 86_400.0));
        assert!(values[1].is_nan());
        assert_eq!(values_of_texts(&["1970-01-01", "north"]), None);
        assert_eq!(values_of_texts(&["", ""]), None);
        assert_eq!(values_of_texts::<&str>(&[]), None);
    }
}
