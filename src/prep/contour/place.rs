//! Lines brought to the screen: as fine as it is, torn where the picture is.

use super::labels::{Label, Labeller};
use super::lines::Line;
use crate::prep::placement::{Place, Placement, Px};

/// Part of a line on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    pub level: usize,
    pub points: Vec<Px>,
}

/// What is drawn of some lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// With gaps where labels stand.
    pub stretches: Vec<Stretch>,
    pub labels: Vec<Label>,
}

/// How wide the label of each level is, in points; `None` for levels without labels.
pub type LabelWidths = [Option<f32>];

/// Points nearer to the last than this are left out.
const NEAR_PX: f32 = 0.7;
/// Shorter lines that are closed are noise.
const LEAST_LOOP_PX: f32 = 7.0;
/// Longer steps are looked at: the picture may bend them, or be torn between their ends.
const STEP_PX: f32 = 12.0;
/// How far a line may be off its place.
const BEND_PX: f32 = 0.5;
/// A step that is still longer after all halvings goes over a seam.
const SEAM_PX: f32 = 8.0;
/// A step is halved so often.
const HALVINGS: u32 = 8;

/// Brings lines to the screen and labels them where they are straight.
pub fn place(lines: &[Line], placement: &dyn Placement, widths: &LabelWidths) -> Drawing {
    let mut stretches = Vec::new();
    for line in lines {
        stretches.extend(stretches_of(line, placement));
    }
    let mut labeller = Labeller::new(placement.viewport());
    // Long lines have the first choice.
    stretches.sort_by_key(|stretch| std::cmp::Reverse(stretch.points.len()));
    let mut drawing = Drawing::default();
    for stretch in stretches {
        match widths.get(stretch.level).copied().flatten() {
            Some(width) => labeller.label(stretch, width, &mut drawing),
            None => drawing.stretches.push(stretch),
        }
    }
    drawing
}

/// The pieces of a line that are seen.
fn stretches_of(line: &Line, placement: &dyn Placement) -> Vec<Stretch> {
    let mut way = Way { placement, found: Vec::new(), now: Vec::new() };
    let mut last: Option<(Place, Option<Px>)> = None;
    for &place in &line.points {
        let px = way.look(place);
        match (last, px) {
            (Some((before, Some(from))), Some(to)) => {
                if distance(from, to) < NEAR_PX {
                    continue;
                }
                way.go((before, from), (place, to), HALVINGS);
            }
            (Some((before, Some(from))), None) => {
                way.now.push(way.edge((before, from), place));
                way.tear();
            }
            (Some((before, None)), Some(to)) => {
                way.now.extend([way.edge((place, to), before), to]);
            }
            (None, Some(to)) => way.now.push(to),
            (_, None) => {}
        }
        last = Some((place, px));
    }
    way.tear();
    let mut found = way.found;
    if line.is_closed()
        && let [only] = found.as_mut_slice()
        && let (Some(&first), Some(&end)) = (only.first(), only.last())
        && first != end
        && distance(first, end) < NEAR_PX
    {
        // The last point was too near to the one before.
        only.push(first);
    }
    let viewport = placement.viewport();
    let is_noise = |points: &[Px]| line.is_closed() && size(points) < LEAST_LOOP_PX;
    let is_seen =
        |points: &Vec<Px>| points.len() > 1 && meets(points, viewport) && !is_noise(points);
    let stretch = |points| Stretch { level: line.level, points };
    found.into_iter().filter(is_seen).map(stretch).collect()
}

/// A line on its way over the screen.
struct Way<'a> {
    placement: &'a dyn Placement,
    found: Vec<Vec<Px>>,
    now: Vec<Px>,
}

impl Way<'_> {
    fn look(&self, place: Place) -> Option<Px> {
        self.placement.px(place).filter(|px| px.iter().all(|v| v.is_finite()))
    }

    fn tear(&mut self) {
        self.found.push(std::mem::take(&mut self.now));
    }

    /// To the next point: bent as the picture bends it, torn where the picture is. Where the
    /// middle is not between the ends, these lie on both sides of a seam.
    fn go(&mut self, a: (Place, Px), b: (Place, Px), halvings: u32) {
        let between = [(a.1[0] + b.1[0]) / 2.0, (a.1[1] + b.1[1]) / 2.0];
        let place = middle(a.0, b.0);
        let length = distance(a.1, b.1);
        let px = match length > STEP_PX {
            true => self.look(place),
            false => Some(between),
        };
        if px.is_some_and(|px| distance(px, between) <= BEND_PX) {
            self.now.push(b.1);
        } else if halvings > 0 {
            match px {
                Some(px) => {
                    self.go(a, (place, px), halvings - 1);
                    self.go((place, px), b, halvings - 1);
                }
                None => {
                    self.now.push(self.edge(a, place));
                    self.tear();
                    self.now.extend([self.edge(b, place), b.1]);
                }
            }
        } else if length > SEAM_PX {
            self.tear();
            self.now.push(b.1);
        } else {
            self.now.push(b.1);
        }
    }

    /// The last point that is seen on the way to a place that is not.
    fn edge(&self, (mut seen, mut px): (Place, Px), mut unseen: Place) -> Px {
        for _ in 0..HALVINGS {
            let place = middle(seen, unseen);
            match self.look(place) {
                Some(found) => (seen, px) = (place, found),
                None => unseen = place,
            }
        }
        px
    }
}

fn middle(a: Place, b: Place) -> Place {
    [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
}

pub(super) fn distance(a: Px, b: Px) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn bounds(points: &[Px]) -> [f32; 4] {
    let nothing = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    points
        .iter()
        .fold(nothing, |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])])
}

fn size(points: &[Px]) -> f32 {
    let b = bounds(points);
    (b[2] - b[0]).max(b[3] - b[1])
}

fn meets(points: &[Px], viewport: [f32; 4]) -> bool {
    let b = bounds(points);
    b[0] <= viewport[2] && b[2] >= viewport[0] && b[1] <= viewport[3] && b[3] >= viewport[1]
}

#[cfg(test)]
pub(super) mod testing {
    use std::ops::Range;

    use super::*;
    use crate::prep::placement::{Vector, unit};

    /// Ten points a cell, torn at column 50: what lies beyond goes on at the left.
    pub struct Torn;

    impl Placement for Torn {
        fn px(&self, [row, column]: Place) -> Option<Px> {
            (row >= 0.0).then(|| [(column.rem_euclid(50.0) * 10.0) as f32, (row * 10.0) as f32])
        }

        fn place_at(&self, at: Px) -> Option<Place> {
            Some([f64::from(at[1]) / 10.0, f64::from(at[0]) / 10.0])
        }

        fn direction(&self, _: Place, vector: &Vector) -> Option<Px> {
            unit(vector.on_grid)
        }

        fn viewport(&self) -> [f32; 4] {
            [0.0, 0.0, 500.0, 500.0]
        }

        fn key(&self) -> u64 {
            0
        }

        fn visible(&self) -> Option<[Range<usize>; 2]> {
            Some([0..50, 0..50])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Torn;
    use super::*;

    fn line(points: &[Place]) -> Line {
        Line { level: 0, points: points.to_vec() }
    }

    #[test]
    fn a_line_is_torn_where_the_picture_is() {
        let points: Vec<Place> = (40..60).map(|column| [5.0, f64::from(column)]).collect();
        let drawing = place(&[line(&points)], &Torn, &[None]);
        assert_eq!(drawing.stretches.len(), 2);
        let ends: Vec<f32> = drawing.stretches.iter().map(|s| s.points[0][0]).collect();
        assert_eq!(ends, [400.0, 0.0]);
        // A long straight step is not: its middle lies between its ends.
        let drawing = place(&[line(&[[5.0, 1.0], [5.0, 40.0]])], &Torn, &[None]);
        assert_eq!(drawing.stretches.len(), 1);
    }

    #[test]
    fn a_long_step_over_a_seam_goes_up_to_it_on_both_sides() {
        let drawing = place(&[line(&[[5.0, 45.0], [5.0, 55.0]])], &Torn, &[None]);
        let ends: Vec<[f32; 2]> = drawing
            .stretches
            .iter()
            .map(|s| [s.points[0][0], s.points[s.points.len() - 1][0]])
            .collect();
        assert_eq!(ends.len(), 2);
        let near = |a: f32, b: f32| (a - b).abs() < 1.0;
        assert!(near(ends[0][0], 450.0) && near(ends[0][1], 500.0), "{ends:?}");
        assert!(near(ends[1][0], 0.0) && near(ends[1][1], 50.0), "{ends:?}");
        // And up to where the picture ends.
        let drawing = place(&[line(&[[-3.0, 7.0], [5.0, 7.0]])], &Torn, &[None]);
        assert!(near(drawing.stretches[0].points[0][1], 0.0));
    }

    #[test]
    fn what_is_not_seen_is_left_out() {
        let beside = line(&[[80.0, 1.0], [80.0, 9.0]]);
        let behind = line(&[[-2.0, 1.0], [-2.0, 9.0]]);
        let speck = line(&[[1.0, 1.0], [1.2, 1.0], [1.2, 1.2], [1.0, 1.0]]);
        let cut = line(&[[1.0, 1.0], [1.0, 2.0], [-1.0, 2.0], [1.0, 4.0], [1.0, 5.0]]);
        let drawing = place(&[beside, behind, speck, cut], &Torn, &[None]);
        assert_eq!(drawing.stretches.len(), 2);
    }

    #[test]
    fn points_that_fall_together_are_one() {
        let points: Vec<Place> = (0..1000).map(|k| [5.0, f64::from(k) * 0.01]).collect();
        let drawing = place(&[line(&points)], &Torn, &[None]);
        assert!(drawing.stretches[0].points.len() < 150);
    }
}
