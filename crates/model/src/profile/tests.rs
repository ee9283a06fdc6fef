//! What is wrong with a profile is found, and the file and place are named.

use super::*;
use crate::{Field, FieldKind};

const CITY: &str = r##"
id = "city"
label = { ko = "도시", en = "city" }
references = [{ fields = ["WORK"], classes = ["ledger"], means = "record" }]
[fields]
CODE = { label = { ko = "부호", en = "code" }, type = "code", code_list = "KINDS" }
NUM = { label = { ko = "번호", en = "number" }, aliases = ["ID"] }
WORK = { label = { ko = "공사", en = "works" } }
[code_lists.KINDS]
label = { ko = "종류", en = "kinds" }
codes = { A = { ko = "가", en = "a", status = "verified" }, B = { ko = "나", en = "b" } }
"##;

const PIPES: &str = r##"
[classes.pipe]
label = { ko = "관로", en = "pipe" }
tables = ["PIPE_*"]
key = ["CODE", "NUM"]
class_field = "CODE"
network = { utility = "water", part = "pipe", by_code = { B = "pump" }, levels = ["UP", "DOWN"], direction = ["nodes", "levels"] }
references = [
    { fields = ["UP_CODE", "UP_NUM"], classes = ["pipe"], means = "start" },
    { fields = ["UP_CODE", "UP_NUM"], classes = ["pipe"], means = "end" },
]
[classes.pipe.look]
color = "#123456"
dash = [2, 1]
label_field = "NAME"
[classes.pipe.fields]
UP = { label = { ko = "시점", en = "start" }, type = "number", unit = "m", range = [-10, 10.5], nulls = ["0"] }
DOWN = { label = { ko = "종점", en = "end" } }
UP_CODE = { label = { ko = "시점", en = "start" } }
UP_NUM = { label = { ko = "시점", en = "start" } }
NAME = { label = { ko = "이름", en = "name" }, aliases = ["TITLE"], personal = true }
[classes.ledger]
label = { ko = "대장", en = "ledger" }
tables = ["LEDGER"]
key = ["WORK"]
geometry = "none"
"##;

fn read(city: &str, pipes: &str) -> (Profile, Vec<String>) {
    let (profile, problems) = Draft::read([("city.toml", city), ("a/pipes.toml", pipes)]).finish();
    (profile, problems.iter().map(Problem::to_string).collect())
}

#[test]
fn files_make_one_profile() {
    let (profile, problems) = read(CITY, PIPES);
    assert_eq!(problems, [""; 0]);
    let pipe = profile.class("pipe").unwrap();
    assert_eq!(profile.field(pipe, "UP").unwrap().range, Some([-10.0, 10.5]));
    assert_eq!(profile.field(pipe, "NUM").unwrap().aliases, ["ID"]);
    let targets = |class| -> Vec<&str> {
        let class = profile.class(class).unwrap();
        profile.references(class).map(|r| r.classes[0].as_str()).collect()
    };
    assert_eq!(targets("pipe"), ["pipe", "pipe", "ledger"]);
    assert_eq!(targets("ledger"), [""; 0], "no row is a record of itself");
    let summary = profile.summary();
    assert_eq!((summary.classes.len(), summary.fields), (2, 3));
    let kinds = &summary.code_lists[0];
    assert_eq!((kinds.verified, kinds.provisional), (1, 1));
}

#[test]
fn a_slip_of_the_pen_is_found_where_it_is() {
    // In which file, what is written, what is written instead, what is said.
    let slips = [
        (CITY, "id = \"city\"", "", "id: is missing"),
        (CITY, "id = \"city\"", "id = 3", "city.toml: id: invalid type: integer `3`"),
        (CITY, "id = \"city\"", "id = \" \"", "city.toml: id: is empty"),
        (CITY, "[fields]", "[felds]", "city.toml: felds: is not a part of a profile"),
        (CITY, "[fields]", "[fields", "city.toml: line 5, column 8: "),
        (CITY, "code_list =", "codelist =", "city.toml: fields.CODE: unknown field `codelist`"),
        (
            CITY,
            "\"KINDS\"",
            "\"SORTS\"",
            "city.toml: fields.CODE: names the code list `SORTS`, which the profile does not have",
        ),
        (
            CITY,
            "type = \"code\"",
            "type = \"text\"",
            "city.toml: fields.CODE: has a code list and is no code",
        ),
        (
            CITY,
            "aliases = [\"ID\"]",
            "digits = 0",
            "city.toml: fields.NUM: a code has 1 to 30 digits",
        ),
        (
            CITY,
            "[\"WORK\"]",
            "[\"CODE\", \"WORK\"]",
            "city.toml: references[0]: is of 2 fields, and the key of `ledger` of 1",
        ),
        (CITY, "[\"WORK\"]", "[]", "city.toml: references[0]: names no field, or no class"),
        (CITY, "\"record\"", "\"ledger\"", "city.toml: references: unknown variant `ledger`"),
        (
            CITY,
            "status = \"verified\"",
            "status = \"sure\"",
            "city.toml: code_lists.KINDS: unknown variant `sure`",
        ),
        (
            PIPES,
            "[classes.ledger]",
            "[fields.NUM]",
            "a/pipes.toml: fields.NUM: is also in city.toml",
        ),
        (
            PIPES,
            "key = [\"WORK\"]",
            "id = \"l\"",
            "a/pipes.toml: classes.ledger: has its id as its key",
        ),
        (
            PIPES,
            "key = [\"WORK\"]",
            "kee = []",
            "a/pipes.toml: classes.ledger: unknown field `kee`",
        ),
        (
            PIPES,
            "\"LEDGER\"",
            "\"Ledger\"",
            "a/pipes.toml: classes.ledger.tables: `Ledger` is not of the form",
        ),
        (
            PIPES,
            "\"LEDGER\"",
            "\"PIPE_LM\"",
            "a/pipes.toml: classes.ledger.tables: `PIPE_LM` is also of `pipe`, as `PIPE_*`",
        ),
        (
            PIPES,
            "[classes.ledger]",
            "[classes.Ledger]",
            "a/pipes.toml: classes.Ledger: cannot be the name of a layer",
        ),
        (
            PIPES,
            "[\"CODE\", \"NUM\"]",
            "[\"CODE\", \"NUMBER\"]",
            "classes.pipe.key: names the field `NUMBER`",
        ),
        (
            PIPES,
            "[\"CODE\", \"NUM\"]",
            "[\"CODE\", \"NAME\"]",
            "classes.pipe.key: the personal field `NAME`",
        ),
        (
            PIPES,
            "class_field = \"CODE\"",
            "class_field = \"X\"",
            "classes.pipe.class_field: names the field `X`",
        ),
        (
            PIPES,
            "class_field = \"CODE\"",
            "",
            "classes.pipe.network: `by_code` needs a class field",
        ),
        (
            PIPES,
            "label_field = \"NAME\"",
            "label_field = \"TITLE\"",
            "classes.pipe.look.label_field: names the field",
        ),
        (
            PIPES,
            "[\"UP\", \"DOWN\"]",
            "[\"UP\", \"DWON\"]",
            "classes.pipe.network.levels: names the field `DWON`",
        ),
        (
            PIPES,
            "levels = [\"UP\", \"DOWN\"],",
            "",
            "classes.pipe.network: the direction `levels` needs",
        ),
        (
            PIPES,
            "means = \"end\"",
            "means = \"host\"",
            "classes.pipe.network: the direction `nodes` needs",
        ),
        (PIPES, "\"water\"", "\"\"", "classes.pipe.network: the utility is empty"),
        (
            PIPES,
            "classes = [\"pipe\"]",
            "classes = [\"pump\"]",
            "a/pipes.toml: classes.pipe.references[0]: names the class `pump`",
        ),
        (
            PIPES,
            "[\"UP_CODE\", \"UP_NUM\"]",
            "[\"CODE\", \"NAME\"]",
            "references[0]: the personal field `NAME`",
        ),
        (
            PIPES,
            "[\"UP_CODE\", \"UP_NUM\"]",
            "[\"CODE\", \"N\"]",
            "references[0]: names the field `N`",
        ),
        (PIPES, "#123456", "#12345g", "a/pipes.toml: classes.pipe.look: the colour `#12345g`"),
        (PIPES, "dash = [2, 1]", "dash = [2]", "classes.pipe.look: `dash` is pairs"),
        (PIPES, "dash = [2, 1]", "dash = [-2, 1]", "classes.pipe.look: `dash` is pairs"),
        (PIPES, "dash = [2, 1]", "dash = [0, 0]", "classes.pipe.look: `dash` has no length"),
        (PIPES, "dash = [2, 1]", "width = 0", "classes.pipe.look: `width` is above 0"),
        (PIPES, "dash = [2, 1]", "radius = nan", "classes.pipe.look: `radius` is above 0"),
        (PIPES, "dash = [2, 1]", "minzoom = 30", "classes.pipe.look: `minzoom` is from 0 to 24"),
        (
            PIPES,
            "[-10, 10.5]",
            "[10, -10]",
            "a/pipes.toml: classes.pipe.fields.UP: the range begins at 10",
        ),
        (
            PIPES,
            "[-10, 10.5]",
            "[nan, 1]",
            "a/pipes.toml: classes.pipe.fields.UP: the range begins at NaN",
        ),
        (
            PIPES,
            "type = \"number\"",
            "type = \"date\"",
            "classes.pipe.fields.UP: has a range and is no number",
        ),
        (
            PIPES,
            "type = \"number\"",
            "type = \"metre\"",
            "classes.pipe.fields.UP: unknown variant `metre`",
        ),
        (PIPES, "unit = \"m\"", "unit = \"\"", "classes.pipe.fields.UP: the unit is empty"),
        (
            PIPES,
            "[\"TITLE\"]",
            "[\"up\"]",
            "a/pipes.toml: classes.pipe.fields.NAME: the alias `up` is also a name of the field `UP`",
        ),
        (
            PIPES,
            "[\"TITLE\"]",
            "[\"ID\"]",
            "classes.pipe.fields.NAME: the alias `ID` is also a name of the field `NUM`",
        ),
        (PIPES, "DOWN = {", "Up = {", "differs from the field `UP` by its case only"),
        (
            PIPES,
            "UP_NUM = {",
            "ID = {",
            "classes.pipe.fields.ID: is also an alias of the field `NUM`",
        ),
    ];
    for (file, written, instead, said) in slips {
        assert!(file.contains(written), "{written}");
        let slipped = file.replacen(written, instead, 1);
        let (_, problems) = if file == CITY { read(&slipped, PIPES) } else { read(CITY, &slipped) };
        // A place alone is said where the file is plain from the other slips.
        let found = problems.iter().any(|problem| {
            if said.contains(".toml: ") {
                problem.starts_with(said)
            } else {
                problem.contains(said)
            }
        });
        assert!(found, "{written} -> {instead}: {problems:#?}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let pipes = PIPES.replace("#123456", "blue").replace("\"WORK\"", "\"JOB\"");
    let (profile, problems) = read(CITY, &pipes);
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert_eq!(profile.classes.len(), 2, "what can be read is there");
    let error = Profile::from_toml(&CITY.replace("city", "")).unwrap_err();
    assert!(error.to_string().contains("profile.toml: id: is empty"), "{error}");
}

#[test]
fn a_city_says_only_what_is_different() {
    let base = Draft::read([("base/city.toml", CITY), ("base/pipes.toml", PIPES)]);
    let city = r##"
        id = "my-city"
        extends = "city"
        label = { ko = "우리 도시", en = "our city" }
        nulls = ["?"]
        [fields.CODE.label]
        ko = "구분"
        [classes.pipe]
        tables = ["MAIN"]
        network = { by_code = { A = "source" } }
        [classes.pipe.fields.UP]
        unit = "cm"
        [classes.lamp]
        label = { ko = "등", en = "lamp" }
        [code_lists.KINDS.codes]
        C = { ko = "다", en = "c" }
    "##;
    let draft = Draft::read([("mine.toml", city)]);
    assert_eq!(draft.extends(), Some("city"));
    let (profile, problems) = draft.over(base).finish();
    assert_eq!(problems, []);
    assert_eq!((profile.id.as_str(), profile.label.ko.as_str()), ("my-city", "우리 도시"));
    assert_eq!(profile.fields["CODE"].label, Label::new("구분", "code"));
    let pipe = profile.class("pipe").unwrap();
    assert_eq!(pipe.tables, ["MAIN"], "arrays replace");
    let by_code = &pipe.network.as_ref().unwrap().by_code;
    assert_eq!(by_code["A"], NetworkPart::Source);
    assert_eq!(by_code["B"], NetworkPart::Pump, "tables merge");
    assert_eq!(pipe.fields["UP"].unit.as_deref(), Some("cm"));
    assert_eq!(pipe.fields["UP"].range, Some([-10.0, 10.5]));
    assert!(profile.class("lamp").is_some());
    assert_eq!(profile.code_lists["KINDS"].codes.len(), 3);
}

#[test]
fn what_goes_wrong_in_an_extended_class_is_of_the_file_that_extends_it() {
    let base = || Draft::read([("base/city.toml", CITY), ("base/pipes.toml", PIPES)]);
    let over = |text: &str| {
        let text = format!("id = \"x\"\nlabel = {{ ko = \"x\", en = \"x\" }}\n{text}");
        let (_, problems) = Draft::read([("mine.toml", text.as_str())]).over(base()).finish();
        problems.iter().map(Problem::to_string).collect::<Vec<_>>()
    };
    let said = over("[classes.pipe]\nkey = [\"NONE\"]");
    assert!(said[0].starts_with("mine.toml: classes.pipe.key"), "{said:?}");
    let said = over("[classes.lamp]\nlabel = { ko = \"x\", en = \"x\" }\ntables = [\"LEDGER\"]");
    assert!(
        said[0].contains("classes.ledger.tables: `LEDGER` is also of `lamp`")
            || said[0].contains("classes.lamp"),
        "{said:?}"
    );
    let without = Draft::read([("mine.toml", "extends = \"city\"")]).over(base()).finish().1;
    let places: Vec<_> = without.iter().map(|p| p.place.as_str()).collect();
    assert_eq!(places, ["id", "label"], "a profile has a name of its own");
}

#[test]
fn a_class_is_found_by_its_tables_and_describes_its_fields() {
    let (profile, _) = read(CITY, PIPES);
    let class = profile.class_of_table("pipe_lm").unwrap();
    let mut field = Field::new("UP", FieldKind::Float);
    profile.field(class, "UP").unwrap().describe(&mut field);
    assert_eq!(field.unit.as_deref(), Some("m"));
    let mut common = Field::new("CODE", FieldKind::Text);
    profile.field(class, "CODE").unwrap().describe(&mut common);
    assert_eq!(common.code_list.as_deref(), Some("KINDS"));
}

#[test]
fn a_star_stands_for_any_characters() {
    for (pattern, name, like) in [
        ("WTL_PIPE_LM", "WTL_PIPE_LM", true),
        ("WTL_PIPE_LM*", "WTL_PIPE_LM-4DEP", true),
        ("*_PIPE_*", "WTL_PIPE_LM", true),
        ("*_PIPE_*M", "WTL_PIPE_LS", false),
        ("A*A", "A", false),
        ("", "A", false),
    ] {
        assert_eq!(is_like(name, pattern), like, "{name} like {pattern}");
    }
}
