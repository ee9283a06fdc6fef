//! Times as they are compared.
//!
//! An instant lasts as long as it was said precisely: a timestamp is a point, a date a day (of UTC, beside a timestamp),
//! and a field whose dates are texts may hold a month or a year. One instant is before another if it is over when the
//! other begins, and the same if both begin and end together. So a year is neither before nor after a day in it, nor
//! the same.

use super::instant::{Instant, date_time, is_form};
use super::operators::{Comparison, TemporalRelation};
use jiff::civil::{Date, DateTime, Time};

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// Before all others: the open beginning of an interval.
    Past,
    /// In UTC.
    At(DateTime),
    /// After all others: the open end of an interval.
    Future,
}

/// The moments of an instant: its first and its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    first: Moment,
    last: Moment,
}

impl Extent {
    /// The beginning of an interval that has none.
    pub(super) const PAST: Self = Self { first: Moment::Past, last: Moment::Past };
    /// The end of an interval that has none.
    pub(super) const FUTURE: Self = Self { first: Moment::Future, last: Moment::Future };

    /// The days from one date to another.
    fn days(first: Date, last: Date) -> Self {
        Self {
            first: Moment::At(first.to_datetime(Time::MIN)),
            last: Moment::At(last.to_datetime(Time::MAX)),
        }
    }

    fn point(at: DateTime) -> Self {
        Self { first: Moment::At(at), last: Moment::At(at) }
    }

    pub(super) fn day(date: Date) -> Self {
        Self::days(date, date)
    }

    /// Reads what a field of dates holds as text: a year, a month, a day, or a date and time, in UTC if it has no zone.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        if is_form(text, "dddd") {
            let first = format!("{text}-01-01").parse::<Date>().ok()?;
            return Some(Self::days(first, first.last_of_year()));
        }
        if is_form(text, "dddd-dd") {
            let first = format!("{text}-01").parse::<Date>().ok()?;
            return Some(Self::days(first, first.last_of_month()));
        }
        let zoned = || Instant::either(text).map(Self::from);
        zoned().or_else(|| date_time(text).map(Self::point))
    }

    fn before(self, other: Self) -> bool {
        self.last < other.first
    }

    /// Whether a comparison holds. What is neither before, nor after, nor the same is less or equal, and greater or
    /// equal: it may be.
    pub(super) fn compare(self, comparison: Comparison, other: Self) -> bool {
        match comparison {
            Comparison::Equal => self == other,
            Comparison::NotEqual => self != other,
            Comparison::Less => self.before(other),
            Comparison::Greater => other.before(self),
            Comparison::LessOrEqual => !other.before(self),
            Comparison::GreaterOrEqual => !self.before(other),
        }
    }
}

impl From<Instant> for Extent {
    fn from(instant: Instant) -> Self {
        match instant {
            Instant::Date(date) => Self::day(date),
            Instant::Timestamp(time) => Self::point(time),
        }
    }
}

/// The time from one instant to another, both included; an instant is one that begins and ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    begin: Extent,
    end: Extent,
}

impl Span {
    /// The time between two instants; none if the second is before the first.
    pub(super) fn new(begin: Extent, end: Extent) -> Option<Self> {
        (!end.before(begin)).then_some(Self { begin, end })
    }

    /// How the two lie to each other.
    pub(super) fn holds(self, relation: TemporalRelation, other: Self) -> bool {
        let begins_before = self.begin.before(other.begin);
        let begins_after = other.begin.before(self.begin);
        let begins_with = self.begin == other.begin;
        let ends_before = self.end.before(other.end);
        let ends_after = other.end.before(self.end);
        let ends_with = self.end == other.end;
        let before = self.end.before(other.begin);
        let after = other.end.before(self.begin);
        match relation {
            TemporalRelation::After => after,
            TemporalRelation::Before => before,
            TemporalRelation::Contains => begins_before && ends_after,
            TemporalRelation::Disjoint => before || after,
            TemporalRelation::During => begins_after && ends_before,
            TemporalRelation::Equals => begins_with && ends_with,
            TemporalRelation::FinishedBy => begins_before && ends_with,
            TemporalRelation::Finishes => begins_after && ends_with,
            TemporalRelation::Intersects => !before && !after,
            TemporalRelation::Meets => self.end == other.begin,
            TemporalRelation::MetBy => self.begin == other.end,
            TemporalRelation::OverlappedBy => {
                begins_after && self.begin.before(other.end) && ends_after
            }
            TemporalRelation::Overlaps => {
                begins_before && other.begin.before(self.end) && ends_before
            }
            TemporalRelation::StartedBy => begins_with && ends_after,
            TemporalRelation::Starts => begins_with && ends_before,
        }
    }
}

impl From<Extent> for Span {
    fn from(instant: Extent) -> Self {
        Self { begin: instant, end: instant }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_any_precision_are_compared_by_their_extent() {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let day = [LessOrEqual, GreaterOrEqual, NotEqual].as_slice();
        let cases: [(&str, &str, &[Comparison]); 8] = [
            ("2005", "2006-01-01", &[Less, LessOrEqual, NotEqual]),
            ("2005", "2005-12-31", day),
            ("2005-05", "2005", day),
            ("2005-02", "2005-02", &[Equal, LessOrEqual, GreaterOrEqual]),
            ("2005-06", "2005-05-31", &[Greater, GreaterOrEqual, NotEqual]),
            ("2004-02", "2004-02-29T23:59:59Z", day),
            (
                "2005-05-09T10:00:00",
                "2005-05-09T19:00:00+09:00",
                &[Equal, LessOrEqual, GreaterOrEqual],
            ),
            ("9999", "9999-12-30", day),
        ];
        for (a, b, expected) in cases {
            let extent = |text| Extent::from_text(text).unwrap();
            for &comparison in Comparison::ALL {
                let holds = extent(a).compare(comparison, extent(b));
                assert_eq!(holds, expected.contains(&comparison), "{a} {comparison:?} {b}");
            }
        }
        for text in ["", "205", "2005-13", "2005-02-30", "미상", "2005-05-09 10:00:00"] {
            assert_eq!(Extent::from_text(text), None, "{text}");
        }
    }
}
