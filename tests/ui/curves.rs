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
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.left_bottom() + vec2(60.0, -40.0), Modifiers::NONE);
    let image = window.rect(Role::Image, "Heatmap of /t");
    click_at(&mut window, image.center(), Modifiers::SHIFT);
    let image = window.rect(Role::Image, "Heatmap of /t");
    let marks = texts_in(&window, image);
    assert!(marks.contains(&"1".into()) && marks.contains(&"2".into()), "{marks:?}");
}
