//! What is in a group that has no picture of its own: a list that leads to each of it.
//!
//! Only the visible lines are laid out: a group may have 100,000 children.

use egui::{Label, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use hyperslab_core::{Dataset, Group, GroupId, ReadError, VariableId};

use super::attributes::grouped;
use super::theme::palette;
use super::tree::{dimensions_text, leads_text};
use super::trouble::damage_ui;
use crate::places::Place;
use crate::prep::definition::summary;

const ROW_PX: f32 = 22.0;

/// The child that was clicked is returned.
pub fn contents_ui(ui: &mut Ui, dataset: &Dataset, id: GroupId, title: &str) -> Option<Place> {
    let group = dataset.group(id)?;
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.add_space(6.0);
        ui.add(Label::new(RichText::new(title).heading()).truncate());
    });
    ui.horizontal(|ui| {
        ui.add_space(6.0);
        ui.weak(counts_text(group));
    });
    ui.add_space(6.0);
    if let Some(error) = &group.error {
        ui.horizontal(|ui| {
            ui.add_space(6.0);
            ui.vertical(|ui| damage_ui(ui, error));
        });
    }
    let count = group.variables.len() + group.groups.len() + group.types.len() + group.links.len();
    if group.variables.is_empty() && group.groups.is_empty() && group.is_listed {
        let text = match dataset.variables.is_empty() {
            true => "There are no variables in this file.",
            false => "There are no variables here.",
        };
        ui.horizontal(|ui| {
            ui.add_space(6.0);
            ui.label(text);
        });
    }
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().auto_shrink(false).id_salt("contents");
    area.show_rows(ui, ROW_PX, count, |ui, rows| {
        for row in rows {
            if let Some(place) = place_at(group, id, row)
                && row_ui(ui, dataset, place)
            {
                clicked = Some(place);
            }
        }
    });
    clicked
}

/// `2 groups, 1 variable`.
fn counts_text(group: &Group) -> String {
    if !group.is_listed && group.error.is_none() {
        return "being read…".into();
    }
    let kinds = [
        (group.variables.len(), "variable"),
        (group.groups.len(), "group"),
        (group.types.len(), "type"),
        (group.links.len(), "link"),
        (group.attributes.iter().filter(|a| !a.is_internal).count(), "attribute"),
    ];
    let texts: Vec<String> = kinds
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| {
            let many = if count == 1 { "" } else { "s" };
            format!("{} {what}{many}", grouped(count as u64))
        })
        .collect();
    if texts.is_empty() { "empty".into() } else { texts.join(", ") }
}

/// Variables, groups, types and links, one after the other.
fn place_at(group: &Group, id: GroupId, row: usize) -> Option<Place> {
    if let Some(&variable) = group.variables.get(row) {
        return Some(Place::Variable(variable));
    }
    let row = row - group.variables.len();
    if let Some(&child) = group.groups.get(row) {
        return Some(Place::Group(child));
    }
    let row = row - group.groups.len();
    if row < group.types.len() {
        return Some(Place::Type(id, u32::try_from(row).ok()?));
    }
    Some(Place::Link(id, u32::try_from(row - group.types.len()).ok()?))
}

/// Name, kind or shape, type, meaning. True when it was clicked.
fn row_ui(ui: &mut Ui, dataset: &Dataset, place: Place) -> bool {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_PX), Sense::click());
    let palette = palette(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 3.0, palette.header);
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    let texts = texts(dataset, place);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Link, true, &texts[0]));
    let edges = [0.0, 0.3, 0.58, 0.72, 1.0].map(|part| rect.left() + 6.0 + part * rect.width());
    for (k, text) in texts.iter().enumerate() {
        let color = if k == 0 { palette.accent } else { palette.weak };
        let font = egui::FontId::proportional(13.0);
        let galley =
            super::text::elided(ui, text, font, color, (edges[k + 1] - edges[k] - 10.0).max(10.0));
        let at = pos2(edges[k], rect.center().y - galley.size().y / 2.0);
        let clip = Rect::from_min_max(pos2(edges[k], rect.top()), rect.max);
        ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).galley(at, galley, color);
    }
    response.clicked()
}

fn texts(dataset: &Dataset, place: Place) -> [String; 4] {
    let plain = |name: &str, what: String, error: Option<&ReadError>| {
        [name.to_owned(), what, String::new(), error.map(ReadError::what).unwrap_or_default()]
    };
    match place {
        Place::Variable(id) => variable_texts(dataset, id),
        Place::Group(id) => dataset.group(id).map_or_else(Default::default, |group| {
            plain(&group.name, format!("group: {}", counts_text(group)), group.error.as_ref())
        }),
        Place::Type(group, at) => crate::places::type_at(dataset, group, at)
            .map_or_else(Default::default, |named| {
                plain(&named.name, format!("type: {}", summary(&named.dtype)), None)
            }),
        Place::Link(group, at) => crate::places::link_at(dataset, group, at)
            .map_or_else(Default::default, |link| {
                plain(&link.name, leads_text(&link.target), link.error.as_ref())
            }),
    }
}

fn variable_texts(dataset: &Dataset, id: VariableId) -> [String; 4] {
    let Some(variable) = dataset.variable(id) else { return Default::default() };
    let shape = match dimensions_text(dataset, id) {
        text if text.is_empty() => "single value".into(),
        text => text,
    };
    let meaning = match &variable.error {
        Some(error) => error.what(),
        None => {
            let name = variable.text("long_name").or_else(|| variable.text("standard_name"));
            let units = variable.text("units").map(|units| format!("[{units}]"));
            [name, units].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    };
    [variable.name.clone(), shape, variable.dtype.plain_name(), meaning]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_child_has_one_line_and_counts_agree_with_their_nouns() {
        let dataset = hyperslab_testkit::contract::list_all(
            &hyperslab_testkit::kinds::dataset(),
            &hyperslab_core::ReadContext::default(),
        );
        let dataset = dataset.unwrap();
        for (k, group) in dataset.groups.iter().enumerate() {
            let count =
                group.variables.len() + group.groups.len() + group.types.len() + group.links.len();
            let mut places: Vec<Place> =
                (0..count).filter_map(|row| place_at(group, GroupId(k as u32), row)).collect();
            places.dedup();
            assert_eq!(places.len(), count);
            assert!(places.iter().all(|&place| !texts(&dataset, place)[0].is_empty()));
        }
        let mut group = Group::default();
        assert_eq!(counts_text(&group), "being read…");
        group.is_listed = true;
        assert_eq!(counts_text(&group), "empty");
        group.groups.push(GroupId(1));
        assert_eq!(counts_text(&group), "1 group");
    }
}
