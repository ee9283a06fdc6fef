//! References to rows that are not there.

use super::findings::{Findings, Found};
use crate::related::named;
use crate::snapshot::Snapshot;
use crate::view::LayerView;
use siseol_model::{Check, IssueKind, Label, Reference};

/// A row that names another one, of a class that the register has, which is not there. A reference with a part that is
/// not filled names nothing: what is not known is not at fault.
pub(super) fn check(snapshot: &Snapshot, view: &LayerView) -> Option<Check> {
    let meant = |reference: &'_ Reference| -> Vec<&LayerView> {
        let layers = snapshot.layers().iter();
        layers.filter(|other| reference.classes.contains(&other.layer().class.id)).collect()
    };
    let references = view.layer().class.references.iter();
    let references: Vec<(&Reference, Vec<&LayerView>)> = references
        .map(|reference| (reference, meant(reference)))
        .filter(|(_, layers)| !layers.is_empty())
        .collect();
    if references.is_empty() {
        return None;
    }
    let mut findings = Findings::new(IssueKind::ReferenceBroken);
    for row in view.rows() {
        let named = references.iter().filter_map(|(reference, layers)| {
            Some((reference, layers, named(view, row, reference)?))
        });
        let mut is_asked = false;
        for (reference, layers, key) in named {
            is_asked = true;
            if layers.iter().any(|layer| !layer.rows_with_key(key.as_str()).is_empty()) {
                continue;
            }
            findings.fault(view, row, || {
                let fields = reference.fields.join(", ");
                Found {
                    other: None,
                    place: None,
                    distance: None,
                    text: Label::new(
                        format!("{fields}: 관리번호 {key}인 시설이 없음"),
                        format!("{fields}: there is no facility with the key {key}"),
                    ),
                }
            });
        }
        if is_asked {
            findings.checked(1);
        }
    }
    Some(findings.finish())
}
