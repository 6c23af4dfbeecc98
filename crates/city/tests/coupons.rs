//! Coupons, sale days and what is let out, with the city's numbers, on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, PersonId, PostingNo, Role, date};
use city::coupons::import::{self, Refused, Wrong, check};
use city::coupons::{JobState, jobs};
use city::{CardRef, Command, NewJob, OnCoupons, Recipients, Reply};
use common::{TestCity, count, facts, posting, refusal};
use economy::decide::draw;
use economy::facts::{CouponFacts, DiscountCut};
use economy::{Class, Facts, chart};
use pen::Failure;

type Who = (PersonId, CardId);

fn each(story: impl Fn(TestCity)) {
    testkit::engines().into_iter().map(testkit::Place::fresh).for_each(|place| story(TestCity::new(place)));
}

fn on(city: &mut TestCity, role: Role, wish: OnCoupons) -> Result<Reply, Failure> {
    city.ask(role, Command::OnCoupons(wish))
}

fn give(city: &mut TestCity, coupon: &str, person: PersonId, amount: i64) -> Result<Reply, Failure> {
    on(city, Role::Officer, OnCoupons::Give { coupon: coupon.into(), person, amount })
}

fn balance(city: &TestCity, account: &ledger::Account) -> i64 {
    city.pen.shared().read().books.balance_of(&account.key)
}

fn left(city: &TestCity, budget: &str) -> i64 {
    balance(city, &chart::budget(Class::BudgetLeft, budget))
}

fn purse(city: &TestCity, person: PersonId, coupon: &str) -> i64 {
    let coupon = city.pen.shared().read().town.pack.coupons.coupon(coupon).unwrap().clone();
    balance(city, &chart::purse(person, coupon.purpose, coupon.cohort()))
}

fn pay_part(
    city: &mut TestCity,
    who: Who,
    merchant: MerchantId,
    (amount, eligible): (i64, i64),
) -> Result<Reply, Failure> {
    let (card, pin, order) = (CardRef::Id(who.1), None, None);
    on(city, Role::Till(merchant), OnCoupons::PayPart { card, merchant, amount, eligible, pin, order })
}

/// Lets a job go on until it stops by itself.
fn work(city: &mut TestCity, job: u64, at_most: u32) {
    loop {
        let from = city.pen.shared().read().town.coupons.job(job).unwrap().next;
        match on(city, Role::System, OnCoupons::Step { job, from, at_most }).unwrap() {
            Reply::Batch { next: Some(_), .. } => {}
            _ => return,
        }
    }
}

/// The daily tidying.
fn tidy(city: &mut TestCity) {
    let mut from = Some(0);
    while let Some(next) = from {
        let reply = city.ask(Role::System, Command::Expire { from: next, at_most: 256 }).unwrap();
        let Reply::Batch { next, .. } = reply else { panic!("{reply:?}") };
        from = next;
    }
}

/// What was counted from the journal must be what the books say.
fn counted(city: &TestCity) {
    count(&city.target, &city.pen.shared().read().books);
}

#[test]
fn care_coupons_for_350_people_within_302_million() {
    each(|mut city| {
        city.on(2021, 7, 1);
        city.vote("care-coupon-2021", 302_000_000);
        let people = city.people(378, 1);
        for (who, _) in &people[..377] {
            facts(give(&mut city, "care-2021", *who, 800_000));
        }
        // 350 people took 280 million of it; with 27 more, 400,000 are left, and the next would need 800,000.
        assert_eq!(left(&city, "care-coupon-2021"), 302_000_000 - 377 * 800_000);
        assert_eq!(refusal(give(&mut city, "care-2021", people[377].0, 800_000)), "coupon.budget");
        facts(give(&mut city, "care-2021", people[377].0, 400_000));
        assert_eq!(left(&city, "care-coupon-2021"), 0);
        assert_eq!(refusal(give(&mut city, "care-2021", people[0].0, 1)), "coupon.person-most");
        assert_eq!(refusal(give(&mut city, "care-2022", people[0].0, 1)), "coupon.unknown");
        assert_eq!(refusal(give(&mut city, "care-2021", PersonId(9), 1)), "person.unknown");
        // What a citizen or a shop may not.
        let wish = OnCoupons::Give { coupon: "care-2021".into(), person: people[0].0, amount: 1 };
        assert_eq!(refusal(on(&mut city, Role::Citizen(people[0].0), wish)), "role.needed");
        counted(&city);
    });
}

#[test]
fn a_half_eligible_payment_and_the_last_day() {
    each(|mut city| {
        city.on(2021, 7, 15);
        city.vote("care-coupon-2021", 302_000_000);
        city.vote("cashback-2021", 1_000_000);
        let who = city.people(1, 20_000)[0];
        let carers = city.shop("123-45-67891", "care-service");
        facts(give(&mut city, "care-2021", who.0, 40_000));
        // No provider is named yet: the coupon buys nothing here.
        assert_eq!(refusal(pay_part(&mut city, who, carers, (30_000, 30_000))), "till.short");
        let name = |on| OnCoupons::Name { purpose: "care".into(), merchant: carers, on };
        facts(on(&mut city, Role::Officer, name(true)));
        let bakery = city.shop("220-81-62517", "bakery");
        let other = OnCoupons::Name { purpose: "care".into(), merchant: bakery, on: true };
        assert_eq!(refusal(on(&mut city, Role::Officer, other)), "coupon.other-trade");
        // 12,000 of 30,000 is for the coupon; the rest comes from own money, and that alone earns.
        let reply = pay_part(&mut city, who, carers, (30_000, 12_000));
        let paid = posting(&reply);
        let Facts::Pay(payment) = facts(reply) else { panic!() };
        assert_eq!(payment.legs.iter().map(|leg| leg.2).collect::<Vec<_>>(), [12_000, 18_000]);
        assert_eq!(
            (payment.cashback.base, payment.cashback.reward, payment.eligible),
            (18_000, 1_800, Some(12_000))
        );
        assert_eq!(purse(&city, who.0, "care-2021"), 28_000);
        // And where the rest is missing, that is what is said.
        let Ok(Reply::Counted(no)) = pay_part(&mut city, who, carers, (30_000, 12_000)) else { panic!() };
        assert_eq!(no.code, "till.short-part");
        assert_eq!(refusal(pay_part(&mut city, who, carers, (10, 11))), "coupon.eligible");
        // Half of it comes back, to both purses.
        let back = Command::Refund { payment: paid, amount: Some(15_000) };
        facts(city.ask(Role::Merchant(carers), back));
        assert_eq!(purse(&city, who.0, "care-2021"), 34_000);
        // The last day pays, the next one doesn't; what is left goes back to the city and to its budget.
        city.on(2021, 12, 31);
        tidy(&mut city);
        facts(city.pay(who, carers, 4_000));
        assert_eq!(purse(&city, who.0, "care-2021"), 30_000);
        let owed = balance(&city, &chart::scheme(Class::TreasuryDue));
        city.on(2022, 1, 1);
        assert!(city.pay(who, carers, 29_000).is_err());
        tidy(&mut city);
        assert_eq!(purse(&city, who.0, "care-2021"), 0);
        assert_eq!(left(&city, "care-coupon-2021"), 302_000_000 - 40_000 + 30_000);
        assert_eq!(balance(&city, &chart::scheme(Class::TreasuryDue)), owed - 30_000);
        assert_eq!(balance(&city, &chart::scheme(Class::Expired)), 0);
        // What a refund puts back after that goes the same way with the next tidying.
        facts(city.ask(Role::Merchant(carers), Command::Refund { payment: paid, amount: None }));
        assert_eq!(purse(&city, who.0, "care-2021"), 6_000);
        tidy(&mut city);
        assert_eq!(purse(&city, who.0, "care-2021"), 0);
        counted(&city);
    });
}

/// The market coupon ends on 15 April: within the month, by date.
#[test]
fn a_coupon_that_ends_within_its_month_is_taken_back_the_next_day() {
    each(|mut city| {
        city.on(2021, 4, 15);
        city.vote("market-coupon-2021", 1_000_000);
        let who = city.people(1, 10_000)[0];
        let mart = city.shop("123-45-67891", "supermarket");
        facts(give(&mut city, "market-2021", who.0, 10_000));
        tidy(&mut city);
        assert_eq!(purse(&city, who.0, "market-2021"), 10_000);
        facts(city.pay(who, mart, 1_000));
        city.on(2021, 4, 16);
        let Facts::Pay(payment) = facts(city.pay(who, mart, 1_000)) else { panic!() };
        assert_eq!(payment.legs[0].0, 0, "own money pays");
        tidy(&mut city);
        assert_eq!((purse(&city, who.0, "market-2021"), left(&city, "market-coupon-2021")), (0, 999_000));
        counted(&city);
    });
}

fn listed(rows: &[(PersonId, i64)], hash: u8) -> OnCoupons {
    let to = Recipients::Listed { hash: [hash; 32], rows: rows.to_vec() };
    OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to })
}

#[test]
fn a_job_goes_on_where_it_stood_and_gives_nothing_twice() {
    each(|mut city| {
        city.on(2021, 3, 2);
        city.vote("relief-2021", 70_000_000);
        let people: Vec<PersonId> = city.people(1_000, 1).into_iter().map(|who| who.0).collect();
        facts(give(&mut city, "relief-2021", people[3], 100_000));
        let everyone = |each| {
            let to = Recipients::Everyone { district: None, each };
            OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to })
        };
        assert_eq!(refusal(on(&mut city, Role::Clerk, everyone(100_000))), "role.needed");
        assert_eq!(refusal(on(&mut city, Role::Officer, everyone(100_001))), "coupon.person-most");
        assert_eq!(refusal(on(&mut city, Role::Officer, everyone(100_000))), "coupon.total");
        city.vote("relief-2021", 30_000_000);
        facts(on(&mut city, Role::Officer, everyone(100_000)));
        assert_eq!(refusal(on(&mut city, Role::Officer, everyone(100_000))), "coupon.same-list");
        let step = |from| OnCoupons::Step { job: 1, from, at_most: 100 };
        on(&mut city, Role::System, step(0)).unwrap();
        // Asked twice for the same part, and for one that isn't due: nothing.
        for from in [0, 200] {
            let reply = on(&mut city, Role::System, step(from)).unwrap();
            assert_eq!(reply, Reply::Batch { done: 0, next: Some(100) });
        }
        facts(on(&mut city, Role::Officer, OnCoupons::Stop { job: 1 }));
        assert_eq!(refusal(on(&mut city, Role::Officer, OnCoupons::Stop { job: 1 })), "coupon.job-already");
        on(&mut city, Role::System, step(100)).unwrap();
        // The program ends, and starts again: stopped where it was.
        let mut city = city.again(5);
        let job = city.pen.shared().read().town.coupons.job(1).unwrap().clone();
        assert_eq!((job.next, job.people, job.skipped, job.state), (100, 99, 1, JobState::Stopped));
        facts(on(&mut city, Role::Officer, OnCoupons::GoOn { job: 1 }));
        // Others are given of the same budget. It ends before the people do: the job waits there, and goes on when more is
        // voted.
        for _ in 0..300 {
            let late = city.person().0;
            facts(give(&mut city, "relief-2021", late, 100_000));
        }
        work(&mut city, 1, 64);
        let job = city.pen.shared().read().town.coupons.job(1).unwrap().clone();
        assert_eq!((job.people, job.why.as_deref()), (699, Some("coupon.budget")));
        assert_eq!(left(&city, "relief-2021"), 0);
        city.vote("relief-2021", 50_000_000);
        facts(on(&mut city, Role::Officer, OnCoupons::GoOn { job: 1 }));
        work(&mut city, 1, 256);
        let job = city.pen.shared().read().town.coupons.job(1).unwrap().clone();
        assert_eq!((job.people, job.amount, job.skipped), (999, 99_900_000, 1));
        assert_eq!(job.state, JobState::Done);
        assert!(people.iter().all(|person| purse(&city, *person, "relief-2021") == 100_000));
        assert_eq!(refusal(on(&mut city, Role::Officer, OnCoupons::GoOn { job: 1 })), "coupon.job-done");
        let readers = store::Readers::open(&city.target, 1).unwrap();
        let skipped = readers.read(|snapshot| jobs::skips(snapshot, 1, 10)).unwrap();
        assert_eq!(skipped.len(), 1);
        assert_eq!((skipped[0].place, skipped[0].person), (3, people[3]));
        counted(&city);
    });
}

#[test]
fn a_list_is_checked_line_by_line_and_given_once() {
    each(|mut city| {
        city.on(2021, 3, 2);
        city.vote("relief-2021", 100_000_000);
        let people: Vec<PersonId> = city.people(1_000, 1).into_iter().map(|who| who.0).collect();
        facts(give(&mut city, "relief-2021", people[6], 60_000));
        let number = |person: PersonId| {
            let shared = city.pen.shared();
            let view = shared.read();
            view.town.directory.cards().iter().find(|card| card.person == person).unwrap().number
        };
        let mut lines: Vec<String> = people
            .iter()
            .enumerate()
            .map(|(at, person)| match at % 2 {
                0 => format!("{person},\"50,000\""),
                _ => format!("{},50000원", number(*person)),
            })
            .collect();
        lines[0] = ",50000".into();
        lines[1] = "김순자,50000".into();
        lines[2] = "9410123456789011,50000".into();
        lines[3] = format!("{},50000", PersonId(77));
        lines[4] = format!("{},=50000", people[4]);
        lines[5] = format!("{},50000", people[900]);
        lines[900] = format!("{},50000", people[900]);
        let text = format!("카드번호,금액\n{}\n", lines.join("\n"));
        let (korean, _, _) = encoding(&text);
        let coupon = city.pen.shared().read().town.pack.coupons.coupon("relief-2021").unwrap().clone();
        let read_on = |bytes: &[u8], today| -> Result<import::Checked, Refused> {
            let shared = city.pen.shared();
            let view = shared.read();
            let list = import::read(bytes)?;
            Ok(check(&list, &coupon, (&view.town, &view.books), today))
        };
        let read = |bytes: &[u8]| read_on(bytes, date(2021, 3, 2));
        // What one person gets holds on any day, also before the first on which it is given.
        for (bytes, today) in [(text.as_bytes(), date(2021, 3, 2)), (&korean, date(2021, 2, 23))] {
            let checked = read_on(bytes, today).unwrap();
            assert_eq!((checked.lines, checked.rows.len(), checked.sum), (1_000, 993, 993 * 50_000));
            let bad: Vec<(usize, Wrong)> =
                checked.bad.iter().map(|bad| (bad.line, bad.wrong.clone())).collect();
            let expected = [
                (2, Wrong::NobodyNamed),
                (3, Wrong::NoNumber { digits: false }),
                (4, Wrong::NoNumber { digits: true }),
                (5, Wrong::Unknown),
                (6, Wrong::Amount),
                (8, Wrong::Most { room: 40_000 }),
                (902, Wrong::Twice { line: 7 }),
            ];
            assert_eq!(bad, expected);
        }
        // What is no list changes nothing, and says what it is.
        assert_eq!(read(b""), Err(Refused::Unreadable(sheets::Unreadable::Empty)));
        assert_eq!(read("이름,돈\nx,1\n".as_bytes()), Err(Refused::Columns));
        assert_eq!(read("카드번호,금액\n".as_bytes()), Err(Refused::NoLines));
        for bytes in [&b"PK\x03\x04 cut off"[..], b"\xff\xfe\x00\x01", b"card,amount\n\"x,1\n"] {
            assert!(matches!(read(bytes), Err(Refused::Unreadable(_))), "{bytes:?}");
        }
        let checked = read(text.as_bytes()).unwrap();
        let begin = |hash| {
            let to = Recipients::Listed { hash, rows: checked.rows.clone() };
            OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to })
        };
        facts(on(&mut city, Role::Officer, begin(checked.hash)));
        assert_eq!(refusal(on(&mut city, Role::Officer, begin(checked.hash))), "coupon.same-list");
        let twice = [(people[0], 1), (people[0], 1)];
        assert_eq!(refusal(on(&mut city, Role::Officer, listed(&twice, 9))), "coupon.list");
        assert_eq!(refusal(on(&mut city, Role::Officer, listed(&[], 9))), "coupon.list");
        let mut city = city.again(6);
        work(&mut city, 1, 128);
        let job = city.pen.shared().read().town.coupons.job(1).unwrap().clone();
        assert_eq!((job.people, job.amount, job.skipped), (993, 993 * 50_000, 0));
        counted(&city);
    });
}

/// As a Korean office saves it.
fn encoding(text: &str) -> (Vec<u8>, (), ()) {
    // 카드번호,금액 in EUC-KR; the rest of the file is plain but for 원 and one name.
    let mut bytes = Vec::new();
    for letter in text.chars() {
        match letter {
            '카' => bytes.extend([0xc4, 0xab]),
            '드' => bytes.extend([0xb5, 0xe5]),
            '번' => bytes.extend([0xb9, 0xf8]),
            '호' => bytes.extend([0xc8, 0xa3]),
            '금' => bytes.extend([0xb1, 0xdd]),
            '액' => bytes.extend([0xbe, 0xd7]),
            '원' => bytes.extend([0xbf, 0xf8]),
            '김' => bytes.extend([0xb1, 0xe8]),
            '순' => bytes.extend([0xbc, 0xf8]),
            '자' => bytes.extend([0xc0, 0xda]),
            plain => bytes.push(u8::try_from(u32::from(plain)).unwrap()),
        }
    }
    (bytes, (), ())
}

#[test]
fn a_sale_day_runs_out_of_budget() {
    each(|mut city| {
        city.on(2021, 3, 8);
        city.vote("joint-sale-2021", 12_000);
        let people = city.people(3, 100_000);
        let mart = city.shop("123-45-67891", "supermarket");
        let bakery = city.shop("220-81-62517", "bakery");
        let join = |merchant, on| OnCoupons::Join { sale: "joint-2021-03".into(), merchant, on };
        assert_eq!(
            refusal(on(&mut city, Role::Merchant(bakery), join(bakery, true))),
            "sale.not-for-this-shop"
        );
        assert_eq!(refusal(on(&mut city, Role::Merchant(bakery), join(mart, true))), "shop.unknown");
        facts(on(&mut city, Role::Merchant(mart), join(mart, true)));
        let paid = |city: &mut TestCity, who: Who, amount| {
            let reply = city.pay(who, mart, amount);
            let no = posting(&reply);
            let Facts::Pay(payment) = facts(reply) else { panic!() };
            let discount = payment.discount.clone().unwrap();
            assert_eq!(payment.legs.iter().map(|leg| leg.2).sum::<i64>(), amount - discount.amount);
            (no, discount.amount, discount.cut)
        };
        let first = paid(&mut city, people[0], 20_000);
        assert_eq!((first.1, first.2), (4_000, DiscountCut::Full));
        // One person is given 10,000 in all.
        assert_eq!(paid(&mut city, people[0], 50_000).1, 6_000);
        assert_eq!(paid(&mut city, people[0], 5_000).2, DiscountCut::Person);
        // 2,000 are left for everyone else.
        let last = paid(&mut city, people[1], 20_000);
        assert_eq!((last.1, last.2), (2_000, DiscountCut::Budget));
        assert_eq!(left(&city, "joint-sale-2021"), 0);
        assert_eq!(paid(&mut city, people[2], 10_000).1, 0);
        // The shop gets the full price, the city owes the discount.
        let owed = chart::payable(mart);
        assert_eq!(balance(&city, &owed), 105_000);
        assert_eq!(balance(&city, &chart::scheme(Class::TreasuryDue)), 12_000);
        // A refund gives the city its part back, and somebody else can have it.
        refund(&mut city, mart, first.0, 10_000);
        assert_eq!(left(&city, "joint-sale-2021"), 2_000);
        assert_eq!(paid(&mut city, people[2], 10_000).1, 2_000);
        // It leaves the sale; and the sale ends.
        facts(on(&mut city, Role::Officer, join(mart, false)));
        let Facts::Pay(payment) = facts(city.pay(people[2], mart, 1_000)) else { panic!() };
        assert_eq!(payment.discount, None);
        city.on(2021, 3, 15);
        assert_eq!(refusal(on(&mut city, Role::Merchant(mart), join(mart, true))), "sale.over");
        let city = city.again(7);
        assert!(!city.pen.shared().read().town.coupons.takes_part(mart, "joint-2021-03"));
        counted(&city);
    });
}

fn refund(city: &mut TestCity, shop: MerchantId, payment: PostingNo, amount: i64) {
    facts(city.ask(Role::Merchant(shop), Command::Refund { payment, amount: Some(amount) }));
}

/// What is reserved in a sale is taken at the sale's price when it is over and its budget is spent; what is let go of is the
/// next one's, and so is what the reservation's days ended.
#[test]
fn a_reservation_keeps_its_discount_until_it_is_taken() {
    each(|mut city| {
        city.on(2021, 3, 9);
        city.vote("joint-sale-2021", 3_000);
        let (sale, grocer) = ("joint-2021-03", city.shop("123-45-67891", "supermarket"));
        let join = OnCoupons::Join { sale: sale.into(), merchant: grocer, on: true };
        facts(on(&mut city, Role::Merchant(grocer), join));
        let people = city.people(3, 50_000);
        let reserve = |city: &mut TestCity, who: Who, amount| {
            let (card, merchant) = (CardRef::Id(who.1), grocer);
            let wish = Command::Authorise { card, merchant, amount, pin: None };
            let reply = city.ask(Role::Till(grocer), wish);
            let no = posting(&reply);
            match facts(reply) {
                Facts::Authorise(payment) => (no, payment.discount.unwrap()),
                other => panic!("{other:?}"),
            }
        };
        let (first, kept) = reserve(&mut city, people[0], 10_000);
        assert_eq!((kept.amount, kept.cut), (2_000, DiscountCut::Full));
        // The second gets what is left, the third nothing: the rest is kept for others.
        let (second, kept) = reserve(&mut city, people[1], 10_000);
        assert_eq!((kept.amount, kept.cut), (1_000, DiscountCut::Budget));
        let (third, kept) = reserve(&mut city, people[2], 10_000);
        assert_eq!((kept.amount, kept.cut), (0, DiscountCut::Budget));
        let held = |city: &TestCity, no| balance(city, &chart::hold(no));
        assert_eq!([first, second, third].map(|no| held(&city, no)), [8_000, 9_000, 10_000]);
        city.ask(Role::Till(grocer), Command::Void { authorisation: second }).unwrap();
        assert_eq!(left(&city, "joint-sale-2021"), 1_000);
        let (fourth, kept) = reserve(&mut city, people[1], 5_000);
        assert_eq!((kept.amount, kept.cut), (1_000, DiscountCut::Full));
        counted(&city);

        city.on(2021, 3, 15);
        let take = Command::Capture { authorisation: first, amount: Some(9_000) };
        let taken = city.ask(Role::Till(grocer), take);
        let no = posting(&taken);
        let Facts::Capture { payment, .. } = facts(taken) else { panic!() };
        assert_eq!(payment.discount.unwrap().amount, 1_800, "the sale is over, and the reservation holds");
        assert_eq!(balance(&city, &chart::payable(grocer)), 9_000);
        assert_eq!(balance(&city, &chart::scheme(Class::TreasuryDue)), 1_800);
        refund(&mut city, grocer, no, 9_000);
        assert_eq!(balance(&city, &chart::scheme(Class::TreasuryDue)), 0);
        city.on(2021, 3, 17);
        city.ask_as(Role::System, "", Command::Sweep { at_most: 10 }).unwrap();
        assert_eq!([third, fourth].map(|no| held(&city, no)), [0, 0]);
        assert_eq!(left(&city, "joint-sale-2021"), 3_000);
        let of = |who: Who| balance(&city, &chart::meter(economy::Meter::Sale, who.0, 1));
        assert_eq!([of(people[0]), of(people[1]), of(people[2])], [0, 0, 0]);
        counted(&city);
    });
}

fn at(city: &mut TestCity, day: i8, hour: i8) {
    let zone = city.zone.clone();
    city.clock.set(zone.instant(date(2021, 3, day), hour, 0));
}

#[test]
fn a_part_is_let_out_at_nine_and_another_at_seven() {
    each(|mut city| {
        city.on(2021, 3, 5);
        city.vote("market-coupon-2021", 100_000_000);
        let people: Vec<PersonId> = city.people(502, 1).into_iter().map(|who| who.0).collect();
        let claim = |city: &mut TestCity, person| {
            let wish = OnCoupons::Claim { release: "market-spring".into(), person };
            on(city, Role::Citizen(person), wish)
        };
        at(&mut city, 8, 8);
        assert_eq!(refusal(claim(&mut city, people[0])), "release.not-open");
        at(&mut city, 8, 9);
        for person in &people[..500] {
            facts(claim(&mut city, *person));
        }
        assert_eq!(refusal(claim(&mut city, people[0])), "release.had");
        let Err(Failure::Refused(no)) = claim(&mut city, people[500]) else { panic!() };
        assert_eq!(no.code, "release.gone");
        assert!(no.args.contains(&("time", base::Arg::Text("19:00".into()))), "{no:?}");
        let lot = OnCoupons::Claim { release: "sale-lot".into(), person: people[0] };
        assert_eq!(refusal(on(&mut city, Role::Citizen(people[0]), lot)), "release.by-lot");
        // Somebody else's is nobody's to take.
        let wish = OnCoupons::Claim { release: "market-spring".into(), person: people[501] };
        assert_eq!(refusal(on(&mut city, Role::Citizen(people[500]), wish)), "person.unknown");
        at(&mut city, 8, 19);
        facts(claim(&mut city, people[500]));
        assert_eq!(balance(&city, &chart::release_meter(1, None)), 501 * 20_000);
        assert_eq!(left(&city, "market-coupon-2021"), 100_000_000 - 501 * 20_000);
        counted(&city);
    });
}

#[test]
fn anyone_can_draw_again() {
    each(|mut city| {
        city.on(2021, 3, 5);
        city.vote("market-coupon-2021", 100_000_000);
        city.vote("joint-sale-2021", 1_000_000);
        let people = city.people(20, 100_000);
        let mart = city.shop("123-45-67891", "supermarket");
        let lot = || "sale-lot".to_owned();
        let ask = |city: &mut TestCity, person| {
            on(city, Role::Citizen(person), OnCoupons::Ask { release: lot(), person })
        };
        at(&mut city, 8, 10);
        // Nobody asks before the city is bound to a seed.
        assert_eq!(refusal(ask(&mut city, people[0].0)), "draw.not-bound");
        facts(on(&mut city, Role::System, OnCoupons::Commit { release: lot() }));
        let committed = city.pen.shared().read().town.coupons.draw("sale-lot").unwrap().commitment.clone();
        let again = on(&mut city, Role::System, OnCoupons::Commit { release: lot() });
        assert_eq!(refusal(again), "draw.bound");
        assert_eq!(refusal(ask(&mut city, people[0].0)), "draw.not-yet-yours");
        let join = OnCoupons::Join { sale: "joint-2021-03".into(), merchant: mart, on: true };
        facts(on(&mut city, Role::Officer, join));
        let mut paid = Vec::new();
        for (number, who) in (1u32..).zip(&people) {
            paid.push(posting(&city.pay(*who, mart, 10_000)));
            match facts(ask(&mut city, who.0)) {
                Facts::Coupons(CouponFacts::Ask { ticket, .. }) => assert_eq!(ticket, number),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(refusal(ask(&mut city, people[0].0)), "draw.asked");
        // The last two give it all back, and so can't win any more.
        for payment in [paid[18], paid[19]] {
            facts(city.ask(Role::Merchant(mart), Command::Refund { payment, amount: None }));
        }
        // One of them reserves instead: what the sale keeps for them it has not given.
        at(&mut city, 14, 20);
        let (person, card) = people[18];
        let reserve =
            Command::Authorise { card: CardRef::Id(card), merchant: mart, amount: 10_000, pin: None };
        facts(city.ask(Role::Citizen(person), reserve));
        let made = |city: &mut TestCity, beacon: &str| {
            on(city, Role::Officer, OnCoupons::Draw { release: lot(), beacon: beacon.into() })
        };
        assert_eq!(refusal(made(&mut city, "1 2 3")), "draw.still-open");
        let mut city = city.again(8);
        at(&mut city, 20, 21);
        assert_eq!(refusal(ask(&mut city, people[0].0)), "draw.closed");
        assert_eq!(refusal(made(&mut city, " ")), "draw.beacon");
        let Facts::Coupons(CouponFacts::Draw { seed, beacon, tickets, out, winners, job, .. }) =
            facts(made(&mut city, "3 8 15 16 23 42"))
        else {
            panic!()
        };
        assert_eq!(refusal(made(&mut city, "3 8 15 16 23 42")), "draw.done");
        assert_eq!((tickets, out.as_slice(), winners.len()), (20, &[19, 20][..], 18));
        // From what is published alone.
        let bytes: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&seed[at * 2..at * 2 + 2], 16).unwrap()).collect();
        let bytes: [u8; 32] = bytes.try_into().unwrap();
        assert_eq!(draw::commitment(&bytes), committed);
        let inside: Vec<u32> = (1..=tickets).filter(|no| !out.contains(no)).collect();
        assert_eq!(draw::winners(&bytes, &beacon, &inside, 2_500), winners);
        let job = job.unwrap();
        work(&mut city, job, 256);
        for (number, who) in (1u32..).zip(&people) {
            let won = if winners.contains(&number) { 20_000 } else { 0 };
            assert_eq!(purse(&city, who.0, "market-2021"), won);
        }
        counted(&city);
    });
}
