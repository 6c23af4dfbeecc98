//! What the vault promises.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use base::Seeded;
use proptest::prelude::*;
use vault::{CantOpen, DataKey, Locked, MasterKey, Masters, Place, Sealed, Use, Vault};

const NAME: Place<'_> = Place { table: "persons", record: "per_0000000000001", field: "naming" };

fn masters(bytes: &[u8]) -> Masters {
    Masters::new(bytes.iter().map(|byte| MasterKey::new([*byte; 32]))).unwrap()
}

fn keys(masters: &Masters) -> Vec<DataKey> {
    let mut entropy = Seeded::new(1);
    [
        (1, "general", Use::Seal),
        (2, "general", Use::Index),
        (3, "victims", Use::Seal),
        (4, "victims", Use::Index),
    ]
    .into_iter()
    .map(|(no, compartment, used_for)| {
        DataKey::fresh(no, compartment, used_for, masters, &mut entropy).unwrap()
    })
    .collect()
}

fn house() -> (Masters, Vec<DataKey>, Vault) {
    let masters = masters(&[7]);
    let keys = keys(&masters);
    let vault = Vault::unlock(&masters, &keys).unwrap();
    (masters, keys, vault)
}

#[test]
fn a_field_opens_only_where_it_was_written() {
    let (.., vault) = house();
    let sealed = vault.seal("general", NAME, "이순임".as_bytes(), &mut Seeded::new(2)).unwrap();
    assert_eq!(&**vault.open(NAME, &sealed).unwrap(), "이순임".as_bytes());
    for elsewhere in [
        Place { record: "per_0000000000002", ..NAME },
        Place { field: "phone", ..NAME },
        Place { table: "person", record: "sper_0000000000001", ..NAME },
    ] {
        assert_eq!(vault.open(elsewhere, &sealed).unwrap_err(), CantOpen::Foreign);
    }
}

#[test]
fn another_compartment_has_other_keys() {
    let (masters, keys, vault) = house();
    let sealed = vault.seal("victims", NAME, b"here", &mut Seeded::new(2)).unwrap();
    let without = Vault::unlock(&masters, &keys[..2]).unwrap();
    assert_eq!(without.open(NAME, &sealed).unwrap_err(), CantOpen::NoKey(3));
    assert_ne!(vault.index("general", "name", "김").unwrap(), vault.index("victims", "name", "김").unwrap());
    assert_ne!(vault.index("general", "name", "김").unwrap(), vault.index("general", "phone", "김").unwrap());
    assert!(matches!(without.index("victims", "name", "김"), Err(Locked::NoKey { .. })));
}

#[test]
fn a_wrong_master_key_is_told_from_a_lost_one() {
    let (_, keys, _) = house();
    assert!(matches!(Vault::unlock(&masters(&[8]), &keys), Err(Locked::NoMaster { no: 1, .. })));
    let mut changed = keys.clone();
    changed[0].wrapped.0[40] ^= 1;
    assert_eq!(Vault::unlock(&masters(&[7]), &changed).unwrap_err(), Locked::Broken { no: 1 });
    // A key of one compartment can't be passed off as another's.
    let mut moved = keys;
    moved[0].compartment = "victims".into();
    assert_eq!(Vault::unlock(&masters(&[7]), &moved).unwrap_err(), Locked::Broken { no: 1 });
}

#[test]
fn master_keys_are_changed_without_touching_a_field() {
    let (_, keys, vault) = house();
    let sealed = vault.seal("general", NAME, b"kept", &mut Seeded::new(2)).unwrap();
    let both = masters(&[9, 7]);
    let rewrapped: Vec<DataKey> =
        keys.iter().map(|key| key.rewrapped(&both, &mut Seeded::new(3)).unwrap()).collect();
    let vault = Vault::unlock(&masters(&[9]), &rewrapped).unwrap();
    assert_eq!(&**vault.open(NAME, &sealed).unwrap(), b"kept");
}

#[test]
fn the_newest_data_key_seals_and_older_ones_still_open() {
    let (masters, _, mut vault) = house();
    let old = vault.seal("general", NAME, b"old", &mut Seeded::new(2)).unwrap();
    let index = vault.index("general", "name", "김").unwrap();
    let newer = DataKey::fresh(5, "general", Use::Seal, &masters, &mut Seeded::new(4)).unwrap();
    vault.add(&masters, &newer).unwrap();
    let new = vault.seal("general", NAME, b"new", &mut Seeded::new(2)).unwrap();
    assert_eq!((old.key_no(), new.key_no()), (Ok(1), Ok(5)));
    assert_eq!(&**vault.open(NAME, &old).unwrap(), b"old");
    assert_eq!(&**vault.open(NAME, &new).unwrap(), b"new");
    assert_eq!(vault.index("general", "name", "김").unwrap(), index);
}

#[test]
fn while_index_keys_change_both_find() {
    let (masters, _, mut vault) = house();
    let old = vault.index("general", "name", "김").unwrap();
    let newer = DataKey::fresh(5, "general", Use::Index, &masters, &mut Seeded::new(4)).unwrap();
    vault.add(&masters, &newer).unwrap();
    assert_eq!(vault.indexing("general").collect::<Vec<_>>(), [5, 2]);
    let all = vault.indexes("general", "name", "김").unwrap();
    assert_eq!((all.len(), all[0], all[1]), (2, vault.index("general", "name", "김").unwrap(), old));
    assert_ne!(all[0], old);
    // The one in use can't go, nor another compartment's only one.
    assert!(!vault.remove(5) && !vault.remove(4) && vault.remove(2) && !vault.remove(2));
    assert_eq!(vault.indexes("general", "name", "김").unwrap(), [all[0]]);
}

#[test]
fn keys_are_never_shown() {
    let key = MasterKey::new([0xab; 32]);
    assert!(!format!("{key:?}").contains("abab"));
    let (.., vault) = house();
    assert_eq!(format!("{vault:?}"), "Vault { seals: [1, 3], .. }");
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_what_was_changed_does_not(
        text in proptest::collection::vec(any::<u8>(), 0..200), seed: u64, at: prop::sample::Index, flip in 1u8..
    ) {
        let (.., vault) = house();
        let sealed = vault.seal("general", NAME, &text, &mut Seeded::new(seed)).unwrap();
        prop_assert_eq!(&**vault.open(NAME, &sealed).unwrap(), &text);
        let mut changed = sealed.clone();
        let place = at.index(changed.0.len());
        changed.0[place] ^= flip;
        prop_assert!(vault.open(NAME, &changed).is_err());
    }

    #[test]
    fn bytes_of_any_kind_are_refused_calmly(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let (.., vault) = house();
        prop_assert!(vault.open(NAME, &Sealed(bytes)).is_err());
    }
}
