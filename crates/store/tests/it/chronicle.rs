//! The past against what was noted down when it was the present.

use crate::kit::read;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use siseol_model::{Change, CommitInfo, Feature, Layer, LayerName, Operation};
use siseol_store::{Life, Register, StoreError, StoredRow};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rows of a register by layer and fid, each with the state in which it got its content.
pub(crate) type State = BTreeMap<(LayerName, i64), (i64, Feature)>;

/// What a register held each time that it had just been changed.
pub(crate) struct Chronicle {
    path: PathBuf,
    commits: Vec<CommitInfo>,
    /// The place is the generation; the first one is empty.
    states: Vec<State>,
}

fn feature(row: StoredRow<'_>) -> (i64, Feature) {
    let feature = Feature {
        key: row.key.cloned(),
        geometry: row.geometry.map(<[u8]>::to_vec),
        values: row.values.to_vec(),
    };
    (row.generation, feature)
}

impl Chronicle {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.into(), commits: Vec::new(), states: vec![State::new()] }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Notes what the register holds now, if it has changed.
    pub(crate) fn note(&mut self) {
        let register = read(&self.path);
        let head = register.head().unwrap();
        if usize::try_from(head.generation).unwrap() < self.states.len() {
            return;
        }
        let mut state = State::new();
        for entry in register.layers().unwrap() {
            let name = entry.layer.name.clone();
            register
                .read_layer::<StoreError>(&entry.layer, &mut |row| {
                    state.insert((name.clone(), row.fid), feature(row));
                    Ok(())
                })
                .unwrap();
        }
        self.states.push(state);
        assert_eq!(usize::try_from(head.generation).unwrap() + 1, self.states.len());
        self.commits.push(register.commit_of(head.generation).unwrap().unwrap());
        assert_eq!(self.commits.last().unwrap().stamp, head.stamp);
    }

    pub(crate) fn now(&self) -> &State {
        self.states.last().unwrap()
    }

    /// How many change sets there were.
    pub(crate) fn commits(&self) -> usize {
        self.commits.len()
    }

    /// The rows that there were once and that are no more.
    pub(crate) fn gone(&self) -> State {
        let mut gone = State::new();
        for state in &self.states {
            gone.extend(state.iter().map(|(place, version)| (place.clone(), version.clone())));
        }
        gone.retain(|place, _| !self.now().contains_key(place));
        gone
    }

    /// Asks the register for all of its past.
    pub(crate) fn compare(&self, rng: &mut impl Rng) {
        let register = read(&self.path);
        let check = register.check().unwrap();
        assert!(check.ok, "{check:#?}");
        let layers: Vec<_> = register.layers().unwrap().into_iter().map(|e| e.layer).collect();
        for layer in &layers {
            self.compare_states(&register, layer);
            self.compare_pairs(&register, layer);
        }
        self.compare_catalogue(&register);
        self.compare_changes(&register, rng);
        self.compare_lives(&register);
        self.compare_times(&register);
    }

    fn compare_states(&self, register: &Register, layer: &Layer) {
        for (generation, state) in (0..).zip(&self.states) {
            let expected: Vec<_> = of_layer(state, layer).collect();
            let mut found = Vec::new();
            register
                .read_layer_at::<StoreError>(layer, generation, &mut |row| {
                    found.push((row.fid, feature(row)));
                    Ok(())
                })
                .unwrap();
            let found: Vec<_> = found.iter().map(|(fid, version)| (*fid, version)).collect();
            assert_eq!(found, expected, "{} at {generation}", layer.name);
        }
    }

    fn compare_pairs(&self, register: &Register, layer: &Layer) {
        for (from, old) in (0..).zip(&self.states) {
            for (to, new) in (0..).zip(&self.states) {
                let (old, new) = (of_layer(old, layer), of_layer(new, layer));
                let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (old.collect(), new.collect());
                let fids: BTreeSet<i64> = old.keys().chain(new.keys()).copied().collect();
                let changed = |fid: &i64| old.get(fid).map(|v| v.0) != new.get(fid).map(|v| v.0);
                let expected: Vec<_> = fids
                    .into_iter()
                    .filter(changed)
                    .map(|fid| (fid, new.get(&fid).map(|&version| version.clone())))
                    .collect();
                let mut found = Vec::new();
                register
                    .read_difference::<StoreError>(layer, from, to, &mut |fid, row| {
                        found.push((fid, row.map(feature)));
                        Ok(())
                    })
                    .unwrap();
                assert_eq!(found, expected, "{} from {from} to {to}", layer.name);
                let size = register.difference_size(&layer.name, from, to).unwrap();
                assert!(size >= expected.len() as u64);
            }
        }
    }

    fn compare_catalogue(&self, register: &Register) {
        for (generation, state) in (0..).zip(&self.states) {
            let mut counts = BTreeMap::<_, u64>::new();
            for (layer, _) in state.keys() {
                *counts.entry(layer.clone()).or_default() += 1;
            }
            for entry in register.layers_at(generation).unwrap() {
                let rows = counts.remove(&entry.layer.name).unwrap_or_default();
                assert_eq!(entry.rows, rows, "{} at {generation}", entry.layer.name);
                let last = entry.revisions.last().unwrap().generation;
                let newest = of_layer(state, &entry.layer).map(|(_, version)| version.0).max();
                assert!(last <= generation && newest.unwrap_or_default() <= last);
            }
            assert_eq!(counts, BTreeMap::new(), "{generation}");
        }
    }

    /// What the states tell of a change set: the rows that it touched, before and after.
    fn expected_changes(&self, generation: usize) -> BTreeMap<(LayerName, i64), Sides> {
        let (old, new) = (&self.states[generation - 1], &self.states[generation]);
        let places: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        let mut changes = BTreeMap::new();
        for place in places {
            let (before, after) = (old.get(place), new.get(place));
            if before.map(|v| v.0) != after.map(|v| v.0) {
                let [before, after] = [before, after].map(|v| v.map(|(_, row)| row.clone()));
                changes.insert(place.clone(), (before, after));
            }
        }
        changes
    }

    fn compare_changes(&self, register: &Register, rng: &mut impl Rng) {
        assert_eq!(register.changes(0, 0, 10).unwrap(), []);
        let sets = register.change_sets(0, None).unwrap();
        assert_eq!(
            sets.iter().map(|set| &set.commit).collect::<Vec<_>>(),
            self.commits.iter().collect::<Vec<_>>()
        );
        for set in &sets {
            let id = set.commit.change_set;
            assert_eq!(register.change_set(id).unwrap().as_ref(), Some(set));
            let generation = usize::try_from(set.commit.generation).unwrap();
            let expected = self.expected_changes(generation);
            let changes = register.changes(id, 0, usize::MAX).unwrap();
            assert!(changes.iter().map(|c| c.number).eq(1..=expected.len() as u64));
            let found: BTreeMap<_, _> = changes.iter().map(place_and_sides).collect();
            assert_eq!(found, expected, "{generation}");
            for layer in &set.layers {
                let count = |operation| {
                    let of = |c: &&Change| c.layer == layer.layer && c.operation == operation;
                    changes.iter().filter(of).count() as u64
                };
                assert_eq!(layer.changes.inserted, count(Operation::Insert));
                assert_eq!(layer.changes.updated, count(Operation::Update));
                assert_eq!(layer.changes.deleted, count(Operation::Delete));
            }
            for after in 0..=changes.len() {
                let limit = rng.random_range(0..=changes.len());
                let page = register.changes(id, after as u64, limit).unwrap();
                assert!(page.iter().eq(changes.iter().skip(after).take(limit)), "{after} {limit}");
            }
        }
        let (after, limit) = (rng.random_range(0..=sets.len()), rng.random_range(0..=sets.len()));
        let some = register.change_sets(i64::try_from(after).unwrap(), Some(limit as u64)).unwrap();
        assert!(some.iter().eq(sets.iter().skip(after).take(limit)));
        assert_eq!(register.change_set(i64::MAX).unwrap(), None);
    }

    fn compare_lives(&self, register: &Register) {
        let mut lives: BTreeMap<i64, (LayerName, Vec<(i64, Sides)>)> = BTreeMap::new();
        for (generation, commit) in (1..).zip(&self.commits) {
            for ((layer, fid), sides) in self.expected_changes(generation) {
                let life = lives.entry(fid).or_insert_with(|| (layer, Vec::new()));
                life.1.push((commit.change_set, sides));
            }
        }
        for (&fid, (layer, expected)) in &lives {
            let Life { layer: found, events, .. } = register.life(fid).unwrap().unwrap();
            assert_eq!(&found, layer);
            let told: Vec<_> = events
                .iter()
                .map(|e| (e.commit.change_set, (e.before.clone(), e.after.clone())))
                .collect();
            assert_eq!(&told, expected, "{fid}");
            for event in &events {
                assert_eq!(
                    event.operation,
                    operation(&(event.before.clone(), event.after.clone()))
                );
                let set = register.change_set(event.commit.change_set).unwrap().unwrap();
                assert_eq!(
                    (&event.commit, event.kind, event.undoes),
                    (&set.commit, set.kind, set.undoes)
                );
            }
        }
        let unknown = lives.keys().max().unwrap_or(&0) + 1;
        assert_eq!(register.life(unknown).unwrap(), None);
        assert_eq!(register.life(0).unwrap(), None);
    }

    fn compare_times(&self, register: &Register) {
        let step = SignedDuration::from_nanos(1);
        for commit in &self.commits {
            for time in [commit.time, commit.time - step, commit.time + step] {
                let expected = self.commits.iter().rev().find(|commit| commit.time <= time);
                assert_eq!(register.state_at(time).unwrap().as_ref(), expected, "{time}");
            }
            assert_eq!(register.commit_of(commit.generation).unwrap().as_ref(), Some(commit));
        }
        assert_eq!(register.state_at(Timestamp::MAX).unwrap().as_ref(), self.commits.last());
        assert_eq!(register.state_at(Timestamp::MIN).unwrap(), None);
        assert_eq!(register.commit_of(0).unwrap(), None);
        assert_eq!(register.commit_of(i64::try_from(self.states.len()).unwrap()).unwrap(), None);
    }
}

/// A row before and after a change.
type Sides = (Option<Feature>, Option<Feature>);

fn operation(sides: &Sides) -> Operation {
    match sides {
        (None, _) => Operation::Insert,
        (_, None) => Operation::Delete,
        _ => Operation::Update,
    }
}

fn place_and_sides(change: &Change) -> ((LayerName, i64), Sides) {
    let sides = (change.before.clone(), change.after.clone());
    assert_eq!(change.operation, operation(&sides));
    ((change.layer.clone(), change.fid), sides)
}

fn of_layer<'a>(
    state: &'a State,
    layer: &'a Layer,
) -> impl Iterator<Item = (i64, &'a (i64, Feature))> {
    let mine = move |((name, _), _): &(&(LayerName, i64), _)| *name == layer.name;
    state.iter().filter(mine).map(|((_, fid), version)| (*fid, version))
}
