//! Deliveries in any mode and undos, against a plain map of rows that is worked out by looking at all pairs.

use crate::kit::{
    Place, feature, layer, line, multi, now, point, point_z, provenance, read, rows, sql, stage,
};
use crate::random::{seeded, thorough};
use rand::Rng as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use siseol_model::{
    ChangeCounts, DeliveryMode, FacilityKey, Feature, Field, FieldKind, GeometryKind, Layer,
    LayerChanges, LayerName, Value,
};
use siseol_store::{Difference, KeptReason, KeptRow, MissingRow, Staging, UndoReport, undo};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// All rows by fid, each with its layer.
type Rows = BTreeMap<i64, (LayerName, Feature)>;

/// What a change set did to one row.
#[derive(Clone)]
struct Touch {
    layer: LayerName,
    fid: i64,
    before: Option<Feature>,
    after: Option<Feature>,
}

/// What a register has to hold.
#[derive(Default)]
struct Plain {
    rows: Rows,
    layers: BTreeSet<LayerName>,
    last_fid: i64,
    /// What each change set did, and the rows after it.
    sets: Vec<(Vec<Touch>, Rows)>,
    /// The last change set that touched each row, and the key that the row had before or has since.
    touched: BTreeMap<i64, (i64, Option<FacilityKey>)>,
}

/// A row as its content tells it: a multi-geometry of one part is that part.
fn plain(row: &Feature) -> Feature {
    let geometry = row.geometry.as_ref().map(|wkb| match wkb[..] {
        [1, 4..=6, 0, 0, 0, 1, 0, 0, 0, ref part @ ..]
        | [1, 0xec..=0xee, 3, 0, 0, 1, 0, 0, 0, ref part @ ..] => part.to_vec(),
        _ => wkb.clone(),
    });
    Feature { geometry, ..row.clone() }
}

fn count(changes: &mut ChangeCounts, touch: &Touch) {
    match (&touch.before, &touch.after) {
        (None, _) => changes.inserted += 1,
        (_, None) => changes.deleted += 1,
        _ => changes.updated += 1,
    }
}

impl Plain {
    fn apply(&mut self, touches: Vec<Touch>) {
        let change_set = i64::try_from(self.sets.len()).unwrap() + 1;
        for Touch { layer, fid, before, after } in &touches {
            let key = after.as_ref().or(before.as_ref()).and_then(|row| row.key.clone());
            self.touched.insert(*fid, (change_set, key));
            match after {
                Some(row) => self.rows.insert(*fid, (layer.clone(), row.clone())),
                None => self.rows.remove(fid),
            };
            self.last_fid = self.last_fid.max(*fid);
        }
        self.sets.push((touches, self.rows.clone()));
    }

    /// What the delivery of a layer does; `last_fid` is the last one that was given out.
    fn compare(
        &self,
        layer: &LayerName,
        delivery: &[Feature],
        mode: DeliveryMode,
        last_fid: &mut i64,
    ) -> (Difference, Vec<Touch>) {
        let mut old: Vec<(i64, &Feature)> = self.of_layer(layer).collect();
        let mut new: Vec<Feature> = delivery.iter().map(plain).collect();
        let mut difference = Difference {
            layer: layer.clone(),
            is_new: !self.layers.contains(layer),
            rows_before: old.len() as u64,
            changes: ChangeCounts::default(),
            missing: Vec::new(),
            taken: 0,
            taken_examples: Vec::new(),
        };
        let touch = |fid, before: Option<&Feature>, after| Touch {
            layer: layer.clone(),
            fid,
            before: before.cloned(),
            after,
        };
        let mut touches = Vec::new();
        if mode == DeliveryMode::Append {
            let keys: BTreeSet<_> = old.iter().filter_map(|(_, row)| row.key.as_ref()).collect();
            let taken: BTreeSet<_> = new
                .iter()
                .filter_map(|row| row.key.as_ref())
                .filter(|k| keys.contains(k))
                .collect();
            difference.taken = taken.len() as u64;
            difference.taken_examples = taken.into_iter().take(5).cloned().collect();
        } else {
            old.retain(|(_, old)| match new.iter().position(|new| new == *old) {
                Some(at) => {
                    new.remove(at);
                    difference.changes.unchanged += 1;
                    false
                }
                None => true,
            });
            old.retain(|&(fid, old)| {
                match new.iter().position(|new| new.key.is_some() && new.key == old.key) {
                    Some(at) => {
                        touches.push(touch(fid, Some(old), Some(new.remove(at))));
                        false
                    }
                    None => true,
                }
            });
            let missing = |&(fid, row): &(i64, &Feature)| MissingRow { fid, key: row.key.clone() };
            // An upsert of a part of a layer does not name what it does not have.
            if mode == DeliveryMode::Replace || delivery.len() as u64 >= difference.rows_before / 2
            {
                difference.missing = old.iter().map(missing).collect();
            }
            if mode == DeliveryMode::Replace {
                touches.extend(old.iter().map(|&(fid, row)| touch(fid, Some(row), None)));
            } else {
                difference.changes.missing = old.len() as u64;
            }
        }
        for row in new {
            *last_fid += 1;
            touches.push(touch(*last_fid, None, Some(row)));
        }
        for touch in &touches {
            count(&mut difference.changes, touch);
        }
        (difference, touches)
    }

    fn of_layer(&self, layer: &LayerName) -> impl Iterator<Item = (i64, &Feature)> {
        self.rows.iter().filter(move |(_, (of, _))| of == layer).map(|(fid, (_, row))| (*fid, row))
    }

    /// What the reverse of a change set does. Where several rows have taken a key, any of them may be named.
    fn reverse(&self, undone: i64) -> (Vec<Touch>, Vec<(KeptRow, Vec<KeptReason>)>) {
        let (told, then) = &self.sets[usize::try_from(undone).unwrap() - 1];
        let (mut touches, mut kept) = (Vec::new(), Vec::new());
        for Touch { layer, fid, before, after } in told {
            let (last, key) = &self.touched[fid];
            let key = self.rows.get(fid).map_or(key, |(_, row)| &row.key).clone();
            let mut keep = |reasons: Vec<KeptReason>| {
                let (facility_key, reason) = (key.clone(), reasons[0]);
                kept.push((
                    KeptRow { layer: layer.clone(), fid: *fid, facility_key, reason },
                    reasons,
                ));
            };
            if *last != undone {
                keep(vec![KeptReason::ChangedSince { change_set: *last }]);
                continue;
            }
            let had_it = |other: &i64| then.get(other).is_some_and(|(_, row)| row.key == key);
            let takers: Vec<_> = self
                .of_layer(layer)
                .filter(|(other, row)| {
                    after.is_none() && key.is_some() && row.key == key && !had_it(other)
                })
                .map(|(fid, _)| KeptReason::KeyTaken { fid })
                .collect();
            if takers.is_empty() {
                let (layer, fid) = (layer.clone(), *fid);
                touches.push(Touch { layer, fid, before: after.clone(), after: before.clone() });
            } else {
                keep(takers);
            }
        }
        (touches, kept)
    }
}

fn spot(rng: &mut ChaCha8Rng) -> Vec<u8> {
    point(f64::from(rng.random_range(0..3)), 2.0)
}

/// A row of a small world, in which the same keys and contents are met often.
fn random_row(layer: &Layer, rng: &mut ChaCha8Rng) -> Feature {
    let key = match rng.random_range(0..12) {
        0..3 => String::new(),
        n => format!("K{n}"),
    };
    let geometry = match (layer.geometry, rng.random_range(0..20)) {
        (GeometryKind::None, _) | (_, 0) => None,
        (GeometryKind::Line, n) => Some(line(&[f64::from(n % 3), 0.0, 5.0, 5.0])),
        (_, 1) => Some(multi(4, &[spot(rng)])),
        (_, 2) => Some(multi(4, &[spot(rng), spot(rng)])),
        (_, 3) => Some(point_z(1.0, 2.0, 3.0)),
        _ => Some(spot(rng)),
    };
    feature(&key, geometry, vec![Value::Integer(rng.random_range(0..3))])
}

/// The next delivery of a layer: some of its rows, some of them with another value, and other rows.
fn random_delivery(plain: &Plain, layer: &Layer, rng: &mut ChaCha8Rng) -> Vec<Feature> {
    let mut delivery = Vec::new();
    for (_, row) in plain.of_layer(&layer.name) {
        match rng.random_range(0..6) {
            0 => {}
            1 => delivery.push(Feature {
                values: vec![Value::Integer(rng.random_range(0..3))],
                ..row.clone()
            }),
            _ => delivery.push(row.clone()),
        }
    }
    delivery.extend((0..rng.random_range(0..4)).map(|_| random_row(layer, rng)));
    delivery.shuffle(rng);
    delivery.truncate(16);
    delivery
}

fn deliver(path: &Path, delivery: &[(Layer, Vec<Feature>)], mode: DeliveryMode, plain: &mut Plain) {
    let mut staging = Staging::beside(path).unwrap();
    let (mut differences, mut touches) = (Vec::new(), Vec::new());
    let mut last_fid = plain.last_fid;
    for (layer, rows) in delivery {
        let has_z = rows.iter().any(|row| row.geometry.as_ref().is_some_and(|wkb| wkb[2] == 3));
        stage(&mut staging, &Layer { has_z, ..layer.clone() }, rows).unwrap();
        let (difference, touched) = plain.compare(&layer.name, rows, mode, &mut last_fid);
        differences.push(difference);
        touches.extend(touched);
    }
    let comparison = staging.compare(path, mode).unwrap();
    assert_eq!(comparison.differences(), differences);
    comparison.commit(provenance(), None, now()).unwrap();
    plain.layers.extend(delivery.iter().map(|(layer, _)| layer.name.clone()));
    plain.apply(touches);
}

fn undo_one(path: &Path, undone: i64, plain: &mut Plain) {
    let (touches, kept) = plain.reverse(undone);
    let before = fs_err::read(path).unwrap();
    let rehearsed = undo(path, undone, provenance(), now(), true).unwrap();
    assert_eq!(fs_err::read(path).unwrap(), before);
    let report = undo(path, undone, provenance(), now(), false).unwrap();
    assert_eq!(report.commit.is_some(), !touches.is_empty());
    assert_eq!(rehearsed, UndoReport { commit: None, ..report.clone() });

    let mut layers: BTreeMap<LayerName, ChangeCounts> = BTreeMap::new();
    for touch in &plain.sets[usize::try_from(undone).unwrap() - 1].0 {
        layers.entry(touch.layer.clone()).or_default();
    }
    for touch in &touches {
        count(layers.entry(touch.layer.clone()).or_default(), touch);
    }
    let layers = layers.into_iter().map(|(layer, changes)| LayerChanges { layer, changes });
    assert_eq!(report.layers, layers.collect::<Vec<_>>());
    assert_eq!(report.kept.len(), kept.len(), "{:?} {kept:?}", report.kept);
    for (expected, reasons) in kept {
        let found = report.kept.iter().find(|row| row.fid == expected.fid).unwrap();
        assert_eq!(*found, KeptRow { reason: found.reason, ..expected });
        assert!(reasons.contains(&found.reason), "{found:?} {reasons:?}");
    }
    if !touches.is_empty() {
        plain.apply(touches);
    }
}

/// Whether the register holds what it has to, and its own check and SQLite's find nothing.
fn compare(path: &Path, layers: &[Layer], plain: &Plain) {
    let register = read(path);
    let check = register.check().unwrap();
    assert!(check.ok, "{check:?}");
    assert_eq!(check.generation, i64::try_from(plain.sets.len()).unwrap());
    for layer in layers.iter().filter(|layer| plain.layers.contains(&layer.name)) {
        let found = rows(&register, layer);
        let found: Vec<_> = found.iter().map(|(fid, row)| (*fid, self::plain(row))).collect();
        let expected: Vec<_> =
            plain.of_layer(&layer.name).map(|(fid, row)| (fid, row.clone())).collect();
        assert_eq!(found, expected);
        if layer.geometry != GeometryKind::None {
            let check = format!("SELECT rtreecheck('rtree_{}_geom')", layer.name);
            let verdict: String = sql(path).query_row(&check, [], |r| r.get(0)).unwrap();
            assert_eq!(verdict, "ok");
        }
    }
}

#[test]
fn deliveries_and_undos_do_what_a_plain_map_does() {
    let mut rng = seeded("plain map");
    let fields = vec![Field::new("값", FieldKind::Integer)];
    let layers = [
        layer("codes", GeometryKind::None, fields.clone()),
        layer("pipe", GeometryKind::Line, fields.clone()),
        layer("spot", GeometryKind::Point, fields),
    ];
    let (worlds, steps) = if thorough() { (40, 40) } else { (4, 12) };
    for _ in 0..worlds {
        let place = Place::new();
        let path = place.register();
        let mut plain = Plain::default();
        for step in 0..steps {
            if step > 0 && rng.random_ratio(2, 5) {
                let undone = rng.random_range(1..=plain.sets.len());
                undo_one(&path, i64::try_from(undone).unwrap(), &mut plain);
            } else {
                let modes = [DeliveryMode::Upsert, DeliveryMode::Replace, DeliveryMode::Append];
                let mode = *modes.choose(&mut rng).unwrap();
                let mut named = layers.to_vec();
                named.shuffle(&mut rng);
                named.truncate(rng.random_range(1..=layers.len()));
                let delivery: Vec<_> = named
                    .into_iter()
                    .map(|layer| {
                        let rows = random_delivery(&plain, &layer, &mut rng);
                        (layer, rows)
                    })
                    .collect();
                deliver(&path, &delivery, mode, &mut plain);
            }
            compare(&path, &layers, &plain);
        }
    }
}
