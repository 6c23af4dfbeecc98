//! Messages are written, read and refused.

use bank::camt053::{self, Line, Message, Statement};
use bank::pain001::{self, Initiation, Payment};
use bank::pain002::{self, Report, Status};
use bank::{Account, Answer, Unreadable, read};
use base::{Instant, date};
use proptest::prelude::*;

const MADE: Instant = Instant(1_614_042_000_000_000);

fn account(number: &str, name: &str) -> Account {
    Account { bank: "037".into(), number: number.into(), name: name.into() }
}

fn file(payments: Vec<Payment>) -> Initiation {
    Initiation {
        message: "OG20210223000001".into(),
        made: MADE,
        payer: account("1013010000001", "전주시"),
        day: date(2021, 2, 23),
        payments,
    }
}

fn payment(end_to_end: &str, amount: i64) -> Payment {
    Payment {
        end_to_end: end_to_end.into(),
        amount,
        to: account("5020012345678", "콩나물국밥 & <한옥>"),
        text: "돼지카드 2월 22일".into(),
    }
}

fn line(end_to_end: Option<&str>, amount: i64, credit: bool) -> Line {
    Line {
        amount,
        credit,
        booked: true,
        day: date(2021, 2, 23),
        reference: Some("R1".into()),
        end_to_end: end_to_end.map(str::to_owned),
        returned: None,
        party: Some("콩나물국밥".into()),
        text: Some("정산".into()),
    }
}

fn statement(lines: Vec<Line>) -> Message {
    let mut statement = Statement {
        id: "S1".into(),
        account: "1013010000001".into(),
        opened: Some(1_000_000),
        closed: None,
        lines,
    };
    statement.closed = Some(1_000_000 + statement.moved());
    Message { id: "M1".into(), statements: vec![statement] }
}

fn texts() -> impl Strategy<Value = String> {
    "[!-~가-힣]([ -~가-힣]{0,30}[!-~가-힣])?"
}

proptest! {
    #[test]
    fn payout_files_come_back_as_they_were(
        ids in prop::collection::vec(("[A-Z0-9-]{1,35}", 1i64..1_000_000_000_000, texts(), texts(), "[0-9]{8,16}"), 1..20),
    ) {
        let payments = ids.into_iter().map(|(id, amount, name, text, number)| Payment { end_to_end: id, amount, to: account(&number, &name), text });
        let file = file(payments.collect());
        let text = pain001::write(&file).unwrap();
        prop_assert_eq!(pain001::read(&text).unwrap(), file);
    }

    #[test]
    fn statements_come_back_as_they_were(
        lines in prop::collection::vec((1i64..1_000_000_000, any::<bool>(), any::<bool>(), prop::option::of("[A-Z0-9]{1,30}"), prop::option::of("AC0[1-9]"), prop::option::of(texts())), 0..20),
    ) {
        let lines = lines.into_iter().map(|(amount, credit, booked, id, returned, text)| Line {
            booked, returned, text, ..line(id.as_deref().filter(|id| *id != "NOTPROVIDED"), amount, credit)
        });
        let mut message = statement(lines.collect());
        let text = camt053::write(&message, MADE);
        // All but the width of white space, which whoever hands a file on may change.
        for line in &mut message.statements[0].lines {
            line.text = line.text.as_ref().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        prop_assert_eq!(read(&text), Ok(Answer::Statements(message)));
    }

    #[test]
    fn reports_come_back_as_they_were(
        payments in prop::collection::vec(("[A-Z0-9]{1,30}", prop::option::of(prop::option::of("A[CM]0[1-9]"))), 0..9),
        whole in prop::option::of(any::<bool>()),
    ) {
        let status = |status: Option<Option<String>>| status.map_or(Status::Accepted("ACSP".into()), Status::Rejected);
        let report = Report {
            id: "R".into(),
            about: "OG1".into(),
            whole: whole.map(|good| if good { Status::Accepted("ACCP".into()) } else { Status::Rejected(None) }),
            payments: payments.into_iter().map(|(id, code)| (id, status(code))).collect(),
        };
        let text = pain002::write(&report, MADE);
        prop_assert_eq!(read(&text), Ok(Answer::Report(report)));
    }

    #[test]
    fn a_file_cut_off_is_never_taken(cut in 0.0f64..1.0) {
        let text = camt053::write(&statement(vec![line(Some("P1"), 5, false), line(Some("P2"), 7, false)]), MADE);
        let mut at = (text.trim_end().len() as f64 * cut) as usize;
        while !text.is_char_boundary(at) { at -= 1; }
        prop_assert!(read(&text[..at]).is_err());
    }

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,200}", inside in any::<bool>()) {
        let text = if inside {
            format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>{text}</BkToCstmrStmt></Document>")
        } else { text };
        let _heard = read(&text).is_ok();
    }
}

/// What leaves the house, to the letter.
#[test]
fn a_payout_file_reads_so() {
    let text = pain001::write(&file(vec![payment("P-0000000042", 122_166)])).unwrap();
    for part in [
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">"#,
        "<MsgId>OG20210223000001</MsgId><CreDtTm>2021-02-23T01:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>122166</CtrlSum>",
        "<PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>",
        "<ReqdExctnDt><Dt>2021-02-23</Dt></ReqdExctnDt>",
        r#"<PmtId><EndToEndId>P-0000000042</EndToEndId></PmtId>"#,
        r#"<InstdAmt Ccy="KRW">122166</InstdAmt>"#,
        "<Cdtr><Nm>콩나물국밥 &amp; &lt;한옥&gt;</Nm></Cdtr><CdtrAcct><Id><Othr><Id>5020012345678</Id></Othr></Id></CdtrAcct>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_payout_file_that_breaks_its_schema_doesnt_leave() {
    let breach = |payment: Payment| pain001::write(&file(vec![payment])).unwrap_err().to_string();
    assert_eq!(
        breach(payment(&"P".repeat(36), 1)),
        format!("CdtTrfTxInf/PmtId/EndToEndId: \"{}\" is not 1 to 35 characters", "P".repeat(36))
    );
    assert!(breach(payment("", 1)).starts_with("CdtTrfTxInf/PmtId/EndToEndId: "));
    assert!(breach(payment("P", 0)).contains("InstdAmt"));
    assert!(breach(payment("P", -5)).starts_with("CdtTrfTxInf/Amt/InstdAmt: "));
    let long = Payment { to: account(&"1".repeat(35), "가"), ..payment("P", 1) };
    assert!(breach(long).starts_with("CdtTrfTxInf/CdtrAcct/Id/Othr/Id: "));
    let none = pain001::write(&Initiation { message: String::new(), ..file(vec![payment("P", 1)]) });
    assert_eq!(none.unwrap_err().path, "Document/CstmrCdtTrfInitn/GrpHdr/MsgId");
    // Names are cut, not refused.
    let named = Payment { to: account("1", &"가".repeat(200)), ..payment("P", 1) };
    assert_eq!(
        pain001::read(&pain001::write(&file(vec![named])).unwrap()).unwrap().payments[0]
            .to
            .name
            .chars()
            .count(),
        140
    );
}

#[test]
fn a_payout_file_that_was_touched_is_refused() {
    let text = pain001::write(&file(vec![payment("P1", 5), payment("P2", 7)])).unwrap();
    let refused = |from: &str, to: &str| pain001::read(&text.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(refused(">7<", ">8<").contains("doesn't add up"));
    assert!(refused("<NbOfTxs>2<", "<NbOfTxs>3<").contains("3 entries"));
    assert!(
        refused(
            "<PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>",
            "<BtchBookg>false</BtchBookg><PmtMtd>TRF</PmtMtd>"
        )
        .contains("PmtMtd")
    );
    assert!(refused("<PmtMtd>TRF", "<PmtMtd>CASH").contains("one of CHK, TRF, TRA"));
    assert!(refused("2021-02-23</Dt>", "2021-02-30</Dt>").contains("a day"));
    assert!(refused("Ccy=\"KRW\"", "Ccy=\"USD\"").contains("KRW"));
    assert!(refused("pain.001.001.09", "pain.001.001.03").contains("another kind"));
}

#[test]
fn statements_of_other_banks_are_read() {
    // A prefix, cents, an older status, one entry of two transactions, a comment, CDATA.
    let text = r#"<?xml version="1.0"?><d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><!-- a bank --><d:BkToCstmrStmt>
      <d:GrpHdr><d:MsgId>M</d:MsgId><d:CreDtTm>2021-02-24T00:00:00</d:CreDtTm></d:GrpHdr><d:Stmt><d:Id>S</d:Id>
      <d:Acct><d:Id><d:Othr><d:Id>123</d:Id></d:Othr></d:Id></d:Acct>
      <d:Ntry><d:Amt Ccy="KRW">12.00</d:Amt><d:CdtDbtInd>DBIT</d:CdtDbtInd><d:Sts>BOOK</d:Sts>
        <d:BookgDt><d:DtTm>2021-02-23T10:11:12</d:DtTm></d:BookgDt><d:AcctSvcrRef>X</d:AcctSvcrRef>
        <d:NtryDtls><d:TxDtls><d:Refs><d:EndToEndId>P1</d:EndToEndId></d:Refs><d:AmtDtls><d:TxAmt><d:Amt Ccy="KRW">5</d:Amt></d:TxAmt></d:AmtDtls></d:TxDtls>
        <d:TxDtls><d:Refs><d:EndToEndId>P2</d:EndToEndId></d:Refs><d:Amt Ccy="KRW">7</d:Amt><d:RmtInf><d:Ustrd><![CDATA[a & b]]></d:Ustrd></d:RmtInf></d:TxDtls></d:NtryDtls></d:Ntry>
      <d:Ntry><d:Amt Ccy="KRW">9</d:Amt><d:CdtDbtInd>CRDT</d:CdtDbtInd><d:Sts><d:Cd>PDNG</d:Cd></d:Sts><d:ValDt><d:Dt>2021-02-24</d:Dt></d:ValDt></d:Ntry>
      </d:Stmt></d:BkToCstmrStmt></d:Document>"#;
    let Ok(Answer::Statements(message)) = read(text) else { panic!("{:?}", read(text)) };
    let lines = &message.statements[0].lines;
    let short: Vec<_> = lines
        .iter()
        .map(|l| (l.amount, l.credit, l.booked, l.end_to_end.as_deref(), l.reference.as_deref()))
        .collect();
    assert_eq!(
        short,
        [
            (5, false, true, Some("P1"), Some("X/1")),
            (7, false, true, Some("P2"), Some("X/2")),
            (9, true, false, None, None)
        ]
    );
    assert_eq!(lines[1].text.as_deref(), Some("a & b"));
    let (wrong, right) = (text.replacen(">7<", ">6<", 1), text.replacen(">5<", ">5.50<", 1));
    assert!(matches!(read(&wrong), Err(Unreadable::Sum { .. })));
    assert!(matches!(read(&right), Err(Unreadable::Value { what: "Amt", .. })));
}

#[test]
fn hostile_files_are_refused() {
    let good = camt053::write(&statement(vec![line(Some("P1"), 5, false)]), MADE);
    let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    assert_eq!(
        read(&good.replacen("<Document", &format!("{bomb}<Document"), 1)),
        Err(Unreadable::Definitions)
    );
    assert_eq!(read(&good.replacen("<Nm>", "<Nm>&b;", 1)), Err(Unreadable::Definitions));
    assert!(matches!(read(&good.replacen("<Nm>", "<Nm>&#0;", 1)), Err(Unreadable::Xml { .. })));
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    assert_eq!(read(&good.replacen("<Stmt>", &format!("<Stmt>{deep}"), 1)), Err(Unreadable::Deep));
    let wide: String = (0..1_000).map(|n| format!(" a{n}=\"\"")).collect();
    assert!(matches!(
        read(&good.replacen("<Stmt>", &format!("<Stmt{wide}>"), 1)),
        Err(Unreadable::Xml { .. })
    ));
    assert!(matches!(read(&format!("{good}<again/>")), Err(Unreadable::Xml { .. })));
    assert!(matches!(read(&good.replacen("</Stmt>", "</Ntry>", 1)), Err(Unreadable::Xml { .. })));
    assert!(matches!(read(""), Err(Unreadable::Xml { .. })));
    assert!(matches!(read("번호,금액\n1,2\n"), Err(Unreadable::Xml { .. })));
    assert!(matches!(read("<html></html>"), Err(Unreadable::Missing("xmlns"))));
    assert!(matches!(read("<Document xmlns=\"urn:x:pain.008.001.02\"/>"), Err(Unreadable::Kind(_))));
    assert!(matches!(read(&good.replacen("KRW", "USD", 1)), Err(Unreadable::Currency(_))));
    assert!(matches!(read(&good.replacen(">5<", ">-5<", 1)), Err(Unreadable::Value { .. })));
    assert!(matches!(read(&good.replacen(">5<", ">6<", 1)), Err(Unreadable::Sum { .. })));
    assert!(matches!(
        read(&good.replacen("2021-02-23</Dt></BookgDt>", "gestern</Dt></BookgDt>", 1)),
        Err(Unreadable::Value { .. })
    ));
}
