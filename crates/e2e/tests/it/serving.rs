//! `siseol serve` as a process.

use crate::binary::{Server, folder, run, sample_register};
use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

#[test]
fn it_answers_and_stops_when_told_to() {
    for signal in ["-INT", "-TERM"] {
        let server = Server::start(sample_register(), &[]);
        assert_eq!(server.get("/api/collections")["collections"].as_array().unwrap().len(), 25);
        assert_eq!(server.status("/healthz"), 200);
        assert_eq!(server.status("/readyz"), 200);
        assert_eq!(server.status("/"), 200);
        assert_eq!(server.status("/api/facilities?near=126.9,37.3&raduis=5"), 400);
        assert_eq!(server.status("/api/collections/nowhere"), 404);
        assert_eq!(server.stop(signal), Some(0), "{signal}");
    }
}

#[test]
fn long_answers_are_whole_plain_and_packed() {
    let server = Server::start(sample_register(), &[]);
    let path = "/api/facilities?near=126.9352,37.3617&radius=9000&order=index";
    let document = server.get(path);
    let features = document["features"].as_array().unwrap();
    assert_eq!(document["numberMatched"].as_u64().unwrap(), features.len() as u64);
    assert!(features.len() > 40_000, "{}", features.len());
    for coding in ["gzip", "zstd"] {
        let mut answer = ureq::get(format!("{}{path}", server.url))
            .header("accept-encoding", coding)
            .call()
            .unwrap();
        assert_eq!(answer.headers()["content-encoding"], coding);
        let folder = folder();
        let packed = folder.path().join(if coding == "gzip" { "a.gz" } else { "a.zst" });
        let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        fs_err::write(&packed, bytes).unwrap();
        if coding == "gzip" {
            let plain = Command::new("gzip").arg("-dc").arg(&packed).output().unwrap();
            assert!(plain.status.success());
            let read: serde_json::Value = serde_json::from_slice(&plain.stdout).unwrap();
            assert_eq!(read, document);
        }
    }
}

#[test]
fn a_port_in_use_is_said_to_be() {
    let server = Server::start(sample_register(), &[]);
    let address = server.url.strip_prefix("http://").unwrap();
    let second = run(&[
        OsStr::new("serve"),
        sample_register().as_os_str(),
        OsStr::new("--listen"),
        OsStr::new(address),
    ]);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another server"));
}

#[test]
fn tokens_are_asked_for_when_a_file_says_so() {
    let folder = folder();
    let file = folder.path().join("tokens");
    fs_err::write(&file, "viewer 0123456789abcdef0123456789abcdef\n").unwrap();
    let server = Server::start(sample_register(), &["--token-file", file.to_str().unwrap()]);
    assert_eq!(server.status("/api/collections"), 401);
    let answer = ureq::get(format!("{}/api/collections", server.url))
        .header("authorization", "Bearer 0123456789abcdef0123456789abcdef")
        .call()
        .unwrap();
    assert_eq!(answer.status(), 200);
}

#[test]
fn nonsense_on_the_wire_ends_one_connection_and_nothing_else() {
    let server = Server::start(sample_register(), &[]);
    let address = server.url.strip_prefix("http://").unwrap();
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(1 << 20));
    for junk in [
        "\0\0\0\0\0\0",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /api/ HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        &long,
    ] {
        let mut socket = TcpStream::connect(address).unwrap();
        // The server may close before it has read all of it.
        drop(socket.write_all(junk.as_bytes()));
        let mut answer = Vec::new();
        drop(socket.shutdown(std::net::Shutdown::Write));
        drop(socket.read_to_end(&mut answer));
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(server.status("/healthz"), 200);
}
