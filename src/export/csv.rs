//! Comma-separated values (RFC 4180), with the line ends of Unix; or separated by tabs.

use std::io::{self, Write};

pub const COMMA: u8 = b',';
pub const TAB: u8 = b'\t';

/// One line per row; rows may differ in length.
///
/// # Errors
/// Those of `out`.
pub fn write<R, C>(
    out: impl Write,
    separator: u8,
    rows: impl IntoIterator<Item = R>,
) -> io::Result<()>
where
    R: IntoIterator<Item = C>,
    C: AsRef<[u8]>,
{
    let mut writer =
        ::csv::WriterBuilder::new().flexible(true).delimiter(separator).from_writer(out);
    for row in rows {
        writer.write_record(row).map_err(io::Error::from)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_cells_that_need_it_are_quoted() {
        let rows = [vec!["time", "a,b"], vec!["1.5", "say \"x\""], vec!["2"]];
        let mut out = Vec::new();
        super::write(&mut out, super::COMMA, rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "time,\"a,b\"\n1.5,\"say \"\"x\"\"\"\n2\n");
    }
}
