//! A gate before the writer, so that the checkpoint can have the write-ahead log to itself for a moment.
//!
//! A plain mutex would not do: the writer lets go and takes again within a microsecond, and the other thread would seldom win.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
struct State {
    /// The writer is in a transaction.
    busy: bool,
    /// The checkpoint wants to go first.
    closed: bool,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

/// The gate is passed, or held shut, until this is dropped.
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    shut: bool,
}

impl Gate {
    /// Waits while the gate is shut and marks the writer as busy.
    pub fn enter(&self) -> Pass<'_> {
        let mut state = self.lock();
        while state.closed {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.busy = true;
        Pass {
            gate: self,
            shut: false,
        }
    }

    /// Shuts the gate and waits for the writer to come out.
    pub fn shut(&self) -> Pass<'_> {
        let mut state = self.lock();
        state.closed = true;
        while state.busy {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Pass {
            gate: self,
            shut: true,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        // Nobody waits for the writer but the checkpoint, which shuts the gate first; to wake nobody is a call to the kernel, too.
        let is_waited_for = state.closed;
        if self.shut {
            state.closed = false;
        } else {
            state.busy = false;
        }
        drop(state);
        if is_waited_for {
            self.gate.changed.notify_all();
        }
    }
}
