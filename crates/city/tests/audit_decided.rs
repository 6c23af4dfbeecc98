//! What people do with their own money and with claims is decided again from an auditor's pack: captures, what is let go of
//! and refunds that claims paid a part of, top-ups with their limits and what they earn, money and claims given to another,
//! withdrawals, purses past their date, votes and transfers. What was changed in any is named, though the seal holds.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::circle;
use crate::common;

use base::{CardId, Date, MerchantId, PersonId, PostingNo, Role, date};
use circle::{Packed, behind, changed, entries, made_to_fit, packed_to};
use city::sealing::pack::{NotAudited, Undecided, audit};
use city::{CardRef, Command, OnCoupons, OnPrepay, Payee};
use common::{TestCity, facts, posting, target};
use economy::Class;
use testkit::{Place, on_each_engine};

/// March and April, with what February began.
struct Story {
    city: TestCity,
    /// A reservation of a claim, taken in part.
    capture: PostingNo,
    /// The same of a claim and of purses.
    mixed: PostingNo,
    /// A reservation of a claim, let go of.
    void: PostingNo,
    /// A part of what was captured comes back to its claim.
    refund: PostingNo,
    /// What a claim paid comes back that was returned meanwhile.
    ended: PostingNo,
    top_up: PostingNo,
    gift: PostingNo,
    withdraw: PostingNo,
    /// A claim is given.
    given: PostingNo,
    transfer: PostingNo,
}

fn hold(city: &mut TestCity, who: (PersonId, CardId), shop: MerchantId, amount: i64) -> PostingNo {
    let command = Command::Authorise { card: CardRef::Id(who.1), merchant: shop, amount, pin: None };
    posting(&city.ask(Role::Citizen(who.0), command))
}

fn capture(city: &mut TestCity, shop: MerchantId, authorisation: PostingNo, amount: i64) -> PostingNo {
    let command = Command::Capture { authorisation, amount: Some(amount) };
    posting(&city.ask(Role::Merchant(shop), command))
}

fn refund(city: &mut TestCity, shop: MerchantId, payment: PostingNo, amount: i64) -> PostingNo {
    posting(&city.ask(Role::Merchant(shop), Command::Refund { payment, amount: Some(amount) }))
}

fn prepay(city: &mut TestCity, who: PersonId, shop: MerchantId) {
    facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })));
    let buy = OnPrepay::Buy { person: who, merchant: shop, amount: 150_000 };
    facts(city.ask(Role::Citizen(who), Command::OnPrepay(buy)));
}

fn claim_at(city: &TestCity, shop: MerchantId) -> u32 {
    city.pen.shared().read().town.claims.at(shop).next().unwrap().no
}

fn story(place: Place) -> Story {
    let mut city = TestCity::new(place);
    city.on(2021, 2, 24);
    city.vote("guarantee-prepay-2021", 1_000_000);
    city.vote("cashback-2021", 1_000_000);
    let (who, other) = (city.person(), city.person());
    let (bakery, kitchen) = (city.shop("123-45-67891", "bakery"), city.shop("124-81-00998", "restaurant"));
    city.top_up(who.0, 400_000);
    city.top_up(other.0, 40_000);
    city.account(Payee::Person(other.0));
    prepay(&mut city, who.0, bakery);
    prepay(&mut city, who.0, kitchen);
    city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
    let used = posting(&city.pay(who, kitchen, 20_000));
    let give = |amount| Command::Gift { from: who.0, to: CardRef::Id(other.1), amount };
    posting(&city.ask(Role::Citizen(who.0), give(4_000)));
    city.on(2021, 2, 27);
    let (first, second) = (hold(&mut city, who, bakery, 60_000), hold(&mut city, who, bakery, 20_000));
    let third = hold(&mut city, who, bakery, 140_000);
    let back = OnPrepay::Return { claim: claim_at(&city, kitchen) };
    facts(city.ask(Role::Merchant(kitchen), Command::OnPrepay(back)));

    city.on(2021, 3, 2);
    let captured = capture(&mut city, bakery, first, 40_000);
    let mixed = capture(&mut city, bakery, third, 125_000);
    let void = posting(&city.ask(Role::Merchant(bakery), Command::Void { authorisation: second }));
    let refunded = refund(&mut city, bakery, captured, 10_000);
    let ended = refund(&mut city, kitchen, used, 5_000);
    let top_up = posting(&city.ask(Role::Citizen(who.0), Command::TopUp { person: who.0, amount: 30_000 }));
    let gift = posting(&city.ask(Role::Citizen(who.0), give(3_000)));
    posting(&city.pay(other, kitchen, 42_000));
    city.vote("cashback-2021", 5_000);
    let transfer = posting(&city.ask(Role::Officer, Command::Treasury { amount: None }));

    city.on(2021, 4, 2);
    // Measured by what was topped up in February, and given since.
    let withdraw = posting(&city.ask(Role::Citizen(other.0), Command::Withdraw { person: other.0 }));
    let claim = claim_at(&city, bakery);
    let give = OnPrepay::Give { person: who.0, claim, to: CardRef::Id(other.1) };
    let given = posting(&city.ask(Role::Citizen(who.0), Command::OnPrepay(give)));
    // What its buyer had paid with it comes back to who holds it now.
    refund(&mut city, bakery, captured, 2_000);
    city.on(2021, 5, 2);
    city.top_up(who.0, 1_000);
    Story {
        city,
        capture: captured,
        mixed,
        void,
        refund: refunded,
        ended,
        top_up,
        gift,
        withdraw,
        given,
        transfer,
    }
}

const ENDS: [Date; 3] = [date(2021, 2, 28), date(2021, 3, 31), date(2021, 4, 30)];
const MARCH: usize = 1;
const APRIL: usize = 2;

#[test]
fn everything_people_did_is_decided_again() {
    on_each_engine(|place| {
        let story = story(Place::fresh(place.engine()));
        let packed = packed_to(&story.city, &ENDS);
        for period in [0, MARCH, APRIL] {
            let audited = packed.audit(period).unwrap();
            assert_eq!((audited.postings, audited.undecided), (audited.decided, Vec::new()));
        }
        assert_eq!(packed.audit(MARCH).unwrap().postings, 10);
        assert_eq!(packed.audit(APRIL).unwrap().postings, 3);
    });
}

/// A leg of a posting is a won less, and every balance after it is made to fit: the seal holds, and the rules tell.
fn less(period: usize, of: impl Fn(&Story) -> PostingNo, (from, to): (Class, Class)) {
    on_each_engine(|place| {
        let story = story(Place::fresh(place.engine()));
        let no = of(&story);
        let class = |account: ledger::AccountNo| {
            let shared = story.city.pen.shared();
            let view = shared.read();
            Class::numbered(view.books.account(account).unwrap().key.class).unwrap()
        };
        let leg = entries(&story.city)
            .into_iter()
            .find(|entry| entry.posting == no && class(entry.debit) == from && class(entry.credit) == to);
        let leg = leg.unwrap_or_else(|| panic!("{no} has no leg from {from:?} to {to:?}")).no.0;
        behind(&story.city, &format!("UPDATE entries SET amount = amount - 1 WHERE no = {leg}"));
        made_to_fit(&story.city);
        let packed = packed_to(&story.city, &ENDS[..=period]);
        (0..period).for_each(|before| drop(packed.audit(before).unwrap()));
        is_a_won_less(packed.audit(period).unwrap_err(), no, (from, to));
    });
}

fn is_a_won_less(error: NotAudited, posting: PostingNo, (from, to): (Class, Class)) {
    match error {
        NotAudited::Leg { no, from: debited, to: credited, recorded, again } => {
            assert_eq!((no, debited, credited), (posting, from.code(), to.code()));
            assert_eq!(recorded + 1, again);
        }
        other => panic!("{other}"),
    }
}

/// What a posting keeps says something else, and its legs don't.
fn says(period: usize, of: impl Fn(&Story) -> PostingNo, from: &str, to: &str) {
    on_each_engine(|place| {
        let story = story(Place::fresh(place.engine()));
        let no = of(&story);
        facts_say(&story.city, no, (from, to));
        match packed_to(&story.city, &ENDS[..=period]).audit(period).unwrap_err() {
            NotAudited::Posting(named, what) => {
                assert_eq!((named, what), (no, "its facts are not what the rules give"));
            }
            other => panic!("{other}"),
        }
    });
}

fn facts_say(city: &TestCity, no: PostingNo, (from, to): (&str, &str)) {
    let no = no.0;
    behind(
        city,
        &format!(
            "UPDATE postings SET facts = REPLACE(facts, '{from}', '{to}') WHERE no = {no} AND facts LIKE '%{from}%'"
        ),
    );
}

#[test]
fn a_capture_of_a_claim_is_named() {
    less(MARCH, |story| story.capture, (Class::Hold, Class::Prepaid));
}

#[test]
fn what_a_capture_of_claim_and_purses_earned_is_named() {
    less(MARCH, |story| story.mixed, (Class::TreasuryDue, Class::Purse));
    says(MARCH, |story| story.mixed, "\"rate\":1000", "\"rate\":999");
}

#[test]
fn what_was_let_go_of_a_claim_is_named() {
    less(MARCH, |story| story.void, (Class::Hold, Class::Prepaid));
}

#[test]
fn a_refund_into_a_claim_is_named() {
    less(MARCH, |story| story.refund, (Class::ShopPayable, Class::Prepaid));
}

#[test]
fn a_refund_of_a_claim_that_ended_is_named() {
    less(MARCH, |story| story.ended, (Class::ShopDue, Class::Purse));
}

#[test]
fn a_top_up_is_named() {
    less(MARCH, |story| story.top_up, (Class::BankTrust, Class::Purse));
}

#[test]
fn money_given_to_another_is_named() {
    less(MARCH, |story| story.gift, (Class::Purse, Class::Purse));
}

#[test]
fn a_claim_given_to_another_is_named() {
    less(APRIL, |story| story.given, (Class::Prepaid, Class::Prepaid));
}

#[test]
fn a_withdrawal_is_named() {
    less(APRIL, |story| story.withdraw, (Class::Purse, Class::PayoutSent));
    // Measured by another sum than what was topped up in February.
    says(APRIL, |story| story.withdraw, "\"measure\":40000", "\"measure\":39000");
}

#[test]
fn a_transfer_of_the_city_is_named() {
    less(MARCH, |story| story.transfer, (Class::BankTrust, Class::TreasuryDue));
}

#[test]
fn what_a_pack_does_not_have_is_counted_and_said() {
    on_each_engine(|place| {
        let story = story(Place::fresh(place.engine()));
        let packed = packed_to(&story.city, &ENDS);
        let without = |period: usize, kind: &str| {
            let (_keep, pack) = packed.copy_of(period);
            let earlier = std::fs::read_to_string(pack.join("earlier.jsonl")).unwrap();
            let of_kind = |line: &&str| line.contains(&format!("\"kind\":\"{kind}\""));
            let lines: Vec<&str> = earlier.lines().filter(of_kind).collect();
            assert!(!lines.is_empty(), "nothing of {kind} came along");
            lines.iter().for_each(|line| changed(&pack, "earlier.jsonl", &format!("{line}\n"), ""));
            audit(&pack, &packed.key, &mut |_| ()).unwrap()
        };
        let left = |kind: &str, why, count| Undecided { kind: kind.to_owned(), why, count };
        let audited = without(APRIL, "top-up");
        assert_eq!(audited.undecided, [left("withdraw", "what it was measured by is not in the pack", 1)]);
        assert_eq!((audited.postings, audited.decided), (3, 2));
        let audited = without(MARCH, "prepay");
        let why = "what a claim was bought by is not in the pack";
        assert_eq!(
            audited.undecided,
            [left("capture", why, 2), left("refund", why, 2), left("void", why, 1)]
        );
        assert_eq!((audited.postings, audited.decided), (10, 5));
    });
}

#[test]
fn a_shop_that_closed_with_claims_reserved_is_decided_again() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        city.vote("guarantee-prepay-2021", 1_000_000);
        city.vote("cashback-2021", 1_000_000);
        let who = city.person();
        let shop = city.shop("123-45-67891", "bakery");
        city.top_up(who.0, 300_000);
        prepay(&mut city, who.0, shop);
        city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
        let used = posting(&city.pay(who, shop, 10_000));
        let (some, _) = (hold(&mut city, who, shop, 50_000), hold(&mut city, who, shop, 20_000));
        let captured = capture(&mut city, shop, some, 20_000);
        let third = hold(&mut city, who, shop, 30_000);
        facts(city.ask(Role::Officer, Command::CloseShop { merchant: shop }));
        facts(city.ask(Role::Merchant(shop), Command::Void { authorisation: third }));
        facts(city.ask(Role::Officer, Command::Refund { payment: used, amount: Some(1_000) }));
        city.on(2021, 3, 5);
        city.ask_as(Role::System, "", Command::Sweep { at_most: 10 }).unwrap();
        facts(city.ask(Role::Officer, Command::Refund { payment: captured, amount: Some(3_000) }));
        city.on(2021, 4, 2);
        city.top_up(who.0, 1_000);
        let packed = packed_to(&city, &ENDS[..2]);
        for period in 0..2 {
            let audited = packed.audit(period).unwrap();
            assert_eq!((audited.postings, audited.undecided), (audited.decided, Vec::new()));
        }
    });
}

/// A withdrawal that is measured by claims, too: one of which a part is taken, and one given that the receiver has as money by
/// now. 1,300,000 won were put on in February; of them 100,000 are left, 470,000 unused.
fn measured_by_claims(place: Place) -> (TestCity, PostingNo) {
    let mut city = TestCity::new(place);
    city.on(2021, 2, 24);
    city.vote("guarantee-prepay-2021", 1_000_000);
    let (who, other) = (city.person(), city.person());
    let (bakery, kitchen) = (city.shop("123-45-67891", "bakery"), city.shop("124-81-00998", "restaurant"));
    let market = city.shop("220-81-62517", "market-food");
    city.top_up(who.0, 1_300_000);
    city.account(Payee::Person(who.0));
    for shop in [bakery, kitchen] {
        facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })));
        let buy = OnPrepay::Buy { person: who.0, merchant: shop, amount: 200_000 };
        facts(city.ask(Role::Citizen(who.0), Command::OnPrepay(buy)));
    }
    posting(&city.pay(who, market, 800_000));
    let own = hold(&mut city, who, bakery, 50_000);
    let (claim, to) = (claim_at(&city, kitchen), CardRef::Id(other.1));
    let give = OnPrepay::Give { person: who.0, claim, to };
    facts(city.ask(Role::Citizen(who.0), Command::OnPrepay(give)));
    let theirs = hold(&mut city, other, kitchen, 60_000);
    city.on(2021, 3, 1);
    capture(&mut city, bakery, own, 30_000);
    facts(city.ask(Role::Merchant(kitchen), Command::OnPrepay(OnPrepay::Return { claim })));
    posting(&city.ask(Role::Merchant(kitchen), Command::Void { authorisation: theirs }));
    let taken_out = posting(&city.ask(Role::Citizen(who.0), Command::Withdraw { person: who.0 }));
    city.on(2021, 4, 2);
    city.top_up(who.0, 1_000);
    (city, taken_out)
}

#[test]
fn a_withdrawal_is_measured_again_by_what_claims_hold() {
    on_each_engine(|place| {
        let fresh = || measured_by_claims(Place::fresh(place.engine()));
        let (city, _) = fresh();
        let packed = packed_to(&city, &ENDS[..2]);
        for period in 0..2 {
            let audited = packed.audit(period).unwrap();
            assert_eq!((audited.postings, audited.undecided), (audited.decided, Vec::new()));
        }
        // Said to be measured by so much less that it would be too early by a part of what the receiver had reserved.
        let (city, taken_out) = fresh();
        facts_say(&city, PostingNo(2), ("\"cash\":1300000", "\"cash\":1100000"));
        facts_say(&city, taken_out, ("\"measure\":1300000", "\"measure\":1100000"));
        match packed_to(&city, &ENDS[..2]).audit(1).unwrap_err() {
            NotAudited::Refused { no, code } => assert_eq!((no, code), (taken_out, "withdraw.too-early")),
            other => panic!("{other}"),
        }
    });
}

/// A city that limits what is put on, and grants at charge; two top-ups that come to the limit.
fn at_the_limit(place: Place) -> (TestCity, PostingNo) {
    let mut pack = common::pack();
    let mut change = |file: &str, from: &str, to: &str| {
        let text = pack.files.get_mut(file).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replace(from, to);
    };
    change(
        "campaigns/pig-card.toml",
        "until = 2021-02-28\nperson_month = 1_000_000\ncounts = \"spend\"",
        "until = 2021-02-28\nperson_month = 1_000_000\ncounts = \"top-ups\"",
    );
    change("budgets.toml", "until = 2021-02-22", "until = 2021-02-28");
    let mut city = TestCity::under(target(&place), place, pack);
    city.vote("charge-2021", 1_000_000);
    let who = city.person();
    city.top_up(who.0, 600_000);
    let last = posting(&city.ask(Role::Citizen(who.0), Command::TopUp { person: who.0, amount: 400_000 }));
    city.on(2021, 3, 2);
    city.top_up(who.0, 1_000);
    (city, last)
}

fn february(city: &TestCity) -> Packed {
    packed_to(city, &ENDS[..1])
}

#[test]
fn top_ups_are_held_against_their_limit_and_what_they_earn() {
    on_each_engine(|place| {
        let fresh = || at_the_limit(Place::fresh(place.engine()));
        let (city, _) = fresh();
        let audited = february(&city).audit(0).unwrap();
        assert_eq!((audited.postings, audited.decided), (3, 3));

        // A won less is granted than the tenth.
        let (city, last) = fresh();
        let of_last = format!("posting = {}", last.0);
        behind(&city, &format!("UPDATE entries SET amount = 39999 WHERE {of_last} AND amount = 40000"));
        made_to_fit(&city);
        let error = february(&city).audit(0).unwrap_err();
        is_a_won_less(error, last, (Class::TreasuryDue, Class::Purse));

        // A won more than may be put on in a month: its legs, its meter and its facts agree, and the rules don't.
        let (city, last) = fresh();
        behind(&city, &format!("UPDATE entries SET amount = 400001 WHERE {of_last} AND amount = 400000"));
        behind(&city, &format!("UPDATE postings SET amount = 400001 WHERE no = {}", last.0));
        facts_say(&city, last, ("\"amount\":400000", "\"amount\":400001"));
        made_to_fit(&city);
        match february(&city).audit(0).unwrap_err() {
            NotAudited::Refused { no, code } => assert_eq!((no, code), (last, "top-up.limit")),
            other => panic!("{other}"),
        }
    });
}

#[test]
fn a_purse_past_its_date_is_decided_again() {
    on_each_engine(|place| {
        let emptied = || {
            let mut city = TestCity::new(Place::fresh(place.engine()));
            let who = city.person();
            city.top_up(who.0, 10_000);
            city.on(2026, 4, 2);
            city.ask(Role::System, Command::Expire { from: 0, at_most: 10 }).unwrap();
            city.on(2026, 5, 2);
            city.top_up(who.0, 1_000);
            city
        };
        let ends = [date(2026, 4, 30)];
        let audited = packed_to(&emptied(), &ends).audit(0).unwrap();
        assert_eq!((audited.postings, audited.decided), (2, 2));
        // Something is left in it.
        let city = emptied();
        behind(&city, "UPDATE entries SET amount = 9999 WHERE posting = 2");
        behind(&city, "UPDATE postings SET amount = 9999 WHERE no = 2");
        facts_say(&city, PostingNo(2), ("10000", "9999"));
        made_to_fit(&city);
        match packed_to(&city, &ends).audit(0).unwrap_err() {
            NotAudited::Posting(no, what) => {
                let wanted = "another sum is taken out of a purse than was left in it";
                assert_eq!((no, what), (PostingNo(2), wanted));
            }
            other => panic!("{other}"),
        }
    });
}

#[test]
fn a_stamp_for_what_was_reserved_is_decided_again() {
    on_each_engine(|place| {
        let stamped = || {
            let mut city = TestCity::new(Place::fresh(place.engine()));
            city.on(2021, 3, 22);
            city.vote("cashback-2021", 1_000_000);
            let who = city.person();
            let shop = city.shop("123-45-67891", "market-food");
            let join = OnCoupons::Join { sale: "market-2021-03".into(), merchant: shop, on: true };
            facts(city.ask(Role::Merchant(shop), Command::OnCoupons(join)));
            city.top_up(who.0, 100_000);
            let held = hold(&mut city, who, shop, 30_000);
            let taken = capture(&mut city, shop, held, 28_000);
            city.on(2021, 4, 2);
            city.top_up(who.0, 1_000);
            (city, taken)
        };
        let audited = packed_to(&stamped().0, &ENDS[1..2]).audit(0).unwrap();
        assert_eq!((audited.postings, audited.decided), (4, 4));
        // Two stamps for one payment, on the card and in the count of all.
        let (city, taken) = stamped();
        behind(&city, &format!("UPDATE entries SET amount = 2 WHERE posting = {} AND amount = 1", taken.0));
        made_to_fit(&city);
        match packed_to(&city, &ENDS[1..2]).audit(0).unwrap_err() {
            NotAudited::Leg { no, from, to, recorded, again } => {
                let classes = (Class::Meter.code(), Class::MeterTotal.code());
                assert_eq!((no, (from, to), recorded, again), (taken, classes, 2, 1));
            }
            other => panic!("{other}"),
        }
    });
}

/// Three reservations in a sale: one is taken in part after it and partly given back, one let go of, one gets no more.
fn reserved_in_a_sale(place: Place) -> (TestCity, [PostingNo; 4]) {
    let mut city = TestCity::new(place);
    city.on(2021, 3, 10);
    city.vote("cashback-2021", 1_000_000);
    city.vote("joint-sale-2021", 1_000_000);
    let who = city.person();
    let shop = city.shop("220-81-62517", "supermarket");
    let join = OnCoupons::Join { sale: "joint-2021-03".into(), merchant: shop, on: true };
    facts(city.ask(Role::Merchant(shop), Command::OnCoupons(join)));
    city.top_up(who.0, 100_000);
    let first = hold(&mut city, who, shop, 30_000);
    let second = hold(&mut city, who, shop, 20_000);
    hold(&mut city, who, shop, 5_000);
    city.on(2021, 3, 16);
    let taken = capture(&mut city, shop, first, 25_000);
    let void = posting(&city.ask(Role::Merchant(shop), Command::Void { authorisation: second }));
    let back = refund(&mut city, shop, taken, 10_000);
    city.on(2021, 4, 2);
    city.top_up(who.0, 1_000);
    (city, [first, taken, void, back])
}

#[test]
fn what_a_sale_takes_off_a_reservation_is_decided_again() {
    on_each_engine(|place| {
        let fresh = || reserved_in_a_sale(Place::fresh(place.engine()));
        let march = |city: &TestCity| packed_to(city, &ENDS[1..2]);
        let audited = march(&fresh().0).audit(0).unwrap();
        assert_eq!((audited.postings, audited.decided), (9, 9));
        assert_eq!(audited.undecided, Vec::new());
        // A won more than 6,000 kept; a won less of 5,000 granted, of 4,000 let go, of 2,000 given back.
        for (at, (from, to), won, by) in [
            (0, (Class::BudgetReserved, Class::BudgetLeft), 6_000, 1),
            (1, (Class::TreasuryDue, Class::ShopPayable), 5_000, -1),
            (2, (Class::BudgetLeft, Class::BudgetReserved), 4_000, -1),
            (3, (Class::ShopPayable, Class::TreasuryDue), 2_000, -1),
        ] {
            let (city, of) = fresh();
            let no = of[at];
            let class = |account: ledger::AccountNo| {
                let shared = city.pen.shared();
                let view = shared.read();
                Class::numbered(view.books.account(account).unwrap().key.class).unwrap()
            };
            let leg = entries(&city).into_iter().find(|entry| {
                let both = (class(entry.debit), class(entry.credit));
                (entry.posting, both, entry.amount) == (no, (from, to), won)
            });
            let leg = leg.unwrap_or_else(|| panic!("{no} has no leg of {won}")).no.0;
            behind(&city, &format!("UPDATE entries SET amount = amount + ({by}) WHERE no = {leg}"));
            made_to_fit(&city);
            match march(&city).audit(0).unwrap_err() {
                NotAudited::Leg { no: named, from: debited, to: credited, recorded, again } => {
                    assert_eq!((named, debited, credited), (no, from.code(), to.code()));
                    assert_eq!((recorded, again), (won + by, won));
                }
                other => panic!("{other}"),
            }
        }
        // Taken at another rate than was fixed.
        let (city, [_, taken, ..]) = fresh();
        facts_say(&city, taken, ("\"rate\":2000", "\"rate\":1999"));
        match march(&city).audit(0).unwrap_err() {
            NotAudited::Posting(no, what) => {
                assert_eq!((no, what), (taken, "its facts are not what the rules give"));
            }
            other => panic!("{other}"),
        }
    });
}
