//! Packets: which code-blocks of a precinct get how many bytes in a layer (ITU-T T.800, B.9 to
//! B.12).

use hyperslab_core::Result;

use super::codestream::{BlockStyle, Coding, Progression, malformed, truncated};
use super::tile::{Block, Precinct, Segment, Tile};

const SOP: [u8; 2] = [0xFF, 0x91];
const SOP_LEN: usize = 6;
const EPH: [u8; 2] = [0xFF, 0x92];
/// More passes than 38 bit planes have.
const MOST_PASSES: u32 = 3 * 38;

/// Tells each block of `tile` where in `data` its bytes are.
pub(super) fn read(tile: &mut Tile, coding: &Coding, data: &[u8]) -> Result<()> {
    let mut reader = Reader { data, at: 0, style: coding.block_style };
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (r, resolution) in tile.resolutions.iter().enumerate() {
        order.extend((0..resolution.precincts.len()).map(|precinct| (r, precinct)));
    }
    match coding.progression {
        Progression::Lrcp => {
            for layer in 0..coding.layers {
                for &(r, precinct) in &order {
                    reader.packet(tile, r, precinct, layer)?;
                }
            }
            return Ok(());
        }
        Progression::Rlcp => {
            for r in 0..tile.resolutions.len() {
                for layer in 0..coding.layers {
                    for &(_, precinct) in order.iter().filter(|(of, _)| *of == r) {
                        reader.packet(tile, r, precinct, layer)?;
                    }
                }
            }
            return Ok(());
        }
        Progression::Rpcl => {}
        Progression::PositionFirst => {
            let position = |&(r, precinct): &(usize, usize)| {
                let resolution = tile.resolutions.get(r);
                let precinct = resolution.and_then(|of| of.precincts.get(precinct));
                precinct.map(|precinct| precinct.position)
            };
            order.sort_by_key(|place| (position(place), *place));
        }
    }
    for &(r, precinct) in &order {
        for layer in 0..coding.layers {
            reader.packet(tile, r, precinct, layer)?;
        }
    }
    Ok(())
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    style: BlockStyle,
}

impl Reader<'_> {
    fn packet(&mut self, tile: &mut Tile, r: usize, precinct: usize, layer: u16) -> Result<()> {
        let Some(resolution) = tile.resolutions.get_mut(r) else { return Ok(()) };
        let planes: [u32; 3] =
            std::array::from_fn(|band| resolution.bands.get(band).map_or(0, |of| of.bit_planes));
        let Some(precinct) = resolution.precincts.get_mut(precinct) else { return Ok(()) };
        if self.rest().starts_with(&SOP) {
            self.at += SOP_LEN;
        }
        let mut bits = HeaderBits::new(self.rest());
        let lens = read_header(precinct, planes, layer, &mut bits, &self.style)?;
        self.at += bits.finish();
        if self.rest().starts_with(&EPH) {
            self.at += EPH.len();
        }
        for part in lens {
            let block =
                precinct.parts.get_mut(part.band).and_then(|of| of.blocks.get_mut(part.block));
            let segment = block.and_then(|block| block.segments.get_mut(part.segment));
            let end = self.at.checked_add(part.len as usize).ok_or_else(truncated)?;
            if end > self.data.len() {
                return Err(truncated());
            }
            if let Some(segment) = segment {
                segment.ranges.push((self.at, end));
            }
            self.at = end;
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        self.data.get(self.at..).unwrap_or_default()
    }
}

/// Bytes of a block in this packet.
struct Part {
    band: usize,
    block: usize,
    segment: usize,
    len: u32,
}

/// B.10
fn read_header(
    precinct: &mut Precinct,
    planes: [u32; 3],
    layer: u16,
    bits: &mut HeaderBits,
    style: &BlockStyle,
) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    if bits.take(1).ok_or_else(truncated)? == 0 {
        return Ok(parts);
    }
    for (band, (of_band, planes)) in precinct.parts.iter_mut().zip(planes).enumerate() {
        let (inclusion, zero_planes) = (&mut of_band.inclusion, &mut of_band.zero_planes);
        for (index, block) in of_band.blocks.iter_mut().enumerate() {
            let is_included = if block.coded_planes.is_some() {
                bits.take(1).ok_or_else(truncated)? == 1
            } else {
                let first_layer = inclusion.read(index, u32::from(layer) + 1, || bits.take(1));
                first_layer.ok_or_else(truncated)?.is_some()
            };
            if !is_included {
                continue;
            }
            if block.coded_planes.is_none() {
                let zeros = zero_planes.read(index, planes + 1, || bits.take(1));
                let zeros = zeros.ok_or_else(truncated)?;
                let zeros =
                    zeros.ok_or_else(|| malformed("more empty bit planes than there are"))?;
                block.coded_planes = Some(planes.saturating_sub(zeros));
            }
            read_lens(block, bits, style, |segment, len| {
                parts.push(Part { band, block: index, segment, len });
            })?;
        }
    }
    Ok(parts)
}

/// B.10.6 and B.10.7: how many passes, and how many bytes for each codeword segment.
fn read_lens(
    block: &mut Block,
    bits: &mut HeaderBits,
    style: &BlockStyle,
    mut part: impl FnMut(usize, u32),
) -> Result<()> {
    let mut passes = read_passes(bits).ok_or_else(truncated)?;
    while bits.take(1).ok_or_else(truncated)? == 1 {
        block.len_bits += 1;
    }
    block.passes += passes;
    if block.passes > MOST_PASSES || block.len_bits > 32 {
        return Err(malformed("more coding passes than bit planes have"));
    }
    while passes > 0 {
        if block.segments.last().is_none_or(|last| last.passes >= last.most_passes) {
            let most_passes = most_passes(block.segments.len(), style);
            block.segments.push(Segment { passes: 0, most_passes, ranges: Vec::new() });
        }
        let index = block.segments.len() - 1;
        let Some(segment) = block.segments.last_mut() else { break };
        let new = passes.min(segment.most_passes - segment.passes);
        let len = bits.take(block.len_bits + new.ilog2()).ok_or_else(truncated)?;
        segment.passes += new;
        passes -= new;
        part(index, len);
    }
    Ok(())
}

/// Where codewords are terminated (table D.9).
fn most_passes(segment: usize, style: &BlockStyle) -> u32 {
    match segment {
        _ if style.is_terminated => 1,
        _ if !style.is_bypassed => MOST_PASSES,
        // Four cleanup passes are coded before the first two raw ones; then they alternate.
        0 => 10,
        odd if odd % 2 == 1 => 2,
        _ => 1,
    }
}

/// Table B.4.
fn read_passes(bits: &mut HeaderBits) -> Option<u32> {
    if bits.take(1)? == 0 {
        return Some(1);
    }
    if bits.take(1)? == 0 {
        return Some(2);
    }
    let two = bits.take(2)?;
    if two < 3 {
        return Some(3 + two);
    }
    let five = bits.take(5)?;
    if five < 31 {
        return Some(6 + five);
    }
    Some(37 + bits.take(7)?)
}

/// Bits of a packet header: behind FF, the highest bit of a byte is stuffed in (B.10.1).
struct HeaderBits<'a> {
    bytes: &'a [u8],
    at: usize,
    byte: u8,
    left: u32,
}

impl<'a> HeaderBits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, byte: 0, left: 0 }
    }

    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            if self.left == 0 {
                self.left = if self.byte == 0xFF { 7 } else { 8 };
                self.byte = *self.bytes.get(self.at)?;
                self.at += 1;
            }
            self.left -= 1;
            value = value << 1 | u32::from(self.byte >> self.left & 1);
        }
        Some(value)
    }

    /// Bytes of the header; a stuffed byte follows a last FF.
    fn finish(self) -> usize {
        self.at + usize::from(self.byte == 0xFF)
    }
}
