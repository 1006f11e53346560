//! What is known of the selection: attributes with their types, storage, the file's CDL text.

use egui::{RichText, ScrollArea, Ui};
use hyperslab_core::{
    Array, Attribute, Buffer, Dataset, Dtype, GroupId, ReadError, Reference, Variable, VariableId,
};

use super::theme::palette;
use super::trouble;
use crate::prep::table::{NumberFormat, format_element};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Attributes,
    Storage,
    Cdl,
}

/// Values shown of a long attribute; the whole is in the copy and the CDL text.
const SHOWN_VALUES: usize = 64;
/// The same for a long text.
const SHOWN_CHARS: usize = 20_000;

pub fn tabs_ui(ui: &mut Ui, tab: &mut Tab) {
    ui.horizontal(|ui| {
        ui.selectable_value(tab, Tab::Attributes, "Attributes");
        ui.selectable_value(tab, Tab::Storage, "Storage");
        ui.selectable_value(tab, Tab::Cdl, "CDL");
    });
}

/// What of the attributes could not be understood, and what must be known to read them right.
pub fn notes_ui(ui: &mut Ui, notes: &[String]) {
    for note in notes {
        ui.add(egui::Label::new(RichText::new(note).color(palette(ui).warning)).wrap());
    }
}

/// What of the object cannot be read, and where else it lies.
pub fn damage_ui(ui: &mut Ui, error: Option<&ReadError>, alias_of: Option<&str>) {
    if let Some(error) = error {
        trouble::damage_ui(ui, error);
    }
    if let Some(path) = alias_of {
        ui.weak(format!("The same as {path}"));
    }
}

/// The attributes of what is selected; those that keep the format's own books only where
/// `shows_internal`. The reference that was clicked is returned.
pub fn attributes_ui(
    ui: &mut Ui,
    attributes: &[Attribute],
    shows_internal: &mut bool,
) -> Option<Reference> {
    let internal = attributes.iter().filter(|attribute| attribute.is_internal).count();
    if attributes.len() == internal && internal == 0 {
        ui.weak("No attributes");
        return None;
    }
    let mut clicked = None;
    ScrollArea::vertical().auto_shrink(false).id_salt("attributes").show(ui, |ui| {
        for (i, attribute) in attributes.iter().enumerate() {
            if *shows_internal || !attribute.is_internal {
                clicked = attribute_ui(ui, i, attribute).or(clicked.take());
            }
        }
        if internal > 0 {
            let text = RichText::new(format!("{internal} internal")).small();
            ui.toggle_value(shows_internal, text)
                .on_hover_text("Attributes with which the format keeps its own books");
        }
    });
    clicked
}

fn attribute_ui(ui: &mut Ui, i: usize, attribute: &Attribute) -> Option<Reference> {
    let weak = palette(ui).weak;
    let mut clicked = None;
    ui.push_id(i, |ui| {
        let name = ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            let name = match attribute.name.as_str() {
                "" => ui.weak("(no name)"),
                name => ui.label(RichText::new(name).strong()),
            };
            ui.label(RichText::new(type_text(attribute)).small().color(weak));
            name
        });
        let value = match &attribute.value.values {
            Buffer::Reference(references) if !attribute.is_null => {
                clicked = references_ui(ui, references);
                None
            }
            _ => {
                let shown = egui::Label::new(shown_value(attribute)).wrap().selectable(true);
                Some(ui.add(shown))
            }
        };
        ui.add_space(4.0);
        for response in std::iter::once(name.inner).chain(value) {
            response.context_menu(|ui| {
                if ui.button("Copy value").clicked() {
                    ui.ctx().copy_text(whole_value(attribute));
                    ui.close();
                }
                if ui.button("Copy name and value").clicked() {
                    let value = whole_value(attribute);
                    ui.ctx().copy_text(format!("{} = {value}", attribute.name));
                    ui.close();
                }
            });
        }
    });
    clicked
}

/// Each leads somewhere by a click.
fn references_ui(ui: &mut Ui, references: &[Option<Box<Reference>>]) -> Option<Reference> {
    let mut clicked = None;
    ui.horizontal_wrapped(|ui| {
        for reference in references.iter().take(SHOWN_VALUES) {
            match reference {
                Some(reference) => {
                    if ui.link(format!("→ {reference}")).clicked() {
                        clicked = Some(Reference::clone(reference));
                    }
                }
                None => _ = ui.weak("null"),
            }
        }
        if let Some(more @ 1..) = references.len().checked_sub(SHOWN_VALUES) {
            ui.weak(format!("… {more} more"));
        }
    });
    clicked
}

/// How readers list what they cannot decode.
fn is_unreadable(attribute: &Attribute) -> bool {
    attribute.is_null && matches!(attribute.dtype, Dtype::Opaque { len: 0, .. })
}

fn shown_value(attribute: &Attribute) -> String {
    match (&attribute.dtype, attribute.is_null) {
        _ if is_unreadable(attribute) => "cannot be read".into(),
        (_, true) => "no value (null)".into(),
        (dtype, false) => {
            let mut text = value_text(&attribute.value, Some(dtype), SHOWN_VALUES);
            if let Some((cut, _)) = text.char_indices().nth(SHOWN_CHARS) {
                text.truncate(cut);
                text.push('…');
            }
            text
        }
    }
}

fn whole_value(attribute: &Attribute) -> String {
    match attribute.is_null {
        true => String::new(),
        false => value_text(&attribute.value, Some(&attribute.dtype), usize::MAX),
    }
}

/// `char`, `float64`, `int16[3]`.
fn type_text(attribute: &Attribute) -> String {
    if is_unreadable(attribute) {
        return String::new();
    }
    let name = attribute.dtype.plain_name();
    if attribute.is_null {
        return name;
    }
    match attribute.value.len() {
        1 => name,
        _ if attribute.dtype.is_text() => name,
        n => format!("{name}[{n}]"),
    }
}

/// The value in one piece: text as it is, numbers separated by commas.
pub fn value_text(value: &Array, dtype: Option<&Dtype>, most: usize) -> String {
    if let Some(text) = value.as_text() {
        return text.into_owned();
    }
    if matches!(value.values, Buffer::Char(_)) && value.is_empty() {
        return String::new();
    }
    let shown = (0..value.len().min(most))
        .map(|i| format_element(&value.values, i, dtype, NumberFormat::default()))
        .collect::<Vec<_>>()
        .join(", ");
    match value.len().checked_sub(most) {
        Some(more) if more > 0 => format!("{shown}, … {more} more"),
        _ => shown,
    }
}

/// How a variable lies in the file.
pub fn storage_ui(ui: &mut Ui, dataset: &Dataset, id: VariableId, format_name: &str) {
    let Some(variable) = dataset.variable(id) else { return };
    ScrollArea::vertical().auto_shrink(false).id_salt("storage").show(ui, |ui| {
        egui::Grid::new("storage").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
            for (label, value) in storage_facts(dataset, id, variable, format_name) {
                ui.weak(label);
                ui.add(egui::Label::new(value).wrap().selectable(true));
                ui.end_row();
            }
        });
    });
}

fn storage_facts(
    dataset: &Dataset,
    id: VariableId,
    variable: &Variable,
    format_name: &str,
) -> Vec<(&'static str, String)> {
    let storage = &variable.storage;
    let lengths =
        |lengths: &[u64]| lengths.iter().map(u64::to_string).collect::<Vec<_>>().join(" × ");
    let shape = match variable.axes.as_slice() {
        _ if variable.is_null => "none (null dataspace)".into(),
        [] => "scalar".into(),
        _ => lengths(&variable.shape()),
    };
    let count = if variable.is_null { 0 } else { variable.element_count() };
    let mut facts = vec![
        ("Path", dataset.variable_path(id)),
        ("Format", format_name.to_owned()),
        ("Type", format!("{} ({})", variable.dtype.plain_name(), variable.dtype)),
        ("Shape", shape),
        ("Values", grouped(count)),
    ];
    let unlimited: Vec<&str> = variable
        .axes
        .iter()
        .filter_map(|axis| dataset.dimension(axis.dimension?))
        .filter(|dimension| dimension.is_unlimited)
        .map(|dimension| dimension.name.as_str())
        .collect();
    if !unlimited.is_empty() {
        facts.push(("Unlimited", unlimited.join(", ")));
    }
    if let Some(path) = &variable.alias_of {
        facts.push(("Same as", path.clone()));
    }
    facts.push(("Layout", storage.layout.clone().into_owned()));
    if let Some(chunks) = &storage.chunks {
        facts.push(("Chunks", lengths(chunks)));
    }
    let filters =
        if storage.filters.is_empty() { "none".into() } else { storage.filters.join(" → ") };
    facts.push(("Compression", filters));
    if let Some(bytes) = storage.stored_bytes {
        facts.push(("Stored", size_text(bytes)));
    }
    if let Some(offset) = storage.offset {
        facts.push(("First byte", grouped(offset)));
    }
    facts
}

/// The whole file's structure as text, selectable and copied with one click.
pub fn cdl_ui(ui: &mut Ui, text: &str) {
    if ui.button("Copy all").clicked() {
        ui.ctx().copy_text(text.to_owned());
    }
    // Only the visible lines are laid out, however many there are.
    let lines: Vec<&str> = text.lines().collect();
    let height = ui.text_style_height(&egui::TextStyle::Monospace);
    ScrollArea::both().auto_shrink(false).id_salt("cdl").show_rows(
        ui,
        height,
        lines.len(),
        |ui, rows| {
            for line in lines.get(rows).unwrap_or_default() {
                let label =
                    egui::Label::new(RichText::new(*line).monospace()).selectable(true).extend();
                ui.add(label);
            }
        },
    );
}

/// The attributes of a group.
pub fn group_attributes(dataset: &Dataset, id: GroupId) -> &[Attribute] {
    dataset.group(id).map_or(&[], |group| &group.attributes)
}

/// `1 234 567`: digits in threes, separated by thin spaces.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1.2 MB`, in powers of ten.
pub fn size_text(bytes: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", units[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_easily() {
        assert_eq!(size_text(999), "999 bytes");
        assert_eq!(size_text(1_170_080), "1.2 MB");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(12), "12");
    }

    #[test]
    fn a_long_attribute_is_cut_and_says_how_much_is_missing() {
        let value = Array::vector(vec![1i32; 70].into());
        assert!(value_text(&value, None, 64).ends_with("… 6 more"));
        assert_eq!(value_text(&Array::text("K"), None, 64), "K");
    }
}
