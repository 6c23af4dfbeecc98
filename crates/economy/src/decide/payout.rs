//! What a bank's answer means for what was sent.

use base::{MerchantId, PersonId, PostingNo};
use ledger::Account;

use super::{Decision, Moves};
use crate::facts::{Facts, PayoutFacts};
use crate::{Class, chart};

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayoutState {
    /// In no file yet.
    Waiting,
    /// In a file that was made for the bank.
    Sent,
    /// The bank has carried it out.
    Paid,
    /// It has not, or it came back: what was sent is owed again.
    Failed,
}

impl PayoutState {
    /// The word for it in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            PayoutState::Waiting => "waiting",
            PayoutState::Sent => "sent",
            PayoutState::Paid => "paid",
            PayoutState::Failed => "failed",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<PayoutState> {
        [PayoutState::Waiting, PayoutState::Sent, PayoutState::Paid, PayoutState::Failed]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// A payout as an answer finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutStands<'a> {
    /// Won.
    pub amount: i64,
    /// Where it stands.
    pub state: PayoutState,
    /// The bank's reference of what it said last.
    pub reference: Option<&'a str>,
}

/// What a line of an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// So much went out.
    Out(i64),
    /// So much came in.
    In(i64),
    /// So much that went out came back.
    Back(i64),
    /// It won't be carried out.
    Rejected,
}

/// Why nobody knows what a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Puzzle {
    /// It names no payout of ours.
    Unknown,
    /// Money came in, which no payout asks for.
    Incoming,
    /// The amount is another.
    Amount,
    /// The payout was in no file.
    NotSent,
    /// It came back without having gone out.
    NotPaid,
    /// It had failed already, and now went out.
    Failed,
    /// It went out a second time.
    Twice,
    /// It is refused after it went out.
    Paid,
    /// It is what was passed on to the collector, and didn't arrive: their books have it already.
    Collector,
}

impl Puzzle {
    /// All.
    pub const ALL: [Puzzle; 9] = [
        Puzzle::Unknown,
        Puzzle::Incoming,
        Puzzle::Amount,
        Puzzle::NotSent,
        Puzzle::NotPaid,
        Puzzle::Failed,
        Puzzle::Twice,
        Puzzle::Paid,
        Puzzle::Collector,
    ];

    /// The word for it in the database, the API and the texts.
    pub fn code(self) -> &'static str {
        match self {
            Puzzle::Unknown => "unknown",
            Puzzle::Incoming => "incoming",
            Puzzle::Amount => "amount",
            Puzzle::NotSent => "not-sent",
            Puzzle::NotPaid => "not-paid",
            Puzzle::Failed => "failed",
            Puzzle::Twice => "twice",
            Puzzle::Paid => "paid",
            Puzzle::Collector => "collector",
        }
    }
}

/// What follows from a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The payout is carried out.
    Paid,
    /// It isn't: what was sent is owed again.
    Failed,
    /// It was, and came back: owed again.
    Returned,
    /// All this was known.
    Known,
    /// For somebody to look at.
    Puzzle(Puzzle),
}

/// Judges a line against the payout it names.
pub fn judge(says: Says, reference: Option<&str>, payout: Option<PayoutStands<'_>>) -> Verdict {
    use PayoutState::{Failed, Paid, Sent, Waiting};
    let Some(payout) = payout else {
        return Verdict::Puzzle(if matches!(says, Says::In(_)) { Puzzle::Incoming } else { Puzzle::Unknown });
    };
    let amount = match says {
        Says::Out(amount) | Says::Back(amount) => amount,
        Says::In(_) => return Verdict::Puzzle(Puzzle::Incoming),
        Says::Rejected => payout.amount,
    };
    if amount != payout.amount {
        return Verdict::Puzzle(Puzzle::Amount);
    }
    match (says, payout.state) {
        (_, Waiting) => Verdict::Puzzle(Puzzle::NotSent),
        (Says::Out(_), Sent) => Verdict::Paid,
        // The same movement stands on the day's list and on the day's statement.
        (Says::Out(_), Paid) if reference == payout.reference => Verdict::Known,
        (Says::Out(_), Paid) => Verdict::Puzzle(Puzzle::Twice),
        // A payment that came back went out before: that it did may be told again.
        (Says::Out(_), Failed) if reference.is_some() && reference == payout.reference => Verdict::Known,
        (Says::Out(_), Failed) => Verdict::Puzzle(Puzzle::Failed),
        (Says::Back(_), Sent) => Verdict::Puzzle(Puzzle::NotPaid),
        (Says::Back(_), Paid) => Verdict::Returned,
        (Says::Rejected, Sent) => Verdict::Failed,
        (Says::Rejected, Paid) => Verdict::Puzzle(Puzzle::Paid),
        (Says::Back(_) | Says::Rejected, Failed) => Verdict::Known,
        (Says::In(_), _) => Verdict::Puzzle(Puzzle::Incoming),
    }
}

/// Whether a bank's reason says that the account itself is at fault: nothing more is sent there until somebody looked.
pub fn account_at_fault(code: &str) -> bool {
    // ISO 20022 external status reasons: the account's number, state and holder.
    code.starts_with("AC") || matches!(code, "BE01" | "MD07" | "RC01")
}

/// The bank has carried out some payouts: these postings, this much in all, as the answer of this name says.
pub fn confirm(payouts: &[PostingNo], amount: i64, answer: &str) -> Decision {
    let mut moves = Moves::default();
    moves.add(chart::scheme(Class::PayoutSent), chart::scheme(Class::BankTrust), amount);
    let payouts = payouts.iter().map(|no| no.0).collect();
    let facts = Facts::Confirm { amount, payouts, answer: answer.to_owned() };
    Decision { kind: "confirm", amount, reverses: None, moves: moves.0, guards: Vec::new(), facts }
}

/// To whom what didn't arrive is owed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back<'a> {
    /// A shop: on an account of its own, since gifts and support were settled already.
    Shop(MerchantId),
    /// A person: the purses it was taken from, with how much of each.
    Purses(PersonId, &'a [(Account, i64)]),
}

/// A payout didn't arrive. `paid`: it had gone out before it came back.
pub fn fail(payout: PostingNo, amount: i64, back: Back<'_>, paid: bool, code: &str) -> Decision {
    let from = chart::scheme(if paid { Class::BankTrust } else { Class::PayoutSent });
    let mut moves = Moves::default();
    match back {
        Back::Shop(shop) => moves.add(from, chart::shop_returned(shop), amount),
        Back::Purses(_, purses) => purses.iter().for_each(|(purse, part)| moves.add(from, *purse, *part)),
    }
    let (merchant, person) = match back {
        Back::Shop(shop) => (Some(shop), None),
        Back::Purses(person, _) => (None, Some(person)),
    };
    let facts = Facts::Payouts(PayoutFacts::Failed {
        payout: payout.0,
        merchant,
        person,
        amount,
        paid,
        code: code.to_owned(),
    });
    Decision {
        kind: "payout-failed",
        amount,
        reverses: Some(payout),
        moves: moves.0,
        guards: Vec::new(),
        facts,
    }
}
