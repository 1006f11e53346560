//! Where the cells that are shown lie on the Earth, and what they cover.

use std::sync::Arc;

use hyperslab_core::{ReadError, Section};

use crate::cf::geolocation::Shown;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::geometry::Geometry;
use crate::prep::lattice;
use crate::prep::map::choice::Cover;
use crate::prep::map::paint::Order;
use crate::views::data::{GeometryRequest, Located, Site, own_site, want_geometry};
use crate::views::{Scene, VariableState};

/// The axes of the variable that a map shows, rows and columns, or the one of its cells; none
/// where there is no map.
pub fn shown_axes(scene: Scene<'_>, state: &VariableState) -> Vec<usize> {
    let known = state.map_view.axes.clone();
    known.or_else(|| own_site(scene).map(|site| axes_of(&site))).unwrap_or_default()
}

pub fn axes_of(site: &Site) -> Vec<usize> {
    match site.shown() {
        Shown::Plane { y, x } => vec![y, x],
        Shown::Along(axis) => vec![axis],
    }
}

/// The cells of the part of a variable that is shown, and what they cover.
pub struct Covering {
    located: Arc<Located>,
    pub cover: Cover,
    pub order: Order,
    /// The first column lies behind the last, all round the Earth.
    pub is_round: bool,
}

impl Covering {
    pub fn geometry(&self) -> &Geometry {
        &self.located.geometry
    }

    /// Where it was found, for people.
    pub fn source(&self) -> &str {
        &self.located.source
    }
}

impl Weigh for Covering {
    fn bytes(&self) -> usize {
        // The geometry counts by itself.
        size_of::<Self>()
    }
}

/// All that the places of cells depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Places(GeometryRequest);

impl Request for Places {
    type Output = Covering;

    fn describe(&self) -> String {
        "finding places".into()
    }
}

/// The places of the cells of `section`.
pub fn want_places(scene: Scene<'_>, site: &Site, section: &Section) -> (Places, Answer<Covering>) {
    let places = Places(GeometryRequest::of(scene, site, section));
    let located = match want_geometry(scene, site, section, Priority::Visible) {
        Answer::Ready(located) => located,
        Answer::Failed(error) => return (places, Answer::Failed(error)),
        Answer::Pending(progress) => return (places, Answer::Pending(progress)),
    };
    let axes = axes_of(site);
    let counts: Vec<usize> = axes
        .iter()
        .map(|&axis| section.ranges.get(axis).map_or(0, |range| range.count as usize))
        .collect();
    let answer = scene.engine.want(&places, Priority::Visible, move |_| {
        let cover = Cover::of(&located.geometry)
            .ok_or_else(|| ReadError::unsupported("all latitudes or longitudes are missing"))?;
        let order = match counts.as_slice() {
            &[rows, columns] if located.is_transposed => Order::Transposed { rows, columns },
            _ => Order::AsCells,
        };
        let is_round = is_round(&located.geometry);
        Ok(Covering { located, cover, order, is_round })
    });
    (places, answer)
}

fn is_round(geometry: &Geometry) -> bool {
    match geometry {
        Geometry::Rectilinear { lon_edges, .. } => match lon_edges.as_slice() {
            [first, second, .., last] => {
                ((last - first).abs() - 360.0).abs() < (second - first).abs() / 2.0
            }
            _ => false,
        },
        Geometry::Curvilinear { ny, nx, lat, lon, .. } => lattice::is_round(lat, lon, (*ny, *nx)),
        _ => false,
    }
}
