//! Two variables cell by cell, on the grid of the first: axes aligned by their coordinates, what
//! lies on other places regridded, units converted.

use std::sync::{Arc, Mutex, TryLockError};
use std::time::Duration;

use hyperslab_core::{Range, ReadContext, ReadError, Result, Section};

use super::align::{aligned, coordinates};
use super::operand::{Operand, Places};
use super::outline::{OutAxis, lengths};
use super::picked::{Pick, picked};
use crate::cf::{AxisRole, Conversion, Flags};
use crate::prep::broadcast::{dense_steps, for_each_row};
use crate::prep::geometry::Geometry;
use crate::prep::regrid::{Regrid, Stencil};
use crate::session::Comparison;

/// Two variables that are computed with.
pub struct Compared {
    a: Side,
    b: Side,
    by: Comparison,
    shape: Vec<u64>,
}

/// One of the two, laid along the axes of the result.
struct Side {
    of: Operand,
    /// For each of its own axes the axis of the result, and which indices; the first index of
    /// axes that the result lacks.
    axes: Vec<(Option<usize>, Pick)>,
    conversion: Conversion,
    regridded: Option<Regridded>,
}

/// Values are found by place.
struct Regridded {
    /// Of the result: rows and columns, or cells.
    out_axes: Vec<usize>,
    /// The counts along them of all cells of the result.
    out_counts: Vec<usize>,
    /// The places of the result's cells.
    places: Geometry,
    /// The axes of the variable that are gone into the regridding, and their lengths.
    own_axes: Vec<usize>,
    own_counts: Vec<usize>,
    regrid: Regrid,
    /// Of every cell, where these are few enough: steps in time need not look again.
    stencils: Mutex<Option<Arc<Vec<Option<Stencil>>>>>,
}

/// Stencils of so many cells are kept.
const STENCILS_MAX: usize = 1 << 21;
/// What one counts for in progress: as much as reading so many bytes.
const STENCIL_BYTES: u64 = 36;
/// How often who waits for another looks whether it is still wanted.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);
/// Cells between two looks whether all this is still wanted.
const CHECK_EVERY: usize = 1 << 14;

/// The comparison, the axes of its result, and what must be said about it.
pub struct Prepared {
    pub compared: Compared,
    pub axes: Vec<OutAxis>,
    pub notes: Vec<String>,
}

/// # Errors
/// Of reading coordinates; `Request` where the two do not go together.
pub fn prepare(a: Operand, b: Operand, by: Comparison, cx: &ReadContext) -> Result<Prepared> {
    let mut notes = Vec::new();
    let (a_shape, b_shape) = (a.shape(), b.shape());
    let mut b_axes: Vec<Option<(Option<usize>, Pick)>> = vec![None; b_shape.len()];
    let mut a_picks = vec![Pick::From(0); a_shape.len()];
    let mut a_is_single = vec![false; a_shape.len()];
    let mut lengths: Vec<u64> = a_shape.clone();
    let planes = planes(&a, &b, cx)?;
    let mut regrid = None;
    let mut taken = vec![false; a_shape.len()];
    if let Some((on_a, on_b)) = planes {
        on_a.axes.iter().for_each(|&axis| mark(&mut taken, axis));
        if is_same_places(&on_a, &on_b, &a_shape, &b_shape) {
            for (own, axis) in on_b.axes.iter().zip(&on_a.axes) {
                put(&mut b_axes, *own, (Some(*axis), Pick::From(0)));
            }
        } else {
            on_b.axes.iter().for_each(|&own| put(&mut b_axes, own, (None, Pick::From(0))));
            regrid = Some((on_a, on_b));
        }
    }
    for own in 0..b_shape.len() {
        if b_axes.get(own).is_some_and(Option::is_some) {
            continue;
        }
        let length = b_shape.get(own).copied().unwrap_or(0);
        let partner = partner(&a, &b, own, &taken);
        let place = match partner {
            None => None,
            Some(axis) if length == 1 && lengths.get(axis).is_some_and(|&a| a > 1) => {
                mark(&mut taken, axis);
                Some((None, Pick::From(0)))
            }
            // The one index of the first counts for all of the second.
            Some(axis) if length > 1 && lengths.get(axis) == Some(&1) => {
                mark(&mut taken, axis);
                mark(&mut a_is_single, axis);
                None
            }
            Some(axis) => {
                mark(&mut taken, axis);
                let name = a.axis_name(axis);
                let a_length = lengths.get(axis).copied().unwrap_or(0);
                let of_a = coordinates(&a, axis, cx)?;
                let of_b = coordinates(&b, own, cx)?;
                let found = aligned(&name, (a_length, of_a.as_ref()), (length, of_b.as_ref()))?;
                notes.extend(found.note);
                if let (Some(slot), Some(pick)) = (lengths.get_mut(axis), a_picks.get_mut(axis)) {
                    (*slot, *pick) = (found.length, found.a);
                }
                Some((Some(axis), found.b))
            }
        };
        match place {
            Some(place) => put(&mut b_axes, own, place),
            None if length == 1 => put(&mut b_axes, own, (None, Pick::From(0))),
            None => {}
        }
    }
    // Axes that only the second has go before those of the first.
    let extra: Vec<usize> =
        (0..b_shape.len()).filter(|&own| b_axes.get(own).is_some_and(Option::is_none)).collect();
    let kept: Vec<usize> =
        (0..a_shape.len()).filter(|&axis| a_is_single.get(axis) == Some(&false)).collect();
    let out_of_a =
        |axis: usize| kept.iter().position(|&kept| kept == axis).map(|k| extra.len() + k);
    let mut out: Vec<OutAxis> = Vec::with_capacity(extra.len() + kept.len());
    for &own in &extra {
        let length = b_shape.get(own).copied().unwrap_or(0);
        let (name, pick) = (b.axis_name(own), Pick::From(0));
        out.push(OutAxis { name, length, of: (1, own), pick });
    }
    for &axis in &kept {
        let (name, pick) = (a.axis_name(axis), a_picks.get(axis).cloned().unwrap_or(Pick::From(0)));
        let length = lengths.get(axis).copied().unwrap_or(0);
        out.push(OutAxis { name, length, of: (0, axis), pick });
    }
    let a_axes = a_picks.into_iter().enumerate().map(|(axis, pick)| (out_of_a(axis), pick));
    let a_axes: Vec<(Option<usize>, Pick)> = a_axes.collect();
    let b_axes: Vec<(Option<usize>, Pick)> = b_axes
        .into_iter()
        .enumerate()
        .map(|(own, place)| match place {
            Some((axis, pick)) => (axis.and_then(&out_of_a), pick),
            None => (extra.iter().position(|&extra| extra == own), Pick::From(0)),
        })
        .collect();
    let regridded = match regrid {
        None => None,
        Some((on_a, on_b)) => {
            let found =
                Regridded::new(&on_a, &on_b, &out_of_a, (&a_shape, &b_shape), is_continuous(&b));
            let found = found.ok_or_else(|| ReadError::request("the grids do not go together"))?;
            notes.insert(0, format!("{} regridded, {}", label(&b, &a), found.regrid.method()));
            Some(found)
        }
    };
    let (conversion, note) = converted(&a, &b, by);
    notes.extend(note);
    let shape = out.iter().map(|axis| axis.length).collect();
    let a = Side { of: a, axes: a_axes, conversion: Conversion::default(), regridded: None };
    let b = Side { of: b, axes: b_axes, conversion, regridded };
    Ok(Prepared { compared: Compared { a, b, by, shape }, axes: out, notes })
}

fn mark(marks: &mut [bool], at: usize) {
    if let Some(mark) = marks.get_mut(at) {
        *mark = true;
    }
}

fn put<T>(list: &mut [Option<T>], at: usize, value: T) {
    if let Some(slot) = list.get_mut(at) {
        *slot = Some(value);
    }
}

/// The second by its name, with its file where both are called the same.
fn label(of: &Operand, other: &Operand) -> String {
    let name = of.name();
    if name == other.name() { format!("{name} of {}", of.file) } else { name }
}

/// Values between two of the variable's mean something.
fn is_continuous(of: &Operand) -> bool {
    let Some((variable, cf)) = of.variable().zip(of.cf()) else { return false };
    let is_packed = cf.packing(crate::cf::Fills::Declared).is_packed();
    let is_float = matches!(variable.dtype, hyperslab_core::Dtype::Float { .. });
    Flags::of(variable).is_none() && (is_float || is_packed)
}

/// How the second gets the units of the first, and what is to be said.
fn converted(a: &Operand, b: &Operand, by: Comparison) -> (Conversion, Option<String>) {
    let (Some(a_units), Some(b_units)) = (a.units(), b.units()) else {
        return (Conversion::default(), None);
    };
    match Conversion::between(&b_units, &a_units) {
        Some(conversion) if conversion.is_identity() => (conversion, None),
        Some(conversion) => {
            (conversion, Some(format!("{} converted from {b_units} to {a_units}", label(b, a))))
        }
        None if by == Comparison::Ratio => (Conversion::default(), None),
        None => (Conversion::default(), Some(format!("units differ: {a_units} and {b_units}"))),
    }
}

/// The places of both, where both have some on the Earth.
fn planes(a: &Operand, b: &Operand, cx: &ReadContext) -> Result<Option<(Places, Places)>> {
    let all = |of: &Operand| -> Result<Option<Places>> {
        let shape = of.shape();
        let ones: Vec<Range> = shape.iter().map(|&length| Range::new(0, length.min(1))).collect();
        let Some(found) = (of.places)(&Section::new(ones.clone()), cx)? else { return Ok(None) };
        let mut ranges = ones;
        for &axis in &found.axes {
            if let (Some(range), Some(&length)) = (ranges.get_mut(axis), shape.get(axis)) {
                *range = Range::new(0, length);
            }
        }
        (of.places)(&Section::new(ranges), cx)
    };
    let Some(on_a) = all(a)? else { return Ok(None) };
    Ok(all(b)?.map(|on_b| (on_a, on_b)))
}

/// Degrees by which places may differ that are the same: single precision.
const SAME_DEGREES: f64 = 1e-3;
/// Places looked at.
const SAMPLES: usize = 4096;

fn is_same_places(a: &Places, b: &Places, a_shape: &[u64], b_shape: &[u64]) -> bool {
    let counts = |places: &Places, shape: &[u64]| -> Vec<u64> {
        places.axes.iter().filter_map(|&axis| shape.get(axis).copied()).collect()
    };
    if counts(a, a_shape) != counts(b, b_shape) || a.geometry.len() != b.geometry.len() {
        return false;
    }
    let step = (a.geometry.len() / SAMPLES).max(1);
    let turn = |degrees: f64| (degrees + 180.0).rem_euclid(360.0) - 180.0;
    (0..a.geometry.len()).step_by(step).all(|cell| {
        match (a.geometry.center(cell), b.geometry.center(cell)) {
            (Some((a_lat, a_lon)), Some((b_lat, b_lon))) => {
                let across = turn(a_lon - b_lon).abs() * a_lat.to_radians().cos();
                let is_near = (a_lat - b_lat).abs() <= SAME_DEGREES && across <= SAME_DEGREES;
                is_near || (a_lat.is_nan() && b_lat.is_nan())
            }
            (None, None) => true,
            _ => false,
        }
    })
}

/// The axis of the first that an axis of the second goes with: of the same name, or of the same
/// meaning, or the only one left of its length.
fn partner(a: &Operand, b: &Operand, own: usize, taken: &[bool]) -> Option<usize> {
    let (name, role) = (b.axis_name(own), role(b, own));
    let length = b.shape().get(own).copied();
    let free: Vec<usize> =
        (0..a.shape().len()).filter(|&axis| taken.get(axis) == Some(&false)).collect();
    let is_nameless = |of: &Operand, axis: usize| of.axis_name(axis).starts_with("axis ");
    let by_name =
        free.iter().copied().find(|&axis| !is_nameless(b, own) && a.axis_name(axis) == name);
    let by_role = || {
        free.iter().copied().find(|&axis| role != AxisRole::Other && self::role(a, axis) == role)
    };
    let by_length = || {
        let mut alike = free.iter().copied().filter(|&axis| a.shape().get(axis).copied() == length);
        let first = alike.next()?;
        let is_own_place = alike.next().is_none() || a.shape().len() == b.shape().len();
        let same_place = free.contains(&own) && a.shape().get(own).copied() == length;
        is_own_place.then_some(if same_place { own } else { first })
    };
    by_name.or_else(by_role).or_else(by_length)
}

fn role(of: &Operand, axis: usize) -> AxisRole {
    let axes = of.cf().map(|cf| cf.axes()).unwrap_or_default();
    axes.get(axis).map(|axis| axis.role).unwrap_or_default()
}

impl Compared {
    /// What is worked out together: a plane, where one is regridded.
    pub fn piece_shape(&self) -> Option<Vec<u64>> {
        let regridded = self.b.regridded.as_ref()?;
        let lengths = self.shape.iter().enumerate();
        let piece = |(axis, &length): (usize, &u64)| {
            if regridded.out_axes.contains(&axis) { length } else { 1 }
        };
        Some(lengths.map(piece).collect())
    }

    /// # Errors
    /// Of reading either; `Limit` for a section that is too large.
    pub fn read(&self, section: &Section, cx: &ReadContext) -> Result<Vec<f64>> {
        section.check(&self.shape)?;
        cx.limits.claim_array(section.element_count(), 24)?;
        let (a, a_steps) = self.a.read(section, cx)?;
        let (b, b_steps) = self.b.read(section, cx)?;
        let counts = lengths(section);
        let mut values = vec![f64::NAN; counts.iter().product()];
        let mut rows = Vec::new();
        for_each_row(&counts, &b_steps, |_, first, step| rows.push((first, step)));
        let mut rows = rows.into_iter();
        for_each_row(&counts, &a_steps, |row, first, step| {
            let Some((b_first, b_step)) = rows.next() else { return };
            for (k, value) in values.get_mut(row).unwrap_or_default().iter_mut().enumerate() {
                let pair = a.get(first + k * step).zip(b.get(b_first + k * b_step));
                if let Some((a, b)) = pair {
                    *value = self.by.of(*a, *b);
                }
            }
        });
        Ok(values)
    }
}

impl Side {
    /// The values that a section of the result takes, and their steps along its axes.
    fn read(&self, section: &Section, cx: &ReadContext) -> Result<(Vec<f64>, Vec<usize>)> {
        if let Some(regridded) = &self.regridded {
            return self.read_regridded(regridded, section, cx);
        }
        let (values, counts) = self.read_own(|axis| section.ranges.get(axis).copied(), cx)?;
        let mut steps = vec![0; section.rank()];
        for ((axis, _), step) in self.axes.iter().zip(dense_steps(&counts)) {
            if let Some(slot) = axis.and_then(|axis| steps.get_mut(axis)) {
                *slot = step;
            }
        }
        Ok((values, steps))
    }

    /// Values in the order of the variable's own axes, of which `range` gives the part along an
    /// axis of the result.
    fn read_own(
        &self,
        range: impl Fn(usize) -> Option<Range>,
        cx: &ReadContext,
    ) -> Result<(Vec<f64>, Vec<usize>)> {
        let ranges =
            self.axes.iter().map(|(axis, _)| axis.and_then(&range).unwrap_or(Range::one(0)));
        let section = Section::new(ranges.collect::<Vec<_>>());
        let picks: Vec<Pick> = self.axes.iter().map(|(_, pick)| pick.clone()).collect();
        let array = picked(&|section, cx| (self.of.read)(section, cx), &picks, &section, cx)?;
        let values = self.numbers(array)?;
        Ok((values, lengths(&section)))
    }

    fn numbers(&self, array: hyperslab_core::Array) -> Result<Vec<f64>> {
        let values = array.values.to_f64();
        let mut values = values.ok_or_else(|| ReadError::request("these are no numbers"))?;
        if !self.conversion.is_identity() {
            values.iter_mut().for_each(|value| *value = self.conversion.apply(*value));
        }
        Ok(values)
    }

    /// One plane after the other, each read once.
    fn read_regridded(
        &self,
        regridded: &Regridded,
        section: &Section,
        cx: &ReadContext,
    ) -> Result<(Vec<f64>, Vec<usize>)> {
        let stencils = regridded.of_section(section, cx)?;
        // The other axes of the variable, in its own order, as they lie along the result.
        let outer: Vec<(usize, usize)> = self
            .axes
            .iter()
            .enumerate()
            .filter_map(|(own, (axis, _))| Some((own, (*axis)?)))
            .collect();
        let count = |axis: usize| section.ranges.get(axis).map_or(0, |range| range.count as usize);
        let counts: Vec<usize> = outer.iter().map(|(_, axis)| count(*axis)).collect();
        let planes: usize = counts.iter().product();
        let mut values = Vec::with_capacity(planes.saturating_mul(stencils.len()));
        let plane_steps = regridded.own_steps(self.axes.len());
        for plane in 0..planes {
            let mut rest = plane;
            let mut at = vec![0; counts.len()];
            for (slot, count) in at.iter_mut().zip(&counts).rev() {
                *slot = rest % count.max(&1);
                rest /= count.max(&1);
            }
            let index = |axis: usize| {
                let k = outer.iter().position(|(_, out)| *out == axis)?;
                let range = section.ranges.get(axis)?;
                Some(Range::one(range.index(*at.get(k)? as u64)))
            };
            let ranges = self.axes.iter().enumerate().map(|(own, (axis, _))| {
                match regridded.own_axes.iter().position(|&plane| plane == own) {
                    Some(k) => Range::new(0, regridded.own_counts.get(k).map_or(0, |&n| n as u64)),
                    None => axis.and_then(index).unwrap_or(Range::one(0)),
                }
            });
            let part = Section::new(ranges.collect::<Vec<_>>());
            let picks: Vec<Pick> = self.axes.iter().map(|(_, pick)| pick.clone()).collect();
            let array = picked(&|section, cx| (self.of.read)(section, cx), &picks, &part, cx)?;
            let found = self.numbers(array)?;
            let own_steps = dense_steps(&lengths(&part));
            let (rows, columns) = regridded.rows_and_columns(&plane_steps, &own_steps);
            let across = *regridded.own_counts.last().unwrap_or(&1);
            for (k, stencil) in stencils.iter().enumerate() {
                if k % CHECK_EVERY == 0 {
                    cx.check()?;
                }
                let value = |cell: u32| {
                    let cell = cell as usize;
                    let (row, column) = (cell / across.max(1), cell % across.max(1));
                    found.get(row * rows + column * columns).copied().unwrap_or(f64::NAN)
                };
                values.push(stencil.as_ref().map_or(f64::NAN, |stencil| stencil.value(value)));
            }
        }
        let mut steps = vec![0; section.rank()];
        let cells: Vec<usize> = regridded.out_axes.iter().map(|&axis| count(axis)).collect();
        let along: Vec<usize> = counts.iter().chain(&cells).copied().collect();
        let axes = outer.iter().map(|(_, axis)| *axis).chain(regridded.out_axes.iter().copied());
        for (axis, step) in axes.zip(dense_steps(&along)) {
            if let Some(slot) = steps.get_mut(axis) {
                *slot = step;
            }
        }
        Ok((values, steps))
    }
}

impl Regridded {
    fn new(
        on_a: &Places,
        on_b: &Places,
        out_of_a: &dyn Fn(usize) -> Option<usize>,
        (a_shape, b_shape): (&[u64], &[u64]),
        is_continuous: bool,
    ) -> Option<Self> {
        let counts = |axes: &[usize], shape: &[u64]| -> Option<Vec<usize>> {
            axes.iter().map(|&axis| usize::try_from(*shape.get(axis)?).ok()).collect()
        };
        Some(Self {
            out_axes: on_a.axes.iter().map(|&axis| out_of_a(axis)).collect::<Option<_>>()?,
            out_counts: counts(&on_a.axes, a_shape)?,
            places: on_a.geometry.clone(),
            own_axes: on_b.axes.clone(),
            own_counts: counts(&on_b.axes, b_shape)?,
            regrid: Regrid::from(&on_b.geometry, is_continuous),
            stencils: Mutex::new(None),
        })
    }

    /// Which of the variable's own axes are rows and columns of its plane.
    fn own_steps(&self, rank: usize) -> Vec<Option<usize>> {
        (0..rank).map(|own| self.own_axes.iter().position(|&axis| axis == own)).collect()
    }

    /// Steps from row to row and from column to column of what was read.
    fn rows_and_columns(&self, places: &[Option<usize>], steps: &[usize]) -> (usize, usize) {
        let step = |plane: usize| {
            places
                .iter()
                .zip(steps)
                .find(|(place, _)| **place == Some(plane))
                .map_or(0, |(_, s)| *s)
        };
        match self.own_axes.len() {
            1 => (0, step(0)),
            _ => (step(0), step(1)),
        }
    }

    /// The stencils of the cells of a section of the result, in the order of its plane.
    fn of_section(&self, section: &Section, cx: &ReadContext) -> Result<Vec<Option<Stencil>>> {
        let all = self.all(cx)?;
        let ranges: Vec<Range> =
            self.out_axes.iter().filter_map(|&axis| section.ranges.get(axis).copied()).collect();
        let steps = dense_steps(&self.out_counts);
        let first: usize =
            ranges.iter().zip(&steps).map(|(range, step)| range.start as usize * step).sum();
        let strides: Vec<usize> =
            ranges.iter().zip(&steps).map(|(range, step)| range.stride as usize * step).collect();
        let counts: Vec<usize> = ranges.iter().map(|range| range.count as usize).collect();
        let mut cells = Vec::with_capacity(counts.iter().product());
        for_each_row(&counts, &strides, |row, start, step| {
            cells.extend((0..row.len()).map(|k| first + start + k * step));
        });
        let mut stencils = Vec::with_capacity(cells.len());
        for (k, cell) in cells.into_iter().enumerate() {
            if k % CHECK_EVERY == 0 {
                cx.check()?;
            }
            stencils.push(match &all {
                Some(all) => all.get(cell).copied().flatten(),
                None => self.stencil(cell),
            });
        }
        Ok(stencils)
    }

    fn stencil(&self, cell: usize) -> Option<Stencil> {
        let (lat, lon) = self.places.center(cell)?;
        self.regrid.stencil(lat, lon)
    }

    /// Those of all cells, where they are kept. Of several who ask one works.
    fn all(&self, cx: &ReadContext) -> Result<Option<Arc<Vec<Option<Stencil>>>>> {
        let count = self.places.len();
        if count > STENCILS_MAX {
            return Ok(None);
        }
        let mut kept = loop {
            match self.stencils.try_lock() {
                Ok(kept) => break kept,
                Err(TryLockError::Poisoned(kept)) => break kept.into_inner(),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_INTERVAL),
            }
            cx.check()?;
        };
        if kept.is_some() {
            return Ok(kept.clone());
        }
        cx.progress.expect(STENCIL_BYTES * count as u64);
        let mut all = Vec::with_capacity(count);
        for cell in 0..count {
            if cell % CHECK_EVERY == 0 && cell > 0 {
                cx.advance(STENCIL_BYTES * CHECK_EVERY as u64)?;
            }
            all.push(self.stencil(cell));
        }
        *kept = Some(Arc::new(all));
        Ok(kept.clone())
    }
}
