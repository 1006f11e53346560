//! One view of one variable as a picture: what the window shows of it without the furniture, with
//! a title above that says what it is and where it was cut.

use std::io;
use std::path::Path;
use std::sync::Arc;

use egui::epaint::ClippedShape;
use egui::{CentralPanel, Frame, Label, RichText, Ui, vec2};
use hyperslab_core::{ReadError, VariableId};

use super::canvas::Canvas;
use crate::cf::CfDataset;
use crate::engine::store::{FileView, Opened};
use crate::engine::{Engine, FileId};
use crate::export::png;
use crate::session::{Settings, Theme};
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::{self, Scene, VariableState};

/// What is painted. It reads through an engine of its own, so that a worker can paint it while
/// the window goes on.
pub struct Picture {
    pub engine: Engine,
    pub files: Vec<FileView<CfDataset>>,
    /// Which of `files`.
    pub file: FileId,
    pub variable: VariableId,
    pub state: VariableState,
    pub settings: Settings,
    pub title: Title,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Title {
    /// The variable's name and unit, and where it was cut.
    #[default]
    Automatic,
    Own(String),
    None,
}

/// What it is painted on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sheet {
    /// Width and height in points.
    pub size: [f32; 2],
    /// Pixels a point.
    pub scale: f32,
    pub theme: Theme,
}

/// What it is saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Png,
    Svg,
}

impl Form {
    /// By the ending of a file's name.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "png" => Some(Self::Png),
            "svg" => Some(Self::Svg),
            _ => None,
        }
    }

    /// Pixels a point where nobody says: what is embedded in a drawing is looked at closely.
    pub fn usual_scale(self) -> f32 {
        match self {
            Self::Png => 1.0,
            Self::Svg => 2.0,
        }
    }
}

/// Larger sheets are refused, in pixels.
const PIXELS_MAX: f64 = (1u64 << 27) as f64;
const SIDE_MAX: f64 = 32768.0;

const MARGIN: i8 = 10;

impl Sheet {
    /// # Errors
    /// In words: that it is too large to be painted.
    pub fn check(&self) -> Result<(), String> {
        let sides = self.size.map(|side| f64::from(side) * f64::from(self.scale));
        let [width, height] = sides;
        let is_fine = sides.iter().all(|side| (1.0..=SIDE_MAX).contains(side));
        if is_fine && width * height <= PIXELS_MAX {
            return Ok(());
        }
        Err(format!("a picture of {width:.0} x {height:.0} pixels cannot be painted"))
    }

    pub fn canvas(&self) -> Canvas {
        Canvas::new(vec2(self.size[0], self.size[1]), self.scale, self.theme)
    }
}

/// A picture, and what of it could not be read.
pub struct Painted {
    pub shapes: Vec<ClippedShape>,
    pub trouble: Option<ReadError>,
}

/// Bytes of values kept while painting.
const CACHE_BYTES: usize = 256 << 20;

impl Picture {
    /// What a view shows now, to be painted elsewhere.
    pub fn of(scene: Scene<'_>, state: &VariableState, settings: &Settings) -> Self {
        let engine = Engine::new(CACHE_BYTES);
        engine.share_options(scene.engine);
        let mut own = VariableState::new(state.view, state.slice.clone());
        own.choose(state.chosen());
        own.lent = state.lent.clone();
        Self {
            engine,
            files: scene.files.to_vec(),
            file: scene.file.id,
            variable: scene.variable,
            state: own,
            settings: settings.clone(),
            title: Title::Automatic,
        }
    }

    /// Reads and draws until everything is there.
    ///
    /// # Errors
    /// What stands where the picture would be; `Cancelled` when that was asked for.
    pub fn paint(
        &mut self,
        canvas: &mut Canvas,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Painted, ReadError> {
        let engine = self.engine.clone();
        let shapes = canvas.settle(&engine, is_cancelled, |ui| {
            self.ui(ui);
            false
        });
        let shapes = shapes.ok_or_else(ReadError::cancelled)?;
        let trouble = engine.failure();
        engine.end_frame();
        match views::shown_error(canvas.ctx()) {
            Some(error) => Err(error),
            None => Ok(Painted { shapes, trouble }),
        }
    }

    fn ui(&mut self, root: &mut Ui) {
        // Only what the last frame shows counts.
        views::shown_error(root.ctx());
        let palette = palette(root);
        let sheet = Frame::new().fill(palette.canvas).inner_margin(MARGIN);
        CentralPanel::default().frame(sheet).show(root, |ui| {
            let Some(file) = self.files.iter().find(|file| file.id == self.file) else { return };
            let Some(opened) = file.opened() else { return };
            let opened: &Arc<Opened<CfDataset>> = opened;
            let scene = Scene::new(&self.engine, &self.files, file, opened, self.variable);
            let scene = scene.as_picture().shown(&self.state, self.settings.is_decoded);
            title_ui(ui, scene, &self.state, &self.settings, &self.title);
            let draw = views::kind(self.state.view).ui;
            draw(ui, scene, &mut self.state, &mut self.settings, &mut Readout::default());
            // Nobody follows a reference in a picture.
            self.state.jump = None;
        });
    }
}

fn title_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &VariableState,
    settings: &Settings,
    title: &Title,
) {
    let line = |ui: &mut Ui, text: RichText| {
        ui.add(Label::new(text).truncate().selectable(false));
    };
    match title {
        Title::None => return,
        Title::Own(text) => line(ui, RichText::new(text).heading()),
        Title::Automatic => {
            let title = scene.title(settings.is_decoded);
            let title = match scene.heading() {
                Some(heading) => format!("{heading}:  {title}"),
                None => title,
            };
            line(ui, RichText::new(title).heading());
            let caption = views::caption(scene, state);
            if !caption.is_empty() {
                line(ui, RichText::new(caption).color(palette(ui).weak));
            }
        }
    }
    ui.add_space(6.0);
}

/// The bytes of a file of this form.
///
/// # Errors
/// Those of the form.
pub fn encoded(canvas: &Canvas, shapes: Vec<ClippedShape>, form: Form) -> io::Result<Vec<u8>> {
    match form {
        Form::Png => {
            let pixels = canvas.rgba(shapes);
            png::encode(pixels.width, pixels.height, &pixels.rgba)
        }
        Form::Svg => Ok(canvas.svg(&shapes).into_bytes()),
    }
}
