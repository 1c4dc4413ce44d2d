//! The write-ahead log stays bounded, and the gate lets one through at a time.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::{add, url};
use crate::Conn;
use crate::checkpoint::Checkpointer;
use crate::connect::{Address, Role};
use crate::database::Shared;
use crate::gate::Gate;

struct Log {
    writer: Conn,
    checkpointer: Checkpointer,
    shared: Arc<Shared>,
    file: std::path::PathBuf,
    address: Address,
    next: i64,
}

impl Log {
    fn new(folder: &tempfile::TempDir, limit: u64) -> Self {
        let busy = Duration::from_secs(10);
        let address = Address::parse(&url(folder)).unwrap();
        address.prepare(busy).unwrap();
        let mut writer = address.connect(Role::Writer, busy).unwrap();
        writer
            .batch_execute(
                "CREATE TABLE notes (id INTEGER PRIMARY KEY NOT NULL, text TEXT NOT NULL)",
            )
            .unwrap();
        let shared = Arc::new(Shared::default());
        let file = address.log_file().unwrap();
        let keeper = address
            .connect(Role::Keeper, Duration::from_millis(100))
            .unwrap();
        let checkpointer = Checkpointer::new(keeper, file.clone(), Arc::clone(&shared), limit);
        Self {
            writer,
            checkpointer,
            shared,
            file,
            address,
            next: 0,
        }
    }

    /// Writes five mebibytes, which is enough for a checkpoint.
    fn fill(&mut self) {
        for _ in 0..5 {
            self.next += 1;
            add(&mut self.writer, self.next, &"x".repeat(1 << 20)).unwrap();
            self.shared.commits.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn size(&self) -> u64 {
        fs::metadata(&self.file).map_or(0, |file| file.len())
    }
}

#[test]
fn the_log_starts_again_when_it_is_long_enough() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::new(&folder, 8 << 20);
    for _ in 0..8 {
        log.fill();
        log.checkpointer.tick().unwrap();
    }
    assert!(log.size() < 16 << 20, "{} bytes", log.size());
}

#[test]
fn a_reader_of_an_old_snapshot_delays_it_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Log::new(&folder, 8 << 20);
    let mut reader = log
        .address
        .connect(Role::Reader, Duration::from_secs(1))
        .unwrap();
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM notes")
        .unwrap();
    for _ in 0..4 {
        log.fill();
        log.checkpointer.tick().unwrap();
    }
    let largest = log.size();
    assert!(
        largest > 18 << 20,
        "the reader needs what it began with: {largest} bytes"
    );
    reader.batch_execute("COMMIT").unwrap();
    for _ in 0..8 {
        log.fill();
        log.checkpointer.tick().unwrap();
    }
    assert!(log.size() < largest + (16 << 20), "{} bytes", log.size());
}

#[test]
fn the_gate_is_for_one_at_a_time() {
    let gate = Gate::default();
    let inside = AtomicBool::new(false);
    let alone = |pass| {
        assert!(!inside.swap(true, Ordering::SeqCst), "somebody is there");
        std::thread::yield_now();
        inside.store(false, Ordering::SeqCst);
        drop(pass);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| (0..2000).for_each(|_| alone(gate.enter())));
        scope.spawn(|| (0..200).for_each(|_| alone(gate.shut())));
    });
    drop(gate.enter());
}
