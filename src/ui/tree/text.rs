//! What a row says: name, dimensions, units, where a link leads, what is damaged.

use hyperslab_core::{Dataset, GroupId, Link, LinkTarget, ReadError, VariableId};

use super::rows::Row;
use super::{Leads, Node};
use crate::cf::CfDataset;
use crate::engine::store::{FileState, FileView, Opened};
use crate::places;
use crate::prep::definition::summary;

/// What one row says.
#[derive(Default)]
pub(super) struct RowText {
    pub(super) name: String,
    /// Dimensions with their lengths, the state of the file, or where a link leads.
    pub(super) detail: String,
    pub(super) units: String,
    pub(super) long_name: String,
    /// Path under which the same object was met first.
    pub(super) alias_of: Option<String>,
    /// What of it cannot be read.
    pub(super) error: Option<String>,
    /// Lines of its own for the tooltip.
    pub(super) note: String,
}

impl RowText {
    pub(super) fn of(row: &Row, file: &FileView<CfDataset>) -> Self {
        let plain = |name: String, detail: String| Self { name, detail, ..Self::default() };
        let opened = match &file.state {
            FileState::Open(opened) => opened,
            FileState::Opening(_) => return plain(file.name(), "opening…".into()),
            FileState::Failed(_) => return plain(file.name(), "cannot be read".into()),
        };
        let dataset = &opened.dataset;
        match row.node {
            Node::File(_) => {
                let error = error_line(dataset.group(GroupId::ROOT).and_then(|g| g.error.as_ref()));
                let more = if opened.file.is_partial() { ", more is being found…" } else { "" };
                let text = plain(file.name(), format_text(opened) + more);
                Self { error, ..text }
            }
            Node::Group(_, id) => match dataset.group(id) {
                Some(group) => Self {
                    name: group.name.clone(),
                    detail: opened.meaning.interpretation().group_note(id).to_owned(),
                    alias_of: group.alias_of.clone(),
                    error: error_line(group.error.as_ref()),
                    ..Self::default()
                },
                None => Self::default(),
            },
            Node::Variable(_, id) => Self::of_variable(opened, id),
            Node::Type(_, group, at) => match places::type_at(dataset, group, at) {
                Some(named) => Self {
                    alias_of: named.alias_of.clone(),
                    ..plain(named.name.clone(), summary(&named.dtype))
                },
                None => Self::default(),
            },
            Node::Link(_, group, at) => match places::link_at(dataset, group, at) {
                Some(link) => Self {
                    // Of the others it is no damage: they may lead on for somebody else.
                    error: error_line(link.error.as_ref().filter(|_| is_hard(link))),
                    note: link_note(link, row.leads).to_owned(),
                    ..plain(link.name.clone(), leads_text(&link.target))
                },
                None => Self::default(),
            },
        }
    }

    fn of_variable(opened: &Opened<CfDataset>, id: VariableId) -> Self {
        let Some(variable) = opened.dataset.variable(id) else { return Self::default() };
        let long_name = variable.text("long_name").or_else(|| variable.text("standard_name"));
        let dimensions = dimensions_text(&opened.dataset, id);
        // What people say of a variable whose name says all there is to say.
        let short_name = variable
            .text("short_name")
            .filter(|s| *s != variable.name && s.starts_with(char::is_alphanumeric));
        let known_as = short_name.map(|short| format!("{short}    ")).unwrap_or_default();
        Self {
            name: variable.name.clone(),
            detail: match opened.meaning.interpretation().variable_note(id) {
                "" => format!("{known_as}{dimensions}"),
                note => format!("{known_as}{dimensions}    {note}"),
            },
            units: variable.text("units").unwrap_or_default(),
            long_name: long_name.unwrap_or_default(),
            alias_of: variable.alias_of.clone(),
            error: error_line(variable.error.as_ref()),
            note: String::new(),
        }
    }

    /// For screen readers and tests.
    pub(super) fn spoken(&self) -> String {
        let alias = self.alias_of.as_ref().map(|path| format!("same as {path}"));
        let error = self.error.as_ref().map(|_| "damaged".to_owned());
        [&self.name, &self.detail, &self.units]
            .into_iter()
            .chain(&alias)
            .chain(&error)
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }

    pub(super) fn hover(&self, file: &FileView<CfDataset>, node: Node) -> Option<String> {
        if let (Node::File(_), FileState::Failed(error)) = (node, &file.state) {
            return Some(error.to_string());
        }
        let path = file.path.display().to_string();
        let alias = self.alias_of.as_ref().map(|path| format!("Same as {path}"));
        let mut lines: Vec<&str> = match node {
            Node::File(_) => vec![&path],
            Node::Group(..) | Node::Link(..) => vec![],
            Node::Variable(..) | Node::Type(..) => {
                vec![&self.long_name, &self.detail, &self.units]
            }
        };
        lines.push(&self.note);
        lines.extend(alias.as_deref());
        lines.extend(self.error.as_deref());
        let text = lines.into_iter().filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
        Some(text).filter(|text| !text.is_empty())
    }
}

fn error_line(error: Option<&ReadError>) -> Option<String> {
    error.map(ReadError::what)
}

/// Where a link leads, in the words of the file.
pub fn leads_text(target: &LinkTarget) -> String {
    match target {
        LinkTarget::Soft { path } => format!("→ {path}"),
        LinkTarget::External { file, path } => format!("→ {file}:{path}"),
        LinkTarget::UserDefined { class } => format!("user-defined link of class {class}"),
        LinkTarget::Hard { path } if path.is_empty() => "cannot be read".into(),
        LinkTarget::Hard { path } => format!("→ {path}"),
    }
}

/// What sort of link it is, and why it leads nowhere if it does.
pub fn link_note(link: &Link, leads: Leads) -> &'static str {
    match (&link.target, leads) {
        (LinkTarget::Soft { .. }, Leads::Nowhere) => "Soft link; nothing is there",
        (LinkTarget::Soft { .. }, _) => "Soft link",
        (LinkTarget::External { .. }, Leads::Nowhere) => "Link to a file that is not there",
        (LinkTarget::External { .. }, _) => "Link to another file; a click opens it",
        (LinkTarget::UserDefined { .. }, _) => "Only the program that made this link follows it",
        (LinkTarget::Hard { .. }, Leads::Nowhere) => "Hard link to what cannot be read",
        (LinkTarget::Hard { .. }, _) => "Hard link to a group that it is in: a circle",
    }
}

fn is_hard(link: &Link) -> bool {
    matches!(link.target, LinkTarget::Hard { .. })
}

/// `HDF5 · NeXus`, `NetCDF-4 classic model`: the format, what the file keeps to within it, and
/// the convention above it.
pub fn format_text(opened: &Opened<CfDataset>) -> String {
    let format = match opened.file.model() {
        Some("classic") => format!("{} classic model", opened.file.format_name()),
        _ => opened.file.format_name().to_owned(),
    };
    match opened.meaning.interpretation().name() {
        Some(name) => format!("{format} · {name}"),
        None => format,
    }
}

/// `time 200 × lat 500 × lon 500`; empty for a scalar.
pub fn dimensions_text(dataset: &Dataset, id: VariableId) -> String {
    let Some(variable) = dataset.variable(id) else { return String::new() };
    if variable.is_null {
        return "no values".into();
    }
    let axes = variable.axes.iter().map(|axis| match dataset.dimension_name(axis) {
        Some(name) => format!("{name} {}", axis.length),
        None => axis.length.to_string(),
    });
    axes.collect::<Vec<_>>().join(" × ")
}
