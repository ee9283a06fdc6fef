//! How large, how dense, and how many of each kind: decided once, from the arguments.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::geo::Point;

/// The size at which the city is as large and as full as the sample that is kept with the code.
pub(crate) const DEFAULT_FEATURES: u32 = 40_000;
const DEFAULT_SIDE: f64 = 7_000.0;

/// Where the city hall stands (EPSG:5186).
pub(crate) const HALL: Point = Point::new(194_259.480, 529_156.766);

/// The plan of one city.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) features: u32,
    pub(crate) seed: u64,
    /// The side of the square that holds the city, in metres.
    pub(crate) side: f64,
    /// The middle of that square.
    pub(crate) middle: Point,
    /// The side in sides of the default city: shapes grow with it.
    pub(crate) unit: f64,
    /// The distance between neighbouring streets where they are densest, in metres.
    pub(crate) spacing: f64,
    /// How much closer than in the default city everything stands, 1 to 3.5.
    pub(crate) crowd: f64,
}

impl Plan {
    /// Without a side, the density stays as in the default city.
    pub(crate) fn new(features: u32, side_km: Option<f64>, seed: u64) -> Self {
        let relative = f64::from(features) / f64::from(DEFAULT_FEATURES);
        let side = side_km.map_or(DEFAULT_SIDE * relative.sqrt(), |km| km * 1000.0);
        let unit = side / DEFAULT_SIDE;
        let density = relative / (unit * unit);
        Self {
            features,
            seed,
            side,
            middle: Point::new(HALL.x - 1_567.0 * unit, HALL.y - 2_169.0 * unit),
            unit,
            spacing: (130.0 / density.sqrt()).clamp(52.0, 260.0),
            crowd: density.sqrt().clamp(1.0, 3.5),
        }
    }

    /// A source of chance for one subject, apart from all others: a change in one leaves the rest as they were.
    pub(crate) fn chance(&self, subject: &str) -> ChaCha8Rng {
        let stream = subject.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        ChaCha8Rng::seed_from_u64(self.seed ^ stream)
    }

    /// So many of this many features.
    pub(crate) fn share(&self, part: f64) -> f64 {
        f64::from(self.features) * part
    }
}

/// Spreads a wanted number over a total weight, evenly and without chance.
#[derive(Clone, Debug)]
pub(crate) struct Quota {
    rate: f64,
    due: f64,
}

impl Quota {
    pub(crate) fn new(wanted: f64, total_weight: f64) -> Self {
        Self { rate: if total_weight > 0.0 { wanted / total_weight } else { 0.0 }, due: 0.5 }
    }

    /// Earns for a weight.
    pub(crate) fn earn(&mut self, weight: f64) {
        self.due += weight * self.rate;
    }

    /// Whether at least one is due.
    pub(crate) fn due(&self) -> bool {
        self.due >= 1.0
    }

    /// How many are due.
    pub(crate) fn owed(&self) -> f64 {
        self.due
    }

    /// Spends one that is due.
    pub(crate) fn spend(&mut self) {
        self.due -= 1.0;
    }

    /// Earns for a weight and spends one if it is due.
    pub(crate) fn strikes(&mut self, weight: f64) -> bool {
        self.earn(weight);
        let due = self.due();
        if due {
            self.spend();
        }
        due
    }

    /// Earns for a weight and spends all that is due, but at least one.
    pub(crate) fn pieces(&mut self, weight: f64) -> u32 {
        self.earn(weight);
        let pieces = self.due.floor().max(1.0);
        self.due -= pieces;
        pieces as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_features_without_a_side_keep_the_density() {
        let plan = Plan::new(160_000, None, 1);
        assert!((plan.side - 14_000.0).abs() < 1e-6);
        assert!((plan.spacing - 130.0).abs() < 1e-6);
    }

    #[test]
    fn a_given_side_changes_the_density() {
        assert!(Plan::new(1_000_000, Some(10.0), 1).spacing < 60.0);
    }

    #[test]
    fn a_quota_spends_what_was_wanted() {
        let mut quota = Quota::new(100.0, 1000.0);
        let spent = (0..1000).filter(|_| quota.strikes(1.0)).count();
        assert_eq!(spent, 100);
    }
}
