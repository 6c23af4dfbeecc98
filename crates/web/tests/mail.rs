//! Mail as a way: an address is given, confirmed by a code, used and removed; a relay of the test's own takes, delays and
//! refuses.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use base::Role;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city::follow::To;
use city::{CardRef, Command};
use common::{Browser, Town, ask};
use outbox::{Fate, Message, Which};
use testkit::{Letter, MailRelay};
use web::{App, Mailer, Outlet, Outlets, Relay};

const ADDRESS: &str = "soonja@example.kr";

fn over(relay: &str, login: Option<(&str, &str)>) -> Relay {
    let (user, password) =
        login.map_or((None, None), |(user, password)| (Some(user.into()), Some(password.into())));
    Relay { url: relay.into(), from: "온고을 <no-reply@jeonju.example.kr>".into(), user, password }
}

/// A city whose mail goes through a relay, and by no other way but letters, which are not set up.
fn by(
    relay: &MailRelay,
    login: Option<(&'static str, &'static str)>,
) -> impl FnOnce(&mut App) + Send + use<> {
    let url = format!("smtp://{}?tls=none", relay.address());
    move |app| {
        let mut outlets = Outlets::new(true);
        let mailer = Box::new(Mailer::new(&over(&url, login), true).unwrap());
        assert!(outlets.set("sms", Outlet::Mail(mailer.clone())).is_err());
        outlets.set("email", Outlet::Mail(mailer)).unwrap();
        app.outlets = outlets;
    }
}

/// Rounds, until nothing is due any more.
async fn sent(town: &Town) {
    while web::round(&town.app).await.unwrap() > 0 {}
}

fn later(town: &Town, seconds: i64) {
    let now = town.app.city.clock.now();
    assert!(town.clock.jump_to(now.plus_seconds(seconds)));
}

fn waiting(town: &Town, role: Role, key: &str, command: Command) {
    std::thread::scope(|s| {
        s.spawn(|| ask(&town.app.city, role, key, command)).join().unwrap();
    });
}

/// A letter's body as who opens it reads it.
fn read(letter: &Letter) -> String {
    assert!(letter.text.is_ascii(), "{}", letter.text);
    let text: String = letter.body().split_whitespace().collect();
    assert_eq!(letter.header("Content-Transfer-Encoding"), ["base64"]);
    assert_eq!(letter.header("Content-Type"), ["text/plain; charset=utf-8"]);
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

/// A header's words (RFC 2047).
fn words(header: &str) -> String {
    let mut all = Vec::new();
    for part in header.split("=?utf-8?b?").skip(1) {
        all.extend(STANDARD.decode(part.split("?=").next().unwrap()).unwrap());
    }
    String::from_utf8(all).unwrap()
}

fn code(text: &str) -> String {
    let digits = |part: &&str| part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split(|c: char| !c.is_ascii_digit()).find(digits).unwrap().to_owned()
}

fn mails(town: &Town, to: To) -> Vec<Message> {
    town.app.city.outbox.list(&Which::To(&to.code(), "email"), 9).unwrap()
}

/// The newest that carries a code.
fn newest_code(town: &Town) -> Message {
    let mut all = mails(town, To::Person(town.citizen)).into_iter();
    all.find(|one| one.new.kind == city::mail::CODE_KIND).unwrap()
}

async fn give(me: &mut Browser<'_>, key: &str, address: &str) -> StatusCode {
    me.get("/notices/mail").await;
    me.post("/notices/mail", &[("request_key", key), ("address", address)]).await.status
}

/// Gives an address and types the code that came there.
async fn confirmed(town: &Town, me: &mut Browser<'_>, relay: &MailRelay, address: &str) {
    assert_eq!(give(me, "given", address).await, StatusCode::SEE_OTHER);
    sent(town).await;
    let code = code(&read(&relay.letters().pop().unwrap()));
    let fields = [("request_key", "typed"), ("code", code.as_str())];
    assert_eq!(me.post("/notices/mail/confirm", &fields).await.status, StatusCode::SEE_OTHER);
    sent(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_used_once_its_code_was_read() {
    for engine in testkit::engines() {
        let relay = MailRelay::start(None);
        let town = Town::with(engine, by(&relay, None));
        sent(&town).await;
        assert!(relay.letters().is_empty(), "no address, no mail");
        let mut me = town.browser("citizen").await;
        let page = me.get("/notices").await;
        assert!(page.body.contains("href=\"/notices/mail\""), "{}", page.body);

        // At night too: they have just asked for it.
        later(&town, 14 * 3_600);
        assert_eq!(give(&mut me, "a1", " soonja@Example.KR ").await, StatusCode::SEE_OTHER);
        sent(&town).await;
        let letter = relay.letters().pop().unwrap();
        assert_eq!(
            (letter.from.as_str(), letter.to.as_slice()),
            ("no-reply@jeonju.example.kr", &[ADDRESS.to_owned()][..])
        );
        assert_eq!(letter.header("To"), [ADDRESS]);
        assert_eq!(letter.header("Auto-Submitted"), ["auto-generated"]);
        let subject = letter.header("Subject").remove(0);
        assert!(words(&subject).contains("메일 주소 확인 번호") && subject.is_ascii(), "{subject}");
        assert!(words(&letter.header("From")[0]).contains("온고을"));
        let text = read(&letter);
        assert!(text.contains("확인 번호는") && text.contains("Your code is"), "{text}");
        assert!(text.contains("http://127.0.0.1:8080/notices"), "{text}");
        let right = code(&text);
        // The code stands in the mail alone.
        let page = me.get("/notices/mail").await;
        assert!(page.body.contains("soonja@example.kr") && !page.body.contains(&right), "{}", page.body);
        let own = me.get("/notices").await;
        assert!(own.body.contains("확인할 번호를") && !own.body.contains(&right), "{}", own.body);
        let kept = mails(&town, To::Person(town.citizen));
        assert!(kept.iter().all(|one| !one.new.body.contains("soonja") && !one.new.body.contains(&right)));

        // A wrong one is none, and the right one opens once.
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let typed = [("request_key", "c1"), ("code", wrong)];
        let answer = me.post("/notices/mail/confirm", &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("id=\"code-error\"") && answer.body.contains("번호가 달라요"));
        let spaced = format!("{} {}", &right[..3], &right[3..]);
        let page =
            me.post_and_follow("/notices/mail/confirm", &[("request_key", "c2"), ("code", &spaced)]).await;
        assert!(page.body.contains("이제 이 주소로도 알려 드려요"), "{}", page.body);
        let again = me.post("/notices/mail/confirm", &[("request_key", "c3"), ("code", &right)]).await;
        assert!(again.body.contains("mail.nothing"), "{}", again.body);

        // A card that is lost can't wait till the morning: no messenger, no text message, so the mail.
        sent(&town).await;
        relay.letters();
        waiting(&town, Role::Clerk, "lost", Command::Replace { card: CardRef::Id(town.card) });
        sent(&town).await;
        let letter = relay.letters().pop().unwrap();
        assert!(read(&letter).contains("분실 신고") && read(&letter).contains("reported lost"));
        let told = mails(&town, To::Person(town.citizen)).remove(0);
        assert_eq!(
            (told.fate, told.said.as_str(), told.new.kind.as_str()),
            (Fate::Delivered, "250", "card-lost")
        );
        assert_eq!(
            letter.header("Message-ID"),
            [format!("<{}@jeonju.example.kr>", told.new.key.replace('/', "."))]
        );
        // Who read the address is in the ledger of looks.
        let looks = me.get("/me/looks").await;
        assert!(looks.body.contains("메일 주소를 읽었어요"), "{}", looks.body);

        // Removed, it is used no more.
        me.get("/notices/mail").await;
        assert_eq!(
            me.post("/notices/mail/remove", &[("request_key", "r1")]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(!me.get("/notices/mail").await.body.contains("soonja"));
        sent(&town).await;
        waiting(
            &town,
            Role::Citizen(town.citizen),
            "off",
            Command::SetPin { card: card(&town), pin: "2580".into() },
        );
        later(&town, 10 * 3_600);
        sent(&town).await;
        assert!(relay.letters().is_empty());
    }
}

/// The citizen's card that pays: the first was replaced.
fn card(town: &Town) -> CardRef {
    let view = town.app.city.shared.read();
    let directory = &view.town.directory;
    let of = |card: &&economy::Card| card.person == town.citizen && card.state == economy::CardState::Active;
    CardRef::Id(directory.cards().iter().find(of).unwrap().id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_relay_delays_is_tried_again_and_what_it_refuses_waits_at_the_window() {
    for engine in testkit::engines() {
        let relay = MailRelay::start(Some(("city", "s3cret")));
        let town = Town::with(engine, by(&relay, Some(("city", "s3cret"))));
        let mut me = town.browser("citizen").await;
        confirmed(&town, &mut me, &relay, ADDRESS).await;
        relay.letters();
        let freeze = Command::Freeze { card: CardRef::Id(town.card) };
        // Greylisted: it goes out at the next try, the same message.
        relay.answer(&[451]);
        waiting(&town, Role::Citizen(town.citizen), "freeze", freeze);
        sent(&town).await;
        let told = mails(&town, To::Person(town.citizen)).remove(0);
        assert_eq!((told.fate, told.said.as_str(), told.tries), (Fate::Waiting, "451", 1));
        assert!(relay.letters().is_empty());
        later(&town, 5);
        sent(&town).await;
        let letter = relay.letters().pop().unwrap();
        assert!(letter.header("Message-ID")[0].contains(&told.new.key.replace('/', ".")));
        assert_eq!(town.app.city.outbox.message(told.no).unwrap().unwrap().fate, Fate::Delivered);

        // There is no such mailbox: on to the letter, which isn't set up, and so to the window.
        relay.answer(&[550]);
        waiting(&town, Role::Clerk, "lost", Command::Replace { card: CardRef::Id(town.card) });
        sent(&town).await;
        let told = mails(&town, To::Person(town.citizen)).remove(0);
        assert_eq!((told.fate, told.said.as_str(), told.new.kind.as_str()), (Fate::Dead, "550", "card-lost"));
        // Relays repeat whom they speak of: only the number is kept.
        let tries = town.app.city.outbox.tries(told.no).unwrap();
        assert!(tries.iter().all(|(_, said)| !said.contains("soonja")), "{tries:?}");
        let mut clerk = town.browser("clerk").await;
        let page = clerk.get("/clerk/notices").await;
        assert!(page.body.contains("김순자") && page.body.contains("분실 신고"), "{}", page.body);
        assert!(!page.body.contains("soonja"), "the window needs no address");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_does_not_know_us_or_hides_nothing_is_tried_again() {
    let relay = MailRelay::start(Some(("city", "s3cret")));
    let town = Town::with(testkit::Engine::Sqlite, by(&relay, Some(("city", "wrong"))));
    let mut me = town.browser("citizen").await;
    assert_eq!(give(&mut me, "a", ADDRESS).await, StatusCode::SEE_OTHER);
    sent(&town).await;
    let told = newest_code(&town);
    assert_eq!(
        (told.fate, told.said.as_str()),
        (Fate::Waiting, "535"),
        "it is not their mailbox that is wrong"
    );
    // Where TLS is wanted and there is none, nothing is said of whom it is for.
    let bare = MailRelay::start(None);
    let url = format!("smtp://{}", bare.address());
    let town = Town::with(testkit::Engine::Sqlite, move |app| {
        let mut outlets = Outlets::new(true);
        let mailer = Mailer::new(&over(&url, None), true).unwrap();
        outlets.set("email", Outlet::Mail(Box::new(mailer))).unwrap();
        app.outlets = outlets;
    });
    let mut me = town.browser("citizen").await;
    assert_eq!(give(&mut me, "a", ADDRESS).await, StatusCode::SEE_OTHER);
    sent(&town).await;
    let told = newest_code(&town);
    assert_eq!((told.fate, told.tries), (Fate::Waiting, 1));
    assert!(bare.letters().is_empty());
    assert!(
        bare.said().iter().all(|line| !line.contains("soonja") && !line.starts_with("MAIL")),
        "{:?}",
        bare.said()
    );
    // A relay that is away is tried again too.
    let gone = format!("smtp://127.0.0.1:{}?tls=none", testkit::free_port());
    let town = Town::with(testkit::Engine::Sqlite, move |app| {
        let mut outlets = Outlets::new(true);
        let mailer = Mailer::new(&over(&gone, None), true).unwrap();
        outlets.set("email", Outlet::Mail(Box::new(mailer))).unwrap();
        app.outlets = outlets;
    });
    let mut me = town.browser("citizen").await;
    give(&mut me, "a", ADDRESS).await;
    sent(&town).await;
    let told = newest_code(&town);
    assert_eq!((told.fate, told.said.as_str()), (Fate::Waiting, "the relay is away"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_is_refused_and_nobody_fills_a_strangers_inbox() {
    for engine in testkit::engines() {
        let relay = MailRelay::start(None);
        let town = Town::with(engine, by(&relay, None));
        let mut me = town.browser("citizen").await;
        for address in [
            "",
            "soonja",
            "soonja@example.kr, other@example.kr",
            "soonja@example.kr\r\nBcc: other@example.kr",
            "soonja@example.kr\nRCPT TO:<other@example.kr>",
            "<soonja@example.kr>",
            "순자@example.kr",
            "soonja@127.0.0.1",
        ] {
            me.get("/notices/mail").await;
            let answer = me.post("/notices/mail", &[("request_key", "k"), ("address", address)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
            assert!(
                answer.body.contains("id=\"address-error\"") && answer.body.contains("mail.address"),
                "{address}"
            );
        }
        // Five codes a day, whatever was removed between.
        for no in 0..5 {
            assert_eq!(give(&mut me, &format!("a{no}"), ADDRESS).await, StatusCode::SEE_OTHER);
            let key = format!("r{no}");
            me.post("/notices/mail/remove", &[("request_key", key.as_str())]).await;
        }
        let answer = me.post("/notices/mail", &[("request_key", "a9"), ("address", ADDRESS)]).await;
        assert!(answer.body.contains("mail.many"), "{}", answer.body);
        sent(&town).await;
        assert!(relay.letters().is_empty(), "all of them were taken back before they went out");
        later(&town, 86_400);
        assert_eq!(give(&mut me, "b", ADDRESS).await, StatusCode::SEE_OTHER);
        sent(&town).await;
        let right = code(&read(&relay.letters().pop().unwrap()));
        // Five wrong ones, and the right one is worth nothing.
        for no in 0..5 {
            let key = format!("c{no}");
            let answer =
                me.post("/notices/mail/confirm", &[("request_key", key.as_str()), ("code", "x")]).await;
            assert!(answer.body.contains("mail.code-wrong"), "{}", answer.body);
        }
        let answer = me.post("/notices/mail/confirm", &[("request_key", "c9"), ("code", &right)]).await;
        assert!(answer.body.contains("mail.nothing"), "{}", answer.body);
        // A day later a code is worth nothing either.
        give(&mut me, "d", ADDRESS).await;
        sent(&town).await;
        let right = code(&read(&relay.letters().pop().unwrap()));
        later(&town, 86_401);
        me.get("/notices/mail").await;
        let answer = me.post("/notices/mail/confirm", &[("request_key", "d9"), ("code", &right)]).await;
        assert!(answer.body.contains("mail.nothing"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_is_told_by_mail_of_what_is_paid_out() {
    for engine in testkit::engines() {
        let relay = MailRelay::start(None);
        let town = Town::with(engine, by(&relay, None));
        let mut owner = town.browser("merchant").await;
        confirmed(&town, &mut owner, &relay, "owner@shop.example.kr").await;
        // Another shop's owner sees nothing of it, and a till has no such page.
        assert!(!town.browser("other").await.get("/notices/mail").await.body.contains("owner@shop"));
        assert_eq!(town.browser("till").await.get("/notices/mail").await.status, StatusCode::SEE_OTHER);
        let body = format!(r#"{{"card":"{}","merchant":"{}","amount":9000}}"#, town.card, town.shop);
        let paid = town.call("citizen", Method::POST, "/api/v1/payments", Some("p"), &body).await;
        assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        relay.letters();
        // Settled at night: the shop hears of it in the morning.
        later(&town, 14 * 3_600);
        waiting(&town, Role::System, "settle", Command::Settle { from: 0, at_most: 10 });
        sent(&town).await;
        assert!(relay.letters().is_empty(), "nobody is disturbed at night");
        later(&town, 10 * 3_600);
        sent(&town).await;
        let letter = relay.letters().pop().unwrap();
        assert_eq!(letter.to, ["owner@shop.example.kr"]);
        assert!(read(&letter).contains("9,000원"), "{}", read(&letter));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demos_inboxes_show_the_mail_with_its_code() {
    let town = Town::with(testkit::Engine::Sqlite, |app| app.outlets = Outlets::of_demo());
    let mut me = town.browser("citizen").await;
    assert_eq!(give(&mut me, "a", ADDRESS).await, StatusCode::SEE_OTHER);
    sent(&town).await;
    let page = me.get("/demo/inboxes").await;
    assert!(page.body.contains(">메일</td>") && page.body.contains("확인 번호는"), "{}", page.body);
    let text = page.body.split("확인 번호는").nth(1).unwrap();
    let right = code(text);
    me.get("/notices/mail").await;
    let done = me.post("/notices/mail/confirm", &[("request_key", "c"), ("code", &right)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = me.get("/demo/inboxes").await;
    assert!(!page.body.contains("확인 번호는"), "it is worth nothing any more");
    // A city that can't send mail takes no address.
    let without = Town::new(testkit::Engine::Sqlite);
    let page = without.browser("citizen").await.get("/notices/mail").await;
    assert!(
        page.body.contains("지금은 메일로 알리지 않아요") && !page.body.contains("name=\"address\""),
        "{}",
        page.body
    );
}
