//! The reader's side: one file's life in a process that has no other.

use super::confine::confine;
use super::message::{
    After, Answer, Failure, LONGEST, MOST_FIELDS, MOST_LAYERS, Request, put, put_layer, receive,
    send, take,
};
use super::row::put_row;
use crate::ffi::close_inherited;
use crate::{LayerInfo, Row, here};
use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::process::ExitCode;

/// The one argument that makes a program a reader. A program that is to be one calls [`serve`] and nothing else if it is
/// started so.
pub const ARGUMENT: &str = "read-one-file-apart";

/// About how many bytes of rows are sent at once.
const BATCH: usize = 256 << 10;

/// Answers the parent's questions, from stdin to stdout, until it hangs up. It has to be called first of all, before the
/// process has opened a file or started a thread.
pub fn serve() -> ExitCode {
    match converse() {
        Ok(()) => ExitCode::SUCCESS,
        // The parent sees that nothing more comes; there is nobody else to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn converse() -> io::Result<()> {
    close_inherited()?;
    let mut parent = Parent {
        // Without the buffers of the standard library: each message is read and written whole.
        requests: File::from(io::stdin().as_fd().try_clone_to_owned()?),
        answers: File::from(io::stdout().as_fd().try_clone_to_owned()?),
        message: Vec::new(),
    };
    let Some(Request::Confine { files, limits }) = parent.request()? else {
        return Ok(());
    };
    match confine(&files, &limits) {
        Ok(()) => parent.answer(&Answer::Confined)?,
        Err(error) => return parent.answer(&Answer::Failed(error.into())),
    }
    let Some(Request::Open { path, format, encoding }) = parent.request()? else {
        return Ok(());
    };
    here::keep_scratch_in_memory();
    match here::Opened::open(path.to_path_buf(), format, encoding) {
        Ok(opened) => answer_about(&opened, &mut parent),
        Err(error) => parent.answer(&Answer::Failed(error.into())),
    }
}

/// Answers what is asked about an open file.
fn answer_about(opened: &here::Opened, parent: &mut Parent) -> io::Result<()> {
    let layers = opened.layers();
    parent.answer(&match measure(&layers) {
        Ok(count) => Answer::Opened(count),
        Err(reason) => Answer::Failed(Failure::Open(reason)),
    })?;
    let mut rows = None;
    let mut batch = Batch::default();
    while let Some(request) = parent.request()? {
        match request {
            Request::Layer(index) => match layers.get(place(index)?) {
                Some(layer) => parent.send(&[&put_layer(Vec::new(), layer)?])?,
                None => parent.answer(&Answer::Failed(Failure::NoLayer))?,
            },
            Request::Rows(index) => match opened.rows(place(index)?) {
                Ok(first) => batch.send(rows.insert(first), parent)?,
                Err(error) => parent.answer(&Answer::Failed(error.into()))?,
            },
            Request::More => match &mut rows {
                Some(rows) => batch.send(rows, parent)?,
                None => parent.answer(&Answer::Failed(Failure::NoLayer))?,
            },
            Request::Confine { .. } | Request::Open { .. } => return Ok(()),
        }
    }
    Ok(())
}

fn place(index: u32) -> io::Result<usize> {
    usize::try_from(index).map_err(io::Error::other)
}

/// The number of layers, if the parent takes them.
fn measure(layers: &[LayerInfo]) -> Result<u32, String> {
    let fits = |n: usize, most: u32| u32::try_from(n).ok().filter(|n| *n <= most);
    if let Some(layer) = layers.iter().find(|l| fits(l.fields.len(), MOST_FIELDS).is_none()) {
        return Err(format!("{} fields are more than {MOST_FIELDS}", layer.fields.len()));
    }
    fits(layers.len(), MOST_LAYERS)
        .ok_or_else(|| format!("{} layers are more than {MOST_LAYERS}", layers.len()))
}

/// Room for rows on their way.
#[derive(Default)]
struct Batch {
    row: Row,
    bytes: Vec<u8>,
}

impl Batch {
    /// Reads the next rows and sends them.
    fn send(&mut self, rows: &mut here::Rows<'_>, parent: &mut Parent) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let mut count = 0;
        let after = loop {
            if bytes.len() >= BATCH {
                break After::More;
            }
            match rows.next(&mut self.row) {
                Ok(true) => {}
                Ok(false) => break After::End,
                Err(error) => break After::Failed(error.into()),
            }
            let before = bytes.len();
            bytes = put_row(bytes, &self.row)?;
            if bytes.len() > LONGEST - BATCH {
                bytes.truncate(before);
                let reason = format!("row {} is larger than 128 MiB", self.row.number);
                break After::Failed(Failure::Read(self.row.number - 1, reason));
            }
            count += 1;
        };
        let head = put(Vec::new(), &Answer::Rows(count, after))?;
        parent.send(&[&head, &bytes])?;
        self.bytes = bytes;
        Ok(())
    }
}

/// The process that asks.
struct Parent {
    requests: File,
    answers: File,
    message: Vec<u8>,
}

impl Parent {
    /// The next request; none when the parent has hung up.
    fn request(&mut self) -> io::Result<Option<Request<'_>>> {
        if !receive(&mut self.requests, &mut self.message)? {
            return Ok(None);
        }
        let request = take(&mut self.message.as_slice());
        request.map(Some).map_err(|malformed| io::Error::other(malformed.0))
    }

    fn answer(&mut self, answer: &Answer<'_>) -> io::Result<()> {
        self.send(&[&put(Vec::new(), answer)?])
    }

    fn send(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        send(&mut self.answers, parts)
    }
}
