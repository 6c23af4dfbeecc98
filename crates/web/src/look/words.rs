//! The files of texts, one a room of the house, as one text a language.

use base::Lang;

const KO: &str = concat!(
    include_str!("../../texts/ko/house.ftl"),
    "\n",
    include_str!("../../texts/ko/giving.ftl"),
    "\n",
    include_str!("../../texts/ko/seal.ftl"),
    "\n",
    include_str!("../../texts/ko/prepay.ftl"),
    "\n",
    include_str!("../../texts/ko/coupons.ftl"),
    "\n",
    include_str!("../../texts/ko/settlement.ftl"),
    "\n",
    include_str!("../../texts/ko/notices.ftl"),
    "\n",
    include_str!("../../texts/ko/tills.ftl"),
    "\n",
    include_str!("../../texts/ko/organisations.ftl"),
    "\n",
    include_str!("../../texts/ko/joining.ftl"),
    "\n",
    include_str!("../../texts/ko/window.ftl"),
    "\n",
    include_str!("../../texts/ko/proposals.ftl"),
    "\n",
    include_str!("../../texts/ko/shops.ftl"),
);

const EN: &str = concat!(
    include_str!("../../texts/en/house.ftl"),
    "\n",
    include_str!("../../texts/en/giving.ftl"),
    "\n",
    include_str!("../../texts/en/seal.ftl"),
    "\n",
    include_str!("../../texts/en/prepay.ftl"),
    "\n",
    include_str!("../../texts/en/coupons.ftl"),
    "\n",
    include_str!("../../texts/en/settlement.ftl"),
    "\n",
    include_str!("../../texts/en/notices.ftl"),
    "\n",
    include_str!("../../texts/en/tills.ftl"),
    "\n",
    include_str!("../../texts/en/organisations.ftl"),
    "\n",
    include_str!("../../texts/en/joining.ftl"),
    "\n",
    include_str!("../../texts/en/window.ftl"),
    "\n",
    include_str!("../../texts/en/proposals.ftl"),
    "\n",
    include_str!("../../texts/en/shops.ftl"),
);

/// All texts of a language.
pub fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => KO,
        Lang::En => EN,
    }
}
