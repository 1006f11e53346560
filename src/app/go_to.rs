//! The box for "Go to" over pictures and curves; tables have one of their own.

use egui::{Align2, Area, Frame, Id, Key, Order, TextEdit, Ui, vec2};

use super::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::ui::theme::palette;
use crate::views::{self, Scene};

/// What has been typed, while it is open.
#[derive(Default)]
pub struct GoTo {
    text: Option<String>,
    problem: String,
}

impl GoTo {
    pub fn open(&mut self) {
        *self = Self { text: Some(String::new()), problem: String::new() };
    }
}

impl App {
    pub(super) fn go_to_ui(&mut self, ui: &Ui, shown: &[FileView<CfDataset>]) {
        let Some(mut text) = self.go_to.text.take() else { return };
        let ctx = ui.ctx();
        let screen = ctx.content_rect();
        let area = Area::new(Id::unique("go to")).order(Order::Foreground);
        let area = area.fixed_pos(screen.center_top() + vec2(0.0, 56.0)).pivot(Align2::CENTER_TOP);
        let response = area.show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                let edit = TextEdit::singleline(&mut text)
                    .hint_text("Go to: 2000-03-01, 850, level=850, #3")
                    .desired_width(280.0);
                let response = ui.add(edit);
                response.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Go to")
                });
                if !self.go_to.problem.is_empty() {
                    ui.colored_label(palette(ui).error, &self.go_to.problem);
                }
                response
            })
        });
        let edit = response.inner.inner;
        if edit.changed() {
            self.go_to.problem.clear();
        }
        let pressed = |key| ctx.input(|input| input.key_pressed(key));
        if pressed(Key::Enter) {
            match self.move_to(shown, &text) {
                Ok(()) => return,
                Err(why) => self.go_to.problem = why,
            }
        } else if pressed(Key::Escape) || (edit.lost_focus() && !pressed(Key::Enter)) {
            return;
        }
        edit.request_focus();
        self.go_to.text = Some(text);
    }

    fn move_to(&mut self, shown: &[FileView<CfDataset>], text: &str) -> Result<(), String> {
        let nothing = || "nothing is shown".to_owned();
        let (view, id) = self.selected_variable(shown).ok_or_else(nothing)?;
        let opened = view.opened().ok_or_else(nothing)?;
        let scene = Scene::new(&self.engine, shown, view, opened, id);
        let states = &mut self.panes.focused().states;
        let state = states.get_mut(&(view.id, scene.path())).ok_or_else(nothing)?;
        views::go_to(scene, state, text)
    }
}
