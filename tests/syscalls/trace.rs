//! What strace wrote, read.

use std::collections::HashMap;

/// What is watched. A question mark: not every processor's Linux has it.
const WATCHED: &str = "trace=fdatasync,fsync,openat,?open,?rename,?renameat,?renameat2,?mkdir,?mkdirat,\
                       write,writev,pwrite64,read,recvfrom,sendto";

/// The command that runs another one and writes what it calls to a file.
///
/// The watched process is the one that is started, and strace its grandchild, so that signals meet the server. File descriptors come with
/// what they are open on.
pub fn command(file: &str) -> Vec<String> {
    let arguments = [
        "strace",
        "-D",
        "-f",
        "-q",
        "-yy",
        "-s",
        "200",
        "-e",
        WATCHED,
        "-e",
        "signal=none",
        "-o",
        file,
    ];
    arguments.map(str::to_owned).to_vec()
}

/// Whether the process has ended in the trace.
pub fn is_over(text: &str, pid: u32) -> bool {
    let is_it = |line: &str| {
        let (process, what) = line.split_once(' ').unwrap_or_default();
        process.parse() == Ok(pid) && what.trim_start().starts_with("+++ exited")
    };
    text.lines().any(is_it)
}

/// A call to the kernel. Times are the places of its beginning and its end in the order of all that happened.
#[derive(Debug)]
pub struct Call {
    pub thread: u32,
    pub name: String,
    pub arguments: String,
    pub result: String,
    pub begun: usize,
    pub ended: usize,
}

impl Call {
    pub fn succeeded(&self) -> bool {
        self.result
            .trim_start()
            .starts_with(|sign: char| sign.is_ascii_digit())
    }

    pub fn is_sync(&self) -> bool {
        self.succeeded() && (self.name == "fdatasync" || self.name == "fsync")
    }

    /// Whether it writes to a file at a path that ends like this.
    pub fn is_write_to(&self, end: &str) -> bool {
        self.name.contains("write") && self.arguments.contains(&format!("{end}>"))
    }

    /// The paths among the arguments, in quotation marks or of descriptors.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.arguments
            .split(['"', '<', '>'])
            .filter(|part| part.starts_with('/'))
    }
}

/// The time between a request and its answer.
#[derive(Debug)]
pub struct Window {
    /// How the request begins.
    pub request: String,
    pub from: usize,
    pub to: usize,
}

/// All calls, in the order of their ends.
pub struct Trace(Vec<Call>);

impl Trace {
    pub fn read(text: &str) -> Self {
        let mut calls = Vec::new();
        let mut unfinished: HashMap<u32, (String, usize)> = HashMap::new();
        for (place, line) in text.lines().enumerate() {
            let Some((thread, what)) = line.split_once(' ') else {
                continue;
            };
            let thread = thread
                .parse()
                .unwrap_or_else(|_| panic!("no thread: {line}"));
            let what = what.trim_start();
            if let Some(begun) = what.strip_suffix("<unfinished ...>") {
                unfinished.insert(thread, (begun.to_owned(), place));
                continue;
            }
            let (whole, begun) = match what
                .strip_prefix("<... ")
                .and_then(|rest| rest.split_once(" resumed>"))
            {
                Some((_, end)) => {
                    let Some((beginning, begun)) = unfinished.remove(&thread) else {
                        continue;
                    };
                    (beginning + end, begun)
                }
                None => (what.to_owned(), place),
            };
            let Some((name, rest)) = whole.split_once('(') else {
                continue;
            };
            let Some((arguments, result)) = rest.rsplit_once(" = ") else {
                continue;
            };
            let (name, arguments, result) =
                (name.to_owned(), arguments.to_owned(), result.to_owned());
            calls.push(Call {
                thread,
                name,
                arguments,
                result,
                begun,
                ended: place,
            });
        }
        assert!(!calls.is_empty(), "strace saw nothing");
        Self(calls)
    }

    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.0.iter()
    }

    /// The calls that lie wholly within a window.
    pub fn within(&self, window: &Window) -> impl Iterator<Item = &Call> {
        self.calls()
            .filter(|call| call.begun > window.from && call.ended < window.to)
    }

    /// Every request with its answer.
    pub fn windows(&self) -> Vec<Window> {
        let heads = ["GET ", "POST ", "PUT ", "DELETE "];
        self.calls()
            .filter(|call| call.name == "recvfrom" || call.name == "read")
            .filter_map(|call| {
                let (socket, text) = call.arguments.split_once('"')?;
                let socket = socket.trim_end();
                let request = text.split("\\r\\n").next()?;
                if !heads.iter().any(|head| request.starts_with(head)) {
                    return None;
                }
                let is_answer = |other: &&Call| {
                    other.begun > call.ended
                        && ["sendto", "write", "writev"].contains(&other.name.as_str())
                        && other.arguments.starts_with(socket)
                        && other.arguments.contains("\"HTTP/1.1 ")
                };
                let answer = self
                    .calls()
                    .filter(is_answer)
                    .map(|other| other.begun)
                    .min();
                let to = answer.unwrap_or_else(|| panic!("no answer to {request}"));
                Some(Window {
                    request: request.to_owned(),
                    from: call.ended,
                    to,
                })
            })
            .collect()
    }
}
