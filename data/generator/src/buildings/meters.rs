//! The customers' water meters before the buildings: `WTL_META_PS`, without names or addresses.

use rand_chacha::ChaCha8Rng;

use super::{Building, Purpose};
use crate::calendar;
use crate::dirt::{Dealer, Dirt};
use crate::plan::Quota;
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Result, Written};
use crate::water::{self, Mains};

/// The part of all features that is meters.
const SHARE: f64 = 0.05;
/// What is added to a pipe's id to name one that is not there.
const NOWHERE: u32 = 90_000_000;

const FIELDS: &[Field] = &[
    text("HOM_NUM", 12),
    number("HOM_CNT", 4, 0),
    text("SBI_CDE", 6),
    text("SBI_NAM", 10),
    text("MET_NUM", 10),
    number("MET_DIP", 3, 0),
    text("MET_MOF", 6),
    text("PIP_CDE", 5),
    number("PIP_IDN", 8, 0),
];

/// The writer of the meters.
pub(super) struct Meters<'a> {
    layer: Layer,
    mains: &'a Mains,
    quota: Quota,
    chance: ChaCha8Rng,
    next: u32,
}

impl<'a> Meters<'a> {
    pub(super) fn create(
        city: &City<'_>,
        mains: &'a Mains,
        buildings: f64,
        dealer: &mut Dealer,
    ) -> Result<Self> {
        dealer.strikes(Dirt::LayerNoCpg);
        let layer = Layer::create(
            city.folder,
            "WTL_META_PS",
            Kind::MultiPoint,
            &[HEADER, FIELDS],
            Sides::NoCpg,
        )?;
        let quota = Quota::new(city.plan.share(SHARE), buildings);
        Ok(Self { layer, mains, quota, chance: city.plan.chance("meters"), next: 1 })
    }

    /// Gives the building a meter, if one is due and a main lies in its street.
    pub(super) fn offer(
        &mut self,
        city: &City<'_>,
        building: &Building<'_>,
        dealer: &mut Dealer,
    ) -> Result<()> {
        self.quota.earn(1.0);
        let part = building.at / building.section.length;
        let Some(pipe) = self.mains.piece(building.section_number, part) else { return Ok(()) };
        if building.row > 0 || !self.quota.due() {
            return Ok(());
        }
        self.quota.spend();
        let id = self.next;
        self.next += 1;
        let plot = building.plot;
        let at = plot.spot(0.2, -1.0).toward(plot.way.left(), -0.8).rounded();
        let date = calendar::day(&mut self.chance, 2015, 2025);
        let sheet = city.sheets.number(at);
        let tag = Tag {
            code: "SA122",
            id,
            dong: city.dong(at),
            agency: water::AGENCY,
            date: &date,
            sheet: &sheet,
        };
        let (class, class_name) = match building.purpose {
            Purpose::House | Purpose::Flats => ("SBI001", "가정용"),
            Purpose::Works => ("SBI004", "산업용"),
            Purpose::Shops => ("SBI002", "일반용"),
            Purpose::Facility(_) | Purpose::Hall => ("SBI003", "공공용"),
        };
        let (no_host, wrong_host) =
            (dealer.strikes(Dirt::MeterHostBlank), dealer.strikes(Dirt::MeterHostMissing));
        let cells = [
            format!("41410-{id:06}").into(),
            building.households.max(1).into(),
            class.into(),
            class_name.into(),
            if dealer.strikes(Dirt::MeterNumberUnknown) {
                "미상".into()
            } else {
                format!("{}-{id:06}", &date[2..4]).into()
            },
            if building.households > 20 { 50_u32 } else { 15 }.into(),
            "MOF201".into(),
            if no_host { Cell::Blank } else { water::MAIN.into() },
            match () {
                () if no_host => Cell::Blank,
                () if wrong_host => (pipe + NOWHERE).into(),
                () => pipe.into(),
            },
        ];
        self.layer.write(Shape::Point(at), &[&tag.cells(), &cells])
    }

    pub(super) fn finish(self) -> Result<Written> {
        self.layer.finish()
    }
}
