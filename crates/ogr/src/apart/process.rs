//! The child process: starting it, waiting for it no longer than agreed, and ending it.

use super::Limits;
use super::child::ARGUMENT;
use super::confine::DATA_VARIABLES;
use super::message::{Answer, Failure, LONGEST, Malformed, Request, put, send, take};
use crate::OgrError;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::io::{self, Read as _};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A program that becomes a reader when it is started with [`ARGUMENT`](super::ARGUMENT).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    limits: Option<Limits>,
}

impl Program {
    /// This program. Its `main` has to call [`serve`](super::serve).
    pub fn this() -> Self {
        // Not the path by which it was found: a newer program may have come in its place since.
        Self::at("/proc/self/exe")
    }

    /// The program of that path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), limits: None }
    }

    /// The same, with these limits whatever the file's size.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// Its limits for a file of that many bytes.
    pub(super) fn limits(&self, bytes: u64) -> Limits {
        self.limits.unwrap_or_else(|| Limits::for_size(bytes))
    }

    /// Tries whether a reader can be started and confined here.
    pub(crate) fn probe(&self) -> Result<(), OgrError> {
        match Process::start(self, &[], self.limits(0)) {
            Ok(_) => Ok(()),
            Err(Trouble::Failed(Failure::Unconfined(reason))) => {
                Err(OgrError::Unconfined { reason })
            }
            Err(Trouble::Failed(_)) => Err(unconfined("it did not confine itself")),
            Err(Trouble::Died(how)) => Err(unconfined(&how)),
        }
    }
}

fn unconfined(how: &str) -> OgrError {
    OgrError::Unconfined { reason: format!("the process that would read them {how}") }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The reader says why.
    Failed(Failure),
    /// There is no reader any more; how it ended, as the rest of a sentence about it.
    Died(String),
}

/// Why a reader is ended.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// Nothing comes or goes any more: it is dead, or as good as that.
    HungUp,
    /// It takes longer than agreed.
    Late,
    /// It says more than a file holds.
    Endless,
    /// It says what no reader says.
    Malformed(&'static str),
}

/// A reader that has confined itself.
pub(super) struct Process {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    limits: Limits,
    /// What is left of two of the limits.
    wait: Duration,
    output: u64,
    /// Whether an answer is due.
    due: bool,
    /// The last answer.
    message: Vec<u8>,
    /// How it ended, once it has.
    ended: Option<String>,
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process")
            .field("id", &self.id())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl Process {
    /// Starts a reader that may read these files and no others.
    pub(super) fn start(
        program: &Program,
        files: &[&Path],
        limits: Limits,
    ) -> Result<Self, Trouble> {
        let not_started = |e: io::Error| Trouble::Died(format!("cannot be started: {e}"));
        let data = DATA_VARIABLES.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut child = Command::new(&program.path)
            .arg(ARGUMENT)
            .env_clear()
            .envs(data)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(not_started)?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(not_started(io::Error::other("it has no pipes")));
        };
        let mut process = Self {
            child,
            requests,
            answers,
            limits,
            wait: limits.wait,
            output: limits.output,
            due: false,
            message: Vec::new(),
            ended: None,
        };
        process.ask(&Request::Confine { files: files.to_vec(), limits }, |answer, _| {
            matches!(answer, Answer::Confined).then_some(()).ok_or(UNASKED)
        })?;
        Ok(process)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The last answer, whole.
    pub(super) fn message(&self) -> &[u8] {
        &self.message
    }

    /// Asks and waits for the answer, as [`answer`](Self::answer) does.
    pub(super) fn ask<T>(
        &mut self,
        request: &Request<'_>,
        read: impl FnOnce(Answer<'_>, &mut &[u8]) -> Result<T, Malformed>,
    ) -> Result<T, Trouble> {
        self.request(request)?;
        self.answer(read)
    }

    /// Asks without waiting. An answer that is due still is thrown away.
    pub(super) fn request(&mut self, request: &Request<'_>) -> Result<(), Trouble> {
        if self.due {
            self.receive()?;
        }
        let sent = put(Vec::new(), request).and_then(|m| send(&mut self.requests, &[&m]));
        sent.map_err(|_gone| self.end(Fault::HungUp))?;
        self.due = true;
        Ok(())
    }

    /// Waits for the answer that is due, and reads its head and what follows it.
    pub(super) fn answer<T>(
        &mut self,
        read: impl FnOnce(Answer<'_>, &mut &[u8]) -> Result<T, Malformed>,
    ) -> Result<T, Trouble> {
        self.receive()?;
        let mut rest = self.message.as_slice();
        let outcome = match take(&mut rest) {
            Ok(Answer::Failed(failure)) => return Err(Trouble::Failed(failure)),
            Ok(answer) => read(answer, &mut rest),
            Err(malformed) => Err(malformed),
        };
        outcome.map_err(|malformed| self.reject(&malformed))
    }

    /// Ends a reader that says what none says.
    pub(super) fn reject(&mut self, malformed: &Malformed) -> Trouble {
        self.end(Fault::Malformed(malformed.0))
    }

    fn receive(&mut self) -> Result<(), Trouble> {
        if let Some(how) = &self.ended {
            return Err(Trouble::Died(how.clone()));
        }
        self.try_receive().map_err(|fault| self.end(fault))?;
        self.due = false;
        Ok(())
    }

    fn try_receive(&mut self) -> Result<(), Fault> {
        let mut length = [0; 4];
        self.fill(&mut length)?;
        let length = u32::from_le_bytes(length);
        self.output = self.output.checked_sub(u64::from(length)).ok_or(Fault::Endless)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or(Fault::Malformed("a message that is too long"))?;
        let mut message = std::mem::take(&mut self.message);
        message.resize(length, 0);
        self.fill(&mut message)?;
        self.message = message;
        Ok(())
    }

    /// Reads so many bytes, and waits for them no longer than is left.
    fn fill(&mut self, mut bytes: &mut [u8]) -> Result<(), Fault> {
        while !bytes.is_empty() {
            let start = Instant::now();
            let there = readable(&self.answers, self.wait);
            self.wait = self.wait.saturating_sub(start.elapsed());
            if !there {
                return Err(Fault::Late);
            }
            match self.answers.read(bytes) {
                Ok(0) | Err(_) => return Err(Fault::HungUp),
                Ok(n) => bytes = &mut bytes[n..],
            }
        }
        Ok(())
    }

    /// Ends the process, and says how it ended.
    fn end(&mut self, fault: Fault) -> Trouble {
        if let Some(how) = &self.ended {
            return Trouble::Died(how.clone());
        }
        // One that is dying is given the time to, so that its own end is the one that is told.
        if matches!(fault, Fault::HungUp)
            && let Some(pid) = Pid::from_raw(self.id().cast_signed())
            && let Ok(handle) = pidfd_open(pid, PidfdFlags::empty())
        {
            readable(&handle, Duration::from_secs(5));
        }
        // It fails only on a process that has ended.
        drop(self.child.kill());
        let status = self.child.wait();
        let how = match (fault, status) {
            (Fault::HungUp, Ok(status)) => manner(status, &self.limits),
            (Fault::HungUp, Err(_)) => "hung up".to_owned(),
            (Fault::Late, _) => {
                let seconds = self.limits.wait.as_secs_f64();
                format!("was ended because it took longer than {seconds} s")
            }
            (Fault::Endless, _) => {
                "was ended because it gave more than a hundred times the file's size".to_owned()
            }
            (Fault::Malformed(what), _) => {
                format!("was ended because it said what no reader says: {what}")
            }
        };
        self.ended = Some(how.clone());
        Trouble::Died(how)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has nothing that is worth saving.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Another answer than the one that was asked for.
pub(super) const UNASKED: Malformed = Malformed("an answer to another question");

/// Waits until something can be read or never will be; false if that takes too long.
fn readable(what: &impl AsFd, wait: Duration) -> bool {
    let end = Instant::now() + wait;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let Ok(left) = Timespec::try_from(left) else { return false };
        match poll(&mut [PollFd::new(what, PollFlags::IN)], Some(&left)) {
            Ok(n) => return n > 0,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// How a process ended, as the rest of a sentence about it.
fn manner(status: ExitStatus, limits: &Limits) -> String {
    let Some(signal) = status.signal() else {
        let code = status.code().unwrap_or_default();
        return format!("left in the middle of the work (exit code {code})");
    };
    let named = |name| format!("was ended by signal {signal} ({name})");
    match signal {
        libc::SIGXCPU => {
            format!("was ended because it used {} s of processor time", limits.cpu_seconds)
        }
        libc::SIGABRT => format!(
            "gave up: signal 6 (SIGABRT), as when the {} MiB of memory that it has are not enough",
            limits.memory >> 20
        ),
        libc::SIGSEGV => named("SIGSEGV"),
        libc::SIGBUS => named("SIGBUS"),
        libc::SIGILL => named("SIGILL"),
        libc::SIGFPE => named("SIGFPE"),
        libc::SIGKILL => named("SIGKILL"),
        libc::SIGTERM => named("SIGTERM"),
        libc::SIGXFSZ => named("SIGXFSZ"),
        _ => format!("was ended by signal {signal}"),
    }
}
