//! A client with a connection of its own that it keeps.

use anyhow::{Result, ensure};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// An answer that does not come within this time is a fault.
const PATIENCE: Duration = Duration::from_mins(1);

/// The longest body that is read.
const LONGEST: u64 = 1 << 28;

/// A client of one server.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    address: String,
}

impl Client {
    pub(crate) fn of(address: &str) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE));
        Self { agent: config.build().into(), address: address.to_owned() }
    }

    /// The body of an answer, which has to be 200.
    pub(crate) fn get(&self, path: &str) -> Result<Vec<u8>> {
        let mut answer = self.agent.get(format!("http://{}{path}", self.address)).call()?;
        ensure!(answer.status() == 200, "{}", answer.status());
        Ok(answer.body_mut().with_config().limit(LONGEST).read_to_vec()?)
    }

    /// The same, read as JSON.
    pub(crate) fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Ok(serde_json::from_slice(&self.get(path)?)?)
    }
}
