//! The grids that Korean deliveries come in, by name and by parameters.

/// The figure of the earth that a datum stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ellipsoid {
    /// GRS 80, and WGS 84, which parts from it by 0.1 mm.
    Grs80,
    /// Bessel 1841.
    Bessel,
}

impl Ellipsoid {
    /// By half axis and inverse flattening.
    pub(crate) fn of(a: f64, rf: f64) -> Option<Self> {
        if (a - 6_378_137.0).abs() < 0.01 && (rf - 298.257_222).abs() < 1e-3 {
            Some(Self::Grs80)
        } else if (a - 6_377_397.155).abs() < 0.01 && (rf - 299.152_812).abs() < 1e-3 {
            Some(Self::Bessel)
        } else {
            None
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Grs80 => "GRS 80",
            Self::Bessel => "Bessel 1841",
        }
    }
}

/// The numbers of a transverse Mercator grid in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TransverseMercator {
    pub lat0: f64,
    pub lon0: f64,
    pub scale: f64,
    pub easting: f64,
    pub northing: f64,
}

impl TransverseMercator {
    /// Equal but for how many digits a program wrote. The longitude may be off by 3 mm on the ground: the
    /// modified belts stand at 127.0028902777778 degrees, which is written in many lengths.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        (self.lat0 - other.lat0).abs() < 1e-6
            && (self.lon0 - other.lon0).abs() < 5e-6
            && (self.scale - other.scale).abs() < 1e-9
            && (self.easting - other.easting).abs() < 1e-3
            && (self.northing - other.northing).abs() < 1e-3
    }
}

/// One grid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub code: u32,
    /// As EPSG writes it.
    pub name: &'static str,
    pub ellipsoid: Ellipsoid,
    pub tm: TransverseMercator,
    /// Longitudes where it is used.
    pub west: f64,
    pub east: f64,
}

/// Between the meridian that the old belts were meant to stand on and where they really stand: 10.405 seconds.
const MODIFIED: f64 = 10.405 / 3600.0;

const fn belt(
    code: u32,
    name: &'static str,
    ellipsoid: Ellipsoid,
    lon0: f64,
    northing: f64,
) -> Grid {
    let modified = if code >= 5173 && code <= 5177 { MODIFIED } else { 0.0 };
    let tm = TransverseMercator {
        lat0: 38.0,
        lon0: lon0 + modified,
        scale: 1.0,
        easting: 200_000.0,
        northing,
    };
    Grid { code, name, ellipsoid, tm, west: lon0 - 1.3, east: lon0 + 1.3 }
}

const fn unified(code: u32, name: &'static str, ellipsoid: Ellipsoid) -> Grid {
    let tm = TransverseMercator {
        lat0: 38.0,
        lon0: 127.5,
        scale: 0.9996,
        easting: 1_000_000.0,
        northing: 2_000_000.0,
    };
    Grid { code, name, ellipsoid, tm, west: 124.5, east: 132.0 }
}

const fn utm(code: u32, name: &'static str, lon0: f64) -> Grid {
    let tm =
        TransverseMercator { lat0: 0.0, lon0, scale: 0.9996, easting: 500_000.0, northing: 0.0 };
    Grid { code, name, ellipsoid: Grs80, tm, west: lon0 - 3.0, east: lon0 + 3.0 }
}

use Ellipsoid::{Bessel, Grs80};

/// Most likely first.
pub(crate) const GRIDS: &[Grid] = &[
    belt(5186, "Korea 2000 / Central Belt 2010", Grs80, 127.0, 600_000.0),
    belt(5185, "Korea 2000 / West Belt 2010", Grs80, 125.0, 600_000.0),
    belt(5187, "Korea 2000 / East Belt 2010", Grs80, 129.0, 600_000.0),
    belt(5188, "Korea 2000 / East Sea Belt 2010", Grs80, 131.0, 600_000.0),
    unified(5179, "Korea 2000 / Unified CS", Grs80),
    belt(5181, "Korea 2000 / Central Belt", Grs80, 127.0, 500_000.0),
    belt(5180, "Korea 2000 / West Belt", Grs80, 125.0, 500_000.0),
    belt(5182, "Korea 2000 / Central Belt Jeju", Grs80, 127.0, 550_000.0),
    belt(5183, "Korea 2000 / East Belt", Grs80, 129.0, 500_000.0),
    belt(5184, "Korea 2000 / East Sea Belt", Grs80, 131.0, 500_000.0),
    belt(5174, "Korean 1985 / Modified Central Belt", Bessel, 127.0, 500_000.0),
    belt(5173, "Korean 1985 / Modified West Belt", Bessel, 125.0, 500_000.0),
    belt(5175, "Korean 1985 / Modified Central Belt Jeju", Bessel, 127.0, 550_000.0),
    belt(5176, "Korean 1985 / Modified East Belt", Bessel, 129.0, 500_000.0),
    belt(5177, "Korean 1985 / Modified East Sea Belt", Bessel, 131.0, 500_000.0),
    belt(2097, "Korean 1985 / Central Belt", Bessel, 127.0, 500_000.0),
    belt(2096, "Korean 1985 / East Belt", Bessel, 129.0, 500_000.0),
    belt(2098, "Korean 1985 / West Belt", Bessel, 125.0, 500_000.0),
    unified(5178, "Korean 1985 / Unified CS", Bessel),
    utm(32652, "WGS 84 / UTM zone 52N", 129.0),
    utm(32651, "WGS 84 / UTM zone 51N", 123.0),
];

/// A name as EPSG, ESRI or a person writes it, brought to one spelling: `Korea_2000_Korea_Central_Belt_2010` and
/// `KGD2002 / Central Belt 2010` (its newer EPSG name) become equal.
pub(crate) fn plain_name(name: &str) -> String {
    let mut words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.first().is_some_and(|w| w == "kgd2002") {
        words.splice(..1, ["korea".to_owned(), "2000".to_owned()]);
    }
    let mut first = true;
    words.retain(|w| std::mem::take(&mut first) || w != "korea");
    words.join(" ").replace("unified coordinate system", "unified cs")
}
