//! Results as the window finds them: opened files, a computed file beside them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hyperslab_core::{Buffer, Range, ReadContext, Section};
use hyperslab_testkit::bytes::{CdfBuilder, F32, F64, I8, I16, cdf1};

use super::*;
use crate::engine::store::Opened;
use crate::prep::reduce::Statistic;
use crate::session::{Comparison, Condition, Mask, Within};
use crate::views::ACCESS;

struct Desk {
    engine: Engine,
    files: Files<CfDataset>,
    computed: Computed,
    folder: tempfile::TempDir,
}

impl Desk {
    fn with(files: &[(&str, &CdfBuilder)]) -> Self {
        let engine = Engine::new(64 << 20);
        let desk = Self {
            files: Files::new(engine.clone(), CfDataset::of),
            engine,
            computed: Computed::new(ACCESS),
            folder: tempfile::tempdir().unwrap(),
        };
        for (name, file) in files {
            desk.write(name, file);
            desk.files.open(&desk.path(name));
        }
        desk.until(|desk| !desk.files.is_opening());
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, file: &CdfBuilder) {
        std::fs::write(self.path(name), file.bytes()).unwrap();
    }

    #[track_caller]
    fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !is_so(self) {
            assert!(Instant::now() < end, "not in twenty seconds");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn source(&self, file: &str, variable: &str) -> Source {
        let file = if file == COMPUTED { file.into() } else { self.path(file) };
        Source { file, variable: variable.into(), masks: Vec::new(), as_rate: false }
    }

    fn opened(&self) -> Option<Arc<Opened<CfDataset>>> {
        self.files.views().iter().find(|view| view.is_computed)?.opened().cloned()
    }

    /// Asks for a result and waits until it is listed.
    fn ask(&mut self, formula: Formula) -> String {
        let path = self.computed.ask(&self.files.views(), formula);
        self.update();
        path
    }

    fn update(&mut self) {
        self.computed.update(&self.engine, &self.files, &self.files.views());
        let wanted = self.computed.handed_count;
        self.until(|desk| desk.computed.built.lock().unwrap().presented == wanted);
    }

    fn read(&self, path: &str, section: Option<Section>) -> hyperslab_core::Result<Vec<f64>> {
        let opened = self.opened().unwrap();
        let id = opened.dataset.find_variable(path).unwrap_or_else(|| panic!("no {path}"));
        let shape = opened.dataset.variable(id).unwrap().shape();
        let section = section.unwrap_or_else(|| Section::all(&shape));
        let array = opened.file.read(id, &section, &ReadContext::default())?;
        Ok(array.values.to_f64().unwrap())
    }
}

/// `t(time, lat, lon)` packed, one value missing: 10 time + 3 lat + lon.
fn cube() -> CdfBuilder {
    let mut values: Vec<i16> = Vec::new();
    for time in 0..4i16 {
        for lat in 0..2i16 {
            values.extend((0..3).map(|lon| 10 * time + 3 * lat + lon));
        }
    }
    values[7] = -99;
    cdf1()
        .dim("time", 4)
        .dim("lat", 2)
        .dim("lon", 3)
        .var("time", F64, &["time"])
        .attr("units", "days since 2000-01-01")
        .values([0.0, 1.0, 2.0, 3.0])
        .var("lat", F64, &["lat"])
        .attr("units", "degrees_north")
        .values([0.0, 60.0])
        .var("lon", F64, &["lon"])
        .attr("units", "degrees_east")
        .values([0.0, 10.0, 20.0])
        .var("t", I16, &["time", "lat", "lon"])
        .attr("units", "K")
        .attr("long_name", "temperature")
        .attr("cell_methods", "time: point")
        .attr("scale_factor", [0.5f64])
        .attr("_FillValue", [-99i16])
        .values(values)
        .var("qf", I8, &["lat", "lon"])
        .values([0i8, 1, 0, 0, 0, 1])
}

fn reduce(of: Source, axes: &[usize], by: Statistic) -> Formula {
    Formula::Reduce { of, axes: axes.into(), by, within: Vec::new(), by_area: false }
}

#[track_caller]
fn assert_near(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for (found, wanted) in found.iter().zip(wanted) {
        let is_near = (found - wanted).abs() <= 1e-6 * (1.0 + wanted.abs());
        assert!(is_near || (found.is_nan() && wanted.is_nan()), "{found} is not {wanted}");
    }
}

#[test]
fn a_mean_over_time_has_the_places_of_its_variable_and_leaves_out_what_is_missing() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let path = desk.ask(reduce(desk.source("a.nc", "/t"), &[0], Statistic::Mean));
    assert_eq!(path, "/t mean over time");
    let values = desk.read("/t mean over time/t", None).unwrap();
    // Halves of 15 + 3 lat + lon; at (0, 1) of 1, 21, 31.
    assert_near(&values, &[7.5, 53.0 / 6.0, 8.5, 9.0, 9.5, 10.0]);
    assert_near(&desk.read("/t mean over time/count", None).unwrap(), &[4., 3., 4., 4., 4., 4.]);
    assert_near(&desk.read("/t mean over time/lat", None).unwrap(), &[0.0, 60.0]);
    let opened = desk.opened().unwrap();
    let id = opened.dataset.find_variable("/t mean over time/t").unwrap();
    let cf = opened.meaning.variable(&opened.dataset, id).unwrap();
    assert_eq!(cf.title_with_units(), "Temperature, mean over time [K]");
    assert!(matches!(cf.horizontal(), Some(crate::cf::Horizontal::Geographic { .. })));
    let text = |name: &str| cf.variable().text(name).unwrap();
    assert_eq!(text("cell_methods"), "time: point time: mean");
    assert_eq!(text("comment"), "mean over time (4) of a.nc:/t");
    // Asked for again it is not computed twice.
    let again = desk.ask(reduce(desk.source("a.nc", "/t"), &[0], Statistic::Mean));
    assert_eq!((again, desk.computed.definitions().len()), (path, 1));
}

#[test]
fn every_statistic_is_that_of_numpy_over_any_axes() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let mut over = |axes: &[usize], by| {
        let path = desk.ask(reduce(desk.source("a.nc", "/t"), axes, by));
        desk.read(&format!("{path}/t"), None).unwrap()
    };
    // np.nansum(t, axis=2), np.nanstd(t, axis=(0, 2)) and so on of the decoded values.
    assert_near(&over(&[2], Statistic::Sum), &[1.5, 6.0, 11.0, 21.0, 31.5, 36.0, 46.5, 51.0]);
    assert_near(&over(&[0, 2], Statistic::StandardDeviation), &[5.80111132, 5.60505724]);
    assert_near(&over(&[1, 2], Statistic::Minimum), &[0.0, 5.0, 10.0, 15.0]);
    assert_near(&over(&[0, 1, 2], Statistic::Maximum), &[17.5]);
    assert_near(&over(&[0, 1, 2], Statistic::Mean), &[8.891304347826088]);
}

#[test]
fn any_section_of_a_result_is_that_part_of_the_whole() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let path = desk.ask(reduce(desk.source("a.nc", "/t"), &[1], Statistic::Mean)) + "/t";
    let whole = desk.read(&path, None).unwrap();
    let section = Section::new([Range::strided(1, 2, 2), Range::new(1, 2)]);
    let part = desk.read(&path, Some(section)).unwrap();
    assert_near(&part, &[whole[4], whole[5], whole[10], whole[11]]);
}

#[test]
fn an_anomaly_is_what_is_left_without_the_mean() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let of = desk.source("a.nc", "/t");
    let path = desk.ask(Formula::Anomaly { of, axes: vec![0] }) + "/t";
    let values = desk.read(&path, None).unwrap();
    assert_near(&values[..6], &[-7.5, 0.5 - 53.0 / 6.0, -7.5, -7.5, -7.5, -7.5]);
    assert!(values[7].is_nan());
    let one = Section::new([Range::one(3), Range::one(1), Range::one(2)]);
    assert_near(&desk.read(&path, Some(one)).unwrap(), &[7.5]);
}

#[test]
fn a_region_and_its_mask_count_and_nothing_else() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let mut of = desk.source("a.nc", "/t");
    of.masks = vec![Mask { variable: "/qf".into(), at: 0, hides: Condition::AtLeast(1.0) }];
    let within = vec![Within { axis: 2, start: 1, count: 2 }];
    let (axes, by) = (vec![1, 2], Statistic::Mean);
    let path = desk.ask(Formula::Reduce { of, axes, by, within, by_area: false });
    // (0, 2) and (1, 1) alone: 2 and 4 more than 10 time, halved.
    let values = desk.read(&format!("{path}/t"), None).unwrap();
    assert_near(&values, &[1.5, 6.5, 11.5, 16.5]);
    assert_near(&desk.read(&format!("{path}/time"), None).unwrap(), &[0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn an_area_weighted_mean_counts_cells_by_their_size() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let of = desk.source("a.nc", "/t");
    let (axes, by) = (vec![1, 2], Statistic::Mean);
    let formula = Formula::Reduce { of, axes, by, within: Vec::new(), by_area: true };
    let path = desk.ask(formula);
    // Rows from 30 S to 30 N and from 30 N to the pole: twice as much and half as much.
    let values = desk.read(&format!("{path}/t"), Some(Section::new([Range::one(0)]))).unwrap();
    let (south, north) = (1.0, 0.5);
    assert_near(&values, &[(0.5 * south + 2.0 * north) / (south + north)]);
}

#[test]
fn a_result_is_made_of_results_and_names_what_is_gone() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let path = desk.ask(reduce(desk.source("a.nc", "/t"), &[0], Statistic::Mean));
    let of = desk.source(COMPUTED, &format!("{path}/t"));
    let twice = desk.ask(reduce(of, &[1], Statistic::Mean));
    assert_eq!(twice, "/t mean over lon");
    let found = desk.read(&format!("{twice}/t"), None).unwrap();
    assert_near(&found, &[(7.5 + 53.0 / 6.0 + 8.5) / 3.0, 9.5]);
    let file = desk.files.views()[0].id;
    desk.files.close(file);
    desk.update();
    for path in [path, twice] {
        let opened = desk.opened().unwrap();
        let id = opened.dataset.find_variable(&format!("{path}/t")).unwrap();
        let error = opened.dataset.variable(id).unwrap().error.clone().unwrap();
        assert!(error.to_string().contains("a.nc, of which this is made, is not open"), "{error}");
    }
    desk.computed.forget_all();
    desk.update();
    desk.until(|desk| desk.opened().is_none());
}

#[test]
fn a_result_follows_a_file_that_is_read_anew() {
    let file = |values: [f32; 3]| cdf1().dim("x", 3).var("v", F32, &["x"]).values(values.to_vec());
    let mut desk = Desk::with(&[("a.nc", &file([1.0, 2.0, 3.0]))]);
    let path = desk.ask(reduce(desk.source("a.nc", "/v"), &[0], Statistic::Sum)) + "/v";
    assert_near(&desk.read(&path, None).unwrap(), &[6.0]);
    let before = desk.files.views()[1].generation;
    desk.write("a.nc", &file([1.0, 2.0, 30.0]));
    desk.files.reload(desk.files.views()[0].id);
    desk.until(|desk| desk.files.views()[0].generation > 0);
    desk.update();
    desk.until(|desk| desk.files.views()[1].generation > before);
    assert_near(&desk.read(&path, None).unwrap(), &[33.0]);
}

#[test]
fn results_that_were_there_stay_what_they_are_when_one_is_added() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    desk.ask(reduce(desk.source("a.nc", "/t"), &[0], Statistic::Mean));
    desk.ask(reduce(desk.source("a.nc", "/t"), &[0], Statistic::Maximum));
    assert_eq!(desk.files.views()[1].generation, 0);
    desk.computed.forget("/t mean over time/t");
    desk.update();
    desk.until(|desk| desk.files.views()[1].generation == 1);
    let opened = desk.opened().unwrap();
    assert_eq!(opened.dataset.groups.len(), 2);
}

#[test]
fn a_cancelled_reduction_stops() {
    let mut desk = Desk::with(&[("a.nc", &cube())]);
    let path = desk.ask(reduce(desk.source("a.nc", "/t"), &[0], Statistic::Mean)) + "/t";
    let opened = desk.opened().unwrap();
    let id = opened.dataset.find_variable(&path).unwrap();
    let cx = ReadContext::default();
    cx.cancel.cancel();
    assert!(opened.file.read(id, &Section::all(&[2, 3]), &cx).unwrap_err().is_cancelled());
    let cx = ReadContext::default();
    let array = opened.file.read(id, &Section::all(&[2, 3]), &cx).unwrap();
    assert!(matches!(array.values, Buffer::F64(_)));
    assert_eq!(cx.progress.fraction(), Some(1.0));
}

// ---- two variables ----

/// `v` on the cells of a globe: latitude plus a constant.
fn globe(rows: usize, columns: usize, first_lon: f64, units: &str, add: f32) -> CdfBuilder {
    let (height, width) = (180.0 / rows as f64, 360.0 / columns as f64);
    let lats: Vec<f64> = (0..rows).map(|k| 90.0 - (k as f64 + 0.5) * height).collect();
    let lons: Vec<f64> = (0..columns).map(|k| first_lon + (k as f64 + 0.5) * width).collect();
    let values: Vec<f32> =
        lats.iter().flat_map(|&lat| lons.iter().map(move |_| lat as f32 + add)).collect();
    cdf1()
        .dim("lat", rows as u64)
        .dim("lon", columns as u64)
        .var("lat", F64, &["lat"])
        .attr("units", "degrees_north")
        .values(lats)
        .var("lon", F64, &["lon"])
        .attr("units", "degrees_east")
        .values(lons)
        .var("v", F32, &["lat", "lon"])
        .attr("units", units)
        .values(values)
}

fn compare(a: Source, b: Source, by: Comparison) -> Formula {
    Formula::Compare { a, b, by }
}

fn comment(desk: &Desk, path: &str) -> String {
    let opened = desk.opened().unwrap();
    let id = opened.dataset.find_variable(path).unwrap_or_else(|| panic!("no {path}"));
    let variable = opened.dataset.variable(id).unwrap();
    variable.text("comment").unwrap_or_else(|| panic!("{:?}", variable.error))
}

#[test]
fn two_files_on_the_same_grid_are_subtracted_cell_by_cell() {
    let files =
        [("a.nc", &globe(4, 6, 0.0, "degC", 5.0)), ("b.nc", &globe(4, 6, -360.0, "K", 272.15))];
    let mut desk = Desk::with(&files);
    let formula =
        compare(desk.source("a.nc", "/v"), desk.source("b.nc", "/v"), Comparison::Difference);
    let path = desk.ask(formula) + "/v_difference";
    assert_eq!(path, "/v (a.nc) − v (b.nc)/v_difference");
    assert_near(&desk.read(&path, None).unwrap(), &[6.0; 24]);
    assert!(comment(&desk, &path).starts_with("v of b.nc converted from K to degC; of a.nc:/v"));
    let opened = desk.opened().unwrap();
    let id = opened.dataset.find_variable(&path).unwrap();
    let cf = opened.meaning.variable(&opened.dataset, id).unwrap();
    assert!(cf.is_diverging(-3.0, 4.0));
    assert_eq!(cf.units().unwrap(), "degC");
}

#[test]
fn grids_that_differ_are_regridded_and_the_title_says_so() {
    let files = [
        ("a.nc", &globe(6, 8, 0.0, "m", 0.0)),
        // Twice as fine, around Greenwich rather than the dateline.
        ("b.nc", &globe(12, 24, -180.0, "m", 1.0)),
    ];
    let mut desk = Desk::with(&files);
    let formula =
        compare(desk.source("a.nc", "/v"), desk.source("b.nc", "/v"), Comparison::Difference);
    let path = desk.ask(formula) + "/v_difference";
    assert_near(&desk.read(&path, None).unwrap(), &[-1.0; 48]);
    let part = Section::new([Range::strided(1, 2, 3), Range::new(7, 1)]);
    assert_near(&desk.read(&path, Some(part)).unwrap(), &[-1.0; 2]);
    assert!(comment(&desk, &path).starts_with("v of b.nc regridded, bilinear"));
    let opened = desk.opened().unwrap();
    let id = opened.dataset.find_variable(&path).unwrap();
    let title = opened.meaning.variable(&opened.dataset, id).unwrap().title();
    assert!(title.contains("regridded, bilinear"), "{title}");
}

#[test]
fn times_go_together_by_date_and_a_field_without_time_counts_for_all() {
    let series = |first: f64, add: i16| {
        cdf1()
            .dim("time", 3)
            .dim("x", 2)
            .var("time", F64, &["time"])
            .attr(
                "units",
                if first > 0.0 { "hours since 2000-01-02" } else { "days since 2000-01-01" },
            )
            .values(if first > 0.0 { [0.0, 24.0, 48.0] } else { [0.0, 1.0, 2.0] })
            .var("v", I16, &["time", "x"])
            .values((0..6).map(|k| k * 10 + add).collect::<Vec<i16>>())
            .var("flat", I16, &["x"])
            .values([1i16, 2])
    };
    let mut desk = Desk::with(&[("a.nc", &series(0.0, 0)), ("b.nc", &series(1.0, 3))]);
    let formula =
        compare(desk.source("a.nc", "/v"), desk.source("b.nc", "/v"), Comparison::Difference);
    let path = desk.ask(formula) + "/v_difference";
    // The second and third of the first go with the first and second of the other.
    assert_near(&desk.read(&path, None).unwrap(), &[17.0; 4]);
    assert_near(&desk.read(&path.replace("v_difference", "time"), None).unwrap(), &[1.0, 2.0]);
    assert!(comment(&desk, &path).starts_with("2 of 3 time in common"));
    let formula =
        compare(desk.source("a.nc", "/v"), desk.source("a.nc", "/flat"), Comparison::Ratio);
    let path = desk.ask(formula) + "/v_ratio";
    assert_near(&desk.read(&path, None).unwrap(), &[0.0, 5.0, 20.0, 15.0, 40.0, 25.0]);
    let formula =
        compare(desk.source("a.nc", "/flat"), desk.source("a.nc", "/v"), Comparison::Mean);
    let path = desk.ask(formula) + "/flat_mean";
    assert_near(&desk.read(&path, None).unwrap(), &[0.5, 6.0, 10.5, 16.0, 20.5, 26.0]);
    let one = Section::new([Range::one(1), Range::one(1)]);
    assert_near(&desk.read(&path, Some(one)).unwrap(), &[16.0]);
}

#[test]
fn what_does_not_go_together_says_why() {
    let one = cdf1().dim("x", 3).var("v", F32, &["x"]);
    let other = cdf1().dim("x", 5).var("v", F32, &["x"]);
    let mut desk = Desk::with(&[("a.nc", &one), ("b.nc", &other)]);
    let formula =
        compare(desk.source("a.nc", "/v"), desk.source("b.nc", "/v"), Comparison::Difference);
    desk.ask(formula);
    let opened = desk.opened().unwrap();
    let error = opened.dataset.variables[0].error.clone().unwrap();
    assert!(error.to_string().contains("no x in common (3 and 5 values)"), "{error}");
}

#[test]
fn the_speed_of_two_components_is_their_length() {
    let wind = cdf1()
        .dim("x", 2)
        .var("u", F32, &["x"])
        .attr("units", "m s-1")
        .values([3f32, 0.0])
        .var("v", F32, &["x"])
        .attr("units", "m s-1")
        .values([4f32, -2.0]);
    let mut desk = Desk::with(&[("a.nc", &wind)]);
    let formula = compare(desk.source("a.nc", "/u"), desk.source("a.nc", "/v"), Comparison::Speed);
    let path = desk.ask(formula) + "/speed";
    assert_near(&desk.read(&path, None).unwrap(), &[5.0, 2.0]);
}
