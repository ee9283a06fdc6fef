//! Where work runs that may block: off the reactor, and not too much of it at once.

use crate::problem::ApiError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Work that has waited this long is not begun any more: its client has gone, or soon will.
const PATIENCE: Duration = Duration::from_secs(5);

/// A pool.
#[derive(Debug)]
pub(crate) struct Pool {
    permits: Arc<Semaphore>,
}

impl Pool {
    /// A pool that does `at_once` things at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once)) }
    }

    /// A pool for searches, which keep a processor busy.
    pub(crate) fn of_processors() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(processors.max(2))
    }

    /// Runs `work` on a thread that may block. Once begun it is finished, also if nobody waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let permit = tokio::time::timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned());
        // The semaphore is never closed, so that only waiting too long ends here.
        let Ok(Ok(permit)) = permit.await else {
            return Err(ApiError::Busy);
        };
        let result = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        result.await.map_err(|error| {
            tracing::error!(%error, "a search panicked");
            ApiError::Internal
        })
    }
}
