//! Rows around looks: questions about them, broken glasses, inspections, downloads. What is text is sealed.

use base::{DownloadId, GlassId, Instant, PersonId, QuestionId};
use store::{Migration, Sql, row, sql};

/// The tables.
pub(crate) const LOOKS: Migration = Migration {
    name: "looks-1",
    sql: "
CREATE TABLE look_questions (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    look BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    question BYTEA NOT NULL,
    answered BIGINT,
    answered_by TEXT,
    answer BYTEA,
    UNIQUE (person, look)
);
CREATE INDEX look_questions_open ON look_questions (asked) WHERE answered IS NULL;
CREATE TABLE glasses (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    role TEXT NOT NULL,
    opened BIGINT NOT NULL,
    why BYTEA NOT NULL,
    reviewed BIGINT,
    reviewed_by TEXT,
    finding TEXT,
    note BYTEA
);
CREATE INDEX glasses_of_person ON glasses (person, opened);
CREATE INDEX glasses_open ON glasses (opened) WHERE reviewed IS NULL;
CREATE TABLE inspections (
    month BIGINT PRIMARY KEY,
    made BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    people BIGINT NOT NULL,
    unusual BIGINT NOT NULL,
    upto BIGINT NOT NULL,
    head BYTEA NOT NULL
);
CREATE TABLE downloads (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    by_account TEXT NOT NULL,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    lines BIGINT NOT NULL,
    why BYTEA NOT NULL
);
CREATE INDEX downloads_at ON downloads (at);
",
};

pub(crate) const INSERT_QUESTION: Sql =
    sql("INSERT INTO look_questions (id, person, look, asked, question) VALUES ($1, $2, $3, $4, $5)");
pub(crate) const ANSWER_QUESTION: Sql =
    sql("UPDATE look_questions SET answered = $2, answered_by = $3, answer = $4 WHERE id = $1");
pub(crate) const QUESTION: Sql =
    sql("SELECT id, person, look, asked, question, answered, answer FROM look_questions WHERE id = $1");
pub(crate) const QUESTION_ABOUT: Sql = sql("SELECT id, person, look, asked, question, answered, answer \
     FROM look_questions WHERE person = $1 AND look = $2");
pub(crate) const QUESTIONS_OF: Sql = sql("SELECT id, person, look, asked, question, answered, answer \
     FROM look_questions WHERE person = $1 ORDER BY asked DESC, id LIMIT $2");
pub(crate) const OPEN_QUESTIONS: Sql = sql("SELECT id, person, look, asked, question, answered, answer \
     FROM look_questions WHERE answered IS NULL ORDER BY asked, id LIMIT $1");
pub(crate) const INSERT_GLASS: Sql = sql("INSERT INTO glasses (id, person, opened_by, role, opened, why) \
     VALUES ($1, $2, $3, $4, $5, $6)");
pub(crate) const REVIEW_GLASS: Sql =
    sql("UPDATE glasses SET reviewed = $2, reviewed_by = $3, finding = $4, note = $5 WHERE id = $1");
pub(crate) const GLASS: Sql = sql("SELECT id, person, opened_by, role, opened, why, reviewed, reviewed_by, \
     finding, note FROM glasses WHERE id = $1");
pub(crate) const GLASSES_OF: Sql = sql("SELECT id, person, opened_by, role, opened, why, reviewed, \
     reviewed_by, finding, note FROM glasses WHERE person = $1 ORDER BY opened DESC, id LIMIT $2");
pub(crate) const OPEN_GLASSES: Sql = sql("SELECT id, person, opened_by, role, opened, why, reviewed, \
     reviewed_by, finding, note FROM glasses WHERE reviewed IS NULL ORDER BY opened, id LIMIT $1");
pub(crate) const GLASS_LETS: Sql = sql("SELECT COUNT(*) AS count FROM glasses \
     WHERE person = $1 AND opened_by = $2 AND reviewed IS NULL");
pub(crate) const INSERT_INSPECTION: Sql =
    sql("INSERT INTO inspections (month, made, looks, people, unusual, upto, head) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)");
pub(crate) const INSPECTION: Sql = sql("SELECT month, made, looks, people, unusual, upto, head \
     FROM inspections WHERE month = $1");
pub(crate) const INSPECTIONS: Sql = sql("SELECT month, made, looks, people, unusual, upto, head \
     FROM inspections ORDER BY month DESC LIMIT $1");
pub(crate) const INSERT_DOWNLOAD: Sql =
    sql("INSERT INTO downloads (id, at, by_account, role, what, lines, why) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)");
pub(crate) const DOWNLOAD: Sql =
    sql("SELECT id, at, by_account, role, what, lines, why FROM downloads WHERE id = $1");
pub(crate) const DOWNLOADS: Sql = sql("SELECT id, at, by_account, role, what, lines, why FROM downloads \
     ORDER BY at DESC, id LIMIT $1");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_QUESTION,
    ANSWER_QUESTION,
    QUESTION,
    QUESTION_ABOUT,
    QUESTIONS_OF,
    OPEN_QUESTIONS,
    INSERT_GLASS,
    REVIEW_GLASS,
    GLASS,
    GLASSES_OF,
    OPEN_GLASSES,
    GLASS_LETS,
    INSERT_INSPECTION,
    INSPECTION,
    INSPECTIONS,
    INSERT_DOWNLOAD,
    DOWNLOAD,
    DOWNLOADS,
];

row! {
    pub(crate) struct QuestionRow {
        pub id: QuestionId,
        pub person: PersonId,
        pub look: u64,
        pub asked: Instant,
        pub question: Vec<u8>,
        pub answered: Option<Instant>,
        pub answer: Option<Vec<u8>>,
    }
}

row! {
    pub(crate) struct GlassRow {
        pub id: GlassId,
        pub person: PersonId,
        pub opened_by: String,
        pub role: String,
        pub opened: Instant,
        pub why: Vec<u8>,
        pub reviewed: Option<Instant>,
        pub reviewed_by: Option<String>,
        pub finding: Option<String>,
        pub note: Option<Vec<u8>>,
    }
}

row! {
    pub(crate) struct InspectionRow {
        pub month: u32,
        pub made: Instant,
        pub looks: u64,
        pub people: u64,
        pub unusual: u64,
        pub upto: u64,
        pub head: [u8; 32],
    }
}

row! {
    pub(crate) struct DownloadRow {
        pub id: DownloadId,
        pub at: Instant,
        pub by_account: String,
        pub role: String,
        pub what: String,
        pub lines: u64,
        pub why: Vec<u8>,
    }
}

row! {
    pub(crate) struct CountRow {
        pub count: i64,
    }
}
