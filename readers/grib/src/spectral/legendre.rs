//! Associated Legendre functions, normalised as GRIB has them: the mean of the square of each
//! over -1 to 1 is 1, and there is no factor (-1)^m. So P(0,0) = 1 and P(1,0) = sqrt(3) x.
//!
//! With e(n) = sqrt((n^2 - m^2) / (4 n^2 - 1)), within an order m:
//! e(n+1) P(n+1) = x P(n) - e(n) P(n-1), begun with P(m,m) = cos^m times a constant.
//! Near the poles P(m,m) is smaller than any `f64`; it and what follows are kept as multiples of a
//! power of 2^960 until they grow large enough to count.

use hyperslab_core::{ReadContext, Result};

use super::truncation::Truncation;

/// Latitudes worked on together: as many as keep the processor's vector units busy.
pub(super) const LANES: usize = 4;
pub(super) type Lanes = [f64; LANES];

const RADIX: f64 = f64::from_bits((1023 + 960) << 52);
const LARGE: f64 = f64::from_bits((1023 + 480) << 52);
const SMALL: f64 = 1.0 / LARGE;

/// What leads from P(n-1) and P(n) to P(n+1), for every harmonic in the order of coefficients:
/// 1 / e(n+1) and e(n) / e(n+1). 16 bytes a harmonic.
pub(super) struct Recurrence(Vec<[f64; 2]>);

impl Recurrence {
    pub fn new(truncation: &Truncation, cx: &ReadContext) -> Result<Self> {
        let harmonics = truncation.reals() / 2;
        cx.limits.claim_array(harmonics, size_of::<[f64; 2]>() as u64)?;
        let mut steps = Vec::with_capacity(usize::try_from(harmonics).unwrap_or(0));
        for m in truncation.orders() {
            cx.check()?;
            let mut e = 0.0;
            for n in (m..).take(truncation.degrees(m) as usize) {
                let next = e_of(f64::from(n) + 1.0, f64::from(m));
                steps.push([1.0 / next, e / next]);
                e = next;
            }
        }
        Ok(Self(steps))
    }

    pub fn steps(&self) -> &[[f64; 2]] {
        &self.0
    }
}

fn e_of(n: f64, m: f64) -> f64 {
    ((n - m) * (n + m) / (4.0 * n * n - 1.0)).sqrt()
}

/// P(m,m) at some latitudes, for one order after another: `value` times 2^960 to the power
/// `exponent`, which is never positive.
#[derive(Clone, Debug)]
pub(super) struct Sectoral {
    cosine: Lanes,
    m: u32,
    value: Lanes,
    exponent: [i32; LANES],
}

impl Sectoral {
    pub fn new(sine: &Lanes) -> Self {
        let cosine = sine.map(|x| ((1.0 - x) * (1.0 + x)).sqrt());
        Self { cosine, m: 0, value: [1.0; LANES], exponent: [0; LANES] }
    }

    /// Goes on to the next order.
    pub fn advance(&mut self) {
        self.m += 1;
        let m = f64::from(self.m);
        let factor = ((2.0 * m + 1.0) / (2.0 * m)).sqrt();
        for lane in 0..LANES {
            self.value[lane] *= factor * self.cosine[lane];
            if self.value[lane] < SMALL {
                self.value[lane] *= RADIX;
                self.exponent[lane] -= 1;
            }
        }
    }

    /// Whether at these latitudes all functions of this order up to degree `n` are too small to
    /// count: they decay steeply once m exceeds n times the cosine of latitude.
    pub fn is_negligible(&self, n: u32) -> bool {
        let n = f64::from(n);
        let widest = self.cosine.iter().fold(0.0, |a: f64, &b| a.max(b));
        f64::from(self.m) > n * widest + f64::max(100.0, n / 40.0)
    }
}

/// Sums over the degrees of an order, real and imaginary: of those functions that are even about
/// the equator, and of those that are odd.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub even: [Lanes; 2],
    pub odd: [Lanes; 2],
}

/// Coefficients times functions at the latitudes of these sines. `steps` and `coefficients` are
/// those of the order that `sectoral` has come to.
pub(super) fn sum_order(
    sine: &Lanes,
    sectoral: &Sectoral,
    steps: &[[f64; 2]],
    coefficients: &[[f64; 2]],
) -> Sums {
    let mut sums = Sums::default();
    let mut before = [0.0; LANES];
    let mut value = sectoral.value;
    let mut exponent = sectoral.exponent;
    let mut at = 0;
    let mut both = steps.iter().zip(coefficients);
    while exponent.iter().any(|&exponent| exponent < 0) {
        let Some((step, coefficient)) = both.next() else { return sums };
        let sum = if at % 2 == 0 { &mut sums.even } else { &mut sums.odd };
        let mut counting = value;
        for lane in 0..LANES {
            if exponent[lane] < 0 {
                counting[lane] = 0.0;
            }
        }
        add(sum, &counting, coefficient);
        go_on(sine, step, &value, &mut before);
        std::mem::swap(&mut before, &mut value);
        for lane in 0..LANES {
            if exponent[lane] < 0 && value[lane].abs() > LARGE {
                value[lane] /= RADIX;
                before[lane] /= RADIX;
                exponent[lane] += 1;
            }
        }
        at += 1;
    }
    let rest = (steps.get(at..).unwrap_or_default(), coefficients.get(at..).unwrap_or_default());
    let (first, second) = match at % 2 {
        0 => (&mut sums.even, &mut sums.odd),
        _ => (&mut sums.odd, &mut sums.even),
    };
    sum_in_pairs(sine, before, value, rest, first, second);
    sums
}

/// The same once all numbers are of ordinary size, two degrees at a time.
#[inline]
fn sum_in_pairs(
    sine: &Lanes,
    mut before: Lanes,
    mut value: Lanes,
    (steps, coefficients): (&[[f64; 2]], &[[f64; 2]]),
    first: &mut [Lanes; 2],
    second: &mut [Lanes; 2],
) {
    let (step_pairs, _) = steps.as_chunks::<2>();
    let (coefficient_pairs, last) = coefficients.as_chunks::<2>();
    let (mut first_sum, mut second_sum) = (*first, *second);
    for (step, coefficient) in step_pairs.iter().zip(coefficient_pairs) {
        add(&mut first_sum, &value, &coefficient[0]);
        go_on(sine, &step[0], &value, &mut before);
        add(&mut second_sum, &before, &coefficient[1]);
        go_on(sine, &step[1], &before, &mut value);
    }
    if let Some(coefficient) = last.first() {
        add(&mut first_sum, &value, coefficient);
    }
    (*first, *second) = (first_sum, second_sum);
}

#[inline(always)]
fn add(sum: &mut [Lanes; 2], value: &Lanes, coefficient: &[f64; 2]) {
    for lane in 0..LANES {
        sum[0][lane] += value[lane] * coefficient[0];
        sum[1][lane] += value[lane] * coefficient[1];
    }
}

/// Turns P(n-1) into P(n+1).
#[inline(always)]
fn go_on(sine: &Lanes, step: &[f64; 2], value: &Lanes, before: &mut Lanes) {
    for lane in 0..LANES {
        before[lane] = sine[lane] * step[0] * value[lane] - step[1] * before[lane];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(n,m) at the first of the lanes, through a series of that harmonic alone.
    fn function(n: u32, m: u32, sine: f64) -> f64 {
        let t = u16::try_from(n).unwrap();
        let truncation = Truncation::new([t; 3]);
        let recurrence = Recurrence::new(&truncation, &ReadContext::default()).unwrap();
        let before = (0..m).map(|m| truncation.degrees(m) as usize).sum::<usize>();
        let steps = &recurrence.steps()[before..][..truncation.degrees(m) as usize];
        let mut coefficients = vec![[0.0; 2]; steps.len()];
        coefficients[(n - m) as usize] = [1.0, 2.0];
        let lanes = [sine; LANES];
        let mut sectoral = Sectoral::new(&lanes);
        (0..m).for_each(|_| sectoral.advance());
        let sums = sum_order(&lanes, &sectoral, steps, &coefficients);
        let [real, imaginary] = if (n - m).is_multiple_of(2) { sums.even } else { sums.odd };
        assert_eq!(real.map(|x| 2.0 * x), imaginary);
        real[0]
    }

    #[test]
    fn low_functions_are_the_textbook_ones() {
        let x = 0.3f64;
        let cosine = (1.0 - x * x).sqrt();
        let cases = [
            (0, 0, 1.0),
            (1, 0, 3f64.sqrt() * x),
            (1, 1, 1.5f64.sqrt() * cosine),
            (2, 0, 5f64.sqrt() * (3.0 * x * x - 1.0) / 2.0),
            (2, 1, 7.5f64.sqrt() * x * cosine),
            (2, 2, 30f64.sqrt() / 4.0 * cosine * cosine),
            (3, 0, 7f64.sqrt() * (5.0 * x * x * x - 3.0 * x) / 2.0),
        ];
        for (n, m, expected) in cases {
            assert!((function(n, m, x) - expected).abs() < 1e-14, "P({n},{m})");
        }
    }

    #[test]
    fn the_addition_theorem_holds_up_to_degree_2500_near_the_pole_and_the_equator() {
        // P(n,0)^2 + 2 * the sum of P(n,m)^2 over m = 1 to n is 2n + 1 anywhere.
        for (n, sine) in [(1279u32, 0.999_99), (1279, 0.5), (2500, 0.9), (2500, 0.999_999_9)] {
            let lanes = [sine; LANES];
            let mut sectoral = Sectoral::new(&lanes);
            let mut total = 0.0;
            for m in 0..=n {
                let mut e = 0.0;
                let mut steps = Vec::new();
                for degree in m..=n {
                    let next = e_of(f64::from(degree) + 1.0, f64::from(m));
                    steps.push([1.0 / next, e / next]);
                    e = next;
                }
                let mut coefficients = vec![[0.0; 2]; steps.len()];
                *coefficients.last_mut().unwrap() = [1.0, 0.0];
                let sums = sum_order(&lanes, &sectoral, &steps, &coefficients);
                let value = sums.even[0][0] + sums.odd[0][0];
                if sectoral.is_negligible(n) {
                    assert!(value.abs() < 1e-9, "P({n},{m}) at {sine} is {value}");
                }
                total += value * value * if m == 0 { 1.0 } else { 2.0 };
                sectoral.advance();
            }
            let expected = 2.0 * f64::from(n) + 1.0;
            assert!((total / expected - 1.0).abs() < 1e-9, "{n} {sine}: {total}");
        }
    }
}
