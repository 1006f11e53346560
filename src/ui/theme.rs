//! Colours, spacing and fonts of the window: quiet furniture, so that the data stand out.

use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Theme, Visuals};

use crate::session;

/// Colours that views paint with, by theme.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Behind plots and tables.
    pub canvas: Color32,
    pub stripe: Color32,
    pub header: Color32,
    pub grid: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    pub selection: Color32,
    pub warning: Color32,
    pub error: Color32,
    /// Missing values: not a colour any map has.
    pub missing: Color32,
}

const LIGHT: Palette = Palette {
    canvas: Color32::from_rgb(255, 255, 255),
    stripe: Color32::from_rgb(246, 247, 249),
    header: Color32::from_rgb(237, 239, 243),
    grid: Color32::from_rgb(216, 220, 227),
    text: Color32::from_rgb(32, 36, 44),
    weak: Color32::from_rgb(112, 119, 132),
    accent: Color32::from_rgb(38, 99, 196),
    selection: Color32::from_rgb(205, 223, 250),
    warning: Color32::from_rgb(158, 98, 0),
    error: Color32::from_rgb(184, 36, 36),
    missing: Color32::from_rgb(176, 178, 182),
};

const DARK: Palette = Palette {
    canvas: Color32::from_rgb(22, 24, 29),
    stripe: Color32::from_rgb(28, 30, 36),
    header: Color32::from_rgb(37, 40, 48),
    grid: Color32::from_rgb(58, 62, 72),
    text: Color32::from_rgb(222, 225, 231),
    weak: Color32::from_rgb(146, 152, 164),
    accent: Color32::from_rgb(110, 165, 255),
    selection: Color32::from_rgb(38, 66, 112),
    warning: Color32::from_rgb(240, 186, 92),
    error: Color32::from_rgb(250, 120, 112),
    missing: Color32::from_rgb(98, 100, 105),
};

/// One colour a curve, told apart by people with colour-blindness too (after Okabe and Ito).
pub const CURVES: [Color32; 7] = [
    Color32::from_rgb(0, 114, 178),
    Color32::from_rgb(213, 94, 0),
    Color32::from_rgb(0, 158, 115),
    Color32::from_rgb(204, 121, 167),
    Color32::from_rgb(230, 159, 0),
    Color32::from_rgb(86, 180, 233),
    Color32::from_rgb(130, 130, 130),
];

pub fn palette(ui: &egui::Ui) -> Palette {
    palette_of(ui.visuals())
}

pub fn palette_of(visuals: &Visuals) -> Palette {
    if visuals.dark_mode { DARK } else { LIGHT }
}

/// A triangle with an exclamation mark, painted: not every font has one. 12 points wide.
pub fn warning_sign(painter: &egui::Painter, center: egui::Pos2, color: Color32) {
    let at = |x: f32, y: f32| center + egui::vec2(x, y);
    let corners = vec![at(0.0, -5.5), at(6.0, 5.0), at(-6.0, 5.0)];
    painter.add(egui::Shape::closed_line(corners, Stroke::new(1.3, color)));
    painter.line_segment([at(0.0, -2.0), at(0.0, 1.5)], Stroke::new(1.3, color));
    painter.circle_filled(at(0.0, 3.3), 0.8, color);
}

/// Sets fonts, spacing and both themes, once.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.all_styles_mut(|style| {
        let sized = |size| FontId::new(size, FontFamily::Proportional);
        style.text_styles = [
            (TextStyle::Small, sized(11.0)),
            (TextStyle::Body, sized(13.0)),
            (TextStyle::Button, sized(13.0)),
            (TextStyle::Heading, sized(16.0)),
            (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = egui::vec2(6.0, 4.0);
        style.spacing.button_padding = egui::vec2(7.0, 2.0);
        style.interaction.tooltip_delay = 0.35;
    });
    ctx.set_visuals_of(Theme::Light, visuals(Visuals::light(), LIGHT));
    ctx.set_visuals_of(Theme::Dark, visuals(Visuals::dark(), DARK));
}

/// The toolkit's fonts; what the proportional ones lack (arrows, superscripts) comes from the
/// monospaced one.
fn fonts() -> egui::FontDefinitions {
    let mut fonts = egui::FontDefinitions::default();
    if let Some(names) = fonts.families.get_mut(&FontFamily::Proportional) {
        names.push("Hack".to_owned());
    }
    fonts
}

pub fn apply(ctx: &egui::Context, theme: session::Theme) {
    ctx.set_theme(match theme {
        session::Theme::System => egui::ThemePreference::System,
        session::Theme::Light => egui::ThemePreference::Light,
        session::Theme::Dark => egui::ThemePreference::Dark,
    });
}

fn visuals(mut visuals: Visuals, palette: Palette) -> Visuals {
    visuals.panel_fill = palette.stripe;
    visuals.extreme_bg_color = palette.canvas;
    visuals.faint_bg_color = palette.stripe;
    visuals.override_text_color = Some(palette.text);
    visuals.weak_text_color = Some(palette.weak);
    visuals.hyperlink_color = palette.accent;
    visuals.selection.bg_fill = palette.selection;
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.grid);
    for widget in [
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(4);
    }
    visuals
}
