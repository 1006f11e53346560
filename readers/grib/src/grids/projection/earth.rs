//! Shape of the earth (GRIB2 code table 3.2; GRIB1 code table 7, bit 2).

use super::Value;

/// Axes in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Earth {
    Sphere { radius: f64 },
    Ellipsoid { major: f64, minor: f64 },
}

impl Earth {
    /// GRIB1 without the flag, GRIB2 code 0.
    pub const WMO_SPHERE: Self = Self::Sphere { radius: 6_367_470.0 };
    /// As determined by the IAU in 1965: GRIB1 with the flag, GRIB2 code 2.
    pub const IAU_1965: Self = Self::Ellipsoid { major: 6_378_160.0, minor: 6_356_775.0 };

    /// Code table 3.2. `radius`, `major` and `minor` are the scaled values of the template;
    /// `None` for codes that are reserved or local, or lack a value they need.
    pub fn from_code(
        code: u8,
        radius: Option<f64>,
        major: Option<f64>,
        minor: Option<f64>,
    ) -> Option<Self> {
        let ellipsoid = |unit: f64| {
            let (major, minor) = (major? * unit, minor? * unit);
            Some(Self::Ellipsoid { major, minor })
        };
        Some(match code {
            0 => Self::WMO_SPHERE,
            1 => Self::Sphere { radius: radius? },
            2 => Self::IAU_1965,
            3 => ellipsoid(1000.0)?,
            4 => Self::Ellipsoid { major: 6_378_137.0, minor: 6_356_752.314 },
            5 | 10 => Self::Ellipsoid { major: 6_378_137.0, minor: 6_356_752.314_245 },
            6 => Self::Sphere { radius: 6_371_229.0 },
            7 => ellipsoid(1.0)?,
            8 => Self::Sphere { radius: 6_371_200.0 },
            9 => Self::Ellipsoid { major: 6_377_563.396, minor: 6_356_256.909 },
            11 => Self::Sphere { radius: 695_990_000.0 },
            _ => return None,
        })
    }

    pub fn major(self) -> f64 {
        match self {
            Self::Sphere { radius } => radius,
            Self::Ellipsoid { major, .. } => major,
        }
    }

    pub fn minor(self) -> f64 {
        match self {
            Self::Sphere { radius } => radius,
            Self::Ellipsoid { minor, .. } => minor,
        }
    }

    /// e², the square of the first eccentricity.
    pub fn eccentricity_squared(self) -> f64 {
        match self {
            Self::Sphere { .. } => 0.0,
            Self::Ellipsoid { major, minor } => 1.0 - (minor / major).powi(2),
        }
    }

    /// CF conventions, appendix F, table F.1.
    pub fn attributes(self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Sphere { radius } => vec![("earth_radius", Value::Number(radius))],
            Self::Ellipsoid { major, minor } => vec![
                ("semi_major_axis", Value::Number(major)),
                ("semi_minor_axis", Value::Number(minor)),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_in_kilometres_and_in_metres_are_told_apart() {
        let given = |code, size: f64| Earth::from_code(code, None, Some(size), Some(size - 1.0));
        assert_eq!(given(3, 6378.0).map(Earth::major), Some(6_378_000.0));
        assert_eq!(given(7, 6378.0).map(Earth::major), Some(6378.0));
    }

    #[test]
    fn a_missing_radius_and_a_reserved_code_have_no_shape() {
        assert_eq!(Earth::from_code(1, None, None, None), None);
        assert_eq!(Earth::from_code(255, Some(1.0), Some(1.0), Some(1.0)), None);
    }
}
