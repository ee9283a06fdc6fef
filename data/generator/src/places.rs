//! Shelters, hospitals, schools, fire stations and offices, as CP949 tables with WGS84 coordinates.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::csv;
use crate::dirt::{Dealer, Dirt};
use crate::geo::Point;
use crate::plan::Plan;
use crate::roads;
use crate::streets::{City, Result, Section};

/// A facility in a building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facility {
    Shelter,
    Hospital,
    School,
    FireStation,
    Office,
    Hall,
}

/// What opens one after the other close to the hall.
const DOWNTOWN: [Facility; 12] = [
    Facility::Shelter,
    Facility::School,
    Facility::Hospital,
    Facility::Shelter,
    Facility::Office,
    Facility::FireStation,
    Facility::Shelter,
    Facility::Shelter,
    Facility::School,
    Facility::Shelter,
    Facility::Hospital,
    Facility::Shelter,
];

const TABLES: [(&str, &str); 5] = [
    (
        "대피소.csv",
        "관리일련번호,시설명,SHLT_SE_CD,대피소구분,최대수용인원,시설면적,도로명주소,행정동코드,위도,경도",
    ),
    ("병원.csv", "시설ID,기관명,종별,병상수,응급실,도로명주소,행정동코드,위도,경도"),
    ("학교.csv", "시설ID,학교명,학교급,학생수,도로명주소,행정동코드,위도,경도"),
    ("소방서.csv", "시설ID,기관명,구분,차량수,도로명주소,행정동코드,위도,경도"),
    ("공공청사.csv", "시설ID,기관명,구분,도로명주소,행정동코드,위도,경도"),
];

/// The tables as they grow.
#[derive(Debug)]
pub(crate) struct Places {
    rows: [Vec<String>; 5],
    chance: ChaCha8Rng,
    buildings: u32,
    downtown: usize,
    waiting: u32,
}

impl Places {
    pub(crate) fn new(plan: &Plan) -> Self {
        let chance = plan.chance("places");
        Self { rows: Default::default(), chance, buildings: 0, downtown: 0, waiting: 0 }
    }

    /// Whether the next building becomes a facility.
    pub(crate) fn claim(&mut self, downtown: bool) -> Option<Facility> {
        self.buildings += 1;
        self.waiting += u32::from(downtown);
        if downtown && self.waiting >= 5 && self.downtown < DOWNTOWN.len() {
            self.waiting = 0;
            self.downtown += 1;
            return Some(DOWNTOWN[self.downtown - 1]);
        }
        let every = |n: u32, from: u32| self.buildings % n == from;
        match () {
            () if every(1000, 500) => Some(Facility::Hospital),
            () if every(280, 140) => Some(Facility::School),
            () if every(2600, 1300) => Some(Facility::FireStation),
            () if every(900, 450) => Some(Facility::Office),
            () if every(100, 55) => Some(Facility::Shelter),
            () => None,
        }
    }

    /// Adds the facility's row and gives its name.
    pub(crate) fn open(
        &mut self,
        city: &City<'_>,
        facility: Facility,
        at: Point,
        section: &Section,
        house_number: u32,
        dealer: &mut Dealer,
    ) -> String {
        let table = (facility as usize).min(4);
        let id = self.rows[table].len() as u32 + 1;
        let here = city.sheets.lonlat(at);
        let address = format!("경기도 군포시 {} {house_number}", roads::name(section));
        let dong = city.dong(at);
        let place = format!("{address},{dong},{:.6},{:.6}", here.lat, here.lon);
        let c = &mut self.chance;
        let (name, row) = match facility {
            Facility::Shelter => {
                let (code, kind, name) = shelter(c, id);
                let (capacity, area) =
                    (c.random_range(3..60_u32) * 10, c.random_range(60..900_u32));
                let capacity = if code > 2 { capacity * 8 } else { capacity };
                let capacity = if dealer.strikes(Dirt::ShelterCapacityDash) {
                    "-".to_owned()
                } else {
                    capacity.to_string()
                };
                let row = format!("S{id:05},{name},{code},{kind},{capacity},{area},{place}");
                (name, row)
            }
            Facility::Hospital => {
                let name = format!("가상병원 {id}");
                let (kind, emergency) =
                    if id % 4 == 1 { ("종합병원", "Y") } else { ("병원", "N") };
                let beds = c.random_range(3..40_u32) * 10;
                let beds = if dealer.strikes(Dirt::HospitalBedsBlank) {
                    String::new()
                } else {
                    beds.to_string()
                };
                let row = format!("H{id:05},{name},{kind},{beds},{emergency},{place}");
                (name, row)
            }
            Facility::School => {
                let level = ["초등학교", "초등학교", "중학교", "고등학교"][id as usize % 4];
                let name = format!("가상{level} {id}");
                let row =
                    format!("E{id:05},{name},{level},{},{place}", c.random_range(180..1100_u32));
                (name, row)
            }
            Facility::FireStation => {
                let (name, kind) = match id {
                    1 => ("가상소방서".to_owned(), "소방서"),
                    _ => (format!("가상119안전센터 {}", id - 1), "안전센터"),
                };
                let row = format!("F{id:05},{name},{kind},{},{place}", c.random_range(3..14_u32));
                (name, row)
            }
            Facility::Office => {
                let kind = ["주민센터", "주민센터", "파출소"][id as usize % 3];
                let name = format!("가상{kind} {id}");
                let row = format!("G{id:05},{name},{kind},{place}");
                (name, row)
            }
            Facility::Hall => {
                let name = "군포시청".to_owned();
                let row = format!("G{id:05},{name},시청,{place}");
                (name, row)
            }
        };
        self.rows[table].push(row);
        name
    }

    /// Writes the five tables.
    pub(crate) fn write(&self, city: &City<'_>) -> Result {
        TABLES
            .iter()
            .zip(&self.rows)
            .map(|((name, head), rows)| csv::write(city.folder, name, head, rows))
            .collect()
    }
}

/// Code, kind and name of a shelter.
fn shelter(chance: &mut ChaCha8Rng, id: u32) -> (u32, &'static str, String) {
    match chance.random_range(0..100_u32) {
        0..33 => (1, "한파쉼터", format!("가상한파쉼터 {id}")),
        33..68 => (2, "무더위쉼터", format!("가상무더위쉼터 {id}")),
        68..96 => (3, "지진옥외대피장소", format!("가상옥외대피장소 {id}")),
        _ => (4, "지진해일긴급대피장소", format!("가상긴급대피장소 {id}")),
    }
}
