//! One who reads: what it asks next, and whether the answer is whole.

use crate::answers::{Lookup, Page};
use crate::rows::Place;
use crate::walk::Walk;
use anyhow::{Result, ensure};
use jiff::Timestamp;
use rand::Rng as _;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;
use std::sync::Arc;

/// What a reader asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Pages of so many features, along their `next` links, in a box around a place.
    Pages { limit: u64, half_side: f64 },
    /// What stands within so many metres of a place; all of it in register order, or else the nearest of it.
    Circle { radius: u32, all: bool },
}

impl Kind {
    /// All kinds. The boxes hold some 10 pages where the city is dense.
    pub(crate) const ALL: [Self; 4] = [
        Self::Pages { limit: 100, half_side: 0.004 },
        Self::Pages { limit: 1000, half_side: 0.015 },
        Self::Circle { radius: 50, all: true },
        Self::Circle { radius: 500, all: false },
    ];

    /// For people.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Pages { limit, .. } => format!("pages of {limit}"),
            Self::Circle { radius, all: true } => format!("radius {radius} m, all"),
            Self::Circle { radius, all: false } => format!("radius {radius} m, nearest 100"),
        }
    }
}

/// A reader.
#[derive(Debug)]
pub(crate) struct Reader {
    kind: Kind,
    /// Where it walks.
    layer: &'static str,
    places: Arc<[Place]>,
    random: ChaCha8Rng,
    walk: Option<Walk>,
    /// Of the newest state that it has seen.
    newest: Timestamp,
    /// Walks that it has finished.
    pub(crate) walks: u64,
}

impl Reader {
    pub(crate) fn new(kind: Kind, layer: &'static str, places: Arc<[Place]>, seed: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(seed);
        Self { kind, layer, places, random, walk: None, newest: Timestamp::MIN, walks: 0 }
    }

    /// What it asks next.
    pub(crate) fn path(&mut self) -> String {
        if let Some(next) = self.walk.as_ref().and_then(Walk::next) {
            return next.to_owned();
        }
        let Place { lon, lat } = self.places[self.random.random_range(0..self.places.len())];
        match self.kind {
            Kind::Pages { limit, half_side: d } => {
                let path = format!(
                    "/api/collections/{}/items?bbox={:.7},{:.7},{:.7},{:.7}&limit={limit}",
                    self.layer,
                    lon - d,
                    lat - d,
                    lon + d,
                    lat + d
                );
                self.walk = Some(Walk::from(path.clone()));
                path
            }
            Kind::Circle { radius, all } => {
                let order = if all { "&order=index" } else { "" };
                format!("/api/facilities?near={lon:.7},{lat:.7}&radius={radius}{order}")
            }
        }
    }

    /// Checks the answer to what it asked last. After a fault it begins anew.
    pub(crate) fn take(&mut self, answer: Result<Vec<u8>>) -> Result<()> {
        let walk = self.walk.take();
        let body = answer?;
        match walk {
            Some(walk) => self.take_page(walk, &body),
            None => self.take_lookup(&body),
        }
    }

    fn take_page(&mut self, mut walk: Walk, body: &[u8]) -> Result<()> {
        let page: Page = serde_json::from_slice(body)?;
        if !walk.has_begun() {
            self.see(page.time_stamp)?;
        }
        walk.take(&page)?;
        if walk.next().is_some() {
            self.walk = Some(walk);
        } else {
            self.walks += 1;
        }
        Ok(())
    }

    fn take_lookup(&mut self, body: &[u8]) -> Result<()> {
        let lookup: Lookup = serde_json::from_slice(body)?;
        self.see(lookup.time_stamp)?;
        let Lookup { number_matched: matched, number_returned: returned, .. } = lookup;
        let counted: u64 = lookup.summary.iter().map(|layer| layer.count).sum();
        ensure!(counted == matched, "the summary counts {counted}, and numberMatched is {matched}");
        for layer in &lookup.summary {
            // A layer without classes tells none.
            let classes: u64 = layer.by_class.iter().map(|class| class.count).sum();
            ensure!(
                layer.by_class.is_empty() || classes == layer.count,
                "classes count {classes} of {}",
                layer.count
            );
        }
        let distinct: HashSet<i64> = lookup.features.iter().map(|feature| feature.id).collect();
        let (there, distinct) = (lookup.features.len() as u64, distinct.len() as u64);
        let is_all = matches!(self.kind, Kind::Circle { all: true, .. });
        let expected = if is_all { matched } else { matched.min(100) };
        ensure!(
            (there, distinct, returned) == (expected, expected, expected),
            "{there} features, {distinct} distinct ones, numberReturned {returned}, \
             of {matched} that match"
        );
        Ok(())
    }

    /// Who asks anew never gets an older state than before.
    fn see(&mut self, time_stamp: Timestamp) -> Result<()> {
        let newest = self.newest;
        ensure!(time_stamp >= newest, "the state of {time_stamp} comes after that of {newest}");
        self.newest = time_stamp;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn reader(kind: Kind) -> Reader {
        let places = Arc::new([Place { lon: 127.0, lat: 37.0 }]);
        Reader::new(kind, "water_valve", places, 1)
    }

    fn lookup(second: u8, count: u64, ids: &[i64]) -> Value {
        let features: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        let summary = json!([{"count": count, "by_class": [{"count": count}]}]);
        json!({"numberMatched": count, "numberReturned": ids.len(), "features": features,
            "timeStamp": format!("2026-01-01T00:00:{second:02}Z"), "summary": summary})
    }

    #[test]
    fn a_lookup_adds_up() {
        let mut reader = reader(Kind::Circle { radius: 50, all: true });
        assert_eq!(
            reader.path(),
            "/api/facilities?near=127.0000000,37.0000000&radius=50&order=index"
        );
        let mut take = |answer: Value| reader.take(Ok(answer.to_string().into()));
        take(lookup(1, 2, &[1, 2])).unwrap();
        assert!(take(lookup(1, 3, &[1, 2])).is_err());
        assert!(take(lookup(1, 2, &[1, 1])).is_err());
        let mut other = lookup(1, 2, &[1, 2]);
        other["summary"][0]["by_class"] = json!([]);
        take(other.clone()).unwrap();
        other["summary"][0]["by_class"] = json!([{"count": 1}]);
        assert!(take(other).is_err());
    }

    #[test]
    fn a_reader_does_not_go_back_in_time() {
        let mut reader = reader(Kind::Circle { radius: 500, all: false });
        reader.take(Ok(lookup(2, 0, &[]).to_string().into())).unwrap();
        assert!(reader.take(Ok(lookup(1, 0, &[]).to_string().into())).is_err());
    }

    #[test]
    fn a_reader_walks_to_the_last_page_and_begins_again() {
        let mut reader = reader(Kind::Pages { limit: 1, half_side: 0.5 });
        let first = "/api/collections/water_valve/items?\
            bbox=126.5000000,36.5000000,127.5000000,37.5000000&limit=1";
        let page = |id: i64, links: Value| {
            json!({"numberMatched": 2, "numberReturned": 1, "timeStamp": "2026-01-01T00:00:00Z",
                "links": links, "features": [{"id": id}]})
            .to_string()
            .into_bytes()
        };
        assert_eq!(reader.path(), first);
        let next = json!([{"rel": "next", "href": "http://h/api/next"}]);
        reader.take(Ok(page(1, next))).unwrap();
        assert_eq!(reader.path(), "/api/next");
        reader.take(Ok(page(2, json!([])))).unwrap();
        assert_eq!((reader.walks, reader.path().as_str()), (1, first));
        assert!(reader.take(Err(anyhow::anyhow!("410"))).is_err());
        assert_eq!(reader.path(), first);
    }
}
