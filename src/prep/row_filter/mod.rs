//! Which rows of a table are shown: `temp > 300 and station == "X"`.
//!
//! Comparisons `== != < <= > >=` (`=` and `<>` too), `in (a, b)`, `contains "text"`,
//! `is missing`, joined by `and`, `or`, `not` and parentheses. Columns are named as they stand
//! over the table, in back-quotes where the name is not a word; `any` is any column of the row.
//! A comparison with a number looks at the value, one with a text at what the cell shows
//! (dates are written so that their order is that of the text). What is missing is neither
//! equal to anything nor unlike it: only `is missing` finds it.

mod parse;

/// A condition that has been understood. Columns are places in [`RowFilter::columns`].
#[derive(Clone, Debug, PartialEq)]
pub struct RowFilter {
    condition: Condition,
    columns: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare { column: usize, test: Test, with: Literal },
    In { column: usize, among: Vec<Literal> },
    Contains { column: usize, text: String },
    IsMissing { column: usize },
    Columns { left: usize, test: Test, right: usize },
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Number(f64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Is,
    IsNot,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

/// What a filter asks of a row, by places in its list of columns.
pub trait Row {
    /// Of any of the cells that a column stands for: one, or for `any` all of the row.
    fn any(&self, column: usize, is_met: &mut dyn FnMut(&dyn Cell) -> bool) -> bool;
}

/// One cell.
pub trait Cell {
    fn is_missing(&self) -> bool;
    /// `None` where it is not a number.
    fn number(&self) -> Option<f64>;
    fn text(&self) -> String;
}

impl RowFilter {
    /// `is_column` knows the names of columns.
    ///
    /// # Errors
    /// One line that says what is not understood.
    pub fn parse(text: &str, is_column: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        parse::filter(text, is_column)
    }

    /// The names that the condition speaks of, as they are written there.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub fn is_met(&self, row: &dyn Row) -> bool {
        self.condition.is_met(row)
    }
}

impl Condition {
    fn is_met(&self, row: &dyn Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_met(row)),
            Self::Any(parts) => parts.iter().any(|part| part.is_met(row)),
            Self::Not(inner) => !inner.is_met(row),
            Self::Compare { column, test, with } => {
                row.any(*column, &mut |cell| with.compare(cell, *test))
            }
            Self::In { column, among } => row.any(*column, &mut |cell| {
                among.iter().any(|literal| literal.compare(cell, Test::Is))
            }),
            Self::Contains { column, text } => row.any(*column, &mut |cell| {
                !cell.is_missing() && cell.text().to_lowercase().contains(text.as_str())
            }),
            Self::IsMissing { column } => row.any(*column, &mut |cell| cell.is_missing()),
            Self::Columns { left, test, right } => row.any(*left, &mut |a| {
                row.any(*right, &mut |b| {
                    let are_there = !a.is_missing() && !b.is_missing();
                    are_there
                        && match (a.number(), b.number()) {
                            (Some(a), Some(b)) => test.holds(a.partial_cmp(&b)),
                            _ => test.holds(Some(a.text().cmp(&b.text()))),
                        }
                })
            }),
        }
    }
}

impl Literal {
    fn compare(&self, cell: &dyn Cell, test: Test) -> bool {
        if cell.is_missing() {
            return false;
        }
        match self {
            Self::Number(wanted) => match cell.number() {
                Some(number) => test.holds(number.partial_cmp(wanted)),
                None => test == Test::IsNot,
            },
            Self::Text(wanted) => test.holds(Some(cell.text().as_str().cmp(wanted))),
        }
    }
}

impl Test {
    fn holds(self, ordering: Option<std::cmp::Ordering>) -> bool {
        let Some(ordering) = ordering else { return false };
        match self {
            Self::Is => ordering.is_eq(),
            Self::IsNot => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrIs => ordering.is_le(),
            Self::More => ordering.is_gt(),
            Self::MoreOrIs => ordering.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Value(Option<&'static str>);

    impl Cell for Value {
        fn is_missing(&self) -> bool {
            self.0.is_none()
        }

        fn number(&self) -> Option<f64> {
            self.0?.parse().ok()
        }

        fn text(&self) -> String {
            self.0.unwrap_or_default().into()
        }
    }

    /// temp, station, time, a column without a value.
    struct Line<'a>(&'a RowFilter);

    const CELLS: [(&str, Option<&str>); 4] = [
        ("temp", Some("301.5")),
        ("station", Some("Sonnblick")),
        ("time", Some("2020-02-05")),
        ("wind x", None),
    ];

    impl Row for Line<'_> {
        fn any(&self, column: usize, is_met: &mut dyn FnMut(&dyn Cell) -> bool) -> bool {
            let name = self.0.columns()[column].as_str();
            let cells = CELLS.iter().filter(|(known, _)| name == "any" || *known == name);
            cells.into_iter().any(|(_, value)| is_met(&Value(*value)))
        }
    }

    fn is_column(name: &str) -> bool {
        name == "any" || CELLS.iter().any(|(known, _)| *known == name)
    }

    fn is_met(text: &str) -> bool {
        let filter =
            RowFilter::parse(text, &is_column).unwrap_or_else(|why| panic!("{text}: {why}"));
        filter.is_met(&Line(&filter))
    }

    #[test]
    fn conditions_are_joined_as_in_other_languages() {
        for (text, wanted) in [
            ("temp > 300", true),
            ("temp > 300 and station == \"Sonnblick\"", true),
            ("temp>300 && station='X'", false),
            ("temp < 300 or station == 'Sonnblick'", true),
            ("not temp < 300", true),
            ("!(temp < 300 or temp > 301)", false),
            ("temp in (1, 301.5)", true),
            ("station in (\"X\", \"Y\")", false),
            ("station contains \"blick\"", true),
            ("station contains sonn", true),
            ("time >= \"2020-01-31\" and time < '2020-03'", true),
            ("temp == 3.015e2", true),
            ("temp <> 301.5", false),
            ("`wind x` is missing", true),
            ("temp is missing", false),
            ("temp is not missing", true),
            ("`wind x` != 3", false),
            ("any == 301.5", true),
            ("any contains 'blick'", true),
            ("temp >= -5 and temp <= +400", true),
            ("temp > 300 and temp < 301 or station == Sonnblick", true),
            ("temp > temp", false),
        ] {
            assert_eq!(is_met(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, word) in [
            ("temp >", "after >"),
            ("temp 300", "300"),
            ("(temp > 3", ")"),
            ("temp > 3 station", "station"),
            ("temp > \"x", "quote"),
            ("> 3", ">"),
            ("temp > 3 and", "after and"),
            ("temp ~ 3", "~"),
            ("temp in 3", "("),
            ("", "empty"),
            ("pressure > 3", "no column pressure"),
        ] {
            let why = RowFilter::parse(text, &is_column).unwrap_err();
            assert!(why.contains(word), "{text}: {why}");
        }
        let deep = format!("{}temp > 3{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(RowFilter::parse(&deep, &is_column).unwrap_err().contains("deep"));
        assert!(RowFilter::parse(&"not ".repeat(10_000), &is_column).unwrap_err().contains("deep"));
    }
}
