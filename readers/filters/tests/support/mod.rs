//! Reads what data/make.py writes.

use hyperslab_filters::FilterSpec;

pub struct Chunk {
    pub name: String,
    pub element_bytes: usize,
    pub mask: u32,
    pub filters: Vec<FilterSpec>,
    pub stored: Vec<u8>,
    pub decoded: Vec<u8>,
}

pub fn chunks(bytes: &[u8]) -> Vec<Chunk> {
    let mut at = 0;
    let mut take = |len: usize| {
        at += len;
        &bytes[at - len..at]
    };
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let short = |bytes: &[u8]| u16::from_le_bytes(bytes.try_into().unwrap());
    let count = word(take(4));
    let blobs: Vec<&[u8]> = (0..count)
        .map(|_| {
            let len = word(take(4));
            take(len as usize)
        })
        .collect();
    let count = word(take(4));
    (0..count)
        .map(|_| {
            let name_bytes = short(take(2));
            let name = String::from_utf8_lossy(take(usize::from(name_bytes))).into_owned();
            let element_bytes = word(take(4)) as usize;
            let mask = word(take(4));
            let filter_count = short(take(2));
            let filters = (0..filter_count)
                .map(|_| {
                    let id = short(take(2));
                    let value_count = short(take(2));
                    let client_data = (0..value_count).map(|_| word(take(4))).collect();
                    FilterSpec { id, name: None, is_optional: false, client_data }
                })
                .collect();
            let stored = blobs[word(take(4)) as usize].to_vec();
            let decoded = blobs[word(take(4)) as usize].to_vec();
            Chunk { name, element_bytes, mask, filters, stored, decoded }
        })
        .collect()
}
