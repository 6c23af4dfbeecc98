//! Every page, rendered in both languages and looked over; written to `target/look/` for people to look at.

use askama::Template;
use base::{Arg, Lang, Refusal, Won, date};

use super::samples as s;
use super::texts::MISSING;
use super::*;

fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let shown = |page: &dyn askama::DynTemplate| page.dyn_render().unwrap();
    vec![
        ("town", shown(&s::town(lang))),
        ("enter", shown(&s::enter(lang))),
        ("sign_in", shown(&s::sign_in(lang))),
        ("on_the_way", shown(&s::on_the_way(lang))),
        ("first_passkey", shown(&s::first_passkey(lang))),
        ("wallet", shown(&s::wallet(lang))),
        ("wallet_scanned", shown(&s::wallet_scanned(lang))),
        ("wallet_wrong", shown(&s::wallet_wrong(lang))),
        ("wallet_large", shown(&s::wallet_large(lang))),
        ("history", shown(&s::history(lang))),
        ("paid", shown(&s::paid(lang))),
        ("receipt", shown(&s::receipt(lang))),
        ("checked", shown(&s::checked(lang))),
        ("busy", shown(&s::busy(lang))),
        ("refused", shown(&s::refused(lang))),
        ("shop", shown(&s::shop(lang))),
        ("shop_empty", shown(&s::shop_empty(lang))),
        ("till", shown(&s::till(lang))),
        ("shop_qr", shown(&s::shop_qr(lang))),
        ("shop_poster", shown(&s::shop_poster(lang))),
        ("desk", shown(&s::desk(lang))),
        ("desk_wrong", shown(&s::desk_wrong(lang))),
        ("desk_resting", shown(&s::desk_resting(lang))),
        ("desk_quiet", shown(&s::desk_quiet(lang))),
        ("rehearsal", shown(&s::rehearsal(lang))),
        ("rehearsal_running", shown(&s::rehearsal_running(lang))),
        ("books", shown(&s::books(lang))),
        ("books_wrong", shown(&s::books_wrong(lang))),
        ("books_running", shown(&s::books_running(lang))),
        ("posting", shown(&s::posting(lang))),
        ("api_docs", shown(&s::api_docs(lang))),
        ("clerk", shown(&s::clerk(lang))),
        ("me_looks", shown(&s::me_looks(lang))),
        ("me_looks_empty", shown(&s::me_looks_empty(lang))),
        ("desk_looks", shown(&s::desk_looks(lang))),
        ("desk_looks_empty", shown(&s::desk_looks_empty(lang))),
        ("inspection", shown(&s::inspection(lang))),
        ("inspection_broken", shown(&s::inspection_broken(lang))),
        ("clerk_several", shown(&s::clerk_several(lang))),
        ("records", shown(&s::records(lang))),
        ("records_at_window", shown(&s::records_at_window(lang))),
        ("records_alone", shown(&s::records_alone(lang))),
        ("clerk_code", shown(&s::clerk_code(lang))),
        ("account", shown(&s::account(lang))),
        ("access", shown(&s::access(lang))),
        ("access_without", shown(&s::access_without(lang))),
        ("organisations", shown(&s::organisations(lang))),
        ("organisation", shown(&s::organisation(lang))),
        ("organisation_own", shown(&s::organisation_own(lang))),
        ("organisation_chest", shown(&s::organisation_chest(lang))),
        ("tokens", shown(&s::tokens(lang))),
        ("giving", shown(&s::giving(lang))),
        ("giving_empty", shown(&s::giving_empty(lang))),
        ("follow_begin", shown(&s::follow_begin(lang))),
        ("follow", shown(&s::follow(lang))),
        ("own_giving", shown(&s::own_giving(lang))),
        ("own_giving_empty", shown(&s::own_giving_empty(lang))),
        ("gift_receipt", shown(&s::gift_receipt(lang))),
        ("shop_giving", shown(&s::shop_giving(lang))),
        ("shop_giving_new", shown(&s::shop_giving_new(lang))),
        ("angel", shown(&s::angel(lang))),
        ("plaque", shown(&s::plaque(lang))),
        ("desk_giving", shown(&s::desk_giving(lang))),
        ("chest", shown(&s::chest(lang))),
        ("coupons_open", shown(&s::coupons_open(lang))),
        ("coupons_open_empty", shown(&s::coupons_open_empty(lang))),
        ("coupons_mine", shown(&s::coupons_mine(lang))),
        ("coupons_mine_empty", shown(&s::coupons_mine_empty(lang))),
        ("coupons_draw", shown(&s::coupons_draw(lang))),
        ("coupons_draw_ahead", shown(&s::coupons_draw_ahead(lang))),
        ("coupons_desk", shown(&s::coupons_desk(lang))),
        ("coupons_desk_empty", shown(&s::coupons_desk_empty(lang))),
        ("coupons_checked", shown(&s::coupons_checked(lang))),
        ("coupons_checked_known", shown(&s::coupons_checked_known(lang))),
        ("coupons_checked_short", shown(&s::coupons_checked_short(lang))),
        ("coupons_checked_none", shown(&s::coupons_checked_none(lang))),
        ("coupons_everyone", shown(&s::coupons_everyone(lang))),
        ("coupons_everyone_short", shown(&s::coupons_everyone_short(lang))),
        ("coupons_job", shown(&s::coupons_job(lang))),
        ("coupons_job_stopped", shown(&s::coupons_job_stopped(lang))),
        ("coupons_job_waiting", shown(&s::coupons_job_waiting(lang))),
        ("coupons_job_dropped", shown(&s::coupons_job_dropped(lang))),
        ("coupons_shop", shown(&s::coupons_shop(lang))),
        ("coupons_shop_empty", shown(&s::coupons_shop_empty(lang))),
        ("shop_payouts", shown(&s::shop_payouts(lang))),
        ("shop_payouts_empty", shown(&s::shop_payouts_empty(lang))),
        ("shop_payout", shown(&s::shop_payout(lang))),
        ("desk_payouts", shown(&s::desk_payouts(lang))),
        ("desk_payouts_empty", shown(&s::desk_payouts_empty(lang))),
        ("desk_lines", shown(&s::desk_lines(lang))),
        ("desk_lines_empty", shown(&s::desk_lines_empty(lang))),
        ("verify", shown(&s::verify(lang))),
        ("verify_holds", shown(&s::verify_holds(lang))),
        ("verify_fails", shown(&s::verify_fails(lang))),
        ("float", shown(&s::float(lang))),
        ("float_none", shown(&s::float_none(lang))),
        ("shop_hooks", shown(&s::shop_hooks(lang))),
        ("shop_hooks_empty", shown(&s::shop_hooks_empty(lang))),
        ("notices", shown(&s::notices(lang))),
        ("notices_empty", shown(&s::notices_empty(lang))),
        ("mail", shown(&s::mail(lang))),
        ("mail_new", shown(&s::mail_new(lang))),
        ("inboxes", shown(&s::inboxes(lang))),
        ("inboxes_empty", shown(&s::inboxes_empty(lang))),
        ("untold", shown(&s::untold(lang))),
        ("untold_empty", shown(&s::untold_empty(lang))),
        ("alike", shown(&s::alike(lang))),
        ("alike_empty", shown(&s::alike_empty(lang))),
        ("waiting", shown(&s::waiting(lang))),
        ("waiting_empty", shown(&s::waiting_empty(lang))),
        ("compartment", shown(&s::compartment(lang))),
        ("compartment_empty", shown(&s::compartment_empty(lang))),
        ("compartment_new", shown(&s::compartment_new(lang))),
        ("compartment_record", shown(&s::compartment_record(lang))),
        ("compartment_closed", shown(&s::compartment_closed(lang))),
        ("compartment_looks", shown(&s::compartment_looks(lang))),
        ("compartment_looks_empty", shown(&s::compartment_looks_empty(lang))),
        ("moving", shown(&s::moving(lang))),
        ("moving_under_way", shown(&s::moving_under_way(lang))),
        ("moving_none", shown(&s::moving_none(lang))),
        ("exchange", shown(&s::exchange(lang))),
        ("exchange_empty", shown(&s::exchange_empty(lang))),
        ("case", shown(&s::case(lang))),
        ("case_closed", shown(&s::case_closed(lang))),
        ("shop_cases", shown(&s::shop_cases(lang))),
        ("shop_cases_empty", shown(&s::shop_cases_empty(lang))),
        ("shop_case", shown(&s::shop_case(lang))),
        ("shops", shown(&s::shops(lang))),
        ("shops_none", shown(&s::shops_none(lang))),
        ("join_look_up", shown(&s::join_look_up(lang))),
        ("join_look_up_wrong", shown(&s::join_look_up_wrong(lang))),
        ("join_mine", shown(&s::join_mine(lang))),
        ("join_mine_empty", shown(&s::join_mine_empty(lang))),
        ("desk_joining", shown(&s::desk_joining(lang))),
        ("desk_joining_empty", shown(&s::desk_joining_empty(lang))),
        ("desk_joining_file", shown(&s::desk_joining_file(lang))),
        ("desk_joining_appeal", shown(&s::desk_joining_appeal(lang))),
        ("prepaid", shown(&s::prepaid(lang))),
        ("prepaid_empty", shown(&s::prepaid_empty(lang))),
        ("shop_prepaid", shown(&s::shop_prepaid(lang))),
        ("shop_prepaid_empty", shown(&s::shop_prepaid_empty(lang))),
        ("prepaid_board", shown(&s::prepaid_board(lang))),
        ("prepaid_board_empty", shown(&s::prepaid_board_empty(lang))),
        ("desk_prepaid", shown(&s::desk_prepaid(lang))),
        ("desk_prepaid_empty", shown(&s::desk_prepaid_empty(lang))),
    ]
}

fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn every_page_speaks_both_languages() {
    for lang in [Lang::Ko, Lang::En] {
        for (name, html) in pages(lang) {
            assert!(
                !html.contains(MISSING),
                "{name}: a text is missing: {}",
                at(&html, &MISSING.to_string())
            );
            assert!(!html.contains("{$") && !html.contains("{ $"), "{name}: {}", at(&html, "{"));
            assert!(!html.contains("JOSA"), "{name}: {}", at(&html, "JOSA"));
            let text = visible(&html).replace("한국어", "");
            let korean = text.chars().filter(|c| ('가'..='힣').contains(c)).count();
            match lang {
                Lang::Ko => assert!(korean > 40, "{name} says little in Korean"),
                Lang::En => assert_eq!(korean, 0, "{name} says Korean in English: {text}"),
            }
        }
    }
}

fn at(html: &str, needle: &str) -> String {
    let start = html.find(needle).unwrap_or(0);
    html[start..].chars().take(80).collect()
}

#[test]
fn nothing_is_styled_or_scripted_inline_and_ids_are_unique() {
    for (name, html) in pages(Lang::Ko) {
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name}");
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "{name}");
        assert_eq!(html.matches("<script").count(), html.matches("<script src=\"/assets/").count(), "{name}");
        let mut seen = std::collections::BTreeSet::new();
        for rest in html.split(" id=\"").skip(1) {
            let id = rest.split('"').next().unwrap_or("");
            assert!(seen.insert(id) || name == "clerk", "{name}: id {id} stands twice");
        }
        for form in html.split("<form method=\"post\"").skip(1) {
            let form = form.split("</form>").next().unwrap_or("");
            assert!(form.contains("name=\"csrf\""), "{name}: a form without csrf: {}", at(form, ""));
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}: one first heading");
        assert!(html.contains("070-1234-5678") || name == "paid", "{name}: the phone number is there");
    }
}

#[test]
fn the_town_is_light() {
    let page = s::town(Lang::Ko).render().unwrap();
    let assets: usize = ASSETS.iter().map(|a| a.content.len()).sum();
    assert!(page.len() + assets < 150_000, "{} + {assets} bytes", page.len());
}

#[test]
fn every_refusal_is_whole_in_both_languages() {
    let won = || Arg::Won(Won(12_000));
    let full = |code: &'static str| {
        let names = [
            "least",
            "most",
            "missing",
            "limit",
            "held",
            "room",
            "above",
            "here",
            "elsewhere",
            "left",
            "measure",
            "part",
            "rest",
            "others",
            "sum",
            "short",
            "wanted",
            "given",
            "was",
            "now",
            "needed",
            "stated",
            "found",
        ];
        let refusal = names.iter().fold(Refusal::new(code), |r, name| r.with(name, won()));
        refusal
            .with("error", Arg::Text("expected value".to_owned()))
            .with("errors", Arg::Text("card.toml:3: 0 is too little".to_owned()))
            .with("id", Arg::Text("2021-02-24-1".to_owned()))
            .with("file", Arg::Text("OG0000000001".to_owned()))
            .with("account", Arg::Text("1013".to_owned()))
            .with("holder", Arg::Text("Bibim".to_owned()))
            .with("why", Arg::Text("form".to_owned()))
            .with("renews", Arg::Date(date(2021, 3, 1)))
            .with("day", Arg::Date(date(2021, 3, 1)))
            .with("budget", Arg::Text("cashback-2021".to_owned()))
            .with("line", Arg::Text("purses/cash".to_owned()))
            .with("next", Arg::Count(7))
            .with("stated_count", Arg::Count(7))
            .with("found_count", Arg::Count(8))
            .with("share", Arg::Count(60))
            .with("seconds", Arg::Count(30))
            .with("days", Arg::Count(7))
            .with("from", Arg::Date(date(2021, 3, 1)))
            .with("until", Arg::Date(date(2021, 3, 9)))
            .with("time", Arg::Text("09:00".to_owned()))
            .with("job", Arg::Count(3))
            .with("ticket", Arg::Count(5))
            .with("have", Arg::Count(3))
            .with("full", Arg::Count(5))
            .with("coupon", Arg::Text("Coupon".to_owned()))
            .with("coupon_en", Arg::Text("coupon".to_owned()))
            .with("sale", Arg::Text("Sale".to_owned()))
            .with("sale_en", Arg::Text("sale".to_owned()))
            .with("shop", Arg::Text("Bibim".to_owned()))
            .with("trade", Arg::Text("Mart".to_owned()))
            .with("trade_en", Arg::Text("mart".to_owned()))
            .with("roles", Arg::Text("card-officer".to_owned()))
            .with("named", Arg::Text("담당자".to_owned()))
            .with("named_en", Arg::Text("Officer".to_owned()))
    };
    for lang in [Lang::Ko, Lang::En] {
        let codes: Vec<&'static str> = words::source(lang)
            .lines()
            .filter_map(|l| l.strip_prefix("refusal-")?.split_once(" =").map(|p| p.0))
            .collect();
        assert!(codes.len() > 30);
        for code in codes {
            let text = texts().refusal(lang, s::TODAY, &full(code));
            for part in [&text.what, &text.why, &text.remedy] {
                assert!(!part.contains(MISSING) && !part.contains('{'), "{code}: {part}");
            }
        }
    }
}

/// Writes `target/look/*.html`, for people to look at.
#[test]
fn write_pages_to_look_at() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/look");
    std::fs::create_dir_all(&folder).unwrap();
    for asset in ASSETS {
        std::fs::write(folder.join(asset.name), asset.content).unwrap();
    }
    for lang in [Lang::Ko, Lang::En] {
        for (name, html) in pages(lang) {
            let file = folder.join(format!("{name}.{}.html", s::tongue(lang).tag()));
            std::fs::write(file, html.replace("/assets/", "")).unwrap();
        }
    }
}
