//! What rows add up to.

use std::collections::BTreeMap;

/// What rows of a layer add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// How many.
    pub count: u64,
    /// Of lines, their lengths in micrometres; of polygons, their areas in square millimetres; of others 0.
    pub measure: i128,
    /// The same by class, in the order of the codes.
    pub by_class: Vec<ClassSummary>,
}

/// What the rows of one class add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassSummary {
    /// The class's code; none for rows without one.
    pub code: Option<String>,
    /// How many.
    pub count: u64,
    /// As in [`Summary::measure`].
    pub measure: i128,
}

/// A summary in the making.
#[derive(Debug)]
pub(crate) struct Tally<'a> {
    count: u64,
    measure: i128,
    /// By code; none if the layer has no classes.
    by_class: Option<BTreeMap<Option<&'a str>, (u64, i128)>>,
}

impl<'a> Tally<'a> {
    /// Nothing yet. `has_classes`: whether there is a total for each code.
    pub(crate) fn new(has_classes: bool) -> Self {
        Self { count: 0, measure: 0, by_class: has_classes.then(BTreeMap::new) }
    }

    /// Adds rows of one class.
    pub(crate) fn add(&mut self, code: Option<&'a str>, count: u64, measure: i128) {
        self.count += count;
        self.measure += measure;
        if let Some(by_class) = self.by_class.as_mut().filter(|_| count > 0) {
            let total = by_class.entry(code).or_default();
            *total = (total.0 + count, total.1 + measure);
        }
    }

    pub(crate) fn into_summary(self) -> Summary {
        let by_class = self.by_class.unwrap_or_default().into_iter();
        Summary {
            count: self.count,
            measure: self.measure,
            by_class: by_class
                .map(|(code, (count, measure))| ClassSummary {
                    code: code.map(str::to_owned),
                    count,
                    measure,
                })
                .collect(),
        }
    }
}
