//! `hyperslab`: the window, or an answer on the terminal.
#![forbid(unsafe_code)]
// No console beside the window on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

use hyperslab::{app, cli};

fn main() -> ExitCode {
    let args = match cli::parse() {
        cli::Invocation::Window(args) => *args,
        cli::Invocation::Done(status) => return status,
    };
    match app::run(args.into()) {
        Ok(status) => ExitCode::from(status),
        Err(message) => {
            eprintln!("hyperslab: {message}");
            ExitCode::FAILURE
        }
    }
}
