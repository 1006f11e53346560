//! Templates with a rectangle on a map: 3.10, 3.12, 3.20, 3.30, 3.31, 3.90, 3.110, 3.140, 3.32768
//! and 3.32769.

use hyperslab_core::Result;

use super::super::Grid;
use super::super::definition::{Geometry, Layout};
use super::super::projection::{
    Albers, ArakawaE, AzimuthalEquidistant, Image, LambertAzimuthal, LambertConformal, Map,
    Mercator, PlaneGrid, PolarStereographic, Pole, Reference, SpaceView, Staggering,
    TransverseMercator, signed_steps,
};
use super::super::scanning::Scanning;
use super::Header;

impl Header<'_> {
    /// Numbers of columns and rows in octets 31 to 38, with flags and scanning mode where the
    /// template has them.
    fn plane(&self, grid: &mut Grid, flags: usize, scanning: usize) -> Result<(u64, u64)> {
        let (ni, nj) = (self.octets.u32(31)?, self.octets.u32(35)?);
        (grid.ni, grid.nj) = (Some(ni), Some(nj));
        grid.earth = Some(self.earth()?);
        grid.flags = self.octets.u8(flags)?;
        grid.scanning = Scanning(self.octets.u8(scanning)?);
        grid.layout = Layout::rectangle(grid.ni, grid.nj, self.points, grid.scanning);
        Ok((u64::from(ni), u64::from(nj)))
    }

    fn lay_out(
        &self,
        grid: &mut Grid,
        map: impl Into<Map>,
        first: (f64, f64),
        (dx, dy): (f64, f64),
        size: (u64, u64),
    ) {
        let steps = signed_steps(grid.scanning.0, dx, dy);
        grid.geometry = Geometry::Plane(PlaneGrid::from_first_point(map, first, steps, size));
    }

    pub(super) fn mercator(&self, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid, 47, 60)?;
        let first = (self.micro(39)?, self.micro(43)?);
        let last = (self.micro(52)?, self.micro(56)?);
        let true_latitude = self.micro(48)?;
        let (dx, dy) = (self.milli(65)?, self.milli(69)?);
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("La2", last.0),
            ("Lo2", last.1),
            ("LaD", true_latitude),
            ("Di", dx / 1e3),
            ("Dj", dy / 1e3),
        ]);
        if self.octets.u32(61)? == 0 {
            let earth = self.earth()?;
            let middle = first.1 + (last.1 - first.1).rem_euclid(360.0) / 2.0;
            let map = Mercator::new(earth, true_latitude, middle);
            self.lay_out(&mut grid, map, first, (dx, dy), size);
        }
        Ok(grid)
    }

    pub(super) fn transverse_mercator(&self, mut grid: Grid) -> Result<Grid> {
        let (columns, rows) = self.plane(&mut grid, 47, 60)?;
        let centi = |octet| -> Result<f64> { Ok(self.octets.int(octet, 4)? as f64 / 1e2) };
        let reference = Reference {
            latitude: self.micro(39)?,
            longitude: self.micro(43)?,
            scale: self.octets.ieee32(48)?,
            false_easting: centi(52)?,
            false_northing: centi(56)?,
        };
        let (dx, dy) = signed_steps(grid.scanning.0, centi(61)?, centi(65)?);
        let map = TransverseMercator::new(self.earth()?, reference).into();
        let (x0, y0) = (centi(69)?, centi(73)?);
        grid.geometry = Geometry::Plane(PlaneGrid { map, x0, y0, dx, dy, columns, rows });
        Ok(grid)
    }

    pub(super) fn polar_stereographic(&self, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid, 47, 65)?;
        let first = (self.micro(39)?, self.micro(43)?);
        let (true_latitude, orientation) = (self.micro(48)?, self.micro(52)?);
        let (dx, dy) = (self.milli(56)?, self.milli(60)?);
        let pole = if self.octets.u8(64)? & 0x80 == 0 { Pole::North } else { Pole::South };
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("Lov", orientation),
            ("Dx", dx / 1e3),
            ("Dy", dy / 1e3),
        ]);
        grid.describe_pole(pole);
        let map = PolarStereographic::new(self.earth()?, pole, true_latitude, orientation);
        self.lay_out(&mut grid, map, first, (dx, dy), size);
        Ok(grid)
    }

    /// Lambert conformal (3.30, 3.32, 3.33) and Albers (3.31).
    pub(super) fn conic(&self, template: u16, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid, 47, 65)?;
        let first = (self.micro(39)?, self.micro(43)?);
        let (origin, orientation) = (self.micro(48)?, self.micro(52)?);
        let (dx, dy) = (self.milli(56)?, self.milli(60)?);
        let parallels = [self.micro(66)?, self.micro(70)?];
        grid.describe(&[
            ("La1", first.0),
            ("Lo1", first.1),
            ("Lov", orientation),
            ("Dx", dx / 1e3),
            ("Dy", dy / 1e3),
            ("Latin1", parallels[0]),
            ("Latin2", parallels[1]),
        ]);
        let earth = self.earth()?;
        if template == 31 {
            let map = Albers::new(earth, parallels, origin, orientation);
            self.lay_out(&mut grid, map, first, (dx, dy), size);
        } else {
            let map = LambertConformal::new(earth, parallels, origin, orientation);
            self.lay_out(&mut grid, map, first, (dx, dy), size);
        }
        Ok(grid)
    }

    pub(super) fn lambert_azimuthal(&self, mut grid: Grid) -> Result<Grid> {
        let size = self.plane(&mut grid, 55, 64)?;
        let first = (self.micro(39)?, self.micro(43)?);
        let map = LambertAzimuthal::new(self.earth()?, self.micro(47)?, self.micro(51)?);
        let steps = (self.milli(56)?, self.milli(60)?);
        self.lay_out(&mut grid, map, first, steps, size);
        Ok(grid)
    }

    pub(super) fn azimuthal_equidistant(&self, mut grid: Grid) -> Result<Grid> {
        let (columns, rows) = self.plane(&mut grid, 47, 57)?;
        // The tangency point is the centre of the grid.
        let map = AzimuthalEquidistant::new(self.earth()?, self.micro(39)?, self.micro(43)?).into();
        let (dx, dy) = signed_steps(grid.scanning.0, self.milli(48)?, self.milli(52)?);
        let x0 = -dx * columns.saturating_sub(1) as f64 / 2.0;
        let y0 = -dy * rows.saturating_sub(1) as f64 / 2.0;
        grid.geometry = Geometry::Plane(PlaneGrid { map, x0, y0, dx, dy, columns, rows });
        Ok(grid)
    }

    pub(super) fn space_view(&self, mut grid: Grid) -> Result<Grid> {
        let (columns, rows) = self.plane(&mut grid, 47, 64)?;
        let o = &self.octets;
        let whole = |octet| -> Result<f64> { Ok(f64::from(o.u32(octet)?)) };
        let altitude = o.given(69, 4)?.map_or(f64::INFINITY, |nr| f64::from(nr) / 1e6);
        let image = Image {
            columns,
            rows,
            diameter: (whole(48)?, whole(52)?),
            centre: (self.milli(56)?, self.milli(60)?),
            origin: (whole(73)?, whole(77)?),
            scanning_mode: grid.scanning.0,
        };
        let map = SpaceView::new(self.earth()?, self.micro(39)?, self.micro(43)?, altitude);
        grid.geometry = Geometry::Plane(map.image(&image));
        Ok(grid)
    }

    /// NCEP's templates: the E-grid (32768) and the B-grid, whose points all lie on one rotated
    /// grid (32769).
    pub(super) fn arakawa(&self, template: u16, mut grid: Grid) -> Result<Grid> {
        let o = &self.octets;
        let size = self.plane(&mut grid, 55, 72)?;
        let first = (self.micro(47)?, self.micro(51)?);
        let centre = (self.micro(56)?, self.micro(60)?);
        let (di, dj) = (self.micro(64)?, self.micro(68)?);
        let named =
            [("La1", first.0), ("Lo1", first.1), ("CenterLat", centre.0), ("CenterLon", centre.1)];
        grid.describe(&named);
        if template == 32768 {
            grid.describe(&[("Di", di), ("Dj", dj)]);
            let points = ArakawaE::from_centre(first, centre, size, Staggering::Mass);
            grid.geometry = Geometry::Arakawa { grid: points, filled: false };
        } else {
            let last = (o.int(73, 4)? as f64 / 1e6, o.int(77, 4)? as f64 / 1e6);
            grid.describe(&[("La2", last.0), ("Lo2", last.1), ("Di", di), ("Dj", dj)]);
            grid.geometry = Geometry::rotated_between(first, last, centre, size);
        }
        Ok(grid)
    }
}
