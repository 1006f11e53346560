//! Probe, open, list and bounded reads of everything in a GRIB file.
#![no_main]

use hyperslab_grib::FORMAT;
use hyperslab_testkit::hostile::Driver;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    Driver::new(&FORMAT).run(bytes, "fuzzed");
});
