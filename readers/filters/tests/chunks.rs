//! Chunks that HDF5's own filters wrote (data/make.py), decoded and compared byte by byte.

mod support;

use hyperslab_core::ReadContext;
use hyperslab_filters::Chain;

#[test]
fn chunks_written_by_the_filters_themselves_decode_to_the_same_bytes() {
    let cx = ReadContext::default();
    let mut wrong = Vec::new();
    let chunks = support::chunks(include_bytes!("data/chunks.bin"));
    for chunk in &chunks {
        let chain = Chain::new(chunk.filters.clone(), chunk.element_bytes);
        match chain.decode(&chunk.stored, chunk.mask, chunk.decoded.len(), &cx) {
            Ok(bytes) if bytes == chunk.decoded => {}
            Ok(bytes) => {
                let at = bytes.iter().zip(&chunk.decoded).position(|(a, b)| a != b);
                wrong.push(format!("{}: differs at byte {}", chunk.name, at.unwrap_or(0)));
            }
            Err(error) => wrong.push(format!("{}: {error}", chunk.name)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), chunks.len(), wrong.join("\n"));
}

#[test]
fn a_chunk_cut_short_anywhere_is_an_error_or_the_same_bytes() {
    let cx = ReadContext::default();
    for chunk in support::chunks(include_bytes!("data/chunks.bin")).iter().step_by(7) {
        let chain = Chain::new(chunk.filters.clone(), chunk.element_bytes);
        let step = chunk.stored.len() / 40 + 1;
        for len in (0..chunk.stored.len()).step_by(step) {
            let _ = chain.decode(&chunk.stored[..len], chunk.mask, chunk.decoded.len(), &cx);
        }
    }
}
