//! `GET /api/docs`: the API told to people, made from the same document that programs read.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use base::{Lang, Role};
use serde_json::{Map, Value, json};

use crate::api;
use crate::app::{App, Mode};
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{ApiAnswer, ApiCall, ApiDocsPage, ApiField, ApiGroup, ApiHook, Meaning, problems};

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/api/docs", get(show))
}

/// Who may call what: the very table that a test holds the server to.
const ROLES: &str = include_str!("../../tests/roles.tsv");
/// Of the table's columns, those that are roles and not somebody else's, with their text and their persona.
const COLUMNS: [(usize, &str, &str); 6] = [
    (2, "role-citizen", "citizen"),
    (4, "role-merchant", "merchant"),
    (6, "role-till", "till"),
    (7, "role-clerk", "clerk"),
    (8, "role-officer", "officer"),
    (9, "role-auditor", "auditor"),
];
/// How far fields within fields are told.
const DEEP: usize = 4;
/// The order in which people meet them; any other tag comes after, by its name.
const ORDER: [&str; 6] = ["payments", "wallet", "cards", "people", "merchants", "city"];

async fn show(visit: Visit) -> Response {
    let app = &visit.app;
    let address = app.public_url.trim_end_matches('/').to_owned();
    let description = Description::read(visit.t.lang);
    let page = visit.page();
    let groups = description.groups(&Asked::of(app, &address));
    let problem = description.fields(&json!({ "$ref": "#/components/schemas/Problem" }));
    let problems = problems(visit.t.lang);
    let hooks = description.hooks();
    let page = ApiDocsPage { t: visit.t, page, address, groups, hooks, problem, problems };
    visit.show(&page)
}

/// The document, as a tree to walk.
struct Description(&'static Value, Lang);

impl Description {
    fn read(lang: Lang) -> Description {
        static DOCUMENT: OnceLock<Value> = OnceLock::new();
        let document = DOCUMENT.get_or_init(api::description);
        Description(document, lang)
    }

    fn meaning(&self, said: &Value) -> Meaning {
        Meaning::of(said.as_str().unwrap_or_default(), self.1)
    }

    fn groups(&self, to: &Asked<'_>) -> Vec<ApiGroup> {
        let mut groups: BTreeMap<(usize, String), Vec<ApiCall>> = BTreeMap::new();
        for (path, methods) in members(&self.0["paths"]) {
            for (method, operation) in members(methods) {
                let tag = operation["tags"][0].as_str().unwrap_or("api").to_owned();
                let place = ORDER.iter().position(|known| *known == tag).unwrap_or(ORDER.len());
                let call = self.call(&method.to_uppercase(), path, operation, to);
                groups.entry((place, tag)).or_default().push(call);
            }
        }
        groups.into_iter().map(|((_, tag), calls)| ApiGroup { tag, calls }).collect()
    }

    /// What shops' programs are told, type by type.
    fn hooks(&self) -> Vec<ApiHook> {
        let all = members(&self.0["webhooks"]).map(|(kind, hook)| {
            let post = &hook["post"];
            ApiHook {
                kind: kind.clone(),
                summary: self.meaning(&post["summary"]),
                headers: post["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|p| self.parameter(p))
                    .collect(),
                fields: self.fields(&post["requestBody"]["content"]["application/json"]["schema"]),
            }
        });
        all.collect()
    }

    fn call(&self, method: &str, path: &str, operation: &Value, to: &Asked<'_>) -> ApiCall {
        let cells: Vec<&str> = ROLES
            .lines()
            .find(|line| {
                line.split('\t').next().is_some_and(|route| route.trim() == format!("{method} {path}"))
            })
            .map(|line| line.split('\t').map(str::trim).collect())
            .unwrap_or_default();
        // `404+`: the role may, but what the table's town is asked for isn't there.
        let may = |column: usize| cells.get(column).is_some_and(|cell| *cell == "ok" || cell.ends_with('+'));
        let who: Vec<_> = COLUMNS.into_iter().filter(|(column, ..)| may(*column)).collect();
        let public = operation["security"] == json!([{}]);
        let parameters: Vec<ApiField> =
            operation["parameters"].as_array().into_iter().flatten().map(|p| self.parameter(p)).collect();
        let key = parameters.iter().any(|parameter| parameter.name.eq_ignore_ascii_case("idempotency-key"));
        let sent = &operation["requestBody"]["content"]["application/json"]["schema"];
        let answers = members(&operation["responses"])
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, answer)| ApiAnswer {
                status: status.clone(),
                fields: self.fields(&answer["content"]["application/json"]["schema"]),
            })
            .collect();
        let mut call = ApiCall {
            id: format!("{method}{path}").to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
            method: method.to_owned(),
            path: path.to_owned(),
            summary: self.meaning(&operation["summary"]),
            who: who.into_iter().map(|(_, role, _)| role).collect(),
            public,
            key,
            example: String::new(),
            parameters,
            body: self.fields(sent),
            answers,
        };
        call.example = self.example(&call, sent, to);
        call
    }

    fn parameter(&self, parameter: &Value) -> ApiField {
        let (kind, values) = self.kind(&parameter["schema"]);
        ApiField {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            kind,
            values,
            required: parameter["required"] == json!(true),
            meaning: self.meaning(&parameter["description"]),
        }
    }

    /// The schema that is meant, through references and "or nothing".
    fn meant<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return &self.0["components"]["schemas"][name];
        }
        let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
        match choices.and_then(|all| all.iter().find(|choice| choice["type"] != json!("null"))) {
            Some(choice) => self.meant(choice),
            None => schema,
        }
    }

    fn kind(&self, schema: &Value) -> (&'static str, Vec<String>) {
        let schema = self.meant(schema);
        let named = match &schema["type"] {
            Value::Array(several) => several.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
            kind => kind.as_str(),
        };
        let kind = match named {
            Some("integer") => "api-kind-integer",
            Some("number") => "api-kind-number",
            Some("string") => "api-kind-string",
            Some("boolean") => "api-kind-boolean",
            Some("object") => "api-kind-object",
            Some("array") => "api-kind-array",
            _ => "api-kind-any",
        };
        let values = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        (kind, values.map(str::to_owned).collect())
    }

    /// All fields of a schema, those within fields after them.
    fn fields(&self, schema: &Value) -> Vec<ApiField> {
        let mut fields = Vec::new();
        self.gather(schema, "", 0, &mut fields);
        fields
    }

    fn gather(&self, schema: &Value, within: &str, depth: usize, fields: &mut Vec<ApiField>) {
        let schema = self.meant(schema);
        if depth == DEEP {
            return;
        }
        if !schema["items"].is_null() {
            return self.gather(&schema["items"], &format!("{within}[]"), depth + 1, fields);
        }
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut all: Vec<(&String, &Value)> = members(&schema["properties"]).collect();
        // As the type has them; the document sorts by name what may be left out.
        all.sort_by_key(|(name, _)| {
            required.iter().position(|known| known == name).unwrap_or(required.len())
        });
        for (name, field) in all {
            let full = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
            let (kind, mut values) = self.kind(field);
            let meaning = self.meaning(&field["description"]);
            // Where the meaning goes through the values, they are told already.
            values.retain(|value| !meaning.text.contains(&format!("`{value}`")));
            let required = required.contains(&name.as_str());
            fields.push(ApiField { name: full.clone(), kind, values, required, meaning });
            self.gather(field, &full, depth + 1, fields);
        }
    }

    /// Lines for a shell, of a call that is described already.
    fn example(&self, call: &ApiCall, sent: &Value, to: &Asked<'_>) -> String {
        let mut lines = Vec::new();
        let verb = if call.method == "GET" { String::new() } else { format!("-X {} ", call.method) };
        lines.push(format!("curl {verb}\"{}{}\"", to.address, to.path(&call.path)));
        if !call.public {
            lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
        }
        if call.key {
            lines.push("-H \"Idempotency-Key: try-1\"".to_owned());
        }
        if self.1 == Lang::En {
            lines.push("-H 'Accept-Language: en'".to_owned());
        }
        if !sent.is_null() {
            lines.push("-H \"Content-Type: application/json\"".to_owned());
            lines.push(format!("-d '{}'", self.sample(sent, to)));
        }
        let persona = call.who.first().and_then(|who| COLUMNS.iter().find(|(_, role, _)| role == who));
        let token = match persona {
            Some((_, _, persona)) if to.demo && !call.public => {
                format!("TOKEN=$(jq -r .{persona} ongoeul-demo/tokens.json)\n")
            }
            _ => String::new(),
        };
        token + &lines.join(" \\\n  ")
    }

    /// A body with what must be in it; and the shop, which only a shop's own token may leave out.
    fn sample(&self, schema: &Value, to: &Asked<'_>) -> Value {
        let schema = self.meant(schema);
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut body = Map::new();
        for (name, field) in members(&schema["properties"]) {
            if !required.contains(&name.as_str()) && name != "merchant" {
                continue;
            }
            let (kind, values) = self.kind(field);
            let value = match (kind, values.first()) {
                (_, Some(value)) => json!(value),
                ("api-kind-integer" | "api-kind-number", _) => {
                    json!(if name == "amount" { 12_000 } else { 1 })
                }
                ("api-kind-boolean", _) => json!(true),
                ("api-kind-object", _) => self.sample(field, to),
                ("api-kind-array", _) => json!([]),
                _ => json!(to.text(name)),
            };
            body.insert(name.clone(), value);
        }
        Value::Object(body)
    }
}

/// What examples speak of: in the demo its own personas, so that they can be sent as they stand.
struct Asked<'a> {
    address: &'a str,
    demo: bool,
    known: BTreeMap<&'static str, String>,
}

impl<'a> Asked<'a> {
    fn of(app: &App, address: &'a str) -> Asked<'a> {
        let mut known = BTreeMap::new();
        let view = app.city.shared.read();
        let pack = &view.town.pack.city;
        known.extend(pack.districts.first().map(|district| ("district", district.code.clone())));
        known.extend(pack.trades.first().map(|trade| ("trade", trade.id.clone())));
        let Mode::Demo(demo) = &app.mode else { return Asked { address, demo: false, known } };
        let persona = |key: &str| demo.personas.iter().find(|persona| persona.key == key).map(|p| p.role);
        if let Some(Role::Citizen(person)) = persona("citizen") {
            known.insert("person", person.to_string());
            let card = view.town.directory.cards().iter().find(|card| card.person == person);
            known.extend(card.map(|card| ("card", card.id.to_string())));
        }
        if let Some(Role::Merchant(shop)) = persona("merchant") {
            known.insert("merchant", shop.to_string());
        }
        Asked { address, demo: true, known }
    }

    /// A text such as could stand in a field of that name.
    fn text(&self, name: &str) -> &str {
        match (self.known.get(name), name) {
            (Some(known), _) => known,
            (_, "card") => "crd_…",
            (_, "merchant") => "mer_…",
            (_, "person") => "per_…",
            (_, "pin") => "2580",
            (_, "kind") => "plastic",
            (_, "business_number") => "123-45-67891",
            (_, "to") => "010-2345-6789",
            (_, "name") => "Hong Gildong",
            _ => "…",
        }
    }

    /// A path with what is known in its places, and `$ID` where it is of an earlier answer.
    fn path(&self, template: &str) -> String {
        let mut before = "";
        let mut path = String::new();
        for part in template.split('/').skip(1) {
            path.push('/');
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                before = part;
                path.push_str(part);
                continue;
            };
            let kind = match (name, before) {
                ("id", "people") => "person",
                ("id", "merchants") => "merchant",
                ("id", "cards") => "card",
                (name, _) => name,
            };
            match self.known.get(kind) {
                Some(known) => path.push_str(known),
                None => path.push_str(&format!("${}", name.to_uppercase())),
            }
        }
        path
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
