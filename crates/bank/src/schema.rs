//! The rules of `pain.001.001.09`'s schema, for the part of it that we use: which elements, in which order, how many,
//! and what may stand in them (ISO 20022 message definition, `CustomerCreditTransferInitiationV09`).
//!
//! What is written is read back and held against this before it leaves the house, by code that doesn't know the writer.

use crate::xml::Element;

/// How a file breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {what}")]
pub struct Breach {
    /// Where, such as `CdtTrfTxInf/PmtId/EndToEndId`.
    pub path: String,
    /// What is wrong.
    pub what: String,
}

/// What stands in an element without others in it.
#[derive(Debug, Clone, Copy)]
enum Facet {
    /// `MaxNText`: 1 to so many characters.
    Text(usize),
    /// `Max15NumericText`.
    Digits,
    /// `DecimalNumber`: 18 digits, 17 of them behind the point.
    Decimal,
    /// `ActiveOrHistoricCurrencyAndAmount`: 18 digits, 5 behind the point, with a currency.
    Amount,
    /// `ISODate`.
    Date,
    /// `ISODateTime`.
    DateTime,
    /// `TrueFalseIndicator`.
    Bool,
    /// One of some codes.
    Code(&'static [&'static str]),
    /// A currency, an external code: letters of its own.
    Letters(usize),
}

#[derive(Debug, Clone, Copy)]
enum Inside {
    /// These, in this order.
    Sequence(&'static [Rule]),
    /// One of these.
    Choice(&'static [Rule]),
    Leaf(Facet),
}

/// What may stand at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    name: &'static str,
    least: usize,
    most: usize,
    inside: Inside,
}

const fn one(name: &'static str, inside: Inside) -> Rule {
    Rule { name, least: 1, most: 1, inside }
}

const fn maybe(name: &'static str, inside: Inside) -> Rule {
    Rule { name, least: 0, most: 1, inside }
}

const fn leaf(name: &'static str, facet: Facet) -> Rule {
    one(name, Inside::Leaf(facet))
}

use Facet::{Amount, Bool, Code, Date, DateTime, Decimal, Digits, Letters, Text};
use Inside::{Choice, Leaf, Sequence};

const PROPRIETARY: Rule = one("ClrSysId", Choice(&[leaf("Cd", Letters(5)), leaf("Prtry", Text(35))]));
const MEMBER: &[Rule] = &[Rule { least: 0, ..PROPRIETARY }, leaf("MmbId", Text(35))];
const AGENT: Inside = Sequence(&[one(
    "FinInstnId",
    Sequence(&[
        maybe("BICFI", Leaf(Letters(11))),
        maybe("ClrSysMmbId", Sequence(MEMBER)),
        maybe("Nm", Leaf(Text(140))),
    ]),
)]);
const ACCOUNT: Inside = Sequence(&[
    one("Id", Choice(&[leaf("IBAN", Letters(34)), one("Othr", Sequence(&[leaf("Id", Text(34))]))])),
    maybe("Ccy", Leaf(Letters(3))),
]);
const OTHER_ID: Rule =
    one("Id", Choice(&[one("OrgId", Sequence(&[one("Othr", Sequence(&[leaf("Id", Text(35))]))]))]));
const PARTY: Inside = Sequence(&[maybe("Nm", Leaf(Text(140))), Rule { least: 0, ..OTHER_ID }]);

const GROUP_HEADER: Rule = one(
    "GrpHdr",
    Sequence(&[
        leaf("MsgId", Text(35)),
        leaf("CreDtTm", DateTime),
        leaf("NbOfTxs", Digits),
        maybe("CtrlSum", Leaf(Decimal)),
        one("InitgPty", PARTY),
    ]),
);

/// One payment's name.
pub(crate) const TRANSACTION_NAME: &str = "CdtTrfTxInf";

/// One payment.
pub(crate) const TRANSACTION: Rule = one(
    TRANSACTION_NAME,
    Sequence(&[
        one("PmtId", Sequence(&[maybe("InstrId", Leaf(Text(35))), leaf("EndToEndId", Text(35))])),
        one("Amt", Choice(&[leaf("InstdAmt", Amount)])),
        maybe("CdtrAgt", AGENT),
        maybe("Cdtr", PARTY),
        maybe("CdtrAcct", ACCOUNT),
        maybe("RmtInf", Sequence(&[Rule { least: 0, most: usize::MAX, ..leaf("Ustrd", Text(140)) }])),
    ]),
);

const PAYMENTS: Rule = Rule {
    name: "PmtInf",
    least: 1,
    most: usize::MAX,
    inside: Sequence(&[
        leaf("PmtInfId", Text(35)),
        leaf("PmtMtd", Code(&["CHK", "TRF", "TRA"])),
        maybe("BtchBookg", Leaf(Bool)),
        maybe("NbOfTxs", Leaf(Digits)),
        maybe("CtrlSum", Leaf(Decimal)),
        one("ReqdExctnDt", Choice(&[leaf("Dt", Date), leaf("DtTm", DateTime)])),
        one("Dbtr", PARTY),
        one("DbtrAcct", ACCOUNT),
        one("DbtrAgt", AGENT),
        maybe("ChrgBr", Leaf(Code(&["DEBT", "CRED", "SHAR", "SLEV"]))),
    ]),
};

/// The whole message without its payments: they are checked one by one as they are read.
pub(crate) const DOCUMENT: Rule =
    one("Document", Sequence(&[one("CstmrCdtTrfInitn", Sequence(&[GROUP_HEADER, PAYMENTS]))]));

/// Holds an element against a rule.
pub(crate) fn check(element: &Element, rule: &Rule) -> Result<(), Breach> {
    within(element, rule, &mut Vec::new())
}

fn within<'a>(element: &'a Element, rule: &Rule, path: &mut Vec<&'a str>) -> Result<(), Breach> {
    path.push(&element.name);
    let breach = |path: &[&str], what: String| Err(Breach { path: path.join("/"), what });
    if element.name != rule.name {
        return breach(path, format!("{} was expected", rule.name));
    }
    match rule.inside {
        Leaf(facet) => {
            if let Some(child) = element.children.first() {
                return breach(path, format!("{} may not stand in it", child.name));
            }
            if let Err(what) = holds(facet, element) {
                return breach(path, what);
            }
        }
        Choice(rules) => {
            let [child] = element.children.as_slice() else {
                return breach(path, "exactly one element stands in it".to_owned());
            };
            let Some(rule) = rules.iter().find(|rule| rule.name == child.name) else {
                return breach(path, format!("{} may not stand in it", child.name));
            };
            within(child, rule, path)?;
        }
        Sequence(rules) => {
            let mut children = element.children.iter().peekable();
            for rule in rules {
                let mut found = 0;
                while let Some(child) = children.next_if(|child| child.name == rule.name) {
                    within(child, rule, path)?;
                    found += 1;
                }
                if !(rule.least..=rule.most).contains(&found) {
                    return breach(path, format!("{} stands {found} times in it", rule.name));
                }
            }
            if let Some(child) = children.next() {
                return breach(path, format!("{} may not stand there", child.name));
            }
        }
    }
    if !matches!(rule.inside, Leaf(_)) && !element.text.trim().is_empty() {
        return breach(path, "text between elements".to_owned());
    }
    path.pop();
    Ok(())
}

fn holds(facet: Facet, element: &Element) -> Result<(), String> {
    let text = element.text.as_str();
    let length = text.chars().count();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = |most: usize, behind: usize| {
        let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
        digits(whole) && digits(rest) && whole.len() + rest.len() <= most + 1 && rest.len() <= behind
    };
    let (fits, wanted) = match facet {
        Text(most) => ((1..=most).contains(&length), format!("1 to {most} characters")),
        Digits => (digits(text) && length <= 15, "1 to 15 digits".to_owned()),
        Decimal => (number(18, 17), "a number of at most 18 digits".to_owned()),
        Amount => {
            let currency = element.attribute("Ccy").is_some_and(is_currency);
            (number(18, 5) && currency, "an amount with its currency".to_owned())
        }
        Date => (is_date(text), "a day as 2021-02-23".to_owned()),
        DateTime => (is_instant(text), "an instant as 2021-02-23T09:00:00Z".to_owned()),
        Bool => (matches!(text, "true" | "false" | "0" | "1"), "true or false".to_owned()),
        Code(codes) => (codes.contains(&text), format!("one of {}", codes.join(", "))),
        Letters(most) => (
            (1..=most).contains(&length)
                && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
            format!("1 to {most} capital letters and digits"),
        ),
    };
    if fits { Ok(()) } else { Err(format!("{text:?} is not {wanted}")) }
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<base::Date>().is_ok()
}

fn is_instant(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let time = time.strip_suffix('Z').or_else(|| time.rsplit_once('+').map(|(time, _)| time)).unwrap_or(time);
    let parts: Vec<&str> = time.split(':').collect();
    let below = |part: &str, end: u32| part.len() == 2 && part.parse::<u32>().is_ok_and(|n| n < end);
    let [hour, minute, second] = parts.as_slice() else { return false };
    let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
    is_date(date)
        && below(hour, 24)
        && below(minute, 60)
        && below(whole, 60)
        && fraction.bytes().all(|b| b.is_ascii_digit())
}
