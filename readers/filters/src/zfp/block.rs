//! One block: exponent, bit planes, order, transform.

use super::Limits;
use super::bits::LsbBits;
use super::order::order;

/// The integers that values are transformed as.
pub(super) trait Integer: Copy + Default {
    const BITS: u32;
    /// Bits that say how many planes a block kept without loss has.
    const PRECISION_BITS: u32;
    fn set_bit(&mut self, bit: u32);
    /// From base -2 to two's complement.
    fn to_binary(self) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn half(self) -> Self;
}

macro_rules! integer {
    ($type:ty, $precision_bits:expr, $mask:expr) => {
        impl Integer for $type {
            const BITS: u32 = <$type>::BITS;
            const PRECISION_BITS: u32 = $precision_bits;

            #[inline(always)]
            fn set_bit(&mut self, bit: u32) {
                *self |= 1 << bit;
            }

            #[inline(always)]
            fn to_binary(self) -> Self {
                (self ^ $mask).wrapping_sub($mask)
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn half(self) -> Self {
                self >> 1
            }
        }
    };
}
integer!(i32, 5, 0xaaaa_aaaa_u32 as i32);
integer!(i64, 6, 0xaaaa_aaaa_aaaa_aaaa_u64 as i64);

/// The values of an array.
pub(super) trait Value: Copy + Default {
    type Integer: Integer;
    const BYTES: usize;
    /// Bits of a block's exponent and what was added to it; 0 for integers.
    const EXPONENT_BITS: u32;
    const EXPONENT_BIAS: i32;
    fn write(self, out: &mut [u8]);
    /// `integer` of a block whose largest value has `exponent`; `scale` is `Self::scale`.
    fn scaled(integer: Self::Integer, scale: f64) -> Self;
    /// The value whose bits make `integer`, once its sign is in two's complement.
    fn reinterpreted(integer: Self::Integer) -> Self;
}

macro_rules! value_integer {
    ($type:ty) => {
        impl Value for $type {
            type Integer = $type;
            const BYTES: usize = size_of::<$type>();
            const EXPONENT_BITS: u32 = 0;
            const EXPONENT_BIAS: i32 = 0;

            fn write(self, out: &mut [u8]) {
                out.copy_from_slice(&self.to_le_bytes());
            }

            fn scaled(integer: $type, _: f64) -> Self {
                integer
            }

            fn reinterpreted(integer: $type) -> Self {
                integer
            }
        }
    };
}
value_integer!(i32);
value_integer!(i64);

macro_rules! value_float {
    ($type:ty, $integer:ty, $unsigned:ty, $bits:expr, $bias:expr) => {
        impl Value for $type {
            type Integer = $integer;
            const BYTES: usize = size_of::<$type>();
            const EXPONENT_BITS: u32 = $bits;
            const EXPONENT_BIAS: i32 = $bias;

            fn write(self, out: &mut [u8]) {
                out.copy_from_slice(&self.to_le_bytes());
            }

            fn scaled(integer: $integer, scale: f64) -> Self {
                scale as $type * integer as $type
            }

            fn reinterpreted(integer: $integer) -> Self {
                let magnitude = if integer < 0 { integer ^ <$integer>::MAX } else { integer };
                <$type>::from_bits(magnitude as $unsigned)
            }
        }
    };
}
value_float!(f32, i32, u32, 8, 127);
value_float!(f64, i64, u64, 11, 1023);

/// Most values of a block: four dimensions.
const LARGEST: usize = 256;

pub(super) struct Decoder<V: Value> {
    limits: Limits,
    dimensions: u32,
    order: &'static [u8],
    planes: [V::Integer; LARGEST],
    integers: [V::Integer; LARGEST],
    values: [V; LARGEST],
}

impl<V: Value> Decoder<V> {
    pub(super) fn new(limits: Limits, dimensions: usize) -> Self {
        Self {
            limits,
            dimensions: dimensions as u32,
            order: order(dimensions),
            planes: [V::Integer::default(); LARGEST],
            integers: [V::Integer::default(); LARGEST],
            values: [V::default(); LARGEST],
        }
    }

    /// The next block's values.
    pub(super) fn block(&mut self, stream: &mut LsbBits) -> &[V] {
        let size = self.order.len();
        let is_float = V::EXPONENT_BITS > 0;
        let is_reversible = self.limits.is_reversible();
        let mut bits = 0;
        if is_float {
            bits += 1;
            if stream.take(1) == 0 {
                self.values[..size].fill(V::default());
                stream.skip(self.limits.min_bits.saturating_sub(bits));
                return &self.values[..size];
            }
        }
        let mut is_scaled = is_float;
        if is_float && is_reversible {
            bits += 1;
            is_scaled = stream.take(1) == 0;
        }
        let mut exponent = 0;
        if is_scaled {
            bits += V::EXPONENT_BITS;
            exponent = stream.take(V::EXPONENT_BITS) as i32 - V::EXPONENT_BIAS;
        }
        let precision = if is_reversible {
            bits += V::Integer::PRECISION_BITS;
            stream.take(V::Integer::PRECISION_BITS) as u32 + 1
        } else if is_float {
            let room = exponent - self.limits.min_exponent + 2 * (self.dimensions as i32 + 1);
            self.limits.max_precision.min(room.max(0) as u32)
        } else {
            self.limits.max_precision
        };
        let budget = self.limits.max_bits.saturating_sub(bits);
        bits += match size {
            LARGEST => self.read_planes::<4>(stream, budget, precision),
            _ => self.read_planes::<1>(stream, budget, precision),
        };
        stream.skip(self.limits.min_bits.saturating_sub(bits));
        for (plane, &place) in self.planes.iter().zip(self.order) {
            self.integers[usize::from(place)] = plane.to_binary();
        }
        if is_reversible {
            undo_transform(&mut self.integers[..size], self.dimensions, lift_reversibly);
        } else {
            undo_transform(&mut self.integers[..size], self.dimensions, lift);
        }
        let values = self.values.iter_mut().zip(&self.integers[..size]);
        if is_scaled {
            // A block of zeros alone keeps the smallest exponent when nothing may be lost.
            let is_zero = is_reversible && exponent == -V::EXPONENT_BIAS;
            let scale = match is_zero {
                true => 0.0,
                false => power_of_two(exponent - (V::Integer::BITS as i32 - 2)),
            };
            values.for_each(|(value, integer)| *value = V::scaled(*integer, scale));
        } else {
            values.for_each(|(value, integer)| *value = V::reinterpreted(*integer));
        }
        &self.values[..size]
    }

    /// Bit planes from the highest, at most `budget` bits; how many bits were read. A plane
    /// is a bitmap of `WORDS` words: the values seen before as they are, then, bit by bit, whether
    /// another value has a one, and how far on.
    fn read_planes<const WORDS: usize>(
        &mut self,
        stream: &mut LsbBits,
        mut budget: u32,
        precision: u32,
    ) -> u32 {
        let size = self.order.len() as u32;
        let data = &mut self.planes[..size as usize];
        data.fill(V::Integer::default());
        let whole = budget;
        let last = V::Integer::BITS.saturating_sub(precision);
        let mut seen = 0u32;
        for plane in (last..V::Integer::BITS).rev() {
            if budget == 0 || stream.is_overdrawn() {
                break;
            }
            let mut ones = [0u64; WORDS];
            let known = seen.min(budget);
            budget -= known;
            for (word, start) in ones.iter_mut().zip((0..known).step_by(64)) {
                *word = stream.take((known - start).min(64));
            }
            while budget > 0 && seen < size {
                budget -= 1;
                if stream.take(1) == 0 {
                    break;
                }
                // The value before the last needs no bit: it is the last one then.
                loop {
                    let most = budget.min(size - 1 - seen).min(56);
                    if most == 0 {
                        break;
                    }
                    let run = stream.peek(most).trailing_zeros();
                    if run < most {
                        stream.skip_peeked(run + 1);
                        seen += run;
                        budget -= run + 1;
                        break;
                    }
                    stream.skip_peeked(most);
                    seen += most;
                    budget -= most;
                }
                ones[seen as usize / 64 % WORDS] |= 1 << (seen % 64);
                seen += 1;
            }
            for (mut word, data) in ones.into_iter().zip(data.chunks_mut(64)) {
                while word != 0 {
                    if let Some(value) = data.get_mut(word.trailing_zeros() as usize) {
                        value.set_bit(plane);
                    }
                    word &= word - 1;
                }
            }
        }
        whole - budget
    }
}

fn power_of_two(exponent: i32) -> f64 {
    match exponent {
        -1022..=1023 => f64::from_bits(((exponent + 1023) as u64) << 52),
        -1074..=-1023 => f64::from_bits(1 << (exponent + 1074)),
        _ => 0.0,
    }
}

/// Along each dimension, the slowest first.
fn undo_transform<I: Integer>(block: &mut [I], dimensions: u32, lift: fn([I; 4]) -> [I; 4]) {
    for axis in (0..dimensions).rev() {
        let stride = 1usize << (2 * axis);
        for slab in block.chunks_exact_mut(stride * 4) {
            let (a, rest) = slab.split_at_mut(stride);
            let (b, rest) = rest.split_at_mut(stride);
            let (c, d) = rest.split_at_mut(stride);
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                [*a, *b, *c, *d] = lift([*a, *b, *c, *d]);
            }
        }
    }
}

/// The inverse of zfp's near-orthogonal transform.
#[inline(always)]
fn lift<I: Integer>([mut x, mut y, mut z, mut w]: [I; 4]) -> [I; 4] {
    y = y.add(w.half());
    w = w.sub(y.half());
    y = y.add(w);
    w = w.sub(y.sub(w));
    z = z.add(x);
    x = x.sub(z.sub(x));
    y = y.add(z);
    z = z.sub(y.sub(z));
    w = w.add(x);
    x = x.sub(w.sub(x));
    [x, y, z, w]
}

/// The inverse of the transform that loses nothing.
#[inline(always)]
fn lift_reversibly<I: Integer>([x, mut y, mut z, mut w]: [I; 4]) -> [I; 4] {
    w = w.add(z);
    z = z.add(y);
    w = w.add(z);
    y = y.add(x);
    z = z.add(y);
    w = w.add(z);
    [x, y, z, w]
}
