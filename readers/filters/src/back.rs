//! Copying from what was already written, as all coders of the Lempel-Ziv family do.

/// Repeats `len` bytes from `distance` bytes before `at`; the two may overlap, which repeats
/// a pattern. Says where the copy ends; `None` when it would leave `out` on either side.
/// Up to 32 bytes behind the copy may be overwritten.
#[inline(always)]
pub(crate) fn copy_back(out: &mut [u8], at: usize, distance: usize, len: usize) -> Option<usize> {
    let from = at.checked_sub(distance)?;
    let end = at.checked_add(len)?;
    if len <= 32 && distance >= 32 {
        // One copy of a fixed length, the usual case, is a few instructions.
        if let Some((written, free)) = out.split_at_mut_checked(at)
            && let (Some(source), Some(target)) =
                (written.get(from..from + 32), free.first_chunk_mut::<32>())
        {
            target.copy_from_slice(source);
            return Some(end);
        }
    }
    if end > out.len() || distance == 0 {
        return None;
    }
    copy_any(out, at, from, end);
    Some(end)
}

#[inline(never)]
fn copy_any(out: &mut [u8], mut at: usize, from: usize, end: usize) {
    if at - from == 1 {
        let byte = out[from];
        out[at..end].fill(byte);
        return;
    }
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
