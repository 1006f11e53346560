//! The codestream's main and tile-part headers (ITU-T T.800, Annex A).

use hyperslab_core::{ReadError, Result};

mod marker {
    pub(super) const SOC: u16 = 0xFF4F;
    pub(super) const SIZ: u16 = 0xFF51;
    pub(super) const COD: u16 = 0xFF52;
    pub(super) const COC: u16 = 0xFF53;
    pub(super) const QCD: u16 = 0xFF5C;
    pub(super) const QCC: u16 = 0xFF5D;
    pub(super) const RGN: u16 = 0xFF5E;
    pub(super) const POC: u16 = 0xFF5F;
    pub(super) const PPM: u16 = 0xFF60;
    pub(super) const PPT: u16 = 0xFF61;
    pub(super) const SOT: u16 = 0xFF90;
    pub(super) const SOD: u16 = 0xFF93;
    pub(super) const EOC: u16 = 0xFFD9;
}

/// A rectangle: the first column and row, and those behind the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x0: u32,
    pub(super) y0: u32,
    pub(super) x1: u32,
    pub(super) y1: u32,
}

impl Rect {
    pub(super) fn columns(&self) -> u32 {
        self.x1.saturating_sub(self.x0)
    }

    pub(super) fn rows(&self) -> u32 {
        self.y1.saturating_sub(self.y0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns() == 0 || self.rows() == 0
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }
}

/// SIZ, A.5.1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) image: Rect,
    tile_origin: (u32, u32),
    tile_size: (u32, u32),
    pub(super) precision: u32,
    pub(super) is_signed: bool,
}

impl Size {
    pub(super) fn tiles(&self) -> u64 {
        u64::from(self.tile_columns()) * u64::from(self.tile_rows())
    }

    fn tile_columns(&self) -> u32 {
        (self.image.x1 - self.tile_origin.0).div_ceil(self.tile_size.0)
    }

    fn tile_rows(&self) -> u32 {
        (self.image.y1 - self.tile_origin.1).div_ceil(self.tile_size.1)
    }

    /// Where in the image a tile is (B.3).
    pub(super) fn tile(&self, index: u32) -> Rect {
        let (p, q) = (index % self.tile_columns(), index / self.tile_columns());
        let x0 = self.tile_origin.0.saturating_add(p.saturating_mul(self.tile_size.0));
        let y0 = self.tile_origin.1.saturating_add(q.saturating_mul(self.tile_size.1));
        let tile = Rect {
            x0,
            y0,
            x1: x0.saturating_add(self.tile_size.0),
            y1: y0.saturating_add(self.tile_size.1),
        };
        tile.intersection(&self.image)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progression {
    Lrcp,
    Rlcp,
    /// With one component the last three differ only in whether resolution or position is outer.
    Rpcl,
    PositionFirst,
}

/// Code-block style, table A.19.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BlockStyle {
    pub(super) is_bypassed: bool,
    pub(super) is_reset: bool,
    pub(super) is_terminated: bool,
    pub(super) is_causal: bool,
    pub(super) has_segmentation_symbols: bool,
}

/// COD and COC, A.6.1.
#[derive(Clone, Debug)]
pub(super) struct Coding {
    pub(super) progression: Progression,
    pub(super) layers: u16,
    pub(super) levels: u32,
    /// Exponents of the largest code-block's sides.
    pub(super) block_exponents: (u32, u32),
    pub(super) block_style: BlockStyle,
    pub(super) is_reversible: bool,
    /// Exponents of precincts' sides, a byte for each resolution; none: the largest ones.
    precincts: Vec<u8>,
}

impl Coding {
    pub(super) fn precinct_exponents(&self, resolution: u32) -> (u32, u32) {
        match self.precincts.get(resolution as usize) {
            Some(byte) => (u32::from(byte & 0xF), u32::from(byte >> 4)),
            None => (15, 15),
        }
    }
}

/// QCD and QCC, A.6.4.
#[derive(Clone, Debug)]
pub(super) struct Quantisation {
    pub(super) guard_bits: u32,
    style: u8,
    /// Exponents and mantissas.
    steps: Vec<(u32, u32)>,
}

impl Quantisation {
    /// Exponent and mantissa of a subband: 0 is LL, from 1 on HL, LH and HH of each resolution.
    pub(super) fn step(&self, subband: u32) -> Result<(u32, u32)> {
        let missing = || malformed("a subband without a quantisation step");
        if self.style != 1 {
            return self.steps.get(subband as usize).copied().ok_or_else(missing);
        }
        // Derived: equation E-5. One decomposition level more costs the exponent 1.
        let (exponent, mantissa) = self.steps.first().copied().ok_or_else(missing)?;
        let less = subband.saturating_sub(1) / 3;
        Ok((exponent.saturating_sub(less), mantissa))
    }
}

/// Everything before the packets.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) size: Size,
    coding: Option<Coding>,
    quantisation: Option<Quantisation>,
}

/// A tile, its headers and its packets, a slice for each tile-part.
#[derive(Debug)]
pub(super) struct TileData<'a> {
    pub(super) index: u32,
    pub(super) coding: Coding,
    pub(super) quantisation: Quantisation,
    pub(super) parts: Vec<&'a [u8]>,
}

/// The main header, and what follows it.
pub(super) fn read_header(bytes: &[u8]) -> Result<(Header, &[u8])> {
    let mut cursor = Cursor(codestream_of(bytes)?);
    if cursor.u16()? != marker::SOC || cursor.u16()? != marker::SIZ {
        return Err(malformed("no codestream"));
    }
    let size = read_size(&mut cursor.segment()?)?;
    let mut header = Header { size, coding: None, quantisation: None };
    loop {
        let rest = cursor.0;
        match cursor.u16()? {
            marker::SOT => return Ok((header, rest)),
            marker => {
                let mut segment = cursor.segment()?;
                read_parameters(
                    marker,
                    &mut segment,
                    &mut header.coding,
                    &mut header.quantisation,
                )?;
            }
        }
    }
}

/// The tiles, in the order their first parts come.
pub(super) fn read_tiles<'a>(header: &Header, bytes: &'a [u8]) -> Result<Vec<TileData<'a>>> {
    let mut tiles: Vec<TileData> = Vec::new();
    let mut cursor = Cursor(bytes);
    while !cursor.0.is_empty() {
        let part = cursor.0;
        match cursor.u16()? {
            marker::EOC => break,
            marker::SOT => {}
            _ => return Err(malformed("no tile-part where one should begin")),
        }
        // A.4.2
        let mut sot = cursor.segment()?;
        let index = u32::from(sot.u16()?);
        let part_len = sot.u32()? as usize;
        let (part, rest) = match part_len {
            0 => (part.strip_suffix(&marker::EOC.to_be_bytes()).unwrap_or(part), &[][..]),
            len => part.split_at_checked(len).ok_or_else(truncated)?,
        };
        let mut cursor_in_part = Cursor(part.get(12..).ok_or_else(truncated)?);
        let (mut coding, mut quantisation) = (None, None);
        loop {
            match cursor_in_part.u16()? {
                marker::SOD => break,
                marker => {
                    let mut segment = cursor_in_part.segment()?;
                    read_parameters(marker, &mut segment, &mut coding, &mut quantisation)?;
                }
            }
        }
        if u64::from(index) >= header.size.tiles() {
            return Err(malformed("a tile outside the image"));
        }
        match tiles.iter_mut().rev().find(|tile| tile.index == index) {
            Some(tile) => tile.parts.push(cursor_in_part.0),
            None => tiles.push(TileData {
                index,
                coding: coding
                    .or_else(|| header.coding.clone())
                    .ok_or_else(|| malformed("no coding style"))?,
                quantisation: quantisation
                    .or_else(|| header.quantisation.clone())
                    .ok_or_else(|| malformed("no quantisation"))?,
                parts: vec![cursor_in_part.0],
            }),
        }
        cursor = Cursor(rest);
    }
    Ok(tiles)
}

/// A file of boxes (Annex I) has the codestream in one of them.
fn codestream_of(bytes: &[u8]) -> Result<&[u8]> {
    if bytes.starts_with(&marker::SOC.to_be_bytes()) {
        return Ok(bytes);
    }
    let mut cursor = Cursor(bytes);
    loop {
        let len = cursor.u32()? as usize;
        let kind = cursor.u32()?.to_be_bytes();
        let content = match len {
            0 => cursor.0,
            _ => cursor.take(len.checked_sub(8).ok_or_else(|| malformed("no codestream"))?)?,
        };
        if &kind == b"jp2c" {
            return Ok(content);
        }
    }
}

fn read_size(segment: &mut Cursor) -> Result<Size> {
    segment.u16()?;
    let (x1, y1) = (segment.u32()?, segment.u32()?);
    let image = Rect { x1, y1, x0: segment.u32()?, y0: segment.u32()? };
    let tile_size = (segment.u32()?, segment.u32()?);
    let tile_origin = (segment.u32()?, segment.u32()?);
    if segment.u16()? != 1 {
        return Err(ReadError::unsupported("JPEG 2000 with several components"));
    }
    let depth = segment.u8()?;
    let (precision, is_signed) = (u32::from(depth & 0x7F) + 1, depth & 0x80 != 0);
    if (segment.u8()?, segment.u8()?) != (1, 1) {
        return Err(ReadError::unsupported("JPEG 2000 with subsampled components"));
    }
    let is_valid = !image.is_empty()
        && tile_size.0 > 0
        && tile_size.1 > 0
        && tile_origin.0 <= image.x0
        && tile_origin.1 <= image.y0
        && tile_origin.0.saturating_add(tile_size.0) > image.x0
        && tile_origin.1.saturating_add(tile_size.1) > image.y0
        && precision <= 38;
    if !is_valid {
        return Err(malformed("an impossible image size"));
    }
    if precision > 30 {
        return Err(ReadError::unsupported(format!("JPEG 2000 samples of {precision} bits")));
    }
    Ok(Size { image, tile_origin, tile_size, precision, is_signed })
}

/// The marker segments of main and tile-part headers that matter.
fn read_parameters(
    marker: u16,
    segment: &mut Cursor,
    coding: &mut Option<Coding>,
    quantisation: &mut Option<Quantisation>,
) -> Result<()> {
    match marker {
        marker::COD => *coding = Some(read_coding(segment)?),
        marker::COC => {
            let component = segment.u8()?;
            let style = segment.u8()?;
            if let (0, Some(coding)) = (component, coding) {
                read_component_coding(segment, style, coding)?;
            }
        }
        marker::QCD => *quantisation = Some(read_quantisation(segment)?),
        marker::QCC => {
            let component = segment.u8()?;
            let of_component = read_quantisation(segment)?;
            if component == 0 {
                *quantisation = Some(of_component);
            }
        }
        marker::RGN => return Err(ReadError::unsupported("JPEG 2000 regions of interest")),
        marker::POC => {
            return Err(ReadError::unsupported("JPEG 2000 changes of the progression order"));
        }
        marker::PPM | marker::PPT => {
            return Err(ReadError::unsupported("JPEG 2000 packed packet headers"));
        }
        _ => {}
    }
    Ok(())
}

fn read_coding(segment: &mut Cursor) -> Result<Coding> {
    let style = segment.u8()?;
    let progression = match segment.u8()? {
        0 => Progression::Lrcp,
        1 => Progression::Rlcp,
        2 => Progression::Rpcl,
        3 | 4 => Progression::PositionFirst,
        other => return Err(malformed(&format!("progression order {other}"))),
    };
    let layers = segment.u16()?;
    segment.u8()?;
    let mut coding = Coding {
        progression,
        layers,
        levels: 0,
        block_exponents: (0, 0),
        block_style: BlockStyle::default(),
        is_reversible: false,
        precincts: Vec::new(),
    };
    read_component_coding(segment, style, &mut coding)?;
    Ok(coding)
}

fn read_component_coding(segment: &mut Cursor, style: u8, coding: &mut Coding) -> Result<()> {
    coding.levels = u32::from(segment.u8()?);
    coding.block_exponents = (u32::from(segment.u8()?) + 2, u32::from(segment.u8()?) + 2);
    let block_style = segment.u8()?;
    coding.block_style = BlockStyle {
        is_bypassed: block_style & 1 != 0,
        is_reset: block_style & 2 != 0,
        is_terminated: block_style & 4 != 0,
        is_causal: block_style & 8 != 0,
        has_segmentation_symbols: block_style & 32 != 0,
    };
    if block_style & 64 != 0 {
        return Err(ReadError::unsupported("high-throughput JPEG 2000"));
    }
    coding.is_reversible = segment.u8()? == 1;
    let (width, height) = coding.block_exponents;
    if coding.levels > 32 || width > 10 || height > 10 || width + height > 12 {
        return Err(malformed("an impossible coding style"));
    }
    coding.precincts = match style & 1 {
        0 => Vec::new(),
        _ => segment.take(coding.levels as usize + 1)?.to_vec(),
    };
    // Code-blocks of a subband are at most half of their precinct.
    if coding.precincts.iter().skip(1).any(|byte| byte & 0xF == 0 || byte >> 4 == 0) {
        return Err(malformed("precincts of one column or row"));
    }
    Ok(())
}

fn read_quantisation(segment: &mut Cursor) -> Result<Quantisation> {
    let style = segment.u8()?;
    let steps = match style & 0x1F {
        0 => segment.0.iter().map(|byte| (u32::from(byte >> 3), 0)).collect(),
        1 | 2 => {
            let steps = segment.0.as_chunks::<2>().0.iter().map(|step| u16::from_be_bytes(*step));
            steps.map(|step| (u32::from(step >> 11), u32::from(step & 0x7FF))).collect()
        }
        other => return Err(malformed(&format!("quantisation style {other}"))),
    };
    Ok(Quantisation { guard_bits: u32::from(style >> 5), style: style & 0x1F, steps })
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or_else(truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// A marker segment behind its length.
    fn segment(&mut self) -> Result<Self> {
        let len = usize::from(self.u16()?);
        self.take(len.saturating_sub(2)).map(Cursor)
    }
}

pub(super) fn malformed(what: &str) -> ReadError {
    ReadError::malformed(format!("JPEG 2000: {what}"))
}

pub(super) fn truncated() -> ReadError {
    ReadError::truncated("JPEG 2000: the codestream ends early")
}
