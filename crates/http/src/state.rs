//! What every handler can reach.

use crate::auth::Tokens;
use crate::feed::Feed;
use crate::follow::Follower;
use crate::past::Past;
use crate::pool::Pool;
use crate::resident::{LoadError, Resident};
use crate::served::Served;
use crate::surveys::Surveys;
use arc_swap::ArcSwap;
use siseol_query::MERGE_FROM;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How many requests may read the register's file at once.
const READERS: usize = 4;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where clients see the server, without a slash at the end; the `Host` of each request if none.
    pub public_url: Option<String>,
    /// Web pages of these origins may read answers.
    pub cors_origins: Vec<String>,
    /// Who may read; anyone if none.
    pub tokens: Option<Tokens>,
    /// From so many changed rows on, a layer gets a new base.
    pub merge_from: usize,
    /// For so long, a base that was replaced answers the cursors of its states.
    pub keep_for: Duration,
}

impl Default for Settings {
    /// A server that anyone may read, at whatever address it is asked.
    fn default() -> Self {
        Self {
            public_url: None,
            cors_origins: Vec::new(),
            tokens: None,
            merge_from: MERGE_FROM,
            keep_for: Duration::from_mins(10),
        }
    }
}

/// The state of a server.
#[derive(Debug)]
pub struct AppState {
    pub(crate) register: PathBuf,
    served: ArcSwap<Served>,
    /// Ticks when another state is served, and when the server begins to stop; tells whether it does.
    news: watch::Sender<bool>,
    /// Whoever has it is the one who publishes states.
    follower: Mutex<Follower>,
    pub(crate) settings: Settings,
    /// For searches.
    pub(crate) pool: Pool,
    /// For what reads the register's file.
    pub(crate) readers: Pool,
    pub(crate) past: Past,
    pub(crate) surveys: Surveys,
    pub(crate) feed: Feed,
}

impl AppState {
    /// Loads a register, and makes it the state of a server.
    pub fn open(register: &Path, settings: Settings) -> Result<Arc<Self>, LoadError> {
        let (follower, served) = Follower::open(register)?;
        Ok(Arc::new(Self {
            register: register.to_path_buf(),
            served: ArcSwap::from_pointee(served),
            news: watch::Sender::new(false),
            follower: Mutex::new(follower),
            settings,
            pool: Pool::of_processors(),
            readers: Pool::new(READERS),
            past: Past::new(),
            surveys: Surveys::new(),
            feed: Feed::new(),
        }))
    }

    /// The state that is served now. A request takes it once.
    pub fn resident(&self) -> Arc<Resident> {
        Arc::clone(&self.served.load().resident)
    }

    /// Looks at the register right away: when it returns without an error, what had been committed before is visible.
    /// Whoever commits in this process calls it before acknowledging. It blocks, for as long as the new rows take to
    /// read.
    pub fn refresh(&self) -> Result<(), LoadError> {
        self.follower.lock().unwrap_or_else(PoisonError::into_inner).look(self)
    }

    pub(crate) fn served(&self) -> Arc<Served> {
        self.served.load_full()
    }

    /// From now on, this is what is served.
    pub(crate) fn publish(&self, served: Served) {
        let name = |served: &Served| served.snapshot().state.stamp;
        let after = name(&served);
        let before = self.served.swap(Arc::new(served));
        self.news.send_if_modified(|_| name(&before) != after);
    }

    /// From now on, tells load balancers to send nothing more, and ends what would never end.
    pub(crate) fn drain(&self) {
        self.news.send_replace(true);
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.news.borrow()
    }

    /// Wakes when another state is served or the server begins to stop.
    pub(crate) fn news(&self) -> watch::Receiver<bool> {
        self.news.subscribe()
    }
}
