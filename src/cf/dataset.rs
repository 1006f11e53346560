//! Everything the attributes of a dataset mean, worked out once; and a view of one variable.
//!
//! Build O(total attributes): a second for 100,000 variables in an unoptimised build. It
//! belongs to one [`Dataset`] snapshot; ids of a later one that it does not know are plain data.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hyperslab_core::{Dataset, DimensionId, Variable, VariableId};

use super::arrangement::{self, Arrangement};
use super::axes::{AxisRole, points_down, role_of};
use super::classes::Classes;
use super::coordinates::{self, Along, AxisInfo, Context, data_axes, spans_within};
use super::flags::Flags;
use super::geolocation::{self, Geolocation, Sites};
use super::georeference::Georeference;
use super::horizontal::{self, Horizontal};
use super::missing::Fills;
use super::names::Names;
use super::offered::Offered;
use super::packing::Packing;
use super::purpose::{BoundsOf, Purpose, Relations, with_ids};
use super::time::TimeAxis;
use super::vectors::{self, VectorPair};
use super::{attributes, diverging, hinted, title, true_color, units};
use crate::interpret::{AxisHint, Hints, Image, Interpretation, Place, Shown, interpret};

/// Purposes, roles and coordinates of all variables of a dataset.
#[derive(Clone, Debug, Default)]
pub struct CfDataset {
    purposes: Vec<Purpose>,
    roles: Vec<AxisRole>,
    axes: Lists<AxisInfo>,
    auxiliaries: Lists<VariableId>,
    offered: Offered,
    bounds: HashMap<VariableId, BoundsOf>,
    bounded: HashMap<VariableId, VariableId>,
    grid_mappings: HashMap<VariableId, VariableId>,
    ancillaries: HashMap<VariableId, Vec<VariableId>>,
    interpretation: Arc<Interpretation>,
    sites: Sites,
    vectors: Vec<VectorPair>,
}

/// A list for every variable, in one vector.
#[derive(Clone, Debug)]
struct Lists<T> {
    ends: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T> Lists<T> {
    fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.ends.push(self.items.len());
    }

    fn get(&self, id: VariableId) -> &[T] {
        let index = id.index();
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(index).copied());
        range.and_then(|(start, end)| self.items.get(start..end)).unwrap_or_default()
    }
}

impl CfDataset {
    pub fn of(dataset: &Dataset) -> Self {
        let names = Names::of(dataset);
        let along = Along::of(dataset);
        let relations = Relations::of(dataset, &names);
        let interpretation = interpret(dataset);
        let mut purposes = relations.purposes(dataset, &names, &along.ids().collect());
        hinted::add_purposes(&interpretation, &mut purposes);
        let mut roles: Vec<AxisRole> = dataset.variables.iter().map(role_of).collect();
        let cx = Context { dataset, names: &names, along: &along, roles: &roles };
        let auxiliaries = auxiliaries(&cx, &relations, &mut purposes);
        let (mut axes, mut offered) = (Lists::default(), Offered::default());
        for (id, variable) in with_ids(dataset) {
            let mut found = coordinates::axes_of(&cx, id, variable, auxiliaries.get(id));
            if let Some(hints) = interpretation.hints(id) {
                hinted::place_axes(&mut found, hints, cx.roles);
            }
            offered.add(&cx, id, variable, &found, auxiliaries.get(id));
            axes.push(found);
        }
        for id in offered.all() {
            if let Some(purpose @ Purpose::Data) = purposes.get_mut(id.index()) {
                *purpose = Purpose::Coordinate;
            }
        }
        let sites = Sites::of(dataset, &roles);
        // Pressure is a height only where it is a coordinate.
        for (role, purpose) in roles.iter_mut().zip(&purposes) {
            if *purpose != Purpose::Coordinate {
                *role = AxisRole::Other;
            }
        }
        let Relations { bounds, bounded, grid_mappings, ancillaries, .. } = relations;
        let interpretation = Arc::new(interpretation);
        let mut meaning = Self {
            purposes,
            roles,
            axes,
            auxiliaries,
            offered,
            bounds,
            bounded,
            grid_mappings,
            ancillaries,
            interpretation,
            sites,
            vectors: Vec::new(),
        };
        meaning.vectors = vectors::pairs_of(&meaning, dataset);
        meaning
    }

    /// Pairs of variables that are the components of one vector.
    pub fn vectors(&self) -> &[VectorPair] {
        &self.vectors
    }

    /// What conventions beyond the attributes of variables say of the file.
    pub fn interpretation(&self) -> &Interpretation {
        &self.interpretation
    }

    /// Variables that could say where something lies.
    pub(super) fn sites(&self) -> &Sites {
        &self.sites
    }

    /// The format's own books.
    pub fn is_hidden(&self, place: Place) -> bool {
        self.interpretation.is_hidden(place)
    }

    pub fn purpose(&self, id: VariableId) -> Purpose {
        self.purposes.get(id.index()).copied().unwrap_or_default()
    }

    /// What a coordinate stands for; [`AxisRole::Other`] for everything else.
    pub fn role(&self, id: VariableId) -> AxisRole {
        self.roles.get(id.index()).copied().unwrap_or_default()
    }

    /// The edges of a coordinate's cells.
    pub fn bounds(&self, id: VariableId) -> Option<BoundsOf> {
        self.bounds.get(&id).copied()
    }

    /// A view of one variable of the dataset this was made of.
    pub fn variable<'a>(&'a self, dataset: &'a Dataset, id: VariableId) -> Option<CfVariable<'a>> {
        let variable = dataset.variable(id)?;
        Some(CfVariable { cf: self, dataset, id, variable })
    }
}

/// Coordinates that are named or guessed and lie within each variable's dimensions; what is
/// guessed becomes a coordinate.
fn auxiliaries(cx: &Context, relations: &Relations, purposes: &mut [Purpose]) -> Lists<VariableId> {
    let georeference = Georeference::of(cx, purposes);
    let mut lists = Lists::default();
    let mut guessed = Vec::new();
    for (id, variable) in with_ids(cx.dataset) {
        let mut seen = HashSet::new();
        let named = relations.coordinates.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut list: Vec<VariableId> = named
            .iter()
            .copied()
            .filter(|&other| {
                let fits =
                    |other| spans_within(other, variable) && !is_own_axis(cx, other, variable);
                seen.insert(other) && cx.dataset.variable(other).is_some_and(fits)
            })
            .collect();
        if purposes.get(id.index()) == Some(&Purpose::Data) {
            let guesses = georeference.guesses(cx, id, variable, &list);
            guessed.extend_from_slice(&guesses);
            list.extend(guesses);
        }
        lists.push(list);
    }
    for id in guessed {
        if let Some(purpose) = purposes.get_mut(id.index()) {
            *purpose = Purpose::Coordinate;
        }
    }
    lists
}

/// Coordinate variables may be listed, too; they are found along the axes anyway.
fn is_own_axis(cx: &Context, other: &Variable, variable: &Variable) -> bool {
    coordinates::only_dimension(other).is_some_and(|dimension| {
        cx.dataset.dimension(dimension).is_some_and(|d| d.name == other.name)
            && data_axes(variable).iter().any(|axis| axis.dimension == Some(dimension))
    })
}

/// One axis of a variable, text axes left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CfAxis<'a> {
    /// Its place among the variable's axes.
    pub index: usize,
    pub length: u64,
    /// The dimension's.
    pub name: Option<&'a str>,
    pub dimension: Option<DimensionId>,
    pub role: AxisRole,
    /// The variable with a value for each index.
    pub coordinate: Option<VariableId>,
}

/// All that the metadata say about one variable. Nothing here reads data.
#[derive(Clone, Copy, Debug)]
pub struct CfVariable<'a> {
    cf: &'a CfDataset,
    dataset: &'a Dataset,
    id: VariableId,
    variable: &'a Variable,
}

impl<'a> CfVariable<'a> {
    pub fn id(&self) -> VariableId {
        self.id
    }

    pub fn variable(&self) -> &'a Variable {
        self.variable
    }

    pub fn dataset(&self) -> &'a Dataset {
        self.dataset
    }

    pub fn purpose(&self) -> Purpose {
        self.cf.purpose(self.id)
    }

    /// As a coordinate.
    pub fn role(&self) -> AxisRole {
        self.cf.role(self.id)
    }

    pub fn axes(&self) -> Vec<CfAxis<'a>> {
        let infos = self.cf.axes.get(self.id);
        let axes = data_axes(self.variable).iter().enumerate().map(|(index, axis)| {
            let AxisInfo { coordinate, role } = infos.get(index).copied().unwrap_or_default();
            let (length, dimension) = (axis.length, axis.dimension);
            let hinted = self.axis_hint(index).and_then(|hint| hint.name.as_deref());
            let name = hinted.or_else(|| self.dataset.dimension_name(axis));
            CfAxis { index, length, name, dimension, role, coordinate }
        });
        axes.collect()
    }

    /// What a convention says of this variable.
    pub fn hints(&self) -> Option<&'a Hints> {
        self.cf.interpretation.hints(self.id)
    }

    pub fn axis_hint(&self, index: usize) -> Option<&'a AxisHint> {
        self.hints()?.axes.get(index)
    }

    /// The view to open with, where a convention says.
    pub fn shown_as(&self) -> Option<Shown> {
        let hinted = self.hints().and_then(|hints| hints.view);
        hinted.or_else(|| {
            let image = self.guessed_image()?;
            true_color::is_photo(self.variable, &image).then_some(Shown::Image)
        })
    }

    /// How it is a picture with colours of its own: as a convention says, or may be.
    pub fn image(&self) -> Option<Image> {
        let hinted = self.hints().and_then(|hints| hints.image.clone());
        hinted.or_else(|| self.guessed_image())
    }

    /// No convention says that it is a picture, but it looks like one.
    pub fn guessed_image(&self) -> Option<Image> {
        let is_told = self.hints().is_some_and(|hints| hints.view.is_some());
        if is_told || self.variable.rank() < 3 {
            return None;
        }
        true_color::true_color(self.variable, &self.axes())
    }

    /// Uncertainties of the values: what a convention names, or the ancillary variable on the
    /// same dimensions that is a standard error (CF 3.3, 3.4). Bounds are none.
    pub fn errors(&self) -> Option<VariableId> {
        let is_error = |id: &&VariableId| {
            self.dataset.variable(**id).is_some_and(|other| {
                attributes::is_standard_error(other) && other.axes == self.variable.axes
            })
        };
        let hinted = self.hints().and_then(|hints| hints.errors);
        hinted.or_else(|| self.ancillaries().iter().find(is_error).copied())
    }

    /// Variables of the same shape that are drawn with this one.
    pub fn beside(&self) -> &'a [VariableId] {
        self.hints().map_or(&[], |hints| &hints.beside)
    }

    /// Where it is not zero nothing was measured; it lies along the last axes.
    pub fn mask(&self) -> Option<VariableId> {
        self.hints()?.mask
    }

    /// The axis that counts the characters of strings.
    pub fn text_axis(&self) -> Option<usize> {
        coordinates::text_axis(self.variable)
    }

    /// Coordinates other than those along single axes, scalar ones included.
    pub fn auxiliaries(&self) -> &'a [VariableId] {
        self.cf.auxiliaries.get(self.id)
    }

    /// Coordinates that can label an axis instead of the first one.
    pub fn other_coordinates(&self, axis: usize) -> &'a [VariableId] {
        self.cf.offered.along(self.id, axis)
    }

    /// Auxiliary coordinates of one value: the height of a surface field, the time of a map.
    pub fn scalars(&self) -> Vec<VariableId> {
        let is_scalar =
            |id: &&VariableId| self.dataset.variable(**id).is_some_and(|v| data_axes(v).is_empty());
        self.auxiliaries().iter().filter(is_scalar).copied().collect()
    }

    /// The auxiliary coordinate of a role.
    pub fn auxiliary(&self, role: AxisRole) -> Option<VariableId> {
        self.auxiliaries().iter().copied().find(|&id| self.cf.role(id) == role)
    }

    /// How the data lie on the Earth or in a plane.
    pub fn horizontal(&self) -> Option<Horizontal> {
        horizontal::of(self, &self.axes())
    }

    /// Where its cells lie on the Earth, where its file says.
    pub fn geolocation(&self) -> Option<Geolocation> {
        geolocation::of(self)
    }

    pub(super) fn cf(&self) -> &'a CfDataset {
        self.cf
    }

    /// Where the axes go in a picture; `None` for a single value.
    pub fn arrangement(&self) -> Option<Arrangement> {
        let hinted = self.hints().and_then(|hints| hinted::arrangement(hints, self.axes().len()));
        hinted.or_else(|| arrangement::arrange(&self.axes())).map(|found| {
            // Of a photograph rows and columns, not columns and colours.
            let image = self.guessed_image();
            let photo = image.filter(|image| true_color::is_photo(self.variable, image));
            photo.map_or(found, |image| Arrangement {
                x: image.columns,
                y: Some(image.rows),
                others: (0..self.variable.rank())
                    .filter(|&axis| axis != image.columns && axis != image.rows)
                    .collect(),
            })
        })
    }

    /// The axis a line is drawn along.
    pub fn line_axis(&self) -> Option<usize> {
        match self.shown_as() {
            // A spectrum lies along the last axis.
            Some(Shown::Line) => self.axes().last().map(|axis| axis.index),
            _ => arrangement::line_axis(&self.axes()),
        }
    }

    /// Whether an axis' values are drawn downward: pressure, depth, rows without coordinates.
    pub fn axis_points_down(&self, axis: &CfAxis) -> bool {
        let coordinate = axis.coordinate.and_then(|id| self.dataset.variable(id));
        match (axis.role, coordinate) {
            (AxisRole::Vertical, Some(coordinate)) => points_down(coordinate),
            (AxisRole::Vertical, None) if self.role() == AxisRole::Vertical => {
                points_down(self.variable)
            }
            // Rows of a matrix or an image.
            (AxisRole::Other, None) => self.axis_hint(axis.index).is_none_or(|h| h.way.is_none()),
            // Rows of a matrix that have names.
            (AxisRole::Other, Some(coordinate)) => {
                coordinate.dtype.is_text() && self.axis_hint(axis.index).is_some()
            }
            _ => false,
        }
    }

    pub fn bounds(&self) -> Option<BoundsOf> {
        self.cf.bounds(self.id)
    }

    /// The bounds of another variable, as a rule of one of its coordinates.
    pub(super) fn bounds_of(&self, id: VariableId) -> Option<VariableId> {
        self.cf.bounds(id).map(|bounds| bounds.variable)
    }

    /// The coordinate whose cells these are the bounds of.
    pub fn bounded(&self) -> Option<VariableId> {
        self.cf.bounded.get(&self.id).copied()
    }

    pub fn grid_mapping(&self) -> Option<VariableId> {
        self.cf.grid_mappings.get(&self.id).copied()
    }

    pub fn ancillaries(&self) -> &'a [VariableId] {
        self.cf.ancillaries.get(&self.id).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn packing(&self, fills: Fills) -> Packing {
        let packing = Packing::of(self.variable, fills);
        match self.hints().and_then(|hints| hints.scaling.as_ref()) {
            Some(scaling) => packing.with_scaling(&self.variable.dtype, scaling),
            None => packing,
        }
    }

    /// The writer's rows are the last axis: MATLAB.
    pub fn is_reversed(&self) -> bool {
        self.hints().is_some_and(|hints| hints.is_reversed)
    }

    /// What a missing stored value says, where a convention tells several of them apart.
    pub fn missing_words(&self) -> &'a [(f64, &'static str)] {
        let scaling = self.hints().and_then(|hints| hints.scaling.as_ref());
        scaling.map_or(&[], |scaling| &scaling.missing)
    }

    /// What of the attributes could not be understood, and what a reader of dates must know.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.packing(Fills::Declared).notes;
        match self.time_axis() {
            Some(Err(why)) => notes.push(format!("shown as plain numbers: {why}")),
            Some(Ok(time)) if time.counts_months() => notes.push(
                "As in UDUNITS, a year is 365.242198781 days and a month a twelfth of it: dates \
                 are not the same day of each month"
                    .into(),
            ),
            _ => {}
        }
        notes
    }

    pub fn flags(&self) -> Option<Flags> {
        Flags::of(self.variable).or_else(|| {
            let is_logical = self.hints().is_some_and(|hints| hints.is_logical);
            is_logical.then(|| Flags::logical(&self.variable.dtype)).flatten()
        })
    }

    /// What can be asked of the codes that the values are; nothing where they are numbers.
    pub fn classes(&self) -> Vec<Classes> {
        let is_scaled = self.packing(Fills::Declared).is_packed();
        let flags = self.flags().filter(|_| !is_scaled);
        flags.map(|flags| Classes::of(self.variable, &flags)).unwrap_or_default()
    }

    /// How the numbers of a time coordinate are dates, or why they are not; `None` for what is
    /// not time.
    pub fn time_axis(&self) -> Option<Result<TimeAxis, String>> {
        let described = self.described();
        let is_dated = attributes::units(described).is_some_and(|units| units::is_time(&units));
        let is_time =
            self.variable.dtype.is_numeric() && (is_dated || self.role() == AxisRole::Time);
        is_time.then(|| TimeAxis::of(described))
    }

    pub fn title(&self) -> String {
        let hinted = self.hints().and_then(|hints| hints.title.clone());
        hinted.unwrap_or_else(|| title::title(self.variable))
    }

    pub fn title_with_units(&self) -> String {
        title::with_units(self.title(), self.own_units())
    }

    /// As stored; bounds have those of what they bound (CF 7.1).
    pub fn units(&self) -> Option<String> {
        attributes::units(self.described()).or_else(|| self.hints()?.units.clone())
    }

    fn own_units(&self) -> Option<String> {
        attributes::units(self.variable).or_else(|| self.hints()?.units.clone())
    }

    /// For people.
    pub fn pretty_units(&self) -> String {
        self.units().map(|units| units::pretty(&units)).unwrap_or_default()
    }

    /// Whether values from `min` to `max` are best shown diverging from zero.
    pub fn is_diverging(&self, min: f64, max: f64) -> bool {
        diverging::is_diverging(self.variable, min, max)
    }

    /// The variable whose attributes count: bounds may leave theirs out.
    fn described(&self) -> &'a Variable {
        if attributes::units(self.variable).is_some() {
            return self.variable;
        }
        self.bounded().and_then(|id| self.dataset.variable(id)).unwrap_or(self.variable)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Labels;
    use super::super::testing::*;
    use super::*;
    use hyperslab_core::{Array, Axis, GroupId};
    use proptest::prelude::*;

    #[test]
    fn a_view_knows_all_about_its_variable() {
        let dataset = Build::default()
            .dim("time", 2)
            .dim("lev", 3)
            .dim("nv", 2)
            .var(
                float("ta", &[])
                    .with("long_name", "air temperature")
                    .with("units", "degC")
                    .with("coordinates", "height time")
                    .with("grid_mapping", "crs"),
                &["time", "lev"],
            )
            .var(
                float("time", &[])
                    .with("units", "days since 2000-01-01")
                    .with("climatology", "time_bnds"),
                &["time"],
            )
            .var(float("time_bnds", &[]), &["time", "nv"])
            .var(float("lev", &[]).with("units", "hPa"), &["lev"])
            .var(float("height", &[]).with("units", "m"), &[])
            .var(int("crs", 4, &[]), &[])
            .dataset();
        let cf = CfDataset::of(&dataset);
        let view = |id| cf.variable(&dataset, VariableId(id)).unwrap();
        let ta = view(0);
        assert_eq!(ta.title_with_units(), "Air temperature [°C]");
        assert_eq!((ta.auxiliaries(), ta.scalars()), (&[VariableId(4)][..], vec![VariableId(4)]));
        assert_eq!(ta.auxiliary(AxisRole::Vertical), Some(VariableId(4)));
        assert_eq!(ta.grid_mapping(), Some(VariableId(5)));
        assert!(ta.time_axis().is_none());
        assert!(!ta.axis_points_down(&ta.axes()[0]) && ta.axis_points_down(&ta.axes()[1]));
        assert_eq!(view(1).bounds().unwrap().variable, VariableId(2));
        assert!(view(1).bounds().unwrap().is_climatology);
        // Bounds share the units of what they bound.
        assert_eq!(view(2).bounded(), Some(VariableId(1)));
        assert!(view(2).time_axis().unwrap().is_ok());
        assert_eq!(view(3).role(), AxisRole::Vertical);
        assert!(cf.variable(&dataset, VariableId(9)).is_none());
    }

    #[test]
    fn pressure_as_data_is_no_height() {
        let dataset = Build::default()
            .dim("x", 2)
            .var(float("psl", &[]).with("units", "Pa"), &["x"])
            .dataset();
        let cf = CfDataset::of(&dataset);
        assert_eq!(cf.role(VariableId(0)), AxisRole::Other);
        assert_eq!(cf.purpose(VariableId(99)), Purpose::Data);
    }

    const NAMES: [&str; 16] = [
        "units",
        "coordinates",
        "bounds",
        "axis",
        "positive",
        "calendar",
        "standard_name",
        "long_name",
        "scale_factor",
        "_FillValue",
        "valid_range",
        "flag_values",
        "flag_meanings",
        "grid_mapping",
        "mesh",
        "formula_terms",
    ];
    const TEXTS: [&str; 12] = [
        "v0 v1 v2",
        "degrees_north",
        "degrees_east",
        "days since 2000-01-01",
        "T",
        "v1: v0",
        "down",
        "time",
        "../v0 /v1",
        "latitude",
        "",
        ": :",
    ];

    proptest! {
        #[test]
        fn no_dataset_is_too_strange_to_be_understood(
            variables in prop::collection::vec(
                (
                    prop::collection::vec((0u32..5, 0u64..4), 0..5),
                    prop::collection::vec((0usize..16, 0usize..24, any::<f64>()), 0..6),
                    0usize..4,
                ),
                0..6,
            ),
            parent in 0u32..3,
        ) {
            // Dimensions and groups that are not there, and a group that contains itself.
            let mut dataset = Build::default().dim("v0", 2).dim("v1", 3).group("g").dataset();
            dataset.groups[1].parent = Some(GroupId(parent));
            for (i, (axes, attributes, kind)) in variables.into_iter().enumerate() {
                let mut v = match kind {
                    0 => char_variable(&format!("v{i}")),
                    1 => int(&format!("v{i}"), 2, &[]),
                    _ => float(&format!("v{i}"), &[]),
                };
                v.group = GroupId(kind as u32);
                let axis = |(d, length)| Axis { length, dimension: Some(DimensionId(d)) };
                v.axes = axes.into_iter().map(axis).collect();
                for (name, text, number) in attributes {
                    v = match TEXTS.get(text) {
                        Some(text) => v.with(NAMES[name], text),
                        None => v.with_numbers(NAMES[name], vec![number; text % 3]),
                    };
                }
                dataset.variables.push(v);
            }
            let cf = CfDataset::of(&dataset);
            let chosen = super::super::first_to_show(&dataset, &cf, u64::MAX);
            prop_assert_eq!(chosen.is_none(), dataset.variables.is_empty());
            for (id, variable) in with_ids(&dataset) {
                let view = cf.variable(&dataset, id).unwrap();
                let axes = view.axes();
                if let Some(Arrangement { x, y, others }) = view.arrangement() {
                    prop_assert_eq!(1 + usize::from(y.is_some()) + others.len(), axes.len());
                    prop_assert!(Some(x) != y);
                }
                prop_assert!(axes.iter().all(|axis| axis.coordinate != Some(id)));
                view.horizontal();
                view.time_axis();
                view.title_with_units();
                view.packing(Fills::DeclaredOrDefault);
                let values = Array::vector(vec![f64::NAN, 1e300, -0.0].into());
                let labels = Labels::of(variable, view.role(), &values);
                let _ = (labels.text(1), labels.text(9), labels.text_at(1e300));
            }
        }
    }
}
