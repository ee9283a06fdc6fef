//! Layers of points as plain maps: what a test delivers, and what a register has to have then.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One facility, without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) name: String,
    pub(crate) size: i64,
    /// Longitude and latitude in millionths of a degree.
    pub(crate) place: [i32; 2],
}

/// A layer by its keys.
pub(crate) type Points = BTreeMap<u32, Point>;

/// A point somewhere in a city.
pub(crate) fn random_point(random: &mut ChaCha8Rng) -> Point {
    Point {
        name: format!("제수변 {}호", random.random_range(0..100_000)),
        size: random.random_range(50..1_200),
        place: [
            random.random_range(126_900_000..127_000_000),
            random.random_range(37_300_000..37_400_000),
        ],
    }
}

pub(crate) fn random_points(random: &mut ChaCha8Rng, keys: std::ops::Range<u32>) -> Points {
    keys.map(|key| (key, random_point(random))).collect()
}

/// Writes a delivery of these points. The file's name is the layer's.
pub(crate) fn write(points: &Points, folder: &Path, layer: &str) -> PathBuf {
    let feature = |(key, point): (&u32, &Point)| {
        json!({
            "type": "Feature",
            "properties": { "no": key, "name": point.name, "size": point.size },
            "geometry": { "type": "Point", "coordinates": degrees(point) },
        })
    };
    let features: Vec<Json> = points.iter().map(feature).collect();
    let path = folder.join(format!("{layer}.geojson"));
    let document = json!({ "type": "FeatureCollection", "features": features });
    fs_err::write(&path, document.to_string()).unwrap();
    path
}

/// How such a delivery is loaded.
pub(crate) const KEYED: [&str; 2] = ["--key", "no"];

pub(crate) fn degrees(point: &Point) -> [f64; 2] {
    point.place.map(|millionths| f64::from(millionths) / 1e6)
}

/// The points of a feature collection that siseol wrote.
pub(crate) fn read(collection: &Json) -> Points {
    let features = collection["features"].as_array().unwrap();
    let points: Points = features.iter().map(read_one).collect();
    assert_eq!(points.len(), features.len(), "a key comes twice");
    points
}

/// One feature that siseol wrote, with its key.
pub(crate) fn read_one(feature: &Json) -> (u32, Point) {
    let properties = &feature["properties"];
    let key: u32 = properties["facility_key"].as_str().unwrap().parse().unwrap();
    assert_eq!(properties["no"], key);
    let place: [f64; 2] =
        serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "degrees are below 180")]
    let place = place.map(|degrees| (degrees * 1e6).round() as i32);
    let point = Point {
        name: properties["name"].as_str().unwrap().to_owned(),
        size: properties["size"].as_i64().unwrap(),
        place,
    };
    (key, point)
}

/// A generator of random numbers, and its seed, which is said so that a failure can be had again.
pub(crate) fn seeded(what: &str) -> ChaCha8Rng {
    use rand::SeedableRng as _;
    let seed = std::env::var("SISEOL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random::<u64>);
    println!("{what}: SISEOL_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// Whether tests are to be thorough.
pub(crate) fn thorough() -> bool {
    std::env::var_os("SISEOL_THOROUGH").is_some_and(|set| set == "1")
}
