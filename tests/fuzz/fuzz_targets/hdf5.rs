//! Probe, open, list and bounded reads of everything in an HDF5 file. Checksums that were right
//! before a mutation are right after it: most of the format lies behind them.
#![no_main]

#[path = "../../../readers/hdf5/tests/mend/mod.rs"]
#[allow(dead_code)]
mod mend;

use hyperslab_hdf5::FORMAT;
use hyperslab_testkit::hostile::Driver;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    Driver::new(&FORMAT).run(bytes, "fuzzed");
});

libfuzzer_sys::fuzz_mutator!(|bytes: &mut [u8], len: usize, most: usize, _seed: u32| {
    let blocks = mend::checked_blocks(&bytes[..len]);
    let len = libfuzzer_sys::fuzzer_mutate(bytes, len, most);
    mend::mend(&mut bytes[..len], &blocks);
    len
});
