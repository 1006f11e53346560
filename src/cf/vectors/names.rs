//! Names and units by which two variables are the components of one vector.

/// Parts of the standard names of components (CF standard name table).
const STANDARD: [(&str, &str); 2] = [("eastward", "northward"), ("x_", "y_")];

/// Words in names of variables, one of each for the two components. The longest come first.
const WORDS: [(&str, &str); 14] = [
    ("eastward", "northward"),
    ("zonal", "meridional"),
    ("east", "north"),
    // NEMO's currents and stresses.
    ("vozocrtx", "vomecrty"),
    ("sozotaux", "sometauy"),
    ("sozowind", "somewind"),
    // ECMWF's stresses.
    ("ewss", "nsss"),
    ("iews", "inss"),
    // CMIP's stress on the ocean, NCEP's wind shear.
    ("tauuo", "tauvo"),
    ("vucsh", "vvcsh"),
    ("taux", "tauy"),
    ("xwind", "ywind"),
    ("xvel", "yvel"),
    ("xcomp", "ycomp"),
];

/// What the standard name of the other component is, where this is that of the first.
pub(super) fn partner_of_standard_name(name: &str) -> Option<String> {
    // The part that names a direction stands at the front or after `sea_water_` and the like.
    let at = |word: &str| match name.find(word) {
        Some(0) => Some(0),
        Some(at) if name.get(..at).is_some_and(|before| before.ends_with('_')) => Some(at),
        _ => None,
    };
    STANDARD.iter().find_map(|(first, second)| {
        let at = at(first)?;
        Some(format!("{}{second}{}", name.get(..at)?, name.get(at + first.len()..)?))
    })
}

/// Names that the other component may have, where this is that of the first.
pub(super) fn partner_names(name: &str) -> Vec<String> {
    let worded = WORDS.iter().find_map(|(first, second)| replaced(name, first, second));
    let mut partners = letters(name, 'u', 'v', true);
    if let Some(worded) = worded {
        // `u_eastward` and `v_northward`.
        partners.extend(letters(&worded, 'u', 'v', true));
        partners.push(worded);
    }
    partners.extend(letters(name, 'x', 'y', false));
    partners
}

/// One word for another in the same case: `EASTWARD_WIND` and `NORTHWARD_WIND`.
fn replaced(name: &str, first: &str, second: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let at = lower.find(first)?;
    let found = name.get(at..at + first.len())?;
    let second = if found.chars().all(|c| c.is_ascii_uppercase()) {
        second.to_ascii_uppercase()
    } else if found.starts_with(|c: char| c.is_ascii_uppercase()) {
        let mut letters = second.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    } else {
        second.to_owned()
    };
    Some(format!("{}{second}{}", name.get(..at)?, name.get(at + first.len()..)?))
}

/// The letter that begins or ends a part of the name: `u10`, `10u`, `wind_u`, `UGRD_P0_L103`,
/// `tauu`. Of x only where it is a part of its own, or ends the name.
fn letters(name: &str, first: char, second: char, begins_words: bool) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_alphabetic)
    };
    let with = |at: usize| -> String {
        let other = |(k, c): (usize, &char)| match (k == at, c.is_ascii_uppercase()) {
            (true, true) => second.to_ascii_uppercase(),
            (true, false) => second,
            (false, _) => *c,
        };
        characters.iter().enumerate().map(other).collect()
    };
    let is_place = |at: usize| {
        let begins = !is_letter(at.checked_sub(1));
        let ends = !is_letter(Some(at + 1));
        if begins_words { begins || ends } else { ends }
    };
    let is_first = |c: &char| c.eq_ignore_ascii_case(&first);
    let places = characters.iter().enumerate().filter(|(at, c)| is_first(c) && is_place(*at));
    places.map(|(at, _)| with(at)).collect()
}

/// Units of what has a direction: a speed, a stress, a transport.
pub(super) fn is_flow(units: &str) -> bool {
    let squeezed: String = units
        .to_ascii_lowercase()
        .replace("**", "")
        .replace('^', "")
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '*' | '(' | ')' | '·'))
        .collect();
    const FLOWS: [&str; 22] = [
        "ms-1",
        "m/s",
        "cms-1",
        "cm/s",
        "mms-1",
        "mm/s",
        "kmh-1",
        "km/h",
        "knot",
        "meter/s",
        "metre/s",
        "meters/s",
        "meterspersecond",
        "metersecond-1",
        "metersecond",
        "m/d",
        "md-1",
        "m/y",
        "myr-1",
        "nm-2",
        "n/m2",
        "newton/m2",
    ];
    let exact = matches!(
        squeezed.as_str(),
        "pa" | "pascal"
            | "kt"
            | "kts"
            | "kn"
            | "m2/s"
            | "m2s-1"
            | "m3/s"
            | "m3s-1"
            | "kgm-1s-1"
            | "kg/m/s"
            | "mday-1"
            | "dyne/cm2"
            | "dynecm-2"
            | "dyn/cm2"
            | "s-1"
            | "m2s-2"
            | "m2/s2"
            | "nm-2s"
            | "pas"
            | "mps"
    );
    exact || FLOWS.iter().any(|flow| squeezed.contains(flow))
}

/// A name by which a variable without units is taken for the first component of a vector: `u`
/// by itself or with a number, or with a word for what flows.
pub(super) fn is_plain_component(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let letters: String = lower.chars().filter(char::is_ascii_alphabetic).collect();
    const WORDS: [&str; 9] =
        ["wind", "wnd", "vel", "current", "grd", "stress", "flow", "speed", "comp"];
    letters == "u" || WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_component_has_the_other_name() {
        for (first, second) in [
            ("u", "v"),
            ("U", "V"),
            ("u10", "v10"),
            ("U10M", "V10M"),
            ("10u", "10v"),
            ("100u", "100v"),
            ("uas", "vas"),
            ("ua", "va"),
            ("uo", "vo"),
            ("ugrd10m", "vgrd10m"),
            ("UGRD_P0_L103_GLC0", "VGRD_P0_L103_GLC0"),
            ("U_GRD_6_HTGL", "V_GRD_6_HTGL"),
            ("10U_GDS0_SFC", "10V_GDS0_SFC"),
            ("u_wind", "v_wind"),
            ("wind_u", "wind_v"),
            ("Uwind", "Vwind"),
            ("uwnd", "vwnd"),
            ("water_u", "water_v"),
            ("u-component_of_wind_isobaric", "v-component_of_wind_isobaric"),
            ("U-GWD_P0", "V-GWD_P0"),
            ("tauu", "tauv"),
            ("tauuo", "tauvo"),
            ("taux", "tauy"),
            ("siu", "siv"),
            ("vx", "vy"),
            ("velocity_x", "velocity_y"),
            ("x_wind_10m", "y_wind_10m"),
            ("u_eastward", "v_northward"),
            ("ubar_eastward", "vbar_northward"),
            ("eastward_wind", "northward_wind"),
            ("Eastward_Wind", "Northward_Wind"),
            ("zonal_wind", "meridional_wind"),
            ("ewss", "nsss"),
            ("vozocrtx", "vomecrty"),
            ("VUCSH_P0_2L103", "VVCSH_P0_2L103"),
            ("ugosa", "vgosa"),
        ] {
            let partners = partner_names(first);
            assert!(partners.iter().any(|name| name == second), "{first}: {partners:?}");
        }
    }

    #[test]
    fn letters_within_words_are_no_components() {
        for name in ["humidity", "cloud_fraction", "pressure", "sulfate", "T2"] {
            assert_eq!(partner_names(name), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn standard_names_have_partners() {
        for (first, second) in [
            ("eastward_wind", "northward_wind"),
            ("x_wind", "y_wind"),
            ("grid_eastward_wind", "grid_northward_wind"),
            ("sea_water_x_velocity", "sea_water_y_velocity"),
            ("surface_downward_eastward_stress", "surface_downward_northward_stress"),
            ("eastward_sea_water_velocity", "northward_sea_water_velocity"),
            ("land_ice_surface_x_velocity", "land_ice_surface_y_velocity"),
        ] {
            assert_eq!(partner_of_standard_name(first).as_deref(), Some(second));
        }
        for name in ["air_temperature", "northward_wind", "y_wind", "max_height"] {
            assert_eq!(partner_of_standard_name(name), None, "{name}");
        }
    }

    #[test]
    fn what_flows_is_known_by_its_units() {
        for units in [
            "m s-1",
            "m s**-1",
            "m/s",
            "M/S",
            "cm/s",
            "meter second-1",
            "knots",
            "Pa",
            "N m-2",
            "kg m-1 s-1",
            "m.s-1",
            "m s^-1",
            "meters per second",
            "kg/m/s",
            "N m**-2 s",
        ] {
            assert!(is_flow(units), "{units}");
        }
        for units in ["K", "1", "m", "kg m-3", "hPa", "degree", "%", "W m-2"] {
            assert!(!is_flow(units), "{units}");
        }
    }
}
