//! The command line as typed. The doc comments are the `--help` texts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::prep::contour::LevelChoice;
use crate::prep::map::projection::ProjectionKind;
use crate::session::{OverlayOptions, ViewId};

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
    #[arg(long, value_parser = ["table", "line", "heatmap", "map", "image", "text", "messages"])]
    pub view: Option<String>,
    /// Show this part of it
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    pub slice: Option<String>,
    #[command(flatten)]
    pub overlay: OverlayArgs,
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
    /// The picture the window would show, without a window
    #[command(after_help = SLICES)]
    Plot(PlotArgs),
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
pub struct PlotArgs {
    pub file: PathBuf,
    #[command(flatten)]
    pub options: OptionArgs,
    /// The variable, as /group/variable
    pub path: String,
    /// An index stands still along its axis, a range shows it
    #[arg(long, value_name = "SLICE", allow_hyphen_values = true)]
    pub slice: Option<String>,
    /// Show it this way rather than as it is shown first
    #[arg(long, value_parser = view)]
    pub view: Option<ViewId>,
    /// In points, of which letters are some ten high
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "1000x700")]
    pub size: (u32, u32),
    /// Pixels a point: 2 for twice as many each way, as is usual in what SVG embeds [default: 1]
    #[arg(long, value_name = "F", value_parser = scale)]
    pub scale: Option<f32>,
    /// The colours, from low to high: viridis, vik, ...
    #[arg(long, value_name = "NAME")]
    pub colormap: Option<String>,
    /// The values at the ends of the colours
    #[arg(long, value_name = "LOW,HIGH", value_parser = range, allow_hyphen_values = true)]
    pub range: Option<(f64, f64)>,
    /// Logarithmic colours, or a logarithmic axis of values
    #[arg(long)]
    pub log: bool,
    #[command(flatten)]
    pub overlay: OverlayArgs,
    /// Of a map, rather than the one that suits the data
    #[arg(long, value_name = "NAME", value_parser = projection)]
    pub projection: Option<ProjectionKind>,
    /// The middle of a map, in degrees: the latitude counts on a globe alone
    #[arg(long, value_name = "LON,LAT", value_parser = center, allow_hyphen_values = true)]
    pub center: Option<(f64, f64)>,
    #[arg(long, value_enum, default_value_t = PlotTheme::Light)]
    pub theme: PlotTheme,
    /// Words above the picture instead of the variable's name; none where empty
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The file to write: its ending says what it becomes
    #[arg(short, long, value_name = "OUT.png|OUT.svg")]
    pub output: PathBuf,
}

/// What is drawn over a heatmap or a map.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct OverlayArgs {
    /// Lines of equal value: about so many, one every:STEP, or at these values
    #[arg(
        long,
        value_name = "N|every:STEP|A,B,...",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10"
    )]
    pub contours: Option<LevelChoice>,
    /// The variable that the lines are of, rather than the one shown
    #[arg(long, value_name = "PATH", requires = "contours")]
    pub contours_of: Option<String>,
    /// Arrows: the vector that suits the variable, or the one with this first component
    #[arg(
        long,
        value_name = "PATH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub vectors: Option<String>,
}

impl OverlayArgs {
    pub fn options(self) -> OverlayOptions {
        let mut options = OverlayOptions::default();
        options.contours.is_on = self.contours.is_some();
        options.contours.of = self.contours_of;
        if let Some(levels) = self.contours {
            options.contours.levels = levels;
        }
        options.vectors.is_on = self.vectors.is_some();
        options.vectors.of = self.vectors.filter(|path| !path.is_empty());
        options
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlotTheme {
    Light,
    Dark,
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

fn view(text: &str) -> Result<ViewId, String> {
    text.parse()
}

/// Letters smaller or larger than this are no letters.
fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse().ok().filter(|scale| (0.1..=20.0).contains(scale));
    scale.ok_or_else(|| "wanted a number from 0.1 to 20".into())
}

/// `-1.5,2`.
fn range(text: &str) -> Result<(f64, f64), String> {
    let (low, high) = text.split_once(',').unwrap_or_default();
    let end = |end: &str| end.trim().parse().ok().filter(|value: &f64| value.is_finite());
    let range = end(low).zip(end(high)).filter(|(low, high)| low < high);
    range.ok_or_else(|| "wanted LOW,HIGH, such as -1.5,2".into())
}

fn projection(text: &str) -> Result<ProjectionKind, String> {
    let found = ProjectionKind::ALL.into_iter().find(|kind| kind.name() == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = ProjectionKind::ALL.into_iter().map(ProjectionKind::name).collect();
        format!("there are {}", names.join(", "))
    })
}

/// A longitude and, where it matters, a latitude.
fn center(text: &str) -> Result<(f64, f64), String> {
    let (lon, lat) = text.split_once(',').unwrap_or((text, "0"));
    let degrees =
        |text: &str, most: f64| text.trim().parse().ok().filter(|value: &f64| value.abs() <= most);
    let center = degrees(lon, 360.0).zip(degrees(lat, 90.0));
    center.ok_or_else(|| "wanted LON,LAT, such as -30,45".into())
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
    fn maps_have_projections_and_a_middle() {
        assert_eq!(projection("globe"), Ok(ProjectionKind::Orthographic));
        assert!(projection("flat").unwrap_err().contains("robinson"));
        assert_eq!((center("-30"), center("200, -45")), (Ok((-30.0, 0.0)), Ok((200.0, -45.0))));
        for wrong in ["", "x", "0,91", "nan,0", "1,2,3"] {
            assert!(center(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ranges_rise_and_scales_are_those_of_pictures() {
        assert_eq!(range("-1.5, 2e3"), Ok((-1.5, 2000.0)));
        for wrong in ["1", "2,1", "1,1", "nan,2", "0,inf", "a,b", "1,2,3", ""] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
        assert_eq!((scale("2"), scale("0.5")), (Ok(2.0), Ok(0.5)));
        for wrong in ["0", "-1", "nan", "inf", "1000", "two"] {
            assert!(scale(wrong).is_err(), "{wrong}");
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
