//! ecCodes' concepts: which entry of which concept file applies to a field.
//!
//! An entry applies when all its conditions hold; of those that apply, the one with most
//! conditions wins, and of equals the last. Entries of two folders are one list. A look-up tries
//! the few entries of the field's own parameter (or, for levels, of its type of level).

use super::asset::{Asset, first_not};
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

/// A column, and what it says of a field once that is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    column: Column,
    pub(super) value: Option<&'static str>,
}

impl Wanted {
    pub(super) fn new(column: Column) -> Wanted {
        Wanted { column, value: None }
    }
}

/// One or more concept files of one folder that have the same conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Table {
    columns: u32,
    groups: usize,
    index: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Concepts {
    asset: Asset,
    folders: List,
    tables: List,
}

/// A count of two octets, and where what it counts begins.
#[derive(Clone, Copy)]
struct List {
    count: usize,
    at: usize,
}

/// An entry that applies.
#[derive(Clone, Copy)]
struct Found {
    weight: u8,
    columns: u32,
    values: usize,
}

/// The group of entries that do not say the primary, for fields whose primary has no group.
const EVERY: u32 = u32::MAX;
const TABLE: usize = 16;
const INDEX_ENTRY: usize = 8;
const CONDITION: usize = 5;

/// The built-in concepts.
pub(super) fn concepts() -> Concepts {
    Concepts::read(Asset::over(include_bytes!("../../tables/names.bin")))
}

impl List {
    fn read(asset: &Asset, at: usize) -> List {
        List { count: asset.u16(at).into(), at: at + 2 }
    }
}

impl Concepts {
    fn read(asset: Asset) -> Concepts {
        let keys = List::read(&asset, asset.rest);
        let folders = List::read(&asset, keys.at + 2 * keys.count);
        let tables = List::read(&asset, folders.at + 2 * folders.count);
        Concepts { asset, folders, tables }
    }

    /// Fills in what is wanted and not yet found from the entries that apply among those of
    /// `folders`, one after the other.
    pub(super) fn fill(
        self,
        edition: u8,
        variant: Variant,
        folders: [&str; 2],
        field: &impl Keyed,
        wanted: &mut [Wanted],
    ) {
        if wanted.iter().all(|wanted| wanted.value.is_some()) {
            return;
        }
        let folders = folders.map(|folder| self.folder(folder));
        // Columns mostly share their files' conditions, and with them the entry.
        let mut last = None;
        for wanted in wanted.iter_mut().filter(|wanted| wanted.value.is_none()) {
            let column = wanted.column;
            let tables = folders.map(|folder| self.table(edition, folder?, variant, column));
            let found = match last {
                Some((same, found)) if same == tables => found,
                _ => self.search(tables, primary(edition, column, field), field),
            };
            last = Some((tables, found));
            wanted.value = found.map(|found| self.value(found, column));
        }
    }

    fn folder(self, name: &str) -> Option<usize> {
        let List { count, at } = self.folders;
        let folder = |i: usize| self.asset.octets(self.asset.u16(at + 2 * i));
        // The WMO's has no name and comes first. Not compared: an empty slice may lie where no
        // memory is, and some processors take a tenth of a microsecond to load nothing from there.
        if name.is_empty() {
            return (count > 0 && folder(0).is_empty()).then_some(0);
        }
        let first = first_not(count, |i| folder(i) < name.as_bytes());
        (first < count && folder(first) == name.as_bytes()).then_some(first)
    }

    fn table(self, edition: u8, folder: usize, variant: Variant, column: Column) -> Option<Table> {
        let folder = u32::try_from(folder).ok()?;
        let wanted = u32::from(edition) << 16 | folder << 8 | variant as u32;
        let at = |i: usize| self.tables.at + TABLE * i;
        let first = first_not(self.tables.count, |i| self.asset.u32(at(i)) < wanted);
        (first..self.tables.count)
            .map(at)
            .take_while(|&at| self.asset.u32(at) == wanted)
            .map(|at| Table {
                columns: self.asset.u32(at + 4),
                groups: self.asset.u32(at + 8) as usize,
                index: self.asset.u32(at + 12) as usize,
            })
            .find(|table| table.columns & 1 << column as u32 != 0)
    }

    /// The entry to go before, in the list of all of them.
    fn search(
        self,
        tables: [Option<Table>; 2],
        primary: Option<u32>,
        field: &impl Keyed,
    ) -> Option<Found> {
        let found = tables.into_iter().flatten().filter_map(|table| {
            let group = self.group(table, primary.unwrap_or(EVERY))?;
            self.search_group(group, table.columns, field)
        });
        // Of equals the last.
        found.max_by_key(|found| found.weight)
    }

    /// Where the entries are that can apply to a primary.
    fn group(self, table: Table, primary: u32) -> Option<usize> {
        let number = |i: usize| self.asset.u32(table.index + INDEX_ENTRY * i);
        let first = first_not(table.groups, |i| number(i) < primary);
        let last = table.groups.checked_sub(1)?;
        let entry = [first.min(last), last]
            .into_iter()
            .find(|&i| number(i) == primary || number(i) == EVERY)?;
        Some(self.asset.u32(table.index + INDEX_ENTRY * entry + 4) as usize)
    }

    /// The first that applies is the one to go before.
    fn search_group(self, group: usize, columns: u32, field: &impl Keyed) -> Option<Found> {
        let List { count, mut at } = List::read(&self.asset, group);
        for _ in 0..count {
            let conditions = usize::from(self.asset.u8(at + 1));
            let values = at + 2 + CONDITION * conditions;
            if (0..conditions).all(|i| self.holds(at + 2 + CONDITION * i, field)) {
                return Some(Found { weight: self.asset.u8(at), columns, values });
            }
            at = values + 2 * columns.count_ones() as usize;
        }
        None
    }

    fn holds(self, condition: usize, field: &impl Keyed) -> bool {
        let value = i64::from(self.asset.u32(condition + 1).cast_signed());
        let key = Key::numbered(self.asset.u8(condition));
        key.and_then(|key| field.integer(key)) == Some(value)
    }

    fn value(self, found: Found, column: Column) -> &'static str {
        let before = found.columns & ((1 << column as u32) - 1);
        let at = found.values + 2 * before.count_ones() as usize;
        self.asset.string(self.asset.u16(at))
    }
}

/// What decides most, as the index writes it: the parameter, or the type of level.
fn primary(edition: u8, column: Column, field: &impl Keyed) -> Option<u32> {
    let keys: &[Key] = match (column, edition) {
        (Column::TypeOfLevel, 1) => &[Key::IndicatorOfTypeOfLevel],
        (Column::TypeOfLevel, _) => &[Key::TypeOfFirstFixedSurface],
        (_, 1) => &[Key::Table2Version, Key::IndicatorOfParameter],
        _ => &[Key::Discipline, Key::ParameterCategory, Key::ParameterNumber],
    };
    keys.iter().try_fold(0, |number: u32, &key| {
        let part = u8::try_from(field.integer(key)?).ok()?;
        Some(number << 8 | u32::from(part))
    })
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

    /// A `names.bin` of edition 1: folders, sorted by name, with the groups of their shortName
    /// files, sorted by primary.
    fn made(folders: &[(&'static str, &[Group])]) -> Concepts {
        let mut strings: Vec<&str> = folders.iter().map(|folder| folder.0).collect();
        let groups = || folders.iter().flat_map(|folder| folder.1);
        strings.extend(groups().flat_map(|group| group.1).map(|row| row.2));
        let mut bytes = (strings.len() as u32).to_le_bytes().to_vec();
        for i in 1..=strings.len() {
            bytes.extend((strings[..i].concat().len() as u32).to_le_bytes());
        }
        bytes.extend(strings.concat().bytes());
        let id = |text: &str| strings.iter().position(|s| *s == text).unwrap() as u16;
        bytes.extend([0, 0, folders.len() as u8, 0]);
        bytes.extend(folders.iter().flat_map(|folder| id(folder.0).to_le_bytes()));
        bytes.extend([folders.len() as u8, 0]);
        let mut index_at = bytes.len() + TABLE * folders.len();
        let groups_at = index_at + INDEX_ENTRY * groups().count();
        let (mut indexes, mut data) = (Vec::new(), Vec::new());
        for (number, (_, groups)) in (0..).zip(folders) {
            let entry: [u32; 4] = [1 << 16 | number << 8, 1, groups.len() as u32, index_at as u32];
            bytes.extend(entry.map(u32::to_le_bytes).concat());
            index_at += INDEX_ENTRY * groups.len();
            for (primary, rows) in *groups {
                let at = (groups_at + data.len()) as u32;
                indexes.extend([*primary, at].map(u32::to_le_bytes).concat());
                data.extend([rows.len() as u8, 0]);
                for (weight, conditions, value) in *rows {
                    data.extend([*weight, conditions.len() as u8]);
                    for (key, value) in *conditions {
                        data.push(*key as u8);
                        data.extend(value.to_le_bytes());
                    }
                    data.extend(id(value).to_le_bytes());
                }
            }
        }
        bytes.extend(indexes);
        bytes.extend(data);
        Concepts::read(Asset::over(bytes.leak()))
    }

    type Group = (u32, &'static [(u8, &'static [(Key, i32)], &'static str)]);

    const LEVEL: (Key, i32) = (Key::Level, 2);

    fn field(level: i64) -> HashMap<Key, i64> {
        [(Key::Table2Version, 3), (Key::IndicatorOfParameter, 11), (Key::Level, level)].into()
    }

    fn name(
        concepts: Concepts,
        folders: [&str; 2],
        field: &HashMap<Key, i64>,
    ) -> Option<&'static str> {
        let mut wanted = [Wanted::new(Column::ShortName)];
        concepts.fill(1, Variant::Current, folders, field, &mut wanted);
        wanted[0].value
    }

    #[test]
    fn the_first_entry_of_a_group_that_applies_wins() {
        let concepts = made(&[("", &[(0x30b, &[(3, &[LEVEL], "2t"), (2, &[], "t")])])]);
        assert_eq!(name(concepts, ["", "nowhere"], &field(2)), Some("2t"));
        assert_eq!(name(concepts, ["", "nowhere"], &field(3)), Some("t"));
        assert_eq!(name(concepts, ["nowhere"; 2], &field(3)), None);
    }

    #[test]
    fn of_two_folders_the_heavier_entry_wins_and_of_equals_the_later_folder() {
        let concepts = made(&[
            ("", &[(0x30b, &[(3, &[LEVEL], "2t"), (2, &[], "t")])]),
            ("edzw", &[(0x30b, &[(2, &[], "T")])]),
        ]);
        assert_eq!(name(concepts, ["", "edzw"], &field(0)), Some("T"));
        assert_eq!(name(concepts, ["edzw", ""], &field(0)), Some("t"));
        assert_eq!(name(concepts, ["", "edzw"], &field(2)), Some("2t"));
    }

    #[test]
    fn a_parameter_without_a_group_has_the_entries_that_do_not_name_one() {
        let concepts =
            made(&[("", &[(0x30a, &[(2, &[], "z")]), (EVERY, &[(1, &[LEVEL], "two")])])]);
        let nameless: HashMap<Key, i64> = [(Key::Level, 2)].into();
        assert_eq!(name(concepts, ["", ""], &field(2)), Some("two"));
        assert_eq!(name(concepts, ["", ""], &nameless), Some("two"));
        assert_eq!(name(concepts, ["", ""], &field(3)), None);
    }

    #[test]
    fn a_key_the_field_does_not_have_fails_the_entry() {
        let concepts = made(&[("", &[(0x30b, &[(3, &[(Key::Nv, 0)], "t")])])]);
        assert_eq!(name(concepts, ["", ""], &field(2)), None);
    }

    #[test]
    fn what_is_found_already_is_left_alone() {
        let concepts = made(&[("", &[(0x30b, &[(2, &[], "t")])])]);
        let mut wanted = [Wanted { column: Column::ShortName, value: Some("2t") }];
        concepts.fill(1, Variant::Current, ["", ""], &field(2), &mut wanted);
        assert_eq!(wanted[0].value, Some("2t"));
    }

    #[test]
    fn the_shipped_file_has_the_keys_we_know_and_rows_with_whole_strings() {
        let Concepts { asset, folders, tables } = concepts();
        let keys = List::read(&asset, asset.rest);
        let spelled = (0..keys.count).map(|i| asset.string(asset.u16(keys.at + 2 * i)));
        assert_eq!(spelled.collect::<Vec<_>>(), SPELLINGS);
        assert!(asset.string_count() > 20_000);
        let names = (0..folders.count).map(|i| asset.string(asset.u16(folders.at + 2 * i)));
        assert!(names.is_sorted());
        let mut rows = 0;
        for table in (0..tables.count).map(|i| tables.at + TABLE * i) {
            let [columns, groups, index] = [4, 8, 12].map(|later| asset.u32(table + later));
            let entry = |i: u32| (index + INDEX_ENTRY as u32 * i) as usize;
            assert!((0..groups).is_sorted_by_key(|i| asset.u32(entry(i))));
            for i in 0..groups {
                let group = List::read(&asset, asset.u32(entry(i) + 4) as usize);
                let (mut at, mut weight) = (group.at, u8::MAX);
                for _ in 0..group.count {
                    assert!((1..=weight).contains(&asset.u8(at)), "the heavier goes before");
                    weight = asset.u8(at);
                    let conditions = usize::from(asset.u8(at + 1));
                    at += 2;
                    for _ in 0..conditions {
                        assert!(Key::numbered(asset.u8(at)).is_some());
                        at += CONDITION;
                    }
                    for _ in 0..columns.count_ones() {
                        let id = asset.u16(at);
                        assert!(usize::from(id) < asset.string_count());
                        at += 2;
                    }
                    rows += 1;
                }
            }
        }
        assert!(rows > 30_000, "{rows}");
    }
}
