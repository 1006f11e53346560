//! The command line as scripts see it: the real program, its output and its exit status.

use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hyperslab_testkit::bytes::{Char, F32, F64, I8, I16, I32, UNLIMITED, cdf1, cdf5};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What a run of the program left behind.
struct Answer {
    status: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    #[track_caller]
    fn ok(self) -> Self {
        assert_eq!((self.status, self.stderr.as_str()), (Some(0), ""));
        self
    }

    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_slice(&self.ok().stdout).unwrap()
    }

    /// The one line on stderr, which begins with the file's name.
    #[track_caller]
    fn fails(self, status: i32, file: &str) -> String {
        assert_eq!(self.status, Some(status), "{}", self.stderr);
        let lines: Vec<_> = self.stderr.lines().collect();
        assert_eq!(lines.len(), 1, "{}", self.stderr);
        assert!(lines[0].starts_with(&format!("{file}: ")), "{}", lines[0]);
        lines[0].to_owned()
    }
}

fn hyperslab<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Answer {
    let done = Command::new(env!("CARGO_BIN_EXE_hyperslab")).args(args).output().unwrap();
    let stderr = String::from_utf8(done.stderr).unwrap();
    Answer { status: done.status.code(), stdout: done.stdout, stderr }
}

/// A folder with one file to read.
struct Folder {
    folder: TempDir,
    file: PathBuf,
}

impl Folder {
    fn with(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.nc");
        fs::write(&file, bytes).unwrap();
        Self { folder, file }
    }

    fn weather() -> Self {
        Self::with(&weather())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `command FILE args...`.
    fn run(&self, command: &str, args: &[&str]) -> Answer {
        let all = [command.as_ref(), self.file.as_os_str()];
        hyperslab(all.into_iter().chain(args.iter().map(OsStr::new)))
    }

    /// Names in the folder: nothing may be left lying about.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Three records of a packed field on a small grid, its coordinates, names and a scalar.
fn weather() -> Vec<u8> {
    cdf1()
        .dim("time", UNLIMITED)
        .dim("lat", 2)
        .dim("lon", 3)
        .dim("name_len", 5)
        .attr("title", "A test")
        .attr("version", [1i32, 2])
        .var("time", F64, &["time"])
        .attr("units", "hours since 2000-01-01")
        .values([0f64, 6., 36.5])
        .var("lat", F32, &["lat"])
        .attr("units", "degrees_north")
        .values([45f32, 45.1])
        .var("tas", I16, &["time", "lat", "lon"])
        .attr("scale_factor", [0.5f64])
        .attr("add_offset", [10f64])
        .attr("_FillValue", [-1i16])
        .values((0..18i16).map(|k| if k == 4 { -1 } else { k }).collect::<Vec<_>>())
        .var("name", Char, &["lat", "name_len"])
        .values("southnor\0\0")
        .var("level", I32, &[])
        .values([7i32])
        .records(3)
        .bytes()
}

#[test]
fn info_as_json_lists_everything_with_its_attributes() {
    let info = Folder::weather().run("info", &["--json"]).json();
    assert_eq!(info["file"], "a.nc");
    assert_eq!(info["format"], "CDF-1");
    assert_eq!(info["notes"], json!([]));
    let time = json!({"path": "/", "name": "time", "size": 3, "unlimited": true});
    assert_eq!(info["dimensions"][0], time);
    let nodes = info["nodes"].as_array().unwrap();
    let paths: Vec<_> = nodes.iter().map(|node| node["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/", "/time", "/lat", "/tas", "/name", "/level"]);
    assert_eq!(nodes[0]["kind"], "group");
    let attributes = json!([
        {"name": "title", "dtype": "char", "shape": [6], "value": "A test"},
        {"name": "version", "dtype": ">i4", "shape": [2], "value": [1, 2]},
    ]);
    assert_eq!(nodes[0]["attributes"], attributes);
    let tas = &nodes[3];
    assert_eq!(tas["kind"], "variable");
    assert_eq!(tas["dtype"], ">i2");
    assert_eq!(tas["shape"], json!([3, 2, 3]));
    assert_eq!(tas["maxshape"], json!([null, 2, 3]));
    assert_eq!(tas["dims"], json!(["time", "lat", "lon"]));
    assert_eq!((&tas["chunks"], &tas["filters"]), (&json!(null), &json!([])));
    assert_eq!(tas["fill"], -1);
    assert_eq!(tas["attributes"][0]["value"], json!([0.5]));
    assert_eq!(tas.get("digest"), None);
    assert_eq!(nodes[5]["shape"], json!([]));
}

#[test]
fn a_digest_describes_the_stored_values() {
    let info = Folder::weather().run("info", &["/tas", "--json", "--digest"]).json();
    assert_eq!(info["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(info["dimensions"].as_array().unwrap().len(), 3, "those of /tas");
    let digest = &info["nodes"][0]["digest"];
    assert_eq!((&digest["count"], &digest["finite"]), (&json!(18), &json!(18)));
    assert_eq!(
        (&digest["min"], &digest["max"], &digest["nan"]),
        (&json!(-1), &json!(17), &json!(0))
    );
    assert_eq!(digest["mean"], json!(148.0 / 18.0));
    // By Python: hashlib.sha256(struct.pack("<18h", ...)).
    let sha256 = "510e6b8aed8cffb3a3a323ee26321fa4802921a900ec88b35bba8e60ed276429";
    assert_eq!(digest["sha256"], sha256);
    let samples: Vec<_> =
        (0..12).map(|k| k * 17 / 11).map(|i| json!([i, if i == 4 { -1 } else { i }])).collect();
    assert_eq!(digest["samples"], json!(samples));
    let name = Folder::weather().run("info", &["name", "--json", "--digest"]).json();
    assert_eq!(name["nodes"][0]["digest"]["samples"][0], json!([0, "s"]));
    assert_eq!(name["nodes"][0]["digest"].get("min"), None);
}

#[test]
fn what_json_lacks_is_spelled_out() {
    let file = cdf5()
        .attr("special", [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.1])
        .dim("x", 3)
        .var("raw", Char, &["x"])
        .values("a\u{fc}")
        .attr("one", [9_007_199_254_740_993i64])
        .bytes();
    let info = Folder::with(&file).run("info", &["--json"]).json();
    let special = &info["nodes"][0]["attributes"][0]["value"];
    assert_eq!(special, &json!(["NaN", "Infinity", "-Infinity", 0.1]));
    assert_eq!(info["nodes"][1]["attributes"][0]["value"], json!([9_007_199_254_740_993i64]));
    // ü in UTF-8, then what is none.
    let mut file = cdf1().attr("bytes", "\u{fc}").bytes();
    let at = file.windows(2).position(|pair| pair == [0xc3, 0xbc]).unwrap();
    file[at] = 0xfc;
    let info = Folder::with(&file).run("info", &["--json"]).json();
    assert_eq!(info["nodes"][0]["attributes"][0]["value"], "hex:fcbc");
}

#[test]
fn info_as_text_is_cdl() {
    let folder = Folder::weather();
    let text = folder.run("info", &[]).ok().text();
    assert!(text.starts_with("netcdf a {\ndimensions:\n\ttime = UNLIMITED ; // (3 currently)\n"));
    assert!(text.contains("\tshort tas(time, lat, lon) ;\n\t\ttas:scale_factor = 0.5 ;\n"));
    assert!(text.contains("// global attributes:\n\t\t:title = \"A test\" ;\n"));
    let text = folder.run("info", &["/lat", "--digest"]).ok().text();
    assert!(text.contains("float lat(lat) ;") && !text.contains("tas") && !text.contains("lon"));
    assert!(text.contains("// digest: /lat: 2 values, min 45.0, max 45.1"), "{text}");
}

#[test]
fn read_as_text_is_a_line_for_each_row() {
    let folder = Folder::weather();
    let read = |args: &[&str]| folder.run("read", args).ok().text();
    assert_eq!(read(&["/lat"]), "45.0\n45.1\n");
    assert_eq!(read(&["lat"]), "45.0\n45.1\n");
    assert_eq!(read(&["/level"]), "7\n");
    assert_eq!(read(&["/name"]), "south\nnor\n");
}

#[test]
fn slices_select_and_drop_axes() {
    let folder = Folder::weather();
    let read = |slice: &str| {
        let json = folder.run("read", &["/tas", "--format", "json", "--slice", slice]).json();
        (json["dims"].clone(), json["shape"].clone(), json["values"].clone())
    };
    assert_eq!(read("-1,0,-1"), (json!([]), json!([]), json!(14)));
    assert_eq!(read("0,...").2, json!([[0, 1, 2], [3, -1, 5]]));
    assert_eq!(
        read("...,1"),
        (json!(["time", "lat"]), json!([3, 2]), json!([[1, -1], [7, 10], [13, 16]]))
    );
    assert_eq!(
        read("::2,1,1:"),
        (json!(["time", "lon"]), json!([2, 2]), json!([[-1, 5], [16, 17]]))
    );
    assert_eq!(read("2:2,:,:"), (json!(["time", "lat", "lon"]), json!([0, 2, 3]), json!([])));
    assert_eq!(
        read(":,:,3:"),
        (json!(["time", "lat", "lon"]), json!([3, 2, 0]), json!([[[], []], [[], []], [[], []]]))
    );
}

#[test]
fn a_wrong_slice_is_wrong_usage_said_in_one_line() {
    let folder = Folder::weather();
    for (slice, why) in [("3,0,0", "0 to 2"), ("a,0,0", "not a whole number"), ("0", "3 axes")] {
        let line = folder.run("read", &["/tas", "--slice", slice]).fails(2, "a.nc");
        assert!(line.contains(why), "{line}");
    }
    assert_eq!(folder.run("stats", &["--slice", "0"]).status, Some(2));
}

#[test]
fn decoding_scales_masks_and_dates() {
    let folder = Folder::weather();
    let tas =
        folder.run("read", &["/tas", "--decoded", "--format", "json", "--slice", "0,..."]).json();
    assert_eq!(tas["values"], json!([[10.0, 10.5, 11.0], [11.5, null, 12.5]]));
    assert_eq!(tas["dtype"], "<f8");
    let text = folder.run("read", &["/tas", "--decoded", "--slice", "0,..."]).ok().text();
    assert_eq!(text, "10.0  10.5  11.0\n11.5     _  12.5\n");
    let time = folder.run("read", &["/time", "--decoded"]).ok().text();
    assert_eq!(time, "2000-01-01T00:00:00\n2000-01-01T06:00:00\n2000-01-02T12:30:00\n");
    let time = folder.run("read", &["/time"]).ok().text();
    assert_eq!(time, "0.0\n6.0\n36.5\n");
}

#[test]
fn planes_have_the_slice_that_selects_them_as_heading() {
    let text = Folder::weather().run("read", &["/tas", "--slice", "1:,:,:2"]).ok().text();
    assert_eq!(text, "# 1,:,0:2\n 6   7\n 9  10\n\n# 2,:,0:2\n12  13\n15  16\n");
}

#[test]
fn csv_is_a_line_for_each_value_with_its_coordinates() {
    let folder = Folder::weather();
    let csv = |args: &[&str]| {
        let all = [args, &["--format", "csv"][..]].concat();
        folder.run("read", &all).ok().text()
    };
    assert_eq!(
        csv(&["/tas", "--decoded", "--slice", "1:,1,:2"]),
        "time,lon,tas\n2000-01-01T06:00:00,0,14.5\n2000-01-01T06:00:00,1,15.0\n\
         2000-01-02T12:30:00,0,17.5\n2000-01-02T12:30:00,1,18.0\n"
    );
    assert_eq!(csv(&["/tas", "--decoded", "--slice", "0,1,1"]), "tas\n\"\"\n");
    assert_eq!(csv(&["/tas", "--slice", "0,:,1"]), "lat,tas\n45.0,1\n45.1,-1\n");
    assert_eq!(csv(&["/lat"]), "index,lat\n0,45.0\n1,45.1\n");
    assert_eq!(csv(&["/name"]), "lat,name\n45.0,south\n45.1,nor\n");
}

#[test]
fn npy_has_a_header_and_little_endian_values() {
    let folder = Folder::weather();
    let out = folder.path("out.npy");
    let args = ["/tas", "--slice", "1,:,::2", "--format", "npy", "-o", out.to_str().unwrap()];
    assert!(folder.run("read", &args).ok().stdout.is_empty());
    let bytes = fs::read(&out).unwrap();
    let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }";
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\0");
    assert_eq!(&bytes[10..10 + header.len()], header.as_bytes());
    assert_eq!(bytes[bytes.len() - 8..], [6, 0, 8, 0, 9, 0, 11, 0]);
    assert_eq!((bytes.len() - 8) % 64, 0);
    let raw = folder.run("read", &["/lat", "--format", "raw"]).ok().stdout;
    assert_eq!(raw, [45f32.to_le_bytes(), 45.1f32.to_le_bytes()].concat());
    let decoded =
        folder.run("read", &["/tas", "--decoded", "--format", "raw", "--slice", "0,1,1:"]);
    let decoded = decoded.ok().stdout;
    assert!(f64::from_le_bytes(decoded[..8].try_into().unwrap()).is_nan());
    assert_eq!(decoded[8..], 12.5f64.to_le_bytes());
    let names = folder.run("read", &["/name", "--format", "npy"]).ok().stdout;
    assert!(String::from_utf8_lossy(&names).contains("'|S1'") && names.ends_with(b"southnor\0\0"));
}

/// Blocks are about 4 MiB: values, rows and brackets must join where two meet.
#[test]
fn a_variable_of_many_blocks_is_written_whole() {
    let count = 3 * 1_100_000u32;
    let file = cdf1()
        .dim("y", 3)
        .dim("x", 1_100_000)
        .var("v", I32, &["y", "x"])
        .values((0..count as i32).collect::<Vec<_>>())
        .bytes();
    let folder = Folder::with(&file);
    let raw = folder.run("read", &["/v", "--format", "raw"]).ok().stdout;
    let values: Vec<u32> =
        raw.chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect();
    assert!(values.into_iter().eq(0..count));
    let json = folder.run("read", &["/v", "--format", "json", "--slice", ":,::500"]).json();
    assert_eq!(json["values"][2][2199], 3 * 1_100_000 - 500);
    let lines = folder.run("read", &["/v", "--slice", "1,:"]).ok().text();
    let wanted = (1_100_000..2_200_000u32).map(|value| value.to_string());
    assert!(lines.lines().eq(wanted));
    let stats = folder.run("stats", &["/v", "--json"]).json();
    assert_eq!(stats[0]["mean"], f64::from(count - 1) / 2.0);
    assert_eq!((&stats[0]["count"], &stats[0]["max"]), (&json!(count), &json!(count - 1)));
}

#[test]
fn stats_are_of_decoded_values_and_of_every_numeric_variable() {
    let folder = Folder::weather();
    let stats = folder.run("stats", &["--json"]).json();
    let paths: Vec<_> = stats.as_array().unwrap().iter().map(|row| row["path"].clone()).collect();
    assert_eq!(paths, ["/time", "/lat", "/tas", "/level"]);
    let tas = &stats[2];
    assert_eq!((&tas["count"], &tas["missing"]), (&json!(17), &json!(1)));
    assert_eq!((&tas["min"], &tas["max"]), (&json!(10.0), &json!(18.5)));
    let mean = 10.0 + (153.0 - 4.0) / 17.0 / 2.0;
    assert!((tas["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    let level = json!({"path": "/level", "count": 1, "missing": 0, "min": 7, "max": 7, "mean": 7.0, "std": 0.0});
    assert_eq!(stats[3], level);
    let one = folder.run("stats", &["/tas", "--slice", "0,1,1", "--json"]).json();
    let nothing = json!([{"path": "/tas", "count": 0, "missing": 1, "min": null, "max": null, "mean": null, "std": null}]);
    assert_eq!(one, nothing);
    let text = folder.run("stats", &["/lat"]).ok().text();
    assert!(text.lines().nth(1).unwrap().starts_with("/lat      2        0"), "{text}");
    folder.run("stats", &["/name"]).fails(2, "a.nc");
}

#[test]
fn what_cannot_be_read_is_told_in_one_line_with_status_1() {
    let folder = Folder::weather();
    let line = folder.run("read", &["/nope"]).fails(1, "a.nc");
    assert!(line.contains("\"/nope\""), "{line}");
    folder.run("read", &["/"]).fails(1, "a.nc");
    folder.run("info", &["/nope"]).fails(1, "a.nc");
    hyperslab(["info", "/no/such/b.nc"]).fails(1, "b.nc");
    let name = folder.folder.path().file_name().unwrap().to_str().unwrap();
    hyperslab([OsStr::new("info"), folder.folder.path().as_os_str()]).fails(1, name);
    Folder::with(b"not a data file at all").run("info", &[]).fails(1, "a.nc");
    Folder::with(b"").run("stats", &[]).fails(1, "a.nc");
    let file = weather();
    for len in [3, 4, 20, 100, 300] {
        for command in ["info", "stats"] {
            Folder::with(&file[..len]).run(command, &["--json"]).fails(1, "a.nc");
        }
    }
}

#[test]
fn a_cut_file_shows_what_is_there_and_says_what_is_not() {
    let folder = Folder::with(&weather()[..weather().len() - 40]);
    let info = folder.run("info", &["--json"]).json();
    assert_eq!(info["notes"].as_array().unwrap().len(), 1);
    let answer = folder.run("info", &["--json", "--digest"]);
    let info: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let line = answer.fails(1, "a.nc");
    let node = |path| info["nodes"].as_array().unwrap().iter().find(|n| n["path"] == path).unwrap();
    assert!(node("/tas")["error"].as_str().unwrap().contains("truncated"), "{info}");
    assert_eq!(node("/lat")["digest"]["count"], 2);
    assert!(line.contains("truncated"), "{line}");
    assert!(node("/tas").get("digest").is_none());
    let answer = folder.run("stats", &["--json"]);
    let stats: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(stats[1]["max"].as_f64().map(|max| max as f32), Some(45.1));
    assert!(stats[2]["error"].is_string());
    answer.fails(1, "a.nc");
    let text = folder.run("info", &[]).ok().text();
    assert!(text.contains("// note: "), "{text}");
}

#[test]
fn output_replaces_a_plain_file_only_once_it_is_whole() {
    let folder = Folder::weather();
    let out = folder.path("out.txt");
    let to = |path: &Path, what: &str| folder.run("read", &[what, "-o", path.to_str().unwrap()]);
    to(&out, "/lat").ok();
    assert_eq!(fs::read_to_string(&out).unwrap(), "45.0\n45.1\n");
    to(&out, "/level").ok();
    assert_eq!(fs::read_to_string(&out).unwrap(), "7\n");
    to(&out, "/nope").fails(1, "a.nc");
    assert_eq!(fs::read_to_string(&out).unwrap(), "7\n");
    let broken = Folder::with(&weather()[..weather().len() - 40]);
    broken.run("read", &["/tas", "-o", out.to_str().unwrap()]).fails(1, "a.nc");
    assert_eq!(fs::read_to_string(&out).unwrap(), "7\n");
    assert_eq!(folder.names(), ["a.nc", "out.txt"]);
    let nowhere = folder.path("no/such/folder/out.txt");
    to(&nowhere, "/lat").fails(1, nowhere.to_str().unwrap());
    let before = fs::read(&folder.file).unwrap();
    to(&folder.file, "/lat").fails(2, folder.file.to_str().unwrap());
    assert_eq!(fs::read(&folder.file).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_written_to_and_links_are_kept() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let folder = Folder::weather();
    folder.run("read", &["/lat", "-o", "/dev/null"]).ok();
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    let (link, target) = (folder.path("link"), folder.path("target"));
    fs::write(&target, "old").unwrap();
    symlink(&target, &link).unwrap();
    folder.run("read", &["/level", "-o", link.to_str().unwrap()]).ok();
    assert_eq!(fs::read_to_string(&target).unwrap(), "7\n");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let answer = folder.run("read", &["/lat", "-o", "/dev/full"]);
    answer.fails(1, "/dev/full");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let file = cdf1().dim("x", 1_000_000).var("v", I32, &["x"]).bytes();
    let folder = Folder::with(&file);
    let mut child = Command::new(env!("CARGO_BIN_EXE_hyperslab"))
        .args([OsStr::new("read"), folder.file.as_os_str(), OsStr::new("/v")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn wrong_usage_is_status_2_and_help_status_0() {
    for args in
        [&["info"][..], &["read", "a.nc"], &["--view", "pie"], &["formats", "x"], &["--nope"]]
    {
        let answer = hyperslab(args);
        assert_eq!(answer.status, Some(2), "{args:?}");
        assert!(answer.stdout.is_empty() && !answer.stderr.is_empty(), "{args:?}");
    }
    for args in [&["--help"][..], &["read", "--help"], &["--version"]] {
        assert!(!hyperslab(args).ok().stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn formats_are_listed_for_people_and_for_scripts() {
    let formats = hyperslab(["formats", "--json"]).json();
    let classic = formats.as_array().unwrap().iter().find(|f| f["id"] == "netcdf3").unwrap();
    assert_eq!(classic["extensions"][0], "nc");
    assert!(
        classic["mime"].is_array() && classic["codecs"].is_array() && classic["name"].is_string()
    );
    assert!(hyperslab(["formats"]).ok().text().contains("netcdf3"));
}

#[test]
fn names_in_a_file_cannot_reach_the_terminal_raw() {
    let file = cdf1().dim("x", 1).var("a\u{1b}[31m\nb", I8, &["x"]).bytes();
    let folder = Folder::with(&file);
    let line = folder.run("read", &["/nope\u{1b}[2J"]).fails(1, "a.nc");
    assert!(!line.contains('\u{1b}'), "{line}");
}

#[test]
fn links_to_other_files_are_followed_and_missing_ones_are_named() {
    let fixture =
        |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hdf5").join(name);
    let links = fixture("links_latest.h5");
    let run = |command: &str, path: &str, more: &[&str]| {
        let args = [command.as_ref(), links.as_os_str(), path.as_ref()];
        hyperslab(args.into_iter().chain(more.iter().map(OsStr::new)))
    };
    let own =
        hyperslab(["read".as_ref(), fixture("little_latest.h5").as_os_str(), "/numbers".as_ref()])
            .ok()
            .text();
    assert_eq!(run("read", "/external", &[]).ok().text(), own);
    let info = run("info", "/external", &["--json"]).json();
    assert_eq!(info["nodes"][0]["path"], "/numbers");
    assert_eq!(info["file"], "little_latest.h5");
    assert_eq!(run("info", "/external group", &["--json"]).json()["nodes"][0]["kind"], "group");
    assert_eq!(run("stats", "/external", &["--json"]).json()[0]["path"], "/numbers");
    assert_eq!(
        run("info", "/group/relative", &["--json"]).json()["nodes"][0]["path"],
        "/group/data"
    );
    assert_eq!(run("info", "/group/dangling", &["--json"]).json()["nodes"][0]["kind"], "link");
    for command in ["read", "info", "stats"] {
        let line = run(command, "/external missing", &[]).fails(1, "links_latest.h5");
        assert!(line.contains("no such file.h5") && line.contains("/numbers"), "{line}");
        let line = run(command, "/external outside", &[]).fails(1, "links_latest.h5");
        assert!(line.contains("passwd"), "{line}");
        let line = run(command, "/external/none", &[]).fails(1, "little_latest.h5");
        assert!(line.contains("/numbers/none"), "{line}");
    }
}

fn grib(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/grib").join(name)
}

fn on_grib(command: &str, name: &str, args: &[&str]) -> Answer {
    let all = [command.as_ref(), grib(name).as_os_str()].map(ToOwned::to_owned);
    hyperslab(all.into_iter().chain(args.iter().map(Into::into)))
}

#[test]
fn messages_are_told_a_row_each_with_what_their_values_are() {
    let told = on_grib("messages", "forecast.grib2", &["--json", "--digest"]).json();
    assert_eq!((&told["file"], &told["format"]), (&json!("forecast.grib2"), &json!("GRIB2")));
    let messages = told["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 5);
    let last = &messages[4];
    for (key, value) in [
        ("index", json!(4)),
        ("shortName", json!("t")),
        ("typeOfLevel", json!("heightAboveGround")),
        ("level", json!(10)),
        ("dataDate", json!(20200229)),
        ("stepRange", json!("12")),
        ("gridType", json!("regular_ll")),
        ("packingType", json!("grid_simple")),
        ("numberOfValues", json!(48)),
        ("missing", json!(0)),
        ("min", json!(122.0)),
        ("max", json!(144.0)),
    ] {
        assert_eq!(last[key], value, "{key}");
    }
    assert_eq!(last["samples"][0], json!([0, 122.0]));
    assert_eq!(last["latlon"][0], json!([0, 60.0, 0.0]));
    let text = on_grib("messages", "both.grib", &[]).ok().text();
    assert_eq!(text.lines().count(), 3, "{text}");
    let both = on_grib("messages", "both.grib", &["--json"]).json();
    assert_eq!(both["format"], json!("GRIB"));
}

#[test]
fn only_files_made_of_messages_have_some() {
    let folder = Folder::weather();
    let line = folder.run("messages", &[]).fails(1, "a.nc");
    assert!(line.contains("no messages"), "{line}");
}

#[test]
fn a_damaged_message_is_told_beside_those_that_are_whole() {
    let folder = Folder::with(&fs::read(grib("forecast.grib2")).unwrap()[..1000]);
    let answer = folder.run("messages", &["--json"]);
    let told: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(told["messages"].as_array().unwrap().len(), 4);
    let line = answer.fails(1, "a.nc");
    assert!(line.contains("byte 908"), "{line}");
}

#[test]
fn options_of_a_format_are_given_by_name_and_wrong_ones_refused() {
    let dims = |args: &[&str]| {
        let told = on_grib("info", "surface.grib1", args).json();
        let nodes = told["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["path"] == "/TMP_GDS0_SFC").unwrap()["dims"].clone()
    };
    assert_eq!(dims(&["--json"]), json!(["g0_lat_0", "g0_lon_1"]));
    let all = dims(&["--json", "-O", "grib.single_element_dimensions=all"]);
    assert_eq!(all.as_array().unwrap().len(), 4, "{all}");
    for wrong in ["grib.thinned=wide", "no.such=1", "nothing"] {
        let answer = on_grib("info", "surface.grib1", &["-O", wrong]);
        assert_eq!(answer.status, Some(2), "{wrong}: {}", answer.stderr);
    }
}

// ---- plot ----

/// Width, height and pixels.
fn png(path: &Path) -> (u32, u32, Vec<[u8; 4]>) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    (info.width, info.height, bytes.as_chunks::<4>().0.to_vec())
}

fn colors(pixels: &[[u8; 4]]) -> std::collections::HashSet<[u8; 4]> {
    pixels.iter().copied().collect()
}

#[test]
fn plot_paints_the_view_without_a_display() {
    let folder = Folder::weather();
    let out = folder.path("out.png");
    let to = out.to_str().unwrap();
    folder.run("plot", &["/tas", "--slice", "1,:,:", "-o", to]).ok();
    let (width, height, pixels) = png(&out);
    assert_eq!((width, height), (1000, 700));
    // The ends of the colour map, and what is missing is grey.
    let seen = colors(&pixels);
    for color in [[68, 1, 84, 255], [253, 231, 37, 255], [255; 4]] {
        assert!(seen.contains(&color), "{color:?}");
    }
    assert_eq!(folder.names(), ["a.nc", "out.png"]);
}

#[test]
fn plot_obeys_size_scale_theme_colours_and_view() {
    let folder = Folder::weather();
    let out = folder.path("out.png");
    let to = out.to_str().unwrap();
    let small = ["--size", "400x300", "-o", to];
    let plot = |args: &[&str]| {
        folder.run("plot", &[&["/tas"], args, &small[..]].concat()).ok();
        png(&out)
    };
    let (width, height, light) = plot(&["--scale", "2"]);
    assert_eq!((width, height), (800, 600));
    let (.., dark) = plot(&["--theme", "dark"]);
    assert_eq!((light[0], dark[0]), ([255; 4], [22, 24, 29, 255]));
    let viridis_low = [68, 1, 84, 255];
    assert!(colors(&dark).contains(&viridis_low));
    assert!(!colors(&plot(&["--colormap", "magma"]).2).contains(&viridis_low));
    assert!(!colors(&plot(&["--range", "-1000,1000", "--view", "line"]).2).contains(&viridis_low));
    let (.., titled) = plot(&["--title", "Quite another title"]);
    let (.., bare) = plot(&["--title", ""]);
    assert!(titled != bare && bare != light);
    for view in ["line", "table", "heatmap"] {
        let (.., pixels) = plot(&["--view", view]);
        assert!(colors(&pixels).len() > 20, "{view}");
    }
}

#[test]
fn plot_says_what_is_wrong_and_leaves_no_picture() {
    let folder = Folder::weather();
    let out = folder.path("out.png");
    let to = out.to_str().unwrap();
    let run = |args: &[&str]| folder.run("plot", &[args, &["-o", to][..]].concat());
    let line = run(&["/nothing"]).fails(1, "a.nc");
    assert!(line.contains("no variable"), "{line}");
    run(&["/tas", "--slice", "7,:,:"]).fails(2, "a.nc");
    run(&["/time", "--view", "heatmap"]).fails(2, "a.nc");
    let line = run(&["/tas", "--colormap", "grue"]).fails(2, "a.nc");
    assert!(line.contains("viridis"), "{line}");
    run(&["/tas", "--size", "16000x16000", "--scale", "20"]).fails(2, "a.nc");
    assert_eq!(run(&["/tas", "--view", "globe"]).status, Some(2));
    assert_eq!(run(&["/tas", "--range", "2,1"]).status, Some(2));
    assert_eq!(folder.run("plot", &["/tas"]).status, Some(2));
    folder.run("plot", &["/tas", "-o", "out.jpg"]).fails(2, "out.jpg");
    let itself = folder.file.to_str().unwrap();
    let copy = folder.path("a.png");
    fs::copy(itself, &copy).unwrap();
    let onto = ["plot", copy.to_str().unwrap(), "/tas", "-o", copy.to_str().unwrap()];
    assert_eq!(hyperslab(onto).status, Some(2));
    assert_eq!(folder.names(), ["a.nc", "a.png"]);
    fs::write(&folder.file, b"CDF\x01 and no more").unwrap();
    run(&["/tas"]).fails(1, "a.nc");
}

#[test]
fn plot_as_svg_keeps_words_and_lines_and_embeds_fields() {
    let folder = Folder::weather();
    let out = folder.path("out.svg");
    let plot = |args: &[&str]| {
        folder.run("plot", &[&["/tas"], args, &["-o", out.to_str().unwrap()]].concat()).ok();
        fs::read_to_string(&out).unwrap()
    };
    let field = plot(&["--title", "A <b> & c"]);
    assert!(field.starts_with("<?xml") && field.ends_with("</svg>\n"));
    assert!(field.contains("width=\"1000\" height=\"700\" viewBox=\"0 0 1000 700\""));
    // At least the field and the colour bar.
    assert!(field.matches("<image ").count() >= 2);
    assert!(field.contains(">A &lt;b&gt; &amp; c</text>"));
    let line = plot(&["--view", "line"]);
    assert_eq!(line.matches("<image ").count(), 0);
    assert!(line.contains("<path d=\"M") && line.contains("stroke=\"#0072b2\""));
    for text in [&field, &line] {
        // Well-formed, as far as a stack can tell.
        let mut open = Vec::new();
        for tag in text.split('<').skip(1).map(|part| part.split('>').next().unwrap()) {
            let name = tag.split(' ').next().unwrap();
            match (name.strip_prefix('/'), tag.ends_with(['/', '?'])) {
                (Some(name), _) => assert_eq!(open.pop(), Some(name)),
                (None, false) => open.push(name),
                (None, true) => {}
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }
}

#[test]
fn plot_shows_the_part_that_the_slice_names() {
    let folder = Folder::weather();
    let plot = |slice: &str, more: &[&str]| {
        let out = folder.path("out.svg");
        let args = ["/tas", "--slice", slice, "-o", out.to_str().unwrap()];
        folder.run("plot", &[&args[..], more].concat()).ok();
        fs::read_to_string(&out).unwrap()
    };
    let (all, part) = (plot("1,:,:", &[]), plot("1,:,1:2", &[]));
    // Longitudes without a variable are indices, each in the middle of its cell.
    assert!(all.contains(">0</text>") && all.contains(">2</text>"));
    assert!(!part.contains(">0</text>") && part.contains(">1</text>"), "{part}");
    // One axis is a curve, whatever the variable is shown as first.
    assert!(plot("1,0,:", &[]).contains("stroke=\"#0072b2\""));
    assert!(!plot("1,0,:", &["--view", "heatmap"]).contains("stroke=\"#0072b2\""));
}
