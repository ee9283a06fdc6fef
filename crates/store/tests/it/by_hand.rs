//! Registers whose history is written here, row by row, in the order of chance: what is read of the past does not
//! depend on what the writing side likes to do.

use crate::chronicle::Chronicle;
use crate::kit::{Place, deliver, feature, layer, sql};
use crate::random::{seeded, thorough};
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use rusqlite::types::Value as Sql;
use siseol_model::{FacilityKey, Feature, Field, FieldKind, GeometryKind, Layer, LayerName, Value};
use std::path::Path;

/// A table of values of every kind.
fn table(name: &str) -> Layer {
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

fn row(rng: &mut ChaCha8Rng) -> Feature {
    let mut values = vec![
        Value::Integer(rng.random_range(-3..3)),
        Value::Float(f64::from(rng.random_range(-4..4)) / 4.0),
        Value::text(["", "군포시", "o'clock"].choose(rng).copied().unwrap()),
        Value::Date(jiff::civil::date(rng.random_range(1900..2030), 2, rng.random_range(1..29))),
        Value::Boolean(rng.random()),
    ];
    for value in &mut values {
        if rng.random_ratio(1, 5) {
            *value = Value::Null;
        }
    }
    let key = if rng.random_ratio(1, 4) {
        String::new()
    } else {
        format!("K-{}", rng.random_range(0..9))
    };
    feature(&key, None, values)
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
struct Hand<'a> {
    transaction: rusqlite::Transaction<'a>,
    change_set: i64,
    generation: i64,
}

impl Hand<'_> {
    fn store(&self, layer: &LayerName, fid: i64, row: &Feature, born: Option<i64>) {
        let marks: Vec<_> = (1..=row.values.len() + 1).map(|i| format!("?{i}")).collect();
        let values = std::iter::once(Sql::Integer(fid)).chain(row.values.iter().map(column));
        let insert = format!("REPLACE INTO \"{layer}\" VALUES ({})", marks.join(", "));
        self.transaction.execute(&insert, rusqlite::params_from_iter(values)).unwrap();
        let key = row.key.as_ref().map(FacilityKey::as_str);
        self.transaction
            .execute(
                "REPLACE INTO siseol_row SELECT ?1, id, ?3, ?4, ?5, ?6 FROM siseol_layer WHERE name = ?2",
                (fid, layer.as_str(), key, hash(&content(row)), born.unwrap_or(self.generation), self.generation),
            )
            .unwrap();
    }

    fn born(&self, fid: i64) -> i64 {
        let born = "SELECT born FROM siseol_row WHERE fid = ?1";
        self.transaction.query_row(born, [fid], |row| row.get(0)).unwrap()
    }

    fn remember(&self, layer: &LayerName, fid: i64, operation: i64, old: Option<&(i64, Feature)>) {
        let born = old.map(|_| self.born(fid));
        let bytes = old.map(|(_, row)| content(row));
        self.transaction
            .execute(
                "INSERT INTO siseol_history(change_set, generation, layer, fid, operation, born, changed, hash, content) \
                 SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9 FROM siseol_layer WHERE name = ?3",
                (
                    self.change_set,
                    self.generation,
                    layer.as_str(),
                    fid,
                    operation,
                    born,
                    old.map(|(changed, _)| *changed),
                    bytes.as_deref().map(hash),
                    bytes,
                ),
            )
            .unwrap();
    }

    fn forget(&self, layer: &LayerName, fid: i64) {
        self.transaction
            .execute(&format!("DELETE FROM \"{layer}\" WHERE fid = ?1"), [fid])
            .unwrap();
        self.transaction.execute("DELETE FROM siseol_row WHERE fid = ?1", [fid]).unwrap();
    }
}

/// Writes one change set of random changes to some of the layers.
fn change(
    path: &Path,
    chronicle: &Chronicle,
    layers: &[Layer],
    time: Timestamp,
    rng: &mut ChaCha8Rng,
) {
    let mut connection = sql(path);
    let transaction = connection.transaction().unwrap();
    transaction.execute_batch("UPDATE siseol_meta SET writing = 1").unwrap();
    let generation: i64 =
        transaction.query_row("SELECT generation + 1 FROM siseol_meta", [], |r| r.get(0)).unwrap();
    let stamp = format!("{:032x}", rng.random::<u128>());
    transaction
        .execute(
            "INSERT INTO siseol_change_set(generation, stamp, time, source, kind, undoes) \
             VALUES (?1, ?2, ?3, '', iif(?4, 'undo', 'delivery'), iif(?4, 1, NULL))",
            (generation, &stamp, time.to_string(), rng.random::<bool>()),
        )
        .unwrap();
    let change_set = transaction.last_insert_rowid();
    let hand = Hand { transaction, change_set, generation };
    let named = rng.random_range(1..=layers.len());
    for layer in layers.choose_multiple(rng, named) {
        change_layer(&hand, chronicle, &layer.name, rng);
    }
    hand.transaction
        .execute(
            "UPDATE siseol_meta SET generation = ?1, stamp = ?2, time = ?3, writing = 0",
            (generation, &stamp, time.to_string()),
        )
        .unwrap();
    hand.transaction.commit().unwrap();
}

fn change_layer(hand: &Hand<'_>, chronicle: &Chronicle, layer: &LayerName, rng: &mut ChaCha8Rng) {
    let mine = |((name, _), _): &(&(LayerName, i64), _)| name == layer;
    let gone = chronicle.gone();
    let mut places: Vec<_> = chronicle.now().iter().filter(mine).collect();
    places.extend(gone.iter().filter(mine));
    places.shuffle(rng);
    places.truncate(rng.random_range(0..=places.len()));
    let [mut inserted, mut updated, mut deleted] = [0; 3];
    for ((_, fid), old) in places {
        if gone.contains_key(&(layer.clone(), *fid)) {
            hand.remember(layer, *fid, 1, None);
            let back = if rng.random() { old.1.clone() } else { row(rng) };
            hand.store(layer, *fid, &back, None);
            inserted += 1;
        } else if rng.random_ratio(1, 3) {
            hand.remember(layer, *fid, 3, Some(old));
            hand.forget(layer, *fid);
            deleted += 1;
        } else {
            hand.remember(layer, *fid, 2, Some(old));
            hand.store(layer, *fid, &row(rng), Some(hand.born(*fid)));
            updated += 1;
        }
    }
    let first: i64 = hand
        .transaction
        .query_row("SELECT next_fid FROM siseol_meta", [], |row| row.get(0))
        .unwrap();
    let fresh = rng.random_range(0..4);
    for fid in first..first + fresh {
        hand.store(layer, fid, &row(rng), None);
    }
    inserted += fresh;
    hand.transaction.execute("UPDATE siseol_meta SET next_fid = ?1", [first + fresh]).unwrap();
    hand.transaction
        .execute(
            "INSERT INTO siseol_change SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, \
             (SELECT count(*) FROM siseol_row WHERE layer = siseol_layer.id), ?8, ?9, 0, 0, NULL \
             FROM siseol_layer WHERE name = ?1",
            (
                layer.as_str(),
                hand.change_set,
                hand.generation,
                inserted + updated + deleted > 0,
                inserted,
                updated,
                deleted,
                first,
                fresh,
            ),
        )
        .unwrap();
}

#[test]
fn the_past_is_as_it_was() {
    let mut rng = seeded("the past");
    for _ in 0..if thorough() { 60 } else { 4 } {
        let place = Place::new();
        let path = place.register();
        let layers = [table("codes"), table("행정동")];
        let mut chronicle = Chronicle::new(&path);
        for layer in &layers {
            let rows = (0..rng.random_range(0..12)).map(|_| row(&mut rng)).collect();
            deliver(&path, &[(layer.clone(), rows)]).unwrap();
            chronicle.note();
        }
        let mut time = crate::kit::now();
        for _ in 0..rng.random_range(0..if thorough() { 14 } else { 7 }) {
            // Some at the same time, and whole seconds among others.
            time +=
                SignedDuration::from_millis([0, 500, 1, 1000].choose(&mut rng).copied().unwrap());
            change(&path, &chronicle, &layers, time, &mut rng);
            chronicle.note();
        }
        chronicle.compare(&mut rng);
    }
}
