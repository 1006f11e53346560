//! `hyperslab stats`: decoded values in a few numbers, read by all cores.

use std::io::Write;

use hyperslab_core::array::Number;
use hyperslab_core::{ReadError, Result, Variable, VariableId};
use serde::{Serialize, Serializer};

use super::args::StatsArgs;
use super::failure::{Failure, Outcome, Unreadable};
use super::opened::{Opened, Place};
use super::output::Output;
use super::parallel;
use crate::cf::{CfDataset, Packing, decode_owned, values};
use crate::export::json::JsonNumber;
use crate::prep::blocks::{Blocks, Order};
use crate::prep::slice::Slice;
use crate::prep::stats::Stats;

/// Small enough that a block stays in the cache of the core that reads it.
const BLOCK_BYTES: u64 = 1 << 20;

pub fn run(args: &StatsArgs) -> Outcome {
    let (opened, inside) =
        Opened::open_at(&args.file, &args.options, args.path.as_deref().unwrap_or("/"))?;
    let meaning = CfDataset::of(&opened.dataset);
    let mut jobs = Jobs { opened: &opened, meaning, jobs: Vec::new() };
    let place = opened.find_behind(&inside)?;
    match place {
        Place::Variable(id) => jobs.push_one(id, args.slice.as_deref())?,
        Place::Group(_) if args.slice.is_some() => {
            return Err(Failure::usage(&opened.name, "a slice is of one variable, not of a group"));
        }
        Place::Group(_) => jobs.push_all(place)?,
        Place::Type(..) | Place::Link(..) => {
            let what = format!("{inside} is neither a variable nor a group");
            return Err(opened.failure(ReadError::request(what)));
        }
    }
    let mut out = Output::stdout();
    let written = match args.json {
        true => write_json(&jobs, &mut out),
        false => write_text(&jobs, &mut out),
    };
    let bad = written.map_err(|failure| out.named(failure))?;
    out.finish()?;
    bad.result()
}

/// What is known of one variable, or why it is not.
#[derive(Serialize)]
struct Row {
    path: String,
    count: u64,
    missing: u64,
    #[serde(serialize_with = "number_or_null")]
    min: Option<Number>,
    #[serde(serialize_with = "number_or_null")]
    max: Option<Number>,
    mean: Option<f64>,
    std: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn write_json(jobs: &Jobs<'_>, out: &mut Output) -> Outcome<Unreadable> {
    let mut between: &[u8] = b"[";
    let bad = jobs.run(|row| {
        out.write_all(std::mem::replace(&mut between, b",\n"))?;
        Ok(serde_json::to_writer(&mut *out, &row)?)
    })?;
    out.write_all(if between == b"[" { b"[]\n" } else { b"]\n" })?;
    Ok(bad)
}

fn write_text(jobs: &Jobs<'_>, out: &mut Output) -> Outcome<Unreadable> {
    let heads = ["path", "count", "missing", "min", "max", "mean", "std"];
    let mut table = vec![heads.map(str::to_owned)];
    let bad = jobs.run(|row| {
        table.push(row.cells());
        Ok(())
    })?;
    let mut widths = [0; 7];
    for row in &table {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in &table {
        let [path, numbers @ ..] = row;
        write!(out, "{path:width$}", width = widths[0])?;
        for (cell, width) in numbers.iter().zip(&widths[1..]) {
            write!(out, "  {cell:>width$}")?;
        }
        writeln!(out)?;
    }
    Ok(bad)
}

impl Row {
    fn cells(&self) -> [String; 7] {
        let dash = || "-".to_owned();
        let number = |number: Option<Number>| number.map_or_else(dash, values::text_of);
        let float = |number: Option<f64>| number.map_or_else(dash, values::number_text);
        let (count, missing) = match self.error {
            Some(_) => (dash(), dash()),
            None => (self.count.to_string(), self.missing.to_string()),
        };
        let (min, max) = (number(self.min), number(self.max));
        [self.path.clone(), count, missing, min, max, float(self.mean), float(self.std)]
    }
}

/// The variables to be read, and the blocks of all of them in one numbering: many small
/// variables keep the cores as busy as a large one.
struct Jobs<'a> {
    opened: &'a Opened,
    meaning: CfDataset,
    jobs: Vec<Job>,
}

struct Job {
    id: VariableId,
    packing: Packing,
    blocks: Blocks,
    /// Blocks of this job and all before it.
    end: u64,
}

impl Jobs<'_> {
    fn push_one(&mut self, id: VariableId, slice: Option<&str>) -> Outcome {
        let Some(variable) = self.opened.dataset.variable(id) else { return Ok(()) };
        if !variable.dtype.is_numeric() || variable.is_null {
            let (path, dtype) = (self.opened.dataset.variable_path(id), &variable.dtype);
            let what = match variable.is_null {
                true => format!("{path} has no values: its dataspace is null"),
                false => format!("{path} holds {}, not numbers", dtype.plain_name()),
            };
            return Err(Failure::usage(&self.opened.name, what));
        }
        self.push(id, variable, &self.opened.slice(variable, slice)?)
    }

    /// The numeric variables in a group.
    fn push_all(&mut self, group: Place) -> Outcome {
        for (_, place) in self.opened.nodes(group) {
            let Place::Variable(id) = place else { continue };
            let variable = self.opened.dataset.variable(id);
            let has_numbers = |v: &&Variable| v.dtype.is_numeric() && !v.is_null;
            if let Some(variable) = variable.filter(has_numbers) {
                self.push(id, variable, &Slice::all(&variable.shape()))?;
            }
        }
        Ok(())
    }

    fn push(&mut self, id: VariableId, variable: &Variable, slice: &Slice) -> Outcome {
        let fills = self.opened.fills();
        let cf = self.meaning.variable(&self.opened.dataset, id);
        let packing = cf.map_or_else(|| Packing::of(variable, fills), |cf| cf.packing(fills));
        let blocks = Blocks::new(variable, &slice.section, Order::Any, BLOCK_BYTES)?;
        let end = self.end().saturating_add(blocks.count());
        self.jobs.push(Job { id, packing, blocks, end });
        Ok(())
    }

    fn end(&self) -> u64 {
        self.jobs.last().map_or(0, |job| job.end)
    }

    /// Calls `each` with the variables in order.
    fn run(&self, mut each: impl FnMut(Row) -> Outcome) -> Outcome<Unreadable> {
        let mut bad = Unreadable::default();
        let mut so_far = Ok(Stats::default());
        let mut done = 0;
        parallel::in_order(
            self.end(),
            |k| self.read_block(k),
            |k, part| {
                while let Some(job) = self.jobs.get(done).filter(|job| job.end <= k) {
                    let stats = std::mem::replace(&mut so_far, Ok(Stats::default()));
                    each(self.row(job, stats, &mut bad))?;
                    done += 1;
                }
                match (&mut so_far, part) {
                    (Ok(stats), Ok(part)) => stats.merge(&part),
                    (so_far @ Ok(_), Err(error)) => *so_far = Err(error),
                    (Err(_), _) => {}
                }
                Ok(())
            },
        )?;
        for job in self.jobs.iter().skip(done) {
            let stats = std::mem::replace(&mut so_far, Ok(Stats::default()));
            each(self.row(job, stats, &mut bad))?;
        }
        Ok(bad)
    }

    fn read_block(&self, k: u64) -> Result<Stats> {
        let at = self.jobs.partition_point(|job| job.end <= k);
        let Some(job) = self.jobs.get(at) else { return Ok(Stats::default()) };
        let begin = job.end - job.blocks.count();
        let stored = self.opened.read(job.id, &job.blocks.get(k - begin))?;
        Ok(Stats::of(&decode_owned(stored, &job.packing).array.values))
    }

    fn row(&self, job: &Job, stats: Result<Stats, ReadError>, bad: &mut Unreadable) -> Row {
        let (stats, error) = match stats {
            Ok(stats) => (stats, None),
            Err(error) => {
                let what = error.what();
                bad.add(error.in_file(&self.opened.name));
                (Stats::default(), Some(what))
            }
        };
        Row {
            path: self.opened.dataset.variable_path(job.id),
            count: stats.count(),
            missing: stats.missing(),
            min: stats.min(),
            max: stats.max(),
            mean: stats.mean(),
            std: stats.std(),
            error,
        }
    }
}

fn number_or_null<S: Serializer>(number: &Option<Number>, to: S) -> Result<S::Ok, S::Error> {
    number.map(JsonNumber).serialize(to)
}
