//! Small parts that many pages share.

use qrcode::QrCode;
use qrcode::render::svg;

use super::texts::RefusalText;

/// What kind of message; each has a word and a colour, never colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertKind {
    /// Something was done.
    Done,
    /// Something to know.
    Info,
    /// Something to beware of.
    Warning,
    /// Something was refused or went wrong.
    Danger,
}

impl AlertKind {
    /// The CSS class and text key suffix.
    pub fn name(self) -> &'static str {
        match self {
            AlertKind::Done => "done",
            AlertKind::Info => "info",
            AlertKind::Warning => "warning",
            AlertKind::Danger => "danger",
        }
    }
}

/// A message at the top of a page: after a post, or a refusal.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Its kind.
    pub kind: AlertKind,
    /// What happened, whole sentences.
    pub what: String,
    /// Why, if there is a why.
    pub why: Option<String>,
    /// What the reader can do next.
    pub next: Option<String>,
    /// The stable code, small at the end.
    pub code: Option<String>,
    /// The law or notice behind it.
    pub source: Option<String>,
}

impl Alert {
    /// Something was done.
    pub fn done(what: impl Into<String>) -> Alert {
        Alert { kind: AlertKind::Done, what: what.into(), why: None, next: None, code: None, source: None }
    }

    /// The city says no.
    pub fn refused(text: RefusalText) -> Alert {
        Alert {
            kind: AlertKind::Danger,
            what: text.what,
            why: Some(text.why),
            next: Some(text.remedy),
            code: Some(text.code),
            source: text.source,
        }
    }
}

/// What stood in a field and what is wrong with it. The field's `id` is its name.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// As typed, or a suggestion.
    pub value: String,
    /// What is wrong, as a sentence that says what would be right.
    pub error: Option<String>,
}

impl Field {
    /// A field with a value and no error.
    pub fn of(value: impl Into<String>) -> Field {
        Field { value: value.into(), error: None }
    }

    /// A field that was refused.
    pub fn wrong(value: impl Into<String>, error: impl Into<String>) -> Field {
        Field { value: value.into(), error: Some(error.into()) }
    }
}

/// A line of the error list at the top of a form, linked to its field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// The sentence.
    pub error: String,
}

/// Where a walk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Here.
    Now,
    /// Ahead.
    Ahead,
}

/// One step of a walk.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: StepState,
}

impl Step {
    /// The CSS class.
    pub fn class(&self) -> &'static str {
        match self.state {
            StepState::Done => "done",
            StepState::Now => "now",
            StepState::Ahead => "ahead",
        }
    }
}

/// A QR code as SVG without inline styles; `None` when the text is too long for one.
pub fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::new(text.as_bytes()).ok()?;
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(232, 232)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    drawn.find("<svg").map(|start| drawn[start..].to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_an_svg_element_without_styles() {
        let drawn = super::qr_svg("https://example.invalid/pay/abc").unwrap();
        assert!(drawn.starts_with("<svg") && !drawn.contains("style="));
        assert!(super::qr_svg(&"x".repeat(10_000)).is_none());
    }
}
