//! Dates as the registers write them.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// A day within the years, as eight digits.
pub(crate) fn day(chance: &mut ChaCha8Rng, first_year: u32, last_year: u32) -> String {
    let year = chance.random_range(first_year..=last_year);
    let month = chance.random_range(1..=12_u32);
    let day = chance.random_range(1..=28_u32);
    format!("{year}{month:02}{day:02}")
}

/// The day of a work on a street: most works around one place are of the same few years.
pub(crate) fn work(chance: &mut ChaCha8Rng, bustle: f64) -> String {
    // The centre was built first and is renewed now and then.
    let built = 2008 - (bustle.min(1.0) * 20.0) as u32;
    if chance.random_bool(0.2) {
        day(chance, 2006, 2025)
    } else {
        day(chance, built.max(1985), built + 9)
    }
}
