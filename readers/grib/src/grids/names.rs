//! What ecCodes calls a grid (its key `gridType`), and its numbers of points along the axes.

use super::Grid;
use super::definition::Layout;

impl Grid {
    /// `gridType` of ecCodes; `None` where it has no such key.
    pub fn eccodes_name(&self) -> Option<&'static str> {
        match self.edition {
            1 => self.eccodes_name1(),
            _ => Some(self.eccodes_name2()),
        }
    }

    /// Not with a list of rows: a reduced grid, if the list is as ecCodes wants it.
    fn is_reduced(&self) -> bool {
        self.row_list_octets == 2 && self.ni.is_none() && self.flags & self.increment_flag() == 0
    }

    /// That Di is given: flag table 3.3 bit 3, GRIB1 code table 7 bit 1.
    fn increment_flag(&self) -> u8 {
        if self.edition == 1 { 0x80 } else { 0x20 }
    }

    fn eccodes_name1(&self) -> Option<&'static str> {
        if self.row_list_octets != 0 {
            return Some(match self.number {
                // Of a thinned latitude/longitude grid the flag does not matter.
                0 if self.ni.is_none() => "reduced_ll",
                4 if self.is_reduced() => "reduced_gg",
                14 if self.is_reduced() => "reduced_rotated_gg",
                24 if self.is_reduced() => "reduced_stretched_gg",
                34 if self.is_reduced() => "reduced_stretched_rotated_gg",
                _ => "unknown_PLPresent",
            });
        }
        // A number without a description is known to ecCodes for some grids alone.
        if self.catalogue.is_some() && self.described_by_number {
            return matches!(self.catalogue, Some(21..=26 | 61..=64)).then_some("regular_ll");
        }
        Some(match self.number {
            0 => "regular_ll",
            1 => "mercator",
            3 => "lambert",
            4 => "regular_gg",
            5 => "polar_stereographic",
            6 => "UTM",
            7 => "simple_polyconic",
            8 => "albers",
            9 => "miller",
            10 => "rotated_ll",
            14 => "rotated_gg",
            20 => "stretched_ll",
            24 => "stretched_gg",
            30 => "stretched_rotated_ll",
            34 => "stretched_rotated_gg",
            50 => "sh",
            60 => "rotated_sh",
            70 => "stretched_sh",
            80 => "stretched_rotated_sh",
            90 => "space_view",
            13 | 192 => "unknown",
            _ => return None,
        })
    }

    fn eccodes_name2(&self) -> &'static str {
        if self.row_list_octets != 0 {
            return match self.number {
                0 if self.is_reduced() => "reduced_ll",
                40 if self.is_reduced() => "reduced_gg",
                41 if self.is_reduced() => "reduced_rotated_gg",
                42 if self.is_reduced() => "reduced_stretched_gg",
                43 if self.is_reduced() => "reduced_stretched_rotated_gg",
                _ => "unknown_PLPresent",
            };
        }
        match self.number {
            0 => "regular_ll",
            1 => "rotated_ll",
            2 => "stretched_ll",
            3 => "stretched_rotated_ll",
            4 => "varres_ll",
            5 => "varres_rotated_ll",
            10 => "mercator",
            12 => "transverse_mercator",
            13 => "mercator_lam",
            20 => "polar_stereographic",
            23 => "polar_stereographic_lam",
            30 => "lambert",
            31 => "albers",
            33 => "lambert_lam",
            40 => "regular_gg",
            41 => "rotated_gg",
            42 => "stretched_gg",
            43 => "stretched_rotated_gg",
            50 => "sh",
            51 => "rotated_sh",
            52 => "stretched_sh",
            53 => "stretched_rotated_sh",
            61 => "mercator_bf",
            62 => "polar_stereographic_bf",
            63 => "lambert_bf",
            90 => "space_view",
            100 => "triangular_grid",
            101 => "unstructured_grid",
            110 => "equatorial_azimuthal_equidistant",
            120 => "azimuth_range",
            130 => "irregular_latlon",
            140 => "lambert_azimuthal_equal_area",
            150 => "healpix",
            1000 => "cross_section",
            1100 => "Hovmoller",
            1200 => "time_section",
            32769 => "ncep_32769",
            _ => "unknown",
        }
    }

    /// Points along a parallel, as ecCodes' key `Ni` says; `None` where it is missing.
    pub fn ni(&self) -> Option<u32> {
        self.ni.filter(|_| !self.described_by_number)
    }

    /// Points along a meridian: `Nj`, which ecCodes makes 0 for spectral fields of GRIB1.
    pub fn nj(&self) -> Option<u32> {
        match self.layout {
            Layout::Spectral(_) if self.edition == 1 => Some(0),
            _ => self.nj.filter(|_| !self.described_by_number),
        }
    }
}
