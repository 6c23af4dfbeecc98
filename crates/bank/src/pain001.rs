//! The payout file: "pay these, from this account, on this day" (`pain.001.001.09`).

use base::{Date, Instant};

use crate::schema::{self, Breach};
use crate::words::{Account, Unreadable, amount, bad, day, won};
use crate::xml::{self, Element, Writer, is_sendable};

/// Its kind.
pub const KIND: &str = "pain.001.001.09";

/// What a bank's code belongs to: the clearing of the Korea Financial Telecommunications and Clearings Institute.
const CLEARING: &str = "KFTC";

/// A payout file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initiation {
    /// Unique among all our messages: at most 35 characters.
    pub message: String,
    /// When it was made, to the second.
    pub made: Instant,
    /// Whose account pays, as the bank knows us.
    pub payer: Account,
    /// On which day.
    pub day: Date,
    /// What is paid.
    pub payments: Vec<Payment>,
}

/// One payment of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Comes back with every answer: at most 35 characters.
    pub end_to_end: String,
    /// Won, above zero.
    pub amount: i64,
    /// To whom.
    pub to: Account,
    /// What the payee reads on their statement.
    pub text: String,
}

/// Names and texts are cut to what the schema has room for; an id never is.
fn cut(text: &str, most: usize) -> String {
    let trimmed: String =
        text.trim().chars().filter(|c| !c.is_control() && is_sendable(*c)).take(most).collect();
    if trimmed.is_empty() { "-".to_owned() } else { trimmed }
}

/// The file, held against its schema.
pub fn write(file: &Initiation) -> Result<String, Breach> {
    let count = file.payments.len().to_string();
    let sum: i64 = file.payments.iter().fold(0, |sum, payment| sum.saturating_add(payment.amount));
    let sum = sum.to_string();
    let mut out = Writer::new(KIND);
    out.open("CstmrCdtTrfInitn");
    out.within("GrpHdr", |out| {
        out.put(&["MsgId"], &file.message);
        out.put(&["CreDtTm"], &made(file.made));
        out.put(&["NbOfTxs"], &count);
        out.put(&["CtrlSum"], &sum);
        out.put(&["InitgPty", "Nm"], &cut(&file.payer.name, 140));
    });
    out.open("PmtInf");
    out.put(&["PmtInfId"], &file.message);
    out.put(&["PmtMtd"], "TRF");
    // Each payment by itself on the statement: so each can be found again.
    out.put(&["BtchBookg"], "false");
    out.put(&["NbOfTxs"], &count);
    out.put(&["CtrlSum"], &sum);
    out.put(&["ReqdExctnDt", "Dt"], &file.day.to_string());
    out.put(&["Dbtr", "Nm"], &cut(&file.payer.name, 140));
    account(&mut out, ["DbtrAcct", "DbtrAgt"], &file.payer, Order::AccountFirst);
    for payment in &file.payments {
        out.within("CdtTrfTxInf", |out| {
            out.put(&["PmtId", "EndToEndId"], &payment.end_to_end);
            out.within("Amt", |out| out.amount("InstdAmt", payment.amount));
            account(out, ["CdtrAcct", "CdtrAgt"], &payment.to, Order::AgentFirst);
            out.put(&["RmtInf", "Ustrd"], &cut(&payment.text, 140));
        });
    }
    let text = out.end();
    read(&text).map_err(|why| match why {
        Why::Breach(breach) => breach,
        Why::Unreadable(why) => Breach { path: String::new(), what: why.to_string() },
    })?;
    Ok(text)
}

fn made(at: Instant) -> String {
    // RFC 3339 in UTC, without a fraction.
    Instant(at.0.div_euclid(1_000_000) * 1_000_000).rfc3339()
}

enum Order {
    AccountFirst,
    AgentFirst,
}

/// The schema wants a payer's account before their bank, and a payee's bank, name and account in this order.
fn account(out: &mut Writer, [held, agent]: [&'static str; 2], account: &Account, order: Order) {
    let bank = |out: &mut Writer| {
        out.open(agent);
        out.open("FinInstnId");
        out.open("ClrSysMmbId");
        out.put(&["ClrSysId", "Prtry"], CLEARING);
        out.put(&["MmbId"], &account.bank);
        (0..3).for_each(|_| out.close());
    };
    let number = |out: &mut Writer| out.put(&[held, "Id", "Othr", "Id"], &account.number);
    match order {
        Order::AccountFirst => {
            number(out);
            bank(out);
        }
        Order::AgentFirst => {
            bank(out);
            out.put(&["Cdtr", "Nm"], &cut(&account.name, 140));
            number(out);
        }
    }
}

/// Why a file is no payout file of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It breaks its schema's rules.
    #[error(transparent)]
    Breach(#[from] Breach),
    /// It is no such file at all.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Reads a payout file, as strictly as a bank: schema, counts and sums.
pub fn read(text: &str) -> Result<Initiation, Why> {
    let space = xml::namespace(text)?;
    if !space.ends_with(KIND) {
        return Err(Unreadable::Kind(space.chars().take(80).collect()).into());
    }
    let mut payments = Vec::new();
    let mut breach = None;
    let root = xml::read(text, &mut |element| {
        if element.name != schema::TRANSACTION_NAME {
            return Ok(Some(element));
        }
        match schema::check(&element, &schema::TRANSACTION) {
            Ok(()) => payments.push(payment(&element)?),
            Err(found) => breach = breach.take().or(Some(found)),
        }
        Ok(None)
    })?;
    if let Some(breach) = breach {
        return Err(breach.into());
    }
    schema::check(&root, &schema::DOCUMENT)?;
    let message = root.at(&["CstmrCdtTrfInitn"]).ok_or(Unreadable::Missing("CstmrCdtTrfInitn"))?;
    let (Some(head), Some(info)) = (message.child("GrpHdr"), message.child("PmtInf")) else {
        return Err(Unreadable::Missing("PmtInf").into());
    };
    let found = payments.len() as u64;
    let sum: i64 = payments.iter().fold(0, |sum, payment| sum.saturating_add(payment.amount));
    for part in [head, info] {
        let said: u64 = part.text_at(&["NbOfTxs"]).and_then(|text| text.parse().ok()).unwrap_or(found);
        if said != found {
            return Err(Unreadable::Count { said, found }.into());
        }
        let said = part.text_at(&["CtrlSum"]).map_or(Ok(sum), |text| won(text, "CtrlSum"))?;
        if said != sum {
            let id = head.text_at(&["MsgId"]).unwrap_or_default().to_owned();
            return Err(Unreadable::Sum { id, opened: 0, moved: sum, closed: said }.into());
        }
    }
    let text_at = |part: &Element, path: &[&str]| part.text_at(path).unwrap_or_default().to_owned();
    Ok(Initiation {
        message: text_at(head, &["MsgId"]),
        made: instant(head.text_at(&["CreDtTm"]).unwrap_or_default())?,
        payer: Account {
            bank: text_at(info, &["DbtrAgt", "FinInstnId", "ClrSysMmbId", "MmbId"]),
            number: text_at(info, &["DbtrAcct", "Id", "Othr", "Id"]),
            name: text_at(info, &["Dbtr", "Nm"]),
        },
        day: day(info.text_at(&["ReqdExctnDt", "Dt"]).unwrap_or_default(), "ReqdExctnDt")?,
        payments,
    })
}

fn instant(text: &str) -> Result<Instant, Unreadable> {
    Instant::parse_rfc3339(text).ok_or_else(|| bad("CreDtTm", text))
}

fn payment(element: &Element) -> Result<Payment, Unreadable> {
    let text_at = |path: &[&str]| element.text_at(path).unwrap_or_default().to_owned();
    let sum = element.at(&["Amt", "InstdAmt"]).ok_or(Unreadable::Missing("InstdAmt"))?;
    let sum = amount(sum)?;
    if sum <= 0 {
        return Err(bad("InstdAmt", &sum.to_string()));
    }
    Ok(Payment {
        end_to_end: text_at(&["PmtId", "EndToEndId"]),
        amount: sum,
        to: Account {
            bank: text_at(&["CdtrAgt", "FinInstnId", "ClrSysMmbId", "MmbId"]),
            number: text_at(&["CdtrAcct", "Id", "Othr", "Id"]),
            name: text_at(&["Cdtr", "Nm"]),
        },
        text: text_at(&["RmtInf", "Ustrd"]),
    })
}
