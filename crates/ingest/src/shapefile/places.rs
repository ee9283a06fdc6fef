//! Where each record of a `.shp` is: by its index, the `.shx`, or by the records themselves where that is of no use.

use super::header::{self, HEADER};
use crate::source::Refusal;
use siseol_model::{GeometryKind, Issue, IssueKind};
use std::io::{BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// The bytes of a record that are read at most. It is a ring of 16 million vertices.
const MAX_RECORD: u64 = 256 << 20;

/// A `.shp` whose records have been found, each within the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Places {
    path: PathBuf,
    index: Index,
    pub geometry: GeometryKind,
    /// Records.
    pub count: u64,
    /// The box of the header: min x, min y, max x, max y. It is what a program wrote, not what is there.
    pub bounds: [f64; 4],
}

/// Where the records begin.
#[derive(Debug, Clone, PartialEq)]
enum Index {
    /// Where that `.shx` says.
    Shx(PathBuf),
    /// Each where the one before it ends.
    EndToEnd,
}

/// Finds the records. The finding says that the index was of no use.
pub(crate) fn find(path: &Path, shx: Option<&Path>) -> Result<(Places, Option<Issue>), Refusal> {
    let file = fs_err::File::open(path)?;
    let size = file.metadata()?.len();
    header::check_size(size, ".shp")?;
    let mut shp = Shp { file: BufReader::new(file), at: HEADER, size };
    let head = header::read(&mut shp.file, size, ".shp").map_err(Refusal::send_again)?;
    let geometry = header::kind_of(head.shape_type)?;
    if head.length > size {
        return Err(Refusal::new(
            IssueKind::Truncated,
            format!("the .shp declares {} bytes and has {size}: its end is missing", head.length),
        )
        .send_again());
    }
    let by_index = match shx {
        Some(shx) => shp.count_by(shx).map(|(count, end)| (shx, count, end)),
        None => Err(Refusal::new(IssueKind::ShxMissing, "the .shx is missing")),
    };
    let (index, count, note) = match by_index {
        Ok((shx, count, end)) => {
            shp.nothing_after(end, count)?;
            (Index::Shx(shx.to_path_buf()), count, None)
        }
        Err(Refusal(useless)) => {
            let (count, note) = shp.count_end_to_end(head.length, &useless)?;
            shp.nothing_after(head.length, count)?;
            (Index::EndToEnd, count, Some(note))
        }
    };
    let places = Places { path: path.to_path_buf(), index, geometry, count, bounds: head.bounds };
    Ok((places, note))
}

/// A `.shp` that is walked through.
struct Shp {
    file: BufReader<fs_err::File>,
    /// Where the reader stands.
    at: u64,
    size: u64,
}

/// The head of a record.
struct RecordHead {
    number: u32,
    /// The bytes of its content, if that is a length which its file can hold.
    length: Option<u64>,
    /// As declared.
    words: i32,
}

impl Shp {
    /// Holds every entry of the index against the record that it points at. Returns the number of records and the end of
    /// the last one in the file. What is refused here is the index.
    fn count_by(&mut self, shx: &Path) -> Result<(u64, u64), Refusal> {
        let file = fs_err::File::open(shx)?;
        let size = file.metadata()?.len();
        let mut index = BufReader::new(file);
        let head = header::read(&mut index, size, ".shx")?;
        if head.length > size {
            return Err(Refusal::new(
                IssueKind::Truncated,
                format!("the .shx declares {} bytes and has {size}", head.length),
            ));
        }
        let count = head.length.saturating_sub(HEADER) / 8;
        let mut end = HEADER;
        let (mut end_to_end, mut misnumbered) = (true, None);
        for record in 1..=count {
            let (offset, length) = entry(&mut index)?;
            let Some(head) = self.head(offset) else {
                return Err(Refusal::new(
                    IssueKind::Truncated,
                    format!(
                        "by the .shx record {record} begins at byte {offset} of the .shp, which has {}",
                        self.size
                    ),
                ));
            };
            if head.length != Some(length) {
                return Err(self.bad_length(record, offset, &head));
            }
            end_to_end &= offset == end;
            if u64::from(head.number) != record {
                misnumbered.get_or_insert((record, offset, head.number));
            }
            end = end.max(offset + 8 + length);
        }
        match misnumbered {
            // Some programs number from 0; but an index that jumps has to be right about where it jumps to.
            Some((record, offset, number)) if !end_to_end => Err(Refusal::new(
                IssueKind::RowCount,
                format!(
                    "by the .shx record {record} is at byte {offset} of the .shp, where record {number} is"
                ),
            )),
            _ => Ok((count, end)),
        }
    }

    /// Counts records that follow each other up to `end`, since the index is useless for that reason.
    fn count_end_to_end(&mut self, end: u64, useless: &Issue) -> Result<(u64, Issue), Refusal> {
        let (mut at, mut count) = (HEADER, 0);
        while at < end {
            count += 1;
            let Some(head) = self.head(at) else {
                let why = format!("record {count} at byte {at} has no room");
                return Err(unmendable(useless, &why));
            };
            match head.length.map(|length| at + 8 + length) {
                Some(next) if next <= end => at = next,
                _ => return Err(unmendable(useless, &self.bad_length(count, at, &head).0.text)),
            }
        }
        let text = format!(
            "{}; its place was taken by the {count} records that follow each other in the .shp without a gap",
            useless.text
        );
        Ok((count, Issue::file(IssueKind::ShxRebuilt, text)))
    }

    /// A record after the last one that is known would be a row that nobody sees.
    fn nothing_after(&mut self, end: u64, count: u64) -> Result<(), Refusal> {
        match self.head(end) {
            Some(RecordHead { number, length: Some(_), .. }) if u64::from(number) == count + 1 => {
                Err(Refusal::new(
                    IssueKind::RowCount,
                    format!(
                        "the .shp goes on with record {number} at byte {end}, but {count} records are declared"
                    ),
                )
                .send_again())
            }
            _ => Ok(()),
        }
    }

    /// The head of the record at `offset`; none if the file has no room for one there.
    fn head(&mut self, offset: u64) -> Option<RecordHead> {
        if offset < HEADER || offset + 8 > self.size {
            return None;
        }
        // Records mostly follow each other: a small step stays in the buffer.
        let step = i64::try_from(offset).ok()? - i64::try_from(self.at).ok()?;
        self.file.seek_relative(step).ok()?;
        let mut head = [0; 8];
        self.file.read_exact(&mut head).ok()?;
        self.at = offset + 8;
        let number = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let words = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let length = u64::try_from(words).ok().map(|words| words * 2);
        let fits =
            |length: &u64| (4..=MAX_RECORD).contains(length) && offset + 8 + length <= self.size;
        Some(RecordHead { number, length: length.filter(fits), words })
    }

    fn bad_length(&self, record: u64, at: u64, head: &RecordHead) -> Refusal {
        Refusal::new(
            IssueKind::RecordLength,
            format!(
                "record {record} of the .shp, at byte {at}, declares {} bytes, which is not its length; the file has {}",
                i64::from(head.words) * 2,
                self.size
            ),
        )
    }
}

/// Why a file whose index is useless cannot be read without it.
fn unmendable(useless: &Issue, why: &str) -> Refusal {
    let Issue { kind, text, .. } = useless;
    Refusal::new(
        *kind,
        format!("{text}; nor do the records of the .shp tell where they are: {why}"),
    )
    .send_again()
}

/// The next entry of an index: where its record begins, and the bytes of its content.
fn entry(index: &mut impl Read) -> std::io::Result<(u64, u64)> {
    let mut entry = [0; 8];
    index.read_exact(&mut entry)?;
    let words = |at: usize| {
        u64::from(u32::from_be_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]]))
    };
    Ok((words(0) * 2, words(4) * 2))
}

/// A walk through the records.
#[derive(Debug)]
pub(crate) struct Records {
    shp: BufReader<fs_err::File>,
    shx: Option<BufReader<fs_err::File>>,
    /// Where the next record begins, if the index does not say it.
    next: u64,
}

impl Places {
    /// Its records, from the first.
    pub(crate) fn records(&self) -> Result<Records, Refusal> {
        let open = |path: &Path, at: u64| {
            let mut file = fs_err::File::open(path)?;
            file.seek(SeekFrom::Start(at))?;
            Ok::<_, std::io::Error>(BufReader::with_capacity(256 * 1024, file))
        };
        let shx = match &self.index {
            Index::Shx(path) => Some(open(path, HEADER)?),
            Index::EndToEnd => None,
        };
        Ok(Records { shp: open(&self.path, HEADER)?, shx, next: HEADER })
    }
}

impl Records {
    /// Reads the content of the next record, which begins with its shape type, into `content`.
    pub(crate) fn next(&mut self, content: &mut Vec<u8>) -> Result<(), Refusal> {
        let offset = match &mut self.shx {
            Some(shx) => entry(shx)?.0,
            None => self.next,
        };
        let here = self.shp.stream_position()?;
        let step =
            i64::try_from(offset).unwrap_or(i64::MAX) - i64::try_from(here).unwrap_or(i64::MAX);
        self.shp.seek_relative(step)?;
        let mut head = [0; 8];
        self.shp.read_exact(&mut head)?;
        let words = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let length = u64::from(words) * 2;
        content.clear();
        (&mut self.shp).take(length.min(MAX_RECORD)).read_to_end(content)?;
        self.next = offset + 8 + length;
        Ok(())
    }
}
