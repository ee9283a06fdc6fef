//! What the `gdal` crate does not offer, through `gdal-sys`: rows without copies, messages that are caught, no network;
//! and what the standard library does not: closing what a process was started with.
#![expect(unsafe_code, reason = "GDAL's C interface; each block says why it is sound")]

use gdal::Dataset;
use gdal::vector::{Layer, LayerAccess as _};
use gdal_sys::{CPLErr, OGRFieldSubType, OGRFieldType, OGRwkbByteOrder};
use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

thread_local! {
    static MESSAGES: RefCell<Vec<Message>> = const { RefCell::new(Vec::new()) };
}

/// Something that GDAL said.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Whether something failed; else it is a warning.
    pub failure: bool,
    pub text: String,
}

/// Called by GDAL with each warning and error of this thread.
unsafe extern "C" fn catch(level: CPLErr::Type, _number: c_int, text: *const c_char) {
    if level < CPLErr::CE_Warning || text.is_null() {
        return;
    }
    // SAFETY: GDAL gives a text that ends with NUL and lives for the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
    let failure = level >= CPLErr::CE_Failure;
    MESSAGES.with(|m| {
        if let Ok(mut messages) = m.try_borrow_mut()
            && messages.len() < 100
        {
            messages.push(Message { failure, text });
        }
    });
}

/// Calls `what` with this thread's messages caught, and returns them.
pub(crate) fn catching<T>(what: impl FnOnce() -> T) -> (T, Vec<Message>) {
    struct Pop;
    impl Drop for Pop {
        fn drop(&mut self) {
            // SAFETY: it takes off what was put on below, on the same thread.
            unsafe { gdal_sys::CPLPopErrorHandler() };
        }
    }
    MESSAGES.with(|m| m.borrow_mut().clear());
    // SAFETY: `catch` never unwinds into GDAL and needs no user data; the handler is this thread's alone.
    unsafe { gdal_sys::CPLPushErrorHandler(Some(catch)) };
    let pop = Pop;
    let result = what();
    drop(pop);
    (result, MESSAGES.with(|m| std::mem::take(&mut *m.borrow_mut())))
}

/// The head of GDAL's `CPLHTTPResult`, and room for the rest of it.
#[repr(C)]
struct HttpResult {
    /// Zero for success.
    status: c_int,
    rest: [*mut c_void; 16],
}

type HttpFetch = unsafe extern "C" fn(
    url: *const c_char,
    options: *const *const c_char,
    progress: *const c_void,
    progress_data: *mut c_void,
    write: *const c_void,
    write_data: *mut c_void,
    user_data: *mut c_void,
) -> *mut HttpResult;

unsafe extern "C" {
    /// Not in `gdal-sys`. It puts another way of fetching in the place of GDAL's own.
    fn CPLHTTPSetFetchCallback(fetch: Option<HttpFetch>, user_data: *mut c_void);
}

/// Fetches nothing: an answer that failed, in memory that GDAL frees.
unsafe extern "C" fn fetch_nothing(
    _url: *const c_char,
    _options: *const *const c_char,
    _progress: *const c_void,
    _progress_data: *mut c_void,
    _write: *const c_void,
    _write_data: *mut c_void,
    _user_data: *mut c_void,
) -> *mut HttpResult {
    // SAFETY: GDAL's allocator gives zeroed memory that is aligned for any type, or null.
    let result = unsafe { gdal_sys::VSICalloc(1, size_of::<HttpResult>()) }.cast::<HttpResult>();
    // SAFETY: it is null or ours alone until it is returned.
    if let Some(result) = unsafe { result.as_mut() } {
        result.status = 1;
    }
    result
}

/// Keeps GDAL from fetching anything: a GeoJSON file, for one, may name its grid by an address, which GDAL would ask.
pub(crate) fn forbid_fetching() {
    // SAFETY: the callback has the type that `cpl_http.h` declares (GDAL 2.3 and later), lives for ever, and needs no
    // user data.
    unsafe { CPLHTTPSetFetchCallback(Some(fetch_nothing), std::ptr::null_mut()) };
}

/// Closes every file that this process was started with, but for stdin, stdout and stderr.
pub(crate) fn close_inherited() -> std::io::Result<()> {
    const FIRST: c_uint = 3;
    // SAFETY: it is called before this process has opened anything of its own, so nothing here owns what is closed.
    match unsafe { libc::close_range(FIRST, c_uint::MAX, 0) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

/// One row, owned.
pub(crate) struct FeatureHandle(gdal_sys::OGRFeatureH);

impl Drop for FeatureHandle {
    fn drop(&mut self) {
        // SAFETY: the row is ours and freed once.
        unsafe { gdal_sys::OGR_F_Destroy(self.0) };
    }
}

/// The layer's next row.
pub(crate) fn next_of_layer(layer: &Layer<'_>) -> Option<FeatureHandle> {
    // SAFETY: the layer is live; the row that comes back is ours.
    let raw = unsafe { gdal_sys::OGR_L_GetNextFeature(layer.c_layer()) };
    (!raw.is_null()).then_some(FeatureHandle(raw))
}

/// The file's next row, of whatever layer, and whether it is of `layer`. OpenStreetMap files can be read no other
/// way without keeping them in memory.
pub(crate) fn next_of_dataset(
    dataset: &Dataset,
    layer: &Layer<'_>,
) -> Option<(FeatureHandle, bool)> {
    let mut owner: gdal_sys::OGRLayerH = std::ptr::null_mut();
    // SAFETY: the dataset is live; the layer's handle is written to `owner`, progress is not asked for; the row that
    // comes back is ours.
    let raw = unsafe {
        gdal_sys::GDALDatasetGetNextFeature(
            dataset.c_dataset(),
            &raw mut owner,
            std::ptr::null_mut(),
            None,
            std::ptr::null_mut(),
        )
    };
    // SAFETY: the layer is live; handles are only compared.
    let ours = unsafe { layer.c_layer() } == owner;
    (!raw.is_null()).then_some((FeatureHandle(raw), ours))
}

/// Goes back to the first row of all layers.
pub(crate) fn rewind(dataset: &Dataset) {
    // SAFETY: the dataset is live.
    unsafe { gdal_sys::GDALDatasetResetReading(dataset.c_dataset()) };
}

/// The number of rows, if the file says it without being read through.
pub(crate) fn cheap_count(layer: &Layer<'_>) -> Option<u64> {
    // SAFETY: the layer is live.
    let count = unsafe { gdal_sys::OGR_L_GetFeatureCount(layer.c_layer(), 0) };
    u64::try_from(count).ok()
}

/// Type and subtype of each field.
pub(crate) fn field_types(layer: &Layer<'_>) -> Vec<(OGRFieldType::Type, OGRFieldSubType::Type)> {
    let mut types = Vec::new();
    // SAFETY: the layer is live and its definition lives with it; every index is within its fields.
    unsafe {
        let definition = gdal_sys::OGR_L_GetLayerDefn(layer.c_layer());
        for index in 0..gdal_sys::OGR_FD_GetFieldCount(definition) {
            let field = gdal_sys::OGR_FD_GetFieldDefn(definition, index);
            types.push((gdal_sys::OGR_Fld_GetType(field), gdal_sys::OGR_Fld_GetSubType(field)));
        }
    }
    types
}

impl FeatureHandle {
    /// The row's number in the file.
    pub(crate) fn fid(&self) -> i64 {
        // SAFETY: the row is live.
        unsafe { gdal_sys::OGR_F_GetFID(self.0) }
    }

    /// Writes the geometry as ISO WKB, little endian, with measures dropped. None if there is no geometry; else
    /// whether there were measures.
    pub(crate) fn wkb(&self, out: &mut Vec<u8>) -> Option<bool> {
        out.clear();
        // SAFETY: the row is live; its geometry lives with it and is only ours to change.
        unsafe {
            let geometry = gdal_sys::OGR_F_GetGeometryRef(self.0);
            if geometry.is_null() {
                return None;
            }
            let measured = gdal_sys::OGR_G_IsMeasured(geometry) != 0;
            if measured {
                gdal_sys::OGR_G_SetMeasured(geometry, 0);
            }
            out.resize(gdal_sys::OGR_G_WkbSizeEx(geometry), 0);
            // The buffer has the size that GDAL asked for. Its only failure is a geometry too large for memory.
            let result =
                gdal_sys::OGR_G_ExportToIsoWkb(geometry, OGRwkbByteOrder::wkbNDR, out.as_mut_ptr());
            if result != gdal_sys::OGRErr::OGRERR_NONE {
                out.clear();
            }
            Some(measured)
        }
    }

    /// Whether the field has a value.
    pub(crate) fn is_set(&self, field: c_int) -> bool {
        // SAFETY: the row is live and `field` within its fields (this and all below).
        unsafe { gdal_sys::OGR_F_IsFieldSetAndNotNull(self.0, field) != 0 }
    }

    pub(crate) fn integer(&self, field: c_int) -> i64 {
        // SAFETY: as in `is_set`.
        unsafe { gdal_sys::OGR_F_GetFieldAsInteger64(self.0, field) }
    }

    pub(crate) fn float(&self, field: c_int) -> f64 {
        // SAFETY: as in `is_set`.
        unsafe { gdal_sys::OGR_F_GetFieldAsDouble(self.0, field) }
    }

    /// The text's bytes as GDAL has them.
    pub(crate) fn bytes(&self, field: c_int) -> Vec<u8> {
        // SAFETY: as in `is_set`; the text ends with NUL and is copied before the next call, because GDAL reuses its
        // buffer.
        unsafe {
            let text = gdal_sys::OGR_F_GetFieldAsString(self.0, field);
            if text.is_null() { Vec::new() } else { CStr::from_ptr(text).to_bytes().to_vec() }
        }
    }

    /// Year, month, day.
    pub(crate) fn date(&self, field: c_int) -> Option<[c_int; 3]> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let (mut hour, mut minute, mut second, mut zone) = (0, 0, 0.0, 0);
        // SAFETY: as in `is_set`; all results are written to live variables.
        let ok = unsafe {
            gdal_sys::OGR_F_GetFieldAsDateTimeEx(
                self.0,
                field,
                &raw mut year,
                &raw mut month,
                &raw mut day,
                &raw mut hour,
                &raw mut minute,
                &raw mut second,
                &raw mut zone,
            )
        };
        (ok != 0).then_some([year, month, day])
    }
}
