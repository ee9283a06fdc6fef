//! Odd and broken files that other projects keep for their own tests, delivered as files from strangers: each one has an
//! outcome that is explained, and one table shows them.

use crate::binary::{corpora, folder, root, siseol};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// More than that is a hang. Nothing is timed by it.
const PATIENCE: Duration = Duration::from_mins(2);

const TABLE: &str = "docs/bad-files-found.md";

#[test]
fn every_broken_file_of_other_projects_has_an_outcome_that_is_explained() {
    let Some(bad) = corpora("bad") else { return };
    let mut files = Vec::new();
    collect(&bad, &mut files);
    files.sort();
    assert!(files.len() > 150, "{}", files.len());
    let outcomes = Mutex::new(vec![String::new(); files.len()]);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(at) else { break };
                    let outcome = deliver(file);
                    outcomes.lock().unwrap()[at] = outcome;
                }
            });
        }
    });
    let mut table = String::from(HEAD);
    for (file, outcome) in files.iter().zip(outcomes.into_inner().unwrap()) {
        let name = file.strip_prefix(&bad).unwrap().display();
        writeln!(table, "| `{name}` | {outcome} |").unwrap();
    }
    let path = root().join(TABLE);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs_err::write(&path, table).unwrap();
        return;
    }
    let expected = fs_err::read_to_string(&path).unwrap();
    let expected: BTreeSet<&str> = expected.lines().collect();
    let found: BTreeSet<&str> = table.lines().collect();
    let new: Vec<_> = found.difference(&expected).collect();
    let old: Vec<_> = expected.difference(&found).collect();
    assert!(new.is_empty() && old.is_empty(), "{TABLE} says {old:#?}, and now it is {new:#?}");
}

const HEAD: &str = "# Broken files of other projects

What becomes of the odd and broken files that GDAL, shapelib, pyshp, shapefile.js, shapefile-rs and geojsonhint keep for
their own tests, each delivered alone by `siseol ingest --untrusted`. A file that leaves out its grid is delivered a second
time with `--crs EPSG:4326`. The table is made by a test (`UPDATE_EXPECT=1 cargo test -p siseol-e2e --test it bad_corpora`)
and compared by it where the files are at hand. What the codes mean is in [bad-files.md](bad-files.md).

| file | outcome |
| --- | --- |
";

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
            continue;
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        if matches!(ending.as_deref(), Some("shp" | "geojson" | "zip")) {
            files.push(path);
        }
    }
}

/// What becomes of a file, in words.
fn deliver(file: &Path) -> String {
    let folder = folder();
    let register = folder.path().join("r.siseol.gpkg");
    let alone = ingest(&register, file, &[]);
    if alone.kinds.iter().any(|kind| kind.starts_with("CRS_")) && !alone.loaded {
        let given = ingest(&register, file, &["--crs", "EPSG:4326"]);
        return format!("{}; with a grid {}", alone.text, given.text);
    }
    alone.text
}

struct Outcome {
    loaded: bool,
    kinds: BTreeSet<String>,
    text: String,
}

fn ingest(register: &Path, file: &Path, more: &[&str]) -> Outcome {
    let mut command = Command::new(siseol());
    command.arg("ingest").arg(register).arg(file).args(["--untrusted", "--json"]).args(more);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = child.id();
    let ended = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let watched = std::sync::Arc::clone(&ended);
    let watch = std::thread::spawn(move || {
        let begun = Instant::now();
        while !watched.load(Ordering::Relaxed) {
            if begun.elapsed() > PATIENCE {
                let _killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let output = child.wait_with_output().unwrap();
    ended.store(true, Ordering::Relaxed);
    watch.join().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{}: {said}", file.display());
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 3)), "{}: {:?} {said}", file.display(), output.status);
    let report: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{}: {e}: {said}", file.display()));
    assert_eq!(register.exists(), code == Some(0), "{}", file.display());
    if code == Some(0) { loaded(file, &report) } else { refused(file, &report) }
}

fn loaded(file: &Path, report: &Json) -> Outcome {
    let mut kinds = BTreeSet::new();
    let mut parts = Vec::new();
    for layer in report["layers"].as_array().unwrap() {
        let rows = &layer["rows"];
        let count = |name: &str| rows[name].as_u64().unwrap();
        let fates = ["accepted", "repaired", "quarantined", "deleted"];
        let sum: u64 = fates.iter().map(|fate| count(fate)).sum();
        assert_eq!(sum, count("read"), "{}: {rows}", file.display());
        let told = fates.iter().filter(|fate| count(fate) > 0);
        let told: Vec<_> = told.map(|fate| format!("{} {fate}", count(fate))).collect();
        parts.push(if told.is_empty() { "no rows".to_owned() } else { told.join(", ") });
        let findings = layer["findings"].as_array().unwrap();
        kinds.extend(findings.iter().map(|f| f["kind"].as_str().unwrap().to_owned()));
    }
    let mut text = format!("loaded: {}", parts.join("; "));
    if !kinds.is_empty() {
        write!(text, " ({})", kinds.iter().cloned().collect::<Vec<_>>().join(", ")).unwrap();
    }
    Outcome { loaded: true, kinds, text }
}

fn refused(file: &Path, report: &Json) -> Outcome {
    let refused = report["refused"].as_array().unwrap();
    let kinds: BTreeSet<String> =
        refused.iter().map(|r| r["issue"]["kind"].as_str().unwrap().to_owned()).collect();
    assert!(!kinds.is_empty(), "{}: refused without a reason: {report}", file.display());
    let explained = refused.iter().all(|r| r["issue"]["text"].as_str().unwrap().len() > 10);
    assert!(explained, "{}: {report}", file.display());
    let text = format!("refused: {}", kinds.iter().cloned().collect::<Vec<_>>().join(", "));
    Outcome { loaded: false, kinds, text }
}
