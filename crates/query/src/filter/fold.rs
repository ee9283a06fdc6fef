//! Texts for comparisons that do not look at case or at accents.

use super::operators::Folding;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// The text without what the comparison does not look at.
pub(super) fn fold(folding: Folding, text: &str) -> String {
    match folding {
        // Full case folding: ß is ss.
        Folding::Case => caseless::default_case_fold_str(text),
        // Composed again, so that a syllable of Hangul stays one character for a pattern.
        Folding::Accents => text.nfd().filter(|&c| !is_accent(c)).nfc().collect(),
    }
}

/// Whether a character of a decomposed text is an accent.
///
/// By its combining class: the marks above, below and through a letter are, and so are points of Hebrew and Arabic.
/// Not so nuktas, the voicing marks of kana and viramas (classes 7 to 9), without which a word is another one.
fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 7..=9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_folded_in_full() {
        for (a, b) in [("Straße", "STRASSE"), ("Οδος", "ΟΔΟΣ"), ("øST", "ØST"), ("강남A", "강남a")]
        {
            assert_eq!(fold(Folding::Case, a), fold(Folding::Case, b), "{a} {b}");
        }
        assert_ne!(fold(Folding::Case, "é"), fold(Folding::Case, "e"));
    }

    #[test]
    fn accents_go_and_syllables_and_voicing_marks_stay() {
        let cases = [
            ("débárquér", "debarquer"),
            ("Chișinău", "Chisinau"),
            ("e\u{301}", "e"),
            ("강남구", "강남구"),
            ("\u{1100}\u{1161}\u{11bc}", "강"),
            ("はじめ", "はじめ"),
            ("パ", "パ"),
            ("हिन्दी", "हिन्दी"),
        ];
        for (text, expected) in cases {
            assert_eq!(fold(Folding::Accents, text), expected, "{text}");
        }
    }
}
