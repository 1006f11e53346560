//! The row at the top: open, the views of the selected variable, what values are shown.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::session::{Settings, Theme, ViewId};
use crate::ui::theme::{self, palette};
use crate::views::{KINDS, Scene, Suitability};

impl App {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        ui.horizontal(|ui| {
            ui.add_space(2.0);
            self.open_menu_ui(ui);
            self.export_menu_ui(ui, views);
            ui.separator();
            self.view_tabs_ui(ui, views);
            self.messages_tab_ui(ui, views);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.button("?").on_hover_text("Keyboard shortcuts").clicked() {
                    self.key_list.toggle();
                }
                self.settings_menu_ui(ui);
                decoded_ui(ui, &mut self.settings);
                self.rate_ui(ui, views);
                self.masks_ui(ui, views);
                let rest = egui::Layout::left_to_right(egui::Align::Center);
                ui.with_layout(rest, |ui| self.title_ui(ui, views));
            });
        });
    }

    fn open_menu_ui(&mut self, ui: &mut Ui) {
        if ui.button("Open…").on_hover_text("Choose files (Ctrl+O)").clicked() {
            self.show_open_dialog(ui.ctx());
        }
        let mut chosen: Option<PathBuf> = None;
        ui.menu_button("Recent", |ui| {
            path_box_ui(ui, "Type or paste a path", false, &mut chosen);
            let mut target = None;
            ui.menu_button("Save workspace", |ui| {
                path_box_ui(ui, "Path of the new file", true, &mut target);
                if ui.button("Choose…").on_hover_text("Ctrl+S").clicked() {
                    self.show_save_dialog(ui.ctx());
                    ui.close();
                }
            })
            .response
            .on_hover_text("Files, tiles, slices and colours, as a file that can be passed on");
            if let Some(path) = target {
                self.save_workspace(&path);
                ui.close();
            }
            ui.separator();
            for path in self.settings.recent() {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                    chosen = Some(path.clone());
                    ui.close();
                }
            }
            if self.settings.recent().is_empty() {
                ui.weak("No recent files");
            } else {
                ui.separator();
                if ui.button("Forget these").clicked() {
                    self.settings.forget_recent();
                    ui.close();
                }
            }
        });
        self.open(chosen.into_iter().collect());
    }

    fn view_tabs_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some((view, id)) = self.selected_variable(views) else { return };
        let Some(opened) = view.opened() else { return };
        let Some(cf) = opened.meaning.variable(&opened.dataset, id) else { return };
        let Some(state) = self.selected_state(views) else { return };
        for kind in &KINDS {
            let is_suited = (kind.suits)(&cf) != Suitability::No;
            // Few variables are pictures or texts.
            if !is_suited && matches!(kind.id, ViewId::Image | ViewId::Text) {
                continue;
            }
            ui.add_enabled_ui(is_suited, |ui| {
                ui.selectable_value(&mut state.view, kind.id, kind.label);
            });
        }
    }

    /// What is looked at, in the room that is left.
    fn title_ui(&self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let title = match self.selected_variable(views) {
            Some((view, id)) => {
                let Some(opened) = view.opened() else { return };
                let scene = Scene::new(&self.engine, views, view, opened, id);
                let scene = scene.rated(self.shows_rate(view, scene));
                let title = scene.title(self.settings.is_decoded);
                match scene.heading() {
                    Some(heading) => format!("{heading}:  {title}"),
                    None => title,
                }
            }
            None => self.group_title(views),
        };
        if title.is_empty() {
            return;
        }
        let title = RichText::new(title).strong();
        ui.separator();
        ui.add(egui::Label::new(title).truncate());
    }

    fn shows_rate(&self, view: &FileView<CfDataset>, scene: Scene<'_>) -> bool {
        let pane = self.panes.get(self.panes.focused_id());
        let state = pane.and_then(|pane| pane.states.get(&(view.id, scene.path())));
        self.settings.is_decoded && state.is_some_and(|state| state.as_rate)
    }

    /// What hides values of the variable.
    fn masks_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some((view, id)) = self.selected_variable(views) else { return };
        let Some(opened) = view.opened() else { return };
        let engine = self.engine.clone();
        let scene = Scene::new(&engine, views, view, opened, id);
        if !self.settings.is_decoded {
            return;
        }
        let Some(state) = self.selected_state(views) else { return };
        crate::views::masks_ui(ui, scene, state);
    }

    /// Sums can be shown as rates: a click changes it.
    fn rate_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some((view, id)) = self.selected_variable(views) else { return };
        let Some(opened) = view.opened() else { return };
        let scene = Scene::new(&self.engine, views, view, opened, id);
        if !self.settings.is_decoded || scene.accumulation().is_none() {
            return;
        }
        let Some(state) = self.selected_state(views) else { return };
        let (text, hover) = match state.as_rate {
            true => (
                RichText::new("Rate").color(palette(ui).warning).strong(),
                "What each interval brought per unit of time. Click: the sums in the file",
            ),
            false => (
                RichText::new("Sum"),
                "Sums from the start of each interval, as in the file. Click: show the rate",
            ),
        };
        if ui.button(text).on_hover_text(hover).clicked() {
            state.as_rate = !state.as_rate;
        }
    }

    /// Of a group that is a table or a document.
    fn group_title(&self, views: &[FileView<CfDataset>]) -> String {
        let Some((view, group)) = self.selected_group(views) else { return String::new() };
        let Some(opened) = view.opened() else { return String::new() };
        let hints = opened.meaning.interpretation().groups.get(&group);
        match (hints, opened.dataset.group(group)) {
            (Some(hints), Some(group)) if hints.table.is_some() => {
                format!("{}  {}", group.name, hints.note)
            }
            (Some(hints), _) => hints.document.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn settings_menu_ui(&mut self, ui: &mut Ui) {
        ui.menu_button("Settings", |ui| {
            ui.label("Theme");
            let before = self.settings.theme;
            ui.horizontal(|ui| {
                ui.selectable_value(&mut self.settings.theme, Theme::System, "System");
                ui.selectable_value(&mut self.settings.theme, Theme::Light, "Light");
                ui.selectable_value(&mut self.settings.theme, Theme::Dark, "Dark");
            });
            if self.settings.theme != before {
                theme::apply(ui.ctx(), self.settings.theme);
            }
            if hyperslab_all::choices().next().is_some() {
                ui.separator();
                ui.menu_button("Reading", |ui| self.reading_menu_ui(ui));
            }
            ui.separator();
            interface_size_ui(ui);
            ui.separator();
            ui.checkbox(&mut self.settings.shows_side_panel, "Side panel");
            ui.checkbox(&mut self.shows_internal, "Internals of the format").on_hover_text(
                "Groups and attributes that keep a format's own books, like #refs# of MATLAB",
            );
        });
    }
}

/// Where the system has no file dialog, a path can be typed or pasted.
fn path_box_ui(ui: &mut Ui, hint: &str, is_inner: bool, chosen: &mut Option<PathBuf>) {
    let id = egui::Id::unique(("path box", hint));
    let mut text: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let response =
        ui.add(egui::TextEdit::singleline(&mut text).hint_text(hint).desired_width(260.0));
    // Of two boxes the one in the inner menu has the keyboard.
    let is_free = is_inner || ui.memory(|memory| memory.focused().is_none());
    if is_free && !response.has_focus() && !response.lost_focus() {
        response.request_focus();
    }
    if response.lost_focus()
        && ui.input(|input| input.key_pressed(egui::Key::Enter))
        && !text.trim().is_empty()
    {
        *chosen = Some(PathBuf::from(text.trim()));
        text.clear();
        ui.close();
    }
    ui.data_mut(|data| data.insert_temp(id, text));
}

/// Says which values are shown; a click (or D) changes it.
fn decoded_ui(ui: &mut Ui, settings: &mut Settings) {
    let (text, hover) = if settings.is_decoded {
        (
            RichText::new("Decoded"),
            "Scale, offset, missing values and dates are applied. D: show what is stored",
        )
    } else {
        (
            RichText::new("Stored").color(palette(ui).warning).strong(),
            "Values as they are in the file. D: decode them",
        )
    };
    if ui.button(text).on_hover_text(hover).clicked() {
        settings.is_decoded = !settings.is_decoded;
    }
}

/// How large everything is drawn.
fn interface_size_ui(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.label("Interface");
        if ui.button("−").on_hover_text("Smaller (Ctrl+-)").clicked() {
            egui::gui_zoom::zoom_out(ui.ctx());
        }
        ui.label(format!("{:.0} %", 100.0 * ui.ctx().zoom_factor()));
        if ui.button("+").on_hover_text("Larger (Ctrl++)").clicked() {
            egui::gui_zoom::zoom_in(ui.ctx());
        }
        if ui.button("Reset").on_hover_text("Ctrl+0").clicked() {
            ui.ctx().set_zoom_factor(1.0);
        }
    });
}
