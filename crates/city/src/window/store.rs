//! Rows of drafts and of handings over. What was typed, and what was said, is sealed.

use base::{AccountId, DraftId, HandoverId, Instant, PersonId};
use store::{Migration, Sql, row, sql};

use crate::looks::Text;

pub(crate) const TYPED: Text = Text { table: "drafts", field: "typed" };
pub(crate) const WHY: Text = Text { table: "handovers", field: "why" };

/// The tables. A draft's window is the neighbourhood of the clerk who began it; none: the counter of the whole city.
pub(crate) const WINDOW: Migration = Migration {
    name: "window-1",
    sql: "
CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    district TEXT,
    holder TEXT NOT NULL,
    begun BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    typed BYTEA NOT NULL
);
CREATE INDEX drafts_changed ON drafts (changed);
CREATE TABLE handovers (
    id TEXT PRIMARY KEY,
    draft TEXT,
    person TEXT,
    by_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    at BIGINT NOT NULL,
    why BYTEA NOT NULL,
    accepted BIGINT,
    ended BIGINT
);
CREATE INDEX handovers_by ON handovers (by_account, at);
CREATE INDEX handovers_to ON handovers (to_account, at);
CREATE INDEX handovers_of_draft ON handovers (draft) WHERE draft IS NOT NULL;
CREATE INDEX handovers_of_person ON handovers (person) WHERE person IS NOT NULL;
CREATE INDEX handovers_ended ON handovers (ended) WHERE ended IS NOT NULL;
",
};

macro_rules! handover {
    () => {
        "id, draft, person, by_account, to_account, at, why, accepted, ended"
    };
}

pub(crate) const INSERT_DRAFT: Sql =
    sql("INSERT INTO drafts (id, district, holder, begun, changed, typed) VALUES ($1, $2, $3, $4, $5, $6)");
pub(crate) const KEEP_DRAFT: Sql =
    sql("UPDATE drafts SET holder = $2, changed = $3, typed = $4 WHERE id = $1");
pub(crate) const GIVE_DRAFT: Sql = sql("UPDATE drafts SET holder = $2 WHERE id = $1");
pub(crate) const DELETE_DRAFT: Sql = sql("DELETE FROM drafts WHERE id = $1");
pub(crate) const DRAFT: Sql =
    sql("SELECT id, district, holder, begun, changed, typed FROM drafts WHERE id = $1");
/// Those of one window, or of one holder, the oldest first.
pub(crate) const DRAFTS_OF_WINDOW: Sql =
    sql("SELECT id, district, holder, begun, changed, typed FROM drafts \
     WHERE district = $1 OR holder = $2 ORDER BY changed, id LIMIT $3");
pub(crate) const ALL_DRAFTS: Sql = sql("SELECT id, district, holder, begun, changed, typed FROM drafts \
     ORDER BY changed, id LIMIT $1");
pub(crate) const OLD_DRAFTS: Sql = sql("SELECT id, district, holder, begun, changed, typed FROM drafts \
     WHERE changed < $1 ORDER BY changed, id LIMIT $2");
pub(crate) const INSERT_HANDOVER: Sql = sql("INSERT INTO handovers (id, draft, person, by_account, \
     to_account, at, why) VALUES ($1, $2, $3, $4, $5, $6, $7)");
pub(crate) const CHANGE_HANDOVER: Sql = sql("UPDATE handovers SET accepted = $2, ended = $3 WHERE id = $1");
pub(crate) const HANDOVER: Sql = sql(concat!("SELECT ", handover!(), " FROM handovers WHERE id = $1"));
/// What is on its way of a draft or of somebody's matter.
pub(crate) const OPEN_OF_DRAFT: Sql = sql(concat!(
    "SELECT ",
    handover!(),
    " FROM handovers WHERE draft = $1 AND ended IS NULL ORDER BY at, id"
));
pub(crate) const OPEN_OF_PERSON: Sql = sql(concat!(
    "SELECT ",
    handover!(),
    " FROM handovers WHERE person = $1 AND ended IS NULL ORDER BY at, id"
));
/// What waits for one clerk, and what one gave away, the oldest first.
pub(crate) const OPEN_TO: Sql = sql(concat!(
    "SELECT ",
    handover!(),
    " FROM handovers WHERE to_account = $1 AND ended IS NULL ORDER BY at, id LIMIT $2"
));
pub(crate) const OPEN_BY: Sql = sql(concat!(
    "SELECT ",
    handover!(),
    " FROM handovers WHERE by_account = $1 AND ended IS NULL ORDER BY at, id LIMIT $2"
));
pub(crate) const DELETE_HANDOVERS_OF: Sql = sql("DELETE FROM handovers WHERE draft = $1");
pub(crate) const DELETE_ENDED: Sql = sql("DELETE FROM handovers WHERE ended IS NOT NULL AND ended < $1");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_DRAFT,
    KEEP_DRAFT,
    GIVE_DRAFT,
    DELETE_DRAFT,
    DRAFT,
    DRAFTS_OF_WINDOW,
    ALL_DRAFTS,
    OLD_DRAFTS,
    INSERT_HANDOVER,
    CHANGE_HANDOVER,
    HANDOVER,
    OPEN_OF_DRAFT,
    OPEN_OF_PERSON,
    OPEN_TO,
    OPEN_BY,
    DELETE_HANDOVERS_OF,
    DELETE_ENDED,
];

row! {
    pub(crate) struct DraftRow {
        pub id: DraftId,
        pub district: Option<String>,
        pub holder: String,
        pub begun: Instant,
        pub changed: Instant,
        pub typed: Vec<u8>,
    }
}

row! {
    pub(crate) struct HandoverRow {
        pub id: HandoverId,
        pub draft: Option<DraftId>,
        pub person: Option<PersonId>,
        pub by_account: AccountId,
        pub to_account: AccountId,
        pub at: Instant,
        pub why: Vec<u8>,
        pub accepted: Option<Instant>,
        pub ended: Option<Instant>,
    }
}
