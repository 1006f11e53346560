//! Lists of names as Python pickles them (protocol 0, which is text): PyTables keeps attributes
//! that are no numbers or strings so. Nothing is ever run; what is not a text, a number or a list
//! is skipped.

use std::collections::HashMap;

/// Lists in lists in lists is as deep as writers go.
const DEPTH_MAX: usize = 16;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Int(i64),
    List(Vec<Value>),
    Other,
}

enum Item {
    Mark,
    Value(Value),
}

impl Value {
    /// Texts and numbers of a list, as texts.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Int(number) => vec![number.to_string()],
            Self::List(items) if items.iter().all(|item| !matches!(item, Self::List(_))) => {
                items.iter().flat_map(Self::names).collect()
            }
            _ => Vec::new(),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// What a pickle holds; `None` where the text is none. O(length).
pub fn parse(text: &str) -> Option<Value> {
    let mut stack: Vec<Item> = Vec::new();
    let mut known: HashMap<&str, Value> = HashMap::new();
    let mut rest = text;
    while let Some(code) = rest.chars().next() {
        rest = rest.get(code.len_utf8()..)?;
        let mut line = || {
            let (line, after) = rest.split_once('\n')?;
            rest = after;
            Some(line)
        };
        match code {
            '(' => stack.push(Item::Mark),
            'l' | 't' => {
                let items = since_mark(&mut stack)?;
                push(&mut stack, Value::List(items))?;
            }
            ']' | ')' => push(&mut stack, Value::List(Vec::new()))?,
            'd' => {
                since_mark(&mut stack)?;
                push(&mut stack, Value::Other)?;
            }
            '}' | 'N' => push(&mut stack, Value::Other)?,
            'V' => {
                let text = line()?.to_owned();
                push(&mut stack, Value::Text(text))?;
            }
            'S' => {
                let text = line()?.trim_matches(['\'', '"']).to_owned();
                push(&mut stack, Value::Text(text))?;
            }
            'I' | 'L' => {
                let number = line()?.trim_end_matches('L').parse();
                push(&mut stack, number.map_or(Value::Other, Value::Int))?;
            }
            'F' => {
                line()?;
                push(&mut stack, Value::Other)?;
            }
            'c' => {
                line()?;
                line()?;
                push(&mut stack, Value::Other)?;
            }
            'p' => {
                let key = line()?;
                // Lists grow after they are remembered; only names are asked for again.
                if let Some(Item::Value(value @ (Value::Text(_) | Value::Int(_)))) = stack.last() {
                    known.insert(key, value.clone());
                }
            }
            'g' => {
                let value = known.get(line()?).cloned().unwrap_or(Value::Other);
                push(&mut stack, value)?;
            }
            'a' => {
                let value = pop(&mut stack)?;
                extend(&mut stack, vec![value])?;
            }
            'e' => {
                let items = since_mark(&mut stack)?;
                extend(&mut stack, items)?;
            }
            's' => {
                pop(&mut stack)?;
                pop(&mut stack)?;
            }
            'u' => {
                since_mark(&mut stack)?;
            }
            'R' | 'b' => {
                pop(&mut stack)?;
                pop(&mut stack)?;
                push(&mut stack, Value::Other)?;
            }
            '.' => return pop(&mut stack),
            _ => return None,
        }
    }
    None
}

fn push(stack: &mut Vec<Item>, value: Value) -> Option<()> {
    stack.push(Item::Value(value));
    Some(())
}

fn pop(stack: &mut Vec<Item>) -> Option<Value> {
    match stack.pop()? {
        Item::Value(value) => Some(value),
        Item::Mark => None,
    }
}

fn since_mark(stack: &mut Vec<Item>) -> Option<Vec<Value>> {
    let mark = stack.iter().rposition(|item| matches!(item, Item::Mark))?;
    let items = stack.split_off(mark);
    let values = items.into_iter().filter_map(|item| match item {
        Item::Value(value) => Some(value),
        Item::Mark => None,
    });
    Some(values.collect())
}

fn extend(stack: &mut [Item], items: Vec<Value>) -> Option<()> {
    let is_flat = items.iter().all(|item| item.depth() < DEPTH_MAX);
    match stack.last_mut()? {
        Item::Value(Value::List(list)) if is_flat => list.extend(items),
        Item::Value(_) if is_flat => {}
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_pandas_writes_them() {
        let names = |text: &str| parse(text).map(|value| value.names());
        assert_eq!(names("(lp0\nVtemp\np1\naVwind\np2\na.").unwrap(), ["temp", "wind"]);
        assert_eq!(names("(lp0\nVa\np1\nag1\na.").unwrap(), ["a", "a"]);
        assert_eq!(names("(lp0\nL0L\naL1L\na.").unwrap(), ["0", "1"]);
        assert_eq!(names("Vtemp\np0\n.").unwrap(), ["temp"]);
        assert_eq!(names("N.").unwrap(), Vec::<String>::new());
        assert_eq!(names("temp"), None);
        assert_eq!(names(""), None);
        // Of `non_index_axes`: [(1, ['temp', 'cat'])].
        let axes = parse("(lp0\n(I1\n(lp1\nVtemp\np2\naVcat\np3\natp4\na.").unwrap();
        let Value::List(axes) = axes else { panic!() };
        let Value::List(axis) = &axes[0] else { panic!() };
        assert_eq!(axis[1].names(), ["temp", "cat"]);
    }

    #[test]
    fn nonsense_is_no_pickle() {
        for text in ["a.", "(.", "((((", "t.", "p", "g1\n", "(lp0\nVx\na", "\u{e9}", "s.", "R."] {
            parse(text);
        }
        let deep = format!("{}{}.", "(l".repeat(50_000), "a".repeat(49_999));
        assert_eq!(parse(&deep), None);
    }
}
