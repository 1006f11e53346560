//! What the first frame will ask for, asked while the window is being made.

use std::time::{Duration, Instant};

use crate::cf::CfDataset;
use crate::engine::{Engine, Files};
use crate::session::SliceMemory;
use crate::views::{self, Scene, Wish};

/// Making a window takes some 60 ms; what is not read by then, frames will ask for themselves.
const PATIENCE: Duration = Duration::from_millis(150);
const STEP: Duration = Duration::from_micros(300);

/// Asks for what the picture of the first file needs, on a thread of its own, until it is there.
pub fn warm(engine: &Engine, files: &Files<CfDataset>, wish: &Wish) {
    let (engine, files, wish) = (engine.clone(), files.clone(), wish.clone());
    let work = move || {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && !is_ready(&engine, &files, &wish) {
            std::thread::sleep(STEP);
        }
    };
    // Without the thread the first picture comes a little later.
    let _ = std::thread::Builder::new().name("warm".into()).spawn(work);
}

fn is_ready(engine: &Engine, files: &Files<CfDataset>, wish: &Wish) -> bool {
    let views = files.views();
    let Some((file, opened)) = views.first().and_then(|view| Some((view, view.opened()?))) else {
        return false;
    };
    let Some(variable) = views::first_variable(opened, wish) else { return true };
    let scene = Scene::new(engine, &views, file, opened, variable);
    let state = views::wished_state(scene, &SliceMemory::default(), wish);
    views::is_prefetched(scene, &state)
}
