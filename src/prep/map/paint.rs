//! The colours of a map: those of the values of the cells that its pixels show.

use hyperslab_core::{Buffer, with_numbers};

use super::cells::NONE;
use crate::prep::coloring::Paint;
use crate::prep::image::{Rgba, TRANSPARENT};
use crate::prep::values::Value;

/// In which order values lie, seen from the cells of a geometry, which run row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    AsCells,
    /// Column by column: of so many rows and columns.
    Transposed {
        rows: usize,
        columns: usize,
    },
}

impl Order {
    /// The place of a cell's value.
    #[inline]
    pub fn position(self, cell: usize) -> usize {
        match self {
            Self::AsCells => cell,
            Self::Transposed { rows, columns } => match columns {
                0 => cell,
                _ => cell % columns * rows + cell / columns,
            },
        }
    }
}

/// A colour for each pixel; transparent where there is no cell. O(pixels).
pub fn colors(cells: &[u32], values: &Buffer, order: Order, paint: &Paint) -> Vec<Rgba> {
    let nothing = || vec![TRANSPARENT; cells.len()];
    with_numbers!(values, values => each(cells, values, order, paint), else nothing())
}

fn each<T: Value>(cells: &[u32], values: &[T], order: Order, paint: &Paint) -> Vec<Rgba> {
    let color = |&cell: &u32| match cell {
        NONE => TRANSPARENT,
        cell => match values.get(order.position(cell as usize)) {
            Some(value) => paint.color(value.f64()),
            None => TRANSPARENT,
        },
    };
    cells.iter().map(color).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::colormap::Lut;
    use crate::prep::levels::{Levels, Scale};

    #[test]
    fn pixels_have_the_colours_of_their_cells_however_values_lie() {
        let levels = Levels::new(0.0, 255.0, Scale::Linear);
        let paint = Paint::new(levels, Lut::gray(), [9, 9, 9, 255]);
        // Two rows of three; the same column by column.
        let rows = Buffer::F32(vec![1.0, 2.0, 3.0, 4.0, 5.0, f32::NAN]);
        let columns = Buffer::F32(vec![1.0, 4.0, 2.0, 5.0, 3.0, f32::NAN]);
        let transposed = Order::Transposed { rows: 2, columns: 3 };
        for (values, order) in [(rows, Order::AsCells), (columns, transposed)] {
            let found = colors(&[0, 4, 5, NONE, 77], &values, order, &paint);
            let gray = |v: u8| [v, v, v, 255];
            assert_eq!(found, [gray(1), gray(5), gray(9), TRANSPARENT, TRANSPARENT]);
        }
    }
}
