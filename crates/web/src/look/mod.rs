//! How the pages look and speak. View models in, HTML out; no rule of the city is decided here.
//!
//! - Every page is a plain struct (numbers and strings, of the domain only what `base` has) that derives
//!   [`askama::Template`]; a handler fills it and calls `render()`.
//! - Each has `t`, a [`Tongue`] (language and today's date; texts and formats come through it), and `page`,
//!   a [`Page`] (what the frame around every page needs: city, phone, visitor, switches, demo bar, tour).
//! - Texts stand in `texts/{ko,en}/*.ftl`, a file a room, listed in `words.rs`. In a template:
//!   `{{ t.say("wallet-left").won("amount", left) }}`.
//!   An amount arrives in a text complete with its unit, a day with its weekday, so texts never add them.
//! - Particles: `{ JOSA($shop, "을/를") }` writes the name and the particle that fits it.
//! - Forms are plain posts. Every one carries the hidden field `csrf`; those that move value also carry
//!   `request_key`, made by the handler when it shows the form, so that a repeated post is the same request.
//! - Nothing is styled or scripted inline: pages run under `default-src 'self'`.
//! - Each struct's documentation names its route and the fields of its forms.

mod access;
mod alike;
mod api_docs;
mod assets;
mod auditor;
mod chart;
mod clerk;
mod compartments;
mod coupons;
mod door;
mod format;
mod giving;
mod households;
mod joining;
mod kit;
mod looks;
mod mail;
mod moving;
mod officer;
mod organisations;
mod page;
mod paid;
mod papers;
mod particles;
mod passkeys;
mod prepay;
mod records;
mod seal;
mod settlement;
mod shop;
mod shops;
mod speech;
mod texts;
mod tills;
mod town;
mod vouched;
mod waiting;
mod wallet;
mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod shown;

pub use access::{
    AccessPage, AccountLine, AccountPage, FoundAccount, FreshToken, GiveForm, RoleLine, RoleStanding,
    SignInLine, TokenLine, TokensPage, WithoutAccount,
};
pub use alike::{AlikePage, AlikePair, AlikeSide, DifferingPair};
pub use api_docs::{
    ApiAnswer, ApiCall, ApiDocsPage, ApiField, ApiGroup, ApiHook, Meaning, ProblemText, problems,
};
pub use assets::{ASSETS, Asset, asset};
pub use auditor::{BooksPage, ClassTotal, Found, PostingLeg, PostingPage, Verification};
pub use chart::{Bar, BarChart, Budget, Burn, BurnPoint, Tile, TileMap, level};
pub use clerk::{
    AlikeLine, CardAtWindow, Choice, ClerkCodePage, ClerkPage, ClerkTask, ClosedPerson, EnrolForm,
    FoundPerson, HandOverForm, KeptDraft, PersonAtWindow, StampsAtWindow, TaskAct,
};
pub use compartments::{
    CompartmentLooksPage, CompartmentPage, NewSealedPage, SealedForms, SealedLine, SealedLook, SealedPage,
    WrittenLine,
};
pub use coupons::{
    BadRow, CouponDeskPage, CouponForms, CouponLine, CouponsOpenPage, DrawPage, DrawShown, DrawToMake,
    EveryoneCheckedPage, ImportCheckedPage, JobLine, JobPage, MyCoupon, MyCouponsPage, ProviderLine,
    Providers, ReleaseCard, ReleaseDo, SaleCard, SaleToJoin, ShopSalesPage,
};
pub use door::{CodeForm, EnterPage, HouseIn, Persona, SignInPage, TurnedAway, WaysIn};
pub use giving::{
    AngelInQueue, AngelPage, ChestPage, DeskGivingPage, FollowBeginPage, FollowPage, GiftMonth,
    GiftPurposeShown, GiftReceiptPage, GiftSpent, GiftsAndReceipts, GivingPage, GivingShopLine, IssueLine,
    OwnGift, OwnGivingPage, OwnReceipt, PlaquePage, PurposeChoice, ReceiptGift, ShopGivingPage, YearWithout,
};
pub use households::{HouseholdForm, HouseholdHere, HouseholdShown, HousemateLine};
pub use joining::{
    DeskJoiningFilePage, DeskJoiningPage, DeskTask, JoinLookUpPage, JoinMinePage, MembershipFile,
    MembershipForm, MembershipLine, NumberFound, PaperLine,
};
pub use kit::{Alert, AlertKind, Field, FieldError, Step, StepState, qr_svg};
pub use looks::{
    DeskLooksPage, Downloaded, GlassToReview, InspectionPage, LookQuestion, MonthLink, OwnGlass, OwnLook,
    OwnLooksPage, QuestionToAnswer, UnusualLook,
};
pub use mail::MailPage;
pub use moving::{MovingLine, MovingPage, MovingShown};
pub use officer::{CampaignVersion, DeskPage, Gain, RehearsalForm, RehearsalPage, RehearsalRunningPage};
pub use organisations::{
    FoundForm, JoinForm, MemberLine, OrganisationLine, OrganisationPage, OrganisationsPage,
};
pub(crate) use page::in_query;
pub use page::{
    Appearance, DemoBar, LeapBar, NavGroup, NavItem, Notice, Page, Theme, TourShort, TourStep, Visitor,
};
pub use paid::{BusyPage, CheckedPage, Leg, PaidPage, ReceiptPage, RefusedPage};
pub use papers::{PapersShown, SheetLine};
pub use passkeys::{FirstPasskeyPage, Hat, OnTheWayPage, PasskeyHeld, PasskeysPage, WhichRolePage};
pub use prepay::{
    BorneLine, CameInLine, ClaimLine, DeskPrepaidPage, DueOrder, OfferLine, Offers, OnSale, OrderLine,
    PledgeLine, PrepaidBoardPage, PrepaidPage, ProductLine, ShopPrepaidPage, UsedClaim,
};
pub use records::{
    ConsentForm, ConsentLine, FactForm, FactLine, HelpForm, HelperLine, HelpingLine, LinkForm, LinkLine,
    RecordsPage, SeenEntry, SeenWallet, ToldLine,
};
pub use seal::{
    FloatAdvance, FloatClass, FloatPage, FloatStated, OwnSum, Proof, ProvedLine, SealShown, VerifyPage,
};
pub use settlement::{
    AccountForm, AccountHeld, AnswerLine, BankLine, DeskLinesPage, DeskPayoutsPage, FailedLine, FileLine,
    OpenLine, PartLine, PayoutLine, SettledLine, ShopPayoutPage, ShopPayoutsPage, SumLine,
    WithoutAccount as ShopWithoutAccount,
};
pub use shop::{RefundForm, Sale, SalesSummary, ShopDone, ShopPage, ShopPosterPage, ShopQrPage, TillPage};
pub use shops::{ShopFound, ShopsPage};
pub use speech::{spoken_count, spoken_payment, spoken_won};
pub use texts::{RefusalText, Say, Texts, Tongue, texts};
pub use tills::{
    CaseLine, CasePage, CaseShown, DeedLine, ExchangePage, Flow, HookLine, HookMessage, HooksPage,
    InboxesPage, NoticeLine, NoticesPage, Sending, SentLine, ShopCasesPage, UntoldPage, flow_graph,
};
pub use town::{TownPage, TradeShare};
pub use vouched::{HouseShown, LinksPage};
pub use waiting::{CouponsWait, EndedLine, RuleChange, WaitingLine, WaitingPage};
pub use wallet::{
    CardInHand, CardStanding, GiftForm, HistoryEntry, HistoryPage, LimitLeft, PayForm, Purse, ScannedCode,
    WalletLargePage, WalletPage, WithdrawForm,
};
