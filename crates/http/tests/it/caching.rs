//! ETags, 304 and content codings.

use crate::town::{get, send};
use siseol_http::Settings;

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
    let distinct: std::collections::BTreeSet<_> = tags.iter().collect();
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
