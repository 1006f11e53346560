//! Count, extremes, mean and standard deviation of any number of values, block by block.
//!
//! Every block is summed twice while it is in the nearest cache: once for its mean, once for
//! the squares of the distances to that mean, so that nothing cancels however far the values
//! are from zero. Blocks, and the parts of parallel workers, are joined by the formula of Chan,
//! Golub & LeVeque. O(values), vectorised; no memory.

use std::cmp::Ordering;

use hyperslab_core::Buffer;
use hyperslab_core::array::Number;

use crate::prep::values::Value;

/// Fed with [`Self::add`], joined with [`Self::merge`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    count: u64,
    missing: u64,
    min: Option<Number>,
    max: Option<Number>,
    mean: f64,
    /// Sum of the squared distances from the mean.
    squares: f64,
}

const BLOCK: usize = 2048;
const LANES: usize = 16;

impl Stats {
    pub fn of(values: &Buffer) -> Self {
        let mut stats = Self::default();
        stats.add(values);
        stats
    }

    /// Values of text, compounds and the like count as missing.
    pub fn add(&mut self, values: &Buffer) {
        // As they are: rounded to `f64`, 64-bit integers would lose digits.
        fn int<T: Into<i128>>(value: T) -> Number {
            Number::Int(value.into())
        }
        match values {
            Buffer::F32(v) => self.add_floats(v, Number::F32),
            Buffer::F64(v) => self.add_floats(v, Number::F64),
            Buffer::I64(v) => self.add_integers(v, int),
            Buffer::U64(v) => self.add_integers(v, int),
            Buffer::I8(v) => self.add_integers(v, int),
            Buffer::U8(v) => self.add_integers(v, int),
            Buffer::I16(v) => self.add_integers(v, int),
            Buffer::U16(v) => self.add_integers(v, int),
            Buffer::I32(v) => self.add_integers(v, int),
            Buffer::U32(v) => self.add_integers(v, int),
            other => self.missing += other.len() as u64,
        }
    }

    /// Of the values of both.
    pub fn merge(&mut self, other: &Self) {
        self.missing += other.missing;
        self.min = pick(self.min, other.min, Ordering::Less);
        self.max = pick(self.max, other.max, Ordering::Greater);
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            (self.count, self.mean, self.squares) = (other.count, other.mean, other.squares);
            return;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let apart = other.mean - self.mean;
        let share = b / (a + b);
        self.count += other.count;
        self.squares += other.squares + apart * apart * a * share;
        // Between parts of like size the weighted sum is the more exact of the two.
        self.mean = match (0.25..0.75).contains(&share) {
            true => self.mean * (1.0 - share) + other.mean * share,
            false => self.mean + apart * share,
        };
        self.clamp_mean();
    }

    /// Rounding, or a sum beyond what `f64` holds, must not put it outside the values.
    fn clamp_mean(&mut self) {
        if let (Some(min), Some(max)) = (self.min, self.max) {
            self.mean = self.mean.max(min.as_f64()).min(max.as_f64());
        }
    }

    /// Values that are numbers: not NaN, not infinite.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that are not.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// In the type of the values, all digits kept.
    pub fn min(&self) -> Option<Number> {
        self.min
    }

    pub fn max(&self) -> Option<Number> {
        self.max
    }

    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Of the population: the mean distance is taken over the count, not one less.
    pub fn std(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.squares / self.count as f64).sqrt())
    }

    fn add_floats<T: Value>(&mut self, values: &[T], number: fn(T) -> Number) {
        for block in values.chunks(BLOCK) {
            let found = first_pass(block);
            let missing = block.len() as u64 - found.count;
            let mut part = Self { missing, count: found.count, ..Self::default() };
            if let (Some(min), Some(max)) = (found.min, found.max) {
                (part.min, part.max) = (Some(number(min)), Some(number(max)));
                part.mean = found.sum / found.count as f64;
                part.squares = match missing {
                    0 => squares(block, part.mean),
                    _ => second_pass(block, part.mean),
                };
                if !part.mean.is_finite() {
                    part.survive_overflow(block);
                }
            }
            self.merge(&part);
        }
    }

    fn add_integers<T: Value + Ord>(&mut self, values: &[T], number: fn(T) -> Number) {
        // Turned once for both passes.
        let mut floats = [0.0; BLOCK];
        for block in values.chunks(BLOCK) {
            // Copied: the extremes of references are not found in several lanes.
            let values = || block.iter().copied();
            let (Some(min), Some(max)) = (values().min(), values().max()) else { continue };
            let (min, max) = (Some(number(min)), Some(number(max)));
            floats.iter_mut().zip(block).for_each(|(float, value)| *float = value.f64());
            let floats = floats.get(..block.len()).unwrap_or_default();
            let count = block.len() as u64;
            let mean = lanes(floats, |value| value) / count as f64;
            let squares = second_pass(floats, mean);
            self.merge(&Self { count, missing: 0, min, max, mean, squares });
        }
    }

    /// Values near the end of what `f64` holds: their sum is infinite, their mean is not.
    #[cold]
    fn survive_overflow<T: Value>(&mut self, block: &[T]) {
        let count = self.count as f64;
        self.mean = lanes(block, |value| if value.is_finite() { value / count } else { 0.0 });
        self.clamp_mean();
        self.squares = second_pass(block, self.mean);
    }
}

struct FirstPass<T> {
    count: u64,
    min: Option<T>,
    max: Option<T>,
    sum: f64,
}

fn first_pass<T: Value>(block: &[T]) -> FirstPass<T> {
    if let Some(found) = first_pass_of_finite(block) {
        return found;
    }
    let nothing = FirstPass { count: 0, min: None, max: None, sum: 0.0 };
    let is_finite = |value: T| value.f64().abs() < f64::INFINITY;
    let Some(&some) = block.iter().find(|&&value| is_finite(value)) else { return nothing };
    let (mut min, mut max) = ([some; LANES], [some; LANES]);
    let (mut count, mut sum) = ([0u32; LANES], [0.0f64; LANES]);
    let (rows, rest) = block.as_chunks::<LANES>();
    let mut take = |lane: usize, value: T| {
        let finite = is_finite(value);
        let known = if finite { value } else { some };
        min[lane] = if known < min[lane] { known } else { min[lane] };
        max[lane] = if known > max[lane] { known } else { max[lane] };
        sum[lane] += if finite { value.f64() } else { 0.0 };
        count[lane] += u32::from(finite);
    };
    for row in rows {
        for (lane, &value) in row.iter().enumerate() {
            take(lane, value);
        }
    }
    for (lane, &value) in rest.iter().enumerate() {
        take(lane, value);
    }
    FirstPass {
        count: count.iter().copied().map(u64::from).sum(),
        min: min.into_iter().reduce(|a, b| if b < a { b } else { a }),
        max: max.into_iter().reduce(|a, b| if b > a { b } else { a }),
        sum: sum.into_iter().sum(),
    }
}

/// Without a test of each value, which is what most blocks need: one that is not finite shows in
/// the sum. A loop for each: together they do not fit the registers, and are not vectorised.
fn first_pass_of_finite<T: Value>(block: &[T]) -> Option<FirstPass<T>> {
    let sum = lanes(block, |value| value);
    if !sum.is_finite() {
        return None;
    }
    let min = extreme(block, |new, old| new < old);
    let max = extreme(block, |new, old| new > old);
    Some(FirstPass { count: block.len() as u64, min, max, sum })
}

#[inline(always)]
fn extreme<T: Value>(block: &[T], is_beyond: impl Fn(T, T) -> bool) -> Option<T> {
    let mut found = [*block.first()?; LANES];
    let (rows, rest) = block.as_chunks::<LANES>();
    for row in rows {
        for lane in 0..LANES {
            found[lane] = if is_beyond(row[lane], found[lane]) { row[lane] } else { found[lane] };
        }
    }
    let all = found.into_iter().chain(rest.iter().copied());
    all.reduce(|old, new| if is_beyond(new, old) { new } else { old })
}

/// Of values that are all finite.
fn squares<T: Value>(block: &[T], mean: f64) -> f64 {
    lanes(block, |value| {
        let apart = value - mean;
        apart * apart
    })
}

fn second_pass<T: Value>(block: &[T], mean: f64) -> f64 {
    lanes(block, |value| {
        let apart = value - mean;
        if value.abs() < f64::INFINITY { apart * apart } else { 0.0 }
    })
}

/// The sum of `term` of each value: in several lanes, which is faster and loses less.
#[inline(always)]
fn lanes<T: Value>(block: &[T], term: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0f64; LANES];
    let (rows, rest) = block.as_chunks::<LANES>();
    for row in rows {
        for lane in 0..LANES {
            sums[lane] += term(row[lane].f64());
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += term(value.f64());
    }
    sums.into_iter().sum()
}

fn pick(old: Option<Number>, new: Option<Number>, wanted: Ordering) -> Option<Number> {
    match (old, new) {
        (Some(old), Some(new)) => Some(if compare(new, old) == wanted { new } else { old }),
        (old, new) => old.or(new),
    }
}

fn compare(a: Number, b: Number) -> Ordering {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a.cmp(&b),
        _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn missing_values_are_counted_and_otherwise_ignored() {
        let stats = Stats::of(&Buffer::F32(vec![1.0, f32::NAN, 3.0, f32::INFINITY]));
        assert_eq!((stats.count(), stats.missing()), (2, 2));
        assert_eq!(stats.min(), Some(Number::F32(1.0)));
        assert_eq!(stats.max(), Some(Number::F32(3.0)));
        assert_eq!((stats.mean(), stats.std()), (Some(2.0), Some(1.0)));
    }

    #[test]
    fn nothing_has_no_mean() {
        for values in [Buffer::F64(vec![]), Buffer::F64(vec![f64::NAN]), Buffer::Char(vec![1])] {
            let stats = Stats::of(&values);
            assert_eq!((stats.count(), stats.mean(), stats.std()), (0, None, None));
            assert_eq!((stats.min(), stats.missing()), (None, values.len() as u64));
        }
    }

    #[test]
    fn extremes_of_64_bit_integers_keep_their_digits() {
        let stats = Stats::of(&Buffer::U64(vec![u64::MAX, u64::MAX - 1]));
        assert_eq!(stats.min(), Some(Number::Int(i128::from(u64::MAX - 1))));
        assert_eq!(stats.max(), Some(Number::Int(i128::from(u64::MAX))));
    }

    #[test]
    fn nothing_cancels_far_from_zero() {
        let values: Vec<f64> = (0..1_000_000).map(|i| 1e9 + f64::from(i % 2)).collect();
        let stats = Stats::of(&Buffer::F64(values));
        assert!((stats.mean().unwrap() - 1_000_000_000.5).abs() < 1e-6);
        assert!((stats.std().unwrap() - 0.5).abs() < 1e-9);
        // An outlier in front must not spoil what follows.
        let mut values = vec![1.0f32; 100_000];
        values[0] = 1e30;
        let rest = Stats::of(&Buffer::F32(values.split_off(1)));
        assert_eq!((rest.mean(), rest.std()), (Some(1.0), Some(0.0)));
    }

    #[test]
    fn the_largest_numbers_have_a_mean() {
        let stats = Stats::of(&Buffer::F64(vec![f64::MAX; 5000]));
        assert!((stats.mean().unwrap() / f64::MAX - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(
            values in prop::collection::vec(-1e6f64..1e6, 1..9000), cut in 0.0f64..1.0,
        ) {
            let cut = (cut * values.len() as f64) as usize;
            let mut parts = Stats::of(&Buffer::F64(values[..cut].to_vec()));
            parts.merge(&Stats::of(&Buffer::F64(values[cut..].to_vec())));
            let whole = Stats::of(&Buffer::F64(values.clone()));
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
            for stats in [parts, whole] {
                prop_assert!((stats.mean().unwrap() - mean).abs() < 1e-7);
                prop_assert!((stats.std().unwrap() - std).abs() < 1e-6);
                prop_assert_eq!(stats.count(), values.len() as u64);
                prop_assert_eq!(stats.min(), values.iter().copied().reduce(f64::min).map(Number::F64));
            }
        }

        #[test]
        fn no_values_make_it_panic(values in prop::collection::vec(prop::num::f64::ANY, 0..50)) {
            let stats = Stats::of(&Buffer::F64(values.clone()));
            prop_assert_eq!(stats.count() + stats.missing(), values.len() as u64);
            prop_assert!(stats.mean().is_none_or(|mean| !mean.is_nan()));
        }
    }
}
