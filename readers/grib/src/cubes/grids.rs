//! The different grids of a file, as NIO tells them apart, in the order it lists them.

use std::collections::HashMap;

use crate::grids::{Grid, NioGrid};
use crate::index::{GridHeader, Index};

/// Where coordinates of a grid's points are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridKind {
    /// A latitude a row, a longitude a column.
    Axes,
    /// Both for every point of a rectangle.
    Plane,
    /// Points without rows.
    Points,
    /// Coefficients of spherical harmonics.
    Spectral,
}

/// What is asked of a grid while variables are made.
#[derive(Clone, Debug)]
pub struct GridInfo {
    pub edition: u8,
    pub kind: GridKind,
    pub nio: NioGrid,
    pub shape: Vec<u64>,
    /// The grid itself says where its points are.
    pub has_coordinates: bool,
    /// Set where a grid's velocity points are not its mass points.
    pub on_velocity_points: bool,
}

impl GridInfo {
    pub fn of(edition: u8, grid: &Grid) -> Self {
        let nio = grid.nio();
        let shape = grid.shape();
        let kind = match (grid.truncation(), shape.len(), nio.one_dimensional) {
            (Some(_), _, _) => GridKind::Spectral,
            (None, 0 | 1, _) => GridKind::Points,
            (None, _, true) => GridKind::Axes,
            (None, _, false) => GridKind::Plane,
        };
        Self {
            edition,
            kind,
            nio,
            shape,
            has_coordinates: grid.has_positions(),
            on_velocity_points: false,
        }
    }
}

/// The grids of an index, by rank.
#[derive(Debug, Default)]
pub struct Ranks {
    /// A grid of each rank, as fields number grids.
    pub representatives: Vec<u32>,
    /// From a field's grid to its rank.
    rank_of: Vec<u32>,
}

/// What makes grids differ, and sorts them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    edition: u8,
    catalogue: u8,
    kind: u16,
    /// Grids that NIO takes for one come behind the first of them.
    repeat: u32,
    len: usize,
    corners: Vec<u8>,
    octets: Vec<u8>,
}

impl Ranks {
    /// `count` grids are numbered from 0.
    pub fn of(index: &Index, count: u32) -> Self {
        let mut all: Vec<(Identity, u32)> = (0..count)
            .filter_map(|grid| Some((identity(index.grid_header(grid)?), grid)))
            .collect();
        let mut met: HashMap<_, HashMap<Vec<u8>, u32>> = HashMap::new();
        for (identity, _) in &mut all {
            let alike = (identity.edition, identity.kind, identity.len, identity.corners.clone());
            let others = met.entry(alike).or_default();
            let next = u32::try_from(others.len()).unwrap_or(u32::MAX);
            identity.repeat = *others.entry(identity.octets.clone()).or_insert(next);
        }
        all.sort();
        let mut ranks =
            Self { representatives: Vec::new(), rank_of: vec![u32::MAX; count as usize] };
        let mut last: Option<&Identity> = None;
        for (identity, grid) in &all {
            if last != Some(identity) {
                ranks.representatives.push(*grid);
                last = Some(identity);
            }
            let rank = ranks.representatives.len().saturating_sub(1);
            if let Some(of) = ranks.rank_of.get_mut(*grid as usize) {
                *of = u32::try_from(rank).unwrap_or(u32::MAX);
            }
        }
        ranks
    }

    pub fn rank(&self, grid: u32) -> Option<u32> {
        self.rank_of.get(grid as usize).copied().filter(|&rank| rank != u32::MAX)
    }
}

fn identity(header: GridHeader) -> Identity {
    match header {
        GridHeader::Edition1 { catalogue, section2 } => {
            let mut octets = section2.unwrap_or_default().to_vec();
            // NIO takes grids that differ in the resolution flags of octet 17 alone for one.
            if let Some(flags) = octets.get_mut(16) {
                *flags = 0;
            }
            let kind = octets.get(5).copied().unwrap_or(u8::MAX);
            let len = octets.len();
            // First and last point without the flags between them.
            let first = octets.get(10..16).unwrap_or_default();
            let corners = [first, octets.get(17..23).unwrap_or_default()].concat();
            Identity { edition: 1, catalogue, kind: kind.into(), repeat: 0, len, corners, octets }
        }
        GridHeader::Edition2 { section3 } => {
            let kind = section3.get(12..14).and_then(|kind| kind.first_chunk::<2>());
            Identity {
                edition: 2,
                catalogue: 0,
                kind: kind.map_or(u16::MAX, |kind| u16::from_be_bytes(*kind)),
                repeat: 0,
                len: section3.len(),
                corners: section3.to_vec(),
                octets: section3.to_vec(),
            }
        }
    }
}
