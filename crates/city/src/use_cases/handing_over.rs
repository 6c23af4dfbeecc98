//! A shop changes hands or shuts: whose keys open it no more, and where its money doesn't go any more.

use base::{MerchantId, PersonId};
use economy::holder::Merchant;
use economy::store::SET_MERCHANT_OWNER;
use people::account::store::END_GRANT;
use people::organisation::store::SET_OWNER;
use people::{Business, Grant};
use rules::Kind;

use super::tokens;
use crate::follow::To;
use crate::hooks::store::END_HOOKS_OF;
use crate::mail::store::DROP_MAILBOX;
use crate::memory::{CityMemory, CityTurn};
use crate::organisations::Registered;
use crate::payouts::Change;
use crate::payouts::store::{HAND_OVER, HANDED_OVER};
use crate::{Door, Payee};

/// A business is somebody else's from now on, and so is the shop of its number.
pub(super) fn business(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    business: Business,
    owner: Option<PersonId>,
) {
    let shop = city.directory.shop_numbered(business.number.as_str()).cloned();
    if business.owner != owner {
        turn.write(SET_OWNER, vec![business.id.into(), owner.into()]);
        city.register(turn, Registered::Business(Business { owner, ..business }));
    }
    if let Some(shop) = shop.filter(|shop| shop.owner != owner) {
        turn.write(SET_MERCHANT_OWNER, vec![shop.id.into(), owner.into()]);
        let id = shop.id;
        city.put_shop(turn, Merchant { owner, ..shop });
        old_keys(city, turn, id, owner);
    }
}

/// What an owner held ends with their time: every key to the shop but the new owner's own, the addresses its programs and
/// its mail are told at, and the account it was paid out to. What the shop is owed waits until the new owner says where it goes.
pub(super) fn old_keys(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    shop: MerchantId,
    owner: Option<PersonId>,
) {
    let own = owner.and_then(|owner| city.doors.account_of(owner)).map(|account| account.id);
    end_keys(city, turn, shop, |kind, grant| {
        kind == Kind::Till || (kind == Kind::Merchant && Some(grant.account) != own)
    });
    turn.write(END_HOOKS_OF, vec![shop.into(), turn.now.into()]);
    turn.write(DROP_MAILBOX, vec![To::Shop(shop).code().into()]);
    let payee = Payee::Shop(shop);
    turn.write(HAND_OVER, vec![payee.to_string().into(), turn.now.into(), HANDED_OVER.into()]);
    if city.payouts.account(payee).is_some() {
        city.change_payouts(turn, Change::Account(payee, None));
    }
}

/// The tills of a shop that takes nothing any more. Its owner still sees the last payouts, and gives money back.
pub(super) fn tills(city: &mut CityMemory, turn: &mut CityTurn<'_>, shop: MerchantId) {
    end_keys(city, turn, shop, |kind, _| kind == Kind::Till);
}

/// Ends the roles at a shop that are meant, and the tokens that lead to them: whoever is in under one is out at once.
fn end_keys(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    shop: MerchantId,
    meant: impl Fn(Kind, &Grant) -> bool,
) {
    let subject = shop.to_string();
    let mut ending = Vec::new();
    for grant in city.doors.grants().filter(|one| one.ended.is_none()) {
        let kind = city.pack.roles.iter().find(|role| role.id == grant.role).map(|role| role.kind);
        let here = grant.subject.as_ref() == Some(&subject);
        if here && kind.is_some_and(|kind| meant(kind, grant)) {
            ending.push(grant.clone());
        }
    }
    for grant in ending {
        tokens::end_of(city, turn, grant.id);
        turn.write(END_GRANT, vec![grant.id.into(), turn.now.into()]);
        city.put_door(turn, Door::Grant(Grant { ended: Some(turn.now), ..grant }));
    }
}
