//! The journal: one row for each transaction that changed something that somebody may listen to. Its positions become visible
//! in their order.

use diesel::prelude::*;

use self::postgres::journal_head;
use crate::prepared::prepared;
use crate::schema::journal;
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

// PostgreSQL only. SQLite hands positions out under its one writer's lock; PostgreSQL would hand them out of a sequence before
// the commit, and a reader that trusts the highest would miss the late ones.
mod postgres {
    diesel::table! {
        journal_head (position) {
            position -> BigInt,
        }
    }
}

/// Writes a row and returns its position. `changes` is a JSON array, `now` is in Unix milliseconds. It has to be the last
/// statement of its transaction, since it locks the journal until the commit.
pub(crate) fn append(conn: &mut Conn, changes: &str, now: i64) -> Result<i64> {
    let content = (journal::changes.eq(changes), journal::written_at.eq(now));
    match conn {
        Conn::Sqlite(conn) => diesel::insert_into(journal::table)
            .values(content)
            .returning(journal::position)
            .get_result(conn),
        Conn::Postgres(conn) => {
            let position: i64 = diesel::update(journal_head::table)
                .set(journal_head::position.eq(journal_head::position + 1))
                .returning(journal_head::position)
                .get_result(conn)?;
            diesel::insert_into(journal::table)
                .values((journal::position.eq(position), content))
                .execute(conn)?;
            Ok(position)
        }
    }
}

/// The rows after a position, at most `limit` of them: position and JSON array.
pub fn tail(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<(i64, String)>> {
    let rows = journal::table
        .filter(journal::position.gt(after))
        .order(journal::position)
        .limit(limit)
        .select((journal::position, journal::changes));
    prepared!(rows).load(conn)
}

/// The highest position there is, 0 if there is none.
pub fn head(conn: &mut Conn) -> Result<i64> {
    let query = journal::table.select(diesel::dsl::max(journal::position));
    let highest: Option<i64> = prepared!(query).get_result(conn)?;
    Ok(highest.unwrap_or(0))
}

/// Forgets the rows that were written before a time (Unix milliseconds), but never the last one, by which a follower knows how
/// far the journal has come. Returns how many went.
pub fn cut(tx: &mut Tx<'_>, before: i64) -> Result<usize> {
    let head = head(tx.read())?;
    diesel::delete(
        journal::table.filter(
            journal::written_at
                .lt(before)
                .and(journal::position.lt(head)),
        ),
    )
    .execute(tx.write())
}
