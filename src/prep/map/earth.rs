//! Coastlines, land borders and lakes of Natural Earth, as `assets/make/earth.py` packs them.
//!
//! Decoding takes a few milliseconds: not for a frame.

/// Degrees east and north.
pub type LonLat = [f32; 2];

/// How much is shown of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Detail {
    /// 1:110 million.
    Coarse,
    /// 1:50 million.
    Fine,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layers {
    pub coastlines: Vec<Vec<LonLat>>,
    pub borders: Vec<Vec<LonLat>>,
    pub lakes: Vec<Vec<LonLat>>,
}

/// Thousandths of a degree.
const UNIT: f64 = 1e-3;

/// All lines of one detail; those that end early are left out.
pub fn layers(packed: &[u8], detail: Detail) -> Layers {
    let mut bytes = packed.iter().copied();
    let mut next = || Layers {
        coastlines: layer(&mut bytes).unwrap_or_default(),
        borders: layer(&mut bytes).unwrap_or_default(),
        lakes: layer(&mut bytes).unwrap_or_default(),
    };
    let coarse = next();
    match detail {
        Detail::Coarse => coarse,
        Detail::Fine => next(),
    }
}

fn layer(bytes: &mut impl Iterator<Item = u8>) -> Option<Vec<Vec<LonLat>>> {
    let mut lines = Vec::new();
    let (mut lon, mut lat) = (0i64, 0i64);
    for _ in 0..varint(bytes)? {
        let mut line = Vec::new();
        for _ in 0..varint(bytes)? {
            lon = lon.checked_add(zigzag(varint(bytes)?))?;
            lat = lat.checked_add(zigzag(varint(bytes)?))?;
            line.push([(lon as f64 * UNIT) as f32, (lat as f64 * UNIT) as f32]);
        }
        lines.push(line);
    }
    Some(lines)
}

fn varint(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..35).step_by(7) {
        let byte = bytes.next()?;
        number |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

fn zigzag(number: u64) -> i64 {
    let half = (number >> 1) as i64;
    if number & 1 == 0 { half } else { -half - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACKED: &[u8] = include_bytes!("../../../assets/earth/lines.bin");

    #[test]
    fn the_shipped_lines_are_on_the_globe_and_where_they_should_be() {
        for (detail, least) in [(Detail::Coarse, 4000), (Detail::Fine, 50_000)] {
            let layers = layers(PACKED, detail);
            let points = |lines: &Vec<Vec<LonLat>>| lines.iter().map(Vec::len).sum::<usize>();
            assert!(points(&layers.coastlines) > least);
            assert!(points(&layers.borders) > least / 4);
            assert!(points(&layers.lakes) > least / 12);
            let all = [&layers.coastlines, &layers.borders, &layers.lakes].into_iter().flatten();
            for point in all.flatten() {
                assert!(point[0].abs() <= 180.001 && point[1].abs() <= 90.001, "{point:?}");
            }
            // Cape Agulhas is within a degree of a coast, the middle of the Sahara is not.
            let is_near = |lon: f32, lat: f32| {
                layers.coastlines.iter().flatten().any(|p| (p[0] - lon).hypot(p[1] - lat) < 1.0)
            };
            assert!(is_near(20.0, -34.8));
            assert!(!is_near(10.0, 25.0));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = layers(&bytes, Detail::Fine);
        }
    }
}
