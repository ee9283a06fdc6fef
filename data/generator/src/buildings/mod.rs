//! Buildings along the streets: houses, shops, works, and here and there slabs of flats.

mod meters;
mod register;
mod site;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::dirt::Dealer;
use crate::geo::{Point, along};
use crate::places::{Facility, Places};
use crate::plan::{HALL, Quota};
use crate::population::Population;
use crate::streets::{City, Rank, Result, Section};
use crate::water::Mains;
use meters::Meters;
use register::Register;
use site::{Plot, Site};

/// The part of all features that is buildings.
const SHARE: f64 = 0.29;
/// Rows of buildings behind each other on one side of a street.
const ROWS: u32 = 5;

/// What a building is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    House,
    Flats,
    Shops,
    Works,
    Facility(Facility),
    Hall,
}

/// A building on its plot.
#[derive(Clone, Copy, Debug)]
struct Building<'a> {
    plot: Plot,
    purpose: Purpose,
    section: &'a Section,
    section_number: usize,
    /// How far along the section it stands, in metres.
    at: f64,
    floors: u32,
    households: u32,
    row: u32,
}

/// Writes `TL_SPBD_BULD` and `WTL_META_PS`; notes the facilities and the households.
pub(crate) fn write(
    city: &City<'_>,
    mains: &Mains,
    places: &mut Places,
    population: &mut Population,
    dealer: &mut Dealer,
) -> Result {
    let mut builder = Builder {
        city,
        chance: city.plan.chance("buildings"),
        site: Site::new(city.plan, city.streets),
        register: Register::create(city)?,
        meters: Meters::create(city, mains, city.plan.share(SHARE), dealer)?,
        places,
        population,
        dealer,
        scale: (city.plan.spacing / 100.0).clamp(0.5, 1.0),
    };
    builder.hall()?;
    let even = 0.1 + 0.35 * (city.plan.crowd - 1.0);
    let weight = |s: &Section| s.length * (even + s.bustle);
    let mut quota = Quota::new(city.plan.share(SHARE), city.streets.total(weight));
    for (number, section) in city.streets.sections.iter().enumerate() {
        builder.along(number, section, &mut quota, weight(section) / section.length)?;
    }
    Ok(vec![builder.register.finish()?, builder.meters.finish()?])
}

struct Builder<'a> {
    city: &'a City<'a>,
    chance: ChaCha8Rng,
    site: Site,
    register: Register,
    meters: Meters<'a>,
    places: &'a mut Places,
    population: &'a mut Population,
    dealer: &'a mut Dealer,
    /// How large buildings are: smaller where streets are close together.
    scale: f64,
}

impl<'a> Builder<'a> {
    /// The city hall, on the nearest street section.
    fn hall(&mut self) -> Result<()> {
        let sections = self.city.streets.sections.iter().enumerate();
        let near = |s: &Section| (s.middle().0.distance(HALL) * 1000.0) as u64;
        let Some((section_number, section)) = sections.min_by_key(|(_, s)| near(s)) else {
            return Ok(());
        };
        let half_length = (self.city.plan.spacing * 0.22).min(32.0);
        let way = section.middle().1;
        let plot = Plot { middle: HALL, way, half_length, half_depth: half_length * 0.4 };
        let at = section.length / 2.0;
        self.add(&Building {
            plot,
            purpose: Purpose::Hall,
            section,
            section_number,
            at,
            floors: 8,
            households: 0,
            row: 0,
        })
    }

    /// Fills both sides of a section, as far as the quota goes and the ground is free.
    fn along(
        &mut self,
        number: usize,
        section: &'a Section,
        quota: &mut Quota,
        weight: f64,
    ) -> Result<()> {
        for side in [1.0, -1.0] {
            let mut at = 4.0_f64;
            quota.earn((2.0 * at).min(section.length) * weight / 2.0);
            while at < section.length - 4.0 {
                let purpose = self.purpose(section);
                let (length, depth) = self.size(purpose);
                let step = length + self.chance.random_range(2.0..5.0);
                quota.earn(step.min(section.length - at) * weight / 2.0);
                let rows = if quota.owed() > 2.0 { ROWS } else { 1 };
                for row in 0..rows {
                    if !quota.due() {
                        break;
                    }
                    let (front, way) = along(&section.line, at + length / 2.0);
                    let gap = if purpose == Purpose::Flats { 10.0 } else { 2.0 };
                    let set_back = section.width / 2.0 + gap + 1.5;
                    let back = set_back + depth / 2.0 + f64::from(row) * (depth + 2.0 * gap + 0.6);
                    let middle = front.toward(way.left(), side * back);
                    // The left of the front points away from the street on both sides.
                    let way = Point::new(way.x * side, way.y * side);
                    let plot =
                        Plot { middle, way, half_length: length / 2.0, half_depth: depth / 2.0 };
                    if !self.site.is_free(&plot) {
                        continue;
                    }
                    quota.spend();
                    let (floors, households) = self.fill(purpose);
                    self.add(&Building {
                        plot,
                        purpose,
                        section,
                        section_number: number,
                        at: at + length / 2.0,
                        floors,
                        households,
                        row,
                    })?;
                }
                at += step;
            }
        }
        Ok(())
    }

    fn purpose(&mut self, section: &Section) -> Purpose {
        let luck: f64 = self.chance.random();
        let estate = estate(self.city, section);
        match section.rank {
            Rank::Arterial | Rank::Collector if section.bustle < 0.25 && luck < 0.3 => {
                Purpose::Works
            }
            Rank::Arterial if luck < 0.85 => Purpose::Shops,
            Rank::Collector if luck < 0.55 => Purpose::Shops,
            Rank::Local if section.bustle > 0.7 && luck < 0.3 => Purpose::Shops,
            Rank::Local | Rank::Collector if estate => Purpose::Flats,
            _ => Purpose::House,
        }
    }

    /// The length along the street and the depth, in metres.
    fn size(&mut self, purpose: Purpose) -> (f64, f64) {
        let c = &mut self.chance;
        let (length, depth) = match purpose {
            Purpose::House => (c.random_range(9.0..14.0), c.random_range(8.0..12.0)),
            Purpose::Flats => (c.random_range(38.0..64.0), c.random_range(11.0..14.0)),
            Purpose::Works => (c.random_range(22.0..48.0), c.random_range(16.0..30.0)),
            _ => (c.random_range(13.0..26.0), c.random_range(11.0..18.0)),
        };
        (length * self.scale, depth * self.scale)
    }

    /// Floors and households.
    fn fill(&mut self, purpose: Purpose) -> (u32, u32) {
        let c = &mut self.chance;
        match purpose {
            Purpose::House => (c.random_range(1..=4), c.random_range(1..=5)),
            Purpose::Flats => {
                let floors = c.random_range(12..=25);
                (floors, floors * c.random_range(4..=6))
            }
            Purpose::Shops => (c.random_range(2..=9), c.random_range(0..=4)),
            _ => (c.random_range(1..=3), 0),
        }
    }

    fn add(&mut self, building: &Building<'a>) -> Result<()> {
        self.site.take(&building.plot);
        let middle = building.plot.middle;
        let number = building.at as u32 / 10 + 1;
        let mut building = *building;
        let facility = match building.purpose {
            Purpose::Hall => Some(Facility::Hall),
            Purpose::Shops | Purpose::House => self.places.claim(middle.distance(HALL) < 440.0),
            _ => None,
        };
        let mut name = None;
        if let Some(facility) = facility {
            if building.purpose != Purpose::Hall {
                building.purpose = Purpose::Facility(facility);
                building.households = 0;
                building.floors = building.floors.max(2);
            }
            name = Some(self.places.open(
                self.city,
                facility,
                middle,
                building.section,
                number,
                self.dealer,
            ));
        }
        self.population.move_in(self.city.dongs.at(middle), building.households);
        self.register.write(self.city, &building, name, number, self.dealer)?;
        self.meters.offer(self.city, &building, self.dealer)
    }
}

/// Whether flats stand here: in some squares of the town.
fn estate(city: &City<'_>, section: &Section) -> bool {
    let (p, _) = section.middle();
    let (x, y) = ((p.x / 420.0).floor() as i64, (p.y / 420.0).floor() as i64);
    let pick = (x.wrapping_mul(7_919) ^ y.wrapping_mul(104_729)).rem_euclid(5);
    pick == 0 && section.bustle > 0.22 && city.terrain.hill(p) < 0.5 && city.plan.crowd < 2.0
}
