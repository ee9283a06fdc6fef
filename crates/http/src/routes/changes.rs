//! `/api/changes`: what changed, in order. Pages of it are here, the stream of events is in [`super::stream`].

use super::ask::Ask;
use super::documents::{chosen_layers, write_json};
use super::stream;
use crate::body;
use crate::feed::{FeedError, Filter, Since, Walk};
use crate::links::Link;
use crate::media::JSON;
use crate::params::Params;
use crate::problem::ApiError;
use crate::state_name::Place;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use siseol_model::Stamp;
use siseol_query::BoxRegion;

pub(crate) const CHANGES_PARAMETERS: [&str; 6] =
    ["since", "layers", "bbox", "limit", "detail", "f"];

/// The header in which a client that was cut off says what it got last.
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How many changes a page has if nothing is said.
pub(crate) const DEFAULT_CHANGES: u64 = 1_000;

/// The most changes that a page can have.
pub(crate) const MAX_CHANGES: u64 = 10_000;

/// A page ends after so many pieces of the feed, whatever the filters leave of them ..
const MAX_PIECES: usize = 200;

/// .. or when it is so many bytes long.
const MAX_BYTES: usize = 16 << 20;

/// `GET /api/changes`.
pub(crate) async fn changes(ask: Ask) -> Result<Response, ApiError> {
    let params = ask.params(&CHANGES_PARAMETERS)?;
    let filter = filter(&ask, &params)?;
    if is_streamed(&params, &ask.headers)? {
        let filter = filter_of_stream(&params, filter)?;
        let place = locate(&ask, &params, Since::Now).await?;
        return stream::respond(&ask.state, place, filter);
    }
    if params.text("detail").is_some() {
        return Err(ApiError::invalid("detail", "it is for the stream of events (f=sse)"));
    }
    let limit = params.clamped("limit", DEFAULT_CHANGES, 1, MAX_CHANGES)?;
    let place = locate(&ask, &params, Since::Generation(0)).await?;
    let page = Page::read(&ask, place, &filter, limit).await;
    page.map(|page| page.into_response(&ask, &params))
        .map_err(|error| failure(&ask, &params, error))
}

/// One page of the feed.
struct Page {
    changes: Vec<Bytes>,
    /// Where the next one goes on, unless this one ends with the state that is served.
    next: Option<Place>,
}

impl Page {
    async fn read(ask: &Ask, place: Place, filter: &Filter, limit: u64) -> Result<Self, FeedError> {
        let (mut changes, mut bytes) = (Vec::new(), 0);
        let mut walk = Walk::from(place);
        for _ in 0..MAX_PIECES {
            let Some(piece) = walk.next(&ask.state, &ask.served, Some(filter)).await? else {
                return Ok(Self { changes, next: None });
            };
            for change in piece.changes().iter().filter(|change| filter.takes(change)) {
                if changes.len() as u64 == limit {
                    return Ok(Self { changes, next: Some(place_before(change.place)) });
                }
                bytes += change.json.len();
                changes.push(change.json.clone());
            }
            if bytes > MAX_BYTES {
                break;
            }
        }
        let end = Place { state: ask.served.name(), number: None };
        Ok(Self { changes, next: Some(walk.place()).filter(|&place| place != end) })
    }

    fn into_response(self, ask: &Ask, params: &Params<'_>) -> Response {
        let state = &ask.snapshot().state;
        let href = ask.base().at("changes");
        let own = params.without(&[]);
        let mut links = vec![Link::new("self", "application/json", address(&href, &own))];
        if let Some(next) = self.next {
            let rest = params.without(&["since"]);
            let joint = if rest.is_empty() { "" } else { "&" };
            let query = format!("{rest}{joint}since={next}");
            links.push(Link::new("next", "application/json", address(&href, &query)));
        }
        let mut head = Vec::new();
        write_json(
            &mut head,
            &PageHead {
                generation: state.generation,
                stamp: state.stamp,
                time: state.time,
                returned: self.changes.len(),
                links,
            },
        );
        // The changes are its last member.
        head.pop();
        head.extend_from_slice(br#","changes":["#);
        let mut response = body::features(JSON, head, self.changes, b"]}".to_vec());
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// A page, but for its changes: the state until which there are any, and the links.
#[derive(Serialize)]
struct PageHead {
    generation: i64,
    stamp: Stamp,
    #[serde(rename = "timeStamp")]
    time: Timestamp,
    #[serde(rename = "numberReturned")]
    returned: usize,
    links: Vec<Link>,
}

fn address(href: &str, query: &str) -> String {
    if query.is_empty() { href.to_owned() } else { format!("{href}?{query}") }
}

/// The place after which a change comes.
fn place_before(place: Place) -> Place {
    Place { number: place.number.map(|number| number.saturating_sub(1)), ..place }
}

/// Whether the client wants events: by `f=`, else by what it accepts.
fn is_streamed(params: &Params<'_>, headers: &HeaderMap) -> Result<bool, ApiError> {
    match params.text("f") {
        Some("json") => Ok(false),
        Some("sse") => Ok(true),
        Some(_) => Err(ApiError::invalid("f", "it is json or sse")),
        None => {
            let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            let mut kinds = accept.unwrap_or_default().split([',', ';']).map(str::trim);
            Ok(kinds.any(|kind| kind == "text/event-stream"))
        }
    }
}

fn filter(ask: &Ask, params: &Params<'_>) -> Result<Filter, ApiError> {
    let layers = params.layers()?;
    chosen_layers(ask.snapshot(), layers.as_deref())?;
    Ok(Filter { layers, bbox: params.get("bbox")?.map(BoxRegion::new) })
}

/// What a stream leaves out; none if it has states only.
fn filter_of_stream(params: &Params<'_>, filter: Filter) -> Result<Option<Filter>, ApiError> {
    if params.text("limit").is_some() {
        return Err(ApiError::invalid("limit", "a stream has no pages"));
    }
    match params.text("detail") {
        None | Some("changes") => Ok(Some(filter)),
        Some("states") => match ["layers", "bbox"].into_iter().find(|n| params.text(n).is_some()) {
            None => Ok(None),
            Some(name) => Err(ApiError::invalid(name, "detail=states leaves no state out")),
        },
        Some(_) => Err(ApiError::invalid("detail", "it is changes or states")),
    }
}

/// The place after which the answer begins: by the header of a client that was cut off, else by `since=`.
async fn locate(ask: &Ask, params: &Params<'_>, default: Since) -> Result<Place, ApiError> {
    let last = ask.headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty());
    let since =
        match last {
            Some(value) => value.to_str().ok().and_then(|id| id.parse().ok()).ok_or_else(|| {
                ApiError::invalid("Last-Event-ID", "it is no event of this server")
            })?,
            None => params.get("since")?.unwrap_or(default),
        };
    let place = ask.state.feed.locate(&ask.state, &ask.served, since).await;
    place.map_err(|error| failure(ask, params, error))
}

fn failure(ask: &Ask, params: &Params<'_>, error: FeedError) -> ApiError {
    match error {
        FeedError::Failed(error) => error,
        FeedError::Gone => {
            let rest = params.without(&["since"]);
            ApiError::Gone { what: "this event", start: address(&ask.base().at("changes"), &rest) }
        }
    }
}
