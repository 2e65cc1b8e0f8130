//! Reading every byte of the vault.

use crate::{event::Event, failure::Failure, jobs::Job};
use nyx_vault::{Vault, VerifyError, VerifyStep};

/// Tells each damaged place, or the content hash if there is none.
pub(crate) fn verify(job: &Job, vault: &Vault) -> Result<(), Failure> {
    let verdict = vault
        .verify(&mut |step| match step {
            VerifyStep::Blobs(done, total) => job.progress(done, Some(total)),
            VerifyStep::Header | VerifyStep::Database | VerifyStep::Search | VerifyStep::Rows | VerifyStep::Expiry => {
                job.is_wanted()
            }
        })
        .map_err(|error| match error {
            VerifyError::Cancelled => Failure::Cancelled,
            VerifyError::Storage(error) => error.into(),
        })?;
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
