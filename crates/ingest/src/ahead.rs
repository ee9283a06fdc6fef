//! Reading ahead: a thread of its own reads rows while those before them are checked and written.

use crate::source::{Halt, RawRow, RowSource, Visit};
use siseol_model::Issue;
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::thread;

/// Rows that are handed over together: many, because on a busy machine a thread that waits for another one waits for all
/// others, too.
const BATCH: usize = 1 << 10;
/// As many bytes end a batch earlier: rows may be large.
const BATCH_BYTES: usize = 1 << 20;
/// Batches that are read and wait.
const WAITING: usize = 1;

/// Reads all rows as [`RowSource::read`] does, but `visit` sees them while the next ones are read. Where reading fails,
/// it has seen the rows before.
pub(crate) fn read_ahead(
    source: &dyn RowSource,
    visit: &mut Visit<'_>,
) -> Result<Vec<Issue>, Halt> {
    thread::scope(|scope| {
        let (ready, batches) = sync_channel::<Batch>(WAITING);
        let (used, free) = channel();
        let reader = scope.spawn(move || {
            let mut batch = Batch::default();
            let read = source.read(&mut |row| {
                batch.take(row);
                if !batch.is_full() {
                    return Ok(true);
                }
                let next = Batch::again(&free);
                // Nobody receives any more once the visitor has had enough.
                Ok(ready.send(std::mem::replace(&mut batch, next)).is_ok())
            });
            drop(ready.send(batch));
            read
        });
        let visited = visit_all(batches, visit, |batch| drop(used.send(batch)));
        // What the reader says counts only if the visitor was content.
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        visited.and(read)
    })
}

fn visit_all(
    batches: Receiver<Batch>,
    visit: &mut Visit<'_>,
    give_back: impl Fn(Batch),
) -> Result<(), Halt> {
    for mut batch in batches {
        for row in &mut batch.rows[..batch.filled] {
            if !visit(row)? {
                return Ok(());
            }
        }
        give_back(batch);
    }
    Ok(())
}

/// Rows on their way. Those behind the filled ones are there for their buffers.
#[derive(Default)]
struct Batch {
    rows: Vec<RawRow>,
    filled: usize,
    bytes: usize,
}

impl Batch {
    /// One that was used, if there is one.
    fn again(free: &Receiver<Self>) -> Self {
        let rows = free.try_recv().map_or_else(|_| Vec::new(), |used| used.rows);
        Self { rows, filled: 0, bytes: 0 }
    }

    /// Takes a row and leaves another one in its place, which has buffers to be filled.
    fn take(&mut self, row: &mut RawRow) {
        if self.filled == self.rows.len() {
            self.rows.push(RawRow::default());
        }
        std::mem::swap(&mut self.rows[self.filled], row);
        self.bytes += self.rows[self.filled].bytes();
        self.filled += 1;
    }

    fn is_full(&self) -> bool {
        self.filled == BATCH || self.bytes >= BATCH_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Refusal;
    use siseol_model::{IssueKind, Value};

    /// Rows of growing size, and an error after them if there is to be one.
    struct Growing {
        rows: u64,
        fails: bool,
    }

    impl RowSource for Growing {
        fn read(&self, visit: &mut Visit<'_>) -> Result<Vec<Issue>, Halt> {
            let mut row = RawRow::default();
            for number in 1..=self.rows {
                row.begin(number);
                let bytes = usize::try_from(number * 37).unwrap();
                row.wkb.resize(bytes, u8::try_from(number % 251).unwrap());
                if !visit(&mut row)? {
                    break;
                }
            }
            if self.fails {
                return Err(Refusal::new(IssueKind::Unreadable, "it ends here").into());
            }
            Ok(vec![Issue::file(IssueKind::Empty, "said at the end")])
        }
    }

    fn seen(source: &Growing, enough: u64) -> (Vec<u64>, Result<Vec<Issue>, Halt>) {
        let mut numbers = Vec::new();
        let read = read_ahead(source, &mut |row| {
            assert!(row.wkb.iter().all(|b| u64::from(*b) == row.number % 251));
            assert_eq!(row.wkb.len() as u64, row.number * 37);
            numbers.push(row.number);
            Ok(row.number < enough)
        });
        (numbers, read)
    }

    #[test]
    fn every_row_is_seen_once_and_in_order() {
        for rows in [0, 1, BATCH as u64 - 1, BATCH as u64, BATCH as u64 + 1, 2_000] {
            let (numbers, read) = seen(&Growing { rows, fails: false }, u64::MAX);
            assert_eq!(numbers, (1..=rows).collect::<Vec<_>>());
            assert_eq!(read.unwrap().len(), 1);
        }
    }

    #[test]
    fn large_rows_end_a_batch_whatever_is_large_in_them() {
        let large: [fn(&mut RawRow); 4] = [
            |row| row.wkb.resize(BATCH_BYTES / 2, 0),
            |row| row.raw.resize(BATCH_BYTES / 2, 0),
            |row| row.raw_geometry.resize(BATCH_BYTES / 2, 0),
            |row| row.values.push(Value::text("a".repeat(BATCH_BYTES / 2))),
        ];
        for fill in large {
            let mut batch = Batch::default();
            for full in [false, true] {
                let mut row = RawRow::default();
                fill(&mut row);
                batch.take(&mut row);
                assert_eq!(batch.is_full(), full);
            }
        }
    }

    #[test]
    fn a_failure_comes_after_the_rows_before_it() {
        let (numbers, read) = seen(&Growing { rows: 1_000, fails: true }, u64::MAX);
        assert_eq!(numbers.len(), 1_000);
        assert!(matches!(read, Err(Halt::Refused(_))));
    }

    #[test]
    fn the_visitor_ends_the_reading_when_it_has_enough_or_fails() {
        let (numbers, read) = seen(&Growing { rows: 2_000, fails: false }, 300);
        assert_eq!(numbers.len(), 300);
        assert!(read.is_ok());
        let failed = read_ahead(&Growing { rows: 2_000, fails: false }, &mut |_| {
            Err(Refusal::new(IssueKind::RowCount, "no more").into())
        });
        assert!(matches!(failed, Err(Halt::Refused(r)) if r.0.kind == IssueKind::RowCount));
    }
}
