//! Codes that other wallets read: merchant-presented QR by EMVCo (version 1.1), as text of tag, length and value.
//!
//! A telephone's camera follows addresses only, and other wallets read this form only; no single code is both. So a shop
//! shows the address first and this beside it, both saying the same: who is paid, how much, and our own signed code.
//!
//! Where things stand: 26 holds our mark and the shop's id; 80 our mark again and what a dynamic code signs besides the
//! shop (26) and the amount (54). Each template keeps within the 99 letters that a length of two digits can say.

use base::{Lang, MerchantId};
use rules::Pack;
use sha2::{Digest, Sha256};

use crate::codes::ShopCode;
use crate::{App, sign};

/// How a payload begins: the format's version.
const FORMAT: &str = "000201";
/// Nobody shows a longer one: the standard says so.
const LONGEST: usize = 512;
const WON: &str = "410";
const KOREA: &str = "KR";
/// The category of a shop whose trade the pack gives none.
const ANY_CATEGORY: &str = "0000";

/// What a payload says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    /// Whose shop.
    pub shop: MerchantId,
    /// The signed code, when it is a dynamic one.
    pub code: Option<String>,
}

/// Whether a text means to be such a payload.
pub(crate) fn looks_like(text: &str) -> bool {
    text.starts_with(FORMAT)
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF.
pub(crate) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

/// One field; a value that is too long for its length is cut at a letter.
fn field(tag: &str, value: &str) -> String {
    let value: String = value.chars().take(99).collect();
    format!("{tag}{:02}{value}", value.chars().count())
}

/// The mark of this house: a UUID made of its address, so that another city's codes are not taken for ours.
fn mark(app: &App) -> String {
    let hash = Sha256::digest(app.public_url.trim_end_matches('/').as_bytes());
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What may stand in the fields for Latin letters, cut to their length.
fn latin(text: &str, most: usize) -> String {
    let plain = text.chars().filter(|c| c.is_ascii_alphanumeric() || " .&'-".contains(*c));
    plain.take(most).collect::<String>().trim().to_owned()
}

/// A shop's name, in both scripts it may be written in.
pub(crate) struct Named<'a> {
    /// On its sign.
    pub name: &'a str,
    /// Ten digits: what stands where only Latin letters may, and the name has none.
    pub business_number: &'a str,
    /// Position of its trade in the pack: other wallets know it by its category.
    pub trade: u8,
}

/// The payload of a shop: fixed, or of one dynamic code.
pub(crate) fn write(
    app: &App,
    pack: &Pack,
    shop: (MerchantId, &Named<'_>),
    code: Option<&ShopCode>,
) -> String {
    let ((shop, named), mark) = (shop, mark(app));
    let mut text = String::from(FORMAT);
    text += &field("01", if code.is_some() { "12" } else { "11" });
    text += &field("26", &(field("00", &mark) + &field("01", &shop.to_string())));
    let mcc = pack.city.trades.get(usize::from(named.trade)).and_then(|trade| trade.mcc.as_deref());
    text += &field("52", mcc.unwrap_or(ANY_CATEGORY));
    text += &field("53", WON);
    if let Some(code) = code {
        text += &field("54", &code.amount.to_string());
    }
    text += &field("58", KOREA);
    let name = latin(named.name, 25);
    text += &field("59", if name.is_empty() { named.business_number } else { &name });
    text += &field("60", &latin(pack.city.name.in_lang(Lang::En), 15));
    if let Some(code) = code {
        text += &field("62", &field("01", &code.order()));
    }
    let korean: String = named.name.chars().take(25).collect();
    let city: String = pack.city.name.in_lang(Lang::Ko).chars().take(15).collect();
    text += &field("64", &(field("00", "ko") + &field("01", &korean) + &field("02", &city)));
    if let Some(code) = code {
        let signed = code.write(app);
        // The shop and the amount stand in fields of their own.
        let rest = signed.splitn(3, '-').nth(2).unwrap_or_default();
        text += &field("80", &(field("00", &mark) + &field("01", rest)));
    }
    text += "6304";
    let sum = crc(text.as_bytes());
    format!("{text}{sum:04X}")
}

/// Tags and values in their order. `None` for anything that is not exactly that: lengths that lie, tags that stand
/// twice, letters that don't belong.
fn fields(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (tag, after) = rest.split_at_checked(2)?;
        let (length, after) = after.split_at_checked(2)?;
        if !tag.bytes().chain(length.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let length: usize = length.parse().ok()?;
        // Lengths count letters, not bytes.
        let end = after.char_indices().map(|(at, _)| at).chain([after.len()]).nth(length)?;
        if length == 0 || found.iter().any(|(known, _)| *known == tag) {
            return None;
        }
        found.push((tag, &after[..end]));
        rest = &after[end..];
    }
    Some(found)
}

fn of<'t>(fields: &[(&str, &'t str)], tag: &str) -> Option<&'t str> {
    fields.iter().find(|(known, _)| *known == tag).map(|(_, value)| *value)
}

/// What one of our payloads says; `None` for everything else, whoever made it. The signed code in it is still to be
/// read by [`ShopCode::read`].
pub(crate) fn read(app: &App, text: &str) -> Option<Read> {
    if text.len() > LONGEST || !looks_like(text) {
        return None;
    }
    let (body, sum) = text.split_at_checked(text.len().checked_sub(4)?)?;
    let signed = format!("{:04X}", crc(body.as_bytes()));
    if !body.ends_with("6304") || !sign::same(&signed, &sum.to_ascii_uppercase()) {
        return None;
    }
    let all = fields(text)?;
    let is = |tag, value| of(&all, tag) == Some(value);
    if all.last()?.0 != "63" || !is("53", WON) || !is("58", KOREA) {
        return None;
    }
    let mark = mark(app);
    let ours = |tag| {
        let inner = fields(of(&all, tag)?)?;
        (of(&inner, "00") == Some(mark.as_str())).then(|| of(&inner, "01")).flatten()
    };
    let shop: MerchantId = ours("26")?.parse().ok()?;
    let code = match of(&all, "01")? {
        "11" if of(&all, "54").is_none() => None,
        "12" => {
            let amount: i64 = of(&all, "54")?.parse().ok()?;
            Some(format!("{shop}-{amount:x}-{}", ours("80")?))
        }
        _ => return None,
    };
    Some(Read { shop, code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_standard() {
        assert_eq!(crc(b"123456789"), 0x29b1, "the catalogue's check value of CRC-16/CCITT-FALSE");
        assert_eq!(crc(b""), 0xffff);
        // The example of the specification, EMV QRCPS Merchant-Presented Mode v1.1, section 5.
        let example = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN\
            5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***\
            0708A60086670902ME91320016A0112233449988770708123456786304A13A";
        let (body, sum) = example.split_at(example.len() - 4);
        assert_eq!(format!("{:04X}", crc(body.as_bytes())), sum);
        let all = fields(example).unwrap();
        assert_eq!((of(&all, "54"), of(&all, "59")), (Some("23.72"), Some("BEST TRANSPORT")));
        assert_eq!(of(&fields(of(&all, "64").unwrap()).unwrap(), "01"), Some("最佳运输"));
    }

    #[test]
    fn lengths_that_lie_are_no_fields() {
        for text in
            ["0", "00", "000", "0002", "00020", "0003가", "xx0201", "00x201", "0000", "000201000201", "00990"]
        {
            assert_eq!(fields(text), None, "{text}");
        }
        assert_eq!(fields("0002가나").unwrap(), [("00", "가나")]);
        assert_eq!(fields("").unwrap(), []);
    }

    #[test]
    fn names_for_fields_of_latin_letters() {
        assert_eq!(latin("Café 온고을 <b>", 25), "Caf  b");
        assert_eq!(latin("비빔밥", 25), "");
        assert_eq!(latin(&"A".repeat(40), 25).len(), 25);
    }
}
