//! Well-known text of coordinate systems, as far as grids need it: the first version in GDAL's and ESRI's
//! spelling, and the second.

/// Longer texts are no `.prj`: EPSG's longest definition has a few thousand characters.
const MAX_BYTES: usize = 64 * 1024;
/// Deeper texts are no `.prj` either; the limit keeps the recursion off the end of the stack.
const MAX_DEPTH: usize = 24;

/// One `NAME["text", 1.0, CHILD[..]]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Upper case.
    pub keyword: String,
    pub args: Vec<Arg>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Arg {
    Text(String),
    Number(f64),
    Word,
    Node(Node),
}

impl Node {
    /// Reads the text; none if it is anything but one node.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text
            .trim_start_matches('\u{feff}')
            .trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if text.len() > MAX_BYTES {
            return None;
        }
        let mut parser = Parser { bytes: text.as_bytes(), text, at: 0 };
        match parser.arg(0)? {
            Arg::Node(node) if parser.at == text.len() => Some(node),
            _ => None,
        }
    }

    /// The first text among the arguments: its name.
    pub(crate) fn name(&self) -> &str {
        match self.args.first() {
            Some(Arg::Text(name)) => name,
            _ => "",
        }
    }

    pub(crate) fn children(&self) -> impl Iterator<Item = &Self> {
        self.args.iter().filter_map(|a| match a {
            Arg::Node(node) => Some(node),
            _ => None,
        })
    }

    /// The first child with one of these keywords.
    pub(crate) fn child(&self, keywords: &[&str]) -> Option<&Self> {
        self.children().find(|c| keywords.contains(&c.keyword.as_str()))
    }

    /// The first node with one of these keywords, here or below.
    pub(crate) fn find(&self, keywords: &[&str]) -> Option<&Self> {
        if keywords.contains(&self.keyword.as_str()) {
            return Some(self);
        }
        self.children().find_map(|c| c.find(keywords))
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.args.iter().filter_map(|a| match a {
            Arg::Number(n) => Some(*n),
            _ => None,
        })
    }

    /// The EPSG code that the node itself carries (not one of its parts').
    pub(crate) fn epsg(&self) -> Option<u32> {
        let id = self.child(&["AUTHORITY", "ID"])?;
        if !id.name().eq_ignore_ascii_case("EPSG") {
            return None;
        }
        match id.args.get(1)? {
            Arg::Text(code) => code.parse().ok(),
            Arg::Number(code) => code.to_string().parse().ok(),
            _ => None,
        }
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn arg(&mut self, depth: usize) -> Option<Arg> {
        self.skip_space();
        let first = *self.bytes.get(self.at)?;
        if first == b'"' {
            return self.quoted().map(Arg::Text);
        }
        let start = self.at;
        while let Some(b) = self.bytes.get(self.at)
            && (b.is_ascii_alphanumeric() || b"_.+-".contains(b))
        {
            self.at += 1;
        }
        let word = self.text.get(start..self.at)?;
        if word.is_empty() {
            return None;
        }
        self.skip_space();
        let close = match self.bytes.get(self.at) {
            Some(b'[') => b']',
            Some(b'(') => b')',
            _ => {
                return Some(match word.parse::<f64>() {
                    Ok(number) if number.is_finite() => Arg::Number(number),
                    _ => Arg::Word,
                });
            }
        };
        if depth >= MAX_DEPTH || !first.is_ascii_alphabetic() {
            return None;
        }
        self.at += 1;
        let keyword = word.to_ascii_uppercase();
        let mut args = Vec::new();
        loop {
            args.push(self.arg(depth + 1)?);
            self.skip_space();
            let next = *self.bytes.get(self.at)?;
            self.at += 1;
            if next == close {
                return Some(Arg::Node(Node { keyword, args }));
            }
            if next != b',' {
                return None;
            }
        }
    }

    /// A quoted text; a doubled quote stands for one.
    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            self.at += 1;
            let rest = self.text.get(self.at..)?;
            let end = rest.find('"')?;
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if self.bytes.get(self.at) != Some(&b'"') {
                return Some(text);
            }
            text.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_brackets_quotes_and_numbers_are_read() {
        let node = Node::parse("\u{feff}PROJCS(\"a \"\"b\"\"\", UNIT[\"m\",1.0e0],AXIS[\"E\",EAST],ID[\"EPSG\",5186])\n").unwrap();
        assert_eq!(node.name(), "a \"b\"");
        assert_eq!(node.find(&["UNIT"]).unwrap().numbers().next(), Some(1.0));
        assert_eq!(node.epsg(), Some(5186));
    }

    #[test]
    fn what_is_no_wkt_is_not_read() {
        let deep = "A[".repeat(10_000);
        for bad in [
            "",
            "EPSG:5186",
            "https://x.invalid/a.prj",
            "<html></html>",
            "A[\"b\"",
            "A[]",
            "A[1]x",
            &deep,
            "+proj=tmerc",
        ] {
            assert_eq!(Node::parse(bad), None, "{bad:.20}");
        }
    }
}
