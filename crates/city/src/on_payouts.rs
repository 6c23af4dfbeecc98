//! What can be asked about payouts: where they go, that they are sent, and what the bank says of them.

use std::fmt;
use std::str::FromStr;

use base::{BadId, Date, MerchantId, PersonId, PostingNo};
use serde::Serialize;

/// Who is paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payee {
    /// A shop, what it has earned.
    Shop(MerchantId),
    /// A person, what they withdraw.
    Person(PersonId),
    /// Who collects gifts, what was given.
    Collector,
}

/// The collector as a word: there is one.
const COLLECTOR: &str = "collector";

impl fmt::Display for Payee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payee::Shop(id) => id.fmt(f),
            Payee::Person(id) => id.fmt(f),
            Payee::Collector => f.write_str(COLLECTOR),
        }
    }
}

impl FromStr for Payee {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Payee, BadId> {
        if text == COLLECTOR {
            return Ok(Payee::Collector);
        }
        text.parse().map(Payee::Shop).or_else(|_| text.parse().map(Payee::Person))
    }
}

/// A command about payouts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnPayouts {
    /// Payouts go there from now on.
    SetAccount {
        /// Whose.
        payee: Payee,
        /// The bank's code.
        bank: String,
        /// The account's number; spaces and hyphens are let go.
        number: String,
        /// Whose name it is in.
        holder: String,
        /// An officer has seen that it is theirs, though the name is another.
        seen: bool,
    },
    /// What waits goes into a file for the bank.
    Send {
        /// Up to this payout; `None`: all.
        upto: Option<PostingNo>,
    },
    /// A part of a bank's answer.
    Answer(AnswerPart),
    /// Somebody knows what a line is about.
    Resolve {
        /// The line's id.
        line: String,
        /// The payout it carried out, if it did one.
        payout: Option<PostingNo>,
        /// What they found.
        note: String,
    },
}

/// Lines of an answer that are taken in together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerPart {
    /// SHA-256 of the file.
    pub answer: [u8; 32],
    /// `camt.053` or `pain.002`.
    pub kind: String,
    /// The bank's id of the message.
    pub message: String,
    /// The part's number, from 0.
    pub part: u32,
    /// How many parts the file has.
    pub parts: u32,
    /// The lines.
    pub lines: Vec<AnswerLine>,
    /// The part's stretch of the file as it came: all stretches together are the file. Its hash stands for it where
    /// requests are told apart.
    #[serde(skip)]
    pub text: Vec<u8>,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// Money went out.
    Out,
    /// Money came in.
    In,
    /// Money that went out came back.
    Back,
    /// A payment won't be carried out.
    Rejected,
}

impl LineKind {
    /// The word for it in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            LineKind::Out => "out",
            LineKind::In => "in",
            LineKind::Back => "back",
            LineKind::Rejected => "rejected",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<LineKind> {
        [LineKind::Out, LineKind::In, LineKind::Back, LineKind::Rejected]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A line of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerLine {
    /// The same for the same movement in whatever file: hexadecimal digits.
    pub id: String,
    /// What it says.
    pub kind: LineKind,
    /// Won; 0 where that isn't said.
    pub amount: i64,
    /// On which day, if said.
    pub day: Option<Date>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The id of the payout it names.
    pub end_to_end: Option<String>,
    /// The bank's reason.
    pub code: Option<String>,
    /// Who is on the other side.
    pub party: Option<String>,
    /// What they wrote.
    pub text: Option<String>,
}
