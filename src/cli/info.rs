//! `hyperslab info`: what is in a file.

use std::borrow::Cow;
use std::io::Write;

use hyperslab_core::{
    Array, Attribute, Dataset, Dimension, DimensionId, Dtype, GroupId, Result, Variable, VariableId,
};
use serde::{Serialize, Serializer};

use super::args::InfoArgs;
use super::digest::Digest;
use super::failure::{Outcome, Unreadable};
use super::json::{JsonAttribute, JsonDtype, Values};
use super::opened::{Opened, Place};
use super::output::Output;
use super::parallel;
use crate::export::cdl::{self, CdlModel};

pub fn run(args: &InfoArgs) -> Outcome {
    let opened = Opened::open(&args.file)?;
    let place = args.path.as_deref().map_or(Ok(Place::Group(GroupId::ROOT)), |p| opened.find(p))?;
    let mut out = Output::stdout();
    let answer = match args.json {
        true => write_json(&opened, place, args.digest, &mut out),
        false => write_text(&opened, place, args.digest, &mut out),
    };
    let bad = answer.map_err(|failure| out.named(failure))?;
    out.finish()?;
    bad.result()
}

/// CDL, with all that it has no word for in comments behind it.
fn write_text(
    opened: &Opened,
    place: Place,
    with_digests: bool,
    out: &mut Output,
) -> Outcome<Unreadable> {
    let model = match opened.format_name().starts_with("CDF-") {
        true => CdlModel::Classic,
        false => CdlModel::Enhanced,
    };
    out.write_all(&cdl::header(&part(opened, place), &opened.name, model))?;
    writeln!(out, "// format: {}", opened.format_name())?;
    let mut bad = Unreadable::default();
    for (group, error) in &opened.unlisted {
        writeln!(out, "// error: {}: {}", opened.dataset.group_path(*group), error.what())?;
        bad.add(error.clone().in_file(&opened.name));
    }
    if with_digests {
        let nodes = opened.nodes(place);
        parallel::in_order(
            nodes.len() as u64,
            |k| digest(opened, &nodes, k),
            |k, digest| {
                let path = &nodes[k as usize].0;
                match digest {
                    Ok(None) => {}
                    Ok(Some(digest)) => writeln!(out, "// digest: {path}: {}", digest.line())?,
                    Err(error) => {
                        writeln!(out, "// error: {path}: {}", error.what())?;
                        bad.add(error.in_file(&opened.name));
                    }
                }
                Ok(())
            },
        )?;
    }
    for note in opened.notes() {
        writeln!(out, "// note: {note}")?;
    }
    Ok(bad)
}

fn digest(opened: &Opened, nodes: &[(String, Place)], k: u64) -> Result<Option<Digest>> {
    let place = usize::try_from(k).ok().and_then(|k| nodes.get(k)).map(|(_, place)| *place);
    match place {
        Some(Place::Variable(id)) => match opened.dataset.variable(id) {
            Some(variable) => Digest::of(opened, id, variable).map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn write_json(
    opened: &Opened,
    place: Place,
    with_digests: bool,
    out: &mut Output,
) -> Outcome<Unreadable> {
    let dataset = &opened.dataset;
    let nodes = opened.nodes(place);
    write!(out, "{{\"file\":")?;
    serde_json::to_writer(&mut *out, &opened.name)?;
    write!(out, ",\"format\":")?;
    serde_json::to_writer(&mut *out, opened.format_name())?;
    write!(out, ",\n\"dimensions\":[")?;
    let is_shown = shown_dimensions(dataset, place, &nodes);
    let dimensions = dataset.dimensions.iter().zip(is_shown).filter(|(_, is_shown)| *is_shown);
    for (k, (dimension, _)) in dimensions.enumerate() {
        out.write_all(if k == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &JsonDimension::of(dimension, dataset))?;
    }
    write!(out, "],\n\"nodes\":[")?;
    let mut bad = Unreadable::default();
    let mut write_node = |k: usize, digest: Option<Result<Digest>>, out: &mut Output| -> Outcome {
        out.write_all(if k == 0 { b"\n" } else { b",\n" })?;
        let (path, place) = &nodes[k];
        let node = match *place {
            Place::Group(id) => JsonNode::group(path, id, opened, &mut bad),
            Place::Variable(id) => JsonNode::variable(path, id, opened, digest, &mut bad),
        };
        Ok(serde_json::to_writer(&mut *out, &node)?)
    };
    if with_digests {
        let each =
            |k, digest: Result<Option<Digest>>| write_node(k as usize, digest.transpose(), out);
        parallel::in_order(nodes.len() as u64, |k| digest(opened, &nodes, k), each)?;
    } else {
        (0..nodes.len()).try_for_each(|k| write_node(k, None, out))?;
    }
    write!(out, "],\n\"notes\":")?;
    serde_json::to_writer(&mut *out, &opened.notes())?;
    writeln!(out, "}}")?;
    Ok(bad)
}

/// The file with nothing but this place and what it needs: the groups it is in, and of their
/// dimensions those it uses.
fn part(opened: &Opened, place: Place) -> Cow<'_, Dataset> {
    let dataset = &opened.dataset;
    let (innermost, only) = match place {
        Place::Group(GroupId::ROOT) => return Cow::Borrowed(dataset),
        Place::Group(id) => (id, None),
        Place::Variable(id) => match dataset.variable(id) {
            Some(variable) => (variable.group, Some(id)),
            None => return Cow::Borrowed(dataset),
        },
    };
    let is_shown = shown_dimensions(dataset, place, &opened.nodes(place));
    let mut part = dataset.clone();
    let mut inner = None;
    let mut at = Some(innermost);
    while let Some(group) = at.and_then(|id| part.groups.get_mut(id.index())) {
        if at != Some(innermost) || only.is_some() {
            group.attributes.clear();
            group.variables = only.filter(|_| at == Some(innermost)).into_iter().collect();
            group.groups = inner.into_iter().collect();
            group.dimensions.retain(|id| is_shown.get(id.index()) == Some(&true));
        }
        inner = at;
        at = group.parent;
    }
    Cow::Owned(part)
}

/// For each dimension whether it is shown: all of the file, or those of the part that is.
fn shown_dimensions(dataset: &Dataset, place: Place, nodes: &[(String, Place)]) -> Vec<bool> {
    let mut is_shown = vec![place == Place::Group(GroupId::ROOT); dataset.dimensions.len()];
    let mut show = |id: DimensionId| {
        if let Some(shown) = is_shown.get_mut(id.index()) {
            *shown = true;
        }
    };
    for (_, place) in nodes {
        match *place {
            Place::Group(id) => {
                let declared = dataset.group(id).map(|group| group.dimensions.iter());
                declared.into_iter().flatten().copied().for_each(&mut show);
            }
            Place::Variable(id) => {
                let axes = dataset.variable(id).map(|variable| variable.axes.iter());
                axes.into_iter().flatten().filter_map(|axis| axis.dimension).for_each(&mut show);
            }
        }
    }
    is_shown
}

#[derive(Serialize)]
struct JsonDimension<'a> {
    path: String,
    name: &'a str,
    size: u64,
    unlimited: bool,
}

impl<'a> JsonDimension<'a> {
    fn of(dimension: &'a Dimension, dataset: &Dataset) -> Self {
        Self {
            path: dataset.group_path(dimension.group),
            name: &dimension.name,
            size: dimension.length,
            unlimited: dimension.is_unlimited,
        }
    }
}

#[derive(Serialize)]
struct JsonNode<'a> {
    path: &'a str,
    kind: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    variable: Option<JsonVariable<'a>>,
    #[serde(serialize_with = "attributes")]
    attributes: &'a [Attribute],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
}

#[derive(Serialize)]
struct JsonVariable<'a> {
    dtype: JsonDtype<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<(&'a str, String)>>,
    shape: Vec<u64>,
    maxshape: Vec<Option<u64>>,
    dims: Vec<Option<&'a str>>,
    chunks: Option<&'a [u64]>,
    filters: &'a [String],
    fill: Option<Fill<'a>>,
}

/// As an element where there is one.
struct Fill<'a>(&'a Dtype, &'a Array);

impl<'a> JsonNode<'a> {
    fn group(path: &'a str, id: GroupId, opened: &'a Opened, bad: &mut Unreadable) -> Self {
        let error = opened.unlisted.iter().find(|(group, _)| *group == id).map(|(_, error)| {
            bad.add(error.clone().in_file(&opened.name));
            error.what()
        });
        let attributes = opened.dataset.group(id).map_or(&[][..], |group| &group.attributes);
        Self { path, kind: "group", variable: None, attributes, error, digest: None }
    }

    fn variable(
        path: &'a str,
        id: VariableId,
        opened: &'a Opened,
        digest: Option<Result<Digest>>,
        bad: &mut Unreadable,
    ) -> Self {
        let variable = opened.dataset.variable(id);
        let (digest, error) = match digest {
            Some(Err(error)) => {
                let what = error.what();
                bad.add(error.in_file(&opened.name));
                (None, Some(what))
            }
            Some(Ok(digest)) => (Some(digest), None),
            None => (None, None),
        };
        Self {
            path,
            kind: "variable",
            variable: variable.map(|variable| JsonVariable::of(variable, &opened.dataset)),
            attributes: variable.map_or(&[], |variable| &variable.attributes),
            error,
            digest,
        }
    }
}

impl<'a> JsonVariable<'a> {
    fn of(variable: &'a Variable, dataset: &'a Dataset) -> Self {
        let shape = variable.shape();
        let maxshape = match variable.storage.max_shape.as_slice() {
            [] => shape.iter().copied().map(Some).collect(),
            max_shape => max_shape.to_vec(),
        };
        let dims: Vec<_> = variable.axes.iter().map(|axis| dataset.dimension_name(axis)).collect();
        let is_nameless = dims.iter().all(Option::is_none);
        Self {
            dtype: JsonDtype(&variable.dtype),
            fields: fields(&variable.dtype),
            shape,
            maxshape,
            dims: if is_nameless { Vec::new() } else { dims },
            chunks: variable.storage.chunks.as_deref(),
            filters: &variable.storage.filters,
            fill: variable.fill.as_ref().map(|fill| Fill(&variable.dtype, fill)),
        }
    }
}

fn fields(dtype: &Dtype) -> Option<Vec<(&str, String)>> {
    let Dtype::Compound(compound) = dtype else { return None };
    let field = |field: &'_ hyperslab_core::dtype::Field| match field.shape.as_slice() {
        [] => field.dtype.to_string(),
        shape => {
            let lens: Vec<_> = shape.iter().map(u64::to_string).collect();
            format!("array({})[{}]", field.dtype, lens.join(","))
        }
    };
    Some(compound.fields.iter().map(|f| (f.name.as_str(), field(f))).collect())
}

impl Serialize for Fill<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(dtype, fill) = self;
        match fill.len() {
            1 => Values::element(dtype, &fill.values, 0).serialize(serializer),
            _ => Values::of(dtype, fill).serialize(serializer),
        }
    }
}

fn attributes<S: Serializer>(attributes: &[Attribute], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(attributes.iter().map(JsonAttribute))
}
