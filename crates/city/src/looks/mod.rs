//! Looks at personal records: whom they are counted for, and what follows from them. The looks themselves stand in the
//! access ledger; questions about them, broken glasses, inspections and downloads are rows of the city.

pub mod inspection;
pub(crate) mod store;
pub mod ties;

use std::collections::BTreeMap;

use ::store::{Error, Snapshot};
use access::LookNo;
use base::{Actor, Client, DownloadId, Entropy, GlassId, Instant, PersonId, QuestionId, Refusal};
use people::naming::GENERAL;
use vault::{Locked, Place, Sealed, Vault};

use self::store::{CountRow, DownloadRow, GlassRow, QuestionRow};
use crate::read::people::Register;

/// The longest question or answer, in characters.
pub const LONGEST: usize = 500;

/// The opaque id an actor is known by in the access ledger: their account; for who has none, role and client.
pub fn who(actor: Actor) -> String {
    match actor.account {
        Some(account) => account.to_string(),
        None => {
            let Client(client) = actor.client;
            format!("{}/{client:x}", actor.role.name())
        }
    }
}

/// A field of text in a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub table: &'static str,
    pub field: &'static str,
}

pub(crate) const QUESTION: Text = Text { table: "look_questions", field: "question" };
pub(crate) const ANSWER: Text = Text { table: "look_questions", field: "answer" };
pub(crate) const WHY: Text = Text { table: "glasses", field: "why" };
pub(crate) const NOTE: Text = Text { table: "glasses", field: "note" };
pub(crate) const DOWNLOADED: Text = Text { table: "downloads", field: "why" };

impl Text {
    fn of(self, record: &str) -> Place<'_> {
        Place { table: self.table, record, field: self.field }
    }

    pub(crate) fn seal(
        self,
        vault: &Vault,
        record: impl ToString,
        text: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, Locked> {
        Ok(vault.seal(GENERAL, self.of(&record.to_string()), text.as_bytes(), entropy)?.0)
    }

    pub(crate) fn open(self, vault: &Vault, record: impl ToString, sealed: Vec<u8>) -> Result<String, Error> {
        let opened = vault.open(self.of(&record.to_string()), &Sealed(sealed));
        let opened = opened.map_err(|why| Error::Shape(why.to_string()))?;
        String::from_utf8(opened.to_vec()).map_err(|why| Error::Shape(why.to_string()))
    }
}

/// A question or an answer as it is kept: trimmed, with something in it (`question.form`).
pub fn words(text: &str) -> Result<String, Refusal> {
    let text = text.trim().replace("\r\n", "\n");
    let good = !text.is_empty()
        && text.chars().count() <= LONGEST
        && text.chars().all(|c| c == '\n' || !base::is_unseen(c));
    if good { Ok(text) } else { Err(Refusal::new("question.form")) }
}

/// A question of someone whose record was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// Who asks.
    pub person: PersonId,
    /// About which look.
    pub look: LookNo,
    /// When.
    pub asked: Instant,
    /// What.
    pub text: String,
    /// When it was answered, and what.
    pub answer: Option<(Instant, String)>,
}

/// A broken glass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glass {
    /// Its id.
    pub id: GlassId,
    /// Whose record.
    pub person: PersonId,
    /// Who opened it.
    pub by: String,
    /// In which role.
    pub role: String,
    /// When.
    pub at: Instant,
    /// Why.
    pub why: String,
    /// What came of it.
    pub review: Option<Review>,
}

/// The review of a broken glass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// When.
    pub at: Instant,
    /// Whether there was need.
    pub justified: bool,
    /// In the reviewer's words.
    pub note: String,
}

/// A download of personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// It is marked with this.
    pub id: DownloadId,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// What: a stable code.
    pub what: String,
    /// How many lines.
    pub lines: u64,
    /// Why.
    pub why: String,
}

impl Question {
    fn of(vault: &Vault, row: QuestionRow) -> Result<Question, Error> {
        let answer = match (row.answered, row.answer) {
            (Some(at), Some(answer)) => Some((at, ANSWER.open(vault, row.id, answer)?)),
            _ => None,
        };
        Ok(Question {
            id: row.id,
            person: row.person,
            look: LookNo(row.look),
            asked: row.asked,
            text: QUESTION.open(vault, row.id, row.question)?,
            answer,
        })
    }
}

impl Glass {
    fn of(vault: &Vault, row: GlassRow) -> Result<Glass, Error> {
        let review = match (row.reviewed, row.finding, row.note) {
            (Some(at), Some(finding), Some(note)) => {
                Some(Review { at, justified: finding == JUSTIFIED, note: NOTE.open(vault, row.id, note)? })
            }
            _ => None,
        };
        Ok(Glass {
            id: row.id,
            person: row.person,
            by: row.opened_by,
            role: row.role,
            at: row.opened,
            why: WHY.open(vault, row.id, row.why)?,
            review,
        })
    }
}

/// `glasses.finding` when there was need.
pub(crate) const JUSTIFIED: &str = "justified";
/// `glasses.finding` when there was none.
pub(crate) const UNJUSTIFIED: &str = "unjustified";

/// A person's questions, the newest first.
pub fn questions_of(
    register: &mut Register<'_, '_>,
    person: PersonId,
    most: u32,
) -> Result<Vec<Question>, Error> {
    let rows = register.snapshot().query(store::QUESTIONS_OF, &[person.into(), most.into()])?;
    rows.into_iter().map(|row| Question::of(register.vault(), row)).collect()
}

/// Questions that wait for an answer, the oldest first; each is a look at who asks.
pub fn open_questions(register: &mut Register<'_, '_>, most: u32) -> Result<Vec<Question>, Error> {
    let rows: Vec<QuestionRow> = register.snapshot().query(store::OPEN_QUESTIONS, &[most.into()])?;
    rows.iter().for_each(|row| register.note(row.person));
    rows.into_iter().map(|row| Question::of(register.vault(), row)).collect()
}

/// Glasses that were broken for a person's record, the newest first.
pub fn glasses_of(register: &mut Register<'_, '_>, person: PersonId, most: u32) -> Result<Vec<Glass>, Error> {
    let rows = register.snapshot().query(store::GLASSES_OF, &[person.into(), most.into()])?;
    rows.into_iter().map(|row| Glass::of(register.vault(), row)).collect()
}

/// Glasses that wait for a review, the oldest first; each is a look at whose record it is.
pub fn open_glasses(register: &mut Register<'_, '_>, most: u32) -> Result<Vec<Glass>, Error> {
    let rows: Vec<GlassRow> = register.snapshot().query(store::OPEN_GLASSES, &[most.into()])?;
    rows.iter().for_each(|row| register.note(row.person));
    rows.into_iter().map(|row| Glass::of(register.vault(), row)).collect()
}

/// Whose glass somebody broke that nobody has reviewed yet, the oldest first.
pub fn open_glasses_by(snapshot: &mut Snapshot<'_>, by: &str, most: u32) -> Result<Vec<PersonId>, Error> {
    let rows: Vec<GlassRow> = snapshot.query(store::OPEN_GLASSES, &[u32::MAX.into()])?;
    let mine = rows.into_iter().filter(|row| row.opened_by == by).map(|row| row.person);
    Ok(mine.take(most as usize).collect())
}

/// Whether somebody has broken the glass of a person's record, and nobody has reviewed it yet.
pub fn glass_lets(snapshot: &mut Snapshot<'_>, by: &str, person: PersonId) -> Result<bool, Error> {
    let count: Option<CountRow> = snapshot.one(store::GLASS_LETS, &[person.into(), by.into()])?;
    Ok(count.is_some_and(|row| row.count > 0))
}

/// The newest downloads.
pub fn downloads(register: &mut Register<'_, '_>, most: u32) -> Result<Vec<Download>, Error> {
    let rows: Vec<DownloadRow> = register.snapshot().query(store::DOWNLOADS, &[most.into()])?;
    rows.into_iter().map(|row| downloaded(register, row)).collect()
}

fn downloaded(register: &Register<'_, '_>, row: DownloadRow) -> Result<Download, Error> {
    Ok(Download {
        id: row.id,
        at: row.at,
        by: row.by_account,
        role: row.role,
        what: row.what,
        lines: row.lines,
        why: DOWNLOADED.open(register.vault(), row.id, row.why)?,
    })
}

/// The words behind the reasons that looks were kept with: the ledger of looks names the download, whose words stand sealed.
/// One from before that says them itself.
pub fn reasons(
    register: &mut Register<'_, '_>,
    kept: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, String>, Error> {
    let mut words = BTreeMap::new();
    for reason in kept {
        let row: Option<DownloadRow> = match reason.parse::<DownloadId>() {
            Ok(id) => register.snapshot().one(store::DOWNLOAD, &[id.into()])?,
            Err(_) => None,
        };
        let text = row.map(|row| downloaded(register, row)).transpose()?.map(|one| one.why);
        words.insert(reason.clone(), text.unwrap_or(reason));
    }
    Ok(words)
}
