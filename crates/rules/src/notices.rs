//! What people are told by which way, and when they are left in peace.

use base::Source;
use toml::Spanned;

use crate::read::{Ids, RawSource, Reader};

/// A way to someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Their own page here.
    App,
    /// A notice in the messenger most people have.
    Kakao,
    /// A text message.
    Sms,
    /// Electronic mail.
    Email,
    /// On paper.
    Letter,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 5] =
        [Channel::App, Channel::Kakao, Channel::Sms, Channel::Email, Channel::Letter];

    /// The word for it.
    pub fn code(self) -> &'static str {
        match self {
            Channel::App => "app",
            Channel::Kakao => "kakao",
            Channel::Sms => "sms",
            Channel::Email => "email",
            Channel::Letter => "letter",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// How people are told of one kind of thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRule {
    /// The kind, a stable code: see `people::notice::Told`.
    pub kind: String,
    /// The ways besides their own page, the first that works: later ones are tried when an earlier one can't reach them.
    pub ways: Vec<Channel>,
    /// Told at any hour: it can't wait till the morning.
    pub urgent: bool,
    /// Days to answer, counted from the day it was delivered.
    pub days: Option<u32>,
    /// What it rests on.
    pub source: Source,
}

/// All rules about telling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeRules {
    /// From this hour until that nobody is disturbed.
    pub quiet: Option<(i8, i8)>,
    /// By kind. What has no rule is told on the person's own page only.
    pub kinds: Vec<NoticeRule>,
    /// Days that a delivered message is kept; `None`: for good.
    pub keep: Option<u32>,
}

impl NoticeRules {
    /// The rule of a kind.
    pub fn of(&self, kind: &str) -> Option<&NoticeRule> {
        self.kinds.iter().find(|rule| rule.kind == kind)
    }

    /// Whether people are left in peace at an hour of the day.
    pub fn is_quiet(&self, hour: i8) -> bool {
        match self.quiet {
            Some((from, until)) if from <= until => (from..until).contains(&hour),
            Some((from, until)) => hour >= from || hour < until,
            None => false,
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    quiet: Option<Spanned<RawQuiet>>,
    keep: Option<Spanned<RawKeep>>,
    #[serde(default)]
    notice: Vec<Spanned<RawNotice>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuiet {
    from: Spanned<i64>,
    until: Spanned<i64>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKeep {
    days: Spanned<i64>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNotice {
    kind: Spanned<String>,
    ways: Spanned<Vec<Spanned<Channel>>>,
    #[serde(default)]
    urgent: bool,
    days: Option<Spanned<i64>>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `notices.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<NoticeRules> {
    let file = reader.document::<RawFile>()?;
    let quiet = file.quiet.map(|entry| {
        let at = entry.span();
        let raw = entry.into_inner();
        reader.source(at, raw.source.as_ref());
        let mut hour = |field, value| i8::try_from(reader.number(field, value, 0..24)).unwrap_or(0);
        (hour("from", &raw.from), hour("until", &raw.until))
    });
    let keep = file.keep.map(|entry| {
        let at = entry.span();
        let raw = entry.into_inner();
        reader.source(at, raw.source.as_ref());
        reader.number("days", &raw.days, 30..3_651)
    });
    let mut ids = Ids::default();
    let mut kinds = Vec::new();
    for entry in file.notice {
        let at = entry.span();
        let raw = entry.into_inner();
        let kind = reader.id(&raw.kind, &mut ids);
        let mut seen = Ids::default();
        for way in raw.ways.get_ref() {
            reader.once("way", way.get_ref().code(), way.span(), &mut seen);
            if *way.get_ref() == Channel::App {
                reader.fault(way.span(), "everyone is told on their own page anyway", "leave \"app\" out");
            }
        }
        kinds.push(NoticeRule {
            kind,
            ways: raw.ways.into_inner().into_iter().map(Spanned::into_inner).collect(),
            urgent: raw.urgent,
            days: raw.days.map(|days| reader.number("days", &days, 1..366)),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    Some(NoticeRules { quiet, kinds, keep })
}
