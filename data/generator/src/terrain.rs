//! The lie of the land: where the city ends, how built-up a place is, where the hills are.

use std::f64::consts::TAU;

use rand::Rng;

use crate::geo::Point;
use crate::plan::{HALL, Plan};

/// Smooth fields over the city, all in the proportions of its size.
#[derive(Clone, Debug)]
pub(crate) struct Terrain {
    middle: Point,
    half: f64,
    unit: f64,
    crowd: f64,
    phases: [f64; 8],
    towns: Vec<(f64, f64, f64)>,
    /// The reach in so many directions all around, for a fast answer.
    reaches: Vec<f64>,
}

/// Directions in which the reach is kept.
const DIRECTIONS: usize = 4096;

impl Terrain {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut chance = plan.chance("terrain");
        let phases = std::array::from_fn(|_| chance.random_range(0.0..TAU));
        // The old towns around: kilometres east and north of the hall in the default city, and how strong.
        let towns = [(0.7, -2.6, 0.75), (-2.3, -0.4, 0.6), (-0.6, -4.4, 0.55), (-3.9, 0.5, 0.45)];
        let towns = towns
            .map(|(x, y, strong)| {
                let mut near = || chance.random_range(-0.25..0.25);
                (x + near(), y + near(), strong)
            })
            .to_vec();
        let mut terrain = Self {
            middle: plan.middle,
            half: plan.side / 2.0,
            unit: plan.unit,
            crowd: plan.crowd,
            phases,
            towns,
            reaches: Vec::new(),
        };
        terrain.reaches =
            (0..=DIRECTIONS).map(|k| terrain.reach(k as f64 * TAU / DIRECTIONS as f64)).collect();
        terrain
    }

    /// The distance from the hall to the city's edge in a direction (radians, anticlockwise from east).
    pub(crate) fn reach(&self, angle: f64) -> f64 {
        let (dx, dy) = (angle.cos(), angle.sin());
        let rounded_square = |r: f64| {
            let x = (HALL.x + r * dx - self.middle.x) / self.half;
            let y = (HALL.y + r * dy - self.middle.y) / self.half;
            x.powi(4) + y.powi(4)
        };
        let (mut low, mut high) = (0.0, self.half * 3.0);
        for _ in 0..48 {
            let mid = f64::midpoint(low, high);
            if rounded_square(mid) < 1.0 {
                low = mid;
            } else {
                high = mid;
            }
        }
        let [a, b, c, ..] = self.phases;
        let bays = (3.0 * angle + a).sin()
            + 0.6 * (7.0 * angle + b).sin()
            + 0.4 * (13.0 * angle + c).sin();
        low * (0.955 + 0.02 * bays)
    }

    /// The distance of a place from the hall, as a part of the reach in its direction: 1 at the city's edge.
    pub(crate) fn part(&self, p: Point) -> f64 {
        let angle = (p.y - HALL.y).atan2(p.x - HALL.x).rem_euclid(TAU);
        let step = angle / TAU * DIRECTIONS as f64;
        let at = (step as usize).min(DIRECTIONS - 1);
        let t = step - at as f64;
        HALL.distance(p) / (self.reaches[at] * (1.0 - t) + self.reaches[at + 1] * t)
    }

    /// How built-up a place is: about 1 around the hall, near 0 in the fields.
    pub(crate) fn bustle(&self, p: Point) -> f64 {
        let (x, y) = self.local(p);
        let [.., a, b, c] = self.phases;
        let hum = (1.9 * x + a).sin() * (2.3 * y + b).sin() + 0.5 * (4.1 * (x + y) + c).sin();
        let mut sum = (-(x * x + y * y) / 2.6).exp() + 0.05 * hum + 0.06;
        for (tx, ty, strong) in &self.towns {
            sum += strong * (-((x - tx).powi(2) + (y - ty).powi(2)) / 0.9).exp();
        }
        (sum * (1.0 - 0.8 * self.hill(p))).clamp(0.02, 1.2)
    }

    /// How hilly a place is, 0 to 1: the hills stand in the south-west.
    pub(crate) fn hill(&self, p: Point) -> f64 {
        let (x, y) = self.local(p);
        let [_, _, _, a, b, ..] = self.phases;
        let wave = 0.35 * (1.3 * x + a).sin() + 0.3 * (1.7 * y + b).sin();
        // Where all stands close, the hills are built on as well.
        let southwest = (-(x + 0.8 * y) / 1.28 - 2.9 - 0.8 * (self.crowd - 1.0) + wave) / 1.7;
        let t = southwest.clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// East and north of the hall, in kilometres of the default city.
    fn local(&self, p: Point) -> (f64, f64) {
        let km = 1000.0 * self.unit;
        ((p.x - HALL.x) / km, (p.y - HALL.y) / km)
    }
}
