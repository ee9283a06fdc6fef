//! `siseol profile`: the built-in profiles, and what is in one and wrong with it.

use crate::args::{Profile, ProfileCheck, ProfileCommand};
use crate::exit::Outcome;
use crate::output;
use serde_json::json;
use siseol_model::{GeometryKind, Problem, ProfileSummary};

pub(crate) fn run(args: &Profile) -> anyhow::Result<Outcome> {
    match &args.command {
        ProfileCommand::List => list(),
        ProfileCommand::Check(args) => check(args),
    }
}

fn list() -> anyhow::Result<Outcome> {
    let mut rows = Vec::new();
    for name in siseol_ingest::profiles() {
        let profile = siseol_ingest::profile(&name)?;
        rows.push(vec![name, profile.label.to_string(), profile.classes.len().to_string()]);
    }
    output::table(&["profile", "이름", "classes"], &rows)?;
    Ok(Outcome::Done)
}

fn check(args: &ProfileCheck) -> anyhow::Result<Outcome> {
    let (profile, problems) = siseol_ingest::read_profile(&args.profile)?;
    let summary = profile.summary();
    if args.json {
        output::json(&json!({ "profile": summary, "problems": problems }))?;
    } else {
        print(&summary, &problems)?;
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Findings })
}

fn print(profile: &ProfileSummary, problems: &[Problem]) -> anyhow::Result<()> {
    output::line(&format!("{} · {}", profile.id, profile.label))?;
    output::line("")?;
    let classes: Vec<Vec<String>> = profile
        .classes
        .iter()
        .map(|class| {
            vec![
                class.id.clone(),
                class.label.ko.clone(),
                class.geometry.map_or("", drawn).to_owned(),
                class.fields.to_string(),
                class.tables.join(" "),
            ]
        })
        .collect();
    output::table(&["class", "이름", "geometry", "fields", "tables"], &classes)?;
    output::line("")?;
    let lists: Vec<Vec<String>> = profile
        .code_lists
        .iter()
        .map(|list| {
            vec![
                list.id.clone(),
                list.label.ko.clone(),
                list.verified.to_string(),
                list.provisional.to_string(),
            ]
        })
        .collect();
    output::table(&["codes", "이름", "verified", "provisional"], &lists)?;
    output::line("")?;
    let verified: usize = profile.code_lists.iter().map(|list| list.verified).sum();
    let provisional: usize = profile.code_lists.iter().map(|list| list.provisional).sum();
    output::line(&format!(
        "클래스 {} · 공통 필드 {} · 부호 목록 {} · 확인된 부호 {verified} · 잠정 부호 {provisional}",
        profile.classes.len(),
        profile.fields,
        profile.code_lists.len(),
    ))?;
    output::line(&format!(
        "{} classes, {} common fields, {} code lists, {verified} codes verified, {provisional} provisional",
        profile.classes.len(),
        profile.fields,
        profile.code_lists.len(),
    ))?;
    if problems.is_empty() {
        return output::line("문제 없음 / no problem");
    }
    output::line("")?;
    output::line(&format!("문제 {} / {} problems", problems.len(), problems.len()))?;
    for problem in problems {
        output::line(&format!("  {problem}"))?;
    }
    Ok(())
}

/// The word for what a class's features are.
const fn drawn(geometry: GeometryKind) -> &'static str {
    match geometry {
        GeometryKind::Point => "점 / point",
        GeometryKind::Line => "선 / line",
        GeometryKind::Polygon => "면 / polygon",
        GeometryKind::None => "표 / table",
    }
}
