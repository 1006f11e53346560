//! The graticule and its labels: beside the picture where a line leaves it, on the map where it
//! does not. No label covers another.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Ui, Vec2, pos2, vec2};

use super::earth::{Ink, plane_lines_ui};
use super::frame::MapFrame;
use super::state::{MapState, Target};
use crate::prep::map::graticule::{GridLine, graticule};
use crate::prep::map::projection::ProjectionKind;
use crate::ui::theme::palette;

/// Between a label and what it belongs to, in points.
const GAP: f32 = 6.0;
/// Between labels.
const APART: f32 = 4.0;
/// A line ends at the border of the picture within this.
const NEAR: f32 = 1.5;

fn font() -> FontId {
    FontId::proportional(11.0)
}

/// The lines for this frame, made anew when the map has moved.
pub fn lines_of(state: &mut MapState, target: &Target, scale: f32) -> Vec<GridLine> {
    match &state.graticule {
        Some((made_for, lines)) if made_for == target => lines.clone(),
        _ => {
            let lines = graticule(&target.basis.projection, &target.view, f64::from(scale));
            state.graticule = Some((target.clone(), lines.clone()));
            lines
        }
    }
}

pub fn graticule_ui(painter: &Painter, frame: &MapFrame, lines: &[GridLine], ink: Ink) {
    for line in lines {
        plane_lines_ui(painter, frame, &line.lines, ink.grid);
    }
}

/// A label and where it may stand: the first place that is free.
struct Wanted<'a> {
    text: &'a str,
    places: Vec<(Pos2, Align2, bool)>,
}

pub fn labels_ui(ui: &Ui, frame: &MapFrame, lines: &[GridLine]) {
    let seen = frame.seen();
    let wanted: Vec<Wanted<'_>> = lines
        .iter()
        .map(|line| Wanted { text: &line.label, places: places(line, frame, seen) })
        .collect();
    let mut taken: Vec<Rect> = Vec::new();
    let text_color = palette(ui).text;
    for wanted in &wanted {
        let galley = ui.painter().layout_no_wrap(wanted.text.to_owned(), font(), text_color);
        for (at, align, is_inside) in &wanted.places {
            let rect = align.anchor_size(*at, galley.size());
            let room = ui.max_rect();
            let is_free = taken.iter().all(|other| !other.intersects(rect.expand(APART)));
            if !is_free || !room.contains_rect(rect) {
                continue;
            }
            taken.push(rect);
            match is_inside {
                true => on_map_ui(ui, rect, wanted.text),
                false => {
                    ui.painter().galley(rect.min, galley, text_color);
                }
            }
            break;
        }
    }
}

/// Readable on any colour.
fn on_map_ui(ui: &Ui, rect: Rect, text: &str) {
    let (ink, halo): (Color32, Color32) = match ui.visuals().dark_mode {
        true => (Color32::from_gray(240), Color32::from_black_alpha(150)),
        false => (Color32::from_gray(25), Color32::from_white_alpha(170)),
    };
    ui.painter().rect_filled(rect.expand2(vec2(3.0, 0.5)), 3.0, halo);
    ui.painter().text(rect.min, Align2::LEFT_TOP, text, font(), ink);
}

/// Where the label of a line may stand, the best place first.
fn places(line: &GridLine, frame: &MapFrame, seen: Rect) -> Vec<(Pos2, Align2, bool)> {
    let points = visible_points(line, frame, seen);
    let kind = frame.projection().spec().kind;
    let mut places = Vec::new();
    let most = |score: &dyn Fn(&Pos2) -> f32| {
        points.iter().copied().max_by(|a, b| score(a).total_cmp(&score(b)))
    };
    if line.is_meridian {
        let Some(bottom) = most(&|p| p.y) else { return places };
        let at_border = bottom.y >= seen.bottom() - NEAR || ends_at(line, frame, bottom);
        let is_inside = matches!(kind, ProjectionKind::Mollweide | ProjectionKind::Orthographic);
        match kind {
            // Meridians meet in the poles of these.
            ProjectionKind::Mollweide | ProjectionKind::Orthographic
                if !is_cut(frame) || bottom.y < seen.bottom() - NEAR =>
            {
                places.extend(crossing(line, frame, seen));
            }
            ProjectionKind::NorthPolar | ProjectionKind::SouthPolar if !is_cut(frame) => {
                let pole = frame.px_from_plane(0.0, 0.0);
                let Some(far) = most(&|p| p.distance(pole)) else { return places };
                let way = (far - pole).normalized();
                places.push((far + way * GAP, outward(way), false));
            }
            _ if at_border => {
                places.push((pos2(bottom.x, bottom.y + 4.0), Align2::CENTER_TOP, false));
            }
            _ => {}
        }
        if let Some(top) = most(&|p| -p.y)
            && top.y <= seen.top() + NEAR
            && places.is_empty()
            && !is_inside
        {
            places.push((pos2(top.x, top.y + 3.0), Align2::CENTER_TOP, true));
        }
        return places;
    }
    let Some(left) = most(&|p| -p.x) else { return places };
    if left.x <= seen.left() + NEAR {
        places.push((pos2(left.x - GAP, left.y), Align2::RIGHT_CENTER, false));
    } else if ends_at(line, frame, left) {
        // Outside the rim, which leans towards the middle of the map.
        let align = match line.value {
            v if v > 20.0 => Align2::RIGHT_BOTTOM,
            v if v < -20.0 => Align2::RIGHT_TOP,
            _ => Align2::RIGHT_CENTER,
        };
        let is_inside = kind == ProjectionKind::Lambert;
        places.push((pos2(left.x - GAP / 2.0, left.y), align, is_inside));
    } else if let Some(right) = most(&|p| p.x).filter(|p| p.x >= seen.right() - NEAR) {
        places.push((pos2(right.x - GAP, right.y), Align2::RIGHT_CENTER, true));
    } else if let Some(low) = most(&|p| p.x + p.y).filter(|p| seen.shrink(14.0).contains(*p)) {
        // A circle round a pole.
        places.push((low, Align2::CENTER_CENTER, true));
    }
    places
}

/// The map goes on beyond the picture.
fn is_cut(frame: &MapFrame) -> bool {
    let sight = frame.view().bounds();
    let limits = frame.basis().limits;
    sight.width() < limits.width() * 0.999 || sight.height() < limits.height() * 0.999
}

fn outward(way: Vec2) -> Align2 {
    let side = |v: f32| if v < -0.4 { -1 } else { i32::from(v > 0.4) };
    match (side(way.x), side(way.y)) {
        (-1, -1) => Align2::RIGHT_BOTTOM,
        (-1, 0) => Align2::RIGHT_CENTER,
        (-1, _) => Align2::RIGHT_TOP,
        (0, -1) => Align2::CENTER_BOTTOM,
        (0, _) => Align2::CENTER_TOP,
        (_, -1) => Align2::LEFT_BOTTOM,
        (_, 0) => Align2::LEFT_CENTER,
        _ => Align2::LEFT_TOP,
    }
}

/// Where a meridian crosses the parallel in the middle of the map.
fn crossing(line: &GridLine, frame: &MapFrame, seen: Rect) -> Option<(Pos2, Align2, bool)> {
    let spec = frame.projection().spec();
    let lat = match spec.kind {
        ProjectionKind::Orthographic => (spec.lat / 30.0).round() * 30.0,
        _ => 0.0,
    };
    let at = frame.px_from_lon_lat(line.value, lat.clamp(-60.0, 60.0))?;
    // Not where the globe turns away.
    let rim = seen.shrink(14.0);
    rim.contains(at).then_some((at, Align2::CENTER_CENTER, true))
}

/// One of the line's own ends is here.
fn ends_at(line: &GridLine, frame: &MapFrame, at: Pos2) -> bool {
    let mut ends = line.lines.iter().flat_map(|part| [part.points.first(), part.points.last()]);
    let closed = line
        .lines
        .first()
        .and_then(|part| part.points.first())
        .zip(line.lines.last().and_then(|part| part.points.last()));
    // A circle begins where it ends.
    let is_closed = closed.is_some_and(|(a, b)| {
        let (a, b) = (frame.px_from_plane(a[0], a[1]), frame.px_from_plane(b[0], b[1]));
        a.distance(b) < NEAR
    });
    !is_closed
        && ends.any(|end| end.is_some_and(|&[x, y]| frame.px_from_plane(x, y).distance(at) < NEAR))
}

/// Points of a line that are seen, with those where it leaves the picture.
fn visible_points(line: &GridLine, frame: &MapFrame, seen: Rect) -> Vec<Pos2> {
    let mut found = Vec::new();
    for part in &line.lines {
        let points: Vec<Pos2> =
            part.points.iter().map(|&[x, y]| frame.px_from_plane(x, y)).collect();
        for pair in points.windows(2) {
            if let [a, b] = pair {
                found.extend(inside(*a, *b, seen.expand(0.01)));
            }
        }
    }
    found
}

/// The ends of the part of a stroke that lies in a rectangle (Liang and Barsky).
fn inside(a: Pos2, b: Pos2, rect: Rect) -> impl Iterator<Item = Pos2> {
    let way = b - a;
    let (mut from, mut to) = (0.0f32, 1.0f32);
    for (p, q) in [
        (-way.x, a.x - rect.left()),
        (way.x, rect.right() - a.x),
        (-way.y, a.y - rect.top()),
        (way.y, rect.bottom() - a.y),
    ] {
        if p == 0.0 {
            if q < 0.0 {
                to = -1.0;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            to = to.min(q / p);
        }
    }
    let is_seen = from <= to;
    [from, to].into_iter().filter(move |_| is_seen).map(move |t| a + way * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_cut_at_the_border() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(10.0, 10.0));
        let cut = |a, b| inside(a, b, rect).collect::<Vec<_>>();
        assert_eq!(cut(pos2(-5.0, 5.0), pos2(15.0, 5.0)), [pos2(0.0, 5.0), pos2(10.0, 5.0)]);
        assert_eq!(cut(pos2(2.0, 2.0), pos2(3.0, 3.0)), [pos2(2.0, 2.0), pos2(3.0, 3.0)]);
        assert!(cut(pos2(-5.0, 5.0), pos2(5.0, -9.0)).is_empty());
        assert!(cut(pos2(0.0, 20.0), pos2(10.0, 20.0)).is_empty());
    }

    #[test]
    fn labels_stand_on_the_side_they_point_to() {
        assert_eq!(outward(vec2(0.0, 1.0)), Align2::CENTER_TOP);
        assert_eq!(outward(vec2(-1.0, 0.0)), Align2::RIGHT_CENTER);
        assert_eq!(outward(vec2(0.7, -0.7)), Align2::LEFT_BOTTOM);
    }
}
