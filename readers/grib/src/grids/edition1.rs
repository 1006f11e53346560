//! Section 2 of GRIB1 (grid description, code table 6) and grids named by number alone. Octets are
//! the section's own, angles in thousandths of a degree, lengths in metres.

use hyperslab_core::{ReadError, Result};

use super::definition::{Geometry, Layout, Sphere};
use super::latlon::LatLon;
use super::octets::Octets;
use super::projection::{
    Albers, ArakawaE, Earth, Image, LambertConformal, Map, Mercator, PlaneGrid, PolarStereographic,
    Pole, RotatedPole, SpaceView, Staggering, Stretched, signed_steps,
};
use super::scanning::Scanning;
use super::spectral::Truncation;
use super::thinned::{Thinned, coded_counts};
use super::unstructured::{Definition, Icosahedron};
use super::{Grid, catalogue};

pub(super) fn parse(number: Option<u8>, section: Option<&[u8]>) -> Result<Grid> {
    let number = number.filter(|&number| number != 255 && number != 0);
    match (section, number) {
        (Some(section), _) => {
            let mut grid = described(section, None)?;
            grid.catalogue = number;
            grid.is_catalogued = number.is_some_and(|number| catalogue::agrees(number, &grid));
            Ok(grid)
        }
        (None, Some(number)) => catalogue::grid(number),
        (None, None) => Err(ReadError::malformed("neither a grid description nor a grid number")),
    }
}

/// `earth`: for grids that are known by number, whose section would say another one.
pub(super) fn described(section: &[u8], earth: Option<Earth>) -> Result<Grid> {
    let octets = Octets::new(section, "section 2");
    let kind = octets.u8(6)?;
    let header = Header { octets, earth };
    let grid = Grid::new(1, u16::from(kind), 0);
    match kind {
        0 | 4 | 10 | 14 | 20 | 24 | 30 | 34 => header.latlon(kind, grid),
        1 => header.mercator(grid),
        3 | 8 | 13 => header.conic(kind, grid),
        5 => header.polar_stereographic(grid),
        50 | 60 | 70 | 80 => header.spectral(grid),
        90 => header.space_view(grid),
        192 => header.icosahedral(grid),
        201..=203 => header.arakawa_e(kind, grid),
        205 => header.arakawa_b(grid),
        _ => header.other(grid),
    }
}

struct Header<'a> {
    octets: Octets<'a>,
    earth: Option<Earth>,
}

impl Header<'_> {
    fn angle(&self, octet: usize) -> Result<f64> {
        Ok(self.octets.int(octet, 3)? as f64 / 1e3)
    }

    fn position(&self, octet: usize) -> Result<(f64, f64)> {
        Ok((self.angle(octet)?, self.angle(octet + 3)?))
    }

    /// Octets 7 to 10, and the flags of code tables 7 and 8 where all templates but the spectral
    /// ones have them.
    fn start(&self, grid: &mut Grid) -> Result<()> {
        let o = &self.octets;
        (grid.ni, grid.nj) = (o.given(7, 2)?, o.given(9, 2)?);
        grid.flags = o.u8(17)?;
        // Code table 7 bit 2.
        let earth = if grid.flags & 0x40 == 0 { Earth::WMO_SPHERE } else { Earth::IAU_1965 };
        grid.earth = Some(self.earth.unwrap_or(earth));
        grid.scanning = Scanning(o.u8(28)? & 0xe0);
        Ok(())
    }

    fn plane(&self, grid: &mut Grid) -> Result<(u64, u64)> {
        self.start(grid)?;
        let (Some(ni), Some(nj)) = (grid.ni, grid.nj) else {
            return Err(ReadError::malformed("grid description without numbers of points"));
        };
        let (ni, nj) = (u64::from(ni), u64::from(nj));
        grid.points = ni * nj;
        grid.layout = Layout::rectangle(grid.ni, grid.nj, grid.points, grid.scanning);
        Ok((ni, nj))
    }

    fn earth(&self, grid: &Grid) -> Earth {
        grid.earth.unwrap_or(Earth::WMO_SPHERE)
    }

    fn lay_out(
        &self,
        grid: &mut Grid,
        map: impl Into<Map>,
        first: (f64, f64),
        lengths: usize,
        size: (u64, u64),
    ) -> Result<()> {
        let length = |octet| -> Result<f64> { Ok(self.octets.uint(octet, 3)? as f64) };
        let steps = signed_steps(grid.scanning.0, length(lengths)?, length(lengths + 3)?);
        grid.geometry = Geometry::Plane(PlaneGrid::from_first_point(map, first, steps, size));
        Ok(())
    }

    fn latlon(&self, kind: u8, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        self.start(&mut grid)?;
        let increment = |octet| -> Result<Option<f64>> {
            let given = o.given(octet, 2)?.filter(|&value| value != 0);
            Ok(given.map(|value| f64::from(value) / 1e3))
        };
        let is_gaussian = kind % 10 == 4;
        let ((la1, lo1), (la2, lo2)) = (self.position(11)?, self.position(18)?);
        let axes = LatLon {
            first_latitude: la1,
            first_longitude: lo1,
            last_latitude: Some(la2),
            last_longitude: Some(lo2),
            di: increment(24)?,
            dj: if is_gaussian { None } else { increment(26)? },
            gaussian: if is_gaussian { Some(u32::from(o.u16(26)?)) } else { None },
        };
        let sphere = self.sphere(kind / 10)?;
        grid.layout = match self.row_list(grid.ni, grid.nj)? {
            Some(list) => {
                grid.row_list_octets = 2;
                let counts = self.counts(&list, &axes, grid.scanning);
                let by_columns = grid.ni.is_some();
                let lines = Thinned { list, counts, by_columns };
                grid.points = lines.points();
                Layout::thinned(lines, grid.points)
            }
            None => {
                let (Some(ni), Some(nj)) = (grid.ni, grid.nj) else {
                    return Err(ReadError::malformed("thinned grid without a list of its rows"));
                };
                grid.points = u64::from(ni) * u64::from(nj);
                Layout::rectangle(grid.ni, grid.nj, grid.points, grid.scanning)
            }
        };
        grid.describe_latlon(&axes, &sphere);
        grid.geometry = Geometry::LatLon(axes, sphere);
        Ok(grid)
    }

    /// Rotation and stretching from octet 33 on, whose real numbers are IBM's.
    fn sphere(&self, kind: u8) -> Result<Sphere> {
        let rotation = || -> Result<(RotatedPole, (f64, f64), f64)> {
            let (south, angle) = (self.position(33)?, self.octets.ibm32(39)?);
            Ok((RotatedPole::new(south.0, south.1, angle), south, angle))
        };
        Ok(match kind {
            1 => {
                let (pole, south, angle) = rotation()?;
                Sphere::Rotated { pole, south, angle }
            }
            2 => {
                let pole = self.position(33)?;
                let factor = self.octets.ibm32(39)?;
                Sphere::Stretched(Stretched::new(RotatedPole::north(pole.0, pole.1), factor))
            }
            3 => Sphere::Stretched(Stretched::new(rotation()?.0, self.octets.ibm32(49)?)),
            _ => Sphere::Geographic,
        })
    }

    /// The list PL stands at octet 5, after the vertical coordinate parameters.
    fn row_list(&self, ni: Option<u32>, nj: Option<u32>) -> Result<Option<Vec<u32>>> {
        let lines = match (ni, nj) {
            (None, Some(lines)) | (Some(lines), None) => lines as usize,
            _ => return Ok(None),
        };
        let place = usize::from(self.octets.u8(5)?);
        if place == 255 || place == 0 {
            return Ok(None);
        }
        let place = place + 4 * usize::from(self.octets.u8(4)?);
        let list = self.octets.take(place, lines.saturating_mul(2))?;
        let number = |pair: &[u8]| pair.iter().fold(0, |n, &byte| (n << 8) | u32::from(byte));
        Ok(Some(list.chunks_exact(2).map(number).collect()))
    }

    /// The section does not say how many points there are: rows are whole if the area closes round
    /// the globe but for one step of the longest row.
    fn counts(&self, list: &[u32], axes: &LatLon, scanning: Scanning) -> Vec<u32> {
        let whole: u64 = list.iter().map(|&count| u64::from(count)).sum();
        let longest = list.iter().copied().max().unwrap_or(1).max(1);
        let closes = axes.span(scanning) >= 360.0 - 360.0 / f64::from(longest) - 2e-3;
        let points = if closes { whole } else { u64::MAX };
        coded_counts(list, axes, points, scanning, 0.0)
    }

    fn mercator(&self, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid)?;
        let (first, last) = (self.position(11)?, self.position(18)?);
        let true_latitude = self.angle(24)?;
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("La2", last.0),
            ("Lo2", last.1),
            ("Latin", true_latitude),
            ("Di", self.octets.uint(29, 3)? as f64),
            ("Dj", self.octets.uint(32, 3)? as f64),
        ]);
        let middle = first.1 + (last.1 - first.1).rem_euclid(360.0) / 2.0;
        let map = Mercator::new(self.earth(&grid), true_latitude, middle);
        self.lay_out(&mut grid, map, first, 29, size)?;
        Ok(grid)
    }

    /// Lambert conformal (3, and 13 unless oblique) and Albers (8).
    fn conic(&self, kind: u8, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid)?;
        let (first, orientation) = (self.position(11)?, self.angle(18)?);
        let parallels = [self.angle(29)?, self.angle(32)?];
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("Lov", orientation),
            ("Dx", self.octets.uint(21, 3)? as f64),
            ("Dy", self.octets.uint(24, 3)? as f64),
            ("Latin1", parallels[0]),
            ("Latin2", parallels[1]),
        ]);
        let earth = self.earth(&grid);
        match kind {
            8 => {
                let map = Albers::new(earth, parallels, parallels[0], orientation);
                self.lay_out(&mut grid, map, first, 21, size)?;
            }
            3 => {
                let map = LambertConformal::new(earth, parallels, parallels[0], orientation);
                self.lay_out(&mut grid, map, first, 21, size)?;
            }
            _ => {}
        }
        Ok(grid)
    }

    fn polar_stereographic(&self, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid)?;
        let (first, orientation) = (self.position(11)?, self.angle(18)?);
        let pole = if self.octets.u8(27)? & 0x80 == 0 { Pole::North } else { Pole::South };
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("Lov", orientation),
            ("Dx", self.octets.uint(21, 3)? as f64),
            ("Dy", self.octets.uint(24, 3)? as f64),
        ]);
        grid.describe_pole(pole);
        // Lengths are true at 60 degrees, always.
        let map = PolarStereographic::new(self.earth(&grid), pole, 60.0, orientation);
        self.lay_out(&mut grid, map, first, 21, size)?;
        Ok(grid)
    }

    fn spectral(&self, mut grid: Grid) -> Result<Grid> {
        let wave = |octet| -> Result<u64> { self.octets.uint(octet, 2) };
        let truncation = Truncation::new(wave(7)?, wave(9)?, wave(11)?)?;
        grid.points = truncation.reals();
        grid.layout = Layout::Spectral(truncation);
        Ok(grid)
    }

    fn space_view(&self, mut grid: Grid) -> Result<Grid> {
        let (columns, rows) = self.plane(&mut grid)?;
        let o = &self.octets;
        let whole = |octet, count| -> Result<f64> { Ok(o.uint(octet, count)? as f64) };
        let altitude = o.given(32, 3)?.map_or(f64::INFINITY, |nr| f64::from(nr) / 1e6);
        let image = Image {
            columns,
            rows,
            diameter: (whole(18, 3)?, whole(21, 3)?),
            centre: (whole(24, 2)?, whole(26, 2)?),
            origin: (whole(35, 2)?, whole(37, 2)?),
            scanning_mode: grid.scanning.0,
        };
        let (latitude, longitude) = self.position(11)?;
        let map = SpaceView::new(self.earth(&grid), latitude, longitude, altitude);
        grid.geometry = Geometry::Plane(map.image(&image));
        Ok(grid)
    }

    /// DWD's triangles on an icosahedron: ten diamonds of (ni + 1) squared points.
    fn icosahedral(&self, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        let (diamonds, intervals) = (o.uint(11, 3)?, o.uint(14, 3)?);
        let side = intervals + 1;
        (grid.ni, grid.nj) = (Some(intervals as u32), Some(diamonds as u32));
        grid.points = diamonds.saturating_mul(side * side);
        let milli = |octet| -> Result<f64> { Ok(o.int(octet, 4)? as f64 / 1e3) };
        let found = Icosahedron::new(&Definition {
            n2: o.uint(7, 2)?.min(255) as u8,
            n3: o.uint(9, 2)?.min(255) as u8,
            intervals: intervals as u32,
            diamonds: diamonds.min(255) as u8,
            pole: (milli(18)?, milli(22)?),
            longitude: milli(26)?,
            position: 0,
            scanning: o.u8(31)?,
        });
        if let Some(triangles) = found.filter(|found| found.points() == grid.points) {
            grid.geometry = Geometry::Icosahedral(triangles);
        }
        Ok(grid)
    }

    /// Types 201 (mass or wind points in one list), 202 (points of both kinds) and 203 of Office
    /// Note 388, table D.
    fn arakawa_e(&self, kind: u8, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        self.start(&mut grid)?;
        let first = self.position(11)?;
        let (di, dj) = (f64::from(o.u16(24)?) / 1e3, f64::from(o.u16(26)?) / 1e3);
        grid.describe(&[("La1", first.0), ("Lo1", first.1)]);
        if kind == 203 {
            let size = self.plane(&mut grid)?;
            let centre = self.position(18)?;
            grid.describe(&[("LaC", centre.0), ("LoC", centre.1), ("Di", di), ("Dj", dj)]);
            let points = ArakawaE::from_centre(first, centre, size, Staggering::Mass);
            grid.geometry = Geometry::Arakawa { grid: points, filled: false };
            return Ok(grid);
        }
        grid.describe(&[("Di", di), ("Dj", dj)]);
        // Octets 7 to 8: points in all; 18 to 20 and 21 to 23: points of the southernmost row, rows.
        grid.points = u64::from(grid.ni.unwrap_or(0));
        let (columns, rows) = (o.uint(18, 3)?, o.uint(21, 3)?);
        let filled = kind == 202;
        if filled {
            let (ni, nj) = (u32::try_from(columns).ok(), u32::try_from(rows).ok());
            grid.layout = Layout::rectangle(ni, nj, grid.points, grid.scanning);
            let points = ArakawaE::from_increments(
                first,
                (di, dj),
                (columns.div_ceil(2), rows),
                Staggering::Mass,
            );
            grid.geometry = Geometry::Arakawa { grid: points, filled };
        }
        Ok(grid)
    }

    /// Type 205: the B-grid, first and last point and the centre of rotation.
    fn arakawa_b(&self, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid)?;
        let (first, centre, last) = (self.position(11)?, self.position(18)?, self.position(29)?);
        let increment = |octet| -> Result<f64> { Ok(f64::from(self.octets.u16(octet)?) / 1e3) };
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("CenterLat", centre.0),
            ("CenterLon", centre.1),
            ("La2", last.0),
            ("Lo2", last.1),
            ("Di", increment(24)?),
            ("Dj", increment(26)?),
        ]);
        grid.geometry = Geometry::rotated_between(first, last, centre, size);
        Ok(grid)
    }

    /// Types without a template here: most begin with the numbers of points.
    fn other(&self, mut grid: Grid) -> Result<Grid> {
        if self.octets.len() >= 28 {
            self.start(&mut grid)?;
            grid.points = u64::from(grid.ni.unwrap_or(0)) * u64::from(grid.nj.unwrap_or(0));
            grid.layout = Layout::rectangle(grid.ni, grid.nj, grid.points, grid.scanning);
        }
        Ok(grid)
    }
}
