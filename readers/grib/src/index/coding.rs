//! How a field's values are packed, as far as the index knows: ecCodes' `packingType`.

use super::Field;
use crate::packing::template_name;

impl Field {
    /// ecCodes' name; "unknown" where it has none.
    pub fn packing_name(&self) -> &'static str {
        match self.edition {
            1 => packing1(self.coding),
            _ => template_name(self.coding).unwrap_or("unknown"),
        }
    }

    /// Values are 64-bit floats as they are stored.
    pub fn is_double(&self) -> bool {
        self.packing_name() == "grid_ieee" && self.bits_per_value == 64
    }

    pub fn is_spectral(&self) -> bool {
        self.packing_name().starts_with("spectral")
    }
}

/// GRIB1 code table 11 and its extension in octet 14 (upper and lower byte).
fn packing1(flags: u16) -> &'static str {
    const SPECTRAL: u16 = 0x8000;
    const COMPLEX: u16 = 0x4000;
    const INTEGER: u16 = 0x2000;
    const MORE_FLAGS: u16 = 0x1000;
    const SECONDARY_BITMAP: u16 = 0x20;
    const DIFFERENT_WIDTHS: u16 = 0x10;
    const GENERAL_EXTENDED: u16 = 0x08;
    const ORDER: u16 = 0x03;
    let has = |flag: u16| flags & flag != 0;
    if has(SPECTRAL) {
        return if has(COMPLEX) { "spectral_complex" } else { "spectral_simple" };
    }
    if !has(COMPLEX) {
        return match (has(MORE_FLAGS), has(INTEGER)) {
            (false, _) => "grid_simple",
            (true, true) => "grid_ieee",
            (true, false) => "grid_simple_matrix",
        };
    }
    match (has(GENERAL_EXTENDED), has(SECONDARY_BITMAP), has(DIFFERENT_WIDTHS)) {
        (true, false, true) => match flags & ORDER {
            0 => "grid_second_order_no_SPD",
            1 => "grid_second_order_SPD1",
            2 => "grid_second_order",
            _ => "grid_second_order_SPD3",
        },
        (false, false, true) => "grid_second_order_row_by_row",
        (false, true, false) => "grid_second_order_constant_width",
        (false, true, true) => "grid_second_order_general_grib1",
        _ => "unknown",
    }
}
