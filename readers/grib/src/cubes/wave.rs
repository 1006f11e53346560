//! Which direction and frequency of a wave spectrum a field is: one of a list that every field
//! repeats (ECMWF local definition 13 of GRIB1; GRIB2 templates 4.99 and 4.100), or a number in a
//! sequence (templates 4.101 and 4.102).

use crate::octets::Octets;
use crate::product::{Parameter, Product};

use super::member::Ordered;

/// One part of a two-dimensional spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bin {
    pub direction: Ordered,
    pub frequency: Ordered,
    /// In degrees and per second; otherwise they are numbers in a sequence.
    pub is_valued: bool,
}

pub fn bin(product: &Product) -> Option<Bin> {
    let octets = Octets(&product.octets);
    match product.parameter {
        Parameter::Edition1 { .. } => edition1(octets, product.origin.centre),
        Parameter::Edition2 { template, .. } => edition2(octets, template),
    }
}

fn edition1(octets: Octets, centre: u16) -> Option<Bin> {
    const ECMWF: u16 = 98;
    const SPECTRA: u8 = 13;
    if centre != ECMWF || octets.u8(41)? != SPECTRA {
        return None;
    }
    let numbers = [octets.u8(52)?.into(), octets.u8(53)?.into()];
    let counts = [octets.u8(54)?, octets.u8(55)?].map(usize::from);
    let first = 101usize;
    let value = |at: usize, number: usize, divisor: u32| {
        let at = at.checked_add(number.checked_sub(1)?.checked_mul(4)?)?;
        Some(f64::from(octets.u32(at)?) / f64::from(divisor)).filter(|_| divisor > 0)
    };
    let direction = value(first, numbers[0], octets.u32(56)?);
    let frequency = value(first + counts[0] * 4, numbers[1], octets.u32(60)?);
    of(numbers, counts, direction.zip(frequency))
}

fn edition2(octets: Octets, template: u16) -> Option<Bin> {
    // The first octet after the ensemble, or after the time.
    let lists = match template {
        99 => Some(31usize),
        100 => Some(34),
        101 | 102 => None,
        _ => return None,
    };
    let number = |octet| octets.u16(octet).map(usize::from);
    let (numbers, counts) = ([number(12)?, number(16)?], [number(14)?, number(18)?]);
    let value = |at: usize, number: usize| {
        let scale = octets.i8(at)?;
        let at = at.checked_add(1)?.checked_add(number.checked_sub(1)?.checked_mul(4)?)?;
        Some(f64::from(octets.u32(at)?) / 10f64.powi(scale.into()))
    };
    let values = lists.and_then(|at| {
        let behind = at.checked_add(1)?.checked_add(counts[0].checked_mul(4)?)?;
        value(at, numbers[0]).zip(value(behind, numbers[1]))
    });
    of(numbers, counts, values)
}

/// `None` for a number beyond the list.
fn of(numbers: [usize; 2], counts: [usize; 2], values: Option<(f64, f64)>) -> Option<Bin> {
    let is_in = numbers.iter().zip(counts).all(|(&number, count)| (1..=count).contains(&number));
    let [direction, frequency] = numbers.map(|number| number as f64);
    let (direction, frequency) = values.unwrap_or((direction, frequency));
    is_in.then(|| Bin {
        direction: Ordered::new(direction),
        frequency: Ordered::new(frequency),
        is_valued: values.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(len: usize, patches: &[(usize, &[u8])]) -> Vec<u8> {
        let mut section = vec![0; len];
        for (octet, bytes) in patches {
            section[octet - 1..octet - 1 + bytes.len()].copy_from_slice(bytes);
        }
        section
    }

    fn valued(direction: f64, frequency: f64) -> Bin {
        let (direction, frequency) = (Ordered::new(direction), Ordered::new(frequency));
        Bin { direction, frequency, is_valued: true }
    }

    #[test]
    fn ecmwf_definition_13_lists_directions_then_frequencies() {
        let scales = [0, 0, 3, 232, 0, 15, 66, 64];
        let lists: Vec<u8> =
            [5000u32, 15_000, 34_523].iter().flat_map(|value| value.to_be_bytes()).collect();
        let patches: [(usize, &[u8]); 4] =
            [(41, &[13]), (52, &[2, 1, 2, 1]), (56, &scales), (101, &lists)];
        let section = section(112, &patches);
        assert_eq!(edition1(Octets(&section), 98), Some(valued(15., 0.034_523)));
        assert_eq!(edition1(Octets(&section), 7), None);
        // A list that is not there: the numbers are what is known.
        let cut = edition1(Octets(&section[..100]), 98).unwrap();
        assert_eq!((cut.direction, cut.is_valued), (Ordered::new(2.), false));
    }

    #[test]
    fn templates_4_99_and_4_100_list_both_with_a_scale_each() {
        let numbers = [0, 1, 0, 2, 0, 1, 0, 1];
        let lists = [&[1][..], &[0, 0, 0, 50, 0, 0, 0, 150], &[3], &[0, 0, 0, 35]].concat();
        let plain = section(44, &[(12, &numbers), (31, &lists)]);
        assert_eq!(edition2(Octets(&plain), 99), Some(valued(5., 0.035)));
        let member = section(47, &[(12, &numbers), (34, &lists)]);
        assert_eq!(edition2(Octets(&member), 100), Some(valued(5., 0.035)));
        assert!(!edition2(Octets(&plain), 101).unwrap().is_valued);
        assert_eq!(edition2(Octets(&plain), 0), None);
        let beyond = section(44, &[(12, &[0, 3, 0, 2, 0, 1, 0, 1])]);
        assert_eq!(edition2(Octets(&beyond), 99), None);
    }
}
