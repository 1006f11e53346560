//! How long fields of GRIB1 take: second-order packing of a million points, and spherical
//! harmonics to a Gaussian grid. `cargo bench -p hyperslab-grib --bench edition1`

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hyperslab_core::ReadContext;
use hyperslab_grib::packing::{Field1, decode1};
use hyperslab_grib::spectral::{gaussian_number, synthesise};

const GROUPS: u32 = 50_000;
const GROUP_LEN: u32 = 20;

/// Extended packing, groups of 20 values of 5 bits: 12-bit first-order values, and as many
/// spatial differences as `order` says.
fn extended(order: u8) -> Vec<u8> {
    let groups = GROUPS.to_be_bytes();
    let mut bds = vec![0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0x18 | order, 0, 0];
    // P1, P2, the upper octet of P1, widths of widths and of lengths, NL.
    bds.extend([groups[2], groups[3], 0, 0, groups[1], 4, 5, 0, 0]);
    if order > 0 {
        bds.push(8);
        bds.extend(vec![1; usize::from(order) + 1]);
    }
    bds.extend(vec![0x55; GROUPS as usize * 4 / 8]);
    // Lengths of 20 in 5 bits each: a pattern of 8 in 5 octets.
    bds.extend([0xA5, 0x29, 0x4A, 0x52, 0x94].repeat(GROUPS as usize / 8));
    bds.extend(vec![0x35; GROUPS as usize * 12 / 8]);
    bds.extend(vec![0xA7; (GROUPS * GROUP_LEN * 5 / 8) as usize]);
    bds
}

fn second_order(c: &mut Criterion) {
    let mut group = c.benchmark_group("grib1 second order");
    let cx = ReadContext::default();
    for order in [0, 2] {
        let bds = extended(order);
        let points = GROUPS * GROUP_LEN + u32::from(order);
        group.throughput(Throughput::Elements(u64::from(points)));
        group.bench_function(format!("extended, differences of order {order}"), |b| {
            let rows = [points];
            let field =
                Field1 { decimal_scale: 1, points: points.into(), rows: &rows, truncation: None };
            b.iter(|| decode1::<f32>(black_box(&bds), None, &field, &cx).unwrap());
        });
    }
}

fn spherical_harmonics(c: &mut Criterion) {
    let mut group = c.benchmark_group("spherical harmonics");
    group.sample_size(10);
    let cx = ReadContext::default();
    for truncation in [213u16, 639, 1279] {
        let t = usize::from(truncation);
        let coefficients = vec![0.5; (t + 1) * (t + 2)];
        let n = gaussian_number(truncation.into());
        group.bench_function(format!("T{truncation} to N{n}"), |b| {
            b.iter(|| synthesise(black_box(&coefficients), [truncation; 3], n, &cx).unwrap());
        });
    }
}

criterion_group!(benches, second_order, spherical_harmonics);
criterion_main!(benches);
