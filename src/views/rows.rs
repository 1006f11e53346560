//! Which rows of a table are shown and in which order: what was typed over it, and what became
//! of that. What a row holds is the business of each kind of table.

use std::sync::Arc;

use egui::Ui;

use crate::engine::{Answer, Weigh};
use crate::prep::row_filter::RowFilter;
use crate::ui::theme::{Palette, palette};

/// Rows that can be sorted, and that a condition may find: they are held in memory.
pub const SORTED_MAX: usize = 1 << 22;
pub const FOUND_MAX: usize = 1 << 24;

/// Row numbers, in the order in which they are shown.
#[derive(Debug)]
pub struct RowOrder {
    pub rows: Vec<u64>,
    /// There are more.
    pub is_cut: bool,
}

impl Weigh for RowOrder {
    fn bytes(&self) -> usize {
        8 * self.rows.len()
    }
}

impl RowOrder {
    /// The row that is shown as the `at`th.
    pub fn row(&self, at: u64) -> Option<u64> {
        self.rows.get(usize::try_from(at).ok()?).copied()
    }

    /// Where a row is shown. O(rows).
    pub fn place_of(&self, row: u64) -> Option<u64> {
        self.rows.iter().position(|&shown| shown == row).map(|at| at as u64)
    }
}

/// The condition and the order that were chosen for rows of a `T`.
pub struct RowsState<T> {
    text: String,
    /// The last text that was understood; empty: all rows.
    pub filter: String,
    /// By a column, and whether the greatest comes first.
    pub sort: Option<(u64, bool)>,
    problem: String,
    /// What is shown while another order is looked for.
    shown: Option<(T, Arc<RowOrder>)>,
    is_current: bool,
}

impl<T> Default for RowsState<T> {
    fn default() -> Self {
        Self {
            text: String::new(),
            filter: String::new(),
            sort: None,
            problem: String::new(),
            shown: None,
            is_current: true,
        }
    }
}

impl<T: Clone + PartialEq> RowsState<T> {
    /// Sorted by a column: upwards, downwards, not at all.
    pub fn sort_next(&mut self, column: u64) {
        self.sort = match self.sort {
            Some((by, false)) if by == column => Some((column, true)),
            Some((by, true)) if by == column => None,
            _ => Some((column, false)),
        };
    }

    /// The last frame showed what was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// The order in which rows of this table are shown; `None` where it is the file's own.
    pub fn take(&mut self, of: &T, answer: Option<Answer<RowOrder>>) -> Option<Arc<RowOrder>> {
        self.is_current = true;
        match answer {
            None => {
                self.shown = None;
                None
            }
            Some(Answer::Ready(order)) => {
                self.shown = Some((of.clone(), order.clone()));
                Some(order)
            }
            Some(Answer::Failed(error)) => {
                self.problem = error.what();
                None
            }
            Some(Answer::Pending(_)) => {
                self.is_current = false;
                // Of another slice or another file other rows are shown.
                self.shown.as_ref().filter(|(shown, _)| shown == of).map(|(_, order)| order.clone())
            }
        }
    }

    /// The box for the condition, and how many of `rows` rows meet it.
    pub fn filter_ui(
        &mut self,
        ui: &mut Ui,
        is_column: &dyn Fn(&str) -> bool,
        example: &str,
        rows: u64,
    ) {
        let hint = format!("Rows where: {example}");
        let edit = egui::TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(230.0);
        let response = ui.add(edit).on_hover_text(
            "Shows only rows that meet a condition:  temp > 300 and station == \"X\"\n\
             == != < <= > >=   in (1, 2)   contains \"text\"   is missing   and or not ( )\n\
             row: the row's number   any: any column   `a name`: a column whose name is not a \
             word\n\
             A click on a column's name sorts.",
        );
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Rows where"));
        if response.changed() {
            self.problem.clear();
            match self.text.trim() {
                "" => self.filter.clear(),
                text => match RowFilter::parse(text, is_column) {
                    Ok(_) => self.filter = text.to_owned(),
                    Err(why) => self.problem = why,
                },
            }
        }
        if !self.problem.is_empty() {
            ui.colored_label(palette(ui).error, &self.problem);
        } else if !self.is_current {
            ui.weak("…");
        } else if let Some((_, order)) = self.shown.as_ref().filter(|_| !self.filter.is_empty()) {
            let found = grouped(order.rows.len() as u64);
            match order.is_cut {
                true => ui.weak(format!("the first {found} rows")),
                false => ui.weak(format!("{found} of {} rows", grouped(rows))),
            };
        }
    }
}

/// A name as conditions take it.
pub fn quoted_name(name: &str) -> String {
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_word = begins && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if is_word { name.to_owned() } else { format!("`{name}`") }
}

/// A triangle over a column by which rows are sorted, its tip where the greatest are.
pub fn sort_sign_ui(
    painter: &egui::Painter,
    top: egui::Pos2,
    is_descending: bool,
    palette: Palette,
) {
    let (tip, base) = if is_descending { (0.0, 5.0) } else { (5.0, 0.0) };
    let points = [(-4.0, base), (4.0, base), (0.0, tip)].map(|(x, y)| top + egui::vec2(x, y));
    painter.add(egui::Shape::convex_polygon(points.into(), palette.accent, egui::Stroke::NONE));
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_sorted_up_then_down_then_not() {
        let mut state = RowsState::<u8>::default();
        let mut next = |column| {
            state.sort_next(column);
            state.sort
        };
        assert_eq!(next(3), Some((3, false)));
        assert_eq!(next(3), Some((3, true)));
        assert_eq!(next(4), Some((4, false)));
        assert_eq!((next(4), next(4)), (Some((4, true)), None));
    }

    #[test]
    fn thousands_stand_apart_and_odd_names_in_quotes() {
        assert_eq!(grouped(1), "1");
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(grouped(123), "123");
        assert_eq!(quoted_name("pos.x"), "pos.x");
        assert_eq!(quoted_name("wind speed"), "`wind speed`");
        assert_eq!(quoted_name("2m"), "`2m`");
    }
}
