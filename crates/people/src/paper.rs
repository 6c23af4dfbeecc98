//! A signed sheet that was scanned in: what it proves, and whether what came is a picture or a document at all.
//!
//! A scan comes from outside, so it is looked at before it is kept, by its content and never by its name: one whole PNG,
//! JPEG or PDF and nothing after it. A PDF that does something (scripts, actions on opening, files within, forms of its own) or
//! that can't be looked into (encrypted) is refused. What hides in a compressed part of a PDF is not seen here: a scan is
//! never shown in a page, it only leaves as a file.

use base::{Arg, PersonId, RecordId, Refusal};
use serde::{Deserialize, Serialize};

use crate::Reason;
use crate::fact::Struck;

/// The largest scan in bytes: a sheet of A4 in grey at 200 dots an inch is a fifth of it.
pub const LARGEST: usize = 3 << 20;
/// Pictures with more dots on a side are no sheet of paper.
const WIDEST: u32 = 20_000;
/// Pictures with more dots altogether open to more than a machine wants to hold.
const MOST_DOTS: u64 = 100_000_000;

/// What a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// A PNG.
    Png,
    /// A JPEG.
    Jpeg,
    /// A PDF.
    Pdf,
}

impl Media {
    /// What these bytes are. Refused when there are none or too many (`paper.empty`, `paper.large`), when they are nothing
    /// of the kind or not whole (`paper.kind`), and when a PDF does something (`paper.active`).
    pub fn of(bytes: &[u8]) -> Result<Media, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::new("paper.empty"));
        }
        if bytes.len() > LARGEST {
            return Err(Media::too_large());
        }
        let kind = || Refusal::new("paper.kind");
        if bytes.starts_with(b"%PDF-") {
            return pdf(bytes).map(|()| Media::Pdf);
        }
        if bytes.starts_with(PNG) {
            return is_png(bytes).then_some(Media::Png).ok_or_else(kind);
        }
        is_jpeg(bytes).then_some(Media::Jpeg).ok_or_else(kind)
    }

    /// The refusal of more than [`LARGEST`] bytes.
    pub fn too_large() -> Refusal {
        Refusal::new("paper.large").with("most", Arg::Count(i64::try_from(LARGEST >> 20).unwrap_or(i64::MAX)))
    }

    /// As `Content-Type` says it.
    pub fn mime(self) -> &'static str {
        match self {
            Media::Png => "image/png",
            Media::Jpeg => "image/jpeg",
            Media::Pdf => "application/pdf",
        }
    }

    /// The end of a file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Media::Png => "png",
            Media::Jpeg => "jpg",
            Media::Pdf => "pdf",
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn fits(width: u32, height: u32) -> bool {
    (1..=WIDEST).contains(&width)
        && (1..=WIDEST).contains(&height)
        && u64::from(width) * u64::from(height) <= MOST_DOTS
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(two.try_into().ok()?))
}

/// From its first chunk to its last, with nothing after it.
fn is_png(bytes: &[u8]) -> bool {
    let mut at = PNG.len();
    let mut first = true;
    loop {
        let (Some(long), Some(name)) = (be32(bytes, at), bytes.get(at + 4..at + 8)) else { return false };
        if first {
            let size = be32(bytes, at + 8).zip(be32(bytes, at + 12));
            if name != b"IHDR" || !size.is_some_and(|(width, height)| fits(width, height)) {
                return false;
            }
            first = false;
        }
        let Some(next) = usize::try_from(long).ok().and_then(|long| at.checked_add(12 + long)) else {
            return false;
        };
        if name == b"IEND" {
            return long == 0 && next == bytes.len();
        }
        at = next;
    }
}

/// From its first mark over a frame's size to its scan, and its last mark at the very end.
fn is_jpeg(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) || !bytes.ends_with(&[0xff, 0xd9]) {
        return false;
    }
    let (mut at, mut sized) = (2, false);
    loop {
        let (Some(0xff), Some(mark)) = (bytes.get(at), bytes.get(at + 1)) else { return false };
        let Some(long) = be16(bytes, at + 2).filter(|long| *long >= 2) else { return false };
        match mark {
            // A frame: its size stands in it. C4, C8 and CC are tables.
            0xc0..=0xcf if !matches!(mark, 0xc4 | 0xc8 | 0xcc) => {
                let size = be16(bytes, at + 7).zip(be16(bytes, at + 5));
                if !size.is_some_and(|(width, height)| fits(width.into(), height.into())) {
                    return false;
                }
                sized = true;
            }
            0xda => return sized,
            0xc4 | 0xdb | 0xdd | 0xcc | 0xe0..=0xef | 0xfe => {}
            _ => return false,
        }
        at += 2 + usize::from(long);
    }
}

/// Names a scan has no use for: it would do something, bring something along, or hide what it is.
const ACTIVE: [&[u8]; 16] = [
    b"/javascript",
    b"/js",
    b"/launch",
    b"/openaction",
    b"/aa",
    b"/embeddedfile",
    b"/embeddedfiles",
    b"/filespec",
    b"/xfa",
    b"/acroform",
    b"/richmedia",
    b"/submitform",
    b"/importdata",
    b"/gotor",
    b"/gotoe",
    b"/encrypt",
];

fn pdf(bytes: &[u8]) -> Result<(), Refusal> {
    let versioned = matches!(bytes.get(5..8), Some([b'1' | b'2', b'.', digit]) if digit.is_ascii_digit());
    let tail = &bytes[bytes.len().saturating_sub(64)..];
    let end = tail.trim_ascii_end().ends_with(b"%%EOF");
    if !versioned || !end {
        return Err(Refusal::new("paper.kind"));
    }
    let mut names =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| name(&bytes[at..]));
    if names.any(|name| ACTIVE.contains(&name.as_slice())) {
        return Err(Refusal::new("paper.active"));
    }
    Ok(())
}

/// A PDF's name as it is meant: `/#4aS` is `/JS`. In small letters, cut where it can't be one of ours any more.
fn name(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut name, mut at) = (vec![b'/'], 1);
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() || *byte == 0 || b"/<>[](){}%".contains(byte) || name.len() > 24 {
            break;
        }
        match (*byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'#', Some(high), Some(low)) => {
                name.push(u8::try_from(high * 16 + low).unwrap_or_default().to_ascii_lowercase());
                at += 3;
            }
            _ => {
                name.push(byte.to_ascii_lowercase());
                at += 1;
            }
        }
    }
    name
}

/// A scanned sheet as a document; the scan itself stands apart, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// What it proves: a consent, a delegation, a fact, a time in a household. `None`: that they asked to be taken in.
    pub of: Option<RecordId>,
    /// What it is.
    pub media: Media,
    /// How large, in bytes.
    pub size: u32,
    /// Who scanned it in.
    pub by: PersonId,
}

/// The same, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As it was scanned in.
    pub paper: Paper,
    /// Set when it was the wrong sheet: the scan is gone.
    pub struck: Option<Struck>,
}

impl Sheet {
    /// Strikes it out. Refused (`paper.struck`) when it was already.
    pub fn strike(&self, at: base::Instant, by: PersonId, why: Reason) -> Result<Struck, Refusal> {
        if self.struck.is_some() { Err(Refusal::new("paper.struck")) } else { Ok(Struck { at, by, why }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let mut chunk = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend_from_slice(name);
        chunk.extend_from_slice(data);
        chunk.extend_from_slice(&[0; 4]);
        chunk
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut head = width.to_be_bytes().to_vec();
        head.extend_from_slice(&height.to_be_bytes());
        head.extend_from_slice(&[8, 0, 0, 0, 0]);
        [PNG.to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")].concat()
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 9, 8];
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&[1, 0, 0xff, 0xda, 0, 2, 7, 7, 0xff, 0xd9]);
        bytes
    }

    fn sheet(body: &str) -> Vec<u8> {
        format!("%PDF-1.4\n1 0 obj\n{body}\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n").into_bytes()
    }

    #[test]
    fn a_scan_is_known_by_its_content() {
        assert_eq!(Media::of(&png(1_654, 2_339)), Ok(Media::Png));
        assert_eq!(Media::of(&jpeg(1_654, 2_339)), Ok(Media::Jpeg));
        assert_eq!(Media::of(&sheet("<< /Type /Catalog /Pages 2 0 R >>")), Ok(Media::Pdf));
    }

    #[test]
    fn what_is_no_scan_is_refused() {
        let with = |mut bytes: Vec<u8>, tail: &[u8]| {
            bytes.extend_from_slice(tail);
            bytes
        };
        let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 3].to_vec();
        for (bytes, code) in [
            (Vec::new(), "paper.empty"),
            (vec![0; LARGEST + 1], "paper.large"),
            (b"<html><script>alert(1)</script>".to_vec(), "paper.kind"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec(), "paper.kind"),
            (b"MZ\x90\0".to_vec(), "paper.kind"),
            (b"PK\x03\x04".to_vec(), "paper.kind"),
            (PNG.to_vec(), "paper.kind"),
            (cut(png(10, 10)), "paper.kind"),
            (with(png(10, 10), b"PK\x03\x04"), "paper.kind"),
            (png(0, 10), "paper.kind"),
            (png(20_001, 1), "paper.kind"),
            (png(20_000, 20_000), "paper.kind"),
            (cut(jpeg(10, 10)), "paper.kind"),
            (with(jpeg(10, 10), b"<script>"), "paper.kind"),
            (jpeg(0, 10), "paper.kind"),
            (vec![0xff, 0xd8, 0xff, 0xd9], "paper.kind"),
            (cut(sheet("")), "paper.kind"),
            (with(sheet(""), &[b' '; 2_000]), "paper.kind"),
            (b"%PDF-9.9 %%EOF".to_vec(), "paper.kind"),
            (sheet("<< /OpenAction 3 0 R >>"), "paper.active"),
            (sheet("<< /S /JavaScript /JS (app.alert(1)) >>"), "paper.active"),
            (sheet("<< /S /#4aava#53cript >>"), "paper.active"),
            (sheet("<< /AcroForm<</XFA 4 0 R>> >>"), "paper.active"),
            (sheet("<</Names<</EmbeddedFiles 5 0 R>>>>"), "paper.active"),
            (sheet("<< /Encrypt 6 0 R >>"), "paper.active"),
        ] {
            let found = Media::of(&bytes);
            assert_eq!(found.map_err(|no| no.code), Err(code), "{:?}", &bytes[..bytes.len().min(60)]);
        }
        // Names that only begin so are others.
        assert_eq!(Media::of(&sheet("<< /AAPL:Keywords (x) /JSX 1 >>")), Ok(Media::Pdf));
    }

    #[test]
    fn whatever_comes_is_answered() {
        let good = [png(10, 10), jpeg(10, 10), sheet("<< /Type /Catalog >>")];
        for bytes in &good {
            for at in 0..bytes.len() {
                for byte in [0, 0x23, 0x2f, 0xff] {
                    let mut wrong = bytes.clone();
                    wrong[at] = byte;
                    assert!(Media::of(&wrong[..=at]).is_err() || at + 1 == bytes.len());
                    let _answered = Media::of(&wrong);
                }
            }
        }
    }
}
