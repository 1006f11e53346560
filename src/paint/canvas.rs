//! A screen that is not there: frames of the toolkit without a window, until all that was asked
//! for has been drawn.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use egui::epaint::ClippedShape;
use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider};
use egui::{Color32, Pos2, RawInput, Rect, Ui, Vec2, ViewportId};
use egui_system_font_provider::SystemFontProvider;

use super::raster::Raster;
use super::svg;
use super::textures::Textures;
use crate::engine::Engine;
use crate::session::Theme;
use crate::ui::theme;

pub struct Canvas {
    ctx: egui::Context,
    textures: Textures,
    size: Vec2,
    scale: f32,
    frame: u32,
    woken: (Sender<()>, Receiver<()>),
}

/// Row by row from the top left, not multiplied by alpha.
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<[u8; 4]>,
}

/// Frames in a row in which nothing was under way: one to lay out what came last, and some for
/// what settles from frame to frame (widths of columns, bounds of plots).
const QUIET_FRAMES: u32 = 3;

/// A worker that forgets to wake us costs no more than this.
const LONGEST_WAIT: Duration = Duration::from_millis(20);

/// Letters and pictures of a graphics card are no larger.
const TEXTURE_SIDE_MAX: usize = 16384;

/// Looked through only when a letter is missing: that takes longer than a picture.
struct SystemFonts;

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        static FONTS: OnceLock<SystemFontProvider> = OnceLock::new();
        FONTS.get_or_init(SystemFontProvider::new).font_for(request)
    }
}

impl Canvas {
    /// `size` in points, `scale` pixels each.
    pub fn new(size: Vec2, scale: f32, theme: Theme) -> Self {
        let ctx = egui::Context::default();
        theme::install(&ctx);
        theme::apply(&ctx, theme);
        ctx.add_font_provider(Arc::new(SystemFonts));
        // Nothing moves, nothing blinks.
        ctx.all_styles_mut(|style| style.animation_time = 0.0);
        Self { ctx, textures: Textures::default(), size, scale, frame: 0, woken: channel() }
    }

    pub fn ctx(&self) -> &egui::Context {
        &self.ctx
    }

    /// What one frame paints.
    pub fn frame(&mut self, mut ui: impl FnMut(&mut Ui)) -> Vec<ClippedShape> {
        self.frame += 1;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            max_texture_side: Some(TEXTURE_SIDE_MAX),
            time: Some(f64::from(self.frame) / 60.0),
            focused: false,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.scale);
        }
        let mut output = self.ctx.run_ui(input, |root| ui(root));
        self.textures.apply(&output.textures_delta);
        self.textures.free(&output.textures_delta);
        output.textures_delta.clear();
        output.shapes
    }

    /// Frames until all that they ask of the engine, which nobody else uses, has been drawn and
    /// `is_waiting` is over. None when `is_cancelled`.
    pub fn settle(
        &mut self,
        engine: &Engine,
        is_cancelled: &dyn Fn() -> bool,
        mut ui: impl FnMut(&mut Ui) -> bool,
    ) -> Option<Vec<ClippedShape>> {
        let woken = self.woken.0.clone();
        // Nobody is woken any more when the canvas is gone.
        engine.set_wake(move || _ = woken.send(()));
        let mut quiet_frames = 0;
        loop {
            if is_cancelled() {
                return None;
            }
            let mut is_waiting = false;
            let shapes = self.frame(|root| is_waiting = ui(root));
            let is_busy = is_waiting || !engine.is_idle() || engine.is_awaited();
            quiet_frames = if is_busy { 0 } else { quiet_frames + 1 };
            if quiet_frames >= QUIET_FRAMES {
                return Some(shapes);
            }
            engine.end_frame();
            if is_busy {
                let _ = self.woken.1.recv_timeout(LONGEST_WAIT);
                while self.woken.1.try_recv().is_ok() {}
            }
        }
    }

    /// What was painted, as the text of an SVG file.
    pub fn svg(&self, shapes: &[ClippedShape]) -> String {
        let (ctx, textures) = (&self.ctx, &self.textures);
        svg::svg(&svg::Sheet { ctx, textures, size: self.size, scale: self.scale }, shapes)
    }

    /// The pixels of what [`Self::settle`] or [`Self::frame`] painted last.
    pub fn rgba(&self, shapes: Vec<ClippedShape>) -> Pixels {
        let primitives = self.ctx.tessellate(shapes, self.scale);
        let side = |points: f32| (points * self.scale).round().max(1.0) as usize;
        let (width, height) = (side(self.size.x), side(self.size.y));
        let mut raster = Raster::new(width, height, Color32::TRANSPARENT);
        raster.paint(&primitives, self.scale, &self.textures);
        let rgba = raster.pixels.iter().map(Color32::to_srgba_unmultiplied).collect();
        Pixels { width: width as u32, height: height as u32, rgba }
    }
}
