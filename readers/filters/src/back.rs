//! Copying from what was already written, as all coders of the Lempel-Ziv family do.

/// Repeats `len` bytes from `distance` bytes before `at`; the two may overlap, which repeats
/// a pattern. Says where the copy ends; `None` when it would leave `out` on either side.
/// Up to 32 bytes behind the copy may be overwritten.
#[inline(always)]
pub(crate) fn copy_back(out: &mut [u8], at: usize, distance: usize, len: usize) -> Option<usize> {
    let from = at.checked_sub(distance)?;
    let end = at.checked_add(len)?;
    if len <= 32 && distance >= 8 {
        // Four copies of eight bytes, the usual case, are a few instructions; each sees what
        // the one before has written.
        if let Some(area) = out.get_mut(from..).and_then(|rest| rest.get_mut(..distance + 32)) {
            for step in 0..4 {
                let source = area.get(step * 8..).and_then(|rest| rest.first_chunk::<8>());
                let word = source.copied().unwrap_or_default();
                let target = area.get_mut(distance + step * 8..);
                if let Some(target) = target.and_then(|rest| rest.first_chunk_mut::<8>()) {
                    *target = word;
                }
            }
            return Some(end);
        }
    }
    if end > out.len() || distance == 0 {
        return None;
    }
    if distance < 8 {
        repeat_pattern(out, at, distance, end);
    } else {
        copy_any(out, at, from, end);
    }
    Some(end)
}

/// Patterns shorter than eight bytes.
#[inline(never)]
fn repeat_pattern(out: &mut [u8], mut at: usize, distance: usize, end: usize) {
    if distance == 1 {
        let byte = out[at - 1];
        out[at..end].fill(byte);
        return;
    }
    let mut pattern = [0; 8];
    for (k, byte) in pattern.iter_mut().enumerate() {
        *byte = out[at - distance + k % distance];
    }
    // So many bytes that the pattern begins anew behind them.
    let step = 8 - 8 % distance;
    while at + 8 <= end {
        if let Some(target) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>()) {
            *target = pattern;
        }
        at += step;
    }
    let rest = end - at;
    out[at..end].copy_from_slice(&pattern[..rest]);
}

#[inline(never)]
fn copy_any(out: &mut [u8], mut at: usize, from: usize, end: usize) {
    // What is there to copy from grows with every round.
    while at < end {
        let len = (at - from).min(end - at);
        out.copy_within(from..from + len, at);
        at += len;
    }
}

/// Copies `len` bytes of `input` from `from` to `out` at `at`; says where it ends in both.
/// Up to 32 bytes behind the copy may be overwritten.
#[inline(always)]
pub(crate) fn copy_literals(
    input: &[u8],
    from: usize,
    out: &mut [u8],
    at: usize,
    len: usize,
) -> Option<(usize, usize)> {
    let (from_end, end) = (from.checked_add(len)?, at.checked_add(len)?);
    if len <= 32
        && let (Some(source), Some(target)) = (
            input.get(from..).and_then(|rest| rest.first_chunk::<32>()),
            out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<32>()),
        )
    {
        *target = *source;
        return Some((from_end, end));
    }
    out.get_mut(at..end)?.copy_from_slice(input.get(from..from_end)?);
    Some((from_end, end))
}

#[cfg(test)]
mod tests {
    use super::copy_back;

    #[test]
    fn overlapping_copies_repeat_and_none_leaves_the_slice() {
        for distance in 1..70 {
            for len in 0..140 {
                let mut out: Vec<u8> = (0..210).map(|i| i as u8).collect();
                let mut want = out.clone();
                for i in 0..len {
                    want[70 + i] = want[70 + i - distance];
                }
                assert_eq!(copy_back(&mut out, 70, distance, len), Some(70 + len));
                assert_eq!(out[..70 + len], want[..70 + len], "{distance} {len}");
            }
        }
        let mut out = [0; 40];
        assert_eq!(copy_back(&mut out, 3, 4, 1), None);
        assert_eq!(copy_back(&mut out, 3, 0, 1), None);
        assert_eq!(copy_back(&mut out, 36, 2, 5), None);
        assert_eq!(copy_back(&mut out, 36, 34, 5), None);
    }
}
