//! ecCodes' concepts: which entry of which concept file applies to a field.
//!
//! An entry applies when all its conditions hold; of those that apply, the one with most
//! conditions wins, and of equals the last. Entries of two folders are one list. A lookup tries
//! the few entries of the field's own parameter: some microseconds.

use std::sync::OnceLock;

use super::asset::Asset;
use super::key::{Key, Keyed};

/// What a concept file gives. The order is that of the bits in `names.bin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    ShortName,
    Name,
    Units,
    ParamId,
    CfVarName,
    TypeOfLevel,
}

/// Which version of a folder's concept files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    Current,
    /// For GRIB2 tables up to version 33, before ECMWF's change of encoding.
    UpTo33,
    /// Constituents apart from parameters.
    ChemicalSplit,
    Legacy,
}

/// One or more concept files of one folder that have the same conditions.
#[derive(Clone, Copy, Debug)]
struct Table {
    edition: u8,
    variant: u8,
    columns: u8,
    folder: &'static str,
    rows: usize,
    index: usize,
}

pub(super) struct Concepts {
    asset: Asset,
    tables: Vec<Table>,
    #[cfg(test)]
    keys: Vec<&'static str>,
}

/// Rows that do not say the parameter: tried for every field.
const EVERY: u32 = u32::MAX;
const INDEX_ENTRY: usize = 12;
const CONDITION: usize = 5;

/// The built-in concepts.
pub(super) fn concepts() -> &'static Concepts {
    static CONCEPTS: OnceLock<Concepts> = OnceLock::new();
    CONCEPTS
        .get_or_init(|| Concepts::read(Asset::inflate(include_bytes!("../../tables/names.bin"))))
}

impl Concepts {
    fn read(asset: Asset) -> Concepts {
        let keys = usize::from(asset.u16(asset.rest));
        let directory = asset.rest + 2 + 2 * keys;
        let count = usize::from(asset.u16(directory));
        let tables = (0..count).map(|i| {
            let at = directory + 2 + 16 * i;
            Table {
                edition: asset.u8(at),
                variant: asset.u8(at + 1),
                columns: asset.u8(at + 2),
                folder: asset.string(usize::from(asset.u16(at + 4))),
                rows: asset.u32(at + 8) as usize,
                index: asset.u32(at + 12) as usize,
            }
        });
        Concepts {
            tables: tables.collect(),
            #[cfg(test)]
            keys: (0..keys)
                .map(|i| asset.string(usize::from(asset.u16(asset.rest + 2 + 2 * i))))
                .collect(),
            asset,
        }
    }

    /// The value of the entry that applies among those of `folders`, one after the other.
    pub(super) fn value(
        &self,
        edition: u8,
        variant: Variant,
        column: Column,
        folders: &[&str],
        field: &impl Keyed,
    ) -> Option<&'static str> {
        let primary = primary(edition, field);
        let mut best = Best::default();
        for folder in folders {
            let Some(table) = self.table(edition, variant, column, folder) else { continue };
            self.search(table, primary, field, &mut best);
            best.next_folder();
        }
        let (table, row) = best.row?;
        let column = (table.columns & ((1 << column as u8) - 1)).count_ones() as usize;
        let values = row + 1 + CONDITION * usize::from(self.asset.u8(row));
        Some(self.asset.string(usize::from(self.asset.u16(values + 2 * column))))
    }

    fn table(&self, edition: u8, variant: Variant, column: Column, folder: &str) -> Option<&Table> {
        self.tables.iter().find(|table| {
            table.edition == edition
                && table.variant == variant as u8
                && table.columns & (1 << column as u8) != 0
                && table.folder == folder
        })
    }

    fn search<'a>(
        &'a self,
        table: &'a Table,
        primary: Option<u32>,
        field: &impl Keyed,
        best: &mut Best<'a>,
    ) {
        for primary in primary.into_iter().chain([EVERY]) {
            for i in self.first(table, primary)..table.rows {
                let entry = table.index + INDEX_ENTRY * i;
                if self.asset.u32(entry) != primary {
                    break;
                }
                let row = self.asset.u32(entry + 8) as usize;
                if let Some(matches) = self.matches(row, field) {
                    best.offer(matches, self.asset.u32(entry + 4), table, row);
                }
            }
        }
    }

    /// The first entry of a table's index that is not before `primary`.
    fn first(&self, table: &Table, primary: u32) -> usize {
        let (mut low, mut high) = (0, table.rows);
        while low < high {
            let middle = low.midpoint(high);
            if self.asset.u32(table.index + INDEX_ENTRY * middle) < primary {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// How many conditions hold, when all do.
    fn matches(&self, row: usize, field: &impl Keyed) -> Option<u32> {
        let mut count = 0;
        for i in 0..usize::from(self.asset.u8(row)) {
            let at = row + 1 + CONDITION * i;
            let key = Key::numbered(self.asset.u8(at))?;
            let wanted = i64::from(self.asset.u32(at + 1).cast_signed());
            if field.integer(key) != Some(wanted) {
                return None;
            }
            count += key.weight();
        }
        Some(count)
    }
}

/// The parameter, as the index writes it.
fn primary(edition: u8, field: &impl Keyed) -> Option<u32> {
    let keys: &[Key] = match edition {
        1 => &[Key::Table2Version, Key::IndicatorOfParameter],
        _ => &[Key::Discipline, Key::ParameterCategory, Key::ParameterNumber],
    };
    keys.iter().try_fold(0, |number: u32, &key| {
        let part = u8::try_from(field.integer(key)?).ok()?;
        Some(number << 8 | u32::from(part))
    })
}

#[derive(Default)]
struct Best<'a> {
    matches: u32,
    /// Where in the list of all folders' entries: folder, and row in its file.
    place: (u32, u32),
    folder: u32,
    row: Option<(&'a Table, usize)>,
}

impl<'a> Best<'a> {
    fn offer(&mut self, matches: u32, row_number: u32, table: &'a Table, row: usize) {
        let place = (self.folder, row_number);
        if self.row.is_none() || (matches, place) > (self.matches, self.place) {
            *self = Best { matches, place, folder: self.folder, row: Some((table, row)) };
        }
    }

    fn next_folder(&mut self) {
        self.folder += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::key::SPELLINGS;
    use super::*;

    impl Keyed for HashMap<Key, i64> {
        fn integer(&self, key: Key) -> Option<i64> {
            self.get(&key).copied()
        }
    }

    /// A `names.bin` of edition 1: folders with the rows of their shortName files, sorted by
    /// primary.
    fn made(folders: &[(&str, &[Row])]) -> Concepts {
        let mut strings = Vec::new();
        for (folder, rows) in folders {
            strings.push(*folder);
            strings.extend(rows.iter().map(|row| row.3));
        }
        let id = |text: &str| strings.iter().position(|s| *s == text).unwrap() as u32;
        let mut bytes = (strings.len() as u32).to_le_bytes().to_vec();
        for i in 1..=strings.len() {
            bytes.extend((strings[..i].concat().len() as u32).to_le_bytes());
        }
        bytes.extend(strings.concat().bytes());
        bytes.extend([0, 0, folders.len() as u8, 0]);
        let row_count: usize = folders.iter().map(|(_, rows)| rows.len()).sum();
        let index = bytes.len() + 16 * folders.len();
        let (mut indexes, mut data) = (Vec::new(), Vec::new());
        for (folder, rows) in folders {
            bytes.extend([1, 0, 1, 0]);
            let at = (index + indexes.len()) as u32;
            bytes.extend([id(folder), rows.len() as u32, at].map(u32::to_le_bytes).concat());
            for (primary, place, conditions, value) in *rows {
                let at = (index + INDEX_ENTRY * row_count + data.len()) as u32;
                indexes.extend([*primary, *place, at].map(u32::to_le_bytes).concat());
                data.push(conditions.len() as u8);
                for (key, value) in *conditions {
                    data.push(*key as u8);
                    data.extend(value.to_le_bytes());
                }
                data.extend(&id(value).to_le_bytes()[..2]);
            }
        }
        bytes.extend(indexes);
        bytes.extend(data);
        Concepts::read(Asset::over(bytes.leak()))
    }

    type Row = (u32, u32, &'static [(Key, i32)], &'static str);

    const TABLE: (Key, i32) = (Key::Table2Version, 3);
    const PARAMETER: (Key, i32) = (Key::IndicatorOfParameter, 11);
    const LEVEL: (Key, i32) = (Key::Level, 2);

    fn field(level: i64) -> HashMap<Key, i64> {
        [(Key::Table2Version, 3), (Key::IndicatorOfParameter, 11), (Key::Level, level)].into()
    }

    fn short_name(concepts: &Concepts, folders: &[&str], level: i64) -> Option<&'static str> {
        concepts.value(1, Variant::Current, Column::ShortName, folders, &field(level))
    }

    #[test]
    fn the_entry_with_most_conditions_wins_wherever_it_stands() {
        let concepts = made(&[(
            "",
            &[(0x30b, 0, &[TABLE, PARAMETER, LEVEL], "2t"), (0x30b, 1, &[TABLE, PARAMETER], "t")],
        )]);
        assert_eq!(short_name(&concepts, &[""], 2), Some("2t"));
        assert_eq!(short_name(&concepts, &[""], 3), Some("t"));
    }

    #[test]
    fn of_equals_the_last_wins_first_in_the_file_then_in_the_list_of_folders() {
        let concepts = made(&[
            ("", &[(0x30b, 0, &[TABLE, PARAMETER], "t"), (0x30b, 1, &[TABLE, PARAMETER], "temp")]),
            ("edzw", &[(0x30b, 0, &[TABLE, PARAMETER], "T")]),
        ]);
        assert_eq!(short_name(&concepts, &[""], 0), Some("temp"));
        assert_eq!(short_name(&concepts, &["edzw", ""], 0), Some("temp"));
        assert_eq!(short_name(&concepts, &["", "edzw"], 0), Some("T"));
        assert_eq!(short_name(&concepts, &["nowhere"], 0), None);
    }

    #[test]
    fn an_entry_that_does_not_name_the_parameter_is_tried_for_every_field() {
        let concepts =
            made(&[("", &[(0x30b, 1, &[TABLE, PARAMETER], "t"), (EVERY, 0, &[LEVEL], "two")])]);
        assert_eq!(short_name(&concepts, &[""], 2), Some("t"));
        let nameless: HashMap<Key, i64> = [(Key::Level, 2)].into();
        let found = concepts.value(1, Variant::Current, Column::ShortName, &[""], &nameless);
        assert_eq!(found, Some("two"));
    }

    #[test]
    fn a_key_the_field_does_not_have_fails_the_entry() {
        let concepts = made(&[("", &[(0x30b, 0, &[TABLE, PARAMETER, (Key::Nv, 0)], "t")])]);
        assert_eq!(short_name(&concepts, &[""], 2), None);
    }

    #[test]
    fn the_shipped_file_has_the_keys_we_know_and_rows_with_whole_strings() {
        let concepts = concepts();
        assert_eq!(concepts.keys, SPELLINGS);
        assert!(concepts.asset.string_count() > 20_000);
        let mut rows = 0;
        for table in &concepts.tables {
            rows += table.rows;
            for i in 0..table.rows {
                let row = concepts.asset.u32(table.index + INDEX_ENTRY * i + 8) as usize;
                let conditions = usize::from(concepts.asset.u8(row));
                assert!((1..20).contains(&conditions), "{table:?} {i}");
                for c in 0..conditions {
                    let key = concepts.asset.u8(row + 1 + CONDITION * c);
                    assert!(Key::numbered(key).is_some());
                }
                for c in 0..table.columns.count_ones() as usize {
                    let id = concepts.asset.u16(row + 1 + CONDITION * conditions + 2 * c);
                    assert!(usize::from(id) < concepts.asset.string_count());
                }
            }
        }
        assert!(rows > 30_000, "{rows}");
    }
}
