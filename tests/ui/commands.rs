//! The command palette, the keys, and the list of them.

use super::*;

impl Window {
    fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.into()));
        self.settle();
    }

    /// Chooses the first command that these letters find.
    pub(crate) fn command(&mut self, letters: &str) {
        self.press_ctrl(Key::K);
        self.type_text(letters);
        self.press(Key::Enter);
    }
}

#[test]
fn the_palette_finds_a_command_by_some_letters_and_enter_runs_it() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press_ctrl(Key::K);
    window.assert_shows("Reload the file");
    window.type_text("line");
    assert!(window.has(Role::MenuItem, "Show as line, 2"));
    window.assert_hides("Reload the file");
    window.press(Key::Enter);
    assert_eq!(window.image_names(), ["Line plot of /t"]);
    window.assert_hides("Show as line");
    window.command("hea map");
    assert_eq!(window.image_names(), ["Heatmap of /t"]);
    window.command("colour map magma");
    window.assert_shows("magma");
}

#[test]
fn arrows_choose_in_the_palette_and_escape_leaves_it() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press_ctrl(Key::K);
    window.type_text("show as");
    window.press(Key::ArrowDown);
    window.press(Key::Enter);
    assert_eq!(window.image_names(), ["Line plot of /t"]);
    assert!(window.is_selected("t"), "the arrow was not for the tree");
    window.press_ctrl(Key::K);
    window.press(Key::Escape);
    assert!(!window.has(Role::TextInput, "Command"));
    window.press_ctrl(Key::K);
    window.type_text("zzzz");
    window.assert_shows("No command of this name");
}

#[test]
fn the_list_of_keys_has_every_command_that_has_one() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press(Key::Questionmark);
    for text in ["Ctrl+K", "Find a command", "Exchange the two axes", "Ctrl+Shift+W"] {
        window.assert_shows(text);
    }
    window.press(Key::Escape);
    window.assert_hides("Exchange the two axes");
}

#[test]
fn the_interface_grows_and_shrinks_by_keys() {
    let mut window = Window::showing("a.nc", several().bytes());
    let size = |window: &Window| window.harness.ctx.zoom_factor();
    window.press_ctrl(Key::Plus);
    window.press_ctrl(Key::Equals);
    assert!((size(&window) - 1.2).abs() < 1e-3, "{}", size(&window));
    window.press_ctrl(Key::Num0);
    assert!((size(&window) - 1.0).abs() < 1e-3);
}

#[test]
fn the_keyboard_goes_from_tile_to_tile() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.press(Key::Num1);
    window.press_ctrl(Key::Enter);
    window.click_row("curve");
    assert_eq!(window.image_names(), ["Heatmap of /t", "Line plot of /curve"]);
    window.press_ctrl(Key::Tab);
    assert!(window.is_selected("t"));
    window.press(Key::M);
    assert_eq!(window.image_names(), ["Heatmap of /t"]);
    window.press(Key::M);
    window.harness.key_press_modifiers(CTRL.plus(Modifiers::SHIFT), Key::W);
    window.settle();
    assert_eq!(window.image_names(), ["Line plot of /curve"]);
}

#[test]
fn a_picture_goes_to_a_date_or_an_index_along_its_sliders() {
    let mut window = Window::showing("a.nc", several().bytes());
    go_to(&mut window, "2000-01-03");
    window.assert_shows("3 of 3");
    go_to(&mut window, "time = 2000-01-02");
    window.assert_shows("2 of 3");
    go_to(&mut window, "#0");
    window.assert_shows("1 of 3");
    go_to(&mut window, "lat=10");
    window.assert_shows("no slider has 10");
    window.press(Key::Escape);
    window.assert_hides("no slider has 10");
}
