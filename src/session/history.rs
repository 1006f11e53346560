//! Steps that can be taken back.

/// States in the order in which they were; changes in quick succession are one step.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: Vec<T>,
    future: Vec<T>,
    now: Option<T>,
    /// When it last changed.
    changed_secs: f64,
    /// The next state is the one that was just restored, however it came out.
    is_restoring: bool,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self {
            past: Vec::new(),
            future: Vec::new(),
            now: None,
            changed_secs: f64::NEG_INFINITY,
            is_restoring: false,
        }
    }
}

const STEPS_MOST: usize = 200;

/// One drags, scrolls, steps: changes this close to each other belong together.
const ONE_STEP_SECS: f64 = 0.6;

impl<T: Clone + PartialEq> History<T> {
    /// Called with the state of each frame.
    pub fn note(&mut self, state: T, secs: f64) {
        if std::mem::take(&mut self.is_restoring) {
            self.now = Some(state);
            return;
        }
        if self.now.as_ref() == Some(&state) {
            return;
        }
        let is_same_step = secs - self.changed_secs < ONE_STEP_SECS;
        self.changed_secs = secs;
        let before = self.now.replace(state);
        self.future.clear();
        if let Some(before) = before.filter(|_| !is_same_step || self.past.is_empty()) {
            self.past.push(before);
            if self.past.len() > STEPS_MOST {
                self.past.remove(0);
            }
        }
    }

    /// The state of the last frame takes the place of what was known, without a step.
    pub fn rebase(&mut self, state: T) {
        self.now = Some(state);
    }

    pub fn now(&self) -> Option<&T> {
        self.now.as_ref()
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// The state before the last step.
    pub fn undo(&mut self) -> Option<T> {
        let state = self.past.pop()?;
        self.future.extend(self.now.replace(state.clone()));
        self.restored();
        Some(state)
    }

    /// The state after the step taken back last.
    pub fn redo(&mut self) -> Option<T> {
        let state = self.future.pop()?;
        self.past.extend(self.now.replace(state.clone()));
        self.restored();
        Some(state)
    }

    fn restored(&mut self) {
        self.is_restoring = true;
        self.changed_secs = f64::NEG_INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_back_and_again() {
        let mut history = History::default();
        for (secs, state) in [(0.0, 0), (10.0, 1), (20.0, 2)] {
            history.note(state, secs);
            history.note(state, secs + 1.0);
        }
        assert_eq!((history.undo(), history.undo(), history.undo()), (Some(1), Some(0), None));
        history.note(0, 30.0);
        assert_eq!(history.redo(), Some(1));
        history.note(1, 31.0);
        assert!(history.can_undo() && history.can_redo());
        history.note(7, 40.0);
        assert!(!history.can_redo());
        assert_eq!(history.undo(), Some(1));
    }

    #[test]
    fn what_changes_in_quick_succession_is_one_step() {
        let mut history = History::default();
        history.note(0, 0.0);
        history.note(1, 5.0);
        (0..50).for_each(|k| history.note(100 + k, 10.0 + 0.1 * f64::from(k)));
        assert_eq!((history.undo(), history.undo(), history.undo()), (Some(1), Some(0), None));
    }

    #[test]
    fn a_state_that_came_out_otherwise_is_no_step_of_its_own() {
        let mut history = History::default();
        history.note(0, 0.0);
        history.note(1, 5.0);
        assert_eq!(history.undo(), Some(0));
        history.note(99, 6.0);
        assert_eq!((history.can_undo(), history.redo()), (false, Some(1)));
    }

    #[test]
    fn no_more_steps_are_kept_than_somebody_takes_back() {
        let mut history = History::default();
        (0..1000).for_each(|k| history.note(k, f64::from(k)));
        assert_eq!(history.past.len(), STEPS_MOST);
    }
}
