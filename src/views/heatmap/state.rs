//! Where the view stands, and which slice it asks for while one steps.

use std::time::{Duration, Instant};

use super::picture::Picture;
use crate::views::data::SlabRequest;

/// Where the view stands; nothing here is saved.
#[derive(Default)]
pub struct HeatmapState {
    pub(super) picture: Option<Picture>,
    /// The slice that is being read and drawn, and since when.
    pub(super) under_way: Option<(SlabRequest, Instant)>,
    /// What the last frame showed is complete and up to date.
    pub(super) is_current: bool,
}

/// How long a slice is waited for while the slider has moved on.
const FINISH_WITHIN: Duration = Duration::from_millis(300);

impl HeatmapState {
    /// The slice to ask for: while one steps faster than slices are drawn, one that was begun is
    /// finished first, so that there is always something new to see.
    pub(super) fn next_request(&mut self, newest: &SlabRequest) -> SlabRequest {
        let shown = self.picture.as_ref().map(|picture| &picture.request.slab);
        if let Some((begun, since)) = &self.under_way {
            let is_like_newest =
                begun.origin == newest.origin && begun.section.shape() == newest.section.shape();
            if is_like_newest && shown != Some(begun) && since.elapsed() < FINISH_WITHIN {
                return begun.clone();
            }
        }
        self.under_way = Some((newest.clone(), Instant::now()));
        newest.clone()
    }

    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}
