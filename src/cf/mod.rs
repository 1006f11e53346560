//! What a file means: the CF conventions and what netCDF users take for granted.
//!
//! Pure functions from attributes and stored values to meaning: no window, no file, and no
//! failure. A malformed attribute is left out, with a note where that matters; what cannot be
//! understood is shown as the plain number it is.
//!
//! | question | answer |
//! |---|---|
//! | what is this variable for | [`CfDataset::purpose`], [`Purpose`] |
//! | which coordinate lies along its axes | [`CfVariable::axes`], [`CfVariable::other_coordinates`], [`CfVariable::auxiliaries`] |
//! | which axis goes where | [`CfVariable::arrangement`], [`CfVariable::line_axis`] |
//! | what is shown first | [`first_place`], [`first_to_show`] |
//! | what do other conventions say | [`CfDataset::interpretation`], [`CfVariable::hints`] |
//! | which are components of one vector | [`CfDataset::vectors`], [`CfDataset::orientation`] |
//! | where on the Earth is it | [`CfVariable::horizontal`], [`CfVariable::geolocation`] |
//! | in which reference system are its coordinates | [`crs`] |
//! | what do the stored values mean | [`Packing::of`], [`decode`], [`Flags`], [`Classes`] |
//! | what date is this | [`TimeAxis::date`], [`TimeAxis::ticks`] |
//! | how is it written | [`Labels`], [`title`], [`units::pretty`] |
//!
//! Read: CF 1.14 draft, chapters 2 to 5 and 8, appendix A; NUG appendix A; UGRID names.

mod accumulation;
mod arrangement;
mod attributes;
mod axes;
mod calendar;
mod choose;
mod classes;
mod coordinates;
pub mod crs;
mod dataset;
mod date_time;
mod diverging;
mod flags;
pub mod geolocation;
mod georeference;
mod hinted;
mod horizontal;
mod label;
mod missing;
mod names;
mod offered;
mod packing;
mod purpose;
mod references;
#[cfg(test)]
mod testing;
mod text_times;
mod ticks;
mod time;
mod time_format;
#[cfg(test)]
mod time_table;
mod time_units;
mod title;
mod true_color;
mod unit_conversion;
pub mod units;
pub mod values;
mod vectors;

pub use accumulation::{Accumulation, RatePer};
pub use arrangement::{Arrangement, arrange, line_axis};
pub use axes::{AxisRole, points_down, role_of, role_of_name};
pub use calendar::{Calendar, MonthLengths};
pub use choose::{first_place, first_to_show};
pub use classes::{Class, ClassKind, Classes, is_integer};
pub use coordinates::text_axis;
pub use dataset::{CfAxis, CfDataset, CfVariable};
pub use date_time::DateTime;
pub use diverging::{Zero, is_diverging, zero_of};
pub use flags::{Condition, Flags};
pub use horizontal::Horizontal;
pub use label::{Labels, texts_of, value_text};
pub use missing::{Fills, Missing, Reading};
pub use packing::{Decoded, Packing, decode, decode_owned};
pub use purpose::{BoundsOf, Purpose};
pub use text_times::{date_of_text, values_of_texts};
pub use time::TimeAxis;
pub use time_format::TimePrecision;
pub use time_units::Unit as TimeUnit;
pub use title::{title, title_with_units};
pub use unit_conversion::Conversion;
pub use vectors::{Frame, Orientation, Reason, Turning, VectorPair};
