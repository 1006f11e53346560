//! `hyperslab plot`: the picture the window would show, without a window.

use std::io::Write as _;

use super::args::{PlotArgs, PlotTheme};
use super::failure::{Failure, Outcome};
use super::opened::base_name;
use super::output::Output;
use crate::paint::{self, Form, Plot, PlotError, Sheet, Title};
use crate::session::{MapOptions, Theme};

pub fn run(args: &PlotArgs) -> Outcome {
    let name = base_name(&args.file);
    let form = Form::of(&args.output).ok_or_else(|| {
        let what = "the name of a picture ends in .png or .svg";
        Failure::usage(&args.output.display().to_string(), what)
    })?;
    let (options, errors) = hyperslab_all::options(&args.options.chosen());
    if let Some(error) = errors.into_iter().next() {
        return Err(Failure::Usage(error.to_string()));
    }
    let theme = match args.theme {
        PlotTheme::Light => Theme::Light,
        PlotTheme::Dark => Theme::Dark,
    };
    let title = match args.title.as_deref() {
        None => Title::Automatic,
        Some("") => Title::None,
        Some(text) => Title::Own(text.into()),
    };
    let size = [args.size.0 as f32, args.size.1 as f32];
    let wanted = Plot {
        file: args.file.clone(),
        path: args.path.clone(),
        slice: args.slice.clone(),
        view: args.view,
        overlay: args.overlay.clone().options(),
        map: MapOptions {
            projection: args.projection,
            center: args.center,
            ..MapOptions::default()
        },
        sheet: Sheet { size, scale: args.scale.unwrap_or(form.usual_scale()), theme },
        form,
        colormap: args.colormap.clone(),
        range: args.range,
        is_log: args.log,
        title,
        options,
    };
    let plotted = paint::plot(wanted).map_err(|error| match error {
        PlotError::Read(error) => error.in_file(name).into(),
        PlotError::Usage(line) => Failure::Usage(line),
    })?;
    let mut out = Output::open(Some(&args.output), &[&args.file], true)?;
    out.write_all(&plotted.bytes).map_err(|error| out.named(error.into()))?;
    out.finish()?;
    match plotted.trouble {
        // The picture shows what there is.
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}
