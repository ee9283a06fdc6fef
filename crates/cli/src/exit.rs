//! Exit codes, and how an error reads.

use siseol_ingest::IngestError;
use siseol_store::StoreError;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

/// How a command ended, other than by an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As asked.
    Done,
    /// The data has findings that stop it.
    Findings,
    /// Nothing was found.
    NothingFound,
}

/// The arguments were right in form and wrong in meaning.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// The store's own error, also where another one speaks for it and does not count as a cause.
fn of_store<'e>(cause: &'e (dyn std::error::Error + 'static)) -> Option<&'e StoreError> {
    match cause.downcast_ref::<IngestError>() {
        Some(IngestError::Store(store)) => Some(store),
        _ => cause.downcast_ref::<StoreError>(),
    }
}

/// 0 done, 1 failed, 2 usage, 3 findings, 4 nothing found, 75 busy (`EX_TEMPFAIL`).
pub(crate) fn report(outcome: anyhow::Result<Outcome>) -> ExitCode {
    let error = match outcome {
        Ok(Outcome::Done) => return ExitCode::SUCCESS,
        Ok(Outcome::Findings) => return ExitCode::from(3),
        Ok(Outcome::NothingFound) => return ExitCode::from(4),
        Err(error) => error,
    };
    let broken_pipe = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| io.kind() == ErrorKind::BrokenPipe);
    if broken_pipe {
        return ExitCode::SUCCESS;
    }
    // Nobody is left to tell if stderr is closed.
    let _told = writeln!(std::io::stderr(), "siseol: {error:#}");
    let in_the_way = |e| matches!(e, &StoreError::Busy { .. } | &StoreError::Moved { .. });
    if error.chain().filter_map(of_store).any(in_the_way) {
        ExitCode::from(75)
    } else if error.is::<Usage>() {
        ExitCode::from(2)
    } else {
        ExitCode::FAILURE
    }
}
