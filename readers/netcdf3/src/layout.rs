//! Where values lie: record size, padding, and the pieces of a section ("Note on vsize",
//! "Note on padding", "Notes on Computing File Offsets"). Arithmetic only; nothing is read.

use hyperslab_core::{ReadError, Result, Section};

use crate::header::{Header, NumRecs, Variable, quoted};

/// No offset in a file is larger: OFFSET is a non-negative INT64.
const LAST_OFFSET: u64 = i64::MAX as u64;

#[derive(Debug)]
pub struct Layout {
    /// Length of the record dimension.
    pub records: u64,
    /// One for each variable of the header.
    pub variables: Vec<VariableLayout>,
    /// What is odd about the file's length.
    pub notes: Vec<String>,
}

#[derive(Debug)]
pub struct VariableLayout {
    pub shape: Vec<u64>,
    pub begin: u64,
    pub element_bytes: u64,
    /// All values of a fixed variable, those of one record of a record variable; no padding.
    pub slab_bytes: u64,
    /// From record to record, where there are records.
    pub record_bytes: Option<u64>,
}

impl Layout {
    /// # Errors
    /// `Malformed` where variables overlap or would reach beyond the last possible offset.
    pub fn new(header: &Header, file_len: u64) -> Result<Self> {
        let variables: Vec<VariableLayout> =
            header.variables.iter().map(|var| fixed_shape(header, var)).collect::<Result<_>>()?;
        let mut layout = Self { records: 0, variables, notes: Vec::new() };
        layout.set_record_bytes()?;
        layout.set_records(header, file_len)?;
        layout.check_overlap(header)?;
        layout.note_length(header, file_len);
        Ok(layout)
    }

    fn record_variables(&self) -> impl Iterator<Item = &VariableLayout> {
        self.variables.iter().filter(|var| var.record_bytes.is_some())
    }

    /// recsize: the sum of the slabs of all record variables, each padded to 4 bytes. A lone
    /// record variable is not padded, whatever its vsize says (fixtures: `lone_short.nc`).
    fn set_record_bytes(&mut self) -> Result<()> {
        let slabs: Vec<u64> = self.record_variables().map(|var| var.slab_bytes).collect();
        let recsize = match slabs.as_slice() {
            [lone] => Some(*lone),
            slabs => slabs
                .iter()
                .try_fold(0u64, |sum, slab| sum.checked_add(slab.checked_next_multiple_of(4)?)),
        };
        let recsize = recsize.filter(|&size| size <= LAST_OFFSET).ok_or_else(|| {
            ReadError::malformed("a record of more than 2^63 bytes").in_object("record variables")
        })?;
        for var in &mut self.variables {
            var.record_bytes = var.record_bytes.map(|_| recsize);
        }
        Ok(())
    }

    fn set_records(&mut self, header: &Header, file_len: u64) -> Result<()> {
        self.records = match header.numrecs {
            NumRecs::Known(records) => records,
            NumRecs::Streaming => self.records_in(file_len),
        };
        for (var, entry) in self.variables.iter_mut().zip(&header.variables) {
            if let (Some(_), Some(length)) = (var.record_bytes, var.shape.first_mut()) {
                *length = self.records;
            }
            if var.end().is_none_or(|end| end > LAST_OFFSET) {
                return Err(entry.begin_malformed("values reach beyond byte 2^63"));
            }
        }
        Ok(())
    }

    /// How many records are whole in a file of `file_len` bytes. Padding behind the very last
    /// value may be missing.
    fn records_in(&self, file_len: u64) -> u64 {
        self.record_variables().map(|var| var.records_in(file_len)).min().unwrap_or(0)
    }

    /// Values of two variables cannot lie in one place. They should lie in the order of the
    /// header; nothing is lost when they do not.
    fn check_overlap(&mut self, header: &Header) -> Result<()> {
        let mut fixed = Vec::new();
        let mut slabs = Vec::new();
        for (var, entry) in self.variables.iter().zip(&header.variables) {
            match var.record_bytes {
                None => fixed.push((var.begin, var.end().unwrap_or(u64::MAX), entry)),
                Some(_) => slabs.push((var.begin, var.begin.saturating_add(var.slab_bytes), entry)),
            }
        }
        if !in_order(&fixed) || !in_order(&slabs) {
            self.notes.push("the values do not lie in the order of the header".into());
        }
        slabs.sort_unstable_by_key(|&(begin, end, _)| (begin, end));
        check_neighbours(&slabs)?;
        // All records together are one more thing that must not overlap the fixed variables.
        let records_end = self.record_variables().filter_map(VariableLayout::end).max();
        if let (Some(&(begin, _, entry)), Some(end)) = (slabs.first(), records_end) {
            fixed.push((begin, end.max(begin), entry));
        }
        fixed.sort_unstable_by_key(|&(begin, end, _)| (begin, end));
        check_neighbours(&fixed)
    }

    /// A file shorter than its header announces was cut, or its writer is not done.
    fn note_length(&mut self, header: &Header, file_len: u64) {
        if header.numrecs == NumRecs::Streaming {
            self.note_streaming_rest(file_len);
        }
        let cut: Vec<_> = self
            .variables
            .iter()
            .zip(&header.variables)
            // Of no records nothing is missing, wherever they would begin.
            .filter(|(var, _)| var.value_bytes() > 0)
            .filter_map(|(var, entry)| Some((var.end().filter(|&end| end > file_len)?, entry)))
            .collect();
        let Some(end) = cut.iter().map(|(end, _)| *end).max() else { return };
        let first = cut.first().map(|(_, entry)| quoted(&entry.name)).unwrap_or_default();
        let others = match cut.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" and of {more} more"),
        };
        let (whole, records) = (self.records_in(file_len), self.records);
        let kept = match self.record_variables().next() {
            Some(_) if whole < records => format!("; {whole} of {records} records are whole"),
            _ => String::new(),
        };
        self.notes.push(format!(
            "cut short or still being written: the file ends at byte {file_len}, its header \
             announces values up to byte {end}; some of {first}{others} are missing{kept}"
        ));
    }

    fn note_streaming_rest(&mut self, file_len: u64) {
        let first = self.record_variables().min_by_key(|var| var.begin);
        let next = first.and_then(|var| {
            let records = self.records.checked_mul(var.record_bytes?)?;
            var.begin.checked_add(records)
        });
        let rest = next.map_or(0, |next| file_len.saturating_sub(next));
        if rest > 0 {
            self.notes.push(format!(
                "the number of records is not in the header; the file holds {} whole ones, \
                 the {rest} bytes behind them are not shown",
                self.records
            ));
        }
    }
}

/// Shape and slab of a variable; the length of the record dimension is not known yet.
fn fixed_shape(header: &Header, var: &Variable) -> Result<VariableLayout> {
    let lengths = var.dimids.iter().map(|&id| header.dimensions.get(id as usize));
    let shape: Vec<u64> = lengths.map(|dim| dim.map_or(0, |dim| dim.length)).collect();
    let is_record = shape.first() == Some(&0);
    let element_bytes = var.nc_type.bytes();
    let slab_bytes = shape
        .iter()
        .skip(usize::from(is_record))
        .try_fold(element_bytes, |bytes, &length| bytes.checked_mul(length))
        .filter(|&bytes| bytes <= LAST_OFFSET)
        .ok_or_else(|| var.dimids_malformed("its dimensions make more than 2^63 bytes"))?;
    let record_bytes = is_record.then_some(0);
    Ok(VariableLayout { shape, begin: var.begin, element_bytes, slab_bytes, record_bytes })
}

/// Where the values of a variable begin and end.
type Extent<'a> = (u64, u64, &'a Variable);

fn in_order(extents: &[Extent]) -> bool {
    extents.is_sorted_by_key(|&(begin, _, _)| begin)
}

fn check_neighbours(sorted: &[Extent]) -> Result<()> {
    let mut furthest: Option<(u64, &Variable)> = None;
    for &(begin, end, var) in sorted.iter().filter(|(begin, end, _)| begin < end) {
        if let Some((until, other)) = furthest.filter(|&(until, _)| begin < until) {
            return Err(var.begin_malformed(format!(
                "values begin at byte {begin}, inside those of {}, which end at byte {until}",
                quoted(&other.name)
            )));
        }
        furthest = Some((end, var));
    }
    Ok(())
}

impl VariableLayout {
    /// Behind the last value; `None` when that is beyond 2^64.
    pub fn end(&self) -> Option<u64> {
        let Some(record_bytes) = self.record_bytes else {
            return self.begin.checked_add(self.slab_bytes);
        };
        match self.shape.first().and_then(|records| records.checked_sub(1)) {
            None => Some(self.begin),
            Some(last) => {
                let last = last.checked_mul(record_bytes)?;
                self.begin.checked_add(last)?.checked_add(self.slab_bytes)
            }
        }
    }

    /// Bytes of all values.
    pub fn value_bytes(&self) -> u64 {
        let records = self.record_bytes.and(self.shape.first().copied()).unwrap_or(1);
        self.slab_bytes.saturating_mul(records)
    }

    /// How many records of this variable are whole in a file of `file_len` bytes.
    pub fn records_in(&self, file_len: u64) -> u64 {
        let (Some(record_bytes), Some(first_end)) =
            (self.record_bytes, self.begin.checked_add(self.slab_bytes))
        else {
            return 0;
        };
        match file_len.checked_sub(first_end) {
            None => 0,
            Some(behind) => {
                behind.checked_div(record_bytes).map_or(0, |more| more.saturating_add(1))
            }
        }
    }

    /// Where the elements of `section` lie, which selects at least one and fits the shape.
    pub fn pieces(&self, section: &Section) -> Result<Pieces> {
        let overflow = || ReadError::malformed("offsets beyond 2^63");
        let mut pieces = Pieces { first: self.begin, run_bytes: self.element_bytes, axes: vec![] };
        let mut pitch = self.element_bytes;
        let axes = section.ranges.iter().zip(&self.shape).enumerate();
        for (axis, (range, &length)) in axes.rev() {
            if let (0, Some(record_bytes)) = (axis, self.record_bytes) {
                pitch = record_bytes;
            }
            let start = range.start.checked_mul(pitch).ok_or_else(overflow)?;
            pieces.first = pieces.first.checked_add(start).ok_or_else(overflow)?;
            if range.count > 1 {
                let step = range.stride.checked_mul(pitch).ok_or_else(overflow)?;
                pieces.push_outer(range.count, step).ok_or_else(overflow)?;
            }
            pitch = pitch.checked_mul(length).ok_or_else(overflow)?;
        }
        Ok(pieces)
    }
}

/// Runs of `run_bytes`, the first at byte `first` of the file, repeated along `axes`, the
/// outermost last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces {
    pub first: u64,
    pub run_bytes: u64,
    pub axes: Vec<Repeat>,
}

/// `count` times, at least twice, `step` bytes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub count: u64,
    pub step: u64,
}

impl Repeat {
    /// From the first to the end of the last, when one takes `each` bytes.
    pub fn span(self, each: u64) -> Option<u64> {
        self.count.saturating_sub(1).checked_mul(self.step)?.checked_add(each)
    }
}

impl Pieces {
    /// Repeats what is there; repeats that follow each other without a gap become longer ones.
    fn push_outer(&mut self, count: u64, step: u64) -> Option<()> {
        match self.axes.last_mut() {
            None if step == self.run_bytes => self.run_bytes = self.run_bytes.checked_mul(count)?,
            Some(last) if last.step.checked_mul(last.count)? == step => {
                last.count = last.count.checked_mul(count)?;
            }
            _ => self.axes.push(Repeat { count, step }),
        }
        Some(())
    }

    /// Behind the last byte; `None` when that is beyond 2^64.
    pub fn end(&self) -> Option<u64> {
        self.axes.iter().try_fold(self.first.checked_add(self.run_bytes)?, |end, axis| {
            end.checked_add(axis.span(0)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{MemorySource, Range, ReadContext};
    use hyperslab_testkit::bytes::{CdfBuilder, F32, F64, I8, I16, UNLIMITED, cdf1, cdf5};

    use super::*;

    fn layout(file: &CdfBuilder) -> Layout {
        let bytes = file.bytes();
        let len = bytes.len() as u64;
        let header = Header::read(&MemorySource::new(bytes), &ReadContext::default()).unwrap();
        Layout::new(&header, len).unwrap()
    }

    fn records() -> CdfBuilder {
        cdf1().dim("t", UNLIMITED).dim("x", 3)
    }

    #[test]
    fn a_lone_record_variable_is_not_padded_but_two_are() {
        let lone = records().var("a", I16, &["t", "x"]).var("fixed", I8, &["x"]).records(2);
        assert_eq!(layout(&lone).variables[0].record_bytes, Some(6));
        let two = lone.var("b", I8, &["t"]);
        assert_eq!(layout(&two).variables[0].record_bytes, Some(8 + 4));
        assert_eq!(layout(&two).variables[1].record_bytes, None);
    }

    #[test]
    fn records_are_counted_by_what_is_whole() {
        let file = records().var("a", F64, &["t"]).var("b", I8, &["t", "x"]).records(3);
        let layout = layout(&file);
        let end = file.bytes().len() as u64;
        let [a, b] = layout.variables.as_slice() else { panic!("two variables") };
        assert_eq!(a.records_in(end), 3);
        // The last record of b needs no padding.
        assert_eq!((b.records_in(end - 1), b.records_in(end - 2)), (3, 2));
        assert_eq!((a.records_in(end - 4), a.records_in(end - 5)), (3, 2));
        assert_eq!((a.records_in(a.begin + 7), a.records_in(0)), (0, 0));
    }

    #[test]
    fn numbers_beyond_32_bits_are_only_numbers() {
        let file = cdf5().dim("t", UNLIMITED).dim("x", 1 << 33);
        let file = file.var("a", F32, &["t"]).dimids(&[0, 1]).var("b", F64, &["t"]);
        let file = file.begin(1 << 40).numrecs(50_000_000);
        let layout = layout(&file);
        let record_bytes = (4 << 33) + 8;
        assert_eq!(layout.variables[0].record_bytes, Some(record_bytes));
        let end = (1u64 << 40) + 49_999_999 * record_bytes + 8;
        assert_eq!(layout.variables[1].end(), Some(end));
        assert!(layout.notes[0].contains("0 of 50000000 records"), "{:?}", layout.notes);
    }

    #[test]
    fn a_section_without_gaps_is_one_run() {
        let file = cdf1().dim("a", 4).dim("b", 6).dim("c", 5).var("v", I16, &["a", "b", "c"]);
        let layout = layout(&file);
        let begin = file.begins()[0];
        let pieces =
            |ranges: [Range; 3]| layout.variables[0].pieces(&Section::new(ranges)).unwrap();
        let rows = pieces([Range::new(2, 1), Range::new(1, 3), Range::new(0, 5)]);
        let run = Pieces { first: begin + 2 * 65, run_bytes: 30, axes: vec![] };
        assert_eq!(rows, run);
        let all = pieces([Range::new(0, 4), Range::new(0, 6), Range::new(0, 5)]);
        assert_eq!(all.run_bytes, 240);
        assert_eq!(all.end(), Some(begin + 240));
        // Every other row of all planes is one axis: 6 rows make 3 of them in each plane.
        let rows = pieces([Range::new(0, 4), Range::strided(0, 3, 2), Range::new(0, 5)]);
        assert_eq!((rows.run_bytes, rows.axes), (10, vec![Repeat { count: 12, step: 20 }]));
    }

    #[test]
    fn records_of_several_variables_are_runs_apart_and_of_one_they_are_not() {
        let lone = records().var("a", I16, &["t", "x"]).records(5);
        let all = Section::all(&[5, 3]);
        assert_eq!(layout(&lone).variables[0].pieces(&all).unwrap().run_bytes, 30);
        let two = layout(&lone.var("b", I8, &["t"]));
        let pieces = two.variables[0].pieces(&all).unwrap();
        assert_eq!((pieces.run_bytes, pieces.axes), (6, vec![Repeat { count: 5, step: 12 }]));
    }

    #[test]
    fn values_out_of_order_are_taken_where_they_are_but_it_is_said() {
        let file = cdf1().dim("x", 2).var("a", I16, &["x"]).var("b", I16, &["x"]);
        let begins = file.begins();
        let swapped = cdf1().dim("x", 2).var("a", I16, &["x"]).begin(begins[1]);
        let layout = layout(&swapped.var("b", I16, &["x"]).begin(begins[0]));
        assert_eq!(layout.notes, ["the values do not lie in the order of the header"]);
    }
}
