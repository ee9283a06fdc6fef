//! What the `proj` crate does not offer, through `proj-sys`: names, axes, WKT and identification.
//!
//! Every pointer that PROJ gives out is owned by one of the two types here and freed once.
#![expect(unsafe_code, reason = "PROJ's C interface; each block says why it is sound")]

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

/// A PROJ context: not shared between threads, freed after its objects.
pub(crate) struct Context(*mut proj_sys::PJ_CONTEXT);

impl Context {
    pub(crate) fn new() -> Option<Self> {
        // SAFETY: the call takes nothing; a null result is refused.
        let raw = unsafe { proj_sys::proj_context_create() };
        if raw.is_null() {
            return None;
        }
        // SAFETY: `raw` is a live context. Neither call keeps a pointer.
        unsafe {
            proj_sys::proj_log_level(raw, proj_sys::PJ_LOG_LEVEL_PJ_LOG_NONE);
            proj_sys::proj_context_set_enable_network(raw, 0);
        }
        Some(Self(raw))
    }

    /// The system with that EPSG code.
    pub(crate) fn epsg(&self, code: u32) -> Option<Object<'_>> {
        let code = CString::new(code.to_string()).ok()?;
        // SAFETY: the context is live, both texts end with NUL and outlive the call, options may be null.
        let raw = unsafe {
            proj_sys::proj_create_from_database(
                self.0,
                c"EPSG".as_ptr(),
                code.as_ptr(),
                proj_sys::PJ_CATEGORY_PJ_CATEGORY_CRS,
                0,
                ptr::null(),
            )
        };
        self.own(raw)
    }

    /// What the text describes, read as WKT and as nothing else: no file name, no URL, no PROJ string.
    pub(crate) fn wkt(&self, text: &str) -> Option<Object<'_>> {
        let text = CString::new(text).ok()?;
        // SAFETY: the context is live, the text ends with NUL and outlives the call; the lists of warnings
        // and errors are not asked for.
        let raw = unsafe {
            proj_sys::proj_create_from_wkt(
                self.0,
                text.as_ptr(),
                ptr::null(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        self.own(raw)
    }

    fn own(&self, raw: *mut proj_sys::PJ) -> Option<Object<'_>> {
        (!raw.is_null()).then_some(Object { raw, context: self })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is live and `Object` borrows it, so nothing of it is left.
        unsafe { proj_sys::proj_context_destroy(self.0) };
    }
}

/// The ways of writing a system as well-known text.
#[derive(Clone, Copy)]
pub(crate) enum WktForm {
    /// The first version, as GDAL writes it.
    Gdal1,
    /// The first version, as ESRI writes it.
    #[cfg(test)]
    Esri1,
    /// The second version.
    Iso2019,
}

/// Something PROJ knows.
pub(crate) struct Object<'c> {
    raw: *mut proj_sys::PJ,
    context: &'c Context,
}

impl Object<'_> {
    /// Its name.
    pub(crate) fn name(&self) -> String {
        // SAFETY: the object is live; the text belongs to it and is copied at once.
        unsafe { text(proj_sys::proj_get_name(self.raw)) }.unwrap_or_default()
    }

    /// Whether x, y of it are a place on the ground (and nothing more, such as a height).
    pub(crate) fn is_horizontal(&self) -> bool {
        // SAFETY: the object is live.
        let kind = unsafe { proj_sys::proj_get_type(self.raw) };
        kind == proj_sys::PJ_TYPE_PJ_TYPE_GEOGRAPHIC_2D_CRS
            || kind == proj_sys::PJ_TYPE_PJ_TYPE_PROJECTED_CRS
    }

    /// Its EPSG code, if it has one.
    pub(crate) fn epsg(&self) -> Option<u32> {
        // SAFETY: the object is live; both texts belong to it and are copied at once.
        let (authority, code) = unsafe {
            (
                text(proj_sys::proj_get_id_auth_name(self.raw, 0)),
                text(proj_sys::proj_get_id_code(self.raw, 0)),
            )
        };
        if authority? != "EPSG" {
            return None;
        }
        code?.parse().ok()
    }

    /// As well-known text; none if it cannot be said in that form.
    pub(crate) fn as_wkt(&self, form: WktForm) -> Option<String> {
        let form = match form {
            WktForm::Gdal1 => proj_sys::PJ_WKT_TYPE_PJ_WKT1_GDAL,
            #[cfg(test)]
            WktForm::Esri1 => proj_sys::PJ_WKT_TYPE_PJ_WKT1_ESRI,
            WktForm::Iso2019 => proj_sys::PJ_WKT_TYPE_PJ_WKT2_2019,
        };
        let options = [c"MULTILINE=NO".as_ptr(), ptr::null()];
        // SAFETY: context and object are live, the list of options ends with null and outlives the call; the
        // text belongs to the object and is copied at once.
        unsafe { text(proj_sys::proj_as_wkt(self.context.0, self.raw, form, options.as_ptr())) }
    }

    /// The direction of its first axis, such as `north`.
    pub(crate) fn first_axis(&self) -> Option<String> {
        // SAFETY: context and object are live.
        let system = unsafe { proj_sys::proj_crs_get_coordinate_system(self.context.0, self.raw) };
        let system = self.context.own(system)?;
        let mut direction: *const c_char = ptr::null();
        // SAFETY: context and system are live; the only result asked for is written to `direction`, and all
        // others may be null.
        let ok = unsafe {
            proj_sys::proj_cs_get_axis_info(
                self.context.0,
                system.raw,
                0,
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut direction,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if ok == 0 {
            return None;
        }
        // SAFETY: the text belongs to `system`, which is still live, and is copied at once.
        unsafe { text(direction) }
    }

    /// The EPSG systems that this one may be, with PROJ's confidence in per cent, best first.
    pub(crate) fn identify(&self) -> Vec<(Self, i32)> {
        let mut confidence: *mut c_int = ptr::null_mut();
        // SAFETY: context and object are live; both results are owned below.
        let list = unsafe {
            proj_sys::proj_identify(
                self.context.0,
                self.raw,
                c"EPSG".as_ptr(),
                ptr::null(),
                &raw mut confidence,
            )
        };
        if list.is_null() {
            return Vec::new();
        }
        // SAFETY: `list` is live.
        let count = unsafe { proj_sys::proj_list_get_count(list) };
        let mut found = Vec::new();
        for index in 0..count {
            // SAFETY: `list` is live and `index` is within it; the object is a new one that we own.
            let raw = unsafe { proj_sys::proj_list_get(self.context.0, list, index) };
            let offset = usize::try_from(index).unwrap_or_default();
            let percent = if confidence.is_null() {
                0
            } else {
                // SAFETY: PROJ gives one confidence per object of the list.
                unsafe { *confidence.add(offset) }
            };
            if let Some(object) = self.context.own(raw) {
                found.push((object, percent));
            }
        }
        // SAFETY: both were made by the call above and are freed once; null is allowed for the numbers.
        unsafe {
            proj_sys::proj_list_destroy(list);
            proj_sys::proj_int_list_destroy(confidence);
        }
        found
    }
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        // SAFETY: the object is live and freed once; its context outlives it.
        unsafe { proj_sys::proj_destroy(self.raw) };
    }
}

/// A copy of a C text; none for null.
///
/// # Safety
/// `pointer` is null or points to a text that ends with NUL and lives for the call.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: as promised by the caller.
    Some(unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}
