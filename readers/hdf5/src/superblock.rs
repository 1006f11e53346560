//! Format Signature and Superblock, and the messages of its extension
//! ("Disk Format: Level 0A" and "0C").

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result, Source};

use crate::checksum;
use crate::file::{self, File};
use crate::messages;
use crate::object_header::ObjectHeader;

const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// No superblock is longer: version 1 with offsets of 8 bytes takes 100.
const MOST_BYTES: u64 = 128;

/// What the superblock says. Addresses are relative to `base`.
#[derive(Clone, Debug)]
pub struct Superblock {
    pub version: u8,
    pub offset_size: u8,
    pub length_size: u8,
    /// Byte offset in the source that address 0 means: where the signature was found.
    pub base: u64,
    /// Byte offset in the source past the last byte of the file.
    pub end_of_file: u64,
    pub root: u64,
    pub driver_info: Option<u64>,
    pub extension: Option<u64>,
    consistency_flags: u32,
}

impl Superblock {
    /// # Errors
    /// `Malformed` when there is no signature or the superblock contradicts itself;
    /// `Unsupported` for an unknown version; `Truncated`.
    pub fn read(source: &dyn Source, cx: &ReadContext) -> Result<Self> {
        let Some(at) = find_signature(source, cx)? else {
            return Err(ReadError::malformed("no HDF5 signature at byte 0, 512, 1024, ...").at(0));
        };
        let len = source.len().saturating_sub(at).min(MOST_BYTES);
        let bytes = source.read_at(at, len, cx)?;
        let mut cursor = Cursor::new(&bytes, at, ByteOrder::Little);
        cursor.skip(SIGNATURE.len())?;
        let version = cursor.u8()?;
        match version {
            0 | 1 => Self::version_0_or_1(version, &mut cursor, at),
            2 | 3 => Self::version_2_or_3(version, &mut cursor, &bytes, at),
            _ => {
                let message = format!("superblock version {version} (known are 0 to 3)");
                Err(ReadError::unsupported(message).at(at.saturating_add(8)))
            }
        }
    }

    fn version_0_or_1(version: u8, cursor: &mut Cursor, at: u64) -> Result<Self> {
        let free_space_version = cursor.u8()?;
        let root_entry_version = cursor.u8()?;
        cursor.skip(1)?;
        let shared_header_version = cursor.u8()?;
        if (free_space_version, root_entry_version, shared_header_version) != (0, 0, 0) {
            return Err(cursor.malformed("a part of the superblock has a version other than 0"));
        }
        let offset_size = size_of_numbers(cursor, "offsets")?;
        let length_size = size_of_numbers(cursor, "lengths")?;
        cursor.skip(1 + 2 + 2)?;
        let consistency_flags = cursor.u32()?;
        if version == 1 {
            cursor.skip(2 + 2)?;
        }
        let stated_base = cursor.uint(offset_size)?;
        cursor.uint(offset_size)?;
        let end_of_file = cursor.uint(offset_size)?;
        let driver_info = file::address_of(cursor, offset_size)?;
        // Root group symbol table entry: link name offset, object header address. The library
        // writes the name's offset with the size of lengths, not, as specified, of offsets.
        cursor.uint(length_size)?;
        let root = file::address_of(cursor, offset_size)?;
        Ok(Self {
            version,
            offset_size,
            length_size,
            base: at,
            end_of_file: moved(end_of_file, stated_base, at),
            root: root.ok_or_else(|| cursor.malformed("no address of the root group"))?,
            driver_info,
            extension: None,
            consistency_flags,
        })
    }

    fn version_2_or_3(version: u8, cursor: &mut Cursor, bytes: &[u8], at: u64) -> Result<Self> {
        let offset_size = size_of_numbers(cursor, "offsets")?;
        let length_size = size_of_numbers(cursor, "lengths")?;
        let consistency_flags = u32::from(cursor.u8()?);
        let stated_base = cursor.uint(offset_size)?;
        let extension = file::address_of(cursor, offset_size)?;
        let end_of_file = cursor.uint(offset_size)?;
        let root = file::address_of(cursor, offset_size)?;
        cursor.u32()?;
        let len = bytes.len() - cursor.remaining() as usize;
        if !bytes.get(..len).is_some_and(checksum::is_valid) {
            return Err(ReadError::malformed("the checksum of the superblock is wrong").at(at));
        }
        Ok(Self {
            version,
            offset_size,
            length_size,
            base: at,
            end_of_file: moved(end_of_file, stated_base, at),
            root: root.ok_or_else(|| cursor.malformed("no address of the root group"))?,
            driver_info: None,
            extension,
            consistency_flags,
        })
    }

    /// A program has the file open for writing, or ended without closing it. Before version 3
    /// the flags meant nothing.
    pub fn is_open_for_writing(&self) -> bool {
        self.version >= 3 && self.consistency_flags & 1 != 0
    }

    /// The same, by single-writer/multiple-readers access.
    pub fn is_being_written(&self) -> bool {
        self.version >= 3 && self.consistency_flags & 4 != 0
    }
}

/// The byte offset of the signature: 0, 512, and so on, doubling.
pub fn find_signature(source: &dyn Source, cx: &ReadContext) -> Result<Option<u64>> {
    let len = source.len();
    let mut at = 0_u64;
    while at.saturating_add(SIGNATURE.len() as u64) <= len {
        if *source.read_at(at, SIGNATURE.len() as u64, cx)? == SIGNATURE {
            return Ok(Some(at));
        }
        at = if at == 0 { 512 } else { at.saturating_mul(2) };
    }
    Ok(None)
}

/// The end of the file as a byte offset in the source. It was written for a file whose
/// superblock is at `stated_base`; a block put before the file since, or taken away, moves it.
fn moved(end_of_file: u64, stated_base: u64, found_base: u64) -> u64 {
    end_of_file.saturating_sub(stated_base).saturating_add(found_base)
}

/// "Size of Offsets" or "Size of Lengths".
fn size_of_numbers(cursor: &mut Cursor, what: &str) -> Result<u8> {
    let at = cursor.offset();
    match cursor.u8()? {
        size @ (2 | 4 | 8) => Ok(size),
        size @ (16 | 32) => {
            Err(ReadError::unsupported(format!("{what} of {size} bytes (at most 8)")).at(at))
        }
        size => Err(ReadError::malformed(format!("{what} of {size} bytes")).at(at)),
    }
}

/// What of the superblock extension concerns reading.
#[derive(Default)]
pub struct Extension {
    /// Address and number of indexes of the shared object header message table.
    pub shared_message_table: Option<(u64, u8)>,
    /// Address and length of the metadata cache image.
    pub cache_image: Option<(u64, u64)>,
    /// Body of the driver info message and its offset.
    pub driver_info: Option<messages::Message>,
    pub file_space: FileSpace,
}

/// How a writer manages the space of the file; of no consequence for reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileSpace {
    /// Bytes of a page, where the file is kept in pages.
    pub page: Option<u64>,
    /// Free space is remembered when the file is closed.
    pub is_persistent: bool,
}

impl FileSpace {
    /// What is out of the ordinary about it, in words.
    pub fn note(self) -> Option<String> {
        let pages = self.page.map(|bytes| format!("paged file space (pages of {bytes} bytes)"));
        let kept = self.is_persistent.then(|| "free space kept in the file".to_owned());
        let parts: Vec<String> = pages.into_iter().chain(kept).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Extension {
    /// # Errors
    /// Whatever is wrong with the extension's header or with one of these messages.
    pub fn read(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let header = ObjectHeader::read(file, address, cx)?;
        if let Some(error) = header.error {
            return Err(error);
        }
        let mut extension = Self::default();
        for message in &header.messages {
            let cursor = &mut Cursor::new(&message.body, message.offset, ByteOrder::Little);
            match message.kind {
                messages::SHARED_MESSAGE_TABLE => {
                    extension.shared_message_table = shared_message_table(cursor, file)?;
                }
                messages::CACHE_IMAGE => extension.cache_image = cache_image(cursor, file)?,
                messages::FILE_SPACE_INFO => extension.file_space = file_space_info(cursor, file)?,
                messages::DRIVER_INFO => extension.driver_info = Some(message.clone()),
                _ => {}
            }
        }
        Ok(extension)
    }
}

/// "The Shared Message Table Message".
fn shared_message_table(cursor: &mut Cursor, file: &File) -> Result<Option<(u64, u8)>> {
    version_zero(cursor, "shared message table message")?;
    let address = file::address(cursor, file)?;
    let indexes = cursor.u8()?;
    Ok(address.map(|address| (address, indexes)))
}

/// "Metadata Cache Image Message" (0x0018): where the image is, until a writer removes it.
fn cache_image(cursor: &mut Cursor, file: &File) -> Result<Option<(u64, u64)>> {
    version_zero(cursor, "metadata cache image message")?;
    let at = cursor.offset();
    let address = file::address(cursor, file)?;
    let len = file::length(cursor, file)?;
    let Some(address) = address.filter(|_| len > 0) else { return Ok(None) };
    if !file.fits(address, len) {
        let message = format!("a metadata cache image of {len} bytes that reaches past the end");
        return Err(ReadError::malformed(message).at(at));
    }
    Ok(Some((address, len)))
}

/// "The File Space Info Message" (0x0017): nothing in it is needed for reading, but one that is
/// cut short tells of a damaged file.
fn file_space_info(cursor: &mut Cursor, file: &File) -> Result<FileSpace> {
    let at = cursor.offset();
    let (found, managers) = match cursor.u8()? {
        0 => {
            const ALL_PERSIST: u8 = 1;
            let is_persistent = cursor.u8()? == ALL_PERSIST;
            file::length(cursor, file)?;
            (FileSpace { page: None, is_persistent }, 6)
        }
        1 => {
            const PAGE: u8 = 1;
            let strategy = cursor.u8()?;
            let is_persistent = cursor.u8()? != 0;
            let _threshold = file::length(cursor, file)?;
            let page = file::length(cursor, file)?;
            let _page_end_threshold = cursor.u16()?;
            file::address(cursor, file)?;
            (FileSpace { page: (strategy == PAGE).then_some(page), is_persistent }, 12)
        }
        version => {
            let message = format!("file space info message version {version}");
            return Err(ReadError::unsupported(message).at(at));
        }
    };
    if found.is_persistent {
        for _manager in 0..managers {
            file::address(cursor, file)?;
        }
    }
    Ok(found)
}

/// Fails unless the next byte, a version number, is 0.
pub fn version_zero(cursor: &mut Cursor, what: &str) -> Result<()> {
    let at = cursor.offset();
    match cursor.u8()? {
        0 => Ok(()),
        version => Err(ReadError::unsupported(format!("{what} version {version}")).at(at)),
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{ErrorKind, MemorySource};

    use super::*;
    use crate::file::testing::{Image, UNDEFINED, checked, header, words};

    /// Version 0, addresses of `size` bytes, lengths of eight.
    fn version_0(size: usize, base: u64) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0, 0, 0, 0, 0, size as u8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]);
        for address in [base, UNDEFINED, base + 300, UNDEFINED] {
            bytes.extend(&address.to_le_bytes()[..size]);
        }
        bytes.extend(words(&[0]));
        bytes.extend(&96_u64.to_le_bytes()[..size]);
        bytes.resize(300, 0);
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Superblock> {
        Superblock::read(&MemorySource::new(bytes), &ReadContext::default())
    }

    #[test]
    fn version_0_with_addresses_of_any_size() {
        for size in [4, 8] {
            let superblock = read(version_0(size, 0)).unwrap();
            assert_eq!((superblock.root, superblock.end_of_file), (96, 300));
            assert_eq!((superblock.driver_info, superblock.base), (None, 0));
        }
        assert_eq!(read(version_0(3, 0)).unwrap_err().kind(), ErrorKind::Malformed);
    }

    #[test]
    fn behind_a_user_block_addresses_count_from_the_signature() {
        for stated_base in [0, 1024] {
            let mut bytes = vec![7; 1024];
            bytes.extend(version_0(8, stated_base));
            let superblock = read(bytes).unwrap();
            assert_eq!((superblock.base, superblock.end_of_file), (1024, 1324));
        }
    }

    #[test]
    fn every_cut_and_every_wrong_checksum_is_an_error() {
        let whole = Image::new(100).0;
        for len in 0..48 {
            assert!(read(whole[..len].to_vec()).is_err(), "cut at {len}");
        }
        let mut wrong = whole;
        wrong[20] ^= 1;
        assert!(read(wrong).unwrap_err().what().contains("checksum"));
    }

    #[test]
    fn an_unknown_version_is_not_supported() {
        let mut bytes = version_0(8, 0);
        bytes[8] = 99;
        assert_eq!(read(bytes).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    fn with_extension(messages: &[(u8, u8, &[u8])]) -> Result<File> {
        let mut image = Image::new(600);
        let mut superblock = image.0[..44].to_vec();
        superblock[20..28].copy_from_slice(&100_u64.to_le_bytes());
        image.put(0, &checked(superblock)).put(100, &header(messages));
        image.try_open()
    }

    #[test]
    fn a_file_space_info_message_that_ends_early_refuses_the_file() {
        let persistent = [&[1, 1, 1][..], &[0; 8 + 8 + 2 + 8 + 12 * 8]].concat();
        assert!(with_extension(&[(0x17, 0, &persistent)]).is_ok());
        let error = with_extension(&[(0x17, 0, &persistent[..40])]).err().unwrap();
        assert_eq!(error.object(), Some("superblock extension"));
    }

    #[test]
    fn pages_and_kept_free_space_are_told_in_words() {
        let note = |page, is_persistent| FileSpace { page, is_persistent }.note();
        assert_eq!(note(None, false), None);
        let both = "paged file space (pages of 4096 bytes), free space kept in the file";
        assert_eq!(note(Some(4096), true).as_deref(), Some(both));
        assert_eq!(note(None, true).as_deref(), Some("free space kept in the file"));
    }

    #[test]
    fn a_cache_image_outside_the_file_refuses_the_file_and_none_at_all_does_not() {
        let image = |address, len| [vec![0], words(&[address, len])].concat();
        assert!(with_extension(&[(0x18, 0, &image(UNDEFINED, 0))]).is_ok());
        assert!(with_extension(&[(0x18, 0, &image(500, 1000))]).is_err());
    }
}
