//! Which lives a row can have: inserted once, its versions one after the other, deleted and brought back, and at the
//! end there or not, as the history says.

use super::faults::Findings;

/// The rows that a change set inserted into a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Births {
    pub(super) layer: i64,
    pub(super) generation: i64,
    pub(super) first: i64,
    /// The fid after the last one.
    pub(super) end: i64,
}

/// What is written down of a row that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) fid: i64,
    pub(super) layer: i64,
    pub(super) span: Span,
}

/// Since when a row has been there, and since when with its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) born: i64,
    pub(super) changed: i64,
}

/// What the history tells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) fid: i64,
    pub(super) layer: i64,
    pub(super) generation: i64,
    pub(super) event: Event,
}

/// What became of a row, and the version that ended with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    CameBack,
    Updated(Span),
    Deleted(Span),
    /// What is wrong with it.
    Odd(&'static str),
}

/// The kind of a fault and its words.
pub(super) type Fault = (&'static str, &'static str);

const NEVER_INSERTED: Fault = ("birth", "nothing says that it was ever inserted");
const OTHER_LAYER: Fault = ("foreign", "the bookkeeping has it in another layer");
const NOT_IN_ORDER: Fault = ("versions", "its versions do not follow each other");
const GONE: Fault = ("gone", "it is gone, and nothing says that it was deleted");
const STILL_THERE: Fault = ("there", "it was deleted, but it is there");

/// The life of one row, as far as it has been told.
pub(super) struct Life {
    layer: i64,
    /// The state of the last event.
    last: i64,
    /// The present version if the row is there.
    state: Result<Option<Span>, Fault>,
}

impl Life {
    pub(super) fn begin(births: Option<&Births>) -> Self {
        match births {
            Some(&Births { layer, generation, .. }) => {
                let span = Span { born: generation, changed: generation };
                Self { layer, last: generation, state: Ok(Some(span)) }
            }
            None => Self { layer: 0, last: 0, state: Err(NEVER_INSERTED) },
        }
    }

    pub(super) fn goes_on(&mut self, entry: Entry) {
        self.state = self.state.and_then(|span| {
            if entry.layer != self.layer {
                return Err(OTHER_LAYER);
            }
            if entry.generation <= self.last {
                return Err(NOT_IN_ORDER);
            }
            let changed = entry.generation;
            match (span, entry.event) {
                (_, Event::Odd(fault)) => Err(("content", fault)),
                (None, Event::CameBack) => Ok(Some(Span { born: changed, changed })),
                (Some(span), Event::Updated(ended)) if ended == span => {
                    Ok(Some(Span { changed, ..span }))
                }
                (Some(span), Event::Deleted(ended)) if ended == span => Ok(None),
                _ => Err(NOT_IN_ORDER),
            }
        });
        self.last = entry.generation;
    }

    /// Compares the end of the story with what is there.
    pub(super) fn ends(self, present: Option<Record>) -> Result<(), Fault> {
        match (self.state?, present) {
            (_, Some(record)) if record.layer != self.layer => Err(OTHER_LAYER),
            (Some(span), Some(record)) if record.span == span => Ok(()),
            (Some(_), Some(_)) => Err(NOT_IN_ORDER),
            (Some(_), None) => Err(GONE),
            (None, Some(_)) => Err(STILL_THERE),
            (None, None) => Ok(()),
        }
    }
}

/// The rows that were inserted, to be met by fid.
pub(super) struct Inserted {
    /// By fid.
    births: std::vec::IntoIter<Births>,
    current: Option<Births>,
}

impl Inserted {
    pub(super) fn new(births: Vec<Births>) -> Self {
        let mut births = births.into_iter();
        let current = births.next();
        Self { births, current }
    }

    /// With which rows that one was inserted. Those before it that were not met are gone without a word.
    pub(super) fn meet(&mut self, fid: i64, findings: &mut Findings) -> Option<Births> {
        while let Some(births) = &mut self.current
            && births.end <= fid
        {
            gone(births, births.end, findings);
            self.current = self.births.next();
        }
        let births = self.current.as_mut().filter(|births| births.first <= fid)?;
        gone(births, fid, findings);
        births.first = fid + 1;
        Some(*births)
    }

    /// No more rows are met.
    pub(super) fn end(mut self, findings: &mut Findings) {
        while let Some(births) = self.current {
            gone(&births, births.end, findings);
            self.current = self.births.next();
        }
    }
}

/// The rows from the first of `births` until before `end` are not there and have no history.
fn gone(births: &Births, end: i64, findings: &mut Findings) {
    let n = (end - births.first).max(0).unsigned_abs();
    if n > 0 {
        findings
            .of(births.layer)
            .add_many(GONE.0, n, || format!("fid {}: {}", births.first, GONE.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIRTHS: Births = Births { layer: 1, generation: 2, first: 10, end: 20 };

    fn span(born: i64, changed: i64) -> Span {
        Span { born, changed }
    }

    fn life(told: &[(i64, Event)], present: Option<Span>) -> Result<(), Fault> {
        let mut life = Life::begin(Some(&BIRTHS));
        for &(generation, event) in told {
            life.goes_on(Entry { fid: 10, layer: 1, generation, event });
        }
        life.ends(present.map(|span| Record { fid: 10, layer: 1, span }))
    }

    #[test]
    fn a_whole_life_has_no_fault() {
        use Event::{CameBack, Deleted, Updated};
        assert_eq!(life(&[], Some(span(2, 2))), Ok(()));
        let updates = [(3, Updated(span(2, 2))), (5, Updated(span(2, 3)))];
        assert_eq!(life(&updates, Some(span(2, 5))), Ok(()));
        let back = [(3, Updated(span(2, 2))), (5, Deleted(span(2, 3))), (9, CameBack)];
        assert_eq!(life(&back[..2], None), Ok(()));
        assert_eq!(life(&back, Some(span(9, 9))), Ok(()));
    }

    #[test]
    fn what_does_not_follow_is_told() {
        use Event::{CameBack, Deleted, Odd, Updated};
        assert_eq!(life(&[], None), Err(GONE));
        assert_eq!(life(&[], Some(span(2, 3))), Err(NOT_IN_ORDER));
        assert_eq!(life(&[(3, Deleted(span(2, 2)))], Some(span(2, 2))), Err(STILL_THERE));
        for told in [
            &[(3, Updated(span(2, 1)))][..],
            &[(2, Updated(span(2, 2)))],
            &[(3, CameBack)],
            &[(3, Deleted(span(2, 2))), (4, Deleted(span(2, 3)))],
            &[(3, Updated(span(2, 2))), (4, Updated(span(2, 2)))],
        ] {
            assert_eq!(life(told, None), Err(NOT_IN_ORDER), "{told:?}");
        }
        assert_eq!(life(&[(3, Odd("rotten"))], None), Err(("content", "rotten")));
        assert_eq!(Life::begin(None).ends(None), Err(NEVER_INSERTED));
        let mut astray = Life::begin(Some(&BIRTHS));
        astray.goes_on(Entry { fid: 10, layer: 2, generation: 3, event: CameBack });
        assert_eq!(astray.ends(None), Err(OTHER_LAYER));
    }

    #[test]
    fn rows_that_are_not_met_are_gone() {
        let births = [BIRTHS, Births { layer: 2, generation: 3, first: 25, end: 30 }];
        let mut inserted = Inserted::new(births.to_vec());
        let mut findings = Findings::default();
        findings.add_layers([1, 2]);
        let met = [5, 10, 11, 14, 19, 20, 24, 26]
            .map(|fid| inserted.meet(fid, &mut findings).map_or(0, |births| births.layer));
        assert_eq!(met, [0, 1, 1, 1, 1, 0, 0, 2]);
        inserted.end(&mut findings);
        let told = "it is gone, and nothing says that it was deleted";
        assert_eq!(findings.take(1).into_list(), [format!("fid 12: {told} (and 5 more)")]);
        assert_eq!(findings.take(2).into_list(), [format!("fid 25: {told} (and 3 more)")]);
    }
}
