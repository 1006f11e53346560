//! Colour tables, embedded as text (`assets/colormaps/colormaps.txt`).
//!
//! A line per map: `name kind licence hex`, 256 colours of six hex digits without separators;
//! `#` begins a comment. Parsing only cuts lines (microseconds); a map's colours are decoded
//! when it is chosen.

use std::sync::OnceLock;

/// What a map suits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMapKind {
    Sequential,
    Diverging,
    Cyclic,
    Other,
}

/// One line of the table, not yet decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorMap<'a> {
    pub name: &'a str,
    pub kind: ColorMapKind,
    pub licence: &'a str,
    hex: &'a str,
}

/// 256 colours from low to high values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lut(pub [[u8; 3]; 256]);

/// The tables that ship with the program.
pub fn shipped() -> &'static ColorMaps<'static> {
    static MAPS: OnceLock<ColorMaps<'static>> = OnceLock::new();
    MAPS.get_or_init(|| ColorMaps::parse(include_str!("../../assets/colormaps/colormaps.txt")))
}

/// The 256 colours of a map, from low to high values; grey where no map has the name.
pub fn lut(name: &str, is_reversed: bool) -> Lut {
    let lut = shipped().get(name).map_or_else(Lut::gray, ColorMap::lut);
    if is_reversed { lut.reversed() } else { lut }
}

#[derive(Clone, Debug, Default)]
pub struct ColorMaps<'a> {
    maps: Vec<ColorMap<'a>>,
}

impl<'a> ColorMaps<'a> {
    /// Lines that are no colour map are left out.
    pub fn parse(text: &'a str) -> Self {
        Self { maps: text.lines().filter_map(ColorMap::parse).collect() }
    }

    /// In the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = &ColorMap<'a>> {
        self.maps.iter()
    }

    pub fn get(&self, name: &str) -> Option<&ColorMap<'a>> {
        self.maps.iter().find(|map| map.name == name)
    }

    pub fn len(&self) -> usize {
        self.maps.len()
    }

    pub fn is_empty(&self) -> bool {
        self.maps.is_empty()
    }
}

impl<'a> ColorMap<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        if line.starts_with('#') {
            return None;
        }
        let mut words = line.split_ascii_whitespace();
        let (name, kind, licence, hex) =
            (words.next()?, words.next()?, words.next()?, words.next()?);
        let kind = match kind {
            "sequential" => ColorMapKind::Sequential,
            "diverging" => ColorMapKind::Diverging,
            "cyclic" => ColorMapKind::Cyclic,
            "other" => ColorMapKind::Other,
            _ => return None,
        };
        (hex.len() == 256 * 6).then_some(Self { name, kind, licence, hex })
    }

    /// The colours, decoded.
    pub fn lut(&self) -> Lut {
        let mut lut = Lut::gray();
        for (color, hex) in lut.0.iter_mut().zip(self.hex.as_bytes().as_chunks::<6>().0) {
            *color = [byte(hex[0], hex[1]), byte(hex[2], hex[3]), byte(hex[4], hex[5])];
        }
        lut
    }
}

impl Lut {
    /// What is drawn when there is no table.
    pub fn gray() -> Self {
        Self(std::array::from_fn(|i| [i as u8; 3]))
    }

    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.0.reverse();
        self
    }

    /// The nearest colour to `t` between 0 and 1; the first for NaN.
    #[inline]
    pub fn color(&self, t: f64) -> [u8; 3] {
        // `as` takes NaN and what is below 0 to 0, and what is above 255 to 255.
        self.0[usize::from((t * 255.0 + 0.5) as u8)]
    }
}

fn byte(high: u8, low: u8) -> u8 {
    let digit = |c: u8| (c as char).to_digit(16).unwrap_or(0) as u8;
    digit(high) * 16 + digit(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = include_str!("../../assets/colormaps/colormaps.txt");

    #[test]
    fn every_line_of_the_table_is_a_map() {
        let maps = ColorMaps::parse(TABLE);
        let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        assert_eq!(maps.len(), lines.count());
        assert!(maps.iter().all(|map| map.hex.bytes().all(|digit| digit.is_ascii_hexdigit())));
        let viridis = maps.get("viridis").unwrap();
        assert_eq!(viridis.kind, ColorMapKind::Sequential);
        assert_eq!(viridis.lut().0[0], [0x44, 0x01, 0x54]);
        assert_eq!(viridis.lut().color(1.0), [0xfd, 0xe7, 0x25]);
        assert_eq!(viridis.lut().reversed().color(0.0), [0xfd, 0xe7, 0x25]);
        assert!(maps.get("no such map").is_none());
    }

    #[test]
    fn the_nearest_colour_is_taken_and_the_ends_are_held() {
        let gray = Lut::gray();
        for (t, want) in [(-1.0, 0), (0.0, 0), (0.5 / 255.0, 1), (0.999, 255), (7.0, 255)] {
            assert_eq!(gray.color(t), [want; 3]);
        }
        assert_eq!(gray.color(f64::NAN), [0; 3]);
    }

    #[test]
    fn the_shipped_tables_hold_the_default_maps() {
        let settings = crate::session::Settings::default();
        for name in [&settings.sequential_colormap, &settings.diverging_colormap] {
            assert!(shipped().get(name).is_some(), "{name}");
        }
        assert!(shipped().len() >= 30);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ -~\n#é]{0,400}", tail in "[0-9a-zé]{1530,1540}") {
            let line = format!("{text}\na other MIT {tail}");
            prop_assert!(ColorMaps::parse(&line).iter().all(|map| map.lut().0.len() == 256));
        }
    }
}
