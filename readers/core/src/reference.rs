//! What a reference stored in a file points to, resolved to a path.

/// A reference that leads somewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reference {
    /// Path of the object, `/` included.
    pub path: String,
    /// Name of the file the object is in, where it is another one.
    pub file: Option<String>,
    /// Only these elements of the object are meant.
    pub region: Option<Region>,
    /// This attribute of the object is meant.
    pub attribute: Option<String>,
}

/// A selection of elements of a variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Region {
    pub points: u64,
    /// Lowest index along each axis.
    pub low: Vec<u64>,
    /// Highest index along each axis, itself selected.
    pub high: Vec<u64>,
    /// Every element between `low` and `high` is selected.
    pub is_block: bool,
}

impl Reference {
    /// To an object of the same file.
    pub fn to(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Bytes held in memory.
    pub fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let region = self.region.as_ref().map_or(0, |r| 8 * (r.low.len() + r.high.len()));
        size_of::<Self>() + self.path.len() + text(&self.file) + text(&self.attribute) + region
    }
}

/// For people: `/grid/tas`, `/grid/tas[2:8, 2:8]`, `/grid/tas[36 points in 2:8, 2:8]`,
/// `/grid/tas@units`, `other.h5:/grid/tas`.
impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        f.write_str(&self.path)?;
        if let Some(region) = &self.region {
            write!(f, "[")?;
            if !region.is_block {
                write!(f, "{} points in ", region.points)?;
            }
            for (axis, (low, high)) in region.low.iter().zip(&region.high).enumerate() {
                let between = if axis > 0 { ", " } else { "" };
                write!(f, "{between}{low}:{}", high.saturating_add(1))?;
            }
            write!(f, "]")?;
        }
        match &self.attribute {
            Some(attribute) => write!(f, "@{attribute}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_as_path_selection_and_attribute() {
        let region = Region { points: 36, low: vec![2, 2], high: vec![7, 7], is_block: true };
        let mut reference = Reference { region: Some(region.clone()), ..Reference::to("/d") };
        assert_eq!(reference.to_string(), "/d[2:8, 2:8]");
        reference.region = Some(Region { points: 10, is_block: false, ..region });
        reference.file = Some("a.h5".into());
        assert_eq!(reference.to_string(), "a.h5:/d[10 points in 2:8, 2:8]");
        let attribute = Reference { attribute: Some("units".into()), ..Reference::to("/d") };
        assert_eq!(attribute.to_string(), "/d@units");
    }
}
