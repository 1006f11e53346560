//! Sections picked out of whole arrays, the slow and obvious way.

use hyperslab_core::{Array, Buffer, Section};

/// Flat positions, in order, of the elements `section` selects of an array of `shape`.
pub fn positions(shape: &[u64], section: &Section) -> Vec<usize> {
    let mut found = vec![0u64];
    for (range, &len) in section.ranges.iter().zip(shape) {
        found = found
            .iter()
            .flat_map(|&p| (0..range.count).map(move |k| p * len + range.index(k)))
            .collect();
    }
    found.into_iter().map(|p| p as usize).collect()
}

/// What reading `section` should give, when reading everything gave `whole`.
pub fn select(whole: &Array, section: &Section) -> Array {
    let values = pick(&whole.values, &positions(&whole.shape, section));
    Array { shape: section.shape(), values }
}

fn pick(buffer: &Buffer, at: &[usize]) -> Buffer {
    macro_rules! each {
        ($variant:ident, $v:expr) => {
            Buffer::$variant(at.iter().map(|&k| $v[k].clone()).collect())
        };
    }
    let bytes_of = |bytes: &[u8], len: usize| -> Vec<u8> {
        at.iter().flat_map(|&k| &bytes[k * len..(k + 1) * len]).copied().collect()
    };
    match buffer {
        Buffer::I8(v) => each!(I8, v),
        Buffer::U8(v) => each!(U8, v),
        Buffer::I16(v) => each!(I16, v),
        Buffer::U16(v) => each!(U16, v),
        Buffer::I32(v) => each!(I32, v),
        Buffer::U32(v) => each!(U32, v),
        Buffer::I64(v) => each!(I64, v),
        Buffer::U64(v) => each!(U64, v),
        Buffer::F32(v) => each!(F32, v),
        Buffer::F64(v) => each!(F64, v),
        Buffer::Char(v) => each!(Char, v),
        Buffer::Text(v) => each!(Text, v),
        Buffer::FixedText { len, bytes } => {
            Buffer::FixedText { len: *len, bytes: bytes_of(bytes, *len) }
        }
        Buffer::Opaque { len, bytes } => Buffer::Opaque { len: *len, bytes: bytes_of(bytes, *len) },
        Buffer::Compound { count, fields } => {
            let field = |(name, values): &(String, Buffer)| {
                // A field with axes of its own has several values an element.
                let each = values.len() / (*count).max(1);
                let at: Vec<usize> = at.iter().flat_map(|&k| k * each..(k + 1) * each).collect();
                (name.clone(), pick(values, &at))
            };
            Buffer::Compound { count: at.len(), fields: fields.iter().map(field).collect() }
        }
        Buffer::Wide(v) => each!(Wide, v),
        Buffer::Reference(v) => each!(Reference, v),
        Buffer::Array { per, values } => {
            let at: Vec<usize> = at.iter().flat_map(|&k| k * per..(k + 1) * per).collect();
            Buffer::Array { per: *per, values: Box::new(pick(values, &at)) }
        }
        Buffer::VarLen { ends, values } => {
            let (mut picked, mut new_ends) = (Vec::new(), Vec::new());
            for &k in at {
                let begin = k.checked_sub(1).map_or(0, |before| ends[before]);
                picked.extend(begin..ends[k]);
                new_ends.push(picked.len());
            }
            Buffer::VarLen { ends: new_ends, values: Box::new(pick(values, &picked)) }
        }
    }
}

/// Equal bit by bit: a NaN is itself, and 0 is not -0.
pub fn same(a: &Buffer, b: &Buffer) -> bool {
    match (a, b) {
        (Buffer::F32(a), Buffer::F32(b)) => {
            a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
        }
        (Buffer::F64(a), Buffer::F64(b)) => {
            a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
        }
        (
            Buffer::Compound { count: a, fields: of_a },
            Buffer::Compound { count: b, fields: of_b },
        ) => {
            let same_field = |((a, of_a), (b, of_b)): (&(String, Buffer), &(String, Buffer))| {
                a == b && same(of_a, of_b)
            };
            a == b && of_a.len() == of_b.len() && of_a.iter().zip(of_b).all(same_field)
        }
        (Buffer::VarLen { ends: a, values: of_a }, Buffer::VarLen { ends: b, values: of_b }) => {
            a == b && same(of_a, of_b)
        }
        (Buffer::Array { per: a, values: of_a }, Buffer::Array { per: b, values: of_b }) => {
            a == b && same(of_a, of_b)
        }
        _ => a == b,
    }
}

/// [`same`], and of the same shape.
pub fn same_array(a: &Array, b: &Array) -> bool {
    a.shape == b.shape && same(&a.values, &b.values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::Range;

    #[test]
    fn a_section_of_any_buffer_is_picked_by_position() {
        let whole = Array { shape: vec![2, 2], values: vec![1i16, 2, 3, 4].into() };
        let column = Section::new([Range::new(0, 2), Range::one(1)]);
        assert_eq!(select(&whole, &column).values, Buffer::I16(vec![2, 4]));
        let varied =
            Buffer::VarLen { ends: vec![1, 1, 3], values: Box::new(vec![7i8, 8, 9].into()) };
        let last = pick(&varied, &[2, 1]);
        let wanted = Buffer::VarLen { ends: vec![2, 2], values: Box::new(vec![8i8, 9].into()) };
        assert_eq!(last, wanted);
    }

    #[test]
    fn a_nan_is_the_same_as_itself_but_zero_is_not_minus_zero() {
        assert!(same(&vec![f32::NAN].into(), &vec![f32::NAN].into()));
        assert!(!same(&vec![0f64].into(), &vec![-0f64].into()));
    }
}
