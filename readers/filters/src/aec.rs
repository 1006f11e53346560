//! Adaptive entropy coding (CCSDS 121.0-B), known as SZIP in HDF5 and HDF4 and as the CCSDS
//! packing of GRIB 2.
//!
//! Samples come in blocks, each coded in the way that suits it best; a reference sample
//! begins each interval of blocks when differences were coded.

mod stream;

use hyperslab_core::{ReadError, Result};

use self::stream::Stream;

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
    decode_with(parameters, input, samples, |samples| {
        let len = (samples.len() * parameters.sample_bytes).min(rest.len());
        let (target, others) = std::mem::take(&mut rest).split_at_mut(len);
        rest = others;
        write(parameters, samples, target);
    })
}

/// Hands `count` samples to `take`, those of an interval at a time. How samples would lie in
/// bytes (`sample_bytes`, `is_big_endian`) is of no concern.
///
/// # Errors
/// As [`decode`].
pub fn decode_with(
    parameters: &Parameters,
    input: &[u8],
    count: usize,
    mut take: impl FnMut(&[u32]),
) -> Result<()> {
    parameters.check()?;
    let mut stream = Stream::new(input);
    let mut interval = vec![0u32; parameters.interval_blocks * parameters.block_samples];
    let mut left = count;
    while left > 0 {
        let samples = left.min(interval.len());
        let blocks = samples.div_ceil(parameters.block_samples);
        if read_interval(parameters, &mut stream, &mut interval, blocks).is_none()
            || stream.is_overdrawn()
        {
            return Err(ReadError::malformed("szip: the stream is damaged or ends early"));
        }
        if parameters.are_intervals_padded {
            stream.align();
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
    stream: &mut Stream,
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
        let id = stream.take(id_bits);
        let is_second_extension = id == 0 && stream.take(1) == 1;
        if id == not_compressed {
            for sample in block {
                *sample = stream.take(width);
            }
            index += 1;
            continue;
        }
        let coded = if has_reference {
            let (reference, coded) = block.split_first_mut()?;
            *reference = stream.take(width);
            coded
        } else {
            block
        };
        if is_second_extension {
            read_second_extension(stream, coded)?;
        } else if id == 0 {
            let run = stream.take_unary()? + 1;
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
            stream.take_split(coded, id - 1)?;
        }
        index += 1;
    }
    Some(())
}

/// Two samples in one unary number: they are counted diagonal by diagonal.
fn read_second_extension(stream: &mut Stream, coded: &mut [u32]) -> Option<()> {
    /// The last pair of the twelfth diagonal.
    const LAST: u32 = 90;
    // With a reference, the first of the first pair stands in its place.
    let is_odd = coded.len() % 2 == 1;
    let (first, pairs) = coded.split_at_mut(usize::from(is_odd));
    let mut pair = || {
        let number = stream.take_unary().filter(|number| *number <= LAST)?;
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
    *reference = last;
    let (eights, rest) = differences.as_chunks_mut::<8>();
    for eight in eights {
        // Almost all differences leave room for their opposite: eight at once are taken for such.
        match near(last, max, *eight) {
            Some(near) => *eight = near,
            None => undo_one_by_one(last, max, eight),
        }
        last = eight[7];
    }
    undo_one_by_one(last, max, rest);
    if bias != 0 {
        samples.iter_mut().for_each(|sample| *sample ^= bias);
    }
}

/// Samples whose differences are all small enough to have either sign: 0, -1, 1, -2, 2 ...
#[inline(always)]
fn near(mut last: u32, max: u32, mapped: [u32; 8]) -> Option<[u32; 8]> {
    const SIGN: u32 = 1 << 31;
    let mut samples = [0; 8];
    // No room is a difference below 0, which only shows where the highest bit is free.
    let mut negative = max;
    for (sample, mapped) in samples.iter_mut().zip(mapped) {
        let half = (mapped >> 1) + (mapped & 1);
        negative |= last.wrapping_sub(half) | max.wrapping_sub(last).wrapping_sub(half);
        last = last.wrapping_add((mapped >> 1) ^ (mapped & 1).wrapping_neg());
        *sample = last;
    }
    (negative & SIGN == 0).then_some(samples)
}

#[cold]
fn undo_one_by_one(mut last: u32, max: u32, differences: &mut [u32]) {
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
        *sample = last;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(bits_per_sample: u32, are_signed: bool) -> Parameters {
        Parameters {
            bits_per_sample,
            block_samples: 8,
            interval_blocks: 4096,
            are_differences: true,
            are_signed,
            sample_bytes: 4,
            is_big_endian: false,
            are_intervals_padded: false,
            is_restricted: false,
        }
    }

    #[test]
    fn differences_taken_eight_at_once_are_those_taken_one_by_one() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 4 ^ state << 13
        };
        for bits in 1..=32 {
            let max = u32::MAX >> (32 - bits);
            for spread in [0, 2, 5, 9, 31] {
                let mut mapped: Vec<u32> = (0..1001).map(|_| random() >> (31 - spread)).collect();
                mapped[0] = max / 2;
                let mut want = mapped.clone();
                undo_one_by_one(max / 2, max, &mut want[1..]);
                undo_differences(&parameters(bits, false), &mut mapped);
                assert_eq!(mapped, want, "{bits} bits, differences of {spread}");
            }
        }
    }
}
