//! A register that changes at random, beside the same register as plain maps: every state that memory can answer, and
//! every one that is rewound to, answers as its map does.

use crate::city::{random, random_paths, random_row};
use crate::plain::{
    Changes, PlainLayer, check, check_circle, check_snapshot, revision, snapshot_state,
};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use siseol_model::{GeometryKind, LayerName, Stamp};
use siseol_query::{LayerBase, LayerChange, LayerView, Timeline};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const LAYERS: [(&str, GeometryKind); 3] =
    [("park", GeometryKind::Polygon), ("pipe", GeometryKind::Line), ("valve", GeometryKind::Point)];

/// A base that is built in the background.
struct Building {
    layer: usize,
    base: Arc<LayerBase>,
    built_at: i64,
}

/// A base in use or retired: the states that it has to answer begin with `since`.
struct Epoch {
    layer: usize,
    since: i64,
    retired: Option<Instant>,
}

struct Drive {
    rng: ChaCha8Rng,
    timeline: Timeline,
    now: Instant,
    generation: i64,
    /// The layers of each state that was ever seen, by generation.
    history: BTreeMap<i64, Vec<PlainLayer>>,
    /// Which of them memory has to answer.
    first: i64,
    epochs: Vec<Epoch>,
    building: Vec<Building>,
    next_fid: i64,
}

impl Drive {
    /// Two layers of `n` rows; the third comes later.
    fn new(seed: u64, n: i64) -> Self {
        let mut rng = random(seed);
        let mut next_fid = 0;
        let layers: Vec<PlainLayer> = LAYERS[1..]
            .iter()
            .map(|&(name, kind)| {
                let mut layer = PlainLayer::new(name, kind, 1);
                let fids = next_fid..next_fid + n;
                next_fid += n;
                let rows = fids.map(|fid| (fid, Arc::new(random_row(&mut rng, kind, fid, 60))));
                layer.rows = rows.collect();
                layer
            })
            .collect();
        let views = layers.iter().map(|layer| layer.loaded(&mut rng)).collect();
        let epochs = vec![
            Epoch { layer: 1, since: 1, retired: None },
            Epoch { layer: 2, since: 1, retired: None },
        ];
        Self {
            timeline: Timeline::new(snapshot_state(1), views),
            rng,
            now: Instant::now(),
            generation: 1,
            history: BTreeMap::from([(1, layers)]),
            first: 1,
            epochs,
            building: Vec::new(),
            next_fid,
        }
    }

    fn present(&self) -> &[PlainLayer] {
        &self.history[&self.generation]
    }

    fn named(name: &str) -> usize {
        LAYERS.iter().position(|layer| layer.0 == name).unwrap()
    }

    /// Some changes of a layer at the next generation.
    fn random_changes(&mut self, layer: &PlainLayer, count: usize, generation: i64) -> Changes {
        let mut gone: Vec<i64> = Vec::new();
        for layers in self.history.values() {
            let before = layers.iter().find(|l| l.layer.name == layer.layer.name);
            gone.extend(before.iter().flat_map(|l| l.rows.keys()));
        }
        gone.retain(|fid| !layer.rows.contains_key(fid));
        let mut changes = Changes::new();
        for _ in 0..count {
            // A few rows change again and again.
            let among = if self.rng.random_bool(0.5) { 12 } else { layer.rows.len() };
            let present = layer.rows.values().nth(self.rng.random_range(0..among.max(1)));
            let mut row = present.map(|row| (**row).clone());
            let other = random_row(&mut self.rng, layer.kind, self.next_fid, 60);
            let (fid, mut row) = match (self.rng.random_range(0..7), row.take()) {
                (0, Some(row)) => (row.fid, None),
                (1, Some(mut row)) => {
                    row.paths = random_paths(&mut self.rng, layer.kind);
                    (row.fid, Some(row))
                }
                (2, Some(mut row)) => {
                    row.paths = other.paths;
                    row.key = other.key;
                    (row.fid, Some(row))
                }
                (3 | 4, Some(mut row)) => {
                    row.class = other.class;
                    row.name = format!("새 이름 {}", self.rng.random_range(0..30));
                    row.facts = other.facts;
                    (row.fid, Some(row))
                }
                (5, _) if !gone.is_empty() => {
                    let fid = gone[self.rng.random_range(0..gone.len())];
                    let mut row = other;
                    row.fid = fid;
                    (fid, Some(row))
                }
                _ => {
                    self.next_fid += 1;
                    (other.fid, Some(other))
                }
            };
            if let Some(row) = &mut row {
                row.generation = generation;
            }
            changes.insert(fid, row);
        }
        changes
    }

    /// Commits changes of some layers. A large change set comes as a new base.
    fn commit(&mut self, changes: Vec<(usize, Changes)>, generation: i64) {
        let mut layers = self.present().to_vec();
        let mut named = Vec::new();
        for (layer, changes) in changes {
            let (name, kind) = LAYERS[layer];
            let at = layers.iter().position(|l| l.layer.name.as_str() == name);
            let is_new = at.is_none();
            let at = at.unwrap_or_else(|| {
                layers.insert(0, PlainLayer::new(name, kind, generation));
                self.epochs.push(Epoch { layer, since: generation, retired: None });
                0
            });
            let versions = layers[at].versions(&changes);
            layers[at].apply(&changes, generation);
            let change = LayerChange::Rows { state: layers[at].state(), rows: versions };
            if self.rng.random_bool(0.1) {
                let state = snapshot_state(generation);
                let aside = self.timeline.advance(state, vec![change], self.now);
                let base = aside.head().layer(name).unwrap().1.merged().unwrap();
                named.push(LayerChange::New(LayerView::new(layers[at].state(), base)));
                if !is_new {
                    self.retire(layer, generation);
                }
            } else {
                named.push(change);
            }
        }
        self.timeline = self.timeline.advance(snapshot_state(generation), named, self.now);
        self.generation = generation;
        self.history.insert(generation, layers);
    }

    fn retire(&mut self, layer: usize, since: i64) {
        let current = self.epochs.iter_mut().find(|e| e.layer == layer && e.retired.is_none());
        current.unwrap().retired = Some(self.now);
        self.epochs.push(Epoch { layer, since, retired: None });
    }

    fn random_commit(&mut self) {
        // Now and then another process has committed twice.
        let generation = self.generation + self.rng.random_range(1..=8) / 8 + 1;
        let mut changes = Vec::new();
        for (layer, (name, kind)) in LAYERS.into_iter().enumerate() {
            let plain = self.present().iter().find(|l| l.layer.name.as_str() == name);
            let Some(plain) = plain.cloned() else {
                if self.rng.random_bool(0.1) {
                    let empty = PlainLayer::new(name, kind, generation);
                    changes.push((layer, self.random_changes(&empty, 30, generation)));
                }
                continue;
            };
            if self.rng.random_bool(0.6) {
                let count = if self.rng.random_bool(0.1) { 150 } else { 8 };
                let count = self.rng.random_range(0..count);
                changes.push((layer, self.random_changes(&plain, count, generation)));
            }
        }
        self.commit(changes, generation);
    }

    /// Takes back what the last change of a layer did.
    fn undo(&mut self) {
        let Some((_, before)) = self.history.iter().rev().nth(1) else { return };
        let generation = self.generation + 1;
        let changes = before
            .iter()
            .map(|old| {
                let name = &old.layer.name;
                let new = self.present().iter().find(|l| l.layer.name == *name).unwrap();
                let mut changes = new.difference(old);
                changes.values_mut().flatten().for_each(|row| row.generation = generation);
                (Self::named(name.as_str()), changes)
            })
            .collect();
        self.commit(changes, generation);
    }

    fn begin_building(&mut self) {
        let at = self.rng.random_range(0..self.present().len());
        let view = &self.timeline.head().layers()[at];
        self.building.push(Building {
            layer: Self::named(view.layer().name.as_str()),
            base: Arc::new(view.merged().unwrap()),
            built_at: self.generation,
        });
    }

    fn end_building(&mut self) {
        if self.building.is_empty() {
            return;
        }
        let Building { layer, base, built_at } = self.building.remove(0);
        let name = LAYERS[layer].0;
        let plain = self.present().iter().find(|l| l.layer.name.as_str() == name).unwrap();
        let until = plain.revisions.iter().rfind(|r| r.generation <= built_at);
        let since = until.unwrap().generation;
        let rows = base.len();
        let current = self.epochs.iter().find(|e| e.layer == layer && e.retired.is_none());
        if current.unwrap().since <= built_at {
            self.retire(layer, since);
        }
        assert!(rows == 0 || base.bytes() > u64::from(rows) * 100);
        self.timeline = self.timeline.merge(&LayerName::from_stem(name), base, built_at, self.now);
    }

    fn expire(&mut self) {
        let max_age = Duration::from_secs(self.rng.random_range(0..60));
        let max_bytes = if self.rng.random_bool(0.1) { 0 } else { u64::MAX };
        self.timeline = self.timeline.expire(self.now, max_age, max_bytes);
        let now = self.now;
        let (kept, dropped) = std::mem::take(&mut self.epochs).into_iter().partition(|epoch| {
            epoch.retired.is_none_or(|then| max_bytes > 0 && now - then <= max_age)
        });
        self.epochs = kept;
        let dropped: Vec<Epoch> = dropped;
        for layer in 0..LAYERS.len() {
            if dropped.iter().any(|epoch| epoch.layer == layer) {
                let left = self.epochs.iter().filter(|epoch| epoch.layer == layer);
                self.first = self.first.max(left.map(|epoch| epoch.since).min().unwrap());
            }
        }
    }

    /// A new process loads the register.
    fn restart(&mut self) {
        let layers = self.present().to_vec();
        let views = layers.iter().map(|layer| layer.loaded(&mut self.rng)).collect();
        self.timeline = Timeline::new(snapshot_state(self.generation), views);
        self.building.clear();
        self.first = self.generation;
        self.epochs = (layers.iter())
            .map(|plain| Epoch {
                layer: Self::named(plain.layer.name.as_str()),
                since: plain.revisions.last().unwrap().generation,
                retired: None,
            })
            .collect();
    }

    fn step(&mut self) {
        match self.rng.random_range(0..20) {
            0..10 => self.random_commit(),
            10 | 11 => self.undo(),
            12..15 => self.begin_building(),
            15..18 => self.end_building(),
            18 => self.expire(),
            _ if self.rng.random_bool(0.3) => self.restart(),
            _ => {}
        }
        self.now += Duration::from_secs(self.rng.random_range(0..20));
    }

    fn check_present(&mut self) {
        let layers = &self.history[&self.generation];
        let head = Arc::clone(self.timeline.head());
        assert_eq!(head.state.generation, self.generation);
        for (view, plain) in head.layers().iter().zip(layers) {
            check(view, plain, self.next_fid, &mut self.rng);
        }
        check_snapshot(&head, layers, &mut self.rng);
        let at = self.rng.random_range(0..layers.len());
        check_circle(&head.layers()[at], &layers[at], &mut self.rng);
    }

    /// Any state that ever was: from memory, or, where memory has it no more, rewound.
    fn check_past(&mut self) {
        for generation in 0..self.generation + 2 {
            let known = generation >= self.first && self.history.contains_key(&generation);
            let found = self.timeline.at(generation, revision(generation).stamp);
            assert_eq!(found.is_some(), known, "{generation} {}", self.first);
            assert!(self.timeline.at(generation, Stamp::from_bits(1)).is_none());
        }
        let generation = self.rng.random_range(1..=self.generation);
        let Some(layers) = self.history.get(&generation) else { return };
        let found = self.timeline.at(generation, revision(generation).stamp);
        if let Some(snapshot) = found {
            assert_eq!(snapshot.state.time, revision(generation).time);
            check_snapshot(&snapshot, layers, &mut self.rng);
            for (view, plain) in snapshot.layers().iter().zip(layers) {
                check(view, plain, self.next_fid, &mut self.rng);
                let last = *plain.revisions.last().unwrap();
                let same = self.timeline.layer_at(&plain.layer.name, last).unwrap();
                check(&same, plain, self.next_fid, &mut self.rng);
            }
        }
        let past = &layers[self.rng.random_range(0..layers.len())];
        let name = past.layer.name.as_str();
        let plain = self.present().iter().find(|l| l.layer.name.as_str() == name).unwrap();
        let changes = plain.difference(past);
        let (_, view) = self.timeline.head().layer(name).unwrap();
        let rewound = view.rewound(generation, plain.versions(&changes));
        check(&rewound, past, self.next_fid, &mut self.rng);
        let merged = LayerView::new(past.state(), rewound.merged().unwrap());
        check(&merged, past, self.next_fid, &mut self.rng);
    }
}

#[test]
fn every_state_answers_as_a_plain_map_does() {
    let thorough = std::env::var("SISEOL_THOROUGH").is_ok_and(|v| v == "1");
    let (seeds, steps) = if thorough { (12, 400) } else { (3, 60) };
    for seed in 60..60 + seeds {
        let mut drive = Drive::new(seed, if seed % 2 == 0 { 300 } else { 20 });
        for step in 0..steps {
            drive.step();
            if step % 3 == 0 {
                drive.check_present();
                drive.check_past();
            }
        }
    }
}
