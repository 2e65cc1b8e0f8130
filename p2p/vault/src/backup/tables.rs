//! What of the tables goes into a backup. What is not named here never does.

/// One table of a backup.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    /// Which rows.
    pub(super) rows: &'static str,
    /// The column that lies wrapped once more in a vault, bound to the row's `id`; in a backup it is plain, because the next
    /// vault has other keys.
    pub(super) wrapped: Option<&'static str>,
}

/// In an order in which every row finds the rows that it refers to. Attachments come after the blobs.
pub(super) const BEFORE_BLOBS: [Table; 6] = [
    Table {
        name: "accounts",
        columns: &["aid", "name", "created_ms", "state", "moved_to", "backup_public", "opkey_cert", "device_list"],
        rows: "ORDER BY aid",
        wrapped: None,
    },
    Table {
        name: "contacts",
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
        rows: "ORDER BY id",
        wrapped: Some("secret"),
    },
    Table {
        name: "conversations",
        columns: &["id", "uid", "kind", "contact", "title", "created_ms", "ttl_secs", "last_seq", "read_seq"],
        rows: "ORDER BY id",
        wrapped: None,
    },
    Table {
        name: "messages",
        columns: &["id", "conversation", "seq", "uid", "author", "at_ms", "state", "reply_to", "edited_ms", "body"],
        rows: "WHERE bucket IS NULL ORDER BY id",
        wrapped: None,
    },
    Table {
        name: "edits",
        columns: &["message", "revision", "at_ms", "body"],
        rows: "WHERE (SELECT bucket FROM messages WHERE id = message) IS NULL ORDER BY message, revision",
        wrapped: None,
    },
    Table {
        name: "reactions",
        columns: &["message", "author", "emoji", "at_ms"],
        rows: "WHERE (SELECT bucket FROM messages WHERE id = message) IS NULL ORDER BY message, author, emoji",
        wrapped: None,
    },
];

pub(super) const AFTER_BLOBS: [Table; 3] = [
    Table {
        name: "attachments",
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
        rows: "WHERE (SELECT bucket FROM messages WHERE id = message) IS NULL ORDER BY id",
        wrapped: None,
    },
    Table {
        name: "drafts",
        columns: &["conversation", "body", "reply_to", "updated_ms"],
        rows: "ORDER BY conversation",
        wrapped: None,
    },
    Table {
        name: "settings",
        columns: &["name", "value", "moves"],
        rows: "WHERE moves = 1 ORDER BY name",
        wrapped: None,
    },
];

/// The blobs that go along: those of attachments that do.
pub(super) const BLOBS: &str = "SELECT id, hash, key, size, content FROM blobs WHERE id IN (SELECT a.blob FROM attachments a \
    JOIN messages m ON m.id = a.message WHERE m.bucket IS NULL) ORDER BY id";
