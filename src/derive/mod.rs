//! Variables computed from variables, shown like any other: one file that lies on no disk, with
//! a group for each result.
//!
//! What is to be computed is small and chosen ([`Definition`]); structure and values follow from
//! it and from the files as they are. A result is made anew when a file it is made of is read
//! anew, and says so when it is gone. Values are worked out when they are read, by the worker
//! that reads them, block by block; what a slice shows is kept.

mod align;
mod build;
mod compare;
mod file;
mod operand;
mod outline;
mod picked;
mod reduced;
mod result;
mod shelf;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hyperslab_all::OpenFile;
use hyperslab_core::MemorySource;

use self::build::{Maker, name_of};
use self::file::ComputedFile;
pub use self::operand::{Access, Operand, Places, ReadAreas, ReadPlaces, ReadValues};
pub use self::picked::Pick;
use self::result::{Computation, FORMAT_NAME};
use self::shelf::Shelf;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::engine::{Engine, FileId, Files};
use crate::session::{Definition, Formula, Source};

pub use crate::session::COMPUTED;

/// Bytes of worked-out results that are kept.
const SHELF_BYTES: usize = 256 << 20;

/// What a result was made of: the files, as they were. `None` for one that was not there.
type Made = Vec<Option<(FileId, u64, usize)>>;

/// What was asked for, and what has come of it so far.
pub struct Computed {
    definitions: Vec<Definition>,
    access: Access,
    shelf: Arc<Shelf>,
    /// Of all definitions, as they were when they were last handed to a worker.
    handed: Vec<Made>,
    handed_count: u64,
    built: Arc<Mutex<Built>>,
}

#[derive(Default)]
struct Built {
    results: Vec<(Definition, Made, Arc<Computation>)>,
    /// The newest order; older ones are not presented.
    newest: u64,
    /// The order whose results are shown; 0 for none.
    presented: u64,
}

impl Computed {
    pub fn new(access: Access) -> Self {
        Self {
            definitions: Vec::new(),
            access,
            shelf: Shelf::new(SHELF_BYTES),
            handed: Vec::new(),
            handed_count: 0,
            built: Arc::default(),
        }
    }

    /// In the order they were asked for: what a workspace saves.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// What a workspace had; names that are taken stay what they are.
    pub fn restore(&mut self, definitions: Vec<Definition>) {
        for definition in definitions {
            if !self.definitions.iter().any(|known| known.name == definition.name) {
                self.definitions.push(definition);
            }
        }
    }

    /// Asks for a result, once: the path of its group in the computed file.
    pub fn ask(&mut self, views: &[FileView<CfDataset>], formula: Formula) -> String {
        let known = self.definitions.iter().find(|known| known.formula == formula);
        let name = match known {
            Some(known) => known.name.clone(),
            None => {
                let wanted = name_of(&formula, views, self.access);
                let numbered = (2..).map(|k: u32| format!("{wanted} ({k})"));
                let mut names = std::iter::once(wanted.clone()).chain(numbered);
                let is_free = |name: &String| self.definitions.iter().all(|d| d.name != *name);
                let name = names.find(is_free).unwrap_or(wanted);
                self.definitions.push(Definition { name: name.clone(), formula });
                name
            }
        };
        format!("/{name}")
    }

    /// Forgets a result by the path of its group or of anything in it.
    pub fn forget(&mut self, path: &str) {
        let name = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        self.definitions.retain(|definition| definition.name != name);
    }

    pub fn forget_all(&mut self) {
        self.definitions.clear();
    }

    /// Computes anew what is shown.
    pub fn recompute(&mut self) {
        self.handed.clear();
        self.shelf = Shelf::new(SHELF_BYTES);
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        built.results.clear();
    }

    /// Hands what is new, or made of what has changed, to a worker. Called in every frame.
    pub fn update(
        &mut self,
        engine: &Engine,
        files: &Files<CfDataset>,
        views: &[FileView<CfDataset>],
    ) {
        let mut made: Vec<Made> = Vec::with_capacity(self.definitions.len());
        for definition in &self.definitions {
            let of = definition.formula.sources().into_iter();
            let found = of.flat_map(|source| self.made_of(source, views, &made)).collect();
            made.push(found);
        }
        if made == self.handed && self.definitions.len() == self.handed.len() {
            return;
        }
        self.handed.clone_from(&made);
        self.handed_count += 1;
        let order = Order {
            definitions: self.definitions.iter().cloned().zip(made).collect(),
            number: self.handed_count,
            maker: Maker { views: views.to_vec(), access: self.access, shelf: self.shelf.clone() },
        };
        let (built, files) = (self.built.clone(), files.clone());
        built.lock().unwrap_or_else(PoisonError::into_inner).newest = order.number;
        engine.spawn(move || order.carry_out(&built, &files));
    }

    fn made_of(&self, source: &Source, views: &[FileView<CfDataset>], earlier: &[Made]) -> Made {
        if source.file != Path::new(COMPUTED) {
            let view = views.iter().find(|view| view.path == source.file && !view.is_computed);
            let opened = view.and_then(|view| Some((view, view.opened()?)));
            let found = opened.map(|(view, o)| (view.id, view.generation, Arc::as_ptr(o) as usize));
            return vec![found];
        }
        let name = source.variable.trim_start_matches('/').split('/').next().unwrap_or_default();
        let at = self.definitions.iter().position(|definition| definition.name == name);
        at.and_then(|at| earlier.get(at).cloned()).unwrap_or_else(|| vec![None])
    }
}

/// All definitions, for a worker.
struct Order {
    definitions: Vec<(Definition, Made)>,
    number: u64,
    maker: Maker,
}

impl Order {
    fn carry_out(self, built: &Mutex<Built>, files: &Files<CfDataset>) {
        let before = {
            let built = built.lock().unwrap_or_else(PoisonError::into_inner);
            built.results.clone()
        };
        let mut results: Vec<(Definition, Made, Arc<Computation>)> = Vec::new();
        for (definition, made) in self.definitions {
            let known = before.iter().find(|(of, from, _)| *of == definition && *from == made);
            let result = match known {
                Some((.., result)) => result.clone(),
                None => Arc::new(self.maker.make(&definition, &results)),
            };
            results.push((definition, made, result));
        }
        let mut built = built.lock().unwrap_or_else(PoisonError::into_inner);
        if built.newest != self.number {
            return;
        }
        // Results that were there before keep their ids and what was read of them.
        let is_changed = built.results.len() > results.len()
            || built.results.iter().zip(&results).any(|(a, b)| !Arc::ptr_eq(&a.2, &b.2))
            || (built.presented > 0 && built.results.is_empty());
        let shown =
            results.iter().map(|(definition, _, result)| (definition.name.clone(), result.clone()));
        let reader = Box::new(ComputedFile { results: shown.collect() });
        let source = Arc::new(MemorySource::new(Vec::new()));
        let file = OpenFile::with_reader(COMPUTED, FORMAT_NAME, reader, source);
        let path = PathBuf::from(COMPUTED);
        if results.is_empty() {
            let views = files.views();
            views.iter().filter(|view| view.is_computed).for_each(|view| files.close(view.id));
        } else if files.present(&path, file, is_changed).is_err() {
            return;
        }
        built.presented = self.number;
        built.results = results;
    }
}

#[cfg(test)]
mod tests;
