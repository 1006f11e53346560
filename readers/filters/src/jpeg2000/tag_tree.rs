//! Tag trees (ITU-T T.800, B.10.2): a number for each cell of a table, told bit by bit, with
//! minima of four cells shared.

/// Five bytes a node, a third more nodes than cells.
pub(super) struct TagTree {
    /// Columns of each level and where its nodes begin, leaves first.
    levels: Vec<(u32, usize)>,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Default)]
struct Node {
    /// At least this; exactly this once known.
    value: u32,
    is_known: bool,
}

impl TagTree {
    pub(super) fn new(columns: u32, rows: u32) -> Self {
        let mut levels = Vec::new();
        let mut len = 0;
        let (mut columns, mut rows) = (columns, rows);
        while columns > 0 && rows > 0 {
            levels.push((columns, len));
            len += columns as usize * rows as usize;
            if columns == 1 && rows == 1 {
                break;
            }
            (columns, rows) = (columns.div_ceil(2), rows.div_ceil(2));
        }
        Self { levels, nodes: vec![Node::default(); len] }
    }

    /// Reads until it is known whether a leaf's number is below `threshold`; if so, the number.
    pub(super) fn read(
        &mut self,
        leaf: usize,
        threshold: u32,
        mut bit: impl FnMut() -> Option<u32>,
    ) -> Option<Option<u32>> {
        let columns = self.levels.first()?.0 as usize;
        let (x, y) = (leaf % columns, leaf / columns);
        let mut least = 0;
        let mut is_known = false;
        for (depth, &(columns, start)) in self.levels.iter().enumerate().rev() {
            let index = start + (y >> depth) * columns as usize + (x >> depth);
            let node = self.nodes.get_mut(index)?;
            node.value = node.value.max(least);
            while !node.is_known && node.value < threshold {
                if bit()? == 1 {
                    node.is_known = true;
                } else {
                    node.value += 1;
                }
            }
            least = node.value;
            is_known = node.is_known;
        }
        Some((is_known && least < threshold).then_some(least))
    }
}
