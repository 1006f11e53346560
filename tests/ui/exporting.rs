//! What leaves the window: pictures, values, pictures of all steps; words, pictures and code on
//! the clipboard.

use super::*;

fn window() -> Window {
    Window::showing("a.nc", map().bytes())
}

impl Window {
    fn choose(&mut self, menu: &[&str]) {
        for label in menu {
            self.click(Role::Button, label);
        }
    }

    /// Replaces what the box for the path says.
    fn name_it(&mut self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        self.harness.get_by_role_and_label(Role::TextInput, "Path").focus();
        self.harness.step();
        self.press_ctrl(Key::A);
        self.harness.event(Event::Text(path.display().to_string()));
        self.settle();
        path
    }

    fn save_as(&mut self, name: &str) -> PathBuf {
        let path = self.name_it(name);
        self.click(Role::Button, "Save");
        self.until_shown("Saved");
        path
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Of a PNG file.
    fn size_of(path: &Path) -> (u32, u32) {
        let reader = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
        let reader = reader.read_info().unwrap();
        (reader.info().width, reader.info().height)
    }
}

#[test]
fn a_picture_is_saved_at_any_resolution_and_as_svg() {
    let mut window = window();
    window.press_ctrl(Key::E);
    window.assert_shows("Export picture");
    // Beside the file, after the file and the variable.
    window.assert_shows("a_t.png");
    window.click(Role::Button, "1×");
    let once = window.save_as("once.png");
    let (width, height) = Window::size_of(&once);
    window.click(Role::Button, "2×");
    let more = window.save_as("more.png");
    assert_eq!(Window::size_of(&more), (2 * width, 2 * height));
    window.click(Role::RadioButton, "SVG");
    let svg = window.save_as("drawing.svg");
    assert!(fs::read_to_string(svg).unwrap().contains(">Temperature [K]</text>"));
    window.press(Key::Escape);
    assert!(!window.shows("Export picture"));
}

#[test]
fn values_are_saved_as_they_are_shown() {
    let mut window = window();
    window.choose(&["Export", "Data…"]);
    window.assert_shows("This slice (20)");
    let grid = fs::read_to_string(window.save_as("grid.csv")).unwrap();
    assert_eq!(grid.lines().next(), Some("lat\\lon,0.0,10.0,20.0,30.0,40.0"));
    assert_eq!(grid.lines().nth(1), Some("-30.0,30.0,31.0,32.0,33.0,34.0"));
    window.click(Role::RadioButton, "A line for each value");
    let long = fs::read_to_string(window.save_as("long.csv")).unwrap();
    assert_eq!((long.lines().count(), long.lines().nth(1)), (21, Some("-30.0,0.0,30.0")));
    window.click(Role::RadioButton, "Whole variable (60)");
    window.click(Role::RadioButton, "TSV");
    let whole = fs::read_to_string(window.save_as("whole.tsv")).unwrap();
    assert_eq!(whole.lines().nth(1), Some("2000-01-01T00:00:00\t-30.0\t0.0\t30.0"));
    window.click(Role::RadioButton, "JSON");
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(window.save_as("a.json")).unwrap()).unwrap();
    assert_eq!(json["shape"], serde_json::json!([3, 4, 5]));
    window.click(Role::RadioButton, "NPY");
    assert!(fs::read(window.save_as("a.npy")).unwrap().starts_with(b"\x93NUMPY"));
    // Nothing half-written lies about.
    assert_eq!(
        window.names_in("."),
        ["a.json", "a.nc", "a.npy", "grid.csv", "long.csv", "whole.tsv"]
    );
}

#[test]
fn files_are_replaced_only_when_asked_and_the_one_that_is_open_never() {
    let mut window = window();
    let path = window.write("old.csv", "old");
    window.choose(&["Export", "Data…"]);
    window.name_it("old.csv");
    window.click(Role::Button, "Save");
    window.until_shown("old.csv is there already");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    window.click(Role::Button, "Replace");
    window.until_shown("Saved");
    assert!(fs::read_to_string(&path).unwrap().starts_with("lat"));
    let before = fs::read(window.folder.path().join("a.nc")).unwrap();
    window.name_it("a.nc");
    window.click(Role::Button, "Save");
    window.until_shown("is a file that is open here");
    assert_eq!(fs::read(window.folder.path().join("a.nc")).unwrap(), before);
}

#[test]
fn every_step_becomes_a_picture() {
    let mut window = window();
    window.choose(&["Export", "Animation…"]);
    window.click(Role::Button, "1×");
    window.name_it("film/t.png");
    window.click(Role::Button, "Export 3 pictures");
    window.until_shown("Saved");
    assert_eq!(window.names_in("film"), ["t_0.png", "t_1.png", "t_2.png"]);
    let frames: Vec<Vec<u8>> = (0..3)
        .map(|k| fs::read(window.folder.path().join(format!("film/t_{k}.png"))).unwrap())
        .collect();
    assert!(frames[0] != frames[1] && frames[1] != frames[2]);
}

#[test]
fn the_slice_is_copied_as_words_as_a_picture_and_as_code() {
    let mut window = window();
    window.choose(&["Export", "Copy as"]);
    let code = window.copied_by("xarray");
    assert!(code.contains("xr.open_dataset(") && code.ends_with("t = ds[\"t\"].isel(time=0)\n"));
    window.press(Key::ArrowRight);
    window.choose(&["Export", "Copy as"]);
    let line = window.copied_by("hyperslab");
    assert!(line.ends_with("/a.nc /t --slice 1,:,: --decoded"), "{line}");
    // The file is netCDF classic.
    window.choose(&["Export", "Copy as"]);
    assert!(window.has(Role::Button, "ncks") && !window.has(Role::Button, "h5py"));
    let text = window.copied_by("Text");
    assert_eq!(text.lines().next(), Some("lat\\lon\t0.0\t10.0\t20.0\t30.0\t40.0"));
    assert_eq!(text.lines().nth(1), Some("-30.0\t50.0\t51.0\t52.0\t53.0\t54.0"));
    window.harness.event(Event::Copy);
    window.until("a picture on the clipboard", |window| {
        let commands = &window.harness.output().platform_output.commands;
        commands.iter().any(|command| match command {
            OutputCommand::CopyImage(image) => image.pixels.len() > 100_000,
            _ => false,
        })
    });
}

impl Window {
    /// What an entry of the menu puts on the clipboard.
    #[track_caller]
    fn copied_by(&mut self, label: &str) -> String {
        self.harness.get_by_role_and_label(Role::Button, label).click();
        let found = std::cell::RefCell::new(None);
        self.until("a text on the clipboard", |window| {
            found.replace(window.copied());
            found.borrow().is_some()
        });
        self.settle();
        found.into_inner().unwrap()
    }
}
