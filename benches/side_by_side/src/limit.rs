//! The limit: a server that does nothing but send bytes it already has. No server of HTTP on this machine, with this
//! client, is much faster.

use anyhow::Result;
use bench_kit::{Running, command, http};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::time::Duration;
use tokio::net::TcpListener;

/// The longest body.
const LONGEST: usize = 64 << 20;

/// Starts the server in a process of its own and waits for it.
pub(crate) fn start(port: u16) -> Result<(Running, String)> {
    let address = format!("127.0.0.1:{port}");
    let running = Running::start(&mut command(
        std::env::current_exe()?,
        ["static-body", "--listen", &address],
    ))?;
    http::wait_for(&address, "/1", Duration::from_secs(10))?;
    Ok((running, address))
}

/// Serves `/N`: N bytes.
#[tokio::main(worker_threads = 2)]
pub(crate) async fn serve(address: &str) -> Result<()> {
    let body = Bytes::from(vec![b' '; LONGEST]);
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<_>| {
                let answer = answer(&body, &request);
                async { Ok::<_, Infallible>(answer) }
            });
            // A client that goes away is no error.
            drop(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await,
            );
        });
    }
}

fn answer(body: &Bytes, request: &Request<hyper::body::Incoming>) -> Response<Full<Bytes>> {
    let length = request.uri().path().trim_start_matches('/').parse().unwrap_or(0);
    let mut response = Response::new(Full::new(body.slice(..length.min(LONGEST))));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/geo+json"));
    response
}
