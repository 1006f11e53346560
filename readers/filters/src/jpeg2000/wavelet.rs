//! The inverse wavelet transforms (ITU-T T.800, Annex F): 5/3 for integers, 9/7 for others.
//!
//! Rows are filtered one at a time, columns all at once, row by row.

use super::codestream::Rect;

/// What a transform works on.
pub(super) trait Sample: Copy + Default {
    /// Undoes the filter on a signal, the first sample of which has the parity `is_odd`. `lift`
    /// calls its argument for each sample of one parity, with both its neighbours.
    fn filter(signal: &mut impl Signal<Self>);
    /// A signal of one sample at an odd place.
    fn halved(self) -> Self;
}

/// Samples of a row, or rows of samples.
pub(super) trait Signal<S> {
    /// Replaces samples at even (low) or odd (high) places by `step(sample, before + after)`.
    fn lift(&mut self, odd: bool, step: impl Fn(S, S, S) -> S);
    fn scale(&mut self, odd: bool, step: impl Fn(S) -> S);
}

impl Sample for i32 {
    /// F.3.8.1
    #[inline(always)]
    fn filter(signal: &mut impl Signal<i32>) {
        signal.lift(false, |sample, before, after| {
            sample.wrapping_sub(before.wrapping_add(after).wrapping_add(2) >> 2)
        });
        signal.lift(true, |sample, before, after| {
            sample.wrapping_add(before.wrapping_add(after) >> 1)
        });
    }

    fn halved(self) -> Self {
        self / 2
    }
}

impl Sample for f32 {
    /// F.3.8.2 and table F.4.
    #[inline(always)]
    fn filter(signal: &mut impl Signal<f32>) {
        const ALPHA: f32 = -1.586_134_3;
        const BETA: f32 = -0.052_980_12;
        const GAMMA: f32 = 0.882_911_1;
        const DELTA: f32 = 0.443_506_85;
        const K: f32 = 1.230_174_1;
        signal.scale(false, |sample| sample * K);
        signal.scale(true, |sample| sample * (1.0 / K));
        signal.lift(false, |sample, before, after| sample - DELTA * (before + after));
        signal.lift(true, |sample, before, after| sample - GAMMA * (before + after));
        signal.lift(false, |sample, before, after| sample - BETA * (before + after));
        signal.lift(true, |sample, before, after| sample - ALPHA * (before + after));
    }

    fn halved(self) -> Self {
        self / 2.0
    }
}

/// The four subbands of a resolution, each with its samples row by row.
pub(super) struct Bands<'a, S> {
    pub(super) ll: &'a [S],
    pub(super) hl: &'a [S],
    pub(super) lh: &'a [S],
    pub(super) hh: &'a [S],
}

/// The resolution that covers `rect` from its subbands (F.3.2).
pub(super) fn synthesise<S: Sample>(bands: &Bands<S>, rect: &Rect) -> Vec<S> {
    let (columns, rows) = (rect.columns() as usize, rect.rows() as usize);
    let mut out = vec![S::default(); columns * rows];
    if out.is_empty() {
        return out;
    }
    let (x_odd, y_odd) = (rect.x0 % 2 == 1, rect.y0 % 2 == 1);
    let low_columns = (columns + usize::from(!x_odd)) / 2;
    let high_columns = columns - low_columns;
    let mut lines = [(bands.ll, bands.hl), (bands.lh, bands.hh)];
    let mut row_signal = Row::new(low_columns, high_columns, x_odd);
    for (index, row) in out.chunks_exact_mut(columns).enumerate() {
        let Some((low, high)) = lines.get_mut(usize::from((index % 2 == 1) != y_odd)) else {
            break;
        };
        row_signal.synthesise(take(low, low_columns), take(high, high_columns), row);
    }
    if rows == 1 {
        if y_odd {
            out.iter_mut().for_each(|sample| *sample = sample.halved());
        }
        return out;
    }
    S::filter(&mut Columns { samples: &mut out, columns, rows, is_odd: y_odd });
    out
}

fn take<'a, S>(band: &mut &'a [S], len: usize) -> &'a [S] {
    let (line, rest) = band.split_at_checked(len).unwrap_or((&[], &[]));
    *band = rest;
    line
}

/// One row, samples of even and of odd places apart, each with a copy of its first and last
/// sample around it: that is what mirroring the signal at its ends comes to.
struct Row<S> {
    low: Vec<S>,
    high: Vec<S>,
    is_odd: bool,
}

impl<S: Sample> Row<S> {
    fn new(low: usize, high: usize, is_odd: bool) -> Self {
        Self { low: vec![S::default(); low + 2], high: vec![S::default(); high + 2], is_odd }
    }

    #[inline(always)]
    fn synthesise(&mut self, low: &[S], high: &[S], out: &mut [S]) {
        fill(&mut self.low, low);
        fill(&mut self.high, high);
        match out {
            [single] => {
                *single = match (self.is_odd, low, high) {
                    (true, _, [sample]) => sample.halved(),
                    (false, [sample], _) => *sample,
                    _ => S::default(),
                };
                return;
            }
            _ => S::filter(self),
        }
        let (first, second) =
            if self.is_odd { (&self.high, &self.low) } else { (&self.low, &self.high) };
        let (first, second) =
            (first.get(1..).unwrap_or_default(), second.get(1..).unwrap_or_default());
        let (pairs, last) = out.as_chunks_mut::<2>();
        for ((pair, first), second) in pairs.iter_mut().zip(first).zip(second) {
            *pair = [*first, *second];
        }
        if let (Some(last), Some(sample)) = (last.first_mut(), first.get(pairs.len())) {
            *last = *sample;
        }
    }
}

fn fill<S: Copy>(padded: &mut [S], samples: &[S]) {
    if let [_, inner @ .., _] = padded
        && inner.len() == samples.len()
    {
        inner.copy_from_slice(samples);
    }
}

/// Copies the first and last sample to the places around them.
fn pad<S: Copy>(samples: &mut [S]) {
    if let [before, first, ..] = samples {
        *before = *first;
    }
    if let [.., last, after] = samples {
        *after = *last;
    }
}

impl<S: Sample> Signal<S> for Row<S> {
    #[inline(always)]
    fn lift(&mut self, odd: bool, step: impl Fn(S, S, S) -> S) {
        let (targets, others) =
            if odd { (&mut self.high, &mut self.low) } else { (&mut self.low, &mut self.high) };
        pad(others);
        // Where the signal begins with the other parity, that sample is the one before.
        let begins_with_targets = odd == self.is_odd;
        let before = others.get(usize::from(!begins_with_targets)..).unwrap_or_default();
        let after = before.get(1..).unwrap_or_default();
        let [_, targets @ .., _] = targets.as_mut_slice() else { return };
        for ((target, before), after) in targets.iter_mut().zip(before).zip(after) {
            *target = step(*target, *before, *after);
        }
    }

    #[inline(always)]
    fn scale(&mut self, odd: bool, step: impl Fn(S) -> S) {
        let targets = if odd { &mut self.high } else { &mut self.low };
        targets.iter_mut().for_each(|sample| *sample = step(*sample));
    }
}

struct Columns<'a, S> {
    samples: &'a mut [S],
    columns: usize,
    rows: usize,
    is_odd: bool,
}

impl<S: Sample> Signal<S> for Columns<'_, S> {
    #[inline(always)]
    fn lift(&mut self, odd: bool, step: impl Fn(S, S, S) -> S) {
        let columns = self.columns;
        let mut row = usize::from(odd != self.is_odd);
        while row < self.rows {
            let (before, rest) = self.samples.split_at_mut(row * columns);
            let (targets, after) = rest.split_at_mut(columns);
            let before = before.get(before.len().saturating_sub(columns)..).unwrap_or_default();
            let after = after.get(..columns).unwrap_or_default();
            // Mirrored at the first and last row.
            let (before, after) = match (before.is_empty(), after.is_empty()) {
                (true, _) => (after, after),
                (_, true) => (before, before),
                _ => (before, after),
            };
            for ((target, before), after) in targets.iter_mut().zip(before).zip(after) {
                *target = step(*target, *before, *after);
            }
            row += 2;
        }
    }

    #[inline(always)]
    fn scale(&mut self, odd: bool, step: impl Fn(S) -> S) {
        let rows = self.samples.chunks_exact_mut(self.columns);
        for row in rows.skip(usize::from(odd != self.is_odd)).step_by(2) {
            row.iter_mut().for_each(|sample| *sample = step(*sample));
        }
    }
}
