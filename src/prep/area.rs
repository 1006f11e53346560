//! How large cells are on the Earth, relative to each other: the weights of means.

use super::geometry::Geometry;

/// The area of each cell on the unit sphere; 0 where a corner is not known. `None` where cells
/// have no outlines.
pub fn areas(geometry: &Geometry) -> Option<Vec<f64>> {
    match geometry {
        Geometry::Rectilinear { lat_edges, lon_edges } => Some(of_lattice(lat_edges, lon_edges)),
        Geometry::Points { .. } => None,
        _ => Some((0..geometry.len()).map(|cell| of_outline(&geometry.outline(cell))).collect()),
    }
}

/// Between parallels and meridians: the difference of sines times that of longitudes.
fn of_lattice(lat_edges: &[f64], lon_edges: &[f64]) -> Vec<f64> {
    let sine = |lat: f64| lat.clamp(-90.0, 90.0).to_radians().sin();
    let heights = lat_edges.windows(2).map(|pair| (sine(pair[1]) - sine(pair[0])).abs());
    let widths: Vec<f64> =
        lon_edges.windows(2).map(|pair| (pair[1] - pair[0]).abs().to_radians()).collect();
    heights.flat_map(|height| widths.iter().map(move |width| finite(height * width))).collect()
}

fn finite(area: f64) -> f64 {
    if area.is_finite() { area } else { 0.0 }
}

/// Of a polygon (longitudes and latitudes) whose sides are great circles, as a fan of triangles: the solid angle of each
/// after Van Oosterom & Strackee (1983), with its sign, so that it may be concave.
fn of_outline(corners: &[(f64, f64)]) -> f64 {
    let points: Vec<[f64; 3]> = corners.iter().map(|&(lon, lat)| on_sphere(lat, lon)).collect();
    let Some((first, rest)) = points.split_first() else { return 0.0 };
    let triangles = rest.windows(2).map(|pair| solid_angle(*first, pair[0], pair[1]));
    finite(triangles.sum::<f64>().abs())
}

fn on_sphere(lat: f64, lon: f64) -> [f64; 3] {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn solid_angle(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    let across = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
    2.0 * dot(a, across).atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    #[test]
    fn the_cells_of_a_globe_cover_the_sphere() {
        let lat_edges: Vec<f64> = (0..=18).map(|k| 90.0 - 10.0 * f64::from(k)).collect();
        let lon_edges: Vec<f64> = (0..=36).map(|k| 10.0 * f64::from(k)).collect();
        let globe = Geometry::Rectilinear { lat_edges, lon_edges };
        let areas = areas(&globe).unwrap();
        assert_eq!(areas.len(), 18 * 36);
        assert!((areas.iter().sum::<f64>() - 4.0 * PI).abs() < 1e-12);
        assert!(areas[0] < areas[9 * 36] / 10.0, "cells at the pole are small");
    }

    #[test]
    fn an_octant_is_an_eighth_of_the_sphere() {
        let octant = [(350.0, 0.0), (80.0, 0.0), (0.0, 90.0)];
        assert!((of_outline(&octant) - PI / 2.0).abs() < 1e-12);
        let backwards = [(0.0, 90.0), (80.0, 0.0), (-10.0, 0.0)];
        assert!((of_outline(&backwards) - PI / 2.0).abs() < 1e-12);
        assert_eq!(of_outline(&[(0.0, 0.0), (1.0, f64::NAN), (1.0, 1.0)]), 0.0);
        assert_eq!(of_outline(&[]), 0.0);
    }
}
