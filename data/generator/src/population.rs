//! Who lives where: `인구.csv`, from the households in the buildings.

use rand::Rng;

use crate::csv;
use crate::dongs::DONGS;
use crate::streets::{City, Result, Written};

/// Households by dong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Population([u32; DONGS.len()]);

impl Population {
    pub(crate) fn move_in(&mut self, dong: usize, households: u32) {
        self.0[dong] += households;
    }

    /// Writes the table.
    pub(crate) fn write(&self, city: &City<'_>) -> Result<Written> {
        let mut chance = city.plan.chance("population");
        let rows: Vec<String> = DONGS
            .iter()
            .zip(self.0)
            .map(|((code, name), households)| {
                let people = f64::from(households) * chance.random_range(2.05..2.55);
                format!("{code},{name},2025,{people:.0},{households}")
            })
            .collect();
        csv::write(city.folder, "인구.csv", "행정동코드,행정동명,기준연도,인구수,세대수", &rows)
    }
}
