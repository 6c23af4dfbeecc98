//! Payouts through files: what is settled, sent, answered, and what is not.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use bank::camt053::{self, Line, Message, Statement};
use bank::pain001;
use bank::pain002::{self, Report, Status};
use base::{Instant, MerchantId, PostingNo, Role, date};
use city::payouts::answer::{CantImport, Imported, import};
use city::payouts::{end_to_end, file};
use city::{Command, OnPayouts, Payee, Reply};
use common::TestCity;
use economy::facts::PayoutFacts;
use economy::{Class, Facts, chart};
use pen::Failure;
use store::Readers;
use testkit::Place;

/// A city of two shops that have sold something, and one who withdraws.
struct Day {
    city: TestCity,
    shops: [MerchantId; 2],
}

fn payouts(command: OnPayouts) -> Command {
    Command::OnPayouts(command)
}

fn send(city: &mut TestCity) -> Result<Reply, Failure> {
    city.ask(Role::Officer, payouts(OnPayouts::Send { upto: None }))
}

fn balance(city: &TestCity, account: ledger::Account) -> i64 {
    city.pen.shared().read().books.balance_of(&account.key)
}

fn scheme(city: &TestCity, class: Class) -> i64 {
    balance(city, chart::scheme(class))
}

fn open(city: &TestCity) -> Vec<(PostingNo, i64)> {
    city.pen.shared().read().town.payouts.open.iter().map(|(no, one)| (*no, one.amount)).collect()
}

fn code(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused(refusal) => refusal.code,
        other => panic!("{other:?}"),
    }
}

impl Day {
    fn new(place: Place) -> Day {
        let mut city = TestCity::new(place);
        let who = city.person();
        city.top_up(who.0, 300_000);
        let shops = [city.shop("124-81-00998", "restaurant"), city.shop("220-81-62517", "restaurant")];
        city.pay(who, shops[0], 123_400).unwrap();
        city.pay(who, shops[1], 50_000).unwrap();
        Day { city, shops }
    }

    /// What both are owed is on its way, in a file.
    fn sent(place: Place) -> Day {
        let mut day = Day::new(place);
        day.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
        send(&mut day.city).unwrap();
        day
    }
}

fn line(end_to_end: Option<String>, amount: i64, credit: bool, reference: &str) -> Line {
    Line {
        amount,
        credit,
        booked: true,
        day: date(2021, 2, 24),
        reference: Some(reference.to_owned()),
        end_to_end,
        returned: None,
        party: Some("모르는 사람".into()),
        text: Some("입금".into()),
    }
}

fn statement(id: &str, lines: Vec<Line>) -> String {
    let account = "1013012021001".to_owned();
    let mut one = Statement { id: id.to_owned(), account, opened: Some(1_000_000), closed: None, lines };
    one.closed = Some(1_000_000 + one.moved());
    camt053::write(&Message { id: id.to_owned(), statements: vec![one] }, Instant(0))
}

fn take(city: &mut TestCity, text: &[u8]) -> Result<Imported, CantImport> {
    let shared = city.pen.shared();
    let trust = shared.read().town.pack.settlement.trust.clone();
    let readers = Readers::open(&city.target, 1).unwrap();
    import(text, trust.as_ref(), &readers, &mut |key, command| city.ask_as(Role::Officer, &key, command))
}

fn counts(imported: &Imported) -> [u64; 4] {
    [imported.matched, imported.failed, imported.known, imported.open]
}

#[test]
fn a_shop_without_an_account_waits() {
    for engine in testkit::engines() {
        let mut day = Day::new(Place::fresh(engine));
        let join = city::NewMerchant {
            name: "새 가게".into(),
            business_number: "123-45-67891".into(),
            trade: "restaurant".into(),
            district: "4511153000".into(),
            sales: None,
            owner: None,
        };
        let Facts::Shop { merchant, .. } = common::facts(day.city.ask(Role::Officer, Command::Join(join)))
        else {
            panic!()
        };
        let who = day.city.person();
        day.city.top_up(who.0, 20_000);
        day.city.pay(who, merchant, 20_000).unwrap();
        let settled = day.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
        assert_eq!(settled, Reply::Batch { done: 2, next: None });
        assert_eq!(balance(&day.city, chart::payable(merchant)), 20_000, "its own until it says where to");

        // Its owner sets one: the name has to be theirs; an officer can see that it is.
        let set = |payee, holder: &str, seen| {
            let (bank, number, holder) = ("037".into(), "1013-01-7654321".into(), holder.into());
            payouts(OnPayouts::SetAccount { payee, bank, number, holder, seen })
        };
        let other = set(Payee::Shop(merchant), "김아무개", true);
        let owner = Role::Merchant(merchant);
        assert_eq!(code(day.city.ask(owner, other.clone()).unwrap_err()), "payout.holder-other");
        let not_mine = set(Payee::Shop(day.shops[0]), "남부시장 반찬", false);
        assert_eq!(code(day.city.ask(owner, not_mine).unwrap_err()), "shop.unknown");
        day.city.ask(owner, set(Payee::Shop(merchant), "새가게", false)).unwrap();
        day.city.ask(Role::Officer, other).unwrap();
        day.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
        assert_eq!(balance(&day.city, chart::payable(merchant)), 0);
        // What waits goes to the newest account, and both stand sealed.
        day.city.ask(owner, set(Payee::Shop(merchant), "새가게", false)).unwrap();
        let shared = day.city.pen.shared();
        let view = shared.read();
        let account = view.town.payouts.account(Payee::Shop(merchant)).unwrap();
        assert!(view.town.payouts.open.values().any(|one| one.account == account));
    }
}

#[test]
fn a_payout_file_is_made_once_and_reads_the_same_ever_after() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        assert_eq!(code(send(&mut day.city).unwrap_err()), "payout.nothing");
        let text = |city: &TestCity| {
            let shared = city.pen.shared();
            let view = shared.read();
            let readers = Readers::open(&city.target, 1).unwrap();
            let made = readers.read(|snapshot| {
                Ok(file::read(snapshot, &view.town.vault, &view.town.directory, 1).unwrap())
            });
            made.unwrap().text(&view.town.pack).unwrap()
        };
        let first = text(&day.city);
        let told = pain001::read(&first).unwrap();
        assert_eq!((told.message.as_str(), told.day), ("OG0000000001", date(2021, 2, 23)));
        let amounts: Vec<(String, i64)> =
            told.payments.iter().map(|p| (p.end_to_end.clone(), p.amount)).collect();
        let ours: Vec<(String, i64)> =
            open(&day.city).iter().map(|(no, won)| (end_to_end(*no), *won)).collect();
        assert_eq!(amounts, ours);
        assert_eq!(told.payments[0].to.number, "1013010000001");
        // Nobody who steals the database reads the number.
        let files = [day.city.target.path().map(std::fs::read)].into_iter().flatten();
        for bytes in files {
            assert!(!bytes.unwrap().windows(13).any(|window| window == b"1013010000001"));
        }
        let again = day.city.again(9);
        assert_eq!(text(&again), first);
        assert_eq!(again.pen.shared().read().town.payouts.sent(), (2, 173_400));
    }
}

#[test]
fn what_the_bank_says_once_is_known_ever_after() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        let [(one, first), (two, second)] = open(&day.city)[..] else { panic!() };
        let stranger = line(None, 5_000, true, "R3");
        let text = statement(
            "S1",
            vec![
                line(Some(end_to_end(one)), first, false, "R1"),
                line(Some(end_to_end(two)), second, false, "R2"),
                stranger,
            ],
        );
        assert_eq!(counts(&take(&mut day.city, text.as_bytes()).unwrap()), [2, 0, 0, 1]);
        assert_eq!((scheme(&day.city, Class::PayoutSent), open(&day.city).len()), (0, 0));
        let postings = day.city.pen.shared().read().books.last_posting();

        // The same file; the same movements in another file; another file that repeats one.
        let again = take(&mut day.city, text.as_bytes()).unwrap();
        assert!(again.before.is_some());
        assert_eq!(counts(&again), [2, 0, 0, 1]);
        let other = text.replacen(">S1<", ">S2<", 2);
        assert_eq!(counts(&take(&mut day.city, other.as_bytes()).unwrap()), [0, 0, 3, 0]);
        assert_eq!(day.city.pen.shared().read().books.last_posting(), postings, "nothing moved");
        // A second payment under the same id is no repetition.
        let twice = statement("S3", vec![line(Some(end_to_end(one)), first, false, "R9")]);
        assert_eq!(counts(&take(&mut day.city, twice.as_bytes()).unwrap()), [0, 0, 0, 1]);
        assert_eq!(day.city.pen.shared().read().books.last_posting(), postings);
        let mut day = Day { city: day.city.again(4), ..day };
        assert_eq!(
            counts(&take(&mut day.city, other.replacen(">S2<", ">S4<", 2).as_bytes()).unwrap()),
            [0, 0, 3, 0]
        );
    }
}

#[test]
fn what_doesnt_arrive_is_owed_again() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        let [(one, first), (two, second)] = open(&day.city)[..] else { panic!() };
        // The bank refuses the first at once: its account was closed.
        let report = Report {
            id: "R1".into(),
            about: "OG0000000001".into(),
            whole: None,
            payments: vec![
                (end_to_end(one), Status::Rejected(Some("AC04".into()))),
                (end_to_end(two), Status::Accepted("ACSP".into())),
            ],
        };
        let text = pain002::write(&report, Instant(0));
        assert_eq!(counts(&take(&mut day.city, text.as_bytes()).unwrap()), [1, 1, 0, 0]);
        assert_eq!(balance(&day.city, chart::shop_returned(day.shops[0])), first);
        assert_eq!(scheme(&day.city, Class::PayoutSent), second);
        // Nothing more goes there.
        let account =
            |city: &TestCity, shop| city.pen.shared().read().town.payouts.account(Payee::Shop(shop));
        assert_eq!(account(&day.city, day.shops[0]), None);
        let settled = day.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
        assert_eq!(settled, Reply::Batch { done: 0, next: None });
        // The second goes out, and comes back the day after for another reason.
        let out = line(Some(end_to_end(two)), second, false, "R2");
        let back =
            Line { credit: true, returned: Some("AM09".into()), reference: Some("R3".into()), ..out.clone() };
        take(&mut day.city, statement("S1", vec![out]).as_bytes()).unwrap();
        assert_eq!(scheme(&day.city, Class::PayoutSent), 0);
        assert_eq!(
            counts(&take(&mut day.city, statement("S2", vec![back]).as_bytes()).unwrap()),
            [1, 1, 0, 0]
        );
        assert_eq!(balance(&day.city, chart::shop_returned(day.shops[1])), second);
        assert!(account(&day.city, day.shops[1]).is_some(), "its account is not at fault");
        // Settled again as it is, once the first has another account.
        day.city.account(Payee::Shop(day.shops[0]));
        day.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
        assert_eq!(scheme(&day.city, Class::PayoutSent), first + second);
        common::count(&day.city.target, &day.city.pen.shared().read().books);
    }
}

#[test]
fn a_withdrawal_that_doesnt_arrive_is_in_the_purse_again() {
    for engine in testkit::engines() {
        let mut day = Day::new(Place::fresh(engine));
        let who = day.city.person();
        day.city.top_up(who.0, 100_000);
        day.city.pay(who, day.shops[0], 82_000).unwrap();
        let withdraw = Command::Withdraw { person: who.0 };
        assert_eq!(
            code(day.city.ask(Role::Citizen(who.0), withdraw.clone()).unwrap_err()),
            "withdraw.no-account"
        );
        day.city.account(Payee::Person(who.0));
        day.city.ask(Role::Citizen(who.0), withdraw.clone()).unwrap();
        send(&mut day.city).unwrap();
        // The bank refuses the whole file.
        let whole = Some(Status::Rejected(Some("AM04".into())));
        let report = Report { id: "R1".into(), about: "OG0000000001".into(), whole, payments: Vec::new() };
        let text = pain002::write(&report, Instant(0));
        assert_eq!(counts(&take(&mut day.city, text.as_bytes()).unwrap()), [1, 1, 0, 0]);
        let Facts::Withdraw(again) = common::facts(day.city.ask(Role::Citizen(who.0), withdraw)) else {
            panic!()
        };
        assert_eq!(again.amount, 18_000);
        common::count(&day.city.target, &day.city.pen.shared().read().books);
    }
}

#[test]
fn a_line_nobody_knows_is_looked_at_by_somebody() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        let [(one, first), _] = open(&day.city)[..] else { panic!() };
        // The bank has lost our id.
        let text =
            statement("S1", vec![line(Some("0001".into()), first, false, "R1"), line(None, 700, true, "R2")]);
        assert_eq!(counts(&take(&mut day.city, text.as_bytes()).unwrap()), [0, 0, 0, 2]);
        let readers = Readers::open(&day.city.target, 1).unwrap();
        let lines = readers.read(|snapshot| city::payouts::store::list_open_lines(snapshot, 10)).unwrap();
        let (out, incoming) = match lines.as_slice() {
            [a, b] if a.kind == "out" => (a, b),
            [b, a] => (a, b),
            other => panic!("{other:?}"),
        };
        assert_eq!((out.puzzle.as_str(), incoming.puzzle.as_str()), ("unknown", "incoming"));
        let said = {
            let shared = day.city.pen.shared();
            let view = shared.read();
            let sealed = vault::Sealed(out.sealed.clone());
            city::payouts::lines::Said::open(&view.town.vault, &out.id, &sealed).unwrap()
        };
        assert_eq!(said.party.as_deref(), Some("모르는 사람"));
        let resolve = |line: &str, payout, note: &str| {
            payouts(OnPayouts::Resolve { line: line.into(), payout, note: note.into() })
        };
        let mut refused = |command| code(day.city.ask(Role::Officer, command).unwrap_err());
        assert_eq!(refused(resolve("nothing", None, "까닭")), "line.unknown");
        assert_eq!(refused(resolve(&out.id, Some(one), " ")), "line.note");
        assert_eq!(refused(resolve(&incoming.id, Some(one), "까닭")), "line.payout");
        day.city.ask(Role::Officer, resolve(&out.id, Some(one), "은행에 전화로 확인")).unwrap();
        day.city.ask(Role::Officer, resolve(&incoming.id, None, "잘못 들어온 돈: 돌려보냄")).unwrap();
        assert_eq!(code(day.city.ask(Role::Officer, resolve(&out.id, None, "또")).unwrap_err()), "line.done");
        assert_eq!(scheme(&day.city, Class::PayoutSent), 50_000);
        assert_eq!(readers.read(city::payouts::store::open_lines).unwrap(), 0);
        assert_eq!(
            counts(&take(&mut day.city, text.replacen(">S1<", ">S9<", 2).as_bytes()).unwrap()),
            [0, 0, 2, 0]
        );
    }
}

/// Whatever is wrong with a file, it says what, and changes nothing.
#[test]
fn hostile_answers_change_nothing() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        let [(one, first), _] = open(&day.city)[..] else { panic!() };
        let good = statement("S1", vec![line(Some(end_to_end(one)), first, false, "R1")]);
        let before = day.city.pen.shared().read().books.last_posting();
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">]>";
        let half: usize = good.len() / 2;
        for (bytes, code) in [
            (good.replace("1013012021001", "999").into_bytes(), "answer.account"),
            (good.replacen("<Document", &format!("{bomb}<Document"), 1).into_bytes(), "answer.hostile"),
            (good.replacen(&format!(">{first}<"), ">1<", 1).into_bytes(), "answer.sum"),
            (good.chars().take(half).collect::<String>().into_bytes(), "answer.unreadable"),
            (b"\xff\xfe\x00<".to_vec(), "answer.encoding"),
            ("이름,금액\n".as_bytes().to_vec(), "answer.unreadable"),
            (
                pain002::write(
                    &Report { id: "R".into(), about: "OG0000000099".into(), whole: None, payments: vec![] },
                    Instant(0),
                )
                .into_bytes(),
                "answer.file",
            ),
        ] {
            let why = take(&mut day.city, &bytes).unwrap_err();
            assert_eq!(why.refusal().unwrap().code, code, "{why:?}");
        }
        assert_eq!(day.city.pen.shared().read().books.last_posting(), before);
        assert_eq!(open(&day.city).len(), 2);
        // In the encoding that banks here still use it is read.
        let (korean, ..) = encoding_rs::EUC_KR.encode(&good);
        assert_eq!(counts(&take(&mut day.city, &korean).unwrap()), [1, 0, 0, 0]);
    }
}

/// A file of many parts, cut off in the middle, goes on where it ended.
#[test]
fn an_answer_cut_off_goes_on() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        let [(one, first), _] = open(&day.city)[..] else { panic!() };
        let mut lines: Vec<Line> = (0..600).map(|n| line(None, 10 + n, true, &format!("I{n}"))).collect();
        lines.push(line(Some(end_to_end(one)), first, false, "R1"));
        let text = statement("S1", lines);
        let shared = day.city.pen.shared();
        let trust = shared.read().town.pack.settlement.trust.clone();
        let readers = Readers::open(&day.city.target, 1).unwrap();
        let mut asked = 0;
        let cut = import(text.as_bytes(), trust.as_ref(), &readers, &mut |key, command| {
            asked += 1;
            if asked > 2 { Err(Failure::Unknown) } else { day.city.ask_as(Role::Officer, &key, command) }
        });
        assert!(matches!(cut, Err(CantImport::Failed(Failure::Unknown))));
        assert_eq!(counts(&take(&mut day.city, text.as_bytes()).unwrap()), [1, 0, 0, 600]);
        assert_eq!(open(&day.city).len(), 1);
        let Reply::Done { facts: Facts::Payouts(PayoutFacts::File { .. }), .. } = ({
            day.city.account(Payee::Shop(day.shops[0]));
            let who = day.city.person();
            day.city.top_up(who.0, 1_000);
            day.city.pay(who, day.shops[0], 1_000).unwrap();
            day.city.ask(Role::Officer, Command::Settle { from: 0, at_most: 10 }).unwrap();
            send(&mut day.city).unwrap()
        }) else {
            panic!()
        };
        assert_eq!(day.city.pen.shared().read().town.payouts.files, 2);
    }
}

/// A line that was settled by hand comes once more, in a file that other tools wrote: other letters' bytes, other white space. It
/// is the same line, and nobody is asked for it again.
#[test]
fn a_line_settled_by_hand_is_known_in_whatever_bytes_it_comes() {
    for engine in testkit::engines() {
        let mut day = Day::sent(Place::fresh(engine));
        let [(one, first), (other, _)] = open(&day.city)[..] else { panic!() };
        // Without the bank's reference it is known by all it says; it names no payout.
        let mut bare = line(None, first, false, "");
        (bare.reference, bare.text) = (None, Some("남부시장 반찬 정산 대금".into()));
        let text = statement("S1", vec![bare]);
        assert_eq!(counts(&take(&mut day.city, text.as_bytes()).unwrap()), [0, 0, 0, 1]);
        let readers = Readers::open(&day.city.target, 1).unwrap();
        let lines = readers.read(|snapshot| city::payouts::store::list_open_lines(snapshot, 10)).unwrap();
        let id = lines[0].id.clone();
        let settle =
            OnPayouts::Resolve { line: id, payout: Some(one), note: "이체 확인증을 봤어요".into() };
        common::facts(day.city.ask(Role::Officer, payouts(settle)));
        let indented =
            text.replace("><", ">\r\n\t<").replace("반찬 정산 대금", "반찬\r\n\t\t정산  대금\u{3000}");
        let (korean, _, lost) = encoding_rs::EUC_KR.encode(&text);
        assert!(!lost);
        for again in [indented.as_bytes(), &korean, text.replacen("S1", "S2", 2).as_bytes()] {
            assert_eq!(counts(&take(&mut day.city, again).unwrap()), [0, 0, 1, 0]);
        }
        assert_eq!(open(&day.city).iter().map(|(no, _)| *no).collect::<Vec<_>>(), [other]);
    }
}
