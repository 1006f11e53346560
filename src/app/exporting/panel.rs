//! The panel: what is made, how, where it goes; below, how far the jobs are.

use std::path::{Path, PathBuf};

use egui::{Align2, DragValue, Grid, Key, RichText, TextEdit, Ui, vec2};

use super::job::{Job, Outcome};
use super::work::{self, Steps, Target, Values};
use super::{Kind, Options, suggested_path};
use crate::app::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::export::values::Format;
use crate::paint::{Form, Picture, Sheet};
use crate::prep::slice::Slice;
use crate::session::Theme;
use crate::ui::theme::palette;
use crate::views::{self, Scene, VariableState, fills};

const SCALES: [f32; 4] = [1.0, 2.0, 3.0, 4.0];
/// Of a side, in points.
const SIDES: std::ops::RangeInclusive<f32> = 100.0..=8000.0;

/// What is exported, as the frame sees it.
struct Subject<'a> {
    scene: Scene<'a>,
    state: &'a VariableState,
}

impl App {
    pub(super) fn panel_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some(kind) = self.exporting.open else { return };
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.exporting.open = None;
            return;
        }
        let mut is_open = true;
        let title = match kind {
            Kind::Picture => "Export picture",
            Kind::Data => "Export data",
            Kind::Frames => "Export animation",
        };
        egui::Window::new(title)
            .id(egui::Id::unique("export panel"))
            .pivot(Align2::CENTER_TOP)
            .default_pos(ui.ctx().content_rect().center_top() + vec2(0.0, 80.0))
            .open(&mut is_open)
            .collapsible(false)
            .resizable(false)
            .show(ui.ctx(), |ui| {
                ui.set_width(460.0);
                self.form_ui(ui, views, kind);
                self.jobs_ui(ui);
            });
        if !is_open {
            self.exporting.open = None;
        }
    }

    fn form_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>], kind: Kind) {
        let tile = self.layout.rect_of(self.panes.focused_id());
        let Some((view, variable)) = self.selected_variable(views) else {
            ui.weak("Select a variable");
            return;
        };
        let Some(opened) = view.opened() else { return };
        let scene = Scene::new(&self.engine, views, view, opened, variable);
        let pane = self.panes.get(self.panes.focused_id());
        let state = pane.and_then(|pane| pane.states.get(&(view.id, scene.path())));
        let Some(state) = state else { return };
        let scene = scene.shown(state, self.settings.is_decoded);
        let subject = Subject { scene, state };
        let options = &mut self.exporting.options;
        let shown = [tile.width().round(), tile.height().round()];
        if self.exporting.subject.replace((view.id, variable)) != Some((view.id, variable)) {
            (options.axis, options.is_whole) = (None, false);
        }
        if let Ok(chosen) = self.exporting.dialog.1.try_recv() {
            // The dialog has asked whether it may be replaced.
            (options.path, options.may_replace) = (chosen.display().to_string(), true);
        }
        let before = (options.path.clone(), options.form, options.format);
        Grid::new("export").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| match kind {
            Kind::Picture => picture_ui(ui, options, shown),
            Kind::Data => data_ui(ui, options, &subject),
            Kind::Frames => {
                steps_ui(ui, options, &subject);
                size_ui(ui, options, shown);
            }
        });
        let extension = match kind {
            Kind::Picture if options.form == Form::Svg => "svg",
            Kind::Picture | Kind::Frames => "png",
            Kind::Data => extension(options.format),
        };
        suggest(options, &view.path, &scene.path(), extension);
        let has_steps = kind != Kind::Frames || options.axis.is_some();
        let dialog = self.exporting.dialog.0.clone();
        let is_asked = target_ui(ui, options, &self.exporting.jobs, kind, (has_steps, dialog));
        if before != (options.path.clone(), options.form, options.format) && !is_asked {
            options.may_replace = false;
        }
        if is_asked {
            let open = views.iter().map(|view| view.path.clone()).collect();
            let path = PathBuf::from(options.path.trim());
            let target = Target { path, may_replace: options.may_replace, open };
            let job = begin(ui, options, &subject, &self.settings, (kind, shown), target);
            self.exporting.jobs.retain(|job| job.ended.is_none());
            self.exporting.jobs.push(job);
            self.exporting.options.may_replace = false;
        }
    }

    fn jobs_ui(&mut self, ui: &mut Ui) {
        for job in &self.exporting.jobs {
            ui.separator();
            ui.horizontal(|ui| match &job.ended {
                None => {
                    let bar = match job.progress.fraction() {
                        Some(fraction) => egui::ProgressBar::new(fraction).show_percentage(),
                        None => egui::ProgressBar::new(0.0).animate(true),
                    };
                    ui.add(bar.desired_width(150.0));
                    ui.label(&job.name);
                    if ui.small_button("Cancel").clicked() {
                        job.cancel.cancel();
                    }
                }
                Some(Outcome::Saved(path)) => {
                    ui.label("Saved");
                    ui.add(egui::Label::new(path).truncate()).on_hover_text(path);
                }
                Some(Outcome::Exists) => {
                    ui.label(format!("{} is there already", job.name));
                }
                Some(Outcome::Cancelled) => {
                    ui.weak(format!("{}: cancelled", job.name));
                }
                Some(Outcome::Failed(why)) => {
                    let text = RichText::new(format!("{}: {why}", job.name));
                    ui.add(egui::Label::new(text.color(palette(ui).error)).wrap());
                }
            });
        }
    }
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Csv | Format::CsvGrid => "csv",
        Format::Tsv | Format::TsvGrid => "tsv",
        Format::Json => "json",
        Format::Npy => "npy",
        Format::Text => "txt",
        Format::Raw => "bin",
    }
}

/// A path that nobody has typed follows what is selected; one that was typed keeps its folder and
/// name, and gets the ending of what it will hold.
fn suggest(options: &mut Options, file: &Path, variable: &str, extension: &str) {
    let suggested = suggested_path(file, variable, extension);
    if options.path.trim().is_empty() || options.path == options.suggested {
        options.path = suggested.clone();
    } else if options.suggested != suggested {
        let known = ["png", "svg", "csv", "tsv", "json", "npy"];
        let path = Path::new(&options.path);
        let ending = path.extension().and_then(|ending| ending.to_str());
        if ending.is_some_and(|ending| ending != extension && known.contains(&ending)) {
            options.path = path.with_extension(extension).display().to_string();
        }
    }
    options.suggested = suggested;
}

fn picture_ui(ui: &mut Ui, options: &mut Options, shown: [f32; 2]) {
    ui.label("Format");
    ui.horizontal(|ui| {
        ui.radio_value(&mut options.form, Form::Png, "PNG");
        ui.radio_value(&mut options.form, Form::Svg, "SVG")
            .on_hover_text("Lines and words that can be enlarged and edited");
    });
    ui.end_row();
    size_ui(ui, options, shown);
}

fn size_ui(ui: &mut Ui, options: &mut Options, shown: [f32; 2]) {
    ui.label("Size");
    ui.horizontal(|ui| {
        let mut size = options.size.unwrap_or(shown);
        let mut is_changed = false;
        for (side, name) in size.iter_mut().zip(["Width", "Height"]) {
            let edit = ui.add(DragValue::new(side).range(SIDES).max_decimals(0).suffix(" pt"));
            edit.widget_info(|| {
                let info = egui::WidgetInfo::drag_value(true, f64::from(*side));
                egui::WidgetInfo { label: Some(name.to_owned()), ..info }
            });
            is_changed |= edit.changed();
            if name == "Width" {
                ui.label("×");
            }
        }
        if is_changed {
            options.size = Some(size);
        }
        if options.size.is_some() && ui.small_button("As shown").clicked() {
            options.size = None;
        }
    });
    ui.end_row();
    ui.label("Resolution");
    ui.horizontal(|ui| {
        for scale in SCALES {
            ui.selectable_value(&mut options.scale, scale, format!("{scale}×"));
        }
        let pixels = options.size.unwrap_or(shown).map(|side| (side * options.scale).round());
        ui.weak(format!("{} × {} pixels", pixels[0], pixels[1]));
    });
    ui.end_row();
    ui.label("Colours");
    ui.horizontal(|ui| {
        let mut is_dark = options.is_dark.unwrap_or(ui.visuals().dark_mode);
        let light = ui.radio_value(&mut is_dark, false, "Light");
        let dark = ui.radio_value(&mut is_dark, true, "Dark");
        if light.changed() || dark.changed() {
            options.is_dark = Some(is_dark);
        }
    });
    ui.end_row();
}

fn data_ui(ui: &mut Ui, options: &mut Options, subject: &Subject<'_>) {
    ui.label("Values");
    ui.horizontal(|ui| {
        let count = slice(subject, false).section.element_count();
        ui.radio_value(&mut options.is_whole, false, format!("This slice ({count})"));
        let count = subject.scene.variable().map_or(0, |variable| variable.element_count());
        ui.radio_value(&mut options.is_whole, true, format!("Whole variable ({count})"));
    });
    ui.end_row();
    ui.label("Format");
    ui.horizontal(|ui| {
        for (format, name) in [
            (Format::Csv, "CSV"),
            (Format::Tsv, "TSV"),
            (Format::Npy, "NPY"),
            (Format::Json, "JSON"),
        ] {
            ui.radio_value(&mut options.format, format, name);
        }
    });
    ui.end_row();
    let is_plane = slice(subject, options.is_whole).shape().len() == 2;
    if is_plane && matches!(options.format, Format::Csv | Format::Tsv) {
        ui.label("Layout");
        ui.horizontal(|ui| {
            ui.radio_value(&mut options.is_long, false, "Rows and columns");
            ui.radio_value(&mut options.is_long, true, "A line for each value");
        });
        ui.end_row();
    }
}

fn steps_ui(ui: &mut Ui, options: &mut Options, subject: &Subject<'_>) {
    let axes = views::stepped_axes(subject.scene, subject.state);
    let chosen = axes.iter().find(|(axis, ..)| Some(*axis) == options.axis).or(axes.first());
    ui.label("Steps along");
    let Some((axis, name, length)) = chosen.cloned() else {
        options.axis = None;
        ui.weak("Nothing is left to step through");
        ui.end_row();
        return;
    };
    if options.axis != Some(axis) {
        (options.axis, options.first, options.last, options.every) = (Some(axis), 0, length - 1, 1);
    }
    ui.horizontal(|ui| {
        let menu = egui::ComboBox::from_id_salt("steps along").selected_text(&name);
        menu.show_ui(ui, |ui| {
            for (other, name, length) in &axes {
                if ui.selectable_label(*other == axis, name).clicked() {
                    options.axis = Some(*other);
                    (options.first, options.last, options.every) = (0, length - 1, 1);
                }
            }
        });
        ui.label("from");
        ui.add(DragValue::new(&mut options.first).range(0..=options.last));
        ui.label("to");
        ui.add(DragValue::new(&mut options.last).range(options.first..=length - 1));
        ui.label("every");
        ui.add(DragValue::new(&mut options.every).range(1..=length));
    });
    ui.end_row();
}

/// Where it goes; true when it shall begin.
fn target_ui(
    ui: &mut Ui,
    options: &mut Options,
    jobs: &[Job],
    kind: Kind,
    (can_begin, dialog): (bool, std::sync::mpsc::Sender<PathBuf>),
) -> bool {
    ui.add_space(6.0);
    let mut is_asked = false;
    ui.horizontal(|ui| {
        let label = ui.label("Path");
        let width = ui.available_width() - 84.0;
        let edit = TextEdit::singleline(&mut options.path).desired_width(width);
        let edit = ui.add(edit.hint_text("Type or paste a path")).labelled_by(label.id);
        is_asked |= edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if ui.button("Browse…").clicked() {
            show_dialog(ui.ctx(), PathBuf::from(options.path.trim()), dialog);
        }
    });
    let is_running = jobs.iter().any(|job| job.ended.is_none());
    let would_replace = jobs.iter().any(|job| job.ended == Some(Outcome::Exists));
    ui.horizontal(|ui| {
        let can_begin = can_begin && !options.path.trim().is_empty() && !is_running;
        let label = match kind {
            Kind::Frames => {
                let count = steps(options).map_or(0, |steps| steps.count());
                format!("Export {count} pictures")
            }
            _ => "Save".to_owned(),
        };
        is_asked |= ui.add_enabled(can_begin, egui::Button::new(label)).clicked();
        is_asked &= can_begin;
        if would_replace && ui.add_enabled(can_begin, egui::Button::new("Replace")).clicked() {
            options.may_replace = true;
            is_asked = true;
        }
        if kind == Kind::Frames {
            let name = Path::new(options.path.trim()).file_stem().unwrap_or_default();
            let digits = "0".repeat(options.last.to_string().len());
            ui.weak(format!("{}_{digits}.png …", name.to_string_lossy()));
        }
    });
    is_asked
}

/// The system's dialog, on a thread of its own: it blocks until it is closed.
fn show_dialog(ctx: &egui::Context, path: PathBuf, answer: std::sync::mpsc::Sender<PathBuf>) {
    let ctx = ctx.clone();
    let show = move || {
        let mut dialog = rfd::FileDialog::new().set_title("Export");
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = path.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        if let Some(chosen) = dialog.save_file() {
            let _ = answer.send(chosen);
        }
        ctx.request_repaint();
    };
    // Without a thread there is no dialog; the path can be typed.
    let _ = std::thread::Builder::new().name("file dialog".into()).spawn(show);
}

fn steps(options: &Options) -> Option<Steps> {
    let (first, last, every) = (options.first, options.last, options.every);
    Some(Steps { axis: options.axis?, first, last, every })
}

/// What is shown of the variable, or all of it.
fn slice(subject: &Subject<'_>, is_whole: bool) -> Slice {
    let shape = subject.scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    match is_whole {
        true => Slice::all(&shape),
        false => views::shown_slice(subject.scene, subject.state),
    }
}

fn begin(
    ui: &Ui,
    options: &Options,
    subject: &Subject<'_>,
    settings: &crate::session::Settings,
    (kind, shown): (Kind, [f32; 2]),
    target: Target,
) -> Job {
    let ctx = ui.ctx();
    let name = target.path.file_name().unwrap_or(target.path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let theme = match options.is_dark.unwrap_or(ui.visuals().dark_mode) {
        true => Theme::Dark,
        false => Theme::Light,
    };
    let sheet = Sheet { size: options.size.unwrap_or(shown), scale: options.scale, theme };
    let picture = || Picture::of(subject.scene, subject.state, settings);
    match (kind, steps(options)) {
        (Kind::Picture, _) | (Kind::Frames, None) => {
            let (picture, form) = (picture(), options.form);
            Job::begin(ctx, name, move |reporter| {
                sheet.check().map_err(super::job::Trouble::Words)?;
                work::save_picture(picture, sheet, form, &target, reporter)
            })
        }
        (Kind::Frames, Some(steps)) => {
            let picture = picture();
            Job::begin(ctx, name, move |reporter| {
                sheet.check().map_err(super::job::Trouble::Words)?;
                work::save_frames(picture, sheet, &steps, &target, reporter)
            })
        }
        (Kind::Data, _) => {
            let values = values(options, subject, settings.is_decoded);
            Job::begin(ctx, name, move |reporter| work::save_values(&values, &target, reporter))
        }
    }
}

fn values(options: &Options, subject: &Subject<'_>, is_decoded: bool) -> Values {
    let scene = subject.scene;
    let slice = slice(subject, options.is_whole);
    let format = match (options.format, slice.shape().len(), options.is_long) {
        (Format::Csv, 2, false) => Format::CsvGrid,
        (Format::Tsv, 2, false) => Format::TsvGrid,
        (format, ..) => format,
    };
    let origin = scene.origin(is_decoded);
    let is_changed = is_decoded && (origin.as_rate || !origin.masking.is_empty());
    Values {
        opened: scene.opened.clone(),
        variable: scene.variable,
        slice,
        format,
        fills: is_decoded.then(|| fills(scene.opened)),
        shown: is_changed.then_some(origin),
        options: scene.engine.options(),
    }
}
