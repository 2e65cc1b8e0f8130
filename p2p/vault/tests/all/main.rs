//! What the vault promises, shown from outside.

mod ground;
mod life;
