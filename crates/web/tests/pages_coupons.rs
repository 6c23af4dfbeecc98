//! A coupon for many at the card desk: proposed by one officer, confirmed by another, and told to those who were given it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use base::Role;
use city::coupons::jobs;
use city::{Command, NewPerson, follow};
use common::{Answer, Browser, Town, ask, field, someone};
use testkit::Engine;

/// With the personas, 131 or more: at 800,000 won each it is more than the 100,000,000 that one officer may give.
const PEOPLE: usize = 126;

fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

fn system(town: &Town, key: &str, command: Command) {
    aside(|| ask(&town.app.city, Role::System, key, command));
}

/// A town in July, with a budget for care coupons and people to give them to.
fn town(engine: Engine) -> Town {
    let town = Town::new(engine);
    town.on(2021, 7, 2);
    system(&town, "vote", Command::Vote { budget: "care-coupon-2021".into(), amount: 302_000_000 });
    for no in 0..PEOPLE {
        let name = "이영희".into();
        let person = NewPerson { name, phone: None, birth_day: None, district: None, card: None };
        system(&town, &format!("person-{no}"), Command::Enrol(person));
    }
    town
}

fn says(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "no {text:?} in {}", page.body);
}

fn says_not(page: &Answer, text: &str) {
    assert!(!page.body.contains(text), "{text:?} in {}", page.body);
}

/// Where a form of the page goes, and its key.
fn form(page: &Answer, deed: &str) -> (String, String) {
    let mut parts = page.body.split("action=\"/waiting/").skip(1);
    let part = parts.find(|part| part.split('"').next().unwrap().ends_with(deed));
    let part = part.unwrap_or_else(|| panic!("no form to {deed}: {}", page.body));
    (format!("/waiting/{}", part.split('"').next().unwrap()), field(part, "request_key").unwrap())
}

async fn everyone(officer: &mut Browser<'_>, key: &str, sum: &str) -> Answer {
    let fields =
        [("request_key", key), ("coupon", "care-2021"), ("district", ""), ("each", "800,000"), ("sum", sum)];
    officer.post("/desk/coupons/everyone", &fields).await
}

async fn led(officer: &mut Browser<'_>, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let to = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
    officer.get(&to).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_one_for_everyone_waits_for_another_officer() {
    for engine in testkit::engines() {
        let town = town(engine);
        let all = i64::try_from(town.app.city.shared.read().town.directory.holders().len()).unwrap();
        let mut first = someone(&town, "first", "card-officer").await;
        let mut second = someone(&town, "second", "card-officer").await;
        first.get("/desk/coupons").await;
        let page = everyone(&mut first, "k1", "").await;
        says(&page, "100,000,000원 넘게 드릴 때는 다른 사람이 확인해야 나가요");
        says(&page, "드리자고 올리기");
        let (sum, key) = (field(&page.body, "sum").unwrap(), field(&page.body, "request_key").unwrap());
        assert_eq!(sum, (all * 800_000).to_string());
        let sent = everyone(&mut first, &key, &sum).await;
        let page = led(&mut first, &sent).await;
        says(&page, "올렸어요. 다른 사람이 확인하면 이뤄져요.");
        says(&page, "2021년 종합돌봄쿠폰: 시민 모두에게 800,000원씩");
        says_not(&page, "/confirm\"");
        let twice = everyone(&mut first, &key, &sum).await;
        assert_eq!(twice.status, StatusCode::SEE_OTHER, "the same button twice");
        // The desk says that it waits, and doesn't offer it a second time.
        says(&first.get("/desk/coupons").await, "확인 대기</span>");
        let page = first.get("/desk/coupons/jobs/1").await;
        says(&page, "다른 사람이 확인하면 나가요");
        says_not(&page, "/stop\"");
        says_not(&page, "/go-on\"");
        second.get("/desk/coupons").await;
        let page = everyone(&mut second, "k2", "").await;
        says(&page, "href=\"/desk/coupons/jobs/1\"");
        assert_eq!(field(&page.body, "sum"), None);
        let told = town.call("officer", Method::GET, "/api/v1/coupon-jobs/1", None, "").await;
        assert_eq!(told.json()["state"], "waiting");
        let told = town.call("officer", Method::GET, "/api/v1/proposals", None, "").await;
        let one = &told.json()["items"][0];
        assert_eq!((&one["operation"], &one["job"]), (&"begin-coupons".into(), &1.into()), "{}", told.body);
        assert!(one["posting"].is_null());
        // Not by its number, and not by whoever proposed it.
        let forced = second.post("/desk/coupons/jobs/1/go-on", &[("request_key", "k3")]).await;
        says(&forced, "coupon.job-not-begun");
        let (at, _) = form(&first.get("/waiting").await, "/withdraw");
        let own = first.post(&at.replace("withdraw", "confirm"), &[("request_key", "k4")]).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", own.body);
        says(&own, "second.same");
        // The second one sees what it is, and says yes.
        let page = second.get("/waiting").await;
        says(&page, "href=\"/desk/coupons/jobs/1\"");
        says(&page, &format!("받을 사람</dt><dd>{all}명</dd>"));
        says(&page, "지금 쓸 수 있는 예산</dt><dd class=\"nowrap\">302,000,000원</dd>");
        let left = 302_000_000 - all * 800_000;
        let left = format!("{},{:03},{:03}원", left / 1_000_000, left / 1_000 % 1_000, left % 1_000);
        says(&page, &format!("드린 뒤 남는 예산</dt><dd class=\"nowrap\">{left}</dd>"));
        let (at, key) = form(&page, "/confirm");
        says(&second.post_and_follow(&at, &[("request_key", &key)]).await, "확인했어요. 일이 이뤄졌어요.");
        says(&first.get("/waiting").await, "에 확인해서 이뤄졌어요");
        while aside(|| jobs::work(&town.app.city, Duration::from_secs(20)).unwrap()) {}
        let page = second.get("/desk/coupons/jobs/1").await;
        says(&page, "다 나갔어요");
        told_of_it(&town, &mut second).await;
    }
}

/// Those who were given it are told when little else is on its way.
async fn told_of_it(town: &Town, officer: &mut Browser<'_>) {
    let city = &town.app.city;
    while aside(|| follow::follow(city).unwrap()) {}
    let untold = city.outbox.untold(&follow::cause(1)).unwrap();
    let page = officer.get("/desk/coupons/jobs/1").await;
    says(&page, &format!("{untold}명에게는 아직 알리지 않았어요"));
    let mut me = town.browser("citizen").await;
    says_not(&me.get("/notices").await, "쿠폰 800,000원을 받았어요");
    for _ in 0..50 {
        web::round(&town.app).await.unwrap();
    }
    says(&me.get("/notices").await, "쿠폰 800,000원을 받았어요");
    says_not(&officer.get("/desk/coupons/jobs/1").await, "아직 알리지 않았어요");
}

/// A list of everybody, as a file that an officer brings.
async fn brings(officer: &mut Browser<'_>) -> Answer {
    let people: Vec<_> = {
        let view = officer.town.app.city.shared.read();
        view.town.directory.holders().iter().map(|holder| holder.person.id).collect()
    };
    let lines: String = people.iter().map(|person| format!("{person},800000\n")).collect();
    let mut body = String::new();
    let csrf = officer.csrf.clone();
    for (name, value) in [("csrf", csrf.as_str()), ("coupon", "care-2021")] {
        body += &format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n대상자,금액\n{lines}\r\n--X--\r\n"
    );
    let request = officer.request(Method::POST, "/desk/coupons/import");
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
    officer.town.send(request.body(Body::from(body)).unwrap()).await
}

async fn begins(officer: &mut Browser<'_>) -> Answer {
    let page = brings(officer).await;
    says(&page, "드리자고 올리기");
    let (ticket, key) = (field(&page.body, "ticket").unwrap(), field(&page.body, "request_key").unwrap());
    let fields = [("ticket", ticket.as_str()), ("request_key", &key)];
    officer.post_and_follow("/desk/coupons/import/begin", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_seen_before_it_is_confirmed_and_may_come_again() {
    for engine in testkit::engines() {
        let town = town(engine);
        let mut first = someone(&town, "first", "card-officer").await;
        let mut second = someone(&town, "second", "card-officer").await;
        first.get("/desk/coupons").await;
        let page = begins(&mut first).await;
        says(&page, "올렸어요");
        let page = second.get("/desk/coupons/jobs/1").await;
        says(&page, &town.citizen.to_string());
        says(&page, "800,000원");
        // Refused: nothing went out, and the same file may be brought again.
        let (at, key) = form(&second.get("/waiting").await, "/refuse");
        let why = [("request_key", key.as_str()), ("why", "대상자를 다시 확인해 주세요")];
        says(&second.post_and_follow(&at, &why).await, "거절했어요");
        let page = second.get("/desk/coupons/jobs/1").await;
        says(&page, "아무것도 나가지 않았어요");
        says_not(&page, &town.citizen.to_string());
        says(&begins(&mut first).await, "올렸어요");
        // In English, and taken back.
        first.cookies.push(("lang".to_owned(), "en".to_owned()));
        says(&first.get("/desk/coupons/jobs/1").await, "given once somebody else confirms it");
        let page = first.get("/waiting").await;
        says(&page, "Care coupon 2021: ");
        let (at, key) = form(&page, "/withdraw");
        first.post_and_follow(&at, &[("request_key", &key)]).await;
        says(&first.get("/desk/coupons/jobs/1").await, "Nobody confirmed it, and nothing was given");
        says_not(&first.get("/desk/coupons").await, "⟦");
        assert_eq!(town.app.city.shared.read().town.coupons.jobs().count(), 1);
    }
}
