//! API calls as a table, one a line: who asks, what, with which body, and what comes out.
//!
//! ```text
//! # who    | call                   | body             | answer            | of the answer
//! citizen  | POST /api/v1/gifts     | {"to":"$friend_card","amount":5000}  | 201  | balance=95000, id>gift
//! citizen  | POST /api/v1/gifts     | {"to":"$friend_card","amount":0}     | 422 amount.range  |
//! ```
//!
//! `$name` stands for something known: a fixture's id, or what an earlier line kept with `field>name`. `field=value`
//! compares (`a.b` looks inside, `list.0` too), `field!` says that it is absent.
//!
//! Every line is held to more than it says: a refused or a reading call writes nothing, a call that is carried out
//! gives the same answer under the same key again, and that writes nothing either.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::{Answer, Town};

/// What the lines of a table know.
pub struct Script<'a> {
    pub town: &'a Town,
    pub names: BTreeMap<String, String>,
    line: usize,
}

/// How far the journal and the requests have come.
pub fn written(town: &Town) -> (u64, u64, u64) {
    let view = town.app.city.shared.read();
    (view.sequence, view.books.last_posting().0, view.requests)
}

impl<'a> Script<'a> {
    pub fn new(town: &'a Town) -> Script<'a> {
        let known = [
            ("citizen", town.citizen.to_string()),
            ("card", town.card.to_string()),
            ("number", format!("{:016}", town.card_number)),
            ("shop", town.shop.to_string()),
            ("other_shop", town.other_shop.to_string()),
        ];
        let names = known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Script { town, names, line: 0 }
    }

    /// Another citizen, taken in at a window with a card, and with a token of their own under that name; known from
    /// then on as `$name` and `$name_card`.
    pub async fn citizen(&mut self, name: &str) {
        self.run(&format!(
            r#"clerk | POST /api/v1/people | {{"name":"{name}","card":"plastic"}} | 201 | person>{name}, card>{name}_card"#
        ))
        .await;
        let person = self.names[name].parse().unwrap();
        self.town.grant(name, base::Role::Citizen(person)).await;
    }

    /// A name's value.
    pub fn name(&self, name: &str) -> &str {
        &self.names[name]
    }

    /// Calls every line of a table, in order.
    pub async fn run(&mut self, table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            self.line(line).await;
        }
    }

    async fn line(&mut self, line: &str) {
        let filled = filled(line, &self.names);
        let cells: Vec<&str> = filled.split('|').map(str::trim).collect();
        let (who, call, body, wanted, checks) = match cells[..] {
            [who, call, body, wanted] => (who, call, body, wanted, ""),
            [who, call, body, wanted, checks] => (who, call, body, wanted, checks),
            _ => panic!("four or five cells a line: {line}"),
        };
        let (method, path) = call.split_once(' ').unwrap_or_else(|| panic!("a method and a path: {line}"));
        let method: Method = method.parse().unwrap();
        self.line += 1;
        let key = format!("line-{}", self.line);
        let key = (method == Method::POST).then_some(key.as_str());
        let before = written(self.town);
        let answer = self.town.call(who, method.clone(), path, key, body).await;
        let after = written(self.town);

        let mut wanted = wanted.split(' ');
        let status: u16 = wanted.next().unwrap().parse().unwrap_or_else(|_| panic!("a status: {line}"));
        assert_eq!(answer.status.as_u16(), status, "{line}\n{}", answer.body);
        let code = wanted.next().unwrap_or_default();
        assert_eq!(status >= 400, !code.is_empty(), "a refusal has a code: {line}");
        if status >= 400 {
            is_a_problem(&answer, status, code, line);
        }
        // Tries are counted: of a PIN, and of gifts that say what another person holds.
        let is_counted = ["pin.wrong", "holding.limit-other"].contains(&code);
        if (status >= 400 && !is_counted) || method == Method::GET {
            assert_eq!(before, after, "nothing is written: {line}");
        } else if status < 400 && path != "/api/v1/rehearsals" {
            assert_eq!(before.0 + 1, after.0, "one group is written: {line}");
            let again = self.town.call(who, method, path, key, body).await;
            assert_eq!((again.status, &again.body), (answer.status, &answer.body), "once more: {line}");
            assert_eq!(written(self.town), after, "nothing is written twice: {line}");
        }
        for check in checks.split(',').map(str::trim).filter(|check| !check.is_empty()) {
            self.check(&answer, check, line);
        }
    }

    fn check(&mut self, answer: &Answer, check: &str, line: &str) {
        let json = answer.json();
        if let Some(field) = check.strip_suffix('!') {
            assert!(find(&json, field).is_none(), "{field} is told: {line}\n{}", answer.body);
        } else if let Some((field, name)) = check.split_once('>') {
            let value = find(&json, field).unwrap_or_else(|| panic!("no {field}: {line}\n{}", answer.body));
            self.names.insert(name.to_owned(), plain(value));
        } else if let Some((field, value)) = check.split_once('=') {
            let found = find(&json, field).map(plain);
            assert_eq!(found.as_deref(), Some(value), "{field}: {line}\n{}", answer.body);
        } else {
            panic!("field=value, field>name or field!, not {check}: {line}");
        }
    }
}

/// A text with the names in it put in.
pub fn filled(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut parts = text.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        filled += names.get(name).unwrap_or_else(|| panic!("${name} is not known: {text}"));
        filled += rest;
    }
    filled
}

/// A problem as RFC 9457 has it, with all that a person needs: what, why, and what to do.
pub fn is_a_problem(answer: &Answer, status: u16, code: &str, what: &str) {
    let json = answer.json();
    assert_eq!(json["code"], code, "{what}\n{}", answer.body);
    assert_eq!(json["status"], status, "{what}");
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{what}");
    assert_eq!(answer.status, StatusCode::from_u16(status).unwrap(), "{what}");
    // What stands where a refusal has no words of its own.
    assert_ne!(json["title"], "요청을 처리하지 못했어요", "{code} has no text: {what}");
    for field in ["title", "detail", "remedy"] {
        assert!(
            json[field].as_str().is_some_and(|text| !text.is_empty()),
            "no {field}: {what}\n{}",
            answer.body
        );
    }
}

fn find<'v>(json: &'v Value, field: &str) -> Option<&'v Value> {
    json.pointer(&format!("/{}", field.replace('.', "/")))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
