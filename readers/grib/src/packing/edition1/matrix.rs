//! A matrix of values at each grid point (GRIB1 section 4, octets 12 to 24 and the coefficients
//! after them; code tables 11 to 13): spectra of waves by direction and frequency.
//!
//! Where a secondary bitmap is announced, each point that the bitmap of section 3 has is given a
//! bit for every element of its matrix. Octets 12 and 13 say where values begin (WMO) or how many
//! such bitmaps there are (ECMWF): neither is needed.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::header::{Header, MATRIX, SECONDARY_BITMAP};
use super::ibm::f64_from_ibm;
use super::octets::Octets;
use super::simple::unpack;
use crate::packing::{Real, bitmap};

/// Where ecCodes looks for the flags in octet 14.
const MATRIX_OF_ECCODES: u8 = 0x08;

/// One dimension of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixAxis {
    pub length: u16,
    /// Code table 12.
    definition: u8,
    coefficients: Vec<f64>,
    /// Code table 13: direction, frequency, radial number.
    pub significance: u8,
}

/// What section 4 says of its matrices.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Rows, then columns.
    pub axes: [MatrixAxis; 2],
    has_bitmaps: bool,
    /// The first octet after the coefficients.
    rest: usize,
}

impl MatrixAxis {
    fn read(octets: Octets, at: [usize; 3], coefficients: &[[u8; 4]]) -> Result<Self> {
        let [length, definition, significance] = at;
        Ok(Self {
            length: octets.u16(length)?,
            definition: octets.u8(definition)?,
            coefficients: coefficients.iter().map(|&octets| f64_from_ibm(octets)).collect(),
            significance: octets.u8(significance)?,
        })
    }

    /// The coordinates, where the section gives them.
    pub fn coordinates(&self) -> Option<Vec<f64>> {
        let count = usize::from(self.length);
        match (self.definition, self.coefficients.as_slice()) {
            (0, explicit) => Some(explicit.to_vec()).filter(|all| all.len() == count),
            (1, &[first, step, ..]) => Some((0..count).map(|k| first + step * k as f64).collect()),
            (11, &[first, ratio, ..]) => {
                Some((0..self.length).map(|k| first * ratio.powi(i32::from(k))).collect())
            }
            _ => None,
        }
    }
}

impl Matrix {
    /// `None` where a single value is at each point after all.
    ///
    /// # Errors
    /// `Truncated` when the section is shorter than what describes the matrices; `Malformed`
    /// when these have no elements.
    pub(super) fn read(octets: Octets) -> Result<Option<Self>> {
        let flags = octets.u8(14)?;
        if flags & (MATRIX | MATRIX_OF_ECCODES) == 0 {
            return Ok(None);
        }
        let counts = [octets.u8(20)?, octets.u8(22)?].map(usize::from);
        let all = octets.from(25)?.as_chunks::<4>().0;
        let first = all.get(..counts[0]);
        let second = all.get(counts[0]..counts[0] + counts[1]);
        let (Some(first), Some(second)) = (first, second) else {
            return Err(ReadError::truncated("coefficients of a matrix's dimensions"));
        };
        let axes = [
            MatrixAxis::read(octets, [15, 19, 23], first)?,
            MatrixAxis::read(octets, [17, 21, 24], second)?,
        ];
        if axes.iter().any(|axis| axis.length == 0) {
            return Err(ReadError::malformed("matrices without elements"));
        }
        // ecCodes takes bitmaps for granted where it sees its own flag.
        let has_bitmaps = flags & (SECONDARY_BITMAP | MATRIX_OF_ECCODES) != 0;
        Ok(Some(Self { axes, has_bitmaps, rest: 25 + 4 * (counts[0] + counts[1]) }))
    }

    /// Elements of one matrix.
    pub fn elements(&self) -> u64 {
        self.axes.iter().map(|axis| u64::from(axis.length)).product()
    }

    /// The matrices of all points one after the other, each row by row; NaN where nothing is.
    pub(super) fn decode<T: Real>(
        &self,
        header: &Header,
        decimal_scale: i16,
        (bitmap, points): (Option<&[u8]>, u64),
        cx: &ReadContext,
    ) -> Result<Vec<T>> {
        let elements = self.elements();
        let total = points.saturating_mul(elements);
        cx.limits.claim_array(total, size_of::<T>() as u64)?;
        let present = match bitmap {
            Some(bits) => bitmap::count_present(bits, points)?,
            None => points,
        };
        let coded = present.saturating_mul(elements);
        let scaling = header.scaling(decimal_scale);
        let rest = header.octets.from(self.rest)?;
        let matrices = if self.has_bitmaps {
            let len = usize::try_from(coded.div_ceil(8)).unwrap_or(usize::MAX);
            let (bits, values) = rest
                .split_at_checked(len)
                .ok_or_else(|| ReadError::truncated("secondary bitmaps"))?;
            let count = bitmap::count_present(bits, coded)?;
            let values = unpack(values, header.bits, &scaling, count, cx)?;
            bitmap::spread(&values, bits, coded, cx)?
        } else {
            unpack(rest, header.bits, &scaling, coded, cx)?
        };
        let Some(bits) = bitmap else { return Ok(matrices) };
        let each = usize::try_from(elements).unwrap_or(usize::MAX);
        let mut present = matrices.chunks_exact(each);
        let mut all = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
        for point in 0..points {
            let octet = bits.get((point / 8) as usize).copied().unwrap_or(0);
            let is_there = octet << (point % 8) & 0x80 != 0;
            match is_there.then(|| present.next()).flatten() {
                Some(matrix) => all.extend_from_slice(matrix),
                None => all.extend(std::iter::repeat_n(T::NAN, each)),
            }
        }
        Ok(all)
    }
}

/// What the matrices of a section 4 are like; `None` where it has none.
///
/// # Errors
/// `Truncated` when the section is shorter than what describes the matrices; `Malformed` when these
/// have no elements.
pub fn matrix1(bds: &[u8]) -> Result<Option<Matrix>> {
    let header = Header::read(bds)?;
    if header.form == super::header::Form::Matrix { Matrix::read(header.octets) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::edition1::{Field1, decode1};

    /// Matrices of 2 by 3, 8 bits, R = 0: directions from 15 by 30 degrees, frequencies 0.5 and
    /// then twice as much.
    fn section(flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut bds = vec![0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 8, 0, 2, flags, 0, 2, 0, 3];
        bds.extend([1, 2, 11, 2, 1, 2]);
        // 15, 30, 0.5 and 2 in IBM's way.
        for float in [0x41F0_0000u32, 0x421E_0000, 0x4080_0000, 0x4120_0000] {
            bds.extend(float.to_be_bytes());
        }
        bds.extend(rest);
        bds
    }

    fn decoded(bds: &[u8], bitmap: Option<&[u8]>, points: u64) -> Result<Vec<f64>> {
        let field = Field1 { decimal_scale: 0, points, rows: &[], truncation: None };
        decode1(bds, bitmap, &field, &ReadContext::default())
    }

    #[test]
    fn each_point_has_a_matrix_and_its_axes_are_described() {
        let bds = section(MATRIX, &[0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15]);
        let matrix = matrix1(&bds).unwrap().unwrap();
        assert_eq!(matrix.elements(), 6);
        assert_eq!(matrix.axes[0].coordinates(), Some(vec![15.0, 45.0]));
        assert_eq!(matrix.axes[1].coordinates(), Some(vec![0.5, 1.0, 2.0]));
        assert_eq!(matrix.axes.each_ref().map(|axis| axis.significance), [1, 2]);
        let values = decoded(&bds, None, 2).unwrap();
        assert_eq!(values, [0., 1., 2., 3., 4., 5., 10., 11., 12., 13., 14., 15.]);
        assert!(decoded(&bds, None, 3).is_err());
    }

    #[test]
    fn bitmaps_say_which_points_and_which_elements_are_there() {
        // Points 2 and 3 of three; of their twelve elements the first, the seventh, the last.
        let bds = section(MATRIX | SECONDARY_BITMAP, &[0b1000_0010, 0b0001_0000, 7, 8, 9]);
        let values = decoded(&bds, Some(&[0b0110_0000]), 3).unwrap();
        assert_eq!(values.len(), 18);
        let there: Vec<_> = (0..18).filter(|&k| !values[k].is_nan()).collect();
        assert_eq!(there, [6, 12, 17]);
        assert_eq!(there.iter().map(|&k| values[k]).collect::<Vec<_>>(), [7.0, 8.0, 9.0]);
        assert!(decoded(&bds[..42], Some(&[0b0110_0000]), 3).is_err());
    }

    #[test]
    fn matrices_that_cannot_be_are_refused() {
        let mut bds = section(MATRIX, &[0; 12]);
        bds[15] = 0;
        assert!(matrix1(&bds).unwrap_err().to_string().contains("without elements"));
        let mut bds = section(MATRIX, &[]);
        bds[19] = 200;
        assert!(matrix1(&bds).is_err());
        let mut huge = section(MATRIX, &[0; 12]);
        huge[14..18].fill(0xFF);
        assert!(decoded(&huge, None, 1 << 40).is_err());
    }
}
