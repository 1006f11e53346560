//! Lines and arrows over a picture.

use super::*;

/// A pressure with a low in the middle, a temperature that rises eastwards, and a wind of
/// 10 m/s from the west; a component on other points that is no part of a vector.
fn weather() -> CdfBuilder {
    let latitudes: Vec<f32> = (0..9).map(|row| 40.0 + row as f32).collect();
    let longitudes: Vec<f32> = (0..13).map(|column| column as f32).collect();
    let cells = || (0..9).flat_map(|row| (0..13).map(move |column| (row as f32, column as f32)));
    let pressure = cells().map(|(row, column)| 980.0 + 5.0 * (row - 4.0).hypot(column - 6.0));
    let temperature = cells().map(|(_, column)| 280.0 + column);
    let place = ["lat", "lon"];
    cdf1()
        .dim("lat", 9)
        .dim("lon", 13)
        .dim("lon_u", 13)
        .dim("lev", 2)
        .var("lev", F32, &["lev"])
        .attr("units", "hPa")
        .values([850f32, 500.0])
        .var("lat", F32, &["lat"])
        .attr("units", "degrees_north")
        .values(latitudes)
        .var("lon", F32, &["lon"])
        .attr("units", "degrees_east")
        .values(longitudes)
        .var("pmsl", F32, &place)
        .attr("units", "hPa")
        .values(pressure.collect::<Vec<f32>>())
        .var("t2m", F32, &place)
        .attr("units", "K")
        .values(temperature.collect::<Vec<f32>>())
        .var("u10", F32, &place)
        .attr("units", "m s-1")
        .attr("long_name", "wind to the east")
        .values(vec![10f32; 9 * 13])
        .var("v10", F32, &place)
        .attr("units", "m s-1")
        .values(vec![0f32; 9 * 13])
        .var("ua", F32, &["lev", "lat", "lon"])
        .attr("units", "m s-1")
        .values([vec![5f32; 9 * 13], vec![20f32; 9 * 13]].concat())
        .var("va", F32, &["lev", "lat", "lon"])
        .attr("units", "m s-1")
        .values(vec![0f32; 2 * 9 * 13])
        .var("u", F32, &["lat", "lon_u"])
        .attr("units", "m s-1")
        .values(vec![1f32; 9 * 13])
}

/// Shows the weather, with room for all of the side panel.
fn tall() -> Window {
    let mut window = Window::sized(Settings::default(), vec2(1400.0, 1500.0));
    window.open("a.nc", weather().bytes());
    window
}

/// Lines that are painted, by their number of points.
fn lines(window: &Window) -> Vec<usize> {
    fn add(shape: &Shape, found: &mut Vec<usize>) {
        match shape {
            Shape::Path(path) if !path.closed => found.push(path.points.len()),
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| add(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &window.harness.output().shapes {
        add(&clipped.shape, &mut found);
    }
    found
}

/// The texts on a picture.
fn labels(window: &Window, picture: &str) -> Vec<String> {
    let area = window.rect(Role::Image, picture);
    let inside = window.painted().into_iter().filter(|painted| area.contains_rect(painted.rect));
    inside.map(|painted| painted.text).collect()
}

/// Heads of arrows on a picture: triangles.
fn arrow_heads(window: &Window, picture: &str) -> usize {
    let area = window.rect(Role::Image, picture);
    let is_head = |shape: &Shape| match shape {
        Shape::Path(path) => {
            path.closed
                && path.points.len() == 3
                && path.points.iter().all(|&point| area.contains(point))
        }
        _ => false,
    };
    window.harness.output().shapes.iter().filter(|clipped| is_head(&clipped.shape)).count()
}

#[test]
fn contours_are_drawn_and_labelled_at_round_values() {
    let mut window = tall();
    window.click_row("pmsl");
    window.press(Key::Num1);
    let before = lines(&window).len();
    window.click(Role::CheckBox, "Contours (C)");
    assert!(lines(&window).len() >= before + 8, "{before}: {:?}", lines(&window));
    // Every 5 hPa, every second of them labelled in a gap of its line.
    let labels = labels(&window, "Heatmap of /pmsl");
    assert!(labels.contains(&"1000".into()), "{labels:?}");
    assert!(!labels.contains(&"1005".into()) && !labels.contains(&"1002".into()), "{labels:?}");
    window.press(Key::C);
    assert_eq!(lines(&window).len(), before);
}

#[test]
fn contours_of_another_variable_are_chosen_in_the_panel() {
    let mut window = tall();
    window.click_row("t2m");
    window.press(Key::C);
    assert!(labels(&window, "Map of /t2m").contains(&"286".into()));
    window.click(Role::ComboBox, "Contours of: this variable");
    assert!(!window.has(Role::Button, "u"), "{:?}", window.texts());
    window.click(Role::Button, "pmsl");
    assert!(window.has(Role::ComboBox, "Contours of: pmsl"));
    assert!(labels(&window, "Map of /t2m").contains(&"1000".into()));
    window.assert_shows("Lines: pmsl [hPa]");
}

#[test]
fn arrows_have_a_scale_and_say_where_the_wind_is_from() {
    let mut window = tall();
    window.click_row("t2m");
    window.press(Key::Num1);
    assert_eq!(arrow_heads(&window, "Heatmap of /t2m"), 0);
    window.press(Key::V);
    let heads = arrow_heads(&window, "Heatmap of /t2m");
    assert!(heads > 50, "{heads}");
    window.assert_shows("10 m s⁻¹");
    window.assert_shows("u10, v10");
    window.assert_shows("East and north, as the axes are");
    let image = window.rect(Role::Image, "Heatmap of /t2m");
    window.point_at(image.center());
    assert!(window.status().contains("wind 10 m s⁻¹ from 270° (W)"), "{}", window.status());
    window.press(Key::V);
    assert_eq!(arrow_heads(&window, "Heatmap of /t2m"), 0);
}

#[test]
fn components_on_other_points_are_not_offered_as_vectors() {
    let mut window = tall();
    window.click_row("u");
    assert!(!window.has(Role::CheckBox, "Vectors (V)"));
    assert!(window.has(Role::CheckBox, "Contours (C)"));
}

#[test]
fn a_wind_on_levels_lies_over_a_field_without_them() {
    let mut window = tall();
    window.click_row("t2m");
    window.press(Key::V);
    window.click(Role::ComboBox, "Vectors: u10, v10");
    window.click(Role::Button, "ua, va");
    window.assert_shows("5 m s⁻¹");
    window.assert_shows("850 hPa");
    window.harness.get_by_role_and_label(Role::SpinButton, "lev").focus();
    window.harness.step();
    window.harness.event(Event::Text("1".into()));
    window.press(Key::Enter);
    window.assert_shows("500 hPa");
    window.assert_shows("20 m s⁻¹");
}

#[test]
fn a_map_has_lines_and_arrows_too() {
    let mut window = tall();
    window.click_row("pmsl");
    assert_eq!(arrow_heads(&window, "Map of /pmsl"), 0);
    window.press(Key::C);
    window.press(Key::V);
    let labels = labels(&window, "Map of /pmsl");
    assert!(labels.contains(&"1000".into()) && labels.contains(&"10 m s⁻¹".into()), "{labels:?}");
    let heads = arrow_heads(&window, "Map of /pmsl");
    assert!(heads > 50, "{heads}");
    let image = window.rect(Role::Image, "Map of /pmsl");
    window.point_at(image.center());
    assert!(window.status().contains("wind 10 m s⁻¹ from 270° (W)"), "{}", window.status());
}
