//! The service over a resident snapshot: OGC API Features, facility lookups, the web map.
//!
//! This crate alone knows URLs, envelopes, links and status codes. [`load`] makes a register [`Resident`];
//! [`AppState::open`] does so for a server, [`service`] answers from it without needing a socket, and [`serve`] puts
//! that on one, with the limits and timeouts that a server on a network needs, and follows what is committed to the
//! register.
//!
//! A handler reads its parameters into a checked type, answers `304` if the client has the state already, asks the
//! snapshot (on a bounded pool, never on the reactor, unless it is one look-up), and wraps the answer.

mod as_of;
mod auth;
mod body;
mod cache;
mod etag;
mod feed;
mod follow;
mod headers;
mod html;
mod links;
mod media;
mod mending;
mod params;
mod past;
mod pool;
mod problem;
mod resident;
mod routes;
mod served;
mod server;
mod state;
mod state_name;
mod surveys;
mod transforms;

pub use auth::{TokenError, Tokens};
pub use mending::{ExportError, export_findings};
pub use resident::{Delivered, Home, LoadError, Resident, load, load_at, survey};
pub use routes::documents::{
    DEFAULT_LIMIT, FacilityQuery, FeatureDocument, LookupError, MAX_LIMIT, facilities_document,
    features_document, layer_document, layer_lines,
};
pub use routes::service;
pub use server::{ServeError, serve};
pub use state::{AppState, Settings};
