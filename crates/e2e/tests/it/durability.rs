//! Killed at any moment, a register is as it was or as it was to be: what was acknowledged stays, and nothing is half
//! done. The giver of the deliveries keeps a journal of what it was told, as plain maps.

use crate::binary::{Server, folder, siseol};
use crate::city::City;
use crate::points::{KEYED, Points, random_point, random_points, read, seeded, thorough, write};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const LAYER: &str = "valves";
const SIGKILL: i32 = 9;

/// Something to be done to the register.
enum Deed {
    Deliver {
        mode: &'static str,
        points: Points,
    },
    /// Takes back the last change set.
    Undo,
}

/// When to kill.
enum Moment {
    /// So long after the start.
    After(Duration),
    /// So long after it began to write.
    Writing(Duration),
}

/// The states that may be seen, in the order in which they were tried; none where nothing came of it.
type Tried = Arc<Mutex<Vec<Option<Points>>>>;

struct Journal {
    city: City,
    deliveries: tempfile::TempDir,
    random: ChaCha8Rng,
    /// What the layer has to hold in each state, from the empty one on.
    states: Vec<Points>,
    tried: Tried,
    kills: u32,
    /// Kills that came when all was done but to say so.
    late_kills: u32,
    /// How long a delivery takes that nobody kills.
    usual: Duration,
}

impl Journal {
    fn new(what: &str) -> Self {
        Self {
            city: City::new(),
            deliveries: folder(),
            random: seeded(what),
            states: vec![Points::new()],
            tried: Tried::default(),
            kills: 0,
            late_kills: 0,
            usual: Duration::from_millis(300),
        }
    }

    fn now(&self) -> &Points {
        &self.states[self.states.len() - 1]
    }

    /// A delivery of the whole layer with some rows changed, some new and, if it replaces, some left out; or an undo.
    fn redelivery(&mut self) -> Deed {
        if self.states.len() > 2 && self.random.random_ratio(1, 4) {
            return Deed::Undo;
        }
        let mut points = self.now().clone();
        let newest = points.last_key_value().map_or(0, |(key, _)| *key);
        let replace = self.random.random();
        if replace {
            points.retain(|_, _| self.random.random_ratio(95, 100));
        }
        for point in points.values_mut() {
            if self.random.random_ratio(1, 10) {
                *point = random_point(&mut self.random);
            }
        }
        let new = self.random.random_range(1..200);
        points.extend(random_points(&mut self.random, newest + 1..newest + 1 + new));
        Deed::Deliver { mode: if replace { "replace" } else { "upsert" }, points }
    }

    /// One row, changed or new; or an undo.
    fn single_edit(&mut self) -> Deed {
        if self.states.len() > 2 && self.random.random_ratio(1, 4) {
            return Deed::Undo;
        }
        let key = self.random.random_range(0..100);
        let points = random_points(&mut self.random, key..key + 1);
        Deed::Deliver { mode: "upsert", points }
    }

    fn moment(&mut self) -> Moment {
        if self.random.random() {
            Moment::Writing(Duration::from_micros(self.random.random_range(0..15_000)))
        } else {
            Moment::After(self.usual.mul_f64(self.random.random_range(0.0..1.1)))
        }
    }

    /// Does it, unless it is killed before it is done, and holds the register against the journal.
    fn attempt(&mut self, deed: &Deed, moment: Option<Moment>) {
        let last = self.states.len() - 1;
        let mut args = vec!["--json".to_owned()];
        let (verb, after) = match deed {
            Deed::Deliver { mode, points } => {
                let source = write(points, self.deliveries.path(), LAYER);
                args.extend([source.to_str().unwrap(), "--mode", mode].map(str::to_owned));
                args.extend(KEYED.map(str::to_owned));
                let mut after = if *mode == "replace" { Points::new() } else { self.now().clone() };
                after.extend(points.clone());
                ("ingest", after)
            }
            Deed::Undo => {
                args.push(last.to_string());
                ("undo", self.states[last - 1].clone())
            }
        };
        self.tried.lock().unwrap().push(Some(after.clone()));
        let mut child = Command::new(siseol())
            .arg(verb)
            .arg(&self.city.register)
            .args(&args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if let Some(moment) = moment {
            kill(&mut child, &self.city.register, &moment);
        }
        let output = child.wait_with_output().unwrap();
        let killed = output.status.signal() == Some(SIGKILL);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(killed || output.status.success(), "{verb} {args:?}: {:?} {said}", output.status);
        self.kills += u32::from(killed);
        // It may have said all that it had to say before it was killed.
        let acknowledged = serde_json::from_slice(&output.stdout).ok().map(|document: Json| {
            let commit = if verb == "undo" { &document["commit"] } else { &document };
            commit["generation"].as_i64().unwrap()
        });
        assert!(killed || acknowledged.is_some());
        let states = self.states.len();
        self.compare(after, acknowledged);
        self.late_kills += u32::from(killed && self.states.len() > states);
        if !killed && verb == "ingest" {
            assert_eq!(self.city.files(), ["city.gpkg"]);
        }
    }

    /// The register is whole, it is where the last deed found it or where that was to bring it, and there if it said so.
    fn compare(&mut self, after: Points, acknowledged: Option<i64>) {
        let last = self.states.len() - 1;
        if last == 0 && acknowledged.is_none() && !self.city.register.exists() {
            *self.tried.lock().unwrap().last_mut().unwrap() = None;
            return;
        }
        self.city.check();
        let history = self.city.history();
        let generations: Vec<_> = history.iter().map(|set| set["generation"].clone()).collect();
        let expected: Vec<_> = (1..=history.len()).map(|generation| json!(generation)).collect();
        assert_eq!(generations, expected);
        match acknowledged {
            Some(generation) => {
                assert_eq!(usize::try_from(generation).unwrap(), last + 1);
                assert_eq!(history.len(), last + 1, "an acknowledged change set is lost");
            }
            None => assert!([last, last + 1].contains(&history.len()), "{history:?}"),
        }
        if history.len() > last {
            self.states.push(after);
        } else {
            *self.tried.lock().unwrap().last_mut().unwrap() = None;
        }
        assert!(self.exported(&[]) == *self.now(), "the layer is not in state {}", history.len());
    }

    fn tell(&self) {
        println!("{} killed, {} of them after their commit", self.kills, self.late_kills);
    }

    fn exported(&self, extra: &[&str]) -> Points {
        let text = self.city.says(0, "export", &[&[LAYER, "--to", "-"], extra].concat());
        read(&serde_json::from_str(&text).unwrap())
    }

    /// Kills so many of those deeds while the register is being served.
    fn survive(&mut self, kills: u32, deed: fn(&mut Self) -> Deed) {
        let server = Server::start(&self.city.register, &[]);
        let watcher = Watcher::start(&server, Arc::clone(&self.tried));
        let next = deed(self);
        let begun = Instant::now();
        self.attempt(&next, None);
        self.usual = begun.elapsed();
        let (enough, mut attempts) = (self.kills + kills, 0);
        while self.kills < enough {
            attempts += 1;
            assert!(attempts <= 20 * kills, "hardly any was alive to be killed");
            let (next, moment) = (deed(self), self.moment());
            self.attempt(&next, Some(moment));
        }
        // What the killed left behind does not stand in the way of the next, which takes it away.
        let whole = Deed::Deliver { mode: "upsert", points: random_points(&mut self.random, 0..1) };
        self.attempt(&whole, None);
        let generation = self.states.len() - 1;
        server.until(i64::try_from(generation).unwrap());
        assert!(watcher.stop() > 0);
        let page = server.get(&format!("/api/collections/{LAYER}/items?limit=10000"));
        assert!(read(&page) == *self.now());
        // All of the past is as it was acknowledged.
        for set in self.city.history() {
            let generation = usize::try_from(set["generation"].as_i64().unwrap()).unwrap();
            if generation % (1 + self.states.len() / 12) == 0 {
                let then = self.exported(&["--as-of", set["time"].as_str().unwrap()]);
                assert!(then == self.states[generation], "the past state {generation} is another");
            }
        }
    }
}

/// Kills the process at that moment, if it is still alive then.
fn kill(child: &mut Child, register: &Path, moment: &Moment) {
    match moment {
        Moment::After(time) => std::thread::sleep(*time),
        Moment::Writing(time) => {
            while child.try_wait().unwrap().is_none() && !is_written(register) {
                std::thread::sleep(Duration::from_micros(100));
            }
            std::thread::sleep(*time);
        }
    }
    if child.try_wait().unwrap().is_none() {
        child.kill().unwrap();
    }
}

/// Whether somebody is writing to the register, or making it.
fn is_written(register: &Path) -> bool {
    let entries = fs_err::read_dir(register.parent().unwrap()).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.any(|name| ["-journal", ".new"].iter().any(|end| name.ends_with(end)))
}

/// Somebody who looks at the layer all the time, and never sees anything but a whole state, nor an older one than before.
struct Watcher {
    stop: Arc<AtomicBool>,
    looks: JoinHandle<u64>,
}

impl Watcher {
    fn start(server: &Server, tried: Tried) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let page = format!("{}/api/collections/{LAYER}/items?limit=10000", server.url);
        let stopped = Arc::clone(&stop);
        let looks = std::thread::spawn(move || {
            let (mut seen, mut looks) = (0, 0);
            while !stopped.load(Ordering::Relaxed) {
                let text = ureq::get(&page)
                    .call()
                    .unwrap()
                    .body_mut()
                    .with_config()
                    .limit(1 << 30)
                    .read_to_string();
                let points = read(&serde_json::from_str(&text.unwrap()).unwrap());
                let mut tried = tried.lock().unwrap();
                let at = (seen..tried.len()).find(|i| tried[*i].as_ref() == Some(&points));
                seen = at.unwrap_or_else(|| panic!("{} points that are no state", points.len()));
                tried[..seen].fill(None);
                looks += 1;
            }
            looks
        });
        Self { stop, looks }
    }

    /// How often it has looked.
    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.looks.join().unwrap()
    }
}

#[test]
fn deliveries_killed_at_any_moment_are_whole_or_not_at_all() {
    let (first, later) = if thorough() { (20, 80) } else { (2, 4) };
    let mut journal = Journal::new("killed deliveries");
    let points = random_points(&mut journal.random, 0..3_000);
    let load = Deed::Deliver { mode: "upsert", points };
    let begun = Instant::now();
    journal.attempt(&load, None);
    journal.usual = begun.elapsed();
    while journal.kills < first {
        if journal.states.len() > 1 {
            // It was there before it could be killed: once more from nothing.
            fs_err::remove_file(&journal.city.register).unwrap();
            journal.states.truncate(1);
        }
        let moment = journal.moment();
        journal.attempt(&load, Some(moment));
    }
    if journal.states.len() == 1 {
        journal.attempt(&load, None);
    }
    journal.survive(later, Journal::redelivery);
    journal.tell();
}

#[test]
fn single_commits_killed_at_any_moment_are_whole_or_not_at_all() {
    let kills = if thorough() { 100 } else { 6 };
    let mut journal = Journal::new("killed commits");
    let points = random_points(&mut journal.random, 0..60);
    journal.attempt(&Deed::Deliver { mode: "upsert", points }, None);
    journal.survive(kills, Journal::single_edit);
    journal.tell();
}
