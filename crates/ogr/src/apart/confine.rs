//! Taking rights away from this process: limits, files, system calls.

use super::Limits;
use crate::OgrError;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What GDAL itself reads beside a file: libraries that are loaded late (the C library's tables of encodings), and the
/// data of GDAL and PROJ. All of it is every program's to read, and none of it is a person's.
const SYSTEM: [&str; 12] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/usr/share/gdal",
    "/usr/share/proj",
    "/usr/local/share/gdal",
    "/usr/local/share/proj",
    "/dev/null",
    "/dev/urandom",
];

/// Variables that say where the data of GDAL and PROJ is, if it is elsewhere. A reader gets no other ones.
pub(super) const DATA_VARIABLES: [&str; 3] = ["GDAL_DATA", "PROJ_DATA", "PROJ_LIB"];

/// Takes all rights from this process, for the rest of its life, but to read these files and to use this much. There has
/// to be one thread.
///
/// It fails if the kernel does not offer all that is needed: Landlock (Linux 5.13) and filters of system calls. Some of it
/// may be in force then.
pub fn confine(files: &[&Path], limits: &Limits) -> Result<(), OgrError> {
    limit(limits).map_err(|e| missing("limits", &e))?;
    restrict_files(files).map_err(|e| missing("Landlock (Linux 5.13)", &e))?;
    restrict_calls().map_err(|e| missing("seccomp", &e))
}

fn missing(what: &str, error: &dyn std::error::Error) -> OgrError {
    OgrError::Unconfined { reason: format!("this kernel refuses {what}: {error}") }
}

fn limit(limits: &Limits) -> rustix::io::Result<()> {
    let bounds = [
        (Resource::As, limits.memory),
        (Resource::Nofile, 64),
        // No byte is written to any file, and none to a dump of the memory.
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ];
    for (resource, bound) in bounds {
        setrlimit(resource, Rlimit { current: Some(bound), maximum: Some(bound) })?;
    }
    // At the first bound the process is ended with a signal that tells why, at the second one whatever it does.
    let cpu = limits.cpu_seconds;
    setrlimit(Resource::Cpu, Rlimit { current: Some(cpu), maximum: Some(cpu + 1) })?;
    Ok(())
}

/// Files are read if they are named here, and no file is written, made, renamed or run. Where the kernel knows more rights
/// than the first Landlock did (network, signals), they are taken, too; without it the filter of calls stands alone.
fn restrict_files(files: &[&Path]) -> Result<(), landlock::RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let data = DATA_VARIABLES.iter().filter_map(std::env::var_os).map(PathBuf::from);
    let paths = SYSTEM.iter().map(PathBuf::from).chain(data);
    let known = |abi| -> BitFlags<AccessFs> { AccessFs::from_all(abi) };
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(known(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(known(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(path_beneath_rules(paths, read))?
        .add_rules(path_beneath_rules(files, AccessFs::ReadFile))?
        .restrict_self()?;
    Ok(())
}

/// The system calls that reading a file takes. All others are as if the kernel had none of them, so that a library which
/// can do without one does so.
const CALLS: &[i64] = &[
    // Files that are open, and opening more as far as Landlock lets it.
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fcntl,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_write,
    libc::SYS_writev,
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads, and waiting for them.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_membarrier,
    libc::SYS_ppoll,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    // Signals to itself.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Time, chance, and who and where it is.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_nanosleep,
    libc::SYS_sysinfo,
    libc::SYS_times,
    libc::SYS_uname,
];

/// Older forms of the same calls, which newer processors do not have.
#[cfg(target_arch = "x86_64")]
const OLDER_CALLS: &[i64] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_getdents,
    libc::SYS_lstat,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_CALLS: &[i64] = &[];

fn restrict_calls() -> Result<(), seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        CALLS.iter().chain(OLDER_CALLS).map(|call| (*call, Vec::new())).collect();
    let only = |argument, condition, value| -> Result<_, seccompiler::Error> {
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, condition, value)?;
        Ok(vec![SeccompRule::new(vec![condition])?])
    };
    // Threads, but no processes. (The newer call has its flags in memory, where a filter cannot look; without it the C
    // library uses this one.)
    let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
    rules.insert(libc::SYS_clone, only(0, SeccompCmpOp::MaskedEq(thread), thread)?);
    // Its own limits, and signals to itself, as a program that aborts sends them.
    rules.insert(libc::SYS_prlimit64, only(0, SeccompCmpOp::Eq, 0)?);
    rules.insert(libc::SYS_tgkill, only(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?);
    // Whether a file is a terminal.
    rules.insert(libc::SYS_ioctl, only(1, SeccompCmpOp::Eq, libc::TCGETS)?);
    let absent = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let filter = SeccompFilter::new(
        rules,
        absent,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)
}
