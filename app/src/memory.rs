//! What this process leaves in memory and on disk of what it had in hand.

/// Called once, before there is a second thread or anything to keep secret.
///
/// No core file is written. And what C libraries free is overwritten, as the program's allocator does for everything in
/// Rust: SQLite's pages are texts of messages, and SQLCipher's own wiping makes reading a page of them twenty times as
/// slow. glibc keeps the last few freed pieces under 1 KiB of each size as they are, until they are used again.
pub(crate) fn keep_little() {
    #[cfg(unix)]
    let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
    overwrite_what_is_freed();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "glibc's switch has no safe name")]
fn overwrite_what_is_freed() {
    // SAFETY: `mallopt` takes two numbers. It must not race with other uses of the allocator's settings; there is only
    // this thread yet.
    unsafe { libc::mallopt(libc::M_PERTURB, FREED) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn overwrite_what_is_freed() {}

/// Freed bytes become this; any value but zero, which would switch it off.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const FREED: libc::c_int = 0xA5;

#[cfg(test)]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod tests {
    use std::{fs::File, hint::black_box, os::unix::fs::FileExt};

    /// How much of a freed page still says what it said, seen from outside as a debugger would.
    fn left_of_a_freed_page() -> usize {
        let page = black_box(vec![b'n'; 4096]);
        let at = page.as_ptr() as u64;
        drop(page);
        let mut now = [0; 4096];
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut now, at).unwrap();
        now.iter().filter(|byte| **byte == b'n').count()
    }

    #[test]
    fn a_freed_page_no_longer_says_what_it_said() {
        super::keep_little();
        assert!(left_of_a_freed_page() < 64, "a freed page still has its text");
    }
}
