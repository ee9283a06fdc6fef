//! Whether the answers are the same, before anyone asks how fast they came.

use crate::places::{Place, RADIUS_M};
use crate::postgres::Cluster;
use crate::postgres::load::PAGED;
use crate::postgres::queries::Served;
use crate::siseol::{Item, Siseol, features, item_path, key_of, page_path, radius_path};
use anyhow::{Context as _, Result, bail};
use bench_kit::http;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// How many differences are written down.
const MAX_SHOWN: usize = 20;
/// How far from the rim two systems may disagree whether a feature is inside, in metres: PostGIS `geography` itself
/// is off by up to 1e-5 of the distance, and siseol rounds coordinates to a millimetre.
const RIM_M: f64 = 0.002;
/// How far two coordinates of one vertex may lie apart, in degrees: both are rounded to 8 decimals.
const ROUNDING: f64 = 2.1e-8;
/// Half the side of the boxes whose content is compared feature by feature, in degrees.
const SMALL_BOX: f64 = 0.002;

/// What a comparison came to.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Comparison {
    /// How many answers were compared.
    pub(crate) answers: usize,
    /// How many features they held.
    pub(crate) features: usize,
    /// Features on the rim of what was asked for, within rounding, where either answer is right.
    pub(crate) at_the_rim: usize,
    /// How many differences there were.
    pub(crate) differences: usize,
    /// The first of them.
    pub(crate) shown: Vec<String>,
}

impl Comparison {
    pub(crate) const fn is_equal(&self) -> bool {
        self.answers > 0 && self.differences == 0
    }

    fn differ(&mut self, what: impl FnOnce() -> String) {
        self.differences += 1;
        if self.shown.len() < MAX_SHOWN {
            self.shown.push(what());
        }
    }
}

/// Features by layer and key, with how often each is there: a delivery has keys that occur twice.
type Bag = BTreeMap<(String, String), i64>;

/// Items: the number of all, and key and geometry of some.
pub(crate) fn items(
    cluster: &Cluster,
    siseol: &Siseol,
    items: &[Item],
    seed: u64,
    n: usize,
) -> Result<Comparison> {
    let mut result = Comparison::default();
    let fids: HashMap<&str, i64> = items.iter().map(|i| (i.key.as_str(), i.fid)).collect();
    let count = cluster.sql(&format!("select count(*) from served.\"{PAGED}\""))?;
    if count.trim() != items.len().to_string() {
        result.differ(|| format!("{} rows in PostGIS, {} in siseol", count.trim(), items.len()));
    }
    let rows = cluster.sql(&format!(
        "select facility_key, min(ST_AsGeoJSON(g4326, 8)) from served.\"{PAGED}\" \
         where facility_key is not null and g4326 is not null \
         group by 1 having count(*) = 1 order by md5({seed} || facility_key) limit {n}"
    ))?;
    for row in rows.lines() {
        let (key, geometry) = row.split_once('\t').context("a row without a geometry")?;
        result.answers += 1;
        result.features += 1;
        let Some(fid) = fids.get(key) else {
            result.differ(|| format!("{key} is not in siseol"));
            continue;
        };
        let feature = http::get_json(&siseol.address, &item_path(PAGED, *fid))?;
        if key_of(&feature) != key
            || !is_close(&feature["geometry"], &serde_json::from_str(geometry)?)
        {
            result.differ(|| format!("{key}: {geometry} in PostGIS, {feature} in siseol"));
        }
    }
    Ok(result)
}

/// Pages: the number matched in the large box, and each feature of a small one.
pub(crate) fn pages(cluster: &Cluster, siseol: &Siseol, places: &[Place]) -> Result<Comparison> {
    let mut result = Comparison::default();
    let count = |grown: f64| {
        format!(
            "(select count(*) from served.\"{PAGED}\" \
             where ST_Intersects(g4326, ST_Expand(box, {grown:.9})))"
        )
    };
    let counts = cluster.sql(&format!(
        "select n, {}, {} from place where n <= {} order by n",
        count(-ROUNDING),
        count(ROUNDING),
        places.len()
    ))?;
    for (row, place) in counts.lines().zip(places) {
        let columns: Vec<_> = row.split('\t').collect();
        let [n, least, most] = columns[..] else { bail!("a row of another form: {row}") };
        let (least, most): (u64, u64) = (least.parse()?, most.parse()?);
        let answer = http::get_json(&siseol.address, &page_path(PAGED, *place))?;
        let says = answer["numberMatched"].as_u64();
        let returned = features(&answer).len();
        result.answers += 1;
        result.features += returned;
        result.at_the_rim += usize::try_from(most - least)?;
        let is_right =
            |matched| (least..=most).contains(&matched) && returned as u64 == matched.min(1000);
        if !says.is_some_and(is_right) {
            result.differ(|| {
                format!("place {n}: {least} to {most} in PostGIS; siseol says {says:?}, sends {returned}")
            });
        }
    }
    let small = "ST_Expand(geog::geometry, ";
    let rows = cluster.sql(&format!(
        "select n, '{PAGED}', coalesce(facility_key, ''), membership, membership from ( \
           select n, facility_key, case when ST_Intersects(g4326, {small} {})) \
             then 'in' else 'either' end as membership \
           from place, served.\"{PAGED}\" where n <= {} and ST_Intersects(g4326, {small} {}))) s",
        SMALL_BOX - ROUNDING,
        places.len(),
        SMALL_BOX + ROUNDING
    ))?;
    let candidates = Candidates::parse(&rows, places.len())?;
    for (n, place) in (1..).zip(places) {
        let Place { lon, lat } = place;
        let (w, s, e, north) = (lon - SMALL_BOX, lat - SMALL_BOX, lon + SMALL_BOX, lat + SMALL_BOX);
        let path = format!(
            "/api/collections/{PAGED}/items?bbox={w:.7},{s:.7},{e:.7},{north:.7}&limit=10000"
        );
        let answer = http::get_json(&siseol.address, &path)?;
        compare(&mut result, n, &answer, &candidates, |c| c.geodesic);
    }
    Ok(result)
}

/// Radius lookups, against the geodesic and against the planar answer.
pub(crate) fn radius(
    cluster: &Cluster,
    siseol: &Siseol,
    places: &[Place],
) -> Result<(Comparison, Comparison)> {
    let served = Served::read(cluster)?;
    let membership = |distance: &str| {
        format!(
            "case when abs({distance} - {RADIUS_M}) <= {RIM_M} then 'either' \
             when {distance} < {RADIUS_M} then 'in' else 'out' end"
        )
    };
    let geodesic = membership("ST_Distance(t.g4326::geography, p.geog)");
    let planar = membership("ST_Distance(t.geom, p.geom)");
    let parts: Vec<_> = served
        .layers()
        .map(|layer| {
            format!(
                "select n, '{layer}', coalesce(facility_key, ''), {geodesic}, {planar} \
                 from place p join served.\"{layer}\" t on ST_DWithin(t.geom, p.geom, {}) \
                 where n <= {}",
                RADIUS_M + 1.0,
                places.len()
            )
        })
        .collect();
    let candidates = Candidates::parse(&cluster.sql(&parts.join(" union all "))?, places.len())?;
    let (mut geodesic, mut planar) = (Comparison::default(), Comparison::default());
    for (n, place) in (1..).zip(places) {
        let answer = http::get_json(&siseol.address, &radius_path(*place))?;
        compare(&mut geodesic, n, &answer, &candidates, |c| c.geodesic);
        compare(&mut planar, n, &answer, &candidates, |c| c.planar);
    }
    Ok((geodesic, planar))
}

/// What PostGIS has at and near each place.
#[derive(Debug)]
struct Candidates(Vec<Vec<Candidate>>);

#[derive(Debug)]
struct Candidate {
    name: (String, String),
    geodesic: Membership,
    planar: Membership,
}

/// Whether a feature belongs to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Membership {
    In,
    Out,
    /// It lies on the rim, as far as anyone can tell.
    Either,
}

impl Membership {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "in" => Ok(Self::In),
            "out" => Ok(Self::Out),
            "either" => Ok(Self::Either),
            other => bail!("`{other}` is neither in nor out"),
        }
    }
}

impl Candidates {
    fn parse(rows: &str, n_places: usize) -> Result<Self> {
        let mut places: Vec<Vec<Candidate>> = Vec::new();
        places.resize_with(n_places, Vec::new);
        for row in rows.lines() {
            let columns: Vec<_> = row.split('\t').collect();
            let [n, layer, key, geodesic, planar] = columns[..] else {
                bail!("a row of another form: {row}");
            };
            let place = n.parse::<usize>()?.checked_sub(1).and_then(|n| places.get_mut(n));
            place.context("an unknown place")?.push(Candidate {
                name: (layer.to_owned(), key.to_owned()),
                geodesic: Membership::parse(geodesic)?,
                planar: Membership::parse(planar)?,
            });
        }
        Ok(Self(places))
    }
}

fn compare(
    result: &mut Comparison,
    n: usize,
    answer: &Value,
    candidates: &Candidates,
    membership: impl Fn(&Candidate) -> Membership,
) {
    let mut missing = Bag::new();
    let mut at_the_rim = Bag::new();
    for candidate in candidates.0.get(n - 1).into_iter().flatten() {
        let bag = match membership(candidate) {
            Membership::In => &mut missing,
            Membership::Either => &mut at_the_rim,
            Membership::Out => continue,
        };
        *bag.entry(candidate.name.clone()).or_default() += 1;
    }
    result.answers += 1;
    result.features += features(answer).len();
    result.at_the_rim += at_the_rim.len();
    for feature in features(answer) {
        let layer = feature["properties"]["layer"].as_str().unwrap_or_default().to_owned();
        *missing.entry((layer, key_of(feature))).or_default() -= 1;
    }
    for (name, count) in missing {
        let allowed = at_the_rim.get(&name).copied().unwrap_or(0);
        let (layer, key) = &name;
        if count > 0 {
            result.differ(|| format!("place {n}: {layer}/{key} only in PostGIS"));
        } else if count + allowed < 0 {
            result.differ(|| format!("place {n}: {layer}/{key} only in siseol"));
        }
    }
}

/// Whether two JSON values are the same, numbers within rounding.
fn is_close(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() <= ROUNDING
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_close(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| is_close(value, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(keys: &[&str]) -> Value {
        let features: Vec<_> = keys
            .iter()
            .map(|key| json!({"properties": {"layer": "a", "facility_key": key}}))
            .collect();
        json!({ "features": features })
    }

    fn check(rows: &str, keys: &[&str]) -> Comparison {
        let mut result = Comparison::default();
        let candidates = Candidates::parse(rows, 1).unwrap();
        compare(&mut result, 1, &answer(keys), &candidates, |c| c.geodesic);
        result
    }

    #[test]
    fn the_same_features_are_equal_however_often_a_key_occurs() {
        let rows = "1\ta\tk\tin\tin\n1\ta\tk\tin\tin\n1\ta\tfar\tout\tout";
        assert!(check(rows, &["k", "k"]).is_equal());
        assert_eq!(check(rows, &["k"]).shown, ["place 1: a/k only in PostGIS"]);
        assert_eq!(check(rows, &["k", "k", "far"]).shown, ["place 1: a/far only in siseol"]);
    }

    #[test]
    fn at_the_rim_either_answer_is_right() {
        let rows = "1\ta\trim\teither\teither";
        assert!(check(rows, &[]).is_equal());
        assert!(check(rows, &["rim"]).is_equal());
        assert!(!check(rows, &["rim", "rim"]).is_equal());
    }

    #[test]
    fn geometries_are_the_same_within_rounding() {
        let line =
            |x: f64| json!({"type": "LineString", "coordinates": [[x, 37.0], [127.0, 37.5]]});
        assert!(is_close(&line(126.5), &line(126.500_000_01)));
        assert!(!is_close(&line(126.5), &line(126.500_001)));
        assert!(!is_close(&line(126.5), &json!({"type": "LineString", "coordinates": []})));
    }
}
