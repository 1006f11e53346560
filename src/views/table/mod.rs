//! The spreadsheet: any two axes as rows and columns, only the visible cells read.
//!
//! Rows and columns are counted in 64 bits and the position is kept by `prep::scroll`: the
//! toolkit's own scroll areas count pixels in `f32`, which is not exact beyond 10^7 of them.

mod bars;
mod cells;
mod copy;
mod find;
mod find_ui;
mod go_to;
mod headers;
mod open_cell;
mod rows;
mod scrolling;

use std::sync::Arc;

use egui::{Pos2, Rect, Response, Sense, Ui, vec2};
use hyperslab_core::{Dtype, Reference, Variable};

use super::axis::{AxisInfo, want_axis};
use super::cell::CellWriter;
use super::data::Slab;
use super::rows::{RowOrder, RowsState};
use super::sliders::axes_choice_ui;
use super::{Origin, Scene, Suitability, VariableState, ViewKind};
use crate::cf::CfVariable;
use crate::engine::Answer;
use crate::prep::scroll::{Scroll, ScrollPosition};
use crate::prep::table::NumberFormat;
use crate::prep::tiles::{Direction, Layout, Tile};
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::palette;
pub(super) use bars::bar_ui;
use bars::bars_ui;
pub(super) use cells::text_ui;
use cells::{Found, LoadedTile, cells_ui, found, want_tiles};
use copy::{CopyRequest, copy_ui};
use find_ui::{Find, find_ui};
use go_to::{GoTo, go_to_ui};
use headers::headers_ui;
use open_cell::open_cell_ui;
use rows::{Names, RowsRequest, want_rows};
use scrolling::{cell_at, scroll_ui, select_ui};

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Table, label: "Table", suits, ui: table_ui, options_ui };

/// Everything has values that can be listed, however plain.
fn suits(_: &CfVariable<'_>) -> Suitability {
    Suitability::Plain
}

const ROW_PX: f32 = 20.0;
const HEADER_PX: f32 = 38.0;
const ROW_HEADER_PX: f32 = 150.0;
const BAR_PX: f32 = 11.0;
const AUTO_WIDTH_MOST_PX: f32 = 240.0;
const TILE: [u64; 2] = [256, 32];

/// Where the view stands; nothing here is saved.
pub struct TableState {
    row: ScrollPosition,
    column: ScrollPosition,
    column_px: f32,
    /// The user has chosen the width; otherwise columns grow with what they hold.
    has_own_width: bool,
    /// Two opposite corners of the selection: where it began and where it ends.
    selection: Option<[(u64, u64); 2]>,
    is_active: bool,
    go_to: GoTo,
    /// Which rows are shown.
    rows: RowsState<(Origin, Layout)>,
    find: Find,
    /// All of it is shown: its row in the file and its column.
    opened_cell: Option<(u64, u64)>,
    /// A copy that waits for values.
    copy: Option<CopyRequest>,
    direction: Direction,
    /// What was shown when all of it was there: it stays in sight while a file is read anew.
    shown: Vec<(Tile, Arc<Slab>)>,
    is_current: bool,
}

impl Default for TableState {
    fn default() -> Self {
        Self {
            row: ScrollPosition::default(),
            column: ScrollPosition::default(),
            column_px: 72.0,
            has_own_width: false,
            selection: None,
            is_active: false,
            go_to: GoTo::default(),
            rows: RowsState::default(),
            find: Find::default(),
            opened_cell: None,
            copy: None,
            direction: Direction::default(),
            shown: Vec::new(),
            is_current: false,
        }
    }
}

impl TableState {
    pub fn has_focus(&self) -> bool {
        self.is_active
    }

    /// Puts the cursor into the "go to" box.
    pub fn ask_where_to_go(&mut self) {
        self.go_to.is_asked = true;
    }

    /// Selects the cells between two corners and moves there.
    pub fn show_cells(&mut self, from: (u64, u64), to: (u64, u64)) {
        self.selection = Some([from, to]);
        self.row = ScrollPosition::at_row(from.0.saturating_sub(3));
        self.column = ScrollPosition::at_row(from.1.saturating_sub(1));
    }

    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// The first visible row, for tests.
    pub fn first_row(&self) -> u64 {
        self.row.row
    }
}

/// The table as one frame sees it.
struct Grid<'a> {
    scene: Scene<'a>,
    variable: &'a Variable,
    layout: Layout,
    rows: Scroll,
    columns: Scroll,
    /// Where the cells are, headers excepted.
    body: Rect,
    row_info: Option<Arc<AxisInfo>>,
    column_info: Option<Arc<AxisInfo>>,
    /// The rows that are shown, where not all are as they lie in the file.
    order: Option<Arc<RowOrder>>,
}

impl Grid<'_> {
    /// Where it is drawn, headers and bars included, and how wide its columns are.
    fn place(&mut self, outer: Rect, column_px: f32) {
        let least = outer.min + vec2(ROW_HEADER_PX + 20.0, HEADER_PX + 20.0);
        let start = outer.min + vec2(ROW_HEADER_PX, HEADER_PX);
        self.body = Rect::from_min_max(start, (outer.max - vec2(BAR_PX, BAR_PX)).max(least));
        let rows = match &self.order {
            Some(order) => order.rows.len() as u64,
            None => self.layout.row_count(),
        };
        self.rows = Scroll { rows, row_px: ROW_PX, view_px: self.body.height() };
        self.columns =
            Scroll { rows: self.layout.col_count(), row_px: column_px, view_px: self.body.width() };
    }

    /// The row of the file that is shown as the `row`th.
    fn stored_row(&self, row: u64) -> u64 {
        match &self.order {
            Some(order) => order.row(row).unwrap_or(u64::MAX),
            None => row,
        }
    }

    /// Where a row of the file is shown. O(rows shown).
    fn shown_row(&self, stored: u64) -> Option<u64> {
        match &self.order {
            Some(order) => order.place_of(stored),
            None => Some(stored),
        }
    }
}

fn table_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    let Some(variable) = scene.variable() else { return };
    if variable.is_null || variable.element_count() == 0 {
        ui.horizontal(|ui| axes_choice_ui(ui, scene, state));
        ui.weak(match variable.is_null {
            true => "This variable has no values (null dataspace).",
            false => "This variable has no values: one of its dimensions has length 0.",
        });
        state.table.is_current = true;
        return;
    }
    let writer = CellWriter::new(scene, settings.is_decoded, settings.number_format);
    let mut grid = grid(scene, variable, state, writer.fields().len());
    let infos = (grid.row_info.clone(), grid.column_info.clone());
    let names = Names::new(&grid.layout, &variable.name, writer.fields(), infos.0, infos.1);
    let parts = writer.to_owned_parts();
    let request = RowsRequest {
        origin: Origin { is_decoded: settings.is_decoded, ..scene.stored_origin() },
        layout: grid.layout.clone(),
        filter: state.table.rows.filter.clone(),
        sort: state.table.rows.sort,
    };
    let answer = want_rows(scene, &request, &names, parts);
    grid.order = state.table.rows.take(&(request.origin, request.layout.clone()), answer);
    if !scene.is_picture {
        ui.horizontal_wrapped(|ui| {
            axes_choice_ui(ui, scene, state);
            go_to_ui(ui, scene, &grid, state);
            find_ui(ui, &grid, &mut state.table, &request, &names, parts);
            let rows = &mut state.table.rows;
            let is_column = |name: &str| names.knows(name);
            rows.filter_ui(ui, &is_column, &names.example(), grid.layout.row_count());
        });
    }
    grid.place(ui.available_rect_before_wrap(), state.table.column_px);
    let palette = palette(ui);
    ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, palette.canvas);
    let response = ui.allocate_rect(grid.body, Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Table, true, format!("Table of {}", scene.path()))
    });
    scroll_ui(ui, &grid, &mut state.table, &response);
    let rows = grid.rows.visible(state.table.row);
    let columns = grid.columns.visible(state.table.column);
    select_ui(ui, &grid, &mut state.table, &response);
    let mut tiles = want_tiles(&grid, &state.table, rows.clone(), columns.clone());
    let is_waiting = keep_shown(&mut state.table, &mut tiles);
    let drawn = cells_ui(
        ui,
        &grid,
        &state.table,
        &tiles,
        &writer,
        (rows.clone(), columns.clone()),
        palette,
    );
    let header_px = headers_ui(ui, &grid, &mut state.table, &writer, (rows, columns), palette);
    // The only column has all the room.
    let most_px = match grid.columns.rows {
        1 => grid.body.width().max(AUTO_WIDTH_MOST_PX),
        _ => AUTO_WIDTH_MOST_PX,
    };
    widen(ui, &mut state.table, drawn.widest_px.max(header_px), most_px);
    if !scene.is_picture {
        bars_ui(ui, &grid, &mut state.table, palette);
    }
    copy_ui(ui, &grid, &mut state.table, &request, &writer);
    state.cursor.here = response.hover_pos().and_then(|at| pointed_at(&grid, &state.table, at));
    if response.double_clicked()
        && let Some((row, column)) =
            response.interact_pointer_pos().and_then(|at| cell_at(&grid, &state.table, at))
    {
        state.table.opened_cell = Some((grid.stored_row(row), column));
    }
    open_cell_ui(ui, &grid, &mut state.table, &writer);
    if let Some(reference) = hover(&grid, &state.table, &tiles, &writer, &response, readout) {
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
        if response.clicked() {
            state.jump = Some(reference);
        }
    }
    state.table.is_current = drawn.is_complete
        && !is_waiting
        && state.table.rows.is_current()
        && state.table.find.is_current();
    ui.advance_cursor_after_rect(ui.max_rect());
}

/// The element under the pointer, by its indices.
fn pointed_at(grid: &Grid<'_>, table: &TableState, at: Pos2) -> Option<Vec<u64>> {
    let (row, column) = cell_at(grid, table, at)?;
    let mut indices = grid.layout.fixed.clone();
    for (axis, index) in
        [(grid.layout.row_axis, grid.stored_row(row)), (grid.layout.col_axis, column)]
    {
        if let Some(place) = axis.and_then(|axis| indices.get_mut(axis)) {
            *place = index;
        }
    }
    Some(indices)
}

/// Puts the last cells of a place where the new ones are still being read; true where it did.
fn keep_shown(table: &mut TableState, tiles: &mut [LoadedTile]) -> bool {
    let mut is_waiting = false;
    for loaded in tiles.iter_mut() {
        let (tile, answer) = &*loaded;
        if matches!(answer, Answer::Pending(_))
            && let Some((shown, slab)) = table.shown.iter().find(|(shown, _)| begin(shown, tile))
        {
            *loaded = (shown.clone(), Answer::Ready(slab.clone()));
            is_waiting = true;
        }
    }
    let ready = tiles.iter().filter_map(|(tile, answer)| match answer {
        Answer::Ready(slab) => Some((tile.clone(), slab.clone())),
        _ => None,
    });
    table.shown = ready.collect();
    is_waiting
}

/// Both begin with the same cells; one may reach farther, where the file has grown.
fn begin(a: &Tile, b: &Tile) -> bool {
    let begins = |tile: &Tile| {
        let ranges = tile.section.ranges.iter();
        let starts: Vec<u64> = ranges.map(|range| range.start).collect();
        (tile.rows.start, tile.cols.start, starts)
    };
    begins(a) == begins(b)
}

/// Columns grow with the widest text seen, until the user chooses a width.
fn widen(ui: &Ui, table: &mut TableState, widest_px: f32, most_px: f32) {
    let wanted = (widest_px + 12.0).min(most_px);
    if !table.has_own_width && wanted > table.column_px {
        table.column_px = wanted;
        ui.ctx().request_discard("wider columns");
    }
}

fn grid<'a>(
    scene: Scene<'a>,
    variable: &'a Variable,
    state: &VariableState,
    field_count: usize,
) -> Grid<'a> {
    let shape = variable.shape();
    let text_axis = match variable.dtype {
        Dtype::Char => variable.rank().checked_sub(1),
        _ => None,
    };
    let shown = |axis: Option<usize>| axis.filter(|&axis| Some(axis) != text_axis);
    let mut row_axis = shown(state.slice.y);
    let mut col_axis = shown(state.slice.x);
    if row_axis.is_none() {
        // One axis only: down the page, as lists run.
        std::mem::swap(&mut row_axis, &mut col_axis);
    }
    let fixed = shape.iter().enumerate().map(|(axis, &len)| state.slice.index(axis, len)).collect();
    let fields = (field_count > 0).then_some(field_count as u64);
    let layout = Layout { shape, row_axis, col_axis, fixed, text_axis, fields };
    let info = |axis: Option<usize>| axis.and_then(|axis| want_axis(scene, axis, state).ready());
    let empty = |rows| Scroll { rows, row_px: ROW_PX, view_px: 0.0 };
    Grid {
        scene,
        variable,
        rows: empty(layout.row_count()),
        columns: empty(layout.col_count()),
        body: Rect::NOTHING,
        row_info: info(layout.row_axis),
        column_info: info(layout.col_axis),
        order: None,
        layout,
    }
}

/// Tells what the pointer is on; where that is a reference, it is returned.
fn hover(
    grid: &Grid<'_>,
    table: &TableState,
    tiles: &[LoadedTile],
    writer: &CellWriter<'_>,
    response: &Response,
    readout: &mut Readout,
) -> Option<Reference> {
    let (row, column) = response.hover_pos().and_then(|at| cell_at(grid, table, at))?;
    let mut reference = None;
    let value = match found(grid, tiles, grid.stored_row(row), column) {
        Found::Value(slab, index) if index < slab.readable => {
            reference = writer.reference(&slab.values, index, column).cloned();
            let path = writer.full_cell(&slab.values, index, column);
            match slab.contents.as_ref().and_then(|contents| contents.get(index)) {
                Some(contents) => format!("{contents}    {path}"),
                None => path,
            }
        }
        Found::Value(slab, _) => slab.damage.as_ref().map(ToString::to_string).unwrap_or_default(),
        Found::Error(error) => error.to_string(),
        Found::Nothing => return None,
    };
    let mut parts = vec![value];
    for (info, index) in [(&grid.row_info, grid.stored_row(row)), (&grid.column_info, column)] {
        if let Some(info) = info {
            parts.push(info.full_label_in(grid.scene, index));
        }
    }
    readout.text = parts.join("    ");
    reference
}

fn options_ui(ui: &mut Ui, _: Scene<'_>, state: &mut VariableState, settings: &mut Settings) {
    ui.label("Numbers");
    let format = &mut settings.number_format;
    ui.selectable_value(format, NumberFormat::Auto, "Automatic");
    let digits = match *format {
        NumberFormat::Significant(n) | NumberFormat::Fixed(n) | NumberFormat::Scientific(n) => n,
        _ => 3,
    };
    ui.selectable_value(format, NumberFormat::Significant(digits), "Significant digits");
    ui.selectable_value(format, NumberFormat::Fixed(digits), "Decimals");
    ui.selectable_value(format, NumberFormat::Scientific(digits), "Scientific");
    ui.selectable_value(format, NumberFormat::Hex, "Hexadecimal integers");
    if let NumberFormat::Significant(n) | NumberFormat::Fixed(n) | NumberFormat::Scientific(n) =
        format
    {
        ui.add(egui::Slider::new(n, 0..=17).text("digits"));
    }
    ui.add_space(8.0);
    // A single column may be wider than the slider goes, and stays so.
    let mut column_px = state.table.column_px;
    let slider = egui::Slider::new(&mut column_px, 40.0..=400.0).text("width").show_value(false);
    if ui.add(slider).changed() {
        state.table.column_px = column_px;
        state.table.has_own_width = true;
    }
    ui.add_space(8.0);
    ui.weak("Ctrl+C copies the selection\nCtrl+G goes to an index or coordinate\nCtrl+arrows jump to the ends\nDouble-click opens a cell");
}
