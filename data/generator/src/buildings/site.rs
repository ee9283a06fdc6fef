//! Where there is still room: a raster of taken ground.

use crate::geo::Point;
use crate::plan::Plan;
use crate::streets::Streets;

/// The side of a cell, in metres.
const CELL: f64 = 2.0;
/// What is left free around a plot, in metres.
const MARGIN: f64 = 0.6;

/// One bit for each cell: taken or free.
#[derive(Clone, Debug)]
pub(super) struct Site {
    corner: Point,
    across: usize,
    bits: Vec<u64>,
}

/// A rectangle: its middle, the unit vector along its front, half its length and half its depth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub(super) middle: Point,
    pub(super) way: Point,
    pub(super) half_length: f64,
    pub(super) half_depth: f64,
}

impl Plot {
    /// The point at so many half lengths along and half depths to the left.
    pub(super) fn spot(&self, along: f64, left: f64) -> Point {
        self.middle
            .toward(self.way, along * self.half_length)
            .toward(self.way.left(), left * self.half_depth)
            .rounded()
    }

    /// Calls for points at most a cell apart all over the plot and its margin.
    fn each(&self, mut call: impl FnMut(Point) -> bool) -> bool {
        let (a, b) = (self.half_length + MARGIN, self.half_depth + MARGIN);
        let steps = |half: f64| (2.0 * half / (CELL * 0.9)).ceil().max(1.0) as u32;
        let (na, nb) = (steps(a), steps(b));
        (0..=na).all(|i| {
            let at = self.middle.toward(self.way, a * (2.0 * f64::from(i) / f64::from(na) - 1.0));
            (0..=nb).all(|j| {
                call(at.toward(self.way.left(), b * (2.0 * f64::from(j) / f64::from(nb) - 1.0)))
            })
        })
    }
}

impl Site {
    /// All ground but the streets is free.
    pub(super) fn new(plan: &Plan, streets: &Streets) -> Self {
        let across = (plan.side / CELL).ceil() as usize + 1;
        let corner = Point::new(plan.middle.x - plan.side / 2.0, plan.middle.y - plan.side / 2.0);
        let mut site = Self { corner, across, bits: vec![0; across * across / 64 + 1] };
        for section in &streets.sections {
            let half_depth = section.width / 2.0 - MARGIN;
            for w in section.line.windows(2) {
                let length = w[0].distance(w[1]).max(0.01);
                let way = Point::new((w[1].x - w[0].x) / length, (w[1].y - w[0].y) / length);
                let middle = w[0].between(w[1], 0.5);
                site.take(&Plot { middle, way, half_length: length / 2.0, half_depth });
            }
        }
        site
    }

    /// Whether all of a plot is free.
    pub(super) fn is_free(&self, plot: &Plot) -> bool {
        plot.each(|p| self.bit(p).is_some_and(|bit| self.bits[bit / 64] & (1 << (bit % 64)) == 0))
    }

    pub(super) fn take(&mut self, plot: &Plot) {
        plot.each(|p| {
            if let Some(bit) = self.bit(p) {
                self.bits[bit / 64] |= 1 << (bit % 64);
            }
            true
        });
    }

    fn bit(&self, p: Point) -> Option<usize> {
        let (x, y) = ((p.x - self.corner.x) / CELL, (p.y - self.corner.y) / CELL);
        let limit = self.across as f64;
        (x >= 0.0 && y >= 0.0 && x < limit && y < limit)
            .then(|| y as usize * self.across + x as usize)
    }
}
