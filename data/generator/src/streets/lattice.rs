//! Lays the streets: a lattice that is turned, warped and shaken, thinned out with the distance from the centres.
//!
//! Each eighth line is an arterial, each fourth a collector. Fields keep only the coarser lines, hills lose most.

use std::collections::HashMap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{Node, Rank, Section};
use crate::geo::{Point, length};
use crate::plan::{HALL, Plan};
use crate::terrain::Terrain;

struct Lattice<'a> {
    plan: &'a Plan,
    terrain: &'a Terrain,
    half: i32,
    turn: (f64, f64),
    phases: [f64; 4],
    shake: Vec<Point>,
    nodes: Vec<Node>,
    known: HashMap<(i32, i32), Option<u32>>,
}

/// The nodes and sections; several unconnected parts are possible.
pub(super) fn lay(plan: &Plan, terrain: &Terrain) -> (Vec<Node>, Vec<Section>) {
    let mut chance = plan.chance("streets");
    let half = (plan.side * 1.5 / plan.spacing).ceil() as i32;
    let turn = 0.21_f64.sin_cos();
    let phases = std::array::from_fn(|_| chance.random_range(0.0..std::f64::consts::TAU));
    let shake = (0..4096)
        .map(|_| Point::new(chance.random_range(-1.0..1.0), chance.random_range(-1.0..1.0)))
        .collect();
    let mut lattice = Lattice {
        plan,
        terrain,
        half,
        turn,
        phases,
        shake,
        nodes: Vec::new(),
        known: HashMap::new(),
    };
    let mut sections = Vec::new();
    for i in -half..half {
        for j in -half..half {
            for step in [(1, 0), (0, 1), (1, 1)] {
                sections.extend(lattice.link((i, j), step, &mut chance));
            }
        }
    }
    (lattice.nodes, sections)
}

/// How coarse a line is: 0 for each eighth, 3 for the finest.
fn coarse(line: i32) -> u8 {
    match line.rem_euclid(8) {
        0 => 0,
        4 => 1,
        2 | 6 => 2,
        _ => 3,
    }
}

impl Lattice<'_> {
    fn link(
        &mut self,
        (i, j): (i32, i32),
        step: (i32, i32),
        chance: &mut ChaCha8Rng,
    ) -> Option<Section> {
        let to = (i + step.0, j + step.1);
        // A section runs along row `j` or column `i`; a diagonal is a short cut between local streets.
        let (line, side) = match step {
            (1, 0) => (j, 2 * (j + self.half)),
            (0, 1) => (i, 2 * (i + self.half) + 1),
            _ => (1, 0),
        };
        let luck: f64 = chance.random();
        let bow: f64 = chance.random();
        let diagonal = step == (1, 1);
        let level = if diagonal { 3 } else { coarse(line) };
        let middle = self.place(f64::from(i + to.0) / 2.0, f64::from(j + to.1) / 2.0);
        if !self.in_city(middle) {
            return None;
        }
        let hill = self.terrain.hill(middle);
        let bustle = self.terrain.bustle(middle);
        let finest = match bustle * self.plan.crowd {
            _ if hill > 0.9 => 0,
            b if b > 0.30 => 3,
            b if b > 0.13 => 2,
            _ => 1,
        };
        let lost = match level {
            0 => 0.12 * hill,
            1 => 0.03 + 0.3 * hill,
            2 => 0.10 + 0.3 * hill,
            _ => 0.16,
        };
        let wanted = if diagonal { luck < 0.035 } else { luck >= lost };
        // The hall's own cell keeps its four sides and has no short cut.
        let by_hall = matches!((i, j), (0 | 1, 0) | (0, 1)) && !diagonal;
        if level > finest || !(wanted || by_hall) || (diagonal && (i, j) == (0, 0)) {
            return None;
        }
        let (from_node, to_node) = (self.node((i, j))?, self.node(to)?);
        let rank = match level {
            0 => Rank::Arterial,
            1 => Rank::Collector,
            _ => Rank::Local,
        };
        // A street runs on for sixteen cells, then another name begins.
        let block = (i.max(j) + self.half) / 16;
        let streets = 4 * self.half + 4;
        let street = if diagonal { (i + self.half) * 7 % 997 } else { block * streets + side };
        let line = self.draw((i, j), to, rank, if bow < 0.12 { bow / 0.12 } else { 0.0 });
        let width = rank.width() * (self.plan.spacing / 90.0).clamp(0.55, 1.0);
        let length = length(&line);
        let (from, to, street) = (from_node, to_node, street as u32);
        Some(Section { from, to, rank, street, line, length, width, bustle })
    }

    /// The way between two lattice points: curved as the lattice is, some with a bow of their own.
    fn draw(&self, from: (i32, i32), to: (i32, i32), rank: Rank, bow: f64) -> Vec<Point> {
        let (a, b) = (self.spot(from), self.spot(to));
        let parts = if bow > 0.0 || rank != Rank::Local { 4 } else { 1 };
        let (flat_a, flat_b) = (self.warp(from), self.warp(to));
        let bulge = if rank == Rank::Local { (bow - 0.5) * 0.24 } else { (bow - 0.5) * 0.08 };
        let bulge = if bow > 0.0 { bulge } else { 0.0 };
        let mut line = vec![a];
        for k in 1..parts {
            let t = f64::from(k) / f64::from(parts);
            let u = f64::from(from.0) + f64::from(to.0 - from.0) * t;
            let v = f64::from(from.1) + f64::from(to.1 - from.1) * t;
            let curve = self.place(u, v);
            let chord = flat_a.between(flat_b, t);
            let straight = a.between(b, t);
            let side = (t * std::f64::consts::PI).sin() * bulge;
            line.push(
                Point::new(
                    straight.x + curve.x - chord.x - (b.y - a.y) * side,
                    straight.y + curve.y - chord.y + (b.x - a.x) * side,
                )
                .rounded(),
            );
        }
        line.push(b);
        line
    }

    fn node(&mut self, at: (i32, i32)) -> Option<u32> {
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        let spot = self.spot(at);
        let node = self.in_city(spot).then(|| {
            self.nodes.push(Node { at: spot, ground: 0.0 });
            self.nodes.len() as u32 - 1
        });
        self.known.insert(at, node);
        node
    }

    /// Where a lattice point comes to lie: the finer its lines, the more it is shaken.
    fn spot(&self, (i, j): (i32, i32)) -> Point {
        let key = (i.wrapping_mul(73_856_093) ^ j.wrapping_mul(19_349_663)) as u32;
        let shake = self.shake[(key.wrapping_mul(2_654_435_761) >> 20) as usize];
        let near_hall = (-1..=2).contains(&i) && (-1..=2).contains(&j);
        let much = |line: i32| match coarse(line) {
            _ if near_hall => 0.03,
            0 => 0.04,
            1 => 0.10,
            _ => 0.21,
        } * self.plan.spacing;
        let p = self.warp((i, j));
        Point::new(p.x + shake.x * much(i), p.y + shake.y * much(j)).rounded()
    }

    fn warp(&self, (i, j): (i32, i32)) -> Point {
        self.place(f64::from(i), f64::from(j))
    }

    /// The turned and warped lattice. The hall stands in the middle of the cell from (0, 0) to (1, 1).
    fn place(&self, u: f64, v: f64) -> Point {
        let (u, v) = (u - 0.5, v - 0.5);
        let calm = 1.0 - (-(u * u + v * v) / 18.0).exp();
        let [a, b, c, d] = self.phases;
        let wu = 1.1 * (v / 2.9 + a).sin() + 1.6 * (v / 7.3 + u / 11.0 + b).sin();
        let wv = 1.0 * (u / 3.1 + c).sin() + 1.7 * (u / 8.1 - v / 9.0 + d).sin();
        let (u, v) = (u + 0.75 * calm * wu, v + 0.75 * calm * wv);
        let (sin, cos) = self.turn;
        let s = self.plan.spacing;
        Point::new(HALL.x + s * (u * cos - v * sin), HALL.y + s * (u * sin + v * cos))
    }

    fn in_city(&self, p: Point) -> bool {
        self.terrain.part(p) < 0.975
    }
}
