//! The order in which points are coded: flag table 3.4 (GRIB1: code table 8, its first three bits).

/// The flags as stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Scanning(pub u8);

impl Scanning {
    /// Bit 1: points go westwards.
    pub fn i_negative(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Bit 2: rows go northwards.
    pub fn j_positive(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Bit 3: points of a column follow each other.
    pub fn by_columns(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Bit 4: every second row runs the other way.
    pub fn alternating(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// How far, in increments of i and j, the point of this row and column is from where an
    /// unstaggered grid has it (bits 5 to 7; the first row is the first odd one).
    pub fn stagger(self, row: u64) -> (f64, f64) {
        let shifted = if row.is_multiple_of(2) { self.0 & 0x08 } else { self.0 & 0x04 };
        let i = if shifted != 0 { 0.5 } else { 0.0 };
        let j = if self.0 & 0x02 != 0 { 0.5 } else { 0.0 };
        (i, j)
    }

    pub fn is_staggered(self) -> bool {
        self.0 & 0x0e != 0
    }

    /// Bit 8: rows and columns that are offset have one point less.
    pub fn shortens(self) -> bool {
        self.0 & 0x01 != 0 && self.is_staggered()
    }

    /// Row and column of a coded point in a rectangle of `ni` columns and `nj` rows.
    pub fn place(self, index: u64, ni: u64, nj: u64) -> (u64, u64) {
        let (line_len, turn) = if self.by_columns() { (nj, ni) } else { (ni, nj) };
        let line_len = line_len.max(1);
        let line = (index / line_len).min(turn);
        let mut along = index % line_len;
        if self.alternating() && line % 2 == 1 {
            along = line_len - 1 - along;
        }
        if self.by_columns() { (along, line) } else { (line, along) }
    }

    /// Puts coded values in rows, each from its first column on. `coded` has `ni` times `nj` values.
    pub fn arrange<T: Copy>(self, mut coded: Vec<T>, ni: usize, nj: usize) -> Vec<T> {
        let line_len = if self.by_columns() { nj } else { ni };
        if self.alternating() && line_len > 0 {
            coded.chunks_mut(line_len).skip(1).step_by(2).for_each(<[T]>::reverse);
        }
        if self.by_columns() { transpose(&coded, ni, nj) } else { coded }
    }
}

/// Columns of `nj` to rows of `ni`, in tiles that stay in the cache.
pub(super) fn transpose<T: Copy>(columns: &[T], ni: usize, nj: usize) -> Vec<T> {
    const TILE: usize = 32;
    let Some(&first) = columns.first() else { return Vec::new() };
    let mut rows = vec![first; columns.len()];
    for tile_j in (0..nj).step_by(TILE) {
        for tile_i in (0..ni).step_by(TILE) {
            for j in tile_j..(tile_j + TILE).min(nj) {
                let row = rows.get_mut(j * ni..(j + 1) * ni).unwrap_or_default();
                let cells = row.iter_mut().enumerate().skip(tile_i).take(TILE);
                for (i, cell) in cells {
                    if let Some(&value) = columns.get(i * nj + j) {
                        *cell = value;
                    }
                }
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alternating_columns_run_down_and_up_again() {
        // Three columns of two: 0 1 down, 3 2 up, 4 5 down.
        let rows = Scanning(0x30).arrange(vec![0, 1, 2, 3, 4, 5], 3, 2);
        assert_eq!(rows, [0, 3, 4, 1, 2, 5]);
    }

    #[test]
    fn alternating_rows_are_straightened() {
        assert_eq!(Scanning(0x10).arrange(vec![0, 1, 2, 3, 4, 5], 3, 2), [0, 1, 2, 5, 4, 3]);
    }

    #[test]
    fn odd_rows_count_from_the_first() {
        assert_eq!(Scanning(0x08).stagger(0), (0.5, 0.0));
        assert_eq!(Scanning(0x08).stagger(1), (0.0, 0.0));
        assert_eq!(Scanning(0x06).stagger(1), (0.5, 0.5));
    }

    proptest! {
        #[test]
        fn every_scanning_mode_arranges_each_point_where_place_says(
            mode in 0u8..16, ni in 1usize..70, nj in 1usize..70
        ) {
            let scanning = Scanning(mode << 4);
            let coded: Vec<usize> = (0..ni * nj).collect();
            let rows = scanning.arrange(coded.clone(), ni, nj);
            let mut seen = rows.clone();
            seen.sort_unstable();
            prop_assert_eq!(&seen, &coded);
            for index in coded {
                let (j, i) = scanning.place(index as u64, ni as u64, nj as u64);
                prop_assert_eq!(rows[j as usize * ni + i as usize], index);
            }
        }
    }
}
