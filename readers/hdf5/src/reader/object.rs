//! What stands behind an object header: a group, a dataset or a committed datatype, in the
//! words of the data model.

use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Buffer, Dtype, NamedType, ReadContext, ReadError, Result, Storage,
};

use hyperslab_core::dtype::{CompoundType, EnumType};

use super::Paths;
use crate::attribute;
use crate::attributes::attribute_messages;
use crate::convert::{Converter, PathOf};
use crate::dataspace::Dataspace;
use crate::datatype::Datatype;
use crate::file::File;
use crate::fill::Fill;
use crate::links;
use crate::messages;
use crate::object_header::ObjectHeader;
use crate::stored::{self, Stored};

// A group may have a hundred thousand datasets, and hardly anything else: not each in a box.
#[allow(clippy::large_enum_variant)]
pub enum Object {
    Group,
    Dataset(Dataset),
    Type(Box<NamedType>),
}

/// A dataset as it is listed; its values are read through [`stored`].
pub struct Dataset {
    pub dtype: Dtype,
    pub shape: Vec<u64>,
    pub max_shape: Vec<Option<u64>>,
    pub is_null: bool,
    pub fill: Option<Array>,
    pub storage: Storage,
    pub attributes: Vec<Attribute>,
    pub scales: Scales,
    pub error: Option<ReadError>,
}

/// What a dataset's attributes say of dimension scales (HDF5 Dimension Scale Specification) and
/// what netCDF-4 adds to them (NetCDF-4 file format, "Dimensions").
#[derive(Default)]
pub struct Scales {
    /// It is a scale.
    pub is_scale: bool,
    /// `NAME` of a scale.
    pub name: Option<String>,
    /// For each axis the object headers of the scales attached to it.
    pub attached: Vec<Vec<u64>>,
    /// For each axis a label; empty for none.
    pub labels: Vec<String>,
    /// `_Netcdf4Dimid`.
    pub dimension_id: Option<i64>,
    /// `_Netcdf4Coordinates`: ids of the dimensions of a scale of several axes.
    pub coordinates: Vec<i64>,
}

/// What the description of an object takes in memory besides its attributes, about.
pub const OBJECT_BYTES: u64 = 512;

/// The same of an attribute besides its name and value.
const ATTRIBUTE_BYTES: u64 = 128;

/// An object, and how many hard links lead to it.
pub struct Described {
    pub object: Object,
    pub references: u32,
}

/// # Errors
/// Whatever keeps it from being shown at all. What only spoils a part is in its `error`.
pub fn describe(address: u64, paths: &Paths<'_>, cx: &ReadContext) -> Result<Described> {
    cx.check()?;
    let file = paths.file;
    paths.held.charge(OBJECT_BYTES, cx)?;
    let header = ObjectHeader::read(file, address, cx)?;
    let object = if links::is_group(&header) {
        Object::Group
    } else if links::is_dataset(&header) {
        Object::Dataset(dataset(&header, paths, cx)?)
    } else if links::is_committed_type(&header) {
        Object::Type(Box::new(committed_type(&header, paths, cx)?))
    } else {
        let what = "an object that is neither a group nor a dataset nor a datatype";
        return Err(header
            .error
            .unwrap_or_else(|| ReadError::malformed(what).at(file.at(address))));
    };
    Ok(Described { object, references: header.references })
}

fn dataset(header: &ObjectHeader, paths: &Paths<'_>, cx: &ReadContext) -> Result<Dataset> {
    let file = paths.file;
    let (dataspace, datatype) = space_and_type(file, header)?;
    let committed_at = header.find(messages::DATATYPE).and_then(|message| message.shared_at);
    let listed = attributes(header, paths, cx);
    let fill = Fill::of(header, &datatype, cx);
    let mut error = header.error.clone().or(listed.error);
    let mut dataset = Dataset {
        dtype: match committed_at.and_then(|address| paths.path_of(address, cx)) {
            Some(path) => named(datatype.dtype(), &path),
            None => datatype.dtype(),
        },
        is_null: dataspace.is_null,
        shape: dataspace.shape.clone(),
        max_shape: Vec::new(),
        fill: None,
        storage: Storage::default(),
        attributes: listed.attributes,
        scales: listed.scales,
        error: None,
    };
    match fill {
        Ok(fill) => {
            dataset.fill = declared_fill(&fill, &datatype, file, paths, cx);
            match stored::outline(header, &dataspace, &datatype, file, cx) {
                Ok(outline) => {
                    dataset.storage = outline.storage;
                    if let Some(shape) = outline.shape
                        && !dataset.is_null
                    {
                        dataset.shape = shape;
                    }
                }
                Err(broken) => error = error.or(Some(broken)),
            }
        }
        Err(broken) => error = error.or(Some(broken)),
    }
    dataset.max_shape = dataspace.max_shape;
    dataset.error = error;
    Ok(dataset)
}

/// Everything needed to read the values of the dataset at an object header.
///
/// # Errors
/// Whatever is wrong with its dataspace, datatype, fill value, layout or filters.
pub fn stored(file: &File, address: u64, cx: &ReadContext) -> Result<Stored> {
    let header = ObjectHeader::read(file, address, cx)?;
    let (dataspace, datatype) = space_and_type(file, &header)?;
    let fill = Fill::of(&header, &datatype, cx)?;
    Stored::of(&header, &dataspace, Arc::new(datatype), fill, file, cx)
}

fn space_and_type(file: &File, header: &ObjectHeader) -> Result<(Dataspace, Datatype)> {
    let lacking = |what: &str| {
        let lack = || ReadError::malformed(format!("a dataset without {what}"));
        header.error.clone().unwrap_or_else(lack).at(file.at(header.address))
    };
    let message = header.find(messages::DATATYPE).ok_or_else(|| lacking("a datatype"))?;
    let datatype = Datatype::parse(&message.body, message.offset, file)?;
    let message = header.find(messages::DATASPACE).ok_or_else(|| lacking("a dataspace"))?;
    let dataspace = Dataspace::parse(&message.body, message.offset, file)?;
    Ok((dataspace, datatype))
}

/// A type with the name under which it is committed.
fn named(dtype: Dtype, path: &str) -> Dtype {
    let name = path.rsplit('/').next().map(str::to_owned);
    match dtype {
        Dtype::Compound(compound) => {
            Dtype::Compound(Arc::new(CompoundType { name, ..(*compound).clone() }))
        }
        Dtype::Enum(of) => Dtype::Enum(Arc::new(EnumType { name, ..(*of).clone() })),
        other => other,
    }
}

fn declared_fill(
    fill: &Fill,
    datatype: &Datatype,
    file: &File,
    paths: &dyn PathOf,
    cx: &ReadContext,
) -> Option<Array> {
    let bytes = fill.bytes.as_deref()?;
    let converter = Converter::new(datatype, file, paths).ok()?;
    let values = converter.convert(bytes, 1, cx).ok()?;
    Some(Array { shape: Vec::new(), values })
}

fn committed_type(header: &ObjectHeader, paths: &Paths<'_>, cx: &ReadContext) -> Result<NamedType> {
    let lacking = || ReadError::malformed("a committed datatype without a datatype message");
    let message = header.find(messages::DATATYPE).ok_or_else(lacking)?;
    let datatype = Datatype::parse(&message.body, message.offset, paths.file)?;
    let listed = attributes(header, paths, cx);
    match header.error.clone().or(listed.error) {
        Some(error) => Err(error),
        None => Ok(NamedType {
            name: String::new(),
            dtype: datatype.dtype(),
            attributes: listed.attributes,
            alias_of: None,
        }),
    }
}

/// An object's attributes, and what they say of dimension scales.
#[derive(Default)]
pub struct Listed {
    pub attributes: Vec<Attribute>,
    pub scales: Scales,
    pub error: Option<ReadError>,
}

pub fn attributes(header: &ObjectHeader, paths: &Paths<'_>, cx: &ReadContext) -> Listed {
    let file = paths.file;
    let (found, error) = attribute_messages(file, header, cx);
    let mut listed = Listed { error, ..Listed::default() };
    listed.attributes.reserve_exact(found.len());
    for message in &found {
        let decoded = attribute::decode(message, file, paths, cx).and_then(|attribute| {
            let bytes = attribute.name.len() + attribute.value.bytes();
            paths.held.charge(ATTRIBUTE_BYTES.saturating_add(bytes as u64), cx)?;
            Ok(attribute)
        });
        match decoded {
            Ok(attribute) => {
                if attribute.name == "DIMENSION_LIST" {
                    let addresses = attribute::object_addresses(message, file, cx);
                    listed.scales.attached = addresses.unwrap_or_default();
                }
                listed.attributes.push(attribute);
            }
            Err(error) => {
                // It is there, though nothing can be said of it.
                let dtype = Dtype::Opaque { len: 0, tag: None };
                let value = Array::vector(Buffer::Opaque { len: 0, bytes: Vec::new() });
                let mut nameless = Attribute::new("", dtype, value);
                nameless.is_null = true;
                listed.attributes.push(nameless);
                listed.error.get_or_insert(error);
            }
        }
    }
    listed.scales.learn(&listed.attributes);
    mark_internal(&mut listed.attributes, listed.scales.is_scale);
    listed
}

impl Scales {
    fn learn(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            let value = &attribute.value;
            let text = || value.as_text().map(|text| text.into_owned());
            match attribute.name.as_str() {
                "CLASS" => self.is_scale = text().as_deref() == Some("DIMENSION_SCALE"),
                "NAME" => self.name = text(),
                "DIMENSION_LABELS" => self.labels = texts(&value.values),
                "_Netcdf4Dimid" => self.dimension_id = integers(value).first().copied(),
                "_Netcdf4Coordinates" => self.coordinates = integers(value),
                _ => {}
            }
        }
    }
}

fn integers(value: &Array) -> Vec<i64> {
    let number = |k| value.values.number(k).map(|number| number.as_f64() as i64);
    (0..value.len()).map_while(number).collect()
}

fn texts(values: &Buffer) -> Vec<String> {
    let text = |bytes: &[u8]| {
        let trimmed = hyperslab_core::array::trim_nul(bytes);
        String::from_utf8_lossy(trimmed).trim().to_owned()
    };
    match values {
        Buffer::Text(texts) => texts.iter().map(|bytes| text(bytes)).collect(),
        Buffer::FixedText { len, bytes } => bytes.chunks(*len.max(&1)).map(text).collect(),
        _ => Vec::new(),
    }
}

/// The books that the library and netCDF-4 keep for themselves.
fn mark_internal(attributes: &mut [Attribute], is_scale: bool) {
    for attribute in attributes {
        attribute.is_internal = match attribute.name.as_str() {
            "DIMENSION_LIST" | "REFERENCE_LIST" | "DIMENSION_LABELS" => true,
            "_NCProperties" | "_nc3_strict" | "_Netcdf4Dimid" | "_Netcdf4Coordinates" => true,
            "CLASS" | "NAME" => is_scale,
            _ => false,
        };
    }
}
