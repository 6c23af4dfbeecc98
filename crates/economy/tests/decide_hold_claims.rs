//! Reservations that take from prepaid claims: reserved, taken whole and in part, let go, and what a claim's end changes.

use crate::support;

use economy::Facts;
use support::{Town, day, jeonju, rows};

fn town(before: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-02-24"));
    town.given(
        "offers bakery; cash 300,000; budget.left/cashback-2021 1,000,000; \
         budget.left/guarantee-prepay-2021 500,000",
    );
    before.split(';').map(str::trim).filter(|line| !line.is_empty()).for_each(|line| town.must(line));
    town
}

/// Claim, its advance, the advance of what is reserved, all holds, the shop's, own money, cashback, and the guarantee's
/// reserve.
fn stands(town: &Town) -> String {
    const OF: [&str; 6] = [
        "holder.prepaid/1",
        "shop.advance/1",
        "shop.advance/1/held",
        "shop.payable",
        "holder.purse/cash",
        "holder.purse/reward",
    ];
    let all = OF.map(|name| base::Won(town.balance(&town.account(name))).to_string()).join(" ");
    let reserved = town.account("budget.reserved/guarantee-prepay-2021");
    format!("{all} | {} {}", base::Won(town.sum(economy::Class::Hold)), base::Won(town.balance(&reserved)))
}

#[test]
fn claims_are_reserved_before_purses() {
    const TABLE: &str = "
        # before                                                      | deed                 | claim advance held payable cash reward | holds guarantee
        # in escrow: nothing was advanced
        prepay 100,000                                                | authorise 30,000     | 70,000 0 0 0 200,000 10,000 ; 30,000 0
        prepay 100,000; authorise 30,000                              | capture of 2         | 70,000 0 0 30,000 200,000 10,000 ; 0 0
        prepay 100,000; authorise 30,000                              | void 2               | 100,000 0 0 0 200,000 10,000 ; 0 0
        # advanced: what belongs to the reserved part waits
        prepay 100,000; advance                                       | authorise 30,000     | 70,000 70,000 30,000 100,000 200,000 10,000 ; 30,000 100,000
        prepay 100,000; advance; authorise 30,000                     | capture of 3         | 70,000 70,000 0 100,000 200,000 10,000 ; 0 70,000
        prepay 100,000; advance; authorise 30,000                     | capture 10,000 of 3  | 90,000 90,000 0 100,000 200,000 10,000 ; 0 90,000
        prepay 100,000; advance; authorise 30,000                     | expire-hold 3        | 100,000 100,000 0 100,000 200,000 10,000 ; 0 100,000
        # a payment in between uses what is not reserved, and a second reservation the rest
        prepay 100,000; advance; authorise 30,000; pay 70,000         | authorise 5,000      | 0 0 30,000 100,000 200,000 5,000 ; 35,000 30,000
        prepay 100,000; advance; authorise 30,000; authorise 20,000   | capture of 3         | 50,000 50,000 20,000 100,000 200,000 10,000 ; 20,000 70,000
        prepay 100,000; advance; authorise 30,000; authorise 20,000; capture of 3 | void 4   | 70,000 70,000 0 100,000 200,000 10,000 ; 0 70,000
        # refunded, it is advanced again
        prepay 100,000; advance; authorise 30,000; capture of 3       | refund 10,000 of 4   | 80,000 80,000 0 100,000 200,000 10,000 ; 0 80,000
        # more than is prepaid: the rest from purses, cashback first
        prepay 100,000; advance; authorise 140,000                    | capture 120,000 of 3 | 0 0 0 120,000 185,000 6,500 ; 0 0
    ";
    for row in rows(TABLE) {
        let [before, deed, after] = row[..] else { panic!("{row:?}") };
        let mut town = town(before);
        town.must(deed);
        assert_eq!(stands(&town), after.replace(';', "|"), "{before} | {deed}");
    }
}

#[test]
fn what_is_captured_says_which_claim_paid() {
    let mut town = town("prepay 100,000; advance; authorise 140,000");
    match town.act("capture 120,000 of 3").unwrap().facts {
        Facts::Capture { payment, .. } => {
            assert_eq!(payment.prepaid, [(1, 100_000, 100_000)]);
            // Of the 40,000 that purses would give, 10,000 were cashback, which earns nothing.
            assert_eq!(payment.legs.iter().map(|leg| leg.2).sum::<i64>(), 20_000);
            assert_eq!(payment.cashback.reward, 1_500);
        }
        other => panic!("{other:?}"),
    }
}

/// Any order of reserving, taking, letting go, paying, giving back and closing leaves the books whole: the town checks them
/// after each posting, and at the end nothing waits that no reservation stands for.
#[test]
fn any_order_leaves_the_books_whole() {
    let deeds =
        ["authorise 30,000", "authorise 77,777", "pay 12,345", "capture", "capture-part", "void", "refund"];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |of: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % of as u64).unwrap()
    };
    for round in 0..120 {
        let mut town = town(if round % 2 == 0 { "prepay 200,000; advance" } else { "prepay 200,000" });
        let mut open: Vec<usize> = Vec::new();
        let mut paid: Vec<usize> = Vec::new();
        for _ in 0..14 {
            let deed = deeds[draw(deeds.len())];
            let line = match deed {
                "capture" | "capture-part" | "void" if open.is_empty() => continue,
                "refund" if paid.is_empty() => continue,
                "capture" => format!("capture of {}", open.swap_remove(draw(open.len()))),
                "capture-part" => format!("capture 9,999 of {}", open.swap_remove(draw(open.len()))),
                "void" => format!("void {}", open.swap_remove(draw(open.len()))),
                "refund" => format!("refund 1,111 of {}", paid[draw(paid.len())]),
                other => other.to_owned(),
            };
            let Ok(decision) = town.act(&line) else { continue };
            match decision.facts {
                Facts::Authorise(_) => open.push(town.done.len()),
                Facts::Pay(_) | Facts::Capture { .. } => paid.push(town.done.len()),
                _ => {}
            }
        }
        // The claim ends with reservations open: returned, or with its shop.
        let end = if round % 3 == 0 { "closed bakery; close-out 1" } else { "take-back 1" };
        if town.balance(&town.account("holder.prepaid/1")) > 0 {
            end.split("; ").for_each(|line| town.must(line));
        }
        for no in open {
            town.must(&format!("void {no}"));
        }
        let left = |name: &str| town.balance(&town.account(name));
        assert_eq!((left("shop.advance/1/held"), town.sum(economy::Class::Hold)), (0, 0));
        assert!(left("shop.advance/1") <= left("holder.prepaid/1"));
        assert_eq!(left("shop.advance/1"), left("budget.reserved/guarantee-prepay-2021"));
    }
}
