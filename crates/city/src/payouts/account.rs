//! A bank account that payouts go to: what is typed, made plain; sealed; and whether it is the payee's.

use base::{Entropy, PayoutAccountId, Refusal};
use people::naming::GENERAL;
use rules::Settlement;
use serde::{Deserialize, Serialize};
use vault::{CantOpen, Locked, Place, Sealed, Vault};

/// A bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// The bank's code.
    pub bank: String,
    /// Digits only.
    pub number: String,
    /// Whose name it is in.
    pub holder: String,
}

impl BankAccount {
    /// From what was typed. Refusals: `payout.bank`, `payout.number`, `payout.holder`.
    pub fn typed(rules: &Settlement, bank: &str, number: &str, holder: &str) -> Result<BankAccount, Refusal> {
        let bank = bank.trim();
        if rules.bank(bank).is_none() {
            return Err(Refusal::new("payout.bank"));
        }
        let number: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !(8..=16).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::new("payout.number"));
        }
        let holder = holder.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_no_letter = |c: char| base::is_unseen(c) || !bank::is_sendable(c);
        if holder.is_empty() || holder.chars().count() > 60 || holder.chars().any(is_no_letter) {
            return Err(Refusal::new("payout.holder"));
        }
        Ok(BankAccount { bank: bank.to_owned(), number, holder })
    }

    /// Whether its holder's name is one of these, as banks compare them: without spaces and signs, without the forms of
    /// companies, the beginning alone where the bank's list cut it off.
    pub fn is_of(&self, names: &[&str]) -> bool {
        let holder = plain(&self.holder);
        names.iter().map(|name| plain(name)).any(|name| {
            let cut = holder.chars().count() >= CUT && name.starts_with(&holder);
            !name.is_empty() && (name == holder || cut)
        })
    }

    /// The last four digits, for where others could look.
    pub fn masked(&self) -> String {
        let tail = self.number.get(self.number.len().saturating_sub(4)..).unwrap_or_default();
        format!("••••{tail}")
    }

    /// Seals it under its id.
    pub fn seal(
        &self,
        vault: &Vault,
        id: PayoutAccountId,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, Locked> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        vault.seal(GENERAL, place(&id.to_string()), &text, entropy)
    }

    /// Opens it.
    pub fn open(vault: &Vault, id: PayoutAccountId, sealed: &Sealed) -> Result<BankAccount, CantOpen> {
        let text = vault.open(place(&id.to_string()), sealed)?;
        serde_json::from_slice(&text).map_err(|_| CantOpen::Form)
    }
}

/// Banks print at least so many characters of a name.
const CUT: usize = 6;

fn plain(name: &str) -> String {
    let mut name = name.to_lowercase();
    for form in ["주식회사", "유한회사", "(주)", "㈜", "(유)"] {
        name = name.replace(form, "");
    }
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn place(id: &str) -> Place<'_> {
    Place { table: "payout_accounts", record: id, field: "sealed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holders_name_is_compared_as_banks_do() {
        let of = |holder: &str, names: &[&str]| {
            BankAccount { bank: "037".into(), number: "12345678".into(), holder: holder.into() }.is_of(names)
        };
        for (holder, name, same) in [
            ("김순자", "김순자", true),
            ("김 순자", "김순자", true),
            ("김순자", "김순지", false),
            ("(주)온고을 식품", "온고을식품", true),
            ("주식회사 온고을식품", "㈜온고을 식품", true),
            ("남부시장 반찬가게", "남부시장 반찬가게 (효자점)", true),
            // Too short to be a name that was cut off.
            ("남부", "남부시장 반찬가게", false),
            ("김순자", "", false),
            ("-", "김순자", false),
        ] {
            assert_eq!(of(holder, &[name]), same, "{holder} {name}");
        }
        assert!(of("김순자", &["남부시장 반찬", "김순자"]));
        assert!(!of("김순자", &[]));
    }

    #[test]
    fn what_is_typed_is_made_plain_or_refused() {
        let bank =
            rules::Bank { code: "037".into(), name: rules::Name { ko: "은행".into(), en: "Bank".into() } };
        let rules = Settlement { banks: vec![bank], ..Settlement::default() };
        let typed = |bank, number, holder| {
            BankAccount::typed(&rules, bank, number, holder).map_err(|refusal| refusal.code)
        };
        let account = typed(" 037 ", "1013-01 0000001", "  김  순자 ").unwrap();
        assert_eq!((account.number.as_str(), account.holder.as_str()), ("1013010000001", "김 순자"));
        assert_eq!(account.masked(), "••••0001");
        assert_eq!(typed("999", "1013010000001", "김순자"), Err("payout.bank"));
        assert_eq!(typed("037", "1013", "김순자"), Err("payout.number"));
        assert_eq!(typed("037", "10130100000012345", "김순자"), Err("payout.number"));
        assert_eq!(typed("037", "1013010000００1", "김순자"), Err("payout.number"));
        assert_eq!(typed("037", "1013010000001", " "), Err("payout.holder"));
        // XML has no place for these: one of them would make the city's whole file unreadable.
        assert_eq!(typed("037", "1013010000001", "김순자\u{ffff}"), Err("payout.holder"));
        assert_eq!(typed("037", "1013010000001", "김순자\u{fffe}"), Err("payout.holder"));
        assert_eq!(typed("037", "1013010000001", "김\u{0}순자"), Err("payout.holder"));
    }
}
