//! What became of a payout file before any money moved (`pain.002`): mostly that the bank refused some of it.

use base::Instant;

use crate::words::Unreadable;
use crate::xml::{self, Element, Writer};

/// The kind that is written; all versions are read.
pub const KIND: &str = "pain.002.001.10";

/// How far a file, or a payment of it, has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Taken in, to be carried out, or carried out: the statement will say so.
    Accepted(String),
    /// Not carried out, and won't be: the reason's code, if said.
    Rejected(Option<String>),
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The bank's id of the message.
    pub id: String,
    /// The payout file it is about.
    pub about: String,
    /// What became of the whole file, if that was said.
    pub whole: Option<Status>,
    /// What became of single payments, by the id we gave them.
    pub payments: Vec<(String, Status)>,
}

/// Reads a report whole.
pub fn read(text: &str) -> Result<Report, Unreadable> {
    let mut payments = Vec::new();
    let root = xml::read(text, &mut |element| {
        if element.name != "TxInfAndSts" {
            return Ok(Some(element));
        }
        let id = element.text_at(&["OrgnlEndToEndId"]).ok_or(Unreadable::Missing("OrgnlEndToEndId"))?;
        if let Some(status) = status(&element, "TxSts") {
            payments.push((short(id), status));
        }
        Ok(None)
    })?;
    let message = root.child("CstmrPmtStsRpt").ok_or(Unreadable::Missing("CstmrPmtStsRpt"))?;
    let original = message.child("OrgnlGrpInfAndSts").ok_or(Unreadable::Missing("OrgnlGrpInfAndSts"))?;
    // Our files have one payment block each: what is said of it is said of the file.
    let block = message.child("OrgnlPmtInfAndSts").and_then(|block| status(block, "PmtInfSts"));
    let id = message.text_at(&["GrpHdr", "MsgId"]).ok_or(Unreadable::Missing("MsgId"))?;
    let about = original.text_at(&["OrgnlMsgId"]).ok_or(Unreadable::Missing("OrgnlMsgId"))?;
    let whole = match (status(original, "GrpSts"), block) {
        (Some(Status::Rejected(code)), _) | (_, Some(Status::Rejected(code))) => Some(Status::Rejected(code)),
        (whole, block) => whole.or(block),
    };
    Ok(Report { id: short(id), about: short(about), whole, payments })
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(140).collect()
}

fn status(element: &Element, name: &str) -> Option<Status> {
    let code = element.text_at(&[name])?;
    if code != "RJCT" {
        return Some(Status::Accepted(short(code)));
    }
    let reason = element.at(&["StsRsnInf", "Rsn"]);
    Some(Status::Rejected(
        reason.and_then(|reason| reason.text_at(&["Cd"]).or(reason.text_at(&["Prtry"]))).map(short),
    ))
}

/// Writes a report.
pub fn write(report: &Report, made: Instant) -> String {
    let made = Instant(made.0.div_euclid(1_000_000) * 1_000_000).rfc3339();
    let mut out = Writer::new(KIND);
    out.open("CstmrPmtStsRpt");
    out.within("GrpHdr", |out| {
        out.put(&["MsgId"], &report.id);
        out.put(&["CreDtTm"], &made);
    });
    out.within("OrgnlGrpInfAndSts", |out| {
        out.put(&["OrgnlMsgId"], &report.about);
        out.put(&["OrgnlMsgNmId"], crate::pain001::KIND);
        if let Some(whole) = &report.whole {
            put(out, "GrpSts", whole);
        }
    });
    if !report.payments.is_empty() {
        out.open("OrgnlPmtInfAndSts");
        out.put(&["OrgnlPmtInfId"], &report.about);
        for (id, status) in &report.payments {
            out.within("TxInfAndSts", |out| {
                out.put(&["OrgnlEndToEndId"], id);
                put(out, "TxSts", status);
            });
        }
    }
    out.end()
}

fn put(out: &mut Writer, name: &'static str, status: &Status) {
    match status {
        Status::Accepted(code) => out.put(&[name], code),
        Status::Rejected(reason) => {
            out.put(&[name], "RJCT");
            if let Some(reason) = reason {
                out.put(&["StsRsnInf", "Rsn", "Cd"], reason);
            }
        }
    }
}
