//! The mains: `WTL_PIPE_LM`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::fittings::{Fittings, Host};
use super::{AGENCY, Layout, MAIN, Mains, diameter, junction};
use crate::calendar;
use crate::dirt::{Dealer, Dirt};
use crate::geo::{Point, beside, cut, length};
use crate::plan::Quota;
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Result, Written};

/// The part of all features that is mains.
const SHARE: f64 = 0.165;

const FIELDS: &[Field] = &[
    text("SAA_CDE", 6),
    text("MOP_CDE", 6),
    number("PIP_DIP", 4, 0),
    number("PIP_LEN", 7, 2),
    text("JHT_CDE", 6),
    number("LOW_DEP", 4, 1),
    number("HGH_DEP", 4, 1),
    text("EXP_CDE", 6),
    text("PIP_LBL", 16),
];

/// What all pieces of one run of main share.
struct Run<'a> {
    diameter: u32,
    material: (&'static str, &'static str),
    date: String,
    sheet: &'a str,
    use_code: &'static str,
}

struct Writer<'a> {
    layer: Layer,
    chance: ChaCha8Rng,
    dealer: &'a mut Dealer,
    next: u32,
}

/// Writes the mains, and hands each run to the fittings that sit on it.
pub(super) fn write(
    city: &City<'_>,
    layout: &Layout,
    fittings: &mut Fittings,
    dealer: &mut Dealer,
) -> Result<(Mains, Written)> {
    let layer = Layer::create(
        city.folder,
        "WTL_PIPE_LM",
        Kind::Line,
        &[HEADER, FIELDS],
        Sides::CentralBelt,
    )?;
    let mut writer = Writer { layer, chance: city.plan.chance("mains written"), dealer, next: 1 };
    let sections = &city.streets.sections;
    let carried = || sections.iter().zip(&layout.carries).filter(|(_, carries)| **carries);
    let total: f64 = carried().map(|(s, _)| s.length).sum();
    let mut quota = Quota::new(city.plan.share(SHARE), total);
    let mut pieces = vec![(0, 0); sections.len()];
    for (k, section) in sections.iter().enumerate().filter(|(k, _)| layout.carries[*k]) {
        let (from, to) = (junction(city, section.from), junction(city, section.to));
        let line = beside(&section.line, from, to, section.width * 0.22);
        let parts = cut(&line, quota.pieces(section.length));
        let sheet = city.sheets.number(section.middle().0);
        let date = calendar::work(&mut writer.chance, section.bustle);
        let diameter = diameter(section);
        let material = material(diameter, &date, &mut writer.chance);
        let run = Run { diameter, material, date, sheet: &sheet, use_code: "SAA003" };
        pieces[k] = (writer.next, parts.len() as u32);
        let host = Host { first: writer.next, diameter, section, sheet: &sheet, date: &run.date };
        writer.run(city, &run, &parts)?;
        fittings.along(city, layout, &host, &parts, writer.dealer)?;
    }
    for reservoir in &layout.reservoirs {
        let line = [reservoir.at, junction(city, reservoir.node)];
        let sheet = city.sheets.number(reservoir.at);
        let date = calendar::day(&mut writer.chance, 1992, 2004);
        let material = ("MOP010", "SP");
        let run = Run { diameter: 600, material, date, sheet: &sheet, use_code: "SAA001" };
        let first = writer.next;
        writer.run(city, &run, &[line.to_vec()])?;
        fittings.reservoir(city, first, &line, &sheet, writer.dealer)?;
    }
    Ok((Mains { pieces }, writer.layer.finish()?))
}

/// The material's code and short name: old and large mains are metal.
fn material(diameter: u32, date: &str, chance: &mut ChaCha8Rng) -> (&'static str, &'static str) {
    match diameter {
        d if d >= 500 => ("MOP010", "SP"),
        d if d >= 150 => ("MOP001", "DCIP"),
        _ if date < "1995" && chance.random_bool(0.4) => ("MOP002", "CIP"),
        _ if date > "2004" && chance.random_bool(0.6) => ("MOP004", "PE"),
        _ => ("MOP001", "DCIP"),
    }
}

impl Writer<'_> {
    fn run(&mut self, city: &City<'_>, run: &Run<'_>, parts: &[Vec<Point>]) -> Result<()> {
        for part in parts {
            self.piece(city, run, part)?;
        }
        Ok(())
    }

    fn piece(&mut self, city: &City<'_>, run: &Run<'_>, part: &[Point]) -> Result<()> {
        let dealer = &mut *self.dealer;
        let year = run.date.get(..4).unwrap_or_default();
        let no_month = format!("{year}0000");
        let date = match () {
            () if dealer.strikes(Dirt::PipeDateUnknown) => "미상",
            () if dealer.strikes(Dirt::PipeDateNoMonth) => &no_month,
            () => &run.date,
        };
        let material = match () {
            () if dealer.strikes(Dirt::PipeMaterialBlank) => Cell::Blank,
            () if dealer.strikes(Dirt::PipeMaterialDash) => "-".into(),
            () => run.material.0.into(),
        };
        let low: f64 = 1.2 + 0.1 * f64::from(self.chance.random_range(0..5_u32));
        let high = low + 0.1 * f64::from(self.chance.random_range(1..8_u32));
        let (low, high) =
            if dealer.strikes(Dirt::PipeDepthZero) { (0.0, 0.0) } else { (low, high) };
        let tag = Tag {
            code: MAIN,
            id: self.next,
            dong: city.dong(part[part.len() / 2]),
            agency: AGENCY,
            date,
            sheet: run.sheet,
        };
        let cells = [
            run.use_code.into(),
            material,
            run.diameter.into(),
            length(part).into(),
            if run.diameter < 150 { "JHT002" } else { "JHT001" }.into(),
            low.into(),
            high.into(),
            if low > 0.0 { "IQT001" } else { "IQT002" }.into(),
            format!("{year}/{}/{}", run.material.1, run.diameter).into(),
        ];
        self.layer.write(Shape::Line(part), &[&tag.cells(), &cells])?;
        if dealer.strikes(Dirt::PipeDeleted) {
            self.layer.write_deleted(Shape::Line(part), &[&tag.cells(), &cells])?;
        }
        self.next += 1;
        Ok(())
    }
}
