//! What the bank was told and what it said: into a pack, and held against the journal when a pack is audited.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use bank::pain001;
use base::{PersonId, PostingNo, Zone, day_of_date};
use rules::Pack;
use sha2::{Digest, Sha256};
use store::{Error, Snapshot, Value};
use vault::{Sealed, Vault};

use super::lines::Manifest;
use super::ruled::{Ruled, Told};
use super::{ANSWERS, PAYOUTS};
use crate::payouts::answer::understand;
use crate::payouts::file::{self, CantMake};
use crate::payouts::store::{
    ANSWER_TEXT, ANSWERS_BETWEEN, AnswerName, FILES_BETWEEN, FileRow, PAYOUT, PAYOUTS_IN, PayoutRow, TextRow,
};
use crate::payouts::{end_to_end, file_of, lines, message, posting_of};
use crate::sealing::closing::Closing;
use crate::{AnswerLine, Directory, LineKind, Payee};

/// What the bank's files are opened with.
#[derive(Clone, Copy)]
pub struct Opened<'a> {
    /// The city's vault.
    pub vault: &'a Vault,
    /// The rules: which account pays.
    pub pack: &'a Pack,
}

/// A file of the pack: its name and what stands in it.
type Named = (String, Vec<u8>);

/// The payout files of a period: those made in it, and those whose payouts came to their end in it.
fn files_of(
    snapshot: &mut Snapshot<'_>,
    closing: &Closing,
    named: &BTreeSet<PostingNo>,
) -> Result<BTreeSet<u64>, Error> {
    let days: [Value; 2] = [day_of_date(closing.from).into(), day_of_date(closing.until).into()];
    let made: Vec<FileRow> = snapshot.query(FILES_BETWEEN, &days)?;
    let mut files: BTreeSet<u64> = made.iter().map(|row| row.no.unsigned_abs()).collect();
    for no in named {
        let row: Option<PayoutRow> = snapshot.one(PAYOUT, &[(*no).into()])?;
        files.extend(row.and_then(|row| row.file).map(i64::unsigned_abs));
    }
    Ok(files)
}

/// Whose accounts the payout files of a period name, shops not counted: who exports them looks at these people.
pub fn payees(snapshot: &mut Snapshot<'_>, closing: &Closing) -> Result<BTreeSet<PersonId>, Error> {
    let mut named = BTreeSet::new();
    if closing.first <= closing.last {
        let (first, last) = (PostingNo(closing.first), PostingNo(closing.last));
        snapshot.for_each_posting(first, Some(last), &mut |posting, _| {
            if matches!(&*posting.kind, "confirm" | "payout-failed")
                && let Ok(facts) = economy::Facts::read(&posting.facts)
            {
                named.extend(super::ruled::payouts_named(&facts));
            }
            Ok(())
        })?;
    }
    let mut people = BTreeSet::new();
    for file in files_of(snapshot, closing, &named)? {
        let rows: Vec<PayoutRow> = snapshot.query(PAYOUTS_IN, &[file.into()])?;
        people.extend(rows.iter().filter_map(|row| match row.payee.parse() {
            Ok(Payee::Person(person)) => Some(person),
            _ => None,
        }));
    }
    Ok(people)
}

/// The payout files of a period, as the bank was told them. Gives the payouts in them.
pub(super) fn told(
    snapshot: &mut Snapshot<'_>,
    opened: Opened<'_>,
    closing: &Closing,
    named: &BTreeSet<PostingNo>,
    each: &mut dyn FnMut(Named),
) -> Result<Vec<PostingNo>, CantMake> {
    let nobody = Directory::default();
    let mut paid = Vec::new();
    for no in files_of(snapshot, closing, named)? {
        let file = file::read(snapshot, opened.vault, &nobody, no)?;
        paid.extend(file.lines.iter().filter_map(|line| posting_of(&line.end_to_end)));
        let text = file.text(opened.pack)?;
        each((format!("{PAYOUTS}/{}.xml", message(no)), text.into_bytes()));
    }
    Ok(paid)
}

/// The bank's files: those taken in within the period, and those that its postings name.
pub(super) fn said(
    snapshot: &mut Snapshot<'_>,
    opened: Opened<'_>,
    closing: &Closing,
    named: &BTreeSet<String>,
    each: &mut dyn FnMut(Named),
) -> Result<(), Error> {
    let zone = Zone::named(&opened.pack.city.zone)
        .ok_or_else(|| Error::Shape("the pack names an unknown time zone".into()))?;
    let (from, until) = (zone.instant(closing.from, 0, 0), closing.until.tomorrow().unwrap_or(closing.until));
    let bounds: [Value; 2] = [from.into(), zone.instant(until, 0, 0).into()];
    let rows: Vec<AnswerName> = snapshot.query(ANSWERS_BETWEEN, &bounds)?;
    let all: BTreeSet<String> = rows.into_iter().map(|row| row.answer).chain(named.iter().cloned()).collect();
    for answer in all {
        let mut text = Vec::new();
        let bounds: [Value; 2] = [format!("{answer}/").into(), format!("{answer}0").into()];
        let parts: Vec<TextRow> = snapshot.query(ANSWER_TEXT, &bounds)?;
        for row in parts {
            let part = lines::open_text(opened.vault, &row.id, &Sealed(row.sealed));
            text.extend(part.map_err(|why| Error::Shape(format!("the bank's answer {}: {why}", row.id)))?);
        }
        each((format!("{ANSWERS}/{answer}.xml"), text));
    }
    Ok(())
}

/// What was held against the bank's files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Banked {
    /// Payout files.
    pub files: u64,
    /// Payments in them.
    pub payments: u64,
    /// The bank's answers.
    pub answers: u64,
    /// Payouts that ended as an answer says.
    pub ended: u64,
}

/// What doesn't fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBanked {
    /// A payout file can't be read.
    #[error("{0} is no payout file")]
    File(String),
    /// A payment of a payout file is of no payout of the journal.
    #[error("{file} pays {payment}, which is no payout of the journal")]
    Payment {
        /// The file.
        file: String,
        /// The payment's id.
        payment: String,
    },
    /// The sum of a payment is another.
    #[error("{file} pays {told} won as {payment}, the journal {posted}")]
    Sum {
        /// The file.
        file: String,
        /// The payment's id.
        payment: String,
        /// Won the bank was told.
        told: i64,
        /// Won posted.
        posted: i64,
    },
    /// A payout stands in two places.
    #[error("{0} pays what another payment pays already: {1}")]
    Twice(String, String),
    /// A payout that ended was in no payout file.
    #[error("posting {no} ends {payment}, which no payout file of the pack pays")]
    NotSent {
        /// The posting.
        no: PostingNo,
        /// The payment's id.
        payment: String,
    },
    /// A posting rests on an answer that isn't there.
    #[error("posting {no} rests on the bank's answer {answer}, which is not in the pack")]
    NoAnswer {
        /// The posting.
        no: PostingNo,
        /// The answer's SHA-256, in hex.
        answer: String,
    },
    /// An answer is another file than the one it is named after, or none of a bank's.
    #[error("{0} is not the bank's answer that it is named after")]
    Answer(String),
    /// The bank didn't say so.
    #[error("posting {no}: the bank's answer does not say so of {payment}")]
    NotSaid {
        /// The posting.
        no: PostingNo,
        /// The payment's id.
        payment: String,
    },
}

/// The files of one folder of the pack.
fn within<'a>(manifest: &'a Manifest, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    manifest.files.iter().filter_map(move |file| {
        let short = file.name.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".xml")?;
        Some((file.name.as_str(), short))
    })
}

fn bytes(folder: &Path, name: &str) -> Result<Vec<u8>, super::NotAudited> {
    std::fs::read(folder.join(name)).map_err(|error| super::NotAudited::Io(name.to_owned(), error))
}

/// Holds what was posted against what the bank was told and what it said.
pub(super) fn check(folder: &Path, manifest: &Manifest, ruled: &Ruled) -> Result<Banked, super::NotAudited> {
    let mut banked = Banked::default();
    let mut sent: BTreeMap<u64, Vec<PostingNo>> = BTreeMap::new();
    let mut known: BTreeSet<PostingNo> = BTreeSet::new();
    for (name, short) in within(manifest, PAYOUTS) {
        banked.files += 1;
        let bad = || NotBanked::File(name.to_owned());
        let text = String::from_utf8(bytes(folder, name)?).map_err(|_| bad())?;
        let told = pain001::read(&text).map_err(|_| bad())?;
        let no = file_of(&told.message).filter(|_| told.message == short).ok_or_else(bad)?;
        for payment in told.payments {
            let (file, id) = (name.to_owned(), payment.end_to_end);
            let payout = posting_of(&id).and_then(|no| Some((no, ruled.payouts.get(&no)?)));
            let Some((posting, payout)) = payout else {
                return Err(NotBanked::Payment { file, payment: id }.into());
            };
            if payout.amount != payment.amount {
                let (told, posted) = (payment.amount, payout.amount);
                return Err(NotBanked::Sum { file, payment: id, told, posted }.into());
            }
            if !known.insert(posting) {
                return Err(NotBanked::Twice(file, id).into());
            }
            sent.entry(no).or_default().push(posting);
            banked.payments += 1;
        }
    }
    let answers = answers(folder, manifest, &sent)?;
    banked.answers = answers.len() as u64;
    for (no, told) in &ruled.told {
        banked.ended += said_so(*no, told, ruled, &known, &answers)?;
    }
    Ok(banked)
}

/// The bank's answers, understood; each has the hash it is named after.
fn answers(
    folder: &Path,
    manifest: &Manifest,
    sent: &BTreeMap<u64, Vec<PostingNo>>,
) -> Result<HashMap<String, Vec<AnswerLine>>, super::NotAudited> {
    let mut answers = HashMap::new();
    for (name, short) in within(manifest, ANSWERS) {
        let text = bytes(folder, name)?;
        let bad = || NotBanked::Answer(name.to_owned());
        if seal::hex(&Sha256::digest(&text)) != short {
            return Err(bad().into());
        }
        let mut payouts_in = |file: u64| Ok(sent.get(&file).cloned().unwrap_or_default());
        let understood = understand(&text, None, &mut payouts_in).map_err(|_| bad())?;
        answers.insert(short.to_owned(), understood.lines);
    }
    Ok(answers)
}

fn said_so(
    no: PostingNo,
    told: &Told,
    ruled: &Ruled,
    sent: &BTreeSet<PostingNo>,
    answers: &HashMap<String, Vec<AnswerLine>>,
) -> Result<u64, NotBanked> {
    let amount = |payout: &PostingNo| ruled.payouts.get(payout).map(|payout| payout.amount);
    match told {
        Told::Paid { payouts, answer } => {
            let lines = answers.get(answer);
            let lines = lines.ok_or_else(|| NotBanked::NoAnswer { no, answer: answer.clone() })?;
            let mut out: HashMap<&str, Vec<i64>> = HashMap::new();
            for line in lines.iter().filter(|line| line.kind == LineKind::Out) {
                out.entry(line.end_to_end.as_deref().unwrap_or_default()).or_default().push(line.amount);
            }
            for payout in payouts {
                let payment = end_to_end(*payout);
                if !sent.contains(payout) {
                    return Err(NotBanked::NotSent { no, payment });
                }
                let says = |amounts: &Vec<i64>| amount(payout).is_some_and(|won| amounts.contains(&won));
                // What somebody placed by hand is one payout that names no id, or another.
                let by_hand = payouts.len() == 1 && out.values().any(says);
                if !out.get(payment.as_str()).is_some_and(says) && !by_hand {
                    return Err(NotBanked::NotSaid { no, payment });
                }
            }
            Ok(payouts.len() as u64)
        }
        Told::Failed { payout, paid, code } => {
            let payment = end_to_end(*payout);
            if !sent.contains(payout) {
                return Err(NotBanked::NotSent { no, payment });
            }
            let kind = if *paid { LineKind::Back } else { LineKind::Rejected };
            let says = answers.values().flatten().any(|line| {
                line.kind == kind
                    && line.end_to_end.as_deref() == Some(payment.as_str())
                    && line.code.as_deref().unwrap_or("NARR") == code
            });
            if says { Ok(1) } else { Err(NotBanked::NotSaid { no, payment }) }
        }
    }
}
