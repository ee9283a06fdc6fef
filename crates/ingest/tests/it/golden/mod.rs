//! Every class of bad file and what has to come of it: files made here, for points, lines and polygons, with the first,
//! the middle and the last row spoiled. `docs/bad-files.md` is made of the same table.

mod cells;
mod class;
mod document;
mod geojson;
mod geopackage;
pub(crate) mod kit;
mod records;
mod shapes;
mod whole;

pub(crate) use geopackage::sound as sound_geopackage;

use class::{Class, Outcome, prove};
use kit::Kind;
use siseol_model::Fate;
use std::collections::BTreeSet;

#[test]
fn a_sound_file_has_nothing_said_of_it() {
    let sound = class::of_format(
        "shp",
        ["sound", "성한 파일", "a sound file"],
        Kind::ALL,
        false,
        Outcome::Accepted(None),
        |kind, _| shapes::sound(kind),
    );
    prove(&[sound]);
}

#[test]
fn shapes() {
    prove(&shapes::classes());
}

#[test]
fn cells() {
    prove(&cells::classes());
}

#[test]
fn whole_files() {
    prove(&whole::classes());
}

#[test]
fn geojson() {
    prove(&geojson::classes());
}

#[test]
fn geopackage() {
    prove(&geopackage::classes());
}

/// The classes by the test that proves them.
fn all() -> Vec<(&'static str, Vec<Class>)> {
    vec![
        ("whole_files", whole::classes()),
        ("shapes", shapes::classes()),
        ("cells", cells::classes()),
        ("geojson", geojson::classes()),
        ("geopackage", geopackage::classes()),
    ]
}

#[test]
fn there_are_enough_cases_and_each_class_is_told_by_its_kind() {
    let all = all();
    let classes: Vec<&Class> = all.iter().flat_map(|(_, classes)| classes).collect();
    let cases: usize = classes.iter().map(|class| class.cases().len()).sum();
    assert!(cases >= 400, "{cases}");
    let names: BTreeSet<_> = classes.iter().map(|class| (class.format, class.name)).collect();
    assert_eq!(names.len(), classes.len(), "a name is taken twice");
    for class in classes {
        let Some(kind) = class.outcome.kind() else { continue };
        let fits = match class.outcome {
            // What keeps a row aside turns a file away where most rows have it.
            Outcome::Refused(_) => kind.fate() >= Fate::Quarantined,
            Outcome::Quarantined(_) => kind.fate() == Fate::Quarantined,
            Outcome::Repaired(_) => kind.fate() == Fate::Repaired,
            Outcome::Accepted(_) | Outcome::Deleted => kind.fate() == Fate::Accepted,
        };
        assert!(fits, "{} ({})", class.name, class.format);
    }
}
