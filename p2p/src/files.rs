//! Files of the person: on their way into the vault and out of it. Their names, their content and the disks on which they
//! lie are somebody else's.

pub(crate) mod outside;
pub(crate) mod passing;
pub(crate) mod picture;
pub(crate) mod saving;
pub(crate) mod unfinished;
