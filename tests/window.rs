//! The real program in a real window, on a display of its own: files named on the command line
//! and dropped with the mouse's protocol, keys, closing, restarting, pictures of the window.
//!
//! Every wait is for something seen, with a generous limit for busy machines.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hyperslab::app::{App, new_files};
use hyperslab::engine::Engine;
use hyperslab::paint::Canvas;
use hyperslab::session::{Settings, Theme};
use hyperslab_testkit::bytes::{CdfBuilder, F32, cdf1};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(50);
/// So long after a key that did nothing it is pressed again.
const AGAIN: Duration = Duration::from_secs(5);
/// Debian's: python3-xlib is not there for others.
const PYTHON: &str = "/usr/bin/python3";

// ---- a display with a hand ----

/// A display, a window manager and a home, all empty.
struct Desk {
    server: Child,
    display: String,
    home: TempDir,
}

impl Desk {
    fn new() -> Self {
        require_tools();
        let mut server = Command::new(tool("display.sh"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the display starts");
        let mut display = String::new();
        let stdout = server.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut display).expect("readable");
        assert!(display.starts_with(':'), "no display was started");
        Self { server, display: display.trim().into(), home: tempfile::tempdir().unwrap() }
    }

    /// A program on this display that finds nothing of the user's.
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
        command.env("HOME", self.home.path()).env("XDG_RUNTIME_DIR", self.home.path());
        for (name, folder) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            command.env(name, self.home.path().join(folder));
        }
        command
    }

    fn hyperslab(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_hyperslab"))
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Starts the program and waits for its window.
    fn start(&self, files: &[&Path]) -> Running<'_> {
        let process =
            self.hyperslab().args(["--size", "1000x700"]).args(files).spawn().expect("it starts");
        let mut running = Running { desk: self, process, window: String::new() };
        until("a window", || {
            running.assert_alive();
            let pid = running.process.id().to_string();
            let found = self.output(
                "xdotool",
                &["search", "--all", "--onlyvisible", "--pid", &pid, "--name", "hyperslab"],
            );
            running.window =
                String::from_utf8_lossy(&found.stdout).lines().next().unwrap_or_default().into();
            !running.window.is_empty()
        });
        until("the keyboard", || {
            let focus = self.output("xdotool", &["getwindowfocus"]);
            String::from_utf8_lossy(&focus.stdout).trim() == running.window
        });
        running
    }

    fn output(&self, program: impl AsRef<Path>, args: &[&str]) -> Output {
        self.command(program).args(args).output().expect("the tool starts")
    }

    /// A picture of the window, taken by the program itself, and its exit status.
    fn screenshot(&self, args: &[&Path]) -> (Option<i32>, Picture) {
        let path = self.home.path().join("out.png");
        let mut command = self.hyperslab();
        command.args(["--size", "900x600"]).arg("--screenshot").arg(&path).args(args);
        let mut process = command.spawn().expect("it starts");
        let status = exit_status(&mut process);
        (status.code(), Picture::from_png(&path))
    }

    /// Where the program keeps what it remembers.
    fn settings_file(&self) -> PathBuf {
        let folders = fs::read_dir(self.home.path().join("data")).expect("something was saved");
        let found: Vec<PathBuf> = folders
            .map(|folder| folder.unwrap().path().join("app.ron"))
            .filter(|path| path.is_file())
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The display ends with its standard input.
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name)
}

fn require_tools() {
    let runs = |program: &str, args: &[&str]| {
        let mut command = Command::new(program);
        let done = command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    };
    let tools = [
        ("xvfb", runs("sh", &["-c", "command -v Xvfb"])),
        ("openbox", runs("sh", &["-c", "command -v openbox"])),
        ("xdotool", runs("sh", &["-c", "command -v xdotool"])),
        ("python3-xlib", runs(PYTHON, &["-c", "import Xlib"])),
    ];
    let missing: Vec<&str> =
        tools.iter().filter(|(_, is_there)| !is_there).map(|(package, _)| *package).collect();
    assert!(missing.is_empty(), "this test needs the Debian packages {}", missing.join(" "));
}

#[track_caller]
fn until(what: &str, mut is_seen: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_seen() {
        assert!(Instant::now() < end, "{what}: not in {PATIENCE:?}");
        sleep(STEP);
    }
}

#[track_caller]
fn exit_status(process: &mut Child) -> ExitStatus {
    let mut status = None;
    until("the end of the program", || {
        status = process.try_wait().expect("a child");
        status.is_some()
    });
    status.expect("seen")
}

/// The program with its window; ended with the test.
struct Running<'a> {
    desk: &'a Desk,
    process: Child,
    window: String,
}

impl Running<'_> {
    fn assert_alive(&mut self) {
        let status = self.process.try_wait().expect("a child");
        assert!(status.is_none(), "the program ended: {status:?}");
    }

    fn title(&self) -> String {
        let output = self.desk.output("xdotool", &["getwindowname", &self.window]);
        String::from_utf8_lossy(&output.stdout).trim().into()
    }

    /// What the window shows now.
    #[track_caller]
    fn picture(&self) -> Picture {
        let grab = tool("grab.py");
        let output = self.desk.output(PYTHON, &[grab.to_str().unwrap(), &self.window]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Picture::from_ppm(&output.stdout)
    }

    /// Waits until the window shows what is wanted.
    #[track_caller]
    fn until(&mut self, what: &str, mut is_seen: impl FnMut(&Picture) -> bool) -> Picture {
        let end = Instant::now() + PATIENCE;
        loop {
            self.assert_alive();
            let picture = self.picture();
            if is_seen(&picture) {
                return picture;
            }
            assert!(Instant::now() < end, "{what}: not in {PATIENCE:?}; {}", picture.summary());
            sleep(STEP);
        }
    }

    /// What is shown when nothing changes any more: lines of a map come a little later.
    fn still(&mut self) -> Picture {
        let mut last = self.picture();
        self.until("a picture that stays", |picture| {
            let is_still = picture.difference(&last) == 0.0;
            last = Picture { size: picture.size, pixels: picture.pixels.clone() };
            sleep(5 * STEP);
            is_still
        })
    }

    fn press(&self, keys: &str) {
        assert!(self.desk.output("xdotool", &["key", keys]).status.success());
    }

    fn drop_files(&self, files: &[&Path]) {
        let drop = tool("xdnd_drop.py");
        let mut args = vec![drop.to_str().unwrap(), &self.window, "500", "350"];
        args.extend(files.iter().map(|file| file.to_str().unwrap()));
        let output = self.desk.output(PYTHON, &args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A key that the window manager takes may come while it is busy with something else: it is
    /// pressed again, as a person would.
    #[track_caller]
    fn end(mut self, keys: &str) {
        let mut pressed: Option<Instant> = None;
        let mut status = None;
        until("the end of the program", || {
            if pressed.is_none_or(|at| at.elapsed() > AGAIN) {
                self.press(keys);
                pressed = Some(Instant::now());
            }
            status = self.process.try_wait().expect("a child");
            status.is_some()
        });
        assert_eq!(status.and_then(|status| status.code()), Some(0), "after {keys}");
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

// ---- pictures ----

struct Picture {
    size: (usize, usize),
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// `P6 WIDTH HEIGHT 255`, a line feed, the pixels.
    fn from_ppm(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|&byte| byte == b'\n').expect("a header");
        let header = std::str::from_utf8(&bytes[..end]).expect("ASCII");
        let numbers: Vec<usize> =
            header.split(' ').skip(1).map(|number| number.parse().expect("a number")).collect();
        let pixels: Vec<[u8; 3]> =
            bytes[end + 1..].chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect();
        assert_eq!(pixels.len(), numbers[0] * numbers[1]);
        Self { size: (numbers[0], numbers[1]), pixels }
    }

    #[track_caller]
    fn from_png(path: &Path) -> Self {
        let file = File::open(path).expect("the picture was written");
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG file");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a picture of moderate size")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG file");
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        let channels = info.color_type.samples();
        assert!(channels >= 3, "{:?}", info.color_type);
        let pixels = bytes[..info.buffer_size()].chunks_exact(channels);
        Self {
            size: (info.width as usize, info.height as usize),
            pixels: pixels.map(|p| [p[0], p[1], p[2]]).collect(),
        }
    }

    fn share(&self, is_counted: impl Fn([u8; 3]) -> bool) -> f64 {
        let count = self.pixels.iter().filter(|&&pixel| is_counted(pixel)).count();
        count as f64 / self.pixels.len() as f64
    }

    /// The share of pixels of exactly this colour.
    fn share_of(&self, color: [u8; 3]) -> f64 {
        self.share(|pixel| pixel == color)
    }

    /// The share of pixels that are not about grey.
    fn colorful(&self) -> f64 {
        self.share(|p| p.iter().max().unwrap() - p.iter().min().unwrap() > 60)
    }

    fn colors(&self) -> usize {
        self.pixels.iter().collect::<HashSet<_>>().len()
    }

    /// 0 to 255.
    fn brightness(&self) -> f64 {
        let sum: u64 = self.pixels.iter().flatten().map(|&value| u64::from(value)).sum();
        sum as f64 / (3 * self.pixels.len()) as f64
    }

    /// The share of pixels that differ.
    fn difference(&self, other: &Self) -> f64 {
        let differing = self.pixels.iter().zip(&other.pixels).filter(|(a, b)| a != b).count();
        differing as f64 / self.pixels.len() as f64
    }

    fn summary(&self) -> String {
        format!(
            "{} x {}, {} colours, {:.3} colourful, brightness {:.0}",
            self.size.0,
            self.size.1,
            self.colors(),
            self.colorful(),
            self.brightness()
        )
    }
}

// ---- files ----

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/sst.nc")
}

/// The ends of viridis.
const LOWEST: [u8; 3] = [68, 1, 84];
const HIGHEST: [u8; 3] = [253, 231, 37];

/// The left half lowest, the right half highest: two colours and no others.
fn halves() -> CdfBuilder {
    let values: Vec<f32> = (0..400).map(|k| if k % 20 < 10 { 0.0 } else { 1.0 }).collect();
    cdf1().dim("y", 20).dim("x", 20).var("halves", F32, &["y", "x"]).values(values)
}

fn shows_halves(picture: &Picture) -> bool {
    picture.share_of(LOWEST) > 0.1 && picture.share_of(HIGHEST) > 0.1
}

fn shows_a_map(picture: &Picture) -> bool {
    picture.colorful() > 0.05 && picture.colors() > 200
}

// ---- what a user does ----

#[test]
fn a_named_file_is_seen_then_one_that_is_dropped_then_its_table_and_ctrl_q_ends_it() {
    let desk = Desk::new();
    let mut window = desk.start(&[&sample()]);
    let map = window.until("the map", shows_a_map);
    assert_eq!(map.size, (1000, 700));
    assert_eq!(window.title(), "sst.nc – hyperslab");

    // Names need not be plain.
    let dropped = desk.write("zwei Hälften.nc", halves().bytes());
    window.drop_files(&[&dropped]);
    window.until("the dropped file", shows_halves);
    until("its name in the title", || window.title() == "zwei Hälften.nc – hyperslab");

    window.press("3");
    let table = window.until("the table", |picture| picture.colorful() < 0.03);
    assert!(table.colors() > 20, "a table has text: {}", table.summary());
    window.press("1");
    window.until("the heatmap again", shows_halves);
    window.end("ctrl+q");
}

#[test]
fn several_files_are_dropped_at_once_on_an_empty_window_and_it_is_closed() {
    let desk = Desk::new();
    let mut window = desk.start(&[]);
    window.until("a window", |picture| picture.colors() > 20);
    let first = desk.write("first.nc", halves().bytes());
    let other = desk.write("other.nc", cdf1().dim("x", 9).var("v", F32, &["x"]).bytes());
    window.drop_files(&[&first, &other]);
    window.until("the first of the dropped files", shows_halves);
    until("its name in the title", || window.title() == "first.nc – hyperslab");
    // As its close button does.
    window.end("alt+F4");
}

#[test]
fn choices_and_recent_files_survive_a_restart_but_stored_values_do_not() {
    let desk = Desk::new();
    let mut window = desk.start(&[&sample()]);
    window.until("the map", shows_a_map);
    let decoded = window.still();
    window.press("d");
    window.until("stored values", |picture| picture.difference(&decoded) > 0.01);
    window.end("ctrl+q");
    let mut window = desk.start(&[&sample()]);
    window.until("decoded values", |picture| picture.difference(&decoded) < 0.01);
    window.end("ctrl+q");

    // As if chosen in the menu.
    for (theme, is_bright) in [("Light", true), ("Dark", false)] {
        let saved = fs::read_to_string(desk.settings_file()).unwrap();
        let at = saved.find("(theme:").expect("a theme") + "(theme:".len();
        let end = at + saved[at..].find(',').expect("more settings");
        fs::write(desk.settings_file(), format!("{}{theme}{}", &saved[..at], &saved[end..]))
            .unwrap();
        let mut window = desk.start(&[]);
        window.until(theme, |picture| {
            picture.colors() > 20 && (picture.brightness() > 128.0) == is_bright
        });
        window.end("ctrl+q");
        let saved = fs::read_to_string(desk.settings_file()).unwrap();
        assert!(saved.contains(&format!("(theme:{theme},")), "{saved}");
        assert!(saved.contains("sst.nc"), "{saved}");
    }
}

#[test]
fn a_file_cut_while_it_is_looked_at_does_not_end_the_program() {
    let desk = Desk::new();
    let file = cdf1().dim("time", 60).dim("y", 150).dim("x", 150);
    let path = desk.write("run.nc", file.var("v", F32, &["time", "y", "x"]).bytes());
    let mut window = desk.start(&[&path]);
    window.until("the picture", |picture| picture.colorful() > 0.13);
    File::options().write(true).open(&path).unwrap().set_len(300_000).unwrap();
    // What is not in memory yet is asked of the file.
    for _ in 0..6 {
        window.press("Right");
    }
    window.until("the error instead of a picture", |picture| picture.colorful() < 0.1);
    window.press("3");
    window.press("2");
    let dropped = desk.write("halves.nc", halves().bytes());
    window.drop_files(&[&dropped]);
    window.until("another file", shows_halves);
    window.end("ctrl+q");
}

// ---- what a script does ----

#[test]
fn a_screenshot_shows_what_was_asked_for() {
    let desk = Desk::new();
    let (status, map) = desk.screenshot(&[&sample()]);
    assert_eq!((status, map.size), (Some(0), (900, 600)), "{}", map.summary());
    assert!(shows_a_map(&map), "{}", map.summary());
    let table = ["--view", "table", "--open", "/slp"].map(Path::new);
    let (status, table) = desk.screenshot(&[&[sample().as_path()][..], &table].concat());
    assert_eq!((status, table.size), (Some(0), (900, 600)), "{}", table.summary());
    assert!(table.colorful() < 0.03 && table.colors() > 20, "{}", table.summary());
    let halves = desk.write("halves.nc", halves().bytes());
    let (status, halves) = desk.screenshot(&[&halves]);
    assert!(status == Some(0) && shows_halves(&halves), "{status:?} {}", halves.summary());
}

/// The whole window, painted by the processor.
fn painted(file: &Path) -> Picture {
    let engine = Engine::new(64 << 20);
    let files = new_files(&engine);
    let mut canvas = Canvas::new(egui::vec2(900.0, 600.0), 1.0, Theme::System);
    let mut app = App::new(canvas.ctx(), engine.clone(), files.clone(), Settings::default());
    app.open(vec![file.to_owned()]);
    let mut quiet_frames = 0;
    let mut shapes = Vec::new();
    until("the painted window", || {
        let is_quiet = !files.is_opening() && engine.is_idle();
        quiet_frames = if is_quiet { quiet_frames + 1 } else { 0 };
        shapes = canvas.frame(|ui| app.frame(ui));
        quiet_frames > 20
    });
    let pixels = canvas.rgba(shapes);
    let rgb = pixels.rgba.iter().map(|[r, g, b, _]| [*r, *g, *b]);
    Picture { size: (pixels.width as usize, pixels.height as usize), pixels: rgb.collect() }
}

#[test]
fn what_the_processor_paints_is_what_the_graphics_card_shows() {
    let desk = Desk::new();
    let (_, shown) = desk.screenshot(&[&sample()]);
    let painted = painted(&sample());
    assert_eq!(painted.size, shown.size);
    // The panels on the left keep the height that they had in the first frame, in which a window
    // may not yet be as large as it will be.
    let is_compared = |k: &usize| k % painted.size.0 >= 300;
    let pairs = (0..painted.pixels.len()).filter(is_compared);
    let pairs = pairs.map(|k| (&painted.pixels[k], &shown.pixels[k]));
    let far = |(a, b): (&[u8; 3], &[u8; 3])| {
        a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
    };
    let differences: Vec<u8> = pairs.map(far).collect();
    let share = |least: u8| {
        let count = differences.iter().filter(|&&difference| difference >= least).count();
        count as f64 / differences.len() as f64
    };
    assert!(share(3) < 0.002 && share(40) < 0.0002, "{} {} {}", share(1), share(3), share(40));
}

#[test]
fn a_screenshot_of_a_broken_file_shows_the_error_and_says_so_by_its_status() {
    let desk = Desk::new();
    let (_, welcome) = desk.screenshot(&[]);
    let broken = desk.write("broken.nc", halves().keep(50).bytes());
    for file in [broken, desk.home.path().join("not there.nc")] {
        let (status, picture) = desk.screenshot(&[&file]);
        assert_eq!((status, picture.size), (Some(1), (900, 600)), "{file:?}");
        assert!(picture.difference(&welcome) > 0.001, "{file:?}: {}", picture.summary());
        assert!(picture.colors() > 20, "{file:?}: {}", picture.summary());
    }
}

#[test]
fn a_screenshot_leaves_the_settings_alone() {
    let desk = Desk::new();
    let mut window = desk.start(&[&sample()]);
    window.until("the map", shows_a_map);
    window.press("d");
    window.end("ctrl+q");
    let before = fs::read_to_string(desk.settings_file()).unwrap();
    let halves = desk.write("halves.nc", halves().bytes());
    let (status, _) = desk.screenshot(&[&halves]);
    assert_eq!(status, Some(0));
    assert_eq!(fs::read_to_string(desk.settings_file()).unwrap(), before);
}

#[test]
fn without_a_display_it_says_so_in_one_line() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hyperslab"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    let output = command.env("HOME", home.path()).arg(sample()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("hyperslab: no window could be opened"), "{said}");
}
