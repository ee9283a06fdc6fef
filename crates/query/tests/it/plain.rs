//! A register as plain maps, one for each state that it ever had, and what a view of a state has to answer.

use crate::city::{Row, layer, place};
use crate::scans::{distance, geometry};
use geo::Intersects as _;
use rand::Rng;
use siseol_model::geojson::{self, FeatureHead};
use siseol_model::{GeometryKind, Layer, LonLat, LonLatBox, Metres, Revision, Shape, Stamp, Value};
use siseol_query::{
    BoxRegion, Disk, LayerBuilder, LayerState, LayerView, Region, Revisions, Snapshot,
    SnapshotState, Version, VersionEncoder,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A layer at one state.
#[derive(Debug, Clone)]
pub(crate) struct PlainLayer {
    pub(crate) layer: Arc<Layer>,
    pub(crate) kind: GeometryKind,
    pub(crate) rows: BTreeMap<i64, Arc<Row>>,
    pub(crate) revisions: Vec<Revision>,
}

/// What became of some rows.
pub(crate) type Changes = BTreeMap<i64, Option<Row>>;

pub(crate) fn revision(generation: i64) -> Revision {
    let bits = u128::from(generation.unsigned_abs());
    Revision {
        generation,
        stamp: Stamp::from_bits(bits * 0x9e37_79b9_7f4a_7c15),
        time: jiff::Timestamp::from_second(1_000 * generation).unwrap(),
    }
}

pub(crate) fn snapshot_state(generation: i64) -> SnapshotState {
    let Revision { stamp, time, .. } = revision(generation);
    SnapshotState { generation, stamp, time, notice: None }
}

impl PlainLayer {
    pub(crate) fn new(name: &str, kind: GeometryKind, generation: i64) -> Self {
        Self {
            layer: Arc::new(layer(name, kind)),
            kind,
            rows: BTreeMap::new(),
            revisions: vec![revision(generation)],
        }
    }

    pub(crate) fn state(&self) -> LayerState {
        LayerState {
            layer: Arc::clone(&self.layer),
            notice: None,
            revisions: Revisions::new(self.revisions.clone()).unwrap(),
        }
    }

    /// The layer as it is loaded from a register: its rows in any order.
    pub(crate) fn loaded(&self, rng: &mut impl Rng) -> LayerView {
        let mut rows: Vec<_> = self.rows.values().collect();
        rand::seq::SliceRandom::shuffle(&mut rows[..], rng);
        let mut builder = LayerBuilder::new(Arc::clone(&self.layer), &());
        for row in rows {
            row.push(self.kind, &mut builder);
        }
        LayerView::new(self.state(), builder.finish().unwrap())
    }

    pub(crate) fn apply(&mut self, changes: &Changes, generation: i64) {
        for (fid, row) in changes {
            match row {
                Some(row) => self.rows.insert(*fid, Arc::new(row.clone())),
                None => self.rows.remove(fid),
            };
        }
        self.revisions.push(revision(generation));
    }

    /// The changes as a writer hands them to the timeline.
    pub(crate) fn versions(&self, changes: &Changes) -> Vec<(i64, Option<Version>)> {
        let mut encoder = VersionEncoder::new(Arc::clone(&self.layer), &());
        let mut version = |row: &Row| row.version(self.kind, &mut encoder);
        changes.iter().map(|(&fid, row)| (fid, row.as_ref().map(&mut version))).collect()
    }

    /// The changes that make `other` of this layer.
    pub(crate) fn difference(&self, other: &Self) -> Changes {
        let mut fids: Vec<i64> = self.rows.keys().chain(other.rows.keys()).copied().collect();
        fids.sort_unstable();
        fids.dedup();
        let differing = fids.into_iter().filter(|fid| self.rows.get(fid) != other.rows.get(fid));
        differing.map(|fid| (fid, other.rows.get(&fid).map(|row| (**row).clone()))).collect()
    }

    /// The rows in the order of the layer: along the curve, those without geometry last, ties by fid.
    fn in_order(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.values().map(|row| &**row).collect();
        rows.sort_by_key(|row| (row.paths.is_empty(), curve(bounds(row)), row.fid));
        rows
    }

    fn feature(&self, row: &Row) -> Vec<u8> {
        let mut shape = Shape::default();
        let wkb = row.wkb(self.kind);
        if let Some(wkb) = &wkb {
            shape.read_wkb(wkb).unwrap();
        }
        let key = row.key();
        let head = FeatureHead { fid: row.fid, layer: &self.layer.name, key: key.as_ref() };
        let mut out = Vec::new();
        let shape = wkb.map(|_| shape.as_ref());
        geojson::write_feature(&mut out, head, shape, &self.layer.fields, &row.values());
        out
    }

    /// Count and measure by class. A row alone in a layer says its own measure; the sums are made here.
    fn summary(&self, rows: &[&Row]) -> BTreeMap<Option<String>, (u64, i128)> {
        let mut summary: BTreeMap<_, (u64, i128)> = BTreeMap::new();
        for row in rows {
            let mut builder = LayerBuilder::new(Arc::clone(&self.layer), &());
            row.push(self.kind, &mut builder);
            let alone = LayerView::new(self.state(), builder.finish().unwrap());
            let total = summary.entry(row.class.map(str::to_owned)).or_default();
            *total = (total.0 + 1, total.1 + alone.summarise(&alone.search(None)).measure);
        }
        summary
    }
}

fn bounds(row: &Row) -> LonLatBox {
    LonLatBox::around(&row.paths.concat())
}

/// The place of a box's middle along the Hilbert curve of order 32 over the globe: two bits for each bit of the
/// coordinates, seen in a frame that is turned from quadrant to quadrant.
fn curve(b: LonLatBox) -> u64 {
    if b.is_empty() {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^32")]
    let cell = |low: f64, high: f64, limit: f64| {
        ((f64::midpoint(low, high) + limit) / (2.0 * limit) * 4_294_967_296.0).floor() as u64
    };
    let (x, y) = (cell(b.west, b.east, 180.0), cell(b.south, b.north, 90.0));
    let (mut swapped, mut mirrored) = (false, false);
    (0..32).rev().fold(0, |place, bit| {
        let (mut right, mut upper) =
            ((x >> bit & 1 == 1) != mirrored, (y >> bit & 1 == 1) != mirrored);
        if swapped {
            std::mem::swap(&mut right, &mut upper);
        }
        let quadrant = match (right, upper) {
            (false, false) => 0,
            (false, true) => 1,
            (true, true) => 2,
            (true, false) => 3,
        };
        swapped ^= !upper;
        mirrored ^= right && !upper;
        place << 2 | quadrant
    })
}

/// Holds a view against the layer that it has to be.
pub(crate) fn check(view: &LayerView, plain: &PlainLayer, fids: i64, rng: &mut impl Rng) {
    let rows = plain.in_order();
    assert_eq!(view.len() as usize, rows.len());
    assert_eq!(view.is_empty(), rows.is_empty());
    let last = plain.revisions.last().unwrap();
    assert_eq!((view.stamp(), view.time()), (last.stamp, last.time));
    let extent = rows.iter().fold(LonLatBox::EMPTY, |all, row| all.union(bounds(row)));
    assert_eq!(view.extent(), extent);
    assert_eq!(bytes(view, None, 0, u64::MAX), features(plain, &rows));
    assert!(view.rows().map(|row| view.fid(row)).eq(rows.iter().map(|row| row.fid)));
    lookups(view, plain, fids, rng);
    whole_summary(view, plain, &rows);
    let [west, south] = place(rng, 3_000.0);
    for size in [0.002, 0.02] {
        let (east, north) = (west + size, south + size);
        let rect = geo::Rect::new((west, south), (east, north));
        let expected: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|row| geometry(plain.kind, row).is_some_and(|g| g.intersects(&rect)))
            .collect();
        region(
            view,
            plain,
            &BoxRegion::new(LonLatBox { west, south, east, north }),
            &expected,
            rng,
        );
    }
}

/// As [`check`], around a place, with distances on the ellipsoid: dear.
pub(crate) fn check_circle(view: &LayerView, plain: &PlainLayer, rng: &mut impl Rng) {
    let [lon, lat] = place(rng, 3_000.0);
    let (centre, radius) = (LonLat { lon, lat }, rng.random_range(20.0..900.0));
    let near = |row: &Row| distance(plain.kind, row, centre).is_some_and(|d| d <= radius);
    let expected: Vec<&Row> = plain.in_order().into_iter().filter(|row| near(row)).collect();
    let disk = Disk::new(centre, Metres::new(radius).unwrap()).unwrap();
    region(view, plain, &disk, &expected, rng);
    let nearest = Snapshot::nearest(&[view], centre, Some(&disk), usize::MAX);
    assert_eq!(nearest.len(), expected.len());
    for neighbour in nearest {
        let row = &plain.rows[&view.fid(neighbour.row)];
        let exact = distance(plain.kind, row, centre).unwrap();
        assert!((exact - neighbour.distance).abs() < 2e-4, "{exact} {neighbour:?}");
    }
}

fn lookups(view: &LayerView, plain: &PlainLayer, fids: i64, rng: &mut impl Rng) {
    for fid in 0..fids {
        let row = view.row_of(fid);
        let expected = plain.rows.get(&fid);
        assert_eq!(row.is_some(), expected.is_some(), "fid {fid}");
        let Some((row, expected)) = row.zip(expected) else { continue };
        assert_eq!((view.fid(row), view.generation(row)), (fid, expected.generation));
        assert_eq!(view.revision_of(row), revision(expected.generation).stamp);
        assert_eq!(view.key(row), expected.key.as_deref());
        let values: Vec<Value> =
            (0..plain.layer.fields.len()).map(|field| view.value(row, field)).collect();
        assert_eq!(values, expected.values());
        let shape = view.shape(row);
        let paths = shape.iter().flat_map(|shape| shape.paths()).map(<[_]>::to_vec);
        assert_eq!(paths.collect::<Vec<_>>(), expected.paths);
        assert_eq!(view.geojson(row..row + 1), plain.feature(expected));
    }
    for _ in 0..20 {
        let key = format!("SA001-{}", rng.random_range(0..60));
        let with_key = plain.rows.values().filter(|row| row.key.as_ref() == Some(&key));
        let found = view.rows_with_key(&key).into_iter().map(|row| view.fid(row));
        assert!(found.eq(with_key.map(|row| row.fid)), "{key}");
    }
}

fn whole_summary(view: &LayerView, plain: &PlainLayer, rows: &[&Row]) {
    let by_class = view.summarise(&view.search(None)).by_class.into_iter();
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.class.map(str::to_owned)).or_default() += 1;
    }
    assert!(by_class.map(|class| (class.code, class.count)).eq(counts), "{:?}", plain.kind);
}

/// The rows that touch a region: which, in which order, page by page, and what they add up to.
fn region(
    view: &LayerView,
    plain: &PlainLayer,
    region: &dyn Region,
    expected: &[&Row],
    rng: &mut impl Rng,
) {
    let hits = view.search(Some(region));
    let fids: Vec<i64> = hits.rows().map(|row| view.fid(row)).collect();
    assert_eq!(fids, expected.iter().map(|row| row.fid).collect::<Vec<_>>());
    assert_eq!(hits.count(), expected.len() as u64);
    let (offset, limit) = (rng.random_range(0..9), rng.random_range(1..20));
    let page: Vec<&Row> = expected.iter().copied().skip(offset).take(limit).collect();
    let found = bytes(view, Some(region), offset as u64, limit as u64);
    assert_eq!(found, features(plain, &page));
    let summary = view.summarise(&hits);
    let by_class = summary.by_class.into_iter().map(|c| (c.code, (c.count, c.measure)));
    assert_eq!(by_class.collect::<BTreeMap<_, _>>(), plain.summary(expected));
}

fn bytes(view: &LayerView, region: Option<&dyn Region>, offset: u64, limit: u64) -> String {
    let page = view.search(region).page(offset, limit);
    let runs: Vec<_> = page.ranges().iter().map(|range| view.geojson(range.clone())).collect();
    let runs: Vec<_> = runs.iter().map(|run| std::str::from_utf8(run).unwrap()).collect();
    runs.join(",")
}

fn features(plain: &PlainLayer, rows: &[&Row]) -> String {
    let all: Vec<_> =
        rows.iter().map(|row| String::from_utf8(plain.feature(row)).unwrap()).collect();
    all.join(",")
}

/// Holds a snapshot against the layers that it has to have: those, and what is asked of all of them at once.
pub(crate) fn check_snapshot(snapshot: &Snapshot, layers: &[PlainLayer], rng: &mut impl Rng) {
    let names: Vec<_> = snapshot.layers().iter().map(|view| &view.layer().name).collect();
    assert_eq!(names, layers.iter().map(|plain| &plain.layer.name).collect::<Vec<_>>());
    let needle = ["이름 1", "sa001-3", "새 이름"][rng.random_range(0..3)];
    let found = snapshot.find_text(needle);
    let found: Vec<_> = found.map(|p| (p.layer, snapshot.layers()[p.layer].fid(p.row))).collect();
    let has = |text: &str| text.to_lowercase().contains(needle);
    let matches = |row: &&Row| has(&row.name) || row.key.as_deref().is_some_and(has);
    let mut expected = Vec::new();
    for (i, plain) in layers.iter().enumerate() {
        expected.extend(plain.in_order().into_iter().filter(matches).map(|row| (i, row.fid)));
    }
    assert_eq!(found, expected, "{needle}");

    let views: Vec<_> = snapshot.layers().iter().collect();
    let [lon, lat] = place(rng, 4_000.0);
    let centre = LonLat { lon, lat };
    let all: Vec<_> = views.iter().map(|view| view.search(None)).collect();
    let nearest = Snapshot::nearest(&views, centre, None, 12);
    assert_eq!(nearest, Snapshot::nearest_of(&views, &all, centre, 12));
}
