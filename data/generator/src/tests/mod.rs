//! The city as written: what the README promises of it.

mod reader;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::dirt::Dirt;
use crate::generate::{self, Report};
use crate::geo::{Point, length};
use crate::plan::{DEFAULT_FEATURES, HALL, Plan};
use crate::streets::Parts;
use reader::{live, read};

fn make(features: u32) -> (TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    let report = generate::write(folder.path(), &Plan::new(features, None, 41_410)).unwrap();
    (folder, report)
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).unwrap();
    let mut names: Vec<PathBuf> = entries.map(|e| e.unwrap().file_name().into()).collect();
    names.sort();
    names
}

fn assert_same_bytes(one: &Path, other: &Path) {
    assert_eq!(names(one), names(other));
    for name in names(one) {
        let (a, b) =
            (fs_err::read(one.join(&name)).unwrap(), fs_err::read(other.join(&name)).unwrap());
        assert!(a == b, "{} differs", name.display());
    }
}

/// The millimetre at which a point lies.
fn spot(p: Point) -> (i64, i64) {
    ((p.x * 1000.0).round() as i64, (p.y * 1000.0).round() as i64)
}

fn distance(line: &[Point], p: Point) -> f64 {
    let to_edge = |w: &[Point]| {
        let (dx, dy) = (w[1].x - w[0].x, w[1].y - w[0].y);
        let t = ((p.x - w[0].x) * dx + (p.y - w[0].y) * dy) / (dx * dx + dy * dy);
        w[0].between(w[1], t.clamp(0.0, 1.0)).distance(p)
    };
    line.windows(2).map(to_edge).fold(f64::INFINITY, f64::min)
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let ((one, report), (other, _)) = (make(2_000), make(2_000));
    assert_same_bytes(one.path(), other.path());
    assert_eq!(names(one.path()).len() as u64, report.files);
}

#[test]
fn the_kept_city_and_its_readme_are_what_the_generator_makes() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (made, report) = make(DEFAULT_FEATURES);
    assert_same_bytes(made.path(), &data.join("sample-city"));
    let readme = fs_err::read_to_string(data.join("README.md")).unwrap();
    for line in report.dirt.lines() {
        assert!(readme.contains(&line), "README.md lacks {line}");
    }
    for (name, features) in report.layers {
        let line = format!("| {name} | {features} |");
        assert!(readme.contains(&line), "README.md lacks {line}");
    }
}

#[test]
fn the_water_network_is_one_and_its_reservoirs_are_on_it() {
    let (city, _) = make(4_000);
    let pipes = live(city.path(), "WTL_PIPE_LM");
    let mut numbers = HashMap::new();
    let mut ends = Vec::new();
    for pipe in &pipes {
        let mut number = |p: Option<&Point>| {
            let next = numbers.len() as u32;
            *numbers.entry(spot(*p.unwrap())).or_insert(next)
        };
        ends.push((number(pipe.points.first()), number(pipe.points.last())));
    }
    let mut parts = Parts::new(numbers.len());
    for (a, b) in ends {
        parts.join(a, b);
    }
    let roots: HashSet<u32> = (0..numbers.len() as u32).map(|n| parts.find(n)).collect();
    assert_eq!(roots.len(), 1);
    for reservoir in live(city.path(), "WTL_SERV_PS") {
        assert!(numbers.contains_key(&spot(reservoir.points[0])));
    }
}

#[test]
fn recorded_lengths_are_those_of_the_lines() {
    let (city, _) = make(2_000);
    for layer in ["WTL_PIPE_LM", "SWL_PIPE_LM"] {
        for pipe in live(city.path(), layer) {
            assert!(
                (pipe.number("PIP_LEN") - length(&pipe.points)).abs() < 0.0051,
                "{:?}",
                pipe.key()
            );
        }
    }
}

#[test]
fn valves_lie_on_their_pipes_but_for_those_that_are_meant_to_be_off() {
    let (city, report) = make(8_000);
    let pipes = live(city.path(), "WTL_PIPE_LM");
    let pipes: HashMap<_, _> = pipes.iter().map(|p| (p.text("FTR_IDN"), &p.points)).collect();
    let mut off = 0;
    for valve in live(city.path(), "WTL_VALV_PS").iter().filter(|v| !v.points.is_empty()) {
        let away = distance(pipes[valve.text("PIP_IDN")], valve.points[0]);
        assert!(away < 0.001 || (0.1..3.01).contains(&away), "{away} {:?}", valve.key());
        off += u32::from(away > 0.001);
    }
    assert_eq!(off, report.dirt.made(Dirt::ValveOffPipe));
}

#[test]
fn sewers_fall_and_each_ends_at_an_outfall() {
    let (city, _) = make(4_000);
    let manholes = live(city.path(), "SWL_MANH_PS");
    let manholes: HashMap<_, _> = manholes.iter().map(|m| (m.key(), m)).collect();
    let outfalls = live(city.path(), "SWL_SPEW_PS");
    let outfalls: HashMap<_, _> = outfalls.iter().map(|o| (o.key(), o)).collect();
    let pipes = live(city.path(), "SWL_PIPE_LM");
    let end = |pipe: &reader::Record, code: &str, id: &str| {
        (pipe.text(code).to_owned(), pipe.text(id).to_owned())
    };
    let mut below = HashMap::new();
    for pipe in &pipes {
        let (top, bottom) = (end(pipe, "BOM_CDE", "BOM_IDN"), end(pipe, "EOM_CDE", "EOM_IDN"));
        assert!(pipe.number("SBK_ALT") > pipe.number("SBL_ALT"), "{:?}", pipe.key());
        let manhole = manholes[&top];
        assert_eq!(manhole.text("LMS_HSL"), pipe.text("SBK_ALT"));
        assert_eq!(spot(manhole.points[0]), spot(pipe.points[0]));
        let foot = manholes.get(&bottom).or_else(|| outfalls.get(&bottom)).unwrap();
        assert_eq!(spot(foot.points[0]), spot(*pipe.points.last().unwrap()));
        assert!(below.insert(top, bottom).is_none(), "one way off each manhole");
    }
    assert_eq!(below.len(), manholes.len());
    for key in manholes.keys() {
        let mut at = key;
        let mut steps = 0;
        while let Some(next) = below.get(at) {
            at = next;
            steps += 1;
            assert!(steps <= pipes.len(), "no circle");
        }
        assert!(outfalls.contains_key(at));
    }
}

#[test]
fn repeated_ids_null_shapes_and_deleted_rows_are_as_many_as_were_made() {
    let (city, report) = make(DEFAULT_FEATURES);
    let repeats = [
        ("WTL_VALV_PS", Some(Dirt::ValveDuplicate)),
        ("WTL_FIRE_PS", Some(Dirt::HydrantDuplicate)),
        ("UFL_GPIP_LM", Some(Dirt::GasDuplicate)),
        ("WTL_PIPE_LM", None),
        ("WTL_MANH_PS", None),
        ("WTL_META_PS", None),
        ("SWL_PIPE_LM", None),
        ("SWL_MANH_PS", None),
        ("UFL_BPIP_LM", None),
        ("UFL_KPIP_LS", None),
        ("UFL_HPIP_LM", None),
        ("RDL_SECT_LS", None),
        ("RDL_STLT_PS", None),
        ("RDL_BRDG_AS", None),
    ];
    let made = |dirt: Dirt| report.dirt.made(dirt) as usize;
    let (mut nulls, mut deleted) = (0, 0);
    for (layer, dirt) in repeats {
        let all = read(city.path(), layer);
        nulls += all.iter().filter(|r| r.points.is_empty()).count();
        deleted += all.iter().filter(|r| r.deleted).count();
        let keys: Vec<_> = all.iter().filter(|r| !r.deleted).map(reader::Record::key).collect();
        let distinct: HashSet<_> = keys.iter().collect();
        assert_eq!(keys.len() - distinct.len(), dirt.map_or(0, made), "{layer}");
    }
    assert_eq!(nulls, made(Dirt::ValveNull) + made(Dirt::HydrantNull) + made(Dirt::LightNull));
    assert_eq!(nulls, 3);
    assert_eq!(deleted, made(Dirt::HydrantDeleted) + made(Dirt::PipeDeleted));
    assert_eq!(deleted, 4);
}

#[test]
fn there_is_some_of_each_kind_around_the_hall() {
    let (city, report) = make(DEFAULT_FEATURES);
    for (layer, _) in report.layers.iter().filter(|(name, _)| {
        // The unified grid, and what has no place near the hall in any city.
        name.is_ascii()
            && !name.starts_with("TL_")
            && !["SWL_SPEW_PS", "BML_HADM_AS"].contains(name)
    }) {
        let near = |r: &reader::Record| r.points.iter().any(|p| p.distance(HALL) < 500.0);
        assert!(live(city.path(), layer).iter().any(near), "{layer}");
    }
}
