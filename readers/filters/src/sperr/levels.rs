//! How often a block was halved by the wavelet transform, and along which axes.

/// The axes of a block, fastest first.
pub(super) type Dims = [usize; 3];

/// The order in which the axes were transformed.
#[derive(Clone, Copy)]
pub(super) enum Transform {
    /// All axes, as often as given.
    Dyadic(usize),
    /// First all levels along z, then those of each plane.
    Packet { xy: usize, z: usize },
}

impl Transform {
    pub(super) fn of([nx, ny, nz]: Dims) -> Self {
        let (xy, z) = (depth(nx.min(ny)), depth(nz));
        // A level less is worth it when all axes can be treated alike.
        let is_alike = xy == z || xy >= 5 && z >= 5;
        if is_alike && ny > 1 && nz > 1 { Self::Dyadic(xy.min(z)) } else { Self::Packet { xy, z } }
    }
}

/// How often a line is transformed: while it has nine values, at most six times.
fn depth(mut len: usize) -> usize {
    let mut depth = 0;
    while len >= 9 && depth < 6 {
        depth += 1;
        len -= len / 2;
    }
    depth
}

/// The length of a line's coarse part after `level` transforms.
pub(super) fn coarse(len: usize, level: usize) -> usize {
    (0..level).fold(len, |len, _| len - len / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_halved_while_nine_values_are_left() {
        let depths = [1, 8, 9, 16, 17, 33, 257, 1000].map(depth);
        assert_eq!(depths, [0, 0, 1, 1, 2, 3, 6, 6]);
        assert_eq!(coarse(17, 2), 5);
    }
}
