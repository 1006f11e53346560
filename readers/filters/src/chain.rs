//! A chunk's filters, undone in the order opposite to that in which they were applied
//! (HDF5 File Format Specification, "Data Storage - Filter Pipeline Message").

use std::cell::RefCell;

use hyperslab_core::{ReadContext, ReadError, Result};

use crate::names::name_of;
use crate::registry::{self, Codec, Growth};
use crate::{deflate, zstd};

/// One filter as the file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterSpec {
    /// The number registered with The HDF Group.
    pub id: u16,
    /// The name stored beside the number, where there is one.
    pub name: Option<String>,
    /// A writer may have skipped it; a chunk's mask says whether it did.
    pub is_optional: bool,
    pub client_data: Vec<u32>,
}

impl FilterSpec {
    /// The registered name, or the stored one, or the number.
    pub fn label(&self) -> String {
        match (name_of(self.id), self.name.as_deref().map(str::trim)) {
            (Some(name), _) => name.to_string(),
            (None, Some(name)) if !name.is_empty() => name.to_string(),
            _ => format!("filter {}", self.id),
        }
    }
}

/// The filters of one dataset, ready to decode its chunks. May be shared between threads.
#[derive(Clone, Debug)]
pub struct Chain {
    specs: Vec<FilterSpec>,
    element_bytes: usize,
}

/// Memory that decoding needs besides its output, kept from chunk to chunk. One per thread.
#[derive(Default)]
pub struct Scratch {
    even: Vec<u8>,
    odd: Vec<u8>,
    pub(crate) state: State,
}

/// What decoders keep between calls.
#[derive(Default)]
pub(crate) struct State {
    pub deflate: Option<Box<deflate::Tables>>,
    /// For decoders that need room of their own.
    pub spare: Vec<u8>,
    pub words: Vec<u32>,
    pub zstd: Option<Box<zstd::Tables>>,
}

/// What a decoder is told besides its input and its output.
pub(crate) struct Call<'a> {
    pub client_data: &'a [u32],
    pub element_bytes: usize,
    pub cx: &'a ReadContext,
}

impl Call<'_> {
    /// The client data value at `index`, 0 where the file has none.
    pub fn value(&self, index: usize) -> u32 {
        self.client_data.get(index).copied().unwrap_or(0)
    }
}

/// Undoes one filter: reads the input, writes into the slice, says how many bytes it wrote.
/// The slice is as long as the output can be.
pub(crate) type Decode = fn(&Call, &[u8], &mut [u8], &mut State) -> Result<usize>;

impl Chain {
    /// `element_bytes`: size of one element of the dataset, for filters whose client data do
    /// not tell.
    pub fn new(specs: Vec<FilterSpec>, element_bytes: usize) -> Self {
        Self { specs, element_bytes }
    }

    pub fn specs(&self) -> &[FilterSpec] {
        &self.specs
    }

    /// No filters: chunks are stored as they are.
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    /// What keeps the chunks of this dataset from being read, if anything does.
    pub fn check(&self) -> Result<()> {
        self.specs.iter().try_for_each(|spec| codec_of(spec).map(drop))
    }

    /// The `expected` bytes of a chunk that is stored as `stored`. Filter `k` was skipped
    /// when bit `k` of `mask` is set.
    ///
    /// # Errors
    /// `Unsupported` names a filter we lack; `Malformed` when the bytes do not decode, or not
    /// to `expected` bytes, or a checksum differs; `Limit`; `Cancelled`.
    pub fn decode(
        &self,
        stored: &[u8],
        mask: u32,
        expected: usize,
        cx: &ReadContext,
    ) -> Result<Vec<u8>> {
        with_thread_scratch(|scratch| {
            let mut out = Vec::new();
            self.decode_into(stored, mask, expected, &mut out, scratch, cx)?;
            Ok(out)
        })
    }

    /// As [`Chain::decode`], into a vector whose memory is used again: its former contents
    /// do not matter, its length becomes `expected`.
    pub fn decode_into(
        &self,
        stored: &[u8],
        mask: u32,
        expected: usize,
        out: &mut Vec<u8>,
        scratch: &mut Scratch,
        cx: &ReadContext,
    ) -> Result<()> {
        cx.limits.claim_array(expected as u64, 1)?;
        // Only what is longer than before is filled with zeros.
        out.resize(expected, 0);
        self.decode_to(stored, mask, out, scratch, cx)
    }

    /// As [`Chain::decode`], to a slice that the chunk must fill exactly.
    pub fn decode_to(
        &self,
        stored: &[u8],
        mask: u32,
        out: &mut [u8],
        scratch: &mut Scratch,
        cx: &ReadContext,
    ) -> Result<()> {
        let stages = self.stages(mask, out.len())?;
        let Scratch { even, odd, state } = scratch;
        let mut from: &mut Vec<u8> = odd;
        let mut to: &mut Vec<u8> = even;
        let mut held: Option<usize> = None;
        let expected = out.len();
        for (index, stage) in stages.iter().enumerate().rev() {
            cx.check()?;
            let input = match held {
                Some(len) => from.get(..len).unwrap_or_default(),
                None => stored,
            };
            let call = Call {
                client_data: &stage.spec.client_data,
                element_bytes: self.element_bytes,
                cx,
            };
            if index == 0 {
                let written = (stage.codec.decode)(&call, input, out, state)?;
                return check_length(written, expected);
            }
            cx.limits.claim_array(stage.bound as u64, 1)?;
            if to.len() < stage.bound {
                // Zeros from the system: what is claimed but never filled costs nothing.
                *to = vec![0; stage.bound];
            }
            let room = to.get_mut(..stage.bound).unwrap_or_default();
            held = Some((stage.codec.decode)(&call, input, room, state)?);
            std::mem::swap(&mut from, &mut to);
        }
        check_length(stored.len(), expected)?;
        out.copy_from_slice(stored);
        Ok(())
    }

    /// The filters that were applied, first to last, each with the most bytes that were fed
    /// to it when the chunk was written.
    fn stages(&self, mask: u32, expected: usize) -> Result<Vec<Stage<'_>>> {
        let mut bound = expected;
        let mut stages = Vec::with_capacity(self.specs.len());
        for (index, spec) in self.specs.iter().enumerate() {
            if index < 32 && mask >> index & 1 == 1 {
                continue;
            }
            let codec = codec_of(spec)?;
            stages.push(Stage { spec, codec, bound });
            bound = match codec.growth {
                Growth::None => bound,
                Growth::Bytes(more) => bound.saturating_add(more),
                // Coders enlarge what they cannot compress, none of them twofold.
                Growth::Unknown => bound.saturating_mul(2).saturating_add(64 << 10),
            };
        }
        Ok(stages)
    }
}

struct Stage<'a> {
    spec: &'a FilterSpec,
    codec: &'static Codec,
    bound: usize,
}

fn codec_of(spec: &FilterSpec) -> Result<&'static Codec> {
    registry::codec(spec.id).ok_or_else(|| {
        let name = spec.label();
        ReadError::unsupported(if name.starts_with("filter ") {
            format!("{name}, which is not registered with The HDF Group")
        } else if name_of(spec.id).is_some() {
            format!("filter {name} (registered id {}), which has no decoder here", spec.id)
        } else {
            format!("filter {name:?} (id {}), which has no decoder here", spec.id)
        })
    })
}

fn check_length(written: usize, expected: usize) -> Result<()> {
    if written == expected {
        return Ok(());
    }
    Err(ReadError::malformed(format!(
        "a chunk of {expected} bytes is stored as {written} bytes once its filters are undone"
    )))
}

/// The scratch memory of the current thread.
pub(crate) fn with_thread_scratch<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => work(&mut scratch),
        Err(_) => work(&mut Scratch::default()),
    })
}

#[cfg(test)]
mod tests {
    use hyperslab_core::ErrorKind;

    use super::*;

    fn spec(id: u16, client_data: &[u32]) -> FilterSpec {
        FilterSpec { id, name: None, is_optional: false, client_data: client_data.to_vec() }
    }

    #[test]
    fn a_chunk_without_filters_is_copied_and_its_length_checked() {
        let chain = Chain::new(Vec::new(), 1);
        let cx = ReadContext::default();
        assert_eq!(chain.decode(&[1, 2, 3], 0, 3, &cx).unwrap(), [1, 2, 3]);
        let error = chain.decode(&[1, 2], 0, 3, &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn filters_are_undone_last_first_and_those_in_the_mask_were_never_applied() {
        let chain = Chain::new(vec![spec(2, &[2]), spec(3, &[])], 2);
        let cx = ReadContext::default();
        // Shuffled from 01 02 03 04; then a checksum of two big-endian words.
        let sums = [0x04, 0x06, 0x05, 0x0a];
        let stored = [&[1, 3, 2, 4][..], &sums].concat();
        let mut checked = stored.clone();
        let sum = crate::fletcher32::checksum(&[1, 3, 2, 4]);
        checked.splice(4.., sum.to_le_bytes());
        assert_eq!(chain.decode(&checked, 0, 4, &cx).unwrap(), [1, 2, 3, 4]);
        assert_eq!(chain.decode(&checked, 1, 4, &cx).unwrap(), [1, 3, 2, 4]);
        assert_eq!(chain.decode(&[1, 3, 2, 4], 2, 4, &cx).unwrap(), [1, 2, 3, 4]);
        assert_eq!(chain.decode(&[1, 3, 2, 4], 3, 4, &cx).unwrap(), [1, 3, 2, 4]);
    }

    #[test]
    fn a_filter_we_lack_is_named_with_its_number() {
        let cx = ReadContext::default();
        let error = Chain::new(vec![spec(32014, &[])], 4).decode(&[], 0, 4, &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("filter fpzip (registered id 32014)"), "{error}");
        let error = Chain::new(vec![spec(300, &[])], 4).check().unwrap_err();
        assert!(error.to_string().contains("filter 300"), "{error}");
        assert!(Chain::new(vec![spec(32014, &[])], 4).decode(&[1; 4], 1, 4, &cx).is_ok());
    }

    #[test]
    fn the_memory_used_again_leaves_no_trace_in_the_next_chunk() {
        let chain = Chain::new(vec![spec(2, &[2])], 2);
        let (cx, mut scratch, mut out) = (ReadContext::default(), Scratch::default(), vec![9; 100]);
        chain.decode_into(&[1, 3, 2, 4], 0, 4, &mut out, &mut scratch, &cx).unwrap();
        assert_eq!(out, [1, 2, 3, 4]);
        chain.decode_into(&[1; 6], 0, 6, &mut out, &mut scratch, &cx).unwrap();
        assert_eq!(out, [1; 6]);
    }
}
