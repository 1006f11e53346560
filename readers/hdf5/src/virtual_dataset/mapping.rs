//! The global heap block of a virtual dataset (HDF5 File Format Specification 4.0, III.F),
//! versions 0 and 1: which elements of which source are which elements of the dataset.

use std::sync::Arc;

use hyperslab_core::{ByteOrder, Cursor, ReadError, Result, Section};

use super::axes::AxisRun;
use crate::file::{self, File};
use crate::selection::{Hyperslab, HyperslabAxis, Selection};

pub struct Mapping {
    file: Arc<Name>,
    dataset: Arc<Name>,
    pub source: Selection,
    pub target: Selection,
    pub role: Role,
    /// Lowest and highest index along each axis, `None` for what has no limits or all there is.
    bounds: Option<Vec<(u64, u64)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Fixed,
    /// `axis` grows with `source_axis` of the source.
    Follows {
        axis: usize,
        source_axis: usize,
    },
    /// `axis` grows with the number of sources: each block is one.
    Numbered {
        axis: usize,
    },
}

/// A name in which the number of a source may stand in places.
#[derive(Debug, PartialEq, Eq)]
struct Name(Vec<String>);

impl Name {
    /// `%b` is the number of the source, `%%` a per cent sign.
    fn parse(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let follows = if char == '%' { chars.peek().copied() } else { None };
            match follows {
                Some('b') => {
                    chars.next();
                    parts.push(String::new());
                    continue;
                }
                Some('%') => drop(chars.next()),
                _ => {}
            }
            if let Some(part) = parts.last_mut() {
                part.push(char);
            }
        }
        Self(parts)
    }

    fn is_numbered(&self) -> bool {
        self.0.len() > 1
    }

    fn of(&self, number: u64) -> String {
        self.0.join(&number.to_string())
    }
}

/// Reads the block, which ends with its checksum.
pub fn parse(block: &[u8], at: u64, file: &File) -> Result<Vec<Mapping>> {
    const SHARED_FILE: u8 = 1;
    const SHARED_DATASET: u8 = 2;
    const SAME_FILE: u8 = 4;
    file.verify(block, 0, "virtual dataset's mappings").map_err(|_| {
        ReadError::malformed("the checksum of a virtual dataset's mappings is wrong").at(at)
    })?;
    let mut cursor = Cursor::new(block, at, ByteOrder::Little);
    let version = cursor.u8()?;
    if version > 1 {
        let message = format!("virtual dataset mappings of version {version}");
        return Err(ReadError::unsupported(message).at(at));
    }
    let count = file::length(&mut cursor, file)?;
    let same_file = Arc::new(Name(vec![".".into()]));
    let mut mappings: Vec<Mapping> = Vec::new();
    for _ in 0..count {
        let flags = if version == 0 { 0 } else { cursor.u8()? };
        let mut name = |is_shared: bool, of: fn(&Mapping) -> &Arc<Name>| {
            if !is_shared {
                return text(&mut cursor).map(|text| Arc::new(Name::parse(&text)));
            }
            let which = file::length(&mut cursor, file)?;
            let before = usize::try_from(which).ok().and_then(|which| mappings.get(which));
            before.map(|mapping| of(mapping).clone()).ok_or_else(|| {
                ReadError::malformed(format!("a name shared with mapping {which}, which follows"))
            })
        };
        let file = match flags & SAME_FILE != 0 {
            true => same_file.clone(),
            false => name(flags & SHARED_FILE != 0, |mapping| &mapping.file)?,
        };
        let dataset = name(flags & SHARED_DATASET != 0, |mapping| &mapping.dataset)?;
        let source = Selection::parse(&mut cursor)?;
        let target = Selection::parse(&mut cursor)?;
        mappings.push(Mapping::new(file, dataset, source, target, at)?);
    }
    Ok(mappings)
}

fn text(cursor: &mut Cursor) -> Result<String> {
    let mut bytes = Vec::new();
    loop {
        match cursor.u8()? {
            0 => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            byte => bytes.push(byte),
        }
    }
}

impl Mapping {
    fn new(
        file: Arc<Name>,
        dataset: Arc<Name>,
        source: Selection,
        target: Selection,
        at: u64,
    ) -> Result<Self> {
        let is_numbered = file.is_numbered() || dataset.is_numbered();
        let role = match (unlimited(&target), unlimited(&source)) {
            (Some(axis), Some(source_axis)) => Role::Follows { axis, source_axis },
            (Some(axis), None) if is_numbered && blocks(&target, axis).is_some() => {
                Role::Numbered { axis }
            }
            (None, None) => Role::Fixed,
            _ => {
                let message =
                    "a virtual dataset with a mapping of which one side alone has no limits";
                return Err(ReadError::malformed(message).at(at));
            }
        };
        let bounds =
            target.region().map(|region| region.low.into_iter().zip(region.high).collect());
        Ok(Self { file, dataset, source, target, role, bounds })
    }

    /// The names of the source's file and dataset.
    pub fn names(&self, number: u64) -> (String, String) {
        (self.file.of(number), self.dataset.of(number))
    }

    /// The axis that grows.
    pub fn growing(&self) -> Option<usize> {
        match self.role {
            Role::Fixed => None,
            Role::Follows { axis, .. } | Role::Numbered { axis } => Some(axis),
        }
    }

    /// What is selected along the growing axis.
    pub fn target_axis(&self, axis: usize) -> Option<AxisRun> {
        match self.role {
            Role::Numbered { .. } => blocks(&self.target, axis),
            _ => regular(&self.target, axis).map(AxisRun::unlimited),
        }
    }

    /// The numbers of the sources that a section touches, of which there are `extent`; 0 where
    /// there is but one.
    pub fn numbers(&self, extent: u64, section: &Section) -> Vec<u64> {
        let Role::Numbered { axis } = self.role else { return vec![0] };
        let blocks = self.target_axis(axis).zip(section.ranges.get(axis));
        blocks.map_or_else(Vec::new, |(blocks, range)| blocks.blocks_in(range, extent))
    }

    /// Where what is selected ends along an axis that has limits.
    pub fn end_along(&self, axis: usize) -> Option<u64> {
        match (&self.bounds, &self.target) {
            (Some(bounds), _) => bounds.get(axis).map(|&(_, high)| high.saturating_add(1)),
            (None, Selection::Hyperslab(Hyperslab::Regular(axes))) => axes
                .get(axis)
                .and_then(HyperslabAxis::extent)
                .map(|(_, last)| last.saturating_add(1)),
            _ => None,
        }
    }

    /// False when it certainly selects nothing of the section.
    pub fn may_touch(&self, section: &Section) -> bool {
        let touches = |(range, &(low, high)): (&hyperslab_core::Range, &(u64, u64))| {
            range.start <= high && low < range.end()
        };
        match &self.bounds {
            Some(bounds) => {
                bounds.len() == section.rank() && section.ranges.iter().zip(bounds).all(touches)
            }
            None => self.target != Selection::None,
        }
    }
}

fn regular(selection: &Selection, axis: usize) -> Option<&HyperslabAxis> {
    match selection {
        Selection::Hyperslab(Hyperslab::Regular(axes)) => axes.get(axis),
        _ => None,
    }
}

/// The blocks along an axis that each come from a source of their own.
fn blocks(target: &Selection, axis: usize) -> Option<AxisRun> {
    regular(target, axis).and_then(AxisRun::numbered)
}

fn unlimited(selection: &Selection) -> Option<usize> {
    match selection {
        Selection::Hyperslab(Hyperslab::Regular(axes)) => {
            axes.iter().position(|axis| axis.count.is_none() || axis.block.is_none())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_where_they_say_so() {
        assert_eq!(Name::parse("f-%b.h5").of(12), "f-12.h5");
        assert_eq!(Name::parse("%b%b/100%%").of(3), "33/100%");
        assert_eq!(Name::parse("50%x").of(3), "50%x");
        assert!(!Name::parse("a%%b").is_numbered());
    }
}
