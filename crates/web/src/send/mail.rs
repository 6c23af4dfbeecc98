//! Mail: a notice as a message, handed to a relay by SMTP. One message, one receiver, nothing of a stranger's in its head.

use std::fmt;
use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Category;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use openidconnect::url::Url;

use super::{Tried, Went};

/// A relay answers each step in so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a relay is reached, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relay {
    /// `smtps://relay.example.kr` (TLS from the first byte), or `smtp://relay.example.kr:587`: TLS is asked for before
    /// anything is said, and without it nothing is sent. `smtp://127.0.0.1:25?tls=none` within a private network alone.
    pub url: String,
    /// `이름 <no-reply@example.kr>`: who the mail is from.
    pub from: String,
    /// Whom the relay knows us as, if it asks.
    pub user: Option<String>,
    /// What proves it.
    pub password: Option<String>,
}

/// A way to a relay.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({})", self.from)
    }
}

/// Nobody answers it, and no machine should (RFC 3834).
#[derive(Clone)]
struct Automatic;

impl Header for Automatic {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Automatic)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// `private`: the relay may be asked without TLS.
    pub fn new(relay: &Relay, private: bool) -> Result<Mailer, String> {
        let bad = |why: &str| format!("notices.email: {why}");
        let url = Url::parse(&relay.url).map_err(|error| bad(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("the user stands under `user`, the password in the secrets file"));
        }
        let host = url.host_str().ok_or_else(|| bad("no relay is named"))?;
        let open = url.query() == Some("tls=none");
        let (builder, usual) = match url.scheme() {
            "smtps" => (AsyncSmtpTransport::<Tokio1Executor>::relay(host), 465),
            "smtp" if open && private => {
                (Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)), 25)
            }
            "smtp" if open => return Err(bad("without TLS only where private networks may be asked")),
            "smtp" => (AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host), 587),
            _ => return Err(bad("a relay's address begins with smtps or smtp")),
        };
        let builder = builder.map_err(|error| bad(&error.to_string()))?;
        let from: Mailbox = relay.from.parse().map_err(|_| bad("`from` is no mail address"))?;
        let mut builder = builder
            .port(url.port().unwrap_or(usual))
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        match (&relay.user, &relay.password) {
            (Some(user), Some(password)) => {
                builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
            }
            (None, None) => {}
            (Some(_), None) => return Err(bad("there is a user, and no password in the secrets file")),
            (None, Some(_)) => return Err(bad("the secrets file has a password, and there is no user")),
        }
        Ok(Mailer { transport: builder.build(), from })
    }

    /// The message as it leaves. The key names it: whoever receives it twice can tell.
    fn message(&self, key: &str, to: &str, subject: &str, text: &str) -> Result<Message, String> {
        let to: Address = to.parse().map_err(|_| "not a mail address".to_owned())?;
        // A header is one line, whatever a name is made of.
        let subject: String = subject.chars().map(|c| if base::is_unseen(c) { ' ' } else { c }).collect();
        let id: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '.' }).collect();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(Automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|error| error.to_string())
    }

    /// Sends one. What a relay says of a mailbox often repeats its address: only its number is kept.
    pub(super) async fn send(&self, key: &str, to: &str, subject: &str, text: &str) -> Tried {
        let message = match self.message(key, to, subject, text) {
            Ok(message) => message,
            Err(why) => return Tried::never(why),
        };
        let error = match self.transport.send(message).await {
            Ok(response) => return Tried { said: response.code().to_string(), went: Went::Well },
            Err(error) => error,
        };
        match error.status() {
            // It is not this mailbox that is refused: the relay doesn't know us (RFC 4954: 530, 534, 535, 538).
            Some(code) if code.category == Category::Unspecified3 => Tried::badly(code.to_string()),
            Some(code) if error.is_permanent() => Tried::never(code.to_string()),
            Some(code) => Tried::badly(code.to_string()),
            None if error.is_timeout() => Tried::badly("no answer in time"),
            None if error.is_tls() => Tried::badly("no TLS"),
            None => Tried::badly("the relay is away"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(url: &str) -> Relay {
        Relay { url: url.into(), from: "온고을 <no-reply@example.kr>".into(), user: None, password: None }
    }

    fn lines(message: &Message) -> (Vec<String>, String) {
        let text = String::from_utf8(message.formatted()).unwrap_or_default();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        // Folded lines are one.
        let head = head.replace("\r\n ", " ");
        (head.split("\r\n").map(str::to_owned).collect(), body.to_owned())
    }

    #[test]
    fn a_head_is_ours_alone() {
        let mailer =
            Mailer::new(&relay("smtps://relay.example.kr"), false).unwrap_or_else(|why| panic!("{why}"));
        let made = |to: &str, subject: &str| {
            mailer.message("p7/0/email", to, subject, "안녕하세요.\r\n.\r\nBcc: x@y.kr")
        };
        let plain = made("soonja@example.kr", "card notice").map(|one| lines(&one)).unwrap_or_default();
        let hostile = made("soonja@example.kr", "card\r\nBcc: x@y.kr\r\n\r\nnotice\u{2028}\u{202e}");
        let hostile = hostile.map(|one| lines(&one)).unwrap_or_default();
        let names = |head: &[String]| -> Vec<String> {
            head.iter().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
        };
        assert_eq!(names(&hostile.0), names(&plain.0), "no line more");
        assert!(hostile.0.iter().any(|line| line.starts_with("Subject: card") && line.contains("Bcc")));
        assert!(plain.0.contains(&"Message-ID: <p7.0.email@example.kr>".to_owned()), "{plain:?}");
        assert!(plain.0.contains(&"Auto-Submitted: auto-generated".to_owned()), "{plain:?}");
        // Korean stands encoded, and nothing but ASCII goes over the wire.
        let korean = made("soonja@example.kr", "한빛카드 알림").map(|one| lines(&one)).unwrap_or_default();
        assert!(korean.0.iter().any(|line| line.starts_with("Subject: =?utf-8?b?")), "{korean:?}");
        assert!(korean.0.iter().all(|line| line.is_ascii()) && korean.1.is_ascii());
        for to in ["soonja@example.kr\r\nRCPT TO:<x@y.kr>", "soonja", "a@b.kr, c@d.kr", ""] {
            assert!(made(to, "x").is_err(), "{to}");
        }
    }

    #[test]
    fn a_relay_is_named_whole() {
        for (url, in_earnest, at_home) in [
            ("smtps://relay.example.kr", true, true),
            ("smtp://relay.example.kr:2525", true, true),
            ("smtp://127.0.0.1:2525?tls=none", false, true),
            ("smtp://user:secret@relay.example.kr", false, false),
            ("https://relay.example.kr", false, false),
            ("relay.example.kr", false, false),
            ("smtp://", false, false),
        ] {
            assert_eq!(Mailer::new(&relay(url), false).is_ok(), in_earnest, "{url}");
            assert_eq!(Mailer::new(&relay(url), true).is_ok(), at_home, "{url}");
        }
        let with = |user: Option<&str>, password: Option<&str>, from: &str| {
            let (user, password) = (user.map(str::to_owned), password.map(str::to_owned));
            Mailer::new(
                &Relay { user, password, from: from.into(), ..relay("smtps://relay.example.kr") },
                false,
            )
        };
        assert!(with(Some("city"), Some("s"), "a@b.kr").is_ok());
        assert!(with(Some("city"), None, "a@b.kr").is_err() && with(None, Some("s"), "a@b.kr").is_err());
        assert!(with(None, None, "온고을").is_err());
    }
}
