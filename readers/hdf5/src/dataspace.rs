//! The Dataspace Message (HDF5 File Format Specification 4.0, IV.A.2.b), versions 1 and 2.

use hyperslab_core::{ByteOrder, Cursor, ReadError, Result};

use crate::file::File;

/// libhdf5's H5S_MAX_RANK.
pub const MAX_RANK: u8 = 32;

/// How elements are arranged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataspace {
    /// Empty for a scalar, and where there is nothing at all.
    pub shape: Vec<u64>,
    /// As long as `shape`; `None` for an axis that may grow without bounds.
    pub max_shape: Vec<Option<u64>>,
    /// There are no elements and no shape.
    pub is_null: bool,
}

/// "Dataspace Type" of version 2.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Scalar,
    Simple,
    Null,
}

impl Dataspace {
    /// Reads the body of a dataspace message; `offset` is where it lies in the file.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for another version.
    pub fn parse(body: &[u8], offset: u64, file: &File) -> Result<Self> {
        Self::parse_sized(&mut Cursor::new(body, offset, ByteOrder::Little), file.length_size())
    }

    /// The same for lengths of `length_size` bytes.
    fn parse_sized(cursor: &mut Cursor, length_size: u8) -> Result<Self> {
        let start = cursor.offset();
        let (version, rank, flags) = (cursor.u8()?, cursor.u8()?, cursor.u8()?);
        let kind = match version {
            1 => {
                cursor.skip(1 + 4)?;
                if rank == 0 { Kind::Scalar } else { Kind::Simple }
            }
            2 => match cursor.u8()? {
                0 => Kind::Scalar,
                1 => Kind::Simple,
                2 => Kind::Null,
                other => return Err(cursor.malformed(format!("dataspace type {other}"))),
            },
            other => {
                let message = format!("dataspace message version {other}");
                return Err(ReadError::unsupported(message).at(start));
            }
        };
        if rank > MAX_RANK {
            return Err(cursor.malformed(format!("{rank} axes, at most {MAX_RANK} are possible")));
        }
        if kind != Kind::Simple && rank > 0 {
            return Err(cursor.malformed(format!("{rank} axes of a scalar or null dataspace")));
        }
        let shape: Vec<u64> = (0..rank).map(|_| cursor.uint(length_size)).collect::<Result<_>>()?;
        // Permutation indices, flag 1 of version 1, may follow: they were never put to use.
        let max_shape = if flags & 1 == 0 {
            shape.iter().map(|&len| Some(len)).collect()
        } else {
            (0..rank).map(|_| limit(cursor, length_size)).collect::<Result<_>>()?
        };
        let space = Self { shape, max_shape, is_null: kind == Kind::Null };
        space.check(start)?;
        Ok(space)
    }

    fn check(&self, start: u64) -> Result<()> {
        for (axis, (&len, &most)) in self.shape.iter().zip(&self.max_shape).enumerate() {
            if most.is_some_and(|most| len > most) {
                let message = format!("axis {axis} is longer than it may become");
                return Err(ReadError::malformed(message).at(start));
            }
        }
        self.element_count().map(drop).map_err(|error| error.at(start))
    }

    /// How many elements there are.
    ///
    /// # Errors
    /// `Malformed` when they are more than a 64-bit number counts.
    pub fn element_count(&self) -> Result<u64> {
        if self.is_null || self.shape.contains(&0) {
            return Ok(0);
        }
        self.shape.iter().try_fold(1u64, |n, &len| n.checked_mul(len)).ok_or_else(|| {
            ReadError::malformed(format!("the shape {:?} has too many elements", self.shape))
        })
    }
}

/// The next length, `None` where all bits are set.
pub fn limit(cursor: &mut Cursor, bytes: u8) -> Result<Option<u64>> {
    let unlimited = u64::MAX >> (64 - 8 * u32::from(bytes.clamp(1, 8)));
    Ok(Some(cursor.uint(bytes)?).filter(|&value| value != unlimited))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8], length_size: u8) -> Result<Dataspace> {
        Dataspace::parse_sized(&mut Cursor::new(bytes, 0, ByteOrder::Little), length_size)
    }

    #[test]
    fn both_versions_tell_shape_and_limits() {
        let version_1 = [1, 2, 1, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0xff, 0xff, 9, 0];
        let space = parse(&version_1, 2).unwrap();
        assert_eq!((space.shape, space.max_shape), (vec![3, 4], vec![None, Some(9)]));
        let version_2 = [2, 1, 0, 1, 7, 0, 0, 0];
        let space = parse(&version_2, 4).unwrap();
        assert_eq!((space.shape, space.max_shape), (vec![7], vec![Some(7)]));
    }

    #[test]
    fn a_scalar_has_one_element_and_null_has_none() {
        let scalar = parse(&[1, 0, 0, 0, 0, 0, 0, 0], 8).unwrap();
        assert_eq!((scalar.element_count().unwrap(), scalar.is_null), (1, false));
        let null = parse(&[2, 0, 0, 2], 8).unwrap();
        assert_eq!((null.element_count().unwrap(), null.is_null), (0, true));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        assert!(parse(&[2, 2, 0, 0, 1, 1], 1).is_err(), "a scalar with axes");
        assert!(parse(&[2, 1, 1, 1, 5, 4], 1).is_err(), "longer than it may become");
        assert!(parse(&[2, 33, 0, 1], 1).is_err(), "too many axes");
        assert!(parse(&[2, 2, 0, 1, 1], 1).is_err(), "cut off");
        assert!(parse(&[3, 0, 0, 0], 1).is_err(), "version 3");
        let huge = [&[2u8, 2, 0, 1][..], &[0xff; 16]].concat();
        assert!(parse(&huge, 8).is_err(), "too many elements");
    }
}
