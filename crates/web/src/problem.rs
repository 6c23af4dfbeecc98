//! Errors of the API, as RFC 9457 problem details: a stable code, the clause, and what would change it.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Arg, Date, Lang, Refusal};
use pen::{Busy, Failure};
use serde::Serialize;
use utoipa::ToSchema;

use crate::look::texts;
use crate::watch;

/// A problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What happened, in a sentence.
    title: String,
    /// The HTTP status.
    status: u16,
    /// The clause that failed.
    detail: String,
    /// Stable: `card.frozen`, `purse.short`, …
    code: String,
    /// What would change it.
    remedy: String,
    /// The law, notice or rule it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// This very request, as a URI: the id that `X-Request-Id` carries too.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
}

/// Anything but success.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub status: StatusCode,
    pub refusal: Refusal,
}

impl Rejected {
    pub(crate) fn new(status: StatusCode, code: &'static str) -> Rejected {
        Rejected { status, refusal: Refusal::new(code) }
    }

    /// Seconds until it is worth asking again, where that is known.
    pub(crate) fn retry_after(&self) -> u32 {
        let named = self.refusal.args.iter().find(|(name, _)| *name == "seconds");
        match named {
            Some((_, Arg::Count(seconds))) => u32::try_from(*seconds).unwrap_or(1).max(1),
            _ => 1,
        }
    }

    /// In a language, on a day of the city.
    pub(crate) fn answer(self, lang: Lang, today: Date) -> Response {
        let wait = self.retry_after();
        watch::refused(self.refusal.code);
        let text = texts().problem(lang, today, &self.refusal);
        let problem = Problem {
            title: text.what,
            status: self.status.as_u16(),
            detail: text.why,
            code: text.code,
            remedy: text.remedy,
            source: text.source,
            instance: watch::instance(),
        };
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE || self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Rejected {
        let status = match refusal.code {
            "role.needed" => StatusCode::FORBIDDEN,
            "key.reused" => StatusCode::CONFLICT,
            "posting.disposed" => StatusCode::GONE,
            code if code.ends_with(".unknown") => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Rejected { status, refusal }
    }
}

impl From<Failure> for Rejected {
    fn from(failure: Failure) -> Rejected {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Broken(_) => Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"),
            Failure::Unreachable => Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "storage.away"),
            Failure::Unknown => Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "outcome.unknown"),
        }
    }
}

impl From<Busy> for Rejected {
    fn from(_: Busy) -> Rejected {
        Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
    }
}

impl From<store::Error> for Rejected {
    fn from(error: store::Error) -> Rejected {
        tracing::error!(%error, "a read failed");
        if error.is_lost() {
            return Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "storage.away");
        }
        Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed")
    }
}
