//! Reading a datatype message: every class, versions 1 to 5.

use hyperslab_core::{ByteOrder, Cursor, ReadError, Result};

use super::names;
use super::{
    Class, Datatype, FixedPoint, FloatOrder, FloatingPoint, Member, Normalization, Padding,
    ReferenceKind,
};
use crate::convert::integers;
use crate::links;

/// Types within types.
const MAX_DEPTH: u32 = 32;
/// libhdf5's H5S_MAX_RANK holds for array types, too.
const MAX_RANK: u8 = 32;

/// The eight bytes that every datatype begins with.
struct Head {
    version: u8,
    /// The class bit field.
    bits: u32,
    size: u32,
}

/// The datatype at the cursor, with all types it is made of.
pub fn datatype(cursor: &mut Cursor, offset_size: u8, depth: u32) -> Result<Datatype> {
    if depth > MAX_DEPTH {
        return Err(cursor.malformed(format!("datatypes nested more than {MAX_DEPTH} deep")));
    }
    let start = cursor.offset();
    let class_and_version = cursor.u8()?;
    let bits = cursor.uint(3)? as u32;
    let head = Head { version: class_and_version >> 4, bits, size: cursor.u32()? };
    if !(1..=5).contains(&head.version) {
        let message = format!("datatype message version {}", head.version);
        return Err(ReadError::unsupported(message).at(start));
    }
    if head.size == 0 {
        return Err(ReadError::malformed("a datatype of no bytes").at(start));
    }
    let mut parts = Parts { cursor, offset_size, depth: depth + 1 };
    let class = match class_and_version & 0x0f {
        0 => Class::FixedPoint(parts.fixed_point(&head)?),
        1 => Class::FloatingPoint(parts.floating_point(&head)?),
        2 => Class::Time(parts.time(&head)?),
        3 => Class::String(padding(head.bits)),
        4 => Class::BitField(FixedPoint { signed: false, ..parts.fixed_point(&head)? }),
        5 => parts.opaque(&head)?,
        6 => parts.compound(&head)?,
        7 => parts.reference(&head)?,
        8 => parts.enumeration(&head)?,
        9 => parts.variable_length(&head)?,
        10 => parts.array(&head)?,
        11 => parts.complex(&head)?,
        other => return Err(ReadError::unsupported(format!("datatype class {other}")).at(start)),
    };
    Ok(Datatype { size: head.size, class })
}

/// The properties, which follow the head.
struct Parts<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    offset_size: u8,
    /// Of the types this one is made of.
    depth: u32,
}

impl Parts<'_, '_> {
    fn nested(&mut self) -> Result<Datatype> {
        datatype(self.cursor, self.offset_size, self.depth)
    }

    fn fixed_point(&mut self, head: &Head) -> Result<FixedPoint> {
        let number = FixedPoint {
            order: order(head.bits),
            signed: head.bits & 8 != 0,
            bit_offset: self.cursor.u16()?,
            precision: self.cursor.u16()?,
        };
        self.check_bits(head, number.bit_offset, number.precision)?;
        Ok(number)
    }

    fn time(&mut self, head: &Head) -> Result<FixedPoint> {
        let precision = self.cursor.u16()?;
        self.check_bits(head, 0, precision)?;
        Ok(FixedPoint { order: order(head.bits), signed: true, bit_offset: 0, precision })
    }

    fn check_bits(&self, head: &Head, bit_offset: u16, precision: u16) -> Result<()> {
        if head.size > 255 {
            return Err(ReadError::unsupported(format!("a number of {} bytes", head.size))
                .at(self.cursor.offset()));
        }
        let end = u32::from(bit_offset) + u32::from(precision);
        if precision == 0 || end > head.size * 8 {
            return Err(self.cursor.malformed(format!(
                "{precision} bits from bit {bit_offset} of a number of {} bytes",
                head.size
            )));
        }
        Ok(())
    }

    fn floating_point(&mut self, head: &Head) -> Result<FloatingPoint> {
        let cursor = &mut *self.cursor;
        let order = match head.bits & 0x41 {
            0x00 => FloatOrder::Little,
            0x01 => FloatOrder::Big,
            0x41 => FloatOrder::Vax,
            _ => return Err(cursor.malformed("a reserved byte order of a float")),
        };
        let normalization = match (head.bits >> 4) & 3 {
            0 => Normalization::None,
            1 => Normalization::Set,
            2 => Normalization::Implied,
            _ => return Err(cursor.malformed("a reserved normalization of a float")),
        };
        let float = FloatingPoint {
            order,
            normalization,
            sign_at: (head.bits >> 8) as u8,
            bit_offset: cursor.u16()?,
            precision: cursor.u16()?,
            exponent_at: cursor.u8()?,
            exponent_bits: cursor.u8()?,
            mantissa_at: cursor.u8()?,
            mantissa_bits: cursor.u8()?,
            bias: cursor.u32()?,
        };
        self.check_bits(head, float.bit_offset, float.precision)?;
        self.check_float(head, &float)?;
        Ok(float)
    }

    fn check_float(&self, head: &Head, float: &FloatingPoint) -> Result<()> {
        let bits = head.size * 8;
        let end = |at: u8, len: u8| u32::from(at) + u32::from(len);
        if float.exponent_bits == 0
            || float.mantissa_bits == 0
            || end(float.sign_at, 1) > bits
            || end(float.exponent_at, float.exponent_bits) > bits
            || end(float.mantissa_at, float.mantissa_bits) > bits
        {
            return Err(self.cursor.malformed("a float whose parts do not lie inside it"));
        }
        let is_odd_vax = float.order == FloatOrder::Vax && !head.size.is_multiple_of(2);
        if head.size > 16 || float.exponent_bits > 32 || is_odd_vax {
            let message = format!(
                "a float of {} bytes with an exponent of {} bits",
                head.size, float.exponent_bits
            );
            return Err(ReadError::unsupported(message).at(self.cursor.offset()));
        }
        Ok(())
    }

    fn opaque(&mut self, head: &Head) -> Result<Class> {
        let tag = self.cursor.take((head.bits & 0xff) as usize)?;
        let tag = names::until_nul(tag);
        Ok(Class::Opaque { tag: (!tag.is_empty()).then(|| links::text(tag).into()) })
    }

    fn compound(&mut self, head: &Head) -> Result<Class> {
        let count = head.bits & 0xffff;
        if count == 0 {
            return Err(self.cursor.malformed("a compound without members"));
        }
        let mut members = Vec::new();
        for _ in 0..count {
            let at = self.cursor.offset();
            let member = self.member(head)?;
            let end = u64::from(member.offset) + u64::from(member.datatype.size);
            if end > u64::from(head.size) {
                let message = format!("member {:?} reaches out of its compound", member.name);
                return Err(ReadError::malformed(message).at(at));
            }
            members.push(member);
        }
        self.check_overlap(&members)?;
        Ok(Class::Compound(members))
    }

    fn member(&mut self, head: &Head) -> Result<Member> {
        let name = links::text(&self.name(head)?);
        let offset = match head.version {
            1 | 2 => self.cursor.u32()?,
            _ => self.cursor.uint(bytes_for(head.size))? as u32,
        };
        if head.version > 1 {
            return Ok(Member { name, offset, datatype: self.nested()? });
        }
        let rank = self.cursor.u8()?;
        self.cursor.skip(3 + 4 + 4)?;
        let mut shape = Vec::new();
        for axis in 0..4 {
            let len = self.cursor.u32()?;
            if axis < rank {
                shape.push(u64::from(len));
            }
        }
        if rank > 4 {
            return Err(self
                .cursor
                .malformed(format!("a member of {rank} dimensions, 4 are known")));
        }
        let element = self.nested()?;
        let datatype = if shape.is_empty() { element } else { self.array_of(element, shape)? };
        Ok(Member { name, offset, datatype })
    }

    /// Members side by side: what they hold together is no more than the compound does.
    fn check_overlap(&self, members: &[Member]) -> Result<()> {
        let mut spans: Vec<(u32, u32)> =
            members.iter().map(|m| (m.offset, m.offset.saturating_add(m.datatype.size))).collect();
        spans.sort_unstable();
        if spans.windows(2).any(|pair| matches!(pair, [a, b] if a.1 > b.0)) {
            return Err(self.cursor.malformed("members of a compound overlap"));
        }
        Ok(())
    }

    fn reference(&mut self, head: &Head) -> Result<Class> {
        let heap_id = u32::from(self.offset_size) + 4;
        let (kind, least) = match head.bits & 0x0f {
            0 => (ReferenceKind::Object, u32::from(self.offset_size)),
            1 => (ReferenceKind::Region, heap_id),
            2..=4 => (ReferenceKind::Standard, 2 + 4 + heap_id),
            other => {
                return Err(ReadError::unsupported(format!("reference type {other}"))
                    .at(self.cursor.offset()));
            }
        };
        self.check_size("reference", head, least)?;
        Ok(Class::Reference(kind))
    }

    fn check_size(&self, what: &str, head: &Head, least: u32) -> Result<()> {
        if head.size < least {
            return Err(self
                .cursor
                .malformed(format!("a {what} of {} bytes, {least} are needed", head.size)));
        }
        Ok(())
    }

    fn enumeration(&mut self, head: &Head) -> Result<Class> {
        let base = self.nested()?;
        let Class::FixedPoint(number) = &base.class else {
            return Err(self.cursor.malformed("an enumeration of something other than integers"));
        };
        if base.size != head.size {
            return Err(self.cursor.malformed(format!(
                "an enumeration of {} bytes over an integer of {}",
                head.size, base.size
            )));
        }
        let mut labels = Vec::new();
        for _ in 0..head.bits & 0xffff {
            labels.push(links::text(&self.name(head)?));
        }
        let mut members = Vec::new();
        for name in labels {
            let value = integers::value(self.cursor.take(base.size())?, number);
            members.push((name, value));
        }
        Ok(Class::Enumeration { base: Box::new(base), members })
    }

    fn variable_length(&mut self, head: &Head) -> Result<Class> {
        let base = self.nested()?;
        self.check_size("variable-length type", head, 4 + u32::from(self.offset_size) + 4)?;
        match head.bits & 0x0f {
            0 => Ok(Class::Sequence(Box::new(base))),
            1 => Ok(Class::VarLenString(padding(head.bits >> 4))),
            other => Err(ReadError::unsupported(format!("variable-length type {other}"))
                .at(self.cursor.offset())),
        }
    }

    fn array(&mut self, head: &Head) -> Result<Class> {
        let rank = self.cursor.u8()?;
        if rank == 0 || rank > MAX_RANK {
            return Err(self.cursor.malformed(format!("an array type of {rank} dimensions")));
        }
        // The class came with version 2; early writers have it in version 1, laid out alike.
        let is_padded = head.version < 3;
        if is_padded {
            self.cursor.skip(3)?;
        }
        let mut shape = Vec::new();
        for _ in 0..rank {
            shape.push(u64::from(self.cursor.u32()?));
        }
        if is_padded {
            // Permutation indices, never put to use.
            self.cursor.skip(4 * usize::from(rank))?;
        }
        let element = self.nested()?;
        let array = self.array_of(element, shape)?;
        if array.size != head.size {
            return Err(self.cursor.malformed(format!(
                "an array type of {} bytes whose elements take {}",
                head.size, array.size
            )));
        }
        Ok(array.class)
    }

    fn array_of(&self, element: Datatype, shape: Vec<u64>) -> Result<Datatype> {
        let count = shape
            .iter()
            .try_fold(1u32, |n, &len| n.checked_mul(u32::try_from(len).ok()?))
            .filter(|&count| count > 0);
        let size = count.and_then(|count| count.checked_mul(element.size));
        let (Some(count), Some(size)) = (count, size) else {
            return Err(self.cursor.malformed(format!("an array type of the shape {shape:?}")));
        };
        Ok(Datatype { size, class: Class::Array { element: Box::new(element), shape, count } })
    }

    fn complex(&mut self, head: &Head) -> Result<Class> {
        // Bit 0: both parts are of one type. Bits 1 and 2: the form, 0 is rectangular.
        if head.bits & 7 != 1 {
            return Err(ReadError::unsupported("complex numbers that are not rectangular")
                .at(self.cursor.offset()));
        }
        let part = self.nested()?;
        if !matches!(part.class, Class::FloatingPoint(_)) {
            return Err(self.cursor.malformed("complex numbers whose parts are no floats"));
        }
        if part.size.checked_mul(2) != Some(head.size) {
            return Err(self
                .cursor
                .malformed("complex numbers that are not as large as two parts"));
        }
        Ok(Class::Complex(Box::new(part)))
    }

    /// A name that ends with a NUL, before version 3 padded to eight bytes.
    fn name(&mut self, head: &Head) -> Result<Vec<u8>> {
        let mut name = Vec::new();
        loop {
            match self.cursor.u8()? {
                0 => break,
                byte => name.push(byte),
            }
        }
        if head.version < 3 {
            let stored = name.len() + 1;
            self.cursor.skip(stored.next_multiple_of(8) - stored)?;
        }
        Ok(name)
    }
}

fn order(bits: u32) -> ByteOrder {
    if bits & 1 == 0 { ByteOrder::Little } else { ByteOrder::Big }
}

/// Bytes that count up to `limit`: 1 below 256, 2 below 65536.
fn bytes_for(limit: u32) -> u8 {
    match limit {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// The low four bits say how a text ends.
fn padding(bits: u32) -> Padding {
    match bits & 0x0f {
        0 => Padding::NullTerminated,
        2 => Padding::Space,
        _ => Padding::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<Datatype> {
        Datatype::parse_sized(bytes, 0, 8)
    }

    /// Class and version, class bits, size, properties.
    fn message(class: u8, version: u8, bits: u32, size: u32, properties: &[u8]) -> Vec<u8> {
        let mut bytes = vec![version << 4 | class];
        bytes.extend(bits.to_le_bytes().iter().take(3));
        bytes.extend(size.to_le_bytes());
        bytes.extend(properties);
        bytes
    }

    fn int(version: u8, size: u32) -> Vec<u8> {
        message(0, version, 8, size, &[0, 0, (size * 8) as u8, 0])
    }

    fn dtype(bytes: &[u8]) -> String {
        parse(bytes).unwrap().dtype().to_string()
    }

    #[test]
    fn numbers_say_their_size_sign_and_order() {
        assert_eq!(dtype(&int(1, 4)), "<i4");
        assert_eq!(dtype(&message(0, 1, 1, 3, &[0, 0, 20, 0])), ">u3");
        assert_eq!(dtype(&message(4, 1, 0, 2, &[0, 0, 16, 0])), "bitfield(2)");
        assert_eq!(dtype(&message(2, 1, 1, 8, &[64, 0])), "time(8)");
        let half = [0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0];
        assert_eq!(dtype(&message(1, 1, 0x0f21, 2, &half)), ">f2");
        let complex = message(11, 5, 1, 4, &message(1, 5, 0x0f20, 2, &half));
        assert_eq!(dtype(&complex), "complex(<f2)");
    }

    #[test]
    fn numbers_that_reach_out_of_their_bytes_are_refused() {
        assert!(parse(&message(0, 1, 0, 0, &[0, 0, 8, 0])).is_err());
        assert!(parse(&message(0, 1, 0, 2, &[0, 0, 17, 0])).is_err());
        assert!(parse(&message(0, 1, 0, 2, &[9, 0, 8, 0])).is_err());
        assert!(parse(&message(0, 1, 0, 2, &[0, 0, 0, 0])).is_err());
        assert!(parse(&message(0, 1, 0, 256, &[0, 0, 8, 0])).is_err());
        assert!(
            parse(&message(1, 1, 0x2020, 2, &[0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0])).is_err()
        );
    }

    /// The members `a`, an integer, and `b`, two by three of them.
    fn compound(version: u8) -> Vec<u8> {
        let mut properties = Vec::new();
        let name = |letter: u8| {
            if version < 3 { vec![letter, 0, 0, 0, 0, 0, 0, 0] } else { vec![letter, 0] }
        };
        let (a, b): (&[u8], &[u8]) = match version {
            1 => (
                &[0; 32],
                &[
                    4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
                    2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                ],
            ),
            2 => (&[0; 4], &[4, 0, 0, 0]),
            _ => (&[0], &[4]),
        };
        let a = [name(b'a'), a.to_vec(), int(version, 4)].concat();
        properties.extend([a, name(b'b'), b.to_vec()].concat());
        properties.extend(match version {
            1 => int(1, 4),
            2 => {
                let rank = [2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
                message(10, 2, 0, 24, &[&rank[..], &int(2, 4)].concat())
            }
            _ => {
                let rank = [2, 2, 0, 0, 0, 3, 0, 0, 0];
                message(10, 3, 0, 24, &[&rank[..], &int(3, 4)].concat())
            }
        });
        message(6, version, 2, 28, &properties)
    }

    #[test]
    fn compounds_of_all_versions_are_alike() {
        for version in 1..=3 {
            let Class::Compound(members) = parse(&compound(version)).unwrap().class else {
                panic!("version {version} is not a compound")
            };
            let found: Vec<(&str, u32, String)> = members
                .iter()
                .map(|m| (m.name.as_str(), m.offset, m.datatype.dtype().to_string()))
                .collect();
            let expected = vec![("a", 0, "<i4".to_owned()), ("b", 4, "array(<i4)[2,3]".to_owned())];
            assert_eq!(found, expected, "version {version}");
        }
    }

    #[test]
    fn members_lie_inside_and_do_not_overlap() {
        let two = |second: u8, size: u32| {
            let members =
                [b"a\0\0".as_slice(), &int(3, 4), &[b'b', 0, second], &int(3, 4)].concat();
            parse(&message(6, 3, 2, size, &members))
        };
        assert!(two(4, 8).is_ok());
        assert!(two(3, 8).is_err());
        assert!(two(5, 8).is_err());
        assert!(parse(&message(6, 3, 0, 8, &[])).is_err());
    }

    #[test]
    fn enumerations_have_named_integers() {
        let labels = b"FALSE\0TRUE\0\x00\xff";
        let boolean = message(8, 3, 2, 1, &[int(3, 1), labels.to_vec()].concat());
        let Class::Enumeration { members, .. } = parse(&boolean).unwrap().class else {
            panic!("not an enumeration")
        };
        assert_eq!(members, [("FALSE".into(), 0), ("TRUE".into(), -1)]);
        assert!(parse(&message(8, 3, 0, 1, &message(3, 1, 0, 1, &[]))).is_err());
    }

    #[test]
    fn variable_length_text_is_text_and_a_sequence_of_text_is_not() {
        let letter = message(3, 1, 0, 1, &[]);
        assert_eq!(dtype(&message(9, 1, 1, 16, &letter)), "str");
        assert_eq!(dtype(&message(9, 1, 0, 16, &letter)), "vlen(S1)");
        assert!(parse(&message(9, 1, 1, 15, &letter)).is_err());
    }

    #[test]
    fn references_and_opaque_bytes() {
        assert_eq!(dtype(&message(7, 1, 0, 8, &[])), "ref");
        assert_eq!(dtype(&message(7, 1, 1, 12, &[])), "regref");
        assert_eq!(dtype(&message(7, 4, 0x12, 18, &[])), "stdref");
        assert!(parse(&message(7, 1, 1, 8, &[])).is_err());
        let opaque = message(5, 1, 8, 3, b"tag\0\0\0\0\0");
        assert_eq!(parse(&opaque).unwrap().class, Class::Opaque { tag: Some("tag".into()) });
    }

    #[test]
    fn nesting_ends_somewhere() {
        let mut bytes = int(3, 4);
        for _ in 0..MAX_DEPTH {
            bytes = message(10, 3, 0, 4, &[&[1, 1, 0, 0, 0][..], &bytes].concat());
        }
        assert!(parse(&bytes).is_ok());
        bytes = message(10, 3, 0, 4, &[&[1, 1, 0, 0, 0][..], &bytes].concat());
        assert!(parse(&bytes).is_err());
    }

    #[test]
    fn arrays_are_as_large_as_their_elements_together() {
        let array = |len: u32, size: u32| {
            let rank = [&[2][..], &len.to_le_bytes(), &len.to_le_bytes(), &int(3, 4)].concat();
            parse(&message(10, 3, 0, size, &rank))
        };
        assert!(array(2, 16).is_ok());
        assert!(array(2, 15).is_err());
        assert!(array(0, 4).is_err());
        assert!(array(0x10000, 0).is_err());
        assert!(array(0x8000, 4).is_err());
    }

    #[test]
    fn a_message_cut_anywhere_is_an_error() {
        let whole = compound(3);
        for len in 0..whole.len() {
            assert!(parse(&whole[..len]).is_err(), "cut to {len} bytes");
        }
        assert!(parse(&message(12, 1, 0, 1, &[])).is_err());
        assert!(parse(&message(3, 6, 0, 1, &[])).is_err());
    }
}
