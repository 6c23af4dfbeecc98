//! With the keyboard alone: a payment, and taking somebody in at the window.

use crate::visitor::{Visitor, WAYS, Way};
use crate::{SHOP_CODE, site};

/// The most fields that taking someone in may ask for.
const FIELDS: u64 = 10;

#[test]
fn a_payment_with_the_keyboard_alone() {
    let site = site();
    let me = Visitor::new(&site, Way { lang: "en", width: 1280 });
    me.open("/enter");
    me.tab_to("a.skip");
    me.tab_to("button[value=citizen]");
    me.press("Enter", 13);
    me.arrives("/wallet");
    me.tab_to("#shop");
    me.type_in(SHOP_CODE);
    me.tab_to("#amount");
    me.type_in("4000");
    assert_eq!(me.browser.eval("return document.activeElement.value"), "4,000");
    me.press("Enter", 13);
    me.arrives("/wallet/paid/");
    me.tab_to(".paid a.btn.main");
    me.press("Enter", 13);
    me.browser.wait_for_text("96,400");
}

#[test]
fn somebody_is_taken_in_with_the_keyboard_alone() {
    for way in WAYS {
        let site = site();
        let clerk = Visitor::new(&site, way);
        clerk.open("/enter");
        clerk.tab_to("button[value=clerk]");
        clerk.press("Enter", 13);
        clerk.arrives("/clerk");
        clerk.browser.wait_for("#enrol");
        let fields = "return document.querySelectorAll('#enrol form[data-autosave] :is(select, textarea, \
            input:not([type=hidden]))').length";
        let asked = clerk.browser.eval(fields).as_u64().unwrap();
        assert!((3..=FIELDS).contains(&asked), "{asked} fields");
        clerk.tab_to("#enrol > summary");
        clerk.press("Enter", 13);
        clerk.tab_to("#name");
        clerk.type_in("박새봄");
        clerk.tab_to("#born");
        clerk.type_in("1951-03-09");
        clerk.tab_to("#phone");
        clerk.type_in("01098765432");
        // Every field is a stop on the way, in the order they are read in.
        for field in ["#district", "#kind", "#note"] {
            clerk.tab_to(field);
        }
        clerk.tab_to("#enrol form button:not([formaction])");
        clerk.press("Enter", 13);
        clerk.arrives("did=enrolled");
        clerk.browser.wait_for_text("박새봄");
        clerk.browser.wait_for_text("1951");
        clerk.sound();
    }
}
