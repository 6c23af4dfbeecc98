//! The API, told to people.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use askama::Template;
use base::Lang;
use fluent_bundle::FluentArgs;

use super::page::{Page, TourStep};
use super::texts::{Tongue, texts};
use super::words;

/// `GET /api/docs`.
#[derive(Debug, Template)]
#[template(path = "api_docs.html")]
pub struct ApiDocsPage {
    /// The reader's tongue.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What calls begin with: `http://127.0.0.1:8080`.
    pub address: String,
    /// Calls by what they are about.
    pub groups: Vec<ApiGroup>,
    /// What shops' programs are told.
    pub hooks: Vec<ApiHook>,
    /// The form of a refusal.
    pub problem: Vec<ApiField>,
    /// All codes.
    pub problems: &'static [ProblemText],
}

/// A type of message to a shop's program.
#[derive(Debug, Clone)]
pub struct ApiHook {
    /// `payment.made`.
    pub kind: String,
    /// What happened.
    pub summary: Meaning,
    /// What it carries besides its body.
    pub headers: Vec<ApiField>,
    /// Its body.
    pub fields: Vec<ApiField>,
}

/// Calls about one thing.
#[derive(Debug, Clone)]
pub struct ApiGroup {
    /// The document's tag.
    pub tag: String,
    /// Its calls.
    pub calls: Vec<ApiCall>,
}

/// One call.
#[derive(Debug, Clone)]
pub struct ApiCall {
    /// Unique on the page.
    pub id: String,
    /// `GET`, `POST`.
    pub method: String,
    /// `/api/v1/payments/{id}`.
    pub path: String,
    /// What it does.
    pub summary: Meaning,
    /// Text keys of the roles that may call it.
    pub who: Vec<&'static str>,
    /// Nobody need sign in.
    pub public: bool,
    /// It changes something.
    pub key: bool,
    /// In path, query and headers.
    pub parameters: Vec<ApiField>,
    /// What is sent.
    pub body: Vec<ApiField>,
    /// What comes back when it is carried out.
    pub answers: Vec<ApiAnswer>,
    /// Lines for a shell.
    pub example: String,
}

/// What comes back.
#[derive(Debug, Clone)]
pub struct ApiAnswer {
    /// `201`.
    pub status: String,
    /// Its fields.
    pub fields: Vec<ApiField>,
}

/// A field of a body or answer, or a parameter.
#[derive(Debug, Clone)]
pub struct ApiField {
    /// With those it stands in: `cashback.reward`, `items[].id`.
    pub name: String,
    /// Text key of its kind: `api-kind-integer`.
    pub kind: &'static str,
    /// Always there.
    pub required: bool,
    /// What it means.
    pub meaning: Meaning,
    /// The only values it has, if they are few.
    pub values: Vec<String>,
}

/// A sentence of the document. It is written in English, at the code it is of; its Korean stands in a list beside the
/// other texts, under the English.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meaning {
    /// In the reader's language where it is known there, else in English.
    pub text: String,
    /// Which language that is.
    pub tag: &'static str,
}

impl Meaning {
    /// A sentence of the document for a reader.
    pub fn of(english: &str, lang: Lang) -> Meaning {
        static KOREAN: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
        const LIST: &str = include_str!("../../texts/ko/api-meanings.txt");
        // Where the code's comment goes on in a next line, it's the same sentence.
        let english = english.replace('\n', " ");
        let korean = || {
            let lines = LIST.lines().filter(|line| !line.starts_with('#'));
            lines.filter_map(|line| line.split_once(" = ")).collect()
        };
        match KOREAN.get_or_init(korean).get(english.as_str()).filter(|_| lang == Lang::Ko) {
            Some(korean) => Meaning { text: (*korean).to_owned(), tag: "ko" },
            None => Meaning { text: english, tag: "en" },
        }
    }

    fn prose(&self) -> Prose<'_> {
        Prose(&self.text)
    }
}

/// A code in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemText {
    /// `card.frozen`.
    pub code: String,
    /// What happened.
    pub what: String,
    /// Why.
    pub why: String,
    /// What can be done.
    pub remedy: String,
}

impl ApiDocsPage {
    /// The heading of a group. A tag without a text of its own is shown as it is.
    fn heading(&self, tag: &str) -> String {
        let key = format!("api-tag-{tag}");
        if texts().has(self.t.lang, &key) { self.t.say(key).to_string() } else { tag.to_owned() }
    }

    /// The first call to try, as lines for a shell.
    fn first(&self) -> String {
        let token = self.token("citizen");
        let address = &self.address;
        let english = if self.t.is_ko() { "" } else { " \\\n  -H 'Accept-Language: en'" };
        format!("{token}curl {address}/api/v1/wallet \\\n  -H \"Authorization: Bearer $TOKEN\"{english}")
    }

    /// A message as it arrives.
    fn message(&self) -> &'static str {
        concat!(
            "POST /hook HTTP/1.1\n",
            "content-type: application/json\n",
            "webhook-id: msg_…\n",
            "webhook-timestamp: 1614038712\n",
            "webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=\n\n",
            "{\"type\":\"payment.made\",\"timestamp\":\"2021-02-23T00:05:12Z\",",
            "\"data\":{\"id\":\"pst_…\",\"merchant\":\"mer_…\",\"amount\":12000,\"order\":\"A-17\"}}"
        )
    }

    /// The line that finds a persona's token, where there are personas.
    fn token(&self, persona: &str) -> String {
        match self.page.demo {
            Some(_) => format!("TOKEN=$(jq -r .{persona} ongoeul-demo/tokens.json)\n"),
            None => String::new(),
        }
    }
}

/// Prose of the document, with what stands between backticks set as code.
struct Prose<'a>(&'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, piece) in self.0.split('`').enumerate() {
            let piece = piece.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            if nth % 2 == 1 { write!(f, "<code>{piece}</code>")? } else { f.write_str(&piece)? }
        }
        Ok(())
    }
}

/// First parts of codes that are two words; of all others it is one.
const TWO_WORDS: [&str; 3] = ["business-number-", "sign-in-", "top-up-"];

/// All codes in words, in a language. They are the texts' own list, so none is forgotten; where an amount or a name
/// comes in there are dots.
pub fn problems(lang: Lang) -> &'static [ProblemText] {
    static KNOWN: OnceLock<[Vec<ProblemText>; 2]> = OnceLock::new();
    let [ko, en] = KNOWN.get_or_init(|| [gathered(Lang::Ko), gathered(Lang::En)]);
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

fn gathered(lang: Lang) -> Vec<ProblemText> {
    let mut args = FluentArgs::new();
    let (ko, en) = (words::source(Lang::Ko), words::source(Lang::En));
    for name in ko.split('$').skip(1).chain(en.split('$').skip(1)) {
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        args.set(&name[..end], "…");
    }
    let mut keys: Vec<&str> = ko
        .lines()
        .filter_map(|line| line.strip_prefix("refusal-")?.split_once(" =").map(|(key, _)| key))
        .collect();
    // What an unknown code gets is no code.
    keys.retain(|key| *key != "unknown");
    let mut codes: Vec<ProblemText> = keys
        .into_iter()
        .map(|key| {
            let text = |part: &str| texts().get(lang, &format!("refusal-{key}{part}"), &args);
            // What programs hear, where that isn't what people hear.
            let own = texts().has(lang, &format!("refusal-{key}.program"));
            let [what, why, remedy] = match own {
                true => [".program", ".program-why", ".program-remedy"],
                false => ["", ".why", ".remedy"],
            }
            .map(text);
            ProblemText { code: code(key), what, why, remedy }
        })
        .collect();
    codes.sort_by(|a, b| a.code.cmp(&b.code));
    codes
}

/// `card.frozen` from `card-frozen`.
fn code(key: &str) -> String {
    let two = TWO_WORDS.iter().find_map(|about| key.strip_prefix(about).map(|rest| (about.len() - 1, rest)));
    match two {
        Some((end, rest)) => format!("{}.{rest}", &key[..end]),
        None => key.replacen('-', ".", 1),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// A code that is told is one that the program says, to the letter.
    #[test]
    fn every_code_that_is_told_is_said_somewhere() {
        let mut program = String::new();
        for floor in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap() {
            let source = floor.unwrap().path().join("src");
            if source.is_dir() {
                sources(&source, &mut program);
            }
        }
        let all = problems(Lang::Ko).iter();
        let unknown: Vec<&str> = all
            .map(|text| text.code.as_str())
            .filter(|code| !program.contains(&format!("\"{code}\"")))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new());
        assert!(problems(Lang::En).iter().any(|text| text.code == "top-up.limit"));
    }

    #[test]
    fn prose_is_escaped() {
        assert_eq!(Prose("a `b<c>` & d").to_string(), "a <code>b&lt;c&gt;</code> &amp; d");
    }
}
