//! The keys that ecCodes' concept files ask for.

/// A value whose octets are all set. ecCodes' conditions write it `missing()`.
pub(super) const MISSING: i64 = 0x7fff_ffff;

/// Whatever a concept's condition can be tried on.
pub(super) trait Keyed {
    /// `None` where the header has no such key.
    fn integer(&self, key: Key) -> Option<i64>;
}

macro_rules! keys {
    ($($name:ident = $spelling:literal,)*) => {
        /// In the order of `names.bin`, which is the alphabet's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Key {
            $($name,)*
        }

        const KEYS: &[Key] = &[$(Key::$name,)*];

        #[cfg(test)]
        pub(super) const SPELLINGS: &[&str] = &[$($spelling,)*];
    };
}

keys! {
    Nv = "NV",
    AerosolType = "aerosolType",
    AtmosphericChemicalConstituentType = "atmosphericChemicalConsituentType",
    BottomLevel = "bottomLevel",
    ConstituentType = "constituentType",
    Discipline = "discipline",
    DummyC = "dummyc",
    GeneralVerticalHeightCoordinates = "genVertHeightCoords",
    GridDefinitionTemplateNumber = "gridDefinitionTemplateNumber",
    IndicatorOfParameter = "indicatorOfParameter",
    IndicatorOfTypeOfLevel = "indicatorOfTypeOfLevel",
    IndicatorOfUnitForTimeRange = "indicatorOfUnitForTimeRange",
    InstrumentType = "instrumentType",
    IsAerosol = "is_aerosol",
    IsAerosolOptical = "is_aerosol_optical",
    IsChemical = "is_chemical",
    IsChemicalSourceSink = "is_chemical_srcsink",
    LengthOfTimeRange = "lengthOfTimeRange",
    Level = "level",
    LocalElementNumber = "localElementNumber",
    LocalTablesVersion = "localTablesVersion",
    ModeNumber = "modeNumber",
    AdditionalParametersForReferencePeriod = "numberOfAdditionalParametersForReferencePeriod",
    NumberOfGridInReference = "numberOfGridInReference",
    ParameterCategory = "parameterCategory",
    ParameterNumber = "parameterNumber",
    PressureUnits = "pressureUnits",
    ProbabilityType = "probabilityType",
    RandomFieldNumber = "randomFieldNumber",
    SatelliteNumber = "satelliteNumber",
    SatelliteSeries = "satelliteSeries",
    ScaleFactorOfFirstFixedSurface = "scaleFactorOfFirstFixedSurface",
    ScaleFactorOfFirstSize = "scaleFactorOfFirstSize",
    ScaleFactorOfFirstWavelength = "scaleFactorOfFirstWavelength",
    ScaleFactorOfLowerLimit = "scaleFactorOfLowerLimit",
    ScaleFactorOfLowerWavePeriodLimit = "scaleFactorOfLowerWavePeriodLimit",
    ScaleFactorOfSecondFixedSurface = "scaleFactorOfSecondFixedSurface",
    ScaleFactorOfSecondSize = "scaleFactorOfSecondSize",
    ScaleFactorOfSecondWavelength = "scaleFactorOfSecondWavelength",
    ScaleFactorOfUpperWavePeriodLimit = "scaleFactorOfUpperWavePeriodLimit",
    ScaledValueOfCentralWaveNumber = "scaledValueOfCentralWaveNumber",
    ScaledValueOfFirstFixedSurface = "scaledValueOfFirstFixedSurface",
    ScaledValueOfFirstSize = "scaledValueOfFirstSize",
    ScaledValueOfFirstWavelength = "scaledValueOfFirstWavelength",
    ScaledValueOfLowerLimit = "scaledValueOfLowerLimit",
    ScaledValueOfLowerWavePeriodLimit = "scaledValueOfLowerWavePeriodLimit",
    ScaledValueOfSecondFixedSurface = "scaledValueOfSecondFixedSurface",
    ScaledValueOfSecondSize = "scaledValueOfSecondSize",
    ScaledValueOfSecondWavelength = "scaledValueOfSecondWavelength",
    ScaledValueOfUpperWavePeriodLimit = "scaledValueOfUpperWavePeriodLimit",
    SourceSinkProcess = "sourceSinkChemicalPhysicalProcess",
    StatisticalProcesses = "statisticalProcesses",
    StepType = "stepType",
    Table2Version = "table2Version",
    TimeRangeIndicator = "timeRangeIndicator",
    TopLevel = "topLevel",
    TypeOfDistributionFunction = "typeOfDistributionFunction",
    TypeOfFirstFixedSurface = "typeOfFirstFixedSurface",
    TypeOfGeneratingProcess = "typeOfGeneratingProcess",
    TypeOfRelationToReferenceDataset = "typeOfRelationToReferenceDataset",
    TypeOfSecondFixedSurface = "typeOfSecondFixedSurface",
    TypeOfSizeInterval = "typeOfSizeInterval",
    TypeOfStatisticalProcessing = "typeOfStatisticalProcessing",
    TypeOfWavePeriodInterval = "typeOfWavePeriodInterval",
    TypeOfWavelengthInterval = "typeOfWavelengthInterval",
}

impl Key {
    pub(super) fn numbered(number: u8) -> Option<Key> {
        KEYS.get(usize::from(number)).copied()
    }
}
