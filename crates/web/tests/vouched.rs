//! Signing in through another house, with a house of our own: good words, bad words, and a house that is away.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;
#[path = "vouched/house.rs"]
mod house;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use chrono::DateTime;
use city::clock::HandClock;
use common::{Answer, Browser, Town};
use house::{Lie, Provider, SECRET};
use testkit::Engine;
use web::{LimitRules, Limits, Mode, VouchingHouse};

/// The town in earnest, and a house that vouches there.
async fn town_on(engine: Engine) -> (Town, Provider) {
    let start = base::Zone::named("Asia/Seoul").unwrap().instant(base::date(2021, 2, 23), 9, 0);
    let provider = Provider::start(DateTime::from_timestamp_micros(start.0).unwrap()).await;
    let issuer = provider.url.clone();
    let town = Town::with(engine, move |app| {
        app.mode = Mode::Real;
        let house = VouchingHouse {
            id: "city".into(),
            name: "통합로그인".into(),
            issuer,
            client_id: "ongoeul".into(),
            client_secret: Some(SECRET.into()),
            scopes: vec!["profile".into()],
            second_factor: vec!["mfa".into()],
        };
        app.vouched_by(vec![house]).unwrap();
        // Behind a proxy, so that a test can come from several addresses.
        let rules =
            LimitRules { proxies: vec![std::net::Ipv4Addr::UNSPECIFIED.into()], ..LimitRules::default() };
        app.limits = Limits::new(rules, Arc::new(HandClock::at(start)));
    });
    (town, provider)
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

async fn nobody(town: &Town) -> Browser<'_> {
    let mut me = Browser { town, cookies: Vec::new(), csrf: String::new() };
    let page = me.get("/sign-in").await;
    assert!(page.body.contains("통합로그인으로 들어가기"), "{}", page.body);
    me
}

fn back_to(state: &str, code: &str) -> String {
    format!("/sign-in/back?state={state}&code={code}")
}

/// Goes to the house and comes back.
async fn through(me: &mut Browser<'_>, house: &Provider, way: &str, subject: &str) -> Answer {
    let to = location(&me.get(way).await);
    let (state, code) = house.authorise(&to, subject);
    me.get(&back_to(&state, &code)).await
}

/// Comes in with a token, and links what the house calls them.
async fn linked(town: &Town, house: &Provider, token: &str, subject: &str) {
    let mut me = nobody(town).await;
    me.post("/sign-in", &[("token", token), ("next", "/")]).await;
    me.get("/account/links").await;
    let way = format!("/account/links/city?csrf={}", me.csrf);
    assert_eq!(location(&through(&mut me, house, &way, subject).await), "/account/links");
    assert!(me.get("/account/links").await.body.contains("연결했어요"));
}

const IN: &str = "/sign-in/with/city?next=/wallet/history";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_linked_comes_in_and_nobody_else() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        let mut me = nobody(&town).await;
        let stranger = through(&mut me, &house, IN, "kim").await;
        assert_eq!(stranger.status, StatusCode::FORBIDDEN);
        assert!(stranger.body.contains("vouch.nobody"));
        linked(&town, &house, "token-citizen", "kim").await;
        let mut me = nobody(&town).await;
        assert_eq!(location(&through(&mut me, &house, IN, "kim").await), "/wallet/history");
        assert_eq!(me.get("/wallet").await.status, StatusCode::OK);
        assert_eq!(through(&mut me, &house, IN, "lee").await.status, StatusCode::FORBIDDEN);
        // What it was fetched once for, it is kept for.
        assert_eq!(house.inner.lock().unwrap().fetched, 1);
        // One identity, one account.
        let mut other = nobody(&town).await;
        other.post("/sign-in", &[("token", "token-merchant"), ("next", "/")]).await;
        other.get("/account/links").await;
        let way = format!("/account/links/city?csrf={}", other.csrf);
        assert!(through(&mut other, &house, &way, "kim").await.body.contains("vouch.known"));
        // From another site nobody is sent to link anything.
        assert_eq!(other.get("/account/links/city?csrf=0").await.status, StatusCode::FORBIDDEN);
        // Taken back, it counts no more.
        me.get("/account/links").await;
        assert_eq!(location(&me.post("/account/links/remove", &[("house", "city")]).await), "/account/links");
        assert_eq!(through(&mut me, &house, IN, "kim").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_not_good_lets_nobody_in() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        linked(&town, &house, "token-citizen", "kim").await;
        let lies = [
            ("nonce", Lie { nonce: Some("another".into()), ..Lie::default() }),
            ("audience", Lie { audience: Some("another".into()), ..Lie::default() }),
            ("issuer", Lie { issuer: Some("http://127.0.0.1:9".into()), ..Lie::default() }),
            ("expired", Lie { expired: true, ..Lie::default() }),
            ("unsigned", Lie { unsigned: true, ..Lie::default() }),
            ("by the shared secret", Lie { by_secret: true, ..Lie::default() }),
            ("by a key it doesn't show", Lie { other_key: Some(false), ..Lie::default() }),
        ];
        for (what, lie) in lies {
            house.lies(lie);
            let mut me = nobody(&town).await;
            let answer = through(&mut me, &house, IN, "kim").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
            assert!(answer.body.contains("vouch.wrong"), "{what}: {}", answer.body);
            assert_eq!(me.get("/wallet").await.status, StatusCode::SEE_OTHER, "{what}");
        }
        // The same house, honest again.
        house.lies(Lie::default());
        let mut me = nobody(&town).await;
        assert_eq!(location(&through(&mut me, &house, IN, "kim").await), "/wallet/history");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn states_and_codes_are_good_once_and_in_one_browser() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        linked(&town, &house, "token-citizen", "kim").await;
        let (mut me, mut thief) = (nobody(&town).await, nobody(&town).await);
        let (state, code) = house.authorise(&location(&me.get(IN).await), "kim");
        let wrong = me.get(&back_to("0123", &code)).await;
        assert!(wrong.status == StatusCode::UNAUTHORIZED && wrong.body.contains("sign-in.old"));
        let elsewhere = thief.get(&back_to(&state, &code)).await;
        assert!(elsewhere.status == StatusCode::UNAUTHORIZED && elsewhere.body.contains("sign-in.old"));
        // A stranger's try has spoilt it.
        assert_eq!(me.get(&back_to(&state, &code)).await.status, StatusCode::UNAUTHORIZED);
        let (state, code) = house.authorise(&location(&me.get(IN).await), "kim");
        assert_eq!(location(&me.get(&back_to(&state, &code)).await), "/wallet/history");
        assert_eq!(me.get(&back_to(&state, &code)).await.status, StatusCode::UNAUTHORIZED, "the state once");
        let (fresh, _) = house.authorise(&location(&me.get(IN).await), "kim");
        let replayed = me.get(&back_to(&fresh, &code)).await;
        assert!(replayed.body.contains("vouch.wrong"), "the code once: {}", replayed.body);
        // Another's code in my browser: it was asked for with another secret.
        let (_, theirs) = house.authorise(&location(&thief.get(IN).await), "kim");
        let (mine, _) = house.authorise(&location(&me.get(IN).await), "kim");
        assert!(me.get(&back_to(&mine, &theirs)).await.body.contains("vouch.wrong"));
        // Turned back there.
        let (state, _) = house.authorise(&location(&me.get(IN).await), "kim");
        let refused = me.get(&format!("/sign-in/back?state={state}&error=access_denied")).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_change_and_houses_are_away() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        house.inner.lock().unwrap().away = true;
        let mut me = nobody(&town).await;
        let away = me.get(IN).await;
        assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(away.body.contains("vouch.away") && away.headers.contains_key(header::RETRY_AFTER));
        house.inner.lock().unwrap().away = false;
        linked(&town, &house, "token-citizen", "kim").await;
        house.lies(Lie { other_key: Some(true), ..Lie::default() });
        assert_eq!(location(&through(&mut me, &house, IN, "kim").await), "/wallet/history");
        assert_eq!(me.get("/sign-in/with/nobody").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_come_in_when_the_house_asked_twice() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        let account = {
            let view = town.app.city.shared.read();
            let grant = view.town.doors.grant_of_token(&city::tokens::hash("token-officer")).unwrap();
            view.town.doors.grant(grant).unwrap().account
        };
        let said = people::vouched::said(&house.url, "park");
        let command =
            city::Command::LinkVouched { account, said, house: "city".into(), how: people::How::Passkey };
        let actor = base::Actor::new(base::Role::System, base::Client(9));
        let request = pen::Request { actor, key: "link".into(), input_hash: command.input_hash() };
        town.app.city.ask(request, command).await.unwrap().unwrap();
        let mut me = nobody(&town).await;
        let once = through(&mut me, &house, "/sign-in/with/city", "park").await;
        assert!(once.body.contains("role.second-factor"), "{}", once.body);
        house.lies(Lie { twice: true, ..Lie::default() });
        assert_eq!(location(&through(&mut me, &house, "/sign-in/with/city", "park").await), "/desk");
    }
}

/// One address that begins thousands of ways, and ends none, stops nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_push_out_another() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        linked(&town, &house, "token-citizen", "kim").await;
        let mut me = nobody(&town).await;
        let (state, code) = house.authorise(&location(&me.get(IN).await), "kim");
        for _ in 0..4_200 {
            let request =
                axum::http::Request::get("/sign-in/with/city").header("x-forwarded-for", "198.51.100.1");
            let answer = town.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        }
        assert_eq!(location(&me.get(&back_to(&state, &code)).await), "/wallet/history");
    }
}

/// Whoever once held a weak sign-in of somebody's, and linked a login of their own, gets up to no role given later.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_linked_by_less_opens_no_role_of_two_factors() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        linked(&town, &house, "token-citizen", "attacker").await;
        let account = account_of(&town, "token-citizen");
        let wish = city::NewGrant {
            account,
            role: "city-counter".into(),
            subject: None,
            district: None,
            from: 0,
            until: None,
        };
        done(&town, "give", city::Command::GiveRole(wish)).await;
        house.lies(Lie { twice: true, ..Lie::default() });
        let mut me = nobody(&town).await;
        let page = through(&mut me, &house, "/sign-in/with/city", "attacker").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let grants = page.body.split("name=\"grant\" value=\"").skip(1);
        let grants: Vec<String> = grants.map(|part| part.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(grants.len(), 2, "{}", page.body);
        let mut answers = Vec::new();
        for grant in &grants {
            let mut me = nobody(&town).await;
            let page = through(&mut me, &house, "/sign-in/with/city", "attacker").await;
            let ticket = common::field(&page.body, "ticket").unwrap();
            me.csrf = common::field(&page.body, "csrf").unwrap();
            let fields = [("ticket", ticket.as_str()), ("grant", grant), ("next", "/")];
            let answer = me.post("/sign-in/role", &fields).await;
            answers.push((answer.status == StatusCode::SEE_OTHER, answer.body.contains("vouch.renew")));
            assert_ne!(me.get("/clerk").await.status, StatusCode::OK);
        }
        answers.sort_unstable();
        assert_eq!(answers, [(false, true), (true, false)], "as a citizen still, at the counter not");
    }
}

fn account_of(town: &Town, token: &str) -> base::AccountId {
    let view = town.app.city.shared.read();
    let grant = view.town.doors.grant_of_token(&city::tokens::hash(token)).unwrap();
    view.town.doors.grant(grant).unwrap().account
}

async fn done(town: &Town, key: &str, command: city::Command) {
    let actor = base::Actor::new(base::Role::System, base::Client(9));
    let request = pen::Request { actor, key: key.into(), input_hash: command.input_hash() };
    town.app.city.ask(request, command).await.unwrap().unwrap();
}

/// All that an answer tells, but for what is the request's own: its address stands in the page's links, and in its length.
fn told(answer: &Answer) -> (StatusCode, Vec<String>, String) {
    let own = ["x-request-id", "set-cookie", "date", "content-length"];
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let id = answer.headers["x-request-id"].to_str().unwrap();
    let csrf = common::field(&answer.body, "csrf").unwrap_or_default();
    let mut body = answer.body.replace(id, "");
    if !csrf.is_empty() {
        body = body.replace(&csrf, "");
    }
    let mut parts = body.split("back=");
    let first = parts.next().unwrap().to_owned();
    let body = parts.fold(first, |page, part| page + part.split_once('"').unwrap().1);
    (answer.status, headers, body)
}

/// Nobody learns at the way back whether a state is another's, or was spent, or never was; nor whether the city once knew whom
/// a house vouches for.
#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_says_no_alike() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        linked(&town, &house, "token-citizen", "kim").await;
        let (mut me, mut other) = (nobody(&town).await, nobody(&town).await);
        let (theirs, _) = house.authorise(&location(&other.get(IN).await), "kim");
        let (spent, code) = house.authorise(&location(&me.get(IN).await), "lee");
        me.get(&back_to(&spent, &code)).await;
        let mut answers = Vec::new();
        for state in [theirs.as_str(), spent.as_str(), "", "0123456789abcdef", "%EA%B9%80"] {
            answers.push(told(&me.get(&back_to(state, "any")).await));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        // Never linked; linked once and taken back; linked to an account that has ended.
        let mut kim = nobody(&town).await;
        through(&mut kim, &house, IN, "kim").await;
        kim.get("/account/links").await;
        kim.post("/account/links/remove", &[("house", "city")]).await;
        linked(&town, &house, "token-merchant", "park").await;
        end_account(&town, "token-merchant").await;
        let posted = town.app.city.shared.read().sequence;
        let mut answers = Vec::new();
        for subject in ["nobody", "kim", "park"] {
            answers.push(told(&through(&mut me, &house, IN, subject).await));
        }
        assert_eq!(answers[0].0, StatusCode::FORBIDDEN);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        assert_eq!(town.app.city.shared.read().sequence, posted, "nothing is written for any of them");
    }
}

/// Ends the account that a token stands for.
async fn end_account(town: &Town, token: &str) {
    let account = {
        let view = town.app.city.shared.read();
        let grant = view.town.doors.grant_of_token(&city::tokens::hash(token)).unwrap();
        view.town.doors.grant(grant).unwrap().account
    };
    let command = city::Command::EndAccount { account };
    let actor = base::Actor::new(base::Role::System, base::Client(9));
    let request = pen::Request { actor, key: "end".into(), input_hash: command.input_hash() };
    town.app.city.ask(request, command).await.unwrap().unwrap();
}

/// The key that logins are found by is changed: who comes in meanwhile is found under the new one from then on.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_linked_comes_in_while_index_keys_change() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        linked(&town, &house, "token-citizen", "kim").await;
        let app = std::sync::Arc::clone(&town.app);
        let masters = common::masters();
        let put = std::thread::spawn(move || {
            let mut entropy = base::Seeded::new(5);
            let no = city::reseal::index::next(&app.city).unwrap();
            let key = (no, vault::Use::Index);
            city::reseal::put_key(&app.city, key, &masters, &mut entropy).unwrap();
        });
        put.join().unwrap();
        let under = || {
            let view = town.app.city.shared.read();
            let all = people::vouched::indexes(&view.town.vault, &people::vouched::said(&house.url, "kim"));
            let is_known = |index: &[u8; 16]| view.town.doors.vouched(index).is_some();
            all.unwrap().iter().map(is_known).collect::<Vec<_>>()
        };
        assert_eq!(under(), [false, true]);
        let mut me = nobody(&town).await;
        assert_eq!(location(&through(&mut me, &house, IN, "kim").await), "/wallet/history");
        assert_eq!(under(), [true, false]);
        // Nor can another account be linked with what is known under either.
        let mut other = nobody(&town).await;
        other.post("/sign-in", &[("token", "token-merchant"), ("next", "/")]).await;
        other.get("/account/links").await;
        let way = format!("/account/links/city?csrf={}", other.csrf);
        assert!(through(&mut other, &house, &way, "kim").await.body.contains("vouch.known"));
        let command = city::Command::DropIndexKey { no: 2, why: None };
        let actor = base::Actor::SYSTEM;
        let request = pen::Request { actor, key: "gone".into(), input_hash: command.input_hash() };
        town.app.city.ask(request, command).await.unwrap().unwrap();
        let mut me = nobody(&town).await;
        assert_eq!(location(&through(&mut me, &house, IN, "kim").await), "/wallet/history");
    }
}

/// A code for somebody, as a counter reads it out.
async fn code_for(town: &Town, person: base::PersonId) -> String {
    let session = town.session("behind-the-counter", base::Role::Clerk).await;
    let mut clerk = Browser { town, cookies: vec![("session".into(), session)], csrf: String::new() };
    let page = clerk.get(&format!("/clerk?find={person}")).await;
    let action = format!("/clerk/people/{person}/code");
    let form = page.body.split(&format!("action=\"{action}\"")).nth(1).unwrap();
    let key = common::field(form, "request_key").unwrap();
    let page = clerk.post(&action, &[("request_key", &key)]).await;
    page.body.split("id=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// With a counter's code and another house, in one go: in, there, and linked.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_links_in_one_step() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        let number = format!("{:016}", town.card_number);
        let code = code_for(&town, town.citizen).await;
        let mut me = nobody(&town).await;
        let typed = |code: &str| {
            let fields = [("number", number.as_str()), ("code", code), ("next", "/"), ("with", "city")];
            fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        // A wrong code leads nowhere.
        let wrong = typed(if code == "0000 0001" { "00000002" } else { "00000001" });
        let wrong = wrong.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
        let answer = me.post("/sign-in/code", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.headers.get(header::REFRESH).is_none());
        let right = typed(&code);
        let right = right.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
        let on = me.post("/sign-in/code", &right).await;
        assert_eq!(on.status, StatusCode::OK, "{}", on.body);
        // No form leads to another house: the page's header does, and its link.
        let to = on.headers[header::REFRESH].to_str().unwrap().strip_prefix("0; url=").unwrap().to_owned();
        assert!(on.body.contains(&format!("href=\"{to}\"")), "{}", on.body);
        assert_eq!(location(&through(&mut me, &house, &to, "kim").await), "/account/links");
        assert!(me.get("/account/links").await.body.contains("연결했어요"));
        // From then on without a code.
        let mut me = nobody(&town).await;
        assert_eq!(location(&through(&mut me, &house, IN, "kim").await), "/wallet/history");
        // Another browser has nothing of that: its way there was never begun.
        let mut thief = nobody(&town).await;
        assert!(location(&thief.get(&to).await).starts_with("/sign-in"));
    }
}

/// Staff with their first token: linked and in by a house that asks twice, and by no other.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_token_links_in_one_step() {
    for engine in testkit::engines() {
        let (town, house) = town_on(engine).await;
        let mut me = nobody(&town).await;
        let page = me.post("/sign-in", &[("token", "token-officer"), ("next", "/desk")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let way = page.body.split("href=\"").find(|part| part.starts_with("/sign-in/first/city")).unwrap();
        let way = way.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        // A word of one factor is none for who has a task; in another browser the ticket is none.
        let once = through(&mut me, &house, &way, "park").await;
        assert_eq!(once.status, StatusCode::FORBIDDEN);
        assert!(once.body.contains("vouch.once"), "{}", once.body);
        let mut thief = nobody(&town).await;
        assert_eq!(thief.get(&way).await.status, StatusCode::UNAUTHORIZED);
        house.lies(Lie { twice: true, ..Lie::default() });
        assert_eq!(location(&through(&mut me, &house, &way, "park").await), "/desk");
        assert_eq!(me.get("/desk").await.status, StatusCode::OK);
        assert_eq!(me.get(&way).await.status, StatusCode::UNAUTHORIZED, "the ticket once");
        let mut me = nobody(&town).await;
        assert_eq!(location(&through(&mut me, &house, "/sign-in/with/city", "park").await), "/desk");
        // One account is linked to one subject of a house: whoever has the token doesn't come in beside them.
        let mut thief = nobody(&town).await;
        let page = thief.post("/sign-in", &[("token", "token-officer"), ("next", "/desk")]).await;
        let way = page.body.split("href=\"").find(|part| part.starts_with("/sign-in/first/city")).unwrap();
        let way = way.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        assert!(through(&mut thief, &house, &way, "thief").await.body.contains("vouch.linked"));
    }
}
