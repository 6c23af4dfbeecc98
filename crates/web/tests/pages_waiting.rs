//! The list of what waits for a second person, against a real city.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeMap;
use std::path::Path;

use axum::http::{StatusCode, header};
use base::{Actor, PostingNo};
use city::pack::{Brought, bring, newest, read_folder, would_change};
use city::{CardRef, Command, Reply, tokens};
use common::{Answer, Browser, Town, field};
use pen::Recorded;
use testkit::Engine;

fn system(town: &Town, key: &str, command: Command) -> PostingNo {
    let request = pen::Request { actor: Actor::SYSTEM, key: key.into(), input_hash: command.input_hash() };
    match tokio::task::block_in_place(|| town.app.city.ask_waiting(request, command)).unwrap() {
        Reply::Done { recorded: Recorded::Posting(no), .. } => no,
        other => panic!("{other:?}"),
    }
}

fn paid(town: &Town, amount: i64) -> PostingNo {
    system(town, "t", Command::TopUp { person: town.citizen, amount: 900_000 });
    let card = CardRef::Id(town.card);
    system(town, "p", Command::Pay { card, merchant: town.shop, amount, pin: None, order: None })
}

fn says(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "no {text:?} in {}", page.body);
}

/// Where a form of the page goes, and its key.
fn form(page: &Answer, deed: &str) -> (String, String) {
    let mut parts = page.body.split("action=\"/waiting/").skip(1);
    let part = parts.find(|part| part.split('"').next().unwrap().ends_with(deed));
    let part = part.unwrap_or_else(|| panic!("no form to {deed}: {}", page.body));
    (format!("/waiting/{}", part.split('"').next().unwrap()), field(part, "request_key").unwrap())
}

async fn refund(till: &mut Browser<'_>, payment: PostingNo, amount: &str, key: &str) -> Answer {
    let payment = payment.to_string();
    let fields =
        [("payment", payment.as_str()), ("amount", amount), ("back", "/shop/till"), ("request_key", key)];
    till.post_and_follow("/shop/refunds", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_refund_at_the_till_is_confirmed_by_the_owner() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let payment = paid(&town, 800_000);
        let mut till = town.browser("till").await;
        till.get("/shop/till").await;
        let page = refund(&mut till, payment, "500000", "r1").await;
        assert!(!page.body.contains("확인 대기</h1>"), "one tap: {}", page.body);
        says(&page, "500,000원");
        let page = refund(&mut till, payment, "100000", "r2").await;
        says(&page, "올렸어요. 다른 사람이 확인하면 이뤄져요.");
        says(&page, "100,000원");
        assert!(!page.body.contains("/confirm\""), "not by whoever proposed it: {}", page.body);
        let (at, _) = form(&page, "/withdraw");
        let own = till.post(&at.replace("withdraw", "confirm"), &[("request_key", "x1")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
        // Another shop sees nothing of it.
        let mut other = town.browser("other").await;
        let page = other.get("/waiting").await;
        says(&page, "기다리는 일이 없어요");
        let refused = other.post(&at.replace("withdraw", "confirm"), &[("request_key", "x2")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
        // The owner says no without a reason, then yes.
        let mut owner = town.browser("merchant").await;
        let page = owner.get("/waiting").await;
        says(&page, "확인할 일이 1건 있어요");
        let (at, key) = form(&page, "/refuse");
        let wrong = owner.post(&at, &[("request_key", &key), ("why", "싫어")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&wrong, "id=\"why-error\"");
        says(&wrong, "value=\"싫어\"");
        let (at, key) = form(&page, "/confirm");
        let page = owner.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&page, "확인했어요. 일이 이뤄졌어요.");
        says(&page, "기다리는 일이 없어요");
        let again = owner.post(&at, &[("request_key", &key)]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "the same key, the same answer");
        // The till is told on whatever page it opens, and there by whom and when; until it says that it has read so.
        says(&till.get("/shop/till").await, "새 답 1건");
        let page = till.get("/waiting").await;
        says(&page, "내가 올린 일 1건에 답이 왔어요");
        says(&page, "에 확인해서 이뤄졌어요");
        says(&page, "답한 사람: 가게 주인 · ");
        let (at, key) = form(&page, "/heard");
        // Nobody else reads it in its place.
        let stranger = owner.post(&at, &[("request_key", "x3")]).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}", stranger.body);
        let page = till.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&page, "읽은 것으로 적었어요");
        says(&page, "에 확인해서 이뤄졌어요");
        assert!(!page.body.contains("새 답"), "{}", page.body);
        let twice = till.post(&at, &[("request_key", "x4")]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND, "{}", twice.body);
        // Refused with a sentence, and withdrawn.
        refund(&mut till, payment, "50000", "r3").await;
        let page = owner.get("/waiting").await;
        let (at, key) = form(&page, "/refuse");
        let why = [("request_key", key.as_str()), ("why", "영수증 <b>없이</b> 왔어요")];
        says(&owner.post_and_follow(&at, &why).await, "거절했어요");
        let page = till.get("/waiting").await;
        says(&page, "에 거절됐어요");
        says(&page, "까닭: 영수증");
        says(&page, "새 답 1건");
        assert!(
            page.body.contains("영수증 &#60;b&#62;없이") || page.body.contains("영수증 &lt;b&gt;없이"),
            "{}",
            page.body
        );
        let page = refund(&mut till, payment, "50000", "r4").await;
        let (at, key) = form(&page, "/withdraw");
        let page = till.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&page, "취소했어요");
        says(&page, "새 답 1건");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_nothing_to_do_with_it_comes_to_the_door() {
    let town = Town::new(Engine::Sqlite);
    for persona in ["citizen", "clerk", "auditor"] {
        let mut other = town.browser(persona).await;
        let answer = other.get("/waiting").await;
        assert_eq!(answer.headers[header::LOCATION].to_str().unwrap(), common::door("/waiting"), "{persona}");
    }
    // Who confirms roles finds them from here.
    let mut first = common::someone(&town, "first", "access-officer").await;
    let page = first.get("/waiting").await;
    says(&page, "지금 확인할 일이 없어요");
    let mut officer = town.browser("officer").await;
    officer.get("/waiting").await;
    let stale = officer.town;
    let mut forged = Browser { town: stale, cookies: officer.cookies.clone(), csrf: "x".to_owned() };
    let refused = forged.post("/waiting/prp_0000000000001/confirm", &[("request_key", "k")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_speaks_english_too() {
    let town = Town::new(Engine::Sqlite);
    let payment = paid(&town, 700_000);
    let mut officer = town.browser("officer").await;
    officer.cookies.push(("lang".to_owned(), "en".to_owned()));
    let page = officer.get("/waiting").await;
    says(&page, "Nothing to confirm right now");
    let mut till = town.browser("till").await;
    till.get("/shop/till").await;
    refund(&mut till, payment, "", "r1").await;
    let page = officer.get("/waiting").await;
    says(&page, "One thing to confirm");
    says(&page, "Confirm and carry out");
}

const CAMPAIGNS: &str = "campaigns/pig-card.toml";

/// The pack in force with changes to its campaigns.
fn pack(change: impl FnOnce(String) -> String) -> BTreeMap<String, String> {
    let mut files = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju")).unwrap();
    let text = files.remove(CAMPAIGNS).unwrap();
    files.insert(CAMPAIGNS.to_owned(), change(text));
    files
}

/// April's campaign with another limit, a limit that it did not have, and a name that would be markup.
fn another_april(text: String) -> String {
    let (before, april) = text.split_once("id = \"pig-2021-04\"").unwrap();
    let april =
        april.replacen("person_month = 300_000", "person_month = 400_000\nperson_year = 2_000_000", 1);
    let april = april.replacen("월 30만 원, 10%", "월 <b>40만 원</b>", 1);
    format!("{before}id = \"pig-2021-04\"{april}")
}

/// More campaigns to come than one page lists.
fn many_to_come(text: String) -> String {
    let last = "id = \"pig-2024\"\nfrom = 2024-01-01\n";
    assert!(text.contains(last));
    let mut text = text.replacen(last, &format!("{last}until = 2089-12-31\n"), 1);
    for year in 2090..2120 {
        text += &format!(
            "\n[[campaign]]\nid = \"far-{year}\"\nfrom = {year}-01-01\nuntil = {year}-12-31\n\
             person_month = 100_000\ncounts = \"spend\"\n\
             grants = [{{ at = \"payment\", rate = \"5%\", budget = \"cashback-2024\" }}]\n\
             name = {{ ko = \"먼 훗날\", en = \"Far ahead\" }}\nsource = \"notice\"\n"
        );
    }
    text
}

/// On a thread that may wait for the database.
fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

/// Somebody brings a pack, and it waits.
fn brings(town: &Town, who: &str, files: BTreeMap<String, String>) {
    let account = {
        let view = town.app.city.shared.read();
        let grant = view.town.doors.grant_of_token(&tokens::hash(&format!("token-{who}"))).unwrap();
        view.town.doors.grants().find(|one| one.id == grant).unwrap().account
    };
    let brought = aside(|| bring(&town.app.city, files, Some(account))).unwrap();
    assert!(matches!(brought, Brought::Waits(..)));
}

/// The rows of the table of changes: where, what stands there now, what would.
fn table(page: &Answer) -> Vec<[String; 3]> {
    let cell = |part: &str| {
        let text = part.split_once('>').unwrap().1;
        let text = text.strip_prefix("<span class=\"muted\">").unwrap_or(text);
        let text = text.split('<').next().unwrap();
        [("&#60;", "<"), ("&#62;", ">"), ("&lt;", "<"), ("&gt;", ">")]
            .iter()
            .fold(text.to_owned(), |text, (sign, plain)| text.replace(sign, plain))
    };
    let row = |part: &str| {
        let mut cells = part.split("<td ").skip(1).map(cell);
        [cell(part), cells.next().unwrap(), cells.next().unwrap()]
    };
    page.body.split("<th scope=\"row\"").skip(1).map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_waits_shows_where_it_changes_the_rules() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut first = common::someone(&town, "first", "card-officer").await;
        let mut second = common::someone(&town, "second", "card-officer").await;
        let nothing = second.get("/waiting").await;
        assert!(table(&nothing).is_empty() && !nothing.body.contains("새 규칙 적용하기"), "{}", nothing.body);
        brings(&town, "first", pack(another_april));
        let at = |key: &str| format!("{CAMPAIGNS} campaign[pig-2021-04].{key}");
        let rows = [
            [at("name.ko"), "4월부터: 월 30만 원, 10%".into(), "4월부터: 월 <b>40만 원</b>".into()],
            [at("person_month"), "300000".into(), "400000".into()],
            [at("person_year"), "없음".into(), "2000000".into()],
        ];
        // Whoever brought it sees what it changes, and confirms nothing.
        let page = first.get("/waiting").await;
        says(&page, "새 규칙 적용하기");
        says(&page, "바뀌는 곳 3군데 보기");
        assert_eq!(table(&page), rows, "{}", page.body);
        assert!(!page.body.contains("<b>40"), "{}", page.body);
        assert!(!page.body.contains("/confirm\""), "not by whoever brought it: {}", page.body);
        // So does who may say yes, before it is said; in English too.
        let page = second.get("/waiting").await;
        assert_eq!(table(&page), rows, "{}", page.body);
        let (refuse, key) = form(&page, "/refuse");
        second.cookies.push(("lang".to_owned(), "en".to_owned()));
        let english = second.get("/waiting").await;
        assert_eq!(table(&english)[2][1], "nothing", "{}", english.body);
        second.cookies.retain(|(name, _)| name != "lang");
        let why = [("request_key", key.as_str()), ("why", "4월 한도는 그대로예요")];
        let page = second.post_and_follow(&refuse, &why).await;
        assert!(table(&page).is_empty(), "{}", page.body);

        // A long one shows its beginning, and says how much more there is.
        brings(&town, "first", pack(many_to_come));
        let readers = &town.app.city.readers;
        let all = aside(|| readers.read(|snapshot| would_change(snapshot, 2))).unwrap().len();
        assert!(all > 200, "{all}");
        let page = second.get("/waiting").await;
        says(&page, &format!("바뀌는 곳 {all}군데 보기"));
        says(&page, &format!("그 밖에 {}곳이 더 있어요.", all - 200));
        assert_eq!(table(&page).len(), 200);
        let (confirm, key) = form(&page, "/confirm");
        let page = second.post_and_follow(&confirm, &[("request_key", &key)]).await;
        says(&page, "확인했어요. 일이 이뤄졌어요.");
        assert!(table(&page).is_empty(), "{}", page.body);
        let (.., kept) = aside(|| readers.read(newest)).unwrap().unwrap();
        assert!(kept.files[CAMPAIGNS].contains("far-2119"), "it holds");
    }
}
