//! Looking at every number of a geometry, and closing rings, in the bytes themselves.

/// What was seen.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Facts {
    pub has_z: bool,
    pub has_nan: bool,
    pub has_infinite: bool,
    /// Rings that do not end where they begin.
    pub open_rings: usize,
    /// The vertices of a line or ring that has too few of them.
    pub too_short: Option<usize>,
}

/// One run of coordinates in the bytes.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// 1 a point, 2 a line, 3 a ring.
    code: u32,
    /// Where its count stands (of no meaning for a point).
    count_at: usize,
    start: usize,
    n: usize,
    stride: usize,
}

/// Looks through ISO WKB, little endian, x y or x y z. None if it is not that.
pub(crate) fn examine(wkb: &[u8]) -> Option<Facts> {
    let mut facts = Facts::default();
    let mut at = 0;
    walk(wkb, &mut at, &mut |run| {
        facts.has_z |= run.stride == 24;
        for k in 0..run.n * run.stride / 8 {
            let number = double(wkb, run.start + 8 * k).unwrap_or(f64::NAN);
            facts.has_nan |= number.is_nan();
            facts.has_infinite |= number.is_infinite();
        }
        let open = run.code == 3 && is_open(wkb, run);
        facts.open_rings += usize::from(open);
        let needed = match run.code {
            1 => 0,
            2 => 2,
            _ => 4 - usize::from(open),
        };
        if run.n < needed {
            facts.too_short = Some(run.n);
        }
    })?;
    (at == wkb.len()).then_some(facts)
}

/// The same geometry with each open ring closed by its own first vertex.
pub(crate) fn close_rings(wkb: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(wkb.len() + 64);
    let mut copied = 0;
    let mut at = 0;
    walk(wkb, &mut at, &mut |run| {
        if run.code == 3 && is_open(wkb, run) {
            let end = run.start + run.n * run.stride;
            out.extend_from_slice(&wkb[copied..run.count_at]);
            out.extend_from_slice(&u32::try_from(run.n + 1).unwrap_or(u32::MAX).to_le_bytes());
            out.extend_from_slice(&wkb[run.start..end]);
            out.extend_from_slice(&wkb[run.start..run.start + run.stride]);
            copied = end;
        }
    })?;
    out.extend_from_slice(&wkb[copied..]);
    Some(out)
}

/// Moves each vertex to where `way` says; heights stay. The first error ends it, with the vertices before it moved.
pub(crate) fn map_places<E>(
    wkb: &mut [u8],
    way: impl Fn([f64; 2]) -> Result<[f64; 2], E>,
) -> Result<(), E> {
    let mut vertices = Vec::new();
    let mut at = 0;
    walk(wkb, &mut at, &mut |run| {
        vertices.extend((0..run.n).map(|i| run.start + i * run.stride));
    });
    for at in vertices {
        let (Some(x), Some(y)) = (double(wkb, at), double(wkb, at + 8)) else { break };
        let [x, y] = way([x, y])?;
        wkb[at..at + 8].copy_from_slice(&x.to_le_bytes());
        wkb[at + 8..at + 16].copy_from_slice(&y.to_le_bytes());
    }
    Ok(())
}

fn is_open(wkb: &[u8], run: Run) -> bool {
    if run.n == 0 {
        return false;
    }
    let last = run.start + (run.n - 1) * run.stride;
    let differs = |offset: usize| {
        let (a, b) = (double(wkb, run.start + offset), double(wkb, last + offset));
        // Bits, so that a ring of NaN is not said to be open.
        a.map(f64::to_bits) != b.map(f64::to_bits) && a != b
    };
    differs(0) || differs(8)
}

fn double(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..at + 8)?.try_into().ok().map(f64::from_le_bytes)
}

fn word(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let word = bytes.get(*at..*at + 4)?.try_into().ok().map(u32::from_le_bytes)?;
    *at += 4;
    Some(word)
}

fn walk(bytes: &[u8], at: &mut usize, visit: &mut dyn FnMut(Run)) -> Option<()> {
    if *bytes.get(*at)? != 1 {
        return None;
    }
    *at += 1;
    let kind = word(bytes, at)?;
    let stride = match kind / 1000 {
        0 => 16,
        1 => 24,
        _ => return None,
    };
    let code = kind % 1000;
    let mut run = |at: &mut usize, count_at: usize, n: usize| {
        let start = *at;
        *at = start.checked_add(n.checked_mul(stride)?)?;
        if *at > bytes.len() {
            return None;
        }
        visit(Run { code, count_at, start, n, stride });
        Some(())
    };
    match code {
        1 => run(at, 0, 1),
        2 => {
            let count_at = *at;
            let n = word(bytes, at)? as usize;
            run(at, count_at, n)
        }
        3 => {
            for _ in 0..word(bytes, at)? {
                let count_at = *at;
                let n = word(bytes, at)? as usize;
                run(at, count_at, n)?;
            }
            Some(())
        }
        4..=6 => {
            for _ in 0..word(bytes, at)? {
                // A part is a point, a line or a polygon: no deeper.
                let part = bytes.get(*at + 1..*at + 5)?.try_into().ok().map(u32::from_le_bytes)?;
                if part % 1000 + 3 != code {
                    return None;
                }
                walk(bytes, at, visit)?;
            }
            Some(())
        }
        _ => None,
    }
}

/// A point's WKB.
pub(crate) fn point(out: &mut Vec<u8>, x: f64, y: f64) {
    out.clear();
    out.push(1);
    out.extend_from_slice(&1_u32.to_le_bytes());
    out.extend_from_slice(&x.to_le_bytes());
    out.extend_from_slice(&y.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(coords: &[[f64; 2]]) -> Vec<u8> {
        let mut wkb = vec![1];
        wkb.extend(3_u32.to_le_bytes());
        wkb.extend(1_u32.to_le_bytes());
        wkb.extend(u32::try_from(coords.len()).unwrap().to_le_bytes());
        wkb.extend(coords.iter().flatten().flat_map(|v| v.to_le_bytes()));
        wkb
    }

    #[test]
    fn open_rings_are_closed_and_nothing_else_changes() {
        let open = polygon(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]);
        assert_eq!(examine(&open).unwrap().open_rings, 1);
        assert_eq!(examine(&open).unwrap().too_short, None);
        let closed = close_rings(&open).unwrap();
        assert_eq!(closed, polygon(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]));
        assert_eq!(close_rings(&closed).unwrap(), closed);
        assert_eq!(examine(&closed).unwrap(), Facts::default());
    }

    #[test]
    fn bad_numbers_and_short_rings_are_seen() {
        let two = polygon(&[[0.0, 0.0], [1.0, 0.0]]);
        assert_eq!(examine(&two).unwrap().too_short, Some(2));
        let odd = polygon(&[[0.0, 0.0], [f64::NAN, f64::INFINITY], [1.0, 1.0], [0.0, 0.0]]);
        let facts = examine(&odd).unwrap();
        assert!(facts.has_nan && facts.has_infinite);
        for cut in 0..odd.len() {
            assert_eq!(examine(&odd[..cut]), None);
        }
    }
}
