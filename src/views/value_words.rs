//! The value of a cell in words, for readouts.

use hyperslab_core::Section;

use super::Scene;
use super::cell::CellWriter;
use super::data::{Slab, SlabRequest, want_slab};
use crate::engine::Priority;
use crate::prep::table::{NumberFormat, format_number};

/// Of a missing value what is stored, and how certain the others are. What that takes is read for
/// the one cell: `index` in the slab, `element` of the variable.
pub fn value_words(
    scene: Scene<'_>,
    is_decoded: bool,
    slab: &Slab,
    index: usize,
    element: &Section,
) -> String {
    let writer = CellWriter::new(scene, is_decoded, NumberFormat::Auto);
    let read = |variable, is_decoded| {
        let scene = Scene { variable, ..scene };
        let request = SlabRequest { origin: scene.origin(is_decoded), section: element.clone() };
        want_slab(scene, &request, Priority::Visible).ready()
    };
    let plain = writer.value_text(&slab.values, index);
    let number = slab.values.number(index).map(|number| number.as_f64());
    if number.is_some_and(f64::is_nan) && is_decoded {
        let stored = read(scene.variable, false).filter(|slab| slab.readable == 1);
        return stored.map_or(plain, |slab| {
            let text = writer.full_text(&slab.values, 0);
            // There is a value, and a mask hides it.
            let is_there = !writer.text(&slab.values, 0).is_missing;
            if is_there { format!("masked, {text}") } else { text }
        });
    }
    let errors = scene.cf().and_then(|cf| cf.errors());
    match errors.and_then(|id| read(id, true)).and_then(|slab| slab.values.number(0)) {
        Some(error) => format!("{plain} ± {}", format_number(error, NumberFormat::Auto)),
        None => plain,
    }
}
