//! Many rows where there was one, on either engine.

use anyhow::{Context, ensure};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use icws::wire::Guid;

/// A connection to the database of a server that is stopped.
pub enum Rows {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Ids that the server would not come to.
const FIRST_INTERACTION: usize = 3_000_000_000;
const FIRST_SESSION: usize = 30_000_000_000;

impl Rows {
    /// Connects to `sqlite:PATH` or `postgres://…`.
    pub fn open(url: &str) -> anyhow::Result<Self> {
        Ok(match url.strip_prefix("sqlite:") {
            Some(path) => Rows::Sqlite(SqliteConnection::establish(path)?),
            None => Rows::Postgres(PgConnection::establish(url)?),
        })
    }

    /// Puts many items beside one of a library, which differ from it by their ids.
    pub fn multiply_items(&mut self, file_name: &str, count: usize) -> anyhow::Result<()> {
        let id = match self {
            Rows::Sqlite(_) => "randomblob(16)",
            Rows::Postgres(_) => "decode(md5(random()::text || n.i::text), 'hex')",
        };
        let of = format!("file_name = '{file_name}'");
        self.multiply("library_items", "id", id, &of, count)
    }

    /// Puts many drafts beside one, each with all that it holds.
    pub fn multiply_interaction(&mut self, id: &str, count: usize) -> anyhow::Result<()> {
        let new = format!("{FIRST_INTERACTION} + n.i");
        self.multiply("interactions", "id", &new, &format!("id = {id}"), count)?;
        let of = format!("interaction_id = {id}");
        for table in ["email_contents", "attachments"] {
            self.multiply(table, "interaction_id", &new, &of, count)?;
        }
        Ok(())
    }

    /// Puts many sessions beside one, with all that it has subscribed to and the same proofs. Their ids are those behind the one that this
    /// returns.
    pub fn multiply_session(&mut self, id: &str, count: usize) -> anyhow::Result<usize> {
        let new = format!("{FIRST_SESSION} + n.i");
        self.multiply("sessions", "id", &new, &format!("id = {id}"), count)?;
        for subscription in self.words(&format!(
            "SELECT subject AS word FROM subscriptions WHERE session_id = {id}"
        ))? {
            let of = format!("session_id = {id} AND subject = '{subscription}'");
            self.multiply("subscriptions", "session_id", &new, &of, count)?;
        }
        Ok(FIRST_SESSION)
    }

    /// The ids of some items with this file's name.
    pub fn sample_of_items(&mut self, file_name: &str, count: usize) -> anyhow::Result<Vec<Guid>> {
        let word = match self {
            Rows::Sqlite(_) => "lower(hex(id))",
            Rows::Postgres(_) => "encode(id, 'hex')",
        };
        let words = self.words(&format!(
            "SELECT {word} AS word FROM library_items WHERE file_name = '{file_name}' ORDER BY random() LIMIT {count}"
        ))?;
        let guid = |hex: &String| {
            let dashed = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &hex[part]);
            dashed.join("-").parse().ok().context("no id of an item")
        };
        words.iter().map(guid).collect()
    }

    /// Runs statements.
    pub fn execute(&mut self, statements: &str) -> anyhow::Result<()> {
        match self {
            Rows::Sqlite(conn) => conn.batch_execute(statements)?,
            Rows::Postgres(conn) => conn.batch_execute(statements)?,
        }
        Ok(())
    }

    /// Copies the row that is meant, so many times, each with a key of its own.
    fn multiply(
        &mut self,
        table: &str,
        key: &str,
        new_key: &str,
        of: &str,
        count: usize,
    ) -> anyhow::Result<()> {
        let columns = self.words(&match self {
            Rows::Sqlite(_) => format!("SELECT name AS word FROM pragma_table_info('{table}')"),
            Rows::Postgres(_) => format!(
                "SELECT column_name::text AS word FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
            ),
        })?;
        ensure!(
            columns.iter().any(|column| column == key),
            "{table} has no {key}"
        );
        let from: Vec<String> = columns
            .iter()
            .map(|column| {
                if column == key {
                    new_key.to_owned()
                } else {
                    format!("m.{column}")
                }
            })
            .collect();
        self.execute(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO {table} ({}) SELECT {} FROM n, (SELECT * FROM {table} WHERE {of} LIMIT 1) m",
            columns.join(", "),
            from.join(", ")
        ))
    }

    fn words(&mut self, query: &str) -> anyhow::Result<Vec<String>> {
        let query = diesel::sql_query(query);
        let words: Vec<Word> = match self {
            Rows::Sqlite(conn) => query.load(conn)?,
            Rows::Postgres(conn) => query.load(conn)?,
        };
        Ok(words.into_iter().map(|word| word.word).collect())
    }
}
