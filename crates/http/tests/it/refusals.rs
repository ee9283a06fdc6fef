//! What is wrong is said, by name, with the right status.

use crate::town::{get, send};
use siseol_http::Settings;

async fn refused(uri: &str, status: u16, words: &[&str]) {
    let answer = get(uri).await;
    assert_eq!(answer.status, status, "{uri}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{uri}");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    for word in words {
        assert!(problem["detail"].as_str().unwrap().contains(word), "{uri}: {problem}");
    }
}

#[tokio::test]
async fn parameters_that_are_not_known_are_named_with_those_that_are() {
    for path in ["/api/", "/api/collections", "/api/collections/valve", "/api/conformance"] {
        refused(&format!("{path}?unknownQueryParameter=1"), 400, &["unknownQueryParameter", "f"])
            .await;
    }
    refused("/api/collections/valve/items?raduis=1", 400, &["raduis", "bbox", "limit"]).await;
    refused("/api/facilities?near=127,37&raduis=5", 400, &["raduis", "radius"]).await;
    refused("/api/collections/valve/items?filter=a%3D1", 400, &["filter"]).await;
    refused("/api/collections/valve/items?limit=1&limit=2", 400, &["limit", "twice"]).await;
}

#[tokio::test]
async fn values_that_do_not_do_are_named_with_what_would() {
    for (query, word) in [
        ("limit=abc", "limit"),
        ("limit=0", "limit"),
        ("limit=-5", "limit"),
        ("offset=-1", "offset"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,a,4", "bbox"),
        ("bbox=127,38,128,37", "south"),
        ("bbox=NaN,1,2,3", "NaN"),
        ("datetime=yesterday", "datetime"),
        ("f=xml", "json"),
    ] {
        refused(&format!("/api/collections/valve/items?{query}"), 400, &[word]).await;
    }
    for (query, word) in [
        ("radius=5", "near"),
        ("near=37,127&radius=5", "lon,lat"),
        ("near=127,37&radius=0", "radius"),
        ("near=127,37&radius=-1", "radius"),
        ("near=127,37&radius=1e9", "radius"),
        ("near=127,37&radius=x", "radius"),
        ("near=127,37&radius=5&layers=nowhere", "valve"),
        ("near=127,37&radius=5&layers=../etc", "layers"),
        ("near=127,37&order=index", "radius"),
        ("near=127,37&radius=5&order=index&limit=3", "limit"),
        ("near=127,37&radius=5&order=random", "order"),
    ] {
        refused(&format!("/api/facilities?{query}"), 400, &[word]).await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in [
        "/api/collections/nowhere",
        "/api/collections/nowhere/items",
        "/api/collections/nowhere/schema",
        "/api/collections/valve/items/9999",
        "/api/collections/valve/items/abc",
        "/api/collections/zone/items/6",
        "/api/collections/%2e%2e%2fetc%2fpasswd",
        "/api/quality/nowhere",
        "/api/nothing",
        "/assets/nothing.js",
        "/../Cargo.toml",
    ] {
        refused(path, 404, &[]).await;
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_head_is_get_without_a_body() {
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let answer = send(Settings::default(), method, "/api/collections", &[]).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(answer.header("allow").contains("GET"));
    }
    let head = send(Settings::default(), "HEAD", "/api/collections/valve/items", &[]).await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
}
