//! The legend of classes: a colour and a name each, how many of the values that are shown belong
//! to it, and a click to hide it.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{
    Color32, CornerRadius, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2,
};
use hyperslab_core::array::Number;
use hyperslab_core::{ReadContext, ReadError};

use crate::cf::{Class, Classes};
use crate::engine::{Priority, Request, Weigh};
use crate::prep::class_colors::{OTHER, class_colors};
use crate::prep::class_counts::{ClassCounts, class_counts};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::ColorOptions;
use crate::ui::text::elided;
use crate::ui::theme::palette;
use crate::views::data::{SlabRequest, want_slab};
use crate::views::frame::tick_font;
use crate::views::{Origin, Scene};

const NAME_WIDTH_MOST: f32 = 170.0;
const ROW_HEIGHT: f32 = 19.0;
const SWATCH: f32 = 12.0;
/// What codes without a name are called.
const OTHER_NAME: &str = "other codes";

/// The classes to draw, where the values are to be drawn as classes.
pub fn decide(scene: Scene<'_>, origin: Origin, options: &ColorOptions) -> Option<Arc<Classes>> {
    if !origin.is_decoded || origin.as_rate {
        return None;
    }
    let options = &options.classes;
    if let Some((first, last)) = options.bits {
        return Classes::of_bits(scene.variable()?, first, last).map(Arc::new);
    }
    let mut offered = scene.cf().filter(|_| !options.as_numbers)?.classes();
    let is_asked = |classes: &Classes| Some(&classes.name) == options.question.as_ref();
    let place = offered.iter().position(is_asked).or(Classes::most_telling(&offered))?;
    Some(Arc::new(offered.swap_remove(place)))
}

/// The places of classes that the user hid.
pub fn hidden(classes: &Classes, hidden: &BTreeSet<String>) -> Vec<usize> {
    let places = classes.classes.iter().enumerate();
    places.filter(|(_, class)| hidden.contains(&class.name)).map(|(place, _)| place).collect()
}

/// How often each class occurs in what is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CountsRequest {
    slab: SlabRequest,
    classes: Arc<Classes>,
}

impl Request for CountsRequest {
    type Output = ClassCounts;

    fn describe(&self) -> String {
        "counting classes".into()
    }
}

impl Weigh for ClassCounts {
    fn bytes(&self) -> usize {
        8 * self.counts.len()
    }
}

/// Nothing until they are counted.
pub fn want_counts(
    scene: Scene<'_>,
    slab: &SlabRequest,
    classes: &Arc<Classes>,
) -> Option<Arc<ClassCounts>> {
    let values = want_slab(scene, slab, Priority::Visible).ready()?;
    let request = CountsRequest { slab: slab.clone(), classes: classes.clone() };
    let classes = classes.clone();
    let answer = scene.engine.want(&request, Priority::Visible, move |cx: &ReadContext| {
        class_counts(&values.real_values(), &classes, &|| cx.check().is_err())
            .ok_or_else(ReadError::cancelled)
    });
    answer.ready()
}

/// The room that names and swatches take.
pub fn width(ui: &Ui, classes: &Classes) -> f32 {
    let width = |name: &str| {
        let color = Color32::BLACK;
        elided(ui, name, tick_font(), color, NAME_WIDTH_MOST).size().x
    };
    let names = classes.classes.iter().map(|class| class.name.as_str());
    let widest = names.chain([OTHER_NAME, &classes.name]).map(width).fold(0.0, f32::max);
    SWATCH + 8.0 + widest + 10.0
}

/// A row for each class, as many as there is room for; the others are scrolled to.
pub fn legend_ui(
    ui: &mut Ui,
    rect: Rect,
    classes: &Classes,
    counts: Option<&ClassCounts>,
    options: &mut ColorOptions,
    is_picture: bool,
) {
    let has_other = counts.is_some_and(|counts| counts.other > 0);
    let rows = classes.classes.len() + usize::from(has_other);
    let fitting = (rect.height() / ROW_HEIGHT) as usize;
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("classes"));
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    if is_picture && rows > fitting {
        let shown = fitting.saturating_sub(1);
        rows_ui(&mut ui, classes, counts, options, shown);
        ui.weak(format!("and {} more", rows - shown));
        return;
    }
    ScrollArea::vertical()
        .id_salt("classes")
        .max_height(rect.height())
        .show(&mut ui, |ui| rows_ui(ui, classes, counts, options, rows));
}

fn rows_ui(
    ui: &mut Ui,
    classes: &Classes,
    counts: Option<&ClassCounts>,
    options: &mut ColorOptions,
    most: usize,
) {
    let colors = class_colors(classes);
    let total = counts.map(|counts| counts.counts.iter().sum::<u64>() + counts.other);
    let rows = classes.classes.iter().zip(colors).enumerate().take(most);
    for (place, (class, color)) in rows {
        let count = counts.and_then(|counts| counts.counts.get(place)).copied();
        let row = Row {
            name: &class.name,
            color,
            is_hidden: options.classes.hidden.contains(&class.name),
            words: words(class, count.zip(total)),
        };
        let clicked = row_ui(ui, &row);
        if let Some(click) = clicked {
            apply(click, class, classes, &mut options.classes.hidden);
        }
    }
    let other = counts.map(|counts| counts.other).filter(|&other| other > 0);
    if let Some(other) = other.filter(|_| most > classes.classes.len()) {
        let words = format!("Codes that have no name\n{}", count_words(other, total));
        row_ui(ui, &Row { name: OTHER_NAME, color: OTHER, is_hidden: false, words });
    }
}

struct Row<'a> {
    name: &'a str,
    color: [u8; 3],
    is_hidden: bool,
    words: String,
}

enum Click {
    Toggle,
    Only,
    All,
}

fn apply(click: Click, class: &Class, classes: &Classes, hidden: &mut BTreeSet<String>) {
    let name = &class.name;
    match click {
        Click::Toggle if hidden.contains(name) => _ = hidden.remove(name),
        Click::Toggle => _ = hidden.insert(name.clone()),
        Click::Only => {
            let names = classes.classes.iter().map(|class| class.name.clone());
            *hidden = names.filter(|other| other != name).collect();
        }
        Click::All => hidden.clear(),
    }
}

fn row_ui(ui: &mut Ui, row: &Row<'_>) -> Option<Click> {
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let palette = palette(ui);
    let swatch = Rect::from_center_size(
        pos2(rect.left() + SWATCH / 2.0, rect.center().y),
        vec2(SWATCH, SWATCH),
    );
    let [r, g, b] = row.color;
    let (corner, painter) = (CornerRadius::same(2), ui.painter());
    if response.hovered() {
        painter.rect_filled(rect.expand2(vec2(3.0, 0.0)), 3.0, palette.selection);
    }
    if !row.is_hidden {
        painter.rect_filled(swatch, corner, Color32::from_rgb(r, g, b));
    }
    painter.rect_stroke(swatch, corner, Stroke::new(1.0, palette.weak), StrokeKind::Inside);
    let color = if row.is_hidden { palette.weak } else { palette.text };
    let galley = elided(ui, row.name, tick_font(), color, NAME_WIDTH_MOST);
    let at = pos2(swatch.right() + 8.0, rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, color);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::CheckBox, true, !row.is_hidden, row.name)
    });
    let mut click = None;
    if response.clicked() {
        let only = ui.input(|input| input.modifiers.alt || input.modifiers.command);
        click = Some(if only { Click::Only } else { Click::Toggle });
    }
    response.context_menu(|ui| {
        for (label, what) in [("Only this", Click::Only), ("Show all", Click::All)] {
            if ui.button(label).clicked() {
                click = Some(what);
                ui.close();
            }
        }
    });
    response.on_hover_text(format!(
        "{}\n{}\nClick: hide or show; with Ctrl: only this one",
        row.name, row.words
    ));
    click
}

/// `Code 3: 1204 of 48400 values (2.5 %)`.
fn words(class: &Class, count: Option<(u64, u64)>) -> String {
    let code = class.code.map(|code| format!("Code {code}"));
    let count = count.map(|(count, total)| count_words(count, Some(total)));
    [code, count].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn count_words(count: u64, total: Option<u64>) -> String {
    let total = total.unwrap_or(count).max(1);
    let percent = Number::F64(100.0 * count as f64 / total as f64);
    let percent = format_number(percent, NumberFormat::Significant(3));
    format!("{count} of {total} values shown ({percent} %)")
}
