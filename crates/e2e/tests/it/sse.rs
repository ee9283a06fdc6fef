//! Clients of the event stream, as browsers are: they lose the connection, come back, and say what they had last.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;
use std::io::Read as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where the server is now: another port after each restart.
pub(crate) type Address = Arc<Mutex<String>>;

/// A server that says nothing for so long hangs. It sends a sign of life every 15 s.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How a client reads.
pub(crate) enum Habit {
    /// As fast as it comes.
    Steady,
    /// Little by little.
    Slow,
    /// Drops the connection after a random number of bytes, and comes back.
    Cutting(Box<ChaCha8Rng>),
}

/// One event as a browser hands it out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: Json,
}

impl Event {
    pub(crate) fn generation(&self) -> i64 {
        self.data["generation"].as_i64().unwrap()
    }

    /// The change's place in its change set, as the id has it.
    pub(crate) fn number(&self) -> Option<u64> {
        self.id.split('-').nth(2).map(|number| number.parse().unwrap())
    }
}

/// The values of a field in what stands between two empty lines.
fn field(block: &str, name: &str) -> Option<String> {
    let fields = block.lines().filter_map(|line| line.split_once(':'));
    let values: Vec<_> = fields
        .filter(|(field, _)| *field == name)
        .map(|(_, value)| value.strip_prefix(' ').unwrap_or(value))
        .collect();
    (!values.is_empty()).then(|| values.join("\n"))
}

/// A client on a thread of its own.
pub(crate) struct Subscriber {
    placed: Receiver<()>,
    events: Receiver<Vec<Event>>,
}

impl Subscriber {
    /// Subscribes, and goes on until the event of that state has come.
    pub(crate) fn start(address: &Address, query: &str, habit: Habit, until: i64) -> Self {
        let ((told, placed), (done, events)) = (channel(), channel());
        let mut client = Client {
            address: Arc::clone(address),
            query: query.to_owned(),
            habit,
            last_id: None,
            placed: told,
            events: Vec::new(),
        };
        std::thread::spawn(move || {
            while client.events.last().is_none_or(|e| e.kind != "state" || e.generation() < until) {
                client.connect(until);
            }
            // Whoever started it may have given up.
            drop(done.send(client.events));
        });
        Self { placed, events }
    }

    /// Waits until it knows where it is, so that nothing is lost to it from then on.
    pub(crate) fn placed(self) -> Self {
        self.placed.recv_timeout(PATIENCE).unwrap();
        self
    }

    /// All events that it got, when it has the last one.
    pub(crate) fn events(self) -> Vec<Event> {
        self.events.recv_timeout(2 * PATIENCE).unwrap()
    }
}

struct Client {
    address: Address,
    query: String,
    habit: Habit,
    /// Where it is, which a server can also say without an event.
    last_id: Option<String>,
    /// Told when it first knows where it is: from then on it can come back.
    placed: Sender<()>,
    events: Vec<Event>,
}

impl Client {
    /// Takes what stands between two empty lines: an event, a setting or a sign of life.
    fn hand_out(&mut self, block: &str) {
        if let Some(id) = field(block, "id")
            && self.last_id.replace(id).is_none()
        {
            // Who does not wait for it does not hear it.
            let _heard = self.placed.send(());
        }
        let Some(data) = field(block, "data") else { return };
        self.events.push(Event {
            id: self.last_id.clone().unwrap(),
            kind: field(block, "event").unwrap(),
            data: serde_json::from_str(&data).unwrap(),
        });
    }

    /// One connection, until it ends, is cut or has brought the last event.
    fn connect(&mut self, until: i64) {
        let address = self.address.lock().unwrap().clone();
        let mut request = ureq::get(format!("{address}/api/changes?{}", self.query))
            .header("accept", "text/event-stream");
        if let Some(last) = &self.last_id {
            request = request.header("last-event-id", last);
        }
        let answer = match request.call() {
            Ok(answer) => answer,
            Err(ureq::Error::StatusCode(status)) if status != 503 => {
                panic!("{}: {status}", self.query)
            }
            // The server is starting again.
            Err(_) => return std::thread::sleep(Duration::from_millis(50)),
        };
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut left = match &mut self.habit {
            Habit::Cutting(random) => random.random_range(1..4_000),
            Habit::Steady | Habit::Slow => usize::MAX,
        };
        let mut reader = answer.into_body().into_reader();
        let (mut chunk, mut text) = ([0; 256], Vec::new());
        while left > 0 {
            let room = left.min(chunk.len());
            let Ok(read @ 1..) = reader.read(&mut chunk[..room]) else { return };
            left -= read;
            text.extend_from_slice(&chunk[..read]);
            while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = text.drain(..end + 2).collect();
                self.hand_out(&String::from_utf8(block).unwrap());
            }
            if self.events.last().is_some_and(|e| e.kind == "state" && e.generation() >= until) {
                return;
            }
            if matches!(self.habit, Habit::Slow) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}
