//! Text that must stay on one line and out of a terminal's way.

/// `text` on one line, without control characters.
pub fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stays_on_one_line() {
        assert_eq!(escaped("a\nb\u{1b}[2J°"), "a\\nb\\u{1b}[2J°");
    }
}
