//! Colours for classes: told apart by people with colour-blindness too, as far as there are few
//! enough of them.

use crate::cf::{ClassKind, Classes};

/// After Okabe and Ito, then darker and lighter ones after Tol's muted scheme.
const FIRST: [[u8; 3]; 14] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [213, 94, 0],
    [86, 180, 233],
    [204, 121, 167],
    [240, 228, 66],
    [51, 34, 136],
    [136, 34, 85],
    [153, 153, 51],
    [68, 170, 153],
    [170, 68, 153],
    [136, 204, 238],
    [17, 119, 51],
];

/// Of a condition that does not hold: quiet, but not the grey of missing values.
const NONE: [u8; 3] = [218, 228, 240];

const SEVERAL: [u8; 3] = [72, 66, 80];

/// Of codes without a name.
pub const OTHER: [u8; 3] = [112, 100, 88];

/// A colour for each class: that of the file, where it has one.
pub fn class_colors(classes: &Classes) -> Vec<[u8; 3]> {
    let mut next = 0;
    let colors = classes.classes.iter().map(|class| {
        class.color.unwrap_or_else(|| match class.kind {
            ClassKind::None => NONE,
            ClassKind::Several => SEVERAL,
            ClassKind::Named => {
                next += 1;
                nth(next - 1)
            }
        })
    });
    colors.collect()
}

/// Beyond the first ones, hues by the golden angle in three lightnesses.
fn nth(k: usize) -> [u8; 3] {
    if let Some(color) = FIRST.get(k) {
        return *color;
    }
    let further = k - FIRST.len();
    let hue = (further as f64 * 137.507_764).to_radians();
    let lightness = [0.62, 0.78, 0.46][further % 3];
    from_oklch(lightness, 0.12, hue)
}

/// Lightness 0 to 1, chroma, hue in radians (OKLab, Ottosson 2020) as sRGB.
fn from_oklch(lightness: f64, chroma: f64, hue: f64) -> [u8; 3] {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    linear.map(|part| {
        let part = part.clamp(0.0, 1.0);
        let curved =
            if part <= 0.003_130_8 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
        (curved * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_hundred_classes_have_a_hundred_colours() {
        let colors: HashSet<[u8; 3]> = (0..100).map(nth).collect();
        assert_eq!(colors.len(), 100);
        assert!(!colors.contains(&NONE) && !colors.contains(&OTHER));
    }

    #[test]
    fn neighbours_in_a_legend_are_far_apart() {
        let distance = |a: [u8; 3], b: [u8; 3]| -> f64 {
            let squares = a.iter().zip(b).map(|(&a, b)| (f64::from(a) - f64::from(b)).powi(2));
            squares.sum::<f64>().sqrt()
        };
        for k in 1..60 {
            assert!(distance(nth(k - 1), nth(k)) > 60.0, "{k}: {:?} {:?}", nth(k - 1), nth(k));
        }
    }

    #[test]
    fn white_and_black_are_the_ends_of_lightness() {
        assert_eq!(from_oklch(1.0, 0.0, 0.0), [255; 3]);
        assert_eq!(from_oklch(0.0, 0.0, 0.0), [0; 3]);
    }
}
