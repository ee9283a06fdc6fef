//! What sits on the mains: the valves, `WTL_FIRE_PS`, `WTL_MANH_PS`, and `WTL_SERV_PS` at their heads.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::valves::Valves;
use super::{AGENCY, Layout};
use crate::calendar;
use crate::dirt::{Dealer, Dirt};
use crate::geo::{Point, along, length};
use crate::plan::Quota;
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Rank, Result, Section, Written};

const VALVES: f64 = 0.04;
const HYDRANTS: f64 = 0.05;
const MANHOLES: f64 = 0.007;

const HYDRANT_FIELDS: &[Field] = &[
    text("MOF_CDE", 6),
    number("FIR_DIP", 4, 0),
    number("PIP_DIP", 4, 0),
    number("SUP_HIT", 5, 1),
    text("CST_CDE", 6),
];
const MANHOLE_FIELDS: &[Field] = &[text("MAN_STD", 12), text("SOM_CDE", 6), text("MHS_CDE", 6)];
const RESERVOIR_FIELDS: &[Field] = &[text("SRV_NAM", 20), number("SRV_VOL", 6, 0)];

/// The run of main that fittings sit on.
pub(super) struct Host<'a> {
    pub(super) first: u32,
    pub(super) diameter: u32,
    pub(super) section: &'a Section,
    pub(super) sheet: &'a str,
    pub(super) date: &'a str,
}

/// The writers of the fittings.
pub(super) struct Fittings {
    chance: ChaCha8Rng,
    valves: Valves,
    hydrants: Layer,
    manholes: Layer,
    reservoirs: Layer,
    ids: [u32; 3],
    last_hydrant: (&'static str, u32),
    junction_valves: Quota,
    line_hydrants: Quota,
    chambers: Quota,
}

impl Fittings {
    pub(super) fn create(city: &City<'_>, layout: &Layout) -> Result<Self> {
        let make = |name, kind, fields| {
            Layer::create(city.folder, name, kind, &[HEADER, fields], Sides::CentralBelt)
        };
        let carried: Vec<&Section> = city
            .streets
            .sections
            .iter()
            .zip(&layout.carries)
            .filter_map(|(section, carries)| carries.then_some(section))
            .collect();
        let ends: usize = carried
            .iter()
            .map(|s| [s.from, s.to].into_iter().filter(|n| layout.degree[*n as usize] > 2).count())
            .sum();
        let metres: f64 = carried.iter().map(|s| s.length).sum();
        let valves = city.plan.share(VALVES);
        Ok(Self {
            chance: city.plan.chance("fittings"),
            valves: Valves::create(city)?,
            hydrants: make("WTL_FIRE_PS", Kind::Point, HYDRANT_FIELDS)?,
            manholes: make("WTL_MANH_PS", Kind::Point, MANHOLE_FIELDS)?,
            reservoirs: make("WTL_SERV_PS", Kind::Point, RESERVOIR_FIELDS)?,
            ids: [1; 3],
            last_hydrant: ("", 0),
            junction_valves: Quota::new((valves * 0.9).min(0.85 * ends as f64), ends as f64),
            line_hydrants: Quota::new(city.plan.share(HYDRANTS), metres),
            chambers: Quota::new(city.plan.share(MANHOLES), valves),
        })
    }

    /// Puts valves and hydrants on the pieces of one run.
    pub(super) fn along(
        &mut self,
        city: &City<'_>,
        layout: &Layout,
        host: &Host<'_>,
        parts: &[Vec<Point>],
        dealer: &mut Dealer,
    ) -> Result<()> {
        let last = parts.len() - 1;
        for (node, index, at_end) in [(host.section.from, 0, false), (host.section.to, last, true)]
        {
            let degree = layout.degree[node as usize];
            let part = &parts[index];
            let len = length(part);
            let near = (len * 0.35).min(self.chance.random_range(2.5..5.0));
            let at = if at_end { len - near } else { near };
            let id = host.first + index as u32;
            if degree > 2 && self.junction_valves.strikes(1.0) {
                let code = if host.section.rank == Rank::Local && self.chance.random_bool(0.015) {
                    "SA204"
                } else {
                    "SA200"
                };
                self.valve(city, host, code, id, along(part, at), dealer)?;
            } else if degree == 1 && self.chance.random_bool(0.45) {
                self.valve(city, host, "SA202", id, along(part, at), dealer)?;
            }
        }
        if host.section.rank < Rank::Local && self.chance.random_bool(0.12) {
            let code = ["SA203", "SA203", "SA201", "SA205"][self.chance.random_range(0..4_usize)];
            let part = &parts[last / 2];
            let id = host.first + (last / 2) as u32;
            self.valve(city, host, code, id, along(part, length(part) * 0.6), dealer)?;
        }
        for part in parts {
            let len = length(part);
            if self.line_hydrants.strikes(len) {
                self.hydrant(city, host, along(part, len * 0.5).0, dealer)?;
            }
        }
        Ok(())
    }

    /// A reservoir and the valve at the far end of its pipe.
    pub(super) fn reservoir(
        &mut self,
        city: &City<'_>,
        pipe: u32,
        line: &[Point; 2],
        sheet: &str,
        dealer: &mut Dealer,
    ) -> Result<()> {
        let id = self.take(0);
        let date = calendar::day(&mut self.chance, 1992, 2004);
        let tag =
            Tag { code: "SA114", id, dong: city.dong(line[0]), agency: AGENCY, date: &date, sheet };
        let volume = 500 * self.chance.random_range(4..30_u32);
        let cells = [format!("가상배수지 {id}").into(), volume.into()];
        self.reservoirs.write(Shape::Point(line[0]), &[&tag.cells(), &cells])?;
        let section = &city.streets.sections[0];
        let host = Host { first: pipe, diameter: 600, section, sheet, date: &date };
        self.valve(city, &host, "SA200", pipe, along(line, length(line) - 4.0), dealer)
    }

    fn take(&mut self, layer: usize) -> u32 {
        self.ids[layer] += 1;
        self.ids[layer] - 1
    }

    /// A valve, and now and then a manhole over it.
    fn valve(
        &mut self,
        city: &City<'_>,
        host: &Host<'_>,
        code: &'static str,
        pipe: u32,
        (on, way): (Point, Point),
        dealer: &mut Dealer,
    ) -> Result<()> {
        self.valves.write(city, host, code, pipe, (on, way), dealer)?;
        if self.chambers.strikes(1.0) {
            self.manhole(city, host, on.rounded())?;
        }
        Ok(())
    }

    fn hydrant(
        &mut self,
        city: &City<'_>,
        host: &Host<'_>,
        at: Point,
        dealer: &mut Dealer,
    ) -> Result<()> {
        let id = self.take(1);
        let at = at.rounded();
        let tower = self.chance.random_bool(0.02);
        if !dealer.strikes(Dirt::HydrantDuplicate) {
            self.last_hydrant = (if tower { "SA118" } else { "SA119" }, id);
        }
        let (code, id) = self.last_hydrant;
        let tag = Tag {
            code,
            id,
            dong: city.dong(at),
            agency: AGENCY,
            date: host.date,
            sheet: host.sheet,
        };
        let form = if self.chance.random_bool(0.7) { "MOF101" } else { "MOF102" };
        let cells = [
            form.into(),
            if host.diameter >= 150 { 100_u32 } else { 65 }.into(),
            host.diameter.into(),
            if code == "SA118" { 4.5.into() } else { Cell::Blank },
            if self.chance.random_bool(0.04) { "CST002" } else { "CST001" }.into(),
        ];
        let shape = if dealer.strikes(Dirt::HydrantNull) { Shape::Null } else { Shape::Point(at) };
        self.hydrants.write(shape, &[&tag.cells(), &cells])?;
        if dealer.strikes(Dirt::HydrantDeleted) {
            self.hydrants.write_deleted(Shape::Point(at), &[&tag.cells(), &cells])?;
        }
        Ok(())
    }

    fn manhole(&mut self, city: &City<'_>, host: &Host<'_>, at: Point) -> Result<()> {
        let id = self.take(2);
        let tag = Tag {
            code: "SA100",
            id,
            dong: city.dong(at),
            agency: AGENCY,
            date: host.date,
            sheet: host.sheet,
        };
        let cells = ["1200x1200".into(), "SOM001".into(), "MHS001".into()];
        self.manholes.write(Shape::Point(at), &[&tag.cells(), &cells])
    }

    pub(super) fn finish(self) -> Result<[Written; 4]> {
        Ok([
            self.valves.finish()?,
            self.hydrants.finish()?,
            self.manholes.finish()?,
            self.reservoirs.finish()?,
        ])
    }
}
