//! Small variables and datasets built in code, for the tests of this module only.

use hyperslab_core::{
    Array, Attribute, Axis, Buffer, ByteOrder, Dataset, Dimension, DimensionId, Dtype, GroupId,
    Listing, Variable,
};

pub(super) fn variable(name: &str, dtype: Dtype, lengths: &[u64]) -> Variable {
    Variable {
        axes: lengths.iter().map(|&length| Axis { length, dimension: None }).collect(),
        ..Variable::new(name, GroupId::ROOT, dtype)
    }
}

pub(super) fn float(name: &str, lengths: &[u64]) -> Variable {
    variable(name, Dtype::float(4, ByteOrder::Little), lengths)
}

pub(super) fn int(name: &str, bytes: u8, lengths: &[u64]) -> Variable {
    variable(name, Dtype::int(bytes, ByteOrder::Little), lengths)
}

pub(super) trait With: Sized {
    fn with_value(self, name: &str, value: Array) -> Self;

    fn with(self, name: &str, text: &str) -> Self {
        self.with_value(name, Array::text(text))
    }

    fn with_numbers(self, name: &str, values: impl Into<Buffer>) -> Self {
        self.with_value(name, Array::vector(values.into()))
    }
}

impl With for Variable {
    fn with_value(mut self, name: &str, value: Array) -> Self {
        let dtype = Dtype::Char; // The stored type plays no part here.
        self.attributes.push(Attribute::new(name, dtype, value));
        self
    }
}

/// A dataset of one group, described line by line: `dim lat 3`, then variables by closure.
#[derive(Default)]
pub(super) struct Build {
    listing: Listing,
}

impl Build {
    pub(super) fn dim(mut self, name: &str, length: u64) -> Self {
        self.listing.dimensions.push(Dimension {
            name: name.into(),
            group: GroupId::ROOT,
            length,
            is_unlimited: false,
        });
        self
    }

    /// A variable over named dimensions of the root; `variable`'s own axes are replaced.
    pub(super) fn var(mut self, mut variable: Variable, dims: &[&str]) -> Self {
        variable.axes = dims.iter().map(|name| self.axis(name)).collect();
        self.listing.variables.push(variable);
        self
    }

    pub(super) fn group(mut self, name: &str) -> Self {
        self.listing.groups.push(name.into());
        self
    }

    pub(super) fn listing(self) -> Listing {
        self.listing
    }

    pub(super) fn dataset(self) -> Dataset {
        let mut dataset = Dataset::default();
        dataset.graft(GroupId::ROOT, self.listing).unwrap();
        dataset
    }

    fn axis(&self, name: &str) -> Axis {
        let index = self.listing.dimensions.iter().position(|d| d.name == name).unwrap();
        Axis {
            length: self.listing.dimensions[index].length,
            dimension: Some(DimensionId(index as u32)),
        }
    }
}

pub(super) fn char_variable(name: &str) -> Variable {
    variable(name, Dtype::Char, &[])
}

impl Build {
    pub(super) fn listing_mut(&mut self) -> &mut Listing {
        &mut self.listing
    }
}
