//! Coordinates in a file of another format: ICON's grid files, which are NetCDF ("ICON Tutorial",
//! section 2.1), and any that keep to their names. `clat` and `clon` are centres of triangles,
//! `clat_vertices` and `clon_vertices` their corners; `vlat` and `elat` those of vertices and edges.

use hyperslab_core::{
    Array, GroupId, Listing, ReadContext, ReadError, Reader, Result, Section, Variable, VariableId,
};

use super::{GridReference, Mesh, Vertices};

/// Corners of a cell: an ICON cell has 3, 4 or 6.
const CORNERS_MAX: u64 = 16;

/// The coordinates of `grid`, if that is what the file holds.
pub fn mesh(
    reader: &dyn Reader,
    name: &str,
    grid: &GridReference,
    cx: &ReadContext,
) -> Result<Option<Mesh>> {
    let listing = reader.list(GroupId::ROOT, cx)?;
    if !has_same_uuid(&listing, grid) {
        return Ok(None);
    }
    let file = GridFile { reader, listing: &listing, points: grid.points, cx };
    for letter in letters(grid.in_reference) {
        let (latitude, longitude) = (format!("{letter}lat"), format!("{letter}lon"));
        if let (Some(lat), Some(lon)) = (file.coordinate(&latitude), file.coordinate(&longitude)) {
            return Ok(Some(Mesh {
                latitude: file.degrees(lat)?,
                longitude: file.degrees(lon)?,
                vertices: file.vertices(lat, lon)?,
                source: name.to_owned(),
            }));
        }
    }
    Ok(None)
}

/// Centres of cells, vertices, edges: what ICON calls "grid in reference".
fn letters(in_reference: u8) -> &'static [char] {
    match in_reference {
        1 => &['c'],
        2 => &['v'],
        3 => &['e'],
        _ => &['c', 'v', 'e'],
    }
}

/// Unless both say which grid they are of, its size must do.
fn has_same_uuid(listing: &Listing, grid: &GridReference) -> bool {
    let stored = listing.attributes.iter().find(|attribute| attribute.name == "uuidOfHGrid");
    let text = stored.and_then(|attribute| attribute.value.as_text());
    match (text.and_then(|text| uuid(&text)), grid.uuid) {
        (Some(stored), Some(wanted)) => stored == wanted,
        _ => true,
    }
}

/// `96865750-1dce-11b2-9969-d72c2fa229cf`, hyphens or not.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let mut digits = text.trim().chars().filter(|&c| c != '-').map(|c| c.to_digit(16));
    let mut octets = [0; 16];
    for octet in &mut octets {
        let (high, low) = (digits.next()??, digits.next()??);
        *octet = u8::try_from(high << 4 | low).ok()?;
    }
    digits.next().is_none().then_some(octets)
}

/// A variable and its place in the listing.
type Listed<'a> = (VariableId, &'a Variable);

struct GridFile<'a> {
    reader: &'a dyn Reader,
    listing: &'a Listing,
    points: u64,
    cx: &'a ReadContext,
}

impl<'a> GridFile<'a> {
    fn variable(&self, name: &str) -> Option<Listed<'a>> {
        let at = self.listing.variables.iter().position(|variable| variable.name == name)?;
        Some((VariableId(u32::try_from(at).ok()?), self.listing.variables.get(at)?))
    }

    fn coordinate(&self, name: &str) -> Option<Listed<'a>> {
        self.variable(name).filter(|(_, variable)| variable.shape() == [self.points])
    }

    /// Named by CF's attribute, or as ICON's grid files and its output name them.
    fn bounds(&self, coordinate: &Variable) -> Option<(u64, Listed<'a>)> {
        let named = coordinate.text("bounds");
        let usual = ["vertices", "bnds"].map(|end| format!("{}_{end}", coordinate.name));
        let found = named.into_iter().chain(usual).find_map(|name| self.variable(&name))?;
        match found.1.shape()[..] {
            [points, count] if points == self.points && (3..=CORNERS_MAX).contains(&count) => {
                Some((count, found))
            }
            _ => None,
        }
    }

    fn vertices(&self, latitude: Listed, longitude: Listed) -> Result<Option<Vertices>> {
        match (self.bounds(latitude.1), self.bounds(longitude.1)) {
            (Some((count, lat)), Some((other, lon))) if count == other => Ok(Some(Vertices {
                count,
                latitude: self.degrees(lat)?,
                longitude: self.degrees(lon)?,
            })),
            _ => Ok(None),
        }
    }

    fn degrees(&self, (id, variable): Listed) -> Result<Vec<f64>> {
        let whole = Section::all(&variable.shape());
        self.cx.limits.claim_array(variable.element_count(), 8)?;
        let Array { values, .. } = self.reader.read(id, &whole, self.cx)?;
        let no_numbers = || ReadError::malformed(format!("{:?} holds no numbers", variable.name));
        let mut values = values.to_f64().ok_or_else(no_numbers)?;
        if variable.text("units").is_some_and(|units| units.starts_with("rad")) {
            values.iter_mut().for_each(|value| *value = value.to_degrees());
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_read_with_and_without_hyphens() {
        let expected = [
            0x96, 0x86, 0x57, 0x50, 0x1d, 0xce, 0x11, 0xb2, 0x99, 0x69, 0xd7, 0x2c, 0x2f, 0xa2,
            0x29, 0xcf,
        ];
        assert_eq!(uuid("968657501dce11b29969d72c2fa229cf"), Some(expected));
        assert_eq!(uuid("96865750-1dce-11b2-9969-d72c2fa229cf"), Some(expected));
        for other in ["", "968657501dce11b29969d72c2fa229", "g68657501dce11b29969d72c2fa229cf", "é"]
        {
            assert_eq!(uuid(other), None, "{other}");
        }
        assert_eq!(uuid("968657501dce11b29969d72c2fa229cf00"), None);
    }
}
