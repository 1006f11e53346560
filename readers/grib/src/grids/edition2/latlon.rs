//! Templates with parallels and meridians: 3.0 to 3.5 and 3.40 to 3.43.

use hyperslab_core::{ReadError, Result};

use super::super::definition::{Geometry, Layout, Sphere};
use super::super::latlon::LatLon;
use super::super::octets::Octets;
use super::super::projection::{RotatedPole, Stretched};
use super::super::scanning::Scanning;
use super::super::thinned::{Thinned, coded_counts};
use super::super::{Grid, fits};
use super::{AngleUnit, Header};

impl Header<'_> {
    /// Templates 3.0 to 3.3 (Di, Dj) and 3.40 to 3.43 (Di, N).
    pub(super) fn latlon(&self, template: u16, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        let unit = self.angle_unit(39)?;
        let angle = |octet| -> Result<Option<f64>> {
            Ok(o.int_given(octet, 4)?.map(|angle| unit.degrees(angle as f64)))
        };
        let increment = |octet| -> Result<Option<f64>> {
            let given = o.given(octet, 4)?.filter(|&value| value != 0);
            Ok(given.map(|value| unit.degrees(f64::from(value))))
        };
        let is_gaussian = template >= 40;
        let axes = LatLon {
            first_latitude: angle(47)?.unwrap_or(f64::NAN),
            first_longitude: angle(51)?.unwrap_or(f64::NAN),
            last_latitude: angle(56)?,
            last_longitude: angle(60)?,
            di: increment(64)?,
            dj: if is_gaussian { None } else { increment(68)? },
            gaussian: if is_gaussian { Some(o.u32(68)?) } else { None },
        };
        let sphere = self.sphere(template % 40)?;
        grid.earth = Some(self.earth()?);
        grid.flags = o.u8(55)?;
        grid.scanning = Scanning(o.u8(72)?);
        (grid.ni, grid.nj) = (o.given(31, 4)?, o.given(35, 4)?);
        let end = [73, 85, 85, 97].get(usize::from(template % 40)).copied().unwrap_or(73);
        if self.list_meaning == 3 && self.list_octets != 0 {
            return self.rows_at_latitudes(grid, axes, sphere, unit, end);
        }
        let list = self.row_list(end, grid.ni, grid.nj)?;
        grid.row_list_octets = if list.is_some() { self.list_octets } else { 0 };
        grid.layout = match list {
            Some(list) => {
                let by_columns = grid.ni.is_some();
                let counts = coded_counts(&list, &axes, self.points, grid.scanning, 1e-6);
                Layout::thinned(Thinned { list, counts, by_columns }, self.points)
            }
            None => Layout::rectangle(grid.ni, grid.nj, self.points, grid.scanning),
        };
        grid.describe_latlon(&axes, &sphere);
        grid.geometry = Geometry::LatLon(axes, sphere);
        Ok(grid)
    }

    /// Rotation and stretching follow octet 72 (templates 3.1 to 3.3, and 3.41 to 3.43).
    fn sphere(&self, kind: u16) -> Result<Sphere> {
        let rotation = |octet: usize| -> Result<(RotatedPole, (f64, f64), f64)> {
            let south = (self.micro(octet)?, self.micro(octet + 4)?);
            let angle = self.octets.ieee32(octet + 8)?;
            Ok((RotatedPole::new(south.0, south.1, angle), south, angle))
        };
        let factor = |octet: usize| self.micro(octet);
        Ok(match kind {
            1 => {
                let (pole, south, angle) = rotation(73)?;
                Sphere::Rotated { pole, south, angle }
            }
            2 => {
                let pole = RotatedPole::north(self.micro(73)?, self.micro(77)?);
                Sphere::Stretched(Stretched::new(pole, factor(81)?))
            }
            3 => Sphere::Stretched(Stretched::new(rotation(73)?.0, factor(93)?)),
            _ => Sphere::Geographic,
        })
    }

    /// The optional list of numbers of points, one for each row (each column where the number of
    /// rows is missing).
    fn row_list(&self, octet: usize, ni: Option<u32>, nj: Option<u32>) -> Result<Option<Vec<u32>>> {
        let width = usize::from(self.list_octets);
        if width == 0 || width > 4 {
            return Ok(None);
        }
        let lines = match (ni, nj) {
            (None, Some(lines)) | (Some(lines), None) => lines,
            _ => return Ok(None),
        };
        let count = usize::try_from(lines).unwrap_or(usize::MAX);
        let bytes = self.octets.take(octet, count.saturating_mul(width))?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, &b| (n << 8) | u32::from(b));
        Ok(Some(bytes.chunks_exact(width).map(number).collect()))
    }

    /// Code table 3.11 entry 3: the list holds the latitudes of rows.
    fn rows_at_latitudes(
        &self,
        mut grid: Grid,
        axes: LatLon,
        sphere: Sphere,
        unit: AngleUnit,
        octet: usize,
    ) -> Result<Grid> {
        let (Some(ni), Some(nj)) = (grid.ni, grid.nj) else {
            return Err(ReadError::malformed("list of latitudes without numbers of points"));
        };
        grid.layout = Layout::rectangle(grid.ni, grid.nj, self.points, grid.scanning);
        if !matches!(grid.layout, Layout::Rectangle { .. }) {
            return Ok(grid);
        }
        let latitudes = self.angles(octet, nj, usize::from(self.list_octets), unit)?;
        let columns = axes.meridians(u64::from(ni), grid.scanning);
        grid.describe_latlon(&axes, &sphere);
        let longitudes = if fits(u64::from(ni)) {
            (0..ni).map(|i| columns.at(f64::from(i))).collect()
        } else {
            Vec::new()
        };
        grid.geometry = Geometry::Listed { latitudes, longitudes, sphere };
        Ok(grid)
    }

    fn angles(&self, octet: usize, count: u32, width: usize, unit: AngleUnit) -> Result<Vec<f64>> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let bytes = self.octets.take(octet, count.saturating_mul(width))?;
        let angles = bytes.chunks_exact(width.max(1)).map(|bytes| {
            Octets::new(bytes, "section 3").int(1, width).map(|angle| unit.degrees(angle as f64))
        });
        angles.collect()
    }

    /// Templates 3.4 and 3.5: rows and columns at listed latitudes and longitudes.
    pub(super) fn listed_latlon(&self, template: u16, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        let (ni, nj) = (o.u32(31)?, o.u32(35)?);
        let unit = self.angle_unit(39)?;
        (grid.ni, grid.nj) = (Some(ni), Some(nj));
        grid.earth = Some(self.earth()?);
        grid.flags = o.u8(47)?;
        grid.scanning = Scanning(o.u8(48)?);
        let (sphere, lists) = if template == 5 {
            let (south, angle) = ((self.micro(49)?, self.micro(53)?), o.ieee32(57)?);
            let pole = RotatedPole::new(south.0, south.1, angle);
            (Sphere::Rotated { pole, south, angle }, 61)
        } else {
            (Sphere::Geographic, 49)
        };
        let longitudes = self.angles(lists, ni, 4, unit)?;
        let latitudes = self.angles(lists + 4 * longitudes.len(), nj, 4, unit)?;
        grid.layout = Layout::rectangle(grid.ni, grid.nj, self.points, grid.scanning);
        grid.geometry = Geometry::Listed { latitudes, longitudes, sphere };
        Ok(grid)
    }
}
