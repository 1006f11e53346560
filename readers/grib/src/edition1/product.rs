//! Section 1 octets 1 to 28 and the vertical coordinate parameters of section 2.

use hyperslab_core::{ReadError, Result};

use crate::edition1::local;
use crate::octets::{Octets, ibm_float};
use crate::product::{Origin, Parameter, Product, Time, TimeRange, Vertical};
use crate::time::DateTime;

/// `coordinates`: the vertical coordinate parameters as stored, 4 octets each.
pub fn product(section1: &[u8], coordinates: &[u8]) -> Result<Product> {
    let octets = Octets(section1);
    parse(octets, coordinates).ok_or_else(|| {
        ReadError::malformed(format!(
            "the product definition section has {} octets, not the 28 of edition 1",
            octets.count()
        ))
    })
}

fn parse(octets: Octets<'_>, coordinates: &[u8]) -> Option<Product> {
    let origin = Origin {
        centre: octets.u8(5)?.into(),
        sub_centre: octets.u8(26)?.into(),
        tables_version: octets.u8(4)?,
        process: octets.u8(6)?,
        ..Origin::default()
    };
    let local = local::local(octets, &origin);
    Some(Product {
        edition: 1,
        parameter: Parameter::Edition1 { number: octets.u8(9)? },
        time: time(octets)?,
        vertical: Vertical::Edition1 {
            kind: octets.u8(10)?,
            octets: [octets.u8(11)?, octets.u8(12)?],
        },
        ensemble: local.ensemble,
        derived_forecast: None,
        probability: local.probability,
        percentile: None,
        model_version_date: None,
        bands: Vec::new(),
        vertical_coordinates: numbers(coordinates).map(ibm_float).collect(),
        octets: octets.0.to_vec(),
        local_use: Vec::new(),
        grid_template: 0,
        grid_in_reference: 0,
        origin,
    })
}

fn time(octets: Octets<'_>) -> Option<Time> {
    let (p1, p2) = (octets.u8(19)?, octets.u8(20)?);
    let indicator = octets.u8(21)?;
    // Code table 5: P1 occupies both octets.
    let (p1, p2) = match indicator {
        10 => (u16::from_be_bytes([p1, p2]), 0),
        _ => (p1.into(), p2),
    };
    Some(Time {
        reference: reference(octets)?,
        unit: octets.u8(18)?,
        start: p1.into(),
        edition1: Some(TimeRange {
            p1,
            p2,
            indicator,
            averaged: octets.u16(22)?,
            missing: octets.u8(24)?,
        }),
        end: None,
        missing_count: 0,
        intervals: Vec::new(),
    })
}

/// A year of 255 is missing (climatologies, every year's 1 August): year 0 then.
fn reference(octets: Octets<'_>) -> Option<DateTime> {
    let (year, century) = (octets.u8(13)?, octets.u8(25)?);
    let year = match year {
        255 => 0,
        year => (i32::from(century) - 1) * 100 + i32::from(year),
    };
    Some(DateTime {
        year,
        month: octets.u8(14)?,
        day: octets.u8(15)?,
        hour: octets.u8(16)?,
        minute: octets.u8(17)?,
        second: 0,
    })
}

pub(crate) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .chunks_exact(4)
        .map(|four| four.iter().fold(0, |number, &octet| number << 8 | u32::from(octet)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Validity;

    fn section1(patches: &[(usize, &[u8])]) -> Vec<u8> {
        let mut section = vec![0; 28];
        section[..4].copy_from_slice(&[0, 0, 28, 2]);
        for (octet, bytes) in patches {
            section[octet - 1..octet - 1 + bytes.len()].copy_from_slice(bytes);
        }
        section
    }

    #[test]
    fn the_year_100_of_a_century_is_the_next_ones_beginning_in_figures() {
        let of = |year, century| {
            product(&section1(&[(13, &[year]), (25, &[century])]), &[]).unwrap().time.reference.year
        };
        assert_eq!((of(100, 20), of(1, 21), of(99, 20)), (2000, 2001, 1999));
        assert_eq!((of(255, 21), of(7, 0)), (0, -93));
    }

    #[test]
    fn indicator_10_makes_one_step_of_both_octets() {
        let section = section1(&[(13, &[7, 3, 23, 12, 0, 1, 6, 12, 10]), (25, &[21])]);
        let product = product(&section, &[]).unwrap();
        let range = product.time.edition1.unwrap();
        assert_eq!((range.p1, range.p2, product.time.start), (1548, 0, 1548));
        assert_eq!(Validity::of(&product).end.date_number(), 20_070_526 + 1);
    }

    #[test]
    fn an_accumulation_is_valid_from_p1_to_p2() {
        let section = section1(&[(13, &[7, 3, 23, 12, 0, 1, 6, 12, 4]), (25, &[21])]);
        let validity = Validity::of(&product(&section, &[]).unwrap());
        assert!(validity.is_interval);
        assert_eq!(validity.step_hours(), (6., 12.));
        let mean_of_forecasts = section1(&[(13, &[7, 3, 23, 12, 0, 1, 6, 12, 113]), (25, &[21])]);
        let validity = Validity::of(&product(&mean_of_forecasts, &[]).unwrap());
        assert_eq!((validity.is_interval, validity.step_hours()), (false, (6., 6.)));
    }

    #[test]
    fn a_section_of_less_than_28_octets_is_malformed() {
        assert!(product(&section1(&[])[..25], &[]).is_err());
    }
}
