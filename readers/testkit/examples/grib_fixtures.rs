//! Writes `tests/fixtures/grib`:
//! `cargo run -p hyperslab-testkit --example grib_fixtures -- tests/fixtures/grib`.
//!
//! | file | what is in it |
//! | --- | --- |
//! | `surface.grib1` | one GRIB1 field with a bitmap |
//! | `forecast.grib2` | temperature at two heights and three lead times, one of which is not there |
//! | `rain.grib2` | sums over 0-6, 0-12 and 0-18 hours; it rained 2.5, 5 and 10 mm an hour |
//! | `both.grib` | a message of each edition in a bulletin: a header before, padding between |
//! | `lambert.grib2` | wind along a Lambert grid, relative to it |

use std::path::Path;

use hyperslab_testkit::grib::{Grib2, grib1, grib2};

const ROWS: u32 = 6;
const COLUMNS: u32 = 8;

fn temperature(height: i32, hours: i32) -> Grib2 {
    grib2().lat_lon(COLUMNS, ROWS).product(0, 0).surface(103, height).step(1, hours)
}

/// A slope from north-west to south-east.
fn slope(from: u32) -> Vec<u8> {
    (0..ROWS * COLUMNS).map(|k| (from + 3 * (k / COLUMNS) + k % COLUMNS) as u8).collect()
}

fn forecast() -> Vec<u8> {
    let there = [(2, 0), (2, 6), (2, 12), (10, 0), (10, 12)];
    let field = |(height, hours): (i32, i32)| {
        temperature(height, hours).values(&slope(100 + hours as u32 + height as u32)).bytes()
    };
    there.into_iter().flat_map(field).collect()
}

/// Template 4.8: total precipitation, summed from the reference time on.
fn rain() -> Vec<u8> {
    let sum = |hours: u8, millimetres: u8| {
        let mut octets = vec![1, 8, 2, 0, 96, 0, 0, 0, 1, 0, 0, 0, 0];
        octets.extend([1, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]);
        // The end: 29 February 2020, 12 hours and so many more.
        let (day, hour) = ((12 + hours) / 24, (12 + hours) % 24);
        octets.extend([0x07, 0xE4, 2 + day, if day > 0 { 1 } else { 29 }, hour, 0, 0]);
        octets.extend([1, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0, hours, 255, 0, 0, 0, 0]);
        let values = vec![millimetres; (ROWS * COLUMNS) as usize];
        grib2().lat_lon(COLUMNS, ROWS).template(8, &octets).values(&values).bytes()
    };
    [sum(6, 15), sum(12, 45), sum(18, 105)].concat()
}

fn surface() -> Vec<u8> {
    let bits: Vec<bool> = (0..ROWS * COLUMNS).map(|k| k % 5 != 0).collect();
    let present = bits.iter().filter(|is_there| **is_there).count();
    let values: Vec<u8> = (0..present as u8).collect();
    let (columns, rows) = (COLUMNS as u16, ROWS as u16);
    grib1().level(1, 0).lat_lon(columns, rows).bitmap(&bits).values(&values).bytes()
}

fn both() -> Vec<u8> {
    let mut bytes = b"\x01\r\r\n001\r\r\nTTAA00 KWBC 291200\r\r\n".to_vec();
    bytes.extend(surface());
    bytes.extend([0; 24]);
    bytes.extend(temperature(2, 0).values(&slope(100)).bytes());
    bytes.extend(b"\r\r\n\x03");
    bytes
}

/// Template 3.30, a cone that touches at 25 N and has 95 W upright, 100 km apart from 20 N 120 W.
fn lambert() -> Vec<u8> {
    let mut section = vec![0; 5];
    section.push(0);
    section.extend((ROWS * COLUMNS).to_be_bytes());
    section.extend([0, 0, 0, 30, 6]);
    section.extend([0; 15]);
    section.extend(COLUMNS.to_be_bytes());
    section.extend(ROWS.to_be_bytes());
    section.extend(20_000_000u32.to_be_bytes());
    section.extend(240_000_000u32.to_be_bytes());
    // Increments given, components relative to the grid.
    section.push(0x38);
    section.extend(25_000_000u32.to_be_bytes());
    section.extend(265_000_000u32.to_be_bytes());
    section.extend(100_000_000u32.to_be_bytes());
    section.extend(100_000_000u32.to_be_bytes());
    // North pole on the plane; rows from south to north.
    section.extend([0, 0x40]);
    section.extend(25_000_000u32.to_be_bytes());
    section.extend(25_000_000u32.to_be_bytes());
    // The southern pole of the projection: 90 S, 0 E, its sign in the first bit.
    section.extend((90_000_000u32 | 1 << 31).to_be_bytes());
    section.extend([0; 4]);
    let wind = |number: u8, from: u32| {
        let message = grib2().section(3, section.clone()).product(2, number);
        message.surface(103, 10).values(&slope(from)).bytes()
    };
    [wind(2, 0), wind(3, 40)].concat()
}

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "tests/fixtures/grib".into());
    let files = [
        ("surface.grib1", surface()),
        ("forecast.grib2", forecast()),
        ("rain.grib2", rain()),
        ("both.grib", both()),
        ("lambert.grib2", lambert()),
    ];
    for (name, bytes) in files {
        std::fs::write(Path::new(&folder).join(name), bytes)?;
    }
    Ok(())
}
