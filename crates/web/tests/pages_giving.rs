//! Gifts on pages: a citizen gives always and once, gets a receipt and follows it; a shop applies, is checked, gets its
//! plaque and gives from April; the Community Chest spends with a document and tells what it became.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::Role;
use city::{CardRef, Command, OnGiving};
use common::{Answer, Browser, Town, ask, field};

fn key_of(page: &Answer, action: &str) -> String {
    let form = page.body.split(&format!("action=\"{action}\"")).nth(1);
    field(form.unwrap_or_else(|| panic!("{action}: {}", page.body)), "request_key").unwrap()
}

async fn sent(browser: &mut Browser<'_>, at: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(at).await;
    assert_eq!(page.status, StatusCode::OK, "{at}: {}", page.body);
    let key = key_of(&page, action);
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post_and_follow(action, &all).await
}

fn pays(town: &Town, amount: i64, key: &str) {
    let (card, merchant) = (CardRef::Id(town.card), town.shop);
    let pay = Command::Pay { card, merchant, amount, pin: None, order: None };
    does(town, Role::Citizen(town.citizen), key, pay);
}

fn does(town: &Town, role: Role, key: &str, command: Command) {
    tokio::task::block_in_place(|| ask(&town.app.city, role, key, command));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_gives_and_follows_the_gift() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut citizen = town.browser("citizen").await;
        let here = "/wallet/giving";
        let wrong =
            sent(&mut citizen, here, "/wallet/giving/standing", &[("share", "101"), ("purpose", "0")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"share-error\""), "{}", wrong.body);
        let fields = [("share", "50"), ("purpose", "1"), ("named", "0")];
        let page = sent(&mut citizen, here, "/wallet/giving/standing", &fields).await;
        assert!(page.body.contains("적립금의 50%를 나누고 있어요"), "{}", page.body);
        pays(&town, 12_000, "pay-1");
        let page = citizen.get(here).await;
        assert!(page.body.contains("지금까지 600원을 나눴어요"), "{}", page.body);
        // The payment's own receipt says so.
        let paid = town.app.city.shared.read().books.last_posting();
        let receipt = citizen.get(&format!("/wallet/receipts/{paid}")).await;
        assert!(receipt.body.contains("적립금에서 기부했어요"), "{}", receipt.body);
        let once =
            sent(&mut citizen, here, "/wallet/giving/once", &[("amount", "200"), ("purpose", "0")]).await;
        assert!(once.body.contains("기부했어요"), "{}", once.body);

        // One receipt for the year, the original; then a copy.
        let receipt = sent(&mut citizen, here, "/wallet/giving/receipts", &[("year", "2021")]).await;
        for text in [
            "기부금 영수증",
            "2021-000001",
            "원본",
            "전북사회복지공동모금회",
            "주민등록번호는 받지 않아요",
            "800",
        ] {
            assert!(receipt.body.contains(text), "{text}: {}", receipt.body);
        }
        let follow = receipt.body.split("/giving/follow?").nth(1).unwrap().split('"').next().unwrap();
        let follow = format!("/giving/follow?{}", follow.replace("&amp;", "&").replace("&#38;", "&"));
        let print = "/giving/receipts/2021-000001/print";
        let copy = sent(&mut citizen, "/giving/receipts/2021-000001", print, &[]).await;
        assert!(copy.body.contains("사본 (인쇄 2번째)"), "{}", copy.body);
        // Anyone who has the paper can follow it; nobody else, and it names nobody.
        let mut stranger = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
        let page = stranger.get(&follow).await;
        assert_eq!(page.status, StatusCode::OK, "{follow}: {}", page.body);
        assert!(
            page.body.contains("영수증이 맞아요") && page.body.contains("아직 쓰이지 않았어요"),
            "{}",
            page.body
        );
        for named in ["김순자".to_owned(), town.citizen.to_string(), town.card.to_string()] {
            assert!(!page.body.contains(&named), "{named}: {}", page.body);
        }
        // A number that was given and one that wasn't are told apart by nobody who doesn't have the word.
        let told = |answer: &Answer| {
            let said =
                answer.body.split("serial-error\">").nth(1).unwrap_or_else(|| panic!("{}", answer.body));
            (answer.status, said.split('<').next().unwrap().to_owned())
        };
        let given = told(&stranger.get("/giving/follow?serial=2021-000001&word=00000000").await);
        assert_eq!(given.0, StatusCode::NOT_FOUND);
        for guess in ["serial=2021-000002&word=00000000", "serial=2021-000001&word=", "serial=2021-000001"] {
            assert_eq!(told(&stranger.get(&format!("/giving/follow?{guess}")).await), given, "{guess}");
        }
        // Who comes without a number finds the form, and where a number is found.
        for empty in ["/giving/follow", "/giving/follow?serial=&word="] {
            let page = stranger.get(empty).await;
            assert_eq!(page.status, StatusCode::OK, "{empty}: {}", page.body);
            assert!(
                page.body.contains("action=\"/giving/follow\"") && page.body.contains("‘일련번호’"),
                "{empty}"
            );
            assert!(!page.body.contains("serial-error"), "{}", page.body);
        }
        let other = stranger.get("/giving/receipts/2021-000001").await;
        assert_eq!(other.status, StatusCode::SEE_OTHER);
        let all = stranger.get("/giving").await;
        assert!(all.body.contains("800") && all.body.contains("시민 1명"), "{}", all.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_applies_and_the_chest_spends() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut owner = town.browser("merchant").await;
        let page =
            sent(&mut owner, "/shop/giving", "/shop/giving/apply", &[("rate", "1"), ("purpose", "0")]).await;
        assert!(page.body.contains("신청을 접수했어요"), "{}", page.body);
        let mut officer = town.browser("officer").await;
        let decide = format!("/desk/giving/{}", town.shop);
        let why = sent(&mut officer, "/desk/giving", &decide, &[("do", "unfit"), ("note", "")]).await;
        assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
        sent(&mut officer, "/desk/giving", &decide, &[("do", "fit")]).await;
        sent(&mut officer, "/desk/giving", &decide, &[("do", "plaque")]).await;
        let mut stranger = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
        let plaque = stranger.get(&format!("/angels/{}/plaque", town.shop)).await;
        assert!(plaque.body.contains("제1호") && plaque.body.contains("<svg"), "{}", plaque.body);

        town.on(2021, 4, 1);
        pays(&town, 50_000, "pay-april");
        does(&town, Role::System, "settle", Command::Settle { from: 0, at_most: 100 });
        does(&town, Role::System, "pass", Command::OnGiving(OnGiving::Pass));
        let angel = stranger.get(&format!("/angels/{}", town.shop)).await;
        assert!(angel.body.contains("500"), "{}", angel.body);

        let chest = {
            let view = town.app.city.shared.read();
            let mut all = view.town.directory.organisations.all();
            all.find(|one| one.kind.code() == "community-chest").unwrap().id
        };
        let cookie = town.session("collector", Role::Organisation(chest)).await;
        let mut desk =
            Browser { town: &town, cookies: vec![("session".into(), cookie)], csrf: String::new() };
        let page = desk.get("/chest").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        adds_up(&page);
        let key = key_of(&page, "/chest/spendings");
        let spent = upload(&desk, &key).await;
        assert_eq!(spent.status, StatusCode::SEE_OTHER, "{}", spent.body);
        let all = stranger.get("/giving").await;
        for text in ["교재 인쇄", "300원", "12명이 배웠어요"] {
            assert!(all.body.contains(text), "{text}: {}", all.body);
        }
        let key = key_of(&desk.get("/chest").await, "/chest/summary");
        let fields =
            [("request_key", key.as_str()), ("year", "2021"), ("form", "xlsx"), ("why", "연말에 보고해요")];
        let file = desk.post("/chest/summary", &fields).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    }
}

/// What is left is what was given less what was spent, and is held or on its way; so it is for each purpose.
fn adds_up(page: &Answer) {
    let won = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<i64>().unwrap_or_else(|_| panic!("{text:?} in {}", page.body))
    };
    let after = |name: &str| {
        let row = page.body.split(&format!("<dt>{name}</dt><dd class=\"nowrap\">")).nth(1);
        won(row.unwrap_or_else(|| panic!("no {name}: {}", page.body)).split('<').next().unwrap())
    };
    let [given, spent, left] = ["모인 돈", "쓴 돈", "남은 돈"].map(after);
    let [held, coming] = ["이 가운데 지금 쓸 수 있는 돈", "이 가운데 시에서 올 돈"].map(after);
    assert_eq!((given - spent, held + coming), (left, left), "{}", page.body);
    let of_purposes = page.body.split("class=\"muted\">남은 돈 ").skip(1);
    let of_purposes: i64 = of_purposes.map(|part| won(part.split('<').next().unwrap())).sum();
    assert_eq!(of_purposes, left, "{}", page.body);
}

/// A spending with its document, as a browser sends it.
async fn upload(desk: &Browser<'_>, key: &str) -> Answer {
    let fields = [
        ("csrf", desk.csrf.as_str()),
        ("request_key", key),
        ("purpose", "0"),
        ("amount", "300"),
        ("payee", "평화사회복지관"),
        ("what", "교재 인쇄"),
        ("outcome", "12명이 배웠어요"),
    ];
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--X\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\r\n%PDF\r\n--X--\r\n";
    let cookies: Vec<String> = desk.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::builder().method(Method::POST).uri("/chest/spendings");
    let request = request.header(header::COOKIE, cookies.join("; "));
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
    desk.town.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_ticks_all_at_once() {
    let town = Town::new(testkit::Engine::Sqlite);
    let apply = |merchant| Command::OnGiving(OnGiving::Apply { merchant, rate: Some(100), purpose: 0 });
    for (key, shop) in [("one", town.shop), ("two", town.other_shop)] {
        does(&town, Role::Merchant(shop), key, apply(shop));
    }
    let mut desk = town.browser("officer").await;
    let ticked = |page: &Answer| page.body.matches("form=\"several\" checked>").count();
    let page = desk.get("/desk/giving").await;
    assert!(page.body.contains("현판을 받은 가게가 없어요") && !page.body.contains("0곳"), "{}", page.body);
    assert!(page.body.contains("href=\"/desk/giving?tick=all#applied\">2건 모두 고르기"), "{}", page.body);
    assert_eq!(ticked(&page), 0);
    let page = desk.get("/desk/giving?tick=all").await;
    assert_eq!(ticked(&page), 2, "{}", page.body);
    assert!(page.body.contains("고른 것 모두 빼기"), "{}", page.body);
    let key = key_of(&page, "/desk/giving/several");
    let (one, two) = (town.shop.to_string(), town.other_shop.to_string());
    let fields = [("request_key", key.as_str()), (one.as_str(), "1"), (two.as_str(), "1")];
    let page = desk.post_and_follow("/desk/giving/several", &fields).await;
    assert!(page.body.contains("고른 신청을 확인했어요"), "{}", page.body);

    // What is refused says its name once.
    let refused = desk.get("/angels/nobody").await;
    let (_, body) = refused.body.split_once("<h1>").unwrap();
    let (title, rest) = body.split_once("</h1>").unwrap();
    assert!(!rest.contains(title), "{title} twice: {rest}");
}
