//! Names in two languages.

use base::Lang;

/// A name as people see it. Both languages are required and neither is empty.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
}

impl Name {
    /// In one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }
}
