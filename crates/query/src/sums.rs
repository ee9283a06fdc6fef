//! Sums over blocks of rows, so that adding up a range costs its ends and not its length.

use crate::column::Column;
use crate::hits::{ClassSummary, Hits, Summary};
use crate::section::Section;
use std::collections::BTreeMap;
use std::ops::Range;

/// Rows of a block.
const BLOCK: usize = 256;

/// Above this many classes there are no sums by class and block; the rows are looked at instead.
const MAX_CLASSES: usize = 64;

/// Running sums at the beginning of each block.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// Each row's own measure: micrometres or square millimetres; empty if the layer has none.
    measures: Section<i64>,
    /// Sum of the measures before each block.
    before: Section<i128>,
    /// By class: count and measure before each block, `classes` entries a block. The last class is "no code".
    by_class: Option<ByClass>,
}

#[derive(Debug)]
struct ByClass {
    classes: usize,
    counts: Section<u32>,
    measures: Section<i128>,
}

impl Sums {
    /// The sums of rows with these measures (none at all if the layer is not measured) and this class column.
    pub(crate) fn build(rows: usize, measures: Vec<i64>, class: Option<&Column>) -> Self {
        let measure = |row: usize| i128::from(measures.get(row).copied().unwrap_or(0));
        let mut before = vec![0];
        let mut sum = 0_i128;
        for start in (0..rows).step_by(BLOCK) {
            sum += (start..(start + BLOCK).min(rows)).map(measure).sum::<i128>();
            before.push(sum);
        }
        let by_class = class.and_then(|column| {
            let Column::Text(codes, dictionary) = column else { return None };
            let classes = dictionary.len() + 1;
            if classes > MAX_CLASSES {
                return None;
            }
            let (mut counts, mut sums) = (vec![0; classes], vec![0; classes]);
            let (mut all_counts, mut all_sums) = (counts.clone(), sums.clone());
            for start in (0..rows).step_by(BLOCK) {
                for row in start..(start + BLOCK).min(rows) {
                    let class = (codes[row] as usize).min(classes - 1);
                    counts[class] += 1;
                    sums[class] += measure(row);
                }
                all_counts.extend_from_slice(&counts);
                all_sums.extend_from_slice(&sums);
            }
            Some(ByClass { classes, counts: all_counts.into(), measures: all_sums.into() })
        });
        Self { measures: measures.into(), before: before.into(), by_class }
    }

    /// What some rows add up to. `class` is the column that the sums were built with.
    pub(crate) fn summarise(&self, hits: &Hits, class: Option<&Column>) -> Summary {
        let mut summary = Summary { count: hits.count(), ..Summary::default() };
        summary.measure = hits.ranges().iter().map(|range| self.measure(range)).sum();
        if let Some(Column::Text(codes, dictionary)) = class {
            let no_code = dictionary.len();
            let mut totals = vec![(0_u64, 0_i128); no_code + 1];
            for range in hits.ranges() {
                self.add_classes(range, codes, &mut totals);
            }
            let named: BTreeMap<_, _> = totals
                .iter()
                .enumerate()
                .filter(|(_, (count, _))| *count > 0)
                .map(|(code, &total)| {
                    let text = (code < no_code).then(|| {
                        dictionary.text(u32::try_from(code).unwrap_or(u32::MAX)).to_owned()
                    });
                    (text, total)
                })
                .collect();
            summary.by_class = named
                .into_iter()
                .map(|(code, (count, measure))| ClassSummary { code, count, measure })
                .collect();
        }
        summary
    }

    /// The whole blocks within a range: from the first to before the second.
    fn blocks(range: &Range<u32>) -> Option<(usize, usize)> {
        let first = (range.start as usize).div_ceil(BLOCK);
        let end = range.end as usize / BLOCK;
        (first < end).then_some((first, end))
    }

    /// The rows of a range outside its whole blocks.
    fn edges(range: &Range<u32>) -> impl Iterator<Item = usize> + use<> {
        let (start, end) = (range.start as usize, range.end as usize);
        let (head, tail) = match Self::blocks(range) {
            Some((first, last)) => (start..first * BLOCK, last * BLOCK..end),
            None => (start..end, end..end),
        };
        head.chain(tail)
    }

    fn measure(&self, range: &Range<u32>) -> i128 {
        if self.measures.is_empty() {
            return 0;
        }
        let whole =
            Self::blocks(range).map_or(0, |(first, end)| self.before[end] - self.before[first]);
        whole + Self::edges(range).map(|row| i128::from(self.measures[row])).sum::<i128>()
    }

    fn add_classes(&self, range: &Range<u32>, codes: &[u32], totals: &mut [(u64, i128)]) {
        let last = totals.len() - 1;
        let mut add = |row: usize| {
            let total = &mut totals[(codes[row] as usize).min(last)];
            total.0 += 1;
            total.1 += i128::from(self.measures.get(row).copied().unwrap_or(0));
        };
        let (Some(sums), Some((first, end))) = (&self.by_class, Self::blocks(range)) else {
            (range.start as usize..range.end as usize).for_each(add);
            return;
        };
        Self::edges(range).for_each(&mut add);
        for (class, total) in totals.iter_mut().enumerate() {
            let (from, to) = (first * sums.classes + class, end * sums.classes + class);
            total.0 += u64::from(sums.counts[to] - sums.counts[from]);
            total.1 += sums.measures[to] - sums.measures[from];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Filling;
    use rand::{Rng as _, SeedableRng as _};
    use siseol_model::{FieldKind, Value};

    #[test]
    fn sums_of_any_ranges_are_those_of_a_scan() {
        let seed = 5;
        println!("seed {seed}");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        for classes in [3, 200] {
            let rows = 3_000_usize;
            let mut filling = Filling::new(FieldKind::Text);
            for _ in 0..rows {
                match rng.random_range(0..=classes) {
                    0 => filling.push(&Value::Null),
                    n => filling.push(&Value::text(format!("C{n:03}"))),
                }
            }
            let order: Vec<_> = (0..u32::try_from(rows).unwrap()).collect();
            let column = filling.finish(&order);
            let measures: Vec<i64> = (0..rows).map(|_| rng.random_range(0..1_000_000)).collect();
            let sums = Sums::build(rows, measures.clone(), Some(&column));
            for _ in 0..200 {
                let mut cuts: Vec<u32> = (0..4).map(|_| rng.random_range(0..=3_000)).collect();
                cuts.sort_unstable();
                let mut hits = Hits::default();
                hits.push(cuts[0]..cuts[1]);
                hits.push(cuts[2]..cuts[3]);
                let summary = sums.summarise(&hits, Some(&column));
                let mut expected: BTreeMap<Option<String>, (u64, i128)> = BTreeMap::new();
                for row in hits.rows() {
                    let Value::Text(text) = column.value(row) else {
                        let total = expected.entry(None).or_default();
                        *total = (total.0 + 1, total.1 + i128::from(measures[row as usize]));
                        continue;
                    };
                    let total = expected.entry(Some(text.into_string())).or_default();
                    *total = (total.0 + 1, total.1 + i128::from(measures[row as usize]));
                }
                let found: BTreeMap<_, _> = summary
                    .by_class
                    .iter()
                    .map(|c| (c.code.clone(), (c.count, c.measure)))
                    .collect();
                assert_eq!(found, expected);
                assert_eq!(summary.measure, expected.values().map(|v| v.1).sum::<i128>());
            }
        }
    }
}
