//! Codes as pictures, and the camera that reads them.
