//! Who needs that no bytes go: a backup that runs. A hold ends by itself, so that one whose holder died holds nothing for long.

use diesel::prelude::*;

use crate::schema::holds;
use crate::{Conn, Tx};

type Result<T> = diesel::QueryResult<T>;

/// Makes a hold until a time (Unix milliseconds), or lengthens it. Those that are over are forgotten.
pub fn hold(tx: &mut Tx<'_>, id: i64, until: i64, now: i64) -> Result<()> {
    let over = holds::table.filter(holds::id.eq(id).or(holds::until_at.lt(now)));
    diesel::delete(over).execute(tx.write())?;
    diesel::insert_into(holds::table)
        .values((holds::id.eq(id), holds::until_at.eq(until)))
        .execute(tx.write())
        .map(drop)
}

/// Ends a hold.
pub fn release(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    diesel::delete(holds::table.find(id))
        .execute(tx.write())
        .map(drop)
}

/// Whether anything is held at a time (Unix milliseconds).
pub fn any(conn: &mut Conn, now: i64) -> Result<bool> {
    let holding = holds::table.filter(holds::until_at.ge(now));
    diesel::select(diesel::dsl::exists(holding)).get_result(conn)
}
