//! Whatever dimensions and variables a file has: what was written is what is read, whole and
//! in any section.

use std::sync::Arc;

use hyperslab_core::{MemorySource, Range, ReadContext, Section};
use hyperslab_netcdf3::FORMAT;
use hyperslab_testkit::bytes::*;
use hyperslab_testkit::contract::Opened;
use hyperslab_testkit::select::{same_array, select};
use proptest::prelude::*;

const DIMS: [&str; 4] = ["t", "a", "b", "c"];

#[derive(Clone, Debug)]
struct Var {
    cdf_type: CdfType,
    is_record: bool,
    dims: Vec<usize>,
}

fn vars(version: u8) -> impl Strategy<Value = Vec<Var>> {
    let types: &[CdfType] = if version == 5 { &CdfType::ALL } else { &CdfType::CLASSIC };
    let types = types.to_vec();
    let dims = prop::collection::vec(1usize..4, 0..4);
    let var = (prop::sample::select(types), any::<bool>(), dims)
        .prop_map(|(cdf_type, is_record, dims)| Var { cdf_type, is_record, dims });
    prop::collection::vec(var, 1..6)
}

fn files() -> impl Strategy<Value = CdfBuilder> {
    let shape = (prop::array::uniform3(1u64..6), 0u64..5, 0u64..9, any::<bool>());
    (prop::sample::select(vec![1u8, 2, 5]), shape)
        .prop_flat_map(|(version, shape)| (Just(version), Just(shape), vars(version)))
        .prop_map(|(version, (lengths, records, gap, streaming), vars)| {
            let mut file = CdfBuilder::new(version).dim(DIMS[0], UNLIMITED).gap(gap * 4);
            for (name, length) in DIMS[1..].iter().zip(lengths) {
                file = file.dim(*name, length);
            }
            for (number, var) in vars.iter().enumerate() {
                let mut dims: Vec<&str> = if var.is_record { vec![DIMS[0]] } else { vec![] };
                dims.extend(var.dims.iter().map(|&dim| DIMS[dim]));
                file = file.var(format!("v{number}"), var.cdf_type, &dims);
            }
            // Without a record variable there is no telling how many records there were.
            let has_records = vars.iter().any(|var| var.is_record);
            let file = file.records(if has_records { records } else { 0 });
            if streaming { file.streaming() } else { file }
        })
}

/// A section of any shape, decided by one number.
fn section(shape: &[u64], mut choice: u64) -> Section {
    let mut next = |bound: u64| {
        let digit = choice % bound;
        choice = (choice / bound).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ choice >> 7;
        digit
    };
    let ranges = shape.iter().map(|&len| {
        let start = next(len + 1);
        let stride = 1 + next(3);
        let most = (len - start).div_ceil(stride);
        Range::strided(start, next(most + 1), stride)
    });
    Section::new(ranges.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_was_written_is_read(file in files(), choices in any::<[u64; 8]>()) {
        let cx = ReadContext::default();
        let source = Arc::new(MemorySource::new(file.bytes()));
        let opened = Opened::new(&FORMAT, source, &cx).unwrap();
        prop_assert!(opened.dataset.notes.is_empty(), "{:?}", opened.dataset.notes);
        for (id, variable) in opened.variables() {
            let whole = file.expected(&variable.name);
            prop_assert_eq!(variable.shape(), whole.shape.clone());
            for choice in choices {
                let section = section(&whole.shape, choice);
                let read = opened.reader.read(id, &section, &cx).unwrap();
                prop_assert!(same_array(&read, &select(&whole, &section)), "{section:?}");
            }
            let all = opened.reader.read(id, &Section::all(&whole.shape), &cx).unwrap();
            prop_assert!(same_array(&all, &whole), "{}", variable.name);
        }
    }

    #[test]
    fn what_is_cut_off_is_truncated_and_never_a_number(file in files(), at in any::<u16>()) {
        let cx = ReadContext::default();
        let bytes = file.bytes();
        let header = file.header_len();
        let len = header + usize::from(at) % (bytes.len() - header + 1);
        let source = Arc::new(MemorySource::new(&bytes[..len]));
        let opened = Opened::new(&FORMAT, source, &cx).unwrap();
        for (_, variable) in opened.variables() {
            let whole = file.expected(&variable.name);
            match opened.read_all(&variable.name, &cx) {
                // In a streaming file fewer records remain, of the same values.
                Ok(read) => {
                    let all = Section::all(&read.shape);
                    prop_assert!(same_array(&read, &select(&whole, &all)), "{}", variable.name);
                }
                Err(error) => {
                    prop_assert_eq!(error.kind(), hyperslab_core::ErrorKind::Truncated);
                    prop_assert!(!opened.dataset.notes.is_empty(), "it was said when listing");
                }
            }
        }
    }
}
