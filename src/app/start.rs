//! From the command line to the window.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use egui::{IconData, ViewportBuilder, vec2};

use super::reading::set_options;
use super::screenshot::Screenshot;
use super::warm::warm;
use super::workspaces::{STORAGE_KEY, is_workspace};
use super::{App, new_files};
use crate::cli::WindowArgs;
use crate::engine::Engine;
use crate::session::{OverlayOptions, Settings, ViewId};
use crate::views::Wish;

/// What the window is asked to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub files: Vec<PathBuf>,
    pub variable: Option<String>,
    pub view: Option<ViewId>,
    /// The messages of the file rather than a variable.
    pub messages: bool,
    pub slice: Option<String>,
    /// Drawn over pictures.
    pub overlay: OverlayOptions,
    pub screenshot: Option<PathBuf>,
    /// Width and height in points.
    pub size: Option<[f32; 2]>,
}

/// Bytes of values kept in memory. Most files are read from the page cache as fast as from here.
const CACHE_BYTES: usize = 512 << 20;

/// Desktop environments find the entry and the icon by it.
const APP_ID: &str = "org.hyperslab.Hyperslab";

impl From<WindowArgs> for Request {
    fn from(args: WindowArgs) -> Self {
        Self {
            files: args.files,
            variable: args.open,
            messages: args.view.as_deref() == Some("messages"),
            view: args.view.and_then(|view| view.parse().ok()),
            slice: args.slice,
            overlay: args.overlay.options(),
            screenshot: args.screenshot,
            size: args.size.map(|(width, height)| [width as f32, height as f32]),
        }
    }
}

/// Runs the window until it is closed.
///
/// # Errors
/// One line saying why no window could be opened.
pub fn run(request: Request) -> Result<u8, String> {
    let engine = Engine::new(CACHE_BYTES);
    let files = new_files(&engine);
    // The settings are not there yet; what they say differently is read anew.
    let problems = set_options(&engine, &BTreeMap::new());
    // Files are opened while the window is being made.
    for path in request.files.iter().filter(|path| !is_workspace(path)) {
        files.open(&std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    }
    let wish = Wish {
        variable: request.variable.clone(),
        view: request.view,
        slice: request.slice.clone(),
        overlay: request.overlay.clone(),
        messages: request.messages,
    };
    warm(&engine, &files, &wish);
    let status = Arc::new(AtomicU8::new(0));
    let shared_status = status.clone();
    let is_scripted = request.screenshot.is_some();
    let options = options(&request);
    let scratch = options.persistence_path.clone();
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        show_early(creation);
        let settings = match creation.storage {
            Some(storage) if !is_scripted => eframe::get_value(storage, eframe::APP_KEY),
            _ => None,
        };
        // See `FIRST_FRAME_PATIENCE_MS`: the first frame may be laid out several times.
        creation.egui_ctx.options_mut(|options| {
            options.max_passes = const { std::num::NonZeroUsize::new(12).unwrap() };
        });
        let last = creation.storage.filter(|_| !is_scripted);
        let last = last.and_then(|storage| storage.get_string(STORAGE_KEY));
        let mut app =
            App::new(&creation.egui_ctx, engine, files, settings.unwrap_or_else(Settings::default));
        app.remember_last(last);
        app.opening.wish(wish);
        for problem in problems {
            app.opening.complain(problem);
        }
        app.open(request.files);
        if !app.settings.reading.is_empty() {
            app.apply_reading();
        }
        app.screenshot = request.screenshot.map(|path| Screenshot::new(path, shared_status));
        Ok(Box::new(app))
    });
    // A missing system library makes the window library panic: that too is one line.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        eframe::run_native("hyperslab", options, create)
    }));
    if let Some(scratch) = scratch {
        // It may never have been written.
        let _ = std::fs::remove_file(scratch);
    }
    match result {
        Ok(Ok(())) => Ok(status.load(Ordering::Relaxed)),
        Ok(Err(error)) => Err(format!("no window could be opened: {error}")),
        Err(_) => {
            Err("no window could be opened: a system library is missing (see the README)".into())
        }
    }
}

fn options(request: &Request) -> eframe::NativeOptions {
    let size = request.size.unwrap_or([1280.0, 800.0]);
    let viewport = ViewportBuilder::default()
        .with_title(title(request))
        .with_app_id(APP_ID)
        .with_icon(icon())
        .with_drag_and_drop(true)
        .with_inner_size(vec2(size[0], size[1]))
        .with_min_inner_size(vec2(560.0, 360.0));
    eframe::NativeOptions {
        viewport,
        // A picture made by a script does not depend on how the user left the window.
        persistence_path: request
            .screenshot
            .is_some()
            .then(|| std::env::temp_dir().join(format!("hyperslab-{}.ron", std::process::id()))),
        // Noise against banding costs a software renderer more than anybody sees of it.
        dithering: false,
        // See `app::fonts`.
        system_font_fallback: false,
        event_loop_builder: prefer_x11(),
        ..eframe::NativeOptions::default()
    }
}

fn title(request: &Request) -> String {
    match request.files.as_slice() {
        [file] => {
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
            format!("{name} – hyperslab")
        }
        _ => "hyperslab".into(),
    }
}

/// The window library takes dropped files under X11 but not yet under Wayland: where both are
/// there, files can be dropped.
#[cfg(target_os = "linux")]
fn prefer_x11() -> Option<eframe::EventLoopBuilderHook> {
    use winit::platform::x11::EventLoopBuilderExtX11 as _;
    std::env::var_os("DISPLAY")?;
    Some(Box::new(|builder| {
        builder.with_x11();
    }))
}

/// The toolkit shows its window only after the first frame, whose picture is then lost on X11:
/// it would be drawn twice before anybody sees it. Mapped now, the window is there when the
/// first frame is.
#[cfg(target_os = "linux")]
fn show_early(creation: &eframe::CreationContext<'_>) {
    if let Some(window) = creation.winit_window() {
        window.set_visible(true);
    }
}

#[cfg(not(target_os = "linux"))]
fn show_early(_: &eframe::CreationContext<'_>) {}

#[cfg(not(target_os = "linux"))]
fn prefer_x11() -> Option<eframe::EventLoopBuilderHook> {
    None
}

fn icon() -> Arc<IconData> {
    let bytes = include_bytes!("../../assets/icon/hyperslab-64.png");
    Arc::new(eframe::icon_data::from_png_bytes(bytes).unwrap_or_default())
}
