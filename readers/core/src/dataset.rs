//! What is in a file: groups, variables, dimensions and attributes, by id in one arena.

use std::borrow::Cow;

use crate::array::Array;
use crate::dtype::Dtype;
use crate::error::{ReadError, Result};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}
ids!(
    /// Position in [`Dataset::groups`]; 0 is the root.
    GroupId,
    /// Position in [`Dataset::variables`].
    VariableId,
    /// Position in [`Dataset::dimensions`].
    DimensionId
);

impl GroupId {
    pub const ROOT: Self = Self(0);
}

/// An immutable picture of what has been listed so far. Ids stay valid as later pictures grow.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    pub groups: Vec<Group>,
    pub variables: Vec<Variable>,
    pub dimensions: Vec<Dimension>,
    /// What was wrong with the file but could be read around.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Empty for the root.
    pub name: String,
    pub parent: Option<GroupId>,
    pub attributes: Vec<Attribute>,
    pub groups: Vec<GroupId>,
    pub variables: Vec<VariableId>,
    pub dimensions: Vec<DimensionId>,
    pub types: Vec<NamedType>,
    pub links: Vec<Link>,
    /// Path under which the same group was met first, where it has several.
    pub alias_of: Option<String>,
    /// Why something in it could not be read; the rest is here.
    pub error: Option<ReadError>,
    /// Its contents are in the arena.
    pub is_listed: bool,
}

/// A type that the file names, for variables and attributes to share.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedType {
    pub name: String,
    pub dtype: Dtype,
    pub attributes: Vec<Attribute>,
    pub alias_of: Option<String>,
}

/// An entry of a group that leads elsewhere: it is shown, never followed while listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub name: String,
    pub target: LinkTarget,
    /// Why there is nothing to be shown behind it.
    pub error: Option<ReadError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A path in the same file, from the link's own group unless it begins with `/`.
    Soft { path: String },
    /// A path in another file, whose name is as stored.
    External { file: String, path: String },
    /// A kind of link that a program of its own follows, by its number.
    UserDefined { class: u8 },
    /// An object of the same file that is not listed here: it lies above, which would run in a
    /// circle, or it cannot be read. The path is empty where it has none.
    Hard { path: String },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub name: String,
    pub group: GroupId,
    pub axes: Vec<Axis>,
    pub dtype: Dtype,
    /// What stands where nothing was written, as the file declares it.
    pub fill: Option<Array>,
    pub attributes: Vec<Attribute>,
    pub storage: Storage,
    /// It has no values and no shape at all (HDF5's null dataspace).
    pub is_null: bool,
    /// Path under which the same variable was met first, where it has several.
    pub alias_of: Option<String>,
    /// Why something of it could not be read; the rest is here.
    pub error: Option<ReadError>,
}

/// One axis of a variable; an HDF5 axis may lack a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub length: u64,
    pub dimension: Option<DimensionId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    pub name: String,
    pub group: GroupId,
    pub length: u64,
    pub is_unlimited: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    pub name: String,
    /// As stored, byte order included; the value is in native order.
    pub dtype: Dtype,
    pub value: Array,
    /// It has no value and no shape at all.
    pub is_null: bool,
    /// It keeps the format's own books (`_NCProperties`, `DIMENSION_LIST`); of interest to few.
    pub is_internal: bool,
}

impl Attribute {
    pub fn new(name: impl Into<String>, dtype: Dtype, value: Array) -> Self {
        Self { name: name.into(), dtype, value, is_null: false, is_internal: false }
    }
}

/// How a variable lies in the file: for people and for prefetch, never needed to read it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Storage {
    /// Shape of a chunk where the variable is chunked.
    pub chunks: Option<Vec<u64>>,
    /// Where the first chunk that is there begins, if the very first is not: its index along the
    /// leading axes.
    pub first_there: Option<Vec<u64>>,
    /// Names of the filters, in the order they were applied.
    pub filters: Vec<String>,
    /// In words: "contiguous", "by record", "chunked".
    pub layout: Cow<'static, str>,
    /// Offset in the file of the first value.
    pub offset: Option<u64>,
    /// Bytes it takes in the file, where known.
    pub stored_bytes: Option<u64>,
    /// Length each axis may grow to, `None` for unlimited; empty when it is the shape.
    pub max_shape: Vec<Option<u64>>,
}

/// The contents of one group as a reader lists them. The reader numbers variables,
/// dimensions and groups one after the other in the order it lists them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    pub attributes: Vec<Attribute>,
    pub dimensions: Vec<Dimension>,
    pub variables: Vec<Variable>,
    /// The child groups.
    pub groups: Vec<ChildGroup>,
    pub types: Vec<NamedType>,
    pub links: Vec<Link>,
    /// Why something in the group could not be read; the rest is here.
    pub error: Option<ReadError>,
}

/// A group as its parent knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildGroup {
    pub name: String,
    pub alias_of: Option<String>,
}

impl From<&str> for ChildGroup {
    fn from(name: &str) -> Self {
        Self { name: name.into(), alias_of: None }
    }
}

impl Default for Dataset {
    fn default() -> Self {
        Self {
            groups: vec![Group::default()],
            variables: Vec::new(),
            dimensions: Vec::new(),
            notes: Vec::new(),
        }
    }
}

impl Dataset {
    /// Adds what a reader listed for `group`; the new child groups are returned.
    ///
    /// # Errors
    /// `Request` when `group` is not there or has been listed.
    pub fn graft(&mut self, group: GroupId, listing: Listing) -> Result<Vec<GroupId>> {
        let next = |len: usize| {
            u32::try_from(len).map_err(|_| ReadError::request("more than 2^32 objects in a file"))
        };
        let first_variable = next(self.variables.len())?;
        let first_dimension = next(self.dimensions.len())?;
        let first_group = next(self.groups.len())?;
        let parent = self
            .groups
            .get_mut(group.index())
            .filter(|g| !g.is_listed)
            .ok_or_else(|| ReadError::request("a group that cannot be listed now"))?;
        let ids = |first: u32, count: usize| first..first.saturating_add(count as u32);
        let children: Vec<GroupId> = ids(first_group, listing.groups.len()).map(GroupId).collect();
        parent.is_listed = true;
        parent.attributes = listing.attributes;
        parent.variables = ids(first_variable, listing.variables.len()).map(VariableId).collect();
        parent.dimensions =
            ids(first_dimension, listing.dimensions.len()).map(DimensionId).collect();
        parent.groups = children.clone();
        parent.types = listing.types;
        parent.links = listing.links;
        parent.error = listing.error;
        self.variables.extend(listing.variables);
        self.dimensions.extend(listing.dimensions);
        self.groups.extend(listing.groups.into_iter().map(|child| Group {
            name: child.name,
            alias_of: child.alias_of,
            parent: Some(group),
            ..Group::default()
        }));
        Ok(children)
    }

    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id.index())
    }

    pub fn variable(&self, id: VariableId) -> Option<&Variable> {
        self.variables.get(id.index())
    }

    pub fn dimension(&self, id: DimensionId) -> Option<&Dimension> {
        self.dimensions.get(id.index())
    }

    /// `/`, `/forecast`, `/forecast/surface`.
    pub fn group_path(&self, id: GroupId) -> String {
        let mut names = Vec::new();
        let mut at = Some(id);
        while let Some(group) = at.and_then(|id| self.group(id)) {
            if group.parent.is_some() {
                names.push(group.name.as_str());
            }
            at = group.parent;
        }
        names.reverse();
        format!("/{}", names.join("/"))
    }

    /// `/forecast/tas`.
    pub fn variable_path(&self, id: VariableId) -> String {
        let Some(variable) = self.variable(id) else { return String::new() };
        match self.group_path(variable.group).as_str() {
            "/" => format!("/{}", variable.name),
            group => format!("{group}/{}", variable.name),
        }
    }

    /// The variable at an absolute path; a path without the leading slash is taken from the root.
    pub fn find_variable(&self, path: &str) -> Option<VariableId> {
        let absolute = if path.starts_with('/') { path.into() } else { format!("/{path}") };
        (0..self.variables.len())
            .filter_map(|i| u32::try_from(i).ok().map(VariableId))
            .find(|&id| self.variable_path(id) == absolute)
    }

    pub fn dimension_name(&self, axis: &Axis) -> Option<&str> {
        axis.dimension.and_then(|id| self.dimension(id)).map(|d| d.name.as_str())
    }
}

impl Variable {
    /// A variable of this type and nothing else yet.
    pub fn new(name: impl Into<String>, group: GroupId, dtype: Dtype) -> Self {
        Self {
            name: name.into(),
            group,
            axes: Vec::new(),
            dtype,
            fill: None,
            attributes: Vec::new(),
            storage: Storage::default(),
            is_null: false,
            alias_of: None,
            error: None,
        }
    }

    pub fn shape(&self) -> Vec<u64> {
        self.axes.iter().map(|axis| axis.length).collect()
    }

    pub fn rank(&self) -> usize {
        self.axes.len()
    }

    /// Saturates.
    pub fn element_count(&self) -> u64 {
        self.axes.iter().fold(1, |n: u64, axis| n.saturating_mul(axis.length))
    }

    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The value of a text attribute.
    pub fn text(&self, name: &str) -> Option<String> {
        self.attribute(name)?.value.as_text().map(|text| text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::ByteOrder;

    fn variable(name: &str, group: GroupId) -> Variable {
        Variable::new(name, group, Dtype::float(4, ByteOrder::Big))
    }

    #[test]
    fn listings_grow_the_arena_and_paths_follow() {
        let mut dataset = Dataset::default();
        let root = Listing {
            variables: vec![variable("time", GroupId::ROOT)],
            groups: vec!["forecast".into()],
            ..Listing::default()
        };
        let children = dataset.graft(GroupId::ROOT, root).unwrap();
        let inner = Listing { variables: vec![variable("tas", children[0])], ..Listing::default() };
        dataset.graft(children[0], inner).unwrap();
        assert_eq!(dataset.find_variable("/forecast/tas"), Some(VariableId(1)));
        assert_eq!(dataset.variable_path(VariableId(0)), "/time");
        assert!(dataset.graft(GroupId::ROOT, Listing::default()).is_err());
        assert!(dataset.graft(GroupId(9), Listing::default()).is_err());
    }
}
