//! Fonts of the system for names in scripts that the built-in fonts lack.
//!
//! Looking through the system's fonts takes longer than showing a picture: it is done on a
//! worker thread after the first one, and the fonts are handed over when they are known.

use std::sync::Arc;

use egui::FontFamily;
use egui::epaint::text::{FallbackRequest, FontProvider};
use egui_system_font_provider::SystemFontProvider;

use crate::engine::Engine;

pub fn provide_later(ctx: &egui::Context, engine: &Engine) {
    let ctx = ctx.clone();
    engine.spawn(move || {
        let provider = SystemFontProvider::new();
        // The first question waits until the fonts are known: better here than in a frame.
        let request = FallbackRequest { cluster: "中", family: &FontFamily::Proportional };
        let _ = provider.font_for(&request);
        ctx.add_font_provider(Arc::new(provider));
    });
}
