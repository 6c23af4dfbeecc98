//! API tokens: shown once, changed, ended; a shop's owner has those of the tills, an access officer all.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::Role;
use common::{Answer, Browser, Town, field};
use testkit::Engine;

fn secret(page: &Answer) -> String {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let shown = page.body.split("id=\"secret\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    shown.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// The number of the first token that a page lists.
fn first(page: &Answer, base: &str) -> String {
    let at = page.body.split(&format!("action=\"{base}/")).nth(1).unwrap_or_else(|| panic!("{}", page.body));
    at.split('/').next().unwrap().to_owned()
}

async fn made(browser: &mut Browser<'_>, base: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(base).await;
    let key = field(page.body.split("id=\"grant\"").nth(1).unwrap(), "request_key").unwrap();
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post(base, &all).await
}

async fn call(town: &Town, token: &str, path: &str) -> StatusCode {
    let request = Request::builder().uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    town.send(request.body(Body::empty()).unwrap()).await.status
}

async fn officer(town: &Town) -> Browser<'_> {
    town.grant_duty("access", "access-officer").await;
    let cookie = town.signed_in("access").await;
    Browser { town, cookies: vec![("session".into(), cookie)], csrf: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_makes_changes_and_ends_a_tills_token() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let path = format!("/api/v1/merchants/{}", town.shop);
        let mut owner = town.browser("merchant").await;
        let base = "/shop/tokens";
        let wrong = made(&mut owner, base, &[("name", " ")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"name-error\""), "{}", wrong.body);
        // Whatever else the form says, it is a till of this shop's.
        let mine = [("name", "1층 계산대"), ("role", "access-officer"), ("shop", "220-81-62517")];
        let page = made(&mut owner, base, &mine).await;
        let old = secret(&page);
        assert_eq!(call(&town, &old, &path).await, StatusCode::OK);
        assert_eq!(call(&town, &old, "/api/v1/books").await, StatusCode::FORBIDDEN);
        let page = owner.get(base).await;
        assert!(!page.body.contains(&old), "it is shown once");
        assert!(page.body.contains("1층 계산대") && page.body.contains("마지막 사용"), "{}", page.body);
        // Changed: the old one works a day more.
        let id = first(&page, base);
        let rotate = format!("{base}/{id}/rotate");
        let new = secret(&owner.post(&rotate, &[("old", "day")]).await);
        assert_ne!(new, old);
        for token in [&old, &new] {
            assert_eq!(call(&town, token, &path).await, StatusCode::OK);
        }
        town.on(2021, 2, 24);
        assert_eq!(call(&town, &old, &path).await, StatusCode::UNAUTHORIZED);
        // Changed because it leaked: the old one ends at once.
        let newest = secret(&owner.post(&rotate, &[("old", "now")]).await);
        assert_eq!(call(&town, &new, &path).await, StatusCode::UNAUTHORIZED);
        assert_eq!(call(&town, &newest, &path).await, StatusCode::OK);
        // Ended by a second press, where it says what that means.
        let shown = owner.get(base).await.body;
        let before = &shown[..shown.find(&format!("action=\"{base}/{id}/end\"")).unwrap()];
        assert!(before.rfind("<details") > before.rfind("</details>"), "{shown}");
        assert!(shown.contains("끝낸 열쇠는 다시 쓸 수 없어요"), "{shown}");
        let page = owner.post_and_follow(&format!("{base}/{id}/end"), &[]).await;
        assert!(page.body.contains("열쇠를 끝냈어요"), "{}", page.body);
        assert_eq!(call(&town, &newest, &path).await, StatusCode::UNAUTHORIZED);
        let twice = owner.post(&format!("{base}/{id}/end"), &[]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
    }
}

/// Whoever makes another secret for a token can be its holder: of a wallet's, and of a role that two people give, nobody else may.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_themself_somebody_elses_key() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut access = officer(&town).await;
        access.get("/desk/access/tokens").await;
        for whose in ["citizen", "officer", "merchant", "till", "clerk", "auditor"] {
            let hash = city::tokens::hash(&format!("token-{whose}"));
            let number = u64::from_le_bytes(hash[..8].try_into().unwrap());
            let path = format!("/desk/access/tokens/{number:016x}/rotate");
            let answer = access.post(&path, &[("old", "day")]).await;
            assert!(answer.body.contains("token.guarded"), "{whose}: {} {}", answer.status, answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_outlives_a_restart() {
    let town = Town::new(Engine::Sqlite);
    let path = format!("/api/v1/merchants/{}", town.shop);
    let (used, ended) = {
        let mut owner = town.browser("merchant").await;
        let used = secret(&made(&mut owner, "/shop/tokens", &[("name", "1층 계산대")]).await);
        let ended = secret(&made(&mut owner, "/shop/tokens", &[("name", "2층 계산대")]).await);
        (used, ended)
    };
    assert_eq!(call(&town, &used, &path).await, StatusCode::OK);
    town.app.keep_token_uses().unwrap();
    let kept = std::fs::read_to_string(&town.app.city.token_uses).unwrap();
    assert!(!kept.contains(&used) && !kept.contains(&ended), "no secret is in it: {kept}");
    let town = tokio::task::spawn_blocking(|| town.started_anew()).await.unwrap();
    let mut owner = town.browser("merchant").await;
    let page = owner.get("/shop/tokens").await;
    for (name, said) in [("1층 계산대", "마지막 사용"), ("2층 계산대", "아직 쓴 기록이 없어요")]
    {
        let line = page
            .body
            .split(&format!("<strong>{name}</strong>"))
            .nth(1)
            .and_then(|rest| rest.split("</li>").next());
        assert!(line.is_some_and(|line| line.contains(said)), "{name}: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_shops_tokens_and_the_owners_own_are_nobodys_here() {
    let town = Town::new(Engine::Sqlite);
    let mut owner = town.browser("merchant").await;
    let page = made(&mut owner, "/shop/tokens", &[("name", "계산대")]).await;
    let till = secret(&page);
    let id = first(&page, "/shop/tokens");
    let cookie = town.session("rival", Role::Merchant(town.other_shop)).await;
    let mut rival = Browser { town: &town, cookies: vec![("session".into(), cookie)], csrf: String::new() };
    let page = rival.get("/shop/tokens").await;
    assert!(!page.body.contains(&id), "{}", page.body);
    for what in ["rotate", "end"] {
        let refused = rival.post(&format!("/shop/tokens/{id}/{what}"), &[]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{what}");
    }
    let path = format!("/api/v1/merchants/{}", town.shop);
    assert_eq!(call(&town, &till, &path).await, StatusCode::OK);
    // An owner's own key is the city's to change.
    let mut access = officer(&town).await;
    let all = access.get("/desk/access/tokens").await;
    assert!(all.body.contains("token-") || all.body.contains("merchant"), "{}", all.body);
    let own = all.body.split("<strong>merchant</strong>").nth(1).unwrap();
    let own = own.split("/desk/access/tokens/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let refused = owner.post(&format!("/shop/tokens/{own}/end"), &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(call(&town, "token-merchant", &path).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officers_tokens_wait_for_a_second_person() {
    let town = Town::new(Engine::Sqlite);
    let mut access = officer(&town).await;
    let base = "/desk/access/tokens";
    let page = made(&mut access, base, &[("name", "감사원 시스템"), ("role", "auditor")]).await;
    let auditor = secret(&page);
    assert!(page.body.contains("확인 대기"), "{}", page.body);
    assert_eq!(call(&town, &auditor, "/api/v1/books").await, StatusCode::UNAUTHORIZED, "nobody said yes");
    let page = made(&mut access, base, &[("name", "카드 시스템"), ("role", "card-officer")]).await;
    let card = secret(&page);
    assert!(page.body.contains("확인 대기"), "{}", page.body);
    assert_eq!(call(&town, &card, "/api/v1/books").await, StatusCode::UNAUTHORIZED, "nobody said yes");
    // Nobody gets a key to a citizen's wallet.
    let page = made(&mut access, base, &[("name", "x"), ("role", "citizen")]).await;
    assert!(page.body.contains("줄 수 없는 역할이에요"), "{}", page.body);
    let subject = town.citizen.to_string();
    let body = [("name", "x"), ("role", "citizen"), ("subject", &*subject)];
    assert_ne!(made(&mut access, base, &body).await.status, StatusCode::OK);
    let folder = std::env::var_os("PAGES_TO_LOOK_AT").map(std::path::PathBuf::from);
    for lang in ["ko", "en"] {
        access.get(&format!("/look?lang={lang}&back=/")).await;
        for (name, page) in [
            ("tokens", access.get(base).await),
            ("tokens-new", made(&mut access, base, &[("name", "System A"), ("role", "auditor")]).await),
        ] {
            assert!(!page.body.contains('⟦') && !page.body.contains("{ $"), "{name}: {}", page.body);
            if let Some(folder) = &folder {
                let html = page.body.replace("/assets/", "");
                std::fs::write(folder.join(format!("live-{name}.{lang}.html")), html).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_before_the_change_is_known_after_it() {
    let town = Town::new(Engine::Sqlite);
    let mut owner = town.browser("merchant").await;
    let page = made(&mut owner, "/shop/tokens", &[("name", "계산대")]).await;
    let (old, id) = (secret(&page), first(&page, "/shop/tokens"));
    let pay = |token: String| {
        let body = format!(r#"{{"card":"{}","merchant":"{}","amount":1000}}"#, town.card, town.shop);
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/payments")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", "one");
        town.send(request.body(Body::from(body)).unwrap())
    };
    let before = pay(old).await;
    assert_eq!(before.status, StatusCode::CREATED, "{}", before.body);
    let new = secret(&owner.post(&format!("/shop/tokens/{id}/rotate"), &[("old", "now")]).await);
    assert_eq!(pay(new).await.body, before.body, "paid once");
}

/// What the client-credentials grant answers.
async fn oauth(town: &Town, basic: Option<&str>, form: &str) -> Answer {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(basic) = basic {
        request = request.header(header::AUTHORIZATION, format!("Basic {basic}"));
    }
    town.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_gets_a_bearer_for_a_quarter_of_an_hour() {
    let town = Town::new(Engine::Sqlite);
    let path = format!("/api/v1/merchants/{}", town.shop);
    let mut owner = town.browser("merchant").await;
    let page = made(&mut owner, "/shop/tokens", &[("name", "POS")]).await;
    let (key, id) = (secret(&page), first(&page, "/shop/tokens"));
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={key}");
    let given = oauth(&town, None, &form).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    assert_eq!(given.headers[header::CACHE_CONTROL], "no-store");
    let json = given.json();
    assert_eq!((&json["token_type"], &json["expires_in"]), (&"Bearer".into(), &900.into()));
    let bearer = json["access_token"].as_str().unwrap().to_owned();
    assert!(!bearer.contains(&key));
    assert_eq!(call(&town, &bearer, &path).await, StatusCode::OK);
    // The same by HTTP Basic.
    use base64::Engine as _;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{key}"));
    assert_eq!(oauth(&town, Some(&basic), "grant_type=client_credentials").await.status, StatusCode::OK);
    // What is wrong says no more than that.
    let wrong = [
        (format!("grant_type=client_credentials&client_id={id}&client_secret=x"), 401, "invalid_client"),
        (format!("grant_type=client_credentials&client_id=1&client_secret={key}"), 401, "invalid_client"),
        ("grant_type=client_credentials".to_owned(), 401, "invalid_client"),
        (format!("grant_type=password&client_id={id}&client_secret={key}"), 400, "unsupported_grant_type"),
        (
            format!("grant_type=client_credentials&client_id={id}&client_secret={bearer}"),
            401,
            "invalid_client",
        ),
    ];
    for (form, status, error) in wrong {
        let answer = oauth(&town, None, &form).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"].as_str()),
            (status, Some(error)),
            "{form}"
        );
    }
    // Nothing in it can be changed, and it opens no page.
    for at in [10, 75, bearer.len() - 3] {
        let mut forged = bearer.clone().into_bytes();
        forged[at] = if forged[at] == b'1' { b'2' } else { b'1' };
        assert_eq!(call(&town, &String::from_utf8(forged).unwrap(), &path).await, StatusCode::UNAUTHORIZED);
    }
    let mut me = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
    me.get("/enter").await;
    let came = me.post("/sign-in", &[("token", &bearer), ("next", "/")]).await;
    assert_eq!(came.status, StatusCode::UNAUTHORIZED);
    // It ends with its token, and with its time.
    owner.post(&format!("/shop/tokens/{id}/rotate"), &[("old", "day")]).await;
    assert_eq!(call(&town, &bearer, &path).await, StatusCode::OK);
    owner.post(&format!("/shop/tokens/{id}/end"), &[]).await;
    assert_eq!(call(&town, &bearer, &path).await, StatusCode::UNAUTHORIZED);
    let page = made(&mut owner, "/shop/tokens", &[("name", "POS 2")]).await;
    let (key, id) = (secret(&page), first(&page, "/shop/tokens"));
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={key}");
    let bearer = oauth(&town, None, &form).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(call(&town, &bearer, &path).await, StatusCode::OK);
    town.on(2021, 2, 24);
    assert_eq!(call(&town, &bearer, &path).await, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&town, &key, &path).await, StatusCode::OK);
}
