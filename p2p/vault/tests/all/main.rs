//! What the vault promises, shown from outside.

mod backup;
mod damage;
mod finding;
mod ground;
mod life;
