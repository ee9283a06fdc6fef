//! Filters at work: first the index, then row by row.

mod evaluate;
mod guard;
mod row;

use super::Filter;
use super::figure::{Figure, Prepared};
use super::plan::Test;
use crate::disk::Disk;
use crate::hits::Hits;
use crate::view::LayerView;
use guard::Guarded;
use row::Row;
use std::cell::{Cell, OnceCell, RefCell};

/// Steps between two questions whether to go on: well below a millisecond. A step is a row, or a vertex of one beside a
/// vertex of a figure.
const STEPS: usize = 4_096;

/// One run of a filter over a view.
struct Run<'r> {
    filter: &'r Filter,
    /// Each figure, once it is compared.
    prepared: Vec<OnceCell<Prepared<'r>>>,
    /// What a test by text has found of each code of the base.
    tables: Vec<RefCell<Vec<Found>>>,
    steps: Cell<usize>,
}

/// What was found for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing yet.
    NotYet,
    /// This.
    Known(Option<bool>),
}

impl LayerView {
    /// The rows among `within` of which a filter is true, in their order. The filter was made for this view's layer.
    ///
    /// What a geometry has to touch is looked up in the R-tree, all else is tested row by row, a test of one text field
    /// once for each distinct text. `go_on` is asked every few thousand steps; there is no answer once it says no.
    pub fn filtered(
        &self,
        filter: &Filter,
        within: &Hits,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Hits> {
        let mut hits = within.clone();
        for (region, weight) in filter.regions() {
            let region = Guarded::new(&*region, weight, go_on);
            let touching = self.search(Some(&region));
            if region.was_stopped() {
                return None;
            }
            hits = hits.shared_with(&touching, self.base.len());
        }
        Run::new(filter).over(self, &hits, go_on)
    }
}

impl<'r> Run<'r> {
    fn new(filter: &'r Filter) -> Self {
        Self {
            filter,
            prepared: filter.figures.iter().map(|_| OnceCell::new()).collect(),
            tables: vec![RefCell::default(); filter.slots],
            steps: Cell::new(0),
        }
    }

    fn over(&self, view: &LayerView, hits: &Hits, go_on: &dyn Fn() -> bool) -> Option<Hits> {
        if let Test::Known(Some(true)) = self.filter.rest {
            return Some(hits.clone());
        }
        let mut found = Hits::default();
        for row in hits.rows() {
            let version = view.version(row);
            let holds = match version {
                Some(version) => self.filter.rest.of(Row::Version(version), self),
                None => self.filter.rest.of(Row::Packed(&view.base, row), self),
            };
            match (holds, version) {
                (Some(true), Some(_)) => found.push_alone(row),
                (Some(true), None) => found.push(row..row + 1),
                _ => {}
            }
            self.spend(1);
            if self.steps.get() >= STEPS {
                self.steps.set(0);
                if !go_on() {
                    return None;
                }
            }
        }
        Some(found)
    }

    /// Counts steps.
    fn spend(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    fn figure(&self, at: usize) -> &'r Figure {
        &self.filter.figures[at]
    }

    fn disk(&self, at: usize) -> &'r Disk {
        &self.filter.disks[at]
    }

    fn prepared(&self, at: usize) -> &Prepared<'r> {
        self.prepared[at].get_or_init(|| self.figure(at).prepared())
    }

    /// What a test says that reads one field of texts: for a row of the base, once for each code.
    fn by_text(&self, slot: usize, row: Row<'_>, field: usize, test: &Test) -> Option<bool> {
        let Some(code) = row.code(field) else { return test.of(row, self) };
        // Codes ascend from 0; the one of a null comes first, moved by one.
        let at = code.wrapping_add(1) as usize;
        let known = self.tables[slot].borrow().get(at).copied();
        if let Some(Found::Known(value)) = known {
            return value;
        }
        let value = test.of(row, self);
        let mut table = self.tables[slot].borrow_mut();
        if table.len() <= at {
            table.resize((at + 1).next_power_of_two(), Found::NotYet);
        }
        table[at] = Found::Known(value);
        value
    }
}
