//! A server that we started, for as long as we need it.

use anyhow::{Context as _, Result};
use std::process::{Child, Command, Stdio};

/// A child process; it is killed when this is dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts it; what it says of errors is ours.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self(child))
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended by itself, or ends now.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
