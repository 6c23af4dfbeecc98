//! Rows of payouts, their accounts and files, and of what the bank answered.

use base::{Instant, PayoutAccountId, PostingNo};
use store::{Error, Migration, Snapshot, Sql, row, sql};

use vault::{Sealed, Vault};

use super::Payout;
use super::account::BankAccount;
use super::lines::{Said, open_note};
use crate::Payee;

/// The tables.
pub(crate) const PAYOUTS: Migration = Migration {
    name: "payouts-1",
    sql: "
CREATE TABLE payout_accounts (
    id TEXT PRIMARY KEY,
    payee TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    key_no BIGINT NOT NULL,
    since BIGINT NOT NULL,
    ended BIGINT,
    why TEXT
);
CREATE INDEX payout_accounts_of ON payout_accounts (payee);
CREATE TABLE payouts (
    posting BIGINT PRIMARY KEY,
    payee TEXT NOT NULL,
    amount BIGINT NOT NULL,
    account TEXT NOT NULL,
    since BIGINT NOT NULL,
    state TEXT NOT NULL,
    file BIGINT,
    reference TEXT,
    ended BIGINT,
    code TEXT
);
CREATE INDEX payouts_of ON payouts (payee, posting);
CREATE INDEX payouts_open ON payouts (posting) WHERE state IN ('waiting', 'sent');
CREATE INDEX payouts_in ON payouts (file, posting);
CREATE INDEX payouts_failed ON payouts (posting) WHERE state = 'failed';
CREATE TABLE payout_files (
    no BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    count BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE TABLE bank_answers (
    answer TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    at BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    known BIGINT NOT NULL,
    open BIGINT NOT NULL
);
CREATE INDEX bank_answers_at ON bank_answers (at);
CREATE TABLE bank_lines (
    id TEXT PRIMARY KEY,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    puzzle TEXT NOT NULL,
    payout BIGINT,
    sealed BYTEA NOT NULL,
    key_no BIGINT NOT NULL,
    done BIGINT,
    done_payout BIGINT,
    note BYTEA
);
CREATE INDEX bank_lines_open ON bank_lines (at, id) WHERE done IS NULL;
",
};

/// The bank's files as they came, in the parts they were taken in by: names and accounts of strangers stand in them, so
/// each part is sealed.
pub(crate) const ANSWER_TEXTS: Migration = Migration {
    name: "payouts-2-answers",
    sql: "
CREATE TABLE bank_answer_texts (
    id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL,
    key_no BIGINT NOT NULL
);
",
};

/// Who settled a line: as the access ledger knows them. Of what was settled before there was such a word it isn't known.
pub(crate) const SETTLED_BY: Migration = Migration {
    name: "payouts-3-settled",
    sql: "
ALTER TABLE bank_lines ADD COLUMN done_by TEXT;
CREATE INDEX bank_lines_done ON bank_lines (done) WHERE done IS NOT NULL;
",
};

pub(crate) const INSERT_TEXT: Sql = sql("INSERT INTO bank_answer_texts (id, sealed, key_no) \
     VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING");
/// A file of the bank's, as it came: its parts from one id to another.
pub(crate) const ANSWER_TEXT: Sql =
    sql("SELECT id, sealed FROM bank_answer_texts WHERE id > $1 AND id < $2 ORDER BY id");
/// What the bank's files of some time are called.
pub(crate) const ANSWERS_BETWEEN: Sql =
    sql("SELECT answer FROM bank_answers WHERE at >= $1 AND at < $2 ORDER BY at, answer");
/// The payout files of some days.
pub(crate) const FILES_BETWEEN: Sql =
    sql("SELECT no, at, day, count, amount FROM payout_files WHERE day >= $1 AND day <= $2 ORDER BY no");

pub(crate) const INSERT_ACCOUNT: Sql = sql("INSERT INTO payout_accounts (id, payee, sealed, key_no, since) \
     VALUES ($1, $2, $3, $4, $5)");
/// A payee's account is replaced, or the bank found fault with it.
pub(crate) const END_ACCOUNT: Sql =
    sql("UPDATE payout_accounts SET ended = $2, why = $3 WHERE id = $1 AND ended IS NULL");
/// Why the accounts of a shop that changed hands are nobody's to see.
pub(crate) const HANDED_OVER: &str = "handed-over";
/// The accounts of a shop that changed hands were its old owner's.
pub(crate) const HAND_OVER: Sql =
    sql("UPDATE payout_accounts SET ended = COALESCE(ended, $2), why = $3 WHERE payee = $1");
/// Who left takes their accounts with them.
pub(crate) const FORGET_ACCOUNTS: Sql =
    sql("UPDATE payout_accounts SET sealed = $2, ended = $3, why = 'gone' WHERE payee = $1");
/// An account.
pub(crate) const ACCOUNT: Sql =
    sql("SELECT id, payee, sealed, since, ended, why FROM payout_accounts WHERE id = $1");
/// A payee's newest account.
pub(crate) const ACCOUNT_OF: Sql = sql("SELECT id, payee, sealed, since, ended, why FROM payout_accounts \
     WHERE payee = $1 ORDER BY since DESC, id LIMIT 1");
const ACCOUNTS: Sql = sql("SELECT id, payee FROM payout_accounts WHERE ended IS NULL ORDER BY since, id");

pub(crate) const INSERT_PAYOUT: Sql =
    sql("INSERT INTO payouts (posting, payee, amount, account, since, state) \
     VALUES ($1, $2, $3, $4, $5, 'waiting')");
/// What waits goes into a file.
pub(crate) const SEND: Sql =
    sql("UPDATE payouts SET state = 'sent', file = $1 WHERE state = 'waiting' AND posting <= $2");
/// What waits goes to a payee's new account.
pub(crate) const MOVE_WAITING: Sql =
    sql("UPDATE payouts SET account = $2 WHERE payee = $1 AND state = 'waiting'");
pub(crate) const INSERT_FILE: Sql =
    sql("INSERT INTO payout_files (no, at, day, count, amount) VALUES ($1, $2, $3, $4, $5)");
/// The bank has carried it out.
pub(crate) const PAY: Sql =
    sql("UPDATE payouts SET state = 'paid', reference = $2, ended = $3 WHERE posting = $1");
/// It has not, or it came back.
pub(crate) const FAIL: Sql =
    sql("UPDATE payouts SET state = 'failed', code = $2, ended = $3 WHERE posting = $1");
/// A payout.
pub(crate) const PAYOUT: Sql =
    sql("SELECT posting, payee, amount, account, since, state, file, reference, ended, \
     code FROM payouts WHERE posting = $1");
const OPEN: Sql = sql("SELECT posting, payee, amount, account, since, state, file, reference, ended, code \
     FROM payouts WHERE state IN ('waiting', 'sent') ORDER BY posting");
/// A payee's payouts, newest first.
pub(crate) const PAYOUTS_OF: Sql =
    sql("SELECT posting, payee, amount, account, since, state, file, reference, \
     ended, code FROM payouts WHERE payee = $1 AND posting < $2 ORDER BY posting DESC LIMIT $3");
/// A file's payouts.
pub(crate) const PAYOUTS_IN: Sql =
    sql("SELECT posting, payee, amount, account, since, state, file, reference, \
     ended, code FROM payouts WHERE file = $1 ORDER BY posting");
/// The newest that failed.
pub(crate) const PAYOUTS_FAILED: Sql = sql("SELECT posting, payee, amount, account, since, state, file, \
     reference, ended, code FROM payouts WHERE state = 'failed' ORDER BY posting DESC LIMIT $1");
/// A file's payouts with their accounts.
pub(crate) const FILE_LINES: Sql = sql("SELECT p.posting, p.payee, p.amount, p.account, a.sealed \
     FROM payouts p JOIN payout_accounts a ON a.id = p.account WHERE p.file = $1 ORDER BY p.posting");
/// A payout file.
pub(crate) const FILE: Sql = sql("SELECT no, at, day, count, amount FROM payout_files WHERE no = $1");
/// The newest payout files.
pub(crate) const FILES: Sql =
    sql("SELECT no, at, day, count, amount FROM payout_files WHERE no < $1 ORDER BY no DESC LIMIT $2");
const LAST_FILE: Sql = sql("SELECT CAST(COALESCE(MAX(no), 0) AS BIGINT) AS count FROM payout_files");
/// How a file's payouts ended.
pub(crate) const FILE_STATES: Sql = sql("SELECT state, CAST(COUNT(*) AS BIGINT) AS count, \
     CAST(SUM(amount) AS BIGINT) AS amount FROM payouts WHERE file = $1 GROUP BY state ORDER BY state");

/// A part of an answer is taken in.
pub(crate) const TAKE_ANSWER: Sql = sql("INSERT INTO bank_answers \
     (answer, kind, message, at, parts, taken, matched, failed, known, open) \
     VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9) ON CONFLICT (answer) DO UPDATE SET \
     taken = bank_answers.taken + 1, matched = bank_answers.matched + excluded.matched, \
     failed = bank_answers.failed + excluded.failed, known = bank_answers.known + excluded.known, \
     open = bank_answers.open + excluded.open");
/// An answer.
pub(crate) const BANK_ANSWER: Sql =
    sql("SELECT answer, kind, message, at, parts, taken, matched, failed, known, \
     open FROM bank_answers WHERE answer = $1");
/// The newest answers.
pub(crate) const BANK_ANSWERS: Sql =
    sql("SELECT answer, kind, message, at, parts, taken, matched, failed, known, \
     open FROM bank_answers ORDER BY at DESC, answer LIMIT $1");
pub(crate) const INSERT_LINE: Sql = sql("INSERT INTO bank_lines \
     (id, answer, at, day, kind, amount, puzzle, payout, sealed, key_no) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
/// A line.
pub(crate) const LINE: Sql = sql("SELECT id, answer, at, day, kind, amount, puzzle, payout, sealed, done, \
     done_by, done_payout, note FROM bank_lines WHERE id = $1");
/// Lines nobody has looked at, oldest first.
pub(crate) const OPEN_LINES: Sql =
    sql("SELECT id, answer, at, day, kind, amount, puzzle, payout, sealed, done, \
     done_by, done_payout, note FROM bank_lines WHERE done IS NULL ORDER BY at, id LIMIT $1");
/// Lines that were settled since an instant, the newest first.
pub(crate) const SETTLED_LINES: Sql =
    sql("SELECT id, answer, at, day, kind, amount, puzzle, payout, sealed, done, \
     done_by, done_payout, note FROM bank_lines WHERE done >= $1 ORDER BY done DESC, id LIMIT $2");
/// How many.
pub(crate) const COUNT_SETTLED: Sql =
    sql("SELECT CAST(COUNT(*) AS BIGINT) AS count FROM bank_lines WHERE done >= $1");
/// How many.
pub(crate) const COUNT_LINES: Sql =
    sql("SELECT CAST(COUNT(*) AS BIGINT) AS count FROM bank_lines WHERE done IS NULL");
pub(crate) const RESOLVE_LINE: Sql =
    sql("UPDATE bank_lines SET done = $2, done_payout = $3, note = $4, done_by = $5 WHERE id = $1");

/// All of them, for the test that prepares each on both engines.
pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_TEXT,
    ANSWER_TEXT,
    ANSWERS_BETWEEN,
    FILES_BETWEEN,
    INSERT_ACCOUNT,
    END_ACCOUNT,
    HAND_OVER,
    FORGET_ACCOUNTS,
    ACCOUNT,
    ACCOUNT_OF,
    ACCOUNTS,
    INSERT_PAYOUT,
    SEND,
    MOVE_WAITING,
    INSERT_FILE,
    PAY,
    FAIL,
    PAYOUT,
    OPEN,
    PAYOUTS_OF,
    PAYOUTS_IN,
    PAYOUTS_FAILED,
    FILE_LINES,
    FILE,
    FILES,
    LAST_FILE,
    FILE_STATES,
    TAKE_ANSWER,
    BANK_ANSWER,
    BANK_ANSWERS,
    INSERT_LINE,
    LINE,
    OPEN_LINES,
    SETTLED_LINES,
    COUNT_SETTLED,
    COUNT_LINES,
    RESOLVE_LINE,
];

row! {
    /// An account as it is kept.
    #[derive(Debug, Clone)]
    pub struct AccountRow {
        /// Its id.
        pub id: PayoutAccountId,
        /// Whose: the text of a [`Payee`].
        pub payee: String,
        /// Sealed.
        pub sealed: Vec<u8>,
        /// Since when.
        pub since: Instant,
        /// Until when.
        pub ended: Option<Instant>,
        /// Why it ended: `replaced`, `gone`, `handed-over`, or the bank's reason.
        pub why: Option<String>,
    }
}

row! {
    struct AccountOfRow {
        id: PayoutAccountId,
        payee: String,
    }
}

row! {
    /// A payout as it is kept.
    #[derive(Debug, Clone)]
    pub struct PayoutRow {
        /// Its posting.
        pub posting: PostingNo,
        /// To whom: the text of a [`Payee`].
        pub payee: String,
        /// Won.
        pub amount: i64,
        /// To which account.
        pub account: PayoutAccountId,
        /// Since when.
        pub since: Instant,
        /// `waiting`, `sent`, `paid`, `failed`.
        pub state: String,
        /// In which file.
        pub file: Option<i64>,
        /// The bank's reference.
        pub reference: Option<String>,
        /// The posting that ended it.
        pub ended: Option<PostingNo>,
        /// The bank's reason.
        pub code: Option<String>,
    }
}

row! {
    /// A payout with its account, for a file.
    #[derive(Debug, Clone)]
    pub struct FileLine {
        /// Its posting.
        pub posting: PostingNo,
        /// To whom.
        pub payee: String,
        /// Won.
        pub amount: i64,
        /// The account's id.
        pub account: PayoutAccountId,
        /// The account.
        pub sealed: Vec<u8>,
    }
}

row! {
    /// A payout file.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct FileRow {
        /// Its number, from 1.
        pub no: i64,
        /// When it was made.
        pub at: Instant,
        /// On which day it is to be carried out.
        pub day: i64,
        /// How many payouts.
        pub count: i64,
        /// Won in all.
        pub amount: i64,
    }
}

row! {
    /// How many of a file's payouts stand where.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StateRow {
        /// The state's word.
        pub state: String,
        /// How many.
        pub count: i64,
        /// Won in all.
        pub amount: i64,
    }
}

row! {
    /// An answer of the bank that was taken in.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AnswerRow {
        /// SHA-256 of the file, in hexadecimal digits.
        pub answer: String,
        /// `camt.053` or `pain.002`.
        pub kind: String,
        /// The bank's id of the message.
        pub message: String,
        /// When its first part was taken in.
        pub at: Instant,
        /// How many parts it has.
        pub parts: i64,
        /// How many of them were taken in.
        pub taken: i64,
        /// Lines that payouts were found for.
        pub matched: i64,
        /// Of these, how many failed or came back.
        pub failed: i64,
        /// Lines that said what was known.
        pub known: i64,
        /// Lines for somebody to look at.
        pub open: i64,
    }
}

row! {
    /// A line of an answer that somebody has to look at.
    #[derive(Debug, Clone)]
    pub struct LineRow {
        /// Its id.
        pub id: String,
        /// The answer it stands in.
        pub answer: String,
        /// When it was taken in.
        pub at: Instant,
        /// The bank's day, if said.
        pub day: Option<i64>,
        /// `out`, `in`, `back`, `rejected`.
        pub kind: String,
        /// Won.
        pub amount: i64,
        /// Why nobody knows what it is about.
        pub puzzle: String,
        /// The payout it names, if there is one.
        pub payout: Option<PostingNo>,
        /// What else it says, sealed.
        pub sealed: Vec<u8>,
        /// When somebody looked.
        pub done: Option<Instant>,
        /// Who: see [`crate::looks::who`]. `None` of what was settled before this was kept.
        pub done_by: Option<String>,
        /// Which payout it was about.
        pub done_payout: Option<PostingNo>,
        /// What they found, sealed.
        pub note: Option<Vec<u8>>,
    }
}

row! {
    /// A part of a bank's file.
    pub(crate) struct TextRow {
        pub id: String,
        pub sealed: Vec<u8>,
    }
}

row! {
    /// A bank's file by its name.
    pub(crate) struct AnswerName {
        pub answer: String,
    }
}

row! {
    struct CountRow {
        count: i64,
    }
}

impl AccountRow {
    /// The account; `None` when it was forgotten with who left.
    pub fn open(&self, vault: &Vault) -> Option<BankAccount> {
        BankAccount::open(vault, self.id, &Sealed(self.sealed.clone())).ok()
    }
}

impl LineRow {
    /// What else it says.
    pub fn said(&self, vault: &Vault) -> Option<Said> {
        Said::open(vault, &self.id, &Sealed(self.sealed.clone())).ok()
    }

    /// What somebody found about it; `None` while nobody has settled it.
    pub fn found(&self, vault: &Vault) -> Option<String> {
        open_note(vault, &self.id, &Sealed(self.note.clone()?)).ok()
    }
}

/// A payee from a row.
pub(crate) fn payee(text: &str) -> Result<Payee, Error> {
    text.parse().map_err(|_| Error::Shape(format!("payee {text:?}")))
}

pub(super) fn last_file(snapshot: &mut Snapshot<'_>) -> Result<u64, Error> {
    let row: Option<CountRow> = snapshot.one(LAST_FILE, &[])?;
    Ok(row.map_or(0, |row| row.count.unsigned_abs()))
}

/// How many lines nobody has looked at.
pub fn open_lines(snapshot: &mut Snapshot<'_>) -> Result<u64, Error> {
    let row: Option<CountRow> = snapshot.one(COUNT_LINES, &[])?;
    Ok(row.map_or(0, |row| row.count.unsigned_abs()))
}

/// How many lines were settled since an instant.
pub(crate) fn settled_lines(snapshot: &mut Snapshot<'_>, since: Instant) -> Result<u64, Error> {
    let row: Option<CountRow> = snapshot.one(COUNT_SETTLED, &[since.into()])?;
    Ok(row.map_or(0, |row| row.count.unsigned_abs()))
}

/// Lines nobody has looked at, the oldest first.
pub fn list_open_lines(snapshot: &mut Snapshot<'_>, most: u32) -> Result<Vec<LineRow>, Error> {
    snapshot.query(OPEN_LINES, &[most.into()])
}

pub(super) fn open(
    snapshot: &mut Snapshot<'_>,
    each: &mut dyn FnMut(PostingNo, Payout),
) -> Result<(), Error> {
    snapshot.for_each(OPEN, &[], &mut |row: PayoutRow| {
        let file = row.file.map(i64::unsigned_abs);
        let (payee, amount, account, since) = (payee(&row.payee)?, row.amount, row.account, row.since);
        each(row.posting, Payout { payee, amount, account, file, since });
        Ok(())
    })
}

pub(super) fn accounts(
    snapshot: &mut Snapshot<'_>,
    each: &mut dyn FnMut(Payee, PayoutAccountId),
) -> Result<(), Error> {
    snapshot.for_each(ACCOUNTS, &[], &mut |row: AccountOfRow| {
        each(payee(&row.payee)?, row.id);
        Ok(())
    })
}
