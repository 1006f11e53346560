//! The inverse CDF 9/7 wavelet transform by lifting (Daubechies and Sweldens, "Factoring
//! Wavelet Transforms into Lifting Steps", 1998).
//!
//! Sums are taken in the order in which SPERR takes them, so that results agree to the last
//! bit.

use hyperslab_core::{ReadContext, Result};

use super::levels::{Dims, Transform, coarse};

/// The filter's coefficients (Cohen, Daubechies and Feauveau, "Biorthogonal Bases of Compactly
/// Supported Wavelets", 1992), with as many digits as SPERR uses.
const H: [f64; 5] =
    [0.602949018236, 0.266864118443, -0.078223266529, -0.016864118443, 0.026748757411];

const R0: f64 = H[0] - 2.0 * H[4] * H[1] / H[3];
const R1: f64 = H[2] - H[4] - H[4] * H[1] / H[3];
const S0: f64 = H[1] - H[3] - H[3] * R0 / R1;
const T0: f64 = H[0] - 2.0 * (H[2] - H[4]);
const ALPHA: f64 = H[4] / H[3];
const BETA: f64 = H[3] / R1;
const GAMMA: f64 = R1 / S0;
const DELTA: f64 = S0 / T0;
const SCALE: f64 = std::f64::consts::SQRT_2 * T0;
const INVERSE_SCALE: f64 = 1.0 / SCALE;

/// Turns the coefficients of a block into its values.
pub(super) fn inverse(values: &mut [f64], dims: Dims, cx: &ReadContext) -> Result<()> {
    let [nx, ny, nz] = dims;
    let mut block = Block { values, row: nx, plane: nx * ny, lines: Vec::new() };
    match Transform::of(dims) {
        Transform::Dyadic(levels) => {
            for level in (0..levels).rev() {
                let [x, y, z] = dims.map(|len| coarse(len, level));
                cx.check()?;
                block.merge_z([x, y, z]);
                block.merge_xy([x, y, z], cx)?;
            }
        }
        Transform::Packet { xy, z } => {
            for level in (0..xy).rev() {
                block.merge_xy([coarse(nx, level), coarse(ny, level), nz], cx)?;
            }
            for level in (0..z).rev() {
                cx.check()?;
                block.merge_z([nx, ny, coarse(nz, level)]);
            }
        }
    }
    Ok(())
}

/// Lines that are transformed together.
const LANES: usize = 16;

struct Block<'a> {
    values: &'a mut [f64],
    row: usize,
    plane: usize,
    /// Some lines, the first values of all before the second ones.
    lines: Vec<f64>,
}

impl Block<'_> {
    fn merge_z(&mut self, [x, y, z]: Dims) {
        for row in 0..y {
            self.merge_lines(row * self.row, self.plane, x, z);
        }
    }

    fn merge_xy(&mut self, [x, y, z]: Dims, cx: &ReadContext) -> Result<()> {
        for plane in 0..z {
            cx.check()?;
            let first = plane * self.plane;
            self.merge_lines(first, self.row, x, y);
            for row in 0..y {
                self.merge_row(first + row * self.row, x);
            }
        }
        Ok(())
    }

    /// One level of `width` neighbouring lines of `len` values, each `stride` from the next.
    fn merge_lines(&mut self, first: usize, stride: usize, width: usize, len: usize) {
        for start in (0..width).step_by(LANES) {
            let lanes = LANES.min(width - start);
            let at = |index: usize| {
                let start = first + start + index * stride;
                start..start + lanes
            };
            self.lines.clear();
            for index in 0..len {
                self.lines.extend_from_slice(self.values.get(at(index)).unwrap_or_default());
            }
            synthesize(&mut self.lines, lanes, len);
            let coarse_len = coarse(len, 1);
            for (index, merged) in self.lines.chunks_exact(lanes).enumerate() {
                let index =
                    if index < coarse_len { 2 * index } else { 2 * (index - coarse_len) + 1 };
                if let Some(target) = self.values.get_mut(at(index)) {
                    target.copy_from_slice(merged);
                }
            }
        }
    }

    /// One level of `len` values that follow each other.
    fn merge_row(&mut self, first: usize, len: usize) {
        let row = self.values.get_mut(first..first + len).unwrap_or_default();
        self.lines.clear();
        self.lines.extend_from_slice(row);
        synthesize(&mut self.lines, 1, len);
        let (low, high) = self.lines.split_at(coarse(self.lines.len(), 1));
        for (target, value) in row.iter_mut().step_by(2).zip(low) {
            *target = *value;
        }
        for (target, value) in row.iter_mut().skip(1).step_by(2).zip(high) {
            *target = *value;
        }
    }
}

/// One level of the transform of lines whose coarse values come before the fine ones; the
/// values at even places come before those at odd ones. Lines go on mirrored at their ends.
fn synthesize(lines: &mut [f64], lanes: usize, len: usize) {
    let Some((low, high)) = lines.split_at_mut_checked(coarse(len, 1) * lanes) else { return };
    for value in high.iter_mut() {
        *value *= -SCALE;
    }
    lift_low(low, high, lanes, |low, sum| low * INVERSE_SCALE - DELTA * sum);
    lift_high(low, high, lanes, |high, sum| high - GAMMA * sum);
    lift_low(low, high, lanes, |low, sum| low - BETA * sum);
    lift_high(low, high, lanes, |high, sum| high - ALPHA * sum);
}

/// Changes each low value by the sum of the high ones before and behind it.
#[inline(always)]
fn lift_low(low: &mut [f64], high: &[f64], lanes: usize, lift: impl Fn(f64, f64) -> f64) {
    let Some((first, rest)) = low.split_at_mut_checked(lanes) else { return };
    add_pairs(first, high, high, &lift);
    let behind = high.get(lanes..).unwrap_or_default();
    let Some((inner, last)) = rest.split_at_mut_checked(behind.len().min(rest.len())) else {
        return;
    };
    add_pairs(inner, high, behind, &lift);
    // Behind the end of a line of odd length.
    let end = high.len().checked_sub(lanes).and_then(|end| high.get(end..)).unwrap_or_default();
    add_pairs(last, end, end, &lift);
}

/// Changes each high value by the sum of the low ones before and behind it.
#[inline(always)]
fn lift_high(low: &[f64], high: &mut [f64], lanes: usize, lift: impl Fn(f64, f64) -> f64) {
    let behind = low.get(lanes..).unwrap_or_default();
    let inner_len = behind.len().min(high.len());
    let (inner, last) = high.split_at_mut(inner_len);
    add_pairs(inner, low, behind, &lift);
    // Behind the end of a line of even length.
    let end = low.len().checked_sub(lanes).and_then(|end| low.get(end..)).unwrap_or_default();
    add_pairs(last, end, end, &lift);
}

#[inline(always)]
fn add_pairs(targets: &mut [f64], a: &[f64], b: &[f64], lift: &impl Fn(f64, f64) -> f64) {
    for ((target, a), b) in targets.iter_mut().zip(a).zip(b) {
        *target = lift(*target, a + b);
    }
}
