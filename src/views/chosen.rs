//! What the user chose for one variable, apart from what was computed of it: saved with a
//! workspace, undone, copied to another tile.

use super::VariableState;
use crate::session::Chosen;

impl VariableState {
    pub fn chosen(&self) -> Chosen {
        // Where the pointer is, nobody chose.
        let mut picks = self.picks.clone();
        picks.hover(None);
        Chosen {
            view: self.view,
            slice: self.slice.clone(),
            along: self.along.clone(),
            colors: self.colors.clone(),
            line: self.line.clone(),
            overlay: self.overlay.clone(),
            map: self.map.clone(),
            as_rate: self.as_rate,
            masks: self.masks.clone(),
            picks,
            animation: self.animation,
            zoom: self.zoom,
            aspect: self.aspect,
            colored: self.colored,
        }
    }

    pub fn choose(&mut self, chosen: Chosen) {
        let Chosen {
            view,
            slice,
            along,
            colors,
            line,
            overlay,
            map,
            as_rate,
            masks,
            picks,
            animation,
            zoom,
            aspect,
            colored,
        } = chosen;
        if self.along != along {
            self.curves.forget_places();
        }
        (self.view, self.slice, self.along) = (view, slice, along);
        (self.colors, self.line, self.overlay, self.as_rate) = (colors, line, overlay, as_rate);
        self.map = map;
        (self.masks, self.picks, self.zoom) = (masks, picks, zoom);
        self.animation = animation;
        (self.aspect, self.colored) = (aspect, colored);
    }
}
