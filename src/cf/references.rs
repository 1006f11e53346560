//! Attributes that name other variables, and what they make of them (CF appendix A; UGRID).

use hyperslab_core::Variable;

use super::attributes;

/// What the named variable is to the one that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Coordinate,
    Bounds,
    Climatology,
    GridMapping,
    /// A term of a parametric vertical coordinate: a constant, or a field in its own right.
    FormulaTerm,
    Ancillary,
    Mesh,
    Helper,
}

#[derive(Clone, Copy)]
enum Form {
    /// `lat lon`
    Words,
    /// `area: areacella volume: volcella`
    Terms,
    /// `crs`, or `crs_a: lat lon crs_b: x y`
    GridMapping,
    /// `lat lon: interpolation`
    Interpolation,
}

const ATTRIBUTES: &[(&str, Form, Link)] = &[
    ("coordinates", Form::Words, Link::Coordinate),
    ("bounds", Form::Words, Link::Bounds),
    ("climatology", Form::Words, Link::Climatology),
    ("grid_mapping", Form::GridMapping, Link::GridMapping),
    ("cell_measures", Form::Terms, Link::Helper),
    ("formula_terms", Form::Terms, Link::FormulaTerm),
    ("ancillary_variables", Form::Words, Link::Ancillary),
    ("nodes", Form::Words, Link::Coordinate),
    ("node_coordinates", Form::Words, Link::Coordinate),
    ("edge_coordinates", Form::Words, Link::Coordinate),
    ("face_coordinates", Form::Words, Link::Coordinate),
    ("volume_coordinates", Form::Words, Link::Coordinate),
    ("mesh", Form::Words, Link::Mesh),
    ("geometry", Form::Words, Link::Helper),
    ("node_count", Form::Words, Link::Helper),
    ("part_node_count", Form::Words, Link::Helper),
    ("interior_ring", Form::Words, Link::Helper),
    ("location_index_set", Form::Words, Link::Helper),
    ("quantization", Form::Words, Link::Helper),
    ("interpolation_parameters", Form::Terms, Link::Helper),
    ("aggregated_data", Form::Terms, Link::Helper),
    ("coordinate_interpolation", Form::Interpolation, Link::Helper),
];

/// Every name in a variable's attributes and what it is named as. O(attributes).
pub(super) fn links(variable: &Variable) -> Vec<(Link, String)> {
    let mut found = Vec::new();
    for attribute in &variable.attributes {
        let name = attribute.name.as_str();
        let known = ATTRIBUTES.iter().find(|known| known.0 == name);
        let Some(&(_, form, link)) = known.or_else(|| {
            // UGRID: face_node_connectivity, face_edge_connectivity and others like them.
            const CONNECTIVITY: (&str, Form, Link) = ("", Form::Words, Link::Helper);
            name.ends_with("_connectivity").then_some(&CONNECTIVITY)
        }) else {
            continue;
        };
        let Some(text) = attributes::text_of(&attribute.value) else { continue };
        read(form, link, attributes::split_words(&text), &mut found);
    }
    found
}

fn read(form: Form, link: Link, words: Vec<String>, found: &mut Vec<(Link, String)>) {
    let has_terms = words.iter().any(|word| word.ends_with(':'));
    let mut follows_colon = false;
    for mut word in words {
        let ends_term = word.ends_with(':');
        word.truncate(word.trim_end_matches(':').len());
        let link = match form {
            Form::Words => Some(link),
            Form::Terms => (!ends_term).then_some(link),
            Form::GridMapping if has_terms && !ends_term => Some(Link::Coordinate),
            Form::GridMapping => Some(link),
            Form::Interpolation if follows_colon => Some(link),
            Form::Interpolation => Some(Link::Coordinate),
        };
        follows_colon = ends_term;
        found.extend(link.filter(|_| !word.is_empty()).map(|link| (link, word)));
    }
}

/// A variable that holds no data but the attributes of a mapping, a mesh or a count, even if
/// nobody refers to it.
pub(super) fn is_container(variable: &Variable) -> bool {
    const MARKS: [&str; 6] = [
        "grid_mapping_name",
        "geometry_type",
        "topology_dimension",
        "sample_dimension",
        "instance_dimension",
        "interpolation_name",
    ];
    let is_of_mesh = |role: String| {
        role == "mesh_topology" || role == "location_index_set" || role.ends_with("connectivity")
    };
    MARKS.iter().any(|name| variable.attribute(name).is_some())
        || attributes::text(variable, "cf_role").is_some_and(is_of_mesh)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn named(attribute: &str, text: &str) -> Vec<(Link, String)> {
        links(&float("v", &[]).with(attribute, text))
    }

    fn pairs(expected: &[(Link, &str)]) -> Vec<(Link, String)> {
        expected.iter().map(|&(link, name)| (link, name.to_owned())).collect()
    }

    #[test]
    fn every_form_of_list_is_read() {
        assert_eq!(
            named("coordinates", " lat  lon "),
            pairs(&[(Link::Coordinate, "lat"), (Link::Coordinate, "lon")])
        );
        assert_eq!(
            named("cell_measures", "area: areacella"),
            pairs(&[(Link::Helper, "areacella")])
        );
        assert_eq!(
            named("formula_terms", "a: hyam ps: PS"),
            pairs(&[(Link::FormulaTerm, "hyam"), (Link::FormulaTerm, "PS")])
        );
        assert_eq!(named("grid_mapping", "crs"), pairs(&[(Link::GridMapping, "crs")]));
        assert_eq!(
            named("grid_mapping", "crs: x y wgs: lat"),
            pairs(&[
                (Link::GridMapping, "crs"),
                (Link::Coordinate, "x"),
                (Link::Coordinate, "y"),
                (Link::GridMapping, "wgs"),
                (Link::Coordinate, "lat"),
            ])
        );
        assert_eq!(
            named("coordinate_interpolation", "lat lon: bl"),
            pairs(&[(Link::Coordinate, "lat"), (Link::Coordinate, "lon"), (Link::Helper, "bl")])
        );
        assert_eq!(named("face_edge_connectivity", "fe"), pairs(&[(Link::Helper, "fe")]));
        assert_eq!(named("comment", "lat lon"), []);
        assert_eq!(named("cell_measures", ": :"), []);
    }

    #[test]
    fn containers_are_told_by_what_they_carry() {
        assert!(is_container(&int("crs", 4, &[]).with("grid_mapping_name", "mercator")));
        assert!(is_container(&int("mesh", 4, &[]).with("cf_role", "mesh_topology")));
        // lfric_surface_mean.nc: not named by the mesh.
        assert!(is_container(&int("links", 4, &[]).with("cf_role", "edge_face connectivity")));
        assert!(!is_container(&int("station", 4, &[]).with("cf_role", "timeseries_id")));
    }
}
