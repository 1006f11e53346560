//! From text to conditions: tokens, then a descent by precedence (`or`, `and`, `not`).

use super::{Condition, Literal, RowFilter, Test};

/// Parentheses and `not` within each other at most.
const DEPTH_MAX: usize = 64;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name or a keyword.
    Word(String),
    /// A name in back-quotes.
    Name(String),
    Number(f64),
    Text(String),
    Test(Test),
    Open,
    Close,
    Comma,
}

pub(super) fn filter(text: &str, is_column: &dyn Fn(&str) -> bool) -> Result<RowFilter, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, columns: Vec::new(), is_column };
    let condition = parser.any()?;
    match parser.next() {
        None => Ok(RowFilter { condition, columns: parser.columns }),
        Some(token) => Err(format!("{} is not expected here", written(&token))),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, len) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '"' | '\'' | '`' => quoted(rest, first)?,
            '0'..='9' | '.' | '+' | '-' => number(rest)?,
            _ if first.is_alphabetic() || first == '_' => word(rest),
            _ => sign(rest).ok_or_else(|| format!("{first} is not understood"))?,
        };
        found.push(token);
        rest = rest.get(len..).unwrap_or_default().trim_start();
    }
    if found.is_empty() { Err("the condition is empty".into()) } else { Ok(found) }
}

fn quoted(text: &str, quote: char) -> Result<(Token, usize), String> {
    let inner = text.get(1..).unwrap_or_default();
    let end = inner.find(quote).ok_or_else(|| format!("a quote {quote} is not closed"))?;
    let content = inner.get(..end).unwrap_or_default().to_owned();
    let token = if quote == '`' { Token::Name(content) } else { Token::Text(content) };
    Ok((token, end + 2))
}

fn number(text: &str) -> Result<(Token, usize), String> {
    let mut len = 0;
    let mut before = ' ';
    for c in text.chars() {
        let is_sign = (c == '-' || c == '+') && (len == 0 || matches!(before, 'e' | 'E'));
        if !(is_sign || c.is_ascii_alphanumeric() || c == '.') {
            break;
        }
        before = c;
        len += 1;
    }
    let written = text.get(..len).unwrap_or_default();
    let hex = written.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let value = hex.map(|value| value as f64).or_else(|| written.parse().ok());
    match value.filter(|_| !written.is_empty()) {
        Some(value) => Ok((Token::Number(value), len)),
        None => Err(format!("{written} is not a number; put texts and dates in quotes")),
    }
}

fn word(text: &str) -> (Token, usize) {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '/');
    let len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    (Token::Word(text.get(..len).unwrap_or_default().to_owned()), len)
}

fn sign(text: &str) -> Option<(Token, usize)> {
    let word = |word: &str| Token::Word(word.into());
    let signs = [
        ("&&", word("and")),
        ("||", word("or")),
        ("==", Token::Test(Test::Is)),
        ("!=", Token::Test(Test::IsNot)),
        ("<>", Token::Test(Test::IsNot)),
        ("<=", Token::Test(Test::LessOrIs)),
        (">=", Token::Test(Test::MoreOrIs)),
        ("<", Token::Test(Test::Less)),
        (">", Token::Test(Test::More)),
        ("=", Token::Test(Test::Is)),
        ("&", word("and")),
        ("|", word("or")),
        ("!", word("not")),
    ];
    let found = signs.into_iter().find(|(sign, _)| text.starts_with(sign))?;
    Some((found.1, found.0.len()))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    columns: Vec<String>,
    is_column: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, keyword: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.not()?];
        while self.takes("and") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn not(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("the condition is nested too deep".into());
        }
        let condition = if self.takes("not") {
            Condition::Not(Box::new(self.not()?))
        } else if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.any()?;
            match self.next() {
                Some(Token::Close) => inner,
                _ => return Err("a ) is missing".into()),
            }
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, String> {
        let column = match self.next() {
            Some(Token::Word(name) | Token::Name(name)) if (self.is_column)(&name) => {
                self.column(name)
            }
            Some(Token::Word(name) | Token::Name(name)) => {
                return Err(format!("there is no column {name}"));
            }
            Some(token) => {
                return Err(format!("a column should stand before {}", written(&token)));
            }
            None => {
                let before = self.tokens.last().map(written).unwrap_or_default();
                return Err(format!("a condition is missing after {before}"));
            }
        };
        if self.takes("in") {
            return self.among(column);
        }
        if self.takes("contains") {
            return match self.next() {
                Some(Token::Text(text) | Token::Word(text)) => {
                    Ok(Condition::Contains { column, text: text.to_lowercase() })
                }
                Some(Token::Number(number)) => {
                    Ok(Condition::Contains { column, text: number.to_string() })
                }
                _ => Err("a text is missing after contains".into()),
            };
        }
        if self.takes("is") {
            let is_negated = self.takes("not");
            if !(self.takes("missing") || self.takes("null")) {
                return Err("only \"missing\" may follow is".into());
            }
            let found = Condition::IsMissing { column };
            return Ok(if is_negated { Condition::Not(Box::new(found)) } else { found });
        }
        let test = match self.next() {
            Some(Token::Test(test)) => test,
            Some(token) => {
                return Err(format!("a comparison should stand before {}", written(&token)));
            }
            None => return Err("a comparison is missing at the end".into()),
        };
        match self.next() {
            Some(Token::Number(number)) => {
                Ok(Condition::Compare { column, test, with: Literal::Number(number) })
            }
            Some(Token::Text(text)) => {
                Ok(Condition::Compare { column, test, with: Literal::Text(text) })
            }
            // A word that is no column is a text whose quotes were left out.
            Some(Token::Word(name)) if !(self.is_column)(&name) => {
                Ok(Condition::Compare { column, test, with: Literal::Text(name) })
            }
            Some(Token::Word(name) | Token::Name(name)) => {
                Ok(Condition::Columns { left: column, test, right: self.column(name) })
            }
            _ => Err(format!("a value is missing after {}", written(&Token::Test(test)))),
        }
    }

    fn among(&mut self, column: usize) -> Result<Condition, String> {
        if self.next() != Some(Token::Open) {
            return Err("a list in ( ) should follow in".into());
        }
        let mut among = Vec::new();
        loop {
            match self.next() {
                Some(Token::Number(number)) => among.push(Literal::Number(number)),
                Some(Token::Text(text) | Token::Word(text)) => among.push(Literal::Text(text)),
                _ => return Err("the list after in holds numbers and texts".into()),
            }
            match self.next() {
                Some(Token::Comma) => {}
                Some(Token::Close) => return Ok(Condition::In { column, among }),
                _ => return Err("a ) is missing after the list".into()),
            }
        }
    }

    fn column(&mut self, name: String) -> usize {
        self.columns.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.columns.push(name);
            self.columns.len() - 1
        })
    }
}

fn one_or(mut parts: Vec<Condition>, join: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

fn written(token: &Token) -> String {
    match token {
        Token::Word(word) => word.clone(),
        Token::Name(name) => format!("`{name}`"),
        Token::Number(number) => number.to_string(),
        Token::Text(text) => format!("\"{text}\""),
        Token::Test(test) => match test {
            Test::Is => "==",
            Test::IsNot => "!=",
            Test::Less => "<",
            Test::LessOrIs => "<=",
            Test::More => ">",
            Test::MoreOrIs => ">=",
        }
        .into(),
        Token::Open => "(".into(),
        Token::Close => ")".into(),
        Token::Comma => ",".into(),
    }
}
