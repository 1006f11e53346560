//! Fields on the Earth as maps.

use super::*;

/// The whole world in cells of 10 degrees; a value is its latitude's row and longitude's column.
fn world(first_longitude: f64) -> CdfBuilder {
    let lon: Vec<f64> = (0..36).map(|k| first_longitude + 10.0 * f64::from(k)).collect();
    let lat: Vec<f64> = (0..18).map(|k| -85.0 + 10.0 * f64::from(k)).collect();
    let values: Vec<f32> = (0..2 * 18 * 36).map(|k| k as f32).collect();
    cdf1()
        .dim("time", 2)
        .dim("lat", 18)
        .dim("lon", 36)
        .var("lat", F64, &["lat"])
        .attr("units", "degrees_north")
        .values(lat)
        .var("lon", F64, &["lon"])
        .attr("units", "degrees_east")
        .values(lon)
        .var("t", F32, &["time", "lat", "lon"])
        .attr("units", "K")
        .values(values)
}

fn picture(window: &Window) -> Rect {
    window.rect(Role::Image, "Map of /t")
}

impl Window {
    fn choose_projection(&mut self, now: &str, wanted: &str) {
        self.click(Role::ComboBox, &format!("Projection: {now}"));
        self.click(Role::Button, wanted);
    }
}

#[test]
fn the_map_tells_value_and_place_under_the_pointer_however_longitudes_are_counted() {
    for first in [5.0, -175.0] {
        let mut window = Window::showing("a.nc", world(first).bytes());
        window.choose_projection("Robinson (automatic)", "Equirectangular");
        // Just north-east of where Greenwich meets the equator.
        window.point_at(picture(&window).center() + vec2(3.0, -3.0));
        let column = ((5.0 - first) / 10.0) as usize;
        let value = format!("{} K    5°N 5°E", 9 * 36 + column);
        window.until(&value, |window| window.status().contains(&value));
        window.assert_shows("places: lat, lon");
    }
}

#[test]
fn each_projection_is_drawn_with_lines_that_are_labelled_once() {
    let mut window = Window::showing("a.nc", world(5.0).bytes());
    let mut now = "Robinson (automatic)".to_owned();
    for kind in
        ["Globe", "Mollweide", "Mercator", "North polar", "South polar", "Lambert conformal"]
    {
        window.choose_projection(&now, kind);
        now = kind.to_owned();
        assert!(
            window.has(Role::ComboBox, &format!("Projection: {kind}")),
            "{kind}: {:?}",
            window.texts()
        );
        for label in ["0°", "30°N", "60°N", "90°W", "120°E"] {
            assert!(window.texts().iter().filter(|text| *text == label).count() <= 2, "{kind}");
        }
        let degrees = window.texts().into_iter().filter(|text| text.contains('°'));
        assert!(degrees.count() >= 4, "{kind}: {:?}", window.texts());
        // What is under the pointer in the middle is told.
        window.point_at(picture(&window).center() + vec2(7.0, -7.0));
        window.until("a value", |window| window.status().contains(" K    "));
    }
}

#[test]
fn dragging_turns_the_globe_and_a_double_click_turns_it_back() {
    let mut window = Window::showing("a.nc", world(5.0).bytes());
    window.choose_projection("Robinson (automatic)", "Globe");
    let middle = picture(&window).center();
    window.point_at(middle + vec2(3.0, 3.0));
    window.until("5°E", |window| window.status().contains("5°E"));
    window.drag(middle, middle + vec2(-200.0, 0.0));
    window.point_at(middle + vec2(3.0, 3.0));
    window.until("another place", |window| {
        let status = window.status();
        status.contains("°E") && !status.contains(" 5°E")
    });
    window.click(Role::Button, "Show everything");
    window.point_at(middle + vec2(2.0, 2.0));
    window.until("5°E", |window| window.status().contains("5°E"));
}

#[test]
fn the_wheel_zooms_at_the_pointer() {
    let mut window = Window::showing("a.nc", world(5.0).bytes());
    window.choose_projection("Robinson (automatic)", "Equirectangular");
    let at = picture(&window).center() + vec2(63.0, -41.0);
    window.point_at(at);
    window.until("a value", |window| window.status().contains(" K    "));
    let before = window.status();
    window.assert_shows("120°W");
    window.scroll(at, 600.0);
    window.point_at(at);
    window.until("the same cell", |window| window.status() == before);
    window.assert_hides("120°W");
}

#[test]
fn stepping_in_time_changes_the_values_and_not_the_map() {
    let mut window = Window::showing("a.nc", world(5.0).bytes());
    window.point_at(picture(&window).center() + vec2(3.0, -3.0));
    window.until("the first", |window| window.status().contains("324 K    5°N 5°E"));
    window.press(Key::ArrowRight);
    window.point_at(picture(&window).center() + vec2(4.0, -4.0));
    window.until("the second", |window| window.status().contains("972 K    5°N 5°E"));
}

#[test]
fn a_cell_clicked_on_the_map_is_where_the_curve_is_taken() {
    let mut window = Window::showing("a.nc", world(5.0).bytes());
    let at = picture(&window).center() + vec2(3.0, -3.0);
    window.point_at(at);
    window.until("a value", |window| window.status().contains(" K    "));
    window.harness.drag_at(at);
    window.harness.drop_at(at);
    window.settle();
    window.press(Key::Num2);
    window.assert_shows("t, time 0, lat 5°N");
}

#[test]
fn what_is_in_no_known_place_is_no_map() {
    let file = cdf1().dim("y", 4).dim("x", 5).var("t", F32, &["y", "x"]).values([1f32; 20]);
    let mut window = Window::showing("a.nc", file.bytes());
    assert!(window.has(Role::Image, "Heatmap of /t"));
    window.press(Key::Num6);
    assert!(window.has(Role::Image, "Heatmap of /t"));
}
