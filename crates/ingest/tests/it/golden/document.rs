//! `docs/bad-files.md` is the table of the classes, and cannot say anything else.

use super::class::{Class, Outcome};
use std::fmt::Write as _;
use std::path::Path;

/// Where the tables stand in the documents.
const BEGIN: &str = "<!-- made by `make bless` from crates/ingest/tests/it/golden -->\n";
const END: &str = "<!-- end -->";

/// One language of the documents.
struct Language {
    file: &'static str,
    head: &'static str,
    /// Titles of the tables, in the order of the tests.
    titles: [&'static str; 5],
    class: fn(&Class) -> &'static str,
    outcome: fn(Outcome) -> &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language {
        file: "bad-files.md",
        head: "| Class | Outcome | Code | Message | Case |\n|---|---|---|---|---|\n",
        titles: [
            "Shapefiles as a whole",
            "Shapes of a shapefile",
            "Cells of a shapefile",
            "GeoJSON",
            "GeoPackage",
        ],
        class: |class| class.en,
        outcome: |outcome| match outcome {
            Outcome::Refused(_) => "file refused",
            Outcome::Accepted(_) => "accepted",
            Outcome::Repaired(_) => "repaired",
            Outcome::Quarantined(_) => "quarantined",
            Outcome::Deleted => "left out, counted",
        },
    },
    Language {
        file: "bad-files.ko.md",
        head: "| 종류 | 처리 | 코드 | 메시지 | 사례 |\n|---|---|---|---|---|\n",
        titles: [
            "셰이프파일 전체",
            "셰이프파일의 도형",
            "셰이프파일의 값",
            "GeoJSON",
            "GeoPackage",
        ],
        class: |class| class.ko,
        outcome: |outcome| match outcome {
            Outcome::Refused(_) => "파일 거부",
            Outcome::Accepted(_) => "수용",
            Outcome::Repaired(_) => "수리",
            Outcome::Quarantined(_) => "격리",
            Outcome::Deleted => "제외하고 셈",
        },
    },
];

/// A class with the message that tells of its first case.
struct Line {
    class: Class,
    message: String,
}

/// The tables of one language.
fn tables(language: &Language, tables: &[(&str, Vec<Line>)]) -> String {
    let mut out = String::new();
    for ((test, lines), title) in tables.iter().zip(language.titles) {
        writeln!(out, "## {title}\n\n`golden::{test}`\n").unwrap();
        out.push_str(language.head);
        for Line { class, message } in lines {
            let code = class.outcome.kind().map_or(String::new(), |k| format!("`{}`", k.code()));
            let message = message.replace('|', "\\|").replace('<', "&lt;");
            writeln!(
                out,
                "| {} | {} | {code} | {message} | `{}` |",
                (language.class)(class).replace('<', "&lt;"),
                (language.outcome)(class.outcome),
                class.name,
            )
            .unwrap();
        }
        out.push('\n');
    }
    out
}

#[test]
fn the_documents_say_what_the_cases_show() {
    let mut lines = Vec::new();
    for (test, classes) in super::all() {
        let told = classes.into_iter().map(|class| {
            let message = class.run(&class.cases()[..1]).unwrap_or_else(|e| panic!("{e:?}"));
            Line { class, message }
        });
        lines.push((test, told.collect::<Vec<_>>()));
    }
    for language in &LANGUAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(language.file);
        let text = fs_err::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let made = format!("{before}{BEGIN}\n{}{END}{after}", tables(language, &lines));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs_err::write(&path, made).unwrap();
        } else {
            assert!(made == text, "{} is not what the cases show: run `make bless`", language.file);
        }
    }
}
