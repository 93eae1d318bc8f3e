//! A queue whose messages say which files were delivered.
//!
//! ```text
//! receiver -> workers (read files, hold rules against records) -> sink -> message deleted
//!     heartbeat: messages that are worked on stay hidden from others
//! ```
//!
//! A message is deleted after its alerts are out. When anything of it fails it is given back, and
//! after some tries set aside; no message waits for another.

mod flight;
mod poison;

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Result, anyhow};
use farguard_aws::{
    AwsError,
    sqs::{LONG_POLL, MAX_BATCH, Message, Queue},
};
use farguard_trail::{
    layout::{FileName, Kind},
    notification::{Notification, ObjectRef},
};

use self::{
    flight::Flight,
    poison::{Poison, Verdict},
};
use super::{
    evaluate::{Examiner, Piece, Worker},
    input::Input,
    local::wanted,
    sink::Sink,
};
use crate::{args::detect::TrailArgs, cmd::detect::stop::Stop, terminal::Terminal};

/// Pieces that wait for the sink.
const WAITING_PIECES: usize = 16;
/// With `--once`, how long to wait for a message: long enough that all servers of SQS are asked.
const LAST_CALL: Duration = Duration::from_secs(1);
/// How long to wait after an error before the queue is asked again.
const PAUSE: Duration = Duration::from_secs(5);

/// What workers tell.
enum News {
    /// Something was found in a message: the name of the file, and what.
    Piece(String, Piece),
    /// A message is done with.
    Done(Message, Result<(), Failure>),
    /// The queue cannot be asked.
    Broken(AwsError),
}

/// Why a message could not be processed.
#[derive(Debug)]
pub(super) struct Failure {
    why: String,
    /// Whether it would fail again for ever.
    is_final: bool,
}

/// A job over a queue.
pub(super) struct Job<'a> {
    pub(super) queue: &'a Queue,
    pub(super) args: &'a TrailArgs,
    pub(super) workers: usize,
    pub(super) stop: &'a Stop,
    pub(super) terminal: &'a Terminal,
}

impl Job<'_> {
    /// Works until the queue is empty (`--once`) or a signal comes.
    ///
    /// # Errors
    /// When the queue cannot be asked, or alerts cannot be written.
    pub(super) fn run<E: Examiner>(
        &self,
        worker: impl Fn() -> Worker<E> + Sync,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let hidden = Duration::from_secs(u64::from(self.args.visibility));
        let flight = Flight::new(self.workers * 2);
        let (news, listen) = sync_channel::<News>(WAITING_PIECES);
        let (work, todo) = channel::<Message>();
        let todo = Mutex::new(todo);
        thread::scope(|scope| {
            for _ in 0..self.workers {
                let (news, todo, worker) = (news.clone(), &todo, &worker);
                scope.spawn(move || {
                    let mut worker = worker();
                    while let Some(message) = next(todo) {
                        self.message(message, &mut worker, &news);
                    }
                });
            }
            let receiver = news.clone();
            drop(news);
            let flight = &flight;
            // Workers end when nobody gives them work, and the sink when they have ended.
            scope.spawn(move || self.receive(hidden, flight, &work, &receiver));
            scope.spawn(|| self.keep_hidden(hidden, flight));
            let consumed = self.consume(&listen, flight, sink);
            drop(listen);
            flight.end();
            if consumed.is_err() {
                self.stop.now();
            }
            consumed
        })
    }

    /// Receives messages while there is somebody to work on them.
    fn receive(
        &self,
        hidden: Duration,
        flight: &Flight,
        work: &Sender<Message>,
        news: &SyncSender<News>,
    ) {
        let wait = if self.args.once { LAST_CALL } else { LONG_POLL };
        while let Some(free) = flight.wait_for_room(self.stop) {
            let count = free.min(MAX_BATCH);
            match self.queue.receive(count, hidden, wait, || !self.stop.is_set()) {
                Ok(messages) if messages.is_empty() && self.args.once && flight.is_empty() => break,
                Ok(messages) => {
                    for message in messages {
                        flight.begin(&message);
                        if work.send(message).is_err() {
                            return;
                        }
                    }
                }
                // What is refused once is refused again; what fails may work later.
                Err(error) if error.code().is_some() || self.args.once => {
                    let _ = news.send(News::Broken(error));
                    return;
                }
                Err(error) => {
                    self.terminal.warn(&error.to_string());
                    self.stop.sleep(PAUSE);
                }
            }
        }
    }

    /// Extends the time for which messages are hidden, until they are done with.
    fn keep_hidden(&self, hidden: Duration, flight: &Flight) {
        while flight.wait(hidden / 3) {
            for message in flight.messages() {
                if let Err(error) = self.queue.hide(&message, hidden) {
                    self.terminal.note(&format!("message {}: {error}", message.id));
                }
            }
        }
    }

    /// Reads everything that a message names. A file that fails does not hide the others.
    fn message<E: Examiner>(
        &self,
        message: Message,
        worker: &mut Worker<E>,
        news: &SyncSender<News>,
    ) {
        let mut failed = Vec::new();
        let name = format!("message {}", message.id);
        let mut is_final = false;
        match Notification::parse(&message.body) {
            Ok(Notification::Nothing) => {}
            Ok(Notification::Record(text)) => {
                worker.text(&text, |piece| news.send(News::Piece(name.clone(), piece)).is_ok());
            }
            Ok(Notification::Objects(objects)) => {
                for object in objects.iter().filter(|object| self.wants(object)) {
                    failed.extend(object_failure(object, worker, news));
                }
            }
            Err(error) => {
                is_final = true;
                failed.push(error.to_string());
            }
        }
        let outcome = match failed.is_empty() {
            true => Ok(()),
            false => Err(Failure { why: failed.join("; "), is_final }),
        };
        let _ = news.send(News::Done(message, outcome));
    }

    /// Digests and files of other services, accounts, regions and times are no work.
    fn wants(&self, object: &ObjectRef) -> bool {
        let name = FileName::parse(&object.key);
        name.is_none_or(|name| name.kind == Kind::Log)
            && wanted(&object.key, Kind::Log, &self.args.select.selection()) == Some(true)
    }

    fn consume(&self, news: &Receiver<News>, flight: &Flight, sink: &mut Sink<'_>) -> Result<()> {
        let mut poison = Poison::new(self.args, self.queue);
        let mut done: Vec<Message> = Vec::new();
        loop {
            // What is done is deleted together with what is done at the same time.
            let next = match done.is_empty() {
                true => news.recv().ok(),
                false if done.len() < MAX_BATCH => news.try_recv().ok(),
                false => None,
            };
            match next {
                Some(News::Piece(name, piece)) => {
                    sink.piece(&name, piece)?;
                }
                Some(News::Done(message, Ok(()))) => done.push(message),
                Some(News::Done(message, Err(failure))) => {
                    sink.flush()?;
                    // What failed of files is counted with them.
                    let verdict = poison.judge(&message, &failure)?;
                    let (Verdict::SetAside(why) | Verdict::GivenBack(why)) = &verdict;
                    match failure.is_final {
                        true => sink.lose(why),
                        false => sink.warn(why),
                    }
                    match verdict {
                        Verdict::SetAside(_) => done.push(message),
                        Verdict::GivenBack(_) => flight.finish(&message),
                    }
                }
                Some(News::Broken(error)) => return Err(anyhow!(error)),
                None if done.is_empty() => return sink.save(),
                None => self.delete(&mut done, flight, sink)?,
            }
        }
    }

    /// Deletes messages, now that their alerts are out.
    fn delete(&self, done: &mut Vec<Message>, flight: &Flight, sink: &mut Sink<'_>) -> Result<()> {
        sink.save_now_and_then()?;
        if !sink.is_open() {
            done.clear();
            return Ok(());
        }
        let messages: Vec<&Message> = done.iter().collect();
        match self.queue.delete(&messages) {
            Ok(left) if left.is_empty() => {}
            // They come again, and what they say twice is told once.
            Ok(left) => self.terminal.warn(&format!("cannot delete messages {}", left.join(", "))),
            Err(error) => self.terminal.warn(&format!("cannot delete messages: {error}")),
        }
        done.drain(..).for_each(|message| flight.finish(&message));
        Ok(())
    }
}

/// Reads one object; why it failed, if it did.
fn object_failure<E: Examiner>(
    object: &ObjectRef,
    worker: &mut Worker<E>,
    news: &SyncSender<News>,
) -> Option<String> {
    let input = Input::object(&object.bucket.as_str().into(), object.key.clone(), 0);
    let name = input.name();
    let mut failure = None;
    worker.read(&input, |piece| {
        match &piece {
            Piece::End(Err(error)) => failure = Some(format!("{name}: {error:#}")),
            Piece::End(Ok(tally)) if tally.losses > 0 => {
                failure = Some(format!("{name}: {} parts could not be read", tally.losses));
            }
            Piece::End(Ok(_)) | Piece::Matches(_) => {}
        }
        news.send(News::Piece(name.clone(), piece)).is_ok()
    });
    failure
}

fn next(todo: &Mutex<Receiver<Message>>) -> Option<Message> {
    todo.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
