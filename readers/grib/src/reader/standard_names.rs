//! CF standard names of the commonest parameters, by ecCodes' paramId.
//!
//! A name stands for a quantity whose units it fixes: it is given only where the units that are
//! shown are of that quantity, because NIO and ecCodes may mean different things by one number.

use crate::cubes::Cube;
use crate::tables;

/// Whose directions the components of a vector follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Components {
    Geographic,
    Grid,
}

pub fn standard_name(cube: &Cube, components: Components) -> Option<&'static str> {
    let product = &cube.group.product;
    // A probability is none of its quantity; of what is derived from an ensemble, means,
    // medians and extremes are (code table 4.7).
    let is_quantity = matches!(product.derived_forecast, None | Some(0 | 1 | 6 | 8 | 9));
    if product.probability.is_some() || !is_quantity {
        return None;
    }
    let id = tables::names(product).param_id;
    let name = find(id, &cube.parameter.units)?;
    Some(match (name, components) {
        ("eastward_wind", Components::Grid) => "x_wind",
        ("northward_wind", Components::Grid) => "y_wind",
        (name, _) => name,
    })
}

fn find(id: u32, units: &str) -> Option<&'static str> {
    let units = normal(units);
    let is_it = |row: &&(u32, &str, &str)| row.0 == id && row.1.split('|').any(|u| u == units);
    NAMES.iter().find(is_it).map(|row| row.2)
}

/// `m**2 s**-2`, `m^2/s^2` and `m2 s-2` are `m2s-2`. One divisor is enough for these tables.
fn normal(units: &str) -> String {
    let plain = |part: &str| -> String {
        part.to_lowercase().replace("**", "").chars().filter(|c| !" ^".contains(*c)).collect()
    };
    match units.split_once('/') {
        None => plain(units),
        Some((above, below)) => {
            let below = plain(below);
            let digits = below.trim_start_matches(|c: char| !c.is_ascii_digit());
            let name = below.strip_suffix(digits).unwrap_or(&below);
            let power = if digits.is_empty() { "1" } else { digits };
            format!("{}{name}-{power}", plain(above))
        }
    }
}

const SHARE: &str = "%|1|proportion|fraction|percent|(0-1)";

/// paramId, units as [`normal`] writes them, standard name.
const NAMES: &[(u32, &str, &str)] = &[
    (3, "k", "air_potential_temperature"),
    (10, "ms-1", "wind_speed"),
    (31, SHARE, "sea_ice_area_fraction"),
    (34, "k", "sea_surface_temperature"),
    (49, "ms-1", "wind_speed_of_gust"),
    (54, "pa", "air_pressure"),
    (59, "jkg-1", "atmosphere_convective_available_potential_energy"),
    (60, "km2kg-1s-1", "ertel_potential_vorticity"),
    (129, "m2s-2", "geopotential"),
    (130, "k", "air_temperature"),
    (131, "ms-1", "eastward_wind"),
    (132, "ms-1", "northward_wind"),
    (133, "kgkg-1|1", "specific_humidity"),
    (134, "pa", "surface_air_pressure"),
    (135, "pas-1", "lagrangian_tendency_of_air_pressure"),
    (136, "kgm-2", "atmosphere_mass_content_of_water"),
    (137, "kgm-2", "atmosphere_mass_content_of_water_vapor"),
    (138, "s-1", "atmosphere_relative_vorticity"),
    (141, "m", "lwe_thickness_of_surface_snow_amount"),
    (146, "jm-2|wm-2s", "integral_wrt_time_of_surface_downward_sensible_heat_flux"),
    (147, "jm-2|wm-2s", "integral_wrt_time_of_surface_downward_latent_heat_flux"),
    (151, "pa", "air_pressure_at_mean_sea_level"),
    (155, "s-1", "divergence_of_wind"),
    (156, "gpm|m", "geopotential_height"),
    (157, "%", "relative_humidity"),
    (164, SHARE, "cloud_area_fraction"),
    (165, "ms-1", "eastward_wind"),
    (166, "ms-1", "northward_wind"),
    (167, "k", "air_temperature"),
    (168, "k", "dew_point_temperature"),
    (169, "jm-2|wm-2s", "integral_wrt_time_of_surface_downwelling_shortwave_flux_in_air"),
    (172, SHARE, "land_area_fraction"),
    (173, "m", "surface_roughness_length"),
    (175, "jm-2|wm-2s", "integral_wrt_time_of_surface_downwelling_longwave_flux_in_air"),
    (176, "jm-2|wm-2s", "integral_wrt_time_of_surface_net_downward_shortwave_flux"),
    (177, "jm-2|wm-2s", "integral_wrt_time_of_surface_net_downward_longwave_flux"),
    (186, SHARE, "low_type_cloud_area_fraction"),
    (187, SHARE, "medium_type_cloud_area_fraction"),
    (188, SHARE, "high_type_cloud_area_fraction"),
    (203, "kgkg-1|1", "mass_fraction_of_ozone_in_air"),
    (207, "ms-1", "wind_speed"),
    (228, "m", "lwe_thickness_of_precipitation_amount"),
    (235, "k", "surface_temperature"),
    (246, "kgkg-1|1", "mass_fraction_of_cloud_liquid_water_in_air"),
    (247, "kgkg-1|1", "mass_fraction_of_cloud_ice_in_air"),
    (248, SHARE, "cloud_area_fraction_in_atmosphere_layer"),
    (3015, "k", "air_temperature"),
    (3016, "k", "air_temperature"),
    (3017, "k", "dew_point_temperature"),
    (3020, "m", "visibility_in_air"),
    (3031, "degreetrue|degree|degrees", "wind_from_direction"),
    (3041, "s-1", "atmosphere_absolute_vorticity"),
    (3054, "kgm-2", "atmosphere_mass_content_of_water_vapor"),
    (3059, "kgm-2s-1", "precipitation_flux"),
    (3062, "kgm-2", "stratiform_precipitation_amount"),
    (3063, "kgm-2", "convective_precipitation_amount"),
    (3066, "m", "surface_snow_thickness"),
    (140_229, "m", "sea_surface_wave_significant_height"),
    (140_230, "degreetrue|degree|degrees", "sea_surface_wave_from_direction"),
    (140_234, "m", "sea_surface_wind_wave_significant_height"),
    (140_237, "m", "sea_surface_swell_wave_significant_height"),
    (174_096, "kgkg-1|1", "specific_humidity"),
    (228_001, "jkg-1", "atmosphere_convective_inhibition"),
    (228_002, "m", "surface_altitude"),
    (228_004, "k", "air_temperature"),
    (228_029, "ms-1", "wind_speed_of_gust"),
    (228_139, "k", "soil_temperature"),
    (228_141, "kgm-2", "surface_snow_amount"),
    (228_144, "kgm-2", "snowfall_amount"),
    (228_164, SHARE, "cloud_area_fraction"),
    (228_228, "kgm-2", "precipitation_amount"),
    (235_130, "k", "air_temperature"),
    (237_167, "k", "air_temperature"),
    (238_167, "k", "air_temperature"),
    (260_065, "ms-1", "wind_speed_of_gust"),
    (260_074, "pa", "air_pressure_at_mean_sea_level"),
    (260_238, "ms-1", "upward_air_velocity"),
    (260_242, "%", "relative_humidity"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_compared_however_they_are_written() {
        for (units, normalised) in [
            ("m**2 s**-2", "m2s-2"),
            ("m^2/s^2", "m2s-2"),
            ("m2 s-2", "m2s-2"),
            ("kg/m^2", "kgm-2"),
            ("/s", "s-1"),
            ("Degree true", "degreetrue"),
        ] {
            assert_eq!(normal(units), normalised, "{units}");
        }
    }

    #[test]
    fn a_name_is_given_where_the_units_are_its_own() {
        assert_eq!(find(129, "m^2/s^2"), Some("geopotential"));
        assert_eq!(find(228, "unknown"), None);
        assert_eq!(find(167, "percent"), None);
        assert_eq!(find(0, "K"), None);
        assert!(NAMES.is_sorted_by_key(|row| row.0));
    }
}
