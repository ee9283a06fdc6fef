//! What was found in a column, counted by value.

use siseol_model::Value;
use std::fmt::Write as _;

/// How many different values are told.
const SHOWN: usize = 8;

/// How often something was found in a column, and with which values.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub rows: u64,
    pub first: u64,
    values: Vec<Seen>,
    /// Rows with values that came after as many as are told.
    others: u64,
}

#[derive(Debug)]
struct Seen {
    value: Value,
    rows: u64,
    first: u64,
}

impl Count {
    /// Counts a row whose value is not told.
    pub(super) fn add(&mut self, row: u64) {
        if self.rows == 0 {
            self.first = row;
        }
        self.rows += 1;
    }

    /// Counts a row with its value. Nothing is written for a value that was there before.
    pub(super) fn add_value(&mut self, row: u64, value: &Value) {
        self.add(row);
        if let Some(seen) = self.values.iter_mut().find(|seen| seen.value == *value) {
            seen.rows += 1;
        } else if self.values.len() < SHOWN {
            self.values.push(Seen { value: value.clone(), rows: 1, first: row });
        } else {
            self.others += 1;
        }
    }

    /// The first value, as found.
    pub(super) fn value(&self) -> Option<&Value> {
        self.values.first().map(|seen| &seen.value)
    }

    /// Its values in words: how often each, and where first. `more` says something of a value.
    pub(super) fn told(&self, more: impl Fn(&Value) -> String) -> String {
        let mut told = String::new();
        for seen in &self.values {
            let comma = if told.is_empty() { "" } else { ", " };
            let value: String = seen.value.to_string().chars().take(80).collect();
            // Writing to memory cannot fail.
            let _written = write!(
                told,
                "{comma}`{value}`{} × {} (first in row {})",
                more(&seen.value),
                seen.rows,
                seen.first
            );
        }
        if self.others > 0 {
            let _written = write!(told, ", and others × {}", self.others);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_with_how_often_and_where_first() {
        let mut count = Count::default();
        for (row, value) in [(3, 1), (4, 2), (9, 1)] {
            count.add_value(row, &Value::Integer(value));
        }
        assert_eq!((count.rows, count.first), (3, 3));
        assert_eq!(
            count.told(|_| String::new()),
            "`1` × 2 (first in row 3), `2` × 1 (first in row 4)"
        );
        for value in 10..30 {
            count.add_value(9, &Value::Integer(value));
        }
        assert!(count.told(|_| "!".to_owned()).ends_with(", and others × 14"));
    }
}
