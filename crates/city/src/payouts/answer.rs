//! A bank's file: understood whole, or refused whole; then handed to the pen in parts, between which payments go on.
//!
//! Nothing is done twice: each part goes under a key made of the file's hash, each line has an id of its own that is the
//! same in whatever file it stands, and what a payout was told already is known.

use std::collections::HashMap;
use std::fmt::Write;

use bank::pain002::Status;
use bank::{Answer, Unreadable, camt053};
use base::{Arg, Instant, PostingNo, Refusal};
use economy::Facts;
use economy::facts::PayoutFacts;
use pen::Failure;
use rules::Trust;
use sha2::{Digest, Sha256};
use sheets::NotText;
use store::{Error, Readers};

use super::store::{AnswerRow, BANK_ANSWER, PAYOUTS_IN, PayoutRow};
use super::{end_to_end, file_of};
use crate::{AnswerLine, AnswerPart, Command, LineKind, OnPayouts, Reply};

/// Lines in one command.
const AT_ONCE: usize = 256;

/// Why a file can't be taken in. Nothing was changed by it; after [`CantImport::Failed`] asking again goes on where it
/// ended.
#[derive(Debug, thiserror::Error)]
pub enum CantImport {
    /// It is no text.
    #[error(transparent)]
    NotText(#[from] NotText),
    /// It is no answer of a bank.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is about another account.
    #[error("the statement is about the account {0}")]
    OtherAccount(String),
    /// It is about a payout file that we haven't made.
    #[error("the report is about {0:?}, which is no payout file of ours")]
    OtherFile(String),
    /// What is kept can't be read.
    #[error(transparent)]
    Store(#[from] Error),
    /// The pen said no.
    #[error("a part of it was not taken in: {0:?}")]
    Failed(Failure),
}

impl CantImport {
    /// What is wrong with the file, for who sent it; `None` when it isn't the file.
    pub fn refusal(&self) -> Option<Refusal> {
        let text = |text: &str| Arg::Text(text.chars().take(120).collect());
        match self {
            CantImport::NotText(_) => Some(Refusal::new("answer.encoding")),
            CantImport::Unreadable(Unreadable::Large) => Some(Refusal::new("answer.large")),
            CantImport::Unreadable(Unreadable::Definitions | Unreadable::Deep) => {
                Some(Refusal::new("answer.hostile"))
            }
            CantImport::Unreadable(Unreadable::Sum { id, .. }) => {
                Some(Refusal::new("answer.sum").with("id", text(id)))
            }
            CantImport::Unreadable(why) => {
                Some(Refusal::new("answer.unreadable").with("why", text(&why.to_string())))
            }
            CantImport::OtherAccount(found) => {
                Some(Refusal::new("answer.account").with("account", text(found)))
            }
            CantImport::OtherFile(found) => Some(Refusal::new("answer.file").with("file", text(found))),
            CantImport::Failed(Failure::Refused(refusal)) => Some(refusal.clone()),
            CantImport::Store(_) | CantImport::Failed(_) => None,
        }
    }
}

/// A file, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// SHA-256 of it.
    pub answer: [u8; 32],
    /// `camt.053` or `pain.002`.
    pub kind: &'static str,
    /// The bank's id of the message.
    pub message: String,
    /// Its lines.
    pub lines: Vec<AnswerLine>,
    /// The file as it came.
    pub text: Vec<u8>,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// SHA-256 of it, in hexadecimal digits.
    pub answer: String,
    /// When it had been taken in before, if it had.
    pub before: Option<Instant>,
    /// Lines that payouts were found for.
    pub matched: u64,
    /// Of these, how many failed or came back.
    pub failed: u64,
    /// Lines that said what was known.
    pub known: u64,
    /// Lines for somebody to look at.
    pub open: u64,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// Understands a file. `payouts_in` gives a payout file's payouts, for a bank that refuses it whole.
pub fn understand(
    bytes: &[u8],
    trust: Option<&Trust>,
    payouts_in: &mut dyn FnMut(u64) -> Result<Vec<PostingNo>, Error>,
) -> Result<Understood, CantImport> {
    if bytes.len() > bank::LARGEST {
        return Err(Unreadable::Large.into());
    }
    let answer = Sha256::digest(bytes).into();
    Ok(match bank::read(&sheets::decode(bytes)?)? {
        Answer::Statements(message) => {
            let mut lines = Vec::new();
            let mut seen = HashMap::new();
            for statement in message.statements {
                if trust.is_some_and(|trust| trust.account != statement.account) {
                    return Err(CantImport::OtherAccount(statement.account));
                }
                let booked = statement.lines.iter().filter(|line| line.booked);
                lines.extend(booked.map(|one| line(&statement.account, one, &mut seen)));
            }
            Understood { answer, kind: "camt.053", message: message.id, lines, text: bytes.to_vec() }
        }
        Answer::Report(report) => {
            let file = file_of(&report.about).ok_or_else(|| CantImport::OtherFile(report.about.clone()))?;
            let ours = payouts_in(file)?;
            if ours.is_empty() {
                return Err(CantImport::OtherFile(report.about));
            }
            // What is accepted the statement will say again, when it is done.
            let lines = match report.whole {
                Some(Status::Rejected(code)) => {
                    ours.iter().map(|no| rejected(end_to_end(*no), code.clone())).collect()
                }
                _ => report
                    .payments
                    .into_iter()
                    .filter_map(|(id, status)| match status {
                        Status::Rejected(code) => Some(rejected(id, code)),
                        Status::Accepted(_) => None,
                    })
                    .collect(),
            };
            Understood { answer, kind: "pain.002", message: report.id, lines, text: bytes.to_vec() }
        }
    })
}

fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..16])
}

fn line(account: &str, line: &camt053::Line, seen: &mut HashMap<String, u32>) -> AnswerLine {
    let kind = match (line.credit, &line.returned) {
        (true, Some(_)) => LineKind::Back,
        (true, None) => LineKind::In,
        (false, _) => LineKind::Out,
    };
    let (amount, day) = (line.amount.to_string(), line.day.to_string());
    // The bank's reference is the movement's name; without one only all it says tells it apart, and how often it says it.
    let name = match &line.reference {
        Some(reference) => id(&[account, kind.code(), &amount, reference]),
        None => {
            let said =
                [&line.end_to_end, &line.party, &line.text].map(|text| text.as_deref().unwrap_or_default());
            id(&[account, kind.code(), &amount, &day, said[0], said[1], said[2]])
        }
    };
    let often = seen.entry(name.clone()).and_modify(|often| *often += 1).or_insert(0);
    AnswerLine {
        id: if *often == 0 { name } else { id(&[&name, &often.to_string()]) },
        kind,
        amount: line.amount,
        day: Some(line.day),
        reference: line.reference.clone(),
        end_to_end: line.end_to_end.clone(),
        code: line.returned.clone(),
        party: line.party.clone(),
        text: line.text.clone(),
    }
}

fn rejected(end_to_end: String, code: Option<String>) -> AnswerLine {
    AnswerLine {
        id: id(&["rejected", &end_to_end]),
        kind: LineKind::Rejected,
        amount: 0,
        day: None,
        reference: None,
        end_to_end: Some(end_to_end),
        code,
        party: None,
        text: None,
    }
}

impl Understood {
    /// What is asked of the pen, part by part, each with its key.
    pub fn parts(self) -> impl Iterator<Item = (String, Command)> {
        let Understood { answer, kind, message, lines, text } = self;
        // A file without a line is taken in too: somebody sent it.
        let parts = lines.len().div_ceil(AT_ONCE).max(1);
        let parts = u32::try_from(parts).unwrap_or(u32::MAX);
        let mut lines = lines.into_iter();
        let stretch = text.len().div_ceil(parts as usize).max(1);
        (0..parts).map(move |part| {
            let lines = lines.by_ref().take(AT_ONCE).collect();
            let (kind, message) = (kind.to_owned(), message.clone());
            let text = text.chunks(stretch).nth(part as usize).unwrap_or_default().to_vec();
            let part = AnswerPart { answer, kind, message, part, parts, lines, text };
            (format!("answer/{}/{}", hex(&answer), part.part), Command::OnPayouts(OnPayouts::Answer(part)))
        })
    }
}

/// Takes a file in: all of it, or as far as it comes; then the same again goes on there. `ask` hands a command to the
/// pen under a key and waits.
pub fn import(
    bytes: &[u8],
    trust: Option<&Trust>,
    readers: &Readers,
    ask: &mut dyn FnMut(String, Command) -> Result<Reply, Failure>,
) -> Result<Imported, CantImport> {
    let mut payouts_in = |file: u64| {
        let rows: Vec<PayoutRow> = readers.read(|snapshot| snapshot.query(PAYOUTS_IN, &[file.into()]))?;
        Ok(rows.into_iter().map(|row| row.posting).collect())
    };
    let understood = understand(bytes, trust, &mut payouts_in)?;
    let answer = hex(&understood.answer);
    let row: Option<AnswerRow> =
        readers.read(|snapshot| snapshot.one(BANK_ANSWER, &[answer.as_str().into()]))?;
    if let Some(row) = row.filter(|row| row.taken >= row.parts) {
        let [matched, failed, known, open] =
            [row.matched, row.failed, row.known, row.open].map(i64::unsigned_abs);
        return Ok(Imported { answer, before: Some(row.at), matched, failed, known, open });
    }
    let mut imported = Imported { answer, ..Imported::default() };
    for (key, command) in understood.parts() {
        let reply = ask(key, command).map_err(CantImport::Failed)?;
        let Reply::Done {
            facts: Facts::Payouts(PayoutFacts::Answer { matched, failed, known, open, .. }),
            ..
        } = reply
        else {
            continue;
        };
        imported.matched += u64::from(matched);
        imported.failed += u64::from(failed);
        imported.known += u64::from(known);
        imported.open += u64::from(open);
    }
    Ok(imported)
}
