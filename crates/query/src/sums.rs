//! Sums over blocks of rows, so that adding up a range costs its ends and not its length.

use crate::column::{Column, Dictionary};
use crate::section::Section;
use crate::summary::Tally;
use std::ops::Range;

/// Rows of a block.
const BLOCK: usize = 256;

/// Above this many classes there are no sums by block; the rows are looked at instead.
const MAX_CLASSES: usize = 64;

/// Ranges with fewer rows than this between them are added up as one, and those rows taken away again.
const NEAR: u32 = 64;

/// What the rows of a layer add up to, by class.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// Each row's own measure: micrometres or square millimetres; empty if the layer has none.
    measures: Section<i64>,
    /// Rows without a code are a class of their own, the last one. It is the only one if the layer has no classes.
    classes: usize,
    /// Count and measure of each class before each block, `classes` entries a block; none if there are too many.
    before: Option<(Section<u32>, Section<i128>)>,
}

/// What the rows of one class add up to.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    count: i64,
    measure: i128,
}

impl Sums {
    /// The sums of rows with these measures (none at all if the layer is not measured) and this class column.
    pub(crate) fn build(rows: usize, measures: Vec<i64>, class: Option<&Column>) -> Self {
        let (codes, classes) = classes(class);
        let mut sums = Self { measures: measures.into(), classes, before: None };
        if classes > MAX_CLASSES {
            return sums;
        }
        let (mut counts, mut measures) = (Vec::new(), Vec::new());
        let mut totals = vec![Total::default(); classes];
        for start in (0..=rows).step_by(BLOCK) {
            counts
                .extend(totals.iter().map(|total| u32::try_from(total.count).unwrap_or(u32::MAX)));
            measures.extend(totals.iter().map(|total| total.measure));
            sums.add(start..(start + BLOCK).min(rows), 1, codes, &mut totals);
        }
        sums.before = Some((counts.into(), measures.into()));
        sums
    }

    /// A row's own measure.
    pub(crate) fn measure_of(&self, row: u32) -> i64 {
        self.measures.get(row as usize).copied().unwrap_or(0)
    }

    /// The memory that they hold, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let before = self.before.as_ref();
        self.measures.bytes() + before.map_or(0, |(counts, sums)| counts.bytes() + sums.bytes())
    }

    /// What some rows add up to; the ranges ascend. `class` is the column that the sums were built with.
    pub(crate) fn tally<'a>(
        &self,
        ranges: impl Iterator<Item = Range<u32>>,
        class: Option<&'a Column>,
    ) -> Tally<'a> {
        let (codes, classes) = classes(class);
        let mut totals = vec![Total::default(); classes];
        let mut open: Option<Range<u32>> = None;
        for range in ranges {
            match &mut open {
                Some(span) if range.start - span.end < NEAR => {
                    let between = span.end as usize..range.start as usize;
                    self.add(between, -1, codes, &mut totals);
                    span.end = range.end;
                }
                _ => {
                    if let Some(span) = open.replace(range) {
                        self.add_range(&span, codes, &mut totals);
                    }
                }
            }
        }
        if let Some(span) = open {
            self.add_range(&span, codes, &mut totals);
        }
        let texts = dictionary(class);
        let mut tally = Tally::new(texts.is_some());
        for (code, total) in (0..).zip(totals) {
            let text = texts.filter(|_| code as usize + 1 < classes).map(|texts| texts.text(code));
            tally.add(text, total.count.unsigned_abs(), total.measure);
        }
        tally
    }

    /// Adds each of some rows, or takes them away again if `sign` is -1.
    fn add(&self, rows: Range<usize>, sign: i64, codes: &[u32], totals: &mut [Total]) {
        let last = totals.len() - 1;
        for row in rows {
            let measure = self.measures.get(row).copied().unwrap_or(0);
            let total = &mut totals[codes.get(row).map_or(last, |&code| last.min(code as usize))];
            total.count += sign;
            total.measure += i128::from(sign) * i128::from(measure);
        }
    }

    /// Adds a range of rows: its whole blocks by their sums, the rows at its ends each.
    fn add_range(&self, range: &Range<u32>, codes: &[u32], totals: &mut [Total]) {
        let (start, end) = (range.start as usize, range.end as usize);
        let (first, last) = (start.div_ceil(BLOCK), end / BLOCK);
        let Some((counts, measures)) = self.before.as_ref().filter(|_| first < last) else {
            return self.add(start..end, 1, codes, totals);
        };
        self.add(start..first * BLOCK, 1, codes, totals);
        self.add(last * BLOCK..end, 1, codes, totals);
        for (class, total) in totals.iter_mut().enumerate() {
            let (from, to) = (first * self.classes + class, last * self.classes + class);
            total.count += i64::from(counts[to]) - i64::from(counts[from]);
            total.measure += measures[to] - measures[from];
        }
    }
}

/// The code of each row, and how many classes there are.
fn classes(class: Option<&Column>) -> (&[u32], usize) {
    match class {
        Some(Column::Text(codes, texts)) => (codes, texts.len() + 1),
        _ => (&[], 1),
    }
}

fn dictionary(class: Option<&Column>) -> Option<&Dictionary> {
    if let Some(Column::Text(_, texts)) = class { Some(texts) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filling::Filling;
    use crate::hits::Hits;
    use rand::{Rng as _, SeedableRng as _};
    use siseol_model::{FieldKind, Value};
    use std::collections::BTreeMap;

    #[test]
    fn sums_of_any_ranges_are_those_of_a_scan() {
        let seed = 5;
        println!("seed {seed}");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        for classes in [0, 3, 200] {
            let rows = 3_000_usize;
            let mut filling = Filling::new(FieldKind::Text);
            for _ in 0..rows {
                let value = match rng.random_range(0..=classes) {
                    0 => Value::Null,
                    n => Value::text(format!("C{n:03}")),
                };
                filling.push(&value).unwrap();
            }
            let column = (classes > 0).then(|| filling.finish());
            let measures: Vec<i64> = (0..rows).map(|_| rng.random_range(0..1_000_000)).collect();
            let sums = Sums::build(rows, measures.clone(), column.as_ref());
            for most_cuts in [2, 4, 200].repeat(70) {
                // Many cuts have few rows between them.
                let mut cuts: Vec<u32> =
                    (0..most_cuts).map(|_| rng.random_range(0..=3_000)).collect();
                cuts.sort_unstable();
                let mut hits = Hits::default();
                cuts.chunks_exact(2).for_each(|cut| hits.push(cut[0]..cut[1]));
                let summary = sums.tally(hits.ranges().iter().cloned(), column.as_ref());
                let summary = summary.into_summary();
                let mut expected: BTreeMap<Option<String>, (u64, i128)> = BTreeMap::new();
                for row in hits.rows() {
                    let code = match column.as_ref().map(|column| column.value(row)) {
                        Some(Value::Text(text)) => Some(text.into_string()),
                        _ => None,
                    };
                    let total = expected.entry(code).or_default();
                    *total = (total.0 + 1, total.1 + i128::from(measures[row as usize]));
                }
                assert_eq!(summary.count, expected.values().map(|v| v.0).sum::<u64>());
                assert_eq!(summary.measure, expected.values().map(|v| v.1).sum::<i128>());
                if column.is_none() {
                    expected.clear();
                }
                let by_class = summary.by_class.into_iter();
                assert!(by_class.map(|c| (c.code, (c.count, c.measure))).eq(expected));
            }
        }
    }
}
