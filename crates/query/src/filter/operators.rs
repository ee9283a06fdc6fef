//! The operators of CQL2 and how they are written.

/// Makes an enum of operators, each with its name in CQL2 JSON. Text writes the same name, in capitals if it is a word.
macro_rules! operators {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in CQL2 JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The one with that name, whatever its case.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

operators! {
    /// How two values are compared.
    Comparison {
        /// The same.
        Equal = "=",
        /// Not the same.
        NotEqual = "<>",
        /// Less, or earlier.
        Less = "<",
        /// Greater, or later.
        Greater = ">",
        /// Not greater.
        LessOrEqual = "<=",
        /// Not less.
        GreaterOrEqual = ">=",
    }
}

operators! {
    /// How two numbers make one.
    Arithmetic {
        /// The sum.
        Add = "+",
        /// The difference.
        Subtract = "-",
        /// The product.
        Multiply = "*",
        /// The quotient, with its fraction.
        Divide = "/",
        /// What a whole division leaves, with the sign of the dividend.
        Modulo = "%",
        /// The quotient without its fraction.
        Div = "div",
        /// The power.
        Power = "^",
    }
}

operators! {
    /// How two geometries lie to each other, in the plane of longitude and latitude (OGC 06-103r4, 6.1.15).
    SpatialRelation {
        /// The second lies in the first.
        Contains = "s_contains",
        /// They share some of their interiors, which is of a lower dimension than one of them.
        Crosses = "s_crosses",
        /// They share no point.
        Disjoint = "s_disjoint",
        /// They are the same points.
        Equals = "s_equals",
        /// They share a point.
        Intersects = "s_intersects",
        /// They share some of their interiors, which is of their dimension, and neither lies in the other.
        Overlaps = "s_overlaps",
        /// They share points of their boundaries and none of their interiors.
        Touches = "s_touches",
        /// The first lies in the second.
        Within = "s_within",
    }
}

impl SpatialRelation {
    /// The relation of the second geometry to the first.
    pub(super) const fn converse(self) -> Self {
        match self {
            Self::Contains => Self::Within,
            Self::Within => Self::Contains,
            other => other,
        }
    }

    /// Whether every geometry lies so to itself; if not, none does.
    pub(super) const fn is_reflexive(self) -> bool {
        matches!(self, Self::Contains | Self::Equals | Self::Intersects | Self::Within)
    }
}

operators! {
    /// How two times lie to each other (Time Ontology in OWL).
    TemporalRelation {
        /// The first begins after the second has ended.
        After = "t_after",
        /// The first ends before the second begins.
        Before = "t_before",
        /// The first begins before the second and ends after it.
        Contains = "t_contains",
        /// One is over before the other begins.
        Disjoint = "t_disjoint",
        /// The first begins after the second and ends before it.
        During = "t_during",
        /// They begin and end together.
        Equals = "t_equals",
        /// They end together, and the first begins before the second.
        FinishedBy = "t_finishedBy",
        /// They end together, and the first begins after the second.
        Finishes = "t_finishes",
        /// Not disjoint.
        Intersects = "t_intersects",
        /// The first ends as the second begins.
        Meets = "t_meets",
        /// The first begins as the second ends.
        MetBy = "t_metBy",
        /// The first begins while the second lasts, and ends after it.
        OverlappedBy = "t_overlappedBy",
        /// The first begins before the second, and ends while it lasts.
        Overlaps = "t_overlaps",
        /// They begin together, and the first ends after the second.
        StartedBy = "t_startedBy",
        /// They begin together, and the first ends before the second.
        Starts = "t_starts",
    }
}

impl TemporalRelation {
    /// Whether it has a meaning for instants as well as for intervals.
    pub const fn takes_instants(self) -> bool {
        matches!(
            self,
            Self::After | Self::Before | Self::Disjoint | Self::Equals | Self::Intersects
        )
    }
}

operators! {
    /// How two arrays, taken as sets, lie to each other.
    ArrayRelation {
        /// All of the first is in the second.
        ContainedBy = "a_containedBy",
        /// All of the second is in the first.
        Contains = "a_contains",
        /// They have the same members.
        Equals = "a_equals",
        /// They share a member.
        Overlaps = "a_overlaps",
    }
}

operators! {
    /// What a comparison of texts does not look at.
    Folding {
        /// Case.
        Case = "casei",
        /// Accents.
        Accents = "accenti",
    }
}
