//! What a file's cells say becomes what the profile says its fields hold.
//!
//! Each row passes here between reading and checking, before its key is made. Blank texts and values that stand for an
//! unknown one become null, dates ISO 8601 text, codes text with all their digits, numbers that were written as text
//! numbers, and what says something of a person a mask. All of that is counted by column. A value that its field cannot
//! hold becomes null and a finding of its own row, which has the original.

mod codes;
mod count;
mod dates;
mod nulls;
mod numbers;
mod personal;
mod rule;
mod tally;

pub(crate) use numbers::{EXACT, is_inexact};
pub(crate) use rule::{Lists, Rule};

use crate::source::RawRow;
use siseol_model::Issue;
use std::ops::Range;
use tally::Tally;

/// What is done to the values of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// One for each column, in the file's order.
    pub columns: Vec<Rule>,
    /// Where the columns stand in a row's bytes, where they stand at one place in all rows.
    pub places: Option<Vec<Range<usize>>>,
}

/// Cleans the values of one file, row by row.
#[derive(Debug)]
pub(crate) struct Cleaner<'a> {
    rules: &'a Rules,
    tallies: Vec<Tally>,
    /// The columns that are masked, and their places in a row's bytes.
    masked: Vec<&'a str>,
    masked_places: Option<Vec<Range<usize>>>,
}

impl<'a> Cleaner<'a> {
    pub(crate) fn new(rules: &'a Rules) -> Self {
        let masked = || rules.columns.iter().enumerate().filter(|(_, rule)| rule.masks());
        let place = |at: usize| rules.places.as_ref()?.get(at).cloned();
        Self {
            rules,
            tallies: rules.columns.iter().map(|_| Tally::default()).collect(),
            masked: masked().map(|(_, rule)| rule.column()).collect(),
            masked_places: masked().map(|(at, _)| place(at)).collect(),
        }
    }

    /// Cleans a row's values. What is lost by that is in its findings.
    pub(crate) fn clean(&mut self, row: &mut RawRow) {
        if !self.masked.is_empty() {
            personal::hide(row, &self.masked, self.masked_places.as_deref());
        }
        let (number, issues) = (row.number, &mut row.issues);
        let columns = self.rules.columns.iter().zip(&mut self.tallies);
        for ((rule, tally), value) in columns.zip(&mut row.values) {
            if let Some(issue) = rule.clean(value, number, tally) {
                issues.push(issue);
            }
        }
    }

    /// What was counted: a finding for each column and kind, and for how many values it speaks.
    pub(crate) fn found(&self) -> Vec<(Issue, u64)> {
        let columns = self.rules.columns.iter().zip(&self.tallies);
        columns.flat_map(|(rule, tally)| tally.found(rule)).collect()
    }
}

#[cfg(test)]
mod tests;
