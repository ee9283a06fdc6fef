//! Random filters.

use crate::city::{place, random_paths};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use siseol_model::GeometryKind;
use siseol_query::filter::{
    Arithmetic, ArrayRelation, Bbox, Comparison, Expression, Folding, Geometry, Instant,
    IntervalEnd, Number, Position, SpatialRelation, TemporalRelation,
};

/// Makes filters that make sense of the layer of [`evaluation`](super::evaluation).
pub(crate) struct Maker<'r> {
    pub(crate) rng: &'r mut ChaCha8Rng,
}

/// Texts of the layer and of its filters.
pub(crate) const TEXTS: [&str; 14] = [
    "강남구",
    "강남대로",
    "서울 50%",
    "a_b",
    "Straße",
    "STRASSE",
    "Café",
    "CAFÉ",
    "café",
    "chișinău",
    "It's",
    r"a\b",
    "",
    "Über",
];

/// Dates as texts, of any precision.
pub(crate) const MADE: [&str; 9] = [
    "2005",
    "2005-05",
    "2005-05-09",
    "2005-05-09T10:00:00",
    "2005-12-31",
    "2006",
    "1999-02",
    "2005-05-10T00:00:00Z",
    "미상",
];

fn property(name: &str) -> Expression {
    Expression::Property(name.into())
}

fn boxed<T, const N: usize>(values: [T; N]) -> Box<[T; N]> {
    Box::new(values)
}

impl Maker<'_> {
    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        *items.choose(self.rng).unwrap()
    }

    /// A condition whose operators lie at most so deep.
    pub(crate) fn condition(&mut self, depth: u32) -> Expression {
        if depth == 0 || self.rng.random_bool(0.3) {
            return self.predicate(depth);
        }
        let n = self.rng.random_range(2..4);
        match self.rng.random_range(0..4) {
            0 => Expression::Not(Box::new(self.condition(depth - 1))),
            1 => Expression::Or((0..n).map(|_| self.condition(depth - 1)).collect()),
            _ => Expression::And((0..n).map(|_| self.condition(depth - 1)).collect()),
        }
    }

    fn predicate(&mut self, depth: u32) -> Expression {
        let comparison = self.one_of(Comparison::ALL);
        match self.rng.random_range(0..13) {
            0 => Expression::Compare(comparison, boxed([self.text(), self.text()])),
            1 => Expression::Compare(comparison, boxed([self.number(2), self.number(2)])),
            2 => Expression::Compare(comparison, boxed([self.instant(), self.dated()])),
            3 => Expression::Compare(
                comparison,
                boxed([property("OPEN"), Expression::Boolean(self.rng.random_bool(0.5))]),
            ),
            4 => self.like(),
            5 => Expression::Between(boxed([self.number(1), self.number(1), self.number(1)])),
            6 => self.is_in(),
            7 => self.is_null(depth),
            8 | 9 => {
                let pair = [property("geometry"), self.geometry()];
                let pair = if self.rng.random_bool(0.3) {
                    let [a, b] = pair;
                    [b, a]
                } else {
                    pair
                };
                Expression::Spatial(self.one_of(SpatialRelation::ALL), boxed(pair))
            }
            10 | 11 => self.temporal(),
            _ => {
                let relation = self.one_of(ArrayRelation::ALL);
                Expression::Arrays(relation, boxed([self.array(), self.array()]))
            }
        }
    }

    fn text(&mut self) -> Expression {
        let text = match self.rng.random_range(0..4) {
            0 => property("CODE"),
            1 | 2 => property("NAME"),
            _ => Expression::Text(self.one_of(&TEXTS).into()),
        };
        match self.rng.random_range(0..6) {
            0 => Expression::Fold(Folding::Case, Box::new(text)),
            1 => Expression::Fold(Folding::Accents, Box::new(text)),
            _ => text,
        }
    }

    fn like(&mut self) -> Expression {
        let patterns =
            ["강남%", "%a%", "_a%", r"%\%", r"a\_b", "%", "____", "caf_", "%É", "str%", r"a\\b"];
        let pattern = Expression::Text(self.one_of(&patterns).into());
        let folded = self.rng.random_bool(0.4);
        let [text, pattern] = [property("NAME"), pattern].map(|text| {
            if folded { Expression::Fold(Folding::Case, Box::new(text)) } else { text }
        });
        Expression::Like(boxed([text, pattern]))
    }

    fn number(&mut self, depth: u32) -> Expression {
        if depth > 0 && self.rng.random_bool(0.3) {
            let pair = boxed([self.number(depth - 1), self.number(depth - 1)]);
            return Expression::Arithmetic(self.one_of(Arithmetic::ALL), pair);
        }
        match self.rng.random_range(0..4) {
            0 => property("COUNT"),
            1 => property("DEPTH"),
            2 => Expression::Number(Number::Integer(self.rng.random_range(-6..7))),
            _ => Expression::Number(Number::Float(f64::from(self.rng.random_range(-8..80)) / 8.0)),
        }
    }

    fn is_in(&mut self) -> Expression {
        let n = self.rng.random_range(1..5);
        match self.rng.random_range(0..3) {
            0 => {
                let members = (0..n).map(|_| self.number(1)).collect();
                Expression::In(Box::new(self.number(0)), members)
            }
            1 => {
                let members = (0..n).map(|_| self.text()).collect();
                Expression::In(Box::new(self.text()), members)
            }
            _ => {
                let members = (0..n).map(|_| self.dated()).collect();
                Expression::In(Box::new(self.instant()), members)
            }
        }
    }

    fn is_null(&mut self, depth: u32) -> Expression {
        let names = ["CODE", "NAME", "COUNT", "BUILT", "MADE", "OPEN", "geometry", "facility_key"];
        Expression::IsNull(Box::new(match self.rng.random_range(0..6) {
            0 if depth > 0 => self.condition(depth - 1),
            1 => self.number(2),
            _ => property(self.one_of(&names)),
        }))
    }

    fn instant(&mut self) -> Expression {
        match self.rng.random_range(0..4) {
            0 | 1 => property("MADE"),
            2 => property("BUILT"),
            _ => Expression::Instant(self.literal_instant()),
        }
    }

    /// An instant, or a text that is read as one beside an instant.
    fn dated(&mut self) -> Expression {
        if self.rng.random_bool(0.2) {
            let texts = &MADE[..MADE.len() - 1];
            return Expression::Text(self.one_of(texts).into());
        }
        self.instant()
    }

    fn literal_instant(&mut self) -> Instant {
        let date = jiff::civil::date(
            self.rng.random_range(2004..2007),
            self.rng.random_range(4..7),
            self.rng.random_range(8..11),
        );
        match self.rng.random_range(0..2) {
            0 => Instant::Date(date),
            _ => Instant::Timestamp(date.at(self.rng.random_range(9..11), 0, 0, 0)),
        }
    }

    fn interval(&mut self) -> Expression {
        loop {
            let mut end = || match self.rng.random_range(0..4) {
                0 => IntervalEnd::Open,
                1 | 2 => IntervalEnd::Instant(self.literal_instant()),
                _ => IntervalEnd::Property(self.one_of(&["BUILT", "MADE"]).into()),
            };
            let ends = [end(), end()];
            // Two literals in the wrong order are refused.
            let reversed = match &ends {
                [IntervalEnd::Instant(begin), IntervalEnd::Instant(end)] => {
                    end.to_string()[..10] <= begin.to_string()[..10]
                }
                _ => false,
            };
            if !reversed {
                return Expression::Interval(boxed(ends));
            }
        }
    }

    fn temporal(&mut self) -> Expression {
        let relation = self.one_of(TemporalRelation::ALL);
        let mut time = || {
            if relation.takes_instants() && self.rng.random_bool(0.5) {
                self.instant()
            } else {
                self.interval()
            }
        };
        Expression::Temporal(relation, boxed([time(), time()]))
    }

    fn array(&mut self) -> Expression {
        let n = self.rng.random_range(0..4);
        let member = |maker: &mut Self| match maker.rng.random_range(0..5) {
            0 => Expression::Boolean(true),
            1 => maker.number(1),
            2 => Expression::Array(vec![maker.number(0)]),
            3 => maker.instant(),
            _ => maker.text(),
        };
        Expression::Array((0..n).map(|_| member(self)).collect())
    }

    /// A geometry near the middle of the city, with few decimals.
    pub(crate) fn geometry(&mut self) -> Expression {
        let at = |xy: [f64; 2]| Position { xy: xy.map(|v| (v * 1e5).round() / 1e5), z: None };
        let paths = |maker: &mut Self, kind| -> Vec<Vec<Position>> {
            let mut paths = random_paths(maker.rng, kind);
            // As large as the city is, so that much lies within.
            let [lon, lat] = paths[0][0];
            for [x, y] in paths.iter_mut().flatten() {
                (*x, *y) = (lon + (*x - lon) * 8.0, lat + (*y - lat) * 8.0);
            }
            paths.into_iter().map(|path| path.into_iter().map(at).collect()).collect()
        };
        let geometry = match self.rng.random_range(0..6) {
            0 => Geometry::Point(at(place(self.rng, 3_000.0))),
            1 => Geometry::LineString(paths(self, GeometryKind::Line).remove(0)),
            2 | 3 => Geometry::Polygon(paths(self, GeometryKind::Polygon)),
            4 => {
                let points = (0..3).map(|_| at(place(self.rng, 3_000.0))).collect();
                Geometry::MultiPoint(points)
            }
            _ => {
                let [west, south] = at(place(self.rng, 3_000.0)).xy;
                let size = self.one_of(&[0.001, 0.01, 0.05]);
                let edges = [west, south, west + size, south + size];
                let edges = edges.map(|v| (v * 1e5).round() / 1e5);
                return Expression::Bbox(Bbox { edges, heights: None });
            }
        };
        Expression::Geometry(geometry)
    }
}
