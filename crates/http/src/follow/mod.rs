//! Following what is committed to the register, by whomever.

mod merging;
mod news;
mod priority;
mod thread;

pub(crate) use thread::Following;

use crate::resident::{LoadError, load_present};
use crate::served::Served;
use crate::state::AppState;
use merging::Merging;
use metrics::histogram;
use news::News;
use siseol_model::LayerName;
use siseol_query::{LayerView, Timeline};
use siseol_store::{Access, Register};
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Of the bases that were replaced no more is kept than this, or than a quarter of what the present state holds if that
/// is more. For a minute after a merge it may be all of what the present state holds: no walk over the largest layer
/// ends with a merge.
const MAX_BYTES: u64 = 64 << 20;
const AFTER_MERGE: Duration = Duration::from_mins(1);

/// How often it is seen to that nothing grows too old.
const EXPIRY: Duration = Duration::from_secs(10);

/// Reads what is new in the register and publishes it. It alone publishes, and there is one per server, so that states
/// follow each other.
#[derive(Debug)]
pub(crate) struct Follower {
    path: PathBuf,
    open: Option<Opened>,
    merging: Option<Merging>,
    /// Layers that could not be merged; it is not tried again.
    stuck: BTreeSet<LayerName>,
    last_merge: Option<Instant>,
    last_expiry: Instant,
}

/// The register, open.
#[derive(Debug)]
struct Opened {
    register: Register,
    file: FileId,
}

/// Tells a file from another one that takes its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(path: &Path) -> Option<Self> {
        let found = fs_err::metadata(path).ok()?;
        Some(Self { device: found.dev(), inode: found.ino() })
    }
}

impl Follower {
    /// Loads the register, and is ready to follow it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Served), LoadError> {
        let follower = Self {
            path: path.to_path_buf(),
            open: None,
            merging: None,
            stuck: BTreeSet::new(),
            last_merge: None,
            last_expiry: Instant::now(),
        };
        Ok((follower, load_anew(path)?))
    }

    /// Publishes what is new.
    pub(crate) fn look(&mut self, state: &AppState) -> Result<(), LoadError> {
        self.take_merge(state);
        let result = self.take_news(state);
        let in_the_way = |open: &Opened| open.register.is_in_wal_mode().unwrap_or(true);
        // Whatever an error was, the next look begins with a fresh connection.
        if result.is_err() || self.open.as_ref().is_some_and(in_the_way) {
            self.open = None;
        }
        self.expire(state);
        self.begin_merge(state);
        result
    }

    fn take_news(&mut self, state: &AppState) -> Result<(), LoadError> {
        let begin = Instant::now();
        let served = state.served();
        let news = News::since(self.register()?, served.snapshot(), state.settings.merge_from)?;
        let next = match news {
            News::Nothing => return Ok(()),
            News::Later(later) => {
                if later.replaces_bases() {
                    self.last_merge = Some(begin);
                }
                later.after(&served.timeline, &self.path)?
            }
            News::Other => {
                tracing::warn!("another register is in the place of the one before: loading it");
                self.merging = None;
                self.stuck.clear();
                state.past.forget_all();
                load_anew(&self.path)?
            }
        };
        state.publish(next);
        histogram!("siseol_follow_seconds").record(begin.elapsed().as_secs_f64());
        Ok(())
    }

    /// The register, opened anew if its file is another one than before.
    fn register(&mut self) -> Result<&Register, LoadError> {
        let file = FileId::of(&self.path);
        if self.open.as_ref().is_none_or(|open| Some(open.file) != file) {
            self.open = None;
            let register = Register::open(&self.path, Access::Read)?;
            match FileId::of(&self.path) {
                Some(now) if Some(now) == file => self.open = Some(Opened { register, file: now }),
                _ => return Err(LoadError::Replaced),
            }
        }
        self.open.as_ref().map(|open| &open.register).ok_or(LoadError::Replaced)
    }

    /// Publishes the base that was made in the background, if it is finished.
    fn take_merge(&mut self, state: &AppState) {
        let Some(merging) = self.merging.take_if(|merging| merging.is_finished()) else { return };
        let (layer, built_at) = (merging.layer().clone(), merging.generation());
        let Some(base) = merging.finish() else {
            self.stuck.insert(layer);
            return;
        };
        let (served, now) = (state.served(), Instant::now());
        self.last_merge = Some(now);
        let timeline = served.timeline.merge(&layer, base, built_at, now);
        state.publish(served.rearranged(timeline));
        state.past.forget(&layer);
    }

    /// Begins to merge the layer that wants it most, one at a time.
    fn begin_merge(&mut self, state: &AppState) {
        if self.merging.is_some() {
            return;
        }
        let served = state.served();
        let wanting = served.snapshot().layers().iter().filter(|view| {
            view.delta_len() >= state.settings.merge_from
                && !self.stuck.contains(&view.layer().name)
        });
        if let Some(view) = wanting.max_by_key(|view| view.delta_len()) {
            self.merging = Merging::begin(view.clone(), served.snapshot().state.generation);
        }
    }

    fn expire(&mut self, state: &AppState) {
        let (now, max_age) = (Instant::now(), state.settings.keep_for);
        if now.duration_since(self.last_expiry) < EXPIRY.min(max_age) {
            return;
        }
        self.last_expiry = now;
        let served = state.served();
        let present: u64 = served.snapshot().layers().iter().map(LayerView::bytes).sum();
        let recent = self.last_merge.is_some_and(|at| now.duration_since(at) < AFTER_MERGE);
        let share = if recent { present } else { present / 4 };
        let timeline = served.timeline.expire(now, max_age, MAX_BYTES.max(share));
        state.publish(served.rearranged(timeline));
    }
}

fn load_anew(path: &Path) -> Result<Served, LoadError> {
    let loaded = load_present(path)?;
    Ok(Served::new(Timeline::new(loaded.state, loaded.layers), loaded.quality))
}
