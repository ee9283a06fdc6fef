//! Searches against a scan with somebody else's geometry: the geo crate for boxes, geographiclib for circles, rstar
//! for candidates.

use crate::city::{Row, city, place, random};
use crate::oracle;
use geo::Intersects as _;
use rand::Rng as _;
use siseol_model::{GeometryKind, LonLat, LonLatBox, Metres};
use siseol_query::{BoxRegion, Disk, Hits, LayerView, Snapshot};
use std::collections::BTreeSet;

const KINDS: [GeometryKind; 3] = [GeometryKind::Point, GeometryKind::Line, GeometryKind::Polygon];

pub(crate) fn geometry(kind: GeometryKind, row: &Row) -> Option<geo::Geometry> {
    let line = |path: &Vec<[f64; 2]>| geo::LineString::from(path.clone());
    let first = row.paths.first()?;
    Some(match kind {
        GeometryKind::Point => geo::Point::from((first[0][0], first[0][1])).into(),
        GeometryKind::Line => {
            geo::MultiLineString::new(row.paths.iter().map(line).collect()).into()
        }
        _ => geo::Polygon::new(line(first), row.paths[1..].iter().map(line).collect()).into(),
    })
}

/// Metres from a place to a row, by the oracle.
pub(crate) fn distance(kind: GeometryKind, row: &Row, from: LonLat) -> Option<f64> {
    let area = kind == GeometryKind::Polygon;
    (!row.paths.is_empty()).then(|| oracle::distance([from.lon, from.lat], &row.paths, area))
}

fn fids(view: &LayerView, hits: &Hits) -> BTreeSet<i64> {
    let all: Vec<_> = hits.rows().map(|row| view.fid(row)).collect();
    assert_eq!(all.len() as u64, hits.count());
    let set: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!(set.len(), all.len(), "no row twice");
    set
}

#[test]
fn boxes_find_what_the_geo_crate_finds_and_rstar_has_no_more_candidates() {
    for (seed, kind) in (10..).zip(KINDS) {
        let city = city(seed, "layer", kind, 3_000, 1);
        let tree = rstar::RTree::bulk_load(
            city.rows
                .iter()
                .filter_map(|row| {
                    let all: Vec<_> = row.paths.iter().flatten().copied().collect();
                    let b = (!all.is_empty()).then(|| LonLatBox::around(&all))?;
                    let envelope = rstar::primitives::Rectangle::from_corners(
                        [b.west, b.south],
                        [b.east, b.north],
                    );
                    Some(rstar::primitives::GeomWithData::new(envelope, row.fid))
                })
                .collect(),
        );
        let mut rng = random(seed + 100);
        for i in 0..150 {
            let [west, south] = place(&mut rng, 3_000.0);
            let size = if i % 10 == 0 { 0.08 } else { 0.006 };
            let (east, north) =
                (west + rng.random_range(0.0..size), south + rng.random_range(0.0..size));
            let bounds = LonLatBox { west, south, east, north };
            let rect = geo::Rect::new((west, south), (east, north));
            let expected: BTreeSet<_> = city
                .rows
                .iter()
                .filter(|row| geometry(kind, row).is_some_and(|g| g.intersects(&rect)))
                .map(|row| row.fid)
                .collect();
            let region = BoxRegion::new(bounds);
            let found = fids(&city.view, &city.view.search(Some(&region)));
            assert_eq!(found, expected, "{kind:?} {bounds:?}");
            let torn = fids(&city.torn, &city.torn.search(Some(&region)));
            assert_eq!(torn, expected, "{kind:?} {bounds:?}");
            let candidates: BTreeSet<_> = tree
                .locate_in_envelope_intersecting(rstar::AABB::from_corners(
                    [west, south],
                    [east, north],
                ))
                .map(|g| g.data)
                .collect();
            assert!(found.is_subset(&candidates));
        }
        for view in [&city.view, &city.torn] {
            assert_eq!(view.search(None).count(), 3_000, "rows without geometry are in the whole");
        }
    }
}

#[test]
fn circles_find_what_geographiclib_finds_rim_included() {
    for (seed, kind) in (20..).zip(KINDS) {
        let city = city(seed, "layer", kind, 400, 1);
        let mut rng = random(seed + 100);
        for i in 0..30 {
            let [lon, lat] = place(&mut rng, 3_000.0);
            let centre = LonLat { lon, lat };
            let distances: Vec<_> = city
                .rows
                .iter()
                .filter_map(|row| Some((row.fid, distance(kind, row, centre)?)))
                .collect();
            // Every other radius goes to within a hundredth of a millimetre outside some feature's nearest point.
            let radius = if i % 2 == 0 {
                distances[rng.random_range(0..distances.len())].1 + 1e-5
            } else {
                rng.random_range(1.0..4_000.0)
            };
            let Ok(disk) = Disk::new(centre, Metres::new(radius).unwrap()) else { continue };
            let expected: BTreeSet<_> =
                distances.iter().filter(|d| d.1 <= radius).map(|d| d.0).collect();
            for view in [&city.view, &city.torn] {
                let found = fids(view, &view.search(Some(&disk)));
                assert_eq!(found, expected, "{kind:?} {centre:?} {radius}");

                // The same features, nearest first, with the same distances.
                let near = Snapshot::nearest(&[view], centre, Some(&disk), usize::MAX);
                assert_eq!(near.len(), expected.len());
                let hits = [view.search(Some(&disk))];
                for k in [usize::MAX, 7] {
                    let again = Snapshot::nearest_of(&[view], &hits, centre, k);
                    assert_eq!(again, near[..near.len().min(k)]);
                }
                assert!(near.is_sorted_by(|a, b| a.distance <= b.distance));
                for neighbour in near {
                    let fid = view.fid(neighbour.row);
                    let exact = distances.iter().find(|d| d.0 == fid).unwrap().1;
                    assert!((exact - neighbour.distance).abs() < 2e-4, "{exact} {neighbour:?}");
                }
            }
        }
    }
}

#[test]
fn the_nearest_across_layers_are_the_first_of_a_sorted_scan() {
    let cities: Vec<_> =
        (30..).zip(KINDS).map(|(seed, kind)| city(seed, "layer", kind, 300, 1)).collect();
    let views: Vec<_> = cities.iter().map(|c| &c.view).collect();
    let torn: Vec<_> = cities.iter().map(|c| &c.torn).collect();
    let mut rng = random(130);
    for far in [3_000.0, 60_000.0] {
        for _ in 0..12 {
            let [lon, lat] = place(&mut rng, far);
            let centre = LonLat { lon, lat };
            let mut all: Vec<(f64, usize, i64)> = cities
                .iter()
                .enumerate()
                .flat_map(|(layer, city)| {
                    city.rows.iter().filter_map(move |row| {
                        Some((distance(city.kind, row, centre)?, layer, row.fid))
                    })
                })
                .collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            for views in [&views, &torn] {
                let near = Snapshot::nearest(views, centre, None, 10);
                assert_eq!(near.len(), 10);
                for (found, expected) in near.iter().zip(&all) {
                    assert!((found.distance - expected.0).abs() < 2e-4, "{found:?} {expected:?}");
                }
            }
        }
    }
}

#[test]
fn lengths_and_areas_are_those_of_the_geo_crate() {
    use geo::{Geodesic as Metric, GeodesicArea as _, Length as _};
    for (seed, kind) in (40..).zip(&KINDS[1..]) {
        let city = city(seed, "layer", *kind, 1_000, 1);
        let expected: f64 = city
            .rows
            .iter()
            .filter_map(|row| match geometry(*kind, row)? {
                geo::Geometry::MultiLineString(lines) => Some(Metric.length(&lines)),
                geo::Geometry::Polygon(polygon) => {
                    // Ring by ring: the crate takes a ring that is wound the other way for the rest of the globe.
                    let area = |ring: &geo::LineString| {
                        geo::Polygon::new(ring.clone(), vec![]).geodesic_area_signed().abs()
                    };
                    let holes: f64 = polygon.interiors().iter().map(area).sum();
                    Some(area(polygon.exterior()) - holes)
                }
                other => panic!("{other:?}"),
            })
            .sum();
        let summary = city.view.summarise(&city.view.search(None));
        #[expect(clippy::cast_precision_loss, reason = "a sum of a small city")]
        let measured = summary.measure as f64 / 1e6;
        assert!((measured - expected).abs() < 1e-6 * expected, "{measured} {expected}");
        let by_class: u64 = summary.by_class.iter().map(|c| c.count).sum();
        assert_eq!(by_class, 1_000);
        assert_eq!(city.torn.summarise(&city.torn.search(None)), summary);
    }
}
