//! Bytes to text: UTF-8, with or without a mark, or EUC-KR with its extension (what Korean table programs still save).

/// Bytes that are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// Neither UTF-8 nor EUC-KR.
    #[error("the file is neither UTF-8 nor EUC-KR")]
    Encoding,
    /// A character that texts don't have, at this byte.
    #[error("the file holds a control character at byte {0}")]
    Control(usize),
}

/// The text of a file. The same bytes could be valid in both encodings only if they are plain ASCII, or by chance that
/// no sentence has: UTF-8 is tried first.
pub fn decode(bytes: &[u8]) -> Result<String, NotText> {
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bare) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::EUC_KR
            .decode_without_bom_handling_and_without_replacement(bare)
            .ok_or(NotText::Encoding)?
            .into_owned(),
    };
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    match text.char_indices().find(|(_, c)| control(*c)) {
        Some((at, _)) => Err(NotText::Control(at)),
        None => Ok(text),
    }
}
