//! Headers as they are kept: distinct octets once each, in a form that says how to parse them.

use hyperslab_core::{Limits, ReadError, Result};

use super::interner::Interner;
use crate::edition2::Header;
use crate::octets::Octets;
use crate::product::Product;
use crate::{edition1, edition2};

/// The octets that describe a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridHeader<'a> {
    /// Section 1 octet 7 and section 2 without its vertical coordinate parameters (they are
    /// [`Product::vertical_coordinates`]).
    Edition1 { catalogue: u8, section2: Option<&'a [u8]> },
    /// Section 3, whole.
    Edition2 { section3: &'a [u8] },
}

/// Lists of vertical coordinates and local sections are long and few, so products refer to them
/// by number.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    products: Interner,
    grids: Interner,
    /// Vertical coordinates and local use sections.
    parts: Interner,
}

impl Headers {
    /// The grid and its vertical coordinates, told apart: fields that differ in these alone have
    /// one grid.
    pub fn grid1(
        &mut self,
        catalogue: u8,
        section2: Option<&[u8]>,
        limits: &Limits,
    ) -> Result<(u32, u32)> {
        let (grid, coordinates) = match section2 {
            Some(section2) => without_coordinates(section2),
            None => (Vec::new(), &[][..]),
        };
        let key = [&[1, catalogue], &grid[..]].concat();
        Ok((self.grids.intern(&key, limits)?, self.parts.intern(coordinates, limits)?))
    }

    pub fn grid2(&mut self, section3: &[u8], limits: &Limits) -> Result<u32> {
        self.grids.intern(&[&[2], section3].concat(), limits)
    }

    /// Edition, number of the coordinates, section 1.
    pub fn product1(&mut self, section1: &[u8], coordinates: u32, limits: &Limits) -> Result<u32> {
        let key = [&[1], &coordinates.to_be_bytes()[..], section1].concat();
        self.products.intern(&key, limits)
    }

    /// Edition, discipline, grid template, grid in reference, numbers of coordinates and local section, length of
    /// section 1, sections 1 and 4.
    pub fn product2(&mut self, header: &Header<'_>, limits: &Limits) -> Result<u32> {
        let section1_len = u16::try_from(header.section1.len()).map_err(|_| {
            ReadError::malformed(format!("section 1 of {} octets", header.section1.len()))
        })?;
        let coordinates = self.parts.intern(header.coordinates, limits)?;
        let local = self.parts.intern(header.section2, limits)?;
        let key = [
            &[2, header.discipline],
            &header.grid_template.to_be_bytes()[..],
            &[header.grid_in_reference],
            &coordinates.to_be_bytes()[..],
            &local.to_be_bytes()[..],
            &section1_len.to_be_bytes()[..],
            header.section1,
            header.section4,
        ]
        .concat();
        self.products.intern(&key, limits)
    }

    pub fn product(&self, id: u32) -> Result<Product> {
        let key = self.products.get(id).ok_or_else(missing)?;
        let octets = Octets(key);
        match octets.u8(1) {
            Some(1) => {
                let coordinates = self.part(octets.u32(2))?;
                edition1::product(key.get(5..).unwrap_or_default(), coordinates)
            }
            _ => edition2::product(self.header2(key).ok_or_else(missing)?),
        }
    }

    pub fn grid(&self, id: u32) -> Option<GridHeader<'_>> {
        let (edition, rest) = self.grids.get(id)?.split_first()?;
        if *edition == 2 {
            return Some(GridHeader::Edition2 { section3: rest });
        }
        let (catalogue, section2) = rest.split_first()?;
        let section2 = Some(section2).filter(|section2| !section2.is_empty());
        Some(GridHeader::Edition1 { catalogue: *catalogue, section2 })
    }

    /// The numbers here of a product and a grid of `other`.
    pub fn adopt_product(&mut self, other: &Self, id: u32, limits: &Limits) -> Result<u32> {
        let key = other.products.get(id).ok_or_else(missing)?;
        match key.first() {
            Some(1) => {
                let coordinates = other.part(Octets(key).u32(2))?;
                let coordinates = self.parts.intern(coordinates, limits)?;
                self.product1(key.get(5..).unwrap_or_default(), coordinates, limits)
            }
            _ => self.product2(&other.header2(key).ok_or_else(missing)?, limits),
        }
    }

    pub fn adopt_grid(&mut self, other: &Self, id: u32, limits: &Limits) -> Result<u32> {
        self.grids.intern(other.grids.get(id).ok_or_else(missing)?, limits)
    }

    /// How many distinct products and grids there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.products.len(), self.grids.len())
    }

    pub fn memory_bytes(&self) -> u64 {
        self.products.memory_bytes() + self.grids.memory_bytes() + self.parts.memory_bytes()
    }

    fn part(&self, id: Option<u32>) -> Result<&[u8]> {
        id.and_then(|id| self.parts.get(id)).ok_or_else(missing)
    }

    fn header2<'a>(&'a self, key: &'a [u8]) -> Option<Header<'a>> {
        const SECTION_1: usize = 15;
        let octets = Octets(key);
        let section1_end = SECTION_1 + usize::from(octets.u16(14)?);
        Some(Header {
            discipline: octets.u8(2)?,
            grid_template: octets.u16(3)?,
            grid_in_reference: octets.u8(5)?,
            coordinates: self.parts.get(octets.u32(6)?)?,
            section2: self.parts.get(octets.u32(10)?)?,
            section1: key.get(SECTION_1..section1_end)?,
            section4: key.get(section1_end..)?,
        })
    }
}

fn missing() -> ReadError {
    ReadError::request("a header of another index")
}

/// GRIB1 section 2 octets 4 and 5: how many vertical coordinate parameters there are, and the
/// octet where they, then the numbers of points in each row, begin; 255 for neither. A grid
/// without them is as if they had never been there.
fn without_coordinates(section2: &[u8]) -> (Vec<u8>, &[u8]) {
    let whole = || (section2.to_vec(), &[][..]);
    let (Some(&count), Some(&place)) = (section2.get(3), section2.get(4)) else { return whole() };
    let (start, len) = (usize::from(place).wrapping_sub(1), 4 * usize::from(count));
    // Octets 1 to 5 are not where anything can lie.
    if count == 0 || !(6..255).contains(&place) {
        return whole();
    }
    let (Some(before), Some(coordinates), Some(after)) =
        (section2.get(..start), section2.get(start..start + len), section2.get(start + len..))
    else {
        return whole();
    };
    let mut grid = [before, after].concat();
    let total = grid.len() as u32;
    if let Some(head) = grid.get_mut(..5) {
        let has_rows = after.len() > 1;
        let [_, a, b, c] = total.to_be_bytes();
        head.copy_from_slice(&[a, b, c, 0, if has_rows { place } else { 255 }]);
    }
    (grid, coordinates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section2(coordinates: usize, rows: usize) -> Vec<u8> {
        let mut section = vec![0; 32];
        section.extend((0..4 * coordinates).map(|n| n as u8));
        section.extend(vec![9; 2 * rows]);
        let len = section.len() as u8;
        let place = if coordinates + rows == 0 { 255 } else { 33 };
        section[2..5].copy_from_slice(&[len, coordinates as u8, place]);
        section
    }

    #[test]
    fn a_grid_is_the_same_whatever_vertical_coordinates_come_with_it() {
        let limits = Limits::default();
        let mut headers = Headers::default();
        let (plain, none) = headers.grid1(255, Some(&section2(0, 3)), &limits).unwrap();
        let (hybrid, some) = headers.grid1(255, Some(&section2(5, 3)), &limits).unwrap();
        assert_eq!(plain, hybrid);
        assert_ne!(none, some);
        let rows = section2(0, 3);
        assert_eq!(
            headers.grid(plain),
            Some(GridHeader::Edition1 { catalogue: 255, section2: Some(&rows) })
        );
        let (no_rows, _) = headers.grid1(255, Some(&section2(5, 0)), &limits).unwrap();
        let no_rows_or_coordinates = section2(0, 0);
        assert_eq!(
            headers.grid(no_rows),
            Some(GridHeader::Edition1 { catalogue: 255, section2: Some(&no_rows_or_coordinates) })
        );
        let (predefined, _) = headers.grid1(6, None, &limits).unwrap();
        assert_eq!(
            headers.grid(predefined),
            Some(GridHeader::Edition1 { catalogue: 6, section2: None })
        );
    }

    #[test]
    fn vertical_coordinates_that_do_not_fit_stay_in_the_grid() {
        let mut section = section2(5, 0);
        section[3] = 200;
        assert_eq!(without_coordinates(&section), (section.clone(), &[][..]));
        section[4] = 3;
        assert_eq!(without_coordinates(&section), (section.clone(), &[][..]));
    }
}
