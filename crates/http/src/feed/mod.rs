//! The change feed: what the change sets did, one after the other.
//!
//! It is read from the register's history, block by block, at the pace of whoever reads it. What was read last is kept
//! encoded, so that many who follow a register cost about as much as one.

mod encode;
mod since;
mod walk;

pub(crate) use encode::{EncodedChange, Filter};
pub(crate) use since::Since;
pub(crate) use walk::Walk;

use crate::cache::{Bounds, Cache};
use crate::problem::ApiError;
use crate::resident::{LoadError, has_state};
use crate::served::Served;
use crate::state::AppState;
use crate::state_name::{Place, StateName};
use encode::{EncodedSet, encode};
use siseol_query::SnapshotState;
use siseol_store::{Access, Register, StoreError};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Subscribers at once; more are told to come back.
const MAX_SUBSCRIBERS: usize = 256;

/// What is kept encoded, by the bytes that it takes.
const BOUNDS: Bounds = Bounds { entries: 4_096, weight: 64 << 20 };

/// Change sets that are read together.
const SETS: u64 = 100;

/// Changes of one change set that are read and encoded together.
const BLOCK: usize = 500;

/// The recent part of the feed, and who is subscribed to it.
#[derive(Debug)]
pub(crate) struct Feed {
    /// The first change sets after a place, seen from a state.
    sets: Cache<(Place, StateName), Arc<[Arc<EncodedSet>]>>,
    /// The n-th block of the change set that made a state.
    blocks: Cache<(StateName, usize), Arc<[EncodedChange]>>,
    subscribers: Arc<Semaphore>,
}

/// Why the feed cannot go on.
#[derive(Debug)]
pub(crate) enum FeedError {
    /// The register does not have the state after which it should: that was another register's.
    Gone,
    /// Something else.
    Failed(ApiError),
}

impl From<ApiError> for FeedError {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<LoadError> for FeedError {
    fn from(error: LoadError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<StoreError> for FeedError {
    fn from(error: StoreError) -> Self {
        LoadError::from(error).into()
    }
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self {
            sets: Cache::new(BOUNDS),
            blocks: Cache::new(BOUNDS),
            subscribers: Arc::new(Semaphore::new(MAX_SUBSCRIBERS)),
        }
    }

    /// A seat among the subscribers, for as long as the permit lives.
    pub(crate) fn subscribe(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.subscribers).try_acquire_owned().or(Err(ApiError::Busy))
    }

    /// The place from which on somebody reads, if this register has it.
    pub(crate) async fn locate(
        &self,
        state: &AppState,
        served: &Served,
        since: Since,
    ) -> Result<Place, FeedError> {
        let present = served.name();
        let after = |state| Ok(Place { state, number: None });
        match since {
            Since::Now => return after(present),
            Since::Generation(0) => return after(StateName::BEFORE_ALL),
            Since::Event(place) if place.state == present => return Ok(place),
            Since::Generation(_) | Since::Event(_) => {}
        }
        let path = state.register.clone();
        let known = served.snapshot().state.clone();
        let read = move || {
            at_state(&path, &known, |register| match since {
                Since::Event(place) if has_place(register, place, known.generation)? => Ok(place),
                Since::Generation(generation) if generation <= known.generation => {
                    let commit = register.commit_of(generation)?.ok_or(FeedError::Gone)?;
                    after(StateName::new(generation, commit.stamp))
                }
                _ => Err(FeedError::Gone),
            })
        };
        state.readers.run(read).await?
    }

    /// The change sets from that place on, until the state that is served: the first ones.
    async fn sets(
        &self,
        state: &AppState,
        served: &Served,
        place: Place,
    ) -> Result<Arc<[Arc<EncodedSet>]>, FeedError> {
        // Within a state, its own change set is the first one.
        let within = place.number.is_some();
        let after = place.state.generation - i64::from(within);
        let key = (Place { number: within.then_some(0), ..place }, served.name());
        let path = state.register.clone();
        let known = served.snapshot().state.clone();
        let read = move || {
            at_state(&path, &known, |register| {
                if !has_place(register, place, known.generation)? {
                    return Err(FeedError::Gone);
                }
                let sets = register.change_sets(after, Some(SETS))?;
                let visible = sets.into_iter().filter(|s| s.commit.generation <= known.generation);
                let sets: Arc<[_]> = visible.map(|set| Arc::new(EncodedSet::new(set))).collect();
                let weight = sets.iter().map(|set| set.bytes()).sum();
                Ok((sets, weight))
            })
        };
        self.sets.get(&state.readers, key, read).await?
    }

    /// The n-th block of a change set; a block that is not full is its last one.
    async fn block(
        &self,
        state: &AppState,
        served: &Arc<Served>,
        set: &EncodedSet,
        number: usize,
    ) -> Result<Arc<[EncodedChange]>, FeedError> {
        let path = state.register.clone();
        let commit = set.change_set.commit.clone();
        let served = Arc::clone(served);
        let read = move || {
            at_state(&path, &served.snapshot().state, |register| {
                if !has_state(register, commit.generation, commit.stamp)? {
                    return Err(FeedError::Gone);
                }
                let after = (number * BLOCK) as u64;
                let changes = register.changes(commit.change_set, after, BLOCK)?;
                let block: Arc<[_]> = encode(served.snapshot(), &commit, changes)?.into();
                let weight = block.iter().map(EncodedChange::bytes).sum();
                Ok((block, weight))
            })
        };
        self.blocks.get(&state.readers, (set.state, number), read).await?
    }
}

/// Reads the register, if it has the state that is served; another one in its place is not read before it is served.
fn at_state<T>(
    path: &Path,
    served: &SnapshotState,
    read: impl FnOnce(&Register) -> Result<T, FeedError>,
) -> Result<T, FeedError> {
    Register::open(path, Access::Read)?.at_one_state(|register| {
        if !has_state(register, served.generation, served.stamp)? {
            return Err(LoadError::Replaced.into());
        }
        read(register)
    })
}

/// Whether the register has the state of that place, among those until `last`.
fn has_place(register: &Register, place: Place, last: i64) -> Result<bool, StoreError> {
    let state = place.state;
    if state == StateName::BEFORE_ALL {
        return Ok(place.number.is_none());
    }
    let commit = register.commit_of(state.generation)?;
    let same = |stamp| StateName::new(state.generation, stamp) == state;
    Ok(state.generation <= last && commit.is_some_and(|commit| same(commit.stamp)))
}
