//! The follower: what the journal says is told once, to whom it concerns, at an hour that suits; shops' programs hear their
//! own; and signs of illegal exchange open cases, the same each time.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CaseId, HookId, Instant, MerchantId, PersonId, Role, Won, date, day_of_date};
use city::exchange::{self, case, evidence, known, of_shop, open_cases};
use city::follow::{HOOK, NAME, Notice, follow};
use city::hooks::{of, opened};
use city::open::City;
use city::{CardRef, Command, Finding, HookSecret, NewMerchant, OnTills, Reply};
use common::{Live, TestCity, facts, opening, posting, refusal, request};
use economy::Facts;
use economy::facts::TillsFacts;
use outbox::{Fate, Message, Outcome, Which};
use pen::Failure;
use testkit::{Engine, Place, on_each_engine};

/// A live city with its people: requests are numbered.
struct Town {
    live: Live,
    no: u64,
}

impl Town {
    fn ask(&mut self, role: Role, command: Command) -> Result<Reply, Failure> {
        self.no += 1;
        self.live.city.ask_waiting(request(role, &format!("ask-{}", self.no), &command), command)
    }

    fn at(&self, day: i8, hour: i8, minute: i8) -> Instant {
        let at = base::Zone::named("Asia/Seoul").unwrap().instant(date(2021, 2, day), hour, minute);
        self.live.clock.set(at);
        at
    }

    fn pay(&mut self, who: (PersonId, base::CardId), merchant: MerchantId, amount: i64) -> Reply {
        let card = CardRef::Id(who.1);
        self.ask(Role::Citizen(who.0), Command::Pay { card, merchant, amount, pin: None, order: None })
            .unwrap()
    }

    fn follow(&self) {
        while follow(&self.live.city).unwrap() {}
    }

    fn told(&self, which: &Which<'_>) -> Vec<Message> {
        let mut all = self.live.city.outbox.list(which, 1_000).unwrap();
        all.reverse();
        all
    }

    /// Stops the server and starts it again.
    fn again(self) -> Town {
        let Town { live: Live { city, clock, target, place, folder }, no } = self;
        city.close().unwrap();
        let city = City::open(opening(target.clone(), folder.path(), clock.clone(), 9)).unwrap();
        Town { live: Live { city, clock, target, place, folder }, no }
    }
}

fn lines(messages: &[Message]) -> Vec<(String, String)> {
    messages.iter().map(|one| (one.new.kind.clone(), one.new.channel.clone())).collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(kind, channel)| ((*kind).to_owned(), (*channel).to_owned())).collect()
}

#[test]
fn what_happened_is_told_once_and_not_at_night() {
    on_each_engine(|place| {
        let mut before = TestCity::new(Place::fresh(place.engine()));
        let (me, shop) = (before.person(), before.shop("123-45-67891", "market-food"));
        before.vote("cashback-2021", 10_000_000);
        before.top_up(me.0, 100_000);
        // Told by nobody: it happened before there was an outbox.
        before.pay(me, shop, 1_000).unwrap();
        let mut town = Town { live: before.live(), no: 0 };
        town.follow();
        assert_eq!(lines(&town.told(&Which::NotChannel("x"))), pairs(&[]));

        town.at(23, 21, 30);
        let paid = Ok(town.pay(me, shop, 2_000));
        let refund = Command::Refund { payment: posting(&paid), amount: Some(500) };
        town.ask(Role::Merchant(shop), refund).unwrap();
        town.ask(Role::Citizen(me.0), Command::Freeze { card: CardRef::Id(me.1) }).unwrap();
        town.ask(Role::Officer, Command::CloseShop { merchant: shop }).unwrap();
        town.follow();
        town.follow();
        let told = town.told(&Which::NotChannel(HOOK));
        let expected = pairs(&[
            ("refunded", "app"),
            ("refunded", "kakao"),
            ("card-frozen", "app"),
            ("card-frozen", "kakao"),
            ("shop-closed", "app"),
            ("shop-closed", "email"),
        ]);
        assert_eq!(lines(&told), expected);
        // At night only their own page, and what can't wait.
        let morning = town.at(24, 8, 0);
        town.at(23, 21, 31);
        for one in &told {
            let waits = one.new.next == morning;
            let urgent = one.new.channel == "app" || one.new.kind == "card-frozen";
            assert_eq!(waits, !urgent, "{one:?}");
            assert!(!one.new.body.contains("김순자") && !one.new.body.contains("010"), "{}", one.new.body);
        }
        // One way after the other, under keys that say what they follow from.
        let frozen =
            told.iter().find(|one| one.new.kind == "card-frozen" && one.new.channel == "kakao").unwrap();
        let notice = Notice::read(&frozen.new.body).unwrap();
        let sms = notice.instead(&frozen.new, Instant(7)).unwrap();
        assert_eq!((sms.channel.as_str(), sms.next), ("sms", Instant(7)));
        assert_eq!(sms.key, frozen.new.key.replace("kakao", "sms"));
        let last = Notice::read(&sms.body).unwrap();
        let mail = last.instead(&sms, Instant(8)).unwrap();
        assert_eq!((mail.channel.as_str(), mail.lane.ends_with("/urgent")), ("email", true));
        let last = Notice::read(&mail.body).unwrap();
        assert_eq!(last.instead(&mail, Instant(9)), None, "then a window");

        // Over a restart nothing is told twice, and nothing is lost that happened meanwhile.
        town.ask(Role::Citizen(me.0), Command::Unfreeze { card: CardRef::Id(me.1) }).unwrap();
        town.ask(Role::Citizen(me.0), Command::SetPin { card: CardRef::Id(me.1), pin: "2580".into() })
            .unwrap();
        town.ask(Role::Clerk, Command::Replace { card: CardRef::Id(me.1) }).unwrap();
        let town = town.again();
        town.follow();
        let after = town.told(&Which::NotChannel(HOOK));
        let expected_after =
            pairs(&[("pin-set", "app"), ("pin-set", "kakao"), ("card-lost", "app"), ("card-lost", "kakao")]);
        assert_eq!(lines(&after[expected.len()..]), expected_after);
        town.live.close();
    });
}

#[test]
fn a_used_up_limit_is_told_once() {
    on_each_engine(|place| {
        let mut before = TestCity::new(Place::fresh(place.engine()));
        let (me, shop) = (before.person(), before.shop("123-45-67891", "market-food"));
        before.vote("cashback-2021", 10_000_000);
        before.top_up(me.0, 1_500_000);
        let mut town = Town { live: before.live(), no: 0 };
        // February's limit is a million; the last of it is used up by the third payment.
        for amount in [400_000, 500_000, 200_000, 50_000] {
            town.pay(me, shop, amount);
        }
        town.follow();
        assert_eq!(lines(&town.told(&Which::Channel("app"))), pairs(&[("limit-reached", "app")]));
        town.live.close();
    });
}

fn hook(reply: Result<Reply, Failure>) -> HookId {
    match facts(reply) {
        Facts::Tills(TillsFacts::Hook { hook, .. }) => hook,
        other => panic!("{other:?}"),
    }
}

#[test]
fn programs_hear_their_own_shop_while_they_are_known() {
    on_each_engine(|place| {
        let mut before = TestCity::new(Place::fresh(place.engine()));
        let me = before.person();
        let (shop, other) = (before.shop("123-45-67891", "market-food"), before.shop("220-81-62517", "cafe"));
        before.vote("cashback-2021", 10_000_000);
        before.top_up(me.0, 500_000);
        let mut town = Town { live: before.live(), no: 0 };
        town.pay(me, shop, 1_000);
        let open = |merchant, url: &str, byte| {
            Command::OnTills(OnTills::OpenHook { merchant, url: url.into(), secret: HookSecret([byte; 32]) })
        };
        let owner = Role::Merchant(shop);
        let mine = hook(town.ask(owner, open(shop, "https://pos.example.kr/a", 0xab)));
        for (role, command, code) in [
            (owner, open(other, "https://pos.example.kr/a", 1), "shop.unknown"),
            (Role::Till(shop), open(shop, "https://pos.example.kr/b", 1), "role.needed"),
            (Role::Citizen(me.0), open(shop, "https://pos.example.kr/b", 1), "role.needed"),
            (owner, open(shop, "https://pos.example.kr/a", 1), "hook.known"),
            (owner, open(shop, "ftp://pos.example.kr", 1), "hook.address"),
            (
                Role::Merchant(other),
                Command::OnTills(OnTills::EndHook { merchant: other, hook: mine }),
                "hook.unknown",
            ),
        ] {
            assert_eq!(refusal(town.ask(role, command)), code);
        }
        town.pay(me, other, 1_000);
        let paid = posting(&Ok(town.pay(me, shop, 2_000)));
        town.ask(owner, Command::Refund { payment: paid, amount: Some(700) }).unwrap();
        town.ask(Role::System, Command::Settle { from: 0, at_most: 10 }).unwrap();
        let rotate = OnTills::RotateHook { merchant: shop, hook: mine, secret: HookSecret([0xcd; 32]) };
        town.ask(owner, Command::OnTills(rotate)).unwrap();
        town.follow();
        let heard = town.told(&Which::Channel(HOOK));
        let kinds: Vec<&str> = heard.iter().map(|one| one.new.kind.as_str()).collect();
        assert_eq!(kinds, ["payment.made", "payment.refunded", "payout.sent"]);
        let body: serde_json::Value = serde_json::from_str(&heard[1].new.body).unwrap();
        assert_eq!(body["type"], "payment.refunded");
        assert_eq!(body["data"]["payment"], paid.to_string());
        assert_eq!(
            (body["data"]["amount"].as_i64(), body["data"]["refunded"].as_i64()),
            (Some(700), Some(700))
        );
        assert!(heard.iter().all(|one| !one.new.body.contains("per_") && !one.new.body.contains("crd_")));
        assert!(heard.iter().all(|one| one.new.lane == format!("hook/{mine}")));

        // Both secrets sign for a day, then the new one alone; neither stands in the database as it is.
        let city = &town.live.city;
        let secrets = |now| {
            let vault = city.vault();
            city.readers.read(|snapshot| opened(snapshot, &vault, mine, now)).unwrap().unwrap().1
        };
        let now = base::Clock::now(town.live.clock.as_ref());
        assert_eq!(secrets(now), ["cd".repeat(32), "ab".repeat(32)]);
        assert_eq!(secrets(now.plus_seconds(90_000)), ["cd".repeat(32)]);
        if place.engine() == Engine::Sqlite {
            let file = std::path::PathBuf::from(town.live.place.location());
            for path in [file.clone(), file.with_extension("sqlite-wal")] {
                let bytes = std::fs::read(path).unwrap_or_default();
                let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
                assert!(!holds("ab".repeat(32).as_bytes()) && !holds(&[0xab; 32]));
            }
        }

        town.ask(owner, Command::OnTills(OnTills::EndHook { merchant: shop, hook: mine })).unwrap();
        town.pay(me, shop, 3_000);
        town.follow();
        assert_eq!(town.told(&Which::Channel(HOOK)).len(), 3, "an ended one hears nothing more");
        let kept = town.live.city.readers.read(|snapshot| of(snapshot, shop)).unwrap();
        assert!(kept[0].ended.is_some());
        // Five at most.
        for no in 0..5 {
            hook(town.ask(owner, open(shop, &format!("https://pos.example.kr/{no}"), 1)));
        }
        assert_eq!(refusal(town.ask(owner, open(shop, "https://pos.example.kr/9", 1))), "hook.many");
        town.live.close();
    });
}

#[test]
fn another_journals_outbox_is_refused() {
    let mut before = TestCity::new(Place::fresh(Engine::Sqlite));
    let me = before.person();
    before.top_up(me.0, 1_000);
    let live = before.live();
    live.city.outbox.append(NAME, outbox::Cursor { posting: 1_000, request: 1_000 }, &[]).unwrap();
    let Live { city, clock, target, place, folder } = live;
    city.close().unwrap();
    let again = City::open(opening(target, folder.path(), clock, 3));
    assert!(again.err().unwrap().to_string().contains("belongs to another one"));
    drop(place);
}

fn case_of(town: &Town, id: CaseId) -> exchange::Case {
    let vault = town.live.city.vault();
    town.live.city.readers.read(|snapshot| case(snapshot, &vault, id)).unwrap().unwrap()
}

#[test]
fn a_sign_opens_a_case_that_shop_and_officer_look_into() {
    on_each_engine(|place| {
        let mut before = TestCity::new(Place::fresh(place.engine()));
        let (me, quiet) = (before.person(), before.shop("220-81-62517", "cafe"));
        let mine = NewMerchant {
            name: "전자상회".into(),
            business_number: "123-45-67891".into(),
            trade: "market-food".into(),
            district: "4511153000".into(),
            sales: Some(Won(900_000_000)),
            owner: None,
        };
        let Facts::Shop { merchant: shop, .. } = facts(before.ask(Role::System, Command::Join(mine))) else {
            panic!()
        };
        before.vote("cashback-2021", 10_000_000);
        before.top_up(me.0, 1_900_000);
        let mut town = Town { live: before.live(), no: 0 };
        for day in 23..27 {
            town.at(day, 12, 0);
            town.pay(me, shop, 300_000);
        }
        town.pay(me, quiet, 10_000);
        town.at(27, 4, 0);
        let yesterday = day_of_date(date(2021, 2, 26));
        assert_eq!(exchange::look(&town.live.city, yesterday - 1).unwrap(), 0, "three are no sign");
        assert_eq!(exchange::look(&town.live.city, yesterday).unwrap(), 1);
        assert_eq!(exchange::look(&town.live.city, yesterday).unwrap(), 0, "twice is once");
        assert_eq!(exchange::look(&town.live.city, yesterday + 1).unwrap(), 0, "it is being looked into");

        let vault = town.live.city.vault();
        let open = town.live.city.readers.read(|snapshot| open_cases(snapshot, &vault, 9)).unwrap();
        assert_eq!(open.len(), 1);
        let id = open[0].id;
        assert_eq!((open[0].merchant, open[0].rule.as_str(), open[0].points), (shop, "repeated-high", 40));
        // The evidence is read again from the journal, and is the same.
        let seen = known(&town.live.city.shared.read().town, shop);
        let read = |case: &exchange::Case| {
            town.live.city.readers.read(|snapshot| evidence(snapshot, case, seen)).unwrap().unwrap()
        };
        let (once, twice) = (read(&open[0]), read(&open[0]));
        assert_eq!(once, twice);
        let hit = once.again.clone().unwrap();
        assert_eq!((hit.points, hit.count, hit.sum, once.deeds.len()), (40, 4, 1_200_000, 4));
        assert_eq!(once.people(), [me.0]);
        // Nothing happened to the shop.
        town.pay(me, shop, 1_000);

        town.follow();
        assert_eq!(
            lines(&town.told(&Which::To(&shop.to_string(), "app"))),
            pairs(&[("case-opened", "app")]),
            "the shop is asked"
        );
        let answer = |text: &str| Command::OnTills(OnTills::AnswerCase { case: id, text: text.into() });
        let close = |note: &str| {
            let (finding, note) = (Finding::Explained, note.to_owned());
            Command::OnTills(OnTills::CloseCase { case: id, finding, note })
        };
        for (role, command, code) in [
            (Role::Merchant(quiet), answer("우리 가게예요"), "case.unknown"),
            (Role::Till(shop), answer("예약 손님이에요"), "role.needed"),
            (Role::Merchant(shop), answer("  "), "question.form"),
            (Role::Merchant(shop), close("계약서를 봤어요, 확실해요"), "role.needed"),
            (Role::Officer, close("네"), "reason.short"),
            (Role::Auditor, close("계약서를 봤어요, 확실해요"), "role.needed"),
        ] {
            assert_eq!(refusal(town.ask(role, command)), code);
        }
        town.ask(Role::Merchant(shop), answer("냉장고를 나눠 낸 단골이에요")).unwrap();
        town.ask(Role::Merchant(shop), answer("냉장고 값을 나흘에 나눠 냈어요")).unwrap();
        town.ask(Role::Officer, close("계약서와 견주어 봤어요")).unwrap();
        assert_eq!(refusal(town.ask(Role::Officer, close("한 번 더 봤어요, 정말로"))), "case.closed");
        let kept = case_of(&town, id);
        assert_eq!(kept.answer.unwrap().1, "냉장고 값을 나흘에 나눠 냈어요");
        assert_eq!(kept.closing.unwrap().finding, Finding::Explained);
        // What was explained is not asked again, as long as it lies in the window.
        assert_eq!(exchange::look(&town.live.city, yesterday + 1).unwrap(), 0);
        let mine = town.live.city.readers.read(|snapshot| of_shop(snapshot, &vault, shop, 9)).unwrap();
        assert_eq!(mine.len(), 1);
        town.live.close();
    });
}

#[test]
fn what_is_given_up_leaves_the_rest_of_its_lane() {
    let mut before = TestCity::new(Place::fresh(Engine::Sqlite));
    let (me, shop) = (before.person(), before.shop("123-45-67891", "market-food"));
    before.vote("cashback-2021", 10_000_000);
    before.top_up(me.0, 100_000);
    let mut town = Town { live: before.live(), no: 0 };
    let open =
        OnTills::OpenHook { merchant: shop, url: "https://a.kr/x".into(), secret: HookSecret([1; 32]) };
    let mine = hook(town.ask(Role::Merchant(shop), Command::OnTills(open)));
    for amount in [1_000, 2_000] {
        town.pay(me, shop, amount);
    }
    town.follow();
    let now = base::Clock::now(town.live.clock.as_ref()).plus_seconds(60);
    let outbox = &town.live.city.outbox;
    let due = outbox.due(now, 9).unwrap();
    assert_eq!(due.iter().filter(|one| one.new.channel == HOOK).count(), 1, "one after the other");
    outbox.tried(due[0].no, now, "410", &Outcome::Dead(None)).unwrap();
    let second = outbox.due(now, 9).unwrap();
    assert!(second[0].no > due[0].no);
    assert!(outbox.again(due[0].no, &format!("hook/{mine}"), now).unwrap());
    assert_eq!(outbox.message(due[0].no).unwrap().unwrap().fate, Fate::Waiting);
    town.live.close();
}
