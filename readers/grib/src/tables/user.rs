//! GRIB1 parameter tables of the user, in NIO's text form (PyNIO data formats, "User-defined
//! GRIB1 parameter tables"): a header `-1 : centre : sub-centre : version`, then rows
//! `number : abbreviation : units : long name`. What follows the first header's -1 separates
//! fields: one character that is neither letter, figure nor space, or two spaces. There is no
//! such form for GRIB2.

use hyperslab_core::{ReadError, Result};

/// Parameter tables that go before the built-in ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserTables {
    tables: Vec<UserTable>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct UserTable {
    /// Centre, sub-centre, version of the parameter table; `None` is any.
    is_for: [Option<u16>; 3],
    parameters: Vec<UserParameter>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserParameter {
    pub number: u8,
    pub abbreviation: String,
    pub units: String,
    pub long_name: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Character(char),
    TwoSpaces,
}

impl UserTables {
    /// Reads the text of one file.
    ///
    /// # Errors
    /// `Malformed`, with the number of the line, for a row or header that is not one.
    pub fn parse(text: &str) -> Result<UserTables> {
        let mut tables: Vec<UserTable> = Vec::new();
        let mut separator = None;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('!') {
                continue;
            }
            let (index, rest) = index(line).ok_or_else(|| at(number, "begins with no number"))?;
            let separator = match separator {
                Some(separator) => separator,
                None => *separator.insert(
                    Separator::of(rest)
                        .ok_or_else(|| at(number, "has no separator after its number"))?,
                ),
            };
            let fields = separator.split(rest);
            if index == -1 {
                tables.push(UserTable { is_for: header(&fields, number)?, parameters: Vec::new() });
            } else {
                let table =
                    tables.last_mut().ok_or_else(|| at(number, "comes before any header (-1)"))?;
                table.parameters.push(parameter(index, &fields, number)?);
            }
        }
        if tables.is_empty() {
            return Err(ReadError::malformed("the parameter table has no header (-1)"));
        }
        Ok(UserTables { tables })
    }

    /// Adds another file's tables, which go before these.
    pub fn add(&mut self, later: UserTables) {
        self.tables.extend(later.tables);
    }

    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// `None`: no table for this origin. `Some(None)`: there is one, without the parameter. Of
    /// several tables the last one of the last file is the one.
    pub(super) fn parameter(
        &self,
        centre: u16,
        sub_centre: u16,
        version: u8,
        number: u8,
    ) -> Option<Option<&UserParameter>> {
        let origin = [centre, sub_centre, version.into()];
        let table = self.tables.iter().rev().find(|table| {
            let agree = |(wanted, have): (&Option<u16>, u16)| wanted.is_none_or(|w| w == have);
            table.is_for.iter().zip(origin).all(agree)
        })?;
        Some(table.parameters.iter().find(|parameter| parameter.number == number))
    }
}

fn index(line: &str) -> Option<(i32, &str)> {
    let end = line
        .char_indices()
        .find(|(i, c)| !(c.is_ascii_digit() || *i == 0 && *c == '-'))
        .map_or(line.len(), |(i, _)| i);
    let (number, rest) = line.split_at_checked(end)?;
    Some((number.parse().ok()?, rest))
}

impl Separator {
    fn of(rest: &str) -> Option<Separator> {
        let first = rest.trim_start().chars().next()?;
        if !first.is_alphanumeric() && first != '-' {
            return Some(Separator::Character(first));
        }
        let spaces = rest.len() - rest.trim_start().len();
        (spaces > 1).then_some(Separator::TwoSpaces)
    }

    /// What follows each separator, without the spaces around it.
    fn split(self, rest: &str) -> Vec<&str> {
        match self {
            Separator::Character(c) => rest.split(c).skip(1).map(str::trim).collect(),
            Separator::TwoSpaces => {
                rest.split("  ").map(str::trim).filter(|field| !field.is_empty()).collect()
            }
        }
    }
}

fn header(fields: &[&str], line: usize) -> Result<[Option<u16>; 3]> {
    let mut is_for = [None; 3];
    let names = ["centre", "sub-centre", "table version"];
    for (i, (wanted, name)) in is_for.iter_mut().zip(names).enumerate() {
        let field = fields.get(i).copied().unwrap_or_default();
        *wanted = match field.parse::<i32>() {
            Ok(-1) => None,
            Ok(number @ 0..=0xffff) => u16::try_from(number).ok(),
            _ => return Err(at(line, &format!("says no {name} ({field:?})"))),
        };
    }
    Ok(is_for)
}

fn parameter(index: i32, fields: &[&str], line: usize) -> Result<UserParameter> {
    let number = u8::try_from(index)
        .map_err(|_| at(line, &format!("has a parameter number out of 0 to 255: {index}")))?;
    let field = |i: usize| fields.get(i).copied().unwrap_or_default().to_owned();
    let abbreviation = field(0);
    if !abbreviation.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let what = "has an abbreviation with more than letters, figures and underscores";
        return Err(at(line, &format!("{what}: {abbreviation:?}")));
    }
    Ok(UserParameter { number, abbreviation, units: field(1), long_name: field(2) })
}

fn at(line: usize, what: &str) -> ReadError {
    ReadError::malformed(format!("parameter table, line {line}: it {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "! an alternate table\n\n-1 : 98 : 0 : 128 \n018 : T : \tK : \tTemperature\n\
        019 : Z : \tm2/s2 : \tSurface geopotential\n";

    #[test]
    fn a_table_is_for_its_origin_and_minus_one_is_any() {
        let tables = UserTables::parse(SAMPLE).unwrap();
        let z = tables.parameter(98, 0, 128, 19).unwrap().unwrap();
        assert_eq!((&*z.abbreviation, &*z.units), ("Z", "m2/s2"));
        assert_eq!(z.long_name, "Surface geopotential");
        assert_eq!(tables.parameter(98, 0, 128, 20), Some(None));
        assert_eq!(tables.parameter(98, 1, 128, 19), None);
        let any = UserTables::parse("-1 | -1 | -1 | -1\n19|A_B|K|").unwrap();
        assert_eq!(any.parameter(7, 2, 2, 19).unwrap().unwrap().abbreviation, "A_B");
    }

    #[test]
    fn two_spaces_may_separate_fields() {
        let tables = UserTables::parse("-1  7  0  2\n11  TMP  K  Air temperature\n").unwrap();
        let t = tables.parameter(7, 0, 2, 11).unwrap().unwrap();
        assert_eq!((&*t.abbreviation, &*t.units, &*t.long_name), ("TMP", "K", "Air temperature"));
    }

    #[test]
    fn the_later_file_goes_before_the_earlier() {
        let mut tables = UserTables::parse(SAMPLE).unwrap();
        let other = UserTables::parse("-1:98:0:128\n19:GEO:m:x").unwrap();
        assert!(!other.is_empty());
        tables.add(other.clone());
        let mut reversed = other;
        reversed.add(UserTables::parse(SAMPLE).unwrap());
        let name = |tables: &UserTables| {
            tables.parameter(98, 0, 128, 19).unwrap().unwrap().abbreviation.clone()
        };
        assert_eq!((name(&tables), name(&reversed)), ("GEO".to_owned(), "Z".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, wanted) in [
            ("-1 : 98 : 0 : 128\nTMP : K", "line 2: it begins with no number"),
            ("11 : TMP : K : x", "line 1: it comes before any header"),
            ("-1 : x : 0 : 2", "line 1: it says no centre (\"x\")"),
            ("-1 : 98 : 0", "line 1: it says no table version"),
            ("-1 : 98 : 0 : 2\n300 : A : K : x", "line 2: it has a parameter number out of"),
            ("-1 : 98 : 0 : 2\n3 : A B : K : x", "line 2: it has an abbreviation"),
            ("-1", "line 1: it has no separator"),
            ("! nothing\n", "no header"),
        ] {
            let error = UserTables::parse(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error}");
        }
    }
}
