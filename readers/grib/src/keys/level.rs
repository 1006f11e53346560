//! `level` as ecCodes gives it: a whole number in the unit of `typeOfLevel`.

use crate::product::{Product, Surface, Vertical};

/// `None` where a product has no vertical position at all (satellite images).
pub fn level(product: &Product, type_of_level: &str) -> Option<i64> {
    match product.vertical {
        Vertical::Edition1 { kind, octets } => Some(level1(kind, octets)),
        Vertical::Edition2(None) => None,
        Vertical::Edition2(Some([first, _])) => Some(level2(product, first, type_of_level)),
    }
}

/// GRIB1 code table 3: layers have their top in the first octet and their bottom in the second.
fn level1(kind: u8, octets: [u8; 2]) -> i64 {
    match kind {
        101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141 => octets[0].into(),
        _ => u16::from_be_bytes(octets).into(),
    }
}

fn level2(product: &Product, surface: Surface, type_of_level: &str) -> i64 {
    const ISOBARIC: u8 = 100;
    const POTENTIAL_VORTICITY: u8 = 109;
    let Some(value) = surface.meaning() else { return 0 };
    let value = match surface.kind {
        ISOBARIC if type_of_level != "isobaricInPa" => value / 100.,
        // TIGGE counts in 1e-6 units, everybody else in 1e-9.
        POTENTIAL_VORTICITY if matches!(product.origin.production_status, Some(4 | 5)) => {
            value * 1e6
        }
        POTENTIAL_VORTICITY => value * 1e9,
        _ => value,
    };
    // As ecCodes rounds: half is added and the rest cut off.
    (value + 0.5) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_of_edition_1_begin_with_their_top() {
        assert_eq!(level1(108, [47, 100]), 47);
        assert_eq!(level1(100, [3, 232]), 1000);
    }
}
