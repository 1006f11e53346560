//! What is open and how it is looked at, as a file that can be passed on: `.hyperslab`, JSON,
//! paths relative to the file where that is possible.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{COMPUTED, Chosen, Definition};

/// Of files that this version writes.
const VERSION: u32 = 1;

/// More tiles than anybody can look at.
const TILES_MAX: usize = 64;
const FILES_MAX: usize = 1000;
const COMPUTED_MAX: usize = 1000;
/// Rows in columns in rows.
const DEPTH_MAX: usize = 16;
/// A workspace takes some kilobytes.
pub const BYTES_MAX: u64 = 16 << 20;

/// The files' extension.
pub const EXTENSION: &str = "hyperslab";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    /// Tells the file from other JSON, and how to read it.
    #[serde(rename = "hyperslab workspace")]
    version: u32,
    pub files: Vec<PathBuf>,
    pub tiles: Vec<Tile>,
    /// `None` where there are no tiles.
    #[serde(default)]
    pub arrangement: Option<Arrangement>,
    /// Of the tiles.
    #[serde(default)]
    pub focused: usize,
    /// The tile that follows the tree.
    #[serde(default)]
    pub preview: Option<usize>,
    #[serde(default)]
    pub computed: Vec<Definition>,
}

/// What one tile shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Never used twice in the life of a window.
    #[serde(default)]
    pub id: u32,
    /// Of the workspace's files; `None` for what was computed.
    pub file: Option<usize>,
    /// Path inside the file.
    pub path: String,
    #[serde(default = "yes")]
    pub is_linked: bool,
    /// A file of messages lists these.
    #[serde(default = "yes")]
    pub shows_messages: bool,
    /// Of a variable.
    #[serde(default)]
    pub chosen: Option<Chosen>,
}

fn yes() -> bool {
    true
}

/// How tiles share the room; each number is a place in the list of tiles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arrangement {
    Tile(usize),
    /// Side by side, with the share of each.
    Row(Vec<(f32, Arrangement)>),
    /// One above the other.
    Column(Vec<(f32, Arrangement)>),
    /// Behind each other; the one in front.
    Tabs(usize, Vec<Arrangement>),
}

impl Arrangement {
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Tile(_) => Vec::new(),
            Self::Row(parts) | Self::Column(parts) => parts.iter().map(|(_, part)| part).collect(),
            Self::Tabs(_, parts) => parts.iter().collect(),
        }
    }

    /// The tiles in it, in order, each once; an error where it is nested too deep.
    fn tiles(&self, depth: usize, found: &mut Vec<usize>) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err("its tiles are nested too deep".into());
        }
        if let Self::Tile(at) = self {
            found.push(*at);
        }
        self.children().into_iter().try_for_each(|part| part.tiles(depth + 1, found))
    }
}

impl Workspace {
    pub fn new() -> Self {
        Self { version: VERSION, ..Self::default() }
    }

    /// As the text of a file in `folder`; paths in other places stay as they are.
    pub fn to_text(&self, folder: &Path) -> String {
        let mut written = self.clone();
        written.each_path(|path| relative(path, folder));
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }

    /// From the text of a file in `folder`.
    ///
    /// # Errors
    /// One line that says what is wrong: somebody else's file may hold anything.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let mut workspace: Self = serde_json::from_str(text).map_err(|error| {
            let mut why = error.to_string();
            why.truncate(why.char_indices().nth(200).map_or(why.len(), |(at, _)| at));
            format!("not a workspace of hyperslab: {why}")
        })?;
        workspace.check()?;
        workspace.each_path(|path| clean(&folder.join(path)));
        Ok(workspace)
    }

    fn check(&self) -> Result<(), String> {
        if self.version > VERSION {
            return Err(format!("saved by a newer version of hyperslab ({})", self.version));
        }
        for (what, count, most) in [
            ("files", self.files.len(), FILES_MAX),
            ("tiles", self.tiles.len(), TILES_MAX),
            ("computed variables", self.computed.len(), COMPUTED_MAX),
        ] {
            if count > most {
                return Err(format!("it has {count} {what}; {most} are the most"));
            }
        }
        let mut ids = BTreeSet::new();
        for tile in &self.tiles {
            if tile.file.is_some_and(|file| file >= self.files.len()) {
                return Err("a tile shows a file that is not in its list".into());
            }
            if !ids.insert(tile.id) || tile.id == u32::MAX {
                return Err(format!("two tiles have the number {}", tile.id));
            }
        }
        let mut arranged = Vec::new();
        if let Some(arrangement) = &self.arrangement {
            arrangement.tiles(0, &mut arranged)?;
        }
        arranged.sort_unstable();
        match arranged.into_iter().eq(0..self.tiles.len()) {
            true => Ok(()),
            false => Err("not every tile has one place".into()),
        }
    }

    fn each_path(&mut self, change: impl Fn(&Path) -> PathBuf) {
        for path in &mut self.files {
            *path = change(path);
        }
        let curves = self.tiles.iter_mut().filter_map(|tile| tile.chosen.as_mut());
        for line in curves.map(|chosen| &mut chosen.line) {
            for curve in line.curves.iter_mut().chain(&mut line.against) {
                if curve.file != Path::new(COMPUTED) {
                    curve.file = change(&curve.file);
                }
            }
        }
        for definition in &mut self.computed {
            definition.formula.each_file(&change);
        }
    }
}

/// The way from a folder to a file, where they lie below one folder that is not the root.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (to, from): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let shared = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let has_common_folder = to.iter().take(shared).any(|part| matches!(part, Component::Normal(_)));
    if !has_common_folder {
        return path.to_owned();
    }
    let up = from.iter().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.into_iter().skip(shared)).collect()
}

/// Without `..` where that says nothing about links between folders.
fn clean(path: &Path) -> PathBuf {
    let mut found = PathBuf::new();
    for part in path.components() {
        let is_up = part == Component::ParentDir;
        if !(is_up && found.file_name().is_some() && found.pop()) {
            found.push(part);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::{Slice, ViewId, Zoom};

    fn tile(id: u32, file: usize) -> Tile {
        let path = format!("/group/variable {id}");
        let (is_linked, shows_messages) = (id.is_multiple_of(2), true);
        Tile { id, file: Some(file), path, is_linked, shows_messages, chosen: None }
    }

    fn chosen() -> impl Strategy<Value = Chosen> {
        let ends = (-1e30..1e30f64, -1e30..1e30f64);
        let slice = prop::collection::vec(any::<u64>(), 0..5);
        (slice, ends, any::<bool>(), 0..ViewId::ALL.len(), any::<bool>()).prop_map(
            |(indices, ends, is_zoomed, view, as_rate)| {
                let slice = Slice { x: Some(1), y: None, line: Some(0), indices };
                let zoom = is_zoomed.then_some(Zoom { axes: (1, 0), x: ends, y: ends });
                let view = ViewId::ALL.get(view).copied().unwrap_or_default();
                let mut chosen = Chosen { view, slice, zoom, as_rate, ..Chosen::default() };
                chosen.colors.fix(ends.0, ends.1);
                chosen
            },
        )
    }

    fn workspace() -> impl Strategy<Value = Workspace> {
        let files = prop::collection::vec("[a-z ü/.]{1,20}", 1..5);
        let chosen = prop::collection::vec(prop::option::of(chosen()), 1..6);
        (files, chosen, 0.1..9f32).prop_map(|(files, chosen, share)| {
            let mut workspace = Workspace::new();
            workspace.files = files.iter().map(|name| Path::new("/data/here").join(name)).collect();
            let count = workspace.files.len();
            for (k, chosen) in chosen.into_iter().enumerate() {
                let id = u32::try_from(k).unwrap_or(0);
                workspace.tiles.push(Tile { chosen, ..tile(id, k % count) });
            }
            let tiles: Vec<_> = (0..workspace.tiles.len()).map(Arrangement::Tile).collect();
            let (first, rest) = tiles.split_first().unwrap();
            let tabs = Arrangement::Tabs(0, rest.to_vec());
            let parts = vec![(share, first.clone()), (1.0, tabs)];
            workspace.arrangement = Some(Arrangement::Row(parts));
            workspace.preview = Some(0);
            workspace
        })
    }

    proptest! {
        #[test]
        fn what_is_saved_comes_back_the_same(workspace in workspace()) {
            let mut clean_paths = workspace;
            clean_paths.each_path(clean);
            for folder in ["/data/here", "/data/here/below", "/data", "/elsewhere", "/"] {
                let text = clean_paths.to_text(Path::new(folder));
                prop_assert_eq!(Workspace::parse(&text, Path::new(folder)), Ok(clean_paths.clone()));
            }
        }

        #[test]
        fn no_text_makes_trouble(text in "\\PC{0,200}") {
            let _ = Workspace::parse(&text, Path::new("/"));
        }
    }

    #[test]
    fn paths_are_written_as_seen_from_the_file_and_move_with_it() {
        let mut workspace = Workspace::new();
        workspace.files = vec!["/home/a/data/x.nc".into(), "/mnt/y.nc".into()];
        let text = workspace.to_text(Path::new("/home/a/plots"));
        assert!(text.contains("../data/x.nc") && text.contains("\"/mnt/y.nc\""), "{text}");
        let moved = Workspace::parse(&text, Path::new("/srv/b/plots")).unwrap();
        assert_eq!(moved.files, [Path::new("/srv/b/data/x.nc"), Path::new("/mnt/y.nc")]);
    }

    #[test]
    fn damaged_and_hostile_files_give_one_line() {
        let mut workspace = Workspace::new();
        workspace.files = vec!["/a.nc".into()];
        workspace.tiles = vec![tile(0, 0), tile(1, 0)];
        let pair = vec![(1.0, Arrangement::Tile(0)), (1.0, Arrangement::Tile(1))];
        workspace.arrangement = Some(Arrangement::Row(pair));
        let why = |workspace: &Workspace| {
            let error = Workspace::parse(&workspace.to_text(Path::new("/")), Path::new("/"));
            let error = error.unwrap_err();
            assert!(!error.contains('\n') && error.len() < 300, "{error}");
            error
        };
        let changed = |change: &dyn Fn(&mut Workspace)| {
            let mut changed = workspace.clone();
            change(&mut changed);
            why(&changed)
        };
        assert!(changed(&|w| w.version = 7).contains("newer"));
        assert!(changed(&|w| w.tiles[0].file = Some(4)).contains("not in its list"));
        assert!(changed(&|w| w.tiles[0].id = 1).contains("number 1"));
        assert!(changed(&|w| w.arrangement = None).contains("place"));
        assert!(changed(&|w| w.arrangement = Some(Arrangement::Tile(9))).contains("place"));
        assert!(changed(&|w| w.files = vec!["/a".into(); 5000]).contains("5000 files"));
        assert!(
            changed(&|w| {
                let mut deep = Arrangement::Tile(0);
                (0..40).for_each(|_| deep = Arrangement::Tabs(0, vec![deep.clone()]));
                w.arrangement = Some(deep);
            })
            .contains("deep")
        );
        for text in ["", "{}", "[1, 2]", "{\"files\": []}", "\u{0}\u{1}", &"[".repeat(100_000)] {
            let error = Workspace::parse(text, Path::new("/")).unwrap_err();
            assert!(error.starts_with("not a workspace"), "{error}");
        }
    }
}
