//! What a scan finds, and that it finds the same whatever lies around it.

use std::sync::Arc;

use hyperslab_core::{Blob, ErrorKind, Limits, MemorySource, ReadContext, Result, Source};
use hyperslab_grib::index::{Bitmap, Field, GridHeader, Index};
use hyperslab_grib::scan::{Progress, Scanner, scan};
use hyperslab_testkit::grib::{Grib2, grib1, grib2};
use hyperslab_testkit::random::Xorshift;
use proptest::prelude::*;

fn open(bytes: impl Into<Vec<u8>>) -> Arc<dyn Source> {
    Arc::new(MemorySource::new(bytes))
}

fn found(bytes: impl Into<Vec<u8>>) -> Arc<Index> {
    scan(&open(bytes), &ReadContext::default()).unwrap()
}

fn refusal(bytes: impl Into<Vec<u8>>) -> String {
    scan(&open(bytes), &ReadContext::default()).err().unwrap().to_string()
}

/// The values, packed with 8 bits, with 255 where the bitmap has none.
fn values(field: &Field, source: &Arc<dyn Source>, index: &Index) -> Vec<u8> {
    let coded = index.data(field, &**source, &ReadContext::default()).unwrap();
    let values = if field.edition == 1 { &coded.coding[11..] } else { &coded.data[..] };
    let Some(bitmap) = coded.bitmap else { return values.to_vec() };
    let mut values = values.iter();
    let bits = bitmap.iter().flat_map(|octet| (0..8).map(move |bit| octet >> (7 - bit) & 1));
    bits.map(|bit| if bit == 1 { *values.next().unwrap() } else { 255 }).collect()
}

fn wind(values: &[u8]) -> Grib2 {
    grib2().lat_lon(2, 2).product(2, 2).values(values)
}

#[test]
fn both_editions_and_what_lies_between_them() {
    let one = grib1().lat_lon(2, 2).values(&[1, 2, 3, 4]).bytes();
    let two = wind(&[5, 6, 7, 8]).bytes();
    let header = b"\r\r\n123 \r\r\nHTXX99 KWBC 010000\r\r\n";
    let padding = [0; 200];
    let file = [&header[..], &one, &padding, &two, &one, b"\r\r\n\x03"].concat();
    let source = open(file);
    let index = scan(&source, &ReadContext::default()).unwrap();
    let offsets: Vec<u64> = index.fields().iter().map(|field| field.offset).collect();
    let second = (header.len() + one.len() + padding.len()) as u64;
    assert_eq!(offsets, [header.len() as u64, second, second + two.len() as u64]);
    assert_eq!((index.format_name(), index.damaged()), ("GRIB", 0));
    assert_eq!(index.distinct(), (2, 2));
    assert_eq!(values(&index.fields()[1], &source, &index), [5, 6, 7, 8]);
    assert_eq!(values(&index.fields()[2], &source, &index), [1, 2, 3, 4]);
}

#[test]
fn a_message_may_hold_several_fields_that_share_what_comes_before() {
    let file = grib2()
        .local(&[1, 2, 3])
        .lat_lon(4, 2)
        .product(2, 2)
        .values_where(&[true, false, true, false, true, false, true, false], &[1, 2, 3, 4])
        .product(2, 3)
        .values_as_before(&[5, 6, 7, 8])
        .lat_lon(2, 2)
        .product(0, 0)
        .values(&[9, 9, 9, 9])
        .bytes();
    let source = open(file);
    let index = scan(&source, &ReadContext::default()).unwrap();
    let places: Vec<_> = index
        .fields()
        .iter()
        .map(|f| (f.offset, f.field_in_message, f.fields_in_message))
        .collect();
    assert_eq!(places, [(0, 0, 3), (0, 1, 3), (0, 2, 3)]);
    let [u, v, t] = index.fields() else { panic!("three fields") };
    assert_eq!((u.grid == v.grid, v.grid == t.grid), (true, false));
    assert_eq!((u.points, u.packed_values, t.points), (8, 4, 4));
    assert_eq!(u.bitmap, v.bitmap);
    assert_eq!(values(v, &source, &index), [5, 255, 6, 255, 7, 255, 8, 255]);
    assert_eq!(t.bitmap, Bitmap::None);
    assert_eq!(index.product(t.product).unwrap().local_use, [0, 0, 0, 8, 2, 1, 2, 3]);
}

#[test]
fn a_bitmap_as_before_without_one_before_is_damage() {
    let file = grib2().lat_lon(2, 2).product(2, 2).values(&[0; 4]).product(2, 3);
    let index = found(file.values_as_before(&[0; 4]).bytes());
    assert_eq!((index.fields().len(), index.damaged()), (1, 1));
}

#[test]
fn a_message_in_units_of_120_bytes_is_as_long_as_it_is() {
    let values = vec![7; 5000];
    let large = grib1().lat_lon(50, 100).values(&values).large().bytes();
    let small = grib1().lat_lon(2, 2).values(&[1, 2, 3, 4]).bytes();
    let source = open([large.clone(), small].concat());
    let index = scan(&source, &ReadContext::default()).unwrap();
    let field = index.fields()[0];
    assert_eq!(field.length, large.len() as u64);
    assert_eq!(u64::from(field.coding_len), 11 + 5000);
    assert_eq!((index.fields().len(), index.damaged()), (2, 0));
}

#[test]
fn sections_longer_than_one_read_are_read_whole() {
    let mut section2 = grib1().lat_lon(2, 2).bytes()[36..68].to_vec();
    section2[4] = 33;
    section2.extend(vec![1; 6000]);
    let file = grib1().section2(section2.clone()).values(&[1; 40_000]).bytes();
    let index = found([file.clone(), file].concat());
    assert_eq!((index.fields().len(), index.damaged(), index.distinct()), (2, 0, (1, 1)));
    let Some(GridHeader::Edition1 { section2: Some(kept), .. }) = index.grid_header(0) else {
        panic!("a grid of edition 1")
    };
    assert_eq!(kept.len(), section2.len());
}

#[test]
fn vertical_coordinates_are_the_products_not_the_grids() {
    let plain = grib1().lat_lon(2, 2).values(&[0; 4]);
    let hybrid = plain.clone().level(109, 1).coordinates(&[0x4110_0000, 0xC276_A000]);
    let index = found([plain.bytes(), hybrid.bytes()].concat());
    assert_eq!(index.fields()[0].grid, index.fields()[1].grid);
    let product = index.product(index.fields()[1].product).unwrap();
    assert_eq!(product.vertical_coordinates, [1., -118.625]);
}

#[test]
fn a_cut_message_is_damage_and_the_ones_before_it_are_kept() {
    let one = wind(&[1, 2, 3, 4]).bytes();
    let file = [one.clone(), one.clone()].concat();
    let index = found(&file[..file.len() - 10]);
    assert_eq!((index.fields().len(), index.damaged()), (1, 1));
    let error = index.damage().unwrap();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert!(error.to_string().contains(&format!("message at byte {}", one.len())), "{error}");
}

#[test]
fn a_message_without_its_end_section_is_kept_and_named() {
    let mut one = grib1().lat_lon(2, 2).values(&[1, 2, 3, 4]).bytes();
    let len = one.len();
    one[len - 4..].copy_from_slice(b"XXXX");
    let two = wind(&[5, 6, 7, 8]).bytes();
    let index = found([one, two].concat());
    assert_eq!((index.fields().len(), index.damaged()), (2, 1));
}

#[test]
fn what_follows_a_wrong_length_is_found() {
    let good = wind(&[5, 6, 7, 8]).bytes();
    for length in [0, 1, 20, 150, 1 << 20, u64::MAX] {
        let bad = wind(&[1, 2, 3, 4]).length(length).bytes();
        let index = found([&bad[..], &good].concat());
        assert_eq!(index.fields().last().unwrap().offset, bad.len() as u64, "length {length}");
        assert!(index.damaged() >= 1);
    }
    for length in [0, 1, 20, 0x7F_FFFF, 0x80_0001, 0xFF_FFFF] {
        let bad = grib1().lat_lon(2, 2).values(&[1, 2, 3, 4]).length(length).bytes();
        let index = found([&bad[..], &good].concat());
        assert_eq!(index.fields().last().unwrap().offset, bad.len() as u64, "length {length}");
        assert!(index.damaged() >= 1);
    }
}

#[test]
fn files_without_fields_are_refused_in_words() {
    assert!(refusal(grib1().values(&[]).edition(7).bytes()).contains("GRIB edition 7"));
    assert!(refusal(&b"BUFR\0\0\x20\x04 and so on"[..]).contains("BUFR message"));
    assert!(refusal(&b"a text about GRIB files"[..]).contains("no GRIB message"));
    assert!(refusal(Vec::new()).contains("no GRIB message"));
    assert!(refusal(&b"GRIB"[..]).contains("truncated"));
}

#[test]
fn padding_that_ends_in_something_else_is_damage() {
    let one = wind(&[1, 2, 3, 4]).bytes();
    assert_eq!(found([&one[..], &[0; 30]].concat()).damaged(), 0);
    assert_eq!(found([&one[..], &[0; 30], b"XXXX"].concat()).damaged(), 1);
    assert_eq!(found([&one[..], b"\r\r\n\x03"].concat()).damaged(), 0);
}

#[test]
fn a_scan_in_steps_finds_the_same_and_shows_what_it_has() {
    let one = wind(&[1, 2, 3, 4]).bytes();
    let mut scanner = Scanner::new(open(one.repeat(10)));
    let cx = ReadContext::default();
    assert_eq!(scanner.advance(3, &cx).unwrap(), Progress::More);
    let early = Arc::clone(scanner.index());
    assert_eq!(early.fields().len(), 3);
    assert_eq!(scanner.advance(usize::MAX, &cx).unwrap(), Progress::Done);
    let all = scanner.finish(&cx).unwrap();
    assert_eq!((early.fields().len(), all.fields().len()), (3, 10));
    assert_eq!(early.fields(), &all.fields()[..3]);
}

#[test]
fn a_cancelled_scan_stops_and_headers_have_a_limit() {
    let one = wind(&[1, 2, 3, 4]).bytes();
    let cx = ReadContext::default();
    cx.cancel.cancel();
    assert!(scan(&open(one.clone()), &cx).err().unwrap().is_cancelled());
    let limits = Limits { entries: 5, ..Limits::default() };
    let cx = ReadContext::default().with_limits(limits);
    assert_eq!(scan(&open(one.repeat(9)), &cx).err().unwrap().kind(), ErrorKind::Limit);
}

/// A file of which only some parts are not zeros.
struct Sparse {
    len: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Source for Sparse {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, len: u64, _: &ReadContext) -> Result<Blob> {
        assert!(len <= 1 << 20, "data are not read while scanning");
        let mut bytes = vec![0; len as usize];
        for (at, part) in &self.parts {
            for (number, byte) in part.iter().enumerate() {
                if let Some(place) = (at + number as u64).checked_sub(offset).filter(|&p| p < len) {
                    bytes[place as usize] = *byte;
                }
            }
        }
        Ok(Blob::owned(bytes))
    }
}

#[test]
fn messages_of_gigabytes_are_passed_over_without_reading_their_data() {
    const DATA: u32 = 3_000_000_000;
    let small = wind(&[1, 2, 3, 4]).bytes();
    // Section 7 of the small one, with its four values, ends before the end section.
    let section7 = small.len() - 4 - 9;
    let length = section7 as u64 + u64::from(DATA) + 4;
    let mut head = wind(&[1, 2, 3, 4]).length(length).bytes()[..section7 + 5].to_vec();
    head[section7..section7 + 4].copy_from_slice(&DATA.to_be_bytes());
    let parts = vec![
        (0, head.clone()),
        (length - 4, b"7777".to_vec()),
        (length, head),
        (2 * length - 4, b"7777".to_vec()),
        (2 * length, small.clone()),
    ];
    let source: Arc<dyn Source> = Arc::new(Sparse { len: 2 * length + small.len() as u64, parts });
    let index = scan(&source, &ReadContext::default()).unwrap();
    let offsets: Vec<u64> = index.fields().iter().map(|field| field.offset).collect();
    assert_eq!((offsets, index.damaged()), (vec![0, length, 2 * length], 0));
    assert_eq!(values(&index.fields()[2], &source, &index), [1, 2, 3, 4]);
}

#[test]
fn a_field_takes_little_memory_beyond_its_headers() {
    let mut file = Vec::new();
    for step in 0..4096 {
        file.extend(grib2().lat_lon(2, 2).product(0, 0).step(1, step).values(&[0; 4]).bytes());
    }
    let index = found(file);
    assert_eq!(index.distinct(), (4096, 1));
    assert!(size_of::<Field>() <= 96);
    assert!(index.memory_bytes() < 4096 * 260, "{} bytes", index.memory_bytes());
}

/// A small file with everything: both editions, repeated sections, bitmaps, coordinates, junk.
fn variety() -> Vec<u8> {
    let bits = [true, false, true, false];
    [
        &grib1().lat_lon(2, 2).coordinates(&[1, 2]).bitmap(&bits).values(&[1, 2]).bytes()[..],
        b"junk",
        &grib2()
            .local(&[4, 5])
            .lat_lon(2, 2)
            .product(0, 0)
            .values_where(&bits, &[1, 2])
            .product(0, 1)
            .values_as_before(&[3, 4])
            .bytes(),
        &grib1().catalogue(6).values(&[0; 4]).bytes(),
    ]
    .concat()
}

/// Whatever can be asked of every field is asked.
fn look(bytes: &[u8]) -> usize {
    let source = open(bytes);
    let cx = ReadContext::default();
    let Ok(index) = scan(&source, &cx) else { return 0 };
    for (number, field) in index.fields().iter().enumerate() {
        let _ = hyperslab_grib::keys::keys(&index, number, field);
        let _ = index.data(field, &*source, &cx);
    }
    index.fields().len()
}

#[test]
fn a_file_cut_anywhere_shows_the_messages_before_the_cut() {
    let file = variety();
    let whole = found(file.clone());
    for len in 0..=file.len() {
        let before = whole.fields().iter().filter(|f| f.offset + f.length <= len as u64).count();
        assert!(look(&file[..len]) >= before, "cut to {len} bytes");
    }
}

#[test]
fn no_flipped_bit_does_harm() {
    let file = variety();
    for at in 0..8 * file.len() {
        let mut spoiled = file.clone();
        spoiled[at / 8] ^= 1 << (at % 8);
        look(&spoiled);
    }
    let mut random = Xorshift::new(1);
    for _ in 0..3000 {
        let mut spoiled = file.clone();
        for _ in 0..1 + random.below(5) {
            let at = random.below(file.len() as u64) as usize;
            spoiled[at] = if random.below(3) == 0 { 255 } else { random.next_u64() as u8 };
        }
        look(&spoiled);
    }
}

proptest! {
    #[test]
    fn bytes_between_messages_change_nothing_that_is_found(
        junk in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 4)
    ) {
        prop_assume!(junk.iter().all(|junk| !junk.windows(4).any(|four| four == b"GRIB")));
        let messages = [
            wind(&[1, 2, 3, 4]).bytes(),
            grib1().lat_lon(2, 2).values(&[5, 6, 7, 8]).bytes(),
            wind(&[9, 9, 9, 9]).bytes(),
        ];
        let mut file = junk[0].clone();
        let mut starts = Vec::new();
        for (message, junk) in messages.iter().zip(&junk[1..]) {
            starts.push(file.len() as u64);
            file.extend(message);
            file.extend(junk);
        }
        let index = found(file);
        let offsets: Vec<u64> = index.fields().iter().map(|field| field.offset).collect();
        prop_assert_eq!(offsets, starts);
    }
}
