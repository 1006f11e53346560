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

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyperslab_core::{Array, Buffer, ErrorKind, Range, ReadContext, ReadError, Result, Section};
use rayon::prelude::*;

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
/// So many missing sources are named in a note, and so many are remembered.
const NAMED: usize = 3;
const REMEMBERED: usize = 100_000;
/// So many numbered sources are looked for at once.
const PROBED: u64 = 32;

pub struct VirtualDataset {
    mappings: Vec<Mapping>,
    /// For each mapping how many indices or sources it has where it has no limits of its own.
    extents: Arc<[u64]>,
    sources: Arc<SourceFiles>,
    /// Where the mappings lie in the global heap.
    place: (u64, u32),
    lacking: Mutex<Lacking>,
}

/// Sources that were looked for in vain so far, and how many of them were told of.
#[derive(Default)]
struct Lacking {
    names: BTreeSet<String>,
    noted: usize,
}

/// One read, and all that it puts together.
#[derive(Default)]
pub struct Assembly {
    pieces: AtomicU64,
    /// Pieces that were read.
    good: AtomicU64,
    missing: Mutex<BTreeSet<String>>,
    /// What is wrong with sources that are there, by their names.
    damaged: Mutex<BTreeMap<String, ReadError>>,
}

impl Assembly {
    fn spend(&self, pieces: u64) -> Result<()> {
        if self.pieces.fetch_add(pieces, Ordering::Relaxed) <= MOST_PIECES {
            return Ok(());
        }
        let message = format!("more than {MOST_PIECES} pieces of virtual datasets in one read");
        Err(ReadError::new(ErrorKind::Limit, message))
    }

    fn miss(&self, (file, dataset): (String, String)) {
        lock(&self.missing).insert(if file == "." { dataset } else { file });
    }

    /// Remembers what is wrong with a source, where the rest can be read without it.
    fn pass_over(&self, (file, dataset): &(String, String), error: ReadError) -> Result<()> {
        let name = if file == "." { dataset } else { file };
        match error.kind() {
            ErrorKind::Malformed
            | ErrorKind::Truncated
            | ErrorKind::Unsupported
            | ErrorKind::Io
            | ErrorKind::UnknownFormat => {
                lock(&self.damaged).entry(name.clone()).or_insert(error);
                Ok(())
            }
            _ if file == "." => Err(error),
            _ => Err(error.in_file(name)),
        }
    }
}

/// A mapping, or one block of a mapping to numbered sources, without anything unlimited.
struct Resolved<'a> {
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
        Ok(Self { mappings, place: (collection, index), ..Self::empty(sources) })
    }

    /// Nothing is mapped.
    pub fn empty(sources: Arc<SourceFiles>) -> Self {
        let (mappings, extents, lacking) = (Vec::new(), Arc::new([]), Mutex::default());
        Self { mappings, extents, sources, place: (0, 0), lacking }
    }

    /// The shape, where `stored` is what the dataspace says: axes that grow with their sources
    /// are as long as these make them, and no shorter than other mappings need. No source is
    /// opened for a dataset that has limits.
    pub fn shape(&mut self, stored: &[u64], file: &File, cx: &ReadContext) -> Result<Vec<u64>> {
        let (collection, index) = self.place;
        if self.mappings.iter().any(|mapping| mapping.growing().is_some()) {
            self.extents = match self.sources.extents(collection, index) {
                Some(known) => known,
                None => {
                    let extents = self.mappings.iter().map(|m| self.extent(m, file, cx));
                    let extents = extents.collect::<Result<Arc<[u64]>>>()?;
                    self.sources.keep_extents(collection, index, &extents);
                    extents
                }
            };
        }
        let mut shape = stored.to_vec();
        let mut grown: Vec<Option<u64>> = vec![None; stored.len()];
        for (mapping, &extent) in self.mappings.iter().zip(&*self.extents) {
            let Some(axis) = mapping.growing() else { continue };
            let end = end(mapping, axis, extent);
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

    /// How many indices, or sources, there are for a growing mapping.
    fn extent(&self, mapping: &Mapping, file: &File, cx: &ReadContext) -> Result<u64> {
        cx.check()?;
        match mapping.role {
            Role::Fixed => Ok(0),
            Role::Follows { source_axis, .. } => {
                let slices = self.slices(mapping, source_axis, file, cx);
                let slices = slices.or_else(|error| match error.kind() {
                    ErrorKind::Cancelled | ErrorKind::Limit => Err(error),
                    // Said when it is read.
                    _ => Ok(None),
                })?;
                if slices.is_none() {
                    self.sources.await_file(mapping.names(0).0);
                }
                Ok(slices.unwrap_or(0))
            }
            Role::Numbered { .. } => {
                let count = self.count(mapping, file, cx)?;
                self.sources.await_file(mapping.names(count).0);
                Ok(count)
            }
        }
    }

    /// How many numbered sources there are before the first that is missing. One that is
    /// damaged is there.
    fn count(&self, mapping: &Mapping, file: &File, cx: &ReadContext) -> Result<u64> {
        let is_there = |number: u64| -> Result<bool> {
            match self.sources.find(file, &mapping.names(number), cx) {
                Ok(found) => Ok(found.is_some()),
                Err(error) => match error.kind() {
                    ErrorKind::Cancelled | ErrorKind::Limit => Err(error),
                    _ => Ok(true),
                },
            }
        };
        let mut count: u64 = 0;
        // The first alone: often there is none.
        let mut probed = 1;
        loop {
            cx.check()?;
            self.sources.probe(probed)?;
            let numbers = (count..count.saturating_add(probed)).into_par_iter();
            let there: Vec<bool> = numbers.map(is_there).collect::<Result<_>>()?;
            let found = there.iter().take_while(|&&there| there).count() as u64;
            count += found;
            if found < probed {
                return Ok(count);
            }
            probed = PROBED;
        }
    }

    /// How many indices the source has for the mapping along the axis without limits; `None`
    /// when it is missing.
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

    /// Calls `each` with every piece of a source that lies in the section: which source, what
    /// of it, and where it goes. Sources that are missing or damaged are left out, and
    /// remembered in `assembly`.
    #[allow(clippy::too_many_arguments)]
    fn for_each_piece(
        &self,
        file: &File,
        section: &Section,
        shape: &[u64],
        placement: &Placement,
        assembly: &Assembly,
        cx: &ReadContext,
        each: &(dyn Fn(&Source, &File, Piece) -> Result<()> + Sync),
    ) -> Result<()> {
        let extents = self.extents.iter().copied().chain(std::iter::repeat(0));
        let touched = self.mappings.iter().zip(extents);
        let touched: Vec<_> = touched.filter(|(mapping, _)| mapping.may_touch(section)).collect();
        let mut all: Vec<(&Mapping, u64, u64)> = Vec::with_capacity(touched.len());
        for (mapping, extent) in touched {
            let numbers = mapping.numbers(extent, section);
            all.extend(numbers.into_iter().map(|number| (mapping, extent, number)));
        }
        for_each(all.len(), true, |k, _| {
            cx.check()?;
            let Some(&(mapping, extent, number)) = all.get(k) else { return Ok(()) };
            let Some(resolved) = Resolved::of(mapping, extent, number) else { return Ok(()) };
            let names = mapping.names(number);
            let source = match self.sources.find(file, &names, cx) {
                Ok(Some(source)) => source,
                Ok(None) => {
                    assembly.miss(names);
                    return Ok(());
                }
                Err(error) => return assembly.pass_over(&names, error),
            };
            let source_shape = &source.stored.shape;
            let found = resolved.pieces(section, shape, source_shape, placement, cx)?;
            assembly.spend(found.len() as u64)?;
            for piece in found {
                match each(&source, source.file(file), piece) {
                    // A virtual source counts its own.
                    Ok(()) if source.stored.is_virtual() => {}
                    Ok(()) => drop(assembly.good.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => assembly.pass_over(&names, error)?,
                }
            }
            Ok(())
        })
    }

    /// Puts the numbers of a section where `placement` says. Fill values are there already;
    /// `refill` puts them to where a source was found to be damaged halfway.
    #[allow(clippy::too_many_arguments)]
    pub fn read_into(
        &self,
        file: &File,
        section: &Section,
        shape: &[u64],
        plain: Plain,
        refill: &(dyn Fn(&Placement, &[u64]) -> Result<()> + Sync),
        placement: &Placement,
        target: &Target,
        assembly: &Assembly,
        cx: &ReadContext,
    ) -> Result<()> {
        let each = |source: &Source, file: &File, piece: Piece| {
            let stored = &source.stored;
            let source_plain = stored.datatype.is_plain();
            let is_alike = source_plain
                .is_some_and(|found| found.kind == plain.kind && found.bytes == plain.bytes);
            match piece {
                Piece::Box { section, placement } if is_alike => stored
                    .read_into(file, &section, &placement, target, assembly, cx)
                    .or_else(|error| refill(&placement, &section.shape()).and(Err(error))),
                Piece::Box { section, placement } => {
                    let read = stored.read_nested(file, &section, &NoPaths, assembly, cx)?;
                    put_numbers(&read.values, &read.shape, plain, &placement, target)
                }
                Piece::Scattered { section, elements } => {
                    let fetch: Fetch = &|section, placement, scratch| {
                        if is_alike {
                            return stored
                                .read_into(file, section, placement, scratch, assembly, cx);
                        }
                        let read = stored.read_nested(file, section, &NoPaths, assembly, cx)?;
                        put_numbers(&read.values, &read.shape, plain, placement, scratch)
                    };
                    let mut read = numbers(plain, &section, None, fetch, cx)?;
                    let bytes = crate::read::values::bytes_of(&mut read.values)?;
                    let element = target.element;
                    elements.iter().try_for_each(|&(from, to)| {
                        target.copy(bytes, from * element, to, &[], false)
                    })
                }
            }
        };
        self.for_each_piece(file, section, shape, placement, assembly, cx, &each)
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
        assembly: &Assembly,
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
            let read = source.stored.read_nested(file, section, &NoPaths, assembly, cx)?;
            let (values, which) = &mut *lock(&found);
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
            self.for_each_piece(file, &within, shape, &placement, assembly, cx, &each)?;
        }
        let (values, which) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let values = picked(&values, &which).ok_or_else(|| {
            ReadError::new(ErrorKind::Bug, "a virtual dataset's values do not join")
        })?;
        Ok(Array { shape: section.shape(), values })
    }

    /// Tells of sources that were looked for in vain: once, and again when there are twice as
    /// many. (Who steps through the frames of a folder that is gone is told of a few of them.)
    ///
    /// # Errors
    /// What is wrong with the first damaged source when nothing else was there to be read.
    pub fn note_lacks(&self, assembly: Assembly, object: &str, cx: &ReadContext) -> Result<()> {
        let missing = assembly.missing.into_inner().unwrap_or_else(PoisonError::into_inner);
        let damaged = assembly.damaged.into_inner().unwrap_or_else(PoisonError::into_inner);
        if assembly.good.into_inner() == 0
            && missing.is_empty()
            && let Some((name, error)) = damaged.first_key_value()
        {
            return Err(error.clone().in_file(name));
        }
        if missing.is_empty() && damaged.is_empty() {
            return Ok(());
        }
        let mut lacking = lock(&self.lacking);
        if lacking.names.len() < REMEMBERED {
            lacking.names.extend(missing.iter().chain(damaged.keys()).cloned());
        }
        if lacking.names.len() < 2 * lacking.noted.max(1) && lacking.noted > 0 {
            return Ok(());
        }
        lacking.noted = lacking.names.len();
        if !missing.is_empty() {
            cx.note(format!(
                "{object}: sources are missing, fill values stand for them: {}",
                some_of(missing.iter().map(|name| format!("{name:?}")))
            ));
        }
        if !damaged.is_empty() {
            cx.note(format!(
                "{object}: sources cannot be read, fill values stand for them: {}",
                some_of(damaged.iter().map(|(name, error)| format!("{name:?} ({})", error.what())))
            ));
        }
        Ok(())
    }
}

/// Where the elements end that `extent` indices or sources have for a growing mapping.
fn end(mapping: &Mapping, axis: usize, extent: u64) -> u64 {
    let Some(target) = mapping.target_axis(axis) else { return 0 };
    match mapping.role {
        Role::Fixed => 0,
        Role::Follows { .. } => target.with_len(extent).end(),
        Role::Numbered { .. } => {
            extent.checked_sub(1).map_or(0, |last| target.block_at(last).end())
        }
    }
}

fn some_of(mut all: impl ExactSizeIterator<Item = String>) -> String {
    let named: Vec<String> = all.by_ref().take(NAMED).collect();
    match all.len() {
        0 => named.join(", "),
        others => format!("{} and {others} more", named.join(", ")),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Resolved<'a> {
    /// The mapping to source `number`, where there are `extent` indices or sources.
    fn of(mapping: &'a Mapping, extent: u64, number: u64) -> Option<Self> {
        let (target, source) = match mapping.role {
            Role::Fixed => (None, None),
            Role::Follows { axis, source_axis } => {
                (Some((axis, extent)), Some((source_axis, extent)))
            }
            Role::Numbered { axis } => (Some((axis, 0)), None),
        };
        let mut target = Concrete::of(&mapping.target, target);
        if let Role::Numbered { axis } = mapping.role {
            let Concrete::Regular(axes) = &mut target else { return None };
            *axes.get_mut(axis)? = mapping.target_axis(axis)?.block_at(number);
        }
        Some(Self { target, source: Concrete::of(&mapping.source, source) })
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
