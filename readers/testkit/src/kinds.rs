//! A format with one of every kind there is: types, links, aliases, errors, null spaces.
//!
//! A file `HYPERSLAB-KINDS\n` opens as the data set of [`dataset`]; no values are in it. A file
//! `HYPERSLAB-KINDS\n1000` opens as a [`crowd`]: a group with a thousand groups and links.

use std::sync::Arc;

use hyperslab_core::dtype::{ArrayType, CompoundType, EnumType, Field, OtherFloat, ReferenceType};
use hyperslab_core::{
    Array, Attribute, Axis, Buffer, ByteOrder, ChildGroup, Confidence, Dimension, DimensionId,
    Dtype, Format, GroupId, Link, LinkTarget, Listing, NamedType, ReadContext, ReadError, Reader,
    Reference, Region, Result, Section, Source, Storage, Variable, VariableId,
};

use crate::select::select;

const MAGIC: &[u8] = b"HYPERSLAB-KINDS\n";
const LITTLE: ByteOrder = ByteOrder::Little;

pub static FORMAT: Format = Format {
    id: "kinds",
    name: "One of every kind",
    extensions: &["kinds"],
    mime: &[],
    codecs: &[],
    choices: &[],
    probe,
    open,
};

/// The bytes of a file of this format.
pub fn file() -> Vec<u8> {
    MAGIC.to_vec()
}

fn probe(source: &dyn Source, cx: &ReadContext) -> Result<Confidence> {
    let len = MAGIC.len() as u64;
    if source.len() >= len && *source.read_at(0, len, cx)? == *MAGIC {
        return Ok(Confidence::Certain);
    }
    Ok(Confidence::No)
}

fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
    let bytes = source.read_at(0, source.len().min(64), cx)?;
    let count = bytes.strip_prefix(MAGIC).and_then(|rest| std::str::from_utf8(rest).ok());
    Ok(Box::new(match count.and_then(|count| count.trim().parse().ok()) {
        Some(count) => crowd(count),
        None => dataset(),
    }))
}

/// The bytes of a file with so many groups and as many links to them.
pub fn crowd_file(count: u32) -> Vec<u8> {
    [MAGIC, count.to_string().as_bytes()].concat()
}

/// Groups `g0` to `gN` in the root, and links `l0` to `lN`, the last of which leads nowhere.
pub fn crowd(count: u32) -> KindsReader {
    let soft = |k: u32| LinkTarget::Soft { path: format!("/g{}", k + 1) };
    let root = Listing {
        groups: (0..count).map(|k| format!("g{k}").as_str().into()).collect(),
        links: (0..count).map(|k| link(&format!("l{k}"), soft(k))).collect(),
        ..Listing::default()
    };
    let empty = (0..count).map(|_| Listing::default());
    let listings = std::iter::once(root).chain(empty).collect();
    KindsReader { listings, ..KindsReader::default() }
}

/// Variables with their values, in groups listed beforehand.
#[derive(Default)]
pub struct KindsReader {
    listings: Vec<Listing>,
    values: Vec<Array>,
    /// Shape and dimensions of the next variable's axes.
    dimensions: Vec<Dimension>,
}

/// The data set of the format. In the root:
///
/// | name | what |
/// | --- | --- |
/// | `table` | 1000 compounds: number, nested position, text, enum, array |
/// | `cells` | 2 x 3 of the same |
/// | `z` `to` `regions` `any` `lists` `blocks` | complex, references, sequences, arrays |
/// | `wide` `bits` `when` `half` `odd` `raw` `words` | further types of single values |
/// | `nothing` | a null dataspace |
/// | `again` | the same as `z` |
/// | `hurt` | values are there, an attribute is not |
/// | `lost` | values that cannot be read |
///
/// and links of every sort, a group `deep` with named types, and a group `broken`.
pub fn dataset() -> KindsReader {
    let mut kinds = KindsReader::default();
    let root = kinds.root();
    kinds.listings.push(root);
    let deep = kinds.deep();
    kinds.listings.push(deep);
    kinds.listings.push(Listing {
        error: Some(ReadError::malformed("a link message of version 9").at(4096)),
        ..Listing::default()
    });
    kinds
}

/// Number, position, name, sky and track of a station.
pub fn station_type() -> Dtype {
    let position = compound(None, &[("x", float(8), &[]), ("y", float(8), &[])]);
    compound(
        Some("station_t"),
        &[
            ("id", Dtype::int(4, LITTLE), &[]),
            ("pos", position, &[]),
            ("name", Dtype::FixedText { len: 4 }, &[]),
            ("sky", sky_type(), &[]),
            ("track", float(4), &[2]),
        ],
    )
}

pub fn sky_type() -> Dtype {
    Dtype::Enum(Arc::new(EnumType {
        name: Some("sky_t".into()),
        base: Dtype::uint(1, LITTLE),
        members: vec![("clear".into(), 0), ("cloudy".into(), 1), ("fog".into(), 7)],
    }))
}

/// `count` stations: station k at (k, -k), named `sk`.
pub fn stations(count: usize) -> Buffer {
    let names = (0..count).flat_map(|k| {
        let mut name = format!("s{k}").into_bytes();
        name.resize(4, 0);
        name
    });
    let position = Buffer::Compound {
        count,
        fields: vec![
            ("x".into(), (0..count).map(|k| k as f64).collect::<Vec<_>>().into()),
            ("y".into(), (0..count).map(|k| -(k as f64)).collect::<Vec<_>>().into()),
        ],
    };
    Buffer::Compound {
        count,
        fields: vec![
            ("id".into(), (0..count as i32).collect::<Vec<_>>().into()),
            ("pos".into(), position),
            ("name".into(), Buffer::FixedText { len: 4, bytes: names.collect() }),
            ("sky".into(), (0..count).map(|k| [0u8, 1, 7, 9][k % 4]).collect::<Vec<_>>().into()),
            ("track".into(), (0..2 * count).map(|k| k as f32 / 2.0).collect::<Vec<_>>().into()),
        ],
    }
}

pub fn compound(name: Option<&str>, fields: &[(&str, Dtype, &[u64])]) -> Dtype {
    let field = |(name, dtype, shape): &(&str, Dtype, &[u64])| Field {
        name: (*name).into(),
        dtype: dtype.clone(),
        shape: (*shape).into(),
    };
    let fields = fields.iter().map(field).collect();
    Dtype::Compound(Arc::new(CompoundType { name: name.map(Into::into), fields }))
}

fn float(bytes: u8) -> Dtype {
    Dtype::float(bytes, LITTLE)
}

fn to(path: &str) -> Option<Box<Reference>> {
    Some(Box::new(Reference::to(path)))
}

fn region(path: &str, points: u64, low: &[u64], high: &[u64]) -> Option<Box<Reference>> {
    let block: u64 = low.iter().zip(high).map(|(low, high)| high - low + 1).product();
    let region = Region { points, low: low.into(), high: high.into(), is_block: points == block };
    Some(Box::new(Reference { region: Some(region), ..Reference::to(path) }))
}

impl KindsReader {
    fn root(&mut self) -> Listing {
        let mut root = Listing {
            groups: vec!["deep".into(), ChildGroup { name: "broken".into(), alias_of: None }],
            links: links(),
            ..Listing::default()
        };
        root.attributes = vec![
            Attribute::new("title", Dtype::Char, Array::text("every kind")),
            Attribute {
                is_internal: true,
                ..Attribute::new("_Book", Dtype::Char, Array::text("version=2"))
            },
            Attribute::new(
                "main",
                Dtype::Reference(ReferenceType::Object),
                Array { shape: Vec::new(), values: Buffer::Reference(vec![to("/z")]) },
            ),
            Attribute {
                is_null: true,
                ..Attribute::new("void", float(8), Array::vector(Buffer::F64(Vec::new())))
            },
        ];
        let dtype = station_type();
        self.add(&mut root, "table", dtype.clone(), &[1000], stations(1000));
        self.add(&mut root, "cells", dtype, &[2, 3], stations(6));
        self.add_values_of_all_types(&mut root);
        let nothing =
            Variable { is_null: true, ..Variable::new("nothing", GroupId::ROOT, float(4)) };
        self.push(&mut root, nothing, Array::vector(Buffer::F32(Vec::new())));
        let mut again = self.variable(&root, "z");
        again.0.name = "again".into();
        again.0.alias_of = Some("/z".into());
        self.push(&mut root, again.0, again.1);
        let attribute = Attribute {
            is_null: true,
            ..Attribute::new(
                "",
                Dtype::Opaque { len: 0, tag: None },
                Array::vector(Buffer::Opaque { len: 0, bytes: Vec::new() }),
            )
        };
        let hurt = Variable {
            axes: vec![self.axis(&mut root, "two", 2)],
            attributes: vec![attribute],
            error: Some(ReadError::malformed("attribute 3: a name of no length").at(512)),
            ..Variable::new("hurt", GroupId::ROOT, Dtype::int(4, LITTLE))
        };
        self.push(&mut root, hurt, Array::vector(vec![5i32, 6].into()));
        let lost = Variable {
            axes: vec![self.axis(&mut root, "two", 2)],
            error: Some(ReadError::unsupported("filter 32123 (unheard of)")),
            ..Variable::new("lost", GroupId::ROOT, Dtype::int(4, LITTLE))
        };
        // Fewer values than elements: reading fails.
        self.push(&mut root, lost, Array::vector(Buffer::I32(Vec::new())));
        root
    }

    fn add_values_of_all_types(&mut self, root: &mut Listing) {
        let complex = Buffer::Compound {
            count: 3,
            fields: vec![
                ("r".into(), vec![1.0f64, 0.5, f64::NAN].into()),
                ("i".into(), vec![2.0f64, -1.0, 0.0].into()),
            ],
        };
        self.add(root, "z", Dtype::Complex(Arc::new(float(8))), &[3], complex);
        let reference = Dtype::Reference;
        let objects = Buffer::Reference(vec![to("/z"), None, to("/deep/inner")]);
        self.add(root, "to", reference(ReferenceType::Object), &[3], objects);
        let regions = Buffer::Reference(vec![
            region("/cells", 4, &[0, 1], &[1, 2]),
            region("/cells", 2, &[0, 0], &[1, 2]),
        ]);
        self.add(root, "regions", reference(ReferenceType::Region), &[2], regions);
        let attribute =
            Reference { attribute: Some("units".into()), ..Reference::to("/deep/inner") };
        let any = Buffer::Reference(vec![
            to("/deep"),
            region("/cells", 6, &[0, 0], &[1, 2]),
            Some(Box::new(attribute)),
        ]);
        self.add(root, "any", reference(ReferenceType::Standard), &[3], any);
        let lists =
            Buffer::VarLen { ends: vec![3, 3, 5], values: Box::new(vec![1i16, 2, 3, 4, 5].into()) };
        self.add(root, "lists", Dtype::VarLen(Arc::new(Dtype::int(2, LITTLE))), &[3], lists);
        let block = ArrayType { element: Dtype::int(4, LITTLE), shape: vec![2, 2] };
        let blocks =
            Buffer::Array { per: 4, values: Box::new((1..=8).collect::<Vec<i32>>().into()) };
        self.add(root, "blocks", Dtype::Array(Arc::new(block)), &[2], blocks);
        let wide = Buffer::Wide(vec![1 << 100, -1]);
        self.add(root, "wide", Dtype::int(16, LITTLE), &[2], wide);
        let bits = Dtype::Bitfield { bytes: 1, order: LITTLE };
        self.add(root, "bits", bits, &[3], vec![1u8, 0xa5, 0xff].into());
        let when = Dtype::Time { bytes: 4, order: LITTLE };
        self.add(root, "when", when, &[2], vec![1_000_000_000i32, 0].into());
        self.add(root, "half", float(2), &[4], vec![1.0f32, -2.5, 65504.0, f32::INFINITY].into());
        let odd = OtherFloat {
            name: "bfloat16".into(),
            code: "<f2".into(),
            bytes: 2,
            is_held_as_f64: false,
            exact_bytes: Some(4),
        };
        self.add(root, "odd", Dtype::OtherFloat(Arc::new(odd)), &[2], vec![1.5f32, -3.0].into());
        let raw = Buffer::Opaque { len: 2, bytes: vec![0xca, 0xfe, 0, 1] };
        self.add(root, "raw", Dtype::Opaque { len: 2, tag: Some("tag".into()) }, &[2], raw);
        let words = Buffer::Text(vec![b"one"[..].into(), b""[..].into()]);
        self.add(root, "words", Dtype::Text, &[2], words);
        self.add(root, "sky", sky_type(), &[4], vec![0u8, 1, 7, 9].into());
    }

    fn deep(&mut self) -> Listing {
        let mut deep = Listing {
            types: vec![
                NamedType {
                    name: "station_t".into(),
                    dtype: station_type(),
                    attributes: vec![Attribute::new("of", Dtype::Char, Array::text("stations"))],
                    alias_of: None,
                },
                NamedType {
                    name: "sky_t".into(),
                    dtype: sky_type(),
                    attributes: Vec::new(),
                    alias_of: None,
                },
                NamedType {
                    name: "plain".into(),
                    dtype: Dtype::float(4, ByteOrder::Big),
                    attributes: Vec::new(),
                    alias_of: Some("/elsewhere".into()),
                },
            ],
            links: vec![link("up", LinkTarget::Hard { path: "/".into() })],
            ..Listing::default()
        };
        let inner = Variable {
            group: GroupId(1),
            axes: vec![self.axis(&mut deep, "x", 5)],
            attributes: vec![Attribute::new("units", Dtype::Char, Array::text("K"))],
            ..Variable::new("inner", GroupId(1), float(4))
        };
        self.push(&mut deep, inner, Array::vector(vec![1.0f32, 2.0, 3.0, 4.0, 5.0].into()));
        deep
    }

    fn add(&mut self, to: &mut Listing, name: &str, dtype: Dtype, shape: &[u64], values: Buffer) {
        let axes = shape.iter().map(|&length| Axis { length, dimension: None }).collect();
        let variable = Variable { axes, ..Variable::new(name, GroupId::ROOT, dtype) };
        self.push(to, variable, Array { shape: shape.into(), values });
    }

    fn push(&mut self, to: &mut Listing, mut variable: Variable, values: Array) {
        variable.storage = Storage { layout: "in the program".into(), ..Storage::default() };
        to.variables.push(variable);
        self.values.push(values);
    }

    fn variable(&self, of: &Listing, name: &str) -> (Variable, Array) {
        let at = of.variables.iter().position(|v| v.name == name).expect("a variable");
        (of.variables[at].clone(), self.values[at].clone())
    }

    /// An axis along a dimension of its own name.
    fn axis(&mut self, of: &mut Listing, name: &str, length: u64) -> Axis {
        let found = of.dimensions.iter().position(|dimension| dimension.name == name);
        let before = self.dimensions.len() - of.dimensions.len();
        let at = found.map_or(self.dimensions.len(), |found| before + found);
        if found.is_none() {
            let group = GroupId(self.listings.len() as u32);
            let dimension = Dimension { name: name.into(), group, length, is_unlimited: false };
            of.dimensions.push(dimension.clone());
            self.dimensions.push(dimension);
        }
        Axis { length, dimension: Some(DimensionId(at as u32)) }
    }
}

fn link(name: &str, target: LinkTarget) -> Link {
    Link { name: name.into(), target, error: None }
}

fn links() -> Vec<Link> {
    let soft = |path: &str| LinkTarget::Soft { path: path.into() };
    vec![
        link("short", soft("/deep/inner")),
        link("relative", soft("deep/sky_t")),
        link("dangling", soft("/gone")),
        link("elsewhere", LinkTarget::External { file: "other.kinds".into(), path: "/z".into() }),
        link("nowhere", LinkTarget::External { file: "missing.h5".into(), path: "/a".into() }),
        Link {
            error: Some(ReadError::unsupported("user-defined links of class 187")),
            ..link("own", LinkTarget::UserDefined { class: 187 })
        },
    ]
}

impl Reader for KindsReader {
    fn format_name(&self) -> &str {
        "KINDS"
    }

    fn model(&self) -> Option<&'static str> {
        Some("enhanced")
    }

    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        cx.check()?;
        let found = self.listings.get(group.index());
        found.cloned().ok_or_else(|| ReadError::request("a group that was not listed"))
    }

    fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        cx.check()?;
        let variables = self.listings.iter().flat_map(|listing| &listing.variables);
        let Some((variable, whole)) = variables.zip(&self.values).nth(id.index()) else {
            return Err(ReadError::request("a variable that was not listed"));
        };
        if variable.is_null {
            return Err(ReadError::request("values of a null dataspace"));
        }
        section.check(&variable.shape())?;
        let bytes =
            cx.limits.claim_array(section.element_count(), variable.dtype.element_bytes())? as u64;
        cx.progress.expect(bytes);
        if let Some(error) = variable.error.as_ref().filter(|_| whole.is_empty()) {
            return Err(error.clone());
        }
        let selected = select(whole, section);
        cx.advance(bytes)?;
        Ok(selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Opened;
    use hyperslab_core::{MemorySource, Range};

    #[test]
    fn every_kind_is_listed_and_read() {
        let cx = ReadContext::default();
        let source = Arc::new(MemorySource::new(file()));
        let opened = Opened::new(&FORMAT, source, &cx).unwrap();
        let read = |path: &str| opened.read_all(path, &cx);
        assert_eq!(read("/deep/inner").unwrap().len(), 5);
        assert_eq!(read("/table").unwrap().values, stations(1000));
        assert_eq!(read("/lost").unwrap_err().kind(), hyperslab_core::ErrorKind::Unsupported);
        let id = opened.dataset.find_variable("/blocks").unwrap();
        let second = Section::new([Range::one(1)]);
        let block = opened.reader.read(id, &second, &cx).unwrap();
        let wanted = Buffer::Array { per: 4, values: Box::new(vec![5i32, 6, 7, 8].into()) };
        assert_eq!(block.values, wanted);
        assert_eq!(opened.dataset.groups.len(), 3);
        assert!(opened.dataset.groups[2].error.is_some());
    }
}
