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
