//! What a person has to be told. How (page, message, letter) and in which neutral words is for those who send it.

use base::{CaseId, Date, Instant, MerchantId, PersonId};
use serde::{Deserialize, Serialize};

use crate::break_glass::Viewer;
use crate::{Reason, delegation::Act};

/// Something to tell a person. A decision that yields one is not done until it is handed on.
#[must_use = "the person has to be told"]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whom to tell.
    pub to: PersonId,
    /// What.
    pub about: About,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum About {
    /// A helper did something in their name.
    Helped {
        /// Who.
        helper: PersonId,
        /// What.
        act: Act,
        /// When.
        on: Date,
    },
    /// Someone looked at what they may not see otherwise.
    GlassOpened {
        /// Who.
        by: Viewer,
        /// When.
        at: Instant,
        /// The reason they gave.
        why: Reason,
    },
}

/// Something that follows from the journal and that someone is told: ids and amounts only, never a name or a reason. What
/// it says in words is made when it is sent or shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Told {
    /// A helper has paid with their card.
    HelperPaid {
        /// Who.
        helper: PersonId,
        /// Where.
        merchant: MerchantId,
        /// Won.
        amount: i64,
    },
    /// A helper looked at what they have.
    HelperSaw,
    /// Somebody helps them from now on.
    HelpGiven,
    /// Somebody doesn't any more.
    HelpEnded,
    /// What is kept about whom they live with has changed.
    HouseholdChanged,
    /// Somebody looked at what they may not see otherwise.
    GlassOpened,
    /// A question about a look was answered.
    LookAnswered,
    /// A card was reported lost.
    CardLost,
    /// A card was stopped.
    CardFrozen,
    /// A card's PIN was set.
    PinSet,
    /// They have one more card.
    CardIssued,
    /// A counter gave them a code to come in with.
    CodeIssued,
    /// Money goes to a bank account from now on.
    AccountSet,
    /// Money of theirs went to somebody else's card.
    MoneySent {
        /// Won.
        amount: i64,
    },
    /// Money came from somebody else's card.
    MoneyReceived {
        /// Won.
        amount: i64,
    },
    /// The month's cashback is used up.
    LimitReached,
    /// A shop gave money back.
    Refunded {
        /// Which.
        merchant: MerchantId,
        /// Won.
        amount: i64,
    },
    /// They gave, once.
    Gave {
        /// Won.
        amount: i64,
    },
    /// A share of each cashback is given from now on.
    GivesAlways,
    /// None is given any more.
    GivesNoMore,
    /// A receipt for gifts is there.
    GiftReceipt {
        /// Its number.
        serial: String,
        /// Won.
        amount: i64,
    },
    /// Somebody gave them a prepayment.
    ClaimReceived {
        /// At which shop.
        merchant: MerchantId,
        /// Won.
        amount: i64,
    },
    /// What was left of a prepayment is their own money again.
    ClaimBack {
        /// At which shop.
        merchant: MerchantId,
        /// Won.
        amount: i64,
    },
    /// A coupon is in their wallet.
    CouponGiven {
        /// Won.
        amount: i64,
    },
    /// A shop's plaque as a giving shop is up.
    PlaqueGiven,
    /// What was left goes to their bank.
    Withdrawn {
        /// Won.
        amount: i64,
    },
    /// They were given a role.
    RoleGiven {
        /// Its id in the pack.
        role: String,
    },
    /// A role was taken back.
    RoleEnded {
        /// Its id in the pack.
        role: String,
    },
    /// A shop's claim is on its way to its bank.
    PaidOut {
        /// Won.
        amount: i64,
    },
    /// A shop is closed.
    ShopClosed,
    /// There is a sign that the shop has to say something about.
    CaseOpened {
        /// Which.
        case: CaseId,
    },
    /// It was looked into.
    CaseClosed {
        /// Which.
        case: CaseId,
    },
    /// Their application has come: what is missing, and until when it is decided, stands on their page.
    JoinFiled,
    /// Their shop is a member.
    JoinAccepted,
    /// Their application was turned down.
    JoinRefused,
    /// Their shop's registration was cancelled.
    JoinCancelled,
    /// Their appeal was decided.
    JoinAnswered,
    /// A code for the mail address they gave; it stands in the mail alone.
    MailCode,
    /// Notices go to a mail address from now on.
    MailKept,
    /// They don't any more.
    MailGone,
}

impl Told {
    /// All kinds, for whoever writes rules and texts about them.
    pub const KINDS: [&str; 40] = [
        "helper-paid",
        "helper-saw",
        "help-given",
        "help-ended",
        "household-changed",
        "glass-opened",
        "look-answered",
        "card-lost",
        "card-frozen",
        "pin-set",
        "card-issued",
        "code-issued",
        "account-set",
        "money-sent",
        "money-received",
        "limit-reached",
        "refunded",
        "gave",
        "gives-always",
        "gives-no-more",
        "gift-receipt",
        "claim-received",
        "claim-back",
        "coupon-given",
        "plaque-given",
        "withdrawn",
        "role-given",
        "role-ended",
        "paid-out",
        "shop-closed",
        "case-opened",
        "case-closed",
        "join-filed",
        "join-accepted",
        "join-refused",
        "join-cancelled",
        "join-answered",
        "mail-code",
        "mail-kept",
        "mail-gone",
    ];

    /// The kind's stable code.
    pub fn kind(&self) -> &'static str {
        match self {
            Told::HelperPaid { .. } => "helper-paid",
            Told::HelperSaw => "helper-saw",
            Told::HelpGiven => "help-given",
            Told::HelpEnded => "help-ended",
            Told::HouseholdChanged => "household-changed",
            Told::GlassOpened => "glass-opened",
            Told::LookAnswered => "look-answered",
            Told::CardLost => "card-lost",
            Told::CardFrozen => "card-frozen",
            Told::PinSet => "pin-set",
            Told::CardIssued => "card-issued",
            Told::CodeIssued => "code-issued",
            Told::AccountSet => "account-set",
            Told::MoneySent { .. } => "money-sent",
            Told::MoneyReceived { .. } => "money-received",
            Told::LimitReached => "limit-reached",
            Told::Refunded { .. } => "refunded",
            Told::Gave { .. } => "gave",
            Told::GivesAlways => "gives-always",
            Told::GivesNoMore => "gives-no-more",
            Told::GiftReceipt { .. } => "gift-receipt",
            Told::ClaimReceived { .. } => "claim-received",
            Told::ClaimBack { .. } => "claim-back",
            Told::CouponGiven { .. } => "coupon-given",
            Told::PlaqueGiven => "plaque-given",
            Told::Withdrawn { .. } => "withdrawn",
            Told::RoleGiven { .. } => "role-given",
            Told::RoleEnded { .. } => "role-ended",
            Told::PaidOut { .. } => "paid-out",
            Told::ShopClosed => "shop-closed",
            Told::CaseOpened { .. } => "case-opened",
            Told::CaseClosed { .. } => "case-closed",
            Told::JoinFiled => "join-filed",
            Told::JoinAccepted => "join-accepted",
            Told::JoinRefused => "join-refused",
            Told::JoinCancelled => "join-cancelled",
            Told::JoinAnswered => "join-answered",
            Told::MailCode => "mail-code",
            Told::MailKept => "mail-kept",
            Told::MailGone => "mail-gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_called_as_it_is_written() {
        let all = [
            Told::HelperSaw,
            Told::RoleGiven { role: "clerk".into() },
            Told::Refunded { merchant: MerchantId(1), amount: 5 },
            Told::CaseOpened { case: CaseId(1) },
            Told::GiftReceipt { serial: "2021-000001".into(), amount: 5 },
            Told::GivesNoMore,
            Told::CouponGiven { amount: 5 },
        ];
        for told in all {
            let text = serde_json::to_string(&told).unwrap_or_default();
            assert!(text.contains(&format!("\"kind\":\"{}\"", told.kind())), "{text}");
            assert_eq!(serde_json::from_str::<Told>(&text).ok(), Some(told.clone()));
            assert!(Told::KINDS.contains(&told.kind()));
        }
    }
}
