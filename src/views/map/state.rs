//! Where the view stands; nothing here is saved.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::located::{Covering, Places};
use super::picture::{Picture, SpecKey};
use crate::prep::map::graticule::GridLine;
use crate::prep::map::projection::{Projection, Spec};
use crate::prep::map::view::{Bounds, View};
use crate::views::data::SlabRequest;

#[derive(Default)]
pub struct MapState {
    /// Of the variable, those that were shown last.
    pub(super) axes: Option<Vec<usize>>,
    pub(super) basis: Option<Arc<Basis>>,
    pub(super) picture: Option<Picture>,
    /// The slice that is being read and drawn, and since when.
    pub(super) stepping: Option<(SlabRequest, Instant)>,
    /// The map that is being drawn, and since when.
    pub(super) moving: Option<(Target, Instant)>,
    /// What the last frame asked for.
    pub(super) last: Option<Target>,
    pub(super) graticule: Option<(Target, Vec<GridLine>)>,
    /// What the last frame showed is complete and up to date.
    pub(super) is_current: bool,
}

/// A projection and what the data take of it.
pub struct Basis {
    pub places: Places,
    pub spec: SpecKey,
    pub projection: Projection,
    pub outline: Vec<(f64, f64)>,
    pub home: Bounds,
    /// All of the plane there is, or as far as one may look.
    pub limits: Bounds,
    /// The data go round the globe: the map ends where the globe does.
    pub is_whole: bool,
}

/// A map to be drawn.
#[derive(Clone)]
pub struct Target {
    pub basis: Arc<Basis>,
    pub view: View,
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.basis, &other.basis) && self.view == other.view
    }
}

/// How long something begun is waited for while what is wanted has moved on, so that there is
/// always something new to see.
const FINISH_WITHIN: Duration = Duration::from_millis(300);

impl MapState {
    /// Built anew when anything it depends on is another.
    pub(super) fn basis(
        &mut self,
        places: &Places,
        covering: &Covering,
        spec: Spec,
    ) -> Option<Arc<Basis>> {
        let key = SpecKey::of(&spec, &covering.cover);
        let is_same = |basis: &&Arc<Basis>| basis.spec == key && basis.places == *places;
        if let Some(basis) = self.basis.as_ref().filter(is_same) {
            return Some(basis.clone());
        }
        let own = covering.cover.own.as_ref().map(|(crs, _)| crs);
        let projection = Projection::new(spec, own)?;
        let outline = projection.outline();
        let home = covering.cover.home(&projection);
        let all = Bounds::of(outline.iter().copied());
        let limits = all.unwrap_or_else(|| home.widened(1.0));
        let is_whole = all.is_some_and(|all| all == home);
        let places = places.clone();
        let basis = Basis { places, spec: key, projection, outline, home, limits, is_whole };
        self.basis = Some(Arc::new(basis));
        self.basis.clone()
    }

    /// The slice to ask for: one that was begun is finished first.
    pub(super) fn next_slab(&mut self, newest: &SlabRequest) -> SlabRequest {
        let shown = self.picture.as_ref().map(|picture| &picture.request.slab);
        if let Some((begun, since)) = &self.stepping {
            let is_like_newest =
                begun.origin == newest.origin && begun.section.shape() == newest.section.shape();
            if is_like_newest && shown != Some(begun) && since.elapsed() < FINISH_WITHIN {
                return begun.clone();
            }
        }
        self.stepping = Some((newest.clone(), Instant::now()));
        newest.clone()
    }

    /// The map to ask for: while the globe is turned, one that was begun is finished first.
    pub(super) fn next_target(&mut self, newest: &Target) -> Target {
        let is_shown = |target: &Target| {
            self.picture.as_ref().is_some_and(|picture| picture.target == *target)
        };
        if let Some((begun, since)) = &self.moving
            && begun.basis.spec != newest.basis.spec
            && begun.basis.places == newest.basis.places
            && begun.view.width == newest.view.width
            && begun.view.height == newest.view.height
            && !is_shown(begun)
            && since.elapsed() < FINISH_WITHIN
        {
            return begun.clone();
        }
        if self.moving.as_ref().is_none_or(|(begun, _)| begun != newest) {
            self.moving = Some((newest.clone(), Instant::now()));
        }
        newest.clone()
    }

    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}
