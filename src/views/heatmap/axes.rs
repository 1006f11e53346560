//! The two axes of the picture, and what is visible along them.

use std::sync::Arc;

use crate::engine::Answer;
use crate::views::axis::{AxisInfo, want_axis};
use crate::views::frame::Span;
use crate::views::{Scene, VariableState};

pub struct Axes {
    pub x: ShownAxis,
    pub y: ShownAxis,
}

pub struct ShownAxis {
    /// Of the variable's axes.
    pub number: usize,
    pub info: Arc<AxisInfo>,
    /// Everything there is along it.
    pub home: Span,
    pub visible: Span,
}

impl Axes {
    /// Along x, along y.
    pub fn numbers(&self) -> (usize, usize) {
        (self.x.number, self.y.number)
    }
}

/// `None` where no two axes are chosen.
pub fn want_axes(scene: Scene<'_>, state: &VariableState) -> Option<Answer<Axes>> {
    let (x_axis, y_axis) = (state.slice.x?, state.slice.y?);
    let infos = (want_axis(scene, x_axis, state), want_axis(scene, y_axis, state));
    let (x, y) = match infos {
        (Answer::Ready(x), Answer::Ready(y)) => (x, y),
        (Answer::Failed(error), _) | (_, Answer::Failed(error)) => {
            return Some(Answer::Failed(error));
        }
        (Answer::Pending(progress), _) | (_, Answer::Pending(progress)) => {
            return Some(Answer::Pending(progress));
        }
    };
    let zoom = state.zoom.filter(|zoom| zoom.axes == (x_axis, y_axis) && zoom.is_sound());
    let home = (zoomable(x.home(false), &x), zoomable(y.home(true), &y));
    let visible = zoom.map_or(home, |zoom| (home.0.part(zoom.x), home.1.part(zoom.y)));
    Some(Answer::Ready(Arc::new(Axes {
        x: ShownAxis { number: x_axis, info: x, home: home.0, visible: visible.0 },
        y: ShownAxis { number: y_axis, info: y, home: home.1, visible: visible.1 },
    })))
}

/// One can zoom in until some cells fill the picture.
fn zoomable(home: Span, info: &AxisInfo) -> Span {
    Span { least_width: 3.0 * home.width() / info.map.len().max(1) as f64, ..home }
}
