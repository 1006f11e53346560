//! Points as dots on the picture: stations, tracks, and what is closer together than pixels.
//!
//! O(points × pixels of a dot); 8 bytes for a pixel.

use super::cells::NONE;
use super::projection::Projection;
use super::view::View;

/// Larger dots hide more than they show.
const RADIUS_MAX: f64 = 32.0;

/// Where dots meet, a pixel belongs to the nearest.
pub(super) fn drawn(
    lat: &[f32],
    lon: &[f32],
    projection: &Projection,
    view: &View,
    radius_px: f64,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let radius = radius_px.clamp(0.75, RADIUS_MAX);
    let mut cells = vec![NONE; view.width * view.height];
    let mut distances = vec![(radius * radius) as f32; cells.len()];
    for (number, (&lat, &lon)) in lat.iter().zip(lon).enumerate() {
        if number % 4096 == 0 && is_cancelled() {
            return None;
        }
        if !(lat.is_finite() && lon.is_finite()) {
            continue;
        }
        let Some((x, y)) = projection.forward(lon.into(), lat.into()) else { continue };
        let (px, py) = view.px(x, y);
        let range = |at: f64, len: usize| {
            let from = (at - radius - 0.5).ceil().max(0.0);
            let to = (at + radius - 0.5).floor() + 1.0;
            from as usize..(to.clamp(0.0, len as f64) as usize)
        };
        for row in range(py, view.height) {
            for column in range(px, view.width) {
                let (dx, dy) = (column as f64 + 0.5 - px, row as f64 + 0.5 - py);
                let away = (dx * dx + dy * dy) as f32;
                let at = row * view.width + column;
                if let (Some(nearest), Some(cell)) = (distances.get_mut(at), cells.get_mut(at))
                    && away <= *nearest
                {
                    *nearest = away;
                    *cell = number as u32;
                }
            }
        }
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::super::projection::{ProjectionKind, tests::projection};
    use super::*;

    #[test]
    fn dots_are_round_and_the_nearer_one_has_the_pixel() {
        let map = projection(ProjectionKind::Equirectangular, 0.0, 0.0);
        let view = View { x: 0.0, y: 0.0, per_px: 1f64.to_radians(), width: 40, height: 20 };
        let found =
            drawn(&[0.0, 0.0, f32::NAN], &[-10.0, -5.0, 1.0], &map, &view, 4.0, &|| false).unwrap();
        let at = |column: usize, row: usize| found[row * 40 + column];
        assert_eq!((at(10, 10), at(13, 10), at(15, 10)), (0, 1, 1));
        assert_eq!((at(6, 9), at(6, 6), at(30, 10)), (0, NONE, NONE));
        let count = found.iter().filter(|&&cell| cell != NONE).count();
        assert!((70..=100).contains(&count), "{count}");
    }
}
