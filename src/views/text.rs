//! Text as one reads it: metadata documents, strings, character arrays.

use egui::{RichText, ScrollArea, Ui};
use hyperslab_core::{Dtype, Section};

use super::data::read_readable;
use super::{Origin, Scene, Suitability, VariableState, ViewKind, error_ui, pending_ui};
use crate::cf::CfVariable;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::interpret::TextForm;
use crate::prep::running_text;
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Text, label: "Text", suits, ui: text_ui, options_ui };

/// More is for the table, which reads what is visible: of characters, and of texts.
const CHARS_MAX: u64 = 1 << 24;
const TEXTS_MAX: u64 = 1 << 20;

fn suits(cf: &CfVariable<'_>) -> Suitability {
    let variable = cf.variable();
    let form = cf.hints().and_then(|hints| hints.text);
    let most = match (&variable.dtype, form) {
        (Dtype::Char, _) | (_, Some(TextForm::Joined)) => CHARS_MAX,
        (dtype, form) if dtype.is_text() || form.is_some() => TEXTS_MAX,
        _ => 0,
    };
    if !variable.is_null && (1..=most).contains(&variable.element_count()) {
        Suitability::Possible
    } else {
        Suitability::No
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LinesRequest {
    origin: Origin,
}

struct Lines(Vec<String>);

impl Weigh for Lines {
    fn bytes(&self) -> usize {
        self.0.iter().map(|line| line.len() + size_of::<String>()).sum()
    }
}

impl Request for LinesRequest {
    type Output = Lines;

    fn describe(&self) -> String {
        "reading text".into()
    }
}

fn text_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    _: &mut VariableState,
    _: &mut Settings,
    _: &mut Readout,
) {
    let request = LinesRequest { origin: scene.origin(false) };
    let (opened, id) = (scene.opened.clone(), scene.variable);
    let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
        let shape = opened.dataset.variable(id).map(|v| v.shape()).unwrap_or_default();
        let found = read_readable(&opened, id, false, &Section::all(&shape), cx)?;
        let form = opened.meaning.interpretation().hints(id).and_then(|hints| hints.text);
        let values = hyperslab_core::Array { shape, values: found.values };
        Ok(Lines(running_text::lines(&values, form)))
    });
    match answer {
        Answer::Ready(lines) => {
            copy_ui(ui, scene, &lines.0);
            lines_ui(ui, &lines.0);
        }
        Answer::Failed(error) => error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => pending_ui(ui, &progress),
    }
}

fn copy_ui(ui: &mut Ui, scene: Scene<'_>, lines: &[String]) {
    if !scene.is_picture && ui.button("Copy all").clicked() {
        ui.ctx().copy_text(lines.join("\n"));
    }
}

/// Only the visible lines are laid out, however many there are.
fn lines_ui(ui: &mut Ui, lines: &[String]) {
    let height = ui.text_style_height(&egui::TextStyle::Monospace);
    ScrollArea::both().auto_shrink(false).id_salt("text").show_rows(
        ui,
        height,
        lines.len(),
        |ui, rows| {
            for line in lines.get(rows).unwrap_or_default() {
                ui.add(egui::Label::new(RichText::new(line).monospace()).selectable(true).extend());
            }
        },
    );
}

fn options_ui(_: &mut Ui, _: Scene<'_>, _: &mut VariableState, _: &mut Settings) {}
