//! A double click on a cell opens all that it holds beside the table.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::{Grid, TableState};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_content::{LINES_MAX, Line, content};
use crate::prep::table::NumberFormat;
use crate::prep::tiles::Tile;
use crate::views::cell::CellWriter;
use crate::views::data;
use crate::views::{Origin, pending_ui};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ContentRequest {
    origin: Origin,
    tile: Tile,
    format: NumberFormat,
}

struct Content {
    lines: Vec<Line>,
    count: usize,
}

impl Weigh for Content {
    fn bytes(&self) -> usize {
        self.lines.iter().map(|line| line.text.len() + line.name.len() + 48).sum()
    }
}

impl Request for ContentRequest {
    type Output = Content;

    fn describe(&self) -> String {
        "reading a cell".into()
    }
}

/// The window of the cell that was opened, by its row in the file and its column.
pub(super) fn open_cell_ui(
    ui: &Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    writer: &CellWriter<'_>,
) {
    let Some((row, column)) = table.opened_cell else { return };
    let Some(tile) = grid.layout.tile(row..row + 1, column..column + 1) else {
        table.opened_cell = None;
        return;
    };
    let request =
        ContentRequest { origin: grid.scene.origin(false), tile, format: writer.format() };
    let (opened, job, layout) = (grid.scene.opened.clone(), request.clone(), grid.layout.clone());
    let parts = writer.to_owned_parts();
    let answer = grid.scene.engine.want(&request, Priority::Visible, move |cx| {
        let array = data::read_undamaged(&opened, job.origin, &job.tile.section, cx)?;
        let writer = parts.writer(&opened);
        let dtype = opened.dataset.variable(job.origin.variable).map(|variable| &variable.dtype);
        let index = layout.index_in(&job.tile, row, column).unwrap_or(0);
        let field = usize::try_from(column).ok().and_then(|at| writer.fields().get(at));
        let (lines, count) = match writer.is_text(column) || field.is_some() {
            true => content(&array.values, index, dtype, field, job.format),
            // As people read it: a date, a class, a value with its unit.
            false => {
                let text = writer.full_cell(&array.values, index, column);
                (vec![Line { name: String::new(), text }], 1)
            }
        };
        Ok(Content { lines, count })
    });
    let name = grid.scene.variable().map_or("", |variable| variable.name.as_str());
    let field = usize::try_from(column).ok().and_then(|at| writer.fields().get(at));
    let place = match (field, grid.layout.col_axis) {
        (Some(field), _) => format!("{name}, {}, row {row}", field.name),
        (None, Some(_)) => format!("{name}, row {row}, column {column}"),
        (None, None) => format!("{name}, row {row}"),
    };
    let mut is_open = true;
    let window = egui::Window::new(place)
        .id(ui.scope_id().with("opened cell"))
        .open(&mut is_open)
        .collapsible(false)
        .default_width(360.0)
        .default_pos(grid.body.center());
    window.show(ui.ctx(), |ui| match answer {
        Answer::Pending(progress) => pending_ui(ui, &progress),
        Answer::Failed(error) => _ = ui.label(error.to_string()),
        Answer::Ready(content) => content_ui(ui, &content),
    });
    if !is_open || ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        table.opened_cell = None;
    }
}

fn content_ui(ui: &mut Ui, content: &Arc<Content>) {
    if content.lines.is_empty() {
        ui.weak("empty");
        return;
    }
    let height = ui.text_style_height(&egui::TextStyle::Body);
    let scroll = egui::ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]);
    if let [Line { name, text }] = content.lines.as_slice()
        && name.is_empty()
    {
        scroll.show(ui, |ui| ui.add(egui::Label::new(text).wrap().selectable(true)));
    } else {
        scroll.show_rows(ui, height, content.lines.len(), |ui, rows| {
            for line in content.lines.get(rows).unwrap_or_default() {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(&line.name).weak());
                    ui.add(egui::Label::new(&line.text).truncate().selectable(true));
                });
            }
        });
    }
    ui.horizontal(|ui| {
        if content.count > LINES_MAX {
            ui.weak(format!("the first {LINES_MAX} of {}", content.count));
        }
        if ui.button("Copy").clicked() {
            let texts: Vec<&str> = content.lines.iter().map(|line| line.text.as_str()).collect();
            ui.ctx().copy_text(texts.join("\n"));
        }
    });
}
