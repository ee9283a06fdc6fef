//! A survey finds what looking at all pairs finds.

mod all_pairs;
mod town;

use crate::city::random;
use rand::Rng as _;
use siseol_model::IssueKind;
use std::collections::{BTreeMap, BTreeSet};
use town::{LAYERS, town};

/// A fault as both sides tell it: what, whose, and the other row or, for an end, its longitude.
type Plain = (&'static str, i64, Option<i64>);

#[expect(clippy::cast_possible_truncation, reason = "at most 180e8")]
fn digits(degrees: f64) -> i64 {
    (degrees * 1e8).round() as i64
}

#[test]
fn a_survey_finds_what_all_pairs_tell() {
    let towns = if std::env::var_os("SISEOL_THOROUGH").is_some() { 2_000 } else { 60 };
    let mut rng = random(41_413);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut compared, mut tried) = (0, 0);
    while compared < towns {
        tried += 1;
        assert!(tried < 4 * towns, "most towns are clear");
        let torn = rng.random_bool(0.5);
        let town = town(&mut rng, torn);
        let expected: Option<Vec<_>> = (0..LAYERS.len()).map(|at| town.faults(at)).collect();
        let Some(expected) = expected else { continue };
        compared += 1;
        for (layer, expected) in expected.into_iter().enumerate() {
            let checks = town.snapshot.survey(layer);
            let mut found: BTreeMap<Plain, f64> = BTreeMap::new();
            for check in &checks {
                assert_eq!(check.found, check.examples.len() as u64);
                assert!(check.checked <= u64::from(town.snapshot.layers()[layer].len()));
                for fault in &check.examples {
                    // The nearest pipe may be one of several at the same distance.
                    let other = match check.kind {
                        IssueKind::OffPipe => None,
                        IssueKind::EndNear => fault.place.map(|place| digits(place.lon)),
                        _ => fault.other,
                    };
                    let metres = fault.distance_m.unwrap_or(0.0);
                    found.insert((check.kind.code(), fault.fid, other), metres);
                }
            }
            let keys =
                |faults: &BTreeMap<Plain, f64>| faults.keys().copied().collect::<BTreeSet<_>>();
            assert_eq!(keys(&found), keys(&expected), "town {tried}, {}", LAYERS[layer].0);
            for (fault, metres) in &found {
                assert!(
                    (metres - expected[fault]).abs() < 1e-3,
                    "{fault:?}: {metres} {}",
                    expected[fault]
                );
                *kinds.entry(fault.0).or_default() += 1;
            }
        }
    }
    println!("{kinds:?} in {compared} of {tried} towns");
    assert_eq!(kinds.len(), 7, "every kind of fault occurs: {kinds:?}");
}
