//! A section written as text, `5,2:10,::4,-1,:`, on the command line and in the window.
//!
//! One item per axis: an index drops its axis, a range `start:end:step` keeps it, `...` stands
//! for the axes left out. Negative numbers count from the end and ranges end at the axis' end,
//! as in Python.

use std::fmt;

use hyperslab_core::{Range, Section};

/// A section, and which of its axes the result keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    pub section: Section,
    /// One for each axis; a dropped axis has one index.
    pub kept: Vec<bool>,
}

/// What is wrong with the text, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceError(String);

impl fmt::Display for SliceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SliceError {}

type Result<T, E = SliceError> = std::result::Result<T, E>;

/// Reads `text` as a slice of a variable of this shape.
pub fn parse(text: &str, shape: &[u64]) -> Result<Slice> {
    let items = items(text, shape.len())?;
    let mut slice = Slice { section: Section::default(), kept: Vec::new() };
    for (axis, (item, &len)) in items.iter().zip(shape).enumerate() {
        let (range, kept) = parse_item(item, len)
            .map_err(|what| SliceError(format!("slice item \"{item}\" for axis {axis}: {what}")))?;
        slice.section.ranges.push(range);
        slice.kept.push(kept);
    }
    Ok(slice)
}

impl Slice {
    /// All of a variable.
    pub fn all(shape: &[u64]) -> Self {
        Self { section: Section::all(shape), kept: vec![true; shape.len()] }
    }

    /// The shape of the result, dropped axes left out.
    pub fn shape(&self) -> Vec<u64> {
        let kept = self.section.ranges.iter().zip(&self.kept).filter(|(_, kept)| **kept);
        kept.map(|(range, _)| range.count).collect()
    }

    /// The text that [`parse`] reads as this slice of a variable of this shape.
    pub fn print(&self, shape: &[u64]) -> String {
        let items = self.section.ranges.iter().zip(&self.kept).zip(shape);
        let items: Vec<String> =
            items.map(|((range, &kept), &len)| print_item(range, kept, len)).collect();
        items.join(",")
    }
}

/// One for each axis, `...` written out.
fn items(text: &str, rank: usize) -> Result<Vec<&str>> {
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let mut items: Vec<&str> = match text.trim() {
        "" => Vec::new(),
        text => text.split(',').map(str::trim).collect(),
    };
    let dots: Vec<usize> = (0..items.len()).filter(|&i| items[i] == "...").collect();
    let given = items.len() - dots.len();
    let axes = |n: usize| if n == 1 { "1 axis".to_owned() } else { format!("{n} axes") };
    match dots.as_slice() {
        [] if given == rank => {}
        [dots] if given <= rank => {
            items.splice(dots..=dots, std::iter::repeat_n(":", rank - given));
        }
        [_, _, ..] => return Err(SliceError("a slice may have \"...\" only once".into())),
        [] if given < rank => {
            let count = if given == 1 { "1 item".to_owned() } else { format!("{given} items") };
            return Err(SliceError(format!(
                "the variable has {}, the slice {count}; \"...\" stands for the axes left out",
                axes(rank)
            )));
        }
        _ => {
            let count = if given == 1 { "1 item".to_owned() } else { format!("{given} items") };
            return Err(SliceError(format!("the variable has {}, the slice {count}", axes(rank))));
        }
    }
    Ok(items)
}

fn parse_item(item: &str, len: u64) -> Result<(Range, bool), String> {
    let parts: Vec<&str> = item.split(':').map(str::trim).collect();
    match parts.as_slice() {
        [""] => Err("empty; \":\" takes the whole axis".into()),
        [index] => Ok((Range::one(inside(number(index)?, len)?), false)),
        [start, end] => Ok((range(start, end, "", len)?, true)),
        [start, end, step] => Ok((range(start, end, step, len)?, true)),
        _ => Err("more than start:end:step".into()),
    }
}

fn range(start: &str, end: &str, step: &str, len: u64) -> Result<Range, String> {
    let place = |text: &str, default: u64| match text {
        "" => Ok(default),
        text => number(text).map(|n| from_end(n, len).clamp(0, i128::from(len)) as u64),
    };
    let (start, end) = (place(start, 0)?, place(end, len)?);
    let step = match step {
        "" => 1,
        text => number(text)?,
    };
    let step = match u64::try_from(step) {
        Ok(step) if step > 0 => step,
        _ => return Err(format!("the step is {step}, but must be 1 or more")),
    };
    let count = end.saturating_sub(start).div_ceil(step);
    Ok(if count == 0 { Range::new(start, 0) } else { Range::strided(start, count, step) })
}

fn inside(index: i128, len: u64) -> Result<u64, String> {
    u64::try_from(from_end(index, len)).ok().filter(|&i| i < len).ok_or_else(|| match len {
        0 => "the axis is empty".into(),
        _ => format!("the axis has {len} elements, 0 to {}", len - 1),
    })
}

fn from_end(n: i128, len: u64) -> i128 {
    if n < 0 { n + i128::from(len) } else { n }
}

fn number(text: &str) -> Result<i128, String> {
    let n: i128 = text.parse().map_err(|_| format!("\"{text}\" is not a whole number"))?;
    // Far beyond any axis, and sums stay in range.
    Ok(n.clamp(-(1 << 100), 1 << 100))
}

fn print_item(range: &Range, kept: bool, len: u64) -> String {
    if !kept {
        return range.start.to_string();
    }
    let step = match range.stride {
        1 => String::new(),
        step => format!(":{step}"),
    };
    let whole = range.start == 0 && range.count == len.div_ceil(range.stride.max(1));
    if whole && (range.stride == 1 || range.count > 0) {
        return format!(":{step}");
    }
    format!("{}:{}{step}", range.start, range.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHAPE: [u64; 4] = [12, 20, 100, 3];

    #[test]
    fn an_index_drops_its_axis_and_a_range_keeps_it() {
        let slice = parse("5, 2:10, ::4, -1", &SHAPE).unwrap();
        let want = [Range::one(5), Range::new(2, 8), Range::strided(0, 25, 4), Range::one(2)];
        assert_eq!(slice.section, Section::new(want));
        assert_eq!(slice.kept, [false, true, true, false]);
        assert_eq!(slice.shape(), [8, 25]);
        assert_eq!(slice.print(&SHAPE), "5,2:10,::4,2");
    }

    #[test]
    fn dots_stand_for_the_axes_left_out() {
        assert_eq!(parse("...,-1", &SHAPE).unwrap().print(&SHAPE), ":,:,:,2");
        assert_eq!(parse("0,...", &SHAPE).unwrap().print(&SHAPE), "0,:,:,:");
        assert_eq!(parse("...", &[]).unwrap(), Slice::all(&[]));
        assert_eq!(parse("", &[]).unwrap(), Slice::all(&[]));
        assert_eq!(parse("0,:,...,:,1", &SHAPE).unwrap().shape(), [20, 100]);
        assert_eq!(parse("[1,2]", &[3, 3]).unwrap().print(&[3, 3]), "1,2");
    }

    #[test]
    fn ranges_end_where_the_axis_ends() {
        assert_eq!(parse("-3:", &[10]).unwrap().section.ranges, [Range::new(7, 3)]);
        assert_eq!(parse("5:99", &[10]).unwrap().section.ranges, [Range::new(5, 5)]);
        assert_eq!(parse("8:2", &[10]).unwrap().shape(), [0]);
        assert_eq!(parse("-99:-8", &[10]).unwrap().section.ranges, [Range::new(0, 2)]);
    }

    #[test]
    fn errors_say_what_is_wrong_in_words() {
        let error = |text: &str| parse(text, &[10, 4]).unwrap_err().to_string();
        assert_eq!(error("10,0"), "slice item \"10\" for axis 0: the axis has 10 elements, 0 to 9");
        assert_eq!(error("0,a"), "slice item \"a\" for axis 1: \"a\" is not a whole number");
        assert_eq!(
            error("0,::-1"),
            "slice item \"::-1\" for axis 1: the step is -1, but must be 1 or more"
        );
        assert_eq!(
            error("0"),
            "the variable has 2 axes, the slice 1 item; \"...\" stands for the axes left out"
        );
        assert_eq!(error("0,0,0"), "the variable has 2 axes, the slice 3 items");
        assert_eq!(error("...,..."), "a slice may have \"...\" only once");
        assert!(error("0,").contains("empty"));
        assert!(error("0,1:2:3:4").contains("start:end:step"));
        assert!(parse("0", &[0]).unwrap_err().to_string().contains("empty"));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(
            axes in prop::collection::vec((0u64..50, 0u64..60, 0u64..60, 1u64..9, any::<bool>()), 0..5),
        ) {
            let shape: Vec<u64> = axes.iter().map(|axis| axis.0).collect();
            let item = |&(len, a, b, step, keep): &(u64, u64, u64, u64, bool)| match keep || len == 0 {
                true => format!("{a}:{b}:{step}"),
                false => (a % len).to_string(),
            };
            let text = axes.iter().map(item).collect::<Vec<_>>().join(",");
            let slice = parse(&text, &shape).unwrap();
            prop_assert!(slice.section.check(&shape).is_ok());
            prop_assert_eq!(parse(&slice.print(&shape), &shape).unwrap(), slice);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-0-9:,. a]{0,40}", long in "-?[0-9]{1,60}") {
            for text in [text, format!("{long}:{long}:{long}"), long] {
                for shape in [&[][..], &[5], &[u64::MAX], &[3, 4]] {
                    if let Ok(slice) = parse(&text, shape) {
                        prop_assert!(slice.section.check(shape).is_ok());
                    }
                }
            }
        }
    }
}
