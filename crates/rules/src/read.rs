//! Reading one file of a pack: shape, then values, with every fault noted at its line.
//!
//! The value readers answer with a stand-in after noting a fault, so that one pass finds all faults. No
//! stand-in is ever seen: a pack with any fault is refused whole.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;

use base::{Date, Source, Won};
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::value::Datetime;

use crate::{BadRate, Name, PackError, Rate};

/// The largest amount a pack may name: a quadrillion won, thousands of city budgets, and far from overflow.
const LARGEST: i64 = 1_000_000_000_000_000;

/// One file being read.
pub(crate) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// Where its lines end.
    ends: Vec<usize>,
    errors: &'a mut Vec<PackError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, errors: &'a mut Vec<PackError>) -> Reader<'a> {
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Reader { file, text, ends, errors }
    }

    /// The line of a place.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.ends.partition_point(|end| *end < at) + 1
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, at: Range<usize>, what: impl Into<String>, fix: impl Into<String>) {
        let line = self.line(at.start);
        self.errors.push(PackError { file: self.file.to_owned(), line, what: what.into(), fix: fix.into() });
    }

    /// The whole document, or `None` with the first fault of its shape noted.
    pub(crate) fn document<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(document) => Some(document),
            Err(error) => {
                let what = error.message().lines().collect::<Vec<_>>().join(", ");
                self.fault(error.span().unwrap_or(0..0), &what, shape_fix(&what));
                None
            }
        }
    }

    /// A civil date, written `2021-02-23` without quotes.
    pub(crate) fn date(&mut self, value: &Spanned<Datetime>) -> Date {
        let written = value.get_ref();
        let date = match (written.date, written.time, written.offset) {
            (Some(d), None, None) => i16::try_from(d.year).ok().and_then(|year| {
                Date::new(year, i8::try_from(d.month).ok()?, i8::try_from(d.day).ok()?).ok()
            }),
            _ => None,
        };
        date.unwrap_or_else(|| {
            self.fault(value.span(), format!("{written}: not a day"), "write a day such as 2021-02-23");
            Date::ZERO
        })
    }

    /// A period; `until` is its last day.
    pub(crate) fn period(
        &mut self,
        from: &Spanned<Datetime>,
        until: Option<&Spanned<Datetime>>,
    ) -> (Date, Option<Date>) {
        let start = self.date(from);
        let end = until.map(|u| self.date(u));
        if let (Some(end), Some(until)) = (end, until)
            && end < start
        {
            self.fault(
                until.span(),
                format!("until {end} is before from {start}"),
                format!("write the last day of the period, {start} or later"),
            );
        }
        (start, end)
    }

    /// An amount in won, zero or more.
    pub(crate) fn won(&mut self, field: &str, value: &Spanned<i64>) -> Won {
        let amount = *value.get_ref();
        if amount < 0 {
            self.fault(
                value.span(),
                format!("{field} {amount}: a negative amount"),
                "write whole won, 0 or more, such as 500_000",
            );
        } else if amount > LARGEST {
            self.fault(
                value.span(),
                format!("{field} {amount}: more than any budget"),
                format!("write whole won up to {LARGEST}"),
            );
        }
        Won(amount.clamp(0, LARGEST))
    }

    /// An amount that may be left out.
    pub(crate) fn won_if(&mut self, field: &str, value: Option<&Spanned<i64>>) -> Option<Won> {
        value.map(|v| self.won(field, v))
    }

    /// A whole number within bounds.
    pub(crate) fn number(&mut self, field: &str, value: &Spanned<i64>, bounds: Range<u32>) -> u32 {
        let written = *value.get_ref();
        match u32::try_from(written) {
            Ok(number) if bounds.contains(&number) => number,
            _ => {
                let last = bounds.end.saturating_sub(1);
                let fix = format!("write a whole number from {} to {last}", bounds.start);
                self.fault(value.span(), format!("{field} {written}: out of range"), fix);
                bounds.start
            }
        }
    }

    /// A percentage.
    pub(crate) fn rate(&mut self, field: &str, value: &Spanned<String>) -> Rate {
        let text = value.get_ref();
        text.parse().unwrap_or_else(|why: BadRate| {
            let fix = match why {
                BadRate::Form => "write a percentage such as \"10%\"",
                BadRate::TooMuch => "write a percentage from \"0%\" to \"100%\"",
            };
            self.fault(value.span(), format!("{field} {text:?}: {why}"), fix);
            Rate::ZERO
        })
    }

    /// Where a rule comes from: required of every rule.
    pub(crate) fn source(&mut self, entry: Range<usize>, value: Option<&Spanned<RawSource>>) -> Source {
        let Some(value) = value else {
            self.fault(entry, "no source", SOURCE_FIX);
            return Source::from("");
        };
        let source = match value.get_ref() {
            RawSource::Alike(text) => Source::from(text.as_str()),
            RawSource::Each { ko, en } => Source { ko: ko.clone(), en: en.clone() },
        };
        if source.ko.trim().is_empty() || source.en.trim().is_empty() {
            self.fault(value.span(), "the source is empty", SOURCE_FIX);
        }
        source
    }

    /// A name in both languages.
    pub(crate) fn name(&mut self, value: &Spanned<Name>) -> Name {
        let name = value.get_ref();
        for (lang, text) in [("ko", &name.ko), ("en", &name.en)] {
            if text.trim().is_empty() {
                self.fault(value.span(), format!("the name in {lang} is empty"), "write both ko and en");
            }
        }
        name.clone()
    }

    /// An id: lower-case words joined by hyphens, used once in its list.
    pub(crate) fn id(&mut self, value: &Spanned<String>, seen: &mut Ids) -> String {
        let id = value.get_ref();
        let well_formed = !id.is_empty()
            && id.split('-').all(|word| !word.is_empty())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !well_formed {
            self.fault(
                value.span(),
                format!("id {id:?}: not an id"),
                "write lower-case letters, digits and single hyphens, such as \"market-food\"",
            );
        }
        self.once("id", id, value.span(), seen);
        id.clone()
    }

    /// Notes a fault if `value` was seen before.
    pub(crate) fn once(&mut self, field: &str, value: impl Display, at: Range<usize>, seen: &mut Ids) {
        let value = value.to_string();
        let here = format!("{}:{}", self.file, self.line(at.start));
        if let Some(first) = seen.0.get(&value) {
            self.fault(
                at,
                format!("{field} {value:?} is used twice"),
                format!("it stands at {first} already"),
            );
        } else {
            seen.0.insert(value, here);
        }
    }

    /// Notes a fault unless `known` holds the id.
    pub(crate) fn known(&mut self, kind: &str, id: &Spanned<String>, known: &[&str]) {
        if known.contains(&id.get_ref().as_str()) {
            return;
        }
        let choice = if known.is_empty() { "none is defined".to_owned() } else { known.join(", ") };
        self.fault(
            id.span(),
            format!("{kind} {:?} is not known", id.get_ref()),
            format!("known are: {choice}"),
        );
    }
}

const SOURCE_FIX: &str = "write source = { ko = \"…\", en = \"…\" }, or one text for both: the law, notice or report \
    the rule comes from, or \"setting: why\"";

/// A source as it is written.
#[derive(serde::Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "invalid type: a source is a text, or { ko = \"…\", en = \"…\" }"
)]
pub(crate) enum RawSource {
    /// One text for both languages.
    Alike(String),
    /// One each.
    Each {
        /// For Korean readers.
        ko: String,
        /// For English readers.
        en: String,
    },
}

/// What was seen where, to find what stands twice.
#[derive(Debug, Default)]
pub(crate) struct Ids(BTreeMap<String, String>);

fn shape_fix(what: &str) -> &'static str {
    if what.contains("unknown field") {
        "remove it or correct its spelling"
    } else if what.contains("missing field") {
        "add it to this entry"
    } else if what.contains("invalid type") || what.contains("unknown variant") {
        "write a value of the expected kind"
    } else {
        "correct the TOML here"
    }
}
