//! What a posting keeps: written and read again, in the form of today and of days past.

use base::{
    AccountId, ApplicationId, BusinessId, CardId, CaseId, GrantId, HookId, MerchantId, OrganisationId,
    PayoutAccountId, PersonId, PostingNo, ProposalId, RecordId,
};
use economy::facts::MovingFacts;
use economy::facts::{
    Cashback, CouponFacts, Cut, Discount, DiscountCut, Disposed, Donation, Draw, Facts, Gift, GiftBack,
    GiftPart, Giver, GivingFacts, HelperPart, JoiningFacts, OrganisationFacts, Passed, Payment, PayoutFacts,
    PrepayFacts, ProposalFacts, Refund, Release, Settlement, Spent, TillsFacts, TopUp, Withdrawal,
};

const CARD: CardId = CardId(3);
const PERSON: PersonId = PersonId(5);
const MERCHANT: MerchantId = MerchantId(7);

fn cashback(cut: Cut, left: Option<i64>) -> Cashback {
    let (campaign, budget) = ("pig-2021-06".to_owned(), "cashback-2021".to_owned());
    Cashback {
        campaign,
        budget,
        rate: 1_000,
        base: 50_000,
        earned: 30_000,
        reward: 3_000,
        cut,
        left,
        expires: 24_317,
    }
}

fn payment(order: Option<&str>) -> Payment {
    Payment {
        card: CARD,
        person: PERSON,
        merchant: MERCHANT,
        amount: 50_000,
        legs: vec![(1, 24_317, 20_000), (0, 24_317, 30_000)],
        cashback: cashback(Cut::MonthLimit, Some(0)),
        month: 24_257,
        balance: i64::MAX,
        after: vec![(0, i64::MAX)],
        order: order.map(str::to_owned),
        helper: None,
        discount: None,
        stamp: None,
        eligible: None,
        prepaid: Vec::new(),
        gift: None,
        pin: false,
    }
}

fn discount() -> Discount {
    Discount {
        sale: "joint".into(),
        number: 1,
        budget: "joint".into(),
        rate: 2_000,
        amount: 2_000,
        cut: DiscountCut::Full,
        left: 8_000,
    }
}

const GIFT: GiftPart = GiftPart { amount: 600, purpose: 1, from: 12_344, share: 5_000, named: true };

fn giving() -> Vec<Facts> {
    let all = vec![
        GivingFacts::Once(Donation { person: PERSON, gift: GIFT, legs: vec![(1, 24_317, 600)], balance: 0 }),
        GivingFacts::Pass(Passed { purposes: vec![(0, 5), (1, 6)], netted: 1, sent: 10 }),
        GivingFacts::Spend(Spent {
            purpose: 1,
            amount: 9,
            draws: vec![Draw { purpose: 1, from: 0, until: 10, amount: 9 }],
        }),
        GivingFacts::Stand { person: PERSON, share: 5_000, purpose: 1, named: false },
        GivingFacts::Angel { merchant: MERCHANT, action: "apply".to_owned(), rate: 100 },
        GivingFacts::Purpose { purpose: 64 },
        GivingFacts::Outcome { spending: base::PostingNo(9) },
        GivingFacts::Receipt {
            serial: "2021-000001".to_owned(),
            giver: Giver::Shop(MERCHANT),
            amount: 600,
            action: "issue".to_owned(),
            copies: 1,
        },
    ];
    for facts in &all {
        match facts {
            GivingFacts::Once(_)
            | GivingFacts::Pass(_)
            | GivingFacts::Spend(_)
            | GivingFacts::Stand { .. }
            | GivingFacts::Angel { .. }
            | GivingFacts::Purpose { .. }
            | GivingFacts::Outcome { .. }
            | GivingFacts::Receipt { .. } => {}
        }
    }
    all.into_iter().map(Facts::Giving).collect()
}

/// One of each: a variant that is added must be added here, or this doesn't compile.
fn each() -> Vec<Facts> {
    let action = || "issue".to_owned();
    let mut all = vec![
        Facts::Pay(payment(None)),
        Facts::Pay(Payment {
            helper: Some(HelperPart { person: PERSON, place: 3 }),
            ..payment(Some("A-17"))
        }),
        Facts::Authorise(payment(None)),
        Facts::Capture { authorisation: u64::MAX, payment: payment(None) },
        Facts::Release(Release {
            authorisation: 9,
            person: PERSON,
            merchant: MERCHANT,
            amount: 1,
            discount: 0,
            expired: true,
        }),
        Facts::Release(Release {
            authorisation: 9,
            person: PERSON,
            merchant: MERCHANT,
            amount: 8_000,
            discount: 2_000,
            expired: false,
        }),
        Facts::TopUp(TopUp {
            person: PERSON,
            amount: 100_000,
            cashback: cashback(Cut::Full, None),
            cash: 100_000,
            balance: 103_000,
        }),
        Facts::Refund(Refund {
            payment: 1,
            person: PERSON,
            merchant: MERCHANT,
            amount: 20_000,
            before: 10_000,
            legs: vec![(0, 24_317, 20_000)],
            prepaid: vec![(1, 5_000, 5_000)],
            claim_reward: 0,
            reward: 2_000,
            reward_from_refund: 1_500,
            shop_due: 20_000,
            discount: 0,
            stamp: None,
            prize: None,
            balance: 68_000,
            gift: Some(GiftBack {
                purpose: 1,
                back: 500,
                until: 12_944,
                owed: 100,
                borne: 100,
                above: 0,
                budget: "gift-cover".to_owned(),
                month: 24_257,
                receipted: false,
            }),
        }),
        Facts::Gift(Gift { from: PERSON, to: PersonId(6), amount: 1_000, balance: 0 }),
        Facts::Withdraw(Withdrawal { person: PERSON, amount: 18_000, measure: 100_000 }),
        Facts::Settle(Settlement {
            merchant: MERCHANT,
            amount: 122_166,
            netted: 1_234,
            returned: 0,
            support: 0,
            gift: Some(GIFT),
        }),
        Facts::Settle(Settlement {
            merchant: MERCHANT,
            amount: 9,
            netted: 1,
            returned: 2,
            support: 3,
            gift: None,
        }),
        Facts::Confirm { amount: 5, payouts: vec![4, 7], answer: "0f".to_owned() },
        Facts::Payouts(PayoutFacts::Account {
            merchant: Some(MERCHANT),
            person: None,
            account: PayoutAccountId(3),
        }),
        Facts::Payouts(PayoutFacts::File { file: 1, count: 2, amount: 3 }),
        Facts::Payouts(PayoutFacts::Answer {
            answer: "0f".to_owned(),
            part: 0,
            matched: 1,
            failed: 2,
            known: 3,
            open: 4,
        }),
        Facts::Payouts(PayoutFacts::Failed {
            payout: 4,
            merchant: None,
            person: Some(PERSON),
            amount: 5,
            paid: true,
            code: "AC04".to_owned(),
        }),
        Facts::Payouts(PayoutFacts::Resolved { line: "0f".to_owned(), payout: Some(4) }),
        Facts::Treasury { amount: 6 },
        Facts::Vote { budget: "cashback-2021".to_owned(), amount: 7 },
        Facts::Expire { person: PERSON, amount: 8 },
        Facts::Prepay(PrepayFacts::Offer { merchant: MERCHANT, action: action() }),
        Facts::Prepay(PrepayFacts::Pledge { id: "x".into(), person: Some(PERSON), action: action() }),
        Facts::Card { card: CARD, person: PERSON, action: action() },
        Facts::Shop { merchant: MERCHANT, action: action() },
        Facts::Person { person: PERSON, action: action() },
        Facts::Record { person: PERSON, record: RecordId(9), action: action() },
        Facts::Looks { action: action(), id: "qst_1".to_owned(), person: Some(PERSON), count: 7 },
        Facts::Looks { action: action(), id: "2021-02".to_owned(), person: None, count: 0 },
        Facts::Window { action: action(), id: "drf_1".to_owned(), person: Some(PERSON) },
        Facts::Window { action: action(), id: "3".to_owned(), person: None },
        Facts::Disposed(Disposed {
            until: "2021-12-31".to_owned(),
            last: 12_345,
            count: 12_345,
            closing: "0f".repeat(32),
            memory: "f0".repeat(32),
        }),
        Facts::Token { role: "till".to_owned(), number: None, name: "counter 2".to_owned() },
        Facts::Token { role: "till".to_owned(), number: Some(u64::MAX), name: String::new() },
        Facts::Account { account: AccountId(4), action: action() },
        Facts::Role { grant: GrantId(5), account: AccountId(4), role: action(), action: action() },
        Facts::Session { account: AccountId(4), number: 7, action: action() },
        Facts::Passkey { account: AccountId(4), number: 7, action: action() },
        Facts::Vouched { account: AccountId(4), house: "house".into(), action: action() },
        Facts::Keys { action: "reseal".to_owned(), count: 12 },
        Facts::Batch { done: 256, next: Some(256) },
        Facts::Batch { done: 0, next: None },
        Facts::Proposal(ProposalFacts {
            proposal: ProposalId(6),
            action: "propose".to_owned(),
            operation: "refund".to_owned(),
            posting: PostingNo(12),
            amount: 600_000,
        }),
        Facts::Mail { person: None, merchant: Some(MERCHANT), action: action() },
        Facts::Tills(TillsFacts::Hook { merchant: MERCHANT, hook: HookId(3), action: "open".to_owned() }),
        Facts::Tills(TillsFacts::Case {
            merchant: MERCHANT,
            case: CaseId(4),
            action: "close".to_owned(),
            rule: "round-trip".to_owned(),
        }),
        Facts::Joining(JoiningFacts {
            application: ApplicationId(9),
            person: Some(PERSON),
            merchant: Some(MERCHANT),
            action: "cancel".to_owned(),
            ground: Some("false".to_owned()),
        }),
        Facts::Pack { hash: "0f".repeat(32) },
        Facts::Moving(MovingFacts::Began { report: "0f".repeat(32), parts: 9 }),
        Facts::Moving(MovingFacts::People { part: 0, people: 256, cards: 300 }),
        Facts::Moving(MovingFacts::Shops { part: 1, shops: 60, amount: 1_234_000 }),
        Facts::Moving(MovingFacts::Purses { part: 2, purses: 256, amount: 9_000_001 }),
        Facts::Moving(MovingFacts::Claims { part: 3, claims: 12 }),
        Facts::Moving(MovingFacts::Ended { report: "0f".repeat(32), bank: 10_000_000, treasury: 0 }),
        Facts::Coupons(CouponFacts::Given {
            coupon: "care-2021".into(),
            person: PERSON,
            amount: 800_000,
            release: None,
        }),
        Facts::Coupons(CouponFacts::Part {
            job: 1,
            coupon: "care-2021".into(),
            people: 255,
            amount: 100_000,
            skipped: vec![(7, "coupon.person-most".into())],
            next: 256,
        }),
        Facts::Coupons(CouponFacts::Back { coupon: "care-2021".into(), person: PERSON, amount: 5 }),
        Facts::Coupons(CouponFacts::Job { job: 1, action: action() }),
        Facts::Coupons(CouponFacts::Shop { merchant: MERCHANT, of: "care".into(), action: action() }),
        Facts::Coupons(CouponFacts::Ask { release: "lot".into(), person: PERSON, ticket: 1 }),
        Facts::Coupons(CouponFacts::Commit { release: "lot".into(), commitment: "0f".repeat(32) }),
        Facts::Coupons(CouponFacts::Draw {
            release: "lot".into(),
            seed: "0f".repeat(32),
            beacon: "1 2 3".into(),
            tickets: 4,
            out: vec![1],
            winners: vec![2, 3],
            job: Some(9),
        }),
    ];
    for facts in &all {
        match facts {
            Facts::Pay(_) | Facts::Authorise(_) | Facts::Capture { .. } | Facts::Release(_) => {}
            Facts::TopUp(_) | Facts::Refund(_) | Facts::Gift(_) | Facts::Withdraw(_) | Facts::Settle(_) => {}
            Facts::Payouts(_) | Facts::Disposed(_) => {}
            Facts::Confirm { .. } | Facts::Treasury { .. } | Facts::Vote { .. } | Facts::Expire { .. } => {}
            Facts::Card { .. }
            | Facts::Shop { .. }
            | Facts::Person { .. }
            | Facts::Record { .. }
            | Facts::Looks { .. }
            | Facts::Window { .. } => {}
            Facts::Account { .. }
            | Facts::Role { .. }
            | Facts::Session { .. }
            | Facts::Passkey { .. }
            | Facts::Vouched { .. } => {}
            Facts::Prepay(_) => {}
            Facts::Moving(moving) => match moving {
                MovingFacts::Began { .. } | MovingFacts::Ended { .. } => {}
                MovingFacts::People { .. } | MovingFacts::Shops { .. } | MovingFacts::Purses { .. } => {}
                MovingFacts::Claim(_) | MovingFacts::Claims { .. } => {}
            },
            Facts::Token { .. } | Facts::Keys { .. } | Facts::Batch { .. } | Facts::Pack { .. } => {}
            Facts::Coupons(coupons) => match coupons {
                CouponFacts::Given { .. } | CouponFacts::Part { .. } | CouponFacts::Back { .. } => {}
                CouponFacts::Job { .. } | CouponFacts::Shop { .. } | CouponFacts::Ask { .. } => {}
                CouponFacts::Commit { .. } | CouponFacts::Draw { .. } => {}
            },
            Facts::Giving(_) | Facts::Organisation(_) | Facts::Joining(_) | Facts::Proposal(_) => {}
            Facts::Mail { .. } => {}
            Facts::Tills(TillsFacts::Hook { .. } | TillsFacts::Case { .. }) => {}
        }
    }
    all.extend(giving());
    all.extend(organisations().map(Facts::Organisation));
    all
}

fn organisations() -> [OrganisationFacts; 3] {
    let organisation = OrganisationId(8);
    let (action, member) = (String::from, Some(PERSON.to_string()));
    [
        OrganisationFacts::Organisation { organisation, action: action("join"), member },
        OrganisationFacts::Organisation { organisation, action: action("found"), member: None },
        OrganisationFacts::Business {
            business: BusinessId(3),
            owner: Some(PERSON),
            action: action("register"),
        },
    ]
}

#[test]
fn what_is_written_is_read_again() {
    for facts in each() {
        let text = facts.write();
        assert!(text.starts_with(r#"{"v":1,""#), "{text}");
        assert_eq!(Facts::read(&text), Ok(facts), "{text}");
    }
    for cut in [
        Cut::Full,
        Cut::NoCampaign,
        Cut::NothingEarns,
        Cut::LargeShop,
        Cut::MonthLimit,
        Cut::YearLimit,
        Cut::CityLimit,
        Cut::Budget,
    ] {
        let facts = Facts::Pay(Payment { cashback: cashback(cut, None), ..payment(None) });
        assert_eq!(Facts::read(&facts.write()), Ok(facts));
    }
}

/// The form of version 1, to the letter: the journal is full of it, so it can never change.
#[test]
fn the_form_stays() {
    let text = r#"{"v":1,"pay":{"card":"crd_0000000000003","person":"per_0000000000005","merchant":"mer_0000000000007","amount":50000,"legs":[[1,24317,20000],[0,24317,30000]],"cashback":{"campaign":"pig-2021-06","budget":"cashback-2021","rate":1000,"base":50000,"earned":30000,"reward":3000,"cut":"month-limit","left":0,"expires":24317},"month":24257,"balance":9223372036854775807}}"#;
    // No order stands in it: neither the key nor a null, as in what was written before orders were kept; and what
    // each purpose holds afterwards was not kept at first.
    let first = Facts::Pay(Payment { after: Vec::new(), ..payment(None) });
    assert_eq!(first.write(), text);
    assert_eq!(Facts::read(text), Ok(first));
    let with_purposes = text.replace("}}", r#","after":[[0,9223372036854775807]]}}"#);
    assert_eq!(Facts::Pay(payment(None)).write(), with_purposes);
    assert_eq!(Facts::read(&with_purposes), Ok(Facts::Pay(payment(None))));
}

#[test]
fn a_payment_with_its_pin_is_read_again() {
    let facts = Facts::Pay(Payment { pin: true, ..payment(None) });
    assert!(facts.write().ends_with(r#","pin":true}}"#), "{}", facts.write());
    assert_eq!(Facts::read(&facts.write()), Ok(facts));
}

#[test]
fn a_discounted_payment_is_read_again() {
    let facts = Facts::Pay(Payment { discount: Some(discount()), eligible: Some(12_000), ..payment(None) });
    assert_eq!(Facts::read(&facts.write()), Ok(facts));
}

#[test]
fn other_versions_and_broken_texts_are_refused() {
    let text = Facts::Confirm { amount: 5, payouts: Vec::new(), answer: String::new() }.write();
    for (from, to) in [
        (r#""v":1"#, r#""v":2"#),
        (r#""v":1"#, r#""v":0"#),
        (r#""v":1,"#, ""),
        (r#""v":1"#, r#""v":"1""#),
        ("confirm", "unheard-of"),
        (":5", ":5.5"),
        ("}}", "}"),
    ] {
        let wrong = text.replacen(from, to, 1);
        assert_ne!(wrong, text);
        assert!(Facts::read(&wrong).is_err(), "{wrong}");
    }
    assert!(Facts::read("").is_err());
    let newer = Facts::Confirm { amount: 5, payouts: Vec::new(), answer: String::new() }
        .write()
        .replace(r#""v":1"#, r#""v":2"#);
    assert!(Facts::read(&newer).unwrap_err().to_string().ends_with("version 2"));
}

#[test]
fn payments_that_can_be_refunded() {
    let with: Vec<bool> = each().iter().map(|facts| facts.payment().is_some()).collect();
    assert_eq!(with[..5], [true, true, false, true, false]);
    assert!(with[5..].iter().all(|refundable| !refundable));
}
