//! How a variable is shown when it is looked at for the first time, and what a command line may
//! ask for instead.

use hyperslab_core::{Dataset, Range, VariableId};

use super::{Scene, VariableState, best_view};
use crate::cf::{CfDataset, first_to_show};
use crate::engine::store::Opened;
use crate::prep::slice;
use crate::session::{OverlayOptions, Slice, SliceMemory, ViewId};

/// The command line's `--open`, `--view`, `--slice`, `--contours`, `--vectors`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    pub variable: Option<String>,
    pub view: Option<ViewId>,
    pub slice: Option<String>,
    /// Drawn over pictures.
    pub overlay: OverlayOptions,
    /// The file's messages, not a variable.
    pub messages: bool,
}

/// The variable to look at first: the one asked for, or the most telling one.
pub fn first_variable(opened: &Opened<CfDataset>, wish: &Wish) -> Option<VariableId> {
    match &wish.variable {
        Some(path) => opened.dataset.find_variable(path),
        None => first_to_show(&opened.dataset, &opened.meaning, end_of(opened)),
    }
}

pub fn end_of(opened: &Opened<CfDataset>) -> u64 {
    opened.file.source().len()
}

/// How it is first shown.
pub fn wished_state(scene: Scene<'_>, memory: &SliceMemory, wish: &Wish) -> VariableState {
    wished(initial_state(scene, memory), &scene.opened.dataset, scene.variable, wish).0
}

/// The state with the wish applied, and what of it could not be.
pub fn wished(
    mut state: VariableState,
    dataset: &Dataset,
    id: VariableId,
    wish: &Wish,
) -> (VariableState, Option<String>) {
    if let Some(view) = wish.view {
        state.view = view;
    }
    state.overlay = wish.overlay.clone();
    let applied =
        wish.slice.as_ref().zip(dataset.variable(id)).map_or(Ok(()), |(text, variable)| {
            let kept = apply_slice(&mut state, &variable.shape(), text)?;
            // One axis is a curve, unless somebody says otherwise.
            let is_curve = kept == 1 && variable.dtype.is_numeric();
            if wish.view.is_none() && is_curve && state.view == ViewId::Heatmap {
                state.view = ViewId::Line;
            }
            Ok(())
        });
    let missing = |path: &&String| dataset.find_variable(path).is_none();
    let named = [&wish.overlay.contours.of, &wish.overlay.vectors.of].into_iter().flatten();
    let unknown = named.into_iter().find(missing).map(|path| format!("there is no {path}"));
    (state, applied.err().or(unknown))
}

/// Indices of the slice text become the slider positions, ranges the axes that are shown, and the
/// part of them. Returns how many axes are kept.
fn apply_slice(state: &mut VariableState, shape: &[u64], text: &str) -> Result<usize, String> {
    let parsed = slice::parse(text, shape).map_err(|error| error.to_string())?;
    for (axis, range) in parsed.section.ranges.iter().enumerate() {
        state.slice.set_index(axis, range.start);
    }
    let kept: Vec<usize> = (0..parsed.kept.len()).filter(|&axis| parsed.kept[axis]).collect();
    let is_shown = |axis: Option<usize>| axis.is_some_and(|axis| kept.contains(&axis));
    match kept.as_slice() {
        [only] => state.slice.line = Some(*only),
        [.., y, x] if !(is_shown(state.slice.x) && is_shown(state.slice.y)) => {
            state.slice.y = Some(*y);
            state.slice.x = Some(*x);
        }
        _ => {}
    }
    let ranges = parsed.section.ranges.iter().zip(&parsed.kept).zip(shape);
    let asked = |((range, &kept), &length): ((&Range, &bool), &u64)| {
        let is_part = kept && range.count > 0 && (range.start, range.end()) != (0, length);
        is_part.then_some(*range)
    };
    state.part = ranges.map(asked).collect();
    Ok(kept.len())
}

/// How a variable is shown when it is looked at for the first time: the axes by their roles,
/// the indices where the last variable on the same dimensions stood.
pub fn initial_state(scene: Scene<'_>, memory: &SliceMemory) -> VariableState {
    let dataset = &scene.opened.dataset;
    let mut state = first_state(scene.opened, scene.variable);
    let axes = scene.variable().map_or(&[][..], |variable| &variable.axes);
    for (axis, found) in axes.iter().enumerate() {
        let index =
            dataset.dimension_name(found).and_then(|name| memory.recall(name, found.length));
        if let Some(index) = index {
            state.slice.set_index(axis, index);
        }
    }
    state
}

pub fn first_state(opened: &Opened<CfDataset>, id: VariableId) -> VariableState {
    let (dataset, meaning) = (&opened.dataset, &opened.meaning);
    let Some(variable) = dataset.variable(id) else {
        return VariableState::new(ViewId::Table, Slice::default());
    };
    let cf = meaning.variable(dataset, id);
    let arrangement = cf.as_ref().and_then(|cf| cf.arrangement());
    let mut slice = Slice {
        x: arrangement.as_ref().map(|arrangement| arrangement.x),
        y: arrangement.and_then(|arrangement| arrangement.y),
        line: cf.as_ref().and_then(|cf| cf.line_axis()),
        indices: vec![0; variable.rank()],
    };
    // A picture of a hole says nothing.
    for (axis, &index) in variable.storage.first_there.iter().flatten().enumerate() {
        slice.set_index(axis, index);
    }
    // A curve at the corner of a map is mostly one at the pole: begin in the middle.
    for axis in cf.as_ref().map(|cf| cf.axes()).unwrap_or_default() {
        if axis.role.is_horizontal() {
            slice.set_index(axis.index, axis.length / 2);
        }
    }
    // Of what a program is writing just now the newest is of interest, and is then followed.
    if opened.file.is_being_written() {
        let grows = variable.storage.max_shape.iter().enumerate();
        for (axis, _) in grows.filter(|(_, most)| most.is_none()) {
            let length = variable.axes.get(axis).map_or(0, |axis| axis.length);
            slice.set_index(axis, length.saturating_sub(1));
        }
    }
    VariableState::new(cf.as_ref().map_or(ViewId::Table, best_view), slice)
}
