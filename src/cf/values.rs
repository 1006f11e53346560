//! Numbers as text, with the digits that mean something.
//!
//! A value is rounded to what its type can hold, so that a single 0.1 is `0.1` and not
//! `0.10000000149`; a set of values shares the decimals it needs.

use hyperslab_core::array::Number;

/// Digits that survive arithmetic in double precision.
const DIGITS_OF_F64: i32 = 12;
const DIGITS_OF_F32: i32 = 7;

/// A number for a readout: integers exactly, `–` for what is missing.
pub fn text_of(number: Number) -> String {
    match number {
        Number::Int(value) => value.to_string(),
        Number::F32(value) => shortest(f64::from(value), DIGITS_OF_F32),
        Number::F64(value) => shortest(value, DIGITS_OF_F64),
    }
}

/// A number whose type is not known any more.
pub fn number_text(value: f64) -> String {
    shortest(value, DIGITS_OF_F64)
}

fn shortest(value: f64, significant: i32) -> String {
    if value.is_nan() {
        return "–".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    // Rust prints the shortest digits that read back the same.
    let scientific = format!("{value:.*e}", (significant - 1).max(0) as usize);
    let rounded: f64 = scientific.parse().unwrap_or(value);
    let size = rounded.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        format!("{rounded:e}")
    } else if rounded == 0.0 {
        "0".into()
    } else {
        rounded.to_string()
    }
}

/// How the values of one coordinate are written: with the same decimals, or each as it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimals(Option<u8>);

impl Decimals {
    /// What a set of values, in the order of the axis, needs to tell neighbours well apart:
    /// not more decimals than they have, nor (beyond three) than a hundredth of the least step asks
    /// for.
    pub fn of(values: impl IntoIterator<Item = Number>) -> Self {
        let (mut most, mut least_step, mut last) = (0, f64::INFINITY, f64::NAN);
        for number in values {
            let text = text_of(number);
            if text.contains('e') {
                return Self(None);
            }
            most = most.max(text.split_once('.').map_or(0, |(_, decimals)| decimals.len()));
            let step = (number.as_f64() - last).abs();
            if step > 0.0 {
                least_step = least_step.min(step);
            }
            last = number.as_f64();
        }
        let asked_for = match least_step.log10() {
            magnitude if magnitude.is_finite() => (2.0 - magnitude.floor()).clamp(3.0, 12.0),
            _ => 6.0,
        };
        Self(u8::try_from(most.min(asked_for as usize)).ok())
    }

    /// `48.25`, `48.50`; trailing zeros only as all have them.
    pub fn text(self, value: f64) -> String {
        match self.0 {
            Some(decimals) if value.is_finite() && value.abs() < 1e9 => {
                let text = format!("{value:.*}", usize::from(decimals));
                // No "-0.0".
                let is_zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
                if is_zero { text.trim_start_matches('-').into() } else { text }
            }
            _ => number_text(value),
        }
    }

    pub(super) fn finer(self) -> Self {
        Self(self.0.map(|n| n + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_no_digits_that_its_type_cannot_hold() {
        assert_eq!(text_of(Number::F32(0.1)), "0.1");
        assert_eq!(text_of(Number::F64(2.0999999999999996)), "2.1");
        assert_eq!(text_of(Number::F64(263.607796354365)), "263.607796354");
        assert_eq!(text_of(Number::F32(9.96921e36)), "9.96921e36");
        assert_eq!(text_of(Number::Int(i128::from(u64::MAX))), "18446744073709551615");
        assert_eq!(text_of(Number::F64(-0.0)), "0");
        assert_eq!(text_of(Number::F64(f64::NAN)), "–");
        assert_eq!(number_text(1e9), "1e9");
        assert_eq!(number_text(0.00001), "1e-5");
    }

    #[test]
    fn a_set_shares_its_decimals() {
        let decimals = Decimals::of([Number::F32(48.25), Number::F32(48.5)]);
        assert_eq!((decimals.text(48.5), decimals.text(-0.0)), ("48.50".into(), "0.00".into()));
        assert_eq!(decimals.finer().text(48.375), "48.375");
        let levels = Decimals::of([Number::F64(1000.0), Number::F64(850.0)]);
        assert_eq!(levels.text(850.0), "850");
        let rounded = Decimals::of([26.873_747, 26.513_026_f32, 26.152_306].map(Number::F32));
        assert_eq!(rounded.text(26.873_747), "26.874");
        let wide = Decimals::of([Number::F64(1e-7), Number::F64(1.0)]);
        assert_eq!(wide.text(1e-7), "1e-7");
        assert_eq!(wide.text(f64::INFINITY), "∞");
        assert_eq!(Decimals::of([]).text(3.7), "4");
    }
}
