//! Cells of a radar: from a place on the Earth along rays (Doviak and Zrnić, "Doppler Radar and
//! Weather Observations", 2.2.3: rays are straight over an Earth of 4/3 its radius).

use super::geometry::Geometry;
use super::mesh::with_outlines;

const EARTH_RADIUS_M: f64 = 6_371_000.0;
const REFRACTED_RADIUS_M: f64 = EARTH_RADIUS_M * 4.0 / 3.0;

/// How much wider than the usual one a gap between two rays may be and still be filled.
const GAP: f64 = 3.0;

/// The width of a ray by its azimuths, and its angle above the horizon; degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ray {
    pub from: f64,
    pub to: f64,
    pub elevation: f64,
}

/// The widths of rays by their middles: half way to those before and behind, unless these are far.
pub fn between(azimuths: &[f64]) -> Vec<(f64, f64)> {
    let step = |pair: &[f64]| match pair {
        [a, b] => (b - a + 180.0).rem_euclid(360.0) - 180.0,
        _ => f64::NAN,
    };
    let steps: Vec<f64> = azimuths.windows(2).map(step).collect();
    let mut sizes: Vec<f64> = steps.iter().map(|step| step.abs()).filter(|s| *s > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(1.0);
    let half = |step: Option<&f64>, other: Option<&f64>| match (step, other) {
        (Some(step), _) if step.abs() <= GAP * usual => step / 2.0,
        (_, Some(other)) if other.abs() <= GAP * usual => other / 2.0,
        _ => usual / 2.0,
    };
    let ray = |(k, azimuth): (usize, &f64)| {
        let before = k.checked_sub(1).and_then(|k| steps.get(k));
        let behind = steps.get(k);
        (azimuth - half(before, behind), azimuth + half(behind, before))
    };
    azimuths.iter().enumerate().map(ray).collect()
}

/// Ray by ray, from the edges of ranges in metres. `site` is longitude and latitude. `None` when
/// cancelled.
pub fn cells(
    rays: &[Ray],
    range_edges_m: &[f64],
    site: (f64, f64),
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Geometry> {
    let count = rays.len().checked_mul(range_edges_m.len().saturating_sub(1))?;
    let (mut lat, mut lon) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut vertices = (Vec::with_capacity(4 * count), Vec::with_capacity(4 * count));
    for ray in rays {
        if is_cancelled() {
            return None;
        }
        let along = |azimuth: f64| {
            let at = |&range: &f64| place(site, azimuth, ground_m(range, ray.elevation));
            range_edges_m.iter().map(at).collect::<Vec<_>>()
        };
        let (left, right) = (along(ray.from), along(ray.to));
        let middle = ray.from / 2.0 + ray.to / 2.0;
        for ((ranges, left), right) in
            range_edges_m.windows(2).zip(left.windows(2)).zip(right.windows(2))
        {
            let range = ranges.iter().sum::<f64>() / 2.0;
            let (y, x) = place(site, middle, ground_m(range, ray.elevation));
            lat.push(y);
            lon.push(x);
            for (y, x) in left.iter().chain(right.iter().rev()) {
                vertices.0.push(*y);
                vertices.1.push(*x);
            }
        }
    }
    Some(with_outlines(4, vertices.0, vertices.1, Some((lat, lon))))
}

/// How far from the radar the Earth lies below a point of a ray.
fn ground_m(range_m: f64, elevation: f64) -> f64 {
    let (sin, cos) = elevation.to_radians().sin_cos();
    let up = REFRACTED_RADIUS_M + range_m * sin;
    REFRACTED_RADIUS_M * (range_m * cos).atan2(up)
}

/// Latitude and longitude so far away in a direction, on a sphere.
fn place((lon, lat): (f64, f64), azimuth: f64, distance_m: f64) -> (f32, f32) {
    let (sin_way, cos_way) = (distance_m / EARTH_RADIUS_M).sin_cos();
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    let (sin_azimuth, cos_azimuth) = azimuth.to_radians().sin_cos();
    let up = (sin_lat * cos_way + cos_lat * sin_way * cos_azimuth).clamp(-1.0, 1.0);
    let east = (sin_azimuth * sin_way * cos_lat).atan2(cos_way - sin_lat * up);
    (up.asin().to_degrees() as f32, (lon + east.to_degrees()) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_to_the_east_stays_nearly_at_its_latitude() {
        let degree_m = EARTH_RADIUS_M.to_radians();
        let rays = [Ray { from: 89.5, to: 90.5, elevation: 0.0 }];
        let edges = [0.0, degree_m, 2.0 * degree_m];
        let found = cells(&rays, &edges, (10.0, 0.0), &|| false).unwrap();
        let (lat, lon) = found.center(1).unwrap();
        assert!(lat.abs() < 1e-6 && (lon - 11.5).abs() < 1e-3, "{lat} {lon}");
        assert_eq!(found.outline(1).len(), 4);
        assert!(cells(&rays, &edges, (10.0, 0.0), &|| true).is_none());
    }

    #[test]
    fn a_steep_ray_does_not_get_far() {
        assert!((ground_m(100_000.0, 0.0) - 100_000.0).abs() < 10.0);
        assert!((ground_m(100_000.0, 60.0) - 50_000.0).abs() < 1000.0);
    }

    #[test]
    fn rays_meet_half_way_but_not_across_a_gap() {
        assert_eq!(between(&[359.0, 0.0, 1.0]), [(358.5, 359.5), (-0.5, 0.5), (0.5, 1.5)]);
        assert_eq!(between(&[0.0, 1.0, 2.0, 90.0, 91.0])[2], (1.5, 2.5));
        assert_eq!(between(&[7.0]), [(6.5, 7.5)]);
        assert!(between(&[]).is_empty());
    }
}
