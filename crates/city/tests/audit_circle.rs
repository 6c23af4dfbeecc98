//! An auditor's pack of money that went the whole circle: everything in it is decided again and held against the bank's
//! files, and what was changed anywhere is found and named.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::circle;

use base::PostingNo;
use circle::{account, behind, changed, dropped, entries, file_with, made_to_fit, march, packed, town};
use city::payouts::end_to_end;
use city::sealing::pack::{Banked, NotAudited, NotBanked};
use economy::{Class, chart};
use testkit::{Engine, Place, on_each_engine};

#[test]
fn a_whole_circle_is_decided_again() {
    on_each_engine(|place| {
        let told = town(Place::fresh(place.engine()));
        let packed = packed(&told);
        let march = packed.audit(0).unwrap();
        let Some(Banked { files, payments, answers, ended }) = march.banked else { panic!() };
        // Three shops are paid out in one file; one of them comes back: four ends.
        assert_eq!((files, payments, answers, ended), (1, 3, 1, 4));
        assert!(march.decided >= 15, "{}", march.decided);
        let april = packed.audit(1).unwrap();
        assert!(
            april
                .banked
                .as_ref()
                .is_some_and(|banked| banked.payments > 0 && banked.ended == banked.payments)
        );
        // A capture, three refunds, gifts passed on, payouts and their answer, coupons back, a claim's end.
        assert!(april.decided >= 9, "{}", april.decided);
        for audited in [march, april] {
            assert_eq!((audited.postings, audited.undecided), (audited.decided, Vec::new()));
        }
    });
}

#[test]
fn what_the_bank_was_told_and_said_is_held_against_the_journal() {
    on_each_engine(|place| {
        let told = town(Place::fresh(place.engine()));
        let packed = packed(&told);
        let id = end_to_end(told.payout);
        let (_keep, pack) = packed.copy();
        let file = file_with(&pack, "payouts", &id);
        let text = std::fs::read_to_string(pack.join(&file)).unwrap();
        let amount: i64 = between(text.split_once(&id).unwrap().1, "\"KRW\">", "<").parse().unwrap();
        let sum: i64 = between(&text, "<CtrlSum>", "<").parse().unwrap();
        changed(&pack, &file, &format!(">{amount}<"), &format!(">{}<", amount + 1));
        changed(&pack, &file, &format!("<CtrlSum>{sum}<"), &format!("<CtrlSum>{}<", sum + 1));
        match packed.audit_of(&pack) {
            NotAudited::Bank(NotBanked::Sum { payment, told, posted, .. }) => {
                assert_eq!((payment, told, posted), (id.clone(), amount + 1, amount));
            }
            other => panic!("{other}"),
        }

        let (_keep, pack) = packed.copy();
        dropped(&pack, &file);
        let missing = packed.audit_of(&pack);
        assert!(matches!(missing, NotAudited::Bank(NotBanked::NotSent { .. })), "{missing}");

        let (_keep, pack) = packed.copy();
        let answer = file_with(&pack, "answers", &id);
        dropped(&pack, &answer);
        match packed.audit_of(&pack) {
            NotAudited::Bank(NotBanked::NoAnswer { answer: hash, .. }) => assert!(answer.contains(&hash)),
            other => panic!("{other}"),
        }

        let (_keep, pack) = packed.copy();
        changed(&pack, &answer, &format!(">{amount}<"), &format!(">{}<", amount + 1));
        let other = packed.audit_of(&pack);
        assert!(matches!(&other, NotAudited::Bank(NotBanked::Answer(name)) if *name == answer), "{other}");

        // A payment to nobody the journal pays.
        let (_keep, pack) = packed.copy();
        changed(&pack, &file, &id, &end_to_end(PostingNo(999_999)));
        let other = packed.audit_of(&pack);
        assert!(matches!(other, NotAudited::Bank(NotBanked::Payment { .. })), "{other}");
    });
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

/// A city that seals what its rules did not give: the seal holds, and the rules tell.
fn lied(lie: impl Fn(&circle::Told), found: impl Fn(&circle::Told, NotAudited)) {
    on_each_engine(|place| {
        let told = town(Place::fresh(place.engine()));
        lie(&told);
        made_to_fit(&told.city);
        let error = march(&told).audit(0).unwrap_err();
        found(&told, error);
    });
}

#[test]
fn a_moved_gift_leg_is_named() {
    lied(
        |told| {
            let (from, to) = (account(&told.city, &chart::gifts(1)), account(&told.city, &chart::gifts(0)));
            behind(
                &told.city,
                &format!(
                    "UPDATE entries SET credit = {to} WHERE posting = {} AND credit = {from}",
                    told.gift.0
                ),
            );
        },
        |told, error| {
            let NotAudited::Posting(no, what) = error else { panic!("{error}") };
            assert_eq!((no, what), (told.gift, "what it gave is not what its gift leg moved"));
        },
    );
}

#[test]
fn a_gift_of_another_share_is_named() {
    lied(
        |told| {
            let sql =
                "UPDATE postings SET facts = REPLACE(facts, '\"share\":5000', '\"share\":4000') WHERE no = ";
            behind(&told.city, &format!("{sql}{}", told.gift.0));
        },
        |told, error| match error {
            NotAudited::Leg { no, from, to, recorded, again } => {
                assert_eq!((no, from, to), (told.gift, "holder.purse", "gift.collected"));
                assert_eq!((recorded, again), (600, 480));
            }
            other => panic!("{other}"),
        },
    );
}

/// What is told of gifts in April is another thing than the rows give that March began.
fn april_told(from: &str, to: &str) {
    on_each_engine(|place| {
        let told = town(Place::fresh(place.engine()));
        let sql = format!("UPDATE postings SET facts = REPLACE(facts, '{from}', '{to}')");
        behind(&told.city, &format!("{sql} WHERE facts LIKE '%{from}%'"));
        let packed = packed(&told);
        packed.audit(0).unwrap();
        match packed.audit(1).unwrap_err() {
            NotAudited::Posting(_, what) => assert_eq!(what, "its facts are not what the rules give"),
            other => panic!("{other}"),
        }
    });
}

/// The collector spent 500 of what was given: 300 of a gift of 600, of which the other half had come back, and 200 of the next.
/// It says that it took others.
#[test]
fn gifts_that_were_spent_out_of_turn_are_named() {
    let others = "\"from\":600,\"until\":1100,\"amount\":500";
    april_told("\"from\":0,\"until\":800,\"amount\":500", others);
}

/// That half came back from the gift's end, as its row has it; the refund says that others came back.
#[test]
fn won_of_a_gift_that_came_back_out_of_turn_are_named() {
    april_told("\"back\":300,\"until\":600", "\"back\":300,\"until\":500");
}

#[test]
fn a_coupon_spent_at_the_wrong_trade_is_named() {
    lied(
        |told| {
            behind(
                &told.city,
                &format!("UPDATE merchants SET trade = 'restaurant' WHERE id = '{}'", told.market),
            );
        },
        |told, error| match error {
            NotAudited::Leg { no, from, to, .. } => {
                assert_eq!((no, from, to), (told.coupon, "holder.purse", "shop.payable"));
            }
            other => panic!("{other}"),
        },
    );
}

#[test]
fn a_coupon_and_a_discount_beyond_the_rules_are_named() {
    // More than one person is given: the coupon, its meter and its budget all agree, and the rules don't.
    lied(
        |told| {
            let no = told.given.0;
            behind(&told.city, &format!("UPDATE entries SET amount = 40001 WHERE posting = {no}"));
            let sql =
                "UPDATE postings SET amount = 40001, facts = REPLACE(facts, '20000', '40001') WHERE no = ";
            behind(&told.city, &format!("{sql}{no}"));
        },
        |told, error| match error {
            NotAudited::Refused { no, code } => assert_eq!((no, code), (told.given, "coupon.person-most")),
            other => panic!("{other}"),
        },
    );
    lied(
        |told| {
            let due = account(&told.city, &chart::scheme(Class::TreasuryDue));
            let granted = entries(&told.city);
            let discount = granted.iter().find(|entry| {
                entry.posting == told.discount && entry.debit.0 == due && entry.amount == 23_450 / 5
            });
            behind(
                &told.city,
                &format!("UPDATE entries SET amount = amount + 1 WHERE no = {}", discount.unwrap().no.0),
            );
        },
        |told, error| match error {
            NotAudited::Leg { no, from, to, recorded, again } => {
                assert_eq!((no, from, to), (told.discount, "treasury.due", "shop.payable"));
                assert_eq!((recorded, again), (4_691, 4_690));
            }
            other => panic!("{other}"),
        },
    );
}

#[test]
fn a_pack_without_the_banks_files_says_so() {
    let told = town(Place::fresh(Engine::Sqlite));
    let packed = packed(&told);
    let (_keep, pack) = packed.copy();
    // The manifest alone can't deny them: its word is what the audit tells.
    let manifest = std::fs::read_to_string(pack.join("manifest.json")).unwrap();
    std::fs::write(pack.join("manifest.json"), manifest.replace("\"bank\": true", "\"bank\": false"))
        .unwrap();
    let audited = city::sealing::pack::audit(&pack, &packed.key, &mut |_| ()).unwrap();
    assert_eq!(audited.banked, None);
}
