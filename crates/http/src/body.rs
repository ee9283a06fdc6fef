//! Answers made of encoded features.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// Above this size features are sent as slices of the snapshot's own bytes; below it one exactly sized buffer is
/// cheaper than many small frames.
const ZERO_COPY_FROM: usize = 1 << 20;

/// A document that begins with `head`, holds `features` (runs of encoded features, to be joined by commas), and ends
/// with `tail`.
pub(crate) fn features(
    media_type: HeaderValue,
    head: Vec<u8>,
    features: Vec<Bytes>,
    tail: Vec<u8>,
) -> Response {
    let commas = features.len().saturating_sub(1);
    let length = head.len() + features.iter().map(Bytes::len).sum::<usize>() + commas + tail.len();
    let body = if length < ZERO_COPY_FROM {
        let mut buffer = head;
        buffer.reserve_exact(length - buffer.len());
        for (i, run) in features.iter().enumerate() {
            if i > 0 {
                buffer.push(b',');
            }
            buffer.extend_from_slice(run);
        }
        buffer.extend_from_slice(&tail);
        Body::from(buffer)
    } else {
        let comma = Bytes::from_static(b",");
        let mut frames = Vec::with_capacity(features.len() * 2 + 2);
        frames.push(Bytes::from(head));
        for (i, run) in features.into_iter().enumerate() {
            if i > 0 {
                frames.push(comma.clone());
            }
            frames.push(run);
        }
        frames.push(Bytes::from(tail));
        Body::from_stream(futures_util::stream::iter(
            frames.into_iter().map(Ok::<_, std::convert::Infallible>),
        ))
    };
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
