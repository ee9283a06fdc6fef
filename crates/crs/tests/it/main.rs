//! Transformations against the published test vectors and against another program, PROJ's own `cs2cs`.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use siseol_crs::{Error, GridTransform, LonLatTransform, definition, is_northing_first};
use siseol_model::{Crs, ToLonLat};
use std::io::Write as _;
use std::process::{Command, Stdio};

const KOREAN: [u32; 20] = [
    5186, 5185, 5187, 5188, 5179, 5178, 5181, 5180, 5182, 5183, 5184, 5174, 5173, 5175, 5176, 5177,
    2097, 2096, 2098, 32652,
];

/// One place, as each grid writes it (metres, rounded to millimetres).
const PLACE: [f64; 2] = [126.9352, 37.3617];
const WRITTEN: [(u32, [f64; 2]); 6] = [
    (5186, [194_259.480, 529_156.766]),
    (5181, [194_259.480, 429_156.766]),
    (5174, [194_189.463, 428_851.462]),
    (2097, [194_445.486, 428_851.288]),
    (5179, [949_985.142, 1_929_332.733]),
    (5178, [950_174.720, 1_929_026.373]),
];

#[test]
fn the_published_vectors_hold_within_a_millimetre_both_ways() {
    for (code, xy) in WRITTEN {
        let transform = LonLatTransform::new(Crs::epsg(code)).unwrap();
        let mut there = [PLACE];
        transform.from_lon_lat(&mut there).unwrap();
        for axis in 0..2 {
            assert!((there[0][axis] - xy[axis]).abs() < 1e-3, "{code}: {there:?} {xy:?}");
        }
        let mut back = there;
        transform.to_lon_lat(&mut back).unwrap();
        for axis in 0..2 {
            // The shift of Korean 1985 turns by small angles, which PROJ takes back to 5 mm only.
            assert!((back[0][axis] - PLACE[axis]).abs() < 6e-8, "{code}: {back:?}");
        }
    }
}

#[test]
fn every_grid_agrees_with_cs2cs() {
    for code in KOREAN {
        let transform = LonLatTransform::new(Crs::epsg(code)).unwrap();
        let mut coords = Vec::new();
        for lon in [126.1, 126.9352, 128.4] {
            for lat in [33.2, 35.5, 37.3617] {
                coords.push([lon, lat]);
            }
        }
        transform.from_lon_lat(&mut coords).unwrap();
        // The authority's order for these grids is north first; UTM's is east first.
        let swap = is_northing_first(Crs::epsg(code)).unwrap();
        let input: String = coords
            .iter()
            .map(|[x, y]| if swap { format!("{y} {x}\n") } else { format!("{x} {y}\n") })
            .collect();
        let expected = cs2cs(code, &input);
        transform.to_lon_lat(&mut coords).unwrap();
        for (ours, [lat, lon]) in coords.iter().zip(expected) {
            assert!(
                (ours[0] - lon).abs() < 1e-9 && (ours[1] - lat).abs() < 1e-9,
                "{code}: {ours:?} {lon} {lat}"
            );
        }
    }
}

/// Latitude, longitude of each line.
fn cs2cs(code: u32, input: &str) -> Vec<[f64; 2]> {
    let mut child = Command::new("cs2cs")
        .args(["-f", "%.12f", &format!("EPSG:{code}"), "EPSG:4326"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    String::from_utf8(out.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let mut numbers = line.split_whitespace().map(|n| n.parse().unwrap());
            [numbers.next().unwrap(), numbers.next().unwrap()]
        })
        .collect()
}

#[test]
fn from_grid_to_grid_is_the_way_over_the_globe() {
    let [from, to] = [Crs::epsg(5174), Crs::epsg(5186)];
    let way = GridTransform::new(from, to).unwrap();
    let (out, back) = (LonLatTransform::new(from).unwrap(), LonLatTransform::new(to).unwrap());
    for place in [[190_000.0, 430_000.0], [210_500.5, 441_234.25], [150_000.0, 300_000.0]] {
        let mut expected = [place];
        out.to_lon_lat(&mut expected).unwrap();
        back.from_lon_lat(&mut expected).unwrap();
        let found = way.convert(place).unwrap();
        for (a, b) in found.iter().zip(&expected[0]) {
            assert!((a - b).abs() < 1e-3, "{found:?} {expected:?}");
        }
    }
    assert!(way.convert([f64::NAN, 1.0]).is_err());
    assert!(GridTransform::new(from, Crs::epsg(5773)).is_err());
}

#[test]
fn what_cannot_be_transformed_is_named() {
    let transform = LonLatTransform::new(Crs::epsg(5186)).unwrap();
    let mut coords = [[200_000.0, 600_000.0], [f64::INFINITY, 1.0]];
    let error = transform.to_lon_lat(&mut coords).unwrap_err();
    assert!(error.x.is_infinite(), "{error}");
    let degrees = LonLatTransform::new(Crs::WGS84).unwrap();
    assert!(degrees.to_lon_lat(&mut [[127.0, 37.0]]).is_ok());
    assert!(degrees.to_lon_lat(&mut [[500.0, 2000.0]]).is_err());
    assert!(degrees.to_lon_lat(&mut [[f64::NAN, 1.0]]).is_err());
}

#[test]
fn only_grids_for_x_and_y_are_taken() {
    assert!(matches!(LonLatTransform::new(Crs::epsg(999_999)), Err(Error::Unknown { .. })));
    assert!(matches!(LonLatTransform::new(Crs::epsg(5773)), Err(Error::NotHorizontal { .. })));
    assert!(matches!(definition(Crs::epsg(4978)), Err(Error::NotHorizontal { .. })));
}

#[test]
fn definitions_are_well_known_text_with_the_code() {
    let grid = definition(Crs::epsg(5186)).unwrap();
    assert_eq!(grid.name, "Korea 2000 / Central Belt 2010");
    assert!(
        grid.wkt.starts_with("PROJCS[") && grid.wkt.contains(r#"AUTHORITY["EPSG","5186"]"#),
        "{}",
        grid.wkt
    );
    assert!(is_northing_first(Crs::epsg(5186)).unwrap());
    assert!(is_northing_first(Crs::WGS84).unwrap());
    assert!(!is_northing_first(Crs::epsg(3857)).unwrap());
}
