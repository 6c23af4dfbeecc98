//! `GET /assets/{name}`, and `GET /look`: language, print size, contrast, theme.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::auth::SharedApp;
use crate::cookie;
use crate::frame::Visit;
use crate::look::asset;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/assets/{name}", get(file)).route("/look", get(switch))
}

async fn file(Path(name): Path<String>) -> Response {
    let Some(asset) = asset(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = asset.content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

#[derive(Deserialize)]
struct Switch {
    lang: Option<String>,
    large: Option<String>,
    contrast: Option<String>,
    theme: Option<String>,
    back: Option<String>,
}

async fn switch(mut visit: Visit, Query(wish): Query<Switch>) -> Response {
    let secure = visit.app.public_url.starts_with("https://");
    let known = [
        ("lang", wish.lang, &["ko", "en"][..]),
        ("large", wish.large, &["0", "1"]),
        ("contrast", wish.contrast, &["0", "1"]),
        ("theme", wish.theme, &["system", "light", "dark"]),
    ];
    for (name, value, allowed) in known {
        if let Some(value) = value.filter(|v| allowed.contains(&v.as_str())) {
            visit.set_cookie(cookie::write(name, &value, 365, secure));
        }
    }
    let back = here_only(wish.back.as_deref().unwrap_or("/"));
    visit.go(&back)
}

/// A path of this very site; anything else leads home.
pub(crate) fn here_only(path: &str) -> String {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| b > 0x20 && b != 0x7f && b.is_ascii());
    if plain { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::here_only;

    #[test]
    fn nobody_is_led_away() {
        for good in ["/", "/wallet?x=1", "/pay?c=shp_1-2ee0-5c-a1", "/%2Fevil", "/a?b=//evil"] {
            assert_eq!(here_only(good), good);
        }
        for bad in [
            "",
            "wallet",
            "http://evil",
            "https:evil",
            "//evil",
            "///evil",
            "/\\evil",
            "\\/evil",
            "/\t/evil",
            "/a\r\nSet-Cookie: x",
            "/a\u{7f}",
            " //evil",
            "%2F%2Fevil",
            "/가게",
            "javascript:alert(1)",
        ] {
            assert_eq!(here_only(bad), "/", "{bad:?}");
        }
    }
}
