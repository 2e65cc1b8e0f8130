//! What of the tables goes into a backup. What is not named here never does.

use crate::rows::Target;

/// One table of a backup.
pub(super) struct Table {
    pub(super) takes: Target,
    /// Which rows.
    pub(super) rows: &'static str,
}

/// In an order in which every row finds the rows that it refers to. Attachments come after the blobs.
pub(super) const BEFORE_BLOBS: [Table; 6] = [
    Table {
        takes: Target {
            table: "accounts",
            columns: &["aid", "name", "created_ms", "state", "moved_to", "backup_public", "opkey_cert", "device_list"],
            wrapped: None,
        },
        rows: "ORDER BY aid",
    },
    Table {
        takes: Target {
            table: "contacts",
            columns: &[
                "id",
                "aid",
                "name",
                "state",
                "verified",
                "pin_gen",
                "pin_epoch",
                "pin_hash",
                "device_list",
                "profile",
                "created_ms",
                "secret",
            ],
            wrapped: Some("secret"),
        },
        rows: "ORDER BY id",
    },
    Table {
        takes: Target {
            table: "conversations",
            columns: &["id", "uid", "kind", "contact", "title", "created_ms", "ttl_secs", "last_seq", "read_seq"],
            wrapped: None,
        },
        rows: "ORDER BY id",
    },
    Table {
        takes: Target {
            table: "messages",
            columns: &["id", "conversation", "seq", "uid", "author", "at_ms", "state", "reply_to", "edited_ms", "body"],
            wrapped: None,
        },
        rows: "WHERE bucket IS NULL ORDER BY id",
    },
    Table {
        takes: Target { table: "edits", columns: &["message", "revision", "at_ms", "body"], wrapped: None },
        rows: "WHERE (SELECT bucket FROM messages WHERE id = message) IS NULL ORDER BY message, revision",
    },
    Table {
        takes: Target { table: "reactions", columns: &["message", "author", "emoji", "at_ms"], wrapped: None },
        rows: "WHERE (SELECT bucket FROM messages WHERE id = message) IS NULL ORDER BY message, author, emoji",
    },
];

pub(super) const AFTER_BLOBS: [Table; 3] = [
    Table {
        takes: Target {
            table: "attachments",
            columns: &[
                "id",
                "message",
                "position",
                "blob",
                "name",
                "media_type",
                "width",
                "height",
                "duration_ms",
                "preview",
            ],
            wrapped: None,
        },
        rows: "WHERE (SELECT bucket FROM messages WHERE id = message) IS NULL ORDER BY id",
    },
    Table {
        takes: Target { table: "drafts", columns: &["conversation", "body", "reply_to", "updated_ms"], wrapped: None },
        rows: "ORDER BY conversation",
    },
    Table {
        takes: Target { table: "settings", columns: &["name", "value", "moves"], wrapped: None },
        rows: "WHERE moves = 1 ORDER BY name",
    },
];

/// The blobs that go along: those of attachments that do.
pub(super) const BLOBS: &str = "SELECT id, hash, key, size, content FROM blobs WHERE id IN (SELECT a.blob FROM attachments a \
    JOIN messages m ON m.id = a.message WHERE m.bucket IS NULL) ORDER BY id";
