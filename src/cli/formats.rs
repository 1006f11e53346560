//! `hyperslab formats`: what can be read.

use std::io::Write;

use hyperslab_all::FORMATS;
use hyperslab_core::Format;
use serde::Serialize;

use super::args::FormatsArgs;
use super::failure::Outcome;
use super::output::Output;

#[derive(Serialize)]
struct JsonFormat {
    id: &'static str,
    name: &'static str,
    extensions: &'static [&'static str],
    mime: &'static [&'static str],
    codecs: &'static [&'static str],
}

pub fn run(args: &FormatsArgs) -> Outcome {
    let mut out = Output::stdout();
    let written = match args.json {
        true => write_json(&mut out),
        false => write_text(&mut out),
    };
    written.map_err(|failure| out.named(failure))?;
    out.finish()
}

fn write_json(out: &mut Output) -> Outcome {
    let formats: Vec<_> = FORMATS.iter().map(|format| JsonFormat::of(format)).collect();
    serde_json::to_writer_pretty(&mut *out, &formats)?;
    Ok(writeln!(out)?)
}

fn write_text(out: &mut Output) -> Outcome {
    let width = |text: fn(&Format) -> usize| FORMATS.iter().map(|f| text(f)).max().unwrap_or(0);
    let (id_width, name_width) = (width(|f| f.id.len()), width(|f| f.name.len()));
    for format in FORMATS {
        let extensions: Vec<_> = format.extensions.iter().map(|e| format!(".{e}")).collect();
        let extensions = extensions.join(" ");
        let (id, name) = (format.id, format.name);
        write!(out, "{id:id_width$}  {name:name_width$}  {extensions}")?;
        if !format.codecs.is_empty() {
            write!(out, "  ({})", format.codecs.join(", "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

impl JsonFormat {
    fn of(format: &Format) -> Self {
        let Format { id, name, extensions, mime, codecs, .. } = *format;
        Self { id, name, extensions, mime, codecs }
    }
}
