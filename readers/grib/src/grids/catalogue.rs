//! Grids known by number (PDS octet 7 of GRIB1): NCEP's catalogue, which nearly all centres use
//! where they leave section 2 out. A number is looked up and read as the section 2 it stands for.

use hyperslab_core::{ReadError, Result};

use super::catalogue_rows::{OCTANT, ROWS, Row};
use super::projection::Earth;
use super::{Grid, edition1};

/// The sphere NCEP's grids are laid out on.
const EARTH: Earth = Earth::Sphere { radius: 6_371_200.0 };

pub(super) fn grid(number: u8) -> Result<Grid> {
    let row = find(number).ok_or_else(|| {
        ReadError::unsupported(format!("grid number {number} without a grid description"))
    })?;
    let mut grid = edition1::described(&section(row), Some(EARTH))?;
    grid.catalogue = Some(number);
    grid.is_catalogued = true;
    grid.described_by_number = true;
    Ok(grid)
}

/// Whether the number stands for a grid of this type and size.
pub(super) fn agrees(number: u8, grid: &Grid) -> bool {
    find(number).is_some_and(|&(_, kind, ni, nj, ..)| {
        let size = (Some(u32::from(ni)), Some(u32::from(nj)));
        u16::from(kind) == grid.number && size == (grid.ni, grid.nj)
    })
}

fn find(number: u8) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.0 == number)
}

fn section(&(number, kind, ni, nj, latitude, longitude, flags, scanning, rest): &Row) -> Vec<u8> {
    let mut octets = vec![0, 0, 0, 0, 255, kind];
    octets.extend(if ni == 0 { u16::MAX } else { ni }.to_be_bytes());
    octets.extend(nj.to_be_bytes());
    put(&mut octets, latitude, 3);
    put(&mut octets, longitude, 3);
    octets.push(flags);
    match (kind, rest) {
        (0 | 4 | 203 | 205, [a, b, di, dj, c, d]) => {
            put(&mut octets, a, 3);
            put(&mut octets, b, 3);
            put(&mut octets, di, 2);
            put(&mut octets, dj, 2);
            octets.push(scanning);
            put(&mut octets, c, 3);
            put(&mut octets, d, 3);
        }
        (1, [a, b, di, dj, true_latitude, _]) => {
            put(&mut octets, a, 3);
            put(&mut octets, b, 3);
            put(&mut octets, true_latitude, 3);
            octets.extend([0, scanning]);
            put(&mut octets, di, 3);
            put(&mut octets, dj, 3);
        }
        (_, [orientation, dx, dy, centre, first, second]) => {
            put(&mut octets, orientation, 3);
            put(&mut octets, dx, 3);
            put(&mut octets, dy, 3);
            octets.extend([centre as u8, scanning]);
            put(&mut octets, first, 3);
            put(&mut octets, second, 3);
        }
    }
    octets.resize(42, 0);
    if ni == 0 {
        if let Some(place) = octets.get_mut(4) {
            *place = 43;
        }
        for count in rows_of(number, nj) {
            octets.extend(u16::from(count).to_be_bytes());
        }
    }
    octets
}

/// Thinned grids: octants of 73 rows, and grids whose row at the pole is one point.
fn rows_of(number: u8, rows: u16) -> Vec<u8> {
    let (full, pole_first) = match number {
        37..=40 => return OCTANT.to_vec(),
        41..=44 => return OCTANT.iter().rev().copied().collect(),
        21 | 22 => (37, false),
        23 | 24 => (37, true),
        25 => (72, false),
        26 => (72, true),
        61 | 62 => (91, false),
        _ => (91, true),
    };
    let last = usize::from(rows).saturating_sub(1);
    let pole = if pole_first { 0 } else { last };
    (0..=last).map(|row| if row == pole { 1 } else { full }).collect()
}

/// Sign and magnitude.
fn put(octets: &mut Vec<u8>, value: i32, width: usize) {
    let sign = if value < 0 { 1u32 << (8 * width - 1) } else { 0 };
    let coded = (value.unsigned_abs() | sign).to_be_bytes();
    octets.extend_from_slice(coded.get(4 - width..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use hyperslab_core::Range;

    use super::super::Interpolation;
    use super::*;
    use crate::grids::Coordinates;

    #[test]
    fn every_number_of_the_catalogue_is_a_grid() {
        for row in ROWS {
            let grid = grid(row.0).unwrap_or_else(|error| panic!("{}: {error}", row.0));
            assert!(grid.points() > 0, "{}", row.0);
        }
    }

    /// Opposite corners as Office Note 388 gives them.
    #[test]
    fn far_corners_lie_where_the_catalogue_says() {
        for (number, latitude, longitude) in [
            (6, 44.291, 336.255),
            (27, -20.826, 55.0),
            (28, 20.826, 325.0),
            (101, 44.496, 343.425),
            (105, 53.771, 337.627),
            (202, 35.617, 341.423),
            (203, 57.634, 306.340),
            (211, 57.290, 310.615),
            (212, 57.290, 310.615),
            (221, 46.352, 357.498),
            (201, -20.826, 30.0),
            (204, 60.644, 250.871),
            (210, 26.422, 301.375),
        ] {
            let grid = grid(number).unwrap();
            let last = grid.points() - 1;
            let found = grid.positions(&[last]).unwrap().unwrap()[0];
            let across = (found.1 - longitude + 540.0).rem_euclid(360.0) - 180.0;
            let off = (found.0 - latitude).hypot(across * latitude.to_radians().cos());
            assert!(off < 0.05, "grid {number}: {found:?} not {latitude} {longitude}");
        }
    }

    #[test]
    fn octants_of_the_aviation_grids_have_3447_points() {
        for number in 37..=44 {
            let grid = grid(number).unwrap();
            assert_eq!((grid.points(), grid.shape()), (3447, vec![73, 73]));
        }
        let grid = grid(41).unwrap();
        let Coordinates::Axes { latitude, longitude } = grid.coordinates(&grid.whole()).unwrap()
        else {
            panic!("octants have axes")
        };
        assert_eq!((latitude[0], latitude[72]), (-90.0, 0.0));
        assert_eq!((longitude[0], longitude[72]), (-30.0, 60.0));
    }

    #[test]
    fn pole_of_a_grid_of_table_b_is_one_point_spread_over_its_row() {
        let grid = grid(21).unwrap();
        assert_eq!((grid.points(), grid.shape()), (1333, vec![37, 37]));
        let coded: Vec<f32> = (0..1333).map(|i| i as f32).collect();
        let shown = grid.present(coded, Default::default(), false).unwrap();
        assert_eq!(shown[36 * 37..], [1332.0; 37]);
        assert_eq!(shown[..37], (0..37).map(|i| i as f32).collect::<Vec<_>>()[..]);
    }

    #[test]
    fn a_part_of_a_thinned_grid_is_interpolated_as_the_whole_is() {
        let part = [Range::strided(3, 12, 3), Range::strided(1, 9, 4)];
        let grid = grid(21).unwrap();
        let coded: Vec<f32> = (0..1333u16).map(|i| f32::from(i % 97)).collect();
        let shown = grid.present(coded.clone(), Interpolation::Cubic, false).unwrap();
        let found = grid.present_part(coded, Interpolation::Cubic, false, &part).unwrap().unwrap();
        let places = (0..12).flat_map(|r| (0..9).map(move |c| (3 + 3 * r) * 37 + 1 + 4 * c));
        let expected: Vec<f32> = places.map(|place| shown[place]).collect();
        assert_eq!(found, expected);
        let alike = grid.present_constant(7f32, Interpolation::Cubic, &part).unwrap().unwrap();
        let held = grid.present(vec![7f32; 1333], Interpolation::Linear, false).unwrap();
        assert_eq!((alike, held), (vec![7.0; 12 * 9], vec![7.0; 37 * 37]));
    }

    #[test]
    fn numbers_that_no_table_has_are_not_supported() {
        assert!(grid(99).is_ok());
        assert!(grid(9).is_err());
    }
}
