//! Whether and how codes are drawn as classes, in the side panel.

use egui::Ui;
use hyperslab_core::Dtype;

use crate::cf::{Classes, Fills, is_integer};
use crate::session::{ClassOptions, ColorOptions};
use crate::views::Scene;

/// Nothing for variables that hold no codes.
pub fn class_options_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    colors: &mut ColorOptions,
    is_decoded: bool,
) {
    let Some(cf) = scene.cf().filter(|_| is_decoded) else { return };
    let options = &mut colors.classes;
    let offered = cf.classes();
    if !offered.is_empty() {
        ui.horizontal(|ui| {
            ui.label("Codes as");
            ui.selectable_value(&mut options.as_numbers, false, "Classes");
            ui.selectable_value(&mut options.as_numbers, true, "Numbers");
        });
        if options.as_numbers {
            options.bits = None;
        }
    }
    let draws_classes = !options.as_numbers;
    if offered.len() > 1 && draws_classes {
        questions_ui(ui, &offered, options);
    }
    if !cf.packing(Fills::Declared).is_packed() {
        bits_ui(ui, &cf.variable().dtype, options);
    }
    if !options.hidden.is_empty() && draws_classes && ui.button("Show all classes").clicked() {
        options.hidden.clear();
    }
    if !offered.is_empty() || options.bits.is_some() {
        ui.add_space(8.0);
    }
}

/// What is asked of the bits.
fn questions_ui(ui: &mut Ui, offered: &[Classes], options: &mut ClassOptions) {
    let is_chosen = |classes: &Classes| Some(&classes.name) == options.question.as_ref();
    let chosen = offered.iter().position(is_chosen).or(Classes::most_telling(offered)).unwrap_or(0);
    let text = offered.get(chosen).map_or("", |classes| classes.name.as_str());
    let mut picked = None;
    let menu = egui::ComboBox::from_id_salt("question").selected_text(text).show_ui(ui, |ui| {
        for (place, classes) in offered.iter().enumerate() {
            let names: Vec<&str> = classes.classes.iter().map(|c| c.name.as_str()).collect();
            let label = ui.selectable_label(place == chosen, &classes.name);
            if label.on_hover_text(names.join("\n")).clicked() {
                picked = Some(classes.name.clone());
            }
        }
    });
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Classes by: {text}"))
    });
    if picked.is_some() {
        options.question = picked;
        options.bits = None;
    }
}

/// Any few bits of an integer, whatever they mean.
fn bits_ui(ui: &mut Ui, dtype: &Dtype, options: &mut ClassOptions) {
    if !is_integer(dtype) {
        return;
    }
    let last_bit = 8 * dtype.element_bytes() as u32 - 1;
    ui.horizontal(|ui| {
        let mut is_on = options.bits.is_some();
        let check = ui.checkbox(&mut is_on, "Bits");
        let check = check.on_hover_text("Look at some bits of each value; bit 0 counts 1");
        if check.changed() {
            options.bits = is_on.then_some((0, 1.min(last_bit)));
            options.as_numbers = false;
        }
        let Some((first, last)) = &mut options.bits else { return };
        let edit = ui.add(egui::DragValue::new(first).range(0..=last_bit).speed(0.05));
        edit.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "First bit"));
        *last = (*last).clamp(*first, (*first + 3).min(last_bit));
        ui.label("to");
        let most = (*first + 3).min(last_bit);
        let edit = ui.add(egui::DragValue::new(last).range(*first..=most).speed(0.05));
        edit.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "Last bit"));
    });
}
