//! The processes that are measured: built, started, watched and ended.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};

/// What `/proc` counts the time of processors in; every Linux says 100 a second.
const TICK: Duration = Duration::from_millis(10);

/// A server, ended when this is dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    /// Kept open, so that what the server says later has somewhere to go.
    _said: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a program that says `http://ADDRESS` when it listens.
    pub fn start<A: AsRef<OsStr>>(program: &Path, arguments: &[A]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .env("ATTACHE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let mut said = BufReader::new(child.stdout.take().context("a pipe was asked for")?);
        let mut line = String::new();
        let address = loop {
            line.clear();
            ensure!(
                said.read_line(&mut line)? > 0,
                "{} ended before it listened",
                program.display()
            );
            let Some((_, rest)) = line.split_once("http://") else {
                continue;
            };
            let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != '.' && sign != ':');
            break rest[..end.unwrap_or(rest.len())].parse()?;
        };
        Ok(Self {
            child,
            address,
            _said: said,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let told = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -TERM {}", self.child.id()))
            .status()?;
        ensure!(told.success(), "the server cannot be told to stop");
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server did not end well: {ended}");
        Ok(())
    }

    /// How much memory it has, in MiB.
    pub fn memory(&self) -> anyhow::Result<f64> {
        self.status("VmRSS:")
    }

    /// The most that it had, in MiB.
    pub fn most_memory(&self) -> anyhow::Result<f64> {
        self.status("VmHWM:")
    }

    /// A line of `/proc/PID/status` (proc(5)), which is in KiB.
    fn status(&self, name: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib
            .context("no memory of a process")?
            .trim()
            .parse::<f64>()?
            / 1024.0)
    }

    /// The time of processors that it has taken so far, in user mode and in the kernel for it.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The time of processors that this process has taken so far.
pub fn own_cpu() -> anyhow::Result<Duration> {
    cpu_of("self")
}

fn cpu_of(process: &str) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may hold anything; utime and stime are the 12th and 13th behind it (proc(5)).
    let (_, behind) = stat.rsplit_once(')').context("no stat of a process")?;
    let ticks = behind
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<u32>);
    Ok(TICK * ticks.sum::<Result<u32, _>>()?)
}

/// Builds the server by the profile that this program was built by, and says where it is.
pub fn build_server(beside: &Path) -> anyhow::Result<PathBuf> {
    let folder = beside
        .file_name()
        .and_then(OsStr::to_str)
        .context("no folder of a profile")?;
    let profile = if folder == "debug" { "dev" } else { folder };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--profile",
            profile,
            "--package",
            "attache",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    ensure!(status.success(), "the server cannot be built");
    Ok(beside.join("attache"))
}

/// Runs the server's program as a command, to its end.
pub fn command<A: AsRef<OsStr>>(program: &Path, arguments: &[A]) -> anyhow::Result<()> {
    let output = Command::new(program).args(arguments).output()?;
    ensure!(
        output.status.success(),
        "a command failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// What the machine is.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
    format!(
        "{cores} cores, {}",
        model
            .as_deref()
            .unwrap_or("of a kind that does not say its name")
    )
}
