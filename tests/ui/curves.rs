//! Points of a picture, the curves through them, lines with several variables, and playing.

use super::*;

/// Presses and releases the button at a place, with these keys held.
fn click_at(window: &mut Window, at: Pos2, modifiers: Modifiers) {
    window.harness.hover_at(at);
    window.harness.step();
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        window.harness.event_modifiers(
            Event::PointerButton { pos: at, button, pressed, modifiers },
            modifiers,
        );
        window.harness.step();
    }
    window.settle();
}

/// The texts that are painted inside a rectangle.
fn texts_in(window: &Window, area: Rect) -> Vec<String> {
    let inside = window.painted().into_iter().filter(|painted| area.contains_rect(painted.rect));
    inside.map(|painted| painted.text).collect()
}

#[test]
fn points_clicked_with_shift_are_marked_with_numbers() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num1);
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.left_bottom() + vec2(60.0, -40.0), Modifiers::NONE);
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.center(), Modifiers::SHIFT);
    let image = window.rect(Role::Image, "Heatmap of /t");
    let marks = texts_in(&window, image);
    assert!(marks.contains(&"1".into()) && marks.contains(&"2".into()), "{marks:?}");
}

#[test]
fn another_variable_on_the_same_axis_is_added_to_the_plot_and_taken_away_again() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("curve");
    window.click(Role::Button, "Add curve…");
    window.click(Role::Button, "/t");
    // Metres and kelvins have an axis each.
    window.assert_shows("curve [m]");
    window.assert_shows("t [K]");
    window.click(Role::Button, "×");
    window.assert_hides("t [K]");
    window.assert_shows("Sea level [m]");
}

#[test]
fn values_are_drawn_over_those_of_another_variable() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("curve");
    window.click(Role::ComboBox, "over: Coordinate");
    window.click(Role::Button, "/t");
    window.assert_shows("Sea level [m]");
    window.assert_shows("Temperature [K]");
    assert!(window.has(Role::ComboBox, "over: t"));
}

#[test]
fn the_curve_that_is_kept_stays_when_the_slider_moves() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num2);
    window.assert_shows("t, time 2000-01-01, lat 10°N");
    window.click(Role::Button, "Keep");
    window.press(Key::ArrowRight);
    window.assert_shows("t, time 2000-01-02, lat 10°N");
    window.assert_shows("t, time 2000-01-01, lat 10°N");
}

fn drag_between(window: &mut Window, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers,
    };
    window.harness.hover_at(from);
    window.harness.step();
    window.harness.event_modifiers(button(from, true), modifiers);
    window.harness.step();
    for at in [from + (to - from) * 0.5, to] {
        window.harness.event_modifiers(Event::PointerMoved(at), modifiers);
        window.harness.step();
    }
    window.harness.event_modifiers(button(to, false), modifiers);
    window.harness.step();
    window.settle();
}

#[test]
fn a_click_on_a_map_shows_the_series_at_that_point_and_a_click_on_the_series_moves_the_slider() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num1);
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.right_top() + vec2(-8.0, 8.0), Modifiers::NONE);
    let series = window.rect(Role::Image, "Profile of /t along time");
    window.assert_shows("30°N 40°E");
    window.assert_shows("1 of 3");
    // Of 49, 69 and 89 K the last is at the right end.
    window.point_at(series.right_center() - vec2(3.0, 0.0));
    assert!(window.status().contains("time 2000-01-03    89 K"), "{}", window.status());
    click_at(&mut window, series.right_center() - vec2(3.0, 0.0), Modifiers::NONE);
    window.assert_shows("3 of 3");
    window.press(Key::Escape);
    assert!(!window.has(Role::Image, "Profile of /t along time"));
}

#[test]
fn further_points_have_curves_of_their_own_and_are_taken_away_one_by_one() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num1);
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.left_bottom() + vec2(8.0, -8.0), Modifiers::NONE);
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.right_top() + vec2(-8.0, 8.0), Modifiers::SHIFT);
    window.assert_shows("30°S 0°");
    window.assert_shows("30°N 40°E");
    window.click(Role::Button, "remove 30°S 0°");
    window.assert_hides("30°S 0°");
    window.click(Role::Button, "close the profiles");
    assert!(!window.has(Role::Image, "Profile of /t along time"));
}

#[test]
fn a_picture_of_all_there_is_has_profiles_along_its_own_axes() {
    let mut window = Window::showing("a.nc", several().bytes());
    window.click_row("packed");
    let image = window.rect(Role::Image, "Heatmap of /packed");
    click_at(&mut window, image.center() + vec2(5.0, 5.0), Modifiers::NONE);
    assert!(window.has(Role::Image, "Profile of /packed along time"));
    assert!(window.has(Role::Image, "Profile of /packed along lat"), "{:?}", window.texts());
}

#[test]
fn a_line_drawn_with_ctrl_shows_what_lies_along_it() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num1);
    let image = window.rect(Role::Image, "Heatmap of /t");
    let (from, to) = (image.left_bottom() + vec2(8.0, -8.0), image.right_top() + vec2(-8.0, 8.0));
    drag_between(&mut window, from, to, CTRL);
    let section = window.rect(Role::Image, "Section of /t along time");
    window.assert_shows("Distance from A [km]");
    window.point_at(section.center());
    // The panel keeps a good part of the room.
    assert!(section.width() > 150.0, "{section:?}");
    assert!(window.status().contains("Distance from A [km]"), "{}", window.status());
    window.click(Role::Button, "remove the line");
    assert!(!window.has(Role::Image, "Section of /t along time"));
}

/// A window on 40 steps of a map of 200 by 200 values.
fn long_map() -> CdfBuilder {
    let values: Vec<f32> = (0..40u16).flat_map(|t| vec![f32::from(t); 40_000]).collect();
    cdf1()
        .dim("time", 40)
        .dim("y", 200)
        .dim("x", 200)
        .var("time", F64, &["time"])
        .attr("units", "hours since 2000-01-01")
        .values((0..40u32).map(f64::from).collect::<Vec<_>>())
        .var("v", F32, &["time", "y", "x"])
        .values(values)
}

#[test]
fn slices_are_played_within_the_memory_there_is_and_stop_at_a_key() {
    let budget = 3 << 20;
    let mut window = Window::with_budget(Settings::default(), SIZE, budget);
    window.open("a.nc", long_map().bytes());
    window.assert_shows("1 of 40");
    window.harness.key_press(Key::Space);
    window.until("half of the slices", |window| window.shows("20 of 40"));
    window.until("the first again", |window| window.shows("1 of 40"));
    let cached = window.harness.state().engine().cached_bytes();
    assert!(cached <= budget, "{cached} bytes of {budget}");
    window.harness.key_press(Key::Space);
    window.settle();
    let status = window.texts().into_iter().find(|text| text.ends_with(" of 40")).unwrap();
    window.settle();
    window.assert_shows(&status);
}

#[test]
fn each_slider_has_a_button_that_plays_and_says_how() {
    let mut window = Window::showing("a.nc", long_map().bytes());
    assert!(!window.has(Role::ComboBox, "after the last: loop"));
    window.harness.get_by_role_and_label(Role::Button, "play time").click();
    window.until("a later slice", |window| !window.shows("1 of 40"));
    assert!(window.has(Role::ComboBox, "after the last: loop"));
    window.click(Role::Button, "stop time");
    assert!(window.has(Role::Button, "play time"));
}

#[test]
fn the_numbers_of_the_slice_that_is_shown_are_told_in_the_side_panel() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.harness.get_by_label("Statistics").click();
    window.settle();
    window.assert_shows("Mean");
    // 30 to 49 K, five to a latitude; the two nearer to the equator count for more, alike.
    window.assert_shows("39.5");
    window.assert_shows("Area-weighted mean");
    window.press(Key::ArrowRight);
    window.assert_shows("59.5");
    window.press(Key::Num2);
    window.assert_shows("Standard deviation");
}
