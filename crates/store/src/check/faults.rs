//! What was found, sorted by layer and kind.

use crate::StoreError;
use std::collections::BTreeMap;

/// The first fault of each kind and how many there were.
#[derive(Debug, Default)]
pub(super) struct Faults {
    kinds: BTreeMap<&'static str, (String, u64)>,
}

impl Faults {
    pub(super) fn add(&mut self, kind: &'static str, text: impl FnOnce() -> String) {
        self.add_many(kind, 1, text);
    }

    /// Adds `n` faults of which `text` tells the first one.
    pub(super) fn add_many(&mut self, kind: &'static str, n: u64, text: impl FnOnce() -> String) {
        self.kinds.entry(kind).or_insert_with(|| (text(), 0)).1 += n;
    }

    /// What came of a check; that the file is too broken for it is a fault like others.
    pub(super) fn take<T>(
        &mut self,
        kind: &'static str,
        result: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match result {
            Ok(value) => return Ok(Some(value)),
            Err(StoreError::Damaged { fault, .. }) => self.add(kind, || fault),
            Err(StoreError::Sql { doing, source, .. }) => {
                self.add(kind, || format!("cannot {doing}: {source}"));
            }
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    pub(super) fn into_list(self) -> Vec<String> {
        let told = |(text, n)| match n {
            1 => text,
            n => format!("{text} (and {} more)", n - 1),
        };
        self.kinds.into_values().map(told).collect()
    }
}

/// The faults of the register and of each of its layers.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) register: Faults,
    layers: BTreeMap<i64, Faults>,
}

impl Findings {
    /// From now on these layers have faults of their own.
    pub(super) fn add_layers(&mut self, layers: impl IntoIterator<Item = i64>) {
        self.layers.extend(layers.into_iter().map(|id| (id, Faults::default())));
    }

    /// The faults of a layer; those of the register if it has no such layer.
    pub(super) fn of(&mut self, layer: i64) -> &mut Faults {
        self.layers.get_mut(&layer).unwrap_or(&mut self.register)
    }

    pub(super) fn take(&mut self, layer: i64) -> Faults {
        self.layers.remove(&layer).unwrap_or_default()
    }
}
