//! Where the axes of a variable go in a picture: by role, never by their order in the file.
//!
//! | pair | across | up |
//! |---|---|---|
//! | longitude or x, latitude or y | x | y (north up) |
//! | longitude or latitude, height | the place | height |
//! | time, height or latitude or y | time | the other |
//! | time, longitude or x | longitude | time (Hovmöller) |
//! | others | the later axis | the earlier axis |
//!
//! Of more than two axes, a map is taken before a section, a section before the plane of the
//! last two axes without a role, and that before anything with time.

use super::axes::AxisRole;
use super::dataset::CfAxis;

/// Places among the variable's axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    pub x: usize,
    /// None where there is only one axis.
    pub y: Option<usize>,
    /// The rest, in their order: sliders.
    pub others: Vec<usize>,
}

/// The letter of a role, as pairs are decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    X,
    Y,
    Z,
    T,
    Other,
}

impl Letter {
    fn of(role: AxisRole) -> Self {
        match role {
            AxisRole::X | AxisRole::Longitude => Self::X,
            AxisRole::Y | AxisRole::Latitude => Self::Y,
            AxisRole::Vertical => Self::Z,
            AxisRole::Time => Self::T,
            AxisRole::Other => Self::Other,
        }
    }
}

/// Across and up, the best first.
const PAIRS: &[(Letter, Letter)] =
    &[(Letter::X, Letter::Y), (Letter::Y, Letter::Z), (Letter::X, Letter::Z)];
const PAIRS_WITH_TIME: &[(Letter, Letter)] = &[
    (Letter::T, Letter::Z),
    (Letter::T, Letter::Y),
    (Letter::X, Letter::T),
    (Letter::X, Letter::Other),
    (Letter::Other, Letter::Y),
    (Letter::Other, Letter::Z),
    (Letter::T, Letter::Other),
];

/// An axis shorter than this does not make a plane while others do: colour channels, bounds.
const FEW: u64 = 5;

/// `None` for a variable without axes.
pub fn arrange(axes: &[CfAxis]) -> Option<Arrangement> {
    let long: Vec<&CfAxis> = axes.iter().filter(|axis| axis.length > 1).collect();
    let (x, y) = match long.as_slice() {
        // A map of one point is still a map.
        [] => pair(&axes.iter().collect::<Vec<_>>()).map_or_else(
            || axes.last().map(|axis| (axis.index, None)),
            |(x, y)| Some((x, Some(y))),
        )?,
        [one] => (one.index, None),
        many => pair(many).map(|(x, y)| (x, Some(y)))?,
    };
    let others = axes.iter().map(|axis| axis.index).filter(|&i| i != x && Some(i) != y).collect();
    Some(Arrangement { x, y, others })
}

/// The axis a line runs along: time, unless it has few values and another has more; else the
/// longest, the last of equals.
pub fn line_axis(axes: &[CfAxis]) -> Option<usize> {
    let longest = axes.iter().max_by_key(|axis| axis.length)?;
    let time = axes.iter().filter(|axis| axis.role == AxisRole::Time).max_by_key(|a| a.length);
    let is_worth_it = |time: &&CfAxis| time.length >= FEW || time.length == longest.length;
    Some(time.filter(is_worth_it).unwrap_or(longest).index)
}

fn pair(axes: &[&CfAxis]) -> Option<(usize, usize)> {
    let by_letters =
        |&(across, up): &(Letter, Letter)| Some((best(axes, across)?, best(axes, up)?));
    PAIRS
        .iter()
        .find_map(by_letters)
        .or_else(|| plane(axes, FEW))
        .or_else(|| PAIRS_WITH_TIME.iter().find_map(by_letters))
        .or_else(|| plane(axes, 0))
        .or(match axes {
            [.., y, x] => Some((x.index, y.index)),
            _ => None,
        })
}

/// Of several axes of a role the longest, the last of equals.
fn best(axes: &[&CfAxis], letter: Letter) -> Option<usize> {
    let of_letter = axes.iter().filter(|axis| Letter::of(axis.role) == letter);
    of_letter.max_by_key(|axis| axis.length).map(|axis| axis.index)
}

/// The last two axes without a role that are not short.
fn plane(axes: &[&CfAxis], at_least: u64) -> Option<(usize, usize)> {
    let mut roleless = axes
        .iter()
        .rev()
        .filter(|axis| axis.role == AxisRole::Other && axis.length >= at_least)
        .map(|axis| axis.index);
    let x = roleless.next()?;
    Some((x, roleless.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(described: &[(char, u64)]) -> Vec<CfAxis<'static>> {
        let each = described.iter().enumerate().map(|(index, &(letter, length))| {
            let role = match letter {
                'x' => AxisRole::X,
                'y' => AxisRole::Latitude,
                'z' => AxisRole::Vertical,
                't' => AxisRole::Time,
                _ => AxisRole::Other,
            };
            CfAxis { index, length, name: None, dimension: None, role, coordinate: None }
        });
        each.collect()
    }

    fn places(described: &[(char, u64)]) -> (usize, Option<usize>, Vec<usize>) {
        let Arrangement { x, y, others } = arrange(&axes(described)).unwrap();
        (x, y, others)
    }

    #[test]
    fn a_map_is_taken_by_role_whatever_the_order() {
        assert_eq!(places(&[('t', 9), ('z', 9), ('y', 9), ('x', 9)]), (3, Some(2), vec![0, 1]));
        assert_eq!(places(&[('x', 2), ('y', 2), ('z', 2), ('t', 10)]), (0, Some(1), vec![2, 3]));
    }

    #[test]
    fn sections_have_height_upright_and_time_across() {
        assert_eq!(places(&[('t', 12), ('z', 39), ('y', 144)]), (2, Some(1), vec![0]));
        assert_eq!(places(&[('z', 5), ('x', 5)]), (1, Some(0), vec![]));
        assert_eq!(places(&[('z', 5), ('t', 5)]), (1, Some(0), vec![]));
        assert_eq!(places(&[('t', 5), ('y', 5)]), (0, Some(1), vec![]));
        // Hovmöller: time upright beside longitude.
        assert_eq!(places(&[('t', 5), ('x', 5)]), (1, Some(0), vec![]));
    }

    #[test]
    fn an_axis_of_one_value_is_no_axis_of_the_picture() {
        assert_eq!(places(&[('t', 9), ('z', 9), ('y', 1), ('x', 1)]), (0, Some(1), vec![2, 3]));
        assert_eq!(places(&[('t', 9), ('y', 1), ('x', 1)]), (0, None, vec![1, 2]));
        assert_eq!(places(&[('t', 1), ('y', 1), ('x', 1)]), (2, Some(1), vec![0]));
        assert_eq!(places(&[('o', 1)]), (0, None, vec![]));
        assert_eq!(arrange(&[]), None);
    }

    #[test]
    fn planes_without_roles_are_the_last_two_that_are_not_short() {
        assert_eq!(places(&[('o', 480), ('o', 640)]), (1, Some(0), vec![]));
        assert_eq!(places(&[('o', 480), ('o', 640), ('o', 3)]), (1, Some(0), vec![2]));
        assert_eq!(places(&[('o', 7), ('o', 480), ('o', 640)]), (2, Some(1), vec![0]));
        assert_eq!(places(&[('t', 9), ('z', 9), ('o', 480), ('o', 640)]), (3, Some(2), vec![0, 1]));
        assert_eq!(places(&[('t', 9), ('o', 5000)]), (0, Some(1), vec![]));
        assert_eq!(places(&[('o', 2), ('o', 3)]), (1, Some(0), vec![]));
        assert_eq!(places(&[('t', 6), ('t', 9)]), (1, Some(0), vec![]));
    }

    #[test]
    fn a_line_runs_along_time_when_there_is_enough_of_it() {
        let line = |described| line_axis(&axes(described));
        assert_eq!(line(&[('t', 12), ('y', 180), ('x', 360)]), Some(0));
        assert_eq!(line(&[('t', 2), ('z', 39)]), Some(1));
        assert_eq!(line(&[('o', 3), ('o', 3)]), Some(1));
        assert_eq!(line(&[('t', 1)]), Some(0));
        assert_eq!(line(&[]), None);
    }
}
