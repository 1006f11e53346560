//! Files that a driver spread over several: family (equal pieces one after the other), split
//! and multi (a file for each kind of bytes) ("Disk Format: Level 0B - File Driver Info", "The
//! Driver Info Message").
//!
//! Members are found by name beside the one that was opened, and whichever that is, the whole
//! is what is read.

use std::sync::Arc;

use hyperslab_core::source::check_bounds;
use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result, Source};

use crate::file::File;
use crate::messages::Message;
use crate::superblock;

/// The letters of a multi file's members in their usual names, the superblock's first: `-s.h5`;
/// a split file has `-m` for metadata and `-r` for raw data.
const MEMBER_LETTERS: [&str; 8] = ["s", "m", "b", "r", "g", "l", "o", "d"];

/// Most members of a family: so many files are opened.
const MOST_MEMBERS: u64 = 4096;

/// Most members behind the end of the file that still count as members.
const MOST_EMPTY_MEMBERS: u64 = 4;

/// Whether `source`, which has no signature, is a later member of a family, split or multi
/// file: the first one is beside it.
pub fn belongs_to_family(source: &dyn Source, cx: &ReadContext) -> bool {
    find_first(source, cx).is_some()
}

/// The member with the superblock, which is `source` itself unless that has no signature.
///
/// # Errors
/// Those of the source.
pub fn first_member(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Arc<dyn Source>> {
    if superblock::find_signature(&*source, cx)?.is_some() {
        return Ok(source);
    }
    Ok(find_first(&*source, cx).unwrap_or(source))
}

fn find_first(source: &dyn Source, cx: &ReadContext) -> Option<Arc<dyn Source>> {
    let name = source.name();
    let mut candidates = Vec::new();
    for number in Number::all(name) {
        candidates.extend(number.zeros());
    }
    if let Some((prefix, suffix)) = around_member_letter(name) {
        candidates.extend(["s", "m"].map(|letter| format!("{prefix}-{letter}{suffix}")));
    }
    candidates.iter().filter(|candidate| *candidate != name).find_map(|candidate| {
        let first = source.sibling(candidate, cx).ok()?;
        superblock::find_signature(&*first, cx).ok().flatten()?;
        let whole = File::open(first.clone(), cx).ok()?;
        whole.members().iter().any(|member| member == name).then_some(first)
    })
}

/// `x` and `.h5` of `x-s.h5`.
fn around_member_letter(name: &str) -> Option<(&str, &str)> {
    let stem_len = name.rfind('.').unwrap_or(name.len());
    let (stem, suffix) = name.split_at_checked(stem_len)?;
    let (prefix, letter) = stem.rsplit_once('-')?;
    MEMBER_LETTERS.contains(&letter).then_some((prefix, suffix))
}

/// The members of a file as one source.
pub struct Composed {
    pub source: Arc<dyn Source>,
    /// Names of the members that were found.
    pub members: Vec<String>,
}

impl Composed {
    fn new<'a>(
        source: Arc<dyn Source>,
        members: impl IntoIterator<Item = &'a Arc<dyn Source>>,
    ) -> Self {
        let members = members.into_iter().map(|member| member.name().to_owned()).collect();
        Self { source, members }
    }
}

/// All members as one, or nothing for a file that is one. `message` is the driver info message
/// of a superblock extension; older files have a driver information block.
///
/// # Errors
/// When the driver is unknown, its information makes no sense, or a member is missing.
pub fn compose(
    file: &File,
    message: Option<&Message>,
    cx: &ReadContext,
) -> Result<Option<Composed>> {
    let info = match (message, file.superblock().driver_info) {
        (Some(message), _) => Some(DriverInfo::from_message(message)?),
        (None, Some(address)) => Some(DriverInfo::from_block(file, address, cx)?),
        (None, None) => None,
    };
    match info.as_ref().map(|info| (&info.driver, info)) {
        Some((b"NCSAfami", info)) => Family::compose(file, info.cursor().u64()?, cx),
        Some((b"NCSAmult", info)) => Multi::compose(file, info, cx).map(Some),
        Some((driver, info)) => {
            let driver = String::from_utf8_lossy(driver);
            let message = format!("a file of the driver {driver:?}");
            Err(ReadError::unsupported(message).at(info.offset))
        }
        // HDF5 1.6 did not say that a file is a family's first.
        None => Family::compose(file, file.source().len(), cx),
    }
}

struct DriverInfo {
    driver: [u8; 8],
    information: Vec<u8>,
    /// Absolute byte offset of `information`.
    offset: u64,
}

impl DriverInfo {
    /// "Driver Information Block": version, reserved, size, driver, information.
    fn from_block(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        const PREFIX_BYTES: u64 = 16;
        let prefix = file.read(address, PREFIX_BYTES, cx)?;
        let mut cursor = Cursor::new(&prefix, file.at(address), ByteOrder::Little);
        superblock::version_zero(&mut cursor, "driver information block")?;
        cursor.skip(3)?;
        let len = u64::from(cursor.u32()?);
        let mut driver = [0; 8];
        driver.copy_from_slice(cursor.take(8)?);
        cx.limits.claim_metadata(len, 1, "driver information block")?;
        let at = address.saturating_add(PREFIX_BYTES);
        let information = file.read(at, len, cx)?.to_vec();
        Ok(Self { driver, information, offset: file.at(at) })
    }

    /// "The Driver Info Message": version, driver, size, information.
    fn from_message(message: &Message) -> Result<Self> {
        let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
        superblock::version_zero(&mut cursor, "driver info message")?;
        let mut driver = [0; 8];
        driver.copy_from_slice(cursor.take(8)?);
        let len = cursor.u16()?;
        let offset = cursor.offset();
        Ok(Self { driver, information: cursor.take(len.into())?.to_vec(), offset })
    }

    fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.information, self.offset, ByteOrder::Little)
    }
}

/// A run of digits in a name that may number the members of a family.
struct Number<'a> {
    prefix: &'a str,
    digits: &'a str,
    suffix: &'a str,
}

impl<'a> Number<'a> {
    /// All runs of digits, the last one first.
    fn all(name: &'a str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut end = name.len();
        while let Some(head) = name.get(..end) {
            let Some(last) = head.rfind(|c: char| c.is_ascii_digit()) else { break };
            let before = head.get(..=last).unwrap_or_default();
            let start = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let parts = (name.get(..start), name.get(start..=last), name.get(last + 1..));
            if let (Some(prefix), Some(digits), Some(suffix)) = parts {
                found.push(Self { prefix, digits, suffix });
            }
            end = start;
        }
        found
    }

    /// Names the first member may have: as many digits, or one (`%d` does not pad).
    fn zeros(&self) -> Vec<String> {
        let mut zeros = vec![self.name(0, self.digits.len())];
        if self.digits.len() > 1 {
            zeros.push(self.name(0, 1));
        }
        zeros
    }

    fn is_zero(&self) -> bool {
        self.digits.bytes().all(|digit| digit == b'0')
    }

    fn name(&self, number: u64, width: usize) -> String {
        format!("{}{number:0width$}{}", self.prefix, self.suffix)
    }
}

/// Members of equal length, one after the other.
struct Family {
    members: Vec<Arc<dyn Source>>,
    member_bytes: u64,
    len: u64,
}

impl Family {
    /// The members from `file`'s own source on, up to the end of the file. `None` when there
    /// are no others beside it.
    fn compose(file: &File, member_bytes: u64, cx: &ReadContext) -> Result<Option<Composed>> {
        let first = file.source();
        let end = file.superblock().end_of_file;
        if member_bytes == 0 || end <= first.len() {
            return Ok(None);
        }
        let count = end.div_ceil(member_bytes);
        for number in Number::all(first.name()).iter().filter(|number| number.is_zero()) {
            let width = number.digits.len();
            // A file of its own is no member: then the first one is merely cut short.
            let Ok(second) = first.sibling(&number.name(1, width), cx) else { continue };
            if superblock::find_signature(&*second, cx)? == Some(0) {
                continue;
            }
            if count > MOST_MEMBERS {
                let message = format!("a family of {count} files (at most {MOST_MEMBERS})");
                return Err(ReadError::unsupported(message));
            }
            let mut members = vec![first.clone()];
            for member in 1..count {
                cx.check()?;
                let name = number.name(member, width);
                let found = first.sibling(&name, cx).map_err(|error| {
                    error.in_object(format!("{name:?}, a member of the family of files"))
                })?;
                members.push(found);
            }
            let last = members.last().map_or(0, |last| last.len().min(member_bytes));
            let len = (count - 1).saturating_mul(member_bytes).saturating_add(last);
            let family = Arc::new(Self { members, member_bytes, len });
            let mut composed = Composed::new(family.clone(), &family.members);
            // A writer makes room ahead: empty members may follow.
            let empty = (count..count + MOST_EMPTY_MEMBERS)
                .map(|number_after| number.name(number_after, width))
                .take_while(|name| first.sibling(name, cx).is_ok());
            composed.members.extend(empty);
            return Ok(Some(composed));
        }
        Ok(None)
    }
}

impl Source for Family {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        check_bounds(offset, len, self.len)?;
        let (mut at, mut left) = (offset, len);
        let mut bytes = Vec::new();
        loop {
            let member = usize::try_from(at / self.member_bytes).unwrap_or(usize::MAX);
            let within = at % self.member_bytes;
            let piece = left.min(self.member_bytes - within);
            let member = self.members.get(member).ok_or_else(|| missing(at))?;
            let found = member.read_at(within, piece, cx)?;
            if piece == len {
                return Ok(found);
            }
            bytes.extend_from_slice(&found);
            at += piece;
            left -= piece;
            if left == 0 {
                return Ok(Blob::owned(bytes));
            }
        }
    }

    fn verify(&self) -> Result<()> {
        self.members.iter().try_for_each(|member| member.verify())
    }

    fn name(&self) -> &str {
        self.members.first().map_or("", |first| first.name())
    }

    fn sibling(&self, path: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
        self.members.first().ok_or_else(|| missing(0))?.sibling(path, cx)
    }

    fn has_news(&self) -> bool {
        self.members.iter().any(|member| member.has_news())
    }
}

fn missing(offset: u64) -> ReadError {
    ReadError::truncated("no member file holds these bytes").at(offset)
}

/// Members that each hold the addresses from their start up to the start of the next.
struct Multi {
    /// By start; the one with the superblock has start 0.
    members: Vec<(u64, Arc<dyn Source>)>,
}

impl Multi {
    /// "Multi Driver Information": which member each kind of bytes is in, where the members
    /// start, their names.
    fn compose(file: &File, info: &DriverInfo, cx: &ReadContext) -> Result<Composed> {
        const KINDS: usize = 6;
        const SUPERBLOCK: u8 = 1;
        let mut cursor = info.cursor();
        let map = cursor.take(KINDS)?;
        if let Some(wrong) = map.iter().find(|&&kind| usize::from(kind) > KINDS) {
            return Err(cursor.malformed(format!("multi driver member {wrong} of {KINDS}")));
        }
        cursor.skip(2)?;
        // Kinds without a place of their own (0) are where they are by default: each its own.
        let mut used = Vec::new();
        for (kind, &member) in (1_u8..).zip(map) {
            let member = if member == 0 { kind } else { member };
            if !used.contains(&member) {
                used.push(member);
            }
        }
        let starts = used
            .iter()
            .map(|_| {
                let start = cursor.u64()?;
                cursor.skip(8)?;
                Ok(start)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut patterns = Vec::new();
        for _ in &used {
            patterns.push(padded_name(&mut cursor)?);
        }
        let own = used.iter().position(|&member| member == SUPERBLOCK).unwrap_or(0);
        let own_pattern = patterns.get(own).map_or("", String::as_str);
        let name = file.source().name();
        let stem = stem_of(name, own_pattern).ok_or_else(|| {
            let message = format!("the name of this part of a multi file is not {own_pattern:?}");
            ReadError::malformed(message).at(info.offset)
        })?;
        let mut members = Vec::new();
        for (index, (&start, pattern)) in starts.iter().zip(&patterns).enumerate() {
            let member = if index == own {
                file.source().clone()
            } else {
                let name = pattern.replacen("%s", stem, 1);
                match file.source().sibling(&name, cx) {
                    Ok(member) => member,
                    Err(error) => {
                        // What is in it is missed when it is read.
                        cx.note(format!(
                            "{name:?}, a part of this file, cannot be opened: {}",
                            error.what()
                        ));
                        continue;
                    }
                }
            };
            members.push((start, member));
        }
        members.sort_by_key(|(start, _)| *start);
        let multi = Arc::new(Self { members });
        Ok(Composed::new(multi.clone(), multi.members.iter().map(|(_, member)| member)))
    }

    fn member(&self, offset: u64) -> Option<(u64, u64, &Arc<dyn Source>)> {
        let after = self.members.partition_point(|(start, _)| *start <= offset);
        let (start, member) = self.members.get(after.checked_sub(1)?)?;
        let end = self.members.get(after).map_or(u64::MAX, |(next, _)| *next);
        Some((*start, end, member))
    }
}

impl Source for Multi {
    fn len(&self) -> u64 {
        let ends = self.members.iter().map(|(start, member)| start.saturating_add(member.len()));
        ends.max().unwrap_or(0)
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        let (start, end, member) = self.member(offset).ok_or_else(|| missing(offset))?;
        let limit = member.len().min(end - start);
        check_bounds(offset - start, len, limit).map_err(|_| {
            ReadError::truncated(format!(
                "{len} bytes needed here, {:?} ends before",
                member.name()
            ))
            .at(offset)
        })?;
        member.read_at(offset - start, len, cx)
    }

    fn verify(&self) -> Result<()> {
        self.members.iter().try_for_each(|(_, member)| member.verify())
    }

    fn name(&self) -> &str {
        self.members.first().map_or("", |(_, first)| first.name())
    }

    fn sibling(&self, path: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
        let first = self.members.first().ok_or_else(|| missing(0))?;
        first.1.sibling(path, cx)
    }

    fn has_news(&self) -> bool {
        self.members.iter().any(|(_, member)| member.has_news())
    }
}

/// A name that ends with a zero byte and is padded with more to a multiple of eight.
fn padded_name(cursor: &mut Cursor) -> Result<String> {
    let mut name = Vec::new();
    loop {
        let bytes = cursor.take(8)?;
        let end = bytes.iter().position(|&byte| byte == 0);
        name.extend(bytes.iter().take(end.unwrap_or(8)));
        if end.is_some() {
            let text = String::from_utf8(name);
            return text.map_err(|_| cursor.malformed("a member's name that is no text"));
        }
    }
}

/// `x` of `x-s.h5`, by the pattern `%s-s.h5`.
fn stem_of<'a>(name: &'a str, pattern: &str) -> Option<&'a str> {
    let (prefix, suffix) = pattern.split_once("%s")?;
    name.strip_prefix(prefix)?.strip_suffix(suffix)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::file::testing::{Image, UNDEFINED, words};

    /// A folder of files in memory.
    #[derive(Clone)]
    struct Neighbour {
        name: String,
        folder: Arc<BTreeMap<String, Vec<u8>>>,
    }

    impl Neighbour {
        fn of(name: &str, files: &[(&str, &[u8])]) -> Arc<dyn Source> {
            let folder = files.iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec()));
            Arc::new(Self { name: name.into(), folder: Arc::new(folder.collect()) })
        }
    }

    impl Source for Neighbour {
        fn len(&self) -> u64 {
            self.folder[&self.name].len() as u64
        }

        fn read_at(&self, offset: u64, len: u64, _cx: &ReadContext) -> Result<Blob> {
            check_bounds(offset, len, self.len())?;
            let range = offset as usize..(offset + len) as usize;
            Ok(Blob::owned(self.folder[&self.name][range].to_vec()))
        }

        fn name(&self) -> &str {
            &self.name
        }

        fn sibling(&self, path: &str, _cx: &ReadContext) -> Result<Arc<dyn Source>> {
            let missing = || ReadError::request("not there");
            self.folder.get(path).ok_or_else(missing)?;
            Ok(Arc::new(Self { name: path.into(), folder: self.folder.clone() }))
        }
    }

    fn open(name: &str, files: &[(&str, &[u8])]) -> Result<File> {
        File::open(Neighbour::of(name, files), &ReadContext::default())
    }

    #[test]
    fn a_family_opens_by_any_of_its_members() {
        let mut image = Image::new(300);
        image.put(95, b"across a seam");
        let parts: Vec<&[u8]> = image.0.chunks(100).collect();
        let files = [("x1-000.h5", parts[0]), ("x1-001.h5", parts[1]), ("x1-002.h5", parts[2])];
        for (name, _) in files {
            let (file, cx) = (open(name, &files).unwrap(), ReadContext::default());
            assert_eq!(&*file.read(95, 13, &cx).unwrap(), b"across a seam");
            assert_eq!((file.source().len(), file.members().len()), (300, 3));
        }
        let cx = ReadContext::default();
        assert!(belongs_to_family(&*Neighbour::of("x1-002.h5", &files), &cx));
        let error = open("x1-000.h5", &[files[0], files[1]]).err().unwrap();
        assert!(error.to_string().contains("x1-002.h5"));
    }

    #[test]
    fn a_cut_file_beside_a_numbered_one_of_its_own_is_no_family() {
        let whole = Image::new(300).0;
        let files: [(&str, &[u8]); 3] =
            [("out0.h5", &whole[..200]), ("out1.h5", &whole), ("out2.h5", b"text")];
        assert!(open("out0.h5", &files).unwrap().truncation().is_some());
        assert!(open("out1.h5", &files).unwrap().members().is_empty());
        assert!(!belongs_to_family(&*Neighbour::of("out2.h5", &files), &ReadContext::default()));
    }

    /// A version 0 superblock with a driver information block for two members.
    fn split_metadata() -> Vec<u8> {
        let mut bytes =
            b"\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08\x08\x00\x04\x00\x10\x00".to_vec();
        bytes.extend([0; 4]);
        bytes.extend(words(&[0, UNDEFINED, 300, 96, 0, 48, 0, 0, 0]));
        let names = b"%s-m.h5\x00%s-r.h5\x00";
        let places = words(&[0, 300, 1 << 40, 20]);
        let info = [&[1, 1, 2, 1, 1, 1, 0, 0][..], &places, names].concat();
        bytes.extend([0, 0, 0, 0, info.len() as u8, 0, 0, 0]);
        bytes.extend(b"NCSAmult");
        bytes.extend(info);
        bytes.resize(300, 0);
        bytes
    }

    #[test]
    fn a_split_file_opens_by_either_part() {
        let metadata = split_metadata();
        let files: [(&str, &[u8]); 2] = [("a-m.h5", &metadata), ("a-r.h5", b"raw data")];
        for (name, _) in files {
            let (file, cx) = (open(name, &files).unwrap(), ReadContext::default());
            assert_eq!(&*file.read((1 << 40) + 4, 4, &cx).unwrap(), b"data");
            assert!(file.read((1 << 40) + 4, 5, &cx).is_err());
            assert!(file.read(299, 2, &cx).is_err());
        }
        let cx = ReadContext::default();
        let alone = File::open(Neighbour::of("a-m.h5", &files[..1]), &cx).unwrap();
        assert!(alone.read(1 << 40, 1, &cx).is_err());
        assert!(cx.take_notes().concat().contains("a-r.h5"));
        assert!(open("renamed.h5", &[("renamed.h5", &metadata)]).is_err());
    }

    #[test]
    fn numbers_in_a_name() {
        let found: Vec<_> =
            Number::all("a1b00.h5").iter().map(|n| (n.prefix, n.digits, n.suffix)).collect();
        assert_eq!(found, [("a1b00.h", "5", ""), ("a1b", "00", ".h5"), ("a", "1", "b00.h5")]);
        assert_eq!(Number::all("a12.h5")[1].zeros(), ["a00.h5", "a0.h5"]);
        assert!(Number::all("none").is_empty());
    }
}
