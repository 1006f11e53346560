//! How fast each filter is undone, on one thread. `CHUNKS` names a file as tests/data/make.py
//! writes it; without it the small chunks of the tests are decoded.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hyperslab_core::ReadContext;
use hyperslab_filters::{Chain, Scratch};
use support::Chunk;

fn filters(c: &mut Criterion) {
    let bytes = match std::env::var_os("CHUNKS") {
        Some(path) => std::fs::read(path).unwrap(),
        None => include_bytes!("../tests/data/chunks.bin").to_vec(),
    };
    let mut by_filters: BTreeMap<String, Vec<Chunk>> = BTreeMap::new();
    for chunk in support::chunks(&bytes) {
        let labels: Vec<String> = chunk.filters.iter().map(|filter| filter.label()).collect();
        by_filters.entry(labels.join("+")).or_default().push(chunk);
    }
    let cx = ReadContext::default();
    let mut group = c.benchmark_group("decode");
    for (label, chunks) in &by_filters {
        let total: usize = chunks.iter().map(|chunk| chunk.decoded.len()).sum();
        let chains: Vec<Chain> = chunks
            .iter()
            .map(|chunk| Chain::new(chunk.filters.clone(), chunk.element_bytes))
            .collect();
        let (mut out, mut scratch) = (Vec::new(), Scratch::default());
        group.throughput(Throughput::Bytes(total as u64));
        group.bench_function(label, |b| {
            b.iter(|| {
                for (chain, chunk) in chains.iter().zip(chunks) {
                    let len = chunk.decoded.len();
                    chain
                        .decode_into(&chunk.stored, chunk.mask, len, &mut out, &mut scratch, &cx)
                        .unwrap_or_else(|error| panic!("{}: {error}", chunk.name));
                }
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500));
    targets = filters
}
criterion_main!(benches);
