//! The HDF5 Image and Palette Specification 1.2: `CLASS` IMAGE and PALETTE.

use hyperslab_core::{Buffer, GroupId, Variable, VariableId};

use super::tree::Attributes;
use super::{Colors, Image, Interpretation, Origin, Shown, Tree};

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let mut found = Interpretation::default();
    for (id, variable) in tree.variables() {
        match variable.text_of("CLASS").as_deref() {
            Some("IMAGE") => {
                let Some(image) = image(tree, variable) else { continue };
                let hints = found.of(id);
                hints.view = Some(Shown::Image);
                hints.image = Some(image);
            }
            Some("PALETTE") => found.of(id).note = "palette".into(),
            _ => {}
        }
    }
    (!found.variables.is_empty()).then_some(found)
}

fn image(tree: &Tree<'_>, variable: &Variable) -> Option<Image> {
    let colors = match variable.text_of("IMAGE_SUBCLASS").as_deref() {
        Some("IMAGE_TRUECOLOR") => Colors::True { axis: color_axis(variable)? },
        Some("IMAGE_INDEXED") => {
            palette(tree, variable).map_or(Colors::Gray, |palette| Colors::Indexed { palette })
        }
        Some("IMAGE_GRAYSCALE" | "IMAGE_BITMAP") => Colors::Gray,
        // Radar data and others call themselves images and mean pictures of quantities.
        _ => return None,
    };
    let color_axis = match colors {
        Colors::True { axis } => Some(axis),
        _ => None,
    };
    let mut others = (0..variable.rank()).filter(|&axis| Some(axis) != color_axis);
    let (rows, columns) = (others.next()?, others.next()?);
    if others.next().is_some() {
        return None;
    }
    let range = match variable.numbers_of("IMAGE_MINMAXRANGE").as_deref() {
        Some([low, high]) if low < high => Some((*low, *high)),
        _ => None,
    };
    let origin = match variable.text_of("DISPLAY_ORIGIN").as_deref() {
        Some("LL") => Origin::LowerLeft,
        Some("UR") => Origin::UpperRight,
        Some("LR") => Origin::LowerRight,
        _ => Origin::UpperLeft,
    };
    Some(Image { colors, rows, columns, range, origin })
}

/// The axis of red, green and blue by how they are interlaced.
fn color_axis(variable: &Variable) -> Option<usize> {
    let axis = match variable.text_of("INTERLACE_MODE").as_deref() {
        Some("INTERLACE_PLANE") => 0,
        Some("INTERLACE_LINE") => 1,
        _ => 2,
    };
    (variable.rank() == 3 && variable.axes.get(axis)?.length >= 3).then_some(axis)
}

/// The first of the palettes.
fn palette(tree: &Tree<'_>, variable: &Variable) -> Option<VariableId> {
    let Buffer::Reference(references) = &variable.get("PALETTE")?.value.values else {
        return None;
    };
    let path = &references.iter().flatten().next()?.path;
    tree.find_variable(GroupId::ROOT, path)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn pictures_are_told_by_their_subclass() {
        let class = ("CLASS", text("IMAGE"));
        let of = |subclass: &str| ("IMAGE_SUBCLASS", text(subclass));
        let file = File::new()
            .variable("/palette", uint(1, &[256, 3]), &[("CLASS", text("PALETTE"))])
            .variable(
                "/indexed",
                uint(1, &[400, 300]),
                &[class.clone(), of("IMAGE_INDEXED"), ("PALETTE", reference("/palette"))],
            )
            .variable(
                "/true",
                uint(1, &[149, 227, 3]),
                &[
                    class.clone(),
                    of("IMAGE_TRUECOLOR"),
                    ("INTERLACE_MODE", text("INTERLACE_PIXEL")),
                ],
            )
            .variable(
                "/planes",
                uint(1, &[3, 149, 227]),
                &[
                    class.clone(),
                    of("IMAGE_TRUECOLOR"),
                    ("INTERLACE_MODE", text("INTERLACE_PLANE")),
                    ("DISPLAY_ORIGIN", text("LL")),
                ],
            )
            .variable("/radar", uint(1, &[360, 240]), &[class]);
        let found = file.interpret();
        let image = |path: &str| found.variables[&file.id(path)].image.clone().unwrap();
        assert_eq!(image("/indexed").colors, Colors::Indexed { palette: file.id("/palette") });
        assert_eq!(image("/true").colors, Colors::True { axis: 2 });
        let planes = image("/planes");
        assert_eq!((planes.colors, planes.rows), (Colors::True { axis: 0 }, 1));
        assert_eq!(planes.origin, Origin::LowerLeft);
        assert!(!found.variables.contains_key(&file.id("/radar")));
    }
}
