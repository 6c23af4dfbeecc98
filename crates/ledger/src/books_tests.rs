use super::*;
use crate::{ClassNo, Owner, PostingRow, Recount, UnitNo};
use base::Instant;
use proptest::prelude::*;

fn account(class: u8, sub: u32, side: Side, unit: u8, floor: bool) -> Account {
    Account { key: Key { class: ClassNo(class), owner: Owner::None, sub }, unit: UnitNo(unit), side, floor }
}

/// bank (debit), two floored purses (credit), a budget pair in another unit.
fn town() -> (Books, [AccountNo; 5]) {
    let mut books = Books::new();
    let bank = books.open(account(0, 0, Side::Debit, 0, true));
    let purse = books.open(account(1, 0, Side::Credit, 0, true));
    let other = books.open(account(1, 1, Side::Credit, 0, true));
    let budget = books.open(account(2, 0, Side::Debit, 1, true));
    let voted = books.open(account(3, 0, Side::Credit, 1, false));
    (books, [bank, purse, other, budget, voted])
}

fn leg(debit: AccountNo, credit: AccountNo, amount: i64) -> Leg {
    Leg { debit, credit, amount }
}

/// One row per fault, in order of precedence, each leaving the books untouched.
#[test]
fn each_fault_once_and_nothing_written() {
    let (mut books, [bank, purse, other, budget, voted]) = town();
    let mut entries = Vec::new();
    books.post(&[leg(bank, purse, 100)], &[], &mut entries).unwrap();
    let ghost = AccountNo(99);
    let guard = |max| Guard { account: purse, max };
    let cases: Vec<(Vec<Leg>, Vec<Guard>, Fault)> = vec![
        (vec![], vec![], Fault::Legs),
        (vec![leg(bank, purse, 0)], vec![], Fault::Amount),
        (vec![leg(bank, purse, -5)], vec![], Fault::Amount),
        (vec![leg(bank, bank, 5)], vec![], Fault::SameAccount(bank)),
        (vec![leg(ghost, purse, 5)], vec![], Fault::NoAccount(ghost)),
        (vec![leg(bank, voted, 5)], vec![], Fault::Units(bank, voted)),
        (vec![leg(bank, purse, i64::MAX)], vec![], Fault::Overflow(bank)),
        (vec![leg(purse, other, 101)], vec![], Fault::Floor(purse, 1)),
        (vec![leg(bank, purse, 5)], vec![guard(104)], Fault::Guard(purse, 1)),
        // The last leg fails: the first is taken back too.
        (vec![leg(budget, voted, 7), leg(purse, other, 101)], vec![], Fault::Floor(purse, 1)),
    ];
    for (legs, guards, fault) in cases {
        assert_eq!(books.post(&legs, &guards, &mut entries), Err(fault));
        assert_eq!(entries.len(), 1);
        assert_eq!((books.balance(bank), books.balance(purse), books.balance(budget)), (100, 100, 0));
        assert_eq!(books.last_posting(), PostingNo(1));
    }
}

#[test]
fn guards_and_floors_are_read_at_the_end() {
    let (mut books, [bank, purse, other, ..]) = town();
    let mut entries = Vec::new();
    // In between, the purse is below zero; at the end it is not.
    let legs = [leg(purse, other, 50), leg(bank, purse, 50)];
    assert!(books.post(&legs, &[Guard { account: other, max: 50 }], &mut entries).is_ok());
    assert_eq!(books.balance(purse), 0);
    assert_eq!(entries[1].credit_previous, EntryNo(1));
}

#[test]
fn rewinding_forgets_accounts_and_postings() {
    let (mut books, [bank, purse, ..]) = town();
    let mark = books.mark();
    let mut entries = Vec::new();
    let extra = account(1, 7, Side::Credit, 0, true);
    let no = books.open(extra);
    books.post(&[leg(bank, no, 5)], &[], &mut entries).unwrap();
    books.rewind(mark);
    assert_eq!(books.find(&extra.key), None);
    assert_eq!((books.balance(bank), books.accounts()), (0, 5));
    assert_eq!(books.post(&[leg(bank, purse, 5)], &[], &mut entries), Ok(PostingNo(1)));
}

proptest! {
    /// Whatever is tried, every unit balances, floors hold, and a recount of the entries equals the books.
    #[test]
    fn books_equal_their_journal(tries in prop::collection::vec((0usize..5, 0usize..5, -3i64..500, any::<bool>()), 1..60)) {
        let (mut books, accounts) = town();
        let mut rows: Vec<(PostingRow, Vec<EntryRow>)> = Vec::new();
        for (debit, credit, amount, back) in tries {
            let mark = books.mark();
            let mut entries = Vec::new();
            if let Ok(no) = books.post(&[leg(accounts[debit], accounts[credit], amount)], &[], &mut entries) {
                if back {
                    books.rewind(mark);
                } else {
                    rows.push((row(no, entries[0].no), entries));
                }
            }
        }
        let mut recount = Recount::new(books.iter().map(|(_, account, _)| *account).collect());
        for (posting, entries) in &rows {
            prop_assert_eq!(recount.posting(posting, entries), Ok(()));
        }
        prop_assert_eq!(recount.compare(&books), Ok(()));
        for unit in [0, 1] {
            let signed: i64 = books
                .iter()
                .filter(|(_, account, _)| account.unit == UnitNo(unit))
                .map(|(_, account, state)| if account.side == Side::Debit { state.balance } else { -state.balance })
                .sum();
            prop_assert_eq!(signed, 0);
        }
        prop_assert!(books.iter().all(|(_, account, state)| !account.floor || state.balance >= 0));
    }
}

fn row(no: PostingNo, first_entry: EntryNo) -> PostingRow {
    PostingRow {
        no,
        at: Instant(0),
        day: 0,
        kind: "test".into(),
        role: "system".into(),
        client: 0,
        request_key: String::new(),
        input_hash: [0; 16],
        pack: 0,
        reverses: None,
        amount: 1,
        first_entry,
        entries: 1,
        facts: String::new(),
    }
}

/// A changed amount, balance, link or order in the journal is found, and named.
#[test]
fn a_recount_names_what_was_tampered_with() {
    use crate::Difference;
    let (mut books, [bank, purse, other, ..]) = town();
    let mut entries = Vec::new();
    let first = books.post(&[leg(bank, purse, 100)], &[], &mut entries).unwrap();
    let second = books.post(&[leg(purse, other, 30)], &[], &mut entries).unwrap();
    let accounts: Vec<Account> = books.iter().map(|(_, account, _)| *account).collect();
    let count = |change: &dyn Fn(&mut EntryRow)| {
        let mut second_entry = entries[1];
        change(&mut second_entry);
        let mut recount = Recount::new(accounts.clone());
        recount.posting(&row(first, EntryNo(1)), &entries[..1]).unwrap();
        recount.posting(&row(second, EntryNo(2)), &[second_entry]).err()
    };
    assert_eq!(count(&|_| ()), None);
    assert_eq!(
        count(&|e| e.amount = 31),
        Some(Difference::Balance { entry: EntryNo(2), account: purse, counted: 69, written: 70 })
    );
    assert_eq!(count(&|e| e.debit_previous = EntryNo(0)), Some(Difference::Chain(EntryNo(2))));
    assert_eq!(count(&|e| e.no = EntryNo(3)), Some(Difference::EntryPlace(EntryNo(3))));
    assert_eq!(count(&|e| e.debit = AccountNo(50)), Some(Difference::EntryShape(EntryNo(2))));
}
