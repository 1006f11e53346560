//! Scroll positions that stay exact for up to 2^63 rows.
//!
//! A position is a row and how far that row is scrolled out of sight; inside, both become one
//! integer in 256ths of a pixel, so that going down and up again ends where it began.

use std::ops::Range;

/// What is scrolled: rows of equal height seen through a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scroll {
    pub rows: u64,
    pub row_px: f32,
    pub view_px: f32,
}

/// The row at the top edge, and how many pixels of it are above the edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScrollPosition {
    pub row: u64,
    pub offset_px: f32,
}

/// The handle of a scroll bar, from the start of its track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thumb {
    pub start_px: f32,
    pub len_px: f32,
}

const UNITS_PER_PX: f64 = 256.0;
/// Steps in which the thumb's way is counted: finer than any pointer, coarse enough for `i128`.
const FRACTION: f64 = (1u64 << 48) as f64;
const THUMB_MIN_PX: f32 = 24.0;

impl ScrollPosition {
    pub fn at_row(row: u64) -> Self {
        Self { row, offset_px: 0.0 }
    }
}

impl Scroll {
    /// The nearest position that exists: not beyond the last row standing at the bottom.
    pub fn clamp(&self, position: ScrollPosition) -> ScrollPosition {
        self.position(self.units(position))
    }

    /// Down by so many pixels, up where negative. Exact to 1/256 of a pixel.
    pub fn by_px(&self, position: ScrollPosition, px: f64) -> ScrollPosition {
        let distance = (px * UNITS_PER_PX).round() as i128; // Saturates; NaN is 0.
        self.position(self.units(self.clamp(position)).saturating_add(distance))
    }

    /// Down by so many rows, up where negative.
    pub fn by_rows(&self, position: ScrollPosition, rows: i64) -> ScrollPosition {
        let distance = i128::from(rows).saturating_mul(self.row_units());
        self.position(self.units(self.clamp(position)).saturating_add(distance))
    }

    /// Down by so many windows, each a row short so that one row stays in sight.
    pub fn by_pages(&self, position: ScrollPosition, pages: i64) -> ScrollPosition {
        let rows = (self.view_units() / self.row_units() - 1).max(1);
        let rows = i128::from(pages).saturating_mul(rows);
        self.by_rows(position, rows.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    pub fn end(&self) -> ScrollPosition {
        self.position(i128::MAX)
    }

    /// The least movement that brings the whole of `row` into sight.
    pub fn reveal(&self, position: ScrollPosition, row: u64) -> ScrollPosition {
        let at = self.units(self.clamp(position));
        let top = i128::from(row.min(self.rows.saturating_sub(1))) * self.row_units();
        let lowest = top + self.row_units() - self.view_units();
        self.position(at.max(lowest).min(top))
    }

    /// The rows at least partly in sight.
    pub fn visible(&self, position: ScrollPosition) -> Range<u64> {
        let position = self.clamp(position);
        let bottom = self.units(position) + self.view_units();
        let end = (bottom + self.row_units() - 1) / self.row_units();
        position.row..u64::try_from(end).unwrap_or(u64::MAX).clamp(position.row, self.rows)
    }

    /// How far the top of `row` is below the window's top edge: negative above it. Exact near
    /// the window.
    pub fn row_top_px(&self, position: ScrollPosition, row: u64) -> f32 {
        let apart = i128::from(row) * self.row_units() - self.units(self.clamp(position));
        (apart as f64 / UNITS_PER_PX) as f32
    }

    /// The row under a place in the window.
    pub fn row_at_px(&self, position: ScrollPosition, y_px: f32) -> Option<u64> {
        let below = (f64::from(y_px) * UNITS_PER_PX).floor() as i128;
        let at = self.units(self.clamp(position)).checked_add(below).filter(|at| *at >= 0)?;
        u64::try_from(at / self.row_units()).ok().filter(|&row| row < self.rows)
    }

    /// Everything is in sight.
    pub fn is_all_visible(&self) -> bool {
        self.last_units() == 0
    }

    /// The handle on a track of this length; as long as the track when there is nothing to scroll.
    pub fn thumb(&self, position: ScrollPosition, track_px: f32) -> Thumb {
        let track_px = if track_px.is_finite() { track_px.max(0.0) } else { 0.0 };
        let last = self.last_units();
        if last == 0 {
            return Thumb { start_px: 0.0, len_px: track_px };
        }
        let share = self.view_units() as f64 / (last + self.view_units()) as f64;
        let len_px = (f64::from(track_px) * share) as f32;
        let len_px = len_px.max(THUMB_MIN_PX.min(track_px / 2.0));
        let at = self.units(self.clamp(position)) as f64 / last as f64;
        Thumb { start_px: (f64::from(track_px - len_px) * at) as f32, len_px }
    }

    /// Where a handle dragged to `start_px` scrolls to. Its ends are the first and last row.
    pub fn from_thumb(&self, start_px: f32, track_px: f32) -> ScrollPosition {
        let space = track_px - self.thumb(ScrollPosition::default(), track_px).len_px;
        let fraction = (f64::from(start_px) / f64::from(space)).clamp(0.0, 1.0);
        if fraction.is_nan() {
            return ScrollPosition::default();
        }
        let last = self.last_units();
        let fraction = (fraction * FRACTION) as i128;
        let (high, low) = (last >> 48, last & ((1 << 48) - 1));
        self.position(high * fraction + ((low * fraction) >> 48))
    }

    /// At least 1, at most 2^16: rows of 256 pixels.
    fn row_units(&self) -> i128 {
        let units = (f64::from(self.row_px) * UNITS_PER_PX).round();
        (units.clamp(1.0, 65_536.0) as i128).max(1) // NaN is 0.
    }

    fn view_units(&self) -> i128 {
        (f64::from(self.view_px) * UNITS_PER_PX).round().clamp(0.0, 1e12) as i128
    }

    /// The lowest position.
    fn last_units(&self) -> i128 {
        (i128::from(self.rows) * self.row_units() - self.view_units()).max(0)
    }

    fn units(&self, position: ScrollPosition) -> i128 {
        let offset = (f64::from(position.offset_px) * UNITS_PER_PX).round() as i128;
        (i128::from(position.row) * self.row_units()).saturating_add(offset)
    }

    fn position(&self, units: i128) -> ScrollPosition {
        let units = units.clamp(0, self.last_units());
        let (row, offset) = (units / self.row_units(), units % self.row_units());
        // Exact: an offset has at most 16 bits.
        let offset_px = (offset as f64 / UNITS_PER_PX) as f32;
        ScrollPosition { row: u64::try_from(row).unwrap_or(u64::MAX), offset_px }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROWS: u64 = 1 << 63;

    fn scroll(rows: u64) -> Scroll {
        Scroll { rows, row_px: 20.0, view_px: 600.0 }
    }

    #[test]
    fn far_rows_are_reached_exactly() {
        for row in [1_000_000_000, 1_000_000_000_000_000_000] {
            let at = ScrollPosition::at_row(row);
            let scroll = scroll(ROWS);
            assert_eq!(scroll.by_px(at, 20.0), ScrollPosition::at_row(row + 1));
            assert_eq!(scroll.by_px(at, -0.5), ScrollPosition { row: row - 1, offset_px: 19.5 });
            assert_eq!(scroll.visible(at), row..row + 30);
            assert_eq!(scroll.visible(scroll.by_px(at, 1.0)), row..row + 31);
            assert_eq!(scroll.row_top_px(scroll.by_px(at, 5.0), row + 2), 35.0);
            assert_eq!(scroll.row_at_px(at, 25.0), Some(row + 1));
        }
    }

    #[test]
    fn the_ends_hold() {
        let scroll = scroll(ROWS);
        assert_eq!(scroll.by_px(ScrollPosition::default(), -5.0), ScrollPosition::default());
        assert_eq!(scroll.visible(scroll.end()), ROWS - 30..ROWS);
        assert_eq!(scroll.by_px(scroll.end(), 1e300), scroll.end());
        assert_eq!(scroll.by_pages(ScrollPosition::default(), i64::MAX), scroll.end());
        assert_eq!(scroll.by_pages(ScrollPosition::at_row(100), -1).row, 71);
        assert_eq!(scroll.from_thumb(1e9, 500.0), scroll.end());
        assert_eq!(scroll.from_thumb(0.0, 500.0), ScrollPosition::default());
    }

    #[test]
    fn short_tables_do_not_scroll() {
        let scroll = scroll(10);
        assert!(scroll.is_all_visible());
        assert_eq!(scroll.by_px(ScrollPosition::default(), 100.0), ScrollPosition::default());
        assert_eq!(scroll.visible(ScrollPosition::at_row(5)), 0..10);
        assert_eq!(scroll.thumb(ScrollPosition::default(), 500.0).len_px, 500.0);
        assert_eq!(self::scroll(0).visible(ScrollPosition::default()), 0..0);
    }

    #[test]
    fn revealing_a_row_moves_no_further_than_needed() {
        let scroll = scroll(ROWS);
        let at = ScrollPosition::at_row(1000);
        assert_eq!(scroll.reveal(at, 1010), at);
        assert_eq!(scroll.reveal(at, 990), ScrollPosition::at_row(990));
        assert_eq!(scroll.reveal(at, 1030), ScrollPosition::at_row(1001));
        assert_eq!(scroll.reveal(at, u64::MAX), scroll.end());
    }

    proptest! {
        #[test]
        fn down_and_up_again_ends_where_it_began(
            row in 1_000_000u64..ROWS - 1_000_000, px in -100_000.0f64..100_000.0,
            offset in 0u16..5120, steps in 1usize..9,
        ) {
            let scroll = scroll(ROWS);
            let begin = ScrollPosition { row, offset_px: f32::from(offset) / 256.0 };
            let mut at = begin;
            for _ in 0..steps {
                at = scroll.by_px(at, px);
            }
            for _ in 0..steps {
                at = scroll.by_px(at, -px);
            }
            prop_assert_eq!(at, begin);
        }

        #[test]
        fn a_dragged_thumb_stays_under_the_pointer(
            rows in 100u64..=u64::MAX, t in 0.0f32..=1.0, track in 60.0f32..2000.0,
        ) {
            let scroll = scroll(rows);
            let room = track - scroll.thumb(ScrollPosition::default(), track).len_px;
            let at = scroll.from_thumb(t * room, track);
            let thumb = scroll.thumb(at, track);
            prop_assert!((thumb.start_px - t * room).abs() < 0.01);
            prop_assert!(thumb.start_px + thumb.len_px <= track * 1.0001);
        }

        #[test]
        fn no_numbers_make_it_panic(
            rows: u64, row: u64, other: u64, n: i64,
            floats in prop::array::uniform6(prop::num::f32::ANY),
        ) {
            let [row_px, view_px, offset_px, track, start, y] = floats;
            let scroll = Scroll { rows, row_px, view_px };
            let at = ScrollPosition { row, offset_px };
            for at in [
                scroll.clamp(at), scroll.by_px(at, f64::from(y)), scroll.by_rows(at, n),
                scroll.by_pages(at, n), scroll.reveal(at, other), scroll.from_thumb(start, track),
            ] {
                prop_assert_eq!(scroll.clamp(at), at);
                let visible = scroll.visible(at);
                prop_assert!(visible.start <= visible.end && visible.end <= rows);
            }
            let _ = (scroll.thumb(at, track), scroll.row_top_px(at, other), scroll.row_at_px(at, y));
        }
    }
}
