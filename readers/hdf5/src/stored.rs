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
use crate::messages::{self, Message};
use crate::object_header::ObjectHeader;
use crate::pipeline::Pipeline;
use crate::read::chunked::Chunks;
use crate::read::contiguous::{self, Run};
use crate::read::{Placement, Target, values};
use crate::virtual_dataset::{Assembly, SourceFiles, VirtualDataset};

/// The most bytes of a chunk before version 5 of the layout message (HDF5 2.0).
const MOST_CHUNK_BYTES: u64 = u32::MAX as u64;

pub struct Stored {
    /// As the dataset is shown; elements beyond what is stored are fill values.
    pub shape: Vec<u64>,
    pub datatype: Arc<Datatype>,
    pub fill: Fill,
    pub layout: Layout,
    pub pipeline: Pipeline,
    is_null: bool,
    /// As the elements are laid out.
    stored_shape: Vec<u64>,
    /// A fill value that is not all zeros, as it is stored.
    fill_element: Option<Vec<u8>>,
    kind: Kind,
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

impl Kind {
    /// Bytes of a chunk, where chunks lie one after the other in the values of a section.
    fn stripe(&self, section: &Section, element: usize) -> Option<usize> {
        match self {
            Self::Chunked(lookup) => lookup.grid.dense_bytes(section, element),
            _ => None,
        }
    }
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
        let (message, layout) = layout_of(header, file)?;
        let element_bytes = datatype.size();
        let pipeline = pipeline_of(header, element_bytes)?;
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
                let mut found = VirtualDataset::open(file, *collection, *index, sources(), cx)?;
                shape = found.shape(&shape, file, cx)?;
                Kind::Virtual(found)
            }
            Layout::Virtual { collection: None, .. } => {
                Kind::Virtual(VirtualDataset::empty(sources()))
            }
            Layout::Contiguous { .. } => match header.find(messages::EXTERNAL_DATA_FILES) {
                Some(list) => {
                    let fill = fill_element.clone().unwrap_or_default();
                    Kind::External(ExternalFiles::parse(list, fill, file, cx)?)
                }
                None => Kind::Plain,
            },
            Layout::Compact(_) => Kind::Plain,
        };
        Ok(Self {
            stored_shape: shape.clone(),
            shape,
            datatype,
            fill,
            layout,
            pipeline,
            is_null: dataspace.is_null,
            fill_element,
            kind,
        })
    }

    /// The values of a section; notes call the dataset `object`.
    ///
    /// # Errors
    /// `Request` for a section outside the shape; `Limit`; whatever is wrong with the stored
    /// bytes.
    pub fn read(
        &self,
        file: &File,
        section: &Section,
        object: &str,
        paths: &dyn PathOf,
        cx: &ReadContext,
    ) -> Result<Array> {
        section.check(&self.shape)?;
        let bytes = section.element_count().saturating_mul(u64::from(self.datatype.size));
        let before = cx.progress.done_bytes();
        cx.progress.expect(bytes);
        let assembly = Assembly::default();
        let array = self.read_nested(file, section, paths, &assembly, cx)?;
        // What was never written has cost nothing, but is there.
        let done = cx.progress.done_bytes().saturating_sub(before);
        cx.advance(bytes.saturating_sub(done))?;
        if let Kind::Virtual(found) = &self.kind {
            found.note_lacks(assembly, object, cx)?;
        }
        Ok(array)
    }

    /// The same as a part of another read.
    pub(crate) fn read_nested(
        &self,
        file: &File,
        section: &Section,
        paths: &dyn PathOf,
        assembly: &Assembly,
        cx: &ReadContext,
    ) -> Result<Array> {
        section.check(&self.shape)?;
        let converter = Converter::new(&self.datatype, file, paths)?;
        if self.is_null || section.is_empty() {
            let values = converter.convert(&[], 0, cx)?;
            return Ok(Array { shape: section.shape(), values });
        }
        // Before memory is set aside.
        if let (Kind::Plain, Layout::Contiguous { address: Some(address), bytes }) =
            (&self.kind, &self.layout)
        {
            self.check_is_there(file, *address, *bytes, &self.inside(section))?;
        }
        let fetch = |section: &Section, placement: &Placement, target: &Target| {
            self.read_into(file, section, placement, target, assembly, cx)
        };
        match (self.datatype.is_plain(), &self.kind) {
            (Some(plain), kind) => {
                let stripe = kind.stripe(section, self.datatype.size());
                values::numbers(plain, section, stripe, &fetch, cx)
            }
            (None, Kind::Virtual(found)) => {
                cx.limits.claim_array(1, self.datatype.size.into())?;
                let fill = self.fill.bytes.clone().unwrap_or_else(|| vec![0; self.datatype.size()]);
                let fill = converter.convert(&fill, 1, cx)?;
                let bytes = self.datatype.dtype().element_bytes();
                found.read_values(file, section, &self.stored_shape, fill, bytes, assembly, cx)
            }
            (None, kind) => {
                let chunk = match kind {
                    Kind::Chunked(lookup) => Some(lookup.grid.chunk.as_slice()),
                    _ => None,
                };
                let stripe = kind.stripe(section, self.datatype.size());
                values::converted(&self.datatype, &converter, section, chunk, stripe, &fetch, cx)
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
        assembly: &Assembly,
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
                let refill = |placement: &Placement, counts: &[u64]| match fill {
                    Some(element) => target.fill(element, placement, counts, is_swapped),
                    None => target.fill(&[0; 8], placement, counts, false),
                };
                found.read_into(
                    file,
                    section,
                    &self.stored_shape,
                    plain,
                    &refill,
                    placement,
                    target,
                    assembly,
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

    /// Its elements are those of other datasets.
    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self.kind, Kind::Virtual(_))
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
        if section.is_empty() {
            return Ok(());
        }
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
}

/// How a dataset lies in the file, as far as its object header tells.
pub struct Outline {
    pub storage: Storage,
    /// The shape, where it is not that of the dataspace.
    pub shape: Option<Vec<u64>>,
}

/// What is to be listed of a dataset: much less than it takes to read it.
///
/// # Errors
/// Those of [`Stored::of`].
pub fn outline(
    header: &ObjectHeader,
    dataspace: &Dataspace,
    datatype: &Datatype,
    file: &File,
    cx: &ReadContext,
) -> Result<Outline> {
    let (message, layout) = layout_of(header, file)?;
    let mut storage = Storage { layout: layout.name().into(), ..Storage::default() };
    storage.filters = pipeline_of(header, datatype.size())?.names();
    let mut shape = None;
    match layout {
        Layout::Chunked(chunked) => {
            check_chunks(&chunked, datatype)
                .and_then(|()| Grid::check(&chunked, &dataspace.shape))
                .map_err(|error| error.at(message.offset))?;
            storage.chunks = Some(chunked.chunk);
        }
        Layout::Virtual { collection: Some(collection), index } => {
            let sources = file.virtual_sources.clone();
            let mut found = VirtualDataset::open(file, collection, index, sources, cx)?;
            let is_new = |shape: &Vec<u64>| *shape != dataspace.shape;
            shape = Some(found.shape(&dataspace.shape, file, cx)?).filter(is_new);
        }
        Layout::Virtual { collection: None, .. } => {}
        Layout::Contiguous { address, bytes } => {
            storage.offset = address.map(|address| file.at(address));
            if let Some(list) = header.find(messages::EXTERNAL_DATA_FILES) {
                ExternalFiles::parse(list, Vec::new(), file, cx)?;
                storage.layout = "external".into();
            } else {
                let element = u64::from(datatype.size);
                let all = dataspace.shape.iter().try_fold(element, |n, &len| n.checked_mul(len));
                storage.stored_bytes = if address.is_none() { Some(0) } else { bytes.or(all) };
            }
        }
        Layout::Compact(bytes) => storage.stored_bytes = Some(bytes.len() as u64),
    }
    Ok(Outline { storage, shape })
}

fn layout_of<'h>(header: &'h ObjectHeader, file: &File) -> Result<(&'h Message, Layout)> {
    let Some(message) = header.find(messages::DATA_LAYOUT) else {
        let lack = || ReadError::malformed("a dataset without a data layout message");
        return Err(header.error.clone().unwrap_or_else(lack).at(file.at(header.address)));
    };
    Ok((message, Layout::parse(message, file)?))
}

fn pipeline_of(header: &ObjectHeader, element_bytes: usize) -> Result<Pipeline> {
    match header.find(messages::FILTER_PIPELINE) {
        Some(filters) => Pipeline::parse(&filters.body, filters.offset, element_bytes),
        None => Ok(Pipeline::none()),
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
