//! Space view perspective (GRIB2 template 3.90, GRIB1 type 90): the earth as a camera sees it
//! whose lines of sight are at equal angles, x across and y along its own axis (CGMS 03, "LRIT/HRIT
//! Global Specification", section 4.4, normalised geostationary projection).

use super::{
    Attributes, Axes, Earth, NOWHERE, PlaneGrid, Projection, longitude_180, named, position,
};

#[derive(Clone, Debug, PartialEq)]
pub struct SpaceView {
    earth: Earth,
    latitude: f64,
    longitude: f64,
    /// Of the camera from the earth's centre, in metres.
    distance: f64,
}

/// Where the pixels of an image are (template 3.90, octets 31 to 80), in grid lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Image {
    pub columns: u64,
    pub rows: u64,
    /// Apparent diameter of the earth: dx, dy.
    pub diameter: (f64, f64),
    /// Sub-satellite point: Xp, Yp.
    pub centre: (f64, f64),
    /// Origin of the sector: Xo, Yo.
    pub origin: (f64, f64),
    /// Flag table 3.4.
    pub scanning_mode: u8,
}

impl SpaceView {
    /// `latitude`, `longitude`: the sub-satellite point. `altitude`: Nr, the distance from the
    /// earth's centre in equatorial radii; infinite, as Nr missing means, has no positions.
    pub fn new(earth: Earth, latitude: f64, longitude: f64, altitude: f64) -> Self {
        Self { earth, latitude, longitude, distance: altitude * earth.major() }
    }

    /// The grid of an image.
    ///
    /// Whatever the scanning mode, its first row is taken as the northernmost and its first column
    /// as the westernmost, as ecCodes does: the mode tells only in which way Xp and Yp are counted.
    pub fn image(self, image: &Image) -> PlaneGrid {
        let angle = 2.0 * (self.earth.major() / self.distance).asin();
        let dx = angle / image.diameter.0;
        let dy = self.earth.minor() / self.earth.major() * angle / image.diameter.1;
        let last = |count: u64| count.saturating_sub(1) as f64;
        let (column, row) = (image.centre.0 - image.origin.0, image.centre.1 - image.origin.1);
        let column =
            if image.scanning_mode & 0x80 == 0 { column } else { last(image.columns) - column };
        let row = if image.scanning_mode & 0x40 == 0 { last(image.rows) - row } else { row };
        PlaneGrid {
            map: self.into(),
            x0: -column * dx,
            y0: (last(image.rows) - row) * dy,
            dx,
            dy: -dy,
            columns: image.columns,
            rows: image.rows,
        }
    }

    /// Camera above the geocentric latitude of the sub-satellite point: its distance from the
    /// axis and from the equator.
    fn camera(&self) -> (f64, f64) {
        let (sin, cos) = self.latitude.to_radians().sin_cos();
        (self.distance * cos, self.distance * sin)
    }
}

impl Projection for SpaceView {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let ((sin_x, cos_x), (sin_y, cos_y)) = (x.sin_cos(), y.sin_cos());
        let (sin0, cos0) = self.latitude.to_radians().sin_cos();
        let (px, pz) = self.camera();
        // The line of sight: towards the axis, east, and north.
        let (inwards, east, up) = (cos_x * cos_y, sin_x * cos_y, sin_y);
        let (dx, dy, dz) = (-inwards * cos0 - up * sin0, east, up * cos0 - inwards * sin0);
        // Where it meets the ellipsoid: z stretched until that is a sphere.
        let (a, b) = (self.earth.major(), self.earth.minor());
        let stretch = a / b;
        let (sz, sdz) = (pz * stretch, dz * stretch);
        let along = dx * dx + dy * dy + sdz * sdz;
        let half = px * dx + sz * sdz;
        let root = half * half - along * (px * px + sz * sz - a * a);
        if root.is_nan() || root <= 0.0 {
            return NOWHERE;
        }
        let length = (-half - root.sqrt()) / along;
        let (ex, ey, ez) = (px + length * dx, length * dy, pz + length * dz);
        let latitude = (stretch * stretch * ez).atan2(ex.hypot(ey));
        position(latitude, ey.atan2(ex) + self.longitude.to_radians())
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (a, b) = (self.earth.major(), self.earth.minor());
        let (sin_east, cos_east) = longitude_180(longitude - self.longitude).to_radians().sin_cos();
        // The geocentric position.
        let (sin, cos) = latitude.to_radians().sin_cos();
        let norm = (a * cos).hypot(b * sin);
        let (axis, ez) = (a * a * cos / norm, b * b * sin / norm);
        let (ex, ey) = (axis * cos_east, axis * sin_east);
        let (px, pz) = self.camera();
        let (dx, dy, dz) = (ex - px, ey, ez - pz);
        // Behind the horizon the line of sight leaves through the surface.
        let outwards = dx * ex + dy * ey + dz * ez * (a / b).powi(2);
        if outwards.is_nan() || outwards >= 0.0 {
            return NOWHERE;
        }
        let (sin0, cos0) = self.latitude.to_radians().sin_cos();
        let inwards = -dx * cos0 - dz * sin0;
        let up = dz * cos0 - dx * sin0;
        (dy.atan2(inwards), up.atan2(inwards.hypot(dy)))
    }

    fn grid_mapping(&self) -> Attributes {
        let mut attributes = named(
            "geostationary",
            self.earth,
            &[
                ("latitude_of_projection_origin", self.latitude),
                ("longitude_of_projection_origin", self.longitude),
                ("perspective_point_height", self.distance - self.earth.major()),
                ("false_easting", 0.0),
                ("false_northing", 0.0),
            ],
        );
        attributes.insert(1, ("sweep_angle_axis", super::Value::Text("y".to_owned())));
        attributes
    }

    fn axes(&self) -> Axes {
        Axes::Angles
    }
}
