//! Building, running and serving.

use serde_json::Value as Json;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The sample city's delivery.
pub(crate) fn sample_city() -> PathBuf {
    root().join("data/sample-city")
}

/// Real data, if this machine has it; says so if not.
pub(crate) fn corpora(of: &str) -> Option<PathBuf> {
    let path = std::env::var_os("SISEOL_CORPORA").map(|folder| Path::new(&folder).join(of));
    if path.is_none() {
        println!("left out: SISEOL_CORPORA is not set, so {of} cannot be tested");
    }
    path
}

/// The built program, built once if it is not there or not fresh.
pub(crate) fn siseol() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // This test's own file is `<target>/<profile>/deps/it-...`.
        let own = std::env::current_exe().unwrap();
        let folder = own.parent().and_then(Path::parent).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "-p", "siseol-cli"]).current_dir(root());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
        folder.join("siseol")
    })
}

/// Runs `siseol` and waits for its end.
pub(crate) fn run<S: AsRef<OsStr>>(args: &[S]) -> Output {
    Command::new(siseol()).args(args).stdin(Stdio::null()).output().unwrap()
}

/// Runs `siseol`, which must end with this code, and gives what it printed on stdout.
pub(crate) fn expect_code<S: AsRef<OsStr>>(code: i32, args: &[S]) -> String {
    let output = run(args);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{:?}\nstdout: {}\nstderr: {}",
        args.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Runs `siseol ... --json` and reads its document.
pub(crate) fn document<S: AsRef<OsStr>>(args: &[S]) -> Json {
    let mut all: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
    all.push(OsStr::new("--json"));
    serde_json::from_str(&expect_code(0, &all)).unwrap()
}

/// A folder that goes when the test ends.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A register of the sample city, made once for all tests that only read it.
pub(crate) fn sample_register() -> &'static Path {
    static REGISTER: OnceLock<PathBuf> = OnceLock::new();
    REGISTER.get_or_init(|| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("sample-{}.siseol.gpkg", std::process::id()));
        match fs_err::remove_file(&path) {
            Ok(()) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
        }
        expect_code(0, &["ingest".as_ref(), path.as_os_str(), sample_city().as_os_str()]);
        path
    })
}

/// A running server, stopped when dropped.
pub(crate) struct Server {
    process: Child,
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
}

impl Server {
    /// Serves a register on a free port, and waits until it says where.
    pub(crate) fn start(register: &Path, extra: &[&str]) -> Self {
        let mut args: Vec<&OsStr> = vec!["serve".as_ref(), register.as_os_str()];
        args.extend(["--listen", "127.0.0.1:0"].map(OsStr::new));
        args.extend(extra.iter().map(OsStr::new));
        Self::spawn(&args)
    }

    /// Starts a command that serves.
    pub(crate) fn spawn(args: &[&OsStr]) -> Self {
        let mut process = Command::new(siseol())
            .args(args)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        let url = loop {
            let Some(Ok(line)) = lines.next() else { panic!("no address in {told:?}") };
            told.push(line.clone());
            if let Some(at) = line.find("http://127.0.0.1:") {
                break line[at..].trim_end_matches('/').to_owned();
            }
        };
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Gets a document.
    pub(crate) fn get(&self, path: &str) -> Json {
        let text = ureq::get(format!("{}{path}", self.url))
            .call()
            .unwrap_or_else(|e| panic!("{path}: {e}"))
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_string()
            .unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The status of a request.
    pub(crate) fn status(&self, path: &str) -> u16 {
        self.answer(path).0
    }

    /// The status of a request and what was answered.
    pub(crate) fn answer(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("{}{path}", self.url)).call().unwrap();
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_string();
        (status, text.unwrap_or_else(|e| panic!("{path}: {e}")))
    }

    /// The number of the state that it serves.
    pub(crate) fn generation(&self) -> i64 {
        let (_, text) = self.answer("/readyz");
        let number = text.trim_end().strip_prefix("ready: generation ");
        number.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    }

    /// Waits until it serves that state. A server that does not follow its register is told from a slow machine by
    /// patience alone.
    pub(crate) fn until(&self, generation: i64) {
        let patience = Instant::now() + Duration::from_mins(1);
        while self.generation() != generation {
            assert!(Instant::now() < patience, "still {}, not {generation}", self.generation());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn stop(mut self, signal: &str) -> Option<i32> {
        kill(self.process.id(), signal);
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Sends a signal to a process.
pub(crate) fn kill(pid: u32, signal: &str) {
    let status = Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(status.success());
}

/// Runs another program, which must succeed, and gives what it printed.
pub(crate) fn tool<S: AsRef<OsStr>>(program: &str, args: &[S]) -> String {
    let output =
        Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(
        output.status.success(),
        "{program}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
