//! Notices in words. Neutral ones: whoever stands beside the telephone learns no more than has to be said.

use people::notice::Told;
use rules::Pack;

use crate::App;
use crate::look::Tongue;

/// What a notice says.
pub(crate) fn told(app: &App, t: Tongue, told: &Told) -> String {
    let view = app.city.shared.read();
    let shop = |id| {
        let shop = view.town.directory.shop(id).map(|(_, shop)| shop.name.clone());
        shop.unwrap_or_else(|| base::MerchantId::to_string(&id))
    };
    let said = t.say(format!("told-{}", told.kind()));
    let said = match told {
        Told::HelperPaid { merchant, amount, .. }
        | Told::Refunded { merchant, amount }
        | Told::ClaimReceived { merchant, amount }
        | Told::ClaimBack { merchant, amount } => said.text("shop", shop(*merchant)).won("amount", *amount),
        Told::Withdrawn { amount }
        | Told::PaidOut { amount }
        | Told::Gave { amount }
        | Told::CouponGiven { amount } => said.won("amount", *amount),
        Told::GiftReceipt { serial, amount } => said.text("serial", serial.clone()).won("amount", *amount),
        Told::RoleGiven { role } | Told::RoleEnded { role } => {
            said.text("role", role_name(&view.town.pack, t, role))
        }
        _ => said.text("card", view.town.pack.city.card_name.in_lang(t.lang)),
    };
    said.to_string()
}

/// The code for a mail address.
pub(crate) fn with_code(t: Tongue, code: &str) -> String {
    t.say("mail-code-text").text("code", code.to_owned()).to_string()
}

/// A mail's subject, in both languages: which one somebody reads is not kept.
pub(super) fn subject(app: &App, tongues: [Tongue; 2], told: &Told) -> String {
    let key = if *told == Told::MailCode { "mail-subject-code" } else { "mail-subject" };
    let view = app.city.shared.read();
    let card = &view.town.pack.city.card_name;
    tongues.map(|t| t.say(key).text("card", card.in_lang(t.lang)).to_string()).join(" / ")
}

/// A mail's text, in both languages, and where the rest stands.
pub(super) fn mail(app: &App, told: [(Tongue, String); 2]) -> String {
    let part = |(t, text): (Tongue, String)| {
        let more = t.say("mail-more").text("url", format!("{}/notices", app.public_url));
        format!("{text}\r\n\r\n{more}\r\n{}\r\n", t.say("mail-no-reply"))
    };
    told.map(part).join("\r\n--\r\n\r\n")
}

fn role_name(pack: &Pack, t: Tongue, id: &str) -> String {
    let rule = pack.roles.iter().find(|rule| rule.id == id);
    rule.map_or_else(|| id.to_owned(), |rule| rule.name.in_lang(t.lang).to_owned())
}
