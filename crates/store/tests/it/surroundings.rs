//! A disk without room, and another process that holds the register.

use crate::kit::{self, Place, deliver_as, now, point, provenance, read, rows, sql, valves};
use siseol_model::{DeliveryMode, Feature, Value};
use siseol_store::{StoreError, undo};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const FILLER: &str = "filler";

/// A disk of its own with little room; gone at the end.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// None, with the reason said, where nobody may mount one.
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        match mounted {
            Ok(run) if run.status.success() => Some(Self { folder }),
            other => {
                println!("skipped, a small disk cannot be mounted: {other:?}");
                None
            }
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs_err::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Leaves that many bytes of room and no more, until the filler is removed.
    fn fill(&self, room: u64) {
        let mut filler = fs_err::File::create(self.file(FILLER)).unwrap();
        while filler.write_all(&[0; 4096]).is_ok() {}
        let size = filler.metadata().unwrap().len();
        filler.set_len(size.saturating_sub(room)).unwrap();
    }

    /// Tries with more and more room until it works; before that the register is byte for byte as it was, and
    /// nothing is left beside it. Returns for what there was no room.
    fn until_there_is_room<T>(
        &self,
        register: &Path,
        mut attempt: impl FnMut(&dyn Fn()) -> Result<T, StoreError>,
    ) -> BTreeSet<&'static str> {
        let before = fs_err::read(register).ok();
        let names = self.names();
        let mut full = BTreeSet::new();
        for room in (0..4_000_000).step_by(30_000) {
            let result = attempt(&|| self.fill(room));
            fs_err::remove_file(self.file(FILLER)).unwrap();
            let Err(error) = result else { break };
            full.insert(match &error {
                StoreError::DiskFull { path } if path == register => "register",
                StoreError::DiskFull { .. } => "delivery",
                _ => "something else",
            });
            assert_eq!(fs_err::read(register).ok(), before, "{room}");
            assert_eq!(self.names(), names, "{room}");
        }
        full
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.folder.path()).status();
        let gone = unmounted.is_ok_and(|status| status.success());
        assert!(gone || std::thread::panicking());
    }
}

fn changed(features: &[Feature]) -> Vec<Feature> {
    let change = |row: &Feature| Feature {
        geometry: Some(point(1.0, 2.0)),
        values: vec![Value::Integer(0), Value::text("다른 기관의 아주 긴 이름".repeat(4))],
        ..row.clone()
    };
    features.iter().map(change).collect()
}

#[test]
fn a_full_disk_leaves_the_register_as_it_was() {
    let Some(disk) = SmallDisk::new("4m") else { return };
    let path = disk.file("city.gpkg");
    let (layer, features) = valves(800);
    let deliver = |rows: &[Feature]| {
        disk.until_there_is_room(&path, |fill| {
            let staged = kit::staged(&path, &layer, rows);
            let comparison = staged.compare(&path, DeliveryMode::Upsert)?;
            fill();
            comparison.commit(provenance(), None, now())
        })
    };
    let both = BTreeSet::from(["delivery", "register"]);
    assert_eq!(deliver(&features), both);
    assert_eq!(deliver(&changed(&features)), both);
    let full = disk.until_there_is_room(&path, |fill| {
        fill();
        undo(&path, 2, provenance(), now(), false)
    });
    assert_eq!(full, BTreeSet::from(["register"]));
    assert!(rows(&read(&path), &layer).into_iter().map(|(_, row)| row).eq(features));
    assert!(read(&path).check().unwrap().ok);
}

const HOLD: &str = "SISEOL_TEST_HOLD";

/// Another process that is writing to the register.
struct Holder(Child);

impl Holder {
    fn new(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "surroundings::holds_a_register", "--ignored", "--nocapture"])
            .env(HOLD, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(told.any(|line| line.unwrap().contains("it is held")));
        Self(child)
    }

    /// Ends it as a power cut would.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
#[ignore = "the other process of a test below"]
fn holds_a_register() {
    let path = std::env::var_os(HOLD).unwrap();
    let connection = sql(Path::new(&path));
    connection
        .execute_batch(
            "PRAGMA cache_size = 10; BEGIN IMMEDIATE; UPDATE siseol_row SET hash = zeroblob(16);",
        )
        .unwrap();
    println!("it is held");
    std::io::stdin().lines().for_each(drop);
}

#[test]
fn a_register_that_another_process_holds_is_busy_and_stays_as_it_is() {
    let place = Place::new();
    let path = place.register();
    let (layer, features) = valves(300);
    deliver_as(&path, &layer, &features, DeliveryMode::Upsert).unwrap();
    let later = changed(&features);
    let comparison =
        kit::staged(&path, &layer, &later).compare(&path, DeliveryMode::Upsert).unwrap();
    let before = rows(&read(&path), &layer);
    let holder = Holder::new(&path);
    let refused = comparison.commit(provenance(), None, now());
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
    let refused = undo(&path, 1, provenance(), now(), false);
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
    holder.kill();
    assert_eq!(rows(&read(&path), &layer), before);
    deliver_as(&path, &layer, &later, DeliveryMode::Upsert).unwrap();
    undo(&path, 2, provenance(), now(), false).unwrap();
    assert_eq!(rows(&read(&path), &layer), before);
    assert!(read(&path).check().unwrap().ok);
    assert_eq!(place.files(), ["city.gpkg"]);
}
