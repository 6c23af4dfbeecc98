//! A posting as a leaf: a commitment to all that its rows say, in parts that can be opened one by one.
//!
//! Each part is a text behind a name: `head` (number, instant, day, kind, amount, pack, what it reverses), `request` (who
//! asked, under which key), `moves` (which accounts, how much), `balances` (what they stood at after it), and one for
//! each member of the facts it was decided on, `facts.amount`, `facts.cashback.reward`, …. A part's hash is salted, so a part
//! that isn't opened can't be guessed, be there only two things it can say. Salts are derived from the city's secret and
//! the posting's number: nothing needs to be kept.

use std::fmt::Write as _;
use std::ops::Range;

use hmac::{Hmac, Mac};
use ledger::{EntryRow, PostingRow};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Hash;

/// Before every commitment.
const TAG: &[u8] = b"ongoeul posting 1\0";
/// Names longer than this aren't cut further: nothing is nested so deeply.
const DEEPEST: usize = 64;
/// Bytes of a salt.
const SALT: usize = 16;

/// The parts that every posting has, in order; its facts' follow.
pub const PARTS: [&str; 4] = ["head", "request", "moves", "balances"];

/// Makes salts.
#[derive(Clone)]
pub struct Salts(Hmac<Sha256>);

/// A posting's own secret: all its salts come from it.
pub type Seed = Zeroizing<[u8; 32]>;

impl Salts {
    pub(crate) fn new(keyed: Hmac<Sha256>) -> Salts {
        Salts(keyed)
    }

    /// The seed of a posting's salts. Whoever has it can try out what the posting's parts say, and nobody else's.
    pub fn seed(&self, posting: u64) -> Seed {
        let mut keyed = self.0.clone();
        keyed.update(&posting.to_be_bytes());
        Zeroizing::new(keyed.finalize().into_bytes().into())
    }
}

/// The salt of a part: two are cut from one hash.
fn salt(seed: &Seed, part: usize, cut: &mut [u8; 32]) -> [u8; SALT] {
    if part.is_multiple_of(2) {
        let half = u32::try_from(part / 2).unwrap_or(u32::MAX);
        *cut = Sha256::new().chain_update(**seed).chain_update(half.to_be_bytes()).finalize().into();
    }
    let (first, second) = cut.split_at(SALT);
    let mut salt = [0; SALT];
    salt.copy_from_slice(if part.is_multiple_of(2) { first } else { second });
    salt
}

/// The hash of a part.
pub(crate) fn part_hash(salt: &[u8; SALT], name: &str, text: &str) -> Hash {
    let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
    let hash = Sha256::new().chain_update(salt).chain_update(length.to_be_bytes());
    Hash(hash.chain_update(name).chain_update(text).finalize().into())
}

/// What a posting's leaf is made of, from the hashes of its parts.
pub fn commitment_of(parts: impl ExactSizeIterator<Item = Hash>) -> [u8; 32] {
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let hash = Sha256::new().chain_update(TAG).chain_update(count.to_be_bytes());
    parts.fold(hash, |hash, part| hash.chain_update(part.0)).finalize().into()
}

/// Makes leaves of rows; used again from one to the next, so that nothing is allocated anew.
#[derive(Debug, Default)]
pub struct Sealed {
    text: String,
    parts: Vec<(Range<usize>, Range<usize>)>,
}

impl Sealed {
    /// The commitment to a posting and its entries.
    pub fn commit(&mut self, seed: &Seed, posting: &PostingRow, entries: &[EntryRow]) -> [u8; 32] {
        self.write(posting, entries);
        let mut cut = [0; 32];
        let hashes = self.parts.iter().enumerate().map(|(at, (name, text))| {
            part_hash(&salt(seed, at, &mut cut), &self.text[name.clone()], &self.text[text.clone()])
        });
        commitment_of(hashes)
    }

    /// All parts of a posting, each open.
    pub fn open(&mut self, seed: &Seed, posting: &PostingRow, entries: &[EntryRow]) -> Opening {
        self.write(posting, entries);
        let mut cut = [0; 32];
        let part = |(at, (name, text)): (usize, &(Range<usize>, Range<usize>))| Part {
            name: self.text[name.clone()].to_owned(),
            salt: salt(seed, at, &mut cut),
            text: self.text[text.clone()].to_owned(),
        };
        Opening { parts: self.parts.iter().enumerate().map(part).collect() }
    }

    fn write(&mut self, posting: &PostingRow, entries: &[EntryRow]) {
        self.text.clear();
        self.parts.clear();
        self.part("head", |text| head(text, posting));
        self.part("request", |text| request(text, posting));
        self.part("moves", |text| moves(text, entries));
        self.part("balances", |text| balances(text, entries));
        match members(&posting.facts) {
            Some((around, members)) => {
                self.part("facts", |text| text.push_str(around));
                for (name, value) in members {
                    self.member("facts.", name, value);
                }
            }
            // Not the form that is written here: one part, whatever it says.
            None => self.part("facts", |text| text.push_str(&posting.facts)),
        }
    }

    fn part(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        self.named("", name, write);
    }

    /// A member whose value has members itself is cut once more: who shows where they paid need not show what was left
    /// of their limit.
    fn member(&mut self, before: &str, name: &str, value: &str) {
        let inner = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
        let inner =
            inner.filter(|_| before.len() < DEEPEST).and_then(listed).filter(|inner| !inner.is_empty());
        match inner {
            Some(inner) => {
                let before = format!("{before}{name}.");
                inner.iter().for_each(|(name, value)| self.member(&before, name, value));
            }
            None => self.named(before, name, |text| text.push_str(value)),
        }
    }

    fn named(&mut self, before: &str, name: &str, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        self.text.push_str(before);
        self.text.push_str(name);
        let middle = self.text.len();
        write(&mut self.text);
        self.parts.push((start..middle, middle..self.text.len()));
    }
}

/// Writing into a string doesn't fail.
macro_rules! put {
    ($text:expr, $($what:tt)*) => { if write!($text, $($what)*).is_err() { $text.push('?'); } };
}

fn head(text: &mut String, posting: &PostingRow) {
    put!(text, "{{\"no\":{},\"at\":{},\"day\":{},\"kind\":", posting.no.0, posting.at.0, posting.day);
    quoted(text, &posting.kind);
    put!(
        text,
        ",\"amount\":{},\"pack\":{},\"reverses\":{}",
        posting.amount,
        posting.pack,
        posting.reverses.map_or(0, |no| no.0)
    );
    put!(text, ",\"first_entry\":{},\"entries\":{}}}", posting.first_entry.0, posting.entries);
}

fn request(text: &mut String, posting: &PostingRow) {
    text.push_str("{\"role\":");
    quoted(text, &posting.role);
    put!(text, ",\"client\":{},\"key\":", posting.client);
    quoted(text, &posting.request_key);
    text.push_str(",\"input\":\"");
    posting.input_hash.iter().for_each(|byte| put!(text, "{byte:02x}"));
    text.push_str("\"}");
}

fn moves(text: &mut String, entries: &[EntryRow]) {
    text.push('[');
    for (at, entry) in entries.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        put!(
            text,
            "{comma}[{},{},{},{},{}]",
            entry.no.0,
            entry.posting.0,
            entry.debit.0,
            entry.credit.0,
            entry.amount
        );
    }
    text.push(']');
}

fn balances(text: &mut String, entries: &[EntryRow]) {
    text.push('[');
    for (at, entry) in entries.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        put!(
            text,
            "{comma}[{},{},{},{}]",
            entry.debit_after,
            entry.credit_after,
            entry.debit_previous.0,
            entry.credit_previous.0
        );
    }
    text.push(']');
}

/// A JSON string. Escapes what must be, in one way.
fn quoted(text: &mut String, raw: &str) {
    text.push('"');
    for c in raw.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            c if u32::from(c) < 0x20 => put!(text, "\\u{:04x}", u32::from(c)),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Cuts `{"v":1,"pay":{"card":"…","amount":1}}` into what stands before the members, and the members with their values,
/// each as it is written. `None` when it isn't of this form: then nothing is cut.
fn members(facts: &str) -> Option<(&str, Vec<(&str, &str)>)> {
    let inner = facts.strip_suffix("}}")?;
    let open = inner.get(1..)?.find('{')? + 1;
    Some((&facts[..open], listed(inner.get(open + 1..)?)?))
}

/// Cuts what stands between the brackets of an object.
fn listed(mut rest: &str) -> Option<Vec<(&str, &str)>> {
    let mut members = Vec::with_capacity(16);
    while !rest.is_empty() {
        let named = rest.strip_prefix('"')?;
        let (name, value) = named.split_once("\":")?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        let end = value_end(value)?;
        members.push((name, &value[..end]));
        rest = match value.get(end..)? {
            "" => "",
            more => more.strip_prefix(',').filter(|more| !more.is_empty())?,
        };
    }
    Some(members)
}

/// Where a JSON value ends: at a comma outside of strings and brackets, or at the end.
fn value_end(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => return Some(at).filter(|at| *at > 0),
            _ => {}
        }
    }
    (depth == 0 && !quoted && !text.is_empty()).then_some(text.len())
}

/// A posting's parts, open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// In order.
    pub parts: Vec<Part>,
}

/// A part, open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub name: String,
    /// Its salt.
    pub salt: [u8; SALT],
    /// What it says.
    pub text: String,
}

impl Part {
    /// Its hash.
    pub fn hash(&self) -> Hash {
        part_hash(&self.salt, &self.name, &self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_cut_at_their_members() {
        let facts = r#"{"v":1,"pay":{"card":"crd_1","order":"a\"},{b","cashback":{"rate":1,"cut":"full"},"legs":[[1,2,3],[4,5,6]],"left":null}}"#;
        let (around, parts) = members(facts).unwrap_or_default();
        assert_eq!(around, r#"{"v":1,"pay":"#);
        assert_eq!(
            parts,
            [
                ("card", "\"crd_1\""),
                ("order", r#""a\"},{b""#),
                ("cashback", r#"{"rate":1,"cut":"full"}"#),
                ("legs", "[[1,2,3],[4,5,6]]"),
                ("left", "null"),
            ]
        );
        assert_eq!(members(r#"{"v":1,"confirm":{}}"#), Some((r#"{"v":1,"confirm":"#, vec![])));
    }

    #[test]
    fn what_is_of_another_form_stays_whole() {
        for facts in [
            "",
            "{}",
            "}}",
            "{\"v\":1}",
            "{\"v\":1,\"a\":3}",
            "{\"v\":1,\"a\":{\"b\":}}",
            "{\"v\":1,\"a\":{\"b\":1,}}",
            "{\"v\":1,\"a\":{\"b c\":1}}",
            "{\"v\":1,\"a\":{\"\":1}}",
            "{\"v\":1,\"a\":{b:1}}",
            "{\"v\":1,\"a\":{\"b\":\"}}",
            "{\"v\":1,\"a\":{\"b\":]}}",
            "{\"v\":1,\"a\":{\"b\":[}}",
        ] {
            assert_eq!(members(facts), None, "{facts}");
        }
    }
}
