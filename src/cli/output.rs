//! Where an answer goes: to stdout, to a file that appears whole or not at all, or straight
//! into a device or pipe.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use super::failure::{Failure, Outcome};
use crate::export::file::WholeFile;

const BUFFER_BYTES: usize = 256 << 10;

pub struct Output {
    to: BufWriter<Target>,
    name: String,
}

enum Target {
    Stdout(io::Stdout),
    /// stdout of a terminal: control characters are escaped.
    Terminal(Escaping<io::Stdout>),
    File(WholeFile),
}

impl Output {
    /// To `path`, or to stdout without one. `inputs` are the files being read, which must not
    /// be overwritten; `is_binary` output is kept off terminals.
    pub fn open(path: Option<&Path>, inputs: &[&Path], is_binary: bool) -> Outcome<Self> {
        let Some(path) = path else {
            let stdout = io::stdout();
            let target = match (stdout.is_terminal(), is_binary) {
                (true, true) => {
                    let what = "binary output is not for a terminal; give -o OUT or a pipe";
                    let name = inputs.first().map(|input| super::opened::base_name(input));
                    return Err(Failure::usage(&name.unwrap_or_default(), what));
                }
                (true, false) => Target::Terminal(Escaping::new(stdout)),
                (false, _) => Target::Stdout(stdout),
            };
            return Ok(Self::new(target, "standard output".into()));
        };
        let name = path.display().to_string();
        if inputs.iter().any(|input| is_same_file(path, input)) {
            return Err(Failure::usage(&name, "is the file being read; write to another one"));
        }
        let file = WholeFile::create(path).map_err(|error| Failure::write(path, error))?;
        Ok(Self::new(Target::File(file), name))
    }

    pub fn stdout() -> Self {
        let stdout = io::stdout();
        let target = match stdout.is_terminal() {
            true => Target::Terminal(Escaping::new(stdout)),
            false => Target::Stdout(stdout),
        };
        Self::new(target, "standard output".into())
    }

    fn new(target: Target, name: String) -> Self {
        Self { to: BufWriter::with_capacity(BUFFER_BYTES, target), name }
    }

    /// Gives an error of this output its name.
    pub fn named(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Write { error, .. } => Failure::Write { to: self.name.clone(), error },
            other => other,
        }
    }

    /// Everything was written: a temporary file takes its place.
    pub fn finish(mut self) -> Outcome {
        let finished = self.to.flush().and_then(|()| match self.to.get_mut() {
            Target::File(file) => file.finish(),
            _ => Ok(()),
        });
        finished.map_err(|error| self.named(error.into()))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(to) => to.write(bytes),
            Self::Terminal(to) => to.write(bytes),
            Self::File(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(to) => to.flush(),
            Self::Terminal(to) => to.flush(),
            Self::File(to) => to.flush(),
        }
    }
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// Escapes the control characters that a terminal would act on: those below space except the
/// line feed and the tab, delete, and the C1 ones, which UTF-8 writes as 0xc2 0x80..=0x9f.
struct Escaping<W> {
    to: W,
    /// A 0xc2 waits for what follows it.
    is_after_c2: bool,
    escaped: Vec<u8>,
}

impl<W: Write> Escaping<W> {
    fn new(to: W) -> Self {
        Self { to, is_after_c2: false, escaped: Vec::new() }
    }
}

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.escaped.clear();
        for &byte in bytes {
            let is_after_c2 = std::mem::replace(&mut self.is_after_c2, byte == 0xc2);
            match (is_after_c2, byte) {
                (true, 0x80..=0x9f) => write!(self.escaped, "\\u{byte:04x}")?,
                (true, _) => {
                    self.escaped.push(0xc2);
                    push_escaped(&mut self.escaped, byte);
                }
                (false, _) => push_escaped(&mut self.escaped, byte),
            }
        }
        self.to.write_all(&self.escaped)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn push_escaped(to: &mut Vec<u8>, byte: u8) {
    match byte {
        b'\n' | b'\t' | 0x20..=0x7e | 0x80..=0xc1 | 0xc3.. => to.push(byte),
        0xc2 => {}
        control => to.extend_from_slice(format!("\\x{control:02x}").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_control_characters() {
        let mut seen = Vec::new();
        let mut escaping = Escaping::new(&mut seen);
        // Split inside of characters, as buffers do.
        for piece in ["a\x1b[31m\tü\n\u{7f}".as_bytes(), b"\xc2", b"\x9b", b"\xc2", b"\xb0", b"C"]
        {
            escaping.write_all(piece).unwrap();
        }
        assert_eq!(String::from_utf8(seen).unwrap(), "a\\x1b[31m\tü\n\\x7f\\u009b°C");
    }
}
