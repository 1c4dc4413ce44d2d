//! Opening: addresses, versions, how SQLite is built and set up, one server on a folder.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Bench, execute, note, url};
use crate::{Database, Error, OpenError, Options, lock_folder};

fn open(url: &str) -> Result<Database, OpenError> {
    Database::open(url, Options::default())
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let bench = Bench::new().await;
    bench.database.write(|tx| note(tx, 1)).await.unwrap();
    bench.database.close().await;
    let database = open(&url(&bench.folder)).unwrap();
    let again = Bench {
        folder: bench.folder,
        database,
    };
    assert_eq!(again.notes().await.len(), 1);
    assert_eq!(again.journal().await.len(), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let bench = Bench::new().await;
    execute(
        &bench.database,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')",
    )
    .await
    .unwrap();
    bench.database.close().await;
    let error = open(&url(&bench.folder)).err().unwrap();
    assert!(
        matches!(&error, OpenError::Newer { migration } if migration == "99990101000000"),
        "{error}"
    );
    assert!(error.to_string().contains("newer version"));
}

#[test]
fn other_addresses_are_refused() {
    for url in [
        "",
        "attache.db",
        "sqlite:",
        "sqlite::memory:",
        "mysql://localhost/attache",
    ] {
        assert!(matches!(open(url), Err(OpenError::Address(_))), "{url}");
    }
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!(
        "sqlite:{}/no/such/folder/attache.db",
        folder.path().display()
    );
    assert!(matches!(open(&nowhere), Err(OpenError::Io(_))));
    let file = folder.path().join("letter.txt");
    std::fs::write(
        &file,
        "This is no database, but a letter that is long enough to be taken for one. ".repeat(20),
    )
    .unwrap();
    assert!(open(&format!("sqlite:{}", file.display())).is_err());
}

#[tokio::test]
async fn two_that_open_a_new_database_at_once_both_can() {
    let folder = tempfile::tempdir().unwrap();
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let url = url(&folder);
            std::thread::spawn(move || open(&url).map(drop))
        })
        .collect();
    for thread in opening {
        thread.join().unwrap().unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn its_files_are_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new().await;
    for file in ["attache.db", "attache.db-wal", "attache.db-shm"] {
        let mode = std::fs::metadata(bench.folder.path().join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn sqlite_is_built_as_it_has_to_be() {
    #[derive(QueryableByName)]
    struct CompileOption {
        #[diesel(sql_type = Text)]
        compile_options: String,
    }
    let bench = Bench::new().await;
    let options = bench
        .database
        .read(|conn| {
            let rows: Vec<CompileOption> = match conn {
                crate::Conn::Sqlite(conn) => {
                    diesel::sql_query("PRAGMA compile_options").load(conn)?
                }
                crate::Conn::Postgres(_) => Vec::new(),
            };
            Ok::<_, Error>(
                rows.into_iter()
                    .map(|row| row.compile_options)
                    .collect::<Vec<_>>(),
            )
        })
        .await
        .unwrap();
    for wanted in ["ENABLE_QPSG", "THREADSAFE=2"] {
        assert!(
            options.iter().any(|option| option == wanted),
            "{wanted} is not among {options:?}"
        );
    }
    for unwanted in ["ENABLE_STAT4", "ENABLE_API_ARMOR"] {
        assert!(
            !options.iter().any(|option| option == unwanted),
            "{unwanted} is among {options:?}"
        );
    }
}

#[tokio::test]
async fn every_commit_is_synced() {
    #[derive(QueryableByName)]
    struct Synchronous {
        #[diesel(sql_type = BigInt)]
        synchronous: i64,
    }
    let bench = Bench::new().await;
    let row = bench
        .database
        .write(|tx| {
            let crate::Conn::Sqlite(conn) = tx.read() else {
                unreachable!("it was opened as SQLite")
            };
            Ok::<_, Error>(diesel::sql_query("PRAGMA synchronous").get_result::<Synchronous>(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(row.synchronous, 2, "FULL");
}

#[test]
fn a_second_server_on_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lock = lock_folder(folder.path()).unwrap();
    let refused = lock_folder(folder.path());
    assert!(
        matches!(&refused, Err(Error::Locked(path)) if path == folder.path()),
        "{refused:?}"
    );
    drop(lock);
    lock_folder(folder.path()).unwrap();
}
