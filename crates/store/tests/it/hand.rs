//! Change sets that are written here, row by row, in any order: what is read of the past does not depend on what the
//! writing side likes to do.

use crate::chronicle::{Chronicle, State};
use crate::kit::{layer, sql};
use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use siseol_model::{FacilityKey, Feature, Field, FieldKind, GeometryKind, Layer, LayerName, Value};
use std::collections::BTreeMap;

/// A table of values of every kind.
pub(crate) fn table(name: &str) -> Layer {
    let fields = [
        ("번호", FieldKind::Integer),
        ("관경", FieldKind::Float),
        ("이름", FieldKind::Text),
        ("설치일", FieldKind::Date),
        ("사용", FieldKind::Boolean),
    ];
    let fields = fields.map(|(name, kind)| Field::new(name, kind));
    layer(name, GeometryKind::None, fields.into())
}

/// The content of a row as the register's format has it.
fn content(row: &Feature) -> Vec<u8> {
    fn text(out: &mut Vec<u8>, text: &str) {
        out.push(1);
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    }
    let mut out = Vec::new();
    match &row.key {
        Some(key) => text(&mut out, key.as_str()),
        None => out.push(0),
    }
    assert_eq!(row.geometry, None);
    out.push(0);
    for value in &row.values {
        match value {
            Value::Null => out.push(0),
            Value::Text(v) => text(&mut out, v),
            Value::Integer(v) => out.extend([&[2][..], &v.to_le_bytes()].concat()),
            Value::Float(v) => out.extend([&[3][..], &v.to_le_bytes()].concat()),
            Value::Date(v) => {
                let [y0, y1] = v.year().to_le_bytes();
                out.extend([4, y0, y1, v.month().unsigned_abs(), v.day().unsigned_abs()]);
            }
            Value::Boolean(v) => out.extend([5, u8::from(*v)]),
        }
    }
    out
}

fn hash(content: &[u8]) -> Vec<u8> {
    blake3::hash(content).as_bytes()[..16].to_vec()
}

fn column(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Integer(v) => Sql::Integer(*v),
        Value::Float(v) => Sql::Real(*v),
        Value::Text(v) => Sql::Text(v.to_string()),
        Value::Date(v) => Sql::Text(v.to_string()),
        Value::Boolean(v) => Sql::Integer((*v).into()),
    }
}

/// One change set on its way into the register.
pub(crate) struct Hand<'a> {
    connection: &'a rusqlite::Connection,
    old: &'a State,
    change_set: i64,
    generation: i64,
    tallies: BTreeMap<LayerName, Tally>,
}

/// What it did to one layer.
#[derive(Default)]
struct Tally {
    came_back: i64,
    updated: i64,
    deleted: i64,
    fresh: Vec<i64>,
}

impl Chronicle {
    /// Makes a change set of what `write` does, and notes the state after it. It may say that it undoes another one.
    pub(crate) fn by_hand(
        &mut self,
        time: Timestamp,
        undoes: Option<i64>,
        write: impl FnOnce(&mut Hand<'_>),
    ) {
        let mut connection = sql(self.path());
        let transaction = connection.transaction().unwrap();
        transaction
            .execute_batch(&format!(
                "UPDATE siseol_meta SET writing = 1, generation = generation + 1, time = '{time}', \
                   stamp = lower(hex(randomblob(16)));
                 INSERT INTO siseol_change_set(generation, stamp, time, source, kind) \
                 SELECT generation, stamp, time, '', 'delivery' FROM siseol_meta"
            ))
            .unwrap();
        let change_set = transaction.last_insert_rowid();
        if undoes.is_some() {
            let undo = "UPDATE siseol_change_set SET kind = 'undo', undoes = ?2 WHERE id = ?1";
            transaction.execute(undo, (change_set, undoes)).unwrap();
        }
        let generation = transaction
            .query_row("SELECT generation FROM siseol_meta", [], |row| row.get(0))
            .unwrap();
        let mut hand = Hand {
            connection: &transaction,
            old: self.now(),
            change_set,
            generation,
            tallies: BTreeMap::new(),
        };
        write(&mut hand);
        hand.finish();
        transaction.commit().unwrap();
        self.note();
    }
}

impl Hand<'_> {
    /// Names a layer, whether it changes or not. All new rows of a layer have to come one after the other.
    pub(crate) fn name(&mut self, layer: &LayerName) {
        self.tallies.entry(layer.clone()).or_default();
    }

    fn tally(&mut self, layer: &LayerName) -> &mut Tally {
        self.tallies.entry(layer.clone()).or_default()
    }

    pub(crate) fn insert(&mut self, layer: &LayerName, row: &Feature) -> i64 {
        let next = "UPDATE siseol_meta SET next_fid = next_fid + 1 RETURNING next_fid - 1";
        let fid = self.connection.query_row(next, [], |row| row.get(0)).unwrap();
        self.store(layer, fid, row, self.generation);
        self.tally(layer).fresh.push(fid);
        fid
    }

    pub(crate) fn update(&mut self, layer: &LayerName, fid: i64, row: &Feature) {
        let born = self.remember(layer, fid, 2);
        self.store(layer, fid, row, born);
        self.tally(layer).updated += 1;
    }

    pub(crate) fn delete(&mut self, layer: &LayerName, fid: i64) {
        self.remember(layer, fid, 3);
        let delete = format!("DELETE FROM \"{layer}\" WHERE fid = ?1");
        self.connection.execute(&delete, [fid]).unwrap();
        self.connection.execute("DELETE FROM siseol_row WHERE fid = ?1", [fid]).unwrap();
        self.tally(layer).deleted += 1;
    }

    pub(crate) fn bring_back(&mut self, layer: &LayerName, fid: i64, row: &Feature) {
        self.connection
            .execute(
                "INSERT INTO siseol_history(change_set, generation, layer, fid, operation) \
                 SELECT ?1, ?2, id, ?4, 1 FROM siseol_layer WHERE name = ?3",
                (self.change_set, self.generation, layer.as_str(), fid),
            )
            .unwrap();
        self.store(layer, fid, row, self.generation);
        self.tally(layer).came_back += 1;
    }

    fn store(&self, layer: &LayerName, fid: i64, row: &Feature, born: i64) {
        let marks: Vec<_> = (1..=row.values.len() + 1).map(|i| format!("?{i}")).collect();
        let values = std::iter::once(Sql::Integer(fid)).chain(row.values.iter().map(column));
        let insert = format!("REPLACE INTO \"{layer}\" VALUES ({})", marks.join(", "));
        self.connection.execute(&insert, rusqlite::params_from_iter(values)).unwrap();
        let key = row.key.as_ref().map(FacilityKey::as_str);
        self.connection
            .execute(
                "REPLACE INTO siseol_row SELECT ?1, id, ?3, ?4, ?5, ?6 FROM siseol_layer WHERE name = ?2",
                (fid, layer.as_str(), key, hash(&content(row)), born, self.generation),
            )
            .unwrap();
    }

    /// Keeps a row as it was before this change set. Returns when it was born.
    fn remember(&self, layer: &LayerName, fid: i64, operation: i64) -> i64 {
        let (changed, old) = &self.old[&(layer.clone(), fid)];
        let content = content(old);
        self.connection
            .query_row(
                "INSERT INTO siseol_history(change_set, generation, layer, fid, operation, born, changed, hash, content) \
                 SELECT ?1, ?2, layer, fid, ?4, born, ?5, ?6, ?7 FROM siseol_row WHERE fid = ?3 RETURNING born",
                (self.change_set, self.generation, fid, operation, changed, hash(&content), &content),
                |row| row.get(0),
            )
            .unwrap()
    }

    fn finish(self) {
        for (layer, Tally { came_back, updated, deleted, fresh }) in self.tallies {
            let inserted = came_back + i64::try_from(fresh.len()).unwrap();
            let first = fresh.first().copied().unwrap_or_default();
            assert!(fresh.iter().copied().eq((first..).take(fresh.len())));
            self.connection
                .execute(
                    "INSERT INTO siseol_change SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, \
                     (SELECT count(*) FROM siseol_row WHERE layer = siseol_layer.id), ?8, ?9, 0, 0, NULL \
                     FROM siseol_layer WHERE name = ?1",
                    (
                        layer.as_str(),
                        self.change_set,
                        self.generation,
                        inserted + updated + deleted > 0,
                        inserted,
                        updated,
                        deleted,
                        first,
                        i64::try_from(fresh.len()).unwrap(),
                    ),
                )
                .unwrap();
        }
        self.connection.execute_batch("UPDATE siseol_meta SET writing = 0").unwrap();
    }
}
