//! The layers keep to themselves: who may name whom, checked on the source text.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// Lines of code (not comments) in a folder that contain one of these words.
fn lines_with(folder: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(folder) {
        let text = fs::read_to_string(&path).expect("readable source");
        // Tests beside the code may use more than the code.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

#[track_caller]
fn assert_none(found: Vec<String>) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_the_window_knows_the_toolkit() {
    for folder in [
        "src/engine",
        "src/derive",
        "src/interpret",
        "src/cf",
        "src/prep",
        "src/session",
        "src/export",
        "src/cli",
    ] {
        assert_none(lines_with(folder, &["egui", "eframe"]));
    }
    assert_none(lines_with("readers", &["egui", "eframe"]));
}

#[test]
fn meaning_and_drawing_touch_no_files_and_no_threads() {
    for folder in ["src/interpret", "src/cf", "src/prep"] {
        assert_none(lines_with(folder, &["std::fs", "std::io", "std::thread", "hyperslab_all"]));
    }
}

#[test]
fn lower_layers_do_not_know_higher_ones() {
    assert_none(lines_with("src/interpret", &["crate::cf", "crate::prep", "crate::engine"]));
    assert_none(lines_with(
        "src/cf",
        &["crate::prep", "crate::engine", "crate::session", "crate::views"],
    ));
    assert_none(lines_with("src/prep", &["crate::engine", "crate::session", "crate::views"]));
    assert_none(lines_with(
        "src/engine",
        &["crate::cf", "crate::prep", "crate::session", "crate::views"],
    ));
    assert_none(lines_with("src/views", &["crate::app", "crate::paint"]));
    assert_none(lines_with("src/ui", &["crate::app", "crate::paint"]));
    assert_none(lines_with("src/paint", &["crate::app"]));
}

#[test]
fn the_command_line_has_pictures_painted_and_knows_no_view() {
    let known = ["crate::views", "crate::ui::", "crate::app", "crate::paint"];
    let found = lines_with("src/cli", &known);
    let others = found.into_iter().filter(|line| !line.contains("cli/plot.rs"));
    assert_none(others.collect());
    let of_plot = lines_with("src/cli", &["crate::views", "crate::ui::", "crate::app"]);
    assert_none(of_plot);
}

#[test]
fn views_and_window_know_no_file_format() {
    for folder in ["src/views", "src/ui", "src/paint", "src/app", "src/session"] {
        assert_none(lines_with(folder, &["netcdf", "hdf5", "grib"]));
    }
}

#[test]
fn unsafe_code_is_forbidden_everywhere_but_where_files_are_mapped() {
    for reader in ["core", "netcdf3", "all", "testkit"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("readers/{reader}/src/lib.rs"));
        let text = fs::read_to_string(&path).expect("readable source");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{}", path.display());
    }
    for file in ["src/lib.rs", "src/main.rs"] {
        let text =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("readable");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{file}");
    }
}
