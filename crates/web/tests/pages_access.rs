//! One's own account, and the desk where access is given: against a real city.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{StatusCode, header};
use base::AccountId;
use city::tokens;
use common::{Answer, Browser, Town, field};
use testkit::Engine;

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// Someone with a role of the pack's, signed in.
async fn signed_in<'a>(town: &'a Town, name: &str, role: &str) -> Browser<'a> {
    town.grant_duty(name, role).await;
    again(town, name).await
}

/// The same, from another browser.
async fn again<'a>(town: &'a Town, name: &str) -> Browser<'a> {
    let mut browser = Browser { town, cookies: Vec::new(), csrf: String::new() };
    browser.get("/enter").await;
    let token = format!("token-{name}");
    let came = browser.post("/sign-in", &[("token", &token), ("next", "/")]).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.body);
    browser
}

fn account_of(location: &str) -> AccountId {
    location.split("find=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap()
}

async fn opened(officer: &mut Browser<'_>) -> AccountId {
    let page = officer.get("/desk/access").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let key = field(page.body.split("/desk/access/accounts\"").nth(1).unwrap(), "request_key").unwrap();
    account_of(&location(&officer.post("/desk/access/accounts", &[("request_key", &key)]).await))
}

async fn give(officer: &mut Browser<'_>, to: AccountId, fields: &[(&str, &str)]) -> Answer {
    let page = officer.get(&format!("/desk/access?find={to}")).await;
    let form =
        page.body.split(&format!("accounts/{to}/roles")).nth(1).unwrap_or_else(|| panic!("{}", page.body));
    let key = field(form, "request_key").unwrap();
    let mut all = vec![("request_key", key.as_str()), ("from", "2021-02-23")];
    all.extend_from_slice(fields);
    officer.post(&format!("/desk/access/accounts/{to}/roles"), &all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_sign_ins_are_listed_and_ended() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let mut elsewhere = town.browser("citizen").await;
        let mut third = town.browser("citizen").await;
        let page = me.get("/account").await;
        assert!(page.body.contains("시민 역할로 들어와 있어요"), "{}", page.body);
        assert_eq!(page.body.matches("지금 이곳").count(), 1);
        assert_eq!(page.body.matches("name=\"number\"").count(), 2, "{}", page.body);
        assert!(me.get("/wallet").await.body.contains("href=\"/account\""), "the frame leads there");
        let number = field(&page.body, "number").unwrap();
        me.post_and_follow("/account/sessions/end", &[("number", &number)]).await;
        let out = [elsewhere.get("/wallet").await.status, third.get("/wallet").await.status];
        assert_eq!(out.iter().filter(|status| **status == StatusCode::SEE_OTHER).count(), 1, "{out:?}");
        let gone = me.post("/account/sessions/end", &[("number", &number)]).await;
        assert!(gone.body.contains("이미 나간 곳이에요"), "{}", gone.body);
        let page = me.post_and_follow("/account/sessions/end", &[]).await;
        assert!(page.body.contains("그곳에서 나가게 했어요"), "{}", page.body);
        assert_eq!(elsewhere.get("/wallet").await.status, StatusCode::SEE_OTHER);
        assert_eq!(third.get("/wallet").await.status, StatusCode::SEE_OTHER);
        assert_eq!(me.get("/wallet").await.status, StatusCode::OK, "one's own lasts");
        // Another's sign-in is nobody's here.
        let mut clerk = town.browser("clerk").await;
        let theirs = clerk.get("/account").await;
        assert!(theirs.body.contains("시청 민원실 창구"), "{}", theirs.body);
        let mine = field(&third_number(&town).await, "number").unwrap();
        let refused = clerk.post("/account/sessions/end", &[("number", &mine)]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        me.post("/leave", &[]).await;
        assert_eq!(location(&me.get("/account").await), common::door("/account"));
    }
}

/// A page of the citizen's that names a sign-in of theirs.
async fn third_number(town: &Town) -> String {
    let _first = town.browser("citizen").await;
    town.browser("citizen").await.get("/account").await.body
}

/// Says yes to the only role that waits.
async fn confirmed(second: &mut Browser<'_>) {
    let page = second.get("/desk/access").await;
    let path = page.body.split("action=\"").find(|part| part.contains("/confirm\"")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    assert_eq!(second.post_and_follow(&path, &[]).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_for_a_time_and_confirmed_by_another() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut first = signed_in(&town, "first", "access-officer").await;
        let mut second = signed_in(&town, "second", "access-officer").await;
        assert_eq!(location(&first.get("/desk").await), "/desk/access", "their desk is another");
        let account = opened(&mut first).await;
        // What is wrong with the form, at its field.
        let wrong = give(&mut first, account, &[("role", "till"), ("shop", "x"), ("until", "soon")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"shop-error\"") && wrong.body.contains("id=\"until-error\""));
        for (fields, said) in [
            (&[("role", "clerk")][..], "동이 맞지 않아요"),
            (&[("role", "till")], "이 계정에는 줄 수 없는 역할이에요"),
            (&[("role", "auditor"), ("shop", "123-45-67891")], "이 계정에는 줄 수 없는 역할이에요"),
            (&[("role", "auditor"), ("until", "2021-02-22")], "끝나는 날이 시작하는 날보다 빨라요"),
            (&[("role", "mayor")], "이런 역할이 없어요"),
        ] {
            let refused = give(&mut first, account, fields).await;
            assert!(refused.body.contains(said), "{fields:?}: {}", refused.body);
        }
        // One for a week, which another officer says yes to.
        let week = [("role", "clerk"), ("district", "4511153000"), ("until", "2021-03-01")];
        let given = give(&mut first, account, &week).await;
        let page = first.get(&location(&given)).await;
        assert!(page.body.contains("3월 1일") && page.body.contains("확인 대기"), "{}", page.body);
        confirmed(&mut second).await;
        let page = first.get(&format!("/desk/access?find={account}")).await;
        assert!(page.body.contains("3월 1일") && page.body.contains("쓰는 중"), "{}", page.body);
        // One that waits for a second person.
        let given = give(&mut first, account, &[("role", "card-officer")]).await;
        let page = first.get(&location(&given)).await;
        assert!(page.body.contains("다른 공무원이 확인하면") && page.body.contains("확인 대기"));
        assert!(!page.body.contains("/confirm\""), "whoever gave it is not asked: {}", page.body);
        let page = second.get("/desk/access").await;
        assert!(page.body.contains("역할이 1개 있어요"), "{}", page.body);
        let path = page.body.split("action=\"").find(|part| part.contains("/confirm\"")).unwrap();
        let path = path.split('"').next().unwrap().to_owned();
        let own = first.post(&path, &[]).await;
        assert!(own.body.contains("다른 사람이 확인해야 해요"), "{}", own.body);
        let page = second.post_and_follow(&path, &[]).await;
        assert!(page.body.contains("역할을 확인했어요"), "{}", page.body);
        let twice = second.post(&path, &[]).await;
        assert!(twice.body.contains("이미 확인한 역할이에요"), "{}", twice.body);
        // And taken back.
        let end = path.replace("/confirm", "/end");
        let page = first.post_and_follow(&end, &[]).await;
        assert!(page.body.contains("역할을 거뒀어요") && page.body.contains("끝남"), "{}", page.body);
    }
}

/// Who the accounts are, by what their keys are for; and what to do where nobody else can say yes.
#[tokio::test(flavor = "multi_thread")]
async fn an_officer_alone_is_told_the_command_for_a_second() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut first = signed_in(&town, "first", "access-officer").await;
        let page = first.get("/desk/access").await;
        assert!(page.body.contains("‘first’ 열쇠 (acc_"), "{}", page.body);
        let command = "ongoeul token --config city.toml --role access-officer";
        assert!(!page.body.contains(command), "nothing waits: {}", page.body);
        let account = opened(&mut first).await;
        give(&mut first, account, &[("role", "card-officer")]).await;
        let page = first.get("/desk/access").await;
        assert!(
            page.body.contains(command) && page.body.contains("다른 권한 담당자가 아직 없어요"),
            "{}",
            page.body
        );
        let grant = {
            let view = town.app.city.shared.read();
            view.town.doors.grants_of(account).next().unwrap().id
        };
        let own = first.post(&format!("/desk/access/roles/{grant}/confirm"), &[]).await;
        assert!(own.body.contains("ongoeul token"), "{}", own.body);
        let mut second = signed_in(&town, "second", "access-officer").await;
        assert!(!first.get("/desk/access").await.body.contains(command), "there are two");
        // What somebody was given is found by its number, and a person's account by their masked name beside it.
        let given = [("request_key", "k"), ("person", &*town.citizen.to_string())];
        second.get("/desk/access").await;
        let known = second.post("/desk/access/accounts", &given).await;
        assert!(known.body.contains("이미 계정이 있어요"), "{}", known.body);
        let page = second.get(&format!("/desk/access?find={}", town.citizen)).await;
        assert!(page.body.contains("김*자 (acc_"), "{}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_to_themself_and_a_leaver_is_out() {
    let town = Town::new(Engine::Sqlite);
    let mut first = signed_in(&town, "first", "access-officer").await;
    let mut second = signed_in(&town, "second", "access-officer").await;
    let own = {
        let view = town.app.city.shared.read();
        let hash = tokens::hash("token-first");
        let grant = view.town.doors.grant_of_token(&hash).unwrap();
        view.town.doors.grant(grant).unwrap().account
    };
    let page = first.get(&format!("/desk/access?find={own}")).await;
    assert!(page.body.contains("자기 계정에는") && !page.body.contains("id=\"give\""), "{}", page.body);
    let fields = [("request_key", "k"), ("role", "auditor"), ("from", "2021-02-23")];
    let refused = first.post(&format!("/desk/access/accounts/{own}/roles"), &fields).await;
    assert!(refused.body.contains("자기에게는 할 수 없어요"), "{}", refused.body);
    let refused = first.post(&format!("/desk/access/accounts/{own}/end"), &[]).await;
    assert!(refused.body.contains("자기에게는 할 수 없어요"), "{}", refused.body);
    // Their sign-ins are ended by another, then the account.
    let mut elsewhere = again(&town, "first").await;
    second.get("/desk/access").await;
    second.post(&format!("/desk/access/accounts/{own}/sessions/end"), &[]).await;
    assert_eq!(location(&elsewhere.get("/desk/access").await), common::door("/desk/access"));
    let mut first = again(&town, "first").await;
    let page = second.post_and_follow(&format!("/desk/access/accounts/{own}/end"), &[]).await;
    assert!(page.body.contains("계정을 끝냈어요") && page.body.contains("끝난 계정"), "{}", page.body);
    assert_eq!(location(&first.get("/desk/access").await), common::door("/desk/access"));
    let twice = second.post(&format!("/desk/access/accounts/{own}/end"), &[]).await;
    assert!(twice.body.contains("이런 계정이 없어요"), "{}", twice.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_account_is_found_by_their_card() {
    let town = Town::new(Engine::Sqlite);
    let mut officer = signed_in(&town, "first", "access-officer").await;
    let number = format!("{:016}", town.card_number);
    for find in [&number, &town.citizen.to_string()] {
        let page = officer.get(&format!("/desk/access?find={find}")).await;
        assert!(page.body.contains("김*자") && !page.body.contains("김순자"), "{}", page.body);
    }
    let page = officer.get("/desk/access?find=per_0000000000000").await;
    assert!(page.body.contains("찾는 사람이 없어요"), "{}", page.body);
    let known = [("request_key", "k1"), ("person", &*town.citizen.to_string())];
    let refused = officer.post("/desk/access/accounts", &known).await;
    assert!(refused.body.contains("이미 계정이 있어요"), "{}", refused.body);
    // Who has another desk, or none, comes to the door.
    for persona in ["officer", "clerk", "citizen", "auditor"] {
        let mut other = town.browser(persona).await;
        assert_eq!(location(&other.get("/desk/access").await), common::door("/desk/access"), "{persona}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_desks_speak_both_languages() {
    let town = Town::new(Engine::Sqlite);
    let mut officer = signed_in(&town, "first", "access-officer").await;
    let account = opened(&mut officer).await;
    give(&mut officer, account, &[("role", "card-officer")]).await;
    let folder = std::env::var_os("PAGES_TO_LOOK_AT").map(std::path::PathBuf::from);
    for lang in ["ko", "en"] {
        officer.get(&format!("/look?lang={lang}&back=/")).await;
        let pages = [
            ("account", officer.get("/account").await),
            ("access", officer.get("/desk/access").await),
            ("access-found", officer.get(&format!("/desk/access?find={account}")).await),
            (
                "access-wrong",
                give(&mut officer, account, &[("role", "till"), ("shop", "x"), ("until", "x")]).await,
            ),
        ];
        for (name, page) in pages {
            assert!(!page.body.contains('⟦') && !page.body.contains("{ $"), "{name}: {}", page.body);
            let main = page.body.split("<main").nth(1).unwrap();
            if lang == "en" {
                assert!(!main.contains(|c: char| ('가'..='힣').contains(&c)), "{name}: {main}");
            }
            if let Some(folder) = &folder {
                let html = page.body.replace("/assets/", "");
                std::fs::write(folder.join(format!("live-{name}.{lang}.html")), html).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_at_an_organisation_is_given_by_page() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut first = signed_in(&town, "first", "access-officer").await;
        let mut second = signed_in(&town, "second", "access-officer").await;
        let account = opened(&mut first).await;
        let (chest, federation) = {
            let view = town.app.city.shared.read();
            let known = |word| view.town.directory.organisations.known_as(word).unwrap().id.to_string();
            (known("chest"), known("sme-federation"))
        };
        let page = first.get(&format!("/desk/access?find={account}")).await;
        assert!(page.body.contains(&format!("value=\"{federation}\"")), "{}", page.body);
        for (fields, said) in [
            (&[("role", "association")][..], "이 계정에는 줄 수 없는 역할이에요"),
            (&[("role", "association"), ("organisation", &*chest)], "그런 기관이 없어요"),
            (&[("role", "association"), ("organisation", "org_0000000000zzz")], "그런 기관이 없어요"),
            (&[("role", "association"), ("organisation", "<b>")], "그런 기관이 없어요"),
        ] {
            let refused = give(&mut first, account, fields).await;
            assert!(refused.body.contains(said), "{fields:?}: {}", refused.body);
        }
        // An organisation left chosen for another role is let go of.
        let auditor = [("role", "auditor"), ("organisation", federation.as_str())];
        assert!(location(&give(&mut first, account, &auditor).await).contains("did="));
        confirmed(&mut second).await;
        let wish = [("role", "association"), ("organisation", federation.as_str())];
        let given = give(&mut first, account, &wish).await;
        let page = first.get(&location(&given)).await;
        assert!(page.body.contains("확인 대기"), "{}", page.body);
        let page = second.get("/desk/access").await;
        let path = page.body.split("action=\"").find(|part| part.contains("/confirm\"")).unwrap();
        let path = path.split('"').next().unwrap().to_owned();
        let page = second.post_and_follow(&path, &[]).await;
        assert!(page.body.contains("역할을 확인했어요"), "{}", page.body);
        let view = town.app.city.shared.read();
        let roles = view.town.doors.roles_of(account, 20_000, &view.town.pack);
        let speaks = roles.iter().any(
            |(_, actor)| matches!(actor.role, base::Role::Organisation(id) if id.to_string() == federation),
        );
        assert!(speaks, "{roles:?}");
    }
}
