//! What references stand for, where a convention says that they are the way something is stored.

use hyperslab_core::{Buffer, GroupId, ReadContext, Section, VariableId};

use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::interpret::matlab;
use crate::places::Places;

/// A few words for each element; `None` where references are references.
pub fn contents(
    opened: &Opened<CfDataset>,
    variable: VariableId,
    values: &Buffer,
    cx: &ReadContext,
) -> Option<Vec<String>> {
    let Buffer::Reference(references) = values else { return None };
    opened.meaning.interpretation().hints(variable).filter(|hints| hints.holds_others)?;
    let places = Places::of(&opened.dataset);
    let read = |id: VariableId| {
        let shape = opened.dataset.variable(id)?.shape();
        opened.file.read(id, &Section::all(&shape), cx).ok()
    };
    let each = references.iter().map(|reference| {
        let path = reference.as_ref().map(|reference| reference.path.as_str());
        let place = path.and_then(|path| places.resolve(path, GroupId::ROOT));
        matlab::contents(&opened.dataset, place, read)
    });
    Some(each.collect())
}
