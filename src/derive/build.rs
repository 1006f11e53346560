//! From a definition and the open files to a result's structure and the way to its values.

use std::path::Path;
use std::sync::Arc;

use hyperslab_core::{ErrorKind, ReadContext, ReadError, Result};

use super::compare::{Prepared, prepare};
use super::operand::{Access, Operand};
use super::outline::{Described, OutAxis, Outline};
use super::picked::Pick;
use super::reduced::Reduced;
use super::result::{Computation, Values};
use super::shelf::Shelf;
use super::{COMPUTED, Made};
use crate::cf::{CfDataset, Conversion};
use crate::engine::store::{FileView, Opened};
use crate::prep::reduce::Statistic;
use crate::session::{Comparison, Definition, Formula, Source, Within};

/// What a worker makes results with.
pub struct Maker {
    pub views: Vec<FileView<CfDataset>>,
    pub access: Access,
    pub shelf: Arc<Shelf>,
}

/// What a result is called: `t mean over time`.
pub fn name_of(formula: &Formula, views: &[FileView<CfDataset>], access: Access) -> String {
    let operand = |source: &Source| operand_in(source, views, access);
    match formula {
        Formula::Reduce { of, axes, by, within, by_area } => {
            let name = variable_name(of);
            let over = operand(of).map_or_else(|_| String::new(), |of| over(&of, axes));
            let part = if within.is_empty() { "" } else { ", part" };
            format!("{name} {} over {over}{part}", statistic_name(*by, *by_area))
        }
        Formula::Anomaly { of, axes } => {
            let over = operand(of).map_or_else(|_| String::new(), |of| over(&of, axes));
            format!("{} anomaly along {over}", variable_name(of))
        }
        Formula::Compare { a, b, by } => {
            let (of_a, of_b) = names_of(a, b);
            match by {
                Comparison::Difference => format!("{of_a} − {of_b}"),
                // A slash would part the path.
                Comparison::Ratio => format!("{of_a} ÷ {of_b}"),
                Comparison::Mean => format!("mean of {of_a} and {of_b}"),
                Comparison::Speed => format!("speed of {of_a}, {of_b}"),
                Comparison::Direction => format!("direction of {of_a}, {of_b}"),
            }
        }
    }
}

fn variable_name(source: &Source) -> &str {
    source.variable.rsplit('/').next().unwrap_or_default()
}

/// Both, told apart by their files where they are called the same.
fn names_of(a: &Source, b: &Source) -> (String, String) {
    let file = |source: &Source| crate::engine::store::file_name(&source.file);
    let (of_a, of_b) = (variable_name(a), variable_name(b));
    match (of_a == of_b, a.file == b.file) {
        (false, _) => (of_a.into(), of_b.into()),
        (true, false) => (format!("{of_a} ({})", file(a)), format!("{of_b} ({})", file(b))),
        // By their groups, without the slashes.
        (true, true) => {
            let path = |source: &Source| source.variable.trim_matches('/').replace('/', " ");
            (path(a), path(b))
        }
    }
}

fn statistic_name(by: Statistic, by_area: bool) -> String {
    match (by, by_area) {
        (Statistic::Mean, true) => "area-weighted mean".into(),
        _ => by.name().into(),
    }
}

fn over(of: &Operand, axes: &[usize]) -> String {
    axes.iter().map(|&axis| of.axis_name(axis)).collect::<Vec<_>>().join(", ")
}

fn operand_in(source: &Source, views: &[FileView<CfDataset>], access: Access) -> Result<Operand> {
    let is_meant = |view: &&FileView<CfDataset>| {
        view.path == source.file && view.is_computed == (source.file == Path::new(COMPUTED))
    };
    let view = views.iter().find(is_meant);
    let gone = || {
        let file = crate::engine::store::file_name(&source.file);
        ReadError::new(ErrorKind::Request, format!("{file}, of which this is made, is not open"))
    };
    let opened = view.and_then(FileView::opened).ok_or_else(gone)?;
    let file = crate::engine::store::file_name(&source.file);
    operand_of(opened.clone(), source, &source.variable, file, access)
}

fn operand_of(
    opened: Arc<Opened<CfDataset>>,
    source: &Source,
    path: &str,
    file: String,
    access: Access,
) -> Result<Operand> {
    let id = opened.dataset.find_variable(path).ok_or_else(|| {
        ReadError::request(format!("{file} has no variable {path}, of which this is made"))
    })?;
    let read = (access.values)(&opened, id, source);
    let (places, areas) = ((access.places)(&opened, id), (access.areas)(&opened, id));
    let operand = Operand { opened, id, file, read, places, areas, as_rate: source.as_rate };
    let is_numeric = operand.variable().is_some_and(|variable| variable.dtype.is_numeric());
    match is_numeric {
        true => Ok(operand),
        false => Err(ReadError::request(format!("{path} has no numbers to compute with"))),
    }
}

impl Maker {
    /// Why it cannot be made is said by the result itself.
    pub fn make(
        &self,
        definition: &Definition,
        earlier: &[(Definition, Made, Arc<Computation>)],
    ) -> Computation {
        let made = self.try_to_make(&definition.formula, earlier);
        made.unwrap_or_else(|error| {
            let name = definition.formula.sources().first().map(|source| variable_name(source));
            Computation::nothing(name.unwrap_or("result"), error)
        })
    }

    fn operand(
        &self,
        source: &Source,
        earlier: &[(Definition, Made, Arc<Computation>)],
    ) -> Result<Operand> {
        if source.file != Path::new(COMPUTED) {
            return operand_in(source, &self.views, self.access);
        }
        let path = source.variable.trim_start_matches('/');
        let (name, inside) = path.split_once('/').unwrap_or((path, ""));
        let found = earlier.iter().find(|(definition, ..)| definition.name == name);
        let (.., result) =
            found.ok_or_else(|| ReadError::request(format!("{name} is not computed any more")))?;
        if let Values::Nothing(error) = &result.values {
            return Err(error.clone());
        }
        operand_of(result.opened(name)?, source, inside, name.to_owned(), self.access)
    }

    fn try_to_make(
        &self,
        formula: &Formula,
        earlier: &[(Definition, Made, Arc<Computation>)],
    ) -> Result<Computation> {
        match formula {
            Formula::Reduce { of, axes, by, within, by_area } => {
                let operand = self.operand(of, earlier)?;
                self.reduce(operand, of, axes, (*by, *by_area), within)
            }
            Formula::Anomaly { of, axes } => {
                let operand = self.operand(of, earlier)?;
                self.anomaly(operand, of, axes)
            }
            Formula::Compare { a, b, by } => {
                let operands = (self.operand(a, earlier)?, self.operand(b, earlier)?);
                compare(operands, (a, b), *by)
            }
        }
    }

    fn reduce(
        &self,
        of: Operand,
        source: &Source,
        axes: &[usize],
        (by, by_area): (Statistic, bool),
        within: &[Within],
    ) -> Result<Computation> {
        let over = over(&of, axes);
        let part = if within.is_empty() { "" } else { " (part)" };
        let float_bytes = if by == Statistic::Sum { 8 } else { of.float_bytes() };
        let shelf = self.shelf.clone();
        let reduced = Reduced::new(of.clone(), axes, by, within, by_area, shelf)?;
        let out: Vec<OutAxis> = reduced
            .kept()
            .map(|(axis, range)| OutAxis {
                name: of.axis_name(axis),
                length: range.count,
                of: (0, axis),
                pick: Pick::From(range.start),
            })
            .collect();
        let statistic = statistic_name(by, by_area);
        let before = of.variable().and_then(|v| v.text("cell_methods"));
        let method = match by_area {
            true => format!("area: {}", by.cell_method()),
            false => {
                let names = axes.iter().map(|&axis| format!("{}:", of.axis_name(axis)));
                format!("{} {}", names.collect::<Vec<_>>().join(" "), by.cell_method())
            }
        };
        let described = Described {
            name: variable_name(source).to_owned(),
            title: format!("{}, {statistic} over {over}{part}", of.title()),
            units: of.units(),
            standard_name: of.variable().and_then(|v| v.text("standard_name")),
            cell_methods: Some(
                before.map_or(method.clone(), |before| format!("{before} {method}")),
            ),
            comment: comment(&format!("{statistic} over {}", extents(&of, &reduced)), source, &of),
            float_bytes,
        };
        let mut outline = Outline::new(&[of], &out, described);
        outline.add_counts();
        // What is worked out together is what one asks for at a time.
        if !out.is_empty() {
            let pieces = reduced.piece_shape();
            for variable in outline.variables.iter_mut().filter(|v| v.rank() == pieces.len()) {
                if variable.name == variable_name(source) || variable.name.starts_with("count") {
                    variable.storage.chunks = Some(pieces.clone());
                }
            }
        }
        Ok(Computation { outline, values: Values::Reduced(reduced), float_bytes })
    }

    fn anomaly(&self, of: Operand, source: &Source, axes: &[usize]) -> Result<Computation> {
        let over = over(&of, axes);
        let shelf = self.shelf.clone();
        let mean = Reduced::new(of.clone(), axes, Statistic::Mean, &[], false, shelf)?;
        let out: Vec<OutAxis> = of
            .shape()
            .into_iter()
            .enumerate()
            .map(|(axis, length)| OutAxis {
                name: of.axis_name(axis),
                length,
                of: (0, axis),
                pick: Pick::From(0),
            })
            .collect();
        let float_bytes = of.float_bytes();
        let described = Described {
            name: variable_name(source).to_owned(),
            title: format!("{}, anomaly along {over}", of.title()),
            units: of.units(),
            standard_name: None,
            cell_methods: None,
            comment: comment(&format!("values less their mean over {over}"), source, &of),
            float_bytes,
        };
        let outline = Outline::new(&[of], &out, described);
        Ok(Computation { outline, values: Values::Anomaly(mean), float_bytes })
    }
}

fn compare(
    (a, b): (Operand, Operand),
    (of_a, of_b): (&Source, &Source),
    by: Comparison,
) -> Result<Computation> {
    let Prepared { compared, axes, notes } =
        prepare(a.clone(), b.clone(), by, &ReadContext::default())?;
    let (name_a, name_b) = names_of(of_a, of_b);
    let (title_a, title_b) = match (a.title(), b.title()) {
        // What tells them apart is not in the titles.
        (a, b) if a == b => (name_a.clone(), name_b.clone()),
        titles => titles,
    };
    let name = variable_name(of_a);
    let (name, title) = match by {
        Comparison::Difference => {
            (format!("{name}_difference"), format!("Difference {title_a} − {title_b}"))
        }
        Comparison::Ratio => (format!("{name}_ratio"), format!("Ratio {title_a} / {title_b}")),
        Comparison::Mean => (format!("{name}_mean"), format!("Mean of {title_a} and {title_b}")),
        Comparison::Speed => ("speed".into(), format!("Speed of {name_a}, {name_b}")),
        Comparison::Direction => {
            ("direction".into(), format!("Direction of {name_a}, {name_b} (coming from)"))
        }
    };
    let units = match (by, a.units(), b.units()) {
        (Comparison::Direction, ..) => Some("degree".to_owned()),
        (Comparison::Ratio, Some(a), Some(b)) if Conversion::between(&b, &a).is_none() => {
            Some(format!("({a})/({b})"))
        }
        (Comparison::Ratio, ..) => Some("1".to_owned()),
        (_, units, _) => units,
    };
    let made_of = format!("{}:{} and {}:{}", a.file, of_a.variable, b.file, of_b.variable);
    let comment = match notes.is_empty() {
        true => format!("of {made_of}"),
        false => format!("{}; of {made_of}", notes.join("; ")),
    };
    let float_bytes = a.float_bytes().max(b.float_bytes());
    let title = match notes.first() {
        Some(note) => format!("{title} ({note})"),
        None => title,
    };
    let described = Described {
        name,
        title,
        units,
        standard_name: None,
        cell_methods: None,
        comment,
        float_bytes,
    };
    let mut outline = Outline::new(&[a, b], &axes, described);
    if let Some(result) = outline.variables.first_mut() {
        result.storage.chunks = compared.piece_shape();
    }
    Ok(Computation { outline, values: Values::Compared(Box::new(compared)), float_bytes })
}

/// Where it comes from, in words.
fn comment(what: &str, source: &Source, of: &Operand) -> String {
    let masks = match source.masks.len() {
        0 => String::new(),
        1 => ", masked".into(),
        count => format!(", with {count} masks"),
    };
    format!("{what} of {}:{}{masks}", of.file, source.variable)
}

/// `time (3), lat (5 to 9 of 73)`.
fn extents(of: &Operand, reduced: &Reduced) -> String {
    let shape = of.shape();
    let text = |(axis, range): (usize, hyperslab_core::Range)| {
        let name = of.axis_name(axis);
        match shape.get(axis) {
            Some(&length) if length != range.count => {
                format!("{name} (index {} to {} of {length})", range.start, range.end() - 1)
            }
            _ => format!("{name} ({})", range.count),
        }
    };
    reduced.gone().map(text).collect::<Vec<_>>().join(", ")
}
