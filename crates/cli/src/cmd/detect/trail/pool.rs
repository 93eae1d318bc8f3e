//! Inputs on several threads, and what comes of them in the order of the inputs.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// Pieces of one input that may wait for their turn.
const WAITING_PIECES: usize = 4;
/// Inputs for each worker that may be done before their turn.
const WAITING_INPUTS: usize = 4;

/// Takes what comes of an input, piece by piece; blocks when it is not its turn and enough waits.
pub(crate) struct Pieces<P>(SyncSender<P>);

impl<P> Pieces<P> {
    /// Hands on a piece. `false` when nobody wants more: the job ends.
    pub(crate) fn send(&self, piece: P) -> bool {
        self.0.send(piece).is_ok()
    }
}

/// Runs `work` over inputs on so many threads. `consume` gets the pieces of the first input, then
/// `None`; then those of the second, and so on, whichever is done first. It ends the job with
/// `false`. Memory is bounded: threads wait for the slowest input.
pub(crate) fn ordered<I, P, W>(
    workers: usize,
    inputs: impl Iterator<Item = I> + Send,
    worker: impl Fn() -> W + Sync,
    mut consume: impl FnMut(&I, Option<P>) -> bool,
) where
    I: Clone + Send,
    P: Send,
    W: FnMut(&I, &Pieces<P>),
{
    let (order, turns) = sync_channel::<(I, Receiver<P>)>(workers * WAITING_INPUTS);
    let feed = Mutex::new(Some((inputs, order)));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut work = worker();
                while let Some((input, pieces)) = next(&feed) {
                    work(&input, &pieces);
                }
            });
        }
        for (input, pieces) in &turns {
            let goes_on = pieces.into_iter().all(|piece| consume(&input, Some(piece)));
            if !goes_on || !consume(&input, None) {
                break;
            }
        }
        // Whoever still sends learns that nobody listens.
        drop(turns);
    });
}

/// Inputs, and the turns that they are given; nothing when there are no more.
type Feed<T, I, P> = Mutex<Option<(T, SyncSender<(I, Receiver<P>)>)>>;

fn next<I: Clone, P>(feed: &Feed<impl Iterator<Item = I>, I, P>) -> Option<(I, Pieces<P>)> {
    let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
    let (inputs, order) = feed.as_mut()?;
    let Some(input) = inputs.next() else {
        *feed = None;
        return None;
    };
    let (sender, receiver) = sync_channel(WAITING_PIECES);
    // Within the lock, so that turns are in the order of inputs.
    order.send((input.clone(), receiver)).ok()?;
    Some((input, Pieces(sender)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inputs that each give so many pieces, and what comes out.
    fn run(
        workers: usize,
        inputs: usize,
        pieces: usize,
        take: usize,
    ) -> Vec<(usize, Option<usize>)> {
        let mut got = Vec::new();
        let work = || {
            move |input: &usize, out: &Pieces<usize>| {
                // Later inputs are done earlier.
                if input.is_multiple_of(3) {
                    thread::yield_now();
                }
                for piece in 0..pieces {
                    if !out.send(piece) {
                        return;
                    }
                }
            }
        };
        ordered(workers, 0..inputs, work, |input, piece| {
            got.push((*input, piece));
            got.len() < take
        });
        got
    }

    #[test]
    fn pieces_come_in_the_order_of_inputs_whoever_is_first() {
        let one = run(1, 50, 10, usize::MAX);
        assert_eq!(one.len(), 50 * 11);
        assert!(one.iter().take(11).map(|(_, piece)| *piece).eq((0..10).map(Some).chain([None])));
        assert_eq!(run(4, 50, 10, usize::MAX), one);
    }

    #[test]
    fn the_job_can_be_ended_at_any_time() {
        assert_eq!(run(3, 1_000_000, 100, 7).len(), 7);
        assert_eq!(run(2, 0, 1, usize::MAX), []);
    }
}
