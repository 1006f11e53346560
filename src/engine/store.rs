//! The open files: opened, listed and watched in the background.
//!
//! A frame takes a [`FileView`] of each: a few shared pointers. A file is listed group by
//! group, parents first, and a larger snapshot is published now and then; ids stay valid.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use hyperslab_all::{FORMATS, OpenFile};
use hyperslab_core::{Dataset, Format, GroupId, Progress, ReadContext, ReadError, Result};

use super::{Engine, lock};

/// One opened file; never used again for another, so that late results cannot be mistaken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u64);

/// What is known of an open file. `M` is what its attributes mean, worked out by the function
/// given to [`Files::new`] wherever a snapshot is made: the engine itself knows no conventions.
pub struct Opened<M> {
    pub file: Arc<OpenFile>,
    pub dataset: Dataset,
    pub meaning: M,
    /// Every group has been listed.
    pub is_complete: bool,
}

/// A file as one frame sees it.
pub struct FileView<M> {
    pub id: FileId,
    pub path: PathBuf,
    /// Rises with each reload: results of an earlier one cannot match a key.
    pub generation: u64,
    pub state: FileState<M>,
    /// It was written to since it was opened; what is shown was right when it was read.
    pub has_news: bool,
}

pub enum FileState<M> {
    Opening(Progress),
    Open(Arc<Opened<M>>),
    Failed(ReadError),
}

impl<M> Clone for FileView<M> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            path: self.path.clone(),
            generation: self.generation,
            state: self.state.clone(),
            has_news: self.has_news,
        }
    }
}

impl<M> Clone for FileState<M> {
    fn clone(&self) -> Self {
        match self {
            Self::Opening(progress) => Self::Opening(progress.clone()),
            Self::Open(opened) => Self::Open(opened.clone()),
            Self::Failed(error) => Self::Failed(error.clone()),
        }
    }
}

impl<M> FileView<M> {
    pub fn opened(&self) -> Option<&Arc<Opened<M>>> {
        match &self.state {
            FileState::Open(opened) => Some(opened),
            _ => None,
        }
    }

    /// The last part of the path.
    pub fn name(&self) -> String {
        file_name(&self.path)
    }
}

pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The files of one window. Clones share them.
pub struct Files<M> {
    shared: Arc<Shared<M>>,
}

impl<M> Clone for Files<M> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

struct Shared<M> {
    engine: Engine,
    formats: Vec<&'static Format>,
    interpret: fn(&Dataset) -> M,
    views: Mutex<Vec<FileView<M>>>,
    next: Mutex<u64>,
}

/// How often open files are looked at for changes.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// Least time between two snapshots of a file that is being listed.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);

impl<M: Send + Sync + 'static> Files<M> {
    pub fn new(engine: Engine, interpret: fn(&Dataset) -> M) -> Self {
        Self::with_formats(engine, interpret, FORMATS)
    }

    /// With formats of one's own, for tests.
    pub fn with_formats(
        engine: Engine,
        interpret: fn(&Dataset) -> M,
        formats: &[&'static Format],
    ) -> Self {
        let shared = Shared {
            engine,
            formats: formats.to_vec(),
            interpret,
            views: Mutex::default(),
            next: Mutex::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Begins to open a file; one that is open already is not opened twice.
    pub fn open(&self, path: &Path) -> FileId {
        let mut views = lock(&self.shared.views);
        if let Some(view) = views.iter().find(|view| view.path == path) {
            return view.id;
        }
        if views.is_empty() {
            watch(Arc::downgrade(&self.shared));
        }
        let id = {
            let mut next = lock(&self.shared.next);
            *next += 1;
            FileId(*next)
        };
        views.push(FileView {
            id,
            path: path.to_owned(),
            generation: 0,
            state: FileState::Opening(Progress::default()),
            has_news: false,
        });
        drop(views);
        self.load(id, 0, path.to_owned());
        id
    }

    /// Reads the file anew; what is shown stays until the new picture is there.
    pub fn reload(&self, id: FileId) {
        let mut views = lock(&self.shared.views);
        let Some(view) = views.iter_mut().find(|view| view.id == id) else { return };
        view.has_news = false;
        if !matches!(view.state, FileState::Open(_)) {
            view.state = FileState::Opening(Progress::default());
        }
        let (generation, path) = (view.generation + 1, view.path.clone());
        drop(views);
        self.load(id, generation, path);
    }

    pub fn close(&self, id: FileId) {
        lock(&self.shared.views).retain(|view| view.id != id);
    }

    /// All files as they are now, in the order they were opened.
    pub fn views(&self) -> Vec<FileView<M>> {
        lock(&self.shared.views).clone()
    }

    pub fn is_opening(&self) -> bool {
        lock(&self.shared.views).iter().any(|view| match &view.state {
            FileState::Opening(_) => true,
            FileState::Open(opened) => !opened.is_complete,
            FileState::Failed(_) => false,
        })
    }

    fn load(&self, id: FileId, generation: u64, path: PathBuf) {
        let files = self.clone();
        self.shared.engine.spawn(move || {
            let result = super::run_caught(|| files.open_and_list(id, generation, &path));
            if let Err(error) = result {
                let error = error.in_file(file_name(&path));
                files.publish(id, generation, FileState::Failed(error));
            }
        });
    }

    fn open_and_list(&self, id: FileId, generation: u64, path: &Path) -> Result<()> {
        let cx = ReadContext::default();
        self.publish(id, generation, FileState::Opening(cx.progress.clone()));
        let file = Arc::new(OpenFile::open_with(&self.shared.formats, path, &cx)?);
        let mut dataset = Dataset::default();
        let mut waiting = VecDeque::from([GroupId::ROOT]);
        let mut pause = Duration::ZERO;
        let mut published = Instant::now();
        while let Some(group) = waiting.pop_front() {
            waiting.extend(dataset.graft(group, file.list(group, &cx)?)?);
            let is_complete = waiting.is_empty();
            if is_complete || published.elapsed() >= pause {
                dataset.notes.extend(cx.take_notes());
                let began = Instant::now();
                let opened = Opened {
                    file: file.clone(),
                    dataset: dataset.clone(),
                    meaning: (self.shared.interpret)(&dataset),
                    is_complete,
                };
                if !self.publish(id, generation, FileState::Open(Arc::new(opened))) {
                    return Ok(());
                }
                published = Instant::now();
                // A snapshot costs as much as the file is large: not more than a fifth of the time.
                pause = PUBLISH_INTERVAL.max(5 * began.elapsed());
            }
        }
        Ok(())
    }

    /// False when the file was closed or reloaded meanwhile.
    fn publish(&self, id: FileId, generation: u64, state: FileState<M>) -> bool {
        let mut views = lock(&self.shared.views);
        let Some(view) = views.iter_mut().find(|v| v.id == id && v.generation <= generation) else {
            return false;
        };
        let is_reload_under_way =
            matches!((&view.state, &state), (FileState::Open(_), FileState::Opening(_)));
        if !is_reload_under_way {
            view.generation = generation;
            view.state = state;
        }
        drop(views);
        self.shared.engine.wake();
        true
    }
}

/// Looks at the open files once a second for as long as the window lives.
fn watch<M: Send + Sync + 'static>(shared: Weak<Shared<M>>) {
    let loop_until_gone = move || {
        loop {
            std::thread::sleep(WATCH_INTERVAL);
            let Some(shared) = shared.upgrade() else { return };
            let quiet: Vec<(FileId, Arc<OpenFile>)> = lock(&shared.views)
                .iter()
                .filter(|view| !view.has_news)
                .filter_map(|view| Some((view.id, view.opened()?.file.clone())))
                .collect();
            for (id, file) in quiet {
                if file.has_news() {
                    let mut views = lock(&shared.views);
                    if let Some(view) = views.iter_mut().find(|view| view.id == id) {
                        view.has_news = true;
                    }
                    drop(views);
                    shared.engine.wake();
                }
            }
        }
    };
    // Without the thread there is no offer to reload; reading still notices changes.
    let _ = std::thread::Builder::new().name("watch".into()).spawn(loop_until_gone);
}
