//! OGC API Features Part 1, as its abstract tests and its clients want it.

use crate::kit::link;
use crate::town::{HOSTILE, get, send};
use siseol_http::Settings;
use std::collections::BTreeSet;

#[tokio::test]
async fn every_link_leads_to_a_document_of_the_type_it_names() {
    let mut open = vec!["/api/".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = get(&path).await;
        if path.starts_with("/api/facilities") {
            // A template: it wants to know where.
            assert_eq!(answer.status, 400);
            continue;
        }
        assert_eq!(answer.status, 200, "{path}");
        if !answer.header("content-type").contains("json") {
            continue;
        }
        let document = answer.json();
        let collections = document["collections"].as_array().cloned().unwrap_or_default();
        for owner in std::iter::once(&document).chain(&collections) {
            for l in owner["links"].as_array().into_iter().flatten() {
                let href = l["href"].as_str().unwrap();
                let path = href.strip_prefix("http://town.test").unwrap();
                open.push(path.to_owned());
                if l["rel"] == "next" || path.starts_with("/api/facilities") {
                    continue;
                }
                let target = get(path).await;
                let media = target.header("content-type");
                assert!(media.starts_with(l["type"].as_str().unwrap()), "{path}: {media}");
            }
        }
    }
    assert!(seen.len() > 12, "{seen:?}");
}

#[tokio::test]
async fn the_landing_page_names_the_api_the_conformance_and_the_data() {
    for path in ["/api", "/api/"] {
        let landing = get(path).await.json();
        assert_eq!(link(&landing, "service-desc").unwrap(), "/api/openapi");
        assert_eq!(link(&landing, "conformance").unwrap(), "/api/conformance");
        assert_eq!(link(&landing, "data").unwrap(), "/api/collections");
        assert_eq!(landing["siseol"]["notice"]["ko"], "가상 자료");
    }
    let api = get("/api/openapi").await;
    assert_eq!(api.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    let api = api.json();
    assert_eq!(api["openapi"], "3.0.3");
    assert!(api["paths"]["/collections/valve/items"]["get"].is_object());
    let classes = get("/api/conformance").await.json();
    assert!(
        classes["conformsTo"]
            .as_array()
            .unwrap()
            .contains(&"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core".into())
    );
}

#[tokio::test]
async fn every_path_of_the_description_is_there_and_takes_the_parameters_it_names() {
    let api = get("/api/openapi").await.json();
    let paths = api["paths"].as_object().unwrap();
    assert!(paths.len() > 12);
    let page = get("/api/collections/valve/items?limit=5").await.json();
    let next = link(&page, "next").unwrap();
    let (_, cursor) = next.split_once("cursor=").unwrap();
    for (path, operations) in paths {
        let fid = if path.contains("/zone/") { "251" } else { "6" };
        let at = format!("/api{}", path.replace("{featureId}", fid));
        for parameter in operations["get"]["parameters"].as_array().unwrap() {
            let reference = parameter["$ref"].as_str().unwrap().trim_start_matches('#');
            let parameter = api.pointer(reference).unwrap();
            let name = parameter["name"].as_str().unwrap();
            let value = match name {
                // A stream, which alone has a detail, never ends.
                "featureId" | "detail" => continue,
                "f" => "json",
                "bbox" => "127,36,128,38",
                // Each collection has cursors of its own.
                "cursor" if !path.contains("/valve/") => continue,
                "cursor" => cursor,
                "datetime" => "2099-01-01",
                "near" => "127,37",
                "layers" => "valve",
                "since" => "0",
                "order" => "distance",
                _ => "5",
            };
            let near = if path == "/facilities" && name != "near" { "near=127,37&" } else { "" };
            let uri = format!("{at}?{near}{name}={value}");
            assert_eq!(get(&uri).await.status, 200, "{uri}");
        }
        if path != "/facilities" {
            assert_eq!(get(&at).await.status, 200, "{at}");
        }
    }
}

#[tokio::test]
async fn a_collection_is_the_same_document_in_the_list_and_alone() {
    let list = get("/api/collections").await.json();
    for collection in list["collections"].as_array().unwrap() {
        let id = collection["id"].as_str().unwrap();
        assert_eq!(&get(&format!("/api/collections/{id}")).await.json(), collection);
        assert_eq!(collection["crs"][0], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
        assert_eq!(collection["extent"]["spatial"]["bbox"][0].as_array().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn pages_joined_by_next_hold_every_feature_once() {
    for (query, expected) in [("?limit=37", 250), ("?limit=7&bbox=127.001,36,127.0101,38", 92)] {
        let mut path = Some(format!("/api/collections/valve/items{query}"));
        let mut ids = Vec::new();
        while let Some(at) = path {
            let answer = get(&at).await;
            assert_eq!(answer.header("content-type"), "application/geo+json");
            let page = answer.json();
            let features = page["features"].as_array().unwrap();
            assert_eq!(page["numberMatched"], expected);
            assert_eq!(page["numberReturned"], features.len());
            assert!(page["timeStamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
            ids.extend(features.iter().map(|f| f["id"].as_i64().unwrap()));
            path = link(&page, "next");
            assert!(path.is_none() || !features.is_empty());
        }
        let once: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!((ids.len(), once.len()), (expected, expected));
    }
}

#[tokio::test]
async fn limits_clamp_and_offsets_past_the_end_are_empty_pages() {
    let page = get("/api/collections/valve/items?limit=99999").await.json();
    assert_eq!(page["numberReturned"], 250);
    let page = get("/api/collections/valve/items?offset=250").await.json();
    assert_eq!(page["numberReturned"], 0);
    assert_eq!(link(&page, "next"), None);
    assert_eq!(get("/api/collections/valve/items").await.json()["numberReturned"], 100);
}

#[tokio::test]
async fn an_item_is_the_feature_with_its_links() {
    let answer = get("/api/collections/valve/items/6").await;
    assert_eq!(answer.header("content-crs"), "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
    let feature = answer.json();
    assert_eq!(feature["type"], "Feature");
    assert_eq!(feature["id"], 6);
    assert_eq!(feature["properties"]["facility_key"], "SA200-5");
    assert_eq!(feature["properties"]["NAME"], HOSTILE);
    assert_eq!(link(&feature, "collection").unwrap(), "/api/collections/valve");
    let parsed: geojson::Feature = answer.text().parse().unwrap();
    assert!(parsed.geometry.is_some());
}

#[tokio::test]
async fn the_schema_names_fields_units_and_codes() {
    let schema = get("/api/collections/valve/schema").await;
    assert_eq!(schema.header("content-type"), "application/schema+json");
    let schema = schema.json();
    assert_eq!(schema["properties"]["NAME"]["title"], "이름");
    assert_eq!(schema["properties"]["DIP"]["x-siseol-unit"], "mm");
    assert_eq!(schema["properties"]["FTR_CDE"]["oneOf"][0]["title"], "제수변");
    assert_eq!(schema["properties"]["geometry"]["x-ogc-role"], "primary-geometry");
}

#[tokio::test]
async fn browsers_get_pages_in_which_nothing_hostile_is_alive() {
    let accept = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for path in [
        "/api/",
        "/api/conformance",
        "/api/collections",
        "/api/collections/valve",
        "/api/collections/valve/items",
        "/api/collections/valve/items/6",
        "/api/collections/zone/items",
    ] {
        let page = send(Settings::default(), "GET", path, &accept).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text().contains("<h1>"), "{path}");
        assert!(!page.text().contains("<img"), "{path}");
    }
    let items = send(Settings::default(), "GET", "/api/collections/valve/items", &accept).await;
    assert!(items.text().contains("제수변 (SA200)"), "codes are labelled");
    assert!(items.text().contains("&lt;img"), "the hostile name is text");
    assert!(items.text().contains("rel=\"next\""));
}
