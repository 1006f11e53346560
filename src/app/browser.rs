//! The left side: the tree, and below it what the file says about what is selected.

use egui::{CentralPanel, Panel, Ui};
use hyperslab_core::{GroupId, Reference};

use super::App;
use crate::cf::CfDataset;
use crate::engine::store::{FileState, FileView};
use crate::engine::{Answer, FileId, Priority, Request, Weigh};
use crate::export::cdl::{self, CdlModel};
use crate::places::{self, Place};
use crate::ui::attributes::{self, Tab};
use crate::ui::tree::{Node, format_text};

impl App {
    pub(super) fn browser_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
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

    pub(super) fn follow_clicked(
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
}

/// The file's structure as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CdlRequest {
    file: FileId,
    generation: u64,
    is_complete: bool,
}

struct CdlText(String);

impl Weigh for CdlText {
    fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl Request for CdlRequest {
    type Output = CdlText;

    fn describe(&self) -> String {
        "writing CDL".into()
    }
}
