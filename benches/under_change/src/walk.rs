//! A walk along the pages of one question: all of them have to be of one state.

use crate::answers::Page;
use anyhow::{Result, ensure};
use jiff::Timestamp;
use std::collections::HashSet;

/// A walk, as far as it has come.
#[derive(Debug)]
pub(crate) struct Walk {
    next: Option<String>,
    /// What the first page says.
    state: Option<State>,
    seen: HashSet<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    time_stamp: Timestamp,
    number_matched: u64,
}

impl Walk {
    /// A walk that begins with this path.
    pub(crate) fn from(path: String) -> Self {
        Self { next: Some(path), state: None, seen: HashSet::new() }
    }

    /// Where it goes on; none at its end.
    pub(crate) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Whether any page has come yet.
    pub(crate) fn has_begun(&self) -> bool {
        self.state.is_some()
    }

    /// Takes the page that was asked for.
    pub(crate) fn take(&mut self, page: &Page) -> Result<()> {
        let found = State { time_stamp: page.time_stamp, number_matched: page.number_matched };
        let first = *self.state.get_or_insert(found);
        ensure!(first == found, "a page is of {found:?}, the first one of {first:?}");
        let returned = page.features.len() as u64;
        ensure!(
            returned == page.number_returned,
            "numberReturned is {}, and there are {returned} features",
            page.number_returned
        );
        for feature in &page.features {
            ensure!(self.seen.insert(feature.id), "feature {} is on two pages", feature.id);
        }
        self.next = page.next();
        let (seen, matched) = (self.seen.len() as u64, first.number_matched);
        ensure!(
            self.next.is_some() || seen == matched,
            "the pages have {seen} features together, and numberMatched is {matched}"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(second: u8, matched: u64, ids: &[i64], next: bool) -> Page {
        let features: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        let links = if next { json!([{"rel": "next", "href": "http://h/n"}]) } else { json!([]) };
        let page = json!({"numberMatched": matched, "numberReturned": ids.len(), "links": links,
            "timeStamp": format!("2026-01-01T00:00:{second:02}Z"), "features": features});
        serde_json::from_value(page).unwrap()
    }

    /// The pages up to the first one that is refused.
    fn walk(pages: &[Page]) -> Result<Walk> {
        let mut walk = Walk::from("/first".to_owned());
        pages.iter().try_for_each(|page| walk.take(page))?;
        Ok(walk)
    }

    #[test]
    fn pages_of_one_state_that_add_up_are_a_walk() {
        let whole = walk(&[page(1, 3, &[5, 6], true), page(1, 3, &[9], false)]).unwrap();
        assert_eq!(whole.next(), None);
        let under_way = walk(&[page(1, 3, &[5, 6], true)]).unwrap();
        assert_eq!(under_way.next(), Some("/n"));
        assert!(walk(&[page(1, 0, &[], false)]).unwrap().has_begun());
    }

    #[test]
    fn pages_of_two_states_and_pages_that_do_not_add_up_are_refused() {
        let first = || page(1, 3, &[5, 6], true);
        for bad in [
            page(2, 3, &[9], false),
            page(1, 4, &[9], true),
            page(1, 3, &[6], false),
            page(1, 3, &[], false),
            page(1, 3, &[8, 9], false),
        ] {
            assert!(walk(&[first(), bad]).is_err());
        }
        let mut lies = first();
        lies.number_returned = 1;
        assert!(walk(&[lies]).is_err());
    }
}
