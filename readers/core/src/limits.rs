//! How much a file may make us hold. A length read from a file is a claim: it is checked
//! against these and against what the source holds before anything is allocated.

use crate::error::{ErrorKind, ReadError, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest array one `read` may return, in bytes.
    pub array_bytes: u64,
    /// Largest total of names, attributes and tables held for one file, in bytes.
    pub metadata_bytes: u64,
    /// Most groups, variables, dimensions and attributes of one file.
    pub entries: u64,
    /// Deepest nesting of groups and types.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { array_bytes: 4 << 30, metadata_bytes: 1 << 30, entries: 10_000_000, depth: 64 }
    }
}

impl Limits {
    /// Fails when an array of `count` elements of `element_bytes` each is over `array_bytes`;
    /// otherwise its size in bytes.
    pub fn claim_array(&self, count: u64, element_bytes: u64) -> Result<usize> {
        claim(count, element_bytes, self.array_bytes, "values in one read")
    }

    /// The same against `metadata_bytes`; `what` names the thing in the error.
    pub fn claim_metadata(&self, count: u64, element_bytes: u64, what: &str) -> Result<usize> {
        claim(count, element_bytes, self.metadata_bytes, what)
    }

    pub fn claim_entries(&self, count: u64, what: &str) -> Result<usize> {
        claim(count, 1, self.entries, what)
    }
}

fn claim(count: u64, each: u64, limit: u64, what: &str) -> Result<usize> {
    count
        .checked_mul(each)
        .filter(|&total| total <= limit)
        .and_then(|total| usize::try_from(total).ok())
        .ok_or_else(|| {
            ReadError::new(
                ErrorKind::Limit,
                format!("{what}: {count} of {each} bytes, at most {limit} bytes"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_over_the_limit_or_over_the_machine_is_refused() {
        let limits = Limits { array_bytes: 100, ..Limits::default() };
        assert_eq!(limits.claim_array(25, 4).unwrap(), 100);
        assert_eq!(limits.claim_array(26, 4).unwrap_err().kind(), ErrorKind::Limit);
        assert_eq!(limits.claim_array(u64::MAX, 8).unwrap_err().kind(), ErrorKind::Limit);
    }
}
