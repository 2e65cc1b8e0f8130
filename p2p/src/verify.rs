//! Reading every byte of the vault.

use crate::{event::Event, failure::Failure, jobs::Job};
use nyx_vault::{Vault, VerifyError};

/// Tells each damaged place, or the content hash if there is none.
pub(crate) fn verify(job: &Job, vault: &Vault) -> Result<(), Failure> {
    let verdict =
        vault.verify(&mut |progress| job.progress(progress.done, Some(progress.total))).map_err(
            |error| match error {
                VerifyError::Cancelled => Failure::Cancelled,
                VerifyError::Storage(error) => error.into(),
            },
        )?;
    match verdict.content_hash {
        Some(content_hash) if verdict.damages.is_empty() => {
            job.tell(Event::Verified { content_hash });
            Ok(())
        }
        _ => {
            let count = verdict.damages.len() as u64;
            for damage in verdict.damages {
                job.tell(Event::Damaged(damage));
            }
            Err(Failure::FoundDamage(count))
        }
    }
}
