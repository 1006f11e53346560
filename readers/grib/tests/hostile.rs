//! Damaged and malicious files: every one is refused or shown as far as it goes, at once.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use hyperslab_core::{
    ErrorKind, Limits, MemorySource, Range, ReadContext, ReadError, Section, VariableId,
};
use hyperslab_grib::FORMAT;
use hyperslab_testkit::contract::Opened;
use hyperslab_testkit::grib::{Grib2, grib1, grib2};
use hyperslab_testkit::hostile::Driver;

/// For opening, listing and reading corners with the limits the program has; generous, for busy
/// test machines.
const PROMPT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

/// Opens, lists and reads the first elements of everything; what takes too long is cancelled.
/// What could not be read, or why the file did not open.
fn troubles(bytes: &[u8]) -> Result<Vec<ReadError>, ReadError> {
    let cx = ReadContext::default();
    let (done, is_done) = mpsc::channel::<()>();
    let cancel = cx.cancel.clone();
    thread::spawn(move || {
        if is_done.recv_timeout(PROMPT) == Err(mpsc::RecvTimeoutError::Timeout) {
            cancel.cancel();
        }
    });
    let file = Opened::new(&FORMAT, Arc::new(MemorySource::new(bytes)), &cx)?;
    let groups = &file.dataset.groups;
    let mut found: Vec<ReadError> = groups.iter().filter_map(|group| group.error.clone()).collect();
    for (id, variable) in file.variables() {
        found.extend(corner(&file, id, &variable.shape(), &cx).err());
        let cancelled = found.iter().position(ReadError::is_cancelled);
        if let Some(at) = cancelled {
            return Err(found.swap_remove(at));
        }
    }
    drop(done);
    Ok(found)
}

fn corner(file: &Opened, id: VariableId, shape: &[u64], cx: &ReadContext) -> Result<(), ReadError> {
    let ranges: Vec<Range> = shape.iter().map(|&len| Range::new(0, len.min(3))).collect();
    file.reader.read(id, &Section::new(ranges), cx).map(drop)
}

/// `list.txt`: file, how it ends, why it is bad.
#[test]
fn files_kept_in_tests_hostile_end_as_listed_and_at_once() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/grib");
    let list = std::fs::read_to_string(folder.join("list.txt")).unwrap();
    let (mut files, mut wrong) = (0, Vec::new());
    for row in list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let [name, end, _] = row.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let bytes = std::fs::read(folder.join(name)).unwrap();
        files += 1;
        let began = Instant::now();
        let found = match troubles(&bytes) {
            Err(error) if error.is_cancelled() => "late".to_owned(),
            _ if began.elapsed() > PROMPT => format!("late: {:?}", began.elapsed()),
            Err(error) => format!("{:?}", error.kind()),
            Ok(troubles) if troubles.is_empty() => "opens".to_owned(),
            Ok(_) => "partial".to_owned(),
        };
        if found != end && (end != "any" || found.starts_with("late")) {
            wrong.push(format!("{name}: {found}, not {end}"));
        }
        // Lines that are clean, kinds that blame the file, within other limits.
        Driver::new(&FORMAT).run(&bytes, name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kept = std::fs::read_dir(&folder).unwrap();
    let is_bad = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".grib");
    let kept = kept.filter(|entry| is_bad(&entry.as_ref().unwrap().file_name()));
    assert_eq!(kept.count(), files, "every file is listed");
}

/// Cut everywhere, bits flipped, extreme numbers in headers.
fn survive(file: &[u8]) {
    let mut driver = Driver::new(&FORMAT);
    driver.flips = 250;
    driver.truncations(file, (file.len() / 60).max(1));
    driver.flips(file);
    driver.extremes(file, file.len().min(240));
}

fn signed(value: i32) -> [u8; 4] {
    let sign = if value < 0 { 0x8000_0000 } else { 0 };
    (value.unsigned_abs() | sign).to_be_bytes()
}

/// Section 3 of a template from octet 15 on.
fn grid(points: u32, template: u16, list_octets: u8, octets: &[&[u8]]) -> Grib2 {
    let mut section = vec![0; 6];
    section.extend(points.to_be_bytes());
    section.extend([list_octets, u8::from(list_octets > 0)]);
    section.extend(template.to_be_bytes());
    // A sphere of 6371229 m.
    section.push(6);
    section.extend([0; 15]);
    section.extend(octets.concat());
    grib2().section(3, section)
}

/// Sections 5 and 7 of a template, scaled with nothing.
fn packed(message: Grib2, values: u32, template: u16, octets: &[u8], data: &[u8]) -> Vec<u8> {
    let mut section = vec![0; 5];
    section.extend(values.to_be_bytes());
    section.extend(template.to_be_bytes());
    section.extend([0; 8]);
    section.extend(octets);
    let message = message.section(5, section).section(6, vec![0, 0, 0, 0, 0, 255]);
    message.section(7, [&[0; 5], data].concat()).bytes()
}

#[test]
fn grib1_with_a_bitmap_is_survived() {
    let bits: Vec<bool> = (0..20).map(|k| k % 3 != 0).collect();
    let present = bits.iter().filter(|&&bit| bit).count() as u8;
    let file = grib1().lat_lon(5, 4).bitmap(&bits).values(&(0..present).collect::<Vec<_>>());
    survive(&file.bytes());
}

/// One group a row (octet 14), of 4 bits a value.
#[test]
fn grib1_of_second_order_is_survived() {
    // Flags and scale, reference, width of first-order values; N1, flags, N2, P1, P2, padding.
    let mut section = vec![0, 0, 0, 0x50, 0, 0, 0x41, 0x10, 0, 0, 8];
    section.extend([0, 26, 0x10, 0, 24, 0, 3, 0, 12, 0, 0]);
    section.extend([4, 4, 4]);
    section.extend([1, 2, 3]);
    section.extend([0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0]);
    survive(&grib1().lat_lon(4, 3).section4(section).bytes());
}

#[test]
fn grib1_of_a_rotated_grid_and_with_coordinates_is_survived() {
    let mut section = vec![0, 0, 0, 0, 255, 10, 0, 4, 0, 3, 0x00, 0x75, 0x30, 0, 0, 0, 0x88];
    section.extend([0x00, 0x4e, 0x20, 0x00, 0x75, 0x30, 0x27, 0x10, 0x13, 0x88, 0, 0, 0, 0, 0]);
    section.extend([0x80, 0x75, 0x30, 0x00, 0x27, 0x10, 0, 0, 0, 0]);
    let file = grib1().level(109, 2).section2(section).coordinates(&[0x4110_0000; 4]);
    survive(&file.values(&[7; 12]).bytes());
}

#[test]
fn several_fields_in_one_message_with_one_bitmap_are_survived() {
    let bits = [true, false, true, true, false, true];
    let message = grib2().lat_lon(3, 2).product(2, 2).values_where(&bits, &[1, 2, 3, 4]);
    let message = message.product(2, 3).values_as_before(&[5, 6, 7, 8]);
    survive(&message.product(0, 0).surface(103, 2).values(&[1, 2, 3, 4, 5, 6]).bytes());
}

#[test]
fn complex_packing_with_differences_is_survived() {
    // Three groups of widths 2, 0 and 4, of 4, 4 and 4 values, of first differences.
    let mut octets = vec![4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    octets.extend([0, 0, 0, 3, 0, 4, 0, 0, 0, 4, 1, 0, 0, 0, 4, 1, 1, 1]);
    let data = [5, 0x81, 0x12, 0x30, 0x20, 0x40, 0x00, 0b0001_1011, 0x12, 0x34];
    survive(&packed(grib2().lat_lon(4, 3).product(0, 0), 12, 3, &octets, &data));
}

#[test]
fn packings_that_are_streams_are_survived() {
    let message = || grib2().lat_lon(8, 8).product(0, 0);
    // Blocks of 8 values, each of its own code, 8 bits a value.
    let mut data: Vec<u8> = (0..72u8).map(|k| k.wrapping_mul(37)).collect();
    data[0] = 0x0f;
    survive(&packed(message(), 64, 42, &[8, 0, 14, 8, 0, 16], &data));
    survive(&packed(message(), 64, 200, &[8, 0, 3, 0, 3, 0, 0, 10, 0, 20, 0, 30], &[1, 255, 3]));
    survive(&packed(message(), 64, 40, &[8, 0, 0, 255], &JPEG2000));
}

/// 8 by 8 values, packets of no bits.
const JPEG2000: [u8; 91] = [
    0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7, 1, 1, // SIZ
    0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 1, 4, 4, 0, 1, // COD
    0xFF, 0x5C, 0, 7, 0x40, 0x48, 0x48, 0x48, 0x48, // QCD
    0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93, // SOT, SOD
    0, 0, 0, 0, 0, 0, 0xFF, 0xD9, 0,
];

#[test]
fn a_thinned_gaussian_grid_is_survived() {
    let counts = [20u16, 27, 32, 32, 27, 20];
    let list: Vec<u8> = counts.iter().flat_map(|count| count.to_be_bytes()).collect();
    let points: u16 = counts.iter().sum();
    let message = grid(
        points.into(),
        40,
        2,
        &[
            &[0xFF; 4],
            &6u32.to_be_bytes(),
            &[0; 4],
            &[0xFF; 4],
            &signed(66_000_000),
            &[0; 4],
            &[0x30],
            &signed(-66_000_000),
            &signed(348_750_000),
            &[0xFF; 4],
            &3u32.to_be_bytes(),
            &[0],
            &list,
        ],
    );
    survive(&message.product(0, 0).values(&[3; 158]).bytes());
}

#[test]
fn a_grid_on_a_cone_and_one_of_steps_about_another_pole_are_survived() {
    let size = [6u32.to_be_bytes(), 5u32.to_be_bytes()].concat();
    let lambert = grid(
        30,
        30,
        0,
        &[
            &size,
            &signed(21_138_123),
            &signed(237_280_472),
            &[8],
            &signed(38_500_000),
            &signed(262_500_000),
            &3_000_000u32.to_be_bytes(),
            &3_000_000u32.to_be_bytes(),
            &[0, 0x40],
            &signed(38_500_000),
            &signed(38_500_000),
            &[0; 8],
        ],
    );
    survive(&lambert.product(0, 0).values(&[9; 30]).bytes());
    let rotated = grid(
        30,
        1,
        0,
        &[
            &size,
            &[0; 4],
            &[0xFF; 4],
            &signed(2_000_000),
            &signed(358_000_000),
            &[0x38],
            &signed(-2_000_000),
            &signed(3_000_000),
            &1_000_000u32.to_be_bytes(),
            &1_000_000u32.to_be_bytes(),
            &[0],
            &signed(-40_000_000),
            &signed(10_000_000),
            &[0; 4],
        ],
    );
    survive(&rotated.product(0, 0).values(&[9; 30]).bytes());
}

#[test]
fn spherical_harmonics_are_survived() {
    let mut section = vec![0; 6];
    section.extend(12u32.to_be_bytes());
    section.extend([0, 0, 0, 50]);
    section.extend([0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 1]);
    let message = grib2().section(3, section).product(0, 0);
    survive(&packed(message, 11, 50, &[8, 0x43, 0x90, 0, 0], &[100; 11]));
}

/// A hundred octets may announce thousands of millions of points: what is asked for is charged,
/// and no more is worked out.
#[test]
fn parts_of_huge_grids_cost_what_they_hold() {
    let huge = u16::MAX - 1;
    let file = grib1().lat_lon(huge, huge).values(&[]).octets(27, &[0, 0]);
    // Width 0: one value for all points.
    let constant = vec![0, 0, 0, 8, 0, 0, 0x41, 0x20, 0, 0, 0, 0];
    let bytes = file.section4(constant).bytes();
    let cx = ReadContext::default();
    let file = Opened::new(&FORMAT, Arc::new(MemorySource::new(bytes)), &cx).unwrap();
    let (id, variable) = file.variables().next().unwrap();
    let huge = u64::from(huge);
    assert_eq!(variable.shape(), [huge, huge]);
    let began = Instant::now();
    let limits = Limits { array_bytes: 1 << 10, ..Limits::default() };
    let small = ReadContext::default().with_limits(limits);
    let part = [Range::strided(0, 4, huge / 4), Range::strided(7, 16, 4000)];
    let values = file.reader.read(id, &Section::new(part), &small).unwrap();
    assert_eq!(values.values, vec![2f32; 64].into());
    let error = file.reader.read(id, &Section::all(&[huge, huge]), &cx).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    assert!(began.elapsed() < PROMPT);
}
