//! siseol's side: ingest, serve, and the paths to ask for.

use crate::places::{Place, RADIUS_M};
use anyhow::{Context as _, Result};
use bench_kit::city::City;
use bench_kit::{Running, command, http, register, run};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// A running siseol.
#[derive(Debug)]
pub(crate) struct Siseol {
    pub(crate) address: String,
    pub(crate) version: String,
    _process: Option<Running>,
}

/// A feature as siseol names it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) fid: i64,
    pub(crate) key: String,
}

impl Siseol {
    /// Loads the city, unless the register holds the same one already, and serves it.
    pub(crate) fn start(programs: &Path, work: &Path, city: &City, port: u16) -> Result<Self> {
        let program = programs.join("siseol");
        let register = register::make(programs, work, city)?;
        let address = format!("127.0.0.1:{port}");
        let process = Running::start(
            command(&program, ["serve"]).arg(&register).args(["--listen", &address]),
        )?;
        http::wait_for(&address, "/readyz", Duration::from_mins(2))?;
        let version = run(&mut command(&program, ["--version"]))?.trim().to_owned();
        Ok(Self { address, version, _process: Some(process) })
    }

    /// One that serves the same city already.
    pub(crate) fn at(address: String) -> Result<Self> {
        http::wait_for(&address, "/readyz", Duration::from_secs(1))?;
        Ok(Self { address, version: "siseol".to_owned(), _process: None })
    }

    /// All features of a layer, page by page.
    pub(crate) fn items(&self, layer: &str) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut path = Some(format!("/api/collections/{layer}/items?limit=1000"));
        while let Some(page) = path {
            let answer = http::get_json(&self.address, &page)?;
            for feature in features(&answer) {
                items.push(Item {
                    fid: feature["id"].as_i64().context("a feature without an id")?,
                    key: key_of(feature),
                });
            }
            path = next_page(&answer);
        }
        Ok(items)
    }
}

/// The path of an item.
pub(crate) fn item_path(layer: &str, fid: i64) -> String {
    format!("/api/collections/{layer}/items/{fid}")
}

/// The path of a page of 1,000 in the box around a place.
pub(crate) fn page_path(layer: &str, place: Place) -> String {
    format!("/api/collections/{layer}/items?bbox={}&limit=1000", place.bbox())
}

/// The path of everything within the radius around a place.
pub(crate) fn radius_path(Place { lon, lat }: Place) -> String {
    format!("/api/facilities?near={lon:.7},{lat:.7}&radius={RADIUS_M}&order=index")
}

/// The features of an answer.
pub(crate) fn features(answer: &Value) -> &[Value] {
    answer["features"].as_array().map_or(&[], Vec::as_slice)
}

/// A feature's facility key, empty if it has none.
pub(crate) fn key_of(feature: &Value) -> String {
    feature["properties"]["facility_key"].as_str().unwrap_or_default().to_owned()
}

fn next_page(answer: &Value) -> Option<String> {
    let links = answer["links"].as_array()?;
    let href = links.iter().find(|link| link["rel"] == "next")?["href"].as_str()?;
    // An absolute link: what follows scheme and host.
    let path = href.splitn(4, '/').nth(3)?;
    Some(format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_next_page_is_a_path_of_the_same_server() {
        let answer = json!({"links": [{"rel": "self", "href": "http://h/a"},
            {"rel": "next", "href": "http://127.0.0.1:8080/api/collections/a/items?cursor=x/y"}]});
        assert_eq!(next_page(&answer).as_deref(), Some("/api/collections/a/items?cursor=x/y"));
        assert_eq!(next_page(&json!({"links": []})), None);
    }
}
