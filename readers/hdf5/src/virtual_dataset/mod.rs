//! Virtual datasets: elements that are those of other datasets, most often in other files
//! (HDF5 File Format Specification 4.0, III.F, and "RFC: HDF5 Virtual Dataset").
//!
//! Where a source is missing the virtual dataset's own fill value stands. A mapping without
//! limits follows its source as it grows, or goes through numbered sources (`%b`) as long as
//! there are any; the dataset is as long as the longest of them (`H5D_VDS_LAST_AVAILABLE`).

mod axes;
mod mapping;
mod pieces;
mod runs;
mod sources;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hyperslab_core::{Array, Buffer, ErrorKind, Range, ReadContext, ReadError, Result, Section};

use self::axes::AxisRun;
use self::mapping::{Mapping, Role};
use self::pieces::Piece;
pub use self::sources::SourceFiles;
use self::sources::{NoPaths, Source};
use crate::datatype::Plain;
use crate::file::File;
use crate::read::copy::{CopyAxis, rows};
use crate::read::values::{Fetch, numbers, put_numbers};
use crate::read::{Placement, Target, for_each};
use crate::selection::{Hyperslab, Selection};

/// The most pieces of sources one read puts together, those of sources that are virtual
/// themselves included.
const MOST_PIECES: u64 = 10_000_000;
/// So many missing sources are named in a note.
const NAMED: usize = 3;

pub struct VirtualDataset {
    mappings: Vec<Mapping>,
    sources: Arc<SourceFiles>,
    missing: Mutex<BTreeSet<String>>,
}

/// How much one read has put together so far.
#[derive(Default)]
pub struct Budget(AtomicU64);

impl Budget {
    fn spend(&self, pieces: u64) -> Result<()> {
        if self.0.fetch_add(pieces, Ordering::Relaxed) <= MOST_PIECES {
            return Ok(());
        }
        let message = format!("more than {MOST_PIECES} pieces of virtual datasets in one read");
        Err(ReadError::new(ErrorKind::Limit, message))
    }
}

/// A mapping, or one block of a mapping to numbered sources, without anything unlimited.
struct Resolved<'a> {
    /// Number of the source.
    number: u64,
    target: Concrete<'a>,
    source: Concrete<'a>,
}

/// A selection without limits left open.
enum Concrete<'a> {
    Regular(Vec<AxisRun>),
    Other(&'a Selection),
}

impl VirtualDataset {
    /// Reads the mappings, which are an object of the global heap.
    pub fn open(
        file: &File,
        collection: u64,
        index: u32,
        sources: Arc<SourceFiles>,
        cx: &ReadContext,
    ) -> Result<Self> {
        let block = file.heap_object(collection, index, cx)?;
        let mappings = mapping::parse(&block, file.at(collection), file)
            .map_err(|error| error.at(file.at(collection)))?;
        Ok(Self { mappings, sources, missing: Mutex::default() })
    }

    /// Nothing is mapped.
    pub fn empty(sources: Arc<SourceFiles>) -> Self {
        Self { mappings: Vec::new(), sources, missing: Mutex::default() }
    }

    /// The shape, where `stored` is what the dataspace says: axes that grow with their sources
    /// are as long as these make them, and no shorter than other mappings need.
    pub fn shape(&self, stored: &[u64], file: &File, cx: &ReadContext) -> Result<Vec<u64>> {
        let mut shape = stored.to_vec();
        let mut grown: Vec<Option<u64>> = vec![None; stored.len()];
        for mapping in &self.mappings {
            cx.check()?;
            let Some(axis) = mapping.growing() else { continue };
            let end = self.end(mapping, axis, file, cx)?;
            if let Some(longest) = grown.get_mut(axis) {
                *longest = Some(longest.unwrap_or(0).max(end));
            }
        }
        for (axis, (len, grown)) in shape.iter_mut().zip(grown).enumerate() {
            if let Some(grown) = grown {
                let fixed = self.mappings.iter().filter(|mapping| mapping.growing() != Some(axis));
                *len = fixed.filter_map(|mapping| mapping.end_along(axis)).fold(grown, u64::max);
            }
        }
        Ok(shape)
    }

    /// Where the elements end that the sources of a growing mapping have for it.
    fn end(&self, mapping: &Mapping, axis: usize, file: &File, cx: &ReadContext) -> Result<u64> {
        let Some(target) = mapping.target_axis(axis) else { return Ok(0) };
        match mapping.role {
            Role::Fixed => Ok(0),
            Role::Follows { source_axis, .. } => {
                let slices = self.slices(mapping, source_axis, file, cx)?.unwrap_or(0);
                Ok(target.with_len(slices).end())
            }
            Role::Numbered { .. } => {
                let mut found = 0;
                while self.sources.find(file, &mapping.names(found), cx)?.is_some() {
                    found += 1;
                    cx.check()?;
                }
                let last = found.checked_sub(1).map(|last| target.block_at(last).end());
                Ok(last.unwrap_or(0))
            }
        }
    }

    /// How many indices the source has for the mapping along the axis without limits.
    fn slices(
        &self,
        mapping: &Mapping,
        source_axis: usize,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Option<u64>> {
        let Some(source) = self.sources.find(file, &mapping.names(0), cx)? else { return Ok(None) };
        let Selection::Hyperslab(Hyperslab::Regular(axes)) = &mapping.source else {
            return Ok(None);
        };
        let selected = axes.get(source_axis).map(AxisRun::unlimited);
        let len = source.stored.shape.get(source_axis).copied();
        Ok(selected.zip(len).map(|(selected, len)| selected.len_within(len)))
    }

    /// What of the dataset a mapping fills, as far as it touches `section`.
    fn resolve<'a>(
        &self,
        mapping: &'a Mapping,
        section: &Section,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Vec<Resolved<'a>>> {
        let fixed = |number, target, source| Resolved { number, target, source };
        match mapping.role {
            Role::Fixed => Ok(vec![fixed(
                0,
                Concrete::of(&mapping.target, None),
                Concrete::of(&mapping.source, None),
            )]),
            Role::Follows { axis, source_axis } => {
                let Some(slices) = self.slices(mapping, source_axis, file, cx)? else {
                    self.miss(mapping, 0);
                    return Ok(Vec::new());
                };
                let target = Concrete::of(&mapping.target, Some((axis, slices)));
                let source = Concrete::of(&mapping.source, Some((source_axis, slices)));
                Ok(vec![fixed(0, target, source)])
            }
            Role::Numbered { axis } => {
                let range = section.ranges.get(axis);
                let Some((target, range)) = mapping.target_axis(axis).zip(range) else {
                    return Ok(Vec::new());
                };
                let mut all = Vec::new();
                for number in target.blocks_in(range) {
                    cx.check()?;
                    let Concrete::Regular(mut axes) =
                        Concrete::of(&mapping.target, Some((axis, 0)))
                    else {
                        break;
                    };
                    if let Some(slot) = axes.get_mut(axis) {
                        *slot = target.block_at(number);
                    }
                    let source = Concrete::of(&mapping.source, None);
                    all.push(fixed(number, Concrete::Regular(axes), source));
                }
                Ok(all)
            }
        }
    }

    /// Calls `each` with every piece of a source that lies in the section: which source, what
    /// of it, and where it goes.
    #[allow(clippy::too_many_arguments)]
    fn for_each_piece(
        &self,
        file: &File,
        section: &Section,
        shape: &[u64],
        placement: &Placement,
        budget: &Budget,
        cx: &ReadContext,
        each: &(dyn Fn(&Source, &File, Piece) -> Result<()> + Sync),
    ) -> Result<()> {
        let touched: Vec<&Mapping> =
            self.mappings.iter().filter(|mapping| mapping.may_touch(section)).collect();
        for_each(touched.len(), true, |k, _| {
            cx.check()?;
            let Some(mapping) = touched.get(k) else { return Ok(()) };
            for resolved in self.resolve(mapping, section, file, cx)? {
                let names = mapping.names(resolved.number);
                let Some(source) = self.sources.find(file, &names, cx)? else {
                    self.miss(mapping, resolved.number);
                    continue;
                };
                let source_shape = &source.stored.shape;
                let found = resolved.pieces(section, shape, source_shape, placement, cx)?;
                budget.spend(found.len() as u64)?;
                for piece in found {
                    each(&source, source.file(file), piece)?;
                }
            }
            Ok(())
        })
    }

    /// Puts the numbers of a section where `placement` says.
    #[allow(clippy::too_many_arguments)]
    pub fn read_into(
        &self,
        file: &File,
        section: &Section,
        shape: &[u64],
        plain: Plain,
        placement: &Placement,
        target: &Target,
        budget: &Budget,
        cx: &ReadContext,
    ) -> Result<()> {
        let each = |source: &Source, file: &File, piece: Piece| {
            let stored = &source.stored;
            let source_plain = stored.datatype.is_plain();
            let is_alike = source_plain
                .is_some_and(|found| found.kind == plain.kind && found.bytes == plain.bytes);
            match piece {
                Piece::Box { section, placement } if is_alike => {
                    stored.read_into(file, &section, &placement, target, budget, cx)
                }
                Piece::Box { section, placement } => {
                    let read = stored.read_nested(file, &section, &NoPaths, budget, cx)?;
                    put_numbers(&read.values, &read.shape, plain, &placement, target)
                }
                Piece::Scattered { section, elements } => {
                    let fetch: Fetch = &|section, placement, scratch| {
                        if is_alike {
                            return stored.read_into(file, section, placement, scratch, budget, cx);
                        }
                        let read = stored.read_nested(file, section, &NoPaths, budget, cx)?;
                        put_numbers(&read.values, &read.shape, plain, placement, scratch)
                    };
                    let mut read = numbers(plain, &section, fetch, cx)?;
                    let bytes = crate::read::values::bytes_of(&mut read.values)?;
                    let element = target.element;
                    elements.iter().try_for_each(|&(from, to)| {
                        target.copy(bytes, from * element, to, &[], false)
                    })
                }
            }
        };
        self.for_each_piece(file, section, shape, placement, budget, cx, &each)
    }

    /// The values of a section whose elements are not plain numbers; `fill` is one of them.
    #[allow(clippy::too_many_arguments)]
    pub fn read_values(
        &self,
        file: &File,
        section: &Section,
        shape: &[u64],
        fill: Buffer,
        element_bytes: u64,
        budget: &Budget,
        cx: &ReadContext,
    ) -> Result<Array> {
        let count = section.element_count();
        // The values, once as they are found and once in order, and where each was found.
        cx.limits.claim_array(count, element_bytes.saturating_mul(2).saturating_add(8))?;
        let within = Section::new(
            section
                .ranges
                .iter()
                .zip(shape)
                .map(|(range, &len)| {
                    let inside = len.saturating_sub(range.start).div_ceil(range.stride);
                    Range { count: inside.min(range.count), ..*range }
                })
                .collect::<Vec<_>>(),
        );
        // Element 0 is the fill value.
        let found = Mutex::new((fill, vec![0usize; count as usize]));
        let placement = Placement::dense(&section.shape(), 1);
        let each = |source: &Source, file: &File, piece: Piece| {
            let (Piece::Box { section, .. } | Piece::Scattered { section, .. }) = &piece;
            let read = source.stored.read_nested(file, section, &NoPaths, budget, cx)?;
            let (values, which) = &mut *found.lock().unwrap_or_else(PoisonError::into_inner);
            let first = values.len();
            if !values.append(read.values) {
                return Err(ReadError::unsupported(
                    "a virtual dataset whose source has values of another type",
                ));
            }
            let mut put = |from: usize, to: usize| {
                if let Some(slot) = which.get_mut(to) {
                    *slot = first + from;
                }
                Ok(())
            };
            match &piece {
                Piece::Box { section, placement } => {
                    let dense = Placement::dense(&section.shape(), 1);
                    let counts = section.ranges.iter().zip(&dense.steps).zip(&placement.steps);
                    let axes: Vec<CopyAxis> = counts
                        .map(|((range, &from), &to)| CopyAxis {
                            count: range.count as usize,
                            from,
                            to,
                        })
                        .collect();
                    rows(&axes, 0, placement.first, &mut put)
                }
                Piece::Scattered { elements, .. } => {
                    elements.iter().try_for_each(|&(from, to)| put(from, to))
                }
            }
        };
        if !within.is_empty() {
            self.for_each_piece(file, &within, shape, &placement, budget, cx, &each)?;
        }
        let (values, which) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let values = picked(&values, &which).ok_or_else(|| {
            ReadError::new(ErrorKind::Bug, "a virtual dataset's values do not join")
        })?;
        Ok(Array { shape: section.shape(), values })
    }

    fn miss(&self, mapping: &Mapping, number: u64) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, dataset) = mapping.names(number);
        missing.insert(if file == "." { dataset } else { file });
    }

    /// One note that names the sources that were looked for in vain.
    pub fn note_missing(&self, cx: &ReadContext) {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if missing.is_empty() {
            return;
        }
        let named: Vec<String> =
            missing.iter().take(NAMED).map(|name| format!("{name:?}")).collect();
        let others = match missing.len() - named.len() {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        cx.note(format!(
            "sources of a virtual dataset are missing, fill values stand for them: {}{others}",
            named.join(", ")
        ));
    }
}

impl<'a> Concrete<'a> {
    /// `limit`: an axis without limits, and how many indices of it there are.
    fn of(selection: &'a Selection, limit: Option<(usize, u64)>) -> Self {
        let Selection::Hyperslab(Hyperslab::Regular(axes)) = selection else {
            return Self::Other(selection);
        };
        let runs = axes.iter().enumerate().map(|(axis, selected)| match limit {
            Some((limited, len)) if limited == axis => AxisRun::unlimited(selected).with_len(len),
            _ => AxisRun::limited(selected),
        });
        Self::Regular(runs.collect())
    }
}

/// The elements of `values` that `which` names, in that order.
fn picked(values: &Buffer, which: &[usize]) -> Option<Buffer> {
    let mut all = values.slice(0..0)?;
    let mut rest = which;
    while let Some(&first) = rest.first() {
        let run = rest.iter().enumerate().take_while(|&(k, &at)| at == first + k).count();
        if !all.append(values.slice(first..first + run)?) {
            return None;
        }
        rest = rest.get(run..)?;
    }
    Some(all)
}
