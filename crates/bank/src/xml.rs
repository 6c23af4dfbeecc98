//! XML as banks write it, read strictly; and written.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};

use crate::Unreadable;

/// Whether XML 1.0 (§2.2, `Char`) has a place for it: a file with anything else is no XML, and no bank reads a line of it.
pub fn is_sendable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Messages are ten deep.
const DEEPEST: usize = 32;
/// No element of theirs has more.
const ATTRIBUTES: usize = 16;

/// An element with everything in it. Names are without prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The text at a path, trimmed; empty is none.
    pub(crate) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|found| found.text.trim()).filter(|text| !text.is_empty())
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn broken(reader: &Reader<&[u8]>, why: impl ToString) -> Unreadable {
    Unreadable::Xml { at: reader.buffer_position(), why: why.to_string() }
}

/// Reads a document. `each` hears of every element when it ends, the inner ones first, and keeps it in its parent
/// (`Some`) or has taken what it needs: so a statement of any length needs memory for one entry only.
pub(crate) fn read(
    text: &str,
    each: &mut dyn FnMut(Element) -> Result<Option<Element>, Unreadable>,
) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|error| broken(&reader, error))?;
        match event {
            Event::Start(start) => {
                if root.is_some() {
                    return Err(broken(&reader, "something after the end"));
                }
                if open.len() >= DEEPEST {
                    return Err(Unreadable::Deep);
                }
                open.push(element(&start).map_err(|why| broken(&reader, why))?);
            }
            Event::Empty(start) => {
                let found = element(&start).map_err(|why| broken(&reader, why))?;
                close(found, &mut open, &mut root, each)
                    .map_err(|e| e.unwrap_or_else(|| broken(&reader, "two roots")))?;
            }
            Event::End(_) => {
                let Some(found) = open.pop() else {
                    return Err(broken(&reader, "an end without a beginning"));
                };
                close(found, &mut open, &mut root, each)
                    .map_err(|e| e.unwrap_or_else(|| broken(&reader, "two roots")))?;
            }
            Event::Text(part) => match open.last_mut() {
                Some(last) => last.text.push_str(&part.xml10_content()),
                None if part.trim().is_empty() => {}
                None => return Err(broken(&reader, "text outside the document")),
            },
            Event::CData(part) => match open.last_mut() {
                Some(last) => last.text.push_str(&part),
                None => return Err(broken(&reader, "text outside the document")),
            },
            Event::GeneralRef(part) => {
                let Some(last) = open.last_mut() else {
                    return Err(broken(&reader, "text outside the document"));
                };
                match part.resolve_char_ref().map_err(|error| broken(&reader, error))? {
                    Some(c) if c != '\0' => last.text.push(c),
                    Some(_) => return Err(broken(&reader, "a NUL")),
                    None => match escape::resolve_predefined_entity(&part) {
                        Some(known) => last.text.push_str(known),
                        None => return Err(Unreadable::Definitions),
                    },
                }
            }
            Event::DocType(_) => return Err(Unreadable::Definitions),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    match (root, open.is_empty()) {
        (Some(root), true) => Ok(root),
        _ => Err(broken(&reader, "it ends too early")),
    }
}

/// Puts an element that ended where it belongs. `Err(None)`: there are two roots.
fn close(
    found: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
    each: &mut dyn FnMut(Element) -> Result<Option<Element>, Unreadable>,
) -> Result<(), Option<Unreadable>> {
    let kept = each(found).map_err(Some)?;
    match (open.last_mut(), kept) {
        (Some(parent), Some(kept)) => parent.children.push(kept),
        (Some(_), None) => {}
        (None, _) if root.is_some() => return Err(None),
        (None, kept) => *root = Some(kept.unwrap_or_default()),
    }
    Ok(())
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes().take(ATTRIBUTES + 1) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = escape::unescape(&attribute.value).map_err(|error| error.to_string())?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    if attributes.len() > ATTRIBUTES {
        return Err("too many attributes".to_owned());
    }
    Ok(Element { name: start.local_name().as_ref().to_owned(), attributes, ..Element::default() })
}

/// The namespace of a document's root, without reading further.
pub(crate) fn namespace(text: &str) -> Result<String, Unreadable> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|error| broken(&reader, error))? {
            Event::Start(start) | Event::Empty(start) => {
                let root = element(&start).map_err(|why| broken(&reader, why))?;
                let name = start.name();
                let prefix = name.as_ref().split_once(':').map(|(prefix, _)| format!("xmlns:{prefix}"));
                let key = prefix.as_deref().unwrap_or("xmlns");
                return root.attribute(key).map(str::to_owned).ok_or(Unreadable::Missing("xmlns"));
            }
            Event::DocType(_) => return Err(Unreadable::Definitions),
            Event::Eof => return Err(broken(&reader, "it is empty")),
            Event::Text(part) if !part.trim().is_empty() => {
                return Err(broken(&reader, "it begins with text"));
            }
            _ => {}
        }
    }
}

/// A document being written.
pub(crate) struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    pub(crate) fn new(message: &str) -> Writer {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.push_str(&format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{message}\">"));
        Writer { text, open: Vec::new() }
    }

    pub(crate) fn open(&mut self, name: &'static str) {
        self.line();
        self.open.push(name);
        self.text.push_str(&format!("<{name}>"));
    }

    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.push_str(&format!("</{name}>"));
        }
    }

    pub(crate) fn within(&mut self, name: &'static str, inner: impl FnOnce(&mut Writer)) {
        self.open(name);
        inner(self);
        self.close();
    }

    /// Elements around one text.
    pub(crate) fn put(&mut self, path: &[&'static str], text: &str) {
        for name in path {
            self.text.push_str(&format!("<{name}>"));
        }
        // What XML has no place for would make the whole file unreadable.
        if text.chars().all(is_sendable) {
            self.text.push_str(&escape::escape(text));
        } else {
            let text: String = text.chars().filter(|c| is_sendable(*c)).collect();
            self.text.push_str(&escape::escape(&text));
        }
        for name in path.iter().rev() {
            self.text.push_str(&format!("</{name}>"));
        }
    }

    pub(crate) fn amount(&mut self, name: &str, won: i64) {
        self.text.push_str(&format!("<{name} Ccy=\"KRW\">{won}</{name}>"));
    }

    /// What repeats begins on a line of its own: people look into these files.
    fn line(&mut self) {
        self.text.push('\n');
    }

    pub(crate) fn end(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text.push_str("\n</Document>\n");
        self.text
    }
}
