//! A client of server-sent events, as the WHATWG describes one.

use crate::kit::begin;
use axum::body::Body;
use http_body_util::BodyExt as _;
use serde_json::Value as Json;
use siseol_http::AppState;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) data: Json,
}

/// A stream of events, open.
pub(crate) struct Stream {
    body: Body,
    /// Bytes of no whole block yet.
    rest: String,
    /// Blocks that nobody has taken yet.
    blocks: VecDeque<String>,
    last_id: Option<String>,
}

impl Stream {
    /// Opens a stream, from the event of that id on.
    pub(crate) async fn open(state: &Arc<AppState>, uri: &str, last_id: Option<String>) -> Self {
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last_id.as_deref().map(|id| ("last-event-id", id)));
        let (status, headers, body) = begin(state, "GET", uri, &headers).await;
        assert_eq!(status, 200, "{uri} {last_id:?}");
        assert_eq!(headers["content-type"], "text/event-stream");
        assert!(!headers.contains_key("content-encoding"));
        Self { body, rest: String::new(), blocks: VecDeque::new(), last_id }
    }

    /// The id that a client comes back with.
    pub(crate) fn last_id(&self) -> Option<String> {
        self.last_id.clone()
    }

    /// The next event; none at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(block) = self.blocks.pop_front() {
                if let Some(event) = self.take(&block) {
                    return Some(event);
                }
            }
            let frame = self.body.frame().await?.unwrap().into_data().unwrap();
            self.rest.push_str(std::str::from_utf8(&frame).unwrap());
            while let Some(end) = self.rest.find("\n\n") {
                let block: String = self.rest.drain(..end + 2).collect();
                self.blocks.push_back(block);
            }
        }
    }

    /// The next event, if one comes right away.
    pub(crate) async fn next_if_ready(&mut self) -> Option<Event> {
        tokio::time::timeout(Duration::from_millis(50), self.next()).await.ok().flatten()
    }

    /// Reads a block; one without data is no event, but its id counts.
    fn take(&mut self, block: &str) -> Option<Event> {
        let (mut kind, mut data) = ("message", String::new());
        for line in block.trim_end().lines() {
            match line.split_once(':') {
                Some(("event", value)) => kind = value.trim(),
                Some(("id", value)) => self.last_id = Some(value.trim().to_owned()),
                Some(("data", value)) => data.push_str(value),
                Some(("retry", value)) => assert_eq!(value.trim(), "2000"),
                Some(("", _)) => {}
                _ => unreachable!("a line of no known kind: {line}"),
            }
        }
        let data = serde_json::from_str(&data).ok()?;
        Some(Event { kind: kind.to_owned(), id: self.last_id.clone()?, data })
    }
}
