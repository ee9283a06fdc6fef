//! Backups of a register that is being written.

use crate::hand::table;
use crate::kit::{Place, deliver, feature, now, provenance, read, rows, sql, stage};
use siseol_model::{DeliveryMode, Feature, Layer, Value};
use siseol_store::{Staging, StoreError, undo};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const ROWS: usize = 40;

/// Rows that all tell of which state they are.
fn generation(n: i64) -> Vec<Feature> {
    let row = |i| {
        let values = vec![Value::Integer(n), Value::Null, Value::Null, Value::Null, Value::Null];
        feature(&format!("K-{i}"), None, values)
    };
    (0..ROWS).map(row).collect()
}

fn hand_over(path: &Path, layers: &[Layer; 2], n: i64) -> Result<(), StoreError> {
    let mut staging = Staging::beside(path)?;
    for layer in layers {
        stage(&mut staging, layer, &generation(n))?;
    }
    staging.compare(path, DeliveryMode::Replace)?.commit(provenance(), None, now()).map(drop)
}

#[test]
fn a_backup_beside_a_writer_is_of_one_state() {
    let place = Place::new();
    let path = place.register();
    let layers = [table("codes"), table("행정동")];
    hand_over(&path, &layers, 1).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let written = (2..=12).try_for_each(|n| hand_over(&path, &layers, n));
            done.store(true, Ordering::Release);
            written
        });
        let mut last = 0;
        for i in 0.. {
            let finished = done.load(Ordering::Acquire);
            let to = place.file(&format!("backup-{i}.gpkg"));
            let report = read(&path).backup(&to).unwrap();
            let copy = read(&to);
            assert!(copy.check().unwrap().ok);
            assert_eq!(copy.head().unwrap().generation, report.generation);
            assert!(report.generation >= last, "{} after {last}", report.generation);
            last = report.generation;
            for layer in &layers {
                let rows = rows(&copy, layer);
                assert_eq!(rows.len(), ROWS);
                assert!(rows.iter().all(|(_, row)| row.values[0] == Value::Integer(last)));
            }
            if finished {
                break;
            }
        }
        writer.join().unwrap().unwrap();
        assert_eq!(last, 12);
    });
    let hidden: Vec<_> = place.files().into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(hidden, [] as [&str; 0]);
}

#[test]
fn an_undo_sets_a_file_back_that_another_program_set_to_wal() {
    let place = Place::new();
    let path = place.register();
    deliver(&path, &[(table("codes"), generation(1))]).unwrap();
    let register = read(&path);
    sql(&path).execute_batch("PRAGMA journal_mode = WAL").unwrap();
    let report = undo(&path, 1, provenance(), now(), false).unwrap();
    assert_eq!(report.commit.unwrap().generation, 2);
    assert_eq!(place.files(), ["city.gpkg"]);
    let mode: String = sql(&path).query_row("PRAGMA journal_mode", [], |r| r.get(0)).unwrap();
    assert_eq!(mode, "delete");
    assert_eq!(register.head().unwrap().generation, 2);
    assert!(register.check().unwrap().ok);
}
