//! The window: one frame is collect what has arrived, draw, apply what the user did.

mod banner;
mod browser;
mod commands;
mod computing;
mod exporting;
mod following;
mod fonts;
mod go_to;
mod jumps;
mod links;
mod messages;
mod opening;
mod panes;
mod reading;
mod screenshot;
mod selection;
mod shown;
mod start;
mod tiles;
mod toolbar;
mod warm;
mod workspaces;

use std::path::PathBuf;
use std::time::Instant;

use egui::{CentralPanel, Panel, Ui};

pub use start::{Request, run};

use crate::cf::CfDataset;
use crate::engine::store::{FileState, FileView};
use crate::engine::{Engine, FileId, Files};
use crate::session::{Settings, SliceMemory};
use crate::ui::attributes::Tab;
use crate::ui::status::{Readout, status_ui};
use crate::ui::theme;
use crate::ui::tree::{Node, Tree, TreeAction};
use crate::views::{self, Scene};
use commands::{KeyList, Palette};
use computing::Computing;
use exporting::Exporting;
use following::Following;
use jumps::Awaited;
use links::Links;
use opening::Opening;
use panes::Panes;
use reading::Reading;
use screenshot::Screenshot;
use tiles::{Combining, Layout};
use workspaces::{Workspaces, is_workspace};

/// All that one window holds.
pub struct App {
    engine: Engine,
    files: Files<CfDataset>,
    settings: Settings,
    tree: Tree,
    tab: Tab,
    panes: Panes,
    layout: Layout,
    links: Links,
    palette: Palette,
    /// The box for "Go to".
    go_to: go_to::GoTo,
    key_list: KeyList,
    combining: Option<Combining>,
    memory: SliceMemory,
    opening: Opening,
    reading: Reading,
    exporting: Exporting,
    workspaces: Workspaces,
    following: Following,
    computing: Computing,
    /// Where a link into another file leads, until that is open.
    awaited: Option<Awaited>,
    /// A link that is what a file is about: it is followed as soon as that is known.
    followed: Option<Node>,
    /// Attributes of the format's own books are shown, too.
    shows_internal: bool,
    readout: Readout,
    screenshot: Option<Screenshot>,
    /// The window's title as last set.
    title: String,
    began: Instant,
    has_drawn: bool,
}

/// How long the very first frame may hold back, so that it shows the picture rather than an
/// empty window. Nothing is on the screen yet that could freeze.
const FIRST_FRAME_PATIENCE_MS: u64 = 40;

/// Narrower windows leave the room to the picture.
const SIDE_PANEL_FROM_WIDTH: f32 = 880.0;

impl App {
    pub fn new(
        ctx: &egui::Context,
        engine: Engine,
        files: Files<CfDataset>,
        settings: Settings,
    ) -> Self {
        theme::install(ctx);
        // It is a command.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        theme::apply(ctx, settings.theme);
        let waker = ctx.clone();
        engine.set_wake(move || waker.request_repaint());
        let panes = Panes::default();
        Self {
            engine,
            files,
            settings,
            tree: Tree::default(),
            tab: Tab::default(),
            layout: Layout::of(panes.focused_id()),
            links: Links::default(),
            palette: Palette::default(),
            go_to: go_to::GoTo::default(),
            key_list: KeyList::default(),
            combining: None,
            panes,
            memory: SliceMemory::default(),
            opening: Opening::default(),
            reading: Reading::default(),
            exporting: Exporting::default(),
            workspaces: Workspaces::default(),
            following: Following::default(),
            computing: Computing::default(),
            awaited: None,
            followed: None,
            shows_internal: false,
            readout: Readout::default(),
            screenshot: None,
            title: String::new(),
            began: Instant::now(),
            has_drawn: false,
        }
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Begins to open files; the first that can be read is looked at when it is there.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        let (workspaces, paths): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| is_workspace(path));
        workspaces.iter().for_each(|path| self.open_workspace(path));
        if !paths.is_empty() {
            self.opening.open(&self.files, &mut self.settings, &paths);
        }
    }

    /// What was open when the window was closed, as it was stored then.
    pub fn remember_last(&mut self, workspace: Option<String>) {
        self.workspaces.remember_last(workspace);
    }

    /// One frame.
    pub fn frame(&mut self, ui: &mut Ui) {
        let dropped: Vec<PathBuf> = ui.ctx().input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect()
        });
        self.open(dropped);
        let chosen = self.opening.chosen();
        self.open(chosen);
        self.tell_reading_problems();
        let views = self.files.views();
        self.following.update(&views, &mut self.tree, &mut self.panes);
        if let Some(node) = self.opening.arrived(&views, &mut self.panes) {
            self.select(node);
            self.followed = matches!(node, Node::Link(..)).then_some(node);
        }
        self.go_to_awaited(&views);
        self.update_computed(&views);
        self.update_workspaces(&views);
        self.follow_first(&views);
        self.update_title(ui.ctx(), &views);
        self.apply_keys(ui, &views);
        self.readout = Readout { text: String::new() };

        Panel::top("toolbar").show(ui, |ui| self.toolbar_ui(ui, &views));
        Panel::bottom("status").exact_size(26.0).show(ui, |ui| {
            let path = self.selected_path(&views);
            // The views below have not drawn yet: the line is a frame behind, which nobody sees.
            let readout =
                ui.data(|data| data.get_temp(egui::Id::unique("readout"))).unwrap_or_default();
            status_ui(ui, &self.engine, &path, &readout);
        });
        let width = ui.available_width();
        let browser = Panel::left("browser").default_size(320f32.min(0.3 * width));
        browser.size_range(140.0..=0.45 * width).show(ui, |ui| {
            self.browser_ui(ui, &views);
        });
        let scene_is_there = self.selected_variable(&views).is_some();
        if scene_is_there && self.settings.shows_side_panel && width >= SIDE_PANEL_FROM_WIDTH {
            Panel::right("options").default_size(190.0).min_size(150.0).show(ui, |ui| {
                egui::ScrollArea::vertical().show(ui, |ui| self.options_ui(ui, &views));
            });
        }
        CentralPanel::default().show(ui, |ui| self.centre_ui(ui, &views));
        if self.link_tiles(&views) {
            ui.ctx().request_repaint();
        }
        self.combining_ui(ui, &views);
        self.palette_ui(ui, &views);
        self.go_to_ui(ui, &views);
        self.key_list_ui(ui);
        self.exporting_ui(ui, &views);
        self.drop_hint_ui(ui);
        let readout = self.readout.clone();
        ui.data_mut(|data| data.insert_temp(egui::Id::unique("readout"), readout));
        self.finish_frame(ui, &views);
    }

    /// Before the first frame is shown, waits briefly for the picture and draws again.
    fn finish_frame(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        let is_busy = !self.engine.is_idle()
            || self.engine.is_awaited()
            || self.files.is_opening()
            || self.opening.is_waiting()
            || self.awaited.is_some()
            || self.followed.is_some()
            || self.computing.is_awaited()
            || self.workspaces.is_awaited()
            || self.panes.iter().any(|(_, pane)| pane.awaited.is_some());
        let ctx = ui.ctx();
        if !self.has_drawn
            && is_busy
            && self.began.elapsed().as_millis() < u128::from(FIRST_FRAME_PATIENCE_MS)
        {
            let end = Instant::now() + std::time::Duration::from_millis(5);
            while Instant::now() < end && !self.engine.is_idle() {
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
            ctx.request_discard("the picture is nearly there");
            if ctx.will_discard() {
                return;
            }
        }
        if !self.has_drawn {
            self.has_drawn = true;
            fonts::provide_later(ctx, &self.engine);
            ctx.options_mut(|options| {
                options.max_passes = const { std::num::NonZeroUsize::new(2).unwrap() }
            });
        }
        self.note_workspace(ctx, views);
        let failed = self.opening.complaint().is_some()
            || self.engine.shows_failure()
            || views.iter().any(|v| matches!(v.state, FileState::Failed(_)));
        self.engine.end_frame();
        if let Some(screenshot) = &mut self.screenshot {
            screenshot.after_frame(ctx, &self.engine, is_busy, failed);
        }
    }

    fn act(&mut self, views: &[FileView<CfDataset>], action: TreeAction) {
        match action {
            TreeAction::Select(node) => {
                self.panes.note_click(node);
                match views.iter().find(|view| view.id == node.file()) {
                    Some(view) => self.show(view, node),
                    None => self.select(node),
                }
            }
            TreeAction::Open(node) => {
                self.panes.undo_click(node);
                self.open_tile(views, node);
            }
            TreeAction::Follow(node, which) => self.follow_link(views, node, which),
            TreeAction::Reload(file) => self.reload(file),
            TreeAction::Close(file) => self.close(file),
        }
    }

    /// The window is called after the file that is looked at.
    fn update_title(&mut self, ctx: &egui::Context, views: &[FileView<CfDataset>]) {
        let title = match self.selected_file(views) {
            Some(view) => format!("{} – hyperslab", view.name()),
            None => "hyperslab".to_owned(),
        };
        if self.title != title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn options_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some((view, id)) = self.selected_variable(views) else { return };
        let Some(opened) = view.opened() else { return };
        let scene = Scene::new(&self.engine, views, view, opened, id);
        if let Some(state) = self.panes.focused().states.get_mut(&(view.id, scene.path())) {
            ui.add_space(6.0);
            let scene = scene.shown(state, self.settings.is_decoded);
            (views::kind(state.view).options_ui)(ui, scene, state, &mut self.settings);
            ui.separator();
            views::statistics_ui(ui, scene, state, self.settings.is_decoded);
            views::reduce_ui(ui, scene, state, self.settings.is_decoded);
            views::compare_ui(ui, scene, state, self.settings.is_decoded);
            if view.is_computed && computing::forget_ui(ui) {
                self.computing.computed.forget(&scene.path());
            }
            let wanted = state.wanted.take();
            self.compute(views, wanted);
        }
    }

    /// While files are held over the window.
    fn drop_hint_ui(&self, ui: &Ui) {
        if ui.ctx().input(|input| input.raw.hovered_files.is_empty()) {
            return;
        }
        let rect = ui.ctx().content_rect();
        let painter = ui.ctx().layer_painter(egui::LayerId::new(
            egui::Order::Foreground,
            egui::Id::unique("drop hint"),
        ));
        let palette = theme::palette(ui);
        painter.rect_filled(rect, 0.0, palette.canvas.gamma_multiply(0.85));
        painter.text(
            rect.center(),
            egui::Align2::CENTER_CENTER,
            "Drop to open",
            egui::FontId::proportional(28.0),
            palette.text,
        );
    }

    fn show_open_dialog(&self, ctx: &egui::Context) {
        let folder = self.settings.recent().first().and_then(|path| path.parent());
        self.opening.show_dialog(ctx, folder.map(ToOwned::to_owned));
    }

    fn reload(&mut self, file: FileId) {
        self.engine.forget_errors();
        self.computing.reload(&self.files, file);
        self.files.reload(file);
    }

    fn close(&mut self, file: FileId) {
        self.computing.close(&self.files, file);
        self.files.close(file);
        let mut empty = Vec::new();
        for (id, pane) in self.panes.iter_mut() {
            pane.forget_file(file);
            empty.extend(pane.node.is_none().then_some(id));
        }
        empty.into_iter().for_each(|id| self.close_tile(id));
        self.follow_focus();
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, eframe::APP_KEY, &self.settings);
        if let Some(text) = self.workspaces.stored() {
            storage.set_string(workspaces::STORAGE_KEY, text);
        }
    }
}

/// Shared by tests of the window.
pub fn new_files(engine: &Engine) -> Files<CfDataset> {
    Files::new(engine.clone(), CfDataset::of)
}
