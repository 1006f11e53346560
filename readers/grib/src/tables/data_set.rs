//! Which of ecCodes' concept files are for a GRIB2 field: those of its centre, or those of the
//! data set it belongs to, in the version before or after ECMWF's change of encoding ("MTG2").

use super::concept::Variant;
use crate::product::{Parameter, Product};

/// The first version of the master tables that is read with the new concepts.
const FIRST_TABLES_AFTER_CHANGE: u8 = 34;
const ECMWF: u16 = 98;

/// Classes of ECMWF's archive (mars/class.table) that matter.
mod class {
    pub const CAMS: u16 = 19;
    pub const CAMS_RESEARCH: u16 = 36;
    pub const GREENHOUSE_GASES: u16 = 44;
    pub const CERISE: u16 = 50;
    pub const MACHINE_LEARNING: u16 = 51;
    pub const EAC5: u16 = 55;
}

/// The folder of the data set a product belongs to, if it is one that has names of its own.
pub(super) fn data_set(product: &Product) -> Option<&'static str> {
    Some(match product.origin.production_status {
        Some(4 | 5) => "tigge",
        Some(6 | 7) => "s2s",
        Some(8..=11) => "uerra",
        Some(12 | 13) => "destine",
        Some(14 | 15) => "lcgcr",
        Some(16 | 17) => "wpmip",
        _ => match ecmwf_class(product)? {
            class::CERISE => "cerise",
            40 => "era6",
            35 | 38 => "hydro_legacy",
            42 | 43 | 48 | 49 => "hydro",
            39 => "fire",
            3 | 5 | 14 | 21..=24 | 30 | 33 => "era",
            53 => "nextgems",
            _ => return None,
        },
    })
}

/// Which version of the concept files applies.
pub(super) fn variant(product: &Product) -> Variant {
    match data_set(product) {
        Some("hydro_legacy" | "era" | "cerise") => return Variant::UpTo33,
        Some("era6" | "lcgcr" | "wpmip") => return Variant::Current,
        Some(_) => {}
        None if is_of_ecmwf(product) => {
            if product.origin.centre == ECMWF && is_early_model(product) {
                return Variant::UpTo33;
            }
        }
        None => return Variant::Current,
    }
    if product.origin.tables_version < FIRST_TABLES_AFTER_CHANGE {
        return Variant::UpTo33;
    }
    match ecmwf_class(product) {
        Some(class::CAMS | class::CAMS_RESEARCH | class::GREENHOUSE_GASES | class::EAC5) => {
            Variant::ChemicalSplit
        }
        _ => Variant::Current,
    }
}

fn is_of_ecmwf(product: &Product) -> bool {
    product.origin.centre == ECMWF || product.origin.sub_centre == ECMWF
}

/// Octets 8 and 9 of ECMWF's local section, unless another project's rules own the section.
fn ecmwf_class(product: &Product) -> Option<u16> {
    if !is_of_ecmwf(product) || matches!(product.origin.production_status, Some(4..=17)) {
        return None;
    }
    match product.local_use.get(5..9)? {
        [0, 0, ..] => None,
        [_, _, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// ECMWF's models that wrote newer tables' versions while they still encoded the old way.
fn is_early_model(product: &Product) -> bool {
    let Parameter::Edition2 { template, .. } = product.parameter else { return false };
    let process = super::templates::Layout::of(template).generating_process;
    let octet = |later: usize| product.octets.get(process? - 1 + later).copied();
    let (background, model) = (octet(1), octet(2));
    let version = product.origin.tables_version;
    let status = product.origin.production_status;
    let is_operational_or_research = matches!(status, Some(0 | 2));
    let is_machine_learning =
        status == Some(0) && ecmwf_class(product) == Some(class::MACHINE_LEARNING);
    let by_model = match (background, model) {
        // AIFS 3.0
        (Some(1 | 3), Some(6)) | (Some(2 | 4), Some(3)) => true,
        // Cycle 50r1 and its wave models
        (Some(255), Some(161 | 109 | 209)) => {
            matches!(version, 34..=36) && is_operational_or_research
        }
        // Cycle 50r3
        (Some(255), Some(163 | 111 | 211)) => version == 35 && is_operational_or_research,
        _ => false,
    };
    by_model || is_machine_learning && matches!(version, 34..=36)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Grib2;
    use super::*;

    fn of_ecmwf(tables_version: u8) -> Grib2 {
        Grib2::new(0, 0, 0).centre(ECMWF).tables_version(tables_version)
    }

    #[test]
    fn ecmwfs_messages_change_with_the_tables_version_and_others_do_not() {
        assert_eq!(variant(&of_ecmwf(33).product()), Variant::UpTo33);
        assert_eq!(variant(&of_ecmwf(34).product()), Variant::Current);
        let other = Grib2::new(0, 0, 0).centre(7).tables_version(5);
        assert_eq!(variant(&other.clone().product()), Variant::Current);
        assert_eq!(variant(&other.sub_centre(ECMWF).product()), Variant::UpTo33);
    }

    #[test]
    fn classes_of_the_archive_have_their_own_folder_and_version() {
        let class = |class| of_ecmwf(37).class(class).product();
        assert_eq!((data_set(&class(23)), variant(&class(23))), (Some("era"), Variant::UpTo33));
        assert_eq!((data_set(&class(40)), variant(&class(40))), (Some("era6"), Variant::Current));
        assert_eq!(data_set(&class(1)), None);
        assert_eq!(variant(&class(class::CAMS)), Variant::ChemicalSplit);
        assert_eq!(variant(&of_ecmwf(33).class(class::CAMS).product()), Variant::UpTo33);
    }

    #[test]
    fn a_projects_production_status_goes_before_the_class() {
        let product = of_ecmwf(37).class(23).status(4).product();
        assert_eq!(data_set(&product), Some("tigge"));
    }

    #[test]
    fn early_models_keep_the_old_encoding_under_new_tables() {
        let model = |version, background, process| {
            of_ecmwf(version).octet(13, background).octet(14, process)
        };
        assert_eq!(variant(&model(36, 255, 161).product()), Variant::UpTo33);
        assert_eq!(variant(&model(37, 255, 161).product()), Variant::Current);
        assert_eq!(variant(&model(35, 255, 163).product()), Variant::UpTo33);
        assert_eq!(variant(&model(36, 255, 163).product()), Variant::Current);
        assert_eq!(variant(&model(37, 2, 3).product()), Variant::UpTo33);
        // The machine-learning models' class holds whatever the model's number.
        let machine = model(36, 255, 163).class(class::MACHINE_LEARNING);
        assert_eq!(variant(&machine.product()), Variant::UpTo33);
    }

    #[test]
    fn a_local_section_cut_short_has_no_class() {
        let mut product = of_ecmwf(37).class(23).product();
        product.local_use.truncate(8);
        assert_eq!(data_set(&product), None);
    }
}
