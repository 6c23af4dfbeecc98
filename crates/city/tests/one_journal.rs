//! The deterministic town: one seed, one script, one journal, whatever the groups and the engine.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;
use crate::life;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base::{Clock, Instant, PostingNo};
use city::open::prepare;
use city::{CityMemory, Reply};
use common::{opening, target};
use economy::Facts;

use ledger::AccountNo;
use life::{Asked, Life};
use pen::{Envelope, Failure, Pen};
use store::{Readers, Sql, Target, sql};
use testkit::{Engine, Place, TempDir};

/// A clock that goes on by a quarter of an hour and a bit whenever somebody looks: a script of thousands spans months.
struct Steps(AtomicI64);

impl Clock for Steps {
    fn now(&self) -> Instant {
        Instant(self.0.fetch_add(1_033_000_003, Ordering::SeqCst))
    }
}

const START: i64 = 1_614_038_400_000_000; // 2021-02-23 09:00 in Seoul
/// In microseconds.
const WEEK: i64 = 7 * 86_400_000_000;
const LENGTH: usize = 3_600;
/// So many commands about good prepayment come after so many of them: while the campaign lasts.
const PREPAID: usize = 500;
const BEFORE_PREPAID: usize = 2_400;

fn open(place: &Place, folder: &TempDir) -> (Pen<CityMemory>, Target) {
    let target = target(place);
    let clock = Arc::new(Steps(AtomicI64::new(START)));
    let pen = prepare(opening(target.clone(), folder.path(), clock, 41)).unwrap().pen;
    (pen, target)
}

fn play(pen: &mut Pen<CityMemory>, group: &[Asked]) -> Vec<Result<Reply, Failure>> {
    let mut answers = Vec::new();
    let group = group.iter().cloned().map(|(request, command)| {
        let (reply, answer) = tokio::sync::oneshot::channel();
        answers.push(answer);
        Envelope { request, command, reply: Some(reply) }
    });
    let group = group.collect();
    pen.run(group);
    answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
}

const PERSONS: Sql = sql(
    "SELECT id, naming, name_index, phone_index, birth_index, district, enrolled FROM persons ORDER BY id",
);
const RECORDS: Sql = sql("SELECT id, person, kind, sealed, at FROM person_records ORDER BY id");
const CARDS: Sql = sql("SELECT id, person, number, kind, state, pin, wrong, issued FROM cards ORDER BY id");
const MERCHANTS: Sql = sql(
    "SELECT id, name, business_number, trade, district, sales, owner, state, joined FROM merchants ORDER BY id",
);
const CLAIMS: Sql = sql(
    "SELECT claim, posting, holder, amount, advanced, state, back, borne FROM prepayments ORDER BY claim",
);
const PINS: Sql = sql("SELECT card, shop, wrong, counted, until FROM pins_tried ORDER BY card, shop");
const PACKS: Sql = sql("SELECT no, hash, files, people, population, since FROM packs ORDER BY no");
const TOKENS: Sql = sql("SELECT hash, client, role_grant, name, since FROM tokens ORDER BY hash");

store::row! {
    #[derive(Debug)]
    struct PersonRow {
        id: String, naming: Vec<u8>, name_index: Vec<u8>, phone_index: Option<Vec<u8>>,
        birth_index: Option<Vec<u8>>,
        district: Option<String>, enrolled: i64,
    }
}
store::row! {
    #[derive(Debug)]
    struct RecordRow { id: String, person: String, kind: String, sealed: Vec<u8>, at: i64 }
}
store::row! {
    #[derive(Debug)]
    struct CardRow {
        id: String, person: String, number: i64, kind: String, state: String, pin: Option<Vec<u8>>, wrong: i64,
        issued: i64,
    }
}
store::row! {
    #[derive(Debug)]
    struct MerchantRow {
        id: String, name: String, business_number: String, trade: String, district: String, sales: Option<i64>,
        owner: Option<String>, state: String, joined: i64,
    }
}
store::row! {
    #[derive(Debug)]
    struct ClaimRow {
        claim: i64, posting: i64, holder: String, amount: i64, advanced: i64, state: String, back: i64, borne: i64,
    }
}
store::row! {
    #[derive(Debug)]
    struct PinRow { card: String, shop: String, wrong: i64, counted: i64, until: i64 }
}
store::row! {
    #[derive(Debug)]
    struct PackRow { no: i64, hash: Vec<u8>, files: String, people: i64, population: i64, since: i64 }
}
store::row! {
    #[derive(Debug)]
    struct TokenRow {
        hash: Vec<u8>, client: i64, role_grant: String, name: Vec<u8>, since: i64,
    }
}

/// Every row of every table but `groups`, whose number is what differs, and `migrations`.
fn rows(target: &Target) -> Vec<String> {
    let mut rows = Vec::new();
    let readers = Readers::open(target, 1).unwrap();
    readers
        .read(|snapshot| {
            let mut put = |row: &dyn std::fmt::Debug| rows.push(format!("{row:?}"));
            snapshot.for_each_account(AccountNo(0), &mut |row| {
                put(&row);
                Ok(())
            })?;
            snapshot.for_each_posting(PostingNo(1), None, &mut |row, entries| {
                put(&(row, entries));
                Ok(())
            })?;
            snapshot.for_each_request(1, &mut |row| {
                put(&row);
                Ok(())
            })?;
            snapshot.query::<PersonRow>(PERSONS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<RecordRow>(RECORDS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<CardRow>(CARDS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<MerchantRow>(MERCHANTS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<ClaimRow>(CLAIMS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<PinRow>(PINS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<PackRow>(PACKS, &[])?.iter().for_each(|row| put(row));
            snapshot.query::<TokenRow>(TOKENS, &[])?.iter().for_each(|row| put(row));
            Ok(())
        })
        .unwrap();
    rows
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &[T], found: &[T]) {
    for (number, (wanted, got)) in expected.iter().zip(found).enumerate() {
        assert_eq!(wanted, got, "{what} {number}");
    }
    assert_eq!(expected.len(), found.len(), "{what}");
}

/// What a script must have in it to be worth playing.
fn is_rich(script: &[Asked], answers: &[Result<Reply, Failure>]) {
    let mut done = BTreeMap::<_, u32>::new();
    let mut codes = BTreeMap::<_, u32>::new();
    let mut wrong = 0;
    for ((_, command), answer) in script.iter().zip(answers) {
        match answer {
            Ok(Reply::WrongPin { .. }) => wrong += 1,
            Ok(_) => *done.entry(command.operation()).or_default() += 1,
            Err(Failure::Refused(refusal)) => *codes.entry(refusal.code).or_default() += 1,
            Err(other) => panic!("{command:?}: {other:?}"),
        }
    }
    for operation in [
        "pay",
        "authorise",
        "capture",
        "void",
        "top-up",
        "refund",
        "gift",
        "withdraw",
        "enrol",
        "issue-card",
        "freeze",
        "unfreeze",
        "replace-card",
        "close-card",
        "set-pin",
        "join",
        "close-shop",
        "settle",
        "set-payout-account",
        "send-payouts",
        "take-answer",
        "treasury",
        "vote",
        "sweep",
        "offer-prepay",
        "prepay",
        "give-claim",
        "return-claim",
        "sweep-claims",
        "expire",
        "record-fact",
        "give-consent",
        "withdraw-consent",
        "give-help",
        "link",
        "give-standing",
        "give-once",
        "apply-to-give",
        "give-plaque",
        "pass-gifts",
        "spend-gifts",
        "issue-gift-receipt",
    ] {
        assert!(done.contains_key(operation), "no {operation} in {done:?}");
    }
    let helped = |answer: &&Result<Reply, Failure>| match answer {
        Ok(Reply::Done { facts: Facts::Pay(payment), .. }) => payment.helper.is_some(),
        _ => false,
    };
    assert!(answers.iter().filter(helped).count() > 1, "no helper paid");
    assert!(wrong > 5 && codes.len() > 15 && codes["key.reused"] > 3, "{wrong} {codes:?}");
}

/// A key that was carried out answers the same each time, as long as it is remembered: for a week.
fn is_answered_alike(script: &[Asked], answers: &[Result<Reply, Failure>]) {
    let mut first: BTreeMap<_, &Result<Reply, Failure>> = BTreeMap::new();
    let mut repeated = 0;
    let at = |answer: &Result<Reply, Failure>| match answer {
        Ok(Reply::Done { at, .. }) => Some(at.0),
        _ => None,
    };
    let mut now = 0;
    for ((request, command), answer) in script.iter().zip(answers) {
        now = at(answer).unwrap_or(now);
        if request.key.is_empty() || matches!(command.operation(), "sweep" | "expire") {
            continue;
        }
        let key = (request.actor.client.0, request.key.clone(), request.input_hash);
        match (first.get(&key), answer) {
            // Forgotten meanwhile, and carried out anew.
            (Some(before), Ok(_)) if matches!((at(before), at(answer)), (Some(a), Some(b)) if b - a > WEEK) =>
            {
                first.insert(key, answer);
            }
            // The same, and refused as things stand by now.
            (Some(before), Err(_)) if at(before).is_some_and(|before| now - before > WEEK) => {}
            (Some(first), answer) => {
                assert_eq!(*first, answer, "{command:?}");
                repeated += 1;
            }
            (None, Ok(Reply::Done { .. } | Reply::Batch { .. })) => {
                first.insert(key, answer);
            }
            (None, _) => {}
        }
    }
    assert!(repeated > 50, "{repeated}");
}

#[test]
fn one_script_gives_one_journal() {
    // Written by playing it one by one.
    let place = Place::fresh(Engine::Sqlite);
    let folder = TempDir::new();
    let (mut pen, target) = open(&place, &folder);
    let mut life = Life::new(12);
    let mut script = Vec::new();
    let mut answers = Vec::new();
    for step in 0..LENGTH + PREPAID {
        let asked = match step.checked_sub(BEFORE_PREPAID) {
            Some(step) if step < PREPAID => life.next_prepaid(step as u64),
            _ => life.next(),
        };
        let answer = play(&mut pen, std::slice::from_ref(&asked)).pop().unwrap();
        life.learn(&asked, &answer);
        script.push(asked);
        answers.push(answer);
    }
    is_rich(&script, &answers);
    is_answered_alike(&script, &answers);
    let expected = rows(&target);
    let state = common::state(&pen.shared());
    common::count(&target, &pen.shared().read().books);

    for (engine, size) in testkit::engines().into_iter().flat_map(|e| [1, 7, 4_096].map(|size| (e, size))) {
        if (engine, size) == (Engine::Sqlite, 1) {
            continue;
        }
        let place = Place::fresh(engine);
        let folder = TempDir::new();
        let (mut pen, target) = open(&place, &folder);
        let mut heard = Vec::new();
        for group in script.chunks(size) {
            heard.extend(play(&mut pen, group));
        }
        same(&format!("answer on {engine:?} in groups of {size}"), &answers, &heard);
        same(&format!("row on {engine:?} in groups of {size}"), &expected, &rows(&target));
        assert_eq!(common::state(&pen.shared()), state, "{engine:?} {size}");
    }
}
