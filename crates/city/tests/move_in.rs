//! A city that had a card before moves in: rehearsed, cut over in parts, broken off and gone on with, and not done before the
//! books are what the old system's operator stated, to the won.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base::{Role, Won, date};
use city::moving::rehearse::{Plan, rehearse};
use city::moving::work::{CantMoveIn, cut_over};
use city::on_moving::Moved;
use city::{CardRef, Command, OnMoving, Reply};
use common::{TestCity, count, facts, refusal, request, state};
use economy::business_number::check_digit;
use economy::holder::card_number;
use economy::{CardState, Class, Facts, chart};
use rules::Pack;
use testkit::{Place, engines};

const GUARANTEE: &str = "guarantee-prepay-2021";
const PEOPLE: u64 = 1_100;
const SHOPS: u32 = 40;
const CLAIMS: u64 = 37;

/// The old system, as its tables come out of it.
struct Old {
    files: BTreeMap<&'static str, String>,
    cash: i64,
    bank: i64,
}

fn shop_number(at: u32) -> String {
    let nine = [4, 0, 2, 8, 1, at / 1_000 % 10, at / 100 % 10, at / 10 % 10, at % 10];
    nine.iter().chain([&check_digit(&nine)]).map(ToString::to_string).collect()
}

fn own(at: u64) -> i64 {
    1_000 + i64::try_from(at * 7_919 % 90_000).unwrap()
}

/// 1,100 people with a card each (the first ten have two), their own money and, of every third, cashback; five with the care
/// coupon; 40 shops, of which every second is owed something; 37 open prepayments, of which every second was paid already.
fn old() -> Old {
    let mut people = String::from("회원번호,이름,전화번호,생년월일,동\n");
    let mut cards = String::from("회원번호,카드번호,종류,상태\n");
    let mut purses = String::from("회원번호,용도,유효기간,금액\n");
    let mut shops =
        String::from("사업자등록번호,상호,업종,동,연매출,대표회원번호,정산예정금액,은행,계좌번호,예금주\n");
    let mut claims = String::from("회원번호,사업자등록번호,금액,선지급금액,사용기한\n");
    let (mut cash, mut reward, mut rewards, mut payable, mut owed) = (0, 0, 0, 0, 0);
    for at in 0..PEOPLE {
        writeln!(people, "H{at:05},이영희{at},010-1234-{at:04},1960.3.{},4511153000", at % 28 + 1).unwrap();
        writeln!(cards, "H{at:05},{:016},플라스틱,", card_number(941_200_000_000_000 + at)).unwrap();
        if at < 10 {
            writeln!(cards, "H{at:05},{:016},휴대폰,정지", card_number(941_300_000_000_000 + at)).unwrap();
        }
        writeln!(purses, "H{at:05},cash,,\"{}원\"", Won(own(at))).unwrap();
        cash += own(at);
        if at % 3 == 0 {
            writeln!(purses, "H{at:05},캐시백,2025-12,{}", own(at) / 10).unwrap();
            (reward, rewards) = (reward + own(at) / 10, rewards + 1);
        }
        if at < 5 {
            writeln!(purses, "H{at:05},care,2021-12,{}", 10_000).unwrap();
        }
    }
    for at in 0..SHOPS {
        let due = if at % 2 == 0 { 0 } else { 10_000 + i64::from(at) };
        // Every fourth has no account yet.
        let account =
            if at % 4 == 3 { ",,".to_owned() } else { format!("전북은행,1013-01-{at:07},가게{at}") };
        let number = shop_number(at);
        writeln!(shops, "{number},가게{at},bakery,4511153000,80000000,H{:05},{due},{account}", 100 + at)
            .unwrap();
        (payable, owed) = (payable + due, owed + i64::from(due > 0));
    }
    let mut prepaid: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let (mut advanced, mut paid) = (0, 0);
    for at in 0..CLAIMS {
        let shop = shop_number(u32::try_from(at % 3).unwrap());
        let won = 100_000 + i64::try_from(at).unwrap();
        let paid_already = if at % 2 == 0 { (won - 50_000).to_string() } else { String::new() };
        writeln!(claims, "H{:05},{shop},{won},{paid_already},2021-12-31", at + 200).unwrap();
        let of = prepaid.entry(shop).or_default();
        *of = (of.0 + 1, of.1 + won);
        if at % 2 == 0 {
            (advanced, paid) = (advanced + won - 50_000, paid + 1);
        }
    }
    let treasury = 12_345;
    let claimed: i64 = prepaid.values().map(|(_, won)| won).sum();
    let bank = cash + reward + 50_000 + payable + claimed - advanced - treasury;
    let mut control = format!(
        "항목,건수,금액\n회원,{PEOPLE},\n카드,{},\n가맹점,{SHOPS},\npurses/cash,{PEOPLE},{cash}\n\
         purses/reward,{rewards},{reward}\npurses/care,5,50000\n정산예정,{owed},{payable}\n선지급,{paid},{advanced}\n\
         시미수금,,{treasury}\n은행잔액,,{bank}\n정산계좌,30,\n",
        PEOPLE + 10
    );
    for (shop, (count, won)) in &prepaid {
        writeln!(control, "prepaid/{shop},{count},{won}").unwrap();
    }
    let files = BTreeMap::from([
        ("people", people),
        ("cards", cards),
        ("purses", purses),
        ("shops", shops),
        ("prepayments", claims),
        ("control", control),
    ]);
    Old { files, cash, bank }
}

impl Old {
    fn bytes(&self) -> BTreeMap<&'static str, Vec<u8>> {
        self.files.iter().map(|(name, text)| (*name, text.clone().into_bytes())).collect()
    }

    fn replaced(mut self, file: &str, from: &str, to: &str) -> Old {
        let text = self.files.get_mut(file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        self
    }

    fn plan(&self, pack: &Pack) -> Plan {
        rehearse(pack, date(2021, 2, 24), &self.bytes())
    }
}

fn pack() -> Pack {
    common::pack().parse().unwrap()
}

/// What a rehearsal names, in a line each.
fn bad(plan: &Plan) -> Vec<String> {
    plan.bad.iter().map(|one| format!("{} {}: {}", one.file, one.line, one.what)).collect()
}

fn moved_in(engine: testkit::Engine) -> TestCity {
    let mut city = TestCity::new(Place::fresh(engine));
    city.on(2021, 2, 24);
    city.vote(GUARANTEE, 10_000_000);
    city.vote("care-coupon-2021", 100_000);
    city.vote("cashback-2021", 1_000_000);
    city
}

impl TestCity {
    /// Carries a plan out, as far as so many commands.
    fn cut_over(&mut self, plan: Plan, at_most: usize) -> Result<(), CantMoveIn> {
        let moving = self.pen.shared().read().town.open.moving.clone();
        let mut asked = 0;
        let mut ask = |key: String, command: Command| {
            asked += 1;
            if asked > at_most {
                return Err(pen::Failure::Unknown);
            }
            self.ask_as(Role::System, &key, command)
        };
        cut_over(plan, &moving, &mut ask, &mut |_, _| ())
    }

    fn under_way(&self) -> bool {
        self.pen.shared().read().town.open.moving.as_ref().is_some_and(|one| one.is_under_way())
    }

    fn float_holds(&self) {
        let (backing, owed) = chart::float_sides();
        let sum = |classes: &[Class]| classes.iter().map(|class| self.sum(*class)).sum::<i64>();
        assert_eq!(sum(backing), sum(owed));
    }

    /// With the card of whoever stands at a place of the old system's list, at a shop of its list.
    fn pays(&mut self, person: u64, shop: u32, amount: i64) -> Result<Reply, pen::Failure> {
        let card = CardRef::Number(card_number(941_200_000_000_000 + person));
        let merchant = {
            let shared = self.pen.shared();
            let view = shared.read();
            view.town.directory.shop_numbered(&shop_number(shop)).map_or(base::MerchantId(1), |shop| shop.id)
        };
        self.ask(Role::System, Command::Pay { card, merchant, amount, pin: None, order: None })
    }
}

#[test]
fn a_city_moves_in_broken_off_and_gone_on_with() {
    for engine in engines() {
        let old = old();
        let mut city = moved_in(engine);
        let plan = old.plan(&pack());
        assert!(plan.is_clean(), "{:?} {:?}", bad(&plan), plan.differences());
        assert_eq!(plan.needs.len(), 2, "{:?}", plan.needs);
        assert_eq!(plan.parts.len(), 8);

        // Broken off four times, and each time the machine went with it.
        for (round, seed) in [(1, 11), (3, 12), (2, 13), (1, 14)] {
            let said = city.cut_over(old.plan(&pack()), round);
            assert!(matches!(said, Err(CantMoveIn::BrokenOff(_))), "{said:?}");
            assert!(city.under_way());
            city.float_holds();
            assert_eq!(refusal(city.pays(5, 0, 1_000)), "moving.under-way");
            assert_eq!(
                refusal(city.ask(Role::System, Command::Treasury { amount: None })),
                "moving.under-way"
            );
            city = city.again(seed);
        }
        city.cut_over(old.plan(&pack()), usize::MAX).unwrap();
        assert!(!city.under_way());
        city.float_holds();
        let held = |city: &TestCity, class| city.sum(class);
        assert_eq!(held(&city, Class::BankTrust), old.bank);
        assert_eq!(held(&city, Class::TreasuryDue), 12_345);
        let moving = city.pen.shared().read().town.open.moving.clone().unwrap();
        assert_eq!(moving.control, moving.books);
        assert_eq!(moving.books.line("accounts").count, 30);
        assert_eq!(moving.control.line("purses/cash").won, old.cash);
        count(&city.target, &city.pen.shared().read().books);

        // Everybody has what they had: also after a start, which reads all rows again.
        let before = state(&city.pen.shared());
        city = city.again(15);
        assert_eq!(state(&city.pen.shared()), before);
        {
            let shared = city.pen.shared();
            let view = shared.read();
            let cash = |at: u64| {
                let holder = &view.town.directory.holders()[usize::try_from(at).unwrap()];
                let of_cash = holder.purses().filter(|(purpose, ..)| *purpose == 0);
                of_cash.map(|(.., account)| view.books.balance(account)).sum::<i64>()
            };
            for at in [0, 5, 511, 512, 777, PEOPLE - 1] {
                let number = card_number(941_200_000_000_000 + at);
                let card = view.town.directory.card(CardRef::Number(number)).unwrap();
                let place = view.town.directory.holders()[usize::try_from(at).unwrap()].person.id;
                assert_eq!((card.person, cash(at)), (place, own(at)), "{at}");
            }
            let second = view.town.directory.card(CardRef::Number(card_number(941_300_000_000_003))).unwrap();
            assert_eq!(second.state, CardState::Frozen);
        }

        // People pay, a prepayment is used before a purse, and what its shop was paid already is released.
        assert!(matches!(facts(city.pays(5, 3, 1_000)), Facts::Pay(_)));
        match facts(city.pays(200, 0, 40_000)) {
            Facts::Pay(payment) => assert_eq!(payment.prepaid, [(1, 40_000, 20_000)]),
            other => panic!("{other:?}"),
        }
        // Returned, it is own money; nothing was earned with it here.
        let give_back = Command::OnPrepay(city::OnPrepay::Return { claim: 3 });
        assert!(matches!(facts(city.ask(Role::Officer, give_back)), Facts::Prepay(_)));
        city.float_holds();
        count(&city.target, &city.pen.shared().read().books);

        // A shop whose account came along is paid out; one without keeps what it has earned.
        let owed: i64 = (0..i64::from(SHOPS)).filter(|at| at % 4 == 3).map(|at| 10_000 + at).sum();
        let settled = city.ask(Role::System, Command::Settle { from: 0, at_most: 64 });
        assert!(matches!(settled, Ok(Reply::Batch { .. })), "{settled:?}");
        let left = city.sum(Class::ShopPayable);
        assert!(left >= owed && left < owed + 50_000, "{left} of {owed}");
        city.float_holds();

        // What is left of own money is withdrawn by the measure of what was taken over.
        let person = city.pen.shared().read().town.directory.holders()[400].person.id;
        city.account(city::Payee::Person(person));
        let withdraw = Command::Withdraw { person };
        assert_eq!(refusal(city.ask(Role::Citizen(person), withdraw.clone())), "withdraw.too-early");
        assert!(matches!(facts(city.pays(400, 3, own(400) * 7 / 10)), Facts::Pay(_)));
        assert!(matches!(facts(city.ask(Role::Citizen(person), withdraw)), Facts::Withdraw(_)));

        // Once is once.
        let said = city.cut_over(old.plan(&pack()), usize::MAX);
        assert!(matches!(said, Err(CantMoveIn::Done)), "{said:?}");
        let other = self::old().replaced("people", "이영희7,", "이영희,").plan(&pack());
        let said = city.cut_over(other, usize::MAX);
        assert!(matches!(said, Err(CantMoveIn::Other(_))), "{said:?}");
    }
}

#[test]
fn one_won_off_stops_it() {
    for engine in engines() {
        let stated = format!("purses/cash,{PEOPLE},{}", old().cash);
        let one_more = format!("purses/cash,{PEOPLE},{}", old().cash + 1);
        let off = old().replaced("control", &stated, &one_more);
        let plan = off.plan(&pack());
        assert!(plan.bad.is_empty());
        let differs = plan.differences();
        assert_eq!(differs.len(), 1);
        assert_eq!(differs[0].line, "purses/cash");
        assert_eq!(differs[0].stated.won - differs[0].found.won, 1);
        let mut city = moved_in(engine);
        let said = city.cut_over(plan.clone(), usize::MAX);
        assert!(matches!(said, Err(CantMoveIn::NotClean)), "{said:?}");
        assert!(city.pen.shared().read().town.open.moving.is_none(), "nothing was begun");

        // One card less is as bad, and so is a bank with less in it.
        let plan = old().replaced("control", "카드,1110,", "카드,1109,").plan(&pack());
        assert_eq!(plan.differences()[0].line, "cards");
        let bank = old().bank;
        let plan = old().replaced("control", &bank.to_string(), &(bank - 1).to_string()).plan(&pack());
        assert_eq!(plan.differences()[0].line, "bank");

        // Whoever asks the pen by hand meets the books: it doesn't end, and nobody pays.
        let good = old().plan(&pack());
        let lying = Plan { found: off.plan(&pack()).control, control: off.plan(&pack()).control, ..good };
        let said = city.cut_over(lying, usize::MAX);
        match said {
            Err(CantMoveIn::Refused(no)) => assert_eq!(no.code, "moving.differs"),
            other => panic!("{other:?}"),
        }
        assert_eq!(refusal(city.pays(5, 0, 1_000)), "moving.under-way");
        assert!(city.under_way());
    }
}

#[test]
fn nothing_begins_where_something_is() {
    for engine in engines() {
        let mut city = TestCity::new(Place::fresh(engine));
        city.on(2021, 2, 24);
        let said = |city: &mut TestCity| match city.cut_over(old().plan(&pack()), usize::MAX) {
            Err(CantMoveIn::Refused(no)) => no.code,
            other => panic!("{other:?}"),
        };
        // What stands behind coupons and advances is voted first.
        assert_eq!(said(&mut city), "moving.budget");
        city.vote(GUARANTEE, 10_000_000);
        city.vote("care-coupon-2021", 100_000);
        city.person();
        assert_eq!(said(&mut city), "moving.not-empty");
        let report = old().plan(&pack()).report;
        let end = Command::OnMoving(OnMoving::End { report });
        assert_eq!(refusal(city.ask(Role::System, end)), "moving.none");
        let part = OnMoving::Part { report, part: 0, moved: Moved::People(Vec::new()) };
        assert_eq!(refusal(city.ask(Role::Officer, Command::OnMoving(part))), "role.needed");
    }
}

#[test]
fn a_part_is_done_once_and_in_order() {
    for engine in engines() {
        let mut city = moved_in(engine);
        let plan = old().plan(&pack());
        let report = plan.report;
        drop(city.cut_over(plan.clone(), 2));
        let part = |no: u32| {
            let moved = plan.parts[no as usize].clone();
            Command::OnMoving(OnMoving::Part { report, part: no, moved })
        };
        // Under its key it answers as it did; under another it is not the next.
        let people = city.pen.shared().read().town.directory.holders().len();
        assert_eq!(refusal(city.ask(Role::System, part(0))), "moving.part");
        assert_eq!(refusal(city.ask(Role::System, part(2))), "moving.part");
        let again = request(Role::System, "again", &part(1));
        assert!(city.ask_all(vec![(again.clone(), part(1))]).pop().unwrap().is_ok());
        assert!(city.ask_all(vec![(again, part(1))]).pop().unwrap().is_ok());
        let now = city.pen.shared().read().town.directory.holders().len();
        assert_eq!(now - people, plan.parts[1].rows());
        let end = Command::OnMoving(OnMoving::End { report });
        assert_eq!(refusal(city.ask(Role::System, end)), "moving.part");
    }
}

#[test]
fn every_bad_row_is_named() {
    let pack = pack();
    let good = old().plan(&pack);
    for (file, from, to, named) in [
        (
            "people",
            "H00003,이영희3",
            "H00002,이영희3",
            "people 5: holder \"H00002\" stands on line 4 already",
        ),
        ("people", "이영희3,", ",", "people 5: the name is empty"),
        (
            "people",
            "이영희3,",
            "\"=HYPERLINK(\"\"http://x\"\")\",",
            "people 5: the name begins as a formula does",
        ),
        ("people", "1960.3.4", "1960.2.30", "people 5: the birth date is none"),
        ("people", "010-1234-0003", "12", "people 5: the telephone's number is none"),
        (
            "people",
            "1960.3.4,4511153000",
            "1960.3.4,4599999999",
            "people 5: the pack has no neighbourhood \"4599999999\"",
        ),
        ("cards", "H00003,", "H99999,", "cards 8: nobody in people has the number \"H99999\""),
        ("cards", ",플라스틱,", ",종이,", "cards 2: the card is made of nothing that is known"),
        (
            "shops",
            "전북은행,1013-01-0000001",
            "우주은행,1013-01-0000001",
            "shops 3: the bank is none of the pack's",
        ),
        (
            "shops",
            "1013-01-0000001,가게1",
            "1.01E+12,가게1",
            "shops 3: the account's number is not 8 to 16 digits",
        ),
        (
            "shops",
            "1013-01-0000001,가게1",
            "1013-01-0000001,",
            "shops 3: the account's holder is no name a bank takes",
        ),
        ("shops", "가게1,bakery", "가게1,casino-x", "shops 3: the pack has no trade \"casino-x\""),
        ("purses", "H00000,cash", "H00000,gold", "purses 2: the pack has no purpose \"gold\""),
        ("purses", "H00000,cash,,\"1,000원\"", "H00000,cash,,-1000", "purses 2: won is below zero: -1000"),
        (
            "purses",
            "H00000,cash,,\"1,000원\"",
            "H00000,cash,,천 원",
            "purses 2: won is no whole number of won: \"천 원\"",
        ),
        (
            "purses",
            "H00000,cash,,\"1,000원\"",
            "H00000,cash,,=1+1",
            "purses 2: won is no whole number of won: \"=1+1\"",
        ),
        (
            "purses",
            "H00000,care,2021-12",
            "H00000,care,2021-11",
            "purses 4: no coupon of this purpose ends that month: \"2021-11\"",
        ),
        ("purses", "H00000,캐시백,2025-12", "H00000,캐시백,2020-12", "purses 3: it has expired: \"2020-12\""),
        (
            "prepayments",
            "2021-12-31",
            "2021-01-31",
            "prepayments 2: the last day of use is none, or over: \"2021-01-31\"",
        ),
        ("control", "시미수금", "이월금", "control 10: there is no line \"이월금\""),
        ("control", "회원,1100", "회원,천백", "control 2: count is no whole number of won: \"천백\""),
    ] {
        let plan = old().replaced(file, from, to).plan(&pack);
        let said = bad(&plan);
        assert!(said.contains(&named.to_owned()), "{named}\n{said:#?}");
        assert!(!plan.is_clean());
        assert_ne!(plan.report, good.report, "other files, another report");
    }
    // Numbers with a wrong check digit, and numbers that stand twice.
    let number = |at: u64| format!("{:016}", card_number(941_200_000_000_000 + at));
    let misread = format!("{:016}", card_number(941_200_000_000_003) + 1);
    let plan = old().replaced("cards", &number(3), &misread).plan(&pack);
    assert_eq!(bad(&plan), ["cards 8: the card's number is not 16 digits with a right check digit"]);
    let plan = old().replaced("cards", &number(3), &number(2)).plan(&pack);
    assert_eq!(bad(&plan), ["cards 8: the card stands on line 6 already"]);
    let plan = old().replaced("shops", &shop_number(5), &shop_number(4)).plan(&pack);
    assert_eq!(bad(&plan), ["shops 7: the business number stands on line 6 already"]);
    let plan = old().replaced("prepayments", &shop_number(0), &shop_number(99)).plan(&pack);
    assert_eq!(bad(&plan).len(), 1);
    assert!(bad(&plan)[0].starts_with("prepayments 2: no shop in shops has the business number"));
}

#[test]
fn what_korean_offices_save_is_read() {
    let pack = pack();
    let utf8 = old();
    let euc: BTreeMap<&str, Vec<u8>> = utf8
        .files
        .iter()
        .map(|(name, text)| (*name, encoding_rs::EUC_KR.encode(text).0.into_owned()))
        .collect();
    let plan = rehearse(&pack, date(2021, 2, 24), &euc);
    assert!(plan.is_clean(), "{:?}", bad(&plan));
    assert_eq!(plan.parts, utf8.plan(&pack).parts);
    match &plan.parts[0] {
        Moved::People(people) => assert_eq!(people[7].name, "이영희7"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn hostile_files_are_refused_whole_and_change_nothing() {
    let pack = pack();
    let zip = |bytes: &[u8]| [b"PK\x03\x04", bytes].concat();
    for (what, bytes, named) in [
        ("empty", Vec::new(), "the file is empty"),
        ("no table", vec![0xff, 0xfe, 0x00, 0x41], "neither UTF-8 nor EUC-KR"),
        ("control characters", b"holder,name\nH1,\x00\n".to_vec(), "control character"),
        ("cut off in a quote", b"holder,name\nH1,\"Kim".to_vec(), "damaged or cut off, at line 2"),
        ("a broken book", zip(b"nothing of a book"), "damaged or cut off"),
        ("too wide", format!("{}\n", "holder,".repeat(40)).into_bytes(), "more than 32 columns"),
        ("other headings", b"a,b\n1,2\n".to_vec(), "there is no column holder"),
    ] {
        let mut files = old().bytes();
        files.insert("people", bytes);
        let plan = rehearse(&pack, date(2021, 2, 24), &files);
        assert!(!plan.is_clean());
        let said = bad(&plan);
        assert!(said[0].starts_with("people") && said[0].contains(named), "{what}: {}", said[0]);
        assert!(said.iter().all(|line| line.len() < 300));
    }
    let mut files = old().bytes();
    files.remove("control");
    let plan = rehearse(&pack, date(2021, 2, 24), &files);
    assert!(bad(&plan).contains(&"control 0: the file is missing".to_owned()));
}
