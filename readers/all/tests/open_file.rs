//! Opening by content, and not believing what is read from a file that changed meanwhile.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hyperslab_all::{FORMATS, OpenFile, identify, identify_among};
use hyperslab_core::{
    Array, Blob, Buffer, CancelFlag, Confidence, ErrorKind, Format, GroupId, Listing, MemorySource,
    Progress, Range, ReadContext, ReadError, Reader, Result, Section, Source, VariableId,
};
use tempfile::TempDir;

/// A file of one variable: the magic bytes, then one byte a value.
struct Plain(Arc<dyn Source>);

const MAGIC: &[u8] = b"PLAIN\n";

impl Reader for Plain {
    fn format_name(&self) -> &str {
        "PLAIN-1"
    }

    fn list(&self, _: GroupId, cx: &ReadContext) -> Result<Listing> {
        self.0.read_at(0, MAGIC.len() as u64, cx)?;
        Ok(Listing { groups: vec!["a group".into()], ..Listing::default() })
    }

    fn read(&self, _: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        let range = section.ranges[0];
        let bytes = self.0.read_at(MAGIC.len() as u64 + range.start, range.count, cx)?;
        Ok(Array::vector(Buffer::U8(bytes.to_vec())))
    }
}

static PLAIN: Format = Format {
    id: "plain",
    name: "Plain",
    extensions: &["plain"],
    mime: &[],
    codecs: &[],
    choices: &[],
    probe: |source, cx| {
        let len = MAGIC.len() as u64;
        let is_ours = source.len() >= len && *source.read_at(0, len, cx)? == *MAGIC;
        Ok(if is_ours { Confidence::Certain } else { Confidence::No })
    },
    open: |source, _| Ok(Box::new(Plain(source))),
};

fn values(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8 + 1).collect()
}

fn plain_file(len: usize) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.plain");
    fs::write(&path, [MAGIC, &values(len)].concat()).unwrap();
    (dir, path)
}

fn read_all(file: &OpenFile, start: u64, count: u64) -> Result<Array> {
    let section = Section::new([Range::new(start, count)]);
    file.read(VariableId(0), &section, &ReadContext::default())
}

/// A reader that does something to the file before it answers.
struct Meddling<F>(F);

impl<F: Fn() -> Result<Array> + Send + Sync> Reader for Meddling<F> {
    fn format_name(&self) -> &str {
        "meddling"
    }

    fn list(&self, _: GroupId, _: &ReadContext) -> Result<Listing> {
        (self.0)().map(|_| Listing::default())
    }

    fn read(&self, _: VariableId, _: &Section, _: &ReadContext) -> Result<Array> {
        (self.0)()
    }
}

fn meddling(
    path: &std::path::Path,
    meddle: impl Fn() -> Result<Array> + Send + Sync + 'static,
) -> OpenFile {
    let source = hyperslab_sources::open_local(path, &ReadContext::default()).unwrap();
    OpenFile::with_reader("a.nc", "meddling", Box::new(Meddling(meddle)), source)
}

/// A format that recognises everything as surely as it is told.
macro_rules! eager {
    ($id:literal, $extension:literal, $answer:expr) => {{
        static FORMAT: Format = Format {
            id: $id,
            name: $id,
            extensions: &[$extension],
            mime: &[],
            codecs: &[],
            choices: &[],
            probe: |_, _| $answer,
            open: |_, _| Err(ReadError::malformed("never right")),
        };
        &FORMAT
    }};
}

fn identified(formats: &[&'static Format], extension: Option<&str>) -> Result<&'static str> {
    let source = MemorySource::new(*b"some bytes");
    identify_among(formats, &source, extension, &ReadContext::default()).map(|format| format.id)
}

#[test]
fn an_open_file_may_be_used_from_many_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<OpenFile>();
}

#[test]
fn ids_and_names_of_formats_are_distinct() {
    for (i, a) in FORMATS.iter().enumerate() {
        assert!(FORMATS[i + 1..].iter().all(|b| a.id != b.id && a.name != b.name), "{}", a.id);
        assert!(a.extensions.iter().all(|e| !e.starts_with('.') && *e == e.to_lowercase()));
    }
}

#[test]
fn a_netcdf_file_opens_whatever_it_is_called() {
    // CDF-1: no records, no dimensions, no attributes, no variables.
    let bytes = [b"CDF\x01".as_slice(), &[0; 28]].concat();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("weather.grib");
    fs::write(&path, bytes).unwrap();
    let cx = ReadContext::default();
    let file = OpenFile::open(&path, &cx).unwrap();
    assert_eq!((file.name(), file.format().id), ("weather.grib", "netcdf3"));
    assert_eq!(file.list(GroupId::ROOT, &cx).unwrap(), Listing::default());
    assert!(!file.has_news());
    assert_eq!(file.source().len(), 32);
}

#[test]
fn bytes_decide_and_the_extension_only_between_equals() {
    let maybe_a = eager!("a", "aaa", Ok(Confidence::Maybe));
    let maybe_b = eager!("b", "bbb", Ok(Confidence::Maybe));
    let certain = eager!("c", "ccc", Ok(Confidence::Certain));
    assert_eq!(identified(&[maybe_a, maybe_b], None).unwrap(), "a");
    assert_eq!(identified(&[maybe_a, maybe_b], Some("zzz")).unwrap(), "a");
    assert_eq!(identified(&[maybe_a, maybe_b], Some("BBB")).unwrap(), "b");
    assert_eq!(identified(&[maybe_b, maybe_a], Some("bbb")).unwrap(), "b");
    assert_eq!(identified(&[maybe_a, certain, maybe_b], Some("bbb")).unwrap(), "c");
}

#[test]
fn the_extension_alone_makes_no_format() {
    let no = eager!("no", "nc", Ok(Confidence::No));
    let error = identified(&[no], Some("nc")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownFormat);
    assert_eq!(error.to_string(), "not a file we can read: it looks like plain text");
}

#[test]
fn a_probe_that_stumbles_does_not_keep_others_from_trying() {
    let stumbles = eager!("stumbles", "nc", Err(ReadError::truncated("too short for us")));
    let unreadable = eager!("unreadable", "nc", Err(ReadError::new(ErrorKind::Io, "disk failed")));
    let maybe = eager!("maybe", "m", Ok(Confidence::Maybe));
    assert_eq!(identified(&[stumbles, maybe], Some("nc")).unwrap(), "maybe");
    assert_eq!(identified(&[unreadable, maybe], None).unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn identifying_can_be_cancelled() {
    let cancel = CancelFlag::default();
    cancel.cancel();
    let cx = ReadContext::new(cancel, Progress::default());
    let error = identify(&MemorySource::new(*b"CDF\x01"), None, &cx).err().unwrap();
    assert!(error.is_cancelled());
}

#[test]
fn what_cannot_be_opened_is_named_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let cx = ReadContext::default();
    let refusal = |name: &str, bytes: Option<&[u8]>| {
        let path = dir.path().join(name);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).unwrap();
        }
        OpenFile::open(&path, &cx).err().unwrap().to_string()
    };
    assert_eq!(refusal("none.nc", None), "none.nc: there is no such file");
    assert_eq!(refusal("empty.nc", Some(b"")), "empty.nc: not a file we can read: it is empty");
    assert!(refusal("page.nc", Some(b"<html>")).starts_with("page.nc: not a file we can read: it"));
    let folder = OpenFile::open(dir.path(), &cx).err().unwrap();
    assert!(folder.to_string().contains("this is a directory"), "{folder}");
    assert!(OpenFile::open(std::path::Path::new("/"), &cx).is_err());
}

#[test]
fn an_error_of_the_format_names_the_file() {
    let broken = eager!("broken", "x", Ok(Confidence::Maybe));
    let source = Arc::new(MemorySource::new(*b"bytes"));
    let cx = ReadContext::default();
    let error = OpenFile::from_source_with(&[broken], "in.zip", source, None, &cx).err().unwrap();
    assert_eq!(error.to_string(), "in.zip: malformed: never right");
}

#[test]
fn values_are_read_through_the_reader() {
    let (_dir, path) = plain_file(1000);
    let file = OpenFile::open_with(&[&PLAIN], &path, &ReadContext::default()).unwrap();
    assert_eq!(file.format_name(), "PLAIN-1");
    let array = read_all(&file, 10, 20).unwrap();
    assert_eq!(array.values, Buffer::U8(values(1000)[10..30].to_vec()));
    let error = read_all(&file, 990, 20).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert!(error.to_string().starts_with("a.plain: "));
}

#[test]
fn a_result_from_a_file_that_changed_meanwhile_is_not_believed() {
    let cut: fn(&PathBuf) =
        |path| OpenOptions::new().write(true).open(path).unwrap().set_len(3).unwrap();
    let remove: fn(&PathBuf) = |path| fs::remove_file(path).unwrap();
    let replace: fn(&PathBuf) = |path| {
        let other = path.with_extension("new");
        fs::write(&other, fs::read(path).unwrap()).unwrap();
        fs::rename(other, path).unwrap();
    };
    let value = || Ok(Array::vector(Buffer::U8(vec![0; 3])));
    let nonsense = || Err(ReadError::malformed("tag 0").at(7));
    for meddle in [cut, remove, replace] {
        for answer in [value as fn() -> Result<Array>, nonsense] {
            let (_dir, path) = plain_file(1000);
            let there = path.clone();
            let file = meddling(&path, move || {
                if there.exists() {
                    meddle(&there);
                }
                answer()
            });
            let error = read_all(&file, 0, 3).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
            assert!(error.to_string().starts_with("a.nc: the file "), "{error}");
            let error = file.list(GroupId::ROOT, &ReadContext::default()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Changed);
            assert!(file.has_news());
        }
    }
}

#[test]
fn a_file_that_grew_meanwhile_is_believed() {
    let (_dir, path) = plain_file(1000);
    let there = path.clone();
    let file = meddling(&path, move || {
        let longer = [fs::read(&there).unwrap(), vec![1]].concat();
        OpenOptions::new()
            .write(true)
            .open(&there)
            .and_then(|mut file| std::io::Write::write_all(&mut file, &longer))
            .unwrap();
        Ok(Array::vector(Buffer::U8(vec![5])))
    });
    assert!(read_all(&file, 0, 1).is_ok());
    assert!(file.has_news());
}

#[test]
fn a_cancelled_read_stays_cancelled_whatever_became_of_the_file() {
    let (_dir, path) = plain_file(1000);
    let there = path.clone();
    let file = meddling(&path, move || {
        fs::remove_file(&there).unwrap();
        Err(ReadError::cancelled())
    });
    assert!(read_all(&file, 0, 1).unwrap_err().is_cancelled());
}

#[test]
fn a_file_cut_while_it_is_identified_is_changed_not_unknown() {
    /// A source whose file is cut after its first bytes were read.
    struct Cut(AtomicBool);
    impl Source for Cut {
        fn len(&self) -> u64 {
            100
        }
        fn read_at(&self, _: u64, len: u64, _: &ReadContext) -> Result<Blob> {
            self.0.store(true, Ordering::Relaxed);
            Ok(Blob::owned(vec![0; len as usize]))
        }
        fn verify(&self) -> Result<()> {
            match self.0.load(Ordering::Relaxed) {
                true => Err(ReadError::new(ErrorKind::Changed, "cut")),
                false => Ok(()),
            }
        }
    }
    let source = Arc::new(Cut(AtomicBool::new(false)));
    let error = OpenFile::from_source("a.nc", source, None, &ReadContext::default());
    assert_eq!(error.err().unwrap().to_string(), "a.nc: cut");
}

#[test]
fn no_value_is_wrong_while_a_file_is_cut_under_many_readers() {
    let (good, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    for round in 0..20u64 {
        let (_dir, path) = plain_file(500_000);
        let all = values(500_000);
        let file = OpenFile::open_with(&[&PLAIN], &path, &ReadContext::default()).unwrap();
        let stop = AtomicBool::new(false);
        let starting = Mutex::new(());
        std::thread::scope(|scope| {
            let held = starting.lock().unwrap();
            for thread in 0..3u64 {
                let (file, all, good, failed, stop) = (&file, &all, &good, &failed, &stop);
                let starting = &starting;
                scope.spawn(move || {
                    drop(starting.lock().unwrap());
                    let mut random = round * 3 + thread;
                    while !stop.load(Ordering::Relaxed) {
                        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        let start = (random >> 33) % 500_000;
                        let count = (500_000 - start).min(1 + (random >> 45) % 100_000);
                        let expected = &all[start as usize..(start + count) as usize];
                        match read_all(file, start, count) {
                            Ok(Array { values: Buffer::U8(found), .. }) => {
                                assert!(found == expected);
                                good.fetch_add(1, Ordering::Relaxed);
                            }
                            Ok(other) => panic!("{other:?}"),
                            Err(error) => {
                                assert_eq!(error.kind(), ErrorKind::Changed);
                                failed.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                });
            }
            drop(held);
            std::thread::sleep(std::time::Duration::from_millis(5));
            let cut = OpenOptions::new().write(true).open(&path).unwrap();
            cut.set_len(100_000 + round * 1000).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(2));
            stop.store(true, Ordering::Relaxed);
        });
    }
    assert!(good.into_inner() > 0 && failed.into_inner() > 0);
}
