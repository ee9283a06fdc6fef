//! A shapefile changed on its bytes, as the contractor's next delivery of it: what is not touched stays as delivered.

use encoding_rs::EUC_KR;
use std::ops::Range;
use std::path::Path;

/// The records of a shapefile and the rows of its table. Korean text is CP949.
#[derive(Clone)]
pub(crate) struct Shapefile {
    /// The head of the .shp and of the .shx.
    head: Vec<u8>,
    /// The content of each record.
    shapes: Vec<Vec<u8>>,
    /// The head of the .dbf, with the fields.
    table_head: Vec<u8>,
    rows: Vec<Vec<u8>>,
    fields: Vec<Field>,
}

#[derive(Clone)]
struct Field {
    name: String,
    is_number: bool,
    place: Range<usize>,
}

impl Shapefile {
    pub(crate) fn read(folder: &Path, table: &str) -> Self {
        let read = |extension| fs_err::read(folder.join(format!("{table}.{extension}"))).unwrap();
        let (shp, dbf) = (read("shp"), read("dbf"));
        let mut shapes = Vec::new();
        let mut at = 100;
        while at < shp.len() {
            let length = 2 * usize::try_from(u32::from_be_bytes(array(&shp, at + 4))).unwrap();
            shapes.push(shp[at + 8..at + 8 + length].to_vec());
            at += 8 + length;
        }
        let head = usize::from(u16::from_le_bytes(array(&dbf, 8)));
        let width = usize::from(u16::from_le_bytes(array(&dbf, 10)));
        let mut fields = Vec::new();
        let mut from = 1;
        for descriptor in dbf[32..head - 1].chunks_exact(32) {
            let to = from + usize::from(descriptor[16]);
            let name = String::from_utf8_lossy(&descriptor[..11]);
            fields.push(Field {
                name: name.trim_end_matches('\0').to_owned(),
                is_number: matches!(descriptor[11], b'N' | b'F'),
                place: from..to,
            });
            from = to;
        }
        let rows: Vec<_> = dbf[head..].chunks_exact(width).map(<[u8]>::to_vec).collect();
        assert_eq!(rows.len(), shapes.len());
        Self { head: shp[..100].to_vec(), shapes, table_head: dbf[..head].to_vec(), rows, fields }
    }

    /// Writes the three files; what lies beside them (.prj, .cpg) is not touched.
    pub(crate) fn write(&self, folder: &Path, table: &str) {
        let mut shp = self.head.clone();
        let mut shx = self.head.clone();
        let words = |bytes: usize| u32::try_from(bytes / 2).unwrap().to_be_bytes();
        for (number, shape) in (1_u32..).zip(&self.shapes) {
            shx.extend([words(shp.len()), words(shape.len())].concat());
            shp.extend([number.to_be_bytes(), words(shape.len())].concat());
            shp.extend(shape);
        }
        let corners: Vec<_> = self.shapes.iter().flat_map(|shape| places(shape)).collect();
        for file in [&mut shp, &mut shx] {
            let length = words(file.len());
            file[24..28].copy_from_slice(&length);
            put_bounds(&mut file[36..68], &corners);
        }
        let mut dbf = self.table_head.clone();
        dbf[4..8].copy_from_slice(&u32::try_from(self.rows.len()).unwrap().to_le_bytes());
        dbf.extend(self.rows.concat());
        dbf.push(0x1a);
        for (extension, bytes) in [("shp", shp), ("shx", shx), ("dbf", dbf)] {
            fs_err::write(folder.join(format!("{table}.{extension}")), bytes).unwrap();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A value as the file has it, without the blanks around it.
    pub(crate) fn text(&self, row: usize, field: &str) -> String {
        let (text, _, broken) = EUC_KR.decode(&self.rows[row][self.field(field).place.clone()]);
        assert!(!broken);
        text.trim().to_owned()
    }

    pub(crate) fn set(&mut self, row: usize, field: &str, text: &str) {
        let Field { is_number, place, .. } = self.field(field).clone();
        let (bytes, _, unknown) = EUC_KR.encode(text);
        assert!(!unknown && bytes.len() <= place.len(), "{text} in {field}");
        let blanks = vec![b' '; place.len() - bytes.len()];
        let cell =
            if is_number { [&blanks[..], &bytes].concat() } else { [&bytes[..], &blanks].concat() };
        self.rows[row][place].copy_from_slice(&cell);
    }

    /// Calls a field otherwise.
    pub(crate) fn rename(&mut self, field: &str, name: &str) {
        let at = self.fields.iter().position(|f| f.name == field).unwrap();
        let mut cell = [0; 11];
        cell[..name.len()].copy_from_slice(name.as_bytes());
        self.table_head[32 + 32 * at..][..11].copy_from_slice(&cell);
        name.clone_into(&mut self.fields[at].name);
    }

    /// Moves a shape by so many metres.
    pub(crate) fn shift(&mut self, row: usize, east: f64, north: f64) {
        let shape = &mut self.shapes[row];
        for (pair, [x, y]) in coordinates(shape).step_by(16).zip(places(shape)) {
            put_place(&mut shape[pair..pair + 16], [x + east, y + north]);
        }
        let corners = places(shape);
        if corners.len() > 1 {
            put_bounds(&mut shape[4..36], &corners);
        }
    }

    /// Adds a copy of a row at the end, and says which row that is.
    pub(crate) fn repeat(&mut self, row: usize) -> usize {
        self.shapes.push(self.shapes[row].clone());
        self.rows.push(self.rows[row].clone());
        self.rows.len() - 1
    }

    /// Leaves out the rows that are not wanted.
    pub(crate) fn keep(&mut self, wanted: impl Fn(usize) -> bool) {
        let rows = std::mem::take(&mut self.rows).into_iter();
        let shapes = std::mem::take(&mut self.shapes);
        let kept = rows.zip(shapes).enumerate().filter(|(row, _)| wanted(*row));
        (self.rows, self.shapes) = kept.map(|(_, whole)| whole).unzip();
    }

    fn field(&self, name: &str) -> &Field {
        self.fields.iter().find(|f| f.name == name).unwrap()
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap()
}

/// Where a record's coordinates lie: of points, of multi-points, of lines and polygons.
fn coordinates(shape: &[u8]) -> Range<usize> {
    let number = |at| usize::try_from(u32::from_le_bytes(array(shape, at))).unwrap();
    match number(0) {
        0 => 0..0,
        1 => 4..20,
        8 => 40..40 + 16 * number(36),
        3 | 5 => {
            let first = 44 + 4 * number(36);
            first..first + 16 * number(40)
        }
        kind => panic!("shapes of kind {kind}"),
    }
}

fn places(shape: &[u8]) -> Vec<[f64; 2]> {
    let pairs = shape[coordinates(shape)].chunks_exact(16);
    pairs.map(|pair| [0, 8].map(|at| f64::from_le_bytes(array(pair, at)))).collect()
}

fn put_place(cell: &mut [u8], place: [f64; 2]) {
    cell.copy_from_slice(&place.map(f64::to_le_bytes).concat());
}

/// West, south, east, north.
fn put_bounds(cell: &mut [u8], corners: &[[f64; 2]]) {
    for (axis, low) in [(0, 0), (1, 8)] {
        let values = || corners.iter().map(|corner| corner[axis]);
        let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
        cell[low..low + 8].copy_from_slice(&least.to_le_bytes());
        cell[low + 16..low + 24].copy_from_slice(&most.to_le_bytes());
    }
}
