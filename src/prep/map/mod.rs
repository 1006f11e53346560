//! Fields on the Earth as maps: projections, which cell a pixel shows, coastlines, graticule.

pub mod cells;
pub mod earth;
pub mod lines;
mod nearest;
mod polygons;
pub mod projection;
pub mod view;
