//! Lines of equal value over a picture: which values, where the lines run, where their labels go.
//!
//! [`levels`] chooses round values, [`Sample`] brings a field to about the resolution of the
//! screen, [`lines`] follows the values through it, [`place`] brings the lines to the screen and
//! finds straight stretches for labels. Lines are in places of the field, so that one set serves
//! every picture of it.

mod labels;
mod levels;
mod lines;
mod place;
mod sample;

pub use labels::Label;
pub use levels::{ContourLevel, LevelChoice, LevelProblem, levels};
pub use lines::{Line, lines};
pub use place::{Drawing, LabelWidths, Stretch, place};
pub use sample::{Sample, Window};
