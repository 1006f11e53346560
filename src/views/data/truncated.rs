//! What can still be read of a section when the file is cut short: the elements before the cut.

use hyperslab_core::{
    Array, Buffer, ErrorKind, Progress, Range, ReadContext, ReadError, Result, Section, VariableId,
    with_numbers,
};

use super::decoded;
use super::mask::masked;
use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::prep::levels::Summary;

/// A section of which the end may be missing.
#[derive(Debug)]
pub struct Readable {
    /// As many as the section selects, the missing ones NaN (0 where integers stay as stored).
    pub values: Buffer,
    /// How many of them, from the first, are from the file.
    pub readable: usize,
    /// Why the others are not.
    pub damage: Option<ReadError>,
    /// Which of stored values a mask hides; decoded ones are NaN there.
    pub hidden: Option<Vec<bool>>,
}

impl Readable {
    /// Of what is from the file.
    pub fn summary(&self) -> Summary {
        with_numbers!(&self.values, v => {
            Summary::of_slice(v.get(..self.readable).unwrap_or(v))
        }, else Summary::default())
    }
}

/// Reads a section, or of a truncated one what lies before the cut.
///
/// Costs, where the file is cut, one read of an element for each bit of the section's length.
///
/// # Errors
/// Those of the reader; `Truncated` only when not even the first element is there.
pub fn read_readable(
    opened: &Opened<CfDataset>,
    variable: VariableId,
    is_decoded: bool,
    section: &Section,
    cx: &ReadContext,
) -> Result<Readable> {
    match opened.file.read(variable, section, cx) {
        Ok(stored) => {
            let array = decoded(opened, variable, is_decoded, stored);
            let values = masked(opened, variable, is_decoded, section, array, cx).values;
            Ok(Readable { readable: values.len(), values, damage: None, hidden: None })
        }
        Err(error) if error.kind() == ErrorKind::Truncated => {
            let stored = before_the_cut(opened, variable, section, &error, cx)?;
            let readable = stored.len();
            let mut values = decoded(opened, variable, is_decoded, stored).values;
            let count = usize::try_from(section.element_count()).unwrap_or(usize::MAX);
            pad(&mut values, count, is_decoded);
            Ok(Readable { values, readable, damage: Some(error), hidden: None })
        }
        Err(error) => Err(error),
    }
}

/// The stored elements of the longest readable prefix, along one axis; at least one.
fn before_the_cut(
    opened: &Opened<CfDataset>,
    variable: VariableId,
    section: &Section,
    error: &ReadError,
    cx: &ReadContext,
) -> Result<Array> {
    let count = section.element_count();
    // What is missing is held too.
    cx.limits.claim_array(count, 8).map_err(|_| error.clone())?;
    let mut quiet = cx.clone();
    quiet.progress = Progress::default();
    let read = |section: &Section, cx: &ReadContext| match opened.file.read(variable, section, cx) {
        Ok(array) => Ok(Some(array)),
        Err(error) if error.kind() == ErrorKind::Truncated => Ok(None),
        Err(error) => Err(error),
    };
    let (mut there, mut end) = (0, count);
    while there < end {
        cx.check()?;
        let middle = there + (end - there) / 2;
        match read(&element(section, middle), &quiet)? {
            Some(_) => there = middle + 1,
            None => end = middle,
        }
    }
    let mut all: Option<Buffer> = None;
    for part in prefix(section, there) {
        // Formats that compress may lack what lies before the last element that is there.
        let Some(array) = read(&part, cx)? else { break };
        let is_joined = match &mut all {
            None => {
                all = Some(array.values);
                true
            }
            Some(all) => all.append(array.values),
        };
        if !is_joined {
            break;
        }
    }
    all.filter(|values| !values.is_empty()).map(Array::vector).ok_or_else(|| error.clone())
}

/// The section of element `index`, counted in the order of the values.
fn element(section: &Section, mut index: u64) -> Section {
    let mut ranges = section.ranges.clone();
    for range in ranges.iter_mut().rev() {
        let count = range.count.max(1);
        *range = Range::one(range.index(index % count));
        index /= count;
    }
    Section::new(ranges)
}

/// Sections that hold the first `count` elements, in order: whole rows, then part of a row.
fn prefix(section: &Section, count: u64) -> Vec<Section> {
    let mut parts = Vec::new();
    let (mut rest, mut outer) = (count, section.clone());
    if section.ranges.is_empty() {
        return if count > 0 { vec![outer] } else { parts };
    }
    for (axis, range) in section.ranges.iter().enumerate() {
        let inner = section.ranges.iter().skip(axis + 1).map(|range| range.count);
        let row = inner.fold(1u64, u64::saturating_mul).max(1);
        let whole = rest / row;
        let mut part = outer.clone();
        if let (Some(part), Some(outer)) = (part.ranges.get_mut(axis), outer.ranges.get_mut(axis)) {
            part.count = whole;
            *outer = Range::one(range.index(whole));
        }
        if whole > 0 {
            parts.push(part);
        }
        rest %= row;
    }
    parts
}

fn pad(values: &mut Buffer, count: usize, is_decoded: bool) {
    if is_decoded
        && !matches!(values, Buffer::F32(_) | Buffer::F64(_))
        && let Some(numbers) = values.to_f64()
    {
        *values = Buffer::F64(numbers);
    }
    match values {
        Buffer::F32(values) => values.resize(count, f32::NAN),
        Buffer::F64(values) => values.resize(count, f64::NAN),
        Buffer::Char(values) => values.resize(count, 0),
        Buffer::Text(values) => values.resize(count, Box::default()),
        Buffer::FixedText { len, bytes } | Buffer::Opaque { len, bytes } => {
            bytes.resize(len.saturating_mul(count), 0);
        }
        other => with_numbers!(other, v => v.resize(count, Default::default()), else ()),
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_testkit::bytes::{CdfBuilder, F32, F64, I16, UNLIMITED, cdf1};

    use super::*;
    use crate::views::data::testing::opened;

    fn read(file: &CdfBuilder, id: u32, is_decoded: bool, section: &Section) -> Result<Readable> {
        read_readable(&opened(file), VariableId(id), is_decoded, section, &ReadContext::default())
    }

    #[test]
    fn of_a_fixed_variable_all_before_the_cut_is_shown_and_nothing_after_it() {
        let values: Vec<f32> = (1..=60).map(|i| i as f32).collect();
        let whole = cdf1().dim("y", 6).dim("x", 10).var("v", F32, &["y", "x"]).values(values);
        let section = Section::all(&[6, 10]);
        for there in 1..=59 {
            // One byte short of the next element.
            let found = read(&whole.clone().cut((60 - there) * 4 - 3), 0, true, &section).unwrap();
            assert_eq!(found.readable, there);
            assert_eq!(found.damage.as_ref().unwrap().kind(), ErrorKind::Truncated);
            assert_eq!(found.summary().extent, Some((1.0, there as f64)));
            let Buffer::F32(values) = &found.values else { panic!("floats stay floats") };
            assert_eq!(values.len(), 60);
            assert!(values[..there].iter().enumerate().all(|(i, &v)| v == (i + 1) as f32));
            assert!(values[there..].iter().all(|v| v.is_nan()));
        }
        let nothing = read(&whole.clone().cut(240), 0, true, &section).unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::Truncated);
        let all = read(&whole, 0, true, &section).unwrap();
        assert_eq!((all.readable, all.damage), (60, None));
    }

    #[test]
    fn of_a_record_variable_the_whole_records_and_part_of_the_last_are_shown() {
        let file = cdf1()
            .dim("t", UNLIMITED)
            .dim("x", 4)
            .var("v", I16, &["t", "x"])
            .values((1..=20).collect::<Vec<i16>>())
            .var("w", F64, &["t"])
            .records(5);
        // Without the last w, all of the last record but one value of v.
        let file = file.cut(8 + 6);
        let section = Section::all(&[5, 4]);
        let found = read(&file, 0, true, &section).unwrap();
        assert_eq!(found.readable, 17);
        let Buffer::F64(values) = &found.values else { panic!("padding needs NaN") };
        assert_eq!(values[16], 17.0);
        assert!(values[17..].iter().all(|v| v.is_nan()));
        let stored = read(&file, 0, false, &section).unwrap();
        assert_eq!((stored.values.len(), stored.readable), (20, 17));
        assert!(matches!(stored.values, Buffer::I16(_)));
        assert_eq!(stored.summary().extent, Some((1.0, 17.0)), "the padding counts for nothing");
        let last = read(&file, 1, true, &Section::all(&[5])).unwrap();
        assert_eq!(last.readable, 4);
    }

    #[test]
    fn strided_sections_end_at_the_cut_too() {
        let whole = cdf1().dim("y", 6).dim("x", 10).var("v", F32, &["y", "x"]);
        let section = Section::new([Range::strided(1, 3, 2), Range::strided(0, 4, 3)]);
        // The last value left is (3, 5): (1, 0 3 6 9) and (3, 0 3) are there.
        let found = read(&whole.cut((60 - 36) * 4), 0, true, &section).unwrap();
        assert_eq!((found.values.len(), found.readable), (12, 6));
    }

    #[test]
    fn a_prefix_is_whole_rows_and_then_part_of_one() {
        let section = Section::all(&[3, 4, 5]);
        for count in 0..=60 {
            let parts = prefix(&section, count);
            assert_eq!(parts.iter().map(Section::element_count).sum::<u64>(), count);
            assert!(parts.iter().all(|part| part.check(&[3, 4, 5]).is_ok()));
            assert!(parts.len() <= 3);
        }
        assert_eq!(prefix(&Section::default(), 1), [Section::default()]);
    }
}
