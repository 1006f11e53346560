//! The reader contract (`hyperslab_core::reader`), checked over a fixture. Everything panics
//! with a sentence about what was promised and not kept.
//!
//! ```text
//! contract::check(&hyperslab_netcdf3::FORMAT, &bytes);
//! contract::check_sources(&FORMAT, &[memory, mapped_file, http]);
//! ```

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hyperslab_core::chunks::ChunkGrid;
use hyperslab_core::{
    Array, Buffer, ByteOrder, CancelFlag, Confidence, Dataset, Dtype, ErrorKind, Format, GroupId,
    Limits, MemorySource, Progress, Range, ReadContext, ReadError, Reader, Result, Section, Source,
    Variable, VariableId,
};

use crate::random::Xorshift;
use crate::select::{same_array, select};
use crate::slow::SlowSource;

/// Of larger variables a corner of about this many elements is compared.
const MOST_ELEMENTS: u64 = 1 << 16;
const RANDOM_SECTIONS: usize = 24;
const THREADS: usize = 4;
/// No read may go on for longer after it was cancelled; generous, for busy test machines.
const PROMPT: Duration = Duration::from_secs(2);

/// The contract over one file in memory.
pub fn check(format: &Format, bytes: &[u8]) {
    check_sources(format, &[Arc::new(MemorySource::new(bytes))]);
}

/// The contract over one file reached in several ways, which must agree.
pub fn check_sources(format: &Format, sources: &[Arc<dyn Source>]) {
    let source = sources.first().expect("at least one source");
    let cx = ReadContext::default();
    let file = Opened::new(format, source.clone(), &cx).expect("the file opens and lists");
    check_probe(format, sources);
    check_dataset(&file.dataset);
    let corners: Vec<Array> = file.variables().map(|(id, _)| file.corner(id)).collect();
    for ((id, variable), corner) in file.variables().zip(&corners) {
        check_values(variable, corner);
        check_sections(&file, id, corner);
        check_requests(&file, id);
        check_array_limit(&file, id, corner);
    }
    check_foreign_ids(&file);
    check_threads(&file, &corners);
    check_cancelled(format, source, &file);
    check_cancel_while_reading(format, source);
    check_metadata_limits(format, source, &file);
    for source in sources {
        check_agrees(format, source, &file, &corners);
    }
}

/// A file with all its groups listed.
pub struct Opened {
    pub reader: Box<dyn Reader>,
    pub dataset: Dataset,
}

impl Opened {
    pub fn new(format: &Format, source: Arc<dyn Source>, cx: &ReadContext) -> Result<Self> {
        let reader = (format.open)(source, cx)?;
        let dataset = list_all(&*reader, cx)?;
        Ok(Self { reader, dataset })
    }

    /// Those that have values.
    pub fn variables(&self) -> impl Iterator<Item = (VariableId, &Variable)> {
        let all = (0..).map(VariableId).zip(&self.dataset.variables);
        all.filter(|(_, variable)| !variable.is_null)
    }

    pub fn variable(&self, id: VariableId) -> &Variable {
        self.dataset.variable(id).expect("a listed variable")
    }

    /// All values of the variable at `path`.
    pub fn read_all(&self, path: &str, cx: &ReadContext) -> Result<Array> {
        let id = self.dataset.find_variable(path);
        let id = id.ok_or_else(|| ReadError::request(format!("no variable {path}")))?;
        self.reader.read(id, &Section::all(&self.variable(id).shape()), cx)
    }

    /// Everything, or the first part of it.
    fn corner(&self, id: VariableId) -> Array {
        let variable = self.variable(id);
        let section = Section::all(&corner_shape(&variable.shape()));
        let name = &variable.name;
        let cx = ReadContext::default();
        let read = self.reader.read(id, &section, &cx);
        let array = read.unwrap_or_else(|e| panic!("reading {name}: {e}"));
        assert_eq!(array.shape, section.shape(), "{name}: the result has the section's shape");
        let (done, expected) = (cx.progress.done_bytes(), cx.progress.expected_bytes());
        assert_eq!(done, expected, "{name}: progress ends where it was expected to");
        assert!(expected > 0 || array.is_empty(), "{name}: a read that gives values expects some");
        array
    }
}

/// Lists every group, parents first.
pub fn list_all(reader: &dyn Reader, cx: &ReadContext) -> Result<Dataset> {
    let mut dataset = Dataset::default();
    let mut next = 0;
    while next < dataset.groups.len() {
        let group = GroupId(next as u32);
        dataset.graft(group, reader.list(group, cx)?)?;
        next += 1;
    }
    dataset.notes = cx.take_notes();
    Ok(dataset)
}

fn corner_shape(shape: &[u64]) -> Vec<u64> {
    let mut corner = shape.to_vec();
    while corner.iter().fold(1u64, |n, &len| n.saturating_mul(len)) > MOST_ELEMENTS {
        let longest = corner.iter_mut().max().expect("an axis");
        *longest = longest.div_ceil(2);
    }
    corner
}

fn check_probe(format: &Format, sources: &[Arc<dyn Source>]) {
    let cx = ReadContext::default();
    for source in sources {
        let confidence = (format.probe)(&**source, &cx).expect("the probe answers");
        assert_eq!(confidence, Confidence::Certain, "the probe knows its own format");
    }
    for other in [&b""[..], b"x", b"neither this nor that, but long enough for a signature"] {
        let confidence = (format.probe)(&MemorySource::new(other), &cx).expect("it answers");
        assert_ne!(confidence, Confidence::Certain, "the probe does not know {other:?}");
    }
}

fn check_dataset(dataset: &Dataset) {
    for dimension in &dataset.dimensions {
        assert!(dataset.group(dimension.group).is_some(), "{dimension:?} is in a group");
    }
    for variable in &dataset.variables {
        let name = &variable.name;
        assert!(dataset.group(variable.group).is_some(), "{name} is in a group");
        for axis in &variable.axes {
            let Some(id) = axis.dimension else { continue };
            let dimension = dataset.dimension(id).expect("an axis along a listed dimension");
            assert!(axis.length <= dimension.length, "{name}: an axis longer than {dimension:?}");
        }
        let storage = &variable.storage;
        for rank in [storage.chunks.as_ref().map(Vec::len), Some(storage.max_shape.len())] {
            let rank = rank.unwrap_or(0);
            assert!(rank == 0 || rank == variable.rank(), "{name}: {storage:?} has its rank");
        }
    }
    let groups = dataset.groups.iter().flat_map(|group| &group.attributes);
    let variables = dataset.variables.iter().flat_map(|variable| &variable.attributes);
    let types = dataset.groups.iter().flat_map(|group| &group.types);
    let of_types = types.flat_map(|named| &named.attributes);
    for attribute in groups.chain(variables).chain(of_types).filter(|a| !a.is_null) {
        check_array(&attribute.value, &attribute.dtype, &attribute.name);
    }
}

fn check_values(variable: &Variable, corner: &Array) {
    check_array(corner, &variable.dtype, &variable.name);
}

fn check_array(array: &Array, dtype: &Dtype, name: &str) {
    let count = array.shape.iter().product::<u64>();
    assert_eq!(array.len() as u64, count, "{name}: as many values as the shape says");
    assert!(fits(dtype, &array.values), "{name}: values of type {dtype}");
}

fn fits(dtype: &Dtype, values: &Buffer) -> bool {
    match (dtype, values) {
        (Dtype::Enum(t), values) => fits(&t.base, values),
        (Dtype::Char, Buffer::Char(_)) | (Dtype::Text, Buffer::Text(_)) => true,
        (Dtype::FixedText { len: a }, Buffer::FixedText { len: b, .. }) => a == b,
        (Dtype::Opaque { len: a, .. }, Buffer::Opaque { len: b, .. }) => a == b,
        (Dtype::VarLen(base), Buffer::VarLen { values, .. }) => fits(base, values),
        (Dtype::Array(t), Buffer::Array { per, values }) => {
            t.shape.iter().product::<u64>() == *per as u64 && fits(&t.element, values)
        }
        (Dtype::Reference(_), Buffer::Reference(_)) => true,
        (Dtype::Int { bytes: 9.., .. }, Buffer::Wide(_)) => true,
        (Dtype::Complex(part), Buffer::Compound { fields, .. }) => {
            fields.iter().map(|(name, _)| name.as_str()).eq(["r", "i"])
                && fields.iter().all(|(_, values)| fits(part, values))
        }
        (Dtype::Compound(t), Buffer::Compound { fields, .. }) => {
            t.fields.len() == fields.len()
                && t.fields.iter().zip(fields).all(|(field, (name, values))| {
                    &field.name == name && fits(&field.dtype, values)
                })
        }
        (dtype, values) => Buffer::with_capacity(&held(dtype), 0)
            .is_ok_and(|empty| std::mem::discriminant(&empty) == std::mem::discriminant(values)),
    }
}

/// The plain type in which numbers of this one are held.
fn held(dtype: &Dtype) -> Dtype {
    let order = ByteOrder::Little;
    match *dtype {
        Dtype::Int { bytes, signed, .. } => {
            Dtype::Int { bytes: bytes.next_power_of_two(), signed, order }
        }
        Dtype::Bitfield { bytes, .. } => Dtype::uint(bytes.next_power_of_two(), order),
        Dtype::Time { bytes, .. } => Dtype::int(bytes.next_power_of_two(), order),
        Dtype::Float { bytes: 2, .. } => Dtype::float(4, order),
        Dtype::OtherFloat(ref t) => Dtype::float(if t.is_held_as_f64 { 8 } else { 4 }, order),
        ref other => other.clone(),
    }
}

/// Pieces stitched together, tiles and strides give what reading all at once gave.
fn check_sections(file: &Opened, id: VariableId, corner: &Array) {
    let shape = &corner.shape;
    let mut sections = splits(shape);
    sections.extend(tiles(shape));
    let mut random = Xorshift::new(u64::from(id.0) + 1);
    sections.extend((0..RANDOM_SECTIONS).map(|_| random_section(shape, &mut random)));
    let name = &file.variable(id).name;
    for section in sections {
        let read = file.reader.read(id, &section, &ReadContext::default());
        let array = read.unwrap_or_else(|e| panic!("{name} {section:?}: {e}"));
        let wanted = select(corner, &section);
        assert!(same_array(&array, &wanted), "{name} {section:?}: {array:?}, not {wanted:?}");
    }
}

/// Both sides of a cut at several points of each axis.
fn splits(shape: &[u64]) -> Vec<Section> {
    let mut sections = Vec::new();
    for (axis, &len) in shape.iter().enumerate() {
        for at in [1, len / 3, len / 2, len.saturating_sub(1)] {
            let at = at.min(len);
            for range in [Range::new(0, at), Range::new(at, len - at)] {
                let mut section = Section::all(shape);
                section.ranges[axis] = range;
                sections.push(section);
            }
        }
    }
    sections
}

fn tiles(shape: &[u64]) -> Vec<Section> {
    const MOST_TILES: usize = 64;
    let tile: Vec<u64> = shape.iter().map(|&len| len.div_ceil(3).max(1)).collect();
    let grid = ChunkGrid::new(shape, &tile).expect("tiles of the shape's rank");
    let all = Section::all(shape);
    grid.parts(&all).take(MOST_TILES).map(|part| grid.bounds(&part.index)).collect()
}

fn random_section(shape: &[u64], random: &mut Xorshift) -> Section {
    let range = |&len: &u64| {
        if len == 0 {
            return Range::new(0, 0);
        }
        let start = random.below(len);
        let longest = if random.below(4) == 0 { len } else { 4.min(len) };
        let stride = 1 + random.below(longest);
        let most = (len - start).div_ceil(stride);
        // Mostly long sections, sometimes single elements or none.
        let count = match random.below(8) {
            0 => random.below(2),
            _ => most - random.below(most) / 2,
        };
        Range::strided(start, count.min(most), stride)
    };
    Section::new(shape.iter().map(range).collect::<Vec<_>>())
}

fn check_requests(file: &Opened, id: VariableId) {
    let shape = file.variable(id).shape();
    let mut foreign = vec![Section::new(
        [shape.as_slice(), &[1]].concat().iter().map(|&n| Range::new(0, n)).collect::<Vec<_>>(),
    )];
    for axis in 0..shape.len() {
        for range in [
            Range::new(0, shape[axis] + 1),
            Range::new(shape[axis], 1),
            Range::new(u64::MAX, u64::MAX),
            Range::strided(0, u64::MAX, u64::MAX),
            Range::strided(0, 1, 0),
        ] {
            let mut section = Section::all(&shape);
            section.ranges[axis] = range;
            foreign.push(section);
        }
    }
    for section in foreign {
        let read = file.reader.read(id, &section, &ReadContext::default());
        let kind = read.map(drop).map_err(|e| e.kind());
        assert_eq!(kind, Err(ErrorKind::Request), "{section:?} of shape {shape:?}");
    }
}

fn check_foreign_ids(file: &Opened) {
    let cx = ReadContext::default();
    for id in [file.dataset.variables.len() as u32, u32::MAX] {
        let read = file.reader.read(VariableId(id), &Section::default(), &cx);
        let kind = read.map(drop).map_err(|e| e.kind());
        assert_eq!(kind, Err(ErrorKind::Request), "variable {id} was never listed");
    }
    for id in [file.dataset.groups.len() as u32, u32::MAX] {
        let kind = file.reader.list(GroupId(id), &cx).map(drop).map_err(|e| e.kind());
        assert_eq!(kind, Err(ErrorKind::Request), "group {id} was never listed");
    }
}

fn check_array_limit(file: &Opened, id: VariableId, corner: &Array) {
    if corner.is_empty() {
        return;
    }
    let section = Section::all(&corner.shape);
    let read = |array_bytes| {
        let limits = Limits { array_bytes, ..Limits::default() };
        let cx = ReadContext::default().with_limits(limits);
        file.reader.read(id, &section, &cx).map(drop).map_err(|e| e.kind())
    };
    let name = &file.variable(id).name;
    assert_eq!(read(0), Err(ErrorKind::Limit), "{name}: more than no bytes");
    if matches!(file.variable(id).dtype, Dtype::Int { .. } | Dtype::Float { .. } | Dtype::Char) {
        let bytes = corner.bytes() as u64;
        assert_eq!(read(bytes - 1), Err(ErrorKind::Limit), "{name}: a byte too many");
        assert_eq!(read(bytes), Ok(()), "{name}: as many bytes as allowed");
    }
}

fn check_metadata_limits(format: &Format, source: &Arc<dyn Source>, file: &Opened) {
    let dataset = &file.dataset;
    if dataset.variables.is_empty() && dataset.dimensions.is_empty() {
        return;
    }
    for limits in [
        Limits { entries: 0, ..Limits::default() },
        Limits { metadata_bytes: 1, ..Limits::default() },
    ] {
        let cx = ReadContext::default().with_limits(limits);
        let opened = Opened::new(format, source.clone(), &cx).map(drop).map_err(|e| e.kind());
        assert_eq!(opened, Err(ErrorKind::Limit), "{limits:?}");
    }
}

/// Many threads read through one reader and all get the same.
fn check_threads(file: &Opened, corners: &[Array]) {
    thread::scope(|scope| {
        for first in 0..THREADS {
            scope.spawn(move || {
                for k in 0..corners.len() {
                    // Each thread begins elsewhere.
                    let k = (k + first) % corners.len();
                    let section = Section::all(&corners[k].shape);
                    let (id, _) = file.variables().nth(k).expect("a corner for each variable");
                    let read = file.reader.read(id, &section, &ReadContext::default());
                    let same = read.is_ok_and(|array| same_array(&array, &corners[k]));
                    assert!(same, "variable {k} read by {THREADS} threads at once");
                }
            });
        }
    });
}

/// A context cancelled before the call.
fn check_cancelled(format: &Format, source: &Arc<dyn Source>, file: &Opened) {
    let cx = ReadContext::default();
    cx.cancel.cancel();
    let is_cancelled = |error: ReadError| assert!(error.is_cancelled(), "cancelled, not {error}");
    (format.open)(source.clone(), &cx).map(drop).map_err(is_cancelled).expect_err("no reader");
    let fresh = (format.open)(source.clone(), &ReadContext::default()).expect("it opens");
    fresh.list(GroupId::ROOT, &cx).map(drop).map_err(is_cancelled).expect_err("no listing");
    for (id, variable) in file.variables() {
        let section = Section::all(&variable.shape());
        let read = file.reader.read(id, &section, &cx).map(drop).map_err(is_cancelled);
        read.expect_err("no values");
    }
}

/// A source that hangs is given up as soon as the reader is told to.
fn check_cancel_while_reading(format: &Format, source: &Arc<dyn Source>) {
    let slow = Arc::new(SlowSource::new(source.clone(), Duration::ZERO));
    let file = Opened::new(format, slow.clone(), &ReadContext::default()).expect("it opens");
    slow.set_delay(Duration::from_secs(3600));
    for (id, variable) in file.variables() {
        let section = Section::all(&corner_shape(&variable.shape()));
        let cancel = CancelFlag::default();
        let cx = ReadContext::new(cancel.clone(), Progress::default());
        let read = thread::scope(|scope| {
            let reading = scope.spawn(|| file.reader.read(id, &section, &cx));
            thread::sleep(Duration::from_millis(2));
            cancel.cancel();
            let cancelled = Instant::now();
            let read = reading.join().expect("the reader does not panic");
            let took = cancelled.elapsed();
            assert!(took < PROMPT, "{}: went on for {took:?} after cancelling", variable.name);
            read
        });
        if let Err(error) = read {
            assert!(error.is_cancelled(), "{}: cancelled, not {error}", variable.name);
        }
    }
}

fn check_agrees(format: &Format, source: &Arc<dyn Source>, file: &Opened, corners: &[Array]) {
    let cx = ReadContext::default();
    let other = Opened::new(format, source.clone(), &cx).expect("it opens from any source");
    // By their text, in which a NaN equals itself.
    let text = |file: &Opened| format!("{:?}", file.dataset);
    assert_eq!(text(&other), text(file), "the same listing from any source");
    assert_eq!(other.reader.format_name(), file.reader.format_name());
    for ((id, variable), corner) in other.variables().zip(corners) {
        let same = same_array(&other.corner(id), corner);
        assert!(same, "{}: the same values from any source", variable.name);
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Listing, ReadContext};

    use super::*;
    use crate::slow::SlowReader;

    const MAGIC: &[u8] = b"honest";

    type Open = fn(Arc<dyn Source>, &ReadContext) -> Result<Box<dyn Reader>>;

    fn format(open: Open) -> Format {
        let probe = |source: &dyn Source, cx: &ReadContext| {
            let is_ours = source.len() == 6 && *source.read_at(0, 6, cx)? == *MAGIC;
            Ok(if is_ours { Confidence::Certain } else { Confidence::No })
        };
        Format {
            id: "t",
            name: "T",
            extensions: &[],
            mime: &[],
            codecs: &[],
            choices: &[],
            probe,
            open,
        }
    }

    fn reader() -> SlowReader {
        let reader = SlowReader::new(Duration::ZERO).dim("a", 7).dim("b", 5).dim("c", 300_000);
        reader.var("v", 4, &["a", "b"], |k| k as f64).var("long", 8, &["c"], |k| k as f64)
    }

    fn honest(_: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
        cx.check()?;
        Ok(Box::new(reader()))
    }

    /// Does wrong what `wrong` says, and the rest right.
    struct Liar<F>(SlowReader, F);

    impl<F> Reader for Liar<F>
    where
        F: Fn(&SlowReader, VariableId, &Section, &ReadContext) -> Result<Array> + Send + Sync,
    {
        fn format_name(&self) -> &str {
            self.0.format_name()
        }

        fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
            self.0.list(group, cx)
        }

        fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
            (self.1)(&self.0, id, section, cx)
        }
    }

    #[test]
    fn an_honest_reader_passes() {
        check(&format(honest), MAGIC);
    }

    #[test]
    #[should_panic(expected = "not Array")]
    fn a_reader_that_ignores_strides_is_found_out() {
        let open = |_: Arc<dyn Source>, _: &ReadContext| -> Result<Box<dyn Reader>> {
            Ok(Box::new(Liar(reader(), |inner: &SlowReader, id, section: &Section, cx: &_| {
                let mut unstrided = section.clone();
                if inner.read(id, section, cx).is_ok() {
                    unstrided.ranges.iter_mut().for_each(|range| range.stride = 1);
                }
                inner.read(id, &unstrided, &ReadContext::default())
            })))
        };
        check(&format(open), MAGIC);
    }

    #[test]
    #[should_panic(expected = "expects some")]
    fn a_reader_without_progress_is_found_out() {
        let open = |_: Arc<dyn Source>, _: &ReadContext| -> Result<Box<dyn Reader>> {
            Ok(Box::new(Liar(reader(), |inner: &SlowReader, id, section: &Section, _: &_| {
                inner.read(id, section, &ReadContext::default())
            })))
        };
        check(&format(open), MAGIC);
    }

    #[test]
    #[should_panic(expected = "no values")]
    fn a_reader_that_cannot_be_cancelled_is_found_out() {
        let open = |_: Arc<dyn Source>, cx: &ReadContext| -> Result<Box<dyn Reader>> {
            cx.check()?;
            Ok(Box::new(Liar(
                reader(),
                |inner: &SlowReader, id, section: &Section, cx: &ReadContext| {
                    let deaf = ReadContext::new(CancelFlag::default(), cx.progress.clone());
                    inner.read(id, section, &deaf.with_limits(cx.limits))
                },
            )))
        };
        check(&format(open), MAGIC);
    }
}
