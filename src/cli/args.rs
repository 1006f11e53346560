//! The command line as typed. The doc comments are the `--help` texts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const SLICES: &str = "\
A slice is one item per axis, separated by commas: 5, 2:10, ::4, -1, : ; \"...\" stands for the
axes left out. An index drops its axis, a range keeps it.

Exit status: 0 done; 1 the file, or a part of it, could not be read; 2 wrong usage.";

/// A desktop browser for scientific data files. Without a subcommand it opens the window;
/// with one it answers on the terminal.
#[derive(Debug, Parser)]
#[command(
    name = "hyperslab",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "A file that is named like a subcommand is opened as ./info.\n\n\
        Exit status: 0 done; 1 the file, or a part of it, could not be read; 2 wrong usage."
)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub window: WindowArgs,
}

/// What the window begins with.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct WindowArgs {
    /// Files to open
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show this variable of the first file
    #[arg(long, value_name = "PATH")]
    pub open: Option<String>,
    /// Show it this way
    #[arg(long, value_parser = ["table", "line", "heatmap", "image", "text", "messages"])]
    pub view: Option<String>,
    /// Show this part of it
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    pub slice: Option<String>,
    /// Save a picture of the window once everything asked for is there, then quit
    #[arg(long, value_name = "OUT.png")]
    pub screenshot: Option<PathBuf>,
    /// Size of the window
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<(u32, u32)>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is in a file: groups, dimensions, variables, attributes
    Info(InfoArgs),
    /// The messages of a GRIB file, a row each
    Messages(MessagesArgs),
    /// The values of a variable
    #[command(after_help = SLICES)]
    Read(ReadArgs),
    /// Count, missing, least, greatest, mean and standard deviation of decoded values
    #[command(after_help = SLICES)]
    Stats(StatsArgs),
    /// The formats that can be read
    Formats(FormatsArgs),
}

#[derive(Debug, Args)]
pub struct InfoArgs {
    pub file: PathBuf,
    #[command(flatten)]
    pub options: OptionArgs,
    /// Only this group with what is in it, or this variable
    pub path: Option<String>,
    /// Answer in JSON rather than in CDL
    #[arg(long)]
    pub json: bool,
    /// Also read the stored values: count, checksum, extent, samples
    #[arg(long)]
    pub digest: bool,
}

#[derive(Debug, Args)]
pub struct MessagesArgs {
    pub file: PathBuf,
    #[command(flatten)]
    pub options: OptionArgs,
    /// Answer in JSON, with every key
    #[arg(long)]
    pub json: bool,
    /// Also decode the values: missing, extent, mean, samples and where they lie
    #[arg(long)]
    pub digest: bool,
}

#[derive(Debug, Args)]
pub struct ReadArgs {
    pub file: PathBuf,
    #[command(flatten)]
    pub options: OptionArgs,
    /// The variable, as /group/variable
    pub path: String,
    /// A part of it
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    pub slice: Option<String>,
    /// Scale and offset applied, missing values masked, times as dates
    #[arg(long)]
    pub decoded: bool,
    #[arg(long, value_enum, default_value_t = ReadFormat::Text)]
    pub format: ReadFormat,
    /// Write here instead of to the terminal
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReadFormat {
    /// A line for each row of the last axis; from three axes on, a heading for each plane
    Text,
    /// A line for each value: a column of coordinates (or indices) for each axis, then the value
    Csv,
    /// Path, dtype, shape, dims and the values as nested lists
    Json,
    /// For numpy.load
    Npy,
    /// The bare values: C order, little-endian
    Raw,
}

#[derive(Debug, Args)]
pub struct StatsArgs {
    pub file: PathBuf,
    #[command(flatten)]
    pub options: OptionArgs,
    /// A variable, or a group; without it, every numeric variable
    pub path: Option<String>,
    /// A part of it
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true, requires = "path")]
    pub slice: Option<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct FormatsArgs {
    #[arg(long)]
    pub json: bool,
}

/// Choices that some formats leave to the reader.
#[derive(Debug, Default, Args)]
pub struct OptionArgs {
    /// How the file is read, where its format leaves a choice: grib.thinned=cubic
    #[arg(short = 'O', long = "option", value_name = "NAME=VALUE", value_parser = pair)]
    options: Vec<(String, String)>,
}

impl OptionArgs {
    /// Of one name the last counts.
    pub fn chosen(&self) -> BTreeMap<String, String> {
        self.options.iter().cloned().collect()
    }
}

/// `name=value`.
fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("wanted NAME=VALUE")?;
    Ok((name.into(), value.into()))
}

/// `800x600`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let (width, height) = text.split_once(['x', 'X']).unwrap_or_default();
    let side = |side: &str| side.parse().ok().filter(|px| (1..=16384).contains(px));
    side(width).zip(side(height)).ok_or_else(|| "wanted WIDTHxHEIGHT, such as 800x600".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<CommandLine, clap::Error> {
        CommandLine::try_parse_from(std::iter::once(&"hyperslab").chain(args))
    }

    #[test]
    fn files_without_a_subcommand_are_for_the_window() {
        let line = parse(&["a.nc", "info", "--open", "/tas", "--slice", "-1,:"]).unwrap();
        assert!(line.command.is_none());
        assert_eq!(line.window.files, [PathBuf::from("a.nc"), PathBuf::from("info")]);
        assert_eq!(line.window.slice.as_deref(), Some("-1,:"));
    }

    #[test]
    fn a_subcommand_is_one_in_first_place_only() {
        assert!(matches!(parse(&["info", "a.nc"]).unwrap().command, Some(Command::Info(_))));
        let line = parse(&["./info"]).unwrap();
        assert_eq!(line.window.files, [PathBuf::from("./info")]);
    }

    #[test]
    fn sizes_are_positive_and_not_absurd() {
        assert_eq!(size("800x600"), Ok((800, 600)));
        for wrong in ["800", "0x5", "8x", "x", "99999x5", "-1x5", ""] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn wrong_usage_is_status_2_and_help_is_not() {
        assert_eq!(parse(&["stats"]).unwrap_err().exit_code(), 2);
        assert_eq!(parse(&["stats", "a.nc", "--slice", "1"]).unwrap_err().exit_code(), 2);
        assert_eq!(parse(&["--view", "pie"]).unwrap_err().exit_code(), 2);
        assert_eq!(parse(&["--help"]).unwrap_err().exit_code(), 0);
    }
}
