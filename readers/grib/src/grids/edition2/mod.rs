//! Section 3 of GRIB2: grid definition templates 3.0 to 3.32769. Octets are the section's own,
//! angles in millionths of a degree unless the template has a basic angle of its own, lengths in
//! thousandths of a metre.

mod latlon;
mod plane;

use hyperslab_core::Result;

use super::Grid;
use super::definition::{Geometry, Layout, Radial};
use super::octets::Octets;
use super::projection::{Earth, Healpix, Ordering};
use super::scanning::Scanning;
use super::spectral::Truncation;
use super::unstructured::{Definition, Icosahedron};

pub(super) fn parse(section: &[u8]) -> Result<Grid> {
    let octets = Octets::new(section, "section 3");
    let source = octets.u8(6)?;
    let points = u64::from(octets.u32(7)?);
    let template = octets.u16(13)?;
    let header =
        Header { octets, points, list_octets: octets.u8(11)?, list_meaning: octets.u8(12)? };
    let grid = Grid::new(2, template, points);
    if source != 0 {
        // Code table 3.0: defined by the centre, or not at all.
        return Ok(grid);
    }
    header.template(template, grid)
}

struct Header<'a> {
    octets: Octets<'a>,
    points: u64,
    list_octets: u8,
    /// Code table 3.11.
    list_meaning: u8,
}

impl Header<'_> {
    fn template(&self, template: u16, grid: Grid) -> Result<Grid> {
        match template {
            0..=3 | 40..=43 => self.latlon(template, grid),
            4 | 5 => self.listed_latlon(template, grid),
            10 | 13 => self.mercator(grid),
            12 => self.transverse_mercator(grid),
            20 | 23 => self.polar_stereographic(grid),
            30..=33 => self.conic(template, grid),
            50..=53 => self.spectral(grid),
            90 => self.space_view(grid),
            100 => self.icosahedral(grid),
            101 => self.unstructured(grid),
            110 => self.azimuthal_equidistant(grid),
            120 => self.radial(grid),
            130 => self.scattered(grid),
            140 => self.lambert_azimuthal(grid),
            150 => self.healpix(grid),
            1000 => self.section(31, (61, 2), grid),
            1200 => self.section(15, (37, 2), grid),
            32768 | 32769 => self.arakawa(template, grid),
            _ => Ok(grid),
        }
    }

    /// Code table 3.2, octets 15 to 30. A shape that says nothing leaves the sphere of code 6.
    fn earth(&self) -> Result<Earth> {
        let o = &self.octets;
        let scaled = |octet: usize| -> Result<Option<f64>> {
            let (scale, value) = (o.int_given(octet, 1)?, o.given(octet + 1, 4)?);
            let power = |scale: i64| 10f64.powi(scale.clamp(-99, 99) as i32);
            Ok(value.map(|value| f64::from(value) / power(scale.unwrap_or(0))))
        };
        let earth = Earth::from_code(o.u8(15)?, scaled(16)?, scaled(21)?, scaled(26)?);
        Ok(earth.unwrap_or(Earth::Sphere { radius: 6_371_229.0 }))
    }

    fn micro(&self, octet: usize) -> Result<f64> {
        Ok(self.octets.micro_degrees(octet)? as f64 / 1e6)
    }

    fn milli(&self, octet: usize) -> Result<f64> {
        Ok(self.octets.int(octet, 4)? as f64 / 1e3)
    }

    /// What a degree is multiplied with and divided by: octets of basic angle and subdivisions.
    fn angle_unit(&self, octet: usize) -> Result<AngleUnit> {
        let basic = self.octets.given(octet, 4)?.filter(|&basic| basic != 0).unwrap_or(1);
        let parts = self.octets.given(octet + 4, 4)?.filter(|&parts| parts != 0);
        Ok(AngleUnit { basic: f64::from(basic), parts: parts.map_or(1e6, f64::from) })
    }

    fn spectral(&self, mut grid: Grid) -> Result<Grid> {
        let wave = |octet| -> Result<u64> { self.octets.uint(octet, 4) };
        let truncation = Truncation::new(wave(15)?, wave(19)?, wave(23)?)?;
        grid.points = truncation.reals();
        grid.layout = Layout::Spectral(truncation);
        Ok(grid)
    }

    fn icosahedral(&self, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        (grid.ni, grid.nj) = (Some(u32::from(o.u16(17)?)), None);
        let found = Icosahedron::new(&Definition {
            n2: o.u8(15)?,
            n3: o.u8(16)?,
            intervals: u32::from(o.u16(17)?),
            diamonds: o.u8(19)?,
            pole: (self.micro(20)?, self.micro(24)?),
            longitude: self.micro(28)?,
            position: o.u8(32)?,
            scanning: o.u8(34)?,
        });
        if let Some(triangles) = found.filter(|found| found.points() == self.points) {
            grid.geometry = Geometry::Icosahedral(triangles);
        }
        Ok(grid)
    }

    fn unstructured(&self, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        let uuid = o.take(20, 16)?.try_into().unwrap_or_default();
        let number = o.uint(16, 3)? as u32;
        grid.geometry = Geometry::Unstructured { number, reference: o.u8(19)?, uuid };
        Ok(grid)
    }

    fn radial(&self, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        let (bins, beams) = (o.u32(15)?, o.u32(19)?);
        (grid.ni, grid.nj) = (Some(bins), Some(beams));
        grid.scanning = Scanning(o.u8(39)?);
        grid.layout = Layout::rectangle(grid.ni, grid.nj, self.points, grid.scanning);
        let count = usize::try_from(beams).unwrap_or(usize::MAX);
        let azimuths = o.take(40, count.saturating_mul(4))?.chunks_exact(4).map(|beam| {
            let beam = Octets::new(beam, "section 3");
            let (start, width) = (beam.int(1, 2)? as f64 / 10.0, beam.int(3, 2)? as f64 / 100.0);
            Ok(start + width / 2.0)
        });
        grid.geometry = Geometry::Radial(Radial {
            centre: (self.micro(23)?, self.micro(27)?),
            start: f64::from(o.u32(35)?),
            spacing: f64::from(o.u32(31)?),
            azimuths: azimuths.collect::<Result<_>>()?,
        });
        Ok(grid)
    }

    fn scattered(&self, mut grid: Grid) -> Result<Grid> {
        grid.earth = Some(self.earth()?);
        let count = usize::try_from(self.points).unwrap_or(usize::MAX);
        let positions =
            self.octets.take(31, count.saturating_mul(8))?.chunks_exact(8).map(|point| {
                let point = Octets::new(point, "section 3");
                Ok((point.int(1, 4)? as f64 / 1e6, point.int(5, 4)? as f64 / 1e6))
            });
        grid.geometry = Geometry::Scattered(positions.collect::<Result<_>>()?);
        Ok(grid)
    }

    fn healpix(&self, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        grid.earth = Some(self.earth()?);
        grid.flags = o.u8(31)?;
        grid.scanning = Scanning(o.u8(42)?);
        // Code table 3.12.
        let ordering = match o.u8(41)? {
            0 => Ordering::Ring,
            1 => Ordering::Nested,
            _ => return Ok(grid),
        };
        let found = Healpix::new(u64::from(o.u32(32)?), ordering, self.micro(36)?);
        if let Some(healpix) = found.filter(|healpix| healpix.points() == self.points) {
            grid.geometry = Geometry::Healpix(healpix);
        }
        Ok(grid)
    }

    /// Cross-sections and time sections: a rectangle that is no map.
    fn section(&self, across: usize, (up, width): (usize, usize), mut grid: Grid) -> Result<Grid> {
        let ni = self.octets.u32(across)?;
        let nj = self.octets.uint(up, width)? as u32;
        grid.layout = Layout::rectangle(Some(ni), Some(nj), self.points, Scanning(0));
        Ok(grid)
    }
}

#[derive(Clone, Copy)]
struct AngleUnit {
    basic: f64,
    parts: f64,
}

impl AngleUnit {
    fn degrees(self, coded: f64) -> f64 {
        coded * self.basic / self.parts
    }
}
