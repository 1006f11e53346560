//! Code tables as text: the WMO's as ecCodes words them, and NIO's.

use std::sync::OnceLock;

use super::asset::Asset;

/// One line of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeText {
    /// "kwbc", "ISBL"; empty without one.
    pub abbreviation: &'static str,
    pub text: &'static str,
    /// Empty without any.
    pub units: &'static str,
    pub(super) extra: &'static str,
}

pub(super) struct CodeTables {
    asset: Asset,
    directory: usize,
    count: usize,
}

const ENTRY: usize = 12;
const ROW: usize = 20;

pub(super) fn code_tables() -> &'static CodeTables {
    static TABLES: OnceLock<CodeTables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let asset = Asset::inflate(include_bytes!("../../tables/tables.bin"));
        let directory = asset.rest + 4;
        CodeTables { count: asset.u32(asset.rest) as usize, directory, asset }
    })
}

/// Text of a GRIB2 code table ("4.5", "4.2.0.1") or a GRIB1 one ("3", "4", "5"), as ecCodes
/// has it; units stand in parentheses behind it.
pub fn code(table: &str, code: u16) -> Option<&'static str> {
    let edition = if table.contains('.') { 2 } else { 1 };
    Some(code_tables().first(&format!("grib{edition}/{table}"), code)?.text)
}

/// An originating centre (common code table C-11, for codes under 256 also GRIB1's C-1):
/// ecCodes' abbreviation ("kwbc", or the number in figures) and its name.
pub fn centre(code: u16) -> Option<(&'static str, &'static str)> {
    let line = code_tables().first("common/c-11", code)?;
    Some((line.abbreviation, line.text))
}

impl CodeTables {
    /// The first line of a table for a code.
    pub(super) fn first(&self, table: &str, code: u16) -> Option<CodeText> {
        self.lines(table).find(|(number, _, _)| *number == code).map(|(_, _, line)| line)
    }

    /// Code, code under it, and line.
    pub(super) fn lines(&self, table: &str) -> impl Iterator<Item = (u16, u16, CodeText)> {
        let (rows, at) = self.find(table).unwrap_or_default();
        (0..rows).map(move |i| {
            let at = at + ROW * i;
            let string = |n: usize| self.asset.string(self.asset.u32(at + 4 + 4 * n) as usize);
            let line = CodeText {
                abbreviation: string(0),
                text: string(1),
                units: string(2),
                extra: string(3),
            };
            (self.asset.u16(at), self.asset.u16(at + 2), line)
        })
    }

    pub(super) fn has(&self, table: &str) -> bool {
        self.find(table).is_some()
    }

    /// How many lines a table has and where they are.
    fn find(&self, table: &str) -> Option<(usize, usize)> {
        let name =
            |i: usize| self.asset.string(self.asset.u32(self.directory + ENTRY * i) as usize);
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            if name(middle) < table {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low == self.count || name(low) != table {
            return None;
        }
        let entry = self.directory + ENTRY * low;
        Some((self.asset.u32(entry + 4) as usize, self.asset.u32(entry + 8) as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_tables_of_both_editions_say_what_the_wmo_says() {
        assert_eq!(code("4.5", 100), Some("Isobaric surface (Pa)"));
        assert_eq!(code("4.10", 1), Some("Accumulation"));
        assert_eq!(code("1.3", 0), Some("Operational products"));
        assert_eq!(
            code("3", 100),
            Some("Isobaric level pressure in hectoPascals (hPa) (2 octets)")
        );
        assert_eq!(code("4.5", 9999), None);
        assert_eq!(code("99.99", 0), None);
    }

    #[test]
    fn a_centre_has_an_abbreviation_and_a_name() {
        assert_eq!(centre(7), Some(("kwbc", "US National Weather Service - NCEP (WMC)")));
        assert_eq!(centre(98).map(|centre| centre.0), Some("ecmf"));
        assert_eq!(centre(65_000), None);
    }

    #[test]
    fn every_line_of_the_shipped_file_has_whole_strings() {
        let tables = code_tables();
        assert!(tables.count > 500);
        let mut lines = 0;
        for i in 0..tables.count {
            let name = tables.asset.u32(tables.directory + ENTRY * i) as usize;
            for (code, _, line) in tables.lines(tables.asset.string(name)) {
                let named = [line.abbreviation, line.text, line.units];
                let is_list_of_codes = tables.asset.string(name) == "nio1/ecmwf_members";
                assert!(is_list_of_codes || named.iter().any(|text| !text.is_empty()), "{code}");
                lines += 1;
            }
        }
        assert!(lines > 15_000, "{lines}");
    }
}
