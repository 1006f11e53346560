//! The numeric element types seen alike, for loops that must stay vectorisable.

use hyperslab_core::{Buffer, with_numbers};

/// A number as stored in one of the numeric [`Buffer`] variants.
pub trait Value: Copy + PartialOrd {
    /// 64-bit integers are rounded.
    fn f64(self) -> f64;
}

macro_rules! values {
    ($($t:ty),*) => { $(
        impl Value for $t {
            #[inline(always)]
            #[allow(clippy::unnecessary_cast)] // The macro also casts f64 to f64.
            fn f64(self) -> f64 {
                self as f64
            }
        }
    )* };
}
values!(i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);

/// Smallest and largest finite value; `None` when there is none.
pub fn extent<T: Value>(values: &[T]) -> Option<(f64, f64)> {
    const LANES: usize = 8;
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            let value = block[lane].f64();
            let finite = value.abs() < f64::INFINITY;
            let (for_low, for_high) =
                if finite { (value, value) } else { (f64::INFINITY, f64::NEG_INFINITY) };
            low[lane] = if for_low < low[lane] { for_low } else { low[lane] };
            high[lane] = if for_high > high[lane] { for_high } else { high[lane] };
        }
    }
    let mut all = (f64::INFINITY, f64::NEG_INFINITY);
    let rest = rest.iter().map(|value| value.f64()).filter(|value| value.is_finite());
    for value in low.into_iter().chain(high).filter(|v| v.is_finite()).chain(rest) {
        all = (all.0.min(value), all.1.max(value));
    }
    (all.0 <= all.1).then_some(all)
}

/// [`extent`] of a numeric buffer.
pub fn extent_of(values: &Buffer) -> Option<(f64, f64)> {
    with_numbers!(values, v => extent(v), else None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_extent_is_that_of_the_finite_values(
            values in prop::collection::vec(prop::num::f64::ANY, 0..60),
        ) {
            let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
            finite.sort_by(f64::total_cmp);
            let want = finite.first().copied().zip(finite.last().copied());
            prop_assert_eq!(extent(&values), want);
        }
    }

    #[test]
    fn infinities_and_nan_have_no_extent() {
        assert_eq!(extent(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]), None);
        assert_eq!(extent::<i8>(&[]), None);
        assert_eq!(extent_of(&Buffer::I16(vec![3, -7, 5])), Some((-7.0, 5.0)));
        assert_eq!(extent_of(&Buffer::Char(vec![1])), None);
    }
}
