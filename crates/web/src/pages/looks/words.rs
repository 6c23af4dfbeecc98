//! Who, what and why, in words. Codes that have none (a later version's, say) are told as "other".

use access::Look;
use people::inspection::Sign;

use crate::look::{Tongue, texts};

fn say(t: Tongue, stem: &str, code: &str) -> String {
    let key = format!("{stem}-{}", code.replace('.', "-"));
    let known = if texts().has(t.lang, &key) { key } else { format!("{stem}-other") };
    t.say(known).to_string()
}

/// Role and office; never a name.
pub(super) fn who(t: Tongue, role: &str) -> String {
    say(t, "look-who", role)
}

/// Role and account, for who inspects.
pub(super) fn account(t: Tongue, role: &str, who: &str) -> String {
    format!("{} ({who})", say(t, "look-who", role))
}

/// What was shown.
pub(super) fn what(t: Tongue, look: &Look) -> String {
    say(t, "look-what", &look.what)
}

/// For what purpose.
pub(super) fn why(t: Tongue, purpose: &str) -> String {
    say(t, "look-why", purpose)
}

/// What is unusual.
pub(super) fn sign(t: Tongue, sign: Sign) -> String {
    let said = match sign {
        Sign::NoOpenTask => t.say("sign-no-task"),
        Sign::OwnNeighbour => t.say("sign-neighbour"),
        Sign::ManyInARow { people } => t.say("sign-many").count("people", people),
        Sign::AtNight { hour } => t.say("sign-night").count("hour", hour),
        Sign::SameSurname => t.say("sign-surname"),
    };
    said.to_string()
}
