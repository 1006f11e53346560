//! The command line: answers for scripts, without a window. One file a subcommand.
//!
//! What a subcommand needs of meaning, statistics and formats it takes from `cf`, `prep` and
//! `export`, as the window does; here are only the order of the reads and the words around them.
//! `plot` has the window's views painted by `paint`.

mod args;
mod digest;
mod failure;
mod formats;
mod info;
mod messages;
mod node;
mod opened;
mod output;
mod parallel;
mod plot;
mod read;
mod stats;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;

pub use args::WindowArgs;
use args::{Command, CommandLine};
use failure::{Failure, Outcome};

/// What was asked for.
#[derive(Debug)]
pub enum Invocation {
    /// A window with these files.
    Window(Box<WindowArgs>),
    /// Nothing more: it was answered, or was wrong.
    Done(ExitCode),
}

/// Reads the arguments of this process and answers a subcommand.
pub fn parse() -> Invocation {
    parse_from(std::env::args_os())
}

pub fn parse_from(args: impl IntoIterator<Item = OsString>) -> Invocation {
    match CommandLine::try_parse_from(args) {
        Ok(CommandLine { command: None, window }) => Invocation::Window(Box::new(window)),
        Ok(CommandLine { command: Some(command), .. }) => Invocation::Done(run(&command)),
        Err(error) => {
            // Nobody is left to be told when even this cannot be written.
            let _ = error.print();
            let status = u8::try_from(error.exit_code()).unwrap_or(failure::WRONG_USAGE);
            Invocation::Done(ExitCode::from(status))
        }
    }
}

fn run(command: &Command) -> ExitCode {
    // A panic is our fault and is told in one line, like every other error.
    std::panic::set_hook(Box::new(|_| ()));
    let outcome = catch_unwind(AssertUnwindSafe(|| answer(command)))
        .unwrap_or_else(|panic| Err(Failure::from_panic(&*panic).in_file(file_of(command))));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn answer(command: &Command) -> Outcome {
    match command {
        Command::Info(args) => info::run(args),
        Command::Messages(args) => messages::run(args),
        Command::Read(args) => read::run(args),
        Command::Stats(args) => stats::run(args),
        Command::Plot(args) => plot::run(args),
        Command::Formats(args) => formats::run(args),
    }
}

fn file_of(command: &Command) -> String {
    let file = match command {
        Command::Info(args) => &args.file,
        Command::Messages(args) => &args.file,
        Command::Read(args) => &args.file,
        Command::Stats(args) => &args.file,
        Command::Plot(args) => &args.file,
        Command::Formats(_) => return "hyperslab".into(),
    };
    opened::base_name(file)
}
