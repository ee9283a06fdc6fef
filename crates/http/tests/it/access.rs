//! Tokens, origins, and the headers that keep browsers safe.

use crate::town::{get, send};
use siseol_http::{Settings, Tokens};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn guarded() -> Settings {
    let file = std::env::temp_dir().join(format!("siseol-tokens-{}", std::process::id()));
    std::fs::File::options().create(true).write(true).truncate(true).open(&file).unwrap();
    fs_err::write(&file, format!("viewer {TOKEN}\n")).unwrap();
    Settings { tokens: Some(Tokens::read(&file).unwrap()), ..Settings::default() }
}

#[tokio::test]
async fn with_a_token_file_only_bearers_get_data() {
    for path in ["/api/", "/api/collections/valve/items", "/api/nothing", "/metrics"] {
        let answer = send(guarded(), "GET", path, &[]).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let wrong = [("authorization", "Bearer 0123456789abcdef0123456789abcdee")];
        assert_eq!(send(guarded(), "GET", path, &wrong).await.status, 401, "{path}");
    }
    let bearer = format!("Bearer {TOKEN}");
    let right = [("authorization", bearer.as_str())];
    assert_eq!(send(guarded(), "GET", "/api/collections", &right).await.status, 200);
    for path in ["/", "/healthz", "/readyz"] {
        assert_eq!(send(guarded(), "GET", path, &[]).await.status, 200, "{path} has no data");
    }
}

#[tokio::test]
async fn only_named_origins_may_read() {
    let settings = || Settings {
        cors_origins: vec!["https://map.example.kr".to_owned()],
        ..Settings::default()
    };
    let from = |origin: &'static str| async move {
        let answer = send(settings(), "GET", "/api/", &[("origin", origin)]).await;
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(from("https://map.example.kr").await, "https://map.example.kr");
    assert_eq!(from("https://evil.example").await, "");
    let preflight = [
        ("origin", "https://map.example.kr"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization,last-event-id"),
    ];
    let answer = send(settings(), "OPTIONS", "/api/collections", &preflight).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://map.example.kr");
    let allowed = answer.header("access-control-allow-headers");
    assert!(["authorization", "last-event-id"].iter().all(|name| allowed.contains(name)));
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_safe() {
    for path in ["/", "/api/", "/api/nothing", "/healthz", "/api/collections/valve/items?x=1"] {
        let answer = get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
}

#[tokio::test]
async fn links_follow_the_public_url() {
    let settings =
        Settings { public_url: Some("https://gis.example.kr/s".to_owned()), ..Settings::default() };
    let landing = send(settings, "GET", "/api/", &[]).await.json();
    for link in landing["links"].as_array().unwrap() {
        assert!(
            link["href"].as_str().unwrap().starts_with("https://gis.example.kr/s/api"),
            "{link}"
        );
    }
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_address() {
    get("/api/collections/valve/items/6").await;
    let text = get("/metrics").await;
    assert!(text.text().contains("siseol_requests_total"));
    assert!(text.text().contains("{fid}"));
    assert!(!text.text().contains("items/6"));
    assert!(text.text().contains("siseol_features{layer=\"valve\"} 250"));
}
