//! Settings that are wrong: the server does not start, and says which one it is.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use crate::server::command;

/// Starts a server that has to refuse, and gives its exit status and what it said.
fn refuses(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut command = command();
    command.args(["serve", "--data"]).arg(&data);
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--listen"))
    {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .expect("the binary");
    assert!(
        stdout.is_empty(),
        "it did not listen: {}",
        String::from_utf8_lossy(&stdout)
    );
    (
        status.code().expect("it was not killed"),
        String::from_utf8(stderr).expect("UTF-8"),
    )
}

#[test]
fn a_wrong_setting_is_named() {
    for (flag, value) in [
        ("--listen", "nonsense"),
        ("--listen", "127.0.0.1"),
        ("--limits-file", "many"),
        ("--limits-file", "-1"),
        ("--limits-json-body", "1 furlong"),
        ("--limits-headers", "18446744073709551616"),
        ("--limits-subject", "1.5"),
        ("--session-idle", "soon"),
        ("--upload-life", "10 parsecs"),
        ("--server-name", "two words"),
        ("--domain", "-"),
        ("--log", "info,="),
        ("--log-format", "xml"),
        ("--tls-listen", "everywhere"),
        ("--proxy-trusted", "10.0.0.0/33"),
        ("--proxy-prefix", "desk"),
        ("--proxy-prefix", "/a//b"),
        ("--cors-origin", "*"),
        ("--cors-origin", "https://desk.example.com/path"),
        ("--observe", "8020"),
        ("--limits-connections", "0"),
        ("--limits-write-time", "long"),
        ("--retired", "nonsense"),
        ("--retired", "PATCH /icws/connection"),
        ("--retired", "POST /elsewhere"),
    ] {
        let (status, said) = refuses(&[&format!("{flag}={value}")], &[]);
        let setting = flag.trim_start_matches("--");
        // `limits-json-body` is `limits.json_body`.
        let named = said.replace(['.', '_'], "-").contains(setting);
        assert!(status == 2 && named, "{flag} {value}: {status} {said}");
        let name = format!("ATTACHE_{}", setting.replace('-', "_").to_uppercase());
        if flag != "--listen" {
            let (status, said) = refuses(&[], &[(&name, value)]);
            assert!(
                status == 2 && said.contains(&name),
                "{name}={value}: {status} {said}"
            );
        }
    }
}

#[test]
fn an_operation_that_is_none_cannot_be_retired() {
    for key in [
        "GET /icws/nonsense",
        "DELETE /icws/connection",
        "POST /icws/{sessionID}/interactions",
    ] {
        let (status, said) = refuses(&["--retired", key], &[]);
        assert!(
            status != 0 && said.contains("retired") && said.contains(key),
            "{status} {said}"
        );
    }
}

fn with_file(text: &str) -> (i32, String) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("a file");
    let path = file.path().to_str().expect("UTF-8");
    let (status, said) = refuses(&["--config", path], &[]);
    assert!(said.contains(path), "the file is named: {said}");
    (status, said)
}

#[test]
fn a_wrong_settings_file_is_refused() {
    for (text, named) in [
        ("nonsense = 1\n", "nonsense"),
        ("[limits]\nfiles = 1\n", "files"),
        ("[limits]\nfile = \"many\"\n", "file"),
        ("[limits]\nfile = true\n", "file"),
        ("listen = 8018\n", "listen"),
        ("retired = \"POST /icws/connection\"\n", "retired"),
        ("limits = 7\n", "limits"),
        ("not TOML", "line 1"),
        ("log = \"info\"\nlog = \"debug\"\n", "log"),
    ] {
        let (status, said) = with_file(text);
        assert!(
            status == 2 && said.contains(named),
            "{text}: {status} {said}"
        );
    }
    let (status, said) = refuses(&["--config", "/nowhere/attache.toml"], &[]);
    assert!(
        status == 2 && said.contains("/nowhere/attache.toml"),
        "{status} {said}"
    );
}

#[test]
fn an_unknown_flag_or_command_is_wrong_usage() {
    for arguments in [&["--nonsense"][..], &["--limits-files", "1"], &["nonsense"]] {
        let (status, said) = refuses(arguments, &[]);
        assert!(
            status == 2 && said.contains(arguments[0]),
            "{arguments:?}: {status} {said}"
        );
    }
}

#[test]
fn a_certificate_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let empty = file.path().to_str().expect("UTF-8");
    for (certificate, key, named) in [
        (
            Some("/nowhere/certificate.pem"),
            Some("/nowhere/key.pem"),
            "/nowhere/certificate.pem",
        ),
        (Some(empty), Some(empty), empty),
        (Some(empty), None, "tls.key"),
        (None, Some(empty), "tls.certificate"),
    ] {
        let mut arguments = Vec::new();
        arguments.extend(
            certificate
                .iter()
                .flat_map(|file| ["--tls-certificate", file]),
        );
        arguments.extend(key.iter().flat_map(|file| ["--tls-key", file]));
        let (status, said) = refuses(&arguments, &[]);
        assert!(status == 1 && said.contains(named), "{status} {said}");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (status, said) = refuses(&["--listen", &address], &[]);
    assert!(
        status == 1 && said.contains(&address) && said.contains("listen"),
        "{status} {said}"
    );
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let below = file.path().join("data");
    for folder in [file.path(), &below, Path::new("/proc/nonsense")] {
        let folder = folder.to_str().expect("UTF-8");
        let output = command()
            .args(["serve", "--listen", "127.0.0.1:0", "--data", folder])
            .output()
            .expect("the binary");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(1) && said.contains(folder),
            "{} {said}",
            output.status
        );
    }
}
