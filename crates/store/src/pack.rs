//! Building an R-tree in one go, in the form in which SQLite keeps one.
//!
//! SQLite's R-tree lives in three tables: nodes (blobs), which leaf a row is in, and which node is a node's parent.
//! Filling them directly takes a fraction of the time of inserting row by row, and nodes whose members are
//! neighbours on a Hilbert curve overlap little.

use crate::blob::Bounds;
use crate::sorter::word;

/// Cells in a full node: what SQLite allows for two dimensions.
const MAX_CELLS: usize = 51;
const CELL_BYTES: usize = 24;
/// A node's size in a file with pages of 4,096 bytes.
pub(crate) const NODE_BYTES: usize = 4 + MAX_CELLS * CELL_BYTES;
/// The root's number.
const ROOT: u32 = 1;

/// A cell of a row in a record that is ordered along the curve: its place, the row, the edges.
pub(crate) const CELL_RECORD: usize = PLACE + 4 + 16;
/// The bytes of a place on the curve: 48 steps of two bits.
const PLACE: usize = 12;

/// The box of one row, or of one node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    /// The row, or the node's number.
    pub(crate) id: u32,
    /// Least x, greatest x, least y, greatest y: never smaller than the real box.
    edges: [f32; 4],
}

/// One node, ready to be stored.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) number: u32,
    pub(crate) is_leaf: bool,
    /// The rows or nodes in it.
    pub(crate) members: &'a [Cell],
    /// As SQLite keeps it.
    pub(crate) data: &'a [u8; NODE_BYTES],
}

impl Cell {
    pub(crate) fn new(row: u32, bounds: Bounds) -> Self {
        let Bounds { min_x, max_x, min_y, max_y } = bounds;
        Self { id: row, edges: [below(min_x), above(max_x), below(min_y), above(max_y)] }
    }

    /// The record of a row's cell, with the place of the middle of its box.
    pub(crate) fn record(self, bounds: Bounds) -> [u8; CELL_RECORD] {
        let Bounds { min_x, max_x, min_y, max_y } = bounds;
        let place =
            hilbert(lattice(f64::midpoint(min_x, max_x)), lattice(f64::midpoint(min_y, max_y)));
        let mut record = [0; CELL_RECORD];
        record[..PLACE].copy_from_slice(&place.to_be_bytes()[16 - PLACE..]);
        record[PLACE..PLACE + 4].copy_from_slice(&self.id.to_be_bytes());
        for (edge, out) in self.edges.iter().zip(record[PLACE + 4..].chunks_exact_mut(4)) {
            out.copy_from_slice(&edge.to_be_bytes());
        }
        record
    }

    pub(crate) fn of_record(record: [u8; CELL_RECORD]) -> Self {
        let edge = |i: usize| f32::from_bits(word(&record, PLACE + 4 + 4 * i));
        Self { id: word(&record, PLACE), edges: [edge(0), edge(1), edge(2), edge(3)] }
    }
}

/// Calls `store` with every node of the tree over so many rows, leaves first. The rows come in their order along the
/// curve.
pub(crate) fn pack<E>(
    rows: impl Iterator<Item = Result<Cell, E>>,
    count: u64,
    mut store: impl FnMut(Node<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut next = ROOT + 1;
    let mut level = pack_level(rows, count, 0, &mut next, &mut store)?;
    let mut depth = 0;
    while level.len() > 1 {
        depth += 1;
        let count = level.len() as u64;
        level = pack_level(level.into_iter().map(Ok), count, depth, &mut next, &mut store)?;
    }
    Ok(())
}

/// Stores the nodes of one level and returns their boxes. A level of one node is the root.
fn pack_level<E>(
    mut cells: impl Iterator<Item = Result<Cell, E>>,
    count: u64,
    depth: u16,
    next: &mut u32,
    store: &mut impl FnMut(Node<'_>) -> Result<(), E>,
) -> Result<Vec<Cell>, E> {
    let nodes = count.div_ceil(MAX_CELLS as u64).max(1);
    let mut above = Vec::new();
    let mut data = [0; NODE_BYTES];
    let mut members = Vec::with_capacity(MAX_CELLS);
    let mut taken = 0;
    for i in 1..=nodes {
        // Evenly filled, so that no node has too few members.
        members.clear();
        while taken < count * i / nodes
            && let Some(cell) = cells.next()
        {
            members.push(cell?);
            taken += 1;
        }
        let number = if nodes == 1 {
            ROOT
        } else {
            *next += 1;
            *next - 1
        };
        write_node(&mut data, if nodes == 1 { depth } else { 0 }, &members);
        store(Node { number, is_leaf: depth == 0, members: &members, data: &data })?;
        above.push(Cell { id: number, edges: around(&members) });
    }
    Ok(above)
}

#[expect(clippy::cast_possible_truncation, reason = "a node has at most 51 members")]
fn write_node(data: &mut [u8; NODE_BYTES], depth: u16, members: &[Cell]) {
    data.fill(0);
    data[..2].copy_from_slice(&depth.to_be_bytes());
    data[2..4].copy_from_slice(&(members.len() as u16).to_be_bytes());
    for (cell, out) in members.iter().zip(data[4..].chunks_exact_mut(CELL_BYTES)) {
        out[..8].copy_from_slice(&i64::from(cell.id).to_be_bytes());
        for (edge, out) in cell.edges.iter().zip(out[8..].chunks_exact_mut(4)) {
            out.copy_from_slice(&edge.to_be_bytes());
        }
    }
}

/// Adds `base` to the row numbers in a leaf.
pub(crate) fn shift_leaf(data: &mut [u8], base: i64) {
    let cells = match *data {
        [_, _, a, b, ..] => usize::from(u16::from_be_bytes([a, b])),
        _ => 0,
    };
    for cell in data.get_mut(4..).unwrap_or_default().chunks_exact_mut(CELL_BYTES).take(cells) {
        let mut id = [0; 8];
        id.copy_from_slice(&cell[..8]);
        cell[..8].copy_from_slice(&(i64::from_be_bytes(id) + base).to_be_bytes());
    }
}

fn around(cells: &[Cell]) -> [f32; 4] {
    cells.iter().fold(
        [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY],
        |a, Cell { edges: b, .. }| [a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])],
    )
}

/// The lattice over which the curve runs: steps of 2^-21 of the grid's unit, and 2^26 units to each side of its origin.
/// No extent has to be known, and whether the unit is a metre or a degree, it is fine enough.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is outside goes to the edge"
)]
fn lattice(v: f64) -> u64 {
    const HALF: f64 = (1 << 26) as f64;
    const STEPS: f64 = (1 << 21) as f64;
    (((v + HALF) * STEPS) as u64).min((1 << 48) - 1)
}

/// The place of a lattice point along the Hilbert curve.
fn hilbert(mut x: u64, mut y: u64) -> u128 {
    let mut place = 0;
    for step in (0..48).rev() {
        let (right, upper) = ((x >> step) & 1, (y >> step) & 1);
        place = (place << 2) | u128::from((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                // Only the lower bits are looked at from here on.
                x = !x;
                y = !y;
            }
            std::mem::swap(&mut x, &mut y);
        }
    }
    place
}

/// The nearest single-precision number that is not greater.
#[expect(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
pub(crate) fn below(v: f64) -> f32 {
    let near = v as f32;
    if f64::from(near) > v { near.next_down() } else { near }
}

/// The nearest single-precision number that is not less.
#[expect(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
pub(crate) fn above(v: f64) -> f32 {
    let near = v as f32;
    if f64::from(near) < v { near.next_up() } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_visits_each_cell_once_and_steps_to_a_neighbour() {
        let mut cells: Vec<_> = (0..32_u64)
            .flat_map(|x| (0..32_u64).map(move |y| (hilbert(x << 43, y << 43), x, y)))
            .collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            let [(place, x, y), (next, to_x, to_y)] = pair else { continue };
            assert_eq!(place >> 86, (next >> 86) - 1);
            assert_eq!(x.abs_diff(*to_x) + y.abs_diff(*to_y), 1);
        }
    }

    #[test]
    fn what_is_beyond_the_lattice_is_at_its_edge() {
        let [least, most] = [0, (1 << 48) - 1];
        for (v, expected) in [
            (-1e300, least),
            (-67_108_864.0, least),
            (0.0, 1 << 47),
            (1e300, most),
            (67_108_864.0, most),
        ] {
            assert_eq!(lattice(v), expected, "{v}");
        }
        assert!(lattice(127.000_001) > lattice(127.0));
    }

    #[test]
    fn boxes_are_rounded_outwards() {
        for v in [0.1, -0.1, 198_765.432_1, -1e-300, 1e300, 0.0] {
            assert!(f64::from(below(v)) <= v && v <= f64::from(above(v)), "{v}");
        }
    }

    #[test]
    fn every_row_and_every_node_but_the_root_is_in_one_node() {
        for n in [1, 51, 52, 103, 51 * 51, 51 * 51 + 1, 10_000] {
            let rows = (1..=n).map(|row| {
                let (x, y) = (f64::from(row * 7919 % 1000), f64::from(row * 104_729 % 997));
                let bounds = Bounds { min_x: x, max_x: x + 3.0, min_y: y, max_y: y };
                Ok(Cell::of_record(Cell::new(row, bounds).record(bounds)))
            });
            let (mut in_leaves, mut in_nodes, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
            let packed: Result<(), ()> = pack(rows, n.into(), |node| {
                assert!(node.members.len() <= MAX_CELLS && !node.members.is_empty());
                let ids = node.members.iter().map(|c| c.id);
                if node.is_leaf {
                    in_leaves.extend(ids);
                } else {
                    in_nodes.extend(ids);
                }
                numbers.push(node.number);
                Ok(())
            });
            packed.unwrap();
            in_leaves.sort_unstable();
            assert_eq!(in_leaves, (1..=n).collect::<Vec<_>>());
            assert_eq!(numbers.pop(), Some(1));
            assert_eq!(in_nodes, numbers);
        }
    }
}
