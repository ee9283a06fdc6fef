//! Somebody who delivers two layers again and again, and keeps what the register has to hold then as plain maps.

use crate::binary::{Server, folder};
use crate::city::City;
use crate::points::{KEYED, Points, random_point, random_points, read, seeded, write};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

pub(crate) const LAYERS: [&str; 2] = ["lamps", "valves"];

/// The register as a plain map.
pub(crate) type State = BTreeMap<&'static str, Points>;

pub(crate) struct Giver {
    pub(crate) city: City,
    deliveries: tempfile::TempDir,
    pub(crate) random: ChaCha8Rng,
    /// What the register has to hold in each state, from the empty one on.
    pub(crate) states: Vec<State>,
}

impl Giver {
    /// A register with rows in both layers, in its first state.
    pub(crate) fn new(what: &str) -> Self {
        Self::of(City::new(), what, 40)
    }

    /// Loads so many rows into each layer of a register that is not there yet.
    pub(crate) fn of(city: City, what: &str, rows: u32) -> Self {
        let mut random = seeded(what);
        let first = LAYERS.map(|layer| (layer, random_points(&mut random, 0..rows)));
        let mut giver = Self { city, deliveries: folder(), random, states: vec![State::new()] };
        giver.deliver(&first.into_iter().collect());
        giver
    }

    /// The number of the last state.
    pub(crate) fn last(&self) -> i64 {
        i64::try_from(self.states.len()).unwrap() - 1
    }

    pub(crate) fn now(&self) -> &State {
        &self.states[self.states.len() - 1]
    }

    /// The state that a delivery of these layers makes.
    pub(crate) fn with(&self, layers: &State) -> State {
        let mut after = self.now().clone();
        after.extend(layers.clone());
        after
    }

    /// Writes a delivery of these layers as they are to be, and says how it is loaded. However many of a few rows are
    /// gone, they are meant to be.
    pub(crate) fn delivery(&self, layers: &State) -> Vec<String> {
        let folder = tempfile::tempdir_in(self.deliveries.path()).unwrap().keep();
        let file = |(layer, points): (&&str, _)| write(points, &folder, layer);
        let files = layers.iter().map(|named| file(named).into_os_string().into_string().unwrap());
        let how = ["--mode", "replace", "--allow-deletes", "100000", "--json"];
        files.chain(KEYED.into_iter().chain(how).map(str::to_owned)).collect()
    }

    pub(crate) fn deliver(&mut self, layers: &State) {
        let args = self.delivery(layers);
        let args: Vec<_> = args.iter().map(String::as_str).filter(|arg| *arg != "--json").collect();
        let report = self.city.told("ingest", &args);
        assert_eq!(report["generation"], self.states.len());
        self.states.push(self.with(layers));
    }

    /// These layers with some rows changed, some new and some left out.
    pub(crate) fn redelivery(&mut self, layers: &[&'static str]) -> State {
        let mut next = State::new();
        for layer in layers {
            let mut points = self.now()[layer].clone();
            points.retain(|_, _| self.random.random_ratio(9, 10));
            for point in points.values_mut() {
                if self.random.random_ratio(1, 5) {
                    *point = random_point(&mut self.random);
                }
            }
            let first = 100_000 * u32::try_from(self.states.len()).unwrap();
            let new = self.random.random_range(1..20);
            points.extend(random_points(&mut self.random, first..first + new));
            next.insert(layer, points);
        }
        next
    }

    /// Delivers one layer again or both, or takes the last change set back.
    pub(crate) fn commit(&mut self) {
        let last = self.states.len() - 1;
        if last > 1 && self.random.random_ratio(1, 4) {
            self.city.told("undo", &[&last.to_string()]);
            self.states.push(self.states[last - 1].clone());
            return;
        }
        let chosen = match self.random.random_range(0..3) {
            2 => &LAYERS[..],
            one => &LAYERS[one..=one],
        };
        let layers = self.redelivery(chosen);
        self.deliver(&layers);
    }

    /// What a register holds.
    pub(crate) fn kept(city: &City) -> State {
        let export = |layer| {
            let text = city.says(0, "export", &[layer, "--to", "-"]);
            (layer, read(&serde_json::from_str(&text).unwrap()))
        };
        LAYERS.map(export).into_iter().collect()
    }

    /// What a server shows.
    pub(crate) fn served(server: &Server) -> State {
        let page = |layer| server.get(&format!("/api/collections/{layer}/items?limit=10000"));
        LAYERS.map(|layer| (layer, read(&page(layer)))).into_iter().collect()
    }

    /// The register verifies and holds what it was given, and the server shows it.
    pub(crate) fn assert_whole(&self, server: &Server) {
        self.city.check();
        assert_eq!(self.city.history().len(), self.states.len() - 1);
        assert!(Self::kept(&self.city) == *self.now(), "the register holds something else");
        server.until(self.last());
        assert!(Self::served(server) == *self.now(), "the server shows something else");
    }
}
