//! The window without a screen: what it paints after what a user does. Rows of the tree, views
//! and buttons are found by their accessible names; cells, labels and readouts by the text that
//! is painted. A character that no font has makes the harness panic, in every test.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::App as _;
use egui::accesskit::{Role, Toggled};
use egui::{Event, Key, Modifiers, OutputCommand, Pos2, Rect, Shape, TextureId, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, Node};
use hyperslab::app::App;
use hyperslab::cf::CfDataset;
use hyperslab::engine::{Engine, Files};
use hyperslab::session::Settings;
use hyperslab_testkit::bytes::{CdfBuilder, Char, F32, F64, I16, I32, UNLIMITED, cdf1};
use hyperslab_testkit::slow;
use tempfile::TempDir;

const SIZE: egui::Vec2 = vec2(1400.0, 800.0);
/// Of the line at the bottom.
const STATUS_PX: f32 = 26.0;
const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };
/// What is waited for comes within a few frames; a busy machine may take its time.
const PATIENCE: Duration = Duration::from_secs(20);
const AN_HOUR: Duration = Duration::from_secs(3600);

// ---- a window, and what is seen of it ----

struct Window {
    harness: Harness<'static, App>,
    files: Files<CfDataset>,
    folder: TempDir,
}

/// A text on the screen; `rect` is the part of it that is not clipped away.
#[derive(Debug)]
struct Painted {
    text: String,
    rect: Rect,
}

impl Window {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        let engine = Engine::new(64 << 20);
        let mut formats = hyperslab_all::FORMATS.to_vec();
        formats.push(&slow::FORMAT);
        let files = Files::with_formats(engine.clone(), CfDataset::of, &formats);
        let shared = files.clone();
        let harness = Harness::builder()
            .with_size(SIZE)
            .build_eframe(move |cc| App::new(&cc.egui_ctx, engine, shared, settings));
        Self { harness, files, folder: tempfile::tempdir().unwrap() }
    }

    /// A window that shows this file.
    fn showing(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let mut window = Self::new();
        window.open(name, bytes);
        window
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn open(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.write(name, bytes);
        self.harness.state_mut().open(vec![path]);
        self.settle();
    }

    /// Frames until this is seen.
    #[track_caller]
    fn until(&mut self, what: &str, is_seen: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.harness.step();
            if is_seen(self) {
                return;
            }
            assert!(Instant::now() < end, "{what}: not seen among {:#?}", self.texts());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[track_caller]
    fn until_shown(&mut self, text: &str) {
        self.until(text, |window| window.shows(text));
    }

    /// Frames until nothing is being loaded and what came last has been drawn.
    #[track_caller]
    fn settle(&mut self) {
        let quiet_frames = Cell::new(0);
        self.until("quiet", |window| {
            let is_quiet = window.harness.state().engine().is_idle() && !window.files.is_opening();
            quiet_frames.set(if is_quiet { quiet_frames.get() + 1 } else { 0 });
            quiet_frames.get() == 3
        });
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    fn press_ctrl(&mut self, key: Key) {
        self.harness.key_press_modifiers(CTRL, key);
        self.settle();
    }

    #[track_caller]
    fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.settle();
    }

    #[track_caller]
    fn click_row(&mut self, name: &str) {
        self.row(name).unwrap_or_else(|| panic!("no row {name} in {:?}", self.rows())).click();
        self.settle();
    }

    #[track_caller]
    fn type_into(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, label).focus();
        self.harness.step();
        self.harness.event(Event::Text(text.into()));
        self.settle();
    }

    fn point_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.settle();
    }

    fn scroll(&mut self, at: Pos2, points: f32) {
        self.harness.hover_at(at);
        self.harness.event(wheel(points));
        // The wheel moves smoothly over several frames.
        self.harness.run_steps(20);
        self.settle();
    }

    /// The row of the tree for a file, group or variable.
    fn row(&self, name: &str) -> Option<Node<'_>> {
        let begins = |label: &str| label == name || label.starts_with(&format!("{name}, "));
        self.harness
            .query_all_by_role(Role::TreeItem)
            .find(|row| row.accesskit_node().label().is_some_and(|label| begins(&label)))
    }

    fn rows(&self) -> Vec<String> {
        let rows = self.harness.query_all_by_role(Role::TreeItem);
        rows.filter_map(|row| row.accesskit_node().label()).collect()
    }

    /// The rows' labels up to the first comma.
    fn row_names(&self) -> Vec<String> {
        let name = |label: String| label.split(", ").next().unwrap_or_default().to_owned();
        self.rows().into_iter().map(name).collect()
    }

    fn is_selected(&self, name: &str) -> bool {
        self.row(name).is_some_and(|row| row.accesskit_node().toggled() == Some(Toggled::True))
    }

    fn has(&self, role: Role, label: &str) -> bool {
        self.harness.query_all_by_role_and_label(role, label).next().is_some()
    }

    /// Where the picture or table with this name is.
    #[track_caller]
    fn rect(&self, role: Role, label: &str) -> Rect {
        self.harness.get_by_role_and_label(role, label).rect()
    }

    fn painted(&self) -> Vec<Painted> {
        let mut found = Vec::new();
        for clipped in &self.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| {
                let Shape::Text(text) = shape else { return };
                let rect = shape.visual_bounding_rect().intersect(clipped.clip_rect);
                if rect.is_positive() && !text.galley.text().is_empty() {
                    found.push(Painted { text: text.galley.text().to_owned(), rect });
                }
            });
        }
        found
    }

    fn texts(&self) -> Vec<String> {
        self.painted().into_iter().map(|painted| painted.text).collect()
    }

    fn shows(&self, text: &str) -> bool {
        self.painted().iter().any(|painted| painted.text.contains(text))
    }

    #[track_caller]
    fn assert_shows(&self, text: &str) {
        assert!(self.shows(text), "{text}: not among {:#?}", self.texts());
    }

    #[track_caller]
    fn assert_hides(&self, text: &str) {
        assert!(!self.shows(text), "{text}: among {:#?}", self.texts());
    }

    /// What the status line says, left to right.
    fn status(&self) -> String {
        let top = SIZE.y - STATUS_PX;
        let line = self.painted().into_iter().filter(|painted| painted.rect.center().y > top);
        line.map(|painted| painted.text).collect::<Vec<_>>().join(" | ")
    }

    /// The cells of the table in the row with this index, left to right.
    #[track_caller]
    fn cells(&self, index: u64) -> Vec<String> {
        let area = self.table_rect();
        let painted = self.painted();
        let is_index = |painted: &&Painted| {
            painted.text == index.to_string()
                && painted.rect.right() < area.left()
                && painted.rect.left() > area.left() - 150.0
        };
        let header = painted.iter().find(is_index);
        let header = header.unwrap_or_else(|| panic!("no row {index} among {painted:#?}"));
        let mut cells: Vec<&Painted> = painted
            .iter()
            .filter(|cell| {
                area.contains_rect(cell.rect)
                    && (cell.rect.center().y - header.rect.center().y).abs() < 5.0
            })
            .collect();
        cells.sort_by(|a, b| a.rect.left().total_cmp(&b.rect.left()));
        cells.into_iter().map(|cell| cell.text.clone()).collect()
    }

    fn table_rect(&self) -> Rect {
        self.harness.get_by_role(Role::Table).rect()
    }

    /// Where pictures are: textures other than that of the fonts.
    fn pictures(&self) -> Vec<Rect> {
        let mut found = Vec::new();
        for clipped in &self.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| {
                if !matches!(shape.texture_id(), TextureId::Managed(0)) {
                    found.push(shape.visual_bounding_rect().intersect(clipped.clip_rect));
                }
            });
        }
        found
    }

    /// What was put on the clipboard by the last frame.
    fn copied(&self) -> Option<String> {
        let commands = &self.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }
}

/// The wheel turned; positive moves what is seen down.
fn wheel(points: f32) -> Event {
    Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    }
}

fn each_shape(shape: &Shape, visit: &mut impl FnMut(&Shape)) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| each_shape(shape, visit)),
        shape => visit(shape),
    }
}

// ---- files ----

/// Time 3, lat 4, lon 5; `t` counts up from 30.
fn map() -> CdfBuilder {
    cdf1()
        .dim("time", 3)
        .dim("lat", 4)
        .dim("lon", 5)
        .var("time", F64, &["time"])
        .attr("units", "days since 2000-01-01")
        .values([0.0, 1.0, 2.0])
        .var("lat", F64, &["lat"])
        .attr("units", "degrees_north")
        .values([-30.0, -10.0, 10.0, 30.0])
        .var("lon", F64, &["lon"])
        .attr("units", "degrees_east")
        .values([0.0, 10.0, 20.0, 30.0, 40.0])
        .var("t", F32, &["time", "lat", "lon"])
        .attr("units", "K")
        .attr("long_name", "temperature")
}

/// The map with a curve and a packed variable beside it.
fn several() -> CdfBuilder {
    map()
        .var("curve", F32, &["time"])
        .attr("units", "m")
        .attr("long_name", "sea level")
        .var("packed", I16, &["time", "lat"])
        .attr("scale_factor", [0.5f64])
        .attr("add_offset", [100f64])
        .attr("_FillValue", [-1i16])
        .values([1i16, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, -1])
}

// ---- opening files ----

#[test]
fn an_opened_file_shows_its_most_telling_variable_as_a_heatmap() {
    let window = Window::showing("a.nc", several().bytes());
    assert_eq!(window.row_names(), ["a.nc", "t", "curve", "packed", "time", "lat", "lon"]);
    assert!(window.is_selected("t"));
    let image = window.rect(Role::Image, "Heatmap of /t");
    assert_eq!(window.pictures(), [image]);
    window.assert_shows("Temperature [K]");
    window.assert_shows("time 3 × lat 4 × lon 5");
}

#[test]
fn dropped_files_are_opened_and_the_first_is_looked_at() {
    #[derive(Debug)]
    struct Dropped(PathBuf);
    impl egui::DroppedFile for Dropped {
        fn path(&self) -> &Path {
            &self.0
        }
        fn bytes(&self) -> Result<Vec<u8>, String> {
            Err("the path is enough".into())
        }
    }
    let mut window = Window::new();
    for name in ["a b.nc", "ü.nc"] {
        let path = window.write(name, map().bytes());
        window.harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
    }
    window.settle();
    assert!(window.row("a b.nc").is_some() && window.row("ü.nc").is_some());
    assert!(window.status().starts_with("a b.nc:/t"), "{}", window.status());
    assert!(window.has(Role::Image, "Heatmap of /t"));
}

#[test]
fn two_files_stand_in_one_tree_and_the_newest_is_looked_at() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.open("b.nc", cdf1().dim("x", 9).var("other", F32, &["x"]).bytes());
    assert_eq!(window.row_names(), ["a.nc", "t", "time", "lat", "lon", "b.nc", "other"]);
    assert!(window.has(Role::Image, "Line plot of /other"));
    window.click_row("t");
    assert!(window.has(Role::Image, "Heatmap of /t"));
    window.press_ctrl(Key::W);
    assert_eq!(window.row_names(), ["b.nc", "other"]);
}

#[test]
fn a_file_that_cannot_be_read_says_why_while_others_work() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.open("broken.nc", map().keep(40).bytes());
    window.assert_shows("This file cannot be read");
    window.assert_shows("broken.nc: ");
    assert_eq!(
        window.row("broken.nc").and_then(|row| row.accesskit_node().label()).as_deref(),
        Some("broken.nc, cannot be read")
    );
    window.open("letter.txt", "Dear reader,\n");
    window.assert_shows("letter.txt: not a file we can read");
    window.click_row("t");
    assert!(window.has(Role::Image, "Heatmap of /t"));
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let mut window = Window::new();
    let path = window.folder.path().join("gone.nc");
    window.harness.state_mut().open(vec![path]);
    window.settle();
    window.assert_shows("gone.nc: there is no such file");
}

#[test]
fn a_file_cut_short_is_shown_with_a_note() {
    let file = cdf1()
        .dim("time", UNLIMITED)
        .dim("y", 3)
        .dim("x", 4)
        .var("a", F32, &["time", "y", "x"])
        .records(8)
        .cut(60);
    let mut window = Window::showing("a.nc", file.bytes());
    window.assert_shows("cut short or still being written");
    window.assert_shows("6 of 8 records are whole");
    assert!(window.has(Role::Image, "Heatmap of /a"));
    for _ in 0..7 {
        window.press(Key::ArrowRight);
    }
    window.assert_shows("8 of 8");
    window.assert_shows("truncated: ");
    window.assert_shows("What lies before this place can still be read");
    window.press(Key::ArrowLeft);
    window.press(Key::ArrowLeft);
    assert!(window.has(Role::Image, "Heatmap of /a"));
}

#[test]
fn recent_files_are_remembered_and_offered() {
    struct Storage(HashMap<String, String>);
    impl eframe::Storage for Storage {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }
        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.into(), value);
        }
        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }
        fn flush(&mut self) {}
    }
    let mut window = Window::showing("a.nc", map().bytes());
    window.open("b.nc", map().bytes());
    let mut storage = Storage(HashMap::new());
    window.harness.state_mut().save(&mut storage);
    let settings: Settings = eframe::get_value(&storage, eframe::APP_KEY).unwrap();
    assert_eq!(settings.recent(), ["b.nc", "a.nc"].map(|name| window.folder.path().join(name)));

    let mut later = Window::with(settings);
    later.assert_shows("Recent files");
    later.click(Role::Link, "a.nc");
    assert!(later.has(Role::Image, "Heatmap of /t"));
    later.click(Role::Button, "Recent");
    assert!(later.has(Role::Button, "b.nc"));
}

#[test]
fn a_file_that_changes_is_offered_to_be_read_again() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num3);
    assert_eq!(window.cells(0)[0], "30");
    let changed: Vec<f32> = (0..60).map(|k| 1000.0 + k as f32).collect();
    window.write("a.nc", map().values(changed).bytes());
    window.until_shown("a.nc has changed on disk.");
    window.click(Role::Button, "Reload");
    window.until("the new values", |window| window.cells(0)[0] == "1000");
    window.assert_hides("has changed on disk");
}

// ---- the tree ----

#[test]
fn a_clicked_row_is_shown() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("curve");
    assert!(window.has(Role::Image, "Line plot of /curve"));
    window.assert_shows("Sea level [m]");
    assert!(window.is_selected("curve") && !window.is_selected("t"));
    assert!(window.status().starts_with("a.nc:/curve"), "{}", window.status());
}

#[test]
fn arrow_keys_walk_through_the_tree() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press(Key::ArrowDown);
    assert!(window.is_selected("curve"));
    window.press(Key::ArrowUp);
    assert!(window.is_selected("t"));
}

#[test]
fn the_filter_hides_what_does_not_match() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.type_into("Filter", "SEA");
    assert_eq!(window.row_names(), ["a.nc", "curve"], "by long name, in any case");
    window.press(Key::Escape);
    assert_eq!(window.row_names().len(), 7);
    window.press_ctrl(Key::F);
    window.harness.event(Event::Text("no such thing".into()));
    window.settle();
    assert!(window.rows().is_empty());
    window.assert_shows("Nothing matches the filter");
}

#[test]
fn letters_typed_into_the_filter_are_no_commands() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    window.harness.step();
    for key in [Key::D, Key::Num3] {
        window.press(key);
    }
    assert!(window.harness.state().settings().is_decoded);
    assert!(window.has(Role::Image, "Heatmap of /t"));
}

#[test]
fn attributes_storage_and_cdl_of_the_selection_are_told() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.assert_shows("temperature");
    window.click(Role::Button, "Storage");
    window.assert_shows("float32");
    window.assert_shows("3 × 4 × 5");
    window.click(Role::Button, "CDL");
    window.until_shown("dimensions:");
    window.click(Role::Button, "Copy all");
}

#[test]
fn a_tree_of_50_000_variables_scrolls_at_ease() {
    let mut file = cdf1().dim("x", 2);
    for i in 0..50_000 {
        file = file.var(format!("v{i:05}"), I16, &["x"]).attr("units", "m");
    }
    let mut window = Window::showing("many.nc", file.bytes());
    assert!(window.row("v00003").is_some());
    let mut frames = Vec::new();
    for _ in 0..60 {
        window.harness.hover_at(pos2(150.0, 200.0));
        window.harness.event(wheel(-5000.0));
        let began = Instant::now();
        window.harness.step();
        // One frame for each of the two events.
        frames.push(began.elapsed() / 2);
    }
    frames.sort();
    println!("median {:?}, longest {:?}", frames[30], frames[59]);
    assert!(window.row("v00003").is_none(), "it scrolled");
    assert!(frames[30] < Duration::from_millis(50), "median {:?}", frames[30]);

    window.type_into("Filter", "v49999");
    window.until("the filtered row", |window| window.row_names() == ["many.nc", "v49999"]);
}

// ---- the views ----

#[test]
fn keys_1_2_and_3_switch_between_the_views() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num2);
    assert!(window.has(Role::Image, "Line plot of /t"));
    window.press(Key::Num3);
    assert!(window.has(Role::Table, "Table of /t"));
    window.press(Key::Num1);
    assert!(window.has(Role::Image, "Heatmap of /t"));
    window.click(Role::Button, "Table");
    assert!(window.has(Role::Table, "Table of /t"));
}

#[test]
fn d_switches_between_decoded_and_stored_values_and_the_button_says_so() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("packed");
    window.press(Key::Num3);
    assert!(window.has(Role::Button, "Decoded"));
    assert_eq!(window.cells(3), ["103.5", "107.5", "—"]);
    window.press(Key::D);
    assert!(window.has(Role::Button, "Stored") && !window.has(Role::Button, "Decoded"));
    assert_eq!(window.cells(3), ["7", "15", "-1"]);
    window.assert_shows("(as stored)");
    window.click(Role::Button, "Stored");
    assert_eq!(window.cells(3), ["103.5", "107.5", "—"]);
}

#[test]
fn sliders_step_with_their_buttons_and_the_arrow_keys() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.assert_shows("1 of 3");
    window.assert_shows("2000-01-01");
    window.click(Role::Button, "▶");
    window.assert_shows("2 of 3");
    window.assert_shows("2000-01-02");
    assert!(window.has(Role::Slider, "time 2000-01-02"));
    window.press(Key::ArrowRight);
    window.assert_shows("3 of 3");
    window.press(Key::ArrowRight);
    window.assert_shows("3 of 3");
    window.press(Key::ArrowLeft);
    window.press(Key::Num3);
    // 20 values a time step, from 30.
    assert_eq!(window.cells(0), ["50", "51", "52", "53", "54"]);
    window.assert_shows("2 of 3");
}

#[test]
fn the_next_variable_on_the_same_axes_is_shown_at_the_same_time() {
    let file = map().var("u", F32, &["time", "lat", "lon"]);
    let mut window = Window::showing("a.nc", file.bytes());
    window.press(Key::ArrowRight);
    window.click_row("u");
    window.assert_shows("2 of 3");
}

#[test]
fn the_heatmap_tells_value_and_place_under_the_pointer() {
    let mut window = Window::showing("a.nc", map().bytes());
    let image = window.rect(Role::Image, "Heatmap of /t");
    // The bottom left cell: the first latitude (north is up), the first longitude.
    window.point_at(image.left_bottom() + vec2(8.0, -8.0));
    assert!(window.status().contains("30 K    lon 0°    lat 30°S"), "{}", window.status());
    window.point_at(image.right_top() + vec2(-8.0, 8.0));
    assert!(window.status().contains("49 K    lon 40°E    lat 30°N"), "{}", window.status());
}

#[test]
fn the_wheel_zooms_into_the_heatmap_and_a_button_goes_back() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.assert_shows("40°N");
    let image = window.rect(Role::Image, "Heatmap of /t");
    window.scroll(image.center(), 400.0);
    window.assert_hides("40°N");
    window.click(Role::Button, "Reset zoom");
    window.assert_shows("40°N");
}

#[test]
fn t_exchanges_the_axes() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num3);
    assert_eq!(window.cells(1), ["35", "36", "37", "38", "39"]);
    window.press(Key::T);
    assert_eq!(window.cells(1), ["31", "36", "41", "46"]);
}

#[test]
fn a_cell_clicked_in_the_heatmap_is_where_the_curve_is_taken() {
    let mut window = Window::showing("a.nc", map().bytes());
    let image = window.rect(Role::Image, "Heatmap of /t");
    window.point_at(image.right_top() + vec2(-8.0, 8.0));
    window.harness.drag_at(image.right_top() + vec2(-8.0, 8.0));
    window.harness.drop_at(image.right_top() + vec2(-8.0, 8.0));
    window.settle();
    window.press(Key::Num2);
    window.assert_shows("t, time 2000-01-01, lat 30°N");
}

#[test]
fn characters_are_shown_as_text() {
    let file = cdf1()
        .dim("station", 3)
        .dim("length", 7)
        .var("name", Char, &["station", "length"])
        .values("Bonn\0\0\0Z\u{fc}rich\0\0\0\0\0\0\0");
    let mut window = Window::showing("a.nc", file.bytes());
    assert!(window.has(Role::Table, "Table of /name"));
    assert_eq!(window.cells(0), ["Bonn"]);
    assert_eq!(window.cells(1), ["Zürich"]);
    window.press(Key::D);
    assert_eq!(window.cells(1), ["Zürich"]);
}

#[test]
fn a_dimension_of_length_0_is_no_trouble() {
    let file = map().bytes();
    let empty = cdf1().dim("time", UNLIMITED).dim("x", 3).var("a", F32, &["time", "x"]);
    let mut window = Window::showing("a.nc", file);
    window.open("empty.nc", empty.records(0).bytes());
    window.assert_shows("time 0 × x 3");
    window.assert_shows("This variable has no values");
    for key in [Key::Num1, Key::Num2, Key::Num3, Key::D, Key::T] {
        window.press(key);
    }
    window.click_row("t");
    window.press(Key::Num1);
    assert!(window.has(Role::Image, "Heatmap of /t"));
}

#[test]
fn a_scalar_and_a_file_without_variables_are_no_trouble() {
    let mut window = Window::showing("a.nc", cdf1().var("one", I32, &[]).values([42i32]).bytes());
    assert!(window.has(Role::Table, "Table of /one"));
    window.assert_shows("42");
    window.open("none.nc", cdf1().attr("title", "nothing but this").bytes());
    window.assert_shows("nothing but this");
    window.assert_shows("Select a variable");
}

// ---- the table ----

#[test]
fn row_999_999_999_of_a_billion_is_exact() {
    let mut window = Window::showing("a.slow", slow::file(Duration::ZERO));
    window.row("rows").unwrap().click();
    window.harness.step();
    window.press(Key::Num3);
    go_to(&mut window, "999999999, 2");
    assert_eq!(window.cells(999_999_999), ["3999999996", "3999999997", "3999999998", "3999999999"]);
    assert_eq!(window.cells(999_999_990)[0], "3999999960");
    // The pointer on the last cell that is shown.
    let cell = window.painted().into_iter().find(|cell| cell.text == "3999999999").unwrap();
    window.point_at(cell.rect.center());
    let status = window.status();
    assert!(status.contains("3999999999    row 999999999    column 3"), "{status}");

    go_to(&mut window, "1000000000");
    window.assert_shows("there are only 1000000000");
    go_to(&mut window, "500000000");
    assert_eq!(window.cells(500_000_000)[0], "2000000000");
    // A row up and down again by the wheel ends where it began.
    let area = window.table_rect();
    window.scroll(area.center(), 40.0);
    window.scroll(area.center(), -40.0);
    assert_eq!(window.cells(500_000_000)[0], "2000000000");
}

fn go_to(window: &mut Window, text: &str) {
    window.press_ctrl(Key::G);
    window.harness.key_press_modifiers(CTRL, Key::A);
    window.harness.event(Event::Text(text.into()));
    window.press(Key::Enter);
}

#[test]
fn a_row_is_found_by_its_coordinate() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("curve");
    go_to(&mut window, "2000-01-03");
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    // The fifth variable counts from 40.
    assert_eq!(window.copied().as_deref().map(str::trim_end), Some("42"));
}

#[test]
fn selected_cells_are_copied_separated_by_tabs() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num3);
    let cell = |window: &Window, text: &str| {
        let area = window.table_rect();
        let mut cells = window.painted().into_iter();
        cells.find(|c| c.text == text && area.contains_rect(c.rect)).unwrap().rect.center()
    };
    let (from, to) = (cell(&window, "31"), cell(&window, "38"));
    window.point_at(from);
    window.harness.drag_at(from);
    window.harness.hover_at((from + to.to_vec2()) * 0.5);
    window.harness.hover_at(to);
    window.harness.drop_at(to);
    window.settle();
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().unwrap().trim_end(), "31\t32\t33\n36\t37\t38");
}

// ---- slow files and faults ----

#[test]
fn while_a_slow_file_is_read_frames_go_on() {
    let mut window = Window::new();
    let path = window.write("a.slow", slow::file(Duration::from_secs(2)));
    window.harness.state_mut().open(vec![path]);
    let mut longest = Duration::ZERO;
    let end = Instant::now() + Duration::from_millis(1500);
    let mut keys =
        [Key::Num1, Key::Num3, Key::ArrowRight, Key::Num2, Key::ArrowDown].iter().cycle();
    while Instant::now() < end {
        window.harness.key_press(*keys.next().unwrap());
        for _ in 0..2 {
            let began = Instant::now();
            window.harness.step();
            longest = longest.max(began.elapsed() / 2);
        }
    }
    println!("longest {longest:?}");
    assert!(!window.harness.state().engine().is_idle(), "it is still being read");
    assert!(longest < Duration::from_millis(300), "{longest:?}");
}

#[test]
fn cancel_stops_what_is_being_read_and_it_can_be_tried_again() {
    let mut window = Window::new();
    let path = window.write("a.slow", slow::file(AN_HOUR));
    window.harness.state_mut().open(vec![path]);
    window.until("Cancel", |window| window.has(Role::Button, "Cancel"));
    assert!(window.status().contains("reading"), "{}", window.status());
    window.click(Role::Button, "Cancel");
    window.assert_shows("cancelled");
    assert!(!window.has(Role::Button, "Cancel"));
    window.harness.get_by_role_and_label(Role::Button, "Try again").click();
    window.until("Cancel again", |window| window.has(Role::Button, "Cancel"));
}

#[test]
fn what_nobody_looks_at_any_more_is_no_longer_read() {
    let mut window = Window::new();
    let path = window.write("a.slow", slow::file(AN_HOUR));
    window.harness.state_mut().open(vec![path]);
    window.until("Cancel", |window| window.has(Role::Button, "Cancel"));
    window.harness.key_press_modifiers(CTRL, Key::W);
    window.settle();
    assert!(window.harness.state().engine().activities().is_empty());
}

#[test]
fn a_variable_that_cannot_be_read_says_why_and_the_rest_works() {
    let mut window = Window::showing("a.slow", slow::file(Duration::ZERO));
    window.click_row("failing");
    window.assert_shows("a.slow: malformed: fails on purpose");
    assert!(window.has(Role::Button, "Try again"));
    window.press(Key::Num3);
    assert_eq!(window.cells(0), ["unreadable"]);
    window.click_row("small");
    assert!(window.has(Role::Image, "Line plot of /small"));
}

#[test]
fn a_fault_in_a_reader_is_an_error_not_the_end_of_the_window() {
    let mut window = Window::showing("a.slow", slow::file(Duration::ZERO));
    window.click_row("panicking");
    window.assert_shows("a fault in hyperslab, please report it: panics on purpose");
    window.click_row("small");
    assert!(window.has(Role::Image, "Line plot of /small"));
}

// ---- for everybody ----

/// Every menu, view and panel once, decoded and stored: panics on a character without a glyph.
#[test]
fn every_control_has_a_name_for_screen_readers_and_every_character_a_glyph() {
    let mut window = Window::showing("a.nc", several().bytes());
    let mut unnamed = window.harness.unnamed_widgets();
    for name in ["t", "curve", "packed", "time"] {
        window.click_row(name);
        for key in [Key::Num1, Key::Num2, Key::Num3, Key::D, Key::Num1, Key::Num2, Key::D] {
            window.press(key);
            unnamed.extend(window.harness.unnamed_widgets());
        }
    }
    for (role, label) in [
        (Role::Button, "Storage"),
        (Role::Button, "CDL"),
        (Role::Button, "Recent"),
        (Role::Button, "Settings"),
        (Role::Button, "?"),
    ] {
        window.click(role, label);
        unnamed.extend(window.harness.unnamed_widgets());
    }
    window.assert_shows("This list");
    unnamed.sort();
    unnamed.dedup();
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}
