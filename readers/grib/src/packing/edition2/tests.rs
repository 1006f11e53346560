//! Sections built in code, octets in the order of the Manual's tables.

use hyperslab_core::{ErrorKind, Limits, ReadContext, Result};
use proptest::prelude::*;

use super::{constant2, decode2, packing_type2};

/// Octets from 12 on of section 5, put behind a header for `values` values.
fn section5(template: u16, values: u32, octets: &[u8]) -> Vec<u8> {
    let mut section = (octets.len() as u32 + 11).to_be_bytes().to_vec();
    section.push(5);
    section.extend(values.to_be_bytes());
    section.extend(template.to_be_bytes());
    section.extend(octets);
    section
}

/// Octets 12 to 20, shared by most templates.
fn scaling(reference: f32, binary: i16, decimal: i16, bits: u8) -> Vec<u8> {
    let sign_magnitude =
        |value: i16| (value.unsigned_abs() | (value as u16 & 0x8000)).to_be_bytes();
    let mut octets = reference.to_be_bytes().to_vec();
    octets.extend(sign_magnitude(binary));
    octets.extend(sign_magnitude(decimal));
    octets.push(bits);
    octets
}

/// Integers of any width, one behind the other.
#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    bits: usize,
}

impl Packer {
    fn put(&mut self, value: u64, width: u32) {
        for bit in (0..width).rev() {
            if self.bits.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (7 - self.bits % 8);
            self.bits += 1;
        }
    }

    fn align(&mut self) {
        self.bits = self.bytes.len() * 8;
    }
}

fn pack(values: &[u64], width: u32) -> Vec<u8> {
    let mut packer = Packer::default();
    values.iter().for_each(|value| packer.put(*value, width));
    packer.bytes
}

fn decode(section: &[u8], data: &[u8], points: usize) -> Result<Vec<f64>> {
    decode2(section, None, data, points as u64, &ReadContext::default())
}

/// NaN as `None`, so that missing values compare equal.
fn present(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect()
}

#[test]
fn simple_packing_is_the_formula_of_the_regulation() {
    let section = [&scaling(-1.5, 1, 1, 4)[..], &[0]].concat();
    let section = section5(0, 3, &section);
    // 0, 5 and 15: (-1.5 + X * 2) / 10.
    let values = decode(&section, &[0x05, 0xF0], 3).unwrap();
    assert_eq!(values, [-1.5, 8.5, 28.5].map(|value| value * 0.1));
    let packing = packing_type2(&section).unwrap();
    assert_eq!((packing.name, packing.bits_per_value, packing.values), ("grid_simple", 4, 3));
}

#[test]
fn a_constant_field_needs_no_data_and_is_not_scaled() {
    let section = section5(0, 4, &[&scaling(273.5, 3, 2, 0)[..], &[0]].concat());
    assert_eq!(decode(&section, &[], 4).unwrap(), [273.5; 4]);
}

#[test]
fn a_bitmap_leaves_points_without_a_value() {
    let section = section5(0, 2, &[&scaling(0.0, 0, 0, 8)[..], &[0]].concat());
    let cx = ReadContext::default();
    let values = decode2::<f32>(&section, Some(&[0b0101_0000]), &[7, 9], 4, &cx).unwrap();
    assert!(values[0].is_nan() && values[2].is_nan());
    assert_eq!((values[1], values[3]), (7.0, 9.0));
    let none = section5(0, 0, &[&scaling(0.0, 0, 0, 8)[..], &[0]].concat());
    let values = decode2::<f32>(&none, Some(&[0]), &[], 4, &cx).unwrap();
    assert!(values.iter().all(|value| value.is_nan()));
}

#[test]
fn more_or_fewer_values_than_points_are_refused() {
    let section = section5(0, 2, &[&scaling(0.0, 0, 0, 8)[..], &[0]].concat());
    assert_eq!(decode(&section, &[7, 9], 3).unwrap_err().kind(), ErrorKind::Malformed);
    assert_eq!(decode(&section, &[7], 2).unwrap_err().kind(), ErrorKind::Truncated);
}

#[test]
fn ieee_values_keep_their_precision() {
    let section = section5(4, 2, &[2]);
    let data = [std::f64::consts::PI.to_be_bytes(), (-1e300f64).to_be_bytes()].concat();
    assert_eq!(decode(&section, &data, 2).unwrap(), [std::f64::consts::PI, -1e300]);
    assert!(packing_type2(&section).unwrap().is_double);
    let section = section5(4, 1, &[1]);
    assert_eq!(decode(&section, &1.5f32.to_be_bytes(), 1).unwrap(), [1.5]);
}

#[test]
fn logarithms_are_undone() {
    // B = 1: exp(0 + X * 2^-1) - 1.
    let octets = [&scaling(0.0, -1, 0, 8)[..], &1f32.to_be_bytes()].concat();
    let values = decode(&section5(61, 2, &octets), &[0, 4], 2).unwrap();
    assert_eq!(values, [0.0, 2f64.exp() - 1.0]);
}

#[test]
fn runs_are_levels_followed_by_digits() {
    // 4 bits, levels up to 3 of 3, scaled by 10: 5, 10 and 15 tenths. Digits are in base 12.
    let octets = [4, 0, 3, 0, 3, 1, 0, 5, 0, 10, 0, 15];
    let section = section5(200, 20, &octets);
    // Level 1 once; level 0 (missing) 1 + 2 times; level 3: 1 + 3 + 12 * 1 times.
    let data = [0x10, 0x63, 0x75];
    let values = decode(&section, &data, 20).unwrap();
    let want = [vec![Some(0.5)], vec![None; 3], vec![Some(1.5); 16]].concat();
    assert_eq!(present(&values), want);
    assert!(decode(&section, &data[..2], 20).is_err());
    assert!(decode(&section, &[0x6F], 20).is_err());
}

/// A group: reference, width, and packed values.
type Group = (u64, u32, Vec<u64>);

/// Sections 5 and 7 of template 5.2, or 5.3 with `differences`: first values and minimum.
fn complex(
    groups: &[Group],
    missing: u8,
    differences: Option<(&[u64], i64)>,
) -> (Vec<u8>, Vec<u8>) {
    const REFERENCE_BITS: u8 = 20;
    const LENGTH_BITS: u8 = 10;
    let values: usize = groups.iter().map(|group| group.2.len()).sum();
    let mut octets = scaling(0.0, 0, 0, REFERENCE_BITS);
    octets.extend([0, 1, missing]);
    octets.extend([0xFF; 8]);
    octets.extend((groups.len() as u32).to_be_bytes());
    octets.extend([0, 6]);
    // Lengths are 1 + 1 * what is coded.
    octets.extend(1u32.to_be_bytes());
    octets.push(1);
    let last_len = groups.last().map_or(0, |group| group.2.len() as u32);
    octets.extend(last_len.to_be_bytes());
    octets.push(LENGTH_BITS);
    let mut packer = Packer::default();
    if let Some((first, minimum)) = differences {
        octets.extend([first.len() as u8, 4]);
        first.iter().for_each(|value| packer.put(*value, 32));
        packer.put(minimum.unsigned_abs() | u64::from(minimum < 0) << 31, 32);
    }
    groups.iter().for_each(|group| packer.put(group.0, REFERENCE_BITS.into()));
    packer.align();
    groups.iter().for_each(|group| packer.put(group.1.into(), 6));
    packer.align();
    groups
        .iter()
        .for_each(|group| packer.put((group.2.len() as u64).wrapping_sub(1), LENGTH_BITS.into()));
    packer.align();
    for (_, width, values) in groups {
        values.iter().for_each(|value| packer.put(*value, *width));
    }
    let template = if differences.is_some() { 3 } else { 2 };
    (section5(template, values as u32, &octets), packer.bytes)
}

#[test]
fn groups_have_a_reference_a_width_and_a_length_each() {
    let groups = [(100, 3, vec![0, 7, 1]), (5, 0, vec![0, 0]), (0, 9, vec![300])];
    let (section, data) = complex(&groups, 0, None);
    assert_eq!(decode(&section, &data, 6).unwrap(), [100.0, 107.0, 101.0, 5.0, 5.0, 300.0]);
}

#[test]
fn the_highest_integers_stand_for_missing_values() {
    let all_ones = (1 << 20) - 1;
    let groups = [(10, 2, vec![3, 2, 1]), (all_ones, 0, vec![0, 0]), (all_ones - 1, 0, vec![0])];
    let (section, data) = complex(&groups, 1, None);
    let want = [None, Some(12.0), Some(11.0), None, None, Some(f64::from(all_ones as u32 - 1))];
    assert_eq!(present(&decode(&section, &data, 6).unwrap()), want);
    let (section, data) = complex(&groups, 2, None);
    let want = [None, None, Some(11.0), None, None, None];
    assert_eq!(present(&decode(&section, &data, 6).unwrap()), want);
}

#[test]
fn missing_values_take_no_part_in_differences() {
    // 20, missing, 23, 21, missing, 30: differences 3, -2 and 9, less their minimum -2.
    let groups = [(0, 4, vec![0, 15, 5, 0, 15, 11])];
    let (section, data) = complex(&groups, 1, Some((&[20], -2)));
    let want = [Some(20.0), None, Some(23.0), Some(21.0), None, Some(30.0)];
    assert_eq!(present(&decode(&section, &data, 6).unwrap()), want);
}

/// Splits packed integers into groups of a few, as short as they can be.
fn grouped(packed: &[u64]) -> Vec<Group> {
    let lens = [1, 3, 8, 17, 64, 200].into_iter().cycle();
    let mut rest = packed;
    let mut groups = Vec::new();
    for len in lens {
        if rest.is_empty() {
            break;
        }
        let (group, others) = rest.split_at(len.min(rest.len()));
        let least = *group.iter().min().unwrap();
        let most = group.iter().max().unwrap() - least;
        let width = 64 - most.leading_zeros();
        groups.push((least, width, group.iter().map(|value| value - least).collect()));
        rest = others;
    }
    groups
}

proptest! {
    #[test]
    fn simply_packed_integers_come_back(
        (width, values) in (1u32..=32).prop_flat_map(|width| {
            (Just(width), prop::collection::vec(0..=u64::MAX >> (64 - width), 1..200))
        }),
        binary in -20i16..20,
        decimal in -5i16..5,
        reference in -1e6f32..1e6,
    ) {
        let section = [&scaling(reference, binary, decimal, width as u8)[..], &[0]].concat();
        let section = section5(0, values.len() as u32, &section);
        let got = decode(&section, &pack(&values, width), values.len()).unwrap();
        for (got, packed) in got.iter().zip(&values) {
            let want = (*packed as f64 * 2f64.powi(binary.into()) + f64::from(reference))
                * 10f64.powi(-i32::from(decimal));
            prop_assert_eq!(*got, want);
        }
    }

    #[test]
    fn complex_packing_with_differences_of_any_order_comes_back(
        values in prop::collection::vec(0i64..5000, 3..500),
        order in 0usize..=2,
    ) {
        let mut differences = values.clone();
        for _ in 0..order {
            for i in (1..differences.len()).rev() {
                differences[i] -= differences[i - 1];
            }
            // The first of each order is kept apart.
            differences.remove(0);
        }
        let minimum = if order == 0 { 0 } else { *differences.iter().min().unwrap() };
        let first: Vec<u64> = values[..order].iter().map(|value| *value as u64).collect();
        let zeros = std::iter::repeat_n(0, order);
        let rest = differences.iter().map(|difference| (difference - minimum) as u64);
        let groups = grouped(&zeros.chain(rest).collect::<Vec<_>>());
        let with = (order > 0).then_some((&first[..], minimum));
        let (section, data) = complex(&groups, 0, with);
        let got = decode(&section, &data, values.len()).unwrap();
        prop_assert_eq!(got, values.iter().map(|value| *value as f64).collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_make_any_template_panic_or_hold_more_than_allowed(
        template in prop::sample::select(vec![
            0u16, 1, 2, 3, 4, 40, 41, 42, 50, 51, 53, 61, 200, 40000, 40010, 50001, 50002, 77,
        ]),
        values in 0u32..3000,
        octets in prop::collection::vec(any::<u8>(), 0..60),
        small in prop::collection::vec(0u8..40, 60),
        is_small in any::<bool>(),
        bits in prop::option::of(prop::collection::vec(any::<u8>(), 0..400)),
        data in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let octets = if is_small { small } else { octets };
        let section = section5(template, values, &octets);
        let limits = Limits { array_bytes: 1 << 20, ..Limits::default() };
        let cx = ReadContext::default().with_limits(limits);
        let _ = packing_type2(&section);
        for points in [u64::from(values), 3000, u64::MAX] {
            let got = decode2::<f32>(&section, bits.as_deref(), &data, points, &cx);
            if let Ok(got) = got {
                prop_assert!(got.len() <= 1 << 18);
            }
        }
    }
}

#[test]
fn absurd_counts_are_refused_before_anything_is_allocated() {
    let limits = Limits { array_bytes: 1 << 20, ..Limits::default() };
    let cx = ReadContext::default().with_limits(limits);
    for template in [0, 2, 3, 4, 40, 41, 42, 61, 200] {
        let section = section5(template, u32::MAX, &[0; 60]);
        let error = decode2::<f32>(&section, None, &[0; 8], u32::MAX.into(), &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "template {template}");
    }
}

#[test]
fn what_is_not_read_is_said_in_words() {
    let section = section5(1, 1, &[&scaling(0.0, 0, 0, 8)[..], &[0; 30]].concat());
    assert!(decode(&section, &[0], 1).unwrap_err().to_string().contains("matrices"));
    let section = section5(77, 1, &[0; 30]);
    let error = decode(&section, &[0], 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("5.77"));
}

#[test]
fn an_image_of_other_size_than_the_field_is_refused() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 3, 2);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Two);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0b0001_1000, 0b1111_0000]).unwrap();
    writer.finish().unwrap();
    let octets = [&scaling(0.0, 0, 0, 2)[..], &[0]].concat();
    // Rows of three pixels of two bits begin at whole octets.
    let values = decode(&section5(41, 6, &octets), &png, 6).unwrap();
    assert_eq!(values, [0.0, 1.0, 2.0, 3.0, 3.0, 0.0]);
    let error = decode(&section5(41, 7, &octets), &png, 7).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn a_constant_that_section_5_tells_is_what_decoding_gives() {
    let cx = ReadContext::default();
    let octets = [scaling(2.5, 3, 1, 0), vec![0; 40]].concat();
    for template in [0, 2, 3, 40, 41, 42] {
        let section = section5(template, 4, &octets);
        let constant = constant2::<f32>(&section, 4).unwrap();
        let decoded = decode2::<f32>(&section, None, &[], 4, &cx).unwrap();
        assert_eq!(decoded, vec![constant.unwrap(); 4]);
        assert_eq!(constant2::<f32>(&section, 5).unwrap(), None, "decoding says what is wrong");
    }
    let packed = section5(0, 4, &scaling(2.5, 0, 0, 8));
    assert_eq!(constant2::<f32>(&packed, 4).unwrap(), None);
}
