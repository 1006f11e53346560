//! The pixels of the map: which cells they show, found once for a view of the globe, and their
//! colours, found for each slice; coarse first, moved and stretched until finer ones are there.

use std::sync::Arc;

use egui::{Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2};
use hyperslab_core::{ReadContext, ReadError, Result};

use super::frame::MapFrame;
use super::located::{Covering, Places};
use super::slice::Field;
use super::state::{Basis, Target};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::coloring::Coloring;
use crate::prep::map::cells::cells;
use crate::prep::map::choice::Cover;
use crate::prep::map::paint::colors;
use crate::prep::map::projection::{ProjectionKind, Spec};
use crate::prep::map::view::View;
use crate::views::data::{Slab, SlabRequest};
use crate::views::{Scene, VariableState};

/// Pixels of the screen, each way, for one of a map that is moving.
const COARSE: usize = 4;

/// Radius of a station, in points.
const DOT_PT: f64 = 3.6;

/// A projection as a key; numbers by their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpecKey {
    kind: ProjectionKind,
    numbers: [u64; 4],
    own: Option<String>,
}

impl SpecKey {
    pub fn of(spec: &Spec, cover: &Cover) -> Self {
        let own = cover.own.as_ref().filter(|_| spec.kind == ProjectionKind::Own);
        let numbers = [spec.lon, spec.lat, spec.parallels.0, spec.parallels.1];
        Self {
            kind: spec.kind,
            numbers: numbers.map(f64::to_bits),
            own: own.map(|(crs, _)| crs.proj().to_owned()),
        }
    }
}

/// The cell of each pixel of a view.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CellsRequest {
    places: Places,
    spec: SpecKey,
    view: [u64; 3],
    size_px: [usize; 2],
    dot_px: u64,
}

pub struct Cells(pub Vec<u32>);

impl Weigh for Cells {
    fn bytes(&self) -> usize {
        4 * self.0.len()
    }
}

impl Request for CellsRequest {
    type Output = Cells;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// All that the pixels depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PictureRequest {
    cells: CellsRequest,
    pub slab: SlabRequest,
    coloring: Coloring,
}

pub struct Raster(ColorImage);

impl Weigh for Raster {
    fn bytes(&self) -> usize {
        self.0.pixels.len() * size_of::<Color32>()
    }
}

impl Request for PictureRequest {
    type Output = Raster;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// The raster on the graphics card, and the map it is of.
pub struct Picture {
    pub request: PictureRequest,
    pub target: Target,
    /// Of the raster itself, which may be coarse.
    view: View,
    texture: TextureHandle,
}

/// What a job needs to find cells.
struct Finding {
    located: Arc<Covering>,
    basis: Arc<Basis>,
    view: View,
    dot_px: f64,
}

impl Finding {
    fn request(&self) -> CellsRequest {
        let View { x, y, per_px, width, height } = self.view;
        CellsRequest {
            places: self.basis.places.clone(),
            spec: self.basis.spec.clone(),
            view: [x, y, per_px].map(f64::to_bits),
            size_px: [width, height],
            dot_px: self.dot_px.to_bits(),
        }
    }

    fn find(&self, cx: &ReadContext) -> Result<Cells> {
        let is_cancelled = || cx.check().is_err();
        let (geometry, projection) = (self.located.geometry(), &self.basis.projection);
        let found = cells(geometry, projection, &self.view, self.dot_px, &is_cancelled);
        cx.check()?;
        found.map(Cells).ok_or_else(|| ReadError::unsupported("a map of so many cells"))
    }
}

/// The cells of the pixels of this view, if they have been found.
pub fn found_cells(
    ui: &Ui,
    scene: Scene<'_>,
    located: &Arc<Covering>,
    target: &Target,
) -> Option<Arc<Cells>> {
    scene.engine.peek(&finding(ui, located, target, 1).request())
}

fn finding(ui: &Ui, located: &Arc<Covering>, target: &Target, coarse: usize) -> Finding {
    Finding {
        located: located.clone(),
        basis: target.basis.clone(),
        view: if coarse > 1 { target.view.coarser(coarse) } else { target.view },
        dot_px: DOT_PT * f64::from(ui.pixels_per_point()) / coarse as f64,
    }
}

/// Asks for the pixels of this frame and takes them over when they are there. True when what is
/// shown is what was asked for.
pub fn want_picture(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    target: &Target,
    (located, field, coloring): (&Arc<Covering>, &Field, &Coloring),
    is_still: bool,
) -> bool {
    let Some(slab) = field.slab.clone() else { return false };
    let fine = finding(ui, located, target, 1);
    let fine_request = fine.request();
    let colored =
        |cells| PictureRequest { cells, slab: field.request.clone(), coloring: coloring.clone() };
    let found = scene.engine.peek(&fine_request);
    let is_fine = found.is_some();
    let (request, finding) = match is_fine {
        true => (colored(fine_request.clone()), None),
        false => {
            let coarse = finding(ui, located, target, COARSE);
            (colored(coarse.request()), Some(coarse))
        }
    };
    let view = finding.as_ref().map_or(target.view, |coarse| coarse.view);
    let is_shown = |state: &VariableState| {
        state.map_view.picture.as_ref().is_some_and(|picture| picture.request == request)
    };
    if !is_shown(state) {
        let (order, coloring, size) = (located.order, coloring.clone(), [view.width, view.height]);
        let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
            let found = match (found, finding) {
                (Some(found), _) => found,
                (None, Some(finding)) => Arc::new(finding.find(cx)?),
                (None, None) => return Err(ReadError::cancelled()),
            };
            Ok(painted(&found, &slab, order, &coloring, size))
        });
        if let Answer::Ready(raster) = answer {
            adopt(ui, state, &request, target, view, &raster);
        }
    }
    if !is_fine && is_still {
        let _ = scene.engine.want(&fine_request, Priority::Visible, move |cx| fine.find(cx));
    }
    is_fine && is_shown(state)
}

fn painted(
    found: &Cells,
    slab: &Slab,
    order: crate::prep::map::paint::Order,
    coloring: &Coloring,
    size: [usize; 2],
) -> Raster {
    let pixels = colors(&found.0, &slab.values, order, &coloring.paint());
    let pixels = pixels.into_iter().map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a));
    Raster(ColorImage::new(size, pixels.collect()))
}

fn adopt(
    ui: &Ui,
    state: &mut VariableState,
    request: &PictureRequest,
    target: &Target,
    view: View,
    raster: &Raster,
) {
    let texture = match state.map_view.picture.take() {
        Some(mut old) => {
            old.texture.set(raster.0.clone(), TextureOptions::NEAREST);
            old.texture
        }
        None => ui.ctx().load_texture("map", raster.0.clone(), TextureOptions::NEAREST),
    };
    let (request, target) = (request.clone(), target.clone());
    state.map_view.picture = Some(Picture { request, target, view, texture });
}

/// The last picture, where it now lies.
pub fn picture_ui(painter: &egui::Painter, picture: &Picture, frame: &MapFrame) {
    let bounds = picture.view.bounds();
    let corners = Rect::from_two_pos(
        frame.px_from_plane(bounds.left, bounds.top),
        frame.px_from_plane(bounds.right, bounds.bottom),
    );
    let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(picture.texture.id(), corners, uv, Color32::WHITE);
}
