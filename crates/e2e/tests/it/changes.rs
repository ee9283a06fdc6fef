//! A city delivers again: what changed is told, served, remembered and taken back.

use crate::answers::{Answers, BOX, CIRCLE, answers, assert_same};
use crate::binary::{Server, folder, sample_city};
use crate::city::City;
use crate::shapefile::Shapefile;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Sections of roads, with their names in Korean and their lengths in the sums.
const LAYER: &str = "road_section";
const TABLE: &str = "RDL_SECT_LS";

const CHANGED: [usize; 10] = [3, 77, 150, 233, 310, 404, 505, 606, 750, 940];
const MISSING: [usize; 3] = [12, 500, 800];
/// The rows of which new ones are copies with a number, a name and a place of their own.
const COPIED: [usize; 5] = [0, 100, 200, 505, 941];

/// The next delivery of the layer, with the keys of the rows that are new, other and gone.
#[derive(Clone)]
struct Next {
    file: Shapefile,
    changed: Vec<String>,
    new: Vec<String>,
    missing: Vec<String>,
}

impl Next {
    fn new() -> Self {
        let mut file = Shapefile::read(&sample_city(), TABLE);
        let changed = CHANGED.map(|row| key(&file, row)).to_vec();
        let missing = MISSING.map(|row| key(&file, row)).to_vec();
        for (i, row) in CHANGED.into_iter().enumerate() {
            if i % 3 != 1 {
                file.set(row, "ROT_NAM", &format!("새이름{row}로"));
            }
            if i % 3 != 0 {
                file.shift(row, 3.25, -1.5);
            }
        }
        file.set(CHANGED[9], "ROD_TYP", "");
        let mut new = Vec::new();
        for (number, row) in (900_001..).zip(COPIED) {
            let row = file.repeat(row);
            file.set(row, "FTR_IDN", &number.to_string());
            file.set(row, "ROT_NAM", &format!("새길{number}"));
            file.shift(row, -20.0, 40.0);
            new.push(key(&file, row));
        }
        file.keep(|row| !MISSING.contains(&row));
        let all: Vec<_> = (0..file.len()).map(|row| key(&file, row)).collect();
        for key in changed.iter().chain(&new) {
            assert_eq!(all.iter().filter(|k| *k == key).count(), 1, "{key}");
        }
        assert!(missing.iter().all(|key| !all.contains(key)));
        Self { file, changed, new, missing }
    }

    /// Writes those files of the city that are wanted, with this layer as it is now.
    fn deliver(&self, to: &Path, wanted: impl Fn(&str) -> bool) {
        for entry in fs_err::read_dir(sample_city()).unwrap() {
            let entry = entry.unwrap();
            if wanted(entry.file_name().to_str().unwrap()) {
                fs_err::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
        self.file.write(to, TABLE);
    }
}

/// The facility key, as the profile makes it.
fn key(file: &Shapefile, row: usize) -> String {
    format!("{}-{}", file.text(row, "FTR_CDE"), file.text(row, "FTR_IDN"))
}

fn reference(key: &str) -> String {
    format!("{LAYER}/{key}")
}

/// One delivery of the next city to a register that is being served.
struct Redelivery {
    city: City,
    server: Server,
    next: Next,
    mode: &'static str,
    /// Expected of the layer's changes.
    counts: Json,
    changed: Vec<i64>,
    missing: Vec<i64>,
    new: Vec<i64>,
}

impl Redelivery {
    fn new(mode: &'static str, counts: Json) -> Self {
        let city = City::sample();
        let server = Server::start(&city.register, &[]);
        let next = Next::new();
        let fids = fids(&server);
        let changed = next.changed.iter().map(|key| fids[key]).collect();
        let missing = next.missing.iter().map(|key| fids[key]).collect();
        let free = 1 + city.number("SELECT max(fid) FROM siseol_row");
        Self { city, server, next, mode, counts, changed, missing, new: (free..free + 5).collect() }
    }

    /// All answers about the layer; of the rows that it is about also where they are gone.
    fn answers(&self, as_of: Option<&str>) -> Answers {
        let fids = [&self.changed[..], &self.missing, &self.new].concat();
        answers(&self.server, LAYER, &fids, as_of)
    }

    /// What a report says of each layer: of this one what is expected, of all others that they are as they were.
    fn assert_counts(&self, report: &Json) {
        let layers = report["layers"].as_array().unwrap();
        assert_eq!(layers.len(), 25);
        for layer in layers {
            let rows = |name: &str| layer["rows"][name].as_u64().unwrap();
            let kept = rows("accepted") + rows("repaired");
            let same = counts(0, 0, 0, kept, 0);
            let expected = if layer["layer"] == LAYER { &self.counts } else { &same };
            assert_eq!(&layer["changes"], expected, "{}", layer["layer"]);
        }
    }

    /// From the rehearsal to the undo of the undo. `arrived` looks at what is particular to the mode.
    fn tell(&self, arrived: impl Fn(&Self)) {
        let Self { city, server, .. } = self;
        let folder = folder();
        self.next.deliver(folder.path(), |_| true);
        let source = folder.path().to_str().unwrap();
        let before = self.answers(None);

        let rehearsal =
            city.refuses(0, "ingest", &[source, "--mode", self.mode, "--dry-run", "--json"]);
        let rehearsal: Json = serde_json::from_str(&rehearsal).unwrap();
        assert_eq!(rehearsal["generation"], Json::Null);
        self.assert_counts(&rehearsal);

        let why = ["--author", "김주무관", "--comment", "11월 납품"];
        let report = city.ingest(folder.path(), &[&["--mode", self.mode], &why[..]].concat());
        assert_eq!(report["generation"], 2);
        self.assert_counts(&report);
        server.until(2);
        let after = self.answers(None);
        let item = |answers: &Answers, fid| answers[&format!("item {fid}")].clone();
        for fid in &self.changed {
            assert_ne!(item(&after, fid), item(&before, fid));
        }
        for (key, fid) in self.next.new.iter().zip(&self.new) {
            assert_eq!(item(&before, fid), "gone");
            assert!(item(&after, fid).contains(&format!("\"{key}\"")), "{key}");
        }
        arrived(self);
        self.assert_told();

        city.refuses(0, "undo", &["2", "--dry-run"]);
        let undone = city.told("undo", &["2", "--author", "박팀장", "--comment", "잘못된 납품"]);
        assert_eq!((&undone["undoes"], &undone["kept"]), (&json!(2), &json!([])));
        server.until(3);
        assert_same(&self.answers(None), &before, "after the undo");
        let again = city.told("undo", &["3"]);
        assert_eq!((&again["undoes"], &again["kept"]), (&json!(3), &json!([])));
        server.until(4);
        assert_same(&self.answers(None), &after, "after the undo of the undo");
        for (set, state) in city.history().iter().zip([&before, &after, &before, &after]) {
            let time = set["time"].as_str().unwrap();
            assert_same(&self.answers(Some(time)), state, &format!("as of {time}"));
        }
        city.check();
    }

    /// The history says what was done, by whom and why, and of one facility what it was before and after.
    fn assert_told(&self) {
        let history = self.city.history();
        assert_eq!(history.len(), 2);
        let set = &history[1];
        assert_eq!((&set["author"], &set["comment"]), (&json!("김주무관"), &json!("11월 납품")));
        let mut layer =
            set["layers"].as_array().unwrap().iter().find(|l| l["layer"] == LAYER).unwrap().clone();
        layer.as_object_mut().unwrap().remove("layer");
        assert_eq!(layer, self.counts);
        let people = self.city.says(0, "history", &[]);
        assert!(people.contains("김주무관") && people.contains("11월 납품"), "{people}");

        let life = |reference: &str| {
            let life = self.city.told("history", &[reference]);
            assert_eq!(life["layer"], LAYER);
            life["events"].as_array().unwrap().clone()
        };
        let first = Shapefile::read(&sample_city(), TABLE);
        for (row, key) in CHANGED.into_iter().zip(&self.next.changed) {
            let events = life(&reference(key));
            assert_eq!(operations(&events), ["insert", "update"], "{key}");
            let (old, new) = (&events[1]["before"], &events[1]["after"]);
            assert_eq!(&events[0]["after"], old, "{key}");
            assert_ne!(new, old, "{key}");
            // The rows behind a missing one have moved up.
            let now = row - MISSING.into_iter().filter(|gone| *gone < row).count();
            assert_eq!(old["properties"]["ROT_NAM"], first.text(row, "ROT_NAM"), "{key}");
            assert_eq!(new["properties"]["ROT_NAM"], self.next.file.text(now, "ROT_NAM"), "{key}");
        }
        for key in &self.next.new {
            assert_eq!(operations(&life(&reference(key))), ["insert"], "{key}");
        }
        // What is gone is known by its number alone.
        let expected: &[&str] =
            if self.mode == "replace" { &["insert", "delete"] } else { &["insert"] };
        for (row, fid) in MISSING.into_iter().zip(&self.missing) {
            let events = life(&format!("fid:{fid}"));
            assert_eq!(operations(&events), expected, "{fid}");
            assert_eq!(events[0]["after"]["properties"]["ROT_NAM"], first.text(row, "ROT_NAM"));
        }
    }
}

fn counts(inserted: u64, updated: u64, deleted: u64, unchanged: u64, missing: u64) -> Json {
    json!({
        "inserted": inserted,
        "updated": updated,
        "deleted": deleted,
        "unchanged": unchanged,
        "missing": missing,
    })
}

/// The fid of each key of the layer.
fn fids(server: &Server) -> BTreeMap<String, i64> {
    let page = server.get(&format!("/api/collections/{LAYER}/items?limit=10000"));
    let features = page["features"].as_array().unwrap().iter();
    let fid = |feature: &Json| {
        let key = feature["properties"]["facility_key"].as_str().unwrap().to_owned();
        (key, feature["id"].as_i64().unwrap())
    };
    features.map(fid).collect()
}

fn operations(events: &[Json]) -> Vec<&str> {
    events.iter().map(|event| event["operation"].as_str().unwrap()).collect()
}

#[test]
fn an_upsert_inserts_updates_and_lists_what_is_missing() {
    Redelivery::new("upsert", counts(5, 10, 0, 929, 3)).tell(|told| {
        let issues = told.city.told("issues", &["--layer", LAYER]);
        let listed: BTreeSet<_> = issues["issues"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|issue| issue["kind"] == "MISSING_FROM_DELIVERY")
            .map(|issue| issue["value"].as_str().unwrap().to_owned())
            .collect();
        let expected = told.next.missing.iter().map(|key| reference(key)).collect();
        assert_eq!(listed, expected);
        for fid in &told.missing {
            assert_eq!(told.server.status(&format!("/api/collections/{LAYER}/items/{fid}")), 200);
        }
        let quality = told.server.get(&format!("/api/quality/{LAYER}"));
        assert_eq!(quality["changes"], told.counts);
    });
}

#[test]
fn a_replace_deletes_what_is_missing() {
    Redelivery::new("replace", counts(5, 10, 3, 929, 0)).tell(|told| {
        let issues = told.city.says(0, "issues", &["--json"]);
        assert!(!issues.contains("MISSING_FROM_DELIVERY"), "{issues}");
        for (fid, key) in told.missing.iter().zip(&told.next.missing) {
            assert_eq!(told.server.status(&format!("/api/collections/{LAYER}/items/{fid}")), 404);
            told.city.says(4, "show", &[&reference(key)]);
        }
    });
}

#[test]
fn the_command_line_answers_as_of_a_time() {
    let city = City::new();
    let next = Next::new();
    let deliveries = [folder(), folder()];
    let of_layer = |file: &str| file.starts_with(TABLE);
    let first = Next { file: Shapefile::read(&sample_city(), TABLE), ..next.clone() };
    first.deliver(deliveries[0].path(), of_layer);
    next.deliver(deliveries[1].path(), of_layer);

    // What is answered, with the exit code; now, or as of a time.
    let (place, radius) = CIRCLE.split_once("&radius=").unwrap();
    let place = place.strip_prefix("near=").unwrap();
    let keys = [&next.changed[0], &next.missing[0], &next.new[0]].map(|key| reference(key));
    let words = |as_of: &[&str]| {
        let ask = |verb: &str, rest: &[&str]| {
            let output = city.run(verb, &[rest, as_of].concat());
            format!("{:?} {}", output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        [
            ask("show", &[&keys[0]]),
            ask("show", &[&keys[1], "--json"]),
            ask("show", &[&keys[2], "--json"]),
            ask("find", &["새길900001", "--json"]),
            ask("find", &["--bbox", BOX, "--limit", "10000", "--json"]),
            ask("find", &["--near", place, "--radius", radius, "--limit", "10000", "--json"]),
            ask("export", &[LAYER, "--to", "-"]),
        ]
    };
    let mut states = Vec::new();
    for delivery in &deliveries {
        city.ingest(delivery.path(), &["--mode", "replace"]);
        states.push(words(&[]));
    }
    let differ = states[0].iter().zip(&states[1]).all(|(before, after)| before != after);
    assert!(differ, "every one of these answers is about something that changed");
    city.told("undo", &["2"]);
    let history = city.history();
    for (set, state) in history.iter().zip(&states) {
        let time = set["time"].as_str().unwrap();
        assert!(words(&["--as-of", time]) == *state, "as of {time}");
    }
    let long_ago = city.says(1, "show", &[&keys[0], "--as-of", "2001-01-01"]);
    let since = history[0]["time"].as_str().unwrap();
    assert!(long_ago.contains(&since[..10]), "since {since}: {long_ago}");
}

#[test]
fn what_a_commit_did_not_touch_keeps_its_tag() {
    let city = City::sample();
    let server = Server::start(&city.register, &[]);
    let changed = fids(&server)[&Next::new().changed[0]];
    let items = |layer: &str| format!("/api/collections/{layer}/items");
    let paths = [
        format!("{}/{changed}", items(LAYER)),
        format!("{}?limit=5", items(LAYER)),
        format!("{}/{}", items(LAYER), changed + 1),
        format!("{}?limit=5", items("water_pipe")),
    ];
    let tags = || {
        paths.each_ref().map(|path| {
            let answer = ureq::get(format!("{}{path}", server.url)).call().unwrap();
            answer.headers()["etag"].to_str().unwrap().to_owned()
        })
    };
    let before = tags();
    let folder = folder();
    Next::new().deliver(folder.path(), |file| file.starts_with(TABLE));
    city.ingest(folder.path(), &[]);
    server.until(2);
    let same: Vec<_> = tags().iter().zip(&before).map(|(new, old)| new == old).collect();
    assert_eq!(same, [false, false, true, true]);
}
