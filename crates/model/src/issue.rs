//! Findings: what is odd or wrong in a delivery, as data.

use crate::Label;
use serde::{Deserialize, Serialize};

/// What became of the row that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Stored as delivered.
    Accepted,
    /// Stored, with something mended.
    Repaired,
    /// Kept aside with its raw bytes, not in the layer.
    Quarantined,
    /// The whole file was turned away.
    Refused,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Should be looked at.
    Warning,
    /// Something did not get in.
    Error,
}

impl Severity {
    /// Its name in documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! issue_kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $fate:ident, $severity:ident, $ko:literal, $en:literal;)+) => {
        /// Every kind of finding, with what becomes of the row or file it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum IssueKind {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $name,)+
        }

        impl IssueKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name in documents.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What becomes of the row (or the file) it is about.
            pub const fn fate(self) -> Fate {
                match self { $(Self::$name => Fate::$fate),+ }
            }

            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),+ }
            }

            /// One line for people.
            pub fn label(self) -> Label {
                match self { $(Self::$name => Label::new($ko, $en)),+ }
            }
        }
    };
}

issue_kinds! {
    // About a file.
    /// The text encoding was not declared and was found by reading the bytes.
    EncodingDetected = "ENCODING_DETECTED", Accepted, Info, "문자 인코딩을 내용으로 판별함", "text encoding found by its bytes";
    /// The declared encoding is not the one that the bytes are in.
    EncodingMismatch = "ENCODING_MISMATCH", Accepted, Warning, "선언된 인코딩이 내용과 다름", "declared encoding does not fit the bytes";
    /// The declared encoding is one that nobody knows.
    EncodingUnknown = "ENCODING_UNKNOWN", Refused, Error, "알 수 없는 인코딩 이름", "unknown encoding name";
    /// The grid was found by its parameters, not by its name.
    CrsIdentified = "CRS_IDENTIFIED", Accepted, Info, "좌표계를 매개변수로 판별함", "grid found by its parameters";
    /// No grid is declared.
    CrsUnknown = "CRS_UNKNOWN", Refused, Error, "좌표계 정보 없음", "no grid is declared";
    /// A grid is declared in a form that cannot be read.
    CrsUnreadable = "CRS_UNREADABLE", Refused, Error, "좌표계 정보를 읽을 수 없음", "the declared grid cannot be read";
    /// More than one grid fits what is declared.
    CrsAmbiguous = "CRS_AMBIGUOUS", Refused, Error, "좌표계 후보가 여럿임", "several grids fit";
    /// The given grid overrides a readable one that differs.
    CrsOverridden = "CRS_OVERRIDDEN", Accepted, Warning, "지정한 좌표계로 대체함", "the declared grid was overridden";
    /// Not a file of the kind that its name says.
    NotThisFormat = "NOT_THIS_FORMAT", Refused, Error, "파일 형식이 다름", "the file is not of this format";
    /// A kind of file that siseol does not read.
    UnsupportedFormat = "UNSUPPORTED_FORMAT", Refused, Error, "지원하지 않는 형식", "format not supported";
    /// The file ends early.
    Truncated = "TRUNCATED", Refused, Error, "파일이 잘림", "the file is cut";
    /// No attribute table beside the shapes.
    DbfMissing = "DBF_MISSING", Refused, Error, ".dbf 없음", "the .dbf is missing";
    /// No index beside the shapes, and none that could be made of them.
    ShxMissing = "SHX_MISSING", Refused, Error, ".shx 없음", "the .shx is missing";
    /// The index beside the shapes was absent or useless; the shapes themselves were counted in its place.
    ShxRebuilt = "SHX_REBUILT", Accepted, Warning, ".shx를 .shp에서 다시 만듦", "index made anew from the .shp";
    /// A shape's record declares a length that it cannot have.
    RecordLength = "SHP_RECORD_LENGTH", Refused, Error, ".shp 레코드의 길이가 잘못됨", "impossible record length in the .shp";
    /// Surfaces in space, which have no place on a map.
    MultiPatch = "MULTIPATCH", Refused, Error, "멀티패치(3차원 면)는 읽지 않음", "multipatches are not read";
    /// The box that the file's header gives is not that of its shapes.
    ExtentWrong = "EXTENT_WRONG", Accepted, Info, "헤더의 범위가 도형과 다름", "the header's extent is not that of the shapes";
    /// The parts of the file do not agree on the number of rows.
    RowCount = "ROW_COUNT", Refused, Error, "행 수가 서로 다름", "row counts disagree";
    /// A whole with nothing in it.
    Empty = "EMPTY", Accepted, Warning, "비어 있음", "no rows";
    /// A field's name had to be changed.
    FieldRenamed = "FIELD_RENAMED", Accepted, Info, "필드 이름을 바꿈", "field renamed";
    /// Fields that are kept under the names that the profile gives them.
    FieldMapped = "FIELD_MAPPED", Accepted, Info, "필드를 표준 이름으로 보존", "fields kept under their standard names";
    /// The facility class was told from codes or columns, not from the table's name.
    ClassProbable = "CLASS_PROBABLE", Accepted, Warning, "시설 종류를 내용으로 추정함", "facility class told from the contents";
    /// More than one facility class may be meant.
    ClassAmbiguous = "CLASS_AMBIGUOUS", Refused, Error, "시설 종류를 정할 수 없음", "facility class is a question";
    /// A class is meant that has another kind of geometry.
    ClassGeometry = "CLASS_GEOMETRY", Accepted, Warning, "시설 종류와 다른 도형 종류", "another kind of geometry than the class has";
    /// Rows whose code is that of another class.
    ClassMixed = "CLASS_MIXED", Accepted, Warning, "다른 시설 종류의 행이 섞임", "rows of other classes";
    /// Personal data would become the facility key.
    PersonalKey = "PERSONAL_KEY", Refused, Error, "개인정보는 관리번호가 될 수 없음", "personal data cannot be the facility key";
    /// An archive that is not safe to unpack.
    ArchiveUnsafe = "ARCHIVE_UNSAFE", Refused, Error, "안전하지 않은 압축 파일", "unsafe archive";
    /// More than siseol takes.
    TooLarge = "TOO_LARGE", Refused, Error, "너무 큼", "too large";
    /// Two files of one delivery claim the same layer.
    LayerTaken = "LAYER_TAKEN", Refused, Error, "같은 레이어를 두 파일이 가리킴", "two files claim the same layer";
    /// The register has the layer with other fields.
    FieldsDiffer = "FIELDS_DIFFER", Refused, Error, "필드가 등록부의 레이어와 다름", "other fields than the layer has";
    /// The register has the layer in another grid.
    GridDiffers = "GRID_DIFFERS", Refused, Error, "좌표계가 등록부의 레이어와 다름", "another grid than the layer's";
    /// The register has the layer with another kind of geometry.
    GeometryDiffers = "GEOMETRY_DIFFERS", Refused, Error, "도형 종류가 등록부의 레이어와 다름", "another kind of geometry than the layer's";
    /// Rows that are to be appended have keys that the layer has already.
    KeyTaken = "KEY_TAKEN", Refused, Error, "추가하려는 관리번호가 이미 있음", "keys to append are there already";
    /// More rows would be deleted than was allowed.
    TooManyDeletes = "TOO_MANY_DELETES", Refused, Error, "허용보다 많은 행이 삭제됨", "more deletes than allowed";
    /// More rows would be kept aside than was allowed.
    TooManyQuarantined = "TOO_MANY_QUARANTINED", Refused, Error, "허용보다 많은 행이 격리됨", "more rows quarantined than allowed";
    /// A row of the register that the delivery no longer has.
    MissingFromDelivery = "MISSING_FROM_DELIVERY", Accepted, Warning, "납품 자료에 없는 기존 시설", "in the register, not in the delivery";
    /// The coordinates were brought into the layer's grid.
    Reprojected = "REPROJECTED", Accepted, Info, "레이어의 좌표계로 변환함", "brought into the layer's grid";
    /// A part of the file that siseol has no place for.
    PartLeftOut = "PART_LEFT_OUT", Accepted, Warning, "일부를 읽지 않음", "a part of the file was left out";
    /// The file could not be read.
    Unreadable = "UNREADABLE", Refused, Error, "읽을 수 없음", "cannot be read";
    /// The process that read the file apart died of it.
    ReaderDied = "READER_DIED", Refused, Error, "파일을 읽던 프로세스가 종료됨", "the process that read the file died";

    // About rows.
    /// Rows that the file itself has flagged as deleted.
    DeletedRows = "DELETED_ROWS", Accepted, Info, "삭제 표시된 행", "rows flagged as deleted";
    /// A row without geometry in a layer that has one.
    GeometryNull = "GEOM_NULL", Accepted, Warning, "도형 없는 행", "row without geometry";
    /// A geometry that cannot be read.
    GeometryCorrupt = "GEOM_CORRUPT", Quarantined, Error, "손상된 도형", "corrupt geometry";
    /// A geometry of another kind than its layer's.
    GeometryType = "TYPE_MISMATCH", Quarantined, Error, "레이어와 다른 도형 종류", "geometry of another kind";
    /// A coordinate that is not a number.
    CoordinateNan = "COORD_NAN", Quarantined, Error, "숫자가 아닌 좌표", "coordinate is not a number";
    /// A coordinate that is infinite or outside the grid.
    CoordinateRange = "COORD_OUTSIDE_CRS", Quarantined, Error, "좌표계 범위를 벗어난 좌표", "coordinate outside its grid";
    /// Measures were left out.
    MeasuresDropped = "M_DROPPED", Accepted, Info, "M 값을 버림", "measures dropped";
    /// A line of one vertex, a ring that encloses nothing, or a shape without any.
    RingTooShort = "RING_TOO_SHORT", Quarantined, Error, "꼭짓점이 모자란 선이나 고리", "too few vertices for a line or ring";
    /// Outer rings against the format's direction.
    RingOrder = "RING_ORDER", Accepted, Info, "바깥 고리의 방향을 바로잡음", "outer rings turned to the format's direction";
    /// A hole in the direction of an outer ring, or the other way round: what lies inside what has decided.
    HoleOrder = "HOLE_ORDER", Repaired, Warning, "구멍의 방향이 반대여서 포함 관계로 정함", "hole told from its place, not its direction";
    /// A polygon whose boundary meets itself.
    SelfIntersection = "SELF_INTERSECTION", Accepted, Warning, "스스로 교차하는 다각형", "polygon crosses itself";
    /// A polygon with so many edges beside each other that they were not all compared.
    CrossingsNotSought = "CROSSINGS_NOT_SOUGHT", Accepted, Info, "너무 복잡해 교차를 다 찾지 못함", "too intricate to look for all crossings";
    /// A ring that does not end where it began.
    RingClosed = "RING_CLOSED", Repaired, Warning, "닫히지 않은 고리를 닫음", "open ring closed";
    /// A row with another number of cells than the table has columns.
    RowMalformed = "ROW_MALFORMED", Quarantined, Error, "열 개수가 다른 행", "row with another number of columns";
    /// Text that is not of the file's encoding.
    TextUndecodable = "ENCODING", Quarantined, Error, "인코딩에 맞지 않는 글자", "text not of the encoding";
    /// A text that breaks off inside a character at its field's end.
    TextCut = "TEXT_CUT", Repaired, Warning, "필드 끝에서 글자가 잘림", "text cut inside a character";
    /// A text with a NUL inside.
    TextNul = "TEXT_NUL", Quarantined, Error, "NUL 문자가 든 글", "text with a NUL inside";
    /// A date that is not in the calendar.
    DateInvalid = "DATE_INVALID", Repaired, Warning, "없는 날짜(빈 값으로)", "no such date (kept empty)";
    /// A number that did not fit its field when the file was written.
    NumberOverflow = "NUMBER_OVERFLOW", Repaired, Warning, "넘친 숫자(빈 값으로)", "number overflowed its field (kept empty)";
    /// Text in a field of numbers.
    NumberInvalid = "NUMBER_INVALID", Quarantined, Error, "숫자가 아닌 값", "not a number";
    /// A number beyond what a double can hold.
    NumberRange = "NUMBER_RANGE", Quarantined, Error, "범위를 벗어난 숫자", "number out of range";
    /// A row that was kept aside and came back without the geometry that it lacks.
    NotMended = "NOT_MENDED", Quarantined, Error, "고치지 않은 격리 행", "quarantined row came back unmended";
    /// Ids with more digits than a number can hold are kept as text.
    IdAsText = "ID_PRECISION", Accepted, Info, "긴 번호를 글로 보존", "long ids kept as text";
    /// Whole numbers that their format cannot hold to the last digit.
    DigitsLost = "DIGITS_LOST", Accepted, Warning, "끝자리를 믿을 수 없는 긴 번호", "numbers too long for their format";
    /// Blank values of fields that the profile knows.
    ValueBlank = "VALUE_BLANK", Accepted, Info, "비어 있는 값", "blank values";
    /// Values that stand for an unknown one.
    ValueNulled = "VALUE_NULLED", Accepted, Info, "모름을 뜻하는 값(빈 값으로)", "values that mean unknown (kept empty)";
    /// A value that is not what its field holds.
    ValueType = "VALUE_TYPE", Repaired, Warning, "필드의 형식이 아닌 값(빈 값으로)", "value not of its field's type (kept empty)";
    /// Numbers that are hardly possible.
    ValueRange = "VALUE_RANGE", Accepted, Warning, "있을 법하지 않은 값", "values out of their plausible range";
    /// Dates whose month or day is 00.
    DatePartial = "DATE_PARTIAL", Accepted, Info, "월이나 일이 00인 날짜(아는 만큼 보존)", "dates without month or day (kept as far as known)";
    /// Codes that their code list does not have.
    CodeUnknown = "CODE_UNKNOWN", Accepted, Info, "코드표에 없는 코드(그대로 보존)", "codes that their list does not have (kept)";
    /// Values that say something of a person.
    PersonalMasked = "PERSONAL_MASKED", Accepted, Info, "개인정보를 가림", "personal data masked";
    /// A facility key that another row of the layer has.
    KeyDuplicate = "ID_DUPLICATE", Accepted, Warning, "관리번호 중복", "facility key occurs twice";
    /// A row without a facility key in a class that has one.
    KeyMissing = "ID_MISSING", Accepted, Warning, "관리번호 없음", "no facility key";

    // About rows beside each other.
    /// A row with the very coordinates of another one of its layer and class.
    GeometryDuplicate = "GEOMETRY_DUPLICATE", Accepted, Warning, "같은 도형이 둘 이상", "the same geometry twice";
    /// A pipe that ends just short of another one.
    EndNear = "END_NEAR", Accepted, Warning, "관 끝이 다른 관에 닿지 않음", "pipe ends just short of another";
    /// A valve or fitting that lies on no pipe.
    OffPipe = "OFF_PIPE", Accepted, Warning, "관로에서 벗어난 시설", "valve or fitting off any pipe";
    /// Two pipes of one utility that cross where neither has a vertex and no node is.
    Crossing = "CROSSING", Accepted, Warning, "접합 없이 교차하는 관", "pipes cross without a node";
    /// A pipe that should fall and whose end lies above its start.
    Rises = "RISES", Accepted, Warning, "역경사 관로", "pipe rises along its flow";
    /// A row that names another one that is not there.
    ReferenceBroken = "REFERENCE_BROKEN", Accepted, Warning, "없는 시설을 가리킴", "names a facility that is not there";
}

impl IssueKind {
    /// Whether it is a repair of the row's geometry, so that what the source had is kept beside the finding.
    pub const fn mends_geometry(self) -> bool {
        matches!(self, Self::RingClosed | Self::HoleOrder)
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// What.
    pub kind: IssueKind,
    /// The row, from 1, as the file counts them; none for a finding about the whole file.
    pub row: Option<u64>,
    /// The column, if it is about one.
    pub column: Option<String>,
    /// The value as found, cut to 80 characters.
    pub value: Option<String>,
    /// What was found and what to do, for people.
    pub text: String,
}

impl Issue {
    /// A finding about a whole file.
    pub fn file(kind: IssueKind, text: impl Into<String>) -> Self {
        Self { kind, row: None, column: None, value: None, text: text.into() }
    }

    /// A finding about a row.
    pub fn row(kind: IssueKind, row: u64, text: impl Into<String>) -> Self {
        Self { row: Some(row), ..Self::file(kind, text) }
    }

    /// The same finding, about a column and its value.
    #[must_use]
    pub fn at(mut self, column: &str, value: &str) -> Self {
        self.column = Some(column.to_owned());
        self.value = Some(value.chars().take(80).collect());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_are_the_names_in_documents() {
        let codes: std::collections::BTreeSet<_> =
            IssueKind::ALL.iter().map(|k| k.code()).collect();
        assert_eq!(codes.len(), IssueKind::ALL.len());
        for kind in IssueKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            let severity = kind.severity();
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.code());
            assert_eq!(kind.severity() == Severity::Error, kind.fate() >= Fate::Quarantined);
        }
    }
}
