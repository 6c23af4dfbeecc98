//! The clerk's window.

use askama::Template;
use base::Won;

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;
use super::wallet::CardInHand;

/// Something to do today: a locked card, what a colleague handed over, a taking in that was begun.
#[derive(Debug, Clone, Default)]
pub struct ClerkTask {
    /// Who, masked, or what.
    pub name: String,
    /// What is to do and why, in a sentence.
    pub what: String,
    /// Where it is done; empty where a button does it.
    pub href: String,
    /// A button.
    pub act: Option<TaskAct>,
}

/// A button beside something to do: a post to `action` with `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct TaskAct {
    /// `/clerk/handovers/{id}/accept`, `/clerk/handovers/{id}/end`.
    pub action: String,
    /// What it says.
    pub label: String,
    /// Key.
    pub request_key: String,
}

/// `POST /clerk/handovers` — `what` (a draft's or a person's id), `to` (an account), `why`, `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct HandOverForm {
    /// What: an id.
    pub what: String,
    /// Colleagues who can take it on; none: nobody can.
    pub colleagues: Vec<Choice>,
    /// What they should know.
    pub why: Field,
    /// Key.
    pub request_key: String,
}

/// A draft that is kept. `POST /clerk/intakes/{id}/drop` — `csrf`, `request_key`.
#[derive(Debug, Clone, Default)]
pub struct KeptDraft {
    /// Its id.
    pub id: String,
    /// When it was written last, and until when it is kept.
    pub about: String,
    /// Where it is, when it is on its way to somebody.
    pub on_its_way: bool,
    /// Handing it over.
    pub hand: HandOverForm,
    /// Key of letting it go.
    pub drop_key: String,
}

/// A person that was found among several.
#[derive(Debug, Clone)]
pub struct FoundPerson {
    /// `/clerk?find=…` with their id.
    pub href: String,
    /// Name.
    pub name: String,
    /// Born, neighbourhood and masked telephone: a line to tell them apart by.
    pub about: String,
}

/// Somebody who is not this clerk's to see. `POST /clerk/people/{id}/glass` — `why`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct ClosedPerson {
    /// Their id, in the form.
    pub id: String,
    /// Name, masked.
    pub name: String,
    /// Neighbourhood.
    pub about: String,
    /// Key of breaking the glass.
    pub request_key: String,
    /// The reason.
    pub why: Field,
}

/// `POST /clerk/cards/{id}/replace` — report it lost and hand out another;
/// `POST /clerk/cards/{id}/unlock`; `POST /clerk/cards/{id}/pin` — `pin`. All with `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct CardAtWindow {
    /// The card, with its whole number.
    pub card: CardInHand,
    /// A PIN is set.
    pub has_pin: bool,
    /// The new PIN's error.
    pub pin: Field,
}

/// The one who stands at the window.
/// `POST /clerk/people/{id}/top-ups` — `amount`; `POST /clerk/people/{id}/cards` — `kind` (`plastic`, `phone`);
/// `POST /clerk/people/{id}/code`. All with `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct PersonAtWindow {
    /// Their id, in forms.
    pub id: String,
    /// Name.
    pub name: String,
    /// Born, neighbourhood and telephone.
    pub about: String,
    /// Everything they can spend.
    pub balance: Won,
    /// Their cards, newest first.
    pub cards: Vec<CardAtWindow>,
    /// Key of the top-up.
    pub top_up_key: String,
    /// Top-up amount.
    pub top_up: Field,
    /// How much may still be put on.
    pub top_up_room: Won,
    /// Key of another card.
    pub card_key: String,
    /// Key of a code to sign in with.
    pub code_key: String,
    /// Their cards of stamps.
    pub stamps: Vec<StampsAtWindow>,
    /// Handing something to do for them over.
    pub hand: HandOverForm,
}

/// Somebody's stamps of a sale. `POST /clerk/people/{id}/stamps` — `what`, `csrf`, `request_key`.
#[derive(Debug, Clone)]
pub struct StampsAtWindow {
    /// What full cards are worth: the release's id.
    pub release: String,
    /// Of which sale, and how many there are.
    pub said: String,
    /// On the button, where a full card can be turned in.
    pub give: Option<String>,
    /// Key of the form.
    pub request_key: String,
}

/// One of a list to choose from.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The form's value.
    pub value: String,
    /// What it says.
    pub name: String,
    /// It is the one chosen.
    pub chosen: bool,
}

/// Someone who may be the same person as who is taken in.
#[derive(Debug, Clone)]
pub struct AlikeLine {
    /// Their id, as `sure` says it.
    pub id: String,
    /// Name.
    pub name: String,
    /// Born, neighbourhood and masked telephone.
    pub about: String,
    /// What agrees, and what nearly does.
    pub agrees: String,
    /// `/clerk?find=…` with their id.
    pub href: String,
}

/// `POST /clerk/people` — `name`, `phone` (may be empty), `born` (`1943-05-01`), `district` (empty for elsewhere),
/// `kind` (`plastic`, `phone`, `none`), `note`, `draft` (empty for a new one), `sure` and `why` (when someone known may be the
/// same person: `1` for another one, or the id of the record the new one is linked to), `csrf`, `request_key`. The same form
/// to `POST /clerk/intakes` is kept as it is; with `quiet` it answers with the draft's id alone.
#[derive(Debug, Clone, Default)]
pub struct EnrolForm {
    /// Key.
    pub request_key: String,
    /// As they write it.
    pub name: Field,
    /// A telephone.
    pub phone: Field,
    /// Born on.
    pub born: Field,
    /// Neighbourhoods.
    pub districts: Vec<Choice>,
    /// Cards.
    pub kinds: Vec<Choice>,
    /// Who may be the same person: asked before a second record is made.
    pub alike: Vec<AlikeLine>,
    /// What shows that they are the same, for linking.
    pub why: Field,
    /// For whoever goes on with it.
    pub note: Field,
    /// The draft it goes on with.
    pub kept: Option<KeptDraft>,
    /// It was sent and refused: stands open.
    pub open: bool,
}

/// `POST /clerk/people/{id}/code` — `csrf`, `request_key`: a code to sign in with, shown this once.
#[derive(Template)]
#[template(path = "clerk_code.html")]
pub struct ClerkCodePage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Whose.
    pub name: String,
    /// `1234 5678`.
    pub digits: String,
    /// Until when: `14:15`.
    pub until: String,
    /// Where to type it: `card.example/sign-in`.
    pub address: String,
    /// `/clerk?find=…`.
    pub back: String,
}

/// `GET /clerk?find=…` (name, telephone, card number or person's id).
#[derive(Template)]
#[template(path = "clerk.html")]
pub struct ClerkPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What is to do today, who is to be seen first at the head.
    pub tasks: Vec<ClerkTask>,
    /// The list was asked for: nobody was found.
    pub listed: bool,
    /// What this clerk handed over, and where it is.
    pub given: Vec<ClerkTask>,
    /// Errors of the form that was sent.
    pub errors: Vec<FieldError>,
    /// What was looked for.
    pub find: Field,
    /// Who was found and is not this clerk's to see.
    pub closed: Vec<ClosedPerson>,
    /// Who was found when it is not one; `None` when nobody was looked for.
    pub found: Option<Vec<FoundPerson>>,
    /// Who was found when it is one.
    pub person: Option<PersonAtWindow>,
    /// The number of a card just handed out.
    pub new_number: Option<String>,
    /// Take someone in.
    pub enrol: EnrolForm,
}
