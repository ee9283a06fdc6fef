//! ETags, 304 and content codings.

use crate::kit::{row, send_to, wkb_square};
use crate::town::{get, send, town, valve, valve_at, valve_layer, zone_layer};
use jiff::Timestamp;
use siseol_http::Settings;
use siseol_model::{DeliveryMode, Feature, Layer};
use std::collections::BTreeSet;

const DOCUMENTS: [&str; 7] = [
    "/api/",
    "/api/collections",
    "/api/collections/valve",
    "/api/collections/valve/schema",
    "/api/collections/valve/items?limit=200",
    "/api/collections/valve/items/6",
    "/api/facilities?near=127,37&radius=500",
];

#[tokio::test]
async fn a_client_that_has_the_state_is_told_so_without_a_body() {
    for path in DOCUMENTS {
        let tag = get(path).await.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 30, "{path}: {tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let again = send(Settings::default(), "GET", path, &[("if-none-match", &known)]).await;
            assert_eq!(again.status, 304, "{path} {known}");
            assert!(again.body.is_empty());
            assert_eq!(again.header("etag"), tag);
        }
        let other = send(Settings::default(), "GET", path, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn each_coding_and_each_representation_has_a_tag_of_its_own() {
    let path = "/api/collections/valve/items?limit=200";
    let plain = get(path).await;
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "zstd"] {
        let packed = send(Settings::default(), "GET", path, &[("accept-encoding", coding)]).await;
        assert_eq!(packed.header("content-encoding"), coding);
        assert!(packed.body.len() * 3 < plain.body.len(), "{coding}: {}", packed.body.len());
        let vary: Vec<_> =
            packed.headers.get_all("vary").iter().map(|v| v.to_str().unwrap()).collect();
        assert!(vary.join(",").contains("accept-encoding"), "{vary:?}");
        let tag = packed.header("etag").to_owned();
        let headers = [("accept-encoding", coding), ("if-none-match", &*tag)];
        assert_eq!(send(Settings::default(), "GET", path, &headers).await.status, 304);
        tags.push(tag);
    }
    let page = get("/api/collections/valve/items?limit=200&f=html").await;
    tags.push(page.header("etag").to_owned());
    let distinct: BTreeSet<_> = tags.iter().collect();
    assert_eq!(distinct.len(), 4, "{tags:?}");
}

#[tokio::test]
async fn a_wrong_request_is_wrong_even_if_its_tag_is_known() {
    let tag = get("/api/collections/valve/items").await.header("etag").to_owned();
    let path = "/api/collections/valve/items?limit=x";
    assert_eq!(
        send(Settings::default(), "GET", path, &[("if-none-match", &tag)]).await.status,
        400
    );
}

#[tokio::test]
async fn a_tag_holds_until_something_that_the_answer_depends_on_is_changed() {
    let town = town();
    let state = town.serve();
    let paths = [
        "/api/",
        "/api/collections",
        "/api/collections/valve",
        "/api/collections/valve/schema",
        "/api/collections/valve/items",
        "/api/collections/valve/items/6",
        "/api/collections/valve/items/7",
        "/api/collections/zone",
        "/api/collections/zone/items",
        "/api/collections/zone/items/251",
        "/api/facilities?near=127,37&radius=500",
        "/api/facilities?near=127,37&radius=500&layers=valve",
        "/api/facilities?near=127,37&radius=500&layers=zone",
    ];
    let mut tags = Vec::new();
    for path in paths {
        tags.push(send_to(&state, "GET", path, &[]).await.header("etag").to_owned());
    }
    let deliver = |layer: Layer, rows: Vec<Feature>| {
        town.deliver(DeliveryMode::Upsert, &[(layer, rows)], Timestamp::now());
        state.refresh().unwrap();
    };
    // Which of them are not what they were, if their tags are sent; and what is answered is what is new.
    let changed = async |tags: &mut [String]| {
        let mut changed = Vec::new();
        for (path, tag) in paths.iter().zip(tags) {
            let answer = send_to(&state, "GET", path, &[("if-none-match", tag)]).await;
            let again = send_to(&state, "GET", path, &[]).await;
            if answer.status == 304 {
                assert_eq!(again.header("etag"), tag, "{path}");
                continue;
            }
            assert_ne!(again.header("etag"), tag, "{path}");
            again.header("etag").clone_into(tag);
            changed.push(*path);
        }
        changed
    };
    deliver(valve_layer(), vec![valve_at(5, 127.3)]);
    let of_the_valves = [0, 1, 2, 3, 4, 5, 10, 11].map(|i| paths[i]);
    assert_eq!(changed(&mut tags).await, of_the_valves, "valve 6 and the zones are what they were");
    deliver(zone_layer(), vec![row("Z", Some(wkb_square(127.2, 37.0, 1e-4)), vec![])]);
    let of_the_zones = [0, 1, 7, 8, 10, 12].map(|i| paths[i]);
    assert_eq!(
        changed(&mut tags).await,
        of_the_zones,
        "zone 251 and the valves are what they were"
    );
    // A delivery that changes nothing is a new state of the register, but not of a layer.
    deliver(valve_layer(), vec![valve(4)]);
    assert_eq!(changed(&mut tags).await, ["/api/", "/api/collections"]);
}
