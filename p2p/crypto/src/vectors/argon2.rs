//! RFC 9106 §5.3.

use super::hex_array;
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};

/// The RFC's parameters are below our floor, so this runs the crate as [`kdf`](crate::kdf) calls it.
#[test]
fn rfc_9106_section_5_3_argon2id() {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .output_len(32)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .build()
        .unwrap();
    let mut tag = [0; 32];
    Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
        .unwrap()
        .hash_password_into(&[1; 32], &[2; 16], &mut tag)
        .unwrap();
    assert_eq!(tag, hex_array("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
}
