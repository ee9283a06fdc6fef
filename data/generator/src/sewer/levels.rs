//! How deep the sewers lie: inverts that fall all the way to an outfall, and diameters that grow with the catchment.

use crate::streets::{City, NONE};

/// The least cover over the pipe at the upper end of a branch, in metres.
const COVER: f64 = 1.3;
/// The least fall, in metres per metre.
const FALL: f64 = 0.002;

/// The sewer at each node.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    /// The height of the invert, in metres, on the millimetre.
    pub(super) inverts: Vec<f64>,
    /// The length of all sewers that flow to the node, in metres.
    pub(super) catchments: Vec<f64>,
}

impl Levels {
    pub(super) fn new(city: &City<'_>) -> Self {
        let streets = city.streets;
        let mut inverts: Vec<f64> =
            streets.nodes.iter().map(|n| millimetre(n.ground - COVER)).collect();
        let mut catchments = vec![0.0; streets.nodes.len()];
        // From the far ends down: a node lies below all that flows to it.
        for &node in city.routes.order.iter().rev() {
            let Some(below) = city.routes.below(streets, node) else { continue };
            let length = streets.sections[city.routes.down[node as usize] as usize].length;
            let (node, below) = (node as usize, below as usize);
            let reached = millimetre(inverts[node] - (length * FALL).max(0.05));
            inverts[below] = inverts[below].min(reached);
            catchments[below] += catchments[node] + length;
        }
        Self { inverts, catchments }
    }
}

/// Rounds to the millimetre.
pub(super) fn millimetre(height: f64) -> f64 {
    (height * 1000.0).round() / 1000.0
}

/// The nominal diameter for a catchment, in millimetres.
pub(super) fn diameter(catchment: f64) -> u32 {
    match catchment {
        c if c < 600.0 => 250,
        c if c < 2_000.0 => 300,
        c if c < 5_000.0 => 450,
        c if c < 12_000.0 => 600,
        c if c < 30_000.0 => 900,
        c if c < 70_000.0 => 1_200,
        _ => 1_500,
    }
}

/// Whether nothing flows to a node, so that an open ditch may begin there.
pub(super) fn is_head(city: &City<'_>, levels: &Levels, node: u32) -> bool {
    levels.catchments[node as usize] == 0.0 && city.routes.down[node as usize] != NONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn each_node_lies_above_the_one_that_it_flows_to() {
        sample::with_city(2_000, |city| {
            let levels = Levels::new(city);
            for &node in &city.routes.order {
                if let Some(below) = city.routes.below(city.streets, node) {
                    assert!(levels.inverts[node as usize] > levels.inverts[below as usize]);
                }
                assert!(levels.inverts[node as usize] < city.streets.nodes[node as usize].ground);
            }
            let ways = city.routes.order.len();
            assert_eq!(ways, city.streets.nodes.len(), "each node flows off");
        });
    }
}
