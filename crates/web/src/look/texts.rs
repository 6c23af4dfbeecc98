//! The texts of every page and refusal, in both languages.

use std::fmt;
use std::sync::OnceLock;

use base::{Arg, Date, Lang, Month, Refusal, Won};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::DateTime;
use unic_langid::LanguageIdentifier;

use super::format;
use super::particles::with_particle;
use super::words;

type Bundle = FluentBundle<FluentResource>;

/// What stands where a text is missing; a test looks for it on every page.
pub(crate) const MISSING: char = '⟦';

/// Both languages, loaded.
pub struct Texts {
    ko: Bundle,
    en: Bundle,
}

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    /// What was refused.
    pub what: String,
    /// The rule that says so.
    pub why: String,
    /// What the person can do now.
    pub remedy: String,
    /// The stable code, for the phone call.
    pub code: String,
    /// The law or notice it rests on.
    pub source: Option<String>,
}

/// The texts, loaded once.
pub fn texts() -> &'static Texts {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    TEXTS.get_or_init(Texts::load)
}

fn bundle(tag: &str, source: &str) -> Bundle {
    let id: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            Some(format::grouped(number.value as i64))
        }
        _ => None,
    }));
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) => resource,
        // The texts are part of the program: a mistake in them is a bug that the tests find.
        Err((resource, errors)) => {
            debug_assert!(errors.is_empty(), "{errors:?}");
            resource
        }
    };
    let josa = bundle.add_function("JOSA", |positional, _| match positional {
        [FluentValue::String(word), FluentValue::String(pair)] => {
            FluentValue::String(with_particle(word, pair).into())
        }
        [FluentValue::Number(number), FluentValue::String(pair)] => {
            FluentValue::String(with_particle(&format::grouped(number.value as i64), pair).into())
        }
        _ => FluentValue::Error,
    });
    if josa.is_err() || bundle.add_resource(resource).is_err() {
        debug_assert!(false, "a text is defined twice");
    }
    bundle
}

impl Texts {
    fn load() -> Texts {
        Texts { ko: bundle("ko", words::source(Lang::Ko)), en: bundle("en", words::source(Lang::En)) }
    }

    fn bundle(&self, lang: Lang) -> &Bundle {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }

    /// True if the text exists; `key` may name an attribute (`refusal-card-frozen.why`).
    pub fn has(&self, lang: Lang, key: &str) -> bool {
        self.find(lang, key, &FluentArgs::new()).is_some()
    }

    fn find(&self, lang: Lang, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundle(lang);
        let (message, pattern) = match key.split_once('.') {
            Some((id, name)) => (bundle.get_message(id)?, Some(name)),
            None => (bundle.get_message(key)?, None),
        };
        let pattern = match pattern {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())
    }

    /// The text under `key`, filled. A missing text shows its key between double brackets.
    pub fn get(&self, lang: Lang, key: &str, args: &FluentArgs<'_>) -> String {
        self.find(lang, key, args).unwrap_or_else(|| format!("{MISSING}{key}⟧"))
    }

    /// A refusal in words: what, why, what can be done, the code and the source. `today` decides whether a day
    /// needs its year.
    pub fn refusal(&self, lang: Lang, today: Date, refusal: &Refusal) -> RefusalText {
        self.told(lang, today, refusal, ["", ".why", ".remedy"])
    }

    /// The same for a program, which has headers and keys where a person has a page: in words of its own where the
    /// refusal has them.
    pub fn problem(&self, lang: Lang, today: Date, refusal: &Refusal) -> RefusalText {
        let own = format!("{}.program", Texts::id(refusal.code));
        match self.has(lang, &own) {
            true => self.told(lang, today, refusal, [".program", ".program-why", ".program-remedy"]),
            false => self.refusal(lang, today, refusal),
        }
    }

    fn id(code: &str) -> String {
        format!("refusal-{}", code.replace(['.', '_'], "-"))
    }

    fn told(&self, lang: Lang, today: Date, refusal: &Refusal, parts: [&str; 3]) -> RefusalText {
        let t = Tongue { lang, today };
        let mut args = FluentArgs::new();
        for (name, arg) in &refusal.args {
            args.set(*name, t.value(arg));
        }
        let id = Texts::id(refusal.code);
        let known = if self.has(lang, &id) { id } else { "refusal-unknown".to_owned() };
        let [what, why, remedy] = parts.map(|part| self.get(lang, &format!("{known}{part}"), &args));
        RefusalText {
            what,
            why,
            remedy,
            code: refusal.code.to_owned(),
            source: refusal.source.as_ref().map(|source| source.in_lang(lang).to_owned()),
        }
    }
}

/// A language on a day: what templates speak through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tongue {
    /// The reader's language.
    pub lang: Lang,
    /// The city's date, for "today", "tomorrow" and for leaving the year out.
    pub today: Date,
}

impl Tongue {
    /// The text under `key`; add what it speaks of with [`Say::won`] and its kin. Usable as `{{ … }}`.
    pub fn say(self, key: impl AsRef<str>) -> Say {
        Say { t: self, key: key.as_ref().to_owned(), args: FluentArgs::new() }
    }

    /// True when Korean is spoken.
    pub fn is_ko(self) -> bool {
        self.lang == Lang::Ko
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        if self.is_ko() { "ko" } else { "en" }
    }

    /// Exact: `12,300원`.
    pub fn won(self, amount: impl AsNumber) -> String {
        format::won(self.lang, Won(amount.number()))
    }

    /// For running text: `3억 2,000만 원`.
    pub fn about(self, amount: impl AsNumber) -> String {
        format::won_about(self.lang, Won(amount.number()))
    }

    /// With its sign: `+1,200원`, `−12,000원`.
    pub fn signed_won(self, amount: impl AsNumber) -> String {
        let amount = amount.number();
        let size = format::won(self.lang, Won(amount.saturating_abs()));
        match amount.signum() {
            1 => format!("+{size}"),
            -1 => format!("−{size}"),
            _ => size,
        }
    }

    /// `12,300`.
    pub fn number(self, number: impl AsNumber) -> String {
        format::grouped(number.number())
    }

    /// The unit that stands small beside a large amount.
    pub fn won_unit(self) -> &'static str {
        format::won_unit(self.lang)
    }

    /// `10%` from basis points.
    pub fn percent(self, basis_points: impl AsNumber) -> String {
        format::percent(basis_points.number())
    }

    /// `2월 23일(화)`.
    pub fn day(self, date: impl AsDate) -> String {
        format::day(self.lang, self.today, date.date())
    }

    /// `오늘`, `내일(수)` or the day.
    pub fn near_day(self, date: impl AsDate) -> String {
        format::near_day(self.lang, self.today, date.date())
    }

    /// `2021년 2월 23일(화)`.
    pub fn full_day(self, date: impl AsDate) -> String {
        format::full_day(self.lang, date.date())
    }

    /// `오늘 14:05`.
    pub fn moment(self, at: &DateTime) -> String {
        format::moment(self.lang, self.today, *at)
    }

    /// `2021년 2월 23일(화) 14:05`.
    pub fn full_moment(self, at: &DateTime) -> String {
        format!("{} {}", format::full_day(self.lang, at.date()), format::clock(*at))
    }

    /// `14:05`.
    pub fn clock(self, at: &DateTime) -> String {
        format::clock(*at)
    }

    /// `3월`.
    pub fn month(self, month: &Month) -> String {
        format::month(self.lang, self.today, *month)
    }

    fn value(self, arg: &Arg) -> FluentValue<'static> {
        match arg {
            Arg::Won(won) => FluentValue::from(self.won(*won)),
            Arg::Count(count) => FluentValue::from(*count),
            Arg::Date(date) => FluentValue::from(self.day(*date)),
            Arg::Text(text) => FluentValue::from(text.clone()),
        }
    }
}

/// A text waiting for what it speaks of; shows itself when written out.
pub struct Say {
    t: Tongue,
    key: String,
    args: FluentArgs<'static>,
}

impl Say {
    fn with(mut self, name: &'static str, value: FluentValue<'static>) -> Say {
        self.args.set(name, value);
        self
    }

    /// An exact amount, with its unit.
    pub fn won(self, name: &'static str, amount: impl AsNumber) -> Say {
        let text = self.t.won(amount);
        self.with(name, FluentValue::from(text))
    }

    /// An amount as it is said in running text.
    pub fn about(self, name: &'static str, amount: impl AsNumber) -> Say {
        let text = self.t.about(amount);
        self.with(name, FluentValue::from(text))
    }

    /// A number; the text chooses plural forms by it.
    pub fn count(self, name: &'static str, number: impl AsNumber) -> Say {
        self.with(name, FluentValue::from(number.number()))
    }

    /// A share in basis points, as `10%`.
    pub fn percent(self, name: &'static str, basis_points: impl AsNumber) -> Say {
        let text = self.t.percent(basis_points);
        self.with(name, FluentValue::from(text))
    }

    /// A day, with its weekday.
    pub fn day(self, name: &'static str, date: impl AsDate) -> Say {
        let text = self.t.day(date);
        self.with(name, FluentValue::from(text))
    }

    /// A day near today by its name.
    pub fn near_day(self, name: &'static str, date: impl AsDate) -> Say {
        let text = self.t.near_day(date);
        self.with(name, FluentValue::from(text))
    }

    /// A day and time.
    pub fn moment(self, name: &'static str, at: &DateTime) -> Say {
        let text = self.t.moment(at);
        self.with(name, FluentValue::from(text))
    }

    /// A month.
    pub fn month(self, name: &'static str, month: &Month) -> Say {
        let text = self.t.month(month);
        self.with(name, FluentValue::from(text))
    }

    /// A name, shown as it is.
    pub fn text(self, name: &'static str, text: impl fmt::Display) -> Say {
        self.with(name, FluentValue::from(text.to_string()))
    }
}

impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&texts().get(self.t.lang, &self.key, &self.args))
    }
}

/// What can be written as a number; templates hand over references of any depth.
pub trait AsNumber {
    /// The number.
    fn number(&self) -> i64;
}

macro_rules! as_number {
    ($($number:ty),*) => {$(
        impl AsNumber for $number {
            fn number(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}
as_number!(i64, i32, u64, u32, u16, u8, usize);

impl AsNumber for Won {
    fn number(&self) -> i64 {
        self.0
    }
}

impl<T: AsNumber + ?Sized> AsNumber for &T {
    fn number(&self) -> i64 {
        (**self).number()
    }
}

/// What can be written as a day.
pub trait AsDate {
    /// The day.
    fn date(&self) -> Date;
}

impl AsDate for Date {
    fn date(&self) -> Date {
        *self
    }
}

impl<T: AsDate + ?Sized> AsDate for &T {
    fn date(&self) -> Date {
        (**self).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    const KO: Tongue = Tongue { lang: Lang::Ko, today: date(2021, 2, 23) };

    #[test]
    fn a_missing_text_shows() {
        assert_eq!(KO.say("no-such-text").to_string(), "⟦no-such-text⟧");
    }

    #[test]
    fn a_refusal_has_three_parts() {
        let source = base::Source { ko: "조례 제4조".into(), en: "Ordinance, art. 4".into() };
        let refusal = Refusal::new("card.frozen").because(source);
        for (lang, source) in [(Lang::Ko, "조례 제4조"), (Lang::En, "Ordinance, art. 4")] {
            let text = texts().refusal(lang, KO.today, &refusal);
            assert_eq!(text.source.as_deref(), Some(source));
            for part in [&text.what, &text.why, &text.remedy] {
                assert!(!part.is_empty() && !part.contains(MISSING), "{part}");
            }
            assert_eq!(text.code, "card.frozen");
        }
        let unknown = texts().refusal(Lang::Ko, KO.today, &Refusal::new("no.such"));
        assert!(!unknown.what.contains(MISSING) && unknown.code == "no.such");
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        fn keys(source: &str) -> std::collections::BTreeSet<String> {
            let mut id = "";
            let mut keys = std::collections::BTreeSet::new();
            for line in source.lines() {
                if let Some((name, _)) = line.trim().split_once('=')
                    && line.starts_with("    .")
                {
                    keys.insert(format!("{id}{}", name.trim()));
                } else if let Some((name, _)) = line.split_once('=')
                    && line.starts_with(|c: char| c.is_ascii_lowercase())
                {
                    id = name.trim();
                    keys.insert(id.to_owned());
                }
            }
            keys
        }
        let ko = keys(words::source(Lang::Ko));
        let en = keys(words::source(Lang::En));
        assert_eq!(ko.difference(&en).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
        assert_eq!(en.difference(&ko).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in Korean");
    }
}
