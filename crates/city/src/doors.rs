//! The doors of the house, in memory: who may sign in, in which roles, and who is in. A request is let in by looking
//! here, so whoever loses a role is out at once.

use std::collections::{BTreeMap, HashMap};

use base::{AccountId, Actor, Area, Client, GrantId, Instant, PersonId};
use people::{Account, Code, Grant, Passkey, Session, Vouched};
use rules::{Pack, Reach};

use crate::tokens::{self, Token};

/// One thing behind the doors, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// An account.
    Account(Account),
    /// A role given.
    Grant(Grant),
    /// A sign-in.
    Session(Session),
    /// A code from a counter.
    Code(Code),
    /// An API token.
    Token(Token),
    /// A passkey.
    Passkey(Passkey),
    /// Another house's word.
    Vouched(Vouched),
}

/// What stood in its place before: for taking a change back.
#[derive(Debug, Clone)]
pub(crate) enum Was {
    Account(AccountId, Option<Account>),
    Grant(GrantId, Option<Grant>),
    Session([u8; 32], Option<Session>),
    Code(PersonId, Option<Code>),
    Token([u8; 32], Option<Token>),
    Passkey([u8; 32], Option<Passkey>),
    Vouched([u8; 16], Option<Vouched>),
}

/// Everything behind the doors.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    accounts: HashMap<AccountId, Account>,
    of_person: HashMap<PersonId, AccountId>,
    grants: BTreeMap<GrantId, Grant>,
    sessions: HashMap<[u8; 32], Session>,
    codes: HashMap<PersonId, Code>,
    tokens: HashMap<[u8; 32], Token>,
    passkeys: BTreeMap<[u8; 32], Passkey>,
    vouched: BTreeMap<[u8; 16], Vouched>,
}

impl Doors {
    /// An account.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// A person's account.
    pub fn account_of(&self, person: PersonId) -> Option<&Account> {
        self.of_person.get(&person).and_then(|id| self.accounts.get(id)).filter(|one| one.ended.is_none())
    }

    /// A role given.
    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.grants.get(&id)
    }

    /// All roles given, in the order of their ids.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.values()
    }

    /// The roles of an account.
    pub fn grants_of(&self, account: AccountId) -> impl Iterator<Item = &Grant> {
        self.grants.values().filter(move |grant| grant.account == account)
    }

    /// The sign-ins of an account that last.
    pub fn sessions_of(&self, account: AccountId, now: Instant) -> Vec<Session> {
        let mine = self.sessions.values().filter(|one| one.account == account && one.lasts(now));
        let mut mine: Vec<Session> = mine.copied().collect();
        mine.sort_by_key(|one| (one.since, one.hash));
        mine
    }

    /// A sign-in.
    pub fn session(&self, hash: &[u8; 32]) -> Option<&Session> {
        self.sessions.get(hash)
    }

    /// The code a counter gave to a person, while it can be tried.
    pub fn code(&self, person: PersonId, now: Instant) -> Option<&Code> {
        self.codes.get(&person).filter(|code| code.is_open(now))
    }

    /// A passkey that was not removed.
    pub fn passkey(&self, hash: &[u8; 32]) -> Option<&Passkey> {
        self.passkeys.get(hash).filter(|one| one.ended.is_none())
    }

    /// The passkeys of an account.
    pub fn passkeys_of(&self, account: AccountId) -> impl Iterator<Item = &Passkey> {
        self.passkeys.values().filter(move |one| one.account == account && one.ended.is_none())
    }

    /// For whom another house's word counts.
    pub fn vouched(&self, index: &[u8; 16]) -> Option<&Vouched> {
        self.vouched.get(index).filter(|one| one.ended.is_none())
    }

    /// The houses whose word counts for an account.
    pub fn vouched_of(&self, account: AccountId) -> impl Iterator<Item = &Vouched> {
        self.vouched.values().filter(move |one| one.account == account && one.ended.is_none())
    }

    /// The roles that an account can come in under.
    pub fn roles_of(&self, account: AccountId, today: i32, pack: &Pack) -> Vec<(&Grant, Actor)> {
        let lasts = self.accounts.get(&account).is_some_and(|account| account.ended.is_none());
        let held = self.grants_of(account).filter(|grant| lasts && grant.holds_on(today));
        held.filter_map(|grant| Some((grant, actor(grant, pack)?))).collect()
    }

    /// Whether an account has, or will have, a role that asks for a second factor.
    pub fn needs_second(&self, account: AccountId, pack: &Pack) -> bool {
        self.grants_of(account).any(|grant| grant.ended.is_none() && is_strong(grant, pack))
    }

    /// Who is behind a sign-in, if it still holds: the session lasts, the account has not ended, the role holds today
    /// and is in the pack.
    pub fn actor(&self, hash: &[u8; 32], now: Instant, today: i32, pack: &Pack) -> Option<Actor> {
        let session = self.sessions.get(hash).filter(|session| session.lasts(now))?;
        self.accounts.get(&session.account).filter(|account| account.ended.is_none())?;
        let grant = self.grants.get(&session.grant).filter(|grant| grant.holds_on(today))?;
        actor(grant, pack)
    }

    /// Who is behind an API token, if it lasts and its role still holds.
    pub fn bearer(&self, hash: &[u8; 32], now: Instant, today: i32, pack: &Pack) -> Option<Actor> {
        let token = self.tokens.get(hash).filter(|token| token.lasts(now))?;
        let grant = self.grants.get(&token.grant).filter(|grant| grant.holds_on(today))?;
        self.accounts.get(&grant.account).filter(|account| account.ended.is_none())?;
        Some(Actor { client: token.client, ..actor(grant, pack)? })
    }

    /// A token, one that has ended too.
    pub fn token(&self, hash: &[u8; 32]) -> Option<&Token> {
        self.tokens.get(hash)
    }

    /// The role given with a token.
    pub fn grant_of_token(&self, hash: &[u8; 32]) -> Option<GrantId> {
        self.tokens.get(hash).map(|token| token.grant)
    }

    /// All tokens that last, in the order of their making; a secret that was changed and its follower are two.
    pub fn tokens(&self, now: Instant) -> Vec<&Token> {
        let mut all: Vec<&Token> = self.tokens.values().filter(|token| token.lasts(now)).collect();
        all.sort_by_key(|token| (token.since, token.hash));
        all
    }

    pub(crate) fn put(&mut self, door: Door) -> Was {
        match door {
            Door::Account(account) => {
                if let Some(person) = account.person {
                    self.of_person.insert(person, account.id);
                }
                Was::Account(account.id, self.accounts.insert(account.id, account))
            }
            Door::Grant(grant) => Was::Grant(grant.id, self.grants.insert(grant.id, grant)),
            Door::Session(session) => Was::Session(session.hash, self.sessions.insert(session.hash, session)),
            Door::Token(token) => Was::Token(token.hash, self.tokens.insert(token.hash, token)),
            Door::Passkey(passkey) => Was::Passkey(passkey.hash, self.passkeys.insert(passkey.hash, passkey)),
            Door::Vouched(one) => Was::Vouched(one.index, self.vouched.insert(one.index, one)),
            Door::Code(code) => Was::Code(code.person, self.codes.insert(code.person, code)),
        }
    }

    pub(crate) fn take_back(&mut self, was: Was) {
        match was {
            Was::Account(_, Some(account)) => {
                self.accounts.insert(account.id, account);
            }
            Was::Account(id, None) => {
                if let Some(person) = self.accounts.remove(&id).and_then(|account| account.person) {
                    self.of_person.remove(&person);
                }
            }
            Was::Grant(id, Some(grant)) => {
                self.grants.insert(id, grant);
            }
            Was::Grant(id, None) => {
                self.grants.remove(&id);
            }
            Was::Session(hash, Some(session)) => {
                self.sessions.insert(hash, session);
            }
            Was::Session(hash, None) => {
                self.sessions.remove(&hash);
            }
            Was::Token(hash, Some(token)) => {
                self.tokens.insert(hash, token);
            }
            Was::Token(hash, None) => {
                self.tokens.remove(&hash);
            }
            Was::Passkey(hash, Some(passkey)) => {
                self.passkeys.insert(hash, passkey);
            }
            Was::Passkey(hash, None) => {
                self.passkeys.remove(&hash);
            }
            Was::Vouched(index, Some(one)) => {
                self.vouched.insert(index, one);
            }
            Was::Vouched(index, None) => {
                self.vouched.remove(&index);
            }
            Was::Code(person, Some(code)) => {
                self.codes.insert(person, code);
            }
            Was::Code(person, None) => {
                self.codes.remove(&person);
            }
        }
    }
}

/// Whether a role that was given asks for a second factor.
pub fn is_strong(grant: &Grant, pack: &Pack) -> bool {
    pack.roles.iter().any(|role| role.id == grant.role && role.second_factor)
}

/// Who acts under a role that was given; `None` if the pack knows it no more, or it lacks what its kind acts on.
pub fn actor(grant: &Grant, pack: &Pack) -> Option<Actor> {
    let duty = pack.roles.iter().position(|role| role.id == grant.role)?;
    let rule = &pack.roles[duty];
    let role = tokens::role(rule.kind.code(), grant.subject.as_deref())?;
    let area = match rule.reach {
        Reach::Own | Reach::City => Area::City,
        Reach::District => Area::District(
            grant.district.as_deref().and_then(|code| economy::store::district(&pack.city, code))?,
        ),
    };
    let client = match role {
        base::Role::Citizen(person) => person.0,
        base::Role::Merchant(shop) | base::Role::Till(shop) => shop.0,
        // Two of one desk are two: what one of them asked for under a key is not the other's.
        _ => grant.account.0,
    };
    let duty = u8::try_from(duty).ok();
    Some(Actor { role, duty, area, client: Client(client), account: Some(grant.account) })
}
