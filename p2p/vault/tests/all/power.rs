//! A disk that loses power: made from the system calls that a process really did. A write is durable once its file was
//! synced, a name once its folder was; of everything else an image has nothing, all, some, or a torn piece.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

/// Something that a process did to the disk.
#[derive(Clone)]
pub(crate) enum Event {
    MakeDir(PathBuf),
    Create(PathBuf, u64),
    Write { file: u64, place: u64, bytes: Vec<u8> },
    Truncate { file: u64, length: u64 },
    Sync(u64),
    SyncDir(PathBuf),
    SyncAll,
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    Ack(String),
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MakeDir(path) => write!(f, "mkdir {}", path.display()),
            Self::Create(path, file) => write!(f, "create {} as {file}", path.display()),
            Self::Write { file, place, bytes } => write!(f, "write {} bytes to {file} at {place}", bytes.len()),
            Self::Truncate { file, length } => write!(f, "truncate {file} to {length}"),
            Self::Sync(file) => write!(f, "sync {file}"),
            Self::SyncDir(path) => write!(f, "sync {}", path.display()),
            Self::SyncAll => write!(f, "sync everything"),
            Self::Rename(from, to) => write!(f, "rename {} to {}", from.display(), to.display()),
            Self::Remove(path) => write!(f, "remove {}", path.display()),
            Self::Ack(line) => write!(f, "ack {line}"),
        }
    }
}

impl Event {
    pub(crate) const fn changes(&self) -> bool {
        !matches!(self, Self::Ack(_))
    }

    /// What a log of `strace -f -qq -xx` says about the files in `root`. Paths are relative to it from here on.
    pub(crate) fn all_in(log: &str, root: &Path) -> Vec<Self> {
        let mut trace = Trace { root: root.to_owned(), ..Trace::default() };
        for path in existing(root) {
            trace.add_file(path);
        }
        log.lines().for_each(|line| trace.line(line));
        trace.events
    }
}

/// The files of a folder, in the order in which both the trace and the disk number them.
fn existing(root: &Path) -> Vec<PathBuf> {
    // The home only: what the script itself writes beside it is not under test.
    if !root.join("home").exists() {
        return Vec::new();
    }
    let mut paths = crate::damage::files(&root.join("home"));
    paths.retain(|path| !is_ignored(path));
    paths.into_iter().map(|path| path.strip_prefix(root).unwrap().to_owned()).collect()
}

/// Shared memory of SQLite is rebuilt at opening; the others are the test's own.
fn is_ignored(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with("-shm") || name == "trace"
}

#[derive(Default)]
struct Trace {
    root: PathBuf,
    events: Vec<Event>,
    /// Files by their present name.
    names: BTreeMap<PathBuf, u64>,
    next: u64,
    open: HashMap<i64, Open>,
}

#[derive(Clone)]
struct Open {
    path: PathBuf,
    /// `None`: a folder.
    file: Option<u64>,
    place: u64,
    is_acks: bool,
}

impl Trace {
    fn add_file(&mut self, path: PathBuf) -> u64 {
        let file = self.next;
        self.next += 1;
        self.names.insert(path, file);
        file
    }

    fn line(&mut self, line: &str) {
        assert!(!line.contains("unfinished"), "two threads at once: {line}");
        let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
        let (Some((name, rest)), Some((_, result))) = (call.split_once('('), call.rsplit_once(" = ")) else { return };
        let Some(result) = result.split(' ').next().and_then(|result| result.parse::<i64>().ok()) else { return };
        if result < 0 {
            return;
        }
        let arguments = arguments(rest);
        let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<i64>().ok()).unwrap_or(-1);
        match name {
            "openat" => self.opened(&arguments[0], &arguments[1], &arguments[2], result),
            "open" | "creat" => self.opened("AT_FDCWD", &arguments[0], &arguments[1], result),
            "dup" => {
                if let Some(open) = self.open.get(&number(0)).cloned() {
                    self.open.insert(result, open);
                }
            }
            "fcntl" if arguments[1].starts_with("F_DUPFD") => {
                if let Some(open) = self.open.get(&number(0)).cloned() {
                    self.open.insert(result, open);
                }
            }
            "close" => {
                self.open.remove(&number(0));
            }
            "lseek" => {
                if let Some(open) = self.open.get_mut(&number(0)) {
                    open.place = result as u64;
                }
            }
            "write" => {
                if let Some(open) = self.open.get_mut(&number(0)) {
                    let bytes = bytes(&arguments[1])[..result as usize].to_vec();
                    if open.is_acks {
                        let line = String::from_utf8(bytes).unwrap();
                        self.events.push(Event::Ack(line.trim_end().to_owned()));
                    } else if let Some(file) = open.file {
                        self.events.push(Event::Write { file, place: open.place, bytes });
                        open.place += result as u64;
                    }
                }
            }
            "pwrite64" => {
                if let Some(Open { file: Some(file), .. }) = self.open.get(&number(0)) {
                    let bytes = bytes(&arguments[1])[..result as usize].to_vec();
                    self.events.push(Event::Write { file: *file, place: number(3) as u64, bytes });
                }
            }
            "ftruncate" => {
                if let Some(Open { file: Some(file), .. }) = self.open.get(&number(0)) {
                    self.events.push(Event::Truncate { file: *file, length: number(1) as u64 });
                }
            }
            "fsync" | "fdatasync" => match self.open.get(&number(0)) {
                Some(Open { file: Some(file), .. }) => self.events.push(Event::Sync(*file)),
                Some(Open { file: None, path, is_acks: false, .. }) => self.events.push(Event::SyncDir(path.clone())),
                _ => {}
            },
            "syncfs" => self.events.push(Event::SyncAll),
            "rename" => self.renamed(&arguments[0], &arguments[1]),
            "renameat" | "renameat2" => self.renamed(&arguments[1], &arguments[3]),
            "unlink" | "rmdir" => self.removed("AT_FDCWD", &arguments[0]),
            "unlinkat" => self.removed(&arguments[0], &arguments[1]),
            "mkdir" => self.made("AT_FDCWD", &arguments[0]),
            "mkdirat" => self.made(&arguments[0], &arguments[1]),
            _ => {}
        }
    }

    fn opened(&mut self, at: &str, path: &str, flags: &str, fd: i64) {
        let Some(path) = self.resolve(at, path) else { return };
        if is_ignored(&path) {
            return;
        }
        let is_acks = path == Path::new("acks");
        let is_dir = flags.contains("O_DIRECTORY") || self.root.join(&path).is_dir() || path.as_os_str().is_empty();
        // The names that are known when the log is read are those of its end: one that was made in between is new all the same.
        let is_new = flags.contains("O_EXCL");
        let is_known = self.names.contains_key(&path);
        let file = if is_acks || (is_dir && !is_known) {
            None
        } else if let Some(file) = self.names.get(&path).filter(|_| !is_new) {
            Some(*file)
        } else if flags.contains("O_CREAT") {
            let file = self.add_file(path.clone());
            self.events.push(Event::Create(path.clone(), file));
            Some(file)
        } else {
            // A folder that is gone by now.
            None
        };
        if let Some(file) = file.filter(|_| flags.contains("O_TRUNC")) {
            self.events.push(Event::Truncate { file, length: 0 });
        }
        self.open.insert(fd, Open { path, file, place: 0, is_acks });
    }

    fn renamed(&mut self, from: &str, to: &str) {
        let (Some(from), Some(to)) = (self.resolve("AT_FDCWD", from), self.resolve("AT_FDCWD", to)) else { return };
        let moved: Vec<_> = self.names.keys().filter(|name| name.starts_with(&from)).cloned().collect();
        for name in moved {
            let file = self.names.remove(&name).unwrap();
            self.names.insert(joined(&to, name.strip_prefix(&from).unwrap()), file);
        }
        self.events.push(Event::Rename(from, to));
    }

    fn removed(&mut self, at: &str, path: &str) {
        let Some(path) = self.resolve(at, path) else { return };
        if !is_ignored(&path) {
            self.names.remove(&path);
            self.events.push(Event::Remove(path));
        }
    }

    fn made(&mut self, at: &str, path: &str) {
        if let Some(path) = self.resolve(at, path) {
            self.events.push(Event::MakeDir(path));
        }
    }

    /// Relative to the root; `None`: elsewhere.
    fn resolve(&self, at: &str, path: &str) -> Option<PathBuf> {
        let path = PathBuf::from(String::from_utf8(bytes(path)).ok()?);
        let path = if path.is_absolute() {
            path.strip_prefix(&self.root).ok()?.to_owned()
        } else {
            joined(&self.open.get(&at.parse().ok()?)?.path, &path)
        };
        Some(path)
    }
}

/// The arguments of a call, as they stand.
fn arguments(text: &str) -> Vec<String> {
    let (mut found, mut current, mut in_quotes) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => found.push(std::mem::take(&mut current)),
            ')' if !in_quotes => break,
            ' ' if !in_quotes => {}
            other => current.push(other),
        }
    }
    found.push(current);
    found
}

/// `\x6e\x79\x78`.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
}

fn joined(base: &Path, rest: &Path) -> PathBuf {
    if rest.as_os_str().is_empty() { base.to_owned() } else { base.join(rest) }
}

/// What of the unsynced an image has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Image {
    /// Nothing.
    Dropped,
    /// Everything.
    Kept,
    /// Some of the names up to a point, and some of the writes.
    Some,
    /// Everything, but the last write only in part, sector by sector.
    Torn,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Default)]
struct Content {
    durable: Vec<u8>,
    pending: Vec<Change>,
}

/// The disk.
pub(crate) struct Disk {
    files: HashMap<u64, Content>,
    /// What happened to names, and whether the folder was synced since.
    names: Vec<(Event, bool)>,
}

impl Disk {
    pub(crate) fn empty(_: &Path) -> Self {
        Self { files: HashMap::new(), names: Vec::new() }
    }

    /// Everything that is in `home` now, durable.
    pub(crate) fn holding(root: &Path) -> Self {
        let mut disk = Self::empty(root);
        let mut dirs = vec![root.join("home")];
        while let Some(dir) = dirs.pop() {
            disk.names.push((Event::MakeDir(dir.strip_prefix(root).unwrap().to_owned()), true));
            dirs.extend(fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
        }
        for (file, path) in existing(root).into_iter().enumerate() {
            let durable = fs::read(root.join(&path)).unwrap();
            disk.files.insert(file as u64, Content { durable, pending: Vec::new() });
            disk.names.push((Event::Create(path, file as u64), true));
        }
        disk
    }

    pub(crate) fn take(&mut self, event: &Event) {
        match event {
            Event::Write { file, place, bytes } => {
                self.files.entry(*file).or_default().pending.push(Change::Write(*place, bytes.clone()));
            }
            Event::Truncate { file, length } => {
                self.files.entry(*file).or_default().pending.push(Change::Truncate(*length));
            }
            Event::Sync(file) => {
                let content = self.files.entry(*file).or_default();
                for change in std::mem::take(&mut content.pending) {
                    apply(&mut content.durable, &change);
                }
            }
            Event::SyncDir(dir) => {
                for (event, is_durable) in &mut self.names {
                    let is_in = |path: &Path| path.parent() == Some(dir);
                    *is_durable |= match event {
                        Event::Create(path, _) | Event::MakeDir(path) | Event::Remove(path) => is_in(path),
                        Event::Rename(_, to) => is_in(to),
                        _ => false,
                    };
                }
            }
            Event::SyncAll => {
                let files: Vec<u64> = self.files.keys().copied().collect();
                files.into_iter().for_each(|file| self.take(&Event::Sync(file)));
                self.names.iter_mut().for_each(|(_, is_durable)| *is_durable = true);
            }
            Event::Create(_, file) => {
                self.files.entry(*file).or_default();
                self.names.push((event.clone(), false));
            }
            Event::MakeDir(_) | Event::Rename(..) | Event::Remove(_) => self.names.push((event.clone(), false)),
            Event::Ack(_) => {}
        }
    }

    /// What a computer finds in `folder` when it starts again.
    pub(crate) fn write_image(&self, image: Image, random: &mut dyn FnMut(u64) -> u64, folder: &Path) {
        let kept_names = match image {
            Image::Dropped => 0,
            Image::Some => random(self.names.len() as u64 + 1) as usize,
            Image::Kept | Image::Torn => self.names.len(),
        };
        let mut tree: BTreeMap<PathBuf, Option<u64>> = BTreeMap::from([(PathBuf::new(), None)]);
        for (at, (event, is_durable)) in self.names.iter().enumerate() {
            if !is_durable && at >= kept_names {
                continue;
            }
            match event {
                Event::MakeDir(path) => add(&mut tree, path, None),
                Event::Create(path, file) => add(&mut tree, path, Some(*file)),
                // A folder takes along what was in it, whether or not that was synced: it was empty when it went.
                Event::Remove(path) => tree.retain(|node, _| !node.starts_with(path)),
                Event::Rename(from, to) => {
                    let moved: Vec<_> = tree.keys().filter(|path| path.starts_with(from)).cloned().collect();
                    for path in moved {
                        let node = tree.remove(&path).unwrap();
                        tree.insert(joined(to, path.strip_prefix(from).unwrap()), node);
                    }
                }
                _ => {}
            }
        }
        for (path, node) in &tree {
            let target = folder.join(path);
            match node {
                None => fs::create_dir_all(target).unwrap(),
                Some(file) => fs::write(target, self.content(*file, image, random)).unwrap(),
            }
        }
    }

    fn content(&self, file: u64, image: Image, random: &mut dyn FnMut(u64) -> u64) -> Vec<u8> {
        let Some(content) = self.files.get(&file) else { return Vec::new() };
        let mut bytes = content.durable.clone();
        for (at, change) in content.pending.iter().enumerate() {
            let is_last = at + 1 == content.pending.len();
            match image {
                Image::Dropped => {}
                Image::Kept => apply(&mut bytes, change),
                Image::Torn if is_last => torn(&mut bytes, change, random),
                Image::Torn => apply(&mut bytes, change),
                Image::Some => match random(3) {
                    0 => {}
                    1 => apply(&mut bytes, change),
                    _ => torn(&mut bytes, change, random),
                },
            }
        }
        bytes
    }
}

/// A name in a folder that was lost is lost with it.
fn add(tree: &mut BTreeMap<PathBuf, Option<u64>>, path: &Path, node: Option<u64>) {
    if tree.get(path.parent().unwrap_or(Path::new(""))).is_some_and(Option::is_none) {
        tree.insert(path.to_owned(), node);
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Truncate(length) => bytes.resize(*length as usize, 0),
        Change::Write(place, new) => {
            let place = *place as usize;
            bytes.resize(bytes.len().max(place + new.len()), 0);
            bytes[place..place + new.len()].copy_from_slice(new);
        }
    }
}

/// Each sector of a write arrives or does not.
fn torn(bytes: &mut Vec<u8>, change: &Change, random: &mut dyn FnMut(u64) -> u64) {
    let Change::Write(place, new) = change else { return };
    let mut at = 0;
    while at < new.len() {
        let end = (at + SECTOR - (*place as usize + at) % SECTOR).min(new.len());
        if random(2) == 0 {
            apply(bytes, &Change::Write(place + at as u64, new[at..end].to_vec()));
        }
        at = end;
    }
}

const SECTOR: usize = 512;
