//! What a process costs.

use std::{
    fs,
    path::Path,
    process::{Child, ExitStatus},
    thread,
    time::Duration,
};

/// What one side has cost.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) cpu: Duration,
    pub(crate) peak_kib: u64,
}

impl Cost {
    pub(crate) fn cpu_per_gib(&self, bytes: u64) -> f64 {
        self.cpu.as_secs_f64() / (bytes as f64 / f64::from(1 << 30))
    }
}

pub(crate) fn mib_per_sec(bytes: u64, took: Duration) -> f64 {
    bytes as f64 / f64::from(1 << 20) / took.as_secs_f64()
}

/// Waits for the end of a process, and tells what it has cost since it had cost `before`. One process at a time.
pub(crate) fn ended(child: &mut Child, before: Duration, mut peak_kib: u64) -> (ExitStatus, Cost) {
    let ended = cpu_of_children();
    let status = loop {
        peak_kib = peak_kib.max(peak(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        thread::sleep(LOOK_EVERY);
    };
    let cpu = (cpu_of_children() - ended).saturating_sub(before);
    (status, Cost { cpu, peak_kib })
}

/// User and system time of a process so far.
pub(crate) fn cpu(id: u32) -> Duration {
    times(&Path::new("/proc").join(id.to_string()), OWN)
}

fn cpu_of_children() -> Duration {
    times(Path::new("/proc/self"), CHILDREN)
}

fn times(process: &Path, first_field: usize) -> Duration {
    let stat = fs::read_to_string(process.join("stat")).unwrap();
    let fields: Vec<u64> =
        stat.rsplit_once(')').unwrap().1.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields[first_field] + fields[first_field + 1]) * 10)
}

/// The most memory it ever had, in KiB; nothing once it has ended.
pub(crate) fn peak(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// Forgets the most memory it ever had.
pub(crate) fn forget_peak(id: u32) {
    fs::write(format!("/proc/{id}/clear_refs"), "5").unwrap();
}

const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Where the times stand in `/proc/PID/stat`, counted after the name.
const OWN: usize = 11;
const CHILDREN: usize = 13;
