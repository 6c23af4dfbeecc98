//! How the city says no: a refusal is an answer, not an accident.

use crate::{Date, Won};

/// The languages every text exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Korean, the default.
    #[default]
    Ko,
    /// English.
    En,
}

/// The law, notice or rule that something rests on, as the city pack cites it in each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// For Korean readers.
    pub ko: String,
    /// For English readers.
    pub en: String,
}

impl Source {
    /// In one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }

    /// No notice says it: whoever wrote the pack chose it, and says so (`설정: …`, `setting: …`). Worth knowing for who
    /// keeps the rules, not for who lives by them.
    pub fn is_setting(&self) -> bool {
        self.ko.starts_with("설정") && self.en.starts_with("setting")
    }
}

/// Cited alike in both languages.
impl From<&str> for Source {
    fn from(text: &str) -> Source {
        text.to_owned().into()
    }
}

impl From<String> for Source {
    fn from(text: String) -> Source {
        Source { en: text.clone(), ko: text }
    }
}

/// A value a refusal's text speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Money.
    Won(Won),
    /// A count without a unit of its own.
    Count(i64),
    /// A day.
    Date(Date),
    /// A name or id, shown as it is.
    Text(String),
}

/// The city says no, and why. `code` is stable (`card.frozen`); the texts for it (what, why, what you can do)
/// stand in the language files under that code, filled with `args`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable, dotted, lower case; part of the API.
    pub code: &'static str,
    /// What the texts need.
    pub args: Vec<(&'static str, Arg)>,
    /// What it rests on.
    pub source: Option<Source>,
}

impl Refusal {
    /// A refusal without particulars.
    pub fn new(code: &'static str) -> Refusal {
        Refusal { code, args: Vec::new(), source: None }
    }

    /// With one more particular.
    pub fn with(mut self, name: &'static str, arg: Arg) -> Refusal {
        self.args.push((name, arg));
        self
    }

    /// With the rule it rests on.
    pub fn because(mut self, source: impl Into<Source>) -> Refusal {
        self.source = Some(source.into());
        self
    }
}
