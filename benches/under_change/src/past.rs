//! The third part: what a past state costs that the server's memory does not have.

use crate::answers::Page;
use crate::latency::milliseconds;
use crate::rows::{LARGE, Place, READ};
use crate::siseol::{Server, Siseol};
use anyhow::Result;
use bench_kit::say;
use jiff::Timestamp;
use serde::Serialize;
use std::time::Instant;

/// How long an answer takes at the present, and the same question about the past, asked twice.
#[derive(Debug, Serialize)]
pub(crate) struct Past {
    pub(crate) question: String,
    pub(crate) present_ms: f64,
    pub(crate) first_ms: f64,
    pub(crate) second_ms: f64,
}

/// The time of the state that a fresh register is in.
pub(crate) fn present(server: &Server) -> Result<Timestamp> {
    let page: Page = server.client.get_json(&page_path(READ[0].name))?;
    Ok(page.time_stamp)
}

/// Asks a server that has just started about the state at that time.
pub(crate) fn measure(siseol: &Siseol, time: Timestamp, place: Place) -> Result<Vec<Past>> {
    say("the past");
    let server = siseol.serve()?;
    let Place { lon, lat } = place;
    let circle = format!("/api/facilities?near={lon:.7},{lat:.7}&radius=50&order=index");
    let layers = READ.iter().chain([&LARGE]).map(|layer| layer.name);
    let pages = layers.map(|layer| (format!("page of 100, {layer}"), page_path(layer)));
    let circle = ("radius 50 m, all layers, after the pages".to_owned(), circle);
    let ask = |(question, path): (String, String)| {
        let then = format!("{path}&datetime={time}");
        // The connection and the caches are warm.
        took(&server, &path)?;
        Ok(Past {
            question,
            present_ms: took(&server, &path)?,
            first_ms: took(&server, &then)?,
            second_ms: took(&server, &then)?,
        })
    };
    pages.chain([circle]).map(ask).collect()
}

fn page_path(layer: &str) -> String {
    format!("/api/collections/{layer}/items?limit=100")
}

fn took(server: &Server, path: &str) -> Result<f64> {
    let begun = Instant::now();
    server.client.get(path)?;
    Ok(milliseconds(begun.elapsed()))
}
