//! A format that is slow on purpose, and a source that is.
//!
//! A file `HYPERSLAB-SLOW 250\n` opens as a data set each of whose reads takes 250 ms. Its
//! values are computed, so its variables may be of any size:
//!
//! | variable | type | shape | values |
//! | --- | --- | --- | --- |
//! | `time` `lat` `lon` | f64 | 24, 181, 360 | coordinates |
//! | `field` | f32 | 24 x 181 x 360 | the flat index |
//! | `small` | f32 | 100 | the flat index |
//! | `rows` | f64 | 1 000 000 000 x 4 | the flat index |
//! | `failing` | f32 | 10 | `Malformed`, after the delay |
//! | `panicking` | f32 | 10 | a panic, after the delay |

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hyperslab_core::{
    Array, Attribute, Axis, Blob, Buffer, ByteOrder, Confidence, Dimension, DimensionId, Dtype,
    Format, GroupId, Listing, ReadContext, ReadError, Reader, Result, Section, Source, Storage,
    Variable, VariableId, chunks,
};

const MAGIC: &[u8] = b"HYPERSLAB-SLOW ";
/// A sleeping reader looks this often whether it is still wanted.
const STEP: Duration = Duration::from_millis(1);

pub static FORMAT: Format = Format {
    id: "slow",
    name: "Slow on purpose",
    extensions: &["slow"],
    mime: &[],
    codecs: &[],
    choices: &[],
    probe,
    open,
};

/// The bytes of a file whose reads take `delay`.
pub fn file(delay: Duration) -> Vec<u8> {
    [MAGIC, format!("{}\n", delay.as_millis()).as_bytes()].concat()
}

/// The data set above.
pub fn dataset(delay: Duration) -> Box<dyn Reader> {
    let dims = [("time", 24), ("lat", 181), ("lon", 360)];
    let slow =
        dims.iter().fold(SlowReader::new(delay), |slow, &(name, length)| slow.dim(name, length));
    let slow = slow
        .dim("row", 1_000_000_000)
        .dim("column", 4)
        .dim("x", 100)
        .dim("ten", 10)
        .var("time", 8, &["time"], |k| k as f64)
        .attr("units", "hours since 2000-01-01")
        .var("lat", 8, &["lat"], |k| k as f64 - 90.0)
        .attr("units", "degrees_north")
        .var("lon", 8, &["lon"], |k| k as f64)
        .attr("units", "degrees_east")
        .var("field", 4, &["time", "lat", "lon"], |k| k as f64)
        .attr("units", "K")
        .var("small", 4, &["x"], |k| k as f64)
        .var("rows", 8, &["row", "column"], |k| k as f64)
        .failing("failing", &["ten"])
        .panicking("panicking", &["ten"]);
    Box::new(slow)
}

fn probe(source: &dyn Source, cx: &ReadContext) -> Result<Confidence> {
    let len = MAGIC.len() as u64;
    if source.len() >= len && *source.read_at(0, len, cx)? == *MAGIC {
        return Ok(Confidence::Certain);
    }
    Ok(Confidence::No)
}

fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
    let bytes = source.read_at(0, source.len().min(64), cx)?;
    let millis = bytes.strip_prefix(MAGIC).and_then(|rest| std::str::from_utf8(rest).ok());
    match millis.and_then(|text| text.trim().parse().ok()) {
        Some(millis) => Ok(dataset(Duration::from_millis(millis))),
        None => Err(ReadError::malformed("no number of milliseconds").at(MAGIC.len() as u64)),
    }
}

/// Computed variables, each read of which takes its time.
pub struct SlowReader {
    delay: Duration,
    dimensions: Vec<Dimension>,
    variables: Vec<(Variable, Behaviour)>,
}

#[derive(Clone, Copy)]
enum Behaviour {
    /// The value at a flat index.
    Values(fn(u64) -> f64),
    Fails,
    Panics,
}

impl SlowReader {
    pub fn new(delay: Duration) -> Self {
        Self { delay, dimensions: Vec::new(), variables: Vec::new() }
    }

    #[must_use]
    pub fn dim(mut self, name: &str, length: u64) -> Self {
        let (name, group) = (name.into(), GroupId::ROOT);
        self.dimensions.push(Dimension { name, group, length, is_unlimited: false });
        self
    }

    /// A float variable of `bytes` (4 or 8) an element; `value` is given the flat index.
    #[must_use]
    pub fn var(self, name: &str, bytes: u8, dims: &[&str], value: fn(u64) -> f64) -> Self {
        self.push(name, bytes, dims, Behaviour::Values(value))
    }

    /// A variable of which nothing can be read.
    #[must_use]
    pub fn failing(self, name: &str, dims: &[&str]) -> Self {
        self.push(name, 4, dims, Behaviour::Fails)
    }

    /// A variable whose reader has a fault.
    #[must_use]
    pub fn panicking(self, name: &str, dims: &[&str]) -> Self {
        self.push(name, 4, dims, Behaviour::Panics)
    }

    /// A text attribute of the last variable.
    #[must_use]
    pub fn attr(mut self, name: &str, text: &str) -> Self {
        let (variable, _) = self.variables.last_mut().expect("a variable");
        let value = Array::text(text);
        variable.attributes.push(Attribute::new(name, Dtype::Char, value));
        self
    }

    fn push(mut self, name: &str, bytes: u8, dims: &[&str], behaviour: Behaviour) -> Self {
        let axis = |dim: &&str| {
            let found = self.dimensions.iter().position(|d| d.name == *dim);
            let at = found.unwrap_or_else(|| panic!("no dimension {dim}"));
            Axis { length: self.dimensions[at].length, dimension: Some(DimensionId(at as u32)) }
        };
        let variable = Variable {
            axes: dims.iter().map(axis).collect(),
            storage: Storage { layout: "computed".into(), ..Storage::default() },
            ..Variable::new(name, GroupId::ROOT, Dtype::float(bytes, ByteOrder::Little))
        };
        self.variables.push((variable, behaviour));
        self
    }
}

impl Reader for SlowReader {
    fn format_name(&self) -> &str {
        FORMAT.id
    }

    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        cx.check()?;
        if group != GroupId::ROOT {
            return Err(ReadError::request("a group that was not listed"));
        }
        let entries = (self.dimensions.len() + self.variables.len()) as u64;
        cx.limits.claim_entries(entries, "dimensions and variables")?;
        cx.limits.claim_metadata(entries, size_of::<Variable>() as u64, "the listing")?;
        Ok(Listing {
            dimensions: self.dimensions.clone(),
            variables: self.variables.iter().map(|(variable, _)| variable.clone()).collect(),
            ..Listing::default()
        })
    }

    fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        cx.check()?;
        let Some((variable, behaviour)) = self.variables.get(id.index()) else {
            return Err(ReadError::request("a variable that was not listed"));
        };
        let shape = variable.shape();
        section.check(&shape)?;
        let count = section.element_count();
        let bytes = cx.limits.claim_array(count, variable.dtype.element_bytes())? as u64;
        cx.progress.expect(bytes);
        let slept = sleep(self.delay, bytes, cx)?;
        let value = match behaviour {
            Behaviour::Values(value) => value,
            Behaviour::Fails => return Err(ReadError::malformed("fails on purpose")),
            Behaviour::Panics => panic!("panics on purpose"),
        };
        let mut values = Buffer::with_capacity(&variable.dtype, count as usize)?;
        fill(&mut values, &shape, section, *value, cx)?;
        cx.advance(bytes - slept)?;
        Ok(Array { shape: section.shape(), values })
    }
}

/// Sleeps in steps that see cancelling; progress moves along, up to the last part of `bytes`.
fn sleep(delay: Duration, bytes: u64, cx: &ReadContext) -> Result<u64> {
    let begun = Instant::now();
    let mut reported = 0;
    loop {
        let elapsed = begun.elapsed();
        if elapsed >= delay {
            return Ok(reported);
        }
        let fraction = elapsed.as_secs_f64() / delay.as_secs_f64();
        let done = ((bytes as f64 * fraction) as u64).clamp(reported, bytes);
        cx.advance(done - reported)?;
        reported = done;
        thread::sleep(STEP.min(delay - elapsed));
    }
}

fn fill(
    values: &mut Buffer,
    shape: &[u64],
    section: &Section,
    value: fn(u64) -> f64,
    cx: &ReadContext,
) -> Result<()> {
    const PIECE: u64 = 1 << 16;
    for run in chunks::runs(shape, section)? {
        let mut done = 0;
        while done < run.count {
            let piece = PIECE.min(run.count - done);
            let at = (done..done + piece).map(|k| value(run.source + k * run.source_step));
            match values {
                Buffer::F32(v) => v.extend(at.map(|x| x as f32)),
                Buffer::F64(v) => v.extend(at),
                _ => return Err(ReadError::unsupported("computed values that are not floats")),
            }
            cx.check()?;
            done += piece;
        }
    }
    Ok(())
}

/// A source whose every read takes `delay` longer.
pub struct SlowSource {
    inner: Arc<dyn Source>,
    delay_micros: AtomicU64,
}

impl SlowSource {
    pub fn new(inner: Arc<dyn Source>, delay: Duration) -> Self {
        let slow = Self { inner, delay_micros: AtomicU64::new(0) };
        slow.set_delay(delay);
        slow
    }

    pub fn set_delay(&self, delay: Duration) {
        self.delay_micros.store(delay.as_micros() as u64, Ordering::Relaxed);
    }
}

impl Source for SlowSource {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        let delay = Duration::from_micros(self.delay_micros.load(Ordering::Relaxed));
        sleep(delay, 0, cx)?;
        self.inner.read_at(offset, len, cx)
    }

    fn verify(&self) -> Result<()> {
        self.inner.verify()
    }

    fn has_news(&self) -> bool {
        self.inner.has_news()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn sibling(&self, path: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
        self.inner.sibling(path, cx)
    }

    fn neighbours(&self, cx: &ReadContext) -> Result<Vec<String>> {
        self.inner.neighbours(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::{ErrorKind, MemorySource, Range};

    fn opened(millis: u64) -> Box<dyn Reader> {
        let source = Arc::new(MemorySource::new(file(Duration::from_millis(millis))));
        let reader = (FORMAT.open)(source, &ReadContext::default());
        reader.expect("it opens")
    }

    fn id(reader: &dyn Reader, name: &str) -> VariableId {
        let listing = reader.list(GroupId::ROOT, &ReadContext::default()).unwrap();
        let at = listing.variables.iter().position(|v| v.name == name).unwrap();
        VariableId(at as u32)
    }

    #[test]
    fn a_row_of_a_billion_is_its_flat_index_after_the_delay() {
        let reader = opened(20);
        let cx = ReadContext::default();
        let begun = Instant::now();
        let section = Section::new([Range::new(999_999_999, 1), Range::new(0, 4)]);
        let array = reader.read(id(&*reader, "rows"), &section, &cx).unwrap();
        assert_eq!(
            array.values,
            Buffer::F64(vec![3999999996., 3999999997., 3999999998., 3999999999.])
        );
        assert!(begun.elapsed() >= Duration::from_millis(20));
        assert_eq!(cx.progress.done_bytes(), 32);
        assert_eq!(cx.progress.expected_bytes(), 32);
    }

    #[test]
    fn a_read_that_takes_an_hour_is_cancelled_at_once() {
        let reader = opened(3_600_000);
        let (cx, section) = (ReadContext::default(), Section::new([Range::new(0, 100)]));
        let small = id(&*reader, "small");
        let read = thread::scope(|scope| {
            let reading = scope.spawn(|| reader.read(small, &section, &cx));
            thread::sleep(Duration::from_millis(5));
            cx.cancel.cancel();
            reading.join().unwrap()
        });
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Cancelled);
    }

    #[test]
    fn one_variable_fails_and_one_panics() {
        let reader = dataset(Duration::ZERO);
        let (cx, section) = (ReadContext::default(), Section::new([Range::new(0, 10)]));
        let failed = reader.read(id(&*reader, "failing"), &section, &cx);
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Malformed);
        let panicking = id(&*reader, "panicking");
        let read = std::panic::AssertUnwindSafe(|| reader.read(panicking, &section, &cx));
        assert!(std::panic::catch_unwind(read).is_err());
    }

    #[test]
    fn bytes_of_another_kind_are_not_slow() {
        let source = MemorySource::new(&b"CDF\x01"[..]);
        assert_eq!(probe(&source, &ReadContext::default()).unwrap(), Confidence::No);
    }
}
