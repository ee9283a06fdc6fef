//! What every handler can reach.

use crate::auth::Tokens;
use crate::pool::Pool;
use crate::resident::Resident;
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// How a server is set up.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where clients see the server, without a slash at the end; the `Host` of each request if none.
    pub public_url: Option<String>,
    /// Web pages of these origins may read answers.
    pub cors_origins: Vec<String>,
    /// Who may read; anyone if none.
    pub tokens: Option<Tokens>,
}

/// The state of a server.
#[derive(Debug)]
pub struct AppState {
    resident: ArcSwap<Resident>,
    pub(crate) settings: Settings,
    pub(crate) pool: Pool,
    /// Names this build in ETags: another build may write the same state otherwise.
    pub(crate) build: &'static str,
    draining: AtomicBool,
}

impl AppState {
    /// The state of a server of `resident`.
    pub fn new(resident: Resident, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            resident: ArcSwap::from_pointee(resident),
            settings,
            pool: Pool::new(),
            build: &BUILD,
            draining: AtomicBool::new(false),
        })
    }

    /// The state that is served now. A request takes it once.
    pub fn resident(&self) -> Arc<Resident> {
        self.resident.load_full()
    }

    /// From now on, tells load balancers to send nothing more.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// Eight digits that differ from build to build: the beginning of the program file's hash, or the version's where the
/// file cannot be read.
static BUILD: LazyLock<String> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(fs_err::File::open);
    let mut hasher = blake3::Hasher::new();
    if !file.is_ok_and(|file| hasher.update_reader(file).is_ok()) {
        hasher.reset().update(env!("CARGO_PKG_VERSION").as_bytes());
    }
    hasher.finalize().to_hex().chars().take(8).collect()
});
