//! Rehearsals under way and just done: one runs at a time, a page waits a moment for it and else shows a bar.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::{Date, PostingNo};
use city::read::rehearse::{Draft, Rehearsal, rehearse};
use tokio::sync::watch;

use crate::App;

/// Jobs remembered, running ones included; one more is turned away.
const MOST: usize = 8;
/// A result nobody has fetched is kept this long, so that who waits on the page with the bar gets it.
const KEPT: Duration = Duration::from_secs(120);

/// Where a rehearsal stands.
#[derive(Debug, Clone)]
pub(crate) enum Progress {
    /// Postings read, of so many; 0 of 0 while another one is running.
    Running(u64, u64),
    /// There.
    Done(Arc<Rehearsal>),
    /// The journal could not be read; the log says why.
    Failed,
}

struct Job {
    draft: Draft,
    today: Date,
    began: Instant,
    fetched: bool,
    progress: watch::Receiver<Progress>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Rehearsals {
    jobs: Mutex<Vec<Job>>,
    turn: Mutex<()>,
}

impl App {
    /// Rehearses a draft, waiting so long at most; `None` when too many are waiting already. Asked again for the same
    /// draft, it goes on waiting for the same run.
    pub(crate) async fn rehearse(self: &Arc<Self>, draft: Draft, patience: Duration) -> Option<Progress> {
        let mut progress = self.joined(draft)?;
        let ended = progress.wait_for(|p| !matches!(p, Progress::Running(..)));
        let ended = tokio::time::timeout(patience, ended).await.map(|end| end.map(|now| now.clone()));
        let now = match ended {
            Ok(Ok(now)) => now,
            // A dropped sender means that the run panicked.
            Ok(Err(_)) => Progress::Failed,
            Err(_) => progress.borrow().clone(),
        };
        if !matches!(now, Progress::Running(..)) {
            self.fetched(&draft);
        }
        Some(now)
    }

    /// The run of this draft: the one under way, one that is still right, or a new one.
    fn joined(self: &Arc<Self>, draft: Draft) -> Option<watch::Receiver<Progress>> {
        let today = self.today();
        let last = self.city.shared.read().books.last_posting();
        let mut jobs = self.rehearsals.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|job| job.is_running() || job.began.elapsed() < KEPT);
        if let Some(job) = jobs.iter().rev().find(|job| job.serves(&draft, today, last)) {
            return Some(job.progress.clone());
        }
        jobs.retain(|job| job.draft != draft || job.is_running());
        if jobs.len() >= MOST {
            jobs.retain(Job::is_running);
        }
        if jobs.len() >= MOST {
            return None;
        }
        let (sender, progress) = watch::channel(Progress::Running(0, 0));
        jobs.push(Job { draft, today, began: Instant::now(), fetched: false, progress: progress.clone() });
        drop(jobs);
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let end = app.run(&draft, today, &sender);
            // Whoever hears of the end may close the city at once: nothing of it is held here any more by then.
            drop(app);
            sender.send_replace(end);
        });
        Some(progress)
    }

    fn run(&self, draft: &Draft, today: Date, progress: &watch::Sender<Progress>) -> Progress {
        let _one_at_a_time = self.rehearsals.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut heard = |done, all| {
            progress.send_replace(Progress::Running(done, all));
        };
        let result = rehearse(&self.city.shared, &self.city.readers, today, draft, &mut heard);
        match result {
            Ok(rehearsal) => Progress::Done(Arc::new(rehearsal)),
            Err(error) => {
                tracing::error!(%error, "a rehearsal failed");
                Progress::Failed
            }
        }
    }

    fn fetched(&self, draft: &Draft) {
        let mut jobs = self.rehearsals.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        for job in jobs.iter_mut().filter(|job| job.draft == *draft && !job.is_running()) {
            job.fetched = true;
        }
    }
}

impl Job {
    fn is_running(&self) -> bool {
        // A run that panicked has dropped its sender, and is not running.
        matches!(*self.progress.borrow(), Progress::Running(..)) && self.progress.has_changed().is_ok()
    }

    /// Running, or done and either not seen yet or of the journal as it stands.
    fn serves(&self, draft: &Draft, today: Date, last: PostingNo) -> bool {
        if self.draft != *draft || self.today != today {
            return false;
        }
        match &*self.progress.borrow() {
            Progress::Done(rehearsal) => !self.fetched || rehearsal.through == last,
            Progress::Running(..) => self.progress.has_changed().is_ok(),
            Progress::Failed => !self.fetched,
        }
    }
}
