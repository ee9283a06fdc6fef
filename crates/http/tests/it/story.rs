//! A register that changes at random, and what it held in every state, as plain maps.

use crate::kit::{Place, layer, row, seeded, wkb_line, wkb_point};
use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use rand::seq::IteratorRandom as _;
use rand_chacha::ChaCha8Rng;
use siseol_model::{
    CodeList, CommitInfo, DeliveryMode, Feature, Field, FieldKind, GeometryKind, Label, Layer,
    Value,
};
use std::collections::BTreeMap;

/// Layers of points, of lines from west to east, and of rows without geometry.
pub(crate) const LAYERS: [&str; 3] = ["note", "pipe", "valve"];

/// One ten-thousandth of a degree: coordinates are whole numbers of them.
pub(crate) const STEP: f64 = 1e4;

/// A row as any program reads it from the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlainRow {
    pub(crate) key: Option<String>,
    /// A point, or the two ends of a line.
    pub(crate) path: Option<Vec<[f64; 2]>>,
    pub(crate) class: Option<String>,
    pub(crate) number: i64,
}

/// The rows of each layer by fid.
pub(crate) type PlainLayers = BTreeMap<String, BTreeMap<i64, PlainRow>>;

/// What the register held in one state.
#[derive(Debug, Clone)]
pub(crate) struct PlainState {
    pub(crate) commit: CommitInfo,
    pub(crate) layers: PlainLayers,
}

/// A register, and all that it has been.
pub(crate) struct Story {
    pub(crate) place: Place,
    pub(crate) random: ChaCha8Rng,
    pub(crate) states: Vec<PlainState>,
    now: Timestamp,
    /// For keys that nobody has had yet.
    keys: u32,
}

impl Story {
    /// A story of one delivery.
    pub(crate) fn begin(what: &str) -> Self {
        let mut story = Self {
            place: Place::new(),
            random: seeded(what),
            states: Vec::new(),
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
            keys: 0,
        };
        let rows = |story: &mut Self, name: &str| (0..40).map(|_| story.new_row(name)).collect();
        let layers = LAYERS.map(|name| (definition(name), rows(&mut story, name)));
        let commit = story.place.deliver(DeliveryMode::Upsert, &layers, story.now);
        story.note(commit);
        story
    }

    /// The last state.
    pub(crate) fn present(&self) -> &PlainState {
        self.states.last().unwrap()
    }

    /// One more commit: a delivery in any mode, or an undo.
    pub(crate) fn go_on(&mut self) {
        // Clocks stand still now and then.
        let pause = [0, 1, 60, 86_400].into_iter().choose(&mut self.random).unwrap();
        self.now += SignedDuration::from_secs(pause);
        if self.random.random_bool(0.2) {
            let change_set =
                self.states.iter().map(|state| state.commit.change_set).choose(&mut self.random);
            let report = self.place.undo(change_set.unwrap(), self.now);
            report.commit.into_iter().for_each(|commit| self.note(commit));
            return;
        }
        let mode = [DeliveryMode::Upsert, DeliveryMode::Replace, DeliveryMode::Append]
            .into_iter()
            .choose(&mut self.random)
            .unwrap();
        let count = self.random.random_range(1..=2);
        let mut names = LAYERS.into_iter().choose_multiple(&mut self.random, count);
        names.sort_unstable();
        let layers: Vec<_> =
            names.into_iter().map(|name| (definition(name), self.rows(name, mode))).collect();
        let commit = self.place.deliver(mode, &layers, self.now);
        self.note(commit);
    }

    /// The rows of a delivery: what the layer has, some of it changed, some of it left out, and new ones.
    fn rows(&mut self, name: &str, mode: DeliveryMode) -> Vec<Feature> {
        let known = match mode {
            DeliveryMode::Append => BTreeMap::new(),
            _ => self.present().layers[name].clone(),
        };
        let kept = self.random.random_range(0.7..1.0);
        let changed = self.random.random_range(0.0..0.3);
        let mut rows = Vec::new();
        for known in known.into_values() {
            if !self.random.random_bool(kept) {
                continue;
            }
            let mut feature = self.new_row(name);
            if !self.random.random_bool(changed) {
                feature = stored(&known);
            }
            feature.key = known.key.map(Into::into);
            rows.push(feature);
        }
        let new = self.random.random_range(0..8);
        rows.extend((0..new).map(|_| self.new_row(name)));
        rows
    }

    fn new_row(&mut self, name: &str) -> Feature {
        self.keys += 1;
        let random = &mut self.random;
        let key = if random.random_bool(0.9) { format!("K{}", self.keys) } else { String::new() };
        let class = ["A", "B", "C", ""].into_iter().choose(random).unwrap();
        let class = if class.is_empty() { Value::Null } else { Value::text(class) };
        let number = Value::Integer(random.random_range(0..1_000));
        let (x, y) = (random.random_range(0..500), random.random_range(0..500));
        let at = |dx: i32| [f64::from(1_270_000 + x + dx) / STEP, f64::from(370_000 + y) / STEP];
        let geometry = match name {
            "valve" => Some(wkb_point(at(0)[0], at(0)[1])),
            "pipe" => Some(wkb_line(&[at(0), at(random.random_range(1..50))])),
            _ => None,
        };
        row(&key, geometry.filter(|_| random.random_bool(0.95)), vec![class, number])
    }

    fn note(&mut self, commit: CommitInfo) {
        let file = rusqlite::Connection::open(self.place.register()).unwrap();
        let layers = LAYERS.map(|name| (name.to_owned(), plain_rows(&file, name)));
        self.states.push(PlainState { commit, layers: layers.into() });
    }
}

fn definition(name: &str) -> Layer {
    let kind = match name {
        "valve" => GeometryKind::Point,
        "pipe" => GeometryKind::Line,
        _ => GeometryKind::None,
    };
    let mut class = Field::new("CLS", FieldKind::Text);
    class.code_list = Some("CLS".to_owned());
    let mut layer = layer(name, kind, vec![class, Field::new("N", FieldKind::Integer)]);
    layer.class.class_field = Some("CLS".to_owned());
    let codes = CodeList { label: Label::same("CLS"), codes: BTreeMap::new() };
    layer.code_lists.insert("CLS".to_owned(), codes);
    layer
}

fn stored(plain: &PlainRow) -> Feature {
    let geometry = plain.path.as_ref().map(|path| match path.as_slice() {
        &[[x, y]] => wkb_point(x, y),
        path => wkb_line(path),
    });
    let class = plain.class.as_deref().map_or(Value::Null, Value::text);
    row("", geometry, vec![class, Value::Integer(plain.number)])
}

/// The rows of a layer, by plain SQL.
fn plain_rows(file: &rusqlite::Connection, name: &str) -> BTreeMap<i64, PlainRow> {
    let geometry = if name == "note" { "NULL" } else { "t.geom" };
    let sql = format!(
        "SELECT t.fid, {geometry}, r.facility_key, t.CLS, t.N FROM {name} t JOIN siseol_row r USING (fid)"
    );
    let mut statement = file.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| {
        let blob: Option<Vec<u8>> = row.get(1)?;
        let row_ = PlainRow {
            key: row.get(2)?,
            path: blob.map(|blob| path(&blob)),
            class: row.get(3)?,
            number: row.get(4)?,
        };
        Ok((row.get(0)?, row_))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The coordinates of a point or a line in a GeoPackage.
fn path(blob: &[u8]) -> Vec<[f64; 2]> {
    let envelope = [0, 32, 48, 48, 64][usize::from(blob[3] >> 1 & 7)];
    let wkb = &blob[8 + envelope..];
    // A point has no count of points.
    let coords = if wkb[1] == 1 { &wkb[5..] } else { &wkb[9..] };
    let number = |at: usize| f64::from_le_bytes(coords[at * 8..at * 8 + 8].try_into().unwrap());
    (0..coords.len() / 16).map(|i| [number(i * 2), number(i * 2 + 1)]).collect()
}
