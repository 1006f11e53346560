//! NetCDF classic files built in code, right or wrong on purpose.
//!
//! ```
//! use hyperslab_testkit::bytes::{F32, UNLIMITED, cdf1};
//! let file = cdf1()
//!     .dim("time", UNLIMITED)
//!     .dim("lat", 2)
//!     .var("t", F32, &["time", "lat"])
//!     .attr("units", "K")
//!     .records(3)
//!     .values([1f32, 2., 3., 4., 5., 6.])
//!     .cut(4)
//!     .bytes();
//! assert_eq!(&file[..4], b"CDF\x01");
//! ```
//! The layout is computed here on its own, so that a reader's arithmetic is tested against
//! somebody else's. Padding is 0xEE: a value made of it was read from the wrong place.

use hyperslab_core::{Array, Buffer};

pub use CdfType::*;

/// The length of the record dimension.
pub const UNLIMITED: u64 = 0;

const PADDING: u8 = 0xEE;

/// `nc_type`; the number is the one in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CdfType {
    I8 = 1,
    Char = 2,
    I16 = 3,
    I32 = 4,
    F32 = 5,
    F64 = 6,
    U8 = 7,
    U16 = 8,
    U32 = 9,
    I64 = 10,
    U64 = 11,
}

impl CdfType {
    pub const CLASSIC: [Self; 6] = [I8, Char, I16, I32, F32, F64];
    pub const ALL: [Self; 11] = [I8, Char, I16, I32, F32, F64, U8, U16, U32, I64, U64];

    pub fn size(self) -> u64 {
        match self {
            I8 | Char | U8 => 1,
            I16 | U16 => 2,
            I32 | F32 | U32 => 4,
            F64 | I64 | U64 => 8,
        }
    }

    /// `value`, wrapped or rounded into this type, as stored.
    fn put(self, value: u64, out: &mut Vec<u8>) {
        match self {
            F32 => out.extend((value as f32).to_be_bytes()),
            F64 => out.extend((value as f64).to_be_bytes()),
            _ => out.extend(&value.to_be_bytes()[8 - self.size() as usize..]),
        }
    }

    fn array(self, shape: Vec<u64>, bytes: &[u8]) -> Array {
        macro_rules! values {
            ($variant:ident, $t:ty) => {
                Buffer::$variant(
                    bytes
                        .chunks_exact(size_of::<$t>())
                        .map(|b| <$t>::from_be_bytes(b.try_into().unwrap()))
                        .collect(),
                )
            };
        }
        let values = match self {
            I8 => values!(I8, i8),
            Char => values!(Char, u8),
            I16 => values!(I16, i16),
            I32 => values!(I32, i32),
            F32 => values!(F32, f32),
            F64 => values!(F64, f64),
            U8 => values!(U8, u8),
            U16 => values!(U16, u16),
            U32 => values!(U32, u32),
            I64 => values!(I64, i64),
            U64 => values!(U64, u64),
        };
        Array { shape, values }
    }
}

/// What may be given as values: text, arrays, slices and vectors of numbers.
pub trait CdfValues {
    fn cdf_type(&self) -> CdfType;
    fn stored(&self) -> Vec<u8>;
}

impl CdfValues for &str {
    fn cdf_type(&self) -> CdfType {
        Char
    }

    fn stored(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}

macro_rules! cdf_values {
    ($($t:ty => $cdf_type:ident),*) => { $(
        impl CdfValues for &[$t] {
            fn cdf_type(&self) -> CdfType {
                $cdf_type
            }

            fn stored(&self) -> Vec<u8> {
                self.iter().flat_map(|value| value.to_be_bytes()).collect()
            }
        }
        impl<const N: usize> CdfValues for [$t; N] {
            fn cdf_type(&self) -> CdfType {
                $cdf_type
            }

            fn stored(&self) -> Vec<u8> {
                self.as_slice().stored()
            }
        }
        impl CdfValues for Vec<$t> {
            fn cdf_type(&self) -> CdfType {
                $cdf_type
            }

            fn stored(&self) -> Vec<u8> {
                self.as_slice().stored()
            }
        }
    )* };
}
cdf_values!(i8 => I8, i16 => I16, i32 => I32, f32 => F32, f64 => F64, u8 => U8, u16 => U16,
    u32 => U32, i64 => I64, u64 => U64);

pub fn cdf1() -> CdfBuilder {
    CdfBuilder::new(1)
}

pub fn cdf2() -> CdfBuilder {
    CdfBuilder::new(2)
}

pub fn cdf5() -> CdfBuilder {
    CdfBuilder::new(5)
}

#[derive(Clone, Debug)]
pub struct CdfBuilder {
    version: u8,
    records: u64,
    numrecs: Option<u64>,
    dims: Vec<(Vec<u8>, u64)>,
    attributes: Vec<CdfAttribute>,
    vars: Vec<CdfVar>,
    gap: u64,
    patches: Vec<(usize, Vec<u8>)>,
    length: Length,
}

#[derive(Clone, Copy, Debug)]
enum Length {
    Whole,
    Cut(usize),
    Keep(usize),
}

#[derive(Clone, Debug)]
struct CdfAttribute {
    name: Vec<u8>,
    cdf_type: CdfType,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
struct CdfVar {
    name: Vec<u8>,
    cdf_type: CdfType,
    dims: Vec<usize>,
    attributes: Vec<CdfAttribute>,
    values: Option<Vec<u8>>,
    // What the header says, where it is to lie.
    begin: Option<u64>,
    vsize: Option<u64>,
    type_code: Option<u32>,
    dimids: Option<Vec<u64>>,
}

impl CdfBuilder {
    pub fn new(version: u8) -> Self {
        Self {
            version,
            records: 0,
            numrecs: None,
            dims: Vec::new(),
            attributes: Vec::new(),
            vars: Vec::new(),
            gap: 0,
            patches: Vec::new(),
            length: Length::Whole,
        }
    }

    /// A dimension; [`UNLIMITED`] makes it the record dimension.
    #[must_use]
    pub fn dim(mut self, name: impl Into<Vec<u8>>, length: u64) -> Self {
        self.dims.push((name.into(), length));
        self
    }

    /// A variable along dimensions that are there already. Without [`Self::values`] it counts
    /// up from 10 times its number, wrapping.
    #[must_use]
    pub fn var(mut self, name: impl Into<Vec<u8>>, cdf_type: CdfType, dims: &[&str]) -> Self {
        let dims = dims.iter().map(|dim| {
            let found = self.dims.iter().position(|(name, _)| name == dim.as_bytes());
            found.unwrap_or_else(|| panic!("no dimension {dim}"))
        });
        self.vars.push(CdfVar {
            name: name.into(),
            cdf_type,
            dims: dims.collect(),
            attributes: Vec::new(),
            values: None,
            begin: None,
            vsize: None,
            type_code: None,
            dimids: None,
        });
        self
    }

    /// An attribute of the last variable, or of the file before there is one.
    #[must_use]
    pub fn attr(mut self, name: impl Into<Vec<u8>>, values: impl CdfValues) -> Self {
        let cdf_type = values.cdf_type();
        let attribute = CdfAttribute { name: name.into(), cdf_type, bytes: values.stored() };
        match self.vars.last_mut() {
            Some(var) => var.attributes.push(attribute),
            None => self.attributes.push(attribute),
        }
        self
    }

    /// All values of the last variable.
    #[must_use]
    pub fn values(mut self, values: impl CdfValues) -> Self {
        let var = self.last_var();
        assert_eq!(var.cdf_type, values.cdf_type(), "type of the values");
        var.values = Some(values.stored());
        self
    }

    /// How many records are written.
    #[must_use]
    pub fn records(mut self, records: u64) -> Self {
        self.records = records;
        self
    }

    /// The header says so, whatever is written.
    #[must_use]
    pub fn numrecs(mut self, numrecs: u64) -> Self {
        self.numrecs = Some(numrecs);
        self
    }

    /// The header leaves the number of records open.
    #[must_use]
    pub fn streaming(self) -> Self {
        let numrecs = if self.version == 5 { u64::MAX } else { u64::from(u32::MAX) };
        self.numrecs(numrecs)
    }

    /// Bytes between the header and the first value, as `nc__enddef` leaves them.
    #[must_use]
    pub fn gap(mut self, bytes: u64) -> Self {
        self.gap = bytes;
        self
    }

    /// The header gives this offset for the last variable.
    #[must_use]
    pub fn begin(mut self, offset: u64) -> Self {
        self.last_var().begin = Some(offset);
        self
    }

    /// The header gives this vsize for the last variable.
    #[must_use]
    pub fn vsize(mut self, bytes: u64) -> Self {
        self.last_var().vsize = Some(bytes);
        self
    }

    /// The header gives this nc_type for the last variable.
    #[must_use]
    pub fn type_code(mut self, code: u32) -> Self {
        self.last_var().type_code = Some(code);
        self
    }

    /// The header gives these dimension ids for the last variable.
    #[must_use]
    pub fn dimids(mut self, ids: &[u64]) -> Self {
        self.last_var().dimids = Some(ids.into());
        self
    }

    /// Overwrites bytes of the finished file.
    #[must_use]
    pub fn patch(mut self, offset: usize, bytes: &[u8]) -> Self {
        self.patches.push((offset, bytes.into()));
        self
    }

    /// Leaves out the last `bytes` of the file.
    #[must_use]
    pub fn cut(mut self, bytes: usize) -> Self {
        self.length = Length::Cut(bytes);
        self
    }

    /// Leaves out all but the first `bytes` of the file.
    #[must_use]
    pub fn keep(mut self, bytes: usize) -> Self {
        self.length = Length::Keep(bytes);
        self
    }

    /// Bytes of the header.
    pub fn header_len(&self) -> usize {
        self.header(&vec![0; self.vars.len()]).len()
    }

    /// Offsets of the first value of each variable.
    pub fn begins(&self) -> Vec<u64> {
        let mut at = self.header_len() as u64 + self.gap;
        let mut begins = vec![0; self.vars.len()];
        for records in [false, true] {
            for (begin, var) in begins.iter_mut().zip(&self.vars) {
                if self.is_record(var) == records {
                    *begin = at;
                    at += self.slab(var).next_multiple_of(4);
                }
            }
        }
        begins
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut file = self.header(&self.begins());
        file.resize(file.len() + self.gap as usize, PADDING);
        for (number, var) in self.vars.iter().enumerate().filter(|(_, v)| !self.is_record(v)) {
            file.extend(self.stored(number, var));
            pad(&mut file, self.slab(var));
        }
        let records: Vec<_> = self
            .vars
            .iter()
            .enumerate()
            .filter(|(_, var)| self.is_record(var))
            .map(|(number, var)| (self.stored(number, var), self.slab(var)))
            .collect();
        for record in 0..self.records {
            for (values, slab) in &records {
                file.extend(&values[(record * slab) as usize..((record + 1) * slab) as usize]);
                if records.len() > 1 {
                    pad(&mut file, *slab);
                }
            }
        }
        for (offset, bytes) in &self.patches {
            file[*offset..*offset + bytes.len()].copy_from_slice(bytes);
        }
        match self.length {
            Length::Whole => {}
            Length::Cut(bytes) => file.truncate(file.len() - bytes),
            Length::Keep(bytes) => file.truncate(bytes),
        }
        file
    }

    /// The values of variable `name`, as a reader should give them.
    pub fn expected(&self, name: &str) -> Array {
        let found = self.vars.iter().position(|var| var.name == name.as_bytes());
        let number = found.unwrap_or_else(|| panic!("no variable {name}"));
        let var = &self.vars[number];
        let length = |&dim: &usize| match self.dims[dim].1 {
            UNLIMITED => self.records,
            length => length,
        };
        let shape = var.dims.iter().map(length).collect();
        var.cdf_type.array(shape, &self.stored(number, var))
    }

    fn last_var(&mut self) -> &mut CdfVar {
        self.vars.last_mut().expect("a variable")
    }

    fn is_record(&self, var: &CdfVar) -> bool {
        var.dims.first().is_some_and(|&dim| self.dims[dim].1 == UNLIMITED)
    }

    /// Bytes of a fixed variable, or of one record.
    fn slab(&self, var: &CdfVar) -> u64 {
        let fixed = &var.dims[usize::from(self.is_record(var))..];
        fixed.iter().map(|&dim| self.dims[dim].1).product::<u64>() * var.cdf_type.size()
    }

    fn stored(&self, number: usize, var: &CdfVar) -> Vec<u8> {
        let len = self.slab(var) * if self.is_record(var) { self.records } else { 1 };
        match &var.values {
            Some(values) => {
                assert_eq!(values.len() as u64, len, "bytes of the values");
                values.clone()
            }
            None => {
                let mut values = Vec::new();
                let first = 10 * number as u64;
                let count = len / var.cdf_type.size();
                (first..first + count).for_each(|k| var.cdf_type.put(k, &mut values));
                values
            }
        }
    }

    fn header(&self, begins: &[u64]) -> Vec<u8> {
        let mut out = HeaderWriter { version: self.version, out: b"CDF".to_vec() };
        out.out.push(self.version);
        out.count(self.numrecs.unwrap_or(self.records));
        out.list(10, self.dims.len());
        for (name, length) in &self.dims {
            out.name(name);
            out.count(*length);
        }
        out.attributes(&self.attributes);
        out.list(11, self.vars.len());
        for (var, &begin) in self.vars.iter().zip(begins) {
            out.name(&var.name);
            let ids: Vec<u64> = var.dims.iter().map(|&dim| dim as u64).collect();
            let ids = var.dimids.as_ref().unwrap_or(&ids);
            out.count(ids.len() as u64);
            ids.iter().for_each(|&id| out.count(id));
            out.attributes(&var.attributes);
            out.u32(var.type_code.unwrap_or(var.cdf_type as u32));
            let vsize = self.slab(var).next_multiple_of(4);
            out.count(var.vsize.unwrap_or(vsize));
            out.offset(var.begin.unwrap_or(begin));
        }
        out.out
    }
}

fn pad(file: &mut Vec<u8>, len: u64) {
    let padding = len.next_multiple_of(4) - len;
    file.resize(file.len() + padding as usize, PADDING);
}

struct HeaderWriter {
    version: u8,
    out: Vec<u8>,
}

impl HeaderWriter {
    fn u32(&mut self, value: u32) {
        self.out.extend(value.to_be_bytes());
    }

    /// NON_NEG; only the low 32 bits where it has no more.
    fn count(&mut self, value: u64) {
        match self.version {
            5 => self.out.extend(value.to_be_bytes()),
            _ => self.u32(value as u32),
        }
    }

    fn offset(&mut self, value: u64) {
        match self.version {
            1 => self.u32(value as u32),
            _ => self.out.extend(value.to_be_bytes()),
        }
    }

    fn list(&mut self, tag: u32, count: usize) {
        self.u32(if count == 0 { 0 } else { tag });
        self.count(count as u64);
    }

    /// Padding of the header is NUL.
    fn padded(&mut self, bytes: &[u8]) {
        self.out.extend(bytes);
        self.out.resize(self.out.len().next_multiple_of(4), 0);
    }

    fn name(&mut self, name: &[u8]) {
        self.count(name.len() as u64);
        self.padded(name);
    }

    fn attributes(&mut self, attributes: &[CdfAttribute]) {
        self.list(12, attributes.len());
        for attribute in attributes {
            self.name(&attribute.name);
            self.u32(attribute.cdf_type as u32);
            self.count(attribute.bytes.len() as u64 / attribute.cdf_type.size());
            self.padded(&attribute.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification's own example file, `tiny`.
    #[test]
    fn the_example_of_the_specification_is_built_byte_by_byte() {
        let file = cdf1().dim("dim", 5).var("vx", I16, &["dim"]).values([3i16, 1, 4, 1, 5]).bytes();
        let header: &[u8] = b"CDF\x01\0\0\0\0\0\0\0\x0a\0\0\0\x01\0\0\0\x03dim\0\0\0\0\x05\
            \0\0\0\0\0\0\0\0\0\0\0\x0b\0\0\0\x01\0\0\0\x02vx\0\0\0\0\0\x01\0\0\0\0\
            \0\0\0\0\0\0\0\0\0\0\0\x03\0\0\0\x0c\0\0\0\x50";
        assert_eq!(file[..80], *header);
        assert_eq!(file[80..], *b"\0\x03\0\x01\0\x04\0\x01\0\x05\xEE\xEE");
    }

    #[test]
    fn records_interleave_and_are_padded_unless_there_is_one_variable_only() {
        let lone = cdf1().dim("t", UNLIMITED).var("a", I8, &["t"]).records(3);
        assert_eq!(lone.bytes().len(), lone.header_len() + 3);
        let two = lone.var("b", I8, &["t"]);
        assert_eq!(two.bytes()[two.header_len()..][..8], *b"\x00\xEE\xEE\xEE\x0a\xEE\xEE\xEE");
        assert_eq!(two.expected("b").values, Buffer::I8(vec![10, 11, 12]));
    }
}
