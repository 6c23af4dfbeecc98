//! What is refused: said plainly, and nothing written.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_at_the_field_and_nothing_is_written() {
    let town = Town::new(Engine::Sqlite);
    let mut me = town.browser("citizen").await;
    let before = last(&town);
    for amount in ["", "0", "-5", "12.5", "만원", "99999999999999999999", "<b>"] {
        let answer = pay_form(&mut me, "123-45-67891", amount).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}");
        assert!(
            answer.body.contains("id=\"amount-error\"") && answer.body.contains("href=\"#amount\""),
            "{amount}"
        );
        assert!(text(&answer).contains("1원부터 2,000,000원까지"), "{}", text(&answer));
        assert_eq!(field(&answer.body, "shop").as_deref(), Some("123-45-67891"));
        assert!(!answer.body.contains("<b>"));
    }
    for shop in ["", "9999", "123-45-67890", "mer_0000000000000", "http://x/pay?c=abc"] {
        let answer = pay_form(&mut me, shop, "1000").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{shop}");
        assert!(
            answer.body.contains("id=\"shop-error\"") && answer.body.contains("href=\"#shop\""),
            "{shop}"
        );
        assert_eq!(field(&answer.body, "amount").as_deref(), Some("1000"));
    }
    for key in ["", "a\0b", "키", &"k".repeat(65)] {
        let fields = [("request_key", key), ("shop", "123-45-67891"), ("amount", "1000")];
        let answer = me.post("/wallet/pay", &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key:?}");
        assert_ne!(
            in_form(&answer.body, "/wallet/pay", "request_key"),
            key,
            "the form gets a key that will do"
        );
    }
    let page = me.get("/wallet").await;
    let forms: [(&str, &[(&str, &str)]); 6] = [
        ("/wallet/top-up", &[("amount", "x")]),
        ("/wallet/top-up", &[("amount", "1900001")]),
        ("/wallet/gift", &[("to", ""), ("amount", "x")]),
        ("/wallet/gift", &[("to", "박영수"), ("amount", "1000")]),
        ("/wallet/gift", &[("to", "010-2345-6789"), ("amount", "1000")]),
        ("/wallet/withdraw", &[]),
    ];
    for (action, fields) in forms {
        let key = if action == "/wallet/withdraw" {
            "w".to_owned()
        } else {
            in_form(&page.body, action, "request_key")
        };
        let mut all = vec![("request_key", key.as_str())];
        all.extend_from_slice(fields);
        let answer = me.post(action, &all).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{action} {fields:?}");
        assert!(answer.body.contains("role=\"alert\"") && !answer.body.contains('⟦'), "{action} {fields:?}");
    }
    assert_eq!(last(&town), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_need_their_token_and_pages_their_role() {
    let town = Town::new(Engine::Sqlite);
    let before = last(&town);
    let mut me = town.browser("citizen").await;
    let page = me.get("/wallet").await;
    let key = in_form(&page.body, "/wallet/pay", "request_key");
    me.csrf = "wrong".into();
    let freeze = format!("/wallet/cards/{}/freeze", town.card);
    let posts = ["/wallet/pay", "/wallet/top-up", "/wallet/gift", "/wallet/withdraw", &freeze];
    for path in posts {
        me.csrf = "wrong".into();
        let fields =
            [("request_key", key.as_str()), ("shop", "123-45-67891"), ("amount", "1000"), ("to", "1")];
        let answer = me.post(path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("form.expired"));
    }
    for persona in ["merchant", "clerk", "auditor"] {
        let mut other = town.browser(persona).await;
        for path in [
            "/wallet",
            "/wallet/large",
            "/wallet/history",
            "/wallet/paid/pst_0000000000001",
            "/wallet/receipts/x",
        ] {
            let answer = other.get(path).await;
            assert_eq!(
                (answer.status, location(&answer).as_str()),
                (StatusCode::SEE_OTHER, door(path).as_str()),
                "{path}"
            );
        }
        assert_eq!(
            other.post("/wallet/pay", &[("shop", "123-45-67891")]).await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(last(&town), before);
    let frozen = town.app.city.shared.read().town.directory.card(CardRef::Id(town.card)).unwrap().state;
    assert_eq!(frozen, economy::CardState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_pays_once() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let page = me.get("/wallet").await;
        let key = in_form(&page.body, "/wallet/pay", "request_key");
        let fields = [("request_key", key.as_str()), ("shop", "123-45-67891"), ("amount", "12,000")];
        let first = me.post("/wallet/pay", &fields).await;
        let paid = last(&town);
        let second = me.post("/wallet/pay", &fields).await;
        assert_eq!((location(&first), last(&town)), (location(&second), paid));
        // The same form with another amount is another wish: refused, and the form gets a new key.
        let other = [("request_key", key.as_str()), ("shop", "123-45-67891"), ("amount", "13,000")];
        let answer = me.post("/wallet/pay", &other).await;
        assert_eq!((answer.status, last(&town)), (StatusCode::CONFLICT, paid));
        assert_ne!(in_form(&answer.body, "/wallet/pay", "request_key"), key);
        // A refusal keeps the key: trying again is the same request.
        let page = me.get("/wallet").await;
        let key = in_form(&page.body, "/wallet/pay", "request_key");
        let too_much = [("request_key", key.as_str()), ("shop", "123-45-67891"), ("amount", "500,000")];
        let answer = me.post("/wallet/pay", &too_much).await;
        assert!(text(&answer).contains("돈이 모자라요"), "{}", text(&answer));
        assert_eq!(in_form(&answer.body, "/wallet/pay", "request_key"), key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_receipts_look_like_none() {
    let town = Town::new(Engine::Sqlite);
    let (_, card) = neighbour(&town);
    let theirs = pay(&town, card, 5_000, "theirs");
    let mut me = town.browser("citizen").await;
    let clean = |answer: Answer, id: &str| {
        let body = answer.body.replace(id, "ID");
        let number = body.split("<code").next().unwrap_or("").len();
        (
            answer.status,
            number,
            text(&Answer { body, ..answer }).chars().filter(|c| !c.is_ascii_hexdigit()).count(),
        )
    };
    for page in ["receipts", "paid"] {
        let (theirs, none) = (theirs.to_string(), PostingNo(999_999).to_string());
        let first = me.get(&format!("/wallet/{page}/{theirs}")).await;
        assert_eq!(first.status, StatusCode::NOT_FOUND);
        let second = me.get(&format!("/wallet/{page}/{none}")).await;
        assert_eq!(clean(first, &theirs), clean(second, &none));
        assert_eq!(me.get(&format!("/wallet/{page}/nonsense")).await.status, StatusCode::NOT_FOUND);
    }
    assert!(!text(&me.get(&format!("/wallet?done={theirs}")).await).contains("했어요"));
}
