//! Adaptive entropy coding (CCSDS 121.0-B), known as SZIP in HDF5 and HDF4 and as the CCSDS
//! packing of GRIB 2.
//!
//! Samples come in blocks, each coded in the way that suits it best; a reference sample
//! begins each interval of blocks when differences were coded.

use hyperslab_core::{ReadError, Result};

use crate::bits::MsbBits;

/// How a stream was coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// 1 to 32.
    pub bits_per_sample: u32,
    /// Samples in a block: even, at most 64.
    pub block_samples: usize,
    /// Blocks between two reference samples (the "reference sample interval"), at most 4096.
    pub interval_blocks: usize,
    /// Differences to the sample before were coded (the "preprocessor").
    pub are_differences: bool,
    /// Samples are signed.
    pub are_signed: bool,
    /// Bytes of a decoded sample, the highest first where `is_big_endian`.
    pub sample_bytes: usize,
    pub is_big_endian: bool,
    /// Each interval begins at a whole byte.
    pub are_intervals_padded: bool,
    /// Up to 4 bits a sample: the smaller set of codes.
    pub is_restricted: bool,
}

impl Parameters {
    /// Fewest bytes that hold a sample and that processors have a type for: 1, 2 or 4.
    pub fn natural_sample_bytes(bits_per_sample: u32) -> usize {
        match bits_per_sample {
            0..=8 => 1,
            9..=16 => 2,
            _ => 4,
        }
    }

    /// Fails unless such a stream can exist.
    pub(crate) fn check(&self) -> Result<()> {
        let is_valid = (1..=32).contains(&self.bits_per_sample)
            && (2..=64).contains(&self.block_samples)
            && self.block_samples.is_multiple_of(2)
            && (1..=4096).contains(&self.interval_blocks)
            && (1..=4).contains(&self.sample_bytes)
            && self.sample_bytes * 8 >= self.bits_per_sample as usize;
        if is_valid {
            return Ok(());
        }
        Err(ReadError::malformed(format!(
            "szip: blocks of {} samples of {} bits, a reference every {} blocks",
            self.block_samples, self.bits_per_sample, self.interval_blocks
        )))
    }

    /// Bits that say how a block is coded.
    fn id_bits(&self) -> u32 {
        match self.bits_per_sample {
            1 | 2 if self.is_restricted => 1,
            3 | 4 if self.is_restricted => 2,
            0..=8 => 3,
            9..=16 => 4,
            _ => 5,
        }
    }
}

/// Decodes samples until `out` is full.
///
/// # Errors
/// `Malformed` when the stream is damaged or ends early, or its parameters are not possible.
pub fn decode(parameters: &Parameters, input: &[u8], out: &mut [u8]) -> Result<()> {
    let samples = out.len().div_ceil(parameters.sample_bytes.max(1));
    let mut rest = out;
    decode_intervals(parameters, input, samples, |samples| {
        let len = (samples.len() * parameters.sample_bytes).min(rest.len());
        let (target, others) = std::mem::take(&mut rest).split_at_mut(len);
        rest = others;
        write(parameters, samples, target);
    })
}

/// Decodes a sample for each element of `out`, made of it by `element`. How samples would lie in
/// bytes (`sample_bytes`, `is_big_endian`) is of no concern.
///
/// # Errors
/// As [`decode`].
pub fn decode_with<T>(
    parameters: &Parameters,
    input: &[u8],
    out: &mut [T],
    element: impl Fn(u32) -> T,
) -> Result<()> {
    let count = out.len();
    let mut targets = out.iter_mut();
    decode_intervals(parameters, input, count, |samples| {
        for (sample, target) in samples.iter().zip(&mut targets) {
            *target = element(*sample);
        }
    })
}

/// Hands `count` samples to `take`, those of an interval at a time.
fn decode_intervals(
    parameters: &Parameters,
    input: &[u8],
    count: usize,
    mut take: impl FnMut(&[u32]),
) -> Result<()> {
    parameters.check()?;
    let mut bits = MsbBits::new(input);
    let mut interval = vec![0u32; parameters.interval_blocks * parameters.block_samples];
    let mut left = count;
    while left > 0 {
        let samples = left.min(interval.len());
        let blocks = samples.div_ceil(parameters.block_samples);
        if read_interval(parameters, &mut bits, &mut interval, blocks).is_none()
            || bits.is_overdrawn()
        {
            return Err(ReadError::malformed("szip: the stream is damaged or ends early"));
        }
        if parameters.are_intervals_padded {
            bits.align();
        }
        left -= samples;
        let samples = interval.get_mut(..samples).unwrap_or_default();
        if parameters.are_differences {
            undo_differences(parameters, samples);
        }
        take(samples);
    }
    Ok(())
}

/// The next `blocks` blocks, which begin an interval.
fn read_interval(
    parameters: &Parameters,
    bits: &mut MsbBits,
    samples: &mut [u32],
    blocks: usize,
) -> Option<()> {
    /// A run of zero blocks that reaches to the end of the segment of 64.
    const REST_OF_SEGMENT: u32 = 5;
    const SEGMENT: usize = 64;
    let width = parameters.bits_per_sample;
    let id_bits = parameters.id_bits();
    let not_compressed = (1 << id_bits) - 1;
    let block_samples = parameters.block_samples;
    let mut index = 0;
    while index < blocks {
        let has_reference = parameters.are_differences && index == 0;
        let block = samples.get_mut(index * block_samples..(index + 1) * block_samples)?;
        bits.refill();
        let id = bits.take_ready(id_bits) as u32;
        let is_second_extension = id == 0 && bits.take_ready(1) == 1;
        if id == not_compressed {
            for sample in block {
                *sample = bits.take(width) as u32;
            }
            index += 1;
            continue;
        }
        let coded = if has_reference {
            let (reference, coded) = block.split_first_mut()?;
            *reference = bits.take(width) as u32;
            coded
        } else {
            block
        };
        if is_second_extension {
            read_second_extension(bits, coded)?;
        } else if id == 0 {
            let run = bits.take_unary()? + 1;
            let zero_blocks = match run {
                REST_OF_SEGMENT => {
                    (parameters.interval_blocks - index).min(SEGMENT - index % SEGMENT)
                }
                1..REST_OF_SEGMENT => run as usize,
                _ => run as usize - 1,
            };
            coded.fill(0);
            let end = index.checked_add(zero_blocks)?;
            if end > parameters.interval_blocks {
                return None;
            }
            samples.get_mut((index + 1) * block_samples..end * block_samples)?.fill(0);
            index = end;
            continue;
        } else {
            read_split(bits, coded, id - 1)?;
        }
        index += 1;
    }
    Some(())
}

/// High parts in unary, then low parts of `low_bits` bits.
fn read_split(bits: &mut MsbBits, coded: &mut [u32], low_bits: u32) -> Option<()> {
    for sample in coded.iter_mut() {
        *sample = bits.take_unary()?.checked_shl(low_bits)?;
    }
    if low_bits > 0 {
        for sample in coded {
            *sample |= bits.take(low_bits) as u32;
        }
    }
    Some(())
}

/// Two samples in one unary number: they are counted diagonal by diagonal.
fn read_second_extension(bits: &mut MsbBits, coded: &mut [u32]) -> Option<()> {
    /// The last pair of the twelfth diagonal.
    const LAST: u32 = 90;
    // With a reference, the first of the first pair stands in its place.
    let is_odd = coded.len() % 2 == 1;
    let (first, pairs) = coded.split_at_mut(usize::from(is_odd));
    let mut pair = || {
        let number = bits.take_unary().filter(|number| *number <= LAST)?;
        let mut diagonal = 0;
        let mut start = 0;
        while start + diagonal < number {
            start += diagonal + 1;
            diagonal += 1;
        }
        let second = number - start;
        Some((diagonal - second, second))
    };
    if let [sample] = first {
        *sample = pair()?.1;
    }
    for target in pairs.as_chunks_mut::<2>().0 {
        let (first, second) = pair()?;
        *target = [first, second];
    }
    Some(())
}

/// Each sample from the one before and the mapped difference (CCSDS 121.0-B, section 4.2).
fn undo_differences(parameters: &Parameters, samples: &mut [u32]) {
    let Some((reference, differences)) = samples.split_first_mut() else { return };
    let max = u32::MAX >> (32 - parameters.bits_per_sample);
    // Signed samples are counted from the smallest one.
    let bias = if parameters.are_signed { max / 2 + 1 } else { 0 };
    let mut last = (*reference & max) ^ bias;
    *reference = last ^ bias;
    for sample in differences {
        let mapped = *sample;
        let above_middle = last > max / 2;
        let room = if above_middle { max - last } else { last };
        let half = mapped / 2 + (mapped & 1);
        last = if half <= room {
            if mapped & 1 == 0 { last.wrapping_add(half) } else { last.wrapping_sub(half) }
        } else if above_middle {
            max.wrapping_sub(mapped)
        } else {
            mapped
        } & max;
        *sample = last ^ bias;
    }
}

fn write(parameters: &Parameters, samples: &[u32], out: &mut [u8]) {
    match (parameters.sample_bytes, parameters.is_big_endian) {
        (1, _) => out.iter_mut().zip(samples).for_each(|(byte, sample)| *byte = *sample as u8),
        (2, false) => write_each(samples, out, |sample| (sample as u16).to_le_bytes()),
        (2, true) => write_each(samples, out, |sample| (sample as u16).to_be_bytes()),
        (4, false) => write_each(samples, out, u32::to_le_bytes),
        (4, true) => write_each(samples, out, u32::to_be_bytes),
        (_, false) => write_each(samples, out, |sample| {
            let [a, b, c, _] = sample.to_le_bytes();
            [a, b, c]
        }),
        (_, true) => write_each(samples, out, |sample| {
            let [_, a, b, c] = sample.to_be_bytes();
            [a, b, c]
        }),
    }
}

fn write_each<const N: usize>(samples: &[u32], out: &mut [u8], bytes: impl Fn(u32) -> [u8; N]) {
    let (whole, rest) = out.as_chunks_mut::<N>();
    let mut samples = samples.iter();
    for (target, sample) in whole.iter_mut().zip(&mut samples) {
        *target = bytes(*sample);
    }
    if let Some(sample) = samples.next() {
        let bytes = bytes(*sample);
        rest.copy_from_slice(bytes.get(..rest.len()).unwrap_or_default());
    }
}
