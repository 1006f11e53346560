//! The colours of a picture: the bar and its ends, scales, ranges, the histogram.

use super::*;

fn bar(window: &Window) -> Rect {
    window.rect(Role::Slider, "Colour bar")
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.harness.hover_at(from);
    window.harness.step();
    window.harness.drag_at(from);
    window.harness.step();
    for part in [0.3, 0.6, 1.0] {
        window.harness.hover_at(from + (to - from) * part);
        window.harness.step();
    }
    window.harness.drop_at(to);
    window.settle();
}

fn ends(window: &Window) -> (f64, f64) {
    let value = |name: &str| {
        let prefix = format!("{name} of the colours: ");
        let buttons = window.harness.query_all_by_role(Role::Button);
        let label = buttons
            .filter_map(|button| button.accesskit_node().label())
            .find_map(|label| label.strip_prefix(&prefix).map(str::to_owned));
        label.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    };
    (value("Lower end"), value("Upper end"))
}

#[test]
fn the_ends_and_the_middle_of_the_colour_bar_are_dragged() {
    let mut window = Window::showing("a.nc", map().bytes());
    assert_eq!(ends(&window), (30.0, 89.0));
    let rect = bar(&window);
    let (x, height) = (rect.center().x, rect.height());
    let at = |t: f32| pos2(x, rect.bottom() - t * height);
    drag(&mut window, at(0.9), at(0.6));
    let (low, high) = ends(&window);
    assert!(low == 30.0 && (117.0..120.0).contains(&high), "{low} {high}");
    drag(&mut window, at(0.5), at(0.7));
    let moved = ends(&window);
    assert!(moved.0 < 20.0 && (moved.1 - moved.0 - (high - low)).abs() < 0.5, "{moved:?}");
    window.press(Key::A);
    assert_eq!(ends(&window), (30.0, 89.0));
}

#[test]
fn the_wheel_over_the_colour_bar_narrows_the_range_around_the_pointer() {
    let mut window = Window::showing("a.nc", map().bytes());
    let rect = bar(&window);
    window.scroll(rect.center(), 200.0);
    let (low, high) = ends(&window);
    assert!(low > 35.0 && high < 85.0, "{low} {high}");
    assert!((low + high - 119.0).abs() < 2.0, "around the middle: {low} {high}");
}

#[test]
fn an_end_of_the_colour_bar_is_typed_over() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.click(Role::Button, "Upper end of the colours: 89");
    window.harness.event(Event::Text("45.5".into()));
    window.harness.step();
    window.press(Key::Enter);
    assert_eq!(ends(&window), (30.0, 45.5));
    // What is no number, or no range, changes nothing.
    for wrong in ["warm", "-100", "NaN", ""] {
        window.click(Role::Button, "Upper end of the colours: 45.5");
        window.harness.event(Event::Text(wrong.into()));
        window.harness.step();
        window.press(Key::Enter);
        assert_eq!(ends(&window), (30.0, 45.5), "{wrong}");
    }
}

#[test]
fn keys_fit_the_colours_to_the_slice_and_leave_extremes_out() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::F);
    assert_eq!(ends(&window), (30.0, 49.0));
    window.press(Key::S);
    assert_eq!(ends(&window), (-49.0, 49.0));
    window.press(Key::A);
    window.press(Key::Q);
    assert_eq!(ends(&window), (31.0, 87.0));
}

#[test]
fn every_scale_is_reached_by_a_key_and_labels_its_bar() {
    let mut window = Window::showing("a.nc", map().bytes());
    let area = bar(&window).translate(vec2(30.0, 0.0)).expand2(vec2(30.0, 8.0));
    let labels = |window: &Window| -> Vec<String> {
        let inside = window.painted().into_iter().filter(|p| area.contains_rect(p.rect));
        inside.map(|painted| painted.text).filter(|text| !text.contains("[K]")).collect()
    };
    for scale in ["Linear", "Log", "Symlog", "Square root"] {
        let labels = labels(&window);
        let different: std::collections::HashSet<&String> = labels.iter().collect();
        assert!(labels.len() >= 3 && different.len() == labels.len(), "{scale}: {labels:?}");
        assert!(labels.iter().all(|label| label.len() < 6), "{scale}: {labels:?}");
        window.press(Key::N);
    }
    window.press(Key::N);
    window.press(Key::N);
    window.assert_shows("Linear below");
}

#[test]
fn the_histogram_tells_counts_and_can_be_put_away() {
    let mut window = Window::showing("a.nc", map().bytes());
    let rect = window.rect(Role::Image, "Histogram");
    window.point_at(rect.left_bottom() + vec2(20.0, -2.0));
    window.harness.run_steps(40);
    window.settle();
    window.until_shown("1 of 20 values (5 %) from 30 to 30.61");
    window.press(Key::H);
    assert!(!window.has(Role::Image, "Histogram"));
}

#[test]
fn a_right_click_on_the_colour_bar_offers_what_can_be_done_with_it() {
    let mut window = Window::showing("a.nc", map().bytes());
    let at = bar(&window).center();
    window.harness.hover_at(at);
    window.harness.step();
    for pressed in [true, false] {
        window.harness.event(Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.harness.step();
    }
    window.settle();
    window.click(Role::Button, "Fit to this slice");
    assert_eq!(ends(&window), (30.0, 49.0));
}

/// 4 by 5 codes: three classes, one code without a name.
fn codes() -> CdfBuilder {
    map()
        .var("code", hyperslab_testkit::bytes::I8, &["lat", "lon"])
        .attr("flag_values", vec![0i8, 1, 2])
        .attr("flag_meanings", "clear_sky cloud snow")
        .values([0i8, 0, 1, 1, 2, 0, 0, 1, 1, 2, 0, 0, 1, 1, 2, 0, 0, 1, 1, 9])
}

#[test]
fn codes_with_meanings_are_drawn_as_classes_with_a_legend() {
    let mut window = Window::showing("a.nc", codes().bytes());
    window.click_row("code");
    window.press(Key::Num1);
    for class in ["clear sky", "cloud", "snow", "other codes"] {
        assert!(window.has(Role::CheckBox, class), "{class}");
    }
    assert!(!window.has(Role::Slider, "Colour bar"));
    let image = window.rect(Role::Image, "Heatmap of /code");
    window.point_at(image.left_bottom() + vec2(8.0, -8.0));
    assert!(window.status().contains("clear sky"), "{}", window.status());
    window.point_at(window.rect(Role::CheckBox, "cloud").left_center() + vec2(4.0, 0.0));
    window.harness.run_steps(40);
    window.until_shown("8 of 20 values shown (40 %)");
    window.click(Role::CheckBox, "cloud");
    let cloud = window.harness.get_by_role_and_label(Role::CheckBox, "cloud");
    assert_eq!(cloud.accesskit_node().toggled(), Some(Toggled::False));
    window.click(Role::Button, "Show all classes");
    let cloud = window.harness.get_by_role_and_label(Role::CheckBox, "cloud");
    assert_eq!(cloud.accesskit_node().toggled(), Some(Toggled::True));
    window.click(Role::Button, "Numbers");
    assert!(window.has(Role::Slider, "Colour bar"));
}

#[test]
fn the_bits_of_codes_are_asked_one_question_at_a_time() {
    let file = map()
        .var("qa", hyperslab_testkit::bytes::I8, &["lat", "lon"])
        .attr("flag_masks", vec![1i8, 6, 6, 6, 6])
        .attr("flag_values", vec![1i8, 0, 2, 4, 6])
        .attr("flag_meanings", "determined cloudy uncertain probably_clear confident_clear")
        .values((0..20).map(|k| k % 8).collect::<Vec<i8>>());
    let mut window = Window::showing("a.nc", file.bytes());
    window.click_row("qa");
    assert!(window.has(Role::CheckBox, "probably clear"));
    window.click(Role::ComboBox, "Classes by: bits 1–2");
    window.click(Role::Button, "determined");
    assert!(window.has(Role::CheckBox, "not determined"));
    assert!(!window.has(Role::CheckBox, "probably clear"));
    window.click(Role::CheckBox, "Bits");
    assert!(window.has(Role::CheckBox, "3") && !window.has(Role::CheckBox, "determined"));
}

#[test]
fn the_shape_of_the_picture_is_chosen() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num1);
    let shape = |window: &Window| {
        let rect = window.rect(Role::Image, "Heatmap of /t");
        rect.width() / rect.height()
    };
    // 50 by 80 degrees, 5 by 4 cells.
    assert!((shape(&window) - 50.0 / 80.0).abs() < 0.01, "{}", shape(&window));
    window.click(Role::Button, "Square cells");
    assert!((shape(&window) - 1.25).abs() < 0.01, "{}", shape(&window));
    let cells = window.rect(Role::Image, "Heatmap of /t");
    window.click(Role::Button, "Fill");
    let all = window.rect(Role::Image, "Heatmap of /t");
    assert!(all.width() >= cells.width() && all.height() >= cells.height());
}

#[test]
fn fractions_in_three_planes_are_offered_as_a_picture() {
    let file = cdf1()
        .dim("y", 20)
        .dim("x", 30)
        .dim("rgb", 3)
        .var("fractions", F32, &["rgb", "y", "x"])
        .values((0..1800).map(|k| k as f32 / 1800.0).collect::<Vec<f32>>());
    let mut window = Window::showing("a.nc", file.bytes());
    window.click_row("fractions");
    window.assert_shows("Heatmap");
    assert!(window.has(Role::Image, "Heatmap of /fractions"));
    window.press(Key::Num4);
    assert_eq!(window.pictures().len(), 1);
    window.click(Role::CheckBox, "Stretched");
    assert!(window.has(Role::SpinButton, "Upper percentile"));
    window.click(Role::Button, "Blue first");
    let image = window.rect(Role::Image, "Image of /fractions");
    window.point_at(image.left_top() + vec2(4.0, 4.0));
    assert!(window.status().contains("(0, 0.33333334, 0.6666667)"), "{}", window.status());
}
