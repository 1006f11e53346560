//! Which pieces of an N-D variable a spreadsheet needs: tiles that cover the visible cells.
//!
//! Rows run along one axis, columns along another; the other axes stand at fixed indices.
//! Tiles lie on a grid, so that scrolling asks for the same sections again (cache keys).

use std::ops::Range;

use hyperslab_core::chunks::ChunkGrid;
use hyperslab_core::{Range as AxisRange, Section};

/// How a variable is laid out as a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    pub shape: Vec<u64>,
    /// Without one there is a single row.
    pub row_axis: Option<usize>,
    /// Without one there is a single column; without both, a scalar's one cell.
    pub col_axis: Option<usize>,
    /// An index for every axis; those of the row, column and text axes do not matter.
    pub fixed: Vec<u64>,
    /// The characters of a cell's text lie along this axis: read whole.
    pub text_axis: Option<usize>,
    /// So many columns are fields of each element: no axis runs across then.
    pub fields: Option<u64>,
}

/// Cells of a table and where their values are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    pub section: Section,
    pub rows: Range<u64>,
    pub cols: Range<u64>,
}

/// Where the view is going, for prefetching: -1, 0 or 1 along each axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    pub rows: i8,
    pub cols: i8,
}

impl Layout {
    pub fn row_count(&self) -> u64 {
        self.length(self.row_axis)
    }

    pub fn col_count(&self) -> u64 {
        self.fields.unwrap_or_else(|| self.length(self.col_axis))
    }

    /// The tiles of `tile_rows * tile_cols` cells with a cell in `rows` and `cols`, row by row.
    pub fn tiles(
        &self,
        rows: Range<u64>,
        cols: Range<u64>,
        [tile_rows, tile_cols]: [u64; 2],
    ) -> Vec<Tile> {
        let counts = [self.row_count(), self.col_count()];
        let Ok(grid) = ChunkGrid::new(&counts, &[tile_rows, tile_cols]) else { return Vec::new() };
        let wanted = Section::new([cut(&rows, counts[0]), cut(&cols, counts[1])]);
        grid.parts(&wanted)
            .filter_map(|part| match grid.bounds(&part.index).ranges.as_slice() {
                [rows, cols] => self.tile(rows.start..rows.end(), cols.start..cols.end()),
                _ => None,
            })
            .collect()
    }

    /// The tiles one tile beyond the visible ones in the direction of movement.
    pub fn ahead(
        &self,
        rows: Range<u64>,
        cols: Range<u64>,
        tile: [u64; 2],
        direction: Direction,
    ) -> Vec<Tile> {
        let wider_rows = widened(&rows, tile[0], direction.rows);
        let wider_cols = widened(&cols, tile[1], direction.cols);
        let visible = self.tiles(rows, cols, tile);
        let mut tiles = self.tiles(wider_rows, wider_cols, tile);
        tiles.retain(|tile| !visible.contains(tile));
        tiles
    }

    /// The section of these cells; `None` when it does not lie in the variable.
    pub fn tile(&self, rows: Range<u64>, cols: Range<u64>) -> Option<Tile> {
        let range = |(axis, &len): (usize, &u64)| {
            let axis = Some(axis);
            if axis == self.row_axis {
                AxisRange::new(rows.start, rows.end.saturating_sub(rows.start))
            } else if axis == self.col_axis {
                AxisRange::new(cols.start, cols.end.saturating_sub(cols.start))
            } else if axis == self.text_axis {
                AxisRange::new(0, len)
            } else {
                AxisRange::one(axis.and_then(|axis| self.fixed.get(axis)).copied().unwrap_or(0))
            }
        };
        let section = Section::new(self.shape.iter().enumerate().map(range).collect::<Vec<_>>());
        section.check(&self.shape).is_ok().then_some(Tile { section, rows, cols })
    }

    /// The position in a tile's values of the cell at `row` and `col`: of its first character
    /// where there is a text axis (`usize` counts elements).
    pub fn index_in(&self, tile: &Tile, row: u64, col: u64) -> Option<usize> {
        if !(tile.rows.contains(&row) && tile.cols.contains(&col)) {
            return None;
        }
        let mut index = 0u64;
        for (axis, range) in tile.section.ranges.iter().enumerate() {
            let axis = Some(axis);
            let at = if axis == self.row_axis {
                row - tile.rows.start
            } else if axis == self.col_axis {
                col - tile.cols.start
            } else {
                0
            };
            index = index.checked_mul(range.count)?.checked_add(at)?;
        }
        usize::try_from(index).ok()
    }

    fn length(&self, axis: Option<usize>) -> u64 {
        match axis {
            None => 1,
            Some(axis) => self.shape.get(axis).copied().unwrap_or(0),
        }
    }
}

fn cut(range: &Range<u64>, len: u64) -> AxisRange {
    let (start, end) = (range.start.min(len), range.end.min(len));
    AxisRange::new(start, end.saturating_sub(start))
}

fn widened(range: &Range<u64>, by: u64, direction: i8) -> Range<u64> {
    match direction {
        0 => range.clone(),
        1.. => range.start..range.end.saturating_add(by),
        _ => range.start.saturating_sub(by)..range.end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(shape: &[u64], row_axis: Option<usize>, col_axis: Option<usize>) -> Layout {
        let fixed = vec![0; shape.len()];
        Layout { shape: shape.into(), row_axis, col_axis, fixed, text_axis: None, fields: None }
    }

    #[test]
    fn tiles_cover_what_is_visible_and_end_at_the_edge() {
        let mut layout = layout(&[12, 300, 50], Some(1), Some(2));
        layout.fixed[0] = 7;
        let tiles = layout.tiles(100..140, 0..10, [128, 32]);
        assert_eq!(tiles.len(), 2);
        assert_eq!(tiles[1].rows, 128..256);
        let want = [AxisRange::one(7), AxisRange::new(128, 128), AxisRange::new(0, 32)];
        assert_eq!(tiles[1].section, Section::new(want));
        let edge = layout.tiles(299..400, 40..50, [128, 32]);
        assert_eq!((edge[0].rows.clone(), edge[0].cols.clone()), (256..300, 32..50));
        assert_eq!(layout.index_in(&edge[0], 257, 33), Some(19));
        assert_eq!(layout.index_in(&edge[0], 0, 33), None);
    }

    #[test]
    fn a_vector_is_one_column_and_a_scalar_one_cell() {
        let vector = layout(&[1 << 62], Some(0), None);
        assert_eq!((vector.row_count(), vector.col_count()), (1 << 62, 1));
        let tiles = vector.tiles(1 << 61..(1 << 61) + 10, 0..1, [128, 32]);
        assert_eq!(tiles[0].section, Section::new([AxisRange::new(1 << 61, 128)]));
        let scalar = layout(&[], None, None);
        assert_eq!(scalar.tiles(0..9, 0..9, [128, 32]).len(), 1);
        assert_eq!(scalar.tiles(0..9, 0..9, [128, 32])[0].section, Section::default());
    }

    #[test]
    fn columns_may_lie_along_an_earlier_axis_than_rows() {
        let layout = layout(&[4, 6], Some(1), Some(0));
        let tile = layout.tile(0..6, 0..4).unwrap();
        assert_eq!(tile.section, Section::all(&[4, 6]));
        assert_eq!(layout.index_in(&tile, 5, 1), Some(11));
    }

    #[test]
    fn text_axes_are_read_whole() {
        let mut layout = layout(&[9, 80], Some(0), None);
        layout.text_axis = Some(1);
        let tile = layout.tile(3..5, 0..1).unwrap();
        assert_eq!(tile.section.shape(), [2, 80]);
        assert_eq!(layout.index_in(&tile, 4, 0), Some(80));
    }

    #[test]
    fn fields_are_columns_of_the_same_elements() {
        let mut layout = layout(&[1000], Some(0), None);
        layout.fields = Some(50);
        assert_eq!((layout.row_count(), layout.col_count()), (1000, 50));
        let tiles = layout.tiles(0..20, 0..50, [128, 32]);
        assert_eq!(tiles.len(), 2);
        assert_eq!(tiles[0].section, tiles[1].section);
        assert_eq!(tiles[1].cols, 32..50);
        assert_eq!(layout.index_in(&tiles[1], 7, 40), Some(7));
        assert_eq!(layout.index_in(&tiles[1], 7, 7), None);
    }

    #[test]
    fn prefetching_looks_one_tile_ahead() {
        let layout = layout(&[10_000, 10], Some(0), Some(1));
        let down = Direction { rows: 1, cols: 0 };
        let ahead = layout.ahead(100..120, 0..10, [128, 32], down);
        assert_eq!((ahead.len(), ahead[0].rows.clone()), (1, 128..256));
        let up = Direction { rows: -1, cols: 1 };
        assert!(layout.ahead(100..120, 0..10, [128, 32], up).is_empty());
        assert!(layout.ahead(100..120, 0..10, [128, 32], Direction::default()).is_empty());
    }

    #[test]
    fn empty_and_impossible_tables_have_no_tiles() {
        assert!(layout(&[0, 5], Some(0), Some(1)).tiles(0..9, 0..9, [128, 32]).is_empty());
        assert!(layout(&[5], Some(3), None).tiles(0..9, 0..9, [128, 32]).is_empty());
        assert!(layout(&[5, 5], Some(0), Some(1)).tiles(0..9, 0..9, [0, 32]).is_empty());
        let mut beyond = layout(&[5, 5], Some(0), None);
        beyond.fixed = vec![0, 5];
        assert!(beyond.tiles(0..9, 0..9, [128, 32]).is_empty());
    }

    proptest! {
        #[test]
        fn every_visible_cell_lies_in_exactly_one_tile(
            shape in prop::collection::vec(1u64..40, 2..4), tile in prop::array::uniform2(1u64..9),
            a in 0u64..40, b in 0u64..40, c in 0u64..40, d in 0u64..40, swap: bool,
        ) {
            let (row_axis, col_axis) = if swap { (1, 0) } else { (0, 1) };
            let layout = layout(&shape, Some(row_axis), Some(col_axis));
            let (rows, cols) = (a.min(b)..a.max(b), c.min(d)..c.max(d));
            let tiles = layout.tiles(rows.clone(), cols.clone(), tile);
            for row in rows.start..rows.end.min(layout.row_count()) {
                for col in cols.start..cols.end.min(layout.col_count()) {
                    let holds = |tile: &&Tile| layout.index_in(tile, row, col).is_some();
                    prop_assert_eq!(tiles.iter().filter(holds).count(), 1);
                }
            }
            prop_assert!(tiles.iter().all(|tile| tile.section.check(&shape).is_ok()));
        }
    }
}
