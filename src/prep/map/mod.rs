//! Fields on the Earth as maps: projections, which cell a pixel shows, coastlines, graticule.

pub mod cells;
pub mod choice;
mod dots;
pub mod earth;
pub mod graticule;
pub mod lines;
mod mollweide;
pub mod nearest;
pub mod paint;
mod polygons;
pub mod projection;
pub mod view;
