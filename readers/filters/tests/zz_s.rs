mod support;
use hyperslab_core::ReadContext;
use hyperslab_filters::Chain;
#[test]
fn fuzz() {
    let cx = ReadContext::default();
    let bytes = std::fs::read("tests/data/chunks.bin").unwrap();
    let mut seed = 0x9e3779b97f4a7c15u64;
    let mut next = move || { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; seed };
    let start = std::time::Instant::now();
    let (mut n, mut ok, mut slow) = (0u64, 0u64, 0f64);
    let chunks: Vec<_> = support::chunks(&bytes).into_iter().filter(|c| c.filters[0].id == 32028).collect();
    while start.elapsed().as_secs() < 120 {
        let c = &chunks[next() as usize % chunks.len()];
        let mut stored = c.stored.clone();
        let mut filters = c.filters.clone();
        for _ in 0..1 + next() % 6 {
            let len = stored.len().max(1);
            // Headers more often than the rest.
            let at = next() as usize % if next() % 2 == 0 { len } else { len.min(120) };
            match next() % 5 {
                0 => if let Some(b) = stored.get_mut(at) { *b = next() as u8 },
                1 => if let Some(b) = stored.get_mut(at) { *b ^= 1 << (next() % 8) },
                2 => if let Some(b) = stored.get_mut(at) { *b = [0, 255, 127, 128, 1][next() as usize % 5] },
                3 => if next() % 4 == 0 { stored.truncate(at) },
                _ => if next() % 8 == 0 {
                    let d = &mut filters[0].client_data;
                    if d.is_empty() { continue }
                    let i = next() as usize % d.len();
                    d[i] = match next() % 4 { 0 => next() as u32, 1 => next() as u32 % 70, 2 => d[i] ^ 1 << (next() % 32), _ => u32::MAX };
                    if next() % 5 == 0 { d.truncate(i) }
                }
            }
        }
        let t = std::time::Instant::now();
        let len = if next() % 3 == 0 { next() as usize % 100000 } else { c.decoded.len() };
        let mut out = vec![0; len];
        n += 1;
        ok += u64::from(Chain::new(filters, 4).decode_to(&stored, 0, &mut out, &mut Default::default(), &cx).is_ok());
        slow = slow.max(t.elapsed().as_secs_f64());
    }
    println!("{n} mutations, {ok} decoded, slowest {slow}");
}
#[test]
fn time() {
    let cx = ReadContext::default();
    let Ok(path) = std::env::var("ALL") else { return };
    let bytes = std::fs::read(path).unwrap();
    for c in support::chunks(&bytes) {
        if !c.name.contains("(64, 64, 64) noisy") { continue }
        let chain = Chain::new(c.filters.clone(), c.element_bytes);
        let t = std::time::Instant::now();
        for _ in 0..3 { chain.decode(&c.stored, c.mask, c.decoded.len(), &cx).unwrap(); }
        println!("{} {} bytes {:.1} MB/s", c.name, c.stored.len(), 3. * c.decoded.len() as f64 / t.elapsed().as_secs_f64() / 1e6);
    }
}
