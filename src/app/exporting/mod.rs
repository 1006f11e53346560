//! Getting things out: what is seen as a picture, as values, as pictures of all steps; on the
//! clipboard as words, as a picture or as the code that reads the same.
//!
//! Nothing here stops the window: what is made is made by threads, and a panel says how far
//! they are.

mod copying;
mod job;
mod panel;
mod work;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Ui;
use hyperslab_core::VariableId;

use super::App;
use crate::cf::CfDataset;
use crate::engine::FileId;
use crate::engine::store::FileView;
use crate::export::code::Language;
use crate::export::values::Format;
use crate::paint::Form;
use copying::Copying;
use job::Job;

/// What the panel makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Picture,
    Data,
    Frames,
}

/// The panel, what was chosen in it, and the jobs begun there.
pub struct Exporting {
    open: Option<Kind>,
    options: Options,
    /// What it is called if nobody says otherwise, for what is selected.
    subject: Option<(FileId, VariableId)>,
    jobs: Vec<Job>,
    /// Answers of the system's file dialog.
    dialog: (Sender<PathBuf>, Receiver<PathBuf>),
    copying: Copying,
}

/// Chosen in the panel; kept while the window is open.
#[derive(Clone, Debug)]
struct Options {
    form: Form,
    /// In points; as the tile is where `None`.
    size: Option<[f32; 2]>,
    scale: f32,
    /// As the window is where `None`.
    is_dark: Option<bool>,
    format: Format,
    /// A line a value, even where there are rows and columns.
    is_long: bool,
    is_whole: bool,
    axis: Option<usize>,
    first: u64,
    last: u64,
    every: u64,
    /// As typed.
    path: String,
    /// The path that nobody has typed.
    suggested: String,
    /// What was there before may go.
    may_replace: bool,
}

impl Default for Exporting {
    fn default() -> Self {
        let options = Options {
            form: Form::Png,
            size: None,
            scale: 2.0,
            is_dark: None,
            format: Format::Csv,
            is_long: false,
            is_whole: false,
            axis: None,
            first: 0,
            last: 0,
            every: 1,
            path: String::new(),
            suggested: String::new(),
            may_replace: false,
        };
        Self {
            open: None,
            options,
            subject: None,
            jobs: Vec::new(),
            dialog: channel(),
            copying: Copying::default(),
        }
    }
}

impl Exporting {
    /// A job is under way.
    pub fn is_busy(&self) -> bool {
        self.jobs.iter().any(|job| job.ended.is_none()) || self.copying.is_busy()
    }
}

impl App {
    /// Opens the panel: pictures, values, pictures of all steps.
    pub(super) fn show_export(&mut self, kind: Kind) {
        self.exporting.open = Some(kind);
        self.exporting.options.may_replace = false;
    }

    /// In the toolbar.
    pub(super) fn export_menu_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let has_variable = self.selected_variable(views).is_some();
        ui.menu_button("Export", |ui| {
            ui.add_enabled_ui(has_variable, |ui| {
                for (kind, label, hover) in [
                    (Kind::Picture, "Picture…", "What is seen as PNG or SVG, of any size (Ctrl+E)"),
                    (
                        Kind::Data,
                        "Data…",
                        "The slice or all of the variable as CSV, TSV, NPY, JSON",
                    ),
                    (Kind::Frames, "Animation…", "A picture of each step along an axis"),
                ] {
                    if ui.button(label).on_hover_text(hover).clicked() {
                        self.show_export(kind);
                        ui.close();
                    }
                }
                ui.separator();
                ui.menu_button("Copy as", |ui| self.copy_menu_ui(ui, views));
            });
        });
        self.jobs_in_toolbar_ui(ui);
    }

    fn copy_menu_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        if ui.button("Picture").on_hover_text("Ctrl+C, where no table is").clicked() {
            self.copy_picture(ui.ctx(), views);
            ui.close();
        }
        if ui.button("Text").on_hover_text("The values of the slice, separated by tabs").clicked() {
            self.copy_text(ui.ctx(), views);
            ui.close();
        }
        ui.separator();
        for language in Language::ALL {
            let Some(code) = self.code(views, language) else { continue };
            if ui.button(language.name()).on_hover_text(&code).clicked() {
                ui.ctx().copy_text(code);
                ui.close();
            }
        }
    }

    /// While the panel is closed.
    fn jobs_in_toolbar_ui(&mut self, ui: &mut Ui) {
        if self.exporting.open.is_some() {
            return;
        }
        let mut jobs = self.exporting.jobs.iter().filter(|job| job.ended.is_none());
        let Some(job) = jobs.next() else { return };
        let percent = job.progress.fraction().map(|part| format!(" {:.0} %", 100.0 * part));
        ui.weak(format!("{}{}", job.name, percent.unwrap_or_default()));
        if ui.small_button("Cancel").clicked() {
            job.cancel.cancel();
        }
    }

    /// Once a frame: what the threads have said, the panel, Ctrl+C.
    pub(super) fn exporting_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        for job in &mut self.exporting.jobs {
            job.update();
        }
        if self.exporting.is_busy() {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        }
        self.finish_copying(ui.ctx());
        self.copy_by_key(ui, views);
        self.panel_ui(ui, views);
    }
}

/// `tos_Omon_sst.png` for `/ocean/sst` of `tos_Omon.nc`, beside the file.
fn suggested_path(file: &Path, variable: &str, extension: &str) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = variable.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| if c.is_alphanumeric() || "-_.+".contains(c) { c } else { '_' };
    let name: String = format!("{stem}_{name}").chars().map(plain).collect();
    file.with_file_name(format!("{name}.{extension}")).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_made_of_what_all_systems_allow() {
        let path = suggested_path(Path::new("/data/a b.nc"), "/g/wind speed: 10m", "csv");
        assert_eq!(path, "/data/a_b_wind_speed__10m.csv");
    }
}
