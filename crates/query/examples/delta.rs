//! What changes cost: a commit of 100 rows, questions with and without a delta, and the merge of a large layer.
//!
//! `cargo run --release -p siseol-query --example delta [rows]` prints a table; the layer has a million rows if nothing
//! is said. Times are medians; memory is the process's own (only Linux says it).
#![expect(clippy::print_stdout, reason = "it prints what it has measured")]

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use siseol_model::{
    Crs, FacilityClass, FacilityKey, Field, FieldKind, GeometryKind, Layer, LayerName, LonLat,
    LonLatBox, Metres, Revision, Stamp, Value,
};
use siseol_query::{
    BoxRegion, BuildError, Disk, Hits, LayerBase, LayerBuilder, LayerChange, LayerState, LayerView,
    MERGE_FROM, Region, SnapshotState, Timeline, VersionEncoder,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows of a commit.
const COMMIT: usize = 100;

/// Questions of a kind, of which the median is taken.
const QUESTIONS: usize = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let rows: i64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let mut city = City::new(rows);
    let (base, took, grown) = measured(|| city.load());
    let base = base?;
    line("load: rows encoded and packed", took, grown);
    line("base, as it says itself", Duration::ZERO, base.bytes());
    let view = LayerView::new(city.state.clone(), base);
    let mut timeline = Timeline::new(snapshot_state(1), vec![view]);
    questions("no delta", &timeline, &mut city)?;
    for len in [0, 10_000, MERGE_FROM - COMMIT] {
        let (grown_to, took, grown) = measured(|| city.grow(&timeline, len));
        timeline = grown_to?;
        line(&format!("all commits until a delta of {len}"), took, grown);
        let mut times = Vec::new();
        for _ in 0..20 {
            let (next, took, _) = measured(|| city.commit(&timeline));
            black_box(next?);
            times.push(took);
        }
        line(&format!("commit of {COMMIT} rows onto a delta of {len}"), median(times), 0);
    }
    timeline = city.grow(&timeline, MERGE_FROM)?;
    questions(&format!("delta of {MERGE_FROM}"), &timeline, &mut city)?;

    let (view, built_at) = (layer_of(&timeline).clone(), timeline.head().state.generation);
    let (base, took, grown) = measured(|| view.merged());
    let base = Arc::new(base?);
    line("merge: the new base", took, grown);
    timeline = city.commit(&timeline)?;
    let name = city.state.layer.name.clone();
    let (merged, took, grown) = measured(|| timeline.merge(&name, base, built_at, Instant::now()));
    line("merge: into the timeline", took, grown);
    questions("after the merge", &merged, &mut city)?;
    Ok(())
}

/// A layer of short lines, 10 km wide.
struct City {
    rng: ChaCha8Rng,
    rows: i64,
    state: LayerState,
}

impl City {
    fn new(rows: i64) -> Self {
        let mut class = FacilityClass::unknown("pipe", "pipe");
        class.class_field = Some("CLASS".to_owned());
        let fields = [
            ("CLASS", FieldKind::Text),
            ("STREET", FieldKind::Text),
            ("DIAMETER", FieldKind::Integer),
            ("DEPTH", FieldKind::Float),
            ("BUILT", FieldKind::Date),
        ];
        let layer = Layer {
            name: LayerName::from_stem("pipe"),
            class,
            crs: Crs::WGS84,
            geometry: GeometryKind::Line,
            has_z: false,
            fields: fields.map(|(name, kind)| Field::new(name, kind)).to_vec(),
            code_lists: BTreeMap::new(),
        };
        let state =
            LayerState { layer: Arc::new(layer), notice: None, revisions: revision(1).into() };
        println!("seed 7, {rows} rows");
        Self { rng: ChaCha8Rng::seed_from_u64(7), rows, state }
    }

    fn place(&mut self) -> LonLat {
        LonLat { lon: self.rng.random_range(126.9..127.0), lat: self.rng.random_range(37.3..37.4) }
    }

    /// A line of four vertices and its values.
    fn row(&mut self) -> (Vec<u8>, [Value; 5]) {
        let LonLat { lon, lat } = self.place();
        let mut wkb = vec![1, 2, 0, 0, 0, 4, 0, 0, 0];
        for _ in 0..4 {
            let vertex = [lon, lat].map(|at| at + self.rng.random_range(-2e-4..2e-4));
            wkb.extend(vertex.iter().flat_map(|v: &f64| v.to_le_bytes()));
        }
        let year = self.rng.random_range(1970..2026);
        let values = [
            Value::text(["SA001", "SA002", "SA003"][self.rng.random_range(0..3)]),
            Value::text(format!("시설로 {}", self.rng.random_range(0..2_000))),
            Value::Integer(self.rng.random_range(1..40) * 25),
            Value::Float(f64::from(self.rng.random_range(0..400_u32)) / 100.0),
            Value::Date(jiff::civil::date(year, 6, 1)),
        ];
        (wkb, values)
    }

    fn load(&mut self) -> Result<LayerBase, BuildError> {
        let mut builder = LayerBuilder::new(Arc::clone(&self.state.layer), &());
        for fid in 0..self.rows {
            let (wkb, values) = self.row();
            let key = FacilityKey::from(format!("SA001-{fid}"));
            builder.push(fid, 1, Some(&key), Some(&wkb), &values)?;
        }
        builder.finish()
    }

    /// One commit, which moves rows of the base: each is a version and a row that is no more.
    fn commit(&mut self, timeline: &Timeline) -> Result<Timeline, BuildError> {
        let generation = timeline.head().state.generation + 1;
        let mut encoder = VersionEncoder::new(Arc::clone(&self.state.layer), &());
        let mut rows = Vec::new();
        for _ in 0..COMMIT {
            let fid = self.rng.random_range(0..self.rows);
            let key = FacilityKey::from(format!("SA001-{fid}"));
            let (wkb, values) = self.row();
            let version = encoder.encode(fid, generation, Some(&key), Some(&wkb), &values)?;
            rows.push((fid, Some(version)));
        }
        let state = LayerState { revisions: revision(generation).into(), ..self.state.clone() };
        let change = LayerChange::Rows { state, rows };
        Ok(timeline.advance(snapshot_state(generation), vec![change], Instant::now()))
    }

    /// Commits until there are so many versions, and as many rows that are no more.
    fn grow(&mut self, timeline: &Timeline, versions: usize) -> Result<Timeline, BuildError> {
        let mut timeline = timeline.clone();
        while layer_of(&timeline).delta_len() < 2 * versions {
            timeline = self.commit(&timeline)?;
        }
        Ok(timeline)
    }
}

/// Asks questions of each kind at random places.
fn questions(of: &str, timeline: &Timeline, city: &mut City) -> Result<(), Box<dyn Error>> {
    let view = layer_of(timeline);
    let page = |hits: Hits| {
        let page = hits.page(0, 1_000);
        black_box(hits.count());
        for range in page.ranges() {
            black_box(view.geojson(range.clone()));
        }
    };
    let mut places: Vec<LonLat> = (0..QUESTIONS).map(|_| city.place()).collect();
    let disk = |place: LonLat| Disk::new(place, Metres::new(50.0)?).map_err(Box::<dyn Error>::from);
    let disks = places.iter().map(|&place| disk(place)).collect::<Result<Vec<_>, _>>()?;
    let boxes: Vec<_> = places
        .iter()
        .map(|p| {
            BoxRegion::new(LonLatBox {
                west: p.lon,
                south: p.lat,
                east: p.lon + 0.005,
                north: p.lat + 0.005,
            })
        })
        .collect();
    each(&format!("box, count and page of 1,000; {of}"), &boxes, |region| {
        page(view.search(Some(region)));
    });
    each(&format!("circle of 50 m, all of it; {of}"), &disks, |disk| {
        page(view.search(Some(disk as &dyn Region)));
    });
    each(&format!("sums of a circle of 50 m; {of}"), &disks, |disk| {
        black_box(view.summarise(&view.search(Some(disk))));
    });
    places.truncate(20);
    each(&format!("first page of all; {of}"), &places, |_| page(view.search(None)));
    each(&format!("sums of all; {of}"), &places, |_| {
        black_box(view.summarise(&view.search(None)));
    });
    each(&format!("extent, the first time; {of}"), &places[..1], |_| {
        black_box(view.extent());
    });
    Ok(())
}

fn each<T>(what: &str, questions: &[T], ask: impl Fn(&T)) {
    let times = questions.iter().map(|question| {
        let start = Instant::now();
        ask(question);
        start.elapsed()
    });
    line(what, median(times.collect()), 0);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// What a step gives, how long it took, and by how many bytes the process has grown.
fn measured<T>(step: impl FnOnce() -> T) -> (T, Duration, u64) {
    let (before, start) = (resident(), Instant::now());
    let result = step();
    (result, start.elapsed(), resident().saturating_sub(before))
}

/// The memory of the process, in bytes; 0 where the system does not say it in this way.
fn resident() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).map(str::parse);
    kib.and_then(Result::ok).unwrap_or(0) * 1024
}

fn line(what: &str, time: Duration, bytes: u64) {
    let time = if time.is_zero() { String::new() } else { format!("{time:.1?}") };
    let bytes = if bytes == 0 { String::new() } else { format!("{} MB", bytes / 1_000_000) };
    println!("| {what:55} | {time:>10} | {bytes:>8} |");
}

fn layer_of(timeline: &Timeline) -> &LayerView {
    &timeline.head().layers()[0]
}

fn revision(generation: i64) -> Revision {
    let stamp = Stamp::from_bits(generation.unsigned_abs().into());
    Revision { generation, stamp, time: jiff::Timestamp::UNIX_EPOCH }
}

fn snapshot_state(generation: i64) -> SnapshotState {
    let Revision { stamp, time, .. } = revision(generation);
    SnapshotState { generation, stamp, time, notice: None }
}
