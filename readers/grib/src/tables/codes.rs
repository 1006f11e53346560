//! Code tables as text: the WMO's as ecCodes words them, and NIO's.

use super::asset::{Asset, first_not};

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

#[derive(Clone, Copy)]
pub(super) struct CodeTables {
    asset: Asset,
    directory: usize,
    count: usize,
}

const ENTRY: usize = 12;
const ROW: usize = 12;

pub(super) fn code_tables() -> CodeTables {
    let asset = Asset::over(include_bytes!("../../tables/tables.bin"));
    CodeTables { count: asset.u32(asset.rest) as usize, directory: asset.rest + 4, asset }
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
    pub(super) fn first(self, table: &str, code: u16) -> Option<CodeText> {
        self.lines_of(table, code).next().map(|(_, line)| line)
    }

    /// The lines of a table for a code: code under it, and line.
    pub(super) fn lines_of(self, table: &str, code: u16) -> impl Iterator<Item = (u16, CodeText)> {
        let (rows, at) = self.find(table).unwrap_or_default();
        let code_at = move |i: usize| self.asset.u16(at + ROW * i);
        let first = first_not(rows, |i| code_at(i) < code);
        let lines = (first..rows).take_while(move |&i| code_at(i) == code);
        lines.map(move |i| self.line(at + ROW * i))
    }

    pub(super) fn has(self, table: &str) -> bool {
        self.find(table).is_some()
    }

    fn line(self, at: usize) -> (u16, CodeText) {
        let string = |n: usize| self.asset.string(self.asset.u16(at + 4 + 2 * n));
        let line = CodeText {
            abbreviation: string(0),
            text: string(1),
            units: string(2),
            extra: string(3),
        };
        (self.asset.u16(at + 2), line)
    }

    /// How many lines a table has and where they are.
    fn find(self, table: &str) -> Option<(usize, usize)> {
        let name = |i: usize| self.asset.octets(self.name(i));
        let first = first_not(self.count, |i| name(i) < table.as_bytes());
        if first == self.count || name(first) != table.as_bytes() {
            return None;
        }
        let entry = self.directory + ENTRY * first;
        Some((self.asset.u32(entry + 4) as usize, self.asset.u32(entry + 8) as usize))
    }

    /// The string that is a table's name.
    fn name(self, table: usize) -> u16 {
        self.asset.u16(self.directory + ENTRY * table)
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
        for name in (0..tables.count).map(|i| tables.asset.string(tables.name(i))) {
            let (rows, at) = tables.find(name).unwrap();
            let code = |i: usize| tables.asset.u16(at + ROW * i);
            assert!((1..rows).all(|i| code(i - 1) <= code(i)), "{name} is not in order");
            for (_, line) in (0..rows).map(|i| tables.line(at + ROW * i)) {
                let named = [line.abbreviation, line.text, line.units];
                let is_list_of_codes = name == "nio1/ecmwf_members";
                assert!(is_list_of_codes || named.iter().any(|text| !text.is_empty()), "{name}");
                lines += 1;
            }
        }
        assert!(lines > 15_000, "{lines}");
    }
}
