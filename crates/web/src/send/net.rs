//! Our requests to others: over TLS, to addresses of the public internet only unless whoever runs this server says
//! otherwise, no longer than so long, and never to where an answer leads.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderName, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use openidconnect::url::{Host, Url};

/// A receiver answers in so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// As much of an answer as is read.
const LONGEST: usize = 16 * 1024;

/// Whether an address is one of the public internet: not this machine, not a network of ours or anybody's own, not the
/// clouds' addresses for machines' secrets.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    // Global unicast is 2000::/3; of it neither documentation, nor tunnels, which lead to any IPv4 address.
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b == 0xdb8 || b < 0x200))
}

/// Whether an address may be asked at all. What a name leads to is looked at again when it is asked.
pub(crate) fn may_ask(url: &str, private: bool) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let literal = match url.host() {
        Some(Host::Domain(name)) => name.parse().ok(),
        Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
        None => return false,
    };
    match url.scheme() {
        "https" => private || literal.is_none_or(is_public),
        // Unread by others only within a house: an address of it, or a name that no other house has.
        "http" => private && literal.map_or_else(|| is_house_name(&url), |ip| !is_public(ip)),
        _ => false,
    }
}

fn is_house_name(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Domain(name)) if !name.contains('.'))
}

/// Looks names up, and leaves out addresses that may not be asked: a name can lead anywhere, and elsewhere the next time.
#[derive(Clone)]
struct Lookup {
    private: bool,
}

impl tower::Service<Name> for Lookup {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may: Vec<SocketAddr> = found.filter(|one| private || is_public(one.ip())).collect();
            if may.is_empty() {
                return Err(std::io::Error::other(NOT_ALLOWED));
            }
            Ok(may.into_iter())
        })
    }
}

/// What is said where a name leads to nobody that may be asked.
const NOT_ALLOWED: &str = "leads to no address that may be asked";

/// A client for what leaves the house.
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector<Lookup>>, Full<Bytes>>,
    private: bool,
}

impl Http {
    pub(super) fn new(private: bool) -> Http {
        let mut plain = HttpConnector::new_with_resolver(Lookup { private });
        plain.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(plain);
        // Kept for nobody: the next message may be for another address of the same name.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Http { client, private }
    }

    pub(super) fn private(&self) -> bool {
        self.private
    }

    /// Posts JSON; gives the answer's status. `Err` is why there is none.
    pub(super) async fn post(
        &self,
        url: &str,
        headers: &[(HeaderName, String)],
        body: String,
    ) -> Result<StatusCode, String> {
        if !may_ask(url, self.private) {
            return Err("not an address that may be asked".to_owned());
        }
        let mut request =
            Request::post(url).header("content-type", "application/json").header("user-agent", "ongoeul");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
        let asked = async {
            let answer = self.client.request(request).await.map_err(|error| {
                let why = reason(&error);
                tracing::debug!(%error, why, "a request failed");
                why.unwrap_or("not reached").to_owned()
            })?;
            let status = answer.status();
            // Read so far that the receiver isn't cut off while it answers; what it says doesn't matter.
            drop(Limited::new(answer.into_body(), LONGEST).collect().await);
            Ok(status)
        };
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }
}

/// Which of the few things it is that a receiver can mend; what libraries say of it is for our own log.
fn reason(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    use std::io::ErrorKind;
    let mut at = Some(error);
    while let Some(one) = at {
        if let Some(io) = one.downcast_ref::<std::io::Error>() {
            match io.kind() {
                ErrorKind::ConnectionRefused => return Some("refused"),
                ErrorKind::TimedOut => return Some("no answer in time"),
                // What TLS makes of bytes that are none of its own, or of a certificate that isn't the name's.
                ErrorKind::InvalidData => return Some("no TLS"),
                _ if io.to_string() == NOT_ALLOWED => return Some(NOT_ALLOWED),
                _ => {}
            }
            // What an error of this kind wraps is not among its sources.
            if let Some(why) = io.get_ref().and_then(|inner| reason(inner)) {
                return Some(why);
            }
        }
        at = one.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet() {
        for text in ["8.8.8.8", "211.45.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "2001:2b8::1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.5",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "64:ff9b::7f00:1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn addresses_that_may_be_asked() {
        for (url, in_earnest, at_home) in [
            ("https://pos.example.kr/hook", true, true),
            ("http://pos.example.kr/hook", false, false),
            ("http://8.8.8.8/", false, false),
            ("http://localhost:9/hook", false, true),
            ("http://relay:9/", false, true),
            ("http://10.0.0.7/hook", false, true),
            ("https://127.0.0.1/", false, true),
            ("https://[::1]:9/", false, true),
            ("https://169.254.169.254/latest", false, true),
            // A number that browsers read as 127.0.0.1.
            ("https://2130706433/", false, true),
            ("https://0x7f.1/", false, true),
            ("https://8.8.8.8/", true, true),
            ("ftp://pos.example.kr", false, false),
            ("file:///etc/passwd", false, false),
            ("nonsense", false, false),
        ] {
            assert_eq!((may_ask(url, false), may_ask(url, true)), (in_earnest, at_home), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_asked() {
        let http = Http::new(false);
        let said = http.post("https://localhost:1/", &[], String::new()).await;
        assert_eq!(said, Err("leads to no address that may be asked".to_owned()));
        assert_eq!(
            http.post("http://127.0.0.1:1/", &[], String::new()).await,
            Err("not an address that may be asked".to_owned())
        );
    }

    /// Whoever reads why a message didn't arrive reads one of few words, and no library's.
    #[tokio::test]
    async fn reasons_are_few_and_plain() {
        let http = Http::new(true);
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = free.local_addr().unwrap();
        drop(free);
        let said = http.post(&format!("http://{nobody}/"), &[], String::new()).await;
        assert_eq!(said, Err("refused".to_owned()));
        // A receiver that speaks no TLS.
        let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = plain.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = plain.accept().await.unwrap();
            let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
            tokio::time::sleep(Duration::from_secs(5)).await;
        });
        let said = http.post(&format!("https://{there}/"), &[], String::new()).await;
        assert_eq!(said, Err("no TLS".to_owned()));
    }
}
