//! The box that takes one to an index or a coordinate.

use std::sync::Arc;

use egui::{Key, Ui};

use super::Grid;
use crate::prep::fields::{FieldColumn, field_columns};
use crate::prep::scroll::ScrollPosition;
use crate::ui::theme::palette;
use crate::views::axis::{AxisInfo, want_axis};
use crate::views::{Scene, VariableState};

/// The box for an index or a coordinate.
#[derive(Default)]
pub(super) struct GoTo {
    text: String,
    pub(super) is_asked: bool,
    error: String,
}

/// "Go to": `row`, `row, column`, or a coordinate of the rows (a date, a latitude).
pub(super) fn go_to_ui(ui: &mut Ui, scene: Scene<'_>, grid: &Grid<'_>, state: &mut VariableState) {
    let go_to = &mut state.table.go_to;
    let edit = egui::TextEdit::singleline(&mut go_to.text)
        .hint_text("Go to: row, column or coordinate")
        .desired_width(210.0);
    let response = ui.add(edit);
    if std::mem::take(&mut go_to.is_asked) {
        response.request_focus();
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.changed() {
        go_to.error.clear();
    }
    if !go_to.error.is_empty() {
        ui.colored_label(palette(ui).error, &go_to.error);
    }
    if is_entered {
        let axes = (state.slice.y.or(state.slice.x), state.slice.x);
        let info = |axis: usize| want_axis(scene, axis, state).ready();
        let infos = [axes.0, axes.1].map(|axis| axis.and_then(info));
        let variable = scene.variable();
        let length = |axis: Option<usize>| {
            axis.and_then(|axis| variable?.axes.get(axis)).map_or(1, |axis| axis.length)
        };
        let fields = match variable {
            Some(variable) if variable.rank() <= 1 => field_columns(&variable.dtype),
            _ => Vec::new(),
        };
        let columns = if fields.is_empty() { length(axes.1) } else { fields.len() as u64 };
        // A single axis runs down the page.
        let infos = if fields.is_empty() { infos } else { [infos[0].clone(), None] };
        let found = target(&state.table.go_to.text, [length(axes.0), columns], &infos, &fields);
        let found = found.and_then(|[row, column]| match row.map(|row| grid.shown_row(row)) {
            Some(None) => Err("that row does not meet the condition".into()),
            row => Ok([row.flatten(), column]),
        });
        match found {
            Ok([row, column]) => {
                let table = &mut state.table;
                let row = row.unwrap_or(table.row.row);
                let column = column.unwrap_or(table.column.row);
                table.selection = Some([(row, column); 2]);
                table.is_active = true;
                table.row = ScrollPosition::at_row(row.saturating_sub(3));
                table.column = ScrollPosition::at_row(column.saturating_sub(1));
            }
            Err(why) => state.table.go_to.error = why,
        }
    }
}

/// Row and column meant by the text; `None` where it does not say.
fn target(
    text: &str,
    lengths: [u64; 2],
    infos: &[Option<Arc<AxisInfo>>; 2],
    fields: &[FieldColumn],
) -> Result<[Option<u64>; 2], String> {
    let mut found = [None, None];
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > 2 {
        return Err("a row and a column are enough".into());
    }
    for (k, part) in parts.iter().enumerate() {
        if part.is_empty() {
            continue;
        }
        let find = |k: usize| {
            let coordinate = part.strip_prefix('=').unwrap_or(part).trim();
            let field = fields.iter().position(|field| k == 1 && field.name == coordinate);
            let along = infos[k].as_ref().and_then(|info| info.find(coordinate));
            along.or(field.map(|at| at as u64))
        };
        let (k, index) = match part.parse::<u64>() {
            Ok(index) => (k, index),
            // A single coordinate may be one of the columns.
            Err(_) => find(k)
                .map(|index| (k, index))
                .or_else(|| Some((1, find(1)?)).filter(|_| parts.len() == 1))
                .ok_or_else(|| format!("{part} is neither an index nor a coordinate here"))?,
        };
        if index >= lengths[k] {
            return Err(format!("there are only {}", lengths[k]));
        }
        found[k] = Some(index);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_and_a_column_are_found_by_index() {
        let infos = [None, None];
        assert_eq!(
            target("1000000000", [4_000_000_000, 4], &infos, &[]),
            Ok([Some(1_000_000_000), None])
        );
        assert_eq!(target("7, 2", [10, 4], &infos, &[]), Ok([Some(7), Some(2)]));
        assert_eq!(target(", 2", [10, 4], &infos, &[]), Ok([None, Some(2)]));
        assert!(target("10", [10, 4], &infos, &[]).unwrap_err().contains("only 10"));
        let fields = field_columns(&hyperslab_testkit::kinds::station_type());
        assert_eq!(target("3, pos.y", [10, 6], &infos, &fields), Ok([Some(3), Some(2)]));
        assert_eq!(target("track", [10, 6], &infos, &fields), Ok([None, Some(5)]));
        assert!(target("north", [10, 4], &infos, &[]).is_err());
    }
}
