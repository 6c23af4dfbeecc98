//! What stands in a counter's forms: as typed, with what is wrong with it.

use base::{PostingNo, Role};
use economy::decide::LARGEST;

use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, RefundForm};
use crate::problem::Rejected;

/// The owner's page.
pub(super) const HOME: &str = "/shop";
/// The employees' page.
pub(super) const TILL: &str = "/shop/till";

/// Where a form came from and leads back to. Employees know one place only.
pub(super) fn place(role: Option<Role>, back: Option<&str>) -> &'static str {
    match (role, back) {
        (Some(Role::Till(_)), _) | (_, Some(TILL)) => TILL,
        _ => HOME,
    }
}

/// The forms of a counter.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// The key of a charge that was refused: the same wish keeps it.
    pub request_key: Option<String>,
    pub amount: Field,
    pub card: Field,
    pub asks_pin: bool,
    pub pin: Field,
    pub refund: RefundForm,
    pub errors: Vec<FieldError>,
    pub alert: Option<Alert>,
    /// A payment just taken.
    pub done: Option<PostingNo>,
}

impl Forms {
    /// Notes what is wrong with a field: beside it, and in the list at the top.
    pub(super) fn wrong(&mut self, name: &'static str, error: String) {
        let field = match name {
            "card" => &mut self.card,
            "pin" => &mut self.pin,
            "payment" => &mut self.refund.payment,
            "refund_amount" => &mut self.refund.amount,
            _ => &mut self.amount,
        };
        field.error = Some(error.clone());
        self.errors.push(FieldError { field: name, error });
    }

    /// Puts a refusal where it belongs: at its field, or above everything. `amount` names the form's amount field.
    pub(super) fn refused(&mut self, visit: &Visit, rejected: &Rejected, amount: &'static str) {
        let t = visit.t;
        let count = |name: &str| {
            rejected.refusal.args.iter().find_map(|(known, arg)| match arg {
                base::Arg::Count(count) if *known == name => Some(*count),
                _ => None,
            })
        };
        match rejected.refusal.code {
            "card.unknown" => self.wrong("card", t.say("field-card").to_string()),
            "payment.unknown" => self.wrong("payment", t.say("field-payment").to_string()),
            "amount.range" => self.wrong(amount, t.say("field-amount").won("most", LARGEST).to_string()),
            "pin.needed" | "pin.needed-day" | "pin.needed-short" => {
                self.asks_pin = true;
                let why = visit.alert(rejected).why.unwrap_or_default();
                self.wrong("pin", why);
            }
            "pin.wrong" => match count("left") {
                // The last one: from now on the shop waits.
                Some(0) => {
                    let paused = base::Refusal { code: "pin.paused", ..rejected.refusal.clone() };
                    self.alert = Some(visit.alert(&paused.into()));
                }
                left => {
                    self.asks_pin = true;
                    self.wrong("pin", t.say("field-pin").count("left", left.unwrap_or(0)).to_string());
                }
            },
            _ => self.alert = Some(visit.alert(rejected)),
        }
    }
}

/// Whole won from what was typed: digits, with or without commas and the unit.
pub(super) fn amount(text: &str) -> Option<i64> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '원')).collect();
    if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    plain.parse().ok().filter(|amount| (1..=LARGEST).contains(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_people_type_them() {
        for (text, won) in [
            ("12000", Some(12_000)),
            ("12,000", Some(12_000)),
            (" 12,000원 ", Some(12_000)),
            ("0", None),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("１２", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(amount(text), won, "{text:?}");
        }
    }

    #[test]
    fn employees_stay_at_the_till() {
        let shop = base::MerchantId(1);
        assert_eq!(place(Some(Role::Till(shop)), Some("/shop")), TILL);
        assert_eq!(place(Some(Role::Merchant(shop)), Some("/shop/till")), TILL);
        assert_eq!(place(Some(Role::Merchant(shop)), Some("//evil")), HOME);
    }
}
