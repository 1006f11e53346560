//! The keys of concept conditions, taken from a [`Product`].

use super::key::{Key, Keyed, MISSING};
use super::templates::Layout;
use crate::product::{Interval, Parameter, Product, Surface, Vertical};

/// A product and where its template keeps things.
pub(super) struct Field<'a> {
    product: &'a Product,
    layout: Layout,
}

impl<'a> Field<'a> {
    pub(super) fn of(product: &'a Product) -> Field<'a> {
        let layout = match product.parameter {
            Parameter::Edition1 { .. } => Layout::default(),
            Parameter::Edition2 { template, .. } => Layout::of(template),
        };
        Field { product, layout }
    }
}

impl Keyed for Field<'_> {
    fn integer(&self, key: Key) -> Option<i64> {
        match self.product.parameter {
            Parameter::Edition1 { number } => edition1(self.product, number, key),
            Parameter::Edition2 { discipline, category, number, template } => match key {
                Key::Discipline => Some(discipline.into()),
                Key::ParameterCategory => Some(category.into()),
                Key::ParameterNumber => Some(number.into()),
                _ => self.edition2(template, key),
            },
        }
    }
}

fn edition1(product: &Product, number: u8, key: Key) -> Option<i64> {
    let Vertical::Edition1 { kind, octets } = product.vertical else { return None };
    let range = product.time.edition1?;
    Some(match key {
        Key::Table2Version => product.origin.tables_version.into(),
        Key::IndicatorOfParameter => number.into(),
        Key::IndicatorOfTypeOfLevel => kind.into(),
        Key::Level | Key::TopLevel | Key::BottomLevel => level1(kind, octets, key),
        Key::TimeRangeIndicator => range.indicator.into(),
        // Only "accum" is ever asked for.
        Key::StepType => i64::from(matches!(range.indicator, 2 | 4)),
        Key::DummyC => 0,
        _ => return None,
    })
}

/// Octets 11 and 12: two levels of one octet each for layers, otherwise one of two.
fn level1(kind: u8, [top, bottom]: [u8; 2], key: Key) -> i64 {
    let octet = |value: u8| if value == u8::MAX { MISSING } else { value.into() };
    match (kind, key) {
        (101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141, _) => {
            octet(if key == Key::BottomLevel { bottom } else { top })
        }
        _ => match u16::from_be_bytes([top, bottom]) {
            u16::MAX => MISSING,
            level => level.into(),
        },
    }
}

impl Field<'_> {
    fn edition2(&self, template: u16, key: Key) -> Option<i64> {
        let layout = &self.layout;
        match key {
            Key::TypeOfGeneratingProcess => self.octet(layout.generating_process?),
            Key::LocalTablesVersion => Some(self.product.origin.local_tables_version.into()),
            Key::GridDefinitionTemplateNumber => Some(self.product.grid_template.into()),
            Key::NumberOfGridInReference => {
                (self.product.grid_template == 101).then(|| self.product.grid_in_reference.into())
            }
            Key::Nv => self.number::<2>(6),
            Key::DummyC => Some(0),
            Key::ConstituentType => self.number::<2>(layout.constituent?),
            Key::AerosolType => self.number::<2>(layout.aerosol?),
            Key::SourceSinkProcess => self.octet(layout.source_sink?),
            Key::ModeNumber => self.number::<2>(layout.distribution?),
            Key::TypeOfDistributionFunction => self.number::<2>(layout.distribution? + 2),
            Key::RandomFieldNumber => self.number::<2>(layout.random_field?),
            Key::IsChemical => Some(matches!(template, 40..=43).into()),
            Key::IsChemicalSourceSink => Some(matches!(template, 76..=79).into()),
            Key::IsAerosol => Some(matches!(template, 44..=50 | 85).into()),
            Key::IsAerosolOptical => Some(matches!(template, 48 | 49).into()),
            Key::TypeOfRelationToReferenceDataset => self.octet(self.reference()?),
            Key::AdditionalParametersForReferencePeriod => self.octet(self.reference()? + 1),
            _ => self
                .surface(key)
                .or_else(|| self.interval(key))
                .or_else(|| self.limits(key).or_else(|| self.satellite(template, key))),
        }
    }

    fn surface(&self, key: Key) -> Option<i64> {
        let Vertical::Edition2(Some([first, second])) = self.product.vertical else { return None };
        Some(match key {
            Key::TypeOfFirstFixedSurface => first.kind.into(),
            Key::ScaleFactorOfFirstFixedSurface => first.scale.map_or(MISSING, i64::from),
            Key::ScaledValueOfFirstFixedSurface => first.value.map_or(MISSING, i64::from),
            Key::TypeOfSecondFixedSurface => second.kind.into(),
            Key::ScaleFactorOfSecondFixedSurface => second.scale.map_or(MISSING, i64::from),
            Key::ScaledValueOfSecondFixedSurface => second.value.map_or(MISSING, i64::from),
            Key::GeneralVerticalHeightCoordinates => i64::from(first.kind == 150),
            Key::PressureUnits => is_below_one_hectopascal(&first).into(),
            _ => return None,
        })
    }

    /// ecCodes tells the innermost process when asked for one value.
    fn interval(&self, key: Key) -> Option<i64> {
        let intervals = self.product.time.intervals.as_slice();
        let innermost: &Interval = intervals.last()?;
        Some(match key {
            Key::TypeOfStatisticalProcessing => innermost.process.into(),
            Key::StatisticalProcesses => match intervals {
                [outer, inner] => i64::from(outer.process) << 8 | i64::from(inner.process),
                _ => return None,
            },
            Key::IndicatorOfUnitForTimeRange => innermost.unit.into(),
            Key::LengthOfTimeRange => innermost.length.into(),
            // Only "accum" is ever asked for.
            Key::StepType => i64::from(innermost.process == 1),
            _ => return None,
        })
    }

    /// Each is a type, then scale factor and scaled value of the first and of the second limit.
    fn limits(&self, key: Key) -> Option<i64> {
        let layout = &self.layout;
        match key {
            Key::TypeOfSizeInterval => self.octet(layout.size?),
            Key::ScaleFactorOfFirstSize => self.scale(layout.size? + 1),
            Key::ScaledValueOfFirstSize => self.value(layout.size? + 2),
            Key::ScaleFactorOfSecondSize => self.scale(layout.size? + 6),
            Key::ScaledValueOfSecondSize => self.value(layout.size? + 7),
            Key::TypeOfWavelengthInterval => self.octet(layout.wavelength?),
            Key::ScaleFactorOfFirstWavelength => self.scale(layout.wavelength? + 1),
            Key::ScaledValueOfFirstWavelength => self.value(layout.wavelength? + 2),
            Key::ScaleFactorOfSecondWavelength => self.scale(layout.wavelength? + 6),
            Key::ScaledValueOfSecondWavelength => self.value(layout.wavelength? + 7),
            Key::TypeOfWavePeriodInterval => self.octet(layout.wave_period?),
            Key::ScaleFactorOfLowerWavePeriodLimit => self.scale(layout.wave_period? + 1),
            Key::ScaledValueOfLowerWavePeriodLimit => self.value(layout.wave_period? + 2),
            Key::ScaleFactorOfUpperWavePeriodLimit => self.scale(layout.wave_period? + 6),
            Key::ScaledValueOfUpperWavePeriodLimit => self.value(layout.wave_period? + 7),
            Key::ProbabilityType => self.octet(layout.probability?),
            Key::ScaleFactorOfLowerLimit => self.scale(layout.probability? + 1),
            Key::ScaledValueOfLowerLimit => self.value(layout.probability? + 2),
            _ => None,
        }
    }

    /// The last band, which is what ecCodes tells when asked for one value.
    fn satellite(&self, template: u16, key: Key) -> Option<i64> {
        let count = usize::try_from(self.octet(self.layout.bands?)?).ok()?;
        // Template 4.30 has one octet for the instrument, its successors two.
        let band_len = if template == 30 { 10 } else { 11 };
        let band = self.layout.bands? + 1 + band_len * count.checked_sub(1)?;
        match key {
            Key::SatelliteSeries => self.number::<2>(band),
            Key::SatelliteNumber => self.number::<2>(band + 2),
            Key::InstrumentType if template == 30 => self.octet(band + 4),
            Key::InstrumentType => self.number::<2>(band + 4),
            Key::ScaledValueOfCentralWaveNumber => self.number::<4>(band + band_len - 4),
            _ => None,
        }
    }

    /// It follows the intervals where there are some.
    fn reference(&self) -> Option<usize> {
        let later = self.product.time.intervals.len().saturating_sub(1);
        Some(self.layout.reference? + 12 * later)
    }

    fn octet(&self, number: usize) -> Option<i64> {
        self.number::<1>(number)
    }

    /// Sign and magnitude; all bits set is missing.
    fn scale(&self, number: usize) -> Option<i64> {
        Some(match self.octet(number)? {
            0xff => MISSING,
            octet if octet & 0x80 != 0 => -(octet & 0x7f),
            octet => octet,
        })
    }

    fn value(&self, number: usize) -> Option<i64> {
        Some(match self.number::<4>(number)? {
            0xffff_ffff => MISSING,
            value if value & 0x8000_0000 != 0 => -(value & 0x7fff_ffff),
            value => value,
        })
    }

    /// `N` octets, the first of them number `first`.
    fn number<const N: usize>(&self, first: usize) -> Option<i64> {
        let octets = self.product.octets.get(first.checked_sub(1)?..)?.first_chunk::<N>()?;
        Some(octets.iter().fold(0, |number, octet| number << 8 | i64::from(*octet)))
    }
}

/// ecCodes tells pressures in hectopascals, but in pascals those that would be 0 hPa.
pub(crate) fn is_below_one_hectopascal(surface: &Surface) -> bool {
    surface.kind == 100
        && surface.scale.is_some_and(|scale| scale == 0 || surface.value != Some(0))
        && surface.meaning().is_some_and(|pascals| pascals.abs() < 100.0)
}
