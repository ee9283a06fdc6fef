//! The sewers: `SWL_PIPE_LM`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::levels::diameter;
use super::{AGENCY, End};
use crate::dirt::{Dealer, Dirt};
use crate::geo::{Point, length};
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Rank, Result, Written};

const FIELDS: &[Field] = &[
    text("SBA_CDE", 6),
    text("MOP_CDE", 6),
    text("FOR_CDE", 6),
    number("PIP_DIP", 4, 0),
    number("PIP_HOL", 4, 1),
    number("PIP_VEL", 4, 1),
    number("PIP_LIN", 2, 0),
    number("PIP_LEN", 7, 2),
    number("BEG_DEP", 6, 2),
    number("END_DEP", 6, 2),
    number("SBK_ALT", 8, 3),
    number("SBL_ALT", 8, 3),
    number("PIP_SLP", 5, 2),
    text("BOM_CDE", 5),
    number("BOM_IDN", 8, 0),
    text("EOM_CDE", 5),
    number("EOM_IDN", 8, 0),
];

/// What all pipes of one run share.
pub(super) struct Run<'a> {
    pub(super) code: &'static str,
    pub(super) rank: Rank,
    pub(super) catchment: f64,
    pub(super) date: String,
    pub(super) sheet: &'a str,
}

/// The writer of the sewers.
pub(super) struct Pipes {
    layer: Layer,
    next: u32,
    chance: ChaCha8Rng,
}

impl Pipes {
    pub(super) fn create(city: &City<'_>) -> Result<Self> {
        let layer = Layer::create(
            city.folder,
            "SWL_PIPE_LM",
            Kind::Line,
            &[HEADER, FIELDS],
            Sides::CentralBelt,
        )?;
        Ok(Self { layer, next: 1, chance: city.plan.chance("sewer pipes") })
    }

    pub(super) fn write(
        &mut self,
        city: &City<'_>,
        run: &Run<'_>,
        part: &[Point],
        (top, bottom): (End, End),
        dealer: &mut Dealer,
    ) -> Result<()> {
        let id = self.next;
        self.next += 1;
        let dong = city.dong(part[part.len() / 2]);
        let tag =
            Tag { code: run.code, id, dong, agency: AGENCY, date: &run.date, sheet: run.sheet };
        let size = diameter(run.catchment);
        let ditch = run.code == "SB002";
        let boxed = ditch || size >= 1_200;
        let (width, height) =
            if ditch { (0.6, 0.6) } else { (f64::from(size) / 800.0, f64::from(size) / 1000.0) };
        let metres = length(part);
        let plastic = size <= 300 && self.chance.random_bool(0.5);
        let cells = [
            match run.rank {
                _ if ditch => "SBA001",
                Rank::Local => "SBA002",
                _ => "SBA003",
            }
            .into(),
            match () {
                () if dealer.strikes(Dirt::SewerMaterialBlank) => Cell::Blank,
                () if plastic => "MOP004".into(),
                () => "MOP005".into(),
            },
            if boxed { "FOR002" } else { "FOR001" }.into(),
            if boxed { Cell::Blank } else { size.into() },
            if boxed { width.into() } else { Cell::Blank },
            if boxed { height.into() } else { Cell::Blank },
            1_u32.into(),
            metres.into(),
            (top.ground - top.invert).into(),
            (bottom.ground - bottom.invert).into(),
            top.invert.into(),
            bottom.invert.into(),
            if dealer.strikes(Dirt::SewerSlopeStars) {
                Cell::Stars
            } else {
                ((top.invert - bottom.invert) / metres.max(0.1) * 100.0).min(99.0).into()
            },
            top.code.into(),
            top.id.into(),
            bottom.code.into(),
            bottom.id.into(),
        ];
        self.layer.write(Shape::Line(part), &[&tag.cells(), &cells])
    }

    pub(super) fn finish(self) -> Result<Written> {
        self.layer.finish()
    }
}
