//! What is kept about a person, on their own page and at the window, against a real city.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode, header};
use base::{CardId, PersonId, Role};
use city::{CardRef, Command, NewCard, NewPerson, Reply};
use common::{Answer, Browser, Town, ask, field};
use economy::holder::show_card_number;
use economy::{CardKind, Facts};
use testkit::Engine;

/// A page's form, by its address: the value of one of its fields.
fn in_form(page: &str, action: &str, name: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}: {page}"));
    field(&page[at..], name).unwrap()
}

/// Reads a form's key off a page, and sends the form.
async fn send(browser: &mut Browser<'_>, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page).await;
    let key = in_form(&shown.body, action, "request_key");
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post_and_follow(action, &all).await
}

/// Somebody more, with a card.
fn enrol(town: &Town, name: &str, phone: &str, birth_day: i32) -> (PersonId, CardId) {
    let card = Some(NewCard { kind: CardKind::Plastic });
    let (name, phone) = (name.to_owned(), Some(phone.to_owned()));
    let key = format!("enrol-{birth_day}");
    let wish = NewPerson { name, phone, birth_day: Some(birth_day), district: None, card };
    let asked = |command, key: String| {
        std::thread::scope(|scope| {
            scope.spawn(|| ask(&town.app.city, Role::System, &key, command)).join().unwrap()
        })
    };
    match asked(Command::Enrol(wish), key) {
        Reply::Done { facts: Facts::Card { card, person, .. }, .. } => {
            asked(Command::TopUp { person, amount: 50_000 }, format!("top-up-{birth_day}"));
            (person, card)
        }
        other => panic!("{other:?}"),
    }
}

/// The id in the first form whose address begins so.
fn id_after(page: &str, begins: &str) -> String {
    let at = page.find(begins).unwrap_or_else(|| panic!("no {begins}: {page}")) + begins.len();
    page[at..].split(['/', '"']).next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_writes_down_what_the_citizen_then_reads() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let empty = me.get("/me").await;
        assert_eq!(empty.status, StatusCode::OK);
        for said in ["아직 적은 것이 없어요", "맡긴 사람이 없어요", "아직 한 일이 없어요", "동의하지 않음"]
        {
            assert!(empty.body.contains(said), "{said}: {}", empty.body);
        }
        let mut clerk = town.browser("clerk").await;
        let window = clerk.get(&format!("/clerk?find={}", town.citizen)).await;
        let page = format!("/clerk/people/{}/records", town.citizen);
        assert!(window.body.contains(&format!("href=\"{page}\"")));
        let facts = format!("/clerk/people/{}/facts", town.citizen);
        let wrong =
            send(&mut clerk, &page, &facts, &[("kind", "household-size"), ("value", "둘"), ("from", "곧")])
                .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("id=\"fact_value-error\"") && wrong.body.contains("id=\"fact_from-error\"")
        );
        assert_eq!(field(&wrong.body, "value").as_deref(), Some("둘"));
        let refused = send(
            &mut clerk,
            &page,
            &facts,
            &[("kind", "household-size"), ("value", "0"), ("source", "observed")],
        )
        .await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("fact.value"));
        let sheet = [
            ("kind", "household-size"),
            ("value", "3"),
            ("source", "document"),
            ("source_text", "가족관계증명서"),
        ];
        let kept = send(&mut clerk, &page, &facts, &sheet).await;
        assert!(
            kept.body.contains("적었어요.")
                && kept.body.contains("3명")
                && kept.body.contains("서류: 가족관계증명서"),
            "{}",
            kept.body
        );
        // The citizen's own word is newer, and the better source is named beside it.
        let own = r#"{"is":{"kind":"household-size","value":2},"source":{"kind":"declared"}}"#;
        let path = format!("/api/v1/people/{}/facts", town.citizen);
        town.call("citizen", Method::POST, &path, Some("own"), own).await;
        let mine = me.get("/me").await;
        assert!(mine.body.contains("2명") && mine.body.contains("‘3명’로 되어 있어요"), "{}", mine.body);
        assert!(!mine.body.contains("/strike"), "a citizen strikes nothing out");
        // Struck out with a reason, it is among what was.
        let shown = clerk.get(&page).await;
        let strike = format!("{facts}/{}/strike", id_after(&shown.body, &format!("{facts}/")));
        let short = send(&mut clerk, &page, &strike, &[("why", "확인")]).await;
        assert!(short.body.contains("reason.short"));
        let struck = send(&mut clerk, &page, &strike, &[("why", "본인이 잘못 말씀하셨어요")]).await;
        assert!(struck.body.contains("지웠어요: 본인이 잘못 말씀하셨어요"), "{}", struck.body);
        assert!(me.get("/me").await.body.contains("3명"));
        // In English too.
        me.get("/look?lang=en&back=/me").await;
        let english = me.get("/me").await;
        assert!(
            english.body.contains("What is kept about me") && english.body.contains("3 people"),
            "{}",
            english.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_in() {
    let town = Town::new(Engine::Sqlite);
    let (other, _) = enrol(&town, "이복순", "010-3141-5926", -9_000);
    let page = format!("/clerk/people/{other}/records");
    for (persona, path) in [
        ("clerk", "/me"),
        ("merchant", "/me"),
        ("till", "/me"),
        ("officer", "/me"),
        ("auditor", "/me"),
        ("citizen", page.as_str()),
        ("merchant", &page),
        ("till", &page),
        ("officer", &page),
        ("auditor", &page),
    ] {
        let mut visitor = town.browser(persona).await;
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{persona} {path}");
        assert_eq!(answer.headers[header::LOCATION], common::door(path).as_str());
        let posted = visitor
            .post(&path.replace("records", "facts"), &[("kind", "lives-alone"), ("value", "예")])
            .await;
        assert!(
            [StatusCode::SEE_OTHER, StatusCode::METHOD_NOT_ALLOWED].contains(&posted.status),
            "{persona} {path}"
        );
    }
    let mut clerk = town.browser("clerk").await;
    for nobody in ["per_0000000000001", "x"] {
        assert_eq!(clerk.get(&format!("/clerk/people/{nobody}/records")).await.status, StatusCode::NOT_FOUND);
    }
    // A form without its token changes nothing.
    let mut me = town.browser("citizen").await;
    me.csrf = "stale".to_owned();
    let stale = me.post("/me/consents", &[("purpose", "care"), ("request_key", "k")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(me.get("/me").await.body.contains("action=\"/me/consents\""));
    assert!(!me.get("/me").await.body.contains("action=\"/me/consents/withdraw\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_given_and_withdrawn() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let given = send(&mut me, "/me", "/me/consents", &[("purpose", "care")]).await;
        assert!(
            given.body.contains("동의를 받았어요") && given.body.contains("이 화면에서 동의"),
            "{}",
            given.body
        );
        let no = send(&mut me, "/me", "/me/consents/withdraw", &[("purpose", "care")]).await;
        assert!(no.body.contains("동의를 거두었어요") && no.body.contains("에 동의를 거둠"), "{}", no.body);
        // On paper, at the window; and for a child through a parent.
        let mut clerk = town.browser("clerk").await;
        let (child, _) = enrol(&town, "김하나", "010-3141-5926", 16_000);
        let page = format!("/clerk/people/{child}/records");
        let action = format!("/clerk/people/{child}/consents");
        let alone = send(&mut clerk, &page, &action, &[("purpose", "health"), ("by", "own")]).await;
        assert!(alone.body.contains("consent.guardian-needed"), "{}", alone.body);
        let nobody = send(
            &mut clerk,
            &page,
            &action,
            &[("purpose", "health"), ("by", "parent"), ("guardian", "010-0000-0001")],
        )
        .await;
        assert!(nobody.body.contains("id=\"consent_guardian-error\""), "{}", nobody.body);
        let sheet = [
            ("purpose", "health"),
            ("by", "parent"),
            ("guardian", "010-2345-6789"),
            ("paper", "풍남동 2021-17"),
        ];
        let kept = send(&mut clerk, &page, &action, &sheet).await;
        assert!(
            kept.body.contains("종이로 동의 (풍남동 2021-17)") && kept.body.contains("보호자가 동의"),
            "{}",
            kept.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_pays_and_the_person_reads_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        // The citizen lets somebody help, by telephone; then ends it.
        enrol(&town, "김영희", "010-3141-5926", 60);
        let mut me = town.browser("citizen").await;
        let wrong = [("to", "010-0000-0001"), ("per_payment", "x"), ("until", "곧")];
        let answer = send(&mut me, "/me", "/me/helpers", &wrong).await;
        for id in ["help_per_payment-error", "help_until-error"] {
            assert!(answer.body.contains(&format!("id=\"{id}\"")), "{id}: {}", answer.body);
        }
        // While that is wrong, a number of nobody's is answered like one of somebody's.
        let known = [("to", "010-3141-5926"), ("per_payment", "x"), ("until", "곧")];
        let known = send(&mut me, "/me", "/me/helpers", &known).await;
        assert!(!answer.body.contains("help_to-error") && !known.body.contains("help_to-error"));
        let nobody = send(&mut me, "/me", "/me/helpers", &[("to", "010-0000-0001"), ("see", "1")]).await;
        assert!(nobody.body.contains("id=\"help_to-error\""), "{}", nobody.body);
        let empty = send(&mut me, "/me", "/me/helpers", &[("to", "010-3141-5926")]).await;
        assert!(empty.body.contains("delegation.empty"));
        let good =
            [("to", "01031415926"), ("tie", "family"), ("per_payment", "20,000"), ("per_month", "30,000")];
        let given = send(&mut me, "/me", "/me/helpers", &good).await;
        assert!(
            given.body.contains("김*희")
                && !given.body.contains("김영희")
                && given.body.contains("한 번에 20,000원, 한 달에 30,000원까지"),
            "{}",
            given.body
        );
        let revoke = format!("/me/helpers/{}/revoke", id_after(&given.body, "/me/helpers/"));
        let ended = send(&mut me, "/me", &revoke, &[]).await;
        assert!(ended.body.contains("지난 도움 1건") && !ended.body.contains(&revoke), "{}", ended.body);
        // The other way round: the citizen helps, and pays from /me.
        let (mother, card) = enrol(&town, "이복순", "010-2718-2818", -9_000);
        let mut clerk = town.browser("clerk").await;
        let page = format!("/clerk/people/{mother}/records");
        let action = format!("/clerk/people/{mother}/helpers");
        let mine = show_card_number(town.card_number);
        let good =
            [("to", mine.as_str()), ("tie", "carer"), ("per_payment", "20,000"), ("per_month", "30,000")];
        let given = send(&mut clerk, &page, &action, &good).await;
        assert!(given.body.contains("김순자"), "{}", given.body);
        let shown = me.get("/me").await;
        assert!(
            shown.body.contains("이복순") && shown.body.contains("이번 달에 30,000원까지"),
            "{}",
            shown.body
        );
        let number = town.app.city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().number;
        assert!(
            !shown.body.contains(&show_card_number(number)) && !shown.body.contains("50,000원"),
            "no balance, no number"
        );
        let whom = mother.to_string();
        let bad =
            send(&mut me, "/me", "/me/payments", &[("person", &whom), ("shop", "nowhere"), ("amount", "0")])
                .await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.body.contains("href=\"#shop\"") || bad.body.contains("-error"), "{}", bad.body);
        let pay = [("person", whom.as_str()), ("shop", "123-45-67891"), ("amount", "20,000")];
        let paid = send(&mut me, "/me", "/me/payments", &pay).await;
        assert!(
            paid.body.contains("이복순님 카드로 남부시장 반찬에서 20,000원을 결제했어요"),
            "{}",
            paid.body
        );
        assert!(paid.body.contains("이번 달에 10,000원까지"), "{}", paid.body);
        let over = send(&mut me, "/me", "/me/payments", &pay).await;
        assert!(over.body.contains("delegation.month-limit"), "{}", over.body);
        let own = town.citizen.to_string();
        let stranger = [("person", own.as_str()), ("shop", "123-45-67891"), ("amount", "1,000")];
        assert_eq!(send(&mut me, "/me", "/me/payments", &stranger).await.status, StatusCode::NOT_FOUND);
        // The person is told: at the window, and on her own page by a link to her receipt.
        assert!(!shown.body.contains("/me/helped"), "who may only pay doesn't see");
        let look = me.post("/me/helped", &[("person", whom.as_str()), ("request_key", "peek")]).await;
        assert!(
            look.body.contains("delegation.not-given") && !look.body.contains("32,000원"),
            "{}",
            look.body
        );
        let told = clerk.get(&page).await;
        assert!(told.body.contains("김순자님이 남부시장 반찬에서 20,000원을 결제했어요"), "{}", told.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_intake_the_clerk_is_asked_and_links() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = town.browser("clerk").await;
        // A slip in the name, the same birthday and telephone.
        let born = base::date_of_day(-9_800).to_string();
        let same = town.citizen.to_string();
        let good =
            [("name", "김순쟈"), ("born", born.as_str()), ("phone", "01023456789"), ("kind", "plastic")];
        let asked = send(&mut clerk, "/clerk", "/clerk/people", &good).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in [
            "이미 계신 분일 수 있어요",
            "생일, 전화번호 같음",
            "이름 비슷함",
            "010-••••-6789",
            "이 기록 쓰기",
        ] {
            assert!(asked.body.contains(said), "{said}: {}", asked.body);
        }
        let before = town.app.city.shared.read().town.directory.holders().len();
        let mut yes = good.to_vec();
        yes.extend([("sure", same.as_str()), ("why", "확인")]);
        let short = send(&mut clerk, "/clerk", "/clerk/people", &yes).await;
        assert!(short.body.contains("id=\"alike_why-error\""), "{}", short.body);
        assert_eq!(town.app.city.shared.read().town.directory.holders().len(), before, "nobody was taken in");
        yes.last_mut().unwrap().1 = "신분증을 보고 확인했어요";
        let done = send(&mut clerk, "/clerk", "/clerk/people", &yes).await;
        assert!(done.body.contains("김순쟈님을 받고"), "{}", done.body);
        // Parted again at the window, when it was wrong.
        let page = format!("/clerk/people/{same}/records");
        let shown = clerk.get(&page).await;
        let links = format!("/clerk/people/{same}/links/");
        let other = id_after(&shown.body, &links);
        assert!(shown.body.contains("김순쟈"), "{}", shown.body);
        let why = [("why", "가족관계등록부를 보니 다른 분이에요")];
        let parted = send(&mut clerk, &page, &format!("{links}{other}/unlink"), &why).await;
        assert!(
            parted.body.contains("두 기록을 나누었어요") && parted.body.contains("이어진 기록이 없어요"),
            "{}",
            parted.body
        );
        // And linked by hand.
        let action = format!("/clerk/people/{same}/links");
        let fields = [("other", other.as_str()), ("why", "다시 확인하니 같은 분이에요")];
        let linked = send(&mut clerk, &page, &action, &fields).await;
        assert!(linked.body.contains("같은 사람으로 이었어요"), "{}", linked.body);
        // Her own page shows what is kept with either.
        let mut me = town.browser("citizen").await;
        assert!(me.get("/me").await.body.contains("김순쟈"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_who_may_see_looks_and_the_person_is_told() {
    let town = Town::new(Engine::Sqlite);
    let (mother, _) = enrol(&town, "이복순", "010-2718-2818", -9_000);
    let mut clerk = town.browser("clerk").await;
    let page = format!("/clerk/people/{mother}/records");
    let helpers = format!("/clerk/people/{mother}/helpers");
    let mine = show_card_number(town.card_number);
    let given = send(&mut clerk, &page, &helpers, &[("to", mine.as_str()), ("see", "1")]).await;
    assert!(given.body.contains("잔액과 쓴 내역을 볼 수 있어요"), "{}", given.body);
    let mut me = town.browser("citizen").await;
    let before = me.get("/me").await;
    assert!(before.body.contains("action=\"/me/helped\"") && !before.body.contains("50,000원"));
    assert!(!before.body.contains("/me/payments"), "who may only see doesn't pay");
    let whom = mother.to_string();
    let seen = send(&mut me, "/me", "/me/helped", &[("person", &whom)]).await;
    assert!(seen.body.contains("50,000원") && seen.body.contains("충전"), "{}", seen.body);
    let told = clerk.get(&page).await;
    assert_eq!(told.body.matches("김순자님이 잔액과 쓴 내역을 봤어요").count(), 1);
    // Ended, the same form shows nothing more, whatever was answered under its key before.
    let key = in_form(&before.body, "/me/helped", "request_key");
    let fields = [("request_key", key.as_str()), ("person", whom.as_str())];
    assert!(me.post("/me/helped", &fields).await.body.contains("50,000원"));
    let revoke = format!("{helpers}/{}/revoke", id_after(&told.body, &format!("{helpers}/")));
    send(&mut clerk, &page, &revoke, &[("person", &whom)]).await;
    let after = me.post_and_follow("/me/helped", &fields).await;
    assert!(!after.body.contains("50,000원"), "{}", after.body);
}
