//! A file opened and listed whole, for as long as a subcommand runs.

use std::collections::VecDeque;
use std::path::Path;

use hyperslab_all::OpenFile;
use hyperslab_core::{
    Array, Dataset, ErrorKind, GroupId, ReadContext, ReadError, Result, Section, Variable,
    VariableId,
};

use super::failure::{Failure, Outcome};
use crate::prep::slice::{self, Slice};

pub struct Opened {
    /// Base name of the file: what errors begin with.
    pub name: String,
    pub dataset: Dataset,
    /// Groups whose contents could not be listed; all others are there.
    pub unlisted: Vec<(GroupId, ReadError)>,
    file: OpenFile,
    cx: ReadContext,
}

/// What a path in a file leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Group(GroupId),
    Variable(VariableId),
}

impl Opened {
    pub fn open(path: &Path) -> Outcome<Self> {
        let name = base_name(path);
        let open = || {
            let cx = ReadContext::default();
            let file = OpenFile::open(path, &cx)?;
            let mut opened = Self {
                name: name.clone(),
                dataset: Dataset::default(),
                unlisted: Vec::new(),
                file,
                cx,
            };
            opened.list_all()?;
            Ok(opened)
        };
        open().map_err(|error: ReadError| error.in_file(&name).into())
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

    /// Stored values. May be called from many threads at once.
    pub fn read(&self, id: VariableId, section: &Section) -> Result<Array> {
        self.file.read(id, section, &self.cx).map_err(|error| error.in_file(&self.name))
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

    pub fn find(&self, path: &str) -> Outcome<Place> {
        if let Some(id) = self.dataset.find_variable(path) {
            return Ok(Place::Variable(id));
        }
        self.find_group(path).map(Place::Group).ok_or_else(|| self.not_there(path))
    }

    pub fn find_variable(&self, path: &str) -> Outcome<(VariableId, &Variable)> {
        match self.find(path)? {
            Place::Variable(id) => match self.dataset.variable(id) {
                Some(variable) => Ok((id, variable)),
                None => Err(self.not_there(path)),
            },
            Place::Group(_) => {
                let message = format!("{path:?} is a group, not a variable");
                Err(self.failure(ReadError::new(ErrorKind::Request, message)))
            }
        }
    }

    /// `place` and everything below it, depth first, with the paths.
    pub fn nodes(&self, place: Place) -> Vec<(String, Place)> {
        let mut nodes = Vec::new();
        match place {
            Place::Variable(id) => nodes.push((self.dataset.variable_path(id), place)),
            Place::Group(id) => self.visit(id, self.dataset.group_path(id), &mut nodes),
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
        let variables: Vec<_> = variables.collect();
        let groups = group.groups.iter();
        let groups: Vec<_> =
            groups.filter_map(|&id| Some((id, below(&self.dataset.group(id)?.name)))).collect();
        nodes.push((path, Place::Group(id)));
        nodes.extend(variables);
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

    fn find_group(&self, path: &str) -> Option<GroupId> {
        let names = path.split('/').filter(|name| !name.is_empty());
        names.into_iter().try_fold(GroupId::ROOT, |group, name| {
            let children = self.dataset.group(group)?.groups.iter();
            children.copied().find(|&id| self.dataset.group(id).is_some_and(|g| g.name == name))
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
