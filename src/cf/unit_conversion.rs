//! Values of one unit in another (CF 3.1: the grammar of UDUNITS, as far as files use it).
//!
//! Units are products of powers of named ones with SI prefixes: `kg m-2 s-1`, `W/m^2`, `hPa`,
//! `1e-6 m2`. Temperatures have an offset where they stand alone. What is not understood cannot
//! be converted, which is no fault.

/// `value * factor + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    pub factor: f64,
    pub offset: f64,
}

impl Default for Conversion {
    fn default() -> Self {
        Self { factor: 1.0, offset: 0.0 }
    }
}

impl Conversion {
    pub fn apply(&self, value: f64) -> f64 {
        value * self.factor + self.offset
    }

    pub fn is_identity(&self) -> bool {
        *self == Self::default()
    }

    /// From one unit to another; `None` where they measure different things, or are not known.
    /// Equal texts need not be known.
    pub fn between(from: &str, to: &str) -> Option<Self> {
        let (from, to) = (from.trim(), to.trim());
        if from == to {
            return Some(Self::default());
        }
        let (a, b) = (Unit::parse(from)?, Unit::parse(to)?);
        if a.dimension != b.dimension {
            return None;
        }
        let factor = a.factor / b.factor;
        let offset = (a.offset - b.offset) / b.factor;
        // Of equal ones, exactly so.
        let factor = if (factor - 1.0).abs() < 1e-14 { 1.0 } else { factor };
        Some(Self { factor, offset })
    }
}

/// Powers of metre, kilogram, second, ampere, kelvin, mole, candela and radian. An angle is kept
/// apart from a plain number, which it is not meant to be added to.
type Dimension = [i32; 8];

/// So many of the base units, and where its zero lies in them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unit {
    dimension: Dimension,
    factor: f64,
    offset: f64,
}

const ONE: Unit = Unit { dimension: [0; 8], factor: 1.0, offset: 0.0 };

/// More is no unit.
const TEXT_MAX: usize = 120;
const POWER_MAX: i32 = 12;

impl Unit {
    fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        if let Some(unit) = temperature(text) {
            return Some(unit);
        }
        let spaced = text.replace("**", "^").replace(" per ", "/").replace(['·', '*'], " ");
        let mut unit = ONE;
        for (k, part) in spaced.split('/').enumerate() {
            // `kg/m2/s` and `kg/m2 s` alike: only the factor behind the stroke is divided by, as
            // UDUNITS reads it.
            for (j, factor) in part.split_whitespace().flat_map(products).enumerate() {
                let sign = if k > 0 && j == 0 { -1 } else { 1 };
                unit = unit.times(&power(factor)?, sign)?;
            }
            if part.trim().is_empty() && k > 0 {
                return None;
            }
        }
        (unit.factor.is_finite() && unit.factor > 0.0).then_some(unit)
    }

    fn times(mut self, other: &Self, power: i32) -> Option<Self> {
        for (mine, other) in self.dimension.iter_mut().zip(other.dimension) {
            *mine += other * power;
        }
        self.factor *= other.factor.powi(power);
        self.dimension.iter().all(|p| p.abs() <= POWER_MAX).then_some(self)
    }
}

/// Points between units are products, those in numbers are not.
fn products(text: &str) -> impl Iterator<Item = &str> {
    let is_number = text.parse::<f64>().is_ok();
    text.split(move |c| c == '.' && !is_number).filter(|part| !part.is_empty())
}

/// `m`, `m2`, `m-2`, `m^-2`, `1e-3`, `10^6`.
fn power(text: &str) -> Option<Unit> {
    if let Ok(number) = text.parse::<f64>() {
        return (number > 0.0).then_some(Unit { factor: number, ..ONE });
    }
    if let Some((base, exponent)) = text.split_once('^') {
        let exponent: i32 = exponent.trim_matches(['(', ')']).parse().ok()?;
        let base = match base.parse::<f64>() {
            Ok(number) => Unit { factor: number, ..ONE },
            Err(_) => named(base)?,
        };
        return (exponent.abs() <= POWER_MAX).then(|| ONE.times(&base, exponent)).flatten();
    }
    let text = superscripts(text);
    let end = text.find(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    let (name, exponent) = text.split_at(end.unwrap_or(text.len()));
    let exponent: i32 = if exponent.is_empty() { 1 } else { exponent.parse().ok()? };
    if exponent.abs() > POWER_MAX {
        return None;
    }
    ONE.times(&named(name)?, exponent)
}

fn superscripts(text: &str) -> String {
    let plain = |c: char| match c {
        '⁻' => '-',
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        c => c,
    };
    text.chars().map(plain).collect()
}

/// With an offset: only alone does it count.
fn temperature(text: &str) -> Option<Unit> {
    let (factor, offset) = match text.to_ascii_lowercase().as_str() {
        "degc" | "°c" | "celsius" | "degree_celsius" | "degrees_celsius" | "deg_c" | "degree_c"
        | "degrees_c" | "degreec" | "deg c" | "degrees celsius" => (1.0, 273.15),
        "c" if text == "C" => (1.0, 273.15),
        "degf" | "°f" | "fahrenheit" | "degree_fahrenheit" | "degrees_fahrenheit" | "deg_f" => {
            (5.0 / 9.0, 459.67 * 5.0 / 9.0)
        }
        _ => return None,
    };
    Some(Unit { dimension: [0, 0, 0, 0, 1, 0, 0, 0], factor, offset })
}

fn named(name: &str) -> Option<Unit> {
    if let Some(unit) = known(name) {
        return Some(unit);
    }
    for (prefix, factor) in PREFIXES {
        let rest = name.strip_prefix(prefix).filter(|rest| !rest.is_empty());
        // Of spelled prefixes there is one way to be read; `mm` must not be a milli-minute.
        if let Some(unit) = rest.and_then(|rest| known(rest).filter(|_| takes_prefix(rest))) {
            return Some(Unit { factor: unit.factor * factor, ..unit });
        }
    }
    let lower = name.to_ascii_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    let word = known(singular).filter(|_| singular.len() > 3);
    word.or_else(|| (lower != name && lower.len() > 3).then(|| named(&lower)).flatten())
}

const PREFIXES: [(&str, f64); 31] = [
    ("yotta", 1e24),
    ("zetta", 1e21),
    ("exa", 1e18),
    ("peta", 1e15),
    ("tera", 1e12),
    ("giga", 1e9),
    ("mega", 1e6),
    ("kilo", 1e3),
    ("hecto", 1e2),
    ("deca", 1e1),
    ("deci", 1e-1),
    ("centi", 1e-2),
    ("milli", 1e-3),
    ("micro", 1e-6),
    ("nano", 1e-9),
    ("pico", 1e-12),
    ("da", 1e1),
    ("P", 1e15),
    ("T", 1e12),
    ("G", 1e9),
    ("M", 1e6),
    ("k", 1e3),
    ("h", 1e2),
    ("d", 1e-1),
    ("c", 1e-2),
    ("m", 1e-3),
    ("µ", 1e-6),
    ("μ", 1e-6),
    ("u", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
];

/// Not what already is a multiple of something.
fn takes_prefix(name: &str) -> bool {
    !matches!(
        name,
        "min"
            | "minute"
            | "h"
            | "hr"
            | "hour"
            | "d"
            | "day"
            | "yr"
            | "year"
            | "%"
            | "percent"
            | "psu"
            | "ft"
            | "foot"
            | "feet"
            | "kn"
            | "knot"
            | "kt"
            | "mi"
            | "mile"
            | "inch"
            | "in"
            | "deg"
            | "degree"
            | "°"
            | "a"
            | "count"
    )
}

fn known(name: &str) -> Option<Unit> {
    let (dimension, factor): (Dimension, f64) = match name {
        "m" | "meter" | "metre" | "gpm" => ([1, 0, 0, 0, 0, 0, 0, 0], 1.0),
        "ft" | "foot" | "feet" => ([1, 0, 0, 0, 0, 0, 0, 0], 0.3048),
        "in" | "inch" => ([1, 0, 0, 0, 0, 0, 0, 0], 0.0254),
        "mi" | "mile" => ([1, 0, 0, 0, 0, 0, 0, 0], 1609.344),
        "angstrom" | "Å" => ([1, 0, 0, 0, 0, 0, 0, 0], 1e-10),
        "g" | "gram" => ([0, 1, 0, 0, 0, 0, 0, 0], 1e-3),
        "t" | "tonne" => ([0, 1, 0, 0, 0, 0, 0, 0], 1e3),
        "s" | "sec" | "second" => ([0, 0, 1, 0, 0, 0, 0, 0], 1.0),
        "min" | "minute" => ([0, 0, 1, 0, 0, 0, 0, 0], 60.0),
        "h" | "hr" | "hour" => ([0, 0, 1, 0, 0, 0, 0, 0], 3600.0),
        "d" | "day" => ([0, 0, 1, 0, 0, 0, 0, 0], 86_400.0),
        "A" | "ampere" | "amp" => ([0, 0, 0, 1, 0, 0, 0, 0], 1.0),
        "K" | "kelvin" | "Kelvin" | "degK" | "degree_K" => ([0, 0, 0, 0, 1, 0, 0, 0], 1.0),
        "mol" | "mole" => ([0, 0, 0, 0, 0, 1, 0, 0], 1.0),
        "cd" | "candela" => ([0, 0, 0, 0, 0, 0, 1, 0], 1.0),
        "rad" | "radian" => ([0, 0, 0, 0, 0, 0, 0, 1], 1.0),
        "deg" | "degree" | "degrees" | "°" => {
            ([0, 0, 0, 0, 0, 0, 0, 1], std::f64::consts::PI / 180.0)
        }
        "Hz" | "hertz" | "Bq" | "becquerel" => ([0, 0, -1, 0, 0, 0, 0, 0], 1.0),
        "N" | "newton" => ([1, 1, -2, 0, 0, 0, 0, 0], 1.0),
        "Pa" | "pascal" => ([-1, 1, -2, 0, 0, 0, 0, 0], 1.0),
        "bar" => ([-1, 1, -2, 0, 0, 0, 0, 0], 1e5),
        "mb" => ([-1, 1, -2, 0, 0, 0, 0, 0], 1e2),
        "atm" | "atmosphere" => ([-1, 1, -2, 0, 0, 0, 0, 0], 101_325.0),
        "J" | "joule" => ([2, 1, -2, 0, 0, 0, 0, 0], 1.0),
        "eV" => ([2, 1, -2, 0, 0, 0, 0, 0], 1.602_176_634e-19),
        "W" | "watt" => ([2, 1, -3, 0, 0, 0, 0, 0], 1.0),
        "C" | "coulomb" => ([0, 0, 1, 1, 0, 0, 0, 0], 1.0),
        "V" | "volt" => ([2, 1, -3, -1, 0, 0, 0, 0], 1.0),
        "Ω" | "ohm" => ([2, 1, -3, -2, 0, 0, 0, 0], 1.0),
        "S" | "siemens" => ([-2, -1, 3, 2, 0, 0, 0, 0], 1.0),
        "T" | "tesla" => ([0, 1, -2, -1, 0, 0, 0, 0], 1.0),
        "l" | "L" | "liter" | "litre" => ([3, 0, 0, 0, 0, 0, 0, 0], 1e-3),
        "kn" | "kt" | "knot" => ([1, 0, -1, 0, 0, 0, 0, 0], 1852.0 / 3600.0),
        "1" => ([0; 8], 1.0),
        "%" | "percent" => ([0; 8], 0.01),
        "ppm" | "ppmv" => ([0; 8], 1e-6),
        "ppb" | "ppbv" => ([0; 8], 1e-9),
        "psu" | "PSU" => ([0; 8], 1e-3),
        _ => return None,
    };
    Some(Unit { dimension, factor, offset: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: f64, from: &str, to: &str, expected: f64) {
        let found = Conversion::between(from, to).unwrap_or_else(|| panic!("{from} to {to}"));
        let found = found.apply(value);
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{from} {to}: {found}");
    }

    #[test]
    fn values_are_converted_between_units_of_one_kind() {
        check(20.0, "degC", "K", 293.15);
        check(300.0, "K", "°C", 26.85);
        check(212.0, "degF", "degC", 100.0);
        check(1013.25, "hPa", "Pa", 101_325.0);
        check(1.0, "millibar", "hPa", 1.0);
        check(10.0, "m s-1", "km/h", 36.0);
        check(10.0, "m/s", "m.s-1", 10.0);
        check(1.0, "kg m-2 s-1", "kg m-2 day-1", 86_400.0);
        check(1.0, "kg m^-2 s^-1", "g/m2/s", 1000.0);
        check(1.0, "kg kg-1", "g/kg", 1000.0);
        check(50.0, "%", "1", 0.5);
        check(2.0, "km", "metres", 2000.0);
        check(1.0, "W m**-2", "W m-2", 1.0);
        check(1.0, "mm", "m", 1e-3);
        check(1.0, "µm", "nm", 1000.0);
        check(180.0, "degrees", "rad", std::f64::consts::PI);
        check(3.0, "1e-6 m2", "mm2", 3.0);
        check(1.0, "W m⁻²", "W m-2", 1.0);
        check(5.0, "knots", "m s-1", 5.0 * 1852.0 / 3600.0);
        check(7.0, "hours", "min", 420.0);
    }

    #[test]
    fn what_measures_something_else_or_is_unknown_is_not_converted() {
        for (from, to) in
            [("K", "m"), ("m", "m2"), ("degrees", "1"), ("furlong", "m"), ("dBZ", "1"), ("m/", "m")]
        {
            assert_eq!(Conversion::between(from, to), None, "{from} {to}");
        }
        assert!(Conversion::between("furlong", "furlong").is_some_and(|c| c.is_identity()));
    }

    #[test]
    fn no_text_makes_it_panic() {
        for text in ["", " ", "^", "m^", "m^99999", "-", "1e999 m", "m-", ".", "//", "²", "µ", "é2"]
        {
            let _ = Conversion::between(text, "m");
            let _ = Conversion::between("m", text);
        }
    }
}
