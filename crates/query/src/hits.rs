//! Answers: ranges of rows.

use std::collections::HashSet;
use std::ops::Range;

/// The rows of one layer that answer a question, in the order of the layer, as ranges that do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    ranges: Vec<Range<u32>>,
}

impl Hits {
    /// The first `len` rows.
    pub(crate) fn all(len: u32) -> Self {
        let mut hits = Self::default();
        hits.push(0..len);
        hits
    }

    /// Adds rows after all those it has; they become one range with those that they continue.
    pub(crate) fn push(&mut self, rows: Range<u32>) {
        match self.ranges.last_mut() {
            Some(last) if last.end == rows.start => last.end = rows.end,
            _ if rows.is_empty() => {}
            _ => self.ranges.push(rows),
        }
    }

    /// Adds a row after all those it has, as a range of its own.
    pub(crate) fn push_alone(&mut self, row: u32) {
        self.ranges.push(row..row + 1);
    }

    /// The rows that are in both, in their order. Rows from `packed` on are alone in their ranges and in no order of
    /// their numbers; those before it ascend.
    pub(crate) fn shared_with(&self, other: &Self, packed: u32) -> Self {
        let is_packed = |range: &&Range<u32>| range.start < packed;
        let alone = other.ranges.iter().filter(|range| !is_packed(range));
        let alone: HashSet<u32> = alone.map(|range| range.start).collect();
        let mut others = other.ranges.iter().filter(is_packed).peekable();
        let mut shared = Self::default();
        for range in &self.ranges {
            if !is_packed(&range) {
                if alone.contains(&range.start) {
                    shared.push_alone(range.start);
                }
                continue;
            }
            while let Some(next) = others.peek() {
                let (start, end) = (range.start.max(next.start), range.end.min(next.end));
                if start < end {
                    shared.push(start..end);
                }
                if next.end > range.end {
                    break;
                }
                others.next();
            }
        }
        shared
    }

    /// The ranges.
    pub fn ranges(&self) -> &[Range<u32>] {
        &self.ranges
    }

    /// How many rows.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|r| u64::from(r.end - r.start)).sum()
    }

    /// Each row.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    /// Each row.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = u32> {
        self.ranges.into_iter().flatten()
    }

    /// The rows from the `offset`-th on, at most `limit` of them. Costs the ranges, not the rows.
    #[must_use]
    pub fn page(&self, offset: u64, limit: u64) -> Self {
        let (mut skip, mut left) = (offset, limit);
        let mut page = Self::default();
        for range in &self.ranges {
            let length = u64::from(range.end - range.start);
            if skip >= length {
                skip -= length;
                continue;
            }
            if left == 0 {
                break;
            }
            let take = (length - skip).min(left);
            // Both are below the range's length, which is a u32.
            let start = range.start + u32::try_from(skip).unwrap_or(0);
            page.ranges.push(start..start + u32::try_from(take).unwrap_or(0));
            skip = 0;
            left -= take;
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(ranges: &[Range<u32>]) -> Hits {
        let mut hits = Hits::default();
        for range in ranges {
            hits.push(range.clone());
        }
        hits
    }

    #[test]
    fn ranges_that_meet_become_one() {
        assert_eq!(hits(&[0..2, 2..5, 7..8, 8..8]).ranges(), [0..5, 7..8]);
    }

    #[test]
    fn pages_cut_through_ranges() {
        let all = hits(&[0..5, 10..12, 20..30]);
        let rows: Vec<_> = all.rows().collect();
        for offset in 0..20 {
            for limit in 0..20 {
                let page: Vec<_> = all.page(offset as u64, limit as u64).rows().collect();
                let expected: Vec<_> = rows.iter().copied().skip(offset).take(limit).collect();
                assert_eq!(page, expected, "{offset} {limit}");
            }
        }
    }
}
