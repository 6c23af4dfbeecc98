//! What a citizen does, and what every page says.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_tops_up_pays_reads_why_and_freezes() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        tops_up(&mut me).await;
        let id = pays(&mut me).await;
        let receipt = reads(&mut me, &id).await;
        a_stranger_checks(&town, &receipt).await;
        freezes(&town, &mut me).await;
    }
}

fn says(answer: &Answer, parts: &[&str]) {
    let said = text(answer);
    for part in parts {
        assert!(said.contains(part), "{part}: {said}");
    }
}

async fn tops_up(me: &mut Browser<'_>) {
    let page = me.get("/wallet").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    says(
        &page,
        &["100,000", "1,000,000원까지 더 쓰면 10% 적립돼요", "내 돈", "캐시백", "1,900,000원까지 충전"],
    );
    let key = in_form(&page.body, "/wallet/top-up", "request_key");
    let fields = [("request_key", key.as_str()), ("amount", "50,000")];
    let page = me.post_and_follow("/wallet/top-up", &fields).await;
    says(&page, &["50,000원을 충전했어요. 이제 150,000원을 쓸 수 있어요."]);
}

/// By the shop's business number. Gives the payment's id.
async fn pays(me: &mut Browser<'_>) -> String {
    let sent = pay_form(me, "123-45-67891", "12,000").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let paid = me.get(&location(&sent)).await;
    let earned = "12,000원의 10%인 1,200원이 적립됐어요";
    says(&paid, &["결제했어요", "남부시장 반찬", "12,000", "+1,200원", earned, "139,200원"]);
    assert!(paid.body.contains("data-clock") && paid.body.contains("data-offset=\"540\""));
    location(&sent).rsplit('/').next().unwrap().to_owned()
}

/// The history, newest first, and the receipt behind it.
async fn reads(me: &mut Browser<'_>, id: &str) -> Answer {
    let history = me.get("/wallet/history").await;
    says(&history, &["이번 달에 12,000원을 쓰고 1,200원을 적립했어요"]);
    let said = text(&history);
    let order = ["남부시장 반찬", "+50,000원", "+100,000원"].map(|part| said.find(part).unwrap());
    assert!(order.is_sorted(), "{said}");
    let receipt = me.get(&format!("/wallet/receipts/{id}")).await;
    let parts = [
        "남부시장 반찬",
        "123-45-67891",
        "김*자",
        "2021년 2월 24일(수)",
        "남부시장 반찬이 받을 돈",
        "시의 캐시백",
        "2021년 캐시백 예산의 쓴 몫",
        "이번 달 내 한도의 쓴 몫",
        "근거: 전주시 2021-01-20",
    ];
    says(&receipt, &parts);
    receipt
}

/// Who was handed the paper learns that it is right, and no name.
async fn a_stranger_checks(town: &Town, receipt: &Answer) {
    let address = receipt.body.split("http://127.0.0.1:8080/p/").nth(1).unwrap().split('"').next().unwrap();
    let mut stranger = Browser { town, cookies: Vec::new(), csrf: String::new() };
    let checked = stranger.get(&format!("/p/{address}")).await;
    assert_eq!(checked.status, StatusCode::OK);
    says(&checked, &["장부에 그대로 있어요", "남부시장 반찬", "12,000"]);
    assert!(!checked.body.contains("김*자"));
    let (id, seal) = address.rsplit_once('-').unwrap();
    let next = PostingNo(id.parse::<PostingNo>().unwrap().0 - 1);
    for forged in [format!("{next}-{seal}"), format!("{id}-{}", seal.replace(&seal[..1], "_")), id.to_owned()]
    {
        assert_eq!(stranger.get(&format!("/p/{forged}")).await.status, StatusCode::NOT_FOUND);
    }
}

/// The next payment is refused, and says what to do.
async fn freezes(town: &Town, me: &mut Browser<'_>) {
    let page = me.get("/wallet").await;
    let action = format!("/wallet/cards/{}/freeze", town.card);
    let key = in_form(&page.body, &action, "request_key");
    let frozen = me.post_and_follow(&action, &[("request_key", &key)]).await;
    says(&frozen, &["카드를 멈췄어요"]);
    let refused = pay_form(me, "1234567891", "1000").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    says(&refused, &["멈춰 둔 카드예요", "다시 쓰기를 눌러 주세요", "card.frozen"]);
    assert_eq!(field(&refused.body, "amount").as_deref(), Some("1000"), "what was typed is kept");
    let action = format!("/wallet/cards/{}/unfreeze", town.card);
    let key = in_form(&refused.body, &action, "request_key");
    let back = me.post_and_follow(&action, &[("request_key", &key)]).await;
    says(&back, &["카드를 다시 쓸 수 있어요"]);
    assert_eq!(pay_form(me, &town.shop.to_string(), "1,000원").await.status, StatusCode::SEE_OTHER);
}

fn holds(town: &Town, person: PersonId) -> i64 {
    let view = town.app.city.shared.read();
    city::read::wallet::wallet(&view.town, &view.books, person, base::date(2021, 2, 23)).unwrap().total
}

#[tokio::test(flavor = "multi_thread")]
async fn gifts_and_the_rest_withdrawn() {
    let town = Town::new(Engine::Sqlite);
    let (other, _) = neighbour(&town);
    let mut me = town.browser("citizen").await;
    let page = me.get("/wallet").await;
    let key = in_form(&page.body, "/wallet/gift", "request_key");
    let fields = [("request_key", key.as_str()), ("to", "01011112222"), ("amount", "5,000")];
    let page = me.post_and_follow("/wallet/gift", &fields).await;
    assert!(text(&page).contains("박*수님에게 5,000원을 선물했어요"), "{}", text(&page));
    assert_eq!(holds(&town, other), 55_000);
    // 60 % of 100,000 must be spent at shops; a gift is not spending.
    let page = me.get("/wallet").await;
    assert!(
        text(&page).contains("60%를 쓰면 돌려받을 수 있어요. 60,000원을 더 써야 해요."),
        "{}",
        text(&page)
    );
    pay(&town, town.card, 60_000, "spent");
    let page = me.get("/wallet").await;
    let said = text(&page);
    assert!(said.contains("35,000원을 연결된 은행 계좌로 돌려받을 수 있어요"), "{said}");
    let key = in_form(&page.body, "/wallet/withdraw", "request_key");
    let page = me.post_and_follow("/wallet/withdraw", &[("request_key", &key)]).await;
    let said = text(&page);
    assert!(said.contains("35,000원을 연결된 은행 계좌로 보냈어요"), "{said}");
    assert!(said.contains("지금은 돌려받을 내 돈이 없어요"), "{said}");
    assert!(said.contains("지금 쓸 수 있는 돈 6,000 원"), "{said}");
}

/// Of a number that is a card's and of one that is nobody's, whoever has nothing to give is told the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_nothing_to_give_finds_no_card() {
    let town = Town::new(Engine::Sqlite);
    let (other, _) = neighbour(&town);
    let known = {
        let view = town.app.city.shared.read();
        let cards = view.town.directory.cards();
        cards.iter().find(|card| card.person == other).unwrap().number
    };
    let nobodys = (known + 10..).map(|number| format!("{number:016}"));
    let nobodys = { nobodys }.find(|text| economy::holder::parse_card_number(text).is_some()).unwrap();
    let mut me = town.browser("citizen").await;
    let mut gift = async |to: &str, key: &str| {
        let fields = [("request_key", key), ("to", to), ("amount", "1")];
        let answer = me.post("/wallet/gift", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        let claim = me.post("/wallet/prepaid/99999/gift", &[("request_key", key), ("to", to)]).await;
        assert!(claim.body.contains("claim.unknown"), "{}", claim.body);
        (text(&answer), answer.body.contains("<li><a href=\"#to\">"))
    };
    let (said, at_the_card) = gift(&nobodys, "rich").await;
    assert!(at_the_card && said.contains("받을 사람을 찾지 못했어요"), "{said}");
    pay(&town, town.card, 100_000, "all");
    for to in [format!("{known:016}"), nobodys] {
        let (said, at_the_card) = gift(&to, "poor").await;
        assert!(!at_the_card && said.contains("선물할 내 돈이 없어요"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_say_what_is_carried_and_what_is_gone() {
    let town = Town::new(Engine::Sqlite);
    system(&town, "more", Command::TopUp { person: town.citizen, amount: 1_400_000 });
    pay(&town, town.card, 999_000, "p1");
    // The cashback goes first: 3,000 of own money, and 1,000 of the limit left.
    let paid = pay(&town, town.card, 102_900, "p2");
    let mut me = town.browser("citizen").await;
    let said = text(&me.get("/wallet").await);
    assert!(said.contains("이번 달 적립 한도를 다 썼어요. 3월 1일(월)부터 다시 적립돼요."), "{said}");
    let said = text(&me.get(&format!("/wallet/paid/{paid}")).await);
    assert!(said.contains("이번 달 한도가 1,000원 남아서 그만큼만 적립됐어요."), "{said}");
    // Another trade, another month, a closed shop.
    let march = town.app.city.shared.read().town.zone.instant(base::date(2021, 3, 2), 10, 0);
    town.clock.jump_to(march);
    let said = text(&me.get("/wallet").await);
    assert!(said.contains("이번 달에 500,000원까지 더 쓰면 10% 적립돼요"), "{said}");
    let pack = Arc::clone(&town.app.city.shared.read().town.pack);
    let trade = pack.city.trades.iter().find(|t| t.is_excluded()).unwrap().id.clone();
    let mart = Command::Join(NewMerchant {
        name: "큰마트".into(),
        business_number: "214-88-02847".into(),
        trade,
        district: "4511153000".into(),
        sales: None,
        owner: None,
    });
    system(&town, "mart", mart);
    let answer = pay_form(&mut me, "214-88-02847", "1000").await;
    assert!(
        answer.body.contains("shop.excluded") && answer.body.contains("id=\"shop-error\""),
        "{}",
        text(&answer)
    );
    system(&town, "close", Command::CloseShop { merchant: town.other_shop });
    let answer = pay_form(&mut me, "220-81-62517", "1000").await;
    assert!(answer.body.contains("shop.closed"), "{}", text(&answer));
}

/// One of everything that can stand in a history, and the address of every page about it.
fn busy(town: &Town) -> Vec<String> {
    let (other, _) = neighbour(town);
    let mine = pay(town, town.card, 12_000, "p1");
    let refund = Command::Refund { payment: mine, amount: Some(5_000) };
    let refund = posting(&system(town, "r1", refund));
    let number = {
        let view = town.app.city.shared.read();
        let cards = view.town.directory.cards();
        cards.iter().find(|card| card.person == other).unwrap().number
    };
    let to = CardRef::Number(number);
    let gift = posting(&system(town, "g1", Command::Gift { from: town.citizen, to, amount: 3_000 }));
    let card = CardRef::Id(town.card);
    let hold = |key: &str, amount| {
        posting(&system(town, key, Command::Authorise { card, merchant: town.shop, amount, pin: None }))
    };
    let (held, taken, let_go) = (hold("h1", 9_000), hold("h2", 8_000), hold("h3", 7_000));
    let merchant = Role::Merchant(town.shop);
    let capture = Command::Capture { authorisation: taken, amount: Some(6_000) };
    let captured = posting(&act(town, merchant, "c1", capture));
    let void = posting(&act(town, merchant, "v1", Command::Void { authorisation: let_go }));
    // Enough is spent (what is only reserved is not), then the rest is withdrawn.
    pay(town, town.card, 48_000, "p2");
    let withdrawn = posting(&system(town, "w1", Command::Withdraw { person: town.citizen }));
    let top_up = PostingNo(2);
    let receipts = [mine, refund, gift, held, taken, captured, void, withdrawn, top_up];
    let mut pages = vec![
        "/wallet".to_owned(),
        "/wallet/large".to_owned(),
        "/wallet/history".to_owned(),
        format!("/wallet?code={}", town.shop),
        format!("/wallet/paid/{captured}"),
        format!("/wallet?done={gift}"),
        format!("/wallet?done={withdrawn}"),
        format!("/wallet?done={top_up}"),
        format!("/wallet?card={}", town.card),
        "/wallet?code=nonsense".to_owned(),
    ];
    pages.extend(receipts.map(|no| format!("/wallet/receipts/{no}")));
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_speaks_both_languages() {
    let town = Town::new(Engine::Sqlite);
    let pages = busy(&town);
    let mut me = town.browser("citizen").await;
    for lang in ["ko", "en"] {
        me.get(&format!("/look?lang={lang}&back=/")).await;
        for path in &pages {
            let answer = me.get(path).await;
            let expected = if path.ends_with("nonsense") { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(answer.status, expected, "{path}: {}", answer.body);
            assert!(!answer.body.contains('⟦') && !answer.body.contains("{ $"), "{path}: {}", text(&answer));
            assert!(answer.body.contains(&format!("lang=\"{lang}\"")));
            if lang == "en" {
                let said = without_names(&text(&answer));
                assert!(!said.contains(|c: char| ('가'..='힣').contains(&c)), "{path}: {said}");
            }
        }
        let history = text(&me.get("/wallet/history").await);
        let parts = match lang {
            "ko" => {
                ["돌려받음", "박*수님에게 선물", "예약했어요", "예약한 결제", "예약 취소", "남은 돈 돌려받음"]
            }
            _ => [
                "refund",
                "Gift to 박*수",
                "Reserved.",
                "reserved payment",
                "reservation cancelled",
                "Withdrawn",
            ],
        };
        for part in parts {
            assert!(history.contains(part), "{part}: {history}");
        }
    }
}

/// Without what is Korean in every language: names of shops and people.
fn without_names(said: &str) -> String {
    let names = ["남부시장 반찬", "한옥 찻집", "박*수", "김*자", "한국어"];
    names.into_iter().fold(said.to_owned(), |said, name| said.replace(name, ""))
}

/// Writes `target/look/live-*.html`, for people to look at.
#[tokio::test(flavor = "multi_thread")]
async fn write_pages_to_look_at() {
    let town = Town::new(Engine::Sqlite);
    neighbour(&town);
    let paid = pay(&town, town.card, 12_000, "p1");
    let refund = posting(&system(&town, "r1", Command::Refund { payment: paid, amount: Some(2_000) }));
    let paid = pay(&town, town.card, 23_500, "p2");
    let mut me = town.browser("citizen").await;
    let page = me.get("/wallet").await;
    let key = in_form(&page.body, "/wallet/gift", "request_key");
    let gift =
        me.post("/wallet/gift", &[("request_key", &key), ("to", "010-1111-2222"), ("amount", "5,000")]).await;
    let live = code(&town.shop.to_string(), 12_000, town.app.city.clock.now().plus_seconds(180).0, 77);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/look");
    std::fs::create_dir_all(&folder).unwrap();
    for lang in ["ko", "en"] {
        me.get(&format!("/look?lang={lang}&back=/")).await;
        let wrong = pay_form(&mut me, "999", "만원").await;
        let short = pay_form(&mut me, "123-45-67891", "900,000").await;
        let pages = [
            ("wallet", me.get("/wallet").await),
            ("wallet-done", me.get(&location(&gift)).await),
            ("wallet-wrong", wrong),
            ("wallet-short", short),
            ("wallet-code", me.get(&format!("/wallet?code={live}")).await),
            ("large", me.get("/wallet/large").await),
            ("history", me.get("/wallet/history").await),
            ("paid", me.get(&format!("/wallet/paid/{paid}")).await),
            ("receipt", me.get(&format!("/wallet/receipts/{paid}")).await),
            ("receipt-refund", me.get(&format!("/wallet/receipts/{refund}")).await),
        ];
        for (name, answer) in pages {
            let html = answer.body.replace("/assets/", "");
            std::fs::write(folder.join(format!("live-{name}.{lang}.html")), html).unwrap();
        }
    }
}
