//! Encoders of every layout, as small as they can be, and what comes back from them.

use hyperslab_core::ReadContext;
use proptest::prelude::*;

use super::decode2_second_order;
use crate::packing::edition1::{Field1, bits_per_value1, decode1, packing_type1};

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    bits: usize,
}

impl Writer {
    fn put(&mut self, value: u64, width: u32) -> &mut Self {
        for bit in (0..width).rev() {
            if self.bits.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if value >> bit & 1 == 1 {
                *self.bytes.last_mut().unwrap() |= 0x80 >> (self.bits % 8);
            }
            self.bits += 1;
        }
        self
    }

    /// The bits of a secondary bitmap for one group.
    fn put_beginning(&mut self, len: usize) {
        self.put(1, 1);
        (1..len).for_each(|_| {
            self.put(0, 1);
        });
    }

    fn align(&mut self) -> &mut Self {
        self.bits = self.bytes.len() * 8;
        self
    }

    fn put_all(&mut self, values: impl IntoIterator<Item = u64>, width: u32) -> &mut Self {
        values.into_iter().for_each(|value| {
            self.put(value, width);
        });
        self.align()
    }
}

fn width_of(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// Groups of one value or more each.
struct Groups(Vec<Vec<u64>>);

impl Groups {
    /// Cut where a length says, the lengths taken in turn.
    fn cut(values: &[u64], lengths: &[usize]) -> Self {
        let mut groups = Vec::new();
        let mut rest = values;
        for &length in lengths.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (group, after) = rest.split_at(length.min(rest.len()));
            groups.push(group.to_vec());
            rest = after;
        }
        Self(groups)
    }

    fn firsts(&self) -> Vec<u64> {
        self.0.iter().map(|group| group.iter().copied().min().unwrap_or(0)).collect()
    }

    fn widths(&self) -> Vec<u64> {
        let range = |(group, first): (&Vec<u64>, u64)| group.iter().max().map_or(0, |x| x - first);
        let ranges = self.0.iter().zip(self.firsts()).map(range);
        ranges.map(|range| u64::from(width_of(range))).collect()
    }

    fn first_width(&self) -> u32 {
        width_of(self.firsts().into_iter().max().unwrap_or(0))
    }

    fn count(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Octets 1 to 21, R = 0 and E = 0.
    fn head(&self, flags: u8) -> Writer {
        let mut head = Writer::default();
        head.put(0, 24).put(0x50, 8).put(0, 16).put(0, 32).put(u64::from(self.first_width()), 8);
        head.put(0, 16).put(u64::from(flags), 8).put(0, 16);
        head.put(self.0.len() as u64 & 0xFFFF, 16).put(self.count() as u64 & 0xFFFF, 16);
        head.put(self.0.len() as u64 >> 16, 8);
        head
    }

    fn put_seconds(&self, to: &mut Writer, widths: &[u64]) {
        for ((group, first), &width) in self.0.iter().zip(self.firsts()).zip(widths) {
            group.iter().for_each(|value| {
                to.put(value - first, width as u32);
            });
        }
    }

    fn put_bitmap(&self, to: &mut Writer) {
        for group in &self.0 {
            to.put_beginning(group.len());
        }
        to.align();
    }

    fn row_by_row(&self) -> Vec<u8> {
        let mut bds = self.head(0x10);
        bds.put_all(self.widths(), 8).put_all(self.firsts(), self.first_width());
        self.put_seconds(&mut bds, &self.widths());
        bds.bytes
    }

    fn general(&self) -> Vec<u8> {
        let mut bds = self.head(0x30);
        bds.put_all(self.widths(), 8);
        self.put_bitmap(&mut bds);
        bds.put_all(self.firsts(), self.first_width());
        self.put_seconds(&mut bds, &self.widths());
        bds.bytes
    }

    fn constant_width(&self) -> Vec<u8> {
        let width = self.widths().into_iter().max().unwrap_or(0);
        let mut bds = self.head(0x20);
        bds.put(width, 8);
        self.put_bitmap(&mut bds);
        bds.put_all(self.firsts(), self.first_width());
        self.put_seconds(&mut bds, &vec![width; self.0.len()]);
        bds.bytes
    }

    /// Widths, lengths, first-order and second-order values.
    fn put_extended(&self, to: &mut Writer) -> (u32, u32) {
        let lengths = || self.0.iter().map(|group| group.len() as u64);
        let width_width = width_of(self.widths().into_iter().max().unwrap_or(0));
        let length_width = width_of(lengths().max().unwrap_or(0));
        to.put_all(self.widths(), width_width).put_all(lengths(), length_width);
        to.put_all(self.firsts(), self.first_width());
        self.put_seconds(to, &self.widths());
        (width_width, length_width)
    }
}

/// Differences of an order, made non-negative by taking off their least (the bias).
fn differences(values: &[u64], order: usize) -> (Vec<u64>, Vec<u64>, i64) {
    let mut steps = values.iter().map(|&value| value as i64).collect::<Vec<_>>();
    for _ in 0..order {
        steps = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    }
    let bias = if order == 0 { 0 } else { steps.iter().copied().min().unwrap_or(0) };
    let packed = steps.iter().map(|step| (step - bias) as u64).collect();
    (values[..order].to_vec(), packed, bias)
}

/// Width, first values and bias.
fn put_differencing(to: &mut Writer, firsts: &[u64], bias: i64) {
    let largest = firsts.iter().copied().max().unwrap_or(0);
    let width = width_of(largest).max(width_of(bias.unsigned_abs()) + 1);
    to.put(u64::from(width), 8);
    firsts.iter().for_each(|&first| {
        to.put(first, width);
    });
    to.put(u64::from(bias < 0), 1).put(bias.unsigned_abs(), width - 1).align();
}

fn extended(values: &[u64], lengths: &[usize], order: usize, flags: u8) -> Vec<u8> {
    let (firsts, packed, bias) = differences(values, order);
    let groups = Groups::cut(&packed, lengths);
    let mut body = Writer::default();
    let (width_width, length_width) = groups.put_extended(&mut body);
    let mut bds = groups.head(0x18 | flags | order as u8);
    bds.put(u64::from(width_width), 8).put(u64::from(length_width), 8).put(0, 16);
    if order > 0 {
        put_differencing(&mut bds, &firsts, bias);
    }
    bds.bytes.extend(body.bytes);
    bds.bytes
}

fn local_template(
    values: &[u64],
    lengths: &[usize],
    order: usize,
    number: u64,
) -> (Vec<u8>, Vec<u8>) {
    let (firsts, packed, bias) = differences(values, order);
    let groups = Groups::cut(&packed, lengths);
    let mut data = Writer::default();
    let (width_width, length_width) = groups.put_extended(&mut data);
    let mut section5 = Writer::default();
    section5.put(0, 32).put(5, 8).put(values.len() as u64, 32).put(number, 16);
    section5.put(0, 32).put(0, 16).put(0, 16).put(16, 8).put(u64::from(groups.first_width()), 8);
    section5.put(groups.0.len() as u64, 32).put(values.len() as u64, 32);
    section5.put(u64::from(width_width), 8).put(u64::from(length_width), 8);
    if number == 50002 {
        section5.put(0, 8);
    }
    section5.put(order as u64, 8);
    if order > 0 {
        put_differencing(&mut section5, &firsts, bias);
    }
    (section5.bytes, data.bytes)
}

fn decoded(bds: &[u8], bitmap: Option<&[u8]>, rows: &[u32]) -> Vec<f64> {
    let points = rows.iter().map(|&row| u64::from(row)).sum();
    let field = Field1 { decimal_scale: 0, points, rows, truncation: None };
    decode1(bds, bitmap, &field, &ReadContext::default()).unwrap()
}

fn as_reals(values: &[u64]) -> Vec<f64> {
    values.iter().map(|&value| value as f64).collect()
}

#[test]
fn rows_are_groups_and_a_bitmap_shortens_them() {
    let groups = Groups(vec![vec![5, 9], vec![7], vec![100, 101, 164]]);
    let bds = groups.row_by_row();
    // Two rows of three and one of four points.
    let bitmap = [0b1010_1001, 0b1100_0000];
    let values = decoded(&bds, Some(&bitmap), &[3, 3, 4]);
    let present = values.iter().copied().filter(|value| !value.is_nan()).collect::<Vec<_>>();
    assert_eq!(present, [5.0, 9.0, 7.0, 100.0, 101.0, 164.0]);
    assert!([1, 3, 5, 6].iter().all(|&missing: &usize| values[missing].is_nan()));
    assert_eq!(packing_type1(&bds).unwrap().name, "grid_second_order_row_by_row");
}

#[test]
fn boustrophedonic_rows_are_turned_round_after_the_bitmap_is_applied() {
    let bds = extended(&[1, 2, 3, 4], &[2], 1, 0x04);
    let values = decoded(&bds, Some(&[0b1101_1000]), &[2, 3]);
    assert_eq!(&values[..4], [1.0, 2.0, 4.0, 3.0]);
    assert!(values[4].is_nan());
}

#[test]
fn a_negative_bias_and_falling_values_come_back() {
    let values = [900, 850, 700, 701, 650, 2, 1, 0];
    for order in 1..=3 {
        let bds = extended(&values, &[3, 1], order, 0);
        assert_eq!(decoded(&bds, None, &[8]), as_reals(&values), "order {order}");
    }
}

#[test]
fn more_than_65535_groups_are_counted_with_octet_21() {
    let values = (0..70_000u64).map(|index| index * 7919 % 512).collect::<Vec<_>>();
    let rows = [1000u32; 70];
    assert_eq!(decoded(&extended(&values, &[1], 0, 0), None, &rows), as_reals(&values));
    assert_eq!(decoded(&Groups::cut(&values, &[1]).general(), None, &rows), as_reals(&values));
}

#[test]
fn a_field_without_groups_is_constant() {
    let bds = [0, 0, 25, 0x50, 0, 0, 0x41, 0x30, 0, 0, 0, 0, 0, 0x1A, 0, 0, 0, 0, 0, 0, 0];
    let tail = [0, 0, 0, 0, 1, 0, 0, 0];
    let bds = [bds.as_slice(), &tail].concat();
    assert_eq!(decoded(&bds, None, &[2, 2]), [3.0; 4]);
}

#[test]
fn bits_per_value_follow_from_the_values() {
    let bds = extended(&[3, 10, 18, 5], &[2], 2, 0);
    let field = Field1 { decimal_scale: 0, points: 4, rows: &[4], truncation: None };
    assert_eq!(bits_per_value1(&bds, None, &field, &ReadContext::default()).unwrap(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_packed_comes_back(
        values in prop::collection::vec(0u64..5000, 4..200),
        lengths in prop::collection::vec(1usize..20, 1..8),
        order in 0usize..=3,
    ) {
        let rows = [values.len() as u32];
        let reals = as_reals(&values);
        let groups = Groups::cut(&values, &lengths);
        let group_rows = groups.0.iter().map(|group| group.len() as u32).collect::<Vec<_>>();
        prop_assert_eq!(&decoded(&groups.row_by_row(), None, &group_rows), &reals);
        prop_assert_eq!(&decoded(&groups.general(), None, &rows), &reals);
        prop_assert_eq!(&decoded(&groups.constant_width(), None, &rows), &reals);
        prop_assert_eq!(&decoded(&extended(&values, &lengths, order, 0), None, &rows), &reals);
        let cx = ReadContext::default();
        for number in [50001, 50002] {
            let (section5, data) = local_template(&values, &lengths, order, number);
            let points = values.len() as u64;
            let found = decode2_second_order::<f64>(&section5, None, &data, points, &cx);
            prop_assert_eq!(&found.unwrap(), &reals);
        }
    }

    #[test]
    fn no_bytes_are_our_undoing(
        mut bds in prop::collection::vec(any::<u8>(), 0..120),
        flags in prop::sample::select(vec![0u8, 0x10, 0x30, 0x50, 0x80, 0xC0]),
        more in prop::sample::select(vec![0x10u8, 0x14, 0x20, 0x24, 0x30, 0x18, 0x1A, 0x1D, 0x1F]),
        bitmap in prop::option::of(prop::collection::vec(any::<u8>(), 0..12)),
        rows in prop::collection::vec(0u32..30, 0..6),
        truncation in prop::option::of(any::<[u8; 3]>()),
        small in any::<bool>(),
    ) {
        if let [_, _, _, octet4, _, _, _, _, _, _, _, _, _, octet14, ..] = bds.as_mut_slice() {
            (*octet4, *octet14) = (flags, more);
        }
        if small && let [.., widths, lengths, _, _] = bds.get_mut(..25).unwrap_or_default() {
            (*widths, *lengths) = (*widths % 5, *lengths % 5);
        }
        let points = rows.iter().map(|&row| u64::from(row)).sum();
        let truncation = truncation.map(|jkm| jkm.map(|x| u16::from(x % 8)));
        let field = Field1 { decimal_scale: 1, points, rows: &rows, truncation };
        let cx = ReadContext::default();
        let bits = bitmap.as_deref();
        if let Ok(values) = decode1::<f32>(&bds, bits, &field, &cx) {
            let is_spectral = packing_type1(&bds).is_ok_and(|packing| packing.is_spectral);
            prop_assert!(is_spectral || values.len() as u64 == points);
        }
        let _ = bits_per_value1(&bds, bits, &field, &cx);
        let _ = decode2_second_order::<f32>(&bds, bits, &bds, points, &cx);
        let _ = crate::spectral::decode2_simple::<f32>(&bds, &bds, points, &cx);
        let _ = crate::spectral::decode2_complex::<f32>(&bds, &bds, points, &cx);
    }
}
