//! The service on a socket.

use crate::kit::send_to;
use crate::town::{town, valve, valve_at, valve_layer};
use jiff::Timestamp;
use siseol_http::{AppState, ServeError};
use siseol_model::DeliveryMode;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    async fn start(state: &Arc<AppState>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let service = siseol_http::service(Arc::clone(state));
        let task = tokio::spawn(siseol_http::serve(listener, service, Arc::clone(state), async {
            stopped.await.unwrap();
        }));
        Self { address, stop, task }
    }

    /// Asks for the change feed as a stream.
    async fn subscribe(&self, query: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET /api/changes?f=sse{query} HTTP/1.1\r\nhost: town.test\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        BufReader::new(stream)
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// Reads until a line that begins like that.
async fn read_to(stream: &mut BufReader<TcpStream>, beginning: &str) {
    let mut line = String::new();
    while !line.starts_with(beginning) {
        line.clear();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the stream has ended");
    }
}

#[tokio::test]
async fn a_server_follows_by_itself_until_it_stops() {
    let town = town();
    let state = town.serve();
    let server = Server::start(&state).await;
    let rows = vec![valve(250)];
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now());
    while state.resident().snapshot.state.generation < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.stop().await;
    assert_eq!(send_to(&state, "GET", "/readyz", &[]).await.status, 503);
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let town = town();
    let state = town.serve();
    let server = Server::start(&state).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = server.subscribe("").await;
        read_to(&mut stream, "id:").await;
        streams.push(stream);
    }
    server.stop().await;
    for mut stream in streams {
        let mut rest = String::new();
        // The end of a body that was sent in chunks.
        while stream.read_line(&mut rest).await.unwrap() > 0 {}
        assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_harms_nobody() {
    let town = town();
    let rows = (0..20_000).map(|i| valve_at(i, 127.0 + f64::from(i) * 1e-6)).collect();
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now());
    let state = town.serve();
    let server = Server::start(&state).await;
    // Far more than what the socket takes.
    let stuck = server.subscribe("&since=0").await;
    let mut well = server.subscribe("&since=0").await;
    read_to(&mut well, "id: 2-").await;
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), vec![valve(0)])], Timestamp::now());
    read_to(&mut well, "event: state").await;
    read_to(&mut well, "id: 3-").await;
    drop((stuck, well));
    server.stop().await;
}
