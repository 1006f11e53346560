//! A file opened and listed whole, for as long as a subcommand runs.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyperslab_all::OpenFile;
use hyperslab_core::{
    Array, Dataset, ErrorKind, GroupId, ReadContext, ReadError, Records, Result, Section, Variable,
    VariableId,
};

use super::args::OptionArgs;
use super::failure::{Failure, Outcome};
use crate::cf::Fills;
use crate::export::cdl::CdlModel;
pub use crate::places::Place;
use crate::places::{self, Places, linked_files};
use crate::prep::slice::{self, Slice};

/// External links that lead to external links are given up after so many.
const HOPS_MAX: usize = 16;

pub struct Opened {
    /// Base name of the file: what errors begin with.
    pub name: String,
    pub path: PathBuf,
    pub dataset: Dataset,
    /// Groups whose contents could not be listed; all others are there.
    pub unlisted: Vec<(GroupId, ReadError)>,
    file: OpenFile,
    cx: ReadContext,
}

impl Opened {
    pub fn open(path: &Path, options: &OptionArgs) -> Outcome<Self> {
        let name = base_name(path);
        let (options, errors) = hyperslab_all::options(&options.chosen());
        if let Some(error) = errors.into_iter().next() {
            return Err(Failure::Usage(error.to_string()));
        }
        let cx = ReadContext::default().with_options(Arc::new(options));
        let opened = OpenFile::open(path, &cx).and_then(|file| Self::list(&name, file, cx));
        let opened = opened.map_err(|error| error.in_file(&name))?;
        Ok(Self { path: path.to_owned(), ..opened })
    }

    /// The file that a path in `file` leads to, by external links if need be, and the path there.
    pub fn open_at(file: &Path, options: &OptionArgs, inside: &str) -> Outcome<(Self, String)> {
        let mut opened = Self::open(file, options)?;
        let mut inside = inside.to_owned();
        for _hop in 0..HOPS_MAX {
            let way_out = Places::of(&opened.dataset).way_out(&inside, GroupId::ROOT);
            let Some((name, there)) = way_out else { return Ok((opened, inside)) };
            let next = opened.open_linked(&name).map_err(|error| {
                let what = format!("{inside:?} leads to {there:?} of {name:?}: {}", error.what());
                opened.failure(ReadError::new(error.kind(), what))
            })?;
            (opened, inside) = (next, there);
        }
        let what = format!("{inside:?} leads from file to file without an end");
        Err(opened.failure(ReadError::request(what)))
    }

    /// The file that an external link names: in the folder of this one, or below.
    fn open_linked(&self, name: &str) -> Result<Self> {
        let cx = ReadContext::default().with_options(self.cx.options.clone());
        let source = self.file.source().sibling(name, &cx)?;
        let candidates = linked_files(&self.path, name);
        let path = candidates.into_iter().find(|path| path.is_file()).unwrap_or_default();
        let extension = path.extension().map(|extension| extension.to_string_lossy());
        let base = base_name(Path::new(name));
        let file = OpenFile::from_source(&base, source, extension.as_deref(), &cx)?;
        let opened = Self::list(&base, file, cx)?;
        Ok(Self { path, ..opened })
    }

    pub(super) fn list(name: &str, file: OpenFile, cx: ReadContext) -> Result<Self> {
        let (name, dataset, unlisted) = (name.into(), Dataset::default(), Vec::new());
        let mut opened = Self { path: PathBuf::new(), name, dataset, unlisted, file, cx };
        opened.list_all()?;
        Ok(opened)
    }

    /// # Errors
    /// Only where the root cannot be listed: what else cannot does not hide the rest.
    fn list_all(&mut self) -> Result<()> {
        let mut waiting = VecDeque::from([GroupId::ROOT]);
        while let Some(group) = waiting.pop_front() {
            match self.file.list(group, &self.cx) {
                Ok(listing) => waiting.extend(self.dataset.graft(group, listing)?),
                Err(error) if group == GroupId::ROOT => return Err(error),
                Err(error) => self.unlisted.push((group, error)),
            }
        }
        self.dataset.notes.extend(self.cx.take_notes());
        Ok(())
    }

    pub fn format_name(&self) -> &str {
        self.file.format_name()
    }

    /// What the file keeps to within its format.
    pub fn model(&self) -> Option<&'static str> {
        self.file.model()
    }

    /// How `ncdump` would print it.
    pub fn cdl_model(&self) -> CdlModel {
        CdlModel::of(self.format_name(), self.model())
    }

    /// Which values count as missing.
    pub fn fills(&self) -> Fills {
        Fills::with_defaults(self.file.has_default_fills())
    }

    /// Stored values. May be called from many threads at once.
    pub fn read(&self, id: VariableId, section: &Section) -> Result<Array> {
        self.file.read(id, section, &self.cx).map_err(|error| error.in_file(&self.name))
    }

    /// The file as a series of records, where it is one.
    ///
    /// # Errors
    /// `Request` where it is not.
    pub fn records(&self) -> Result<&dyn Records> {
        self.file.records().ok_or_else(|| {
            let what = format!("{} files hold no messages", self.file.format().name);
            ReadError::request(what).in_file(&self.name)
        })
    }

    /// Asks the records something; may be called from many threads at once.
    pub fn ask<T>(&self, ask: impl FnOnce(&dyn Records, &ReadContext) -> Result<T>) -> Result<T> {
        let answer = self.file.ask_records(|records| ask(records, &self.cx));
        answer.map_err(|error| error.in_file(&self.name))
    }

    /// What was wrong so far but could be read around.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.dataset.notes.clone();
        for note in self.cx.take_notes() {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }

    /// What lies at a path; soft links on the way are followed, one at its end is not.
    pub fn find(&self, path: &str) -> Outcome<Place> {
        let found = Places::of(&self.dataset).find(path, GroupId::ROOT);
        found.ok_or_else(|| self.not_there(path))
    }

    /// The same, with a soft link at the end followed if it leads to anything.
    pub fn find_behind(&self, path: &str) -> Outcome<Place> {
        let behind = Places::of(&self.dataset).resolve(path, GroupId::ROOT);
        behind.map_or_else(|| self.find(path), Ok)
    }

    /// The variable at a path, or behind the soft link there.
    pub fn find_variable(&self, path: &str) -> Outcome<(VariableId, &Variable)> {
        let places = Places::of(&self.dataset);
        let found = places.find(path, GroupId::ROOT).ok_or_else(|| self.not_there(path))?;
        let (what, place) = match found {
            Place::Link(..) => {
                ("a link that leads to no variable here", places.resolve(path, GroupId::ROOT))
            }
            Place::Group(_) => ("a group, not a variable", None),
            Place::Type(..) => ("a type, not a variable", None),
            Place::Variable(_) => ("nothing", Some(found)),
        };
        match place {
            Some(Place::Variable(id)) => match self.dataset.variable(id) {
                Some(variable) => Ok((id, variable)),
                None => Err(self.not_there(path)),
            },
            _ => {
                let message = format!("{path:?} is {what}");
                Err(self.failure(ReadError::new(ErrorKind::Request, message)))
            }
        }
    }

    /// `place` and everything below it, depth first, with the paths.
    pub fn nodes(&self, place: Place) -> Vec<(String, Place)> {
        let mut nodes = Vec::new();
        match place {
            Place::Group(id) => self.visit(id, self.dataset.group_path(id), &mut nodes),
            single => nodes.push((places::path_of(&self.dataset, single), single)),
        }
        nodes
    }

    /// As deep as readers list, whose limits bound the nesting.
    fn visit(&self, id: GroupId, path: String, nodes: &mut Vec<(String, Place)>) {
        let Some(group) = self.dataset.group(id) else { return };
        let below = |name: &str| match path.as_str() {
            "/" => format!("/{name}"),
            path => format!("{path}/{name}"),
        };
        let variables = group
            .variables
            .iter()
            .filter_map(|&id| Some((below(&self.dataset.variable(id)?.name), Place::Variable(id))));
        let types = (0..).zip(&group.types);
        let types = types.map(|(at, named)| (below(&named.name), Place::Type(id, at)));
        let links = (0..).zip(&group.links);
        let links = links.map(|(at, link)| (below(&link.name), Place::Link(id, at)));
        let contents: Vec<_> = variables.chain(types).chain(links).collect();
        let groups = group.groups.iter();
        let groups: Vec<_> =
            groups.filter_map(|&id| Some((id, below(&self.dataset.group(id)?.name)))).collect();
        nodes.push((path, Place::Group(id)));
        nodes.extend(contents);
        for (id, path) in groups {
            self.visit(id, path, nodes);
        }
    }

    /// The part of a variable that `--slice` asks for: all of it without one.
    pub fn slice(&self, variable: &Variable, text: Option<&str>) -> Outcome<Slice> {
        let shape = variable.shape();
        let Some(text) = text else { return Ok(Slice::all(&shape)) };
        let parsed = slice::parse(text, &shape);
        parsed.map_err(|error| {
            Failure::usage(&self.name, format!("variable {:?}: {error}", variable.name))
        })
    }

    fn not_there(&self, path: &str) -> Failure {
        self.failure(ReadError::request(format!("no variable or group {path:?}")))
    }

    pub fn failure(&self, error: ReadError) -> Failure {
        error.in_file(&self.name).into()
    }
}

/// The last part of the path, as far as it has one.
pub fn base_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
pub mod testing {
    use hyperslab_core::MemorySource;
    use hyperslab_testkit::kinds;

    use super::*;

    /// A file with one of every kind.
    pub fn kinds() -> Opened {
        let source = Arc::new(MemorySource::new(kinds::file()));
        let reader = Box::new(kinds::dataset());
        let file = OpenFile::with_reader("a.kinds", "KINDS", reader, source);
        Opened::list("a.kinds", file, ReadContext::default()).unwrap()
    }
}
