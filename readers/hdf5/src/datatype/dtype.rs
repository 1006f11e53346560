//! The datatype in the words of the data model.

use std::sync::Arc;

use hyperslab_core::dtype::{
    ArrayType, CompoundType, Dtype, EnumType, Field, OtherFloat, ReferenceType,
};

use super::{Class, Datatype, FixedPoint, FloatingPoint, Member, ReferenceKind};

impl Datatype {
    /// What [`crate::convert::Converter`] turns elements of this type into.
    pub fn dtype(&self) -> Dtype {
        // The parser lets no number be wider than 255 bytes.
        let bytes = self.size as u8;
        match &self.class {
            Class::FixedPoint(FixedPoint { order, signed, .. }) => {
                Dtype::Int { bytes, signed: *signed, order: *order }
            }
            Class::FloatingPoint(float) => float.dtype(self.size),
            Class::Time(number) => Dtype::Time { bytes, order: number.order },
            Class::BitField(number) => Dtype::Bitfield { bytes, order: number.order },
            Class::String(_) => Dtype::FixedText { len: self.size() },
            Class::Opaque { tag } => Dtype::Opaque { len: self.size(), tag: tag.clone() },
            Class::Compound(members) => {
                let fields = members.iter().map(Member::field).collect();
                Dtype::Compound(Arc::new(CompoundType { name: None, fields }))
            }
            Class::Reference(kind) => Dtype::Reference(match kind {
                ReferenceKind::Object => ReferenceType::Object,
                ReferenceKind::Region => ReferenceType::Region,
                ReferenceKind::Standard => ReferenceType::Standard,
            }),
            Class::Enumeration { base, members } => Dtype::Enum(Arc::new(EnumType {
                name: None,
                base: base.dtype(),
                members: members.clone(),
            })),
            Class::Sequence(element) => Dtype::VarLen(Arc::new(element.dtype())),
            Class::VarLenString(_) => Dtype::Text,
            Class::Array { element, shape, .. } => {
                Dtype::Array(Arc::new(ArrayType { element: element.dtype(), shape: shape.clone() }))
            }
            Class::Complex(part) => Dtype::Complex(Arc::new(part.dtype())),
        }
    }
}

impl FloatingPoint {
    fn dtype(&self, size: u32) -> Dtype {
        if let Some((bytes, order)) = self.ieee(size) {
            return Dtype::Float { bytes, order };
        }
        Dtype::OtherFloat(Arc::new(OtherFloat {
            name: self.name(size),
            code: self.code(size),
            bytes: size as u8,
            is_held_as_f64: self.is_held_as_f64(),
            exact_bytes: self.exact_bytes(),
        }))
    }
}

impl Member {
    /// A member that is an array is a field with a shape.
    fn field(&self) -> Field {
        let (dtype, shape) = match &self.datatype.class {
            Class::Array { element, shape, .. } => (element.dtype(), shape.clone()),
            _ => (self.datatype.dtype(), Vec::new()),
        };
        Field { name: self.name.clone(), dtype, shape }
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::ByteOrder;

    use super::*;

    #[test]
    fn an_array_is_a_shape_in_a_compound_and_a_type_elsewhere() {
        let number =
            FixedPoint { order: ByteOrder::Little, signed: true, bit_offset: 0, precision: 32 };
        let int = Datatype { size: 4, class: Class::FixedPoint(number) };
        let array = |element: Datatype, len: u32| Datatype {
            size: element.size * len,
            class: Class::Array {
                element: Box::new(element),
                shape: vec![u64::from(len)],
                count: len,
            },
        };
        let matrix = array(array(int, 3), 2);
        assert_eq!(matrix.dtype().to_string(), "array(array(<i4)[3])[2]");
        let member = Member { name: "m".into(), offset: 0, datatype: matrix };
        let compound = Datatype { size: 24, class: Class::Compound(vec![member]) };
        let Dtype::Compound(compound) = compound.dtype() else { panic!("not a compound") };
        assert_eq!(compound.fields[0].shape, [2]);
        assert_eq!(compound.fields[0].dtype.to_string(), "array(<i4)[3]");
    }
}
