//! Several tiles: how they come, go and share the room.

use super::*;

impl Window {
    pub(crate) fn double_click_row(&mut self, name: &str) {
        let at = self.row(name).unwrap_or_else(|| panic!("no row {name}")).rect().center();
        self.double_click_at(at);
    }

    pub(crate) fn double_click_at(&mut self, at: Pos2) {
        // A frame of the harness takes a quarter of a second.
        let delay = |window: &mut Self, seconds| {
            let ctx = &window.harness.ctx;
            ctx.options_mut(|options| options.input_options.max_double_click_delay = seconds);
        };
        self.harness.run_steps(20);
        delay(self, 2.0);
        self.harness.hover_at(at);
        self.harness.step();
        for _ in 0..2 {
            for pressed in [true, false] {
                self.button_at(at, pressed, Modifiers::NONE);
            }
        }
        self.harness.step();
        delay(self, 0.3);
        self.settle();
    }

    pub(crate) fn button_at(&mut self, pos: Pos2, pressed: bool, modifiers: Modifiers) {
        let button = egui::PointerButton::Primary;
        self.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    }

    /// Presses at one place, moves, and lets go at another.
    pub(crate) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.step();
        self.button_at(from, true, Modifiers::NONE);
        self.harness.step();
        for k in 1..=4 {
            self.harness.hover_at(from + (to - from) * (k as f32 / 4.0));
            self.harness.step();
        }
        self.button_at(to, false, Modifiers::NONE);
        self.harness.step();
        self.settle();
    }

    /// Names of all pictures of variables that are seen, and where.
    pub(crate) fn images(&self) -> Vec<(String, Rect)> {
        let found = self.harness.query_all_by_role(Role::Image);
        let named = found.filter_map(|image| Some((image.accesskit_node().label()?, image.rect())));
        named.filter(|(name, _)| name.contains(" of /")).collect()
    }

    pub(crate) fn image_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.images().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }
}

#[test]
fn a_click_shows_a_variable_in_place_and_a_double_click_opens_another_tile() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("packed");
    assert_eq!(window.image_names(), ["Heatmap of /packed"]);
    assert!(!window.has(Role::Button, "Maximise the tile"), "one tile has no header");
    window.click_row("t");
    window.double_click_row("curve");
    assert_eq!(window.image_names(), ["Line plot of /curve", "Map of /t"]);
    assert!(window.is_selected("curve") && window.status().contains("a.nc:/curve"));
    let images = window.images();
    assert!(!images[0].1.intersects(images[1].1), "{images:?}");
    // The one that follows the tree goes on doing so.
    window.click_row("packed");
    assert_eq!(window.image_names(), ["Heatmap of /packed", "Line plot of /curve"]);
}

#[test]
fn a_row_that_is_dragged_to_a_side_opens_there() {
    let mut window = Window::showing("a.nc", several().bytes());
    let picture = window.images()[0].1;
    let row = window.row("curve").unwrap().rect().center();
    window.drag(row, picture.center_bottom() - vec2(0.0, 20.0));
    assert_eq!(window.image_names(), ["Line plot of /curve", "Map of /t"]);
    let below = window.rect(Role::Image, "Line plot of /curve");
    assert!(below.top() > window.rect(Role::Image, "Map of /t").bottom());
    // Let go of where it came from, nothing happens.
    let row = window.row("packed").unwrap().rect().center();
    window.drag(row, row + vec2(0.0, 30.0));
    assert_eq!(window.image_names().len(), 2);
}

#[test]
fn the_tile_that_is_clicked_has_the_keyboard_and_the_panels() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.double_click_row("packed");
    assert!(window.is_selected("packed"));
    window.press(Key::Num3);
    assert_eq!(window.image_names(), ["Map of /t"]);
    let at = window.rect(Role::Image, "Map of /t").center();
    window.harness.hover_at(at);
    for pressed in [true, false] {
        window.button_at(at, pressed, Modifiers::NONE);
    }
    window.settle();
    assert!(window.is_selected("t"));
    window.press(Key::Num2);
    assert_eq!(window.image_names(), ["Line plot of /t"]);
}

#[test]
fn tiles_are_maximised_restored_and_closed() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.double_click_row("curve");
    window.double_click_row("packed");
    assert_eq!(window.image_names().len(), 3);
    window
        .harness
        .get_all_by_role_and_label(Role::Button, "Maximise the tile")
        .next()
        .unwrap()
        .click();
    window.settle();
    assert_eq!(window.image_names().len(), 1);
    window.click(Role::Button, "Restore the tile");
    assert_eq!(window.image_names().len(), 3);
    for left in [2, 1] {
        window.harness.get_all_by_role_and_label(Role::Button, "Close").next().unwrap().click();
        window.settle();
        assert_eq!(window.image_names().len(), left);
    }
    assert!(!window.has(Role::Button, "Close"));
    window.click_row("t");
    assert_eq!(window.image_names(), ["Map of /t"]);
}

#[test]
fn the_tiles_of_a_file_are_closed_with_it() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.open("b.nc", cdf1().dim("x", 9).var("other", F32, &["x"]).bytes());
    window.double_click_row("t");
    window.assert_shows("t – a.nc");
    window.press_ctrl(Key::W);
    assert_eq!(window.image_names(), ["Line plot of /other"]);
    assert!(window.is_selected("other"));
}

/// Two variables on the same three dimensions, one of them in a tile of its own.
fn two_maps() -> Window {
    let file = map().var("u", F32, &["time", "lat", "lon"]).attr("units", "m s-1");
    let mut window = Window::showing("a.nc", file.bytes());
    window.press(Key::Num1);
    window.double_click_row("u");
    window.press(Key::Num1);
    assert_eq!(window.image_names(), ["Heatmap of /t", "Heatmap of /u"]);
    window
}

impl Window {
    fn count(&self, text: &str) -> usize {
        self.painted().iter().filter(|painted| painted.text == text).count()
    }
}

#[test]
fn tiles_on_the_same_dimensions_are_stepped_and_zoomed_together_until_the_link_is_broken() {
    let mut window = two_maps();
    window.press(Key::ArrowRight);
    assert_eq!((window.count("2 of 3"), window.count("40°N")), (2, 2), "{:?}", window.texts());
    let zoom = |window: &mut Window, name: &str, points: f32| {
        let at = window.rect(Role::Image, name).center();
        window.scroll(at, points);
    };
    zoom(&mut window, "Heatmap of /u", 300.0);
    let ticks = |window: &Window| window.count("40°N");
    assert_eq!(ticks(&window), 0);
    let broken =
        window.harness.get_all_by_role_and_label(Role::Button, "Break the links of the tile");
    broken.last().unwrap().click();
    window.settle();
    window.press(Key::ArrowRight);
    assert_eq!((window.count("2 of 3"), window.count("3 of 3")), (1, 1));
    zoom(&mut window, "Heatmap of /t", -2000.0);
    assert_eq!(ticks(&window), 1);
    window.click(Role::Button, "Link the tile");
    assert_eq!((window.count("2 of 3"), ticks(&window)), (2, 2));
}

#[test]
fn the_pointer_is_marked_in_the_other_tile() {
    let mut window = two_maps();
    let lines = |window: &Window, area: Rect| {
        let mut count = 0;
        for clipped in &window.harness.output().shapes {
            each_shape(&clipped.shape, &mut |shape| {
                if let Shape::LineSegment { points, .. } = shape {
                    count += usize::from(points.iter().all(|&at| area.expand(1.0).contains(at)));
                }
            });
        }
        count
    };
    let (t, u) =
        (window.rect(Role::Image, "Heatmap of /t"), window.rect(Role::Image, "Heatmap of /u"));
    let before = lines(&window, t);
    window.point_at(u.center());
    assert_eq!(lines(&window, t), before + 4, "two lines with their shadows");
    window.point_at(pos2(5.0, 5.0));
    assert_eq!(lines(&window, t), before);
}

#[test]
fn a_variable_that_is_dropped_on_another_one_is_combined_with_it() {
    let file = map().var("u", F32, &["time", "lat", "lon"]).attr("units", "K");
    let mut window = Window::showing("a.nc", file.bytes());
    window.press(Key::Num1);
    let middle = window.rect(Role::Image, "Heatmap of /t").center();
    let row = window.row("u").unwrap().rect().center();
    window.drag(row, middle);
    for choice in ["Curves of t and u", "t against u", "t − u", "t / u", "Only u, in a tab"] {
        window.assert_shows(choice);
    }
    window.press(Key::Escape);
    assert!(!window.has(Role::Button, "t − u"));
    window.drag(row, middle);
    window.click(Role::Button, "Curves of t and u");
    assert_eq!(window.image_names(), ["Line plot of /t"]);
    window.press(Key::Num1);
    window.drag(row, middle);
    window.click(Role::Button, "t − u");
    window.until("the difference", |window| window.row("Computed").is_some());
}

#[test]
fn the_filter_takes_expressions_and_looks_into_attributes() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.type_into("Filter", "add_offset");
    assert_eq!(window.row_names(), ["a.nc", "packed"]);
    window.press(Key::Escape);
    window.type_into("Filter", "/^(lat|lon)$/");
    assert_eq!(window.row_names(), ["a.nc", "lat", "lon"]);
    window.press(Key::Escape);
    window.type_into("Filter", "/(/");
    window.assert_shows("unclosed group");
}
