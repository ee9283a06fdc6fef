//! Finding features by a word.

use crate::column::Column;
use crate::view::LayerView;

/// The rows whose facility key or a text attribute contains `needle`, whatever its case, in row order. Costs the
/// distinct texts, then the codes; nothing is decoded per row.
pub(crate) fn rows_with_text<'a>(
    view: &'a LayerView,
    needle: &str,
) -> impl Iterator<Item = u32> + use<'a> {
    let needle = needle.to_lowercase();
    let matching: Vec<(&[u32], Vec<bool>)> = view
        .base
        .columns
        .iter()
        .filter_map(|column| {
            let Column::Text(codes, dictionary) = column else { return None };
            let found: Vec<_> =
                dictionary.texts().map(|t| t.to_lowercase().contains(&needle)).collect();
            found.contains(&true).then_some((&**codes, found))
        })
        .collect();
    view.rows().filter(move |&row| {
        view.key(row).is_some_and(|key| key.to_lowercase().contains(&needle))
            || matching.iter().any(|(codes, found)| {
                found.get(codes[row as usize] as usize).copied().unwrap_or(false)
            })
    })
}
