//! Value, unit and coordinates of the cell under the pointer.

use egui::{Rect, Ui, pos2};

use super::axes::Axes;
use super::slice::Plane;
use crate::cf::geolocation::{Place, Shown};
use crate::engine::Priority;
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::Scene;
use crate::views::data::{Slab, own_site, place_words, want_geometry};
use crate::views::frame::Frame;
use crate::views::value_words::value_words;

/// Reads out the cell under the pointer and frames it.
pub fn hover_ui(
    ui: &Ui,
    scene: Scene<'_>,
    response: &egui::Response,
    frame: &Frame,
    plane: &Plane,
    axes: &Axes,
    readout: &mut Readout,
) {
    let Some(at) = response.hover_pos() else { return };
    let Some((cell, slab)) = plane.cell_at(frame.data_from_px(at)).zip(plane.slab.as_deref())
    else {
        return;
    };
    readout.text = format!(
        "{}    {}    {}{}",
        value_words(
            scene,
            plane.request.origin.is_decoded,
            slab,
            plane.position(&cell),
            &plane.element(&cell),
        ),
        axes.x.info.full_label_in(scene, cell.x_index),
        axes.y.info.full_label_in(scene, cell.y_index),
        place_text(scene, slab, plane.position(&cell)),
    );
    let edges = plane.part.x.edges(cell.column).zip(plane.part.y.edges(cell.row));
    let Some((x, y)) = edges else { return };
    let corners =
        [(x.0, y.0), (x.1, y.1)].map(|(x, y)| pos2(frame.px_from_x(x), frame.px_from_y(y)));
    ui.painter().rect_stroke(
        Rect::from_two_pos(corners[0], corners[1]).intersect(frame.rect),
        0.0,
        egui::Stroke::new(1.0, palette(ui).text),
        egui::StrokeKind::Outside,
    );
}

/// Latitude and longitude of a cell, where they do not stand along the axes.
fn place_text(scene: Scene<'_>, slab: &Slab, index: usize) -> String {
    let place = || {
        let site = own_site(scene)?;
        if matches!(site.geolocation.place, Place::Rectilinear { .. }) {
            return None;
        }
        let Shown::Plane { y, x } = site.shown() else { return None };
        let range = |axis: usize| slab.section.ranges.get(axis).copied();
        let (rows, columns) = (range(y)?.count as usize, range(x)?.count as usize);
        if rows.checked_mul(columns)? as u64 != slab.section.element_count() {
            return None;
        }
        let cells = want_geometry(scene, &site, &slab.section, Priority::Visible).ready()?;
        let cell = match cells.is_transposed {
            true => index % rows * columns + index / rows,
            false => index,
        };
        cells.geometry.center(cell)
    };
    place().map_or_else(String::new, |(lat, lon)| format!("    {}", place_words(lat, lon)))
}
