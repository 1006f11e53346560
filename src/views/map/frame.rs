//! Where places are on the screen.

use std::sync::Arc;

use egui::{Pos2, Rect, pos2};

use super::state::{Basis, Target};
use crate::prep::map::projection::Projection;
use crate::prep::map::view::{Bounds, View};

/// A drawn map: what lies on top of it finds its places here.
#[derive(Clone)]
pub struct MapFrame {
    /// The picture on the screen; the map may fill a part of it.
    pub rect: Rect,
    view: View,
    basis: Arc<Basis>,
}

impl MapFrame {
    pub(super) fn new(rect: Rect, target: &Target) -> Self {
        Self { rect, view: target.view, basis: target.basis.clone() }
    }

    pub fn projection(&self) -> &Projection {
        &self.basis.projection
    }

    pub(super) fn basis(&self) -> &Arc<Basis> {
        &self.basis
    }

    /// What of the plane is seen, and pixels of it.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Pixels of the view to a point of the screen.
    fn scale(&self) -> f64 {
        self.view.width as f64 / f64::from(self.rect.width().max(1.0))
    }

    /// Of the plane for a point of the screen.
    pub fn per_pt(&self) -> f64 {
        self.view.per_px * self.scale()
    }

    pub fn px_from_plane(&self, x: f64, y: f64) -> Pos2 {
        let (px, py) = self.view.px(x, y);
        let scale = self.scale();
        pos2(self.rect.left() + (px / scale) as f32, self.rect.top() + (py / scale) as f32)
    }

    pub fn plane_from_px(&self, at: Pos2) -> (f64, f64) {
        let scale = self.scale();
        let off = at - self.rect.min;
        self.view.plane(f64::from(off.x) * scale, f64::from(off.y) * scale)
    }

    /// Where a place is on the screen; `None` where the map does not show it.
    pub fn px_from_lon_lat(&self, lon: f64, lat: f64) -> Option<Pos2> {
        let (x, y) = self.basis.projection.forward(lon, lat)?;
        Some(self.px_from_plane(x, y))
    }

    /// The longitude and latitude of a point of the screen.
    pub fn lon_lat_from_px(&self, at: Pos2) -> Option<(f64, f64)> {
        let (x, y) = self.plane_from_px(at);
        self.basis.projection.inverse(x, y)
    }

    /// The pixel of the view at a point of the screen, counted row by row.
    pub(super) fn pixel_at(&self, at: Pos2) -> Option<usize> {
        let scale = self.scale();
        let off = (at - self.rect.min).to_pos2();
        let (px, py) = (f64::from(off.x) * scale, f64::from(off.y) * scale);
        let is_inside =
            px >= 0.0 && py >= 0.0 && px < self.view.width as f64 && py < self.view.height as f64;
        is_inside.then(|| py as usize * self.view.width + px as usize)
    }

    fn rect_of(&self, bounds: &Bounds) -> Rect {
        Rect::from_two_pos(
            self.px_from_plane(bounds.left, bounds.top),
            self.px_from_plane(bounds.right, bounds.bottom),
        )
    }

    /// The part of the picture that the map fills.
    pub fn seen(&self) -> Rect {
        match self.basis.outline.is_empty() {
            true => self.rect,
            false => self.rect_of(&self.basis.limits).intersect(self.rect),
        }
    }
}
