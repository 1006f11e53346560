//! The stages of reading an HDF5 file, each in files of which it is the greater part: built
//! here, and those of the fixtures whose structures are too many to build.

mod built;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hyperslab_core::{
    Array, GroupId, Listing, MemorySource, Range, ReadContext, Reader, Section, VariableId,
};
use hyperslab_hdf5::FORMAT;

use built::{Built, Type};

struct File {
    reader: Box<dyn Reader>,
    root: Listing,
    cx: ReadContext,
}

impl File {
    fn open(bytes: Vec<u8>) -> Self {
        let cx = ReadContext::default();
        let reader = (FORMAT.open)(Arc::new(MemorySource::new(bytes)), &cx).unwrap();
        let root = reader.list(GroupId::ROOT, &cx).unwrap();
        assert_eq!(root.error, None);
        Self { reader, root, cx }
    }

    fn fixture(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/hdf5");
        Self::open(std::fs::read(folder.join(name)).unwrap())
    }

    fn find(&self, name: &str) -> (VariableId, Vec<u64>) {
        let mut all = self.root.variables.iter().zip(0..);
        let (found, id) = all.find(|(variable, _)| variable.name == name).unwrap();
        (VariableId(id), found.shape())
    }

    fn read(&self, id: VariableId, section: &Section) -> Array {
        self.reader.read(id, section, &self.cx).unwrap()
    }
}

/// Chunks of one or few elements: what it takes to find them.
fn index_lookup(c: &mut Criterion) {
    let tree = Built::new().chunked("v", [256, 256], [2, 2]).finish();
    let cases = [
        ("b-tree 1", File::open(tree), "v"),
        ("b-tree 2", File::fixture("index_btree_2_latest.h5"), "many"),
        ("extensible array", File::fixture("index_extensible_paged.h5"), "far"),
        ("fixed array", File::fixture("index_fixed_paged.h5"), "plain"),
        ("implicit", File::fixture("index_implicit_latest.h5"), "written"),
        ("single", File::fixture("index_single_latest.h5"), "plain"),
    ];
    let mut group = c.benchmark_group("index lookup");
    for (index, file, name) in &cases {
        let (id, shape) = file.find(name);
        let all = Section::all(&shape);
        group.throughput(Throughput::Elements(all.element_count()));
        group.bench_function(*index, |b| b.iter(|| file.read(id, &all)));
    }
}

/// Chunks without filters, copied to where they belong.
fn scatter(c: &mut Criterion) {
    let file = File::open(Built::new().chunked("v", [2048, 2048], [128, 128]).finish());
    let (id, shape) = file.find("v");
    let strided = |stride| Range::strided(0, 2048 / stride, stride);
    let cases = [
        ("whole", Section::all(&shape)),
        ("every second", Section::new([strided(2), strided(2)])),
        ("a column", Section::new([Range::new(0, 2048), Range::one(700)])),
    ];
    let mut group = c.benchmark_group("scatter");
    for (name, section) in &cases {
        group.throughput(Throughput::Elements(section.element_count()));
        group.bench_function(*name, |b| b.iter(|| file.read(id, section)));
    }
}

fn type_conversion(c: &mut Criterion) {
    const COUNT: u64 = 1 << 18;
    let int = |bytes, bits, is_big| Type::Int { bytes, bits, is_big };
    let pair = || vec![(0, int(4, 32, false)), (4, int(2, 16, true))];
    let types = [
        ("i4", int(4, 32, false)),
        ("i4 of the other order", int(4, 32, true)),
        ("12 bits of i2", int(2, 12, false)),
        ("i12", int(12, 96, false)),
        ("half", Type::Half),
        ("compound", Type::Compound(8, pair())),
    ];
    let mut group = c.benchmark_group("type conversion");
    for (name, of) in &types {
        let file = File::open(Built::new().contiguous("v", of, COUNT).finish());
        let (id, shape) = file.find("v");
        let all = Section::all(&shape);
        group.throughput(Throughput::Bytes(COUNT * of.bytes()));
        group.bench_function(*name, |b| b.iter(|| file.read(id, &all)));
    }
}

fn listing(c: &mut Criterion) {
    const COUNT: u64 = 10_000;
    let mut built = Built::new();
    let number = Type::Int { bytes: 4, bits: 32, is_big: false };
    for k in 0..COUNT {
        built.contiguous(&format!("dataset {k}"), &number, 4);
    }
    let many = built.finish();
    let mut group = c.benchmark_group("open and list");
    group.throughput(Throughput::Elements(COUNT));
    group.bench_function("datasets with an attribute", |b| {
        b.iter(|| assert_eq!(File::open(many.clone()).root.variables.len() as u64, COUNT));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500));
    targets = index_lookup, scatter, type_conversion, listing
}
criterion_main!(benches);
