//! What went wrong: in plain words first, then as exactly as the reader can tell.

use egui::{Label, RichText, Ui};
use hyperslab_core::{ErrorKind, ReadError};

use super::theme::palette;

/// What the kind of error means for somebody who does not know the format.
pub fn plain_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::UnknownFormat => "This is not a kind of file that hyperslab reads.",
        ErrorKind::Malformed => "The file is damaged at this place.",
        ErrorKind::Truncated => {
            "The file ends too early: it was cut off, or not copied completely."
        }
        ErrorKind::Unsupported => {
            "The file is in order, but hyperslab cannot read this part of it."
        }
        ErrorKind::Limit => "Reading this would take more memory or time than is allowed.",
        ErrorKind::Changed => "The file was changed or removed after it was opened.",
        ErrorKind::Cancelled => "Nothing is shown because loading was cancelled.",
        ErrorKind::Io => "The file could not be read from the disk.",
        ErrorKind::Request => "There is nothing of that kind here.",
        ErrorKind::Bug => "This is a fault in hyperslab, not in the file. Please report it.",
    }
}

/// In the middle of the room that is left. `advice` may be empty.
pub fn trouble_ui(ui: &mut Ui, heading: &str, error: &ReadError, advice: &str) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.heading(heading);
        ui.add_space(2.0);
        ui.label(plain_words(error.kind()));
        if !advice.is_empty() {
            ui.label(advice);
        }
        ui.add_space(6.0);
        error_line_ui(ui, &error.to_string());
    });
}

/// What a group, a variable or a type has lost, in the panel of its attributes.
pub fn damage_ui(ui: &mut Ui, error: &ReadError) {
    ui.add(Label::new(plain_words(error.kind())).wrap());
    error_line_ui(ui, &error.what());
    ui.add_space(4.0);
}

fn error_line_ui(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).color(palette(ui).error)).wrap().selectable(true));
}
