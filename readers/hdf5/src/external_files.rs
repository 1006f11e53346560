//! The External Data Files Message (HDF5 File Format Specification 4.0, IV.A.2.h): a dataset's
//! bytes in files of their own, one piece behind the other.

use std::sync::{Arc, OnceLock};

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result, Source};

use crate::file::{self, File};
use crate::local_heap::LocalHeap;
use crate::messages::Message;

pub struct ExternalFiles {
    pieces: Vec<Piece>,
    /// One element as it is stored: what stands for a file that is missing.
    fill: Vec<u8>,
}

/// A part of a file that holds a part of the dataset.
struct Piece {
    name: String,
    /// Where the part begins in its file, and in the dataset.
    offset: u64,
    first: u64,
    /// Where the part ends in the dataset.
    end: u64,
    /// Opened when first needed; `None` when it is not there.
    source: OnceLock<Option<Arc<dyn Source>>>,
}

impl ExternalFiles {
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for an unknown version.
    pub fn parse(message: &Message, fill: Vec<u8>, file: &File, cx: &ReadContext) -> Result<Self> {
        let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
        match cursor.u8()? {
            1 => {}
            version => {
                let message_text = format!("external data files message of version {version}");
                return Err(ReadError::unsupported(message_text).at(message.offset));
            }
        }
        cursor.skip(3)?;
        let (_, used) = (cursor.u16()?, cursor.u16()?);
        let heap = file::address(&mut cursor, file)?
            .ok_or_else(|| cursor.malformed("external data files without a heap of names"))?;
        let heap = LocalHeap::read(file, heap, cx)?;
        let mut pieces = Vec::with_capacity(usize::from(used));
        let mut first = 0u64;
        for _ in 0..used {
            let name = heap.text(file::length(&mut cursor, file)?)?;
            let offset = file::length(&mut cursor, file)?;
            // All ones, whatever the width: as much as there is.
            let bytes = file::length(&mut cursor, file)?;
            let unlimited = u64::MAX >> (64 - 8 * u32::from(file.length_size().clamp(1, 8)));
            let end = if bytes == unlimited { u64::MAX } else { first.saturating_add(bytes) };
            let name = String::from_utf8_lossy(name).into_owned();
            pieces.push(Piece { name, offset, first, end, source: OnceLock::new() });
            first = end;
        }
        Ok(Self { pieces, fill })
    }

    /// `len` bytes of the dataset from byte `offset`. What lies behind the end of a file is
    /// zero, as the specification wants it; a file that is missing is noted.
    ///
    /// # Errors
    /// `Truncated` when the files were not to hold so much; those of the sources.
    pub fn read(&self, file: &File, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        let end = offset.checked_add(len);
        let held = self.pieces.last().map_or(0, |piece| piece.end);
        let Some(end) = end.filter(|&end| end <= held) else {
            return Err(ReadError::truncated(format!(
                "elements end past byte {held}, which is all that external files are to hold"
            )));
        };
        let mut bytes = vec![0; cx.limits.claim_array(len, 1)?];
        for piece in &self.pieces {
            let (from, to) = (piece.first.max(offset), piece.end.min(end));
            if from >= to {
                continue;
            }
            let range = (from - offset) as usize..(to - offset) as usize;
            if let Some(part) = bytes.get_mut(range) {
                self.read_piece(piece, from, part, file, cx)?;
            }
        }
        Ok(Blob::owned(bytes))
    }

    /// Fills `part` with the dataset's bytes from byte `from` on.
    fn read_piece(
        &self,
        piece: &Piece,
        from: u64,
        part: &mut [u8],
        file: &File,
        cx: &ReadContext,
    ) -> Result<()> {
        let Some(source) = piece.source(file, cx)? else {
            let pattern =
                self.fill.iter().cycle().skip((from % self.fill.len().max(1) as u64) as usize);
            part.iter_mut().zip(pattern).for_each(|(byte, fill)| *byte = *fill);
            return Ok(());
        };
        let at = piece.offset.saturating_add(from - piece.first);
        let there = source.len().saturating_sub(at).min(part.len() as u64);
        if there < part.len() as u64 {
            let name = &piece.name;
            cx.note(format!("external file {name:?} ends before its data do: the rest is zero"));
        }
        if there > 0 {
            let found = source.read_at(at, there, cx)?;
            if let Some(part) = part.get_mut(..found.len()) {
                part.copy_from_slice(&found);
            }
        }
        Ok(())
    }
}

impl Piece {
    fn source(&self, file: &File, cx: &ReadContext) -> Result<Option<&dyn Source>> {
        let opened = match self.source.get() {
            Some(opened) => opened,
            None => {
                let opened = match file.source().sibling(&self.name, cx) {
                    Ok(source) => Some(source),
                    Err(error) if error.is_cancelled() => return Err(error),
                    Err(_) => None,
                };
                self.source.get_or_init(|| opened)
            }
        };
        if opened.is_none() {
            let name = &self.name;
            cx.note(format!("external file {name:?} cannot be opened: fill values stand for it"));
        }
        Ok(opened.as_deref())
    }
}
