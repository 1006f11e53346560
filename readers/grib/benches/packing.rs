//! One field of a million points, decoded on one core, for each packing that can be written in
//! a few lines. JPEG 2000 cannot; it is measured with files.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hyperslab_core::ReadContext;
use hyperslab_grib::packing::decode2;

const COLUMNS: usize = 1440;
const ROWS: usize = 721;
const POINTS: usize = COLUMNS * ROWS;

/// A smooth field with noise of a few units, in integers of 16 bits.
fn field() -> Vec<u16> {
    let mut state = 1u32;
    let value = |index: usize| {
        let (x, y) = ((index % COLUMNS) as f64, (index / COLUMNS) as f64);
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from(state >> 24) / 8.0;
        (30_000.0 + 20_000.0 * (x / 90.0).sin() * (y / 60.0).cos() + noise) as u16
    };
    (0..POINTS).map(value).collect()
}

fn section5(template: u16, bits: u8, rest: &[u8]) -> Vec<u8> {
    let mut section = (21 + rest.len() as u32 - 1).to_be_bytes().to_vec();
    section.push(5);
    section.extend((POINTS as u32).to_be_bytes());
    section.extend(template.to_be_bytes());
    section.extend(1f32.to_be_bytes());
    // E = -4, D = 1.
    section.extend([0x80, 4, 0, 1, bits]);
    section.extend(rest);
    section
}

#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    word: u64,
    bits: u32,
}

impl Packer {
    /// At most 32 bits.
    fn put(&mut self, value: u64, width: u32) {
        self.word = self.word << width | value;
        self.bits += width;
        while self.bits >= 8 {
            self.bits -= 8;
            self.bytes.push((self.word >> self.bits) as u8);
        }
    }

    fn align(&mut self) {
        self.put(0, (8 - self.bits % 8) % 8);
    }
}

fn simple(field: &[u16], width: u32) -> (Vec<u8>, Vec<u8>) {
    let mut packer = Packer::default();
    field.iter().for_each(|value| packer.put(u64::from(*value) >> (16 - width.min(16)), width));
    packer.align();
    (section5(0, width as u8, &[0]), packer.bytes)
}

/// Second differences in groups of 32.
fn differenced(field: &[u16]) -> (Vec<u8>, Vec<u8>) {
    const GROUP: usize = 32;
    let at = |index: usize| i64::from(field[index]);
    let mut differences = vec![0; 2];
    differences.extend((2..POINTS).map(|i| at(i) - 2 * at(i - 1) + at(i - 2)));
    let minimum = *differences[2..].iter().min().unwrap();
    let packed: Vec<u64> =
        differences.iter().map(|difference| (difference - minimum).max(0) as u64).collect();
    let groups: Vec<(u64, u32, &[u64])> = packed
        .chunks(GROUP)
        .map(|group| {
            let least = *group.iter().min().unwrap();
            let most = *group.iter().max().unwrap();
            (least, 64 - (most - least).leading_zeros(), group)
        })
        .collect();
    let mut rest = vec![0, 1, 0];
    rest.extend([0xFF; 8]);
    rest.extend((groups.len() as u32).to_be_bytes());
    rest.extend([0, 6]);
    rest.extend((GROUP as u32).to_be_bytes());
    rest.push(1);
    rest.extend((groups.last().unwrap().2.len() as u32).to_be_bytes());
    rest.extend([0, 2, 4]);
    let mut packer = Packer::default();
    for value in [at(0) as u64, at(1) as u64, minimum.unsigned_abs() | 1 << 31] {
        packer.put(value, 32);
    }
    groups.iter().for_each(|group| packer.put(group.0, 24));
    groups.iter().for_each(|group| packer.put(group.1.into(), 6));
    packer.align();
    for (least, width, group) in &groups {
        group.iter().for_each(|value| packer.put(value - least, *width));
    }
    packer.align();
    (section5(3, 24, &rest), packer.bytes)
}

/// Blocks of 32 differences, each split after its lowest 5 bits; a reference every 128 blocks.
fn ccsds(field: &[u16]) -> (Vec<u8>, Vec<u8>) {
    const LOW_BITS: u32 = 5;
    let mapped = |last: u16, value: u16| {
        let room = last.min(u16::MAX - last);
        match i32::from(value) - i32::from(last) {
            up @ 0.. if up <= room.into() => 2 * up as u64,
            down @ ..0 if -down <= room.into() => 2 * down.unsigned_abs() as u64 - 1,
            far => u64::from(room) + u64::from(far.unsigned_abs()),
        }
    };
    let mut packer = Packer::default();
    for interval in field.chunks(32 * 128) {
        let mut last = interval[0];
        for (index, block) in interval.chunks(32).enumerate() {
            packer.put(u64::from(LOW_BITS) + 1, 4);
            let coded = if index == 0 { &block[1..] } else { block };
            if index == 0 {
                packer.put(last.into(), 16);
            }
            let mut differences = Vec::with_capacity(32);
            for value in coded {
                differences.push(mapped(last, *value));
                last = *value;
            }
            for difference in &differences {
                (0..difference >> LOW_BITS).for_each(|_| packer.put(0, 1));
                packer.put(1, 1);
            }
            differences.iter().for_each(|it| packer.put(it & ((1 << LOW_BITS) - 1), LOW_BITS));
            // The last block is filled up.
            for _ in block.len()..32 {
                packer.put(1, 1);
                packer.put(0, LOW_BITS);
            }
        }
    }
    packer.align();
    (section5(42, 16, &[0, 8, 32, 0, 128]), packer.bytes)
}

fn png(field: &[u16]) -> (Vec<u8>, Vec<u8>) {
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, COLUMNS as u32, ROWS as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let bytes: Vec<u8> = field.iter().flat_map(|value| value.to_be_bytes()).collect();
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&bytes).expect("an image");
    writer.finish().expect("an end");
    (section5(41, 16, &[0]), image)
}

fn packing(c: &mut Criterion) {
    let field = field();
    let mut group = c.benchmark_group("packing");
    group.throughput(Throughput::Elements(POINTS as u64)).sample_size(20);
    let fields = [
        ("simple, 12 bits", simple(&field, 12)),
        ("simple, 16 bits", simple(&field, 16)),
        ("simple, 23 bits", simple(&field, 23)),
        ("complex, second differences", differenced(&field)),
        ("ccsds", ccsds(&field)),
        ("png", png(&field)),
    ];
    let cx = ReadContext::default();
    for (name, (section5, data)) in &fields {
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                let values = decode2::<f32>(section5, None, black_box(data), POINTS as u64, &cx);
                values.expect("a field that decodes")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, packing);
criterion_main!(benches);
