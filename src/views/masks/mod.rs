//! What hides values of a variable: a badge for each mask, and the menu to choose them.

mod offered;
mod text;

use std::sync::Arc;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{PopupCloseBehavior, RichText, Ui};
use hyperslab_core::array::Number;
use hyperslab_core::{Dtype, Variable, VariableId};

use self::offered::offered;
use self::text::good_classes;
pub use self::text::mask_text;
use super::data::{MASKS_MAX, extra_axis};
use super::{Scene, VariableState};
use crate::cf::Flags;
use crate::prep::table::{NumberFormat, format_number};
use crate::session::{Condition, Mask};
use crate::ui::theme::palette;

/// A badge for each mask, and the menu; nothing where there are no numbers to hide.
pub fn masks_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let is_numeric = scene.variable().is_some_and(|v| v.dtype.is_numeric() && v.rank() > 0);
    if !is_numeric {
        return;
    }
    menu_ui(ui, scene, state);
    badges_ui(ui, scene, state);
}

/// Widest text of a badge, in characters.
const BADGE_CHARS: usize = 38;

fn badges_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let own = scene.path();
    let mut removed = None;
    for (at, mask) in state.masks.iter().enumerate() {
        let text = mask_text(&scene.opened.dataset, &scene.opened.meaning, &own, mask);
        let is_long = text.chars().count() > BADGE_CHARS;
        let shown = match is_long {
            true => format!("{}…", text.chars().take(BADGE_CHARS).collect::<String>()),
            false => text.clone(),
        };
        let badge = RichText::new(format!("masked: {shown} ×")).color(palette(ui).warning).strong();
        let hover = format!("Hidden where {text}. Click: show these values again");
        if ui.button(badge).on_hover_text(hover).clicked() {
            removed = Some(at);
        }
    }
    if let Some(at) = removed {
        state.masks.remove(at);
    }
}

fn menu_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::new("Mask").config(config).ui(ui, |ui| {
        // Fields and buttons look like what they are, which they do not in menus.
        ui.reset_style();
        ui.set_min_width(300.0);
        egui::ScrollArea::vertical().max_height(460.0).show(ui, |ui| {
            for (k, id) in candidates(ui, scene).iter().enumerate() {
                candidate_ui(ui, scene, state, *id, k < OPEN_MAX);
            }
            ui.separator();
            ui.strong("Own values");
            rule_ui(ui, scene, state, scene.path(), None);
        });
    });
    response
        .on_hover_text("Hide values where a quality flag, a class, a bit or a threshold says so");
}

/// Of so many variables the classes are seen at once.
const OPEN_MAX: usize = 2;

/// Worked out once for a variable, not in every frame that the menu is open.
fn candidates(ui: &Ui, scene: Scene<'_>) -> Arc<Vec<VariableId>> {
    let id = egui::Id::unique("mask candidates");
    let key = (scene.file.id, scene.file.generation, scene.variable);
    type Known = ((crate::engine::FileId, u64, VariableId), Arc<Vec<VariableId>>);
    match ui.data(|data| data.get_temp::<Known>(id)) {
        Some((known, found)) if known == key => found,
        _ => {
            let found = Arc::new(offered(scene.opened, scene.variable));
            ui.data_mut(|data| data.insert_temp(id, (key, found.clone())));
            found
        }
    }
}

/// A variable that can mask: its classes where it has some, and any threshold.
fn candidate_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    id: VariableId,
    is_open: bool,
) {
    let dataset = &scene.opened.dataset;
    let Some(cf) = scene.opened.meaning.variable(dataset, id) else { return };
    let path = dataset.variable_path(id);
    let flags = cf.flags();
    if let Some(good) = flags.as_ref().and_then(good_classes) {
        let hides = Condition::NotClasses(good);
        let mask = Mask { variable: path.clone(), at: 0, hides };
        let own = scene.path();
        let text = mask_text(dataset, &scene.opened.meaning, &own, &mask);
        let text = text.replacen(" not ", ": ", 1);
        if ui.button(format!("Only {text}")).clicked() {
            set(state, mask);
            ui.close();
        }
    }
    let name = cf.variable().name.as_str();
    let heading = egui::CollapsingHeader::new(name).id_salt(("mask", &path));
    let heading = heading.default_open(is_open && flags.is_some());
    let response = heading.show(ui, |ui| {
        if let Some(flags) = &flags {
            classes_ui(ui, state, &path, flags);
        }
        rule_ui(ui, scene, state, path.clone(), Some(id));
    });
    response.header_response.on_hover_text(cf.title());
}

/// Every class with a tick: without it, it is hidden.
fn classes_ui(ui: &mut Ui, state: &mut VariableState, path: &str, flags: &Flags) {
    let count = flags.conditions().len().min(64);
    let all = if count == 64 { u64::MAX } else { (1 << count) - 1 };
    let now = state.masks.iter().find(|mask| mask.variable == path);
    let hidden = match now.map(|mask| mask.hides) {
        Some(Condition::Classes(hidden)) => hidden,
        Some(Condition::NotClasses(shown)) => all & !shown,
        _ => 0,
    };
    let mut wanted = hidden;
    for (place, condition) in flags.conditions().iter().take(64).enumerate() {
        ui.horizontal(|ui| {
            let mut is_shown = wanted >> place & 1 == 0;
            if ui.checkbox(&mut is_shown, &condition.meaning).changed() {
                wanted ^= 1 << place;
            }
            if flags.is_exclusive() && ui.small_button("only").clicked() {
                wanted = all & !(1 << place);
            }
        });
    }
    if wanted == hidden {
        return;
    }
    let shown = all & !wanted;
    match (wanted, shown.count_ones()) {
        (0, _) => state.masks.retain(|mask| mask.variable != path),
        // What has no class is not that one either.
        (_, 1) if flags.is_exclusive() => {
            set(state, Mask { variable: path.into(), at: 0, hides: Condition::NotClasses(shown) });
        }
        _ => set(state, Mask { variable: path.into(), at: 0, hides: Condition::Classes(wanted) }),
    }
}

/// Kinds of conditions that take numbers.
#[derive(Clone, Copy, Default, PartialEq)]
enum Kind {
    #[default]
    AtLeast,
    AtMost,
    Outside,
    Bits,
    Missing,
}

/// A condition that is being put together.
#[derive(Clone, Copy)]
struct Draft {
    kind: Kind,
    low: f64,
    high: f64,
    at: u64,
}

/// A threshold, a range, bits: put together and then applied.
fn rule_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    path: String,
    mask: Option<VariableId>,
) {
    let id = ui.scope_id().with(("mask draft", &path));
    let initial = Draft {
        kind: if mask.is_some() { Kind::AtLeast } else { Kind::Outside },
        low: if mask.is_some() { 1.0 } else { 0.0 },
        high: 1.0,
        at: 0,
    };
    let mut draft = ui.data(|data| data.get_temp(id)).unwrap_or(initial);
    let mask = mask.and_then(|id| scene.opened.dataset.variable(id));
    ui.horizontal(|ui| {
        ui.weak("hide");
        let is_whole = mask.is_some_and(|mask| mask.dtype.element_bytes() <= 8 && is_whole(mask));
        for (kind, label) in [
            (Kind::AtLeast, "≥"),
            (Kind::AtMost, "≤"),
            (Kind::Outside, "outside"),
            (Kind::Bits, "bits"),
            (Kind::Missing, "missing"),
        ] {
            let is_offered = match kind {
                Kind::Bits => is_whole,
                Kind::Missing => mask.is_some(),
                _ => true,
            };
            if is_offered {
                ui.selectable_value(&mut draft.kind, kind, label);
            }
        }
    });
    ui.horizontal(|ui| {
        numbers_ui(ui, &mut draft);
        let extra = mask.zip(scene.variable()).and_then(|(mask, own)| extra_axis(mask, own));
        if let Some(length) = extra {
            ui.weak("of index");
            ui.add(egui::DragValue::new(&mut draft.at).range(0..=length.saturating_sub(1)));
        }
        let condition = condition(draft);
        let hide = egui::Button::new("Hide");
        if ui.add_enabled(condition.is_some(), hide).clicked()
            && let Some(hides) = condition
        {
            set(state, Mask { variable: path.clone(), at: draft.at, hides });
        }
    });
    ui.data_mut(|data| data.insert_temp(id, draft));
}

fn is_whole(mask: &Variable) -> bool {
    !matches!(mask.dtype, Dtype::Float { .. })
}

fn numbers_ui(ui: &mut Ui, draft: &mut Draft) {
    match draft.kind {
        Kind::AtLeast | Kind::AtMost => {
            ui.add(number(&mut draft.low));
        }
        Kind::Outside => {
            ui.add(number(&mut draft.low));
            ui.weak("to");
            ui.add(number(&mut draft.high));
        }
        Kind::Bits => {
            let mut text: String = ui
                .data(|data| data.get_temp(ui.scope_id().with("bits")))
                .unwrap_or_else(|| "0".into());
            let edit = egui::TextEdit::singleline(&mut text).desired_width(50.0);
            ui.add(edit).on_hover_text("A bit, or the first and the last: 1-2");
            ui.weak("=");
            ui.add(egui::DragValue::new(&mut draft.high).range(0..=u32::MAX).fixed_decimals(0));
            draft.low = parse_bits(&text).map_or(0.0, |mask| mask as f64);
            ui.data_mut(|data| data.insert_temp(ui.scope_id().with("bits"), text));
        }
        Kind::Missing => {}
    }
}

fn number(value: &mut f64) -> egui::DragValue<'_> {
    let speed = (value.abs() / 100.0).max(0.01);
    let text = |value: f64, _| format_number(Number::F64(value), NumberFormat::Auto);
    egui::DragValue::new(value).speed(speed).custom_formatter(text)
}

/// `3` or `1-2` as the bits themselves.
fn parse_bits(text: &str) -> Option<u64> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    // Drafts are floating-point numbers, exact to 52 bits.
    (first <= last && last < 52).then(|| (1 << (last + 1)) - (1 << first))
}

fn condition(draft: Draft) -> Option<Condition> {
    let Draft { low, high, .. } = draft;
    match draft.kind {
        Kind::AtLeast => Some(Condition::AtLeast(low)),
        Kind::AtMost => Some(Condition::AtMost(low)),
        Kind::Outside => (low <= high).then_some(Condition::Outside(low, high)),
        Kind::Missing => Some(Condition::Missing),
        Kind::Bits => {
            let mask = low as u64;
            let wanted = (high as u64).checked_shl(mask.trailing_zeros())?;
            (mask != 0 && wanted & !mask == 0).then_some(Condition::Bits(mask, wanted))
        }
    }
}

/// A variable masks in one way at a time.
fn set(state: &mut VariableState, mask: Mask) {
    state.masks.retain(|other| other.variable != mask.variable);
    if state.masks.len() >= MASKS_MAX {
        state.masks.remove(0);
    }
    state.masks.push(mask);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_typed_as_one_or_as_first_and_last() {
        assert_eq!(parse_bits("3"), Some(8));
        assert_eq!(parse_bits("1-2"), Some(0b110));
        assert_eq!(parse_bits("2-1"), None);
        assert_eq!(parse_bits("x"), None);
        let draft = |low: f64, high: f64| Draft { kind: Kind::Bits, low, high, at: 0 };
        assert_eq!(condition(draft(6.0, 2.0)), Some(Condition::Bits(6, 4)));
        assert_eq!(condition(draft(6.0, 4.0)), None, "two bits hold no 4");
        assert_eq!(condition(draft(0.0, 0.0)), None);
    }
}
