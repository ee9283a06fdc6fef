//! From a base and its delta to a new base.

use crate::base::LayerBase;
use crate::build_error::BuildError;
use crate::column::Column;
use crate::filling::Filling;
use crate::packing::Packing;
use crate::view::LayerView;

/// From so many changes over a base on, a layer wants a new one.
pub const MERGE_FROM: usize = 20_000;

impl LayerView {
    /// A base of the rows of this state. Nothing is encoded or transformed again.
    pub fn merged(&self) -> Result<LayerBase, BuildError> {
        let all = self.search(None);
        let mut packing = Packing::default();
        for row in all.rows() {
            match self.version(row) {
                Some(version) => packing.push(&version.row())?,
                None => packing.push(&self.base.get(row))?,
            }
        }
        let columns = self.base.columns.iter().zip(&self.layer().fields).enumerate();
        let columns = columns.map(|(at, (column, field))| {
            let mut filling = Filling::new(field.kind);
            let texts = if let Column::Text(_, texts) = column { texts.len() } else { 0 };
            let mut codes = vec![Column::NULL_TEXT; texts];
            for range in all.ranges() {
                match self.version(range.start) {
                    Some(version) => filling.push(&version.values[at])?,
                    None => filling.append(column, range.clone(), &mut codes)?,
                }
            }
            Ok(filling.finish())
        });
        let columns = columns.collect::<Result<_, BuildError>>()?;
        Ok(packing.finish(self.layer(), columns))
    }
}
