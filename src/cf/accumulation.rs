//! Sums over intervals of time (CF 7.3 `cell_methods`, 7.1 `bounds`): what rain gauges and
//! forecasts count up, and how to make rates of it.

use hyperslab_core::VariableId;

use super::time_units::{Unit, split_reference};
use super::{CfVariable, attributes, units};

/// A variable whose values are sums over intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accumulation {
    /// Along it each value has an interval of its own; without, all have the same.
    pub axis: Option<usize>,
    /// Start and end of each interval: two values, the last axis.
    pub bounds: VariableId,
    /// Of the bounds.
    pub seconds_per_unit: f64,
}

/// What a rate is given per.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatePer {
    Second,
    Hour,
}

impl RatePer {
    pub fn seconds(self) -> f64 {
        match self {
            Self::Second => 1.0,
            Self::Hour => 3600.0,
        }
    }
}

impl CfVariable<'_> {
    /// What the values are sums over, where `cell_methods` and `bounds` say so.
    pub fn accumulation(&self) -> Option<Accumulation> {
        let has_rate = self.variable().dtype.is_numeric() && !self.is_share();
        let methods = attributes::text(self.variable(), "cell_methods")?;
        let names = Some(summed(&methods)).filter(|_| has_rate)?;
        let along = self
            .axes()
            .into_iter()
            .filter_map(|axis| Some((Some(axis.index), axis.name?.to_owned(), axis.coordinate?)));
        let scalars = self
            .scalars()
            .into_iter()
            .filter_map(|id| Some((None, self.dataset().variable(id)?.name.clone(), id)));
        along.chain(scalars).find_map(|(axis, name, coordinate)| {
            let variable = self.dataset().variable(coordinate)?;
            let is_named = names.iter().any(|wanted| *wanted == name || *wanted == variable.name);
            let bounds = self.bounds_of(coordinate).filter(|_| is_named)?;
            let shape = self.dataset().variable(bounds)?.shape();
            let wanted: &[u64] = match axis {
                Some(axis) => &[self.variable().axes.get(axis)?.length, 2],
                None => &[2],
            };
            let units = attributes::units(variable)?;
            let unit = split_reference(&units).map_or(units.as_str(), |(unit, _)| unit);
            let seconds_per_unit = Unit::parse(unit)?.seconds();
            (shape == wanted).then_some(Accumulation { axis, bounds, seconds_per_unit })
        })
    }

    /// Probabilities and fractions of something that is summed are no sums.
    fn is_share(&self) -> bool {
        let units = self.units().unwrap_or_default();
        units::is_dimensionless(&units) || matches!(units.trim(), "%" | "percent")
    }

    /// Units of its rate: watts for joules, per hour for what falls.
    pub fn rate_units(&self) -> (String, RatePer) {
        let units = self.units().unwrap_or_default();
        match units.strip_prefix('J').filter(|rest| !rest.starts_with(char::is_alphabetic)) {
            Some(rest) => (format!("W{rest}"), RatePer::Second),
            None => (format!("{units} h-1").trim().to_owned(), RatePer::Hour),
        }
    }
}

/// The names whose method is `sum`: `area: mean time: sum (interval: 1 h)`.
fn summed(methods: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut found = Vec::new();
    // What is in brackets is a comment.
    for part in methods.split('(').enumerate().map(|(k, part)| match k {
        0 => part,
        _ => part.split_once(')').map_or("", |(_, rest)| rest),
    }) {
        for word in part.split_whitespace() {
            match word.strip_suffix(':') {
                Some(name) => names.push(name),
                None => {
                    if word == "sum" {
                        found.append(&mut names);
                    }
                    names.clear();
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::CfDataset;
    use super::super::testing::*;
    use super::*;

    #[test]
    fn sums_are_told_from_other_methods() {
        assert_eq!(summed("time: sum"), ["time"]);
        assert_eq!(summed("area: mean time: sum (interval: 1 hr)"), ["time"]);
        assert_eq!(summed("lat: lon: mean (comment: x: sum) step: sum"), ["step"]);
        assert!(summed("time: mean").is_empty());
    }

    fn rain(methods: &str) -> File {
        summing(methods, "kg m-2")
    }

    fn summing(methods: &str, units: &str) -> File {
        let build = Build::default()
            .dim("step", 3)
            .dim("x", 4)
            .dim("two", 2)
            .var(float("step", &[]).with("units", "hours").with("bounds", "step_bounds"), &["step"])
            .var(float("step_bounds", &[]), &["step", "two"])
            .var(
                float("rain", &[]).with("units", units).with("cell_methods", methods),
                &["step", "x"],
            );
        let dataset = build.dataset();
        let cf = CfDataset::of(&dataset);
        File { dataset, cf }
    }

    struct File {
        dataset: hyperslab_core::Dataset,
        cf: CfDataset,
    }

    impl File {
        fn rain(&self) -> CfVariable<'_> {
            self.cf.variable(&self.dataset, VariableId(2)).unwrap()
        }
    }

    #[test]
    fn a_sum_along_an_axis_with_bounds_can_be_made_a_rate() {
        let file = rain("step: sum");
        let wanted =
            Accumulation { axis: Some(0), bounds: VariableId(1), seconds_per_unit: 3600.0 };
        assert_eq!(file.rain().accumulation(), Some(wanted));
        assert_eq!(file.rain().rate_units(), ("kg m-2 h-1".into(), RatePer::Hour));
        assert_eq!(rain("step: mean").rain().accumulation(), None);
        assert_eq!(summing("step: sum", "%").rain().accumulation(), None, "a probability");
    }
}
