//! How many values belong to each class.

use hyperslab_core::{Buffer, with_numbers};

use super::values::Value;
use crate::cf::Classes;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// In the order of the classes.
    pub counts: Vec<u64>,
    /// Codes without a name.
    pub other: u64,
    /// Not a number.
    pub missing: u64,
}

/// Values looked at between two questions whether to go on.
const BLOCK: usize = 1 << 18;

/// O(values). `None` when `is_cancelled` said so.
pub fn class_counts(
    values: &Buffer,
    classes: &Classes,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<ClassCounts> {
    let empty = ClassCounts { counts: vec![0; classes.classes.len()], ..ClassCounts::default() };
    with_numbers!(values, v => of_slice(v, classes, empty, is_cancelled), else Some(empty))
}

fn of_slice<T: Value>(
    values: &[T],
    classes: &Classes,
    mut found: ClassCounts,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<ClassCounts> {
    // Codes come in runs: each is looked up once.
    let mut last = (f64::NAN, None);
    for block in values.chunks(BLOCK) {
        if is_cancelled() {
            return None;
        }
        for value in block {
            let value = value.f64();
            if value.is_nan() {
                found.missing += 1;
                continue;
            }
            if value != last.0 {
                last = (value, classes.class_of(value));
            }
            match last.1.and_then(|place| found.counts.get_mut(place)) {
                Some(count) => *count += 1,
                None => found.other += 1,
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{ByteOrder, Dtype, GroupId, Variable};

    use super::*;

    #[test]
    fn every_value_is_in_one_class() {
        let variable = Variable::new("v", GroupId::ROOT, Dtype::int(1, ByteOrder::Little));
        let classes = Classes::of_bits(&variable, 0, 0).unwrap();
        let values = Buffer::F32(vec![0.0, 1.0, 2.0, 3.0, 0.5, f32::NAN]);
        let found = class_counts(&values, &classes, &|| false).unwrap();
        assert_eq!(found, ClassCounts { counts: vec![2, 2], other: 1, missing: 1 });
        assert_eq!(class_counts(&values, &classes, &|| true), None);
    }
}
