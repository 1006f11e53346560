//! What bad files may make the process hold, whatever they claim. Alone in its process, whose
//! largest size the system remembers.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::sync::Arc;

use hyperslab_core::{MemorySource, Range, ReadContext, Section};
use hyperslab_hdf5::FORMAT;
use hyperslab_testkit::contract::Opened;

const MOST_BYTES: u64 = 200 << 20;

/// Of this process up to now: the most it held, and the most it had addresses for.
fn peaks() -> [u64; 2] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    ["VmHWM:", "VmPeak:"].map(|key| {
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    })
}

#[test]
fn no_bad_file_makes_the_process_large() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/hdf5");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "h5") {
            continue;
        }
        let [_, addresses] = peaks();
        let cx = ReadContext::default();
        let source = Arc::new(MemorySource::new(std::fs::read(&path).unwrap()));
        if let Ok(file) = Opened::new(&FORMAT, source, &cx) {
            for (id, variable) in file.variables() {
                let corner: Vec<_> =
                    variable.shape().iter().map(|&len| Range::new(0, len.min(3))).collect();
                let _ = file.reader.read(id, &Section::new(corner), &cx);
            }
        }
        let [held, more] = peaks();
        assert!(held < MOST_BYTES, "{}: {} MiB", path.display(), held >> 20);
        // Zeroed memory that nobody writes to is not held, but was asked for.
        assert!(more - addresses < 2 << 30, "{}: {} MiB", path.display(), (more - addresses) >> 20);
    }
}
