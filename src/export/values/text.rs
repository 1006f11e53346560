//! Values as text to look at: a line for each row of the last axis, aligned; from three axes on,
//! a heading for each plane. A vector is a column.

use std::borrow::Cow;
use std::io::Write;

use hyperslab_core::Range;

use super::cells::Texts;
use super::{Result, Wanted};
use crate::export::escape::escaped;

pub(super) fn write(wanted: &Wanted<'_>, out: &mut dyn Write) -> Result {
    let cells = wanted.cells();
    let shape = cells.shape(wanted.slice.shape());
    let (columns, plane) = match *shape.as_slice() {
        [] | [_] => (1, None),
        [_, columns] => (columns, None),
        [.., rows, columns] => (columns, Some(rows.saturating_mul(columns))),
    };
    let mut done = 0u64;
    let (mut texts, mut width) = (Texts::default(), 0);
    wanted.for_each_block(|_, stored| {
        cells.fill(&mut texts, &stored, "_");
        let lengths = texts.iter().map(|text| on_one_line(text).chars().count());
        width = lengths.fold(width, usize::max);
        for text in texts.iter().map(on_one_line) {
            if plane.is_some_and(|plane| done.is_multiple_of(plane)) {
                let between = if done == 0 { "" } else { "\n" };
                writeln!(out, "{between}# {}", heading(wanted, done, shape.len()))?;
            }
            done += 1;
            match (columns, cells.is_text(), done.is_multiple_of(columns)) {
                (1, ..) | (_, true, true) => writeln!(out, "{text}")?,
                (_, true, false) => write!(out, "{text:<width$}  ")?,
                (_, false, true) => writeln!(out, "{text:>width$}")?,
                (_, false, false) => write!(out, "{text:>width$}  ")?,
            }
        }
        Ok(())
    })
}

/// A line feed in a text would look like the next row.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) { escaped(text).into() } else { text.into() }
}

/// The slice that selects the plane in which cell `done` lies.
fn heading(wanted: &Wanted<'_>, done: u64, cell_rank: usize) -> String {
    let mut slice = wanted.slice.clone();
    let axes: Vec<usize> = wanted.kept().take(cell_rank).collect();
    let mut rest = done;
    for (k, &axis) in axes.iter().enumerate().rev() {
        let Some(range) = slice.section.ranges.get_mut(axis) else { continue };
        let index = range.index(rest % range.count.max(1));
        rest /= range.count.max(1);
        if k + 2 < axes.len() {
            *range = Range::one(index);
            slice.kept[axis] = false;
        }
    }
    slice.print(&wanted.variable.shape())
}
