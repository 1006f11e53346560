//! Rows of a table: which are shown, in which order, and where a value is.

use super::*;

fn where_rows(window: &mut Window, condition: &str) {
    window.harness.get_by_role_and_label(Role::TextInput, "Rows where").focus();
    window.harness.step();
    window.harness.key_press_modifiers(CTRL, Key::A);
    window.harness.event(Event::Text(condition.into()));
    window.settle();
}

/// Row numbers beside the table, from the top.
fn shown_rows(window: &Window, most: usize) -> Vec<u64> {
    let area = window.table_rect();
    let mut found: Vec<(f32, u64)> = window
        .painted()
        .into_iter()
        .filter(|p| p.rect.right() < area.left() && p.rect.left() > area.left() - 150.0)
        .filter(|p| p.rect.top() > area.top() - 2.0)
        .filter_map(|p| Some((p.rect.top(), p.text.parse().ok()?)))
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, row)| row).take(most).collect()
}

fn click_header(window: &mut Window, name: &str) {
    let top = window.table_rect().top();
    let header = window.painted().into_iter().find(|p| p.text == name && p.rect.bottom() < top);
    let at = header.unwrap_or_else(|| panic!("no header {name}")).rect.center();
    window.harness.hover_at(at);
    window.harness.drag_at(at);
    window.harness.drop_at(at);
    window.settle();
}

#[test]
fn only_rows_that_meet_a_condition_are_shown() {
    let mut window = kinds_window();
    window.click_row("table");
    where_rows(&mut window, "id >= 990 and sky == \"fog\" and not pos.x > 997");
    let rows = shown_rows(&window, 10);
    assert!(!rows.is_empty() && rows.iter().all(|row| (990..=997).contains(row)), "{rows:?}");
    for &row in &rows {
        let cells = window.cells(row);
        assert_eq!((cells[0].as_str(), cells[4].as_str()), (&*row.to_string(), "fog"), "{cells:?}");
    }
    window.assert_shows(&format!("{} of 1,000 rows", rows.len()));
    // What is copied is what is shown.
    click_cell(&mut window, &format!("s{}", rows[0]));
    window.press_ctrl(Key::A);
    window.harness.event(Event::Copy);
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().unwrap().lines().count(), rows.len());
    where_rows(&mut window, "weight > 3");
    window.assert_shows("there is no column weight");
    where_rows(&mut window, "row in (5, 7)");
    assert_eq!(shown_rows(&window, 10), [5, 7]);
    go_to(&mut window, "7");
    window.assert_hides("does not meet");
    go_to(&mut window, "8");
    window.assert_shows("that row does not meet the condition");
}

#[test]
fn a_click_on_a_header_sorts_and_another_turns_the_order() {
    let mut window = kinds_window();
    window.click_row("table");
    click_header(&mut window, "pos.y");
    assert_eq!(shown_rows(&window, 3), [999, 998, 997]);
    click_header(&mut window, "pos.y");
    assert_eq!(shown_rows(&window, 3), [0, 1, 2]);
    click_header(&mut window, "name");
    assert_eq!(shown_rows(&window, 4), [0, 1, 10, 100]);
    click_header(&mut window, "name");
    click_header(&mut window, "name");
    assert_eq!(shown_rows(&window, 3), [0, 1, 2]);
}

#[test]
fn a_value_is_found_from_the_cursor_on() {
    let mut window = kinds_window();
    window.click_row("table");
    let find = |window: &mut Window, text: &str| {
        window.harness.get_by_role_and_label(Role::TextInput, "Find value").focus();
        window.harness.step();
        window.harness.key_press_modifiers(CTRL, Key::A);
        window.harness.event(Event::Text(text.into()));
        window.press(Key::Enter);
    };
    find(&mut window, "-998");
    assert_eq!(window.cells(998)[2], "-998");
    find(&mut window, "s77");
    assert_eq!(window.cells(77)[3], "s77");
    window.press(Key::Enter);
    assert_eq!(window.cells(770)[3], "s770");
    find(&mut window, "-1000");
    window.assert_shows("nowhere");
}

#[test]
fn rows_of_a_plane_are_chosen_by_coordinate_and_by_any_value() {
    let mut window = Window::showing("a.nc", map().bytes());
    window.press(Key::Num3);
    where_rows(&mut window, "any == 38");
    assert_eq!(shown_rows(&window, 5), [1]);
    where_rows(&mut window, "lat > 0");
    window.assert_shows("2 of 4 rows");
    where_rows(&mut window, "c0 > 36 or `40E` == 34");
    assert_eq!(shown_rows(&window, 5), [0, 2, 3]);
}

#[test]
fn the_table_of_a_group_is_filtered_and_sorted_by_what_cells_show() {
    let mut window = fixture_window("anndata.h5ad");
    window.click_row("obs");
    where_rows(&mut window, "kind == \"T\"");
    window.assert_shows("1 of 3 rows");
    window.assert_shows("cell b");
    window.assert_hides("cell c");
    let mut window = fixture_window("pandas.h5");
    window.click_row("table");
    where_rows(&mut window, "index > \"2020-01-02\"");
    window.assert_hides("2020-01-01");
    window.assert_shows("2020-01-03");
}

#[test]
fn a_double_click_opens_all_that_a_cell_holds() {
    let mut window = kinds_window();
    window.click_row("lists");
    window.press(Key::Num3);
    let area = window.table_rect();
    let cell = window.painted().into_iter().find(|p| p.text == "[1, 2, 3]").unwrap();
    assert!(area.contains(cell.rect.center()));
    window.double_click_at(cell.rect.center());
    window.assert_shows("lists, row 0");
    window.harness.get_by_role_and_label(Role::Button, "Copy").click();
    window.until("the copy", |window| window.copied().is_some());
    assert_eq!(window.copied().as_deref(), Some("1\n2\n3"));
    window.press(Key::Escape);
    window.assert_hides("lists, row 0");
}
