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
    /// It lies on no disk: what it shows was computed here.
    pub is_computed: bool,
    /// It was written to since it was opened; what is shown was right when it was read. A file
    /// that is being written is reloaded by itself and has news only while that fails.
    pub has_news: bool,
    /// The last generation that was begun; it may not be there yet, or fail.
    begun: u64,
    following: Following,
}

/// Where the watching of a file that is being written stands.
#[derive(Clone, Copy, Debug)]
struct Following {
    /// A reload that nobody asked for is under way.
    is_reloading: bool,
    /// So many of them have failed in a row.
    failures: u32,
    /// No look before.
    due: Instant,
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
            is_computed: self.is_computed,
            has_news: self.has_news,
            begun: self.begun,
            following: self.following,
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

/// How often files that are being written are looked at for news.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(250);

/// Other files are looked at every so many times less often.
const WATCH_EVERY: u32 = 4;

/// A file that could not be reloaded so often in a row has news that the user should know of.
const FAILURES_MAX: u32 = 8;

/// So long a first listing may take before a part of it is shown, and a later one.
const FIRST_PATIENCE: Duration = Duration::from_millis(300);
const LAST_PATIENCE: Duration = Duration::from_secs(5);

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
        if views.iter().all(|view| view.is_computed) {
            watch(Arc::downgrade(&self.shared));
        }
        let state = FileState::Opening(Progress::default());
        let view = self.new_view(path, state, false);
        let id = view.id;
        // What was computed comes after what it was computed from.
        let at = views.iter().position(|view| view.is_computed).unwrap_or(views.len());
        views.insert(at, view);
        drop(views);
        self.load(id, 0, path.to_owned(), false);
        id
    }

    fn new_view(&self, path: &Path, state: FileState<M>, is_computed: bool) -> FileView<M> {
        let mut next = lock(&self.shared.next);
        *next += 1;
        FileView {
            id: FileId(*next),
            path: path.to_owned(),
            generation: 0,
            state,
            is_computed,
            has_news: false,
            begun: 0,
            following: Following { is_reloading: false, failures: 0, due: Instant::now() },
        }
    }

    /// Shows what lies on no disk, in place of what was shown under this name. What was read
    /// before stays right unless `is_changed`: then its generation rises.
    ///
    /// # Errors
    /// Of listing it.
    pub fn present(&self, name: &Path, file: OpenFile, is_changed: bool) -> Result<FileId> {
        let mut dataset = Dataset::default();
        let mut waiting = VecDeque::from([GroupId::ROOT]);
        while let Some(group) = waiting.pop_front() {
            waiting.extend(dataset.graft(group, file.list(group, &ReadContext::default())?)?);
        }
        let meaning = (self.shared.interpret)(&dataset);
        let opened = Opened { file: Arc::new(file), dataset, meaning, is_complete: true };
        let state = FileState::Open(Arc::new(opened));
        let mut views = lock(&self.shared.views);
        let id = match views.iter_mut().find(|view| view.is_computed && view.path == name) {
            Some(view) => {
                view.generation += u64::from(is_changed);
                view.begun = view.generation;
                view.state = state;
                view.id
            }
            None => {
                let view = self.new_view(name, state, true);
                let id = view.id;
                views.push(view);
                id
            }
        };
        drop(views);
        self.shared.engine.wake();
        Ok(id)
    }

    /// Reads the file anew (what is computed is presented anew instead); what is shown stays until the new picture is there.
    pub fn reload(&self, id: FileId) {
        let mut views = lock(&self.shared.views);
        let Some(view) = views.iter_mut().find(|view| view.id == id && !view.is_computed) else {
            return;
        };
        view.has_news = false;
        if !matches!(view.state, FileState::Open(_)) {
            view.state = FileState::Opening(Progress::default());
        }
        view.begun += 1;
        let (generation, path) = (view.begun, view.path.clone());
        drop(views);
        self.load(id, generation, path, false);
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
            FileState::Open(opened) => !opened.is_complete || opened.file.is_partial(),
            FileState::Failed(_) => false,
        })
    }

    /// `is_automatic`: nobody asked for it, and nobody is told at once when it fails.
    fn load(&self, id: FileId, generation: u64, path: PathBuf, is_automatic: bool) {
        let files = self.clone();
        self.shared.engine.spawn(move || {
            let began = Instant::now();
            let mut generation = generation;
            let result = super::run_caught(|| files.open_and_list(id, &mut generation, &path));
            let mut views = lock(&files.shared.views);
            let view = views.iter_mut().find(|view| view.id == id && view.generation <= generation);
            if let Some(view) = view {
                match result {
                    Ok(()) => view.loaded(began.elapsed()),
                    // What a writer has half done will be whole when it is looked at again.
                    Err(_) if is_automatic || view.is_being_written() => view.failed_to_follow(),
                    Err(error) => {
                        view.generation = generation;
                        view.state = FileState::Failed(error.in_file(file_name(&path)));
                    }
                }
            }
            drop(views);
            files.shared.engine.wake();
        });
    }

    /// A file whose listing takes long is shown in parts, each larger than the one before and of
    /// a generation of its own.
    fn open_and_list(&self, id: FileId, generation: &mut u64, path: &Path) -> Result<()> {
        // Where something is shown already it stays until all of the new picture is there.
        let mut patience = (!self.is_shown(id)).then_some(FIRST_PATIENCE);
        let options = self.shared.engine.options();
        let cx = ReadContext::default().with_patience(patience).with_options(options);
        self.publish(id, *generation, FileState::Opening(cx.progress.clone()));
        let mut file = OpenFile::open_with(&self.shared.formats, path, &cx)?;
        loop {
            let known = Arc::new(file);
            self.list(id, *generation, &known, &cx)?;
            patience = patience.map(|last| (2 * last).min(LAST_PATIENCE));
            let Some(more) = known.continued(&cx.clone().with_patience(patience))? else {
                return Ok(());
            };
            let Some(next) = self.next_generation(id, *generation) else { return Ok(()) };
            (file, *generation) = (more, next);
        }
    }

    fn is_shown(&self, id: FileId) -> bool {
        let views = lock(&self.shared.views);
        views.iter().any(|view| view.id == id && view.opened().is_some())
    }

    /// `None` when the file was closed or is being reloaded.
    fn next_generation(&self, id: FileId, generation: u64) -> Option<u64> {
        let mut views = lock(&self.shared.views);
        let view = views.iter_mut().find(|view| view.id == id && view.begun == generation)?;
        view.begun += 1;
        Some(view.begun)
    }

    fn list(
        &self,
        id: FileId,
        generation: u64,
        file: &Arc<OpenFile>,
        cx: &ReadContext,
    ) -> Result<()> {
        let mut dataset = Dataset::default();
        let mut waiting = VecDeque::from([GroupId::ROOT]);
        let mut pause = Duration::ZERO;
        let mut published = Instant::now();
        while let Some(group) = waiting.pop_front() {
            waiting.extend(dataset.graft(group, file.list(group, cx)?)?);
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
        // What is shown stays until all of the new picture is there.
        let is_reload_under_way = match (&view.state, &state) {
            (FileState::Open(_), FileState::Opening(_)) => true,
            (FileState::Open(_), FileState::Open(new)) => {
                view.generation < generation && !new.is_complete
            }
            _ => false,
        };
        if !is_reload_under_way {
            view.generation = generation;
            view.state = state;
        }
        drop(views);
        self.shared.engine.wake();
        true
    }
}

impl<M> FileView<M> {
    fn is_being_written(&self) -> bool {
        self.opened().is_some_and(|opened| opened.file.is_being_written())
    }

    fn loaded(&mut self, took: Duration) {
        self.has_news = false;
        // A file that takes long to list is not listed all the time.
        let due = Instant::now() + FOLLOW_INTERVAL.max(2 * took);
        self.following = Following { is_reloading: false, failures: 0, due };
    }

    /// What is shown stays.
    fn failed_to_follow(&mut self) {
        let failures = self.following.failures.saturating_add(1);
        let due = Instant::now() + FOLLOW_INTERVAL;
        self.following = Following { is_reloading: false, failures, due };
        self.has_news |= failures >= FAILURES_MAX;
    }
}

/// Looks at the open files again and again for as long as the window lives.
fn watch<M: Send + Sync + 'static>(shared: Weak<Shared<M>>) {
    let loop_until_gone = move || {
        for round in 0u32.. {
            std::thread::sleep(FOLLOW_INTERVAL);
            let Some(shared) = shared.upgrade() else { return };
            let files = Files { shared };
            files.follow();
            if round % WATCH_EVERY == 0 {
                files.look_for_news();
            }
        }
    };
    // Without the thread there is no offer to reload; reading still notices changes.
    let _ = std::thread::Builder::new().name("watch".into()).spawn(loop_until_gone);
}

impl<M: Send + Sync + 'static> Files<M> {
    /// Reloads the files that are being written and have news.
    fn follow(&self) {
        let now = Instant::now();
        let is_due = |view: &&FileView<M>| {
            !view.following.is_reloading && view.following.due <= now && view.is_being_written()
        };
        for (id, file) in self.complete(is_due) {
            if !file.has_news() {
                continue;
            }
            let mut views = lock(&self.shared.views);
            let Some(view) = views.iter_mut().find(|view| view.id == id) else { continue };
            view.following.is_reloading = true;
            view.begun += 1;
            let (generation, path) = (view.begun, view.path.clone());
            drop(views);
            self.load(id, generation, path, true);
        }
    }

    /// Marks the files that have changed.
    fn look_for_news(&self) {
        for (id, file) in self.complete(|view| !view.has_news && !view.is_being_written()) {
            if file.has_news() {
                let mut views = lock(&self.shared.views);
                if let Some(view) = views.iter_mut().find(|view| view.id == id) {
                    view.has_news = true;
                }
                drop(views);
                self.shared.engine.wake();
            }
        }
    }

    /// Asking the operating system is for when nothing is locked.
    fn complete(&self, is_wanted: impl Fn(&&FileView<M>) -> bool) -> Vec<(FileId, Arc<OpenFile>)> {
        lock(&self.shared.views)
            .iter()
            .filter(is_wanted)
            .filter_map(|view| {
                let opened = view.opened().filter(|opened| opened.is_complete)?;
                Some((view.id, opened.file.clone()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;

    use hyperslab_testkit::growing;

    use super::*;

    struct Followed {
        files: Files<()>,
        id: FileId,
        path: PathBuf,
        _folder: tempfile::TempDir,
    }

    impl Followed {
        fn new(bytes: &[u8]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.growing");
            fs::write(&path, bytes).unwrap();
            let engine = Engine::new(1 << 20);
            let files = Files::with_formats(engine, |_| (), &[&growing::FORMAT]);
            let id = files.open(&path);
            Self { files, id, path, _folder: folder }
        }

        /// As a writer does: the file is never shorter meanwhile.
        fn write(&self, bytes: &[u8]) {
            // Times of files may be no finer than some milliseconds.
            std::thread::sleep(Duration::from_millis(20));
            OpenOptions::new().write(true).open(&self.path).unwrap().write_all(bytes).unwrap();
        }

        fn steps(&self) -> Option<u64> {
            let views = self.files.views();
            let opened = views.iter().find(|view| view.id == self.id)?.opened()?.clone();
            Some(opened.dataset.dimensions.first()?.length)
        }

        #[track_caller]
        fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) -> Duration {
            let began = Instant::now();
            while !is_so(self) {
                assert!(began.elapsed() < Duration::from_secs(20), "{what}: {:?}", self.steps());
                std::thread::sleep(Duration::from_millis(2));
            }
            began.elapsed()
        }
    }

    #[test]
    fn a_file_that_is_being_written_is_reloaded_by_itself() {
        let file = Followed::new(&growing::file(3, true));
        file.until("3 steps", |file| file.steps() == Some(3));
        for steps in [4, 9] {
            file.write(&growing::file(steps, true));
            let took = file.until("more steps", |file| file.steps() == Some(steps));
            println!("{took:?}");
        }
        assert!(!file.files.views()[0].has_news);
        // The last news of a writer is that it is done.
        file.write(&growing::file(10, false));
        file.until("the end", |file| file.steps() == Some(10));
        file.write(&growing::file(11, false));
        file.until("news", |file| file.files.views()[0].has_news);
        assert_eq!(file.steps(), Some(10));
    }

    #[test]
    fn what_is_shown_stays_while_a_writer_leaves_the_file_half_done() {
        let file = Followed::new(&growing::file(3, true));
        file.until("3 steps", |file| file.steps() == Some(3));
        file.write(&growing::torn());
        file.until("a failure", |file| file.files.views()[0].following.failures >= 2);
        assert_eq!((file.steps(), file.files.views()[0].has_news), (Some(3), false));
        file.write(&growing::file(5, true));
        file.until("5 steps", |file| file.steps() == Some(5));
        // The new values are there a moment before the failures are forgotten.
        file.until("no failure", |file| file.files.views()[0].following.failures == 0);
        file.write(&growing::torn());
        file.until("a word", |file| file.files.views()[0].has_news);
        assert_eq!(file.steps(), Some(5));
    }

    #[test]
    fn a_file_that_takes_long_to_list_is_shown_in_parts_and_reloaded_at_once() {
        let file = Followed::new(&growing::in_parts(5));
        file.until("all steps", |file| file.steps() == Some(5) && !file.files.is_opening());
        let shown = file.files.views()[0].generation;
        assert_eq!(shown, 4, "each part is a generation");
        file.files.reload(file.id);
        file.until("a reload", |file| file.files.views()[0].generation > shown);
        assert_eq!((file.steps(), file.files.views()[0].generation), (Some(5), shown + 1));
    }

    #[test]
    fn a_damaged_file_that_nobody_writes_fails_when_it_is_reloaded() {
        let file = Followed::new(&growing::file(3, false));
        file.until("3 steps", |file| file.steps() == Some(3));
        file.write(&growing::torn());
        file.files.reload(file.id);
        file.until("the error", |file| matches!(file.files.views()[0].state, FileState::Failed(_)));
    }
}
