//! All that is needed to read the values of a dataset.

use std::sync::{Arc, OnceLock};

use hyperslab_core::{Array, ErrorKind, Range, ReadContext, ReadError, Result, Section, Storage};

use crate::chunk_index::{ChunkIndex, Grid};
use crate::convert::{Converter, PathOf};
use crate::dataspace::Dataspace;
use crate::datatype::Datatype;
use crate::external_files::ExternalFiles;
use crate::file::File;
use crate::fill::Fill;
use crate::layout::{Chunked, Layout};
use crate::messages;
use crate::object_header::ObjectHeader;
use crate::pipeline::Pipeline;
use crate::read::chunked::Chunks;
use crate::read::contiguous::{self, Run};
use crate::read::{Placement, Target, values};
use crate::virtual_dataset::{Budget, SourceFiles, VirtualDataset};

/// The most bytes of a chunk before version 5 of the layout message (HDF5 2.0).
const MOST_CHUNK_BYTES: u64 = u32::MAX as u64;

pub struct Stored {
    /// As the dataset is shown; elements beyond what is stored are fill values.
    pub shape: Vec<u64>,
    pub datatype: Arc<Datatype>,
    pub fill: Fill,
    pub layout: Layout,
    pub pipeline: Pipeline,
    max_shape: Vec<Option<u64>>,
    is_null: bool,
    /// As the elements are laid out.
    stored_shape: Vec<u64>,
    /// A fill value that is not all zeros, as it is stored.
    fill_element: Option<Vec<u8>>,
    kind: Kind,
    offset: Option<u64>,
}

/// What the layout needs besides itself.
enum Kind {
    Plain,
    External(ExternalFiles),
    Chunked(Box<Lookup>),
    Virtual(VirtualDataset),
}

/// The grid of chunks, and their index once it was needed.
struct Lookup {
    grid: Grid,
    index: OnceLock<ChunkIndex>,
}

impl Stored {
    /// # Errors
    /// Whatever is wrong with layout, filters or external files; for virtual datasets that may
    /// grow, whatever keeps their sources' shapes from being known.
    pub fn of(
        header: &ObjectHeader,
        dataspace: &Dataspace,
        datatype: Arc<Datatype>,
        fill: Fill,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Self> {
        Self::with_sources(header, dataspace, datatype, fill, file, None, cx)
    }

    /// The same for a dataset that is a source of a virtual one, and may be virtual too.
    pub(crate) fn with_sources(
        header: &ObjectHeader,
        dataspace: &Dataspace,
        datatype: Arc<Datatype>,
        fill: Fill,
        file: &File,
        sources: Option<&Arc<SourceFiles>>,
        cx: &ReadContext,
    ) -> Result<Self> {
        let sources = || sources.unwrap_or(&file.virtual_sources).clone();
        let Some(message) = header.find(messages::DATA_LAYOUT) else {
            let lack = || ReadError::malformed("a dataset without a data layout message");
            return Err(header.error.clone().unwrap_or_else(lack).at(file.at(header.address)));
        };
        let layout = Layout::parse(message, file)?;
        let element_bytes = datatype.size();
        let pipeline = match header.find(messages::FILTER_PIPELINE) {
            Some(filters) => Pipeline::parse(&filters.body, filters.offset, element_bytes)?,
            None => Pipeline::none(),
        };
        let is_usable =
            |bytes: &&Vec<u8>| bytes.len() == element_bytes && bytes.iter().any(|&b| b != 0);
        let fill_element = fill.bytes.as_ref().filter(is_usable).cloned();
        let mut shape = dataspace.shape.clone();
        let kind = match &layout {
            Layout::Chunked(chunked) => {
                check_chunks(chunked, &datatype).map_err(|error| error.at(message.offset))?;
                let grid = Grid::new(chunked, &shape, &dataspace.max_shape)
                    .map_err(|error| error.at(message.offset))?;
                Kind::Chunked(Box::new(Lookup { grid, index: OnceLock::new() }))
            }
            Layout::Virtual { collection: Some(collection), index } => {
                let found = VirtualDataset::open(file, *collection, *index, sources(), cx)?;
                shape = found.shape(&shape, file, cx)?;
                Kind::Virtual(found)
            }
            Layout::Virtual { collection: None, .. } => {
                Kind::Virtual(VirtualDataset::empty(sources()))
            }
            Layout::Contiguous { .. } => match header.find(messages::EXTERNAL_DATA_FILES) {
                Some(list) => {
                    let fill = fill_element.clone().unwrap_or_else(|| vec![0; element_bytes]);
                    Kind::External(ExternalFiles::parse(list, fill, file, cx)?)
                }
                None => Kind::Plain,
            },
            Layout::Compact(_) => Kind::Plain,
        };
        let offset = match &layout {
            Layout::Contiguous { address: Some(address), .. } => Some(file.at(*address)),
            _ => None,
        };
        Ok(Self {
            stored_shape: shape.clone(),
            shape,
            datatype,
            fill,
            layout,
            pipeline,
            max_shape: dataspace.max_shape.clone(),
            is_null: dataspace.is_null,
            fill_element,
            kind,
            offset,
        })
    }

    /// The values of a section.
    ///
    /// # Errors
    /// `Request` for a section outside the shape; `Limit`; whatever is wrong with the stored
    /// bytes.
    pub fn read(
        &self,
        file: &File,
        section: &Section,
        paths: &dyn PathOf,
        cx: &ReadContext,
    ) -> Result<Array> {
        section.check(&self.shape)?;
        let bytes = section.element_count().saturating_mul(u64::from(self.datatype.size));
        let before = cx.progress.done_bytes();
        cx.progress.expect(bytes);
        let array = self.read_nested(file, section, paths, &Budget::default(), cx)?;
        // What was never written has cost nothing, but is there.
        let done = cx.progress.done_bytes().saturating_sub(before);
        cx.advance(bytes.saturating_sub(done))?;
        if let Kind::Virtual(found) = &self.kind {
            found.note_missing(cx);
        }
        Ok(array)
    }

    /// The same as a part of another read.
    pub(crate) fn read_nested(
        &self,
        file: &File,
        section: &Section,
        paths: &dyn PathOf,
        budget: &Budget,
        cx: &ReadContext,
    ) -> Result<Array> {
        section.check(&self.shape)?;
        let converter = Converter::new(&self.datatype, file, paths)?;
        if self.is_null || section.is_empty() {
            let values = converter.convert(&[], 0, cx)?;
            return Ok(Array { shape: section.shape(), values });
        }
        let fetch = |section: &Section, placement: &Placement, target: &Target| {
            self.read_into(file, section, placement, target, budget, cx)
        };
        match (self.datatype.is_plain(), &self.kind) {
            (Some(plain), _) => values::numbers(plain, section, &fetch, cx),
            (None, Kind::Virtual(found)) => {
                let fill = self.fill.bytes.clone().unwrap_or_else(|| vec![0; self.datatype.size()]);
                let fill = converter.convert(&fill, 1, cx)?;
                let bytes = self.datatype.dtype().element_bytes();
                found.read_values(file, section, &self.stored_shape, fill, bytes, budget, cx)
            }
            (None, kind) => {
                let chunk = match kind {
                    Kind::Chunked(lookup) => Some(lookup.grid.chunk.as_slice()),
                    _ => None,
                };
                values::converted(&self.datatype, &converter, section, chunk, &fetch, cx)
            }
        }
    }

    /// Puts the elements of a section where `placement` says: numbers in native byte order,
    /// anything else as it is stored.
    pub(crate) fn read_into(
        &self,
        file: &File,
        section: &Section,
        placement: &Placement,
        target: &Target,
        budget: &Budget,
        cx: &ReadContext,
    ) -> Result<()> {
        if section.is_empty() {
            return Ok(());
        }
        let plain = self.datatype.is_plain();
        let is_swapped = plain.is_some_and(values::is_swapped);
        let fill = self.fill_element.as_deref();
        let all = section.shape();
        let fill_everything = || match fill {
            Some(element) => target.fill(element, placement, &all, is_swapped),
            None => Ok(()),
        };
        let inside = self.inside(section);
        if inside != *section {
            fill_everything()?;
        }
        if inside.is_empty() {
            return Ok(());
        }
        let section = &inside;
        let ranges = &section.ranges;
        let read = |run: Run| {
            contiguous::read(
                &run,
                &self.stored_shape,
                ranges,
                placement,
                target,
                is_swapped,
                true,
                cx,
            )
        };
        match (&self.kind, &self.layout) {
            (Kind::Chunked(lookup), Layout::Chunked(chunked)) => {
                let Lookup { grid, index } = &**lookup;
                let index = match index.get() {
                    Some(index) => index,
                    None => {
                        let is_filtered = !self.pipeline.is_empty();
                        let opened = ChunkIndex::open(chunked, grid, is_filtered, file, cx)?;
                        index.get_or_init(|| opened)
                    }
                };
                let chunks = Chunks {
                    file,
                    shape: &self.stored_shape,
                    grid,
                    index,
                    pipeline: &self.pipeline,
                    edges_are_unfiltered: chunked.edges_are_unfiltered,
                    fill,
                    is_swapped,
                };
                chunks.read(section, placement, target, cx)
            }
            (Kind::Virtual(found), _) => {
                fill_everything()?;
                let Some(plain) = plain else {
                    let message = "raw bytes of a virtual dataset";
                    return Err(ReadError::new(ErrorKind::Bug, message));
                };
                found.read_into(
                    file,
                    section,
                    &self.stored_shape,
                    plain,
                    placement,
                    target,
                    budget,
                    cx,
                )
            }
            (Kind::External(files), _) => read(Run::External { files, file }),
            (_, Layout::Compact(bytes)) => read(Run::Memory(bytes)),
            (_, Layout::Contiguous { address: Some(address), bytes }) => {
                self.check_is_there(file, *address, *bytes, section)?;
                read(Run::File { file, address: *address })
            }
            _ => fill_everything(),
        }
    }

    /// The part of a section that lies in what is stored.
    fn inside(&self, section: &Section) -> Section {
        let cut = |(range, &len): (&Range, &u64)| {
            let count = len.saturating_sub(range.start).div_ceil(range.stride).min(range.count);
            Range { count, ..*range }
        };
        Section::new(section.ranges.iter().zip(&self.stored_shape).map(cut).collect::<Vec<_>>())
    }

    /// Whether the last element of a section is in the file, before anything is read.
    fn check_is_there(
        &self,
        file: &File,
        address: u64,
        bytes: Option<u64>,
        section: &Section,
    ) -> Result<()> {
        let last =
            section.ranges.iter().zip(&self.stored_shape).try_fold(0u64, |at, (range, &len)| {
                at.checked_mul(len)?.checked_add(range.end().checked_sub(1)?)
            });
        let end = last
            .and_then(|last| last.checked_add(1)?.checked_mul(u64::from(self.datatype.size)))
            .ok_or_else(|| ReadError::malformed("elements past every file"))?;
        if bytes.is_some_and(|bytes| end > bytes) {
            return Err(ReadError::truncated(format!(
                "elements end at byte {end} of the {} that were set aside",
                bytes.unwrap_or(0)
            ))
            .at(file.at(address)));
        }
        if !file.fits(address, end) {
            let held = file.source().len();
            let message = format!(
                "elements end at byte {}, the file at byte {held}",
                file.at(address).saturating_add(end)
            );
            return Err(ReadError::truncated(message).at(held));
        }
        Ok(())
    }

    pub fn storage(&self) -> Storage {
        let chunks = match &self.layout {
            Layout::Chunked(chunked) => Some(chunked.chunk.clone()),
            _ => None,
        };
        let stored_bytes = match (&self.layout, &self.kind) {
            (Layout::Compact(bytes), _) => Some(bytes.len() as u64),
            (Layout::Contiguous { address: None, .. }, Kind::Plain) => Some(0),
            (Layout::Contiguous { bytes, .. }, Kind::Plain) => {
                let element = u64::from(self.datatype.size);
                let all = self.stored_shape.iter().try_fold(element, |n, &len| n.checked_mul(len));
                bytes.or(all)
            }
            (_, Kind::Chunked(lookup)) => {
                lookup.index.get().and_then(ChunkIndex::listed).map(|tree| tree.stored_bytes())
            }
            _ => None,
        };
        let layout = match &self.kind {
            Kind::External(_) => "external",
            _ => self.layout.name(),
        };
        let is_fixed =
            self.max_shape.iter().zip(&self.shape).all(|(&most, &len)| most == Some(len));
        Storage {
            chunks,
            filters: self.pipeline.names(),
            layout: layout.into(),
            offset: self.offset,
            stored_bytes,
            max_shape: if is_fixed { Vec::new() } else { self.max_shape.clone() },
        }
    }
}

/// Refused in words before anything is multiplied or allocated.
fn check_chunks(chunked: &Chunked, datatype: &Datatype) -> Result<()> {
    if chunked.element_bytes != u64::from(datatype.size) {
        return Err(ReadError::malformed(format!(
            "chunks of elements of {} bytes in a dataset of elements of {}",
            chunked.element_bytes, datatype.size
        )));
    }
    let bytes =
        chunked.chunk.iter().try_fold(chunked.element_bytes, |bytes, &len| bytes.checked_mul(len));
    if bytes.is_none_or(|bytes| bytes > MOST_CHUNK_BYTES) {
        return Err(ReadError::unsupported(format!(
            "chunks of shape {:?}, more than 4 GiB each",
            chunked.chunk
        )));
    }
    Ok(())
}
