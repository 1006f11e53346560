//! From coefficients to a field: Legendre functions make Fourier coefficients of every latitude,
//! and a real Fourier transform makes its row. Two latitudes, north and south, share the
//! functions. Cost for triangular truncation T: T^3 / 2 multiplications or so.

use std::sync::Arc;

use hyperslab_core::{ErrorKind, ReadContext, ReadError, Result};
use rayon::prelude::*;
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner};

use super::gaussian;
use super::legendre::{LANES, Lanes, Recurrence, Sectoral, Sums, sum_order};
use super::truncation::Truncation;

/// The field on a regular Gaussian grid of 2N rows from north to south and 4N columns from
/// longitude 0 eastwards. `coefficients` are real and imaginary parts in turn, as `decode1` and
/// `decode2` give them; `truncation` is J, K and M. Orders from 2N on do not fit the grid and are
/// left out.
///
/// # Errors
/// `Malformed` when there are not as many coefficients as the truncation says, `Limit`,
/// `Cancelled`.
pub fn synthesise(
    coefficients: &[f64],
    truncation: [u16; 3],
    n: u32,
    cx: &ReadContext,
) -> Result<Vec<f32>> {
    let truncation = Truncation::new(truncation);
    if truncation.reals() != coefficients.len() as u64 {
        return Err(ReadError::malformed(format!(
            "{} coefficients for a truncation of {}",
            coefficients.len(),
            truncation.reals()
        )));
    }
    let coefficients = coefficients.as_chunks::<2>().0;
    let columns = u64::from(n) * 4;
    cx.limits.claim_array(columns, u64::from(n) * 2 * size_of::<f32>() as u64)?;
    let columns = usize::try_from(columns).map_err(|_| ReadError::request("columns"))?;
    if columns == 0 {
        return Err(ReadError::request("a Gaussian grid of no rows"));
    }
    let recurrence = Recurrence::new(&truncation, cx)?;
    let sines = gaussian::sines(n)?;
    let series = Series {
        truncation,
        coefficients,
        steps: recurrence.steps(),
        transform: RealFftPlanner::new().plan_fft_inverse(columns),
    };
    let half = sines.len() * columns;
    let mut field = vec![0f32; half * 2];
    let (north, south) = field.split_at_mut(half);
    north
        .par_chunks_mut(LANES * columns)
        .zip(south.par_rchunks_mut(LANES * columns))
        .zip(sines.par_chunks(LANES))
        .try_for_each_init(
            || Rows::new(&series, columns),
            |rows, ((north, south), sines)| {
                cx.check()?;
                rows.sum(&series, sines);
                rows.transform(&series, north, south)
            },
        )?;
    Ok(field)
}

struct Series<'a> {
    truncation: Truncation,
    coefficients: &'a [[f64; 2]],
    steps: &'a [[f64; 2]],
    transform: Arc<dyn ComplexToReal<f64>>,
}

/// Room for a few latitudes of either hemisphere.
struct Rows {
    north: Vec<Vec<Complex64>>,
    south: Vec<Vec<Complex64>>,
    row: Vec<f64>,
    scratch: Vec<Complex64>,
}

impl Rows {
    fn new(series: &Series, columns: usize) -> Self {
        let spectra = || vec![series.transform.make_input_vec(); LANES];
        Self {
            north: spectra(),
            south: spectra(),
            row: vec![0.0; columns],
            scratch: series.transform.make_scratch_vec(),
        }
    }

    /// Fourier coefficients of the latitudes of these sines, and of those across the equator.
    fn sum(&mut self, series: &Series, sines: &[f64]) {
        for spectrum in self.north.iter_mut().chain(&mut self.south) {
            spectrum.fill(Complex64::default());
        }
        let mut sine: Lanes = [0.0; LANES];
        sine.iter_mut().zip(sines).for_each(|(lane, &sine)| *lane = sine);
        let mut sectoral = Sectoral::new(&sine);
        let (mut steps, mut coefficients) = (series.steps, series.coefficients);
        let largest_degree = series.truncation.largest_degree();
        let orders_that_fit = self.row.len() / 2;
        for (order, m) in series.truncation.orders().take(orders_that_fit).enumerate() {
            if sectoral.is_negligible(largest_degree) {
                break;
            }
            let degrees = series.truncation.degrees(m) as usize;
            let (here, after) = steps.split_at(degrees.min(steps.len()));
            steps = after;
            let (coefficients_here, after) = coefficients.split_at(degrees.min(coefficients.len()));
            coefficients = after;
            self.store(order, &sum_order(&sine, &sectoral, here, coefficients_here));
            sectoral.advance();
        }
    }

    fn store(&mut self, order: usize, Sums { even, odd }: &Sums) {
        let spectra = self.north.iter_mut().zip(&mut self.south);
        for (lane, (north, south)) in spectra.enumerate().take(LANES) {
            let even = Complex64::new(even[0][lane], even[1][lane]);
            let odd = Complex64::new(odd[0][lane], odd[1][lane]);
            if let (Some(north), Some(south)) = (north.get_mut(order), south.get_mut(order)) {
                *north = even + odd;
                *south = even - odd;
            }
        }
    }

    /// `south` holds the rows from its last one on.
    fn transform(&mut self, series: &Series, north: &mut [f32], south: &mut [f32]) -> Result<()> {
        let columns = self.row.len();
        let north = north.chunks_exact_mut(columns).zip(&mut self.north);
        let south = south.rchunks_exact_mut(columns).zip(&mut self.south);
        for (target, spectrum) in north.chain(south) {
            if let Some(mean) = spectrum.first_mut() {
                mean.im = 0.0;
            }
            series
                .transform
                .process_with_scratch(spectrum, &mut self.row, &mut self.scratch)
                .map_err(|error| ReadError::new(ErrorKind::Bug, error.to_string()))?;
            target.iter_mut().zip(&self.row).for_each(|(target, &value)| *target = value as f32);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::spectral::gaussian_number;

    /// A field of one pair of coefficients.
    fn single(t: u16, n: u32, m: u32, coefficient: [f64; 2], grid: u32) -> Vec<f32> {
        let truncation = Truncation::new([t; 3]);
        let before = (0..m).map(|m| truncation.degrees(m)).sum::<u32>() + n - m;
        let mut coefficients = vec![0.0; truncation.reals() as usize];
        coefficients[2 * before as usize..][..2].copy_from_slice(&coefficient);
        synthesise(&coefficients, [t; 3], grid, &ReadContext::default()).unwrap()
    }

    /// Compares with a formula of the sine of latitude and the longitude.
    fn assert_is(field: &[f32], grid: u32, formula: impl Fn(f64, f64) -> f64) {
        let north = gaussian::sines(grid).unwrap();
        let sines = north.iter().copied().chain(north.iter().rev().map(|sine| -sine));
        let columns = 4 * grid as usize;
        assert_eq!(field.len(), columns * 2 * grid as usize);
        for (row, sine) in field.chunks_exact(columns).zip(sines) {
            for (column, &value) in row.iter().enumerate() {
                let expected = formula(sine, TAU * column as f64 / columns as f64);
                let error = (f64::from(value) - expected).abs();
                assert!(error < 1e-6, "{value} where {expected} at sine {sine}, column {column}");
            }
        }
    }

    #[test]
    fn the_first_coefficient_is_the_mean() {
        assert_is(&single(21, 0, 0, [273.25, 9.0], 16), 16, |_, _| 273.25);
    }

    #[test]
    fn single_harmonics_are_the_textbook_ones() {
        assert_is(&single(21, 1, 0, [1.0, 0.0], 16), 16, |sine, _| 3f64.sqrt() * sine);
        let cosine = |sine: f64| (1.0 - sine * sine).sqrt();
        assert_is(&single(21, 1, 1, [1.0, 0.0], 16), 16, |sine, longitude| {
            2.0 * 1.5f64.sqrt() * cosine(sine) * longitude.cos()
        });
        assert_is(&single(21, 2, 1, [0.0, 1.0], 15), 15, |sine, longitude| {
            -2.0 * 7.5f64.sqrt() * sine * cosine(sine) * longitude.sin()
        });
        assert_is(&single(21, 2, 2, [1.0, 1.0], 17), 17, |sine, longitude| {
            let angle = 2.0 * longitude;
            2.0 * 30f64.sqrt() / 4.0 * cosine(sine).powi(2) * (angle.cos() - angle.sin())
        });
    }

    #[test]
    fn truncations_other_than_triangular_put_coefficients_where_they_belong() {
        // Rhomboidal 2: orders of three degrees each. The last harmonic is (4, 2).
        let mut coefficients = [0.0; 18];
        coefficients[16] = 1.0;
        let field = synthesise(&coefficients, [2, 4, 2], 8, &ReadContext::default()).unwrap();
        let same = single(4, 4, 2, [1.0, 0.0], 8);
        assert_eq!(field, same);
    }

    /// The Gaussian weight of a latitude; those of both hemispheres add up to 2.
    fn weight(rows: u32, sine: f64) -> f64 {
        let (mut before, mut value) = (0.0, 1.0);
        for k in 1..rows {
            let k = f64::from(k);
            let next = ((2.0 * k - 1.0) * sine * value - (k - 1.0) * before) / k;
            (before, value) = (value, next);
        }
        2.0 * (1.0 - sine * sine) / (f64::from(rows) * value).powi(2)
    }

    #[test]
    fn the_mean_square_is_the_sum_of_squares() {
        let t = 42u16;
        let truncation = Truncation::new([t; 3]);
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1u32 << 31) - 0.5
        };
        let mut coefficients = (0..truncation.reals()).map(|_| random()).collect::<Vec<_>>();
        let mut squares = 0.0;
        let mut rest = coefficients.as_mut_slice();
        for m in truncation.orders() {
            let (order, after) = rest.split_at_mut(2 * truncation.degrees(m) as usize);
            for pair in order.chunks_exact_mut(2) {
                if m == 0 {
                    pair[1] = 0.0;
                }
                let weight = if m == 0 { 1.0 } else { 2.0 };
                squares += weight * (pair[0] * pair[0] + pair[1] * pair[1]);
            }
            rest = after;
        }
        let grid = gaussian_number(u32::from(t));
        let field = synthesise(&coefficients, [t; 3], grid, &ReadContext::default()).unwrap();
        let sines = gaussian::sines(grid).unwrap();
        let weights = sines.iter().map(|&x| weight(2 * grid, x)).collect::<Vec<_>>();
        let columns = 4 * grid as usize;
        let mut total = 0.0;
        for (index, row) in field.chunks_exact(columns).enumerate() {
            let mirrored = index.min(field.len() / columns - 1 - index);
            let squares = row.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>();
            total += weights[mirrored] / 2.0 * squares / columns as f64;
        }
        assert!((total / squares - 1.0).abs() < 1e-6, "{total} {squares}");
    }

    #[test]
    fn a_wrong_number_of_coefficients_is_refused() {
        let cx = ReadContext::default();
        assert!(synthesise(&[0.0; 5], [1; 3], 2, &cx).is_err());
        assert!(synthesise(&[0.0; 6], [1; 3], 0, &cx).is_err());
        assert!(synthesise(&[0.0; 6], [1; 3], u32::MAX, &cx).is_err());
        cx.cancel.cancel();
        assert!(synthesise(&[0.0; 6], [1; 3], 2, &cx).unwrap_err().is_cancelled());
    }
}
