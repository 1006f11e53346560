//! What is seen where a result will be, while it is being worked out.

use egui::{Align, Layout, ProgressBar, Ui};
use hyperslab_core::{Range, Section};

use crate::engine::{Answer, Priority, Request, Weigh};
use crate::views::{Origin, Scene, VariableState, error_ui};

/// The piece of a result that the slice shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PieceRequest {
    origin: Origin,
    section: Section,
    what: String,
}

struct IsThere;

impl Weigh for IsThere {
    fn bytes(&self) -> usize {
        0
    }
}

impl Request for PieceRequest {
    type Output = IsThere;

    fn describe(&self) -> String {
        self.what.clone()
    }
}

/// Draws how far the computing has come; false once what the slice shows is there (or for what
/// is not computed in pieces), for the view to be drawn. One worker computes and the others stay
/// free, whatever the view will ask for.
pub fn waiting_ui(ui: &mut Ui, scene: Scene<'_>, state: &VariableState) -> bool {
    if !scene.file.is_computed {
        return false;
    }
    let Some(variable) = scene.variable() else { return false };
    let Some(chunks) = &variable.storage.chunks else { return false };
    let ranges =
        variable.shape().into_iter().zip(chunks).enumerate().map(|(axis, (len, &piece))| {
            let piece = piece.max(1);
            let start = state.slice.index(axis, len) / piece * piece;
            Range::new(start, piece.min(len.saturating_sub(start)))
        });
    let section = Section::new(ranges.collect::<Vec<_>>());
    let (opened, id, asked) = (scene.opened.clone(), scene.variable, section.clone());
    let what = format!("computing {}", scene.opened.dataset.group_path(variable.group));
    let request = PieceRequest { origin: scene.origin(true).unmasked(), section, what };
    let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
        opened.file.read(id, &asked, cx).map(|_| IsThere)
    });
    match answer {
        Answer::Ready(_) => false,
        Answer::Failed(error) => {
            error_ui(ui, scene.engine, &error);
            true
        }
        Answer::Pending(progress) => {
            ui.with_layout(Layout::top_down(Align::Center), |ui| {
                ui.add_space(ui.available_height() * 0.38);
                ui.label(scene.title(true));
                ui.add_space(6.0);
                let fraction = progress.fraction().unwrap_or(0.0);
                ui.add(ProgressBar::new(fraction).desired_width(260.0).show_percentage());
                ui.add_space(6.0);
                if ui.button("Cancel").on_hover_text("Stop computing").clicked() {
                    scene.engine.cancel(&request);
                }
            });
            true
        }
    }
}
