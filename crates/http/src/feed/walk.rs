//! One reader's way through the feed.

use super::encode::EncodedSet;
use super::{BLOCK, EncodedChange, FeedError, Filter};
use crate::served::Served;
use crate::state::AppState;
use crate::state_name::Place;
use std::collections::VecDeque;
use std::sync::Arc;

/// One reader's way through the feed.
#[derive(Debug)]
pub(crate) struct Walk {
    place: Place,
    /// The change sets that come next, as far as they have been read.
    sets: VecDeque<Arc<EncodedSet>>,
}

/// The next piece of the feed.
pub(crate) struct Step {
    block: Arc<[EncodedChange]>,
    /// How many changes of the block are behind the reader already.
    behind: usize,
    /// The change set that ends with this piece.
    pub(crate) set: Option<Arc<EncodedSet>>,
}

impl Step {
    /// The changes in it, whether they are asked for or not.
    pub(crate) fn changes(&self) -> &[EncodedChange] {
        self.block.get(self.behind..).unwrap_or_default()
    }
}

impl Walk {
    /// A walk that goes on after that place.
    pub(crate) fn from(place: Place) -> Self {
        Self { place, sets: VecDeque::new() }
    }

    /// How far it has come.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The next piece; none at the state that is served. Change sets in which the filter takes nothing are not read;
    /// without a filter, no changes are read at all.
    pub(crate) async fn next(
        &mut self,
        state: &AppState,
        served: &Arc<Served>,
        filter: Option<&Filter>,
    ) -> Result<Option<Step>, FeedError> {
        let at_the_end = Place { state: served.name(), number: None };
        if self.place == at_the_end {
            return Ok(None);
        }
        if self.sets.is_empty() {
            let sets = state.feed.sets(state, served, self.place).await?;
            self.sets.extend(sets.iter().cloned());
        }
        let Some(set) = self.sets.front() else { return Err(FeedError::Gone) };
        let set = Arc::clone(set);
        let behind = self.place.number.filter(|_| self.place.state == set.state).unwrap_or(0);
        let whole = Place { state: set.state, number: None };
        if filter.is_none_or(|filter| !filter.may_take(&set.change_set)) {
            self.place = whole;
            self.sets.pop_front();
            return Ok(Some(Step { block: Arc::default(), behind: 0, set: Some(set) }));
        }
        let behind = usize::try_from(behind).or(Err(FeedError::Gone))?;
        let number = behind / BLOCK;
        let block = state.feed.block(state, served, &set, number).await?;
        let behind = behind % BLOCK;
        if block.len() < BLOCK {
            self.place = whole;
            self.sets.pop_front();
            return Ok(Some(Step { block, behind, set: Some(set) }));
        }
        let number = ((number + 1) * BLOCK) as u64;
        self.place = Place { state: set.state, number: Some(number) };
        Ok(Some(Step { block, behind, set: None }))
    }
}
