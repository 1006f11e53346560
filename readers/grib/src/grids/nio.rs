//! NIO's names of grids, and the attributes it gives their coordinates (`NclGRIB.c` and
//! `NclGRIB2.c` of NCL 6.6.2 are where names and rules come from).

use super::definition::{Geometry, Layout};
use super::{Grid, NioGrid, Value};

type Attributes = Vec<(&'static str, Value)>;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

impl Grid {
    pub fn nio(&self) -> NioGrid {
        let has_axes = self.has_nio_coordinates();
        let (latitude, longitude) =
            if has_axes { self.nio_coordinates() } else { Default::default() };
        NioGrid {
            number: self.number,
            catalogue: self.catalogue,
            abbreviation: if self.edition == 1 { None } else { abbreviation2(self.number) },
            one_dimensional: self.is_one_dimensional(),
            latitude,
            longitude,
            rotation: if self.has_rotation() { self.nio_rotation() } else { Vec::new() },
            grid_type: self.nio_data_grid_type(),
            data: self.nio_data(),
        }
    }

    fn is_one_dimensional(&self) -> bool {
        match (&self.layout, &self.geometry) {
            (Layout::Points | Layout::Spectral(_), _) => false,
            (_, Geometry::LatLon(_, sphere) | Geometry::Listed { sphere, .. }) => {
                sphere.is_geographic() && !self.scanning.is_staggered()
            }
            _ => self.is_mercator() && matches!(self.geometry, Geometry::Plane(_)),
        }
    }

    fn has_nio_coordinates(&self) -> bool {
        let rectangle = matches!(self.layout, Layout::Rectangle { .. } | Layout::Thinned(_));
        rectangle && !matches!(self.geometry, Geometry::Unknown | Geometry::Unstructured { .. })
    }

    fn nio_coordinates(&self) -> (Attributes, Attributes) {
        let corners = if self.is_one_dimensional() { None } else { self.corners() };
        let attributes = |name: &str, units: &str, corners: Option<[f64; 4]>| {
            let mut attributes = self.described.clone();
            self.add_map(&mut attributes);
            attributes.push(("units", text(units)));
            attributes.push(self.coordinate_grid_type());
            attributes.push(("long_name", text(name)));
            if let Some(corners) = corners {
                attributes.push(("corners", Value::Numbers(corners.to_vec())));
            }
            attributes
        };
        let (latitudes, longitudes) = corners.unzip();
        (
            attributes("latitude", "degrees_north", latitudes),
            attributes("longitude", "degrees_east", longitudes),
        )
    }

    /// Resources for a plot on the native map, which NIO gives for its catalogue's grids.
    fn add_map(&self, attributes: &mut Attributes) {
        if !(self.is_catalogued && matches!(self.geometry, Geometry::Plane(_))) {
            return;
        }
        let number = |wanted: &str| {
            attributes.iter().find_map(|(name, value)| match value {
                Value::Number(number) if *name == wanted => Some(*number),
                _ => None,
            })
        };
        let orientation = number("Lov").unwrap_or(0.0).rem_euclid(360.0);
        let parallels = (number("Latin1"), number("Latin2"));
        for (name, value) in attributes.iter_mut() {
            if let (&mut ("Lo1" | "Lov"), Value::Number(longitude)) = (name, value) {
                *longitude = longitude.rem_euclid(360.0);
            }
        }
        match self.number {
            5 => {
                let south = attributes
                    .iter()
                    .any(|(name, value)| *name == "ProjectionCenter" && *value == text("south"));
                attributes.extend([
                    ("mpProjection", text("STEREOGRAPHIC")),
                    ("mpCenterLonF", Value::Number(orientation)),
                    ("mpCenterLatF", Value::Number(if south { -90.0 } else { 90.0 })),
                ]);
            }
            3 => {
                attributes.extend([
                    ("mpProjection", text("LAMBERTCONFORMAL")),
                    ("mpLambertParallel1F", Value::Number(parallels.0.unwrap_or(0.0))),
                    ("mpLambertParallel2F", Value::Number(parallels.1.unwrap_or(0.0))),
                    ("mpLambertMeridianF", Value::Number(orientation)),
                ]);
            }
            _ => {}
        }
    }

    /// Latitudes and longitudes of the first row's ends and of the last row's, counterclockwise.
    fn corners(&self) -> Option<([f64; 4], [f64; 4])> {
        let (latitudes, longitudes) = self.corner_coordinates().ok()?;
        let order = |[first, second, third, fourth]: [f64; 4]| [first, second, fourth, third];
        Some((order(latitudes), order(longitudes)))
    }

    /// `GridType` of GRIB1's coordinates is `grid_type` in GRIB2.
    fn coordinate_grid_type(&self) -> (&'static str, Value) {
        if self.is_catalogued {
            return ("grid_description", Value::Text(self.catalogue_description()));
        }
        let quasi = self.is_thinned();
        let name = match (self.edition, self.number, quasi) {
            (1, 0, false) => "Cylindrical Equidistant Projection Grid",
            (1, 0, true) => "Cylindrical Equidistant Projection Grid (Quasi-Regular)",
            (1, 1, _) => "Mercator Projection Grid",
            (1, 3, _) => "Lambert Conformal Secant or Tangent, Conical or bipolar",
            (1, 4, false) => "Gaussian Latitude/Longitude Grid",
            (1, 4, true) => "Gaussian Latitude/Longitude Grid (Quasi-Regular)",
            (1, 5, _) => "Polar Stereographic Projection Grid",
            (1, 10, _) => "Rotated Latitude/Longitude Grid",
            (1, 201..=203, _) => {
                "Arakawa staggered E-grid on rotated latitude/longitude grid-point array (mass points)"
            }
            (2, 0, false) => "Latitude/Longitude",
            (2, 0, true) => "Latitude/longitude Grid (Quasi-Regular)",
            (2, 1, _) => "Rotated Latitude/Longitude",
            (2, 10, _) => "Mercator",
            (2, 20, _) => "Polar Stereographic Projection (North or South)",
            (2, 30, _) => "Lambert Conformal (secant, tangent, conical or bipolar)",
            (2, 40, false) => "Gaussian Latitude/Longitude",
            (2, 40, true) => "Gaussian Latitude/Longitude (Quasi-Regular)",
            (1, 205, _) | (2, 32769, _) => {
                "Arakawa Non-E Staggered rotated Latitude/Longitude Grid"
            }
            _ => return ("grid_type", Value::Text(self.nio_data_grid_type())),
        };
        (if self.edition == 1 { "GridType" } else { "grid_type" }, text(name))
    }

    fn catalogue_description(&self) -> String {
        let (columns, rows) = self.columns_and_rows();
        let kind = match self.number {
            0 => "latitude/longitude",
            1 => "Mercator",
            3 => "Lambert conformal",
            4 => "Gaussian",
            5 => "polar stereographic",
            _ => "rotated latitude/longitude",
        };
        let number = self.catalogue.unwrap_or(255);
        format!("NCEP grid {number}: {} points ({rows}x{columns}), {kind}", self.points)
    }

    /// Which way `rotation` turns, for vectors as this grid has them.
    fn nio_rotation(&self) -> Attributes {
        let mut attributes = if self.uv_relative_to_grid() {
            vec![
                ("note2", text("apply formulas to derive u and v components relative to earth")),
                (
                    "note1",
                    text("u and v components of vector quantities are resolved relative to grid"),
                ),
                ("formula_v", text("Vearth = cos(rot)*Vgrid - sin(rot)*Ugrid")),
                ("formula_u", text("Uearth = sin(rot)*Vgrid + cos(rot)*Ugrid")),
            ]
        } else {
            vec![
                ("note2", text("apply formulas to derive u and v components relative to grid")),
                (
                    "note1",
                    text("u and v components of vector quantities are resolved relative to earth"),
                ),
                ("formula_v", text("Vgrid = sin(rot)*Uearth + cos(rot)*Vearth")),
                ("formula_u", text("Ugrid = cos(rot)*Uearth - sin(rot)*Vearth")),
            ]
        };
        attributes.push(("units", text("radians")));
        attributes.push(match self.coordinate_grid_type() {
            ("grid_type", name) => ("GridType", name),
            named => named,
        });
        attributes.push(("long_name", text("vector rotation angle")));
        attributes
    }

    /// GRIB2: code table 3.1 as NIO words it.
    fn nio_data_grid_type(&self) -> String {
        if self.edition == 1 {
            return String::new();
        }
        let name = match self.number {
            0 => "Latitude/longitude",
            1 => "Rotated latitude/longitude",
            2 => "Stretched latitude/longitude",
            3 => "Stretched and rotated latitude/longitude",
            4 => "Variable resolution latitude/longitude",
            5 => "Variable resolution rotated latitude/longitude",
            10 => "Mercator",
            12 => "Transverse Mercator",
            20 => "Polar stereographic can be south or north",
            30 => "Lambert Conformal can be secant or tangent, conical or bipolar",
            31 => "Albers equal-area",
            40 => "Gaussian latitude/longitude",
            41 => "Rotated Gaussian latitude/longitude",
            42 => "Stretched Gaussian latitude/longitude",
            43 => "Stretched and rotated Gaussian latitude/longitude",
            50 => "Spherical harmonic coefficients",
            51 => "Rotated spherical harmonic coefficients",
            52 => "Stretched spherical harmonic coefficients",
            53 => "Stretched and rotated spherical harmonic coefficients",
            90 => "Space view perspective or orthographic",
            100 => "Triangular grid based on an icosahedron",
            101 => "General unstructured grid",
            110 => "Equatorial azimuthal equidistant projection",
            120 => "Azimuth-range projection",
            130 => "Irregular latitude/longitude",
            140 => "Lambert azimuthal equal area",
            150 => "HEALPix",
            204 => "Curvilinear orthogonal grids",
            32768 => "Rotated latitude/longitude (Arakawa Staggered E-Grid)",
            32769 => "Arakawa Non-E Staggered Rotated Latitude/Longitude Grid",
            number => return number.to_string(),
        };
        if self.is_thinned() {
            // The words by which readers of NIO's files tell such grids.
            return format!("{name} (quasi-regular grid expanded by interpolation)");
        }
        name.to_owned()
    }

    fn nio_data(&self) -> Attributes {
        match self.catalogue {
            _ if self.edition != 1 => Vec::new(),
            Some(number) if self.is_catalogued && !self.is_thinned() => {
                vec![("grid_number", Value::Number(f64::from(number)))]
            }
            _ => vec![("gds_grid_type", Value::Number(f64::from(self.number)))],
        }
    }
}

fn abbreviation2(template: u16) -> Option<&'static str> {
    Some(match template {
        0 => "LL",
        1 | 32769 => "RLL",
        10 => "ME",
        20 => "ST",
        30 => "LC",
        40 => "GA",
        50 => "SH",
        90 => "SV",
        _ => return None,
    })
}
