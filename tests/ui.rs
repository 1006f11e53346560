//! The window without a screen: what it paints after what a user does. Rows of the tree, views
//! and buttons are found by their accessible names; cells, labels and readouts by the text that
//! is painted. A character that no font has makes the harness panic, in every test.

#[path = "ui/colors.rs"]
mod colors;
#[path = "ui/commands.rs"]
mod commands;
#[path = "ui/curves.rs"]
mod curves;
#[path = "ui/derive.rs"]
mod derive;
#[path = "ui/exporting.rs"]
mod exporting;
#[path = "ui/maps.rs"]
mod maps;
#[path = "ui/masks.rs"]
mod masks;
#[path = "ui/overlay.rs"]
mod overlay;
#[path = "ui/tiles.rs"]
mod tiles;
#[path = "ui/workspace.rs"]
mod workspace;

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
use hyperslab_testkit::{growing, kinds, slow};
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
    height_px: f32,
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
        Self::sized(settings, SIZE)
    }

    fn sized(settings: Settings, size: egui::Vec2) -> Self {
        Self::with_budget(settings, size, 64 << 20)
    }

    fn with_budget(settings: Settings, size: egui::Vec2, budget_bytes: usize) -> Self {
        let engine = Engine::new(budget_bytes);
        let mut formats = hyperslab_all::FORMATS.to_vec();
        formats.extend([&slow::FORMAT, &kinds::FORMAT, &growing::FORMAT]);
        let files = Files::with_formats(engine.clone(), CfDataset::of, &formats);
        let shared = files.clone();
        let harness = Harness::builder()
            .with_size(size)
            .build_eframe(move |cc| App::new(&cc.egui_ctx, engine, shared, settings));
        Self { harness, files, folder: tempfile::tempdir().unwrap(), height_px: size.y }
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
            // What arrives may ask for more: a condition for rows, rows for their cells.
            quiet_frames.get() == 6
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
        let top = self.height_px - STATUS_PX;
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

/// What the window stores for its next start.
#[derive(Default)]
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
fn an_opened_file_shows_its_most_telling_variable_as_a_map() {
    let window = Window::showing("a.nc", several().bytes());
    assert_eq!(window.row_names(), ["a.nc", "t", "curve", "packed", "time", "lat", "lon"]);
    assert!(window.is_selected("t"));
    let image = window.rect(Role::Image, "Map of /t");
    assert!(window.pictures().iter().any(|picture| image.intersects(*picture)));
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
    assert!(window.has(Role::Image, "Map of /t"));
}

#[test]
fn two_files_stand_in_one_tree_and_the_newest_is_looked_at() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.open("b.nc", cdf1().dim("x", 9).var("other", F32, &["x"]).bytes());
    assert_eq!(window.row_names(), ["a.nc", "t", "time", "lat", "lon", "b.nc", "other"]);
    assert!(window.has(Role::Image, "Line plot of /other"));
    window.click_row("t");
    assert!(window.has(Role::Image, "Map of /t"));
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
    assert!(window.has(Role::Image, "Map of /t"));
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
    let mut window = Window::showing("a.nc", map().bytes());
    window.open("b.nc", map().bytes());
    let mut storage = Storage::default();
    window.harness.state_mut().save(&mut storage);
    let settings: Settings = eframe::get_value(&storage, eframe::APP_KEY).unwrap();
    assert_eq!(settings.recent(), ["b.nc", "a.nc"].map(|name| window.folder.path().join(name)));

    let mut later = Window::with(settings);
    later.assert_shows("Recent files");
    later.click(Role::Link, "a.nc");
    assert!(later.has(Role::Image, "Map of /t"));
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
    assert!(window.has(Role::Image, "Map of /t"));
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
    window.press(Key::Num1);
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
    window.press(Key::Num1);
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
    window.press(Key::Num1);
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
    window.assert_shows("There are no variables in this file.");
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

// ---- links, types, references ----

/// A window so tall that all rows of the file with one of every kind are in it.
fn tall_window() -> Window {
    Window::sized(Settings::default(), vec2(1400.0, 1900.0))
}

fn kinds_window() -> Window {
    let mut window = tall_window();
    window.open("a.kinds", kinds::file());
    window
}

#[test]
fn the_tree_shows_links_types_aliases_and_damage() {
    let window = kinds_window();
    let rows = window.rows();
    for row in [
        "short, → /deep/inner",
        "dangling, → /gone",
        "elsewhere, → other.kinds:/z",
        "own, user-defined link of class 187",
        "up, → /",
        "sky_t, enum of uint8 (<u1), 3 members",
        "station_t, compound of 5 fields",
        "again, 3, same as /z",
        "hurt, two 2, damaged",
        "nothing, no values",
        "broken, damaged",
    ] {
        assert!(rows.contains(&row.to_owned()), "{row}: not among {rows:#?}");
    }
}

#[test]
fn what_is_damaged_or_has_another_name_says_so_under_the_pointer_and_in_the_panel() {
    let mut window = kinds_window();
    let tooltip = |window: &mut Window, name: &str, text: &str| {
        let at = window.row(name).unwrap().rect().left_center() + vec2(60.0, 0.0);
        window.harness.hover_at(at);
        window.until_shown(text);
    };
    tooltip(&mut window, "broken", "a link message of version 9");
    tooltip(&mut window, "again", "Same as /z");
    tooltip(&mut window, "dangling", "Soft link; nothing is there");
    tooltip(&mut window, "nowhere", "Link to a file that is not there");
    tooltip(&mut window, "own", "Only the program that made this link follows it");
    tooltip(&mut window, "up", "a circle");
    window.click_row("hurt");
    window.assert_shows("malformed: attribute 3: a name of no length");
    window.assert_shows("(no name)");
    window.assert_shows("cannot be read");
    window.click_row("again");
    window.assert_shows("The same as /z");
    window.click_row("broken");
    window.assert_shows("malformed: a link message of version 9 (at byte 4096)");
}

#[test]
fn a_click_on_a_link_goes_to_what_it_means_and_opens_the_groups_it_is_in() {
    let mut window = kinds_window();
    // Close the group first: by a click on its arrow.
    let arrow = window.row("deep").unwrap().rect().left_center() + vec2(22.0, 0.0);
    window.harness.drag_at(arrow);
    window.harness.drop_at(arrow);
    window.settle();
    assert!(window.row("inner").is_none());
    window.click_row("short");
    assert!(window.is_selected("inner"));
    assert!(window.has(Role::Image, "Line plot of /deep/inner"));
    window.click_row("relative");
    assert!(window.is_selected("sky_t"));
    window.click_row("up");
    assert!(window.is_selected("a.kinds"));
    // What leads nowhere is looked at.
    window.click_row("dangling");
    assert!(window.is_selected("dangling"));
    window.assert_shows("nothing is there");
    assert!(window.status().starts_with("a.kinds:/dangling"), "{}", window.status());
    window.click_row("nowhere");
    window.assert_shows("→ missing.h5:/a");
    assert_eq!(window.files.views().len(), 1);
}

#[test]
fn a_link_into_another_file_opens_it_at_the_place_it_means() {
    let mut window = tall_window();
    window.write("other.kinds", kinds::file());
    window.open("a.kinds", kinds::file());
    window.click_row("elsewhere");
    window.until("the other file", |window| window.files.views().len() == 2);
    window.until("its variable", |window| window.status().starts_with("other.kinds:/z"));
    window.settle();
    assert!(window.has(Role::Table, "Table of /z"));
    // By keys the link itself is looked at, and followed by Enter.
    window.files.close(window.files.views()[1].id);
    window.settle();
    window.click_row("dangling");
    window.press(Key::ArrowDown);
    window.assert_shows("Link to another file");
    assert!(window.has(Role::Button, "Go there"));
    window.press(Key::Enter);
    window.until("its variable", |window| window.status().starts_with("other.kinds:/z"));
}

#[test]
fn a_type_shows_what_it_is_made_of() {
    let mut window = kinds_window();
    window.click_row("station_t");
    for text in ["/deep/station_t", "compound of 5 fields", "track", "float32[2]", "<f8", "= 7"] {
        window.assert_shows(text);
    }
    window.assert_shows("stations");
    window.click_row("sky_t");
    window.assert_shows("cloudy");
    window.click_row("plain");
    window.assert_shows("The same as /elsewhere");
}

#[test]
fn the_filter_finds_links_and_types_by_name() {
    let mut window = kinds_window();
    window.type_into("Filter", "sky");
    assert_eq!(window.row_names(), ["a.kinds", "sky", "deep", "sky_t"]);
    window.press_ctrl(Key::F);
    window.harness.key_press_modifiers(CTRL, Key::A);
    window.harness.event(Event::Text("dangl".into()));
    window.settle();
    assert_eq!(window.row_names(), ["a.kinds", "dangling"]);
}

#[test]
fn internal_attributes_are_shown_when_asked_for() {
    let mut window = kinds_window();
    window.click_row("a.kinds");
    window.assert_shows("every kind");
    window.assert_shows("no value (null)");
    window.assert_hides("_Book");
    window.click(Role::Button, "1 internal");
    window.assert_shows("_Book");
    window.click(Role::Button, "1 internal");
    window.assert_hides("_Book");
}

#[test]
fn a_reference_is_followed_by_a_click() {
    let mut window = kinds_window();
    window.click_row("a.kinds");
    window.click(Role::Link, "→ /z");
    assert!(window.is_selected("z"));
    assert_eq!(window.cells(0), ["1+2i"]);
    window.click_row("to");
    assert_eq!([window.cells(0), window.cells(1)], [["→ /z"], ["null"]]);
    click_cell(&mut window, "→ /deep/inner");
    assert!(window.is_selected("inner"));
    // Of a region the elements are selected.
    window.click_row("regions");
    assert_eq!(window.cells(1), ["→ /cells[2 points in 0:2, 0:3]"]);
    click_cell(&mut window, "→ /cells[0:2, 1:3]");
    assert!(window.is_selected("cells"));
    assert!(window.has(Role::Table, "Table of /cells"));
    // Of an attribute the panel.
    window.click(Role::Button, "CDL");
    window.click_row("any");
    click_cell(&mut window, "→ /deep/inner@units");
    assert!(window.is_selected("inner"));
    window.assert_shows("units");
}

fn click_cell(window: &mut Window, text: &str) {
    click_in(window, text, window.table_rect());
}

fn click_cell_of(window: &mut Window, table: &str, text: &str) {
    click_in(window, text, window.rect(Role::Table, table));
}

fn click_in(window: &mut Window, text: &str, area: Rect) {
    let is_there = |c: &Painted| c.text == text && area.contains(c.rect.center());
    window.until(text, |window| window.painted().iter().any(is_there));
    let painted = window.painted();
    let cell = painted.iter().find(|c| c.text == text && area.contains(c.rect.center()));
    let at = cell.unwrap_or_else(|| panic!("no cell {text} among {painted:#?}")).rect.center();
    window.point_at(at);
    window.harness.drag_at(at);
    window.harness.drop_at(at);
    window.settle();
}

#[test]
fn every_type_can_be_read_in_the_table() {
    let mut window = kinds_window();
    for (name, cells) in [
        ("lists", ["[1, 2, 3]", "[]"]),
        ("blocks", ["[[1, 2], [3, 4]]", "[[5, 6], [7, 8]]"]),
        ("wide", ["1267650600228229401496703205376", "-1"]),
        ("raw", ["0xcafe", "0x0001"]),
        ("words", ["one", ""]),
        ("z", ["1+2i", "0.5-1i"]),
        ("bits", ["0x01", "0xa5"]),
        ("when", ["1000000000", "0"]),
        ("half", ["1", "-2.5"]),
        ("odd", ["1.5", "-3"]),
        ("sky", ["clear", "cloudy"]),
    ] {
        window.click_row(name);
        window.press(Key::Num3);
        for (row, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            assert_eq!(window.cells(row as u64), [*cell], "{name}");
        }
    }
    window.click_row("cells");
    let cell = window.cells(0)[0].clone();
    let begins = "{id: 0, pos: {x: 0, y: -0}, name: \"s0\", sky: clear, track: [0, 0.5]}";
    assert_eq!(cell, begins);
    window.click_row("nothing");
    window.assert_shows("This variable has no values (null dataspace).");
    window.click_row("lost");
    window.press(Key::Num3);
    assert_eq!(window.cells(0), ["unreadable"]);
}

#[test]
fn compounds_along_one_axis_have_a_column_for_each_field() {
    let mut window = kinds_window();
    window.click_row("table");
    for header in ["id", "pos.x", "pos.y", "name", "sky", "track", "float32[2]", "text(4)"] {
        window.assert_shows(header);
    }
    assert_eq!(window.cells(1), ["1", "1", "-1", "s1", "cloudy", "[1, 1.5]"]);
    go_to(&mut window, "998, pos.y");
    assert_eq!(window.cells(998), ["998", "998", "-998", "s998", "fog", "[998, 998.5]"]);
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().unwrap().trim_end(), "-998");
    click_cell(&mut window, "997");
    window.press_ctrl(Key::A);
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    let copied = window.copied().unwrap();
    assert_eq!(copied.lines().count(), 1000);
    assert_eq!(copied.lines().nth(2), Some("2\t2\t-2\ts2\tfog\t[2, 2.5]"));
    let cell = window.painted().into_iter().find(|cell| cell.text == "[998, 998.5]").unwrap();
    window.point_at(cell.rect.center());
    let status = window.status();
    assert!(status.contains("track [998, 998.5]    index 998"), "{status}");
}

#[test]
fn a_group_of_100_000_scrolls_as_fast_as_a_small_one() {
    let mut window = Window::new();
    let path = window.write("a.kinds", kinds::crowd_file(50_000));
    window.harness.state_mut().open(vec![path]);
    window.settle();
    assert!(window.row("l0").is_some());
    let at = window.row("l0").unwrap().rect().center();
    window.harness.hover_at(at);
    let mut longest = Duration::ZERO;
    for _ in 0..30 {
        window.harness.event(wheel(-20_000.0));
        let began = Instant::now();
        window.harness.step();
        longest = longest.max(began.elapsed());
    }
    println!("longest {longest:?}");
    assert!(window.row("l0").is_none());
    assert!(longest < Duration::from_millis(150), "{longest:?}");
}

// ---- files that are being written ----

/// As a writer does: the file is never shorter meanwhile.
fn overwrite(window: &Window, name: &str, bytes: &[u8]) {
    use std::io::Write as _;
    std::thread::sleep(Duration::from_millis(20));
    let path = window.folder.path().join(name);
    fs::OpenOptions::new().write(true).open(path).unwrap().write_all(bytes).unwrap();
}

#[test]
fn a_variable_that_comes_back_with_more_axes_is_shown_by_its_own() {
    let file = |dims: &[&str]| {
        let file = cdf1().dim("t", 1).dim("y", 20).dim("x", 30).var("v", F32, dims);
        file.values((0u16..600).map(f32::from).collect::<Vec<_>>()).bytes()
    };
    let mut window = Window::showing("a.nc", file(&["y", "x"]));
    window.click(Role::Button, "Heatmap");
    overwrite(&window, "a.nc", &file(&["t", "y", "x"]));
    window.press_ctrl(Key::R);
    window.until_shown("t 1 × y 20 × x 30");
    // Only x is as long.
    window.until_shown("25");
}

#[test]
fn the_newest_frame_of_a_growing_file_is_followed() {
    let mut window = Window::showing("a.growing", growing::file(2, true));
    assert!(window.has(Role::Image, "Heatmap of /frame"));
    window.assert_shows("1 of 2");
    // Who looks at an earlier frame stays there.
    overwrite(&window, "a.growing", &growing::file(3, true));
    window.until_shown("1 of 3");
    // By now there is a variable before it: what is selected is still the same.
    window.until("a new row", |window| window.row("late").is_some());
    assert!(window.is_selected("frame"));
    window.settle();
    window.press(Key::ArrowRight);
    window.press(Key::ArrowRight);
    window.assert_shows("3 of 3");
    overwrite(&window, "a.growing", &growing::file(7, true));
    window.until_shown("7 of 7");
    window.until("the picture", |window| window.has(Role::Image, "Heatmap of /frame"));
    window.press(Key::Num3);
    window.until("the newest values", |window| {
        window.cells(0).first().is_some_and(|cell| cell == "144")
    });
    // What is half written keeps the last picture.
    overwrite(&window, "a.growing", &growing::torn());
    std::thread::sleep(Duration::from_millis(600));
    window.settle();
    assert_eq!(window.cells(0)[0], "144");
    window.assert_hides("has changed on disk");
    overwrite(&window, "a.growing", &growing::file(8, false));
    window.until_shown("8 of 8");
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

/// A file of the fixtures, in a window.
fn fixture_window(name: &str) -> Window {
    window_on("hdf5", name)
}

fn window_on(folder: &str, name: &str) -> Window {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    Window::showing(name, fs::read(fixtures.join(folder).join(name)).unwrap())
}

#[test]
fn the_messages_of_a_file_are_filtered_sorted_and_plotted() {
    let mut window = window_on("grib", "forecast.grib2");
    window.assert_shows("GRIB2");
    window.click(Role::Button, "Messages");
    window.assert_shows("5 messages");
    assert!(window.has(Role::Table, "Messages"));
    window.type_into("Filter messages", "t level=10 stepRange>6");
    window.until_shown("1 of 5 messages");
    window.press(Key::Escape);
    window.until_shown("5 messages");
    window.type_into("Filter messages", "level=10");
    window.until_shown("2 of 5 messages");
    // Twice: the greatest first.
    window.click(Role::ColumnHeader, "stepRange");
    window.click(Role::ColumnHeader, "stepRange");
    click_cell_of(&mut window, "Messages", "12");
    window.press(Key::Enter);
    window.until("the variable", |window| window.is_selected("TMP_P0_L103_GLL0"));
    window.until_shown("2020-03-01 00:00");
    window.until_shown("10 m");
}

#[test]
fn a_sum_is_shown_as_a_rate_at_a_click_and_says_so() {
    let mut window = window_on("grib", "rain.grib2");
    window.click(Role::Button, "Table");
    assert_eq!(window.cells(0)[0], "15");
    window.click(Role::Button, "Sum");
    assert_eq!(window.cells(0)[0], "2.5");
    assert!(window.has(Role::Button, "Rate"));
    window.click(Role::Button, "Heatmap");
    window.assert_shows("Total precipitation, rate [kg m⁻² h⁻¹]");
    window.click(Role::Button, "Rate");
    window.assert_hides("Total precipitation, rate [kg m⁻² h⁻¹]");
}

#[test]
fn each_convention_is_named_and_its_natural_thing_is_seen_first() {
    for (name, convention, row, shown) in [
        ("nexus.nxs", "NeXus", "counts", "Counts per second"),
        ("nexus_legacy.nxs", "NeXus", "counts", "counts"),
        ("anndata.h5ad", "AnnData", "X", "cell a"),
        ("pandas.h5", "pandas", "fixed", "2020-01-02"),
        ("pytables.h5", "PyTables", "array", "an array"),
        ("matlab.mat", "MATLAB 7.3", "matrix", "double 2 × 3"),
        ("keras.h5", "Keras", "model_weights", "total"),
        ("odim.h5", "ODIM_H5", "data", "DBZH at 0.5° [dBZ]"),
        ("bag.bag", "BAG", "elevation", "northing"),
    ] {
        let window = fixture_window(name);
        window.assert_shows(&format!("HDF5 · {convention}"));
        assert!(window.is_selected(row), "{name}: {:?}", window.rows());
        window.assert_shows(shown);
    }
}

#[test]
fn which_coordinate_stands_along_an_axis_is_chosen_from_a_menu() {
    let file = cdf1()
        .dim("time", 3)
        .dim("y", 20)
        .dim("x", 30)
        .var("time", F64, &["time"])
        .attr("units", "days since 2000-01-01")
        .values([0.0, 1.0, 2.0])
        .var("age", F32, &["time"])
        .attr("units", "hours")
        .values([5.0f32, 6.5, 9.0])
        .var("curve", F32, &["time"])
        .attr("coordinates", "age")
        .values([1.0f32, 3.0, 2.0])
        .var("map", F32, &["time", "y", "x"])
        .attr("coordinates", "age")
        .values((0u16..1800).map(f32::from).collect::<Vec<_>>());
    let mut window = Window::showing("a.nc", file.bytes());
    window.click_row("map");
    window.assert_shows("2000-01-01");
    window.click(Role::ComboBox, "coordinates along time: time");
    for choice in ["time", "age", "index"] {
        assert!(window.has(Role::Button, choice), "{choice}");
    }
    window.click(Role::Button, "age");
    assert!(window.has(Role::ComboBox, "coordinates along time: age"));
    window.assert_shows("5.0 hours");
    window.click_row("curve");
    window.assert_hides("age [hours]");
    window.click(Role::ComboBox, "coordinates along time: time");
    window.click(Role::Button, "age");
    window.assert_shows("age [hours]");
    window.click(Role::ComboBox, "coordinates along time: age");
    window.click(Role::Button, "index");
    window.assert_hides("age [hours]");
}

#[test]
fn what_a_master_file_links_to_has_the_axes_of_the_master() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hdf5");
    let mut window = Window::new();
    window.write("nexus_frames.h5", fs::read(fixtures.join("nexus_frames.h5")).unwrap());
    window.open("nexus_master.nxs", fs::read(fixtures.join("nexus_master.nxs")).unwrap());
    window.until("the linked file", |window| {
        window.status().starts_with("nexus_frames.h5:/entry/data")
    });
    window.until_shown("Height of the stage [mm]");
    window.assert_shows("12.5");
    // Edges of cells reach from the first to the last.
    for tick in ["100", "160"] {
        window.assert_shows(tick);
    }
    assert!(window.has(Role::ComboBox, "coordinates along angle: angle"));
    window.click(Role::ComboBox, "coordinates along y: y");
    window.click(Role::Button, "index");
    window.assert_hides("Height of the stage [mm]");
}

#[test]
fn further_scales_of_an_axis_are_offered() {
    let mut window = fixture_window("scales_latest.h5");
    window.click_row("field");
    window.click(Role::Button, "Line");
    window.click(Role::ComboBox, "coordinates along x: x");
    window.click(Role::Button, "position");
    assert!(window.has(Role::ComboBox, "coordinates along x: position"));
}

#[test]
fn the_classic_model_of_netcdf_4_is_named() {
    fixture_window("classic_model.nc").assert_shows("NetCDF-4 classic model");
    fixture_window("groups.nc").assert_shows("NetCDF-4");
}

#[test]
fn columns_in_several_variables_are_one_table_with_names_dates_and_categories() {
    let mut window = fixture_window("anndata.h5ad");
    window.click_row("obs");
    for text in ["cell c", "is control", "TRUE", "kind", "T", "3.5"] {
        window.assert_shows(text);
    }
    // Row 1 of `maybe` is masked.
    window.assert_shows("—");
    window.click_row("csr");
    for text in ["obs", "var", "value", "cell b", "g2"] {
        window.assert_shows(text);
    }
    let mut window = fixture_window("pandas.h5");
    window.click_row("table");
    for text in ["index", "2020-01-03", "zwei", "2.5"] {
        window.assert_shows(text);
    }
    click_cell(&mut window, "zwei");
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().as_deref(), Some("zwei\n"));
}

#[test]
fn what_a_cell_of_matlab_refers_to_stands_in_its_place() {
    let mut window = fixture_window("matlab.mat");
    assert!(window.row("#refs#").is_none(), "{:?}", window.rows());
    window.click_row("cell");
    window.assert_shows("'x'");
    window.press(Key::D);
    window.assert_shows("/#refs#/b");
    window.press(Key::D);
    window.click_row("text");
    window.assert_shows("größe");
    window.click_row("sparse");
    window.assert_shows("column");
}

#[test]
fn pictures_have_the_colours_that_the_file_gives_them() {
    let mut window = fixture_window("image.h5");
    window.click_row("indexed");
    let labels = |window: &Window| window.harness.query_by_label("Image of /indexed").is_some();
    assert!(labels(&window), "{:#?}", window.texts());
    // A palette is no picture.
    window.click_row("palette");
    assert!(window.harness.query_by_label("Image").is_none());
}

#[test]
fn a_group_with_a_plot_shows_it_and_another_what_is_in_it() {
    let mut window = fixture_window("nexus.nxs");
    for row in ["entry", "data", "nexus.nxs"] {
        window.click_row(row);
        assert!(window.has(Role::Image, "Line plot of /entry/data/counts"), "{row}");
    }
    // The panel tells of the group, not of what it draws.
    window.assert_shows("NXroot");
    window.assert_hides("spectrum");
    window.click_row("detector");
    window.assert_shows("1 variable, 1 group, 1 attribute");
    window.click(Role::Link, "pixel_mask");
    assert!(window.is_selected("pixel_mask"));
}

#[test]
fn the_table_of_a_group_is_moved_about_in_by_keys_and_by_name() {
    let mut window = fixture_window("anndata.h5ad");
    window.click_row("obs");
    click_cell(&mut window, "cell a");
    window.press(Key::ArrowDown);
    assert!(window.is_selected("obs"), "the keys belong to the table");
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().as_deref(), Some("cell b\n"));
    window.press_ctrl(Key::G);
    window.harness.event(Event::Text("2, size".into()));
    window.settle();
    window.press(Key::Enter);
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().as_deref(), Some("3.5\n"));
}

#[test]
fn matrices_of_matlab_are_turned_to_its_order_by_a_switch() {
    let mut window = fixture_window("matlab.mat");
    let cell_under = |window: &mut Window| {
        let picture = window.rect(Role::Image, "Heatmap of /matrix");
        // Above the last row of two, below the first of three.
        window.point_at(pos2(picture.right() - 60.0, picture.center().y));
        window.status()
    };
    let stored = cell_under(&mut window);
    assert!(stored.contains("row 1") && stored.contains("column 1"), "{stored}");
    window.click(Role::CheckBox, "MATLAB order");
    let turned = cell_under(&mut window);
    assert!(turned.contains("column 2"), "{turned}");
}

#[test]
fn values_that_mean_nothing_say_which_of_them_they_are() {
    let mut window = fixture_window("odim.h5");
    let picture = window.rect(Role::Image, "Heatmap of /dataset1/data1/data");
    window.point_at(picture.left_bottom() + vec2(60.0, -60.0));
    window.until_shown("(stored");
    assert!(window.status().contains("nothing detected (stored 0)"), "{}", window.status());
}

#[test]
fn away_from_a_plot_nothing_of_it_is_read_out() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("curve");
    let plot = window.rect(Role::Image, "Line plot of /curve");
    window.point_at(plot.center());
    assert!(window.status().contains("time"), "{}", window.status());
    window.point_at(pos2(60.0, 12.0));
    assert!(!window.status().contains("time"), "{}", window.status());
}

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
        (Role::Button, "Export"),
        (Role::Button, "Settings"),
        (Role::Button, "?"),
    ] {
        window.click(role, label);
        unnamed.extend(window.harness.unnamed_widgets());
    }
    window.assert_shows("Keyboard shortcuts");
    unnamed.sort();
    unnamed.dedup();
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}

#[path = "ui/rows.rs"]
mod rows;
