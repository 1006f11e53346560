//! What goes to the clipboard: the slice as words, the view as a picture, the code that reads it.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use egui::text_selection::LabelSelectionState;
use egui::{Color32, ColorImage, Ui};
use hyperslab_core::{ReadContext, Section, VariableId};

use crate::app::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::export::code::{self, Language, Reading};
use crate::export::values::{Format, Wanted};
use crate::paint::{Picture, Sheet};
use crate::session::{Theme, ViewId};
use crate::views::{self, Scene, fills};

/// What a thread made for the clipboard.
enum Copied {
    Text(String),
    Picture(ColorImage),
    Nothing(String),
}

#[derive(Default)]
pub(super) struct Copying {
    /// One at a time: the last one asked for counts.
    awaited: Option<Receiver<Copied>>,
}

impl Copying {
    pub fn is_busy(&self) -> bool {
        self.awaited.is_some()
    }
}

/// Values that one copy may hold.
const COPY_VALUES_MAX: u64 = 4_000_000;

/// Pixels a point of a copied picture: it is mostly put into something that is printed.
const SCALE: f32 = 2.0;

impl App {
    /// Copies what is seen as a picture.
    pub(in crate::app) fn copy_picture(
        &mut self,
        ctx: &egui::Context,
        views: &[FileView<CfDataset>],
    ) {
        let tile = self.layout.rect_of(self.panes.focused_id());
        let Some((scene, state)) = self.copied_scene(views) else { return };
        let mut picture = Picture::of(scene, state, &self.settings);
        let size = [tile.width().clamp(200.0, 4000.0), tile.height().clamp(150.0, 4000.0)];
        let theme = if ctx.global_style().visuals.dark_mode { Theme::Dark } else { Theme::Light };
        let sheet = Sheet { size: size.map(f32::round), scale: SCALE, theme };
        self.begin_copying(ctx, move || {
            let mut canvas = sheet.canvas();
            match picture.paint(&mut canvas, &|| false) {
                Ok(painted) => {
                    let pixels = canvas.rgba(painted.shapes);
                    let size = [pixels.width as usize, pixels.height as usize];
                    let colors = pixels.rgba.into_iter();
                    let colors =
                        colors.map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a));
                    Copied::Picture(ColorImage::new(size, colors.collect()))
                }
                Err(error) => Copied::Nothing(error.to_string()),
            }
        });
    }

    /// Copies the values of the slice, separated by tabs, with what stands along its axes.
    pub(in crate::app) fn copy_text(&mut self, ctx: &egui::Context, views: &[FileView<CfDataset>]) {
        let is_decoded = self.settings.is_decoded;
        let options = self.engine.options();
        let Some((scene, state)) = self.copied_scene(views) else { return };
        let slice = views::shown_slice(scene, state);
        let (opened, id) = (scene.opened.clone(), scene.variable);
        self.begin_copying(ctx, move || {
            let Some(variable) = opened.dataset.variable(id) else {
                return Copied::Nothing("the variable is gone".into());
            };
            if slice.section.element_count() > COPY_VALUES_MAX {
                let what = "This slice is too large for the clipboard; export it as data";
                return Copied::Nothing(what.into());
            }
            let cx = ReadContext::default().with_options(options);
            let read = |id: VariableId, section: &Section| opened.file.read(id, section, &cx);
            let wanted = Wanted::stored(&opened.dataset, id, variable, slice, &read)
                .with_meaning(&opened.meaning, is_decoded.then(|| fills(&opened)));
            let mut text = Vec::new();
            match wanted.write(Format::TsvGrid, &mut text) {
                Ok(()) => Copied::Text(String::from_utf8_lossy(&text).into_owned()),
                Err(error) => Copied::Nothing(error.to_string()),
            }
        });
    }

    /// The code that reads the slice in another program, where that reads such files.
    pub(in crate::app) fn code(
        &self,
        views: &[FileView<CfDataset>],
        language: Language,
    ) -> Option<String> {
        let (scene, state) = self.copied_scene(views)?;
        let slice = views::shown_slice(scene, state);
        let variable = scene.variable()?;
        let dataset = &scene.opened.dataset;
        let dimensions: Vec<Option<&str>> =
            variable.axes.iter().map(|axis| dataset.dimension_name(axis)).collect();
        let (path, shape) = (scene.path(), variable.shape());
        let file = &scene.opened.file;
        let short_name = variable.attribute("short_name").and_then(|found| found.value.as_text());
        let reading = Reading {
            file: &scene.file.path,
            format: file.format().id,
            has_default_fills: file.has_default_fills(),
            path: &path,
            dimensions: &dimensions,
            shape: &shape,
            slice: &slice,
            is_decoded: self.settings.is_decoded,
            short_name: short_name.as_deref(),
        };
        code::code(&reading, language)
    }

    /// Ctrl+C where neither a table nor a text has it: the picture.
    pub(super) fn copy_by_key(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        let is_asked =
            ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Copy)));
        if !is_asked || ui.ctx().egui_wants_keyboard_input() || self.table_takes_keys(views) {
            return;
        }
        let has_text = ui
            .ctx()
            .plugin_opt::<LabelSelectionState>()
            .is_some_and(|state| state.lock().has_selection());
        let is_table = self
            .copied_scene(views)
            .is_none_or(|(_, state)| matches!(state.view, ViewId::Table | ViewId::Text));
        if !has_text && !is_table {
            self.copy_picture(ui.ctx(), views);
        }
    }

    fn copied_scene<'a>(
        &'a self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<(Scene<'a>, &'a views::VariableState)> {
        let (view, id) = self.selected_variable(views)?;
        let scene = Scene::new(&self.engine, views, view, view.opened()?, id);
        let pane = self.panes.get(self.panes.focused_id())?;
        let state = pane.states.get(&(view.id, scene.path()))?;
        Some((scene.shown(state, self.settings.is_decoded), state))
    }

    fn begin_copying(
        &mut self,
        ctx: &egui::Context,
        work: impl FnOnce() -> Copied + Send + 'static,
    ) {
        let (sender, awaited): (Sender<Copied>, _) = channel();
        let ctx = ctx.clone();
        let run = move || {
            let _ = sender.send(work());
            ctx.request_repaint();
        };
        // Without the thread the channel ends, and nothing is copied.
        let _ = std::thread::Builder::new().name("copy".into()).spawn(run);
        self.exporting.copying.awaited = Some(awaited);
    }

    /// Hands over what the thread has made.
    pub(super) fn finish_copying(&mut self, ctx: &egui::Context) {
        let Some(awaited) = &self.exporting.copying.awaited else { return };
        match awaited.try_recv() {
            Ok(Copied::Text(text)) => ctx.copy_text(text),
            Ok(Copied::Picture(image)) => ctx.copy_image(image),
            Ok(Copied::Nothing(why)) => self.opening.complain(why),
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {}
        }
        self.exporting.copying.awaited = None;
    }
}
