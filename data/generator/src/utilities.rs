//! The other buried networks: gas, power ducts, telecom, district heating.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::calendar;
use crate::dirt::{Dealer, Dirt};
use crate::geo::{Point, beside, cut, length};
use crate::plan::Quota;
use crate::shapefile::{Cell, Field, HEADER, Kind, Layer, Shape, Sides, Tag, number, text};
use crate::streets::{City, Rank, Result, Section, Written};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Utility {
    Gas,
    Power,
    Telecom,
    Heating,
}

/// What tells one network from another.
struct Network {
    utility: Utility,
    layer: &'static str,
    /// Provisional: no public source gives the classes of these networks.
    code: &'static str,
    agency: &'static str,
    share: f64,
    kind: Kind,
    fields: &'static [Field],
    /// Where it lies across the road, in road widths to the left.
    across: f64,
    shift: (f64, f64),
}

const NETWORKS: [Network; 4] = [
    Network {
        utility: Utility::Gas,
        layer: "UFL_GPIP_LM",
        code: "UG001",
        agency: "MNG011",
        share: 0.07,
        kind: Kind::Line,
        fields: &[
            text("SGA_CDE", 6),
            text("MOP_CDE", 6),
            number("STD_DIP", 4, 0),
            number("STD_DEP", 4, 1),
            number("STD_LEN", 7, 2),
            text("PIP_LBL", 12),
        ],
        across: -0.26,
        shift: (1.7, -1.1),
    },
    Network {
        utility: Utility::Power,
        layer: "UFL_BPIP_LM",
        code: "UB001",
        agency: "MNG012",
        share: 0.035,
        kind: Kind::Line,
        fields: &[
            text("MOP_CDE", 6),
            number("STD_DIP", 4, 0),
            number("STD_DEP", 4, 1),
            number("STD_LEN", 7, 2),
        ],
        across: 0.34,
        shift: (-1.9, 1.3),
    },
    Network {
        utility: Utility::Telecom,
        layer: "UFL_KPIP_LS",
        code: "UK001",
        agency: "MNG013",
        share: 0.035,
        kind: Kind::Line,
        fields: &[
            text("LEN_NAM", 16),
            text("MOP_CDE", 6),
            number("STD_DIP", 4, 0),
            number("STD_HOL", 4, 1),
            number("STD_DEP", 4, 1),
            text("SDG_PNT", 8),
            text("SDH_PNT", 8),
        ],
        across: -0.38,
        shift: (-1.2, -2.1),
    },
    Network {
        utility: Utility::Heating,
        layer: "UFL_HPIP_LM",
        code: "UH001",
        agency: "MNG014",
        share: 0.015,
        kind: Kind::LineZ,
        fields: &[
            text("SOO_CDE", 6),
            text("MOP_CDE", 6),
            number("STD_DIP", 4, 0),
            number("STD_WID", 4, 1),
            number("STD_DEP", 4, 1),
            number("STD_LEN", 7, 2),
        ],
        across: 0.10,
        shift: (2.4, 0.4),
    },
];

/// Writes the four networks.
pub(crate) fn write(city: &City<'_>, dealer: &mut Dealer) -> Result {
    NETWORKS.iter().map(|network| network.write(city, dealer)).collect()
}

impl Network {
    /// Whether the network follows a section; `luck` is the section's own, 0 to 1.
    fn follows(&self, section: &Section, luck: f64) -> bool {
        let (main, local) = match self.utility {
            Utility::Gas => (0.05, 0.75),
            Utility::Power => (0.08, 0.12),
            Utility::Telecom => (0.05, 0.22),
            Utility::Heating => (0.28, 0.05),
        };
        if section.rank == Rank::Local {
            luck < local * section.bustle.min(1.0)
        } else {
            section.bustle > main
        }
    }

    fn write(&self, city: &City<'_>, dealer: &mut Dealer) -> Result<Written> {
        let mut layer = Layer::create(
            city.folder,
            self.layer,
            self.kind,
            &[HEADER, self.fields],
            Sides::CentralBelt,
        )?;
        let mut chance = city.plan.chance(self.layer);
        let chosen: Vec<bool> = {
            let sections = city.streets.sections.iter();
            sections.map(|s| self.follows(s, chance.random())).collect()
        };
        let sections = || city.streets.sections.iter().zip(&chosen).filter(|(_, chosen)| **chosen);
        let metres = sections().map(|(s, _)| s.length).sum();
        let mut quota = Quota::new(city.plan.share(self.share), metres);
        let (mut next, mut last) = (1, 0);
        for (section, _) in sections() {
            let spot = |node: u32| {
                let at = city.streets.nodes[node as usize].at;
                Point::new(at.x + self.shift.0, at.y + self.shift.1).rounded()
            };
            let across = section.width * self.across;
            let line = beside(&section.line, spot(section.from), spot(section.to), across);
            let sheet = city.sheets.number(section.middle().0);
            let date = calendar::work(&mut chance, section.bustle);
            let ground = |node: u32| city.streets.nodes[node as usize].ground;
            let (mut passed, total) = (0.0, length(&line));
            for part in cut(&line, quota.pieces(section.length)) {
                let repeats = self.utility == Utility::Gas && dealer.strikes(Dirt::GasDuplicate);
                let id = if repeats { last } else { next };
                let dong = city.dong(part[part.len() / 2]);
                let tag = Tag {
                    code: self.code,
                    id,
                    dong,
                    agency: self.agency,
                    date: &date,
                    sheet: &sheet,
                };
                let depth = 1.0 + 0.1 * f64::from(chance.random_range(0..8_u32));
                let metres = length(&part);
                let cells = self.cells(section, id, depth, metres, dealer, &mut chance);
                if self.kind == Kind::LineZ {
                    dealer.strikes(Dirt::HeatMeasure);
                    let height = |at: f64| {
                        let t = at / total;
                        let ground = ground(section.from) * (1.0 - t) + ground(section.to) * t;
                        ((ground - depth) * 100.0).round() / 100.0
                    };
                    let heights: Vec<f64> =
                        (1..=part.len()).map(|k| height(passed + length(&part[..k]))).collect();
                    layer.write(Shape::LineZ(&part, &heights), &[&tag.cells(), &cells])?;
                } else {
                    layer.write(Shape::Line(&part), &[&tag.cells(), &cells])?;
                }
                passed += metres;
                last = id;
                next += 1;
            }
        }
        layer.finish()
    }

    fn cells(
        &self,
        section: &Section,
        id: u32,
        depth: f64,
        metres: f64,
        dealer: &mut Dealer,
        chance: &mut ChaCha8Rng,
    ) -> Vec<Cell<'static>> {
        let big = section.rank == Rank::Arterial;
        let mut unknown = |dirt| if dealer.strikes(dirt) { 0.0 } else { depth };
        match self.utility {
            Utility::Gas => {
                let size =
                    if big { 300 } else { [63, 90, 110, 160][chance.random_range(0..4_usize)] };
                vec![
                    if big { "SGA002" } else { "SGA001" }.into(),
                    if size < 200 { "MOP004" } else { "MOP010" }.into(),
                    size.into(),
                    unknown(Dirt::GasDepthZero).into(),
                    metres.into(),
                    format!("{}{size}", if size < 200 { "PE" } else { "PLP" }).into(),
                ]
            }
            Utility::Power => vec![
                "MOP030".into(),
                if big { 200_u32 } else { 175 }.into(),
                unknown(Dirt::PowerDepthZero).into(),
                metres.into(),
            ],
            Utility::Telecom => vec![
                format!("가상간선 {}", section.street % 900 + 1).into(),
                "MOP005".into(),
                100_u32.into(),
                if big { 0.6 } else { 0.3 }.into(),
                depth.into(),
                format!("K{id}").into(),
                format!("K{}", id + 1).into(),
            ],
            Utility::Heating => vec![
                if chance.random_bool(0.97) { "SOO001" } else { "SOO002" }.into(),
                "MOP010".into(),
                if big { 600_u32 } else { 250 }.into(),
                if big { 2.4 } else { 1.2 }.into(),
                depth.into(),
                metres.into(),
            ],
        }
    }
}
