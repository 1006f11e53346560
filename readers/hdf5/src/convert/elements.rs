//! Where the bytes of elements lie: one after the other, or a member of every compound.

use std::borrow::Cow;

use hyperslab_core::{ReadError, Result};

/// `count` elements of `size` bytes, one in each row of `stride` bytes, `offset` bytes into it.
#[derive(Clone, Copy)]
pub struct Elements<'a> {
    /// Whole rows only.
    raw: &'a [u8],
    stride: usize,
    offset: usize,
    size: usize,
    count: usize,
}

impl<'a> Elements<'a> {
    /// The first `count` elements of `raw`, which lie one after the other.
    ///
    /// # Errors
    /// `Truncated` when there are fewer.
    pub fn packed(raw: &'a [u8], size: usize, count: usize) -> Result<Self> {
        let size = size.max(1);
        let whole = count.checked_mul(size).and_then(|len| raw.get(..len)).ok_or_else(|| {
            ReadError::truncated(format!(
                "{count} elements of {size} bytes needed, {} bytes are there",
                raw.len()
            ))
        })?;
        Ok(Self { raw: whole, stride: size, offset: 0, size, count })
    }

    /// The `size` bytes from `offset` of every element.
    ///
    /// # Errors
    /// `Malformed` when they reach out of it.
    pub fn member(&self, offset: usize, size: usize) -> Result<Self> {
        if size == 0 || offset.checked_add(size).is_none_or(|end| end > self.size) {
            return Err(ReadError::malformed("a member that reaches out of its element"));
        }
        Ok(Self { offset: self.offset + offset, size, ..*self })
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The bytes of all elements, where nothing lies between them.
    pub fn as_packed(&self) -> Option<&'a [u8]> {
        (self.size == self.stride).then_some(self.raw)
    }

    /// The bytes of all elements one after the other, copied where they are not.
    pub fn gather(&self) -> Cow<'a, [u8]> {
        match self.as_packed() {
            Some(bytes) => Cow::Borrowed(bytes),
            None => Cow::Owned(self.iter().fold(
                Vec::with_capacity(self.count * self.size),
                |mut bytes, element| {
                    bytes.extend_from_slice(element);
                    bytes
                },
            )),
        }
    }

    /// The bytes of each element.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let range = self.offset..self.offset + self.size;
        self.raw
            .chunks_exact(self.stride)
            .map(move |row| row.get(range.clone()).unwrap_or_default())
    }

    /// The first `N` bytes of each element. Elements are no shorter: their type was checked.
    pub fn arrays<const N: usize>(&self) -> impl ExactSizeIterator<Item = [u8; N]> + use<'a, N> {
        self.iter().map(|element| element.first_chunk().copied().unwrap_or([0; N]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_a_member_is_found_in_every_row() {
        let raw: Vec<u8> = (0..24).collect();
        let outer = Elements::packed(&raw, 8, 3).unwrap().member(2, 6).unwrap();
        let inner = outer.member(1, 2).unwrap();
        assert_eq!(inner.gather().as_ref(), [3, 4, 11, 12, 19, 20]);
        assert_eq!(inner.arrays::<2>().nth(2), Some([19, 20]));
        assert!(outer.member(5, 2).is_err());
        assert!(Elements::packed(&raw, 8, 4).is_err());
    }
}
