//! Objects with several hard links: shown at each path, the later ones as aliases of the first.

use std::collections::HashMap;

use super::{Child, Object, join};

/// Aliases of groups that are listed again with all they hold. A few files of nested links can
/// spell more paths than there are atoms; behind this many an alias is a mere link.
const GROUP_ALIASES_MAX: usize = 10_000;

#[derive(Default)]
pub struct Aliases {
    first: HashMap<u64, String>,
    group_aliases: usize,
}

impl Aliases {
    pub fn meet(&mut self, header: u64, path: &str) {
        self.first.entry(header).or_insert_with(|| path.into());
    }

    /// The path under which a child of the group at `parent` was met before, if it was.
    pub fn of(&mut self, child: &Child, parent: &str) -> Option<String> {
        // A group that is met again is one whatever count its header has: it multiplies.
        let is_group = matches!(child.object, Object::Group);
        if child.references <= 1 && !is_group {
            return None;
        }
        if let Some(first) = self.first.get(&child.header) {
            self.group_aliases += usize::from(is_group);
            return Some(first.clone());
        }
        self.meet(child.header, &join(parent, &child.name));
        None
    }

    pub fn are_too_many(&self) -> bool {
        self.group_aliases > GROUP_ALIASES_MAX
    }
}
