//! Undo, and what is open as a file.

use super::*;

impl Window {
    /// Time enough that what comes next is a step of its own.
    fn wait(&mut self) {
        self.harness.run_steps(4);
    }

    fn undo(&mut self) {
        self.press_ctrl(Key::Z);
        self.wait();
    }

    fn redo(&mut self) {
        self.harness.key_press_modifiers(CTRL.plus(Modifiers::SHIFT), Key::Z);
        self.settle();
        self.wait();
    }

    fn save_workspace(&mut self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        self.click(Role::Button, "Recent");
        self.click(Role::Button, "Save workspace");
        let target = path.display().to_string();
        self.harness.event(Event::Text(target));
        self.settle();
        self.press(Key::Enter);
        let saved = path.clone();
        self.until("the file", move |_| fs::read_to_string(&saved).is_ok_and(|t| t.ends_with('}')));
        path
    }
}

#[test]
fn changes_of_the_view_are_taken_back_step_by_step_and_made_again() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press(Key::Num1);
    window.wait();
    window.press(Key::ArrowRight);
    window.wait();
    window.press(Key::R);
    window.wait();
    window.press(Key::Num2);
    window.wait();
    window.press_ctrl(Key::Enter);
    window.wait();
    assert_eq!(window.image_names(), ["Line plot of /t"; 2]);
    window.undo();
    assert_eq!(window.image_names(), ["Line plot of /t"]);
    window.undo();
    assert_eq!(window.image_names(), ["Heatmap of /t"]);
    let reversed = |window: &Window| {
        let found = window.harness.get_by_role_and_label(Role::CheckBox, "Reversed");
        found.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(reversed(&window));
    window.undo();
    assert!(!reversed(&window));
    window.assert_shows("2 of 3");
    window.undo();
    window.assert_shows("1 of 3");
    (0..3).for_each(|_| window.redo());
    assert_eq!(window.image_names(), ["Line plot of /t"]);
    window.redo();
    assert_eq!(window.image_names(), ["Line plot of /t"; 2]);
}

#[test]
fn the_zoom_is_taken_back() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press(Key::Num1);
    window.wait();
    let at = window.rect(Role::Image, "Heatmap of /t").center();
    window.scroll(at, 300.0);
    window.wait();
    assert!(!window.shows("40°N"));
    window.undo();
    window.assert_shows("40°N");
}

#[test]
fn a_workspace_file_brings_everything_back_in_another_window() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press(Key::ArrowRight);
    window.double_click_row("curve");
    window.double_click_row("packed");
    window.press(Key::T);
    window.wait();
    let shown = window.image_names();
    let path = window.save_workspace("mine.hyperslab");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"a.nc\""), "the way to the file is relative: {text}");

    let mut other = Window::new();
    fs::copy(window.folder.path().join("a.nc"), other.folder.path().join("a.nc")).unwrap();
    let copy = other.write("theirs.hyperslab", &text);
    other.harness.state_mut().open(vec![copy]);
    other.until("the tiles", |window| window.image_names().len() == 3);
    other.settle();
    assert_eq!(other.image_names(), shown);
    other.assert_shows("2 of 3");
    assert!(other.is_selected("packed"));
    other.wait();
    let again = other.save_workspace("again.hyperslab");
    let places = |text: &str| text[text.find("\"arrangement\"").unwrap()..].to_owned();
    assert_eq!(places(&fs::read_to_string(again).unwrap()), places(&text));
}

#[test]
fn a_workspace_that_is_none_or_asks_for_what_is_gone_says_so_in_a_line() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.open("bad.hyperslab", "{\"hyperslab workspace\": 99, \"files\": [], \"tiles\": []}");
    window.until_shown("bad.hyperslab: saved by a newer version of hyperslab (99)");
    window.open("text.hyperslab", "Dear reader");
    window.until_shown("text.hyperslab: not a workspace");
    assert_eq!(window.image_names(), ["Map of /t"], "what was shown stays");
    let tiles = r#"[{"id": 0, "file": 0, "path": "/gone"}, {"id": 1, "file": 1, "path": "/t"}]"#;
    let files = r#"["a.nc", "nowhere.nc"]"#;
    let arrangement = r#"{"Row": [[1, {"Tile": 0}], [1, {"Tile": 1}]]}"#;
    let text = format!(
        "{{\"hyperslab workspace\": 1, \"files\": {files}, \"tiles\": {tiles}, \"arrangement\": {arrangement}}}"
    );
    window.open("gone.hyperslab", text);
    window.until_shown("a.nc: there is nothing at /gone");
    window.until_shown("nowhere.nc: there is no such file");
}

#[test]
fn what_was_open_last_is_offered_on_the_empty_screen() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.double_click_row("curve");
    window.wait();
    let mut storage = Storage::default();
    window.harness.state_mut().save(&mut storage);
    let text = storage.0.get("workspace").cloned();
    let mut next = Window::new();
    next.harness.state_mut().remember_last(text);
    next.settle();
    next.assert_shows("a.nc");
    next.click(Role::Button, "Reopen last workspace");
    next.until("the tiles", |window| window.image_names().len() == 2);
}
