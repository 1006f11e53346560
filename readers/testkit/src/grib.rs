//! GRIB messages built in code, right or wrong on purpose.
//!
//! ```
//! use hyperslab_testkit::grib::{grib1, grib2};
//! let surface = grib1().parameter(11).level(1, 0).lat_lon(2, 2).values(&[1, 2, 3, 4]).bytes();
//! let winds = grib2()
//!     .lat_lon(2, 2)
//!     .product(2, 2)
//!     .values(&[1, 2, 3, 4])
//!     .product(2, 3)
//!     .values(&[5, 6, 7, 8])
//!     .bytes();
//! assert_eq!((&surface[..4], &winds[winds.len() - 4..]), (&b"GRIB"[..], &b"7777"[..]));
//! ```
//! Values are whole numbers from 0 to 255, packed simply with 8 bits each.

const END: &[u8] = b"7777";

/// A GRIB1 message: 2 m temperature of a missing grid on 2020-02-29 12:00, until told otherwise.
pub fn grib1() -> Grib1 {
    let mut section1 = vec![0; 28];
    section1[2] = 28;
    // Table 2 of NCEP, model 96, no grid of the catalogue.
    section1[3..7].copy_from_slice(&[2, 7, 96, 255]);
    section1[8..12].copy_from_slice(&[11, 105, 0, 2]);
    section1[12..18].copy_from_slice(&[20, 2, 29, 12, 0, 1]);
    section1[24] = 21;
    Grib1 { section1, ..Grib1::default() }
}

#[derive(Clone, Debug, Default)]
pub struct Grib1 {
    section1: Vec<u8>,
    section2: Vec<u8>,
    section3: Vec<u8>,
    section4: Vec<u8>,
    is_large: bool,
    length: Option<u32>,
    edition: Option<u8>,
}

impl Grib1 {
    /// Overwrites octets of section 1, which grows where needed; counted from 1.
    #[must_use]
    pub fn octets(mut self, octet: usize, bytes: &[u8]) -> Self {
        let end = octet - 1 + bytes.len();
        if self.section1.len() < end {
            self.section1.resize(end, 0);
            let len = (end as u32).to_be_bytes();
            self.section1[..3].copy_from_slice(&len[1..]);
        }
        self.section1[octet - 1..end].copy_from_slice(bytes);
        self
    }

    #[must_use]
    pub fn centre(self, centre: u8) -> Self {
        self.octets(5, &[centre])
    }

    #[must_use]
    pub fn parameter(self, number: u8) -> Self {
        self.octets(9, &[number])
    }

    /// Code table 3 and octets 11 and 12.
    #[must_use]
    pub fn level(self, kind: u8, value: u16) -> Self {
        self.octets(10, &[kind]).octets(11, &value.to_be_bytes())
    }

    /// Year, month, day, hour.
    #[must_use]
    pub fn date(self, year: u16, month: u8, day: u8, hour: u8) -> Self {
        let century = ((year - 1) / 100 + 1) as u8;
        let of_century = ((year - 1) % 100 + 1) as u8;
        self.octets(13, &[of_century, month, day, hour]).octets(25, &[century])
    }

    /// Code tables 4 and 5.
    #[must_use]
    pub fn step(self, unit: u8, p1: u8, p2: u8, indicator: u8) -> Self {
        self.octets(18, &[unit, p1, p2, indicator])
    }

    /// A grid of the catalogue, without section 2.
    #[must_use]
    pub fn catalogue(self, grid: u8) -> Self {
        self.octets(7, &[grid])
    }

    /// Section 2 as given; its length is filled in.
    #[must_use]
    pub fn section2(mut self, mut section: Vec<u8>) -> Self {
        set_len24(&mut section);
        self.section2 = section;
        self
    }

    /// From 60 N 0 E southwards and eastwards, a degree apart.
    #[must_use]
    pub fn lat_lon(self, ni: u16, nj: u16) -> Self {
        let mut section = vec![0, 0, 0, 0, 255, 0];
        section.extend(ni.to_be_bytes());
        section.extend(nj.to_be_bytes());
        section.extend(signed24(60_000));
        section.extend(signed24(0));
        section.push(0x80);
        section.extend(signed24(60_000 - 1000 * (i32::from(nj) - 1)));
        section.extend(signed24(1000 * (i32::from(ni) - 1)));
        section.extend(1000u16.to_be_bytes());
        section.extend(1000u16.to_be_bytes());
        section.extend([0; 5]);
        self.section2(section)
    }

    /// Vertical coordinate parameters at the end of section 2, as raw IBM floats.
    #[must_use]
    pub fn coordinates(mut self, raw: &[u32]) -> Self {
        self.section2[3] = raw.len() as u8;
        self.section2[4] = self.section2.len() as u8 + 1;
        let bytes: Vec<u8> = raw.iter().flat_map(|raw| raw.to_be_bytes()).collect();
        self.section2.extend(bytes);
        set_len24(&mut self.section2);
        self
    }

    #[must_use]
    pub fn bitmap(mut self, bits: &[bool]) -> Self {
        let (bytes, unused) = packed_bits(bits);
        self.section3 = [&[0, 0, 0, unused, 0, 0], &bytes[..]].concat();
        set_len24(&mut self.section3);
        self
    }

    #[must_use]
    pub fn values(mut self, values: &[u8]) -> Self {
        // No scale, reference value 0, 8 bits.
        self.section4 = [&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8], values].concat();
        set_len24(&mut self.section4);
        self
    }

    /// Section 4 as given; its length is filled in.
    #[must_use]
    pub fn section4(mut self, mut section: Vec<u8>) -> Self {
        set_len24(&mut section);
        self.section4 = section;
        self
    }

    /// Lengths as ECMWF writes those of more than 8 megabytes.
    #[must_use]
    pub fn large(mut self) -> Self {
        self.is_large = true;
        self
    }

    /// Section 0 says so, whatever is written.
    #[must_use]
    pub fn length(mut self, length: u32) -> Self {
        self.length = Some(length);
        self
    }

    #[must_use]
    pub fn edition(mut self, edition: u8) -> Self {
        self.edition = Some(edition);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut section1 = self.section1.clone();
        let flag = |section: &[u8], flag| if section.is_empty() { 0 } else { flag };
        section1[7] = flag(&self.section2, 0x80) | flag(&self.section3, 0x40);
        let mut section4 = self.section4.clone();
        let sections = section1.len() + self.section2.len() + self.section3.len() + section4.len();
        let mut length = (8 + sections + END.len()) as u32;
        if self.is_large {
            let without_end = length - END.len() as u32;
            let units = without_end.div_ceil(120);
            let excess = (units * 120 - without_end).to_be_bytes();
            section4[..3].copy_from_slice(&excess[1..]);
            length = 0x80_0000 | units;
        }
        let length = self.length.unwrap_or(length).to_be_bytes();
        let head = [b"GRIB", &length[1..], &[self.edition.unwrap_or(1)]].concat();
        [&head, &section1, &self.section2, &self.section3, &section4, END].concat()
    }
}

/// A GRIB2 message of 2020-02-29 12:00 from NCEP without any field yet.
pub fn grib2() -> Grib2 {
    let mut section1 = vec![0; 21];
    section1[5..12].copy_from_slice(&[0, 7, 0, 0, 2, 1, 1]);
    section1[12..19].copy_from_slice(&[0x07, 0xE4, 2, 29, 12, 0, 0]);
    let message = Grib2 { discipline: 0, body: Vec::new(), starts: Vec::new(), length: None };
    message.section(1, section1)
}

#[derive(Clone, Debug)]
pub struct Grib2 {
    discipline: u8,
    body: Vec<u8>,
    /// Number of each section and where it begins in the body.
    starts: Vec<(u8, usize)>,
    length: Option<u64>,
}

impl Grib2 {
    #[must_use]
    pub fn discipline(mut self, discipline: u8) -> Self {
        self.discipline = discipline;
        self
    }

    /// A section as given, its first five octets included; they are filled in.
    #[must_use]
    pub fn section(mut self, number: u8, mut section: Vec<u8>) -> Self {
        let len = section.len() as u32;
        section[..4].copy_from_slice(&len.to_be_bytes());
        section[4] = number;
        self.starts.push((number, self.body.len()));
        self.body.extend(section);
        self
    }

    /// Overwrites octets of the last section of that number; counted from 1.
    #[must_use]
    pub fn octets(mut self, section: u8, octet: usize, bytes: &[u8]) -> Self {
        let found = self.starts.iter().rev().find(|(number, _)| *number == section);
        let start = found.unwrap_or_else(|| panic!("no section {section}")).1 + octet - 1;
        self.body[start..start + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// Year, month, day, hour.
    #[must_use]
    pub fn date(self, year: u16, month: u8, day: u8, hour: u8) -> Self {
        self.octets(1, 13, &year.to_be_bytes()).octets(1, 15, &[month, day, hour])
    }

    /// Section 2.
    #[must_use]
    pub fn local(self, bytes: &[u8]) -> Self {
        self.section(2, [&[0; 5], bytes].concat())
    }

    /// Template 3.0 from 60 N 0 E southwards and eastwards, a degree apart.
    #[must_use]
    pub fn lat_lon(self, ni: u32, nj: u32) -> Self {
        let mut section = vec![0; 5];
        section.push(0);
        section.extend((ni * nj).to_be_bytes());
        section.extend([0, 0, 0, 0]);
        // Sphere of 6371229 m, no radius or axes given.
        section.push(6);
        section.extend([0; 15]);
        section.extend(ni.to_be_bytes());
        section.extend(nj.to_be_bytes());
        section.extend([0; 8]);
        section.extend(60_000_000u32.to_be_bytes());
        section.extend([0; 4]);
        section.push(0x30);
        section.extend(signed32(60_000_000 - 1_000_000 * (nj as i32 - 1)));
        section.extend(signed32(1_000_000 * (ni as i32 - 1)));
        section.extend(1_000_000u32.to_be_bytes());
        section.extend(1_000_000u32.to_be_bytes());
        section.push(0);
        self.section(3, section)
    }

    /// Template 4.0 of a category and a number: the analysis at the surface.
    #[must_use]
    pub fn product(self, category: u8, number: u8) -> Self {
        let mut section = vec![0; 34];
        section[9..12].copy_from_slice(&[category, number, 2]);
        section[17] = 1;
        section[22] = 1;
        section[28] = 255;
        section[29..34].fill(255);
        self.section(4, section)
    }

    /// Any template of section 4: octets from 10 on.
    #[must_use]
    pub fn template(self, template: u16, octets: &[u8]) -> Self {
        let head = [&[0; 7], &template.to_be_bytes()[..], octets].concat();
        self.section(4, head)
    }

    /// The last product's first surface: code table 4.5, a whole number.
    #[must_use]
    pub fn surface(self, kind: u8, value: i32) -> Self {
        self.octets(4, 23, &[kind, 0]).octets(4, 25, &signed32(value))
    }

    /// The last product's forecast time: code table 4.4.
    #[must_use]
    pub fn step(self, unit: u8, time: i32) -> Self {
        self.octets(4, 18, &[unit]).octets(4, 19, &signed32(time))
    }

    /// Sections 5, 6 and 7 without a bitmap.
    #[must_use]
    pub fn values(self, values: &[u8]) -> Self {
        self.coded(values.len() as u32).section(6, vec![0, 0, 0, 0, 0, 255]).data(values)
    }

    /// Sections 5, 6 and 7 with a bitmap of their own.
    #[must_use]
    pub fn values_where(self, bits: &[bool], values: &[u8]) -> Self {
        let bitmap = [&[0; 6], &packed_bits(bits).0[..]].concat();
        self.coded(values.len() as u32).section(6, bitmap).data(values)
    }

    /// Sections 5, 6 and 7 with the bitmap of the field before.
    #[must_use]
    pub fn values_as_before(self, values: &[u8]) -> Self {
        self.coded(values.len() as u32).section(6, vec![0, 0, 0, 0, 0, 254]).data(values)
    }

    /// Section 0 says so, whatever is written.
    #[must_use]
    pub fn length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let length = self.length.unwrap_or((16 + self.body.len() + END.len()) as u64);
        let head = [b"GRIB", &[0, 0, self.discipline, 2][..], &length.to_be_bytes()].concat();
        [&head, &self.body, END].concat()
    }

    /// Template 5.0 with 8 bits, no scale and reference value 0.
    fn coded(self, values: u32) -> Self {
        let mut section = vec![0; 21];
        section[5..9].copy_from_slice(&values.to_be_bytes());
        section[19] = 8;
        self.section(5, section)
    }

    fn data(self, values: &[u8]) -> Self {
        self.section(7, [&[0; 5], values].concat())
    }
}

fn set_len24(section: &mut [u8]) {
    let len = (section.len() as u32).to_be_bytes();
    section[..3].copy_from_slice(&len[1..]);
}

/// Sign and magnitude.
fn signed24(value: i32) -> [u8; 3] {
    let sign = if value < 0 { 0x80_0000 } else { 0 };
    let [_, a, b, c] = (value.unsigned_abs() | sign).to_be_bytes();
    [a, b, c]
}

fn signed32(value: i32) -> [u8; 4] {
    let sign = if value < 0 { 0x8000_0000 } else { 0 };
    (value.unsigned_abs() | sign).to_be_bytes()
}

/// The bits, first one first, and how many of the last octet are unused.
fn packed_bits(bits: &[bool]) -> (Vec<u8>, u8) {
    let octet = |eight: &[bool]| {
        let bit = |(n, &bit): (usize, &bool)| u8::from(bit) << (7 - n);
        eight.iter().enumerate().map(bit).sum()
    };
    let unused = bits.len().next_multiple_of(8) - bits.len();
    (bits.chunks(8).map(octet).collect(), unused as u8)
}
