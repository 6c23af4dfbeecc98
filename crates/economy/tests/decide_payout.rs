//! What a line of a bank's answer means: a table over what it says and where the payout stands.

use economy::decide::{PayoutStands, PayoutState, Puzzle, Says, Verdict, account_at_fault, judge};

const REFERENCE: Option<&str> = Some("R1");

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Paid => "PAID",
        Verdict::Failed => "FAILED",
        Verdict::Returned => "RETURNED",
        Verdict::Known => "KNOWN",
        Verdict::Puzzle(puzzle) => puzzle.code(),
    }
}

/// Each thing a line can say, against each state a payout can be in.
#[test]
fn every_line_against_every_state() {
    const TABLE: [(&str, Says, [&str; 4]); 5] = [
        ("out", Says::Out(5), ["not-sent", "PAID", "KNOWN", "KNOWN"]),
        ("in", Says::In(5), ["incoming", "incoming", "incoming", "incoming"]),
        ("back", Says::Back(5), ["not-sent", "not-paid", "RETURNED", "KNOWN"]),
        ("rejected", Says::Rejected, ["not-sent", "FAILED", "paid", "KNOWN"]),
        ("another amount", Says::Out(6), ["amount", "amount", "amount", "amount"]),
    ];
    let states = [PayoutState::Waiting, PayoutState::Sent, PayoutState::Paid, PayoutState::Failed];
    for (name, says, expected) in TABLE {
        let got = states.map(|state| {
            word(judge(says, REFERENCE, Some(PayoutStands { amount: 5, state, reference: REFERENCE })))
        });
        assert_eq!(got, expected, "{name}");
    }
    let unknown =
        [Says::Out(5), Says::In(5), Says::Back(5), Says::Rejected].map(|says| word(judge(says, None, None)));
    assert_eq!(unknown, ["unknown", "incoming", "unknown", "unknown"]);
}

/// A second payment under one id is no repetition of the first: the bank calls it by another name.
#[test]
fn the_same_movement_twice_and_two_movements() {
    let paid = |reference| PayoutStands { amount: 5, state: PayoutState::Paid, reference };
    let failed = |reference| PayoutStands { amount: 5, state: PayoutState::Failed, reference };
    for (reference, payout, expected) in [
        (Some("R1"), paid(Some("R1")), "KNOWN"),
        (Some("R2"), paid(Some("R1")), "twice"),
        (None, paid(Some("R1")), "twice"),
        (None, paid(None), "KNOWN"),
        (Some("R1"), failed(Some("R1")), "KNOWN"),
        (Some("R2"), failed(Some("R1")), "failed"),
        (None, failed(None), "failed"),
    ] {
        assert_eq!(word(judge(Says::Out(5), reference, Some(payout))), expected, "{reference:?} {payout:?}");
    }
}

#[test]
fn every_puzzle_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<&str> = Puzzle::ALL.iter().map(|puzzle| puzzle.code()).collect();
    assert_eq!(words.len(), Puzzle::ALL.len());
}

#[test]
fn some_reasons_are_the_accounts_fault() {
    for (code, fault) in
        [("AC01", true), ("AC04", true), ("AC06", true), ("MD07", true), ("AM04", false), ("", false)]
    {
        assert_eq!(account_at_fault(code), fault, "{code}");
    }
}
