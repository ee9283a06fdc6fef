//! The valves: `WTL_VALV_PS`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::fittings::Host;
use super::{AGENCY, MAIN};
use crate::dirt::{Dealer, Dirt};
use crate::geo::Point;
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Result, Written};

const FIELDS: &[Field] = &[
    text("VAL_MOF", 6),
    text("VAL_MOP", 6),
    number("VAL_DIP", 4, 0),
    text("SAE_CDE", 6),
    number("TRO_CNT", 5, 0),
    number("CRO_CNT", 5, 0),
    text("MTH_CDE", 6),
    text("VAL_FOR", 6),
    number("VAL_SAF", 5, 1),
    text("PIP_CDE", 5),
    number("PIP_IDN", 8, 0),
    text("CST_CDE", 6),
    text("OFF_CDE", 6),
];

/// The writer of the valves.
pub(super) struct Valves {
    layer: Layer,
    chance: ChaCha8Rng,
    next: u32,
    last: (&'static str, u32),
}

impl Valves {
    pub(super) fn create(city: &City<'_>) -> Result<Self> {
        let layer = Layer::create(
            city.folder,
            "WTL_VALV_PS",
            Kind::MultiPoint,
            &[HEADER, FIELDS],
            Sides::CentralBelt,
        )?;
        Ok(Self { layer, chance: city.plan.chance("valves"), next: 1, last: ("", 0) })
    }

    /// Writes a valve of a class on a pipe, or a little off it.
    pub(super) fn write(
        &mut self,
        city: &City<'_>,
        host: &Host<'_>,
        code: &'static str,
        pipe: u32,
        (on, way): (Point, Point),
        dealer: &mut Dealer,
    ) -> Result<()> {
        let id = self.next;
        self.next += 1;
        let at = if dealer.strikes(Dirt::ValveOffPipe) {
            let side = if self.chance.random_bool(0.5) { 1.0 } else { -1.0 };
            on.toward(way.left(), side * self.chance.random_range(0.2..3.0))
        } else {
            on
        }
        .rounded();
        if !dealer.strikes(Dirt::ValveDuplicate) {
            self.last = (code, id);
        }
        let (code, id) = self.last;
        let tag = Tag {
            code,
            id,
            dong: city.dong(at),
            agency: AGENCY,
            date: host.date,
            sheet: host.sheet,
        };
        let turns = host.diameter / 10 + 8;
        let closed = self.chance.random_bool(0.02);
        let stuck = self.chance.random_bool(0.03);
        let drive = if host.diameter >= 500 { "MTH002" } else { "MTH001" };
        let chamber = if host.diameter >= 300 { "FOR002" } else { "FOR001" };
        let cells = [
            if host.diameter >= 400 { "MOF002" } else { "MOF001" }.into(),
            "MOP001".into(),
            host.diameter.into(),
            "SAE001".into(),
            if dealer.strikes(Dirt::ValveTurnsStars) { Cell::Stars } else { turns.into() },
            if closed { turns } else { 0 }.into(),
            drive.into(),
            chamber.into(),
            if code == "SA204" { 3.5.into() } else { Cell::Blank },
            MAIN.into(),
            pipe.into(),
            match () {
                () if dealer.strikes(Dirt::ValveConditionBlank) => Cell::Blank,
                () if stuck => "CST002".into(),
                () => "CST001".into(),
            },
            match () {
                () if dealer.strikes(Dirt::ValveStateBlank) => Cell::Blank,
                () if closed => "OFF002".into(),
                () => "OFF001".into(),
            },
        ];
        let shape = if dealer.strikes(Dirt::ValveNull) { Shape::Null } else { Shape::Point(at) };
        self.layer.write(shape, &[&tag.cells(), &cells])
    }

    pub(super) fn finish(self) -> Result<Written> {
        self.layer.finish()
    }
}
