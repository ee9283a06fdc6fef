//! Random numbers that can be had again.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

/// A generator of random numbers. Its seed is said, so that a failure can be had again with `SISEOL_SEED`.
pub(crate) fn seeded(what: &str) -> ChaCha8Rng {
    let seed = std::env::var("SISEOL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random::<u64>);
    println!("{what}: SISEOL_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// Whether tests are to be thorough.
pub(crate) fn thorough() -> bool {
    std::env::var_os("SISEOL_THOROUGH").is_some_and(|set| set == "1")
}
