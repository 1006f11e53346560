//! The header: magic, numrecs, dim_list, gatt_list, var_list (NetCDF Classic Format
//! Specification, "The Format in Detail"; the 64-bit offset format widens OFFSET, the 64-bit
//! data format widens NON_NEG as well). Reads O(header bytes), in growing pieces.

use std::collections::HashSet;

use hyperslab_core::{
    Array, Attribute, Axis, Blob, Buffer, ByteOrder, ErrorKind, ReadContext, ReadError, Result,
    Source,
};

use crate::types::NcType;

const NC_DIMENSION: u32 = 10;
const NC_VARIABLE: u32 = 11;
const NC_ATTRIBUTE: u32 = 12;

/// Most headers fit the first piece; the next ones double up to the largest.
const FIRST_PIECE_BYTES: u64 = 8 << 10;
const LARGEST_PIECE_BYTES: u64 = 1 << 20;

/// What an axis takes in memory: its id here, its length in the layout, and the listing's.
const AXIS_BYTES: usize = size_of::<u32>() + size_of::<u64>() + size_of::<Axis>();

#[derive(Debug)]
pub struct Header {
    pub version: Version,
    pub numrecs: NumRecs,
    pub dimensions: Vec<Dimension>,
    pub attributes: Vec<Attribute>,
    pub variables: Vec<Variable>,
    /// Bytes the header takes: no value lies before.
    pub len: u64,
    /// What is odd but could be read around.
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Classic,
    Offset64,
    Data64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumRecs {
    Known(u64),
    /// The count follows from the length of the file.
    Streaming,
}

#[derive(Debug)]
pub struct Dimension {
    pub name: String,
    /// 0 for the record dimension.
    pub length: u64,
    /// Where in the header `length` is written.
    length_at: u64,
}

#[derive(Debug)]
pub struct Variable {
    pub name: String,
    /// Every id is that of a dimension in the header.
    pub dimids: Vec<u32>,
    pub attributes: Vec<Attribute>,
    pub nc_type: NcType,
    pub begin: u64,
    /// Where in the header `dimids` and `begin` are written.
    dimids_at: u64,
    begin_at: u64,
}

impl Version {
    pub fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Classic),
            2 => Some(Self::Offset64),
            5 => Some(Self::Data64),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Classic => "CDF-1",
            Self::Offset64 => "CDF-2",
            Self::Data64 => "CDF-5",
        }
    }

    /// Bytes of NON_NEG: counts, lengths, ids.
    fn count_bytes(self) -> u64 {
        if self == Self::Data64 { 8 } else { 4 }
    }

    /// Bytes of OFFSET.
    fn offset_bytes(self) -> u64 {
        if self == Self::Classic { 4 } else { 8 }
    }

    fn shortest_list(self) -> u64 {
        4 + self.count_bytes()
    }

    fn shortest_dimension(self) -> u64 {
        2 * self.count_bytes()
    }

    fn shortest_attribute(self) -> u64 {
        2 * self.count_bytes() + 4
    }

    fn shortest_variable(self) -> u64 {
        3 * self.count_bytes() + self.shortest_list() + 4 + self.offset_bytes()
    }
}

impl Header {
    /// # Errors
    /// `Unsupported` for a version we do not know, `Truncated` when the file ends inside the
    /// header, `Malformed`, `Limit`.
    pub fn read(source: &dyn Source, cx: &ReadContext) -> Result<Self> {
        let mut header = HeaderParser::new(source, cx)?.header()?;
        header.check_record_dimension()?;
        header.check_begins()?;
        header.note_duplicates();
        Ok(header)
    }

    /// There is at most one record dimension, and it is the first axis of those that use it.
    fn check_record_dimension(&self) -> Result<()> {
        let mut records = self.dimensions.iter().enumerate().filter(|(_, d)| d.length == 0);
        let Some((first_id, first)) = records.next() else { return Ok(()) };
        if let Some((_, second)) = records.next() {
            return Err(ReadError::malformed(format!(
                "a second record dimension (length 0) beside {}",
                quoted(&first.name)
            ))
            .at(second.length_at)
            .in_object(format!("dimension {}", quoted(&second.name))));
        }
        for variable in &self.variables {
            let mut inner = variable.dimids.iter().skip(1);
            if inner.any(|&id| id as usize == first_id) {
                return Err(variable.dimids_malformed(format!(
                    "the record dimension {} is not the first axis",
                    quoted(&first.name)
                )));
            }
        }
        Ok(())
    }

    fn check_begins(&self) -> Result<()> {
        match self.variables.iter().find(|variable| variable.begin < self.len) {
            None => Ok(()),
            Some(variable) => Err(variable.begin_malformed(format!(
                "values begin at byte {}, inside the header of {} bytes",
                variable.begin, self.len
            ))),
        }
    }

    fn note_duplicates(&mut self) {
        let lists = [
            ("dimensions", first_duplicate(self.dimensions.iter().map(|d| d.name.as_str()))),
            ("variables", first_duplicate(self.variables.iter().map(|v| v.name.as_str()))),
        ];
        for (list, duplicate) in lists {
            if let Some(name) = duplicate {
                self.notes.push(format!("several {list} are called {}", quoted(name)));
            }
        }
    }
}

impl Variable {
    pub fn object(&self) -> String {
        format!("variable {}", quoted(&self.name))
    }

    /// An error about `begin`, at the place where the header gives it.
    pub fn begin_malformed(&self, message: impl Into<String>) -> ReadError {
        ReadError::malformed(message).at(self.begin_at).in_object(self.object())
    }

    /// An error about the shape, at the place where the header gives it.
    pub fn dimids_malformed(&self, message: impl Into<String>) -> ReadError {
        ReadError::malformed(message).at(self.dimids_at).in_object(self.object())
    }
}

fn first_duplicate<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    names.into_iter().find(|&name| !seen.insert(name))
}

/// A name for a line of text: quoted, control characters escaped, not endless.
pub fn quoted(name: &str) -> String {
    const MOST_CHARS: usize = 60;
    match name.char_indices().nth(MOST_CHARS) {
        None => format!("{name:?}"),
        Some((end, _)) => format!("{:?}…", name.get(..end).unwrap_or_default()),
    }
}

struct HeaderParser<'a> {
    stream: HeaderStream<'a>,
    version: Version,
    /// Claimed so far, against the limits of one file.
    metadata_bytes: u64,
    entries: u64,
    oddities: Oddities,
}

/// What real readers read around: one note each, however often it occurs.
#[derive(Default)]
struct Oddities {
    names: u64,
    first_name: String,
    tag: Option<String>,
    nc_type: Option<String>,
}

impl<'a> HeaderParser<'a> {
    fn new(source: &'a dyn Source, cx: &'a ReadContext) -> Result<Self> {
        let mut stream = HeaderStream::new(source, cx);
        let version = match stream.take(4)? {
            &[b'C', b'D', b'F', byte] => Version::from_byte(byte).ok_or_else(|| {
                ReadError::unsupported(format!("CDF version {byte} (known are 1, 2 and 5)")).at(3)
            })?,
            _ => return Err(ReadError::malformed("the file does not begin with CDF").at(0)),
        };
        let oddities = Oddities::default();
        Ok(Self { stream, version, metadata_bytes: 0, entries: 0, oddities })
    }

    fn header(mut self) -> Result<Header> {
        let numrecs = self.numrecs().map_err(|e| e.in_object("number of records"))?;
        let dimensions = self.dim_list().map_err(|e| e.in_object("dimension list"))?;
        let attributes = self
            .att_list(&|| "the file".into())
            .map_err(|e| e.in_object("global attribute list"))?;
        let variables =
            self.var_list(dimensions.len()).map_err(|e| e.in_object("variable list"))?;
        Ok(Header {
            version: self.version,
            numrecs,
            dimensions,
            attributes,
            variables,
            len: self.stream.offset(),
            notes: self.oddities.notes(),
        })
    }

    fn numrecs(&mut self) -> Result<NumRecs> {
        let at = self.stream.offset();
        let (numrecs, streaming) = match self.version {
            Version::Data64 => (self.stream.u64()?, u64::MAX),
            _ => (u64::from(self.stream.u32()?), u64::from(u32::MAX)),
        };
        if numrecs == streaming {
            return Ok(NumRecs::Streaming);
        }
        Ok(NumRecs::Known(non_negative(numrecs, "number of records", at)?))
    }

    fn dim_list(&mut self) -> Result<Vec<Dimension>> {
        let each = (self.version.shortest_dimension(), 2 * size_of::<Dimension>());
        let count = self.list(NC_DIMENSION, "dimensions", each)?;
        let mut dimensions = Vec::with_capacity(count);
        for number in 0..count {
            let dim = self.dim().map_err(|e| e.in_object(format!("dimension {number}")))?;
            dimensions.push(dim);
        }
        Ok(dimensions)
    }

    fn dim(&mut self) -> Result<Dimension> {
        let name = self.name()?;
        let length_at = self.stream.offset();
        let length =
            self.length().map_err(|e| e.in_object(format!("dimension {}", quoted(&name))))?;
        Ok(Dimension { name, length, length_at })
    }

    fn att_list(&mut self, owner: &dyn Fn() -> String) -> Result<Vec<Attribute>> {
        let each = (self.version.shortest_attribute(), 2 * size_of::<Attribute>());
        let count = self.list(NC_ATTRIBUTE, "attributes", each)?;
        let mut attributes = Vec::with_capacity(count);
        for number in 0..count {
            let attribute = self
                .attr(owner)
                .map_err(|e| e.in_object(format!("attribute {number} of {}", owner())))?;
            attributes.push(attribute);
        }
        Ok(attributes)
    }

    fn attr(&mut self, owner: &dyn Fn() -> String) -> Result<Attribute> {
        let name = self.name()?;
        let object =
            |e: ReadError| e.in_object(format!("attribute {} of {}", quoted(&name), owner()));
        let nc_type = self.nc_type().map_err(object)?;
        let values = self.values(nc_type).map_err(object)?;
        Ok(Attribute::new(name, nc_type.dtype(), Array::vector(values)))
    }

    fn var_list(&mut self, dimensions: usize) -> Result<Vec<Variable>> {
        let held = size_of::<Variable>() + size_of::<hyperslab_core::Variable>();
        let each = (self.version.shortest_variable(), held);
        let count = self.list(NC_VARIABLE, "variables", each)?;
        let mut variables = Vec::with_capacity(count);
        for number in 0..count {
            let var =
                self.var(dimensions).map_err(|e| e.in_object(format!("variable {number}")))?;
            variables.push(var);
        }
        Ok(variables)
    }

    fn var(&mut self, dimensions: usize) -> Result<Variable> {
        let name = self.name()?;
        let object = || format!("variable {}", quoted(&name));
        let dimids_at = self.stream.offset();
        let dimids = self.dimids(dimensions).map_err(|e| e.in_object(object()))?;
        let attributes = self.att_list(&object).map_err(|e| e.in_object(object()))?;
        let nc_type = self.nc_type().map_err(|e| e.in_object(object()))?;
        let (begin, begin_at) = self.vsize_and_begin().map_err(|e| e.in_object(object()))?;
        Ok(Variable { name, dimids, attributes, nc_type, begin, dimids_at, begin_at })
    }

    fn dimids(&mut self, dimensions: usize) -> Result<Vec<u32>> {
        let id_bytes = self.version.count_bytes();
        let rank = self.count("axes", (id_bytes, AXIS_BYTES))?;
        let mut dimids = Vec::with_capacity(rank);
        for _ in 0..rank {
            let at = self.stream.offset();
            let id = match id_bytes {
                8 => self.stream.u64()?,
                _ => u64::from(self.stream.u32()?),
            };
            let known = u32::try_from(id).ok().filter(|&id| (id as usize) < dimensions);
            dimids.push(known.ok_or_else(|| {
                let message = format!("dimension id {id} (counted from 0) of {dimensions}");
                ReadError::malformed(message).at(at)
            })?);
        }
        Ok(dimids)
    }

    /// vsize is redundant, too small for large variables and, from some writers, wrong: it is
    /// passed over ("Note on vsize").
    fn vsize_and_begin(&mut self) -> Result<(u64, u64)> {
        self.stream.take(self.version.count_bytes())?;
        let at = self.stream.offset();
        let begin = match self.version {
            Version::Classic => i64::from(self.stream.u32()?.cast_signed()),
            _ => self.stream.u64()?.cast_signed(),
        };
        Ok((u64::try_from(begin).map_err(|_| negative(begin, "offset", at))?, at))
    }

    /// The beginning of a list: its tag and how many entries follow.
    fn list(&mut self, tag: u32, what: &str, each: (u64, usize)) -> Result<usize> {
        let at = self.stream.offset();
        let found = self.stream.u32()?;
        let is_wrong = found != tag && found != 0;
        let count = self.count(what, each).map_err(|e| match e.kind() {
            // What follows a wrong tag is no count either.
            ErrorKind::Malformed | ErrorKind::Truncated if is_wrong => {
                wrong_tag(found, tag, what, at)
            }
            _ => e,
        })?;
        if is_wrong {
            if count != 0 {
                return Err(wrong_tag(found, tag, what, at));
            }
            // The C library does not look at the tag of an empty list.
            self.oddities.tag = Some(format!("an empty list of {what} has tag {found}, not {tag}"));
        }
        if found == 0 && count != 0 {
            let message = format!("{count} {what} in a list that is marked as absent");
            return Err(ReadError::malformed(message).at(at));
        }
        self.entries = self.entries.saturating_add(count as u64);
        let limits = &self.stream.cx.limits;
        limits.claim_entries(self.entries, "dimensions, variables and attributes")?;
        Ok(count)
    }

    /// A count of things that follow at once; `each` is the least one takes in the file, and
    /// what it takes in memory, where lists are held twice: here and in the listing.
    fn count(&mut self, what: &str, each: (u64, usize)) -> Result<usize> {
        let at = self.stream.offset();
        let count = match self.version {
            Version::Data64 => self.stream.u64()?.cast_signed(),
            _ => i64::from(self.stream.u32()?.cast_signed()),
        };
        let count =
            u64::try_from(count).map_err(|_| negative(count, &format!("number of {what}"), at))?;
        let (stored, held) = each;
        let needed = count.saturating_mul(stored);
        let left = self.stream.left();
        if needed > left {
            return Err(ReadError::truncated(format!(
                "{count} {what} take {needed} bytes at least, {left} are left in the file"
            ))
            .at(at));
        }
        let held = count.saturating_mul(held as u64);
        self.metadata_bytes = self.metadata_bytes.saturating_add(held);
        let cx = self.stream.cx;
        cx.check()?;
        cx.limits.claim_metadata(self.metadata_bytes, 1, "names, attributes and tables")?;
        usize::try_from(count).map_err(|_| ReadError::malformed(format!("{count} {what}")).at(at))
    }

    fn length(&mut self) -> Result<u64> {
        let at = self.stream.offset();
        match self.version {
            Version::Data64 => non_negative(self.stream.u64()?, "length", at),
            // Unsigned: the C library writes lengths up to 2^32 - 4 in CDF-2.
            _ => Ok(u64::from(self.stream.u32()?)),
        }
    }

    fn name(&mut self) -> Result<String> {
        let len = self.count("bytes of a name", (1, 1))?;
        let mut bytes = Vec::with_capacity(len);
        self.stream.take_pieces(len as u64, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        self.stream.take_padding(len as u64)?;
        // To the C library a name ends at its first NUL.
        if let Some(end) = bytes.iter().position(|&b| b == 0) {
            bytes.truncate(end);
        }
        Ok(String::from_utf8(bytes).unwrap_or_else(|e| self.oddities.lossy_name(&e.into_bytes())))
    }

    fn nc_type(&mut self) -> Result<NcType> {
        let at = self.stream.offset();
        let code = self.stream.u32()?;
        let nc_type = NcType::from_code(code)
            .ok_or_else(|| ReadError::malformed(format!("{code} is not an nc_type")).at(at))?;
        if nc_type.is_cdf5_only() && self.version != Version::Data64 {
            // The C library reads them wherever they stand.
            let (name, version) = (nc_type.dtype().plain_name(), self.version.name());
            self.oddities.nc_type = Some(format!("{version} does not have the type {name}"));
        }
        Ok(nc_type)
    }

    fn values(&mut self, nc_type: NcType) -> Result<Buffer> {
        let each = nc_type.bytes();
        let count = self.count("values", (each, each as usize))?;
        let mut values = Buffer::with_capacity(&nc_type.dtype(), count)?;
        let len = (count as u64).saturating_mul(each);
        self.stream.take_pieces(len, |piece| values.extend_from_bytes(ByteOrder::Big, piece))?;
        self.stream.take_padding(len)?;
        Ok(values)
    }
}

impl Oddities {
    fn lossy_name(&mut self, bytes: &[u8]) -> String {
        let name = String::from_utf8_lossy(bytes).into_owned();
        if self.names == 0 {
            self.first_name.clone_from(&name);
        }
        self.names += 1;
        name
    }

    fn notes(self) -> Vec<String> {
        let first = quoted(&self.first_name);
        let names = match self.names {
            0 => None,
            1 => Some(format!("the name {first} is not UTF-8")),
            count => Some(format!("{count} names are not UTF-8, {first} the first of them")),
        };
        [names, self.tag, self.nc_type].into_iter().flatten().collect()
    }
}

fn wrong_tag(found: u32, tag: u32, what: &str, at: u64) -> ReadError {
    let message = format!("tag {found} where {tag} ({what}) or 0 (none) should stand");
    ReadError::malformed(message).at(at)
}

fn non_negative(value: u64, what: &str, at: u64) -> Result<u64> {
    if value > i64::MAX as u64 { Err(negative(value.cast_signed(), what, at)) } else { Ok(value) }
}

fn negative(value: i64, what: &str, at: u64) -> ReadError {
    ReadError::malformed(format!("negative {what}: {value}")).at(at)
}

/// The header's bytes one after the other. Nobody tells how long a header is: it is read in
/// pieces that double, so a small one costs one read and a long one few.
struct HeaderStream<'a> {
    source: &'a dyn Source,
    cx: &'a ReadContext,
    piece: Blob,
    piece_offset: u64,
    position: usize,
    next_piece_bytes: u64,
}

impl<'a> HeaderStream<'a> {
    fn new(source: &'a dyn Source, cx: &'a ReadContext) -> Self {
        let piece = Blob::owned(Vec::new());
        let next_piece_bytes = FIRST_PIECE_BYTES;
        Self { source, cx, piece, piece_offset: 0, position: 0, next_piece_bytes }
    }

    /// Offset in the file of the next byte.
    fn offset(&self) -> u64 {
        self.piece_offset.saturating_add(self.position as u64)
    }

    /// Bytes from here to the end of the file.
    fn left(&self) -> u64 {
        self.source.len().saturating_sub(self.offset())
    }

    /// The next `len` bytes; for small things, or use `take_pieces`.
    fn take(&mut self, len: u64) -> Result<&[u8]> {
        let here = self.piece.len().saturating_sub(self.position) as u64;
        if len > here {
            self.refill(len)?;
        }
        let begin = self.position;
        self.position = begin.saturating_add(len as usize);
        let at = self.piece_offset;
        self.piece
            .get(begin..self.position)
            .ok_or_else(|| ReadError::truncated("the source gave fewer bytes than it has").at(at))
    }

    fn refill(&mut self, len: u64) -> Result<()> {
        let (offset, left) = (self.offset(), self.left());
        if len > left {
            return Err(ReadError::truncated(format!(
                "the file ends inside its header: {len} bytes needed, {left} left"
            ))
            .at(offset));
        }
        let piece_bytes = self.next_piece_bytes.max(len).min(left);
        self.piece = self.source.read_at(offset, piece_bytes, self.cx)?;
        self.piece_offset = offset;
        self.position = 0;
        self.next_piece_bytes = (self.next_piece_bytes * 2).min(LARGEST_PIECE_BYTES);
        Ok(())
    }

    /// The next `len` bytes in pieces of whole elements, however long they are.
    fn take_pieces(&mut self, len: u64, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut left = len;
        while left > 0 {
            let piece = left.min(LARGEST_PIECE_BYTES);
            each(self.take(piece)?)?;
            left -= piece;
        }
        Ok(())
    }

    /// Skips to the next multiple of 4. The bytes should be NUL; the C library takes others.
    fn take_padding(&mut self, len: u64) -> Result<()> {
        self.take(len.next_multiple_of(4) - len).map(drop)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(self.take(4)?.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(self.take(8)?.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyperslab_core::MemorySource;
    use hyperslab_testkit::bytes::{F64, I8, UNLIMITED, cdf1, cdf5};
    use hyperslab_testkit::counting::CountingSource;

    use super::*;

    fn read(bytes: Vec<u8>) -> Result<Header> {
        Header::read(&MemorySource::new(bytes), &ReadContext::default())
    }

    #[test]
    fn the_header_ends_where_the_builder_says() {
        for file in [cdf1(), cdf5()] {
            let file = file.dim("time", UNLIMITED).dim("x", 3).attr("a", "b");
            let file = file.var("v", F64, &["time", "x"]).attr("units", "m").records(1);
            assert_eq!(read(file.bytes()).unwrap().len, file.header_len() as u64);
        }
    }

    #[test]
    fn a_small_header_is_one_read_and_a_long_one_few_none_of_them_large() {
        let mut file = cdf1().dim("x", 2000).var("v", F64, &["x"]);
        let reads = |file: &hyperslab_testkit::bytes::CdfBuilder| {
            let source = CountingSource::new(Arc::new(MemorySource::new(file.bytes())));
            Header::read(&source, &ReadContext::default()).unwrap();
            source.take_reads()
        };
        assert_eq!(reads(&file), [(0, 8 << 10)]);
        for k in 0..20_000 {
            file = file.var(format!("variable_{k}"), I8, &["x"]).attr("units", "metres");
        }
        let long = reads(&file);
        assert!(long.len() < 16, "{long:?}");
        assert!(long.iter().all(|&(_, len)| len <= LARGEST_PIECE_BYTES));
        // A piece begins where the entry lies that did not fit the last one: little is read twice.
        let total: u64 = long.iter().map(|&(_, len)| len).sum();
        assert!(total < file.header_len() as u64 + LARGEST_PIECE_BYTES);
    }

    #[test]
    fn an_attribute_longer_than_any_piece_is_read_in_pieces() {
        let long: Vec<f64> = (0..400_000).map(f64::from).collect();
        let header = read(cdf5().attr("long", long.clone()).bytes()).unwrap();
        assert_eq!(header.attributes[0].value.values, long.into());
    }

    #[test]
    fn an_empty_list_may_have_any_tag_but_it_is_said() {
        let header = read(cdf1().patch(11, &[99]).bytes()).unwrap();
        assert_eq!(header.notes, ["an empty list of dimensions has tag 99, not 10"]);
    }

    #[test]
    fn a_type_of_cdf_5_is_read_in_cdf_1_but_it_is_said() {
        let file = cdf1().dim("x", 1).var("v", I8, &["x"]).type_code(7);
        let header = read(file.bytes()).unwrap();
        assert_eq!(header.variables[0].nc_type, NcType::Ubyte);
        assert_eq!(header.notes, ["CDF-1 does not have the type uint8"]);
    }

    #[test]
    fn streaming_is_all_ones_as_wide_as_a_count() {
        assert_eq!(read(cdf1().streaming().bytes()).unwrap().numrecs, NumRecs::Streaming);
        assert_eq!(read(cdf5().streaming().bytes()).unwrap().numrecs, NumRecs::Streaming);
        let four_billion = read(cdf5().numrecs(0xFFFF_FFFF).bytes()).unwrap();
        assert_eq!(four_billion.numrecs, NumRecs::Known(0xFFFF_FFFF));
        assert!(read(cdf5().numrecs(u64::MAX - 1).bytes()).is_err());
    }

    #[test]
    fn errors_in_the_header_say_which_entry() {
        let file = cdf1().dim("x", 1).attr("title", "t").var("v", I8, &["x"]).attr("units", "K");
        let bytes = file.bytes();
        let units = bytes.windows(5).position(|w| w == b"units").unwrap();
        let error = read(file.patch(units + 8, &[0, 0, 0, 77]).bytes()).unwrap_err();
        assert_eq!(error.object(), Some("attribute \"units\" of variable \"v\""));
        assert_eq!(error.offset(), Some(units as u64 + 8));
    }

    #[test]
    fn names_for_a_line_are_escaped_and_short() {
        assert_eq!(quoted("a\nb"), "\"a\\nb\"");
        assert_eq!(quoted(&"ä".repeat(100)).chars().count(), 60 + 3);
    }
}
