//! A register of a test's own, and the commands on it.

use crate::binary::{document, folder, run, sample_register, tool};
use crate::others::Disk;
use serde_json::Value as Json;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Output;

/// A register in a folder that goes when the test ends.
pub(crate) struct City {
    pub(crate) register: PathBuf,
    // Gone before the folder that it lies on.
    disk: Option<Disk>,
    folder: tempfile::TempDir,
}

impl City {
    /// A register that is not there yet.
    pub(crate) fn new() -> Self {
        let folder = folder();
        let register = folder.path().join("city.gpkg");
        Self { register, disk: None, folder }
    }

    /// A register that is not there yet, on a disk of its own; none where this user may not mount disks.
    pub(crate) fn on_a_disk() -> Option<Self> {
        let city = Self::new();
        Some(Self { disk: Some(Disk::mount(city.folder.path())?), ..city })
    }

    /// The sample city, loaded.
    pub(crate) fn sample() -> Self {
        Self::copy_of(sample_register())
    }

    pub(crate) fn copy_of(register: &Path) -> Self {
        let city = Self::new();
        fs_err::copy(register, &city.register).unwrap();
        city
    }

    /// The disk of its own.
    pub(crate) fn disk(&self) -> &Disk {
        self.disk.as_ref().unwrap()
    }

    /// `siseol VERB REGISTER REST..`
    pub(crate) fn run(&self, verb: &str, rest: &[&str]) -> Output {
        run(&self.args(verb, rest))
    }

    /// The document of a command that succeeds.
    pub(crate) fn told(&self, verb: &str, rest: &[&str]) -> Json {
        document(&self.args(verb, rest))
    }

    /// Everything that a command says, which must end with this code.
    pub(crate) fn says(&self, code: i32, verb: &str, rest: &[&str]) -> String {
        let output = self.run(verb, rest);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{verb} {rest:?}: {text}");
        text
    }

    /// What a command says that must end with this code and leave the register as it is.
    pub(crate) fn refuses(&self, code: i32, verb: &str, rest: &[&str]) -> String {
        let before = self.bytes();
        let text = self.says(code, verb, rest);
        assert!(self.bytes() == before, "{verb} {rest:?} has changed the register: {text}");
        text
    }

    /// The report of a delivery that is taken.
    pub(crate) fn ingest(&self, source: &Path, extra: &[&str]) -> Json {
        self.told("ingest", &[&[source.to_str().unwrap()], extra].concat())
    }

    /// The register verifies.
    pub(crate) fn check(&self) {
        assert_eq!(self.told("check", &[])["ok"], true);
    }

    /// The change sets so far.
    pub(crate) fn history(&self) -> Vec<Json> {
        self.told("history", &[])["change_sets"].as_array().unwrap().clone()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs_err::read(&self.register).unwrap()
    }

    /// The names in the register's folder, which are those of its own files and nobody else's.
    pub(crate) fn files(&self) -> Vec<OsString> {
        let entries = fs_err::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    /// Runs SQL as another program would, and gives what is found.
    pub(crate) fn sql(&self, sql: &str) -> String {
        let patience = ["-cmd", ".timeout 10000"].map(OsStr::new);
        let what = [self.register.as_os_str(), OsStr::new(sql)];
        tool("sqlite3", &[patience, what].concat()).trim_end().to_owned()
    }

    /// The number that a query finds.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.sql(sql).parse().unwrap()
    }

    fn args(&self, verb: &str, rest: &[&str]) -> Vec<OsString> {
        let head = [verb.into(), self.register.clone().into_os_string()];
        head.into_iter().chain(rest.iter().map(OsString::from)).collect()
    }
}
