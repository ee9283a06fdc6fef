//! Who comes first: people who wait for an answer.

/// How much less of a processor this thread gets from now on, where somebody else wants it (on the scale of `nice`).
const STEPS: i32 = 10;

/// Makes the calling thread, and those that it begins, give way to those that answer requests. On Linux niceness belongs
/// to a thread.
pub(crate) fn make_way() {
    if let Err(error) = rustix::process::nice(STEPS) {
        tracing::debug!(%error, "the thread keeps its priority");
    }
}
