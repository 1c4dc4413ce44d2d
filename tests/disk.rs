//! A disk of the test's own that can be full: a file system in memory in the place of a folder.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::server::copy;

/// Gone when it is dropped, whoever still uses it.
pub struct SmallDisk {
    folder: PathBuf,
    /// As `mount` takes it.
    size: String,
}

impl SmallDisk {
    /// Puts one in the place of a folder, with all that is in it. Only root may do that.
    pub fn over(folder: &Path, size: &str) -> Self {
        Self::try_over(folder, size).unwrap_or_else(|problem| panic!("{problem}"))
    }

    /// The same where it may not be allowed; then the folder stays as it is.
    pub fn try_over(folder: &Path, size: &str) -> Result<Self, String> {
        let aside = tempfile::tempdir().expect("a folder");
        copy(folder, aside.path());
        let options = format!("size={size},mode=0777");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]);
        let output = as_root(mount.arg(folder));
        if !output.status.success() {
            return Err(format!("{mount:?} has to be run as root: {output:?}"));
        }
        copy(aside.path(), folder);
        Ok(Self {
            folder: folder.to_owned(),
            size: size.to_owned(),
        })
    }

    /// Fills it to the last byte, and gives the file that does.
    pub fn fill(&self) -> PathBuf {
        let path = self.folder.join("filler");
        let mut filler = File::create(&path).expect("a file");
        for size in [1 << 20, 1 << 12, 1] {
            let piece = vec![7; size];
            while filler.write_all(&piece).is_ok() {}
        }
        path
    }

    /// Makes it hardly larger than what is on it.
    pub fn tighten(&self) {
        // What is written meanwhile may be more than what it was to have room for.
        for _ in 0..20 {
            if self.resize(&format!("{}k", self.used() + 64)) {
                return;
            }
        }
        panic!("{} is written too fast", self.folder.display());
    }

    /// Gives it back its size.
    pub fn widen(&self) {
        assert!(self.resize(&self.size), "it was of that size before");
    }

    fn resize(&self, size: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,size={size}")]);
        as_root(mount.arg(&self.folder)).status.success()
    }

    /// What is on it, in KiB.
    fn used(&self) -> u64 {
        let mut command = Command::new("df");
        command.args(["--output=used", "--block-size=1K"]);
        let output = command.arg(&self.folder).output().expect("df can be run");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = said
            .lines()
            .nth(1)
            .and_then(|line| line.trim().parse().ok());
        number.unwrap_or_else(|| panic!("df says no number: {said}"))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let output = as_root(Command::new("umount").arg("--lazy").arg(&self.folder));
        if !output.status.success() {
            eprintln!("{} is left: {output:?}", self.folder.display());
        }
    }
}

/// Runs a command that only root may run.
fn as_root(wanted: &Command) -> Output {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "if [ \"$(id -u)\" -eq 0 ]; then exec \"$@\"; else exec sudo -n \"$@\"; fi",
        "sh",
    ]);
    command.arg(wanted.get_program()).args(wanted.get_args());
    command.output().expect("a shell")
}
