//! Section 1 from octet 41: what centres add about ensembles (ECMWF local definitions, NCEP
//! Office Note 388 "extensions for ensembles").

use crate::octets::Octets;
use crate::product::{Ensemble, Origin, Probability};

#[derive(Debug, Default)]
pub struct Local {
    pub ensemble: Option<Ensemble>,
    pub probability: Option<Probability>,
}

const NCEP: u16 = 7;
const CPTEC: u16 = 46;
const TOKYO: u16 = 34;
const WASHINGTON_TEST: u16 = 1;
const ECMWF: u16 = 98;

pub fn local(octets: Octets<'_>, origin: &Origin) -> Local {
    if octets.count() <= 40 {
        return Local::default();
    }
    let found = match origin.centre {
        _ if origin.centre == ECMWF || origin.sub_centre == ECMWF => ecmwf(octets),
        TOKYO | WASHINGTON_TEST => ecmwf(octets),
        NCEP | CPTEC => ncep(octets),
        _ => None,
    };
    found.unwrap_or_default()
}

/// ECMWF's local definitions: octet 41 is their number, 43 the type of data (10 control, 11
/// perturbed forecast), the ensemble's octets follow the four of the experiment's version.
fn ecmwf(octets: Octets<'_>) -> Option<Local> {
    const OCEAN: u16 = 1090;
    let definition = octets.u8(41)?;
    // Octet and length of the member's number, of how many members there are.
    let (number, size) = match definition {
        1 | 2 | 13 | 14 | 17 | 18 | 26..=32 | 36 | 37 | 40 | 49 | 50 | 218 => ((50, 1), (51, 1)),
        4 if octets.u16(44)? == OCEAN => ((50, 2), (0, 1)),
        4 | 19 => ((50, 1), (0, 1)),
        12 | 16 => ((50, 2), (63, 2)),
        15 => ((50, 2), (56, 2)),
        23 => ((50, 2), (81, 2)),
        5 => {
            return Some(Local { probability: ecmwf_probability(octets), ..Local::default() });
        }
        _ => return None,
    };
    let value = |(octet, len)| octets.unsigned(octet, len).map_or(0, |value| value as u16);
    let ensemble = Ensemble { kind: octets.u8(43)?, number: value(number), size: value(size) };
    Some(Local { ensemble: Some(ensemble), probability: None })
}

/// Local definition 5. The threshold indicator says which limits count: 1 the lower, 2 the
/// upper, 3 both.
fn ecmwf_probability(octets: Octets<'_>) -> Option<Probability> {
    let scale = 10f64.powi(-i32::from(octets.i8(52)?));
    let limit = |octet| octets.i16(octet).map(|value| f64::from(value) * scale);
    let (kind, has_lower, has_upper) = match octets.u8(53)? {
        1 => (3, true, false),
        2 => (4, false, true),
        _ => (2, true, true),
    };
    Some(Probability {
        kind,
        number: octets.u8(50)?,
        total: octets.u8(51)?,
        lower: limit(54).filter(|_| has_lower),
        upper: limit(56).filter(|_| has_upper),
    })
}

/// Octet 41 is 1 for an ensemble; 46 and on describe a probability, 61 the ensemble.
fn ncep(octets: Octets<'_>) -> Option<Local> {
    if octets.u8(41)? != 1 {
        return None;
    }
    let ensemble = Ensemble {
        kind: octets.u8(42)?,
        number: octets.u8(43)?.into(),
        size: octets.u8(61).unwrap_or(0).into(),
    };
    let probability = octets.u8(47).filter(|&kind| kind != 0).map(|kind| Probability {
        // 1 below the lower limit, 2 above the upper, 3 between: GRIB2 code table 4.9 from 0.
        kind: kind - 1,
        number: octets.u8(46).unwrap_or(0),
        total: 0,
        lower: octets.ibm(48).filter(|_| kind != 2),
        upper: octets.ibm(52).filter(|_| kind != 1),
    });
    Some(Local { ensemble: Some(ensemble), probability })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(centre: u8, local: &[(usize, &[u8])]) -> (Vec<u8>, Origin) {
        let mut section = vec![0; 80];
        for (octet, bytes) in local {
            section[octet - 1..octet - 1 + bytes.len()].copy_from_slice(bytes);
        }
        (section, Origin { centre: centre.into(), ..Origin::default() })
    }

    #[test]
    fn ecmwf_definition_1_has_member_and_size_in_octets_50_and_51() {
        let (section, origin) = section(98, &[(41, &[1, 1, 11]), (50, &[7, 51])]);
        let ensemble = local(Octets(&section), &origin).ensemble.unwrap();
        assert_eq!((ensemble.kind, ensemble.number, ensemble.size), (11, 7, 51));
        assert!(local(Octets(&section[..40]), &origin).ensemble.is_none());
    }

    #[test]
    fn seasonal_forecasts_count_members_in_two_octets() {
        let (section, origin) = section(98, &[(41, &[15]), (50, &[1, 2]), (56, &[1, 0])]);
        let ensemble = local(Octets(&section), &origin).ensemble.unwrap();
        assert_eq!((ensemble.number, ensemble.size), (258, 256));
    }

    #[test]
    fn ecmwf_definition_5_is_a_probability_of_one_or_two_limits() {
        let (section, origin) = section(98, &[(41, &[5]), (50, &[2, 4, 0x81, 1, 0, 5, 0, 9])]);
        let probability = local(Octets(&section), &origin).probability.unwrap();
        assert_eq!((probability.number, probability.total), (2, 4));
        assert_eq!((probability.lower, probability.upper), (Some(50.), None));
    }

    #[test]
    fn ncep_members_and_probabilities_of_limits_in_ibm_floats() {
        let limits = [1, 1, 0x41, 0x10, 0, 0, 0x41, 0x20, 0, 0];
        let (section, origin) = section(7, &[(41, &[1, 2, 3]), (46, &limits), (61, &[21])]);
        let found = local(Octets(&section), &origin);
        let ensemble = found.ensemble.unwrap();
        assert_eq!((ensemble.kind, ensemble.number, ensemble.size), (2, 3, 21));
        let probability = found.probability.unwrap();
        assert_eq!((probability.kind, probability.lower, probability.upper), (0, Some(1.), None));
    }
}
