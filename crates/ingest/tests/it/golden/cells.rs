//! Cells of a shapefile's table that are bad, and some that only look so.

use super::class::Outcome::{Accepted, Deleted, Quarantined, Repaired};
use super::class::{Class, Outcome, file, row};
use super::kit::{DAY, ID, Kind, LENGTH, LONG, NAME, USED};
use siseol_model::IssueKind as Is;

fn cell(names: [&'static str; 3], outcome: Outcome, column: usize, bytes: &'static [u8]) -> Class {
    row(names, Kind::ALL, outcome, move |d, i| d.cell(i, column, bytes))
}

fn numbers() -> Vec<Class> {
    vec![
        cell(
            ["number-stars", "별표로 채워진 숫자", "a number of asterisks"],
            Repaired(Is::NumberOverflow),
            LENGTH,
            b"********",
        ),
        cell(
            ["number-letters", "숫자 필드의 글자", "letters in a number"],
            Quarantined(Is::NumberInvalid),
            LENGTH,
            b"abc",
        ),
        cell(
            ["number-comma", "쉼표가 든 숫자", "a number with a comma"],
            Quarantined(Is::NumberInvalid),
            LENGTH,
            b"1,5",
        ),
        cell(["number-1e400", "1e400", "1e400"], Quarantined(Is::NumberRange), LENGTH, b"1e400"),
        cell(
            ["number-nan", "글자로 적힌 NaN", "the word NaN in a number"],
            Quarantined(Is::NumberInvalid),
            LENGTH,
            b"NaN",
        ),
        cell(
            ["number-fraction", "정수 필드의 소수", "a fraction in a whole number"],
            Quarantined(Is::NumberInvalid),
            ID,
            b"1.5",
        ),
        cell(
            ["number-point-zero", "정수 필드의 1.0", "1.0 in a whole number"],
            Accepted(None),
            ID,
            b"1.0",
        ),
        cell(["number-blank", "빈 숫자", "a blank number"], Accepted(None), LENGTH, b""),
        cell(
            ["number-nul", "NUL로 채워진 숫자", "a number padded with NUL"],
            Accepted(None),
            LENGTH,
            b"\0\0\0\0\0\0\0\0",
        ),
    ]
}

fn dates_and_truth() -> Vec<Class> {
    vec![
        cell(
            ["date-zeros", "00000000인 날짜", "the date 00000000"],
            Accepted(None),
            DAY,
            b"00000000",
        ),
        cell(["date-blank", "빈 날짜", "a blank date"], Accepted(None), DAY, b""),
        cell(
            ["date-february-31", "2월 31일", "a 31st of February"],
            Repaired(Is::DateInvalid),
            DAY,
            b"20230231",
        ),
        cell(["truth-unknown", "?인 참거짓", "a truth value of ?"], Accepted(None), USED, b"?"),
        cell(
            ["truth-invalid", "참도 거짓도 아닌 값", "a truth value that is none"],
            Quarantined(Is::NumberInvalid),
            USED,
            b"x",
        ),
    ]
}

fn texts() -> Vec<Class> {
    vec![
        cell(
            ["text-nul", "글 안의 NUL", "a NUL inside a text"],
            Quarantined(Is::TextNul),
            NAME,
            b"a\0b",
        ),
        cell(
            [
                "text-undecodable",
                "인코딩에 맞지 않는 바이트",
                "bytes that are not in the file's encoding",
            ],
            Quarantined(Is::TextUndecodable),
            NAME,
            b"a\xff\xfeb",
        ),
        cell(
            ["text-cut", "필드 끝에서 잘린 글자", "a character cut by its field's end"],
            Repaired(Is::TextCut),
            NAME,
            "12345678이".as_bytes().split_at(9).0,
        ),
        cell(["text-sql", "SQL이 든 글", "SQL in a text"], Accepted(None), NAME, b"';DROP--"),
        cell(["text-html", "HTML이 든 글", "HTML in a text"], Accepted(None), NAME, b"<script>"),
        cell(
            ["text-ansi", "단말기 제어 문자가 든 글", "terminal codes in a text"],
            Accepted(None),
            NAME,
            b"\x1b[31mx\x07",
        ),
        cell(
            ["text-formula", "수식처럼 보이는 글", "a text like a formula"],
            Accepted(None),
            NAME,
            b"=1+2",
        ),
        cell(["text-blank", "빈 글", "a blank text"], Accepted(None), NAME, b""),
    ]
}

pub(crate) fn classes() -> Vec<Class> {
    let mut classes = vec![
        row(
            ["deleted-flag", "삭제 표시된 행", "a row flagged as deleted"],
            Kind::ALL,
            Deleted,
            |d, i| {
                d.rows[i].0 = b'*';
            },
        ),
        row(
            ["deleted-and-bad", "삭제 표시된 망가진 행", "a bad row flagged as deleted"],
            Kind::ALL,
            Deleted,
            |d, i| {
                d.rows[i].0 = b'*';
                d.cell(i, LENGTH, b"abc");
                d.put(i, 0, f64::NAN);
            },
        ),
        row(
            ["id-of-19-digits", "18자리를 넘는 번호", "ids of more than 18 digits"],
            Kind::ALL,
            Accepted(Some(Is::IdAsText)),
            |d, i| {
                d.columns[LONG].2 = 19;
                d.cell(i, LONG, b"9223372036854775808");
            },
        ),
        file(
            ["key-twice", "중복된 관리번호", "a facility key that occurs twice"],
            Accepted(Some(Is::KeyDuplicate)),
            |d| {
                d.options.key = vec!["ID".to_owned()];
                d.cell(3, ID, b"1");
            },
        ),
        row(
            ["key-missing", "관리번호 없음", "no facility key"],
            Kind::ALL,
            Accepted(Some(Is::KeyMissing)),
            |d, i| {
                d.options.key = vec!["ID".to_owned()];
                d.cell(i, ID, b"");
            },
        ),
    ];
    for more in [numbers(), dates_and_truth(), texts()] {
        classes.extend(more);
    }
    classes
}
