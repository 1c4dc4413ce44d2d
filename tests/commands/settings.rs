//! Settings, and how commands find their installation.

use std::fs;

use tempfile::TempDir;

use super::{Installation, Said, run};

#[test]
fn a_wrong_setting_is_named_and_nothing_begins() {
    let folder = Installation::new();
    let config = folder.0.path().join("settings.toml");
    let config_name = config.to_str().expect("UTF-8").to_owned();
    let is_refused = |said: &Said, named: &str| {
        assert_eq!(said.status, 2, "{said:?}");
        assert!(
            said.err.starts_with("error: ") && said.err.contains(named),
            "{named}: {said:?}"
        );
    };
    for (flag, value, named) in [
        ("--listen", "nonsense", "--listen"),
        ("--limits-file", "a lot", "--limits-file"),
        ("--limits-attachments", "0", "--limits-attachments"),
        ("--session-idle", "-1 s", "--session-idle"),
        ("--log-format", "yaml", "--log-format"),
        ("--domain", "not a domain", "--domain"),
    ] {
        is_refused(&folder.run(&["serve", &format!("{flag}={value}")]), named);
    }
    is_refused(
        &folder.run_with(&["serve"], &[("ATTACHE_LIMITS_FILE", "a lot")], ""),
        "ATTACHE_LIMITS_FILE",
    );
    for (text, named) in [
        ("listen = 7", "listen"),
        ("[limits]\nfile = \"a lot\"", "a lot"),
        ("[limits]\nfoo = 1", "foo"),
        ("= broken", "settings.toml"),
    ] {
        fs::write(&config, text).expect("written");
        is_refused(&folder.run(&["serve", "--config", &config_name]), named);
        is_refused(
            &folder.run_with(&["user", "list"], &[("ATTACHE_CONFIG", &config_name)], ""),
            named,
        );
    }
    is_refused(
        &folder.run(&["serve", "--config", "nowhere.toml"]),
        "nowhere.toml",
    );
    // What is an operation is for the server to know.
    let said = folder.run(&[
        "serve",
        "--retired",
        "POST /icws/nowhere",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_ne!(said.status, 0);
    assert!(
        said.err.contains("retired") && said.err.contains("POST /icws/nowhere"),
        "{said:?}"
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = folder.run(&["serve", "--listen", &address]);
    assert_eq!(said.status, 1, "{said:?}");
    assert!(
        said.err.contains("cannot listen") && said.err.contains(&address),
        "{said:?}"
    );
}

#[test]
fn the_sample_is_a_settings_file() {
    let folder = Installation::new();
    let sample = run(folder.0.path(), &["settings", "sample"], &[], "").out;
    let config = folder.0.path().join("settings.toml");
    let name = config.to_str().expect("UTF-8");
    folder.done(&["workgroup", "add", "Support"]);
    // As it is, and with every setting that has a value let in.
    let is_setting = |line: &str| line.starts_with(|first: char| first.is_ascii_lowercase());
    let let_in = sample
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| is_setting(rest))
                .unwrap_or(line)
        })
        .collect::<Vec<_>>()
        .join("\n");
    let values = let_in
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with('#'))
        .count();
    assert!(values > 15, "{let_in}");
    let has_value = |line: &&str| !line.trim_end().ends_with('=');
    let without_empty = let_in
        .lines()
        .filter(has_value)
        .collect::<Vec<_>>()
        .join("\n");
    for text in [&sample, &without_empty] {
        fs::write(&config, text).expect("written");
        let list = folder.done(&["workgroup", "list", "--config", name]);
        assert!(list.contains("Support"), "{list}");
    }
    for setting in [
        "data",
        "listen",
        "domain",
        "retired",
        "[limits]",
        "attachments_size",
        "[session]",
        "[queue]",
        "[upload]",
        "blobs_grace",
    ] {
        assert!(sample.contains(setting), "{setting}");
    }
    assert!(
        sample
            .lines()
            .any(|line| line.starts_with("# The address and port to listen on")),
        "with its meaning: {sample}"
    );
}

#[test]
fn an_installation_is_found_as_a_server_finds_it() {
    let folder = TempDir::new().expect("a folder");
    let config = folder.path().join("settings.toml");
    fs::write(&config, "data = \"by-file\"\n").expect("written");
    let at = |arguments: &[&str], environment: &[(&str, &str)]| {
        run(folder.path(), arguments, environment, "")
    };
    for command in [
        &["user", "list"][..],
        &["workgroup", "list"],
        &["library", "list"],
        &["workgroup", "member", "a", "b"],
        &["library", "import", ".", "--dry-run"],
    ] {
        let said = at(command, &[]);
        assert_eq!(said.status, 1, "{said:?}");
        assert!(
            said.err.contains("attache-data") && said.err.contains("no installation"),
            "{said:?}"
        );
    }
    assert!(
        !folder.path().join("attache-data").exists(),
        "looking makes none"
    );
    let add = ["workgroup", "add", "Support"];
    for (arguments, environment, made) in [
        (&add[..], &[][..], "attache-data"),
        (
            &["workgroup", "add", "Support", "--config", "settings.toml"],
            &[],
            "by-file",
        ),
        (
            &["--config", "settings.toml", "workgroup", "add", "Other"],
            &[("ATTACHE_DATA", "by-environment")],
            "by-environment",
        ),
        (
            &["workgroup", "--data", "by-flag", "add", "Support"],
            &[
                ("ATTACHE_DATA", "by-environment"),
                ("ATTACHE_CONFIG", "settings.toml"),
            ],
            "by-flag",
        ),
    ] {
        let said = at(arguments, environment);
        assert_eq!(said.status, 0, "{said:?}");
        assert!(
            folder.path().join(made).join("attache.sqlite").exists(),
            "{made}"
        );
    }
}
