-- Times are Unix milliseconds. Guids and hashes are raw bytes. `folded` is a name as it is compared (without case).

-- People and rights ---------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name         TEXT    NOT NULL,
    folded       TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    password     TEXT,
    created_at   BIGINT  NOT NULL
);

CREATE TABLE roles (
    id     INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name   TEXT    NOT NULL,
    folded TEXT    NOT NULL UNIQUE
);

CREATE TABLE role_members (
    user_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, role_id)
) WITHOUT ROWID;

CREATE TABLE workgroups (
    id     INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name   TEXT    NOT NULL,
    folded TEXT    NOT NULL UNIQUE
);

-- `active`: whether the member takes part in the workgroup's work.
CREATE TABLE workgroup_members (
    user_id      BIGINT  NOT NULL,
    workgroup_id BIGINT  NOT NULL,
    active       BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (user_id, workgroup_id)
) WITHOUT ROWID;

-- A mailbox belongs to a workgroup or to a user.
CREATE TABLE mailboxes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    address      TEXT    NOT NULL,
    folded       TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    workgroup_id BIGINT,
    user_id      BIGINT,
    receives     BOOLEAN NOT NULL,
    sends        BOOLEAN NOT NULL
);

-- holder_kind: 0 user, 1 role, 2 workgroup, 3 everyone (holder_id 0). `object` is an id or `*`.
CREATE TABLE rights (
    holder_kind SMALLINT NOT NULL,
    holder_id   BIGINT   NOT NULL,
    property    TEXT     NOT NULL,
    object      TEXT     NOT NULL,
    PRIMARY KEY (holder_kind, holder_id, property, object)
) WITHOUT ROWID;

-- Sessions and what they listen to ------------------------------------------------------------------------------------------

-- `station` is what `connection/station` tells, as JSON.
CREATE TABLE sessions (
    id          INTEGER PRIMARY KEY NOT NULL,
    user_id     BIGINT NOT NULL,
    cookie_hash BLOB   NOT NULL,
    token_hash  BLOB   NOT NULL,
    language    TEXT   NOT NULL,
    application TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    ended_at    BIGINT,
    end_reason  SMALLINT,
    station     TEXT
);
CREATE INDEX sessions_by_end ON sessions (ended_at, seen_at);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Tokens by which a session's user may log in once more, for a few seconds. `seed` is the Guid that the client chose.
CREATE TABLE auth_tokens (
    token_hash BLOB   PRIMARY KEY NOT NULL,
    session_id BIGINT NOT NULL,
    seed       BLOB   NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE subscriptions (
    session_id BIGINT   NOT NULL,
    kind       SMALLINT NOT NULL,
    subject    TEXT     NOT NULL,
    parameters TEXT     NOT NULL,
    PRIMARY KEY (session_id, kind, subject)
) WITHOUT ROWID;
CREATE INDEX subscriptions_by_kind ON subscriptions (kind);

-- Messages that are no state: kept until they are read, and a while longer.
CREATE TABLE one_shots (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    session_id BIGINT  NOT NULL,
    message    TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    read_at    BIGINT
);
CREATE INDEX one_shots_by_session ON one_shots (session_id, id);

-- Statuses ------------------------------------------------------------------------------------------------------------------

-- What users can be, in the order of `position`.
CREATE TABLE status_messages (
    id              TEXT    PRIMARY KEY NOT NULL,
    folded          TEXT    NOT NULL UNIQUE,
    position        INTEGER NOT NULL,
    text            TEXT    NOT NULL,
    group_tag       TEXT    NOT NULL,
    can_have_date   BOOLEAN NOT NULL,
    can_have_time   BOOLEAN NOT NULL,
    do_not_disturb  BOOLEAN NOT NULL,
    selectable      BOOLEAN NOT NULL,
    persistent      BOOLEAN NOT NULL,
    forward         BOOLEAN NOT NULL,
    after_call_work BOOLEAN NOT NULL,
    acd             BOOLEAN NOT NULL,
    follow_up       BOOLEAN NOT NULL
) WITHOUT ROWID;
INSERT INTO status_messages (
    id, folded, position, text, group_tag, can_have_date, can_have_time, do_not_disturb, selectable, persistent, forward,
    after_call_work, acd, follow_up
) VALUES
    ('Available', 'available', 1, 'Available', 'Available', FALSE, FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, TRUE, TRUE),
    ('Available, No ACD', 'available, no acd', 2, 'Available, No ACD', 'Available', FALSE, FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE),
    ('Available, Forward', 'available, forward', 3, 'Available, Forward', 'Available', FALSE, FALSE, FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE),
    ('At Lunch', 'at lunch', 4, 'At Lunch', 'Away', FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE),
    ('Away from desk', 'away from desk', 5, 'Away from desk', 'Away', FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE),
    ('In a meeting', 'in a meeting', 6, 'In a meeting', 'Away', TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE),
    ('At a training session', 'at a training session', 7, 'At a training session', 'Away', TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE),
    ('Do Not disturb', 'do not disturb', 8, 'Do Not disturb', 'Busy', FALSE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE),
    ('Follow Up', 'follow up', 9, 'Follow Up', 'Busy', FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, FALSE),
    ('Working at home', 'working at home', 10, 'Working at home', 'Available', FALSE, FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE),
    ('Out of the office', 'out of the office', 11, 'Out of the office', 'Gone', TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE),
    ('On vacation', 'on vacation', 12, 'On vacation', 'Gone', TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE),
    ('Gone Home', 'gone home', 13, 'Gone Home', 'Gone', TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE),
    ('ACD - Agent Not Answering', 'acd - agent not answering', 14, 'ACD - Agent Not Answering', 'Busy', FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE);

-- What a user is; one who never chose has no row.
CREATE TABLE user_statuses (
    user_id        INTEGER PRIMARY KEY NOT NULL,
    status_id      TEXT    NOT NULL,
    notes          TEXT    NOT NULL,
    forward_number TEXT    NOT NULL,
    until_at       BIGINT,
    until_has_date BOOLEAN NOT NULL,
    until_has_time BOOLEAN NOT NULL,
    changed_at     BIGINT  NOT NULL
);

-- Bytes ---------------------------------------------------------------------------------------------------------------------

-- `place` is where the blob store keeps the bytes; a new upload of the same bytes never overwrites an old place.
CREATE TABLE blobs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash          BLOB    NOT NULL UNIQUE,
    size          BIGINT  NOT NULL,
    place         TEXT    NOT NULL,
    gone          BOOLEAN NOT NULL,
    referenced_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX blobs_by_place ON blobs (place);

-- Response libraries --------------------------------------------------------------------------------------------------------

-- A personal library has an owner. `document` is the blob with the library as clients read it; its hash is the cache tag.
CREATE TABLE libraries (
    id          BLOB   PRIMARY KEY NOT NULL,
    owner_id    BIGINT UNIQUE,
    name        TEXT   NOT NULL,
    document_id BIGINT NOT NULL,
    cache_tag   TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
) WITHOUT ROWID;

-- The items of all libraries, for looking one up by its id. kind: 0 text, 1 URL, 2 file; only a file has the rest.
CREATE TABLE library_items (
    id         BLOB     PRIMARY KEY NOT NULL,
    library_id BLOB     NOT NULL,
    kind       SMALLINT NOT NULL,
    blob_id    BIGINT,
    file_name  TEXT,
    media_type TEXT
) WITHOUT ROWID;
CREATE INDEX library_items_by_library ON library_items (library_id);

-- The stored files of a library by their key (the `value` of a File item). `kept_until`: of a personal one that no item names yet.
CREATE TABLE library_files (
    library_id BLOB   NOT NULL,
    key        TEXT   NOT NULL,
    blob_id    BIGINT NOT NULL,
    file_name  TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    kept_until BIGINT,
    PRIMARY KEY (library_id, key)
) WITHOUT ROWID;
CREATE INDEX library_files_by_key ON library_files (key);
CREATE INDEX library_files_kept ON library_files (kept_until) WHERE kept_until IS NOT NULL;

-- Interactions and their email ----------------------------------------------------------------------------------------------

-- The row that every operation reads, kept small. kind: 0 email, 1 call, 2 chat, 3 callback, 4 other.
-- direction: 0 inbound, 1 outbound. state: the letter of Eic_State. email_type: the contract's emailType. revision: grows with
-- each change of the email's content or attachments. queued_at: when it came into the queue it is in. connected_at: when somebody
-- first had it. left_at: when, after its end, it left the queue of its user.
CREATE TABLE interactions (
    id                INTEGER  PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind              SMALLINT NOT NULL,
    direction         SMALLINT NOT NULL,
    state             TEXT     NOT NULL,
    user_id           BIGINT,
    workgroup_id      BIGINT,
    mailbox_id        BIGINT,
    parent_id         BIGINT,
    email_type        SMALLINT NOT NULL,
    edited            BOOLEAN  NOT NULL,
    created_at        BIGINT   NOT NULL,
    ended_at          BIGINT,
    sent_at           BIGINT,
    revision          BIGINT   NOT NULL,
    next_attachment   BIGINT   NOT NULL,
    attachment_count  BIGINT   NOT NULL,
    attachment_bytes  BIGINT   NOT NULL,
    has_free_names    BOOLEAN  NOT NULL,
    queued_at         BIGINT,
    connected_at      BIGINT,
    left_at           BIGINT,
    private           BOOLEAN  NOT NULL DEFAULT FALSE
);
-- The queues: a user's has what he has not left, a workgroup's what has not ended.
CREATE INDEX interactions_by_user ON interactions (user_id, id) WHERE left_at IS NULL;
CREATE INDEX interactions_by_workgroup ON interactions (workgroup_id, id) WHERE ended_at IS NULL;
CREATE INDEX interactions_to_leave ON interactions (ended_at) WHERE left_at IS NULL AND ended_at IS NOT NULL;
CREATE INDEX interactions_by_parent ON interactions (parent_id) WHERE parent_id IS NOT NULL;
-- Interaction ids have ten digits.
INSERT INTO sqlite_sequence (name, seq) VALUES ('interactions', 1000000000);

-- What may be large: recipients and bodies as JSON.
CREATE TABLE email_contents (
    interaction_id  INTEGER PRIMARY KEY NOT NULL,
    conversation_id TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    recipients      TEXT    NOT NULL,
    bodies          TEXT    NOT NULL
);

CREATE TABLE interaction_attributes (
    interaction_id BIGINT NOT NULL,
    folded         TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    value          TEXT   NOT NULL,
    PRIMARY KEY (interaction_id, folded)
) WITHOUT ROWID;

-- What was said about an interaction when the work on it was done.
CREATE TABLE wrap_ups (
    interaction_id        BIGINT  NOT NULL,
    number                BIGINT  NOT NULL,
    segment               INTEGER NOT NULL,
    code                  TEXT    NOT NULL,
    user_id               BIGINT  NOT NULL,
    source_interaction_id BIGINT  NOT NULL,
    assigned_at           BIGINT  NOT NULL,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;

-- An attachment refers to its bytes. Its name is `wanted` with the ordinal put in (`a (2).pdf` is `a.pdf`, 2).
CREATE TABLE attachments (
    interaction_id BIGINT  NOT NULL,
    number         BIGINT  NOT NULL,
    wanted         TEXT    NOT NULL,
    ordinal        INTEGER NOT NULL,
    blob_id        BIGINT  NOT NULL,
    size           BIGINT  NOT NULL,
    media_type     TEXT    NOT NULL,
    content_id     TEXT,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX attachments_by_name ON attachments (interaction_id, wanted, ordinal);

-- Ordinals below the highest of a name that are free again, as ranges.
CREATE TABLE free_names (
    interaction_id BIGINT  NOT NULL,
    wanted         TEXT    NOT NULL,
    first          INTEGER NOT NULL,
    last           INTEGER NOT NULL,
    PRIMARY KEY (interaction_id, wanted, first)
) WITHOUT ROWID;

-- Uploads that were announced: until they end, and with the `number` of their attachment as long as their session is known.
CREATE TABLE uploads (
    token_hash     BLOB   PRIMARY KEY NOT NULL,
    session_id     BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    request_id     TEXT   NOT NULL,
    file_name      TEXT   NOT NULL,
    content_id     TEXT,
    expires_at     BIGINT NOT NULL,
    number         BIGINT
) WITHOUT ROWID;
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
CREATE INDEX uploads_by_session ON uploads (session_id);

-- Mail that came in ---------------------------------------------------------------------------------------------------------

-- `identity` is the hash of the Message-ID, or of the source where there is none: the same mail comes to a workgroup once. blob_id: the source.
-- importance: 0 low, 1 normal, 2 high.
CREATE TABLE incoming_mail (
    interaction_id INTEGER  PRIMARY KEY NOT NULL,
    workgroup_id   BIGINT   NOT NULL,
    identity       BLOB     NOT NULL,
    blob_id        BIGINT   NOT NULL,
    received_at    BIGINT   NOT NULL,
    importance     SMALLINT NOT NULL
);
CREATE UNIQUE INDEX incoming_mail_by_identity ON incoming_mail (workgroup_id, identity);

-- Where an email stands in its thread, as the headers of mail say it (`thread`: Message-IDs as JSON, oldest first). One that begins a
-- thread here has no row. message_id: of mail that came in; that of one's own stands in the outbox.
CREATE TABLE email_threads (
    interaction_id INTEGER PRIMARY KEY NOT NULL,
    message_id     TEXT,
    in_reply_to    TEXT,
    thread         TEXT NOT NULL
);

-- The Message-IDs of mail that came in or went out, by their hash.
CREATE TABLE message_ids (
    hash           BLOB   NOT NULL,
    interaction_id BIGINT NOT NULL,
    PRIMARY KEY (hash, interaction_id)
) WITHOUT ROWID;

-- Messages attached to mail that came in, and those in them (`inside`: the number of the message it is attached to). Numbers are of the same
-- row as those of attachments. blob_id: the source, where it is attached to the email itself.
CREATE TABLE attached_messages (
    interaction_id BIGINT NOT NULL,
    number         BIGINT NOT NULL,
    inside         BIGINT,
    subject        TEXT   NOT NULL,
    content        TEXT   NOT NULL,
    blob_id        BIGINT,
    size           BIGINT NOT NULL,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;

-- The files in those messages.
CREATE TABLE attached_files (
    interaction_id BIGINT NOT NULL,
    number         BIGINT NOT NULL,
    message        BIGINT NOT NULL,
    name           TEXT   NOT NULL,
    blob_id        BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    media_type     TEXT   NOT NULL,
    content_id     TEXT,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;

-- Whom mail came from or went to. `folded` is the address as it is compared.
CREATE TABLE correspondents (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    address      TEXT NOT NULL,
    folded       TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL
);

-- The words by which addresses are found, without case and accents. kind: 0 correspondent, 1 mailbox.
CREATE TABLE address_words (
    word   TEXT NOT NULL,
    kind   SMALLINT NOT NULL,
    object BIGINT   NOT NULL,
    PRIMARY KEY (word, kind, object)
) WITHOUT ROWID;
CREATE INDEX address_words_by_object ON address_words (kind, object);

-- Sent mail -----------------------------------------------------------------------------------------------------------------

CREATE TABLE outbox (
    interaction_id INTEGER PRIMARY KEY NOT NULL,
    message_id     TEXT    NOT NULL,
    dated_at       BIGINT  NOT NULL,
    size           BIGINT  NOT NULL
);

-- kind: 0 to, 1 cc, 2 bcc. state: 0 waiting, 1 delivered, 2 failed. leased_by: the server that is at it.
CREATE TABLE outbox_recipients (
    interaction_id BIGINT   NOT NULL,
    number         BIGINT   NOT NULL,
    kind           SMALLINT NOT NULL,
    display_name   TEXT     NOT NULL,
    address        TEXT     NOT NULL,
    state          SMALLINT NOT NULL,
    attempts       INTEGER  NOT NULL,
    next_at        BIGINT   NOT NULL,
    leased_by      BIGINT,
    last_error     TEXT,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
CREATE INDEX outbox_recipients_due ON outbox_recipients (state, next_at);
CREATE INDEX outbox_recipients_leased ON outbox_recipients (leased_by) WHERE leased_by IS NOT NULL;

-- Servers -------------------------------------------------------------------------------------------------------------------

-- The servers that run on this database. `seen_at` is by the database's clock, which is the same for all of them.
CREATE TABLE nodes (
    id         BIGINT PRIMARY KEY NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
) WITHOUT ROWID;

-- Backups that run: until then no bytes are collected.
CREATE TABLE holds (
    id       BIGINT PRIMARY KEY NOT NULL,
    until_at BIGINT NOT NULL
);

-- A move into this database that has not ended: a row with an empty name, and one for each table whose rows are all there.
CREATE TABLE arrivals (
    table_name TEXT PRIMARY KEY NOT NULL,
    source     TEXT NOT NULL
);

-- What changed --------------------------------------------------------------------------------------------------------------

-- One row for each transaction that changed something that somebody may listen to. `changes` is a JSON array.
CREATE TABLE journal (
    position   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    changes    TEXT    NOT NULL,
    written_at BIGINT  NOT NULL
);
