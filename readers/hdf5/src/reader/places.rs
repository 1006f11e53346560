//! Where the variables are that were listed, by id, packed: there may be hundreds of thousands
//! of them, of which a few are read.

use hyperslab_core::{Dtype, Variable, VariableId};

use super::join;

#[derive(Default)]
pub struct Places {
    places: Vec<Packed>,
    /// Names and lengths of axes, one variable's after the other's.
    names: String,
    lengths: Vec<u64>,
    /// Paths of groups that have variables, with the number of the first variable.
    groups: Vec<(usize, Box<str>)>,
}

struct Packed {
    header: u64,
    name_end: usize,
    lengths_end: usize,
    is_null: bool,
    is_char: bool,
}

/// A variable that was listed.
pub struct Place {
    /// Address of its object header.
    pub header: u64,
    pub path: String,
    /// As it is listed: along unlimited netCDF dimensions it may be longer than what is stored.
    pub shape: Vec<u64>,
    pub is_null: bool,
    /// Fixed text of one byte, shown as netCDF's `char`.
    pub is_char: bool,
}

impl Places {
    /// Adds the variables of a group, with the addresses of their headers.
    pub fn add(&mut self, group_path: &str, variables: &[Variable], headers: &[u64]) {
        if !variables.is_empty() {
            self.groups.push((self.places.len(), group_path.into()));
        }
        self.places.reserve(variables.len());
        for (variable, &header) in variables.iter().zip(headers) {
            self.names.push_str(&variable.name);
            self.lengths.extend(variable.axes.iter().map(|axis| axis.length));
            self.places.push(Packed {
                header,
                name_end: self.names.len(),
                lengths_end: self.lengths.len(),
                is_null: variable.is_null,
                is_char: variable.dtype == Dtype::Char,
            });
        }
    }

    pub fn get(&self, id: VariableId) -> Option<Place> {
        let found = self.places.get(id.index())?;
        let before = id.index().checked_sub(1).and_then(|before| self.places.get(before));
        let (name, first) = before.map_or((0, 0), |before| (before.name_end, before.lengths_end));
        let group = self.groups.partition_point(|(first, _)| *first <= id.index());
        let group = group.checked_sub(1).and_then(|group| self.groups.get(group));
        Some(Place {
            header: found.header,
            path: join(group.map_or("/", |(_, path)| path), self.names.get(name..found.name_end)?),
            shape: self.lengths.get(first..found.lengths_end)?.to_vec(),
            is_null: found.is_null,
            is_char: found.is_char,
        })
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Axis, GroupId};

    use super::*;

    #[test]
    fn every_variable_is_found_again_with_its_path_and_shape() {
        let variable = |name: &str, shape: &[u64]| {
            let axes = shape.iter().map(|&length| Axis { length, dimension: None }).collect();
            Variable { axes, ..Variable::new(name, GroupId::ROOT, Dtype::Char) }
        };
        let mut places = Places::default();
        places.add("/", &[variable("a", &[2, 3]), variable("bc", &[])], &[7, 8]);
        places.add("/empty", &[], &[]);
        places.add("/g/h", &[variable("d", &[5])], &[9]);
        let found = |id| places.get(VariableId(id)).map(|p| (p.header, p.path, p.shape));
        assert_eq!(found(0), Some((7, "/a".into(), vec![2, 3])));
        assert_eq!(found(1), Some((8, "/bc".into(), vec![])));
        assert_eq!(found(2), Some((9, "/g/h/d".into(), vec![5])));
        assert!(found(3).is_none());
    }
}
