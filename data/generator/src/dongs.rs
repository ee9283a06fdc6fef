//! The twelve administrative dongs: real codes and names, invented shapes that tile the city.
//!
//! A core around the hall, five sectors around it, six around those. Neighbours are built from the same points, so
//! there is neither gap nor overlap.

use std::f64::consts::TAU;
use std::io;
use std::path::Path;

use crate::geo::{Point, area, inside};
use crate::plan::{HALL, Plan};
use crate::shapefile::{Kind, Layer, Shape, Sides, text};
use crate::terrain::Terrain;

/// Code and name, from the core outwards, anticlockwise from the east.
pub(crate) const DONGS: [(&str, &str); 12] = [
    ("4141062000", "광정동"),
    ("4141056000", "금정동"),
    ("4141054000", "산본1동"),
    ("4141060000", "궁내동"),
    ("4141058000", "오금동"),
    ("4141057000", "재궁동"),
    ("4141051000", "군포1동"),
    ("4141055000", "산본2동"),
    ("4141059000", "수리동"),
    ("4141061000", "대야동"),
    ("4141063000", "송부동"),
    ("4141052000", "군포2동"),
];

/// Directions in which each ring line has a point.
const STEPS: usize = 240;
/// Points between the two ends of a line from ring to ring.
const SPOKE: usize = 12;
/// Cells of the lookup raster, each way.
const CELLS: usize = 256;
const MIXED: u8 = u8::MAX;

/// The dongs and a raster to find them fast.
#[derive(Clone, Debug)]
pub(crate) struct Dongs {
    /// Closed rings, clockwise, in the order of [`DONGS`].
    pub(crate) rings: Vec<Vec<Point>>,
    /// The edge of the city.
    #[cfg(test)]
    pub(crate) outline: Vec<Point>,
    corner: Point,
    cell: f64,
    raster: Vec<u8>,
}

impl Dongs {
    pub(crate) fn new(plan: &Plan, terrain: &Terrain) -> Self {
        let angle = |step: f64| step * TAU / STEPS as f64;
        let part = |ring: usize, step: f64| {
            let a = angle(step);
            match ring {
                0 => 0.27 + 0.025 * (3.0 * a + 1.0).sin() + 0.01 * (8.0 * a).sin(),
                1 => 0.60 + 0.035 * (4.0 * a).sin() + 0.012 * (11.0 * a + 2.0).sin(),
                _ => 1.0,
            }
        };
        let place = |step: f64, part: f64| {
            let (a, reach) = (angle(step), terrain.reach(angle(step)));
            Point::new(HALL.x + a.cos() * reach * part, HALL.y + a.sin() * reach * part).rounded()
        };
        let ring = |k: usize| -> Vec<Point> {
            (0..STEPS).map(|s| place(s as f64, part(k, s as f64))).collect()
        };
        let lines = [ring(0), ring(1), ring(2)];
        // From step `from` on one ring line to step `to` on the next, without the two ends.
        let spoke = |inner: usize, from: usize, to: usize| -> Vec<Point> {
            let (from, to) = (from as f64, to as f64);
            (1..=SPOKE)
                .map(|k| {
                    let t = k as f64 / (SPOKE + 1) as f64;
                    let step =
                        from + (to - from) * t + 2.5 * (t * TAU * 1.5).sin() * (1.0 - t) * t * 4.0;
                    place(step, part(inner, step) * (1.0 - t) + part(inner + 1, step) * t)
                })
                .collect()
        };
        let mut rings = vec![closed(lines[0].clone())];
        // Steps at which the sectors begin, on their inner and on their outer line.
        let sectors: [(usize, &[(usize, usize)]); 2] = [
            (0, &[(8, 2), (52, 60), (104, 98), (150, 156), (196, 190)]),
            (1, &[(16, 12), (50, 56), (84, 80), (118, 124), (164, 158), (206, 212)]),
        ];
        for (inner, starts) in sectors {
            for (k, &(a0, b0)) in starts.iter().enumerate() {
                let (a1, b1) = starts[(k + 1) % starts.len()];
                let mut ring = arc(&lines[inner], a0, a1);
                ring.extend(spoke(inner, a1, b1));
                let outer = arc(&lines[inner + 1], b0, b1);
                ring.extend(outer.into_iter().rev());
                ring.extend(spoke(inner, a0, b0).into_iter().rev());
                rings.push(closed(ring));
            }
        }
        let mut dongs = Self {
            rings,
            #[cfg(test)]
            outline: lines[2].clone(),
            corner: Point::new(plan.middle.x - plan.side / 2.0, plan.middle.y - plan.side / 2.0),
            cell: plan.side / CELLS as f64,
            raster: vec![0; CELLS * CELLS],
        };
        dongs.paint();
        dongs
    }

    /// The number of the dong at a place: an index into [`DONGS`]. Outside the city it is the first.
    pub(crate) fn at(&self, p: Point) -> usize {
        let (cx, cy) = self.cell_of(p);
        match self.raster[cy * CELLS + cx] {
            MIXED => self.search(p),
            known => known.into(),
        }
    }

    fn search(&self, p: Point) -> usize {
        self.rings.iter().position(|ring| inside(ring, p)).unwrap_or(0)
    }

    fn cell_of(&self, p: Point) -> (usize, usize) {
        let cell = |d: f64| (d / self.cell).clamp(0.0, (CELLS - 1) as f64) as usize;
        (cell(p.x - self.corner.x), cell(p.y - self.corner.y))
    }

    fn paint(&mut self) {
        for ring in self.rings.clone() {
            for w in ring.windows(2) {
                let steps = (w[0].distance(w[1]) / self.cell * 4.0).ceil().max(1.0) as usize;
                for k in 0..=steps {
                    let (cx, cy) = self.cell_of(w[0].between(w[1], k as f64 / steps as f64));
                    for y in cy.saturating_sub(1)..=(cy + 1).min(CELLS - 1) {
                        for x in cx.saturating_sub(1)..=(cx + 1).min(CELLS - 1) {
                            self.raster[y * CELLS + x] = MIXED;
                        }
                    }
                }
            }
        }
        for at in 0..CELLS * CELLS {
            if self.raster[at] != MIXED {
                let (x, y) = ((at % CELLS) as f64 + 0.5, (at / CELLS) as f64 + 0.5);
                let middle =
                    Point::new(self.corner.x + x * self.cell, self.corner.y + y * self.cell);
                self.raster[at] = self.search(middle) as u8;
            }
        }
    }

    /// Writes `BML_HADM_AS`.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<(&'static str, u64)> {
        let fields = [text("HJD_CDE", 10), text("HJD_NAM", 20)];
        let mut layer =
            Layer::create(folder, "BML_HADM_AS", Kind::Area, &[&fields], Sides::CentralBelt)?;
        for (ring, (code, name)) in self.rings.iter().zip(DONGS) {
            layer.write(Shape::Area(ring), &[&[code.into(), name.into()]])?;
        }
        layer.finish()
    }
}

/// The points of a ring line from one step to another, both included, anticlockwise.
fn arc(line: &[Point], from: usize, to: usize) -> Vec<Point> {
    let to = if to <= from { to + STEPS } else { to };
    (from..=to).map(|s| line[s % STEPS]).collect()
}

/// Closed and clockwise.
fn closed(mut ring: Vec<Point>) -> Vec<Point> {
    if area(&ring) > 0.0 {
        ring.reverse();
    }
    ring.push(ring[0]);
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dongs() -> Dongs {
        let plan = Plan::new(40_000, None, 41_410);
        Dongs::new(&plan, &Terrain::new(&plan))
    }

    #[test]
    fn the_dongs_fill_the_city() {
        let dongs = dongs();
        let sum: f64 = dongs.rings.iter().map(|ring| area(ring).abs()).sum();
        let city = area(&dongs.outline);
        assert!((sum - city).abs() < 1e-3, "{sum} {city}");
    }

    #[test]
    fn each_place_in_the_city_is_in_one_dong_and_is_found() {
        let dongs = dongs();
        for k in 0..20_000_u32 {
            let (x, y) = (f64::from(k % 141) * 50.03, f64::from(k / 141) * 50.07);
            let p = Point::new(dongs.corner.x + x, dongs.corner.y + y);
            let holders: Vec<_> = (0..12).filter(|d| inside(&dongs.rings[*d], p)).collect();
            assert_eq!(holders.len(), usize::from(inside(&dongs.outline, p)), "{p:?}");
            if let [one] = holders[..] {
                assert_eq!(dongs.at(p), one, "{p:?}");
            }
        }
    }
}
