//! A bank's answers from a program, on both engines: taken in once, or refused whole.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bank::camt053::{self, Line, Message, Statement};
use bank::pain002::{self, Report, Status};
use base::{Instant, PostingNo, date};
use city::payouts::end_to_end;
use city::{CardRef, Command, OnPayouts};
use common::table::{is_a_problem, written};
use common::{Answer, Town};
use serde_json::json;

fn system(town: &Town, key: &str, command: Command) {
    let request =
        pen::Request { actor: base::Actor::SYSTEM, key: key.into(), input_hash: command.input_hash() };
    tokio::task::block_in_place(|| town.app.city.ask_waiting(request, command)).unwrap();
}

async fn send(town: &Town, role: &str, media: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post("/api/v1/bank-answers")
        .header(header::AUTHORIZATION, format!("Bearer token-{role}"))
        .header(header::CONTENT_TYPE, media);
    town.send(request.body(body.into()).unwrap()).await
}

fn line(end_to_end: Option<String>, amount: i64, credit: bool, reference: &str) -> Line {
    Line {
        amount,
        credit,
        booked: true,
        day: date(2021, 2, 24),
        reference: Some(reference.to_owned()),
        end_to_end,
        returned: None,
        party: None,
        text: None,
    }
}

fn statement(account: &str, lines: Vec<Line>) -> String {
    let (id, account) = ("S1".to_owned(), account.to_owned());
    let mut one = Statement { id: id.clone(), account, opened: Some(1_000_000), closed: None, lines };
    one.closed = Some(1_000_000 + one.moved());
    camt053::write(&Message { id, statements: vec![one] }, Instant(0))
}

/// A town whose two shops' payouts are with the bank.
async fn sent(engine: testkit::Engine) -> (Town, [PostingNo; 2]) {
    let town = Town::new(engine);
    for (key, merchant, amount) in [("p1", town.shop, 23_400), ("p2", town.other_shop, 50_000)] {
        let card = CardRef::Id(town.card);
        system(&town, key, Command::Pay { card, merchant, amount, pin: None, order: None });
    }
    town.on(2021, 2, 24);
    system(&town, "settle", Command::Settle { from: 0, at_most: 100 });
    // Two people do it where the city says so (`pages_settlement`); here it has been done.
    system(&town, "f", Command::OnPayouts(OnPayouts::Send { upto: None }));
    let open: Vec<PostingNo> = {
        let view = town.app.city.shared.read();
        view.town.payouts.open.keys().copied().collect()
    };
    let [one, other] = open[..] else { panic!("{open:?}") };
    (town, [one, other])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_brings_what_the_bank_says() {
    for engine in testkit::engines() {
        let (town, [one, other]) = sent(engine).await;
        // The report first: one of the two won't go.
        let payments = vec![(end_to_end(other), Status::Rejected(Some("AC04".into())))];
        let report = Report { id: "R1".into(), about: "OG0000000001".into(), whole: None, payments };
        let answer =
            send(&town, "officer", "application/xml; charset=utf-8", pain002::write(&report, Instant(0)))
                .await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        let told = |answer: &Answer| {
            let json = answer.json();
            ["matched", "failed", "known", "open"].map(|field| json[field].as_u64().unwrap())
        };
        assert_eq!(told(&answer), [1, 1, 0, 0]);
        // Then the statement, in the bank's old encoding; and again.
        let lines = vec![line(Some(end_to_end(one)), 23_400, false, "L1"), line(None, 700, true, "L2")];
        let text = statement("1013012021001", lines);
        let first = send(&town, "officer", "text/xml", text.clone()).await;
        assert_eq!((first.status.as_u16(), told(&first)), (200, [1, 0, 0, 1]), "{}", first.body);
        let before = written(&town);
        let again = send(&town, "officer", "application/xml", text).await;
        assert_eq!((&again.body, written(&town)), (&first.body, before), "the same, and nothing twice");
        assert_eq!(first.json()["id"].as_str().unwrap().len(), 64);
        // The shops' own lists say it.
        for (shop, state, reason) in
            [(town.shop, "paid", json!(null)), (town.other_shop, "failed", json!("AC04"))]
        {
            let path = format!("/api/v1/merchants/{shop}/payouts");
            let list = town.call("officer", Method::GET, &path, None, "").await.json();
            assert_eq!((&list["items"][0]["state"], &list["items"][0]["reason"]), (&json!(state), &reason));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_changes_nothing() {
    for engine in testkit::engines() {
        let (town, [one, _]) = sent(engine).await;
        let before = written(&town);
        let good = statement("1013012021001", vec![line(Some(end_to_end(one)), 23_400, false, "L1")]);
        let xml = "application/xml";
        let wrong_sum = good.replacen(">23400<", ">23401<", 1);
        let truncated = good[..good.len() / 2].to_owned();
        let bomb = format!("<!DOCTYPE a [<!ENTITY b \"{}\">]>{good}", "x".repeat(64));
        let elsewhere = statement("999999999999", Vec::new());
        let about = "OG0000000077".to_owned();
        let report = Report { id: "R".into(), about, whole: None, payments: Vec::new() };
        let not_ours = pain002::write(&report, Instant(0));
        let cases: [(&str, &str, Vec<u8>, u16, &str); 12] = [
            ("nobody", xml, good.clone().into_bytes(), 401, "token.missing"),
            ("merchant", xml, good.clone().into_bytes(), 403, "role.needed"),
            ("auditor", xml, good.clone().into_bytes(), 403, "role.needed"),
            ("officer", "application/json", good.clone().into_bytes(), 415, "answer.type"),
            ("officer", xml, Vec::new(), 422, "answer.none"),
            ("officer", xml, wrong_sum.into_bytes(), 422, "answer.sum"),
            ("officer", xml, truncated.into_bytes(), 422, "answer.unreadable"),
            ("officer", xml, b"PK\x03\x04 no text at all \xff\xff\xff".to_vec(), 422, "answer.encoding"),
            ("officer", xml, bomb.into_bytes(), 422, "answer.hostile"),
            ("officer", xml, elsewhere.into_bytes(), 422, "answer.account"),
            ("officer", xml, not_ours.into_bytes(), 422, "answer.file"),
            ("officer", xml, vec![b' '; (64 << 20) + 1], 413, "answer.large"),
        ];
        for (role, media, body, status, code) in cases {
            let what = format!("{role} {media} {code}");
            let answer = send(&town, role, media, body).await;
            assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
            is_a_problem(&answer, status, code, &what);
            assert_eq!(written(&town), before, "{what}");
        }
        // What was refused stands in nothing's way.
        let answer = send(&town, "officer", xml, good).await;
        assert_eq!(answer.json()["matched"], 1, "{}", answer.body);
    }
}
