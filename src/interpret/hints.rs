//! What a convention says about a file: plain data, for the meaning (`cf`) and the window.

use std::collections::{HashMap, HashSet};

use hyperslab_core::{Array, GroupId, VariableId};

use super::bag;
use super::table::Table;
use crate::places::Place;

/// All that is known beyond what attributes of single variables say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interpretation {
    /// The conventions that were recognised, the telling one first.
    pub names: Vec<String>,
    /// What one wants to see first.
    pub first: Option<Place>,
    pub variables: HashMap<VariableId, Hints>,
    pub groups: HashMap<GroupId, GroupHints>,
    /// The format's own books: of interest to few.
    pub hidden: HashSet<Place>,
    /// Coordinates of this file along what a link to another file leads to.
    pub lent: HashMap<Place, Vec<LentAxis>>,
}

/// A coordinate along an axis of a variable in another file.
#[derive(Clone, Debug, PartialEq)]
pub struct LentAxis {
    pub axis: usize,
    pub name: String,
    pub coordinate: VariableId,
}

/// What a convention says about one variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    pub title: Option<String>,
    /// The text in it heads the picture.
    pub heading: Option<VariableId>,
    pub units: Option<String>,
    /// A few words beside its name.
    pub note: String,
    /// The view it opens with, where its shape alone would choose another.
    pub view: Option<Shown>,
    /// Of the axes in their order; may be fewer.
    pub axes: Vec<AxisHint>,
    /// Drawn with it: signals of the same shape.
    pub beside: Vec<VariableId>,
    /// Uncertainties of the values, of the same shape.
    pub errors: Option<VariableId>,
    /// What is not zero there is no measurement; along the last axes.
    pub mask: Option<VariableId>,
    pub scaling: Option<Scaling>,
    pub image: Option<Image>,
    pub text: Option<TextForm>,
    pub location: Option<Location>,
    /// The writer counts the axes from the last to the first.
    pub is_reversed: bool,
    /// Zero is false, one is true.
    pub is_logical: bool,
    /// Elements are references that stand for what they point to (MATLAB's cells).
    pub holds_others: bool,
}

/// What a convention says about one group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupHints {
    /// These come first, in this order; the others follow.
    pub order: Vec<Place>,
    /// A few words beside its name.
    pub note: String,
    /// What is drawn where the group is looked at: a variable, or a link to one in another file.
    pub plot: Option<Place>,
    /// Its variables are the columns of one table.
    pub table: Option<Table>,
    /// Its attribute of this name is a JSON document worth reading.
    pub document: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Heatmap,
    Line,
    Table,
    Image,
    Text,
}

/// One axis of a variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisHint {
    /// Instead of the dimension's.
    pub name: Option<String>,
    pub coordinate: Along,
    pub way: Option<Way>,
}

/// Where an axis goes in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Across,
    Up,
}

/// The coordinate along an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Along {
    #[default]
    Unknown,
    /// A variable of as many values, or of one more: edges of cells.
    Variable(VariableId),
    Even(Even),
    /// Found in the values of a variable.
    Written {
        variable: VariableId,
        rule: Rule,
    },
}

/// Where a picture lies on the Earth; angles in degrees.
#[derive(Clone, Debug, PartialEq)]
pub enum Location {
    /// The reference system of its axes is in the text of this variable.
    Written(VariableId),
    /// Its axes are those of a projection as PROJ writes it, but begin at the lower left corner.
    Corner { proj: String, longitude: f64, latitude: f64 },
    /// Rows are rays of a radar by their azimuth, columns are ranges.
    Radar { longitude: f64, latitude: f64, elevation: f64 },
}

/// Evenly spaced coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Even {
    pub start: f64,
    pub step: f64,
    pub units: String,
}

/// How a coordinate is found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    BagEast,
    BagNorth,
}

impl Rule {
    /// The coordinates of `length` cells by what the variable holds.
    pub fn coordinates(self, text: &Array, length: u64) -> Option<Even> {
        match self {
            Self::BagEast => bag::corner(text, 0, length),
            Self::BagNorth => bag::corner(text, 1, length),
        }
    }
}

/// Stored values times gain plus offset; some of them mean that there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    pub gain: f64,
    pub offset: f64,
    /// Stored values that stand for nothing measured, and what each of them says.
    pub missing: Vec<(f64, &'static str)>,
}

/// A picture with colours of its own (HDF5 Image and Palette Specification 1.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub colors: Colors,
    /// Of rows, columns and colour components, their places among the axes.
    pub rows: usize,
    pub columns: usize,
    /// Of stored values, black and white.
    pub range: Option<(f64, f64)>,
    pub origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// Numbers of the rows of a palette.
    Indexed {
        palette: VariableId,
    },
    /// Red, green, blue and perhaps opacity along this axis.
    True {
        axis: usize,
    },
    Gray,
}

/// Where the first row and column are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    #[default]
    UpperLeft,
    LowerLeft,
    UpperRight,
    LowerRight,
}

/// How numbers or bytes are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// UTF-16 units along the last axis but one, a line for each index of the others: MATLAB's
    /// char arrays.
    Utf16Columns,
    /// Text in pieces, one after the other.
    Joined,
}

impl Image {
    /// Its rows, columns and colours.
    pub fn axes(&self) -> Vec<usize> {
        let color = match self.colors {
            Colors::True { axis } => Some(axis),
            _ => None,
        };
        [self.rows, self.columns].into_iter().chain(color).collect()
    }
}

impl Interpretation {
    /// The convention that says most.
    pub fn name(&self) -> Option<&str> {
        self.names.first().map(String::as_str)
    }

    pub fn hints(&self, id: VariableId) -> Option<&Hints> {
        self.variables.get(&id)
    }

    /// A few words beside the name of a group.
    pub fn group_note(&self, id: GroupId) -> &str {
        self.groups.get(&id).map_or("", |hints| &hints.note)
    }

    /// A few words beside the name of a variable.
    pub fn variable_note(&self, id: VariableId) -> &str {
        self.variables.get(&id).map_or("", |hints| &hints.note)
    }

    pub fn is_hidden(&self, place: Place) -> bool {
        self.hidden.contains(&place)
    }

    /// The variable that is drawn where a group is looked at.
    pub fn plotted_variable(&self, id: GroupId) -> Option<VariableId> {
        match self.groups.get(&id)?.plot? {
            Place::Variable(id) => Some(id),
            _ => None,
        }
    }

    pub fn table(&self, id: GroupId) -> Option<&Table> {
        self.groups.get(&id)?.table.as_ref()
    }

    pub(super) fn named(name: impl Into<String>) -> Self {
        Self { names: vec![name.into()], ..Self::default() }
    }

    pub(super) fn of(&mut self, id: VariableId) -> &mut Hints {
        self.variables.entry(id).or_default()
    }

    pub(super) fn of_group(&mut self, id: GroupId) -> &mut GroupHints {
        self.groups.entry(id).or_default()
    }

    /// What `other` says where nothing is said yet.
    pub(super) fn add(&mut self, other: Self) {
        self.names.extend(other.names);
        self.first = self.first.or(other.first);
        for (id, hints) in other.variables {
            let own = self.variables.entry(id).or_default();
            own.title = own.title.take().or(hints.title);
            own.heading = own.heading.or(hints.heading);
            own.units = own.units.take().or(hints.units);
            own.view = own.view.or(hints.view);
            own.errors = own.errors.or(hints.errors);
            own.mask = own.mask.or(hints.mask);
            own.scaling = own.scaling.take().or(hints.scaling);
            own.image = own.image.take().or(hints.image);
            own.text = own.text.or(hints.text);
            own.location = own.location.take().or(hints.location);
            own.holds_others |= hints.holds_others;
            own.is_logical |= hints.is_logical;
            own.is_reversed |= hints.is_reversed;
            if own.axes.is_empty() {
                own.axes = hints.axes;
            }
            if own.beside.is_empty() {
                own.beside = hints.beside;
            }
            if own.note.is_empty() {
                own.note = hints.note;
            }
        }
        for (id, hints) in other.groups {
            let own = self.groups.entry(id).or_default();
            own.plot = own.plot.or(hints.plot);
            own.table = own.table.take().or(hints.table);
            own.document = own.document.take().or(hints.document);
            if own.order.is_empty() {
                own.order = hints.order;
            }
            if own.note.is_empty() {
                own.note = hints.note;
            }
        }
        self.hidden.extend(other.hidden);
        self.lent.extend(other.lent);
    }
}
