//! Longitude and latitude about another pole (CF conventions, appendix F, "Rotated Pole";
//! Snyder, PP 1395, equations 5-7 to 5-10b).

use super::definition::Definition;
use super::wrapped;

/// Angles in degrees, as PROJ's `ob_tran` has them.
pub(super) struct RotatedPole {
    sin: f64,
    cos: f64,
    /// The grid's longitude of the geographic north pole.
    pole_x: f64,
    /// The longitude opposite the grid's pole.
    opposite: f64,
    /// The grid's longitudes lie around this one.
    center: f64,
}

impl RotatedPole {
    pub(super) fn of(definition: &Definition) -> Result<Self, String> {
        if !matches!(definition.get("o_proj"), Some("longlat" | "latlong" | "lonlat" | "latlon")) {
            return Err("only longitudes and latitudes can have another pole".into());
        }
        let latitude = definition.number("o_lat_p").ok_or("no +o_lat_p")?;
        let or_zero = |name| definition.number(name).unwrap_or(0.0);
        let (sin, cos) = latitude.to_radians().sin_cos();
        let (pole_x, opposite, center) =
            (or_zero("o_lon_p"), or_zero("lon_0"), or_zero("lon_wrap"));
        Ok(Self { sin, cos, pole_x, opposite, center })
    }

    pub(super) fn lon_lat(&self, x: f64, y: f64) -> (f64, f64) {
        let ((sin_x, cos_x), (sin_y, cos_y)) =
            ((x - self.pole_x).to_radians().sin_cos(), y.to_radians().sin_cos());
        let lat = (self.sin * sin_y + self.cos * cos_y * cos_x).clamp(-1.0, 1.0).asin();
        let lon = (cos_y * sin_x).atan2(self.sin * cos_y * cos_x - self.cos * sin_y);
        (self.opposite + lon.to_degrees(), lat.to_degrees())
    }

    pub(super) fn xy(&self, lon: f64, lat: f64) -> (f64, f64) {
        let ((sin_lon, cos_lon), (sin_lat, cos_lat)) =
            ((lon - self.opposite).to_radians().sin_cos(), lat.to_radians().sin_cos());
        let y = (self.sin * sin_lat - self.cos * cos_lat * cos_lon).clamp(-1.0, 1.0).asin();
        let x = (cos_lat * sin_lon).atan2(self.cos * sin_lat + self.sin * cos_lat * cos_lon);
        (wrapped(self.pole_x + x.to_degrees(), self.center), y.to_degrees())
    }
}
