//! How often a PIN may be wrong, and how much is paid in a day without it.

use base::Won;
use toml::Spanned;

use crate::read::Reader;

/// How often a PIN may be wrong, and how much is paid in a day without it. Wrong ones count for a card at a shop first, so that one till can't lock a stranger's
/// card alone; and for the card in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinRules {
    /// After this many wrong ones at one shop, the shop may not try this card for a while.
    pub shop_tries: u8,
    /// How long it may not, in hours; as long a wrong one is remembered there.
    pub shop_pause_hours: u32,
    /// After this many in all the card is locked. No shop counts for more than `shop_tries` of them, and this is more.
    pub tries: u8,
    /// The most that is paid with one card at one shop in a day without its PIN; what goes above needs it. `None`: no limit.
    pub above_day: Option<Won>,
    /// So often a shop hears without the PIN that a card holds too little; then the card needs it there for any sum, as long as a
    /// wrong one is remembered. `None`: as often as it asks.
    pub shop_short: Option<u8>,
}

impl PinRules {
    /// What holds where a pack says nothing about it, as those written before there was such a rule.
    pub const UNSAID: PinRules =
        PinRules { shop_tries: 5, shop_pause_hours: 24, tries: 10, above_day: None, shop_short: None };
}

/// As a `[[card]]` entry says it: each may be left out.
pub(crate) struct RawPin<'a> {
    pub shop_tries: Option<&'a Spanned<i64>>,
    pub shop_pause_hours: Option<&'a Spanned<i64>>,
    pub tries: Option<&'a Spanned<i64>>,
    pub above: Won,
    pub above_day: Option<&'a Spanned<i64>>,
    pub shop_short: Option<&'a Spanned<i64>>,
}

pub(crate) fn read(reader: &mut Reader<'_>, raw: &RawPin<'_>) -> PinRules {
    let unsaid = PinRules::UNSAID;
    let mut few = |name: &'static str, value: Option<&Spanned<i64>>, unsaid: u8| {
        let Some(value) = value else { return unsaid };
        u8::try_from(reader.number(name, value, 1..101)).unwrap_or(unsaid)
    };
    let shop_tries = few("pin_shop_tries", raw.shop_tries, unsaid.shop_tries);
    let tries = few("pin_tries", raw.tries, unsaid.tries);
    let shop_pause_hours = raw
        .shop_pause_hours
        .map_or(unsaid.shop_pause_hours, |value| reader.number("pin_shop_pause_hours", value, 1..8_785));
    if let Some(at) = raw.tries.or(raw.shop_tries)
        && tries <= shop_tries
    {
        reader.fault(
            at.span(),
            format!("{tries} wrong PINs lock a card, and {shop_tries} may come from one shop: it locks a card alone"),
            "let pin_tries be more than pin_shop_tries",
        );
    }
    let above_day = raw.above_day.map(|value| {
        let sum = reader.won("pin_above_day", value);
        if sum < raw.above && *value.get_ref() >= 0 {
            let what =
                format!("pin_above_day {sum} is less than pin_above {}: one payment may be more", raw.above);
            reader.fault(value.span(), what, "let it be as much or more");
        }
        sum
    });
    let shop_short = raw.shop_short.map(|value| {
        let most = reader.number("pin_shop_short", value, 1..101);
        u8::try_from(most).unwrap_or(u8::MAX)
    });
    PinRules { shop_tries, shop_pause_hours, tries, above_day, shop_short }
}
