//! `--screenshot`: wait until all that was asked for is drawn, save the window, quit.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::engine::Engine;
use crate::export::png;

pub struct Screenshot {
    path: PathBuf,
    /// Becomes the exit status of the process.
    status: Arc<AtomicU8>,
    /// Frames in a row in which nothing was under way.
    quiet_frames: u32,
    is_taken: bool,
}

/// One frame to lay out what arrived last, one for its textures.
const QUIET_FRAMES: u32 = 3;

impl Screenshot {
    pub fn new(path: PathBuf, status: Arc<AtomicU8>) -> Self {
        Self { path, status, quiet_frames: 0, is_taken: false }
    }

    pub fn after_frame(
        &mut self,
        ctx: &egui::Context,
        engine: &Engine,
        is_busy: bool,
        failed: bool,
    ) {
        if self.is_taken {
            return;
        }
        self.quiet_frames = if is_busy { 0 } else { self.quiet_frames + 1 };
        if self.quiet_frames < QUIET_FRAMES {
            if engine.is_idle() {
                ctx.request_repaint();
            }
            return;
        }
        self.is_taken = true;
        if failed {
            self.status.store(1, Ordering::Relaxed);
        }
        let (path, status) = (self.path.clone(), self.status.clone());
        let (engine, wake) = (engine.clone(), ctx.clone());
        ctx.request_screenshot(move |image| {
            engine.spawn(move || {
                if let Err(error) = save(&path, &image) {
                    eprintln!("{}: {error}", path.display());
                    status.store(1, Ordering::Relaxed);
                }
                wake.send_viewport_cmd(egui::ViewportCommand::Close);
            });
        });
    }
}

fn save(path: &std::path::Path, image: &egui::ColorImage) -> std::io::Result<()> {
    let pixels: Vec<[u8; 4]> = image.pixels.iter().map(|color| color.to_array()).collect();
    let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let bytes = png::encode(width, height, &pixels)?;
    std::fs::write(path, bytes)
}
