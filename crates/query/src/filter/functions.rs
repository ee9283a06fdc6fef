//! The functions that filters can call, beside those of CQL2 itself.

use super::kind::Kind;

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, which is read whatever its case.
    pub name: &'static str,
    /// What it says.
    pub description: &'static str,
    /// What it takes, in their order.
    pub arguments: &'static [Argument],
    /// What it gives.
    pub returns: Kind,
}

/// What a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// What it is called.
    pub title: &'static str,
    /// What it is.
    pub kind: Kind,
}

const GEOMETRY: Argument = Argument { title: "geometry", kind: Kind::Geometry };

/// Whether a geometry is within a distance of a point.
pub(super) const S_DWITHIN: Function = Function {
    name: "S_DWITHIN",
    description: "Whether the nearest point of the features' geometry is at most so many metres \
                  from a point, on the ellipsoid. One of the two geometries is the property, the \
                  other one a point.",
    arguments: &[
        GEOMETRY,
        Argument { title: "point", kind: Kind::Geometry },
        Argument { title: "metres", kind: Kind::Number },
    ],
    returns: Kind::Boolean,
};

/// The length of lines.
pub(super) const S_LENGTH: Function = Function {
    name: "S_LENGTH",
    description: "The length of the features' lines in metres, on the ellipsoid.",
    arguments: &[GEOMETRY],
    returns: Kind::Number,
};

/// The area of polygons.
pub(super) const S_AREA: Function = Function {
    name: "S_AREA",
    description: "The area of the features' polygons in square metres, on the ellipsoid.",
    arguments: &[GEOMETRY],
    returns: Kind::Number,
};

/// All functions.
pub const FUNCTIONS: &[Function] = &[S_DWITHIN, S_LENGTH, S_AREA];
