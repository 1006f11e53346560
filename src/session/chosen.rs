//! What the user chose for one variable, apart from what was computed of it: saved with a
//! workspace, undone, copied to another tile.

use serde::{Deserialize, Serialize};

use crate::prep::pixels::ImageOptions;

use super::{
    Animation, Aspect, AxisCoordinates, ColorOptions, LineOptions, MapOptions, Mask,
    OverlayOptions, Picks, Slice, ViewId, Zoom,
};

/// Every field has a default, so that what older versions saved can be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chosen {
    pub view: ViewId,
    pub slice: Slice,
    pub along: AxisCoordinates,
    pub colors: ColorOptions,
    pub line: LineOptions,
    pub overlay: OverlayOptions,
    pub map: MapOptions,
    pub as_rate: bool,
    pub masks: Vec<Mask>,
    pub picks: Picks,
    pub animation: Animation,
    pub zoom: Option<Zoom>,
    pub aspect: Aspect,
    pub colored: ImageOptions,
}

impl Chosen {
    /// What of it makes sense for a variable of this shape: it may have been saved when the file
    /// was another one. None where the slice is not one of it.
    #[must_use]
    pub fn fitted(mut self, shape: &[u64]) -> Option<Self> {
        let rank = shape.len();
        let slice = &mut self.slice;
        let is_axis = |axis: Option<usize>| axis.is_none_or(|axis| axis < rank);
        let axes_differ = slice.x.is_none() || slice.x != slice.y;
        let is_slice = slice.indices.len() == rank
            && axes_differ
            && [slice.x, slice.y, slice.line].into_iter().all(is_axis);
        if !is_slice {
            return None;
        }
        for (index, length) in slice.indices.iter_mut().zip(shape) {
            *index = (*index).min(length.saturating_sub(1));
        }
        let is_inside = |indices: &Vec<u64>| {
            indices.len() == rank && indices.iter().zip(shape).all(|(index, length)| index < length)
        };
        let line_is_inside = self.picks.line().is_none_or(|ends| ends.iter().all(is_inside));
        if !line_is_inside || !self.picks.all().all(|pick| is_inside(&pick.indices)) {
            self.picks.clear();
        }
        self.zoom = self.zoom.filter(Zoom::is_sound);
        let is_sound = |(low, high): (f64, f64)| low.is_finite() && high.is_finite() && low < high;
        self.line.zoom.take_if(|zoom| !(is_sound(zoom.along) && is_sound(zoom.values)));
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(indices: &[u64]) -> Chosen {
        let (x, y, line) = (Some(1), Some(0), None);
        let slice = Slice { x, y, line, indices: indices.to_vec() };
        Chosen { slice, ..Chosen::default() }
    }

    #[test]
    fn what_was_chosen_for_another_shape_is_fitted_or_dropped() {
        let fitted = |chosen: Chosen| chosen.fitted(&[4, 5]);
        assert_eq!(fitted(chosen(&[3, 9])).unwrap().slice.indices, [3, 4]);
        assert_eq!(fitted(chosen(&[3])), None);
        assert_eq!(fitted(chosen(&[1, 1, 1])), None);
        let mut same = chosen(&[0, 0]);
        same.slice.y = Some(1);
        assert_eq!(fitted(same), None);
        let mut beyond = chosen(&[0, 0]);
        beyond.slice.line = Some(7);
        assert_eq!(fitted(beyond), None);
        let mut picked = chosen(&[0, 0]);
        picked.picks.pick(vec![0, 5]);
        assert!(fitted(picked).unwrap().picks.is_empty());
    }
}
