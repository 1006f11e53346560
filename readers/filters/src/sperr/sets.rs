//! Sets of coefficients that SPECK finds significant or not as a whole, and their division
//! (Islam and Pearlman, "An embedded and efficient low-complexity hierarchical image coder",
//! 1999; Tang and Pearlman for volumes, 2006).

/// A box of coefficients; axes fastest first.
#[derive(Clone, Copy, Default)]
pub(super) struct Set {
    pub start: [u32; 3],
    pub len: [u32; 3],
}

pub(super) const X: usize = 1;
pub(super) const Y: usize = 2;
pub(super) const Z: usize = 4;
pub(super) const ALL: usize = X | Y | Z;

impl Set {
    pub(super) fn is_empty(&self) -> bool {
        self.len.contains(&0)
    }

    pub(super) fn is_single(&self) -> bool {
        self.len == [1; 3]
    }

    /// The part of the set behind the middle of those axes whose bit `corner` has, and before
    /// the middle of the others of `axes`. The part before the middle is the longer one.
    #[inline(always)]
    pub(super) fn part(&self, corner: usize, axes: usize) -> Self {
        let mut part = *self;
        for (axis, (start, len)) in part.start.iter_mut().zip(&mut part.len).enumerate() {
            if axes >> axis & 1 == 0 {
                continue;
            }
            let (before, behind) = (*len - *len / 2, *len / 2);
            if corner >> axis & 1 == 1 {
                *start += before;
                *len = behind;
            } else {
                *len = before;
            }
        }
        part
    }

    /// How many of `axes` the set can be divided along.
    pub(super) fn divisions(&self, axes: usize) -> usize {
        let is_divisible = |axis: &usize| axes >> axis & 1 == 1 && self.len[*axis] > 1;
        (0..3).filter(is_divisible).count()
    }
}
