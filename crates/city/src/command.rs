//! What can be asked of a city, and what it answers.

use base::{
    AccountId, CardId, GlassId, GrantId, Instant, MerchantId, PersonId, PostingNo, QuestionId, Refusal, Won,
};
use economy::{CardKind, Facts};
use pen::Recorded;
use people::How;
use serde::Serialize;
use vault::{DataKey, Masters};

use crate::reseal::ResealFrom;
use crate::wishes::{NewGrant, NewPasskey, NewToken};
use crate::{
    OnAlike, OnCoupons, OnDisposal, OnGiving, OnHouseholds, OnMail, OnMany, OnMoving, OnOrganisations,
    OnPapers, OnPayouts, OnPeople, OnPrepay, OnProposals, OnShops, OnTills, OnWindow,
};

/// A card, as a caller names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardRef {
    /// By its id.
    Id(CardId),
    /// By its printed number (typed or scanned).
    Number(u64),
}

/// A person to enrol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPerson {
    /// As they write it.
    pub name: String,
    /// A telephone, if they have one.
    pub phone: Option<String>,
    /// Days since 1970-01-01.
    pub birth_day: Option<i32>,
    /// The code of their neighbourhood, if they live here.
    pub district: Option<String>,
    /// A first card with it.
    pub card: Option<NewCard>,
}

/// A card to issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NewCard {
    /// Made of what.
    #[serde(serialize_with = "kind")]
    pub kind: CardKind,
}

fn kind<S: serde::Serializer>(kind: &CardKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.code())
}

pub(crate) fn how_code<S: serde::Serializer>(how: &How, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(how.code())
}

fn key_no<S: serde::Serializer>(key: &DataKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(key.no)
}

fn marks<S: serde::Serializer>(masters: &Masters, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(std::iter::once(masters.current()).chain(masters.marks()))
}

/// A shop to take in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewMerchant {
    /// On its sign.
    pub name: String,
    /// Ten digits, hyphens allowed.
    pub business_number: String,
    /// A trade's id in the pack.
    pub trade: String,
    /// A neighbourhood's code.
    pub district: String,
    /// Yearly sales, if known.
    pub sales: Option<Won>,
    /// Its owner, if a person of this city.
    pub owner: Option<PersonId>,
}

/// A later pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BringPack {
    /// Its files by path. Where the rules in force ask for a second person, it waits for one.
    Files(std::collections::BTreeMap<String, String>),
    /// One that was brought and waits: what a second person says yes to.
    Waiting {
        /// Its number among those that were brought.
        no: u32,
    },
}

/// Everything that can be asked. Amounts are in won; a PIN stands in the input's hash, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Pay at a shop.
    Pay {
        /// With which card.
        card: CardRef,
        /// Where.
        merchant: MerchantId,
        /// How much.
        amount: i64,
        /// The PIN, when the shop's till asked for it.
        #[serde(skip)]
        pin: Option<String>,
        /// The code the shop showed.
        order: Option<String>,
    },
    /// Reserve for a shop.
    Authorise {
        /// With which card.
        card: CardRef,
        /// Where.
        merchant: MerchantId,
        /// How much.
        amount: i64,
        /// See [`Command::Pay`].
        #[serde(skip)]
        pin: Option<String>,
    },
    /// Take what was reserved.
    Capture {
        /// The authorisation.
        authorisation: PostingNo,
        /// How much; `None`: all.
        amount: Option<i64>,
    },
    /// Let a reservation go.
    Void {
        /// The authorisation.
        authorisation: PostingNo,
    },
    /// Put own money on.
    TopUp {
        /// Whose.
        person: PersonId,
        /// How much.
        amount: i64,
    },
    /// Take a payment back.
    Refund {
        /// The payment.
        payment: PostingNo,
        /// How much; `None`: all that is left.
        amount: Option<i64>,
    },
    /// Give own money to another person.
    Gift {
        /// The giver.
        from: PersonId,
        /// One of the receiver's cards.
        to: CardRef,
        /// How much.
        amount: i64,
    },
    /// Withdraw what is left.
    Withdraw {
        /// Whose.
        person: PersonId,
    },
    /// Take in a person.
    Enrol(NewPerson),
    /// Issue a card.
    IssueCard {
        /// To whom.
        person: PersonId,
        /// Which.
        card: NewCard,
    },
    /// Stop a card for now.
    Freeze {
        /// Which.
        card: CardRef,
    },
    /// Let it pay again.
    Unfreeze {
        /// Which.
        card: CardRef,
    },
    /// Report a card lost and issue another; the balance is the person's, so it is there at once.
    Replace {
        /// The lost one.
        card: CardRef,
    },
    /// Close a card.
    CloseCard {
        /// Which.
        card: CardRef,
    },
    /// Set a card's PIN.
    SetPin {
        /// Which.
        card: CardRef,
        /// Four to six digits.
        #[serde(skip)]
        pin: String,
    },
    /// Take in a shop.
    Join(NewMerchant),
    /// Close a shop for good.
    CloseShop {
        /// Which.
        merchant: MerchantId,
    },
    /// Pay shops what they have earned: `at_most` of them from a position on, in order of joining.
    Settle {
        /// The first position, from 0.
        from: u32,
        /// How many shops at most in this one command.
        at_most: u32,
    },
    /// Something about payouts.
    OnPayouts(OnPayouts),
    /// The city transfers what it owes the scheme.
    Treasury {
        /// How much; `None`: all of it.
        amount: Option<i64>,
    },
    /// Authority is voted for a budget of the pack.
    Vote {
        /// The budget's id.
        budget: String,
        /// How much.
        amount: i64,
    },
    /// A pack of rules comes into force.
    Activate {
        /// Its files by path.
        files: std::collections::BTreeMap<String, String>,
        /// People in this city: below `population`, budgets and caps of the whole city are scaled down.
        people: i64,
        /// People in the real one.
        population: i64,
    },
    /// A later pack of rules is brought.
    BringPack(BringPack),
    /// Something about a person's records.
    OnPeople(OnPeople),
    /// Something about who lives together.
    OnHouseholds(OnHouseholds),
    /// What a list says of many people at once.
    OnMany(OnMany),
    /// Something about records that may be of one person.
    OnAlike(OnAlike),
    /// Something about a signed sheet.
    OnPapers(OnPapers),
    /// Something about a mail address that notices go to.
    OnMail(OnMail),
    /// Something about organisations and businesses.
    OnOrganisations(OnOrganisations),
    /// Something about coupons, sales and releases.
    OnCoupons(OnCoupons),
    /// Something about good prepayment.
    OnPrepay(OnPrepay),
    /// Something about gifts.
    OnGiving(OnGiving),
    /// Something about a shop's programs, or about a sign of illegal exchange.
    OnTills(OnTills),
    /// Something about joining as a shop, where shops apply.
    OnShops(OnShops),
    /// Something about what waits for a second person's yes.
    OnProposals(OnProposals),
    /// Something at a window that is kept for going on with.
    OnWindow(OnWindow),
    /// Something about moving in from an older system.
    OnMoving(OnMoving),
    /// Years whose time is over are let go of.
    OnDisposal(OnDisposal),
    /// A token is granted; only its hash comes here.
    Grant(NewToken),
    /// A token gets another secret; only its hash comes here.
    RotateToken {
        /// Whose: the number its request keys are scoped to.
        client: u64,
        /// SHA-256 of the new text.
        hash: [u8; 32],
        /// Until when the old one works, a day at most.
        until: Instant,
    },
    /// A token ends, and with it the role it was given.
    EndToken {
        /// Whose.
        client: u64,
    },
    /// An account is opened.
    OpenAccount {
        /// Whose, if a person of this city's.
        person: Option<PersonId>,
    },
    /// An account ends, and with it all its roles and sessions.
    EndAccount {
        /// Which.
        account: AccountId,
    },
    /// A role is given to an account.
    GiveRole(NewGrant),
    /// A second person says yes to a role that was given.
    ConfirmRole {
        /// Which giving.
        grant: GrantId,
    },
    /// A role is taken back.
    EndRole {
        /// Which giving.
        grant: GrantId,
    },
    /// Someone has shown who they are, and is in under one of their roles.
    SignIn {
        /// Under which.
        grant: GrantId,
        /// SHA-256 of the cookie.
        session: [u8; 32],
        /// Until when.
        until: Instant,
        /// How they showed it.
        #[serde(serialize_with = "how_code")]
        how: How,
    },
    /// A counter gives a person a code for one sign-in.
    IssueCode {
        /// To whom.
        person: PersonId,
        /// Keyed hash of its digits.
        hash: [u8; 16],
        /// Until when.
        until: Instant,
    },
    /// A person signs in with the code from a counter.
    SignInByCode {
        /// Who.
        person: PersonId,
        /// Keyed hash of what they typed.
        hash: [u8; 16],
        /// SHA-256 of the cookie.
        session: [u8; 32],
        /// Until when.
        until: Instant,
    },
    /// A session is ended.
    EndSession {
        /// Whose.
        account: AccountId,
        /// The session's number.
        number: u64,
    },
    /// A passkey is added to an account.
    AddPasskey(NewPasskey),
    /// A passkey has signed; what is told was checked.
    UsePasskey {
        /// SHA-256 of the credential's id.
        passkey: [u8; 32],
        /// How often the device says it was used.
        counter: u32,
        /// Its public half, as it stands now.
        credential: String,
    },
    /// A passkey is removed.
    RemovePasskey {
        /// Whose.
        account: AccountId,
        /// The passkey's number.
        number: u64,
    },
    /// Another house's word counts for an account; what it signed was checked.
    LinkVouched {
        /// Whose.
        account: AccountId,
        /// The house's address and what it calls them: see [`people::vouched::said`].
        said: String,
        /// The house's name in the configuration.
        house: String,
        /// How they had shown who they are.
        #[serde(serialize_with = "how_code")]
        how: How,
    },
    /// Somebody came in by another house's word that isn't kept yet, or is found under an older key alone.
    KeepSaid {
        /// See [`Command::LinkVouched`].
        said: String,
    },
    /// It counts no more.
    UnlinkVouched {
        /// Whose.
        account: AccountId,
        /// The house's name in the configuration.
        house: String,
    },
    /// A person asks about a look at their record.
    AskLook {
        /// Whose record it is.
        person: PersonId,
        /// The look's place in the access ledger. That it is one at this record is the caller's to know.
        look: u64,
        /// What they want to know.
        question: String,
    },
    /// Such a question is answered.
    AnswerLook {
        /// Which.
        question: QuestionId,
        /// What.
        answer: String,
        /// Who looked, as the access ledger has it: it stands beside the city. `None` where it has let the look go.
        looked: Option<String>,
    },
    /// Who may not see a record breaks the glass before it.
    OpenGlass {
        /// Whose record.
        person: PersonId,
        /// Why.
        why: String,
    },
    /// Somebody else reviews it.
    ReviewGlass {
        /// Which.
        glass: GlassId,
        /// Whether there was need.
        justified: bool,
        /// In the reviewer's words.
        note: String,
    },
    /// A month's looks were inspected: the numbers, and where the chain stood.
    Inspect {
        /// Months since the year 0.
        month: u32,
        /// How many looks.
        looks: u64,
        /// At how many people.
        people: u64,
        /// How many of them unusual.
        unusual: u64,
        /// The last look that the chain was verified up to.
        upto: u64,
        /// Its hash.
        head: [u8; 32],
    },
    /// Personal data is downloaded.
    Download {
        /// A stable code of what.
        what: String,
        /// How many lines.
        lines: u64,
        /// Why.
        why: String,
    },
    /// Names go of persons who left, from a position on, in order of enrolment.
    LetGo {
        /// The first position, from 0.
        from: u32,
        /// How many persons are looked at in this one command.
        at_most: u32,
        /// Only count: nothing is changed.
        dry: bool,
    },
    /// Old looks go; the access ledger disposes of them once this is kept.
    DisposeLooks {
        /// Those before it.
        before: Instant,
        /// How many.
        count: u64,
    },
    /// A data key more, wrapped.
    AddKey {
        /// The key. Its number stands for it in the input's hash.
        #[serde(serialize_with = "key_no")]
        key: DataKey,
    },
    /// Other master keys are at hand: the first is in use from now on. Every data key must open with one of them.
    UseMasters {
        /// They. Their marks stand for them in the input's hash.
        #[serde(serialize_with = "marks")]
        masters: Masters,
    },
    /// Data keys are wrapped under the master key in use.
    RewrapKeys,
    /// Remove a data key that nothing is sealed under any more.
    DropKey {
        /// Its number.
        no: u32,
    },
    /// What people and sign-ins are found by is made anew under the newest index key: rows of one table from a place on.
    Reindex {
        /// Where this part begins.
        from: ResealFrom,
        /// How many rows are looked at, at most, in this one command.
        at_most: u32,
    },
    /// Remove an index key. Refused while another house's word is found under it alone, unless a reason is given: those words
    /// count no more then.
    DropIndexKey {
        /// Its number.
        no: u32,
        /// Why those don't matter.
        why: Option<String>,
    },
    /// The marks of keys that stand outside the database are kept: with other ones the city is not served.
    KeepMarks {
        /// What each is called in the secrets file, and its mark.
        marks: Vec<(String, String)>,
    },
    /// What tokens are for is sealed, from before it was.
    SealTokens,
    /// What older data keys sealed is sealed under the newest: rows of one sealed column from a place on.
    Reseal {
        /// Where this part begins.
        from: ResealFrom,
        /// How many rows are looked at, at most, in this one command.
        at_most: u32,
    },
    /// Tidy: let reservations go whose days are over.
    Sweep {
        /// How many at most in this one command.
        at_most: u32,
    },
    /// Tidy: what is in purses past their date is kept apart, from a person's position on, in order of enrolment.
    Expire {
        /// The first position, from 0.
        from: u32,
        /// How many purses at most in this one command.
        at_most: u32,
    },
}

impl Command {
    /// Whether it tells of people what must not be guessed from a plain hash of it.
    pub(crate) fn is_about_people(&self) -> bool {
        use Command::{
            AskLook, Download, DropIndexKey, Enrol, KeepSaid, LinkVouched, OnAlike, OnHouseholds, OnMail,
            OnMany, OnMoving, OnPapers, OnPayouts, OnPeople, OnShops, OnWindow, OpenGlass,
        };
        matches!(self, Enrol(_) | OnPeople(_) | OnHouseholds(_) | OnPapers(_) | OnPayouts(_) | OnShops(_))
            || matches!(self, OnWindow(_) | OnMoving(_) | OnMany(_) | OnMail(_) | OnAlike(_))
            || matches!(self, AskLook { .. } | OpenGlass { .. } | Download { .. } | DropIndexKey { .. })
            || matches!(self, LinkVouched { .. } | KeepSaid { .. })
    }
}

/// What the city answers when it says yes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly every reply is the large one: a box would only cost")]
pub enum Reply {
    /// It is done and durable.
    Done {
        /// Where it is recorded.
        recorded: Recorded,
        /// When it was.
        at: Instant,
        /// What was decided, on which facts.
        facts: Facts,
    },
    /// The PIN was wrong, or there is no such card, or it is locked: a shop hears the same of all. That is remembered, nothing
    /// else.
    WrongPin {
        /// How many more may be wrong before this shop has to wait.
        left: u8,
        /// Until when the wrong ones are remembered here, and the shop waits once none is left.
        until: Instant,
    },
    /// The code was wrong; that is remembered, nothing else.
    WrongCode,
    /// It was refused, and so often it was is remembered, nothing else.
    Counted(Refusal),
    /// A batch of the city's own work.
    Batch {
        /// How many things were done.
        done: u32,
        /// Where the next batch begins; `None`: finished.
        next: Option<u32>,
    },
    /// A part of what was sealed is sealed anew.
    Resealed {
        /// How many fields were.
        done: u32,
        /// Which don't open, and were left as they are: table, column and row.
        broken: Vec<String>,
        /// Where the next part begins; `None`: finished.
        next: Option<ResealFrom>,
    },
}
