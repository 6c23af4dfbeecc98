//! The document itself: what its names stand for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use testkit::Engine;

use super::common::Town;
use super::common::described::faults;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// The types with a schema: name and file.
fn types() -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut types = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        // From each derive that makes a schema to the name of what it stands above.
        for (at, _) in text.match_indices("ToSchema)]") {
            let after = &text[at..];
            let name =
                ["struct ", "enum "].iter().filter_map(|word| Some((after.find(word)?, word.len()))).min();
            let (start, long) = name.unwrap_or_else(|| panic!("{}: a schema of nothing", file.display()));
            let rest = &after[start + long..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap();
            types.push((rest[..end].to_owned(), file.clone()));
        }
    }
    types
}

/// Schemas are kept by name, and the later of two silently takes the earlier's place: then the document describes one
/// call's answer by the other's. So each name is one type's, and what the document names is among those looked at.
#[tokio::test(flavor = "multi_thread")]
async fn no_two_types_share_a_schemas_name() {
    let mut of: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (name, file) in types() {
        of.entry(name).or_default().push(file);
    }
    let shared: Vec<_> = of.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(shared.is_empty(), "one schema for several types: {shared:#?}");
    let town = Town::new(Engine::Sqlite);
    let request = Request::get("/api/openapi.json").body(Body::empty()).unwrap();
    let document = town.send(request).await.json();
    let told = document["components"]["schemas"].as_object().unwrap();
    assert!(told.len() > 60, "{}", told.len());
    for name in told.keys() {
        assert!(
            of.contains_key(name),
            "{name} is of no type that was looked at: does a derive stand elsewhere?"
        );
    }
}

/// What every answer of these tests is held to (see `Town::send`) finds what it is there for.
#[test]
fn a_wrong_answer_is_found() {
    let document = serde_json::json!({
        "paths": { "/api/v1/legs/{id}": { "get": { "responses": { "200": { "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/Leg" } } } } } } } },
        "components": { "schemas": { "Leg": { "type": "object", "required": ["debit"], "properties": {
            "debit": { "type": "string" }, "amount": { "type": ["integer", "null"], "minimum": 0 } } } } }
    });
    let found = |body: &str| faults(&document, "GET", "/api/v1/legs/leg_1?x=y", 200, body);
    assert_eq!(found(r#"{"debit":"a","amount":null}"#), "");
    assert_eq!(found(r#"{"amount":1}"#), "answer.debit is missing\n");
    assert_eq!(found(r#"{"debit":1}"#), "answer.debit is 1, no string\n");
    assert_eq!(found(r#"{"debit":"a","amount":-1}"#), "answer.amount is -1, out of bounds\n");
    assert_eq!(found(r#"{"debit":"a","purpose":"cash"}"#), "answer.purpose is not described\n");
    assert_eq!(faults(&document, "GET", "/api/v1/legs/leg_1", 418, "{}"), "418 is not described\n");
}
