//! Octets 1 to 11 of section 4, and which of the forms of packing its flags choose.

use hyperslab_core::{ReadError, Result};

use super::ibm::f64_from_ibm;
use super::octets::Octets;
use crate::packing::Scaling;

/// E of a section in which ecCodes sees no values at all (all bits of octets 5 and 6 set).
const ALL_MISSING: i16 = -0x7FFF;

/// Code table 11: octet 4, the upper four bits.
const SPHERICAL: u8 = 0x80;
const COMPLEX: u8 = 0x40;
const INTEGERS: u8 = 0x20;
const MORE_FLAGS: u8 = 0x10;

/// Octet 14 of second-order packing. The lower four bits are ECMWF's.
pub(super) const MATRIX: u8 = 0x40;
pub(super) const SECONDARY_BITMAP: u8 = 0x20;
const DIFFERENT_WIDTHS: u8 = 0x10;
const GENERAL_EXTENDED: u8 = 0x08;
const BOUSTROPHEDONIC: u8 = 0x04;
const DIFFERENCING_ORDER: u8 = 0x03;

#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    pub octets: Octets<'a>,
    pub form: Form,
    pub binary_scale: i16,
    pub reference: f64,
    /// Octet 11: the width of a value; in second-order packing that of a first-order value.
    pub bits: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Simple,
    Ieee,
    Matrix,
    SecondOrder(SecondOrder),
    SpectralSimple,
    SpectralComplex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SecondOrder {
    pub layout: Layout,
    /// Every second row is coded from its end to its beginning.
    pub boustrophedonic: bool,
}

/// How groups are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// A group is a row.
    RowByRow,
    /// A group begins where the secondary bitmap has a 1; one width for all.
    ConstantWidth,
    /// The same, each group with its own width.
    General,
    /// Groups have a width and a length; values may be spatial differences of this order.
    Extended { order: u8 },
}

impl<'a> Header<'a> {
    pub fn read(bds: &'a [u8]) -> Result<Self> {
        let octets = Octets(bds);
        Ok(Self {
            form: Form::read(octets)?,
            binary_scale: octets.i16(5)?,
            reference: f64_from_ibm(octets.array(7)?),
            bits: octets.u8(11)?,
            octets,
        })
    }

    pub fn is_all_missing(&self) -> bool {
        self.binary_scale == ALL_MISSING
    }

    pub fn scaling(&self, decimal_scale: i16) -> Scaling {
        Scaling::new(self.reference, self.binary_scale, decimal_scale)
    }
}

impl Form {
    fn read(octets: Octets) -> Result<Self> {
        let flags = octets.u8(4)?;
        let has = |flag| flags & flag != 0;
        match (has(SPHERICAL), has(COMPLEX)) {
            (false, true) => SecondOrder::read(octets.u8(14)?).map(Self::SecondOrder),
            (false, false) => Ok(match (has(MORE_FLAGS), has(INTEGERS)) {
                (false, _) => Self::Simple,
                // Neither flag says so by itself: this pair is ecCodes' own.
                (true, true) => Self::Ieee,
                (true, false) => Self::Matrix,
            }),
            (true, _) if has(MORE_FLAGS) => {
                Err(ReadError::unsupported("additional flags of spherical harmonics"))
            }
            (true, false) => Ok(Self::SpectralSimple),
            (true, true) => Ok(Self::SpectralComplex),
        }
    }

    /// ecCodes' `packingType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simple => "grid_simple",
            Self::Ieee => "grid_ieee",
            Self::Matrix => "grid_simple_matrix",
            Self::SpectralSimple => "spectral_simple",
            Self::SpectralComplex => "spectral_complex",
            Self::SecondOrder(SecondOrder { layout, .. }) => match layout {
                Layout::RowByRow => "grid_second_order_row_by_row",
                Layout::ConstantWidth => "grid_second_order_constant_width",
                Layout::General => "grid_second_order_general_grib1",
                Layout::Extended { order: 0 } => "grid_second_order_no_SPD",
                Layout::Extended { order: 1 } => "grid_second_order_SPD1",
                Layout::Extended { order: 3 } => "grid_second_order_SPD3",
                Layout::Extended { .. } => "grid_second_order",
            },
        }
    }
}

impl SecondOrder {
    fn read(flags: u8) -> Result<Self> {
        let kind = flags & (MATRIX | SECONDARY_BITMAP | DIFFERENT_WIDTHS | GENERAL_EXTENDED);
        const EXTENDED: u8 = DIFFERENT_WIDTHS | GENERAL_EXTENDED;
        const GENERAL: u8 = DIFFERENT_WIDTHS | SECONDARY_BITMAP;
        let layout = match kind {
            EXTENDED => Layout::Extended { order: flags & DIFFERENCING_ORDER },
            GENERAL => Layout::General,
            SECONDARY_BITMAP => Layout::ConstantWidth,
            DIFFERENT_WIDTHS => Layout::RowByRow,
            _ => {
                let what = format!("second-order packing with flags {flags:08b}");
                return Err(ReadError::unsupported(what));
            }
        };
        // ecCodes does not look at the flag where rows are groups.
        let boustrophedonic = flags & BOUSTROPHEDONIC != 0 && layout != Layout::RowByRow;
        Ok(Self { layout, boustrophedonic })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(flags: u8, more_flags: u8) -> &'static str {
        let bds = [0, 0, 14, flags, 0, 0, 0, 0, 0, 0, 8, 0, 0, more_flags];
        Header::read(&bds).unwrap().form.name()
    }

    #[test]
    fn flags_choose_the_form() {
        assert_eq!(name(0x00, 0), "grid_simple");
        assert_eq!(name(0x28, 0), "grid_simple");
        assert_eq!(name(0x10, 0), "grid_simple_matrix");
        assert_eq!(name(0x30, 0), "grid_ieee");
        assert_eq!(name(0x80, 0), "spectral_simple");
        assert_eq!(name(0xC0, 0), "spectral_complex");
    }

    #[test]
    fn octet_14_chooses_the_layout_of_second_order_packing() {
        assert_eq!(name(0x50, 0x10), "grid_second_order_row_by_row");
        assert_eq!(name(0x50, 0x20), "grid_second_order_constant_width");
        assert_eq!(name(0x50, 0x30), "grid_second_order_general_grib1");
        assert_eq!(name(0x50, 0x1C), "grid_second_order_no_SPD");
        assert_eq!(name(0x50, 0x19), "grid_second_order_SPD1");
        assert_eq!(name(0x50, 0x1E), "grid_second_order");
        assert_eq!(name(0x50, 0x1B), "grid_second_order_SPD3");
        assert!(SecondOrder::read(0x50).is_err() && SecondOrder::read(0x38).is_err());
    }
}
