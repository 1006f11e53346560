//! An open file: its superblock, and reading by address.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hyperslab_core::chunk_cache::next_file_number;
use hyperslab_core::{Blob, Cursor, ErrorKind, ReadContext, ReadError, Result, Source};

use crate::cache_image::CacheImage;
use crate::checksum;
use crate::drivers::{self, Composed};
use crate::global_heap::GlobalHeaps;
use crate::pages::Pages;
use crate::shared::SharedMessages;
use crate::superblock::{Extension, Superblock};
use crate::virtual_dataset::SourceFiles;

/// How often, and how long after one another, metadata is read again that a writer may have
/// been changing just now.
const MOST_TRIES: u32 = 8;
const BETWEEN_TRIES: Duration = Duration::from_millis(3);

/// After so many tries without success the file is taken to be damaged: nobody waits for every
/// one of its objects.
const PATIENCE: u32 = 64;

/// An open file. Every method may be called from many threads at once.
pub struct File {
    source: Arc<dyn Source>,
    number: u64,
    superblock: Superblock,
    cache_image: Option<CacheImage>,
    pub(crate) shared_messages: SharedMessages,
    pub(crate) global_heaps: GlobalHeaps,
    pages: Pages,
    /// What its virtual datasets have opened.
    pub(crate) virtual_sources: Arc<SourceFiles>,
    truncation: Option<ReadError>,
    members: Vec<String>,
    /// Tries left before waiting for a writer is given up.
    patience: AtomicU32,
}

impl File {
    /// Reads the superblock and its extension, and puts together what a family, split or multi
    /// driver has spread over several files, whichever of them `source` is.
    ///
    /// What is odd but can be read around is noted in `cx`. A file that is shorter than it
    /// should be opens: see [`File::truncation`].
    ///
    /// # Errors
    /// `Malformed`, `Unsupported`, `Truncated` when the superblock or its extension cannot be
    /// read; `Io` when a member file is missing.
    pub fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Self> {
        let source = drivers::first_member(source, cx)?;
        let superblock = Superblock::read(&*source, cx)?;
        let mut file = Self {
            source,
            number: next_file_number(),
            superblock,
            cache_image: None,
            shared_messages: SharedMessages::default(),
            global_heaps: GlobalHeaps::default(),
            pages: Pages::default(),
            virtual_sources: Arc::default(),
            truncation: None,
            members: Vec::new(),
            patience: AtomicU32::new(PATIENCE),
        };
        if let Some(composed) = drivers::compose(&file, None, cx)? {
            file.become_whole(composed);
        }
        if let Some(address) = file.superblock.extension {
            file.read_extension(address, cx)?;
        }
        file.note_state(cx);
        Ok(file)
    }

    fn read_extension(&mut self, address: u64, cx: &ReadContext) -> Result<()> {
        let extension = Extension::read(self, address, cx)
            .map_err(|error| error.in_object("superblock extension"))?;
        if let Some(note) = extension.file_space.note() {
            cx.note(note);
        }
        if let Some(message) = &extension.driver_info
            && let Some(composed) = drivers::compose(self, Some(message), cx)?
        {
            self.become_whole(composed);
        }
        if let Some((address, len)) = extension.cache_image {
            self.cache_image = around(CacheImage::read(self, address, len, cx), cx)?;
        }
        if let Some((address, indexes)) = extension.shared_message_table {
            let read = SharedMessages::read(self, address, indexes, cx);
            self.shared_messages = around(read, cx)?.unwrap_or_default();
        }
        Ok(())
    }

    fn become_whole(&mut self, composed: Composed) {
        self.source = composed.source;
        self.members = composed.members;
    }

    fn note_state(&mut self, cx: &ReadContext) {
        let superblock = &self.superblock;
        if superblock.is_being_written() {
            cx.note("a program is writing to the file (SWMR), or ended without closing it; what was flushed is shown");
        } else if superblock.is_open_for_writing() {
            cx.note("the file was not closed by its writer; what was flushed is shown");
        }
        let (len, end) = (self.source.len(), superblock.end_of_file);
        // Whoever is writing may not have come to the end yet.
        if len < end && !superblock.is_open_for_writing() {
            self.truncation = Some(
                ReadError::truncated(format!("the file should have {end} bytes, {len} are there"))
                    .at(len),
            );
        }
    }

    /// The file's bytes; of a family, split or multi file all members together.
    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }

    /// Names of the files that a family, split or multi file consists of; else none.
    pub fn members(&self) -> &[String] {
        &self.members
    }

    pub fn superblock(&self) -> &Superblock {
        &self.superblock
    }

    /// Address of the root group's object header.
    pub fn root(&self) -> u64 {
        self.superblock.root
    }

    /// Bytes of an address.
    pub fn offset_size(&self) -> u8 {
        self.superblock.offset_size
    }

    /// Bytes of a length.
    pub fn length_size(&self) -> u8 {
        self.superblock.length_size
    }

    /// A number no other open file of this process has.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The superblock says that a writer is at work (single writer, multiple readers).
    pub fn is_being_written(&self) -> bool {
        self.superblock.is_being_written()
    }

    /// Set when the file ends before the end its superblock states, as after an interrupted
    /// download. What lies before the cut can be read.
    pub fn truncation(&self) -> Option<&ReadError> {
        self.truncation.as_ref()
    }

    /// Absolute byte offset of an address.
    pub fn at(&self, address: u64) -> u64 {
        self.superblock.base.saturating_add(address)
    }

    /// Whether `len` bytes at `address` lie inside the file.
    pub fn fits(&self, address: u64, len: u64) -> bool {
        let end = self.superblock.base.checked_add(address).and_then(|at| at.checked_add(len));
        end.is_some_and(|end| end <= self.source.len())
    }

    /// Exactly `len` bytes at `address`.
    ///
    /// # Errors
    /// Those of [`Source::read_at`].
    pub fn read(&self, address: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        if let Some(image) = &self.cache_image
            && let Some(found) = image.get(address, len)
        {
            return Ok(found);
        }
        let at = self.absolute(address)?;
        match self.paged(at, len, cx)? {
            Some(found) => Ok(found),
            None => self.source.read_at(at, len, cx),
        }
    }

    /// Of a file that somebody is writing to, every byte is asked for anew.
    fn paged(&self, at: u64, len: u64, cx: &ReadContext) -> Result<Option<Blob>> {
        match self.superblock.is_open_for_writing() {
            true => Ok(None),
            false => self.pages.get(&*self.source, at, len, cx),
        }
    }

    /// The bytes at `address`, into memory that is there already.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn read_into(&self, address: u64, into: &mut [u8], cx: &ReadContext) -> Result<()> {
        if let Some(image) = &self.cache_image
            && let Some(found) = image.get(address, into.len() as u64)
        {
            into.copy_from_slice(&found);
            return Ok(());
        }
        self.source.read_into(self.absolute(address)?, into, cx)
    }

    /// At most `most` bytes at `address`: fewer where the file ends. For headers whose length
    /// only they tell.
    ///
    /// # Errors
    /// `Truncated` when the file ends at or before `address`.
    pub fn read_up_to(&self, address: u64, most: u64, cx: &ReadContext) -> Result<Blob> {
        if let Some(image) = &self.cache_image
            && let Some(found) = image.get_up_to(address, most)
        {
            return Ok(found);
        }
        let at = self.absolute(address)?;
        // At least one byte is asked for: past the end that is the error.
        let mut len = self.source.len().saturating_sub(at).min(most).max(1);
        loop {
            let found = match self.paged(at, len, cx)? {
                Some(found) => Ok(found),
                None => self.source.read_at(at, len, cx),
            };
            match found {
                // A part of a split or multi file ends before the whole does.
                Err(error) if error.kind() == ErrorKind::Truncated && len > 1 => len /= 2,
                found => return found,
            }
        }
    }

    /// `len` bytes at `address` of which the last four are the checksum of the rest.
    ///
    /// # Errors
    /// `Malformed` when the checksum is wrong, several times if somebody is writing to the
    /// file; those of [`File::read`].
    pub fn read_checked(
        &self,
        address: u64,
        len: u64,
        what: &str,
        cx: &ReadContext,
    ) -> Result<Blob> {
        self.retrying(cx, || {
            let bytes = self.read(address, len, cx)?;
            self.verify(&bytes, address, what)?;
            Ok(bytes)
        })
    }

    /// Fails unless the last four bytes of `bytes` are the checksum of the rest.
    pub fn verify(&self, bytes: &[u8], address: u64, what: &str) -> Result<()> {
        if checksum::is_valid(bytes) {
            return Ok(());
        }
        Err(ReadError::malformed(format!("the checksum of the {what} is wrong"))
            .at(self.at(address)))
    }

    /// `attempt`, and again some milliseconds later when what was read makes no sense but
    /// somebody is writing to the file.
    pub fn retrying<T>(
        &self,
        cx: &ReadContext,
        mut attempt: impl FnMut() -> Result<T>,
    ) -> Result<T> {
        let mut tries = 1;
        loop {
            match attempt() {
                Err(error)
                    if error.kind() == ErrorKind::Malformed
                        && tries < MOST_TRIES
                        && self.may_change()
                        && self.patience.load(Ordering::Relaxed) > 0 =>
                {
                    cx.check()?;
                    self.pages.forget();
                    std::thread::sleep(BETWEEN_TRIES);
                    tries += 1;
                    // Two threads may both take the last try: it then stays at 0.
                    let left = self.patience.load(Ordering::Relaxed).saturating_sub(1);
                    self.patience.store(left, Ordering::Relaxed);
                }
                done => {
                    if tries > 1 && done.is_ok() {
                        self.patience.store(PATIENCE, Ordering::Relaxed);
                    }
                    return done;
                }
            }
        }
    }

    /// Somebody is writing to the file, or has since it was opened.
    pub fn may_change(&self) -> bool {
        self.is_being_written() || self.source.has_news()
    }

    fn absolute(&self, address: u64) -> Result<u64> {
        self.superblock.base.checked_add(address).ok_or_else(|| {
            ReadError::malformed(format!("address {address} is past every file")).at(address)
        })
    }
}

/// What can be done without is noted where it is damaged.
fn around<T>(read: Result<T>, cx: &ReadContext) -> Result<Option<T>> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Limit) => Err(error),
        Err(error) => {
            cx.note(error.what());
            Ok(None)
        }
    }
}

/// The next address, relative to the base address; `None` when it is the undefined address.
pub fn address(cursor: &mut Cursor, file: &File) -> Result<Option<u64>> {
    address_of(cursor, file.offset_size())
}

/// The next length.
pub fn length(cursor: &mut Cursor, file: &File) -> Result<u64> {
    cursor.uint(file.length_size())
}

/// The next address, of `offset_size` bytes.
pub fn address_of(cursor: &mut Cursor, offset_size: u8) -> Result<Option<u64>> {
    let undefined = u64::MAX >> (64 - 8 * u32::from(offset_size.clamp(1, 8)));
    Ok(Some(cursor.uint(offset_size)?).filter(|&address| address != undefined))
}

/// Fails unless the next four bytes are `signature`.
pub fn signature(cursor: &mut Cursor, signature: &[u8; 4], what: &str) -> Result<()> {
    let at = cursor.offset();
    if cursor.take(4)? == signature {
        return Ok(());
    }
    Err(ReadError::malformed(format!("no {what} where one should be")).at(at))
}

/// Bytes read at once, of which parts are handed out without copying.
#[derive(Clone)]
pub struct Block(Arc<dyn AsRef<[u8]> + Send + Sync>);

struct Held(Blob);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Block {
    pub fn new(bytes: Blob) -> Self {
        Self(Arc::new(Held(bytes)))
    }

    pub fn bytes(&self) -> &[u8] {
        (*self.0).as_ref()
    }

    /// `range` of the bytes, or nothing where it reaches beyond them.
    pub fn part(&self, range: Range<usize>) -> Option<Blob> {
        Blob::shared(self.0.clone(), range)
    }
}

/// Files built in tests.
#[cfg(test)]
pub(crate) mod testing {
    use hyperslab_core::MemorySource;

    use super::*;

    pub const UNDEFINED: u64 = u64::MAX;

    /// A file of `len` bytes with a version 2 superblock, its root at address 48, and what else
    /// is put into it.
    pub struct Image(pub Vec<u8>);

    impl Image {
        pub fn new(len: usize) -> Self {
            let mut image = Self(vec![0; len]);
            let mut superblock = b"\x89HDF\r\n\x1a\n\x02\x08\x08\x00".to_vec();
            for address in [0, UNDEFINED, len as u64, 48] {
                superblock.extend(u64::to_le_bytes(address));
            }
            image.put(0, &checked(superblock));
            image
        }

        pub fn put(&mut self, address: usize, bytes: &[u8]) -> &mut Self {
            self.0[address..address + bytes.len()].copy_from_slice(bytes);
            self
        }

        pub fn open(&self) -> File {
            self.try_open().unwrap()
        }

        pub fn try_open(&self) -> Result<File> {
            File::open(Arc::new(MemorySource::new(self.0.clone())), &ReadContext::default())
        }
    }

    /// The bytes and their checksum.
    pub fn checked(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.extend(checksum::lookup3(&bytes).to_le_bytes());
        bytes
    }

    /// A version 2 object header of these messages: type, flags, body.
    pub fn header(messages: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, flags, bytes) in messages {
            body.push(*kind);
            body.extend((bytes.len() as u16).to_le_bytes());
            body.push(*flags);
            body.extend_from_slice(bytes);
        }
        let mut header = b"OHDR\x02\x02".to_vec();
        header.extend((body.len() as u32).to_le_bytes());
        header.extend(body);
        checked(header)
    }

    /// Numbers of eight bytes.
    pub fn words(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{Image, checked};
    use super::*;

    #[test]
    fn a_file_that_is_shorter_than_it_says_opens_and_says_so() {
        let mut image = Image::new(200);
        image.0.truncate(150);
        let file = image.open();
        assert_eq!(file.truncation().map(ReadError::kind), Some(ErrorKind::Truncated));
        assert!(file.fits(100, 50) && !file.fits(100, 51) && !file.fits(u64::MAX, 1));
        assert!(Image::new(200).open().truncation().is_none());
    }

    #[test]
    fn a_writers_flags_become_a_note() {
        let mut image = Image::new(200);
        let mut superblock = image.0[..44].to_vec();
        (superblock[8], superblock[11]) = (3, 5);
        image.put(0, &checked(superblock));
        let cx = ReadContext::default();
        let file = File::open(Arc::new(hyperslab_core::MemorySource::new(image.0)), &cx).unwrap();
        assert!(file.is_being_written());
        assert!(cx.take_notes().concat().contains("a program is writing"));
    }

    #[test]
    fn what_makes_no_sense_while_somebody_writes_is_read_again_but_not_for_ever() {
        let mut image = Image::new(200);
        let mut superblock = image.0[..44].to_vec();
        (superblock[8], superblock[11]) = (3, 5);
        image.put(0, &checked(superblock));
        let (file, cx) = (image.open(), ReadContext::default());
        let mut tries = 0;
        let found = file.retrying(&cx, || {
            tries += 1;
            if tries == 3 { Ok(tries) } else { Err(ReadError::malformed("torn")) }
        });
        assert_eq!(found.unwrap(), 3);
        let mut tries = 0;
        for _ in 0..1000 {
            let _ = file.retrying(&cx, || -> Result<()> {
                tries += 1;
                Err(ReadError::malformed("torn"))
            });
        }
        assert_eq!(tries, 1000 + PATIENCE);
    }

    #[test]
    fn the_undefined_address_is_as_wide_as_addresses_are() {
        let bytes = [0xff; 8];
        for size in [2, 4, 8] {
            let cursor = &mut Cursor::new(&bytes, 0, hyperslab_core::ByteOrder::Little);
            assert_eq!(address_of(cursor, size).unwrap(), None);
        }
        let cursor = &mut Cursor::new(&bytes[..4], 0, hyperslab_core::ByteOrder::Little);
        assert!(address_of(cursor, 8).is_err());
    }
}
