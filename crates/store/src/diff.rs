//! Which delivered row is which row of the register.

use crate::content::HASH_BYTES;
use std::cmp::Ordering;
use std::iter::Peekable;

/// A row as the comparison sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Option<String>,
    pub(crate) hash: [u8; HASH_BYTES],
    /// The fid of a row of the register, the number of a delivered one.
    pub(crate) id: i64,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// The register has it with that content.
    Unchanged,
    /// The register's row gets the delivered row's content.
    Update { fid: i64, id: i64 },
    /// The register does not have it.
    Insert { id: i64 },
    /// The delivery does not have it.
    Missing { fid: i64 },
}

/// Matches the rows of the register with those of a delivery, both ordered by key, hash and id (no key first).
///
/// Rows are looked for under their own key only. Those with the same content are the same rows, one by one; what is left
/// under a key is paired in its order, each pair an update. Rows without a key are the same if their content is, and
/// are never updated.
pub(crate) fn match_rows<E>(
    old: impl Iterator<Item = Result<Entry, E>>,
    new: impl Iterator<Item = Result<Entry, E>>,
    mut emit: impl FnMut(Fate) -> Result<(), E>,
) -> Result<(), E> {
    let (mut old, mut new) = (old.peekable(), new.peekable());
    let mut left = Left::default();
    loop {
        // What comes first; an error comes before everything.
        let order = match (peek(&mut old)?, peek(&mut new)?) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => (&a.key, a.hash).cmp(&(&b.key, b.hash)),
        };
        match order {
            Ordering::Equal => {
                old.next();
                new.next();
                emit(Fate::Unchanged)?;
            }
            Ordering::Less => {
                let Some(Ok(entry)) = old.next() else { break };
                left.turn_to(entry.key, &mut emit)?;
                left.old.push(entry.id);
            }
            Ordering::Greater => {
                let Some(Ok(entry)) = new.next() else { break };
                left.turn_to(entry.key, &mut emit)?;
                left.new.push(entry.id);
            }
        }
    }
    left.settle(&mut emit)
}

/// The next row, if there is one; an error is passed on.
fn peek<'r, E: 'r, I: Iterator<Item = Result<Entry, E>>>(
    rows: &'r mut Peekable<I>,
) -> Result<Option<&'r Entry>, E> {
    if let Some(Err(error)) = rows.next_if(Result::is_err) {
        return Err(error);
    }
    match rows.peek() {
        Some(Ok(entry)) => Ok(Some(entry)),
        _ => Ok(None),
    }
}

/// Rows of one key that have no partner yet.
#[derive(Default)]
struct Left {
    key: Option<String>,
    old: Vec<i64>,
    new: Vec<i64>,
}

impl Left {
    /// Goes on to a key; what is left of the one before gets its fate.
    fn turn_to<E>(
        &mut self,
        key: Option<String>,
        emit: &mut impl FnMut(Fate) -> Result<(), E>,
    ) -> Result<(), E> {
        // Without a key nothing is paired, so that nothing has to wait either.
        if self.key != key || key.is_none() {
            self.settle(emit)?;
            self.key = key;
        }
        Ok(())
    }

    fn settle<E>(&mut self, emit: &mut impl FnMut(Fate) -> Result<(), E>) -> Result<(), E> {
        self.old.sort_unstable();
        self.new.sort_unstable();
        let pairs = if self.key.is_some() { self.old.len().min(self.new.len()) } else { 0 };
        for (&fid, &id) in self.old.iter().zip(&self.new).take(pairs) {
            emit(Fate::Update { fid, id })?;
        }
        for &fid in &self.old[pairs..] {
            emit(Fate::Missing { fid })?;
        }
        for &id in &self.new[pairs..] {
            emit(Fate::Insert { id })?;
        }
        self.old.clear();
        self.new.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn entry(key: &str, content: u8, id: i64) -> Entry {
        Entry { key: (!key.is_empty()).then(|| key.to_owned()), hash: [content; HASH_BYTES], id }
    }

    fn fates(mut old: Vec<Entry>, mut new: Vec<Entry>) -> Vec<Fate> {
        let order = |e: &Entry| (e.key.clone(), e.hash, e.id);
        old.sort_by_key(order);
        new.sort_by_key(order);
        let mut fates = Vec::new();
        let rows = |rows: Vec<Entry>| rows.into_iter().map(Ok::<_, Infallible>);
        let Ok(()) = match_rows(rows(old), rows(new), |fate| {
            fates.push(fate);
            Ok(())
        });
        fates.sort_unstable();
        fates
    }

    #[test]
    fn rows_are_paired_within_their_key() {
        use Fate::{Insert, Missing, Unchanged, Update};
        let found = fates(
            vec![entry("a", 1, 10), entry("b", 2, 11), entry("b", 3, 12), entry("c", 4, 13)],
            vec![
                entry("a", 9, 1),
                entry("b", 3, 2),
                entry("b", 5, 3),
                entry("b", 6, 4),
                entry("d", 4, 5),
            ],
        );
        let expected = [
            Unchanged,
            Update { fid: 10, id: 1 },
            Update { fid: 11, id: 3 },
            Insert { id: 4 },
            Insert { id: 5 },
            Missing { fid: 13 },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn rows_without_a_key_are_a_multiset_of_contents() {
        use Fate::{Insert, Missing, Unchanged};
        let found = fates(
            vec![entry("", 1, 10), entry("", 1, 11), entry("", 2, 12)],
            vec![entry("", 1, 1), entry("", 3, 2), entry("", 2, 3), entry("", 2, 4)],
        );
        let expected =
            [Unchanged, Unchanged, Insert { id: 2 }, Insert { id: 4 }, Missing { fid: 11 }];
        assert_eq!(found, expected);
    }

    /// The same by looking at all pairs.
    fn naive(old: &[Entry], new: &[Entry]) -> Vec<Fate> {
        let mut fates = Vec::new();
        let (mut old, mut new) = (old.to_vec(), new.to_vec());
        old.sort_by_key(|e| e.id);
        new.sort_by_key(|e| e.id);
        old.retain(|o| {
            let same = new.iter().position(|n| n.key == o.key && n.hash == o.hash);
            if let Some(at) = same {
                new.remove(at);
                fates.push(Fate::Unchanged);
            }
            same.is_none()
        });
        old.retain(|o| {
            let pair = new.iter().position(|n| n.key.is_some() && n.key == o.key);
            if let Some(at) = pair {
                fates.push(Fate::Update { fid: o.id, id: new.remove(at).id });
            }
            pair.is_none()
        });
        fates.extend(old.iter().map(|o| Fate::Missing { fid: o.id }));
        fates.extend(new.iter().map(|n| Fate::Insert { id: n.id }));
        fates.sort_unstable();
        fates
    }

    #[test]
    fn fates_are_those_of_a_search_over_all_pairs() {
        // A small generator of numbers (Knuth's constants) is enough to shuffle cases.
        let mut state = 20_261_124_u64;
        println!("seed {state}");
        let mut random = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        for _ in 0..2_000 {
            let mut rows = |first: i64| -> Vec<Entry> {
                let n = i64::try_from(random(9)).unwrap();
                let mut row = |i| {
                    let key = ["", "a", "b", "c"][usize::try_from(random(4)).unwrap()];
                    entry(key, u8::try_from(random(4)).unwrap(), first + i)
                };
                (0..n).map(&mut row).collect()
            };
            let (old, new) = (rows(100), rows(1));
            assert_eq!(fates(old.clone(), new.clone()), naive(&old, &new), "{old:?} {new:?}");
        }
    }
}
