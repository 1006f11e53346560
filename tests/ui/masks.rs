//! Values that a quality flag hides.

use super::*;

/// Heights with a quality flag; the second and the last are bad.
fn heights() -> CdfBuilder {
    cdf1()
        .dim("y", 2)
        .dim("x", 3)
        .var("height", F32, &["y", "x"])
        .attr("units", "m")
        .attr("ancillary_variables", "DQF")
        .values([100f32, 200.0, 300.0, 400.0, 500.0, 600.0])
        .var("DQF", I16, &["y", "x"])
        .attr("flag_values", [0i16, 1])
        .attr("flag_meanings", "good_quality bad_quality")
        .values([0i16, 1, 0, 0, 0, 1])
}

#[test]
fn two_clicks_leave_the_good_values_and_one_brings_the_others_back() {
    let mut window = Window::showing("a.nc", heights().bytes());
    window.press(Key::Num3);
    assert_eq!(window.cells(0), ["100", "200", "300"]);
    window.click(Role::Button, "Mask");
    window.click(Role::Button, "Only DQF: good quality");
    assert_eq!(window.cells(0), ["100", "masked", "300"]);
    assert_eq!(window.cells(1), ["400", "500", "masked"]);
    window.assert_shows("masked: DQF not good quality");
    // What is stored has no masks.
    window.press(Key::D);
    assert_eq!(window.cells(0), ["100", "200", "300"]);
    window.press(Key::D);
    window.press(Key::Num1);
    assert!(window.has(Role::Image, "Heatmap of /height"));
    window.click(Role::Button, "masked: DQF not good quality ×");
    window.press(Key::Num3);
    assert_eq!(window.cells(1), ["400", "500", "600"]);
}

#[test]
fn a_class_is_hidden_by_its_tick() {
    let mut window = Window::showing("a.nc", heights().bytes());
    window.press(Key::Num3);
    window.click(Role::Button, "Mask");
    window.click(Role::CheckBox, "good quality");
    assert_eq!(window.cells(0), ["masked", "200", "masked"]);
    window.assert_shows("masked: DQF not bad quality");
}
