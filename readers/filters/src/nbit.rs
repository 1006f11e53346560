//! N-Bit (filter 5): of each value only the bits its datatype says are used, one after the
//! other without gaps, the highest first.

use hyperslab_core::{ReadError, Result};

use crate::bits::MsbBits;
use crate::chain::{Call, State};

/// Client data: how many they are, 1 when nothing was packed, elements in the chunk, and
/// then the datatype.
pub(crate) fn decode(call: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    if call.value(1) != 0 {
        let out = out.get_mut(..input.len()).ok_or_else(too_long)?;
        out.copy_from_slice(input);
        return Ok(input.len());
    }
    let mut description = call.client_data.get(3..).unwrap_or_default();
    let packing = Packing::read(&mut description, 0)?;
    let total = packing.bytes().checked_mul(call.value(2) as usize);
    let out = total.and_then(|total| out.get_mut(..total)).ok_or_else(too_long)?;
    let mut bits = MsbBits::new(input);
    match packing {
        // The loop of the usual case is kept small.
        Packing::Number(number) if number.bytes <= 8 && number.precision <= 56 => {
            for element in out.chunks_exact_mut(number.bytes) {
                number.unpack_short(&mut bits, element);
            }
        }
        _ => {
            for element in out.chunks_exact_mut(packing.bytes()) {
                packing.unpack(&mut bits, element);
            }
        }
    }
    if bits.is_overdrawn() {
        return Err(ReadError::malformed("nbit: the data end early"));
    }
    Ok(out.len())
}

fn too_long() -> ReadError {
    ReadError::malformed("nbit: more data than the chunk has")
}

/// Which bits of a datatype were kept.
enum Packing {
    Number(Number),
    Array {
        bytes: usize,
        base: Box<Packing>,
    },
    /// Members and where they begin.
    Compound {
        bytes: usize,
        members: Vec<(usize, Packing)>,
    },
    /// All bits.
    Whole {
        bytes: usize,
    },
}

struct Number {
    bytes: usize,
    is_big_endian: bool,
    precision: u32,
    /// Bits below the lowest used one.
    offset: u32,
}

impl Packing {
    fn read(description: &mut &[u32], depth: u32) -> Result<Self> {
        const NUMBER: u32 = 1;
        const ARRAY: u32 = 2;
        const COMPOUND: u32 = 3;
        const WHOLE: u32 = 4;
        const MOST_NESTED: u32 = 32;
        let bad = || ReadError::malformed("nbit: the client data describe no datatype");
        let mut next = || {
            let (first, rest) = description.split_first()?;
            *description = rest;
            Some(*first)
        };
        let class = next().ok_or_else(bad)?;
        let bytes = next().filter(|bytes| *bytes > 0).ok_or_else(bad)? as usize;
        if depth > MOST_NESTED {
            return Err(bad());
        }
        match class {
            NUMBER => {
                let order = next().ok_or_else(bad)?;
                let precision = next().ok_or_else(bad)?;
                let offset = next().ok_or_else(bad)?;
                let used = u64::from(precision) + u64::from(offset);
                if precision == 0 || used > bytes as u64 * 8 {
                    return Err(bad());
                }
                Ok(Self::Number(Number { bytes, is_big_endian: order == 1, precision, offset }))
            }
            ARRAY => {
                let base = Box::new(Self::read(description, depth + 1)?);
                if !bytes.is_multiple_of(base.bytes()) {
                    return Err(bad());
                }
                Ok(Self::Array { bytes, base })
            }
            COMPOUND => {
                let count = next().ok_or_else(bad)?;
                let mut members = Vec::new();
                let mut used = 0usize;
                for _ in 0..count {
                    let (offset, rest) = description.split_first().ok_or_else(bad)?;
                    *description = rest;
                    let member = Self::read(description, depth + 1)?;
                    let end = (*offset as usize).checked_add(member.bytes());
                    used += member.bytes();
                    if end.is_none_or(|end| end > bytes) || used > bytes {
                        return Err(bad());
                    }
                    members.push((*offset as usize, member));
                }
                Ok(Self::Compound { bytes, members })
            }
            WHOLE => Ok(Self::Whole { bytes }),
            _ => Err(bad()),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Number(Number { bytes, .. })
            | Self::Array { bytes, .. }
            | Self::Compound { bytes, .. }
            | Self::Whole { bytes } => *bytes,
        }
    }

    fn unpack(&self, bits: &mut MsbBits, out: &mut [u8]) {
        match self {
            Self::Number(number) => number.unpack(bits, out),
            Self::Array { base, .. } => {
                out.chunks_exact_mut(base.bytes()).for_each(|element| base.unpack(bits, element));
            }
            Self::Compound { members, .. } => {
                out.fill(0);
                for (offset, member) in members {
                    let target = out.get_mut(*offset..*offset + member.bytes());
                    member.unpack(bits, target.unwrap_or_default());
                }
            }
            Self::Whole { .. } => out.iter_mut().for_each(|byte| *byte = bits.take(8) as u8),
        }
    }
}

impl Number {
    /// At most 8 bytes and 56 bits.
    #[inline(always)]
    fn unpack_short(&self, bits: &mut MsbBits, out: &mut [u8]) {
        let value = bits.take(self.precision) << self.offset;
        if self.is_big_endian {
            let bytes = value.to_be_bytes();
            out.copy_from_slice(bytes.get(8 - self.bytes..).unwrap_or_default());
        } else {
            let bytes = value.to_le_bytes();
            out.copy_from_slice(bytes.get(..self.bytes).unwrap_or_default());
        }
    }

    /// Byte by byte from the most significant.
    fn unpack(&self, bits: &mut MsbBits, out: &mut [u8]) {
        let end = self.offset + self.precision;
        let is_big_endian = self.is_big_endian;
        let each = |(significance, byte): (u32, &mut u8)| {
            let first = significance * 8;
            let (low, high) = (self.offset.max(first), end.min(first + 8));
            *byte = if low < high { (bits.take(high - low) << (low - first)) as u8 } else { 0 };
        };
        let count = out.len() as u32;
        if is_big_endian {
            (0..count).rev().zip(out).for_each(each);
        } else {
            (0..count).rev().zip(out.iter_mut().rev()).for_each(each);
        }
    }
}
