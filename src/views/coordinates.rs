//! Which coordinate stands along an axis, where there are several, and the menu to choose it.

use std::sync::Arc;

use egui::Ui;
use hyperslab_core::VariableId;

use super::{Origin, Scene, VariableState};
use crate::cf::{CfAxis, CfDataset};
use crate::engine::store::Opened;
use crate::interpret;
use crate::prep::axis_scale::AxisScale;
use crate::session::Coordinates;

/// What was chosen along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Along {
    pub which: Which,
    /// As suits the coordinate where `None`.
    pub scale: Option<AxisScale>,
}

/// The coordinate that was chosen along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Which {
    /// What conventions and names put there.
    #[default]
    First,
    Index,
    Variable(VariableId),
    /// A variable of another file.
    Lent(Origin),
}

/// A coordinate along an axis that another file has: in NeXus a master file that links to the
/// data.
#[derive(Clone)]
pub struct Lent {
    pub origin: Origin,
    pub opened: Arc<Opened<CfDataset>>,
    pub name: String,
}

impl Along {
    pub fn of(scene: Scene<'_>, axis: usize, state: &VariableState) -> Self {
        Self { which: Which::of(scene, axis, state), scale: state.along.scale(axis) }
    }
}

impl Which {
    /// A choice that the file does not offer (it was reloaded) is none.
    pub fn of(scene: Scene<'_>, axis: usize, state: &VariableState) -> Self {
        let lent = state.lent.get(&axis);
        let path = match state.along.along(axis) {
            None => return lent.map_or(Self::First, |lent| Self::Lent(lent.origin)),
            Some(Coordinates::Own) => return Self::First,
            Some(Coordinates::Index) => return Self::Index,
            Some(Coordinates::Variable(path)) => path,
        };
        let others = scene.cf().map(|cf| cf.other_coordinates(axis)).unwrap_or_default();
        let is_chosen = |id: &&VariableId| scene.opened.dataset.variable_path(**id) == *path;
        others.iter().find(is_chosen).map_or(Self::First, |&id| Self::Variable(id))
    }

    /// The axis with this coordinate.
    pub fn instead<'a>(self, axis: CfAxis<'a>, cf: &CfDataset) -> CfAxis<'a> {
        match self {
            Self::First => axis,
            Self::Index | Self::Lent(_) => CfAxis { coordinate: None, ..axis },
            Self::Variable(id) => CfAxis { coordinate: Some(id), role: cf.role(id), ..axis },
        }
    }
}

/// Which coordinate stands along an axis; nothing where there is no choice.
pub fn coordinates_menu_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    axis: usize,
    axis_name: &str,
) {
    let choices = choices(scene, axis, state.lent.get(&axis));
    let now = Which::of(scene, axis, state);
    let Some((name, _)) = choices.iter().find(|(_, along)| *along == now) else { return };
    let mut picked = None;
    ui.weak("by");
    let menu = egui::ComboBox::from_id_salt(("coordinates", axis))
        .selected_text(name)
        .width(60.0)
        .show_ui(ui, |ui| {
            for (name, along) in &choices {
                if ui.selectable_label(*along == now, name).clicked() {
                    picked = Some(*along);
                }
            }
        });
    let response = menu.response.on_hover_text(format!("Coordinates along {axis_name}"));
    response.widget_info(|| {
        let label = format!("coordinates along {axis_name}: {name}");
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, label)
    });
    let Some(picked) = picked.filter(|picked| *picked != now) else { return };
    state.along.choose(
        axis,
        match picked {
            Which::Lent(_) => None,
            Which::First => state.lent.contains_key(&axis).then_some(Coordinates::Own),
            Which::Index => Some(Coordinates::Index),
            Which::Variable(id) => {
                Some(Coordinates::Variable(scene.opened.dataset.variable_path(id)))
            }
        },
    );
    state.line.zoom = None;
    state.curves.forget_places();
    state.zoom = None;
}

/// There is a choice.
pub fn has_choice(scene: Scene<'_>, state: &VariableState, axis: usize) -> bool {
    let others = scene.cf().map(|cf| cf.other_coordinates(axis)).unwrap_or_default();
    !others.is_empty() || state.lent.contains_key(&axis)
}

/// What another file lends, the first one, the others, and the bare index; nothing where there
/// is no choice.
fn choices(scene: Scene<'_>, axis: usize, lent: Option<&Lent>) -> Vec<(String, Which)> {
    let Some(cf) = scene.cf() else { return Vec::new() };
    let others = cf.other_coordinates(axis);
    if others.is_empty() && lent.is_none() {
        return Vec::new();
    }
    let name_of = |id: VariableId| cf.dataset().variable(id).map(|v| v.name.clone());
    let found = cf.axes().into_iter().find(|found| found.index == axis);
    let is_hinted = cf.axis_hint(axis).is_some_and(|hint| {
        use interpret::Along::{Even, Written};
        matches!(hint.coordinate, Even(_) | Written { .. })
    });
    let first = match found {
        Some(CfAxis { coordinate: Some(id), .. }) => name_of(id),
        Some(CfAxis { name, .. }) if is_hinted => name.map(str::to_owned),
        _ => None,
    };
    const INDEX: &str = "index";
    let has_first = first.is_some();
    let lent = lent.map(|lent| (lent.name.clone(), Which::Lent(lent.origin)));
    let mut choices: Vec<_> = lent.into_iter().collect();
    choices.push((first.unwrap_or_else(|| INDEX.into()), Which::First));
    let named = |&id: &VariableId| Some((name_of(id)?, Which::Variable(id)));
    choices.extend(others.iter().filter_map(named));
    if has_first {
        choices.push((INDEX.into(), Which::Index));
    }
    choices
}
