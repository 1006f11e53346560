//! Computed variables: how what is shown is read for them, what can be asked for, and what is
//! seen while they are worked out.

mod access;
mod compare;
mod reduce;
mod waiting;

pub use self::access::ACCESS;
pub use self::compare::{compare_ui, comparison};
pub use self::reduce::{reduce_ui, reductions_ui};
pub use self::waiting::waiting_ui;

use super::{Scene, VariableState};
use crate::session::Source;

/// The variable as it is shown: with its masks, and as a rate where it is one.
pub fn source(scene: Scene<'_>, state: &VariableState) -> Source {
    Source {
        file: scene.file.path.clone(),
        variable: scene.path(),
        masks: if scene.masking.is_empty() { Vec::new() } else { state.masks.clone() },
        as_rate: scene.is_rate(),
    }
}
