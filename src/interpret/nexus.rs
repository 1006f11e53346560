//! NeXus (manual 2024.02, "Data plotting" and "NXdata"): the `default` chain, signals, axes,
//! errors, interpretation; and the conventions before 2014 (`signal=1`, `axes="a:b"`, `axis=1`).

use std::collections::HashSet;

use hyperslab_core::{Dtype, GroupId, LinkTarget, Variable, VariableId};

use super::tree::{Attributes, numbers};
use super::{Along, AxisHint, Colors, Image, Interpretation, LentAxis, Origin, Place, Shown, Tree};

/// `default` leads from group to group so far.
const DEFAULTS_MAX: usize = 16;

/// More signals than one draws together.
const AUXILIARIES_MAX: usize = 64;

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let is_nexus = |class: &str| class.starts_with("NX");
    tree.groups().find(|(_, group)| group.text_of("NX_class").is_some_and(|c| is_nexus(&c)))?;
    let mut found = Interpretation::named("NeXus");
    for (id, group) in tree.groups() {
        match group.text_of("NX_class").as_deref() {
            Some("NXdata") => plot(tree, id, &mut found),
            Some("NXdetector") => detector(tree, id, &mut found),
            _ => {}
        }
        if let Some(class) = group.text_of("NX_class") {
            found.of_group(id).note = class;
        }
        if matches!(group.text_of("NX_class").as_deref(), Some("NXentry" | "NXroot" | "NXdata"))
            || id == GroupId::ROOT
        {
            found.of_group(id).plot = default_plot(tree, id).and_then(|id| drawn(tree, id));
        }
    }
    let plotted = default_plot(tree, GroupId::ROOT).or_else(|| first_plot(tree));
    found.first = plotted.and_then(|group| drawn(tree, group));
    found.of_group(GroupId::ROOT).plot = found.first;
    Some(found)
}

/// From a group by `default` to the group to plot.
fn default_plot(tree: &Tree<'_>, from: GroupId) -> Option<GroupId> {
    let mut at = from;
    for _ in 0..DEFAULTS_MAX {
        let group = tree.group(at)?;
        let next = group.text_of("default").and_then(|path| tree.find_group(at, &path));
        match next {
            Some(next) if next != at => at = next,
            _ if is_class(tree, at, "NXdata") => break,
            // A file may name the plot in its entry only, and the only entry goes without saying.
            _ => at = child(tree, at, "NXdata").or_else(|| child(tree, at, "NXentry"))?,
        }
    }
    drawn(tree, at).map(|_| at)
}

/// What the plot of a group shows: its signal, which may lie in another file.
fn drawn(tree: &Tree<'_>, id: GroupId) -> Option<Place> {
    if let Some(signal) = signal(tree, id) {
        return Some(Place::Variable(signal));
    }
    let name = tree.group(id)?.text_of("signal").unwrap_or_else(|| "data".to_owned());
    let link = tree.find_link(id, &name)?;
    matches!(link.1.target, LinkTarget::External { .. }).then_some(link.0)
}

fn is_class(tree: &Tree<'_>, id: GroupId, class: &str) -> bool {
    tree.group(id).is_some_and(|group| group.is("NX_class", class))
}

fn child(tree: &Tree<'_>, id: GroupId, class: &str) -> Option<GroupId> {
    let has_signal = |child: &GroupId| class != "NXdata" || drawn(tree, *child).is_some();
    let children = tree.group(id)?.groups.iter().copied();
    children.filter(|&child| is_class(tree, child, class)).find(has_signal)
}

fn first_plot(tree: &Tree<'_>) -> Option<GroupId> {
    let of_class = |class: &str| {
        let mut groups = tree.groups().filter(|(_, group)| group.is("NX_class", class));
        groups.find(|(id, _)| drawn(tree, *id).is_some()).map(|(id, _)| id)
    };
    of_class("NXdata").or_else(|| of_class("NXdetector"))
}

/// The variable that a group is about: by name, or marked as such.
fn signal(tree: &Tree<'_>, id: GroupId) -> Option<VariableId> {
    let group = tree.group(id)?;
    if let Some(name) = group.text_of("signal") {
        return tree.find_variable(id, &name);
    }
    let marked = children(tree, id).into_iter().find(|&id| {
        tree.variable(id).is_some_and(|variable| variable.number_of("signal") == Some(1.0))
    });
    marked.or_else(|| tree.find_variable(id, "data").filter(|_| group.is("NX_class", "NXdata")))
}

/// Own variables and those behind its links.
fn children(tree: &Tree<'_>, id: GroupId) -> Vec<VariableId> {
    let Some(group) = tree.group(id) else { return Vec::new() };
    let linked = group.links.iter().filter_map(|link| tree.find_variable(id, &link.name));
    group.variables.iter().copied().chain(linked).collect()
}

/// An NXdata group: its signals with axes and errors, in the order of interest.
fn plot(tree: &Tree<'_>, id: GroupId, found: &mut Interpretation) {
    let Some(group) = tree.group(id) else { return };
    let Some(main) = signal(tree, id) else {
        if let Some(link @ Place::Link(..)) = drawn(tree, id) {
            found.lent.insert(link, lent_axes(tree, id));
        }
        return;
    };
    let auxiliary = group.texts_of("auxiliary_signals").unwrap_or_default();
    let auxiliary =
        auxiliary.iter().take(AUXILIARIES_MAX).filter_map(|name| tree.find_variable(id, name));
    let signals: Vec<VariableId> = std::iter::once(main).chain(auxiliary).collect();
    let shape = tree.variable(main).map(Variable::shape);
    let is_alike = |id: &VariableId| tree.variable(*id).map(Variable::shape) == shape;
    found.of(main).beside = signals.iter().skip(1).copied().filter(is_alike).collect();
    let is_text = |id: &VariableId| {
        tree.variable(*id).is_some_and(|v| v.dtype.is_text() && v.element_count() == 1)
    };
    let title = tree.find_variable(id, "title").filter(is_text);
    let mut order = signals.clone();
    for &signal in &signals {
        let Some(variable) = tree.variable(signal) else { continue };
        let axes = axes(tree, id, variable);
        for axis in &axes {
            if let Along::Variable(axis) = axis.coordinate {
                order.push(axis);
            }
        }
        let errors = errors(tree, id, signal, signal == main);
        order.extend(errors);
        let hints = found.of(signal);
        if hints.axes.is_empty() {
            hints.axes = axes;
        }
        hints.errors = hints.errors.or(errors);
        hints.heading = hints.heading.or(title);
        (hints.view, hints.image) = interpretation(variable, group.text_of("interpretation"));
    }
    let mut seen = HashSet::new();
    order.retain(|&id| seen.insert(id));
    found.of_group(id).order = order.into_iter().map(Place::Variable).collect();
}

/// The coordinate along each axis of a signal.
fn axes(tree: &Tree<'_>, id: GroupId, signal: &Variable) -> Vec<AxisHint> {
    let mut hints = vec![AxisHint::default(); signal.rank()];
    let mut place = |axis: usize, name: &str| {
        let Some((hint, axis)) = hints.get_mut(axis).zip(signal.axes.get(axis)) else { return };
        let coordinate = tree.find_variable(id, name).filter(|&coordinate| {
            let variable = tree.variable(coordinate);
            variable.is_some_and(|v| fits(v, axis.length))
        });
        if hint.name.is_none() || hint.coordinate == Along::Unknown {
            hint.name = Some(name.to_owned());
            hint.coordinate = coordinate.map_or(Along::Unknown, Along::Variable);
        }
    };
    let Some(group) = tree.group(id) else { return hints };
    if let Some(names) = group.texts_of("axes").or_else(|| signal.texts_of("axes")) {
        for (position, name) in split(names).iter().take(signal.rank()).enumerate() {
            let indices = group.numbers_of(&format!("{name}_indices"));
            let fits_at = |axis: usize| {
                let coordinate = tree.find_variable(id, name).and_then(|id| tree.variable(id));
                let length = signal.axes.get(axis).map(|axis| axis.length);
                coordinate.zip(length).is_some_and(|(v, length)| fits(v, length))
            };
            let axis = match indices.as_deref() {
                // Some writers count the axes from the other end: example_mapping.nxs.
                Some([index]) if !fits_at(*index as usize) && fits_at(position) => position,
                Some([index]) => *index as usize,
                Some([_, _, ..]) => continue,
                _ => position,
            };
            if name != "." && !name.is_empty() {
                place(axis, name);
            }
        }
    } else {
        for coordinate in children(tree, id) {
            let Some(variable) = tree.variable(coordinate) else { continue };
            if let Some(axis) = variable.number_of("axis").filter(|axis| *axis >= 1.0) {
                place(axis as usize - 1, &variable.name);
            }
        }
    }
    // Axes that only `x_indices` places; of several at one axis the first.
    for attribute in &group.attributes {
        if let Some(name) = attribute.name.strip_suffix("_indices")
            && let Some([index]) = numbers(&attribute.value).as_deref()
        {
            place(*index as usize, name);
        }
    }
    hints
}

/// What the group has along the axes of a signal in another file, of which nothing is known.
fn lent_axes(tree: &Tree<'_>, id: GroupId) -> Vec<LentAxis> {
    let Some(group) = tree.group(id) else { return Vec::new() };
    let names = group.texts_of("axes").map(split).unwrap_or_default();
    let listed = names.iter().map(String::as_str).enumerate();
    let indexed = group.attributes.iter().filter_map(|a| a.name.strip_suffix("_indices"));
    let indexed = indexed.filter(|name| !names.iter().any(|listed| listed == name));
    let mut found: Vec<LentAxis> = Vec::new();
    for (position, name) in
        listed.map(|(k, name)| (Some(k), name)).chain(indexed.map(|n| (None, n)))
    {
        let axis = match group.numbers_of(&format!("{name}_indices")).as_deref() {
            Some([index]) => Some(*index as usize),
            Some(_) => None,
            None => position,
        };
        let coordinate = tree.find_variable(id, name);
        if let Some((axis, coordinate)) = axis.zip(coordinate)
            && !found.iter().any(|known| known.axis == axis)
        {
            found.push(LentAxis { axis, name: name.to_owned(), coordinate });
        }
    }
    found
}

/// As many values as the axis, or the edges of as many cells.
fn fits(coordinate: &Variable, length: u64) -> bool {
    match coordinate.axes.as_slice() {
        [only] => only.length == length || Some(only.length) == length.checked_add(1),
        _ => false,
    }
}

/// A list as an array, or as one text: `polar:azimuth`, `[x,y]`.
fn split(names: Vec<String>) -> Vec<String> {
    let [one] = names.as_slice() else { return names };
    let inner = one.trim_start_matches('[').trim_end_matches(']');
    inner.split([':', ',']).map(|name| name.trim().to_owned()).collect()
}

fn errors(tree: &Tree<'_>, id: GroupId, signal: VariableId, is_main: bool) -> Option<VariableId> {
    let variable = tree.variable(signal)?;
    let named = variable.text_of("uncertainties");
    // The name that the plot gives it, which is not the one behind a link.
    let name = tree.group(id)?.text_of("signal").filter(|_| is_main);
    let candidates = [
        named,
        name.map(|name| format!("{name}_errors")),
        Some(format!("{}_errors", variable.name)),
        is_main.then(|| "errors".to_owned()),
    ];
    let same_shape = |id: &VariableId| {
        *id != signal && tree.variable(*id).is_some_and(|v| v.shape() == variable.shape())
    };
    candidates.iter().flatten().find_map(|name| tree.find_variable(id, name).filter(same_shape))
}

/// What the last axes of the data are.
fn interpretation(variable: &Variable, group: Option<String>) -> (Option<Shown>, Option<Image>) {
    let text = variable.text_of("interpretation").or(group).unwrap_or_default();
    match text.as_str() {
        "scalar" if variable.rank() <= 1 => (None, None),
        "spectrum" => (Some(Shown::Line), None),
        "image" if variable.rank() >= 2 => (Some(Shown::Heatmap), None),
        "rgb-image" | "rgba-image" => match true_color(variable) {
            Some(image) => (Some(Shown::Image), Some(image)),
            None => (None, None),
        },
        _ => (None, None),
    }
}

/// Colours come last; some writers put them first of the last three.
fn true_color(variable: &Variable) -> Option<Image> {
    let rank = variable.rank();
    let first = rank.checked_sub(3)?;
    let is_color =
        |axis: &usize| variable.axes.get(*axis).is_some_and(|a| (3..=4).contains(&a.length));
    let axis = [first + 2, first, first + 1].into_iter().find(is_color)?;
    let mut others = (first..rank).filter(|&other| other != axis);
    Some(Image {
        colors: Colors::True { axis },
        rows: others.next()?,
        columns: others.next()?,
        range: None,
        origin: Origin::UpperLeft,
    })
}

/// Pixels that do not measure, marked beside the data.
fn detector(tree: &Tree<'_>, id: GroupId, found: &mut Interpretation) {
    let mask = tree.find_variable(id, "pixel_mask").filter(|&mask| {
        tree.variable(mask).is_some_and(|mask| matches!(mask.dtype, Dtype::Int { .. }))
    });
    let shape = |id: VariableId| tree.variable(id).map(Variable::shape).unwrap_or_default();
    for variable in children(tree, id) {
        let values = shape(variable);
        let covers = |mask: &VariableId| {
            let mask = shape(*mask);
            mask.len() >= 2 && values.len() >= mask.len() && values.ends_with(&mask)
        };
        if Some(variable) != mask
            && let Some(mask) = mask.filter(covers)
        {
            found.of(variable).mask = Some(mask);
        }
    }
    if signal(tree, id).is_some() && tree.group(id).is_some_and(|g| g.get("signal").is_some()) {
        plot(tree, id, found);
        return;
    }
    // Data of many frames, each an image or a spectrum.
    for id in children(tree, id) {
        let Some(variable) = tree.variable(id) else { continue };
        let (view, image) = interpretation(variable, None);
        if view.is_some() {
            let hints = found.of(id);
            hints.view = hints.view.or(view);
            hints.image = hints.image.take().or(image);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn first(file: &File) -> String {
        file.path(file.interpret().first.unwrap())
    }

    #[test]
    fn the_default_chain_leads_through_links_to_the_signal_and_its_axes() {
        let file = File::new()
            .attribute("/", "default", text("entry"))
            .group("/entry", &[("NX_class", text("NXentry")), ("default", text("plot"))])
            .group("/entry/detector", &[("NX_class", text("NXdetector"))])
            .variable("/entry/detector/data", float(&[8, 100, 120]), &[])
            .variable("/entry/detector/pixel_mask", int(&[100, 120]), &[])
            .group(
                "/entry/plot",
                &[
                    ("NX_class", text("NXdata")),
                    ("signal", text("counts")),
                    ("axes", texts(&["angle", "y", "x"])),
                    ("x_indices", number(2)),
                ],
            )
            .soft_link("/entry/plot/counts", "/entry/detector/data")
            .variable("/entry/plot/counts_errors", float(&[8, 100, 120]), &[])
            .variable("/entry/plot/angle", float(&[8]), &[])
            .variable("/entry/plot/y", float(&[101]), &[])
            .variable("/entry/plot/x", float(&[7]), &[]);
        let found = file.interpret();
        assert_eq!(
            (first(&file).as_str(), found.names[0].as_str()),
            ("/entry/detector/data", "NeXus")
        );
        let hints = &found.variables[&file.id("/entry/detector/data")];
        let axis = |k: usize| hints.axes[k].coordinate.clone();
        assert_eq!(axis(0), Along::Variable(file.id("/entry/plot/angle")));
        // Edges of cells are one more; what does not fit is no coordinate, but has the name.
        assert_eq!(axis(1), Along::Variable(file.id("/entry/plot/y")));
        assert_eq!((axis(2), hints.axes[2].name.as_deref()), (Along::Unknown, Some("x")));
        assert_eq!(hints.errors, Some(file.id("/entry/plot/counts_errors")));
        assert_eq!(hints.mask, Some(file.id("/entry/detector/pixel_mask")));
    }

    #[test]
    fn the_old_way_marks_signal_and_axes_on_the_variables() {
        let file = File::new()
            .group("/entry1", &[("NX_class", text("NXentry"))])
            .group("/entry1/data1", &[("NX_class", text("NXdata"))])
            .variable("/entry1/data1/azimuth", float(&[120]), &[("axis", number(2))])
            .variable(
                "/entry1/data1/counts",
                float(&[100, 120]),
                &[("signal", number(1)), ("axes", text("polar:azimuth"))],
            )
            .variable("/entry1/data1/errors", float(&[100, 120]), &[])
            .variable("/entry1/data1/polar", float(&[100]), &[("axis", number(1))]);
        assert_eq!(first(&file), "/entry1/data1/counts");
        let found = file.interpret();
        let hints = &found.variables[&file.id("/entry1/data1/counts")];
        assert_eq!(hints.axes[0].coordinate, Along::Variable(file.id("/entry1/data1/polar")));
        assert_eq!(hints.axes[1].coordinate, Along::Variable(file.id("/entry1/data1/azimuth")));
        assert_eq!(hints.errors, Some(file.id("/entry1/data1/errors")));
        let order = &found.groups[&file.group_id("/entry1/data1")].order;
        assert_eq!(order[0], Place::Variable(file.id("/entry1/data1/counts")));
    }

    #[test]
    fn axes_named_by_their_numbers_alone_and_lists_in_brackets_are_read() {
        let file = File::new()
            .group("/e", &[("NX_class", text("NXentry"))])
            .group("/e/d", &[("NX_class", text("NXdata")), ("signal", texts(&["I"]))])
            .variable("/e/d/I", float(&[5, 6]), &[("axes", text("[q,t]"))])
            .variable("/e/d/q", float(&[5]), &[])
            .variable("/e/d/t", float(&[6]), &[]);
        let found = file.interpret();
        let hints = &found.variables[&file.id("/e/d/I")];
        assert_eq!(hints.axes[1].coordinate, Along::Variable(file.id("/e/d/t")));
    }

    #[test]
    fn an_interpretation_chooses_the_view() {
        let file = |what: &str, shape: &[u64]| {
            let file = File::new()
                .group("/e", &[("NX_class", text("NXentry"))])
                .group("/e/d", &[("NX_class", text("NXdata")), ("signal", text("data"))])
                .variable("/e/d/data", float(shape), &[("interpretation", texts(&[what]))]);
            file.interpret().variables[&file.id("/e/d/data")].clone()
        };
        assert_eq!(file("spectrum", &[10, 12, 24]).view, Some(Shown::Line));
        assert_eq!(file("image", &[10, 12, 24]).view, Some(Shown::Heatmap));
        let picture = file("rgba-image", &[4, 64, 48]).image.unwrap();
        assert_eq!((picture.colors, picture.rows), (Colors::True { axis: 0 }, 1));
        assert_eq!(file("rgb-image", &[64, 48]).image, None);
    }

    #[test]
    fn auxiliary_signals_are_drawn_beside_the_signal() {
        let file = File::new()
            .group("/e", &[("NX_class", text("NXentry"))])
            .group(
                "/e/d",
                &[
                    ("NX_class", text("NXdata")),
                    ("signal", text("I")),
                    ("auxiliary_signals", texts(&["I0", "other"])),
                ],
            )
            .variable("/e/d/I", float(&[5]), &[])
            .variable("/e/d/I0", float(&[5]), &[])
            .variable("/e/d/other", float(&[6]), &[]);
        let found = file.interpret();
        assert_eq!(found.variables[&file.id("/e/d/I")].beside, [file.id("/e/d/I0")]);
    }

    #[test]
    fn a_signal_in_another_file_is_the_link_to_it() {
        let file = File::new()
            .group("/e", &[("NX_class", text("NXentry")), ("default", text("frames"))])
            .group(
                "/e/frames",
                &[
                    ("NX_class", text("NXdata")),
                    ("signal", text("data")),
                    ("axes", texts(&["angle", ".", "x"])),
                    ("angle_indices", number(0)),
                    ("y_indices", number(1)),
                ],
            )
            .external_link("/e/frames/data", "scan_1.h5", "/entry/data")
            .variable("/e/frames/angle", float(&[5]), &[])
            .variable("/e/frames/y", float(&[7]), &[])
            .group("/e/other", &[("NX_class", text("NXdata")), ("signal", text("I"))])
            .variable("/e/other/I", float(&[5]), &[])
            .variable("/e/other/title", (Dtype::Text, vec![]), &[]);
        let found = file.interpret();
        assert_eq!(file.path(found.first.unwrap()), "/e/frames/data");
        let plot = |path: &str| found.groups[&file.group_id(path)].plot.map(|p| file.path(p));
        for (group, drawn) in
            [("/", "/e/frames/data"), ("/e", "/e/frames/data"), ("/e/other", "/e/other/I")]
        {
            assert_eq!(plot(group).as_deref(), Some(drawn));
        }
        let lent: Vec<_> = found.lent[&found.first.unwrap()]
            .iter()
            .map(|lent| (lent.axis, lent.name.as_str(), lent.coordinate))
            .collect();
        let (angle, y) = (file.id("/e/frames/angle"), file.id("/e/frames/y"));
        assert_eq!(lent, [(0, "angle", angle), (1, "y", y)]);
        let hints = &found.variables[&file.id("/e/other/I")];
        assert_eq!(hints.heading, Some(file.id("/e/other/title")));
    }

    #[test]
    fn loops_of_defaults_and_links_end() {
        let file = File::new()
            .attribute("/", "default", text("a"))
            .group("/a", &[("NX_class", text("NXentry")), ("default", text("/b"))])
            .group("/b", &[("NX_class", text("NXentry")), ("default", text("/a"))])
            .soft_link("/b/x", "/b/y")
            .soft_link("/b/y", "/b/x")
            .group("/b/d", &[("NX_class", text("NXdata")), ("signal", text("x"))]);
        assert_eq!(file.interpret().first, None);
    }
}
