//! A posted form with a file: as much of `multipart/form-data` (RFC 7578) as a browser's form with one file and a text
//! needs. Nothing is larger than the body's limit.

use axum::http::{HeaderMap, header};

/// A field of a form, by its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub name: &'a str,
    pub content: &'a [u8],
}

/// The parts of a body; `None` when it isn't of this form.
pub(super) fn parts<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = kind.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|one| {
        let (name, value) = one.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    })?;
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let line = format!("--{boundary}");
    let between = format!("\r\n{line}");
    let mut rest = body.strip_prefix(line.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, between.as_bytes())?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + between.len()..];
    }
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let name =
        disposition.split(';').find_map(|one| one.trim().strip_prefix("name=\"")?.strip_suffix('"'))?;
    Some(Part { name, content: &bytes[end + 4..] })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    #[test]
    fn a_browsers_form() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nc5\r\n--x\r\n\
            content-disposition: form-data; name=\"file\"; filename=\"a;b.json\"\r\nContent-Type: application/json\r\n\r\n\
            {\r\n--y\r\n}\r\n--x--\r\n";
        let found = parts(&headers("multipart/form-data; boundary=x"), body.as_bytes());
        let expected =
            vec![Part { name: "csrf", content: b"c5" }, Part { name: "file", content: b"{\r\n--y\r\n}" }];
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn what_is_none() {
        let form = headers("multipart/form-data; boundary=x");
        for body in [
            "",
            "--x",
            "--x\r\n",
            "--y\r\n\r\n--y--",
            "--x\r\nname\r\n--x--",
            "--x\r\n\r\n\r\n\r\n--x--",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nopen",
        ] {
            assert_eq!(parts(&form, body.as_bytes()), None, "{body:?}");
        }
        for kind in [
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=x",
        ] {
            assert_eq!(parts(&headers(kind), b"--x--"), None, "{kind}");
        }
    }
}
