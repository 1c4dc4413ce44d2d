//! How the server stands in the open: HTTPS, HTTP/2, pages of other origins, proxies, limits, what monitoring sees, and what the log says.

mod cors;
mod http2;
mod limits;
mod observe;
mod proxy;
mod tls;

use std::process::{Command, Stdio};

use crate::server::Server;

const LOGIN: &str = r#"{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":"test","userID":"anna","password":"demo"}"#;

const VERSION: &str = "/icws/connection/version";

/// The URL of the server for HTTPS, without a slash at its end.
pub fn https(server: &Server) -> String {
    let log = server.log();
    let (_, rest) = log.split_once("and on https://").expect("it speaks HTTPS");
    let (address, _) = rest.split_once('/').expect("the API's root");
    format!("https://{address}")
}

/// Runs curl, which is to be silent but for what it is asked for. Gives its exit status and what it printed.
async fn curl(arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--noproxy", "*", "--max-time", "20"])
        .args(arguments)
        .stdin(Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = run.await.expect("no panic").expect("curl");
    let status = output.status.code().expect("it was not killed");
    (status, String::from_utf8_lossy(&output.stdout).into_owned())
}
