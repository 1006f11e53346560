//! Points of a variable whose values along the other axes are looked at.

use serde::{Deserialize, Serialize};

/// Where the user pointed: an index along every axis of the variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    pub indices: Vec<u64>,
    /// Stays for as long as the pick does: its colour, and its name on the picture (from 1).
    pub number: usize,
}

/// Kept points, the one under the pointer, and a line from cell to cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Picks {
    kept: Vec<Pick>,
    line: Option<[Vec<u64>; 2]>,
    /// Nobody chose it: it is gone when the pointer is.
    #[serde(skip)]
    hovered: Option<Vec<u64>>,
}

impl Picks {
    /// This point alone.
    pub fn pick(&mut self, indices: Vec<u64>) {
        self.kept.clear();
        self.add(indices);
    }

    /// One more; one that is there already is taken away.
    pub fn add(&mut self, indices: Vec<u64>) {
        let count = self.kept.len();
        self.kept.retain(|pick| pick.indices != indices);
        if self.kept.len() == count {
            self.kept.push(Pick { indices, number: self.free_number() });
        }
        self.hovered = None;
    }

    /// The point under the pointer; true where it is another than before.
    pub fn hover(&mut self, indices: Option<Vec<u64>>) -> bool {
        let is_new = self.hovered != indices;
        self.hovered = indices;
        is_new
    }

    /// A point under the pointer is looked at.
    pub fn is_hovering(&self) -> bool {
        self.hovered.is_some()
    }

    /// Values along a line from one cell to another.
    pub fn draw_line(&mut self, from: Vec<u64>, to: Vec<u64>) {
        self.line = (from != to).then_some([from, to]);
    }

    pub fn remove(&mut self, number: usize) {
        self.kept.retain(|pick| pick.number != number);
    }

    pub fn remove_line(&mut self) {
        self.line = None;
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// To mark them on the picture, in their colours: the kept ones, then that under the pointer.
    pub fn all(&self) -> impl Iterator<Item = Pick> {
        let hovered = self.hovered.as_ref();
        let hovered = hovered.filter(|at| self.kept.iter().all(|pick| pick.indices != **at));
        let hovered = hovered.map(|at| Pick { indices: at.clone(), number: self.free_number() });
        self.kept.iter().cloned().chain(hovered)
    }

    pub fn line(&self) -> Option<&[Vec<u64>; 2]> {
        self.line.as_ref()
    }

    /// Nothing is looked at.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.hovered.is_none() && self.line.is_none()
    }

    fn free_number(&self) -> usize {
        let is_free = |number: &usize| self.kept.iter().all(|pick| pick.number != *number);
        (1..).find(is_free).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(picks: &Picks) -> Vec<(u64, usize)> {
        picks.all().map(|pick| (pick.indices[0], pick.number)).collect()
    }

    #[test]
    fn a_click_looks_at_one_point_and_a_further_one_adds_to_it() {
        let mut picks = Picks::default();
        picks.pick(vec![1]);
        picks.pick(vec![2]);
        assert_eq!(numbers(&picks), [(2, 1)]);
        picks.add(vec![3]);
        picks.add(vec![4]);
        assert_eq!(numbers(&picks), [(2, 1), (3, 2), (4, 3)]);
    }

    #[test]
    fn a_point_added_twice_is_gone_and_the_others_keep_their_colours() {
        let mut picks = Picks::default();
        (1..=3).for_each(|at| picks.add(vec![at]));
        picks.add(vec![2]);
        assert_eq!(numbers(&picks), [(1, 1), (3, 3)]);
        picks.add(vec![9]);
        assert_eq!(numbers(&picks), [(1, 1), (3, 3), (9, 2)]);
        picks.remove(3);
        assert_eq!(numbers(&picks), [(1, 1), (9, 2)]);
    }

    #[test]
    fn the_point_under_the_pointer_comes_last_and_is_not_saved() {
        let mut picks = Picks::default();
        picks.pick(vec![1]);
        assert!(picks.hover(Some(vec![5])));
        assert!(!picks.hover(Some(vec![5])));
        assert_eq!(numbers(&picks), [(1, 1), (5, 2)]);
        picks.hover(Some(vec![1]));
        assert_eq!(numbers(&picks), [(1, 1)]);
        picks.hover(Some(vec![5]));
        let text = serde_json::to_string(&picks).unwrap();
        let restored: Picks = serde_json::from_str(&text).unwrap();
        assert_eq!(numbers(&restored), [(1, 1)]);
        picks.hover(None);
        assert_eq!(picks, restored);
    }

    #[test]
    fn a_line_has_two_ends() {
        let mut picks = Picks::default();
        picks.draw_line(vec![1], vec![1]);
        assert!(picks.is_empty());
        picks.draw_line(vec![1], vec![4]);
        assert_eq!(picks.line(), Some(&[vec![1], vec![4]]));
        picks.remove_line();
        assert!(picks.is_empty());
    }
}
