//! One axis of a variable, ready to be drawn: where its cells lie and what they are called.

use hyperslab_core::array::Number;
use hyperslab_core::{
    Array, Attribute, Buffer, ByteOrder, Dtype, GroupId, Range, ReadContext, Result, Section,
    Variable, VariableId, with_numbers,
};

use super::cell::CellWriter;
use super::coordinates::{Along, Lent, Which};
use super::data::{SlabRequest, read_readable, want_slab};
use super::frame::Span;
use super::{Origin, Scene, VariableState};
use crate::cf::{
    self, AxisRole, CfDataset, CfVariable, Conversion, Labels, TimeAxis, TimePrecision,
};
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::interpret::{self, Even};
use crate::prep::axis_scale::{AxisScale, Placing};
use crate::prep::cell_edges::{AxisMap, unwrapped_longitudes};
use crate::prep::table::{NumberFormat, format_number};
use crate::prep::ticks::{self, Tick};

/// Coordinates of longer axes are not read as a whole: their cells go by index, and a label is
/// read where it is looked at.
const COORDINATES_MAX: u64 = 1 << 22;

/// A picture by index of fewer rows or columns fills the room.
const IMAGE_SIDE_LEAST: usize = 32;

/// A logarithmic axis of pressure reaches at least from a level to so many times as much.
const LOG_FROM: f64 = 8.0;

/// Coordinates of a long axis read at a time.
const LABEL_BLOCK: u64 = 256;

/// Everything a view needs of an axis.
pub struct AxisInfo {
    /// Name and unit.
    pub title: String,
    /// The dimension's name, for places where room is scarce.
    name: String,
    /// Where the cells lie, in places of the axis' scale.
    pub map: AxisMap,
    pub placing: Placing,
    /// Larger values lie lower: depth, pressure.
    pub points_down: bool,
    /// Of the coordinate.
    units: Option<String>,
    role: AxisRole,
    /// Which coordinate this is.
    pub along: Along,
    /// The coordinate of a long axis.
    unread: Option<VariableId>,
    /// None where there is no coordinate.
    labels: Option<Labels>,
}

impl AxisInfo {
    /// The dimension's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The coordinate of an axis that is too long to be read as a whole.
    pub fn unread(&self) -> Option<VariableId> {
        self.unread
    }

    /// Its coordinate is dates.
    pub fn is_time(&self) -> bool {
        self.labels.as_ref().is_some_and(|labels| labels.time_axis().is_some())
    }

    pub fn has_coordinate(&self) -> bool {
        self.unread.is_some() || self.labels.is_some()
    }
}

impl Weigh for AxisInfo {
    fn bytes(&self) -> usize {
        let map = match &self.map {
            AxisMap::Edges { edges, .. } => 16 * edges.len(),
            _ => 0,
        };
        // A number or a short text of each label.
        map + 24 * self.map.len().min(COORDINATES_MAX as usize) + size_of::<Self>()
    }
}

/// An axis of a variable. Coordinates are always decoded, also where values are shown as stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AxisRequest {
    origin: Origin,
    axis: usize,
    along: Along,
}

impl Request for AxisRequest {
    type Output = AxisInfo;

    fn describe(&self) -> String {
        "reading coordinates".into()
    }
}

pub fn want_axis(scene: Scene<'_>, axis: usize, state: &VariableState) -> Answer<AxisInfo> {
    let along = Along::of(scene, axis, state);
    let lent = state.lent.get(&axis).filter(|_| matches!(along.which, Which::Lent(_))).cloned();
    want_axis_along(scene, axis, along, lent)
}

/// The same of a variable that is not looked at itself: with this choice.
pub fn want_axis_along(
    scene: Scene<'_>,
    axis: usize,
    along: Along,
    lent: Option<Lent>,
) -> Answer<AxisInfo> {
    let (opened, id) = (scene.opened.clone(), scene.variable);
    let request = AxisRequest { origin: scene.origin(true).unmasked(), axis, along };
    let work = move |cx: &ReadContext| {
        let info = axis_info(&opened, id, axis, along, cx)?;
        let info = match lent {
            Some(lent) => lent_axis(&lent, info, cx)?,
            None => info,
        };
        Ok(info.scaled(along.scale))
    };
    scene.engine.want(&request, Priority::Visible, work)
}

/// The axis with a coordinate from another file.
fn lent_axis(lent: &Lent, by_index: AxisInfo, cx: &ReadContext) -> Result<AxisInfo> {
    let id = lent.origin.variable;
    let Some(coordinate) = lent.opened.meaning.variable(&lent.opened.dataset, id) else {
        return Ok(by_index);
    };
    let (name, length) = (lent.name.clone(), by_index.map.len());
    let values = match read_coordinate(&lent.opened, id, cx) {
        Ok(values) => values,
        Err(error) if error.is_cancelled() => return Err(error),
        Err(_) => return Ok(by_index),
    };
    // The file that it is lent to may have grown.
    if values.len() != length && Some(values.len()) != length.checked_add(1) {
        return Ok(by_index);
    }
    let is_height = coordinate.role() == AxisRole::Vertical;
    let points_down = is_height && cf::points_down(coordinate.variable());
    let by_index = AxisInfo { name, points_down, ..by_index };
    Ok(with_coordinate(&lent.opened, by_index, &coordinate, &values, cx))
}

/// Where the cells along an axis lie by its first coordinate.
pub(super) fn first_map(
    opened: &Opened<CfDataset>,
    id: VariableId,
    axis: usize,
    cx: &ReadContext,
) -> Result<AxisMap> {
    Ok(axis_info(opened, id, axis, Along::default(), cx)?.map)
}

/// What an axis is called that the file gives no name.
pub fn unnamed(axis: usize, rank: usize) -> String {
    match rank.saturating_sub(axis) {
        1 if rank == 1 => "index".into(),
        1 => "column".into(),
        2 => "row".into(),
        _ => format!("axis {axis}"),
    }
}

/// A coordinate that cannot be read is no reason to show nothing: the axis goes by index.
fn axis_info(
    opened: &Opened<CfDataset>,
    id: VariableId,
    axis: usize,
    along: Along,
    cx: &ReadContext,
) -> Result<AxisInfo> {
    let cf = opened.meaning.variable(&opened.dataset, id);
    let found = cf.as_ref().and_then(|cf| cf.axes().into_iter().find(|a| a.index == axis));
    let found = found.map(|found| along.which.instead(found, &opened.meaning));
    let length = match (&found, &cf) {
        (Some(found), _) => found.length,
        // The characters of a text.
        (None, Some(cf)) => cf.variable().axes.get(axis).map_or(0, |axis| axis.length),
        (None, None) => 0,
    };
    let name = found.as_ref().and_then(|axis| axis.name);
    let name = name.map_or_else(
        || unnamed(axis, cf.as_ref().map_or(0, |cf| cf.variable().rank())),
        str::to_owned,
    );
    let by_index = AxisInfo {
        title: name.clone(),
        map: AxisMap::index(usize::try_from(length).unwrap_or(usize::MAX)),
        placing: Placing::default(),
        points_down: cf
            .as_ref()
            .zip(found.as_ref())
            .is_some_and(|(cf, axis)| cf.axis_points_down(axis)),
        units: None,
        role: found.as_ref().map(|axis| axis.role).unwrap_or_default(),
        along,
        unread: None,
        labels: None,
        name,
    };
    let hint =
        cf.as_ref().and_then(|cf| cf.axis_hint(axis)).filter(|_| along.which == Which::First);
    if let Some(even) = hint.and_then(|hint| even_coordinate(opened, &hint.coordinate, length, cx))
    {
        return Ok(with_even(by_index, &even, length));
    }
    let coordinate = found.and_then(|axis| axis.coordinate);
    let Some(coordinate) = coordinate.and_then(|id| opened.meaning.variable(&opened.dataset, id))
    else {
        return Ok(by_index);
    };
    if length > COORDINATES_MAX {
        let (title, role) = (coordinate_title(&coordinate), coordinate.role());
        return Ok(AxisInfo { title, role, unread: Some(coordinate.id()), ..by_index });
    }
    match read_coordinate(opened, coordinate.id(), cx) {
        Ok(values) => {
            // Names have no title of their own where a convention names the axis.
            let named = hint.and_then(|hint| hint.name.clone());
            let title = named.filter(|_| coordinate.variable().dtype.is_text());
            let info = with_coordinate(opened, by_index, &coordinate, &values, cx);
            Ok(AxisInfo { title: title.unwrap_or_else(|| info.title.clone()), ..info })
        }
        Err(error) if error.is_cancelled() => Err(error),
        Err(_) => Ok(by_index),
    }
}

/// A coordinate that is told by its first value and its step.
fn even_coordinate(
    opened: &Opened<CfDataset>,
    along: &interpret::Along,
    length: u64,
    cx: &ReadContext,
) -> Option<Even> {
    match along {
        interpret::Along::Even(even) => Some(even.clone()),
        interpret::Along::Written { variable, rule } => {
            let shape = opened.dataset.variable(*variable)?.shape();
            let text = opened.file.read(*variable, &Section::all(&shape), cx).ok()?;
            rule.coordinates(&text, length)
        }
        _ => None,
    }
}

fn with_even(by_index: AxisInfo, even: &Even, length: u64) -> AxisInfo {
    let values = (0..length.min(COORDINATES_MAX)).map(|k| even.start + even.step * k as f64);
    let values: Vec<f64> = values.collect();
    let map = AxisMap::new(&values, None);
    // The unit is what labels need of a variable.
    let mut described =
        Variable::new(&by_index.name, GroupId::ROOT, Dtype::float(8, ByteOrder::Little));
    let units = Array::text(&even.units);
    described.attributes.push(Attribute::new("units", Dtype::Char, units));
    let labels = Labels::of(&described, by_index.role, &Array::vector(values.into()));
    let title = cf::title_with_units(&described);
    AxisInfo { title, map, units: Some(even.units.clone()), labels: Some(labels), ..by_index }
}

/// Of a coordinate that is cut short, what is there; the rest is missing.
fn read_coordinate(opened: &Opened<CfDataset>, id: VariableId, cx: &ReadContext) -> Result<Array> {
    let shape = opened.dataset.variable(id).map(Variable::shape).unwrap_or_default();
    let found = read_readable(opened, id, true, &Section::all(&shape), cx)?;
    Ok(Array { shape, values: found.values })
}

fn with_coordinate(
    opened: &Opened<CfDataset>,
    by_index: AxisInfo,
    coordinate: &CfVariable<'_>,
    values: &Array,
    cx: &ReadContext,
) -> AxisInfo {
    let role = coordinate.role();
    let hecto = in_hectopascals(coordinate, values);
    let (variable, values, factor) = match &hecto {
        Some((variable, values)) => (variable, values, HECTO),
        None => (coordinate.variable(), values, 1.0),
    };
    let mut labels = Labels::of(variable, role, values);
    let is_dated = labels.time_axis().is_some();
    let title = match is_dated || matches!(role, AxisRole::Latitude | AxisRole::Longitude) {
        // The labels have the unit.
        true => cf::title(variable),
        false => cf::title_with_units(variable),
    };
    let map = match labels.values().map(<[f64]>::to_vec).as_deref() {
        Some(edges) if edges.len() == by_index.map.len() + 1 => {
            let centers: Vec<f64> =
                edges.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
            let bounds: Vec<f64> = edges.windows(2).flatten().copied().collect();
            let values = Array::vector(centers.clone().into());
            labels = Labels::of(variable, role, &values);
            map_of(role, &centers, Some(&bounds))
        }
        Some(centers) => {
            let bounds = coordinate
                .bounds()
                .filter(|bounds| !bounds.is_climatology)
                .and_then(|bounds| read_coordinate(opened, bounds.variable, cx).ok())
                .and_then(|bounds| bounds.values.to_f64())
                .filter(|bounds| bounds.len() == 2 * centers.len())
                .map(|bounds| bounds.into_iter().map(|bound| bound / factor).collect::<Vec<_>>());
            map_of(role, centers, bounds.as_deref())
        }
        None => by_index.map,
    };
    let units = match hecto {
        Some(_) => Some("hPa".to_owned()),
        None => coordinate.units().filter(|units| !is_dated && !units.is_empty()),
    };
    AxisInfo { title, map, units, role, labels: Some(labels), ..by_index }
}

/// Pascals in a hectopascal.
const HECTO: f64 = 100.0;

/// Levels of the atmosphere that are given in pascals, as they are spoken of: 500 hPa.
fn in_hectopascals(coordinate: &CfVariable<'_>, values: &Array) -> Option<(Variable, Array)> {
    let is_pascal = coordinate.units().is_some_and(|units| cf::units::is_pascal(&units));
    if coordinate.role() != AxisRole::Vertical || !is_pascal {
        return None;
    }
    let values = values.values.to_f64()?.into_iter().map(|value| value / HECTO);
    let values: Vec<f64> = values.collect();
    let mut described = coordinate.variable().clone();
    described.attributes.retain(|attribute| attribute.name != "units");
    described.attributes.push(Attribute::new("units", Dtype::Char, Array::text("hPa")));
    Some((described, Array::vector(values.into())))
}

/// With the unit, unless the labels have it.
fn coordinate_title(coordinate: &CfVariable<'_>) -> String {
    match coordinate.role() {
        AxisRole::Latitude | AxisRole::Longitude => coordinate.title(),
        _ => coordinate.title_with_units(),
    }
}

fn map_of(role: AxisRole, centers: &[f64], bounds: Option<&[f64]>) -> AxisMap {
    match role {
        AxisRole::Longitude => AxisMap::new(&unwrapped_longitudes(centers), bounds),
        AxisRole::Latitude => AxisMap::new(centers, bounds).within(-90.0, 90.0),
        _ => AxisMap::new(centers, bounds),
    }
}

impl AxisInfo {
    /// The coordinate of cell `index` as a number, in the coordinate's own unit.
    pub fn value(&self, index: u64) -> Option<f64> {
        let index = usize::try_from(index).ok()?;
        self.labels.as_ref()?.values()?.get(index).copied()
    }

    /// The coordinate of cell `index` with its unit; empty where there is none.
    pub fn label(&self, index: u64) -> String {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(labels) = &self.labels else { return String::new() };
        let value = labels.values().and_then(|values| values.get(index));
        match value.filter(|value| value.is_finite() && !self.placing.is_linear()) {
            // From 1000 to 0.001 no number of decimals suits all.
            Some(&value) => {
                let number = format_number(Number::F64(value), NumberFormat::Significant(6));
                let unit = cf::units::pretty(self.units.as_deref().unwrap_or_default());
                format!("{number} {unit}").trim_end().to_owned()
            }
            None => labels.text(index),
        }
    }

    /// The same, read if need be: empty until it is there.
    pub fn label_in(&self, scene: Scene<'_>, index: u64) -> String {
        let Some(coordinate) = self.unread else { return self.label(index) };
        let scene = Scene { variable: coordinate, ..scene };
        let request = SlabRequest { origin: scene.origin(false), section: self.block_of(index) };
        let Answer::Ready(slab) = want_slab(scene, &request, Priority::Visible) else {
            return String::new();
        };
        let at = (index % LABEL_BLOCK) as usize;
        if at >= slab.readable {
            return String::new();
        }
        let writer = CellWriter::new(scene, true, NumberFormat::Auto);
        writer.text(&slab.values, at).text
    }

    /// The coordinates around cell `index` of an axis whose coordinate is not read as a whole.
    fn block_of(&self, index: u64) -> Section {
        let start = index / LABEL_BLOCK * LABEL_BLOCK;
        let count = LABEL_BLOCK.min((self.map.len() as u64).saturating_sub(start));
        Section::new([Range::new(start, count)])
    }

    /// The same with the axis' name: `lat 48.25°N`, `x 12`.
    pub fn full_label(&self, index: u64) -> String {
        self.named(&self.label(index), index)
    }

    /// The same, read if need be: the index until it is there.
    pub fn full_label_in(&self, scene: Scene<'_>, index: u64) -> String {
        self.named(&self.label_in(scene, index), index)
    }

    fn named(&self, label: &str, index: u64) -> String {
        if label.is_empty() {
            format!("{} {index}", self.name)
        } else {
            format!("{} {label}", self.name)
        }
    }

    /// With the cells where this scale puts them, or that which suits the coordinate.
    fn scaled(self, chosen: Option<AxisScale>) -> Self {
        let (low, high) = self.map.range();
        let scale = chosen.unwrap_or_else(|| self.natural_scale());
        let placing = Placing::of(scale, (low, high));
        match self.map.placed(|value| placing.place(value)).filter(|_| !placing.is_linear()) {
            Some(map) if self.allows_scales() => Self { map, placing, ..self },
            _ => self,
        }
    }

    /// Levels of pressure are evenly spaced in height on a logarithmic axis. Not where they are
    /// those of the sea, which are depths by another name.
    fn natural_scale(&self) -> AxisScale {
        let units = self.units.as_deref().unwrap_or_default();
        let of_air = cf::units::is_pressure(units) && !cf::units::is_decibar(units);
        let centers = [0, self.map.len().saturating_sub(1)].map(|i| self.map.center(i));
        let [Some(first), Some(last)] = centers else { return AxisScale::Linear };
        let (low, high) = (first.min(last), first.max(last));
        match of_air && self.role == AxisRole::Vertical && low > 0.0 && high >= LOG_FROM * low {
            true => AxisScale::Log,
            false => AxisScale::Linear,
        }
    }

    /// Dates and degrees are always evenly spaced, as are indices.
    pub fn allows_scales(&self) -> bool {
        let is_dated = self.labels.as_ref().is_some_and(|labels| labels.time_axis().is_some());
        self.is_mapped_by_value() && !is_dated && !self.is_degrees()
    }

    /// Everything there is along this axis.
    pub fn home(&self, is_vertical: bool) -> Span {
        let (low, high) = self.map.range();
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
        Span::new((low, high), is_vertical && self.points_down)
    }

    fn is_degrees(&self) -> bool {
        matches!(self.role, AxisRole::Latitude | AxisRole::Longitude)
    }

    /// The width of a picture by its height, where both axes are to have one scale: degrees of a
    /// map, lengths in one unit, the pixels of an image.
    pub fn aspect(&self, y: &Self) -> Option<f32> {
        let aspect = (self.home(false).width() / y.home(true).width()) as f32;
        let is_measured = [self, y].iter().all(|axis| axis.is_measured());
        let is_like = |range: std::ops::RangeInclusive<f32>| range.contains(&aspect);
        let is_shared = if self.is_degrees() && y.is_degrees() {
            is_like(0.3..=5.0)
        } else if self.has_coordinate() || y.has_coordinate() {
            is_measured && self.units.is_some() && self.units == y.units && is_like(0.3..=5.0)
        } else {
            // Rather an image than a table of anything.
            self.map.len().min(y.map.len()) >= IMAGE_SIDE_LEAST && is_like(0.4..=2.5)
        };
        is_shared.then_some(aspect)
    }

    /// Distances on the screen are distances along the axis.
    fn is_measured(&self) -> bool {
        self.is_mapped_by_value() && self.placing.is_linear()
    }

    /// Height or depth: drawn upright.
    pub fn is_vertical(&self) -> bool {
        self.role == AxisRole::Vertical
    }

    pub fn horizontal_ticks(&self, span: &Span, width_px: f32) -> Vec<Tick> {
        self.ticks_between(span.low, span.high, width_px, true)
    }

    pub fn vertical_ticks(&self, span: &Span, height_px: f32) -> Vec<Tick> {
        self.ticks_between(span.low, span.high, height_px, false)
    }

    /// Labelled places between two coordinates on so many pixels.
    pub fn ticks_between(
        &self,
        low: f64,
        high: f64,
        length_px: f32,
        is_horizontal: bool,
    ) -> Vec<Tick> {
        let room = if is_horizontal { 72.0 } else { 30.0 };
        let most = (length_px / room).clamp(2.0, 14.0) as usize;
        let Some(labels) = &self.labels else { return ticks::integer(low, high, most) };
        if let Some(time) = labels.time_axis().filter(|_| self.is_mapped_by_value()) {
            let most =
                if is_horizontal { (length_px / 84.0).clamp(2.0, 10.0) as usize } else { most };
            let ticks = time.ticks(low, high, most).into_iter();
            let ticks = ticks.map(|(value, label)| Tick { value, label });
            // The day stands in the title, where there is room for it.
            let without_day = |tick: Tick| match tick.label.split_once(' ') {
                Some((_, time)) if is_horizontal => Tick { label: time.to_owned(), ..tick },
                _ => tick,
            };
            return ticks.map(without_day).collect();
        }
        match self.role {
            _ if !self.is_mapped_by_value() => self.index_ticks(labels, low, high, most),
            AxisRole::Latitude => ticks::latitude(low, high, most),
            AxisRole::Longitude => ticks::longitude(low, high, most),
            _ => self.placing.ticks(low, high, most),
        }
    }

    /// The same, with coordinates that are read where the ticks are: blank until they are there.
    pub fn ticks_in(
        &self,
        scene: Scene<'_>,
        (low, high): (f64, f64),
        length_px: f32,
        is_horizontal: bool,
    ) -> Vec<Tick> {
        let Some(coordinate) = self.unread else {
            return self.ticks_between(low, high, length_px, is_horizontal);
        };
        let scene = Scene { variable: coordinate, ..scene };
        // Dates have up to 19 characters, and are not as round as the indices they stand at.
        let room = match (is_horizontal, self.role) {
            (false, _) => 30.0,
            (true, AxisRole::Time) => 150.0,
            (true, _) => 96.0,
        };
        let mut ticks = ticks::integer(low, high, (length_px / room).clamp(2.0, 12.0) as usize);
        ticks.retain(|tick| tick.value >= 0.0 && tick.value < self.map.len() as f64);
        let mut known = Known::default();
        for (k, tick) in ticks.iter_mut().enumerate() {
            let index = tick.value as u64;
            let request = SlabRequest { origin: scene.origin(true), section: self.block_of(index) };
            match want_slab(scene, &request, Priority::Visible) {
                Answer::Ready(slab) if ((index % LABEL_BLOCK) as usize) < slab.readable => {
                    known.add(k, &slab.values, (index % LABEL_BLOCK) as usize);
                }
                // A coordinate that cannot be read, or not here: the index says more.
                Answer::Ready(_) | Answer::Failed(_) => continue,
                Answer::Pending(_) => {}
            }
            tick.label.clear();
        }
        if let Some(coordinate) = scene.cf() {
            known.label(&coordinate, &mut ticks);
        }
        ticks
    }

    /// The title of a horizontal axis, with the day on which it begins where the ticks are times
    /// of day.
    pub fn horizontal_title(&self, low: f64, high: f64) -> String {
        let ticks = self.ticks_between(low, high, 600.0, false);
        let day = ticks.first().and_then(|tick| tick.label.split_once(' '));
        match day.filter(|_| self.role == AxisRole::Time) {
            Some((day, _)) => format!("{} (from {day})", self.title),
            None => self.title.clone(),
        }
    }

    /// Cells lie where their coordinates are; not where these are texts, or in no order.
    fn is_mapped_by_value(&self) -> bool {
        !matches!(self.map, AxisMap::Index { .. })
    }

    fn index_ticks(&self, labels: &Labels, low: f64, high: f64, most: usize) -> Vec<Tick> {
        let cells = self.map.indices_between(low, high);
        let step = cells.len().div_ceil(most.max(1)).max(1);
        cells
            .step_by(step)
            .filter_map(|i| Some(Tick { value: self.map.center(i)?, label: labels.text(i) }))
            .collect()
    }

    /// Where this axis' cells lie along another one that measures the same; `None` where the two
    /// cannot be compared. O(cells).
    pub fn converted_to(&self, other: &Self) -> Option<AxisMap> {
        let values = |info: &Self| {
            info.labels.as_ref().and_then(|labels| labels.values().map(<[f64]>::to_vec))
        };
        let (Some(values), true) = (values(self), values(other).is_some()) else {
            let has_none = !self.has_coordinate() && !other.has_coordinate();
            return has_none.then(|| self.map.clone());
        };
        let time =
            |info: &Self| info.labels.as_ref().and_then(|labels| labels.time_axis().cloned());
        let placed: Vec<f64> = match (time(self), time(other)) {
            (Some(mine), Some(theirs)) => {
                let instant = |value| theirs.value(&mine.date(value)?);
                values.into_iter().map(|value| instant(value).unwrap_or(f64::NAN)).collect()
            }
            (None, None) => {
                let units = |info: &Self| info.units.clone().unwrap_or_default();
                let conversion = Conversion::between(&units(self), &units(other))?;
                let place = |value| other.placing.place(conversion.apply(value));
                values.into_iter().map(place).collect()
            }
            _ => return None,
        };
        Some(AxisMap::from_centers(&placed))
    }

    /// The cell meant by a text: a date, a number, a direction like `45N`, or a name.
    pub fn find(&self, text: &str) -> Option<u64> {
        let labels = self.labels.as_ref()?;
        if !self.is_mapped_by_value() {
            let at = (0..self.map.len()).find(|&i| labels.text(i).eq_ignore_ascii_case(text));
            return at.map(|i| i as u64);
        }
        let date = labels
            .time_axis()
            .and_then(|time| cf::date_of_text(text).and_then(|date| time.value(&date)));
        let value = date.or_else(|| number_of(text))?;
        self.map.nearest(self.placing.place(value)).map(|i| i as u64)
    }
}

/// Single values of a coordinate and the ticks they belong to.
#[derive(Default)]
struct Known {
    ticks: Vec<usize>,
    values: Option<Buffer>,
}

impl Known {
    fn add(&mut self, tick: usize, values: &Buffer, index: usize) {
        let value = with_numbers!(values, v => {
            v.get(index).map(|&value| Buffer::from(vec![value]))
        }, else None);
        let Some(value) = value else { return };
        let is_added = match &mut self.values {
            None => {
                self.values = Some(value);
                true
            }
            Some(values) => values.append(value),
        };
        self.ticks.extend(is_added.then_some(tick));
    }

    /// All with the same digits; the unit stands in the axis' title.
    fn label(self, coordinate: &CfVariable<'_>, ticks: &mut [Tick]) {
        let Some(values) = self.values else { return };
        let labels = Labels::of(coordinate.variable(), coordinate.role(), &Array::vector(values));
        let times = labels.time_axis().zip(labels.values());
        let dates = times.map(|(axis, values)| (axis, values, tick_precision(axis, values)));
        let unit = format!(" {}", coordinate.pretty_units());
        for (k, tick) in self.ticks.into_iter().enumerate() {
            if let Some(tick) = ticks.get_mut(tick) {
                let text = match dates.and_then(|(axis, values, p)| Some((axis, values.get(k)?, p)))
                {
                    Some((axis, &value, precision)) => axis.text(value, precision),
                    None => labels.text(k),
                };
                tick.label = text.strip_suffix(&unit).map_or(text.clone(), str::to_owned);
            }
        }
    }
}

/// Not more of a date than tells ticks apart: they do not stand at round times.
fn tick_precision(axis: &TimeAxis, values: &[f64]) -> TimePrecision {
    let instant_secs = |value: f64| {
        let date = axis.date(value)?;
        let days = (date.year as f64 * 12.0 + f64::from(date.month)) * 31.0 + f64::from(date.day);
        Some(days * 86_400.0 + date.microsecond_of_day as f64 / 1e6)
    };
    let instants: Vec<f64> = values.iter().filter_map(|&value| instant_secs(value)).collect();
    let steps = instants.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let enough = match steps.fold(f64::INFINITY, f64::min) {
        step if !step.is_finite() => return axis.precision(values),
        step if step >= 5.0 * 86_400.0 => TimePrecision::Day,
        step if step >= 600.0 => TimePrecision::Minute,
        step if step >= 10.0 => TimePrecision::Second,
        _ => return axis.precision(values),
    };
    axis.precision(values).min(enough)
}

/// `-12.5`, `12.5 S`, `30°W`.
fn number_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let (digits, sign) = match text.chars().last()? {
        'N' | 'n' | 'E' | 'e' => (&text[..text.len() - 1], 1.0),
        'S' | 's' | 'W' | 'w' => (&text[..text.len() - 1], -1.0),
        _ => (text, 1.0),
    };
    digits.trim().trim_end_matches('°').trim().parse::<f64>().ok().map(|value| sign * value)
}

#[cfg(test)]
mod tests {
    use hyperslab_testkit::bytes::{F64, cdf2};

    use super::*;

    fn axis(role: AxisRole, centers: &[f64]) -> AxisInfo {
        let variable = Variable::new(
            "x",
            hyperslab_core::GroupId::ROOT,
            hyperslab_core::Dtype::float(8, hyperslab_core::ByteOrder::Big),
        );
        AxisInfo {
            title: "t".into(),
            name: "n".into(),
            map: map_of(role, centers, None),
            placing: Placing::default(),
            points_down: false,
            units: None,
            role,
            along: Along::default(),
            unread: None,
            labels: Some(Labels::of(&variable, role, &Array::vector(centers.to_vec().into()))),
        }
    }

    #[test]
    fn maps_lengths_in_one_unit_and_images_keep_their_proportions() {
        let even = |units: Option<&str>, centers: &[f64]| AxisInfo {
            units: units.map(str::to_owned),
            ..axis(AxisRole::Other, centers)
        };
        let tens: Vec<f64> = (0..10).map(f64::from).collect();
        let (m, km) = (even(Some("m"), &[0.0, 5.0, 10.0]), even(Some("km"), &tens));
        assert_eq!(m.aspect(&even(Some("m"), &tens)), Some(1.5));
        assert_eq!((m.aspect(&km), even(None, &tens).aspect(&even(None, &tens))), (None, None));
        let long: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(even(Some("m"), &long).aspect(&even(Some("m"), &tens)), None);
        let index =
            |len: usize| AxisInfo { map: AxisMap::index(len), labels: None, ..even(None, &tens) };
        assert_eq!(index(500).aspect(&index(400)), Some(1.25));
        assert_eq!((index(5).aspect(&index(4)), index(5000).aspect(&index(100))), (None, None));
    }

    #[test]
    fn a_cell_is_found_by_what_people_type() {
        let lat = axis(AxisRole::Latitude, &[-45.0, 0.0, 45.0]);
        assert_eq!(lat.find("40N"), Some(2));
        assert_eq!(lat.find("-45"), Some(0));
        assert_eq!(lat.find("44°s"), Some(0));
        assert_eq!(lat.find("nowhere"), None);
    }

    #[test]
    fn ticks_at_times_that_are_not_round_show_what_tells_them_apart() {
        let unix = TimeAxis::unix();
        for (step, label) in [
            (6.543_21e5, "1970-01-08"),
            (1234.5, "1970-01-01 00:20"),
            (12.25, "1970-01-01 00:00:12"),
            (0.25, "1970-01-01 00:00:00.25"),
        ] {
            let values = [0.0, step, 2.0 * step];
            assert_eq!(unix.text(step, tick_precision(&unix, &values)), label);
        }
    }

    #[test]
    fn values_read_here_and_there_are_labelled_alike() {
        let file = cdf2().dim("x", 3).var("x", F64, &["x"]).attr("units", "m");
        let opened = crate::views::data::testing::opened(&file);
        let coordinate = opened.meaning.variable(&opened.dataset, VariableId(0)).unwrap();
        let mut known = Known::default();
        known.add(0, &Buffer::F64(vec![9.0, 0.5]), 1);
        known.add(2, &Buffer::F64(vec![1.25]), 0);
        known.add(1, &Buffer::F64(vec![1.25]), 7);
        let mut ticks = [0.0, 1.0, 2.0].map(|value| Tick { value, label: "?".into() });
        known.label(&coordinate, &mut ticks);
        assert_eq!(ticks.map(|tick| tick.label), ["0.50", "?", "1.25"]);
    }

    #[test]
    fn levels_of_pressure_are_evenly_spaced_in_height_and_spoken_of_in_hectopascals() {
        let file = cdf2()
            .dim("plev", 4)
            .var("plev", F64, &["plev"])
            .attr("units", "Pa")
            .attr("positive", "down")
            .values([100_000.0, 10_000.0, 1000.0, 300.0])
            .var("t", F64, &["plev"]);
        let opened = crate::views::data::testing::opened(&file);
        let of = |scale| {
            let cx = ReadContext::default();
            axis_info(&opened, VariableId(1), 0, Along::default(), &cx).unwrap().scaled(scale)
        };
        let info = of(None);
        assert_eq!((info.title.as_str(), info.placing.scale()), ("plev [hPa]", AxisScale::Log));
        assert!(info.points_down && info.is_vertical());
        assert_eq!((info.label(0), info.label(3)), ("1000 hPa".into(), "3 hPa".into()));
        let ticks = info.vertical_ticks(&info.home(true), 400.0);
        let bottom = ticks.iter().find(|tick| tick.label == "1000").unwrap();
        assert_eq!(bottom.value, 3.0);
        assert_eq!((info.find("90"), info.find("4")), (Some(1), Some(3)));
        let linear = of(Some(AxisScale::Linear));
        assert_eq!((linear.label(3), linear.map.center(0)), ("3 hPa".into(), Some(1000.0)));
    }

    #[test]
    fn an_axis_of_one_cell_still_has_a_width() {
        assert!(axis(AxisRole::Other, &[5.0]).home(false).width() > 0.0);
        assert!(axis(AxisRole::Other, &[]).home(false).width() > 0.0);
    }
}
