//! Which slice comes next while slices are played, and when.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How slices are played.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Animation {
    pub frames_per_second: f64,
    pub mode: PlayMode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlayMode {
    /// From the last one on with the first.
    #[default]
    Loop,
    /// From the last one back.
    Bounce,
    /// To the last one.
    Once,
}

impl PlayMode {
    pub const ALL: [Self; 3] = [Self::Loop, Self::Bounce, Self::Once];

    pub fn name(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::Bounce => "back and forth",
            Self::Once => "once",
        }
    }
}

pub const SLOWEST: f64 = 0.5;
pub const FASTEST: f64 = 60.0;

impl Default for Animation {
    fn default() -> Self {
        Self { frames_per_second: 10.0, mode: PlayMode::Loop }
    }
}

impl Animation {
    /// What was saved may be anything.
    pub fn period_secs(&self) -> f64 {
        match self.frames_per_second.is_finite() {
            true => 1.0 / self.frames_per_second.clamp(SLOWEST, FASTEST),
            false => 1.0 / Self::default().frames_per_second,
        }
    }
}

/// A slice that is not there yet is waited for so long before later ones are tried.
const PATIENCE: Duration = Duration::from_millis(400);

/// After a longer pause (the window was hidden) nothing is made up for.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a player is, in the direction in which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playhead {
    pub index: u64,
    pub is_backward: bool,
}

impl Playhead {
    /// So many slices on; `None` at the end of what is played once.
    pub fn after(self, steps: u64, length: u64, mode: PlayMode) -> Option<Self> {
        let last = length.checked_sub(1)?;
        let index = self.index.min(last);
        match mode {
            PlayMode::Once if index == last => None,
            PlayMode::Once => {
                Some(Self { index: index.saturating_add(steps).min(last), is_backward: false })
            }
            PlayMode::Loop => {
                let index = (u128::from(index) + u128::from(steps)) % u128::from(length);
                Some(Self { index: u64::try_from(index).unwrap_or(0), is_backward: false })
            }
            PlayMode::Bounce if last == 0 => Some(Self { index: 0, is_backward: false }),
            PlayMode::Bounce => {
                // There and back again is a loop of twice the way.
                let way = 2 * u128::from(last);
                let at = match self.is_backward {
                    true => way - u128::from(index),
                    false => u128::from(index),
                };
                let at = (at + u128::from(steps)) % way;
                let is_backward = at >= u128::from(last);
                let index = if is_backward { way - at } else { at };
                Some(Self { index: u64::try_from(index).unwrap_or(0), is_backward })
            }
        }
    }
}

/// How many slices are due at `now` when the last one was due at `last`, and when those were; 0
/// while it is too early, or what is due now is not shown yet. Those that come too late are left
/// out: the animation keeps its pace.
pub fn due(last: Instant, now: Instant, animation: &Animation, is_shown: bool) -> (u64, Instant) {
    let period = Duration::from_secs_f64(animation.period_secs());
    let elapsed = now.saturating_duration_since(last);
    if elapsed < period || (!is_shown && elapsed < period + PATIENCE) {
        return (0, last);
    }
    if elapsed > PAUSE.max(2 * period) {
        return (1, now);
    }
    let steps = (elapsed.as_secs_f64() / period.as_secs_f64()) as u64;
    let steps = steps.max(1);
    (steps, last + period.mul_f64(steps as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(mode: PlayMode, length: u64, step: u64, count: usize) -> Vec<u64> {
        let mut head = Some(Playhead { index: 0, is_backward: false });
        let mut found = Vec::new();
        while let Some(at) = head.filter(|_| found.len() < count) {
            found.push(at.index);
            head = at.after(step, length, mode);
        }
        found
    }

    #[test]
    fn slices_are_played_round_and_round_to_and_fro_or_once() {
        assert_eq!(played(PlayMode::Loop, 3, 1, 7), [0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(played(PlayMode::Bounce, 3, 1, 8), [0, 1, 2, 1, 0, 1, 2, 1]);
        assert_eq!(played(PlayMode::Once, 3, 1, 9), [0, 1, 2]);
        assert_eq!(played(PlayMode::Loop, 4, 3, 5), [0, 3, 2, 1, 0]);
        assert_eq!(played(PlayMode::Once, 4, 3, 5), [0, 3]);
        assert_eq!(played(PlayMode::Bounce, 1, 1, 3), [0, 0, 0]);
        assert_eq!(played(PlayMode::Loop, 0, 1, 3), [0]);
        let huge = Playhead { index: u64::MAX - 1, is_backward: true };
        for mode in PlayMode::ALL {
            let _ = huge.after(u64::MAX, u64::MAX, mode);
        }
    }

    #[test]
    fn late_slices_are_left_out_and_the_pace_is_kept() {
        let animation = Animation { frames_per_second: 10.0, mode: PlayMode::Loop };
        let last = Instant::now();
        let after = |ms: u64| last + Duration::from_millis(ms);
        assert_eq!(due(last, after(99), &animation, true), (0, last));
        assert_eq!(due(last, after(120), &animation, true), (1, after(100)));
        assert_eq!(due(last, after(350), &animation, true), (3, after(300)));
        // What is not shown is waited for, but not for ever.
        assert_eq!(due(last, after(350), &animation, false).0, 0);
        assert_eq!(due(last, after(550), &animation, false), (5, after(500)));
        assert_eq!(due(last, after(60_000), &animation, true), (1, after(60_000)));
    }
}
