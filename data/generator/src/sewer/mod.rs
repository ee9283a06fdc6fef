//! Sewers: trees along the streets that fall to the outfalls, with a manhole at each end of each pipe.

mod levels;
mod manholes;
mod pipes;

use rand::Rng;

use crate::calendar;
use crate::dirt::Dealer;
use crate::geo::{Point, beside, cut};
use crate::plan::{HALL, Quota};
use crate::shapefile::{HEADER, Kind, Layer, Shape, Sides, Tag};
use crate::streets::{City, NONE, Rank, Result};
use levels::{Levels, is_head, millimetre};
use manholes::{MANHOLE, Manhole, Manholes};
use pipes::{Pipes, Run};

/// The sewer agency.
const AGENCY: &str = "MNG002";
const OUTFALL: &str = "SB104";
/// The part of all features that is sewers; the manholes are as many.
const SHARE: f64 = 0.07;
/// Where the manholes lie, as seen from the junctions of the streets.
const SHIFT: (f64, f64) = (-0.8, -0.6);

/// One end of a sewer: the manhole or outfall there and its heights.
#[derive(Clone, Copy, Debug)]
struct End {
    code: &'static str,
    id: u32,
    ground: f64,
    invert: f64,
}

/// Writes `SWL_PIPE_LM`, `SWL_MANH_PS` and `SWL_SPEW_PS`.
pub(crate) fn write(city: &City<'_>, dealer: &mut Dealer) -> Result {
    let (streets, routes) = (city.streets, city.routes);
    let levels = Levels::new(city);
    let mut chance = city.plan.chance("sewers");
    let mut pipes = Pipes::create(city)?;
    let mut manholes = Manholes::create(city)?;
    let mut ids = vec![0_u32; streets.nodes.len()];
    for (id, node) in (1..).zip(&routes.order) {
        ids[*node as usize] = id;
    }
    let mut next_manhole = routes.order.len() as u32 + 1;
    let metres: f64 = routes
        .down
        .iter()
        .filter(|down| **down != NONE)
        .map(|down| streets.sections[*down as usize].length)
        .sum();
    let mut quota = Quota::new(city.plan.share(SHARE), metres);
    let end = |node: u32| End {
        code: MANHOLE,
        id: ids[node as usize],
        ground: streets.nodes[node as usize].ground,
        invert: levels.inverts[node as usize],
    };

    for &node in &routes.order {
        let at = position(city, node);
        let Some(below) = routes.below(streets, node) else { continue };
        let section = &streets.sections[routes.down[node as usize] as usize];
        let forward = section.from == node;
        let way: Vec<Point> = if forward {
            section.line.clone()
        } else {
            section.line.iter().rev().copied().collect()
        };
        let side = section.width * if forward { -0.12 } else { 0.12 };
        let parts =
            cut(&beside(&way, at, position(city, below), side), quota.pieces(section.length));
        let sheet = city.sheets.number(section.middle().0);
        let ditch = is_head(city, &levels, node) && section.bustle < 0.3 && chance.random_bool(0.3);
        let run = Run {
            code: if ditch { "SB002" } else { "SB001" },
            rank: section.rank,
            catchment: levels.catchments[node as usize],
            date: calendar::work(&mut chance, section.bustle),
            sheet: &sheet,
        };
        let (top, bottom) = (end(node), end(below));
        manholes.write(city, &Manhole { end: top, at, date: &run.date, sheet: &sheet }, dealer)?;
        let count = parts.len();
        let mut upper = top;
        for (k, part) in parts.iter().enumerate() {
            let lower = if k + 1 == count {
                bottom
            } else {
                let t = (k + 1) as f64 / count as f64;
                let between = |a: f64, b: f64| millimetre(a + (b - a) * t);
                let (ground, invert) =
                    (between(top.ground, bottom.ground), between(top.invert, bottom.invert));
                next_manhole += 1;
                let made = End { code: MANHOLE, id: next_manhole - 1, ground, invert };
                let at = part[part.len() - 1];
                manholes.write(
                    city,
                    &Manhole { end: made, at, date: &run.date, sheet: &sheet },
                    dealer,
                )?;
                made
            };
            pipes.write(city, &run, part, (upper, lower), dealer)?;
            upper = lower;
        }
    }
    let outfalls = outfalls(city, &levels, &end, &mut pipes, &mut manholes, dealer)?;
    Ok(vec![pipes.finish()?, manholes.finish()?, outfalls.finish()?])
}

/// The last manhole before each outfall, the pipe between, and the outfall.
fn outfalls(
    city: &City<'_>,
    levels: &Levels,
    end: &impl Fn(u32) -> End,
    pipes: &mut Pipes,
    manholes: &mut Manholes,
    dealer: &mut Dealer,
) -> Result<Layer> {
    let mut layer =
        Layer::create(city.folder, "SWL_SPEW_PS", Kind::Point, &[HEADER], Sides::CentralBelt)?;
    for (id, &root) in (1..).zip(&city.routes.roots) {
        let (at, top) = (position(city, root), end(root));
        let far = HALL.distance(at).max(1.0);
        let way = Point::new((at.x - HALL.x) / far, (at.y - HALL.y) / far);
        let mouth = at.toward(way, 14.0).rounded();
        let sheet = city.sheets.number(at);
        let date = "19961120";
        let invert = millimetre(top.invert - 0.2);
        let bottom = End { code: OUTFALL, id, ground: invert + 0.6, invert };
        manholes.write(city, &Manhole { end: top, at, date, sheet: &sheet }, dealer)?;
        let catchment = levels.catchments[root as usize];
        let run = Run {
            code: "SB001",
            rank: Rank::Arterial,
            catchment,
            date: date.to_owned(),
            sheet: &sheet,
        };
        pipes.write(city, &run, &[at, mouth], (top, bottom), dealer)?;
        let tag =
            Tag { code: OUTFALL, id, dong: city.dong(at), agency: AGENCY, date, sheet: &sheet };
        layer.write(Shape::Point(mouth), &[&tag.cells()])?;
    }
    Ok(layer)
}

fn position(city: &City<'_>, node: u32) -> Point {
    let at = city.streets.nodes[node as usize].at;
    Point::new(at.x + SHIFT.0, at.y + SHIFT.1).rounded()
}
