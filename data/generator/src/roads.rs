//! Roads: the address sections (`TL_SPRD_MANAGE`), the road register's sections (`RDL_SECT_LS`), street lights
//! (`RDL_STLT_PS`) and bridges (`RDL_BRDG_AS`).

use rand::Rng;

use crate::calendar;
use crate::dirt::{Dealer, Dirt};
use crate::geo::{Point, along};
use crate::plan::Quota;
use crate::shapefile::{Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Rank, Result, Section, Written};

/// The road agency.
const AGENCY: &str = "MNG003";
/// The part of all features that is street lights.
const LIGHTS: f64 = 0.016;

const ADDRESS_FIELDS: &[Field] = &[
    text("SIG_CD", 5),
    number("RDS_MAN_NO", 12, 0),
    text("RN", 24),
    text("RN_CD", 7),
    text("ENG_RN", 32),
    text("ROA_CLS_SE", 2),
    number("ROAD_BT", 10, 3),
    number("ROAD_LT", 10, 3),
    text("NTFC_DE", 8),
];
const SECTION_FIELDS: &[Field] =
    &[text("ROT_NAM", 24), text("ROT_IDN", 7), number("SEC_IDN", 8, 0), text("ROD_TYP", 6)];
const LIGHT_FIELDS: &[Field] = &[text("POL_NUM", 10)];
const BRIDGE_FIELDS: &[Field] =
    &[text("BRG_NAM", 24), number("BRG_LEN", 6, 1), number("BRG_WID", 5, 1)];

/// Writes all road layers.
pub(crate) fn write(city: &City<'_>, dealer: &mut Dealer) -> Result {
    Ok(vec![addresses(city)?, register(city)?, lights(city, dealer)?, bridges(city)?])
}

/// The invented name of the street that a section belongs to.
pub(crate) fn name(section: &Section) -> String {
    let street = section.street + 1;
    match section.rank {
        Rank::Arterial => format!("가상{street}대로"),
        Rank::Collector => format!("가상{street}로"),
        Rank::Local => format!("가상{street}번길"),
    }
}

/// The seven digits of the street name.
pub(crate) fn name_code(section: &Section) -> String {
    let class = section.rank as u32 + 2;
    format!("{class}{:06}", section.street % 1_000_000)
}

fn addresses(city: &City<'_>) -> Result<Written> {
    let mut layer = Layer::create(
        city.folder,
        "TL_SPRD_MANAGE",
        Kind::Line,
        &[ADDRESS_FIELDS],
        Sides::Unified,
    )?;
    let mut chance = city.plan.chance("addresses");
    for (serial, section) in (1_u32..).zip(&city.streets.sections) {
        let line: Vec<Point> = section.line.iter().map(|p| city.sheets.unified(*p)).collect();
        let street = section.street + 1;
        let english = match section.rank {
            Rank::Arterial => format!("Gasang {street}-daero"),
            Rank::Collector => format!("Gasang {street}-ro"),
            Rank::Local => format!("Gasang {street}beon-gil"),
        };
        let cells = [
            "41410".into(),
            serial.into(),
            name(section).into(),
            name_code(section).into(),
            english.into(),
            ["2", "3", "4"][section.rank as usize].into(),
            section.width.into(),
            section.length.into(),
            calendar::day(&mut chance, 2009, 2024).into(),
        ];
        layer.write(Shape::Line(&line), &[&cells])?;
    }
    layer.finish()
}

fn register(city: &City<'_>) -> Result<Written> {
    let mut layer = Layer::create(
        city.folder,
        "RDL_SECT_LS",
        Kind::Line,
        &[HEADER, SECTION_FIELDS],
        Sides::CentralBelt,
    )?;
    let mut chance = city.plan.chance("road sections");
    let big = city.streets.sections.iter().filter(|s| s.rank < Rank::Local);
    for (id, section) in (1..).zip(big) {
        let middle = section.middle().0;
        let date = calendar::day(&mut chance, 1985, 2015);
        let sheet = city.sheets.number(middle);
        let dong = city.dong(middle);
        let tag = Tag { code: "UR001", id, dong, agency: AGENCY, date: &date, sheet: &sheet };
        let kind = if section.rank == Rank::Arterial { "ROD001" } else { "ROD002" };
        let cells = [name(section).into(), name_code(section).into(), id.into(), kind.into()];
        layer.write(Shape::Line(&section.line), &[&tag.cells(), &cells])?;
    }
    layer.finish()
}

fn lights(city: &City<'_>, dealer: &mut Dealer) -> Result<Written> {
    dealer.strikes(Dirt::LayerNoPrj);
    let mut layer = Layer::create(
        city.folder,
        "RDL_STLT_PS",
        Kind::Point,
        &[HEADER, LIGHT_FIELDS],
        Sides::NoPrj,
    )?;
    let weight = |s: &Section| match s.rank {
        Rank::Arterial | Rank::Collector => s.length * (0.3 + s.bustle),
        Rank::Local => s.length * s.bustle * 0.15,
    };
    let mut quota = Quota::new(city.plan.share(LIGHTS), city.streets.total(weight));
    let mut chance = city.plan.chance("lights");
    let mut id = 0;
    for section in &city.streets.sections {
        let sheet = city.sheets.number(section.middle().0);
        let date = calendar::day(&mut chance, 1998, 2025);
        let steps = (section.length / 12.0).ceil();
        for k in 0..steps as u32 {
            if !quota.strikes(weight(section) / steps) {
                continue;
            }
            id += 1;
            let (p, way) = along(&section.line, (f64::from(k) + 0.5) * section.length / steps);
            let side = if id % 2 == 0 { 0.47 } else { -0.47 };
            let at = p.toward(way.left(), side * section.width).rounded();
            let dash = dealer.strikes(Dirt::LightAgencyDash);
            let agency = if dash { "-" } else { AGENCY };
            let tag =
                Tag { code: "UR301", id, dong: city.dong(at), agency, date: &date, sheet: &sheet };
            let shape =
                if dealer.strikes(Dirt::LightNull) { Shape::Null } else { Shape::Point(at) };
            layer.write(shape, &[&tag.cells(), &[format!("가로등{id}").into()]])?;
        }
    }
    layer.finish()
}

fn bridges(city: &City<'_>) -> Result<Written> {
    let mut layer = Layer::create(
        city.folder,
        "RDL_BRDG_AS",
        Kind::Area,
        &[HEADER, BRIDGE_FIELDS],
        Sides::CentralBelt,
    )?;
    let big = || city.streets.sections.iter().filter(|s| s.rank < Rank::Local && s.length > 40.0);
    let mut quota = Quota::new(city.plan.share(0.0005).max(2.0), big().count() as f64);
    let mut chance = city.plan.chance("bridges");
    let mut id = 0;
    for section in big() {
        if !quota.strikes(1.0) {
            continue;
        }
        id += 1;
        let (middle, way) = section.middle();
        let (half_length, half_width) = (chance.random_range(8.0..18.0), section.width / 2.0);
        let corner = |a: f64, b: f64| {
            middle.toward(way, a * half_length).toward(way.left(), b * half_width).rounded()
        };
        let ring = [
            corner(-1.0, -1.0),
            corner(-1.0, 1.0),
            corner(1.0, 1.0),
            corner(1.0, -1.0),
            corner(-1.0, -1.0),
        ];
        let date = calendar::day(&mut chance, 1985, 2015);
        let sheet = city.sheets.number(middle);
        let dong = city.dong(middle);
        let tag = Tag { code: "UR201", id, dong, agency: AGENCY, date: &date, sheet: &sheet };
        let cells =
            [format!("가상교 {id}").into(), (half_length * 2.0).into(), (half_width * 2.0).into()];
        layer.write(Shape::Area(&ring), &[&tag.cells(), &cells])?;
    }
    layer.finish()
}
