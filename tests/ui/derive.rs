//! Variables computed from variables.

use super::*;

#[test]
fn a_mean_over_time_asked_for_in_the_panel_opens_as_a_variable() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.click(Role::Button, "time");
    window.click(Role::Button, "Mean");
    window.until("the result", |window| window.has(Role::Image, "Map of /t mean over time/t"));
    window.settle();
    window.assert_shows("Temperature, mean over time [K]");
    let names = window.row_names();
    let at = names.iter().position(|name| name == "Computed").expect("a file of its own");
    assert_eq!(names[at..], ["Computed", "t mean over time", "t", "lat", "lon", "count"]);
    window.press(Key::Num3);
    // 30 to 89 in three steps of 20: the mean is the one in the middle.
    assert_eq!(window.cells(0), ["50", "51", "52", "53", "54"]);
    window.click(Role::Button, "Forget this result");
    window.until("nothing computed", |window| window.row("Computed").is_none());
}

#[test]
fn the_name_of_an_axis_leads_to_its_anomaly() {
    let mut window = Window::showing("a.nc", map().bytes());
    let sliders = window.painted().into_iter().filter(|painted| painted.text == "time");
    let name = sliders.map(|painted| painted.rect).max_by(|a, b| a.top().total_cmp(&b.top()));
    window.harness.hover_at(name.expect("the slider").center());
    for pressed in [true, false] {
        window.harness.event(Event::PointerButton {
            pos: name.expect("the slider").center(),
            button: egui::PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.harness.step();
    }
    window.settle();
    window.click(Role::Button, "Anomaly");
    let name = "Map of /t anomaly along time/t";
    window.until("the result", |window| window.has(Role::Image, name));
    window.settle();
    window.press(Key::Num3);
    assert_eq!(window.cells(0), ["-20", "-20", "-20", "-20", "-20"]);
}

#[test]
fn what_is_made_of_a_file_says_so_when_it_is_closed() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.click(Role::Button, "lat, lon");
    window.click(Role::Button, "Area-weighted mean");
    let name = "Line plot of /t area-weighted mean over lat, lon/t";
    window.until("the result", |window| window.has(Role::Image, name));
    window.settle();
    window.click_row("a.nc");
    window.press_ctrl(Key::W);
    window.click_row("t");
    window.until_shown("a.nc, of which this is made, is not open");
    window.press_ctrl(Key::W);
    window.settle();
    window.until("nothing", |window| window.rows().is_empty());
}

#[test]
fn two_files_are_compared_from_the_panel_and_the_other_grid_is_regridded() {
    let coarse = cdf1()
        .dim("lat", 2)
        .dim("lon", 3)
        .var("lat", F64, &["lat"])
        .attr("units", "degrees_north")
        .values([-40.0, 40.0])
        .var("lon", F64, &["lon"])
        .attr("units", "degrees_east")
        .values([0.0, 20.0, 40.0])
        .var("t", F32, &["lat", "lon"])
        .attr("units", "K")
        .attr("long_name", "temperature")
        .values([20f32; 6]);
    let mut window = Window::showing("coarse.nc", coarse.bytes());
    window.open("a.nc", map().bytes());
    window.click(Role::Button, "Compare with…");
    window.click(Role::Button, "t (coarse.nc)");
    window.click(Role::Button, "Difference");
    let path = "Computed:/t (a.nc) − t (coarse.nc)/t_difference";
    window.until("the result", |window| window.status().contains(path));
    window.settle();
    window.assert_shows("t of coarse.nc regridded, bilinear");
    window.press(Key::Num3);
    assert_eq!(window.cells(0), ["10", "11", "12", "13", "14"]);
}

#[test]
fn a_mean_over_what_is_visible_is_that_of_the_part_zoomed_to() {
    let mut window = tall_window();
    window.open("a.nc", map().bytes());
    window.press(Key::Num1);
    let picture = window.rect(Role::Image, "Heatmap of /t");
    let (from, to) = (picture.center(), picture.left_bottom() + vec2(4.0, -4.0));
    window.drag(from, to);
    window.settle();
    window.click(Role::Button, "What is visible");
    window.click(Role::Button, "Mean of cells");
    let name = "Line plot of /t mean over lat, lon, part/t";
    window.until("the result", |window| window.has(Role::Image, name));
    window.settle();
    window.press(Key::Num3);
    // Three cells are always seen each way, and parts of their neighbours: all rows and the first
    // four columns of values that count up from 30.
    assert_eq!(window.cells(0), ["39"]);
}
