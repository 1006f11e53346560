//! zfp (filter 32013): arrays of one to four dimensions in blocks of four values a side, each
//! transformed and stored bit plane by bit plane (zfp's documentation, "Algorithm").

mod bits;
mod block;
mod order;

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};
use bits::LsbBits;
use block::{Decoder, Value};

/// Client data: the filter's version, then the stream's header.
pub(crate) fn decode(call: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    let words = call.client_data.get(1..).unwrap_or_default();
    // A machine of the other byte order stored the header's words turned round, and so were
    // the values before they were compressed.
    let as_stored: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let turned: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    let mut is_big_endian = false;
    let mut stream = LsbBits::new(input);
    let header = match (Header::read(&as_stored), Header::read(&turned)) {
        (Some(header), _) => header,
        (None, Some(header)) => {
            is_big_endian = true;
            header
        }
        // Early versions put the header before the blocks.
        (None, None) => Header::read_from(&mut stream)
            .ok_or_else(|| ReadError::malformed("zfp: neither filter nor chunk has a header"))?,
    };
    let total = header.bytes().and_then(|bytes| out.get_mut(..bytes));
    let out = total.ok_or_else(|| ReadError::malformed("zfp: the stream holds too much"))?;
    match header.kind {
        Kind::I32 => header.decode::<i32>(&mut stream, out, is_big_endian, call)?,
        Kind::I64 => header.decode::<i64>(&mut stream, out, is_big_endian, call)?,
        Kind::F32 => header.decode::<f32>(&mut stream, out, is_big_endian, call)?,
        Kind::F64 => header.decode::<f64>(&mut stream, out, is_big_endian, call)?,
    }
    if stream.is_overdrawn() {
        return Err(ReadError::malformed("zfp: the stream ends early"));
    }
    Ok(out.len())
}

#[derive(Clone, Copy)]
enum Kind {
    I32,
    I64,
    F32,
    F64,
}

/// How much of a block is stored.
#[derive(Clone, Copy)]
struct Limits {
    min_bits: u32,
    max_bits: u32,
    max_precision: u32,
    min_exponent: i32,
}

const MIN_EXPONENT: i32 = -1074;
const ANY: Limits =
    Limits { min_bits: 1, max_bits: 16658, max_precision: 64, min_exponent: MIN_EXPONENT };

impl Limits {
    /// The modes: rate, precision, reversible, accuracy, or all four numbers.
    fn read(stream: &mut LsbBits) -> Self {
        const PRECISION: u32 = 2048;
        const REVERSIBLE: u32 = PRECISION + 128;
        const EXPERT: u32 = 4095;
        let mode = stream.take(12) as u32;
        match mode {
            0..PRECISION => Self { min_bits: mode + 1, max_bits: mode + 1, ..ANY },
            PRECISION..REVERSIBLE => Self { max_precision: mode - PRECISION + 1, ..ANY },
            REVERSIBLE => Self { min_exponent: MIN_EXPONENT - 1, ..ANY },
            EXPERT => Self {
                min_bits: stream.take(15) as u32 + 1,
                max_bits: stream.take(15) as u32 + 1,
                max_precision: stream.take(7) as u32 + 1,
                min_exponent: stream.take(15) as i32 - 16495,
            },
            _ => Self { min_exponent: mode as i32 + MIN_EXPONENT - REVERSIBLE as i32 - 1, ..ANY },
        }
    }

    fn is_reversible(&self) -> bool {
        self.min_exponent < MIN_EXPONENT
    }
}

struct Header {
    kind: Kind,
    /// Fastest first.
    shape: Vec<usize>,
    limits: Limits,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut stream = LsbBits::new(bytes);
        let header = Self::read_from(&mut stream)?;
        (!stream.is_overdrawn()).then_some(header)
    }

    fn read_from(stream: &mut LsbBits) -> Option<Self> {
        if stream.take(24) != u64::from(u32::from_le_bytes(*b"zfp\0")) {
            return None;
        }
        // Version of the coder; all since 0.5 read the same.
        stream.take(8);
        let kind = match stream.take(2) {
            0 => Kind::I32,
            1 => Kind::I64,
            2 => Kind::F32,
            _ => Kind::F64,
        };
        let dimensions = stream.take(2) as usize + 1;
        let size_bits = 48 / dimensions as u32;
        let shape = (0..dimensions).map(|_| stream.take(size_bits) as usize + 1).collect();
        Some(Self { kind, shape, limits: Limits::read(stream) })
    }

    fn bytes(&self) -> Option<usize> {
        let each = match self.kind {
            Kind::I32 | Kind::F32 => 4,
            Kind::I64 | Kind::F64 => 8,
        };
        self.shape.iter().try_fold(each, |bytes: usize, size| bytes.checked_mul(*size))
    }

    fn decode<V: Value>(
        &self,
        stream: &mut LsbBits,
        out: &mut [u8],
        is_big_endian: bool,
        call: &Call,
    ) -> Result<()> {
        let mut sizes = [1usize; 4];
        for (size, stated) in sizes.iter_mut().zip(&self.shape) {
            *size = *stated;
        }
        let [nx, ny, nz, nw] = sizes;
        let mut decoder = Decoder::<V>::new(self.limits, self.shape.len());
        for w in (0..nw).step_by(4) {
            for z in (0..nz).step_by(4) {
                call.cx.check()?;
                for y in (0..ny).step_by(4) {
                    for x in (0..nx).step_by(4) {
                        let block = decoder.block(stream);
                        place(block, [x, y, z, w], sizes, out, is_big_endian);
                    }
                }
                if stream.is_overdrawn() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Writes the part of a block that lies inside the array.
fn place<V: Value>(
    block: &[V],
    corner: [usize; 4],
    sizes: [usize; 4],
    out: &mut [u8],
    is_big_endian: bool,
) {
    let [nx, ny, nz, nw] = sizes;
    let [x, y, z, w] = corner;
    for (row, values) in block.chunks_exact(4).enumerate() {
        let (y, z, w) = (y + row % 4, z + row / 4 % 4, w + row / 16);
        if y >= ny || z >= nz || w >= nw {
            continue;
        }
        let start = (((w * nz + z) * ny + y) * nx + x) * V::BYTES;
        let len = (nx - x).min(4) * V::BYTES;
        let target = out.get_mut(start..start + len).unwrap_or_default();
        for (bytes, value) in target.chunks_exact_mut(V::BYTES).zip(values) {
            value.write(bytes);
            if is_big_endian {
                bytes.reverse();
            }
        }
    }
}
