//! The spatial index of a layer, as the GeoPackage extension `gpkg_rtree_index` wants it.

use crate::layer_tables::type_name;
use crate::names::{FID, GEOM, quoted, rtree};
use crate::pack::NODE_BYTES;
use crate::shape_of::Column;
use crate::staging::StagedLayer;
use crate::{SqlContext as _, StoreError};
use rusqlite::Connection;
use std::path::Path;

/// Describes the geometry column, copies the staged index (adding `base` to its row numbers) and makes the triggers
/// that keep it.
pub(crate) fn write(
    connection: &Connection,
    path: &Path,
    staged: &StagedLayer,
    column: Column,
    base: i64,
) -> Result<(), StoreError> {
    let writer = Writer { connection, staged, base };
    writer.geometry_column(column).doing(path, "describe the geometry")?;
    writer.index(path)?;
    writer.index_triggers().doing(path, "make the triggers of the spatial index")
}

struct Writer<'a> {
    connection: &'a Connection,
    staged: &'a StagedLayer,
    base: i64,
}

impl Writer<'_> {
    fn name(&self) -> &str {
        self.staged.layer.name.as_str()
    }

    fn geometry_column(&self, column: Column) -> rusqlite::Result<()> {
        self.connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            (self.name(), GEOM, type_name(column.kind), self.staged.layer.crs.code(), column.z),
        )?;
        self.connection.execute(
            "INSERT INTO gpkg_extensions VALUES (?1, ?2, 'gpkg_rtree_index', \
             'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            (self.name(), GEOM),
        )?;
        Ok(())
    }

    /// Puts the staged nodes into the tables in which SQLite keeps an R-tree.
    fn index(&self, path: &Path) -> Result<(), StoreError> {
        let n = self.staged.number;
        let table = |suffix| quoted(&rtree(self.name(), suffix));
        let connection = self.connection;
        let create =
            format!("CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy)", table(""));
        let node_bytes = connection
            .execute_batch(&create)
            .and_then(|()| {
                let sql = format!("SELECT length(data) FROM {} WHERE nodeno = 1", table("_node"));
                connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
            })
            .doing(path, "make the spatial index")?;
        if usize::try_from(node_bytes) != Ok(NODE_BYTES) {
            return Err(StoreError::damaged(path, "its page size was changed"));
        }
        let fill = |sql: &str, base: i64| connection.execute(sql, [base]);
        let filled = fill(
            &format!(
                "INSERT OR REPLACE INTO {} \
                 SELECT nodeno, CASE is_leaf WHEN 1 THEN siseol_shift(data, ?1) ELSE data END \
                 FROM staging.nodes_{n} ORDER BY nodeno",
                table("_node")
            ),
            self.base,
        )
        .and_then(|_| {
            fill(
                &format!(
                    "INSERT INTO {} SELECT id + ?1, nodeno FROM staging.leaves_{n} ORDER BY id",
                    table("_rowid")
                ),
                self.base,
            )
        })
        .and_then(|_| {
            connection.execute(
                &format!(
                    "INSERT INTO {} SELECT nodeno, parentnode FROM staging.parents_{n} ORDER BY nodeno",
                    table("_parent")
                ),
                [],
            )
        });
        filled.map(drop).doing(path, "fill the spatial index")
    }

    /// The triggers of the extension `gpkg_rtree_index`, as GeoPackage 1.3 writes them.
    fn index_triggers(&self) -> rusqlite::Result<()> {
        let (t, i) = (quoted(self.name()), quoted(&rtree(self.name(), "")));
        let trigger = |suffix| quoted(&rtree(self.name(), suffix));
        let entry = format!(
            "INSERT OR REPLACE INTO {i} VALUES (NEW.{FID}, ST_MinX(NEW.{GEOM}), ST_MaxX(NEW.{GEOM}), \
             ST_MinY(NEW.{GEOM}), ST_MaxY(NEW.{GEOM}));"
        );
        let filled = format!("(NEW.{GEOM} NOTNULL AND NOT ST_IsEmpty(NEW.{GEOM}))");
        let empty = format!("(NEW.{GEOM} ISNULL OR ST_IsEmpty(NEW.{GEOM}))");
        let gone = format!("DELETE FROM {i} WHERE id = OLD.{FID};");
        self.connection.execute_batch(&format!(
            "CREATE TRIGGER {insert} AFTER INSERT ON {t} WHEN {filled} BEGIN {entry} END;
             CREATE TRIGGER {update1} AFTER UPDATE OF {GEOM} ON {t} WHEN OLD.{FID} = NEW.{FID} AND {filled} BEGIN {entry} END;
             CREATE TRIGGER {update2} AFTER UPDATE OF {GEOM} ON {t} WHEN OLD.{FID} = NEW.{FID} AND {empty} BEGIN {gone} END;
             CREATE TRIGGER {update3} AFTER UPDATE ON {t} WHEN OLD.{FID} != NEW.{FID} AND {filled} BEGIN {gone} {entry} END;
             CREATE TRIGGER {update4} AFTER UPDATE ON {t} WHEN OLD.{FID} != NEW.{FID} AND {empty}
               BEGIN DELETE FROM {i} WHERE id IN (OLD.{FID}, NEW.{FID}); END;
             CREATE TRIGGER {delete} AFTER DELETE ON {t} WHEN OLD.{GEOM} NOT NULL BEGIN {gone} END;",
            insert = trigger("_insert"),
            update1 = trigger("_update1"),
            update2 = trigger("_update2"),
            update3 = trigger("_update3"),
            update4 = trigger("_update4"),
            delete = trigger("_delete"),
        ))
    }
}
