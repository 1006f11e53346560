//! HDF5 files built in code, of the oldest structures: these have no checksums.

const UNDEFINED: u64 = u64::MAX;

/// A file in the making. Addresses are offsets.
#[derive(Default)]
pub struct Built {
    bytes: Vec<u8>,
    links: Vec<(String, u64)>,
}

/// A datatype message.
pub enum Type {
    /// Bytes, bits of it, whether they are in big-endian order.
    Int { bytes: u8, bits: u8, is_big: bool },
    /// IEEE 754 of two bytes.
    Half,
    /// Compounds of `(offset, type)` in so many bytes.
    Compound(u8, Vec<(u8, Type)>),
}

impl Type {
    fn message(&self) -> Vec<u8> {
        match self {
            Self::Int { bytes, bits, is_big } => {
                [&[0x10, 8 | u8::from(*is_big), 0, 0, *bytes, 0, 0, 0][..], &[0, 0, *bits, 0]]
                    .concat()
            }
            Self::Half => {
                [&[0x11, 0x20, 15, 0, 2, 0, 0, 0][..], &[0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0]]
                    .concat()
            }
            Self::Compound(bytes, members) => {
                let head = [0x36, members.len() as u8, 0, 0, *bytes, 0, 0, 0];
                let member = |(k, (offset, member)): (usize, &(u8, Type))| {
                    [&[b'a' + k as u8, 0, *offset][..], &member.message()].concat()
                };
                let members = members.iter().enumerate().flat_map(member);
                head.into_iter().chain(members).collect()
            }
        }
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Self::Int { bytes, .. } | Self::Compound(bytes, _) => u64::from(*bytes),
            Self::Half => 2,
        }
    }
}

impl Built {
    pub fn new() -> Self {
        Self { bytes: vec![0; 96], links: Vec::new() }
    }

    fn put(&mut self, bytes: &[u8]) -> u64 {
        let at = self.bytes.len() as u64;
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        at
    }

    /// A contiguous dataset with an attribute.
    pub fn contiguous(&mut self, name: &str, of: &Type, count: u64) -> &mut Self {
        let bytes = count * of.bytes();
        let values: Vec<u8> = (0..bytes).map(|k| (k * 7 % 61) as u8).collect();
        let address = self.put(&values);
        let layout = [&[3, 1][..], &words(&[address, bytes])].concat();
        self.dataset(name, of, &[count], &layout)
    }

    /// A dataset of two axes of bytes in chunks without filters, found through a B-tree.
    pub fn chunked(&mut self, name: &str, shape: [u64; 2], chunk: [u64; 2]) -> &mut Self {
        let values = vec![1; (chunk[0] * chunk[1]) as usize];
        let mut node = Vec::new();
        let mut count = 0u16;
        for first in (0..shape[0]).step_by(chunk[0] as usize) {
            for second in (0..shape[1]).step_by(chunk[1] as usize) {
                let address = self.put(&values);
                node.extend((values.len() as u32).to_le_bytes());
                node.extend([0; 4]);
                node.extend(words(&[first, second, 0, address]));
                count += 1;
            }
        }
        node.extend([0; 8]);
        node.extend(words(&[shape[0], shape[1], 0]));
        let head = [&b"TREE\x01\0"[..], &count.to_le_bytes(), &words(&[UNDEFINED, UNDEFINED])];
        let tree = self.put(&[&head.concat()[..], &node].concat());
        let mut layout = [&[3, 2, 3][..], &words(&[tree])].concat();
        for len in [chunk[0], chunk[1], 1] {
            layout.extend((len as u32).to_le_bytes());
        }
        let bytes = Type::Int { bytes: 1, bits: 8, is_big: false };
        self.dataset(name, &bytes, &shape, &layout)
    }

    fn dataset(&mut self, name: &str, of: &Type, shape: &[u64], layout: &[u8]) -> &mut Self {
        let space = [&[1, shape.len() as u8, 0, 0, 0, 0, 0, 0][..], &words(shape)].concat();
        let number = Type::Int { bytes: 4, bits: 32, is_big: false }.message();
        let attribute =
            [&[3, 0, 6, 0, 12, 0, 4, 0, 0][..], b"count\0", &number, &[2, 0, 0, 0], &[9, 0, 0, 0]];
        let fill = [2, 1, 0, 1, 0, 0, 0, 0];
        let messages = [
            (1, space),
            (3, of.message()),
            (5, fill.into()),
            (8, layout.to_vec()),
            (12, attribute.concat()),
        ];
        let header = self.put(&header(&messages));
        self.links.push((name.into(), header));
        self
    }

    /// The file, its root group holding all datasets.
    pub fn finish(&mut self) -> Vec<u8> {
        let none = [&[0, 0][..], &words(&[UNDEFINED, UNDEFINED])].concat();
        let link = |(name, header): &(String, u64)| {
            let name = name.as_bytes();
            (6, [&[1, 0, name.len() as u8][..], name, &words(&[*header])].concat())
        };
        let messages: Vec<_> =
            std::iter::once((2, none)).chain(self.links.iter().map(link)).collect();
        let root = self.put(&header(&messages));
        let mut superblock = b"\x89HDF\r\n\x1a\n".to_vec();
        superblock.extend([0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]);
        superblock.extend(words(&[
            0,
            UNDEFINED,
            self.bytes.len() as u64,
            UNDEFINED,
            0,
            root,
            0,
            0,
            0,
        ]));
        self.bytes[..superblock.len()].copy_from_slice(&superblock);
        self.bytes.clone()
    }
}

/// An object header of version 1.
fn header(messages: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, bytes) in messages {
        let len = bytes.len().next_multiple_of(8);
        body.extend(kind.to_le_bytes());
        body.extend((len as u16).to_le_bytes());
        body.extend([0; 4]);
        body.extend(bytes);
        body.resize(body.len() + len - bytes.len(), 0);
    }
    let count = messages.len() as u16;
    let numbers = [1, body.len() as u32, 0].map(u32::to_le_bytes).concat();
    [&[1, 0][..], &count.to_le_bytes(), &numbers, &body].concat()
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
