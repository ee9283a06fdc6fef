//! What kind of facility a table holds: by its name, else by its codes, else by its columns; or a person is asked.

use super::names::Known;
use crate::check::plural;
use crate::source::{OpenLayer, Refusal};
use siseol_model::{
    FacilityClass, GeometryKind, Grade, Issue, IssueKind, Layer, LayerName, Profile, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows are looked at for their codes. Others that come later are found as they are read.
const SAMPLE: usize = 5_000;

/// How many of a table's columns a class has to know, of ten, and how many of them have to be its own.
const KNOWN_OF_TEN: usize = 6;
const OWN: usize = 3;

/// A table's class, and how it was known.
pub(super) struct Identified<'p> {
    /// None if the profile has none for it.
    pub class: Option<&'p FacilityClass>,
    pub grade: Option<Grade>,
    pub evidence: String,
    pub note: Option<Issue>,
}

impl<'p> Identified<'p> {
    fn new(class: &'p FacilityClass, grade: Grade, evidence: impl Into<String>) -> Self {
        Self { class: Some(class), grade: Some(grade), evidence: evidence.into(), note: None }
    }

    fn nothing(evidence: &str) -> Self {
        Self { class: None, grade: None, evidence: evidence.to_owned(), note: None }
    }

    fn probable(class: &'p FacilityClass, evidence: String) -> Self {
        let text = format!("read as {} ({}): {evidence}", class.id, class.label);
        let note = Some(Issue::file(IssueKind::ClassProbable, text));
        Self { note, ..Self::new(class, Grade::Probable, evidence) }
    }
}

/// Finds the class of a table. `registered` are the layers that the register has: a table whose own name, `name`, is that
/// of one of them is of its class.
pub(super) fn identify<'p>(
    open: &OpenLayer,
    name: &LayerName,
    profile: &'p Profile,
    registered: &BTreeMap<LayerName, Layer>,
) -> Result<Identified<'p>, Refusal> {
    let asked = open.layer.as_ref();
    if let Some(class) = asked.and_then(|name| profile.class(name.as_str())) {
        let note = (!fits(class, open))
            .then(|| Issue::file(IssueKind::ClassGeometry, geometry_differs(class, open.geometry)));
        let given = Identified::new(class, Grade::Given, format!("given as {}", class.id));
        return Ok(Identified { note, ..given });
    }
    if let Some(layer) = registered.get(name) {
        return Ok(match profile.class(&layer.class.id) {
            Some(class) => Identified::new(class, Grade::Proven, "the register has the layer"),
            None => {
                Identified::nothing("the register has the layer, and the profile not its class")
            }
        });
    }
    if let Some(class) = profile.class_of_table(&open.table) {
        if fits(class, open) || asked.is_some() {
            return Ok(Identified::new(
                class,
                Grade::Proven,
                format!("its table is called {}", open.table),
            ));
        }
        let text = format!(
            "its table is called {}, but {}",
            open.table,
            geometry_differs(class, open.geometry)
        );
        return Err(question(open, &text, &[class]));
    }
    let by_codes = Codes::read(open, profile)?;
    let found = match by_codes.classes(open, profile).as_slice() {
        [class] => Ok(Some(Identified::probable(class, by_codes.evidence()))),
        [] => by_columns(open, profile, profile.classes.iter()),
        several => {
            by_columns(open, profile, several.iter().copied()).and_then(|found| match found {
                Some(found) => Ok(Some(found)),
                None => Err(question(open, &by_codes.evidence(), several)),
            })
        }
    };
    match found {
        Ok(Some(identified)) => Ok(identified),
        Err(question) if asked.is_none() => Err(question),
        Ok(None) | Err(_) => {
            let evidence = "the profile has no class for its name, its codes or its columns";
            Ok(Identified { note: by_codes.mixed(profile), ..Identified::nothing(evidence) })
        }
    }
}

/// Whether the table's geometry is the class's; a table without rows has any.
fn fits(class: &FacilityClass, open: &OpenLayer) -> bool {
    open.declared == Some(0) || class.geometry.is_none_or(|kind| kind == open.geometry)
}

fn geometry_differs(class: &FacilityClass, found: GeometryKind) -> String {
    let expected = class.geometry.map_or("others", plural);
    format!("{} ({}) has {expected}, and the file {}", class.id, class.label, plural(found))
}

/// What a person has to decide: the classes that may be meant, and the line to run.
fn question(open: &OpenLayer, why: &str, classes: &[&FacilityClass]) -> Refusal {
    let listed: Vec<_> = classes.iter().map(|c| format!("{} ({})", c.id, c.label)).collect();
    let first = classes.first().map_or("NAME", |class| class.id.as_str());
    Refusal::new(
        IssueKind::ClassAmbiguous,
        format!(
            "{why}; it may be {}: say which, `siseol ingest REGISTER {} --layer {first}`, or give another name to load it as a layer of its own",
            listed.join(" or "),
            open.source
        ),
    )
}

/// The codes of a table, by its class field.
struct Codes {
    column: String,
    found: BTreeSet<String>,
    rows: usize,
}

impl Codes {
    fn read(open: &OpenLayer, profile: &Profile) -> Result<Self, Refusal> {
        let mut codes = Self { column: String::new(), found: BTreeSet::new(), rows: 0 };
        let fields: BTreeSet<&str> = profile
            .classes
            .iter()
            .filter(|class| !class.codes.is_empty())
            .filter_map(|class| class.class_field.as_deref())
            .collect();
        let known = Known::new(profile, None);
        let means = |column: &str| match known.get(column) {
            Some(meant) => fields.contains(meant.name),
            None => fields.iter().any(|field| field.eq_ignore_ascii_case(column)),
        };
        let Some(place) = open.fields.iter().position(|f| means(&f.name)) else { return Ok(codes) };
        codes.column.clone_from(&open.fields[place].name);
        let mut looked_at = 0;
        open.rows.read(&mut |row| {
            looked_at += 1;
            if let Some(Value::Text(code)) = row.values.get(place)
                && !code.trim().is_empty()
            {
                codes.rows += 1;
                if !codes.found.contains(code.trim()) {
                    codes.found.insert(code.trim().to_owned());
                }
            }
            Ok(looked_at < SAMPLE)
        })?;
        Ok(codes)
    }

    /// The classes that have all of them, of the table's geometry.
    fn classes<'p>(&self, open: &OpenLayer, profile: &'p Profile) -> Vec<&'p FacilityClass> {
        if self.found.is_empty() {
            return Vec::new();
        }
        let has_all = |class: &&FacilityClass| self.found.iter().all(|c| class.codes.contains(c));
        profile.classes.iter().filter(|c| fits(c, open)).filter(has_all).collect()
    }

    fn evidence(&self) -> String {
        let codes: Vec<_> = self.found.iter().map(String::as_str).collect();
        format!("the first {} rows have {} in {}", self.rows, codes.join(", "), self.column)
    }

    /// Says that the codes are of several classes, where each is of one.
    fn mixed(&self, profile: &Profile) -> Option<Issue> {
        let mut told = Vec::new();
        let mut classes = BTreeSet::new();
        for code in &self.found {
            let class = profile.classes.iter().find(|class| class.codes.contains(code))?;
            classes.insert(&class.id);
            told.push(format!("{code} ({})", class.id));
        }
        (classes.len() > 1).then(|| {
            let text = format!(
                "{} has the codes of several classes, {}: they stay in one layer; deliver them in tables of their own",
                self.column,
                told.join(", ")
            );
            Issue::file(IssueKind::ClassMixed, text)
        })
    }
}

/// A class that knows most of a table's columns.
struct Fit<'p> {
    class: &'p FacilityClass,
    known: usize,
    /// The columns that are fields of the class itself.
    own: BTreeSet<usize>,
}

/// The class that knows most of the columns, and all that any other such class knows. Where two know the same, or each
/// what the other does not, it is a question.
fn by_columns<'p>(
    open: &OpenLayer,
    profile: &'p Profile,
    classes: impl Iterator<Item = &'p FacilityClass>,
) -> Result<Option<Identified<'p>>, Refusal> {
    let all = open.fields.len();
    let fit = |class: &'p FacilityClass| {
        let known = Known::new(profile, Some(class));
        let meant: Vec<_> = open.fields.iter().map(|f| known.get(&f.name)).collect();
        let own = (0..all).filter(|&i| meant[i].is_some_and(|m| m.own)).collect();
        Fit { class, known: meant.iter().flatten().count(), own }
    };
    let fitting: Vec<Fit<'_>> = classes
        .filter(|class| fits(class, open))
        .map(fit)
        .filter(|fit| fit.known * 10 >= all * KNOWN_OF_TEN && fit.own.len() >= OWN)
        .collect();
    // Those that no other one outdoes.
    let best: Vec<&Fit<'_>> = fitting
        .iter()
        .filter(|fit| {
            !fitting.iter().any(|other| other.own.is_superset(&fit.own) && other.own != fit.own)
        })
        .collect();
    match best.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(Identified::probable(
            only.class,
            format!(
                "{} of its {all} columns are that class's, {} of them its own",
                only.known,
                only.own.len()
            ),
        ))),
        several => {
            let classes: Vec<_> = several.iter().map(|fit| fit.class).collect();
            Err(question(open, "its columns fit more than one class", &classes))
        }
    }
}
