//! Readers for the tests. What one does is told by the name that it is started by, because a reader gets no arguments but
//! one: a plain one reads, others misbehave.
#![expect(clippy::unwrap_used, reason = "a reader for tests fails by panicking")]
#![expect(clippy::print_stdout, reason = "what it may do is told to the test")]

use siseol_ogr::apart::{ARGUMENT, Limits, confine, serve};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let mut args = std::env::args();
    let name = args.next().unwrap();
    let name = name.rsplit('/').next().unwrap();
    if args.next().as_deref() != Some(ARGUMENT) {
        probe(&std::env::args().skip(1).collect::<Vec<_>>());
        return ExitCode::SUCCESS;
    }
    let (name, seed) = name.split_once('-').unwrap_or((name, "0"));
    let seed = seed.parse().unwrap_or(0);
    match name {
        "garbage" => garbage(seed),
        "liar" => lie(seed),
        "silent" => std::thread::sleep(std::time::Duration::from_mins(10)),
        "leaver" => return ExitCode::from(7),
        _ => return serve(),
    }
    ExitCode::SUCCESS
}

/// Confines itself and tries what it may not: each attempt and its outcome on a line.
fn probe(args: &[String]) {
    let [delivered, canary, port, new] = args else { return };
    // Asked now: a confined process cannot.
    let parent = rustix::process::getppid().unwrap();
    confine(&[Path::new(delivered)], &Limits::for_size(0)).unwrap();
    let tell = |what: &str, outcome: std::io::Result<()>| {
        let outcome = outcome.map_err(|e| e.raw_os_error());
        println!("{what}: {outcome:?}");
    };
    let open = |path: &str| std::fs::OpenOptions::new().read(true).open(path).map(drop);
    tell("read delivered", open(delivered));
    tell("read canary", open(canary));
    tell("read parent", open(&format!("/proc/{}/environ", parent.as_raw_nonzero())));
    tell("list folder", std::fs::read_dir(Path::new(delivered).parent().unwrap()).map(drop));
    tell("write delivered", std::fs::OpenOptions::new().write(true).open(delivered).map(drop));
    tell("make", std::fs::OpenOptions::new().write(true).create_new(true).open(new).map(drop));
    tell("rename", std::fs::rename(delivered, new));
    tell("remove", std::fs::remove_file(delivered));
    tell("permit", {
        let permissions = std::fs::metadata(delivered).unwrap().permissions();
        std::fs::set_permissions(delivered, permissions)
    });
    tell("connect", TcpStream::connect(("127.0.0.1", port.parse().unwrap())).map(drop));
    tell("run", Command::new("/bin/true").spawn().map(drop));
    tell("signal parent", rustix::process::test_kill_process(parent).map_err(Into::into));
}

/// Says anything.
fn garbage(seed: u64) {
    let mut state = seed;
    let bytes: Vec<u8> = (0..4096).map(|_| next(&mut state).to_le_bytes()[3]).collect();
    // Small lengths first, so that what is said is looked at.
    let mut out = std::io::stdout();
    for message in bytes.chunks(64) {
        let length = u32::from(message[0] % 64);
        if out.write_all(&length.to_le_bytes()).and_then(|()| out.write_all(message)).is_err() {
            return;
        }
    }
    drop(out.flush());
}

/// Reads as a good one does, and changes some bytes of the answers.
fn lie(seed: u64) {
    let honest = std::env::current_exe().unwrap();
    let mut honest = Command::new(honest).arg(ARGUMENT).stdout(Stdio::piped()).spawn().unwrap();
    let (mut answers, mut out) = (honest.stdout.take().unwrap(), std::io::stdout());
    let mut state = seed;
    let mut buffer = [0; 4096];
    loop {
        let n = answers.read(&mut buffer).unwrap();
        if n == 0 {
            break;
        }
        if next(&mut state).is_multiple_of(3) {
            let place = usize::try_from(next(&mut state) % 4096).unwrap() % n;
            buffer[place] = next(&mut state).to_le_bytes()[2];
        }
        if out.write_all(&buffer[..n]).and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    drop(honest.kill());
    drop(honest.wait());
}

/// The next of a seed's numbers (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
