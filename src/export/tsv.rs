//! A selection as tab-separated text, as spreadsheets take it from the clipboard.

/// One line per row. Cells with a tab, a line break or a quotation mark are quoted, quotation
/// marks in them doubled.
pub fn text<R, C>(rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.into_iter().enumerate() {
            if column > 0 {
                text.push('\t');
            }
            push_cell(&mut text, cell.as_ref());
        }
        text.push('\n');
    }
    text
}

fn push_cell(text: &mut String, cell: &str) {
    if !cell.contains(['\t', '\n', '\r', '"']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_cells_that_need_it_are_quoted() {
        let rows = [vec!["1.5", "two words"], vec!["a\tb", "say \"x\""], vec!["", "two\nlines"]];
        assert_eq!(
            super::text(rows),
            "1.5\ttwo words\n\"a\tb\"\t\"say \"\"x\"\"\"\n\t\"two\nlines\"\n"
        );
        assert_eq!(super::text(Vec::<Vec<String>>::new()), "");
    }
}
