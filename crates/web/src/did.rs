//! What a post has done, where its address tells it: `?did=bought`. A page after a post is an ordinary page, so that it can
//! be loaded again; the word in its address says what stands above it.

use crate::frame::Visit;
use crate::look::Alert;

/// The word of an address with a query.
fn word(path: &str) -> Option<&str> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("did="))
}

impl Visit {
    /// What was done before this page, as its address says. Anybody can write an address: it is a word among a page's own,
    /// or nothing.
    pub(crate) fn did_what(&self) -> Option<&str> {
        word(&self.path)
    }

    /// The same in a sentence: each word a page knows, with the key of its text.
    pub(crate) fn did(&self, known: &[(&str, &'static str)]) -> Option<Alert> {
        let did = self.did_what()?;
        let (_, key) = known.iter().find(|(word, _)| *word == did)?;
        Some(Alert::done(self.t.say(key).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn the_word_stands_anywhere_in_the_query() {
        assert_eq!(word("/clerk?find=per_1&did=stamps"), Some("stamps"));
        assert_eq!(word("/me?did=link&paid=3"), Some("link"));
        assert_eq!(word("/me?undid=link"), None);
        assert_eq!(word("/me/did=link"), None);
        assert_eq!(word("/me?did="), Some(""));
    }
}
