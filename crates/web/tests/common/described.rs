//! Answers held to the API's own description: the schema the document names for that call and status, to the letter.
//! What is answered and not described is a fault as much as what is described and missing.

use std::fmt::Write as _;

use serde_json::Value;

/// Faults of an answer to `method path`, one a line; empty where it is as described. `path` may be the document's own
/// template or a real address. What the document doesn't speak of (no JSON, no such call) is nobody's fault here.
pub fn faults(document: &Value, method: &str, path: &str, status: u16, body: &str) -> String {
    let mut faults = String::new();
    let Some(operation) = operation(document, method, path) else { return faults };
    let answers = &operation["responses"];
    let by_class = &answers[format!("{}XX", status / 100)];
    let answer = Some(&answers[status.to_string()]).filter(|one| !one.is_null()).unwrap_or(by_class);
    if answer.is_null() {
        // An answer to a method or a form that isn't there is told for all calls at once.
        if status != 405 && status != 410 {
            writeln!(faults, "{status} is not described").unwrap();
        }
        return faults;
    }
    for (kind, content) in answer["content"].as_object().into_iter().flatten() {
        if kind.ends_with("json") {
            match serde_json::from_str(body) {
                Ok(value) => fits(document, &content["schema"], &value, "answer", false, &mut faults),
                Err(error) => writeln!(faults, "no JSON: {error}").unwrap(),
            }
        }
    }
    faults
}

/// Where a text isn't as a schema of the document has it, one fault a line.
pub fn misfits(document: &Value, schema: &Value, text: &str) -> String {
    let mut faults = String::new();
    match serde_json::from_str(text) {
        Ok(value) => fits(document, schema, &value, "it", false, &mut faults),
        Err(error) => writeln!(faults, "no JSON: {error}").unwrap(),
    }
    faults
}

/// The operation a call is of: of several that fit, the one with the fewest open places.
fn operation<'d>(document: &'d Value, method: &str, path: &str) -> Option<&'d Value> {
    let path = path.split('?').next()?;
    let fits = |template: &str| {
        template.split('/').count() == path.split('/').count()
            && template
                .split('/')
                .zip(path.split('/'))
                .all(|(known, here)| known == here || known.starts_with('{'))
    };
    let all = document["paths"].as_object()?.iter();
    let found =
        all.filter(|(template, _)| fits(template)).min_by_key(|(template, _)| template.matches('{').count());
    found?.1.get(method.to_lowercase())
}

/// Words that say nothing about the form of a value, and those that are looked at below.
const KNOWN: [&str; 19] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "description",
    "enum",
    "example",
    "examples",
    "format",
    "items",
    "maximum",
    "minimum",
    "oneOf",
    "properties",
    "propertyNames",
    "required",
    "title",
    "type",
    "default",
];

/// Writes down where a value isn't as a schema has it. `open`: fields that aren't described are another part's.
fn fits(document: &Value, schema: &Value, value: &Value, at: &str, open: bool, faults: &mut String) {
    let Some(words) = schema.as_object() else {
        assert!(schema == &Value::Bool(true), "{at}: no schema: {schema}");
        return;
    };
    for word in words.keys() {
        assert!(KNOWN.contains(&word.as_str()), "{at}: this test doesn't know `{word}`: teach it");
    }
    if let Some(name) = schema["$ref"].as_str() {
        let meant =
            document.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is nowhere"));
        return fits(document, meant, value, at, open, faults);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(document, part, value, at, true, faults);
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let mut tried = Vec::new();
        for choice in choices {
            let mut wrong = String::new();
            fits(document, choice, value, at, open, &mut wrong);
            tried.push(wrong);
        }
        if tried.iter().all(|wrong| !wrong.is_empty()) {
            // The nearest says the most.
            faults.push_str(tried.iter().min_by_key(|wrong| wrong.lines().count()).unwrap());
        }
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        writeln!(faults, "{at} is {value}, none of {values:?}").unwrap();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{at}: this test doesn't know the type {other}"),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        writeln!(faults, "{at} is {value}, no {}", kinds.join(" or ")).unwrap();
        return;
    }
    for (bound, out) in [("minimum", -1.0), ("maximum", 1.0)] {
        if let (Some(bound), Some(number)) = (schema[bound].as_f64(), value.as_f64())
            && (number - bound) * out > 0.0
        {
            writeln!(faults, "{at} is {number}, out of bounds").unwrap();
        }
    }
    for (nth, item) in value.as_array().into_iter().flatten().enumerate() {
        if !schema["items"].is_null() {
            fits(document, &schema["items"], item, &format!("{at}.{nth}"), false, faults);
        }
    }
    fits_by_field(document, schema, value, at, open, faults);
}

/// The same for an object's fields.
fn fits_by_field(document: &Value, schema: &Value, value: &Value, at: &str, open: bool, faults: &mut String) {
    let Some(fields) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            writeln!(faults, "{at}.{name} is missing").unwrap();
        }
    }
    let told = schema["properties"].as_object();
    for (name, field) in fields {
        let at = format!("{at}.{name}");
        match (told.and_then(|told| told.get(name)), &schema["additionalProperties"]) {
            (Some(schema), _) => fits(document, schema, field, &at, false, faults),
            (None, more) if more.is_object() => fits(document, more, field, &at, false, faults),
            (None, _) if told.is_some() && !open => writeln!(faults, "{at} is not described").unwrap(),
            (None, _) => {}
        }
    }
}
