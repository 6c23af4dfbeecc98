//! What people type: amounts with or without commas, shops by any name a till shows.

use base::MerchantId;
use economy::{business_number, decide};

use crate::app::App;
use crate::codes::ShopCode;
use crate::emv;

/// Whole won, 1 or more: `12000`, `12,000`, `12,000원`. `None` for anything else.
pub(in crate::pages) fn amount(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_suffix("원").or_else(|| text.strip_suffix("won")).unwrap_or(text);
    let mut digits = String::new();
    for c in text.chars() {
        match c {
            ',' | ' ' | '\u{a0}' => {}
            '0'..='9' => digits.push(c),
            // A Korean keyboard left in full width.
            '０'..='９' => {
                digits.push(char::from(b'0' + u8::try_from(u32::from(c) - u32::from('０')).ok()?))
            }
            _ => return None,
        }
    }
    digits.parse().ok().filter(|amount| (1..=decide::LARGEST).contains(amount))
}

/// A shop, as it was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Shop {
    /// By a signed code, which brings an amount.
    Code(ShopCode),
    /// By its number or id.
    Known(MerchantId),
}

/// A business number (hyphens or not), a shop's id, a signed code, the address with one of these in its QR, or the code
/// for other wallets.
pub(in crate::pages) fn shop(app: &App, text: &str) -> Option<Shop> {
    let text = text.trim();
    if emv::looks_like(text) {
        let read = emv::read(app, text)?;
        return match read.code {
            Some(code) => ShopCode::read(app, &code).map(Shop::Code),
            None => {
                app.city.shared.read().town.directory.shop(read.shop).map(|(_, shop)| Shop::Known(shop.id))
            }
        };
    }
    let text = code_of(text);
    if let Some(code) = ShopCode::read(app, text) {
        return Some(Shop::Code(code));
    }
    let view = app.city.shared.read();
    let directory = &view.town.directory;
    if let Ok(id) = text.to_ascii_lowercase().parse::<MerchantId>() {
        return directory.shop(id).map(|(_, shop)| Shop::Known(shop.id));
    }
    let number = business_number::parse(text)?;
    directory.shop_numbered(&number).map(|shop| Shop::Known(shop.id))
}

/// The code in a scanned address, `…/pay?c=CODE`; a text that is no address is one itself.
fn code_of(text: &str) -> &str {
    if !text.contains('/') {
        return text;
    }
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or("");
    let named = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        ["c", "code"].contains(&name).then_some(value)
    });
    named.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, won) in [
            ("12000", 12_000),
            ("12,000", 12_000),
            (" 12,000원 ", 12_000),
            ("12 000 won", 12_000),
            ("１２０００", 12_000),
            ("1", 1),
        ] {
            assert_eq!(amount(text), Some(won), "{text}");
        }
        for text in ["", "0", "-5", "12.5", "만원", "1e6", "99999999999999999999", "1000000000001", "원"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn the_code_in_an_address() {
        for (text, code) in [
            ("abc-1", "abc-1"),
            ("http://127.0.0.1:8080/pay?c=abc-1", "abc-1"),
            ("https://x/wallet?lang=en&code=abc-1#pay", "abc-1"),
            ("https://x/elsewhere", "https://x/elsewhere"),
        ] {
            assert_eq!(code_of(text), code);
        }
    }
}
