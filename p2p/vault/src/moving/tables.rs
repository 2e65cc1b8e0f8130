//! What of the tables goes into packs. What is not named here never does.

use crate::rows::Target;

/// A query of the messages `m` that stay and are meant: what `Scope::takes` says, in the words of SQL.
macro_rules! scoped {
    ($before:literal, $after:literal) => {
        concat!($before, "m.bucket IS NULL AND m.at_ms >= ?1 AND (?2 OR m.attached = 0 OR m.body <> '')", $after)
    };
}

/// A table of packs whose rows are those of a table of the vault.
pub(super) struct PackTable {
    /// Takes the rows on the other side.
    pub(super) takes: Target,
    /// By how many of its first columns it is ordered.
    pub(super) key: usize,
    /// Where the rows come from, in the order of the columns.
    pub(super) query: &'static str,
}

/// In the order in which they are imported: an attachment's mark finds its message.
pub(super) const TABLES: [PackTable; 8] = [
    PackTable {
        takes: Target {
            table: "accounts",
            columns: &["aid", "name", "created_ms", "state", "backup_public", "opkey_cert", "device_list"],
            wrapped: None,
        },
        key: 1,
        // Whether a device may act for the account is not the account's.
        query: "SELECT aid, name, created_ms, 0, backup_public, opkey_cert, device_list FROM accounts ORDER BY aid",
    },
    PackTable {
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
        key: 1,
        query: "SELECT id, aid, name, state, verified, pin_gen, pin_epoch, pin_hash, device_list, profile, created_ms, \
                secret FROM contacts ORDER BY id",
    },
    PackTable {
        takes: Target {
            table: "conversations",
            columns: &["id", "uid", "kind", "contact", "title", "created_ms", "ttl_secs", "read_seq"],
            wrapped: None,
        },
        key: 1,
        query: "SELECT id, uid, kind, contact, title, created_ms, ttl_secs, read_seq FROM conversations ORDER BY id",
    },
    PackTable {
        takes: Target {
            table: "messages",
            columns: &["id", "conversation", "seq", "uid", "author", "at_ms", "state", "reply_to", "edited_ms", "body"],
            wrapped: None,
        },
        key: 1,
        query: scoped!(
            "SELECT m.id, m.conversation, m.seq, m.uid, m.author, m.at_ms, m.state, m.reply_to, m.edited_ms, m.body \
             FROM messages m WHERE ",
            " ORDER BY m.id"
        ),
    },
    PackTable {
        takes: Target { table: "edits", columns: &["message", "revision", "at_ms", "body"], wrapped: None },
        key: 2,
        query: scoped!(
            "SELECT e.message, e.revision, e.at_ms, e.body FROM edits e JOIN messages m ON m.id = e.message WHERE ",
            " ORDER BY e.message, e.revision"
        ),
    },
    PackTable {
        takes: Target { table: "reactions", columns: &["message", "author", "emoji", "at_ms"], wrapped: None },
        key: 3,
        query: scoped!(
            "SELECT r.message, r.author, r.emoji, r.at_ms FROM reactions r JOIN messages m ON m.id = r.message WHERE ",
            " ORDER BY r.message, r.author, r.emoji"
        ),
    },
    PackTable {
        takes: Target { table: "drafts", columns: &["conversation", "body", "reply_to", "updated_ms"], wrapped: None },
        key: 1,
        query: "SELECT conversation, body, reply_to, updated_ms FROM drafts ORDER BY conversation",
    },
    PackTable {
        takes: Target { table: "settings", columns: &["name", "value", "moves"], wrapped: None },
        key: 1,
        query: "SELECT name, value, moves FROM settings WHERE moves = 1 ORDER BY name",
    },
];

/// Attachments, with what they are by content: another vault has other blobs. Only if they go along.
pub(super) const ATTACHMENTS: &str = "attachments";
pub(super) const ATTACHMENT_COLUMNS: [&str; 11] =
    ["id", "message", "position", "size", "content", "name", "media_type", "width", "height", "duration_ms", "preview"];
pub(super) const ATTACHMENT_ROWS: &str = scoped!(
    "SELECT a.id, a.message, a.position, b.size, b.content, a.name, a.media_type, a.width, a.height, a.duration_ms, \
     a.preview FROM attachments a JOIN messages m ON m.id = a.message JOIN blobs b ON b.id = a.blob WHERE ",
    " ORDER BY a.id"
);
/// The blobs of these, each content as often as there is a blob of it.
pub(super) const ATTACHED_BLOBS: &str = scoped!(
    "SELECT b.content, b.size, b.hash, b.key FROM blobs b WHERE b.id IN (SELECT a.blob FROM attachments a \
     JOIN messages m ON m.id = a.message WHERE ",
    ") ORDER BY b.id"
);

/// What is there once: the key by which the phrase recognises its vaults.
pub(super) const ORIGIN: &str = "origin";
pub(super) const ORIGIN_COLUMNS: [&str; 1] = ["provenance"];

/// Messages that disappear, in the clear: the other device has keys of its own for them. Only in the last index.
pub(super) const DISAPPEARING: &str = "disappearing";
pub(super) const DISAPPEARING_COLUMNS: [&str; 12] = [
    "id",
    "conversation",
    "seq",
    "uid",
    "author",
    "at_ms",
    "state",
    "reply_to",
    "edited_ms",
    "ttl_secs",
    "expires_ms",
    "body",
];
pub(super) const DISAPPEARING_EDITS: &str = "disappearing_edits";
pub(super) const DISAPPEARING_EDIT_COLUMNS: [&str; 4] = ["message", "revision", "at_ms", "body"];
pub(super) const DISAPPEARING_REACTIONS: &str = "disappearing_reactions";
pub(super) const DISAPPEARING_ATTACHMENTS: &str = "disappearing_attachments";

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_specification_names_every_table_and_column_and_no_other() {
        let document = include_str!("../../../docs/protocol/moving.md");
        let rows = document.split("| table | columns |").nth(1).unwrap().lines().skip(2);
        let mut written = BTreeMap::new();
        let mut before = String::new();
        for row in rows.map_while(|row| row.strip_prefix("| `")) {
            let (table, columns) = row.trim_end_matches(" |").split_once("` | ").unwrap();
            // What a cell means stands behind its name, in parentheses.
            let names = columns.split(';').next().unwrap().split(", ");
            let plain: Vec<&str> = names.filter_map(|name| name.split(' ').next()).collect();
            let plain = if columns == "the same" { before.clone() } else { plain.join(",") };
            before.clone_from(&plain);
            written.insert(table.to_owned(), plain);
        }
        let plain = TABLES.iter().map(|table| (table.takes.table, table.takes.columns));
        let reactions = TABLES[5].takes.columns;
        let rest = [
            (ORIGIN, ORIGIN_COLUMNS.as_slice()),
            (DISAPPEARING, &DISAPPEARING_COLUMNS),
            (DISAPPEARING_EDITS, &DISAPPEARING_EDIT_COLUMNS),
            (DISAPPEARING_REACTIONS, reactions),
            (ATTACHMENTS, &ATTACHMENT_COLUMNS),
            (DISAPPEARING_ATTACHMENTS, &ATTACHMENT_COLUMNS),
        ];
        let known: BTreeMap<String, String> =
            plain.chain(rest).map(|(table, columns)| (table.to_owned(), columns.join(","))).collect();
        assert_eq!(written, known);
    }
}
