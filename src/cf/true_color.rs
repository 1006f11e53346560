//! Arrays that may be pictures in red, green and blue, though no convention says so.

use hyperslab_core::{Dtype, Variable};

use super::attributes;
use super::axes::AxisRole;
use super::dataset::CfAxis;
use crate::interpret::{Colors, Image, Origin};

/// Smaller arrays are tables of anything.
const SIDE_LEAST: u64 = 8;

/// Bytes with such sides are rather a picture than anything else.
const PHOTO_SIDE_LEAST: u64 = 16;

const COLOR_AXES: [&str; 9] =
    ["rgb", "rgba", "color", "colour", "channel", "channels", "band", "bands", "c"];

/// Three or four planes along the last axis, else along the first, of bytes, 16-bit integers or
/// fractions; rows and columns are the last two of the others.
pub fn true_color(variable: &Variable, axes: &[CfAxis<'_>]) -> Option<Image> {
    let range = range(variable)?;
    let color = color_axis(axes)?;
    let mut others = axes.iter().rev().filter(|axis| axis.index != color.index);
    let (columns, rows) = (others.next()?, others.next()?);
    let is_picture = columns.length >= SIDE_LEAST && rows.length >= SIDE_LEAST;
    is_picture.then_some(Image {
        colors: Colors::True { axis: color.index },
        rows: rows.index,
        columns: columns.index,
        range,
        origin: Origin::UpperLeft,
    })
}

/// It is first looked at as a picture: bytes along three planes that nothing is known of.
pub fn is_photo(variable: &Variable, image: &Image) -> bool {
    let Colors::True { axis } = image.colors else { return false };
    let length = |axis: usize| variable.axes.get(axis).map_or(0, |axis| axis.length);
    let is_pixel = axis + 1 == variable.rank() || variable.rank() == 3;
    is_bytes(&variable.dtype)
        && is_pixel
        && length(image.rows).min(length(image.columns)) >= PHOTO_SIDE_LEAST
        && variable.attribute("flag_values").is_none()
        && variable.attribute("flag_masks").is_none()
}

/// The values of black and white, where the type says; `None` for what is no picture.
fn range(variable: &Variable) -> Option<Option<(f64, f64)>> {
    let is_scaled = ["scale_factor", "add_offset"].iter().any(|n| variable.attribute(n).is_some());
    match &variable.dtype {
        Dtype::Int { bytes: 1, signed: false, .. } if !is_scaled => Some(Some((0.0, 255.0))),
        Dtype::Int { bytes: 2, signed: false, .. } if !is_scaled => Some(Some((0.0, 65_535.0))),
        Dtype::Int { bytes: 1 | 2, .. } if is_scaled && is_fraction(variable) => Some(None),
        Dtype::Float { .. } if is_fraction(variable) => Some(None),
        _ => None,
    }
}

fn is_bytes(dtype: &Dtype) -> bool {
    matches!(dtype, Dtype::Int { bytes: 1, signed: false, .. })
}

/// Reflectances and parts of one have no unit.
fn is_fraction(variable: &Variable) -> bool {
    attributes::units(variable).is_none_or(|units| matches!(units.as_str(), "1" | "%" | "percent"))
}

/// A named one wherever it is, else the last, else the first, unless it is something else.
fn color_axis<'a>(axes: &'a [CfAxis<'a>]) -> Option<&'a CfAxis<'a>> {
    let has_planes = |axis: &&CfAxis<'_>| matches!(axis.length, 3 | 4);
    let is_named = |axis: &&CfAxis<'_>| {
        axis.name.is_some_and(|name| COLOR_AXES.contains(&name.to_lowercase().as_str()))
    };
    let is_unknown = |axis: &&CfAxis<'_>| axis.coordinate.is_none() && axis.role == AxisRole::Other;
    let named = axes.iter().filter(has_planes).find(is_named);
    let ends = || axes.last().into_iter().chain(axes.first()).filter(has_planes).find(is_unknown);
    named.or_else(ends).filter(|_| axes.len() >= 3)
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{ByteOrder, VariableId};

    use super::super::CfDataset;
    use super::super::testing::*;
    use super::*;

    fn found(variable: Variable) -> Option<(Image, bool)> {
        let dataset = hyperslab_core::Dataset { variables: vec![variable], ..Default::default() };
        let cf = CfDataset::of(&dataset);
        let view = cf.variable(&dataset, VariableId(0))?;
        let image = view.image()?;
        let is_photo = is_photo(view.variable(), &image);
        Some((image, is_photo))
    }

    fn bytes(lengths: &[u64]) -> Variable {
        variable("v", Dtype::uint(1, ByteOrder::Little), lengths)
    }

    #[test]
    fn planes_are_found_along_the_last_and_the_first_axis() {
        let (image, is_photo) = found(bytes(&[40, 60, 3])).unwrap();
        assert_eq!((image.colors, image.rows, image.columns), (Colors::True { axis: 2 }, 0, 1));
        assert!(is_photo && image.range == Some((0.0, 255.0)));
        let (image, _) = found(bytes(&[4, 40, 60])).unwrap();
        assert_eq!((image.colors, image.rows, image.columns), (Colors::True { axis: 0 }, 1, 2));
        let (image, _) = found(bytes(&[7, 40, 60, 4])).unwrap();
        assert_eq!((image.colors, image.rows), (Colors::True { axis: 3 }, 1));
    }

    #[test]
    fn fractions_are_offered_as_pictures_and_quantities_are_not() {
        let (image, is_photo) = found(float("r", &[3, 40, 60])).unwrap();
        assert!(image.range.is_none() && !is_photo);
        assert_eq!(found(float("t", &[3, 40, 60]).with("units", "K")), None);
        assert_eq!(found(float("t", &[5, 40, 60])), None);
        assert_eq!(found(float("t", &[40, 3])), None);
        assert_eq!(found(bytes(&[4, 4, 3])), None);
        let scaled = int("r", 2, &[3, 40, 60]).with_numbers("scale_factor", vec![1e-4]);
        assert!(found(scaled).is_some());
        assert_eq!(found(int("r", 2, &[3, 40, 60])), None);
    }
}
