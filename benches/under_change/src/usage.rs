//! What the machine and a process use, as `/proc` says it.

use anyhow::{Context as _, Result};

/// Processor time since the start, in ticks of a hundredth of a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticks {
    /// Of all processors together, whatever they did.
    all: u64,
    /// Of these, the idle ones.
    idle: u64,
    /// Of one process.
    process: u64,
}

/// Parts of the machine's processor time.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Busy {
    /// Used by anybody.
    pub(crate) machine: f64,
    /// Used by the server.
    pub(crate) server: f64,
}

/// Memory of a process, in MB.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Memory {
    /// What it holds.
    pub(crate) resident: f64,
    /// The most that it held since the peak was last forgotten.
    pub(crate) peak: f64,
}

impl Ticks {
    pub(crate) fn now(process: u32) -> Result<Self> {
        let machine = fs_err::read_to_string("/proc/stat")?;
        let [all, idle] = of_machine(&machine).context("cannot read /proc/stat")?;
        let text = fs_err::read_to_string(format!("/proc/{process}/stat"))?;
        let process = of_process(&text).context("cannot read a process's stat")?;
        Ok(Self { all, idle, process })
    }

    /// What was used since then.
    pub(crate) fn until(self, later: Self) -> Busy {
        let all = (later.all - self.all).max(1) as f64;
        Busy {
            machine: 1.0 - (later.idle - self.idle) as f64 / all,
            server: (later.process - self.process) as f64 / all,
        }
    }
}

impl Memory {
    pub(crate) fn of(process: u32) -> Result<Self> {
        let text = fs_err::read_to_string(format!("/proc/{process}/status"))?;
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name));
            let kib = value.and_then(|v| v.trim().strip_suffix(" kB")?.parse::<f64>().ok());
            kib.map(|kib| kib * 1024.0 / 1e6).with_context(|| format!("no {name}"))
        };
        Ok(Self { resident: field("VmRSS:")?, peak: field("VmHWM:")? })
    }

    /// Lets the peak begin anew.
    pub(crate) fn forget_peak(process: u32) -> Result<()> {
        Ok(fs_err::write(format!("/proc/{process}/clear_refs"), "5")?)
    }
}

/// All ticks and the idle ones: user, nice, system, idle, waiting for a disk, interrupts (2), stolen.
fn of_machine(stat: &str) -> Option<[u64; 2]> {
    let ticks = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = ticks.split_whitespace().take(8).map_while(|t| t.parse().ok()).collect();
    Some([ticks.iter().sum(), ticks.get(3)? + ticks.get(4)?])
}

/// Ticks in the program and in the kernel for it: the 14th and 15th field. The second one is a name in brackets.
fn of_process(stat: &str) -> Option<u64> {
    let mut after_name = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || after_name.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_where_the_kernel_writes_them() {
        let machine = "cpu  10 20 30 400 50 6 7 8 0 0\ncpu0 1 1 1 1\n";
        assert_eq!(of_machine(machine), Some([531, 450]));
        let process = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 12 34 0 0 20 0 3 0 5";
        assert_eq!(of_process(process), Some(46));
        assert_eq!(of_process("7"), None);
    }

    #[test]
    fn this_process_has_used_memory() {
        let memory = Memory::of(std::process::id()).unwrap();
        assert!(memory.resident > 0.0 && memory.peak >= memory.resident * 0.5, "{memory:?}");
    }
}
