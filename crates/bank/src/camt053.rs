//! A statement: what moved on the account (`camt.053`; of the day so far: `camt.052`).
//!
//! Written too: so a bank can be played, and what is read is tested against what was meant.

use base::{Date, Instant};

use crate::words::{Unreadable, amount, bad, credit, day};
use crate::xml::{self, Element, Writer};

/// The kind that is written; all versions are read.
pub const KIND: &str = "camt.053.001.08";

/// A file with its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The bank's id of the message.
    pub id: String,
    /// The statements in it.
    pub statements: Vec<Statement>,
}

/// One account's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The bank's id of the statement.
    pub id: String,
    /// The account's number.
    pub account: String,
    /// Won at its beginning, if said.
    pub opened: Option<i64>,
    /// Won at its end, if said.
    pub closed: Option<i64>,
    /// What moved, in order.
    pub lines: Vec<Line>,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Won, above zero.
    pub amount: i64,
    /// True when money came in.
    pub credit: bool,
    /// Whether it is done; else only expected.
    pub booked: bool,
    /// On which day it was booked.
    pub day: Date,
    /// The bank's reference of it.
    pub reference: Option<String>,
    /// The id we gave the payment it is about.
    pub end_to_end: Option<String>,
    /// For a payment that came back: why, as a code of ISO 20022.
    pub returned: Option<String>,
    /// Who is on the other side.
    pub party: Option<String>,
    /// What they wrote.
    pub text: Option<String>,
}

impl Statement {
    /// What its booked lines come to.
    pub fn moved(&self) -> i64 {
        let signed = |line: &Line| if line.credit { line.amount } else { -line.amount };
        self.lines.iter().filter(|line| line.booked).map(signed).fold(0, i64::saturating_add)
    }
}

/// Reads a file whole. A statement that says what was and is on the account has to add up.
pub fn read(text: &str) -> Result<Message, Unreadable> {
    let mut statements = Vec::new();
    let mut details = Vec::new();
    let mut lines = Vec::new();
    let root = xml::read(text, &mut |element| {
        match element.name.as_str() {
            "TxDtls" => details.push(element),
            "Ntry" => entry(&element, &std::mem::take(&mut details), &mut lines)?,
            "Stmt" | "Rpt" => statements.push(statement(&element, std::mem::take(&mut lines))?),
            _ => return Ok(Some(element)),
        }
        Ok(None)
    })?;
    let head = root.children.first().and_then(|message| message.child("GrpHdr"));
    let head = head.ok_or(Unreadable::Missing("GrpHdr"))?;
    if statements.is_empty() {
        return Err(Unreadable::Missing("Stmt"));
    }
    Ok(Message { id: short(head, &["MsgId"]).ok_or(Unreadable::Missing("MsgId"))?, statements })
}

/// A text as far as we keep it. White space in it is one space: whoever wraps the file's lines anew says the same.
fn short(element: &Element, path: &[&str]) -> Option<String> {
    let text = element.text_at(path)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(words.join(" ").chars().filter(|c| !c.is_control()).take(140).collect())
}

fn statement(element: &Element, lines: Vec<Line>) -> Result<Statement, Unreadable> {
    let balance = |wanted: &[&str]| {
        let of_kind = |balance: &&Element| {
            balance.text_at(&["Tp", "CdOrPrtry", "Cd"]).is_some_and(|code| wanted.contains(&code))
        };
        let Some(balance) = element.all("Bal").find(of_kind) else { return Ok(None) };
        let sum = amount(balance.child("Amt").ok_or(Unreadable::Missing("Amt"))?)?;
        Ok(Some(if credit(balance)? == Some(false) { -sum } else { sum }))
    };
    let account =
        short(element, &["Acct", "Id", "Othr", "Id"]).or_else(|| short(element, &["Acct", "Id", "IBAN"]));
    let found = Statement {
        id: short(element, &["Id"]).ok_or(Unreadable::Missing("Stmt/Id"))?,
        account: account.ok_or(Unreadable::Missing("Acct/Id"))?,
        opened: balance(&["OPBD", "PRCD"])?,
        closed: balance(&["CLBD"])?,
        lines,
    };
    if let (Some(opened), Some(closed)) = (found.opened, found.closed)
        && opened.saturating_add(found.moved()) != closed
    {
        return Err(Unreadable::Sum { id: found.id.clone(), opened, moved: found.moved(), closed });
    }
    Ok(found)
}

/// An entry is one line, or one for each transaction the bank booked together.
fn entry(entry: &Element, details: &[Element], lines: &mut Vec<Line>) -> Result<(), Unreadable> {
    let sum = amount(entry.child("Amt").ok_or(Unreadable::Missing("Ntry/Amt"))?)?;
    let direction = credit(entry)?.ok_or(Unreadable::Missing("Ntry/CdtDbtInd"))?;
    let state = entry.text_at(&["Sts", "Cd"]).or_else(|| entry.text_at(&["Sts"])).unwrap_or("BOOK");
    let booked = match state {
        "BOOK" => true,
        "PDNG" | "INFO" | "FUTR" => false,
        other => return Err(bad("Sts", other)),
    };
    let dates = [["BookgDt", "Dt"], ["BookgDt", "DtTm"], ["ValDt", "Dt"], ["ValDt", "DtTm"]];
    let date = dates.iter().find_map(|path| entry.text_at(path)).ok_or(Unreadable::Missing("BookgDt"))?;
    let whole = Line {
        amount: sum,
        credit: direction,
        booked,
        day: day(date, "BookgDt")?,
        reference: short(entry, &["AcctSvcrRef"]).or_else(|| short(entry, &["NtryRef"])),
        end_to_end: None,
        returned: None,
        party: None,
        text: short(entry, &["AddtlNtryInf"]),
    };
    if sum <= 0 {
        return Err(bad("Ntry/Amt", &sum.to_string()));
    }
    if details.is_empty() {
        lines.push(whole);
        return Ok(());
    }
    let before = lines.len();
    for (at, one) in details.iter().enumerate() {
        let mut line = detail(&whole, one, details.len() == 1)?;
        // Of several under one reference each has its place.
        if details.len() > 1 && one.text_at(&["Refs", "AcctSvcrRef"]).is_none() {
            line.reference = line.reference.map(|reference| format!("{reference}/{}", at + 1));
        }
        lines.push(line);
    }
    let found: i64 = lines[before..].iter().fold(0, |found, line| {
        found.saturating_add(if line.credit == direction { line.amount } else { -line.amount })
    });
    if found != sum {
        let id = whole.reference.unwrap_or_default();
        return Err(Unreadable::Sum { id, opened: 0, moved: found, closed: sum });
    }
    Ok(())
}

fn detail(whole: &Line, one: &Element, alone: bool) -> Result<Line, Unreadable> {
    let sum = match (one.child("Amt").or_else(|| one.at(&["AmtDtls", "TxAmt", "Amt"])), alone) {
        (Some(found), _) => amount(found)?,
        (None, true) => whole.amount,
        (None, false) => return Err(Unreadable::Missing("TxDtls/Amt")),
    };
    if sum <= 0 {
        return Err(bad("TxDtls/Amt", &sum.to_string()));
    }
    let credit = credit(one)?.unwrap_or(whole.credit);
    let side = if credit { "Dbtr" } else { "Cdtr" };
    let party =
        short(one, &["RltdPties", side, "Nm"]).or_else(|| short(one, &["RltdPties", side, "Pty", "Nm"]));
    let code = short(one, &["RtrInf", "Rsn", "Cd"]).or_else(|| short(one, &["RtrInf", "Rsn", "Prtry"]));
    let returned = one.child("RtrInf").map(|_| code.unwrap_or_else(|| "NARR".to_owned()));
    Ok(Line {
        amount: sum,
        credit,
        reference: short(one, &["Refs", "AcctSvcrRef"]).or_else(|| whole.reference.clone()),
        // What a payer leaves open is written so.
        end_to_end: short(one, &["Refs", "EndToEndId"]).filter(|id| id != "NOTPROVIDED"),
        returned,
        party,
        text: short(one, &["RmtInf", "Ustrd"]).or_else(|| whole.text.clone()),
        ..whole.clone()
    })
}

/// Writes a file.
pub fn write(message: &Message, made: Instant) -> String {
    let made = Instant(made.0.div_euclid(1_000_000) * 1_000_000).rfc3339();
    let mut out = Writer::new(KIND);
    out.open("BkToCstmrStmt");
    out.within("GrpHdr", |out| {
        out.put(&["MsgId"], &message.id);
        out.put(&["CreDtTm"], &made);
    });
    for statement in &message.statements {
        out.within("Stmt", |out| {
            out.put(&["Id"], &statement.id);
            out.put(&["CreDtTm"], &made);
            out.put(&["Acct", "Id", "Othr", "Id"], &statement.account);
            let days =
                [statement.lines.first(), statement.lines.last()].map(|line| line.map(|line| line.day));
            let ends = [("OPBD", statement.opened, days[0]), ("CLBD", statement.closed, days[1])];
            for (code, sum, day) in ends {
                let Some(sum) = sum else { continue };
                out.within("Bal", |out| {
                    out.put(&["Tp", "CdOrPrtry", "Cd"], code);
                    out.amount("Amt", sum.abs());
                    out.put(&["CdtDbtInd"], side(sum >= 0));
                    out.put(&["Dt", "Dt"], &day.map_or_else(|| made[..10].to_owned(), |day| day.to_string()));
                });
            }
            statement.lines.iter().for_each(|line| write_line(out, line));
        });
    }
    out.end()
}

fn side(credit: bool) -> &'static str {
    if credit { "CRDT" } else { "DBIT" }
}

fn write_line(out: &mut Writer, line: &Line) {
    out.within("Ntry", |out| {
        out.amount("Amt", line.amount);
        out.put(&["CdtDbtInd"], side(line.credit));
        out.put(&["Sts", "Cd"], if line.booked { "BOOK" } else { "PDNG" });
        out.put(&["BookgDt", "Dt"], &line.day.to_string());
        if let Some(reference) = &line.reference {
            out.put(&["AcctSvcrRef"], reference);
        }
        let (domain, family, sub) =
            if line.credit { ("PMNT", "RCDT", "DMCT") } else { ("PMNT", "ICDT", "DMCT") };
        out.open("BkTxCd");
        out.open("Domn");
        out.put(&["Cd"], domain);
        out.open("Fmly");
        out.put(&["Cd"], family);
        out.put(&["SubFmlyCd"], sub);
        (0..3).for_each(|_| out.close());
        out.open("NtryDtls");
        out.open("TxDtls");
        out.put(&["Refs", "EndToEndId"], line.end_to_end.as_deref().unwrap_or("NOTPROVIDED"));
        if let Some(party) = &line.party {
            let side = if line.credit { "Dbtr" } else { "Cdtr" };
            out.put(&["RltdPties", side, "Pty", "Nm"], party);
        }
        if let Some(text) = &line.text {
            out.put(&["RmtInf", "Ustrd"], text);
        }
        if let Some(code) = &line.returned {
            out.put(&["RtrInf", "Rsn", "Cd"], code);
        }
        (0..2).for_each(|_| out.close());
    });
}
