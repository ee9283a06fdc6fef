//! `siseol serve`: a register over HTTP, until told to stop.

use super::thousands;
use crate::args::Serve;
use crate::exit::{Outcome, Usage};
use crate::output;
use anyhow::Context as _;
use siseol_http::{AppState, Settings, Tokens};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;

pub(crate) fn run(args: &Serve) -> anyhow::Result<Outcome> {
    if !args.listen.ip().is_loopback() && args.token_file.is_none() && !args.insecure {
        return Err(Usage(format!(
            "{} can be reached from the network: add --token-file FILE, or --insecure if anyone may read",
            args.listen
        ))
        .into());
    }
    let settings = Settings {
        public_url: args.public_url.as_deref().map(public_url).transpose()?,
        cors_origins: args.cors_origins.iter().map(|o| origin(o)).collect::<Result<_, _>>()?,
        tokens: args.token_file.as_deref().map(Tokens::read).transpose()?,
        ..Settings::default()
    };
    let begin = Instant::now();
    let state = AppState::open(&args.register, settings)
        .with_context(|| format!("cannot use {}", args.register.display()))?;
    let resident = state.resident();
    let features: u64 = resident.snapshot.layers().iter().map(|l| u64::from(l.len())).sum();
    output::note(&format!(
        "{}: {} layers, {} features, generation {}, resident in {:.1} s",
        args.register.display(),
        resident.snapshot.layers().len(),
        thousands(features),
        resident.snapshot.state.generation,
        begin.elapsed().as_secs_f64(),
    ));
    serve(state, args.listen, |address| {
        output::note(&format!("지도 / map      http://{address}/"));
        output::note(&format!("QGIS, GDAL      http://{address}/api/"));
        output::note("Ctrl-C로 끝냅니다 / Ctrl-C stops");
    })
}

/// Serves until a signal; `ready` is told the address once clients can connect.
pub(crate) fn serve(
    state: Arc<AppState>,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen} (is another server there?)"))?;
        let address = listener.local_addr()?;
        let service = siseol_http::service(Arc::clone(&state));
        ready(address);
        siseol_http::serve(listener, service, state, stop()?).await?;
        Ok(Outcome::Done)
    })
}

/// Ready at the first Ctrl-C or SIGTERM. A second one ends the process at once.
fn stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        output::note("끝내는 중 / finishing what is under way");
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            exit_now();
        });
    })
}

#[expect(clippy::exit, reason = "the second signal means: now")]
fn exit_now() {
    std::process::exit(1);
}

/// An address of the form `http(s)://host[/path]`, without a slash at the end.
fn public_url(text: &str) -> Result<String, Usage> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
    match rest {
        Some(rest) if !rest.is_empty() && rest.chars().all(plain) => Ok(url.to_owned()),
        _ => Err(Usage(format!("--public-url `{text}` is not of the form https://host/path"))),
    }
}

/// An origin: a scheme, a host and perhaps a port, nothing more.
fn origin(text: &str) -> Result<String, Usage> {
    let url = public_url(text)?;
    let host = url.split_once("://").map_or("", |(_, rest)| rest);
    if host.contains('/') {
        return Err(Usage(format!("--cors-origin `{text}` has a path; an origin is https://host")));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_the_web_and_plain() {
        assert_eq!(public_url("https://gis.example.kr/s/").unwrap(), "https://gis.example.kr/s");
        for bad in ["ftp://x", "https://", "javascript:alert(1)", "https://x/?q=1", "https://x y"] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
        assert!(origin("https://gis.example.kr").is_ok());
        assert!(origin("https://gis.example.kr/map").is_err());
        assert!(origin("*").is_err());
    }
}
