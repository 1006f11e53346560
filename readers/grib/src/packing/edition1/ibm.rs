//! The floating-point number of GRIB1 (regulation 92.6.4, IBM System/360 single precision):
//! (-1)^s * 16^(A - 64) * B / 2^24, with a sign bit, 7 bits of A and 24 bits of B.

pub(crate) fn f64_from_ibm(octets: [u8; 4]) -> f64 {
    let bits = u32::from_be_bytes(octets);
    let fraction = f64::from(bits & 0x00FF_FFFF);
    let exponent = (bits >> 24 & 0x7F) as i32;
    let value = fraction * 16f64.powi(exponent - 70);
    if bits >> 31 == 0 { value } else { -value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_numbers_are_read() {
        assert_eq!(f64_from_ibm([0x41, 0x10, 0, 0]), 1.0);
        assert_eq!(f64_from_ibm([0xC2, 0x76, 0xA0, 0]), -118.625);
        assert_eq!(f64_from_ibm([0; 4]), 0.0);
        assert_eq!(f64_from_ibm([0xFF; 4]), -16f64.powi(63) * (1.0 - 1.0 / 16_777_216.0));
    }
}
