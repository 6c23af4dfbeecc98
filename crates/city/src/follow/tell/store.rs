//! Where the journal ends.

use base::PostingNo;
use store::{Sql, row, sql};

/// The last posting, and the last command without one.
pub(crate) const JOURNAL_END: Sql = sql("SELECT \
     CAST(COALESCE((SELECT MAX(no) FROM postings), 0) AS BIGINT) AS posting, \
     CAST(COALESCE((SELECT MAX(no) FROM requests), 0) AS BIGINT) AS request");

pub(crate) const STATEMENTS: &[Sql] = &[JOURNAL_END];

row! {
    pub(crate) struct EndRow {
        pub posting: PostingNo,
        pub request: u64,
    }
}
