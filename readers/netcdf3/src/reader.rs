//! An open file: its listing, and sections read in blocks.

use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Axis, Buffer, ByteOrder, Dimension, DimensionId, ErrorKind, GroupId, Listing,
    ReadContext, ReadError, Reader, Result, Section, Source, Storage, Variable, VariableId,
};

use crate::header::{self, Header};
use crate::layout::{Layout, Pieces, Repeat, VariableLayout};

/// Most bytes of one read: cancelling waits no longer than it takes.
const BLOCK_BYTES: u64 = 1 << 20;
/// Elements further apart than this are read one by one, nearer ones with what lies between.
const WIDEST_GAP_BYTES: u64 = 16 << 10;

pub struct Netcdf3Reader {
    source: Arc<dyn Source>,
    header: Header,
    layout: Layout,
}

impl Netcdf3Reader {
    pub fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Self> {
        let header = Header::read(&*source, cx)?;
        let layout = Layout::new(&header, source.len())?;
        Ok(Self { source, header, layout })
    }

    fn dimensions(&self) -> Vec<Dimension> {
        let dimension = |dim: &header::Dimension| Dimension {
            name: dim.name.clone(),
            group: GroupId::ROOT,
            length: if dim.length == 0 { self.layout.records } else { dim.length },
            is_unlimited: dim.length == 0,
        };
        self.header.dimensions.iter().map(dimension).collect()
    }

    fn read_section(
        &self,
        entry: &header::Variable,
        layout: &VariableLayout,
        section: &Section,
        cx: &ReadContext,
    ) -> Result<Array> {
        section.check(&layout.shape)?;
        let dtype = entry.nc_type.dtype();
        if section.is_empty() {
            return Ok(Array { shape: section.shape(), values: Buffer::with_capacity(&dtype, 0)? });
        }
        let pieces = layout.pieces(section)?;
        self.check_is_there(layout, section, &pieces)?;
        let count = section.element_count();
        let bytes = cx.limits.claim_array(count, layout.element_bytes)?;
        cx.progress.expect(bytes as u64);
        let mut values = Buffer::with_capacity(&dtype, count as usize)?;
        BlockReader::new(&*self.source, &pieces, &mut values, cx).read_all(&pieces)?;
        if values.len() as u64 != count {
            let message = format!("{} values read where {count} were asked for", values.len());
            return Err(ReadError::new(ErrorKind::Bug, message));
        }
        Ok(Array { shape: section.shape(), values })
    }

    /// Before anything is allocated: what the header announces may not be in the file. As all
    /// that is selected lies in the file, the result is never larger than it.
    fn check_is_there(
        &self,
        layout: &VariableLayout,
        section: &Section,
        pieces: &Pieces,
    ) -> Result<()> {
        let file_len = self.source.len();
        let end = pieces.end().unwrap_or(u64::MAX);
        if end <= file_len {
            return Ok(());
        }
        let wanted = match (layout.record_bytes, section.ranges.first()) {
            (Some(_), Some(records)) => format!(
                "values of record {} (counted from 0) end at byte {end}, the file at byte \
                 {file_len}; {} of {} records are whole",
                records.end().saturating_sub(1),
                layout.records_in(file_len).min(self.layout.records),
                self.layout.records,
            ),
            _ => format!("values end at byte {end}, the file at byte {file_len}"),
        };
        Err(ReadError::truncated(wanted).at(file_len))
    }
}

impl Reader for Netcdf3Reader {
    fn format_name(&self) -> &str {
        self.header.version.name()
    }

    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        cx.check()?;
        if group != GroupId::ROOT {
            return Err(ReadError::request("a group that was not listed"));
        }
        for note in self.header.notes.iter().chain(&self.layout.notes) {
            cx.note(note);
        }
        let variables = self.header.variables.iter().zip(&self.layout.variables);
        Ok(Listing {
            attributes: self.header.attributes.clone(),
            dimensions: self.dimensions(),
            variables: variables.map(|(entry, layout)| variable(entry, layout)).collect(),
            ..Listing::default()
        })
    }

    fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        cx.check()?;
        let entry = self.header.variables.get(id.index());
        let Some((entry, layout)) = entry.zip(self.layout.variables.get(id.index())) else {
            return Err(ReadError::request("a variable that was not listed"));
        };
        self.read_section(entry, layout, section, cx).map_err(|e| e.in_object(entry.object()))
    }
}

fn variable(entry: &header::Variable, layout: &VariableLayout) -> Variable {
    let axes = layout.shape.iter().zip(&entry.dimids);
    Variable {
        axes: axes
            .map(|(&length, &id)| Axis { length, dimension: Some(DimensionId(id)) })
            .collect(),
        fill: fill(entry),
        attributes: entry.attributes.clone(),
        storage: storage(layout),
        ..Variable::new(&entry.name, GroupId::ROOT, entry.nc_type.dtype())
    }
}

/// One value, as the file declares it: not always of the variable's own type, though it should
/// be ("Note on fill values").
fn fill(entry: &header::Variable) -> Option<Array> {
    let declared = |a: &&Attribute| a.name == "_FillValue" && a.value.len() == 1;
    let attribute = entry.attributes.iter().find(declared)?;
    Some(Array { shape: Vec::new(), values: attribute.value.values.clone() })
}

fn storage(layout: &VariableLayout) -> Storage {
    let by_record = layout.record_bytes.is_some();
    let max_shape = layout.shape.iter().enumerate();
    Storage {
        layout: if by_record { "by record" } else { "contiguous" }.into(),
        offset: Some(layout.begin),
        stored_bytes: Some(layout.value_bytes()),
        max_shape: match by_record {
            true => max_shape.map(|(axis, &len)| (axis > 0).then_some(len)).collect(),
            false => Vec::new(),
        },
        ..Storage::default()
    }
}

/// Reads [`Pieces`] in blocks: the innermost axes that fit a block without wide gaps are read
/// at once and picked out in memory, the outer ones are a read each.
struct BlockReader<'a> {
    source: &'a dyn Source,
    cx: &'a ReadContext,
    values: &'a mut Buffer,
    run_bytes: u64,
    /// Repeats inside one block, the outermost last.
    inner: &'a [Repeat],
    /// Bytes from the first to the last wanted one of a block, and how many are wanted.
    span: u64,
    wanted: u64,
    /// How many blocks, neighbours along the next axis, are read at once.
    together: u64,
    picked: Vec<u8>,
}

impl<'a> BlockReader<'a> {
    fn new(
        source: &'a dyn Source,
        pieces: &'a Pieces,
        values: &'a mut Buffer,
        cx: &'a ReadContext,
    ) -> Self {
        let mut span = pieces.run_bytes;
        let mut wanted = pieces.run_bytes;
        let mut fitting = 0;
        let mut together = 1;
        for axis in &pieces.axes {
            if span > BLOCK_BYTES || axis.step.saturating_sub(span) > WIDEST_GAP_BYTES {
                break;
            }
            match axis.span(span).filter(|&whole| whole <= BLOCK_BYTES) {
                Some(whole) => span = whole,
                None => {
                    let more = (BLOCK_BYTES - span).checked_div(axis.step).unwrap_or(0);
                    together = (1 + more).min(axis.count);
                    break;
                }
            }
            wanted = wanted.saturating_mul(axis.count);
            fitting += 1;
        }
        let inner = pieces.axes.get(..fitting).unwrap_or_default();
        let (run_bytes, picked) = (pieces.run_bytes, Vec::new());
        Self { source, cx, values, run_bytes, inner, span, wanted, together, picked }
    }

    fn read_all(&mut self, pieces: &Pieces) -> Result<()> {
        let outer = pieces.axes.get(self.inner.len()..).unwrap_or_default();
        self.read_outer(outer, pieces.first)
    }

    /// At most 63 deep: every axis at least doubles the extent.
    fn read_outer(&mut self, axes: &[Repeat], first: u64) -> Result<()> {
        let Some((axis, nearer)) = axes.split_last() else {
            return self.read_blocks(first, Repeat { count: 1, step: 0 });
        };
        let at_once = if nearer.is_empty() { self.together } else { 1 };
        let mut done = 0;
        while done < axis.count {
            let count = at_once.min(axis.count - done);
            let offset = first.saturating_add(done.saturating_mul(axis.step));
            match nearer {
                [] => self.read_blocks(offset, Repeat { count, step: axis.step })?,
                nearer => self.read_outer(nearer, offset)?,
            }
            done += count;
        }
        Ok(())
    }

    fn read_blocks(&mut self, first: u64, blocks: Repeat) -> Result<()> {
        if self.span > BLOCK_BYTES || (self.inner.is_empty() && blocks.count == 1) {
            return self.read_run(first);
        }
        let span = blocks.span(self.span).unwrap_or(u64::MAX);
        let bytes = self.source.read_at(first, span, self.cx)?;
        let wanted = self.wanted.saturating_mul(blocks.count);
        self.picked.clear();
        self.picked.reserve(wanted as usize);
        let (inner, run, picked) = (self.inner, self.run_bytes as usize, &mut self.picked);
        match inner {
            [] => pick(&bytes, &[blocks], run, picked),
            inner => repeat(&bytes, blocks, |block| pick(block, inner, run, picked)),
        }
        self.values.extend_from_bytes(ByteOrder::Big, &self.picked)?;
        self.cx.advance(wanted)
    }

    /// One run without gaps, decoded straight from the source's bytes.
    fn read_run(&mut self, first: u64) -> Result<()> {
        let mut done = 0;
        while done < self.run_bytes {
            let len = BLOCK_BYTES.min(self.run_bytes - done);
            let bytes = self.source.read_at(first.saturating_add(done), len, self.cx)?;
            self.values.extend_from_bytes(ByteOrder::Big, &bytes)?;
            self.cx.advance(len)?;
            done += len;
        }
        Ok(())
    }
}

/// Appends the runs that `axes` repeat to `picked`. What is not there is left out, which the
/// reader finds by the count.
fn pick(bytes: &[u8], axes: &[Repeat], run: usize, picked: &mut Vec<u8>) {
    match axes.split_last() {
        None => picked.extend_from_slice(bytes.get(..run).unwrap_or_default()),
        Some((axis, [])) => match run {
            1 => pick_elements::<1>(bytes, *axis, picked),
            2 => pick_elements::<2>(bytes, *axis, picked),
            4 => pick_elements::<4>(bytes, *axis, picked),
            8 => pick_elements::<8>(bytes, *axis, picked),
            _ => repeat(bytes, *axis, |bytes| pick(bytes, &[], run, picked)),
        },
        Some((axis, nearer)) => repeat(bytes, *axis, |bytes| pick(bytes, nearer, run, picked)),
    }
}

fn repeat(bytes: &[u8], axis: Repeat, mut each: impl FnMut(&[u8])) {
    for k in 0..axis.count {
        each(bytes.get(k.saturating_mul(axis.step) as usize..).unwrap_or_default());
    }
}

fn pick_elements<const N: usize>(bytes: &[u8], axis: Repeat, picked: &mut Vec<u8>) {
    let steps = bytes.chunks((axis.step as usize).max(1)).take(axis.count as usize);
    for element in steps.filter_map(|step| step.first_chunk::<N>()) {
        picked.extend_from_slice(element);
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{MemorySource, Range};
    use hyperslab_testkit::bytes::{CdfBuilder, F32, F64, I8, UNLIMITED, cdf2};
    use hyperslab_testkit::counting::CountingSource;
    use hyperslab_testkit::select::select;

    use super::*;

    /// The section's values are right; the reads it took.
    fn reads(file: &CdfBuilder, name: &str, id: u32, ranges: &[Range]) -> Vec<(u64, u64)> {
        let cx = ReadContext::default();
        let source = Arc::new(CountingSource::new(Arc::new(MemorySource::new(file.bytes()))));
        let reader = Netcdf3Reader::open(source.clone(), &cx).unwrap();
        source.take_reads();
        let section = Section::new(ranges);
        let read = reader.read(VariableId(id), &section, &cx).unwrap();
        assert_eq!(read, select(&file.expected(name), &section));
        source.take_reads()
    }

    #[test]
    fn a_long_run_is_read_in_blocks() {
        let file = cdf2().dim("x", 400_000).var("v", F64, &["x"]);
        let begin = file.begins()[0];
        let reads = reads(&file, "v", 0, &[Range::new(1, 300_000)]);
        let lens: Vec<u64> = reads.iter().map(|read| read.1).collect();
        assert_eq!(lens, [1 << 20, 1 << 20, 2_400_000 - (2 << 20)]);
        assert_eq!(reads[0].0, begin + 8);
    }

    #[test]
    fn near_elements_are_read_with_what_lies_between() {
        let file = cdf2().dim("x", 400_000).var("v", F32, &["x"]);
        assert_eq!(reads(&file, "v", 0, &[Range::strided(3, 10_000, 7)]).len(), 1);
        assert_eq!(reads(&file, "v", 0, &[Range::strided(0, 100_000, 4)]).len(), 2);
        let file = cdf2().dim("a", 40).dim("b", 30).dim("c", 20).var("v", F32, &["a", "b", "c"]);
        let corner = [Range::strided(1, 13, 3), Range::new(4, 9), Range::strided(0, 10, 2)];
        assert_eq!(reads(&file, "v", 0, &corner).len(), 1);
        assert_eq!(
            reads(&file, "v", 0, &[Range::new(0, 40), Range::one(3), Range::one(7)]).len(),
            1
        );
    }

    #[test]
    fn far_elements_are_read_one_by_one() {
        let file = cdf2().dim("x", 4_000_000).var("v", I8, &["x"]);
        let reads = reads(&file, "v", 0, &[Range::strided(5, 4, 1_000_000)]);
        assert_eq!(reads.iter().map(|read| read.1).collect::<Vec<_>>(), [1; 4]);
    }

    #[test]
    fn records_near_each_other_are_read_together_and_large_ones_apart() {
        let file = cdf2().dim("t", UNLIMITED).dim("x", 10_000).var("time", F64, &["t"]);
        let near = file.clone().var("other", I8, &["t"]).records(5000);
        assert_eq!(reads(&near, "time", 0, &[Range::new(0, 5000)]).len(), 1);
        let far = file.var("field", F32, &["t", "x"]).records(6);
        assert_eq!(reads(&far, "time", 0, &[Range::new(0, 6)]).len(), 6);
        assert_eq!(reads(&far, "field", 1, &[Range::new(0, 6), Range::new(0, 10_000)]).len(), 1);
        let part = [Range::new(0, 6), Range::strided(10, 2, 400)];
        assert_eq!(reads(&far, "field", 1, &part).len(), 6);
    }

    #[test]
    fn a_section_cut_into_groups_of_blocks_keeps_its_order() {
        // 300 rows of 8000 bytes: 131 of them fit one read.
        let file = cdf2().dim("a", 300).dim("b", 2000).var("v", F32, &["a", "b"]);
        let part = [Range::new(0, 300), Range::strided(1, 600, 3)];
        assert_eq!(reads(&file, "v", 0, &part).len(), 3);
    }
}
