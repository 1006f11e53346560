//! How long frames take in a real window, while it is worked with without a pause.
//!
//!     cargo bench --bench frames
//!
//! A frame counts from its start to the start of the next: building, painting and showing it.
//! Where there is no display it runs on one of its own (Debian packages: xvfb openbox xdotool).
//! `HYPERSLAB_BENCH_FILE` names the file to browse; without it one of 200 MB is made. Fails when
//! a frame takes longer than it may.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, Pos2, RawInput, ViewportCommand, pos2, vec2};
use hyperslab::app::App;
use hyperslab::cf::CfDataset;
use hyperslab::engine::{Engine, Files};
use hyperslab::session::Settings;
use hyperslab_testkit::bytes::{F32, F64, UNLIMITED, cdf2};
use hyperslab_testkit::slow;

const WINDOW: [f32; 2] = [1280.0, 800.0];
const CACHE_BYTES: usize = 512 << 20;
/// Opening the window and the first picture are measured elsewhere.
const WARM_UP: Duration = Duration::from_secs(2);
/// In the middle of the view.
const POINTER: Pos2 = pos2(700.0, 400.0);

const SLOW_READ: Duration = Duration::from_secs(1);
/// No frame may be longer while files are slow.
const FREEZE: Duration = Duration::from_millis(50);
/// Nineteen frames of twenty are shorter.
const SMOOTH: Duration = Duration::from_millis(20);
/// Nineteen of twenty frames of a large field that is zoomed and moved are built and painted in
/// less.
const LARGE_FIELD_CPU: Duration = Duration::from_millis(16);
/// Of that field.
const LARGE_SIDE: u64 = 8192;

/// What to do in frame `k`: events as from a keyboard and a mouse.
type Script = fn(u64, &mut Vec<Event>);

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS; // Started as a test.
    }
    if std::env::var_os("DISPLAY").is_none() {
        return on_own_display();
    }
    let folder = tempfile::tempdir().expect("a folder");
    let slow = folder.path().join("a.slow");
    std::fs::write(&slow, slow::file(SLOW_READ)).expect("written");
    let file = std::env::var_os("HYPERSLAB_BENCH_FILE").map_or_else(
        || {
            let path = folder.path().join("waves.nc");
            write_waves(&path).expect("written");
            path
        },
        PathBuf::from,
    );
    let large = folder.path().join("large.nc");
    write_large(&large).expect("written");
    // One of the slow variables panics on purpose.
    std::panic::set_hook(Box::new(|_| ()));

    println!(
        "{:30} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8}  ms",
        "", "frames", "median", "95 %", "max", "cpu", "cpu 95 %"
    );
    let mut is_good = true;
    for (name, path, seconds, script) in [
        ("slow file, everything", &slow, 10, everything as Script),
        ("table scrolled", &file, 3, scroll_table),
        ("heatmap stepped", &file, 3, step_slider),
        ("curve stepped", &file, 3, step_curve),
        ("8192 x 8192, zoomed and moved", &large, 8, zoom_and_move),
    ] {
        let times = measure(path, Duration::from_secs(seconds), script);
        times.print(name);
        is_good &= match path {
            _ if path == &slow => times.longest() < FREEZE,
            _ if path == &large => Times::nineteen_of_twenty(&times.cpu) < LARGE_FIELD_CPU,
            _ => Times::nineteen_of_twenty(&times.frames) < SMOOTH,
        };
    }
    if is_good {
        return ExitCode::SUCCESS;
    }
    println!(
        "too slow: every frame of the slow file is to be under {FREEZE:?}, 95 % of the others under {SMOOTH:?}, the work for 95 % of those of the large field under {LARGE_FIELD_CPU:?}"
    );
    ExitCode::FAILURE
}

fn on_own_display() -> ExitCode {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/display.sh");
    let mut server = Command::new(tool)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the display starts");
    let mut display = String::new();
    let stdout = server.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut display).expect("readable");
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program).arg("--bench").env("DISPLAY", display.trim()).status();
    drop(server.stdin.take());
    let _ = server.wait();
    if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// 200 maps of 500 x 500 numbers with coordinates, 200 MB.
fn write_waves(path: &Path) -> std::io::Result<()> {
    const MAPS: u64 = 200;
    const SIDE: u64 = 500;
    let degrees = |from: f64, width: f64| -> Vec<f64> {
        (0..SIDE).map(|k| from + width * (k as f64 + 0.5) / SIDE as f64).collect()
    };
    // The maps follow the header one by one, which the builder would hold in memory.
    let header = cdf2()
        .dim("time", UNLIMITED)
        .dim("lat", SIDE)
        .dim("lon", SIDE)
        .var("lat", F64, &["lat"])
        .attr("units", "degrees_north")
        .values(degrees(-90.0, 180.0))
        .var("lon", F64, &["lon"])
        .attr("units", "degrees_east")
        .values(degrees(0.0, 360.0))
        .var("time", F64, &["time"])
        .attr("units", "days since 2000-01-01")
        .var("tas", F32, &["time", "lat", "lon"])
        .attr("units", "K")
        .records(0)
        .numrecs(MAPS);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    out.write_all(&header.bytes())?;
    for map in 0..MAPS {
        out.write_all(&(map as f64).to_be_bytes())?;
        for row in 0..SIDE {
            let wave = |k: u64| (0.02 * (k + 3 * map) as f32).sin() * (0.03 * row as f32).cos();
            for column in 0..SIDE {
                out.write_all(&(280.0 + 20.0 * wave(column)).to_be_bytes())?;
            }
        }
    }
    out.flush()
}

/// One field without coordinates, 256 MB.
fn write_large(path: &Path) -> std::io::Result<()> {
    let header = cdf2()
        .dim("y", UNLIMITED)
        .dim("x", LARGE_SIDE)
        .var("field", F32, &["y", "x"])
        .records(0)
        .numrecs(LARGE_SIDE);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    out.write_all(&header.bytes())?;
    for y in 0..LARGE_SIDE {
        for x in 0..LARGE_SIDE {
            let wave = (x as f32 / 300.0).sin() * (y as f32 / 200.0).cos() + ((x ^ y) % 64) as f32;
            out.write_all(&wave.to_be_bytes())?;
        }
    }
    out.flush()
}

// ---- scripts ----

fn press(events: &mut Vec<Event>, key: Key) {
    for pressed in [true, false] {
        let (physical_key, repeat, modifiers) = (None, false, Modifiers::NONE);
        events.push(Event::Key { key, physical_key, pressed, repeat, modifiers });
    }
}

fn turn_wheel(events: &mut Vec<Event>, points: f32) {
    events.push(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
}

/// Other variables, other views, sliders and the wheel, all at once.
fn everything(k: u64, events: &mut Vec<Event>) {
    events.push(Event::PointerMoved(POINTER + vec2((k % 40) as f32, (k % 30) as f32)));
    press(events, if k % 60 < 30 { Key::ArrowRight } else { Key::ArrowLeft });
    turn_wheel(events, if k % 200 < 150 { -90.0 } else { 90.0 });
    if k.is_multiple_of(7) {
        press(events, [Key::Num1, Key::Num3, Key::Num2][(k / 7 % 3) as usize]);
    }
    if k.is_multiple_of(50) {
        press(events, if k.is_multiple_of(500) { Key::Home } else { Key::ArrowDown });
    }
    if k.is_multiple_of(31) {
        press(events, Key::D);
    }
}

fn scroll_table(k: u64, events: &mut Vec<Event>) {
    if k == 0 {
        press(events, Key::Num3);
    }
    events.push(Event::PointerMoved(POINTER));
    // Down through most of the rows, and up again.
    turn_wheel(events, if k % 120 < 60 { -150.0 } else { 150.0 });
}

fn step_slider(k: u64, events: &mut Vec<Event>) {
    press(events, if k % 300 < 150 { Key::ArrowRight } else { Key::ArrowLeft });
}

/// In with the wheel, about with the middle button, out again.
fn zoom_and_move(k: u64, events: &mut Vec<Event>) {
    let k = k % 300;
    let round = (k as f32 / 20.0).sin_cos();
    let at = POINTER + 120.0 * vec2(round.0, round.1);
    events.push(Event::PointerMoved(at));
    match k {
        0..80 => turn_wheel(events, 20.0),
        80 | 220 => events.push(Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Middle,
            pressed: k == 80,
            modifiers: Modifiers::NONE,
        }),
        221.. => turn_wheel(events, -25.0),
        _ => {}
    }
}

/// The same with a curve: the slider moves through the latitudes.
fn step_curve(k: u64, events: &mut Vec<Event>) {
    if k == 0 {
        press(events, Key::Num2);
    }
    step_slider(k, events);
}

// ---- measuring ----

/// Of each frame: start to start, and the part of it spent building and painting.
#[derive(Default)]
struct Times {
    frames: Vec<Duration>,
    cpu: Vec<Duration>,
}

impl Times {
    fn part(sorted: &[Duration], part: f64) -> Duration {
        let last = sorted.len().saturating_sub(1);
        sorted.get((last as f64 * part) as usize).copied().unwrap_or_default()
    }

    fn longest(&self) -> Duration {
        self.frames.iter().max().copied().unwrap_or(Duration::MAX)
    }

    fn nineteen_of_twenty(times: &[Duration]) -> Duration {
        let mut sorted = times.to_vec();
        sorted.sort();
        Self::part(&sorted, 0.95)
    }

    fn print(&self, name: &str) {
        let (mut frames, mut cpu) = (self.frames.clone(), self.cpu.clone());
        frames.sort();
        cpu.sort();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{name:30} {:>6} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>8.1}",
            frames.len(),
            ms(Self::part(&frames, 0.5)),
            ms(Self::part(&frames, 0.95)),
            ms(self.longest()),
            ms(Self::part(&cpu, 0.5)),
            ms(Self::part(&cpu, 0.95)),
        );
    }
}

struct Meter {
    app: App,
    script: Script,
    opened: Instant,
    length: Duration,
    /// Start of the last frame, once measuring has begun.
    last: Option<Instant>,
    frame: u64,
    times: Arc<Mutex<Times>>,
}

impl eframe::App for Meter {
    fn raw_input_hook(&mut self, _: &egui::Context, input: &mut RawInput) {
        let now = Instant::now();
        if now < self.opened + WARM_UP {
            return;
        }
        if let Some(last) = self.last.replace(now) {
            self.times.lock().expect("one thread").frames.push(now - last);
        }
        // What a real pointer over the window does is left out.
        input.events.clear();
        (self.script)(self.frame, &mut input.events);
        self.frame += 1;
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.app.frame(ui);
        ui.ctx().request_repaint();
        if let Some(seconds) = frame.info().cpu_usage.filter(|_| self.frame > 1) {
            self.times.lock().expect("one thread").cpu.push(Duration::from_secs_f32(seconds));
        }
        if self.opened.elapsed() > WARM_UP + self.length {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    }
}

fn measure(file: &Path, length: Duration, script: Script) -> Times {
    let times = Arc::new(Mutex::new(Times::default()));
    let (shared, file) = (times.clone(), file.to_owned());
    let mut options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default().with_inner_size(WINDOW),
        persist_window: false,
        ..eframe::NativeOptions::default()
    };
    options.glow_options.vsync = false;
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let engine = Engine::new(CACHE_BYTES);
        let mut formats = hyperslab_all::FORMATS.to_vec();
        formats.push(&slow::FORMAT);
        let files = Files::with_formats(engine.clone(), CfDataset::of, &formats);
        let mut app = App::new(&creation.egui_ctx, engine, files, Settings::default());
        app.open(vec![file]);
        let (opened, last, frame, times) = (Instant::now(), None, 0, shared);
        Ok(Box::new(Meter { app, script, opened, length, last, frame, times }))
    });
    eframe::run_native("frames", options, create).expect("a window");
    std::mem::take(&mut *times.lock().expect("one thread"))
}
