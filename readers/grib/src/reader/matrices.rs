//! Dimensions of the matrices that each point of a GRIB1 field may have (code tables 12 and 13):
//! they lie behind those of the grid. NIO has no names for them.

use hyperslab_core::Buffer;

use crate::packing::MatrixAxis;

use super::attributes::text;
use super::variables::Builder;

/// The dimension of one axis: one that is there already, or a new one.
pub fn dimension(builder: &mut Builder<'_>, axis: &MatrixAxis) -> usize {
    if let Some((_, at)) = builder.matrices.iter().find(|(known, _)| known == axis) {
        return *at;
    }
    let name = format!("{}_m{}", words(axis).0, builder.matrices.len());
    let at = builder.add_dimension(name, axis.length.into());
    builder.matrices.push((axis.clone(), at));
    at
}

/// Coordinates along these dimensions, where fields give them.
pub fn add(builder: &mut Builder<'_>) {
    for (axis, at) in builder.matrices.clone() {
        let name = builder.built.dimensions.get(at).map(|dimension| dimension.name.clone());
        let (Some(name), Some(coordinates)) = (name, axis.coordinates()) else { continue };
        let (long_name, units) = words(&axis);
        let attributes = vec![text("long_name", long_name), text("units", units)];
        builder.push_values(name, &[at], Buffer::F64(coordinates), attributes);
    }
}

/// What is measured along an axis, and its unit.
fn words(axis: &MatrixAxis) -> (&'static str, &'static str) {
    match axis.significance {
        1 => ("direction", "degrees"),
        2 => ("frequency", "s-1"),
        3 => ("radial_number", "1"),
        _ => ("element", "1"),
    }
}
