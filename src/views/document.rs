//! A JSON document that a group carries as an attribute, as a tree.

use egui::{CollapsingHeader, RichText, ScrollArea, Ui};
use hyperslab_core::{GroupId, ReadError};
use serde_json::Value;

use super::{Scene, error_ui, pending_ui};
use crate::engine::{Answer, FileId, Priority, Request, Weigh};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct DocumentRequest {
    file: FileId,
    generation: u64,
    group: GroupId,
    attribute: String,
}

struct Document {
    value: Value,
    bytes: usize,
}

impl Weigh for Document {
    fn bytes(&self) -> usize {
        // Names and values in nodes of their own.
        8 * self.bytes
    }
}

impl Request for DocumentRequest {
    type Output = Document;

    fn describe(&self) -> String {
        format!("reading {}", self.attribute)
    }
}

/// `scene.variable` plays no part.
pub fn document_ui(ui: &mut Ui, scene: Scene<'_>, group: GroupId, attribute: &str) {
    let request = DocumentRequest {
        file: scene.file.id,
        generation: scene.file.generation,
        group,
        attribute: attribute.to_owned(),
    };
    let (opened, job) = (scene.opened.clone(), request.clone());
    let answer = scene.engine.want(&request, Priority::Visible, move |_| {
        let attributes = opened.dataset.group(group).map(|group| group.attributes.as_slice());
        let found = attributes.into_iter().flatten().find(|a| a.name == job.attribute);
        let text = found.and_then(|attribute| attribute.value.as_text()).unwrap_or_default();
        let value = serde_json::from_str(&text)
            .map_err(|error| ReadError::malformed(format!("{}: {error}", job.attribute)))?;
        Ok(Document { value, bytes: text.len() })
    });
    match answer {
        Answer::Ready(document) => {
            ScrollArea::both().auto_shrink(false).id_salt("document").show(ui, |ui| {
                node_ui(ui, attribute, &document.value, true);
            });
        }
        Answer::Failed(error) => error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => pending_ui(ui, &progress),
    }
}

fn node_ui(ui: &mut Ui, name: &str, value: &Value, is_open: bool) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) if items.iter().any(is_composite) => {
            items.iter().enumerate().map(|(k, item)| (item_name(k, item), item)).collect()
        }
        _ => Vec::new(),
    };
    if children.is_empty() {
        ui.horizontal(|ui| {
            ui.weak(name);
            ui.add(egui::Label::new(leaf_text(value)).selectable(true).extend());
        });
        return;
    }
    let head = format!("{name}  ({})", children.len());
    CollapsingHeader::new(RichText::new(head)).id_salt(name).default_open(is_open).show(ui, |ui| {
        for (index, (name, child)) in children.iter().enumerate() {
            let opens = matches!(name.as_str(), "config" | "layers") && is_open;
            ui.push_id(index, |ui| node_ui(ui, name, child, opens));
        }
    });
}

fn is_composite(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::Array(_))
}

/// Elements of a list by what they call themselves.
fn item_name(index: usize, item: &Value) -> String {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let name = item.pointer("/config/name").and_then(Value::as_str).or_else(|| text("name"));
    match (name, text("class_name")) {
        (Some(name), Some(class)) => format!("{index}: {name}, {class}"),
        (Some(name), None) | (None, Some(name)) => format!("{index}: {name}"),
        (None, None) => index.to_string(),
    }
}

fn leaf_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".into(),
        other => other.to_string(),
    }
}
