//! The dirt: what real deliveries get wrong, made on purpose, and counted.
//!
//! Each kind strikes in a fixed share of its occasions, so that the counts follow from the size of the city alone.

/// One kind of dirt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dirt {
    ValveOffPipe,
    ValveStateBlank,
    ValveConditionBlank,
    ValveTurnsStars,
    ValveDuplicate,
    ValveNull,
    HydrantDuplicate,
    HydrantNull,
    HydrantDeleted,
    PipeDepthZero,
    PipeMaterialBlank,
    PipeMaterialDash,
    PipeDateUnknown,
    PipeDateNoMonth,
    PipeDeleted,
    MeterHostBlank,
    MeterHostMissing,
    MeterNumberUnknown,
    SewerSlopeStars,
    SewerMaterialBlank,
    ManholeDateImpossible,
    GasDuplicate,
    GasDepthZero,
    PowerDepthZero,
    HeatMeasure,
    LightAgencyDash,
    LightNull,
    BuildingBowTie,
    BuildingFloorsStars,
    ShelterCapacityDash,
    HospitalBedsBlank,
    LayerNoCpg,
    LayerNoPrj,
}

/// Of `every` occasions the first `hits` after `from` strike, at most `most` times in all.
struct Rule {
    dirt: Dirt,
    hits: u32,
    every: u32,
    from: u32,
    most: u32,
    what: &'static str,
}

const fn share(dirt: Dirt, hits: u32, every: u32, what: &'static str) -> Rule {
    Rule { dirt, hits, every, from: every / 2, most: u32::MAX, what }
}

const fn few(dirt: Dirt, most: u32, from: u32, what: &'static str) -> Rule {
    Rule { dirt, hits: 1, every: 37, from, most, what }
}

/// In the order of [`Dirt`].
const RULES: [Rule; 33] = [
    share(Dirt::ValveOffPipe, 1, 33, "WTL_VALV_PS: valve 0.2 to 3 m off its pipe"),
    share(Dirt::ValveStateBlank, 1, 4, "WTL_VALV_PS: OFF_CDE blank, state unknown"),
    share(Dirt::ValveConditionBlank, 1, 3, "WTL_VALV_PS: CST_CDE blank, condition unknown"),
    share(Dirt::ValveTurnsStars, 1, 200, "WTL_VALV_PS: TRO_CNT is `*****`"),
    share(Dirt::ValveDuplicate, 1, 300, "WTL_VALV_PS: FTR_IDN repeats the one before"),
    few(Dirt::ValveNull, 1, 21, "WTL_VALV_PS: null shape"),
    share(Dirt::HydrantDuplicate, 1, 400, "WTL_FIRE_PS: FTR_IDN repeats the one before"),
    few(Dirt::HydrantNull, 1, 11, "WTL_FIRE_PS: null shape"),
    few(Dirt::HydrantDeleted, 2, 17, "WTL_FIRE_PS: row marked as deleted, its shape kept"),
    share(Dirt::PipeDepthZero, 7, 10, "WTL_PIPE_LM: LOW_DEP and HGH_DEP are 0, meaning unknown"),
    share(Dirt::PipeMaterialBlank, 1, 50, "WTL_PIPE_LM: MOP_CDE blank"),
    share(Dirt::PipeMaterialDash, 1, 90, "WTL_PIPE_LM: MOP_CDE is `-`"),
    share(Dirt::PipeDateUnknown, 1, 120, "WTL_PIPE_LM: IST_YMD is `미상`"),
    share(Dirt::PipeDateNoMonth, 1, 150, "WTL_PIPE_LM: IST_YMD with month and day 00"),
    few(Dirt::PipeDeleted, 2, 50, "WTL_PIPE_LM: row marked as deleted, its shape kept"),
    share(Dirt::MeterHostBlank, 1, 60, "WTL_META_PS: PIP_CDE and PIP_IDN blank"),
    share(Dirt::MeterHostMissing, 1, 250, "WTL_META_PS: PIP_IDN names a pipe that is not there"),
    share(Dirt::MeterNumberUnknown, 1, 40, "WTL_META_PS: MET_NUM is `미상`"),
    share(Dirt::SewerSlopeStars, 1, 500, "SWL_PIPE_LM: PIP_SLP is `*****`"),
    share(Dirt::SewerMaterialBlank, 1, 45, "SWL_PIPE_LM: MOP_CDE blank"),
    share(Dirt::ManholeDateImpossible, 1, 800, "SWL_MANH_PS: ECN_YMD (type D) is 20230231"),
    share(Dirt::GasDuplicate, 1, 500, "UFL_GPIP_LM: FTR_IDN repeats the one before"),
    share(Dirt::GasDepthZero, 4, 5, "UFL_GPIP_LM: STD_DEP is 0, meaning unknown"),
    share(Dirt::PowerDepthZero, 1, 2, "UFL_BPIP_LM: STD_DEP is 0, meaning unknown"),
    share(Dirt::HeatMeasure, 1, 1, "UFL_HPIP_LM: every M is -1.797693134862316e308"),
    share(Dirt::LightAgencyDash, 1, 60, "RDL_STLT_PS: MNG_CDE is `-`"),
    few(Dirt::LightNull, 1, 13, "RDL_STLT_PS: null shape"),
    few(Dirt::BuildingBowTie, 1, 120, "TL_SPBD_BULD: ring crosses itself (bow tie)"),
    share(Dirt::BuildingFloorsStars, 1, 1500, "TL_SPBD_BULD: UND_FLO_CO is `***`"),
    share(Dirt::ShelterCapacityDash, 1, 40, "대피소.csv: 최대수용인원 is `-`"),
    share(Dirt::HospitalBedsBlank, 1, 6, "병원.csv: 병상수 blank"),
    share(Dirt::LayerNoCpg, 1, 1, "WTL_META_PS: no .cpg, language mark 0"),
    share(Dirt::LayerNoPrj, 1, 1, "RDL_STLT_PS: no .prj; siseol.toml names the grid"),
];

/// Deals the dirt out and counts it.
#[derive(Clone, Debug)]
pub(crate) struct Dealer {
    seen: [u32; RULES.len()],
    made: [u32; RULES.len()],
}

impl Dealer {
    pub(crate) fn new() -> Self {
        Self { seen: [0; RULES.len()], made: [0; RULES.len()] }
    }

    /// Whether this occasion is struck; it is counted when it is.
    pub(crate) fn strikes(&mut self, dirt: Dirt) -> bool {
        let at = dirt as usize;
        let rule = &RULES[at];
        let turn = self.seen[at];
        self.seen[at] += 1;
        let hit = turn >= rule.from
            && (turn - rule.from) % rule.every < rule.hits
            && self.made[at] < rule.most;
        self.made[at] += u32::from(hit);
        hit
    }

    /// How often a kind was made.
    #[cfg(test)]
    pub(crate) fn made(&self, dirt: Dirt) -> u32 {
        self.made[dirt as usize]
    }

    /// What was made, one line of a Markdown table for each kind.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        RULES.iter().map(|rule| format!("| {} | {} |", self.made[rule.dirt as usize], rule.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_stand_in_the_order_of_the_kinds() {
        for (at, rule) in RULES.iter().enumerate() {
            assert_eq!(rule.dirt as usize, at, "{:?}", rule.dirt);
        }
    }

    #[test]
    fn a_share_strikes_as_often_as_it_says() {
        let mut dealer = Dealer::new();
        for _ in 0..1000 {
            dealer.strikes(Dirt::GasDepthZero);
            dealer.strikes(Dirt::BuildingBowTie);
        }
        assert_eq!(dealer.made(Dirt::GasDepthZero), 799);
        assert_eq!(dealer.made(Dirt::BuildingBowTie), 1);
    }
}
