//! Joining as a shop, by pages and by the API: looked up, applied for, decided by the officer, appealed against, cancelled.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::path::Path;

use axum::http::{Method, StatusCode};
use base::Role;
use city::Command;
use city::pack::read_folder;
use common::table::{Script, is_a_problem, written};
use common::{Answer, Browser, Town, ask, field};
use testkit::Engine;

const NUMBER: &str = "124-81-00998";

/// A town whose pack asks shops to apply.
fn asking(engine: Engine) -> Town {
    let town = Town::new(engine);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let mut files = read_folder(&folder).unwrap();
    let card = files.get_mut("card.toml").unwrap();
    *card = card.replace("membership = \"automatic\"", "membership = \"applied\"");
    let city = &town.app.city;
    std::thread::scope(|scope| {
        let activate = Command::Activate { files, people: 1, population: 1 };
        scope.spawn(|| ask(city, Role::System, "pack", activate)).join().unwrap();
    });
    town
}

fn says(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "no {text:?} in {}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_says_whether_the_shop_is_a_member() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut visitor = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
        says(&visitor.get("/join").await, "사업자등록번호를 적으면");
        let page = visitor.get("/join?number=123-45-67891").await;
        says(&page, "이미 돼지카드 가맹점이에요");
        says(&page, "/shop/payouts");
        says(&visitor.get(&format!("/join?number={NUMBER}")).await, "신청하지 않아도 돼요");
        says(&visitor.get("/join?number=123-45-67890").await, "aria-invalid");
        let town = asking(engine);
        let mut visitor = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
        says(&visitor.get(&format!("/join?number={NUMBER}")).await, "/join/mine");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_applies_and_the_officer_decides() {
    for engine in testkit::engines() {
        let town = asking(engine);
        let mut me = town.browser("citizen").await;
        let page = me.get("/join/mine").await;
        says(&page, "사업자등록증");
        let key = field(&page.body, "request_key").unwrap();
        let mut wish = vec![
            ("request_key", key.as_str()),
            ("name", "한옥 찻집"),
            ("number", "124-81-00997"),
            ("trade", "cafe"),
            ("district", "4511153000"),
            ("sales", "8,000만"),
        ];
        let wrong = me.post("/join/mine", &wish).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&wrong, "매출을 숫자로");
        wish[5].1 = "80,000,000";
        let wrong = me.post("/join/mine", &wish).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&wrong, "href=\"#number\"");
        wish[2].1 = NUMBER;
        let page = me.post_and_follow("/join/mine", &wish).await;
        says(&page, "서류를 기다려요");

        // The desk: the applicant by name, which is a look; papers; and no other way round.
        let mut officer = town.browser("officer").await;
        let page = officer.get("/desk/joining").await;
        says(&page, "결정할 신청이 1건 있어요");
        let id = page.body.split("/desk/joining/app_").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let at = format!("/desk/joining/app_{id}");
        says(&officer.get(&at).await, "김순자");
        let early = officer.post(&at, &[("request_key", "a0"), ("action", "accept")]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        for (key, paper) in [("p1", "registration"), ("p2", "account")] {
            let seen = [("request_key", key), ("action", "paper"), ("paper", paper)];
            officer.post_and_follow(&at, &seen).await;
        }
        says(&me.get("/join/mine").await, "3월 2일(화)까지 결정해서 알려 드려요.");
        // Nobody decided in time: it stands first and says so.
        town.on(2021, 3, 3);
        says(&officer.get("/desk/joining").await, "기한이 지난 신청이 1건 있어요");
        let short = [("request_key", "r0"), ("action", "refuse"), ("ground", "large"), ("why", "?")];
        says(&officer.post(&at, &short).await, "사유가 너무 짧아요");
        let refuse = [
            ("request_key", "r1"),
            ("action", "refuse"),
            ("ground", "large"),
            ("why", "중견기업의 직영점이에요"),
        ];
        says(&officer.post_and_follow(&at, &refuse).await, "받아들여지지 않았어요");
        let page = me.get("/join/mine").await;
        says(&page, "지역사랑상품권 이용 활성화에 관한 법률 제7조");
        says(&page, "중견기업의 직영점이에요");
        let appeal = [("request_key", "e1"), ("text", "가맹본부와 <b>따로</b> 운영해요")];
        let page = me.post_and_follow(&format!("/join/app_{id}/appeal"), &appeal).await;
        says(&page, "가맹본부와 &#60;b&#62;따로");
        let own = [("request_key", "u1"), ("action", "uphold"), ("why", "계약서를 보니 맞아요")];
        let own = officer.post(&at, &own).await;
        says(&own, "다른 담당이 봐야 해요");
        // Somebody else's application is nobody's.
        let mut other = town.browser("other").await;
        let theirs =
            other.post(&format!("/join/app_{id}/appeal"), &[("request_key", "x"), ("text", "y")]).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        let withdrawn = me.post(&format!("/join/app_{id}/withdraw"), &[("request_key", "w")]).await;
        assert_eq!(withdrawn.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_apply_and_decide() {
    for engine in testkit::engines() {
        let town = asking(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"124-81-00997","trade":"cafe","district":"4511153000"} | 422 business-number.wrong
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"123-45-67891","trade":"cafe","district":"4511153000"} | 422 shop.known
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"124-81-00998","trade":"gambling","district":"4511153000"} | 422 application.trade
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"124-81-00998","trade":"tea","district":"4511153000"} | 404 trade.unknown
citizen  | POST /api/v1/shop-applications | {"name":"찻집"} | 400 body.malformed
officer  | POST /api/v1/merchants | {"name":"찻집","business_number":"124-81-00998","trade":"cafe","district":"4511153000"} | 422 application.first
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"124-81-00998","trade":"cafe","district":"4511153000","sales":1000} | 201 | state=filed, id>application, missing.1=account, due!
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"124-81-00998","trade":"cafe","district":"4511153000"} | 422 application.waits
citizen  | GET /api/v1/shop-applications | | 200 | items.0.id=$application
merchant | GET /api/v1/shop-applications | | 200 | items.0!
officer  | POST /api/v1/shop-applications/$application/decision | {"decision":"accept"} | 422 application.papers
officer  | POST /api/v1/shop-applications/$application/decision | {"decision":"perhaps"} | 422 application.decision
officer  | POST /api/v1/shop-applications/$application/decision | {"decision":"refuse","ground":"mood","why":"오늘은 안 되겠어요"} | 422 application.ground
officer  | POST /api/v1/shop-applications/$application/papers | {"paper":"diploma"} | 422 application.paper
officer  | POST /api/v1/shop-applications/$application/papers | {"paper":"registration"} | 200 | missing.0=account
officer  | POST /api/v1/shop-applications/$application/papers | {"paper":"account"} | 200 | missing.0!, due=2021-03-02
officer  | GET /api/v1/shop-applications | | 200 | items.0.id=$application
citizen  | POST /api/v1/shop-applications/$application/decision | {"decision":"accept"} | 403 role.needed
officer  | POST /api/v1/shop-applications/$application/decision | {"decision":"accept"} | 200 | state=accepted, merchant>new
officer  | POST /api/v1/shop-applications/$application/decision | {"decision":"accept"} | 422 application.decided
citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$new","amount":1000} | 422 shop.own
merchant | POST /api/v1/merchants/$shop/cancellation | {"ground":"false","why":"빌린 이름이에요"} | 403 role.needed
officer  | POST /api/v1/merchants/$shop/cancellation | {"ground":"false","why":"빌린 이름이에요"} | 200 | state=cancelled, id>cancelled, barred_until=2022-02-23
citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 422 shop.closed
citizen  | POST /api/v1/shop-applications | {"name":"찻집","business_number":"123-45-67891","trade":"cafe","district":"4511153000"} | 422 application.barred
merchant | POST /api/v1/shop-applications/$cancelled/appeal | {"text":""} | 422 question.form
other    | POST /api/v1/shop-applications/$cancelled/appeal | {"text":"제 가게예요"} | 404 application.unknown
merchant | POST /api/v1/shop-applications/$cancelled/appeal | {"text":"제 이름으로 등록했어요"} | 200 | state=appealed
officer  | POST /api/v1/shop-applications/$cancelled/decision | {"decision":"uphold","why":"서류가 맞았어요"} | 422 application.same-officer
"#,
            )
            .await;
        // What is no application at all gets a clear answer, and changes nothing.
        let before = written(&town);
        let long = format!(r#"{{"text":"{}"}}"#, "가".repeat(600));
        for (path, body, status, code) in [
            ("/api/v1/shop-applications/app_nobody/appeal", r#"{"text":"x"}"#, 404, "id.unknown"),
            ("/api/v1/shop-applications/app_0000000000001/appeal", long.as_str(), 404, "application.unknown"),
            ("/api/v1/shop-applications", "[", 400, "body.malformed"),
            ("/api/v1/shop-applications", r#"{"name":1}"#, 400, "body.malformed"),
        ] {
            let answer = town.call("citizen", Method::POST, path, Some("h"), body).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {}", answer.body);
            is_a_problem(&answer, status, code, path);
        }
        assert_eq!(written(&town), before);
    }
}
