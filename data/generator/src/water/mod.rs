//! Water: one connected network of mains, its reservoirs, valves, hydrants and manholes.

mod fittings;
mod mains;
mod valves;

use rand::Rng;

use crate::dirt::Dealer;
use crate::geo::Point;
use crate::plan::HALL;
use crate::streets::{City, NONE, Rank, Result, Section, Written};

/// The water agency.
pub(crate) const AGENCY: &str = "MNG001";
/// The class of a water main.
pub(crate) const MAIN: &str = "SA001";

/// Where the junctions of the mains lie, as seen from the junctions of the streets.
const SHIFT: (f64, f64) = (0.9, 0.5);

/// The pieces of main along each section: what meters refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mains {
    /// For each section the id of its first piece and the number of pieces; none where no main lies.
    pieces: Vec<(u32, u32)>,
}

impl Mains {
    /// The id of the piece at a part (0 to 1) of a section's length.
    pub(crate) fn piece(&self, section: usize, part: f64) -> Option<u32> {
        let (first, count) = self.pieces[section];
        (count > 0).then(|| first + ((part * f64::from(count)) as u32).min(count - 1))
    }
}

/// A reservoir and the node that it feeds.
#[derive(Clone, Copy, Debug)]
struct Reservoir {
    node: u32,
    at: Point,
}

/// The network before it is drawn: which sections carry a main, how many mains meet at each node.
#[derive(Clone, Debug)]
struct Layout {
    carries: Vec<bool>,
    degree: Vec<u8>,
    reservoirs: Vec<Reservoir>,
}

/// Writes all water layers but the meters.
pub(crate) fn write(city: &City<'_>, dealer: &mut Dealer) -> Result<(Mains, Vec<Written>)> {
    let layout = layout(city);
    let mut fittings = fittings::Fittings::create(city, &layout)?;
    let (mains, written) = mains::write(city, &layout, &mut fittings, dealer)?;
    let mut all = vec![written];
    all.extend(fittings.finish()?);
    Ok((mains, all))
}

/// The junction of the mains at a node.
fn junction(city: &City<'_>, node: u32) -> Point {
    let at = city.streets.nodes[node as usize].at;
    Point::new(at.x + SHIFT.0, at.y + SHIFT.1).rounded()
}

/// The nominal diameter of the main along a section, in millimetres: the same all along a street.
fn diameter(section: &Section) -> u32 {
    let pick = section.street.wrapping_mul(2_654_435_761) >> 16;
    let sizes: &[u32] = match section.rank {
        Rank::Arterial => &[400, 500, 600],
        Rank::Collector => &[200, 250, 300],
        Rank::Local => &[80, 100, 100, 150],
    };
    sizes[pick as usize % sizes.len()]
}

fn layout(city: &City<'_>) -> Layout {
    let streets = city.streets;
    let mut chance = city.plan.chance("mains");
    let mut in_tree = vec![false; streets.sections.len()];
    for down in &city.routes.down {
        if *down != NONE {
            in_tree[*down as usize] = true;
        }
    }
    // Some local loops stay open; the ways to the outfalls keep all of it connected.
    let carries: Vec<bool> = streets
        .sections
        .iter()
        .zip(in_tree)
        .map(|(section, tree)| {
            let open = chance.random_bool(0.12);
            tree || section.rank != Rank::Local || !open
        })
        .collect();
    let reservoirs = reservoirs(city);
    let mut degree = vec![0_u8; streets.nodes.len()];
    for (section, _) in streets.sections.iter().zip(&carries).filter(|(_, carries)| **carries) {
        degree[section.from as usize] += 1;
        degree[section.to as usize] += 1;
    }
    for reservoir in &reservoirs {
        degree[reservoir.node as usize] += 1;
    }
    Layout { carries, degree, reservoirs }
}

/// One near the hall, some on the hills and at the edges, and in a larger city more of them anywhere.
fn reservoirs(city: &City<'_>) -> Vec<Reservoir> {
    let streets = city.streets;
    let big = |node: &u32| {
        streets.at(*node).iter().any(|k| streets.sections[*k as usize].rank < Rank::Local)
    };
    let nodes: Vec<u32> = (0..streets.nodes.len() as u32).filter(big).collect();
    let at = |node: u32| streets.nodes[node as usize].at;
    let nearest =
        |p: Point| nodes.iter().copied().min_by_key(|n| (at(*n).distance(p) * 1000.0) as u64);
    let km = 1000.0 * city.plan.unit;
    let around = [(-3.4, -2.4), (-2.6, -4.4), (-4.4, 0.4), (1.2, -3.6)];
    let mut chosen: Vec<u32> = nearest(Point::new(HALL.x + 260.0, HALL.y - 200.0))
        .into_iter()
        .chain(
            around
                .iter()
                .filter_map(|(x, y)| nearest(Point::new(HALL.x + x * km, HALL.y + y * km))),
        )
        .collect();
    let mut chance = city.plan.chance("reservoirs");
    let more = (city.plan.side / 1000.0).powi(2) / 25.0;
    for _ in 2..more as u32 {
        chosen.push(nodes[chance.random_range(0..nodes.len())]);
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen.into_iter().map(|node| Reservoir { node, at: site(city, node) }).collect()
}

/// A place beside a node, in the widest gap between the streets that meet there.
fn site(city: &City<'_>, node: u32) -> Point {
    let streets = city.streets;
    let here = streets.nodes[node as usize].at;
    let mut angles: Vec<f64> = streets
        .at(node)
        .iter()
        .map(|k| {
            let section = &streets.sections[*k as usize];
            let (p, _) = section.middle();
            (p.y - here.y).atan2(p.x - here.x)
        })
        .collect();
    angles.sort_by(f64::total_cmp);
    let turn = std::f64::consts::TAU;
    let gaps = angles.iter().enumerate().map(|(k, a)| {
        let next = angles.get(k + 1).copied().unwrap_or(angles[0] + turn);
        (next - a, a + (next - a) / 2.0)
    });
    let (_, way) = gaps.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((turn, 0.0));
    let far = (city.plan.spacing * 0.45).min(50.0);
    Point::new(here.x + way.cos() * far, here.y + way.sin() * far).rounded()
}
