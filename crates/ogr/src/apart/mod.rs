//! Reading in a child process that can do no harm.
//!
//! GDAL parses foreign bytes, in a language in which a wrong byte can become somebody else's program. For files that
//! come from others it does so in a process of its own, for one file and no longer. The child is the same program,
//! started with [`ARGUMENT`] alone and with no variables but those that say where the data of GDAL and PROJ is; it takes
//! its rights away from itself ([`confine`]) before it opens the file, and answers the parent's questions over a pipe. The
//! parent believes nothing: it bounds what it waits for and takes in, checks each answer, and ends a child that says what
//! no reader says. The death of a child is an error of its file ([`OgrError::Died`](crate::OgrError::Died)), and never the
//! parent's.

mod child;
mod confine;
mod limits;
mod message;
mod parent;
mod process;
mod row;

pub use child::{ARGUMENT, serve};
pub use confine::confine;
pub use limits::Limits;
pub use process::Program;

pub(crate) use parent::{Reader, Rows};
