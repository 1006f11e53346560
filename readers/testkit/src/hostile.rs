//! Files gone wrong: cut at every length, bits flipped, extreme numbers where counts and
//! offsets stand. Whatever is done to a file, a reader answers with values or with an error
//! of one line; it does not panic, does not run on, and takes no more than its limits.
//!
//! ```text
//! hostile::Driver::new(&hyperslab_netcdf3::FORMAT).all(&bytes);
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyperslab_core::{
    Array, Buffer, ErrorKind, Format, Limits, MemorySource, Range, ReadContext, ReadError, Section,
    VariableId,
};

use crate::contract::Opened;
use crate::random::Xorshift;
use crate::select::same_array;

pub struct Driver<'a> {
    format: &'a Format,
    /// For opening, listing and reading one damaged file.
    pub budget: Duration,
    pub limits: Limits,
    /// How many files with flipped bits are tried.
    pub flips: usize,
}

/// So many records of a file are looked at.
const RECORDS: usize = 8;

/// What became of one damaged file.
pub enum Outcome {
    Refused(ReadError),
    /// It opened: some of the values of each variable, or why there are none.
    Opened(Vec<Part>),
}

/// One read of one variable.
pub struct Part {
    pub path: String,
    pub shape: Vec<u64>,
    /// Which of the reads of that variable.
    pub read: usize,
    pub values: Result<Array, ReadError>,
}

impl<'a> Driver<'a> {
    pub fn new(format: &'a Format) -> Self {
        let limits =
            Limits { array_bytes: 1 << 20, metadata_bytes: 16 << 20, entries: 1 << 16, depth: 16 };
        Self { format, budget: Duration::from_secs(5), limits, flips: 2000 }
    }

    /// Every way of spoiling a file.
    pub fn all(&self, bytes: &[u8]) {
        self.truncations(bytes, (bytes.len() / 2000).max(1));
        self.flips(bytes);
        self.extremes(bytes, bytes.len().min(4096));
    }

    /// The file cut every `step` bytes. What can still be read must be what stood there.
    pub fn truncations(&self, bytes: &[u8], step: usize) {
        let Outcome::Opened(whole) = self.run(bytes, "the file as it was") else {
            panic!("the file is readable before it is cut");
        };
        for len in (0..bytes.len()).step_by(step.max(1)) {
            let what = format!("cut to {len} of {} bytes", bytes.len());
            let cut = bytes.get(..len).unwrap_or_default();
            let Outcome::Opened(parts) = self.run(cut, &what) else { continue };
            for part in &parts {
                // A format may find out from the length how much there is.
                let is_same = |before: &&Part| {
                    (part.read, &part.path, &part.shape)
                        == (before.read, &before.path, &before.shape)
                };
                let Some(before) = whole.iter().find(is_same) else { continue };
                let (Ok(read), Ok(before)) = (&part.values, &before.values) else { continue };
                // What a reference is called depends on how much there is of the rest.
                if has_references(&read.values) {
                    continue;
                }
                assert!(same_array(read, before), "{what}: {} was not that", part.path);
            }
        }
    }

    /// One to four bits or bytes changed at random places, the early ones more often.
    pub fn flips(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut random = Xorshift::new(bytes.len() as u64);
        for round in 0..self.flips {
            let mut spoiled = bytes.to_vec();
            let mut what = format!("round {round}:");
            for _ in 0..1 + random.below(4) {
                let far = if random.below(2) == 0 { bytes.len() } else { bytes.len().min(512) };
                let at = random.below(far as u64) as usize;
                spoiled[at] = match random.below(4) {
                    0 => random.next_u64() as u8,
                    1 => 0xFF,
                    _ => spoiled[at] ^ 1 << random.below(8),
                };
                what.push_str(&format!(" byte {at} = {}", spoiled[at]));
            }
            self.run(&spoiled, &what);
        }
    }

    /// Extreme numbers at each aligned place of the first `header_len` bytes.
    pub fn extremes(&self, bytes: &[u8], header_len: usize) {
        let words: [&[u8]; 14] = [
            &[0xFF; 4],
            &[0x7F, 0xFF, 0xFF, 0xFF],
            &[0xFF, 0xFF, 0xFF, 0x7F],
            &[0x80, 0, 0, 0],
            &[0x7F, 0xFF, 0xFF, 0xFC],
            &[0, 0, 0, 0x80],
            &[0; 4],
            &[0, 0, 0, 1],
            &[0xFF; 8],
            &[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            &[0x80, 0, 0, 0, 0, 0, 0, 0],
            &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0; 8],
        ];
        for at in (0..header_len.min(bytes.len())).step_by(4) {
            for word in words {
                let mut spoiled = bytes.to_vec();
                let Some(place) = spoiled.get_mut(at..at + word.len()) else { continue };
                place.copy_from_slice(word);
                self.run(&spoiled, &format!("{word:02x?} at byte {at}"));
            }
        }
    }

    /// Opens, lists and reads a little of everything in a file that may be spoiled.
    pub fn run(&self, bytes: &[u8], what: &str) -> Outcome {
        let begun = Instant::now();
        let outcome = self.read(bytes);
        let took = begun.elapsed();
        assert!(took < self.budget, "{what}: took {took:?}");
        let errors: Vec<&ReadError> = match &outcome {
            Outcome::Refused(error) => vec![error],
            Outcome::Opened(parts) => {
                parts.iter().filter_map(|part| part.values.as_ref().err()).collect()
            }
        };
        for error in errors {
            check_error(error, what);
        }
        outcome
    }

    fn read(&self, bytes: &[u8]) -> Outcome {
        let source = Arc::new(MemorySource::new(bytes));
        let cx = ReadContext::default().with_limits(self.limits);
        if let Err(error) = (self.format.probe)(&*source, &cx) {
            return Outcome::Refused(error);
        }
        let file = match Opened::new(self.format, source, &cx) {
            Ok(file) => file,
            Err(error) => return Outcome::Refused(error),
        };
        let mut parts = Vec::new();
        for (id, variable) in file.variables() {
            let (path, shape) = (file.dataset.variable_path(id), variable.shape());
            let reads = self.read_parts(&file, id, &shape).enumerate();
            parts.extend(reads.map(|(read, values)| Part {
                path: path.clone(),
                shape: shape.clone(),
                read,
                values,
            }));
        }
        parts.extend(self.read_records(&file));
        Outcome::Opened(parts)
    }

    /// Keys, values and positions of the first records, where the file is made of some.
    fn read_records(&self, file: &Opened) -> Vec<Part> {
        let Some(records) = file.reader.records() else { return Vec::new() };
        let cx = ReadContext::default().with_limits(self.limits);
        let read = |index: usize| {
            records.keys(index, &cx)?;
            let values = records.values(index, &cx)?;
            let last = (values.values.len() as u64).saturating_sub(1);
            records.positions(index, &[0, last / 2, last], &cx)?;
            Ok(values)
        };
        let part = |index| Part {
            path: format!("record {index}"),
            shape: Vec::new(),
            read: 0,
            values: read(index),
        };
        (0..records.len().min(RECORDS)).map(part).collect()
    }

    /// The whole, a corner, the last element and a coarse grid.
    fn read_parts(
        &self,
        file: &Opened,
        id: VariableId,
        shape: &[u64],
    ) -> impl Iterator<Item = Result<Array, ReadError>> {
        let corner = |&len: &u64| Range::new(0, len.min(3));
        let last = |&len: &u64| Range::new(len.saturating_sub(1), len.min(1));
        let coarse = |&len: &u64| match len {
            0 => Range::new(0, 0),
            len => Range::strided(0, 2.min(len), (len - 1).max(1)),
        };
        let sections = [
            Section::all(shape),
            Section::new(shape.iter().map(corner).collect::<Vec<_>>()),
            Section::new(shape.iter().map(last).collect::<Vec<_>>()),
            Section::new(shape.iter().map(coarse).collect::<Vec<_>>()),
        ];
        // A rank no-one can hold makes sections of 2^rank elements; the limits refuse them.
        sections.into_iter().map(move |section| {
            let cx = ReadContext::default().with_limits(self.limits);
            file.reader.read(id, &section, &cx)
        })
    }
}

fn has_references(values: &Buffer) -> bool {
    match values {
        Buffer::Reference(_) => true,
        Buffer::VarLen { values, .. } | Buffer::Array { values, .. } => has_references(values),
        Buffer::Compound { fields, .. } => fields.iter().any(|(_, values)| has_references(values)),
        _ => false,
    }
}

/// What a person is told is one readable line, and never that we are at fault.
fn check_error(error: &ReadError, what: &str) {
    let line = error.to_string();
    assert!(line.len() < 2000, "{what}: an endless line: {line}");
    assert!(!line.contains(char::is_control), "{what}: not one clean line: {line:?}");
    let wrong = [ErrorKind::Bug, ErrorKind::Request, ErrorKind::Io, ErrorKind::Cancelled];
    assert!(!wrong.contains(&error.kind()), "{what}: not the file's fault: {line}");
}
