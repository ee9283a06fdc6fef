//! Where searches run: off the reactor, and no more of them at once than there are processors.

use crate::problem::ApiError;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A search that has waited this long is not begun any more: its client has gone, or soon will.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pool.
#[derive(Debug)]
pub(crate) struct Pool {
    permits: Semaphore,
}

impl Pool {
    pub(crate) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { permits: Semaphore::new(processors.max(2)) }
    }

    /// Runs `work` on a thread that may block.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        // The semaphore is never closed, so that only waiting too long ends here.
        let Ok(Ok(permit)) = tokio::time::timeout(PATIENCE, self.permits.acquire()).await else {
            return Err(ApiError::Busy);
        };
        let result = tokio::task::spawn_blocking(work).await;
        drop(permit);
        result.map_err(|error| {
            tracing::error!(%error, "a search panicked");
            ApiError::Internal
        })
    }
}
