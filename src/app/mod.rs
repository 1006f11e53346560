//! The window: one frame is collect what has arrived, draw, apply what the user did.

mod banner;
mod following;
mod fonts;
mod jumps;
mod keys;
mod messages;
mod opening;
mod reading;
mod screenshot;
mod start;
mod toolbar;
mod warm;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use egui::{CentralPanel, Panel, Ui};
use hyperslab_core::{GroupId, Reference, VariableId};

pub use start::{Request, run};

use crate::cf::CfDataset;
use crate::engine::store::{FileState, FileView, Opened};
use crate::engine::{Answer, Engine, FileId, Files, Priority};
use crate::export::cdl::{self, CdlModel};
use crate::places::{self, Place};
use crate::prep::definition::{DefinitionLine, definition};
use crate::session::{Settings, SliceMemory, ViewId};
use crate::ui::attributes::{self, Tab};
use crate::ui::contents::contents_ui;
use crate::ui::definition::{link_ui, type_ui};
use crate::ui::status::{Readout, status_ui};
use crate::ui::theme;
use crate::ui::tree::{Node, Tree, TreeAction, format_text};
use crate::ui::trouble::trouble_ui;
use crate::ui::welcome::welcome_ui;
use crate::views::{
    self, GroupTableState, HeadersRequest, MessagesState, Scene, Suitability, VariableState,
};
use following::Following;
use jumps::Awaited;
use opening::Opening;
use reading::Reading;
use screenshot::Screenshot;

/// All that one window holds.
pub struct App {
    engine: Engine,
    files: Files<CfDataset>,
    settings: Settings,
    tree: Tree,
    tab: Tab,
    /// By file and path: a reload may number variables anew.
    states: HashMap<(FileId, String), VariableState>,
    tables: HashMap<(FileId, String), GroupTableState>,
    /// Of files that are made of messages.
    messages: HashMap<FileId, MessagesState>,
    /// Where such a file is selected its messages are listed, not its variables.
    shows_messages: bool,
    memory: SliceMemory,
    opening: Opening,
    reading: Reading,
    following: Following,
    /// Where a link into another file leads, until that is open.
    awaited: Option<Awaited>,
    /// A link that is what a file is about: it is followed as soon as that is known.
    followed: Option<Node>,
    /// Attributes of the format's own books are shown, too.
    shows_internal: bool,
    /// Of the type that is looked at: the node, the generation of its file, the lines.
    definition: Option<(Node, u64, Vec<DefinitionLine>)>,
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

const ROOT: Place = Place::Group(GroupId::ROOT);

/// Most of the height that sliders take.
const SLIDERS_SHARE: f32 = 0.4;

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
        theme::apply(ctx, settings.theme);
        let waker = ctx.clone();
        engine.set_wake(move || waker.request_repaint());
        Self {
            engine,
            files,
            settings,
            tree: Tree::default(),
            tab: Tab::default(),
            states: HashMap::new(),
            tables: HashMap::new(),
            messages: HashMap::new(),
            shows_messages: true,
            memory: SliceMemory::default(),
            opening: Opening::default(),
            reading: Reading::default(),
            following: Following::default(),
            awaited: None,
            followed: None,
            shows_internal: false,
            definition: None,
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
        if !paths.is_empty() {
            self.opening.open(&self.files, &mut self.settings, &paths);
        }
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
        self.following.update(&views, &mut self.tree, &mut self.states);
        if let Some(node) = self.opening.arrived(&views, &mut self.states) {
            self.tree.select(node);
            self.followed = matches!(node, Node::Link(..)).then_some(node);
        }
        self.go_to_awaited(&views);
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
            || self.followed.is_some();
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
        let failed = self.opening.complaint().is_some()
            || self.engine.shows_failure()
            || views.iter().any(|v| matches!(v.state, FileState::Failed(_)));
        self.engine.end_frame();
        if let Some(screenshot) = &mut self.screenshot {
            screenshot.after_frame(ctx, &self.engine, is_busy, failed);
        }
    }

    fn select(&mut self, node: Node) {
        if self.tree.selected != Some(node) {
            self.opening.forget_complaint();
        }
        self.tree.select(node);
    }

    fn act(&mut self, views: &[FileView<CfDataset>], action: TreeAction) {
        match action {
            TreeAction::Select(node) => match views.iter().find(|view| view.id == node.file()) {
                Some(view) => self.show(view, node),
                None => self.select(node),
            },
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

    /// The file and the variable that is drawn: the one selected, or the plot of the group that
    /// is; where they are (still) there.
    fn selected_variable<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<(&'a FileView<CfDataset>, VariableId)> {
        let node = self.tree.selected?;
        let view = views.iter().find(|view| view.id == node.file())?;
        let opened = view.opened()?;
        let id = match node.place() {
            Place::Variable(id) => id,
            Place::Group(group) => opened.meaning.interpretation().plotted_variable(group)?,
            Place::Type(..) | Place::Link(..) => return None,
        };
        opened.dataset.variable(id)?;
        Some((view, id))
    }

    /// The variable whose row is selected, not that of the plot that a group stands for.
    fn own_variable(&self, views: &[FileView<CfDataset>]) -> Option<VariableId> {
        let (_, id) = self.selected_variable(views)?;
        matches!(self.tree.selected?.place(), Place::Variable(_)).then_some(id)
    }

    /// The group looked at; the root where the file is.
    fn selected_group<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<(&'a FileView<CfDataset>, GroupId)> {
        match self.tree.selected?.place() {
            Place::Group(group) => Some((self.selected_file(views)?, group)),
            _ => None,
        }
    }

    fn selected_file<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<&'a FileView<CfDataset>> {
        let file = self.tree.selected?.file();
        views.iter().find(|view| view.id == file)
    }

    fn selected_path(&self, views: &[FileView<CfDataset>]) -> String {
        match (self.selected_variable(views), self.selected_file(views)) {
            (Some((view, id)), _) if self.own_variable(views).is_some() => {
                let path = view.opened().map(|opened| opened.dataset.variable_path(id));
                format!("{}:{}", view.name(), path.unwrap_or_default())
            }
            (_, Some(view)) => match (self.tree.selected, view.opened()) {
                (Some(Node::File(_)) | None, _) | (_, None) => view.name(),
                (Some(node), Some(opened)) => {
                    let path = places::path_of(&opened.dataset, node.place());
                    format!("{}:{path}", view.name())
                }
            },
            (_, None) => String::new(),
        }
    }

    fn browser_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let takes_keys = !ui.ctx().egui_wants_keyboard_input() && !self.table_takes_keys(views);
        let height = ui.available_height();
        Panel::bottom("attributes")
            .default_size(height * 0.42)
            .min_size((height * 0.3).max(80.0))
            .show(ui, |ui| {
                ui.add_space(4.0);
                attributes::tabs_ui(ui, &mut self.tab);
                ui.separator();
                self.facts_ui(ui, views);
            });
        CentralPanel::no_frame().show(ui, |ui| {
            ui.add_space(4.0);
            self.tree.shows_hidden = self.shows_internal;
            for action in self.tree.ui(ui, &self.engine, views, takes_keys) {
                self.act(views, action);
            }
        });
    }

    /// Attributes, storage or CDL text of what is selected.
    fn facts_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some(view) = self.selected_file(views) else { return };
        let opened = match &view.state {
            FileState::Open(opened) => opened,
            FileState::Failed(_) | FileState::Opening(_) => return,
        };
        let dataset = &opened.dataset;
        let variable = self.own_variable(views);
        match (self.tab, variable) {
            (Tab::Attributes, Some(id)) => {
                let found = dataset.variable(id);
                if let Some(variable) = found {
                    let alias_of = variable.alias_of.as_deref();
                    attributes::damage_ui(ui, variable.error.as_ref(), alias_of);
                }
                if let Some(cf) = opened.meaning.variable(dataset, id) {
                    attributes::notes_ui(ui, &cf.notes());
                }
                let found = found.map_or(&[][..], |v| &v.attributes);
                let clicked = attributes::attributes_ui(ui, found, &mut self.shows_internal);
                self.follow_clicked(views, view.id, clicked);
            }
            (Tab::Attributes, None) => {
                let place = self.tree.selected.map_or(Place::Group(GroupId::ROOT), Node::place);
                let found = match place {
                    Place::Group(id) => {
                        if let Some(group) = dataset.group(id) {
                            let alias_of = group.alias_of.as_deref();
                            attributes::damage_ui(ui, group.error.as_ref(), alias_of);
                        }
                        attributes::group_attributes(dataset, id)
                    }
                    Place::Type(group, at) => match places::type_at(dataset, group, at) {
                        Some(named) => {
                            attributes::damage_ui(ui, None, named.alias_of.as_deref());
                            named.attributes.as_slice()
                        }
                        None => &[],
                    },
                    // What a link leads to has attributes, not the link.
                    Place::Variable(_) | Place::Link(..) => &[],
                };
                let clicked = attributes::attributes_ui(ui, found, &mut self.shows_internal);
                self.follow_clicked(views, view.id, clicked);
            }
            (Tab::Storage, Some(id)) => {
                attributes::storage_ui(ui, &opened.dataset, id, &format_text(opened));
            }
            (Tab::Storage, None) => {
                ui.weak("Select a variable");
            }
            (Tab::Cdl, _) => self.cdl_ui(ui, view),
        }
    }

    fn follow_clicked(
        &mut self,
        views: &[FileView<CfDataset>],
        file: FileId,
        clicked: Option<Reference>,
    ) {
        if let Some(reference) = clicked {
            self.follow_reference(views, file, &reference);
        }
    }

    fn cdl_ui(&self, ui: &mut Ui, view: &FileView<CfDataset>) {
        let Some(opened) = view.opened().cloned() else { return };
        let request = CdlRequest {
            file: view.id,
            generation: view.generation,
            is_complete: opened.is_complete,
        };
        let name = view.name();
        let answer = self.engine.want(&request, Priority::Visible, move |_| {
            let model = CdlModel::of(opened.file.format_name(), opened.file.model());
            let text = cdl::header(&opened.dataset, &name, model);
            Ok(CdlText(String::from_utf8_lossy(&text).into_owned()))
        });
        match answer {
            Answer::Ready(text) => attributes::cdl_ui(ui, &text.0),
            Answer::Failed(error) => {
                ui.label(error.to_string());
            }
            Answer::Pending(_) => {
                ui.weak("…");
            }
        }
    }

    fn centre_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        if let Some(complaint) = self.opening.complaint() {
            banner::complaint_ui(ui, complaint);
        }
        if let Some(view) = self.selected_file(views)
            && banner::banner_ui(ui, view)
        {
            self.reload(view.id);
        }
        let Some((view, id)) = self.selected_variable(views) else {
            if !self.messages_ui(ui, views) && !self.group_ui(ui, views) {
                self.nothing_selected_ui(ui, views);
            }
            return;
        };
        let Some(opened) = view.opened() else { return };
        let scene = Scene::new(&self.engine, views, view, opened, id);
        let key = (view.id, scene.path());
        let memory = &self.memory;
        let state = self.states.entry(key).or_insert_with(|| views::initial_state(scene, memory));
        let scene = scene.shown(state, self.settings.is_decoded);
        let sliders = ui.scope_id().with("sliders height");
        let height: f32 = ui.data(|data| data.get_temp(sliders)).unwrap_or(0.0);
        let area = ui.available_rect_before_wrap();
        let split = (area.bottom() - height).max(area.top() + 60.0);
        let top = egui::Rect::from_min_max(area.min, egui::pos2(area.right(), split));
        // Of many axes some are scrolled to: the picture keeps most of the room.
        let most_px = (SLIDERS_SHARE * area.height()).max(30.0);
        let room = egui::vec2(area.width(), most_px);
        let bottom = egui::Rect::from_min_size(egui::pos2(area.left(), split), room);
        let mut below = ui.new_child(egui::UiBuilder::new().max_rect(bottom));
        let scroll = egui::ScrollArea::vertical().id_salt("sliders").auto_shrink([false, true]);
        scroll.max_height(most_px).show(&mut below, |ui| {
            views::sliders_ui(ui, scene, state, &mut self.memory);
        });
        let used = below.min_rect().height();
        if (used - height).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(sliders, used));
            ui.ctx().request_discard("sliders changed height");
        }
        let mut above = ui.new_child(egui::UiBuilder::new().max_rect(top));
        let kind = views::kind(state.view);
        (kind.ui)(&mut above, scene, state, &mut self.settings, &mut self.readout);
        let jump = state.jump.take();
        ui.advance_cursor_after_rect(area);
        self.follow_clicked(views, view.id, jump);
    }

    /// The table or the document that the selected group is; false where it is none.
    fn group_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) -> bool {
        let Some((view, group)) = self.selected_group(views) else { return false };
        let Some(opened) = view.opened() else { return false };
        let Some(hints) = opened.meaning.interpretation().groups.get(&group) else { return false };
        // Views of groups take no variable.
        let scene = Scene::new(&self.engine, views, view, opened, VariableId(0));
        if hints.table.is_some() {
            let key = (view.id, opened.dataset.group_path(group));
            let state = self.tables.entry(key).or_default();
            let request = HeadersRequest { file: view.id, generation: view.generation, group };
            views::group_table_ui(ui, scene, request, state, &self.settings, &mut self.readout);
        } else if let Some(attribute) = &hints.document {
            views::document_ui(ui, scene, group, attribute);
        }
        hints.table.is_some() || hints.document.is_some()
    }

    fn nothing_selected_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        match self.selected_file(views).map(|view| &view.state) {
            Some(FileState::Failed(error)) => {
                trouble_ui(ui, "This file cannot be read", error, "");
            }
            Some(FileState::Opening(progress)) => views::pending_ui(ui, progress),
            Some(FileState::Open(opened)) => self.no_variable_ui(ui, views, &opened.clone()),
            None if views.is_empty() => {
                if let Some(path) = welcome_ui(ui, self.settings.recent()) {
                    self.open(vec![path]);
                }
            }
            None => {}
        }
    }

    /// What is selected has no values: a type, a link, a group.
    fn no_variable_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        opened: &Opened<CfDataset>,
    ) {
        let dataset = &opened.dataset;
        match self.tree.selected {
            Some(node @ Node::Type(_, group, at)) => {
                let generation = self.selected_file(views).map_or(0, |view| view.generation);
                if let Some(named) = places::type_at(dataset, group, at) {
                    let known =
                        self.definition.take_if(|(of, at, _)| (*of, *at) == (node, generation));
                    let lines = match known {
                        Some((.., lines)) => lines,
                        None => definition(&named.dtype),
                    };
                    type_ui(ui, &places::path_of(dataset, node.place()), named, &lines);
                    self.definition = Some((node, generation, lines));
                }
            }
            Some(node @ Node::Link(..)) => self.link_ui(ui, views, opened, node),
            node => {
                let Some(view) = self.selected_file(views) else { return };
                let (file, place) = (view.id, node.map_or(ROOT, Node::place));
                let Place::Group(group) = place else { return };
                let hints = opened.meaning.interpretation().groups.get(&group);
                if let Some(plot @ Place::Link(..)) = hints.and_then(|hints| hints.plot) {
                    self.link_ui(ui, views, opened, Node::of(file, plot));
                    return;
                }
                let title = match group {
                    GroupId::ROOT => view.name(),
                    _ => dataset.group_path(group),
                };
                if let Some(child) = contents_ui(ui, dataset, group, &title) {
                    self.act(views, TreeAction::Select(Node::of(file, child)));
                }
            }
        }
    }

    fn link_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        opened: &Opened<CfDataset>,
        node: Node,
    ) {
        let Place::Link(group, at) = node.place() else { return };
        let (leads, action) = self.tree.leads(node);
        if let Some(link) = places::link_at(&opened.dataset, group, at)
            && link_ui(ui, &places::path_of(&opened.dataset, node.place()), link, leads)
            && let Some(action) = action
        {
            self.act(views, action);
        }
    }

    fn options_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some((view, id)) = self.selected_variable(views) else { return };
        let Some(opened) = view.opened() else { return };
        let scene = Scene::new(&self.engine, views, view, opened, id);
        if let Some(state) = self.states.get_mut(&(view.id, scene.path())) {
            ui.add_space(6.0);
            let scene = scene.shown(state, self.settings.is_decoded);
            (views::kind(state.view).options_ui)(ui, scene, state, &mut self.settings);
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

    fn reload(&mut self, file: FileId) {
        self.engine.forget_errors();
        self.files.reload(file);
    }

    fn close(&mut self, file: FileId) {
        self.files.close(file);
        self.states.retain(|(id, _), _| *id != file);
        self.tables.retain(|(id, _), _| *id != file);
        self.messages.remove(&file);
        if self.tree.selected.is_some_and(|node| node.file() == file) {
            self.tree.selected = None;
        }
    }

    fn set_view(&mut self, views: &[FileView<CfDataset>], id: ViewId) {
        let cf = self.selected_variable(views).and_then(|(view, variable)| {
            let opened = view.opened()?;
            opened.meaning.variable(&opened.dataset, variable)
        });
        let is_suited = cf.is_some_and(|cf| (views::kind(id).suits)(&cf) != Suitability::No);
        if let Some(state) = self.selected_state(views).filter(|_| is_suited) {
            state.view = id;
        }
    }

    fn selected_state(&mut self, views: &[FileView<CfDataset>]) -> Option<&mut VariableState> {
        let (view, id) = self.selected_variable(views)?;
        let path = view.opened()?.dataset.variable_path(id);
        self.states.get_mut(&(view.id, path))
    }

    /// The arrow keys belong to the table once one of its cells has been clicked.
    fn table_takes_keys(&mut self, views: &[FileView<CfDataset>]) -> bool {
        self.selected_table(views).is_some_and(|table| table.has_focus())
            || self.selected_messages(views).is_some_and(|messages| messages.has_focus())
            || self
                .selected_state(views)
                .is_some_and(|state| state.view == ViewId::Table && state.table.has_focus())
    }

    /// Of the group that is one table.
    fn selected_table(&mut self, views: &[FileView<CfDataset>]) -> Option<&mut GroupTableState> {
        let (view, group) = self.selected_group(views)?;
        let path = view.opened()?.dataset.group_path(group);
        self.tables.get_mut(&(view.id, path))
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.frame(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, eframe::APP_KEY, &self.settings);
    }
}

/// The file's structure as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CdlRequest {
    file: FileId,
    generation: u64,
    is_complete: bool,
}

struct CdlText(String);

impl crate::engine::Weigh for CdlText {
    fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl crate::engine::Request for CdlRequest {
    type Output = CdlText;

    fn describe(&self) -> String {
        "writing CDL".into()
    }
}

/// Shared by tests of the window.
pub fn new_files(engine: &Engine) -> Files<CfDataset> {
    Files::new(engine.clone(), CfDataset::of)
}
