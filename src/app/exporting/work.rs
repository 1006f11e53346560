//! The work of exporting, done on threads of its own: a picture, values, pictures of all steps.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyperslab_core::{ChunkCache, Progress, ReadContext, ReaderOptions, Section, VariableId};

use super::job::{Reporter, Trouble, check_target};
use crate::cf::{CfDataset, Fills};
use crate::engine::store::Opened;
use crate::export::file::WholeFile;
use crate::export::values::{Format, Wanted};
use crate::paint::{Canvas, Form, Picture, Sheet, encoded};
use crate::prep::slice::Slice;
use crate::views::{self, Origin};

/// Where it goes.
pub struct Target {
    pub path: PathBuf,
    pub may_replace: bool,
    /// The files that are open, which nothing is written to.
    pub open: Vec<PathBuf>,
}

impl Target {
    fn save(&self, bytes: &[u8]) -> Result<(), Trouble> {
        self.save_as(&self.path, bytes)
    }

    fn save_as(&self, path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
        check_target(path, &self.open, self.may_replace)?;
        let mut file = WholeFile::create(path)?;
        file.write_all(bytes)?;
        Ok(file.finish()?)
    }
}

/// Paints a picture and saves it.
pub fn save_picture(
    mut picture: Picture,
    sheet: Sheet,
    form: Form,
    target: &Target,
    reporter: &Reporter,
) -> Result<String, Trouble> {
    check_target(&target.path, &target.open, target.may_replace)?;
    let mut canvas = sheet.canvas();
    let bytes = painted(&mut picture, &mut canvas, form, reporter)?;
    target.save(&bytes)?;
    Ok(target.path.display().to_string())
}

fn painted(
    picture: &mut Picture,
    canvas: &mut Canvas,
    form: Form,
    reporter: &Reporter,
) -> Result<Vec<u8>, Trouble> {
    let painted = picture.paint(canvas, &|| reporter.cancel.is_cancelled())?;
    Ok(encoded(canvas, painted.shapes, form)?)
}

/// The steps along an axis that become pictures.
pub struct Steps {
    pub axis: usize,
    pub first: u64,
    pub last: u64,
    pub every: u64,
}

impl Steps {
    pub fn indices(&self) -> impl Iterator<Item = u64> + use<> {
        let every = usize::try_from(self.every).unwrap_or(usize::MAX).max(1);
        (self.first..=self.last).step_by(every)
    }

    pub fn count(&self) -> u64 {
        match self.last.checked_sub(self.first) {
            Some(span) => span / self.every.max(1) + 1,
            None => 0,
        }
    }

    /// `tas_007.png` of `tas.png`: as many digits as the last one needs, so that names sort.
    fn path(&self, target: &Path, index: u64) -> PathBuf {
        let digits = self.last.to_string().len();
        let stem = target.file_stem().unwrap_or_default().to_string_lossy();
        target.with_file_name(format!("{stem}_{index:0digits$}.png"))
    }
}

/// A picture of each step, named after the target with its index.
pub fn save_frames(
    mut picture: Picture,
    sheet: Sheet,
    steps: &Steps,
    target: &Target,
    reporter: &Reporter,
) -> Result<String, Trouble> {
    if !target.may_replace {
        for index in steps.indices() {
            check_target(&steps.path(&target.path, index), &target.open, false)?;
        }
    }
    if let Some(folder) = target.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    reporter.progress.expect(steps.count());
    let mut canvas = sheet.canvas();
    for index in steps.indices() {
        picture.state.slice.set_index(steps.axis, index);
        let bytes = painted(&mut picture, &mut canvas, Form::Png, reporter)?;
        target.save_as(&steps.path(&target.path, index), &bytes)?;
        reporter.progress.advance(1);
    }
    let (first, last) =
        (steps.path(&target.path, steps.first), steps.path(&target.path, steps.last));
    let last = last.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{} … {last}", first.display()))
}

/// Values that are written.
pub struct Values {
    pub opened: Arc<Opened<CfDataset>>,
    pub variable: VariableId,
    pub slice: Slice,
    pub format: Format,
    /// What counts as missing, where values are decoded.
    pub fills: Option<Fills>,
    /// Where masks or rates change what is decoded.
    pub shown: Option<Origin>,
    pub options: Arc<ReaderOptions>,
}

/// Chunks kept between the blocks of an export.
const CHUNK_CACHE_BYTES: usize = 64 << 20;

/// Writes values block by block.
pub fn save_values(
    values: &Values,
    target: &Target,
    reporter: &Reporter,
) -> Result<String, Trouble> {
    let Values { opened, variable: id, .. } = values;
    let dataset = &opened.dataset;
    let variable = dataset.variable(*id).ok_or_else(|| Trouble::Words("is not there".into()))?;
    check_target(&target.path, &target.open, target.may_replace)?;
    let cx = ReadContext::new(reporter.cancel.clone(), Progress::default())
        .with_options(values.options.clone())
        .with_chunk_cache(ChunkCache::new(CHUNK_CACHE_BYTES));
    reporter.progress.expect(values.slice.section.element_count());
    let read = |wanted: VariableId, section: &Section| {
        cx.check()?;
        if wanted != *id {
            return opened.file.read(wanted, section, &cx);
        }
        let array = match values.shown {
            Some(origin) => views::read_as_shown(opened, origin, section, &cx),
            None => opened.file.read(wanted, section, &cx),
        };
        reporter.progress.advance(section.element_count());
        array
    };
    let mut wanted = Wanted::stored(dataset, *id, variable, values.slice.clone(), &read)
        .with_meaning(&opened.meaning, values.fills);
    if values.shown.is_some() {
        wanted = wanted.already_decoded();
    }
    wanted.check(values.format).map_err(Trouble::Words)?;
    let mut out = std::io::BufWriter::with_capacity(1 << 18, WholeFile::create(&target.path)?);
    wanted.write(values.format, &mut out)?;
    out.flush()?;
    out.get_mut().finish()?;
    Ok(target.path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_numbered_so_that_their_names_sort() {
        let steps = Steps { axis: 0, first: 8, last: 12, every: 2 };
        let names: Vec<PathBuf> =
            steps.indices().map(|k| steps.path(Path::new("/x/a.b.png"), k)).collect();
        assert_eq!(names, ["/x/a.b_08.png", "/x/a.b_10.png", "/x/a.b_12.png"].map(PathBuf::from));
        assert_eq!(steps.count(), 3);
        assert_eq!(Steps { first: 3, last: 2, ..steps }.count(), 0);
    }
}
