//! The manholes: `SWL_MANH_PS`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{AGENCY, End};
use crate::calendar;
use crate::dirt::{Dealer, Dirt};
use crate::geo::Point;
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, date, number, text};
use crate::streets::{City, Result, Written};

/// The class of a sewer manhole.
pub(super) const MANHOLE: &str = "SB101";

const FIELDS: &[Field] = &[
    text("SMU_CDE", 6),
    text("SOM_CDE", 6),
    text("FOR_CDE", 6),
    number("MAN_DIP", 4, 0),
    number("MAN_DEP", 6, 2),
    text("SBC_CDE", 6),
    text("IVT_CDE", 6),
    text("LAD_CDE", 6),
    number("MOS_HSL", 8, 3),
    number("LMS_HSL", 8, 3),
    text("CST_CDE", 6),
    date("ECN_YMD"),
];

/// One manhole to write.
pub(super) struct Manhole<'a> {
    pub(super) end: End,
    pub(super) at: Point,
    pub(super) date: &'a str,
    pub(super) sheet: &'a str,
}

/// The writer of the manholes.
pub(super) struct Manholes {
    layer: Layer,
    chance: ChaCha8Rng,
}

impl Manholes {
    pub(super) fn create(city: &City<'_>) -> Result<Self> {
        let layer = Layer::create(
            city.folder,
            "SWL_MANH_PS",
            Kind::MultiPoint,
            &[HEADER, FIELDS],
            Sides::CentralBelt,
        )?;
        Ok(Self { layer, chance: city.plan.chance("manholes") })
    }

    pub(super) fn write(
        &mut self,
        city: &City<'_>,
        it: &Manhole<'_>,
        dealer: &mut Dealer,
    ) -> Result<()> {
        let End { code, id, ground, invert } = it.end;
        let tag = Tag {
            code,
            id,
            dong: city.dong(it.at),
            agency: AGENCY,
            date: it.date,
            sheet: it.sheet,
        };
        let depth = ground - invert;
        let cleaned = self.chance.random_bool(0.55);
        let day = calendar::day(&mut self.chance, 2016, 2025);
        let cells = [
            "SMU001".into(),
            "SOM001".into(),
            "FOR001".into(),
            if depth > 3.0 { 1_200_u32 } else { 900 }.into(),
            depth.into(),
            "SBC001".into(),
            if self.chance.random_bool(0.6) { "IVT001" } else { "IVT002" }.into(),
            if depth > 1.8 { "LAD001" } else { "LAD002" }.into(),
            ground.into(),
            invert.into(),
            if self.chance.random_bool(0.03) { "CST002" } else { "CST001" }.into(),
            match () {
                () if dealer.strikes(Dirt::ManholeDateImpossible) => "20230231".into(),
                () if cleaned => day.into(),
                () => Cell::Blank,
            },
        ];
        self.layer.write(Shape::Point(it.at), &[&tag.cells(), &cells])
    }

    pub(super) fn finish(self) -> Result<Written> {
        self.layer.finish()
    }
}
