//! A definition as PROJ writes it: `+name=value` and `+name`, in that order.

/// Numbers that say where a projection lies and how large the Earth is.
const NUMBERS: [&str; 32] = [
    "a", "alpha", "azi", "b", "es", "f", "gamma", "h", "k", "k_0", "lat_0", "lat_1", "lat_2",
    "lat_b", "lat_ts", "lon_0", "lon_1", "lon_2", "lon_wrap", "lonc", "o_lat_p", "o_lon_p", "pm",
    "R", "rf", "tilt", "to_meter", "x_0", "y_0", "zone", "geoidal", "t",
];
const WORDS: [&str; 7] = ["datum", "ellps", "o_proj", "proj", "sweep", "units", "axis"];
const FLAGS: [&str; 3] = ["no_off", "no_uoff", "south"];

/// What also tells the globe that a projection is of.
const GLOBE: [&str; 8] = ["a", "b", "es", "f", "R", "rf", "ellps", "pm"];

/// The parts of a definition that are understood; others are left out.
pub(super) struct Definition {
    parts: Vec<(String, String)>,
}

impl Definition {
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts: Vec<(String, String)> = Vec::new();
        for part in text.split_ascii_whitespace() {
            let part = part.trim_start_matches('+');
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let is_known = if WORDS.contains(&name) || FLAGS.contains(&name) {
                true
            } else if NUMBERS.contains(&name) {
                check_number(name, value)?;
                true
            } else {
                false
            };
            // The first of two counts, as in PROJ.
            if is_known && parts.iter().all(|(known, _)| known != name) {
                parts.push((name.to_owned(), value.to_owned()));
            }
        }
        let mut definition = Self { parts };
        definition.without_datum();
        Ok(definition)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.parse().ok()
    }

    pub(super) fn text(&self) -> String {
        self.joined(|_| true)
    }

    /// Longitude and latitude on the same ellipsoid.
    pub(super) fn globe(&self) -> String {
        format!("+proj=longlat {}", self.joined(|name| GLOBE.contains(&name) && name != "pm"))
    }

    fn joined(&self, is_wanted: impl Fn(&str) -> bool) -> String {
        let parts = self.parts.iter().filter(|(name, _)| is_wanted(name));
        let texts: Vec<String> = parts
            .map(|(name, value)| match value.as_str() {
                "" => format!("+{name}"),
                value => format!("+{name}={value}"),
            })
            .collect();
        texts.join(" ")
    }

    /// A datum is its ellipsoid. Of several sizes of the Earth the most particular counts.
    fn without_datum(&mut self) {
        let named = self.get("datum").map(|datum| match datum.to_ascii_uppercase().as_str() {
            "NAD83" | "GGRS87" | "GDA94" => "GRS80",
            "NAD27" => "clrk66",
            "POTSDAM" | "HERMANNSKOGEL" => "bessel",
            "OSGB36" => "airy",
            _ => "WGS84",
        });
        let ellipsoid = self.get("ellps").or(named).unwrap_or("WGS84").to_owned();
        self.parts.retain(|(name, _)| name != "datum" && name != "ellps");
        if self.get("R").is_none() && self.get("a").is_none() {
            self.parts.push(("ellps".to_owned(), ellipsoid));
        }
    }
}

fn check_number(name: &str, value: &str) -> Result<(), String> {
    let number = match value.parse::<f64>() {
        Ok(number) if number.is_finite() => number,
        // Meridians have names.
        _ if name == "pm" && value.chars().all(char::is_alphabetic) => return Ok(()),
        _ => return Err(format!("+{name}={value} is no number")),
    };
    let is_sensible = match name {
        "a" | "b" | "R" => number >= 1.0,
        "rf" | "h" | "to_meter" | "k" | "k_0" => number > 0.0,
        "lat_0" | "lat_1" | "lat_2" | "lat_ts" | "o_lat_p" => number.abs() <= 90.0,
        _ => number.abs() < 1e12,
    };
    if is_sensible { Ok(()) } else { Err(format!("+{name}={value} makes no sense")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_left_out_and_a_datum_is_its_ellipsoid() {
        let text = "+proj=utm +zone=32 +datum=NAD83 +nadgrids=@null +wktext +no_defs +south";
        let definition = Definition::parse(text).unwrap();
        assert_eq!(definition.text(), "+proj=utm +zone=32 +south +ellps=GRS80");
        assert_eq!(definition.globe(), "+proj=longlat +ellps=GRS80");
        let sized = Definition::parse("+proj=merc +ellps=WGS84 +R=6371000 +datum=WGS84").unwrap();
        assert_eq!(sized.text(), "+proj=merc +R=6371000");
        assert_eq!(Definition::parse("+proj=merc").unwrap().text(), "+proj=merc +ellps=WGS84");
    }
}
