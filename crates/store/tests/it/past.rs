//! Past states, differences, changes and lives of registers with any history.

use crate::chronicle::{Chronicle, State};
use crate::hand::{Hand, table};
use crate::kit::{Place, deliver, feature, now};
use crate::random::{seeded, thorough};
use jiff::SignedDuration;
use rand::Rng as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use siseol_model::{Feature, LayerName, Value};

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

#[test]
fn the_past_is_as_it_was() {
    let mut rng = seeded("the past");
    for _ in 0..if thorough() { 60 } else { 4 } {
        let place = Place::new();
        let mut layers = [table("codes"), table("행정동")];
        let mut chronicle = Chronicle::new(&place.register());
        for layer in &layers {
            let rows = (0..rng.random_range(0..12)).map(|_| row(&mut rng)).collect();
            deliver(&place.register(), &[(layer.clone(), rows)]).unwrap();
            chronicle.note();
        }
        let mut time = now();
        for _ in 0..rng.random_range(0..if thorough() { 14 } else { 7 }) {
            // Some at the same time, and whole seconds among others.
            time +=
                SignedDuration::from_millis([0, 500, 1, 1000].choose(&mut rng).copied().unwrap());
            let (live, gone) = (chronicle.now().clone(), chronicle.gone());
            chronicle.by_hand(time, rng.random::<bool>().then_some(1), |hand| {
                layers.shuffle(&mut rng);
                let named = rng.random_range(1..=layers.len());
                for layer in &layers[..named] {
                    change(hand, &layer.name, (&live, &gone), &mut rng);
                }
            });
        }
        chronicle.compare(&mut rng);
    }
}

/// Random changes to one layer, in the order of chance.
fn change(
    hand: &mut Hand<'_>,
    layer: &LayerName,
    (live, gone): (&State, &State),
    rng: &mut ChaCha8Rng,
) {
    hand.name(layer);
    let mut places: Vec<_> =
        live.iter().chain(gone).filter(|((name, _), _)| name == layer).collect();
    places.shuffle(rng);
    places.truncate(rng.random_range(0..=places.len()));
    for (place, (_, old)) in places {
        let fid = place.1;
        if gone.contains_key(place) {
            let back = if rng.random() { old.clone() } else { row(rng) };
            hand.bring_back(layer, fid, &back);
        } else if rng.random_ratio(1, 3) {
            hand.delete(layer, fid);
        } else {
            hand.update(layer, fid, &row(rng));
        }
    }
    for _ in 0..rng.random_range(0..4) {
        hand.insert(layer, &row(rng));
    }
}
