//! Arrays become plain data that can be drawn: rasters, polylines, ticks, text, tiles.
//!
//! Pure functions: no toolkit, no files, no threads. Missing values arrive as NaN (`cf` has
//! masked them); what is not finite is never drawn. No input makes any of this panic.

pub mod area;
pub mod axis_scale;
pub mod blocks;
pub mod broadcast;
pub mod cell_content;
pub mod cell_edges;
pub mod class_colors;
pub mod class_counts;
pub mod coloring;
pub mod colormap;
pub mod contour;
pub mod cross_section;
pub mod crs;
pub mod definition;
pub mod fields;
pub mod fuzzy;
pub mod geometry;
pub mod histogram;
pub mod image;
pub mod lattice;
pub mod levels;
pub mod line;
pub mod map;
pub mod mesh;
pub mod overview;
pub mod pixels;
pub mod placement;
pub mod playing;
pub mod polar;
pub mod rates;
pub mod records;
pub mod reduce;
pub mod regrid;
pub mod row_filter;
pub mod running_text;
pub mod scale;
pub mod scale_ticks;
pub mod scroll;
pub mod slice;
pub mod slice_stats;
pub mod stats;
pub mod table;
pub mod ticks;
pub mod tiles;
pub mod values;
pub mod vectors;
