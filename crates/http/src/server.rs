//! The service on a socket, with the limits and timeouts of a server that strangers can reach.

use crate::follow::Following;
use crate::state::AppState;
use axum::BoxError;
use axum::body::{Body, HttpBody};
use axum::http::{Request, Response};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::{Service, ServiceExt as _};

/// Connections at once; more wait to be accepted.
const MAX_CONNECTIONS: usize = 1024;

/// A client has this long to send the head of a request, counted from when the connection is idle too.
const HEAD: Duration = Duration::from_secs(30);

/// A client that reads nothing for this long is cut off.
const STALLED_READER: Duration = Duration::from_secs(30);

/// How long requests under way may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(25);

/// Why a server did not start, or stopped other than when told to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// There is no thread to follow the register on.
    #[error("cannot follow the register")]
    Follow(#[from] std::io::Error),
    /// Requests were still under way when the time to finish them was over.
    #[error("some requests did not finish within {} s and were cut off", DRAIN.as_secs())]
    Cut,
}

/// Serves, and follows the register, until `stop` is ready; then finishes what is under way.
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    state: Arc<AppState>,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError>
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let following = Following::start(Arc::clone(&state))?;
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let graceful = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            // The semaphore is never closed.
            let permit = Arc::clone(&permits).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely; a moment later some will be free.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot switch off Nagle's algorithm");
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(STALLED_READER));
        let service =
            service.clone().map_request(|request: Request<Incoming>| request.map(Body::new));
        let service = TowerToHyperService::new(service);
        let connection =
            builder.serve_connection(TokioIo::new(Box::pin(stream)), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    state.drain();
    drop(following);
    drop(listener);
    match tokio::time::timeout(DRAIN, graceful.shutdown()).await {
        Ok(()) => Ok(()),
        Err(_elapsed) => Err(ServeError::Cut),
    }
}
