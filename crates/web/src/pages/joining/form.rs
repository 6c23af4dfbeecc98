//! What an officer sends from the desk of joining, and how it comes back where something is wrong with it.

use axum::http::StatusCode;
use serde::Deserialize;

use crate::look::{Alert, Field, FieldError};

/// As many characters of a field are shown again.
const SHOWN: usize = 500;

/// Every field of the desk's forms; each form has some of them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    pub csrf: String,
    pub request_key: String,
    pub action: String,
    pub shop: String,
    pub paper: String,
    pub ground: String,
    pub why: String,
}

/// A form that was sent: nothing is wrong with the one that wasn't.
#[derive(Default)]
pub(super) struct Sent {
    pub status: StatusCode,
    pub typed: Post,
    pub field: &'static str,
    pub alert: Option<Alert>,
}

impl Sent {
    fn error(&self) -> String {
        self.alert.as_ref().map(|alert| alert.what.clone()).unwrap_or_default()
    }

    /// What is wrong, for the list at the top.
    pub fn errors(&self) -> Vec<FieldError> {
        match self.field {
            "" => Vec::new(),
            field => vec![FieldError { field, error: self.error() }],
        }
    }

    /// A field as it was typed.
    pub fn field(&self, name: &str, value: &str) -> Field {
        let value: String = value.chars().take(SHOWN).collect();
        if name == self.field { Field::wrong(value, self.error()) } else { Field::of(value) }
    }
}
