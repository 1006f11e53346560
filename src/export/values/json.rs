//! Values as nested lists; the last axis of chars is a string, what is missing is null.

use std::io::Write;

use hyperslab_core::Array;
use serde::Serialize;

use super::{Result, Wanted};
use crate::export::json::{JsonDtype, JsonNumber, Values};

pub(super) fn write(wanted: &Wanted<'_>, out: &mut dyn Write) -> Result {
    let shape = wanted.slice.shape();
    let axes = wanted.kept().filter_map(|axis| wanted.variable.axes.get(axis));
    let dims: Vec<_> = axes.map(|axis| wanted.dataset.dimension_name(axis)).collect();
    entry(out, "{\"path\":", &wanted.path())?;
    match wanted.decoder.is_time() {
        true => entry(out, ",\"dtype\":", "str")?,
        false => entry(out, ",\"dtype\":", &JsonDtype(wanted.decoder.dtype()))?,
    }
    entry(out, ",\"shape\":", &Some(&shape).filter(|_| !wanted.variable.is_null))?;
    entry(out, ",\"dims\":", &dims)?;
    out.write_all(b",\n\"values\":")?;
    write_values(wanted, &shape, out)?;
    Ok(out.write_all(b"}\n")?)
}

fn entry(out: &mut dyn Write, key: &str, value: &(impl Serialize + ?Sized)) -> Result {
    out.write_all(key.as_bytes())?;
    Ok(serde_json::to_writer(out, value)?)
}

fn write_values(wanted: &Wanted<'_>, shape: &[u64], out: &mut dyn Write) -> Result {
    if wanted.variable.is_null {
        return Ok(out.write_all(b"null")?);
    }
    let string_rank = usize::from(wanted.string_len().is_some());
    let (lists, cell_shape) = shape.split_at(shape.len() - string_rank);
    if let Some(depth) = lists.iter().position(|&len| len == 0) {
        return write_empty(&lists[..depth], out);
    }
    let mut brackets = Brackets::new(lists);
    let cells = wanted.cells();
    let cell_len = cell_shape.iter().product::<u64>() as usize;
    wanted.for_each_block(|_, stored| {
        for k in 0..cells.count(&stored) {
            brackets.open(out)?;
            write_cell(wanted, &stored, cell_shape, k * cell_len, out)?;
            brackets.close(out)?;
        }
        Ok(())
    })
}

/// Lists in which there are only empty ones.
fn write_empty(lists: &[u64], out: &mut dyn Write) -> Result {
    let mut brackets = Brackets::new(lists);
    for _ in 0..lists.iter().fold(1, |n: u64, &len| n.saturating_mul(len)) {
        brackets.open(out)?;
        out.write_all(b"[]")?;
        brackets.close(out)?;
    }
    Ok(())
}

fn write_cell(
    wanted: &Wanted<'_>,
    stored: &Array,
    cell_shape: &[u64],
    first: usize,
    out: &mut dyn Write,
) -> Result {
    let Some(number) = stored.values.number(first) else {
        let dtype = &wanted.variable.dtype;
        let cell = Values { dtype, buffer: &stored.values, shape: cell_shape, first };
        return Ok(serde_json::to_writer(out, &cell)?);
    };
    match wanted.decoder.number(number) {
        None => out.write_all(b"null")?,
        Some(number) => match wanted.decoder.date(number) {
            Some(date) => serde_json::to_writer(out, &date)?,
            None => serde_json::to_writer(out, &JsonNumber(number))?,
        },
    }
    Ok(())
}

/// The brackets and commas around values that come one by one.
struct Brackets {
    /// Values in a list of each depth, the outermost first.
    sizes: Vec<u64>,
    done: u64,
}

impl Brackets {
    fn new(lists: &[u64]) -> Self {
        let mut sizes: Vec<u64> = Vec::with_capacity(lists.len());
        for &len in lists.iter().rev() {
            sizes.push(sizes.last().map_or(len, |&inner| inner.saturating_mul(len)));
        }
        sizes.reverse();
        Self { sizes, done: 0 }
    }

    /// How many lists begin or end at the next value.
    fn at_edge(&self) -> usize {
        self.sizes.iter().filter(|&&size| self.done.is_multiple_of(size)).count()
    }

    fn open(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        let opening = self.at_edge();
        match (self.done, opening) {
            (0, _) => {}
            (_, 0) => out.write_all(b",")?,
            // A row a line.
            _ => out.write_all(b",\n")?,
        }
        (0..opening).try_for_each(|_| out.write_all(b"["))
    }

    fn close(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        self.done += 1;
        (0..self.at_edge()).try_for_each(|_| out.write_all(b"]"))
    }
}
