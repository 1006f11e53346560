//! Where the cells of the shown part of a variable lie on the Earth.

use std::sync::Arc;

use hyperslab_core::{ErrorKind, Range, ReadContext, ReadError, Result, Section, VariableId};

use super::companions::Source;
use super::read_readable;
use crate::cf::crs::{self, Coordinates};
use crate::cf::geolocation::{
    Angle, Corners, Crs as CrsText, Geolocation, Outlines, Over, Place, Placed, Radar, Shown,
    degrees,
};
use crate::cf::{CfDataset, CfVariable};
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::crs::Crs;
use crate::prep::geometry::Geometry;
use crate::prep::{lattice, mesh, polar};
use crate::views::axis::first_map;
use crate::views::{Origin, Scene};

/// Cells with more corners than this in all get those of the lattice of their middles.
const CORNERS_MAX: u64 = 1 << 24;

/// Coordinates read at once.
const BLOCK_VALUES: u64 = 1 << 21;

/// How far latitudes and longitudes may be off the cells of a projection, in cells and degrees:
/// single precision, other ellipsoids.
const WITNESS_CELLS: f64 = 1.0;
const WITNESS_DEGREES: f64 = 0.2;

/// Where the cells of a variable are found: what is to be read, and in which file.
#[derive(Clone)]
pub struct Site {
    pub geolocation: Arc<Geolocation>,
    pub(super) opened: Arc<Opened<CfDataset>>,
    pub(super) source: Source,
}

impl Site {
    /// The axes of the variable that a map shows.
    pub fn shown(&self) -> Shown {
        self.geolocation.place.shown()
    }

    /// For people: `coordinates lat, lon`, `from icon_grid.nc: clat, clon`.
    pub fn source(&self) -> String {
        match self.source.file() {
            Some(file) => format!("from {file}: {}", self.geolocation.source),
            None => self.geolocation.source.clone(),
        }
    }
}

impl Weigh for Option<Site> {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// The cells of a part of a variable.
pub struct Located {
    pub geometry: Geometry,
    /// The variable's values run along y before they run along x; the geometry's cells do not.
    pub is_transposed: bool,
    /// Where it was found, for people.
    pub source: String,
}

impl Weigh for Located {
    fn bytes(&self) -> usize {
        self.geometry.bytes() + self.source.len()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GeometryRequest {
    origin: Origin,
    /// Of the variable; the first along axes that do not matter.
    section: Section,
    source: Source,
}

impl Request for GeometryRequest {
    type Output = Located;

    fn describe(&self) -> String {
        "reading coordinates".into()
    }
}

impl GeometryRequest {
    pub fn of(scene: Scene<'_>, site: &Site, section: &Section) -> Self {
        let section = relevant(section, &site.geolocation.place);
        let origin = Scene { as_rate: false, ..scene }.origin(true).unmasked();
        Self { origin, section, source: site.source.clone() }
    }
}

/// The cells of `section`: all or every n-th along the axes that are shown, one along the others.
pub fn want_geometry(
    scene: Scene<'_>,
    site: &Site,
    section: &Section,
    priority: Priority,
) -> Answer<Located> {
    let request = GeometryRequest::of(scene, site, section);
    let (own, site, section) = (scene.opened.clone(), site.clone(), request.section.clone());
    let variable = request.origin.variable;
    scene.engine.want(&request, priority, move |cx| located(&own, variable, &site, &section, cx))
}

/// The same on a worker.
pub fn located(
    own: &Opened<CfDataset>,
    variable: VariableId,
    site: &Site,
    section: &Section,
    cx: &ReadContext,
) -> Result<Located> {
    let reading = Reading { own, variable, coordinates: &site.opened, section, cx };
    let place = &site.geolocation.place;
    let geometry = reading.geometry(place)?;
    let is_transposed = matches!(place.shown(), Shown::Plane { y, x } if y > x);
    Ok(Located { geometry, is_transposed, source: site.source() })
}

/// The section without what places do not depend on, so that a step in time finds what is there.
pub(super) fn relevant(section: &Section, place: &Place) -> Section {
    let mut axes = match place.shown() {
        Shown::Plane { y, x } => vec![y, x],
        Shown::Along(axis) => vec![axis],
    };
    match place {
        Place::Lattice { latitude, .. } => axes.extend(&latitude.axes),
        Place::Projected { witness: Some([latitude, _]), .. } => axes.extend(&latitude.axes),
        _ => {}
    }
    let range = |(axis, range): (usize, &Range)| match axes.contains(&axis) {
        true => *range,
        false => Range::new(0, range.count.min(1)),
    };
    Section::new(section.ranges.iter().enumerate().map(range).collect::<Vec<_>>())
}

struct Reading<'a> {
    /// The file of the variable.
    own: &'a Opened<CfDataset>,
    variable: VariableId,
    /// The file of the coordinates.
    coordinates: &'a Opened<CfDataset>,
    section: &'a Section,
    cx: &'a ReadContext,
}

fn nowhere(why: &str) -> ReadError {
    ReadError::new(ErrorKind::Unsupported, why.to_owned())
}

impl Reading<'_> {
    fn geometry(&self, place: &Place) -> Result<Geometry> {
        match place {
            Place::Rectilinear { y, x, placed } => self.rectilinear((*y, *x), placed),
            Place::Lattice { y, x, latitude, longitude, corners } => {
                self.lattice((*y, *x), [latitude, longitude], *corners)
            }
            Place::Projected { y, x, placed, crs, witness } => {
                let found = self.projected((*y, *x), placed, crs);
                let Some([latitude, longitude]) = witness else { return found };
                match found {
                    Ok(found) if self.agrees(&found, (*y, *x), [latitude, longitude])? => Ok(found),
                    Err(error) if error.is_cancelled() => Err(error),
                    _ => self.lattice((*y, *x), [latitude, longitude], Corners::Unknown),
                }
            }
            Place::Polar { y, x, radar } => self.polar((*y, *x), radar),
            Place::Cells { middles, outlines, axis } => {
                let middles = match middles {
                    Some([lat, lon]) => Some((self.along(lat, *axis)?, self.along(lon, *axis)?)),
                    None => None,
                };
                self.cells(*axis, middles, outlines)
            }
            Place::Points { axis, latitude, longitude } => Ok(Geometry::Points {
                lat: self.along(latitude, *axis)?,
                lon: self.along(longitude, *axis)?,
            }),
        }
    }

    fn range(&self, axis: usize) -> Range {
        self.section.ranges.get(axis).copied().unwrap_or(Range::new(0, 0))
    }

    fn cf(&self) -> Option<CfVariable<'_>> {
        self.own.meaning.variable(&self.own.dataset, self.variable)
    }

    /// The edges of the blocks of cells that the values along an axis stand for.
    fn edges(&self, axis: usize, even: Option<(f64, f64)>) -> Result<Vec<f64>> {
        let range = self.range(axis);
        let length = self.cf().and_then(|cf| Some(cf.axes().get(axis)?.length)).unwrap_or(0);
        let places = (0..=range.count).map(|k| range.index(k).min(length));
        let edges: Vec<f64> = match even {
            Some((start, step)) => places.map(|k| start + step * k as f64).collect(),
            None => {
                let map = first_map(self.own, self.variable, axis, self.cx)?;
                if matches!(map, AxisMap::Index { .. }) {
                    return Err(nowhere("coordinates along an axis are in no order"));
                }
                places.filter_map(|k| map.edge(usize::try_from(k).ok()?)).collect()
            }
        };
        if edges.len() as u64 == range.count.saturating_add(1) {
            return Ok(edges);
        }
        Err(nowhere("coordinates along an axis are not complete"))
    }

    fn both_edges(&self, (y, x): (usize, usize), placed: &Placed) -> Result<[Vec<f64>; 2]> {
        let (even_y, even_x) = match placed {
            Placed::Axes => (None, None),
            Placed::Even { y, x } => (Some(*y), Some(*x)),
        };
        Ok([self.edges(y, even_y)?, self.edges(x, even_x)?])
    }

    fn degrees_along(&self, axis: usize) -> f64 {
        let coordinate = self.cf().and_then(|cf| cf.axes().get(axis)?.coordinate);
        coordinate.and_then(|id| self.own.dataset.variable(id)).map_or(1.0, degrees)
    }

    fn rectilinear(&self, (y, x): (usize, usize), placed: &Placed) -> Result<Geometry> {
        let [lat_edges, lon_edges] = match self.both_edges((y, x), placed) {
            Ok(edges) => edges,
            // Latitudes or longitudes in no order still are places.
            Err(error) if error.kind() == ErrorKind::Unsupported => return self.scattered((y, x)),
            Err(error) => return Err(error),
        };
        let scaled = |edges: Vec<f64>, factor: f64| match factor {
            1.0 => edges,
            factor => edges.into_iter().map(|edge| edge * factor).collect(),
        };
        let mut lat_edges = scaled(lat_edges, self.degrees_along(y));
        lat_edges.iter_mut().for_each(|edge| *edge = edge.clamp(-90.0, 90.0));
        Ok(Geometry::Rectilinear { lat_edges, lon_edges: scaled(lon_edges, self.degrees_along(x)) })
    }

    /// The cells between latitudes and longitudes in any order.
    fn scattered(&self, (y, x): (usize, usize)) -> Result<Geometry> {
        let coordinate = |axis: usize| {
            let found = self.cf().and_then(|cf| cf.axes().get(axis)?.coordinate);
            let id = found.ok_or_else(|| nowhere("no coordinates along an axis"))?;
            self.along(&Over { id, axes: vec![axis] }, axis)
        };
        let (lats, lons) = (coordinate(y)?, coordinate(x)?);
        let count = (lats.len() as u64).saturating_mul(lons.len() as u64);
        if count > CORNERS_MAX {
            return Err(nowhere("coordinates along an axis are in no order"));
        }
        let lat = lats.iter().flat_map(|&lat| std::iter::repeat_n(lat, lons.len())).collect();
        let lon = lats.iter().flat_map(|_| lons.iter().copied()).collect();
        Ok(Geometry::Points { lat, lon })
    }

    fn projected(
        &self,
        (y, x): (usize, usize),
        placed: &Placed,
        crs: &CrsText,
    ) -> Result<Geometry> {
        let mut corner = None;
        let definition = match crs {
            CrsText::Proj(definition) => definition.clone(),
            CrsText::FromCorner { proj, corner: at } => {
                corner = Some(*at);
                proj.clone()
            }
            CrsText::Written(id) => {
                let system = self.written(*id)?;
                if system.coordinates == Coordinates::Geographic {
                    return self.rectilinear((y, x), placed);
                }
                system.proj
            }
        };
        let [mut y_edges, mut x_edges] = self.both_edges((y, x), placed)?;
        let definition = if definition.contains("+proj=ob_tran") {
            let (factor_y, factor_x) = (self.degrees_along(y), self.degrees_along(x));
            y_edges.iter_mut().for_each(|edge| *edge *= factor_y);
            x_edges.iter_mut().for_each(|edge| *edge *= factor_x);
            let ends = x_edges.first().zip(x_edges.last());
            let middle = ends.map_or(0.0, |(first, last)| first / 2.0 + last / 2.0);
            format!("{definition} +lon_wrap={middle}")
        } else {
            definition
        };
        let crs = Crs::from_proj(&definition).map_err(|why| nowhere(&why))?;
        if let Some((longitude, latitude)) = corner {
            let start = crs.xy(longitude, latitude);
            let (x, y) = start.ok_or_else(|| nowhere("the corner is not in the projection"))?;
            x_edges.iter_mut().for_each(|edge| *edge += x);
            y_edges.iter_mut().for_each(|edge| *edge += y);
        }
        Ok(Geometry::Projected { x_edges, y_edges, crs })
    }

    /// Rays from where the radar stands.
    fn polar(&self, (y, x): (usize, usize), radar: &Radar) -> Result<Geometry> {
        let [longitude, latitude] = [&radar.longitude, &radar.latitude].map(|angle| {
            let found = self.angles(angle, y)?.into_iter().find(|value| value.is_finite());
            found.ok_or_else(|| nowhere("where the radar stands is not known"))
        });
        let azimuths = match &radar.azimuth {
            Angle::Axis => {
                let edges = self.edges(y, None)?;
                edges.windows(2).map(|pair| (pair[0], pair[1])).collect()
            }
            other => polar::between(&self.angles(other, y)?),
        };
        let elevations = self.angles(&radar.elevation, y)?;
        let mut ranges = self.edges(x, None)?;
        ranges.iter_mut().for_each(|edge| *edge = (*edge * radar.metres).max(0.0));
        let rays: Vec<polar::Ray> = azimuths
            .into_iter()
            .enumerate()
            .map(|(k, (from, to))| {
                let elevation = elevations.get(k).or(elevations.last()).copied().unwrap_or(0.0);
                polar::Ray { from, to, elevation }
            })
            .collect();
        if (rays.len() as u64).saturating_mul(4 * ranges.len() as u64) > CORNERS_MAX {
            return Err(nowhere("there are too many rays to be drawn at once"));
        }
        let is_cancelled = || self.cx.check().is_err();
        let found = polar::cells(&rays, &ranges, (longitude?, latitude?), &is_cancelled);
        found.ok_or_else(ReadError::cancelled)
    }

    /// One value, or one for each ray.
    fn angles(&self, angle: &Angle, axis: usize) -> Result<Vec<f64>> {
        match angle {
            Angle::Value(value) => Ok(vec![*value]),
            Angle::One(id) => {
                let shape = self.coordinates.dataset.variable(*id).map(|v| v.shape());
                let first =
                    shape.unwrap_or_default().iter().map(|_| Range::one(0)).collect::<Vec<_>>();
                self.numbers(*id, &Section::new(first))
            }
            Angle::Rays(id) => self.numbers(*id, &Section::new([self.range(axis)])),
            Angle::Axis => Ok(Vec::new()),
        }
    }

    fn written(&self, id: VariableId) -> Result<crs::System> {
        let shape = self.own.dataset.variable(id).map(|v| v.shape()).unwrap_or_default();
        let section = Section::all(&shape);
        self.cx.limits.claim_array(section.element_count(), 1)?;
        let text = self.own.file.read(id, &section, self.cx)?;
        let text = text.as_text().map(|text| text.into_owned()).or_else(|| {
            use hyperslab_core::Buffer;
            match &text.values {
                Buffer::Char(bytes) | Buffer::FixedText { bytes, .. } => {
                    Some(String::from_utf8_lossy(bytes).into_owned())
                }
                Buffer::Text(texts) => Some(String::from_utf8_lossy(texts.first()?).into_owned()),
                _ => None,
            }
        });
        let text = text.unwrap_or_default();
        let found = crs::wkt_in(&text).and_then(crs::of_text);
        found.ok_or_else(|| nowhere("the metadata tell no reference system"))
    }

    /// Whether cells of a projection lie where latitudes and longitudes of the file say, at the
    /// corners and in the middle.
    fn agrees(&self, found: &Geometry, (y, x): (usize, usize), over: [&Over; 2]) -> Result<bool> {
        let (rows, columns) = (self.range(y), self.range(x));
        let ends = |range: Range| [0, range.count / 2, range.count.saturating_sub(1)];
        for row in ends(rows) {
            for column in ends(columns) {
                let cell = |row: u64, column: u64| {
                    let index = row.checked_mul(columns.count)?.checked_add(column)?;
                    found.center(usize::try_from(index).ok()?)
                };
                let mut section = self.section.clone();
                for (axis, index) in [(y, rows.index(row)), (x, columns.index(column))] {
                    if let Some(range) = section.ranges.get_mut(axis) {
                        *range = Range::one(index);
                    }
                }
                let [lat, lon] = self.place_of(&section, over)?;
                let (Some(&lat), Some(&lon)) = (lat.first(), lon.first()) else { return Ok(false) };
                let Some(middle) = cell(row, column) else { continue };
                if !lat.is_finite() || !lon.is_finite() {
                    continue;
                }
                let beside = cell(row.saturating_sub(1).max(1 - row.min(1)), column);
                let width = beside.map_or(0.0, |beside| apart(middle, beside));
                let off = apart(middle, (f64::from(lat), f64::from(lon)));
                // A thinned value lies anywhere in its block.
                let allowed = (WITNESS_CELLS * width).max(WITNESS_DEGREES);
                if off > allowed {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Latitudes and longitudes of another section.
    fn place_of(
        &self,
        section: &Section,
        [latitude, longitude]: [&Over; 2],
    ) -> Result<[Vec<f32>; 2]> {
        let Self { own, variable, coordinates, cx, .. } = *self;
        let there = Reading { own, variable, coordinates, section, cx };
        Ok([there.over(latitude)?, there.over(longitude)?])
    }

    /// A coordinate over the section, in degrees, by its own axes.
    fn over(&self, over: &Over) -> Result<Vec<f32>> {
        let ranges: Vec<Range> = over.axes.iter().map(|&axis| self.range(axis)).collect();
        self.degrees(over.id, &Section::new(ranges))
    }

    /// A coordinate along one axis, or the first along its others.
    fn along(&self, over: &Over, axis: usize) -> Result<Vec<f32>> {
        let values = self.over(over)?;
        let count = self.range(axis).count;
        if values.len() as u64 == count {
            return Ok(values);
        }
        Err(nowhere("there are not as many coordinates as cells"))
    }

    fn numbers(&self, id: VariableId, section: &Section) -> Result<Vec<f64>> {
        self.cx.limits.claim_array(section.element_count(), 8)?;
        let found = read_readable(self.coordinates, id, true, section, self.cx)?;
        found.values.to_f64().ok_or_else(|| nowhere("coordinates are no numbers"))
    }

    /// Read in blocks along the first axis: in memory they take half of what they take in files.
    fn degrees(&self, id: VariableId, section: &Section) -> Result<Vec<f32>> {
        let factor = self.coordinates.dataset.variable(id).map_or(1.0, degrees);
        self.cx.limits.claim_array(section.element_count(), 4)?;
        let Some(first) = section.ranges.first().copied() else {
            return Ok(self
                .numbers(id, section)?
                .into_iter()
                .map(|v| (v * factor) as f32)
                .collect());
        };
        let row = section.element_count().checked_div(first.count).unwrap_or(0).max(1);
        let rows = (BLOCK_VALUES / row).max(1);
        let mut found = Vec::new();
        let mut from = 0;
        while from < first.count {
            self.cx.check()?;
            let count = rows.min(first.count - from);
            let mut block = section.clone();
            if let Some(range) = block.ranges.first_mut() {
                *range = Range::strided(first.index(from), count, first.stride);
            }
            let values = self.numbers(id, &block)?;
            found.extend(values.into_iter().map(|value| (value * factor) as f32));
            from += count;
        }
        Ok(found)
    }

    /// Of a plane, row by row along y.
    fn plane(&self, over: &Over, (y, x): (usize, usize)) -> Result<Vec<f32>> {
        let values = self.over(over)?;
        let (rows, columns) = (self.range(y).count as usize, self.range(x).count as usize);
        if Some(values.len()) != rows.checked_mul(columns) {
            return Err(nowhere("there are not as many coordinates as cells"));
        }
        let place = |axis| over.axes.iter().position(|&own| own == axis);
        Ok(match place(y) > place(x) {
            true => transposed(&values, rows, columns),
            false => values,
        })
    }

    fn lattice(
        &self,
        (y, x): (usize, usize),
        [latitude, longitude]: [&Over; 2],
        corners: Corners,
    ) -> Result<Geometry> {
        let (lat, lon) = (self.plane(latitude, (y, x))?, self.plane(longitude, (y, x))?);
        let (rows, columns) = (self.range(y), self.range(x));
        let (ny, nx) = (rows.count as usize, columns.count as usize);
        let is_whole = rows.stride == 1 && columns.stride == 1;
        let has_room = (lat.len() as u64).saturating_mul(4) <= CORNERS_MAX;
        match corners {
            Corners::OfCells(ids) if is_whole && has_room => {
                let bounds = |id: VariableId, over: &Over| {
                    let ranges = over.axes.iter().map(|&axis| self.range(axis));
                    let ranges: Vec<Range> = ranges.chain([Range::new(0, 4)]).collect();
                    let place = |axis| over.axes.iter().position(|&own| own == axis);
                    let values = self.degrees(id, &Section::new(ranges))?;
                    Ok::<_, ReadError>(match place(y) > place(x) {
                        true => transposed_cells(&values, ny, nx),
                        false => values,
                    })
                };
                let (lats, lons) = (bounds(ids[0], latitude)?, bounds(ids[1], longitude)?);
                if lats.len() == 4 * lat.len() && lons.len() == 4 * lat.len() {
                    return Ok(mesh::with_outlines(4, lats, lons, Some((lat, lon))));
                }
            }
            Corners::OfLattice(ids) if is_whole => {
                let wider = |range: Range| Range::new(range.start, range.count.saturating_add(1));
                let section = Section::new([wider(rows), wider(columns)]);
                let (corner_lat, corner_lon) =
                    (self.degrees(ids[0], &section)?, self.degrees(ids[1], &section)?);
                if corner_lat.len() == (ny + 1) * (nx + 1) && corner_lon.len() == corner_lat.len() {
                    return Ok(Geometry::Curvilinear { ny, nx, corner_lat, corner_lon, lat, lon });
                }
            }
            _ => {}
        }
        if ny < 2 || nx < 2 {
            return Ok(Geometry::Points { lat, lon });
        }
        let is_cancelled = || self.cx.check().is_err();
        let found = lattice::corners(&lat, &lon, (ny, nx), &is_cancelled);
        let found = found.ok_or_else(ReadError::cancelled)?;
        let (corner_lat, corner_lon) = (found.lat, found.lon);
        Ok(Geometry::Curvilinear { ny, nx, corner_lat, corner_lon, lat, lon })
    }

    fn cells(
        &self,
        axis: usize,
        middles: Option<(Vec<f32>, Vec<f32>)>,
        outlines: &Outlines,
    ) -> Result<Geometry> {
        let cells = self.range(axis);
        let shape =
            |id| self.coordinates.dataset.variable(id).map(|v| v.shape()).unwrap_or_default();
        match outlines {
            Outlines::Bounds([lat, lon]) => {
                let vertices = shape(*lat).last().copied().unwrap_or(0);
                let section = Section::new([cells, Range::new(0, vertices)]);
                let (lats, lons) = (self.degrees(*lat, &section)?, self.degrees(*lon, &section)?);
                if lats.len() != lons.len() {
                    return Err(nowhere("bounds of latitude and longitude differ in number"));
                }
                Ok(mesh::with_outlines(vertices as usize, lats, lons, middles))
            }
            Outlines::Mesh { faces, start, is_transposed, nodes } => {
                let shape_of_faces = shape(*faces);
                let vertices = match is_transposed {
                    true => shape_of_faces.first(),
                    false => shape_of_faces.last(),
                };
                let vertices = vertices.copied().unwrap_or(0);
                let ranges = match is_transposed {
                    true => [Range::new(0, vertices), cells],
                    false => [cells, Range::new(0, vertices)],
                };
                let numbers = self.numbers(*faces, &Section::new(ranges))?;
                let whole = |id| Section::all(&shape(id));
                let node_lat = self.degrees(nodes[0], &whole(nodes[0]))?;
                let node_lon = self.degrees(nodes[1], &whole(nodes[1]))?;
                let faces = mesh::Faces {
                    nodes: &numbers,
                    vertices: vertices as usize,
                    start: *start,
                    is_transposed: *is_transposed,
                };
                let is_cancelled = || self.cx.check().is_err();
                let found = mesh::cells(&faces, (&node_lat, &node_lon), middles, &is_cancelled);
                found.ok_or_else(ReadError::cancelled)
            }
        }
    }
}

/// Degrees between two places, latitude first.
fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    let off = (a.1 - b.1 + 180.0).rem_euclid(360.0) - 180.0;
    (a.0 - b.0).hypot(off * a.0.to_radians().cos())
}

/// From columns to rows of values.
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| column * rows + row));
    cells.filter_map(|at| values.get(at).copied()).collect()
}

/// The same with four values in each cell.
fn transposed_cells(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| column * rows + row));
    cells.filter_map(|at| values.get(4 * at..4 * at + 4)).flatten().copied().collect()
}

/// `48.25°N 11.5°E`: for a readout.
pub fn place_words(lat: f64, lon: f64) -> String {
    let words = |degrees: f64, [positive, negative]: [&str; 2]| {
        let side = match degrees {
            d if d > 0.0 => positive,
            d if d < 0.0 => negative,
            _ => "",
        };
        let number = format!("{:.4}", degrees.abs());
        let number = number.trim_end_matches('0').trim_end_matches('.');
        format!("{number}°{side}")
    };
    let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
    format!("{} {}", words(lat, ["N", "S"]), words(lon, ["E", "W"]))
}

#[cfg(test)]
mod tests;
