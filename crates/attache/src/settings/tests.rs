use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Write;
use std::time::Duration;

use super::*;

/// Settings from flags (`limits.file=1`), variables (`ATTACHE_DATA=x`) and the text of a file.
fn load(
    flags: &[(&str, &str)],
    variables: &[(&str, &str)],
    file: Option<&str>,
) -> Result<Settings, String> {
    let flags = flags
        .iter()
        .map(|(path, value)| ((*path).to_owned(), vec![(*value).to_owned()]))
        .collect();
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    let environment = |name: &str| variables.get(name).map(OsString::from);
    let path = file.map(|text| {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file.into_temp_path()
    });
    Settings::load(&flags, &environment, path.as_deref(), "attache-data")
        .map_err(|error| error.to_string())
}

#[test]
fn without_anything_the_documented_defaults_hold() {
    let settings = load(&[], &[], None).expect("loads");
    assert_eq!(settings.data(), Path::new("attache-data"));
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8018");
    assert_eq!(settings.log_format, LogFormat::Text);
    assert!(settings.retired.is_empty());
    assert_eq!(settings.limits.json_body, 1 << 20);
    assert_eq!(settings.limits.email_body, 8 << 20);
    assert_eq!(settings.limits.library_body, 64 << 20);
    assert_eq!(settings.limits.headers, 64 << 10);
    assert_eq!(settings.limits.connections_per_address, 1_000);
    let (rules, defaults) = (settings.rules(), Rules::default());
    assert_eq!(
        format!("{:?}", rules.limits),
        format!("{:?}", defaults.limits)
    );
    assert_eq!(rules.session_idle, defaults.session_idle);
    assert_eq!(rules.session_kept, defaults.session_kept);
    assert_eq!(rules.upload_life, defaults.upload_life);
    assert_eq!(rules.queue_kept, defaults.queue_kept);
    assert_eq!(rules.blob_grace, defaults.blob_grace);
}

#[test]
fn a_flag_beats_the_environment_and_that_beats_the_file() {
    let file = "data = \"file\"\nserver_name = \"file\"\n[limits]\nfile = 1\nsubject = 1\n";
    let variables = [
        ("ATTACHE_DATA", "environment"),
        ("ATTACHE_LIMITS_FILE", "2 KiB"),
    ];
    let settings = load(&[("data", "flag")], &variables, Some(file)).expect("loads");
    assert_eq!(settings.data(), Path::new("flag"));
    assert_eq!(settings.limits.file, 2048);
    assert_eq!(settings.limits.subject, 1);
    assert_eq!(settings.server_name(), "file");
}

#[test]
fn an_empty_variable_is_none() {
    let settings = load(
        &[],
        &[("ATTACHE_DATA", ""), ("ATTACHE_LIMITS_FILE", "")],
        None,
    )
    .expect("loads");
    assert_eq!(settings.data(), Path::new("attache-data"));
    assert_eq!(settings.limits.file, 25 << 20);
}

#[test]
fn numbers_may_have_units() {
    for (text, bytes) in [
        ("7", 7),
        ("25 MiB", 25 << 20),
        ("25mib", 25 << 20),
        ("1_000", 1000),
        ("3 kB", 3000),
        ("1 GiB", 1 << 30),
    ] {
        let settings = load(&[("limits.file", text)], &[], None).expect(text);
        assert_eq!(settings.limits.file, bytes, "{text}");
    }
    for (text, seconds) in [
        ("90", 90),
        ("5 min", 300),
        ("24 h", 86_400),
        ("7d", 604_800),
    ] {
        let settings = load(&[("session.idle", text)], &[], None).expect(text);
        assert_eq!(
            settings.session.idle,
            Duration::from_secs(seconds),
            "{text}"
        );
    }
}

#[test]
fn lists_are_separated_by_commas_and_flags_repeat() {
    let flags = vec![(
        "retired".to_owned(),
        vec![
            "get /icws/a, PUT /icws/b".to_owned(),
            "POST /ICWS/c".to_owned(),
        ],
    )];
    let settings = Settings::load(&flags, &|_| None, None, "x").expect("loads");
    assert_eq!(
        settings.retired,
        ["GET /icws/a", "PUT /icws/b", "POST /ICWS/c"]
    );
}

#[test]
fn a_wrong_value_is_refused_with_its_name_and_origin() {
    let wrong = [
        ("listen", "everywhere"),
        ("server_name", "two words"),
        ("domain", "-.example"),
        ("blobs", "http://bucket"),
        ("retired", "everything"),
        ("log", "a=b=c"),
        ("log_format", "xml"),
        ("limits.file", "-1"),
        ("limits.file", "0"),
        ("limits.file", "1 furlong"),
        ("limits.file", "99999999999 GiB"),
        ("limits.attachments", "many"),
        ("session.idle", "5 MiB"),
    ];
    for (setting, value) in wrong {
        let error = load(&[(setting, value)], &[], None).expect_err(setting);
        let flag = format!(
            "the setting `{setting}` from the flag --{}",
            setting.replace(['.', '_'], "-")
        );
        assert!(error.starts_with(&flag), "{error}");
        let variable = format!("ATTACHE_{}", setting.replace('.', "_").to_uppercase());
        let error = load(&[], &[(&variable, value)], None).expect_err(setting);
        assert!(
            error.contains(setting) && error.contains(&variable),
            "{error}"
        );
        let (table, name) = setting
            .split_once('.')
            .map_or(("", setting), |(table, name)| (table, name));
        let head = if table.is_empty() {
            String::new()
        } else {
            format!("[{table}]\n")
        };
        let error =
            load(&[], &[], Some(&format!("{head}{name} = \"{value}\"\n"))).expect_err(setting);
        assert!(
            error.contains("the settings file") && error.contains(name),
            "{error}"
        );
    }
}

#[test]
fn a_name_that_is_no_setting_is_refused() {
    for file in [
        "lisen = \"127.0.0.1:1\"\n",
        "[limits]\nfiles = 1\n",
        "[limit]\nfile = 1\n",
    ] {
        let error = load(&[], &[], Some(file)).expect_err(file);
        assert!(error.contains("unknown field"), "{error}");
    }
    let missing = Settings::load(
        &Vec::new(),
        &|_| None,
        Some(Path::new("/nowhere/attache.toml")),
        "x",
    );
    let error = missing.expect_err("there is no such file").to_string();
    assert!(error.contains("/nowhere/attache.toml"), "{error}");
}

#[test]
fn a_setting_has_one_name_in_file_environment_and_flags() {
    let command = arguments(clap::Command::new("attache"));
    for leaf in Leaf::all(&Settings::META) {
        let variable = format!("ATTACHE_{}", leaf.path().replace('.', "_").to_uppercase());
        assert_eq!(leaf.env, Some(variable.as_str()));
        let flag = leaf.path().replace(['.', '_'], "-");
        assert!(
            command
                .get_arguments()
                .any(|argument| argument.get_long() == Some(flag.as_str())),
            "{flag}"
        );
        assert!(!leaf.help().is_empty(), "{}", leaf.path());
    }
}

#[test]
fn the_sample_uncommented_is_the_defaults() {
    let sample = Settings::sample();
    for leaf in Leaf::all(&Settings::META) {
        assert!(
            sample.contains(&leaf.env.expect("a variable").to_owned()),
            "{}",
            leaf.path()
        );
    }
    let is_value =
        |line: &str| line.starts_with('#') && !line.starts_with("# ") && line.contains(" = ");
    let uncommented: String = sample
        .lines()
        .map(|line| if is_value(line) { &line[1..] } else { line })
        .fold(String::new(), |text, line| text + line + "\n");
    let settings = load(&[], &[], Some(&uncommented)).expect("loads");
    assert_eq!(
        format!("{settings:?}"),
        format!("{:?}", load(&[], &[], None).expect("loads"))
    );
}

#[test]
fn the_domain_is_the_servers_name_where_it_is_one() {
    let domain = |flags: &[(&str, &str)]| load(flags, &[], None).expect("loads").domain();
    assert_eq!(
        domain(&[("server_name", "desk.example.com")]),
        "desk.example.com"
    );
    assert_eq!(domain(&[("server_name", "the_desk")]), "localhost");
    assert_eq!(
        domain(&[("server_name", "the_desk"), ("domain", "example.com")]),
        "example.com"
    );
}
