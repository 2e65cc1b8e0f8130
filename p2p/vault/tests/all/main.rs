//! What the vault promises, shown from outside.

mod backup;
mod damage;
mod faults;
mod finding;
mod ground;
mod life;
mod power;
mod script;
