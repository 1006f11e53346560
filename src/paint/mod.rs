//! A view painted without a window: the same code that draws it on the screen runs in a context
//! of the toolkit that has none ([`Canvas`]), and what it paints becomes pixels or SVG.

mod canvas;
mod picture;
mod plot;
mod raster;
mod svg;
mod textures;

pub use canvas::{Canvas, Pixels};
pub use picture::{Form, Painted, Picture, Sheet, Title, encoded};
pub use plot::{Plot, PlotError, Plotted, plot};
