//! Chunks: each that the section touches is looked up, read and decoded once.

use std::sync::Arc;

use hyperslab_core::chunks::axis_part;
use hyperslab_core::{ErrorKind, Limits, Range, ReadContext, ReadError, Result, Section};

use super::contiguous::{self, Run};
use super::copy::{self, CopyAxis};
use super::target::axes;
use super::{Placement, Target, Worker, for_each};
use crate::chunk_index::{ChunkIndex, Grid, Place};
use crate::file::File;
use crate::pipeline::Pipeline;

/// Reading fewer elements than this from chunks without filters is not worth a second thread.
const LEAST_SHARED_BYTES: u64 = 2 << 20;
/// So many chunks are looked up between two looks at the cancel flag.
const LOOKUPS: usize = 4096;

/// A chunk of so many bytes is decoded however few of them are wanted.
const MOST_CHUNK_BYTES: u64 = 1 << 30;

/// A chunked dataset, and how its bytes are to be understood.
pub struct Chunks<'a> {
    pub file: &'a File,
    pub shape: &'a [u64],
    pub grid: &'a Grid,
    pub index: &'a ChunkIndex,
    pub pipeline: &'a Pipeline,
    pub edges_are_unfiltered: bool,
    /// One element as stored, where it is not all zeros.
    pub fill: Option<&'a [u8]>,
    pub is_swapped: bool,
}

/// A chunk that is read: where it is stored, and which one it is.
struct Job {
    place: Place,
    /// Its number in C order in the box of chunks that the section touches.
    number: u64,
}

/// The chunks a section touches: along each axis a run of them, or, when the stride is longer
/// than a chunk, one for each index.
struct Touched<'a> {
    axes: Vec<TouchedAxis<'a>>,
}

struct TouchedAxis<'a> {
    range: &'a Range,
    chunk: u64,
    count: u64,
}

impl TouchedAxis<'_> {
    /// The chunk that is the `k`-th to be touched.
    fn scaled(&self, k: u64) -> u64 {
        if self.range.stride < self.chunk {
            self.range.start / self.chunk + k
        } else {
            self.range.index(k) / self.chunk
        }
    }

    /// Which one chunk `scaled` is of those that are touched.
    fn position(&self, scaled: u64) -> Option<u64> {
        let (_, target) = axis_part(scaled, self.chunk, self.range);
        if target.count == 0 {
            return None;
        }
        let first = self.range.start / self.chunk;
        Some(if self.range.stride < self.chunk { scaled - first } else { target.start })
    }
}

impl<'a> Touched<'a> {
    fn new(section: &'a Section, chunk: &[u64]) -> Self {
        let axis = |(range, &chunk): (&'a Range, &u64)| {
            let first = range.start / chunk;
            let last = range.end().saturating_sub(1) / chunk;
            let count = if range.stride < chunk { last - first + 1 } else { range.count };
            TouchedAxis { range, chunk, count }
        };
        Self { axes: section.ranges.iter().zip(chunk).map(axis).collect() }
    }

    /// Saturates.
    fn count(&self) -> u64 {
        self.axes.iter().fold(1, |n: u64, axis| n.saturating_mul(axis.count))
    }

    /// The position in the grid of the chunk of this number.
    fn scaled(&self, number: u64, scaled: &mut Vec<u64>) {
        scaled.clear();
        scaled.resize(self.axes.len(), 0);
        let mut rest = number;
        for (slot, axis) in scaled.iter_mut().zip(&self.axes).rev() {
            *slot = axis.scaled(rest % axis.count);
            rest /= axis.count;
        }
    }

    fn number(&self, scaled: &[u64]) -> Option<u64> {
        self.axes.iter().zip(scaled).try_fold(0u64, |number, (axis, &k)| {
            Some(number.saturating_mul(axis.count).saturating_add(axis.position(k)?))
        })
    }
}

impl Chunks<'_> {
    /// Reads a section, which is not empty and lies in the shape, to where `placement` says.
    ///
    /// # Errors
    /// Whatever is wrong with index or chunks, with the offset of the chunk.
    pub fn read(
        &self,
        section: &Section,
        placement: &Placement,
        target: &Target,
        cx: &ReadContext,
    ) -> Result<()> {
        let touched = Touched::new(section, &self.grid.chunk);
        let jobs = self.jobs(&touched, cx)?;
        let wanted = section.element_count().saturating_mul(target.element as u64);
        let missing = touched.count().saturating_sub(jobs.len() as u64);
        if missing > 0
            && let Some(fill) = self.fill
        {
            target.fill(fill, placement, &section.shape(), self.is_swapped)?;
        }
        if missing > 0 {
            let share = missing as f64 / touched.count() as f64;
            cx.advance((wanted as f64 * share) as u64)?;
        }
        let is_shared = !self.pipeline.is_empty() || wanted >= LEAST_SHARED_BYTES;
        for_each(jobs.len(), is_shared, |k, worker| {
            let Some(job) = jobs.get(k) else { return Ok(()) };
            self.chunk(job, &touched, section, placement, target, worker, cx).map_err(|error| {
                match error.kind() {
                    ErrorKind::Cancelled | ErrorKind::Changed => error,
                    _ => error.at(self.file.at(job.place.address)),
                }
            })
        })
    }

    /// Those of the touched chunks that are there, in the order in which they lie in the file.
    fn jobs(&self, touched: &Touched, cx: &ReadContext) -> Result<Vec<Job>> {
        let mut jobs = Vec::new();
        let mut scaled = Vec::new();
        let count = touched.count();
        match self.index {
            ChunkIndex::Empty => return Ok(jobs),
            index => match index.listed() {
                // Fewer chunks than are touched: it is quicker to ask which of them are.
                Some(tree) if (tree.len() as u64) < count => {
                    tree.visit(&mut scaled, |scaled, place| {
                        if let Some(number) = touched.number(scaled) {
                            jobs.push(Job { place, number });
                        }
                        Ok(())
                    })?;
                }
                _ => {
                    for number in 0..count {
                        if number.is_multiple_of(LOOKUPS as u64) {
                            cx.check()?;
                        }
                        touched.scaled(number, &mut scaled);
                        if let Some(place) = index.get(&scaled, self.file, cx)? {
                            jobs.push(Job { place, number });
                        }
                    }
                }
            },
        }
        jobs.sort_unstable_by_key(|job| job.place.address);
        Ok(jobs)
    }

    #[allow(clippy::too_many_arguments)]
    fn chunk(
        &self,
        job: &Job,
        touched: &Touched,
        section: &Section,
        placement: &Placement,
        target: &Target,
        worker: &mut Worker,
        cx: &ReadContext,
    ) -> Result<()> {
        cx.check()?;
        let mut scaled = Vec::with_capacity(self.shape.len());
        touched.scaled(job.number, &mut scaled);
        let parts = scaled.iter().zip(&self.grid.chunk).zip(&section.ranges);
        let (within, places): (Vec<Range>, Vec<Range>) =
            parts.map(|((&k, &chunk), range)| axis_part(k, chunk, range)).unzip();
        let part = Placement {
            first: placement.part(places.iter().map(|range| range.start)),
            steps: placement.steps.clone(),
        };
        let whole_bytes = self.grid.chunk_bytes;
        if self.is_stored_as_is(&scaled) {
            if job.place.bytes < whole_bytes {
                return Err(ReadError::malformed(format!(
                    "a chunk of {whole_bytes} bytes is stored as {}",
                    job.place.bytes
                )));
            }
            let run = Run::File { file: self.file, address: job.place.address };
            let (shape, swapped) = (&self.grid.chunk, self.is_swapped);
            return contiguous::read(&run, shape, &within, &part, target, swapped, false, cx);
        }
        let (from, axes) = axes(&self.grid.chunk, &within, target.element, &part.steps)
            .ok_or_else(|| ReadError::malformed("a chunk larger than memory"))?;
        let copy = |bytes: &[u8]| {
            target.copy(bytes, from, part.first, &axes, self.is_swapped)?;
            let count = within.iter().fold(1, |n, range| n * range.count);
            cx.advance(count.saturating_mul(target.element as u64))
        };
        let key = (self.file.number(), job.place.address);
        if let Some(decoded) = cx.chunk_cache.get(key)
            && decoded.len() as u64 == whole_bytes
        {
            return copy(&decoded);
        }
        let expected = self.expected(&job.place, cx)?;
        if self.is_dense(&within, &axes, target.element)
            && let Some(done) = target.stripe(part.first, expected, |bytes| {
                self.decode(&job.place, worker, bytes, cx)?;
                if self.is_swapped {
                    copy::swap(bytes, target.element);
                }
                cx.advance(bytes.len() as u64)
            })
        {
            return done;
        }
        // Memory that is used again costs less than fresh pages for each chunk.
        if self.is_whole(&within, &scaled) || !cx.chunk_cache.keeps(expected) {
            let mut decoded = std::mem::take(&mut worker.decoded);
            if decoded.capacity() < expected {
                // Zeros from the system, not written before they are overwritten.
                decoded = vec![0; expected];
            }
            decoded.resize(expected, 0);
            self.decode(&job.place, worker, &mut decoded, cx)?;
            copy(&decoded)?;
            worker.decoded = decoded;
            return Ok(());
        }
        let mut decoded = vec![0; expected];
        self.decode(&job.place, worker, &mut decoded, cx)?;
        copy(&decoded)?;
        cx.chunk_cache.insert(key, Arc::new(decoded));
        Ok(())
    }

    /// Bytes of a chunk once its filters are undone. It may be larger than all that is asked
    /// for.
    fn expected(&self, place: &Place, cx: &ReadContext) -> Result<usize> {
        self.pipeline.check_growth(place.bytes, place.mask, self.grid.chunk_bytes)?;
        chunk_limits(cx).claim_array(self.grid.chunk_bytes, 1)
    }

    fn decode(
        &self,
        place: &Place,
        worker: &mut Worker,
        decoded: &mut [u8],
        cx: &ReadContext,
    ) -> Result<()> {
        let (stored, held) = (place.bytes, self.file.source().len());
        if stored > held {
            return Err(ReadError::malformed(format!(
                "a chunk of {stored} stored bytes in a file of {held}"
            )));
        }
        let cx = &cx.clone().with_limits(chunk_limits(cx));
        let len = cx.limits.claim_array(stored, 1)?;
        let Worker { stored: buffer, scratch, largest, .. } = worker;
        *largest = decoded.len().max(len).max(*largest);
        if buffer.len() < len {
            *buffer = vec![0; len];
        }
        let stored = buffer.get_mut(..len).unwrap_or_default();
        self.file.read_into(place.address, stored, cx)?;
        self.pipeline.decode_to(stored, place.mask, decoded, scratch, cx)
    }

    /// All of the chunk is wanted, and lies in the target as it does in the chunk.
    fn is_dense(&self, within: &[Range], axes: &[CopyAxis], element: usize) -> bool {
        within.iter().zip(&self.grid.chunk).all(|(range, &chunk)| range.count == chunk)
            && match axes {
                [] => true,
                [row] => row.from == element && row.to == element,
                _ => false,
            }
    }

    fn is_stored_as_is(&self, scaled: &[u64]) -> bool {
        self.pipeline.is_empty()
            || (self.edges_are_unfiltered
                && scaled
                    .iter()
                    .zip(&self.grid.chunk)
                    .zip(self.shape)
                    .any(|((&k, &chunk), &len)| k.saturating_add(1).saturating_mul(chunk) > len))
    }

    /// Everything of the chunk that lies in the dataset is wanted.
    fn is_whole(&self, within: &[Range], scaled: &[u64]) -> bool {
        let lens = scaled.iter().zip(&self.grid.chunk).zip(self.shape);
        within.iter().zip(lens).all(|(range, ((&k, &chunk), &len))| {
            range.count >= chunk.min(len.saturating_sub(k.saturating_mul(chunk)))
        })
    }
}

fn chunk_limits(cx: &ReadContext) -> Limits {
    Limits { array_bytes: cx.limits.array_bytes.max(MOST_CHUNK_BYTES), ..cx.limits }
}
