//! Small sound deliveries with bytes changed at random: each is loaded or refused, no row is lost, nothing hangs.

use crate::files::encode;
use crate::golden::kit::{Draft, Kind};
use crate::golden::sound_geopackage;
use crate::town::Town;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use siseol_ingest::{IngestError, Options};
use siseol_model::Crs;
use siseol_store::{Access, Register};
use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Deliveries without `SISEOL_MUTATIONS`.
const FEW: u64 = 300;
/// A delivery of a few rows that takes longer hangs.
const TOO_LONG: Duration = Duration::from_mins(1);
/// Numbers at which arithmetic goes wrong.
const ODD: [i64; 12] = [
    0,
    1,
    -1,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    i64::MAX,
    i64::MIN,
];

/// A sound delivery: its files, the one to name, and what a person says.
struct Delivery {
    files: Vec<(String, Vec<u8>)>,
    named: &'static str,
    options: Options,
}

fn shapefile(kind: Kind) -> Delivery {
    let parts = Draft::new(kind).parts();
    let side = [("shx", parts.shx), ("dbf", parts.dbf), ("prj", parts.prj), ("cpg", parts.cpg)];
    let mut files = vec![("a.shp".to_owned(), parts.shp)];
    files.extend(side.into_iter().filter_map(|(e, bytes)| Some((format!("a.{e}"), bytes?))));
    Delivery { files, named: "a.shp", options: Options::default() }
}

/// The same shapefile in an archive.
fn archive(kind: Kind) -> Delivery {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in shapefile(kind).files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    Delivery {
        files: vec![("a.zip".to_owned(), bytes)],
        named: "a.zip",
        options: Options::default(),
    }
}

fn file(named: &'static str, bytes: Vec<u8>) -> Delivery {
    Delivery { files: vec![(named.to_owned(), bytes)], named, options: Options::default() }
}

const GEOJSON: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","id":1,"properties":{"이름":"가","n":1.5},"geometry":{"type":"Point","coordinates":[126.9,37.4]}},
{"type":"Feature","properties":{"이름":null,"n":2},"geometry":{"type":"LineString","coordinates":[[126.9,37.4],[127,37.5]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[126,37],[127,37],[127,38],[126,37]]]}}]}"#;

fn deliveries() -> Vec<Delivery> {
    let mut all: Vec<_> = Kind::ALL.iter().map(|kind| shapefile(*kind)).collect();
    all.push(Delivery {
        options: Options { crs: Some(Crs::epsg(5186)), ..Options::default() },
        ..shapefile(Kind::Polygon)
    });
    all.push(archive(Kind::Point));
    all.push(file("a.geojson", GEOJSON.as_bytes().to_vec()));
    all.push(file("a.gpkg", sound_geopackage(Kind::Line)));
    all.push(file(
        "a.csv",
        encode("관리번호,이름,위도,경도\n1,\"가, 나\",37.4,126.9\n2,다,37.5,127.0\n"),
    ));
    all
}

/// Changes a few bytes, or cuts, or adds.
fn mutate(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    for _ in 0..random.random_range(1..4) {
        if bytes.is_empty() {
            bytes.push(random.random());
            continue;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..9) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            2 => {
                let odd = ODD.choose(random).unwrap();
                let width = *[1, 2, 4, 8].choose(random).unwrap();
                let mut number = odd.to_le_bytes()[..width].to_vec();
                if random.random() {
                    number.reverse();
                }
                let end = bytes.len().min(at + width);
                bytes[at..end].copy_from_slice(&number[..end - at]);
            }
            3 => {
                let number = *[f64::NAN, f64::INFINITY, 1e308, -1e39, 0.0].choose(random).unwrap();
                let end = bytes.len().min(at + 8);
                bytes[at..end].copy_from_slice(&number.to_le_bytes()[..end - at]);
            }
            4 => bytes.truncate(at),
            5 => {
                let end = bytes.len().min(at + random.random_range(1..40));
                bytes.drain(at..end);
            }
            6 => {
                let end = bytes.len().min(at + random.random_range(1..40));
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            7 => {
                let other = random.random_range(0..bytes.len());
                bytes.swap(at, other);
            }
            _ => bytes.extend((0..random.random_range(1..40)).map(|_| random.random::<u8>())),
        }
    }
}

/// Delivers one mutation into a register that has a layer already.
fn deliver(base: &[u8], delivery: &Delivery, random: &mut ChaCha8Rng) -> Result<bool, String> {
    let town = Town::new();
    fs_err::write(town.register(), base).unwrap();
    let victim = random.random_range(0..delivery.files.len());
    for (place, (name, bytes)) in delivery.files.iter().enumerate() {
        let mut bytes = bytes.clone();
        if place == victim || random.random_range(0..8) == 0 {
            mutate(&mut bytes, random);
        }
        town.write(name, &bytes);
    }
    match town.ingest(&[town.inbox().join(delivery.named)], &delivery.options) {
        Ok(report) => {
            let register = Register::open(&town.register(), Access::Read).unwrap();
            let layers = register.layers().unwrap();
            for layer in &report.layers {
                let rows = layer.rows;
                let stored = layers.iter().find(|e| e.layer.name == layer.layer).map(|e| e.rows);
                if !rows.adds_up() || stored != Some(rows.accepted + rows.repaired) {
                    return Err(format!("{stored:?} rows are stored of {rows:?}"));
                }
            }
            let checked = register.check().unwrap();
            if checked.ok { Ok(true) } else { Err(format!("{checked:?}")) }
        }
        Err(IngestError::Refused { report }) => {
            if report.refused.iter().any(|r| r.issue.text.is_empty()) {
                return Err(format!("refused without a word: {:?}", report.refused));
            }
            let same = fs_err::read(town.register()).unwrap() == base;
            if same {
                Ok(false)
            } else {
                Err("refused, and yet the register has changed".to_owned())
            }
        }
        Err(error) => Err(format!("{error}: {:?}", std::error::Error::source(&error))),
    }
}

#[test]
fn whatever_comes_is_loaded_or_refused_and_every_row_is_accounted_for() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let count = number("SISEOL_MUTATIONS").unwrap_or(FEW);
    let seed = number("SISEOL_SEED").unwrap_or_else(|| rand::rng().random());
    println!("{count} mutations, SISEOL_SEED={seed}");
    let base = {
        let town = Town::new();
        let before = Draft::new(Kind::Point).parts().write(&town, "before");
        town.load(&before, &Options::default());
        fs_err::read(town.register()).unwrap()
    };
    let (tell, told) = channel();
    // The deliveries run beside the watch, which would hang with them otherwise.
    let worker = std::thread::spawn(move || {
        let deliveries = deliveries();
        for number in 0..count {
            // Each has a seed of its own, so that one can be looked at alone.
            let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(number));
            let delivery = deliveries.choose(&mut random).unwrap();
            let outcome = deliver(&base, delivery, &mut random);
            if tell.send((number, delivery.named, outcome)).is_err() {
                break;
            }
        }
    });
    let mut counts = [0_u64; 2];
    loop {
        match told.recv_timeout(TOO_LONG) {
            Ok((number, named, outcome)) => match outcome {
                Ok(loaded) => counts[usize::from(loaded)] += 1,
                Err(why) => {
                    panic!(
                        "SISEOL_MUTATIONS=1 SISEOL_SEED={}, {named}: {why}",
                        seed.wrapping_add(number)
                    )
                }
            },
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let next = seed.wrapping_add(counts.iter().sum());
                panic!("SISEOL_MUTATIONS=1 SISEOL_SEED={next} takes more than {TOO_LONG:?}");
            }
        }
    }
    let done = counts[0] + counts[1];
    assert!(
        worker.join().is_ok(),
        "SISEOL_MUTATIONS=1 SISEOL_SEED={} panics",
        seed.wrapping_add(done)
    );
    assert_eq!(done, count);
    println!("{} refused, {} loaded", counts[0], counts[1]);
    assert!(count < 100 || counts.iter().all(|n| *n > 0), "both occur: {counts:?}");
}
