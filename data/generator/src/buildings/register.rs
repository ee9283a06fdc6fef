//! The buildings of the address register: `TL_SPBD_BULD`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{Building, Purpose};
use crate::dirt::{Dealer, Dirt};
use crate::geo::Point;
use crate::places::Facility;
use crate::roads;
use crate::shapefile::{Cell, Field, Kind, Layer, Shape, Sides, number, text};
use crate::streets::{City, Result, Written};

const FIELDS: &[Field] = &[
    text("BD_MGT_SN", 25),
    text("SIG_CD", 5),
    number("BUL_MAN_NO", 7, 0),
    text("RN_CD", 7),
    number("RDS_MAN_NO", 12, 0),
    number("BULD_MNNM", 5, 0),
    number("BULD_SLNO", 5, 0),
    text("BULD_NM", 26),
    text("BULD_SE_CD", 1),
    text("BDTYP_CD", 5),
    number("GRO_FLO_CO", 3, 0),
    number("UND_FLO_CO", 3, 0),
    text("EMD_CD", 3),
    text("BSI_ZON_NO", 5),
];

/// For each dong the three digits of a legal dong that it covers.
const LEGAL: [&str; 12] =
    ["104", "105", "104", "104", "105", "105", "101", "104", "104", "108", "103", "101"];

/// The writer of the buildings.
pub(super) struct Register {
    layer: Layer,
    chance: ChaCha8Rng,
    next: u32,
    blocks: u32,
}

impl Register {
    pub(super) fn create(city: &City<'_>) -> Result<Self> {
        let layer =
            Layer::create(city.folder, "TL_SPBD_BULD", Kind::Area, &[FIELDS], Sides::Unified)?;
        Ok(Self { layer, chance: city.plan.chance("building register"), next: 1, blocks: 0 })
    }

    pub(super) fn write(
        &mut self,
        city: &City<'_>,
        building: &Building<'_>,
        name: Option<String>,
        house_number: u32,
        dealer: &mut Dealer,
    ) -> Result<()> {
        let serial = self.next;
        self.next += 1;
        let angled =
            matches!(building.purpose, Purpose::House | Purpose::Shops | Purpose::Facility(_))
                && self.chance.random_bool(0.14);
        let mut ring: Vec<Point> =
            outline(building, angled).map(|p| city.sheets.unified(p)).collect();
        ring.push(ring[0]);
        if ring.len() == 5 && dealer.strikes(Dirt::BuildingBowTie) {
            ring.swap(1, 2);
        }
        let dong = city.dongs.at(building.plot.middle);
        let (legal, block) = (LEGAL[dong], building.section.street % 999 + 1);
        // Six digits hold a million buildings; a larger city goes on in the part before them.
        let part = serial / 1_000_000 * 1_000 + house_number % 1_000;
        let name = match building.purpose {
            _ if name.is_some() => name.unwrap_or_default(),
            Purpose::Flats => {
                self.blocks += 1;
                format!("가상아파트 {}단지 {}동", self.blocks / 12 + 1, 101 + self.blocks % 12)
            }
            Purpose::Works => format!("가상공장 {serial}"),
            _ => String::new(),
        };
        let cells = [
            format!("4141010{legal}1{block:04}{part:04}{:06}", serial % 1_000_000).into(),
            "41410".into(),
            serial.into(),
            roads::name_code(building.section).into(),
            (building.section_number as u32 + 1).into(),
            house_number.into(),
            building.row.into(),
            name.into(),
            "0".into(),
            self.use_code(building.purpose).into(),
            building.floors.into(),
            match () {
                () if dealer.strikes(Dirt::BuildingFloorsStars) => Cell::Stars,
                () if building.floors > 4 => (building.floors / 6 + 1).into(),
                () => 0_u32.into(),
            },
            legal.into(),
            format!("158{:02}", dong * 7 + 2).into(),
        ];
        self.layer.write(Shape::Area(&ring), &[&cells])
    }

    fn use_code(&mut self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::House => {
                ["01001", "01001", "02003", "01003"][self.chance.random_range(0..4_usize)]
            }
            Purpose::Flats => "02001",
            Purpose::Shops => ["03001", "04001", "04402", "07001", "14202", "19003"][self.shop()],
            Purpose::Works => ["17001", "18001"][self.chance.random_range(0..2_usize)],
            Purpose::Hall | Purpose::Facility(Facility::Hall | Facility::Office) => "14101",
            Purpose::Facility(Facility::Hospital) => "09001",
            Purpose::Facility(Facility::School) => "10002",
            Purpose::Facility(Facility::FireStation) => "03010",
            Purpose::Facility(Facility::Shelter) => "11201",
        }
    }

    /// Which kind of shop: petrol stations are few.
    fn shop(&mut self) -> usize {
        match self.chance.random_range(0..100_u32) {
            0..40 => 0,
            40..75 => 1,
            75..86 => 2,
            86..92 => 3,
            92..99 => 4,
            _ => 5,
        }
    }

    pub(super) fn finish(self) -> Result<Written> {
        self.layer.finish()
    }
}

/// The corners, clockwise: a rectangle, or an L that leaves out the corner far from the street.
fn outline(building: &Building<'_>, angled: bool) -> impl Iterator<Item = Point> {
    let plot = building.plot;
    let corners: &[(f64, f64)] = if angled {
        &[(-1.0, -1.0), (-1.0, 1.0), (0.1, 1.0), (0.1, -0.05), (1.0, -0.05), (1.0, -1.0)]
    } else {
        &[(-1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, -1.0)]
    };
    corners.iter().map(move |(a, b)| plot.spot(*a, *b))
}
