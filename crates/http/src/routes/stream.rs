//! `/api/changes` as server-sent events (WHATWG HTML, section 9.2).

use crate::feed::{EncodedChange, FeedError, Filter, Walk};
use crate::problem::ApiError;
use crate::state::AppState;
use crate::state_name::{Place, StateName};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use std::convert::Infallible;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;

/// A client that was cut off comes back after so many milliseconds.
const RETRY_MS: u64 = 2_000;

/// After so long without an event, a comment shows that the stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// When the register is busy, it is tried again after so long.
const BUSY: Duration = Duration::from_secs(1);

/// The stream of what comes after that place. Without a filter it has states only.
pub(crate) fn respond(
    state: &Arc<AppState>,
    place: Place,
    filter: Option<Filter>,
) -> Result<Response, ApiError> {
    let subscriber = Subscriber {
        seat: state.feed.subscribe()?,
        state: Arc::clone(state),
        news: state.news(),
        walk: Walk::from(place),
        filter,
        last_frame: None,
    };
    // Whoever reads it pulls it: nothing is read ahead, and nothing piles up for a client that does not read.
    let frames = futures_util::stream::unfold(subscriber, async |mut subscriber| {
        let frame = subscriber.next_frame().await?;
        Some((Ok::<_, Infallible>(frame), subscriber))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // A proxy in between must not hold events back until it has many.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(frames)).into_response())
}

/// One client, and how far it has come.
struct Subscriber {
    #[expect(dead_code, reason = "held until the stream ends")]
    seat: OwnedSemaphorePermit,
    state: Arc<AppState>,
    news: watch::Receiver<bool>,
    walk: Walk,
    filter: Option<Filter>,
    last_frame: Option<Instant>,
}

impl Subscriber {
    /// What to send next, as soon as there is something; none at the end.
    async fn next_frame(&mut self) -> Option<Bytes> {
        let frame = match self.last_frame {
            None => opening(self.walk.place()),
            Some(last) => self.events(last + HEARTBEAT).await?,
        };
        self.last_frame = Some(Instant::now());
        Some(frame)
    }

    /// The next events; a comment if there are none until then.
    async fn events(&mut self, heartbeat: Instant) -> Option<Bytes> {
        while Instant::now() < heartbeat {
            let draining = *self.news.borrow_and_update();
            if draining {
                return None;
            }
            let served = self.state.served();
            match self.walk.next(&self.state, &served, self.filter.as_ref()).await {
                Ok(Some(piece)) => {
                    let mut frame = Vec::new();
                    let taken = |change: &&EncodedChange| {
                        self.filter.as_ref().is_some_and(|filter| filter.takes(change))
                    };
                    for change in piece.changes().iter().filter(taken) {
                        write_event(&mut frame, "change", &change.place, &change.json);
                    }
                    if let Some(set) = &piece.set {
                        write_event(&mut frame, "state", &set.state, &set.json);
                    }
                    if !frame.is_empty() {
                        return Some(frame.into());
                    }
                }
                Ok(None) => self.news_until(heartbeat).await?,
                Err(FeedError::Failed(ApiError::Busy)) => {
                    self.news_until(heartbeat.min(Instant::now() + BUSY)).await?;
                }
                // The client comes back, and is told then what is wrong.
                Err(FeedError::Gone | FeedError::Failed(_)) => return None,
            }
        }
        Some(Bytes::from_static(b":\n\n"))
    }

    /// Waits for another state, until then at most; none if there will be no other.
    async fn news_until(&mut self, end: Instant) -> Option<()> {
        tokio::select! {
            changed = self.news.changed() => changed.ok(),
            () = tokio::time::sleep_until(end) => Some(()),
        }
    }
}

/// What a stream begins with. The id of no event makes a client that is cut off before the first one come back to this
/// place.
fn opening(place: Place) -> Bytes {
    if place.state == StateName::BEFORE_ALL {
        return format!("retry: {RETRY_MS}\n\n").into();
    }
    format!("retry: {RETRY_MS}\nid: {place}\n\n").into()
}

/// Appends an event. The data are JSON, which has no line breaks.
fn write_event(out: &mut Vec<u8>, event: &str, id: &impl Display, data: &[u8]) {
    out.extend_from_slice(format!("event: {event}\nid: {id}\ndata: ").as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}
