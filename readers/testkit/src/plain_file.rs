//! A file read by seeking, as simple as can be: what other sources are compared with.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use hyperslab_core::source::check_bounds;
use hyperslab_core::{Blob, ReadContext, ReadError, Result, Source};

pub struct PlainFile {
    file: Mutex<File>,
    len: u64,
}

impl PlainFile {
    pub fn open(path: &Path) -> Result<Self> {
        let io = |e: std::io::Error| ReadError::io("opening", &e).in_file(path.to_string_lossy());
        let file = File::open(path).map_err(io)?;
        let len = file.metadata().map_err(io)?.len();
        Ok(Self { file: Mutex::new(file), len })
    }
}

impl Source for PlainFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        cx.check()?;
        check_bounds(offset, len, self.len)?;
        let mut bytes = vec![0; len as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|e| ReadError::io("reading", &e))?;
        Ok(Blob::owned(bytes))
    }
}
