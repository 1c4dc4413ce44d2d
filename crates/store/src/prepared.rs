//! Queries whose text is known to be the same each time, so that it is built and parsed once.
//!
//! diesel builds a query's text again and again: to look a statement up, to see whether it may be kept prepared, to bind its values;
//! through a connection that may be of either engine, even for a statement that it has kept. An `UPDATE` it never keeps, because
//! its text could depend on which values are set. That is half of what the writer would do. Where the text cannot differ, the
//! query says so by [`prepared!`]: the text is built once, the statement is looked up by the place in the source, and each
//! use only binds values.

use std::marker::PhantomData;
use std::sync::OnceLock;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::internal::derives::multiconnection::AstPassHelper;
use diesel::pg::PgQueryBuilder;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::sqlite::query_builder::SqliteQueryBuilder;

use crate::Conn;
use crate::database::MultiBackend;

type Builder = <MultiBackend as Backend>::QueryBuilder;

/// A place in the source where a query stands, with the query's text for each engine.
pub(crate) trait Site: 'static {
    /// SQLite's text and PostgreSQL's.
    fn texts() -> &'static [OnceLock<String>; 2];
}

/// A query from one place in the source. Made by [`prepared!`].
pub(crate) struct Prepared<Q, S> {
    query: Q,
    site: PhantomData<S>,
}

/// Wraps a query whose text is the same each time it is run from here. It must not have a list of changing length (`eq_any` over
/// values), a boxed part, a change set with fields that may be absent, or an insert with fields that may be left to their
/// default. Debug builds check that the text is the same. It must not stand in a generic function.
macro_rules! prepared {
    ($query:expr) => {{
        struct Here;
        impl $crate::prepared::Site for Here {
            fn texts() -> &'static [std::sync::OnceLock<String>; 2] {
                static TEXTS: [std::sync::OnceLock<String>; 2] =
                    [const { std::sync::OnceLock::new() }; 2];
                &TEXTS
            }
        }
        $crate::prepared::Prepared::<_, Here>::new($query)
    }};
}
pub(crate) use prepared;

impl<Q, S: Site> Prepared<Q, S> {
    pub fn new(query: Q) -> Self {
        Self {
            query,
            site: PhantomData,
        }
    }
}

impl<Q, S: Site> QueryId for Prepared<Q, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q: Query, S> Query for Prepared<Q, S> {
    type SqlType = Q::SqlType;
}

impl<Q, S> RunQueryDsl<Conn> for Prepared<Q, S> {}

impl<Q: QueryFragment<MultiBackend>, S: Site> QueryFragment<MultiBackend> for Prepared<Q, S> {
    /// Binding walks the query. Every other walk is there for the text, or to see whether it may be kept, which it may.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if out.bind_collector().is_some() || out.debug_binds().is_some() {
            self.query.walk_ast(out)
        } else {
            let text = self.text(out.backend())?;
            out.push_sql(text);
            Ok(())
        }
    }
}

impl<Q: QueryFragment<MultiBackend>, S: Site> Prepared<Q, S> {
    fn text(&self, backend: &MultiBackend) -> QueryResult<&'static str> {
        let cell = &S::texts()[usize::from(matches!(backend, MultiBackend::Postgres(_)))];
        if let Some(text) = cell.get() {
            debug_assert_eq!(
                *text,
                self.build(backend)?,
                "the text of a prepared query has changed"
            );
            return Ok(text);
        }
        let text = self.build(backend)?;
        Ok(cell.get_or_init(|| text))
    }

    fn build(&self, backend: &MultiBackend) -> QueryResult<String> {
        let mut builder = match backend {
            MultiBackend::Sqlite(_) => Builder::Sqlite(SqliteQueryBuilder::default()),
            MultiBackend::Postgres(_) => Builder::Postgres(PgQueryBuilder::default()),
        };
        self.query.to_sql(&mut builder, backend)?;
        Ok(builder.finish())
    }
}
