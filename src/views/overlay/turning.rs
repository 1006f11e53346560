//! By how much the grid of a vector is turned from east, for the cells that are shown.

use std::sync::Arc;

use hyperslab_core::{Array, ReadContext, ReadError, Result, Section, VariableId};

use super::super::data::{Site, located, read_readable, site_in};
use super::super::{Origin, Scene};
use super::Shown;
use super::fields::section_of;
use crate::cf::geolocation;
use crate::cf::{AxisRole, CfDataset, CfVariable, Frame, Horizontal, Turning, VectorPair, units};
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::unwrapped_longitudes;
use crate::prep::vectors::{GridTurn, angles_by_places, angles_in_radians};

/// The turn of the grid of the components, in the part that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TurnRequest {
    /// Of the first component.
    pub origin: Origin,
    pub section: Section,
    pub axes: (usize, usize),
    pub pair: VectorPair,
}

/// How components become directions.
pub struct Turned {
    pub turn: GridTurn,
    /// The grid's x runs along rows of the values.
    pub x_is_fast: bool,
    /// What the file says that the components are along.
    pub frame: Frame,
    /// In a sentence: what was turned, and by what.
    pub note: String,
}

impl Weigh for Turned {
    fn bytes(&self) -> usize {
        4 * self.turn.angles.len() + size_of::<Self>()
    }
}

impl Request for TurnRequest {
    type Output = Turned;

    fn describe(&self) -> String {
        "turning vectors to true north".into()
    }
}

pub fn want_turn(scene: Scene<'_>, request: &TurnRequest) -> Answer<Turned> {
    let opened: Arc<Opened<CfDataset>> = scene.opened.clone();
    let job = request.clone();
    scene.engine.want(request, Priority::Visible, move |cx| turned(&opened, &job, cx))
}

/// The axes that are y and x of a grid: what the coordinates say, else the last two.
pub fn horizontal_axes(cf: &CfVariable<'_>) -> Option<(usize, usize)> {
    match cf.horizontal() {
        Some(Horizontal::Geographic { latitude, longitude }) => Some((latitude, longitude)),
        Some(Horizontal::Curvilinear { y, x, .. } | Horizontal::Projected { y, x }) => Some((y, x)),
        Some(Horizontal::Points { axis, .. }) => Some((axis, axis)),
        None => {
            let axes = cf.axes();
            let [.., y, x] = axes.as_slice() else { return None };
            let role = |axis: &crate::cf::CfAxis<'_>| axis.role;
            let is_plane = |role: AxisRole| role.is_horizontal() || role == AxisRole::Other;
            (is_plane(role(y)) && is_plane(role(x))).then_some((y.index, x.index))
        }
    }
}

fn turned(opened: &Arc<Opened<CfDataset>>, job: &TurnRequest, cx: &ReadContext) -> Result<Turned> {
    let gone = || ReadError::request("the vector is gone");
    let (dataset, meaning) = (&opened.dataset, &opened.meaning);
    let cf = meaning.variable(dataset, job.pair.u).ok_or_else(gone)?;
    let orientation = meaning.orientation(dataset, job.pair).ok_or_else(gone)?;
    let (y, x) = horizontal_axes(&cf).ok_or_else(gone)?;
    let shown = Shown { section: &job.section, axes: job.axes };
    let x_is_fast = x > y;
    let read = |id: VariableId| read_along(opened, &cf, id, shown, cx);
    let sign = |axis: usize| sign_along(opened, &cf, axis, cx);
    let (x_sign, y_sign) = (sign(x)?, sign(y)?);
    let site = site_in(opened, job.pair.u).filter(|_| orientation.turning != Turning::None);
    let by_places = match site {
        Some(site) => by_places(opened, job, &site, x_sign.unwrap_or(1.0), cx)?,
        None => None,
    };
    cx.check()?;
    let name = |id: VariableId| dataset.variable(id).map_or("", |variable| &variable.name);
    let radians = |id: VariableId| -> Result<Option<Vec<f32>>> {
        let unit = meaning.variable(dataset, id).and_then(|cf| cf.units());
        let is_degrees = unit.is_some_and(|unit| units::is_degrees(&unit));
        Ok(read(id)?.map(|angles| angles_in_radians(&angles, is_degrees)))
    };
    let from_file = match orientation.turning {
        Turning::None => Some((vec![0.0], String::new())),
        Turning::Angle { variable } => {
            radians(variable)?.map(|angles| (angles, name(variable).to_owned()))
        }
        Turning::Clockwise { variable } => radians(variable)?
            .map(|angles| (angles.iter().map(|angle| -angle).collect(), name(variable).to_owned())),
        Turning::CosineSine { cosine, sine } => read(cosine)?.zip(read(sine)?).map(|(cos, sin)| {
            let angles = sin.iter().zip(&cos).map(|(sin, cos)| sin.atan2(*cos) as f32).collect();
            (angles, format!("{} and {}", name(cosine), name(sine)))
        }),
        Turning::Places => None,
    };
    let seen_y = by_places.as_ref().map(|turn| turn.y_sign);
    let (angles, by) = match (from_file, by_places) {
        (Some((angles, by)), Some(seen)) => {
            // The file's own angle says which way x runs, the places which way columns do.
            let flips = x_sign.is_none() && opposes(&angles, &seen.angles);
            let (x, y) = (x_sign.unwrap_or(1.0), y_sign.or(seen_y).unwrap_or(1.0));
            let side = if flips { -1.0 } else { 1.0 };
            let turn = GridTurn { angles, x_sign: x * side, y_sign: y * side };
            return Ok(finished(orientation, turn, x_is_fast, by));
        }
        (Some(found), None) => found,
        (None, Some(seen)) => (seen.angles, "the way from column to column".to_owned()),
        (None, None) => (vec![f32::NAN], String::new()),
    };
    let turn = GridTurn {
        angles,
        x_sign: x_sign.unwrap_or(1.0),
        y_sign: y_sign.or(seen_y).unwrap_or(1.0),
    };
    Ok(finished(orientation, turn, x_is_fast, by))
}

fn finished(
    orientation: crate::cf::Orientation,
    turn: GridTurn,
    x_is_fast: bool,
    by: String,
) -> Turned {
    let is_known = orientation.frame == Frame::Earth || turn.angles.iter().any(|a| a.is_finite());
    let note = note(orientation, is_known, &by);
    Turned { turn, x_is_fast, frame: orientation.frame, note }
}

fn note(orientation: crate::cf::Orientation, is_known: bool, by: &str) -> String {
    use crate::cf::Reason;
    let why = match orientation.reason {
        Reason::Axes => return "East and north, as the axes are".to_owned(),
        Reason::StandardName => "says the standard name",
        Reason::RotationNote => "says the note beside the rotation",
        Reason::Name => "says the name",
        Reason::Assumed => "which is assumed",
    };
    match (orientation.frame, is_known) {
        (Frame::Earth, _) => format!("Along east and north, {why}"),
        (Frame::Grid, true) => format!("Along the grid, {why}; turned to true north by {by}"),
        (Frame::Grid, false) => {
            format!("Along the grid, {why}; nothing says where north is")
        }
    }
}

/// From where the cells lie, in the order of the values; `None` where nothing says that.
fn by_places(
    opened: &Opened<CfDataset>,
    job: &TurnRequest,
    site: &Site,
    x_sign: f64,
    cx: &ReadContext,
) -> Result<Option<GridTurn>> {
    let found = match located(opened, job.pair.u, site, &job.section, cx) {
        Ok(found) => found,
        Err(error) if error.is_cancelled() => return Err(error),
        Err(_) => return Ok(None),
    };
    let (y, x) = match site.shown() {
        geolocation::Shown::Plane { y, x } => (y, x),
        geolocation::Shown::Along(_) => return Ok(None),
    };
    let count = |axis: usize| job.section.ranges.get(axis).map_or(0, |range| range.count as usize);
    let (rows, columns) = (count(y), count(x));
    let middle = |cell: usize| found.geometry.center(cell).unwrap_or((f64::NAN, f64::NAN));
    let mut lat = Vec::new();
    let mut lon = Vec::new();
    for row in 0..rows {
        cx.check()?;
        for cell in row * columns..(row + 1) * columns {
            let (a, b) = middle(cell);
            lat.push(a);
            lon.push(b);
        }
    }
    let is_cancelled = || cx.check().is_err();
    let turn = angles_by_places(&lat, &lon, columns, x_sign, &is_cancelled);
    cx.check()?;
    Ok(turn.map(|turn| match found.is_transposed {
        true => GridTurn { angles: transposed(&turn.angles, columns), ..turn },
        false => turn,
    }))
}

/// The angles mostly point the other way.
fn opposes(angles: &[f32], seen: &[f32]) -> bool {
    let step = (angles.len() / 1000).max(1);
    let agreement: f32 = angles
        .iter()
        .zip(seen)
        .step_by(step)
        .map(|(a, b)| (a - b).cos())
        .filter(|cos| cos.is_finite())
        .sum();
    agreement < 0.0
}

fn transposed<T: Copy>(values: &[T], columns: usize) -> Vec<T> {
    let rows = values.len().checked_div(columns).unwrap_or(0);
    let at = |column: usize| (0..rows).filter_map(move |row| values.get(row * columns + column));
    (0..columns).flat_map(at).copied().collect()
}

/// The part of a variable that lies under the vector's.
fn read_along(
    opened: &Opened<CfDataset>,
    cf: &CfVariable<'_>,
    id: VariableId,
    shown: Shown<'_>,
    cx: &ReadContext,
) -> Result<Option<Vec<f64>>> {
    let Some(variable) = opened.dataset.variable(id) else { return Ok(None) };
    let Some(section) = section_of(variable, cf.variable(), shown) else { return Ok(None) };
    let values = match read_readable(opened, id, true, &section, cx) {
        Ok(found) => found.values.to_f64(),
        Err(error) if error.is_cancelled() => return Err(error),
        Err(_) => None,
    };
    let [rows, columns] = shown.shape();
    Ok(values.filter(|values| Some(values.len()) == rows.checked_mul(columns)))
}

/// Whether the coordinate along an axis rises or falls; `None` where there is none.
fn sign_along(
    opened: &Opened<CfDataset>,
    cf: &CfVariable<'_>,
    axis: usize,
    cx: &ReadContext,
) -> Result<Option<f64>> {
    let axis = cf.axes().into_iter().find(|found| found.index == axis);
    let Some(axis) = axis.filter(|axis| axis.role.is_horizontal()) else { return Ok(None) };
    let Some(id) = axis.coordinate else { return Ok(None) };
    let shape = opened.dataset.variable(id).map(|variable| variable.shape()).unwrap_or_default();
    let values = match read_readable(opened, id, true, &Section::all(&shape), cx) {
        Ok(found) => Array { shape, values: found.values }.values.to_f64(),
        Err(error) if error.is_cancelled() => return Err(error),
        Err(_) => None,
    };
    let values = values.unwrap_or_default();
    let values =
        if axis.role == AxisRole::Longitude { unwrapped_longitudes(&values) } else { values };
    let mut finite = values.iter().filter(|value| value.is_finite());
    let ends = finite.next().copied().zip(finite.next_back().copied());
    Ok(ends.map(|(first, last)| if last < first { -1.0 } else { 1.0 }))
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Dataset, GroupId, MemorySource, Range};
    use hyperslab_testkit::bytes::{CdfBuilder, F32, cdf1};

    use super::*;
    use crate::prep::vectors::components;
    use crate::views::data::testing;

    /// Of a file of this project; without what `changed` takes away.
    fn fixture(changed: impl Fn(&mut Dataset)) -> Arc<Opened<CfDataset>> {
        let name = "lambert.grib2";
        let path = format!("{}/tests/fixtures/grib/{name}", env!("CARGO_MANIFEST_DIR"));
        let source = Arc::new(MemorySource::new(std::fs::read(path).unwrap()));
        let cx = ReadContext::default();
        let file = hyperslab_all::OpenFile::from_source(name, source, None, &cx).unwrap();
        let mut dataset = Dataset::default();
        dataset.graft(GroupId::ROOT, file.list(GroupId::ROOT, &cx).unwrap()).unwrap();
        changed(&mut dataset);
        let meaning = CfDataset::of(&dataset);
        Arc::new(Opened { file: Arc::new(file), dataset, meaning, is_complete: true })
    }

    fn turn_of(opened: &Arc<Opened<CfDataset>>, section: Section) -> Turned {
        let pair = opened.meaning.vectors()[0];
        let origin = Origin {
            file: crate::engine::FileId(0),
            generation: 0,
            variable: pair.u,
            is_decoded: true,
            as_rate: false,
            as_cells: false,
            masking: Default::default(),
        };
        let rank = section.ranges.len();
        let job = TurnRequest { origin, section, axes: (rank - 1, rank - 2), pair };
        turned(opened, &job, &ReadContext::default()).unwrap()
    }

    fn from_degrees(turned: &Turned, uv: [f64; 2], cell: usize) -> f64 {
        let is_on_grid = turned.frame == Frame::Grid;
        let [east, north] = components(uv, is_on_grid, &turned.turn, cell).on_earth.unwrap();
        (east.atan2(north).to_degrees() + 180.0).rem_euclid(360.0)
    }

    /// Components, and where the wind blows from by the bearings of the columns before and
    /// behind, computed from ecCodes' latitudes and longitudes.
    const WINDS: [(usize, usize, [f64; 2], f64); 3] =
        [(1, 2, [5.0, 45.0], 176.5), (3, 4, [13.0, 53.0], 184.61), (4, 6, [18.0, 58.0], 188.83)];

    #[test]
    fn wind_on_a_lambert_grid_is_turned_by_the_rotation_in_the_file() {
        let turned = turn_of(&fixture(|_| ()), Section::all(&[6, 8]));
        assert!(turned.note.contains("gridrot_0"), "{}", turned.note);
        assert!(turned.x_is_fast);
        assert_eq!((turned.turn.x_sign, turned.turn.y_sign), (1.0, 1.0));
        for (row, column, uv, from) in WINDS {
            assert!((from_degrees(&turned, uv, row * 8 + column) - from).abs() < 0.05);
        }
    }

    #[test]
    fn without_a_rotation_the_places_of_columns_turn_the_wind() {
        let opened = fixture(|dataset| {
            let rotation = dataset.find_variable("gridrot_0").unwrap();
            dataset.variables[rotation.index()].attributes.clear();
        });
        let turned = turn_of(&opened, Section::all(&[6, 8]));
        assert!(turned.note.contains("from column to column"), "{}", turned.note);
        for (row, column, uv, from) in WINDS {
            assert!((from_degrees(&turned, uv, row * 8 + column) - from).abs() < 0.05);
        }
        // A part of the grid has the angles of that part.
        let part = turn_of(&opened, Section::new([Range::new(2, 3), Range::new(3, 4)]));
        assert_eq!(part.turn.angles.len(), 12);
        let from = from_degrees(&part, [13.0, 53.0], 4 + 1);
        assert!((from - 184.61).abs() < 0.05, "{from}");
    }

    fn wind(file: CdfBuilder, places: &[&str], standard_names: [&str; 2]) -> CdfBuilder {
        let [first, second] = standard_names;
        file.var("u10", F32, places)
            .attr("units", "m s-1")
            .attr("standard_name", first)
            .attr("grid_mapping", "pole")
            .values([1f32; 9])
            .var("v10", F32, places)
            .attr("units", "m s-1")
            .attr("standard_name", second)
            .attr("grid_mapping", "pole")
            .values([0f32; 9])
    }

    /// Rotated latitudes -10, 0, 10 from the row `rows` begins with, longitudes -10, 0, 10.
    fn rotated(rows: [f32; 3], standard_names: [&str; 2]) -> Arc<Opened<CfDataset>> {
        let file = cdf1()
            .dim("rlat", 3)
            .dim("rlon", 3)
            .var("rlat", F32, &["rlat"])
            .attr("units", "degrees")
            .attr("standard_name", "grid_latitude")
            .values(rows)
            .var("rlon", F32, &["rlon"])
            .attr("units", "degrees")
            .attr("standard_name", "grid_longitude")
            .values([-10f32, 0.0, 10.0])
            .var("pole", F32, &[])
            .attr("grid_mapping_name", "rotated_latitude_longitude")
            .attr("grid_north_pole_latitude", [37.5])
            .attr("grid_north_pole_longitude", [177.5])
            .values([0f32]);
        let file = wind(file, &["rlat", "rlon"], standard_names);
        Arc::new(testing::opened(&file))
    }

    #[test]
    fn a_rotated_pole_without_latitudes_turns_the_wind() {
        for (rows, y_sign) in [([-10.0, 0.0, 10.0], 1.0), ([10.0, 0.0, -10.0], -1.0)] {
            let opened = rotated(rows, ["x_wind", "y_wind"]);
            let turned = turn_of(&opened, Section::all(&[3, 3]));
            assert_eq!((turned.frame, turned.turn.y_sign), (Frame::Grid, y_sign));
            // In the middle row at longitude 0 the grid is not turned.
            assert!((turned.turn.angle(4)).abs() < 1e-4);
            // At longitude 10 by spherical geometry.
            assert!((turned.turn.angle(5).to_degrees() + 12.751).abs() < 0.01);
        }
        let opened = rotated([-10.0, 0.0, 10.0], ["eastward_wind", "northward_wind"]);
        let turned = turn_of(&opened, Section::all(&[3, 3]));
        assert_eq!(turned.frame, Frame::Earth);
        assert!((from_degrees(&turned, [1.0, 0.0], 5) - 270.0).abs() < 1e-6);
        // On the picture of the grid's own axes the arrow is turned the other way.
        let on_grid = components([1.0, 0.0], false, &turned.turn, 5).on_grid;
        assert!((on_grid[1] - 12.751f64.to_radians().sin()).abs() < 1e-3, "{on_grid:?}");
    }

    #[test]
    fn cosine_and_sine_of_the_angle_turn_the_wind_of_wrf() {
        let place = ["south_north", "west_east"];
        let (sin, cos) = 20f32.to_radians().sin_cos();
        let file = cdf1()
            .dim("south_north", 3)
            .dim("west_east", 3)
            .var("COSALPHA", F32, &place)
            .values([cos; 9])
            .var("SINALPHA", F32, &place)
            .values([sin; 9])
            .var("U10", F32, &place)
            .attr("units", "m s-1")
            .values([1f32; 9])
            .var("V10", F32, &place)
            .attr("units", "m s-1")
            .values([0f32; 9]);
        let opened = Arc::new(testing::opened(&file));
        let turned = turn_of(&opened, Section::all(&[3, 3]));
        assert!(turned.note.contains("COSALPHA and SINALPHA"), "{}", turned.note);
        // Towards 20 degrees north of east, from 20 degrees south of west.
        assert!((from_degrees(&turned, [1.0, 0.0], 4) - 250.0).abs() < 1e-3);
    }
}
