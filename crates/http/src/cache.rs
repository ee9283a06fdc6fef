//! Values that cost something to make, kept while there is room.

use crate::pool::Pool;
use crate::problem::ApiError;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Values by key, of which the least recently used go first. A value is made by one at a time: whoever asks for it
/// meanwhile waits for that one.
pub(crate) struct Cache<K, V> {
    kept: Arc<Mutex<Kept<K, V>>>,
}

/// How much a cache keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) entries: usize,
    /// In the unit in which the makers weigh their values.
    pub(crate) weight: u64,
}

struct Kept<K, V> {
    slots: HashMap<K, Slot<V>>,
    bounds: Bounds,
    /// Counts the uses.
    clock: u64,
}

struct Slot<V> {
    /// Locked while it is made; none until then, and after an attempt that failed.
    value: Arc<tokio::sync::Mutex<Option<V>>>,
    weight: u64,
    last_use: u64,
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("entries", &lock(&self.kept).slots.len()).finish()
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + 'static> Cache<K, V> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let kept = Kept { slots: HashMap::new(), bounds, clock: 0 };
        Self { kept: Arc::new(Mutex::new(kept)) }
    }

    /// The value of that key; `make` makes it and weighs it, on the pool, if it is not there. What has been begun is
    /// finished and kept, also if nobody waits for it any more.
    pub(crate) async fn get<E: Send + 'static>(
        &self,
        pool: &Pool,
        key: K,
        make: impl FnOnce() -> Result<(V, u64), E> + Send + 'static,
    ) -> Result<Result<V, E>, ApiError> {
        let slot = lock(&self.kept).slot(&key);
        let mut value = slot.lock_owned().await;
        if let Some(value) = &*value {
            return Ok(Ok(value.clone()));
        }
        let kept = Arc::clone(&self.kept);
        pool.run(move || {
            let made = make();
            let weight = made.as_ref().ok().map(|&(_, weight)| weight);
            lock(&kept).weigh(&key, weight);
            let (made, _) = made?;
            *value = Some(made.clone());
            Ok(made)
        })
        .await
    }

    /// Keeps only what `keep` says.
    pub(crate) fn retain(&self, mut keep: impl FnMut(&K) -> bool) {
        lock(&self.kept).slots.retain(|key, _| keep(key));
    }
}

impl<K: Clone + Eq + Hash, V> Kept<K, V> {
    fn slot(&mut self, key: &K) -> Arc<tokio::sync::Mutex<Option<V>>> {
        self.clock += 1;
        let slot = self.slots.entry(key.clone()).or_insert_with(|| Slot {
            value: Arc::default(),
            weight: 0,
            last_use: 0,
        });
        slot.last_use = self.clock;
        Arc::clone(&slot.value)
    }

    /// Notes what a value weighs, and makes room for it. What could not be made, or is too heavy alone, leaves nothing
    /// behind.
    fn weigh(&mut self, key: &K, weight: Option<u64>) {
        match (weight.filter(|&weight| weight <= self.bounds.weight), self.slots.get_mut(key)) {
            (Some(weight), Some(slot)) => slot.weight = weight,
            _ => drop(self.slots.remove(key)),
        }
        while self.is_over() {
            let oldest = self.slots.iter().min_by_key(|(_, slot)| slot.last_use);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { return };
            self.slots.remove(&oldest);
        }
    }

    fn is_over(&self) -> bool {
        let weight: u64 = self.slots.values().map(|slot| slot.weight).sum();
        self.slots.len() > self.bounds.entries || weight > self.bounds.weight
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn cache(entries: usize, weight: u64) -> (Pool, Cache<u32, u32>) {
        (Pool::new(2), Cache::new(Bounds { entries, weight }))
    }

    #[tokio::test]
    async fn a_value_is_made_once_for_all_who_ask() {
        let (pool, cache) = cache(4, 100);
        let made = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let made = Arc::clone(&made);
            cache.get(&pool, 7, move || {
                std::thread::sleep(std::time::Duration::from_millis(20));
                made.fetch_add(1, Ordering::Relaxed);
                Ok::<_, ()>((70, 1))
            })
        };
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        assert_eq!([a, b, c].map(Result::unwrap), [Ok(70); 3]);
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_was_used_last_stays_within_the_bounds() {
        let (pool, cache) = cache(3, 100);
        let get = async |key: u32, weight: u64| {
            cache.get(&pool, key, move || Ok::<_, ()>((key, weight))).await.unwrap()
        };
        for (key, weight) in [(1, 10), (2, 10), (3, 10), (1, 99), (4, 10)] {
            assert_eq!(get(key, weight).await, Ok(key));
        }
        let keys = || {
            let mut keys: Vec<_> = lock(&cache.kept).slots.keys().copied().collect();
            keys.sort_unstable();
            keys
        };
        assert_eq!(keys(), [1, 3, 4], "2 was not used for the longest time");
        assert_eq!(get(5, 85).await, Ok(5));
        assert_eq!(keys(), [4, 5], "95 of 100");
        assert_eq!(get(6, 101).await, Ok(6));
        assert_eq!(keys(), [4, 5], "what is too heavy alone pushes nothing out");
    }

    #[tokio::test]
    async fn a_failure_leaves_nothing_behind() {
        let (pool, cache) = cache(3, 100);
        assert_eq!(cache.get(&pool, 1, || Err::<(u32, u64), _>("no")).await.unwrap(), Err("no"));
        assert!(lock(&cache.kept).slots.is_empty());
        assert_eq!(cache.get(&pool, 1, || Ok::<_, ()>((5, 1))).await.unwrap(), Ok(5));
    }
}
