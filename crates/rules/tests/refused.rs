//! Every kind of fault: refused, at its line, with what would be right. Each row breaks one thing in a sound pack.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of a test stop at the first surprise, as tests do"
)]

use std::collections::BTreeMap;

use base::date;
use rules::{Pack, PackError};

const CITY: &str = r#"name = { ko = "시", en = "City" }
card_name = { ko = "카드", en = "Card" }
zone = "Asia/Seoul"
population = 1_000
[[district]]
code = "4511151000"
name = { ko = "가동", en = "Ga-dong" }
gu = { ko = "구", en = "Gu" }
tile = [0, 0]
[[district]]
code = "4511153000"
name = { ko = "나동", en = "Na-dong" }
gu = { ko = "구", en = "Gu" }
tile = [1, 0]
[[closure]]
date = 2022-06-01
name = { ko = "지방선거일", en = "Local elections" }
source = "law"
[[phone]]
id = "card"
number = "063-000-0000"
name = { ko = "창구", en = "Desk" }
source = "notice"
[[trade]]
id = "cafe"
name = { ko = "카페", en = "Café" }
[[trade]]
id = "online"
name = { ko = "온라인", en = "Online" }
excluded = { ko = "안 돼요", en = "No" }
source = "notice"
"#;

const LIVING: &str = r#"[living]
households = [3, 2]
too_young = 500
residence_paper = "등본"
birth_paper = "신분증"
register = "대장"
basic_livelihood = 46
disability_major = 19
disability_minor = 32
care_grade = 107
helped = 200
consent = [{ purpose = "care", share = 100, from_age = 14 }]
"#;
const TOWN: &str = r#"[names]
surnames = [["김", 10]]
given_first = ["가"]
given_second = ["나"]
shop_first = ["온"]
[[district]]
code = "4511151000"
people = 1
shops = 1
[[district]]
code = "4511153000"
people = 2
shops = 1
[[trade]]
trade = "cafe"
shops = 1
visits = 1
ticket = [1_000, 2_000, 3_000]
hours = "day"
endings = ["카페"]
[[profile]]
id = "day"
hours = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
days = [1, 1, 1, 1, 1, 1, 1]
[[age]]
from = 20
until = 60
weight = 1
[[sales]]
low = 1
high = 2
weight = 1
"#;

const CARD: &str = r#"[[card]]
from = 2021-01-01
holding_limit = 2_000_000
validity_years = 5
pin_above = 50_000
residual_share = "60%"
gift_allowed = true
gift_limit = 500_000
authorisation_days = 7
dynamic_code_seconds = 180
key_days = 7
membership = "automatic"
source = "law"
[[purpose]]
id = "cash"
order = 9
earns = true
withdrawable = true
name = { ko = "내 돈", en = "Money" }
[[purpose]]
id = "reward"
order = 8
earns = false
withdrawable = false
name = { ko = "캐시백", en = "Cashback" }
[[purpose]]
id = "coffee"
order = 1
earns = false
trades = ["cafe"]
withdrawable = false
name = { ko = "커피", en = "Coffee" }
"#;

const BUDGETS: &str = r#"[[budget]]
id = "cashback"
from = 2021-01-01
until = 2021-12-31
amount = 1_000_000
name = { ko = "예산", en = "Budget" }
source = "setting"
"#;

const CAMPAIGN: &str = r#"[[campaign]]
id = "one"
from = 2021-01-01
until = 2021-06-30
person_month = 500_000
carry_over = { max = 700_000 }
counts = "top-ups"
earns = ["cash"]
grants = [{ at = "payment", rate = "10%", budget = "cashback" }]
name = { ko = "하나", en = "One" }
source = "notice"
[[campaign]]
id = "two"
from = 2021-07-01
city_month = 1_000_000_000
counts = "spend"
grants = [{ at = "payment", rate = "8.5%", budget = "cashback" }]
name = { ko = "둘", en = "Two" }
source = "notice"
"#;

const ROLES: &str = r#"[[role]]
id = "clerk"
kind = "clerk"
name = { ko = "창구", en = "Counter" }
operations = ["enrol", "top-up"]
reach = "district"
purpose = "counter"
source = "notice"
"#;

const ORGANISATIONS: &str = r#"window = { ko = "창구", en = "window" }
[[organisation]]
id = "chest"
kind = "community-chest"
name = { ko = "모금회", en = "Chest" }
source = "notice"
[[organisation]]
id = "firms"
kind = "association"
name = { ko = "협회", en = "Association" }
source = "notice"
[[organisation]]
id = "council"
kind = "association"
name = { ko = "협의회", en = "Council" }
part_of = ["firms"]
source = "notice"
"#;

const PREPAYMENT: &str = r#"[[prepayment]]
id = "good"
from = 2021-01-20
until = 2021-03-31
least = 100_000
most = 300_000
use_by = 2021-05-31
advance = "100%"
guarantee = "cashback"
returns = { days = 7, after_use = "60%" }
name = { ko = "선결제", en = "Prepay" }
source = "notice"
"#;

fn sound() -> BTreeMap<String, String> {
    let files = [
        ("city.toml", CITY),
        ("town.toml", TOWN),
        ("card.toml", CARD),
        ("budgets.toml", BUDGETS),
        ("roles.toml", ROLES),
        ("organisations.toml", ORGANISATIONS),
        ("campaigns/pig.toml", CAMPAIGN),
        ("prepayment.toml", PREPAYMENT),
        ("chart.toml", "read = \"elsewhere\"\n"),
        ("texts/ko.ftl", "hello = 안녕\n"),
    ];
    files.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}

fn broken(file: &str, from: &str, to: &str) -> Vec<PackError> {
    let mut files = sound();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    *text = text.replacen(from, to, 1);
    Pack::parse(&files).expect_err(&format!("{file}: {to:?} was taken"))
}

/// File, what is replaced, by what, the line and the words of the fault.
type Row = (&'static str, &'static str, &'static str, usize, &'static str);

/// Each row causes exactly one fault.
fn check(rows: &[Row]) {
    for row in rows {
        let errors = found(row);
        assert_eq!(errors.len(), 1, "one fault, one error: {errors:#?}");
    }
}

fn found(row: &Row) -> Vec<PackError> {
    let (file, from, to, line, what) = *row;
    let errors = broken(file, from, to);
    let first = errors.iter().find(|e| e.what.contains(what));
    let error = first.unwrap_or_else(|| panic!("{to:?}: no {what:?} in {errors:#?}"));
    assert_eq!((error.file.as_str(), error.line), (file, line), "{error}");
    assert!(!error.fix.is_empty(), "{error}");
    errors
}

#[test]
fn a_sound_pack_is_taken() {
    let pack = Pack::parse(&sound()).unwrap();
    assert_eq!(pack.campaign_on(date(2021, 6, 30)).unwrap().id, "one");
    assert_eq!(pack.campaign_on(date(2030, 1, 1)).unwrap().earns, ["cash"]);
    assert_eq!(pack.hash_hex().len(), 64);
}

#[test]
fn a_source_is_cited_in_each_language_or_alike_in_both() {
    let mut files = sound();
    let each = CAMPAIGN.replacen("source = \"notice\"", "source = { ko = \"공고\", en = \"a notice\" }", 1);
    files.insert("campaigns/pig.toml".to_owned(), each);
    let pack = Pack::parse(&files).unwrap();
    let said = |id: &str| {
        let source = &pack.campaign(id).unwrap().source;
        [base::Lang::Ko, base::Lang::En].map(|lang| source.in_lang(lang).to_owned())
    };
    assert_eq!(said("one"), ["공고", "a notice"]);
    assert_eq!(said("two"), ["notice", "notice"]);
}

#[test]
fn the_message_reads_as_a_sentence() {
    let errors = broken("campaigns/pig.toml", "\"10%\"", "\"11x%\"");
    assert_eq!(
        errors[0].to_string(),
        "campaigns/pig.toml:9: rate \"11x%\": not a percentage; write a percentage such as \"10%\""
    );
}

#[test]
fn campaigns() {
    const F: &str = "campaigns/pig.toml";
    check(&[
        (F, "\"10%\"", "\"110%\"", 9, "more than 100%"),
        (F, "500_000", "-500_000", 5, "a negative amount"),
        (F, "id = \"two\"", "id = \"one\"", 13, "used twice"),
        (F, "id = \"two\"", "id = \"Two \"", 13, "not an id"),
        (F, "2021-07-01", "2021-06-30", 14, "overlaps \"one\""),
        (F, "until = 2021-06-30\n", "", 13, "overlaps \"one\""),
        (F, "from = 2021-01-01", "from = 2021-01-01T00:00:00", 3, "not a day"),
        (F, "until = 2021-06-30", "until = \"2021-06-30\"", 4, "invalid type"),
        (F, "\nsource = \"notice\"\n[[", "\n[[", 1, "no source"),
        (F, "source = \"notice\"\n[[", "source = \" \"\n[[", 11, "the source is empty"),
        (
            F,
            "source = \"notice\"\n[[",
            "source = { ko = \"공고\", en = \"\" }\n[[",
            11,
            "the source is empty",
        ),
        (F, "source = \"notice\"\n[[", "source = { ko = \"공고\" }\n[[", 11, "a source is a text, or"),
        (F, "source = \"notice\"\n[[", "source = 7\n[[", 11, "a source is a text, or"),
        (
            F,
            "budget = \"cashback\" }]\nname = { ko = \"하나\"",
            "budget = \"gone\" }]\nname = { ko = \"하나\"",
            9,
            "budget \"gone\"",
        ),
        (F, "from = 2021-07-01", "from = 2022-01-01", 17, "open on no day"),
        (F, "[\"cash\"]", "[\"money\"]", 8, "purpose \"money\""),
        (F, "max = 700_000", "max = 400_000", 6, "below the monthly limit"),
        (F, "counts = \"spend\"", "counts = \"both\"", 16, "unknown variant"),
        (F, "person_month", "person_mnth", 5, "unknown field"),
        (F, "counts = \"spend\"\n", "", 12, "missing field"),
        (F, "en = \"One\"", "en = \"\"", 10, "the name in en is empty"),
        (F, "[[campaign]]", "[campaign", 1, ""),
    ]);
}

/// Two ids that happen to have one number in the books.
const ALIKE: [&str; 2] = ["cashback-market-spring", "local-autumn-new"];

#[test]
fn budgets_of_one_number() {
    assert_eq!(rules::budget_number(ALIKE[0]), rules::budget_number(ALIKE[1]));
    let entry = |id: &str| BUDGETS.replace("id = \"cashback\"", &format!("id = \"{id}\""));
    let both = format!("{BUDGETS}{}{}", entry(ALIKE[0]), entry(ALIKE[1]));
    let errors = broken("budgets.toml", BUDGETS, &both);
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "budgets.toml:16: budget \"local-autumn-new\" would have the number of \"cashback-market-spring\" in \
          the books; write another id, such as one with a word more"
        ]
    );
}

#[test]
fn one_grant_a_day_and_moment() {
    const F: &str = "campaigns/pig.toml";
    let grants = |second: &str| {
        let first = "{ at = \"payment\", rate = \"10%\", budget = \"cashback\" }";
        (format!("grants = [{first}]"), format!("grants = [\n  {first},\n  {second}\n]"))
    };
    let (one, two) = grants("{ at = \"payment\", rate = \"5%\", budget = \"more\" }");
    let budget = |from: &str, until: &str| {
        let more = BUDGETS.replace("\"cashback\"", "\"more\"").replace("2021-01-01", from);
        format!("{BUDGETS}{}", more.replace("2021-12-31", until))
    };
    // The first campaign ends in June; the first budget is open all year.
    let some = [("2021-06-30", "2021-12-31"), ("2021-01-01", "2021-01-01"), ("2021-03-01", "2021-04-30")];
    for (from, until) in some {
        let mut files = sound();
        files.insert("budgets.toml".to_owned(), budget(from, until));
        files.insert(F.to_owned(), CAMPAIGN.replacen(&one, &two, 1));
        let errors = Pack::parse(&files).expect_err(from);
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert_eq!((errors[0].file.as_str(), errors[0].line), (F, 11));
        assert!(errors[0].what.contains("a second grant at payment"), "{errors:#?}");
        assert!(errors[0].fix.contains("one grant with the whole rate"), "{errors:#?}");
    }
    // One budget follows on another, and a grant at another moment is another grant.
    let mut files = sound();
    let first = BUDGETS.replace("2021-12-31", "2021-03-31");
    let more = BUDGETS.replace("\"cashback\"", "\"more\"").replace("2021-01-01", "2021-04-01");
    files.insert("budgets.toml".to_owned(), format!("{first}{more}"));
    let text = CAMPAIGN.replacen(&one, &two, 1);
    let text = text.replace("8.5%\", budget = \"cashback\"", "8.5%\", budget = \"more\"");
    files.insert(F.to_owned(), text);
    Pack::parse(&files).unwrap();
    let (one, two) = grants("{ at = \"charge\", rate = \"5%\", budget = \"cashback\" }");
    let mut files = sound();
    files.insert(F.to_owned(), CAMPAIGN.replacen(&one, &two, 1));
    Pack::parse(&files).unwrap();
}

#[test]
fn cards_purposes_and_budgets() {
    const F: &str = "card.toml";
    const PIN: &str = "pin_above = 50_000";
    check(&[
        (F, "trades = [\"cafe\"]", "trades = [\"tea\"]", 30, "trade \"tea\""),
        (F, "id = \"coffee\"", "id = \"cash\"", 27, "used twice"),
        (F, "order = 1\n", "order = 9\n", 28, "order \"9\" is used twice"),
        (F, "order = 1\n", "order = 256\n", 28, "out of range"),
        (F, "residual_share = \"60%\"", "residual_share = \"60\"", 6, "not a percentage"),
        (F, "validity_years = 5", "validity_years = 0", 4, "out of range"),
        (F, "holding_limit = 2_000_000", "holding_limit = -1", 3, "negative"),
        (F, PIN, "pin_above = 50_000\npin_above_day = 49_999", 6, "less than pin_above"),
        (F, PIN, "pin_above = 50_000\npin_above_day = -1", 6, "negative"),
        (F, PIN, "pin_above = 50_000\npin_shop_short = 0", 6, "out of range"),
        (F, PIN, "pin_above = 50_000\npin_tries = 5", 6, "locks a card alone"),
        (F, PIN, "pin_above = 50_000\npin_shop_tries = 10", 6, "locks a card alone"),
        (F, PIN, "pin_above = 50_000\npin_shop_tries = 0", 6, "out of range"),
        (F, PIN, "pin_above = 50_000\npin_shop_pause_hours = 0", 6, "out of range"),
        (F, "source = \"law\"", "", 1, "no source"),
        (F, "source = \"law\"", "source = \"law\"\nlimit = 3", 14, "unknown field"),
        ("budgets.toml", "1_000_000", "-1", 5, "negative"),
        ("budgets.toml", "source = \"setting\"", "", 1, "no source"),
    ]);
    let second = CARD.replacen("2021-01-01", "2022-01-01", 1);
    let second = second.split("[[purpose]]").next().unwrap();
    let errors = broken("card.toml", "[[purpose]]", &format!("{second}[[purpose]]"));
    assert!(errors[0].what.contains("overlap") && errors[0].line == 15, "{errors:#?}");
    let without = CARD.replacen("id = \"reward\"", "id = \"bonus\"", 1);
    let errors = broken("card.toml", CARD, &without);
    assert!(errors[0].what.contains("no purpose \"reward\""), "{errors:#?}");
}

#[test]
fn city_and_town() {
    check(&[
        ("city.toml", "Asia/Seoul", "Asia/Soul", 3, "not a time zone"),
        ("city.toml", "population = 1_000", "population = 1_000\npayout_hour = 24", 5, "out of range"),
        ("city.toml", "population = 1_000", "population = 1_000\ndraft_days = 0", 5, "out of range"),
        ("city.toml", "tile = [1, 0]", "tile = [0, 0]", 14, "used twice"),
        ("city.toml", "tile = [1, 0]", "tile = [7, 0]", 14, "off the map"),
        ("city.toml", "ko = \"나동\"", "ko = \"가동\"", 12, "used twice"),
        ("city.toml", "063-000-0000", "call us", 21, "not a phone number"),
        ("city.toml", "source = \"law\"", "", 15, "no source"),
        ("city.toml", "No\" }\nsource = \"notice\"", "No\" }", 27, "no source"),
        ("city.toml", "Café\" }", "Café\" }\nmcc = \"58\"", 27, "not a merchant category"),
        ("town.toml", "trade = \"cafe\"", "trade = \"online\"", 15, "trade \"online\""),
        ("town.toml", "hours = \"day\"", "hours = \"night\"", 19, "hour profile \"night\""),
        ("town.toml", "[1_000, 2_000, 3_000]", "[1_000, 900, 3_000]", 18, "not rising"),
        ("town.toml", "people = 2", "people = 0", 12, "out of range"),
        ("town.toml", "until = 60", "until = 10", 25, "not a band"),
        ("town.toml", "given_first = [\"가\"]", "given_first = []", 3, "nothing to draw"),
    ]);
    for (from, to, what) in [
        ("households = [3, 2]", "households = []", "no weights"),
        ("households = [3, 2]", "households = [3, 0]", "no weights"),
        ("too_young = 500", "too_young = 1_001", "out of range"),
        ("register = \"대장\"", "register = \" \"", "not a name"),
        ("from_age = 14", "from_age = 13", "out of range"),
        ("purpose = \"care\"", "purpose = \"cars\"", "consent \"cars\""),
    ] {
        assert!(LIVING.contains(from), "{from}");
        let errors = broken("town.toml", TOWN, &format!("{TOWN}{}", LIVING.replacen(from, to, 1)));
        assert!(errors.iter().any(|error| error.what.contains(what)), "{from}: {errors:#?}");
    }
    let errors = broken("city.toml", "id = \"online\"", "id = \"cafe\"");
    assert!(errors[0].what.contains("used twice"), "{errors:#?}");
    let errors = broken("town.toml", "4511153000", "4511154000");
    assert_eq!(errors.len(), 2, "an unknown code, and one without a share: {errors:#?}");
}

#[test]
fn roles() {
    check(&[
        ("roles.toml", "id = \"clerk\"", "id = \"Clerk\"", 2, "not an id"),
        ("roles.toml", "\"top-up\"]", "\"enrol\"]", 5, "twice"),
        ("roles.toml", "reach = \"district\"", "reach = \"own\"", 6, "of kind \"clerk\" with this reach"),
        ("roles.toml", "kind = \"clerk\"", "kind = \"citizen\"", 6, "of kind \"citizen\" with this reach"),
        ("roles.toml", "kind = \"clerk\"", "kind = \"king\"", 3, "unknown variant"),
        ("roles.toml", "purpose = \"counter\"\n", "", 1, "missing field"),
        (
            "roles.toml",
            "reach =",
            "organisation = \"agency\"\nreach =",
            3,
            "of kind \"clerk\" and its organisation",
        ),
        ("organisations.toml", "id = \"chest\"", "id = \"firms\"", 8, "twice"),
        ("organisations.toml", "[\"firms\"]", "[\"chest\"]", 16, "association \"chest\" is not known"),
        ("organisations.toml", "[\"firms\"]", "[\"council\"]", 16, "association \"council\" is not known"),
        (
            "organisations.toml",
            "kind = \"community-chest\"",
            "kind = \"window\"",
            4,
            "not written down one by one",
        ),
        ("organisations.toml", "kind = \"community-chest\"", "kind = \"king\"", 4, "unknown variant"),
        ("organisations.toml", "source = \"notice\"\n", "", 2, "no source"),
        ("organisations.toml", "en = \"window\"", "en = \"\"", 1, "empty"),
    ]);
}

#[test]
fn prepayments() {
    const F: &str = "prepayment.toml";
    check(&[
        (F, "until = 2021-03-31\n", "", 1, "missing field"),
        (F, "least = 100_000", "least = 0", 5, "nothing would be paid"),
        (F, "most = 300_000", "most = 99_999", 6, "below least"),
        (F, "use_by = 2021-05-31", "use_by = 2021-03-30", 7, "before until"),
        (F, "use_by = 2021-05-31", "use_by = 2025-05-31", 7, "three years after"),
        (F, "\"100%\"", "\"101%\"", 8, "more than 100%"),
        (F, "guarantee = \"cashback\"", "guarantee = \"gone\"", 9, "budget \"gone\""),
        (F, "days = 7", "days = 366", 10, "out of range"),
        (F, "after_use = \"60%\"", "after_use = \"most\"", 10, "not a percentage"),
        (F, "source = \"notice\"", "", 1, "no source"),
    ]);
    let again = format!("{PREPAYMENT}{}", PREPAYMENT.replace("\"good\"", "\"better\""));
    let errors = broken(F, PREPAYMENT, &again);
    assert!(errors[0].what.contains("overlaps \"good\"") && errors[0].line == 15, "{errors:#?}");
    let later = PREPAYMENT.replace("2021-03-31", "2022-03-31").replace("2021-05-31", "2022-05-31");
    let errors = broken(F, PREPAYMENT, &later);
    assert!(errors[0].what.contains("not open on all days") && errors[0].line == 9, "{errors:#?}");
}

#[test]
fn faults_that_draw_others_after_them() {
    let rows: [Row; 4] = [
        ("campaigns/pig.toml", "until = 2021-06-30", "until = 2020-12-31", 4, "is before from"),
        ("campaigns/pig.toml", "500_000", "9_000_000_000_000_000", 5, "more than any budget"),
        ("budgets.toml", "until = 2021-12-31", "until = 2020-12-31", 4, "is before from"),
        ("city.toml", "\"4511153000\"", "\"451115300\"", 11, "not a neighbourhood code"),
    ];
    for row in &rows {
        assert!(found(row).len() > 1);
    }
}

#[test]
fn missing_and_misspelt_files() {
    let mut files = sound();
    files.remove("budgets.toml");
    files.insert("campaign/pig.toml".to_owned(), CAMPAIGN.to_owned());
    let errors = Pack::parse(&files).unwrap_err();
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "budgets.toml:1: the file is missing; add it to the pack",
            "campaign/pig.toml:1: nothing reads this file; rename it to what it should be, or remove it",
        ]
    );
}

#[test]
fn all_faults_are_listed_at_once() {
    let mut files = sound();
    let campaign = CAMPAIGN.replace("\"10%\"", "\"ten\"").replace("500_000", "-1");
    files.insert("campaigns/pig.toml".to_owned(), campaign);
    files.insert("campaigns/second.toml".to_owned(), CAMPAIGN.to_owned());
    files.insert("card.toml".to_owned(), CARD.replace("60%", "x"));
    let errors = Pack::parse(&files).unwrap_err();
    let found: Vec<(&str, usize)> = errors.iter().map(|e| (e.file.as_str(), e.line)).collect();
    let second = "campaigns/second.toml";
    // In the second file, both ids stand twice and both periods overlap.
    assert_eq!(
        found,
        [
            ("campaigns/pig.toml", 5),
            ("campaigns/pig.toml", 9),
            (second, 2),
            (second, 3),
            (second, 13),
            (second, 14),
            ("card.toml", 6),
        ],
        "{errors:#?}"
    );
}

#[test]
fn the_hash_covers_names_and_contents_of_all_files() {
    let one = Pack::parse(&sound()).unwrap();
    let mut files = sound();
    files.insert("texts/ko.ftl".to_owned(), "hello = 안녕히\n".to_owned());
    let other = Pack::parse(&files).unwrap();
    assert_ne!(one.hash, other.hash);
    assert_eq!(one.hash, Pack::parse(&sound()).unwrap().hash);
    let text = files.remove("texts/ko.ftl").unwrap();
    files.insert("texts/en.ftl".to_owned(), text);
    assert_ne!(Pack::parse(&files).unwrap().hash, other.hash);
}
