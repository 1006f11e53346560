//! Section 1 (identification) and section 4 (product definition), whose templates are made of
//! the blocks `layouts` locates.

use hyperslab_core::{ReadError, Result};

use crate::edition1::numbers;
use crate::edition2::layouts::{Layout, layout};
use crate::octets::Octets;
use crate::product::{
    Band, Ensemble, Interval, Origin, Parameter, Probability, Product, Surface, Time, Vertical,
};
use crate::time::DateTime;

/// The octets of a message that make a product.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    pub discipline: u8,
    pub section1: &'a [u8],
    /// Empty without one.
    pub section2: &'a [u8],
    pub grid_template: u16,
    /// Template 3.101 octet 19; 0 for others.
    pub grid_in_reference: u8,
    /// Without its coordinate values.
    pub section4: &'a [u8],
    pub coordinates: &'a [u8],
}

pub fn product(header: Header<'_>) -> Result<Product> {
    parse(header).ok_or_else(|| {
        ReadError::malformed(format!(
            "sections 1 and 4 have {} and {} octets, too few for a date and a parameter",
            header.section1.len(),
            header.section4.len()
        ))
    })
}

fn parse(header: Header<'_>) -> Option<Product> {
    let identification = Octets(header.section1);
    let octets = Octets(header.section4);
    let template = octets.u16(8)?;
    let block = Blocks { octets, layout: layout(template).copied().unwrap_or_default() };
    let origin = Origin {
        centre: identification.u16(6)?,
        sub_centre: identification.u16(8)?,
        tables_version: identification.u8(10)?,
        local_tables_version: identification.u8(11)?,
        process: block.at(block.layout.process, 2, |o, at| o.u8(at)).unwrap_or(0),
        type_of_process: block.at(block.layout.process, 0, |o, at| o.u8(at)),
        significance_of_reference_time: identification.u8(12),
        production_status: identification.u8(20),
        type_of_data: identification.u8(21),
    };
    let surfaces = block.surfaces();
    let is_generalised_height =
        surfaces.is_some_and(|surfaces| surfaces[0].kind == GENERALISED_HEIGHT);
    Some(Product {
        edition: 2,
        origin,
        parameter: Parameter::Edition2 {
            discipline: header.discipline,
            category: octets.u8(10)?,
            number: octets.u8(11)?,
            template,
        },
        time: block.time(date(identification, 13)?),
        vertical: Vertical::Edition2(surfaces),
        ensemble: block.ensemble(),
        derived_forecast: block.at(block.layout.derived, 0, |o, at| o.u8(at)),
        probability: block.probability(),
        percentile: block.at(block.layout.percentile, 0, |o, at| o.u8(at)),
        model_version_date: block.at(block.layout.model, 0, date),
        bands: block.bands(),
        vertical_coordinates: coordinates(header.coordinates, is_generalised_height),
        octets: [header.section4, header.coordinates].concat(),
        local_use: header.section2.to_vec(),
        grid_template: header.grid_template,
        grid_in_reference: header.grid_in_reference,
    })
}

/// Code table 4.5: generalised vertical height coordinate.
const GENERALISED_HEIGHT: u8 = 150;

/// Of a generalised height the first two are numbers, the rest is the grid's identifier.
fn coordinates(bytes: &[u8], is_generalised_height: bool) -> Vec<f64> {
    let most = if is_generalised_height { 2 } else { usize::MAX };
    numbers(bytes).take(most).map(|raw| f64::from(f32::from_bits(raw))).collect()
}

/// Year, month, day, hour, minute, second in 7 octets.
fn date(octets: Octets<'_>, at: usize) -> Option<DateTime> {
    Some(DateTime {
        year: octets.u16(at)?.into(),
        month: octets.u8(at + 2)?,
        day: octets.u8(at + 3)?,
        hour: octets.u8(at + 4)?,
        minute: octets.u8(at + 5)?,
        second: octets.u8(at + 6)?,
    })
}

/// A date that was left out has no month.
fn has_month(date: &DateTime) -> bool {
    (1..=12).contains(&date.month)
}

/// A scale factor and a scaled value of four octets; missing where all bits are set.
fn scaled(octets: Octets<'_>, at: usize) -> Option<(Option<i8>, Option<i32>)> {
    let scale = octets.u8(at).filter(|&scale| scale != 0xFF).and_then(|_| octets.i8(at));
    let value = octets.u32(at + 1)?;
    let value = if value == u32::MAX { None } else { octets.i32(at + 1) };
    Some((scale, value))
}

/// Section 4 and where its template keeps things.
struct Blocks<'a> {
    octets: Octets<'a>,
    layout: Layout,
}

impl Blocks<'_> {
    /// What `read` finds `skip` octets into a block; `None` where the template has no such block
    /// or the section ends before it.
    fn at<T>(
        &self,
        block: u16,
        skip: usize,
        read: impl FnOnce(Octets<'_>, usize) -> Option<T>,
    ) -> Option<T> {
        if block == 0 {
            return None;
        }
        let mut at = usize::from(block) + skip;
        if let Some(list) = self.layout.list.filter(|list| block >= list.first) {
            let count = self.octets.u8(list.count_at.into())?;
            at += usize::from(count) * usize::from(list.entry_len);
        }
        read(self.octets, at)
    }

    fn surfaces(&self) -> Option<[Surface; 2]> {
        let surface = |octets: Octets<'_>, at| {
            let kind = octets.u8(at)?;
            let (scale, value) = scaled(octets, at + 1)?;
            Some(Surface { kind, scale, value })
        };
        let first = self.at(self.layout.surfaces, 0, surface)?;
        Some([first, self.at(self.layout.surfaces, 6, surface)?])
    }

    fn time(&self, reference: DateTime) -> Time {
        let layout = &self.layout;
        let start = self.at(layout.time, 1, |octets, at| match layout.time_len {
            2 => octets.i16(at).map(i64::from),
            _ => octets.i32(at).map(i64::from),
        });
        let missing = self.at(layout.end, 8, |octets, at| octets.u32(at));
        Time {
            reference,
            // 255: none is given.
            unit: self.at(layout.time, 0, |octets, at| octets.u8(at)).unwrap_or(255),
            start: start.unwrap_or(0),
            edition1: None,
            end: self.at(layout.end, 0, date).filter(has_month),
            missing_count: missing.unwrap_or(0),
            intervals: self.intervals(),
        }
    }

    fn intervals(&self) -> Vec<Interval> {
        let count = self.at(self.layout.end, 7, |octets, at| octets.u8(at)).unwrap_or(0);
        let interval = |octets: Octets<'_>, at| {
            Some(Interval {
                process: octets.u8(at)?,
                increment_type: octets.u8(at + 1)?,
                unit: octets.u8(at + 2)?,
                length: octets.u32(at + 3)?,
                increment_unit: octets.u8(at + 7)?,
                increment: octets.u32(at + 8)?,
            })
        };
        (0..usize::from(count))
            .map_while(|number| self.at(self.layout.end, 12 + 12 * number, interval))
            .collect()
    }

    fn ensemble(&self) -> Option<Ensemble> {
        let layout = &self.layout;
        if layout.ensemble == 0 {
            // Derived forecasts say of how many members.
            return None;
        }
        let len = layout.ensemble_len;
        let number = |skip: usize| {
            let value = self.at(layout.ensemble, skip, |octets, at| octets.unsigned(at, len));
            value.map(|value| u16::try_from(value).unwrap_or(u16::MAX))
        };
        let kind = self.at(layout.ensemble, 0, |octets, at| octets.u8(at))?;
        let second = 1 + usize::from(len);
        Some(match layout.is_whole_ensemble {
            true => Ensemble { kind, number: 0, size: number(1)? },
            false => Ensemble { kind, number: number(1)?, size: number(second)? },
        })
    }

    fn probability(&self) -> Option<Probability> {
        let block = self.layout.probability;
        let limit = |octets: Octets<'_>, at| {
            let (scale, value) = scaled(octets, at)?;
            Surface { kind: 0, scale, value }.meaning()
        };
        Some(Probability {
            number: self.at(block, 0, |octets, at| octets.u8(at))?,
            total: self.at(block, 1, |octets, at| octets.u8(at))?,
            kind: self.at(block, 2, |octets, at| octets.u8(at))?,
            lower: self.at(block, 3, limit),
            upper: self.at(block, 8, limit),
        })
    }

    fn bands(&self) -> Vec<Band> {
        let layout = &self.layout;
        let count = self.at(layout.bands, 0, |octets, at| octets.u8(at)).unwrap_or(0);
        let len = usize::from(layout.band_len);
        // Not through `at`: the list that moves other blocks is the bands themselves.
        let first = usize::from(layout.bands) + 1;
        (0..usize::from(count)).map_while(|number| self.band(first + number * len)).collect()
    }

    /// 10 octets with the instrument in one of them, 11 with it in two, 19 with a channel before
    /// the wave number and a band width and polarisation after it.
    fn band(&self, at: usize) -> Option<Band> {
        let octets = self.octets;
        let (instrument, wave_number) = match self.layout.band_len {
            10 => (octets.u8(at + 4)?.into(), at + 5),
            11 => (octets.u16(at + 4)?, at + 6),
            _ => (octets.u16(at + 4)?, at + 8),
        };
        let scale = octets.i8(wave_number)?;
        let value = octets.u32(wave_number + 1)?;
        Some(Band {
            series: octets.u16(at)?,
            satellite: octets.u16(at + 2)?,
            instrument,
            wave_number: f64::from(value) * 10f64.powi(-i32::from(scale)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Validity;

    /// Section 1 of 2007-03-23 12:00 and a section 4 of `template`, zeros but for the patches.
    fn parsed(template: u16, len: usize, patches: &[(usize, &[u8])]) -> Product {
        let mut section1 = vec![0; 21];
        section1[5..7].copy_from_slice(&98u16.to_be_bytes());
        section1[12..17].copy_from_slice(&[0x07, 0xD7, 3, 23, 12]);
        let mut section4 = vec![0; len];
        section4[7..9].copy_from_slice(&template.to_be_bytes());
        for (octet, bytes) in patches {
            section4[octet - 1..octet - 1 + bytes.len()].copy_from_slice(bytes);
        }
        let header = Header {
            discipline: 0,
            section1: &section1,
            section2: &[],
            grid_template: 0,
            grid_in_reference: 0,
            section4: &section4,
            coordinates: &[],
        };
        product(header).unwrap()
    }

    #[test]
    fn an_accumulation_of_template_4_8_has_its_end_and_its_ranges() {
        let end = [0x07, 0xD7, 3, 23, 18, 0, 0, 1, 0, 0, 0, 2];
        let range = [1, 2, 1, 0, 0, 0, 6, 255, 0, 0, 0, 0];
        let product = parsed(8, 58, &[(18, &[1]), (35, &end), (47, &range)]);
        assert_eq!((product.time.missing_count, product.time.intervals.len()), (2, 1));
        let interval = product.time.intervals[0];
        assert_eq!((interval.process, interval.increment_type, interval.length), (1, 2, 6));
        assert_eq!(Validity::of(&product).step_hours(), (0., 6.));
        // Without the end's date the range says how long it is.
        let product = parsed(8, 58, &[(18, &[1]), (42, &[1]), (47, &range)]);
        assert_eq!(Validity::of(&product).step_hours(), (0., 6.));
    }

    #[test]
    fn surfaces_scale_and_may_be_missing() {
        let first = [106, 2, 0x80, 0, 0, 7];
        let second = [255; 6];
        let product = parsed(0, 34, &[(23, &first), (29, &second)]);
        let Vertical::Edition2(Some([first, second])) = product.vertical else { panic!() };
        assert_eq!((first.kind, first.meaning()), (106, Some(-0.07)));
        assert_eq!((second.kind, second.scale, second.value), (255, None, None));
    }

    #[test]
    fn blocks_after_a_list_move_with_its_length() {
        // Template 4.57: two function parameters of five octets after octet 20.
        let moved = parsed(
            57,
            60,
            &[(20, &[2]), (21 + 10, &[2]), (27 + 10, &[1, 0, 0, 0, 9]), (32 + 10, &[100])],
        );
        assert_eq!((moved.origin.type_of_process, moved.time.start), (Some(2), 9));
        let Vertical::Edition2(Some([first, _])) = moved.vertical else { panic!() };
        assert_eq!(first.kind, 100);
        // Template 4.34: the ensemble after one band of 11 octets.
        let ensemble = parsed(34, 70, &[(23, &[1]), (24 + 11, &[4, 3, 20])]);
        let member = ensemble.ensemble.unwrap();
        assert_eq!((member.kind, member.number, member.size), (4, 3, 20));
        assert_eq!(ensemble.bands.len(), 1);
    }

    #[test]
    fn satellite_bands_have_their_wave_number_in_each_of_three_forms() {
        let band11 = [0x01, 0x4D, 0, 57, 0, 207, 0, 0, 1, 0x6B, 0x8F];
        let bands = parsed(31, 25, &[(14, &[1]), (15, &band11)]).bands;
        assert_eq!(
            (bands[0].series, bands[0].instrument, bands[0].wave_number),
            (333, 207, 93_071.)
        );
        let band10 = [0, 1, 0, 2, 3, 1, 0, 0, 0, 55];
        let bands = parsed(30, 24, &[(14, &[1]), (15, &band10)]).bands;
        assert_eq!((bands[0].instrument, bands[0].wave_number), (3, 5.5));
        // More bands than there is room for.
        assert_eq!(parsed(30, 24, &[(14, &[9]), (15, &band10)]).bands.len(), 1);
    }

    #[test]
    fn probabilities_percentiles_and_reforecasts() {
        let limits = [2, 5, 1, 255, 255, 255, 255, 255, 1, 0, 0, 10, 171];
        let probability = parsed(5, 47, &[(35, &limits)]).probability.unwrap();
        assert_eq!((probability.number, probability.total, probability.kind), (2, 5, 1));
        assert_eq!((probability.lower, probability.upper), (None, Some(273.1)));
        assert_eq!(parsed(6, 35, &[(35, &[90])]).percentile, Some(90));
        let date = [0x07, 0xD0, 2, 3, 0, 0, 0];
        let reforecast = parsed(60, 44, &[(35, &[3, 1, 10]), (38, &date)]);
        assert_eq!(reforecast.model_version_date.unwrap().date_number(), 20_000_203);
    }

    #[test]
    fn a_template_nobody_knows_still_has_its_parameter() {
        let product = parsed(777, 20, &[(10, &[3, 5])]);
        assert_eq!(
            product.parameter,
            Parameter::Edition2 { discipline: 0, category: 3, number: 5, template: 777 }
        );
        assert_eq!((product.vertical, product.time.unit), (Vertical::Edition2(None), 255));
    }

    #[test]
    fn a_section_that_ends_early_lacks_what_would_come_after() {
        let product = parsed(11, 30, &[(18, &[1, 0, 0, 0, 6])]);
        assert_eq!((product.time.start, product.ensemble), (6, None));
        assert_eq!((product.vertical, product.time.end), (Vertical::Edition2(None), None));
    }
}
