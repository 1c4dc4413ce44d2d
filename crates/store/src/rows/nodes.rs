//! The servers that run on one database.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::schema::nodes;
use crate::{Conn, Tx, clock};

type Result<T> = diesel::QueryResult<T>;

/// A server that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = nodes)]
pub struct Node {
    /// A number of its own, made anew whenever a server starts.
    pub id: i64,
    /// When it started, by the database's clock, in Unix milliseconds.
    pub started_at: i64,
    /// When it was last heard of, by the same clock.
    pub seen_at: i64,
}

/// The time by the one clock that is the same for all servers, in Unix milliseconds: PostgreSQL's, or this machine's where the database
/// is embedded.
pub fn now(conn: &mut Conn) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = BigInt)]
        now: i64,
    }
    match conn {
        Conn::Sqlite(_) => Ok(clock::now()),
        Conn::Postgres(conn) => {
            let query = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";
            Ok(diesel::sql_query(query).get_result::<Now>(conn)?.now)
        }
    }
}

/// Adds a server.
pub fn add(tx: &mut Tx<'_>, node: Node) -> Result<()> {
    diesel::insert_into(nodes::table)
        .values(node)
        .execute(tx.write())
        .map(drop)
}

/// Notes that a server was heard of; false if it is not there.
pub fn see(tx: &mut Tx<'_>, id: i64, now: i64) -> Result<bool> {
    diesel::update(nodes::table.find(id))
        .set(nodes::seen_at.eq(now))
        .execute(tx.write())
        .map(|count| count > 0)
}

/// The servers that are there, the oldest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Node>> {
    nodes::table
        .order((nodes::started_at, nodes::id))
        .select(Node::as_select())
        .load(conn)
}

/// Removes a server. True if it was there.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<bool> {
    diesel::delete(nodes::table.find(id))
        .execute(tx.write())
        .map(|count| count > 0)
}

/// Removes all servers but this one that were not heard of since that time; gives how many.
pub fn remove_silent(tx: &mut Tx<'_>, id: i64, since: i64) -> Result<usize> {
    diesel::delete(nodes::table.filter(nodes::id.ne(id).and(nodes::seen_at.lt(since))))
        .execute(tx.write())
}
