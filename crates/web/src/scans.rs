//! Scans of signed sheets as they leave the house: as files, whoever asks.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::RecordId;
use people::paper::Media;

/// A file that browsers save and don't show: whatever is in it runs nowhere.
pub(crate) fn as_file(media: Media, id: RecordId, scan: Vec<u8>) -> Response {
    let mut response = (StatusCode::OK, scan).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.mime()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    let name = format!("attachment; filename=\"{id}.{}\"", media.ending());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
