//! Words as words: a line of one font and colour is an element.
//!
//! Who looks at the file may not have the font. Short texts are centred where they stood, so that
//! labels stay at their ticks; programs that know `textLength` keep all widths.

use egui::epaint::TextShape;
use egui::epaint::text::{Glyph, PlacedRow, TextFormat};
use egui::{Color32, FontFamily, pos2};

use super::{color, number, put, turned};

/// Of the whole file: what most texts are set in, and that blanks count.
pub const USUAL: &str = "font-family=\"Ubuntu Light, Ubuntu, Noto Sans, DejaVu Sans, Helvetica, \
                         Arial, sans-serif\" xml:space=\"preserve\"";
const MONOSPACE: &str = " font-family=\"Hack, DejaVu Sans Mono, Menlo, Consolas, monospace\"";

/// Texts of so many letters are labels, and all that are turned; others begin where they began.
const LABEL_CHARS: usize = 16;

pub fn write(to: &mut String, shape: &TextShape) {
    if shape.opacity_factor <= 0.0 {
        return;
    }
    let mut formats = Formats::of(shape);
    for row in &shape.galley.rows {
        let mut run: Vec<&Glyph> = Vec::new();
        let mut look: Option<(&TextFormat, Color32)> = None;
        for glyph in &row.row.glyphs {
            // A blank has no colour of its own.
            let ink = match look {
                Some((_, ink)) if glyph.uv_rect.is_nothing() => ink,
                _ => glyph_color(shape, row, glyph),
            };
            let of_glyph = formats.next().map(|format| (format, ink));
            if of_glyph != look {
                write_run(to, shape, row, &run, look);
                run.clear();
                look = of_glyph;
            }
            run.push(glyph);
        }
        write_run(to, shape, row, &run, look);
        if row.ends_with_newline {
            formats.next();
        }
    }
}

/// How each letter of the text is set, one after the other.
struct Formats<'a> {
    shape: &'a TextShape,
    lengths: Vec<usize>,
    byte: usize,
    section: usize,
}

impl<'a> Formats<'a> {
    fn of(shape: &'a TextShape) -> Self {
        let text = &shape.galley.job.text;
        Self {
            shape,
            lengths: text.chars().map(char::len_utf8).rev().collect(),
            byte: 0,
            section: 0,
        }
    }

    /// What was put in for what has no room looks like what is before it.
    fn next(&mut self) -> Option<&'a TextFormat> {
        let sections = &self.shape.galley.job.sections;
        while let Some(section) = sections.get(self.section)
            && section.byte_range.end.0 <= self.byte
            && self.section + 1 < sections.len()
        {
            self.section += 1;
        }
        self.byte += self.lengths.pop().unwrap_or(0);
        sections.get(self.section).map(|section| &section.format)
    }
}

fn glyph_color(shape: &TextShape, row: &PlacedRow, glyph: &Glyph) -> Color32 {
    let vertex = row.row.visuals.mesh.vertices.get(glyph.first_vertex as usize);
    let own = vertex.map_or(shape.fallback_color, |vertex| vertex.color);
    let own = if own == Color32::PLACEHOLDER { shape.fallback_color } else { own };
    shape.override_text_color.unwrap_or(own).gamma_multiply(shape.opacity_factor)
}

fn write_run(
    to: &mut String,
    shape: &TextShape,
    row: &PlacedRow,
    run: &[&Glyph],
    look: Option<(&TextFormat, Color32)>,
) {
    let (Some(first), Some(last), Some((format, ink))) = (run.first(), run.last(), look) else {
        return;
    };
    let text: String = run.iter().map(|glyph| glyph.chr).collect();
    if text.trim().is_empty() || ink == Color32::TRANSPARENT {
        return;
    }
    let corner = shape.pos + row.pos.to_vec2();
    let (left, right) = (corner.x + first.pos.x, corner.x + last.max_x());
    let is_label = shape.angle != 0.0 || text.chars().count() <= LABEL_CHARS;
    let x = if is_label { (left + right) / 2.0 } else { left };
    let at = pos2(x, corner.y + first.pos.y);
    let family = match format.font_id.family {
        FontFamily::Monospace => MONOSPACE,
        _ => "",
    };
    put(
        to,
        format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{} \
         textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"{family}{}>{}</text>\n",
            number(at.x),
            number(at.y),
            number(format.font_id.size),
            if is_label { " text-anchor=\"middle\"" } else { "" },
            color("fill", ink),
            number(right - left),
            turned(shape.angle, shape.pos),
            escaped(&text),
        ),
    );
}

/// Characters that XML 1.0 has no place for are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use egui::text::LayoutJob;
    use egui::{FontId, RawInput};

    use super::*;

    fn written(job: &LayoutJob, angle: f32) -> String {
        let ctx = egui::Context::default();
        let mut text = String::new();
        let output = ctx.run_ui(RawInput::default(), |ui| {
            let galley = ui.painter().layout_job(job.clone());
            let shape = TextShape::new(pos2(10.0, 20.0), galley, Color32::RED).with_angle(angle);
            text.clear();
            write(&mut text, &shape);
        });
        output.drop_without_applying_deltas();
        text
    }

    fn format(size: f32, color: Color32) -> TextFormat {
        TextFormat::simple(FontId::proportional(size), color)
    }

    #[test]
    fn each_font_and_colour_and_each_line_is_an_element() {
        let mut job = LayoutJob::default();
        job.append("grün <&> ", 0.0, format(12.0, Color32::GREEN));
        job.append("big\nnext", 0.0, format(20.0, Color32::PLACEHOLDER));
        let text = written(&job, 0.0);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains(">grün &lt;&amp;&gt; </text>"), "{text}");
        let line = |word: &str| text.lines().find(|line| line.contains(word)).unwrap().to_owned();
        assert!(line("grün").contains("font-size=\"12\"") && line("grün").contains("#00ff00"));
        assert!(line(">big<").contains("font-size=\"20\"") && line(">big<").contains("#ff0000"));
        assert!(line(">next<").contains("font-size=\"20\""), "{text}");
    }

    #[test]
    fn turned_text_is_turned_around_its_corner() {
        let job = LayoutJob::single_section("up".into(), format(12.0, Color32::BLACK));
        let text = written(&job, -std::f32::consts::FRAC_PI_2);
        assert!(text.contains("transform=\"rotate(-90 10 20)\""), "{text}");
        let blank = LayoutJob::single_section("  ".into(), format(12.0, Color32::BLACK));
        assert_eq!(written(&blank, 0.0), "");
    }
}
