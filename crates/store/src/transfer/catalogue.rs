//! Which tables and columns the database has.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::{Conn, Error};

/// The tables that are not carried: diesel's note of the migrations, which a new database makes itself; the servers that run on a
/// database; PostgreSQL's head of the journal, which is set to where the journal stands; how far a move has come; and backups that run.
const STAY: [&str; 5] = [
    "__diesel_schema_migrations",
    "nodes",
    "journal_head",
    "arrivals",
    "holds",
];

const OF_SQLITE: &str = "
    SELECT m.name AS table_name, c.name AS column_name, lower(c.type) AS kind, c.pk AS place
    FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";

const OF_POSTGRES: &str = "
    SELECT c.relname::text AS table_name, a.attname::text AS column_name, format_type(a.atttypid, NULL) AS kind,
           coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint AS place
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace";

/// A table that is carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is called.
    pub name: String,
    /// Its columns in the order of their names, which is the same on both engines.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in their order.
    pub key: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
}

/// What the values of a column are, on both engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of at most 64 bits.
    Integer,
    /// A text.
    Text,
    /// Yes or no.
    Boolean,
    /// Bytes.
    Bytes,
}

impl Kind {
    fn of(declared: &str) -> Option<Self> {
        match declared {
            "integer" | "bigint" | "smallint" => Some(Kind::Integer),
            "text" => Some(Kind::Text),
            "boolean" => Some(Kind::Boolean),
            "blob" | "bytea" => Some(Kind::Bytes),
            _ => None,
        }
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
}

/// The tables that are carried, in the order of their names.
///
/// # Errors
/// If the database cannot be asked, or has a column of a type that cannot be carried.
pub fn tables(conn: &mut Conn) -> Result<Vec<Table>, Error> {
    let statement = match conn {
        Conn::Sqlite(_) => OF_SQLITE,
        Conn::Postgres(_) => OF_POSTGRES,
    };
    let mut found: Vec<Found> = diesel::sql_query(statement).load(conn)?;
    // Not by the database, which may put names in another order.
    found.sort_by(|one, other| one.column_name.cmp(&other.column_name));
    let mut tables: BTreeMap<String, (Table, Vec<(i64, String)>)> = BTreeMap::new();
    for column in found {
        let Found {
            table_name,
            column_name,
            kind: declared,
            place,
        } = column;
        if STAY.contains(&table_name.as_str()) {
            continue;
        }
        let kind = Kind::of(&declared).ok_or_else(|| {
            Error::Transfer(format!(
                "{table_name}.{column_name} is of a type that cannot be carried: {declared}"
            ))
        })?;
        let (table, key) = tables.entry(table_name.clone()).or_insert_with(|| {
            let table = Table {
                name: table_name,
                columns: Vec::new(),
                key: Vec::new(),
            };
            (table, Vec::new())
        });
        if place > 0 {
            key.push((place, column_name.clone()));
        }
        table.columns.push(Column {
            name: column_name,
            kind,
        });
    }
    let finish = |(mut table, mut key): (Table, Vec<(i64, String)>)| {
        key.sort();
        table.key = key.into_iter().map(|(_, name)| name).collect();
        table
    };
    Ok(tables.into_values().map(finish).collect())
}

/// The migrations that a database had, in their order.
///
/// # Errors
/// If the database fails.
pub fn migrations(conn: &mut Conn) -> Result<Vec<String>, Error> {
    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let statement = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    let found: Vec<Version> = diesel::sql_query(statement).load(conn)?;
    Ok(found.into_iter().map(|found| found.version).collect())
}

/// The values of columns as a JSON array, for a `SELECT`; `of` is put before each column.
pub(super) fn values(conn: &Conn, of: &str, columns: &[&Column]) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = format!("{of}\"{}\"", column.name);
            match (conn, column.kind) {
                (Conn::Sqlite(_), Kind::Bytes) => {
                    format!("iif({name} IS NULL, NULL, lower(hex({name})))")
                }
                (Conn::Postgres(_), Kind::Bytes) => format!("encode({name}, 'hex')"),
                (Conn::Postgres(_), Kind::Boolean) => format!("{name}::int"),
                _ => name,
            }
        })
        .collect();
    let values = values.join(", ");
    match conn {
        Conn::Sqlite(_) => format!("json_array({values})"),
        Conn::Postgres(_) => format!("json_build_array({values})::text"),
    }
}

impl Table {
    /// The columns of its key.
    pub(super) fn key_columns(&self) -> Vec<&Column> {
        self.key
            .iter()
            .filter_map(|name| self.columns.iter().find(|column| column.name == *name))
            .collect()
    }
}
