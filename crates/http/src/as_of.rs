//! The time that a request asks about.

use crate::problem::shorten;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use siseol_model::Revision;
use siseol_query::Revisions;
use std::str::FromStr;

/// The time that a request asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AsOf {
    /// Now, whatever the clocks say.
    Present,
    /// Then.
    Time(Timestamp),
}

/// A text that names no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date-time and no interval of RFC 3339")]
pub(crate) struct AsOfError(String);

impl AsOf {
    /// The same, seen from a state that was made at `present`: what is not before it is the present.
    pub(crate) fn seen_from(self, present: Timestamp) -> Self {
        match self {
            Self::Time(time) if time < present => self,
            _ => Self::Present,
        }
    }

    /// The last of the commits until then; none if all are later.
    pub(crate) fn revision(self, revisions: &Revisions) -> Option<Revision> {
        match self {
            Self::Present => Some(revisions.last()),
            Self::Time(time) => revisions.iter().rev().find(|revision| revision.time <= time),
        }
    }
}

/// A date-time, a date, or an interval of which either end may be open or the second a duration. A state is asked for,
/// so that an interval means its end, an open end the present, and a date the end of that day (in UTC).
impl FromStr for AsOf {
    type Err = AsOfError;

    fn from_str(text: &str) -> Result<Self, AsOfError> {
        let time = match text.split_once('/') {
            None => moments(text).map(|[_, last]| Self::Time(last)),
            Some((start, end)) => interval(start, end),
        };
        time.ok_or_else(|| AsOfError(shorten(text)))
    }
}

fn interval(start: &str, end: &str) -> Option<AsOf> {
    let open = |part: &str| part.is_empty() || part == "..";
    if open(start) {
        return if open(end) { None } else { moments(end).map(|[_, last]| AsOf::Time(last)) };
    }
    let [begin, _] = moments(start)?;
    if open(end) {
        return Some(AsOf::Present);
    }
    let last = if end.starts_with('P') {
        let span: Span = end.parse().ok()?;
        let end = begin.to_zoned(TimeZone::UTC).checked_add(span);
        end.map_or(Timestamp::MAX, |end| end.timestamp())
    } else {
        moments(end)?[1]
    };
    (begin <= last).then_some(AsOf::Time(last))
}

/// The first and the last moment of a date-time, which is one, or of a day (in UTC).
fn moments(text: &str) -> Option<[Timestamp; 2]> {
    if let Ok(time) = text.parse() {
        return Some([time; 2]);
    }
    // "The end of time" of some clients (9999-12-31T00:00:00Z) lies a day beyond what a `Timestamp` holds.
    let utc = |time: DateTime| match time.to_zoned(TimeZone::UTC) {
        Ok(zoned) => zoned.timestamp(),
        Err(_) if time.year() < 0 => Timestamp::MIN,
        Err(_) => Timestamp::MAX,
    };
    if let Some(time) = text.strip_suffix('Z') {
        return time.parse().ok().map(|time| [utc(time); 2]);
    }
    // A date's type would read a date-time without an offset, too, of which nobody knows when it was.
    let day: Date =
        if text.len() == "2026-03-01".len() { text.parse().ok()? } else { return None };
    Some([day.at(0, 0, 0, 0), day.at(23, 59, 59, 999_999_999)].map(utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use siseol_model::Stamp;

    #[test]
    fn times_are_instants_days_and_the_ends_of_intervals() {
        for (text, expected) in [
            ("2018-02-12T23:20:52Z", "2018-02-12T23:20:52Z"),
            ("2018-02-12T23:20:52+09:00", "2018-02-12T14:20:52Z"),
            ("2018-02-12", "2018-02-12T23:59:59.999999999Z"),
            ("2018-02-12T00:00:00Z/2018-03-18T12:31:12Z", "2018-03-18T12:31:12Z"),
            ("../2018-03-18T12:31:12Z", "2018-03-18T12:31:12Z"),
            ("/2018-03-18", "2018-03-18T23:59:59.999999999Z"),
            ("2018-02-12/2018-02-12", "2018-02-12T23:59:59.999999999Z"),
            ("2018-02-12T00:00:00Z/P1M6DT2H8M1S", "2018-03-18T02:08:01Z"),
        ] {
            assert_eq!(text.parse(), Ok(AsOf::Time(expected.parse().unwrap())), "{text}");
        }
        for text in ["2018-02-12T00:00:00Z/..", "2018-02-12/"] {
            assert_eq!(text.parse(), Ok(AsOf::Present), "{text}");
        }
        for text in ["9999-12-31", "9999-12-31T23:59:59Z", "2018-02-12T00:00:00Z/P9998Y"] {
            let now = Timestamp::now();
            let read = text.parse().map(|time: AsOf| time.seen_from(now));
            assert_eq!(read, Ok(AsOf::Present), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "..",
            "../..",
            "/",
            "yesterday",
            "2018-13-01",
            "2018-02-12T23:20:52",
            "2018-02-12T00:00:00Z/x",
            "2018-02-12/2018-02-11",
            "2018-02-12/-P1D",
            "../P1D",
            "P1M",
            "P1M/2018-02-12",
        ] {
            assert!(bad.parse::<AsOf>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_commit_of_a_time_is_the_last_one_until_then() {
        let revision = |generation: i64, second: i64| Revision {
            generation,
            stamp: Stamp::from_bits(1),
            time: Timestamp::from_second(second).unwrap(),
        };
        // Two commits of one moment: the clock was set back between them.
        let all = [(1, 10), (3, 20), (4, 20), (7, 30)].map(|(g, second)| revision(g, second));
        let revisions = Revisions::new(all.to_vec()).unwrap();
        let at = |second| {
            let time = AsOf::Time(Timestamp::from_second(second).unwrap());
            time.revision(&revisions).map(|revision| revision.generation)
        };
        assert_eq!(
            [9, 10, 19, 20, 29, 30, 99].map(at),
            [None, Some(1), Some(1), Some(4), Some(4), Some(7), Some(7)]
        );
        assert_eq!(AsOf::Present.revision(&revisions), Some(revisions.last()));
    }
}
