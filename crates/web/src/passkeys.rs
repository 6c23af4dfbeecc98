//! The ceremonies of passkeys (WebAuthn): what a device is asked to sign, and whether it did. User verification is
//! required throughout, so that a passkey is two factors: the device, and what unlocks it. Challenges come from the
//! library's own random numbers, and are kept here, each for one answer.

use base::AccountId;
use people::{How, Passkey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use webauthn_rs::prelude as rp;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::pending::Pending;

/// A passkey is being made.
pub(crate) struct Making {
    pub account: AccountId,
    pub how: How,
    state: PasskeyRegistration,
}

/// What this server asks of devices.
pub(crate) struct Passkeys {
    /// `None`: browsers make no passkeys for this address.
    webauthn: Option<Webauthn>,
    pub making: Pending<Making>,
    pub asking: Pending<DiscoverableAuthentication>,
}

/// What a device has made.
pub(crate) struct Made {
    pub hash: [u8; 32],
    pub credential: String,
}

/// A passkey that has signed.
pub(crate) struct Signed {
    pub account: AccountId,
    pub hash: [u8; 32],
    pub credential: String,
    pub counter: u32,
}

impl Passkeys {
    /// For a server at this address: passkeys are bound to its name.
    pub(crate) fn at(public_url: &str, name: &str) -> Passkeys {
        let webauthn = relying_party(public_url, name);
        Passkeys { webauthn, making: Pending::default(), asking: Pending::default() }
    }

    /// Whether passkeys can be made and used here.
    pub(crate) fn are_here(&self) -> bool {
        self.webauthn.is_some()
    }

    /// What a device is told in order to make a passkey for an account, and what is kept until it answers.
    pub(crate) fn make(
        &self,
        account: AccountId,
        how: How,
        name: &str,
        held: &[&Passkey],
    ) -> Option<(Value, Making)> {
        let webauthn = self.webauthn.as_ref()?;
        let known: Vec<CredentialID> =
            held.iter().filter_map(|one| Some(read(&one.credential)?.cred_id().clone())).collect();
        let (told, state) = webauthn
            .start_passkey_registration(handle(account), name, name, Some(known))
            .inspect_err(|error| tracing::error!(%error, "a passkey can't be asked for"))
            .ok()?;
        let mut told = serde_json::to_value(told.public_key).ok()?;
        // It has to be found without a name typed.
        let wish = told.get_mut("authenticatorSelection")?.as_object_mut()?;
        wish.insert("residentKey".into(), json!("required"));
        wish.insert("requireResidentKey".into(), json!(true));
        Some((told, Making { account, how, state }))
    }

    /// What the device made, if it is what was asked for.
    pub(crate) fn made(&self, making: &Making, answer: &str) -> Option<Made> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        let passkey = self
            .webauthn
            .as_ref()?
            .finish_passkey_registration(&answer, &making.state)
            .inspect_err(|error| tracing::debug!(%error, "a passkey is not what was asked for"))
            .ok()?;
        let credential = serde_json::to_string(&passkey).ok()?;
        Some(Made { hash: hash(passkey.cred_id()), credential })
    }

    /// What a device is told in order to sign in with any passkey it has for this place.
    pub(crate) fn ask(&self) -> Option<(Value, DiscoverableAuthentication)> {
        let (told, state) = self
            .webauthn
            .as_ref()?
            .start_discoverable_authentication()
            .inspect_err(|error| tracing::error!(%error, "a passkey can't be asked for"))
            .ok()?;
        Some((serde_json::to_value(told.public_key).ok()?, state))
    }

    /// Whether the device signed for a passkey: the passkey as it stands then. `known` finds it by its hash.
    pub(crate) fn signed(
        &self,
        state: DiscoverableAuthentication,
        answer: &str,
        known: impl FnOnce(&[u8; 32]) -> Option<Passkey>,
    ) -> Option<Signed> {
        let webauthn = self.webauthn.as_ref()?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
        let (owner, id) = webauthn.identify_discoverable_authentication(&answer).ok()?;
        let passkey = known(&hash(id)).filter(|one| handle(one.account) == owner)?;
        let mut credential = read(&passkey.credential)?;
        let result = webauthn
            .finish_discoverable_authentication_v2(&answer, state, &credential)
            .inspect_err(|error| tracing::debug!(%error, "a passkey did not sign"))
            .ok()
            .filter(|result| result.user_verified())?;
        credential.update_credential(&result)?;
        let credential = serde_json::to_string(&credential).ok()?;
        let (account, hash) = (passkey.account, passkey.hash);
        Some(Signed { account, hash, credential, counter: result.counter() })
    }
}

/// Browsers bind passkeys to a name under https, and to this very machine for trying.
fn relying_party(public_url: &str, name: &str) -> Option<Webauthn> {
    let url = Url::parse(public_url).ok()?;
    let host = url.domain()?.to_owned();
    if url.scheme() != "https" && host != "localhost" {
        return None;
    }
    WebauthnBuilder::new(&host, &url).ok()?.rp_name(name).build().ok()
}

fn read(credential: &str) -> Option<rp::Passkey> {
    serde_json::from_str(credential).ok()
}

fn hash(credential_id: &[u8]) -> [u8; 32] {
    Sha256::digest(credential_id).into()
}

/// What a device keeps of whose passkey it is: the account's number, which says nothing of a person.
fn handle(account: AccountId) -> Uuid {
    Uuid::from_u64_pair(0, account.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_https() {
        for (url, here) in [
            ("https://card.example.kr", true),
            ("https://card.example.kr:8443/", true),
            ("http://localhost:8080", true),
            ("http://card.example.kr", false),
            ("http://127.0.0.1:8080", false),
            ("https://192.0.2.7", false),
            ("nonsense", false),
        ] {
            assert_eq!(Passkeys::at(url, "시").are_here(), here, "{url}");
        }
    }
}
