//! A `PostgreSQL` of our own, in a scratch folder, on the loopback address.

pub(crate) mod load;
pub(crate) mod queries;

use anyhow::{Context as _, Result};
use bench_kit::{command, run};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BIN: &str = "/usr/lib/postgresql/15/bin";
const DATABASE: &str = "city";

/// The database server; it is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    data: PathBuf,
    port: u16,
    is_root: bool,
}

impl Cluster {
    /// Makes the cluster if it is not there, and starts it.
    pub(crate) fn start(work: &Path, port: u16, shared_buffers: &str) -> Result<Self> {
        let folder = work.join("postgres");
        fs_err::create_dir_all(&folder)?;
        let is_root = run(&mut command("id", ["-u"]))?.trim() == "0";
        let cluster = Self { data: folder.join("data"), port, is_root };
        if is_root {
            // PostgreSQL refuses to run as root.
            run(command("chown", ["postgres"]).arg(&folder))?;
            run(cluster.server_program("test").arg("-w").arg(&folder)).with_context(|| {
                format!(
                    "the user postgres cannot write to {}; name a folder it can reach with --work",
                    folder.display()
                )
            })?;
        }
        if !cluster.data.join("PG_VERSION").exists() {
            run(cluster
                .server_program("initdb")
                .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
                .arg(&cluster.data))?;
        }
        // One may be left from a run that was cut off.
        cluster.stop();
        let settings = [
            ("port", port.to_string().as_str()),
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_directories", &folder.to_string_lossy()),
            ("shared_buffers", shared_buffers),
            ("work_mem", "64MB"),
            ("maintenance_work_mem", "1GB"),
            ("effective_cache_size", "12GB"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("max_wal_size", "4GB"),
            ("fsync", "off"), // scratch data; nothing is written while we measure
        ]
        .map(|(name, value)| format!("-c {name}={value}"))
        .join(" ");
        let started = cluster
            .server_program("pg_ctl")
            .args(["-w", "-s", "-o", &settings, "-l"])
            .arg(folder.join("log"))
            .arg("-D")
            .arg(&cluster.data)
            .arg("start")
            // The server keeps what it inherits open for as long as it lives.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("cannot run pg_ctl")?;
        anyhow::ensure!(
            started.success(),
            "PostgreSQL does not start; see {}",
            folder.join("log").display()
        );
        cluster.create_database()?;
        Ok(cluster)
    }

    fn create_database(&self) -> Result<()> {
        let known = "select count(*) from pg_database where datname = 'city'";
        if self.psql("postgres", known)?.trim() == "0" {
            self.psql("postgres", "create database city")?;
            self.sql("create extension postgis")?;
        }
        Ok(())
    }

    /// A program of the server, run as the user that owns the cluster.
    fn server_program(&self, name: &str) -> Command {
        let path = Path::new(BIN).join(name);
        let program = if path.exists() { path.as_os_str() } else { OsStr::new(name) };
        let mut command = if self.is_root {
            let mut command = command("runuser", ["-u", "postgres", "--"]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }

    fn stop(&self) {
        let stopped = self
            .server_program("pg_ctl")
            .args(["-w", "-s", "-m", "fast", "-D"])
            .arg(&self.data)
            .arg("stop")
            .stderr(Stdio::null())
            .status();
        // It was not running, or it cannot be helped.
        drop(stopped);
    }

    /// Runs SQL and gives the rows, columns parted by tabs.
    pub(crate) fn sql(&self, text: &str) -> Result<String> {
        self.psql(DATABASE, text)
    }

    fn psql(&self, database: &str, text: &str) -> Result<String> {
        run(command("psql", ["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"])
            .args(self.address())
            .args(["-d", database, "-c", text]))
    }

    /// The arguments with which a client of `PostgreSQL` finds the cluster.
    pub(crate) fn address(&self) -> [String; 6] {
        ["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"].map(str::to_owned)
    }

    /// The name of the database, for clients that take it last.
    pub(crate) const fn database() -> &'static str {
        DATABASE
    }

    /// The data source as GDAL names it.
    pub(crate) fn gdal_name(&self) -> String {
        format!("PG:host=127.0.0.1 port={} user=postgres dbname={DATABASE}", self.port)
    }

    /// What runs here: `PostgreSQL 15.18, PostGIS 3.3.2`.
    pub(crate) fn version(&self) -> Result<String> {
        let text = self.sql(
            "select 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) \
             || ', PostGIS ' || postgis_lib_version()",
        )?;
        Ok(text.trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}
