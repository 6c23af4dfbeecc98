//! A sealed compartment: who works there keeps records, and nobody else can tell that there are any, by any page, count,
//! error, header or number. The ways somebody could are walked in every role, before and after something happened in it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::Actor;
use city::Command;
use common::table::written;
use common::{Answer, Browser, Town, field};
use testkit::Engine;

const HOME: &str = "/sealed/victim-support";
const NAME: &str = "새벽씨라는분";
const REACH: &str = "010-5555-4444";
const NOTE: &str = "밤에 혼자 있기가 무섭다고 하셨어요";
/// Whoever the table of roles asks for.
const ROLES: [&str; 9] =
    ["citizen", "merchant", "other", "till", "clerk", "officer", "auditor", "chest", "association"];
const TABLE: &str = include_str!("roles.tsv");

/// Somebody's browser, signed in with a cookie; `None` is nobody.
async fn browser<'a>(town: &'a Town, cookie: Option<String>) -> Browser<'a> {
    let mut browser = Browser { town, cookies: Vec::new(), csrf: String::new() };
    browser.get("/enter").await;
    browser.cookies.extend(cookie.map(|cookie| ("session".to_owned(), cookie)));
    browser
}

async fn counsellor(town: &Town) -> Browser<'_> {
    browser(town, Some(town.at_desk("counsellor", "victim-counsellor", "victim-centre").await)).await
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// Takes somebody in; the record's address.
async fn taken_in(who: &mut Browser<'_>, name: &str) -> String {
    let page = who.get(&format!("{HOME}/new")).await;
    let key = field(&page.body, "request_key").unwrap();
    let fields = [("request_key", key.as_str()), ("name", name), ("reach", REACH), ("note", NOTE)];
    let to = location(&who.post(&format!("{HOME}/new"), &fields).await);
    // Sent again, it is the same record.
    assert_eq!(location(&who.post(&format!("{HOME}/new"), &fields).await), to);
    to.split('?').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_there_keeps_records_and_each_look_is_kept() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = counsellor(&town).await;
        assert_eq!(location(&me.get("/organisation").await), HOME, "their work is before them");
        let empty = me.get(HOME).await;
        assert!(
            empty.body.contains("열린 기록이 없어요") && empty.body.contains("새로 받기"),
            "{}",
            empty.body
        );
        // What is wrong is said at its field, and what was typed stays.
        let page = me.get(&format!("{HOME}/new")).await;
        let key = field(&page.body, "request_key").unwrap();
        let fields = [("request_key", key.as_str()), ("name", " "), ("note", NOTE)];
        let wrong = me.post(&format!("{HOME}/new"), &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("id=\"name-error\"") && wrong.body.contains(NOTE), "{}", wrong.body);
        let stale = me.post(&format!("{HOME}/new"), &[("csrf", "x"), ("request_key", "k")]).await;
        assert_eq!(stale.status, StatusCode::FORBIDDEN);

        let record = taken_in(&mut me, NAME).await;
        let page = me.get(&record).await;
        for part in [NAME, REACH, NOTE, "처음 받음", "나</p>"] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        let key = field(page.body.split("/notes\"").nth(1).unwrap(), "request_key").unwrap();
        let note = [("request_key", key.as_str()), ("note", "경찰에 <같이> 갔어요\r\n다시 오기로 했어요")];
        let page = me.post_and_follow(&format!("{record}/notes"), &note).await;
        assert!(page.body.contains("글을 더했어요") && page.body.contains("경찰에 &#60;같이&#62; 갔어요"));
        let empty = me.post(&format!("{record}/notes"), &[("request_key", "k2"), ("note", " ")]).await;
        assert!(empty.body.contains("id=\"note-error\""), "{}", empty.body);
        let list = me.get(HOME).await;
        assert!(list.body.contains("열린 기록 1건") && list.body.contains(NAME), "{}", list.body);
        let closed =
            me.post_and_follow(&format!("{record}/close"), &[("request_key", "k3"), ("text", "")]).await;
        assert!(
            closed.body.contains("기록을 닫았어요") && !closed.body.contains("/notes\""),
            "{}",
            closed.body
        );
        let late = me.post(&format!("{record}/notes"), &[("request_key", "k4"), ("note", "더")]).await;
        assert!(late.body.contains("닫은 기록이에요"), "{}", late.body);
        let unknown = me.get(&format!("{HOME}/rec_0000000000001")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert!(unknown.body.contains("이 번호의 기록이 없어요"), "{}", unknown.body);
        me.get("/look?lang=en&back=/").await;
        assert!(me.get(&record).await.body.contains("Taken in"));

        // The reviewer sees each look, and no record.
        let cookie = town.at_desk("reviewer", "victim-reviewer", "victim-centre").await;
        let mut reviewer = browser(&town, Some(cookie)).await;
        let looks = location(&reviewer.get("/organisation").await);
        let page = reviewer.get(&looks).await;
        let id = record.rsplit('/').next().unwrap();
        // Shown five times as a page of its own (refused forms show it too), once in the list.
        assert_eq!(page.body.matches("기록을 열어 봤어요").count(), 6, "{}", page.body);
        assert_eq!(page.body.matches("목록에서 이름을 봤어요").count(), 1, "{}", page.body);
        assert!(page.body.contains(id) && !page.body.contains(NAME), "{}", page.body);
        for elsewhere in [HOME, &record, &format!("{HOME}/new")] {
            assert_eq!(reviewer.get(elsewhere).await.status, StatusCode::NOT_FOUND, "{elsewhere}");
        }
        assert_eq!(me.get(&looks).await.status, StatusCode::NOT_FOUND, "nobody reviews themself");
        assert!(!page.body.contains("/desk"), "{}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_form_of_theirs_writes_nothing() {
    let town = Town::new(Engine::Sqlite);
    let mut me = counsellor(&town).await;
    let record = taken_in(&mut me, NAME).await;
    let page = me.get(&record).await.body;
    let writings = page.matches("<li><p class=\"small muted\">").count();
    let cookies: Vec<String> = me.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let form = "application/x-www-form-urlencoded";
    let good = format!("csrf={}&request_key=h&note=", me.csrf);
    for (kind, body, status) in [
        ("application/json", "{\"note\":\"x\"}".to_owned(), 403),
        (form, String::new(), 403),
        (form, "csrf=%ff&note=%fe".to_owned(), 403),
        (form, format!("csrf={}&note=x", me.csrf), 400),
        (form, format!("csrf={}&request_key=%0a%0b&note=x", me.csrf), 400),
        (form, format!("csrf={}&request_key={}&note=x", me.csrf, "k".repeat(65)), 400),
        (form, format!("{good}{}", "x".repeat(3 << 20)), 403),
        (form, format!("{good}{}", "x".repeat(4_001)), 422),
        (form, format!("{good}%00%07"), 422),
        (form, format!("{good}%20%0d%0a"), 422),
    ] {
        for path in ["/new".to_owned(), format!("/{}/notes", record.rsplit('/').next().unwrap())] {
            let request = Request::builder()
                .method(Method::POST)
                .uri(format!("{HOME}{path}"))
                .header(header::COOKIE, cookies.join("; "))
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body.clone()))
                .unwrap();
            let answer = town.send(request).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {kind} {}", &body[..body.len().min(80)]);
        }
    }
    let page = me.get(&record).await.body;
    assert_eq!(page.matches("<li><p class=\"small muted\">").count(), writings);
    assert!(me.get(HOME).await.body.contains("열린 기록 1건"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_it_is_shut_to_who_works_there_and_nowhere_to_all_others() {
    for engine in testkit::engines() {
        let town = Town::without_keys(engine);
        let mut me = counsellor(&town).await;
        for path in [HOME.to_owned(), format!("{HOME}/new"), format!("{HOME}/rec_0000000000001")] {
            let shut = me.get(&path).await;
            assert_eq!(shut.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(shut.body.contains("방이 닫혀 있어요"), "{}", shut.body);
        }
        let officer = browser(&town, Some(town.signed_in("officer").await)).await;
        let seen = asked(&officer, "GET", HOME).await;
        assert_eq!(seen, asked(&officer, "GET", "/nowhere/no-such-thing").await);
    }
}

/// An answer as far as two of them may be compared: what differs by request is taken out, and the address itself.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
}

fn seen(answer: &Answer, path: &str) -> Seen {
    let id = answer.headers.get("x-request-id").map(|id| id.to_str().unwrap().to_owned());
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .collect();
    headers.sort();
    // As a page writes its own address to come back to, too.
    let escaped = path.replace('?', "%3F").replace('=', "%3D");
    let mut body = answer.body.replace(&escaped, "PATH").replace(path, "PATH");
    if let Some(id) = id {
        body = body.replace(&id, "ID");
    }
    for name in ["request_key", "ticket", "csrf"] {
        body = without(&body, &format!("name=\"{name}\" value=\""));
    }
    Seen { status: answer.status, headers, body }
}

/// The text without what stands after each of these up to the next quotation mark.
fn without(text: &str, before: &str) -> String {
    let mut parts = text.split(before);
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.push_str(before);
        left.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    left
}

/// Everybody who is not in the compartment, by name.
async fn outsiders(town: &Town) -> BTreeMap<String, Option<String>> {
    let mut all: BTreeMap<String, Option<String>> = BTreeMap::new();
    all.insert("none".to_owned(), None);
    for role in ROLES {
        all.insert(role.to_owned(), Some(town.signed_in(role).await));
    }
    for duty in ["access-officer", "city-counter", "card-officer"] {
        town.grant_duty(duty, duty).await;
        all.insert(duty.to_owned(), Some(town.signed_in(duty).await));
    }
    // Another desk of the centre itself, and the same roles at another association.
    all.insert("desk".to_owned(), Some(town.at_desk("desk", "association", "victim-centre").await));
    for duty in ["victim-counsellor", "victim-reviewer"] {
        let name = format!("strange-{duty}");
        let cookie = town.at_desk(&name, duty, "sme-federation").await;
        all.insert(name, Some(cookie));
    }
    // One whose role has ended.
    let left = town.at_desk("left", "victim-counsellor", "victim-centre").await;
    end_role(town, "left").await;
    all.insert("left".to_owned(), Some(left));
    all
}

async fn end_role(town: &Town, name: &str) {
    let grant = {
        let view = town.app.city.shared.read();
        view.town.doors.grant_of_token(&city::tokens::hash(&format!("token-{name}"))).unwrap()
    };
    let command = Command::EndRole { grant };
    let input_hash = command.input_hash();
    let request = pen::Request { actor: Actor::SYSTEM, key: format!("end-{name}"), input_hash };
    town.app.city.ask(request, command).await.unwrap().unwrap();
}

/// Addresses of the compartment, with the record at its place, and the like that are nowhere.
const WALKED: [(&str, &str); 11] = [
    ("GET", ""),
    ("GET", "/"),
    ("GET", "?from=0"),
    ("GET", "/new"),
    ("POST", "/new"),
    ("GET", "/looks"),
    ("GET", "/REC"),
    ("POST", "/REC/notes"),
    ("POST", "/REC/close"),
    ("DELETE", "/REC"),
    ("HEAD", "/REC"),
];

async fn asked(who: &Browser<'_>, method: &str, path: &str) -> Seen {
    let cookies: Vec<String> = who.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let body = format!("csrf={}&request_key=k&name=a&note=b&text=c", who.csrf);
    let request = Request::builder()
        .method(method.parse::<Method>().unwrap())
        .uri(path)
        .header(header::COOKIE, cookies.join("; "))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(if method == "POST" { Body::from(body) } else { Body::empty() })
        .unwrap();
    seen(&who.town.send(request).await, path)
}

/// What every outsider gets at every address of the compartment, or of one that is nowhere.
async fn walked(
    all: &BTreeMap<String, Browser<'_>>,
    home: &str,
    record: &str,
) -> BTreeMap<(String, String), Seen> {
    let mut found = BTreeMap::new();
    for (name, who) in all {
        for (method, rest) in WALKED {
            let path = format!("{home}{}", rest.replace("REC", record));
            found.insert((name.clone(), format!("{method} {rest}")), asked(who, method, &path).await);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_its_addresses_are_nowhere_whatever_is_in_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = counsellor(&town).await;
        let mut all = BTreeMap::new();
        for (name, cookie) in outsiders(&town).await {
            all.insert(name, browser(&town, cookie).await);
        }
        let uses = || town.app.city.compartment("victim-support").unwrap().uses();
        let made_up = "rec_0000000000001";
        let before = (written(&town), uses());
        let empty = walked(&all, HOME, made_up).await;
        // As long an address, so that the page is as long.
        let nowhere = walked(&all, "/nowhere/no-such-thing", made_up).await;
        // Nothing in it was so much as asked for, so the answers take as long as they do anywhere.
        assert_eq!((written(&town), uses()), before);
        let record = taken_in(&mut me, NAME).await;
        let record = record.rsplit('/').next().unwrap().to_owned();
        let before = (written(&town), uses());
        let full = walked(&all, HOME, &record).await;
        assert_eq!((written(&town), uses()), before);
        for (what, found) in &full {
            assert_eq!(found.status, StatusCode::NOT_FOUND, "{what:?}");
            assert_eq!(found, &empty[what], "{what:?}");
            assert_eq!(found, &nowhere[what], "{what:?}");
        }
        // Whoever is within and asks for what is not there is outside of that as well.
        let other = asked(&me, "GET", "/sealed/other-room").await;
        assert_eq!(other, asked(&me, "GET", "/nowhere/some-room").await);
        assert_eq!(me.get(&format!("{HOME}/{record}")).await.status, StatusCode::OK);
    }
}

/// Every page and call that can be asked for without naming anything.
fn surfaces() -> Vec<String> {
    let routes = TABLE.lines().filter_map(|line| line.split('\t').next()?.trim().strip_prefix("GET "));
    let mut all: Vec<String> = routes.filter(|path| !path.contains('{')).map(str::to_owned).collect();
    // Streams don't end, and health is not the city's.
    all.retain(|path| !path.contains("live") && !path.contains("events") && path != "/metrics");
    for find in [NAME, REACH, "새벽"] {
        let find: String = find.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in ["/clerk?find=", "/books?find=", "/desk/access?find=", "/desk/looks?find="] {
            all.push(format!("{path}{find}"));
        }
    }
    all
}

/// What everybody sees everywhere.
async fn looked_over(town: &Town, all: &BTreeMap<String, Browser<'_>>) -> BTreeMap<(String, String), Seen> {
    let mut found = BTreeMap::new();
    for path in surfaces() {
        for (name, who) in all {
            let cookies: Vec<String> =
                who.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = Request::builder().uri(&path).header(header::COOKIE, cookies.join("; "));
            let request = match ROLES.contains(&name.as_str()) {
                true => request.header(header::AUTHORIZATION, format!("Bearer token-{name}")),
                false => request,
            };
            let answer = town.send(request.body(Body::empty()).unwrap()).await;
            found.insert((name.clone(), path.clone()), seen(&answer, &path));
        }
    }
    found
}

/// The counters that are told to operators: requests, refusals, the pen's work, the journal.
async fn counted(town: &Town) -> BTreeMap<String, i64> {
    let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
    let told = town.send(request).await.body;
    let own = ["ongoeul_http_requests", "ongoeul_http_refusals", "ongoeul_pen_", "ongoeul_journal"];
    let line = |line: &str| {
        let (name, number) = line.rsplit_once(' ')?;
        let counts = own.iter().any(|start| name.starts_with(start)) && !name.contains("seconds");
        counts.then(|| Some((name.to_owned(), number.parse::<f64>().ok()? as i64)))?
    };
    told.lines().filter_map(line).collect()
}

fn risen(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let rise = |(name, number): (&String, &i64)| (name.clone(), number - before.get(name).unwrap_or(&0));
    after.iter().map(rise).filter(|(_, rise)| *rise != 0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_count_or_number_outside_moves_with_what_is_in_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = counsellor(&town).await;
        let mut all = BTreeMap::new();
        for name in ["none", "citizen", "merchant", "clerk", "officer", "auditor", "association"] {
            let cookie = if name == "none" { None } else { Some(town.signed_in(name).await) };
            all.insert(name.to_owned(), browser(&town, cookie).await);
        }
        looked_over(&town, &all).await;
        let sealed = || town.app.city.sealing().unwrap().sealed();
        let looks = || town.app.city.access.head();
        let zero = counted(&town).await;
        let first = looked_over(&town, &all).await;
        let one = counted(&town).await;
        let second = looked_over(&town, &all).await;
        let two = counted(&town).await;
        let before = (written(&town), sealed(), looks());
        for nth in 0..3 {
            let record = taken_in(&mut me, NAME).await;
            me.get(&record).await;
            me.get(HOME).await;
            let key = format!("n{nth}");
            let note = [("request_key", key.as_str()), ("note", NOTE)];
            assert!(me.post(&format!("{record}/notes"), &note).await.status.is_redirection());
        }
        assert_eq!((written(&town), sealed(), looks()), before, "no posting, no leaf, no look of the city's");
        // What was counted is what counting itself counts.
        let quiet = counted(&town).await;
        let metrics = "ongoeul_http_requests_total{route=\"/metrics\",method=\"GET\",status=\"200\"}";
        assert_eq!(risen(&two, &quiet), BTreeMap::from([(metrics.to_owned(), 1)]));
        let third = looked_over(&town, &all).await;
        let three = counted(&town).await;
        assert_eq!(risen(&one, &two), risen(&zero, &one));
        let mut rise = risen(&two, &three);
        *rise.get_mut(metrics).unwrap() -= 1;
        assert_eq!(rise, risen(&one, &two));
        // Pages that are another each time they are asked for say nothing; there are few.
        let mut restless = BTreeSet::new();
        for (what, seen) in &third {
            if first[what] != second[what] {
                restless.insert(what.1.clone());
                continue;
            }
            assert_eq!(seen, &second[what], "{engine:?} {what:?}");
        }
        let known = ["/me/looks", "/desk/inspection", "/desk/looks", "/pay", "/wallet", "/shop", "/sign-in"];
        let odd: Vec<&String> =
            restless.iter().filter(|path| !known.iter().any(|known| path.starts_with(known))).collect();
        assert!(odd.is_empty(), "{odd:?}");
        for (what, seen) in &third {
            assert!(!seen.body.contains("새벽씨라는분") || what.1.contains("find="), "{what:?}");
        }
    }
}

/// Everything the city's database holds, as someone who took its files or a dump of it reads it.
fn dump(town: &Town) -> Vec<u8> {
    match town.place.engine() {
        Engine::Sqlite => {
            let file = std::path::PathBuf::from(town.place.location());
            let mut bytes = std::fs::read(&file).unwrap();
            bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
            bytes
        }
        Engine::Postgres => testkit::dump(&town.place.location()),
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_dump_says_anything() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = counsellor(&town).await;
        let record = taken_in(&mut me, NAME).await;
        me.get(&record).await;
        let record = record.rsplit('/').next().unwrap().to_owned();
        let city = dump(&town);
        assert!(holds(&city, &town.citizen.to_string()), "the dump is the city's");
        let mut beside = std::fs::read(town.access()).unwrap();
        for end in ["-wal", "-shm"] {
            let path = format!("{}{end}", town.access().display());
            beside.extend(std::fs::read(path).unwrap_or_default());
        }
        let folder = town.compartments().join("victim-support");
        let own: Vec<u8> = std::fs::read_dir(folder)
            .unwrap()
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        assert!(holds(&own, &record), "the files are the compartment's");
        for text in [NAME, REACH, NOTE] {
            assert!(!holds(&city, text) && !holds(&beside, text) && !holds(&own, text), "{text}");
        }
        // Outside not even the number of a record is anywhere.
        assert!(!holds(&city, &record) && !holds(&beside, &record));
    }
}
