//! Finding a line by some of its letters: for the command palette.

/// How well a line matches, and which of its characters were meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Larger is better.
    pub score: i32,
    /// Places of the characters, in order, counted in characters.
    pub at: Vec<usize>,
}

/// Every word of the query has to be found: as it stands (best at the beginning of a word), or
/// its letters in order. Case does not matter.
pub fn find(query: &str, line: &str) -> Option<Found> {
    let letters: Vec<char> = line.chars().map(lower).collect();
    let mut found = Found { score: 0, at: Vec::new() };
    for word in query.split_whitespace() {
        let word: Vec<char> = word.chars().map(lower).collect();
        let (score, at) = whole(&word, &letters).or_else(|| scattered(&word, &letters))?;
        found.score += score;
        found.at.extend(at);
    }
    found.at.sort_unstable();
    found.at.dedup();
    // Of equals the shorter line says it more plainly.
    found.score -= i32::try_from(letters.len() / 8).unwrap_or(i32::MAX).min(100);
    Some(found)
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn begins_word(letters: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| letters.get(before));
    before.is_none_or(|before| !before.is_alphanumeric())
}

fn whole(word: &[char], letters: &[char]) -> Option<(i32, Vec<usize>)> {
    let mut places = letters.windows(word.len().max(1)).enumerate();
    let places: Vec<usize> =
        places.by_ref().filter(|(_, part)| *part == word).map(|(at, _)| at).collect();
    let first = places.iter().copied().find(|&at| begins_word(letters, at));
    let score = match first {
        Some(0) => 1200,
        Some(_) => 1000,
        None => 600,
    };
    let at = first.or(places.first().copied())?;
    Some((score, (at..at + word.len()).collect()))
}

/// The letters in order, beginnings of words preferred.
fn scattered(word: &[char], letters: &[char]) -> Option<(i32, Vec<usize>)> {
    let (mut at, mut from, mut score) = (Vec::new(), 0, 0);
    for letter in word {
        let rest = || (from..letters.len()).filter(|&k| letters.get(k) == Some(letter));
        let initial = rest().find(|&k| begins_word(letters, k));
        let place = initial.or_else(|| rest().next())?;
        score += if initial.is_some() { 60 } else { 10 };
        at.push(place);
        from = place + 1;
    }
    Some((score, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, lines: &[&'a str]) -> Option<&'a str> {
        let found = lines.iter().filter_map(|line| Some((find(query, line)?.score, *line)));
        found.max_by_key(|(score, _)| *score).map(|(_, line)| line)
    }

    #[test]
    fn words_come_before_scattered_letters_and_beginnings_before_middles() {
        let lines = ["Reverse the colours", "Colour map: viridis", "Close the file", "Discolour"];
        assert_eq!(best("colour", &lines), Some("Colour map: viridis"));
        assert_eq!(best("rev", &lines), Some("Reverse the colours"));
        assert_eq!(best("ctf", &lines), Some("Close the file"));
        assert_eq!(best("vir", &lines), Some("Colour map: viridis"));
        assert_eq!(best("map colour", &lines), Some("Colour map: viridis"));
        assert_eq!(best("xyz", &lines), None);
    }

    #[test]
    fn what_was_meant_is_told_by_its_places() {
        assert_eq!(find("map", "Colour map").unwrap().at, [7, 8, 9]);
        assert_eq!(find("cf", "Close the file").unwrap().at, [0, 10]);
        assert_eq!(find("", "anything").unwrap().at, Vec::<usize>::new());
        assert_eq!(find("Ö", "schön").unwrap().at, [3]);
    }
}
