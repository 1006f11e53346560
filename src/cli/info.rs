//! `hyperslab info`: what is in a file.

use std::borrow::Cow;
use std::io::Write;
use std::mem::ManuallyDrop;

use hyperslab_core::{
    Dataset, Dimension, DimensionId, ErrorKind, GroupId, Link, LinkTarget, ReadError, Result,
};
use serde::Serialize;

use super::args::InfoArgs;
use super::digest::Digest;
use super::failure::{Outcome, Unreadable};
use super::node::JsonNode;
use super::opened::{Opened, Place};
use super::output::Output;
use super::parallel;
use crate::export::cdl;
use crate::interpret::interpret;
use crate::places;

/// So many nodes are turned into text by a thread before another gets its turn.
const NODES_AT_ONCE: usize = 256;

pub fn run(args: &InfoArgs) -> Outcome {
    // The process ends with the answer: taking apart what a hundred thousand objects hold
    // would only keep the reader waiting.
    let (opened, inside) =
        Opened::open_at(&args.file, &args.options, args.path.as_deref().unwrap_or("/"))?;
    let opened = ManuallyDrop::new(opened);
    let place = opened.find_behind(&inside)?;
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
    mut out: impl Write,
) -> Outcome<Unreadable> {
    out.write_all(&cdl::header(&part(opened, place), &opened.name, opened.cdl_model()))?;
    writeln!(out, "// format: {}", opened.format_name())?;
    if let Some(model) = opened.model() {
        writeln!(out, "// model: {model}")?;
    }
    if let Some(name) = interpret(&opened.dataset).name() {
        writeln!(out, "// convention: {name}")?;
    }
    let mut bad = Unreadable::default();
    let nodes = opened.nodes(place);
    for (group, error) in &opened.unlisted {
        writeln!(out, "// error: {}: {}", opened.dataset.group_path(*group), error.what())?;
    }
    // The others are told in the text, where they are.
    for (_, place) in &nodes {
        if let Some(error) = error_of(opened, *place) {
            bad.add(error.in_file(&opened.name));
        }
    }
    if with_digests {
        parallel::in_order(
            nodes.len() as u64,
            |k| digest(opened, &nodes, k),
            |k, digest| {
                let (path, place) = &nodes[k as usize];
                match digest {
                    Ok(None) => {}
                    Ok(Some(digest)) => writeln!(out, "// digest: {path}: {}", digest.line())?,
                    Err(error) if is_told(opened, *place, &error) => {}
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

/// Listing found the same.
fn is_told(opened: &Opened, place: Place, error: &ReadError) -> bool {
    error_of(opened, place).is_some_and(|listed| listed.what() == error.what())
}

/// What listing found wrong with an object, without the file's name.
pub(super) fn error_of(opened: &Opened, place: Place) -> Option<ReadError> {
    match place {
        Place::Group(id) => {
            let unlisted = opened.unlisted.iter().find(|(group, _)| *group == id);
            let listed = opened.dataset.group(id).and_then(|group| group.error.as_ref());
            unlisted.map(|(_, error)| error).or(listed).cloned()
        }
        Place::Variable(id) => opened.dataset.variable(id)?.error.clone(),
        // What is behind other links does not belong here.
        Place::Link(group, at) => match places::link_at(&opened.dataset, group, at)? {
            Link { target: LinkTarget::Hard { .. }, error, .. } => error.clone(),
            _ => None,
        },
        Place::Type(..) => None,
    }
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
    mut out: impl Write,
) -> Outcome<Unreadable> {
    let dataset = &opened.dataset;
    let nodes = opened.nodes(place);
    write!(out, "{{\"file\":")?;
    serde_json::to_writer(&mut out, &opened.name)?;
    write!(out, ",\"format\":")?;
    serde_json::to_writer(&mut out, opened.format_name())?;
    if let Some(model) = opened.model() {
        write!(out, ",\"model\":")?;
        serde_json::to_writer(&mut out, model)?;
    }
    write!(out, ",\n\"dimensions\":[")?;
    let is_shown = shown_dimensions(dataset, place, &nodes);
    let dimensions = dataset.dimensions.iter().zip(is_shown).filter(|(_, is_shown)| *is_shown);
    for (k, (dimension, _)) in dimensions.enumerate() {
        out.write_all(if k == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &JsonDimension::of(dimension, dataset))?;
    }
    write!(out, "],\n\"nodes\":[")?;
    let mut bad = Unreadable::default();
    let blocks: Vec<_> = match with_digests {
        true => nodes.chunks(1).collect(),
        false => nodes.chunks(NODES_AT_ONCE).collect(),
    };
    let block = |k: u64| {
        let block = usize::try_from(k).ok().and_then(|k| blocks.get(k)).copied();
        json_nodes(opened, block.unwrap_or_default(), k == 0, with_digests)
    };
    parallel::in_order(blocks.len() as u64, block, |_, found| {
        let (bytes, part) = found?;
        bad.merge(part);
        Ok(out.write_all(&bytes)?)
    })?;
    write!(out, "],\n\"notes\":")?;
    serde_json::to_writer(&mut out, &opened.notes())?;
    writeln!(out, "}}")?;
    Ok(bad)
}

/// Nodes as they stand in the list, each behind its comma.
fn json_nodes(
    opened: &Opened,
    nodes: &[(String, Place)],
    is_first: bool,
    with_digests: bool,
) -> Result<(Vec<u8>, Unreadable)> {
    let (mut bytes, mut bad) = (Vec::new(), Unreadable::default());
    for (k, (path, place)) in nodes.iter().enumerate() {
        let digest = match with_digests {
            true => digest(opened, nodes, k as u64).transpose(),
            false => None,
        };
        bytes.extend_from_slice(if is_first && k == 0 { b"\n" } else { b",\n" });
        let node = JsonNode::of(path, *place, opened, digest, &mut bad);
        serde_json::to_writer(&mut bytes, &node)
            .map_err(|error| ReadError::new(ErrorKind::Bug, format!("{path}: {error}")))?;
    }
    Ok((bytes, bad))
}

/// The file with nothing but this place and what it needs: the groups it is in, and of their
/// dimensions those it uses.
fn part(opened: &Opened, place: Place) -> Cow<'_, Dataset> {
    let dataset = &opened.dataset;
    let innermost = match place {
        Place::Group(GroupId::ROOT) => return Cow::Borrowed(dataset),
        Place::Group(id) | Place::Type(id, _) | Place::Link(id, _) => id,
        Place::Variable(id) => match dataset.variable(id) {
            Some(variable) => variable.group,
            None => return Cow::Borrowed(dataset),
        },
    };
    let is_whole = place == Place::Group(innermost);
    let is_shown = shown_dimensions(dataset, place, &opened.nodes(place));
    let mut part = dataset.clone();
    let mut inner = None;
    let mut at = Some(innermost);
    while let Some(group) = at.and_then(|id| part.groups.get_mut(id.index())) {
        if at != Some(innermost) || !is_whole {
            let is_innermost = at == Some(innermost);
            group.attributes.clear();
            group.variables.retain(|&id| is_innermost && place == Place::Variable(id));
            keep(&mut group.types, |k| is_innermost && place == Place::Type(innermost, k));
            keep(&mut group.links, |k| is_innermost && place == Place::Link(innermost, k));
            group.groups = inner.into_iter().collect();
            group.dimensions.retain(|id| is_shown.get(id.index()) == Some(&true));
        }
        inner = at;
        at = group.parent;
    }
    Cow::Owned(part)
}

/// Those at the numbers that are kept.
fn keep<T>(items: &mut Vec<T>, is_kept: impl Fn(u32) -> bool) {
    let mut numbers = 0..;
    items.retain(|_| numbers.next().is_some_and(&is_kept));
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
            Place::Type(..) | Place::Link(..) => {}
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::opened::testing::kinds;
    use super::*;

    fn info(place: &str, with_digests: bool) -> (Vec<Value>, Unreadable) {
        let opened = kinds();
        let mut out = Vec::new();
        let place = opened.find(place).unwrap();
        let bad = write_json(&opened, place, with_digests, &mut out).unwrap();
        let all: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!((&all["format"], &all["model"]), (&json!("KINDS"), &json!("enhanced")));
        (all["nodes"].as_array().unwrap().clone(), bad)
    }

    fn node<'a>(nodes: &'a [Value], path: &str) -> &'a Value {
        nodes.iter().find(|node| node["path"] == path).unwrap_or_else(|| panic!("no {path}"))
    }

    #[test]
    fn links_types_aliases_and_null_spaces_are_nodes() {
        let (nodes, bad) = info("/", false);
        let link = |path: &str| node(&nodes, path)["link"].clone();
        assert_eq!(node(&nodes, "/short")["kind"], "link");
        assert_eq!(link("/short"), json!({"type": "soft", "target": "/deep/inner"}));
        let external = json!({"type": "external", "file": "other.kinds", "target": "/z"});
        assert_eq!(link("/elsewhere"), external);
        assert_eq!(link("/own"), json!({"type": "user-defined", "class": 187}));
        assert_eq!(link("/deep/up"), json!({"type": "hard", "target": "/"}));
        let sky = node(&nodes, "/deep/sky_t");
        assert_eq!((&sky["kind"], &sky["dtype"]), (&json!("type"), &json!("enum(<u1)")));
        assert_eq!(sky["enum"], json!({"clear": 0, "cloudy": 1, "fog": 7}));
        let station = node(&nodes, "/deep/station_t");
        assert_eq!(station["fields"][4], json!(["track", "array(<f4)[2]"]));
        assert_eq!(station["attributes"][0]["value"], "stations");
        assert_eq!(node(&nodes, "/again")["alias_of"], "/z");
        assert_eq!(node(&nodes, "/deep/plain")["alias_of"], "/elsewhere");
        let nothing = node(&nodes, "/nothing");
        assert_eq!((&nothing["shape"], &nothing["maxshape"]), (&Value::Null, &Value::Null));
        let internal = &nodes[0]["attributes"][1];
        assert_eq!(internal["name"], "_Book");
        assert_eq!(nodes[0]["attributes"][2]["value"], "/z");
        let void = json!({"name": "void", "dtype": "<f8", "shape": null, "value": null});
        assert_eq!(nodes[0]["attributes"][3], void);
        // Damage is told where it is, and hides nothing.
        let hurt = node(&nodes, "/hurt");
        let nameless = json!({"name": null, "dtype": "opaque(0)", "shape": null, "value": null});
        assert_eq!(hurt["attributes"][0], nameless);
        assert!(hurt["error"].as_str().unwrap().contains("a name of no length"));
        assert!(node(&nodes, "/broken")["error"].as_str().unwrap().contains("version 9"));
        let failure = bad.result().unwrap_err();
        assert!(format!("{failure:?}").contains("parts: 3"), "{failure:?}");
    }

    #[test]
    fn digests_of_all_types_have_samples_and_where_it_makes_sense_a_checksum() {
        let (nodes, _) = info("/", true);
        let samples = |path: &str| node(&nodes, path)["digest"]["samples"].clone();
        let first = json!({"id": 0, "pos": {"x": 0.0, "y": -0.0}, "name": "s0", "sky": 0,
            "track": [0.0, 0.5]});
        assert_eq!(samples("/cells")[0], json!([0, first]));
        assert_eq!(samples("/z")[1], json!([1, {"r": 0.5, "i": -1.0}]));
        assert_eq!(samples("/to"), json!([[0, "/z"], [1, null], [2, "/deep/inner"]]));
        let region = json!({"ref": "/cells", "npoints": 4, "bounds": [[0, 1], [1, 2]]});
        assert_eq!(samples("/regions")[0], json!([0, region]));
        let any = json!([
            [0, {"reftype": "object", "ref": "/deep"}],
            [1, {"reftype": "region", "ref": "/cells", "npoints": 6,
                "bounds": [[0, 0], [1, 2]]}],
            [2, {"reftype": "attribute", "ref": "/deep/inner", "attr": "units"}],
        ]);
        assert_eq!(samples("/any"), any);
        assert_eq!(samples("/lists"), json!([[0, [1, 2, 3]], [1, []], [2, [4, 5]]]));
        assert_eq!(samples("/blocks")[1], json!([1, [[5, 6], [7, 8]]]));
        assert_eq!(samples("/raw")[0], json!([0, "hex:cafe"]));
        let whole = |path: &str, key: &str| node(&nodes, path)["digest"][key].clone();
        // By Python: hashlib.sha256(struct.pack(...)) of the same values.
        let sha256 = [
            ("/half", "e589a8fd3d4ed698a7c9ddc31ac4419ca84dfa5b43f48d0a02b290cc25a995a6"),
            ("/odd", "141f8b7319e3e1093ef10222f7e8c47bbbd59e428c06acb500b1eb50f50402ad"),
            ("/raw", "4a2e5805b16c1435890260168d138a9ec58a54c1ffdaad31d4314f124a6d4067"),
            ("/bits", "cc18fc2e4cad56ef887008c07d881f35a9526b2569237ab95bf1bb971596b5f9"),
            ("/when", "e6de5d37fa002cfb13cf9e064305afe68e4cba155fe4b7233673d46220272f03"),
            ("/blocks", "8b4b2444e57aed8c2d05a1293255da1b048c63224317d4666230760935fa4a18"),
        ];
        for (path, wanted) in sha256 {
            assert_eq!(whole(path, "sha256"), wanted, "{path}");
        }
        let sha = "75d05fcc9cc47deaec61c7ebb1f492723318ec78a09af602b90cfdd237bc8142";
        assert_eq!(whole("/z", "sha256"), sha);
        for path in ["/table", "/to", "/lists", "/words", "/wide"] {
            assert_eq!(whole(path, "sha256"), Value::Null, "{path}");
        }
        assert_eq!((whole("/half", "finite"), whole("/half", "max")), (json!(3), json!(65504.0)));
        assert_eq!((whole("/blocks", "finite"), whole("/blocks", "mean")), (json!(8), json!(4.5)));
        let nothing = json!({"count": 0, "sha256": null, "samples": []});
        assert_eq!(node(&nodes, "/nothing")["digest"], nothing);
        // What is wrong with an attribute does not keep values from being read.
        assert_eq!(whole("/hurt", "count"), 2);
        let lost = node(&nodes, "/lost");
        assert_eq!(lost["error"], "not supported: filter 32123 (unheard of)");
        assert_eq!(lost.get("digest"), None);
    }

    #[test]
    fn a_link_or_a_type_can_be_asked_for_by_itself() {
        let (nodes, bad) = info("/short", true);
        assert_eq!((nodes.len(), &nodes[0]["kind"]), (1, &json!("link")));
        assert!(bad.result().is_ok());
        assert_eq!(info("/deep/sky_t", false).0[0]["kind"], "type");
    }

    #[test]
    fn the_text_says_what_is_wrong_in_comments() {
        let opened = kinds();
        let mut out = Vec::new();
        let bad = write_text(&opened, Place::Group(GroupId::ROOT), true, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for line in [
            "// model: enhanced",
            "// error: malformed: a link message of version 9 (at byte 4096)",
            "int lost(two) ; // error: not supported: filter 32123 (unheard of)",
            "// digest: /bits: 3 values, min 1, max 255, mean 140.33333333333334",
        ] {
            assert!(text.contains(line), "{line}: not in {text}");
        }
        assert_eq!(text.matches("filter 32123").count(), 1);
        assert!(format!("{:?}", bad.result()).contains("parts: 3"));
    }
}
