//! Where a field stands among those of its variable: the coordinates that make the leading
//! dimensions (ensemble or probability, initial time, forecast time, level).

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::product::{Parameter, Probability, Product, Surface, Vertical};
use crate::time::{DateTime, Validity};

use super::period::Period;
use super::wave::{self, Bin};
use super::{edition1, edition2};

/// A number that sorts; NaN stands last.
#[derive(Clone, Copy, Debug)]
pub struct Ordered(pub f32);

impl Ordered {
    pub fn new(value: f64) -> Self {
        // Adding zero makes -0 and 0 one coordinate.
        Self(value as f32 + 0.0)
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ordered {}

impl Hash for Ordered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// The first leading dimension. NIO has one of them at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Realization {
    #[default]
    None,
    /// `order` is what members are sorted by before their kind.
    Ensemble {
        order: u16,
        kind: u8,
        number: u16,
    },
    Probability {
        lower: Option<Ordered>,
        upper: Option<Ordered>,
    },
    Percentile(u8),
}

/// Height: one value, or the two a layer lies between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level {
    pub first: Option<Ordered>,
    pub second: Option<Ordered>,
}

/// One field's coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    pub field: u32,
    pub realization: Realization,
    /// A member of an ensemble that NIO does not see as one.
    pub hidden: Realization,
    pub initial_time: DateTime,
    /// To the value or to where the interval begins, in units of its own.
    pub start: Period,
    /// NIO's forecast time: to the value, or to the end of the interval.
    pub forecast: Forecast,
    /// The same in the unit its variable counts in.
    pub lead: i64,
    pub level: Level,
    /// Part of a wave spectrum, where it is an axis.
    pub bin: Option<Bin>,
    /// The same while NIO does not see it.
    pub hidden_bin: Option<Bin>,
    /// Which one of several fields at the same place; 0 for the one that is shown there.
    pub copy: u32,
    /// Seconds since 1970: when the values are valid, from and to.
    pub valid: (i64, i64),
    pub is_interval: bool,
}

/// A forecast time before it is known in which unit its variable counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    pub start: Period,
    /// Added to it, from a statistical template; a length of 0 otherwise.
    pub length: Period,
}

impl Member {
    pub fn of(field: u32, product: &Product) -> Self {
        let validity = Validity::of(product);
        let forecast = match product.parameter {
            Parameter::Edition1 { .. } => edition1::forecast(product),
            Parameter::Edition2 { .. } => edition2::forecast(product),
        };
        let realization = realization(product);
        let is_hidden = product.edition == 1 && !edition1::is_known_ensemble(product);
        let (realization, hidden) = match realization {
            Realization::Ensemble { .. } if is_hidden => (Realization::None, realization),
            _ => (realization, Realization::None),
        };
        Self {
            field,
            realization,
            hidden,
            initial_time: product.time.reference,
            start: Period { count: product.time.start, unit: product.time.unit },
            forecast,
            lead: 0,
            level: level(product),
            bin: None,
            hidden_bin: wave::bin(product),
            copy: 0,
            valid: (validity.start.seconds(), validity.end.seconds()),
            is_interval: validity.is_interval,
        }
    }
}

fn realization(product: &Product) -> Realization {
    if let Some(Probability { kind, lower, upper, .. }) = product.probability {
        // Code table 4.9: limits that a kind does not use say nothing.
        let (has_lower, has_upper) = match kind {
            0 | 3 => (true, false),
            1 | 4 => (false, true),
            _ => (true, true),
        };
        return Realization::Probability {
            lower: lower.filter(|_| has_lower).map(Ordered::new),
            upper: upper.filter(|_| has_upper).map(Ordered::new),
        };
    }
    if let Some(ensemble) = product.ensemble {
        let (kind, number) = (ensemble.kind, ensemble.number);
        // NIO sorts by kind first in GRIB1, by number first in GRIB2.
        let order = if product.edition == 1 { u16::from(kind) } else { number };
        return Realization::Ensemble { order, kind, number };
    }
    product.percentile.map_or(Realization::None, Realization::Percentile)
}

fn level(product: &Product) -> Level {
    match &product.vertical {
        Vertical::Edition1 { kind, octets } => {
            edition1::level(*kind, *octets, product.origin.centre, product.origin.tables_version)
        }
        Vertical::Edition2(None) => Level::default(),
        Vertical::Edition2(Some([first, second])) => {
            // 0 is reserved, and written for no surface.
            let value = |surface: &Surface| match surface.kind {
                0 | 255 => None,
                _ => surface.meaning().map(Ordered::new),
            };
            Level { first: value(first), second: value(second) }
        }
    }
}
