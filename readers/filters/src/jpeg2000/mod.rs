//! JPEG 2000 codestreams of one component (ITU-T T.800), as GRIB 2 packs fields.
//!
//! Samples are integers of up to 30 bits and come out as they went in: coefficients are never
//! rounded on the reversible path. Not read: several components, regions of interest, packed
//! packet headers, changes of the progression order.

mod arithmetic;
mod block;
mod codestream;
mod contexts;
mod packets;
mod tag_tree;
mod tile;
mod wavelet;

use std::borrow::Cow;

use hyperslab_core::Result;

use self::block::BlockDecoder;
use self::codestream::{Coding, Header, Rect, TileData, malformed};
use self::tile::{Band, Resolution, Tile};
use self::wavelet::{Bands, Sample};

/// An image whose header was read.
#[derive(Debug)]
pub struct Codestream<'a> {
    header: Header,
    tiles: &'a [u8],
}

impl<'a> Codestream<'a> {
    /// # Errors
    /// What is wrong with the main header, or not supported.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        let (header, tiles) = codestream::read_header(bytes)?;
        Ok(Self { header, tiles })
    }

    pub fn columns(&self) -> u32 {
        self.header.size.image.columns()
    }

    pub fn rows(&self) -> u32 {
        self.header.size.image.rows()
    }

    /// Hands each row's samples in a tile to `put`, with the index of the first one in the image
    /// as it lies row by row. Takes eight bytes a sample of the largest tile.
    ///
    /// # Errors
    /// What is wrong with the codestream.
    pub fn decode(&self, mut put: impl FnMut(usize, &[i32])) -> Result<()> {
        let tiles = codestream::read_tiles(&self.header, self.tiles)?;
        if (tiles.len() as u64) < self.header.size.tiles() {
            return Err(codestream::truncated());
        }
        let image = self.header.size.image;
        for data in &tiles {
            let rect = self.header.size.tile(data.index);
            let samples = self.decode_tile(data, rect)?;
            let columns = rect.columns() as usize;
            for (row, samples) in samples.chunks_exact(columns.max(1)).enumerate() {
                let y = (rect.y0 - image.y0) as usize + row;
                put(y * image.columns() as usize + (rect.x0 - image.x0) as usize, samples);
            }
        }
        Ok(())
    }

    fn decode_tile(&self, data: &TileData, rect: Rect) -> Result<Vec<i32>> {
        if rect.is_empty() {
            return Ok(Vec::new());
        }
        let packets: Cow<[u8]> = match data.parts.as_slice() {
            [single] => Cow::Borrowed(single),
            parts => Cow::Owned(parts.concat()),
        };
        let size = &self.header.size;
        // Each packet takes a byte at least.
        let mut tile = Tile::new(data, rect, size.precision, packets.len())?;
        packets::read(&mut tile, &data.coding, &packets)?;
        let offset = if size.is_signed { 0 } else { 1i32 << (size.precision - 1) };
        let least = offset - (1i32 << (size.precision - 1));
        let most = least + ((1i64 << size.precision) - 1) as i32;
        let finish = |sample: i32| sample.saturating_add(offset).clamp(least, most);
        if data.coding.is_reversible {
            let mut samples = synthesise(&tile, &data.coding, &packets, integer)?;
            samples.iter_mut().for_each(|sample| *sample = finish(*sample));
            return Ok(samples);
        }
        let samples = synthesise(&tile, &data.coding, &packets, real)?;
        Ok(samples.into_iter().map(|sample| finish(sample.round() as i32)).collect())
    }
}

/// A coefficient with its sign, its magnitude in halves, on the reversible path.
fn integer(coded: u32, _: f32) -> i32 {
    let magnitude = ((coded & 0x7FFF_FFFF) >> 1) as i32;
    if coded >> 31 == 1 { -magnitude } else { magnitude }
}

/// The same, quantised by `step`.
fn real(coded: u32, step: f32) -> f32 {
    let magnitude = (coded & 0x7FFF_FFFF) as f32 * 0.5 * step;
    if coded >> 31 == 1 { -magnitude } else { magnitude }
}

/// All resolutions of a tile, the smallest first (F.3.1).
fn synthesise<S: Sample>(
    tile: &Tile,
    coding: &Coding,
    data: &[u8],
    coefficient: impl Fn(u32, f32) -> S + Copy,
) -> Result<Vec<S>> {
    let mut decoder = BlockDecoder::default();
    let mut band = |resolution: &Resolution, index: usize| {
        let Some(band) = resolution.bands.get(index) else { return Ok(Vec::new()) };
        decode_band(resolution, index, band, coding, data, &mut decoder, coefficient)
    };
    let Some((lowest, others)) = tile.resolutions.split_first() else {
        return Err(malformed("no resolutions"));
    };
    let mut samples = band(lowest, 0)?;
    for resolution in others {
        let (hl, lh, hh) = (band(resolution, 0)?, band(resolution, 1)?, band(resolution, 2)?);
        let bands = Bands { ll: &samples, hl: &hl, lh: &lh, hh: &hh };
        samples = wavelet::synthesise(&bands, &resolution.rect);
    }
    Ok(samples)
}

fn decode_band<S: Sample>(
    resolution: &Resolution,
    index: usize,
    band: &Band,
    coding: &Coding,
    data: &[u8],
    decoder: &mut BlockDecoder,
    coefficient: impl Fn(u32, f32) -> S,
) -> Result<Vec<S>> {
    let columns = band.rect.columns() as usize;
    let mut out = vec![S::default(); columns * band.rect.rows() as usize];
    let parts = resolution.precincts.iter().filter_map(|precinct| precinct.parts.get(index));
    for block in parts.flat_map(|part| &part.blocks).filter(|block| block.passes > 0) {
        decoder.decode(block, data, band.orientation, &coding.block_style)?;
        let (x, y) = (block.rect.x0 - band.rect.x0, block.rect.y0 - band.rect.y0);
        let targets = out.get_mut(y as usize * columns + x as usize..).unwrap_or_default();
        for (targets, coded) in targets.chunks_mut(columns.max(1)).zip(decoder.rows()) {
            for (target, coded) in targets.iter_mut().zip(coded) {
                *target = coefficient(*coded, band.step);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
