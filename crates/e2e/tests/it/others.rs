//! Other programs and other circumstances: who else opens the register, and the disk that it lies on.

use crate::city::City;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that has opened the register, done something to it, and holds it open.
pub(crate) struct Holder {
    program: Child,
    input: ChildStdin,
}

impl Holder {
    /// Waits until it has done that.
    pub(crate) fn new(city: &City, sql: &str) -> Self {
        let mut program = Command::new("sqlite3")
            .args([Path::new("-bail"), &city.register])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = program.stdin.take().unwrap();
        writeln!(input, ".timeout 10000\n{sql}\n.print held").unwrap();
        let mut said = BufReader::new(program.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap() == "held"), "{sql}");
        Self { program, input }
    }

    /// Lets it end, as programs end: what it has not committed is taken back.
    pub(crate) fn release(self) {
        let Self { mut program, input } = self;
        drop(input);
        assert!(program.wait().unwrap().success());
    }
}

/// Switches a register to a write-ahead log, as some programs do when they open a file. It takes a moment in which nobody
/// else has it open.
pub(crate) fn switch_to_log(city: &City) {
    let patience = Instant::now() + Duration::from_secs(20);
    let switch = || {
        let args = [city.register.as_os_str(), OsStr::new("PRAGMA journal_mode = WAL")];
        Command::new("sqlite3").args(args).output().unwrap().stdout == b"wal\n"
    };
    while !switch() {
        assert!(Instant::now() < patience, "somebody has the file open all the time");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs SQL as GDAL and QGIS do, which know the functions that a spatial index asks for, and gives what they say to it.
pub(crate) fn gdal(city: &City, sql: &str) -> String {
    let args = [OsStr::new("-q"), city.register.as_os_str(), OsStr::new("-sql"), OsStr::new(sql)];
    let output = Command::new("ogrinfo").args(args).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// A disk of its own for a register's folder, gone when this is dropped.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// None, and says so, where this user may not mount disks.
    pub(crate) fn mount(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "siseol-test"])
            .arg(folder)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder.to_path_buf()));
        }
        println!("left out: only root may mount a small disk");
        None
    }

    /// Mounts it otherwise.
    pub(crate) fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap();
        assert!(status.success(), "{options}");
    }

    /// The bytes that are in use on it.
    pub(crate) fn used(&self) -> u64 {
        let text = crate::binary::tool("df", &["--output=used", "-B1", self.0.to_str().unwrap()]);
        text.lines().last().unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a test that fails may still have files open on it.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// A file that nobody may write, not even root, as long as this lives.
pub(crate) struct Immutable(PathBuf);

impl Immutable {
    /// None, and says so, where this user or this disk cannot.
    pub(crate) fn new(file: &Path) -> Option<Self> {
        let set = Command::new("chattr").arg("+i").arg(file).output();
        if set.is_ok_and(|output| output.status.success()) {
            return Some(Self(file.to_path_buf()));
        }
        println!("left out: only root may make a file immutable, and not on every disk");
        None
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        drop(Command::new("chattr").arg("-i").arg(&self.0).status());
    }
}
