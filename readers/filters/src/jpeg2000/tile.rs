//! A tile's resolutions, subbands, precincts and code-blocks (ITU-T T.800, Annex B).

use hyperslab_core::Result;

use super::codestream::{Coding, Rect, TileData, malformed};
use super::tag_tree::TagTree;

pub(super) struct Tile {
    pub(super) resolutions: Vec<Resolution>,
}

pub(super) struct Resolution {
    pub(super) rect: Rect,
    /// LL alone, or HL, LH and HH.
    pub(super) bands: Vec<Band>,
    pub(super) precincts: Vec<Precinct>,
}

/// Which way a subband was filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Orientation {
    Ll,
    Hl,
    Lh,
    Hh,
}

pub(super) struct Band {
    pub(super) orientation: Orientation,
    pub(super) rect: Rect,
    /// Equation E-2: magnitude bit planes, those that are never coded with them.
    pub(super) bit_planes: u32,
    /// Equation E-3, without the precision of samples.
    pub(super) step: f32,
}

pub(super) struct Precinct {
    /// Where it is on the reference grid, for progressions by position.
    pub(super) position: (u64, u64),
    /// One for each subband.
    pub(super) parts: Vec<PrecinctBand>,
}

/// A precinct's code-blocks in one subband, row by row.
pub(super) struct PrecinctBand {
    pub(super) blocks: Vec<Block>,
    pub(super) inclusion: TagTree,
    pub(super) zero_planes: TagTree,
}

pub(super) struct Block {
    pub(super) rect: Rect,
    /// Set by the first packet that includes the block.
    pub(super) coded_planes: Option<u32>,
    pub(super) len_bits: u32,
    pub(super) passes: u32,
    /// Parts of the tile's data, and passes that end with each: see `packets`.
    pub(super) segments: Vec<Segment>,
}

/// A terminated codeword: passes, and where its bytes are.
pub(super) struct Segment {
    pub(super) passes: u32,
    pub(super) most_passes: u32,
    /// Offsets in the tile's data, a range for each layer.
    pub(super) ranges: Vec<(usize, usize)>,
}

impl Tile {
    /// `most_precincts`: more than the tile's data have packets for are refused.
    pub(super) fn new(
        data: &TileData,
        rect: Rect,
        precision: u32,
        most_precincts: usize,
    ) -> Result<Self> {
        let mut left = most_precincts as u64;
        let resolutions = (0..=data.coding.levels)
            .map(|r| resolution(data, &rect, precision, r, &mut left))
            .collect::<Result<_>>()?;
        Ok(Self { resolutions })
    }
}

/// B.5: the tile scaled down, rounding up.
fn scaled(rect: &Rect, levels: u32) -> Rect {
    let scale = |value: u32| ceil_shift(value, levels);
    Rect { x0: scale(rect.x0), y0: scale(rect.y0), x1: scale(rect.x1), y1: scale(rect.y1) }
}

fn resolution(
    data: &TileData,
    tile: &Rect,
    precision: u32,
    r: u32,
    most_precincts: &mut u64,
) -> Result<Resolution> {
    let coding = &data.coding;
    let rect = scaled(tile, coding.levels - r);
    let orientations: &[Orientation] = match r {
        0 => &[Orientation::Ll],
        _ => &[Orientation::Hl, Orientation::Lh, Orientation::Hh],
    };
    let bands = (orientations.iter().zip(0..))
        .map(|(orientation, index)| band(data, tile, precision, r, *orientation, index))
        .collect::<Result<Vec<_>>>()?;
    let precincts = precincts(coding, tile, &rect, &bands, r, most_precincts)?;
    Ok(Resolution { rect, bands, precincts })
}

fn band(
    data: &TileData,
    tile: &Rect,
    precision: u32,
    r: u32,
    orientation: Orientation,
    index: u32,
) -> Result<Band> {
    let levels = data.coding.levels;
    // Equation B-15: nb, xo and yo.
    let nb = if r == 0 { levels } else { levels - r + 1 };
    let (xo, yo, gain) = match orientation {
        Orientation::Ll => (0u64, 0u64, 0),
        Orientation::Hl => (1, 0, 1),
        Orientation::Lh => (0, 1, 1),
        Orientation::Hh => (1, 1, 2),
    };
    let scale = |value: u32, offset: u64| {
        let shift = if nb == 0 { 0 } else { offset << (nb - 1) };
        ((u64::from(value) + (1u64 << nb) - 1).saturating_sub(shift) >> nb) as u32
    };
    let rect = Rect {
        x0: scale(tile.x0, xo),
        y0: scale(tile.y0, yo),
        x1: scale(tile.x1, xo),
        y1: scale(tile.y1, yo),
    };
    let subband = if r == 0 { 0 } else { 3 * (r - 1) + 1 + index };
    let (exponent, mantissa) = data.quantisation.step(subband)?;
    let bit_planes = (data.quantisation.guard_bits + exponent).saturating_sub(1);
    // Equation E-3.
    let range = precision as i32 + gain - exponent as i32;
    let step = 2f32.powi(range) * (1.0 + mantissa as f32 / 2048.0);
    Ok(Band { orientation, rect, bit_planes, step })
}

/// B.6 and B.7.
fn precincts(
    coding: &Coding,
    tile: &Rect,
    rect: &Rect,
    bands: &[Band],
    r: u32,
    most: &mut u64,
) -> Result<Vec<Precinct>> {
    if rect.is_empty() {
        return Ok(Vec::new());
    }
    let (ppx, ppy) = coding.precinct_exponents(r);
    let (first_column, end_column) = (rect.x0 >> ppx, ceil_shift(rect.x1, ppx));
    let (first_row, end_row) = (rect.y0 >> ppy, ceil_shift(rect.y1, ppy));
    let count = u64::from(end_column - first_column) * u64::from(end_row - first_row);
    *most = most.checked_sub(count).ok_or_else(|| malformed("more precincts than packets"))?;
    let reference = coding.levels - r;
    let mut precincts = Vec::with_capacity(count as usize);
    for row in first_row..end_row {
        for column in first_column..end_column {
            // In subbands of half the size, precincts are half as large.
            let half = u32::from(r > 0);
            let area = Rect {
                x0: shifted(column, ppx - half),
                y0: shifted(row, ppy - half),
                x1: shifted(column + 1, ppx - half),
                y1: shifted(row + 1, ppy - half),
            };
            let exponents = (
                coding.block_exponents.0.min(ppx - half),
                coding.block_exponents.1.min(ppy - half),
            );
            precincts.push(Precinct {
                position: (
                    (u64::from(row) << (ppy + reference)).max(tile.y0.into()),
                    (u64::from(column) << (ppx + reference)).max(tile.x0.into()),
                ),
                parts: bands
                    .iter()
                    .map(|band| precinct_band(&band.rect.intersection(&area), exponents))
                    .collect(),
            });
        }
    }
    Ok(precincts)
}

fn precinct_band(area: &Rect, (xcb, ycb): (u32, u32)) -> PrecinctBand {
    if area.is_empty() {
        return PrecinctBand {
            blocks: Vec::new(),
            inclusion: TagTree::new(0, 0),
            zero_planes: TagTree::new(0, 0),
        };
    }
    let (columns, rows) =
        ((area.x0 >> xcb, ceil_shift(area.x1, xcb)), (area.y0 >> ycb, ceil_shift(area.y1, ycb)));
    let mut blocks = Vec::new();
    for row in rows.0..rows.1 {
        for column in columns.0..columns.1 {
            let block = Rect {
                x0: shifted(column, xcb),
                y0: shifted(row, ycb),
                x1: shifted(column + 1, xcb),
                y1: shifted(row + 1, ycb),
            };
            blocks.push(Block {
                rect: block.intersection(area),
                coded_planes: None,
                len_bits: 3,
                passes: 0,
                segments: Vec::new(),
            });
        }
    }
    let size = (columns.1 - columns.0, rows.1 - rows.0);
    PrecinctBand {
        blocks,
        inclusion: TagTree::new(size.0, size.1),
        zero_planes: TagTree::new(size.0, size.1),
    }
}

fn ceil_shift(value: u32, exponent: u32) -> u32 {
    ((u64::from(value) + (1u64 << exponent) - 1) >> exponent) as u32
}

fn shifted(value: u32, exponent: u32) -> u32 {
    u32::try_from(u64::from(value) << exponent).unwrap_or(u32::MAX)
}
