//! Cells of a mesh from the nodes at their corners.

use super::geometry::Geometry;
use super::lattice::{direction, place};

/// Nodes of the faces by number, `vertices` for each; the first node is number `start`. Numbers
/// that are no node's (fill values) end the face.
pub struct Faces<'a> {
    pub nodes: &'a [f64],
    pub vertices: usize,
    pub start: i64,
    /// The nodes of the first corners of all faces come first.
    pub is_transposed: bool,
}

/// Cells with the places of their nodes for corners. Without middles these are the means of the
/// corners. `None` when cancelled.
pub fn cells(
    faces: &Faces<'_>,
    (node_lat, node_lon): (&[f32], &[f32]),
    middles: Option<(Vec<f32>, Vec<f32>)>,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Geometry> {
    let vertices = faces.vertices.max(1);
    let count = faces.nodes.len() / vertices;
    let mut vertex_lat = Vec::with_capacity(count * vertices);
    let mut vertex_lon = Vec::with_capacity(count * vertices);
    for face in 0..count {
        if face % 4096 == 0 && is_cancelled() {
            return None;
        }
        for vertex in 0..vertices {
            let at = match faces.is_transposed {
                true => vertex * count + face,
                false => face * vertices + vertex,
            };
            let number = faces.nodes.get(at).map_or(f64::NAN, |number| number - faces.start as f64);
            let node = (number >= 0.0 && number < node_lat.len() as f64).then_some(number as usize);
            let get = |values: &[f32]| {
                node.and_then(|node| values.get(node)).copied().unwrap_or(f32::NAN)
            };
            let (lat, lon) = (get(node_lat), get(node_lon));
            vertex_lat.push(lat);
            vertex_lon.push(lon);
        }
    }
    Some(with_outlines(vertices, vertex_lat, vertex_lon, middles))
}

/// Cells with outlines; without middles these are the means of the corners.
pub fn with_outlines(
    vertices: usize,
    vertex_lat: Vec<f32>,
    vertex_lon: Vec<f32>,
    middles: Option<(Vec<f32>, Vec<f32>)>,
) -> Geometry {
    let count = vertex_lat.len() / vertices.max(1);
    let middles = middles.filter(|(lat, lon)| lat.len() == count && lon.len() == count);
    let (lat, lon) = middles.unwrap_or_else(|| {
        let cells = vertex_lat.chunks(vertices.max(1)).zip(vertex_lon.chunks(vertices.max(1)));
        cells.map(|(lats, lons)| middle(lats, lons)).unzip()
    });
    Geometry::Cells { lat, lon, vertices, vertex_lat, vertex_lon }
}

fn middle(lats: &[f32], lons: &[f32]) -> (f32, f32) {
    let mut sum = [0.0; 3];
    for (&lat, &lon) in lats.iter().zip(lons) {
        let corner = direction(lat, lon);
        if corner[0].is_finite() {
            sum = std::array::from_fn(|k| sum[k] + corner[k]);
        }
    }
    if sum == [0.0; 3] { (f32::NAN, f32::NAN) } else { place(sum) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangles_and_quadrilaterals_share_a_table() {
        let (lat, lon) = ([0.0, 0.0, 2.0, 2.0, 4.0], [0.0, 2.0, 2.0, 0.0, 1.0]);
        let of = |nodes: &[f64], start, is_transposed| {
            let faces = Faces { nodes, vertices: 4, start, is_transposed };
            cells(&faces, (&lat, &lon), None, &|| false).unwrap()
        };
        let from_one = of(&[1.0, 2.0, 3.0, 4.0, 4.0, 3.0, 5.0, -1.0], 1, false);
        let by_columns = of(&[0.0, 3.0, 1.0, 2.0, 2.0, 4.0, 3.0, 999_999.0], 0, true);
        for found in [from_one, by_columns] {
            assert_eq!(found.outline(0), [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]);
            assert_eq!(found.outline(1), [(0.0, 2.0), (2.0, 2.0), (1.0, 4.0)]);
            let (lat, lon) = found.center(0).unwrap();
            assert!((lat - 1.0).abs() < 1e-3 && (lon - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn a_face_without_nodes_lies_nowhere() {
        let faces =
            Faces { nodes: &[f64::NAN, 7.0, -3.0], vertices: 3, start: 0, is_transposed: false };
        let found = cells(&faces, (&[1.0], &[1.0]), None, &|| false).unwrap();
        assert_eq!((found.len(), found.center(0)), (1, None));
        assert!(cells(&faces, (&[1.0], &[1.0]), None, &|| true).is_none());
    }
}
