//! Texts to be read as such: lines, and XML with a line for each element.

use hyperslab_core::array::trim_nul;
use hyperslab_core::{Array, Buffer};

use super::table::escaped;
use crate::interpret::{TextForm, matlab};

/// Lines longer than this are cut: the window lays out whole lines.
const LINE_CHARS_MAX: usize = 4000;

/// XML with longer lines is laid out anew.
const XML_LINE_MAX: usize = 400;

/// The lines of what a variable holds: of each element its own, unless the elements are pieces of
/// one text.
pub fn lines(values: &Array, form: Option<TextForm>) -> Vec<String> {
    let lines = match form {
        Some(TextForm::Utf16Columns) => matlab::lines(values),
        Some(TextForm::Joined) => lines_of(&joined(values)),
        None => each(values).iter().flat_map(|text| lines_of(text)).collect(),
    };
    lines.into_iter().map(shortened).collect()
}

fn joined(values: &Array) -> Vec<u8> {
    match &values.values {
        Buffer::Char(bytes) | Buffer::FixedText { bytes, .. } => trim_nul(bytes).to_vec(),
        Buffer::Text(texts) => texts.concat(),
        Buffer::U8(bytes) => trim_nul(bytes).to_vec(),
        Buffer::I8(bytes) => bytes.iter().map(|byte| byte.cast_unsigned()).collect(),
        _ => Vec::new(),
    }
}

fn each(values: &Array) -> Vec<Vec<u8>> {
    let whole = |text: &[u8]| trim_nul(text).to_vec();
    match &values.values {
        Buffer::Char(bytes) => {
            let len = values.shape.last().and_then(|&len| usize::try_from(len).ok()).unwrap_or(1);
            bytes.chunks(len.max(1)).map(whole).collect()
        }
        Buffer::FixedText { len, bytes } => bytes.chunks(*len.max(&1)).map(whole).collect(),
        Buffer::Text(texts) => texts.iter().map(|text| whole(text)).collect(),
        _ => Vec::new(),
    }
}

fn lines_of(text: &[u8]) -> Vec<String> {
    let text = text.trim_ascii_end();
    let mut lengths = text.split(|&byte| byte == b'\n').map(<[u8]>::len);
    // Long lines of XML are nothing to read.
    if text.starts_with(b"<") && lengths.any(|len| len > XML_LINE_MAX) {
        return xml_lines(text);
    }
    text.split(|&byte| byte == b'\n').map(line).collect()
}

fn line(bytes: &[u8]) -> String {
    escaped(bytes.strip_suffix(b"\r").unwrap_or(bytes)).replace("\\t", "    ")
}

/// Each element on a line of its own, indented by how deep it is; text stays with its element.
fn xml_lines(text: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut depth = 0usize;
    let mut rest = text;
    while !rest.is_empty() {
        let (element, after) = rest.split_at(element_end(rest));
        rest = after.trim_ascii_start();
        let closes = element.starts_with(b"</");
        if closes {
            depth = depth.saturating_sub(1);
        }
        let indent = "  ".repeat(depth.min(64));
        lines.extend(
            element.split(|&byte| byte == b'\n').map(|part| format!("{indent}{}", line(part))),
        );
        let is_alone = closes
            || element.ends_with(b"/>")
            || element.starts_with(b"<?")
            || element.starts_with(b"<!")
            || element.windows(2).any(|pair| pair == b"</");
        depth += usize::from(!is_alone);
    }
    lines
}

/// Behind the first `>` that only blanks part from the next `<`.
fn element_end(text: &[u8]) -> usize {
    let ends = |at: usize| {
        text.get(at) == Some(&b'>')
            && text.get(at + 1..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"<"))
    };
    (0..text.len()).find(|&at| ends(at)).map_or(text.len(), |at| at + 1)
}

fn shortened(mut line: String) -> String {
    if let Some((cut, _)) = line.char_indices().nth(LINE_CHARS_MAX) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_without_line_breaks_is_laid_out() {
        let long = "x".repeat(XML_LINE_MAX);
        let xml = format!("<?xml version=\"1.0\"?>\n<a><b>text</b><c/><d><e>{long}</e></d></a>");
        let mut shown = lines(&Array::text(&xml), Some(TextForm::Joined));
        shown[5] = shown[5].replace(&long, "1");
        assert_eq!(
            shown,
            [
                "<?xml version=\"1.0\"?>",
                "<a>",
                "  <b>text</b>",
                "  <c/>",
                "  <d>",
                "    <e>1</e>",
                "  </d>",
                "</a>"
            ]
        );
    }

    #[test]
    fn texts_stand_one_below_the_other() {
        let texts = Buffer::Text(vec![b"one\ntwo"[..].into(), b"three\r\n"[..].into()]);
        assert_eq!(lines(&Array::vector(texts), None), ["one", "two", "three"]);
        let rows = Array { shape: vec![2, 3], values: Buffer::Char(b"ab\0cde".to_vec()) };
        assert_eq!(lines(&rows, None), ["ab", "cde"]);
        assert_eq!(lines(&Array::vector(Buffer::F32(vec![1.0])), None), Vec::<String>::new());
    }
}
