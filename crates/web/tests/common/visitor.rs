//! A browser, as far as tests need one.

use axum::body::Body;
use axum::http::{Method, Request, header};

use super::{Answer, Town, encode};

/// Stands in a form token's place since its browser came in or went out.
const OF_ANOTHER_SESSION: &str = "of another session";

/// Keeps cookies and the newest form token, and posts forms as a browser does.
pub struct Browser<'a> {
    pub town: &'a Town,
    pub cookies: Vec<(String, String)>,
    pub csrf: String,
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.keep(request).await
    }

    /// Posts a form with the page's form token.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        // A form token is its session's: whoever has come in or gone out looks at a page before they post, as anybody does.
        for page in ["/", "/account"] {
            if self.csrf == OF_ANOTHER_SESSION {
                self.get(page).await;
            }
        }
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let body: Vec<String> = all.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .unwrap();
        self.keep(request).await
    }

    /// Posts, then follows the redirect.
    pub async fn post_and_follow(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        match answer.headers.get(header::LOCATION) {
            Some(to) => {
                let to = to.to_str().unwrap().to_owned();
                self.get(&to).await
            }
            None => answer,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Request::builder().method(method).uri(path).header(header::COOKIE, cookies.join("; "))
    }

    async fn keep(&mut self, request: Request<Body>) -> Answer {
        let before = self.session();
        let answer = self.town.send(request).await;
        self.take_from(&answer);
        if self.session() != before {
            self.csrf = OF_ANOTHER_SESSION.to_owned();
        }
        answer
    }

    fn session(&self) -> Option<String> {
        self.cookies.iter().find(|(name, _)| name == "session").map(|(_, value)| value.clone())
    }

    fn take_from(&mut self, answer: &Answer) {
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let at = |mark: &str| answer.body.split(mark).nth(1);
        if let Some(rest) = at("name=\"csrf\" value=\"").or_else(|| at("?csrf=")) {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
    }
}
