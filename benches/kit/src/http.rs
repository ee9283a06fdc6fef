//! As much of an HTTP client as the checks need.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(1);

/// The body of an answer that must be 200. HTTP/1.0, so that it comes unchunked and ends with the connection.
pub fn get(address: &str, path: &str) -> Result<Vec<u8>> {
    let mut stream =
        TcpStream::connect(address).with_context(|| format!("cannot reach {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let (head, body) = split(&answer).with_context(|| format!("{path}: not an HTTP answer"))?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    ensure!(status == "200", "{path}: {status} {}", String::from_utf8_lossy(body));
    Ok(body.to_vec())
}

/// The body of an answer that must be 200 and JSON.
pub fn get_json(address: &str, path: &str) -> Result<Value> {
    serde_json::from_slice(&get(address, path)?).with_context(|| format!("{path}: not JSON"))
}

/// Waits until the path answers 200.
pub fn wait_for(address: &str, path: &str, patience: Duration) -> Result<()> {
    let begun = Instant::now();
    loop {
        match get(address, path) {
            Ok(_) => return Ok(()),
            Err(error) if begun.elapsed() > patience => {
                return Err(error.context(format!("{address} does not become ready")));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Head and body.
fn split(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
    Some((std::str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_split_at_the_empty_line() {
        assert_eq!(
            split(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}"),
            Some(("HTTP/1.1 200 OK\r\nA: b", &b"{}"[..]))
        );
        assert_eq!(split(b"HTTP/1.1 200 OK\r\n"), None);
    }
}
