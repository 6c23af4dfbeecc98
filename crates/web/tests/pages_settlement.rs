//! A settlement day, by the officer's and the shops' pages: sent, answered, one comes back, one line nobody knows.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use bank::camt053::{self, Line, Message, Statement};
use bank::pain001;
use base::{Instant, date};
use city::{CardRef, Command, OnPayouts, Reply};
use common::{Answer, Browser, Town, field};

fn system(town: &Town, key: &str, command: Command) -> Reply {
    let request =
        pen::Request { actor: base::Actor::SYSTEM, key: key.into(), input_hash: command.input_hash() };
    tokio::task::block_in_place(|| town.app.city.ask_waiting(request, command)).unwrap()
}

fn pay(town: &Town, key: &str, merchant: base::MerchantId, amount: i64) {
    let card = CardRef::Id(town.card);
    system(town, key, Command::Pay { card, merchant, amount, pin: None, order: None });
}

/// Sends a file as a browser does.
async fn upload(officer: &mut Browser<'_>, text: &str) -> Answer {
    let cookies: Vec<String> =
        officer.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let csrf = &officer.csrf;
    let body = format!(
        "--X\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--X\r\nContent-Disposition: \
         form-data; name=\"file\"; filename=\"answer.xml\"\r\nContent-Type: text/xml\r\n\r\n{text}\r\n--X--\r\n"
    );
    let request = Request::builder()
        .method(Method::POST)
        .uri("/desk/payouts/answers")
        .header(header::COOKIE, cookies.join("; "))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .unwrap();
    officer.town.send(request).await
}

fn statement(id: &str, lines: Vec<Line>) -> String {
    let account = "1013012021001".to_owned();
    let mut one = Statement { id: id.to_owned(), account, opened: Some(1_000_000), closed: None, lines };
    one.closed = Some(1_000_000 + one.moved());
    camt053::write(&Message { id: id.to_owned(), statements: vec![one] }, Instant(0))
}

fn line(end_to_end: Option<&str>, amount: i64, credit: bool, reference: &str) -> Line {
    Line {
        amount,
        credit,
        booked: true,
        day: date(2021, 2, 24),
        reference: Some(reference.to_owned()),
        end_to_end: end_to_end.map(str::to_owned),
        returned: None,
        party: Some("=HYPERLINK(1)".into()),
        text: Some("입금".into()),
    }
}

/// The part of a page between two texts.
fn says(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "no {text:?} in {}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_day() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        pay(&town, "p1", town.shop, 23_400);
        pay(&town, "p2", town.other_shop, 50_000);
        let mut owner = town.browser("merchant").await;
        let page = owner.get("/shop/payouts").await;
        says(&page, "내일(수)");
        says(&page, "23,400");
        says(&page, "••••0001");
        town.on(2021, 2, 24);
        system(&town, "settle", Command::Settle { from: 0, at_most: 100 });

        // The officer makes the file, and gets it for a reason.
        let mut officer = town.browser("officer").await;
        let page = officer.get("/desk/payouts").await;
        says(&page, "2건, 73,400원");
        let key = field(&page.body, "request_key").unwrap();
        let page = officer.post_and_follow("/desk/payouts/send", &[("request_key", &key)]).await;
        says(&page, "다른 사람이 확인하면 이뤄져요");
        says(&page, "지급 2건을 은행에 보내기");
        let page = officer.get("/desk/payouts").await;
        says(&page, "지급 파일이 다른 사람의 확인을 기다려요");
        assert!(!page.body.contains("/desk/payouts/send"), "{}", page.body);
        let mut second = common::someone(&town, "second", "card-officer").await;
        let page = second.get("/waiting").await;
        let form = page.body.split("/confirm\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
        let key = field(form, "request_key").unwrap();
        let path = page.body.split("action=\"").find(|part| part.contains("/confirm\"")).unwrap();
        let path = path.split('"').next().unwrap().to_owned();
        let page = second.post_and_follow(&path, &[("request_key", &key)]).await;
        says(&page, "확인했어요. 일이 이뤄졌어요.");
        let page = officer.get("/desk/payouts").await;
        says(&page, "OG0000000001");
        let no_reason = [("request_key", "d1"), ("form", "xml"), ("why", " ")];
        let refused = officer.post("/desk/payouts/files/1/download", &no_reason).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        let wish = [("request_key", "d2"), ("form", "xml"), ("why", "은행에 보내요")];
        let file = officer.post("/desk/payouts/files/1/download", &wish).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.body);
        let told = pain001::read(&file.body).unwrap();
        let ids: Vec<(&str, i64)> = told.payments.iter().map(|p| (p.end_to_end.as_str(), p.amount)).collect();
        let [(first, 23_400), (second, 50_000)] = ids[..] else { panic!("{ids:?}") };
        let wish = [("request_key", "d3"), ("form", "csv"), ("why", "대조하려고요")];
        let csv = officer.post("/desk/payouts/files/1/download", &wish).await;
        says(&csv, "1013010000001");

        // The bank: both went out, one came back, and somebody paid something in.
        let out = line(Some(second), 50_000, false, "R2");
        let back =
            Line { credit: true, returned: Some("AC04".into()), reference: Some("R3".into()), ..out.clone() };
        let lines = vec![line(Some(first), 23_400, false, "R1"), out, back, line(None, 700, true, "R4")];
        let answer = statement("S1", lines);
        officer.get("/desk/payouts").await;
        let page = upload(&mut officer, &answer).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        says(&page, "맞은 줄 3 (그중 실패 1), 이미 아는 줄 0, 확인할 줄 1");
        says(&page, "AC04");
        says(&page, "지급과 상관없이 들어온 돈이에요.");
        let again = upload(&mut officer, &answer).await;
        says(&again, "이미 넣은 파일이에요");
        // What is wrong with a file is said, and nothing happens.
        let wrong = upload(&mut officer, &answer.replacen(">700<", ">701<", 1)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&wrong, "합이 맞지 않는 파일이에요");
        let none = upload(&mut officer, "").await;
        says(&none, "파일을 골라 주세요");

        // The half-yearly report is a table, and says what was paid.
        let cookies: Vec<String> =
            officer.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let wish = Request::get("/desk/issue-report?half=2021-1").header(header::COOKIE, cookies.join("; "));
        let answer =
            tower::ServiceExt::oneshot(town.router.clone(), wish.body(Body::empty()).unwrap()).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 4 << 20).await.unwrap();
        let table = sheets::read(&bytes, sheets::Limits::default()).unwrap();
        assert_eq!((table.columns[5].as_str(), table.rows[1].cells[6].as_str()), ("결제 건수", "73400"));

        // The line nobody knew is looked at.
        let page = officer.get("/desk/payouts").await;
        let id =
            page.body.split("/desk/payouts/lines/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let path = format!("/desk/payouts/lines/{id}");
        let wish = [("request_key", "l1"), ("payout", ""), ("note", "잘못 들어온 돈이라 돌려보냈어요")];
        let page = officer.post_and_follow(&path, &wish).await;
        says(&page, "확인할 것이 없어요");
        says(&page, "지난 4주에 처리한 내역 1건 보기");
        let page = officer.get("/desk/payouts/lines").await;
        says(&page, "지난 4주에 은행 내역 1건을 처리했어요");
        says(&page, "잘못 들어온 돈이라 돌려보냈어요");
        says(&page, "지급과 상관없이 들어온 돈이에요.");
        says(&page, "내가 처리 · 오늘 09:00 · 지급이 아님");
        let mut colleague = common::someone(&town, "colleague", "card-officer").await;
        let page = colleague.get("/desk/payouts/lines").await;
        says(&page, "다른 담당자(acc_");

        // The shop that was paid sees it down to the payment; the other one hears that its account is at fault.
        let page = owner.get("/shop/payouts").await;
        says(&page, "입금됨");
        let href =
            page.body.split("/shop/payouts/pst_").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let page = owner.get(&format!("/shop/payouts/pst_{href}")).await;
        says(&page, "/shop/receipts/");
        says(&page, "23,400");
        let mut other = town.browser("other").await;
        let theirs = other.get(&format!("/shop/payouts/pst_{href}")).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        let page = other.get("/shop/payouts").await;
        says(&page, "돌아옴");
        says(&page, "사유 AC04");
        says(&page, "50,000");
        let mended =
            [("request_key", "a1"), ("bank", "037"), ("number", "1013-01-7654321"), ("holder", "한옥 찻집")];
        let page = other.post_and_follow("/shop/payouts/account", &mended).await;
        says(&page, "••••4321");
        let stranger =
            [("request_key", "a2"), ("bank", "037"), ("number", "1013-01-7654321"), ("holder", "김아무개")];
        let page = other.post("/shop/payouts/account", &stranger).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&page, "예금주가 달라요");
        town.on(2021, 2, 25);
        system(&town, "settle2", Command::Settle { from: 0, at_most: 100 });
        says(&officer.get("/desk/payouts").await, "1건, 50,000원");
    }
}

/// Somebody withdraws, and the bank says another sum went out: an officer finds out why. What stands there is about them, so
/// each sight of it is a look, and it is shown for four weeks.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_about_a_line_is_shown_and_each_sight_kept() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let me = town.citizen;
        pay(&town, "p1", town.shop, 70_000);
        let taken_out = system(&town, "w", Command::Withdraw { person: me });
        let Reply::Done { recorded: pen::Recorded::Posting(no), .. } = taken_out else { panic!() };
        let amount = town.app.city.shared.read().town.payouts.open[&no].amount;
        system(&town, "f", Command::OnPayouts(OnPayouts::Send { upto: None }));
        let looks = || {
            let found = town.app.city.access.readers().of_person(me, None, 1_000).unwrap();
            found.into_iter().filter(|one| one.look.what == "payouts.line").count()
        };
        let mut officer = town.browser("officer").await;
        let page = officer.get("/desk/payouts/lines").await;
        says(&page, "지난 4주에 처리한 은행 내역이 없어요");
        says(&page, "무엇을 누가 언제 알아냈는지 여기에 4주 동안 나와요");
        officer.get("/desk/payouts").await;
        assert_eq!(looks(), 0);
        let id = city::payouts::end_to_end(no);
        let answer = statement("S1", vec![line(Some(&id), amount - 1, false, "R1")]);
        let page = upload(&mut officer, &answer).await;
        says(&page, "지급과 금액이 달라요");
        assert_eq!(looks(), 1, "the desk shows who is on the other side");
        let path =
            page.body.split("action=\"").find(|part| part.starts_with("/desk/payouts/lines/")).unwrap();
        let path = path.split('"').next().unwrap().to_owned();
        let wish = [("request_key", "l1"), ("payout", ""), ("note", "은행이 수수료 1원을 뗐어요")];
        let page = officer.post_and_follow(&path, &wish).await;
        assert!(!page.body.contains("수수료 1원"), "not before somebody asks for it");
        assert_eq!(looks(), 1);
        let page = officer.get("/desk/payouts/lines").await;
        says(&page, "은행이 수수료 1원을 뗐어요");
        assert_eq!(looks(), 2);
        let mut visitor = town.browser("merchant").await;
        let page = visitor.get("/desk/payouts/lines").await;
        assert!(!page.body.contains("수수료 1원"), "{}", page.body);
        town.on(2021, 3, 24);
        let mut officer = town.browser("officer").await;
        let page = officer.get("/desk/payouts/lines").await;
        says(&page, "처리한 은행 내역이 없어요");
        assert_eq!(looks(), 2);
    }
}
