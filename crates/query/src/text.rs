//! Finding features by a word.

use crate::column::Column;
use crate::view::LayerView;
use siseol_model::Value;

/// The rows whose facility key or a text attribute contains `needle`, whatever its case, in their order. Costs the
/// distinct texts, then the codes; of the base's rows nothing is decoded.
pub(crate) fn rows_with_text<'a>(
    view: &'a LayerView,
    needle: &str,
) -> impl Iterator<Item = u32> + use<'a> {
    let needle = needle.to_lowercase();
    let matches = move |text: &str| text.to_lowercase().contains(&needle);
    let matching: Vec<(&[u32], Vec<bool>)> = view
        .base
        .columns
        .iter()
        .filter_map(|column| {
            let Column::Text(codes, texts) = column else { return None };
            let found: Vec<_> = texts.texts().map(&matches).collect();
            found.contains(&true).then_some((&**codes, found))
        })
        .collect();
    view.rows().filter(move |&row| {
        view.key(row).is_some_and(&matches)
            || match view.version(row) {
                Some(version) => version.values.iter().any(|value| match value {
                    Value::Text(text) => matches(text),
                    _ => false,
                }),
                None => matching.iter().any(|(codes, found)| {
                    found.get(codes[row as usize] as usize).copied().unwrap_or(false)
                }),
            }
    })
}
