//! The thread that looks at the register time and again.

use super::priority::make_way;
use crate::resident::LoadError;
use crate::routes::keep_metrics;
use crate::state::AppState;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;
use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// Follows the register until it is dropped.
#[derive(Debug)]
pub(crate) struct Following {
    stop: Arc<AtomicBool>,
    thread: Thread,
}

impl Following {
    pub(crate) fn start(state: Arc<AppState>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let follow = move || follow(&state, &stopped);
        let handle = std::thread::Builder::new().name("follow".to_owned()).spawn(follow)?;
        Ok(Self { stop, thread: handle.thread().clone() })
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // A look that is under way is finished, but nobody waits for it.
        self.stop.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

fn follow(state: &AppState, stop: &AtomicBool) {
    keep_metrics();
    make_way();
    let mut spell = false;
    while !stop.load(Ordering::Relaxed) {
        let looked = catch_unwind(AssertUnwindSafe(|| state.refresh()));
        let well = matches!(looked, Ok(Ok(())));
        match looked {
            Ok(Ok(())) if spell => tracing::info!("the register can be read again"),
            Ok(Ok(())) => {}
            // Not a word more until it is over: the present state is served meanwhile.
            _ if spell => {}
            Ok(Err(error)) => no_news(&error),
            Err(_panic) => tracing::error!("following the register panicked; it goes on"),
        }
        spell = !well;
        std::thread::park_timeout(PAUSE);
    }
}

fn no_news(error: &LoadError) {
    tracing::warn!(error = error as &dyn std::error::Error, "no news from the register");
}
