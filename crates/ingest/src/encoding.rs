//! Which encoding a file's text is in, and reading it strictly.
//!
//! What the file declares first (`.cpg`, then the language-driver id), if its bytes agree; else UTF-8 if every byte
//! fits, else CP949, the encoding of Korean Windows, of which EUC-KR is a part. A byte that does not fit is never
//! replaced: its row is kept aside.

use crate::source::Refusal;
use encoding_rs::{EUC_KR, Encoding, UTF_8};
use siseol_model::{Grade, Issue, IssueKind};
use std::borrow::Cow;

/// An encoding with the name that people know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextEncoding(&'static Encoding);

pub(crate) const UTF8: TextEncoding = TextEncoding(UTF_8);
pub(crate) const CP949: TextEncoding = TextEncoding(EUC_KR);

/// What reading bytes as text gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded<'a> {
    Text(Cow<'a, str>),
    /// The text up to a character that the end of the field cut.
    Cut(Cow<'a, str>),
    Invalid,
}

impl TextEncoding {
    /// By a name that a person, a `.cpg` or a program writes.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let plain = name
            .trim()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase();
        Some(Self(match plain.as_str() {
            "utf8" | "65001" | "unicode" => UTF_8,
            "949" | "cp949" | "ms949" | "ansi949" | "windows949" | "euckr" | "uhc"
            | "ksc56011987" | "ksc5601" | "korean" => EUC_KR,
            "936" | "ansi936" => encoding_rs::GBK,
            "932" | "ansi932" | "cp932" => encoding_rs::SHIFT_JIS,
            "950" | "ansi950" | "cp950" => encoding_rs::BIG5,
            "1252" | "ansi1252" | "cp1252" | "latin1" | "iso88591" | "88591" | "l1" => {
                encoding_rs::WINDOWS_1252
            }
            "1251" | "ansi1251" | "cp1251" => encoding_rs::WINDOWS_1251,
            _ => {
                let found = Encoding::for_label(name.trim().as_bytes())?;
                // UTF-16 never stands in a table of bytes.
                if !found.is_ascii_compatible() {
                    return None;
                }
                found
            }
        }))
    }

    /// By the language-driver id of a .dbf, where it names an encoding of several bytes. The single-byte ids fit
    /// any bytes and are what programs write without asking.
    pub(crate) fn by_language_driver(id: u8) -> Option<Self> {
        match id {
            0x4e | 0x79 => Some(CP949),
            0x4d | 0x7a => Some(Self(encoding_rs::GBK)),
            0x13 | 0x7b => Some(Self(encoding_rs::SHIFT_JIS)),
            0x4f | 0x78 => Some(Self(encoding_rs::BIG5)),
            _ => None,
        }
    }

    /// As people write it.
    pub(crate) fn name(self) -> &'static str {
        if self == CP949 { "CP949" } else { self.0.name() }
    }

    /// Reads a field's bytes. `full`: they fill the field to its end, where a character may be cut.
    pub(crate) fn decode(self, bytes: &[u8], full: bool) -> Decoded<'_> {
        if let Some(text) = self.whole(bytes) {
            return Decoded::Text(text);
        }
        if full {
            // A character has at most four bytes.
            for cut in 1..=3.min(bytes.len()) {
                let (kept, lost) = bytes.split_at(bytes.len() - cut);
                let begins_one = lost[0] >= 0x80 && (self != UTF8 || is_cut_utf8(lost));
                if begins_one
                    && (self == UTF8 || cut == 1)
                    && let Some(text) = self.whole(kept)
                {
                    return Decoded::Cut(text);
                }
            }
        }
        Decoded::Invalid
    }

    fn whole(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes)
    }
}

fn is_cut_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
}

/// The text, if all of it is CP949.
pub(crate) fn decode_cp949(bytes: &[u8]) -> Option<String> {
    CP949.whole(bytes).map(Cow::into_owned)
}

/// What the bytes of a file's text say about the encodings it could be in.
#[derive(Debug)]
pub(crate) struct Census {
    candidates: Vec<(TextEncoding, u64)>,
    /// Texts with anything beyond ASCII.
    beyond_ascii: u64,
}

impl Census {
    pub(crate) fn new(declared: &[Option<TextEncoding>]) -> Self {
        let mut candidates: Vec<(TextEncoding, u64)> = Vec::new();
        for encoding in declared.iter().copied().flatten().chain([UTF8, CP949]) {
            if !candidates.iter().any(|(e, _)| *e == encoding) {
                candidates.push((encoding, 0));
            }
        }
        Self { candidates, beyond_ascii: 0 }
    }

    pub(crate) fn add(&mut self, bytes: &[u8], full: bool) {
        if bytes.is_ascii() {
            return;
        }
        self.beyond_ascii += 1;
        for (encoding, bad) in &mut self.candidates {
            *bad += u64::from(encoding.decode(bytes, full) == Decoded::Invalid);
        }
    }

    fn bad(&self, encoding: TextEncoding) -> u64 {
        self.candidates.iter().find(|(e, _)| *e == encoding).map_or(u64::MAX, |(_, bad)| *bad)
    }
}

/// An encoding and how it was known.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub encoding: TextEncoding,
    pub grade: Grade,
    pub evidence: String,
    pub note: Option<Issue>,
}

/// What a file declares about its encoding.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// From the `.cpg`.
    pub cpg: Option<TextEncoding>,
    /// From the language-driver id.
    pub driver: Option<TextEncoding>,
}

/// By what a person says.
pub(crate) fn by_request(name: &str) -> Result<Chosen, Refusal> {
    match TextEncoding::by_name(name) {
        Some(encoding) => Ok(Chosen {
            encoding,
            grade: Grade::Given,
            evidence: format!("given as {}", name.trim()),
            note: None,
        }),
        None => Err(unknown(name, "the given encoding")),
    }
}

/// A name that nobody knows.
pub(crate) fn unknown(name: &str, whose: &str) -> Refusal {
    let name: String = name.trim().chars().take(40).collect();
    Refusal::new(
        IssueKind::EncodingUnknown,
        format!("{whose} `{name}` is not known; give --encoding cp949 or --encoding utf-8"),
    )
}

/// Decides by what is declared and by the bytes.
pub(crate) fn choose(declared: &Declared, census: &Census) -> Result<Chosen, Refusal> {
    let detected = || -> Option<(TextEncoding, String)> {
        if census.beyond_ascii == 0 {
            return Some((UTF8, "all text is ASCII".to_owned()));
        }
        if census.bad(UTF8) == 0 {
            return Some((UTF8, "every byte fits UTF-8".to_owned()));
        }
        let bad = census.bad(CP949);
        let fits = match bad {
            0 => "every byte fits CP949 and not UTF-8".to_owned(),
            _ => format!(
                "{} of {} texts fit CP949; the others are kept aside",
                census.beyond_ascii - bad.min(census.beyond_ascii),
                census.beyond_ascii
            ),
        };
        // A stray byte in a Korean file; but a file of another encoding is not read as Korean.
        (bad * 10 <= census.beyond_ascii).then_some((CP949, fits))
    };
    for (encoding, whose) in [(declared.cpg, ".cpg"), (declared.driver, "language-driver id")] {
        let Some(encoding) = encoding else { continue };
        let bad = census.bad(encoding);
        let other = detected().filter(|(e, _)| census.bad(*e) < bad);
        let Some((found, evidence)) = other else {
            let grade = if bad == 0 { Grade::Proven } else { Grade::Probable };
            return Ok(Chosen { encoding, grade, evidence: format!("by its {whose}"), note: None });
        };
        let text = format!(
            "the {whose} says {}, but {bad} texts are not in it; read as {} ({evidence})",
            encoding.name(),
            found.name()
        );
        return Ok(Chosen {
            encoding: found,
            grade: Grade::Probable,
            evidence: evidence.clone(),
            note: Some(Issue::file(IssueKind::EncodingMismatch, text)),
        });
    }
    let Some((encoding, evidence)) = detected() else {
        return Err(Refusal::new(
            IssueKind::EncodingUnknown,
            "the text is neither UTF-8 nor CP949, and no encoding is declared; give --encoding (for example cp949, utf-8, windows-1252)",
        ));
    };
    let note = (census.beyond_ascii > 0).then(|| {
        Issue::file(
            IssueKind::EncodingDetected,
            format!("no encoding is declared; read as {}: {evidence}", encoding.name()),
        )
    });
    // No other text is UTF-8 by chance, while any two bytes of a wide range are CP949.
    let grade = if encoding == UTF8 { Grade::Proven } else { Grade::Probable };
    Ok(Chosen { encoding, grade, evidence, note })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KOREAN: &[u8] = b"\xb0\xad\xb3\xb2\xb1\xb8"; // 강남구

    #[test]
    fn text_is_read_strictly_and_only_the_field_s_end_may_cut_a_character() {
        assert_eq!(CP949.decode(KOREAN, false), Decoded::Text("강남구".into()));
        assert_eq!(CP949.decode(&KOREAN[..5], true), Decoded::Cut("강남".into()));
        assert_eq!(CP949.decode(&KOREAN[..5], false), Decoded::Invalid);
        assert_eq!(CP949.decode(b"\xb0\x20\x41", true), Decoded::Invalid);
        let utf8 = "강남".as_bytes();
        assert_eq!(UTF8.decode(&utf8[..5], true), Decoded::Cut("강".into()));
        assert_eq!(UTF8.decode(KOREAN, true), Decoded::Invalid);
    }

    #[test]
    fn what_is_declared_wins_unless_the_bytes_say_otherwise() {
        let choose_for = |cpg, driver, texts: &[&[u8]]| {
            let mut census = Census::new(&[cpg, driver]);
            for text in texts {
                census.add(text, false);
            }
            choose(&Declared { cpg, driver }, &census)
                .map(|c| (c.encoding, c.note.map(|n| n.kind)))
                .map_err(|r| r.0.kind)
        };
        let detected = Some(IssueKind::EncodingDetected);
        assert_eq!(choose_for(None, None, &[b"abc"]), Ok((UTF8, None)));
        assert_eq!(choose_for(None, None, &["강".as_bytes()]), Ok((UTF8, detected)));
        assert_eq!(choose_for(None, None, &[KOREAN]), Ok((CP949, detected)));
        assert_eq!(choose_for(Some(CP949), None, &[KOREAN]), Ok((CP949, None)));
        assert_eq!(choose_for(None, Some(CP949), &[KOREAN]), Ok((CP949, None)));
        let lied = Some(IssueKind::EncodingMismatch);
        assert_eq!(choose_for(Some(UTF8), None, &[KOREAN]), Ok((CP949, lied)));
        let french: &[u8] = b"caf\xe9 \xe0 la";
        assert_eq!(choose_for(None, None, &[french]), Err(IssueKind::EncodingUnknown));
    }

    #[test]
    fn names_are_known_in_their_many_spellings() {
        for name in ["CP949", "EUC-KR", "ks_c_5601-1987", "949", "ANSI 949", "korean"] {
            assert_eq!(TextEncoding::by_name(name), Some(CP949), "{name}");
        }
        assert_eq!(TextEncoding::by_name("UTF-8\r\n"), Some(UTF8));
        assert_eq!(TextEncoding::by_name("<!DOCTYPE html>"), None);
        assert_eq!(TextEncoding::by_name("utf-16le"), None);
    }
}
