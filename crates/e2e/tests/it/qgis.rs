//! The register as QGIS opens it: through GDAL, with the styles that it looks for and the labels over its columns.

use crate::binary::{sample_register, tool};

/// What GDAL answers to a question in SQL: each row's values, in the order of the columns. No value has a line break.
fn ask(sql: &str) -> Vec<Vec<String>> {
    let register = sample_register().to_str().unwrap();
    let text = tool("ogrinfo", &["-ro", "-q", register, "-sql", sql]);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in text.lines() {
        if line.starts_with("OGRFeature(") {
            rows.push(Vec::new());
        } else if let (Some(row), Some((_, value))) = (rows.last_mut(), line.split_once(") = ")) {
            row.push(value.to_owned());
        }
    }
    rows
}

/// The layers that QGIS draws.
fn drawn() -> Vec<String> {
    let sql = "SELECT table_name FROM gpkg_geometry_columns ORDER BY table_name";
    ask(sql).into_iter().map(|mut row| row.remove(0)).collect()
}

/// The default style of a layer, by the question that QGIS asks.
fn style(layer: &str) -> String {
    let sql = format!(
        "SELECT styleQML FROM layer_styles WHERE f_table_schema = '' AND f_table_name = '{layer}' \
         AND f_geometry_column = 'geom' ORDER BY CASE WHEN useAsDefault THEN 1 ELSE 2 END, update_time DESC LIMIT 1"
    );
    let [row] = ask(&sql).try_into().unwrap_or_else(|rows| panic!("{layer}: {rows:?}"));
    row.concat()
}

#[test]
fn qgis_draws_each_layer_in_its_colour_and_labels_its_columns() {
    let layers = drawn();
    assert_eq!(layers.len(), 24, "{layers:?}");
    for layer in layers {
        let style = style(&layer);
        for part in ["<qgis ", "<renderer-v2 ", r#"<alias field=""#, "</qgis>"] {
            assert!(style.contains(part), "{layer}: {part} in {style}");
        }
    }
    // What `schemas/kr-uis` says of looks: a point, a dashed line that is labelled, an area.
    for (layer, parts) in [
        (
            "hydrant",
            [
                r#"class="SimpleMarker""#,
                r#"name="color" type="QString" value="14,124,155,255""#,
                r#"name="size" type="QString" value="10""#,
                r#"hasScaleBasedVisibilityFlag="1" maxScale="0" minScale="17062""#,
                r#"<alias field="FIR_DIP" index="7" name="소화전구경"/>"#,
            ],
        ),
        (
            "gas_pipe",
            [
                r#"class="SimpleLine""#,
                r#"name="line_color" type="QString" value="179,107,0,255""#,
                r#"name="customdash" type="QString" value="15.4;3.3""#,
                r#"fieldName="PIP_LBL""#,
                r#"<alias field="SGA_CDE" index="6" name="압력"/>"#,
            ],
        ),
        (
            "admin_dong",
            [
                r#"class="SimpleFill""#,
                r#"name="outline_color" type="QString" value="106,91,142,255""#,
                r#"hasScaleBasedVisibilityFlag="0""#,
                r#"fieldName="HJD_NAM""#,
                r#"<alias field="HJD_NAM" index="1" name="행정동명"/>"#,
            ],
        ),
    ] {
        let style = style(layer);
        for part in parts {
            assert!(style.contains(part), "{layer}: {part} in {style}");
        }
    }
}

#[test]
fn gdal_reads_the_labels_of_columns_and_the_meanings_of_codes() {
    let titles = ask(
        "SELECT column_name, title, description FROM gpkg_data_columns WHERE table_name = 'hydrant'",
    );
    for expected in [
        ["FTR_CDE", "지형지물부호", "feature class code"],
        ["FIR_DIP", "소화전구경", "outlet diameter [mm]"],
    ] {
        assert!(titles.contains(&expected.map(str::to_owned).to_vec()), "{titles:?}");
    }
    let untitled = ask(
        "SELECT table_name, column_name FROM gpkg_data_columns WHERE title IS NULL OR title = ''",
    );
    assert_eq!(untitled, [[""; 0]; 0], "every column of the sample city is known");

    let register = sample_register().to_str().unwrap();
    let layer = tool("ogrinfo", &["-ro", "-so", register, "hydrant"]);
    let column = |name: &str| {
        let of = format!("{name}: ");
        layer
            .lines()
            .find(|line| line.starts_with(&of))
            .unwrap_or_else(|| panic!("{name} in {layer}"))
    };
    assert!(column("FTR_CDE").contains("domain name=hydrant/FTR"), "{layer}");
    if tool("ogrinfo", &["--version"]).contains("GDAL 3.6") {
        println!("left out: GDAL gives other programs the titles of columns from 3.7 on");
    } else {
        assert!(column("FIR_DIP").contains("소화전구경"), "{layer}");
    }
    let codes = tool("ogrinfo", &["-ro", register, "-fielddomain", "hydrant/FTR"]);
    for meaning in ["SA118: 급수탑", "SA119: 소화전", "SA003: 스탠드파이프 (잠정)"] {
        assert!(codes.contains(meaning), "{meaning} in {codes}");
    }
    // A list that a city has yet to fill gives no value map, so that QGIS shows and edits its codes as they are.
    assert!(!column("CST_CDE").contains("domain"), "{layer}");
}
