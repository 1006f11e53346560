//! Numbers of a grid under the names NIO gives them.

use super::definition::Sphere;
use super::latlon::LatLon;
use super::projection::Pole;
use super::{Grid, Value};

impl Grid {
    /// Numbers NIO shows as attributes of coordinates.
    pub(super) fn describe(&mut self, numbers: &[(&'static str, f64)]) {
        let values = numbers.iter().map(|&(name, number)| (name, Value::Number(number)));
        self.described.extend(values);
    }

    pub(super) fn describe_pole(&mut self, pole: Pole) {
        let text = if pole == Pole::South { "south" } else { "north" };
        self.described.push(("ProjectionCenter", Value::Text(text.to_owned())));
    }

    pub(super) fn describe_latlon(&mut self, axes: &LatLon, sphere: &Sphere) {
        if let Sphere::Rotated { south, angle, .. } = sphere {
            self.describe(&[
                ("Latitude_of_southern_pole", south.0),
                ("Longitude_of_southern_pole", south.1),
                ("Angle_of_rotation", *angle),
            ]);
        }
        self.describe(&[("La1", axes.first_latitude), ("Lo1", axes.first_longitude)]);
        if let Some(latitude) = axes.last_latitude {
            self.describe(&[("La2", latitude)]);
        }
        if let Some(longitude) = axes.last_longitude {
            self.describe(&[("Lo2", longitude)]);
        }
        let (columns, rows) = self.columns_and_rows();
        let di = axes.meridians(columns, self.scanning).step.abs();
        self.describe(&[("Di", di)]);
        match axes.gaussian {
            Some(n) => self.describe(&[("N", f64::from(n))]),
            None => {
                let dj = match axes.last_latitude {
                    Some(last) if rows > 1 => {
                        (last - axes.first_latitude).abs() / (rows - 1) as f64
                    }
                    _ => axes.dj.unwrap_or(0.0),
                };
                self.describe(&[("Dj", dj)]);
            }
        }
    }
}
