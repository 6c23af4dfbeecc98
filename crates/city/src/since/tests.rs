use base::MerchantId;
use economy::chart;
use rules::Rate;

use super::*;

const ME: PersonId = PersonId(1);
const OTHER: PersonId = PersonId(2);
const SHOP: MerchantId = MerchantId(9);
const CLAIM: u32 = 1;

/// Books and a journal of one claim, held by one after the other.
#[derive(Default)]
struct Town {
    accounts: Vec<(Account, State)>,
    entries: Vec<Seen>,
    postings: u64,
    /// Reservations, the newest last: which, whose, and won of the claim and of a purse.
    holds: Vec<(PostingNo, PersonId, i64, i64)>,
    open: bool,
    /// A posting that is not there any more.
    gone: Option<PostingNo>,
}

fn cash(person: PersonId) -> Account {
    chart::purse(person, 0, base::Month(24_312))
}

impl Town {
    fn no(&mut self, account: Account) -> AccountNo {
        let at = self.accounts.iter().position(|(known, _)| *known == account);
        let at = at.unwrap_or_else(|| {
            self.accounts.push((account, State::default()));
            self.accounts.len() - 1
        });
        AccountNo(u32::try_from(at).unwrap())
    }

    fn post(&mut self, kind: &'static str, says: &Says, legs: &[(Account, Account, i64)]) {
        self.postings += 1;
        for (debit, credit, amount) in legs.iter().filter(|leg| leg.2 > 0) {
            let (debit, credit) = (self.no(*debit), self.no(*credit));
            let no = EntryNo(self.entries.len() as u64 + 1);
            let [from, to] = [debit, credit].map(|one| self.accounts[one.0 as usize].1.last);
            for (one, change) in [(debit, -amount), (credit, *amount)] {
                let state = &mut self.accounts[one.0 as usize].1;
                *state = State { balance: state.balance + change, last: no };
            }
            let entry = EntryRow {
                no,
                posting: PostingNo(self.postings),
                debit,
                credit,
                amount: *amount,
                debit_after: 0,
                credit_after: 0,
                debit_previous: from,
                credit_previous: to,
            };
            self.entries.push(Seen { entry, kind: kind.into(), says: says.clone() });
        }
    }

    fn balance(&mut self, account: Account) -> i64 {
        let no = self.no(account);
        self.accounts[no.0 as usize].1.balance
    }

    /// Who holds the claim: with whom there is money of it.
    fn holder(&mut self) -> PersonId {
        if self.balance(chart::prepaid(OTHER, CLAIM)) > 0 { OTHER } else { ME }
    }

    fn act(&mut self, deed: &str) {
        let (word, amount) = deed.split_once(' ').unwrap_or((deed, "0"));
        let amount: i64 = amount.parse().unwrap();
        let holder = self.holder();
        let (claim, shop) = (chart::prepaid(holder, CLAIM), chart::payable(SHOP));
        let trust = chart::scheme(economy::Class::BankTrust);
        match word {
            "top-up" => {
                let after = self.balance(cash(ME)) + amount;
                self.post("top-up", &Says::TopUp(after), &[(trust, cash(ME), amount)]);
            }
            "pay" => self.post("pay", &Says::Nothing, &[(cash(ME), shop, amount)]),
            "present" => self.post("gift", &Says::Nothing, &[(cash(ME), cash(OTHER), amount)]),
            "buy" => {
                self.open = true;
                self.post("prepay", &Says::Nothing, &[(cash(ME), chart::prepaid(ME, CLAIM), amount)]);
            }
            "buy-theirs" => {
                self.open = true;
                let of = chart::prepaid(OTHER, CLAIM);
                self.post("prepay", &Says::Nothing, &[(cash(OTHER), of, amount)]);
            }
            "use" => self.post("pay", &Says::Nothing, &[(claim, shop, amount)]),
            "back" => self.post("refund", &Says::Nothing, &[(shop, claim, amount)]),
            "give" => {
                let to = if holder == ME { OTHER } else { ME };
                let all = self.balance(claim);
                self.post("give-claim", &Says::Nothing, &[(claim, chart::prepaid(to, CLAIM), all)]);
            }
            "reserve" => {
                let of_claim = self.balance(claim).min(amount);
                let no = PostingNo(self.postings + 1);
                let hold = chart::hold(no);
                let legs = [(claim, hold, of_claim), (cash(holder), hold, amount - of_claim)];
                self.post("authorise", &Says::Nothing, &legs);
                self.holds.push((no, holder, of_claim, amount - of_claim));
            }
            "take" | "let-go" => {
                let (no, whose, of_claim, of_purse) = self.holds.pop().unwrap();
                let paid = of_claim.min(amount);
                let says = match word {
                    "take" => Says::Closed { person: whose, paid: vec![(CLAIM, paid)] },
                    _ => Says::Closed { person: whose, paid: Vec::new() },
                };
                let to = if self.open { chart::prepaid(holder, CLAIM) } else { cash(whose) };
                let of = chart::hold(no);
                let from_purse = amount - paid;
                let legs =
                    [(of, shop, amount), (of, to, of_claim - paid), (of, cash(whose), of_purse - from_purse)];
                self.post(if word == "take" { "capture" } else { "void" }, &says, &legs);
            }
            "end" => {
                let all = self.balance(claim);
                let buyer = if amount == 0 { ME } else { OTHER };
                self.open = false;
                self.post(
                    "return-claim",
                    &Says::Ended { buyer, person: holder },
                    &[(claim, cash(holder), all)],
                );
            }
            other => panic!("{other}"),
        }
    }

    fn since(&mut self, person: PersonId) -> Found {
        let own = self.no(cash(person));
        let last = self.accounts[own.0 as usize].1.last;
        since_last_top_up(person, &[(own, last)], self).unwrap()
    }
}

impl Look for Town {
    type Error = ();

    fn entry(&mut self, no: EntryNo) -> Result<Option<Seen>, ()> {
        let seen = self.entries.get(no.0 as usize - 1).cloned();
        Ok(seen.filter(|seen| Some(seen.entry.posting) != self.gone))
    }

    fn account(&mut self, no: AccountNo) -> Option<(Account, State)> {
        self.accounts.get(no.0 as usize).copied()
    }
}

/// After a top-up of 100: what of it is set aside, and what must be spent before the rest can be withdrawn (60 % used).
#[test]
fn what_is_used_of_a_claim_counts_and_nothing_else_does() {
    const TABLE: &str = "
        # deeds                                        | unspent | to spend
        buy 50                                         | 50 | 60
        buy 50; use 20                                 | 30 | 40
        buy 50; use 20; back 5                         | 35 | 45
        buy 50; end                                    | 0  | 60
        buy 50; use 20; end                            | 0  | 40
        # what is reserved of it is not used before it is taken
        buy 50; reserve 30                             | 50 | 60
        buy 50; reserve 30; take 20                    | 30 | 40
        buy 50; reserve 30; let-go                     | 50 | 60
        buy 50; reserve 50; take 50                    | 0  | 10
        buy 50; reserve 80                             | 80 | 60
        buy 50; reserve 80; take 60                    | 0  | 0
        # so too of what a receiver reserves
        buy 50; give; reserve 30                       | 50 | 60
        buy 50; reserve 30; give                       | 50 | 60
        buy 50; reserve 30; give; take 20              | 30 | 40
        buy 50; reserve 30; give; let-go; use 50       | 0  | 10
        # what a receiver has of it as money was not used; what comes back to its buyer is their own again
        buy 50; give                                   | 50 | 60
        buy 50; give; use 20                           | 30 | 40
        buy 50; give; end                              | 50 | 60
        buy 50; give; use 20; end                      | 30 | 40
        buy 50; give; give; end                        | 0  | 60
        # a reservation that outlives its claim
        buy 50; reserve 30; end; let-go                | 0  | 60
        buy 50; reserve 30; end; take 20               | 0  | 40
        buy 50; give; reserve 30; end                  | 50 | 60
        buy 50; give; reserve 30; end; let-go          | 50 | 60
        buy 50; give; reserve 30; end; take 20         | 30 | 40
        # own money reserved, and given
        reserve 30                                     | 30 | 60
        reserve 30; take 20                            | 0  | 40
        present 30                                     | 30 | 60
        # the rest of a claim that somebody else has bought is given like money: it fills what one gave away
        present 50; buy-theirs 30; give; end 1         | 20 | 60
        present 50; buy-theirs 30; give                | 50 | 60
        # only since the last top-up
        buy 50; top-up 50                              | 0  | 60
    ";
    let share = Rate::from_basis_points(6_000).unwrap();
    for row in TABLE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [deeds, unspent, to_spend] = row.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let mut town = Town::default();
        town.act("top-up 100");
        deeds.split("; ").for_each(|deed| town.act(deed));
        let left = town.balance(cash(ME));
        let found = town.since(ME);
        assert!(!found.is_cut && found.unknown.is_empty(), "{row}");
        let got = [found.since.unspent, found.since.still_to_spend(left, share)].map(|won| won.to_string());
        assert_eq!(got, [unspent, to_spend].map(str::to_owned), "{row}");
    }
}

#[test]
fn what_is_not_there_is_said() {
    let mut town = Town::default();
    ["top-up 100", "buy 50", "reserve 30", "take 20"].iter().for_each(|deed| town.act(deed));
    let whole = town.since(ME);
    assert!(!whole.is_cut);
    assert!([2, 3, 4].iter().all(|no| whole.postings.contains(&PostingNo(*no))));
    // Of a claim's accounts, and of the reservation's, every entry has a say.
    for gone in [2, 3, 4] {
        town.gone = Some(PostingNo(gone));
        assert!(town.since(ME).is_cut, "{gone}");
    }
}
